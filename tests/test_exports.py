"""The summary's files: real processes, one at a time, each file made once for a state of a session."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.server import exports as module
from impactlib.server.exports import CannotExport, Exports
from impactlib.storage.folder import journal_path
from tests.conftest import Room, path_of
from tests.harness import Server
from tests.loops import awaited

pytestmark = pytest.mark.process


class Watched(Exports):
    """The same, and it tells which processes were started, and how many ran together at most."""

    def __init__(self, room: Room) -> None:
        super().__init__(path_of(room.store.journal).parent.parent)
        self.started: list[tuple[str, str]] = []
        self.together = self._running = 0

    async def _export(self, session: str, name: str, lang: str, names: bytes) -> bytes:
        self.started.append((name, lang))
        self._running += 1
        self.together = max(self.together, self._running)
        try:
            return await super()._export(session, name, lang, names)
        finally:
            self._running -= 1


def name(room: Room) -> str:
    return path_of(room.store.journal).stem


def test_twenty_who_ask_at_once_are_given_one_file_by_one_process(lived: Room) -> None:
    summaries = Watched(lived)

    async def scenario() -> list[bytes]:
        asked = (summaries.file(name(lived), lived.store.seq, "summary.md", "fr") for _ in range(20))
        return await asyncio.gather(*asked)

    files = awaited(scenario())
    assert summaries.started == [("summary.md", "fr")]
    assert len(files) == 20 and len(set(files)) == 1
    assert "Délai médian" in files[0].decode()


def test_each_format_and_language_is_a_file_and_they_are_made_in_turn(lived: Room) -> None:
    summaries = Watched(lived)
    wanted = [("summary.md", "fr"), ("summary.html", "fr"), ("summary.md", "en")]

    async def scenario() -> list[bytes]:
        return await asyncio.gather(*(summaries.file(name(lived), lived.store.seq, *one) for one in wanted))

    french, page, english = awaited(scenario())
    assert summaries.started == wanted and summaries.together == 1
    assert page.startswith(b"<!doctype html>")
    assert "Apprentissages" not in english.decode() and french != english


def test_a_new_note_makes_a_new_file_that_holds_it(lived: Room) -> None:
    summaries = Watched(lived)

    async def now() -> str:
        return (await summaries.file(name(lived), lived.store.seq, "summary.md", "fr")).decode()

    assert "Un apprentissage de plus" not in awaited(now())
    lived.ask(Role.CLIENT, do="write", kind="learning", text="Un apprentissage de plus")
    assert "Un apprentissage de plus" in awaited(now())
    assert len(summaries.started) == 2


def test_a_process_that_fails_is_told_and_the_next_one_is_tried(lived: Room, caplog: pytest.LogCaptureFixture) -> None:
    summaries, path = Watched(lived), path_of(lived.store.journal)

    async def scenario() -> bytes:
        path.rename(path.with_suffix(".away"))
        failed = [summaries.file(name(lived), lived.store.seq, "summary.md", "fr") for _ in range(2)]
        for answer in await asyncio.gather(*failed, return_exceptions=True):
            assert isinstance(answer, CannotExport)
        path.with_suffix(".away").rename(path)
        return await summaries.file(name(lived), lived.store.seq, "summary.md", "fr")

    assert "Délai médian" in awaited(scenario()).decode()
    assert "there is no such session here" in caplog.text


def test_a_process_that_lasts_too_long_is_ended(
    lived: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    summaries = Watched(lived)

    async def scenario() -> bytes:
        monkeypatch.setattr(module, "WITHIN", 0.05)
        with pytest.raises(CannotExport):
            await summaries.file(name(lived), lived.store.seq, "summary.md", "fr")
        monkeypatch.undo()
        return await summaries.file(name(lived), lived.store.seq, "summary.md", "fr")

    assert awaited(scenario())
    assert "it took too long" in caplog.text


def test_a_file_that_cannot_be_made_gives_a_page_and_comes_a_moment_later(server: Server) -> None:
    key = "0" * 32
    link = server.new("Colis Solidaire")["client"]
    address, _, cookie = link.partition("?key=")
    session = address.split("/")[-2]
    headers = {"Cookie": f"impact-key={cookie}; impact-person={key}", "Content-Type": "application/json"}

    def answer(path: str, body: bytes | None = None) -> tuple[int, str]:
        request = urllib.request.Request(f"{address}/{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    status, _ = answer("join", json.dumps({"id": "join-0001", "key": key, "name": "Marc"}).encode())
    assert status == 200
    path = journal_path(server.data, session)
    # The server has read the journal; the process that it starts finds it damaged.
    change_in_place(path, b"speed1.0", b"speed9.0")
    status, said = answer("summary.md")
    assert status == 503 and "Rien n’est perdu" in said
    change_in_place(path, b"speed9.0", b"speed1.0")
    status, said = answer("summary.md")
    assert status == 200 and "Colis Solidaire" in said


def change_in_place(path: Path, before: bytes, after: bytes) -> None:
    """Change a few bytes of a file that others have open."""
    with path.open("r+b") as file:
        file.seek(file.read().index(before))
        file.write(after)
