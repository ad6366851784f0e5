"""What would change the first three metrics: the least single changes of a vote, a weight, the formula or data. Pure.

The first three are all metrics that have one of the first three places, each with its place. They are others when a
metric enters or leaves them, when two change places, and when a tie is made or broken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

from impactlib.domain.scoring import QUALITY_NOT_GIVEN, TOP, VOTERS, Formula, Method, Row, Vote, rank
from impactlib.domain.session import QUALITIES, SCORES

WEIGHTS = tuple(tenths / 10 for tenths in range(51))
"""The weights of value that are tried in a weighted sum."""

Axis = Literal["value", "ease"]
AXES: tuple[Axis, ...] = get_args(Axis)


@dataclass(frozen=True)
class Basis:
    """What a ranking is made from: the arguments of `rank`."""

    votes: Mapping[str, Sequence[Vote]]
    formula: Formula = field(default_factory=Formula)
    quality: Mapping[str, int | None] = field(default_factory=dict)
    weighed: bool = False

    @cached_property
    def rows(self) -> list[Row]:
        """The ranking, as `rank` gives it."""
        return rank(self.votes, self.formula, quality=self.quality, weigh_by_quality=self.weighed)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each metric that was scored."""
        return {row.metric: row.place for row in self.rows if row.place}


@dataclass(frozen=True)
class VoteChanged:
    """One of the `people` who `given` that score of a metric on that axis gives `score` instead."""

    metric: str
    axis: Axis
    given: int
    score: int
    people: int = 1

    def applied(self, basis: Basis) -> Basis:
        votes = list(basis.votes[self.metric])
        at = next(i for i, vote in enumerate(votes) if vote.role in VOTERS and getattr(vote, self.axis) == self.given)
        vote = votes[at]
        given = {"value": vote.value, "ease": vote.ease, self.axis: self.score}
        votes[at] = replace(vote, value=given["value"], ease=given["ease"])
        return replace(basis, votes={**basis.votes, self.metric: votes})


@dataclass(frozen=True)
class WeightChanged:
    """In the weighted sum, value has that weight."""

    weight: float

    def applied(self, basis: Basis) -> Basis:
        return replace(basis, formula=replace(basis.formula, value_weight=self.weight))


@dataclass(frozen=True)
class FormulaChanged:
    """The order is made by that formula."""

    formula: Formula

    def applied(self, basis: Basis) -> Basis:
        return replace(basis, formula=self.formula)


@dataclass(frozen=True)
class WeighingChanged:
    """The quality of data counts, or counts no more."""

    weighed: bool

    def applied(self, basis: Basis) -> Basis:
        return replace(basis, weighed=self.weighed)


@dataclass(frozen=True)
class QualityChanged:
    """A metric's data, `given` right at that many per cent (None: nobody said), are right at `percent`."""

    metric: str
    given: int | None
    percent: int

    def applied(self, basis: Basis) -> Basis:
        return replace(basis, quality={**basis.quality, self.metric: self.percent})


Change = VoteChanged | WeightChanged | FormulaChanged | WeighingChanged | QualityChanged


@dataclass(frozen=True)
class Move:
    """A metric that has, or had, one of the first three places."""

    metric: str
    before: int
    after: int


@dataclass(frozen=True)
class Turn:
    """A change that makes the first three others, and what moves."""

    change: Change
    moves: tuple[Move, ...]


def turns(basis: Basis, formulas: Iterable[Formula]) -> list[Turn]:
    """The single changes that make the first three others, the least of each sort.

    A vote, the weight of value and a metric's quality may go up or down: of each, only the least change in that
    direction is there. The votes come first, the nearest to what was given before the others. A weight matters in the
    weighted sum alone, a metric's quality only while quality counts.
    """
    found = [*_votes(basis), *_weights(basis)]
    found += _those(basis, (FormulaChanged(one) for one in formulas if one != basis.formula))
    found += [*_those(basis, [WeighingChanged(not basis.weighed)]), *_qualities(basis)]
    return found


def moves(basis: Basis, other: Basis) -> tuple[Move, ...]:
    """How the first three of `basis` become those of `other`, in their order there; of the same metrics."""
    pairs = ((metric, place, other.places[metric]) for metric, place in basis.places.items())
    found = [Move(*one) for one in pairs if one[1] != one[2] and min(one[1:]) <= TOP]
    return tuple(sorted(found, key=lambda move: (move.after, move.before)))


def _those(basis: Basis, changes: Iterable[Change]) -> Iterator[Turn]:
    for change in changes:
        moved = moves(basis, change.applied(basis))
        if moved:
            yield Turn(change, moved)


def _first(basis: Basis, changes: Iterable[Change]) -> Iterator[Turn]:
    """Of some changes, the first that makes the first three others."""
    yield from (turn for turn in [next(_those(basis, changes), None)] if turn)


def _votes(basis: Basis) -> list[Turn]:
    asked = [(row.metric, axis, way) for row in basis.rows for axis in AXES for way in (-1, 1)]
    found = [(far, turn) for one in asked for far, turn in _least(basis, *one)]
    return [turn for _, turn in sorted(found, key=lambda one: one[0])]


def _least(basis: Basis, metric: str, axis: Axis, way: int) -> Iterator[tuple[int, Turn]]:
    """The least change of one vote in a direction, with its points; of equal ones, that of most people."""
    given = Counter(getattr(vote, axis) for vote in basis.votes[metric] if vote.role in VOTERS)
    common = sorted(given, key=lambda score: (-given[score], score))
    for far in range(1, len(SCORES)):
        aims = ((score, score + way * far) for score in common)
        changes = (VoteChanged(metric, axis, score, aim, given[score]) for score, aim in aims if aim in SCORES)
        for turn in _first(basis, changes):
            yield far, turn
            return


def _weights(basis: Basis) -> Iterator[Turn]:
    if basis.formula.method is not Method.WEIGHTED_SUM:
        return
    now = basis.formula.value_weight
    for way in ([weight for weight in reversed(WEIGHTS) if weight < now], [w for w in WEIGHTS if w > now]):
        yield from _first(basis, (WeightChanged(weight) for weight in way if weight or basis.formula.ease_weight))


def _qualities(basis: Basis) -> Iterator[Turn]:
    if not basis.weighed:
        return
    percents = sorted(map(int, QUALITIES))
    for row in basis.rows:
        counted = QUALITY_NOT_GIVEN if row.quality is None else row.quality
        for way in ([p for p in reversed(percents) if p < counted], [p for p in percents if p > counted]):
            yield from _first(basis, (QualityChanged(row.metric, row.quality, percent) for percent in way))
