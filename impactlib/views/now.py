"""What I do now: one sentence for my role, and for the facilitator the one filled button."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "now", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    steps = session.steps
    position = session.agenda.index(session.clock.step) if session.agenda and session.clock.step else -1
    following = steps[position + 1] if position + 1 < len(steps) else None
    return {"now/": draw(eye, "now", "now", session=session, following=following)}
