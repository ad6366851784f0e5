"""The figures of a metric over time: its baseline, its readings, its target. Pure.

A reading is a note about a metric: a figure, a date, and, for a flow, the period that ends on that date. The baseline
and the target never move when a reading comes. Figures of different periods are never compared.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from impactlib.domain import days
from impactlib.domain.clock import day_of
from impactlib.domain.cost import PERIODS
from impactlib.domain.hypotheses import day, is_number, kept_day
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Brought, Note, Session
from impactlib.domain.text import N_, Unreadable, clean_line, plain

YEAR, AROUND = timedelta(days=365), timedelta(days=31)
"""How far back the figure of one year before lies, and how far from there it may be."""
DOUBTS = ("undated", "future", "before", "period", "unsaid", "twice")
"""What is odd in a reading: no date, a date after it was written, one before the baseline's (but for the earlier years
of a table, which come with it), another period than the other figures, none where others have one, another reading of
the same date and period."""
_UNREAD = N_("This date cannot be read: write a month such as October 2026, or a day such as 31/10/2026.")
MONTHS_OF = {"month": 1, "quarter": 3, "semester": 6, "year": 12}
"""How many months a period counts."""
_PERIOD_WORDS = {
    "semester": ("semestr", "semester", "half-year", "half year", "six mois", "six months"),
    "day": ("jour", "day", "quotidien", "daily"),
    "week": ("semaine", "week", "hebdo"),
    "month": ("mois", "month", "mensuel"),
    "quarter": ("trimestre", "quarter"),
    "year": ("annee", "year", "annuel", "/ an", "par an"),
}
_PART = re.compile(
    r"(?P<year>\d{4})[- ]?(?P<what>[tqsh])(?P<of>[1-4])\Z|(?P<that>[tqsh])(?P<first>[1-4])[- /]?(?P<then>\d{4})\Z"
)
_PARTS = {"t": ("quarter", 4), "q": ("quarter", 4), "s": ("semester", 2), "h": ("semester", 2)}
"""What the letter of a part of a year stands for, and how many a year has."""
_YEAR = re.compile(r"(\d{4})\Z")


UNCHANGED = ("figure", "undated", "before", "period")
"""Why no change over one year is known: no figure; none with a date; none of one year before; it is of another
period."""


SOUND = 90
"""The percentage of correct data under which what changed from one figure to another is told with a doubt."""
PROOFS = ("none", "alone", "unaimed", "open", "short", "")
"""What the metrics of impact show: none has a figure; none has more than one; none of those has a target that is a
number; of no target is it known whether it was reached at its date; the known ones were missed; one was reached. None
of them says why a figure changed."""


@dataclass(frozen=True)
class Figure:
    """A figure of a metric at a date; `over` is one of `PERIODS` for a flow, "" where none was said.

    `note` is the reading, or the metric itself for its baseline; `given` is the day on which it was given, None where
    that is not known; `beside` says that a file gave it with the baseline.
    """

    note: Note
    value: Decimal
    on: date | None
    over: str
    baseline: bool = False
    given: date | None = None
    beside: bool = False

    @property
    def text(self) -> str:
        """The value as it is kept."""
        return f"{self.value}"

    @property
    def of_a_month(self) -> bool:
        """Whether it is of a whole month, which has a name."""
        return self.over == "month" and self.on is not None and (self.on + timedelta(1)).day == 1

    @property
    def rank(self) -> tuple[date, float, int]:
        """Its place in a series: by date; of one date, what was written last comes last."""
        return self.on or date.max, self.note.at, self.note.order


@dataclass(frozen=True)
class Change:
    """A change over one year: `points` when the unit is a percentage; else `ratio`, or None from zero."""

    before: Figure
    after: Figure
    points: bool

    @property
    def difference(self) -> Decimal:
        """What the later figure has more than the earlier one."""
        return self.after.value - self.before.value

    @property
    def ratio(self) -> Decimal | None:
        """The difference as a part of the earlier figure."""
        return self.difference / abs(self.before.value) if self.before.value else None


@dataclass(frozen=True)
class Series:
    """All the figures of a metric; `readings` are in order of date, those without one last.

    All that is said of it is said as on the day `until`; where that is None, on the day when a figure was given last.
    What was still to come then is never the latest figure, and is compared with nothing.
    """

    metric: Note
    baseline: Figure | None
    readings: tuple[Figure, ...]
    until: date | None = None

    @property
    def unit(self) -> str:
        """The unit of all of them."""
        return self.metric.details.get("unit", "")

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All of them in order of date, the baseline among them, those without a date last."""
        every = [*([self.baseline] if self.baseline else []), *self.readings]
        return tuple(sorted(every, key=lambda one: one.rank))

    @property
    def target(self) -> Decimal | None:
        """The target, where it is a number."""
        return _number(self.metric.details.get("target", ""))

    @property
    def target_date(self) -> date | None:
        """The date that the target is for."""
        return _day(self.metric.details.get("target_date", ""))

    @property
    def reached(self) -> bool:
        """Whether the latest figure has reached the target. One that was given before its day has reached nothing."""
        return self.latest is not None and not self.is_early(self.latest) and self.reaches(self.latest.value)

    def reaches(self, value: Decimal) -> bool:
        """Whether a value reaches the target: from above where less is better, which the baseline says where the metric
        does not."""
        if self.target is None:
            return False
        said = self.metric.details.get("direction", "")
        less = said == "less" or (not said and self.baseline is not None and self.baseline.value > self.target)
        return value <= self.target if less else value >= self.target

    @property
    def to_go(self) -> Decimal | None:
        """From the latest figure to the target; None where it is reached, or where the two are not compared."""
        latest = self.latest
        if self.target is None or latest is None or self.is_early(latest) or self.reached:
            return None
        return self.target - latest.value

    def said(self, name: str) -> str:
        """What is said of the latest figure, such as its `quality` or `source`, else of the metric; "" if nothing."""
        return self.said_of(self.latest, name)

    def said_of(self, figure: Figure | None, name: str) -> str:
        """What is said of a figure, such as its `quality`, else of the metric; "" if nothing."""
        return (figure.note.details.get(name, "") if figure else "") or self.metric.details.get(name, "")

    def doubted(self, figure: Figure) -> bool:
        """Whether the team estimates that fewer than `SOUND` percent of the data of a figure are correct."""
        said = self.said_of(figure, "quality")
        return is_number(said) and Decimal(said) < SOUND

    def since(self, figure: Figure | None) -> tuple[Figure, ...]:
        """The dated figures that came after one, in order of date."""
        return tuple(one for one in self.known if figure and figure.on and one.on and one.on > figure.on)

    @property
    def overdue(self) -> bool:
        """Whether the latest figure is of the target's date, or later, and has not reached the target."""
        on, aimed = (self.latest.on if self.latest else None), self.target_date
        return on is not None and aimed is not None and on >= aimed and self.target is not None and not self.reached

    @cached_property
    def points(self) -> tuple[Figure, ...]:
        """The dated figures, the baseline among them, one for each date and period: of several, the last written."""
        kept: dict[tuple[date | None, str], Figure] = {}
        for one in self.figures:
            if one.on:
                kept[one.on, one.over] = one
        return tuple(sorted(kept.values(), key=lambda one: one.rank))

    @cached_property
    def today(self) -> date | None:
        """The day on which the figures are looked at; None where it is not known."""
        given = (one.given for one in self.readings if one.given)
        return self.until or max(given, default=None)

    def is_ahead(self, figure: Figure) -> bool:
        """Whether a figure is of a day, or of a period, that was still to come: one that runs has begun."""
        if figure.on is None or self.today is None:
            return False
        return (first_day(figure.on, figure.over) or figure.on) > self.today

    def is_early(self, figure: Figure) -> bool:
        """Whether a figure was given before its day: the period that ends on it ran, or was still to come."""
        return self.is_ahead(figure) or bool(figure.on and figure.given and figure.on > figure.given)

    @cached_property
    def known(self) -> tuple[Figure, ...]:
        """The points, without those that were still to come: what can be shown."""
        return tuple(one for one in self.points if not self.is_ahead(one))

    @cached_property
    def whole(self) -> tuple[Figure, ...]:
        """The points, without those that were given before their day: what came of a forecast or of a feature."""
        return tuple(one for one in self.points if not self.is_early(one))

    def absent(self, today: date) -> tuple[date, ...]:
        """The last days of the periods until today that have no figure, since the first that has one: those of the
        period of the latest figure, where it is of months and all begin alike."""
        over = self.known[-1].over if self.known else ""
        months = MONTHS_OF.get(over, 0)
        given = {_end_of_month(one.on.year, one.on.month) for one in self.known if one.on and one.over == over}
        if not months or len({(12 * on.year + on.month) % months for on in given}) != 1:
            return ()
        found: list[date] = []
        on = min(given)
        while on <= today:
            if on not in given:
                found.append(on)
            on = _end_of_month(on.year, on.month, months)
        return tuple(found)

    @property
    def latest(self) -> Figure | None:
        """The figure of the last date that is known; where none is dated, the last one written."""
        undated = [one for one in self.figures if one.on is None]
        return next(reversed((*undated, *self.known)), None)

    @property
    def before(self) -> Figure | None:
        """The figure before the latest, of the same period; None where there is none, or where either has no date."""
        if not self.known or self.latest is not self.known[-1]:
            return None
        return next((one for one in reversed(self.known[:-1]) if one.over == self.known[-1].over), None)

    @property
    def over_a_year(self) -> Change | None:
        """The change of the latest figure over one year, where there is one to compare it with."""
        alike = [one for one in self._year_before if one[1].over == self.known[-1].over]
        if not alike:
            return None
        _, before = min(alike, key=lambda one: (one[0], one[1].rank))
        return Change(before, self.known[-1], self.unit.startswith("%"))

    @property
    def no_change(self) -> str:
        """Why no change over one year is known, one of `UNCHANGED`; "" where one is."""
        if self.over_a_year:
            return ""
        if not self.known:
            return "undated" if self.figures else "figure"
        return "period" if self._year_before else "before"

    @property
    def _year_before(self) -> list[tuple[timedelta, Figure]]:
        """The figures of about one year before the latest, whatever their periods, each with how far from it."""
        on = self.known[-1].on if self.known else None
        if on is None:
            return []
        far = [(abs(one.on - (on - YEAR)), one) for one in self.known if one.on]
        return [one for one in far if one[0] <= AROUND]

    @property
    def newest(self) -> Figure | None:
        """The reading that was written last."""
        return max(self.readings, key=lambda one: (one.note.at, one.note.order), default=None)

    @property
    def newest_doubts(self) -> list[str]:
        """What is odd in the reading that was written last."""
        return self.doubts(self.newest) if self.newest else []

    def doubts(self, figure: Figure) -> list[str]:
        """What is odd in a reading, by the names of `DOUBTS`."""
        start = self.baseline.on if self.baseline else None
        known = {one.over for one in self.points if one.over and one is not figure}
        found = {
            "undated": figure.on is None,
            "future": self.is_early(figure),
            "before": not figure.beside and figure.on is not None and start is not None and figure.on < start,
            "period": bool(figure.over) and bool(known) and figure.over not in known,
            "unsaid": not figure.over and figure.on is not None and bool(known),
            "twice": any(
                one is not figure and one.on == figure.on is not None and one.over == figure.over
                for one in self.readings
            ),
        }
        return [name for name in DOUBTS if found[name]]


