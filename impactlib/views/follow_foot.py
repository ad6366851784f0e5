"""The foot of *Your figures*: what was saved."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.views import Eye, Pane, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "readings", "foot")


PANE = Pane("follow_foot", frame, (), "The foot of a page where a team follows its figures: what was saved.")
