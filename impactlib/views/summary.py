"""The summary as it stands, with what is still to complete: the parts of the files to download, but who was there."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.session import Note, Session
from impactlib.summary import outline
from impactlib.views import Eye, Fragments, draw, opener
from impactlib.views.wording import Reworded, reworded


def frame(eye: Eye) -> Markup:
    return draw(eye, "summary", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    step, ledger = opener(session, "learnings"), opener(session, "recommendations")
    made = outline(session)

    def changes(note: Note) -> list[Reworded]:
        return reworded(made.changes(note), eye.lang)

    return {"summary/": draw(eye, "summary", "preview", outline=made, changes=changes, step=step, ledger=ledger)}
