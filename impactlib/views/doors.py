"""Home: what the hour is, and its doors. Facilitate, practise, prepare, look back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from impactlib.domain import agenda_files
from impactlib.domain.agenda import Agenda, Role, Step
from impactlib.domain.text import N_
from impactlib.views import Eye, Pane, draw

_AROUND_THE_TABLE = (Role.CLIENT, Role.CONSULTANT)
_OF_A_STEP: Mapping[str, tuple[tuple[Role, ...], str]] = {
    "tour": ((Role.FACILITATOR, *_AROUND_THE_TABLE), N_("who is there, and what each expects")),
    "problem": ((Role.CLIENT,), N_("the problem, for whom, and what the team wants to settle")),
    "questions": (_AROUND_THE_TABLE, N_("what was unclear, then the team’s request in one sentence")),
    "recommendations": ((Role.CONSULTANT,), N_("advice on each hypothesis, then metrics that everybody scores")),
    "learnings": ((Role.CLIENT,), N_("what was learnt, three metrics at most, and who does what by when")),
}
"""By the first pane that a step shows: who speaks in it, and what comes out."""


@dataclass(frozen=True)
class Span:
    """A step in the picture of the hour: it `begins` after so many minutes."""

    step: Step
    begins: float
    speak: tuple[Role, ...]
    out: str


def hour(agenda: Agenda) -> list[Span]:
    """The steps of an agenda, one after the other."""
    spans, begins = [], 0.0
    for step in agenda.steps:
        spans.append(Span(step, begins, *_OF_A_STEP.get(step.shows[0], ((), ""))))
        begins += step.minutes
    return spans


def picture(lang: str) -> Markup:
    """The usual hour in one picture."""
    usual = agenda_files.load(agenda_files.DEFAULT)
    return draw(Eye(Role.OBSERVER, lang), "doors", "hour", usual=usual, spans=hour(usual))


def frame(eye: Eye) -> Markup:
    known = [agenda_files.load(name) for name in agenda_files.names()]
    return draw(eye, "doors", "frame", agendas=known)


PANE = Pane("doors", frame, (), "The home page: its doors.")
