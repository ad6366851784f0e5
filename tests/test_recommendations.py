"""The changes of a hypothesis during the hour, word by word."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from impactlib.domain.agenda import Role
from impactlib.domain.events import DetailSet, Entry, Event, MetricKept, NoteWithdrawn, NoteWritten
from impactlib.domain.fold import history
from impactlib.domain.recommendations import advice, changes, decided, groups, north_star, repeats
from impactlib.domain.word_diff import compared, legible
from tests.conftest import Room

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role


def test_a_hypothesis_shows_what_the_hour_changed_in_it_and_in_its_metric(room: Room) -> None:
    note = room.ask(CLIENT, do="draft", statement="L’attente baisse en trois semaines", metric="Délai", unit="jours")
    same = room.ask(CLIENT, do="write", kind="hypothesis", text="Rien n’y change")
    room.ask(CLIENT, do="edit", note=note, text="L’attente baisse en quatre semaines", was="1")
    room.ask(FACILITATOR, do="start", step="tour")
    assert not changes(room.session, room.session.notes[note])
    room.ask(CLIENT, do="edit", note=note, text="L’attente baisse en dix jours", was="2")
    room.ask(CLIENT, do="detail", note=f"{note}-m", detail="target", value="10")
    room.ask(FACILITATOR, do="start", step="problem")
    said = [(c.field, c.before, c.after) for c in changes(room.session, room.session.notes[note])]
    assert said == [
        ("statement", "L’attente baisse en quatre semaines", "L’attente baisse en dix jours"),
        ("target", "", "10"),
    ]
    assert not changes(room.session, room.session.notes[same])
    late = room.ask(CLIENT, do="write", kind="hypothesis", text="Née dans l’heure")
    room.ask(CLIENT, do="edit", note=late, text="Née dans cette heure", was="1")
    assert not changes(room.session, room.session.notes[late])


def test_words_are_compared_not_letters(room: Room) -> None:
    assert compared("trois semaines", "trente semaines") == [
        ("trois", "del"),
        ("trente", "ins"),
        (" semaines", "same"),
    ]
    assert compared("", "jours") == [("jours", "ins")]
    assert compared("jours", "") == [("jours", "del")]


@given(st.text(), st.text())
def test_both_texts_can_be_read_in_what_is_shown(before: str, after: str) -> None:
    pieces = compared(before, after)
    assert "".join(words for words, what in pieces if what != "ins") == before
    assert "".join(words for words, what in pieces if what != "del") == after


@given(st.text(), st.text())
def test_for_reading_nothing_is_lost_but_blanks_and_no_mark_touches_a_word(before: str, after: str) -> None:
    exact, pieces = compared(before, after), legible(compared(before, after))
    for kind in ("same", "del", "ins"):
        for found in (exact, pieces):
            assert all(words for words, what in found if what == kind)
        said = ["".join("".join(words for words, what in found if what == kind).split()) for found in (exact, pieces)]
        assert said[0] == said[1]
    for (one, what), (other, then) in pairwise(pieces):
        assert one.isspace() or other.isspace() or {what, then} != {"del", "ins"}
        assert what == then or not (one[-1].isalnum() and other[0].isalnum())


def test_a_number_a_date_or_an_elided_word_changes_whole() -> None:
    for before, after in (
        ("21,5", "19"),
        ("21,5", "21,7"),
        ("12\u202f000", "13\u202f000"),
        ("31/12/2026", "31/01/2027"),
    ):
        assert legible(compared(before, after)) == [(before, "del"), (" ", "same"), (after, "ins")]
    assert compared("l’attente", "l’urgence") == [("l’attente", "del"), ("l’urgence", "ins")]
    assert legible(compared("dix jours", "dix jours.")) == [("dix jours", "same"), (" ", "same"), (".", "ins")]


@pytest.mark.parametrize("upper", [True, False])
def test_of_two_hypotheses_merged_in_the_hour_the_one_from_before_still_says_what_changed(
    room: Room, upper: bool
) -> None:
    old = room.ask(CLIENT, do="write", kind="hypothesis", text="L’attente passe à dix jours")
    room.ask(Role.FACILITATOR, do="start", step="tour")
    new = room.ask(CLIENT, do="write", kind="hypothesis", text="Le suivi fidélise")
    advised = room.ask(CONSULTANT, do="write", kind="recommendation", text="Comptez", about=new)
    last = room.ask(CLIENT, do="write", kind="hypothesis", text="La dernière")
    if not upper:
        room.ask(Role.FACILITATOR, do="move", note=new, before=old)
    note, other = (old, new) if upper else (new, old)
    merged = {"do": "merge", "note": note, "was": "1", "other": other, "other_was": "1"}
    room.ask(Role.FACILITATOR, **merged, merged="L’attente passe à huit jours")
    session = room.session
    assert [hypothesis.id for hypothesis in session.notes_of("hypothesis")] == [old, last]
    assert [(change.before, change.after) for change in changes(session, session.notes[old])] == [
        ("L’attente passe à dix jours", "L’attente passe à huit jours")
    ]
    assert session.notes[advised].about == old


def test_a_group_of_recommendations_is_told_by_its_first(room: Room) -> None:
    first, second, third = (
        room.ask(CONSULTANT, do="write", kind="recommendation", text=text) for text in ("Un", "Deux", "Trois")
    )
    room.ask(CONSULTANT, do="detail", note=second, detail="same_as", value=first)
    notes = room.session.notes
    assert repeats(room.session, notes[second]) is notes[first]
    assert groups(room.session).get(notes[first].id, []) == [notes[second]]
    assert advice(room.session) == [notes[first], notes[third]]


def test_a_decision_is_whole_or_is_not(room: Room) -> None:
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai")
    for detail, value in (("threshold", "14 jours"), ("decide_on", "2026-12-31"), ("decider", "Salomé")):
        room.ask(CLIENT, do="detail", note=metric, detail=detail, value=value)
        assert not decided(room.session.notes[metric])
    room.ask(CLIENT, do="detail", note=metric, detail="if_missed", value="pivot")
    assert decided(room.session.notes[metric])


@pytest.mark.parametrize(
    ("since", "star"),
    [([], "delay"), ([NoteWithdrawn("delay")], None), ([MetricKept("delay", False)], None)],
)
def test_only_a_metric_that_stands_and_is_kept_is_the_north_star(since: list[Event], star: str | None) -> None:
    """Whatever its detail says: in a journal that was merged it may say so still."""
    named: list[Event] = [
        NoteWritten("delay", "metric", "Délai"),
        MetricKept("delay", True),
        DetailSet("delay", "north_star", "yes"),
    ]
    session = history(Entry("home", n, f"e{n}", 0.0, "", "", event) for n, event in enumerate([*named, *since], 1))
    assert session.notes["delay"].details["north_star"] == "yes"
    assert north_star(session) is (star and session.notes[star])
