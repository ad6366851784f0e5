"""What a session knows of the headings of an investment committee. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import takewhile

from impactlib.domain import aarri
from impactlib.domain.agenda import COMMITTEE
from impactlib.domain.clock import day_of
from impactlib.domain.curve import Curve, curve, marks
from impactlib.domain.due import due
from impactlib.domain.features import Effect, effects
from impactlib.domain.hypotheses import is_number, kept_day
from impactlib.domain.impact_matrix import concept_of
from impactlib.domain.matrices import concept_of as concept_named
from impactlib.domain.next_session import SETTLED, promised
from impactlib.domain.readings import Figure, Series, every_series, proven, said_on
from impactlib.domain.recommendations import north_star
from impactlib.domain.review import compared, is_stopped, is_unread, last_verdict
from impactlib.domain.session import Note, Session

_SIX_MONTHS = timedelta(days=183)
_OF_IMPACT = ("useful", "impactful")
"""The concepts of the matrix that tell of impact; the others tell of usage and of costs."""
_LEARNT = ("learning", "verdict", "ending")


@dataclass(frozen=True)
class Decision:
    """A decision written beforehand, whose day has come: the figure of that day that the verdict knew, whether it met
    the threshold (None where the two are not compared, `unread` where who reads them compares), and the verdict given
    last, None where none was. `since` are the figures that came after, `meets` whether the latest one does."""

    series: Series
    on: date
    then: Figure | None
    met: bool | None
    unread: bool
    verdict: Note | None

    @property
    def since(self) -> tuple[Figure, ...]:
        return self.series.since(self.then)

    @property
    def meets(self) -> bool | None:
        return compared(self.series)

    @property
    def undated(self) -> tuple[Figure, ...]:
        """The figures without a date, which are compared with nothing."""
        return tuple(one for one in self.series.figures if one.on is None)


@dataclass(frozen=True)
class Action:
    """What was promised: `state` is what became of it, as the latest session that asked said on the day `said_on`; ""
    and None where none did. `past` says that its day is past and that it is not settled."""

    note: Note
    state: str
    said_on: date | None
    past: bool


@dataclass(frozen=True)
class Milestone:
    """Something dated: an "action", a "delivery" of a feature, or the "decision" on a metric."""

    on: date
    kind: str
    note: Note


@dataclass(frozen=True)
class Committee:
    """The figures, the actions and the lessons that its headings ask for; the rest are notes of the session.

    `earlier` are the sessions of the product before this one, the latest first. `made_on` is the day on which the sheet
    is made, from which it tells how old a figure is and what is late; that of the session where it is not said.
    """

    session: Session
    earlier: tuple[Session, ...] = ()
    made_on: date | None = None

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """This session and those since the last committee, which knew of what lies before, the latest first."""
        return (self.session, *takewhile(lambda one: not _is_committee(one), self.earlier))

    @cached_property
    def held_on(self) -> date:
        """The day of the session."""
        return day_of(self.session.held_at, self.session.zone)

    @cached_property
    def today(self) -> date:
        """The day of the sheet."""
        return max(self.made_on or self.held_on, self.held_on)

    @cached_property
    def last_on(self) -> date | None:
        """The day of the committee before this session; None where no session before it was one."""
        return next((day_of(one.held_at, one.zone) for one in self.earlier if _is_committee(one)), None)

    @cached_property
    def latest_on(self) -> date | None:
        """The day of the committee that was held last, which this session may be."""
        begun = self.session.clock.started is not None
        return self.held_on if begun and _is_committee(self.session) else self.last_on

    @property
    def serves(self) -> date | None:
        """The day of the committee that the sheet is for: that of the session, unless it is past or no committee; None
        where it is for a next one, whose day is not known."""
        return self.held_on if _is_committee(self.session) and self.today == self.held_on else None

    @property
    def before_it(self) -> date | None:
        """The day of the committee that was held last before the one that the sheet is for."""
        return self.last_on if self.serves else self.latest_on

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """What the team had promised before this session, each action once: those that are done first."""
        every: dict[str, Action] = {}
        for session in self.sessions:
            asked = session.notes_of("promise")
            for note in (*asked, *session.notes_of("action")) if session is not self.session else asked:
                known = every.get(promised(note))
                # What an earlier session said stands, where none said more since.
                if known is None or (not known.state and note.details.get("state")):
                    every[promised(note)] = self._action(note, session)
        return tuple(sorted(every.values(), key=lambda one: one.state != "done"))

    def _action(self, note: Note, session: Session) -> Action:
        state = note.details.get("state", "")
        said_on = day_of(session.held_at, session.zone) if state else None
        return Action(note, state, said_on, self.is_late(note, state))

    def is_late(self, note: Note, state: str) -> bool:
        """Whether the day of an action is past when the sheet is made, and nobody settled it."""
        on = kept_day(note.details.get("due", ""))
        return on is not None and on < self.today and state not in SETTLED

    @cached_property
    def late(self) -> tuple[Action, ...]:
        """The actions whose day is past, and that nobody settled: those of this session too."""
        mine = (self._action(note, self.session) for note in self.session.notes_of("action"))
        return tuple(one for one in (*self.actions, *mine) if one.past)

    @property
    def late_deliveries(self) -> tuple[Effect, ...]:
        """The features to deliver whose day is past when the sheet is made."""
        return tuple(one for one in self.coming if one.delivered_on and one.delivered_on < self.today)

    @cached_property
    def road(self) -> tuple[Milestone, ...]:
        """What is dated for the day of the session, or later, in order of date: actions, deliveries, decisions."""
        dated = [one for one in due(self.session) if one.kind in ("action", "decision")]
        found = [Milestone(one.on, one.kind, one.note) for one in dated if one.note]
        found += [Milestone(one.delivered_on, "delivery", one.feature) for one in self.coming if one.delivered_on]
        return tuple(sorted((one for one in found if one.on >= self.held_on), key=lambda one: (one.on, one.kind)))

    @property
    def to_decide(self) -> tuple[Milestone, ...]:
        """The decisions of the team whose day is to come."""
        return tuple(one for one in self.road if one.kind == "decision" and one.on >= self.today)

    @cached_property
    def by_metric(self) -> dict[str, Series]:
        """The figures of each metric that stands, by its id."""
        return {series.metric.id: series for series in every_series(self.session)}

    @property
    def undated(self) -> tuple[Note, ...]:
        """The actions written in this session that have no date."""
        return tuple(note for note in self.session.notes_of("action") if not kept_day(note.details.get("due", "")))

    def put_on(self, note: Note, detail: str = "") -> str:
        """The day (ISO) of the session in which the text of a note, or one of its details, was put as it stands; ""
        where that was in a session that is not known."""
        said, first = _said(note, detail), self.session
        for session in (self.session, *self.earlier):
            known = session.notes.get(note.id)
            if known is None or _said(known, detail) != said:
                break
            first = session
        before = first.follows.notes.get(note.id) if first.follows else None
        unknown = first is (self.session, *self.earlier)[-1] and before is not None and _said(before, detail) == said
        return "" if unknown else day_of(first.held_at, first.zone).isoformat()

    def pivots_since(self, notes: Sequence[Note]) -> tuple[str, ...]:
        """The day (ISO) of the last decision to pivot, where all of these notes stand as they did before it."""
        verdicts = [note for note in self.session.notes_of("verdict") if note.details.get("course") == "pivot"]
        last = max(map(self.verdict_on, verdicts), default="")
        return (last,) if notes and last and all("" < self.put_on(note) < last for note in notes) else ()

    @cached_property
    def stopped(self) -> tuple[tuple[Note, Note], ...]:
        """The metrics that the team follows no longer, each with the verdict that stopped it."""
        metrics = (series.metric for series in every_series(self.session) if is_stopped(self.session, series.metric))
        return tuple((metric, verdict) for metric in metrics if (verdict := self.verdict(metric)))

    @property
    def promises(self) -> tuple[int, int]:
        """How many of the actions that were promised were carried out."""
        return sum(one.state == "done" for one in self.actions), len(self.actions)

    @property
    def reviewed(self) -> bool:
        """Whether what became of one of these actions was said."""
        return any(one.state for one in self.actions)

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions written beforehand, whose day has come."""
        return tuple(self._decisions())

    def _decisions(self) -> Iterator[Decision]:
        for series in every_series(self.session):
            on = kept_day(series.metric.details.get("decide_on", ""))
            if on and on <= self.held_on and series.metric.details.get("threshold"):
                verdict = self.verdict(series.metric)
                then = _as_on(series, on, said_on(verdict, self.session.zone) if verdict else date.max)
                yield Decision(series, on, then.latest, compared(then), is_unread(then), verdict)

    def verdict(self, metric: Note) -> Note | None:
        """The verdict on a metric that was given last."""
        return last_verdict(self.session, metric)

    def verdict_on(self, verdict: Note) -> str:
        """The day (ISO) on which a verdict was given."""
        return said_on(verdict, self.session.zone).isoformat()

    def verdict_figure(self, verdict: Note) -> Figure | None:
        """The figure that a verdict knew; None where none that has a date was known."""
        on = said_on(verdict, self.session.zone)
        found = self.by_metric.get(verdict.about)
        return _as_on(found, on, on).latest if found else None

    def delivered_between(self, verdict: Note) -> tuple[str, ...]:
        """The days (ISO) on which features that should move the metric of a verdict were delivered after the figure
        that it knew, and until it was given: that figure says nothing of them."""
        figure, on = self.verdict_figure(verdict), said_on(verdict, self.session.zone)
        since = (figure.on if figure else None) or date.max
        features = self.session.notes_of("feature", about=verdict.about)
        days = (kept_day(one.details.get("delivered_on", "")) for one in features)
        return tuple(sorted({day.isoformat() for day in days if day and since < day <= on}))

    @cached_property
    def star_since(self) -> date | None:
        """The day of the first session, of those in a row before this one, that had the same North Star; None where
        the one before had another."""
        named, first = north_star(self.session), None
        for session in self.earlier:
            was = north_star(session)
            if named is None or was is None or was.id != named.id:
                break
            first = day_of(session.held_at, session.zone)
        return first

    def then(self, series: Series) -> Figure | None:
        """The figure that the committee before knew; where there was none, or it knew none, the baseline."""
        known = _as_on(series, self.last_on, self.last_on).latest if self.last_on else None
        return known or series.baseline

    def age(self, figure: Figure) -> int | None:
        """The days from a figure to the sheet; None where it has no day before it."""
        return (self.today - figure.on).days if figure.on and figure.on <= self.today else None

    @cached_property
    def learnt(self) -> tuple[tuple[Session, str, tuple[Note, ...]], ...]:
        """What was learnt in each session, with its day (ISO): the lessons, verdicts and post-mortems written in it,
        but the verdicts that stand beside their decisions."""
        told = {one.verdict.id for one in self.decisions if one.verdict}
        return tuple(
            (session, day_of(session.held_at, session.zone).isoformat(), notes)
            for session in self.sessions
            if (notes := tuple(note for note in _written_in(session) if note.id not in told))
        )

    @cached_property
    def goals(self) -> tuple[Series, ...]:
        """The metrics that the team keeps or follows, those it keeps first and in its order; not those it stopped."""
        going = (one for one in every_series(self.session) if not is_stopped(self.session, one.metric))
        every = {series.metric.id: series for series in going}
        kept = [every[id] for id in self.session.kept if id in every]
        return (*kept, *(series for id, series in every.items() if series.readings and id not in self.session.kept))

    @cached_property
    def north_star(self) -> Series | None:
        """The figures of the North Star."""
        named = north_star(self.session)
        return next((series for series in self.goals if named and series.metric.id == named.id), None)

    def curve(self, series: Series) -> Curve | None:
        """The curve of a metric over the six months before the session, from the last figure that was known then."""
        since = self.held_on - _SIX_MONTHS
        older = [one for one in series.known if one.on and one.on < since]

        def stays(one: Figure) -> bool:
            return one.on is None or one.on >= since or one in older[-1:]

        baseline = series.baseline if series.baseline and stays(series.baseline) else None
        recent = replace(series, baseline=baseline, readings=tuple(filter(stays, series.readings)))
        return curve(recent, marks(self.session, series, (day_of(one.held_at, one.zone) for one in self.earlier)))

    @property
    def delivered(self) -> tuple[Effect, ...]:
        """The features that were delivered when somebody last wrote."""
        return tuple(one for one in effects(self.session) if self._is_delivered(one))

    @property
    def coming(self) -> tuple[Effect, ...]:
        """The features that are to be delivered."""
        return tuple(one for one in effects(self.session) if not self._is_delivered(one))

    @property
    def ahead(self) -> tuple[Effect, ...]:
        """Those of them that have an expectation."""
        return tuple(one for one in self.coming if one.expected is not None)

    def short_of(self, one: Effect) -> str:
        """What a feature would not reach, even as expected: the "target", else the "threshold" of the decision; ""
        where it would, or where that is not known."""
        found, would = one.series, one.would_be
        if found is None or found.latest is None or would is None:
            return ""
        if found.target is not None:
            return "" if found.reaches(would) else "target"
        then = replace(found, readings=(*found.readings, replace(found.latest, value=would, baseline=False)))
        return "threshold" if compared(then) is False else ""

    @property
    def aimed(self) -> tuple[Series, ...]:
        """The goals whose target is for a day to come."""
        return tuple(one for one in self.goals if one.target is not None and (one.target_date or date.min) > self.today)

    @property
    def proof(self) -> str:
        """What the goals that tell of impact show, one of `PROOFS` of `impactlib.domain.readings`."""
        return proven(one for one in self.goals if self._is_of_impact(one.metric))

    def _is_of_impact(self, metric: Note) -> bool:
        concept = concept_named(metric.details.get("indicator", "")) or concept_of(self.session, metric)
        return concept in _OF_IMPACT or metric.details.get("aarri") == "impact"

    @property
    def potential(self) -> str:
        """The potential of deployment, as it was said of the North Star; "" where nobody said it: the best figure of
        a metric that should go down, such as 0, is none."""
        star = self.north_star
        said = star.metric.details.get("potential", "") if star else ""
        if star is None or not is_number(said):
            return said
        least = star.metric.details.get("direction") == "less" or Decimal(said) <= min(
            (one.value for one in star.figures), default=Decimal(0)
        )
        return "" if least else said

    @property
    def steps(self) -> tuple[int, int]:
        """How many steps of AARRI have a metric, of how many."""
        steps = [step for step in aarri.table(self.session) if step.name]
        return sum(bool(step.rows) for step in steps), len(steps)

    @property
    def milestones(self) -> str:
        """What this session says of the milestones of the North Star; "" where the session before had said it."""
        star, follows = self.north_star, self.session.follows
        said = star.metric.details.get("milestones", "") if star else ""
        known = follows.notes.get(star.metric.id) if star and follows else None
        return "" if known and known.details.get("milestones") == said else said

    def _is_delivered(self, one: Effect) -> bool:
        last = max(note.at for note in self.session.notes.values())
        return one.delivered_on is not None and one.delivered_on <= day_of(last, self.session.zone)


def _is_committee(session: Session) -> bool:
    return session.agenda is not None and session.agenda.name == COMMITTEE


def _said(note: Note, detail: str) -> str:
    return note.details.get(detail, "") if detail else note.text


def _written_in(session: Session) -> Iterator[Note]:
    """What was learnt in a session, but what it took along from the one before."""
    taken = session.follows.notes if session.follows else {}
    for kind in _LEARNT:
        yield from (note for note in session.notes_of(kind) if note.id not in taken)


def _as_on(series: Series, on: date, given: date) -> Series:
    """The figures of a metric that were of that day, or of a period that had ended, and were `given` by another one."""
    first = series.baseline if series.baseline and series.baseline.on and series.baseline.on <= on else None
    readings = tuple(one for one in series.readings if one.on and one.on <= on and (one.given or given) <= given)
    return replace(series, baseline=first, readings=readings, until=on)
