"""Two servers on one PostgreSQL, under load, on the cores of this machine: the database and the clients share them.

``two_servers_ms``, ``two_servers_errors``
    50 workshops of twelve people, every other one of them on the other server, a note in each workshop every five
    seconds: from the request to one server to the patch in a stream of the other. The n of the errors counts the notes
    to be seen, on either.
``two_servers_connections``
    The connections to the database of both servers together, under that load.
``database_workshop_mb``
    What a further workshop of twelve people adds to a server.
``store_copy_s``
    1,000 sessions of 200 entries, from a folder to the database, then back to another folder.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import cycle, pairwise
from pathlib import Path

from impactlib.domain.events import NoteWritten
from impactlib.storage.folder import Folder
from impactlib.storage.moving import copy
from impactlib.storage.session_store import create_session
from impactlib.storage.store import Store
from impactlib.storage.stores import at
from tests.bench.rooms import BATCH, FURTHER, Clients, settled, wait_until_laid_out, workshop
from tests.bench.rows import Row, row
from tests.harness import Server
from tests.postgres import Cluster

FIFTY = 50
SESSIONS, ENTRIES = 1_000, 200
TEXT = "Les familles orientées en urgence attendent trois semaines une première réponse"


def two_servers() -> list[Row]:
    """Many workshops, whose people are on both servers."""
    with database() as (cluster, store), crowded(store, 2) as (servers, clients):
        for _ in range(FIFTY):
            members = workshop(servers[0])
            ports = cycle(server.port for server in servers)
            clients.open([{**member, "port": port} for member, port in zip(members, ports, strict=False)])
        said = clients.write(seconds=60, every=5)
        connected = cluster.ask("select count(*) from pg_stat_activity where application_name = 'impact'", "postgres")
    return [
        row("two_servers_ms", "ms", said["across"]),
        row("two_servers_errors", "errors", [said["errors"]], len(said["delays"]) + said["errors"]),
        row("two_servers_connections", "", [connected[0][0]]),
    ]


def memory() -> list[Row]:
    """What further workshops add to one server, some at a time."""
    with database() as (_, store), crowded(store, 1) as ([server], clients):
        clients.open(workshop(server))
        sizes = [settled(server)]
        for _ in range(0, FURTHER, BATCH):
            for _ in range(BATCH):
                clients.open(workshop(server))
            sizes.append(settled(server))
    added = [(after - before) / BATCH for before, after in pairwise(sizes)]
    return [row("database_workshop_mb", "MiB", added, FURTHER)]


def copies() -> list[Row]:
    """Sessions brought to the database, and back."""
    with tempfile.TemporaryDirectory(prefix="impact-bench-") as folder, database() as (_, store):
        source, target = Folder(Path(folder, "source")), Folder(Path(folder, "target"))
        for number in range(SESSIONS):
            with closing(create_session(source, f"Service {number}").journal) as journal, journal.writing():
                for note in range(1, ENTRIES):
                    id = f"note-{note:04}"
                    journal.append(
                        id, "marc", "", [NoteWritten(id, "problem", "Les familles attendent trois semaines")]
                    )
                    journal.remember(id, "0" * 32)
        taken = [_copied(source, store), _copied(store, target)]
    return [row("store_copy_s", "s", taken, SESSIONS)]


def _copied(source: Store, target: Store) -> float:
    began = time.perf_counter()
    moved = [*copy(source, target)]
    taken = time.perf_counter() - began
    if [one.entries for one in moved if not one.wrong] != [ENTRIES] * SESSIONS:
        raise RuntimeError(f"{sum(bool(one.wrong) for one in moved)} sessions were not copied whole")
    return taken


@contextmanager
def database() -> Iterator[tuple[Cluster, Store]]:
    """A PostgreSQL, and a new store in it."""
    with Cluster() as cluster, closing(at(cluster.new())) as store:
        yield cluster, store


@contextmanager
def crowded(store: Store, many: int) -> Iterator[tuple[list[Server], Clients]]:
    """Servers of one store whose notebooks are laid out, and the process of their clients."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="impact-bench-")))
        servers = [stack.enter_context(Server(folder / str(number), store=store)) for number in range(many)]
        for server in servers:
            wait_until_laid_out(server)
        yield servers, stack.enter_context(Clients())
