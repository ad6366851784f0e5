"""A flood by one link: 2,000 who join, 500 streams, 10,000 notes. The others go on; one press ends it.

``make soak`` prints the figures.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from impactlib.domain.agenda import Role
from impactlib.gestures.people_and_clock import MOST_PEOPLE
from impactlib.storage import keys
from impactlib.storage.session_store import create_session, open_store
from tests.bench.rows import pss
from tests.harness import Server

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

T = TypeVar("T")
JOINS, STREAMS, NOTES = 2_000, 500, 10_000
AUTHORS = 40
"""People of that link who write, each no more at once than the server lets one browser."""
AT_ONCE = 20
EVERY = 0.25
"""Seconds between two notes of somebody of the room."""
USABLE = 1_000.0
"""Milliseconds in which 95 % of what the others write is to be answered, on a machine that does other work too."""


@dataclass
class Somebody:
    """A browser at a role's door, before or after it came in."""

    port: int
    session: str
    role: str
    key: str
    own: str = field(default_factory=lambda: secrets.token_hex(16))
    id: str = ""

    async def asks(self, path: str, body: object = None) -> tuple[int, bytes]:
        """The status and the body of an answer."""
        reader, writer = await self._sends(path, body, "Connection: close\r\n")
        answer = await reader.read()
        writer.close()
        head, _, content = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), content

    async def _sends(self, path: str, body: object, more: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**26)
        content = b"" if body is None else json.dumps(body).encode()
        kind = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n" if content else ""
        writer.write(
            f"{'POST' if content else 'GET'} /room/{self.session}/{self.role}{path} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self.port}\r\nCookie: impact-key={self.key}; impact-person={self.own}\r\n"
            f"{kind}{more}\r\n".encode()
            + content
        )
        await writer.drain()
        return reader, writer

    async def joins(self, name: str) -> int:
        status, said = await self.asks("/join", {"id": secrets.token_hex(8), "name": name, "key": self.own})
        self.id = json.loads(said).get("person", "") if status == 200 else ""
        return status

    async def does(self, **gesture: object) -> tuple[int, bytes]:
        return await self.asks("/gestures", {"id": secrets.token_hex(8), **gesture})

    async def listens(self) -> asyncio.Task[None]:
        """Open the stream of the page, and read what comes."""
        reader, writer = await self._sends("/patches?notebook=workshop&after=", None, "")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.splitlines()[0], head

        async def read() -> None:
            try:
                while await reader.read(65536):
                    pass
            finally:
                writer.close()

        return asyncio.create_task(read())


async def many(tasks: Sequence[Coroutine[Any, Any, T]], at_once: int = AT_ONCE) -> list[T]:
    some = asyncio.Semaphore(at_once)

    async def one(task: Coroutine[Any, Any, T]) -> T:
        async with some:
            return await task

    return await asyncio.gather(*map(one, tasks))


async def goes_on(somebody: Somebody, flood: asyncio.Future[Any]) -> list[float]:
    """The milliseconds in which each note of somebody is answered, as long as a flood lasts."""
    took = []
    while not flood.done():
        began = time.perf_counter()
        status, said = await somebody.does(do="write", kind="question", text="Et les familles sans internet ?")
        assert status == 200, said
        took.append(1000 * (time.perf_counter() - began))
        await asyncio.sleep(EVERY)
    return sorted(took)


def p95(took: list[float]) -> str:
    return f"{took[len(took) // 2]:.0f} ms (p95 {took[int(len(took) * 0.95)]:.0f}, n {len(took)})"


