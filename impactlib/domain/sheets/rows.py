"""The hypotheses of a table: each cell read as its column was decided, and each row put under its hypothesis.

A cell is taken only if all of it was understood; what is left out is listed with its row, its column and the reason,
and a text that is too long is kept in part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter

from impactlib.domain import days, figures, formats, matrices
from impactlib.domain.days import Order
from impactlib.domain.hypotheses import (
    CODES,
    DATES,
    FIELDS,
    LONGEST,
    NUMBERS,
    OF_HYPOTHESIS,
    OF_METRIC,
    Hypothesis,
    read_code,
)
from impactlib.domain.refusal import SheetError
from impactlib.domain.sheets import headings, sources
from impactlib.domain.sheets.columns import Ways, unit_after, ways, without_day
from impactlib.domain.sheets.grid import (
    DASHES,
    ROWS,
    Cell,
    Decided,
    Given,
    Grid,
    Lost,
    Number,
    Problem,
    Row,
    Sheet,
    is_filled,
    text_of,
)
from impactlib.domain.sheets.headings import FIGURE_DATE, MEASURED, PLACE, TARGET_OR_NOT, is_target
from impactlib.domain.sheets.shape import Column, Table, table_of
from impactlib.domain.text import LIMIT, N_, NAME_LIMIT, Unreadable, clean, clean_line, plain

_ALONE = N_("A cell of this row stands under no heading: it was not read.")
_NAMELESS = N_("This row has neither a statement nor a metric: it was not read.")
_ALIKE = N_("This row says the same as row %(other)s: it was not read.")
_CUT = N_("This text is too long: only its first %(longest)s characters were kept.")
_LETTERS = N_("Letters of this cell were lost when the file was saved: it was not read.")
_A_DAY = N_("The spreadsheet holds a date here, not a number: it may have changed what was typed.")
_SHIFTED = N_("This row has more cells than there are headings, so that its figures may be shifted: none was read.")
_FIGURES = N_(
    "Each row of this file is one figure of an indicator: the last that was measured and the last that is aimed at "
    "were kept, with their dates."
)
_EARLIER = N_("Another figure of this indicator is later, or comes after it: this one was not kept.")
_NEITHER = N_("This does not say whether the figure is a target: it was not read.")
_UNKNOWN_INDICATOR = N_(
    "No version of the impact matrix has such an indicator: the metric was kept without one. Choose it in the matrix."
)
_NEAR_INDICATOR = N_(
    "No version of the impact matrix has such an indicator: the metric was kept without one. "
    "If “%(nearest)s” is meant, choose it in the matrix."
)
_ANOTHER_CONCEPT = N_("The indicator of this row is of another concept: that of the indicator stands.")
_EARLIER_TARGET = N_("Another target of this metric is later: this one was not kept.")
_NO_METRIC = N_("No metric is given for these indicators: nothing came in for them (%(names)s).")
_TOLD_APART = ("metric", "unit", PLACE)
_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
_CUTS_NUMBERS = (",", ";", "|")
"""What may stand inside a cell that should have been in quotation marks: "12,5" between commas is two cells."""
_SHOWN = 10
"""Rows, or names, that one sentence gives."""
_GAP = re.compile(
    r"(?:pas (?:encore )?de (?:mesure|chiffre)|no (?:metric|figure) yet|a (?:venir|definir|completer)"
    r"|to come|to be (?:defined|completed)|n/?a|n\.?[cdr]\.?|tbd|tbc)\.?(?: ?: ?(?P<rest>.+))?",
    re.S,
)
"""How a matrix says that it has no metric or no figure, and what it adds."""
_NO_INDICATOR = re.compile(
    r"(?:aucune?|none|autres? (?:mesures?|metriques?|indicateurs?).*|other (?:metric|indicator)s?.*"
    r"|(?:mesures?|metriques?) sans concept|metrics? without a concept|pas encore placees?|not placed yet)"
)
_LIMITS: Mapping[str, int] = {"statement": LIMIT - 1, "metric": LIMIT - 1, "owner": NAME_LIMIT}
"""Characters of a field; `LONGEST` for the others."""


class _TooLong(Unreadable):
    """A text of which only the beginning is kept."""

    def __init__(self, text: str, longest: int) -> None:
        super().__init__(_CUT, longest=longest)
        self.kept = text[:longest].strip()


def read_grid(grid: Grid) -> Sheet:
    """The hypotheses of a table, or its sources of data. Raises SheetError when nothing can be read of it."""
    if (inventory := sources.read(grid)) is not None:
        return inventory
    table = table_of(grid)
    if len(table.rows) > ROWS:
        raise SheetError(N_("This file has more than 2,000 rows: it was not read. Split it."))
    decisions = ways(table, grid.separator)
    problems = list(table.problems)
    read: list[_Read] = []
    for row in table.rows:
        for at, columns in enumerate(table.sets):
            one, unread = _row(row, columns, table, decisions, grid.separator)
            # What all the metrics of a row share is told once, and a metric that a row does not have is none.
            shared = {column.name for column in columns if table.shared(column)}
            problems += [problem for problem in unread if not at or problem.column not in shared]
            if not at or one.says([column.field for column in columns if not table.shared(column)]):
                read.append(one)
    read, kept = _last_figures(read, table, problems)
    read, unfilled = _fulfilling(read, table, problems)
    rows, left, grouped = _under_their_statements(read, table)
    order = {row.number: at for at, row in enumerate(grid.rows)}
    places = {name: place for place, name in reversed(list(enumerate(table.written)))}
    last = len(table.written)
    problems = [*problems, *left]
    problems.sort(key=lambda problem: (order.get(problem.row, -1), places.get(problem.column, last)))
    found = [(number, row) for number, row, _ in rows]
    return Sheet(
        tuple(found),
        tuple(problems),
        (*grid.decided, *table.decided, *decisions.decided, *kept, *unfilled, *grouped),
        blank=_blanks(found, problems, table),
        columns={headings.DATED.get(column.field, column.field): column.name for column in reversed(table.columns)},
        readings=tuple(readings for _, _, readings in rows),
    )


def _blanks(
    rows: Sequence[tuple[int, Hypothesis]], problems: Sequence[Problem], table: Table
) -> tuple[frozenset[str], ...]:
    """The fields that each row leaves blank on purpose: a cell that could not be read says nothing, and neither does a
    list of figures of what it does not list, nor a matrix of what is not in it."""
    if table.lists_figures or (table.fills_a_matrix and not table.heading("statement")):
        return (frozenset(),) * len(rows)
    unread = {(problem.row, problem.column) for problem in problems}
    anywhere = {problem.column for problem in problems}
    return tuple(
        frozenset(
            column.field
            for column in table.columns
            if column.field in FIELDS and not getattr(row, column.field) and (number, column.name) not in unread
            # What is said of a hypothesis may have stood in another of its rows.
            if column.field in OF_METRIC or column.name not in anywhere
        )
        for number, row in rows
    )


@dataclass
class _Read:
    row: Row
    values: dict[str, str] = field(default_factory=dict)
    dated: list[tuple[str, Column, str]] = field(default_factory=list)
    readings: list[Given] = field(default_factory=list)

    def says(self, names: Sequence[str]) -> bool:
        return any(self.values.get(name) for name in names)


# Cells ---------------------------------------------------------------------------------------------


def _row(
    row: Row, columns: Sequence[Column], table: Table, decisions: Ways, separator: str
) -> tuple[_Read, list[Problem]]:
    read, problems = _Read(row), []
    longer = separator in _CUTS_NUMBERS and any(place >= table.width for place in row.filled)
    # The unit first: its words may stand beside a figure.
    for column in sorted(columns, key=lambda column: column.field in MEASURED):
        cell = row.cells[column.place] if column.place < len(row.cells) else ""
        if not is_filled(cell):
            continue
        try:
            if longer and column.field in (*MEASURED, *DATES):
                raise Unreadable(_SHIFTED)
            _put(read, column, cell, table, decisions)
        except Unreadable as unreadable:
            if isinstance(unreadable, _TooLong):
                read.values[column.field] = unreadable.kept
            problems.append(Problem(row.number, column.name, unreadable.message, text_of(cell), unreadable.facts))
    for column in columns:
        # A heading such as « Cible au 31/12/2026 » dates the figures under it.
        if column.heading.day and column.field in NUMBERS and read.values.get(column.field):
            read.values.setdefault(f"{column.field}_date", column.heading.day.isoformat())
    problems += _by_their_dates(read)
    read.values = {name: value for name, value in read.values.items() if value}
    known = {column.place for column in table.columns} | {at for at, name in enumerate(table.written) if name}
    astray = next((place for place in row.filled if place not in known), None)
    if astray is not None:
        problems.append(Problem(row.number, str(astray + 1), _ALONE, text_of(row.cells[astray])))
    places = {column.name: column.place for column in table.columns}
    return read, sorted(problems, key=lambda problem: places.get(problem.column, len(table.written)))


def _by_their_dates(read: _Read) -> list[Problem]:
    """Figures that stand across columns: the latest is the baseline, or the target; of the others, those that were
    measured are readings, and those that were aimed at are told."""
    told = []
    for dated, name in headings.DATED.items():
        of = sorted((one for one in read.dated if one[1].field == dated), key=itemgetter(0))
        if of and not read.values.get(name):
            read.values[f"{name}_date"], _, read.values[name] = of.pop()
        for day, column, value in of:
            there = text_of(read.row.cells[column.place])
            if dated == headings.FIGURE:
                read.readings.append(Given(read.row.number, column.name, there, "", value, day, baseline=False))
            else:
                told.append(Problem(read.row.number, column.name, _EARLIER_TARGET, there))
    return told


def _put(read: _Read, column: Column, cell: Cell, table: Table, decisions: Ways) -> None:
    """Read a cell into the values of its row. Raises Unreadable."""
    values, lang = read.values, table.lang
    if isinstance(cell, Lost):
        raise Unreadable(cell.why)
    if isinstance(cell, str) and "\ufffd" in cell:
        raise Unreadable(_LETTERS)
    name = column.field
    dash = name in (*MEASURED, *DATES) or not (table.ours or name == "direction")
    if dash and isinstance(cell, str) and cell.strip() in DASHES:
        return
    if name == TARGET_OR_NOT:
        return
    if table.fills_a_matrix and not table.ours and isinstance(cell, str) and (gap := _GAP.fullmatch(plain(cell))):
        _say_gap(values, name, cell, gap)
        return
    if name in MEASURED:
        unit = values.get("unit", "")
        cell, day = without_day(cell) if isinstance(cell, str) else (cell, "")
        value, values["unit"] = _number(column, cell, unit, unit_after(values.get("metric", "")), lang, decisions)
        if column.heading.day and name in headings.DATED:
            read.dated.append((column.heading.day.isoformat(), column, value))
            return
        values[name] = value
        if day and not values.get(f"{name}_date"):
            values[f"{name}_date"] = days.cut(day).value(Order.DAY if lang == "fr" else None).isoformat()
    elif name in DATES:
        values[name] = _day(cell, decisions.orders.get(column.place)).isoformat()
    elif name in CODES:
        values[name] = read_code(name, text_of(cell))
    else:
        values[name] = _text(name, formats.day(cell, lang or "fr") if isinstance(cell, date) else text_of(cell))


def _say_gap(values: dict[str, str], name: str, cell: str, gap: re.Match[str]) -> None:
    """A cell that says what a matrix has not got yet; what it adds of a figure is how it will be collected."""
    if name in MEASURED and gap["rest"]:
        values.setdefault("collection", _text("collection", cell.partition(":")[2]))


def _number(column: Column, cell: Cell, unit: str, after: str, lang: str, decisions: Ways) -> tuple[str, str]:
    """A number in the unit of its metric, and that unit: its own where the row says one, else the column's, else the
    one that stands `after` the metric's name."""
    if isinstance(cell, date):
        raise Unreadable(_A_DAY)
    own = unit or column.heading.unit or after
    if isinstance(cell, Number):
        if cell.unit and cell.value < 0:
            raise Unreadable(figures.CHANGE)
        figure = figures.Figure((cell.value,), unit=cell.unit)
    else:
        figure = figures.cut(text_of(cell), own, lang)
    if column.heading.unit and unit and not figure.unit and not figure.power:
        # The heading says what its numbers are in; the row, what its metric is in.
        figure = figure.given_in(column.heading.unit)
    value = figures.plain_number(figure.within(own, decisions.numbers.get(column.place)))
    return value, figures.unit_of(own, figure)


