"""The foot of the page: what was saved, the facilitator's clock, and the dialogs that every pane uses."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.clock import forecast, slack
from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "controls", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    if not eye.facilitates:
        return {}
    withdrawn = [note for note in session.notes.values() if note.withdrawn]
    before, following = session.preceding, session.following
    return {
        "clock/": draw(eye, "controls", "clock", session=session, before=before, following=following),
        "adjust/": _adjust(session, eye),
        "withdrawn/": draw(eye, "controls", "withdrawn", items=signed(session, withdrawn)),
    }


def _adjust(session: Session, eye: Eye) -> Markup:
    """The current step and those to come, with what each can count on, and what is free or missing."""
    agenda, clock = session.agenda, session.clock
    if agenda is None or session.ended:
        return Markup()
    position = agenda.index(clock.step) if clock.step else 0
    return draw(
        eye,
        "controls",
        "adjust",
        session=session,
        steps=agenda.steps[position:],
        counted=forecast(clock, agenda, eye.now),
        free=slack(clock, agenda, eye.now),
    )
