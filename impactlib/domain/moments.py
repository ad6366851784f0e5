"""The three moments of a step about the metrics: advise, score, choose. Pure.

The agenda has one step of them; a round of scores leads from each to the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from impactlib.domain.agenda import Role
from impactlib.domain.session import Round, Session


class Moment(StrEnum):
    """What everybody does together within the step."""

    ADVISE = "advise"
    """The consultants advise: from the beginning until a round of scores is opened."""
    SCORE = "score"
    """Each scores alone: while a round is open."""
    CHOOSE = "choose"
    """The team chooses: once the scores are shown."""


SHARES: Mapping[Moment, float] = {Moment.ADVISE: 0.6, Moment.SCORE: 0.12, Moment.CHOOSE: 0.28}
"""The part of the step's minutes that is suggested for each."""


def moment(session: Session) -> Moment | None:
    """The moment that the room is in; None in a step that shows no metrics, and out of the hour."""
    if session.ended or session.step is None or "metrics" not in session.step.shows:
        return None
    if session.round:
        # A round whose metrics were all withdrawn is none for the room.
        takes = any(session.round.takes(metric.id) for metric in session.notes_of("metric"))
        return Moment.SCORE if takes else Moment.ADVISE
    # The room does not talk about scores of a former hour.
    shown = session.rounds and session.rounds[-1].shown and not session.scored_before
    return Moment.CHOOSE if shown else Moment.ADVISE


def to_choose(session: Session) -> Round | None:
    """The round whose scores are shown when the room's next gesture is to let the team choose: it was not told to, and
    has kept none of the metrics of that round yet."""
    if moment(session) != Moment.CHOOSE:
        return None
    last = session.rounds[-1]
    begun = last.choice_at is not None or any(last.takes(metric.id) for metric in session.kept_metrics())
    return None if begun or not last.id else last


def chooses(session: Session) -> bool:
    """Whether the team was told to choose."""
    return moment(session) == Moment.CHOOSE and session.rounds[-1].choice_at is not None


def to_hear(session: Session) -> bool:
    """Whether the room's next gesture is to give the consultants the floor: some have come, they do not have it, and
    nobody has advised yet."""
    if moment(session) != Moment.ADVISE or session.listening or session.notes_of("recommendation"):
        return False
    shows = session.step is not None and "recommendations" in session.step.shows
    return shows and any(one.role == Role.CONSULTANT and not one.out for one in session.people.values())
