"""What the hour left: the outline of the summary, and what is still to complete. Pure.

The page's preview, the Markdown and the HTML are three renderings of this one outline.
"""

from __future__ import annotations

from dataclasses import dataclass

from impactlib.agenda import Role, Step
from impactlib.clock import took
from impactlib.scoring import Rank, ranking
from impactlib.session import Note, Person, Session


@dataclass(frozen=True)
class Exchange:
    """A question or a hypothesis, and what was said about it."""

    note: Note
    replies: tuple[Note, ...]


@dataclass(frozen=True)
class Minutes:
    """A step's planned length and what it took, in seconds."""

    step: Step
    planned: float
    actual: float


@dataclass(frozen=True)
class Outline:
    """A summary before it is worded. `missing` names what is still to complete, as `missing` does."""

    session: Session
    people: tuple[Person, ...]
    problem: tuple[Note, ...]
    audience: tuple[Note, ...]
    goals: tuple[Note, ...]
    expectations: tuple[Note, ...]
    contract: Note | None
    questions: tuple[Exchange, ...]
    hypotheses: tuple[Exchange, ...]
    advice: tuple[Note, ...]
    ranking: tuple[Rank, ...]
    metrics: tuple[Note, ...]
    kept: tuple[Note, ...]
    learnings: tuple[Note, ...]
    actions: tuple[Note, ...]
    minutes: tuple[Minutes, ...]
    missing: tuple[str, ...]

    @property
    def held_at(self) -> float:
        """When the hour is, in seconds since 1970: when it began, else is planned for, else was opened."""
        clock = self.session.clock
        return next((at for at in (clock.started, clock.scheduled) if at is not None), self.session.opened_at)

    @property
    def participants(self) -> tuple[tuple[Role, tuple[Person, ...]], ...]:
        """Who is here, by role; a role that nobody has is left out."""
        groups = ((role, tuple(p for p in self.people if p.role == role)) for role in Role)
        return tuple((role, people) for role, people in groups if people)

    def name(self, person: str) -> str:
        """Who that is, or "" for somebody unknown."""
        known = self.session.people.get(person)
        return known.name if known else ""

    def writer(self, note: Note) -> str:
        """Who wrote a note on behalf of its speaker, or "" when the speaker did."""
        return self.name(note.by) if note.behalf else ""

    def metric_of(self, note: Note) -> Note | None:
        """The metric that a recommendation is attached to, if it is to one that stands."""
        return next((metric for metric in self.metrics if metric.id == note.about), None)


def outline(session: Session) -> Outline:
    """The summary's parts, without what was withdrawn, and without scores that were never shown."""
    standing = {note.id for note in session.notes_of("hypothesis")}
    return Outline(
        session=session,
        people=tuple(p for role in Role for p in session.here(role)),
        problem=tuple(session.notes_of("problem")),
        audience=tuple(session.notes_of("audience")),
        goals=tuple(session.notes_of("goal")),
        expectations=tuple(session.notes_of("expectation")),
        contract=session.contract,
        questions=_exchanges(session, "question", "answer"),
        hypotheses=_exchanges(session, "hypothesis", "recommendation"),
        advice=tuple(n for n in session.notes_of("recommendation") if n.about not in standing),
        ranking=tuple(ranking(session)) if session.ranking_shown else (),
        metrics=tuple(session.notes_of("metric")),
        kept=tuple(session.kept_metrics()),
        learnings=tuple(session.notes_of("learning")),
        actions=tuple(session.notes_of("action")),
        minutes=_minutes(session),
        missing=tuple(missing(session)),
    )


def missing(session: Session) -> list[str]:
    """What is still to complete, as keys: contract, learning, kept, quality, action, owner, due."""
    actions, kept = session.notes_of("action"), session.kept_metrics()
    gaps = {
        "contract": session.contract is None,
        "learning": not session.notes_of("learning"),
        "kept": not kept,
        "quality": any(not note.details.get("quality") for note in kept),
        "action": not actions,
        "owner": any(not note.details.get("owner") for note in actions),
        "due": any(not note.details.get("due") for note in actions),
    }
    return [gap for gap, open_ in gaps.items() if open_]


def _exchanges(session: Session, kind: str, reply: str) -> tuple[Exchange, ...]:
    return tuple(Exchange(n, tuple(session.notes_of(reply, about=n.id))) for n in session.notes_of(kind))


def minute(session: Session, note: Note) -> int | None:
    """The minute of the hour at which a note came, from 0; None before the hour."""
    started = session.clock.started
    return None if started is None or note.at < started else int((note.at - started) // 60)


def spent(session: Session) -> dict[str, float]:
    """Seconds that each step of the agenda took, by its id; empty until the hour has ended."""
    if session.clock.ended is None:
        return {}
    seconds = took(session.clock, session.clock.ended)
    return {step.id: seconds.get(step.id, 0.0) for step in session.steps}


def _minutes(session: Session) -> tuple[Minutes, ...]:
    seconds = spent(session)
    return tuple(Minutes(step, step.seconds, seconds[step.id]) for step in session.steps if step.id in seconds)
