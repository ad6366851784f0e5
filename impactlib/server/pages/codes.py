"""The one link for everybody: a workshop's short code, then the role that one chooses."""

from __future__ import annotations

from urllib.parse import quote

from impactlib.server.codes import TooManyTries
from impactlib.server.handler import Handler, Page
from impactlib.storage import keys

CODES = " codes"
"""The lane in which codes are looked up: no session has such an id."""


class Ask(Handler):
    """GET: a form that asks for the code; with ?code= it goes to the choice."""

    def get(self) -> None:
        code = keys.read_code(self.get_query_argument("code", ""))[:40]
        if code:
            return self.see_other(f"{self.base}atelier/{quote(code)}")
        self.render_page("code.html", wrong=False)


class Choose(Handler):
    """GET: the roles of the workshop that has this code, each with its link; never the facilitator's."""

    async def get(self, code: str) -> None:
        sessions = self.state.sessions
        try:
            found = await sessions.run(CODES, self.state.codes.find, code, self.request.remote_ip)
        except TooManyTries:
            raise Page(429, "tries") from None
        if not found:
            self.set_status(404)
            return self.render_page("code.html", wrong=True)
        session, given = await sessions.run(found, sessions.guests, found)
        links = {role: keys.link(self.base, found, role, key) for role, key in given.items()}
        self.render_page("choose.html", lang=self.lang(session.lang), session=session, links=links)
