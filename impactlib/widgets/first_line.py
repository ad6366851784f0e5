"""The first line of a notebook: where its session is kept, that one is alone, and how to open a live room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from impactlib.domain.refusal import Refusal
from impactlib.domain.session_file import read
from impactlib.domain.text import inline
from impactlib.paths import SCRIPTS
from impactlib.rooms.live import Live
from impactlib.storage.kept_file import Compose
from impactlib.views import draw
from impactlib.views.catalogue import words_json
from impactlib.views.render import say, translation
from impactlib.widgets.files import give
from impactlib.widgets.style import style_sheet


class FirstLine(anywidget.AnyWidget):
    """Messages in: ``{"keep": true}``, ``{"bring": name}`` with the bytes of a session notebook beside it, and those of
    `widgets.files`; messages out: ``{"said": words}``, ``{"refused": words}``, a file."""

    _esm = (SCRIPTS / "first_line.js").read_text(encoding="utf-8")
    _css = style_sheet()
    html = traitlets.Unicode().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    lang = traitlets.Unicode("fr").tag(sync=True)
    kept = traitlets.Bool().tag(sync=True)

    def __init__(self, live: Live, compose: Compose, name: str) -> None:
        lang = live.eye.lang
        super().__init__(words=words_json(lang, "first_line"), lang=lang)
        self._live, self._compose, self._name = live, compose, name
        self._draw()
        self.on_msg(self._heard)

    def _repr_mimebundle_(self, **named: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget, and beside it whose session this is, for a viewer that has no kernel."""
        bundle = super()._repr_mimebundle_(**named)
        if bundle is None:
            return None
        team = self._live.session.team
        return {**bundle[0], "text/html": f"<p><strong>{inline(team)}</strong></p>", "text/plain": team}, bundle[1]

    def _draw(self) -> None:
        kept = self._live.kept
        self.kept = kept is not None
        file = kept.path.name if kept else ""
        self.html = str(draw(self._live.eye, "first_line", "line", file=file, writable=kept is None or kept.writable))

    def _heard(self, _: Any, message: dict[str, Any], buffers: list[Any]) -> None:
        try:
            if message.get("keep"):
                self._keep()
            elif message.get("bring") and buffers:
                self._bring(bytes(buffers[0]))
            elif isinstance(message.get("file"), str):
                give(self, self._live, message["file"])
        except Refusal as refusal:
            self.send({"refused": say(refusal, self.lang)})

    def _keep(self) -> None:
        if self._live.kept is None:
            self._live.keep(_free(Path.cwd(), self._name), self._compose)
            self._draw()

    def _bring(self, content: bytes) -> None:
        added = self._live.bring(read(content))
        ngettext = translation(self.lang).ngettext
        said = ngettext("%(num)s entry was new.", "%(num)s entries were new.", added) % {"num": added}
        self.send({"said": said})


def _free(folder: Path, name: str) -> Path:
    """A file that is not there yet: that name, else with a number."""
    path, number = folder / name, 2
    while path.exists():
        path = (folder / name).with_stem(f"{Path(name).stem}-{number}")
        number += 1
    return path
