"""What a gesture, a page and a workshop at rest cost the servers and the database: what `simulation` reckons with.

``cost_*``
    Seconds of processor time, statements, transactions written to the disk, bytes. Little is asked at once, so that
    nothing waits; differences between quiet arrangements tell the costs apart.
``light_*``
    From the request to the patch, while hardly anything else is done.
``loaded_*``
    The same with 50 workshops of twelve people on both servers, and each process's share of a core: what the simulation
    has to give again.

`python -m tests.bench.costs` keeps them, with the day, in `costs.json` beside this file.
"""

from __future__ import annotations

import datetime
import json
import math
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import psycopg

from impactlib.server.watch import TICK
from impactlib.storage.store import Store
from impactlib.storage.stores import at
from tests.bench.clients import KINDS
from tests.bench.rooms import SETTLE, Clients, Members, settled, workshop
from tests.bench.rows import Row, pss, row
from tests.bench.servers import FIFTY, crowded
from tests.bench.simulation import RECORD, Arrangement, costs_of, simulate
from tests.harness import Server
from tests.postgres import Cluster

EMPTY = 10.0
"""Seconds for which servers without a workshop are watched."""
RESTING = 15.0
"""Seconds for which workshops at rest are watched: three ticks."""
WRITING = 20.0
FEW, TWO = 12, 2
"""Workshops in each quiet arrangement; the people of the smallest."""
EVERY = 3.0
"""Seconds between two gestures of a workshop."""
GESTURES = int(WRITING / EVERY * FEW)
COMMITTING = 4.0
SPENT = frozenset(
    [
        "server_rest",
        "gesture",
        "gesture_pg",
        "draw",
        "send",
        "follow",
        "follow_pg",
        "tick",
        "tick_pg",
        "page_rest",
        "hear",
        "notify_pg",
        "arrive",
        "arrive_pg",
        "commit",
        "commit_told",
        "commit_plain",
        "turn",
        "client",
    ]
)
"""What is in seconds: `bench.json`, which has three decimals, has their microseconds."""
TOLD = 2_000
"""Notifications about a workshop that nobody has opened."""
LISTENERS = 30
COMMITS = 100
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Used:
    """What was used until now, or between two moments: seconds of processor time, and what the database counts."""

    servers: tuple[float, ...]
    database: float
    clients: float
    statements: float
    transactions: float
    syncs: float
    written: float
    machine: float
    at: float

    def since(self, before: Used) -> Used:
        gone = tuple(now - then for now, then in zip(self.servers, before.servers, strict=True))
        names = ("database", "clients", "statements", "transactions", "syncs", "written", "machine", "at")
        return Used(gone, *(getattr(self, name) - getattr(before, name) for name in names))


class Scale:
    """The servers, the database that counts its statements, and the clients."""

    def __init__(self, cluster: Cluster, address: str, servers: Sequence[Server], clients: Sequence[Clients]) -> None:
        self.cluster, self.address, self.servers, self.clients = cluster, address, servers, clients
        self._name = address.rpartition("/")[2]

    def used(self) -> Used:
        [(calls, transactions, syncs, written)] = self.cluster.ask(
            "select (select sum(calls) from pg_stat_statements s join pg_database d on d.oid = s.dbid "
            f"where datname = '{self._name}'), xact_commit, wal_sync, wal_bytes from pg_stat_database, pg_stat_wal "
            f"where datname = '{self._name}'",
            "postgres",
        )
        return Used(
            tuple(_family(server.pid) for server in self.servers),
            _family(int((self.cluster.folder / "data" / "postmaster.pid").read_text().split()[0])),
            sum(_family(one.pid) for one in self.clients),
            float(calls or 0),
            float(transactions),
            float(syncs),
            float(written),
            _machine(),
            time.monotonic(),
        )

    def during(self, seconds: float) -> Used:
        before = self.used()
        time.sleep(seconds)
        return self.used().since(before)


def _family(pid: int) -> float:
    """Seconds of processor time of a process, of those that it started, and of those of them that ended."""
    children: dict[int, list[int]] = {}
    ended: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        one = int(stat.parent.name)
        children.setdefault(int(fields[1]), []).append(one)
        ended[one] = int(fields[13]) + int(fields[14])
    family = [pid]
    for one in family:
        family += children.get(one, [])
    return sum(_spent(one) + ended.get(one, 0) / TICKS_PER_SECOND for one in family)


