"""What the hypotheses stand on: the product and its users, the objectives, the change sought and its proxy."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.session import Note, Session
from impactlib.views import Eye, Fragments, draw, key, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "prepare_ground", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    return {
        key(kind, note): _card(session, eye, note)
        for kind in ("product", "audience", "objective", "change")
        for note in session.notes_of(kind)
    }


def _card(session: Session, eye: Eye, note: Note) -> Markup:
    [item] = signed(session, [note])
    values = {"text": note.text, **note.details, "versions": {"text": note.version}}
    return draw(eye, "prepare_ground", "card", item=item, values=values)
