"""What falls due after a workshop: readings, first measures, features, decisions, actions, reviews, statistics. Pure.

One thing that falls due is one value with its day; whether it is late depends on the day that it is looked at. Another
kind is one more function in `_SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from impactlib.domain.agenda import COMMITTEE, FOLLOW_UP
from impactlib.domain.clock import day_of, months_later, working_day
from impactlib.domain.features import effects
from impactlib.domain.hypotheses import kept_day
from impactlib.domain.readings import every_series, period_named, said_on
from impactlib.domain.recommendations import decided_before
from impactlib.domain.review import next_session, recurring, recurs
from impactlib.domain.session import Note, Session

KINDS = ("reading", "measure", "feature", "decision", "action", "review", "again", "stats")
AHEAD = timedelta(days=30)
"""How far ahead what comes is listed."""
EARLY = timedelta(days=15)
"""How long before its day a review may be held."""
FRESH, BEFORE = timedelta(days=30), timedelta(days=7)
"""How old the page of statistics may be on the day of a committee, and how long before that day it falls due."""
_MONTHS = {"month": 1, "quarter": 3, "semester": 6, "year": 12}


@dataclass(frozen=True)
class Due:
    """One of `KINDS` with its day: about a metric, a feature or an action; a review is `after` so many days, 0 for one
    that comes after those that were planned; a session that comes again has the `title` of its agenda."""

    kind: str
    on: date
    note: Note | None = None
    after: int = 0
    title: str = ""

    def late(self, today: date) -> bool:
        """Whether its day is past."""
        return self.on < today


def due(session: Session, held: Iterable[date] = ()) -> list[Due]:
    """All that falls due after a workshop, in order of date, past or to come.

    Parameters
    ----------
    held
        The days of the team's other workshops: a review that one of them was is due no more.
    """
    found = [one for source in _SOURCES for one in source(session)]
    return sorted(unheld(found, held), key=lambda one: (one.on, KINDS.index(one.kind)))


def unheld(every: Iterable[Due], held: Iterable[date]) -> list[Due]:
    """What is still due of `every` once a team held other workshops on these days."""
    days = tuple(held)
    return [one for one in every if one.kind != "review" or not any(on >= one.on - EARLY for on in days)]


def _readings(session: Session) -> Iterator[Due]:
    """The next figure of each metric that is followed, at the end of the period after that of its latest one; where
    that was given before its day, it is due again on this day."""
    kept = {note.id for note in session.kept_metrics()}
    for series in every_series(session):
        if not (series.readings or series.metric.id in kept):
            continue
        latest = next(iter([*series.known[-1:], *series.points]), None)
        if latest is None or latest.on is None:
            continue
        over = latest.over or period_named(series.metric.details.get("period", ""))
        if series.is_early(latest):
            yield Due("reading", latest.on, series.metric)
        elif over:
            yield Due("reading", after_period(latest.on, over), series.metric)


def _measures(session: Session) -> Iterator[Due]:
    """The first measure of a metric that has no reading yet."""
    for series in every_series(session):
        on = kept_day(series.metric.details.get("first_on", ""))
        if on and not series.readings:
            yield Due("measure", on, series.metric)


def _features(session: Session) -> Iterator[Due]:
    """A feature on the day on which one looks at it, until a figure and what else changed meanwhile are known."""
    for one in effects(session):
        if one.look_on and not one.looked_at:
            yield Due("feature", one.look_on, one.feature)


def _decisions(session: Session) -> Iterator[Due]:
    """A decision dated before the hour is one to date again: it is on no day to come. One with a verdict is taken."""
    for metric in session.kept_metrics():
        on, given = kept_day(metric.details.get("decide_on", "")), session.notes_of("verdict", about=metric.id)
        taken = on and any(said_on(verdict, session.zone) >= on for verdict in given)
        if on and not taken and not decided_before(session, metric):
            yield Due("decision", on, metric)


def _actions(session: Session) -> Iterator[Due]:
    running = [note for note in session.notes_of("promise") if note.details.get("state") not in ("done", "dropped")]
    for note in (*running, *session.notes_of("action")):
        if on := kept_day(note.details.get("due", "")):
            yield Due("action", on, note)


def _reviews(session: Session) -> Iterator[Due]:
    """The reviews after a first session; after one that goes on from it the one that is next; the next one on each
    agenda that recurs, in place of a review after one on it."""
    started = session.clock.started
    if started is None:
        return
    after = session.agenda.follow_up if session.agenda else FOLLOW_UP
    for title, on in recurring(session).items():
        yield Due("again", on, title=title)
    if recurs(session):
        return
    if session.follows:
        on, days = next_session(session)
        yield Due("review", on, after=days)
    else:
        for days in after:
            yield Due("review", working_day(day_of(started, session.zone) + timedelta(days)), after=days)


def _stats(session: Session) -> Iterator[Due]:
    """The page of statistics before a committee, until one was made that is fresh on its day."""
    times = (session.clock.started, session.clock.scheduled)
    at = next((at for at in times if at is not None), None)
    if session.agenda is None or session.agenda.name != COMMITTEE or at is None:
        return
    on = day_of(at, session.zone)
    if session.stats_on < (on - FRESH).isoformat():
        yield Due("stats", on - BEFORE)


_SOURCES: tuple[Callable[[Session], Iterator[Due]], ...] = (
    _readings,
    _measures,
    _features,
    _decisions,
    _actions,
    _reviews,
    _stats,
)


def after_period(on: date, over: str) -> date:
    """The day one period later; the last day of a month leads to the last day of another.

    >>> [after_period(date(2026, 11, 30), over).isoformat() for over in ("day", "week", "month", "quarter", "year")]
    ['2026-12-01', '2026-12-07', '2026-12-31', '2027-02-28', '2027-11-30']
    >>> after_period(date(2026, 10, 5), "month").isoformat()
    '2026-11-05'
    """
    if over not in _MONTHS:
        return on + timedelta({"day": 1, "week": 7}[over])
    return months_later(on, _MONTHS[over])
