"""The ground of the hypotheses: the product and its users, the objectives, the change sought and its proxy."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.session import Note, Session
from impactlib.views import Eye, Pane, cards, draw, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "ground", "frame")


def _card(session: Session, eye: Eye, note: Note) -> Markup:
    [item] = signed(session, [note])
    values = {"text": note.text, **note.details, "versions": {"text": note.version}}
    return draw(eye, "ground", "card", item=item, values=values)


PANE = Pane(
    "ground",
    frame,
    tuple(cards(kind, kind, _card) for kind in ("product", "audience", "objective", "change")),
    "The product, its users, the objectives, the change sought.",
)
