"""The outline of the summary, and the parts that are still to complete. Pure.

It opens on the results, which hold on one page: the request, what was learnt, the metrics kept, the actions. What is
still to complete comes after them, then the whole. A workshop that is all about the five stages, or about the matrix,
has these among its results, after the metrics kept.

The page's preview, the Markdown and the HTML are three renderings of this one outline; the preview leaves
out who was there, which the page shows beside it, and the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from impactlib.domain import aarri, kinds, recommendations, review
from impactlib.domain.agenda import COMMITTEE_REHEARSAL, NORTH_STAR, PANES, Role, Step
from impactlib.domain.clock import AROUND, day_of, took
from impactlib.domain.curve import Curve, curve, marks
from impactlib.domain.features import Effect, effects
from impactlib.domain.funnel import Funnel, funnel
from impactlib.domain.impact_matrix import Filled, begun
from impactlib.domain.inventory import sources_of
from impactlib.domain.kinds import Place
from impactlib.domain.names import here, named
from impactlib.domain.readings import Series, every_series
from impactlib.domain.scoring import Row, Topic
from impactlib.domain.session import Note, Person, Session
from impactlib.domain.standing import ranking, standing

T = TypeVar("T")

_LINES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "definition": {
        "indicator": ("indicator",),
        "unit": ("unit",),
        "formula": ("numerator", "denominator"),
        "population": ("population",),
        "period": ("period",),
        "direction": ("direction",),
    },
    "data": {
        "source": ("source",),
        "sources": ("sources",),
        "collection": ("collection",),
        "owner": ("owner",),
    },
    "figures": {"baseline": ("baseline", "baseline_date"), "target": ("target", "target_date")},
    "limits": {"limits": ("limits",)},
    "plan": {name: (name,) for name in kinds.names(kinds.PLAN)},
}
"""How a metric is told, beside its name and the quality of its data: lines, their parts, the details of each part."""


CARD: Mapping[str, tuple[str, ...]] = {
    "way": recommendations.WAY,
    "figures": ("baseline", "target", "potential", "milestones"),
    "decision": ("threshold", "decide_on", "decider", "if_missed"),
}
"""What the card of a kept metric says: how one came to it, its figures, then its decision, by the names of their
details."""


@dataclass(frozen=True)
class Exchange:
    """A question or a hypothesis, what was said about it, and the metrics that would show it."""

    note: Note
    replies: tuple[Note, ...]
    metrics: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Definition:
    """The definition of a metric; `sources` are those of the inventory that it is computed from."""

    metric: Note
    sources: tuple[Note, ...]

    @property
    def lines(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The non-empty lines of `_LINES`, each with its non-empty parts."""
        given = {name for name, value in self.metric.details.items() if value} | (
            {"sources"} if self.sources else set()
        )
        told = (
            (line, tuple(part for part, names in parts.items() if not given.isdisjoint(names)))
            for line, parts in _LINES.items()
        )
        return tuple((line, parts) for line, parts in told if parts)


@dataclass(frozen=True)
class Part:
    """A part of the summary that is a list of notes of one kind: its title is words to translate."""

    title: str
    place: Place
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Minutes:
    """A step's planned length, as last changed within the hour, and what it took, in seconds."""

    step: Step
    planned: float
    actual: float


