"""A store: where workshops are kept, a journal each, with what they share.

There are two: a folder of SQLite files (`folder`), and a PostgreSQL database (`postgres`). All that is said here holds
for both, and ``tests/test_stores.py`` asks it of both.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from impactlib.domain.events import Entry, Event
from impactlib.storage import machine_clock
from impactlib.storage.journal import Journal, Whole
from impactlib.storage.machine_clock import MachineClock

OPERATOR = "operator"
"""How often the operator's key was renewed; nothing is said of it before the first time."""
COACHES = "coaches"
"""How often the address of a coach's calendar was renewed: what stands for the coach and a number, a line each."""
ERASES_FROM = "erases-from"
"""The day (ISO) from which servers erase workshops by themselves."""
PROGRAMME = "_programme"
"""The name of the programme's journal, among those of the sessions: no session has such an id."""
SECRET = 32
"""Bytes of the secret."""


class Sign(Protocol):
    """That a server is alive, under a name of its own."""

    name: str

    def renew(self) -> bool:
        """Go on being alive; False where the others took this server for ended meanwhile."""

    def close(self) -> None:
        """Take the sign away."""


class Store(ABC):
    """Where workshops are kept. Any thread may use it; a journal belongs to one.

    As a string it says where it is, for people, without a password. Any method may raise an error of the machine (see
    `faults`).
    """

    clock: MachineClock = machine_clock.now
    """The time, in seconds since 1970, that all servers of the store agree on."""

    # Journals ----------------------------------------------------------------

    @abstractmethod
    def states(self) -> Mapping[str, Hashable]:
        """Of each session, the newest first, a value that is another one once its journal was written."""

    def sessions(self) -> list[str]:
        """The ids of the sessions, the newest first."""
        return list(self.states())

    def journals(self) -> list[str]:
        """The names of all journals: those of the sessions, and the programme's."""
        return [*self.sessions(), *([PROGRAMME] if self.has(PROGRAMME) else [])]

    @abstractmethod
    def open(self, session: str, clock: Callable[[], float] | None = None, wait: float | None = None) -> Journal:
        """The journal of a session; `wait` is how many seconds to wait for others who hold it.

        Raises
        ------
        JournalMissing, JournalDamaged, JournalError
            When there is none, when it cannot be believed, when it is a newer kit's.
        """

    @abstractmethod
    def create(
        self,
        session: str,
        speed: float = 1.0,
        clock: Callable[[], float] | None = None,
        first: Sequence[Event] = (),
        adopted: Sequence[Entry] = (),
        newer: int = 0,
        rest: str = "",
        begins: float | None = None,
    ) -> Journal:
        """A new journal, with its `first` events in it, or with entries that were born elsewhere: see `first_meta`.

        Raises JournalExists; of two that create it at once, one does.
        """

    @abstractmethod
    def put(self, session: str, whole: Whole) -> None:
        """A new journal, with all that one of another store holds. Raises JournalExists."""

    @abstractmethod
    def has(self, session: str) -> bool:
        """Whether anything of a session is here."""

    @abstractmethod
    def remove(self, session: str) -> None:
        """Take a journal away with all that is beside it; nobody is in the middle of a gesture then."""

    @abstractmethod
    def remove_copies(self, session: str) -> None:
        """Take away the copies of a damaged journal, which hold words that were erased."""

    # What workshops share ----------------------------------------------------

    @abstractmethod
    def secret(self) -> bytes:
        """The secret that all keys derive from, made on first use. Raises JournalError where it is damaged."""

    @abstractmethod
    def keep_secret(self, secret: bytes) -> bytes:
        """Have that secret, unless there is one; return the one that there is."""

    @abstractmethod
    def said(self, name: str) -> str:
        """What is said under `OPERATOR`, `COACHES` or `ERASES_FROM`, "" for nothing."""

    @abstractmethod
    def say(self, name: str, value: str) -> None:
        """Say something there."""

    @abstractmethod
    def tombstones(self) -> Mapping[str, Mapping[str, str]]:
        """The days (ISO) on which people, or `tombstones.WHOLE`, were erased, by session and person."""

    @abstractmethod
    def bury(self, session: str, person: str, day: str) -> None:
        """Say that somebody, or `tombstones.WHOLE`, was erased from a session; it stays said once this returns."""

    @abstractmethod
    def lift(self, session: str) -> None:
        """Let a session that was erased be there again; the people who were forgotten in it stay so."""

    # Servers -----------------------------------------------------------------

    @abstractmethod
    def sign(self) -> Sign:
        """Show that a server is alive, from now on."""

    @abstractmethod
    def ended(self, names: Iterable[str]) -> list[str]:
        """Those of some servers that run no more."""

    @abstractmethod
    def announced(self, address: str) -> AbstractContextManager[str]:
        """Say at which address a server of this computer is; what is given is that of another one which should not be
        there, "" without one."""

    @abstractmethod
    def address(self) -> str:
        """The address, on this computer, of the server that runs on the store; "" where none is known."""

    @abstractmethod
    def follow(self, tell: Callable[[Collection[str]], None], stop: threading.Event) -> None:
        """Tell the sessions whose journals are written, by whichever process, until `stop` is set."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is held of the store."""

    @abstractmethod
    def child(self) -> tuple[list[str], dict[str, str]]:
        """The options, and what is in the environment, with which a command of the kit finds this store."""
