"""A data folder looked over, repaired and copied while people write in it."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs

from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.domain.events import Entry
from impactlib.gestures import Asking
from impactlib.storage import doctor, keys
from impactlib.storage.backup import back_up
from impactlib.storage.carving import PAGE, rows
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.folder import journal_path
from impactlib.storage.keys import renew_operator
from impactlib.storage.session_store import SessionStore, create_session, open_store
from tests.test_damage import MARC, change, damaged, write

WRITER = """
import sys
from pathlib import Path
from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.session_store import open_store

data, session, name = sys.argv[1:]
store = open_store(Path(data), session)
print("ready", flush=True)
# As long as it is asked to.
for copy, _ in enumerate(sys.stdin):
    for number in range(50):
        id = f"{name}-{copy:04}-{number:04}"
        gesture = {"id": id, "do": "write", "kind": "problem", "text": "mot " * 50}
        store.ask(Asking("marc", Role.CLIENT), gesture)
"""


def journal_of(store: SessionStore) -> list[Entry]:
    """The entries, without the signatures that those have which came back with a notebook."""
    with contextlib.closing(store.journal) as journal:
        return [structs.replace(entry, rest="") for entry in journal.read()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of one workshop, with a text that is longer than a page, and a link that was renewed."""
    data = tmp_path_factory.mktemp("made")
    store = create_session(data, "Colis Solidaire")
    write(store, 60)
    store.ask(MARC, {"id": "note-long", "do": "write", "kind": "problem", "text": "Une phrase entière. " * 700})
    write_more(store, 60)
    store.journal.renew(Role.CLIENT)
    store.journal.close()
    keys.secret(data)
    return data


def write_more(store: SessionStore, many: int) -> None:
    for n in range(many):
        store.ask(MARC, {"id": f"more-{n:06}", "do": "write", "kind": "problem", "text": f"Encore n° {n}. " * 9})


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def path(data: Path) -> Path:
    [path] = (data / "sessions").glob("*.journal")
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> str:
    assert main(list(map(str, arguments))) == code, capsys.readouterr()
    out, err = capsys.readouterr()
    return out + err


# Reading rows without SQLite ----------------------------------------------------------------------------


def test_every_row_of_a_sound_journal_is_read_without_sqlite(path: Path) -> None:
    with contextlib.closing(FileJournal(path)) as journal:
        entries = journal.read()
    found = doctor.carve(path)
    assert list(found.entries.values()) == entries
    assert list(found.entries) == list(range(1, len(entries) + 1))
    assert found.meta["session"] == path.stem
    assert [link[:2] for link in found.links or ()] == [("client", 1)]


