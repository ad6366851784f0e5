"""The programme at work: its journal, in whichever store, and its fold."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date

from impactlib.domain import programme as domain
from impactlib.domain.programme import Event, Programme
from impactlib.storage.journal import Journal, JournalExists, JournalMissing
from impactlib.storage.store import PROGRAMME, Store
from impactlib.storage.stores import Data, store_of


class ProgrammeStore:
    """Make it once per server, and call it in one lane: `PROGRAMME`. The journal is made by the first thing written."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._journal: Journal | None = None
        self._programme, self._seq, self._erasures = Programme(), 0, 0

    @property
    def _store(self) -> Store:
        return store_of(self._data)

    def now(self) -> float:
        """The time of the store, in seconds since 1970."""
        return self._store.clock()

    def programme(self) -> Programme:
        """The programme now, with all that other processes wrote."""
        journal = self._opened()
        if journal is None:
            return Programme()
        if self._erasures != (erasures := journal.erasures()):
            self._programme, self._seq, self._erasures = Programme(), 0, erasures
        entries = journal.read(self._seq)
        self._programme = domain.history(entries, self._programme)
        self._seq += len(entries)
        return self._programme

    def write(self, decide: Callable[[Programme], list[Event]]) -> Programme:
        """Write what is decided of the programme as it is now; what is withdrawn is erased for good.

        Raises
        ------
        Refusal
            As `decide` does; nothing was then written.
        """
        journal = self._opened() or self._made()
        with journal.writing():
            happened = decide(self.programme())
            gone = [event.asked for event in happened if isinstance(event, domain.Withdrawn)]
            for id in gone:
                self._store.bury(PROGRAMME, id, date.today().isoformat())
            if happened:
                journal.append(secrets.token_hex(8), "", "", [domain.written(event) for event in happened])
            if gone:
                journal.overwrite(domain.without(journal.read(), gone))
        if gone:
            journal.compact()
            self._store.remove_copies(PROGRAMME)
        return self.programme()

    def erase(self, today: date) -> int:
        """Erase what is to be by a day, and what a copy of the store brought back; how many there were."""
        if self._opened() is None:
            return 0
        tombs = self._store.tombstones().get(PROGRAMME, {})
        here = self.programme()
        gone = {*domain.over(here, today), *(id for id in tombs if id in here.asked)}
        if gone:
            self.write(lambda now: domain.expire(now, gone))
        journal = self._opened()
        if journal is not None and not journal.compacted:  # somebody was killed meanwhile
            journal.compact()
        return len(gone)

    def _opened(self) -> Journal | None:
        if self._journal is not None and not self._journal.in_place:
            self.close()
        if self._journal is None and self._store.has(PROGRAMME):
            with suppress(JournalMissing):
                self._journal = self._store.open(PROGRAMME)
        return self._journal

    def _made(self) -> Journal:
        with suppress(JournalExists), closing(self._store.create(PROGRAMME)):
            pass
        self._journal = self._store.open(PROGRAMME)
        return self._journal

    def close(self) -> None:
        """Let go of the journal; the next call opens it again."""
        journal, self._journal = self._journal, None
        self._programme, self._seq, self._erasures = Programme(), 0, 0
        if journal is not None:
            journal.close()