def proven(of_impact: Iterable[Series]) -> str:
    """What the metrics of impact show, one of `PROOFS`."""
    shown = [one for one in of_impact if one.latest]
    if not shown:
        return "none"
    several = [one for one in shown if len(one.known) > 1]
    if not several:
        return "alone"
    if any(one.reached for one in several):
        return ""
    if all(one.target is None for one in several):
        return "unaimed"
    return "short" if any(one.overdue for one in several) else "open"


def series(session: Session, metric: Note, until: date | None = None) -> Series:
    """The figures of one metric, told as on the day `until`."""
    return _series(session, metric, session.notes_of("reading", about=metric.id), until)


def every_series(session: Session, until: date | None = None) -> list[Series]:
    """The figures of each metric that stands, in their order, told as on the day `until`."""
    by_metric: dict[str, list[Note]] = {}
    for reading in session.notes_of("reading"):
        by_metric.setdefault(reading.about, []).append(reading)
    return [_series(session, metric, by_metric.get(metric.id, ()), until) for metric in session.notes_of("metric")]


def _series(session: Session, metric: Note, notes: Iterable[Note], until: date | None) -> Series:
    said = metric.details
    over = period_named(said.get("period", ""))
    start = _number(said.get("baseline", ""))
    baseline = (
        None if start is None else Figure(metric, start, _day(said.get("baseline_date", "")), over, baseline=True)
    )
    of = session.brought.get(metric.id)
    read = [
        replace(one, given=said_on(note, session.zone), beside=of is not None and _came_with(session, note, of))
        for note in notes
        if (one := _figure(note, over))
    ]
    return Series(metric, baseline, tuple(sorted(read, key=lambda one: one.rank)), until)


