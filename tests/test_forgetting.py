"""Words and workshops erased for good: nothing of them in any file, nothing brought back, and all else as it was."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from impactlib.cli import main
from impactlib.domain import events as e, kinds
from impactlib.domain.agenda import Role
from impactlib.domain.clock import day_of
from impactlib.domain.erasure import erased_on
from impactlib.domain.events import Entry, pack
from impactlib.domain.redaction import OWNER, redact
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import NEVER
from impactlib.domain.session_file import SessionFile, read
from impactlib.domain.timeline import timeline
from impactlib.server import retention
from impactlib.storage import forgetting, machine_clock, tombstones
from impactlib.storage.backup import back_up
from impactlib.storage.carried import take_in
from impactlib.storage.doctor import repair
from impactlib.storage.folder import journal_path
from impactlib.storage.journal import JournalMissing
from impactlib.storage.kept_file import KeptStore
from impactlib.storage.session_store import create_session, follow_session, import_session, open_store
from impactlib.storage.store import ERASES_FROM
from tests.conftest import Room, Time, examples, few, path_of
from tests.harness import until
from tests.serving import Served, served
from tests.test_session_file import notebook

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
SAID = "[effacé]"
SECRET = "xylophone violet"
"""Words that stand nowhere else."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"


def workshop(data: Path) -> Room:
    """A workshop in which each role is taken by one person, under a name that stands nowhere else."""
    room = Room(create_session(data, "Équipe Sésame"))
    for role, name in zip(Role, ("Adélaïde", "Barnabé", "Cunégonde", "Dagobert"), strict=True):
        room.ask(role, do="join", name=name)
    return room


def everything(data: Path) -> bytes:
    """All bytes of a folder, whatever the file."""
    return b"".join(path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file())


def words(entries: list[Entry]) -> str:
    return "\n".join(" ".join(pack(entry.event)) for entry in entries)


def consultants_words(room: Room) -> list[str]:
    """All that a consultant can leave in a workshop, and what the others make of it; the ids of their notes."""
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    room.ask(FACILITATOR, do="start", step=room.session.steps[0].id)
    asked = room.ask(CONSULTANT, do="write", kind="question", text=f"{SECRET} un ?")
    advised = room.ask(CONSULTANT, do="write", kind="recommendation", text=f"{SECRET} deux", about=metric)
    answered = room.ask(CLIENT, do="write", kind="answer", text="Nous le savons.", about=asked)
    room.ask(CONSULTANT, do="edit", note=advised, text=f"{SECRET} trois", was=1)
    room.ask(FACILITATOR, do="edit", note=asked, text=f"{SECRET} quatre ?", was=1)
    room.ask(FACILITATOR, do="write", kind="question", text=f"{SECRET} dit tout haut", behalf="person-consultant")
    room.ask(CONSULTANT, do="rename", name="Cunégonde de l’Isle")
    room.ask(CLIENT, do="write", kind="action", text="Demander à Cunégonde", due="2033-06-30", owner="Cunégonde")
    room.ask(CONSULTANT, do="withdraw", note=advised)
    return [metric, asked, advised, answered]


def forget(room: Room, by: Role, person: str) -> None:
    room.ask(by, do="forget", person=person)


# One person ------------------------------------------------------------------------------------------------------


def test_nothing_of_a_person_is_left_in_any_file_and_the_rest_stands(folder: Path) -> None:
    room = workshop(folder)
    metric, asked, _, answered = consultants_words(room)
    assert SECRET.encode() in everything(folder) and "Cunégonde".encode() in everything(folder)
    forget(room, CONSULTANT, "person-consultant")
    found = everything(folder)
    assert SECRET.encode() not in found and "Cunégonde".encode() not in found
    session = room.session
    assert session.notes[asked].text == SAID and session.notes[answered].text == "Nous le savons."
    assert session.notes[answered].about == asked and session.notes[metric].text == "Délai médian"
    assert [note.text for note in session.notes_of("action")] == [f"Demander à {SAID}"]
    assert [note.details["owner"] for note in session.notes_of("action")] == [SAID]
    assert session.people["person-consultant"].name == SAID and session.people["person-consultant"].out
    assert session.people["person-client"].name == "Barnabé" and session.clock.running
    room.store.journal.close()
    again = open_store(folder, session.id)
    with closing(again.journal):
        assert again.session == session and again.journal.digest(asked) == ""


