"""Prepare: where the team is before the hour, who prepares just now, and the way to the workshop."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.agenda import Role
from impactlib.domain.names import here
from impactlib.domain.session import Session
from impactlib.views import Eye, Pane, Part, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "prepare", "frame")


def _hour(session: Session, eye: Eye) -> Markup:
    return draw(eye, "prepare", "hour", session=session)


def _preparing(session: Session, eye: Eye) -> Markup:
    team = here(session, Role.CLIENT, Role.FACILITATOR)
    return draw(eye, "prepare", "preparing", people=[person for person in team if person.id in eye.present])


PANE = Pane(
    "prepare",
    frame,
    (
        Part("hour", lambda scene: (scene.session.ended, scene.session.step, scene.session.team), _hour),
        Part("preparing", lambda scene: (scene.session.people, scene.present), _preparing),
    ),
    "Where the team is before the hour, and the way to the workshop.",
)
