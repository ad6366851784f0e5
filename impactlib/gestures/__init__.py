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
from impactlib.domain.kinds import AROUND_THE_TABLE, MEASURED, READING, STATEMENT, TEAM
from impactlib.domain.lead import LEADERS
from impactlib.domain.refusal import Refusal
from impactlib.domain.scoring import VOTERS
from impactlib.domain.session import Person, Session
from impactlib.domain.writing import MOST, MOST_OF_ONE
from impactlib.gestures import drafting, figures, notes, people_and_clock, rounds
from impactlib.gestures.reading import NO_VALID_ID, Gesture, field, gesture_id
from impactlib.gestures.rights import AT_THE_DOOR, EVERYONE, FACILITATOR, LISTENING, METRICS_SCORED, UNLED
from impactlib.gestures.wire import Field, details, fields

__all__ = ["AT_THE_DOOR", "METRICS_SCORED", "Asking", "Gesture", "decide", "gesture_id", "wire_fields"]


@dataclass(frozen=True)
class Asking:
    """Who asks: `person` is known by the key of their browser, `door` is the role of their link; `unled` says that no
    facilitator has been present for two minutes."""

    person: str
    door: Role
    unled: bool = False


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
        return rule.decide(session, Person(asking.person, "", asking.door), rule.read(gesture)), ""
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
    if do in UNLED and not asking.unled:
        raise Refusal("The facilitator is here: nothing was changed.")
    if session.listening and person.role == Role.CLIENT and do not in LISTENING:
        raise Refusal("The consultants are speaking: listen for now. Your text is kept.", code="listening")
    happened = rule.decide(session, person, rule.read(gesture))
    written = [event.note for event in happened if isinstance(event, NoteWritten)]
    if any(note in session.notes for note in written):
        raise Refusal(NO_VALID_ID)  # the fold would give the new note's details to the one that has this id
    if written:
        _refuse_too_many(session, person)
    return happened, _behalf(session, person, gesture)


def _refuse_too_many(session: Session, person: Person) -> None:
    """A workshop takes so many notes, and so many of one person: a program that writes fills no disk."""
    if len(session.notes) >= MOST:
        raise Refusal("This workshop is full: %(number)s notes were written in it.", number=MOST)
    if (known := session.written.get(person.id)) and known.count >= MOST_OF_ONE:
        raise Refusal("You have written %(number)s notes here: no more are taken from one person.", number=MOST_OF_ONE)


def wire_fields() -> dict[str, tuple[Field, ...]]:
    """The fields of each gesture, by what it asks for."""
    return {do: rule.fields for do, rule in _RULES.items()}


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


def _of_any_kind() -> tuple[Field, ...]:
    return details(detail for kind in kinds.KINDS.values() for detail in kind.details if not detail.later)


def _of_a_draft() -> tuple[Field, ...]:
    return details((*STATEMENT, *MEASURED))


def _of_what_comes_in_files() -> tuple[Field, ...]:
    figure = (detail for detail in READING if detail.name == "figure")
    return details((*STATEMENT, *MEASURED, *figure, *kinds.row("source").details))


def _none() -> tuple[Field, ...]:
    return ()


@dataclass(frozen=True)
class _Rule:
    roles: Iterable[Role]
    decide: Callable[[Session, Person, Gesture], list[Event]]
    words: str = ""
    details: Callable[[], tuple[Field, ...]] = _none

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the gesture, beside its id and what it asks for."""
        return (*fields(self.words), *self.details())

    def read(self, gesture: Gesture) -> Gesture:
        """Of a gesture, what its rule may read."""
        known = ("id", *(field.name for field in self.fields))
        return {name: gesture[name] for name in known if name in gesture}


_RULES: Mapping[str, _Rule] = {
    "join": _Rule(EVERYONE, people_and_clock.join, "name"),
    "come_back": _Rule(EVERYONE, people_and_clock.come_back, "browser"),
    "rename": _Rule(EVERYONE, people_and_clock.rename, "name"),
    "correct": _Rule(FACILITATOR, people_and_clock.correct, "person name role?:role"),
    "show_out": _Rule(FACILITATOR, people_and_clock.show_out, "person words?:flag"),
    "let_in": _Rule(FACILITATOR, people_and_clock.let_in, "person words?:flag"),
    "forget": _Rule(EVERYONE, people_and_clock.forget, "person"),
    "erase_on": _Rule(FACILITATOR, people_and_clock.erase_on, "on"),
    "set_apart": _Rule(FACILITATOR, people_and_clock.set_apart, "person browser"),
    "offer_lead": _Rule(LEADERS, people_and_clock.offer_lead),
    "agree_lead": _Rule(LEADERS, people_and_clock.agree_lead, "person"),
    "start": _Rule(FACILITATOR, people_and_clock.start, "step was?"),
    "pause": _Rule(FACILITATOR, people_and_clock.pause),
    "resume": _Rule(FACILITATOR, people_and_clock.resume),
    "more": _Rule(FACILITATOR, people_and_clock.more),
    "keep_end": _Rule(FACILITATOR, people_and_clock.keep_end, "kept:flag"),
    "schedule": _Rule(FACILITATOR, people_and_clock.schedule, "starts zone?"),
    "end": _Rule(FACILITATOR, people_and_clock.end),
    "focus": _Rule(FACILITATOR, people_and_clock.focus, "note"),
    "minutes": _Rule(FACILITATOR, people_and_clock.minutes, "step minutes"),
    "hide": _Rule(FACILITATOR, people_and_clock.hide, "step hidden:flag"),
    "move": _Rule(FACILITATOR, notes.move, "note before"),
    "second": _Rule(AROUND_THE_TABLE, notes.second, "note on:flag"),
    "attach": _Rule(AROUND_THE_TABLE, notes.attach, "note about"),
    "split": _Rule(FACILITATOR, notes.split, "note was first second"),
    "merge": _Rule(FACILITATOR, notes.merge, "note was other other_was merged"),
    "write": _Rule(AROUND_THE_TABLE, notes.write, "kind:kind text about? behalf? file?", _of_any_kind),
    "edit": _Rule(AROUND_THE_TABLE, notes.edit, "note text was:version"),
    "withdraw": _Rule(AROUND_THE_TABLE, notes.withdraw, "note"),
    "restore": _Rule(AROUND_THE_TABLE, notes.restore, "note"),
    "detail": _Rule(AROUND_THE_TABLE, notes.detail, "note detail value was?"),
    "draft": _Rule(TEAM, notes.draft, "about? statement? metric? file?", _of_a_draft),
    "update": _Rule(
        TEAM,
        drafting.update,
        "note file? blank? statement? metric? remark? figure? where? every? personal? access?",
        _of_a_draft,
    ),
    "settle": _Rule(TEAM, drafting.settle, "note detail value was? kept:flag"),
    "tie": _Rule(TEAM, figures.tie, "metric source tied:flag"),
    "cost": _Rule(
        TEAM,
        figures.cost_per_use,
        "metric budget budget_period users users_period across? baseline_date?",
    ),
    "open_round": _Rule(FACILITATOR, rounds.open_round, "metrics"),
    "show_round": _Rule(FACILITATOR, rounds.show_round, "round"),
    "open_choice": _Rule(FACILITATOR, rounds.open_choice, "round"),
    "score": _Rule(VOTERS, rounds.score, "metric round? value?:point ease?:point"),
    "abstain": _Rule(VOTERS, rounds.abstain, "metric round?"),
    "keep": _Rule(TEAM, rounds.keep, "metric kept:flag"),
    "listen": _Rule(FACILITATOR, people_and_clock.listen, "on:flag"),
}
