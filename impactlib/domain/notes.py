"""The notes of a session, found by their id, by their kind, and by the note that they are about."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from operator import attrgetter

from immutables import Map
from msgspec import Struct, field

from impactlib.domain.ordered import Ordered


class Correction(Struct, frozen=True):
    """What a detail of a figure was `before` the entry of that id corrected it."""

    detail: str
    before: str
    entry: str


class Note(Struct, frozen=True):
    """Something that was said or written, `at` a time in seconds since 1970. `order` is its place among the notes:
    that in the journal, until it is moved; `version` counts its texts; `seconded` are the ids of the people who say it
    too; `corrected` is what its figure was before, the earliest first. It was `swept` when it was withdrawn because its
    author was shown out."""

    id: str
    kind: str
    text: str
    by: str
    behalf: str
    at: float
    order: int
    about: str = ""
    version: int = 1
    withdrawn: bool = False
    withdrawn_by: str = ""
    swept: bool = False
    details: Mapping[str, str] = field(default_factory=dict)
    seconded: tuple[str, ...] = ()
    corrected: tuple[Correction, ...] = ()

    @property
    def speaker(self) -> str:
        """The id of the person whose words these are."""
        return self.behalf or self.by


Rows = Map[str, tuple[Note, ...]]

_ORDER = attrgetter("order")
_FEW = 64
"""Changes that are made one by one: the indexes are built anew for more."""


class _Indexes(Struct, frozen=True):
    """The notes by their kind, those of them that stand, and the notes by the one that they are about; each row by
    its order."""

    kinds: Rows
    standing: Rows
    about: Rows


class _Waiting(Struct, frozen=True):
    """A change that waits until an index is read: the indexes before it, the note as it `was`, if there was one, and
    as it is `now`; `number` counts the changes that wait."""

    before: _Indexes | _Waiting
    was: Note | None
    now: Note
    number: int


class Notes(Ordered[str, Note]):
    """Notes by their ids, in the order in which they came; no two have the same `order`.

    Of a few changes, an index keeps the tuple of each row that they leave as it was: the same object.
    """

    __slots__ = ("_state",)

    # One attribute is read and written at once, so that two threads may read the same notes.
    _state: _Indexes | _Waiting

    def __init__(self, content: Mapping[str, Note] | None = None) -> None:
        super().__init__(content)
        self._state = _built(self.values())

    def of_kind(self, kind: str) -> tuple[Note, ...]:
        """The notes of a kind by their order, those withdrawn too."""
        return self._indexes().kinds.get(kind, ())

    def standing(self, kind: str) -> tuple[Note, ...]:
        """The notes of a kind by their order, without those withdrawn."""
        return self._indexes().standing.get(kind, ())

    def about(self, id: str) -> tuple[Note, ...]:
        """The notes that are about that one, by their order, those withdrawn too."""
        return self._indexes().about.get(id, ())

    def put(self, key: str, value: Note) -> Notes:
        was, made = self._values.get(key), self._with(key, value)
        number = self._state.number if isinstance(self._state, _Waiting) else 0
        made._state = _Waiting(self._state, was, value, number + 1)
        return made

    def _indexes(self) -> _Indexes:
        state = self._state
        if isinstance(state, _Waiting):
            state = self._state = _changed(state) if state.number <= _FEW else _built(self.values())
        return state


def _built(notes: Iterable[Note]) -> _Indexes:
    ordered = sorted(notes, key=_ORDER)
    standing = [note for note in ordered if not note.withdrawn]
    return _Indexes(
        _rows((note.kind, note) for note in ordered),
        _rows((note.kind, note) for note in standing),
        _rows((note.about, note) for note in ordered if note.about),
    )


def _rows(notes: Iterable[tuple[str, Note]]) -> Rows:
    rows: dict[str, list[Note]] = {}
    for key, note in notes:
        rows.setdefault(key, []).append(note)
    return Map({key: tuple(row) for key, row in rows.items()})


def _changed(state: _Indexes | _Waiting) -> _Indexes:
    """The indexes once the changes that wait were made, the oldest first."""
    changes = []
    while isinstance(state, _Waiting):
        changes.append((state.was, state.now))
        state = state.before
    kinds, standing, about = state.kinds, state.standing, state.about
    for was, now in reversed(changes):
        stood = was if was and not was.withdrawn else None
        kinds = _moved(kinds, now.kind, was, now.kind, now)
        standing = _moved(standing, now.kind, stood, now.kind, None if now.withdrawn else now)
        about = _moved(about, was.about if was else "", was, now.about, now)
    return _Indexes(kinds, standing, about)


def _moved(rows: Rows, old: str, was: Note | None, key: str, now: Note | None) -> Rows:
    """Rows without the note that `was` in one of them, and with the one that is `now` in one; "" is no row."""
    if was and old:
        row = rows[old]
        # Until a move is whole, two notes have the same order.
        at = row.index(was, bisect_left(row, was.order, key=_ORDER))
        rows = rows.set(old, row[:at] + row[at + 1 :])
    if now and key:
        row = rows.get(key, ())
        at = bisect_left(row, now.order, key=_ORDER)
        rows = rows.set(key, (*row[:at], now, *row[at:]))
    return rows
