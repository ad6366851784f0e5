"""Workshops and people's words erased from a data folder for good.

A `tombstone <impactlib.storage.tombstones>` goes before the erasure: what a killed process left is erased at the next
`carry_out`, and so is what an older copy of the folder brought back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from impactlib.domain.erasure import KEPT, erased_on
from impactlib.domain.events import Entry, PersonForgotten
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Person, Session
from impactlib.domain.text import plain
from impactlib.storage import tombstones
from impactlib.storage.doctor import alone
from impactlib.storage.journal import Journal, JournalError, JournalMissing
from impactlib.storage.session_store import SessionStore, journal_path, list_sessions, open_store
from impactlib.storage.tombstones import WHOLE
from impactlib.storage.whole_file import flush, replace_file
from impactlib.storage.workshops import WAIT


@dataclass(frozen=True)
class Due:
    """A workshop that is to be erased on a day."""

    session: str
    team: str
    on: date


def forget_session(data: Path, session: str, today: date | None = None) -> None:
    """Erase a workshop: its journal, and all that stands beside it under its name. Raises JournalMissing."""
    beside = _beside(data, session)
    if not beside:
        raise JournalMissing(f"{session}: there is no such session here. Nothing was changed.")
    tombstones.put(data, session, WHOLE, (today or date.today()).isoformat())
    _unlink(data, session)


def _beside(data: Path, session: str) -> list[Path]:
    """The journal of a session, its drafts and its damaged copies."""
    path = journal_path(data, session)
    return [found for found in path.parent.glob(f"{session}.*") if found.name.startswith(f"{session}.")]


def _unlink(data: Path, session: str) -> None:
    path = journal_path(data, session)
    if path.exists():
        # Nobody is in the middle of a gesture; whoever opened the file finds it gone at the next one.
        with alone(path):
            path.unlink()
    for leftover in _beside(data, session):
        leftover.unlink(missing_ok=True)
    flush(path.parent)


def forget_person(data: Path, session: str, person: str, today: date | None = None) -> Person:
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


def forget_carried(data: Path, session: str, people: Collection[str], before: Sequence[Entry]) -> list[str]:
    """Empty what the workshops that go on from one took along of these people; the ids of those in which there was any.

    `before` are the entries of that one, best as they were before its own erasure: these tell what is whose.
    """
    done = []
    for follower in _descendants(data, session):
        try:
            store = open_store(data, follower)
        except (JournalError, sqlite3.DatabaseError, OSError):
            continue
        with closing(store.journal):
            done += [follower] if store.forget_carried(people, before) else []
    return done


def note_person(data: Path, session: str, person: str, today: date | None = None) -> None:
    """What an erasure by whatever way leaves beside a journal: a tombstone, and no damaged copy with the words."""
    tombstones.put(data, session, person, (today or date.today()).isoformat())
    name = journal_path(data, session).name
    for copy in journal_path(data, session).parent.glob(f"{name}.damaged-*"):
        copy.unlink(missing_ok=True)


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


def due(data: Path, today: date) -> Iterator[Due]:
    """The workshops whose day to be erased has come; one that cannot be read is left."""
    for session in _readable(data):
        on = erased_on(session)
        if on is not None and on <= today:
            yield Due(session.id, session.team, on)


def followers(data: Path, session: str) -> list[str]:
    """The workshops that follow one: they took its product along, in nobody's name."""
    return [one.id for one in _readable(data) if one.follows and one.follows.session == session]


def forget_carried_in(data: Path, store: SessionStore) -> None:
    """Empty what a workshop that came in took along of people who were forgotten since in the one that it follows."""
    follows = store.session.follows
    people = {*tombstones.read(data).get(follows.session, {})} - {WHOLE} if follows else set[str]()
    if not follows or not people or not journal_path(data, follows.session).exists():
        return
    with closing(Journal(journal_path(data, follows.session))) as journal:
        store.forget_carried(people, journal.read())


def _descendants(data: Path, session: str) -> list[str]:
    """The workshops that follow one, those that follow these, and so on."""
    follows = {one.id: one.follows.session for one in _readable(data) if one.follows}
    found, waiting = list[str](), [session]
    while waiting:
        last = waiting.pop()
        new = [id for id, before in follows.items() if before == last and id not in found]
        found += new
        waiting += new
    return found


def _readable(data: Path) -> Iterator[Session]:
    for session in list_sessions(data):
        try:
            with closing(Journal(journal_path(data, session), wait=WAIT)) as journal:
                yield SessionStore(journal).session
        except (JournalError, sqlite3.DatabaseError, OSError):
            continue


def carry_out(data: Path, today: date | None = None) -> list[str]:
    """Erase once more what was erased before and is here again; the sessions in which something was."""
    done = []
    for session, people in tombstones.read(data).items():
        if WHOLE in people and _beside(data, session):
            _unlink(data, session)
            done.append(session)
        elif WHOLE not in people and journal_path(data, session).exists():
            done += [session] if _forget_again(data, session, people) else []
    return done


def _forget_again(data: Path, session: str, people: Iterable[str]) -> bool:
    try:
        store = open_store(data, session)
    except (JournalError, sqlite3.DatabaseError, OSError):
        return False
    with closing(store.journal):
        here, before = [id for id in people if id not in store.session.forgotten], store.journal.read()
        for person in here:
            store.write(f"forget-{person}", [PersonForgotten(person)])
        if not store.journal.compacted:  # somebody was killed meanwhile
            store.journal.compact()
    carried = forget_carried(data, session, [*people], before)
    return bool(here or carried)


def erases_from(data: Path, today: date) -> date:
    """The day from which a server erases in a data folder by itself: 30 days after the first that says so to people."""
    path = data / "erases-from"
    try:
        return date.fromisoformat(path.read_text(encoding="utf-8").strip())
    except (FileNotFoundError, ValueError):
        pass
    first = today + KEPT if list_sessions(data) else today
    replace_file(path, first.isoformat().encode())
    return first
