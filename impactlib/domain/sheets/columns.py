"""How the numbers and the dates of each column are written, decided once from all of them.

What proves it, the surest first: the numbers of the column, those of the other columns, then the separator of the
cells with the language of the headings. Where nothing does, or where proofs disagree, a number that can be read in two
ways is refused, not guessed; the same goes for dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from impactlib.domain import days, figures, units
from impactlib.domain.days import Order
from impactlib.domain.figures import Proof, Role
from impactlib.domain.hypotheses import DATES
from impactlib.domain.sheets.grid import Decided, Number, Row, is_filled
from impactlib.domain.sheets.headings import MEASURED
from impactlib.domain.sheets.shape import Column, Table
from impactlib.domain.text import N_, Unreadable

Roles = Mapping[str, Role]
"""What the point and the comma do, where something proves it."""

_DECIDED = {
    (".", Role.THOUSANDS): N_("“%(column)s”: points separate thousands."),
    (",", Role.THOUSANDS): N_("“%(column)s”: commas separate thousands."),
    (".", Role.DECIMAL): N_("“%(column)s”: the point is the decimal sign."),
    (",", Role.DECIMAL): N_("“%(column)s”: the comma is the decimal sign."),
}
_MARKS = N_("“%(columns)s”: figures such as 4/5 are marks, whose scale is kept as their unit (out of %(scales)s).")
_UNDER_ANOTHER = N_("“%(column)s”: figures without a unit are in %(unit)s, as under “%(other)s”.")
_ORDERS = {
    Order.DAY: N_("“%(column)s”: the day comes before the month."),
    Order.MONTH: N_("“%(column)s”: the month comes before the day."),
}


@dataclass(frozen=True)
class Ways:
    """How the numbers and the dates of each column are written, by the column's place; and what to say of it."""

    numbers: Mapping[int, Roles] = field(default_factory=dict)
    orders: Mapping[int, Order | None] = field(default_factory=dict)
    decided: tuple[Decided, ...] = ()


def ways(table: Table, separator: str) -> Ways:
    """Decide how each column is written."""
    numbers, said = _numbers(table, separator)
    orders, told = _orders(table)
    return Ways(numbers, orders, (*said, *_units(table), *told))


def without_day(text: str) -> tuple[str, str]:
    """A figure that is written with its day, and that day; "" where there is none.

    >>> without_day("5,8 sur 7 (31 octobre 2026)"), without_day("18 % au 31/10/2026"), without_day("12 (2024)")
    (('5,8 sur 7', '31 octobre 2026'), ('18 %', '31/10/2026'), ('12 (2024)', ''))
    """
    whole = text.strip()
    # From the end: whatever stands before is looked at once, however long a cell is.
    for at in range(len(whole) - 1, max(0, len(whole) - _LONGEST_DAY), -1):
        found, figure = _DAY_AT_END.match(whole, at), whole[:at].rstrip()
        if found and (figure.endswith("%") or _SAID.search(figure)):
            break
    else:
        return text, ""
    said = found["aside"] or found["day"]
    try:
        days.cut(said)
    except Unreadable:
        return text, ""
    return figure, said


_DAY_AT_END = re.compile(
    r"(?:[(\[](?:au |le |on |at |as of )?(?P<aside>[^()\[\]]{6,40})[)\]]"
    r"|(?<=\s)(?:au|le|on|as of) (?P<day>\S[^()]{5,40}))\Z",
    re.S,
)
_LONGEST_DAY = 60
"""Characters of a day at the end of a cell, with the words and brackets around it."""
_SAID = re.compile(r"[^\W_]")


def _texts(column: Column, rows: Iterable[Row]) -> list[str]:
    found = (row.cells[column.place] for row in rows if column.place < len(row.cells))
    return [cell for cell in found if isinstance(cell, str) and cell.strip()]


# Numbers -------------------------------------------------------------------------------------------


