"""The wall of testimonies: the experience of speakers, in a few words, whoever wrote them down."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.session import Note, Session
from impactlib.views import Eye, Pane, cards, draw, signed, speakers


def frame(eye: Eye) -> Markup:
    return draw(eye, "testimonies", "frame")


def _card(session: Session, eye: Eye, note: Note) -> Markup:
    return draw(eye, "testimonies", "card", item=signed(session, [note])[0])


PANE = Pane(
    "testimonies",
    frame,
    (cards("testimonies", "testimony", _card), speakers("testimony")),
    "The wall of testimonies.",
    replayed=True,
)
