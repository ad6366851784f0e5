"""What only a PostgreSQL store has: an address, rights, a schema, a password that is told nowhere, few connections."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from impactlib.cli import main
from impactlib.domain.refusal import Refusal
from impactlib.server.sessions import Sessions
from impactlib.server.troubles import trouble
from impactlib.storage.faults import Fault, StoreError
from impactlib.storage.session_store import create_session, open_store
from impactlib.storage.stores import at
from tests.loops import awaited

if TYPE_CHECKING:
    from impactlib.storage.postgres import Postgres
    from tests.postgres import Cluster

pytestmark = pytest.mark.system


@pytest.fixture
def address(cluster: Cluster) -> str:
    return cluster.new()


@pytest.fixture
def store(address: str) -> Iterator[Postgres]:
    from impactlib.storage.postgres import Postgres

    with closing(Postgres(address)) as store:
        yield store


def database(address: str) -> str:
    return address.rpartition("/")[2]


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str) -> str:
    """What a command says of an address that it cannot use: one line, and exit 2."""
    monkeypatch.setenv("IMPACT_STORE", address)
    assert main(["sessions"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("impact: ") and err.count("\n") == 1
    return err


def test_a_wrong_address_is_a_sentence_without_the_password(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.postgres import PASSWORD

    good = cluster.address("postgres")
    for wrong, said in {
        cluster.address("absent"): "does not exist",
        cluster.address("postgres", "personne"): "authentication failed",
        cluster.address("postgres", password=":un-autre-mot"): "authentication failed",
        good.replace(str(cluster.port), "1"): "Connection refused",
        good.replace("127.0.0.1", "nulle-part.invalid"): "does not answer",
        f"{good}?nonsense=1": "no address",
        "mysql://somewhere": "no address",
    }.items():
        err = refused(monkeypatch, capsys, wrong)
        assert said in err, wrong
        assert PASSWORD not in err and "un-autre-mot" not in err


def test_without_rights_or_with_other_tables_nothing_is_changed(
    cluster: Cluster, address: str, store: Postgres, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = database(address)
    cluster.ask("create role lectrice login password 'lire'", name)
    reader = cluster.address(name, "lectrice", ":lire")
    assert "may not write" in refused(monkeypatch, capsys, reader)
    cluster.ask("alter table impact.entries drop constraint entries_session_id_key", name)
    assert "somebody changed the tables that the kit made (entries)" in refused(monkeypatch, capsys, address)
    cluster.ask("update impact.kit set value = '2' where key = 'format'", name)
    assert "of a newer kit (format 2)" in refused(monkeypatch, capsys, address)
    latin = cluster.new()
    cluster.ask(f"drop database {database(latin)}", "postgres")
    cluster.ask(f"create database {database(latin)} encoding 'SQL_ASCII' template template0", "postgres")
    assert "in UTF8" in refused(monkeypatch, capsys, latin)


def test_a_password_on_the_command_line_is_refused_and_others_are_read(
    address: str, store: Postgres, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tests.postgres import PASSWORD

    bare = address.replace(f":{PASSWORD}", "")
    for shown in (address, f"{bare}?password={PASSWORD}"):
        assert main(["sessions", "--store", shown]) == 2
        err = capsys.readouterr().err
        assert "leave the password out" in err and PASSWORD not in err
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "absent"))
    assert main(["sessions", "--store", bare]) == 2
    assert "no password supplied" in capsys.readouterr().err
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert main(["sessions", "--store", bare]) == 0
    passfile = tmp_path / "pgpass"
    passfile.write_text(f"*:*:*:impact:{PASSWORD}\n")
    passfile.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passfile))
    assert main(["sessions", "--store", bare]) == 0
    monkeypatch.setenv("IMPACT_STORE", address)
    assert main(["sessions"]) == 0 and "IMPACT_STORE" not in os.environ
    assert PASSWORD not in str(store)


def test_two_that_come_first_at_once_make_one_set_of_tables(address: str) -> None:
    opened: list[str] = []

    def first() -> None:
        with closing(at(address)) as store:
            opened.append(store.secret().hex())

    threads = [threading.Thread(target=first) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6 and len(set(opened)) == 1


def test_connections_are_bounded_and_workshops_at_rest_hold_none(
    cluster: Cluster, address: str, store: Postgres
) -> None:
    from impactlib.storage.connections import MOST

    stores = [create_session(store, f"Service {n}") for n in range(30)]
    threads = [threading.Thread(target=one.catch_up) for one in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert connected(cluster, address) <= MOST
    store.close()
    cluster.ask("select pg_sleep(0.1)", "postgres")
    assert connected(cluster, address) == 0
    assert stores[0].catch_up() == []


def connected(cluster: Cluster, address: str) -> int:
    question = f"select count(*) from pg_stat_activity where datname = '{database(address)}'"
    return int(cluster.ask(question, "postgres")[0][0])


def test_a_connection_that_was_ended_at_rest_is_replaced_unseen(
    cluster: Cluster, address: str, store: Postgres
) -> None:
    made = create_session(store, "Colis Solidaire")
    ended = f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{database(address)}'"
    for _ in range(3):
        assert cluster.ask(ended, "postgres")
        assert made.catch_up() == []
        made.write("a-note-of-ours", [])


def test_a_database_that_is_away_is_a_trouble_of_the_machine_and_everything_goes_on_after(
    cluster: Cluster, address: str, store: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    sessions = Sessions(store)
    made = create_session(store, "Colis Solidaire")
    before = made.session
    cluster.stop()
    try:
        with pytest.raises(StoreError) as caught:
            made.catch_up()
        assert trouble(caught.value) == Fault.AWAY and "database does not answer" in str(caught.value)
        with caplog.at_level(logging.ERROR, "impact"):
            assert sessions.troubles.tell(made.session.id, caught.value)
        assert "password" not in caplog.text and "postgresql://impact@127.0.0.1" in caplog.text
        with pytest.raises(StoreError):
            sessions.erased_on(made.session.id)
    finally:
        cluster.start()
    # It is not asked again at once, lest everybody waits for it.
    until(lambda: able(made.catch_up))
    assert made.session == before and sessions.erased_on(made.session.id) == ""
    sessions.close()


def able(call: Callable[[], object]) -> bool:
    try:
        call()
    except StoreError:
        return False
    return True


def until(ready: Callable[[], object]) -> None:
    from tests.harness import until as so

    so(ready, 20)


def test_a_server_that_was_taken_for_ended_says_again_who_is_there(store: Postgres) -> None:
    made = create_session(store, "Colis Solidaire")
    session = made.session.id
    one, other = Sessions(store), Sessions(store)
    for sessions, person in ((one, "ada"), (other, "marc")):
        awaited(sessions.run(session, sessions.room, session))
        awaited(sessions.run(session, sessions.mark, session, person, 1))
    assert made.journal.present() == {"ada", "marc"}
    # As after half a minute without the database, which only the other one has seen again.
    store._do("delete from servers where name = %s", one._sign.name)
    room = awaited(other.run(session, other.room, session))
    awaited(other.run(session, other._forget_ended, session, room.store.journal))
    assert made.journal.present() == {"marc"}
    one.tick(0.0)
    until(lambda: made.journal.present() == {"ada", "marc"})
    one.close()
    other.close()


def test_who_came_while_the_database_was_away_is_said_afterwards(cluster: Cluster, store: Postgres) -> None:
    made = create_session(store, "Colis Solidaire")
    sessions, session = Sessions(store), made.session.id
    awaited(sessions.run(session, sessions.room, session))
    cluster.stop()
    try:
        with pytest.raises(StoreError):
            awaited(sessions.run(session, sessions.mark, session, "ada", 1))
    finally:
        cluster.start()

    def said() -> bool:
        sessions.tick(0.0)
        return able(made.journal.present) and made.journal.present() == {"ada"}

    until(said)
    sessions.close()


def test_the_clock_of_all_servers_is_the_databases(
    address: str, store: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = time.time()
    monkeypatch.setattr(time, "time", lambda: right + 3600)
    with closing(at(address)) as wrong:
        assert wrong.clock() == pytest.approx(store.clock(), abs=0.5) == pytest.approx(right, abs=5)
        assert wrong.clock.off == pytest.approx(0, abs=0.5)


def test_a_copy_by_pg_dump_opens_with_the_same_links(cluster: Cluster, address: str, store: Postgres) -> None:
    made, secret = create_session(store, "Colis Solidaire"), store.secret()
    restored = cluster.new()
    cluster.restore(cluster.dump(address), restored)
    with closing(at(restored)) as copy, closing(open_store(copy, made.session.id).journal) as journal:
        assert journal.read() == made.journal.read()
        assert copy.secret() == secret


def test_nothing_of_what_was_erased_is_in_the_tables(cluster: Cluster, address: str, store: Postgres) -> None:
    from impactlib.domain.agenda import Role
    from impactlib.gestures import Asking
    from impactlib.storage import forgetting

    made, marc = create_session(store, "Colis Solidaire"), Asking("marc", Role.CLIENT)
    made.ask(marc, {"id": "join-marc", "do": "join", "name": "Marc"})
    made.ask(marc, {"id": "a-note-of-marc", "do": "write", "kind": "problem", "text": "Les familles attendent"})
    assert "attendent" in cluster.dump(address)
    forgetting.forget_person(store, made.session.id, "Marc")
    assert "attendent" not in cluster.dump(address)
    assert made.session.id in cluster.dump(address)
    forgetting.forget_session(store, made.session.id)
    assert cluster.dump(address).count(made.session.id) == 2, "its tombstones, of Marc and of the whole"


def test_a_folder_needs_no_psycopg_and_imports_none(tmp_path: Path) -> None:
    script = (
        "import sys; from impactlib.cli import main; "
        f"code = main(['new', '--team', 'Colis', '--data', {str(tmp_path)!r}]); "
        "sys.exit(code or int(any(name.startswith('psycopg') for name in sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_commands_that_need_a_folder_say_so(
    address: str, store: Postgres, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for words in (["backup", str(tmp_path / "copy")], ["rehearse"]):
        assert "works on a data folder" in _said(monkeypatch, capsys, address, words)


def _said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str, words: list[str]) -> str:
    monkeypatch.setenv("IMPACT_STORE", address)
    assert main(words) == 2
    return capsys.readouterr().err


def test_a_database_is_copied_to_another_from_the_shell(
    cluster: Cluster, address: str, store: Postgres, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.postgres import PASSWORD

    made = create_session(store, "Colis Solidaire")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    one, other = (whole.replace(f":{PASSWORD}", "") for whole in (address, cluster.new()))
    for new in (made.seq, 0):
        assert main(["store", "copy", one, other]) == 0
        assert f": 1 workshops, {made.seq} entries, counted there; {new} are new." in capsys.readouterr().out
    assert main(["store", "copy", address, other]) == 2
    assert main(["store", "check", "--store", other]) == 0


def test_an_address_of_something_else_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Refusal, match="no address of a store"):
        at("sqlite://somewhere")
    assert main(["sessions", "--store", "postgresql://[::1"]) == 2
    assert "no address of a store" in capsys.readouterr().err
