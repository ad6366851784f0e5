"""Where we are: the step track, each step as wide as its minutes, and the time left."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from impactlib import clock
from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "track", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    ahead = clock.forecast(session.clock, session.agenda, eye.now) if session.agenda else {}
    return {"track/": draw(eye, "track", "track", session=session, ahead=ahead, late=_taken(session, eye))}


def _taken(session: Session, eye: Eye) -> list[str]:
    """The titles of the steps from which the present overrun is being taken."""
    if session.agenda is None or session.clock.step is None or clock.remaining(session.clock, eye.now) >= 0:
        return []
    over = -clock.remaining(session.clock, eye.now)
    on_time = replace(session.clock, ends=session.clock.ends + over)
    before = clock.forecast(on_time, session.agenda, eye.now)
    after = clock.forecast(session.clock, session.agenda, eye.now)
    return [step.title[eye.lang] for step in session.steps if after.get(step.id, 0) < before.get(step.id, 0) - 1]
