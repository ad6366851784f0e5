"""A session's journal: what every store's journals do. It is appended to, read and followed.

What was acknowledged survives a killed process, and writers wait for each other instead of failing. A `Journal` belongs
to one thread at a time.

A journal also adopts entries that were born in another one, of the same session or merged into it. Its
entries have a place each, from 1 and without a hole, in the order in which they came in; the order in which they are
folded is ``events.order``.

Each row of the entries, of the links and of what the journal says of itself carries its checksum: what cannot be
believed is never given.

Three side tables stand beside the entries and are not history: the generation of each role's link, who is
present, and a digest of each gesture that was granted, so that an id sent again with another body is recognised.
"""

from __future__ import annotations

import secrets
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from impactlib.domain.clock import ahead
from impactlib.domain.events import Entry, Event, PersonCorrected, malformed, pack, unpack

FORMAT = 1
BUSY = 10.0
"""Seconds that a writer waits for another before it gives up."""

COLUMNS = "origin, seq, id, at, by, behalf, name, payload, rest"
"""The columns of an entry, in every store, beside its place and its checksum."""


class JournalError(Exception):
    """A journal that cannot be used: says which, why, and what was not done."""


class JournalExists(JournalError):
    """Somebody made this journal first."""


class JournalMissing(JournalError):
    """There is no such journal, or it is no longer where it was."""


class JournalDamaged(JournalError):
    """A journal that cannot be believed: says where, and what can be done."""

    def __init__(self, name: str, why: str, what: str = "this journal is damaged") -> None:
        super().__init__(f"{name}: {what} ({why}). It was left as it is: `impact doctor` says what can be repaired.")
        self.why = why


def checksum(*values: object) -> int:
    """The checksum of a row, from its values in order; it tells damage, not forgery.

    >>> checksum("facilitator", 1) == checksum("facilitator", 2)
    False
    """
    # Twice as fast as joining them: each row that is read is checked.
    return zlib.crc32(("%s\n" * len(values) % values).encode("utf-8", "surrogatepass"))


def values_of(entry: Entry) -> tuple[Any, ...]:
    """The values of an entry's `COLUMNS`."""
    e = entry
    return e.origin, e.seq, e.id, float(e.at), e.by, e.behalf, *pack(e.event), e.rest


Link = tuple[str, int, int]
"""A role's link: the role, its generation, and the place of the last entry before it was renewed."""


@dataclass(frozen=True)
class Whole:
    """All that a journal holds, but who is present: what it says of itself, its entries by place, its links, and the
    digests of the gestures that were granted, by id."""

    meta: Mapping[str, str]
    entries: Sequence[Entry]
    links: Sequence[Link] = ()
    granted: Mapping[str, str] = field(default_factory=dict)


def first_meta(
    session: str, now: float, speed: float, adopted: bool, newer: int, rest: str, begins: float | None
) -> dict[str, str]:
    """What a new journal says of itself.

    Parameters
    ----------
    adopted
        Whether its entries were born elsewhere.
    newer
        The format of the newer kit that they came from, 0 for this one's; `rest` is what it said besides.
    begins
        The moment from which a rehearsal's clock runs `speed` times as fast as ours; None: from now.
    """
    origin = f"{session}.{secrets.token_hex(4)}" if adopted else session
    meta = {"format": FORMAT, "session": session, "origin": origin, "speed": speed, "started": now}
    meta |= {"newer": newer, "rest": rest} | ({} if begins is None else {"begins": begins})
    return {key: str(value) for key, value in meta.items()}


