"""A session begins from the one before: it takes the product along, and nobody, no score, no question."""

from __future__ import annotations

from pathlib import Path

import pytest

from impactlib.cli import main
from impactlib.domain import events
from impactlib.domain.agenda import Role
from impactlib.domain.next_session import opening
from impactlib.domain.readings import series
from impactlib.domain.redaction import redact
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Session
from impactlib.domain.timeline import timeline
from impactlib.storage.session_store import follow_session, open_store
from impactlib.views.render import environment
from impactlib.views.wording import called
from tests.conftest import Room, Time, path_of

CLIENT, CONSULTANT, FACILITATOR = Role.CLIENT, Role.CONSULTANT, Role.FACILITATOR
DAY = 86_400


def details(room: Room, note: str, **values: str) -> None:
    for name, value in values.items():
        room.ask(CLIENT, do="detail", note=note, detail=name, value=value)


@pytest.fixture
def held(room: Room, time: Time) -> Room:
    """An hour that was held: a product, a hypothesis with its metric, kept, three actions, a question, a score."""
    room.ask(CLIENT, do="write", kind="product", text="Prêt de matériel")
    hypothesis = room.ask(CLIENT, do="write", kind="hypothesis", text="Prévenir tôt fait revenir")
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai médian", about=hypothesis)
    details(room, metric, unit="jours", direction="less", baseline="21", baseline_date="2033-03-01", target="10")
    room.ask(FACILITATOR, do="start", step=room.session.steps[0].id)
    room.ask(CONSULTANT, do="write", kind="question", text="Depuis quand ?")
    room.ask(CLIENT, do="keep", metric=metric, kept=True)
    details(room, metric, north_star="yes", threshold="12 jours", decide_on="2033-06-20", if_missed="stop")
    for text in ("Relever le délai", "Écrire la relance", "Compter les retours"):
        room.ask(CLIENT, do="write", kind="action", text=text, owner="Salomé", due="2033-06-01")
    room.ask(CLIENT, do="write", kind="learning", text="Le délai dit plus que le nombre")
    room.ask(FACILITATOR, do="open_round", metrics=metric)
    room.ask(CLIENT, do="score", metric=metric, round=room.session.rounds[-1].id, value=4, ease=3)
    room.ask(FACILITATOR, do="show_round", round=room.session.rounds[-1].id)
    for step in room.session.steps[1:]:
        time.now += 60
        room.ask(FACILITATOR, do="start", step=step.id)
    room.ask(FACILITATOR, do="end")
    return room


def after(room: Room, data: Path, agenda: str = "follow-up") -> Session:
    store = follow_session(data, room.store.to_file(), agenda=agenda)
    store.journal.close()
    return store.session


def test_it_takes_the_product_along_with_its_ids(held: Room, tmp_path: Path) -> None:
    was, now = held.session, after(held, tmp_path)
    for kind in ("product", "hypothesis", "metric"):
        told = [(note.id, note.text, note.about, dict(note.details)) for note in was.notes_of(kind)]
        assert [(note.id, note.text, note.about, dict(note.details)) for note in now.notes_of(kind)] == told
    assert (now.kept, now.team, now.lang, now.zone) == (was.kept, was.team, was.lang, was.zone)
    assert {note.by for note in now.notes.values()} == {""}
    assert now.agenda is not None and now.agenda.name == "follow-up"
    assert now.clock.started is None


def test_it_takes_nobody_and_nothing_of_the_hour(held: Room, tmp_path: Path) -> None:
    now = after(held, tmp_path)
    assert not now.people and not now.rounds
    assert {note.kind for note in now.notes.values()} == {"product", "hypothesis", "metric", "promise"}
    assert now.id != held.session.id


def test_the_actions_come_as_promises(held: Room, tmp_path: Path) -> None:
    promises = after(held, tmp_path).notes_of("promise")
    assert [note.text for note in promises] == ["Relever le délai", "Écrire la relance", "Compter les retours"]
    assert {(note.details["owner"], note.details["due"]) for note in promises} == {("Salomé", "2033-06-01")}
    assert not any(note.details.get("state") for note in promises)


def test_the_hour_before_is_left_as_it_is(held: Room, tmp_path: Path) -> None:
    before = held.store.to_file()
    after(held, tmp_path)
    assert held.store.to_file() == before