def _day(cell: Cell, order: days.Order | None) -> date:
    if isinstance(cell, Number):
        if cell.value != int(cell.value) or cell.unit:
            raise Unreadable("This date cannot be read: write it as 31/12/2026.")
        return days.of_serial(int(cell.value))
    if isinstance(cell, date):
        if cell.year not in days.YEARS:
            raise Unreadable("This date is not between 2000 and 2100: write it as 31/12/2026.")
        return cell
    return days.cut(text_of(cell)).value(order)


def _text(name: str, raw: str) -> str:
    text = clean(raw) if name == "statement" else clean_line(raw)
    longest = _LIMITS.get(name, LONGEST)
    if len(text) > longest:
        raise _TooLong(text, longest)
    return text


# Figures -------------------------------------------------------------------------------------------


def _last_figures(read: list[_Read], table: Table, problems: list[Problem]) -> tuple[list[_Read], list[Decided]]:
    """Of a list of figures, a row for each indicator: with the last figure that was measured, and the last aimed at.

    Indicators are told apart by their names, their units, and the territory that their figures are of.
    """
    if not table.lists_figures:
        return read, []
    of: dict[tuple[str, ...], list[tuple[_Read, bool]]] = {}
    for one in read:
        said = text_of(table.cell(one.row, TARGET_OR_NOT))
        aimed = is_target(said)
        if aimed is None:
            problems.append(Problem(one.row.number, table.heading(TARGET_OR_NOT), _NEITHER, said))
        elif one.values.get("metric"):
            # A unit that stands beside some figures alone tells no indicator from another.
            names = [name for name in _TOLD_APART if table.heading(name)]
            of.setdefault(tuple(plain(one.values.get(name, "")) for name in names), []).append((one, aimed))
        else:
            problems.append(_left_out(one, table, _NAMELESS))
    return [_with_last(each, table, problems) for each in of.values()], [Decided(_FIGURES)]


