"""The hour's time, as a pure value: the seconds that each step was granted, took and has left.

The end of the hour is a promise. An overrun or an added minute is taken from
the steps that remain, in proportion to their length, and from the closing one last. A pause moves
the end. Going back to a step takes up its countdown where it stood.

The end does not move when the agenda changes within the hour: the time that a shorter or a hidden step leaves
is free for the others, and a longer step takes its time from the steps before the closing one.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from impactlib.domain.agenda import Agenda

AROUND = 900.0
"""Seconds before the hour, and after its end, in which people come and leave: what they do then belongs to it."""
ZONE = "Europe/Paris"
"""The time zone of a session that sets no other."""
LATEST = 1e11
"""No workshop starts so late, in seconds since 1970: every earlier instant has a day in every time zone."""


@dataclass(frozen=True)
class Clock:
    """All times are seconds on the journal's clock.

    `granted` is what the current step had, in seconds, when it was entered; `ran` what it used up
    before `resumed`, the instant from which it runs (None while paused);
    `moved` how often the scheduled start was changed.
    """

    scheduled: float | None = None
    moved: int = 0
    started: float | None = None
    ends: float = 0.0
    kept: bool = False
    step: str | None = None
    granted: float = 0.0
    ran: float = 0.0
    resumed: float | None = None
    paused: float | None = None
    spent: Mapping[str, float] = field(default_factory=dict)
    added: Mapping[str, float] = field(default_factory=dict)
    ended: float | None = None

    @property
    def running(self) -> bool:
        return self.resumed is not None

    @property
    def late(self) -> float:
        """Seconds between the scheduled start and the real one; 0 when on time or unscheduled."""
        if self.scheduled is None or self.started is None:
            return 0.0
        return max(0.0, self.started - self.scheduled)


def ahead(known: float, now: float, latest: float) -> float:
    """Seconds by which a journal's time runs ahead of a machine's clock that says `now`, when it ran `known` ahead and
    its latest entry is of `latest`.

    A time that goes back would put what is written now before what was written before, and one that stands would stop
    the hour: after an entry from the future the journal's time goes on from there, at the same pace. It is the
    machine's again once that has come so far without another entry.

    >>> ahead(0.0, now=9.0, latest=8.0), ahead(0.0, now=9.0, latest=3609.0), ahead(3600.0, now=20.0, latest=3612.0)
    (0.0, 3600.0, 3600.0)
    """
    return 0.0 if now >= latest else max(known, latest - now)


def elapsed(clock: Clock, now: float) -> float:
    """Seconds that the current step has run since it was entered."""
    return clock.ran + (max(0.0, now - clock.resumed) if clock.resumed is not None else 0.0)


def remaining(clock: Clock, now: float) -> float:
    """Seconds left in the current step; negative once it overruns.

    >>> remaining(Clock(step="contract", granted=300.0, resumed=0.0), now=60.0)
    240.0
    """
    return clock.granted - elapsed(clock, now)


def ends_at(clock: Clock, now: float) -> float:
    """When the hour ends as things stand: a pause that lasts moves it."""
    return clock.ends + (now - clock.paused if clock.paused is not None else 0.0)


def took(clock: Clock, now: float) -> dict[str, float]:
    """Seconds that each step entered so far took, the current one included."""
    spent = dict(clock.spent)
    if clock.step is not None and clock.ended is None:
        spent[clock.step] = spent.get(clock.step, 0.0) + elapsed(clock, now)
    return spent


def shares(clock: Clock, agenda: Agenda, step: str, now: float) -> dict[str, float]:
    """Seconds granted to `step` and to each one after it, were `step` entered now.

    The time that is missing to end on time is taken from all but the closing step, in proportion; only the time that
    they cannot give is taken from the closing one.
    """
    needs = _needs(clock, agenda, step, now)
    missing = max(0.0, sum(needs.values()) - (ends_at(clock, now) - now))
    closing = list(needs)[-1]
    flexible = sum(seconds for id, seconds in needs.items() if id != closing)
    taken = min(missing, flexible)
    granted = {
        id: seconds if id == closing else seconds - taken * (seconds / flexible if flexible else 0.0)
        for id, seconds in needs.items()
    }
    granted[closing] = max(0.0, granted[closing] - (missing - taken))
    return granted


def _needs(clock: Clock, agenda: Agenda, step: str, now: float) -> dict[str, float]:
    """Seconds planned and not yet used of `step`, and of each one after it that is not hidden."""
    used = took(clock, now)
    return {s.id: max(0.0, s.seconds + clock.added.get(s.id, 0.0) - used.get(s.id, 0.0)) for s in agenda.ahead(step)}


def forecast(clock: Clock, agenda: Agenda, now: float) -> dict[str, float]:
    """Seconds that each step still to come can count on, given what the current one overruns by."""
    if clock.step is None:
        return {step.id: step.seconds for step in agenda.steps if not step.hidden}
    if clock.ended is not None:
        return {}
    ahead = agenda.ahead(clock.step)[1:]
    if not ahead:
        return {}
    # A pause has moved the end as far as now, and moves it no further.
    moved = replace(clock, ends=ends_at(clock, now), paused=None)
    return shares(moved, agenda, ahead[0].id, now + max(0.0, remaining(clock, now)))


def slack(clock: Clock, agenda: Agenda, now: float) -> float:
    """Seconds before the end that no step asks for; negative when they ask for more than there is."""
    if clock.step is None or clock.ended is not None:
        return 0.0
    return ends_at(clock, now) - now - max(0.0, remaining(clock, now)) - asked(clock, agenda)


def asked(clock: Clock, agenda: Agenda) -> float:
    """Seconds that the steps after the current one ask for; they do not change while it runs."""
    if clock.step is None or clock.ended is not None:
        return 0.0
    needs = _needs(clock, agenda, clock.step, clock.resumed or clock.paused or 0.0)
    return sum(seconds for id, seconds in needs.items() if id != clock.step)


def whole_minutes(seconds: float) -> int:
    """The whole minutes in some seconds, towards zero: never more than there are; mirrored by `assets/time.js`.

    >>> whole_minutes(119.0), whole_minutes(119.6), whole_minutes(-59.0)
    (1, 2, 0)
    """
    return int(round(seconds) / 60)


def replan(clock: Clock, before: Agenda, after: Agenda, now: float) -> Clock:
    """The clock once the minutes of the agenda have changed from `before` to `after`; the end stays.

    The current step gains at most what the steps between it and the closing one still have.
    """
    if clock.step is None or clock.ended is not None:
        return clock
    gained = after.step(clock.step).seconds - before.step(clock.step).seconds
    closing = after.steps[-1].id
    kept = _needs(clock, after, clock.step, now)[closing] if closing != clock.step else 0.0
    most = max(clock.granted, elapsed(clock, now) + ends_at(clock, now) - now - kept)
    return replace(clock, granted=min(clock.granted + gained, most))


def enter(clock: Clock, agenda: Agenda, step: str, now: float) -> Clock:
    """The clock once `step` is entered: the first one starts the hour, a paused clock runs again."""
    if clock.started is None:
        clock = replace(clock, started=now, ends=now + agenda.seconds)
    else:
        # Opened again after the end, the hour takes up where it stopped, as after a pause.
        stopped = now - clock.ended if clock.ended is not None else 0.0
        clock = replace(clock, ends=ends_at(clock, now) + stopped, paused=None)
    granted = shares(clock, agenda, step, now)[step]
    spent = took(clock, now)
    return replace(clock, step=step, granted=granted, ran=0.0, resumed=now, spent=spent, ended=None)


def pause(clock: Clock, now: float) -> Clock:
    if not clock.running:
        return clock
    return replace(clock, ran=elapsed(clock, now), resumed=None, paused=now)


def resume(clock: Clock, now: float) -> Clock:
    if clock.paused is None:
        return clock
    return replace(clock, ends=ends_at(clock, now), paused=None, resumed=now)


def add(clock: Clock, agenda: Agenda, seconds: float) -> Clock:
    """Give the current step more time; the closing step's comes after the planned end."""
    if clock.step is None:
        return clock
    added = {**clock.added, clock.step: clock.added.get(clock.step, 0.0) + seconds}
    later = seconds if clock.step == agenda.steps[-1].id else 0.0
    return replace(clock, granted=clock.granted + seconds, added=added, ends=clock.ends + later)


