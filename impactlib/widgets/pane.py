"""The pane: the one widget of the kit.

Its frame is a trait; its fragments are not, so that people's words are never part of a widget's state.
`pane.js`, in JupyterLab or in Voilà's own pages, asks for them, then receives patches.
"""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from impactlib.domain.refusal import Refusal
from impactlib.domain.sheets.again import origin
from impactlib.domain.spreadsheet import SIZE
from impactlib.paths import ASSETS, SCRIPTS
from impactlib.rooms import figures_brought
from impactlib.rooms.bringing import TOO_LARGE, read_sheet, told
from impactlib.rooms.fragments import Patch
from impactlib.rooms.live import Live
from impactlib.views.catalogue import words_json
from impactlib.views.parts import Pane as Shown
from impactlib.views.render import say
from impactlib.widgets.files import give, names
from impactlib.widgets.plain import plain
from impactlib.widgets.values import value

NOTHING = "<!-- -->"
"""What a viewer without a kernel shows of a pane that shows nothing."""


class Pane(anywidget.AnyWidget):
    """A view of a session.

    Messages out: ``{"whole": fragments}``, ``{"patch": fragments}``, ``{"answer": ...}``, ``{"brought": ...}``,
    ``{"names": ...}``. Messages in: ``{"ask": "whole"}``, ``{"ask": "names"}``, ``{"gesture": {...}}``,
    ``{"bring": {...}}`` with the bytes of a team's file beside it, and those of `widgets.files`.
    """

    _esm = (SCRIPTS / "pane.js").read_text(encoding="utf-8")
    _css = (ASSETS / "impact.css").read_text(encoding="utf-8")
    frame = traitlets.Unicode().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    lang = traitlets.Unicode("fr").tag(sync=True)
    section = traitlets.Unicode().tag(sync=True)
    me = traitlets.Unicode().tag(sync=True)
    kept = traitlets.Bool().tag(sync=True)
    value = traitlets.Dict(read_only=True)
    """What it shows, as plain data (`widgets.values`): read it, or observe it. It stays in the kernel."""

    def __init__(self, live: Live, frame: str, shown: Shown | None = None, section: str = "") -> None:
        lang = live.eye.lang
        traits = {"frame": frame, "words": words_json(lang, "pane"), "lang": lang, "section": section, "me": live.me}
        super().__init__(**traits, kept=bool(live.kept))
        self._live, self._shown = live, shown
        self._tell()
        self.on_msg(self._heard)

    def _repr_mimebundle_(self, **named: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget, and beside it what it shows, for a viewer that has no kernel."""
        bundle = super()._repr_mimebundle_(**named)
        if bundle is None:
            return None
        said = plain(self._shown, self._live.scene(), self.lang, self._live.to_file()) if self._shown else ""
        # Else a viewer would show the widget's traits, its scripts included.
        return {
            **bundle[0],
            "text/html": said or NOTHING,
            "text/plain": self._shown.name if self._shown else "",
        }, bundle[1]

    def patch(self, changes: Patch) -> None:
        """Send the changes to the page that shows this pane."""
        self.kept = bool(self._live.kept)
        self.send({"patch": changes})
        self._tell()

    def _tell(self) -> None:
        if self._shown:
            self.set_trait("value", value(self._shown.name, self._live.scene().session))

    def _heard(self, _: Any, message: dict[str, Any], buffers: list[Any]) -> None:
        if message.get("ask") == "whole":
            eye = self._live.eye
            self.send({"whole": self._live.fragments(self), "frame": self.frame, "now": eye.now, "speed": eye.speed})
        elif isinstance(message.get("gesture"), dict):
            self.send({"answer": self._live.ask(message["gesture"])})
        elif isinstance(message.get("file"), str):
            give(self, self._live, message["file"], message.get("names"))
        elif message.get("ask") == "names":
            self.send({"names": names(self._live)})
        elif isinstance(message.get("bring"), dict) and buffers:
            self.send({"brought": self._brought(message["bring"], bytes(buffers[0]))})

    def _brought(self, asked: dict[str, Any], content: bytes) -> dict[str, Any]:
        try:
            if len(content) > SIZE:
                raise Refusal(TOO_LARGE, code="file")
            if self._shown is not None and self._shown.name == "readings":
                table = figures_brought.read_table(content, str(asked.get("sheet", "")), bool(asked.get("pasted")))
                source = origin(str(asked.get("name", "")), table.chosen)
                return figures_brought.told(table, self._live.bring_figures(table, source), self.lang)
            sheet = read_sheet(content, str(asked.get("sheet", "")), bool(asked.get("pasted")))
            source = origin(str(asked.get("name", "")), sheet.chosen)
            return told(sheet, self._live.draft(sheet, source), self.lang)
        except Refusal as refusal:
            return {"refused": say(refusal, self.lang)}
