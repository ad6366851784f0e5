"""Home: three doors. Facilitate, prepare, replay."""

from __future__ import annotations

from markupsafe import Markup

from impactlib import agendas
from impactlib.views import Eye, Pane, draw


def frame(eye: Eye) -> Markup:
    known = [agendas.load(name) for name in agendas.names()]
    return draw(eye, "home", "frame", agendas=known)


PANE = Pane("doors", frame, (), "The home page: facilitate, prepare, replay.")