def _spent(pid: int) -> float:
    """Seconds of processor time of one process, all its threads: its own clock, since ``/proc`` counts hundredths."""
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:
        return 0.0


def _machine() -> float:
    """Seconds of processor time that the whole machine has spent on anything."""
    user, nice, system = map(int, Path("/proc/stat").read_text().split()[1:4])
    return (user + nice + system) / TICKS_PER_SECOND


@contextmanager
def counting(servers: int, clients: int) -> Iterator[tuple[Scale, Store]]:
    """A PostgreSQL that counts its statements, servers on it, and processes of clients."""
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster())
        cluster.ask("alter system set shared_preload_libraries = 'pg_stat_statements'", "postgres")
        cluster.stop()
        cluster.start()
        cluster.ask("create extension pg_stat_statements", "postgres")
        address = cluster.new()
        store = stack.enter_context(closing(at(address)))
        running, first = stack.enter_context(crowded(store, servers))
        further = [stack.enter_context(Clients()) for _ in range(clients - 1)]
        yield Scale(cluster, address, running, [first, *further]), store


def spread(server: Server, others: Sequence[Server] = (), people: int = 12) -> Members:
    """A workshop whose people are on each of the servers in turn; its first ones write."""
    ports = cycle(one.port for one in (server, *others))
    return [{**member, "port": port} for member, port in zip(workshop(server, people), ports, strict=False)]


def unit_costs() -> dict[str, float]:
    """What is asked of two servers in quiet arrangements, and what each thing cost."""
    found: dict[str, float] = {"speed_s": _squares()}
    with counting(2, 3) as (scale, _):
        first, second = scale.servers
        small, local, across = scale.clients
        time.sleep(SETTLE)
        empty = scale.during(EMPTY)
        found["server_rest"] = statistics.mean(empty.servers) / EMPTY
        found["server_statements"] = empty.statements / EMPTY / 2
        found["server_syncs"] = empty.syncs / EMPTY / 2
        found["server_mb"] = settled(first)
        found |= _notifications(scale)
        found["commit_told"], found["commit_plain"] = (_commits(scale.address, tell) for tell in (True, False))
        unseen = [spread(second) for _ in range(FEW)]
        alone = settled(second)
        _unseen(second, unseen, "first")
        found["held_mb"] = (settled(second) - alone) / FEW
        before_unseen = scale.used()
        _unseen(second, unseen, "again")
        used = scale.used().since(before_unseen)
        found["gesture"] = (used.servers[1] - found["server_rest"] * used.at) / GESTURES
        found["commit_wait_ms"] = _commit_wait(scale.cluster)

        for _ in range(FEW):
            small.open(spread(first, people=TWO))
        before = settled(second)
        coming = [spread(second) for _ in range(FEW)]
        arriving = scale.used()
        for members in coming:
            local.open(members, at_once=1)
        time.sleep(1)
        arrived, pages = scale.used().since(arriving), FEW * len(coming[0])
        found["arrive"], found["arrive_pg"] = arrived.servers[1] / pages, arrived.database / pages
        found["arrive_statements"], found["arrive_syncs"] = arrived.statements / pages, arrived.syncs / pages
        found["workshop_mb"] = (settled(second) - before) / FEW
        rest = scale.during(RESTING)
        ticks = FEW * RESTING / TICK
        found["tick_statements"] = (rest.statements - 2 * found["server_statements"] * RESTING) / 2 / ticks
        found["tick_pg"] = (rest.database - empty.database * RESTING / EMPTY) / 2 / ticks
        few, many = (used - found["server_rest"] * RESTING for used in rest.servers)
        # The pages beside: a sign of life each ten seconds.
        found["page_rest"] = max(0.0, (many - few) / RESTING / (FEW * (12 - TWO)))
        found["tick"] = max(0.0, few / ticks - found["page_rest"] * TWO * TICK)

        rest_of = [used / RESTING for used in rest.servers]
        syncs_rest = rest.syncs / RESTING
        pg_rest, statements_rest = rest.database / RESTING, rest.statements / RESTING
        written_small = _written(scale, small, rest_of[0], 0)
        written_local = _written(scale, local, rest_of[1], 1)
        found["send"] = max(0.0, (written_local["server"] - written_small["server"]) / (12 - TWO))
        found["gesture_bytes"] = written_local["bytes"]
        found["gesture_pg"] = (written_local["database"] - pg_rest * written_local["seconds"]) / GESTURES
        found["gesture_statements"] = (
            written_local["statements"] - statements_rest * written_local["seconds"]
        ) / GESTURES
        found["gesture_syncs"] = (written_local["syncs"] - syncs_rest * written_local["seconds"]) / GESTURES
        found["gesture_wal"] = written_local["wal"] / GESTURES
        found["light_here_ms"] = written_local["delay"]
        found["client"] = written_local["clients"] / GESTURES
        local_all = written_local["server"]

        for _ in range(FEW):
            across.open(spread(first, [second]))
        time.sleep(SETTLE)
        rest = scale.during(RESTING)
        both = sum(rest.servers) / RESTING
        written = _written(scale, across, both, None)
        found["light_across_ms"], found["light_across_p95_ms"] = written["across"], written["p95"]
        # The second server takes the entries in and draws once more.
        found["follow"] = written["server"] - local_all
        found["follow_pg"] = (written["database"] - rest.database / RESTING * written["seconds"]) / GESTURES - found[
            "gesture_pg"
        ]
        found["follow_statements"] = (
            written["statements"] - rest.statements / RESTING * written["seconds"]
        ) / GESTURES - found["gesture_statements"]
        found["draw"] = local_all - found["gesture"] - 12 * found["send"]
        found["foreign"] = written["foreign"]
    found["commit"] = found["commit_told"]
    found["turn"] = turn_of(found)
    return found


