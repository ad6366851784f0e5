"""Hypotheses that a team brings in a file, or pastes: what of them is new, what corrects others, what has to be asked,
and what is told of it all."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from impactlib.domain.hypotheses import Hypothesis
from impactlib.domain.inventory import is_tied, sources_of
from impactlib.domain.readings import series
from impactlib.domain.refusal import Refusal, SheetError
from impactlib.domain.session import Note, Session
from impactlib.domain.sheets import again
from impactlib.domain.sheets.again import Placed
from impactlib.domain.sheets.grid import Given, Line, Problem, Source
from impactlib.domain.spreadsheet import Sheet, read_pasted
from impactlib.domain.text import N_, in_short, plain
from impactlib.gestures.drafting import drafts, given
from impactlib.rooms import changes, figures_brought
from impactlib.rooms.changes import (
    NAMED,
    SHOWN,
    WITHDRAWN,
    Ask,
    Change,
    Changed,
    free_id,
    gesture_of,
    sentences,
)
from impactlib.storage.session_store import SessionStore
from impactlib.views.render import translation
from impactlib.workbooks import read_file

TOO_LARGE = N_("This file is larger than 2 MB: it was not read.")
_OTHER_FIGURE = N_("The workshop has another figure of this metric at this date: it stays.")
_NO_METRIC = N_("No metric here has this name: the source was not tied to it.")


def read_sheet(content: bytes, sheet: str = "", pasted: bool = False) -> Sheet:
    """A team's file, or a table that it pasted. Raises Refusal."""
    try:
        return read_pasted(content.decode(errors="replace")) if pasted else read_file(content, sheet)
    except SheetError as error:
        raise Refusal(error.message, code="file", **error.facts) from None


@dataclass
class Brought(Changed):
    """What became of a table: how many hypotheses came in (`alone` are metrics of none), how many figures of other
    dates, how many sources of data; and the notes that left the file."""

    taken: int = 0
    alone: int = 0
    readings: int = 0
    sources: int = 0
    gone: list[Note] = field(default_factory=list)


Item = Placed | Source | tuple[Given, ...]
"""What comes in at once: a hypothesis, a source of data, or the figures of one metric."""


class Bringing:
    """A table on its way into a session, one hypothesis at a time; `source` says which file it is, `person` who brings
    it. What is in already is not written again: the same file twice adds nothing."""

    def __init__(self, session: Session, sheet: Sheet, source: str, person: str) -> None:
        self._sheet, self._source, self._person = sheet, source, person
        placed, gone = again.placed(session, sheet.groups, source, "statement" in sheet.columns)
        # A baseline stands with its metric already.
        figures = [one for one in sheet.figures if not one.baseline]
        figures.sort(key=_of)
        of_metrics = [tuple(some) for _, some in itertools.groupby(figures, _of)]
        self.placed: Sequence[Item] = [*placed, *sheet.sources, *of_metrics]
        self._known = frozenset(session.notes)
        self.brought = Brought(gone=gone)

    def take(self, store: SessionStore, placed: Item, ask: Ask) -> None:
        """Ask for what is new of one hypothesis, of one source or of the figures of one metric, and for what changed in
        it. Raises Refusal."""
        if isinstance(placed, Source):
            return self._take_source(store, placed, ask)
        if not isinstance(placed, Placed):
            return self._take_figures(store, placed, ask)
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
            self.brought.add(Change(source.number, there[0], cell) for cell in found)
            gesture = {"do": "update", "note": id, "file": self._source, **source.details}
            ask({"id": self._id(store, gesture), **gesture})
        elif store.journal.written(id) is not None:
            name = self._sheet.columns["text"]
            self.brought.left.append(Problem(source.number, name, WITHDRAWN, source.text))
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

    def _draft(self, store: SessionStore, gesture: dict[str, str], ask: Ask) -> None:
        if store.journal.written(gesture["id"]) is None:
            ask({**gesture, "file": self._source})

    def _update(self, store: SessionStore, line: Line, note: Note, ask: Ask) -> None:
        row, said = line.row, again.said_of(note.kind, line.row, line.blank)
        note = store.session.notes[note.id]
        if note.kind == "metric":
            shown = _shown(store.session, note, row)
            said = {name: value for name, value in said.items() if name not in shown}
        found = again.cells(store.session, note, said, self._source, self._person)
        self.brought.add(Change(line.number, note, cell, row.unit) for cell in found)
        gesture = {
            "do": "update",
            "note": note.id,
            "file": self._source,
            "blank": " ".join(name for name, value in said.items() if not value),
            **given(row, [name for name, value in said.items() if value]),
        }
        ask({"id": self._id(store, gesture), **gesture})

    def _read(self, store: SessionStore, line: Line, id: str, ask: Ask) -> None:
        """Ask for the figures of other dates of a metric; a baseline of the same date stays, and the figure is told."""
        metric = store.session.notes.get(id)
        if metric is None or metric.withdrawn:
            return
        start = series(store.session, metric).baseline
        on = start.on.isoformat() if start and start.on else ""
        for reading in line.readings:
            if start and reading.as_of == on and start.value != Decimal(reading.figure):
                self.brought.left.append(Problem(line.number, reading.column, _OTHER_FIGURE, reading.figure))
        self._take_figures(store, [one for one in line.readings if one.as_of != on], ask, metric)

    def _take_figures(self, store: SessionStore, figures: Sequence[Given], ask: Ask, of: Note | None = None) -> None:
        bringing = figures_brought.Bringing(store.session, figures, self._source, self._person, of)
        for together in bringing.placed:
            bringing.take(store, together, ask)
        self.brought.readings += bringing.brought.taken
        self.brought.updated += bringing.brought.updated
        self.brought.asked += bringing.brought.asked
        self.brought.left += bringing.brought.left

    def _id(self, store: SessionStore, said: Mapping[str, str]) -> str:
        """The id of what says so much: two who bring one file at once, or apart, write one note. What was written so
        before, and was reworded since, is another one."""
        return free_id(store, said, None if "do" in said else self._known)

    def _left_out(self, line: Line) -> Problem:
        name = next((name for name in ("statement", "metric") if getattr(line.row, name)), "statement")
        return Problem(line.number, self._sheet.columns.get(name, ""), WITHDRAWN, getattr(line.row, name))


