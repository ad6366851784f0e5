"""Workshops and people's words erased from a store for good.

A `tombstone <impactlib.storage.tombstones>` goes before the erasure: what a killed process left is erased at the next
`carry_out`, and so is what an older copy of the store brought back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from impactlib.domain.erasure import KEPT, erased_on
from impactlib.domain.events import Entry, PersonForgotten
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Person, Session
from impactlib.domain.text import plain
from impactlib.storage.faults import TROUBLE
from impactlib.storage.journal import JournalError, JournalMissing
from impactlib.storage.session_store import SessionStore, open_store
from impactlib.storage.store import ERASES_FROM, PROGRAMME
from impactlib.storage.stores import Data, store_of
from impactlib.storage.tombstones import WHOLE
from impactlib.storage.workshops import WAIT


@dataclass(frozen=True)
class Due:
    """A workshop that is to be erased on a day."""

    session: str
    team: str
    on: date


def forget_session(data: Data, session: str, today: date | None = None) -> None:
    """Erase a workshop: its journal, and all that stands beside it under its name. Raises JournalMissing."""
    store = store_of(data)
    if not store.has(session):
        raise JournalMissing(f"{session}: there is no such session here. Nothing was changed.")
    store.bury(session, WHOLE, (today or date.today()).isoformat())
    store.remove(session)


def forget_person(data: Data, session: str, person: str, today: date | None = None) -> Person:
    """Erase what somebody wrote in a workshop, and their name; return who it was.

    Raises
    ------
    Refusal
        When nobody, or more than one person, is meant by an id or a name.
    """
    store = open_store(data, session)
    with closing(store.journal):
        found, before = person_named(store.session, person), store.journal.read()
        note_person(data, session, found.id, today)
        store.write(f"forget-{found.id}", [PersonForgotten(found.id)])
    forget_carried(data, session, [found.id], before)
    return found


def forget_carried(data: Data, session: str, people: Collection[str], before: Sequence[Entry]) -> list[str]:
    """Empty what the workshops that go on from one took along of these people; the ids of those in which there was any.

    `before` are the entries of that one, best as they were before its own erasure: these tell what is whose.
    """
    done = []
    for follower in _descendants(data, session):
        try:
            store = open_store(data, follower)
        except (JournalError, *TROUBLE, OSError):
            continue
        with closing(store.journal):
            done += [follower] if store.forget_carried(people, before) else []
    return done


def note_person(data: Data, session: str, person: str, today: date | None = None) -> None:
    """What an erasure by whatever way leaves beside a journal: a tombstone, and no damaged copy with the words."""
    store = store_of(data)
    store.bury(session, person, (today or date.today()).isoformat())
    store.remove_copies(session)


def person_named(session: Session, said: str) -> Person:
    """The person of that id, or of that name. Raises Refusal."""
    people = [one for one in session.people.values() if one.id not in session.forgotten]
    found = [one for one in people if one.id == said] or [one for one in people if plain(one.name) == plain(said)]
    if len(found) == 1:
        return found[0]
    if found:
        raise Refusal(
            "Several people are called %(name)s here: give the id of one of them (%(ids)s).",
            name=said,
            ids=", ".join(one.id for one in found),
        )
    raise Refusal("Nobody is called %(name)s in this workshop. Nothing was changed.", name=said)


def due(data: Data, today: date) -> Iterator[Due]:
    """The workshops whose day to be erased has come; one that cannot be read is left."""
    for session in _readable(data):
        on = erased_on(session)
        if on is not None and on <= today:
            yield Due(session.id, session.team, on)


def followers(data: Data, session: str) -> list[str]:
    """The workshops that follow one: they took its product along, in nobody's name."""
    return [one.id for one in _readable(data) if one.follows and one.follows.session == session]


def forget_carried_in(data: Data, store: SessionStore) -> None:
    """Empty what a workshop that came in took along of people who were forgotten since in the one that it follows."""
    follows, kept = store.session.follows, store_of(data)
    people = {*kept.tombstones().get(follows.session, {})} - {WHOLE} if follows else set[str]()
    if not follows or not people or not kept.has(follows.session):
        return
    with closing(kept.open(follows.session)) as journal:
        store.forget_carried(people, journal.read())


def _descendants(data: Data, session: str) -> list[str]:
    """The workshops that follow one, those that follow these, and so on."""
    follows = {one.id: one.follows.session for one in _readable(data) if one.follows}
    found, waiting = list[str](), [session]
    while waiting:
        last = waiting.pop()
        new = [id for id, before in follows.items() if before == last and id not in found]
        found += new
        waiting += new
    return found


def _readable(data: Data) -> Iterator[Session]:
    store = store_of(data)
    for session in store.sessions():
        try:
            with closing(store.open(session, wait=WAIT)) as journal:
                yield SessionStore(journal).session
        except (JournalError, *TROUBLE, OSError):
            continue


def carry_out(data: Data, today: date | None = None) -> list[str]:
    """Erase once more what was erased before and is here again; the sessions in which something was."""
    done, store = [], store_of(data)
    for session, people in store.tombstones().items():
        if session == PROGRAMME:
            continue  # its own fold knows what to erase
        if WHOLE in people and store.has(session):
            store.remove(session)
            done.append(session)
        elif WHOLE not in people and store.has(session):
            done += [session] if _forget_again(data, session, people) else []
    return done


def _forget_again(data: Data, session: str, people: Iterable[str]) -> bool:
    try:
        store = open_store(data, session)
    except (JournalError, *TROUBLE, OSError):
        return False
    with closing(store.journal):
        here, before = [id for id in people if id not in store.session.forgotten], store.journal.read()
        for person in here:
            store.write(f"forget-{person}", [PersonForgotten(person)])
        if not store.journal.compacted:  # somebody was killed meanwhile
            store.journal.compact()
    carried = forget_carried(data, session, [*people], before)
    return bool(here or carried)


def erases_from(data: Data, today: date) -> date:
    """The day from which a server erases in a data folder by itself: 30 days after the first that says so to people."""
    store = store_of(data)
    try:
        return date.fromisoformat(store.said(ERASES_FROM))
    except ValueError:
        pass
    first = today + KEPT if store.sessions() else today
    store.say(ERASES_FROM, first.isoformat())
    return first