def said_on(note: Note, zone: str) -> date:
    """The day on which a reading, a forecast or a verdict was given, in whichever session that was."""
    return kept_day(note.details.get("said_on", "")) or day_of(note.at, zone)


def figure_of(note: Note, metric: Note) -> Figure | None:
    """The figure that a reading gives of a metric; None where it holds none."""
    return _figure(note, period_named(metric.details.get("period", "")))


def _came_with(session: Session, note: Note, of: Brought) -> bool:
    """Whether a note came in the same file as another one."""
    known = session.brought.get(note.id)
    return known is not None and (known.source, known.by) == (of.source, of.by)


def _figure(note: Note, over: str) -> Figure | None:
    value = _number(note.details.get("figure", ""))
    if value is None:
        return None
    said = note.details.get("over", "")
    return Figure(note, value, _day(note.details.get("as_of", "")), said if said in PERIODS else over)


def first_day(on: date, over: str) -> date | None:
    """The first day of the period that ends on a day; None where there is no period.

    >>> [f"{first_day(date(2026, 2, 28), over)}" for over in ("week", "month", "quarter", "year", "")]
    ['2026-02-22', '2026-02-01', '2025-12-01', '2025-03-01', 'None']
    >>> f"{first_day(date(2026, 3, 15), 'month')}"  # whole months from the last of one, else as many days
    '2026-02-16'
    """
    if over in ("day", "week"):
        return on - timedelta(days=6 if over == "week" else 0)
    months = MONTHS_OF.get(over)
    if months is None:
        return None
    whole = on.day == calendar.monthrange(on.year, on.month)[1]
    year, month = divmod(12 * on.year + on.month - 1 - months + whole, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, 1) if whole else date(year, month + 1, min(on.day, last)) + timedelta(days=1)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if is_number(text) else None


