"""The summary as a word processor's blocks, read from its HTML page: one description, whatever the format.

The page already has every sentence, its order and its meaning (headings, lists, tables with their
headings, a picture with its alternative). A writer of documents walks these blocks and adds none.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from impactlib.domain.session import Session
from impactlib.export.over_time import INCHES as OVER_TIME
from impactlib.export.picture import PLACED
from impactlib.export.template import fill

if TYPE_CHECKING:
    from jinja2 import Environment

Element = Any  # lxml has no types

LOCALES = {"fr": "fr-FR", "en": "en-GB"}
"""A document's language, as word processors name it for their spelling checkers."""

LEVELS = 3
"""Levels of lists that a document has styles for: a hypothesis, the advice on it, and who said the same."""

_WIDEST = 40
"""Characters: a longer text goes on several lines of its cell anyway."""
_PAGE = 96
"""Characters that a line of a page holds."""
_MARGIN = 4
"""Characters that a column's longest word leaves around it, which may be bold."""

# Blanks that HTML collapses: the no-break spaces of French typography stay.
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_APART = re.compile(r"[ \n]")
"""Where a line of a cell may end: never at a no-break space, which holds a figure and its unit together."""
_BREAK = "\v"
"""Stands for a line break while blanks are made one; people's words never hold it (``text.clean``)."""
_BREAKS = re.compile(f" ?{_BREAK} ?")


@dataclass(frozen=True)
class Heading:
    """A title: level 1 is the document's own. `new_page`: it opens a page, as the first one after the results."""

    level: int
    text: str
    new_page: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; "\\n" in its text is a line break."""

    text: str
    quoted: bool = False


@dataclass(frozen=True)
class Item:
    """An item of a list: its paragraphs, then the items under it. `named`: the first paragraph is its name."""

    paragraphs: tuple[str, ...]
    items: tuple[Item, ...]
    named: bool = False


@dataclass(frozen=True)
class Bullets:
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Table:
    """Rows of text under their headings; `figures` says which columns are numbers, read from the right.

    A row of one cell is the heading of the rows below it, across the table.
    """

    caption: str
    headings: tuple[str, ...]
    figures: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def shares(self) -> tuple[float, ...]:
        """The part of the page's width that each column takes; their sum is 1. No word is cut where all of them fit,
        and what is left is shared out by the longest texts."""
        columns = list(zip(*(row for row in self.rows if len(row) > 1), strict=True)) or [()] * len(self.headings)
        words = [
            max(len(word) + _MARGIN for text in (heading, *cells) for word in _APART.split(text))
            for heading, cells in zip(self.headings, columns, strict=True)
        ]
        texts = [min(max(map(len, cells), default=0), _WIDEST) for cells in columns]
        wanted = [max(0, text - word) for text, word in zip(texts, words, strict=True)]
        left = max(0, _PAGE - sum(words))
        widths = [word + left * more / (sum(wanted) or 1) for word, more in zip(words, wanted, strict=True)]
        return tuple(width / sum(widths) for width in widths)


@dataclass(frozen=True)
class Picture:
    """A PNG, what it shows in words, the sentence under it, and its width and height in inches."""

    content: bytes
    alternative: str
    caption: str
    inches: tuple[float, float] = PLACED


Block = Heading | Paragraph | Bullets | Table | Picture


@dataclass(frozen=True)
class Document:
    """A summary in a language, ready to be written. `locale` is such as ``fr-FR``; `at` is when the hour was."""

    title: str
    locale: str
    at: datetime
    blocks: tuple[Block, ...]


def document(session: Session, views: Environment, template: str = "summary.html", **more: Any) -> Document:
    """A page of ``templates/summary`` in the language of `views`, with a PNG for its picture."""
    from lxml.html import document_fromstring

    page = document_fromstring(fill(template, session, views, escape=True, image="png", **more))
    return Document(
        title=_words(page.find(".//title")),
        locale=LOCALES[page.get("lang")],
        at=datetime.fromtimestamp(session.held_at, UTC),
        blocks=tuple(_blocks(page.find("body"))),
    )


def _blocks(parent: Element) -> Iterator[Block]:
    for element in parent:
        if element.tag in _READ:
            yield _READ[element.tag](element)
        else:  # a section, a region that scrolls, a quotation: what groups others
            yield from _blocks(element)


def _heading(element: Element) -> Heading:
    after_results = element.xpath("boolean(parent::section/preceding-sibling::*[1][@class='results'])")
    return Heading(int(element.tag[1]), _words(element), new_page=after_results)


def _paragraph(element: Element) -> Paragraph:
    return Paragraph(_words(element), quoted=element.getparent().tag == "blockquote")


def _bullets(element: Element) -> Bullets:
    return Bullets(_items(element))


def _items(element: Element) -> tuple[Item, ...]:
    return tuple(
        Item(
            _paragraphs(item.findall("p")) or (_words(item),),
            tuple(inner for bullets in item.findall("ul") for inner in _items(bullets)),
            named=item.find("p[@class='name']") is not None,
        )
        for item in element
    )


def _paragraphs(elements: list[Element]) -> tuple[str, ...]:
    """Their texts; who said it closes what was said, in brackets."""
    texts: list[str] = []
    for element in elements:
        if element.get("class") == "by":
            texts[-1] += f" ({_words(element)})"
        else:
            texts.append(_words(element))
    return tuple(texts)


def _table(element: Element) -> Table:
    headings = element.findall("thead/tr/th")
    return Table(
        caption="".join(map(_words, element.findall("caption"))),
        headings=tuple(map(_words, headings)),
        figures=tuple(cell.get("class") == "figure" for cell in headings),
        rows=tuple(tuple(map(_words, row)) for row in element.findall("tbody/tr")),
    )


def _picture(element: Element) -> Picture:
    image = element.find("img")
    _, encoded = image.get("src").split(",")
    inches = OVER_TIME if element.get("class") == "followed" else PLACED
    return Picture(base64.b64decode(encoded), image.get("alt"), _words(element.find("figcaption")), inches)


_READ: dict[str, Callable[[Element], Block]] = {
    "h1": _heading,
    "h2": _heading,
    "h3": _heading,
    "h4": _heading,
    "p": _paragraph,
    "ul": _bullets,
    "table": _table,
    "figure": _picture,
}


def _words(element: Element) -> str:
    """The text of an element as a reader sees it, a line for each break."""
    return _BREAKS.sub("\n", _BLANKS.sub(" ", "".join(_pieces(element)))).strip(" ")


def _pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from [_BREAK] if child.tag == "br" else _pieces(child)
        yield child.tail or ""