class Outline:
    """A summary before it is worded, without what was withdrawn, and without scores that were never shown.

    Each part is computed when it is read. With `latest`, each list that grows with what is written holds its last
    lines alone; `left_out` counts the others.
    """

    def __init__(self, session: Session, latest: int | None = None) -> None:
        self.session = session
        self._latest = latest

    def _last(self, lines: Sequence[T]) -> tuple[T, ...]:
        return tuple(lines if self._latest is None else lines[-self._latest :])

    @property
    def begun(self) -> bool:
        """Whether the hour has begun: until then the summary is that of its preparation."""
        return self.session.clock.started is not None

    @property
    def people(self) -> tuple[Person, ...]:
        """Who is here, by role."""
        return tuple(here(self.session, *Role))

    @property
    def participants(self) -> tuple[tuple[Role, tuple[Person, ...]], ...]:
        """Who is here, by role; a role that nobody has is left out."""
        groups = ((role, tuple(p for p in self.people if p.role == role)) for role in Role)
        return tuple((role, people) for role, people in groups if people)

    @property
    def left_out(self) -> int:
        """How many lines `latest` leaves out."""
        if self._latest is None:
            return 0
        whole = Outline(self.session)
        lists = (whole.questions, whole.hypotheses, whole.advice, whole.others, whole.sources)
        lengths = [*map(len, lists), *(len(part.notes) for part in whole.parts)]
        return sum(max(0, length - self._latest) for length in lengths)

    @property
    def prepared(self) -> tuple[tuple[str, tuple[Note, ...]], ...]:
        """The notes of the preparation by what they are: the product, the objectives by how they are reached (direct,
        indirect, or "objective": not said), the change."""
        objectives: dict[str, list[Note]] = {"direct": [], "indirect": [], "objective": []}
        for note in self.session.notes_of("objective"):
            reach = note.details.get("reach", "")
            objectives[reach if reach in objectives else "objective"].append(note)
        told = {"product": self.session.notes_of("product"), **objectives, "change": self.session.notes_of("change")}
        return tuple((name, tuple(notes)) for name, notes in told.items() if notes)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The lists of notes whose kind has a title in `impactlib.domain.kinds`, empty ones left out."""
        titled = [kind for kind in kinds.KINDS.values() if kind.title]
        parts = (Part(kind.title, kind.place, self._last(self.session.notes_of(kind.name))) for kind in titled)
        return tuple(part for part in parts if part.notes)

    def told(self, place: str) -> tuple[Part, ...]:
        """The parts that stand at one place."""
        return tuple(part for part in self.parts if part.place == place)

    @property
    def contract(self) -> Note | None:
        """The request in one sentence."""
        return self.session.contract

    @property
    def rehearses(self) -> bool:
        """Whether it is a committee's rehearsal: the request is what the committee will be asked."""
        return self.session.agenda is not None and self.session.agenda.name == COMMITTEE_REHEARSAL

    @property
    def centre(self) -> str:
        """What the whole workshop is about, as `Agenda.centre` says, where there is something of it to tell."""
        centre = self.session.agenda.centre if self.session.agenda else ""
        return centre if (self.funnel if centre == "aarri" else self.matrix) else ""

    @property
    def followed(self) -> tuple[Series, ...]:
        """The metrics that have figures after their baseline."""
        return tuple(series for series in every_series(self.session) if series.readings)

    def curve(self, series: Series) -> Curve | None:
        """The curve of a metric, with what happened meanwhile; None where no figure is dated."""
        return curve(series, marks(self.session, series))

    @property
    def forecasts(self) -> tuple[aarri.Step, ...]:
        """The AARRI table, where something is forecast of a metric that stands."""
        steps = aarri.table(self.session)
        return steps if any(row.last for step in steps for row in step.rows) else ()

    @cached_property
    def funnel(self) -> Funnel | None:
        """The five stages of AARRI over one period, where two of them have a metric."""
        return funnel(self.session)

    @property
    def features(self) -> tuple[Effect, ...]:
        """What was delivered or is to be, with what each should move, those that say nothing of it last."""
        return tuple(sorted(effects(self.session), key=lambda one: one.expected is None))

    @property
    def promises(self) -> tuple[Note, ...]:
        """What was promised in the session before."""
        return tuple(self.session.notes_of("promise"))

    @property
    def counted(self) -> tuple[int, int]:
        """How many promises were kept, of how many."""
        return review.kept_promises(self.session)

    def is_past(self, promise: Note) -> bool:
        """Whether the day of a promise had come, and nobody had settled it."""
        return review.is_past(self.session, promise)

    @cached_property
    def judged(self) -> tuple[review.Judged, ...]:
        """In a review, the decisions beside today's figures, with their verdicts."""
        return tuple(review.judged(self.session)) if review.reviews(self.session) else ()

    @property
    def endings(self) -> tuple[Note, ...]:
        """The post-mortems."""
        return tuple(self.session.notes_of("ending"))

    @cached_property
    def since(self) -> review.Since | None:
        """What changed since the session before, or since the last of its kind; None for a first one."""
        return review.since(self.session)

    @property
    def held_before(self) -> str:
        """The day of the session that it is compared with, "" for a first one."""
        before = review.compared_with(self.session)
        return day_of(before.held_at, self.session.zone).isoformat() if before else ""

    @property
    def recurs(self) -> bool:
        """Whether it is on an agenda that comes again: the next session on it is proposed."""
        return review.recurs(self.session) > 0

    @property
    def again(self) -> bool:
        """Whether it is a workshop on the vision, and not the first."""
        return review.is_vision(self.session) and self.session.vision is not None

    @property
    def next_on(self) -> str:
        """The day that a next session is proposed for, once one that goes on or comes again has begun; else ""."""
        agenda = self.session.agenda
        goes_on = self.session.follows is not None or (agenda is not None and agenda.shows("since"))
        return review.next_on(self.session).isoformat() if (goes_on or self.recurs) and self.begun else ""

    @property
    def sources(self) -> tuple[Note, ...]:
        """The inventory of data."""
        return self._last(self.session.notes_of("source"))

    @property
    def matrix(self) -> Filled | None:
        """The impact matrix, where a metric names an indicator of it."""
        return begun(self.session)

    @property
    def questions(self) -> tuple[Exchange, ...]:
        """The questions with their answers."""
        notes = self._last(self.session.notes_of("question"))
        return tuple(Exchange(note, tuple(self.session.notes_of("answer", about=note.id))) for note in notes)

    @property
    def hypotheses(self) -> tuple[Exchange, ...]:
        """The hypotheses, each with the advice given on it, what repeats other advice left out, and with its
        metrics."""
        session = self.session
        return tuple(
            Exchange(
                note, tuple(recommendations.advice(session, note.id)), tuple(session.notes_of("metric", about=note.id))
            )
            for note in self._last(session.notes_of("hypothesis"))
        )

    @property
    def advice(self) -> tuple[Note, ...]:
        """The advice on nothing, or on what is no hypothesis that stands."""
        every = recommendations.advice(self.session)
        return self._last([note for note in every if note.about not in self._standing])

    @cached_property
    def _standing(self) -> set[str]:
        return {note.id for note in self.session.notes_of("hypothesis")}

    @property
    def metrics(self) -> tuple[Note, ...]:
        """All the metrics."""
        return tuple(self.session.notes_of("metric"))

    @cached_property
    def kept(self) -> tuple[Note, ...]:
        """The metrics that the team keeps."""
        return tuple(self.session.kept_metrics())

    def stopped(self, metric: Note) -> bool:
        """Whether the last verdict on a metric is that the team follows it no longer."""
        return review.is_stopped(self.session, metric)

    @property
    def others(self) -> tuple[Note, ...]:
        """The metrics that are told nowhere else. Once there is a ranking it lists those without any definition."""
        alone = [one for one in self.metrics if one not in self.kept and one.about not in self._standing]
        shown = self.session.ranking_shown
        return self._last([one for one in alone if not shown or self.definition(one).lines])

    @property
    def actions(self) -> tuple[Note, ...]:
        """The actions."""
        return tuple(self.session.notes_of("action"))

    @property
    def ranking(self) -> tuple[Row, ...]:
        """The ranking, once it was shown."""
        return tuple(ranking(self.session)) if self.session.ranking_shown else ()

    @property
    def unsure(self) -> bool:
        """Whether the data of a metric leave its ease in doubt, as the picture shows."""
        return any(row.unsure for row in self.ranking)

    @property
    def abstentions(self) -> Mapping[str, int]:
        """How many people abstained from each metric."""
        return standing(self.session).abstained

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The metrics where people differed."""
        return tuple(standing(self.session).topics)

    @property
    def rescored(self) -> Mapping[str, list[tuple[int, Row]]]:
        """The metrics that were scored in several rounds, with their row in each."""
        return standing(self.session).rescored

    @property
    def minutes(self) -> tuple[Minutes, ...]:
        """The length of each step, as planned and as it was, once the hour has ended."""
        seconds = spent(self.session)
        return tuple(Minutes(step, step.seconds, seconds[step.id]) for step in self.session.steps if step.id in seconds)

    @property
    def unmarked(self) -> tuple[Note, ...]:
        """The recommendations of which the team has not said yet what it does."""
        return tuple(note for note in recommendations.advice(self.session) if not note.details.get("status"))

    @property
    def missing(self) -> tuple[str, ...]:
        """What is still to complete, as `missing` names it, once the hour has begun: it is the hour that gives it."""
        return tuple(missing(self.session)) if self.begun else ()

    def name(self, person: str) -> str:
        """The name that tells somebody from the others, or "" for somebody unknown."""
        known = named(self.session).get(person)
        return known.name if known else ""

    def writer(self, note: Note) -> str:
        """Who wrote a note on behalf of its speaker, or "" when the speaker did."""
        return self.name(note.by) if note.behalf else ""

    def metric_of(self, note: Note) -> Note | None:
        """The metric that a recommendation or a post-mortem is about, if it is one that stands."""
        metric = self.session.notes.get(note.about)
        return metric if metric and metric.kind == "metric" and not metric.withdrawn else None

    def repeated(self, advice: Note) -> list[Note]:
        """The recommendations that say the same again."""
        return self._repeated.get(advice.id, [])

    @cached_property
    def _repeated(self) -> recommendations.Groups:
        return recommendations.groups(self.session)

    def changes(self, note: Note) -> list[recommendations.Change]:
        """The changes in a hypothesis or a metric since the hour began."""
        return recommendations.changed(self.session, note)

    def minute(self, note: Note) -> int | None:
        """The minute of the hour at which a recommendation was made; None out of the hour, and for the other notes."""
        ended = self.session.clock.ended
        told = note.kind == "recommendation" and (ended is None or note.at <= ended)
        return minute(self.session, note) if told else None

    def comes_from(self, action: Note) -> Note | None:
        """The recommendation that an action comes from, if it stands."""
        note = self.session.notes.get(action.about)
        return note if note and not note.withdrawn else None

    @property
    def results(self) -> bool:
        """Whether the hour has given anything yet of what the summary opens on."""
        return bool(self.contract or self.told(Place.FIRST) or self.kept or self.centre or self.actions or self.scored)

    @property
    def scored(self) -> tuple[Row, ...]:
        """The rows of the ranking that are in its picture, each under its number there: the first is 1."""
        return tuple(row for row in self.ranking if row.place)

    def card(self, metric: Note) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What the card of a metric says: the lines of `CARD` that are not empty, each with the details given."""
        given = ((line, tuple(name for name in names if metric.details.get(name))) for line, names in CARD.items())
        return tuple((line, names) for line, names in given if names)

    def detailed(self, changes: Callable[[Note], Sequence[object]]) -> tuple[Note, ...]:
        """The metrics kept of which more is said than on their cards, what the hour changed in them included."""
        return tuple(note for note in self.kept if self.definition(note).lines or changes(note))

    def outsider(self, note: Note) -> Role | None:
        """The role of who said something, where it is not the team's: what they learnt is their own."""
        person = self.session.people.get(note.speaker)
        return person.role if person and person.role != Role.CLIENT else None

    def definition(self, metric: Note) -> Definition:
        """The definition of a metric."""
        return Definition(metric, sources_of(self.session, metric))