def test_whoever_was_forgotten_writes_nothing_more_and_is_not_let_in(folder: Path) -> None:
    room = workshop(folder)
    forget(room, FACILITATOR, "person-consultant")
    assert room.refused(CONSULTANT, do="write", kind="question", text="Encore ?").code == "out"
    assert room.refused(CONSULTANT, do="join", name="Cunégonde").code == "out"
    room.refused(FACILITATOR, do="let_in", person="person-consultant")
    room.ask_as("person-again", CONSULTANT, do="join", name="Cunégonde")
    assert not room.session.people["person-again"].out


def test_only_the_facilitator_forgets_somebody_else(folder: Path) -> None:
    room = workshop(folder)
    for role in (CLIENT, CONSULTANT, OBSERVER):
        assert room.refused(role, do="forget", person="person-facilitator").code == "role"
        room.ask(role, do="forget", person=f"person-{role}")
    before = len(room.entries)
    forget(room, FACILITATOR, "person-client")
    assert len(room.entries) == before, "once is enough"


def test_what_was_split_and_merged_of_somebody_goes_with_their_words(folder: Path) -> None:
    room = workshop(folder)
    theirs = room.ask(CLIENT, do="write", kind="hypothesis", text=f"Si un {SECRET}, alors deux {SECRET}")
    room.ask_as("person-other", CLIENT, do="join", name="Enguerrand")
    other = room.ask_as("person-other", CLIENT, do="write", kind="hypothesis", text="Une autre idée")
    split = room.ask(FACILITATOR, do="split", note=theirs, was="1", first=f"un {SECRET}", second=f"deux {SECRET}")
    room.ask(
        FACILITATOR, do="merge", note=other, was="1", other=split, other_was="1", merged=f"Une autre idée, {SECRET}"
    )
    forget(room, FACILITATOR, "person-client")
    assert SECRET.encode() not in everything(folder)
    assert room.session.notes[other].text == "Une autre idée" and room.session.notes[split].withdrawn


def test_a_detail_of_theirs_that_somebody_corrected_goes_and_what_answers_them_stays(folder: Path) -> None:
    room = workshop(folder)
    room.ask_as("person-other", CLIENT, do="join", name="Enguerrand")
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai médian", numerator=f"un {SECRET}")
    room.ask_as("person-other", CLIENT, do="detail", note=metric, detail="numerator", value=f"un vrai {SECRET}")
    advice = room.ask(CONSULTANT, do="write", kind="recommendation", text="Mesurer", about=metric)
    room.ask_as("person-other", CLIENT, do="detail", note=advice, detail="status", value="aside")
    room.ask_as("person-other", CLIENT, do="detail", note=advice, detail="reason", value="Trop cher")
    forget(room, FACILITATOR, "person-client")
    forget(room, FACILITATOR, "person-consultant")
    assert SECRET.encode() not in everything(folder)
    assert room.session.notes[advice].details["reason"] == "Trop cher"


def test_a_name_that_somebody_else_bears_stays(folder: Path) -> None:
    room = workshop(folder)
    room.ask_as("person-two", CONSULTANT, do="join", name="Cunégonde")
    note = room.ask(CLIENT, do="write", kind="action", text="Demander à Cunégonde", due="2033-06-30")
    forget(room, FACILITATOR, "person-consultant")
    assert room.session.notes[note].text == "Demander à Cunégonde"
    assert room.session.people["person-two"].name == "Cunégonde"


