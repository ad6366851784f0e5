"""Choosing well: how votes become a ranking, where people disagree, how solid the ranking is; of no session. Pure.

Each person gives a metric two scores from 1 to 5: its value for users, and the ease of obtaining its data. There is
no official formula. By default the product of the two medians makes the order; the two axes are always shown.

Data quality says at how many per cent the data are right. By default it moves no metric: it shows as an uncertainty
of the ease, since data that are hardly right were not really easy to obtain. Of the ease above 1, its least, only that
share is sure: 4 with data right at 50 % is somewhere from 2.5 to 4. Weighing by quality counts the sure ease alone.
This is a convention that anybody can work out by hand, not a measurement. A quality that nobody gave counts as the
lowest, so that a missing quality never looks surer than a bad one.

Functions over votes take one at most of each person for each metric, whatever round it is of. An abstention is no vote.
If `weigh_by_quality`, every function ranks by `sure_ease` instead of `ease`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from math import inf
from random import Random
from statistics import fmean, median
from struct import Struct

from impactlib.domain.agenda import Role
from impactlib.domain.session import SCORES

VOTERS = (Role.CLIENT, Role.CONSULTANT)
"""The roles whose votes are counted: they know the users or the field. Observers and the facilitator do not vote."""

QUALITY_NOT_GIVEN = 10
"""Default data quality, in per cent, when none was given: the lowest of 10, 50 and 90, to be conservative."""

TOP = 3
ENOUGH_VOTERS = 8
"""With fewer, how often a metric stays in the top would feign precision."""
RESAMPLES = 1_000

_DECIMALS = 9
"""Decimals that are compared: figures equal on paper may differ in a float's last digits."""
_TALLY = Struct(f">{len(SCORES)}H")
"""How many people gave each score: up to 65,535."""

Point = tuple[float, float]
"""A value and an ease."""


@dataclass(frozen=True)
class Vote:
    """One person's scores of a metric, from 1 to 5; those of other roles than `VOTERS` are never counted."""

    person: str
    role: Role
    value: int
    ease: int


class Method(StrEnum):
    """How value and ease make an order; all but the product of means take the votes' medians."""

    PRODUCT_OF_MEDIANS = "product_of_medians"
    PRODUCT_OF_MEANS = "product_of_means"
    WEIGHTED_SUM = "weighted_sum"
    PARETO = "pareto"


@dataclass(frozen=True)
class Formula:
    """A method, with the weights of the weighted sum: the other methods have none.

    On the Pareto front are the metrics that no other beats, as good on both axes and better on one. The next front is
    that of the metrics left, and so on: these layers are the order.

    Raises
    ------
    ValueError
        A weight below zero, or both zero: a better score would not make a better place.
    """

    method: Method = Method.PRODUCT_OF_MEDIANS
    value_weight: float = 1.0
    ease_weight: float = 1.0

    def __post_init__(self) -> None:
        if not (min(self.value_weight, self.ease_weight) >= 0 < self.value_weight + self.ease_weight < inf):
            raise ValueError(f"Weights of {self.value_weight} and {self.ease_weight}: give two from 0 up, one above 0.")


@dataclass(frozen=True)
class Row:
    """A metric in a ranking, with all that its place comes from.

    `values` and `eases` are the counted scores, the lowest first; `value` and `ease` their medians or means. The ease
    is somewhere from `sure_ease` to `ease`, and the figure from `low` to `high` with it; `figure` gives the place.
    A Pareto front has no figure, but a `layer` from 1 and the metrics by which each is `beaten_by`.
    A metric that nobody scored has no place and none of these.
    """

    metric: str
    formula: Formula
    values: tuple[int, ...] = ()
    eases: tuple[int, ...] = ()
    value: float | None = None
    ease: float | None = None
    sure_ease: float | None = None
    quality: int | None = None
    weighed: bool = False
    low: float | None = None
    high: float | None = None
    layer: int | None = None
    beaten_by: tuple[str, ...] = ()
    place: int | None = None
    tied: bool = False

    @property
    def voters(self) -> int:
        return len(self.values)

    @property
    def counted_ease(self) -> float | None:
        """The ease that makes the place."""
        return self.sure_ease if self.weighed else self.ease

    @property
    def unsure(self) -> bool:
        """Whether its data leave its ease in doubt."""
        return self.ease is not None and self.sure_ease is not None and self.sure_ease < self.ease

    @property
    def figure(self) -> float | None:
        return self.low if self.weighed else self.high