async def flooded(server: Server, session: str, given: dict[Role, str]) -> None:
    def at(role: Role) -> Somebody:
        return Somebody(server.port, session, role, given[role])

    ada, ines = at(Role.FACILITATOR), at(Role.CONSULTANT)
    assert await ada.joins("Ada") == await ines.joins("Inès") == 200
    assert (await ada.does(do="start", step="tour"))[0] == 200
    assert (await ada.asks("?see=workshop"))[0] == 200
    before = pss(server.processes())
    quiet = await goes_on(ines, asyncio.ensure_future(asyncio.sleep(5)))

    crowd = [at(Role.CLIENT) for _ in range(JOINS)]
    began = time.perf_counter()
    joining = asyncio.ensure_future(many([one.joins(f"Machine {n}") for n, one in enumerate(crowd)]))
    while_joining = await goes_on(ines, joining)
    joined = Counter(await joining)
    took = time.perf_counter() - began
    print(f"\n{JOINS} joins: {joined[200]} came in, the others were told that it is full; {took:.1f} s")
    assert joined == {200: MOST_PEOPLE - 2, 422: JOINS - MOST_PEOPLE + 2}

    crowd = [one for one in crowd if one.id]
    began = time.perf_counter()
    opening = asyncio.ensure_future(many([one.listens() for one in crowd[:STREAMS]]))
    while_opening = await goes_on(ines, opening)
    streams = await opening
    print(f"{STREAMS} streams: {time.perf_counter() - began:.1f} s")

    authors = crowd[:AUTHORS]
    began = time.perf_counter()
    asked = [
        authors[n % AUTHORS].does(do="write", kind="problem", text=f"Note {n} d’une machine, sans intérêt")
        for n in range(NOTES)
    ]
    writing = asyncio.ensure_future(many(asked))
    while_writing = await goes_on(ines, writing)
    wrote = Counter(status for status, _ in await writing)
    took = time.perf_counter() - began
    print(f"{NOTES} notes: {took:.1f} s, {wrote[200]} taken, {wrote[429]} asked to wait")
    assert wrote[200] == NOTES

    for what, times in {
        "before": quiet, "joins": while_joining, "streams": while_opening, "notes": while_writing,
    }.items():  # fmt: skip
        print(f"a note of somebody of the room, {what}: {p95(times)}")
        assert times[int(len(times) * 0.95)] < USABLE
    print(f"memory: {before:.0f} MB before, {pss(server.processes()):.0f} after")
    began = time.perf_counter()
    status, page = await ada.asks("?see=workshop")
    print(f"the facilitator's page: {1000 * (time.perf_counter() - began):.0f} ms, {len(page) / 1000:.0f} kB")
    told = page.decode()
    assert status == 200 and f"{NOTES // AUTHORS} notes en peu de temps" in told
    assert f'data-person="{authors[0].id}" data-words="true"' in told

    # One press for one of them; the link is renewed; one press for all who only came in.
    began = time.perf_counter()
    assert (await ada.does(do="show_out", person=authors[0].id, words="true"))[0] == 200
    print(f"somebody shown out with {NOTES // AUTHORS} notes: {1000 * (time.perf_counter() - began):.0f} ms")
    began = time.perf_counter()
    assert (await ada.does(do="show_out", person=" ".join(one.id for one in authors[1:]), words="true"))[0] == 200
    print(f"the others who wrote, with the other notes: {1000 * (time.perf_counter() - began):.0f} ms")
    assert (await ada.asks("/links", {"role": "client"}))[0] == 200
    assert (await authors[1].does(do="write", kind="problem", text="Encore"))[0] == 401
    silent = " ".join(one.id for one in crowd[AUTHORS:])
    assert (await ada.does(do="show_out", person=silent))[0] == 200
    with closing((store := open_store(server.data, session)).journal):
        left = [one.name for role in Role for one in store.session.here(role)]
        assert left == ["Ada", "Inès"]
        assert {note.by for note in store.session.notes.values() if not note.withdrawn} == {ines.id}
    after = await goes_on(ines, asyncio.ensure_future(asyncio.sleep(5)))
    print(f"a note of somebody of the room, afterwards: {p95(after)}")
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)


def test_a_flood_by_one_link_leaves_the_room_to_the_others(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        server.settle()
        with closing(create_session(server.data, "Colis Solidaire").journal) as journal:
            session = journal.session
            given = {role: keys.role_key(server.data, journal, role) for role in Role}
        asyncio.run(flooded(server, session, given))
