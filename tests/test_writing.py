"""Who writes much more than anybody does by hand: seen by the facilitator, and shown out with it in one gesture."""

from __future__ import annotations

import pytest

from impactlib.domain.agenda import Role
from impactlib.domain.writing import MANY
from impactlib.views import Eye, people
from impactlib.views.people import CROWD, SHOWN_OUT
from tests.conftest import Room, Time

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
INES = "person-consultant"


def flood(room: Room, number: int = MANY + 10) -> list[str]:
    return [room.ask(CONSULTANT, do="write", kind="question", text=f"Question {i}") for i in range(number)]


def drawn(room: Room, role: Role = FACILITATOR, present: frozenset[str] = frozenset()) -> str:
    return "\n".join(map(str, people.PANE.fragments(room.session, Eye(role, "fr", present=present)).values()))


def test_the_facilitator_alone_sees_who_writes_much_in_a_short_time_and_how_much(room: Room) -> None:
    flood(room, MANY - 1)
    assert "en peu de temps" not in drawn(room)
    room.ask(CONSULTANT, do="write", kind="question", text="Et encore ?")
    assert f"{MANY} notes en peu de temps" in drawn(room)
    assert f"Faire sortir et retirer ses {MANY} notes" in drawn(room)
    assert "1 personne écrit énormément" in drawn(room)
    for role in (CLIENT, CONSULTANT, OBSERVER):
        assert "en peu de temps" not in drawn(room, role) and "énormément" not in drawn(room, role)


def test_who_writes_as_many_in_an_hour_is_not_named(room: Room, time: Time) -> None:
    for i in range(2 * MANY):
        time.advance(30)
        room.ask(CONSULTANT, do="write", kind="question", text=f"Question {i}")
    assert "en peu de temps" not in drawn(room)


def test_what_a_file_brings_at_once_is_not_a_flood(room: Room) -> None:
    for i in range(2 * MANY):
        room.ask(CLIENT, do="draft", statement=f"Nous pensons que {i}", file="f" * 16)
    assert room.session.written["person-client"].standing == 2 * MANY
    assert "en peu de temps" not in drawn(room)


def test_one_gesture_shows_out_with_all_the_words_and_one_brings_back_what_it_withdrew(room: Room) -> None:
    written = flood(room)
    other = room.ask(CLIENT, do="write", kind="problem", text="La nôtre")
    room.ask(CONSULTANT, do="withdraw", note=written[0])
    room.ask(FACILITATOR, do="withdraw", note=written[1])
    room.ask(FACILITATOR, do="show_out", person=INES, words="true")
    assert room.session.people[INES].out
    assert [id for id, note in room.session.notes.items() if not note.withdrawn] == [other]
    assert f"Laisser rentrer et remettre ses {len(written) - 2} notes" in drawn(room)
    room.ask(FACILITATOR, do="let_in", person=INES, words="true")
    assert not room.session.people[INES].out
    assert [note for note in written if room.session.notes[note].withdrawn] == written[:2]
    # Once more, without the words: what came back stays.
    room.ask(FACILITATOR, do="show_out", person=INES, words="false")
    assert not room.session.notes[written[2]].withdrawn


def test_somebody_out_already_is_shown_out_again_with_their_words(room: Room) -> None:
    written = flood(room, 3)
    room.ask(FACILITATOR, do="show_out", person=INES)
    room.ask(FACILITATOR, do="show_out", person=INES, words="true")
    assert all(room.session.notes[note].withdrawn for note in written)
    room.ask(FACILITATOR, do="let_in", person=INES, words="true")
    assert not any(room.session.notes[note].withdrawn for note in written)
    # Nothing more is put back: these stand.
    room.ask(CONSULTANT, do="withdraw", note=written[0])
    room.ask(FACILITATOR, do="show_out", person=INES)
    room.ask(FACILITATOR, do="let_in", person=INES, words="true")
    assert room.session.notes[written[0]].withdrawn


