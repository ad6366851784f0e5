"""Hypotheses that a team brings in a file, or pastes: what of them is new, and what is told of the reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from impactlib.domain.hypotheses import Hypothesis
from impactlib.domain.refusal import Refusal
from impactlib.domain.spreadsheet import Sheet, SheetError, read_pasted
from impactlib.domain.text import N_
from impactlib.gestures import Gesture
from impactlib.gestures.drafting import drafts
from impactlib.storage.session_store import SessionStore
from impactlib.views.render import say, translation
from impactlib.workbooks import read_file

TOO_LARGE = N_("This file is larger than 2 MB: it was not read.")


def read_sheet(content: bytes, sheet: str = "", pasted: bool = False) -> Sheet:
    """A team's file, or a table that it pasted. Raises Refusal."""
    try:
        return read_pasted(content.decode(errors="replace")) if pasted else read_file(content, sheet)
    except SheetError as error:
        raise Refusal(error.message, code="file", **error.facts) from None


def missing(store: SessionStore, rows: Sequence[Hypothesis]) -> Iterator[Gesture]:
    """The gestures that write what a session lacks of one hypothesis with its metrics, to be asked one after the other.

    A gesture is known by what it says: the same file twice, by whomever, adds nothing.
    """
    for gesture in drafts(rows, gesture_of):
        about = store.session.notes.get(gesture.get("about", ""))
        gone = "about" in gesture and (about is None or about.withdrawn)
        if not gone and store.journal.written(gesture["id"]) is None:
            yield gesture


def told(sheet: Sheet, taken: int, lang: str) -> dict[str, Any]:
    """What is told: ``{taken, said, decided: [sentence], problems: [{line, column, why}], sheet, sheets}``, lines as
    the spreadsheet counts them; the last two for a workbook of several sheets."""
    problems = [{"line": one.row, "column": one.column, "why": say(one, lang)} for one in sheet.problems]
    sheets = {"sheet": sheet.sheet, "sheets": sheet.sheets} if len(sheet.sheets) > 1 else {}
    decided = [say(one, lang) for one in sheet.decided]
    return {"taken": taken, "said": _said(sheet, taken, lang), "decided": decided, "problems": problems, **sheets}


def _said(sheet: Sheet, taken: int, lang: str) -> str:
    catalog = translation(lang)
    if taken:
        return catalog.ngettext("%(num)s hypothesis came in.", "%(num)s hypotheses came in.", taken) % {"num": taken}
    if sheet.rows:
        return catalog.gettext("Nothing new in this file: its hypotheses are here already.")
    return catalog.gettext("This file has no hypothesis that could be read.")


def gesture_of(said: Mapping[str, str]) -> str:
    """The id of the gesture that says so much."""
    return f"row-{hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]}"