@pytest.mark.parametrize("seed", range(20))
def test_no_content_makes_reading_fail(seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(chance.randbytes(3 * PAGE))
    for start in (100, PAGE, 2 * PAGE):
        content[start] = 13
    list(rows(bytes(content)))


# The doctor ---------------------------------------------------------------------------------------------


def test_a_sound_folder_is_said_to_be_so(data: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "doctor", "--data", data).startswith(f"{path.stem}  sound, ")
    before = path.read_bytes()
    assert "sound" in said(capsys, "doctor", "--data", data, "--repair")
    assert path.read_bytes() == before


def test_a_damaged_journal_is_written_anew_and_the_damaged_file_stays(
    data: Path, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = journal_of(open_store(data, path.stem))
    change(path, "réponse n° 7.".encode(), "réponse n° 8.".encode())
    content = path.read_bytes()
    assert "has changed" in said(capsys, "doctor", "--data", data, code=1)
    assert path.read_bytes() == content
    told = said(capsys, "doctor", "--data", data, "--repair")
    [kept] = (data / "sessions").glob("*.damaged-*")
    assert kept.read_bytes() == content and kept.name in told
    assert "1 more are known to be missing" in told
    store = open_store(data, path.stem)
    repaired = store.journal.read()
    assert repaired == [entry for entry in entries if entry.id != "note-000007"]
    # It goes on: nobody gets the number of the entry that was lost, and links stay what they were.
    assert store.journal.generation(Role.CLIENT) == 1
    store.ask(MARC, {"id": "note-after", "do": "write", "kind": "problem", "text": "Après."})
    assert store.journal.read()[-1].seq == entries[-1].seq + 1
    store.journal.close()
    assert "sound" in said(capsys, "doctor", "--data", data)


def test_a_notebook_brings_what_is_lost_in_its_place(
    data: Path, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "atelier.ipynb"
    said(capsys, "export", path.stem, "--data", data, "-o", file)
    entries = journal_of(open_store(data, path.stem))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    told = said(capsys, "doctor", "--data", data, "--repair", "--from", file)
    assert "of them from the notebook" in told
    assert journal_of(open_store(data, path.stem)) == entries


def test_nothing_is_made_of_a_journal_whose_opening_is_lost_but_with_a_notebook(
    data: Path, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "atelier.ipynb"
    said(capsys, "export", path.stem, "--data", data, "-o", file)
    entries = journal_of(open_store(data, path.stem))
    change(path, b"SessionOpened", b"SessionClosed")
    content = path.read_bytes()
    assert "Give a session notebook" in said(capsys, "doctor", "--data", data, "--repair", code=1)
    assert path.read_bytes() == content and len([*path.parent.iterdir()]) == 1
    said(capsys, "doctor", "--data", data, "--repair", "--from", file)
    assert journal_of(open_store(data, path.stem)) == entries


def test_an_emptied_journal_comes_back_from_its_notebook_with_new_links(
    data: Path, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "atelier.ipynb"
    said(capsys, "export", path.stem, "--data", data, "-o", file)
    entries = journal_of(open_store(data, path.stem))
    path.write_bytes(b"")
    assert "All its links are new" in said(capsys, "doctor", "--data", data, "--repair", "--from", file)
    store = open_store(data, path.stem)
    assert store.journal.generation(Role.CLIENT) > 1
    assert {entry.id for entry in journal_of(store)} == {entry.id for entry in entries}


def test_a_notebook_of_a_sound_workshop_is_not_for_the_doctor(
    data: Path, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "atelier.ipynb"
    said(capsys, "export", path.stem, "--data", data, "-o", file)
    assert "impact import" in said(capsys, "doctor", "--data", data, "--repair", "--from", file, code=2)


def test_the_doctor_looks_at_the_secret_and_at_who_may_read(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "secret").write_bytes(b"")
    (data / "operator").write_bytes(b"")
    data.chmod(0o755)
    told = said(capsys, "doctor", "--data", data, code=1)
    assert "secret: it is damaged" in told and "chmod go=" in told and "operator: it is damaged" in told
    (data / "secret").unlink()
    assert "secret: it is missing" in said(capsys, "doctor", "--data", data, code=1)


def test_a_folder_that_is_no_data_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no data folder" in said(capsys, "doctor", "--data", tmp_path / "away", code=2)
    assert "no data folder" in said(capsys, "backup", tmp_path / "copy", "--data", tmp_path / "away", code=2)


@pytest.mark.long
def test_of_300_damaged_journals_all_entries_outside_the_damage_are_recovered(data: Path, path: Path) -> None:
    content, entries = path.read_bytes(), journal_of(open_store(data, path.stem))
    pages = pages_of(path, entries)
    chance, seen, lost = random.Random(15), 0, 0
    for _ in range(300):
        broken = damaged(content, chance)
        path.write_bytes(broken)
        touched = {at // PAGE for at, byte in enumerate(content) if at >= len(broken) or broken[at] != byte}
        found = set(doctor.carve(path).entries.values())
        assert found <= set(entries)
        untouched = {entry for entry in entries if not pages[entry.id] & touched}
        assert untouched <= found
        [examined] = doctor.examine(data)
        seen += bool(examined.wrong)
        lost += len(entries) - len(found)
        if examined.wrong and examined.found and examined.found.opening:
            done = doctor.repair(data, path.stem)
            assert set(journal_of(open_store(data, path.stem))) == found
            done.kept.unlink()
    print(f"300 damaged journals of {len(entries)} entries: {seen} seen, {lost / 300:.1f} entries lost on average")
    assert seen > 150


def pages_of(path: Path, entries: list[Entry]) -> dict[str, set[int]]:
    """The pages that each entry needs: those without which it is not read."""
    content = path.read_bytes()
    needs: dict[str, set[int]] = {entry.id: set() for entry in entries}
    for page in range(len(content) // PAGE):
        path.write_bytes(content[: page * PAGE] + bytes(PAGE) + content[(page + 1) * PAGE :])
        for id in needs.keys() - {entry.id for entry in doctor.carve(path).entries.values()}:
            needs[id].add(page)
    return needs


# Copies -------------------------------------------------------------------------------------------------


def test_a_copy_has_the_journals_and_the_secret_for_its_owner_alone(
    data: Path, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copies" / "monday"
    (data / "server").write_text("http://127.0.0.1:8866/")
    renew_operator(data)
    assert "1 workshops were copied" in said(capsys, "backup", copy, "--data", data)
    assert sorted(str(one.relative_to(copy)) for one in copy.rglob("*") if one.is_file()) == [
        "operator",
        "secret",
        f"sessions/{path.name}",
    ]
    assert {one.stat().st_mode & 0o777 for one in copy.rglob("*") if one.is_file()} == {0o600}
    assert {one.stat().st_mode & 0o777 for one in (copy, copy / "sessions")} == {0o700}
    # A copy is a data folder: the same links open the same workshops.
    assert said(capsys, "links", path.stem, "--data", copy) == said(capsys, "links", path.stem, "--data", data)
    assert journal_of(open_store(copy, path.stem)) == journal_of(open_store(data, path.stem))


def test_nothing_is_copied_over_what_is_there(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "copy").mkdir()
    assert "this is there already" in said(capsys, "backup", tmp_path / "copy", "--data", data, code=2)


def test_a_damaged_journal_is_copied_as_it_is_and_named(
    data: Path, path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create_session(data, "Aide au logement").journal.close()
    path.write_bytes(path.read_bytes()[:9000])
    told = said(capsys, "backup", tmp_path / "copy", "--data", data, code=1)
    assert "1 workshops were copied" in told and path.stem in told
    assert (tmp_path / "copy" / "sessions" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.process
@pytest.mark.long
def test_forty_copies_made_while_people_write_are_each_whole_and_one_is_gone_on_with(tmp_path: Path) -> None:
    data = tmp_path / "data"
    stores = [create_session(data, f"Équipe {n}") for n in range(2)]
    for store in stores:
        store.ask(Asking("marc", Role.CLIENT), {"id": "join-marc", "do": "join", "name": "Marc"})
    command = [sys.executable, "-c", WRITER, str(data)]
    writers = [
        subprocess.Popen(
            [*command, store.session.id, f"w{n}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for n, store in enumerate(2 * stores)
    ]
    for writer in writers:
        assert writer.stdout and writer.stdout.readline() == "ready\n"
    sizes = []
    try:
        for number in range(40):
            for writer in writers:
                assert writer.stdin
                writer.stdin.write("\n")
                writer.stdin.flush()
            acknowledged = {store.session.id: store.journal.last() for store in stores}
            copy = tmp_path / "copies" / str(number)
            assert back_up(data, copy).damaged == {}
            for store in stores:
                with contextlib.closing(FileJournal(journal_path(copy, store.session.id))) as journal:
                    entries = journal.read()
                with contextlib.closing(sqlite3.connect(journal_path(copy, store.session.id))) as db:
                    granted = {row[0] for row in db.execute("select id from granted")}
                # Whole gestures, each with what tells it from another, and all that was there when the copy began.
                assert len(entries) >= acknowledged[store.session.id]
                assert {entry.id for entry in entries[1:]} == granted
                sizes.append(len(entries))
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    assert sizes[-1] > sizes[0]
    restored = open_store(copy, stores[0].session.id)
    again = restored.journal.read()[-1]
    gesture = {"id": again.id, "do": "write", "kind": "problem", "text": "mot " * 50}
    assert restored.ask(Asking("marc", Role.CLIENT), gesture) == ()
    restored.journal.close()
