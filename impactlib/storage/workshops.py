"""All the workshops of a data folder, a line each; and what is read of many journals, read once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from impactlib.domain.agenda import Agenda, Role
from impactlib.domain.clock import local
from impactlib.storage import keys
from impactlib.storage.faults import WHAT_TO_DO, fault
from impactlib.storage.journal import Journal, JournalError
from impactlib.storage.session_store import SessionStore, journal_path, list_sessions

T = TypeVar("T")
WAIT = 1.0
"""Seconds that the list waits for a journal that another process holds."""


@dataclass(frozen=True)
class Workshop:
    """A line of the list: `at` is when it is held, or was opened, by the clocks of its place; `key` is its
    facilitator's; a `rehearsal` is none of the real ones; once it has `ended` another may follow it."""

    session: str
    team: str
    at: datetime
    agenda: Agenda | None
    key: str
    rehearsal: bool
    ended: bool = False


class ReadOnce(Generic[T]):
    """What `read` takes from each journal of a data folder, taken again only once the journal's file has changed."""

    def __init__(self, data: Path, read: Callable[[Journal], T]) -> None:
        self._data, self._read = data, read
        self._known: dict[str, tuple[tuple[int, ...], T]] = {}
        self.unread: dict[str, Exception] = {}
        """The journals that could not be read, by their sessions, and why."""

    def all(self) -> dict[str, T]:
        """What was read, by session; the newest first."""
        self.unread = {}
        found = {}
        for session in list_sessions(self._data):
            try:
                found[session] = self._of(session)
            except (JournalError, sqlite3.DatabaseError, OSError) as error:
                self.unread[session] = error
        self._known = {session: known for session, known in self._known.items() if session in found}
        return found

    def _of(self, session: str) -> T:
        path = journal_path(self._data, session)
        changed = _state(path)
        known = self._known.get(session)
        if known is None or known[0] != changed:
            # One that is held must not keep the others waiting.
            with closing(Journal(path, wait=WAIT)) as journal:
                known = self._known[session] = changed, self._read(journal)
        return known[1]


def said_of(session: str, error: Exception) -> str:
    """What an error says of a workshop that could not be read, and what to do."""
    trouble = fault(error)
    return f"{session}: {WHAT_TO_DO[trouble]}." if trouble else str(error)


def _state(path: Path) -> tuple[int, ...]:
    """Tells a file from what it was: somebody wrote in it, put another in its place, or damaged it."""
    now = path.stat()
    return now.st_ino, now.st_size, now.st_mtime_ns


def workshops(data: Path) -> ReadOnce[Workshop]:
    """The workshops of a data folder, each to be read once; `in_order` lists them."""

    def read(journal: Journal) -> Workshop:
        session = SessionStore(journal).session
        at = local(session.clock.scheduled or session.opened_at, session.zone)
        key = keys.role_key(data, journal, Role.FACILITATOR)
        return Workshop(journal.session, session.team, at, session.agenda, key, session.rehearsal, session.ended)

    return ReadOnce(data, read)


def in_order(read: ReadOnce[Workshop]) -> list[Workshop]:
    """The workshops, the latest first: by instant, for dates of two time zones do not sort as text."""
    return sorted(read.all().values(), key=lambda workshop: workshop.at, reverse=True)
