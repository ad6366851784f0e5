"""The impact matrix as far as a session fills it.

A metric fulfils an indicator when it names it; one that names none stands beside the indicators of its hypothesis's
concept. Its versions are in `impactlib.domain.matrices`.
"""

from __future__ import annotations

from dataclasses import dataclass

from impactlib.domain.inventory import Need, needs
from impactlib.domain.matrices import Concept, Indicator, Matrix, newest
from impactlib.domain.readings import Series, every_series
from impactlib.domain.session import Note, Session

STATES = ("figure", "metric", "nothing")
"""The states of an indicator: a metric with a figure, a metric without one, or nothing."""
GAPS = ("metric", "figure", "date", "source", "quality", "")
"""What an indicator lacks, the worst first; "" when nothing."""
LEVELS = ("none", "missing", "ready")
"""The levels of a matrix: no matrix yet, figures missing, ready for a coach's reading."""


@dataclass(frozen=True)
class Line(Need):
    """A metric in the matrix, with its sources and its figures."""

    figures: Series

    @property
    def quality(self) -> str:
        """How right the data are at the latest figure, "" when nobody said."""
        return self.figures.said("quality")

    @property
    def source(self) -> str:
        """Where the latest figure comes from, "" when only the inventory says it, or nothing."""
        return self.figures.said("source")


def lacks(line: Line) -> str:
    """The first thing that a reader of the matrix would miss of a metric, one of `GAPS`."""
    latest = line.figures.latest
    given = {
        "figure": latest,
        "date": latest and latest.on,
        "source": line.source or line.sources,
        "quality": line.quality,
    }
    return next((name for name, value in given.items() if not value), "")


@dataclass(frozen=True)
class Row:
    """An indicator and the metrics that fulfil it."""

    indicator: Indicator
    lines: tuple[Line, ...]

    @property
    def metrics(self) -> tuple[Note, ...]:
        """The metrics alone."""
        return tuple(line.metric for line in self.lines)

    @property
    def state(self) -> str:
        """One of `STATES`; a target is no figure."""
        return {"metric": "nothing", "figure": "metric"}.get(self.gap, "figure")

    @property
    def gap(self) -> str:
        """What the indicator lacks, one of `GAPS`: that of its most complete metric."""
        return max(map(lacks, self.lines), key=GAPS.index, default="metric")


@dataclass(frozen=True)
class Part:
    """A concept with its rows; `others` are metrics of that concept that fulfil no indicator of this version."""

    concept: Concept
    rows: tuple[Row, ...]
    others: tuple[Line, ...]

    @property
    def fulfilled(self) -> tuple[Row, ...]:
        """The rows that a metric fulfils."""
        return tuple(row for row in self.rows if row.lines)

    @property
    def told(self) -> tuple[Row, ...]:
        """The rows that a reader looks for: what is mandatory, and what a metric fulfils."""
        return tuple(row for row in self.rows if row.indicator.mandatory or row.lines)

    @property
    def unused(self) -> tuple[Indicator, ...]:
        """The other examples, which no metric fulfils."""
        return tuple(row.indicator for row in self.rows if row not in self.told)


@dataclass(frozen=True)
class Filled:
    """A matrix as far as a session fills it; `unplaced` metrics have neither an indicator nor a concept."""

    matrix: Matrix
    parts: tuple[Part, ...]
    unplaced: tuple[Line, ...]

    @property
    def binding(self) -> bool:
        """Whether anything is mandatory in this version."""
        return any(indicator.mandatory for indicator in self.matrix.indicators)

    @property
    def asked(self) -> tuple[Row, ...]:
        """The rows that a matrix is judged by: the mandatory ones; where nothing is, those that have a metric."""
        rows = [row for part in self.parts for row in part.rows]
        mandatory = [row for row in rows if row.indicator.mandatory]
        return tuple(mandatory or [row for row in rows if row.lines])

    @property
    def level(self) -> str:
        """One of `LEVELS`: ready once each row asked for has a figure with its date, its source and its quality."""
        if not any(row.lines for part in self.parts for row in part.rows):
            return "none"
        return "missing" if self.lacking else "ready"

    @property
    def lacking(self) -> dict[str, list[Row]]:
        """The rows asked for that lack something, by what they lack, the worst first."""
        by_gap = {gap: [row for row in self.asked if row.gap == gap] for gap in GAPS if gap}
        return {gap: rows for gap, rows in by_gap.items() if rows}

    def mandatory(self, state: str) -> int:
        """How many mandatory indicators are in that state."""
        return sum(row.indicator.mandatory and row.state == state for part in self.parts for row in part.rows)


def filled(session: Session, matrix: Matrix) -> Filled:
    """Which indicators have a metric, a figure, nothing."""
    known = {indicator.id for indicator in matrix.indicators}
    fulfilling: dict[str, list[Line]] = {}
    beside: dict[str, list[Line]] = {}
    figures = {series.metric.id: series for series in every_series(session)}
    for need in [Line(need.metric, need.sources, figures[need.metric.id]) for need in needs(session)]:
        named = need.metric.details.get("indicator", "")
        if named in known:
            fulfilling.setdefault(named, []).append(need)
        else:
            beside.setdefault(concept_of(session, need.metric), []).append(need)
    parts = tuple(
        Part(
            concept,
            tuple(Row(indicator, tuple(fulfilling.get(indicator.id, ()))) for indicator in concept.indicators),
            tuple(beside.pop(concept.id, ())),
        )
        for concept in matrix.concepts
    )
    unplaced = sorted((need for group in beside.values() for need in group), key=lambda need: need.metric.order)
    return Filled(matrix, parts, tuple(unplaced))


def begun(session: Session) -> Filled | None:
    """The newest matrix as far as a session fills it, or None when no metric names an indicator."""
    if not any(metric.details.get("indicator") for metric in session.notes_of("metric")):
        return None
    return filled(session, newest())


def concept_of(session: Session, metric: Note) -> str:
    """The concept of a metric's hypothesis, or ""."""
    hypothesis = session.notes.get(metric.about)
    return hypothesis.details.get("concept", "") if hypothesis and not hypothesis.withdrawn else ""
