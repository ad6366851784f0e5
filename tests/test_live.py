"""One per kernel: follows the journal, and patches only what changed."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from markupsafe import Markup

from impactlib import widgets
from impactlib.domain.agenda import Role
from impactlib.domain.session import Session
from impactlib.gestures import Asking
from impactlib.rooms import live as live_module
from impactlib.rooms.fragments import Patch
from impactlib.rooms.layout import LAYOUT
from impactlib.rooms.live import Live
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.session_store import SessionStore
from impactlib.views import Eye, Pane, Part, Reads, Scene, learnings, people, questions, track
from impactlib.widgets.opening import open_session
from impactlib.widgets.slot import SLOT
from tests.conftest import Room, path_of
from tests.loops import awaited

WRITE = """
import sys
from pathlib import Path
from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.session_store import SessionStore

store = SessionStore(FileJournal(Path(sys.argv[1])))
sys.stdin.readline()
gesture = {"id": "from-elsewhere", "do": "write", "kind": "question", "text": "Qui renonce ?"}
store.ask(Asking("person-consultant", Role.CONSULTANT), gesture)
"""


class Paper:
    """A drawing that keeps the patches it was given."""

    def __init__(self) -> None:
        self.patches: list[Patch] = []

    def patch(self, changes: Patch) -> None:
        self.patches.append(changes)


@pytest.fixture
def follower(room: Room) -> Iterator[Live]:
    """A client's kernel, on a connection of its own."""
    store = SessionStore(FileJournal(path_of(room.store.journal)))
    yield Live(store, Eye(Role.CLIENT))
    store.journal.close()


