"""A session: the state of a workshop at one moment, and the questions that it answers. Pure values.

`impactlib.domain.fold` makes a session of events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from immutables import Map
from msgspec import Struct, field
from msgspec.structs import force_setattr

from impactlib.domain import kinds
from impactlib.domain.agenda import Agenda, Role, Step
from impactlib.domain.clock import ZONE, Clock
from impactlib.domain.notes import Note, Notes
from impactlib.domain.writing import Written

__all__ = [
    "LONGEST_STEP",
    "METRICS_KEPT",
    "METRICS_KEPT_AFTER",
    "NEVER",
    "QUALITIES",
    "SCORES",
    "Brought",
    "Earlier",
    "Follows",
    "Note",
    "Notes",
    "Person",
    "Return",
    "Round",
    "Score",
    "Scores",
    "Session",
    "Vision",
    "last_scores",
]

SCORES = range(1, 6)
QUALITIES = kinds.detail("quality").choices
"""At how many per cent the data of a metric are right, as its detail says it."""
METRICS_KEPT, METRICS_KEPT_AFTER = 3, 4
"""Metrics that the team keeps: what five minutes hold; afterwards a North Star and three others."""
NEVER = "never"
"""In the place of the day on which a workshop is to be erased: it is kept."""
LONGEST_STEP = 240.0
"""Minutes that a step can be given within the hour."""


class Return(Struct, frozen=True):
    """A person came back by another browser; `browser` is the hash of its key, and `origin` the journal that says so.
    When it was `undone`, that browser stands for them no more."""

    browser: str
    at: float
    origin: str
    undone: bool = False


class Person(Struct, frozen=True):
    """Somebody who joined; their `id` is the hash of the key of the browser that they came by first. `out_by` is the
    gesture that showed them out last."""

    id: str
    name: str
    role: Role
    out: bool = False
    out_by: str = ""
    returns: tuple[Return, ...] = ()

    @property
    def back(self) -> tuple[Return, ...]:
        """The returns that were not undone."""
        return tuple(one for one in self.returns if not one.undone)


class Score(Struct, frozen=True):
    """One person's view of one metric, 1 to 5 on each axis; None is not given yet, or never when they abstain."""

    value: int | None = None
    ease: int | None = None
    abstained: bool = False

    @property
    def complete(self) -> bool:
        return self.value is not None and self.ease is not None

    @property
    def settled(self) -> bool:
        """Whether nothing more is waited for."""
        return self.complete or self.abstained


Scores = Mapping[tuple[str, str], Score]
"""Scores by metric and person."""


class Round(Struct, frozen=True):
    """A round of blind scores of some metrics, hidden until it is shown; its times are seconds since 1970.

    A journal from before there were rounds has one without an id: it takes every metric, goes on
    taking scores while it is shown, and can be hidden again.
    """

    id: str = ""
    metrics: tuple[str, ...] = ()
    opened_at: float | None = None
    shown_at: float | None = None
    choice_at: float | None = None
    scores: Scores = field(default_factory=dict)

    @property
    def shown(self) -> bool:
        return self.shown_at is not None

    def takes(self, metric: str) -> bool:
        """Whether it is about that metric."""
        return not self.id or metric in self.metrics


class Brought(Struct, frozen=True):
    """What a team's file said last of a note, by field; `source` is that file (a digest), `by` who brought it."""

    said: Mapping[str, str]
    source: str
    by: str


class Follows(Struct, frozen=True):
    """The session before, of the same product: its id, when it was held, when the first of them all was (seconds since
    1970); `notes` are those that came from it, as it ended."""

    session: str
    held_at: float
    first_at: float
    notes: Notes


class Earlier(Struct, frozen=True):
    """An earlier session of the product: when it was held (seconds since 1970), what its agenda is called, and after
    how many months that comes again, 0 for never."""

    held_at: float
    title: str
    recurs: int = 0


class Vision(Struct, frozen=True):
    """The last workshop on the vision of the product before this session: when it was held (seconds since 1970), and
    the notes as it ended."""

    held_at: float
    notes: Notes


