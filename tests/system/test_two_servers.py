"""Two real servers on one PostgreSQL: any of them serves any page, and no trouble of one, or of the database, loses or
doubles what was acknowledged."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.storage import keys
from impactlib.storage.session_store import create_session, open_store
from impactlib.storage.store import Store
from impactlib.storage.stores import at
from tests.harness import Server, until
from tests.postgres import PASSWORD, Cluster
from tests.proxies import HAProxy, Nginx, Proxy

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

AWAY = 5.0
"""Seconds for which PostgreSQL is stopped under writers."""
SEEN_WITHIN = 5.0
PAUSE = 0.03
"""Seconds between two notes of a writer: a server takes 300 at once of one browser, then a few a second."""


KILLS = int(os.environ.get("SERVER_KILLS", "4"))
"""How many times one of the two servers is killed; PostgreSQL is stopped half as often."""
Door = Server | Proxy
"""What answers a page."""


class Page:
    """Somebody's page: it sends each gesture until it is answered, to whichever server answers, as a proxy would have
    it; and listens to the stream of one of them."""

    def __init__(self, servers: Sequence[Door], session: str, role: Role, key: str, name: str) -> None:
        self.name, self._servers, self._path = name, list(servers), f"/room/{session}/{role}"
        self.own = secrets.token_hex(16)
        self._cookies = f"impact-key={key}"
        self.troubles = 0
        self.send("/join", {"id": secrets.token_hex(8), "name": name, "key": self.own})
        self._cookies += f"; impact-person={self.own}"

    def send(self, path: str, body: dict[str, str]) -> dict:
        """The answer, once there is one."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            server = self._servers[0]
            try:
                status, said = self.post(server, path, body)
            except OSError:
                status, said = 502, ""
            if status == 200:
                return dict(json.loads(said))
            if status == 429:
                time.sleep(json.loads(said)["wait"])
                continue
            assert status in (502, 503), said
            self.troubles += 1
            self._servers.append(self._servers.pop(0))
            time.sleep(0.05)
        raise AssertionError(f"{self.name} waited for a minute")

    def post(self, server: Door, path: str, body: dict[str, str]) -> tuple[int, str]:
        with closing(server.connection()) as connection:
            headers = {"Content-Type": "application/json", "Cookie": self._cookies}
            connection.request("POST", self._path + path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def get(self, server: Door, path: str = "?see=workshop") -> tuple[int, str]:
        with closing(server.connection()) as connection:
            connection.request("GET", self._path + path, headers={"Cookie": self._cookies})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def write(self, number: int, text: str = "Les bénévoles attendent la réponse.") -> str:
        id = f"{self.name}-{number:04}"
        self.send("/gestures", {"id": id, "do": "write", "kind": "problem", "text": text})
        return id

    def listens(self, server: Door) -> Stream:
        return Stream(server, f"{self._path}/patches", self._cookies)


class Stream:
    """The patches of a page, as they come."""

    def __init__(self, server: Door, path: str, cookies: str) -> None:
        self._connection = server.connection()
        self._connection.request("GET", path, headers={"Cookie": cookies})
        self._socket = self._connection.sock
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        self.text = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        # Cut where it is left, or its server is killed.
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            while came := self._answer.read1(65536):
                self.text += came.decode(errors="replace")

    def hears(self, words: str, within: float = SEEN_WITHIN) -> None:
        until(lambda: words in self.text, within)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        self._connection.close()


@pytest.fixture(scope="module")
def store(cluster: Cluster) -> Iterator[Store]:
    with closing(at(cluster.new())) as store:
        yield store


@pytest.fixture(scope="module")
def both(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    folder = tmp_path_factory.mktemp("servers")
    with ExitStack() as stack:
        yield [stack.enter_context(Server(folder / name, store=store)).settle() for name in ("one", "two")]


@pytest.fixture
def session(store: Store) -> str:
    with closing(create_session(store, "Colis Solidaire").journal) as journal:
        return journal.session


def comes(servers: Sequence[Door], store: Store, session: str, name: str, role: Role = Role.CLIENT) -> Page:
    with closing(open_store(store, session).journal) as journal:
        return Page(servers, session, role, keys.role_key(store, journal, role), name)


def written(store: Store, session: str) -> list[str]:
    with closing(open_store(store, session).journal) as journal:
        return [entry.id for entry in journal.read() if re.fullmatch(r"writer\d-\d{4}", entry.id)]


def under_writers(pages: Sequence[Page], trouble: Callable[[], None], least: int = 10) -> list[str]:
    """What people wrote, each until the trouble is over and `least` notes at least; every note was acknowledged."""
    over = threading.Event()
    said: list[str] = []
    failed: list[BaseException] = []

    def writes(page: Page) -> None:
        number = 0
        try:
            while not over.is_set() or number < least:
                said.append(page.write(number))
                number += 1
                time.sleep(PAUSE)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=writes, args=(page,)) for page in pages]
    for thread in threads:
        thread.start()
    try:
        trouble()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not failed, failed
    return said


