"""Many workshops on several servers and one database, simulated: queues served at the costs that `costs` measured.

A server does one thing at a time (Python), the database as many as it has cores and connections. A gesture is done by
its server, written, and committed: commits that notify wait for each other, since PostgreSQL lets one of them at a time
put its notification in the queue. Every server then hears of it; those that have a page of that workshop open take it
in and draw. All workshops at which somebody looks are looked at again every few seconds. Work of one workshop on one
server that waits already is done once for all who asked for it, as the server itself does.

What is not simulated: PostgreSQL's own disk and caches, a network between them; of people who come in, `arrivals` are
reckoned. `python -m tests.bench.simulation` prints what some numbers of workshops need.
"""

from __future__ import annotations

import heapq
import json
import math
import random
import statistics
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

RECORD = Path(__file__).with_name("costs.json")
"""The costs as they were measured last."""
CONNECTIONS = 8
"""Those of a server at most, beside the one that listens."""
TICK = 5.0
DENSE, CALM = 0.2, 161 / 3600
"""Gestures a second of a workshop: the bench's, and those of a rehearsal of the hour."""
SERIAL = 0.9
"""The share of the time above which commits that notify no longer keep up."""
FULL, GOAL = 0.5, 150.0
"""The share of a server that gestures and ticks may take, so that another one's people have room; milliseconds within
which nearly all gestures are seen."""
CORES = 32
"""The database's own: more than what is asked for, so that its share is what it needs."""
COMING = 300.0
"""Seconds within which everybody comes in."""
LISTENED, PEOPLE = 2, 12
"""The servers, and the people of a workshop, of the arrangements in which the costs were measured."""


@dataclass(frozen=True)
class Costs:
    """What each thing costs: seconds of processor time, but for what is named otherwise."""

    server_rest: float
    """Of a server without a workshop, each second."""
    gesture: float
    """Of the server, until it is written."""
    gesture_pg: float
    draw: float
    """Of a server: a workshop drawn for its audiences."""
    send: float
    """Of a server, for each page."""
    follow: float
    """Of another server that has a page of the workshop: taken in, drawn."""
    follow_pg: float
    tick: float
    """Of a server: a workshop at which somebody looks, every five seconds."""
    tick_pg: float
    page_rest: float
    """Of a server, for each page each second."""
    hear: float
    """Of any server, for each notification."""
    notify_pg: float
    """Of the database, for each notification and each server beyond the `LISTENED` with which the rest was measured."""
    commit: float
    """Seconds for which a commit that notifies keeps the next one waiting."""
    turn: float
    """Seconds for which another program of the machine keeps one that is due waiting."""
    arrive: float
    """Of a server, for each page that opens; what is written of it notifies too."""
    arrive_pg: float
    arrive_syncs: float
    client: float
    """Of the people's programs, for each gesture, where they are on the same machine."""
    gesture_statements: float
    follow_statements: float
    tick_statements: float
    server_statements: float
    gesture_syncs: float
    server_syncs: float
    gesture_bytes: float
    server_mb: float
    workshop_mb: float
    """Of a server: a workshop of which twelve have a page open; `held_mb` one of which nobody has."""
    held_mb: float


@dataclass(frozen=True)
class Arrangement:
    """What is simulated. `rate` is of one workshop, in gestures a second; `on` how many servers have pages of one
    workshop; `cores` the database's, or those of the machine which is `shared` by the servers, the database and the
    clients; `foreign` is how many of these other programs take."""

    servers: int
    workshops: int
    people: int = 12
    rate: float = 0.2
    on: int = 1
    cores: int = 4
    shared: bool = False
    foreign: float = 0.0
    seconds: float = 30.0
    seed: int = 1


@dataclass
class Needs:
    """What an arrangement needs: shares are of one core; times in milliseconds; the rest a second, or at once."""

    asked: int
    delivered: int
    median: float
    p95: float
    server: float
    database: float
    notifying: float
    """The share of the time during which a commit that notifies is under way."""
    statements: float
    syncs: float
    megabits: float
    server_mb: float
    connections: int
    ticks_late: int
    """Looks at a workshop that were left out, the one before still waiting."""


