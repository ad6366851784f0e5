"""Files to leave with: the invitation, the summary, the figures, the session itself and its replay.

All but the invitation are made by the command line in a process that ends (``Summaries``).
"""

from __future__ import annotations

from tornado.web import HTTPError

from impactlib.agenda import Role
from impactlib.server.desk import Admission
from impactlib.server.invitations import calendar, invitations
from impactlib.server.room import RoomDoor
from impactlib.server.summaries import FILES, CannotExport

TYPES = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "ipynb": "application/x-ipynb+json",
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
INVITATION = "invitation.ics"
NAMES = (INVITATION, *FILES)
WHOLE = "session.ipynb"
"""What goes on elsewhere: the team's and the facilitator's to take."""


class Download(RoomDoor):
    """GET: one of the files of a room, for whoever has joined it."""

    async def get(self, session: str, role: str, name: str) -> None:
        here = await self.enter(session, role)
        if here is None:
            return None
        if here.person and not here.inside:
            return self.closed()
        lang = self.lang(here.session.lang)
        if name == INVITATION:
            body = await self._invitation(session, here, role, lang)
        elif not here.inside or (name == WHOLE and role not in (Role.FACILITATOR, Role.CLIENT)):
            return self.closed()
        else:
            try:
                body = await self.room_app.summaries.file(session, here.seq, name, lang)
            except CannotExport:
                self.set_status(503)
                return self.render_page("message.html", status=503, kind="error")
        self.set_header("Content-Type", TYPES[name.rsplit(".", 1)[-1]])
        self.set_header("Content-Disposition", f'attachment; filename="{_stem(here.session.team)}-{name}"')
        self.finish(body)

    async def _invitation(self, session: str, here: Admission, role: str, lang: str) -> bytes:
        keys = await self.room_app.desk.run(self.room_app.desk.keys, session)
        asked = self.get_query_argument("role", role)
        # A link gives its own role's invitation; only the facilitator's gives the others'.
        if asked not in keys or (asked != role and role != Role.FACILITATOR):
            raise HTTPError(404)
        base = f"{self.request.protocol}://{self.request.host}{self.base}"
        invitation = next(i for i in invitations(here.session, keys, base, lang) if i.role == asked)
        return calendar(here.session, invitation, lang)


def _stem(team: str) -> str:
    """A team's name as the beginning of a file's: plain letters, whatever the browser's file system."""
    words = "".join(c if c.isalnum() else "-" for c in team.lower()).strip("-")[:40]
    return words.encode("ascii", "ignore").decode().strip("-") or "atelier"
