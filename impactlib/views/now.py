"""The pane *now*: one sentence for each role, and for the facilitator the one filled button."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain import clock
from impactlib.domain.lead import offering
from impactlib.domain.moments import SHARES, Moment, chooses, moment, to_choose, to_hear
from impactlib.domain.once import once
from impactlib.domain.session import Session
from impactlib.domain.standing import finished, voters
from impactlib.views import Eye, Pane, Part, Reads, Scene, draw
from impactlib.views.metrics import suggested


def frame(eye: Eye) -> Markup:
    return draw(eye, "now", "frame")


def _now(session: Session, eye: Eye) -> Markup:
    current, scored, to_score = _scoring(session)
    return draw(
        eye,
        "now",
        "now",
        session=session,
        following=session.following,
        moment=current,
        scored=scored,
        to_score=to_score,
        to_hear=to_hear(session),
        to_choose=to_choose(session),
        chooses=chooses(session),
        can_keep_end=_can_keep_end(session, eye.now),
    )


def _can_keep_end(session: Session, now: float) -> bool:
    return session.agenda is not None and clock.can_keep_end(session.clock, session.agenda, now)


@once
def _scoring(session: Session) -> tuple[Moment | None, tuple[int, int] | None, tuple[str, ...]]:
    """The moment, how many have finished of how many in its open round, and the metrics of the round that is next."""
    current, round = moment(session), session.round
    scored = (len(finished(session, round)), len(voters(session))) if round and current == Moment.SCORE else None
    return current, scored, tuple(suggested(session)) if current == Moment.ADVISE and not round else ()


def _moments(session: Session, eye: Eye) -> Markup | None:
    """The moments of this step, each with the minutes that are suggested for it."""
    current, step = moment(session), session.step
    if current is None or step is None:
        return None
    minutes = {name: step.minutes * share for name, share in SHARES.items()}
    return draw(eye, "now", "moments", current=current, minutes=minutes, chooses=chooses(session))


def _together(session: Session, eye: Eye) -> Markup | None:
    if session.looked_at is None or session.ended:
        return None
    return draw(eye, "now", "together", note=session.looked_at)


def _unled(session: Session, eye: Eye) -> Markup | None:
    return draw(eye, "now", "unled", offering=offering(session)) if eye.unled else None


def _reads(scene: Scene) -> Reads:
    session = scene.session
    round = session.round.id if session.round else ""
    keepable = _can_keep_end(session, scene.now)
    next_gesture = (*_scoring(session), to_hear(session), to_choose(session), chooses(session))
    return session.clock, session.agenda, session.listening, round, *next_gesture, keepable


PANE = Pane(
    "now",
    frame,
    (
        Part("now", _reads, _now),
        Part(
            "moments",
            lambda scene: (moment(scene.session), chooses(scene.session), scene.session.step),
            _moments,
        ),
        Part("unled", lambda scene: (scene.unled, scene.unled and scene.session.people, scene.session.offers), _unled),
        Part("together", lambda scene: (scene.session.looked_at, scene.session.ended), _together),
    ),
    "What my role does now.",
    replayed=True,
)
