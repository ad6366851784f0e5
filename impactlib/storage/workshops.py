"""All the workshops of a store, a line each; and what is read of many journals, read once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from impactlib.domain import session_file
from impactlib.domain.agenda import Agenda, Role
from impactlib.domain.clock import local
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Session
from impactlib.storage import keys
from impactlib.storage.faults import TROUBLE, WHAT_TO_DO, StoreError, fault
from impactlib.storage.journal import Journal, JournalError
from impactlib.storage.session_store import SessionStore, list_sessions, open_store
from impactlib.storage.stores import Data, store_of

T = TypeVar("T")
WAIT = 1.0
"""Seconds that the list waits for a journal that another process holds."""


@dataclass(frozen=True)
class Workshop:
    """A line of the list: `at` is when it is held, or was opened, by the clocks of its place; `key` is its
    facilitator's; a `rehearsal` is none of the real ones; its hour was `held` once it began, and once it has `ended`
    another may follow it."""

    session: str
    team: str
    at: datetime
    agenda: Agenda | None
    key: str
    rehearsal: bool
    held: bool = False
    ended: bool = False


class ReadOnce(Generic[T]):
    """What `read` takes from each journal of a store, taken again only once the journal was written."""

    def __init__(self, data: Data, read: Callable[[Journal], T]) -> None:
        self._store, self._read = store_of(data), read
        self._known: dict[str, tuple[Hashable, T]] = {}
        self.unread: dict[str, Exception] = {}
        """The journals that could not be read, by their sessions, and why."""

    def all(self) -> dict[str, T]:
        """What was read, by session; the newest first."""
        self.unread = {}
        found = {}
        for session, state in self._store.states().items():
            try:
                found[session] = self._of(session, state)
            except (JournalError, *TROUBLE, OSError) as error:
                self.unread[session] = error
        self._known = {session: known for session, known in self._known.items() if session in found}
        return found

    def _of(self, session: str, state: Hashable) -> T:
        known = self._known.get(session)
        if known is None or known[0] != state:
            # One that is held must not keep the others waiting.
            with closing(self._store.open(session, wait=WAIT)) as journal:
                known = self._known[session] = state, self._read(journal)
        return known[1]


def said_of(session: str, error: Exception) -> str:
    """What an error says of a workshop that could not be read, and what to do."""
    if isinstance(error, StoreError):
        return f"{session}: {error}"
    trouble = fault(error)
    return f"{session}: {WHAT_TO_DO[trouble]}." if trouble else str(error)


def sessions_in(folder: Path, unread: list[str]) -> Iterator[Session]:
    """The sessions of a data folder, and those of the session notebooks in a folder; what cannot be read is told."""
    for name in list_sessions(folder):
        try:
            store = open_store(folder, name)
        except (JournalError, *TROUBLE, OSError) as error:
            unread.append(said_of(name, error))
            continue
        with closing(store.journal):
            yield store.session
    for path in sorted(folder.glob("*.ipynb")):
        try:
            yield session_file.read(path.read_bytes()).fold()
        except (Refusal, OSError) as error:
            unread.append(f"{path.name}: {error}")


def workshops(data: Data) -> ReadOnce[Workshop]:
    """The workshops of a store, each to be read once; `in_order` lists them."""

    def read(journal: Journal) -> Workshop:
        session = SessionStore(journal).session
        at = local(session.clock.scheduled or session.opened_at, session.zone)
        key = keys.role_key(data, journal, Role.FACILITATOR)
        held = session.clock.started is not None
        return Workshop(journal.session, session.team, at, session.agenda, key, session.rehearsal, held, session.ended)

    return ReadOnce(data, read)


def in_order(read: ReadOnce[Workshop]) -> list[Workshop]:
    """The workshops, the latest first: by instant, for dates of two time zones do not sort as text."""
    return sorted(read.all().values(), key=lambda workshop: workshop.at, reverse=True)
