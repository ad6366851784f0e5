"""A machine in trouble: what people are told, what the log is told, and that the others go on."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.rooms.room import Room
from impactlib.server.lanes import Lanes
from impactlib.server.sessions import Admission, Door, Sessions
from impactlib.storage import keys, running
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.folder import journal_path
from impactlib.storage.session_store import create_session
from tests.conftest import path_of
from tests.serving import Browser, Served, served

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
NOBODY = 65534


@contextmanager
def held(path: Path) -> Iterator[None]:
    """While another program holds a journal alone."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin exclusive")
        yield


@contextmanager
def full(path: Path) -> Iterator[None]:
    """While no file of this process may become longer than a journal is: what a quota does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(data: Path) -> Iterator[None]:
    """While this process may read a data folder and not write in it; root, who may all, is another meanwhile."""
    paths = [data, *data.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    ours = os.geteuid()
    if ours == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(ours)
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that other accounts can reach, as pytest's own is not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


# One workshop's trouble is its own ----------------------------------------------------------------------


@served
async def test_a_journal_that_is_held_keeps_no_other_workshop_waiting(house: Served) -> None:
    ada, first = await house.joins(CONSULTANT), house.session
    await house.opens()
    ines = await house.joins(CONSULTANT)
    with held(journal_path(house.data, first)):
        waits = asyncio.ensure_future(ada.asks("Qui attend ?"))
        await asyncio.sleep(0)
        for number in range(3):
            assert (await ines.asks(f"Qui passe ? {number}")).code == 200
        assert not waits.done()
    assert (await waits).code == 200


def test_what_a_lane_is_given_is_done_in_turn_and_all_of_it() -> None:
    lanes, done = Lanes("test", 3), dict[str, list[int]]()
    for number in range(300):
        for lane in "abcdefgh":
            lanes.submit(lane, partial(done.setdefault(lane, []).append, number))
    lanes.close()
    assert done == {lane: list(range(300)) for lane in "abcdefgh"}


# Damage ---------------------------------------------------------------------------------------------------


@served
async def test_people_of_a_damaged_workshop_are_told_and_nobody_else(
    house: Served, caplog: pytest.LogCaptureFixture
) -> None:
    marc, path = await house.joins(CLIENT), journal_path(house.data, house.session)
    other = await house.state.sessions.run("", house.state.sessions.open, team="Aide au logement")
    await marc.asks("Qui renonce ?")
    await forgotten(house)
    path.write_bytes(path.read_bytes().replace(b"Qui renonce ?", b"Qui prononce ", 1))
    caplog.clear()
    for _ in range(3):
        page = await marc.get()
        assert page.code == 503
        assert "le fichier de cet atelier est abîmé" in page.body.decode()
        assert "est gardé sur cet appareil" in page.body.decode()
    answer = await marc.asks("Et ceci ?")
    assert answer.code == 503
    assert json.loads(answer.body)["code"] == "trouble"
    assert "abîmé" in json.loads(answer.body)["refused"]
    [line] = [record.getMessage() for record in caplog.records]
    assert house.session in line
    assert "impact doctor" in line
    # Whoever brings no key is told nothing, and the others notice nothing.
    assert (await Browser(house, f"/room/{house.session}/client").get()).code == 403
    house.session, house.keys = other
    assert (await (await house.joins(CONSULTANT)).asks("Et nous ?")).code == 200


async def forgotten(house: Served) -> None:
    """As after a restart: no journal is open."""

    def forget() -> None:
        house.state.sessions._rooms.pop(house.session).store.journal.close()

    await house.state.sessions.run(house.session, forget)


@served
async def test_a_journal_that_is_emptied_while_it_is_open_is_said_and_goes_on_once_it_is_put_back(
    house: Served, caplog: pytest.LogCaptureFixture
) -> None:
    marc, path = await house.joins(CONSULTANT), journal_path(house.data, house.session)
    await marc.get()
    content = path.read_bytes()
    path.write_bytes(b"")
    for answer in (await marc.asks("Qui renonce ?"), await marc.get()):
        assert answer.code == 503
        assert "le fichier de cet atelier est abîmé" in answer.body.decode()
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    path.write_bytes(content)
    assert (await marc.asks("Qui renonce ?")).code == 200


@served
async def test_the_operator_sees_the_others_and_which_cannot_be_read(house: Served) -> None:
    damaged = house.session
    await house.state.sessions.run("", house.state.sessions.open, team="Aide au logement")
    await forgotten(house)
    with journal_path(house.data, damaged).open("r+b") as file:
        file.truncate(9000)
    page = (await house.operator().get()).body.decode()
    assert "Aide au logement" in page
    assert f"ne peut pas être lu : {damaged}" in page.replace(" :", " :")
    assert damaged not in (await Browser(house, "/").get()).body.decode()


@served
async def test_a_deleted_journal_is_not_served_from_memory(house: Served, caplog: pytest.LogCaptureFixture) -> None:
    marc = await house.joins(CLIENT)
    stream = await marc.listens()
    journal_path(house.data, house.session).unlink()
    assert (await marc.asks("Qui renonce ?")).code == 401
    await stream.ends()
    assert any("deleted or replaced" in record.getMessage() for record in caplog.records)


@served
async def test_a_journal_that_was_put_back_goes_on(house: Served) -> None:
    marc, path = await house.joins(CLIENT), journal_path(house.data, house.session)
    content = path.read_bytes()
    path.unlink()
    assert (await marc.asks("Qui renonce ?")).code == 401
    path.write_bytes(content)
    assert (await marc.asks("Qui renonce ?")).code == 200


# Two servers on one folder ----------------------------------------------------------------------------------


@served
async def test_people_of_two_servers_on_one_folder_are_all_present_until_their_own_ends(house: Served) -> None:
    marc = await house.joins(CLIENT)
    await marc.listens()
    other, session = Sessions(house.data), house.session
    await other.inside(Door(session, CONSULTANT, house.keys[CONSULTANT], ""), lambda here, room: None)
    await other.run(session, other.mark, session, "ines", 1)
    assert await present(house) == {marc.id, "ines"}
    other.close()
    await ticked(house)
    assert await present(house) == {marc.id}
    # One that was killed could say nothing.
    with closing(house.elsewhere().journal) as journal:
        journal.mark("ines", 1, "killed")
    await ticked(house)
    assert await present(house) == {marc.id}


async def present(house: Served) -> frozenset[str]:
    sessions = house.state.sessions
    return await sessions.run(house.session, lambda: sessions.room(house.session).scene().present)


async def ticked(house: Served) -> None:
    house.state.sessions.tick(0.0)
    await house.state.sessions.run(house.session, lambda: None)


@served
async def test_what_is_written_on_two_servers_at_once_is_all_in_and_once(house: Served) -> None:
    ada = await house.joins(CONSULTANT)
    other, session = Sessions(house.data), house.session
    door = Door(session, CONSULTANT, house.keys[CONSULTANT], ada.own)

    def writes(id: str) -> Callable[[Admission, Room], int]:
        gesture = {"id": id, "do": "write", "kind": "question", "text": "Qui attend ?"}
        return lambda here, room: other.ask(room, Asking(here.id, here.door), gesture)

    answers = []
    for number in range(50):
        # Sent once to each of the two, as by a page that does not know whether it was heard.
        both = ada.asks("Qui attend ?", f"note-{number:04}"), other.inside(door, writes(f"note-{number:04}"))
        answers.append((await asyncio.gather(*both))[0].code)
    other.close()
    assert answers == [200] * 50
    assert len(ids(house)) == len([id for id in ids(house) if not id.startswith("note-")]) + 50


def test_the_second_server_of_a_folder_is_told_of_the_first(tmp_path: Path) -> None:
    with running.announced(tmp_path, "http://127.0.0.1:8866/") as other:
        assert other == ""
        with running.announced(tmp_path, "http://127.0.0.1:8867/") as first:
            assert first == "http://127.0.0.1:8866/"
    with running.announced(tmp_path, "http://127.0.0.1:8867/") as other:
        assert other == ""


# A disk that takes nothing more -----------------------------------------------------------------------------


async def fills(house: Served, marc: Browser) -> tuple[list[str], list[str]]:
    """Write until nothing more is kept: the ids of the notes that were, and of those that were not."""
    kept, waiting = list[str](), list[str]()
    for number in range(60):
        id = f"note-{number:06}"
        answer = await marc.asks("Qui attend la réponse ? " * 40, id)
        (kept if answer.code == 200 else waiting).append(id)
        if len(waiting) == 3:
            break
    return kept, waiting


def ids(house: Served) -> set[str]:
    with closing(house.elsewhere().journal) as journal:
        return {entry.id for entry in journal.read()}


@served
async def test_on_a_full_disk_people_are_told_and_nothing_that_was_answered_is_lost(
    house: Served, caplog: pytest.LogCaptureFixture
) -> None:
    marc, path = await house.joins(CONSULTANT), journal_path(house.data, house.session)
    caplog.clear()
    with full(path):
        kept, waiting = await fills(house, marc)
        answer = await marc.asks("Qui attend la réponse ? " * 40, waiting[0])
        told = json.loads(answer.body)
        assert (answer.code, told["code"]) == (503, "trouble")
        assert "disque" in told["refused"] and "part de lui-même" in told["refused"]
        # What is there can be read.
        assert (await marc.get()).code == 200
    [line] = [record.getMessage() for record in caplog.records]
    assert "its space" in line and house.session in line
    assert set(kept) <= ids(house) and not set(waiting) & ids(house)
    for id in waiting:
        assert (await marc.asks("Qui attend la réponse ? " * 40, id)).code == 200
    assert {*kept, *waiting} <= ids(house)


@served
async def test_in_a_folder_that_may_only_be_read_people_read_and_are_told(house: Served) -> None:
    marc = await house.joins(CONSULTANT)
    await marc.asks("Qui renonce ?")
    assert (await marc.get()).code == 200
    await forgotten(house)
    with read_only(house.data):
        page = await marc.get()
        assert page.code == 200
        assert "Qui renonce ?" in page.body.decode()
        stream = await marc.listens()
        answer = await marc.asks("Et ceci ?", "note-waiting")
        assert answer.code == 503
        assert "pas le droit d’écrire" in json.loads(answer.body)["refused"]
        opened = await house.operator().post("workshops", {"team": "Aide au logement"})
        assert opened.code == 503
        assert "pas le droit d’écrire" in json.loads(opened.body)["refused"]
    assert (await marc.asks("Et ceci ?", "note-waiting")).code == 200
    await stream.hears("Et ceci ?")


def test_a_journal_of_an_earlier_version_is_read_where_it_may_not_be_brought_up_to_date(tmp_path: Path) -> None:
    store = create_session(tmp_path, "Colis Solidaire")
    store.journal.renew(CLIENT)
    entries = store.journal.read()
    store.journal.close()
    path = path_of(store.journal)
    with closing(sqlite3.connect(path)) as db:
        db.executescript("drop table granted; drop table open_pages; alter table links drop column place;")
        db.executescript("".join(f"alter table {table} drop column sum;" for table in ("meta", "entries", "links")))
    with read_only(tmp_path):
        journal = FileJournal(path)
        assert (journal.read(), journal.generation(CLIENT), journal.present()) == (entries, 1, frozenset())
        for _ in range(2):
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                journal.mark("marc", 1)
    assert journal.renew(CLIENT) == 2
    journal.mark("marc", 1)
    journal.close()
    with closing(FileJournal(path)) as again:
        assert (again.read(), again.generation(CLIENT), again.present()) == (entries, 2, frozenset({"marc"}))


@pytest.mark.parametrize("command", [("new", "--team", "Colis Solidaire"), ("links", "ID", "--new", "client")])
@pytest.mark.parametrize("trouble", [full, read_only])
def test_a_command_says_what_is_the_matter_in_one_line(
    tmp_path: Path,
    command: tuple[str, ...],
    trouble: Callable[[Path], AbstractContextManager[None]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    store = create_session(tmp_path, "Colis Solidaire")
    store.journal.close()
    keys.secret(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    arguments = [store.session.id if argument == "ID" else argument for argument in command]
    (tmp_path / "small").write_bytes(b"0" * 512)
    with trouble(tmp_path / "small" if trouble is full else tmp_path):
        code = main([*arguments, "--data", str(tmp_path)])
    (tmp_path / "small").unlink()
    out, err = capsys.readouterr()
    assert (code, out, len(err.splitlines())) == (2, "", 1), err
    assert "space" in err if trouble is full else "may not" in err
    assert sorted(tmp_path.rglob("*")) == before
