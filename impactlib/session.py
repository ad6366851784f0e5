"""A session: the pure fold of its journal's entries.

``evolve`` says what each event does to a session, ``history`` folds a whole journal. Nothing here
reads a clock, a file or a language; the time that an entry carries is the only time there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce, singledispatch

from impactlib import clock, events
from impactlib.agenda import Agenda, Role, Step, parse
from impactlib.clock import Clock
from impactlib.events import Entry

KINDS = (
    "expectation",
    "problem",
    "audience",
    "goal",
    "question",
    "answer",
    "testimony",
    "contract",
    "hypothesis",
    "recommendation",
    "metric",
    "learning",
    "action",
    "product",
    "objective",
    "change",
    "source",
    "contact",
)
"""What a note can be. `expectation` is a person's (tour de table), `goal` what the team expects of the hour,
`audience` for whom the product is, `change` the change sought, `source` one of the inventory of data,
`contact` how others may reach the team, which agrees to it."""

SCORES = range(1, 6)
QUALITIES = ("10", "50", "90")
"""At how many per cent the data of a metric are right, as its detail says it."""
METRICS_KEPT, METRICS_KEPT_AFTER = 3, 4
"""Metrics that the team keeps: what five minutes hold; afterwards a North Star and three others."""
LONGEST_STEP = 240.0
"""Minutes that a step can be given within the hour."""


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    role: Role
    out: bool = False


@dataclass(frozen=True)
class Note:
    """Something that was said or written. `order` is its place among the notes: that in the journal, until it
    is moved; `version` counts its texts."""

    id: str
    kind: str
    text: str
    by: str
    behalf: str
    at: float
    order: int
    about: str = ""
    version: int = 1
    withdrawn: bool = False
    withdrawn_by: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def speaker(self) -> str:
        """Whose words these are."""
        return self.behalf or self.by


@dataclass(frozen=True)
class Score:
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


@dataclass(frozen=True)
class Round:
    """What people think of some metrics, each on their own until it is shown.

    A journal from before there were rounds has one without an id: it takes every metric, goes on
    taking scores while it is shown, and can be hidden again.
    """

    id: str = ""
    metrics: tuple[str, ...] = ()
    opened_at: float | None = None
    shown_at: float | None = None
    scores: Scores = field(default_factory=dict)

    @property
    def shown(self) -> bool:
        return self.shown_at is not None

    def takes(self, metric: str) -> bool:
        """Whether it is about that metric."""
        return not self.id or metric in self.metrics


@dataclass(frozen=True)
class Session:
    """What is known of a workshop at one moment. `before` are its notes as they stood when the hour began;
    `shared` says that it was reduced to be shared."""

    id: str = ""
    team: str = ""
    lang: str = "fr"
    video: str = ""
    agenda: Agenda | None = None
    opened_at: float = 0.0
    clock: Clock = field(default_factory=Clock)
    people: Mapping[str, Person] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)
    rounds: tuple[Round, ...] = ()
    kept: tuple[str, ...] = ()
    listening: bool = False
    before: Mapping[str, Note] = field(default_factory=dict)
    focus: str = ""
    shared: bool = False

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
        """What each person last gave each metric, in rounds shown or not."""
        return last_scores(self.rounds)

    @property
    def shown_scores(self) -> Scores:
        """What each person last gave each metric, in rounds that were shown."""
        return last_scores(round for round in self.rounds if round.shown)

    def notes_of(self, kind: str, about: str | None = None) -> list[Note]:
        """The notes of a kind that stand, in the order in which they came or were put."""
        found = (
            note
            for note in self.notes.values()
            if note.kind == kind and not note.withdrawn and about in (None, note.about)
        )
        return sorted(found, key=lambda note: note.order)

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

    def here(self, role: Role) -> list[Person]:
        """Who joined with that role and was not shown out."""
        return [p for p in self.people.values() if p.role == role and not p.out]


def last_scores(rounds: Iterable[Round]) -> Scores:
    """What each person gave each metric in the last of these rounds in which they said something of it."""
    scores: dict[tuple[str, str], Score] = {}
    for round in rounds:
        scores |= round.scores
    return scores


def history(entries: Iterable[Entry], session: Session | None = None) -> Session:
    """Fold entries, which come in ``events.order``, onto a session (a new one by default).

    A session that has an id is opened by the entry that was born in it, whatever was merged into it; one that
    has none by the first.
    """
    return reduce(evolve, entries, session or Session())


def evolve(session: Session, entry: Entry) -> Session:
    """The session after one more entry."""
    return _after(entry.event, session, entry)


@singledispatch
def _after(event: object, session: Session, entry: Entry) -> Session:
    return session


@_after.register
def _(event: events.SessionOpened, session: Session, entry: Entry) -> Session:
    if session.agenda is not None and entry.origin != session.id:
        # Two who prepared apart were merged: a workshop stays the one that it was opened as.
        return session
    agenda = parse(event.agenda, f"agenda of session {entry.origin}")
    return replace(
        session,
        id=session.id or entry.origin,
        team=event.team,
        lang=event.lang,
        video=event.video,
        agenda=agenda,
        opened_at=entry.at,
        clock=replace(_taken_over(session.clock, agenda), scheduled=event.starts_at),
    )


def _taken_over(past: Clock, agenda: Agenda) -> Clock:
    """The clock of a workshop that opens on another's past: an hour that was over is not this one's, which takes up
    what was said in it (a follow-up does); nor is one in a step that this agenda does not have."""
    known = past.step is None or any(step.id == past.step for step in agenda.steps)
    return past if known and past.ended is None else Clock()


@_after.register
def _(event: events.PersonJoined | events.PersonCorrected, session: Session, entry: Entry) -> Session:
    known = session.people.get(event.person)
    # A role of a newer kit, or somebody who never came in: there is nobody to show.
    if event.role not in list(Role) or (known is None and isinstance(event, events.PersonCorrected)):
        return session
    person = Person(event.person, event.name, Role(event.role), out=known.out if known else False)
    return replace(session, people={**session.people, event.person: person})


@_after.register
def _(event: events.PersonShownOut | events.PersonLetIn, session: Session, entry: Entry) -> Session:
    person = session.people.get(event.person)
    if person is None:
        return session
    out = isinstance(event, events.PersonShownOut)
    return replace(session, people={**session.people, person.id: replace(person, out=out)})


def _clock(session: Session, now: Clock) -> Session:
    return replace(session, clock=now)


@_after.register
def _(event: events.StepStarted, session: Session, entry: Entry) -> Session:
    if session.agenda is None or all(step.id != event.step for step in session.steps):
        return session
    # A step that is entered is not hidden any more; what the room looked at belonged to the last one.
    agenda = session.agenda.changed(event.step, hidden=False)
    entered = clock.enter(session.clock, agenda, event.step, entry.at)
    before = session.notes if session.clock.started is None else session.before
    # To listen belongs to a step: the group that goes on speaks again.
    listening = session.listening and session.clock.step == event.step
    return replace(session, agenda=agenda, clock=entered, before=before, listening=listening, focus="")


@_after.register
def _(event: events.MinutesSet, session: Session, entry: Entry) -> Session:
    agenda = session.agenda
    if agenda is None or all(step.id != event.step for step in agenda.steps) or not 0 < event.minutes <= LONGEST_STEP:
        return session
    changed = agenda.changed(event.step, minutes=float(event.minutes))
    return replace(session, agenda=changed, clock=clock.replan(session.clock, agenda, changed, entry.at))


@_after.register
def _(event: events.StepHidden, session: Session, entry: Entry) -> Session:
    agenda = session.agenda
    if agenda is None or event.step not in [step.id for step in agenda.steps[:-1] if step.id != session.clock.step]:
        return session
    return replace(session, agenda=agenda.changed(event.step, hidden=event.hidden))


@_after.register
def _(event: events.ClockPaused, session: Session, entry: Entry) -> Session:
    return _clock(session, clock.pause(session.clock, entry.at))


@_after.register
def _(event: events.ClockResumed, session: Session, entry: Entry) -> Session:
    return _clock(session, clock.resume(session.clock, entry.at))


@_after.register
def _(event: events.TimeAdded, session: Session, entry: Entry) -> Session:
    if session.agenda is None:
        return session
    return _clock(session, clock.add(session.clock, session.agenda, event.seconds))


@_after.register
def _(event: events.EndKept, session: Session, entry: Entry) -> Session:
    if session.agenda is None:
        return session
    return _clock(session, clock.keep_end(session.clock, session.agenda, event.kept, entry.at))


@_after.register
def _(event: events.SessionEnded, session: Session, entry: Entry) -> Session:
    # A workshop that was opened before another's hour ended, and took it in, has not had its own yet.
    if session.clock.step is None and entry.origin.partition(".")[0] != session.id:
        return session
    return replace(session, clock=clock.end(session.clock, entry.at), listening=False)


@_after.register
def _(event: events.ListeningSet, session: Session, entry: Entry) -> Session:
    return replace(session, listening=event.on)


def _note(session: Session, note: Note) -> Session:
    return replace(session, notes={**session.notes, note.id: note})


@_after.register
def _(event: events.NoteWritten, session: Session, entry: Entry) -> Session:
    if event.note in session.notes:
        return session
    note = Note(
        id=event.note,
        kind=event.kind,
        text=event.text,
        about=event.about,
        by=entry.by,
        behalf=entry.behalf,
        at=entry.at,
        order=len(session.notes) + 1,
    )
    return _note(session, note)


@_after.register
def _(event: events.NoteEdited, session: Session, entry: Entry) -> Session:
    note = session.notes.get(event.note)
    return _note(session, replace(note, text=event.text, version=note.version + 1)) if note else session


@_after.register
def _(event: events.NoteWithdrawn | events.NoteRestored, session: Session, entry: Entry) -> Session:
    note = session.notes.get(event.note)
    withdrawn = isinstance(event, events.NoteWithdrawn)
    return _note(session, replace(note, withdrawn=withdrawn, withdrawn_by=entry.by)) if note else session


@_after.register
def _(event: events.DetailSet, session: Session, entry: Entry) -> Session:
    note = session.notes.get(event.note)
    if note is None:
        return session
    return _note(session, replace(note, details={**note.details, event.detail: event.value}))


@_after.register
def _(event: events.RoundOpened, session: Session, entry: Entry) -> Session:
    metrics = tuple(id for id in dict.fromkeys(event.metrics.split()) if id in session.notes)
    # Of two who facilitated apart and were merged, each keeps their round.
    if not metrics or not event.round or any(round.id == event.round for round in session.rounds):
        return session
    return replace(session, rounds=(*session.rounds, Round(event.round, metrics, entry.at)))


@_after.register
def _(event: events.RoundShown, session: Session, entry: Entry) -> Session:
    shown = next((round for round in session.rounds if round.id == event.round and not round.shown), None)
    return _round(session, replace(shown, shown_at=entry.at)) if shown and shown.id else session


@_after.register
def _(event: events.MetricScored | events.MetricAbstained, session: Session, entry: Entry) -> Session:
    round = taking(session, event)
    if event.metric not in session.notes or round is None:
        return session
    of = (event.metric, entry.by)
    if isinstance(event, events.MetricAbstained):
        score = Score(abstained=True)
    elif any(point is not None and point not in SCORES for point in (event.value, event.ease)):
        return session
    else:
        # Whoever says one number of two in another round leaves the other as it was, be it after an abstention.
        given = round.scores.get(of, Score())
        before = session.shown_scores.get(of, Score()) if given == Score() or given.abstained else given
        score = Score(event.value or before.value, event.ease or before.ease)
    return _round(session, replace(round, scores={**round.scores, of: score}))


@_after.register
def _(event: events.RankingShown, session: Session, entry: Entry) -> Session:
    last = session.rounds[-1] if session.rounds else Round()
    return session if last.id else _round(session, replace(last, shown_at=entry.at if event.shown else None))


def taking(session: Session, event: events.MetricScored | events.MetricAbstained) -> Round | None:
    """The round that a score goes to: it is open, and about that metric."""
    last = session.rounds[-1] if session.rounds else Round()
    if event.round:
        round = next((known for known in session.rounds if known.id == event.round and not known.shown), None)
    else:
        round = session.round if last.id else last
    return round if round and round.takes(event.metric) else None


def _round(session: Session, round: Round) -> Session:
    """The session with that round in the place of the one that has its id, or last."""
    others = [known for known in session.rounds if known.id != round.id]
    at = next((i for i, known in enumerate(session.rounds) if known.id == round.id), len(others))
    return replace(session, rounds=(*others[:at], round, *others[at:]))


@_after.register
def _(event: events.MetricKept, session: Session, entry: Entry) -> Session:
    kept = tuple(id for id in session.kept if id != event.metric)
    if event.kept and event.metric in session.notes:
        kept = (*kept, event.metric)
    return replace(session, kept=kept)


@_after.register
def _(event: events.FocusSet, session: Session, entry: Entry) -> Session:
    return replace(session, focus=event.note if event.note in session.notes else "")


@_after.register
def _(event: events.NoteMoved, session: Session, entry: Entry) -> Session:
    note = session.notes.get(event.note)
    if note is None or event.before == event.note:
        return session
    alike = sorted((one for one in session.notes.values() if one.kind == note.kind), key=lambda one: one.order)
    others = [one for one in alike if one is not note]
    place = next((i for i, one in enumerate(others) if one.id == event.before), len(others))
    moved = [*others[:place], note, *others[place:]]
    # They share the places that they had, so that no two notes ever have the same.
    placed = {one.id: replace(one, order=had.order) for one, had in zip(moved, alike, strict=True)}
    return replace(session, notes={**session.notes, **placed})


@_after.register
def _(event: events.NoteAttached, session: Session, entry: Entry) -> Session:
    note = session.notes.get(event.note)
    if note is None or event.about not in session.notes or event.about == event.note:
        return session
    return _note(session, replace(note, about=event.about))
