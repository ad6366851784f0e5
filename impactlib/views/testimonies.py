"""The wall of testimonies: what speakers lived, in a few words, whoever wrote them down."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.session import Session
from impactlib.views import Eye, Fragments, around_the_table, draw, key, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "testimonies", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    cards = {
        key("testimonies", item["note"]): draw(eye, "testimonies", "card", item=item)
        for item in signed(session, session.notes_of("testimony"))
    }
    if eye.writes("testimony"):
        cards["speakers-testimony/"] = draw(eye, "note", "speakers", people=around_the_table(session))
    return cards
