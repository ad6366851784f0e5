"""What a session knows of the headings of an investment committee. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from impactlib.domain.readings import Series, every_series
from impactlib.domain.recommendations import north_star
from impactlib.domain.session import Session


@dataclass(frozen=True)
class Committee:
    """The figures that its headings ask for; the rest are notes of the session."""

    session: Session

    @cached_property
    def goals(self) -> tuple[Series, ...]:
        """The metrics that the team keeps or follows, those it keeps first and in its order."""
        every = {series.metric.id: series for series in every_series(self.session)}
        kept = [every[id] for id in self.session.kept if id in every]
        return (*kept, *(series for id, series in every.items() if series.readings and id not in self.session.kept))

    @cached_property
    def north_star(self) -> Series | None:
        """The figures of the North Star."""
        named = north_star(self.session)
        return next((series for series in self.goals if named and series.metric.id == named.id), None)