@dataclass
class Slots:
    """So many that do one piece of work at a time, and those that wait for them, in turn."""

    free: int
    waiting: deque[Callable[[], None]] = field(default_factory=deque)

    def take(self, begin: Callable[[], None]) -> None:
        if self.free:
            self.free -= 1
            begin()
        else:
            self.waiting.append(begin)

    def give_back(self) -> None:
        if self.waiting:
            self.waiting.popleft()()
        else:
            self.free += 1


class Process:
    """Whatever does so many pieces of work at a time, on the cores of its machine."""

    def __init__(self, world: World, cores: Slots | None, threads: int = 1) -> None:
        self._world, self._cores, self._slots = world, cores, Slots(threads)
        self._threads, self.busy, self.most = threads, 0.0, 0

    def do(self, seconds: Callable[[], float] | float, then: Callable[[], None], wait: float = 0.0) -> None:
        """Work, and go on; `wait` is time for which it is held without a core."""

        def begin() -> None:
            self.most = max(self.most, self._threads - self._slots.free)
            if self._cores is None:
                work()
            else:
                self._cores.take(work)

        def work() -> None:
            spent = seconds() if callable(seconds) else seconds
            self.busy += spent
            self._world.after(spent, done)

        def done() -> None:
            if self._cores is not None:
                self._cores.give_back()
            if wait:
                self._world.after(wait, end)
            else:
                end()

        def end() -> None:
            self._slots.give_back()
            then()

        self._slots.take(begin)


class World:
    """The time, and what is to happen."""

    def __init__(self) -> None:
        self.now = 0.0
        self._coming: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._coming, (self.now + seconds, self._number, what))

    def run(self) -> None:
        while self._coming:
            self.now, _, what = heapq.heappop(self._coming)
            what()


