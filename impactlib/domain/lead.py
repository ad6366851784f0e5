"""Who leads when the facilitator is gone: somebody of the room offers to, and somebody else agrees. Pure.

One of the two at least is of the team, and no facilitator has been present for two minutes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from impactlib.domain.agenda import Role
from impactlib.domain.names import named
from impactlib.domain.session import Person, Session

GONE = 120.0
"""Seconds after which the people who are left are told what they can do."""
LEADERS = frozenset({Role.CLIENT, Role.CONSULTANT})
"""The roles that may offer to lead, and agree to it."""


def unled(session: Session, present: Collection[str], left: Mapping[str, float], now: float) -> bool:
    """Whether the hour goes on and no facilitator has been present for two minutes.

    Parameters
    ----------
    present
        The ids of the people who have a page open.
    left
        When each of the others left, in seconds on the journal's clock.
    """
    if session.step is None or session.ended:
        return False
    leading = [person.id for person in session.here(Role.FACILITATOR)]
    return bool(leading) and all(id not in present and now - left.get(id, now) >= GONE for id in leading)


def offering(session: Session) -> list[Person]:
    """The people who offer to lead, under the names that tell them apart."""
    known = named(session)
    people = (known.get(id) for id in session.offers)
    return [person for person in people if person and not person.out and person.role in LEADERS]
