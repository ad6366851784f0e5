"""What every store does: the same tests for a folder of SQLite files and for a PostgreSQL database."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from impactlib.cli import main
from impactlib.domain import events as e, programme as domain
from impactlib.domain.agenda import Role
from impactlib.domain.refusal import Refusal
from impactlib.gestures import Asking
from impactlib.storage import forgetting, keys
from impactlib.storage.doctor import examine
from impactlib.storage.faults import TROUBLE
from impactlib.storage.folder import Folder
from impactlib.storage.journal import Journal, JournalDamaged, JournalExists, JournalMissing, Whole
from impactlib.storage.moving import copy
from impactlib.storage.programme import ProgrammeStore
from impactlib.storage.session_store import SessionStore, create_session, import_session, open_store
from impactlib.storage.store import PROGRAMME, Store
from impactlib.storage.stores import at
from impactlib.storage.tombstones import WHOLE
from impactlib.storage.workshops import in_order, workshops
from tests.conftest import Time

ADA, MARC = Asking("ada", Role.FACILITATOR), Asking("marc", Role.CLIENT)
MORE = [pytest.param("postgres", marks=pytest.mark.system)]
STORES = ["folder", *MORE]
WRITER = """
import sys
from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.session_store import open_store
from impactlib.storage.stores import at

store, session, who, count = at(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
workshop = open_store(store, session)
print("ready", flush=True)
sys.stdin.readline()
for n in range(count):
    id = f"{who}-{n:06}"
    workshop.ask(Asking("marc", Role.CLIENT), {"id": id, "do": "write", "kind": "problem", "text": "mot " * 50})
    print(id, flush=True)
"""

Made = Callable[[], str]


@pytest.fixture
def new(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Makes a new store of a kind; returns its address."""

    def made(kind: str) -> str:
        if kind == "folder":
            folder = tmp_path / f"folder-{secrets.token_hex(4)}"
            folder.mkdir(mode=0o700)
            return str(folder)
        address: str = request.getfixturevalue("cluster").new()
        return address

    return made


@pytest.fixture
def opened(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Store]]:
    """Opens stores, and closes them after the test."""
    known: list[Store] = []

    def open(address: str) -> Store:
        known.append(at(address))
        return known[-1]

    yield open
    for one in known:
        one.close()


@pytest.fixture(params=STORES)
def address(request: pytest.FixtureRequest, new: Callable[[str], str]) -> str:
    return new(request.param)


@pytest.fixture
def store(address: str, opened: Callable[[str], Store]) -> Store:
    return opened(address)


@pytest.fixture
def other(store: Store, address: str, opened: Callable[[str], Store]) -> Store:
    """The same store, as another process holds it."""
    return opened(address)


@pytest.fixture
def journal(store: Store, time: Time) -> Iterator[Journal]:
    with closing(store.create("home", clock=time)) as journal:
        yield journal


def write(journal: Journal, id: str, *happened: e.Event, by: str = "marc") -> None:
    with journal.writing():
        journal.append(id, by, "", happened or [e.ClockPaused()])


def workshop(store: Store) -> SessionStore:
    """A workshop that Ada and Marc have joined, with a note of Marc's."""
    made = create_session(store, "Colis Solidaire")
    for asking, name in ((ADA, "Ada"), (MARC, "Marc")):
        made.ask(asking, {"id": f"join-{asking.person}", "do": "join", "name": name})
    made.ask(MARC, {"id": "first-note", "do": "write", "kind": "problem", "text": "Les familles attendent"})
    return made


# Append, read, follow ---------------------------------------------------------------------------------


def test_a_new_journal_is_empty_and_says_where_it_was_born(journal: Journal) -> None:
    assert (journal.session, journal.origin, journal.speed) == ("home", "home", 1.0)
    assert (journal.read(), journal.last()) == ([], 0)


def test_appended_entries_are_read_in_order_with_all_their_fields(journal: Journal, time: Time) -> None:
    question = e.NoteWritten("q1", "question", "Qui « renonce » ?\n\u202f… 👩🏽\u200d🔬 %s '; \\ \t")
    with journal.writing():
        journal.append("first-gesture", "ada", "inès", [question, e.DetailSet("q1", "a", "b")])
    time.advance(5.125)
    write(journal, "second-gesture")
    assert [(n.origin, n.seq, n.id, n.at, n.by, n.behalf, n.event) for n in journal.read()] == [
        ("home", 1, "first-gesture", 2_000_000_000.0, "ada", "inès", question),
        ("home", 2, "first-gesture.1", 2_000_000_000.0, "ada", "inès", e.DetailSet("q1", "a", "b")),
        ("home", 3, "second-gesture", 2_000_000_005.125, "marc", "", e.ClockPaused()),
    ]


