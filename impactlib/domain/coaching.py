"""The teams of a coach: who facilitated or advised them, and what falls due in the workshops that go on. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from impactlib.domain.agenda import Role
from impactlib.domain.clock import day_of
from impactlib.domain.due import Due, due, unheld
from impactlib.domain.session import Session
from impactlib.domain.text import plain


@dataclass(frozen=True)
class Followed:
    """One workshop: the day on which it was held, if it was, the session that it goes on from once it has begun, all
    that falls due in it, and the names of those who facilitated and who advised, but for who was shown out."""

    session: str
    team: str
    lang: str
    held: date | None
    after: str
    due: tuple[Due, ...]
    facilitators: tuple[str, ...]
    advisers: tuple[str, ...]

    def led_by(self, name: str) -> bool:
        """Whether somebody of that name facilitated or advised it."""
        return plain(name) in {plain(each) for each in (*self.facilitators, *self.advisers)}


def followed(session: Session) -> Followed | None:
    """What is known of a workshop; None of a rehearsal."""
    if session.rehearsal:
        return None
    started = session.clock.started

    def names(role: Role) -> tuple[str, ...]:
        return tuple(person.name for person in session.people.values() if person.role == role and not person.out)

    return Followed(
        session.id,
        session.team,
        session.lang,
        None if started is None else day_of(started, session.zone),
        session.follows.session if session.follows and started is not None else "",
        tuple(due(session)),
        names(Role.FACILITATOR),
        names(Role.CONSULTANT),
    )


def going_on(workshops: Iterable[Followed], coach: str = "") -> list[Followed]:
    """The workshops that no other goes on from, each with what is due in it now that its team held its others; only
    those of the teams that a coach facilitated or advised, where one is named."""
    every = list(workshops)
    before = {one.after for one in every}
    teams = {plain(one.team) for one in every if not coach or one.led_by(coach)}
    held: dict[str, list[tuple[str, date]]] = {}
    for one in every:
        if one.held is not None:
            held.setdefault(plain(one.team), []).append((one.session, one.held))

    def now(one: Followed) -> Followed:
        others = [on for session, on in held.get(plain(one.team), ()) if session != one.session]
        return replace(one, due=tuple(unheld(one.due, others)))

    # The session that begins from one before has its figures, its decisions and its promises.
    return [now(one) for one in every if one.session not in before and plain(one.team) in teams]


def coaches(workshops: Iterable[Followed]) -> list[str]:
    """The names of those who facilitated, in the order of letters; of two that are alike, the first."""
    found: dict[str, str] = {}
    for one in workshops:
        for name in one.facilitators:
            if plain(name):
                found.setdefault(plain(name), name)
    return [found[name] for name in sorted(found)]