def turn_of(found: dict[str, float]) -> float:
    """How long another program keeps one that is due waiting, so that the quiet arrangement comes out as measured."""
    light = Arrangement(
        2, FEW, rate=1 / EVERY, on=2, cores=os.cpu_count() or 1, shared=True, foreign=found["foreign"], seconds=WRITING
    )
    least, most = 1e-4, 1e-2
    for _ in range(8):
        turn = math.sqrt(least * most)
        slow = simulate(costs_of({**found, "turn": turn}), light).median > found["light_across_ms"]
        least, most = (least, turn) if slow else (turn, most)
    return least


def _written(scale: Scale, clients: Clients, rest: float, which: int | None) -> dict[str, float]:
    """Notes written by some clients: what a gesture took of one server, or of both, and what was counted."""
    before = scale.used()
    said = clients.write(seconds=WRITING, every=EVERY)
    used = scale.used().since(before)
    if said["errors"]:
        raise RuntimeError(f"{said['errors']} errors")
    spent = sum(used.servers) if which is None else used.servers[which]
    ours = sum(used.servers) + used.database + used.clients
    return {
        "seconds": used.at,
        "server": (spent - rest * used.at) / GESTURES,
        "database": used.database,
        "clients": used.clients,
        "statements": used.statements,
        "syncs": used.syncs,
        "wal": used.written,
        "bytes": statistics.mean(said["bytes"]),
        "delay": statistics.median(said["delays"]),
        "across": statistics.median(said["across"]) if said["across"] else math.nan,
        "p95": _p95(said["across"] or said["delays"]),
        "foreign": (used.machine - ours) / used.at,
    }


def _notifications(scale: Scale) -> dict[str, float]:
    """What a server, and PostgreSQL for each that listens, spend on a notification about a workshop not opened here."""
    with psycopg.connect(scale.address, autocommit=True) as teller, ExitStack() as stack:
        # What is written to the disk is counted elsewhere.
        teller.execute("set synchronous_commit = off")

        def tell() -> Used:
            before = scale.used()
            for number in range(TOLD):
                teller.execute("select pg_notify('impact', %s)", (f"nobody{number}",))
            time.sleep(1)
            return scale.used().since(before)

        few = tell()
        for _ in range(LISTENERS):
            listener = stack.enter_context(psycopg.connect(scale.address, autocommit=True))
            listener.execute("listen impact")
        many = tell()
    return {
        "hear": max(0.0, statistics.mean(few.servers) / TOLD),
        "notify_pg": max(0.0, (many.database - few.database) / TOLD / LISTENERS),
    }