class Session(Struct, frozen=True):
    """The state of a workshop at one moment.

    `opened_at` is in seconds since 1970, `zone` names the time zone that its days are counted in. `kept` are the ids
    of the metrics that the team keeps, in their order; `listening` says that the team listens while the consultants
    speak, `focus` is the id of the note that the room looks at together, "" for none. `before` are the notes as they
    stood when the hour began; `shared` says that it was reduced to be shared, `rehearsal` that invented people play it.
    `offers` are the ids of those who offer to lead, the facilitator being gone. `measured_at` says when the last figure
    of each metric was given, where an older kit replaced a baseline by each new figure; `brought` is what files said of
    notes, by their ids; `follows` is the session before, None for a first one, `vision` the last workshop on the vision
    before it, None where there was none; `earlier` are the sessions of the product before it, the first one first.
    `links_end` is the last day (ISO) on
    which the links of those who are invited open, "" for ever; `stats_on` is the day (ISO) on which the page of
    statistics was made last, "" for never. `forgotten` are the ids of the people whose words were erased; `erasure` is
    the day on which all of it is to be (ISO), `NEVER`, or "" for the day that follows from its dates. `written` says
    how much each person wrote. `unknown` counts the entries of a newer kit, which are kept and say nothing here.
    """

    id: str = ""
    team: str = ""
    lang: str = "fr"
    video: str = ""
    agenda: Agenda | None = None
    opened_at: float = 0.0
    zone: str = ZONE
    clock: Clock = field(default_factory=Clock)
    people: Mapping[str, Person] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)
    rounds: tuple[Round, ...] = ()
    kept: tuple[str, ...] = ()
    listening: bool = False
    before: Notes = field(default_factory=Notes)
    focus: str = ""
    shared: bool = False
    offers: tuple[str, ...] = ()
    rehearsal: bool = False
    measured_at: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    brought: Mapping[str, Brought] = field(default_factory=dict)
    follows: Follows | None = None
    vision: Vision | None = None
    earlier: tuple[Earlier, ...] = ()
    stats_on: str = ""
    links_end: str = ""
    forgotten: frozenset[str] = frozenset()
    erasure: str = ""
    written: Map[str, Written] = field(default_factory=Map)
    unknown: int = 0

    def __post_init__(self) -> None:
        # Notes may be given as a plain dict of them.
        for name in ("notes", "before"):
            if not isinstance(notes := getattr(self, name), Notes):
                force_setattr(self, name, Notes(notes))

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.agenda.steps if self.agenda else ()

    @property
    def step(self) -> Step | None:
        """The step that the group is in; None before the hour."""
        return self.agenda.step(self.clock.step) if self.agenda and self.clock.step else None

    @property
    def following(self) -> Step | None:
        """The step that comes next, hidden ones left out; before the hour, the first one."""
        if self.agenda is None:
            return None
        ahead = self.agenda.ahead(self.clock.step)[1:] if self.clock.step else self.steps
        return next((step for step in ahead if not step.hidden), None)

    @property
    def preceding(self) -> Step | None:
        """The step that the group can go back to, hidden ones left out."""
        return self.agenda.before(self.clock.step) if self.agenda and self.clock.step else None

    @property
    def looked_at(self) -> Note | None:
        """The note that the room looks at together, if it still stands."""
        note = self.notes.get(self.focus)
        return None if note is None or note.withdrawn else note

    @property
    def ended(self) -> bool:
        return self.clock.ended is not None

    @property
    def held_at(self) -> float:
        """When the hour is, in seconds since 1970: when it began, else is planned for, else was opened."""
        return next((at for at in (self.clock.started, self.clock.scheduled) if at is not None), self.opened_at)

    def took_along(self, note: Note) -> bool:
        """Whether a note came from the session before, which says who wrote it."""
        return self.follows is not None and not note.by and note.at <= self.opened_at

    @property
    def round(self) -> Round | None:
        """The round of scores that is open: the newest, should two have been merged."""
        return next((round for round in reversed(self.rounds) if round.id and not round.shown), None)

    @property
    def ranking_shown(self) -> bool:
        return any(round.shown for round in self.rounds)

    @property
    def scored_before(self) -> bool:
        """Whether its scores are all of an hour that was over before this workshop was opened, and that it took in."""
        last, started = self.rounds[-1].opened_at if self.rounds else None, self.clock.started
        goes_on = started is not None and started < self.opened_at
        return last is not None and last < self.opened_at and not goes_on

    @property
    def scores(self) -> Scores:
        """The last score of each metric by each person, in rounds shown or not."""
        return last_scores(self.rounds)

    @property
    def shown_scores(self) -> Scores:
        """The last score of each metric by each person, in rounds that were shown."""
        return last_scores(round for round in self.rounds if round.shown)

    def shown_score(self, metric: str, person: str) -> Score | None:
        """The last score of that metric by that person, in rounds that were shown."""
        of = (metric, person)
        return next((round.scores[of] for round in reversed(self.rounds) if round.shown and of in round.scores), None)

    def notes_of(self, kind: str, about: str | None = None) -> tuple[Note, ...]:
        """The notes of a kind that stand, in the order in which they came or were put; with `about`, those about that
        note, or about none ("")."""
        if about:
            return tuple(note for note in self.notes.about(about) if note.kind == kind and not note.withdrawn)
        found = self.notes.standing(kind)
        return found if about is None else tuple(note for note in found if not note.about)

    @property
    def contract(self) -> Note | None:
        """The team's request in one sentence: the last one worded that stands."""
        return next(reversed(self.notes_of("contract")), None)

    def kept_metrics(self) -> list[Note]:
        """The metrics that the team keeps, withdrawn ones left out."""
        # A part of a session, as a replay draws it, need not hold them all.
        return [note for id in self.kept if (note := self.notes.get(id)) and not note.withdrawn]

    @property
    def keeps_at_most(self) -> int:
        return METRICS_KEPT_AFTER if self.ended else METRICS_KEPT

    def bearer(self, browser: str, origin: str) -> Person | None:
        """Whom a browser stands for: the person who joined by it, else the one who came back by it. What was born in
        another journal than `origin` opens no door in this one."""
        if browser in self.people:
            return self.people[browser]
        people = {(back.browser, back.origin): person for person in self.people.values() for back in person.back}
        return people.get((browser, origin))

    def here(self, role: Role) -> list[Person]:
        """Who joined with that role and was not shown out."""
        return [p for p in self.people.values() if p.role == role and not p.out]


def last_scores(rounds: Iterable[Round]) -> Scores:
    """The score of each metric by each person, from the last of these rounds that has one."""
    scores: dict[tuple[str, str], Score] = {}
    for round in rounds:
        scores |= round.scores
    return scores
