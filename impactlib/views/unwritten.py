"""The facilitator's private aids, opened apart: the whole script, who is missing, and who has not written yet.

The kit hears nobody: somebody who has not written may have spoken a lot.
"""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.agenda import Role
from impactlib.domain.names import here
from impactlib.domain.once import once
from impactlib.domain.session import Session
from impactlib.views import Eye, Pane, Part, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "unwritten", "frame")


def _unwritten(session: Session, eye: Eye) -> Markup:
    wrote = _wrote(session)
    people = here(session, Role.CLIENT, Role.CONSULTANT)
    away = [person for person in people if person.id not in eye.present]
    waiting = [person for person in people if person.id not in wrote]
    return draw(eye, "unwritten", "unwritten", away=away, waiting=waiting)


@once
def _wrote(session: Session) -> frozenset[str]:
    """The ids of the people who wrote or said something."""
    return frozenset(id for note in session.notes.values() for id in (note.by, note.speaker))


PANE = Pane(
    "unwritten",
    frame,
    (Part("unwritten", lambda scene: (_wrote(scene.session), scene.session.people, scene.present), _unwritten),),
    "On request: who is missing, and who has not written yet.",
)