def rank(
    votes_by_metric: Mapping[str, Sequence[Vote]],
    formula: Formula,
    *,
    quality: Mapping[str, int | None],
    weigh_by_quality: bool = False,
) -> list[Row]:
    """Every metric, best first; equals share a place and are tied; those that nobody scored come last.

    Parameters
    ----------
    quality
        Per cent at which each metric's data are right; None, or no entry, where nobody said.

    Examples
    --------
    >>> delay = [Vote("marc", Role.CLIENT, 5, 2), Vote("inès", Role.CONSULTANT, 4, 4)]
    >>> [row] = rank({"delay": delay}, Formula(), quality={"delay": 50})
    >>> (row.value, row.ease, row.figure), (row.sure_ease, row.low)
    ((4.5, 3.0, 13.5), (2.0, 9.0))
    """
    rows = [
        _row(metric, _counted(votes), formula, quality.get(metric), weigh_by_quality)
        for metric, votes in votes_by_metric.items()
    ]
    points = _points(rows)
    merits = dict(zip(points, _merits(list(points.values()), formula), strict=True))
    return sorted((_placed(row, points, merits) for row in rows), key=lambda row: row.place or inf)


def _row(metric: str, votes: Sequence[Vote], formula: Formula, quality: int | None, weighed: bool) -> Row:
    row = Row(metric, formula, quality=quality, weighed=weighed)
    if not votes:
        return row
    values, eases = sorted(vote.value for vote in votes), sorted(vote.ease for vote in votes)
    value, ease = _centre(values, formula), _centre(eases, formula)
    sure = _sure(ease, _percent(quality))
    row = replace(row, values=tuple(values), eases=tuple(eases), value=value, ease=ease, sure_ease=sure)
    if formula.method is Method.PARETO:
        return row
    low, high = _figures([(value, sure), (value, ease)], formula)
    return replace(row, low=low, high=high)


def _placed(row: Row, points: Mapping[str, Point], merits: Mapping[str, float]) -> Row:
    if row.metric not in merits:
        return row
    merit, point, among = merits[row.metric], points[row.metric], list(merits.values())
    row = replace(row, place=_place(merit, among), tied=among.count(merit) > 1)
    if row.formula.method is not Method.PARETO:
        return row
    better = tuple(metric for metric, other in points.items() if _beats(other, point))
    return replace(row, layer=int(-merit), beaten_by=better)


def _counted(votes: Sequence[Vote]) -> list[Vote]:
    return [vote for vote in votes if vote.role in VOTERS]


def _centre(scores: Sequence[int], formula: Formula) -> float:
    return fmean(scores) if formula.method is Method.PRODUCT_OF_MEANS else float(median(scores))


def _percent(quality: int | None) -> int:
    return QUALITY_NOT_GIVEN if quality is None else quality


def _sure(ease: float, percent: int) -> float:
    return 1 + (ease - 1) * percent / 100


def _points(rows: Sequence[Row]) -> dict[str, Point]:
    """Where each scored metric stands, as far as its place is concerned."""
    return {
        row.metric: (row.value, row.counted_ease)
        for row in rows
        if row.value is not None and row.counted_ease is not None
    }


def _place(merit: float, among: Collection[float]) -> int:
    return 1 + sum(other > merit for other in among)


def _merits(points: Sequence[Point], formula: Formula) -> list[float]:
    """The merit of each point: the higher the better, and equals are tied."""
    if formula.method is Method.PARETO:
        return [-layer for layer in _layers(points)]
    return _figures(points, formula)


