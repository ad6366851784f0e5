"""The programme at work: its journal, in whichever store, and its fold."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from datetime import date

from impactlib.domain import programme as domain
from impactlib.domain.programme import Event, Programme
from impactlib.storage.faults import TROUBLE
from impactlib.storage.journal import Journal, JournalError, JournalExists, JournalMissing
from impactlib.storage.session_store import SessionStore
from impactlib.storage.store import PROGRAMME, Store
from impactlib.storage.stores import Data, store_of
from impactlib.storage.workshops import WAIT


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
            erased = [event for event in happened if isinstance(event, domain.Withdrawn | domain.Remained)]
            for event in erased:
                # What is left of a team is erased again by its day, should a copy bring the rest back.
                if isinstance(event, domain.Withdrawn):
                    self._store.bury(PROGRAMME, event.asked, date.today().isoformat())
            if happened:
                journal.append(secrets.token_hex(8), "", "", [domain.written(event) for event in happened])
            if erased:
                journal.overwrite(domain.without(journal.read(), erased))
        if erased:
            journal.compact()
            self._store.remove_copies(PROGRAMME)
        return self.programme()

    def erase(self, today: date) -> int:
        """Erase what is to be by a day, and what a copy of the store brought back; how many there were. Workshops whose
        day has come too are erased after it: whether a team came is read in its own."""
        again, over = self._back(), set(self.due(today))
        held = self._held(over)
        if again or over:
            self.write(
                lambda now: [
                    *(event for id in sorted(again) for event in domain.withdraw(now, id)),
                    *domain.expire(now, over, held),
                ]
            )
        journal = self._opened()
        if journal is not None and not journal.compacted:  # somebody was killed meanwhile
            journal.compact()
        return len(again | over)

    def due(self, today: date) -> list[str]:
        """The ids of what is to be erased by a day, but for what was erased before."""
        here, back = self.programme(), self._back()
        alone = [one.id for one in here.unnamed() if not self._store.has(one.session)]
        return [id for id in (*domain.over(here, today), *alone) if id not in back]

    def _back(self) -> set[str]:
        """The ids of what was erased before, and is here again."""
        return self._store.tombstones().get(PROGRAMME, {}).keys() & self.programme().asked.keys()

    def _held(self, asked: Collection[str]) -> dict[str, bool]:
        """Of the workshops of some teams that are here, whether the hour was held; so it is said of one that cannot be
        read at the moment."""
        sessions = {one.session for id, one in self.programme().asked.items() if id in asked and one.session}
        found = dict[str, bool]()
        for session in sessions:
            try:
                with closing(self._store.open(session, wait=WAIT)) as journal:
                    found[session] = SessionStore(journal).session.clock.started is not None
            except JournalMissing:
                continue
            except (JournalError, *TROUBLE, OSError):
                found[session] = True
        return found

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
