"""Tour de table: who is here, with which role, and what each expects."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.agenda import Role
from impactlib.domain.names import here
from impactlib.domain.once import once
from impactlib.domain.session import Note, Person, Session
from impactlib.views import Cards, Eye, Pane, Reads, Scene, draw, of_kind, signatures, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "tour", "frame")


ORDER = (Role.CLIENT, Role.CONSULTANT, Role.FACILITATOR, Role.OBSERVER)
"""The team first, as at a table; within a role, people stand in the order in which they came."""

SHOWN = 10
"""Expectations of one person that are shown, the latest."""


@once
def _here(session: Session) -> list[tuple[str, Person]]:
    """Who is here, each with the key that puts them in order."""
    came = {id: number for number, id in enumerate(session.people)}
    return [(f"{place}{came[one.id]:05}", one) for place, role in enumerate(ORDER) for one in here(session, role)]


@once
def _expected(session: Session) -> dict[str, list[Note]]:
    """The expectations of each person, by their id."""
    said: dict[str, list[Note]] = {}
    for note in session.notes_of("expectation"):
        said.setdefault(note.speaker, []).append(note)
    return said


def _card(session: Session, eye: Eye, person: Person) -> Markup:
    notes = _expected(session).get(person.id, [])
    latest = signed(session, notes[-SHOWN:])
    return draw(eye, "tour", "card", person=person, items=latest, left=len(notes) - len(latest))


def _reads(scene: Scene) -> Reads:
    return scene.session.people, of_kind(scene.session, "expectation"), scene.present, scene.session.clock.started


def _card_reads(scene: Scene, person: Person) -> Reads:
    notes = _expected(scene.session).get(person.id, [])
    return person.id in scene.present, len(notes), *notes[-SHOWN:], *signatures(scene, *notes[-SHOWN:])


PANE = Pane(
    "tour",
    frame,
    (Cards("tour", _here, _reads, _card_reads, _card),),
    "Tour de table: who is here and what each expects.",
    replayed=True,
)
