"""Workbooks in the open format (.ods), as LibreOffice writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from impactlib.domain.refusal import SheetError
from impactlib.domain.sheets.grid import COLUMNS, Cell, Grid, Lost, Number
from impactlib.domain.text import clean_line
from impactlib.workbooks.archive import AN_HOUR, FAULT, NO_VALUE, SHEETS, Attributes, Enough, Parts, Rows, decimal

_CONTENT = "content.xml"
_CURRENCIES = {"EUR": "€", "USD": "$", "GBP": "£"}


def tables(parts: Parts) -> Mapping[str, Callable[[int | None], Grid]]:
    """Each sheet by its name: a function that gives it. All of them are read in one pass: they are one part."""
    if _CONTENT not in parts:
        return {}
    reader = _Document()
    parts.read(_CONTENT, reader.start, reader.end, reader.text)
    return {name: table.grid for name, table in reader.tables.items()}


class _Table:
    """One table: its rows, its merged cells, and why it cannot be read."""

    def __init__(self) -> None:
        self._rows = Rows(None)
        self._merged: list[tuple[int, int, int, int]] = []
        self._refused: SheetError | None = None

    def add(self, first: int, repeated: int, cells: Mapping[int, Cell]) -> None:
        """A row, as many times as it is repeated; once there are too many of them, nothing more."""
        if self._refused or not cells:
            return
        try:
            for number in range(first, first + repeated):
                self._rows.add(number, cells)
        except SheetError as error:
            self._refused = error

    def merge(self, first: int, last: int, left: int, right: int) -> None:
        """Cells that are merged into one."""
        self._merged.append((first, last, left, right))

    def grid(self, _most: int | None) -> Grid:
        """The table. Raises SheetError when it cannot be read."""
        if self._refused:
            raise self._refused
        for merged in self._merged:
            self._rows.merge(*merged)
        return self._rows.grid()


class _Document:
    """A document as its elements come."""

    def __init__(self) -> None:
        self.tables: dict[str, _Table] = {}
        self._table = _Table()
        self._number, self._repeated = 0, 1
        self._written = 0
        self._place, self._columns = 0, 1
        self._cells: dict[int, Cell] = {}
        self._said: Attributes = {}
        self._words: list[str] = []
        self._in_text = self._in_note = 0

    def start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "table":
                if len(self.tables) >= SHEETS:
                    raise Enough
                self._table = self.tables[clean_line(attributes.get("name", ""))] = _Table()
                self._number = 0
            case "table-row":
                self._written += 1
                Rows.refuse_below(self._written)
                self._number += 1
                self._repeated = _count(attributes, "number-rows-repeated")
                self._cells, self._place = {}, 0
            case "table-cell" | "covered-table-cell":
                self._said, self._words = attributes, []
                self._columns = _count(attributes, "number-columns-repeated")
            case "annotation":
                self._in_note += 1
            case "p":
                if self._words and not self._in_note:
                    self._words.append("\n")
                self._in_text += 1
            case "s" if self._in_text and not self._in_note:
                self._words.append(" " * min(_count(attributes, "c"), 100))
            case "line-break" | "tab" if self._in_text and not self._in_note:
                self._words.append("\n" if name == "line-break" else "\t")

    def end(self, name: str) -> None:
        match name:
            case "p":
                self._in_text -= 1
            case "annotation":
                self._in_note -= 1
            case "table-cell" | "covered-table-cell":
                self._take(covered=name == "covered-table-cell")
            case "table-row":
                self._table.add(self._number, self._repeated, self._cells)
                self._number += self._repeated - 1

    def text(self, data: str) -> None:
        if self._in_text and not self._in_note:
            self._words.append(data)

    def _take(self, *, covered: bool) -> None:
        value = "" if covered else _value(self._said, "".join(self._words))
        if value != "":
            for place in range(self._place, min(self._place + self._columns, COLUMNS + 1)):
                self._cells[place] = value
            down, across = _count(self._said, "number-rows-spanned"), _count(self._said, "number-columns-spanned")
            if down > 1 or across > 1:
                last, right = self._number + down - 1, self._place + across - 1
                self._table.merge(self._number, last, self._place, right)
        self._place += self._columns


def _count(attributes: Attributes, name: str) -> int:
    given = attributes.get(name, "1")
    return max(1, int(given)) if given.isdigit() and len(given) < 9 else 1


def _value(said: Attributes, shown: str) -> Cell:
    """The value of a cell as it is stored."""
    kind = said.get("value-type", "")
    if not kind:
        return Lost(NO_VALUE) if "formula" in said and not shown else shown
    match kind:
        case "float" | "percentage" | "currency":
            return _number(kind, said)
        case "date":
            try:
                return date.fromisoformat(said.get("date-value", "")[:10])
            except ValueError:
                return Lost(FAULT, shown)
        case "time":
            return Lost(AN_HOUR, shown)
    if "formula" in said and shown.startswith(("#", "Err:")):
        return Lost(FAULT, shown)
    return shown


def _number(kind: str, said: Attributes) -> Cell:
    raw = said.get("value", "")
    value = decimal(raw)
    if value is None:
        return Lost(FAULT, raw)
    if kind == "percentage":
        return Number(value * 100, "%")
    return Number(value, _CURRENCIES.get(said.get("currency", ""), "") if kind == "currency" else "")
