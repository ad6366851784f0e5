"""Hypotheses that a team brings in a file, or pastes: what of them is new, what corrects others, what has to be asked,
and what is told of it all."""

from __future__ import annotations

import hashlib
import itertools
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from impactlib.domain.figures import in_one_way
from impactlib.domain.hypotheses import NUMBERS
from impactlib.domain.inventory import is_tied
from impactlib.domain.readings import Figure, series
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Note, Session
from impactlib.domain.sheets import again
from impactlib.domain.sheets.again import Cell, Fate, Placed
from impactlib.domain.sheets.grid import Line, Problem, Reading, Source
from impactlib.domain.sheets.headings import HEADINGS
from impactlib.domain.spreadsheet import Sheet, SheetError, read_pasted
from impactlib.domain.text import N_, in_short, plain
from impactlib.gestures import Gesture
from impactlib.gestures.drafting import drafts, given
from impactlib.storage.session_store import SessionStore
from impactlib.views.render import environment, say, translation
from impactlib.views.wording import worded
from impactlib.workbooks import read_file

TOO_LARGE = N_("This file is larger than 2 MB: it was not read.")
_WITHDRAWN = N_("This was withdrawn here since it was brought: it was not brought again.")
_OTHER_FIGURE = N_("The workshop has another figure of this metric at this date: it stays.")
_NO_METRIC = N_("No metric here has this name: the source was not tied to it.")
_NAMED = 80
"""Characters of a hypothesis or of a metric that a sentence names."""
_SHOWN = 20
"""Changes, and hypotheses that left the file, that are told one by one."""

Ask = Callable[[Gesture], object]


def read_sheet(content: bytes, sheet: str = "", pasted: bool = False) -> Sheet:
    """A team's file, or a table that it pasted. Raises Refusal."""
    try:
        return read_pasted(content.decode(errors="replace")) if pasted else read_file(content, sheet)
    except SheetError as error:
        raise Refusal(error.message, code="file", **error.facts) from None


@dataclass(frozen=True)
class Change:
    """A cell of a file, at a row, that says another thing than a note: it was taken, or is asked about."""

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
class Brought:
    """What became of a table: how many hypotheses came in (`alone` are metrics of none), and how many figures of other
    dates; the cells that were brought up to date, those that somebody has to settle, and what was left out besides what
    could not be read."""

    taken: int = 0
    alone: int = 0
    readings: int = 0
    sources: int = 0
    updated: list[Change] = field(default_factory=list)
    asked: list[Change] = field(default_factory=list)
    left: list[Problem] = field(default_factory=list)
    gone: list[Note] = field(default_factory=list)


