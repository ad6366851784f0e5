"""What a delivered feature should move, and what the figures say: the reading before and the reading after. Pure.

Two figures side by side do not say that the one made the other: what else changed meanwhile stands beside them. Both
are readings of the metric, found by their dates; nothing is typed twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from impactlib.domain.hypotheses import is_number, kept_day
from impactlib.domain.readings import Change, Figure, Series, first_day, series
from impactlib.domain.session import Note, Session

LOOK = timedelta(days=30)
"""How long after its delivery a feature is looked at, where no day was said."""


@dataclass(frozen=True)
class Effect:
    """A feature beside the figures of the metric that it should move, None where it says no metric that stands."""

    feature: Note
    series: Series | None

    @property
    def expected(self) -> Decimal | None:
        """By how much the metric should go up or down, in its unit; in points where that is a percentage."""
        return self._change("expected")

    @property
    def first_expected(self) -> Decimal | None:
        """What was expected at first, where that was changed since."""
        return self._change("first_expected")

    def _change(self, name: str) -> Decimal | None:
        said = self.feature.details.get(name, "")
        return Decimal(said) if self.series and is_number(said) else None

    @property
    def delivered_on(self) -> date | None:
        """The day of its delivery, past or to come."""
        return kept_day(self.feature.details.get("delivered_on", ""))

    @property
    def look_on(self) -> date | None:
        """The day on which one looks at it: the one that was said, else `LOOK` after its delivery."""
        said = kept_day(self.feature.details.get("look_on", ""))
        return said or (self.delivered_on + LOOK if self.delivered_on else None)

    @cached_property
    def after(self) -> Figure | None:
        """The first figure of the day on which one looks, or later; until there is one, the latest since the delivery.

        A figure over a period that had begun before the delivery is of both sides, and stands on none.
        """
        look, since = self.look_on, self._since
        if look is None:
            return None
        return next((one for one in since if one.on and one.on >= look), since[-1] if since else None)

    @cached_property
    def by_look(self) -> Figure | None:
        """The latest figure since the delivery that is of the day on which one looks, or earlier, and of the period of
        the one after; None unless that one is of a later day."""
        look, after = self.look_on, self.after
        if look is None or after is None or after.on is None or after.on <= look:
            return None
        known = [one for one in self._since if one.on and one.on <= look and one.over == after.over]
        return known[-1] if known else None

    @cached_property
    def before(self) -> Figure | None:
        """The latest figure of the day of the delivery, or earlier: of the period of the one after, if there is one."""
        since = self.delivered_on
        if since is None:
            return None
        known = [one for one in self._whole if one.on and one.on <= since]
        alike = [one for one in known if self.after and one.over == self.after.over]
        found = alike or known
        return found[-1] if found else None

    @property
    def moved(self) -> Change | None:
        """From the figure before to the figure after, where both are there and of one period."""
        return self._change_to(self.after)

    @property
    def moved_by_look(self) -> Change | None:
        """From the figure before to that of the day on which one looks, as `by_look` has it."""
        return self._change_to(self.by_look)

    @property
    def seen(self) -> Change | None:
        """How far the metric had gone by the day on which one looks; None before that day has a figure."""
        return None if self.early else self.moved_by_look or self.moved

    @property
    def known_late(self) -> bool:
        """Whether the figure of the day on which one looks was given after that day."""
        look, figure = self.look_on, self.by_look
        return bool(look and figure and figure.given and figure.given > look)

    @property
    def fell_short(self) -> bool:
        """Whether that is less than was expected, or the other way."""
        hoped, seen = self.expected, self.seen
        if not hoped or seen is None:
            return False
        return seen.difference < hoped if hoped > 0 else seen.difference > hoped

    def _change_to(self, figure: Figure | None) -> Change | None:
        if not (self.series and self.before and figure) or self.before.over != figure.over:
            return None
        return Change(self.before, figure, self.series.unit.startswith("%"))

    @property
    def already(self) -> Change | None:
        """From the first figure to the one before the delivery, where both are of one period: no effect of it."""
        first = self._whole[0] if self._whole else None
        if not (self.series and first and self.before) or first is self.before or first.over != self.before.over:
            return None
        return Change(first, self.before, self.series.unit.startswith("%"))

    @property
    def would_be(self) -> Decimal | None:
        """The latest figure with what is expected, where the two can be added up."""
        latest = self.series.latest if self.series else None
        return None if latest is None or self.expected is None else latest.value + self.expected

    @property
    def early(self) -> bool:
        """Whether the figure after is from before the day on which one looks."""
        return bool(self.after and self.after.on and self.look_on and self.after.on < self.look_on)

    @property
    def looked_at(self) -> bool:
        """Whether there is a figure of the day on which one looks, if it says a metric, and what else changed."""
        seen = self.series is None or (self.after is not None and not self.early)
        return seen and bool(self.feature.details.get("meanwhile"))

    @property
    def _whole(self) -> tuple[Figure, ...]:
        return self.series.whole if self.series else ()

    @cached_property
    def _since(self) -> tuple[Figure, ...]:
        """The figures of a day after the delivery whose period had not begun before it."""
        since = self.delivered_on
        return tuple(one for one in self._whole if since and one.on and one.on > since and _from(one) >= since)


def effect(session: Session, feature: Note) -> Effect:
    """One feature with the figures of its metric."""
    metric = session.notes.get(feature.about)
    stands = metric is not None and metric.kind == "metric" and not metric.withdrawn
    return Effect(feature, series(session, metric) if metric and stands else None)


def effects(session: Session) -> list[Effect]:
    """Each feature that stands, in the order in which they were written."""
    return [effect(session, note) for note in session.notes_of("feature")]


def unmeasured(session: Session, today: date) -> list[Note]:
    """The features delivered by a day of which nobody said what metric they should move, nor by how much."""
    shipped = [one for one in effects(session) if one.delivered_on and one.delivered_on <= today]
    return [one.feature for one in shipped if one.expected is None]


def _from(figure: Figure) -> date:
    """The first day that a figure is of."""
    assert figure.on is not None
    return first_day(figure.on, figure.over) or figure.on
