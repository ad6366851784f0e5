"""The foot of the page: what was saved, the facilitator's clock, and the dialogs that every pane uses."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "controls", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    if not eye.facilitates:
        return {}
    withdrawn = [note for note in session.notes.values() if note.withdrawn]
    steps = session.steps
    position = session.agenda.index(session.clock.step) if session.agenda and session.clock.step else -1
    before = steps[position - 1] if position > 0 else None
    following = steps[position + 1] if 0 <= position < len(steps) - 1 else None
    return {
        "clock/": draw(eye, "controls", "clock", session=session, before=before, following=following),
        "withdrawn/": draw(eye, "controls", "withdrawn", items=signed(session, withdrawn)),
    }