class Bringing:
    """A table on its way into a session, one hypothesis at a time; `source` says which file it is, `person` who brings
    it. What is in already is not written again: the same file twice adds nothing."""

    def __init__(self, session: Session, sheet: Sheet, source: str, person: str) -> None:
        self._sheet, self._source, self._person = sheet, source, person
        placed, gone = again.placed(session, sheet.groups, source)
        self.placed: Sequence[Placed | Source] = [*placed, *sheet.sources]
        self._known = frozenset(session.notes)
        self.brought = Brought(gone=gone)

    def take(self, store: SessionStore, placed: Placed | Source, ask: Ask) -> None:
        """Ask for what is new of one hypothesis, or of one source, and for what changed in it. Raises Refusal."""
        if isinstance(placed, Source):
            return self._take_source(store, placed, ask)
        new = [line.row for line, metric in placed.rows if metric is None]
        note = placed.note
        if note is not None and store.session.notes[note.id].withdrawn:
            self.brought.left += [self._left_out(line) for line, _ in placed.rows]
            return
        if note is None and len(new) == len(placed.rows):
            before = store.seq
            gestures = list(drafts(new, lambda said: self._id(store, said)))
            for gesture in gestures:
                self._draft(store, gesture, ask)
            self.brought.taken += store.seq > before
            self.brought.alone += store.seq > before and not placed.rows[0][0].row.statement
            for (line, _), gesture in zip(placed.rows, gestures, strict=True):
                self._read(store, line, gesture["id"] if "about" in gesture else f"{gesture['id']}-m", ask)
            return
        if note is not None:
            self._update(store, placed.rows[0][0], note, ask)
        for line, metric in placed.rows:
            if metric is None:
                said = {"about": note.id if note else "", **given(line.row, again.FIELDS_OF["metric"])}
                if len(said) > 1:
                    id = self._id(store, said)
                    self._draft(store, {"id": id, "do": "draft", **said}, ask)
                    self._read(store, line, id, ask)
            elif store.session.notes[metric.id].withdrawn:
                self.brought.left.append(self._left_out(line))
            else:
                self._update(store, line, metric, ask)
                self._read(store, line, metric.id, ask)

    def _take_source(self, store: SessionStore, source: Source, ask: Ask) -> None:
        """Ask for a source of data, and tie it to its metrics. It is known by its name."""
        there = [note for note in store.session.notes_of("source") if plain(note.text) == plain(source.text)]
        id = there[0].id if there else gesture_of({"source": source.text}, store.session.id)
        if there:
            found = again.cells(store.session, there[0], source.details, self._source, self._person)
            changes = [Change(source.number, there[0], cell) for cell in found]
            self.brought.updated += [one for one in changes if one.cell.fate == Fate.TAKEN]
            self.brought.asked += [one for one in changes if one.cell.fate == Fate.ASKED]
            gesture = {"do": "update", "note": id, "file": self._source, **source.details}
            ask({"id": self._id(store, gesture), **gesture})
        elif store.journal.written(id) is not None:
            name = self._sheet.columns["text"]
            self.brought.left.append(Problem(source.number, name, _WITHDRAWN, source.text))
            return
        else:
            ask(
                {"id": id, "do": "write", "kind": "source", "text": source.text, "file": self._source, **source.details}
            )
            self.brought.sources += 1
        for name in source.metrics:
            metrics = [note for note in store.session.notes_of("metric") if plain(note.text) == plain(name)]
            if not metrics:
                column = self._sheet.columns["metrics"]
                self.brought.left.append(Problem(source.number, column, _NO_METRIC, name))
            for metric in metrics:
                if not is_tied(metric, store.session.notes[id]):
                    said = {"do": "tie", "metric": metric.id, "source": id, "tied": "true"}
                    ask({"id": self._id(store, said), **said})

    def overwrite(self, ask: Ask) -> None:
        """Take what the file says in each cell that is asked about. Raises Refusal."""
        for change in self.brought.asked:
            ask({"id": secrets.token_hex(16), **settling(change, kept=False)})
        self.brought.updated += self.brought.asked
        self.brought.asked = []

    def _draft(self, store: SessionStore, gesture: dict[str, str], ask: Ask) -> None:
        if store.journal.written(gesture["id"]) is None:
            ask({**gesture, "file": self._source})

    def _update(self, store: SessionStore, line: Line, note: Note, ask: Ask) -> None:
        row, said = line.row, again.said_of(note.kind, line.row, line.blank)
        note = store.session.notes[note.id]
        found = again.cells(store.session, note, said, self._source, self._person)
        changes = [Change(line.number, note, cell, row.unit) for cell in found]
        self.brought.updated += [one for one in changes if one.cell.fate == Fate.TAKEN]
        self.brought.asked += [one for one in changes if one.cell.fate == Fate.ASKED]
        gesture = {
            "do": "update",
            "note": note.id,
            "file": self._source,
            "blank": " ".join(name for name, value in said.items() if not value),
            **given(row, [name for name, value in said.items() if value]),
        }
        ask({"id": self._id(store, gesture), **gesture})

    def _read(self, store: SessionStore, line: Line, metric: str, ask: Ask) -> None:
        """Ask for the figures of other dates of a metric. One that is there already is brought up to date, as a cell
        is; a baseline of the same date stays, and the figure is told."""
        for reading in line.readings:
            of = store.session.notes.get(metric)
            if of is None or of.withdrawn:
                return
            known = series(store.session, of)
            there = next((one.note for one in known.readings if _on(one) == reading.as_of), None)
            start = known.baseline
            if there is not None:
                self._correct(store, line, there, reading, ask)
            elif start is not None and _on(start) == reading.as_of:
                if start.value != Decimal(reading.figure):
                    self.brought.left.append(Problem(line.number, reading.column, _OTHER_FIGURE, reading.figure))
            else:
                said = {"as_of": reading.as_of, "figure": in_one_way(reading.figure)}
                said |= {"do": "write", "kind": "reading", "text": "", "about": metric}
                id = gesture_of(said, store.session.id)
                if store.journal.written(id) is not None:
                    self.brought.left.append(Problem(line.number, reading.column, _WITHDRAWN, reading.figure))
                else:
                    ask({"id": id, **said, "file": self._source})
                    self.brought.readings += 1

    def _correct(self, store: SessionStore, line: Line, note: Note, reading: Reading, ask: Ask) -> None:
        said, metric = {"figure": reading.figure}, store.session.notes[note.about]
        unit = metric.details.get("unit", "")
        for cell in again.cells(store.session, note, said, self._source, self._person):
            change = Change(line.number, note, cell, unit, reading.column, metric.text)
            self.brought.updated += [change] if cell.fate == Fate.TAKEN else []
            self.brought.asked += [change] if cell.fate == Fate.ASKED else []
        gesture = {"do": "update", "note": note.id, "file": self._source, "figure": in_one_way(reading.figure)}
        ask({"id": self._id(store, gesture), **gesture})

    def _id(self, store: SessionStore, said: Mapping[str, str]) -> str:
        """The id of what says so much: two who bring one file at once, or apart, write one note. What was written so
        before, and was reworded since, is another one."""
        ids = (gesture_of(said, store.session.id, time) for time in itertools.count())
        again = "do" in said
        return next(id for id in ids if store.journal.written(id) is None or not (again or id in self._known))

    def _left_out(self, line: Line) -> Problem:
        name = next((name for name in ("statement", "metric") if getattr(line.row, name)), "statement")
        return Problem(line.number, self._sheet.columns.get(name, ""), _WITHDRAWN, getattr(line.row, name))


