"""Hypotheses that a team brings from its spreadsheet."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from impactlib.domain.sheets.again import origin
from impactlib.domain.spreadsheet import SIZE
from impactlib.gestures import Asking
from impactlib.rooms.bringing import TOO_LARGE, Bringing, Item, read_sheet, told
from impactlib.rooms.room import Room
from impactlib.server.pages.room import NOTEBOOKS, RoomHandler
from impactlib.server.sessions import Admission, Closed

SLICE = 0.1
"""Seconds for which hypotheses come in before others are served."""


class Hypotheses(RoomHandler):
    """POST ?name=&sheet=&pasted= a team's file, or a table that it pasted: the answer is `told`'s."""

    async def post(self, session: str, role: str) -> None:
        def check(here: Admission, room: Room) -> None:
            self.must_be_inside(here)
            if role not in NOTEBOOKS["prepare"]:
                raise Closed

        await self.enter(session, role, check)
        content = self.read_file(SIZE, TOO_LARGE)
        asked, pasted = self.get_query_argument("sheet", ""), bool(self.get_query_argument("pasted", ""))
        # In a thread of its own: a workbook takes a good part of a second, and others are served meanwhile.
        sheet = await asyncio.to_thread(read_sheet, content, asked, pasted)
        source = origin(self.get_query_argument("name", ""), sheet.chosen)
        here, known = await self.enter(session, role, lambda _, room: room.store.session)
        bringing = await asyncio.to_thread(Bringing, known, sheet, source, here.id)
        placed = deque(bringing.placed)
        try:
            # A slice at a time: others are served in between, and the room is drawn once they all are in.
            while placed:
                await self._take(session, role, bringing, placed)
        finally:
            self.state.sessions.draw_soon(session)
        self.answer(200, **told(sheet, bringing.brought, self.lang()))

    async def _take(self, session: str, role: str, bringing: Bringing, placed: deque[Item]) -> None:
        def take(here: Admission, room: Room) -> None:
            asking, until = Asking(here.id, here.door), time.monotonic() + SLICE
            with room.store.together():
                while placed and time.monotonic() < until:
                    bringing.take(room.store, placed[0], lambda gesture: room.store.ask(asking, gesture))
                    placed.popleft()
            room.follow()

        await self.enter(session, role, take)
