"""The facilitator's private aids, opened apart: who has not written yet, on request.

The kit hears nobody: somebody who has not written may have spoken a lot.
"""

from __future__ import annotations

from markupsafe import Markup

from impactlib.agenda import Role
from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "script", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    wrote = {note.speaker for note in session.notes.values()} | {note.by for note in session.notes.values()}
    waiting = [p for role in (Role.CLIENT, Role.CONSULTANT) for p in session.here(role) if p.id not in wrote]
    return {"unwritten/": draw(eye, "script", "unwritten", people=waiting)}
