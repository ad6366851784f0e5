"""The journal's contract: what was acknowledged stays, whoever else writes and whoever is killed."""

from __future__ import annotations

import contextlib
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from time import sleep

import pytest

from impactlib.domain import events as e
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.journal import FORMAT, Journal, JournalError, JournalExists
from tests.conftest import Time

WRITE = """
import sys
from pathlib import Path
from impactlib.domain.events import NoteWritten
from impactlib.storage.file_journal import FileJournal

path, who, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
journal = FileJournal(path)
print("ready", flush=True)
sys.stdin.readline()
for n in range(count):
    id = f"{who}-{n:06}"
    with journal.writing():
        journal.append(id, who, "", [NoteWritten(id, "question", "?" * 500), NoteWritten(id + "b", "answer", "!", id)])
    print(id, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions" / "home.journal"


@pytest.fixture
def journal(path: Path, time: Time) -> Iterator[Journal]:
    journal = FileJournal.create(path, "home", clock=time)
    yield journal
    journal.close()


@contextlib.contextmanager
def reopened(path: Path) -> Iterator[Journal]:
    journal = FileJournal(path)
    yield journal
    journal.close()


def write(journal: Journal, id: str, *happened: e.Event, by: str = "marc") -> None:
    with journal.writing():
        journal.append(id, by, "", happened or [e.ClockPaused()])


def writer(path: Path, who: str, count: int) -> subprocess.Popen[str]:
    """Another process, about to append `count` gestures; it says each id once it is in."""
    command = [sys.executable, "-c", WRITE, str(path), who, str(count)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "ready\n"
    return process


def go(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()


# Append, read, follow -------------------------------------------------------------------------------


def test_a_new_journal_is_empty_and_says_where_it_was_born(journal: Journal) -> None:
    assert (journal.origin, journal.speed, journal.read(), journal.last()) == ("home", 1.0, [], 0)


def test_appended_entries_are_read_in_order_with_all_their_fields(journal: Journal, time: Time) -> None:
    question = e.NoteWritten("q1", "question", "Qui « renonce » ?\n\u202f… 👩🏽\u200d🔬")
    with journal.writing():
        journal.append("first-gesture", "ada", "inès", [question, e.DetailSet("q1", "a", "b")])
    time.advance(5)
    write(journal, "second-gesture")
    assert [(n.origin, n.seq, n.id, n.at, n.by, n.behalf, n.event) for n in journal.read()] == [
        ("home", 1, "first-gesture", 2_000_000_000.0, "ada", "inès", question),
        ("home", 2, "first-gesture.1", 2_000_000_000.0, "ada", "inès", e.DetailSet("q1", "a", "b")),
        ("home", 3, "second-gesture", 2_000_000_005.0, "marc", "", e.ClockPaused()),
    ]


def test_reading_after_a_number_gives_what_came_since(journal: Journal) -> None:
    for n in range(4):
        write(journal, f"gesture-{n}")
    assert [entry.id for entry in journal.read(after=2)] == ["gesture-2", "gesture-3"]
    assert journal.read(after=4) == []
    assert journal.last() == 4


def test_an_entry_is_found_again_by_its_id(journal: Journal) -> None:
    write(journal, "gesture-0", e.ClockPaused(), e.ClockResumed())
    write(journal, "gesture-1")
    found = [journal.written(id) for id in ("gesture-1", "gesture-0.1", "away")]
    assert [entry and entry.seq for entry in found] == [3, 2, None]


def test_appending_no_event_writes_nothing(journal: Journal) -> None:
    with journal.writing():
        assert journal.append("gesture-0", "marc", "", []) == []
    assert journal.last() == 0


def test_an_id_is_in_once_and_a_second_one_takes_its_whole_gesture_with_it(journal: Journal) -> None:
    write(journal, "gesture-0")
    with pytest.raises(sqlite3.IntegrityError):
        write(journal, "gesture-0", e.ClockResumed(), e.ClockPaused())
    with pytest.raises(sqlite3.IntegrityError), journal.writing():
        journal.append("gesture-1", "marc", "", [e.ClockPaused()])
        journal.append("gesture-0", "marc", "", [e.ClockPaused()])
    assert [entry.id for entry in journal.read()] == ["gesture-0"]
    write(journal, "gesture-1")
    assert journal.last() == 2


def test_a_failed_write_leaves_no_trace_and_the_file_free(journal: Journal, path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), journal.writing():
        journal.append("gesture-0", "marc", "", [e.ClockPaused()])
        raise KeyboardInterrupt
    assert journal.read() == []
    with reopened(path) as other:
        write(other, "gesture-1")
    assert [entry.id for entry in journal.read()] == ["gesture-1"]


def test_a_commit_that_cannot_be_leaves_the_journal_fit_to_write_again(
    path: Path, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("impactlib.storage.file_journal.BUSY", 0.05)
    journal = FileJournal.create(path, "home", clock=time)
    reader = sqlite3.connect(path)
    # Somebody who reads for longer than a writer waits.
    reader.execute("begin").execute("select * from meta").fetchone()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        write(journal, "gesture-0")
    reader.close()
    write(journal, "gesture-1")
    assert [entry.id for entry in journal.read()] == ["gesture-1"]
    journal.close()


def test_time_never_goes_back_and_goes_on_even_when_the_machines_clock_goes_back(journal: Journal, time: Time) -> None:
    for step in (10, -3600, 5, 7200):
        time.advance(step)
        write(journal, f"gesture{step}")
    at = [entry.at for entry in journal.read()]
    assert [round(later - earlier) for earlier, later in pairwise(at)] == [0, 5, 3600]


def test_another_connection_follows_by_the_version_and_its_own_writes_do_not_count(
    journal: Journal, path: Path
) -> None:
    with reopened(path) as follower:
        seen = follower.version()
        assert follower.version() == seen
        write(journal, "gesture-0")
        assert follower.version() != seen
        assert [entry.id for entry in follower.read()] == ["gesture-0"]
        seen = follower.version()
        write(follower, "gesture-1")
        assert follower.version() == seen
        journal.mark("marc", 1)
        assert follower.version() != seen


# Several processes ----------------------------------------------------------------------------------


@pytest.mark.process
def test_processes_that_append_at_once_lose_nothing_double_nothing_and_keep_gestures_whole(path: Path) -> None:
    FileJournal.create(path, "home").close()
    writers = [writer(path, who, 25) for who in ("ada", "marc", "inès")]
    go(*writers)
    said = [process.communicate()[0].split() for process in writers]
    assert [process.returncode for process in writers] == [0, 0, 0]
    with reopened(path) as journal:
        entries = journal.read()
    assert [entry.seq for entry in entries] == list(range(1, 151))
    ids = [entry.id for entry in entries]
    assert len(set(ids)) == 150
    # A gesture's two events follow each other, whoever else was writing.
    assert [f"{id}.1" for id in ids[::2]] == ids[1::2]
    for words, who in zip(said, ("ada", "marc", "inès"), strict=True):
        assert [id for id in ids[::2] if id.startswith(f"{who}-")] == words
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)


@pytest.mark.process
def test_a_writer_killed_twenty_times_loses_nothing_that_it_acknowledged(path: Path) -> None:
    FileJournal.create(path, "home").close()
    acknowledged: list[str] = []
    next_one = writer(path, "run00", 10_000)
    for run in range(1, 21):
        process, next_one = next_one, writer(path, f"run{run:02}", 10_000)
        go(process)
        sleep(random.uniform(0.01, 0.12))
        process.send_signal(signal.SIGKILL)
        # A last line may have been cut: it was then not acknowledged.
        acknowledged += [line for line in process.communicate()[0].splitlines() if len(line) == len("run00-000000")]
        with reopened(path) as journal:
            entries = journal.read()
        ids = [entry.id for entry in entries]
        assert set(acknowledged) <= set(ids)
        assert [f"{id}.1" for id in ids[::2]] == ids[1::2]
        assert [entry.seq for entry in entries] == list(range(1, len(ids) + 1))
    next_one.kill()
    next_one.communicate()
    assert len(acknowledged) > 20
    with reopened(path) as journal:
        write(journal, "after-the-kills")
        assert journal.read()[-1].id == "after-the-kills"


# Files that are not for us --------------------------------------------------------------------------


def test_a_missing_file_is_named_and_none_is_made(path: Path) -> None:
    with pytest.raises(JournalError, match=r"home\.journal: there is no such session here\. Nothing was changed"):
        FileJournal(path)
    assert not path.parent.exists()


def test_a_journal_of_a_newer_format_is_refused_and_left_as_it_is(path: Path) -> None:
    FileJournal.create(path, "home").close()
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("update meta set value = ? where key = 'format'", (str(FORMAT + 1),))
    before = path.read_bytes()
    with pytest.raises(JournalError, match=rf"home\.journal: written by a newer kit \(format {FORMAT + 1}\)"):
        FileJournal(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["home.journal"]


@pytest.mark.parametrize("bytes_", [b"", b"bonjour", b"SQLite format 3\x00" + b"\x00" * 500, b"\xff" * 4096])
def test_a_file_that_is_no_journal_is_refused_and_left_as_it_is(path: Path, bytes_: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(bytes_)
    with pytest.raises(JournalError, match=r"home\.journal: not a journal of this kit, .*left as it is"):
        FileJournal(path)
    assert path.read_bytes() == bytes_
    assert [file.name for file in path.parent.iterdir()] == ["home.journal"]


@pytest.mark.parametrize("rows", [[], [("origin", "home")], [("format", "un")]])
def test_another_database_is_refused_and_left_as_it_is(path: Path, rows: list[tuple[str, str]]) -> None:
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("create table meta (key text, value text)")
        db.executemany("insert into meta values (?, ?)", rows)
    before = path.read_bytes()
    with pytest.raises(JournalError, match="not a journal of this kit"):
        FileJournal(path)
    assert path.read_bytes() == before


def test_a_folder_is_no_journal(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(JournalError, match="no such session"):
        FileJournal(path)


def test_a_journal_is_never_made_over_another(journal: Journal, path: Path) -> None:
    write(journal, "gesture-0")
    with pytest.raises(JournalError, match="there is such a session already"):
        FileJournal.create(path, "other")
    assert journal.last() == 1


def test_a_journal_half_made_by_a_killed_process_hinders_nobody(path: Path) -> None:
    path.parent.mkdir()
    path.with_suffix(".0123abcd.new").write_bytes(b"half")
    FileJournal.create(path, "home").close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["home.0123abcd.new", "home.journal"]


@pytest.mark.process
def test_of_many_who_make_one_journal_at_once_one_does_and_the_others_are_told(path: Path) -> None:
    told: list[object] = []
    together = threading.Barrier(8)

    def make() -> None:
        together.wait()
        try:
            FileJournal.create(path, "home").close()
            told.append(None)
        except JournalExists as error:
            told.append(error)

    makers = [threading.Thread(target=make) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(told) == 8 and told.count(None) == 1
    assert [file.name for file in path.parent.iterdir()] == ["home.journal"]


# A rehearsal's clock --------------------------------------------------------------------------------


def test_a_rehearsal_lives_sixty_times_faster_and_goes_on_so_once_opened_again(path: Path, time: Time) -> None:
    rehearsal = FileJournal.create(path, "home", speed=60.0, clock=time)
    start = rehearsal.now()
    time.advance(10)
    write(rehearsal, "gesture-0")
    rehearsal.close()
    again = FileJournal(path, clock=time)
    assert (again.speed, again.now() - start, again.read()[0].at - start) == (60.0, 600.0, 600.0)
    again.close()


def test_an_hour_lives_at_the_pace_of_the_clock(journal: Journal, time: Time) -> None:
    time.advance(10)
    assert journal.now() == time.now


# Beside the history ---------------------------------------------------------------------------------


def test_each_roles_link_has_its_own_generation(journal: Journal, path: Path) -> None:
    assert journal.generation("client") == 0
    assert (journal.renew("client"), journal.renew("client"), journal.renew("observer")) == (1, 2, 1)
    with reopened(path) as other:
        assert [other.generation(role) for role in ("client", "observer", "facilitator")] == [2, 1, 0]
    assert journal.last() == 0


def test_people_are_present_while_a_page_of_theirs_is_open(journal: Journal, path: Path) -> None:
    for person, pages in (("ada", 1), ("marc", 2), ("marc", 1), ("inès", 1), ("inès", 0)):
        journal.mark(person, pages)
    with reopened(path) as other:
        assert other.present() == {"ada", "marc"}
        other.nobody()
    assert journal.present() == frozenset()
    assert journal.last() == 0


# A journal of an earlier version ------------------------------------------------------------------------


def test_a_journal_without_the_new_side_tables_opens_and_gets_them(path: Path, journal: Journal) -> None:
    write(journal, "first-gesture")
    journal.renew("facilitator")
    entries = journal.read()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript("drop table granted; alter table links drop column place;")
    with reopened(path) as opened:
        assert opened.read() == entries
        assert opened.digest("first-gesture") == ""
        assert opened.generation("facilitator") == 1
        # When the link was renewed is not known: no correction of before counts as later.
        with opened.writing():
            opened.append("gave-a-role-1", "ada", "", [e.PersonCorrected("marc", "Marc", "facilitator")])
        assert opened.given("marc", "facilitator")


def test_a_role_given_before_the_renewal_counts_no_more(journal: Journal) -> None:
    write(journal, "gave-a-role-1", e.PersonCorrected("zoe", "Zoé", "facilitator"))
    assert journal.given("zoe", "facilitator")
    assert not journal.given("zoe", "client")
    journal.renew("facilitator")
    assert not journal.given("zoe", "facilitator")
    write(journal, "named-oneself", e.PersonCorrected("zoe", "Zoé", "facilitator"), by="zoe")
    assert not journal.given("zoe", "facilitator")
