"""The notes of a session, found by their id, by their kind, and by the note that they are about."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from operator import attrgetter

from immutables import Map
from msgspec import Struct, field

from impactlib.domain.ordered import Ordered


class Note(Struct, frozen=True):
    """Something that was said or written, `at` a time in seconds since 1970. `order` is its place among the notes:
    that in the journal, until it is moved; `version` counts its texts."""

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
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def speaker(self) -> str:
        """The id of the person whose words these are."""
        return self.behalf or self.by


_ORDER = attrgetter("order")
_MOST_WAITING = 20
"""Changes that wait in a row: the next one makes them all."""


class _Row:
    """Some notes by their order. Changes wait until the notes are read: rows that nobody reads cost next to nothing."""

    __slots__ = ("_state",)

    # The notes; or the previous row, the note that left, the note that came, and the number of changes that wait.
    # One attribute is read and written at once, so that two threads may read the same row.
    _state: tuple[Note, ...] | _Change

    def __init__(self, state: tuple[Note, ...] | _Change) -> None:
        self._state = state

    def changed(self, gone: Note | None, come: Note | None) -> _Row:
        """Another row, without the note that is gone and with the one that came."""
        waiting = self._state.waiting if isinstance(self._state, _Change) else 0
        if waiting == _MOST_WAITING:
            self.notes()
            waiting = 0
        return _Row(_Change(self, gone, come, waiting + 1))

    def notes(self) -> tuple[Note, ...]:
        """The notes: the same tuple each time."""
        state, changes = self._state, []
        while isinstance(state, _Change):
            changes.append(state)
            state = state.row._state
        if changes:
            self._state = state = _made(state, reversed(changes))
        return state


class _Change(Struct):
    """A change that waits: the row before it, the note that left, the one that came, and the number that wait."""

    row: _Row
    gone: Note | None
    come: Note | None
    waiting: int


def _made(row: Iterable[Note], changes: Iterable[_Change]) -> tuple[Note, ...]:
    notes = list(row)
    for change in changes:
        gone, come = change.gone, change.come
        at = notes.index(gone, bisect_left(notes, gone.order, key=_ORDER)) if gone else -1
        if gone and come and gone.order == come.order:
            notes[at] = come
            continue
        if gone:
            del notes[at]
        if come:
            insort(notes, come, key=_ORDER)
    return tuple(notes)


class Notes(Ordered[str, Note]):
    """Notes by their ids, in the order in which they came; no two have the same `order`.

    Its indexes are kept as notes are put: a tuple of notes stays the same object as long as none of them changed.
    """

    __slots__ = ("_about", "_kinds")

    _kinds: Map[str, _Row]
    _about: Map[str, _Row]

    def __init__(self, content: Mapping[str, Note] | None = None) -> None:
        super().__init__(content)
        notes = sorted(self.values(), key=_ORDER)
        self._kinds = _rows((note.kind, note) for note in notes)
        self._about = _rows((note.about, note) for note in notes if note.about)

    def of_kind(self, kind: str) -> tuple[Note, ...]:
        """The notes of a kind by their order, those withdrawn too."""
        row = self._kinds.get(kind)
        return row.notes() if row else ()

    def about(self, id: str) -> tuple[Note, ...]:
        """The notes that are about that one, by their order, those withdrawn too."""
        row = self._about.get(id)
        return row.notes() if row else ()

    def put(self, key: str, value: Note) -> Notes:
        was, made = self._values.get(key), self._with(key, value)
        made._kinds = _changed(self._kinds, was.kind if was else None, was, value.kind, value)
        # The row of all that is about nothing would be read by nobody.
        made._about = _changed(self._about, (was.about if was else "") or None, was, value.about or None, value)
        return made


def _rows(notes: Iterable[tuple[str, Note]]) -> Map[str, _Row]:
    rows: dict[str, list[Note]] = {}
    for key, note in notes:
        rows.setdefault(key, []).append(note)
    return Map({key: _Row(tuple(row)) for key, row in rows.items()})


def _changed(index: Map[str, _Row], old: str | None, was: Note | None, key: str | None, now: Note) -> Map[str, _Row]:
    """An index with a note in the row of its key; it `was` another one, in the row of its old key. None is no row."""
    if old == key and key is not None:
        return index.set(key, index[key].changed(was, now))
    if old is not None:
        index = index.set(old, index[old].changed(was, None))
    return index if key is None else index.set(key, index.get(key, _NONE).changed(None, now))


_NONE = _Row(())
