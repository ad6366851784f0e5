"""Prepare: where the team is before the hour, who prepares just now, and the way to the workshop."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.agenda import Role
from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "prepare", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    team = [person for role in (Role.CLIENT, Role.FACILITATOR) for person in session.here(role)]
    preparing = [person for person in team if person.id in eye.present]
    return {
        "hour/": draw(eye, "prepare", "hour", session=session),
        "preparing/": draw(eye, "prepare", "preparing", people=preparing),
    }
