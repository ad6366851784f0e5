"""Figures over time that a team brings in a file: each becomes a reading of the metric that it names, once; a file that
is brought once more corrects what it had brought."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from impactlib.domain import readings, units
from impactlib.domain.figures import in_one_way
from impactlib.domain.hypotheses import day, is_number, statement_of
from impactlib.domain.matrices import indicator_named
from impactlib.domain.readings import Figure
from impactlib.domain.refusal import Refusal, SheetError
from impactlib.domain.session import Note, Session
from impactlib.domain.sheets import again
from impactlib.domain.sheets.again import Fate
from impactlib.domain.sheets.figures_over_time import HEADINGS, Figures
from impactlib.domain.sheets.grid import Given, Problem
from impactlib.domain.spreadsheet import read_pasted_figures
from impactlib.domain.text import N_, in_short, plain
from impactlib.gestures.figures import details_of_figure
from impactlib.rooms import changes
from impactlib.rooms.changes import (
    NAMED,
    WITHDRAWN,
    Ask,
    Change,
    Changed,
    free_id,
    sentences,
)
from impactlib.storage.session_store import SessionStore
from impactlib.views.render import translation
from impactlib.workbooks import read_figures

_UNKNOWN = N_("No metric here has this name (%(name)s): it was not read.")
_SEVERAL = N_("Several metrics here have this name (%(name)s): it was not read.")


def read_table(content: bytes, sheet: str = "", pasted: bool = False) -> Figures:
    """A team's file, or a table that it pasted. Raises Refusal."""
    try:
        return read_pasted_figures(content.decode(errors="replace")) if pasted else read_figures(content, sheet)
    except SheetError as error:
        raise Refusal(error.message, code="file", **error.facts) from None


@dataclass
class Brought(Changed):
    """What became of some figures: how many came in, and how many were here already."""

    taken: int = 0
    here: int = 0


@dataclass(frozen=True)
class _Read:
    """A figure of a file, with the details that it gives to a reading of its metric."""

    given: Given
    said: Mapping[str, str]

    @property
    def value(self) -> Decimal:
        return Decimal(self.said["figure"])