def _numbers(table: Table, separator: str) -> tuple[dict[int, Roles], list[Decided]]:
    proofs: dict[int, set[Proof]] = {}
    doubtful: dict[int, set[str]] = {}
    round_ones: set[str] = set()
    columns = [column for column in table.columns if column.field in MEASURED]
    for column in columns:
        beside = next(of for of in table.sets if column in of)
        proofs[column.place], doubtful[column.place] = set(), set()
        for row in table.rows:
            if column.place >= len(row.cells) or not isinstance(cell := row.cells[column.place], str):
                continue
            with suppress(Unreadable):
                figure = figures.cut(without_day(cell)[0], _unit_of(row, beside) or column.heading.unit, table.lang)
                proofs[column.place] |= figure.proofs
                doubtful[column.place] |= {figure.mark, figure.unit if figure.fraction is not None else ""} - {""}
                if figure.mark and figure.readings[-1] % 1000 == 0:
                    round_ones.add(figure.mark)
    whole = set().union(*proofs.values())
    roles: dict[int, Roles] = {}
    decided = []
    marked: list[str] = []
    scales: set[int] = set()
    for column in columns:
        mine = {
            mark: role
            for mark in ".,"
            if (role := _role(mark, proofs[column.place], whole, table.lang, separator)) is not None
            and not (role == Role.DECIMAL and mark in round_ones and _no_three(mark, whole))
        }
        # A stroke ends a mark wherever one proves it in the table.
        strokes = {proof.mark: proof.role for proof in whole if proof.role == Role.SCALE}
        roles[column.place] = {**mine, **strokes}
        marks = ({proof.mark for proof in proofs[column.place]} | doubtful[column.place]) & strokes.keys()
        scales |= {int(stroke[1:]) for stroke in marks}
        marked += [column.name] if marks else []
        for mark in ".,":
            used = mark in doubtful[column.place] or Proof(mark, Role.THOUSANDS) in proofs[column.place]
            role = Role.THOUSANDS if Proof(mark, Role.THOUSANDS) in proofs[column.place] else mine.get(mark)
            if used and role:
                decided.append(Decided(_DECIDED[mark, role], {"column": column.name}))
    if marked:
        facts = {"columns": ", ".join(marked), "scales": ", ".join(map(str, sorted(scales)))}
        decided.append(Decided(_MARKS, facts))
    return roles, decided


def _units(table: Table) -> list[Decided]:
    """Columns whose figures say no unit, and take that of the heading of another one, where no column says the unit."""
    decided = []
    for columns in table.sets:
        measured = [column for column in columns if column.field in MEASURED]
        other = next((column for column in measured if column.heading.unit), None)
        if other is None or any(column.field == "unit" for column in columns):
            continue
        bare = (column for column in measured if not column.heading.unit)
        decided += [
            Decided(_UNDER_ANOTHER, {"column": column.name, "unit": other.heading.unit, "other": other.name})
            for column in bare
            if any(_says_no_unit(row, column, columns) for row in table.rows)
        ]
    return decided


def _says_no_unit(row: Row, column: Column, columns: Sequence[Column]) -> bool:
    cell = row.cells[column.place] if column.place < len(row.cells) else ""
    if _unit_of(row, columns) or not isinstance(cell, str | Number) or not is_filled(cell):
        return False
    return not (cell.unit if isinstance(cell, Number) else re.sub(r"[\d\s.,'’+-]", "", cell))


def _no_three(mark: str, whole: set[Proof]) -> bool:
    """Whether no number has three decimals for sure: 12,000 is then more likely a thousand than a precise twelve."""
    other = "," if mark == "." else "."
    return Proof(mark, Role.DECIMAL, three=True) not in whole and Proof(other, Role.THOUSANDS) not in whole