def test_what_came_since_the_hour_is_told_from_what_was_there(held: Room, tmp_path: Path, time: Time) -> None:
    [metric] = held.session.notes_of("metric")
    time.now += 30 * DAY
    held.ask(CLIENT, do="write", kind="reading", about=metric.id, text="", figure="19", as_of="2033-05-30")
    held.ask(CLIENT, do="write", kind="metric", text="Part de relances lues")
    details(held, metric.id, target="8")
    now = after(held, tmp_path)
    assert now.follows is not None
    assert (now.follows.session, now.follows.held_at) == (held.session.id, held.session.held_at)
    then = now.follows.notes
    assert then[metric.id].details["target"] == "10" and now.notes[metric.id].details["target"] == "8"
    assert [note.kind for note in now.notes.values() if note.id not in then] == ["metric", "reading", *["promise"] * 3]
    found = series(now, now.notes[metric.id])
    assert found.baseline is not None and found.baseline.text == "21"
    assert [figure.text for figure in found.readings] == ["19"]


def test_two_figures_of_one_date_keep_their_order(held: Room, tmp_path: Path) -> None:
    [metric] = held.session.notes_of("metric")
    for figure in ("19", "18", "17"):
        held.ask(CLIENT, do="write", kind="reading", about=metric.id, text="", figure=figure, as_of="2033-05-01")
    now = after(held, tmp_path)
    assert series(now, now.notes[metric.id]).points[-1].text == "17"


def test_what_a_figure_was_before_it_was_corrected_comes_along(held: Room, tmp_path: Path, time: Time) -> None:
    [metric, *_] = held.session.kept_metrics()
    details(held, metric.id, baseline="31")
    details(held, metric.id, baseline="32")
    time.advance(40 * 86_400)
    id = held.ask(Role.CLIENT, do="write", kind="reading", about=metric.id, text="", figure="29", as_of="2033-06-01")
    details(held, id, figure="28")
    details(held, id, figure="27", as_of="2033-06-02")
    details(held, metric.id, baseline="33")
    session, once_more = after(held, tmp_path), held.session
    for one in (metric.id, id):
        told = [[(it.detail, it.before) for it in of.notes[one].corrected] for of in (session, once_more)]
        assert told[0] and sorted(told[0]) == sorted(told[1])
        assert session.notes[one].details.items() >= once_more.notes[one].details.items()
    assert [it.before for it in session.notes[id].corrected if it.detail == "figure"] == ["29", "28"]


def test_a_promise_that_still_runs_comes_again(held: Room, tmp_path: Path) -> None:
    store = follow_session(tmp_path, held.store.to_file())
    first, second, third = store.session.notes_of("promise")
    store.write("settled", [events.DetailSet(first.id, "state", "done"), events.DetailSet(second.id, "state", "late")])
    file = store.to_file()
    store.journal.close()
    with pytest.raises(Refusal, match="not been held"):
        opening(file, "")
    store = open_store(path_of(store.journal).parents[1], file.session)
    store.write("held", [events.StepStarted("since"), events.SessionEnded()])
    third_session = follow_session(tmp_path, store.to_file())
    assert [note.id for note in third_session.session.notes_of("promise")] == [second.id, third.id]
    follows = third_session.session.follows
    assert follows is not None and store.session.follows is not None
    assert follows.first_at == store.session.follows.first_at == held.session.held_at


def test_it_is_shared_without_the_id_of_the_hour_before(held: Room, tmp_path: Path) -> None:
    store = follow_session(tmp_path, held.store.to_file())
    shared = redact(store.to_file(), called(environment("fr")))
    session = shared.fold()
    assert session.follows is not None and session.follows.session == ""
    assert held.session.id not in repr(shared)
    assert [note.text for note in session.notes_of("promise")]


def test_it_is_told_in_the_timeline(held: Room, tmp_path: Path) -> None:
    store = follow_session(tmp_path, held.store.to_file())
    assert "goes on after another workshop" in [line.what for line in timeline(store.to_file())]


def test_a_shell_opens_it_from_a_session_and_from_a_file(held: Room, tmp_path: Path) -> None:
    data = str(path_of(held.store.journal).parents[1])
    assert main(["new", "--data", data, "--from", held.session.id]) == 0
    assert main(["new", "--data", data, "--from", str(path_of(held.store.journal)), "--agenda", "vision"]) == 0
    assert main(["new", "--data", data, "--from", "unknown"]) == 2
