"""The foot of *Prepare*: what was saved, and the dialog that edits a note."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.views import Eye, Pane, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "prepare", "foot")


PANE = Pane("prepare_foot", frame, (), "The foot of a page where a team prepares: what was saved.")