def _shown(session: Session, metric: Note, row: Hypothesis) -> set[str]:
    """The fields of a row that say what stands beside the metric's own: a matrix that the kit wrote shows the latest
    figure, with its quality and its source, and the sources of the inventory where no other is said."""
    found: set[str] = set()
    for one in series(session, metric).readings if row.baseline else ():
        if one.on and one.on.isoformat() == row.baseline_date and one.value == Decimal(row.baseline):
            alike = {name for name in ("quality", "source") if getattr(row, name) == one.note.details.get(name)}
            found |= {"baseline", "baseline_date", *alike}
    tied = ", ".join(source.text for source in sources_of(session, metric))
    return found | ({"source"} if tied and row.source == tied else set())


def _of(given: Given) -> tuple[str, ...]:
    """What tells the metric of a figure from another."""
    return given.statement, given.metric, given.unit


def told(sheet: Sheet, brought: Brought, lang: str) -> dict[str, Any]:
    """What is told: ``{taken, said, …}``, the rest as `changes.told`; what left the file is told with what was
    decided."""
    found = changes.told(sheet, brought, sheet.columns, lang)
    found["decided"] += gone(brought, lang)
    return {"taken": brought.taken, "said": said(sheet, brought, lang), **found}


def gone(brought: Brought, lang: str) -> list[str]:
    """A sentence for each note that the file does not hold any more, the first ones."""
    _ = translation(lang).gettext
    message = _("“%(text)s” is not in this file any more: it stays here. Withdraw it if the team gave it up.")
    return [message % {"text": in_short(note.text, NAMED)} for note in brought.gone[:SHOWN]]


def said(sheet: Sheet, brought: Brought, lang: str) -> str:
    """What became of a table, in a sentence or three."""
    catalog = translation(lang)
    taken = brought.taken - brought.alone
    told = sentences(
        brought,
        lang,
        (taken, catalog.ngettext("%(num)s hypothesis came in.", "%(num)s hypotheses came in.", taken)),
        (brought.alone, catalog.ngettext("%(num)s metric came in.", "%(num)s metrics came in.", brought.alone)),
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
    )
    if told:
        return told
    if sheet.rows or sheet.sources:
        return catalog.gettext("Nothing new in this file: what it says is here already.")
    return catalog.gettext("This file has no hypothesis that could be read.")
