"""Where we are: the step track, each step as wide as its minutes, and the time left."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from impactlib.domain import clock
from impactlib.domain.agenda import Step
from impactlib.domain.session import Session
from impactlib.views import Eye, Pane, Part, Reads, Scene, draw
from impactlib.views.render import minutes


def frame(eye: Eye) -> Markup:
    return draw(eye, "track", "frame")


def _track(session: Session, eye: Eye) -> Markup:
    ahead = _ahead(session, eye.now)
    late = [step.title[eye.lang] for step in _taken(session, eye.now)]
    return draw(eye, "track", "track", session=session, ahead=ahead, late=late)


def _ahead(session: Session, now: float) -> dict[str, float]:
    """Seconds that each step still to come can count on."""
    return clock.forecast(session.clock, session.agenda, now) if session.agenda else {}


def _taken(session: Session, now: float) -> list[Step]:
    """The steps from which the present overrun is being taken."""
    if session.agenda is None or session.clock.step is None or clock.remaining(session.clock, now) >= 0:
        return []
    over = -clock.remaining(session.clock, now)
    on_time = replace(session.clock, ends=session.clock.ends + over)
    before = clock.forecast(on_time, session.agenda, now)
    after = clock.forecast(session.clock, session.agenda, now)
    return [step for step in session.steps if after.get(step.id, 0) < before.get(step.id, 0) - 1]


def _reads(scene: Scene) -> Reads:
    session = scene.session
    ahead = {id: minutes(seconds) for id, seconds in _ahead(session, scene.now).items()}
    return session.clock, session.agenda, session.team, ahead, _taken(session, scene.now)


PANE = Pane("track", frame, (Part("track", _reads, _track),), "The step track and the time left.", replayed=True)
