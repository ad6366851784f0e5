"""The figures of metrics over time, read from a team's table: a column for each month, or a row for each figure.

The second kind may be that of the national schema of impact data (`indicateur`, `valeur`, `est_cible`, `date`…). A cell
is taken only if all of it was understood; what is left out is listed with its row, its column and the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date

from impactlib.domain import days, figures, national, readings
from impactlib.domain.hypotheses import LONGEST, read_code
from impactlib.domain.refusal import SheetError
from impactlib.domain.sheets import headings
from impactlib.domain.sheets.columns import Ways, ways
from impactlib.domain.sheets.cutting import ABOVE
from impactlib.domain.sheets.grid import (
    ROWS,
    Cell,
    Decided,
    Given,
    Grid,
    Lost,
    Number,
    Problem,
    Row,
    is_filled,
    text_of,
)
from impactlib.domain.sheets.headings import Heading
from impactlib.domain.sheets.shape import Column, Table
from impactlib.domain.text import LIMIT, N_, Unreadable, clean, clean_line, plain

NONE = N_(
    "No figures over time were found in this file: its headings must name a metric, and either months (Jan 2026, "
    "Feb 2026…) or a date and a value."
)
_UNKNOWN = N_("No such field is known: this column was not read.")
_NAMELESS = N_("This row names no metric: it was not read.")
_DATELESS = N_("This row says no date: it was not read.")
_TARGET = N_("This is a target, not a figure that was measured: the metric keeps its own.")
_NEITHER = N_("This does not say whether the figure is a target: it was not read.")
_TERRITORY = N_("This figure is that of one territory, not the metric’s: it was not read.")
_SPAN = N_("The kit knows figures of a day, a week, a month, a quarter, a half-year or a year: this period is none.")
_A_DAY = N_("The spreadsheet holds a date here, not a number: it may have changed what was typed.")
_FIRSTS = N_("The dates that head columns are the first of each month: they were read as months.")
_BASELINES = frozenset(("baseline", "valeur de depart", "depart"))
_READINGS = frozenset(("reading", "releve"))
"""What a table says of a figure that is no target."""
_BLANK = frozenset({"-", "–", "—", "--", "…", "...", "/", "n/a", "na", "nd", "n.d."})
_NO_UNIT = frozenset({"unite", "unites", "nombre", "nb", "number", "count", "unit", "units", "-", "–", "sans"})

HEADINGS: Mapping[str, Mapping[str, str]] = {
    "fr": {"date": "Date", "figure": "Chiffre", "over": "Sur", "what": "Nature", "word": "Commentaire"},
    "en": {"date": "Date", "figure": "Figure", "over": "Over", "what": "Kind of value", "word": "Comment"},
}
"""How the kit heads the columns of figures over time that no table of hypotheses has, by language."""
FORMER: Mapping[str, str] = {"fr": "Avant correction", "en": "Before correction"}
"""How it heads what a figure was before it was corrected: a table of an older kit has no such column."""

_NAMES: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split(", "))
    for name, words in {
        "metric": "indicator, metrique, metric, mesure, measure, kpi",
        "unit": "unite, unit, unite de mesure",
        "date": "mois, month, jour, day, au, as of, date de mesure, date du releve, date de la valeur, fin, "
        "fin de periode, date de fin, end, end date, annee, year, trimestre, quarter",
        "figure": "value, chiffre, figure, resultat, result, releve, reading, montant, amount, "
        "valeur mesuree, measured value, valeur de l'indicateur",
        "over": "sur, over, periode, period, periodicite",
        "start": "debut, date de debut, start, start date, debut de periode",
        "quality": "qualite, quality, data right at, donnees correctes a, qualite des donnees",
        "source": "source, sources",
        "word": "commentaire, comment, comments, note, notes, remarque, un mot",
        "target": "is target, nature, kind of value, type de valeur, est une cible",
        "place": "territoire, territory",
        "statement": "hypothese, hypothesis",
        "-": "avant correction, before correction",
    }.items()
}
"""How the columns of a table of figures are headed, in plain words, besides those of the national schema; "-" for one
that says nothing of a figure."""
_FIELD = {"figure": "baseline", "date": "baseline_date", "start": "target_date"}
"""The fields of hypotheses whose cells are written as those of these: their ways are decided alike."""
_SPANS = {
    "day": (0, 1),
    "week": (6, 7),
    "month": (27, 31),
    "quarter": (88, 92),
    "semester": (180, 184),
    "year": (364, 366),
}
"""The days from the first to the last of a period, or to the next first."""


@dataclass(frozen=True)
class Figures:
    """What was read of a table: its figures, what was left out, in the order of the file, and what was decided."""

    given: tuple[Given, ...]
    problems: tuple[Problem, ...] = ()
    decided: tuple[Decided, ...] = ()
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    @property
    def chosen(self) -> str:
        """The name of the sheet that was read among several; "" for the only one."""
        return self.sheet if len(self.sheets) > 1 else ""


@dataclass(frozen=True)
class _Head:
    """The heading of a column: the field that it names ("-" for one that says nothing of a figure), or the date of the
    figures under it, with their period."""

    written: str
    field: str = ""
    as_of: str = ""
    over: str = ""


@dataclass(frozen=True)
class _Shape:
    """The headings of a table, and where each field stands."""

    at: int
    heads: tuple[_Head, ...]
    firsts: bool = False

    @property
    def places(self) -> dict[str, int]:
        return {head.field: place for place, head in reversed(list(enumerate(self.heads))) if head.field.strip("-")}

    @property
    def ours(self) -> bool:
        """Whether the kit wrote the table: it has all its headings."""
        written = {head.written for head in self.heads}
        return any(written.issuperset(names.values()) for names in HEADINGS.values())

    @property
    def moments(self) -> list[int]:
        return [place for place, head in enumerate(self.heads) if head.as_of]

    @property
    def known(self) -> int:
        """How much of it is known; 0 where no figure over time can be read."""
        places = self.places
        listed = {"date", "figure"} <= places.keys()
        return len(places) + len(self.moments) if "metric" in places and (listed or self.moments) else 0


def read_figures(grid: Grid) -> Figures:
    """The figures of a table. Raises SheetError when none can be read."""
    shape = _shape(grid.rows)
    if not shape.known:
        raise SheetError(NONE)
    rows = grid.rows[shape.at + 1 :]
    if len(rows) > ROWS:
        raise SheetError(N_("This file has more than 2,000 rows: it was not read. Split it."))
    table = _table(shape, rows)
    read = _Reading(shape, table, ways(table, grid.separator))
    heading = grid.rows[shape.at].number
    for head in shape.heads:
        if head.written and not (head.field or head.as_of):
            read.problems.append(Problem(heading, head.written, _UNKNOWN, head.written))
    for row in rows:
        read.row(row)
    firsts = (Decided(_FIRSTS),) if shape.firsts else ()
    problems = sorted(read.problems, key=lambda problem: problem.row)
    return Figures(tuple(read.given), tuple(problems), (*grid.decided, *firsts, *read.decisions.decided))


def known(rows: Sequence[Row], *, ours: bool = False) -> int:
    """How much of a table is known as one of figures over time; 0 where it is none, or with `ours` not the kit's."""
    shape = _shape(rows)
    return shape.known if shape.ours or not ours else 0


