"""The summary as it stands, with what is still to complete: the parts of the files to download, but who was there."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.session import Session
from impactlib.summary import outline
from impactlib.views import Eye, Fragments, draw, opener


def frame(eye: Eye) -> Markup:
    return draw(eye, "summary", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    step, ledger = opener(session, "learnings"), opener(session, "recommendations")
    return {"summary/": draw(eye, "summary", "preview", outline=outline(session), step=step, ledger=ledger)}
