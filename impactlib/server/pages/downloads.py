"""Files to leave with: the invitation, the summary, the figures, the session itself and its replay.

All but the invitation are made by the command line in a process that ends (``Exports``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from tornado.web import HTTPError

from impactlib.domain.agenda import Role
from impactlib.domain.clock import day_of
from impactlib.domain.events import StatsMade
from impactlib.domain.file_names import TYPES, file_name
from impactlib.domain.kinds import TEAM
from impactlib.domain.mentions import Choice
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Session
from impactlib.domain.standing import ranking
from impactlib.rooms.room import Room
from impactlib.server.exports import FILES, SHARED
from impactlib.server.invitations import calendar, invitations
from impactlib.server.pages.room import RoomHandler
from impactlib.server.sessions import Admission, Closed

INVITATION = "invitation.ics"
NAMES = (INVITATION, *FILES)
PRINTED = ("summary.html", "stats.html", "stats-with-reasons.html", "product.html")
TO_PRINT = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
PICTURE, FOLLOW_UP = "picture.png", "followup.ics"
"""There is no picture before scores are shown, and no follow-up before the hour has begun."""
SITES = ("stats.zip", "stats-with-reasons.zip")
WHOLE = "session.ipynb"
"""The file that goes on elsewhere: only the team and the facilitator may take it."""


class Download(RoomHandler):
    """GET: one of the files of a room, for who has joined it; POST: the one to share."""

    async def get(self, session: str, role: str, name: str) -> None:
        def keys(here: Admission, room: Room) -> dict[str, str]:
            if here.person and not here.inside:
                raise Closed
            if name != INVITATION:
                self.must_be_inside(here)
                if name == WHOLE and role not in TEAM:
                    raise Closed
            return self.state.sessions.keys(session)

        await self._give(session, role, name, keys)
        if name in SITES and role in TEAM:
            await self.enter(session, role, self._made)

    def _made(self, here: Admission, room: Room) -> None:
        """Keep the day on which the page of statistics was made: a committee wants a fresh one."""
        today = day_of(here.now, here.session.zone).isoformat()
        if room.store.journal.newer:
            return
        room.store.write(f"stats-{today}", [StatsMade(today)])

    async def post(self, session: str, role: str, name: str) -> None:
        """The session notebook to share, with what the body says of the names in it: ``{back, more, words}``."""
        if name != SHARED:
            raise HTTPError(405)
        asked = self.read_json()
        names = msgspec.json.encode(asked)
        try:
            Choice.of(asked)
        except ValueError:
            raise Refusal("This page asks for something the kit does not know: reload it.") from None
        await self._give(session, role, name, lambda here, room: self.must_be_inside(here), names)

    async def _give(
        self, session: str, role: str, name: str, check: Callable[[Admission, Room], Any], names: bytes = b"{}"
    ) -> None:
        here, given = await self.enter(session, role, check)
        lang = self.lang(here.session.lang)
        if not _is_there(here.session, name):
            raise HTTPError(404)
        if name == INVITATION:
            body = self._invitation(here, given, role, lang)
        else:
            body = await self.state.exports.file(session, here.seq, name, lang, names)
        what, form = name.split(".")
        whom = self.get_query_argument("role", role) if name == INVITATION else ""
        self.set_header("Content-Type", TYPES[form])
        kept = file_name(here.session, what, form, lang, whom)
        # A page to print is looked at first: its style and its fonts are in it, and it runs nothing.
        printed = name in PRINTED and "print" in self.request.arguments
        if printed:
            self.set_header("Content-Security-Policy", TO_PRINT)
        how = "inline" if printed else "attachment"
        self.set_header("Content-Disposition", f'{how}; filename="{kept}"')
        self.finish(body)

    def _invitation(self, here: Admission, keys: dict[str, str], role: str, lang: str) -> bytes:
        asked = self.get_query_argument("role", role)
        # A link gives its own role's invitation; only the facilitator's gives the others'.
        if asked not in keys or (asked != role and role != Role.FACILITATOR):
            raise HTTPError(404)
        made = invitations(here.session, keys, self.given_address, lang)
        invitation = next(each for each in made if each.role == asked)
        return calendar(here.session, invitation, lang)


def _is_there(session: Session, name: str) -> bool:
    """Whether a session has come to what a file tells."""
    if name == PICTURE:
        return session.ranking_shown and any(row.place for row in ranking(session))
    return name != FOLLOW_UP or session.clock.started is not None
