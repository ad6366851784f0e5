"""What teams published of what became of their workshops, read from their sessions, each again once it was written."""

from __future__ import annotations

from impactlib.domain.library import Experience, published
from impactlib.storage.journal import Journal
from impactlib.storage.session_store import SessionStore
from impactlib.storage.stores import Data
from impactlib.storage.workshops import ReadOnce


def library(data: Data) -> ReadOnce[Experience | None]:
    """The returns of experience of a store, None for a session that publishes none."""

    def read(journal: Journal) -> Experience | None:
        store = SessionStore(journal)
        return published(store.session, store.seq)

    return ReadOnce(data, read)
