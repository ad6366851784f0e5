"""What a session knows of the headings of an investment committee. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import takewhile

from impactlib.domain.agenda import COMMITTEE
from impactlib.domain.clock import day_of
from impactlib.domain.features import Effect, effects
from impactlib.domain.hypotheses import kept_day
from impactlib.domain.next_session import promised
from impactlib.domain.readings import Figure, Series, every_series, said_on
from impactlib.domain.recommendations import north_star
from impactlib.domain.review import compared, is_stopped, last_verdict
from impactlib.domain.session import Note, Session

_LEARNT = ("learning", "verdict", "ending")


@dataclass(frozen=True)
class Decision:
    """A decision written beforehand, whose day has come: the figure of that day that the verdict knew, whether it met
    the threshold (None where the two are not compared), and the verdict given last, None where none was."""

    series: Series
    on: date
    then: Figure | None
    met: bool | None
    verdict: Note | None


@dataclass(frozen=True)
class Committee:
    """The figures, the actions and the lessons that its headings ask for; the rest are notes of the session.

    `earlier` are the sessions of the product before this one, the latest first.
    """

    session: Session
    earlier: tuple[Session, ...] = ()

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """This session and those since the last committee, which knew of what lies before, the latest first."""
        return (self.session, *takewhile(lambda one: one.agenda is None or one.agenda.name != COMMITTEE, self.earlier))

    @cached_property
    def actions(self) -> tuple[Note, ...]:
        """What the team had promised, each action once, as the latest session knows it: those that are done first."""
        every: dict[str, Note] = {}
        for session in self.sessions:
            for note in (*session.notes_of("promise"), *session.notes_of("action")):
                every.setdefault(promised(note), note)
        return tuple(sorted(every.values(), key=lambda note: note.details.get("state") != "done"))

    @property
    def first_day(self) -> str:
        """The day of the product's first session (ISO); "" in that session itself."""
        follows = self.session.follows
        return day_of(follows.first_at, self.session.zone).isoformat() if follows else ""

    @property
    def promises(self) -> tuple[int, int]:
        """How many actions were carried out, of those that a session came back to."""
        promises = [note for note in self.actions if note.kind == "promise"]
        return sum(note.details.get("state") == "done" for note in promises), len(promises)

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions written beforehand, whose day has come."""
        return tuple(self._decisions())

    def _decisions(self) -> Iterator[Decision]:
        today = day_of(self.session.held_at, self.session.zone)
        for series in every_series(self.session):
            on = kept_day(series.metric.details.get("decide_on", ""))
            if on and on <= today and series.metric.details.get("threshold"):
                verdict = self.verdict(series.metric)
                then = _as_on(series, on, said_on(verdict, self.session.zone) if verdict else date.max)
                yield Decision(series, on, then.latest, compared(then), verdict)

    def verdict(self, metric: Note) -> Note | None:
        """The verdict on a metric that was given last."""
        return last_verdict(self.session, metric)

    @cached_property
    def learnt(self) -> tuple[tuple[Session, str, tuple[Note, ...]], ...]:
        """What was learnt in each session, with its day (ISO): the lessons, verdicts and post-mortems written in it."""
        return tuple(
            (session, day_of(session.held_at, session.zone).isoformat(), notes)
            for session in self.sessions
            if (notes := tuple(_written_in(session)))
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

    @property
    def delivered(self) -> tuple[Effect, ...]:
        """The features that were delivered when somebody last wrote."""
        return tuple(one for one in effects(self.session) if self._is_delivered(one))

    @property
    def ahead(self) -> tuple[Effect, ...]:
        """The features that are to be delivered, with an expectation."""
        known = (one for one in effects(self.session) if one.expected is not None)
        return tuple(one for one in known if not self._is_delivered(one))

    def _is_delivered(self, one: Effect) -> bool:
        last = max(note.at for note in self.session.notes.values())
        return one.delivered_on is not None and one.delivered_on <= day_of(last, self.session.zone)


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
