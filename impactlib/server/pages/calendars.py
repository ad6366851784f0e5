"""The calendar of a workshop that calendars subscribe to: its address is its key, and nothing else is asked."""

from __future__ import annotations

from tornado.web import HTTPError

from impactlib.domain.file_names import TYPES
from impactlib.server.handler import Handler
from impactlib.server.sessions import Closed


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
