"""The files of a session, in a notebook: their bytes go through the widget that was asked."""

from __future__ import annotations

from typing import Any, Protocol

from impactlib import export
from impactlib.domain import redaction
from impactlib.domain.file_names import TYPES, file_name
from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_
from impactlib.rooms.live import Live
from impactlib.views.render import environment, say

NOT_MADE = N_("This file cannot be made yet: %(why)s")


class Widget(Protocol):
    """What sends messages to its page."""

    def send(self, content: Any, buffers: list[bytes] | None = None) -> None: ...


def give(widget: Widget, live: Live, name: str) -> None:
    """Send a file, known by the name that it has at a room's address, such as ``summary.docx``.

    Messages out: ``{"file": name, "type": media type}`` with the bytes beside it, or ``{"refused": words}``.
    """
    lang = live.eye.lang
    what, _, form = name.partition(".")
    try:
        kind, content = TYPES[form], _made(live, what, form, lang)
    except (export.ExportError, KeyError) as error:
        refusal = Refusal(NOT_MADE, why=str(error))
        widget.send({"refused": say(refusal, lang)})
    else:
        widget.send({"file": file_name(live.session, what, form, lang), "type": kind}, buffers=[content])


def _made(live: Live, what: str, form: str, lang: str) -> bytes:
    views, file = environment(lang), live.to_file()
    if what == "shared":
        return export.render(export.shared(file, views, ()), "session", form, views)
    if what == "session":
        file = redaction.shown(file)
    return export.render(file, what, form, views)
