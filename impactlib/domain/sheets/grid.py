"""A table as any source gives it: rows under the spreadsheet's own numbers, cells that are text, numbers or days.

What is read of it (`Sheet`) says what was decided and what was left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from impactlib.domain import figures
from impactlib.domain.hypotheses import OF_HYPOTHESIS, Hypothesis
from impactlib.domain.text import is_blank

SIZE = 2 * 1024 * 1024
"""Bytes in a file: a hundred times what a team's hypotheses take."""
ROWS = 2_000
COLUMNS = 200
"""Rows that are not blank, and columns, in a table."""


DASHES = frozenset({"-", "–", "—", "--", "…", "...", "/"})
"""What people put in a cell that has nothing to say."""


@dataclass(frozen=True)
class Number:
    """A number that the spreadsheet holds as one; `unit` is that of its format, "%" or "€"."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True)
class Lost:
    """A cell whose value the file does not hold; `why` says it, to translate."""

    why: str
    shown: str = ""


Cell = str | Number | date | Lost
"""A cell; "" is a blank one."""


@dataclass(frozen=True)
class Row:
    """A row under its number in the spreadsheet, from 1; `across` when one cell alone is merged over its columns."""

    number: int
    cells: tuple[Cell, ...]
    across: bool = False

    @cached_property
    def filled(self) -> list[int]:
        """The places of the cells that hold something."""
        return [place for place, cell in enumerate(self.cells) if is_filled(cell)]


@dataclass(frozen=True)
class Decided:
    """What was decided of a file before its rows were read: a sentence to translate, with its facts."""

    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Something that was left out, in whole or in part.

    `row` is the spreadsheet's own number, that of the headings for a whole column; `column` is its heading as the
    person wrote it, or its number from 1 where it has none; `message` is English, with its `facts`; `value` is what
    stood there.
    """

    row: int
    column: str
    message: str
    value: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Grid:
    """A table: its rows, blank ones left out; `separator` is that of its cells in a text, "" where nothing separates
    them; `decided` is what its source had to decide."""

    rows: tuple[Row, ...]
    separator: str = ""
    decided: tuple[Decided, ...] = ()


@dataclass(frozen=True)
class Given:
    """A figure of a metric at a date as a file gives it: `figure` is a plain number, `as_of` a date, `over` a period or
    ""; `row` and `column` say where it stands, and `there` what.

    `metric` is its name, "" where the row itself is the metric's, `statement` that of its hypothesis where the file
    says it. `baseline` is None where the file does not say whether it is one.
    """

    row: int
    column: str
    there: str
    metric: str
    figure: str
    as_of: str
    over: str = ""
    unit: str = ""
    quality: str = ""
    source: str = ""
    word: str = ""
    statement: str = ""
    baseline: bool | None = None


@dataclass(frozen=True)
class Source:
    """A source of data under its row's number: its name, its details, and the names of the metrics that it serves."""

    number: int
    text: str
    details: Mapping[str, str]
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A hypothesis with one metric under its row's number, the fields that it leaves blank on purpose, and the other
    figures of its metric."""

    number: int
    row: Hypothesis
    blank: frozenset[str]
    readings: tuple[Given, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """What was read of a table: a hypothesis with one metric for each row under its number, what was decided, and the
    problems in the order of the file.

    Rows that have one statement are one hypothesis: each of them says all that is known of it. `blank` are the fields
    that each row leaves blank in a column that is read, `readings` its other figures, `columns` the headings of the
    fields. `sources` are those of an inventory of data, which has no rows. `sheets` are the names of those of a
    workbook, of which `sheet` was read; `figures` are those of its sheet of figures over time, where the kit wrote one.
    """

    rows: tuple[tuple[int, Hypothesis], ...]
    problems: tuple[Problem, ...] = ()
    decided: tuple[Decided, ...] = ()
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    blank: tuple[frozenset[str], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    readings: tuple[tuple[Given, ...], ...] = ()
    sources: tuple[Source, ...] = ()
    figures: tuple[Given, ...] = ()

    @property
    def chosen(self) -> str:
        """The name of the sheet that was read among several; "" for the only one."""
        return self.sheet if len(self.sheets) > 1 else ""

    @property
    def groups(self) -> tuple[tuple[Line, ...], ...]:
        """The rows of each hypothesis, one for each of its metrics, in the order of their first."""
        found: dict[tuple[Any, ...], list[Line]] = {}
        for at, (number, row) in enumerate(self.rows):
            said = tuple(getattr(row, name) for name in OF_HYPOTHESIS)
            line = Line(
                number,
                row,
                self.blank[at] if self.blank else frozenset(),
                self.readings[at] if self.readings else (),
            )
            found.setdefault((row.statement, *said) if row.statement else (at,), []).append(line)
        return tuple(map(tuple, found.values()))

    @property
    def hypotheses(self) -> tuple[tuple[Hypothesis, ...], ...]:
        """The same as they are said, without their numbers."""
        return tuple(tuple(line.row for line in group) for group in self.groups)


def is_filled(cell: Cell) -> bool:
    """Whether a cell holds something that can be seen."""
    return not is_blank(cell) if isinstance(cell, str) else True


def text_of(cell: Cell) -> str:
    """A cell as text.

    >>> text_of(Number(Decimal("64.0"), "%")), text_of(date(2026, 12, 31)), text_of("Délai")
    ('64 %', '2026-12-31', 'Délai')
    """
    match cell:
        case Number():
            return f"{figures.plain_number(cell.value)} {cell.unit}".strip()
        case date():
            return cell.isoformat()
        case Lost():
            return cell.shown
    return cell
