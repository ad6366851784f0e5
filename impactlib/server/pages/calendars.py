"""What calendars subscribe to: a workshop's dates, those of all the teams of a coach. An address is its own key, and
nothing else is asked."""

from __future__ import annotations

import asyncio

from tornado.web import HTTPError

from impactlib.domain.file_names import TYPES
from impactlib.server import coaches
from impactlib.server.handler import Handler
from impactlib.server.sessions import COMMON, Closed
from impactlib.storage import keys
from impactlib.storage.coaching import teams_of

COACHES = " coaches"
"""Where those who ask for a coach's calendar wait for each other: no session has such an id."""


class Subscribed(Handler):
    """GET: all that falls due, in the workshop's language. A key that was renewed finds nothing."""

    async def get(self, session: str, key: str) -> None:
        sessions = self.state.sessions
        try:
            seq, lang = await sessions.at_calendar(session, key, lambda room: (room.store.seq, room.store.session.lang))
        except Closed:
            raise HTTPError(404) from None
        body = await self.state.exports.file(session, seq, "calendar.ics", lang)
        self.set_header("Content-Type", TYPES["ics"])
        self.finish(body)


class OfCoach(Handler):
    """GET: what falls due for all the teams that a coach facilitated or advised, in the language of the latest one. A
    key that was renewed finds nothing, nor does one of somebody who is in no workshop any more; a workshop that cannot
    be read is left out."""

    async def get(self, coach: str, key: str) -> None:
        state, data = self.state, self.state.sessions.data
        if not keys.same(key, await state.sessions.run(COMMON, keys.coach_key, data, coach)):
            raise HTTPError(404)
        # In no room's lane, which must not wait for hundreds of journals; and one at a time.
        async with state.hurrying.of(COACHES):
            body = await asyncio.to_thread(self._made, coach)
        for session, error in state.coached.unread.items():
            state.troubles.tell(session, error)
        if not body:
            raise HTTPError(404)
        self.set_header("Content-Type", TYPES["ics"])
        self.finish(body)

    def _made(self, coach: str) -> bytes:
        every = [one for one in self.state.coached.all().values() if one is not None]
        teams = teams_of(self.state.sessions.data, every, coach)
        return coaches.calendar(teams, teams[0].lang) if teams else b""
