"""What a notebook shows when the server runs it, once, without a session: a pane's place in a layout, or what is drawn
once for all."""

from __future__ import annotations

from typing import Any

SLOT = "application/vnd.impact.slot+json"
DRAWN = "application/vnd.impact.drawn+json"


class SlotDisplay:
    """Shows as a slot; Voilà's template puts a mark in its place."""

    def __init__(self, pane: str, in_steps: bool = False) -> None:
        self.pane, self.in_steps = pane, in_steps

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {SLOT: {"pane": self.pane, "in_steps": self.in_steps}, "text/plain": self.pane}


class DrawnOnce:
    """Shows as it is, the same for everybody."""

    def __init__(self, html: str) -> None:
        self.html = html

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {DRAWN: {"html": self.html}, "text/plain": ""}
