"""An agenda is data: steps with their minutes and the panes that each of them opens. Pure.

How it is read from a file is `impactlib.domain.agenda_files`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

PANES = (
    "since",
    "tour",
    "problem",
    "testimonies",
    "questions",
    "contract",
    "verdicts",
    "recommendations",
    "inventory",
    "matrix",
    "metrics",
    "aarri",
    "learnings",
)
"""The panes that a step can open, in the order of the workshop's page."""
MEASURED = ("recommendations", "inventory", "matrix", "metrics", "aarri")
"""The panes of hypotheses and metrics: what a team prepares before the hour."""
LANGUAGES = ("fr", "en")
COMMITTEE = "committee"
"""The name of the agenda of an investment committee."""
COMMITTEE_REHEARSAL = "committee-rehearsal"
"""The name of the agenda of a committee's rehearsal, which is no committee."""
NORTH_STAR = "north-star"
"""The name of the agenda of the North Star workshop."""
VISION = "vision"
"""The name of the agenda of the workshop on the vision, which recurs."""
FOLLOW_UP = (30, 90)
"""Days after the hour at which its metrics are looked at again, where an agenda does not say others."""


class Role(StrEnum):
    """Who somebody is in the hour; the French names are the interface's."""

    FACILITATOR = "facilitator"
    CLIENT = "client"
    CONSULTANT = "consultant"
    OBSERVER = "observer"


@dataclass(frozen=True)
class Step:
    """One step of the hour. `minutes` is its planned length; `now` what a role does in it, by language, where
    the sentence of its first pane does not say it; `hidden` whether the group passes over it; `foreseen` the
    minutes that it had before somebody changed them, None if nobody did."""

    id: str
    title: dict[str, str]
    minutes: float
    shows: tuple[str, ...]
    now: Mapping[str, dict[str, str]] = field(default_factory=dict)
    hidden: bool = False
    foreseen: float | None = None

    @property
    def seconds(self) -> float:
        return self.minutes * 60


@dataclass(frozen=True)
class Agenda:
    """The steps in their order; the last one closes the hour and is protected. `announced` is the length in
    minutes that people are told, None when that is what the steps take; `follow_up` days after it are the points at
    which its metrics are looked at again; `recurs` months after it the next session on it is held, 0 where it does not
    come again; `needs` is what a team should have for it, by language, empty where nothing is said."""

    name: str
    title: dict[str, str]
    steps: tuple[Step, ...]
    announced: float | None = None
    follow_up: tuple[int, ...] = FOLLOW_UP
    recurs: int = 0
    needs: Mapping[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Seconds of all the steps but the hidden ones."""
        return sum(step.seconds for step in self.steps if not step.hidden)

    def shows(self, *panes: str) -> bool:
        """Whether a step shows one of these panes, be it hidden: it may be shown again."""
        return any(pane in step.shows for step in self.steps for pane in panes)

    @property
    def prepares(self) -> bool:
        """Whether there is anything to prepare for it: hypotheses, metrics or their data."""
        return self.shows(*MEASURED)

    @property
    def gathers(self) -> bool:
        """Whether people of many teams meet to tell: there is a wall of testimonies and no one team's problem, request
        or measures. No team then keeps metrics, plans its three actions, or agrees to be contacted."""
        return self.shows("testimonies") and not self.shows("problem", "contract", *MEASURED)

    @property
    def centre(self) -> str:
        """What the whole of it is about, which its summary opens on: "aarri" where it shows the five stages, "matrix"
        where it shows the impact matrix without a metric beside it; "" where neither is, or both are."""
        if self.shows("aarri"):
            return "" if self.shows("matrix") else "aarri"
        return "matrix" if self.shows("matrix") and not self.shows("metrics") else ""

    def step(self, id: str) -> Step:
        """The step of that id; KeyError if the agenda has none."""
        return self.steps[self.index(id)]

    def index(self, id: str) -> int:
        """The place of the step of that id, from 0; KeyError if the agenda has none."""
        for i, step in enumerate(self.steps):
            if step.id == id:
                return i
        raise KeyError(id)

    def ahead(self, id: str) -> tuple[Step, ...]:
        """That step, and those after it that are not hidden."""
        step, *after = self.steps[self.index(id) :]
        return (step, *(later for later in after if not later.hidden))

    def before(self, id: str) -> Step | None:
        """The step that comes before that one, hidden ones left out."""
        return next((step for step in reversed(self.steps[: self.index(id)]) if not step.hidden), None)

    def changed(self, id: str, *, minutes: float | None = None, hidden: bool | None = None) -> Agenda:
        """The agenda with that step longer, shorter, hidden or shown again; None leaves it as it is."""
        step = self.step(id)
        new = replace(
            step,
            minutes=step.minutes if minutes is None else minutes,
            hidden=step.hidden if hidden is None else hidden,
            foreseen=step.minutes if step.foreseen is None and minutes is not None else step.foreseen,
        )
        return replace(self, steps=tuple(new if known is step else known for known in self.steps))
