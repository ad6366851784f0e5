"""The people, the clock and the steps: mostly the facilitator's."""

from __future__ import annotations

import re

from impactlib.domain import events
from impactlib.domain.agenda import Role, Step
from impactlib.domain.clock import can_keep_end
from impactlib.domain.erasure import last_day
from impactlib.domain.events import Event
from impactlib.domain.hypotheses import day, read_date
from impactlib.domain.lead import offering
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import LONGEST_STEP, NEVER, Person, Session
from impactlib.domain.text import Unreadable
from impactlib.gestures.notes import put_back
from impactlib.gestures.reading import Gesture, field, flag, instant, name_of, note_of, standing

MOST_PEOPLE = 600
"""People whom a workshop lets in: twice a large room, so that a link that went too far fills no page without end."""
_BROWSER = re.compile("[0-9a-f]{16}")


def join(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Come in, under a name and with the role of the door; the same person may change their name."""
    name, known = name_of(gesture), session.people.get(person.id)
    if known is None:
        if sum(not one.out for one in session.people.values()) >= MOST_PEOPLE:
            raise Refusal(
                "This workshop is full: %(number)s people have come in. Ask its facilitator.", number=MOST_PEOPLE
            )
        return [events.PersonJoined(person.id, name, person.role)]
    if known.out:
        raise Refusal("The facilitator has closed this workshop to you.", code="out")
    if known.role != person.role:
        raise Refusal("Your role has changed meanwhile: reload the page.", code="door")
    return [] if known.name == name else [events.PersonCorrected(person.id, name, known.role)]


def come_back(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Take one's place again by another browser, which stands for nobody yet."""
    browser = field(gesture, "browser")
    if not _BROWSER.fullmatch(browser) or browser in session.people:
        raise Refusal("This page asks for something the kit does not know: reload it.")
    known = any(back.browser == browser for back in person.back)
    return [] if known else [events.PersonCameBack(person.id, browser)]


def rename(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Change one's own name."""
    name = name_of(gesture)
    return [] if name == person.name else [events.PersonCorrected(person.id, name, person.role)]


def correct(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Change somebody's name or role; one facilitator at least must stay."""
    other, name = _other(session, gesture), name_of(gesture)
    try:
        role = Role(field(gesture, "role", other.role))
    except ValueError:
        raise Refusal("There is no such role.") from None
    if other.role == Role.FACILITATOR and role != Role.FACILITATOR:
        _keep_a_facilitator(session, other.id)
    if (name, role) == (other.name, other.role):
        return []
    return [events.PersonCorrected(other.id, name, role)]


def show_out(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Close the workshop to somebody, or to several, and with `words` withdraw what they wrote; one facilitator at
    least must stay."""
    others = _others(session, gesture)
    if any(other.role == Role.FACILITATOR for other in others.values()):
        _keep_a_facilitator(session, *others)
    written = [note for note in session.notes.values() if note.by in others and not note.withdrawn]
    gone = written if "words" in gesture and flag(gesture, "words") else []
    authors = {note.by for note in gone}
    return [
        *(events.PersonShownOut(id) for id, other in others.items() if not other.out or id in authors),
        *(events.NoteWithdrawn(note.id) for note in gone),
    ]


def let_in(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Open the workshop again to those who were shown out, and with `words` put back what was withdrawn with them."""
    others = _others(session, gesture)
    if not session.forgotten.isdisjoint(others):
        raise Refusal("What they wrote was erased: they come in anew, by their link.")
    swept = [note for note in session.notes.values() if note.by in others and note.swept]
    return [
        *(events.PersonLetIn(id) for id, other in others.items() if other.out),
        *(put_back(session, swept) if "words" in gesture and flag(gesture, "words") else []),
    ]


def set_apart(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Say that a browser by which somebody came back is not theirs: it stands for them no more."""
    other, browser = _other(session, gesture), field(gesture, "browser")
    known = next((back for back in other.returns if back.browser == browser), None)
    if known is None:
        raise Refusal("That person is not in the room.")
    return [] if known.undone else [events.PersonSetApart(other.id, browser)]


def forget(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Erase for good what somebody wrote, and their name: one's own, or anybody's for whoever facilitates."""
    other = _other(session, gesture)
    if other.id != person.id and person.role != Role.FACILITATOR:
        raise Refusal("Your role cannot do this: nothing was changed.", code="role")
    return [] if other.id in session.forgotten else [events.PersonForgotten(other.id)]


def erase_on(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Choose the day on which the workshop is erased: one after the last that something was written in it, none, or
    the one that follows from its dates."""
    on = field(gesture, "on")
    if on not in ("", NEVER):
        try:
            on = read_date(on)
        except Unreadable as unreadable:
            raise Refusal(unreadable.message, **{**unreadable.facts, "field": "on"}) from None
        if (chosen := day(on)) is None or chosen <= last_day(session):
            raise Refusal("Give a day after the workshop, and after what was written in it.", field="on")
    return [] if on == session.erasure else [events.ErasureSet(on)]


def offer_lead(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Offer to lead, the facilitator being gone."""
    return [] if person.id in session.offers else [events.LeadOffered()]


def agree_lead(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Agree that somebody who offers to leads from now on; one of the two at least is of the team."""
    other = _other(session, gesture)
    if other.id == person.id or all(one.id != other.id for one in offering(session)):
        raise Refusal("That person does not offer to lead.")
    if Role.CLIENT not in (person.role, other.role):
        raise Refusal("Somebody of the team must agree.")
    return [events.PersonCorrected(other.id, other.name, Role.FACILITATOR)]


def _other(session: Session, gesture: Gesture) -> Person:
    other = session.people.get(field(gesture, "person"))
    if other is None:
        raise Refusal("That person is not in the room.")
    return other


def _others(session: Session, gesture: Gesture) -> dict[str, Person]:
    """The people of the field `person`, which has one id or several, apart by blanks."""
    return {id: _other(session, {"person": id}) for id in field(gesture, "person").split() or [""]}


def _keep_a_facilitator(session: Session, *leaving: str) -> None:
    if all(p.id in leaving for p in session.here(Role.FACILITATOR)):
        raise Refusal("Somebody must facilitate: give that role to another person first.")


def start(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Start a step; refused when the group has moved on since the page was drawn."""
    step = field(gesture, "step")
    if all(known.id != step for known in session.steps):
        raise Refusal("This agenda has no such step.")
    # Two presses, or two facilitators at once, start a step once.
    if session.clock.step == step and not session.ended:
        return []
    # A press that was late on its way must not move the group back from where it has gone meanwhile.
    if field(gesture, "was", session.clock.step or "") != (session.clock.step or ""):
        raise Refusal("The group has moved on meanwhile: nothing was changed.", code="changed")
    return [events.StepStarted(step)]


def pause(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Stop the clock."""
    _need_started(session)
    return [events.ClockPaused()] if session.clock.running else []


def resume(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Start the clock again."""
    _need_started(session)
    return [] if session.clock.running else [events.ClockResumed()]


def more(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Add a minute to the current step."""
    _need_started(session)
    return [events.TimeAdded(60.0)]


def keep_end(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Keep the planned end after a late start, or move it."""
    _need_started(session)
    kept = flag(gesture, "kept")
    if session.clock.kept == kept:
        return []
    # As it was when the step was entered or the clock last stopped: the page knows it of this minute.
    known = session.clock.resumed or session.clock.paused or 0.0
    if kept and session.agenda and not can_keep_end(session.clock, session.agenda, known):
        raise Refusal("It is too late to keep the planned end: a step would have less than a minute.")
    return [events.EndKept(kept)]


def schedule(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Change the day and the time at which the workshop is to begin, as long as it has not."""
    if session.clock.started is not None:
        raise Refusal("The workshop has begun: its start does not change any more.")
    at = instant(gesture, "starts", session.zone)
    return [] if session.clock.scheduled == at else [events.StartSet(at)]


def end(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """End the workshop."""
    return [] if session.ended else [events.SessionEnded()]


def listen(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Have the team listen while the consultants speak, or let it speak again."""
    on = flag(gesture, "on")
    if on:
        _need_started(session)
    return [] if session.listening == on else [events.ListeningSet(on)]


def _need_started(session: Session) -> None:
    if session.clock.step is None or session.ended:
        raise Refusal("The clock is not running: start a step first.")


def focus(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Ask the room to look at one note together, or at none."""
    note = standing(note_of(session, gesture)).id if field(gesture, "note") else ""
    return [] if note == session.focus else [events.FocusSet(note)]


def minutes(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Change the minutes of the current step, or of a later one."""
    step = _step_to_come(session, gesture)
    raw = field(gesture, "minutes").strip()
    minutes = int(raw) if re.fullmatch(r"[0-9]{1,3}", raw) else 0
    if not 0 < minutes <= LONGEST_STEP:
        raise Refusal("Give whole minutes, from 1 to 240.", field="minutes")
    return [] if minutes == step.minutes else [events.MinutesSet(step.id, float(minutes))]


def hide(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Pass over a later step, or bring it back; the last step stays."""
    step, hidden = _step_to_come(session, gesture), flag(gesture, "hidden")
    if step.id == session.clock.step:
        raise Refusal("The group is in this step: move on first.")
    if step is session.steps[-1]:
        raise Refusal("The last step closes the workshop: it is not passed over.")
    return [] if step.hidden == hidden else [events.StepHidden(step.id, hidden)]


def _step_to_come(session: Session, gesture: Gesture) -> Step:
    """The current step, or one after it."""
    id, current = field(gesture, "step"), session.clock.step
    ids = [step.id for step in session.steps]
    if id not in ids:
        raise Refusal("This agenda has no such step.")
    if session.ended or (current and ids.index(id) < ids.index(current)):
        raise Refusal("That step is over: nothing was changed.")
    return session.steps[ids.index(id)]