def test_what_is_done_on_one_server_is_seen_on_the_other_and_any_serves_any_page(
    both: list[Server], store: Store, session: str
) -> None:
    one, two = both
    marc, ines = comes([one], store, session, "Marc"), comes([two], store, session, "Ines")
    for page, server in ((marc, two), (ines, one), (marc, one)):
        status, html = page.get(server)
        assert status == 200 and "Colis Solidaire" in html
    with closing(ines.listens(two)) as hers, closing(marc.listens(one)) as his:
        marc.write(1, "Trois semaines sans réponse")
        hers.hears("Trois semaines sans réponse")
        ines.write(1, "Nous comptons les appels")
        his.hears("Nous comptons les appels")
        with closing(open_store(store, session).journal) as journal:
            until(lambda: len(journal.present()) == 2, SEEN_WITHIN)
    # A page that moves to another server sends what it does not know to be in.
    again = {"id": "Marc-0001", "do": "write", "kind": "problem", "text": "Trois semaines sans réponse"}
    assert marc.post(two, "/gestures", again)[0] == 200
    status, file = marc.get(two, "/summary.md")
    assert status == 200 and "Trois semaines sans réponse" in file
    # The operator's key, too, is that of the store.
    assert one.operator_url.partition("?")[2] == two.operator_url.partition("?")[2]


def test_no_password_is_in_the_processes_or_the_logs(both: list[Server], store: Store, session: str) -> None:
    marc = comes(both, store, session, "Marc")
    assert marc.get(both[0], "/summary.md")[0] == 200
    for server in both:
        for process in server.processes():
            assert PASSWORD not in Path(f"/proc/{process}/cmdline").read_text()
        log = server.log.read_text()
        assert PASSWORD not in log and "postgresql://impact@127.0.0.1" in log


def test_one_server_that_is_killed_loses_nothing_and_its_people_are_freed(
    both: list[Server], store: Store, session: str
) -> None:
    one, two = both
    pages = [comes([one, two] if n % 2 else [two, one], store, session, f"writer{n}") for n in range(4)]
    watcher = comes([two], store, session, "Ines")

    def killed() -> None:
        time.sleep(1)
        one.kill9()
        time.sleep(2)

    journal = open_store(store, session).journal
    with closing(watcher.listens(two)), closing(pages[1].listens(one)):
        until(lambda: len(journal.present()) == 2, SEEN_WITHIN)
        said = under_writers(pages, killed)
        until(lambda: len(journal.present()) == 1, 30)
    journal.close()
    found = written(store, session)
    assert sorted(found) == sorted(said) and len(set(said)) == len(said)
    assert any(page.troubles for page in pages)
    one.restart()
    assert watcher.get(one)[0] == 200


@pytest.mark.parametrize(("kind", "document"), [(Nginx, "nginx-servers.conf"), (HAProxy, "haproxy-servers.cfg")])
def test_behind_a_proxy_servers_that_are_killed_in_turn_lose_nothing_and_double_nothing(
    both: list[Server], store: Store, tmp_path: Path, kind: type[Proxy], document: str
) -> None:
    ours = {"127.0.0.1:8866": f"127.0.0.1:{both[0].port}", "127.0.0.1:8867": f"127.0.0.1:{both[1].port}"}
    proxy = kind(tmp_path / "proxy", document, ours)
    sessions = []
    for n in range(4):
        with closing(create_session(store, f"Service {n}").journal) as journal:
            sessions.append(journal.session)
    pages = [comes([proxy], store, session, f"writer{n}") for n, session in enumerate(sessions)]

    def in_turn() -> None:
        for kill in range(KILLS):
            time.sleep(1)
            both[kill % 2].kill9()
            time.sleep(1)
            both[kill % 2].restart()

    said = under_writers(pages, in_turn)
    proxy.stop()
    found = [id for session in sessions for id in written(store, session)]
    assert sorted(found) == sorted(said) and len(set(said)) == len(said)
    troubles = sum(page.troubles for page in pages)
    print(f"\n{KILLS} kills -9, {len(said)} notes acknowledged, 0 lost, 0 doubled, {troubles} sent again by pages")


def test_postgresql_stopped_and_started_under_writers_loses_nothing_and_doubles_nothing(
    both: list[Server], store: Store, session: str, cluster: Cluster
) -> None:
    pages = [comes([both[n % 2]], store, session, f"writer{n}") for n in range(4)]
    watcher = comes([both[0]], store, session, "Ines")
    refusals: list[tuple[int, str]] = []

    def away(mode: str, seconds: float) -> None:
        time.sleep(1)
        cluster.stop(mode)
        try:
            gesture = {"id": secrets.token_hex(8), "do": "write", "kind": "problem", "text": "Pendant la panne"}
            refusals.append(watcher.post(both[0], "/gestures", gesture))
            time.sleep(seconds)
        finally:
            cluster.start()
        time.sleep(1)

    def again_and_again() -> None:
        for stop in range(KILLS // 2):
            # In peace for some seconds, then without a word and at once.
            away(*(("fast", AWAY) if stop % 2 == 0 else ("immediate", 0.0)))

    with closing(watcher.listens(both[1])) as heard:
        said = under_writers(pages, again_and_again)
        found = written(store, session)
        assert sorted(found) == sorted(said) and len(set(said)) == len(said)
        assert all(page.troubles for page in pages)
        print(f"\n{KILLS // 2} stops of PostgreSQL, {len(said)} notes acknowledged, 0 lost, 0 doubled")
        # A page that was open all the time goes on by itself.
        watcher.write(1, "Après la panne")
        heard.hears("Après la panne")
    for status, said_then in refusals:
        assert status == 503 and json.loads(said_then)["code"] == "trouble"
        assert "base de données" in json.loads(said_then)["refused"]
    assert "the database does not answer" in both[0].log.read_text()
