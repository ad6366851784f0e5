"""The request in one sentence: worded by the team, editable later, never a blocker."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "contract", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    note = session.contract
    item = signed(session, [note])[0] if note else None
    return {"contract/": draw(eye, "contract", "sentence", item=item)}