@pytest.mark.parametrize("kind", few(list(kinds.KINDS)))
def test_every_kind_of_note_is_emptied_and_everything_is_still_made_of_the_session(folder: Path, kind: str) -> None:
    room = workshop(folder)
    written: list[e.Event] = [e.NoteWritten("note-of-a-kind", kind, f"{SECRET} texte", "")]
    for detail in kinds.row(kind).details:
        value = detail.choices[0] if detail.choices else f"{SECRET} {detail.name}"
        written.append(e.DetailSet("note-of-a-kind", detail.name, value))
    with room.store.journal.writing():
        room.store.journal.append("gesture-of-a-kind", "person-consultant", "", written)
    room.ask(CLIENT, do="write", kind="learning", text="Ce qui reste.")
    forget(room, FACILITATOR, "person-consultant")
    assert SECRET.encode() not in everything(folder)
    session = room.session
    assert session.notes["note-of-a-kind"].text == SAID and "Ce qui reste." in words(room.entries)
    assert timeline(room.store.to_file())
    for format in ("md", "html", "json", "csv"):
        out = folder / f"file.{format}"
        command = ["export", session.id, "--data", str(folder), "--format", format, "-o", str(out)]
        assert main(command) == 0
        assert SECRET not in out.read_text()


def test_a_session_that_is_kept_in_a_file_forgets_in_its_cells_too(tmp_path: Path) -> None:
    def compose(file: SessionFile) -> list[dict[str, object]]:
        said = " ".join(note.text for note in file.fold().notes.values())
        return [{"id": "impact-01", "cell_type": "markdown", "metadata": {}, "source": [said]}]

    path = tmp_path / "colis.ipynb"
    store = KeptStore.open(path, compose, lambda folder: create_session(folder, "Colis Solidaire"))
    room = Room(store)
    room.ask(FACILITATOR, do="join", name="Adélaïde")
    room.ask(CONSULTANT, do="join", name="Cunégonde")
    room.ask(CONSULTANT, do="write", kind="question", text=f"{SECRET} ?")
    store.draw()
    older = path.read_bytes()
    assert SECRET.encode() in older
    forget(room, FACILITATOR, "person-consultant")
    folder = path_of(store.journal).parents[1]
    assert SECRET.encode() not in path.read_bytes() and SECRET.encode() not in everything(folder)
    # An older copy of the file, put in its place.
    path.write_bytes(older)
    assert not store.follow() and SECRET.encode() not in everything(folder)
    store.draw()
    assert SECRET.encode() not in path.read_bytes()


FILES = ("summary.md", "summary.html", "metrics.csv", "session.json", "session.ipynb", "followup.ics", "replay.html")


@pytest.mark.parametrize("role", few(list(Role)))
def test_every_file_of_a_whole_hour_is_made_without_what_somebody_wrote(
    lived: Room, tmp_path: Path, role: Role
) -> None:
    session = lived.session
    theirs = {note.text for note in session.notes.values() if note.speaker == f"person-{role}"}
    others = " ".join(note.text for note in session.notes.values() if note.speaker != f"person-{role}")
    gone = [text for text in theirs if len(text) > 12 and text not in others]
    kept = [note.text for note in session.notes_of("learning") if note.speaker != f"person-{role}"]
    assert gone or role in (FACILITATOR, OBSERVER)
    forget(lived, FACILITATOR, f"person-{role}")
    assert lived.session.clock == session.clock and lived.session.kept == session.kept
    for name in FILES:
        kind = ["--kind", "replay"] if name == "replay.html" else []
        out = tmp_path / name
        assert (
            main(["export", session.id, "--data", str(path_of(lived.store.journal).parents[1]), *kind, "-o", str(out)])
            == 0
        )
        made = out.read_text(encoding="utf-8")
        assert [text for text in gone if text in made] == []
        if name == "summary.md":
            assert [text for text in kept if text not in made.replace("\\", "")] == []


# What comes in later ---------------------------------------------------------------------------------------------


