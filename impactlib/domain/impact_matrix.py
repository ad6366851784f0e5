"""The impact matrix is data: five concepts with their indicators, of which some are mandatory.

The matrix changes, so each version is a TOML file (`templates/matrices/`). A metric fulfils an indicator when it
names it; one that names none stands beside the indicators of its hypothesis's concept.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.hypotheses import CONCEPTS
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
    id: str
    title: dict[str, str]
    mandatory: bool


@dataclass(frozen=True)
class Concept:
    """`means` says in a few words what the concept asks of a service."""

    id: str
    title: dict[str, str]
    means: dict[str, str]
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Matrix:
    """One version: `name` is its year and month, such as ``2026-08``."""

    name: str
    title: dict[str, str]
    concepts: tuple[Concept, ...]


@dataclass(frozen=True)
class Row:
    """An indicator and the metrics that fulfil it."""

    indicator: Indicator
    metrics: tuple[Note, ...]

    @property
    def state(self) -> str:
        """One of `STATES`; a figure is a baseline."""
        if any(metric.details.get("baseline") for metric in self.metrics):
            return "figure"
        return "metric" if self.metrics else "nothing"


@dataclass(frozen=True)
class Part:
    """A concept with its rows; `others` are metrics of that concept that fulfil no indicator of this version."""

    concept: Concept
    rows: tuple[Row, ...]
    others: tuple[Note, ...]


@dataclass(frozen=True)
class Filled:
    """A matrix as far as a session fills it; `unplaced` metrics have neither an indicator nor a concept."""

    matrix: Matrix
    parts: tuple[Part, ...]
    unplaced: tuple[Note, ...]

    def mandatory(self, state: str) -> int:
        """How many mandatory indicators are in that state."""
        return sum(row.indicator.mandatory and row.state == state for part in self.parts for row in part.rows)


def filled(session: Session, matrix: Matrix) -> Filled:
    """Which indicators have a metric, a figure, nothing."""
    known = {indicator.id for concept in matrix.concepts for indicator in concept.indicators}
    fulfilling: dict[str, list[Note]] = {}
    beside: dict[str, list[Note]] = {}
    for metric in session.notes_of("metric"):
        named = metric.details.get("indicator", "")
        if named in known:
            fulfilling.setdefault(named, []).append(metric)
        else:
            beside.setdefault(concept_of(session, metric), []).append(metric)
    parts = tuple(
        Part(
            concept,
            tuple(Row(indicator, tuple(fulfilling.get(indicator.id, ()))) for indicator in concept.indicators),
            tuple(beside.pop(concept.id, ())),
        )
        for concept in matrix.concepts
    )
    unplaced = sorted((metric for metrics in beside.values() for metric in metrics), key=lambda metric: metric.order)
    return Filled(matrix, parts, tuple(unplaced))


def concept_of(session: Session, metric: Note) -> str:
    """The concept of a metric's hypothesis, or ""."""
    hypothesis = session.notes.get(metric.about)
    return hypothesis.details.get("concept", "") if hypothesis and not hypothesis.withdrawn else ""


def names() -> list[str]:
    """The versions that come with the kit, the newest first."""
    return sorted((path.stem for path in FOLDER.glob("*.toml")), reverse=True)


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
    matrix = Matrix(
        name,
        _words(raw, "title", f"{source}: "),
        tuple(_concept(concept, f"{source}: concepts[{i}]") for i, concept in enumerate(concepts, 1)),
    )
    ids = [concept.id for concept in matrix.concepts]
    of_indicators = [indicator.id for concept in matrix.concepts for indicator in concept.indicators]
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
        raise MatrixError(f"{where}.indicators: none. List at least one, with id, title and mandatory.")
    read = tuple(_indicator(one, f"{where}.indicators[{i}]") for i, one in enumerate(indicators, 1))
    return Concept(id, _words(table, "title", f"{where}."), _words(table, "means", f"{where}."), read)


def _indicator(raw: Any, where: str) -> Indicator:
    table = _table(raw, where)
    id, mandatory = table.get("id"), table.get("mandatory")
    if not isinstance(id, str) or not _ID.match(id):
        raise MatrixError(f"{where}.id: {id!r}. Write small letters, digits, dots and hyphens (40 at most).")
    if not isinstance(mandatory, bool):
        raise MatrixError(f"{where}.mandatory: {mandatory!r}. Write true or false.")
    return Indicator(id, _words(table, "title", f"{where}."), mandatory)


def _table(raw: Any, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise MatrixError(f"{where}: not a table. Write its keys below [[concepts]], or between braces.")
    return raw


def _words(table: dict[str, Any], key: str, where: str) -> dict[str, str]:
    raw = table.get(key)
    if isinstance(raw, dict) and all(isinstance(raw.get(lang), str) and raw[lang].strip() for lang in LANGUAGES):
        return {lang: raw[lang].strip() for lang in LANGUAGES}
    raise MatrixError(f'{where}{key}: {raw!r}. Write {{ fr = "...", en = "..." }}.')
