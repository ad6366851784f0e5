"""The pieces that panes are made of, and what each reads of a session. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import is_
from typing import Any, Generic, TypeVar

from markupsafe import Markup

from impactlib.domain import kinds
from impactlib.domain.agenda import PANES as OPENED, Role
from impactlib.domain.lead import unled
from impactlib.domain.names import named
from impactlib.domain.once import once
from impactlib.domain.session import Note, Session

LATEST = 40
"""Cards of one zone that a page is given at first: older ones come on demand."""

T = TypeVar("T")
Fragments = dict[str, Markup]
Reads = tuple[Any, ...]
"""Values that a fragment is drawn from; equal ones draw the same fragment."""


@dataclass(frozen=True)
class Scene:
    """A session at one moment: `now` on the journal's clock, the ids of the people who are `present`, and when each of
    the others `left`."""

    session: Session
    now: float = 0.0
    speed: float = 1.0
    present: frozenset[str] = frozenset()
    left: Mapping[str, float] = field(default_factory=dict)
    _read: dict[int, Reads] = field(default_factory=dict, compare=False, repr=False)
    _cards: dict[tuple[int, str], Reads] = field(default_factory=dict, compare=False, repr=False)
    _changed: dict[int, list[tuple[Note, Session]]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def unled(self) -> bool:
        """Whether no facilitator has been present for two minutes."""
        return unled(self.session, self.present, self.left, self.now)

    def seen_by(self, eye: Eye) -> Eye:
        """An audience's eye at this moment."""
        return replace(eye, now=self.now, speed=self.speed, present=self.present, unled=self.unled)

    def changed_since(self, before: Session | None) -> list[tuple[Note, Session]]:
        """The notes that are not the same in an earlier session, each with the session that holds it; looked up once
        for all audiences."""
        if before is None or before is self.session:
            return []
        known = self._changed.get(id(before))
        if known is None:
            known = self._changed[id(before)] = list(_differences(before, self.session))
        return known

    def read_card(self, part: Cards[T], key: str, item: T) -> Reads:
        """What a card reads of this scene, asked once for all audiences."""
        known = self._cards.get((id(part), key))
        if known is None:
            known = self._cards[id(part), key] = part.card_reads(self, item)
        return known

    def read(self, part: Part | Cards[Any]) -> Reads:
        """The values that a part reads of this scene, computed once for all audiences."""
        known = self._read.get(id(part))
        if known is None:
            known = self._read[id(part)] = part.reads(self)
        return known


@dataclass(frozen=True)
class Eye:
    """Who looks: the audience's role and language, the journal's time, who is present, and whether nobody leads."""

    role: Role
    lang: str = "fr"
    now: float = 0.0
    speed: float = 1.0
    present: frozenset[str] = field(default_factory=frozenset)
    unled: bool = False

    @property
    def facilitates(self) -> bool:
        return self.role == Role.FACILITATOR

    def writes(self, kind: str) -> bool:
        """Whether this role has a form for that kind of note."""
        return self.role in kinds.writers(kind)

    def seconds(self, note: Note) -> bool:
        """Whether this role may say "me too" of that note."""
        return self.role in kinds.row(note.kind).seconders

    def may_change(self, note: Note) -> bool:
        """Whether everybody of this role may change that note, its author or not."""
        return self.facilitates or (kinds.row(note.kind).together and self.writes(note.kind))


@dataclass(frozen=True)
class Part:
    """One fragment. `draw` returns None where the audience sees nothing; `reads` takes no account of who looks."""

    zone: str
    reads: Callable[[Scene], Reads]
    draw: Callable[[Session, Eye], Markup | None]

    @property
    def id(self) -> str:
        return f"{self.zone}/"


@dataclass(frozen=True)
class Keyed(Sequence[tuple[str, Note]]):
    """Notes by their order as the items of `Cards`. A key is made when it is asked: there may be thousands."""

    notes: Sequence[Note]

    def __len__(self) -> int:
        return len(self.notes)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return Keyed(self.notes[at])
        return place_key(self.notes[at]), self.notes[at]


@dataclass(frozen=True)
class Cards(Generic[T]):
    """One fragment an item, in the order of `items`: each has a key, of which the order is the same.

    Nothing is drawn as long as `reads` gives the same for the whole zone. Then each card is drawn again when the item
    itself, or what `card_reads` gives for it, has changed.

    While `on_demand` says so, a room does not keep them up to date: a page asks for them all.
    """

    zone: str
    items: Callable[[Session], Sequence[tuple[str, T]]]
    reads: Callable[[Scene], Reads]
    card_reads: Callable[[Scene, T], Reads]
    draw: Callable[[Session, Eye, T], Markup]
    kinds: tuple[str, ...] = ()
    """The kinds of notes that have a card there; none where the items are no notes."""
    on_demand: Callable[[Session], bool] = lambda session: False