def _on(figure: Figure) -> str:
    return figure.on.isoformat() if figure.on else ""


def told(sheet: Sheet, brought: Brought, lang: str) -> dict[str, Any]:
    """What is told: ``{taken, said, decided: [sentence], problems: [{line, column, why, there}], updated: [sentence],
    asked: [...], sheet, sheets}``, lines as the spreadsheet counts them; the last two for a workbook of several sheets.

    Each cell that is asked about is ``{line, column, of, ours, theirs, note, detail, value, was}``: what it is and the
    two wordings, then the fields of the gesture that settles it.
    """
    problems = sorted([*sheet.problems, *brought.left], key=lambda problem: problem.row)
    sheets = {"sheet": sheet.sheet, "sheets": sheet.sheets} if len(sheet.sheets) > 1 else {}
    return {
        "taken": brought.taken,
        "said": said(sheet, brought, lang),
        "decided": [*(say(one, lang) for one in sheet.decided), *gone(brought, lang)],
        "problems": [_problem(one, lang) for one in problems],
        "updated": updated(sheet, brought, lang),
        "asked": [_question(sheet, one, lang) for one in brought.asked],
        **sheets,
    }


def _problem(problem: Problem, lang: str) -> dict[str, Any]:
    there = in_short(problem.value, _NAMED) if problem.value != problem.column else ""
    return {"line": problem.row, "column": problem.column, "why": say(problem, lang), "there": there}


