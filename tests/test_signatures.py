"""A session notebook that comes back to its server: as it was written, grown elsewhere, changed outside, or damaged."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.domain.merging import Text, two_texts
from impactlib.domain.redaction import shown
from impactlib.domain.refusal import Refusal
from impactlib.domain.session_file import (
    AS_WRITTEN,
    CHANGED,
    DAMAGED,
    ERASED_SINCE,
    GROWN,
    MISSING,
    SEALED,
    SessionFile,
    _digest,
    read,
    to_metadata,
)
from impactlib.storage.carried import TakenIn, signing, take_in
from impactlib.storage.folder import journal_path
from impactlib.storage.forgetting import forget_person, forget_session
from impactlib.storage.keys import file_key, renew_operator
from impactlib.storage.session_store import create_session, open_store
from tests.conftest import NAMES, Room

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
Change = Callable[[list[dict[str, Any]]], object]


@dataclass
class Place:
    """A server's data folder, with a workshop in it or not."""

    data: Path

    def opens(self) -> str:
        with closing(create_session(self.data, "Colis Solidaire").journal) as journal:
            session = journal.session
        self.write(session, "Avant de partir", joins=True)
        return session

    def write(self, session: str, text: str, joins: bool = False) -> str:
        with closing((store := open_store(self.data, session)).journal):
            room = Room(store)
            for role, name in NAMES.items() if joins else ():
                room.ask(role, do="join", name=name)
            id = secrets.token_hex(8)
            store.ask(room.asking("person-client", CLIENT), {"id": id, "do": "write", "kind": "question", "text": text})
            return id

    def notebook(self, session: str, key: bool = True) -> bytes:
        with closing((store := open_store(self.data, session)).journal):
            file = store.to_file()
        return written(signing(self.data, file) if key else file)

    def takes(self, content: bytes, into: str = "", **more: Any) -> TakenIn:
        store, taken = take_in(self.data, read(content), into, **more)
        store.journal.close()
        return taken

    def vanishes(self, session: str) -> None:
        """The journal is gone; the secret of the folder is not."""
        journal_path(self.data, session).unlink()


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return Place(tmp_path / "here")


@pytest.fixture
def there(tmp_path: Path) -> Place:
    return Place(tmp_path / "there")


def written(file: SessionFile) -> bytes:
    return json.dumps({"cells": [], "metadata": {"impact": to_metadata(file)}, "nbformat": 4}).encode()


def forged(content: bytes, change: Change) -> bytes:
    """A notebook whose entries were changed by somebody who knows how its digest is made."""
    whole = json.loads(content)
    impact = whole["metadata"]["impact"]
    lines = [json.loads(line) for line in impact["journal"]]
    change(lines)
    impact["journal"] = [json.dumps(line, ensure_ascii=False) for line in lines]
    impact["sha256"] = _digest(impact["journal"])
    return json.dumps(whole).encode()


def reworded(lines: list[dict[str, Any]]) -> None:
    lines[-1]["data"] = lines[-1]["data"].replace("Avant de partir", "Jamais dit")


def unsigned(lines: list[dict[str, Any]]) -> None:
    reworded(lines)
    del lines[-1]["signed"]


def added(lines: list[dict[str, Any]]) -> None:
    more = {**lines[-1], "id": "gesture-added", "seq": lines[-1]["seq"] + 1}
    del more["signed"]
    lines.append(more)


def redated(lines: list[dict[str, Any]]) -> None:
    lines[-1]["at"] += 1.5


def laundered(lines: list[dict[str, Any]]) -> None:
    """Somebody is said to have been forgotten elsewhere, so that a text may pass for one that was emptied."""
    unsigned(lines)
    person = json.dumps({"person": "nobody"})
    lines.append({**lines[-1], "origin": "x.1", "id": "gesture-x", "event": "PersonForgotten", "data": person})


@pytest.mark.parametrize("lost", [True, False])
def test_a_notebook_that_comes_back_as_it_was_is_told_so_after_the_operators_key_was_renewed(
    here: Place, lost: bool
) -> None:
    session = here.opens()
    content = here.notebook(session)
    renew_operator(here.data)
    if lost:
        here.vanishes(session)
    assert here.takes(content).told == AS_WRITTEN
    assert here.takes(here.notebook(session)).told == AS_WRITTEN


