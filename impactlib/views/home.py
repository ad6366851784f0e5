"""Home: three doors. Facilitate, prepare, replay."""

from __future__ import annotations

from markupsafe import Markup

from impactlib import agendas
from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw


def frame(eye: Eye) -> Markup:
    known = [agendas.load(name) for name in agendas.names()]
    return draw(eye, "home", "frame", agendas=known)


def fragments(session: Session | None, eye: Eye) -> Fragments:
    return {}
