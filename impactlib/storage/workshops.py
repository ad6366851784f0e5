"""All the workshops of a data folder, a line each; and what is read of many journals, read once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from impactlib.domain.agenda import Agenda, Role
from impactlib.domain.clock import local
from impactlib.storage import keys
from impactlib.storage.journal import Journal, JournalError
from impactlib.storage.session_store import SessionStore, journal_path, list_sessions

T = TypeVar("T")


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
        self._known: dict[str, tuple[bytes, T]] = {}
        self.unread: dict[str, JournalError] = {}
        """The journals that could not be read, by their sessions, and why."""

    def all(self) -> dict[str, T]:
        """What was read, by session; the newest first."""
        self.unread = {}
        found = {}
        for session in list_sessions(self._data):
            try:
                found[session] = self._of(session)
            except JournalError as error:
                self.unread[session] = error
        self._known = {session: self._known[session] for session in found}
        return found

    def _of(self, session: str) -> T:
        path = journal_path(self._data, session)
        try:
            # SQLite counts the changes of a file in its header.
            with path.open("rb") as file:
                changed = file.read(28)[24:]
        except OSError as error:
            raise JournalError(f"{path.name}: {error.strerror}") from error
        known = self._known.get(session)
        if known is None or known[0] != changed:
            with closing(Journal(path)) as journal:
                known = self._known[session] = changed, self._read(journal)
        return known[1]


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
