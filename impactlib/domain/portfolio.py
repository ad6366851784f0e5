"""What became of several teams' workshops: measures kept and followed, decisions taken, due and overdue. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from impactlib.domain.clock import day_of
from impactlib.domain.due import AHEAD, Due, due
from impactlib.domain.features import effects
from impactlib.domain.impact_matrix import begun
from impactlib.domain.readings import every_series
from impactlib.domain.session import Session
from impactlib.domain.text import plain


@dataclass(frozen=True)
class Team:
    """A team as its latest session knows it.

    Parameters
    ----------
    kept, followed, proven
        Measures that it keeps; of these, those with a figure; and those that a delivered feature moved, with a figure
        before and one after it.
    decided
        Verdicts given.
    coming, late
        What falls due within `AHEAD`, and what is overdue.
    level
        That of its matrix, one of `impact_matrix.LEVELS`.
    newest
        The day of its latest figure, None without one.
    """

    session: str
    name: str
    on: date
    kept: int
    followed: int
    proven: int
    decided: int
    coming: int
    late: int
    level: str
    newest: date | None

    def days_old(self, today: date) -> int | None:
        """How many days old its latest figure is."""
        return (today - self.newest).days if self.newest else None


def teams(sessions: Iterable[Session], today: date) -> list[Team]:
    """One row for each product: its latest session, which holds the figures and promises of those before. Rehearsals
    and sessions that were not begun are left out."""
    held = [one for one in sessions if not one.rehearsal and one.clock.started is not None]
    followed = {one.follows.session for one in held if one.follows}
    days: dict[str, list[tuple[str, date]]] = {}
    for one in held:
        days.setdefault(plain(one.team), []).append((one.id, _day(one)))
    latest = [one for one in held if one.id not in followed]
    return sorted((_team(one, today, days) for one in latest), key=lambda team: (plain(team.name), team.on))


def _team(session: Session, today: date, days: Mapping[str, Sequence[tuple[str, date]]]) -> Team:
    kept = {note.id for note in session.kept_metrics()}
    known = [series for series in every_series(session) if series.known]
    every: list[Due] = due(session, [on for id, on in days[plain(session.team)] if id != session.id])
    proven = {one.series.metric.id for one in effects(session) if one.series and one.moved and not one.early}
    matrix = begun(session)
    return Team(
        session=session.id,
        name=session.team,
        on=_day(session),
        kept=len(kept),
        followed=sum(series.metric.id in kept for series in known),
        proven=len(proven & kept),
        decided=len(session.notes_of("verdict")),
        coming=sum(today <= one.on <= today + AHEAD for one in every),
        late=sum(one.late(today) for one in every),
        level=matrix.level if matrix else "none",
        newest=max((figure.on for series in known for figure in series.known if figure.on), default=None),
    )


def _day(session: Session) -> date:
    assert session.clock.started is not None
    return day_of(session.clock.started, session.zone)