class Journal(ABC):
    """One session's journal, in whichever store.

    `session` is the session's id, wherever it goes on; `origin` marks the entries born in this journal;
    one that a `newer` kit wrote takes none; `name` is how errors call it.
    """

    name: str
    session: str
    origin: str
    newer: int
    rest: str
    speed: float
    _clock: Callable[[], float]

    def _begin_with(self, meta: Mapping[str, str]) -> None:
        """Take what the journal says of itself, once it can be read. Raises KeyError, ValueError."""
        self.session, self.origin = meta["session"], meta["origin"]
        self.newer, self.rest = int(meta.get("newer", 0)), meta.get("rest", "")
        self.speed = float(meta.get("speed", 1))
        self._started = float(meta.get("started", 0))
        self._begins = float(meta.get("begins", self._started))
        self._lost = int(meta.get("lost", 0))
        self._ahead = ahead(0.0, self._now(), self._latest())

    # The clock ---------------------------------------------------------------

    def now(self) -> float:
        """The journal's clock, in seconds since 1970: in a rehearsal faster than ours or at another time, and ahead of
        ours where an entry is."""
        return self._now() + self._ahead

    def _now(self) -> float:
        real = self._clock()
        if self.speed == 1 and self._begins == self._started:
            return real
        return self._begins + (real - self._started) * self.speed

    def turn_to(self, at: float) -> None:
        """Set the clock, for who holds this object: somebody of a rehearsal writes on a later day."""
        self._begins += at - self.now()

    # Entries -----------------------------------------------------------------

    @abstractmethod
    def read(self, after: int = 0) -> list[Entry]:
        """The entries after the place `after`, in the order in which they came in. Raises JournalDamaged."""

    @abstractmethod
    def last(self) -> int:
        """The place of the last entry, 0 in an empty journal."""

    @abstractmethod
    def _latest(self) -> float: ...

    @abstractmethod
    def written(self, id: str) -> Entry | None:
        """The entry with that id, if it is in."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[None]:
        """Hold the journal alone: what is read inside stays true until what is appended is in, or nothing is. Inside
        another, it is a part of it."""

    def append(self, id: str, by: str, behalf: str, events: Sequence[Event]) -> list[Entry]:
        """Add the events of one gesture, inside ``writing``: the first has its id, the others id.1, id.2..."""
        # The number of an entry born here: no other of this origin can have it, nor had one that was lost to damage.
        seq = self.last() + self._lost
        latest = self._latest()
        self._ahead = ahead(self._ahead, self._now(), latest)
        at = max(self.now(), latest)
        entries = [
            Entry(self.origin, seq + 1 + i, id if i == 0 else f"{id}.{i}", at, by, behalf, event)
            for i, event in enumerate(events)
        ]
        self._insert(entries)
        return entries

    def adopt(self, entries: Sequence[Entry]) -> int:
        """Take in entries that were born elsewhere, inside ``writing``, and return how many were new here."""
        known = self._ids()
        new = [entry for entry in {entry.id: entry for entry in entries}.values() if entry.id not in known]
        self._insert(new)
        return len(new)

    @abstractmethod
    def _insert(self, entries: Sequence[Entry]) -> None: ...

    @abstractmethod
    def _ids(self) -> set[str]: ...

    def _entry(self, place: int, sum: int | None, values: tuple[Any, ...]) -> Entry:
        origin, seq, id, at, by, behalf, name, payload, rest = values
        event = unpack(name, payload)
        # Of an earlier version, a row may have no checksum.
        if sum is None and (malformed(event) or not isinstance(at, float)):
            raise JournalDamaged(self.name, f"entry {place} cannot be read")
        if sum is not None and sum != checksum(*values):
            raise JournalDamaged(self.name, f"entry {place} has changed")
        return Entry(origin, seq, id, at, by, behalf, event, rest)

    def _believe(self, sum: int | None, values: Sequence[object], what: str) -> None:
        """Raise JournalDamaged for a row that its checksum contradicts; one of an earlier version may have none."""
        if sum is not None and sum != checksum(*values):
            raise JournalDamaged(self.name, f"{what} has changed")

    # Erasure -----------------------------------------------------------------

    @abstractmethod
    def overwrite(self, entries: Sequence[Entry]) -> None:
        """Put emptied entries in the place of those that have their ids, inside ``writing``; `compact` then leaves
        nothing of these in the store. What the gestures were that they came of is forgotten too."""

    @abstractmethod
    def compact(self) -> None:
        """Leave nothing of what was deleted or overwritten, as far as the store can."""

    def erasures(self) -> int:
        """How many times entries were emptied: what was read before is not to be believed after."""
        return self._said("erasures")

    @property
    def compacted(self) -> bool:
        """Whether `compact` came to its end after the last erasure."""
        return self._said("compacted") == self.erasures()

    @abstractmethod
    def _say(self, key: str, number: int) -> None:
        """Have the journal say a number of itself, inside ``writing``."""

    @abstractmethod
    def _said(self, key: str) -> int: ...

    # Beside the history ------------------------------------------------------

    @abstractmethod
    def digest(self, id: str) -> str:
        """The digest of the gesture that was granted under that id; "" when none was, or before digests were kept."""

    @abstractmethod
    def remember(self, id: str, digest: str) -> None:
        """Keep the digest of a gesture, inside ``writing``."""

    @abstractmethod
    def version(self) -> int:
        """A number that changes when somebody else has written; it says nothing of our own writes."""

    def generation(self, role: str) -> int:
        """How many times that role's link was renewed."""
        return self._link(role)[0]

    @abstractmethod
    def _link(self, role: str) -> tuple[int, int]:
        """The generation of a role's link, and the place of the last entry before it was renewed."""

    @abstractmethod
    def _set_link(self, link: Link) -> None:
        """Keep a role's link, inside ``writing``."""

    def renew(self, role: str) -> int:
        """Make a role's link worthless and return the new generation."""
        with self.writing():
            generation = self.generation(role) + 1
            self._set_link((role, generation, self.last()))
        return generation

    def given(self, person: str, role: str) -> bool:
        """Whether somebody else gave that person that role here, since the role's link was last renewed.

        Only entries born in this journal count: a file that was merged in opens no door.
        """
        return any(
            isinstance(entry.event, PersonCorrected)
            and (entry.event.person, entry.event.role) == (person, role)
            and entry.by != person
            and entry.origin == self.origin
            for entry in self._corrections(self._link(role)[1])
        )

    @abstractmethod
    def _corrections(self, after: int) -> list[Entry]:
        """The entries after a place that correct a person."""

    @abstractmethod
    def present(self) -> frozenset[str]:
        """Who has a page open, on any server."""

    @abstractmethod
    def left(self) -> dict[str, float]:
        """When each of those who have none open closed their last one, on the journal's clock."""

    @abstractmethod
    def mark(self, person: str, pages: int, server: str = "") -> None:
        """Say how many pages a person has open on a server; "" stands for a notebook, or a rehearsal's process."""

    @abstractmethod
    def servers(self) -> frozenset[str]:
        """The servers that people had pages open on, of which some may have ended."""

    @abstractmethod
    def nobody(self, servers: Iterable[str] = ()) -> None:
        """Forget who was present on servers that have ended, and on none: after a restart no page is open."""

    # Going from one store to another -----------------------------------------

    @abstractmethod
    def whole(self) -> Whole:
        """All of it, as it was at one moment."""

    def follow(self, other: Whole) -> int:
        """Become what another journal of the same session is, of which this one is a copy; return how many entries
        came in. One that went on since stays as it is: 0; so does one that parted from the other: -1."""
        with self.writing():
            own, theirs = self.read(), other.entries
            if any(ours.id != entry.id for ours, entry in zip(own, theirs, strict=False)):
                return -1
            if len(own) > len(theirs):
                return 0
            changed = [new for new, old in zip(theirs, own, strict=False) if values_of(new) != values_of(old)]
            if changed:
                self.overwrite(changed)
            new = theirs[len(own) :]
            self._insert(new)
            for link in other.links:
                if link != (link[0], *self._link(link[0])):
                    self._set_link(link)
            for id in other.granted.keys() & {entry.id for entry in new}:
                self.remember(id, other.granted[id])
        if changed:
            self.compact()
        return len(new)

    @property
    @abstractmethod
    def in_place(self) -> bool:
        """Whether the journal is still the one that was opened: nobody deleted or replaced it."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""