def _unit_of(row: Row, columns: Sequence[Column]) -> str:
    """The unit that a row says: in its own column, else after the name of its metric."""
    said = {column.field: row.cells[column.place] for column in columns if column.place < len(row.cells)}
    unit, name = said.get("unit", ""), said.get("metric", "") or said.get("indicator", "")
    if isinstance(unit, str) and unit.strip():
        return unit
    return unit_after(name) if isinstance(name, str) else ""


def unit_after(name: str) -> str:
    """The unit that stands after the name of a metric, "" where none does.

    >>> unit_after("Subvention annuelle (k€)"), unit_after("Délai médian, en jours"), unit_after("Appels (guichet)")
    ('k€', 'jours', '')
    """
    found = _UNIT_AFTER.search(name)
    said = (found["aside"] or found["bare"]).strip() if found else ""
    return said if units.is_measure(said) else ""


_UNIT_AFTER = re.compile(
    r"(?:[(\[](?:en |in )?(?P<aside>[^()\[\]]{1,30})[)\]]|,? (?:en|in) (?P<bare>[^(),]{1,30}))\s*$", re.I
)


def _role(mark: str, mine: set[Proof], whole: set[Proof], lang: str, separator: str) -> Role | None:
    """What a mark does before exactly three digits, which may be decimals or a group of thousands."""
    other = "," if mark == "." else "."
    for proofs in (mine, whole):
        # Groups of thousands, and three decimals, are what the number in doubt may be; one or two decimals are not.
        sure = set()
        if Proof(mark, Role.THOUSANDS) in proofs:
            sure.add(Role.THOUSANDS)
        if Proof(mark, Role.DECIMAL, three=True) in proofs or Proof(other, Role.THOUSANDS) in proofs:
            sure.add(Role.DECIMAL)
        if len(sure) == 2:
            return None
        if sure:
            role = sure.pop()
            grouped = role == Role.THOUSANDS or Proof(other, Role.THOUSANDS) in proofs
            return role if grouped or _by_language(mark, lang, separator) in (None, role) else None
    likely = {_by_language(mark, lang, separator)} - {None}
    decimal = {proof.mark for proof in whole if proof.role == Role.DECIMAL}
    if other in decimal:
        likely.add(Role.THOUSANDS)
    # A point before one or two decimals is common in French figures whose points also separate thousands.
    if mark in decimal and (mark == "," or lang == "en"):
        likely.add(Role.DECIMAL)
    return likely.pop() if len(likely) == 1 else None


def _by_language(mark: str, lang: str, separator: str) -> Role | None:
    """What a mark does in a table of that language: one whose separator agrees with it."""
    if lang == "fr" and separator != ",":
        return Role.DECIMAL if mark == "," else None
    if lang == "en" and separator == ",":
        return Role.DECIMAL if mark == "." else Role.THOUSANDS
    return None


# Dates ---------------------------------------------------------------------------------------------


def _orders(table: Table) -> tuple[dict[int, Order | None], list[Decided]]:
    proofs: dict[int, set[Order]] = {}
    doubtful: set[int] = set()
    columns = [column for column in table.columns if column.field in DATES]
    for column in columns:
        proofs[column.place] = {column.heading.order} if column.heading.order else set()
        for text in _texts(column, table.rows):
            with suppress(Unreadable):
                day = days.cut(text)
                proofs[column.place] |= {day.proof} if day.proof else set()
                doubtful |= {column.place} if len(day.readings) > 1 else set()
    whole = set().union(*proofs.values())
    orders: dict[int, Order | None] = {}
    decided = []
    for column in columns:
        order = _order(proofs[column.place], whole, table.lang)
        orders[column.place] = order
        if order and column.place in doubtful:
            decided.append(Decided(_ORDERS[order], {"column": column.name}))
    return orders, decided


def _order(mine: set[Order], whole: set[Order], lang: str) -> Order | None:
    """Which comes first. In French it is the day; in English it may be either."""
    for proofs in (mine, whole):
        if proofs:
            return next(iter(proofs)) if len(proofs) == 1 else None
    return Order.DAY if lang == "fr" else None
