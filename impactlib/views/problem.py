"""Problem statement: the problem, for whom, and what the team expects of the hour."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw, key, signed

KINDS = ("problem", "audience", "goal")


def frame(eye: Eye) -> Markup:
    return draw(eye, "problem", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    return {
        key(kind, item["note"]): draw(eye, "problem", "card", item=item)
        for kind in KINDS
        for item in signed(session, session.notes_of(kind))
    }
