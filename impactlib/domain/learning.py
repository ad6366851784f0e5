"""What the notebook `comprendre` lets one try (templates/learning.toml): traps, in which one changes a number, and
exercises, which answer. Pure.

A trap has few values, and a state for each: what is said there is computed here alone, and pages and widgets show it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from statistics import mean, median
from typing import Any

from impactlib.domain import formats
from impactlib.paths import TEMPLATES

Facts = Mapping[str, float]
PACE = 200
"""Words that one reads in a minute."""
PAUSE = 30
"""Seconds that one spends on a trap or an exercise, beside reading it."""


def vanity(fewer: float) -> Facts:
    """A year of sign-ups that began at 400 a month and lose `fewer` per cent each month."""
    months = [400 * (1 - fewer / 100) ** month for month in range(12)]
    return {"total": round(sum(months)), "last": round(months[-1])}


def points(before: float) -> Facts:
    """A rate, in per cent, that gains two points: what that is in per cent of it."""
    return {"before": before, "after": before + 2, "percent": 200 / before}


def waits(longest: float) -> Facts:
    """The mean and the median of ten waits in days, nine of them from 3 to 7."""
    days = [3, 4, 4, 5, 5, 5, 6, 6, 7, longest]
    return {"mean": mean(days), "median": median(days)}


def coefficient(without: float) -> Facts:
    """Of 2,000 people 45 per cent found a job, and `without` per cent of a cohort that did without the service."""
    effect = 45 - without
    return {"claimed": 900, "without": without, "effect": effect, "impact": 2000 * effect / 100}


def proxy(replaced: float) -> Facts:
    """Tonnes of CO2 of 10,000 trips at 2 kg, and those of the `replaced` per cent that took the place of a car."""
    return {"claimed": 20, "real": 20 * replaced / 100}


def campbell(closed: float) -> Facts:
    """The mean delay in days when `closed` per cent of requests are closed in a day without an answer, not in 12."""
    share = closed / 100
    return {"delay": 12 * (1 - share) + share, "again": 1000 * share}


def aarri(improved: float) -> Facts:
    """A month's people by stage; improved: nothing (0), the visitors (1), the activation (2) or the retention (3)."""
    acquired = 2000 if improved == 1 else 1000
    activated = acquired * (60 if improved == 2 else 20) / 100
    retained = activated * (100 if improved == 3 else 50) / 100
    helped = retained * 60 / 100
    counted = {"acquired": acquired, "activated": activated, "retained": retained, "recommended": retained * 40 / 100}
    return counted | {"helped": helped, "share": 100 * helped / acquired}


_FACTS: Mapping[str, Callable[[float], Facts]] = {
    "vanity": vanity,
    "points": points,
    "median": waits,
    "coefficient": coefficient,
    "proxy": proxy,
    "campbell": campbell,
    "aarri": aarri,
}


@dataclass(frozen=True)
class Bar:
    """A number with what it counts; `part` is how full its bar is, from 0 to 1."""

    label: str
    figure: str
    part: float


@dataclass(frozen=True)
class State:
    """What a trap shows at one value of its control, in one language."""

    value: str
    says: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Trap:
    """A trap in one language; `start` is the number of the state that it begins with."""

    id: str
    title: str
    control: str
    start: int
    states: tuple[State, ...]


@dataclass(frozen=True)
class Option:
    """An answer that may be chosen, and what is said to who chooses it."""

    id: str
    text: str
    says: str
    right: bool


@dataclass(frozen=True)
class Exercise:
    """An exercise in one language; `number` is its place from 1."""

    id: str
    number: int
    question: str
    options: tuple[Option, ...]

    def answered(self, option: str) -> Option:
        """What is said to an answer. Raises KeyError for one that is none of the options."""
        return {one.id: one for one in self.options}[option]


@cache
def traps(lang: str) -> Mapping[str, Trap]:
    """The traps by id, in the order of a reading."""
    return {id: _trap(id, row, lang) for id, row in _rows()["trap"].items()}


@cache
def exercises(lang: str) -> Mapping[str, Exercise]:
    """The exercises by id, in the order of a reading."""
    rows = _rows()["exercise"].items()
    return {id: _exercise(id, number, row, lang) for number, (id, row) in enumerate(rows, 1)}


def minutes(words: int, tried: int) -> float:
    """Minutes that a reading takes: its words, and a pause at each of the traps and exercises that are tried."""
    return words / PACE + tried * PAUSE / 60


@cache
def _rows() -> Mapping[str, Any]:
    return tomllib.loads((TEMPLATES / "learning.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class _Number:
    """A number as a sentence of a language writes it: ``{:%}`` as a percentage, ``{:+}`` with its sign."""

    value: float
    lang: str

    def __format__(self, how: str) -> str:
        sign = "+" if "+" in how and self.value > 0 else ""
        number = round(self.value, 2)
        return sign + (formats.percent(str(number), self.lang) if "%" in how else formats.rounded(number, self.lang))


def _trap(id: str, row: Mapping[str, Any], lang: str) -> Trap:
    said = row[lang]
    states = []
    for number, value in enumerate(row["values"]):
        facts = {name: _Number(fact, lang) for name, fact in _FACTS[id](value).items()}
        shown = said["value"] if isinstance(said["value"], str) else said["value"][number]
        bars = [
            Bar(said["bars"][name], _figure(facts[name], name), round(facts[name].value / full, 3))
            for name, full in row["bars"].items()
        ]
        states.append(State(shown.format(value=_Number(value, lang)), said["says"].format_map(facts), tuple(bars)))
    return Trap(id, said["title"], said["control"], row["start"], tuple(states))


def _figure(fact: _Number, name: str) -> str:
    return f"{fact:%}" if name in _SHARES else f"{fact}"


_SHARES = frozenset({"before", "after", "percent"})
"""Facts that are percentages."""


def _exercise(id: str, number: int, row: Mapping[str, Any], lang: str) -> Exercise:
    said = row[lang]
    options = tuple(Option(name, text, says, name == row["right"]) for name, (text, says) in said["options"].items())
    return Exercise(id, number, said["question"], options)
