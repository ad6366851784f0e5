"""Ranking metrics by value for users and ease of obtaining the data.

The default, and for now the only order: the product of the two medians, of the people whose role
votes and who gave both scores. Data quality stands beside the rank, never inside it. There is no
official formula; the two axes are always shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from impactlib.agenda import Role
from impactlib.session import Note, Person, Score, Session

VOTERS = (Role.CLIENT, Role.CONSULTANT)
"""Who is counted: those who know the users or the field. Observers and the facilitator are not,
nor is somebody who was shown out."""

SCORES = range(1, 6)


@dataclass(frozen=True)
class Rank:
    """A metric's place; `value` and `ease` are medians from 1 to 5, None when nobody scored it."""

    metric: Note
    place: int | None
    value: float | None
    ease: float | None
    voters: int
    tied: bool = False

    @property
    def product(self) -> float | None:
        """Value times ease, from 1 to 25."""
        return None if self.value is None or self.ease is None else self.value * self.ease


def votes(session: Session, metric: str) -> list[Score]:
    """The complete scores that count for a metric."""
    return [
        score
        for (scored, person), score in session.scores.items()
        if scored == metric and score.complete and _counts(session.people.get(person))
    ]


def _counts(person: Person | None) -> bool:
    return person is not None and not person.out and person.role in VOTERS


def ranking(session: Session) -> list[Rank]:
    """Every metric that stands, best first, those nobody scored last; equals share a place."""
    rows = [_rank(session, metric) for metric in session.notes_of("metric")]
    products = [row.product for row in rows if row.product is not None]
    placed = [_placed(row, products) for row in rows]
    return sorted(placed, key=lambda row: (row.place is None, row.place or 0, row.metric.order))


def _rank(session: Session, metric: Note) -> Rank:
    counted = votes(session, metric.id)
    if not counted:
        return Rank(metric, None, None, None, 0)
    value = median(score.value for score in counted if score.value is not None)
    ease = median(score.ease for score in counted if score.ease is not None)
    return Rank(metric, None, float(value), float(ease), len(counted))


def _placed(row: Rank, products: list[float]) -> Rank:
    if row.product is None:
        return row
    place = 1 + sum(other > row.product for other in products)
    return Rank(row.metric, place, row.value, row.ease, row.voters, tied=products.count(row.product) > 1)
