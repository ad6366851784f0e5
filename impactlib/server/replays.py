"""Replays: two invented workshops, a session notebook of one's own, and a room's own hour once it is over.

A replay is drawn by a process that ends, and played by the page alone. An uploaded notebook is never
run, and nothing of it is kept: neither its words nor what was drawn of it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import OrderedDict
from collections.abc import Callable

from impactlib import samples
from impactlib.gestures import Refusal
from impactlib.portable import LARGEST, TOO_LARGE, Portable, carried
from impactlib.replay import chooser, frame
from impactlib.server.desk import Admission
from impactlib.server.door import Door
from impactlib.server.room import RoomDoor
from impactlib.text import N_

WITHIN = 30.0
"""Seconds that one replay may take; an hour takes about one."""
AT_ONCE = 2
KEPT = 8
"""Replays remembered of samples and rooms, of some 150 kB each."""

_LATE = N_("This file takes too long to read: nothing was kept of it. Is it one workshop?")


class Replays:
    """Make it once per server: it draws a few replays at a time."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, int, str], bytes] = OrderedDict()
        self._some, self._one = asyncio.Semaphore(AT_ONCE), asyncio.Lock()

    async def drawn(self, content: bytes, lang: str) -> bytes:
        """The JSON that a page plays, or that says why not. Raises TimeoutError or RuntimeError."""
        async with self._some:
            command = [sys.executable, "-m", "impactlib.server.reader", lang]
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
            try:
                out, error = await asyncio.wait_for(process.communicate(content), WITHIN)
            except BaseException:
                process.kill()
                await process.communicate()
                raise
        if process.returncode:
            raise RuntimeError(f"the replay could not be drawn: {error.decode(errors='replace')}")
        return out

    async def remembered(self, name: str, seq: int, lang: str, content: Callable[[], bytes]) -> bytes:
        """The same, drawn once for a sample (`seq` 0), or for a room at its entry `seq`."""
        wanted = (name, seq, lang)
        # A whole room presses when the hour ends: the others are given what the first one waited for.
        async with self._one:
            if wanted not in self._made:
                self._made[wanted] = await self.drawn(content(), lang)
                while len(self._made) > KEPT:
                    self._made.popitem(last=False)
            return self._made[wanted]


def notebook(file: Portable) -> bytes:
    """A session as the least notebook that carries it."""
    return json.dumps({"cells": [], "metadata": {"impact": carried(file)}}).encode()


class Choose(Door):
    """GET <base>replay/: the samples, and a file of one's own."""

    def get(self) -> None:
        _page(self, chooser=chooser(self.lang(), samples.choices(self.lang())))


class WithoutSlash(Door):
    """GET <base>replay: to its page, whose links lead from its folder."""

    def get(self) -> None:
        query = self.request.query
        self.see_other(f"{self.base}replay/" + (f"?{query}" if query else ""))


class Sample(Door):
    """GET <base>replay/<sample>: its page; with .json, what the page plays."""

    async def get(self, name: str, json: str) -> None:
        if json:
            _play(self, await self.room_app.replays.remembered(name, 0, self.lang(), lambda: samples.content(name)))
        else:
            _page(self, team=samples.sample(name).fold().team, source=f"{name}.json")


class OwnFile(Door):
    """POST <base>replay/file: a session notebook; its replay comes back, and nothing of it stays."""

    async def post(self) -> None:
        try:
            content = self.read_file(LARGEST, TOO_LARGE)
            _play(self, await self.room_app.replays.drawn(content, self.lang()))
        except Refusal as refusal:
            self.refuse(refusal)
        except TimeoutError:
            self.refuse(Refusal(_LATE, code="file"))


class RoomReplay(RoomDoor):
    """GET <room>/replay, and with .json what it plays: for those of the room, once the hour is over."""

    async def get(self, session: str, role: str, json: str) -> None:
        here = await self.enter(session, role)
        if here is None:
            return None
        if not here.inside:
            return self.closed()
        lang = self.lang(here.session.lang)
        if not here.session.ended:
            self.set_status(409)
            return self.render_page("message.html", lang=lang, status=409, kind="not over")
        if json:
            return _play(self, await self._replay(session, here, lang))
        _page(self, team=here.session.team, source="replay.json")

    async def _replay(self, session: str, here: Admission, lang: str) -> bytes:
        desk = self.room_app.desk
        file = await desk.run(desk.portable, session)
        return await self.room_app.replays.remembered(session, here.seq, lang, lambda: notebook(file))


def _page(door: Door, *, team: str = "", source: str = "", chooser: str = "") -> None:
    values = {"team": team, "source": source, "chooser": chooser}
    door.render_page("replay_page.html", frame=frame(door.lang()), **values)


def _play(door: Door, content: bytes) -> None:
    door.set_header("Content-Type", "application/json")
    door.finish(content)
