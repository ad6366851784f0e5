"""Problem statement: the problem, for whom, and what the team expects of the hour."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.session import Note, Session
from impactlib.views import Eye, Pane, cards, draw, signed

KINDS = ("problem", "audience", "goal")


def frame(eye: Eye) -> Markup:
    return draw(eye, "problem", "frame")


def _card(session: Session, eye: Eye, note: Note) -> Markup:
    return draw(eye, "problem", "card", item=signed(session, [note])[0])


PANE = Pane(
    "problem",
    frame,
    tuple(cards(kind, kind, _card) for kind in KINDS),
    "Problem statement: the problem, for whom, expectations.",
    replayed=True,
)
