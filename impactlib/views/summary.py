"""The summary as it stands, with what is still to complete: the parts of the files to download, but who was there."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from impactlib.domain.session import Note, Session
from impactlib.domain.summary import Outline, outline
from impactlib.views import Eye, Pane, Part, Reads, Scene, draw, opener
from impactlib.views.parts import LATEST
from impactlib.views.wording import Reworded, reworded


def frame(eye: Eye) -> Markup:
    return draw(eye, "summary", "frame")


def _preview(session: Session, eye: Eye) -> Markup:
    step, advice = opener(session, "learnings"), opener(session, "recommendations")
    made, left_out = _latest(outline(session))

    def changes(note: Note) -> list[Reworded]:
        return reworded(made.changes(note), eye.lang)

    return draw(eye, "summary", "preview", outline=made, changes=changes, step=step, ledger=advice, left_out=left_out)


_LISTS = ("questions", "hypotheses", "advice", "others", "sources")
"""The parts of an outline that grow with what is written, beside the lists of notes of one kind."""


def _latest(whole: Outline) -> tuple[Outline, int]:
    """The outline as a page shows it: the last of each long part, and how many lines that leaves out."""
    lists = {name: getattr(whole, name) for name in _LISTS}
    left_out = sum(max(0, len(each) - LATEST) for each in (*lists.values(), *(part.notes for part in whole.parts)))
    parts = tuple(replace(part, notes=part.notes[-LATEST:]) for part in whole.parts)
    return replace(whole, parts=parts, **{name: each[-LATEST:] for name, each in lists.items()}), left_out


def _reads(scene: Scene) -> Reads:
    session = scene.session
    return session.notes, session.before, session.rounds, session.kept, session.people, session.clock, session.agenda


def _before_the_end(session: Session) -> bool:
    return not session.ended


PANE = Pane(
    "summary",
    frame,
    (Part("summary", _reads, _preview, on_demand=_before_the_end),),
    "The summary as it stands.",
    replayed=True,
)
