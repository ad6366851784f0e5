"""Two questions that a team may ask as they are, each with how many answers are enough (templates/survey.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from impactlib.domain.sample import answers_needed
from impactlib.paths import TEMPLATES


@dataclass(frozen=True)
class Enough:
    """A margin with the answers that it needs of very many people, and of a thousand. A share has it in points."""

    margin: float
    answers: int
    of_a_thousand: int


@dataclass(frozen=True)
class Question:
    """A question in one language; `share` when it gives a share, and not a mean."""

    key: str
    name: str
    question: str
    scale: str
    gives: str
    share: bool
    enough: tuple[Enough, ...]


@cache
def questions(lang: str) -> tuple[Question, ...]:
    """The questions in that language."""
    said = tomllib.loads((TEMPLATES / "survey.toml").read_text(encoding="utf-8"))
    return tuple(_question(key, row, lang) for key, row in said.items())


def _question(key: str, row: Mapping[str, Any], lang: str) -> Question:
    low, high, share = Decimal(row["low"]), Decimal(row["high"]), row["high"] == 1
    enough = tuple(
        Enough(
            float(Decimal(margin) * (100 if share else 1)),
            answers_needed(Decimal(margin), low, high),
            answers_needed(Decimal(margin), low, high, 1000),
        )
        for margin in row["margins"]
    )
    return Question(key, share=share, enough=enough, **row[lang])
