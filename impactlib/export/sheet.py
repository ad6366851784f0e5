"""A table as a file that spreadsheets open: CSV, or .xlsx and .ods, where numbers are numbers and dates are dates.

Nothing that people wrote is ever computed: in .xlsx and .ods a text is stored as text, in CSV
``impactlib.domain.spreadsheet`` marks what a spreadsheet would take for a formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import TYPE_CHECKING, Any

from impactlib.domain import formats
from impactlib.domain.sheets.cutting import unguarded
from impactlib.domain.spreadsheet import write_csv

if TYPE_CHECKING:
    from jinja2 import Environment

Cell = str | Decimal | date
"""The value of a cell; "" is an empty one."""

_WIDTHS = 10, 60
"""Characters of the narrowest and of the widest column."""
_DAY_FORMATS = {"fr": "dd/mm/yyyy", "en": "yyyy-mm-dd"}


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


def csv(views: Environment, sheet: Sheet, *_beside: Sheet) -> bytes:
    """The first table as CSV for spreadsheets in the language of the views."""
    lang = str(views.globals["lang"])
    rows = ([_text(cell, lang) for cell in row] for row in sheet.rows)
    return write_csv(sheet.headings, rows, lang)


def _text(cell: Cell, lang: str) -> str:
    match cell:
        case Decimal():
            return formats.cell(cell, lang)
        case date():
            return formats.day(cell, lang)
    return cell


def literal(text: str) -> str:
    """A text of a workbook, as it is read again: an apostrophe that looks like one that protects is doubled."""
    return f"'{text}" if unguarded(text) != text else text


def ods(views: Environment, *sheets: Sheet) -> bytes:
    """The tables as an OpenDocument spreadsheet, one sheet each."""
    from impactlib.export import ods

    return ods.write(sheets, views)


def xlsx(views: Environment, *sheets: Sheet) -> bytes:
    """The tables as a workbook, one sheet each, whose first row stays in sight and is repeated on each printed page."""
    from xlsxwriter import Workbook

    content = BytesIO()
    book = Workbook(content, {"in_memory": True})
    made = datetime.fromtimestamp(sheets[0].at, UTC).replace(tzinfo=None)
    book.set_properties({"title": sheets[0].name, "created": made})
    # The format of text keeps a cell that begins with = a text when somebody edits it.
    top = {"valign": "top"}
    formats = {
        str: book.add_format({**top, "num_format": "@", "text_wrap": True}),
        Decimal: book.add_format(top),
        date: book.add_format({**top, "num_format": _DAY_FORMATS[str(views.globals["lang"])]}),
    }
    heading = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, **top})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        for column, name in enumerate(sheet.headings):
            page.write_string(0, column, name, heading)
            page.set_column(column, column, width(name, [row[column] for row in sheet.rows]))
        for row, cells in enumerate(sheet.rows, 1):
            for column, cell in enumerate(cells):
                _put(page, row, column, cell, formats)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
    book.close()
    return content.getvalue()


def width(heading: str, cells: list[Cell]) -> int:
    """How many characters wide a column is."""
    narrowest, widest = _WIDTHS
    return min(widest, max(narrowest, len(heading) + 2, *(len(str(cell)) for cell in cells)))


def _put(page: Any, row: int, column: int, cell: Cell, formats: dict[type, Any]) -> None:
    match cell:
        case "":
            return
        case Decimal():
            page.write_number(row, column, cell, formats[Decimal])
        case date():
            page.write_datetime(row, column, cell, formats[date])
        case str():
            page.write_string(row, column, literal(cell), formats[str])
