"""The AARRI table: by step, what was forecast of a metric for each month, beside what came. Pure.

A forecast is a note about a metric; one for a month that has one already corrects it, and both are told. What came is
the reading of that month: a forecast never changes it, and it never changes a forecast.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from impactlib.domain import kinds
from impactlib.domain.clock import day_of
from impactlib.domain.hypotheses import is_number, kept_day
from impactlib.domain.readings import Figure, Series, every_series, first_day, said_on
from impactlib.domain.session import Note, Session

STEPS = kinds.detail("aarri").choices
"""The steps of the table, in their order."""
_MONTHS = 6


@dataclass(frozen=True)
class Forecast:
    """What was forecast for a month, on a day; `month` is its last day."""

    note: Note
    value: Decimal
    month: date
    said_on: date

    @property
    def rank(self) -> tuple[date, float, int]:
        """Its place among the forecasts of a month: what was said last comes last."""
        return self.said_on, self.note.at, self.note.order

    @property
    def afterwards(self) -> bool:
        """Whether it was said once the month was over."""
        return self.said_on > self.month


@dataclass(frozen=True)
class Month:
    """A month of a metric: its forecasts in the order in which they were given, the last of which counts, none where
    nothing was forecast yet; and the figure that came, None where none is known yet."""

    on: date
    forecasts: tuple[Forecast, ...]
    real: Figure | None


@dataclass(frozen=True)
class Row:
    """A metric with its months, in order."""

    series: Series
    months: tuple[Month, ...]

    @property
    def last(self) -> Month | None:
        """The last month for which something was forecast."""
        return next((month for month in reversed(self.months) if month.forecasts), None)


@dataclass(frozen=True)
class Step:
    """A step of the table, one of `STEPS`, with its metrics; "" for metrics with a forecast that are of no step."""

    name: str
    rows: tuple[Row, ...]


def table(session: Session, ahead: Iterable[date] = ()) -> tuple[Step, ...]:
    """The five steps, whether anything is known of them or not, then what is of no step. The months of a metric are
    those for which something was forecast, and those `ahead`, by their last days."""
    said, ahead = _forecasts(session), frozenset(ahead)
    rows = [(series.metric.details.get("aarri", ""), _row(series, said, ahead)) for series in every_series(session)]
    steps = [Step(name, tuple(row for of, row in rows if of == name)) for name in STEPS]
    apart = tuple(row for of, row in rows if of not in STEPS and row.last)
    return (*steps, *([Step("", apart)] if apart else []))


def six_months(session: Session, now: float = 0.0) -> tuple[date, ...]:
    """The last days of the six months that come after a session, or after `now` (seconds since 1970) if it is later.

    >>> [on.isoformat() for on in six_months(Session(opened_at=1795867200.0))][::5]  # 28 November 2026
    ['2026-12-31', '2027-05-31']
    """
    on = day_of(max(session.held_at, now), session.zone)
    months = [divmod(12 * on.year + on.month + after, 12) for after in range(_MONTHS)]
    return tuple(date(year, month + 1, calendar.monthrange(year, month + 1)[1]) for year, month in months)


def forecast_of(session: Session, note: Note) -> Forecast | None:
    """What a note forecasts; None where it holds no figure or no month."""
    value, month = note.details.get("figure", ""), kept_day(note.details.get("as_of", ""))
    if month is None or not is_number(value):
        return None
    return Forecast(note, Decimal(value), month, said_on(note, session.zone))


def real_of(series: Series, month: date) -> Figure | None:
    """The figure of a month: that over it, else the latest of its days; one of another period is none."""
    first = first_day(month, "month")
    mine = [
        one
        for one in series.whole
        if one.on and first and first <= one.on <= month and (one.over == "" or (one.over, one.on) == ("month", month))
    ]
    return max(mine, key=lambda one: (one.over == "month", one.rank), default=None)


def _forecasts(session: Session) -> dict[str, list[Forecast]]:
    """The forecasts of each metric, by its id, in the order in which they were given."""
    found: dict[str, list[Forecast]] = {}
    for note in session.notes_of("forecast"):
        if said := forecast_of(session, note):
            found.setdefault(note.about, []).append(said)
    return {id: sorted(every, key=lambda one: one.rank) for id, every in found.items()}


def _row(series: Series, said: dict[str, list[Forecast]], ahead: frozenset[date]) -> Row:
    mine = said.get(series.metric.id, [])
    months = sorted({one.month for one in mine} | ahead)
    return Row(
        series,
        tuple(
            Month(month, tuple(one for one in mine if one.month == month), real_of(series, month)) for month in months
        ),
    )
