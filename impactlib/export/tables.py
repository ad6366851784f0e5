"""The tables that go out as spreadsheets: cells, numbers and days that were read, texts that stay texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from impactlib.domain.registry import is_address
from impactlib.domain.sheets.cutting import unguarded

_LONGEST = 2079
"""Characters of an address that a spreadsheet follows."""


class Link(str):
    """An address of the web, which a spreadsheet opens: `link` makes one."""

    __slots__ = ()


Cell = str | Decimal | date
"""The value of a cell; "" is an empty one."""

_WIDTHS = 10, 60
"""Characters of the narrowest and of the widest column."""


@dataclass(frozen=True)
class Sheet:
    """A named table. `at` is when the hour was, in seconds since 1970: the file dates from it."""

    name: str
    at: float
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def number(text: str) -> Cell:
    """A number as it was read, or the text that is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return value if value.is_finite() else text


def day(text: str) -> Cell:
    """A date as it was read, or the text that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def link(text: str) -> Cell:
    """An address that can be followed, or the text that is none: only http and https lead anywhere."""
    return Link(text) if is_address(text) and len(text) <= _LONGEST else text


def literal(text: str) -> str:
    """A text of a workbook, as it is read again: an apostrophe that looks like one that protects is doubled."""
    return f"'{text}" if unguarded(text) != text else text


def width(heading: str, cells: list[Cell]) -> int:
    """How many characters wide a column is."""
    narrowest, widest = _WIDTHS
    return min(widest, max(narrowest, len(heading) + 2, *(len(str(cell)) for cell in cells)))
