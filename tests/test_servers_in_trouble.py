"""Real servers in trouble, under people who write all at once: nothing lost, nothing doubled."""

from __future__ import annotations

import http.client
import json
import resource
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.storage import keys
from impactlib.storage.session_store import create_session, open_store
from tests.harness import Server

pytestmark = [pytest.mark.process, pytest.mark.long]

TEXT = "Les bénévoles attendent la réponse. " * 6


class Writer:
    """Somebody of the team, who came in on a server."""

    def __init__(self, server: Server, session: str, key: str, name: str) -> None:
        self.name, self._port, self._path = name, server.port, f"/room/{session}/client"
        own = secrets.token_hex(16)
        self._cookies = f"impact-key={key}"
        assert self.post("/join", {"id": secrets.token_hex(8), "name": name, "key": own})[0] == 200
        self._cookies += f"; impact-person={own}"

    def post(self, path: str, body: dict[str, str]) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)) as connection:
            headers = {"Content-Type": "application/json", "Cookie": self._cookies}
            connection.request("POST", self._path + path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def write(self, number: int) -> tuple[str, int, str]:
        id = f"{self.name}-{number:04}"
        return id, *self.post("/gestures", {"id": id, "do": "write", "kind": "problem", "text": TEXT})

    def write_all(self, numbers: Sequence[int]) -> list[tuple[str, int, str]]:
        return [self.write(number) for number in numbers]


def opened(data: Path) -> tuple[str, str]:
    with closing(create_session(data, "Colis Solidaire").journal) as journal:
        return journal.session, keys.role_key(data, journal, Role.CLIENT)


def at_once(writers: Sequence[Writer], numbers: Sequence[int]) -> list[tuple[str, int, str]]:
    with ThreadPoolExecutor(len(writers)) as pool:
        return [answer for all in pool.map(lambda writer: writer.write_all(numbers), writers) for answer in all]


def written(data: Path, session: str) -> list[str]:
    with closing(open_store(data, session).journal) as journal:
        return [entry.id for entry in journal.read() if entry.id.startswith("writer")]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path) as server:
        yield server.settle()


def test_six_people_who_write_200_notes_each_on_two_servers_lose_none_and_double_none(server: Server) -> None:
    session, key = opened(server.data)
    with Server(server.data) as other:
        writers = [Writer((server, other)[n % 2], session, key, f"writer{n}") for n in range(6)]
        answers = at_once(writers, range(200))
    assert {status for _, status, _ in answers} == {200}
    found = written(server.data, session)
    assert len(found) == 1200
    assert set(found) == {id for id, _, _ in answers}
    assert "another server runs on this data folder" in server.log.read_text()


def test_on_a_full_disk_twelve_people_lose_none_and_double_none_once_there_is_room(server: Server) -> None:
    session, key = opened(server.data)
    writers = [Writer(server, session, key, f"writer{n}") for n in range(12)]
    journal = server.data / "sessions" / f"{session}.journal"
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (journal.stat().st_size + 65536, resource.RLIM_INFINITY))
    answers = at_once(writers, range(60))
    kept = {id for id, status, _ in answers if status == 200}
    refused = {id: said for id, status, said in answers if status == 503}
    assert kept and refused and len(kept) + len(refused) == len(answers)
    assert all(json.loads(said)["code"] == "trouble" for said in refused.values())
    assert sum("the disk fails" in line for line in server.log.read_text().splitlines()) == 1
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    # Each page sends again what it has kept; one that did not hear the answer sends what is in, too.
    again = at_once(writers, range(60))
    assert {status for _, status, _ in again} == {200}
    found = written(server.data, session)
    assert sorted(found) == sorted(id for id, _, _ in answers)
