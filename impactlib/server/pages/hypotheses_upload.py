"""Hypotheses that a team brings from its spreadsheet."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence

from impactlib.domain.hypotheses import Hypothesis
from impactlib.domain.refusal import Refusal
from impactlib.domain.spreadsheet import SIZE, Sheet, SheetError, read_pasted
from impactlib.domain.text import N_
from impactlib.gestures import Asking
from impactlib.gestures.drafting import drafts
from impactlib.rooms.room import Room
from impactlib.server.pages.room import NOTEBOOKS, RoomHandler
from impactlib.server.sessions import Admission, Closed
from impactlib.views.render import say, translation
from impactlib.workbooks import read_file

TOO_LARGE = N_("This file is larger than 2 MB: it was not read.")


class Hypotheses(RoomHandler):
    """POST ?sheet=&pasted= a team's file, or a table that it pasted: what cannot be read is listed, the rest comes in.

    The answer is ``{taken, said, decided: [sentence], problems: [{line, column, why}], sheet, sheets}``, lines as the
    spreadsheet counts them; the last two for a workbook of several sheets.

    A row's gesture is known by what it says: the same file twice, by whomever, adds nothing.
    """

    async def post(self, session: str, role: str) -> None:
        def check(here: Admission, room: Room) -> None:
            self.must_be_inside(here)
            if role not in NOTEBOOKS["prepare"]:
                raise Closed

        await self.enter(session, role, check)
        try:
            # In a thread of its own: a workbook takes a good part of a second, and others are served meanwhile.
            sheet = await asyncio.to_thread(self._read, self.read_file(SIZE, TOO_LARGE))
        except SheetError as error:
            raise Refusal(error.message, code="file", **error.facts) from None
        # One hypothesis at a time: others are served in between.
        taken = sum([await self._take(session, role, rows) for rows in sheet.hypotheses])
        lang = self.lang()
        problems = [
            {"line": problem.row, "column": problem.column, "why": say(problem, lang)} for problem in sheet.problems
        ]
        decided = [say(one, lang) for one in sheet.decided]
        said = self._said(taken, sheet)
        sheets = {"sheet": sheet.sheet, "sheets": sheet.sheets} if len(sheet.sheets) > 1 else {}
        self.answer(200, taken=taken, said=said, decided=decided, problems=problems, **sheets)

    def _read(self, content: bytes) -> Sheet:
        if self.get_query_argument("pasted", ""):
            return read_pasted(content.decode(errors="replace"))
        return read_file(content, self.get_query_argument("sheet", ""))

    async def _take(self, session: str, role: str, rows: Sequence[Hypothesis]) -> bool:
        """Ask for one hypothesis with its metrics; False when all of it is in already, whoever brought it."""

        def draft(here: Admission, room: Room) -> bool:
            before = room.store.seq
            for gesture in drafts(rows, _id):
                about = room.store.session.notes.get(gesture.get("about", ""))
                gone = "about" in gesture and (about is None or about.withdrawn)
                if not gone and room.store.journal.written(gesture["id"]) is None:
                    self.state.sessions.ask(room, Asking(here.id, here.door), gesture)
            return room.store.seq > before

        return (await self.enter(session, role, draft))[1]

    def _said(self, taken: int, sheet: Sheet) -> str:
        ngettext = translation(self.lang()).ngettext
        if taken:
            return ngettext("%(num)s hypothesis came in.", "%(num)s hypotheses came in.", taken) % {"num": taken}
        if sheet.rows:
            return self.words("Nothing new in this file: its hypotheses are here already.")
        return self.words("This file has no hypothesis that could be read.")


def _id(said: Mapping[str, str]) -> str:
    return f"row-{hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]}"
