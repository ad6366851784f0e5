"""Hypotheses that a team brings from its spreadsheet."""

from __future__ import annotations

import asyncio

from impactlib.domain.sheets.again import Placed, origin
from impactlib.domain.spreadsheet import SIZE
from impactlib.gestures import Asking
from impactlib.rooms.bringing import TOO_LARGE, Bringing, read_sheet, told
from impactlib.rooms.room import Room
from impactlib.server.pages.room import NOTEBOOKS, RoomHandler
from impactlib.server.sessions import Admission, Closed


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
        # One hypothesis at a time: others are served in between.
        for placed in bringing.placed:
            await self._take(session, role, bringing, placed)
        self.answer(200, **told(sheet, bringing.brought, self.lang()))

    async def _take(self, session: str, role: str, bringing: Bringing, placed: Placed) -> None:
        def take(here: Admission, room: Room) -> None:
            asking = Asking(here.id, here.door)
            bringing.take(room.store, placed, lambda gesture: self.state.sessions.ask(room, asking, gesture))

        await self.enter(session, role, take)