# The shape -----------------------------------------------------------------------------------------


def _shape(rows: Sequence[Row]) -> _Shape:
    """The first of the rows above whose headings are known best."""
    found = [_heads(at, row.cells) for at, row in enumerate(rows[:ABOVE])]
    return max(found, key=lambda shape: (shape.known, -shape.at), default=_Shape(0, ()))


def _heads(at: int, cells: Sequence[Cell]) -> _Shape:
    dates = [cell for cell in cells if isinstance(cell, date)]
    firsts = bool(dates) and all(cell.day == 1 for cell in dates)
    order = _order([cell for cell in cells if isinstance(cell, str)])
    heads = [_head(cell, firsts, order) for cell in cells]
    # A period beside a date says over how long; alone it is the date.
    fields = {head.field for head in heads}
    if "over" in fields and "date" not in fields:
        heads = [_Head(one.written, "date") if one.field == "over" else one for one in heads]
    return _Shape(at, tuple(heads), firsts)


def _head(cell: Cell, firsts: bool, order: days.Order | None) -> _Head:
    written = clean_line(text_of(cell))
    with suppress(Unreadable):
        if isinstance(cell, date):
            as_of, over = readings.when(f"{cell:%Y-%m}" if firsts else cell.isoformat())
            return _Head(written, as_of=as_of, over=over)
        if field_ := _named(written):
            return _Head(written, field_)
        if len(days.cut(written).readings if _is_day(written) else ()) > 1:
            return _Head(written, as_of=days.cut(written).value(order).isoformat())
        as_of, over = readings.when(written)
        return _Head(written, as_of=as_of, over=over)
    return _Head(written)


