"""Where the numbers of a picture stand so that none covers another. Pure.

A box stays on its point wherever it can. Where neighbours are too close it stands beside its point, away from them,
as near as there is room, and the line that ties it to its point crosses neither another box nor another line.
Lengths are in points of type.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import atan2, cos, hypot, pi, sin

DOT = 3.0
"""A point's radius, where its box stands beside it."""
_GAP = 2.0
"""Between two boxes, and round a dot."""
_STEP, _FAR = 3, 240
"""How far apart the places are that are tried beside a point, and how far the last."""
_WAYS = 16
"""Directions that are tried on each side of the one that leads away from the neighbours."""

Point = tuple[float, float]
Line = tuple[Point, Point]


@dataclass(frozen=True)
class Box:
    """A rectangle, by its middle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.x, self.y

    def at(self, x: float, y: float) -> Box:
        """The same elsewhere."""
        return Box(x, y, self.width, self.height)

    def wider(self, by: float) -> Box:
        """The same with that much room on each side."""
        return Box(self.x, self.y, self.width + 2 * by, self.height + 2 * by)

    def covers(self, other: Box) -> bool:
        """Whether they share more than an edge."""
        wide, high = (self.width + other.width) / 2, (self.height + other.height) / 2
        return abs(self.x - other.x) < wide and abs(self.y - other.y) < high

    def within(self, other: Box) -> bool:
        """Whether the other holds it whole."""
        wide, high = (other.width - self.width) / 2, (other.height - self.height) / 2
        return abs(self.x - other.x) <= wide and abs(self.y - other.y) <= high


def apart(points: Sequence[Box], page: Box) -> list[Box]:
    """Each box where it stands. The same points always give the same places.

    Parameters
    ----------
    points
        Each box on its point.
    page
        What holds them all.

    Examples
    --------
    >>> page = Box(0, 0, 200, 200)
    >>> far = [Box(0, 0, 20, 20), Box(60, 0, 20, 20)]
    >>> apart(far, page) == far
    True
    >>> one, other = apart([Box(0, 0, 20, 20), Box(8, 0, 20, 20)], page)
    >>> one.covers(other)
    False
    """
    pairs = combinations(range(len(points)), 2)
    close = sorted({i for pair in pairs if _near(*(points[i] for i in pair)) for i in pair})
    if not close:
        return list(points)
    # Try several orders: points with the most neighbours first, points at an edge first. The best result is taken.
    orders = [
        sorted(close, key=lambda i: -_crowd(points[i], points)),
        *(
            sorted(close, key=lambda i: x * points[i].x + y * points[i].y)
            for x, y in ((1, 3), (-1, 3), (1, -3), (-1, -3))
        ),
    ]
    found = (_placed(points, order, page) for order in orders)
    return list(min(found, key=lambda placed: placed[0])[1])


def _placed(points: Sequence[Box], order: Sequence[int], page: Box) -> tuple[tuple[int, float], list[Box]]:
    """The boxes, those that are close to others placed in that order; before them how many found no good place, and
    how long the lines are together."""
    placed = {i: box for i, box in enumerate(points) if i not in order}
    dots = {i: Box(points[i].x, points[i].y, 0, 0).wider(2 * DOT) for i in order}
    lines: list[Line] = []
    bad, length = 0, 0.0
    for i in order:
        box, others = points[i], [*placed.values(), *(dot for j, dot in dots.items() if j != i)]
        first = clear = None
        for at in _free(box, points, others, page):
            first = first or at
            if not _crosses((box.middle, at.middle), at, others, lines):
                clear = at
                break
        placed[i] = clear or first or box
        lines.append((box.middle, placed[i].middle))
        bad, length = bad + (clear is None) + (first is None), length + hypot(placed[i].x - box.x, placed[i].y - box.y)
    return (bad, length), [placed[i] for i in range(len(points))]


def _near(one: Box, other: Box) -> bool:
    return one.wider(_GAP).covers(other)


def _crowd(box: Box, points: Sequence[Box]) -> float:
    return sum(1 / (1 + hypot(other.x - box.x, other.y - box.y)) for other in points)


def _free(box: Box, points: Sequence[Box], others: Collection[Box], page: Box) -> Iterator[Box]:
    """The places that a box can take: on its point, then beside it."""
    if not any(_near(box, other) for other in others):
        yield box
    away, dot = _away(box, points), Box(box.x, box.y, 2 * DOT, 2 * DOT)
    for far, turn in _tried():
        at = box.at(box.x + far * cos(away + turn), box.y + far * sin(away + turn))
        if at.within(page) and not any(_near(at, other) for other in (dot, *others)):
            yield at


def _away(box: Box, points: Sequence[Box]) -> float:
    """The direction that leads away from all the others, the nearest counting most."""
    apart = [(box.x - other.x, box.y - other.y) for other in points]
    x, y = (sum(way[axis] / (way[0] ** 2 + way[1] ** 2) for way in apart if any(way)) for axis in (0, 1))
    return atan2(y, x)


@cache
def _tried() -> list[tuple[int, float]]:
    """How far, and how much aside of the direction that leads away: near before far, straight before aside."""
    turns = sorted((pi * way / _WAYS for way in range(1 - _WAYS, _WAYS + 1)), key=lambda turn: (abs(turn), turn))
    places = [(far, turn) for far in range(_STEP, _FAR, _STEP) for turn in turns]
    return sorted(places, key=lambda place: place[0] * (1 + abs(place[1]) / pi))


def _crosses(line: Line, box: Box, others: Collection[Box], lines: Collection[Line]) -> bool:
    """Whether a line crosses what is drawn, or what is drawn crosses its box."""
    return (
        any(_through(line, other) for other in others)
        or any(_meet(line, other) for other in lines)
        or any(_through(other, box) for other in lines)
    )


def _through(line: Line, box: Box) -> bool:
    (x, y), (to_x, to_y) = line
    enter, leave = 0.0, 1.0
    for start, step, middle, size in ((x, to_x - x, box.x, box.width), (y, to_y - y, box.y, box.height)):
        low, high = middle - size / 2 - start, middle + size / 2 - start
        if step:
            first, last = sorted((low / step, high / step))
            enter, leave = max(enter, first), min(leave, last)
        elif not low < 0 < high:
            return False
    return enter < leave


def _meet(one: Line, other: Line) -> bool:
    def side(line: Line, place: Point) -> bool:
        (x, y), (to_x, to_y) = line
        return (to_x - x) * (place[1] - y) > (to_y - y) * (place[0] - x)

    return all(side(line, across[0]) != side(line, across[1]) for line, across in ((one, other), (other, one)))