def test_an_older_notebook_brings_nothing_back_and_counts_nothing_new(folder: Path) -> None:
    room = workshop(folder)
    consultants_words(room)
    before = read(notebook(room.store.to_file()))
    forget(room, FACILITATOR, "person-consultant")
    session, erased = room.session, everything(folder)
    assert room.store.merge(before) == 0
    assert SECRET.encode() not in everything(folder) and room.session == session
    after = read(notebook(room.store.to_file()))
    assert SECRET not in words(list(after.entries)) and after.fold() == session
    assert len(everything(folder)) == len(erased)


def test_what_a_forgotten_person_wrote_elsewhere_comes_in_emptied(folder: Path, tmp_path: Path) -> None:
    room = workshop(folder)
    elsewhere = Room(import_session(tmp_path / "elsewhere", room.store.to_file())[0])
    elsewhere.store.journal.close()
    elsewhere = Room(open_store(tmp_path / "elsewhere", room.session.id))
    elsewhere._ids = itertools.count(500)
    late = elsewhere.ask_as("person-consultant", CONSULTANT, do="write", kind="question", text=f"{SECRET} ailleurs ?")
    forget(room, FACILITATOR, "person-consultant")
    assert room.store.merge(elsewhere.store.to_file()) == 1
    assert room.session.notes[late].text == SAID and SECRET.encode() not in everything(folder)
    # And the other way round: the erasure comes with the file.
    elsewhere.store.merge(room.store.to_file())
    assert SECRET.encode() not in everything(tmp_path / "elsewhere")
    assert elsewhere.session.notes == room.session.notes


def test_a_second_opening_of_the_journal_learns_that_something_was_erased(folder: Path) -> None:
    room = workshop(folder)
    consultants_words(room)
    other = open_store(folder, room.session.id)
    with closing(other.journal):
        forget(room, FACILITATOR, "person-consultant")
        assert other.follow() and other.session == room.session
        assert SECRET not in words(other.journal.read())


PEOPLE = ("person-client", "person-consultant")


