"""The pane *now*: one sentence for each role, and for the facilitator the one filled button."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.session import Session
from impactlib.views import Eye, Pane, Part, Reads, Scene, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "now", "frame")


def _now(session: Session, eye: Eye) -> Markup:
    return draw(eye, "now", "now", session=session, following=session.following, scoring=scoring(session))


def _together(session: Session, eye: Eye) -> Markup | None:
    if session.looked_at is None or session.ended:
        return None
    return draw(eye, "now", "together", note=session.looked_at)


def scoring(session: Session) -> str:
    """In a step that is about the metrics, whether a round of scores is "open", or the last was "shown"; else ""."""
    if session.ended or session.step is None or "metrics" not in session.step.shows or not session.rounds:
        return ""
    if session.scored_before and not session.round:
        return ""  # the room does not talk about these scores
    if session.round:
        # Do not announce a round whose metrics were all withdrawn.
        return "open" if any(session.round.takes(metric.id) for metric in session.notes_of("metric")) else ""
    return "shown" if session.rounds[-1].shown else ""


def _reads(scene: Scene) -> Reads:
    session = scene.session
    open_round = session.round.id if session.round else ""
    return session.clock, session.agenda, session.listening, scoring(session), open_round


PANE = Pane(
    "now",
    frame,
    (
        Part("now", _reads, _now),
        Part("together", lambda scene: (scene.session.looked_at, scene.session.ended), _together),
    ),
    "What my role does now.",
    replayed=True,
)
