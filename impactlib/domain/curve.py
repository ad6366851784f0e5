"""The curve of a metric over time, as numbers from 0 to 1: pages and files draw the same one, each its own way. Pure.

A curve is of one period. Figures of another are listed beside it; those of which no period was said are on it, and
what leads to them is drawn as unsure, like what leads over a period that has no figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from impactlib.domain.clock import day_of
from impactlib.domain.hypotheses import kept_day
from impactlib.domain.readings import MONTHS_OF, Figure, Series
from impactlib.domain.session import Session

KINDS = ("workshop", "decision", "feature")
"""What a mark is of."""
_RHYTHM = {"day": 1, "week": 7, "month": 31, "quarter": 92, "semester": 184, "year": 366}
"""Days from the end of a period to that of the next, at most."""
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
"""Months between two ticks."""
_TICKS = 4
"""The most ticks of time; a phone has room for as many."""
_STEPS = 4
"""About as many steps of height."""
_NEAR, _ROWS = 0.05, 3
"""Signs of marks that are nearer than that would lie on one another: they are in turn in as many rows."""


@dataclass(frozen=True)
class Mark:
    """Something that happened on a day, of one of `KINDS`; `label` is what people call it, "" for the day alone."""

    on: date
    label: str
    kind: str


@dataclass(frozen=True)
class Spot:
    """A figure at its place: `x` from the first day (0) to the last (1), `y` from the lowest height to the highest."""

    figure: Figure
    x: float
    y: float


@dataclass(frozen=True)
class Stretch:
    """From one figure to the next one; `sure` when both are of one period, and no period between them has no figure."""

    start: Spot
    end: Spot
    sure: bool


@dataclass(frozen=True)
class Curve:
    """A curve: its figures, the target's height, the ticks of height and of time with what they stand for, and marks.

    `grain` says what the ticks of time are: days, months or years. `aside` are the figures of another period, `ahead`
    those that were still to come.
    """

    series: Series
    spots: tuple[Spot, ...]
    stretches: tuple[Stretch, ...]
    target: float | None
    heights: tuple[tuple[float, Decimal], ...]
    days: tuple[tuple[float, date], ...]
    grain: str
    marks: tuple[tuple[float, Mark], ...]
    aside: tuple[Figure, ...]
    ahead: tuple[Figure, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        """The row of the sign of each mark, from 0: where two are near to each other they are in different ones."""
        found: list[int] = []
        for at, (x, _) in enumerate(self.marks):
            near = at > 0 and x - self.marks[at - 1][0] < _NEAR
            found.append((found[-1] + 1) % _ROWS if near else 0)
        return tuple(found)


def marks(session: Session, series: Series, held: Iterable[date] = ()) -> tuple[Mark, ...]:
    """The workshop that a session is, those of the product before it and those `held` on other days; the decision on a
    metric, and the features that should move it."""
    on, before = set(held), session.follows
    known = (one.held_at for one in session.earlier)
    times = (session.clock.started, *((before.held_at, before.first_at) if before else ()), *known)
    on.update(day_of(at, session.zone) for at in times if at is not None)
    found = [Mark(day, "", "workshop") for day in sorted(on)]
    said = series.metric.details
    if decided := kept_day(said.get("decide_on", "")):
        found.append(Mark(decided, said.get("threshold", ""), "decision"))
    for feature in session.notes_of("feature", about=series.metric.id):
        if delivered := kept_day(feature.details.get("delivered_on", "")):
            found.append(Mark(delivered, feature.text, "feature"))
    return tuple(found)


def curve(series: Series, marked: Iterable[Mark] = ()) -> Curve | None:
    """The curve of a metric; None where no figure that is known is dated.

    The latest workshop stands on it even before the first figure or after the last; other marks stand between them.
    """
    named = [figure.over for figure in series.known if figure.over]
    mine = {"", named[-1] if named else ""}
    drawn = [figure for figure in series.known if figure.over in mine]
    if not drawn:
        return None
    workshops, others = _apart(marked)
    placed = [(figure, on) for figure in drawn if (on := _placed(figure)) is not None]
    dates = [*(on for _, on in placed), *(mark.on for mark in workshops)]
    first, last = min(dates), max(dates)
    heights = _heights([*(figure.value for figure in drawn), *([] if series.target is None else [series.target])])
    spots = tuple(Spot(figure, _along(on, first, last), _up(figure.value, heights)) for figure, on in placed)
    grain, ticks = _ticks(first, last, to_the_day=any(figure.over not in MONTHS_OF for figure in drawn))
    kept = [*workshops, *(mark for mark in others if first <= mark.on <= last)]
    return Curve(
        series=series,
        spots=spots,
        stretches=tuple(Stretch(one, other, _sure(one.figure, other.figure)) for one, other in pairwise(spots)),
        target=None if series.target is None else _up(series.target, heights),
        heights=tuple((_up(height, heights), height) for height in heights),
        days=tuple((_along(min(max(tick, first), last), first, last), tick) for tick in ticks),
        grain=grain,
        marks=tuple((_along(mark.on, first, last), mark) for mark in sorted(kept, key=lambda mark: mark.on)),
        aside=tuple(figure for figure in series.known if figure.over not in mine),
        ahead=tuple(filter(series.is_ahead, series.points)),
    )


def _placed(figure: Figure) -> date | None:
    """The day at which a figure stands: the middle of the period that ends on its own, above that period's name."""
    return figure.on and figure.on - timedelta(days=_RHYTHM.get(figure.over, 0) // 2)


def _apart(marked: Iterable[Mark]) -> tuple[list[Mark], list[Mark]]:
    found = list(marked)
    held = sorted((mark for mark in found if mark.kind == "workshop"), key=lambda mark: mark.on)
    return held[-1:], [*held[:-1], *(mark for mark in found if mark.kind != "workshop")]


def _sure(one: Figure, other: Figure) -> bool:
    assert one.on is not None and other.on is not None
    if one.over != other.over:
        return False
    rhythm = _RHYTHM.get(one.over)
    return rhythm is None or (other.on - one.on).days <= rhythm


def _along(on: date, first: date, last: date) -> float:
    return (on - first).days / (last - first).days if last > first else 0.5


def _up(value: Decimal, heights: Sequence[Decimal]) -> float:
    return float((value - heights[0]) / (heights[-1] - heights[0]))


def _heights(values: Sequence[Decimal]) -> list[Decimal]:
    """Round heights around some values, evenly apart; zero is one of them unless all values are far from it."""
    low, high = min(values), max(values)
    if low >= 0 and 3 * low < 2 * high:
        low = Decimal(0)
    if low == high:
        low, high = (low - abs(low) / 2, high + abs(high) / 2) if low else (Decimal(0), Decimal(1))
    wanted = (high - low) / _STEPS
    power = Decimal(1).scaleb(wanted.adjusted())
    # In plain digits: as a Decimal ten thousand may be 1E+4.
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= wanted).normalize() + Decimal(0)
    bottom = int((low / step).to_integral_value(ROUND_FLOOR))
    top = int((high / step).to_integral_value(ROUND_CEILING))
    return [step * number for number in range(bottom, max(top, bottom + 1) + 1)]


def _ticks(first: date, last: date, to_the_day: bool) -> tuple[str, list[date]]:
    """The middles of months or of years, a few at most: their names stand below all that lies in them. The first and
    the last day where that is one month, and figures are of days."""
    low, high = (12 * on.year + on.month - 1 for on in (first, last))
    if low == high and to_the_day:
        return "day", sorted({first, last})
    months = next(step for step in _MONTHS if high // step - (low - 1) // step <= _TICKS)
    grain = "month" if months < 12 else "year"
    numbers = [number * months for number in range(-(-low // months), high // months + 1)] or [low]
    return grain, [
        date(number // 12, number % 12 + 1, 15) if months < 12 else date(number // 12, 7, 1) for number in numbers
    ]