def keep_end(clock: Clock, agenda: Agenda, kept: bool, now: float) -> Clock:
    """After a late start: hold the scheduled end (every step from now on shrinks), or let it slide."""
    step = clock.step
    if step is None or clock.kept == kept:
        return clock
    clock = replace(clock, kept=kept, ends=clock.ends + (-clock.late if kept else clock.late))
    if remaining(clock, now) < 0:
        return clock  # an overrun stays one: only the steps to come change
    return replace(clock, granted=elapsed(clock, now) + shares(clock, agenda, step, now)[step])


def can_keep_end(clock: Clock, agenda: Agenda, now: float) -> bool:
    """Whether each step that still has time would have a minute at least, were the scheduled end kept from now on."""
    if clock.step is None or clock.ended is not None or clock.kept:
        return False
    earlier = replace(clock, ends=clock.ends - clock.late)
    had, left = (shares(known, agenda, clock.step, now) for known in (clock, earlier))
    return all(left[id] >= min(seconds, 60.0) for id, seconds in had.items())


def schedule(clock: Clock, at: float) -> Clock:
    """The hour is to begin at another instant; once it has begun, that changes nothing."""
    if clock.started is not None or clock.scheduled == at:
        return clock
    return replace(clock, scheduled=at, moved=clock.moved + 1)


def end(clock: Clock, now: float) -> Clock:
    return replace(clock, spent=took(clock, now), ran=0.0, granted=0.0, resumed=None, paused=None, ended=now)


def local(at: float, zone: str) -> datetime:
    """The date and time of an instant in a time zone; `at` in seconds since 1970."""
    return datetime.fromtimestamp(at, ZoneInfo(zone))


def day_of(at: float, zone: str) -> date:
    """The day of an instant in a time zone; `at` in seconds since 1970.

    >>> day_of(0.0, "Asia/Tokyo").isoformat(), day_of(0.0, "America/Martinique").isoformat()
    ('1970-01-01', '1969-12-31')
    """
    return local(at, zone).date()


def months_later(on: date, months: int) -> date:
    """The day some months later; the last day of a month leads to the last day of another.

    >>> [months_later(date(2026, 11, day), 3).isoformat() for day in (5, 29, 30)]
    ['2027-02-05', '2027-02-28', '2027-02-28']
    """
    every = on.year * 12 + on.month - 1 + months
    year, month = every // 12, every % 12 + 1
    last, its_last = calendar.monthrange(year, month)[1], calendar.monthrange(on.year, on.month)[1]
    return date(year, month, last if on.day == its_last else min(on.day, last))


def working_day(on: date) -> date:
    """That day, or the Monday after it where it is in a weekend.

    >>> [working_day(date(2026, 12, day)).day for day in (11, 12, 13, 14)]
    [11, 14, 14, 14]
    """
    return on + timedelta({6: 2, 7: 1}.get(on.isoweekday(), 0))


def is_zone(name: str) -> bool:
    """Whether it is the name of a time zone, on every machine: the machine's own (``localtime``) is none."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    return frozenset((files("tzdata") / "zones").read_text(encoding="utf-8").split())
