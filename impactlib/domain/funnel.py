"""The five stages of AARRI over one period: of each, its share of the stage before it; and the weakest passage. Pure.

Nothing is divided but two counts in one unit over the same period. What keeps a share from being known is told, and
nothing is made up in its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from impactlib.domain.aarri import STEPS
from impactlib.domain.cost import PERIODS
from impactlib.domain.readings import Figure, Series, every_series
from impactlib.domain.session import Session
from impactlib.domain.text import plain
from impactlib.domain.units import is_measure, scaled, words_of

WHY = ("metric", "figure", "measure", "below", "first", "before", "uncounted", "unsaid", "unit", "zero")
"""Why the share of a stage is not known: it has no metric; no figure of the period; its figure is no count, such as a
percentage, or is below zero; no stage comes before it; of the one before no figure is known, or none that is a count;
the unit of one of the two is not said; they are of two units; there was nobody before."""
NONE = ("few", "grows")
"""Why no passage is the weakest: fewer than `FEWEST` are known; none of them loses anybody."""
FEWEST = 2
"""Passages that must be known before one of them is called the weakest."""


@dataclass(frozen=True)
class Period:
    """The period of a figure: its last day, and which it is: one of `PERIODS`, or "" where none is said."""

    on: date
    over: str
    of_a_month: bool
    """Whether it is a whole month, which has a name."""


@dataclass(frozen=True)
class Stage:
    """A stage, one of `STEPS`, over the period of a funnel.

    `series` is its metric, None where it has none, and `figure` that metric's figure of the period; `others` counts the
    further metrics of the stage. `share` is its part of the stage before, None where it is not known and `why` says so.
    `reworded` says that the two stages word their populations differently.
    """

    name: str
    series: Series | None
    figure: Figure | None
    others: int = 0
    share: Fraction | None = None
    why: str = ""
    reworded: bool = False


@dataclass(frozen=True)
class Funnel:
    """The five stages in their order, over the last period of which two stages have a figure; None where none is."""

    period: Period | None
    stages: tuple[Stage, ...]

    @property
    def known(self) -> tuple[Stage, ...]:
        """The stages whose share of the stage before is known."""
        return tuple(stage for stage in self.stages if stage.share is not None)

    @property
    def weakest(self) -> tuple[Stage, ...]:
        """The stages that keep the smallest share of the stage before: several where they are alike."""
        shares = [stage.share for stage in self.known if stage.share is not None]
        least = min(shares, default=Fraction(1))
        if len(shares) < FEWEST or least >= 1:
            return ()
        return tuple(stage for stage in self.known if stage.share == least)

    @property
    def no_weakest(self) -> str:
        """Why no stage is the weakest, one of `NONE`; "" where one is."""
        if self.weakest:
            return ""
        return "few" if len(self.known) < FEWEST else "grows"

    def before(self, stage: Stage) -> Stage | None:
        """The stage before one; None for the first."""
        at = STEPS.index(stage.name)
        return self.stages[at - 1] if at else None


def funnel(session: Session) -> Funnel | None:
    """The funnel of a session; None where fewer than two stages have a metric."""
    of: dict[str, list[Series]] = {name: [] for name in STEPS}
    for series in every_series(session):
        if (step := series.metric.details.get("aarri", "")) in of:
            of[step].append(series)
    return _funnel(of) if sum(map(bool, of.values())) > 1 else None


def _funnel(of: Mapping[str, Sequence[Series]]) -> Funnel:
    period = _shared(of)
    found = {name: [(series, _figure(series, period)) for series in every] for name, every in of.items()}
    unit = _usual_unit(found)
    stages: list[Stage] = []
    for name in STEPS:
        series, figure = _told(found[name], unit)
        alone = Stage(name, series, figure, others=max(0, len(found[name]) - 1))
        stages.append(_compared(alone, stages[-1] if stages else None))
    return Funnel(period, tuple(stages))


def _shared(of: Mapping[str, Sequence[Series]]) -> Period | None:
    """The last period of which two stages have a figure; of those that end on one day that of most stages, then the
    shortest."""
    count = Counter(
        period
        for every in of.values()
        for period in {_period(one) for series in every for one in series.whole}
        if period
    )
    shared = [period for period in count if count[period] > 1]
    return max(shared, key=lambda period: (period.on, count[period], -_length(period.over)), default=None)


def _period(figure: Figure) -> Period | None:
    return Period(figure.on, figure.over, figure.of_a_month) if figure.on else None


def _length(over: str) -> int:
    return PERIODS.index(over) if over in PERIODS else len(PERIODS)


def _figure(series: Series, period: Period | None) -> Figure | None:
    return next((one for one in series.whole if period and _period(one) == period), None)


_Found = tuple[Series, Figure | None]
_Unit = tuple[str, ...]


def _usual_unit(found: Mapping[str, Sequence[_Found]]) -> _Unit:
    """The unit in which most stages count, of several the first."""
    units = [
        dict.fromkeys(_unit(series) for series, figure in of if figure and _counts(series)) for of in found.values()
    ]
    count = Counter(unit for of in units for unit in of if unit)
    return max(count, key=lambda unit: count[unit], default=())


def _told(found: Sequence[_Found], unit: _Unit) -> tuple[Series | None, Figure | None]:
    """The metric by which a stage is told: of several one that has a figure, in the usual unit, that is a count."""
    if not found:
        return None, None
    return max(found, key=lambda one: (one[1] is not None, _counts(one[0]) and _unit(one[0]) == unit, _counts(one[0])))


def _compared(stage: Stage, before: Stage | None) -> Stage:
    why = _why(stage, before)
    if why or before is None or not (stage.series and stage.figure and before.series and before.figure):
        return Stage(stage.name, stage.series, stage.figure, stage.others, why=why)
    share = _value(stage.series, stage.figure) / _value(before.series, before.figure)
    said = {plain(one.metric.details.get("population", "")) for one in (stage.series, before.series)} - {""}
    return Stage(stage.name, stage.series, stage.figure, stage.others, share, reworded=len(said) > 1)


def _why(stage: Stage, before: Stage | None) -> str:
    """Why nothing can be divided, one of `WHY`; "" where it can."""
    if stage.series is None:
        return "metric"
    if stage.figure is None:
        return "figure"
    if not _counts(stage.series):
        return "measure"
    if stage.figure.value < 0:
        return "below"
    if before is None:
        return "first"
    if before.series is None or before.figure is None:
        return "before"
    if not _counts(before.series) or before.figure.value < 0:
        return "uncounted"
    ours, theirs = _unit(stage.series), _unit(before.series)
    if not (ours and theirs):
        return "unsaid"
    if ours != theirs:
        return "unit"
    return "" if before.figure.value else "zero"


def _counts(series: Series) -> bool:
    """Whether a metric counts people or things: neither a measure, such as a percentage, nor a part of something."""
    unit = series.unit.strip()
    return not (series.metric.details.get("denominator") or is_measure(unit) or unit[:1] in ("%", "‰"))


def _unit(series: Series) -> _Unit:
    """A unit as two are compared, without its scale; () where none is said."""
    rest = scaled(series.unit)[1]
    return words_of(rest) or ((plain(rest),) if plain(rest) else ())


def _value(series: Series, figure: Figure) -> Fraction:
    """A figure without the scale of its unit."""
    return Fraction(figure.value) * Fraction(10 ** scaled(series.unit)[0])
