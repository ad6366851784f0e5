"""The traps and the exercises of the notebook `comprendre`, drawn for a page, and for a notebook."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.agenda import Role
from impactlib.domain.learning import Exercise, Option, State, Trap, exercises
from impactlib.views import draw
from impactlib.views.parts import Eye


def trap(trap: Trap, lang: str) -> Markup:
    """A trap with all its states, of which the page's script shows one."""
    return _drawn("trap", lang, trap=trap)


def exercise(exercise: Exercise, lang: str) -> Markup:
    """An exercise with what is said to each answer, of which the page's script shows one."""
    return _drawn("exercise", lang, exercise=exercise, of=len(exercises(lang)))


def question(exercise: Exercise, lang: str) -> Markup:
    """What an exercise asks, with its place among them."""
    return _drawn("question", lang, exercise=exercise, of=len(exercises(lang)))


def state(state: State, lang: str) -> Markup:
    """One state of a trap."""
    return _drawn("state", lang, state=state)


def answer(option: Option, lang: str) -> Markup:
    """What is said to one answer."""
    return _drawn("answer", lang, option=option)


def told(what: Trap | Exercise, lang: str) -> Markup:
    """All of it in plain words, for a viewer that runs nothing."""
    if isinstance(what, Trap):
        return _drawn("trap_told", lang, trap=what)
    return _drawn("exercise_told", lang, exercise=what, of=len(exercises(lang)))


def _drawn(macro: str, lang: str, **values: object) -> Markup:
    return draw(Eye(Role.OBSERVER, lang), "learning", macro, **values)