class Simulation:
    """One arrangement, from its first second to the last patch."""

    def __init__(self, costs: Costs, arrangement: Arrangement) -> None:
        self.costs, self.of = costs, arrangement
        self.world, self._random = World(), random.Random(arrangement.seed)
        machine = Slots(arrangement.cores)
        own = machine if arrangement.shared else None
        self._servers = [Process(self.world, own) for _ in range(arrangement.servers)]
        # The database works on the connections of each server.
        self._database = [Process(self.world, machine, CONNECTIONS) for _ in range(arrangement.servers)]
        self._telling = Process(self.world, machine)
        self._clients = Process(self.world, own)
        self._foreign = Process(self.world, machine, arrangement.cores)
        self._commits = Process(self.world, None)
        self._mine: list[list[int]] = [[] for _ in range(arrangement.servers)]
        for workshop in range(arrangement.workshops):
            for server in self._on(workshop):
                self._mine[server].append(workshop)
        self._heard, self._told = [0] * arrangement.servers, 0
        self._owed: list[dict[int, list[tuple[float, bool]]]] = [{} for _ in range(arrangement.servers)]
        self._looked: set[tuple[int, int]] = set()
        self._delays: list[float] = []
        self._asked = self._delivered = self._late = 0
        self._statements = self._syncs = 0.0

    def run(self) -> Needs:
        of, costs = self.of, self.costs
        for server in range(of.servers):
            self._rest(server)
        for workshop in range(of.workshops):
            # Spread evenly over the time, as the bench does, and a little beside it.
            first = (workshop + self._random.random()) / of.workshops / of.rate if of.rate else of.seconds
            self.world.after(first, lambda workshop=workshop: self._press(workshop))  # type: ignore[misc]
        for server in range(of.servers):
            self.world.after(self._random.random() * TICK, lambda server=server: self._tick(server))  # type: ignore[misc]
        if of.foreign and costs.turn:
            self._interfere()
        busy: list[float] = []
        self.world.after(of.seconds, lambda: busy.extend(self._busy()))
        self.world.run()
        servers, database, telling, commits = busy
        ranked = sorted(self._delays)
        of_one = -(-of.workshops * min(of.on, of.servers) // of.servers)
        pages = of.workshops * of.people / of.servers
        page_mb = (costs.workshop_mb - costs.held_mb) / PEOPLE
        return Needs(
            self._asked,
            self._delivered,
            1000 * statistics.median(ranked) if ranked else 0.0,
            1000 * ranked[max(0, -(-95 * len(ranked) // 100) - 1)] if ranked else 0.0,
            servers / of.servers / of.seconds,
            (database + telling) / of.seconds,
            commits / of.seconds,
            self._statements / of.seconds + of.servers * costs.server_statements,
            self._syncs / of.seconds + of.servers * costs.server_syncs,
            8e-6 * costs.gesture_bytes * pages * of.servers * of.rate,
            costs.server_mb + of_one * costs.held_mb + pages * page_mb,
            sum(each.most + 1 for each in self._database),
            self._late,
        )

    def _busy(self) -> list[float]:
        database = sum(each.busy for each in self._database)
        return [sum(each.busy for each in self._servers), database, self._telling.busy, self._commit_time]

    @property
    def _commit_time(self) -> float:
        return self._told * self.costs.commit

    # What happens ----------------------------------------------------------------

    def _on(self, workshop: int) -> list[int]:
        """The servers that have pages of a workshop."""
        return [(workshop + turn) % self.of.servers for turn in range(min(self.of.on, self.of.servers))]

    def _pages(self, workshop: int, server: int) -> int:
        here = self._on(workshop)
        return len(range(here.index(server), self.of.people, len(here)))

    def _at(self, server: int, seconds: float) -> Callable[[], float]:
        """The time of some work on a server, with what it has heard meanwhile."""

        def spent() -> float:
            heard, self._heard[server] = self._told - self._heard[server], self._told
            return seconds + heard * self.costs.hear

        return spent

    def _rest(self, server: int) -> None:
        """What a server does each second, whatever happens: a sign of life to a tenth of its pages."""
        if self.world.now >= self.of.seconds:
            return
        pages = self.of.workshops * self.of.people / self.of.servers
        spent = self.costs.server_rest + pages * self.costs.page_rest
        self._servers[server].do(self._at(server, spent), lambda: self.world.after(1.0, lambda: self._rest(server)))

    def _interfere(self) -> None:
        """Other programs of the machine take a turn."""
        if self.world.now < self.of.seconds:
            self.world.after(self._random.expovariate(self.of.foreign / self.costs.turn), self._interfere)
            self._foreign.do(self.costs.turn, lambda: None)

    def _tick(self, server: int) -> None:
        """A server looks at each workshop of which a page is open."""
        if self.world.now >= self.of.seconds:
            return
        self.world.after(TICK, lambda: self._tick(server))
        for workshop in self._mine[server]:
            if (server, workshop) in self._looked:
                self._late += 1
                continue
            self._looked.add((server, workshop))
            self._statements += self.costs.tick_statements
            self._servers[server].do(self._at(server, self.costs.tick), self._ticked(server, workshop))

    def _ticked(self, server: int, workshop: int) -> Callable[[], None]:
        done = lambda: self._looked.discard((server, workshop))  # noqa: E731
        return lambda: self._database[server].do(self.costs.tick_pg, done)

    def _press(self, workshop: int) -> None:
        """Somebody writes: until it is committed."""
        if self.world.now >= self.of.seconds:
            return
        self.world.after(1 / self.of.rate, lambda: self._press(workshop))
        self._asked += 1
        self._statements += self.costs.gesture_statements
        self._syncs += self.costs.gesture_syncs
        server = self._on(workshop)[self._asked % min(self.of.on, self.of.servers)]
        began = self.world.now

        def committing() -> None:
            self._commits.do(0.0, committed, wait=self.costs.commit)

        def committed() -> None:
            self._tell(workshop, server, began)

        trips = self.costs.gesture_statements
        self._ask(server, self.costs.gesture, self.costs.gesture_pg, trips, committing)

    def _tell(self, workshop: int, writer: int, began: float) -> None:
        """Every server hears it; those that show the workshop draw."""
        self._told += 1
        self._telling.do(self.costs.notify_pg * max(0, self.of.servers - LISTENED), lambda: None)
        if self.of.shared:
            self._clients.do(self.costs.client, lambda: None)
        here = self._on(workshop)
        for server in here:
            own = server == writer
            # Where a workshop is on one server, that one's patch is what others wait for.
            counted = len(here) == 1 or not own
            waiting = self._owed[server].setdefault(workshop, [])
            waiting.append((began, counted))
            if len(waiting) == 1:
                self._draw(server, workshop, own)

    def _draw(self, server: int, workshop: int, own: bool) -> None:
        costs = self.costs

        def draw() -> None:
            pages = self._pages(workshop, server)
            spent = costs.draw + pages * costs.send
            owed: list[tuple[float, bool]] = []

            def began() -> float:
                owed.extend(self._owed[server].pop(workshop, []))
                return self._at(server, spent)()

            def sent() -> None:
                for pressed, counted in owed:
                    self._delivered += 1
                    if counted:
                        # The pages are sent to one after the other: the middle one stands for them.
                        self._delays.append(self.world.now - pages / 2 * costs.send - pressed)

            self._servers[server].do(began, sent)

        if own:
            draw()
        else:
            self._statements += costs.follow_statements
            taken_in = max(0.0, costs.follow - costs.draw)
            self._ask(server, taken_in, costs.follow_pg, costs.follow_statements, draw)

    def _ask(self, server: int, here: float, there: float, trips: float, then: Callable[[], None]) -> None:
        """Work of a server and of the database in turn. Where they share a machine with other programs, as often as
        there are statements: each of them waits for a core anew."""
        many = max(1, round(trips)) if self.of.shared else 1
        left = many

        def asked() -> None:
            self._database[server].do(there / many, answered)

        def answered() -> None:
            nonlocal left
            left -= 1
            if left:
                self._servers[server].do(self._at(server, here / many), asked)
            else:
                then()

        self._servers[server].do(self._at(server, here / many), asked)


def simulate(costs: Costs, arrangement: Arrangement) -> Needs:
    """What an arrangement needs."""
    return Simulation(costs, arrangement).run()


@dataclass(frozen=True)
class Scale:
    """What so many workshops need, on servers that are as full as they should be, the database on a machine of its own;
    and while everybody comes in within five minutes, the share of a server and the commits a second."""

    servers: int
    needs: Needs
    arriving: float
    arriving_syncs: float


def scale(costs: Costs, workshops: int, rate: float = DENSE) -> Scale:
    """The fewest servers on which a gesture is seen within `GOAL` by nearly all, and of which each has time left; what
    is found where one database cannot keep up, whatever the servers."""
    each = rate * (costs.gesture + costs.draw + PEOPLE * costs.send) + costs.tick / TICK + PEOPLE * costs.page_rest
    servers = math.ceil(workshops * each / FULL)
    while True:
        needs = simulate(costs, Arrangement(servers, workshops, rate=rate, cores=CORES, seconds=2 * TICK))
        if (needs.server <= FULL and needs.p95 <= GOAL) or needs.notifying > SERIAL:
            break
        servers = math.ceil(servers * 1.05)
    comers = workshops * PEOPLE / COMING
    return Scale(
        servers, needs, needs.server + comers / servers * costs.arrive, needs.syncs + comers * costs.arrive_syncs
    )


def main() -> None:
    """Print what some numbers of workshops need."""
    costs, loaded, day = recorded()
    print(f"costs of {day}; measured: {loaded}")
    shared = Arrangement(2, 50, on=2, cores=2, shared=True, foreign=loaded["foreign_share"], seconds=60)
    print(f"the same, simulated: {simulate(costs, shared)}")
    for rate in (DENSE, CALM):
        for workshops in (50, 100, 1_000, 5_000, 10_000):
            print(f"{workshops} at {rate:.3f}: {scale(costs, workshops, rate)}", flush=True)
    for workshops in (100, 150, 200, 300, 400):
        print(f"one server, {workshops}: {simulate(costs, Arrangement(1, workshops, cores=CORES))}")


def costs_of(measured: Mapping[str, float]) -> Costs:
    """The costs, from what was measured in quiet arrangements."""
    return Costs(**{each.name: measured[each.name] for each in fields(Costs)})


def recorded(path: Path = RECORD) -> tuple[Costs, dict[str, float], str]:
    """The costs as they were recorded, what was measured under load beside them, and the day."""
    kept = json.loads(path.read_text())
    return costs_of(kept["costs"]), kept["loaded"], kept["day"]


if __name__ == "__main__":
    main()
