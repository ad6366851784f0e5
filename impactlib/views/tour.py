"""Tour de table: who is here, with which role, and what each expects."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.session import Person, Session
from impactlib.views import Eye, Fragments, draw, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "tour", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    people = [person for person in session.people.values() if not person.out]
    return {f"tour/{i:05}": _card(session, eye, person) for i, person in enumerate(people, 1)}


def _card(session: Session, eye: Eye, person: Person) -> Markup:
    notes = [note for note in session.notes_of("expectation") if note.speaker == person.id]
    return draw(eye, "tour", "card", person=person, items=signed(session, notes))
