"""What I do now: one sentence for my role, and for the facilitator the one filled button."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "now", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    shown = {
        "now/": draw(eye, "now", "now", session=session, following=session.following, scoring=_scoring(session)),
    }
    if session.looked_at and not session.ended:
        shown["together/"] = draw(eye, "now", "together", note=session.looked_at)
    return shown


def _scoring(session: Session) -> str:
    """In a step that is about the metrics, whether a round of scores is "open", or the last was "shown"; else ""."""
    if session.ended or session.step is None or "metrics" not in session.step.shows or not session.rounds:
        return ""
    if session.scored_before and not session.round:
        return ""  # that is not what the room talks about
    if session.round:
        # Nobody is sent to a round of which nothing stands.
        return "open" if any(session.round.takes(metric.id) for metric in session.notes_of("metric")) else ""
    return "shown" if session.rounds[-1].shown else ""
