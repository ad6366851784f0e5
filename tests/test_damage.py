"""Journals that a disk, a copy or a person damaged: seen, said, and never served as if they were true."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.domain.events import Entry
from impactlib.gestures import Asking
from impactlib.storage.faults import Fault, fault
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.folder import journal_path
from impactlib.storage.journal import JournalDamaged, JournalError
from impactlib.storage.session_store import SessionStore, create_session, open_store
from tests.conftest import path_of

MARC = Asking("marc", Role.CLIENT)


def write(store: SessionStore, many: int) -> None:
    store.ask(MARC, {"id": "join-marc", "do": "join", "name": "Marc"})
    for n in range(many):
        text = f"Les bénévoles attendent la réponse n° {n}. " * 4
        store.ask(MARC, {"id": f"note-{n:06}", "do": "write", "kind": "problem", "text": text})


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of some hundred entries."""
    store = create_session(tmp_path_factory.mktemp("sound"), "Colis Solidaire")
    write(store, 120)
    store.journal.renew(Role.CLIENT)
    store.journal.close()
    return path_of(store.journal)


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    """A copy of it to damage, in a data folder of its own."""
    path = journal_path(tmp_path, sound.stem)
    path.parent.mkdir()
    shutil.copy(sound, path)
    return path


def read(path: Path) -> tuple[list[Entry], int, float]:
    """All that a journal says of a session."""
    with contextlib.closing(FileJournal(path)) as journal:
        return journal.read(), journal.generation(Role.CLIENT), journal.speed


def change(path: Path, before: bytes, after: bytes) -> None:
    content = path.read_bytes()
    assert before in content
    path.write_bytes(content.replace(before, after, 1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("réponse n° 7".encode(), "réponse n° 8".encode()),
        (b'{"note":"note-000050"', b'#"note":"note-000050"'),
        ("bénévoles".encode(), b"b\xff\xffn\xc3\xa9voles"),
        (b"note-000033", b"note-000034"),
        (b"speed1.0", b"speed9.0"),
    ],
)
def test_a_changed_byte_is_seen_and_what_it_says_is_not_served(path: Path, before: bytes, after: bytes) -> None:
    change(path, before, after)
    content = path.read_bytes()
    with pytest.raises(JournalDamaged, match=r"damaged|no longer one") as damaged:
        read(path)
    assert "impact doctor" in str(damaged.value)
    assert "bénévoles" not in str(damaged.value)
    assert path.read_bytes() == content


def test_a_link_that_was_renewed_stays_so_or_opens_nothing(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("update links set generation = 0")
    with pytest.raises(JournalDamaged, match="the link of client has changed"):
        read(path)


@pytest.mark.parametrize("gone", ["place = 60", "place = 1"])
def test_an_entry_that_is_missing_between_two_is_missed(path: Path, gone: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute(f"delete from entries where {gone}")
    with pytest.raises(JournalDamaged, match="1 entries are missing"):
        read(path)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A file cut somewhere, or with a few of its bytes changed."""
    if chance.random() < 0.3:
        return content[: chance.randrange(len(content))]
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def test_damaged_journals_are_never_silently_different(sound: Path, path: Path) -> None:
    known, chance, seen = read(sound), random.Random(15), 0
    content = sound.read_bytes()
    for _ in range(300):
        path.write_bytes(damaged(content, chance))
        try:
            assert read(path) == known
        except JournalError as error:
            assert path.name in str(error)
            seen += 1
    assert seen > 150


def test_one_damaged_journal_harms_no_other_and_is_named(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = path.parent.parent
    others = [create_session(data, team) for team in ("Colis Solidaire", "Aide au logement")]
    path.write_bytes(path.read_bytes()[:9000])
    assert main(["sessions", "--data", str(data)]) == 1
    out, err = capsys.readouterr()
    assert {line.split()[0] for line in out.splitlines()} == {other.session.id for other in others}
    assert err.startswith(f"impact: {path.name}: ")
    assert len(err.splitlines()) == 1
    assert main(["due", "--data", str(data)]) == 1
    assert path.name in capsys.readouterr().err
    for other in others:
        other.journal.close()


# Journals of an earlier version -----------------------------------------------------------------------


@pytest.fixture
def old(path: Path) -> Path:
    """The same journal, as a version without checksums wrote it."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        for table in ("meta", "entries", "links"):
            db.execute(f"alter table {table} drop column sum")
    return path


def test_an_old_journal_opens_whole_and_is_given_its_checksums(old: Path, sound: Path) -> None:
    assert read(old) == read(sound)
    change(old, "réponse n° 7".encode(), "réponse n° 8".encode())
    with pytest.raises(JournalDamaged, match="has changed"):
        read(old)


def test_an_old_journal_whose_entry_cannot_be_read_is_given_none(old: Path) -> None:
    change(old, b'{"note":"note-000050"', b'#"note":"note-000050"')
    content = old.read_bytes()
    with pytest.raises(JournalDamaged, match=r"entry \d+ cannot be read"):
        read(old)
    assert old.read_bytes() == content


def test_what_an_old_version_writes_meanwhile_is_read(path: Path) -> None:
    with contextlib.closing(open_store(path.parent.parent, path.stem).journal) as journal, journal.writing():
        journal.append("by-an-old-kit", "marc", "", [journal.read()[-1].event])
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("update entries set sum = null where id = 'by-an-old-kit'")
    assert read(path)[0][-1].id == "by-an-old-kit"


# What the machine says -----------------------------------------------------------------------------------


@pytest.fixture
def held(path: Path) -> Iterator[Path]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin exclusive")
        yield path


def test_a_journal_that_is_held_is_not_taken_for_a_damaged_one(
    held: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("impactlib.storage.workshops.WAIT", 0.05)
    with pytest.raises(sqlite3.OperationalError) as busy:
        FileJournal(held, wait=0.05)
    assert fault(busy.value) == Fault.BUSY
    assert main(["sessions", "--data", str(held.parent.parent)]) == 1
    assert "another program holds its file" in capsys.readouterr().err


def test_a_journal_that_was_deleted_or_replaced_is_no_longer_in_its_place(path: Path, sound: Path) -> None:
    with contextlib.closing(FileJournal(path)) as journal:
        assert journal.in_place
        path.unlink()
        assert not journal.in_place
        shutil.copy(sound, path.with_suffix(".copy"))
        path.with_suffix(".copy").rename(path)
        assert not journal.in_place
