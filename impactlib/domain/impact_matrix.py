"""The impact matrix is data: five concepts with their indicators, of which some are mandatory.

The matrix changes, so each version is a dated TOML file (`templates/matrices/`). A metric fulfils an indicator when
it names it; one that names none stands beside the indicators of its hypothesis's concept.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.hypotheses import CONCEPTS
from impactlib.domain.inventory import Need, needs
from impactlib.domain.readings import Series, every_series
from impactlib.domain.session import Note, Session
from impactlib.domain.text import repeated
from impactlib.paths import TEMPLATES

FOLDER = TEMPLATES / "matrices"
STATES = ("figure", "metric", "nothing")
"""The states of an indicator: a metric with a figure, a metric without one, or nothing."""
_VERSION = re.compile(r"\d{4}-\d{2}\Z")
_ID = re.compile(r"[a-z0-9.-]{1,40}\Z")


class MatrixError(ValueError):
    """A matrix that cannot be used: names the file, the line or key, and the fix."""


@dataclass(frozen=True)
class Indicator:
    """One indicator: `title` is the State's own in French, `definition` the kit's words.

    Parameters
    ----------
    over_a_year
        Whether it is published with its change over one year.
    scale
        On what scale it is asked, where the version names one.
    """

    id: str
    title: dict[str, str]
    definition: dict[str, str]
    mandatory: bool
    over_a_year: bool = False
    scale: dict[str, str] | None = None


@dataclass(frozen=True)
class Concept:
    """`means` says in a few words what the concept asks of a service."""

    id: str
    title: dict[str, str]
    means: dict[str, str]
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Matrix:
    """One version: `name` is its year and month, such as ``2026-08``, `date` the day since which it stands."""

    name: str
    date: date
    title: dict[str, str]
    concepts: tuple[Concept, ...]

    @property
    def indicators(self) -> Iterator[Indicator]:
        """All of them, concept by concept."""
        return (indicator for concept in self.concepts for indicator in concept.indicators)


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
        return self._said("quality")

    @property
    def source(self) -> str:
        """Where the latest figure comes from, "" when only the inventory says it, or nothing."""
        return self._said("source")

    def _said(self, name: str) -> str:
        latest = self.figures.latest
        return (latest.note.details.get(name, "") if latest else "") or self.metric.details.get(name, "")


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


def names() -> list[str]:
    """The versions that come with the kit, the newest first."""
    return sorted((path.stem for path in FOLDER.glob("*.toml")), reverse=True)


@cache
def versions() -> tuple[Matrix, ...]:
    """The versions that come with the kit, read, the newest first."""
    return tuple(map(load, names()))


@cache
def indicators() -> dict[str, Indicator]:
    """Every indicator by its id, as the newest version that has it words it."""
    return {indicator.id: indicator for version in reversed(versions()) for indicator in version.indicators}


@cache
def concepts() -> dict[str, str]:
    """The concept of every indicator by its id."""
    return {one.id: concept.id for version in versions() for concept in version.concepts for one in concept.indicators}


def newest() -> Matrix:
    """The version that stands today."""
    return versions()[0]


def load(name: str) -> Matrix:
    """The version called `name`. Raises MatrixError, as `parse` does."""
    if name not in names():
        raise MatrixError(f"{name}: no such version of the matrix. Those of the kit are {', '.join(names())}.")
    return parse((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")


def parse(text: str, source: str = "matrix") -> Matrix:
    """Read a matrix from its TOML text.

    Raises
    ------
    MatrixError
        Naming `source`, the line or the key at fault, and what to write instead.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MatrixError(f"{source}: not TOML: {error}. Mend that line and try again.") from error
    except RecursionError as error:
        raise MatrixError(f"{source}: not TOML that can be read: brackets too deep. Write it flat.") from error
    concepts = raw.get("concepts")
    if not isinstance(concepts, list) or not concepts:
        raise MatrixError(f"{source}: concepts: none. Write at least one [[concepts]], with its indicators.")
    name = raw.get("name")
    if not isinstance(name, str) or not _VERSION.match(name):
        raise MatrixError(f"{source}: name: {name!r}. Write the version's year and month, such as 2026-08.")
    since = raw.get("date")
    if not isinstance(since, date) or isinstance(since, datetime) or f"{since:%Y-%m}" != name:
        raise MatrixError(f"{source}: date: {since!r}. Write the version's day without quotes, such as {name}-04.")
    matrix = Matrix(
        name,
        since,
        _words(raw, "title", f"{source}: "),
        tuple(_concept(concept, f"{source}: concepts[{i}]") for i, concept in enumerate(concepts, 1)),
    )
    ids = [concept.id for concept in matrix.concepts]
    of_indicators = [indicator.id for indicator in matrix.indicators]
    for key, named in (("concepts", ids), ("indicators", of_indicators)):
        if (again := repeated(named)) is not None:
            raise MatrixError(f"{source}: {key}: {named[again]!r} stands twice. Keep one.")
    return matrix


def _concept(raw: Any, where: str) -> Concept:
    table = _table(raw, where)
    id, indicators = table.get("id"), table.get("indicators")
    if id not in CONCEPTS:
        raise MatrixError(f"{where}.id: {id!r}. Write one of {', '.join(CONCEPTS)}.")
    if not isinstance(indicators, list) or not indicators:
        raise MatrixError(f"{where}.indicators: none. List at least one, with id, title, definition and mandatory.")
    read = tuple(_indicator(one, f"{where}.indicators[{i}]") for i, one in enumerate(indicators, 1))
    return Concept(id, _words(table, "title", f"{where}."), _words(table, "means", f"{where}."), read)


def _indicator(raw: Any, where: str) -> Indicator:
    table = _table(raw, where)
    id, mandatory = table.get("id"), table.get("mandatory")
    if not isinstance(id, str) or not _ID.match(id):
        raise MatrixError(f"{where}.id: {id!r}. Write small letters, digits, dots and hyphens (40 at most).")
    over_a_year = table.get("over_a_year", False)
    for key, value in (("mandatory", mandatory), ("over_a_year", over_a_year)):
        if not isinstance(value, bool):
            raise MatrixError(f"{where}.{key}: {value!r}. Write true or false.")
    title, definition = (_words(table, key, f"{where}.") for key in ("title", "definition"))
    scale = _words(table, "scale", f"{where}.") if "scale" in table else None
    return Indicator(id, title, definition, bool(mandatory), bool(over_a_year), scale)


def _table(raw: Any, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise MatrixError(f"{where}: not a table. Write its keys below [[concepts]], or between braces.")
    return raw


def _words(table: dict[str, Any], key: str, where: str) -> dict[str, str]:
    raw = table.get(key)
    if isinstance(raw, dict) and all(isinstance(raw.get(lang), str) and raw[lang].strip() for lang in LANGUAGES):
        return {lang: raw[lang].strip() for lang in LANGUAGES}
    raise MatrixError(f'{where}{key}: {raw!r}. Write {{ fr = "...", en = "..." }}.')