def test_what_comes_back_keeps_to_what_may_stand_at_once(room: Room) -> None:
    actions = [room.ask(CLIENT, do="write", kind="action", text=f"Action {i}") for i in range(3)]
    metrics = [room.ask(CLIENT, do="write", kind="metric", text=f"Mesure {i}") for i in range(3)]
    for metric in metrics:
        room.ask(CLIENT, do="keep", metric=metric, kept=True)
    room.ask(FACILITATOR, do="show_out", person="person-client", words=True)
    room.ask(FACILITATOR, do="write", kind="action", text="Une autre")
    other = room.ask(FACILITATOR, do="write", kind="metric", text="Une autre mesure")
    room.ask(FACILITATOR, do="keep", metric=other, kept=True)
    room.ask(FACILITATOR, do="let_in", person="person-client", words=True)
    assert len(room.session.notes_of("action")) == 3
    assert [room.session.notes[action].withdrawn for action in actions] == [False, False, True]
    assert [metric.id for metric in room.session.kept_metrics()] == [*metrics[:2], other]
    assert not room.session.notes[metrics[2]].withdrawn


def test_silent_people_whom_a_link_let_in_are_shown_out_together(room: Room) -> None:
    for i in range(CROWD + 5):
        room.ask_as(f"crowd-{i}", OBSERVER, do="join", name=f"Machine {i}")
    here = frozenset({"person-observer", "crowd-0"})
    assert "n’ont rien écrit" not in drawn(room, CLIENT, here)
    assert f"{CROWD + 4} personnes sont hors ligne, et n’ont rien écrit ni noté." in drawn(room, present=here)
    crowd = " ".join(f"crowd-{i}" for i in range(1, CROWD + 5))
    assert f'data-person="{crowd}"' in drawn(room, present=here)
    room.ask(FACILITATOR, do="show_out", person=crowd)
    assert [one.id for one in room.session.here(OBSERVER)] == ["person-observer", "crowd-0"]
    assert f"et {CROWD + 4 - SHOWN_OUT} autres" in drawn(room, present=here)
    room.ask(FACILITATOR, do="let_in", person=crowd)
    assert len(room.session.here(OBSERVER)) == CROWD + 6


def test_a_crowd_that_wrote_much_together_is_shown_out_with_all_of_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "CROWDS_NOTES", 2 * CROWD)
    for i in range(CROWD):
        room.ask_as(f"crowd-{i}", CONSULTANT, do="join", name=f"Machine {i}")
        room.ask_as(f"crowd-{i}", CONSULTANT, do="write", kind="question", text="Un")
    here = frozenset({"person-consultant"})
    assert "hors ligne, qui" not in drawn(room, present=here)
    for i in range(CROWD):
        room.ask_as(f"crowd-{i}", CONSULTANT, do="write", kind="question", text="Deux")
    own = room.ask(CONSULTANT, do="write", kind="question", text="Trois")
    assert f"{CROWD} personnes sont hors ligne, qui ont écrit {2 * CROWD} notes." in drawn(room, present=here)
    assert f"Les faire sortir et retirer leurs {2 * CROWD} notes" in drawn(room, present=here)
    crowd = " ".join(f"crowd-{i}" for i in range(CROWD))
    assert f'data-person="{crowd}" data-words="true"' in drawn(room, present=here)
    room.ask(FACILITATOR, do="show_out", person=crowd, words="true")
    assert [note.id for note in room.session.notes_of("question")] == [own]


def test_of_several_who_are_shown_out_one_facilitator_stays(room: Room) -> None:
    room.ask_as("second", FACILITATOR, do="join", name="Paul")
    room.refused(FACILITATOR, do="show_out", person="second person-facilitator")
    room.refused(FACILITATOR, do="show_out", person="second nobody")
    room.refused(FACILITATOR, do="show_out", person=" ")
    room.ask(FACILITATOR, do="show_out", person="second person-client")
    assert [one.id for one in room.session.here(FACILITATOR)] == ["person-facilitator"]


@pytest.mark.parametrize(("bound", "said"), [("MOST", "This workshop is full"), ("MOST_OF_ONE", "You have written")])
def test_a_program_fills_no_disk(room: Room, monkeypatch: pytest.MonkeyPatch, bound: str, said: str) -> None:
    monkeypatch.setattr(f"impactlib.gestures.{bound}", 5)
    flood(room, 5)
    assert said in str(room.refused(CONSULTANT, do="write", kind="question", text="Une de plus"))