class Bringing:
    """Figures on their way into a session, those of one metric and date at a time (`placed`).

    `source` says which file they are of, `person` who brings them, `of` whose they are where they name no metric.
    """

    def __init__(
        self, session: Session, figures: Iterable[Given], source: str, person: str, of: Note | None = None
    ) -> None:
        self._source, self._person, self._of = source, person, of
        self.brought = Brought()
        together: dict[tuple[str, str], list[Given]] = {}
        for given in figures:
            try:
                metric = (of or matched(session, given)).id
            except Refusal:
                metric = plain(given.metric)
            together.setdefault((metric, given.as_of), []).append(given)
        self.placed = tuple(map(tuple, together.values()))

    def take(self, store: SessionStore, together: Sequence[Given], ask: Ask) -> None:
        """Ask for what is new of the figures of one metric and date, and for what is corrected; what is refused is
        told."""
        read: dict[tuple[Decimal, str], _Read] = {}
        for given in together:
            with self._telling(given):
                metric = self._of or matched(store.session, given)
                one = _Read(given, details_of_figure(store.session.notes[metric.id], said(metric, given)))
                # What a file says twice is one figure.
                self.brought.here += read.setdefault((one.value, given.over), one) is not one
        if not read:
            return
        for one, note in self._paired(store.session, metric, list(read.values())):
            with self._telling(one.given):
                if note is None:
                    self._write(store, metric, one, ask)
                elif note.withdrawn:
                    raise Refusal(WITHDRAWN)
                else:
                    self._update(store, metric, note, one, ask)

    @contextmanager
    def _telling(self, given: Given) -> Iterator[None]:
        """Tell of what is refused inside as left out."""
        try:
            yield
        except Refusal as refusal:
            facts = {name: value for name, value in refusal.facts.items() if name != "field"}
            self.brought.left.append(Problem(given.row, given.column, refusal.message, given.there, facts))

    def _paired(self, session: Session, metric: Note, read: Sequence[_Read]) -> list[tuple[_Read, Note | None]]:
        """What each figure of one date is: the reading that this file brought, else one that says the same, else one
        that says otherwise; the metric itself for its baseline; None for a new one."""
        start, ours, others = self._there(session, metric, read[0].given.as_of)
        found: dict[int, Note] = {}

        def pair(notes: list[Figure], fits: Callable[[_Read, Figure], bool]) -> None:
            """Give each note to the first figure that it fits, and take it out of the notes."""
            for figure in list(notes):
                at = next((at for at, one in enumerate(read) if at not in found and fits(one, figure)), None)
                if at is not None:
                    found[at] = figure.note
                    notes.remove(figure)

        pair(start, lambda one, figure: one.given.baseline is True)
        pair(ours, lambda one, figure: _alike(one, figure) and one.value in self._values(session, figure))
        pair(ours, _alike)
        pair(others, lambda one, figure: _alike(one, figure) and one.value == figure.value)
        pair(start, lambda one, figure: _may_be(one, figure) and one.value == figure.value)
        pair(others, _alike)
        pair(start, _may_be)
        return [(one, found.get(at)) for at, one in enumerate(read)]

    def _there(self, session: Session, metric: Note, as_of: str) -> tuple[list[Figure], list[Figure], list[Figure]]:
        """The figures of a metric at a date: its baseline, what this file brought, withdrawn or not, and the others."""
        start = readings.series(session, metric).baseline
        ours, others = [], []
        for note in session.notes.about(metric.id):
            figure = readings.figure_of(note, metric) if note.kind == "reading" else None
            known = session.brought.get(note.id)
            mine = known is not None and again.is_of(known, self._source, self._person)
            if figure and mine and as_of in (note.details.get("as_of"), known and known.said.get("as_of")):
                ours.append(figure)
            elif figure and not note.withdrawn and note.details.get("as_of") == as_of:
                others.append(figure)
        ours.sort(key=lambda figure: figure.note.withdrawn)
        return [start] if start and start.on == day(as_of) else [], ours, others

    @staticmethod
    def _values(session: Session, figure: Figure) -> set[Decimal]:
        """The value of a reading, and what a file said of it last."""
        said = session.brought[figure.note.id].said.get("figure", "")
        return {figure.value, *([Decimal(said)] if is_number(said) else [])}

    def _write(self, store: SessionStore, metric: Note, one: _Read, ask: Ask) -> None:
        """Ask for a new reading, once."""
        id = reading_id(store.session, metric, one.given)
        if (known := store.session.notes.get(id)) is not None:
            if known.withdrawn:
                raise Refusal(WITHDRAWN)
            self.brought.here += 1
            return
        ask({"id": id, "do": "write", "kind": "reading", "file": self._source, **said(metric, one.given)})
        self.brought.taken += 1

    def _update(self, store: SessionStore, metric: Note, note: Note, one: _Read, ask: Ask) -> None:
        """Ask for what is corrected in a reading, or in the baseline of the metric."""
        details = {name: one.said.get(name, "") for name in ("figure", "quality", "source")}
        given = {name: value for name, value in {**details, "remark": one.given.word}.items() if value}
        if note.id == metric.id:
            given = {"baseline": given["figure"]}
        for name in {"figure", "baseline"} & given.keys():
            if Decimal(again.current(note, name)) == one.value:
                given[name] = again.current(note, name)
        cells = again.cells(store.session, note, given, self._source, self._person)
        unit = _unit(metric)
        self.brought.add(
            Change(one.given.row, note, cell, unit, _column(one.given, cell.field), metric.text) for cell in cells
        )
        self.brought.here += all(cell.fate in (Fate.SAME, Fate.KEPT) for cell in cells)
        known = store.session.brought.get(note.id)
        agreed = known is not None and any(
            cell.fate == Fate.SAME and known.said.get(cell.field, "") != cell.theirs for cell in cells
        )
        if not agreed and all(cell.fate != Fate.TAKEN for cell in cells):
            return
        numbers = {name: in_one_way(given[name]) for name in {"figure", "baseline"} & given.keys()}
        gesture = {"do": "update", "note": note.id, "file": self._source, **given, **numbers}
        ask({"id": free_id(store, gesture), **gesture})


