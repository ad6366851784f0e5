"""Every workshop of the data folder, held in one thread: journals block, and the event loop must not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from impactlib import people
from impactlib.agenda import Role
from impactlib.events import Entry
from impactlib.gestures import Asking, Gesture
from impactlib.journal import JournalError
from impactlib.portable import Portable
from impactlib.session import Person, Session
from impactlib.workshop import Workshop, import_session, new_session, open_workshop

T = TypeVar("T")


@dataclass(frozen=True)
class Admission:
    """Somebody at a room's door with a good key: who they are (None before they join), and the session now."""

    session: Session
    door: Role
    id: str
    person: Person | None
    now: float
    speed: float
    seq: int

    @property
    def inside(self) -> bool:
        """Whether they have joined, were not shown out, and have the role of the door."""
        return self.person is not None and not self.person.out and self.person.role == self.door


class Closed(Exception):
    """A door that does not open: an unknown workshop, a wrong key, one that was renewed. They look alike."""


class Desk:
    """All that the server does with journals. The methods run in the desk's own thread."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._workshops: dict[str, Workshop] = {}
        self._seen: set[str] = set()

    async def run(self, call: Callable[..., T], *values: Any, **named: Any) -> T:
        """Call one of the methods below in the desk's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: call(*values, **named))

    def operator_key(self) -> str:
        return people.operator_key(self.data)

    def open(self, **asked: Any) -> tuple[str, dict[str, str]]:
        """Open a workshop: its id, and the facilitator's and the other roles' keys by role."""
        workshop = new_session(self.data, **asked)
        self._workshops[workshop.journal.session] = workshop
        return workshop.journal.session, self.keys(workshop.journal.session)

    def take_in(self, file: Portable, into: str = "") -> int:
        """Go on with the session of a file, or merge it into one that is here; how many entries were new."""
        id = into or file.session
        if id not in self._workshops:
            self._workshops[id], added = import_session(self.data, file, into)
            return added
        return self._workshops[id].adopt(file)

    def keys(self, session: str) -> dict[str, str]:
        journal = self._workshop(session).journal
        return {role.value: people.role_key(self.data, journal, role) for role in Role}

    def renew(self, session: str, role: Role) -> None:
        self._workshop(session).journal.renew(role)

    def admit(self, session: str, door: str, key: str, person_key: str) -> Admission:
        """Check a key at a room's door. Raises Closed."""
        try:
            role, workshop = Role(door), self._workshop(session)
        except (ValueError, JournalError):
            raise Closed from None
        if not key or not people.same(key, people.role_key(self.data, workshop.journal, role)):
            raise Closed
        if session not in self._seen:
            # No page has been open since we last ran, whatever the file says.
            workshop.journal.nobody()
            self._seen.add(session)
        workshop.catch_up()
        id = people.person_id(session, person_key) if person_key else ""
        journal = workshop.journal
        person = workshop.session.people.get(id)
        return Admission(workshop.session, role, id, person, journal.now(), journal.speed, workshop.seq)

    def ask(self, session: str, asking: Asking, gesture: Gesture) -> tuple[int, tuple[Entry, ...]]:
        """How many entries are in once a gesture was granted, and those that were written now. Raises Refusal."""
        workshop = self._workshop(session)
        written = workshop.ask(asking, gesture)
        return workshop.seq, written

    def given(self, session: str, person: str, role: Role) -> bool:
        """Whether somebody gave that person that role since the role's link was last renewed."""
        return self._workshop(session).journal.given(person, role)

    def draft(self, session: str, asking: Asking, gesture: Gesture) -> bool:
        """Ask for a hypothesis of a file; False when that row is in already, whoever brought it."""
        workshop = self._workshop(session)
        if workshop.journal.written(str(gesture["id"])) is not None:
            return False
        return bool(workshop.ask(asking, gesture))

    def portable(self, session: str) -> Portable:
        """The session with its entries, to carry or to replay."""
        return self._workshop(session).portable()

    def mark(self, session: str, person: str, pages: int) -> None:
        self._workshop(session).journal.mark(person, pages)

    def _workshop(self, session: str) -> Workshop:
        workshop = self._workshops.get(session)
        if workshop is None:
            if not session.isalnum():
                raise JournalError("There is no such session here.")
            workshop = self._workshops[session] = open_workshop(self.data, session)
        return workshop
