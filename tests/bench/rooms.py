"""Rooms under load: a server, people who listen from another process, and what the server takes of memory and time.

Memory is the proportional set size (PSS) of the server and of every process that it started, once its notebooks are
laid out and nothing moves.

``first_page_ms``
    The page of a role that nobody has opened before, in a workshop that was never opened, from the request to its end.
``room_mb``, ``workshop_mb``
    One workshop with twelve people in four roles; each further one.
``crowded_note_ms``, ``crowded_note_bytes``
    A note in a session of 5,000: from the request to the patch in the stream of another; what each page is sent.
``hundred_workshops_ms``, ``hundred_workshops_mb``, ``hundred_workshops_errors``
    100 workshops of twelve people, a note in each every five seconds. The n of the errors counts the notes to be seen.
``crowd_300_ms``, ``crowd_300_mb``
    300 people in one workshop, two notes a second.
``idle_cpu_30``, ``idle_cpu_hundred``
    What the server takes of one core while nobody moves: 30 pages of a workshop, and 100 workshops of twelve.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Any, Self

from impactlib.domain.agenda import Role
from impactlib.storage.keys import person_id, role_key
from impactlib.storage.session_store import import_session
from tests.bench import long
from tests.bench.rows import Row, pss, row
from tests.harness import Server

TWELVE = len(long.CAST)
FIRST = 6
"""Workshops of which each role's page is opened for the first time."""
FURTHER, BATCH = 20, 5
HUNDRED = 100
CROWD = 300
NOTES = 5_000
RESTING = 30
SETTLE = 4.0
"""Seconds for a server to be done with what was asked last."""
REST = 20.0
"""Seconds during which the processor time of a server at rest is counted."""
LAID_OUT = 60.0
"""Seconds that a server may take to lay its notebooks out."""

Members = list[dict[str, Any]]


def first_pages() -> list[Row]:
    """Each role's page, one after the other, in workshops that nobody has opened."""
    with crowded() as (server, clients):
        roles = [role for _ in range(FIRST) for role in one_of_each_role(workshop(server))]
        pages = clients.open(roles, at_once=1)["pages"]
    return [row("first_page_ms", "ms", pages)]


def one_of_each_role(members: Members) -> Members:
    return list({member["role"]: member for member in members}.values())


def memory() -> list[Row]:
    """The first workshop, then what further ones add, some at a time."""
    with crowded() as (server, clients):
        clients.open(workshop(server))
        sizes = [settled(server)]
        for _ in range(0, FURTHER, BATCH):
            for _ in range(BATCH):
                clients.open(workshop(server))
            sizes.append(settled(server))
    added = [(after - before) / BATCH for before, after in pairwise(sizes)]
    return [row("room_mb", "MiB", sizes[:1]), row("workshop_mb", "MiB", added, FURTHER)]


def crowded_note() -> list[Row]:
    """Notes in a session that holds many already."""
    with crowded() as (server, clients):
        clients.open(workshop(server, notes=NOTES))
        said = clients.write(seconds=20, every=0.5)
    must_be_whole(said)
    return [row("crowded_note_ms", "ms", said["delays"]), row("crowded_note_bytes", "bytes", said["bytes"])]


def hundred_workshops() -> list[Row]:
    """Many workshops, at rest and at work."""
    with crowded() as (server, clients):
        for _ in range(HUNDRED):
            clients.open(workshop(server))
        rest = share_of_a_core(server)
        said = clients.write(seconds=30, every=5)
        size = settled(server)
    seen = len(said["delays"])
    return [
        row("idle_cpu_hundred", "%", [rest]),
        row("hundred_workshops_ms", "ms", said["delays"]),
        row("hundred_workshops_mb", "MiB", [size]),
        row("hundred_workshops_errors", "errors", [said["errors"]], seen + said["errors"]),
    ]


def crowd() -> list[Row]:
    """Many people in one workshop."""
    with crowded() as (server, clients):
        clients.open(workshop(server, people=CROWD))
        said = clients.write(seconds=20, every=0.5)
        size = settled(server)
    must_be_whole(said)
    return [row("crowd_300_ms", "ms", said["delays"]), row("crowd_300_mb", "MiB", [size])]


def rest() -> list[Row]:
    """Some pages of one workshop while nobody moves."""
    with crowded() as (server, clients):
        clients.open(workshop(server, people=RESTING))
        return [row("idle_cpu_30", "%", [share_of_a_core(server)])]


def must_be_whole(said: dict[str, Any]) -> None:
    """Fail where a note was not seen, a request failed or a stream ended: the figure would say nothing."""
    if said["errors"]:
        raise RuntimeError(f"{said['errors']} errors beside {len(said['delays'])} notes seen")


# A server and its clients --------------------------------------------------------------------------


@contextmanager
def crowded() -> Iterator[tuple[Server, Clients]]:
    """A server whose notebooks are laid out, and the process of its clients."""
    with tempfile.TemporaryDirectory(prefix="impact-bench-") as folder, Server(Path(folder)) as server:
        wait_until_laid_out(server)
        with Clients() as clients:
            yield server, clients


def wait_until_laid_out(server: Server) -> None:
    """Wait until the server has had no kernel for some seconds."""
    deadline, alone = time.monotonic() + LAID_OUT, 0
    while alone < 6 and time.monotonic() < deadline:
        time.sleep(0.5)
        alone = 0 if server.kernels() else alone + 1


class Clients:
    """The process of `tests.bench.clients`."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.bench.clients"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def pid(self) -> int:
        return self._process.pid

    def open(self, members: Members, at_once: int = 4) -> dict[str, Any]:
        """The members open their pages and listen."""
        return self._do(do="open", members=members, at_once=at_once)

    def write(self, seconds: float, every: float) -> dict[str, Any]:
        """Somebody writes in each session, every so many seconds."""
        return self._do(do="write", seconds=seconds, every=every)

    def _do(self, **command: Any) -> dict[str, Any]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def workshop(server: Server, people: int = TWELVE, notes: int = 0) -> Members:
    """A workshop that was written by other hands than the server's, and those who are in it."""
    session = secrets.token_hex(8)
    own = [secrets.token_hex(16) for _ in range(people)]
    cast = [(person_id(session, key), role) for key, role in zip(own, cast_of(people), strict=True)]
    file = long.of_notes(notes, session, cast, started=time.time() - notes * long.GAP - 60)
    store, _ = import_session(server.store, file)
    with closing(store.journal) as journal:
        keys = {role: role_key(server.store, journal, Role(role)) for role in set(long.CAST)}
    return [
        {"port": server.port, "session": session, "role": role, "key": keys[role], "person": key}
        for key, (_, role) in zip(own, cast, strict=True)
    ]


def cast_of(people: int) -> list[str]:
    """The roles of that many people: after the first twelve, nobody else facilitates."""
    return [*long.CAST, *islice(cycle(long.CAST[1:]), max(0, people - TWELVE))][:people]


def settled(server: Server) -> float:
    time.sleep(SETTLE)
    return pss(server.processes())


def share_of_a_core(server: Server) -> float:
    """The server's share of one core at rest, in per cent."""
    time.sleep(SETTLE)
    before, began = processor_time(server), time.monotonic()
    time.sleep(REST)
    return 100 * (processor_time(server) - before) / (time.monotonic() - began)


def processor_time(server: Server) -> float:
    """Seconds of processor time that the server and its processes have used."""
    ticks = 0
    for pid in server.processes():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
