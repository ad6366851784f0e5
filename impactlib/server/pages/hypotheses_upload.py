"""Hypotheses that a team brings from its spreadsheet."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from impactlib.domain.hypotheses import Hypothesis
from impactlib.domain.refusal import Refusal
from impactlib.domain.spreadsheet import SIZE, Sheet, SheetError, read_hypotheses
from impactlib.domain.text import N_
from impactlib.gestures import Asking
from impactlib.rooms.room import Room
from impactlib.server.pages.room import NOTEBOOKS, RoomHandler
from impactlib.server.sessions import Admission, Closed
from impactlib.views.render import translation

TOO_LARGE = N_("This file is larger than 2 MB: it was not read.")


class Hypotheses(RoomHandler):
    """POST a CSV file: what cannot be read is listed, the rest comes in.

    The answer is ``{taken, said, problems: [{line, column, why}]}``, lines from 1 as the spreadsheet counts them.

    A row's gesture is known by what it says: the same file twice, by whomever, adds nothing.
    """

    async def post(self, session: str, role: str) -> None:
        def check(here: Admission, room: Room) -> None:
            self.must_be_inside(here)
            if role not in NOTEBOOKS["prepare"]:
                raise Closed

        await self.enter(session, role, check)
        try:
            sheet = read_hypotheses(self.read_file(SIZE, TOO_LARGE))
        except SheetError as error:
            raise Refusal(error.message, code="file", **error.facts) from None
        # One row at a time: others are served in between.
        taken = sum([await self._take(session, role, row) for _, row in sheet.rows])
        problems = [
            {"line": sheet.above + 1 + problem.row, "column": problem.column, "why": self.words(problem.message)}
            for problem in sheet.problems
        ]
        self.answer(200, taken=taken, said=self._said(taken, sheet), problems=problems)

    async def _take(self, session: str, role: str, row: Hypothesis) -> bool:
        """Ask for one hypothesis; False when that row is in already, whoever brought it."""
        gesture = _gesture(row)

        def draft(here: Admission, room: Room) -> bool:
            if room.store.journal.written(gesture["id"]) is not None:
                return False
            before = room.store.seq
            return self.state.sessions.ask(room, Asking(here.id, here.door), gesture) > before

        return (await self.enter(session, role, draft))[1]

    def _said(self, taken: int, sheet: Sheet) -> str:
        ngettext = translation(self.lang()).ngettext
        if taken:
            return ngettext("%(num)s hypothesis came in.", "%(num)s hypotheses came in.", taken) % {"num": taken}
        if sheet.rows:
            return self.words("Nothing new in this file: its hypotheses are here already.")
        return self.words("This file has no hypothesis that could be read.")


def _gesture(row: Hypothesis) -> dict[str, str]:
    said = {name: value for name, value in asdict(row).items() if value}
    id = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]
    return {"id": f"row-{id}", "do": "draft", **said}
