"""Hypotheses that a team brings from its spreadsheet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from impactlib.domain.hypotheses import Hypothesis
from impactlib.domain.spreadsheet import SIZE
from impactlib.gestures import Asking
from impactlib.rooms.bringing import TOO_LARGE, missing, read_sheet, told
from impactlib.rooms.room import Room
from impactlib.server.pages.room import NOTEBOOKS, RoomHandler
from impactlib.server.sessions import Admission, Closed


class Hypotheses(RoomHandler):
    """POST ?sheet=&pasted= a team's file, or a table that it pasted: the answer is `told`'s."""

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
        # One hypothesis at a time: others are served in between.
        taken = sum([await self._take(session, role, rows) for rows in sheet.hypotheses])
        self.answer(200, **told(sheet, taken, self.lang()))

    async def _take(self, session: str, role: str, rows: Sequence[Hypothesis]) -> bool:
        """Ask for one hypothesis with its metrics; False when all of it is in already, whoever brought it."""

        def draft(here: Admission, room: Room) -> bool:
            before = room.store.seq
            for gesture in missing(room.store, rows):
                self.state.sessions.ask(room, Asking(here.id, here.door), gesture)
            return room.store.seq > before

        return (await self.enter(session, role, draft))[1]
