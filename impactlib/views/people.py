"""Who is here, by role, connected or not. The facilitator can correct somebody, or show them out.

Whoever prepares has the way there, where the agenda leaves anything to prepare.
"""

from __future__ import annotations

from markupsafe import Markup

from impactlib.agenda import Role
from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "people", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    groups = [(role, session.here(role)) for role in Role]
    out = [person for person in session.people.values() if person.out] if eye.facilitates else []
    shown = {"people/": draw(eye, "people", "people", groups=groups, out=out)}
    if eye.writes("hypothesis") and session.agenda is not None and session.agenda.prepares:
        shown["preparation/"] = draw(eye, "people", "preparation")
    return shown