def _with_last(listed: Sequence[tuple[_Read, bool]], table: Table, problems: list[Problem]) -> _Read:
    """One indicator with its last figures; the others are told."""
    values: dict[str, str] = {}
    for one, _ in listed:
        values |= {name: value for name, value in one.values.items() if name not in ("baseline", FIGURE_DATE)}
    chosen = {
        name: found
        for name, aimed in (("baseline", False), ("target", True))
        if (found := _last([one for one, target in listed if target == aimed], table)) is not None
    }
    for name, one in chosen.items():
        values[name] = one.values["baseline"]
        values[f"{name}_date"] = one.values.get(FIGURE_DATE, "")
    if place := values.pop(PLACE, ""):
        values.setdefault("population", place)
    problems += [
        Problem(one.row.number, table.heading("baseline"), _EARLIER, text_of(table.cell(one.row, "baseline")))
        for one, _ in listed
        if one.values.get("baseline") and not any(one is kept for kept in chosen.values())
    ]
    first = next(iter(chosen.values()), listed[0][0])
    return _Read(first.row, {name: value for name, value in values.items() if value})


def _last(read: Sequence[_Read], table: Table) -> _Read | None:
    """The last figure by its date, or by its year; of those that have none, the last of the file."""

    def when(one: _Read) -> str:
        year = _YEAR.search(text_of(table.cell(one.row, FIGURE_DATE)))
        return one.values.get(FIGURE_DATE, "") or (year[0] if year else "")

    return max(reversed([one for one in read if one.values.get("baseline")]), key=when, default=None)