def _commit_wait(cluster: Cluster) -> float:
    """The median milliseconds of a transaction that changes one row."""
    with psycopg.connect(cluster.address("postgres"), autocommit=True) as connection:
        connection.execute("create table waited (n integer)")
        taken = []
        for number in range(COMMITS):
            began = time.perf_counter()
            connection.execute("insert into waited values (%s)", (number,))
            taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


def _commits(address: str, tell: bool) -> float:
    """Seconds between two commits of eight connections, each of which changes a row of its own and notifies, or not."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("create table if not exists committed (n integer primary key, m integer)")
        connection.execute("insert into committed select n, 0 from generate_series(1, 8) n on conflict do nothing")
    told = ", pg_notify('impact', 'nobody')" if tell else ""
    until = time.monotonic() + COMMITTING

    def commit(number: int) -> int:
        done = 0
        with psycopg.connect(address, autocommit=True) as connection:
            while time.monotonic() < until:
                connection.execute(f"update committed set m = m + 1 where n = %s returning m{told}", (number,))
                done += 1
        return done

    with ThreadPoolExecutor(8) as pool:
        return COMMITTING / sum(pool.map(commit, range(1, 9)))


def _unseen(server: Server, members: Sequence[Members], turn: str) -> None:
    """Gestures in workshops of which nobody has a page open, in turn, like those that are seen."""
    began = time.monotonic()
    for number in range(GESTURES):
        time.sleep(max(0.0, began + number * WRITING / GESTURES - time.monotonic()))
        one = members[number % len(members)][number // len(members) % 6]
        path = f"/room/{one['session']}/{one['role']}/gestures"
        cookie = f"impact-key={one['key']}; impact-person={one['person']}"
        text = f"Et si l’on comptait plutôt les renoncements ? note-{number:06}-seen"
        gesture = {"id": f"unseen-{turn}-{number:06}", "do": "write", "kind": KINDS[number % len(KINDS)], "text": text}
        with closing(server.connection()) as connection:
            connection.request(
                "POST", path, json.dumps(gesture), {"Content-Type": "application/json", "Cookie": cookie}
            )
            if connection.getresponse().status != 200:
                raise RuntimeError(f"{path}: refused")


def loaded() -> dict[str, float]:
    """50 workshops of twelve people on both of two servers, a note in each every five seconds."""
    with counting(2, 1) as (scale, _):
        first, second = scale.servers
        [clients] = scale.clients
        for _ in range(FIFTY):
            clients.open(spread(first, [second]))
        time.sleep(SETTLE)
        before = scale.used()
        said = clients.write(seconds=60, every=5)
        used = scale.used().since(before)
        [(connected,)] = scale.cluster.ask(
            "select count(*) from pg_stat_activity where application_name = 'impact'", "postgres"
        )
        size = statistics.mean(pss(server.processes()) for server in scale.servers)
    ours = sum(used.servers) + used.database + used.clients
    return {
        "across_ms": statistics.median(said["across"]),
        "across_p95_ms": _p95(said["across"]),
        "errors": said["errors"],
        "seen": len(said["delays"]),
        "server_share": statistics.mean(used.servers) / used.at,
        "database_share": used.database / used.at,
        "clients_share": used.clients / used.at,
        "foreign_share": (used.machine - ours) / used.at,
        "statements": used.statements / used.at,
        "syncs": used.syncs / used.at,
        "connections": float(connected),
        "server_mb": size,
        "seconds": used.at,
    }


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[max(0, -(-95 * len(values) // 100) - 1)]


def _squares() -> float:
    """Seconds of processor time for ten million squares: how fast this machine is."""
    began, total = time.process_time(), 0
    for number in range(10_000_000):
        total += number * number
    return time.process_time() - began


def costs() -> list[Row]:
    """Both, as rows."""
    named = {"cost": unit_costs(), "loaded": loaded()}
    return [
        row(
            f"{kind}_{name}".replace("cost_light", "light"),
            *(("us", [1e6 * value]) if name in SPENT else ("", [value])),
        )
        for kind, values in named.items()
        for name, value in values.items()
    ]


def main() -> None:
    """Measure them, and keep them with the day."""
    kept = {"day": datetime.date.today().isoformat(), "costs": unit_costs(), "loaded": loaded()}
    RECORD.write_text(json.dumps(kept, indent=2) + "\n")
    print(json.dumps(kept, indent=2))


if __name__ == "__main__":
    main()
