"""The names that people are shown under: two who bear the same name are told apart. Pure.

A journal keeps names as they were given; views, summary, files and timeline show these.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import count

from msgspec.structs import replace

from impactlib.domain.agenda import Role
from impactlib.domain.once import once
from impactlib.domain.session import Person, Session
from impactlib.domain.text import plain


@once
def told_apart(people: Mapping[str, Person]) -> Mapping[str, Person]:
    """The same people, with a number after a name that several of them bear.

    Names are compared without case and accents. Numbers follow the order in which people came; those who were shown out
    come last, and leave a single person of their name without a number. No two people are shown under the same name.
    """
    bearers: dict[str, list[Person]] = {}
    for person in sorted(people.values(), key=lambda person: person.out):
        bearers.setdefault(plain(person.name), []).append(person)
    taken = {name for name, alike in bearers.items() if len(alike) == 1 or alike[1].out}
    shown = {}
    for alike in bearers.values():
        numbers = count(1)
        for person in alike:
            number = next(numbers)
            if number == 1 and (len(alike) == 1 or alike[1].out):
                continue
            while plain(name := _numbered(person.name, number)) in taken:
                number = next(numbers)
            taken.add(plain(name))
            shown[person.id] = replace(person, name=name)
    return {id: shown.get(id, person) for id, person in people.items()}


def _numbered(name: str, number: int) -> str:
    return f"{name}\u00a0{number}"


def named(session: Session) -> Mapping[str, Person]:
    """Everybody who joined, by their id, under the names that tell them apart."""
    return told_apart(session.people)


def here(session: Session, *roles: Role) -> list[Person]:
    """Who joined with one of these roles and was not shown out, role by role, under those names."""
    return [person for role in roles for person in named(session).values() if person.role == role and not person.out]


@once
def _bearers(people: Mapping[str, Person]) -> Mapping[str, list[Person]]:
    """People by their names, case and accents aside."""
    bearers: dict[str, list[Person]] = {}
    for person in people.values():
        bearers.setdefault(plain(person.name), []).append(person)
    return bearers


def namesakes(session: Session, name: str, but: str = "") -> list[Person]:
    """Who is in the workshop under that name, case and accents aside, `but` one person."""
    return [p for p in _bearers(session.people).get(plain(name), ()) if not p.out and p.id != but]


def returning(session: Session, name: str, role: Role, present: Collection[str], browser: str = "") -> Person | None:
    """Who may be coming back under that name: the only one who bears it in that role, with no page open. Whoever
    facilitates may have one open: a phone is their remote control. Somebody from whom this browser was set apart is not
    meant."""
    alike = [person for person in namesakes(session, name) if person.role == role]
    if len(alike) != 1 or (alike[0].id in present and role != Role.FACILITATOR):
        return None
    return None if any(back.browser == browser and back.undone for back in alike[0].returns) else alike[0]