def _figures(points: Sequence[Point], formula: Formula) -> list[float]:
    if formula.method is Method.WEIGHTED_SUM:
        by_value, by_ease = formula.value_weight, formula.ease_weight
        return [round(by_value * value + by_ease * ease, _DECIMALS) for value, ease in points]
    return [round(value * ease, _DECIMALS) for value, ease in points]


def _layers(points: Sequence[Point]) -> list[int]:
    """The Pareto layer of each point, from 1.

    In falling order of value, then of ease, whatever beats a point comes before it: its layer is the first
    on which nothing is as easy.
    """
    hardest: list[float] = []  # of each layer, its greatest ease so far below zero: they rise, so they can be bisected
    layers: dict[Point, int] = {}
    for value, ease in sorted(set(points), reverse=True):
        above = bisect_right(hardest, -ease)
        hardest[above : above + 1] = [-ease]
        layers[value, ease] = above + 1
    return [layers[point] for point in points]


def _beats(one: Point, other: Point) -> bool:
    return one != other and one[0] >= other[0] and one[1] >= other[1]


def together(rows: Sequence[Row]) -> dict[Point, list[int]]:
    """Where the scored metrics of a ranking stand, and the rows (from 1) that share each place."""
    places: dict[Point, list[int]] = {}
    for number, row in enumerate(rows, 1):
        if row.value is not None and row.ease is not None:
            places.setdefault((row.value, row.ease), []).append(number)
    return places


