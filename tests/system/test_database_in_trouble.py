"""A PostgreSQL that is slow, cut off, full, or replaced, and a clock that is wrong: nothing that was acknowledged is
lost or doubled, people read what happens, and all goes on by itself."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.storage.session_store import create_session, open_store
from impactlib.storage.store import Store
from impactlib.storage.stores import at
from tests.harness import Server, until
from tests.lines import StallingLine
from tests.postgres import Cluster
from tests.system.writers import Page, comes, under_writers, written

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

AWAY = 20.0
"""Seconds for which the network between a server and its database is cut."""
FAST = "import time\nright = time.time\ntime.time = lambda: right() + 3600\n"
"""What Python runs first in a process whose clock is an hour fast."""
WORDS = {"id": "while-away", "do": "write", "kind": "problem", "text": "Pendant la panne"}


@contextmanager
def served(store: Store, folder: Path) -> Iterator[Server]:
    with Server(folder, store=store) as server:
        yield server.settle()


def opened(store: Store) -> str:
    with closing(create_session(store, "Colis Solidaire").journal) as journal:
        return journal.session


def four(server: Server, store: Store, session: str) -> list[Page]:
    return [comes([server], store, session, f"writer{n}") for n in range(4)]


def nothing_lost(store: Store, session: str, said: list[str]) -> None:
    found = written(store, session)
    assert sorted(found) == sorted(said) and len(set(said)) == len(said)
    print(f"\n{len(said)} notes acknowledged, 0 lost, 0 doubled")


def test_each_commit_may_take_a_fifth_of_a_second(cluster: Cluster, tmp_path: Path) -> None:
    with StallingLine(cluster.port) as line, closing(at(cluster.new([line.port]))) as store:
        session, other = opened(store), opened(store)
        with served(store, tmp_path) as server:
            pages = four(server, store, session)
            reader = comes([server], store, other, "Ines")
            line.delay(b"COMMIT", 0.2)
            times: list[float] = []

            def reads() -> None:
                for _ in range(20):
                    begun = time.monotonic()
                    assert reader.get(server)[0] == 200
                    times.append(time.monotonic() - begun)

            said = under_writers(pages, reads)
            line.go()
        nothing_lost(store, session, said)
        assert not any(page.troubles for page in pages)
        print(f"\n{len(said)} notes, 0 lost; a page of another workshop: {sorted(times)[10] * 1000:.0f} ms")


def test_the_network_to_the_database_may_be_cut(cluster: Cluster, tmp_path: Path) -> None:
    with StallingLine(cluster.port) as line, closing(at(cluster.new())) as store:
        session, cut_off = opened(store), at(store_address(store, cluster, line))
        with served(cut_off, tmp_path) as server:
            pages = four(server, store, session)
            watcher = comes([server], store, session, "Ines")

            def cut() -> None:
                time.sleep(1)
                line.cut()
                try:
                    status, refused = watcher.post(server, "/gestures", WORDS)
                    assert status == 503 and "base de données" in json.loads(refused)["refused"]
                    time.sleep(AWAY)
                finally:
                    line.go()

            with closing(watcher.listens(server)) as heard:
                said = under_writers(pages, cut)
                watcher.write(1, "Après la panne")
                heard.hears("Après la panne")
        nothing_lost(store, session, said)
        assert all(page.troubles for page in pages)
        cut_off.close()


def test_the_database_may_stand_still_while_connections_stay(cluster: Cluster, tmp_path: Path) -> None:
    with StallingLine(cluster.port) as line, closing(at(cluster.new())) as store:
        session, stalled = opened(store), at(store_address(store, cluster, line))
        with served(stalled, tmp_path) as server:
            pages = four(server, store, session)

            def stall() -> None:
                time.sleep(1)
                line.stall()
                time.sleep(AWAY)
                line.go()

            said = under_writers(pages, stall)
        nothing_lost(store, session, said)
        stalled.close()


def store_address(store: Store, cluster: Cluster, line: StallingLine) -> str:
    """The address of the same database, by a line."""
    _, environment = store.child()
    [address] = [value for value in environment.values() if value.startswith("postgresql://")]
    return address.replace(f":{cluster.port}/", f":{line.port}/")


def test_the_disk_of_the_database_may_be_full(tmp_path: Path) -> None:
    with Cluster(disk="200m") as cluster, closing(at(cluster.new())) as store:
        session = opened(store)
        with served(store, tmp_path) as server:
            page = comes([server], store, session, "writer0")
            ballast, said = cluster.folder / "ballast", [page.write(0)]
            with pytest.raises(OSError, match="No space left"), ballast.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
            status, refused = 200, ""
            for number in range(1, 200):
                gesture = {
                    "id": f"writer0-{number:04}",
                    "do": "write",
                    "kind": "problem",
                    "text": secrets.token_hex(7000),
                }
                status, refused = page.post(server, "/gestures", gesture)
                if status != 200:
                    break
                said.append(gesture["id"])
            assert status == 503 and "disque" in json.loads(refused)["refused"], (status, refused)
            ballast.unlink()
            said += [page.write(number) for number in range(number, number + 5)]
        nothing_lost(store, session, said)


def test_another_database_may_take_the_place_of_one_that_dies(tmp_path: Path) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(Cluster())
        second = stack.enter_context(Cluster(standby_of=first))
        with closing(at(first.new([first.port, second.port]))) as store:
            session = opened(store)
            with served(store, tmp_path) as server:
                pages = four(server, store, session)

                def fails_over() -> None:
                    time.sleep(1)
                    first.stop("immediate")
                    second.promote()
                    second.ask("alter system set synchronous_standby_names = ''", "postgres")
                    second.ask("select pg_reload_conf()", "postgres")
                    time.sleep(2)

                watcher = comes([server], store, session, "Ines", Role.CONSULTANT)
                with closing(watcher.listens(server)) as heard:
                    said = under_writers(pages, fails_over)
                    pages[0].write(9999, "Après le relais")
                    heard.hears("Après le relais")
            nothing_lost(store, session, [*said, "writer0-9999"])


def test_a_server_whose_clock_is_an_hour_fast_is_told_the_time_by_the_database(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FAST)
    with closing(at(cluster.new())) as store:
        session = opened(store)
        with served(store, tmp_path / "one") as one:
            with monkeypatch.context() as patched:
                patched.setenv("PYTHONPATH", str(tmp_path))
                two = Server(tmp_path / "two", store=store)
                two.start()
            with closing(two.connection()) as asked:
                asked.request("GET", "/api")
                told = parsedate_to_datetime(asked.getresponse().headers["Date"]).timestamp()
            assert told > time.time() + 3500
            with closing(open_store(store, session).journal) as journal:
                pages = [comes([server], store, session, f"writer{n}") for n, server in enumerate((one, two))]
                with closing(pages[0].listens(one)), closing(pages[1].listens(two)):
                    before = store.clock()
                    said = under_writers(pages, lambda: time.sleep(1))
                    until(lambda: len(journal.present()) == 2, 10)
                    entries = [entry for entry in journal.read() if entry.id in said]
                    assert all(before - 1 <= entry.at <= store.clock() + 1 for entry in entries)
            two.stop()
        nothing_lost(store, session, said)
