"""The state that all pages of one server share: built by the application, read by every handler."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from impactlib.domain.coaching import Followed
from impactlib.domain.library import Experience
from impactlib.domain.programme import Programme
from impactlib.server.askings import Askings
from impactlib.server.attempts import Attempts
from impactlib.server.codes import Codes
from impactlib.server.deliveries import Deliveries
from impactlib.server.exports import Exports
from impactlib.server.layouts import Layouts
from impactlib.server.pace import Pace
from impactlib.server.practices import Practices
from impactlib.server.presence import Presence
from impactlib.server.replay_drawing import Replays
from impactlib.server.sessions import Sessions
from impactlib.server.troubles import Troubles
from impactlib.server.turns import Turns
from impactlib.storage.faults import TROUBLE
from impactlib.storage.journal import JournalError
from impactlib.storage.programme import ProgrammeStore
from impactlib.storage.store import PROGRAMME
from impactlib.storage.workshops import ReadOnce, Workshop


@dataclass(frozen=True)
class State:
    """`operator_key` gives the key that opens workshops; `base_url` begins and ends with a slash; `network` gives the
    address at which this computer's network reaches the server, "" where none does; `contact` says who answers for
    personal data; `shelf` is the file of what is added to the kit's shelf; `hub` that a hub gives the addresses.
    `copying` lets one copy of a session be made at a time; of a session, `arriving` lets one in at a time of those who
    join or listen, `hurrying` of those who ask much."""

    base_url: str
    lang: str
    log: logging.Logger
    operator_key: Callable[[], str]
    sessions: Sessions
    layouts: Layouts
    presence: Presence
    exports: Exports
    replays: Replays
    codes: Codes
    practices: Practices
    pace: Pace
    attempts: Attempts
    workshops: ReadOnce[Workshop]
    programme: ProgrammeStore
    library: ReadOnce[Experience | None]
    coached: ReadOnce[Followed | None]
    network: Callable[[], str]
    contact: str = ""
    hub: bool = False
    shelf: Path | None = None
    askings: Askings = field(default_factory=Askings)
    tasks: set[asyncio.Future[None]] = field(default_factory=set)
    copying: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    deliveries: Deliveries[bytes | None] = field(default_factory=Deliveries)
    arriving: Turns = field(default_factory=Turns)
    hurrying: Turns = field(default_factory=Turns)

    def __post_init__(self) -> None:
        self.sessions.forgets += [
            self.exports.forget,
            self.replays.forget,
            lambda session: self.replays.forget(self.shared_replay(session)),
        ]

    async def is_open(self) -> bool:
        """Whether the programme is open to the public; no where it cannot be read, which the log then tells."""
        return (await self._readable()).open

    async def contact_now(self) -> str:
        """Who answers for personal data: as the server was started, else as the programme was opened; "" if nobody is
        said to."""
        return self.contact or (await self._readable()).contact

    async def _readable(self) -> Programme:
        try:
            return await self.announced()
        except (JournalError, OSError, *TROUBLE) as error:
            self.troubles.tell(PROGRAMME, error)
            return Programme()

    @staticmethod
    def shared_replay(session: str) -> str:
        """The name under which the replay of a session that its team shares is remembered."""
        return f"shared {session}"

    async def announced(self) -> Programme:
        """The programme of this server, as it is now."""
        return await self.sessions.run(PROGRAMME, self.programme.programme)

    @property
    def troubles(self) -> Troubles:
        """What the log was told of the machine."""
        return self.sessions.troubles

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that no answer waits for. The loop alone would let it be collected half-way."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