@pytest.mark.parametrize("change", [reworded, unsigned, added, redated, laundered])
@pytest.mark.parametrize("lost", [True, False])
def test_a_change_outside_is_told_from_damage_and_nothing_is_taken(here: Place, change: Change, lost: bool) -> None:
    session = here.opens()
    content = here.notebook(session)
    if lost:
        here.vanishes(session)
    with pytest.raises(Refusal) as caught:
        here.takes(forged(content, change))
    assert caught.value.message == CHANGED and caught.value.facts["number"] == 1
    assert journal_path(here.data, session).exists() is not lost
    with pytest.raises(Refusal) as caught:
        here.takes(content.replace(b"Avant de partir", b"Jamais dit"))
    assert caught.value.message == DAMAGED
    # Somebody who knows of the change may take it all the same.
    assert here.takes(forged(content, change), anyway=True).told == ""


def test_what_grew_on_another_server_is_told_so_however_often_it_went_through(here: Place, there: Place) -> None:
    session = here.opens()
    there.takes(here.notebook(session))
    there.write(session, "Écrit ailleurs")
    here.write(session, "Écrit ici entre-temps")
    there.takes(here.notebook(session))
    back = here.takes(there.notebook(session))
    assert (back.told, back.added) == (GROWN, 1)
    assert there.takes(here.notebook(session)).told == GROWN
    # And once this server has lost it.
    carried_back = there.notebook(session)
    here.vanishes(session)
    assert here.takes(carried_back).told == GROWN
    here.write(session, "Repris")
    assert there.takes(here.notebook(session)).told == GROWN
    with pytest.raises(Refusal, match="changed outside"):
        here.takes(
            forged(there.notebook(session), lambda lines: reworded([one for one in lines if "Avant" in one["data"]]))
        )


def test_what_was_merged_into_another_workshop_keeps_its_signatures(here: Place, there: Place) -> None:
    session, other = here.opens(), there.opens()
    there.takes(here.notebook(session), other)
    back = here.takes(there.notebook(other), session)
    assert back.told == GROWN and back.added > 0


def test_what_was_erased_elsewhere_is_no_forgery(here: Place, there: Place) -> None:
    session = here.opens()
    there.takes(here.notebook(session))
    forget_person(there.data, session, "Marc")
    back = there.notebook(session)
    assert here.takes(back).told == ERASED_SINCE
    assert b"Avant de partir" not in here.notebook(session)
    # What somebody else wrote in that file is still watched.
    with pytest.raises(Refusal, match="changed outside"):
        here.takes(forged(back, lambda lines: lines[3].update(at=1.0)))


def test_a_notebook_without_signatures_opens_as_before(here: Place, there: Place) -> None:
    session = here.opens()
    old = here.notebook(session, key=False)
    assert b"signed" not in old
    assert here.takes(old) == TakenIn(0)
    assert there.takes(old).told == ""
    here.vanishes(session)
    assert here.takes(old).told == ""


def test_a_copy_in_a_browser_and_a_reduced_one_of_the_same_file_are_as_written(here: Place) -> None:
    session = here.opens()
    with closing((store := open_store(here.data, session)).journal):
        file = signing(here.data, store.to_file())
    assert here.takes(written(shown(file))).told == AS_WRITTEN
    shared = SessionFile(file.session, file.entries, shared=True, born=file.born, key=file.key)
    assert b"signed" not in written(shared)


def test_an_unsigned_entry_that_claims_to_be_born_here_gives_nobody_a_role(here: Place) -> None:
    session = here.opens()
    old = here.notebook(session, key=False)
    role = json.dumps({"person": "person-observer", "name": "Lou", "role": "facilitator"})

    def promoted(lines: list[dict[str, Any]]) -> None:
        more = {"id": "gesture-forged", "seq": 99, "event": "PersonCorrected", "data": role, "by": "person-facilitator"}
        lines.append({**lines[-1], **more})

    assert here.takes(forged(old, promoted)).added == 1
    with closing((store := open_store(here.data, session)).journal):
        assert store.session.people["person-observer"].role == FACILITATOR
        assert not store.journal.given("person-observer", FACILITATOR)
        entry = store.journal.written("gesture-forged")
        assert entry and entry.origin == f"{session}.unsigned"


