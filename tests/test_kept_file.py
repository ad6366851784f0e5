"""A session kept in a file: nothing that was granted is lost, whoever writes, and nothing is said kept that is not."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.domain.refusal import Refusal
from impactlib.domain.session_file import SessionFile, read
from impactlib.gestures import Asking, Gesture
from impactlib.storage.kept_file import KeptStore
from impactlib.storage.session_store import SessionStore, create_session, import_session

ANA = Asking("person-ana", Role.FACILITATOR)


def compose(file: SessionFile) -> list[dict[str, object]]:
    """One cell that says how many entries there are."""
    text = f"{len(file.entries)} entries"
    return [{"id": "impact-01", "cell_type": "markdown", "metadata": {}, "source": [text]}]


def opened(path: Path) -> KeptStore:
    def made(folder: Path) -> SessionStore:
        return create_session(folder, "Colis Solidaire")

    store = KeptStore.open(path, compose, made)
    if ANA.person not in store.session.people:
        store.ask(ANA, {"id": "join-ana-1", "do": "join", "name": "Ana"})
    return store


def question(text: str) -> Gesture:
    return {"id": f"question-{text.replace(' ', '-')}", "do": "write", "kind": "question", "text": text}


def questions(path: Path) -> set[str]:
    return {note.text for note in read(path.read_bytes()).fold().notes_of("question")}


def test_what_was_granted_is_in_the_file_and_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "colis.ipynb"
    store = opened(path)
    assert (path.is_file() and not store.behind) or store.behind
    store.ask(ANA, question("Qui renonce"))
    assert questions(path) == {"Qui renonce"}
    # The same file, as it is, goes on at a server.
    served, entries = import_session(tmp_path / "data", read(path.read_bytes()))
    assert entries == 3 and served.session.id == store.session.id
    again = opened(path)
    assert [note.text for note in again.session.notes_of("question")] == ["Qui renonce"]
    assert again.ask(ANA, question("Qui renonce")) == ()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["colis.ipynb", "data"]


def test_gestures_that_are_asked_for_together_are_written_at_once_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "colis.ipynb"
    store = opened(path)
    with store.together():
        store.ask(ANA, question("Qui renonce"))
        store.ask(ANA, question("Qui attend"))
        assert questions(path) == set()
    assert questions(path) == {"Qui renonce", "Qui attend"}
    before = path.read_bytes(), store.session, store.seq, store.journal.read()
    with pytest.raises(Refusal), store.together():
        store.ask(ANA, question("Qui paie"))
        store.ask(ANA, {**question("Rien"), "text": ""})
    assert (path.read_bytes(), store.session, store.seq, store.journal.read()) == before
    # What was refused so may be asked for again.
    store.ask(ANA, question("Qui paie"))
    assert len(questions(path)) == 3


WRITER = """
import sys
import tempfile
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.test_kept_file import ANA, opened, question
store = opened(Path({path!r}))
for number in range({number}):
    store.ask(ANA, question(f"{name}-{{number}}"))
    print(f"{name}-{{number}}", flush=True)