@given(st.data())
@examples(30)
def test_in_any_order_of_merges_no_word_of_theirs_comes_back_and_all_else_stays(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("merges")
    room = workshop(folder)
    files: list[SessionFile] = [room.store.to_file()]
    forgotten_at = data.draw(st.integers(0, 6))
    for number in range(7):
        if number == forgotten_at:
            forget(room, FACILITATOR, "person-consultant")
        for person, door in zip(PEOPLE, (CLIENT, CONSULTANT), strict=True):
            if person not in room.session.forgotten:
                word = SECRET if door == CONSULTANT else "mot"
                room.ask_as(person, door, do="write", kind="learning", text=f"{word} numéro {number}")
        files.append(room.store.to_file())
    whole = room.session
    for file in data.draw(st.permutations(files)):
        room.store.merge(file)
        assert SECRET not in words(room.entries) and room.session == whole
    copy = folder / "copy"
    first, *others = data.draw(st.permutations(files))
    store, _ = import_session(copy, first)
    with closing(store.journal):
        for file in others:
            store.merge(file)
        assert SECRET.encode() not in everything(copy) and store.session == whole
    room.store.journal.close()


# A whole workshop ------------------------------------------------------------------------------------------------


def test_a_workshop_is_erased_with_all_its_files_and_its_notebook_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = workshop(folder)
    consultants_words(room)
    session, file = room.session.id, folder.parent / "atelier.ipynb"
    file.write_bytes(notebook(room.store.to_file()))
    room.store.journal.close()
    path = journal_path(folder, session)
    path.with_name(f"{path.name}.damaged-20261128T000000").write_bytes(path.read_bytes())
    data = ["--data", str(folder)]
    assert main(["forget", session, *data]) == 1 and path.exists()
    assert main(["forget", session, "--yes", *data]) == 0
    assert not [*folder.glob("sessions/*")] and SECRET.encode() not in everything(folder)
    assert main(["import", str(file), *data]) == 2
    assert "was erased here" in capsys.readouterr().err
    assert main(["import", str(file), "--again", *data]) == 0
    with closing(open_store(folder, session).journal) as journal:
        assert SECRET in words(journal.read())
    with pytest.raises(JournalMissing):
        forgetting.forget_session(folder, "nosuchid")


def test_a_copy_that_is_put_back_is_erased_once_more(folder: Path, tmp_path: Path) -> None:
    one, two = workshop(folder), workshop(folder)
    for room in (one, two):
        consultants_words(room)
    back_up(folder, tmp_path / "copy")
    forgetting.forget_session(folder, one.session.id)
    forgetting.forget_person(folder, two.session.id, "cunégonde de l’isle")
    kept = (folder / "forgotten").read_bytes()
    (tmp_path / "copy" / "forgotten").write_bytes(kept)
    assert SECRET.encode() in everything(tmp_path / "copy")
    done = forgetting.carry_out(tmp_path / "copy")
    assert sorted(done) == sorted([one.session.id, two.session.id])
    assert SECRET.encode() not in everything(tmp_path / "copy") and not forgetting.carry_out(tmp_path / "copy")
    assert "Cunégonde".encode() not in kept


def test_a_person_is_meant_by_a_name_or_an_id_and_by_no_two_people(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = workshop(folder)
    room.ask_as("person-two", CONSULTANT, do="join", name="Cunégonde")
    command = ["forget", room.session.id, "--data", str(folder), "--yes", "--person"]
    assert main([*command, "Cunégonde"]) == 2 and "person-two" in capsys.readouterr().err
    assert main([*command, "Nobody"]) == 2
    assert main([*command, "person-two"]) == 0
    assert main([*command, "cunegonde"]) == 0
    assert room.store.follow() and room.session.forgotten == {"person-two", "person-consultant"}


def test_a_notebook_that_repairs_a_journal_brings_no_forgotten_word_back(folder: Path) -> None:
    room = workshop(folder)
    consultants_words(room)
    before, session = room.store.to_file(), room.session.id
    room.store.journal.close()
    forgetting.forget_person(folder, session, "person-consultant")
    path = journal_path(folder, session)
    content = path.read_bytes()
    page = content.index(SAID.encode()) // 4096 * 4096
    path.write_bytes(content[:page] + bytes(4096) + content[page + 4096 :])
    assert repair(folder, session, before).brought > 0
    assert SECRET.encode() not in everything(folder)
    with closing(open_store(folder, session).journal) as journal:
        assert SECRET not in words(journal.read())


def test_a_workshop_that_comes_back_has_no_word_of_the_people_who_were_forgotten_in_it(folder: Path) -> None:
    room = workshop(folder)
    consultants_words(room)
    before, session = room.store.to_file(), room.session.id
    forgetting.forget_person(folder, session, "person-consultant")
    room.store.journal.close()
    forgetting.forget_session(folder, session)
    with pytest.raises(Refusal):
        import_session(folder, before)
    store, _ = import_session(folder, before, again=True)
    with closing(store.journal):
        assert store.merge(before) == 0 and SECRET.encode() not in everything(folder)
        assert store.session.forgotten == {"person-consultant"}
    assert not tombstones.read(folder)[session].get(tombstones.WHOLE)


def test_a_shared_copy_is_made_of_what_is_left(folder: Path) -> None:
    room = workshop(folder)
    consultants_words(room)
    forget(room, FACILITATOR, "person-consultant")
    shared = redact(room.store.to_file(), {**dict.fromkeys(Role, "Quelqu’un"), OWNER: "Responsable"})
    assert shared.fold().notes and "person-consultant" not in words(list(shared.entries))


def test_an_erasure_that_comes_in_with_a_notebook_reaches_the_workshops_that_follow(
    lived: Room, time: Time, tmp_path: Path
) -> None:
    data = path_of(lived.store.journal).parents[1]
    lived.ask(CLIENT, do="write", kind="hypothesis", text=f"Nous pensons que {SECRET}")
    follow_session(data, lived.store.to_file(), clock=time).journal.close()
    elsewhere, _ = import_session(tmp_path / "there", lived.store.to_file(), clock=time)
    with closing(elsewhere.journal):
        forget(Room(elsewhere), FACILITATOR, "person-client")
        take_in(data, elsewhere.to_file(), clock=time)[0].journal.close()
    assert SECRET.encode() not in everything(data)


def test_the_shell_says_which_workshops_took_the_product_along(
    lived: Room, capsys: pytest.CaptureFixture[str], time: Time
) -> None:
    data = path_of(lived.store.journal).parents[1]
    after = follow_session(data, lived.store.to_file(), clock=time)
    after.journal.close()
    assert main(["forget", lived.session.id, "--data", str(data), "--person", "person-client", "--yes"]) == 0
    assert f"{after.session.id} follows it" in capsys.readouterr().out


def test_what_a_person_wrote_is_erased_in_the_workshops_that_took_it_along(lived: Room, time: Time) -> None:
    data = path_of(lived.store.journal).parents[1]
    hypothesis = lived.ask(CLIENT, do="write", kind="hypothesis", text=f"Nous pensons que {SECRET}")
    metric = lived.ask(CLIENT, do="write", kind="metric", text=f"Part de {SECRET}", about=hypothesis)
    lived.ask(CLIENT, do="detail", note=metric, detail="numerator", value=f"{SECRET} au numérateur")
    lived.ask(CLIENT, do="write", kind="action", text=f"Relire {SECRET}", owner="Marc")
    theirs = lived.ask(FACILITATOR, do="write", kind="metric", text="Registre tenu par Marc")
    lived.ask(FACILITATOR, do="detail", note=theirs, detail="numerator", value="Dossiers")
    after = follow_session(data, lived.store.to_file(), clock=time)
    third = None
    with closing(after.journal):
        room = Room(after)
        room.ask(FACILITATOR, do="join", name="Ada")
        own = room.ask(FACILITATOR, do="write", kind="question", text="Et depuis ?")
        room.ask(FACILITATOR, do="start", step=room.session.steps[0].id)
        third = follow_session(data, after.to_file(), clock=time)
        third.journal.close()
        carried = after.to_file()
    assert SECRET.encode() in everything(data)
    forgetting.forget_person(data, lived.session.id, "person-client")
    assert SECRET.encode() not in everything(data)
    for id in (after.session.id, third.session.id):
        with closing((store := open_store(data, id)).journal):
            assert store.session.notes[hypothesis].text == store.session.notes[metric].text == SAID
            assert store.session.notes[theirs].details["numerator"] == "Dossiers"
            assert "Marc" not in words(store.journal.read())
    with closing((store := open_store(data, after.session.id)).journal):
        assert store.session.notes[own].text == "Et depuis ?"
    # An older notebook of it brings nothing back, nor does an older copy of its file.
    journal_path(data, after.session.id).unlink()
    take_in(data, carried, clock=time)[0].journal.close()
    assert SECRET.encode() not in everything(data)
    journal_path(data, after.session.id).unlink()
    import_session(data, carried, clock=time)[0].journal.close()
    assert SECRET.encode() in everything(data)
    assert forgetting.carry_out(data) == [lived.session.id]
    assert SECRET.encode() not in everything(data) and forgetting.carry_out(data) == []


# When ------------------------------------------------------------------------------------------------------------


def test_a_workshop_says_when_it_is_erased_and_each_may_choose(folder: Path) -> None:
    room = workshop(folder)
    today = day_of(room.session.opened_at, room.session.zone)
    assert erased_on(room.session) == today + timedelta(30)
    room.ask(CLIENT, do="write", kind="action", text="Relire", due=(today + timedelta(80)).isoformat())
    assert erased_on(room.session) == today + timedelta(110)
    room.ask(FACILITATOR, do="erase_on", on=(today + timedelta(3)).isoformat())
    assert erased_on(room.session) == today + timedelta(3)
    for wrong in (today.isoformat(), "hier", "2033-02-31"):
        assert room.refused(FACILITATOR, do="erase_on", on=wrong).facts["field"] == "on"
    assert room.refused(CLIENT, do="erase_on", on=NEVER).code == "role"
    room.ask(FACILITATOR, do="erase_on", on=NEVER)
    assert erased_on(room.session) is None
    room.ask(FACILITATOR, do="erase_on", on="")
    assert erased_on(room.session) == today + timedelta(110)


def test_what_is_due_is_erased_and_rehearsals_are_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(folder)]
    assert main(["new", "--team", "Un", "--keep-until", "2020-01-01", *data]) == 0
    assert main(["new", "--team", "Deux", "--keep-until", "never", *data]) == 0
    assert main(["new", "--team", "Trois", "--keep-until", "bientôt", *data]) == 2
    create_session(folder, "Quatre", rehearsal=True).journal.close()
    far = date.today() + timedelta(4000)
    assert [one.team for one in forgetting.due(folder, far)] == ["Un"]
    assert main(["forget", "--due", *data]) == 1
    assert main(["forget", "--due", "--yes", *data]) == 0
    assert "Un" in capsys.readouterr().out and len([*folder.glob("sessions/*.journal")]) == 2
    assert main(["forget", *data]) == 2


def test_a_folder_of_an_earlier_kit_is_left_thirty_days(folder: Path) -> None:
    today = date(2026, 11, 28)
    create_session(folder, "Un").journal.close()
    assert forgetting.erases_from(folder, today) == today + timedelta(30)
    assert (folder / ERASES_FROM).stat().st_mode & 0o077 == 0
    assert forgetting.erases_from(folder, today + timedelta(9)) == today + timedelta(30)


# A server --------------------------------------------------------------------------------------------------------


@pytest.mark.process
@served
async def test_a_running_server_forgets_a_person_at_once(house: Served) -> None:
    facilitator, consultant = await house.joins(FACILITATOR, "Adélaïde"), await house.joins(CONSULTANT, "Cunégonde")
    await consultant.asks(f"{SECRET} ?")
    theirs, ours = await consultant.listens(), await facilitator.listens()
    await ours.hears(SECRET)
    file = await facilitator.get("/session.ipynb")
    assert SECRET in file.body.decode()
    answer = await facilitator.do("forget", person=consultant.id)
    assert answer.code == 200
    await ours.ends()
    await theirs.ends()
    again = await facilitator.listens()
    await again.hears(SAID)
    assert SECRET not in again.text and SECRET.encode() not in everything(house.data)
    for path in ("", "/session.ipynb", "/summary.md"):
        assert SECRET not in (await facilitator.get(path)).body.decode()
    door = await consultant.get()
    assert "Ce que ce navigateur avait écrit" in door.body.decode() and "data-join" in door.body.decode()
    assert (await consultant.asks("Encore ?")).code == 422
    assert (await house.joins(CONSULTANT, "Cunégonde")).id != consultant.id


@served
async def test_what_another_process_erases_is_served_no_more(house: Served) -> None:
    facilitator, client = await house.joins(FACILITATOR), await house.joins(CONSULTANT, "Barnabé")
    await client.asks(f"{SECRET} ?")
    stream = await facilitator.listens()
    await stream.hears(SECRET)
    forgetting.forget_person(house.data, house.session, "Barnabé")
    house.state.sessions.look({house.session})
    await stream.ends()
    assert SECRET not in (await facilitator.get()).body.decode()
    stream = await facilitator.listens()
    forgetting.forget_session(house.data, house.session)
    house.state.sessions.look({house.session})
    await stream.ends()
    page = await facilitator.get()
    assert page.code == 410 and "Cet atelier a été effacé" in page.body.decode()
    said = await facilitator.asks("Encore ?")
    assert said.code == 401 and json.loads(said.body)["refused"] == "Cet atelier a été effacé."


@served
async def test_only_the_operator_erases_a_workshop_at_once(house: Served) -> None:
    facilitator = await house.joins(FACILITATOR)
    page = (await facilitator.get("/links")).body.decode()
    assert "Ces notes seront effacées du serveur" in page and "data-erase>" not in page
    assert (await facilitator.post("/links", {"erase": True})).code == 422
    facilitator.cookies.update(house.operator().cookies)
    assert "data-erase>" in (await facilitator.get("/links")).body.decode()
    assert (await house.at(CLIENT).post("/links", {"erase": True})).code == 401
    assert (await facilitator.post("/links", {"erase": True})).code == 200
    assert (await facilitator.get()).code == 410 and not [*house.data.glob("sessions/*")]


@served
async def test_the_server_erases_on_the_day_that_was_told(house: Served, caplog: pytest.LogCaptureFixture) -> None:
    facilitator = await house.joins(FACILITATOR)
    on = day_of(machine_clock.now(), "Europe/Paris") + timedelta(5)
    assert (await facilitator.do("erase_on", on=on.isoformat())).code == 200
    (house.data / "erases-from").write_text(on.isoformat())
    await retention.erase_due(house.state.sessions, on - timedelta(1))
    assert (await facilitator.get()).code == 200
    with caplog.at_level("WARNING"):
        await retention.erase_due(house.state.sessions, on)
    assert (await facilitator.get()).code == 410 and house.session in caplog.text


@served
async def test_anybody_reads_what_is_kept(house: Served) -> None:
    for lang, words in (("fr", "Vos données"), ("en", "Your data")):
        somebody = house.operator()
        somebody.cookies = {"impact-lang": lang}
        page = await somebody.get("privacy")
        assert page.code == 200 and words in page.body.decode()
    assert "privacy" in (await house.at(CONSULTANT).get()).body.decode()
    assert "privacy" in (await house.operator().get()).body.decode()


@served
async def test_the_page_about_data_says_who_answers_for_them(house: Served) -> None:
    assert "L’organisation qui tient l’atelier." in (await house.operator().get("privacy")).body.decode()
    house.app.settings["impact"] = replace(house.state, contact="Colis <Solidaire>, dpo@colis.test")
    said = (await house.operator().get("privacy")).body.decode()
    assert "Colis &lt;Solidaire&gt;, dpo@colis.test" in said and "L’organisation qui tient" not in said


# Killed meanwhile ------------------------------------------------------------------------------------------------


@pytest.mark.process
@pytest.mark.long
def test_an_erasure_that_is_killed_is_done_at_the_next_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    room = workshop(folder)
    consultants_words(room)
    for number in range(300):
        room.ask(CONSULTANT, do="write", kind="question", text=f"{SECRET} {number} {'x' * 200}")
    entries, session = len(room.entries), room.session.id
    room.store.journal.close()
    whole = journal_path(folder, session).read_bytes()
    command = [sys.executable, "-m", "impactlib.cli", "forget", session, "--data", str(folder), "--person"]
    for delay in range(20):
        journal_path(folder, session).write_bytes(whole)
        journal_path(folder, session).with_suffix(".journal-journal").unlink(missing_ok=True)
        (folder / "forgotten").unlink(missing_ok=True)
        process = subprocess.Popen([*command, "person-consultant", "--yes"], stdout=subprocess.DEVNULL)
        until(lambda: (folder / "forgotten").exists() and (folder / "forgotten").read_bytes())
        with suppress(subprocess.TimeoutExpired):
            process.wait(delay * 0.003)
        process.kill()
        process.wait()
        forgetting.carry_out(folder)
        assert SECRET.encode() not in everything(folder)
        with closing(open_store(folder, session).journal) as journal:
            assert len(journal.read()) == entries + 1
