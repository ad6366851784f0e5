"""Quick questions and answers: each question with its answers below, who spoke and who wrote."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from markupsafe import Markup

from impactlib.session import Note, Session
from impactlib.share import TEMPLATES
from impactlib.views import Eye, Fragments, around_the_table, draw, key, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "questions", "frame", recurring=recurring()[eye.lang])


def fragments(session: Session, eye: Eye) -> Fragments:
    cards = {key("questions", note): _card(session, eye, note) for note in session.notes_of("question")}
    if not eye.writes("question"):
        return cards
    people = around_the_table(session)
    return {
        "speakers-question/": draw(eye, "note", "speakers", people=people),
        "speakers-answer/": draw(eye, "note", "speakers", people=people),
        **cards,
    }


def _card(session: Session, eye: Eye, question: Note) -> Markup:
    [item] = signed(session, [question])
    answers = signed(session, session.notes_of("answer", about=question.id))
    return draw(eye, "questions", "card", item=item, answers=answers)


@cache
def recurring() -> dict[str, Any]:
    """The questions that challengers ask again and again, by language (templates/questions.toml)."""
    return tomllib.loads((TEMPLATES / "questions.toml").read_text(encoding="utf-8"))
