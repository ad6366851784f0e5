"""The workshops of a store as coaches follow them, each read again once it was written."""

from __future__ import annotations

from collections.abc import Iterable

from impactlib.domain.coaching import Followed, followed, going_on
from impactlib.storage import keys
from impactlib.storage.journal import Journal
from impactlib.storage.session_store import SessionStore
from impactlib.storage.stores import Data
from impactlib.storage.workshops import ReadOnce


def coached(data: Data) -> ReadOnce[Followed | None]:
    """The workshops of a store, None for a rehearsal."""

    def read(journal: Journal) -> Followed | None:
        return followed(SessionStore(journal).session)

    return ReadOnce(data, read)


def teams_of(data: Data, workshops: Iterable[Followed], coach: str) -> list[Followed]:
    """The workshops that go on of the teams of a coach, who is known by what `keys.coach_id` makes of their name."""
    every = list(workshops)
    names = {name for one in every for name in (*one.facilitators, *one.advisers)}
    ids = keys.coach_ids(data, names)
    name = next((name for name in names if keys.same(ids[name], coach)), "")
    return going_on(every, name) if name else []