# Indicators ----------------------------------------------------------------------------------------


def _fulfilling(read: list[_Read], table: Table, problems: list[Problem]) -> tuple[list[_Read], list[Decided]]:
    """The rows of a matrix, each with its indicator's id: one that names no metric of its own is named after it."""
    if not table.fills_a_matrix:
        return read, []
    heading, stated = table.heading("indicator"), bool(table.heading("statement"))
    kept, unfilled = [], []
    for one in read:
        said = one.values.pop("indicator", "")
        found = matrices.indicator_named(said)
        more = one.says([name for name in OF_METRIC if name != "unit"]) or bool(one.readings)
        # What the kit wrote is what it knew: an indicator of a version to come keeps its id.
        id = found.id if found else said if table.ours and matrices.ID.match(said) else ""
        if id:
            one.values["indicator"] = id
            if not stated:
                problems += _of_its_concept(one, id, table)
        named = bool(said) and not _NO_INDICATOR.fullmatch(plain(said))
        if named and not one.values.get("metric") and not (table.ours and one.values.get("statement")):
            if not (more or table.ours or one.values.get("statement")) and (id or table.heading("metric")):
                unfilled.append(said)
                continue
            one.values["metric"] = _without_asked(said)
        if named and not id:
            near = matrices.nearest(said, table.lang or "fr")
            why = _NEAR_INDICATOR if near else _UNKNOWN_INDICATOR
            problems.append(Problem(one.row.number, heading, why, said, {"nearest": near} if near else {}))
        kept.append(one)
    names = "; ".join(unfilled[:_SHOWN]) + ("…" if len(unfilled) > _SHOWN else "")
    return kept, [Decided(_NO_METRIC, {"names": names})] if unfilled else []


