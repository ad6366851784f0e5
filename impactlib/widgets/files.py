"""The files of a session, in a notebook: their bytes go through the widget that was asked."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from impactlib import export
from impactlib.domain import redaction
from impactlib.domain.file_names import TYPES, file_name
from impactlib.domain.mentions import Choice
from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_
from impactlib.rooms.live import Live
from impactlib.views.render import environment, say

NOT_MADE = N_("This file cannot be made yet: %(why)s")


class Widget(Protocol):
    """What sends messages to its page."""

    def send(self, content: Any, buffers: list[bytes] | None = None) -> None: ...


def give(widget: Widget, live: Live, name: str, asked: dict[str, Any] | None = None) -> None:
    """Send a file, known by the name that it has at a room's address, such as ``summary.docx``.

    `asked` is what was decided of the names in one that is shared. Messages out: ``{"file": name, "type": media type}``
    with the bytes beside it, or ``{"refused": words}``.
    """
    lang = live.eye.lang
    what, _, form = name.partition(".")
    try:
        kind, content = TYPES[form], _made(live, what, form, lang, asked or {})
    except (export.ExportError, KeyError, ValueError) as error:
        refusal = Refusal(NOT_MADE, why=str(error))
        widget.send({"refused": say(refusal, lang)})
    else:
        widget.send({"file": file_name(live.session, what, form, lang), "type": kind}, buffers=[content])


def names(live: Live) -> list[dict[str, Any]]:
    """Where names stand in the session, as the file of names lists them: the answer to ``{"ask": "names"}``."""
    made = export.render(live.to_file(), "names", "json", environment(live.eye.lang))
    listed: list[dict[str, Any]] = msgspec.json.decode(made)["names"]
    return listed


def _made(live: Live, what: str, form: str, lang: str, asked: dict[str, Any]) -> bytes:
    views, file = environment(lang), live.to_file()
    if what == "shared":
        names = Choice.of(asked)
        return export.render(export.shared(file, views, names=names), "session", form, views)
    if what == "session":
        file = redaction.shown(file)
    return export.render(file, what, form, views)
