"""Who asks much lets the others go first; events go out in order, and requests are answered in between."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing

import pytest

from impactlib.domain.agenda import Role
from impactlib.domain.events import NoteWritten
from impactlib.rooms import room as room_module
from impactlib.rooms.layout import Layout, Slot
from impactlib.rooms.room import Room as Followed, Stream
from impactlib.server import deliveries
from impactlib.server.deliveries import Deliveries
from impactlib.server.pace import BY_HAND, BY_HAND_A_SECOND, Pace
from impactlib.server.turns import Turns
from tests.conftest import Room, Time
from tests.loops import awaited
from tests.serving import WITHIN, Served, served

CONSULTANT = Role.CONSULTANT
LAYOUT = Layout((Slot("questions"), Slot("people")))


def test_who_writes_by_hand_hurries_never_and_a_program_soon() -> None:
    time = Time()
    pace = Pace(time)
    for _ in range(100):
        assert not pace.wait("by hand")
        assert not pace.hurries("by hand")
        time.advance(1 / BY_HAND_A_SECOND)
    for asked in range(3 * BY_HAND):
        assert not pace.wait("program")
        assert pace.hurries("program") == (asked >= BY_HAND)
    # However much they asked, they are as the others some minutes later.
    time.advance(2 * BY_HAND / BY_HAND_A_SECOND)
    pace.wait("program")
    assert not pace.hurries("program")
    assert not pace.hurries("nobody")


def test_one_at_a_time_of_a_session_has_its_turn_and_other_sessions_do_not_wait() -> None:
    turns, heard = Turns(), list[str]()

    async def one(session: str, name: str) -> None:
        async with turns.of(session):
            heard.append(f"{name} begins")
            await asyncio.sleep(0)
            heard.append(f"{name} ends")

    async def all_of_them() -> None:
        await asyncio.gather(one("a", "first"), one("a", "second"), one("b", "other"))

    awaited(all_of_them())
    assert [said for said in heard if not said.startswith("other")] == [
        "first begins",
        "first ends",
        "second begins",
        "second ends",
    ]
    assert heard.index("other begins") < heard.index("first ends")
    assert not turns._locks


def test_events_go_out_in_order_and_the_loop_does_other_things_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "AT_ONCE", 3)
    waiting, heard = Deliveries[int](), list[int]()

    async def listen() -> int:
        loop, turns = asyncio.get_running_loop(), 0
        writers = [threading.Thread(target=put, args=(loop, number)) for number in range(4)]
        for writer in writers:
            writer.start()
        async with asyncio.timeout(WITHIN):
            while len(heard) < 400:
                turns += 1
                await asyncio.sleep(0)
        return turns

    def put(loop: asyncio.AbstractEventLoop, writer: int) -> None:
        for number in range(100):
            waiting.put(loop, heard.append, 1000 * writer + number)

    assert awaited(listen()) >= 400 // 3
    for writer in range(4):
        assert [event for event in heard if event // 1000 == writer] == [1000 * writer + n for n in range(100)]


@served
async def test_somebody_who_writes_by_hand_goes_before_who_asks_much(house: Served) -> None:
    machine, ines = await house.joins(CONSULTANT, "Machine"), await house.joins(CONSULTANT, "Inès")
    for number in range(BY_HAND):
        await machine.asks(f"Avant {number} ?")
    sessions, held = house.state.sessions, threading.Event()
    sessions.submit(house.session, held.wait)
    flood = [asyncio.create_task(machine.asks(f"Machine {number} ?")) for number in range(5)]
    by_hand = asyncio.create_task(ines.asks("À la main ?"))
    async with asyncio.timeout(WITHIN):
        while len(sessions._lanes._waiting[house.session]) < 3:  # what holds it, one of the machine's, and Inès's
            await asyncio.sleep(0.01)
    held.set()
    await asyncio.gather(*flood, by_hand)
    with closing(house.elsewhere().journal) as journal:
        written = [entry.event.text for entry in journal.read() if isinstance(entry.event, NoteWritten)][BY_HAND:]
    assert written.index("À la main ?") <= 1


def test_what_a_crowd_looks_at_rests_between_two_drawings(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Time()
    monkeypatch.setattr("impactlib.rooms.room.time.monotonic", clock)
    followed = Followed(room.store)
    shown = followed.shown(room_module.Audience("workshop", CONSULTANT, "fr"), LAYOUT)
    for number in range(room_module.CROWD - 1):
        shown.listen(Stream(f"p{number}", lambda message: None), shown.event)
    clock.advance(100)
    followed.draw()
    assert not followed.rests()
    shown.listen(Stream("one more", lambda message: None), shown.event)
    assert followed.rests() == pytest.approx(room_module.CROWD * room_module.REST)
    clock.advance(1)
    assert not followed.rests()


def test_the_whole_is_written_once_for_all_who_come_back_together(room: Room) -> None:
    followed = Followed(room.store)
    shown = followed.shown(room_module.Audience("workshop", CONSULTANT, "fr"), LAYOUT)
    sent = list[bytes | None]()
    for number in range(2):
        shown.listen(Stream(f"p{number}", sent.append), "of-before-the-restart")
    assert sent[0] is sent[1]
    room.ask(CONSULTANT, do="write", kind="question", text="Et les familles ?")
    followed.follow()
    followed.draw()
    shown.listen(Stream("late", sent.append), "of-before-the-restart")
    assert "Et les familles ?" in (sent[-1] or b"").decode()