def test_of_two_texts_the_later_stands_and_the_other_is_told(here: Place, there: Place) -> None:
    session = here.opens()
    note = here.write(session, "Le texte commun")
    there.takes(here.notebook(session))

    def edit(place: Place, text: str) -> None:
        with closing((store := open_store(place.data, session)).journal):
            asked = {"id": f"edit-{len(text):08}", "do": "edit", "note": note, "text": text, "was": 1}
            store.ask(Room(store).asking("person-client", CLIENT), asked)

    edit(here, "Corrigé ici")
    edit(there, "Corrigé là-bas")
    assert here.takes(there.notebook(session)).texts == (Text(note, "Corrigé là-bas", "Corrigé ici"),)
    # The other way round, theirs gives way; and nothing is told twice.
    assert there.takes(here.notebook(session)).texts == (Text(note, "Corrigé là-bas", "Corrigé ici"),)
    assert there.takes(here.notebook(session)).texts == here.takes(there.notebook(session)).texts == ()
    with closing((store := open_store(here.data, session)).journal):
        assert two_texts(store.session, [], store.session) == []
        said = [entry.event.text for entry in store.journal.read() if entry.id.startswith("edit-")]  # type: ignore[union-attr]
    assert sorted(said) == ["Corrigé ici", "Corrigé là-bas"]


def test_the_shell_says_the_same(here: Place, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    session = here.opens()
    path = tmp_path / "atelier.ipynb"
    data = ["--data", str(here.data)]
    assert not main(["export", session, *data, "-o", str(path)])
    content = path.read_bytes()
    assert not main(["import", str(path), *data])
    assert AS_WRITTEN in capsys.readouterr().err
    path.write_bytes(forged(content, reworded))
    here.vanishes(session)
    assert main(["import", str(path), *data]) == 2
    assert "changed outside it" in capsys.readouterr().err
    assert not main(["import", str(path), *data, "--anyway"])
    forget_session(here.data, session)


def test_a_key_of_another_folder_vouches_for_nothing(here: Place, there: Place) -> None:
    session = here.opens()
    there.opens()
    assert there.takes(here.notebook(session)).told == ""
    assert file_key(here.data) != file_key(there.data)


def left_out(lines: list[dict[str, Any]]) -> None:
    del lines[-2]


@pytest.mark.parametrize("lost", [True, False])
def test_an_entry_that_was_taken_out_of_a_notebook_is_missed(here: Place, lost: bool) -> None:
    session = here.opens()
    content = here.notebook(session)
    if lost:
        here.vanishes(session)
    with pytest.raises(Refusal) as caught:
        here.takes(forged(content, left_out))
    assert caught.value.message == MISSING and caught.value.facts["number"] == 1
    assert here.takes(forged(content, left_out), anyway=True).told == ""


def test_a_copy_that_went_on_elsewhere_misses_nothing_until_something_is_taken_out(here: Place, there: Place) -> None:
    session = here.opens()
    there.takes(here.notebook(session))
    there.write(session, "Écrit ailleurs")
    here.write(session, "Dit ensuite")
    there.takes(here.notebook(session))
    content = there.notebook(session)
    assert here.takes(content).told == GROWN
    here.vanishes(session)
    with pytest.raises(Refusal) as caught:
        here.takes(forged(content, lambda lines: lines.__delitem__(slice(1, 4))))
    assert caught.value.message == MISSING
    assert here.takes(content).told == GROWN
    # What went on here once more is sealed anew, with what was sealed before.
    here.write(session, "Repris ici")
    assert here.takes(here.notebook(session)).told == GROWN


def test_a_seal_of_another_workshop_or_of_another_shape_says_nothing(here: Place) -> None:
    session, other = here.opens(), here.opens()
    for _ in range(3):
        here.write(session, "Encore")
    theirs = json.loads(here.notebook(other))["metadata"]["impact"][SEALED]
    seals: list[Any] = [{}, [], "", None, {"a": 1}, {"00": [True, "00"]}, {"00": [9, 9]}, theirs]
    for seal in seals:
        whole = json.loads(here.notebook(session))
        whole["metadata"]["impact"][SEALED] = seal
        assert here.takes(json.dumps(whole).encode()).told == AS_WRITTEN


def test_what_nobody_was_shown_stays_out_and_is_not_missed(here: Place, there: Place) -> None:
    """Elsewhere a score that came from here is left out of a file: that is no theft."""
    session = here.opens()
    with closing((store := open_store(here.data, session)).journal):
        room = Room(store)
        metric = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
        room.ask(FACILITATOR, do="open_round", metrics=metric)
        room.ask(CONSULTANT, do="score", metric=metric, value=4, ease=2)
        whole = signing(here.data, store.to_file())
    there.takes(written(whole))
    with closing((store := open_store(there.data, session)).journal):
        left = shown(signing(there.data, store.to_file()))
    assert len(left.entries) < len(whole.entries)
    assert here.takes(written(left)).told == AS_WRITTEN
