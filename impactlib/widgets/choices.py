"""Choices beside what they draw: ipywidgets that wrap on a narrow page, and what a viewer without a kernel reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ipywidgets import Box, Layout

_WORDS = {"description_width": "initial"}


def control(kind: type[Any], description: str, **named: Any) -> Any:
    """A widget with its whole description; one that is dragged takes the width that it needs."""
    wide = "min(100%, 420px)" if "continuous_update" in named else "auto"
    layout = Layout(width=wide, max_width="100%")
    return kind(description=description, style=_WORDS, layout=layout, **named)


def row_of(*controls: Any) -> Box:
    """Widgets side by side, as far as there is room."""
    return Box(controls, layout=Layout(display="flex", flex_flow="row wrap", align_items="center", gap="8px 24px"))


def with_words(bundle: Mapping[str, Any] | None, html: str, text: str) -> dict[str, Any]:
    """What a notebook keeps of a widget, with what it shows, for a viewer that has no kernel."""
    return {**(bundle or {}), "text/html": html, "text/plain": text}
