"""The request in one sentence: worded by the team, editable later, never a blocker."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.session import Session
from impactlib.views import Eye, Pane, Part, Reads, Scene, draw, signatures, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "contract", "frame")


def _sentence(session: Session, eye: Eye) -> Markup:
    note = session.contract
    return draw(eye, "contract", "sentence", item=signed(session, [note])[0] if note else None)


def _reads(scene: Scene) -> Reads:
    note = scene.session.contract
    return (note, *(signatures(scene, note) if note else ()))


PANE = Pane("contract", frame, (Part("contract", _reads, _sentence),), "The request in one sentence.", replayed=True)
