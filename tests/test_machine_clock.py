"""A machine's clock that goes an hour forward, then back: the hour goes on at its pace."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from impactlib.domain import events as e
from impactlib.domain.agenda import Role
from impactlib.domain.agenda_files import DEFAULT, load, load_text
from impactlib.domain.clock import remaining
from impactlib.gestures import Asking
from impactlib.server.sessions import COMMON
from impactlib.storage import machine_clock
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.machine_clock import MachineClock
from impactlib.storage.session_store import SessionStore
from tests.conftest import Time, path_of
from tests.serving import Served, served

HOUR = 3600.0
ADA = Asking("ada", Role.FACILITATOR)


def test_whoever_sets_the_machines_clock_moves_nothing_until_it_is_set_right() -> None:
    wall, pace = Time(), Time()
    now = MachineClock(wall, pace)
    said = []
    for step in (HOUR, -HOUR, -HOUR):
        pace.advance(10)
        wall.advance(10 + step)
        said.append(now())
    assert said == [2_000_000_010.0, 2_000_000_020.0, 2_000_000_030.0]
    assert now.off == -HOUR
    now.set_right()
    assert now() == wall.now


@pytest.fixture
def store(tmp_path: Path, time: Time) -> Iterator[SessionStore]:
    first = [e.SessionOpened("Colis Solidaire", load_text(DEFAULT)[0], "fr")]
    store = SessionStore(FileJournal.create(tmp_path / "home.journal", "home", clock=time, first=first))
    store.ask(ADA, {"id": "join-ada", "do": "join", "name": "Ada"})
    yield store
    store.journal.close()


def left(store: SessionStore) -> float:
    return remaining(store.session.clock, store.journal.now())


def goes(store: SessionStore, id: str) -> None:
    assert store.session.agenda
    step = store.session.agenda.steps[1 if store.session.step else 0]
    store.ask(ADA, {"id": id, "do": "start", "step": step.id})


@pytest.mark.parametrize("after", [1.0, 60.0])
def test_after_entries_from_the_future_a_step_that_begins_counts_down(
    store: SessionStore, time: Time, after: float
) -> None:
    goes(store, "go-first")
    time.advance(60 + HOUR)
    store.ask(ADA, {"id": "note-ahead", "do": "write", "kind": "problem", "text": "Une heure trop tard."})
    time.advance(after - HOUR)
    goes(store, "go-second")
    whole = left(store)
    for minute in range(1, 4):
        time.advance(60)
        assert left(store) == pytest.approx(whole - 60 * minute)
    # So it does for another process, and after a restart.
    again = SessionStore(FileJournal(path_of(store.journal), time))
    store.ask(ADA, {"id": "note-later", "do": "write", "kind": "problem", "text": "Ensuite."})
    again.journal.close()
    again = SessionStore(FileJournal(path_of(store.journal), time))
    assert left(again) == pytest.approx(left(store))
    again.journal.close()


def test_once_the_machine_has_come_so_far_its_time_is_the_journals(store: SessionStore, time: Time) -> None:
    time.advance(HOUR)
    store.ask(ADA, {"id": "note-ahead", "do": "write", "kind": "problem", "text": "Une heure trop tard."})
    time.advance(-HOUR)
    store.ask(ADA, {"id": "note-back", "do": "write", "kind": "problem", "text": "À l’heure."})
    assert store.journal.now() == pytest.approx(time.now + HOUR)
    time.advance(2 * HOUR)
    store.ask(ADA, {"id": "note-much-later", "do": "write", "kind": "problem", "text": "Bien plus tard."})
    assert store.journal.now() == time.now


@served
async def test_a_server_takes_the_machines_new_time_only_once_no_hour_runs_before_anybody(
    house: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ada, clock = await house.joins(Role.FACILITATOR), machine_clock.now
    assert (await ada.do("start", step=load(DEFAULT).steps[0].id)).code == 200
    await ada.listens()
    monkeypatch.setattr(clock, "_wall", lambda: time.time() + HOUR)
    for _ in range(3):
        await ticked(house)
    assert clock.off == pytest.approx(HOUR, abs=1)
    assert [record.getMessage() for record in caplog.records] == [
        "this machine's clock was set by +3600 s: the hours that run go on as before."
    ]
    await ada.do("end")
    await ticked(house)
    assert clock.off == pytest.approx(0, abs=1)
    monkeypatch.undo()
    clock.set_right()


async def ticked(house: Served) -> None:
    """Let what comes every few seconds come now."""
    house.state.sessions.tick(0.0)
    await house.state.sessions.run(COMMON, lambda: None)