def test_reading_goes_on_after_a_place_and_an_entry_is_found_by_its_id(journal: Journal) -> None:
    for n in range(4):
        write(journal, f"gesture-{n}", e.ClockPaused(), e.ClockResumed())
    assert [entry.id for entry in journal.read(after=6)] == ["gesture-3", "gesture-3.1"]
    assert journal.read(after=8) == [] and journal.last() == 8
    found = [journal.written(id) for id in ("gesture-1", "gesture-0.1", "away")]
    assert [entry and entry.seq for entry in found] == [3, 2, None]


def test_an_id_is_in_once_and_a_second_one_takes_its_whole_gesture_with_it(journal: Journal) -> None:
    write(journal, "gesture-0")
    with pytest.raises(TROUBLE), journal.writing():
        journal.append("gesture-1", "marc", "", [e.ClockPaused()])
        journal.append("gesture-0", "marc", "", [e.ClockResumed(), e.ClockPaused()])
    assert [entry.id for entry in journal.read()] == ["gesture-0"]
    write(journal, "gesture-1")
    assert journal.last() == 2


def test_a_failed_write_leaves_no_trace_and_the_journal_free(journal: Journal, store: Store) -> None:
    with pytest.raises(KeyboardInterrupt), journal.writing():
        journal.append("gesture-0", "marc", "", [e.ClockPaused()])
        journal.mark("marc", 1)
        raise KeyboardInterrupt
    assert (journal.read(), journal.present()) == ([], frozenset())
    with closing(store.open("home")) as again:
        write(again, "gesture-1")
    assert [entry.id for entry in journal.read()] == ["gesture-1"]


def test_time_never_goes_back_and_a_rehearsal_lives_faster(journal: Journal, store: Store, time: Time) -> None:
    for step in (10, -3600, 5, 7200):
        time.advance(step)
        write(journal, f"gesture{step}")
    at = [entry.at for entry in journal.read()]
    assert [round(later - earlier) for earlier, later in pairwise(at)] == [0, 5, 3600]
    with closing(store.create("fast", speed=60.0, clock=time)) as rehearsal:
        start = rehearsal.now()
    time.advance(10)
    with closing(store.open("fast", time)) as rehearsal:
        assert (rehearsal.speed, rehearsal.now() - start) == (60.0, 600.0)


def test_another_one_follows_by_the_version_and_its_own_writes_do_not_count(journal: Journal, other: Store) -> None:
    with closing(other.open("home")) as follower:
        seen = follower.version()
        assert follower.version() == seen
        for change in (
            lambda: write(journal, "gesture-0"),
            lambda: journal.mark("marc", 1),
            lambda: journal.renew("client"),
        ):
            change()
            assert follower.version() != seen
            seen = follower.version()
        assert [entry.id for entry in follower.read()] == ["gesture-0"]
        write(follower, "gesture-1")
        assert follower.version() == seen


def test_a_repeated_gesture_writes_nothing_and_another_under_its_id_is_refused(store: Store, other: Store) -> None:
    made = workshop(store)
    note = {"id": "a-note-of-marc", "do": "write", "kind": "problem", "text": "Trois semaines"}
    with closing(made.journal), closing(open_store(other, made.session.id).journal) as journal:
        elsewhere = SessionStore(journal)
        assert made.ask(MARC, note)
        assert elsewhere.ask(MARC, note) == ()
        for asking, gesture in ((ADA, note), (MARC, {**note, "text": "Quatre semaines"})):
            with pytest.raises(Refusal):
                elsewhere.ask(asking, gesture)
        assert made.to_file() == elsewhere.to_file()


# Several at once ----------------------------------------------------------------------------------------


def test_of_many_who_make_one_journal_at_once_one_does_and_the_others_are_told(store: Store) -> None:
    told: list[object] = []
    together = threading.Barrier(6)

    def make() -> None:
        together.wait()
        try:
            store.create("home", first=[e.ClockPaused()]).close()
            told.append(None)
        except JournalExists as error:
            told.append(error)

    _at_once([make] * 6)
    assert len(told) == 6 and told.count(None) == 1
    assert store.sessions() == ["home"]
    with closing(store.open("home")) as journal:
        assert journal.last() == 1


