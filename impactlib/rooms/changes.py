"""The cells of a file that correct notes: those that were taken, and those that somebody has to settle; how both are
told, and the gestures that settle them."""

from __future__ import annotations

import hashlib
import itertools
import json
import secrets
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from impactlib.domain.figures import in_one_way
from impactlib.domain.hypotheses import NUMBERS
from impactlib.domain.session import Note
from impactlib.domain.sheets.again import Cell, Fate
from impactlib.domain.sheets.figures_over_time import Figures
from impactlib.domain.sheets.grid import Problem, Sheet
from impactlib.domain.sheets.headings import HEADINGS
from impactlib.domain.text import N_, in_short
from impactlib.gestures import Gesture
from impactlib.storage.session_store import SessionStore
from impactlib.views.render import environment, say, translation
from impactlib.views.wording import worded

WITHDRAWN = N_("This was withdrawn here since it was brought: it was not brought again.")
NAMED = 80
"""Characters of a name that a sentence gives."""
SHOWN = 20
"""Changes that are told one by one."""

Ask = Callable[[Gesture], object]


@dataclass(frozen=True)
class Change:
    """A cell of a file, at a row, that says another thing than a note: it was taken, or is asked about.

    `unit` is that of the figure, `column` the cell's heading where the table does not say it by its field, `of` what
    the cell is of where that is not the note's own text.
    """

    row: int
    note: Note
    cell: Cell
    unit: str = ""
    column: str = ""
    of: str = ""

    @property
    def named(self) -> str:
        """What the cell is of: a note's own text, or the metric of a figure."""
        return self.of or self.note.text


@dataclass
class Changed:
    """The cells that were brought up to date, those that somebody has to settle, and what was left out besides what
    could not be read."""

    updated: list[Change] = field(default_factory=list)
    asked: list[Change] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)

    def add(self, changes: Iterable[Change]) -> None:
        """Take in the changes whose cells were taken, and those whose cells are asked about."""
        for change in changes:
            if change.cell.fate == Fate.TAKEN:
                self.updated.append(change)
            elif change.cell.fate == Fate.ASKED:
                self.asked.append(change)

    def overwrite(self, ask: Ask) -> None:
        """Take what the file says in each cell that is asked about. Raises Refusal."""
        for change in self.asked:
            ask({"id": secrets.token_hex(16), **settling(change, kept=False)})
        self.updated += self.asked
        self.asked = []


def settling(change: Change, kept: bool) -> dict[str, Any]:
    """The gesture that settles a cell, without its id."""
    value = change.cell.theirs
    return {
        "do": "settle",
        "note": change.note.id,
        "detail": change.cell.field,
        "value": in_one_way(value) if change.cell.field in (*NUMBERS, "figure") else value,
        "was": change.cell.ours,
        "kept": kept,
    }


def gesture_of(said: Mapping[str, str], session: str = "", time: int = 0) -> str:
    """The id of the gesture that says so much in a session, for the first time or once more."""
    content = json.dumps([session, said, time], sort_keys=True)
    return f"row-{hashlib.sha256(content.encode()).hexdigest()[:32]}"


def free_id(store: SessionStore, said: Mapping[str, str], known: Container[str] | None = None) -> str:
    """The id of the first gesture that says so much and is not written yet; with `known`, one that is written is taken
    again unless it is of these."""
    ids = (gesture_of(said, store.session.id, time) for time in itertools.count())
    return next(id for id in ids if store.journal.written(id) is None or (known is not None and id not in known))


# What is told --------------------------------------------------------------------------------------


def told(read: Sheet | Figures, changed: Changed, columns: Mapping[str, str], lang: str) -> dict[str, Any]:
    """What is told of reading a table: ``{decided: [sentence], problems: [{line, column, why, there}], updated:
    [sentence], asked: [...], sheet, sheets}``, lines as the spreadsheet counts them; the last two for a workbook of
    several sheets. `columns` are the headings of fields.

    Each cell that is asked about is ``{line, column, of, ours, theirs, note, detail, value, was}``: what it is and the
    two wordings, then the fields of the gesture that settles it.
    """
    problems = sorted([*read.problems, *changed.left], key=lambda problem: problem.row)
    return {
        "decided": [say(one, lang) for one in read.decided],
        "problems": [_problem(one, lang) for one in problems],
        "updated": updated(changed, columns, lang),
        "asked": [_question(one, columns, lang) for one in changed.asked],
        **({"sheet": read.sheet, "sheets": read.sheets} if len(read.sheets) > 1 else {}),
    }


def _problem(problem: Problem, lang: str) -> dict[str, Any]:
    there = in_short(problem.value, NAMED) if problem.value != problem.column else ""
    return {"line": problem.row, "column": problem.column, "why": say(problem, lang), "there": there}


def updated(changed: Changed, columns: Mapping[str, str], lang: str) -> list[str]:
    """A sentence for each cell that was brought up to date, the first ones; `columns` are the headings of fields."""
    message = translation(lang).gettext("row %(row)s, “%(column)s”: %(theirs)s instead of %(ours)s")
    sentences = [message % _facts(one, columns, lang) for one in changed.updated[:SHOWN]]
    return [*sentences, *(["…"] if len(changed.updated) > SHOWN else [])]


def unsettled(changed: Changed, columns: Mapping[str, str], lang: str) -> list[str]:
    """A sentence for each cell that the file and the session say differently."""
    message = translation(lang).gettext(
        "row %(row)s, “%(column)s”: the file says %(theirs)s, the workshop %(ours)s, which stays (%(of)s)"
    )
    return [message % _facts(one, columns, lang) for one in changed.asked]


def sentences(changed: Changed, lang: str, *came: tuple[int, str]) -> str:
    """What came in, how many cells were brought up to date, and how many have to be settled: a sentence for each number
    that is not 0."""
    catalog = translation(lang)
    updated, asked = len(changed.updated), len(changed.asked)
    counts = (
        *came,
        (
            updated,
            catalog.ngettext("%(num)s cell was brought up to date.", "%(num)s cells were brought up to date.", updated),
        ),
        (
            asked,
            catalog.ngettext(
                "%(num)s cell was changed here too: see the list.",
                "%(num)s cells were changed here too: see the list.",
                asked,
            ),
        ),
    )
    return " ".join(sentence % {"num": count} for count, sentence in counts if count)


def _question(change: Change, columns: Mapping[str, str], lang: str) -> dict[str, Any]:
    facts, gesture = _facts(change, columns, lang), settling(change, kept=True)
    fields = {name: gesture[name] for name in ("note", "detail", "value", "was")}
    return {"line": facts.pop("row"), **facts, **fields}


def _facts(change: Change, columns: Mapping[str, str], lang: str) -> dict[str, Any]:
    name, note = change.cell.field, change.note
    nothing = translation(lang).gettext("(nothing)")
    of_figure = "baseline" if name == "figure" else name
    unit = change.unit or note.details.get("unit", "")
    return {
        "row": change.row,
        "column": change.column or columns.get(name) or HEADINGS[lang].get(name, name),
        "of": in_short(change.named, NAMED),
        "ours": _worded(of_figure, change.cell.ours, lang, note.details.get("unit", change.unit)) or nothing,
        "theirs": _worded(of_figure, change.cell.theirs, lang, unit) or nothing,
    }


def _worded(name: str, value: str, lang: str, unit: str) -> str:
    """The value of a field of a hypothesis, of its metric, of a figure or of a source as people read it."""
    if name in HEADINGS[lang]:
        return worded(name, value, lang, unit)
    return str(environment(lang).get_template("definition.html").module.word(value))  # type: ignore[attr-defined]