@dataclass(frozen=True)
class Pane:
    """One pane of a notebook, under the one name that it has in widgets, views, templates and notebooks.

    `about` says in a line what it shows; `replayed` whether a replay shows it.
    """

    name: str
    frame: Callable[[Eye], Markup]
    parts: tuple[Part | Cards[Any], ...] = ()
    about: str = ""
    replayed: bool = False

    def fragments(self, session: Session, eye: Eye) -> Fragments:
        """All its fragments, drawn at once: every card, whatever a page is given at first."""
        drawn: Fragments = {}
        for part in self.parts:
            if isinstance(part, Part):
                html = part.draw(session, eye)
                if html is not None:
                    drawn[part.id] = html
            else:
                cards = ((key, part.draw(session, eye, item)) for key, item in part.items(session))
                drawn |= {f"{part.zone}/{key}": html for key, html in cards if html}
        return drawn

    def opened(self, session: Session) -> bool:
        """Whether a step of the session's agenda shows it; a pane that belongs to no step is always there."""
        return self.name not in OPENED or any(self.name in step.shows for step in session.steps)


def key(zone: str, note: Note) -> str:
    """The id of a note's fragment: its place in the journal keeps the order."""
    return f"{zone}/{place_key(note)}"


def place_key(note: Note) -> str:
    """The part of a fragment's id that puts it in order."""
    return f"{note.order:05}"


def cards(
    zone: str,
    kind: str,
    draw: Callable[[Session, Eye, Note], Markup],
    *,
    only: Callable[[Session, Note], bool] | None = None,
    with_kinds: Iterable[str] = (),
    reads: Callable[[Scene], Reads] = lambda scene: (),
    card_reads: Callable[[Scene, Note], Reads] = lambda scene, note: (),
) -> Cards[Note]:
    """The cards of a kind of note; `with_kinds` are other kinds that they show."""
    shown = (kind, *with_kinds)

    @once
    def items(session: Session) -> Keyed:
        notes = session.notes_of(kind)
        return Keyed(notes if only is None else [note for note in notes if only(session, note)])

    def zone_reads(scene: Scene) -> Reads:
        return (*(of_kind(scene.session, kind) for kind in shown), *signing(scene), *reads(scene))

    def one_reads(scene: Scene, note: Note) -> Reads:
        return (*signatures(scene, note), *card_reads(scene, note))

    return Cards(zone, items, zone_reads, one_reads, draw, (kind,))


def signing(scene: Scene) -> Reads:
    """The values that signatures are drawn from: the people, and when the hour began and ended."""
    clock = scene.session.clock
    return scene.session.people, clock.started, clock.ended


def signatures(scene: Scene, *notes: Note) -> Reads:
    """The values that the signatures of these notes are drawn from."""
    people = named(scene.session)
    clock = scene.session.clock
    return (clock.started, clock.ended, *(people.get(id) for note in notes for id in (note.by, note.behalf)))


def of_kind(session: Session, kind: str) -> tuple[Note, ...]:
    """The notes of a kind, withdrawn ones included: the same tuple as long as none has changed."""
    return session.notes.of_kind(kind)


def _differences(before: Session, after: Session) -> Iterator[tuple[Note, Session]]:
    for kind in kinds.KINDS:
        old, new = of_kind(before, kind), of_kind(after, kind)
        if old is not new:
            alike = list(map(is_, old, new))
            first = alike.index(False) if False in alike else len(alike)
            known = {note.id: note for note in old[first:]}
            for note in new[first:]:
                was = known.get(note.id)
                if was is note:
                    continue
                yield note, after
                if was is not None:
                    yield was, before
                if was is None or was.withdrawn != note.withdrawn or _same_as(was) != _same_as(note):
                    yield from ((one, after) for one in _belonging(after, note))


def _belonging(session: Session, note: Note) -> Iterator[Note]:
    """The notes about that one, and the recommendations that repeat it: they stand alone without it."""
    yield from session.notes.about(note.id)
    if note.kind == "recommendation":
        yield from (one for one in of_kind(session, note.kind) if one.details and _same_as(one) == note.id)


def _same_as(note: Note) -> str | None:
    return note.details.get("same_as")