def _of_its_concept(one: _Read, id: str, table: Table) -> list[Problem]:
    """An indicator says its concept itself, and a metric that shows no hypothesis needs none."""
    concept = one.values.pop("concept", "")
    if not concept or concept == matrices.concept_of(id):
        return []
    there = text_of(table.cell(one.row, "concept"))
    return [Problem(one.row.number, table.heading("concept"), _ANOTHER_CONCEPT, there)]


def _without_asked(title: str) -> str:
    """A title without what the matrix asks for beside it: « Note de facilité d’usage (obligatoire) »."""
    return re.sub(r"\s*\((?:obligatoire|mandatory)\b[^()]*\)\s*$", "", title, flags=re.I)


# Hypotheses ----------------------------------------------------------------------------------------


@dataclass
class _Group:
    """The rows of one hypothesis, and what is said of it beside its statement."""

    statement: str
    said: dict[str, str]
    rows: list[_Read]

    def takes(self, said: Mapping[str, str]) -> bool:
        return all(not self.said.get(name) or self.said[name] == value for name, value in said.items())


_Row = tuple[int, Hypothesis, tuple[Given, ...]]


def _under_their_statements(read: Sequence[_Read], table: Table) -> tuple[list[_Row], list[Problem], list[Decided]]:
    """Each row with its hypothesis: a row without a statement is of the one above, and rows that repeat one are one."""
    groups: list[_Group] = []
    alike: dict[str, list[_Group]] = {}
    problems: list[Problem] = []
    under: list[int] = []
    repeated: list[int] = []
    last: _Group | None = None
    for one in read:
        if one.row.number in table.parted:
            last = None
        statement = one.values.get("statement", "")
        said = {name: one.values[name] for name in OF_HYPOTHESIS if one.values.get(name)}
        if not statement and not one.values.get("metric"):
            if one.values:
                problems.append(_left_out(one, table, _NAMELESS))
            continue
        if not statement and last is not None and last.statement and not table.ours and last.takes(said):
            if last.rows[-1].row is not one.row:
                under.append(one.row.number)
            last.said |= said
            last.rows.append(one)
            continue
        same = alike.setdefault(plain(statement), []) if statement else []
        group = next((group for group in same if group.takes(said)), None)
        if group is None:
            group = _Group(statement, said, [])
            groups.append(group)
            same.append(group)
        else:
            if group.rows[-1].row is not one.row:
                repeated.append(one.row.number)
            group.said |= said
        group.rows.append(one)
        last = group
    known: dict[Hypothesis, int] = {}
    rows = [found for group in groups for found in _rows_of(group, table, known, problems)]
    rows.sort(key=lambda row: row[0])
    return rows, problems, _grouped(under, repeated)


def _rows_of(group: _Group, table: Table, known: dict[Hypothesis, int], problems: list[Problem]) -> list[_Row]:
    """A row for each metric of a hypothesis; for one of none, the first. What another row says already is `known`."""
    measured = [one for one in group.rows if one.says(("metric", *OF_METRIC))]
    found = []
    for one in measured or group.rows:
        own = {name: value for name, value in one.values.items() if name in ("metric", *OF_METRIC)}
        hypothesis = Hypothesis(**{**own, **group.said, "statement": group.statement})
        if hypothesis in known and not table.ours:
            problems.append(_left_out(one, table, _ALIKE, other=known[hypothesis]))
        else:
            known[hypothesis] = one.row.number
            found.append((one.row.number, hypothesis, tuple(one.readings)))
    return found


def _left_out(one: _Read, table: Table, why: str, **facts: int) -> Problem:
    read = {column.place for column in table.columns}
    place = next(place for place in one.row.filled if place in read)
    return Problem(one.row.number, table.name_of(place), why, text_of(one.row.cells[place]), facts)


def _grouped(under: Sequence[int], repeated: Sequence[int]) -> list[Decided]:
    said = (
        (N_("Rows without a statement are metrics of the hypothesis above: %(rows)s."), under),
        (N_("Rows that repeat a statement are metrics of one hypothesis: %(rows)s."), repeated),
    )
    return [Decided(message, {"rows": _listed(rows)}) for message, rows in said if rows]


def _listed(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows[:_SHOWN])) + ("…" if len(rows) > _SHOWN else "")
