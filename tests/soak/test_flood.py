"""A flood by one link: 2,000 who join, 500 streams, 10,000 notes. The others go on; one press ends it.

``make soak`` prints the figures.
"""

from __future__ import annotations

import http.client
import itertools
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from impactlib.domain.agenda import Role
from impactlib.gestures.people_and_clock import MOST_PEOPLE
from impactlib.storage import keys
from impactlib.storage.session_store import create_session, open_store
from tests.bench.rows import pss
from tests.harness import Server

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

JOINS, STREAMS, NOTES = 2_000, 500, 10_000
AUTHORS = 40
"""People of that link who write, each no more at once than the server lets one browser."""
OTHERS, EVERY = 20, 0.25
"""People of the room, and seconds between two notes of theirs."""
USABLE = 1_000.0
"""Milliseconds in which 95 % of what the others write is to be answered, on a machine that does other work too."""


class Somebody:
    """Somebody of the room, in a browser of their own."""

    def __init__(self, server: Server, session: str, role: Role, key: str, name: str) -> None:
        self._port, self._path, own = server.port, f"/room/{session}/{role}", secrets.token_hex(16)
        self._cookies = f"impact-key={key}; impact-person={own}"
        status, said = self.asks("/join", {"id": secrets.token_hex(8), "name": name, "key": own})
        assert status == 200
        self.id = json.loads(said)["person"]

    def asks(self, path: str, body: object = None) -> tuple[int, bytes]:
        """The status and the body of an answer."""
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)) as connection:
            headers = {"Content-Type": "application/json", "Cookie": self._cookies}
            method = "GET" if body is None else "POST"
            connection.request(method, self._path + path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def does(self, **gesture: object) -> int:
        return self.asks("/gestures", {"id": secrets.token_hex(8), **gesture})[0]


class Others:
    """The others of the room, who write by hand: each of them a note in five seconds."""

    def __init__(self, people: list[Somebody]) -> None:
        self.people = people

    def go_on(self, meanwhile: Future[Any] | float) -> list[float]:
        """The milliseconds in which each of their notes is answered, as long as a flood lasts, or so many seconds."""
        took, until = list[float](), time.monotonic() + (meanwhile if isinstance(meanwhile, float) else 1800)
        for one in itertools.cycle(self.people):
            if time.monotonic() >= until or (not isinstance(meanwhile, float) and meanwhile.done()):
                return sorted(took)
            began = time.perf_counter()
            assert one.does(do="write", kind="question", text="Et les familles sans internet ?") == 200
            took.append(1000 * (time.perf_counter() - began))
            time.sleep(EVERY)
        raise AssertionError("nobody else")


class Flood:
    """The program that floods, and what it answers."""

    def __init__(self, link: list[Any]) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "tests.soak.flooding", json.dumps(link)]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=Path(__file__).parents[2])
        self._pool = ThreadPoolExecutor(1)

    def begins(self, **command: object) -> Future[dict[str, Any]]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._pool.submit(self._answer)

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def ends(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._pool.shutdown()


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:.2f} s")


def usable(what: str, took: list[float]) -> None:
    """Print how long somebody of the room waited."""
    late = took[int(len(took) * 0.95)]
    print(f"a note of somebody of the room, {what}: {took[len(took) // 2]:.0f} ms (p95 {late:.0f}, n {len(took)})")
    assert late < USABLE


def test_a_flood_by_one_link_leaves_the_room_to_the_others(tmp_path: Path) -> None:
    print()
    with Server(tmp_path) as server:
        server.settle()
        with closing(create_session(server.data, "Colis Solidaire").journal) as journal:
            session = journal.session
            given = {role: keys.role_key(server.data, journal, role) for role in Role}
        ada = Somebody(server, session, Role.FACILITATOR, given[Role.FACILITATOR], "Ada")
        door = session, Role.CONSULTANT, given[Role.CONSULTANT]
        others = Others([Somebody(server, *door, f"Inès {number}") for number in range(OTHERS)])
        assert ada.does(do="start", step="tour") == ada.asks("?see=workshop")[0] == 200
        flood = Flood([server.port, session, Role.CLIENT.value, given[Role.CLIENT]])
        try:
            ids = flooded(server, flood, ada, others)
            assert ada.asks("/links", {"role": "client"})[0] == 200
            with timed("one press for all who came in by that link and wrote nothing"):
                assert ada.does(do="show_out", person=" ".join(ids[AUTHORS:])) == 200
            usable("afterwards", others.go_on(5.0))
        finally:
            flood.ends()
        with closing((store := open_store(server.data, session)).journal):
            known = {one.id for one in others.people}
            assert {one.id for role in Role for one in store.session.here(role)} == known | {ada.id}
            assert {note.by for note in store.session.notes.values() if not note.withdrawn} <= known


def flooded(server: Server, flood: Flood, ada: Somebody, others: Others) -> list[str]:
    """The flood, and what the facilitator does with those who write; the ids of all who came in by it."""
    before = pss(server.processes())
    usable("before", others.go_on(5.0))
    with timed(f"{JOINS} joins"):
        joining = flood.begins(do="join", number=JOINS)
        usable("while they join", others.go_on(joining))
    assert joining.result() == {"200": MOST_PEOPLE - OTHERS - 1, "422": JOINS - MOST_PEOPLE + OTHERS + 1}
    with timed(f"{STREAMS} streams"):
        opening = flood.begins(do="listen", number=STREAMS)
        usable("while streams open", others.go_on(opening))
    opening.result()
    with timed(f"{NOTES} notes"):
        writing = flood.begins(do="write", number=NOTES, authors=AUTHORS)
        usable("while they write", others.go_on(writing))
    wrote = writing.result()
    assert wrote["200"] == NOTES
    print(f"memory of the server: {before:.0f} MB before, {pss(server.processes()):.0f} with all of it")
    with timed("the facilitator's page"):
        status, page = ada.asks("?see=workshop")
    ids: list[str] = wrote["ids"]
    assert status == 200 and f"{NOTES // AUTHORS} notes en peu de temps" in page.decode()
    assert f'data-person="{ids[0]}" data-words="true"' in page.decode()
    print(f"its size: {len(page) / 1000:.0f} kB")
    with timed(f"one press for one of them, with {NOTES // AUTHORS} notes"):
        assert ada.does(do="show_out", person=ids[0], words="true") == 200
    with timed("the same for the others who wrote, with all the rest, at once"):
        assert ada.does(do="show_out", person=" ".join(ids[1:AUTHORS]), words="true") == 200
    return ids
