"""The room's screen: a page that follows the room and takes nothing in, for a projector or a shared window.

Its address holds no key: a cookie does, that opens this page alone. Nobody stands before it: it is nobody's presence,
and every address below a role's is closed to it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from impactlib.domain.agenda import Role
from impactlib.rooms.layout import Layout, Slot
from impactlib.rooms.room import SCREEN, Audience, Room, Shown, Stream
from impactlib.server.fingerprint import fingerprint
from impactlib.server.handler import KEY, Handler
from impactlib.server.invitations import entrance, invitations
from impactlib.server.pages.room import RoomHandler
from impactlib.server.pages.stream import Streaming
from impactlib.server.sessions import Admission, Closed
from impactlib.storage import keys

LAYOUT = Layout((Slot("screen"),))


class OpenScreen(RoomHandler):
    """GET, from the facilitator's page: this browser may show the screen from now on."""

    async def get(self, session: str, role: str) -> None:
        def key(here: Admission, room: Room) -> str:
            if not here.inside or role != Role.FACILITATOR:
                raise Closed
            return keys.screen_key(self.state.sessions.data, room.store.journal)

        _, given = await self.enter(session, role, key)
        path = self.room_path(session, SCREEN)
        self.keep(KEY, given, path)
        self.see_other(path)


class Screen(Handler):
    """GET: the page, as the room is now."""

    async def get(self, session: str) -> None:
        def drawn(room: Room) -> dict[str, Any]:
            now, journal = room.store.session, room.store.journal
            self.session_lang = now.lang
            lang = self.lang(now.lang)
            content, event = room.page(_audience(lang), LAYOUT)
            clock = {"now": journal.now(), "speed": journal.speed, "server": self.state.sessions.store.clock()}
            given = self.state.sessions.keys(session)
            said = entrance(now, self.state.sessions.code(session), self.given_address, lang).said
            drawn_from = {"content": content, "event": event, "given": given, "said": said}
            return {"lang": lang, "session": now, **drawn_from, **clock}

        page = await self.state.sessions.at_screen(session, self.get_cookie(KEY, "") or "", drawn)
        given = page.pop("given")
        # The ways in, but the facilitator's: this page is projected.
        ways = [
            one
            for one in invitations(page["session"], given, self.given_address, page["lang"])
            if one.role != Role.FACILITATOR
        ]
        self.render_page("screen_page.html", ways=ways, drawn=_drawn(given), **page)


class ScreenPatches(Streaming):
    """GET, as server-sent events: what changed since the page was drawn, and first of all what it was drawn from."""

    async def get(self, session: str) -> None:
        send, last = self.ready()

        def listen(room: Room) -> tuple[Shown, Stream, str]:
            self.bound(room, "")
            lang = self.lang(room.store.session.lang)
            shown, stream = room.shown(_audience(lang), LAYOUT), Stream("", send)
            shown.listen(stream, last)
            return shown, stream, f"event: drawn\ndata: {_drawn(self.state.sessions.keys(session))}\n\n"

        given = self.get_cookie(KEY, "") or ""
        await self.stay(session, *await self.state.sessions.at_screen(session, given, listen))


def _audience(lang: str) -> Audience:
    return Audience(SCREEN, Role.OBSERVER, lang)


def _drawn(given: dict[str, str]) -> str:
    """What a page is drawn from beside the session, the links that it shows and the scripts: it is loaded again when
    they are others."""
    return hashlib.sha256(" ".join([fingerprint(), *given.values()]).encode()).hexdigest()[:12]