def test_a_reader_sees_places_without_holes_while_many_write(store: Store, other: Store) -> None:
    store.create("home").close()
    done = threading.Event()
    seen: list[str] = []

    def writes(who: str) -> None:
        with closing(store.open("home")) as journal:
            for n in range(15):
                write(journal, f"{who}-{n:02}", *[e.ClockPaused()] * (n % 3 + 1), by=who)

    def reads() -> None:
        with closing(other.open("home")) as journal:
            while True:
                last = done.is_set()
                # As a session is followed: what commits late must not be passed over.
                seen.extend(entry.id for entry in journal.read(len(seen)))
                if last:
                    return

    reader = threading.Thread(target=reads)
    reader.start()
    _at_once([lambda who=who: writes(who) for who in ("ada", "marc", "inès", "lou")])  # type: ignore[misc]
    done.set()
    reader.join()
    with closing(store.open("home")) as journal:
        entries = journal.read()
    assert seen == [entry.id for entry in entries]
    assert [entry.seq for entry in entries] == list(range(1, 4 * 30 + 1))
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)


def _at_once(works: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.process
def test_writers_that_are_killed_lose_nothing_that_they_acknowledged(address: str, store: Store) -> None:
    made = workshop(store)
    made.journal.close()
    acknowledged: set[str] = set()
    for run in range(3):
        writers = [_writer(address, made.session.id, f"w{run}{n}", 10_000) for n in range(3)]
        for writer in writers:
            assert writer.stdin
            writer.stdin.write("\n")
            writer.stdin.flush()
        for n, writer in enumerate(writers):
            # Each is killed once it has written some: in the middle of the next one.
            assert writer.stdout
            acknowledged |= {writer.stdout.readline().strip() for _ in range(3 + n)}
            writer.kill()
            # A last line may have been cut: it was then not acknowledged.
            acknowledged |= {line.strip() for line in writer.stdout.read().splitlines(True) if line.endswith("\n")}
            writer.communicate()
        with closing(store.open(made.session.id)) as journal:
            ids = [entry.id for entry in journal.read()]
        acknowledged.discard("")  # the end of a writer that was refused more before it was killed
        assert acknowledged <= set(ids) and len(ids) == len(set(ids))
    assert len(acknowledged) >= 36


def _writer(address: str, session: str, who: str, count: int) -> subprocess.Popen[str]:
    """A process that waits for a line, then writes that many notes in one name."""
    command = [sys.executable, "-c", WRITER, address, session, who, str(count)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "ready\n"
    return process


# Beside the history -----------------------------------------------------------------------------------


def test_each_roles_link_has_its_own_generation_and_ends_what_was_given(journal: Journal, other: Store) -> None:
    write(journal, "gave-a-role-1", e.PersonCorrected("zoe", "Zoé", "facilitator"))
    assert journal.given("zoe", "facilitator") and not journal.given("zoe", "client")
    assert (journal.renew("client"), journal.renew("client"), journal.renew("facilitator")) == (1, 2, 1)
    with closing(other.open("home")) as elsewhere:
        assert [elsewhere.generation(role) for role in ("client", "observer", "facilitator")] == [2, 0, 1]
        assert not elsewhere.given("zoe", "facilitator")
    write(journal, "named-oneself", e.PersonCorrected("zoe", "Zoé", "facilitator"), by="zoe")
    assert not journal.given("zoe", "facilitator")


def test_people_are_present_while_a_server_of_theirs_lives(journal: Journal, store: Store, other: Store) -> None:
    ours, theirs = store.sign(), other.sign()
    journal.mark("ada", 1, ours.name)
    for person, pages in (("marc", 2), ("inès", 1), ("inès", 0)):
        journal.mark(person, pages, theirs.name)
    assert journal.present() == {"ada", "marc"} and list(journal.left()) == ["inès"]
    assert journal.servers() == {ours.name, theirs.name}
    assert ours.renew() and store.ended(journal.servers()) == []
    theirs.close()
    assert store.ended(journal.servers()) == [theirs.name]
    journal.nobody([theirs.name])
    assert journal.present() == {"ada"} and set(journal.left()) == {"marc", "inès"}
    assert journal.last() == 0
    ours.close()


def test_keys_derive_from_one_secret_that_all_processes_agree_on(store: Store, other: Store, journal: Journal) -> None:
    assert len(store.secret()) == 32 and store.secret() == other.secret()
    assert keys.links(store, journal, "http://x/") == keys.links(other, journal, "http://x/")
    before = keys.operator_key(store)
    keys.renew_operator(other)
    assert keys.operator_key(store) == keys.operator_key(other) != before
    assert keys.coach_ids(store, ["Inès"]) == keys.coach_ids(other, ["Inès"])
    of, others = keys.coach_key(store, "ines"), keys.coach_key(store, "paul")
    keys.renew_coach(other, "ines")
    assert keys.coach_key(store, "ines") == keys.coach_key(other, "ines") != of
    assert keys.coach_key(store, "paul") == others


def test_the_list_reads_again_only_what_was_written(store: Store) -> None:
    first, second = workshop(store), workshop(store)
    listed = workshops(store)
    assert {one.session for one in in_order(listed)} == {first.session.id, second.session.id}
    before = store.states()
    first.ask(MARC, {"id": "second-note", "do": "write", "kind": "problem", "text": "Trois semaines"})
    after = store.states()
    assert {session for session in before if before[session] != after[session]} == {first.session.id}
    for one in (first, second):
        one.journal.close()


def test_what_is_written_anywhere_is_told(store: Store, other: Store) -> None:
    made, stop = workshop(store), threading.Event()
    told: list[str] = []
    heard = threading.Event()

    def tell(sessions: Any) -> None:
        told.extend(sessions)
        heard.set()

    following = threading.Thread(target=store.follow, args=(tell, stop))
    following.start()
    with closing(open_store(other, made.session.id).journal) as journal:
        for n in range(100):
            journal.mark("marc", n + 1)
            # Whoever begins to follow hears from then on.
            if heard.wait(0.1):
                break
    stop.set()
    following.join()
    made.journal.close()
    assert set(told) == {made.session.id}


# Erasure ----------------------------------------------------------------------------------------------


def test_what_somebody_wrote_is_emptied_and_others_who_have_it_open_learn_it(store: Store, other: Store) -> None:
    made = workshop(store)
    with closing(made.journal), closing(open_store(other, made.session.id).journal) as journal:
        elsewhere = SessionStore(journal)
        forgetting.forget_person(store, made.session.id, "Marc")
        for one in (made, elsewhere):
            one.catch_up()
            assert "marc" in one.session.forgotten
            assert not any("attendent" in note.text for note in one.session.notes.values())
        assert made.journal.compacted
        assert made.journal.digest("first-note") == ""
        assert store.tombstones()[made.session.id] == {"marc": date.today().isoformat()}


def test_an_erased_workshop_is_gone_and_does_not_come_back_by_itself(store: Store, other: Store) -> None:
    made = workshop(store)
    file, session = made.to_file(), made.session.id
    assert made.journal.in_place
    forgetting.forget_session(other, session)
    assert not made.journal.in_place and not store.has(session) and store.sessions() == []
    with pytest.raises(TROUBLE):
        write(made.journal, "too-late-now")
    with pytest.raises(JournalMissing):
        store.open(session)
    with pytest.raises(Refusal, match="was erased here"):
        import_session(store, file)
    again, added = import_session(store, file, again=True)
    with closing(again.journal):
        assert added == len(file.entries) and WHOLE not in store.tombstones().get(session, {})
        assert not made.journal.in_place
    made.journal.close()


def test_the_programme_is_kept_beside_the_workshops_and_erased_for_good(store: Store, other: Store) -> None:
    programme, elsewhere = ProgrammeStore(store), ProgrammeStore(other)
    typed = {"product": "Colis", "problem": "P", "hope": "H", "who": "Camille", "address": "camille@colis.example"}
    programme.write(lambda known: [domain.ProgrammeSet(True)])
    programme.write(lambda known: domain.ask(known, "a1", "team", typed, "fr", store.clock()))
    assert elsewhere.programme().asked["a1"].said["address"] == typed["address"]
    assert store.sessions() == [] and store.journals() == [PROGRAMME]
    elsewhere.write(lambda known: domain.withdraw(known, "a1"))
    assert programme.programme().asked == {} and PROGRAMME in store.tombstones()
    with closing(store.open(PROGRAMME)) as journal:
        assert "camille" not in str(journal.whole()) and journal.compacted
    for one in (programme, elsewhere):
        one.close()


def test_of_a_team_that_came_its_name_is_left_until_it_withdraws(store: Store, other: Store) -> None:
    programme, elsewhere = ProgrammeStore(store), ProgrammeStore(other)
    typed = {"product": "Colis", "problem": "P", "hope": "H", "who": "Camille", "address": "camille@colis.example"}
    made = workshop(store)
    write(made.journal, "start", e.StepStarted("tour"))
    programme.write(lambda known: [domain.ProgrammeSet(True), domain.DateSet("d1", store.clock() + 60, 60, 0, False)])
    programme.write(lambda known: domain.ask(known, "a1", "team", {**typed, "listed": "yes"}, "fr", store.clock()))
    programme.write(lambda known: domain.accept(known, "a1", made.session.id, "d1"))
    day = programme.programme().ends(programme.programme().asked["a1"])
    assert elsewhere.erase(day) == 1 and programme.due(day) == []
    [(named, _)] = programme.programme().named()
    assert (named.said["product"], named.session) == ("Colis", made.session.id)
    with closing(store.open(PROGRAMME)) as journal:
        assert "camille" not in str(journal.whole()) and journal.compacted
    programme.write(lambda known: domain.withdraw(known, "a1"))
    with closing(store.open(PROGRAMME)) as journal:
        assert "Colis" not in str(journal.whole()) and journal.compacted
    assert elsewhere.programme().withdrawn == {made.session.id}
    for one in (programme, elsewhere, made.journal):
        one.close()


def test_sessions_that_parted_are_the_same_once_merged_either_way(store: Store, new: Callable[[str], str]) -> None:
    made = workshop(store)
    away, _ = import_session(Path(new("folder")), made.to_file())
    away.ask(MARC, {"id": "written-away", "do": "write", "kind": "problem", "text": "Ailleurs"})
    made.ask(ADA, {"id": "written-here", "do": "write", "kind": "question", "text": "Ici ?"})
    assert (made.merge(away.to_file()), made.merge(away.to_file())) == (1, 0)
    away.merge(made.to_file())
    assert made.session == away.session
    for one in (made, away):
        one.journal.close()


def test_a_row_that_somebody_changed_is_not_believed(store: Store, address: str) -> None:
    made = workshop(store)
    made.journal.close()
    _change(store, made.session.id, "update entries set payload = replace(payload, 'attendent', 'repartent')")
    with pytest.raises(JournalDamaged, match="has changed"):
        open_store(store, made.session.id)
    _change(store, made.session.id, "delete from entries where place = 2")
    with pytest.raises(JournalDamaged, match="1 entries are missing"):
        store.open(made.session.id)


def _change(store: Store, session: str, statement: str) -> None:
    import sqlite3

    if isinstance(store, Folder):
        with closing(sqlite3.connect(store.path / "sessions" / f"{session}.journal")) as db, db:
            db.execute(statement)
    else:
        store._do(statement)  # type: ignore[attr-defined]


# From one store to another -------------------------------------------------------------------------------


@pytest.fixture(params=["folder to folder", *(pytest.param(f"{a} to {b}", marks=pytest.mark.system) for a, b in (
    ("folder", "postgres"), ("postgres", "folder"), ("postgres", "postgres")))])  # fmt: skip
def both(
    request: pytest.FixtureRequest, new: Callable[[str], str], opened: Callable[[str], Store]
) -> tuple[Store, Store]:
    source, _, target = request.param.partition(" to ")
    return opened(new(source)), opened(new(target))


def whole(store: Store, session: str) -> Whole:
    with closing(store.open(session)) as journal:
        return journal.whole()


def test_a_copy_is_equal_entry_by_entry_and_its_links_open_it(both: tuple[Store, Store]) -> None:
    source, target = both
    made = [workshop(source) for _ in range(3)]
    made[1].journal.renew("client")
    keys.renew_operator(source)
    for coach in ("ines", "ines", "paul"):
        keys.renew_coach(source, coach)
    assert {(one.session, one.wrong) for one in copy(source, target)} == {(one.session.id, "") for one in made}
    assert sorted(target.sessions()) == sorted(source.sessions())
    assert keys.operator_key(target) == keys.operator_key(source)
    assert keys.coach_generations(target) == {"ines": 2, "paul": 1}
    for one in made:
        assert whole(target, one.session.id) == whole(source, one.session.id)
        with closing(target.open(one.session.id)) as journal:
            assert keys.links(target, journal, "") == keys.links(source, one.journal, "")
            # An id that was granted before is known there.
            note = {"id": "first-note", "do": "write", "kind": "problem", "text": "Les familles attendent"}
            assert SessionStore(journal).ask(MARC, note) == ()
        one.journal.close()


def test_a_copy_is_gone_on_with_and_what_was_erased_meanwhile_goes_there_too(both: tuple[Store, Store]) -> None:
    source, target = both
    first, second = workshop(source), workshop(source)
    assert sum(one.new for one in copy(source, target)) == 2 * first.seq
    assert [one.new for one in copy(source, target)] == [0, 0]
    first.ask(ADA, {"id": "one-more-note", "do": "write", "kind": "question", "text": "Encore ?"})
    forgetting.forget_person(source, first.session.id, "Marc")
    forgetting.forget_session(source, second.session.id)
    [moved] = copy(source, target)
    assert (moved.new, moved.wrong) == (2, "")
    assert target.sessions() == [first.session.id] and target.tombstones() == source.tombstones()
    assert whole(target, first.session.id).entries == whole(source, first.session.id).entries
    for one in (first, second):
        one.journal.close()


def test_the_programme_is_copied_and_what_was_withdrawn_meanwhile_goes_there_too(both: tuple[Store, Store]) -> None:
    source, target = both
    create_session(source, "Colis").journal.close()
    programme = ProgrammeStore(source)
    typed = {"product": "Colis", "problem": "P", "hope": "H", "who": "Camille", "address": "camille@colis.example"}
    programme.write(lambda known: [domain.ProgrammeSet(True)])
    for id in ("a1", "a2"):
        programme.write(lambda known, id=id: domain.ask(known, id, "team", typed, "fr", source.clock()))  # type: ignore[misc]
    assert [one.wrong for one in copy(source, target)] == ["", ""]
    assert set(ProgrammeStore(target).programme().asked) == {"a1", "a2"}
    programme.write(lambda known: domain.withdraw(known, "a1"))
    assert [one.wrong for one in copy(source, target)] == ["", ""]
    assert set(ProgrammeStore(target).programme().asked) == {"a2"}
    assert [one.wrong for one in examine(target)] == ["", ""]


def test_a_copy_that_went_on_by_itself_is_left_and_named(both: tuple[Store, Store]) -> None:
    source, target = both
    made = workshop(source)
    [*_] = copy(source, target)
    with closing(open_store(target, made.session.id).journal) as journal:
        SessionStore(journal).ask(ADA, {"id": "written-there", "do": "write", "kind": "question", "text": "Là ?"})
    assert [one.wrong for one in copy(source, target)] == [""], "it is only ahead"
    made.ask(ADA, {"id": "written-here", "do": "write", "kind": "question", "text": "Ici ?"})
    before = whole(target, made.session.id)
    assert "each in its own way" in next(copy(source, target)).wrong
    assert whole(target, made.session.id) == before
    made.journal.close()


def test_nothing_is_copied_to_a_store_with_links_of_its_own(both: tuple[Store, Store]) -> None:
    source, target = both
    with pytest.raises(Refusal, match="holds no workshop"):
        [*copy(source, target)]
    workshop(source).journal.close()
    target.secret()
    with pytest.raises(Refusal, match="has links of its own"):
        [*copy(source, target)]
    assert target.sessions() == []


# The shell ------------------------------------------------------------------------------------------------


def test_commands_open_list_renew_export_check_and_forget(
    address: str, store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def run(*words: str) -> str:
        options, environment = store.child()
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert main([*words, *options]) == 0
        return capsys.readouterr().out

    assert store.sessions() == []
    session = run("new", "--team", "Colis Solidaire").split()[0]
    assert store.sessions() == [session] and session in run("sessions")
    before = run("links", session)
    assert run("links", session) == before != run("links", session, "--new", "client")
    assert "/?key=" in run("operator")
    run("export", session, "-o", str(tmp_path / "out.ipynb"))
    assert "1 workshops are sound" in run("store", "check")
    assert f"{session}  sound" in run("doctor")
    assert "was erased" in run("forget", session, "--yes")
    assert store.sessions() == []


def test_a_damaged_workshop_is_named_by_the_check(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = workshop(store)
    made.journal.close()
    _change(store, made.session.id, "update entries set by = 'zoe' where place = 3")
    options, environment = store.child()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["store", "check", *options]) == 1
    assert f"{made.session.id}: entry 3 has changed" in capsys.readouterr().out
