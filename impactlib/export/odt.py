"""The summary as an OpenDocument text, from the same blocks as in Word."""

from __future__ import annotations

from functools import singledispatch
from io import BytesIO
from typing import TYPE_CHECKING, Any

import odfdo
from odfdo import Element, Header

from impactlib.domain.session import Session
from impactlib.export.blocks import LEVELS, Block, Bullets, Heading, Item, Paragraph, Picture, Table, document

if TYPE_CHECKING:
    from jinja2 import Environment

_WIDTH = 17
"""Centimetres between the margins."""
_MARGIN = "1.5cm"
"""Above and below."""
_THUMBNAIL = "Thumbnails/thumbnail.png"
"""The picture of the library's empty page."""
_INDENT = 0.6
"""Centimetres by which each level of a list is further in."""


def write(session: Session, views: Environment, template: str = "summary.html", **more: Any) -> bytes:
    """A page of ``templates/summary`` as a file, in the language of `views`."""
    summary = document(session, views, template, **more)
    file = odfdo.Document("text")
    file.set_language(summary.locale)
    file.meta.title = summary.title
    file.meta.creation_date = file.meta.date = summary.at
    for style in _STYLES:
        file.insert_style(style)
    for style in _AUTOMATIC:
        file.insert_style(style, automatic=True)
    for level in file.styles.get_elements("//text:outline-level-style"):
        level.set_attribute("loext:num-list-format", "")  # no 1.1. before a heading
        level.set_attribute("style:num-format", "")
        level.del_attribute("style:num-suffix")
    for page in file.styles.get_elements("//style:page-layout-properties"):
        page.set_attribute("fo:margin-top", _MARGIN)
        page.set_attribute("fo:margin-bottom", _MARGIN)
    file.del_part(_THUMBNAIL)
    file.manifest.del_full_path(_THUMBNAIL)
    file.body.clear()
    for block in summary.blocks:
        _add(block, file)
    content = BytesIO()
    file.save(content)
    return content.getvalue()


@singledispatch
def _add(block: Block, file: odfdo.Document) -> None:
    raise TypeError(f"{type(block).__name__}: not a block of a document")


@_add.register
def _(block: Heading, file: odfdo.Document) -> None:
    heading = Header(block.level, block.text)  # which takes no style
    heading.style = "After_20_Results" if block.new_page else f"Heading_20_{block.level}"
    file.body.append(heading)


@_add.register
def _(block: Paragraph, file: odfdo.Document) -> None:
    file.body.append(_paragraph(block.text, "Quotations" if block.quoted else "Text_20_body"))


@_add.register
def _(block: Bullets, file: odfdo.Document) -> None:
    file.body.append(_bullets(block.items))


def _bullets(items: tuple[Item, ...]) -> Element:
    return _element("text:list", *map(_item, items), text__style_name="Bullets")


def _item(item: Item) -> Element:
    inner = [_bullets(item.items)] if item.items else []
    first, *more = item.paragraphs
    paragraphs = (_paragraph(first, "Name" if item.named else "List"), *(_paragraph(text, "List") for text in more))
    return _element("text:list-item", *paragraphs, *inner)


@_add.register
def _(block: Table, file: odfdo.Document) -> None:
    if block.caption:
        file.body.append(_paragraph(block.caption, "Above"))
    columns = [_element("table:table-column", table__style_name=_column(file, share)) for share in block.shares]
    heading = _element("table:table-header-rows", _row(block.headings, block.figures, "Table_20_Heading"))
    rows = [
        _row(texts, block.figures, "Table_20_Contents") if len(texts) > 1 else _group(texts[0], len(columns))
        for texts in block.rows
    ]
    file.body.append(_element("table:table", *columns, heading, *rows, table__style_name="Rows"))


def _column(file: odfdo.Document, share: float) -> str:
    """The name of a style, added to the file, for a column that takes this part of the width."""
    millimetres = round(10 * _WIDTH * share)
    name = f"Column{millimetres}"
    file.insert_style(
        f'<style:style style:name="{name}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{millimetres}mm"/></style:style>',
        automatic=True,
    )
    return name


def _group(text: str, columns: int) -> Element:
    """A row of one cell across the table: the heading of the rows below it."""
    cell = _element(
        "table:table-cell",
        _paragraph(text, "Table_20_Heading"),
        table__style_name="Cell",
        table__number_columns_spanned=str(columns),
        office__value_type="string",
    )
    covered = [_element("table:covered-table-cell") for _ in range(columns - 1)]
    return _element("table:table-row", cell, *covered, table__style_name="Row")


def _row(texts: tuple[str, ...], figures: tuple[bool, ...], style: str) -> Element:
    return _element(
        "table:table-row",
        *(
            _element(
                "table:table-cell",
                _paragraph(text, f"{style}_20_Figure" if figure else style),
                table__style_name="Cell",
                office__value_type="string",
            )
            for text, figure in zip(texts, figures, strict=True)
        ),
        table__style_name="Row",
    )


