"""The kit's pages served in this process: the real handlers, sessions and layouts, without Voilà or a kernel."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from impactlib.domain.agenda import Role
from impactlib.server.attempts import Attempts
from impactlib.server.bounded import BoundedServer
from impactlib.server.codes import Codes
from impactlib.server.exports import Exports
from impactlib.server.handler import KEY, OPERATOR, PERSON
from impactlib.server.layouts import Layouts
from impactlib.server.pace import Pace
from impactlib.server.practices import Practices
from impactlib.server.presence import Presence
from impactlib.server.replay_drawing import Replays
from impactlib.server.routes import rest, routes, settings
from impactlib.server.sessions import COMMON, Sessions
from impactlib.server.state import State
from impactlib.storage.coaching import coached
from impactlib.storage.keys import person_id
from impactlib.storage.library import library
from impactlib.storage.programme import ProgrammeStore
from impactlib.storage.session_store import SessionStore, open_store
from impactlib.storage.workshops import workshops
from tests.loops import awaited

WITHIN = 5.0
"""Seconds that anything may take before a test gives up."""
CELLS = {
    "home": "<p>Accueil</p><!--pane doors-->",
    "workshop": "<p>Bienvenue</p><!--pane questions--><!--pane people-->",
    "prepare": "<p>Préparer</p><!--pane drafts-->",
    "follow": "<p>Vos chiffres</p><!--pane readings-->",
    "script": "<p>Conduite</p><!--pane controls-->",
    "comprendre": "<p>Comprendre</p>",
}


class Served:
    """A server with one workshop; its notebooks are files that hold the HTML of their cells."""

    def __init__(self, data: Path, **more: type[RequestHandler]) -> None:
        self.data, self.notebooks, self.runs = data / "data", data / "notebooks", 0
        self.network = ""
        for lang in ("fr", "en"):
            for name, html in CELLS.items():
                self.write_notebook(name, f"{html}<!--cells 1 of 1-->", lang)
        self.data.mkdir()
        sessions = Sessions(self.data)
        log = logging.getLogger("impact")
        self.state = State(
            base_url="/",
            lang="fr",
            log=log,
            operator_key=sessions.operator_key,
            sessions=sessions,
            layouts=Layouts(self._run, self.notebooks),
            presence=Presence(sessions),
            exports=Exports(self.data),
            replays=Replays(),
            codes=Codes(self.data),
            practices=Practices(sessions),
            pace=Pace(),
            attempts=Attempts(),
            workshops=workshops(self.data),
            programme=ProgrammeStore(self.data),
            library=library(self.data),
            coached=coached(self.data),
            network=lambda: self.network,
            shelf=self.data / "shelf.toml",
        )
        others = [(f"/{name}", handler) for name, handler in more.items()]
        self.app = Application([*others, *routes("/"), *rest("/")], **settings(self.state))
        socket, self.port = bind_unused_port()
        self.server = BoundedServer(self.app, xheaders=True)
        self.server.add_socket(socket)
        self.streams: list[Listening] = []
        self.client = AsyncHTTPClient(force_instance=True, max_clients=50)

    def write_notebook(self, name: str, html: str, lang: str = "fr") -> None:
        path = self.notebooks / lang / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html)

    async def _run(self, notebook: str, lang: str) -> str:
        self.runs += 1
        return (self.notebooks / lang / f"{notebook}.ipynb").read_text()

    async def opens(self) -> None:
        """Open the workshop of the test."""
        self.session, self.keys = await self.state.sessions.run(
            COMMON, self.state.sessions.open, team="Colis Solidaire"
        )

    async def renewed_keys(self) -> dict[str, str]:
        return await self.state.sessions.run(self.session, self.state.sessions.keys, self.session)

    def elsewhere(self) -> SessionStore:
        """The workshop as another process holds it."""
        return open_store(self.data, self.session)

    async def joins(self, role: Role, name: str = "Ex") -> Browser:
        browser = self.at(role)
        body = {"id": secrets.token_hex(8), "name": name, "key": browser.own}
        answer = await browser.post("/join", body)
        assert answer.code == 200, answer.body
        browser.cookies[PERSON] = browser.own
        return browser

    def at(self, role: str) -> Browser:
        """A browser at a role's door, with its key."""
        browser = Browser(self, f"/room/{self.session}/{role}")
        browser.cookies[KEY] = self.keys[role]
        return browser

    def operator(self) -> Browser:
        browser = Browser(self, "/")
        browser.cookies[OPERATOR] = self.state.operator_key()
        return browser

    async def close(self) -> None:
        for stream in self.streams:
            await stream.leaves()
        self.server.stop()
        await self.server.close_all_connections()
        self.client.close()
        # A stream that is cut says who left, in a task of its own.
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self.state.sessions.close()


