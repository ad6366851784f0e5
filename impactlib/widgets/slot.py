"""A pane's place in a layout: what a notebook shows of a pane when the server runs it, once, without a session."""

from __future__ import annotations

from typing import Any

SLOT = "application/vnd.impact.slot+json"


class SlotDisplay:
    """Shows as a slot; Voilà's template puts a mark in its place."""

    def __init__(self, pane: str, in_steps: bool = False) -> None:
        self.pane, self.in_steps = pane, in_steps

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {SLOT: {"pane": self.pane, "in_steps": self.in_steps}, "text/plain": self.pane}
