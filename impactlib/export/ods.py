"""Tables as an OpenDocument spreadsheet: numbers are numbers, dates are dates, and what people wrote is text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import odfdo

from impactlib.domain.text import fit
from impactlib.export.tables import Cell, Sheet, literal, width

if TYPE_CHECKING:
    from jinja2 import Environment

_CHARACTER = 0.2
"""Centimetres that a character of a column takes."""
_DAY_STYLES = {
    "fr": '<number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
    '<number:text>/</number:text><number:year number:style="long"/>',
    "en": '<number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/>'
    '<number:text>-</number:text><number:day number:style="long"/>',
}
_TOP = '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'
_STYLES = (
    f'<style:style style:name="told" style:family="table-cell">{_TOP}</style:style>',
    f'<style:style style:name="day" style:family="table-cell" style:data-style-name="days">{_TOP}</style:style>',
    f'<style:style style:name="head" style:family="table-cell">{_TOP}'
    '<style:text-properties fo:font-weight="bold"/></style:style>',
)
_SPACES = re.compile(r" {2,}|^ | $")


def write(sheets: Sequence[Sheet], views: Environment) -> bytes:
    """The tables as a file, one sheet each, whose first row is repeated on each printed page."""
    file = odfdo.Document("spreadsheet")
    file.set_language({"fr": "fr-FR", "en": "en-GB"}[str(views.globals["lang"])])
    file.meta.title = sheets[0].name
    file.meta.creation_date = file.meta.date = datetime.fromtimestamp(sheets[0].at, UTC).replace(tzinfo=None)
    days = f'<number:date-style style:name="days">{_DAY_STYLES[str(views.globals["lang"])]}</number:date-style>'
    widths = sorted({size for sheet in sheets for size in _widths(sheet)})
    columns = (
        f'<style:style style:name="wide{size}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{size * _CHARACTER:.1f}cm"/></style:style>'
        for size in widths
    )
    for style in (days, *columns, *_STYLES):
        file.insert_style(style, automatic=True)
    file.body.clear()
    for sheet in sheets:
        file.body.append(odfdo.Element.from_tag("".join(_table(sheet))))
    content = BytesIO()
    file.save(content)
    return content.getvalue()


def _widths(sheet: Sheet) -> list[int]:
    return [width(heading, [row[at] for row in sheet.rows]) for at, heading in enumerate(sheet.headings)]


def _table(sheet: Sheet) -> Iterator[str]:
    yield f"<table:table table:name={quoteattr(sheet.name)}>"
    for size in _widths(sheet):
        yield f'<table:table-column table:style-name="wide{size}"/>'
    yield "<table:table-header-rows><table:table-row>"
    yield from (_text(heading, "head") for heading in sheet.headings)
    yield "</table:table-row></table:table-header-rows>"
    for row in sheet.rows:
        yield "<table:table-row>"
        yield from map(_cell, row)
        yield "</table:table-row>"
    yield "</table:table>"


def _cell(cell: Cell) -> str:
    match cell:
        case "":
            return "<table:table-cell/>"
        case Decimal():
            return f'<table:table-cell table:style-name="told" office:value-type="float" office:value="{cell:f}"/>'
        case date():
            value = cell.isoformat()
            return f'<table:table-cell table:style-name="day" office:value-type="date" office:date-value="{value}"/>'
    return _text(literal(cell), "told")


def _text(text: str, style: str) -> str:
    lines = "".join(f"<text:p>{_line(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell table:style-name="{style}" office:value-type="string">{lines}</table:table-cell>'


def _line(line: str) -> str:
    """A line as OpenDocument keeps it: blanks together, or at an end, are elements; what XML forbids goes."""
    spaced = _SPACES.sub(lambda blanks: f'<text:s text:c="{len(blanks[0])}"/>', escape(fit(line)))
    return spaced.replace("\t", "<text:tab/>")
