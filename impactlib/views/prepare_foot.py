"""The foot of *Prepare*: what was saved, and the dialog that edits a note."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "prepare", "foot")


def fragments(session: Session, eye: Eye) -> Fragments:
    return {}
