"""Who has a page open: counted by the streams, kept in each journal's side table."""

from __future__ import annotations

import asyncio
from collections import Counter

from impactlib.server.sessions import Sessions
from impactlib.storage.faults import TROUBLE

LEAVING = 3.0
"""Seconds during which somebody whose last page closed is still said to be here: a reload takes less."""


class Presence:
    """Counts the open pages of each person, and marks the journal when the first opens or the last closes."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._pages: Counter[tuple[str, str]] = Counter()
        self._marked: set[tuple[str, str]] = set()
        self._lock = asyncio.Lock()

    async def arrived(self, session: str, person: str) -> None:
        """Count one more open page of a person."""
        self._pages[session, person] += 1
        await self._mark(session, person)

    async def left(self, session: str, person: str) -> None:
        """Count one less, and mark the person as gone after a delay: a reload is no departure."""
        self._pages[session, person] -= 1
        await asyncio.sleep(LEAVING)
        await self._mark(session, person)

    async def _mark(self, session: str, person: str) -> None:
        # One at a time: while the file is written somebody may arrive or leave, and is looked at next.
        async with self._lock:
            here = self._pages[session, person] > 0
            if here != ((session, person) in self._marked):
                (self._marked.add if here else self._marked.discard)((session, person))
                try:
                    await self._sessions.run(session, self._sessions.mark, session, person, int(here))
                except TROUBLE as error:
                    # Their page goes on; who is here is said again in some seconds.
                    if not self._sessions.troubles.tell(session, error):
                        raise
            if not self._pages[session, person]:
                del self._pages[session, person]