def _named(written: str) -> str:
    key = _key(written)
    if found := _of_the_schema(key) or next((name for name, names in _NAMES.items() if key in names), ""):
        return found
    said = headings.read(written).field
    return said if said in ("metric", "unit", "source", "quality", "statement") else ""


def _of_the_schema(key: str) -> str:
    """What a column of the national schema says of a figure, "-" for one that says nothing of it; "" for another."""
    name = key.replace(" ", "_")
    return national.OF_A_FIGURE.get(name, "-" if name in national.COLUMNS else "")


def _key(written: str) -> str:
    return plain(written).replace("_", " ").strip(" :*")


def _is_day(text: str) -> bool:
    try:
        return bool(days.cut(text).readings)
    except Unreadable:
        return False


def _order(texts: Sequence[str]) -> days.Order | None:
    """Which of two figures is the day in the dates that head columns: what one of them proves, else the first."""
    proofs = {days.cut(text).proof for text in texts if _is_day(text)} - {None}
    return proofs.pop() if len(proofs) == 1 else days.Order.DAY if not proofs else None


def _table(shape: _Shape, rows: Sequence[Row]) -> Table:
    """The same table as one of hypotheses, each figure a baseline: the ways of its columns are decided by those."""
    lang = headings.language([headings.read(head.written) for head in shape.heads])
    places = shape.places
    named = {
        name: Column(place, _FIELD.get(name, name), Heading(shape.heads[place].written, _FIELD.get(name, name), lang))
        for name, place in places.items()
        if name in ("unit", *_FIELD)
    }
    moments = [Column(place, "baseline", headings.read(shape.heads[place].written)) for place in shape.moments]
    unit = [named["unit"]] if "unit" in named else []
    sets = [tuple(named.values())] if named else []
    sets += [(*unit, moment) for moment in moments]
    written = tuple(head.written for head in shape.heads)
    return Table(lang, (*named.values(), *moments), tuple(sets), written, tuple(rows), (), (), False, frozenset())


# Cells ---------------------------------------------------------------------------------------------


