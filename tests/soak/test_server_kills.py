"""Servers killed under load, many times, and the browser closed at the same instant: nothing acknowledged is lost.

``SOAK_SERVER_KILLS`` says how many times (200 by default, half of them with the browser); ``make soak`` prints figures.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect, sync_playwright

from impactlib.domain.agenda import Role
from impactlib.domain.events import NoteWritten
from impactlib.storage import keys
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.folder import journal_path
from impactlib.storage.session_store import create_session, open_store
from tests.harness import BROWSER_ARGS, READY, Server, find_browser, join, launch

pytestmark = [pytest.mark.soak, pytest.mark.browser, pytest.mark.timeout(3600)]

KILLS = int(os.environ.get("SOAK_SERVER_KILLS", "200"))
WRITERS = 6
RIGHT_WITHIN = 5.0
"""Seconds, from the moment at which the new server answers, in which 95 % of the pages show what was written last."""
SLOW = 120_000
"""Milliseconds after which a page that is not right is wrong, however busy the machine."""
PER_SESSION = 20
"""Kills of one workshop: a new one keeps its pages short."""


class Writer(threading.Thread):
    """A page that writes as fast as it is answered: what is not acknowledged is sent again, under the same id."""

    def __init__(self, port: int, session: str, key: str, name: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self._port, self._path, self._says, self._ends = port, f"/room/{session}/client", name, stop
        self._cookies = f"impact-key={key}"
        self.acknowledged: list[str] = []
        own = secrets.token_hex(16)
        assert self._post("/join", {"id": secrets.token_hex(8), "name": name, "key": own}) == 200
        self._cookies += f"; impact-person={own}"

    def run(self) -> None:
        for number in itertools.count():
            id = f"{self._says}-{number:06}"
            asked = {"id": id, "do": "write", "kind": "problem", "text": f"Dit {id}"}
            while self._answered(asked) != 200:
                if self._ends.wait(0.2):
                    return
            self.acknowledged.append(id)
            if self._ends.wait(0.15):  # no faster than the server lets one browser write
                return

    def _answered(self, asked: dict[str, str]) -> int:
        with suppress(OSError, http.client.HTTPException):
            return self._post("/gestures", asked)
        return 0

    def _post(self, path: str, body: dict[str, str]) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)) as connection:
            headers = {"Content-Type": "application/json", "Cookie": self._cookies}
            connection.request("POST", self._path + path, json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status


@contextmanager
def written_under_load(server: Server, number: int) -> Iterator[tuple[str, list[Writer]]]:
    """A workshop in which people write all the time."""
    with closing(create_session(server.data, "Colis Solidaire").journal) as journal:
        session, key = journal.session, keys.role_key(server.data, journal, Role.CLIENT)
    stop = threading.Event()
    writers = [Writer(server.port, session, key, f"w{number}{n}", stop) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        yield session, writers
    finally:
        stop.set()
        for writer in writers:
            writer.join(30)


def texts(data: Path, session: str) -> list[str]:
    with closing(FileJournal(journal_path(data, session))) as journal:
        assert journal._db.execute("pragma integrity_check").fetchone()[0] == "ok"
        return [entry.event.text for entry in journal.read() if isinstance(entry.event, NoteWritten)]


def says(server: Server, session: str, text: str) -> None:
    """Somebody who has no page says something: another process writes it."""
    from impactlib.gestures import Asking

    with closing((store := open_store(server.data, session)).journal):
        store.ask(Asking("shell", Role.CONSULTANT), {"id": secrets.token_hex(8), "do": "join", "name": "Inès"})
        asked = {"id": secrets.token_hex(8), "do": "write", "kind": "question", "text": text}
        store.ask(Asking("shell", Role.CONSULTANT), asked)


def link(server: Server, session: str, role: Role) -> str:
    with closing(FileJournal(journal_path(server.data, session))) as journal:
        return keys.links(server.data, journal, server.url)[role]


def kept_all(server: Server, session: str, writers: list[Writer]) -> tuple[int, int]:
    """How many notes were acknowledged, and how many lost or doubled."""
    found = texts(server.data, session)
    said = [f"Dit {id}" for writer in writers for id in list(writer.acknowledged)]
    lost = len(set(said) - set(found))
    doubled = len(found) - len(set(found))
    assert (lost, doubled) == (0, 0)
    return len(said), len(found)


def test_a_killed_server_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    chance, times, acknowledged, kills = random.Random(3), list[float](), 0, 0
    with Server(tmp_path) as server, sync_playwright() as playwright:
        browser = launch(playwright)
        server.settle()
        while kills < KILLS // 2:
            with written_under_load(server, kills) as (session, writers):
                page = join(browser.new_context(), f"{link(server, session, Role.CONSULTANT)}", "Zoé")
                for _ in range(min(PER_SESSION, KILLS // 2 - kills)):
                    time.sleep(chance.uniform(0.1, 0.6))
                    server.kill9()
                    kills += 1
                    page.evaluate("globalThis.scrollTo(0, 0)")
                    server.restart()
                    began = time.monotonic()
                    expect(page.locator("[data-banner]")).to_be_hidden(timeout=SLOW)
                    times.append(seen(page, server, session, f"Après {kills}", began))
            acknowledged += kept_all(server, session, writers)[0]
            page.context.close()
        browser.close()
    told(f"{kills} kills -9 of a server", acknowledged, times)


def seen(page: Page, server: Server, session: str, text: str, began: float) -> float:
    """The seconds after which a page shows what was written once the server was back."""
    says(server, session, text)
    shows = "(text) => document.body.textContent.includes(text)"
    page.wait_for_function(shows, arg=text, polling=100, timeout=SLOW)
    return time.monotonic() - began


def test_a_browser_closed_as_the_server_is_killed_sends_what_it_kept_once(tmp_path: Path) -> None:
    chance, times, acknowledged, kills = random.Random(4), list[float](), 0, 0
    with Server(tmp_path / "data") as server, sync_playwright() as playwright:
        server.settle()

        def opens(profile: Path) -> Page:
            context = playwright.chromium.launch_persistent_context(
                profile, executable_path=find_browser(), args=list(BROWSER_ARGS), locale="fr-FR"
            )
            return context.pages[0] if context.pages else context.new_page()

        while kills < KILLS // 2:
            profile = tmp_path / f"profile-{kills}"
            with written_under_load(server, kills) as (session, writers):
                address, typed = link(server, session, Role.CONSULTANT), list[str]()
                page = opens(profile)
                page.goto(address)
                page.fill("#name", "Zoé")
                page.click("form[data-join] button")
                page.wait_for_selector(READY)
                for _ in range(min(PER_SESSION, KILLS // 2 - kills)):
                    typed.append(f"Tapé {kills}")
                    write(page, typed[-1])
                    time.sleep(chance.uniform(0, 0.1))
                    server.kill9()
                    page.context.close()
                    kills += 1
                    server.restart()
                    page = opens(profile)
                    began = time.monotonic()
                    with told_of(page, server):
                        page.goto(address)
                        page.wait_for_selector(READY, timeout=SLOW)
                        # Not at each frame: a browser whose drawing stalls draws none, and its pages work all the same.
                        page.wait_for_function(EMPTY, polling=100, timeout=SLOW)
                    times.append(time.monotonic() - began)
                page.context.close()
            acknowledged += kept_all(server, session, writers)[0]
            found = texts(server.data, session)
            assert [found.count(text) for text in typed] == [1] * len(typed)
    told(f"{kills} more as the browser closed", acknowledged, times)


EMPTY = "() => !Object.keys(localStorage).some((key) => key.includes('outbox:'))"
"""Whether a browser has sent all that it kept."""


@contextmanager
def told_of(page: Page, server: Server) -> Iterator[None]:
    """Tell what a page showed and asked that is waited for in vain, and what the server said."""
    told: list[str] = []
    page.on("response", lambda answer: told.append(f"{answer.status} {answer.url}"))
    page.on("requestfailed", lambda asked: told.append(f"{asked.failure} {asked.method} {asked.url}"))
    page.on("console", lambda said: told.append(said.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    try:
        yield
    except Error as error:
        kept = page.evaluate("() => JSON.stringify(localStorage)")
        told += [page.inner_text("body"), kept, server.log.read_text(errors="replace")[-2000:]]
        raise AssertionError("\n".join(told)) from error


def write(page: Page, text: str) -> None:
    """Send a question, as its form does."""
    page.evaluate(
        """(text) => {
            const form = document.querySelector('form[data-form="question"]');
            form.elements.text.value = text;
            form.requestSubmit();
        }""",
        text,
    )


def told(what: str, acknowledged: int, times: list[float]) -> None:
    """Print the figures, and check that pages were right in time."""
    times = sorted(times)
    late = times[int(len(times) * 0.95)]
    right = f"pages right after {times[len(times) // 2]:.1f} s (p95 {late:.1f}, n {len(times)})"
    print(f"\n{what}: {acknowledged} notes acknowledged, 0 lost, 0 doubled; {right}")
    assert late <= RIGHT_WITHIN