@dataclass(frozen=True)
class Opinions:
    """The scores of a metric on one axis, from 1 to 5.

    Half of the people are from `low` to `high`: the medians of the lower and of the upper half of the scores, a middle
    score being in both. So one outlier among many hardly counts, and each of two or three people does.
    `client` and `consultants` are the medians of the two camps, None for one of which nobody voted.
    """

    low: float
    high: float
    client: float | None
    consultants: float | None

    @property
    def width(self) -> float:
        """How far the middle half is spread."""
        return self.high - self.low

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest of the four: two people against nine show here, if they are a camp."""
        opinions = [one for one in (self.low, self.high, self.client, self.consultants) if one is not None]
        return min(opinions), max(opinions)


NEAR = 1.0
"""Marks by which two opinions may differ and still be called one."""


@dataclass(frozen=True)
class Spread:
    """How far apart people are about a metric."""

    value: Opinions
    ease: Opinions

    @property
    def apart(self) -> bool:
        """Whether people differ by more than a mark on one of the axes."""
        return any(high - low > NEAR for low, high in (self.value.ends, self.ease.ends))

    @property
    def total(self) -> float:
        """Points between the ends of both axes together, from 0 to 8."""
        return sum(high - low for low, high in (self.value.ends, self.ease.ends))


@dataclass(frozen=True)
class Topic:
    """A metric that people see differently: its places if all came round to the best or the worst said of it."""

    metric: str
    spread: Spread
    best: int
    worst: int

    @property
    def swing(self) -> int:
        """Places that a talk could change at most."""
        return self.worst - self.best

    @property
    def worth(self) -> bool:
        """Whether to talk about it: people are apart, and its place could change."""
        return bool(self.swing) and self.spread.apart


def spread(votes: Sequence[Vote]) -> Spread | None:
    """How far apart people are about a metric; None when nobody scored it."""
    counted = _counted(votes)
    if not counted:
        return None
    return Spread(_opinions(counted, lambda vote: vote.value), _opinions(counted, lambda vote: vote.ease))


def most_worth_talking(
    votes_by_metric: Mapping[str, Sequence[Vote]],
    formula: Formula,
    *,
    quality: Mapping[str, int | None],
    weigh_by_quality: bool = False,
) -> list[Topic]:
    """The metrics of the next five minutes: first those whose place a talk could change most.

    Each metric in turn goes to the ends of what is said of it while the others stay; between equal swings the wider
    spread comes first. A metric of which all think the same, or that nobody scored, is none of them.
    """
    rows = rank(votes_by_metric, formula, quality=quality, weigh_by_quality=weigh_by_quality)
    points, topics = _points(rows), []
    for row in rows:
        seen = spread(votes_by_metric[row.metric])
        if seen and seen.total:
            percent = _percent(row.quality) if row.weighed else 100
            worst, best = (
                _place_at((value, _sure(ease, percent)), row.metric, points, formula)
                for value, ease in zip(seen.value.ends, seen.ease.ends, strict=True)
            )
            topics.append(Topic(row.metric, seen, best, worst))
    return sorted(topics, key=lambda topic: (-topic.swing, -topic.spread.total))


def _opinions(votes: Sequence[Vote], axis: Callable[[Vote], int]) -> Opinions:
    scores, half = sorted(map(axis, votes)), (len(votes) + 1) // 2
    client, consultants = ([axis(vote) for vote in votes if vote.role is role] for role in VOTERS)
    return Opinions(
        float(median(scores[:half])),
        float(median(scores[-half:])),
        float(median(client)) if client else None,
        float(median(consultants)) if consultants else None,
    )


def _place_at(point: Point, metric: str, points: Mapping[str, Point], formula: Formula) -> int:
    """The place that a metric would have at that point."""
    others = [other for name, other in points.items() if name != metric]
    merit, *merits = _merits([point, *others], formula)
    return _place(merit, merits)


def stability(
    votes_by_metric: Mapping[str, Sequence[Vote]],
    formula: Formula,
    *,
    quality: Mapping[str, int | None],
    weigh_by_quality: bool = False,
) -> dict[str, float] | None:
    """How often each scored metric has one of the first three places, from 0 to 1, had other such people voted.

    The voters are resampled: as many as there are, drawn from them with all their votes, some twice, some not at all;
    `RESAMPLES` times, always the same draws. All that share the third place are in.

    None when fewer than `ENOUGH_VOTERS` people voted, or when no more than three metrics were scored: each has its
    place among three then, whoever votes.
    """
    counted = {metric: votes for metric, cast in votes_by_metric.items() if (votes := _counted(cast))}
    people = sorted({vote.person for votes in counted.values() for vote in votes})
    if len(people) < ENOUGH_VOTERS or len(counted) <= TOP:
        return None
    percents = [_percent(quality.get(metric)) if weigh_by_quality else 100 for metric in counted]
    times = [0] * len(counted)
    for points in _resampled(people, list(counted.values()), formula):
        here = {i: (value, _sure(ease, percents[i])) for i, (value, ease) in points.items()}
        merits = _merits(list(here.values()), formula)
        third = sorted(merits)[-TOP:][0]
        for i, merit in zip(here, merits, strict=True):
            times[i] += merit >= third
    return {metric: n / RESAMPLES for metric, n in zip(counted, times, strict=True)}


def _resampled(
    people: Sequence[str], columns: Sequence[Sequence[Vote]], formula: Formula
) -> Iterator[dict[int, Point]]:
    """For each draw of the voters, where the metrics stand that somebody drawn had scored, by their number.

    A person's ballot is one long number, with a count of 0 or 1 for each score of each axis of each metric. So the
    sum of the ballots drawn holds every tally, in a third of the time that looking each vote up would take.
    """
    ballots = [_ballot(person, columns) for person in people]
    axis = _TALLY.size
    size = 2 * axis * len(columns)

    @cache
    def centre(tally: bytes) -> float:
        counts = zip(SCORES, _TALLY.unpack(tally), strict=True)
        return _centre([score for score, n in counts for _ in range(n)], formula)

    random, nobody = Random(0), bytes(axis)
    for _ in range(RESAMPLES):
        tallies = sum(random.choices(ballots, k=len(ballots))).to_bytes(size)
        yield {
            i: (centre(values), centre(tallies[at + axis : at + 2 * axis]))
            for i, at in enumerate(range(0, size, 2 * axis))
            if (values := tallies[at : at + axis]) != nobody
        }


def _ballot(person: str, columns: Sequence[Sequence[Vote]]) -> int:
    cast = [next((vote for vote in votes if vote.person == person), None) for votes in columns]
    axes = [given for vote in cast for given in ((vote.value, vote.ease) if vote else (None, None))]
    return int.from_bytes(b"".join(_TALLY.pack(*(score == given for score in SCORES)) for given in axes))
