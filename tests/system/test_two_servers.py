"""Two real servers on one PostgreSQL: any of them serves any page, and no trouble of one, or of the database, loses or
doubles what was acknowledged."""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.storage.session_store import create_session, open_store
from impactlib.storage.store import Store
from impactlib.storage.stores import at
from tests.harness import Server, until
from tests.postgres import PASSWORD, Cluster
from tests.proxies import HAProxy, Nginx, Proxy
from tests.system.writers import SEEN_WITHIN, comes, under_writers, written

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

AWAY = 5.0
"""Seconds for which PostgreSQL is stopped under writers."""
KILLS = int(os.environ.get("SERVER_KILLS", "4"))
"""How many times one of the two servers is killed; PostgreSQL is stopped half as often."""


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


BEFORE = "import impactlib.domain.events as events\ndel events._DECODERS['NoteSeconded']\n"
"""What makes a kit of the one before: it knows an event less."""


def test_servers_of_two_versions_serve_one_workshop_while_one_replaces_the_other(
    both: list[Server], store: Store, session: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(BEFORE)
    older = Server(tmp_path / "older", store=store)
    with monkeypatch.context() as patched:
        patched.setenv("PYTHONPATH", str(tmp_path))
        older.start()
    newer = both[0]
    marc = comes([newer], store, session, "Marc")
    ines = comes([older], store, session, "Ines", Role.CONSULTANT)
    with closing(ines.listens(older)) as hers, closing(marc.listens(newer)) as his:
        ines.send(
            "/gestures", {"id": "ines-asked", "do": "write", "kind": "question", "text": "Qui répond le samedi ?"}
        )
        his.hears("Qui répond le samedi ?")
        marc.send("/gestures", {"id": "marc-seconds", "do": "second", "note": "ines-asked", "on": True})
        hers.hears("Une version plus récente du kit a écrit ici 1 chose")
        marc.write(1, "Personne, le samedi")
        hers.hears("Personne, le samedi")
        ines.send("/gestures", {"id": "ines-again", "do": "write", "kind": "question", "text": "Et le dimanche ?"})
        his.hears("Et le dimanche ?")
    # A file that the older one gives has all, for the newer.
    status, carried = marc.get(older, "/session.ipynb")
    assert status == 200 and "NoteSeconded" in carried
    older.stop()
    older.start()
    page = ines.get(older)[1]
    assert "Une version plus récente" not in page and "Qui répond le samedi ?" in page
    older.stop()
    with closing(open_store(store, session).journal) as journal:
        assert [entry.id for entry in journal.read() if entry.id in ("ines-asked", "marc-seconds", "ines-again")] == [
            "ines-asked",
            "marc-seconds",
            "ines-again",
        ]


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
