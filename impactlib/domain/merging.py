"""What two copies of a session say otherwise of one note, once they were merged: the later text stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from impactlib.domain import events
from impactlib.domain.events import Entry
from impactlib.domain.session import Note, Session


@dataclass(frozen=True)
class Text:
    """A text, or a detail, of which the two copies had one each: that `stands`, and the one that `gave_way`. All texts
    that a note ever had stay in the journal, and are told by its replay."""

    note: str
    stands: str
    gave_way: str


def two_texts(before: Session, added: Iterable[Entry], after: Session) -> list[Text]:
    """The texts of notes that were in both copies and were not the same there.

    `before` is the session that took the other one in, `added` the entries that were new to it.
    """
    theirs = dict(_said(added))
    found = []
    for id, was in before.notes.items():
        now = after.notes.get(id)
        if now is None or (now is was and not any((id, name) in theirs for name in _texts(was))):
            continue
        ours, stands = _texts(was), _texts(now)
        for name, text in stands.items():
            others = [ours.get(name, ""), theirs.get((id, name), "")]
            found += [Text(id, text, other) for other in dict.fromkeys(others) if text and other not in ("", text)]
    return found


def _texts(note: Note) -> Mapping[str, str]:
    return {"": note.text, **note.details}


def _said(added: Iterable[Entry]) -> Iterator[tuple[tuple[str, str], str]]:
    """The texts that entries give to notes, the last one last."""
    for entry in sorted(added, key=events.order):
        match entry.event:
            case events.NoteEdited(note=note, text=text):
                yield (note, ""), text
            case events.DetailSet(note=note, detail=detail, value=value):
                yield (note, detail), value
