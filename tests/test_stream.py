"""The stream of a page: what comes, what was missed, who is seen to be here, and how it ends."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, closing
from itertools import chain

import pytest

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.server import presence
from impactlib.server.pages.stream import CUT, Streaming, pulses
from impactlib.server.sessions import IDLE
from impactlib.storage.folder import journal_path
from tests.serving import WITHIN, Browser, Served, served

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role


@asynccontextmanager
async def watched(house: Served) -> AsyncIterator[None]:
    """While the journals of the data folder are watched, as by a server: from the first write that is noticed."""
    sessions, loop = house.state.sessions, asyncio.get_running_loop()
    stop, looked, probe = threading.Event(), asyncio.Event(), journal_path(house.data, "probe")

    def told(written: Collection[str]) -> None:
        loop.call_soon_threadsafe(looked.set)
        sessions.look(written)

    threading.Thread(target=sessions.store.follow, args=(told, stop), daemon=True).start()
    try:
        async with asyncio.timeout(WITHIN):
            while not looked.is_set():
                probe.touch()
                await asyncio.sleep(0.01)
        yield
    finally:
        stop.set()


async def present(house: Served, *people: Browser) -> None:
    """Wait until these people, and nobody else, are marked as present."""
    with closing(house.elsewhere().journal) as journal:
        async with asyncio.timeout(WITHIN):
            while journal.present() != {person.id for person in people}:
                await asyncio.sleep(0.01)


@served
async def test_a_gesture_of_somebody_else_arrives(house: Served) -> None:
    ines, lou = await house.joins(CONSULTANT, "Inès"), await house.joins(OBSERVER)
    stream = await lou.listens()
    await ines.asks("Qui renonce ?")
    await stream.hears("Qui renonce ?")


@served
async def test_a_page_that_comes_back_hears_what_it_missed_and_no_more(house: Served) -> None:
    ines, lou = await house.joins(CONSULTANT, "Inès"), await house.joins(OBSERVER)
    stream = await lou.listens()
    await ines.asks("Une ?")
    await stream.hears("Une ?")
    await stream.leaves()
    await ines.asks("Deux ?")
    back = await lou.listens(**{"Last-Event-ID": stream.last})
    await back.hears("Deux ?")
    assert "Une ?" not in back.text and '"*"' not in back.text
    anew = await lou.listens(**{"Last-Event-ID": "older-1"})
    await anew.hears("Deux ?")
    assert '"*"' in anew.text and "Une ?" in anew.text


async def renews(ada: Browser, lou: Browser) -> None:
    await ada.post("/links", {"role": "observer"})


async def shows_out(ada: Browser, lou: Browser) -> None:
    await ada.do("show_out", person=lou.id)


async def corrects(ada: Browser, lou: Browser) -> None:
    await ada.do("correct", person=lou.id, name="Lou", role="consultant")


@pytest.mark.parametrize("ending", [renews, shows_out, corrects])
@served
async def test_a_stream_ends_when_its_person_may_no_longer_listen(
    house: Served, ending: Callable[[Browser, Browser], Awaitable[None]]
) -> None:
    ada, lou = await house.joins(FACILITATOR, "Ada"), await house.joins(OBSERVER, "Lou")
    others, stream = await ada.listens(), await lou.listens()
    await ending(ada, lou)
    await stream.ends()
    assert not others.ended


@pytest.mark.parametrize("do", ["renew", "show_out", "correct"])
@served
async def test_an_entry_of_another_process_ends_the_stream_too(house: Served, do: str) -> None:
    ada, lou = await house.joins(FACILITATOR, "Ada"), await house.joins(OBSERVER, "Lou")
    others, stream = await ada.listens(), await lou.listens()
    async with watched(house):
        store = house.elsewhere()
        with closing(store.journal) as journal:
            if do == "renew":
                journal.renew(OBSERVER)
            else:
                gesture = {"id": "from-elsewhere", "do": do, "person": lou.id, "name": "Lou", "role": "client"}
                store.ask(Asking(ada.id, FACILITATOR), gesture)
        await stream.ends()
    assert not others.ended


@served
async def test_an_entry_of_another_process_arrives(house: Served) -> None:
    ines, lou = await house.joins(CONSULTANT, "Inès"), await house.joins(OBSERVER, "Lou")
    stream = await lou.listens()
    async with watched(house):
        store = house.elsewhere()
        with closing(store.journal):
            gesture = {"id": "from-elsewhere", "do": "write", "kind": "question", "text": "Qui renonce ?"}
            store.ask(Asking(ines.id, CONSULTANT), gesture)
        await stream.hears("Qui renonce ?")


@served
async def test_a_person_is_here_from_their_first_page_to_their_last(
    house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "LEAVING", 0.0)
    ada, lou = await house.joins(FACILITATOR, "Ada"), await house.joins(OBSERVER, "Lou")
    stream = await ada.listens()
    one, two = await lou.listens(), await lou.listens()
    await present(house, ada, lou)
    await one.leaves()
    await present(house, ada, lou)
    await two.leaves()
    await present(house, ada)
    await stream.leaves()
    await present(house)


@served
async def test_an_edited_notebook_sends_its_whole_to_the_pages_that_listen(house: Served) -> None:
    lou, other = await house.joins(OBSERVER, "Lou"), await house.joins(OBSERVER, "Max")
    stream = await lou.listens()
    house.write_notebook("workshop", "<p>Bonjour</p><!--pane people--><!--cells 1 of 1-->")
    await other.get()
    await stream.hears('"*"')


@served
async def test_one_person_and_one_room_have_so_many_streams_and_the_facilitator_is_let_in(
    house: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("impactlib.server.pages.stream.MOST_OF_ONE", 2)
    monkeypatch.setattr("impactlib.server.pages.stream.MOST", 3)
    ada, marc, lou = (
        await house.joins(FACILITATOR),
        await house.joins(CLIENT, "Marc"),
        await house.joins(OBSERVER, "Lou"),
    )
    first = await marc.listens()
    await marc.listens()
    assert (await marc.get("/patches")).code == 429
    await lou.listens()
    assert (await lou.get("/patches")).code == 429
    await ada.listens()
    await first.leaves()
    async with asyncio.timeout(WITHIN):
        while house.state.sessions._rooms[house.session].streams(marc.id) != 1:
            await asyncio.sleep(0.01)


@served
async def test_the_system_ends_a_line_on_which_nothing_arrives(house: Served) -> None:
    lou = await house.joins(OBSERVER, "Lou")
    before = set(streaming())
    await lou.listens()
    [line] = set(streaming()) - before
    held = line.request.connection.stream.socket  # type: ignore[union-attr]
    assert held.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == CUT * 1000


def streaming() -> Iterator[Streaming]:
    """The streams of this process."""
    return chain.from_iterable(pulses._turns)


@served
async def test_a_workshop_that_nobody_has_open_is_let_go_of_and_is_there_for_who_comes_back(house: Served) -> None:
    sessions, session = house.state.sessions, house.session

    def held() -> float:
        return sessions.now()["impact_workshops_held"][1]

    async def passes(seconds: float) -> None:
        sessions.tick(time.monotonic() + seconds)
        await sessions.run(session, lambda: None)

    ines = await house.joins(CONSULTANT, "Inès")
    stream = await ines.listens()
    await ines.asks("Qui renonce ?")
    await stream.hears("Qui renonce ?")
    await passes(10 * IDLE)
    assert held() == 1, "a page of it is open"
    await stream.leaves()
    await present(house)
    await passes(0)
    await passes(0.9 * IDLE)
    assert held() == 1, "a page of it was open a while ago"
    await sessions.run(session, sessions.mark, session, ines.id, 1)
    await passes(1.1 * IDLE)
    assert held() == 1, "somebody is said to be here"
    await sessions.run(session, sessions.mark, session, ines.id, 0)
    await passes(1.1 * IDLE)
    assert held() == 0
    assert "Qui renonce ?" in (await ines.get()).body.decode()
    await passes(0)
    assert held() == 1