def missing(session: Session) -> list[str]:
    """The parts asked for by the agenda and still to complete, as keys: contract, learning, kept, quality, north_star,
    way (to the North Star, in its own workshop), figures (those of the North Star), decision, passed (a decision's date
    is before the hour), promised (what became of it), verdict (on a decision whose day has come), action, owner, due,
    status, reason."""
    actions, kept, advice = session.notes_of("action"), session.kept_metrics(), recommendations.advice(session)
    star = recommendations.north_star(session)
    asked = {pane for step in session.steps for pane in step.shows} if session.agenda else set(PANES)
    gathers = session.agenda is not None and session.agenda.gathers
    gaps = {
        "contract": "contract" in asked and session.contract is None,
        "learning": "learnings" in asked and not session.notes_of("learning"),
        "kept": "metrics" in asked and not kept,
        "quality": any(not note.details.get("quality") for note in kept),
        "north_star": bool(kept) and star is None,
        "way": star is not None and _makes_a_star(session) and not recommendations.explained(star),
        "figures": star is not None and not recommendations.measured(star),
        "decision": not all(map(recommendations.decided, kept)),
        "passed": session.follows is None and any(recommendations.decided_before(session, note) for note in kept),
        "promised": any(not note.details.get("state") for note in session.notes_of("promise")),
        "verdict": "verdicts" in asked
        and any(one.asked and "early" not in one.cautions for one in review.judged(session)),
        "action": "learnings" in asked and not actions and not gathers,
        "owner": any(not note.details.get("owner") for note in actions),
        "due": any(not note.details.get("due") for note in actions),
        "status": any(not note.details.get("status") for note in advice),
        "reason": any(note.details.get("status") and not note.details.get("reason") for note in advice),
    }
    return [gap for gap, open_ in gaps.items() if open_]


def _makes_a_star(session: Session) -> bool:
    return session.agenda is not None and session.agenda.name == NORTH_STAR


def minute(session: Session, note: Note) -> int | None:
    """The minute of the hour at which a note came, from 0, pauses counted; None before the hour, and once those who
    lived it have left."""
    started, ended = session.clock.started, session.clock.ended
    if started is None or note.at < started or (ended is not None and note.at > ended + AROUND):
        return None
    return int((note.at - started) // 60)


def spent(session: Session) -> dict[str, float]:
    """Seconds that each step of the agenda took, by its id; empty until the hour has ended."""
    if session.clock.ended is None:
        return {}
    seconds = took(session.clock, session.clock.ended)
    return {step.id: seconds.get(step.id, 0.0) for step in session.steps}