async def until(true: Callable[[], object], seconds: float = 1.0) -> None:
    """Wait, as briefly as it takes; fail after that many seconds."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


def test_a_drawing_is_given_the_whole_once_then_only_what_changed(room: Room, follower: Live) -> None:
    paper, other = Paper(), Paper()

    async def scenario() -> None:
        follower.show(paper, questions.PANE)
        follower.show(other, learnings.PANE)
        whole = [len(paper.patches), len(other.patches)]
        first = room.ask(Role.CONSULTANT, do="write", kind="question", text="Qui renonce ?")
        await until(lambda: len(paper.patches) > 1)
        room.ask(Role.CLIENT, do="write", kind="question", text="Et combien ?")
        await until(lambda: len(paper.patches) > 2)
        room.ask(Role.CONSULTANT, do="edit", note=first, text="Qui donc renonce ?", was="1")
        await until(lambda: len(paper.patches) > 3)
        assert whole == [1, 1]

    awaited(scenario())
    zones = {id.partition("/")[0] for id in paper.patches[0]}
    assert zones == {"speakers-question", "speakers-answer"}
    assert [set(patch) for patch in paper.patches[1:]] == [
        {"questions/00001"},
        {"questions/00002"},
        {"questions/00001"},
    ]
    assert "Qui donc renonce" in paper.patches[3]["questions/00001"]
    assert len(other.patches) == 1


def test_a_fragment_that_is_gone_is_patched_with_nothing(room: Room, follower: Live) -> None:
    paper = Paper()

    async def scenario() -> None:
        note = room.ask(Role.CLIENT, do="write", kind="question", text="Qui renonce ?")
        follower.show(paper, questions.PANE)
        await until(lambda: "questions/00001" in follower.fragments(paper))
        room.ask(Role.CLIENT, do="withdraw", note=note)
        await until(lambda: "questions/00001" not in follower.fragments(paper))
        room.ask(Role.CLIENT, do="restore", note=note)
        await until(lambda: "questions/00001" in follower.fragments(paper))

    awaited(scenario())
    said = [patch["questions/00001"] for patch in paper.patches if "questions/00001" in patch]
    assert said[-2] == ""
    assert "Qui renonce" in said[-1]


def test_the_patches_add_up_to_the_whole(room: Room, follower: Live) -> None:
    paper = Paper()

    def shows(text: str) -> bool:
        return text in str(follower.fragments(paper))

    async def scenario() -> None:
        follower.show(paper, questions.PANE)
        for n in range(3):
            note = room.ask(Role.CLIENT, do="write", kind="question", text=f"Question {n} ?")
            await until(partial(shows, f"Question {n}"))
        room.ask(Role.CLIENT, do="withdraw", note=note)
        await until(lambda: "Question 2" not in str(follower.fragments(paper)))

    awaited(scenario())
    added = {id: html for patch in paper.patches for id, html in patch.items()}
    assert {id: html for id, html in added.items() if html} == follower.fragments(paper)
    assert sum("questions/00003" in patch for patch in paper.patches) == 2


@pytest.mark.process
def test_an_entry_of_another_process_is_drawn_within_a_second(room: Room, follower: Live) -> None:
    paper = Paper()
    command = [sys.executable, "-c", WRITE, str(path_of(room.store.journal))]

    async def scenario() -> None:
        follower.show(paper, questions.PANE)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
        await asyncio.to_thread(process.communicate, "\n")
        assert process.returncode == 0
        await until(lambda: "Qui renonce" in str(paper.patches), seconds=1.0)

    awaited(scenario())


def test_somebody_who_connects_is_drawn_though_nothing_was_written(room: Room, follower: Live) -> None:
    paper = Paper()

    async def scenario() -> None:
        follower.show(paper, people.PANE)
        assert "hors ligne" in paper.patches[0]["roster/0.00000"]
        for role in Role:
            room.store.journal.mark(f"person-{role}", 1)
        await until(lambda: "hors ligne" not in "".join(follower.fragments(paper).values()))

    awaited(scenario())
    assert room.store.journal.last() == 5


def test_a_part_that_depends_on_the_time_alone_is_drawn_again_by_itself(
    room: Room, follower: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "TICK", 0.2)
    seen: list[float] = []

    def moment(scene: Scene) -> Reads:
        seen.append(scene.now)
        return ()

    async def scenario() -> None:
        follower.show(Paper(), Pane("moment", track.frame, (Part("moment", moment, lambda session, eye: None),)))
        await until(lambda: len(seen) > 3, seconds=5)

    awaited(scenario())
    assert seen == sorted(seen)


def test_a_drawing_that_fails_once_does_not_freeze_the_room(
    room: Room, follower: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live_module, "AGAIN", 0.05)
    paper, failing = Paper(), [False]

    def brittle(scene: Scene) -> Reads:
        if failing[0]:
            failing[0] = False
            raise ZeroDivisionError
        return (scene.session.notes_of("question"),)

    def words(session: Session, eye: Eye) -> Markup:
        return Markup("").join(note.text for note in session.notes_of("question"))

    async def scenario() -> None:
        follower.show(paper, Pane("brittle", track.frame, (Part("brittle", brittle, words),)))
        failing[0] = True
        room.ask(Role.CLIENT, do="write", kind="question", text="Qui renonce ?")
        await until(lambda: "Qui renonce" in str(paper.patches))

    with caplog.at_level(logging.ERROR, "impact"):
        awaited(scenario())
    assert "was not drawn" in caplog.text


# Which session --------------------------------------------------------------------------------------


def test_a_notebook_that_is_laid_out_has_no_session_and_its_panes_are_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LAYOUT, "en")
    live = open_session()
    assert live.lays_out and live.eye.lang == "en"
    assert widgets.track(live)._repr_mimebundle_()[SLOT] == {"pane": "track", "in_steps": False}
    assert widgets.in_steps(live, "matrix")._repr_mimebundle_()[SLOT] == {"pane": "matrix", "in_steps": True}
    assert live.ask({"id": "forged-gesture", "do": "join", "name": "Lou"})["refused"]


def test_a_pane_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AttributeError, match="no pane 'trakc'"):
        widgets.trakc  # noqa: B018


@pytest.mark.parametrize(
    ("folder", "lang", "you"), [("en", "en", "You"), ("fr", "fr", "Vous"), ("notes", "fr", "Vous")]
)
def test_outside_a_room_it_is_a_rehearsal_that_you_facilitate_in_the_language_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, lang: str, you: str
) -> None:
    (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / folder)
    monkeypatch.delenv(LAYOUT, raising=False)
    live, paper = open_session(), Paper()
    assert (live.eye.role, live.eye.lang) == (Role.FACILITATOR, lang)

    async def scenario() -> None:
        live.show(paper, people.PANE)

    awaited(scenario())
    assert f"<bdi>{you}</bdi>" in "".join(paper.patches[0].values())


def test_a_rehearsal_takes_gestures_and_draws_them_before_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(LAYOUT, raising=False)
    live, paper = open_session(), Paper()
    ask = {"id": "first-question", "do": "write", "kind": "question", "text": "Qui renonce ?"}

    async def scenario() -> None:
        live.show(paper, questions.PANE)
        answer = live.ask(ask)
        assert "Qui renonce" in paper.patches[-1]["questions/00001"]
        assert answer == {"id": "first-question", "seq": 3, "kept": False}
        assert live.ask(ask) == answer

    awaited(scenario())


def test_a_rehearsal_refuses_in_its_language_with_the_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(LAYOUT, raising=False)
    live = open_session()
    live.ask({"id": "the-problem", "do": "write", "kind": "problem", "text": "Avant"})
    live.ask({"id": "first-edit", "do": "edit", "note": "the-problem", "text": "Après", "was": "1"})
    stale = live.ask({"id": "second-edit", "do": "edit", "note": "the-problem", "text": "Autre", "was": "1"})
    assert stale == {
        "id": "second-edit",
        "refused": "Quelqu’un a changé cette note entre-temps\u00a0: choisissez le texte qui reste.",
        "code": "changed",
        "text": "Après",
        "version": 2,
    }


def test_a_notebooks_gesture_is_its_own_persons_whatever_it_says(room: Room) -> None:
    live = Live(SessionStore(FileJournal(path_of(room.store.journal))), Eye(Role.OBSERVER), me="person-observer")
    answer = live.ask({"id": "forged-gesture", "do": "end", "by": "person-facilitator", "role": "facilitator"})
    assert answer["code"] == "role"
    [entry] = room.store.ask(Asking("person-facilitator", Role.FACILITATOR), {"id": "the-real-end", "do": "end"})
    assert entry.seq == 6
