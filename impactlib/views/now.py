"""The pane *now*: one sentence for each role, and for the facilitator the one filled button."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.moments import SHARES, moment
from impactlib.domain.session import Session
from impactlib.domain.standing import finished, voters
from impactlib.views import Eye, Pane, Part, Reads, Scene, draw, of_kind
from impactlib.views.metrics import suggested


def frame(eye: Eye) -> Markup:
    return draw(eye, "now", "frame")


def _now(session: Session, eye: Eye) -> Markup:
    round = session.round
    scored = (len(finished(session, round)), len(voters(session))) if round else None
    return draw(
        eye,
        "now",
        "now",
        session=session,
        following=session.following,
        moment=moment(session),
        scored=scored,
        to_score=suggested(session),
    )


def _moments(session: Session, eye: Eye) -> Markup | None:
    """The moments of this step, each with the minutes that are suggested for it."""
    current, step = moment(session), session.step
    if current is None or step is None:
        return None
    minutes = {name: step.minutes * share for name, share in SHARES.items()}
    return draw(eye, "now", "moments", current=current, minutes=minutes)


def _together(session: Session, eye: Eye) -> Markup | None:
    if session.looked_at is None or session.ended:
        return None
    return draw(eye, "now", "together", note=session.looked_at)


def _reads(scene: Scene) -> Reads:
    session = scene.session
    round, metrics = session.round, of_kind(session, "metric") if moment(session) else ()
    return session.clock, session.agenda, session.listening, moment(session), round, session.people, metrics


PANE = Pane(
    "now",
    frame,
    (
        Part("now", _reads, _now),
        Part("moments", lambda scene: (moment(scene.session), scene.session.step), _moments),
        Part("together", lambda scene: (scene.session.looked_at, scene.session.ended), _together),
    ),
    "What my role does now.",
    replayed=True,
)
