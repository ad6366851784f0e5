"""A pane read without the kit: what it shows as HTML alone, for a viewer that runs nothing.

An executed notebook keeps this beside each widget. It is what an observer sees: no control, no script, no style;
people's words are escaped, as in every page.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import html
from lxml.html import HtmlElement
from markupsafe import escape

from impactlib import export
from impactlib.domain.agenda import Role
from impactlib.domain.session_file import SessionFile
from impactlib.rooms.fragments import place
from impactlib.views.parts import Eye, Pane, Scene
from impactlib.views.render import environment, translation

KEPT = frozenset(
    {"p", "ul", "ol", "li", "h2", "h3", "h4", "h5", "blockquote", "br", "q", "section", "article", "details", "summary"}
    | {"strong", "b", "em", "i", "small", "bdi", "del", "ins", "figure", "figcaption", "footer"}
    | {"table", "caption", "thead", "tbody", "tr", "th", "td"}
)
"""Elements that stay, without their attributes; of others only what they hold, and of `DROPPED` nothing."""
DROPPED = frozenset(
    {"svg", "form", "button", "input", "textarea", "select", "dialog", "template", "script", "style", "nav", "label"}
)
MOMENTARY = frozenset({"now"})
"""Panes that say what to do at this moment, which is over once a notebook is read."""
_UNREAD = frozenset(
    {"sr", "empty", "aids", "if-kept", "tools", "menu", "room-only", "lived-only", "place", "candidate"}
)
"""Classes of what is only for a page: words for screen readers, helps and examples, the promise that what one writes is
kept (which a rehearsal's page hides), controls, what stands where nothing is yet, the number of an item of a numbered
list, what one may choose."""
_APART = frozenset({"small", "span", "div"})
"""Elements that a page's style sets apart from the words that follow."""
_CLOSED = frozenset({"fold", "roster"})
"""Classes of folds that are rarely read: the others are open."""
_LETTER = re.compile(r"\w")
_SAID = re.compile(r"[^\s—·:(]\s*\Z")
"""Words that no sign sets apart from what follows."""
_BLOCKS = ("</p>", "</ul>", "</ol>", "</blockquote>", "</details>", "</table>")
"""What a label that follows begins a line after."""
_HEADING = re.compile(r"</?h\d>")
_HEADING_ALONE = re.compile(r"\s*<h\d>((?!<h\d>).)*</h\d>\s*", re.DOTALL)


def plain(pane: Pane, scene: Scene, lang: str, file: SessionFile) -> str:
    """What a pane shows, as HTML with nothing that runs; "" where it shows nothing. A chart is the summary's."""
    if pane.name in MOMENTARY:
        return ""
    # Who is connected is not worth keeping.
    here = replace(scene, present=frozenset(scene.session.people))
    eye = here.seen_by(Eye(Role.OBSERVER, lang))
    page = place(str(pane.frame(eye)), {id: str(part) for id, part in pane.fragments(here.session, eye).items()})
    read = html.fragment_fromstring(page, create_parent="section")
    reader = _Reader(lang, file)
    said = "".join(reader.read(read)).strip()
    explained = "".join(reader.inside(terms) for terms in read.find_class("terms")).strip()
    # What explains its words is beside what a pane shows.
    return "" if said == explained else f"<section>{said}</section>"


@dataclass(frozen=True)
class _Reader:
    """Reads a page's elements."""

    lang: str
    file: SessionFile

    def read(self, element: HtmlElement) -> Iterator[str]:
        """What stays of what an element holds."""
        before = str(escape(element.text or ""))
        yield before
        tagged = False
        for child in element:
            classes = _classes(child)
            inside = self.inside(child)
            tag = "tag" in classes
            apart = before.rstrip().endswith(_BLOCKS)
            if inside.strip() and (tag or tagged) and _SAID.search(before) and not apart:
                yield "· "  # a page's style makes a label of it
            tagged = tag if inside.strip() else tagged
            yield inside
            if child.tag in _APART and _LETTER.match(child.tail or "x"):
                yield " "
            tail = str(escape(child.tail or ""))
            yield tail
            before += inside + tail

    def inside(self, child: HtmlElement) -> str:
        """What stays of an element, itself included."""
        classes = _classes(child)
        if child.get("data-spots") or (child.tag == "svg" and "chart" in classes):
            return self._picture()
        if _is_left_out(child, classes):
            return ""
        if child.tag == "br":
            return "<br>"
        if child.tag == "dl":
            return f"<ul>{''.join(self._defined(child))}</ul>"
        inside = "".join(self.read(child))
        match child.tag:
            case "div" | "section" if _HEADING_ALONE.fullmatch(inside):
                return ""  # nothing stands under it
            case "summary":
                return f"<summary>{_HEADING.sub('', inside)}</summary>"
            case "details":
                nothing = inside.strip().endswith("</summary>")
                return "" if nothing else f"<details{'' if classes & _CLOSED else ' open'}>{inside}</details>"
            case tag if tag in KEPT and inside.strip():
                return f"<{tag}>{inside}</{tag}>"
        return inside

    def _defined(self, terms: HtmlElement) -> Iterator[str]:
        """A list of terms, each before what is said of it."""
        label = translation(self.lang).gettext("%(label)s: %(content)s")
        said: list[tuple[str, list[str]]] = []
        for each in terms.iter("dt", "dd"):
            inside = "".join(self.read(each)).strip()
            if each.tag == "dt":
                said.append((inside, []))
            elif said:
                said[-1][1].append(inside)
        for name, values in said:
            several = f"<ul>{''.join(f'<li>{value}</li>' for value in values)}</ul>"
            content = several if len(values) > 1 else "".join(values)
            yield f"<li>{label % {'label': f'<strong>{name}</strong>', 'content': content}}</li>"

    def _picture(self) -> str:
        """The picture of the metrics; "" before scores are shown."""
        try:
            image = export.render(self.file, "picture", "png", environment(self.lang))
        except export.ExportError:
            return ""
        alt = escape(translation(self.lang).gettext("Value and ease of the metrics"))
        source = f"data:image/png;base64,{base64.b64encode(image).decode()}"
        return f'<p><img alt="{alt}" width="480" src="{source}"></p>'


def _classes(element: HtmlElement) -> set[str]:
    return set((element.get("class") or "").split())


def _is_left_out(element: HtmlElement, classes: set[str]) -> bool:
    dropped = not isinstance(element.tag, str) or element.tag in DROPPED
    return dropped or element.get("hidden") is not None or not classes.isdisjoint(_UNREAD)
