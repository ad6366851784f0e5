"""A pane read without the kit: what it shows as HTML alone, for a viewer that runs nothing.

An executed notebook keeps this beside each widget. It is what an observer sees: no control, no script, no style;
people's words are escaped, as in every page.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace

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
    {"p", "ul", "ol", "li", "dl", "dt", "dd", "h2", "h3", "h4", "h5", "blockquote", "br", "q", "section", "article"}
    | {"strong", "b", "em", "i", "small", "bdi", "del", "ins", "figure", "figcaption", "details", "summary", "footer"}
    | {"table", "caption", "thead", "tbody", "tr", "th", "td"}
)
"""Elements that stay, without their attributes; of others only what they hold, and of `DROPPED` nothing."""
DROPPED = frozenset(
    {"svg", "form", "button", "input", "textarea", "select", "dialog", "template", "script", "style", "nav", "label"}
)
_UNREAD = frozenset({"sr", "empty", "tools", "menu", "room-only", "lived-only"})
"""Classes of what is only for a page: words for screen readers, controls, what stands where nothing is yet."""
_APART = frozenset({"small", "span", "div"})
"""Elements that a page's style sets apart from the words that follow."""
_LETTER = re.compile(r"\w")
PICTURED = frozenset({"metrics", "summary"})
"""The panes that have the picture of the metrics."""


def plain(pane: Pane, scene: Scene, lang: str, file: SessionFile) -> str:
    """What a pane shows, as HTML with neither attributes nor scripts; "" where it shows nothing."""
    # Who is connected is not worth keeping.
    here = replace(scene, present=frozenset(scene.session.people))
    eye = here.seen_by(Eye(Role.OBSERVER, lang))
    page = place(str(pane.frame(eye)), {id: str(part) for id, part in pane.fragments(here.session, eye).items()})
    read = html.fragment_fromstring(page, create_parent="section")
    said = "".join(_read(read)).strip()
    return said and f"{_picture(pane, file, lang)}<section>{said}</section>"


def _read(element: HtmlElement) -> Iterator[str]:
    """What stays of what an element holds."""
    yield str(escape(element.text or ""))
    for child in element:
        if isinstance(child.tag, str) and not _is_left_out(child):
            inside = "".join(_read(child))
            if child.tag == "br":
                yield "<br>"
            elif child.tag in KEPT and inside.strip():
                yield f"<{child.tag}>{inside}</{child.tag}>"
            else:
                yield inside
            if child.tag in _APART and _LETTER.match(child.tail or "x"):
                yield " "
        yield str(escape(child.tail or ""))


def _is_left_out(element: HtmlElement) -> bool:
    classes = set((element.get("class") or "").split())
    return element.tag in DROPPED or element.get("hidden") is not None or not classes.isdisjoint(_UNREAD)


def _picture(pane: Pane, file: SessionFile, lang: str) -> str:
    """The picture of the metrics; "" for another pane, or before scores are shown."""
    if pane.name not in PICTURED:
        return ""
    try:
        image = export.render(file, "picture", "png", environment(lang))
    except export.ExportError:
        return ""
    alt = escape(translation(lang).gettext("Value and ease of the metrics"))
    return f'<img alt="{alt}" width="480" src="data:image/png;base64,{base64.b64encode(image).decode()}">'