def _alike(one: _Read, figure: Figure) -> bool:
    """Whether a figure of a file and one of a session may be of the same period."""
    return not one.given.over or figure.over in ("", one.given.over)


def _may_be(one: _Read, figure: Figure) -> bool:
    """Whether a figure of which the file does not say what it is may be a baseline."""
    return one.given.baseline is None and _alike(one, figure)


def _column(given: Given, field: str) -> str:
    """The heading of the column of a figure; those of the other cells are told by their fields."""
    return given.column if field in ("figure", "baseline") else ""


def matched(session: Session, given: Given) -> Note:
    """The metric that a file names, by its own name or by that of the indicator that it fulfils; of several, that of
    the hypothesis and of the unit that the file says. Raises Refusal."""
    key = plain(given.metric)
    metrics = session.notes_of("metric")
    found = [metric for metric in metrics if plain(metric.text) == key]
    if not found:
        wanted = indicator_named(given.metric)
        found = [metric for metric in metrics if wanted and metric.details.get("indicator", "") == wanted.id]
    # In the kit's own table a blank says something too.
    for says, words in ((_unit, given.unit), (partial(statement_of, session), given.statement)):
        if len(found) > 1 and (words or given.baseline is not None):
            found = [metric for metric in found if plain(says(metric)) == plain(words)] or found
    if len(found) != 1:
        raise Refusal(_SEVERAL if found else _UNKNOWN, name=in_short(given.metric, NAMED))
    return found[0]


def _unit(metric: Note) -> str:
    return metric.details.get("unit", "")


def said(metric: Note, given: Given) -> dict[str, str]:
    """The fields of the reading that a figure of a file becomes; a unit that says nothing beside the metric's is left
    out."""
    own = _unit(metric)
    unit = "" if not units.is_known(given.unit, units.words_of(own)) and not own else given.unit
    typed = len(given.figure.split()) > 1
    alike = plain(unit) == plain(own)
    return {
        "about": metric.id,
        "text": given.word,
        "figure": given.figure if typed or alike or not unit else f"{given.figure} {unit}",
        "as_of": given.as_of,
        "over": given.over,
        "quality": given.quality,
        "source": given.source,
    }


def reading_id(session: Session, metric: Note, given: Given) -> str:
    """The id of what says so much: two who bring one file write one note."""
    content = json.dumps([session.id, said(metric, given)], sort_keys=True)
    return f"reading-{hashlib.sha256(content.encode()).hexdigest()[:32]}"


def told(figures: Figures, brought: Brought, lang: str) -> dict[str, Any]:
    """What is told: ``{taken, said, …}``, the rest as `changes.told`."""
    found = changes.told(figures, brought, columns(lang), lang)
    return {"taken": brought.taken, "said": sentence(brought, lang), **found}


def columns(lang: str) -> dict[str, str]:
    """How the column of a word on a figure is headed; the others are headed as in tables of hypotheses."""
    return {"remark": HEADINGS[lang]["word"]}


def sentence(brought: Brought, lang: str) -> str:
    """What became of a table."""
    catalog = translation(lang)
    taken, here = brought.taken, brought.here
    said = sentences(
        brought,
        lang,
        (taken, catalog.ngettext("%(num)s figure came in.", "%(num)s figures came in.", taken)),
        (here, catalog.ngettext("%(num)s was here already.", "%(num)s were here already.", here)),
    )
    return said or catalog.gettext("No figure of this file came in: see the list.")
