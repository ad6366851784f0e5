"""The summary as a Word document: real headings, lists and tables, which a screen reader can walk."""

from __future__ import annotations

from functools import singledispatch
from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx
from docx.document import Document as File
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Inches, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.font import Font

from impactlib.domain.session import Session
from impactlib.export.blocks import LEVELS, Block, Bullets, Document, Heading, Item, Paragraph, Picture, Table, document

if TYPE_CHECKING:
    from jinja2 import Environment

_PAGE = Cm(21), Cm(29.7)
_MARGIN, _ABOVE_AND_BELOW = Cm(2), Cm(1.5)
_WIDTH = Cm(17)
"""Between the margins."""
_INK = RGBColor(0x1D, 0x22, 0x30)
_ABOVE, _BELOW = Pt(6), Pt(2)
_SIZES = {
    "Normal": Pt(10),
    "Heading 1": Pt(18),
    "Heading 2": Pt(12),
    "Heading 3": Pt(10),
    "Heading 4": Pt(10),
    "Caption": Pt(9),
}
_LEVELS = ("", *(f" {level}" for level in range(2, LEVELS + 1)))
"""How the template's styles of lists are numbered."""
_BULLETS = 90
"""A number that none of the template's lists has."""
_INDENT = 360
"""Twentieths of a point by which each level of a list is further in, as in the template's styles."""


def write(session: Session, views: Environment, template: str = "summary.html", **more: Any) -> bytes:
    """A page of ``templates/summary`` as a file, in the language of `views`."""
    summary = document(session, views, template, **more)
    file = docx.Document()
    _describe(file, summary)
    _lay_out(file)
    links = file.part.package.rels
    for id in [id for id, link in links.items() if link.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del links[id]  # the picture of the library's empty page
    for block in summary.blocks:
        _add(block, file)
    content = BytesIO()
    file.save(content)
    return content.getvalue()


def _describe(file: File, summary: Document) -> None:
    about = file.core_properties
    about.title, about.language = summary.title, summary.locale
    about.created = about.modified = summary.at
    about.author = about.comments = ""  # the library's own
    for lang in file.styles.element.xpath("w:docDefaults//w:lang"):
        lang.set(qn("w:val"), summary.locale)


def _lay_out(file: File) -> None:
    """A4, a typeface that every machine has or knows how to replace, and the page's ink for the template's blue."""
    [section] = file.sections
    section.page_width, section.page_height = _PAGE
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = _ABOVE_AND_BELOW
    for style, size in _SIZES.items():
        font = _font(file, style)
        for face in font.element.xpath("w:rPr/w:rFonts"):
            face.attrib.clear()  # the theme's, which goes before a name
        font.name, font.size, font.color.rgb = "Arial", size, _INK
    file.styles["Heading 1"].paragraph_format.space_before = Pt(0)
    _font(file, "Caption").bold = False


def _font(file: File, style: str) -> Font:
    found = file.styles[style]
    assert isinstance(found, ParagraphStyle)
    font: Font = found.font
    return font


@singledispatch
def _add(block: Block, file: File) -> None:
    raise TypeError(f"{type(block).__name__}: not a block of a document")


@_add.register
def _(block: Heading, file: File) -> None:
    heading = file.add_heading(block.text, block.level)
    if block.new_page:
        heading.paragraph_format.page_break_before = True


@_add.register
def _(block: Paragraph, file: File) -> None:
    paragraph = file.add_paragraph(block.text, "Quote" if block.quoted else None)
    paragraph.paragraph_format.space_before = _ABOVE  # a table leaves none below it


@_add.register
def _(block: Bullets, file: File) -> None:
    for item in block.items:
        _add_item(item, file, _bullets(file))


def _bullets(file: File) -> int:
    """The number of the list of all levels, added to the file when first asked for: the library's have one level."""
    numbering = file.part.numbering_part.element
    known = numbering.xpath(f"w:num[w:abstractNumId/@w:val='{_BULLETS}']")
    if not known:
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/>'
            f'<w:pPr><w:ind w:left="{_INDENT * (level + 1)}" w:hanging="{_INDENT}"/></w:pPr></w:lvl>'
            for level in range(len(_LEVELS))
        )
        kind = '<w:multiLevelType w:val="multilevel"/>'
        list_ = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{_BULLETS}">{kind}{levels}</w:abstractNum>'
        numbering.insert(0, parse_xml(list_))
        known = [numbering.add_num(_BULLETS)]
    number: int = known[0].numId
    return number


def _add_item(item: Item, file: File, bullets: int, depth: int = 0) -> None:
    """Add an item and its sub-items; items nested deeper than `LEVELS` use the last list style."""
    depth = min(depth, LEVELS - 1)
    first, *more = item.paragraphs
    paragraph = file.add_paragraph(first, f"List Bullet{_LEVELS[depth]}")
    place = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    place.get_or_add_ilvl().val = depth
    place.get_or_add_numId().val = bullets
    if item.named:
        paragraph.runs[0].bold = True
        paragraph.paragraph_format.keep_with_next = True
    for text in more:
        paragraph.paragraph_format.space_after = _BELOW
        paragraph = file.add_paragraph(text, f"List Continue{_LEVELS[depth]}")
    for inner in item.items:
        _add_item(inner, file, bullets, depth + 1)


@_add.register
def _(block: Table, file: File) -> None:
    if block.caption:
        file.add_paragraph(block.caption, "Caption").paragraph_format.keep_with_next = True
    table = file.add_table(0, len(block.headings), "Table Grid")
    table.autofit = False
    widths = [Length(round(_WIDTH * share)) for share in block.shares]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for texts in (block.headings, *block.rows):
        if len(texts) < len(widths):
            _group(table.add_row().cells, texts[0])
            continue
        for cell, text, figure, width in zip(table.add_row().cells, texts, block.figures, widths, strict=True):
            cell.text, cell.width = text, width
            if figure:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    heading = table.rows[0]
    _mark(heading, "w:tblHeader")
    for row in table.rows:
        _mark(row, "w:cantSplit")
    for cell in heading.cells:
        [run] = cell.paragraphs[0].runs
        run.bold = True


def _group(cells: Any, text: str) -> None:
    """Make one cell of a row's, with the heading of the rows below it."""
    cell = cells[0].merge(cells[-1])
    cell.text = text
    [run] = cell.paragraphs[0].runs
    run.bold = True
    cell.paragraphs[0].paragraph_format.keep_with_next = True


def _mark(row: Any, property: str) -> None:
    """Set what the library has no name for: a row that repeats as a heading, or that no page cuts."""
    row._tr.get_or_add_trPr().append(OxmlElement(property))


@_add.register
def _(block: Picture, file: File) -> None:
    picture = file.add_picture(BytesIO(block.content), *map(Inches, block.inches))
    picture._inline.docPr.set("descr", block.alternative)
    file.paragraphs[-1].paragraph_format.keep_with_next = True
    file.add_paragraph(block.caption, "Caption")
