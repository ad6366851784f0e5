"""The gestures that bring a team's hypotheses in: one with its first metric, then each of its other metrics; and those
that bring a note up to date with what a file says of it, or settle one of its cells."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from impactlib.domain import events, kinds
from impactlib.domain.events import Event
from impactlib.domain.figures import in_one_way
from impactlib.domain.hypotheses import NUMBERS, OF_METRIC, Hypothesis
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Note, Person, Session
from impactlib.domain.sheets.again import FIELDS_OF, Fate, cells, current
from impactlib.gestures.figures import set_detail
from impactlib.gestures.reading import Gesture, details_of, field, flag, note_of, standing, text_of


def drafts(rows: Sequence[Hypothesis], named: Callable[[Mapping[str, str]], str]) -> Iterator[dict[str, str]]:
    """The gestures of one hypothesis, given as its rows; `named` gives an id to what a gesture says.

    >>> rows = (Hypothesis("Moins d’attente", metric="Délai"), Hypothesis("Moins d’attente", metric="Appels"))
    >>> [(one["metric"], one.get("about")) for one in drafts(rows, lambda said: f"row-{said['metric']}")]
    [('Délai', None), ('Appels', 'row-Délai')]
    """
    first, *others = rows
    said = given(first, tuple(vars(first)))
    about = named(said)
    yield {"id": about, "do": "draft", **said}
    for other in others:
        said = {"about": about, **given(other, ("metric", *OF_METRIC))}
        yield {"id": named(said), "do": "draft", **said}


def given(row: Hypothesis, names: Sequence[str]) -> dict[str, str]:
    """What a row says in some fields, as a gesture says it."""
    values = {name: getattr(row, name) for name in names}
    return {name: in_one_way(value) if name in NUMBERS else value for name, value in values.items() if value}


def said_by_a_file(note: str, said: Mapping[str, str], source: str) -> Event:
    """A file says so much of a note."""
    return events.NoteBrought(note, json.dumps(dict(said), ensure_ascii=False, sort_keys=True), source)


def update(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Bring a note up to date with what a file says of it: nothing that somebody changed meanwhile is touched."""
    note = standing(note_of(session, gesture))
    source, blank = field(gesture, "file"), field(gesture, "blank").split()
    said = {name: _value(note, gesture, name) for name in _fields_of(note) if name in gesture}
    said |= {name: "" for name in _fields_of(note) if name in blank}
    happened: list[Event] = []
    known = session.brought.get(note.id)
    told: dict[str, str] = {}
    for cell in cells(session, note, said, source, person.id):
        if cell.fate == Fate.TAKEN:
            happened.append(_set(note, cell.field, cell.theirs))
        if cell.fate in (Fate.TAKEN, Fate.SAME) and (known.said.get(cell.field, "") if known else None) != cell.theirs:
            told[cell.field] = cell.theirs
    if told:
        happened.append(said_by_a_file(note.id, told, source))
    return happened


def settle(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Say of a cell that the file and the session word differently which of the two stays."""
    note, name = standing(note_of(session, gesture)), field(gesture, "detail")
    if name not in _fields_of(note):
        raise Refusal("This page asks for something the kit does not know: reload it.")
    value, ours = _value(note, {**gesture, name: field(gesture, "value")}, name), current(note, name)
    told = said_by_a_file(note.id, {name: value}, "")
    if flag(gesture, "kept"):
        known = session.brought.get(note.id)
        return [] if known and known.said.get(name) == value else [told]
    if field(gesture, "was", ours) not in (ours, value):
        raise Refusal("Somebody changed this meanwhile: choose which one stays.", code="changed", text=ours)
    return [_set(note, name, value), told] if value != ours else []


def _fields_of(note: Note) -> tuple[str, ...]:
    if note.kind not in FIELDS_OF:
        raise Refusal("This page asks for something the kit does not know: reload it.")
    return FIELDS_OF[note.kind]


def _value(note: Note, gesture: Gesture, name: str) -> str:
    """The value that a gesture gives to a field of a note."""
    if name == _fields_of(note)[0]:
        return text_of({"text": field(gesture, name)}, line=kinds.row(note.kind).line, may_be_empty=True)
    detail = kinds.row(note.kind).detail(name)
    assert detail is not None
    # Its own unit, whatever the note's is now: a file says a figure without words.
    return details_of({name: field(gesture, name)}, [detail])[name]


def _set(note: Note, name: str, value: str) -> Event:
    if name == _fields_of(note)[0]:
        return events.NoteEdited(note.id, value)
    return set_detail(note, name, value)
