"""Replays: two invented workshops, a session notebook of one's own, and a room's own hour once it is over.

The page alone plays a replay. An uploaded notebook is never run, and nothing of it is kept: neither its words nor
what was drawn of it.
"""

from __future__ import annotations

from impactlib.domain.refusal import Refusal
from impactlib.domain.session_file import LARGEST, TOO_LARGE, SessionFile
from impactlib.domain.text import N_
from impactlib.rooms import samples
from impactlib.rooms.replay import chooser, frame
from impactlib.rooms.room import Room
from impactlib.server.handler import Handler, Page
from impactlib.server.pages.room import RoomHandler
from impactlib.server.replay_drawing import TooManyFiles, notebook
from impactlib.server.sessions import Admission

_LATE = N_("This file takes too long to read: nothing was kept of it. Is it one workshop?")


class Choose(Handler):
    """GET <base>replay/: the samples, and a file of one's own."""

    def get(self) -> None:
        _page(self, chooser=chooser(self.lang(), samples.choices(self.lang())))


class WithoutSlash(Handler):
    """GET <base>replay: to its page, whose links lead from its folder."""

    def get(self) -> None:
        query = self.request.query
        self.see_other(f"{self.base}replay/" + (f"?{query}" if query else ""))


class Sample(Handler):
    """GET <base>replay/<sample>: its page; with .json, what the page plays."""

    async def get(self, name: str, json: str) -> None:
        if json:
            _play(self, await self.state.replays.remembered(name, 0, self.lang(), lambda: samples.content(name)))
        else:
            _page(self, team=samples.sample(name).fold().team, source=f"{name}.json")


class OwnFile(Handler):
    """POST <base>replay/file: a session notebook; its replay comes back, and nothing of it stays."""

    async def post(self) -> None:
        content = self.read_file(LARGEST, TOO_LARGE)
        try:
            _play(self, await self.state.replays.of_a_file(content, self.lang()))
        except TimeoutError:
            raise Refusal(_LATE, code="file") from None
        except TooManyFiles:
            raise Refusal("Several files are being drawn: try again in a minute.", code="file") from None


class RoomReplay(RoomHandler):
    """GET <room>/replay, and with .json what it plays: for those of the room, once the hour is over."""

    async def get(self, session: str, role: str, json: str) -> None:
        def carried(here: Admission, room: Room) -> SessionFile:
            self.must_be_inside(here)
            if not here.session.ended:
                raise Page(409, "not over")
            return room.store.to_file()

        here, file = await self.enter(session, role, carried)
        lang = self.lang(here.session.lang)
        if json:
            return _play(self, await self.state.replays.remembered(session, here.seq, lang, lambda: notebook(file)))
        _page(self, team=here.session.team, source="replay.json", room=self.room_path(session, role))


def _page(door: Handler, *, team: str = "", source: str = "", chooser: str = "", room: str = "") -> None:
    values = {"team": team, "source": source, "chooser": chooser, "room": room}
    door.render_page("replay_page.html", frame=frame(door.lang()), **values)


def _play(door: Handler, content: bytes) -> None:
    door.set_header("Content-Type", "application/json")
    door.finish(content)
