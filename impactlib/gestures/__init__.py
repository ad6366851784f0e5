"""Gestures: the rights of each role, and the events that a gesture becomes.

A gesture is a small JSON object made by a page: ``{"id": ..., "do": "write", ...}``. ``decide`` turns
it into events, or refuses it in words. This is the only place where rights to change something are
checked; the server's doors check who may come in and look.

The rights over each kind of note are in `impactlib.domain.kinds`, the others in `rights`; `reading` reads the
fields of a gesture; the rules are where their subject is: `people_and_clock`, `notes`, `figures`, `rounds`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from impactlib.domain import kinds
from impactlib.domain.agenda import Role
from impactlib.domain.events import Event, NoteWritten
from impactlib.domain.kinds import AROUND_THE_TABLE, TEAM
from impactlib.domain.refusal import Refusal
from impactlib.domain.scoring import VOTERS
from impactlib.domain.session import Person, Session
from impactlib.gestures import figures, notes, people_and_clock, rounds
from impactlib.gestures.reading import NO_VALID_ID, Gesture, field, gesture_id
from impactlib.gestures.rights import EVERYONE, FACILITATOR, LISTENING, METRICS_SCORED

__all__ = ["METRICS_SCORED", "Asking", "Gesture", "decide", "gesture_id"]


@dataclass(frozen=True)
class Asking:
    """Who asks: `person` is known by the key of their browser, `door` is the role of their link."""

    person: str
    door: Role


def decide(session: Session, asking: Asking, gesture: Gesture) -> tuple[list[Event], str]:
    """The events that a gesture becomes, and on whose behalf.

    Raises
    ------
    Refusal
        In words for the person; nothing must then be written.
    """
    gesture_id(gesture)
    do = gesture.get("do")
    rule = _RULES.get(do) if isinstance(do, str) else None
    if rule is None:
        raise Refusal("This page asks for something the kit does not know: reload it.")
    if do == "join":
        return rule.decide(session, Person(asking.person, "", asking.door), gesture), ""
    person = session.people.get(asking.person)
    if person is None:
        raise Refusal("You have not joined this workshop yet: reload the page.", code="join")
    if person.out:
        raise Refusal("The facilitator has closed this workshop to you.", code="out")
    # A key gives its own role's rights: a person who once was more must come in by the door of what they are.
    if person.role != asking.door:
        raise Refusal("Your role has changed meanwhile: reload the page.", code="door")
    if person.role not in rule.roles:
        raise Refusal("Your role cannot do this: nothing was changed.", code="role")
    if session.listening and person.role == Role.CLIENT and do not in LISTENING:
        raise Refusal("The consultants are speaking: listen for now. Your text is kept.", code="listening")
    happened = rule.decide(session, person, gesture)
    if any(isinstance(event, NoteWritten) and event.note in session.notes for event in happened):
        raise Refusal(NO_VALID_ID)  # the fold would give the new note's details to the one that has this id
    return happened, _behalf(session, person, gesture)


def _behalf(session: Session, person: Person, gesture: Gesture) -> str:
    behalf = field(gesture, "behalf")
    if not behalf or behalf == person.id:
        return ""
    if gesture.get("do") != "write" or not kinds.row(field(gesture, "kind")).spoken:
        raise Refusal("Only what was said aloud is written for somebody else.")
    other = session.people.get(behalf)
    if other is None or other.out or other.role not in AROUND_THE_TABLE:
        raise Refusal("That person is not in the room: your text is kept, choose somebody else.")
    return behalf


@dataclass(frozen=True)
class _Rule:
    roles: Iterable[Role]
    decide: Callable[[Session, Person, Gesture], list[Event]]


_RULES: Mapping[str, _Rule] = {
    "join": _Rule(EVERYONE, people_and_clock.join),
    "rename": _Rule(EVERYONE, people_and_clock.rename),
    "correct": _Rule(FACILITATOR, people_and_clock.correct),
    "show_out": _Rule(FACILITATOR, people_and_clock.show_out),
    "let_in": _Rule(FACILITATOR, people_and_clock.let_in),
    "start": _Rule(FACILITATOR, people_and_clock.start),
    "pause": _Rule(FACILITATOR, people_and_clock.pause),
    "resume": _Rule(FACILITATOR, people_and_clock.resume),
    "more": _Rule(FACILITATOR, people_and_clock.more),
    "keep_end": _Rule(FACILITATOR, people_and_clock.keep_end),
    "schedule": _Rule(FACILITATOR, people_and_clock.schedule),
    "end": _Rule(FACILITATOR, people_and_clock.end),
    "focus": _Rule(FACILITATOR, people_and_clock.focus),
    "minutes": _Rule(FACILITATOR, people_and_clock.minutes),
    "hide": _Rule(FACILITATOR, people_and_clock.hide),
    "move": _Rule(FACILITATOR, notes.move),
    "attach": _Rule(AROUND_THE_TABLE, notes.attach),
    "split": _Rule(FACILITATOR, notes.split),
    "merge": _Rule(FACILITATOR, notes.merge),
    "write": _Rule(AROUND_THE_TABLE, notes.write),
    "edit": _Rule(AROUND_THE_TABLE, notes.edit),
    "withdraw": _Rule(AROUND_THE_TABLE, notes.withdraw),
    "restore": _Rule(AROUND_THE_TABLE, notes.restore),
    "detail": _Rule(AROUND_THE_TABLE, notes.detail),
    "draft": _Rule(TEAM, notes.draft),
    "tie": _Rule(TEAM, figures.tie),
    "cost": _Rule(TEAM, figures.cost_per_use),
    "open_round": _Rule(FACILITATOR, rounds.open_round),
    "show_round": _Rule(FACILITATOR, rounds.show_round),
    "score": _Rule(VOTERS, rounds.score),
    "abstain": _Rule(VOTERS, rounds.abstain),
    "keep": _Rule(TEAM, rounds.keep),
    "listen": _Rule(FACILITATOR, people_and_clock.listen),
}
