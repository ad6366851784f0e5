"""Tour de table: who is here, with which role, and what each expects."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.agenda import Role
from impactlib.session import Person, Session
from impactlib.views import Eye, Fragments, draw, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "tour", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    # The team first, as at a table; within a role, in the order in which they came.
    order = (Role.CLIENT, Role.CONSULTANT, Role.FACILITATOR, Role.OBSERVER)
    came = {id: number for number, id in enumerate(session.people)}
    return {
        f"tour/{place}{came[person.id]:05}": _card(session, eye, person)
        for place, role in enumerate(order)
        for person in session.here(role)
    }


def _card(session: Session, eye: Eye, person: Person) -> Markup:
    notes = [note for note in session.notes_of("expectation") if note.speaker == person.id]
    return draw(eye, "tour", "card", person=person, items=signed(session, notes))
