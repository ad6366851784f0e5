"""Who is here, by role, connected or not. The facilitator can correct somebody, or show them out.

People who prepare have a link to *Prepare*, if the agenda leaves anything to prepare.
"""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.agenda import Role
from impactlib.domain.session import Session
from impactlib.views import Eye, Pane, Part, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "people", "frame")


def _people(session: Session, eye: Eye) -> Markup:
    groups = [(role, session.here(role)) for role in Role]
    out = [person for person in session.people.values() if person.out] if eye.facilitates else []
    return draw(eye, "people", "people", groups=groups, out=out)


def _preparation(session: Session, eye: Eye) -> Markup | None:
    if not eye.writes("hypothesis") or session.agenda is None or not session.agenda.prepares:
        return None
    return draw(eye, "people", "preparation")


PANE = Pane(
    "people",
    frame,
    (
        Part("people", lambda scene: (scene.session.people, scene.present), _people),
        Part("preparation", lambda scene: (scene.session.agenda,), _preparation),
    ),
    "Who is in the room.",
    replayed=True,
)