@_add.register
def _(block: Picture, file: odfdo.Document) -> None:
    width, height = (f"{inches}in" for inches in block.inches)
    image = _element(
        "draw:image",
        xlink__href=file.add_file(BytesIO(block.content)),
        xlink__type="simple",
        xlink__show="embed",
        xlink__actuate="onLoad",
    )
    alternative = _element("svg:title")
    alternative.text = block.alternative
    frame = _element(
        "draw:frame", image, alternative, text__anchor_type="as-char", svg__width=width, svg__height=height
    )
    holder = _paragraph("", "Above")
    holder.append(frame)
    file.body.append(holder)
    file.body.append(_paragraph(block.caption, "Caption"))


def _paragraph(text: str, style: str) -> Element:
    return odfdo.Paragraph(text, style=style)


def _element(tag: str, *children: Element, **attributes: str) -> Element:
    """An element with its children; an attribute's name has ``__`` for its colon, and ``_`` for its hyphens."""
    element = Element.from_tag(tag)
    for name, value in attributes.items():
        element.set_attribute(name.replace("__", ":").replace("_", "-"), value)
    element.extend(children)
    return element


def _style(name: str, parent: str, *properties: str) -> str:
    """A style of paragraphs: by its display name LibreOffice knows those of its own, headings among them."""
    shown = name.replace("_20_", " ")
    return (
        f'<style:style style:name="{name}" style:display-name="{shown}" style:family="paragraph"'
        f' style:parent-style-name="{parent}">{"".join(properties)}</style:style>'
    )


def _level(level: int) -> str:
    return (
        f'<text:list-level-style-bullet text:level="{level}" text:bullet-char="•">'
        '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
        f'<style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-{_INDENT}cm"'
        f' text:list-tab-stop-position="{level * _INDENT:g}cm" fo:margin-left="{level * _INDENT:g}cm"/>'
        "</style:list-level-properties></text:list-level-style-bullet>"
    )


_BOLD = '<style:text-properties fo:font-weight="bold"/>'
_RIGHT = '<style:paragraph-properties fo:text-align="end"/>'
_QUOTED = '<style:paragraph-properties fo:margin-left="1cm" fo:margin-right="1cm"/>'
_CLOSE = '<style:paragraph-properties fo:margin-top="0.35cm" fo:margin-bottom="0.15cm"/>'
_CLOSER = '<style:paragraph-properties fo:margin-top="0cm" fo:margin-bottom="0.1cm"/>'
_CLOSER_WITH_NEXT = (
    '<style:paragraph-properties fo:margin-top="0cm" fo:margin-bottom="0.1cm" fo:keep-with-next="always"/>'
)
_NEW_PAGE = '<style:paragraph-properties fo:break-before="page"/>'
_WITH_NEXT = '<style:paragraph-properties fo:keep-with-next="always"/>'

_STYLES = (
    '<style:style style:name="Standard" style:family="paragraph">'
    '<style:text-properties style:font-name="Liberation Sans" fo:font-size="10pt"/></style:style>',
    _style("Heading_20_1", "Heading", _CLOSER, '<style:text-properties fo:font-size="18pt" fo:font-weight="bold"/>'),
    _style("Heading_20_2", "Heading", _CLOSE, '<style:text-properties fo:font-size="12pt" fo:font-weight="bold"/>'),
    _style("Heading_20_3", "Heading", _CLOSE, '<style:text-properties fo:font-size="10pt" fo:font-weight="bold"/>'),
    _style("Heading_20_4", "Heading", _CLOSE, '<style:text-properties fo:font-size="10pt" fo:font-style="italic"/>'),
    _style("List", "Text_20_body", _CLOSER),
    _style("Caption", "Standard", _CLOSE, '<style:text-properties fo:font-size="9pt" fo:font-style="italic"/>'),
    _style("Quotations", "Text_20_body", _QUOTED),
    _style("Above", "Caption", _CLOSER_WITH_NEXT),
    _style("Name", "List", _WITH_NEXT, _BOLD),
    _style("After_20_Results", "Heading_20_2", _NEW_PAGE),
    _style("Table_20_Contents", "Standard"),
    _style("Table_20_Contents_20_Figure", "Table_20_Contents", _RIGHT),
    _style("Table_20_Heading", "Table_20_Contents", _BOLD),
    _style("Table_20_Heading_20_Figure", "Table_20_Heading", _RIGHT, _BOLD),
    f'<text:list-style style:name="Bullets">{"".join(map(_level, range(1, LEVELS + 1)))}</text:list-style>',
)

_AUTOMATIC = (
    '<style:style style:name="Rows" style:family="table">'
    f'<style:table-properties style:width="{_WIDTH}cm" table:align="left" fo:margin-bottom="0.4cm"/></style:style>',
    '<style:style style:name="Row" style:family="table-row">'
    '<style:table-row-properties fo:keep-together="always"/></style:style>',
    '<style:style style:name="Cell" style:family="table-cell">'
    '<style:table-cell-properties fo:padding="0.1cm" fo:border="0.5pt solid #565d6c"/></style:style>',
)
