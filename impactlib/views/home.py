"""Home: three doors. Facilitate, prepare, replay."""

from __future__ import annotations

from markupsafe import Markup

from impactlib import agenda
from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw


def frame(eye: Eye) -> Markup:
    agendas = [agenda.load(name) for name in agenda.names()]
    return draw(eye, "home", "frame", agendas=agendas)


def fragments(session: Session | None, eye: Eye) -> Fragments:
    return {}