class Browser:
    """Somebody's browser, at an address below which they ask."""

    def __init__(self, served: Served, path: str) -> None:
        self.served, self.path = served, path
        self.own = secrets.token_hex(16)
        self.cookies: dict[str, str] = {}

    @property
    def id(self) -> str:
        return person_id(self.served.session, self.own)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **more}

    async def _ask(self, path: str, **named: Any) -> HTTPResponse:
        url = f"http://127.0.0.1:{self.served.port}{self.path}{path}"
        return await self.served.client.fetch(url, raise_error=False, follow_redirects=False, **named)

    async def get(self, path: str = "", **headers: str) -> HTTPResponse:
        return await self._ask(path, headers=self._headers(headers))

    async def post(self, path: str, body: object, kind: str = "application/json", **headers: str) -> HTTPResponse:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self._ask(
            path, method="POST", body=content, headers=self._headers({"Content-Type": kind, **headers})
        )

    async def do(self, do: str, /, id: str = "", **gesture: str) -> HTTPResponse:
        return await self.post("/gestures", {"id": id or secrets.token_hex(8), "do": do, **gesture})

    async def asks(self, text: str, id: str = "") -> HTTPResponse:
        return await self.do("write", id, kind="question", text=text)

    async def listens(self, **headers: str) -> Listening:
        """Open the stream of the page, and wait until it is there."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.served.port)
        asked = {"Host": f"127.0.0.1:{self.served.port}", "Connection": "close", **self._headers(headers)}
        lines = [f"GET {self.path}/patches HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        listening = Listening(reader, writer)
        self.served.streams.append(listening)
        await listening.hears("retry:")
        return listening


class Listening:
    """A stream of patches, as it comes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.text, self.ended = "", False
        self._reader, self._writer = reader, writer

    async def _read(self) -> None:
        came = await self._reader.read(65536)
        self.text, self.ended = self.text + came.decode(), self.ended or not came

    async def hears(self, words: str) -> None:
        async with asyncio.timeout(WITHIN):
            while words not in self.text:
                assert not self.ended, self.text
                await self._read()

    async def ends(self) -> None:
        async with asyncio.timeout(WITHIN):
            while not self.ended:
                await self._read()

    @property
    def last(self) -> str:
        return self.text.rpartition("id: ")[2].partition("\n")[0]

    async def leaves(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


def served(scenario: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Make a test of a coroutine that takes a `Served`, then fixtures and parameters by name."""

    async def run(path: Path, values: dict[str, Any]) -> None:
        house = Served(path)
        await house.opens()
        try:
            await scenario(house, **values)
        finally:
            await house.close()

    def test(tmp_path: Path, **values: Any) -> None:
        awaited(run(tmp_path, values))

    _, *others = inspect.signature(scenario).parameters.values()
    tmp_path = inspect.Parameter("tmp_path", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    named = [other.replace(kind=inspect.Parameter.KEYWORD_ONLY) for other in others]
    test.__signature__ = inspect.Signature([tmp_path, *named])  # type: ignore[attr-defined]
    test.__name__, test.__doc__ = scenario.__name__, scenario.__doc__
    return test