def _day(text: str) -> date | None:
    try:
        return day(text)
    except ValueError:
        return None  # a session that came in a file may hold anything


def metric_named(session: Session, name: str) -> Note:
    """The metric of that name, of that number from 1, or of that id; the beginning of a name is enough where it is that
    of one metric alone.

    Raises
    ------
    Refusal
        Saying which metrics there are.
    """
    metrics = session.notes_of("metric")
    if name.isdecimal() and 1 <= int(name) <= len(metrics):
        return metrics[int(name) - 1]
    said = plain(name)
    for of in (str.__eq__, str.startswith):
        found = [metric for metric in metrics if metric.id == name or (said and of(plain(metric.text), said))]
        if len(found) == 1:
            return found[0]
    known = ", ".join(f"{number}. {metric.text or '–'}" for number, metric in enumerate(metrics, 1))
    raise Refusal("“%(name)s” names no metric, or several. There are: %(known)s.", name=name, known=known or "–")


def period_named(words: str) -> str:
    """The period that a metric's own words name, one of `PERIODS`, or "".

    >>> period_named("par mois"), period_named("Semestrielle"), period_named("à chaque comité")
    ('month', 'semester', '')
    """
    said = plain(words)
    return next((period for period, names in _PERIOD_WORDS.items() if any(name in said for name in names)), "")


def when(raw: str) -> tuple[str, str]:
    """The date of a reading as it is kept, and its period where the date is one: its last day stands for it.

    Raises
    ------
    Unreadable
        Saying how a date is written.

    Examples
    --------
    >>> when("31/10/2026"), when("octobre 2026"), when("2026-T3"), when("S1 2026"), when("")
    (('2026-10-31', ''), ('2026-10-31', 'month'), ('2026-09-30', 'quarter'), ('2026-06-30', 'semester'), ('', ''))
    """
    value = plain(clean_line(raw))
    if found := days.month(value):
        return _last(found.year, found.month), "month"
    if part := _PART.match(value):
        over, most = _PARTS[part["what"] or part["that"]]
        number = int(part["of"] or part["first"])
        if number > most:
            raise Unreadable(_UNREAD)
        return _last(int(part["year"] or part["then"]), MONTHS_OF[over] * number), over
    if year := _YEAR.match(value):
        return _last(int(year[1]), 12), "year"
    try:
        return (days.cut(clean_line(raw)).value().isoformat() if value else ""), ""
    except Unreadable as unreadable:
        if unreadable.message == days.OUT_OF_YEARS:
            raise
        raise Unreadable(_UNREAD) from None


def _last(year: int, month: int) -> str:
    if year not in days.YEARS:
        raise Unreadable(days.OUT_OF_YEARS)
    return _end_of_month(year, month).isoformat()


def _end_of_month(year: int, month: int, later: int = 0) -> date:
    """The last day of a month, or of one some months `later`."""
    years, of = divmod(month - 1 + later, 12)
    return date(year + years, of + 1, calendar.monthrange(year + years, of + 1)[1])
