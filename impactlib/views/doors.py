"""Home: three doors. Facilitate, prepare, replay."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain import agenda_files
from impactlib.views import Eye, Pane, draw


def frame(eye: Eye) -> Markup:
    known = [agenda_files.load(name) for name in agenda_files.names()]
    return draw(eye, "doors", "frame", agendas=known)


PANE = Pane("doors", frame, (), "The home page: facilitate, prepare, replay.")