"""


def writer(path: Path, name: str, number: int, **named: object) -> subprocess.Popen[str]:
    root = str(Path(__file__).parent.parent)
    code = WRITER.format(root=root, path=str(path), name=name, number=number)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, **named)  # type: ignore[call-overload]


@pytest.mark.process
def test_processes_on_one_file_do_not_overwrite_each_other(tmp_path: Path) -> None:
    path = tmp_path / "colis.ipynb"
    follower = opened(path)
    writers = [writer(path, name, 15) for name in ("un", "deux", "trois")]
    said = {line for one in writers for line in one.communicate(timeout=60)[0].split()}
    assert len(said) == 45 and questions(path) == said
    assert follower.follow()
    assert {note.text for note in follower.session.notes_of("question")} == said
    assert not follower.follow()


@pytest.mark.process
def test_a_killed_process_loses_nothing_that_it_said_was_granted(tmp_path: Path) -> None:
    path = tmp_path / "colis.ipynb"
    opened(path)
    said: set[str] = set()
    for turn in range(5):
        with writer(path, f"tour{turn}", 1000) as process:
            assert process.stdout
            for _ in range(3 + turn):
                said.add(process.stdout.readline().strip())
            process.send_signal(signal.SIGKILL)
            said |= set(process.stdout.read().split())
        assert said <= questions(path)
    assert {note.text for note in opened(path).session.notes_of("question")} >= said
    assert not list(tmp_path.glob("*.part"))


def test_somebodys_own_cells_stay_where_they_were(tmp_path: Path) -> None:
    path = tmp_path / "colis.ipynb"
    store = opened(path)
    store.draw()
    notebook = json.loads(path.read_text())
    mine: dict[str, object] = {
        "id": "mine",
        "cell_type": "code",
        "metadata": {},
        "source": ["1 + 1"],
        "outputs": [],
        "execution_count": None,
    }
    notebook["cells"] = [{**mine, "id": "before"}, *notebook["cells"], mine]
    notebook["metadata"]["authors"] = [{"name": "Ana"}]
    path.write_text(json.dumps(notebook))
    store.ask(ANA, question("Qui renonce"))
    store.draw()
    written = json.loads(path.read_text())
    assert [cell["id"] for cell in written["cells"]] == ["before", "impact-01", "mine"]
    assert written["cells"][1]["source"] == ["3 entries"]
    assert written["metadata"]["authors"] == [{"name": "Ana"}]


def test_an_older_copy_put_in_its_place_takes_nothing_away(tmp_path: Path) -> None:
    path = tmp_path / "colis.ipynb"
    store = opened(path)
    store.ask(ANA, question("Un"))
    shutil.copy(path, tmp_path / "copy.ipynb")
    store.ask(ANA, question("Deux"))
    shutil.move(tmp_path / "copy.ipynb", path)
    store.follow()
    assert questions(path) == {"Un", "Deux"}
    path.unlink()
    store.ask(ANA, question("Trois"))
    assert questions(path) == {"Un", "Deux", "Trois"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a notebook"),
        (b'{"cells": [], "metadata": {}}', "carries no workshop"),
        (b'{"cells": [], "metadata": {"impact": {"format": 1, "session": "abc", "journal": ["x"]}}}', "damaged"),
    ],
)
def test_a_file_that_is_no_session_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "colis.ipynb"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=why):
        opened(path)
    assert path.read_bytes() == content


def test_a_file_that_became_unreadable_refuses_the_gesture_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "colis.ipynb"
    store = opened(path)
    path.write_text("half of a note")
    with pytest.raises(Refusal):
        store.ask(ANA, question("Qui renonce"))
    assert path.read_text() == "half of a note" and not store.session.notes_of("question")


REFUSED = """
import sys
import tempfile
from pathlib import Path
sys.path.insert(0, {root!r})
from impactlib.domain.refusal import Refusal
from tests.test_kept_file import ANA, opened, question
import os
if {nobody}:
    opened(Path({path!r} + ".first"))  # what Python loads late is loaded
    os.setresuid(65534, 65534, 65534)
store = opened(Path({path!r}))
{before}
try:
    store.ask(ANA, question("Qui renonce"))
except Refusal as refusal:
    print(refusal)
assert not store.session.notes_of("question")
"""


def refused(path: Path, before: str = "", *, nobody: bool = False) -> str:
    """What a process says that asks for a question, after the code `before`; as `nobody`, it is root no more."""
    code = REFUSED.format(root=str(Path(__file__).parent.parent), path=str(path), before=before, nobody=nobody)
    return subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True, timeout=60
    ).stdout


@pytest.mark.process
def test_a_disk_that_takes_no_more_is_a_sentence_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "colis.ipynb"
    opened(path)
    before = path.read_bytes()
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) // 2}, {len(before) // 2}))"
    # The journal of its own in the temporary folder is refused first, or the file is: either is said, nothing is kept.
    assert resource.RLIMIT_FSIZE and "could not be kept" in refused(path, limit)
    assert path.read_bytes() == before and not list(tmp_path.glob(".*"))


@pytest.mark.process
@pytest.mark.parametrize("locked", ["file", "folder"])
def test_a_file_or_a_folder_that_is_read_only_is_a_sentence(locked: str) -> None:
    # Not in pytest's own folders, which are closed to others.
    with tempfile.TemporaryDirectory(prefix="impact-") as place:
        Path(place).chmod(0o755)
        folder = Path(place) / "team"
        folder.mkdir()
        path = folder / "colis.ipynb"
        opened(path)
        folder.chmod(0o777 if locked == "file" else 0o555)
        path.chmod(0o444 if locked == "file" else 0o666)
        # Root may write everywhere.
        assert "may not be written to" in refused(path, nobody=os.getuid() == 0)
        assert questions(path) == set()
        folder.chmod(0o755)
