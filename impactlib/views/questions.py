"""Quick questions and answers: each question with its answers below, who spoke and who wrote."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from markupsafe import Markup

from impactlib.domain.session import Note, Session
from impactlib.paths import TEMPLATES
from impactlib.views import Eye, Pane, Reads, Scene, cards, draw, signatures, signed, speakers


def frame(eye: Eye) -> Markup:
    return draw(eye, "questions", "frame", recurring=recurring()[eye.lang])


def _card(session: Session, eye: Eye, question: Note) -> Markup:
    [item] = signed(session, [question])
    return draw(eye, "questions", "card", item=item, answers=signed(session, _answers(session, question)))


def _answers(session: Session, question: Note) -> tuple[Note, ...]:
    return session.notes_of("answer", about=question.id)


def _card_reads(scene: Scene, question: Note) -> Reads:
    answers = _answers(scene.session, question)
    return (*answers, *signatures(scene, *answers))


@cache
def recurring() -> dict[str, Any]:
    """The questions that challengers ask again and again, by language (templates/questions.toml)."""
    return tomllib.loads((TEMPLATES / "questions.toml").read_text(encoding="utf-8"))


PANE = Pane(
    "questions",
    frame,
    (
        cards("questions", "question", _card, with_kinds=["answer"], card_reads=_card_reads),
        speakers("question"),
        speakers("answer"),
    ),
    "Questions and answers.",
    replayed=True,
)