@dataclass
class _Reading:
    """A table being read."""

    shape: _Shape
    table: Table
    decisions: Ways
    given: list[Given] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def row(self, row: Row) -> None:
        """Take the figures of one row."""
        metric, statement = clean_line(self._text(row, "metric")), clean(self._text(row, "statement"))
        places = [self.shape.places["figure"]] if "figure" in self.shape.places else self.shape.moments
        filled = [place for place in places if self._filled(row, place)]
        if not filled:
            return
        try:
            if not (metric or statement):
                raise Unreadable(_NAMELESS)
            start = self._is_baseline(row)
            unit, quality = self._unit(row), self._quality(row)
            source, word = clean_line(self._text(row, "source"))[:LONGEST], clean(self._text(row, "word"))[:LIMIT]
        except Unreadable as unreadable:
            self._left(row, filled[0], unreadable)
            return
        dated = None
        if (
            start
            and self.shape.ours
            and "date" in self.shape.places
            and not self._filled(row, self.shape.places["date"])
        ):
            return  # The kit's own table of metrics has this baseline, which has no date.
        if "figure" in self.shape.places:
            try:
                dated = self._dated(row)
            except Unreadable as unreadable:
                at = self.shape.places["date"]
                self._left(row, at if self._filled(row, at) else filled[0], unreadable)
                return
        for place in filled:
            head = self.shape.heads[place]
            as_of, over = dated or (head.as_of, head.over)
            try:
                value = self._number(row.cells[place], place, unit)
            except Unreadable as unreadable:
                self._left(row, place, unreadable)
                continue
            there = text_of(row.cells[place])
            one = Given(row.number, head.written, there, metric, value, as_of, over, unit, quality, source, word)
            self.given.append(replace(one, statement=statement, baseline=start))

    def _is_baseline(self, row: Row) -> bool | None:
        """Whether the figure of a row is a baseline; None where nothing says it.

        Raises Unreadable for a target, and for the figure of one territory.
        """
        start = None
        if "target" in self.shape.places:
            said = self._text(row, "target")
            aimed = headings.is_target(said)
            if aimed is None and _key(said) not in _BASELINES | _READINGS:
                raise Unreadable(_NEITHER)
            if aimed:
                raise Unreadable(_TARGET)
            start = _key(said) in _BASELINES or (False if self.shape.ours else None)
        if self._text(row, "place").strip():
            raise Unreadable(_TERRITORY)
        return start

    def _dated(self, row: Row) -> tuple[str, str]:
        """The date of a row's figure, and the period that ends on it."""
        place = self.shape.places["date"]
        if not self._filled(row, place):
            raise Unreadable(_DATELESS)
        cell = row.cells[place]
        as_of, over = self._when(cell, place)
        named = readings.period_named(self._text(row, "over")) or over
        # Whether it is of a period is said by the same words as whether it is a target; a first day alone says it too.
        if "flow" not in self.shape.places or headings.is_target(self._text(row, "flow")):
            start = self.shape.places.get("start", len(row.cells))
            if self._filled(row, start):
                return as_of, _span(
                    date.fromisoformat(self._when(row.cells[start], start)[0]), date.fromisoformat(as_of)
                )
        return as_of, named

    def _when(self, cell: Cell, place: int) -> tuple[str, str]:
        if isinstance(cell, Lost):
            raise Unreadable(cell.why)
        if isinstance(cell, date):
            return readings.when(cell.isoformat())
        if isinstance(cell, Number) and cell.value != int(cell.value):
            raise Unreadable("This date cannot be read: write it as 31/12/2026.")
        if isinstance(cell, Number) and int(cell.value) not in days.YEARS:
            return days.of_serial(int(cell.value)).isoformat(), ""
        written = text_of(cell)
        order = self.decisions.orders.get(place)
        if _is_day(written):
            return days.cut(written).value(order).isoformat(), ""
        return readings.when(written)

    def _number(self, cell: Cell, place: int, unit: str) -> str:
        if isinstance(cell, Lost):
            raise Unreadable(cell.why)
        if isinstance(cell, date):
            raise Unreadable(_A_DAY)
        if isinstance(cell, Number):
            figure = figures.Figure((cell.value,), unit=cell.unit)
        else:
            figure = figures.cut(text_of(cell), unit, self.table.lang)
        value = figures.plain_number(figure.within(unit, self.decisions.numbers.get(place)))
        return f"{figures.in_one_way(value)} {figure.unit}".strip()

    def _unit(self, row: Row) -> str:
        unit = clean_line(self._text(row, "unit"))
        return "" if plain(unit) in _NO_UNIT else unit

    def _quality(self, row: Row) -> str:
        said = self._text(row, "quality").strip()
        return read_code("quality", said) if said and said not in _BLANK else ""

    def _text(self, row: Row, name: str) -> str:
        place = self.shape.places.get(name, len(row.cells))
        return text_of(row.cells[place]) if place < len(row.cells) else ""

    def _filled(self, row: Row, place: int) -> bool:
        return place < len(row.cells) and is_filled(row.cells[place]) and plain(text_of(row.cells[place])) not in _BLANK

    def _left(self, row: Row, place: int, why: Unreadable) -> None:
        self.problems.append(
            Problem(row.number, self.table.name_of(place), why.message, text_of(row.cells[place]), why.facts)
        )


def _span(start: date, end: date) -> str:
    """The period from one day to another. Raises Unreadable."""
    length = (end - start).days
    for over, (least, most) in _SPANS.items():
        if least <= length <= most:
            return over
    raise Unreadable(_SPAN)
