"""People who write through servers in trouble, each gesture until it is answered, and what is in the store then."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing

from impactlib.domain.agenda import Role
from impactlib.storage import keys
from impactlib.storage.session_store import open_store
from impactlib.storage.store import Store
from tests.harness import Server, until
from tests.proxies import Proxy

SEEN_WITHIN = 5.0
PAUSE = 0.03
"""Seconds between two notes of a writer: a server takes 300 at once of one browser, then a few a second."""

Door = Server | Proxy
"""What answers a page."""


class Page:
    """Somebody's page: it sends each gesture until it is answered, to whichever server answers, as a proxy would have
    it; and listens to the stream of one of them."""

    def __init__(self, servers: Sequence[Door], session: str, role: Role, key: str, name: str) -> None:
        self.name, self._servers, self._path = name, list(servers), f"/room/{session}/{role}"
        self.own = secrets.token_hex(16)
        self._cookies = f"impact-key={key}"
        self.troubles = 0
        self.send("/join", {"id": secrets.token_hex(8), "name": name, "key": self.own})
        self._cookies += f"; impact-person={self.own}"

    def send(self, path: str, body: Mapping[str, object]) -> dict:
        """The answer, once there is one."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            server = self._servers[0]
            try:
                status, said = self.post(server, path, body)
            except OSError:
                status, said = 502, ""
            if status == 200:
                return dict(json.loads(said))
            if status == 429:
                time.sleep(json.loads(said)["wait"])
                continue
            assert status in (502, 503), said
            self.troubles += 1
            self._servers.append(self._servers.pop(0))
            time.sleep(0.05)
        raise AssertionError(f"{self.name} waited for a minute")

    def post(self, server: Door, path: str, body: Mapping[str, object]) -> tuple[int, str]:
        with closing(server.connection()) as connection:
            headers = {"Content-Type": "application/json", "Cookie": self._cookies}
            connection.request("POST", self._path + path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def get(self, server: Door, path: str = "?see=workshop") -> tuple[int, str]:
        with closing(server.connection()) as connection:
            connection.request("GET", self._path + path, headers={"Cookie": self._cookies})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def write(self, number: int, text: str = "Les bénévoles attendent la réponse.") -> str:
        id = f"{self.name}-{number:04}"
        self.send("/gestures", {"id": id, "do": "write", "kind": "problem", "text": text})
        return id

    def listens(self, server: Door) -> Stream:
        return Stream(server, f"{self._path}/patches", self._cookies)


class Stream:
    """The patches of a page, as they come."""

    def __init__(self, server: Door, path: str, cookies: str) -> None:
        self._connection = server.connection()
        self._connection.request("GET", path, headers={"Cookie": cookies})
        self._socket = self._connection.sock
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        self.text = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        # Cut where it is left, or its server is killed.
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            while came := self._answer.read1(65536):
                self.text += came.decode(errors="replace")

    def hears(self, words: str, within: float = SEEN_WITHIN) -> None:
        until(lambda: words in self.text, within)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        self._connection.close()


def comes(servers: Sequence[Door], store: Store, session: str, name: str, role: Role = Role.CLIENT) -> Page:
    with closing(open_store(store, session).journal) as journal:
        return Page(servers, session, role, keys.role_key(store, journal, role), name)


def written(store: Store, session: str) -> list[str]:
    with closing(open_store(store, session).journal) as journal:
        return [entry.id for entry in journal.read() if re.fullmatch(r"writer\d-\d{4}", entry.id)]


def under_writers(pages: Sequence[Page], trouble: Callable[[], None], least: int = 10) -> list[str]:
    """What people wrote, each until the trouble is over and `least` notes at least; every note was acknowledged."""
    over = threading.Event()
    said: list[str] = []
    failed: list[BaseException] = []

    def writes(page: Page) -> None:
        number = 0
        try:
            while not over.is_set() or number < least:
                said.append(page.write(number))
                number += 1
                time.sleep(PAUSE)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=writes, args=(page,)) for page in pages]
    for thread in threads:
        thread.start()
    try:
        trouble()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not failed, failed
    return said
