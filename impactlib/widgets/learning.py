"""The traps and the exercises of the notebook `comprendre`, which shows them one per cell::

    learning.trap("vanity")
    learning.exercise("vanity")

They are ipywidgets. Where the server runs the notebook for its page they are drawn once for all, without a kernel.
"""

from __future__ import annotations

import os
from typing import Any

from ipywidgets import HTML, Layout, RadioButtons, SelectionSlider, VBox
from markupsafe import Markup

from impactlib.domain import learning
from impactlib.rooms.layout import LAYOUT
from impactlib.views import learning as views
from impactlib.widgets.choices import control, with_words
from impactlib.widgets.language import here
from impactlib.widgets.slot import DrawnOnce


def trap(name: str) -> Any:
    """A trap, by its name in templates/learning.toml: one changes a number, and sees what it hides."""
    if laid_out := os.environ.get(LAYOUT):
        return DrawnOnce(views.trap(learning.traps(laid_out)[name], laid_out))
    lang = here()
    return TriedTrap(learning.traps(lang)[name], lang)


def exercise(name: str) -> Any:
    """An exercise, by its name in templates/learning.toml: it answers, and says why."""
    if laid_out := os.environ.get(LAYOUT):
        return DrawnOnce(views.exercise(learning.exercises(laid_out)[name], laid_out))
    lang = here()
    return AskedExercise(learning.exercises(lang)[name], lang)


class _Tried(VBox):
    """What is asked, the control that answers, and what is said to it (`html`)."""

    def __init__(self, what: learning.Trap | learning.Exercise, asked: Markup, control: Any, lang: str) -> None:
        self.lang, self.control, self._what, self._said = lang, control, what, HTML()
        super().__init__([HTML(str(asked)), control, self._said], layout=Layout(max_width="44rem", margin="0 0 16px"))
        control.observe(self._draw, "index")
        self._draw()

    @property
    def html(self) -> str:
        """What is said now."""
        return str(self._said.value)

    def said(self, index: int) -> Markup:
        """What is said when that option of the control is chosen."""
        raise NotImplementedError

    def _draw(self, _: Any = None) -> None:
        self._said.value = "" if self.control.index is None else str(self.said(self.control.index))

    def _repr_mimebundle_(self, **named: Any) -> dict[str, Any]:
        return with_words(super()._repr_mimebundle_(**named), str(views.told(self._what, self.lang)), self._what.id)


class TriedTrap(_Tried):
    """A trap: a slider, and the numbers that follow it."""

    def __init__(self, trap: learning.Trap, lang: str) -> None:
        self._states = trap.states
        options = [(state.value, index) for index, state in enumerate(trap.states)]
        slider = control(SelectionSlider, trap.control, options=options, value=trap.start, continuous_update=True)
        slider.layout.width = "100%"
        super().__init__(trap, Markup("<strong>{}</strong>").format(trap.title), slider, lang)

    def said(self, index: int) -> Markup:
        return views.state(self._states[index], self.lang)


class AskedExercise(_Tried):
    """An exercise: options, and what is said to the one that is chosen."""

    def __init__(self, exercise: learning.Exercise, lang: str) -> None:
        self._options = exercise.options
        options = [option.text for option in exercise.options]
        choice = RadioButtons(options=options, index=None, layout=Layout(width="auto", max_width="100%"))
        super().__init__(exercise, Markup("<strong>{}</strong>").format(views.question(exercise, lang)), choice, lang)

    def said(self, index: int) -> Markup:
        return views.answer(self._options[index], self.lang)
