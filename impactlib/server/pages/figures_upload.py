"""Figures over time that a team brings from its spreadsheet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from impactlib.domain.sheets.again import origin
from impactlib.domain.sheets.grid import Given
from impactlib.domain.spreadsheet import SIZE
from impactlib.gestures import Asking
from impactlib.rooms.bringing import TOO_LARGE
from impactlib.rooms.figures_brought import Bringing, read_table, told
from impactlib.rooms.room import Room
from impactlib.server.pages.room import NOTEBOOKS, RoomHandler
from impactlib.server.sessions import Admission, Closed

AT_ONCE = 50
"""Dates of which the figures are written before others are served."""


class FiguresOverTime(RoomHandler):
    """POST ?name=&sheet=&pasted= a team's file, or a table that it pasted: the answer is `told`'s."""

    async def post(self, session: str, role: str) -> None:
        def check(here: Admission, room: Room) -> None:
            self.must_be_inside(here)
            if role not in NOTEBOOKS["follow"]:
                raise Closed

        await self.enter(session, role, check)
        content = self.read_file(SIZE, TOO_LARGE)
        asked, pasted = self.get_query_argument("sheet", ""), bool(self.get_query_argument("pasted", ""))
        table = await asyncio.to_thread(read_table, content, asked, pasted)
        source = origin(self.get_query_argument("name", ""), table.chosen)
        here, known = await self.enter(session, role, lambda _, room: room.store.session)
        bringing = await asyncio.to_thread(Bringing, known, table.given, source, here.id)
        for at in range(0, len(bringing.placed), AT_ONCE):
            some = bringing.placed[at : at + AT_ONCE]

            def take(here: Admission, room: Room, some: Sequence[Sequence[Given]] = some) -> None:
                asking = Asking(here.id, here.door)
                for together in some:
                    bringing.take(room.store, together, lambda gesture: self.state.sessions.ask(room, asking, gesture))

            await self.enter(session, role, take)
        self.answer(200, **told(table, bringing.brought, self.lang()))