def updated(sheet: Sheet, brought: Brought, lang: str) -> list[str]:
    """A sentence for each cell that was brought up to date, the first ones."""
    message = translation(lang).gettext("row %(row)s, “%(column)s”: %(theirs)s instead of %(ours)s")
    sentences = [message % _facts(sheet, one, lang) for one in brought.updated[:_SHOWN]]
    return [*sentences, *(["…"] if len(brought.updated) > _SHOWN else [])]


def unsettled(sheet: Sheet, brought: Brought, lang: str) -> list[str]:
    """A sentence for each cell that the file and the session say differently."""
    message = translation(lang).gettext(
        "row %(row)s, “%(column)s”: the file says %(theirs)s, the workshop %(ours)s, which stays (%(of)s)"
    )
    return [message % _facts(sheet, one, lang) for one in brought.asked]


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


def _question(sheet: Sheet, change: Change, lang: str) -> dict[str, Any]:
    facts, gesture = _facts(sheet, change, lang), settling(change, kept=True)
    fields = {name: gesture[name] for name in ("note", "detail", "value", "was")}
    return {"line": facts.pop("row"), **facts, **fields}


def _facts(sheet: Sheet, change: Change, lang: str) -> dict[str, Any]:
    name, note = change.cell.field, change.note
    nothing = translation(lang).gettext("(nothing)")
    of_figure = "baseline" if name == "figure" else name
    unit = change.unit or note.details.get("unit", "")
    return {
        "row": change.row,
        "column": change.column or sheet.columns.get(name) or HEADINGS[lang].get(name, name),
        "of": in_short(change.named, _NAMED),
        "ours": _worded(of_figure, change.cell.ours, lang, note.details.get("unit", change.unit)) or nothing,
        "theirs": _worded(of_figure, change.cell.theirs, lang, unit) or nothing,
    }


def _worded(name: str, value: str, lang: str, unit: str) -> str:
    """The value of a field of a hypothesis, of its metric or of a source as people read it."""
    if name in HEADINGS[lang]:
        return worded(name, value, lang, unit)
    return str(environment(lang).get_template("definition.html").module.word(value))  # type: ignore[attr-defined]


def gone(brought: Brought, lang: str) -> list[str]:
    """A sentence for each note that the file does not hold any more, the first ones."""
    _ = translation(lang).gettext
    message = _("“%(text)s” is not in this file any more: it stays here. Withdraw it if the team gave it up.")
    return [message % {"text": in_short(note.text, _NAMED)} for note in brought.gone[:_SHOWN]]


def said(sheet: Sheet, brought: Brought, lang: str) -> str:
    """What became of a table, in a sentence or three."""
    catalog = translation(lang)
    taken, updated, asked = brought.taken - brought.alone, len(brought.updated), len(brought.asked)
    sentences = (
        (taken, catalog.ngettext("%(num)s hypothesis came in.", "%(num)s hypotheses came in.", taken)),
        (
            brought.alone,
            catalog.ngettext("%(num)s metric came in.", "%(num)s metrics came in.", brought.alone),
        ),
        (
            brought.sources,
            catalog.ngettext("%(num)s source of data came in.", "%(num)s sources of data came in.", brought.sources),
        ),
        (
            brought.readings,
            catalog.ngettext(
                "%(num)s figure of another date came in.", "%(num)s figures of other dates came in.", brought.readings
            ),
        ),
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
    if parts := [sentence % {"num": count} for count, sentence in sentences if count]:
        return " ".join(parts)
    if sheet.rows or sheet.sources:
        return catalog.gettext("Nothing new in this file: what it says is here already.")
    return catalog.gettext("This file has no hypothesis that could be read.")


def gesture_of(said: Mapping[str, str], session: str = "", time: int = 0) -> str:
    """The id of the gesture that says so much in a session, for the first time or once more."""
    content = json.dumps([session, said, time], sort_keys=True)
    return f"row-{hashlib.sha256(content.encode()).hexdigest()[:32]}"
