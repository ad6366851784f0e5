"""Figures over time that a team brings from its spreadsheet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from impactlib.domain.sheets.figures_over_time import Given
from impactlib.domain.spreadsheet import SIZE
from impactlib.gestures import Asking
from impactlib.rooms.bringing import TOO_LARGE
from impactlib.rooms.figures_brought import Brought, bring, read_table, told
from impactlib.rooms.room import Room
from impactlib.server.pages.room import NOTEBOOKS, RoomHandler
from impactlib.server.sessions import Admission, Closed

AT_ONCE = 50
"""Figures that are written before others are served."""


class FiguresOverTime(RoomHandler):
    """POST ?sheet=&pasted= a team's file, or a table that it pasted: the answer is `told`'s."""

    async def post(self, session: str, role: str) -> None:
        def check(here: Admission, room: Room) -> None:
            self.must_be_inside(here)
            if role not in NOTEBOOKS["follow"]:
                raise Closed

        await self.enter(session, role, check)
        content = self.read_file(SIZE, TOO_LARGE)
        asked, pasted = self.get_query_argument("sheet", ""), bool(self.get_query_argument("pasted", ""))
        table = await asyncio.to_thread(read_table, content, asked, pasted)
        brought = Brought()
        for at in range(0, len(table.given), AT_ONCE):
            some = table.given[at : at + AT_ONCE]

            def take(here: Admission, room: Room, some: Sequence[Given] = some) -> None:
                asking = Asking(here.id, here.door)
                bring(room.store, some, lambda gesture: self.state.sessions.ask(room, asking, gesture), brought)

            await self.enter(session, role, take)
        self.answer(200, **told(table, brought, self.lang()))
