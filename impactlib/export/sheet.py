"""A table as a file that spreadsheets open: CSV, or .xlsx and .ods, where numbers are numbers and dates are dates.

Nothing that people wrote is ever computed: in .xlsx and .ods a text is stored as text, in CSV
``impactlib.domain.spreadsheet`` marks what a spreadsheet would take for a formula.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

from impactlib.domain import formats
from impactlib.domain.spreadsheet import write_csv
from impactlib.export.tables import Cell, Link, Sheet, literal, width

if TYPE_CHECKING:
    from jinja2 import Environment

_DAY_FORMATS = {"fr": "dd/mm/yyyy", "en": "yyyy-mm-dd"}
_LINK = "#0b5d62"


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
        Link: book.add_format({**top, "font_color": _LINK, "underline": 1, "text_wrap": True}),
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


def _put(page: Any, row: int, column: int, cell: Cell, formats: dict[type, Any]) -> None:
    match cell:
        case "":
            return
        case Decimal():
            page.write_number(row, column, cell, formats[Decimal])
        case date():
            page.write_datetime(row, column, cell, formats[date])
        case Link():
            page.write_url(row, column, cell, formats[Link], cell)
        case str():
            page.write_string(row, column, literal(cell), formats[str])
