"""The notes of a session: found by kind and by what they are about, without reading them all."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from impactlib.domain import events as e
from impactlib.domain.events import Event
from impactlib.domain.fold import history
from impactlib.domain.notes import Note, Notes
from impactlib.domain.session import Session
from tests.test_session import OPENED, given_events

KINDS = ("question", "answer", "hypothesis")
WRITTEN = (
    OPENED,
    e.NoteWritten("h1", "hypothesis", "un"),
    e.NoteWritten("h2", "hypothesis", "deux"),
    e.NoteWritten("q1", "question", "?", "h1"),
    e.NoteWritten("h3", "hypothesis", "trois"),
    e.NoteWritten("q2", "question", "??"),
)


def ids(notes: tuple[Note, ...]) -> list[str]:
    return [note.id for note in notes]


@pytest.mark.parametrize(
    ("event", "stood"),
    [
        (e.NoteWritten("h4", "hypothesis", "quatre"), ["h1", "h2", "h3", "h4"]),
        (e.NoteEdited("h2", "deux, mieux"), ["h1", "h2", "h3"]),
        (e.NoteWithdrawn("h1"), ["h1", "h2", "h3"]),
        (e.DetailSet("h2", "concept", "used"), ["h1", "h2", "h3"]),
        (e.NoteMoved("h3", "h1"), ["h3", "h1", "h2"]),
        (e.NoteMoved("h1", ""), ["h2", "h3", "h1"]),
        (e.NoteAttached("h3", "h1"), ["h1", "h2", "h3"]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Event) else None,
)
def test_a_change_leaves_the_notes_of_other_kinds_the_same_object(event: Event, stood: list[str]) -> None:
    before = history(given_events(*WRITTEN))
    questions, hypotheses, about = (
        before.notes.of_kind("question"),
        before.notes.of_kind("hypothesis"),
        before.notes.about("h1"),
    )
    after = history(given_events(*WRITTEN, event)[len(WRITTEN) :], before)
    assert after.notes.of_kind("question") is questions
    assert ids(after.notes.of_kind("hypothesis")) == stood
    assert after.notes.of_kind("hypothesis") is after.notes.of_kind("hypothesis") is not hypotheses
    assert before.notes.of_kind("hypothesis") is hypotheses
    assert (after.notes.about("h1") is about) == (not isinstance(event, e.NoteAttached))
    same = [note for note in before.notes.values() if after.notes[note.id] == note]
    assert same and all(after.notes[note.id] is note for note in same)


def test_a_move_to_where_it_stands_changes_nothing() -> None:
    before = history(given_events(*WRITTEN))
    assert history(given_events(*WRITTEN, e.NoteMoved("h3", ""))[len(WRITTEN) :], before).notes is before.notes


def test_a_session_takes_its_notes_as_a_plain_dict() -> None:
    session = history(given_events(*WRITTEN))
    plain = dict(session.notes)
    assert list(plain) == ["h1", "h2", "q1", "h3", "q2"]
    assert session.notes == plain and Session(notes=plain) == Session(notes=Notes(plain))  # type: ignore[arg-type]
    assert Session(notes=plain).notes_of("question", about="h1") == (plain["q1"],)  # type: ignore[arg-type]


IDS = st.sampled_from("abcdefgh")
EVENTS = st.one_of(
    st.builds(e.NoteWritten, IDS, st.sampled_from(KINDS), st.just("…"), st.just("") | IDS),
    st.builds(e.NoteEdited, IDS, st.sampled_from(["un", "deux"])),
    st.builds(e.NoteWithdrawn, IDS),
    st.builds(e.NoteRestored, IDS),
    st.builds(e.DetailSet, IDS, st.just("unit"), st.just("jours")),
    st.builds(e.NoteMoved, IDS, st.just("") | IDS),
    st.builds(e.NoteAttached, IDS, IDS),
)


@given(st.lists(st.tuples(EVENTS, st.booleans()), max_size=80))
def test_the_indexes_are_what_reading_every_note_finds(happened: list[tuple[Event, bool]]) -> None:
    session = Session()
    entries = given_events(*(event for event, _ in happened))
    for entry, (_, looked_at) in zip(entries, happened, strict=True):
        session = history([entry], session)
        # Changes wait in an index until it is read: some are read now, the others at the end.
        if looked_at:
            _as_a_scan(session.notes)
    _as_a_scan(session.notes)
    again = Notes(dict(session.notes))
    assert again == session.notes and list(again) == list(session.notes)
    _as_a_scan(again)


def _as_a_scan(notes: Notes) -> None:
    ordered = sorted(notes.values(), key=lambda note: note.order)
    for kind in KINDS:
        assert notes.of_kind(kind) == tuple(note for note in ordered if note.kind == kind)
    for id in "abcdefgh":
        assert notes.about(id) == tuple(note for note in ordered if note.about == id)
