"""The hour behind a real JupyterHub and its real proxy, as on Binder; nothing leaves this host."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psutil
import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from impactlib.storage import keys
from impactlib.storage.session_store import create_session
from tests.browser.conftest import NAMES, Person
from tests.browser.hour import live_the_hour
from tests.harness import free_port, join, launch, until

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(300)]

UP_WITHIN = 90.0
SECONDS = 5_000
"""Milliseconds within which the others see a gesture: about one second, and a busy machine."""

HERE = """fetch(`${document.body.dataset.room}/here`, {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'
})"""
"""The request that an open page makes each minute."""


class Hub:
    """A hub, its proxy and the servers that it starts. `url` is the public address of the user's server."""

    def __init__(self, folder: Path, token: str) -> None:
        self.folder, self.token = folder, token
        self._ports = [free_port() for _ in range(4)]
        self._key = secrets.token_hex(16)
        self.root = f"http://127.0.0.1:{self._ports[0]}"
        self.url = f"{self.root}/user/ada/"
        self.service_url = f"{self.root}/services/impact/"
        self.log = folder / "hub.log"

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(Path(__file__).with_name("hub_config.py"))],
                cwd=self.folder,
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        self._until(lambda: self.api("GET", ""))
        return self

    def __exit__(self, *_: object) -> None:
        family = self.processes()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for process in family:
            if process.is_running():
                process.kill()

    def spawn(self) -> None:
        """Start Ada's server, as BinderHub asks for it."""
        self.api("POST", "/users/ada")
        self.api("POST", "/users/ada/server", {"token": self.token})
        self._until(lambda: self.api("GET", "/users/ada")["servers"][""]["ready"])

    def api(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        return self._ask(f"{self.root}/hub/api{path}", method, self._key, body)

    def activity(self) -> str:
        """When the proxy last saw somebody use the server: what a hub culls by."""
        routes = self._ask(f"http://127.0.0.1:{self._ports[2]}/api/routes", "GET", self._key, None)
        last: str = routes["/user/ada"]["last_activity"]
        return last

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self._process.pid).children(recursive=True)

    def server(self) -> psutil.Process:
        """Ada's own server."""
        return next(p for p in self.processes() if "--base-url=/user/ada/" in p.cmdline())

    def _ask(self, url: str, method: str, key: str, body: dict[str, str] | None) -> Any:
        headers = {"Authorization": f"token {key}", "Content-Type": "application/json"}
        request = urllib.request.Request(url, json.dumps(body or {}).encode(), headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or "null")

    def _until(self, ready: Callable[[], Any]) -> None:
        deadline = time.monotonic() + UP_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if ready():
                    return
            except (OSError, KeyError):
                pass
            time.sleep(0.2)
        pytest.fail(f"the hub is not up; it printed:\n{self.log.read_text(errors='replace')[-4000:]}")

    def _environment(self) -> dict[str, str]:
        here = str(Path(sys.executable).parent)
        return {
            **os.environ,
            "PATH": f"{here}:{os.environ['PATH']}",
            "CONFIGPROXY_AUTH_TOKEN": self._key,
            "TEST_HUB_FOLDER": str(self.folder),
            "TEST_HUB_PORTS": " ".join(map(str, self._ports)),
            "TEST_HUB_PROXY": _proxy(),
            "TEST_HUB_TOKEN": self._key,
        }


def _proxy() -> str:
    """The hub's own proxy, as ``make tools`` installs it."""
    installed = Path(sys.prefix, "node_modules", ".bin", "configurable-http-proxy")
    found = shutil.which(installed) or shutil.which("configurable-http-proxy")
    if not found or not shutil.which("node"):
        pytest.fail("configurable-http-proxy is not installed: run make tools")
    return found


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    # A token may hold anything, and begin with a dash.
    with Hub(tmp_path_factory.mktemp("hub"), token=f"-{secrets.token_urlsafe(12)}") as hub:
        hub.spawn()
        yield hub


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


def _opened(browser: Browser, hub: Hub) -> Page:
    """The links page of a new workshop, in the browser of whoever clicked the badge."""
    page = browser.new_context(locale="fr-FR").new_page()
    page.goto(f"{hub.url}?token={quote(hub.token)}")
    assert page.url == hub.url
    page.fill("#team", "Colis Solidaire")
    page.click("[data-open-workshop] .btn")
    page.wait_for_selector("#url-consultant")
    return page


def _entered(facilitator: Page) -> Page:
    facilitator.get_by_role("link", name="Entrer dans l’atelier").click()
    facilitator.wait_for_url("**/facilitator")  # and its script: a form sent before it runs goes nowhere
    facilitator.fill("#name", "Ada")
    facilitator.click("form[data-join] button")
    facilitator.wait_for_selector("body[data-ready]")
    return facilitator


def test_four_people_live_the_hour_through_the_hub(hub: Hub, browser: Browser) -> None:
    links = _opened(browser, hub)
    addresses = {role: links.input_value(f"#url-{role}") for role in NAMES}
    assert all(address.startswith(f"{hub.url}room/") for address in addresses.values())
    people = {role: Person(browser.new_context(locale="fr-FR"), role) for role in NAMES}
    for role, person in people.items():
        person.join(addresses[role], NAMES[role])
    live_the_hour(people)
    for person in people.values():
        person.context.close()


def test_the_person_who_clicked_the_badge_enters_as_facilitator(hub: Hub, browser: Browser) -> None:
    facilitator = _entered(_opened(browser, hub))
    facilitator.locator(".at-now .btn:not(.quiet)").click()
    expect(facilitator.locator('[data-section="tour"]')).to_be_visible(timeout=SECONDS)


def test_an_open_page_counts_as_activity(hub: Hub, browser: Browser) -> None:
    page = join(browser.new_context(), _opened(browser, hub).input_value("#url-observer"), "Lou")
    before = hub.activity()
    page.evaluate(HERE)
    until(lambda: hub.activity() > before, 5)


@pytest.mark.parametrize("path", ["", "lab", "tree", "lab/tree/notebooks/fr/home.ipynb"])
def test_a_hubs_usual_addresses_lead_home_with_their_token(hub: Hub, playwright: Playwright, path: str) -> None:
    asking = playwright.request.new_context()
    answer = asking.get(f"{hub.url}{path}?token={quote(hub.token)}")
    assert (answer.status, answer.url) == (200, hub.url)
    assert "data-open-workshop" in answer.text()
    asking.dispose()


def test_without_the_token_nothing_is_opened(hub: Hub, playwright: Playwright) -> None:
    asking = playwright.request.new_context()
    assert asking.get(f"{hub.url}?token=x").status == 403
    assert "data-open-workshop" not in asking.get(hub.url).text()
    assert asking.post(f"{hub.url}workshops", data={"team": "X"}).status == 422
    assert asking.get(f"{hub.url}voila/render/fr/home.ipynb").url.split("?")[0] == hub.url
    assert asking.get(f"{hub.url}api").ok
    asking.dispose()


def test_behind_tls_cookies_are_secure_and_addresses_public(hub: Hub) -> None:
    # What a proxy before the hub's says; the hub's adds its own "http".
    said = {"X-Forwarded-Proto": "https", "Host": "hub.example.org"}

    def ask(path: str, cookies: str = "", body: dict[str, str] | None = None) -> tuple[Any, str]:
        headers = {**said, "Cookie": cookies, "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(f"{hub.root}{path}", data, headers)
        try:
            with urllib.request.build_opener(_Still).open(request) as answer:
                return answer.headers, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.headers, ""

    headers, _ = ask(f"/user/ada/?token={quote(hub.token)}")
    assert "; secure" in headers["Set-Cookie"].lower()
    operator = headers["Set-Cookie"].split(";")[0]
    headers, opened = ask("/user/ada/workshops", operator, {"team": "Colis Solidaire"})
    assert "; secure" in headers["Set-Cookie"].lower()
    _, page = ask(json.loads(opened)["go"], headers["Set-Cookie"].split(";")[0])
    assert "https://hub.example.org/user/ada/room/" in page
    assert "http://hub.example.org" not in page


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def test_the_token_and_the_hubs_keys_are_not_passed_on(hub: Hub) -> None:
    server = hub.server()
    assert hub.token not in " ".join(server.cmdline())
    assert not [name for name in server.environ() if name.startswith("JUPYTERHUB_")]
    for kernel in server.children(recursive=True):
        assert hub.token not in kernel.environ().values()
    assert hub.token not in hub.log.read_text(errors="replace").replace(f"--NotebookApp.token={hub.token}", "").replace(
        f"--ServerApp.token={hub.token}", ""
    )


def test_a_service_that_the_hub_manages_shows_one_workshop_to_people_without_an_account(
    hub: Hub, browser: Browser
) -> None:
    store = create_session(hub.folder / "service", "Colis Solidaire")
    with closing(store.journal) as journal:
        links = keys.links(hub.folder / "service", journal, hub.service_url)
    until(lambda: urllib.request.urlopen(f"{hub.service_url}api", timeout=5).status == 200, UP_WITHIN)
    people = {role: Person(browser.new_context(locale="fr-FR"), role) for role in NAMES}
    for role, person in people.items():
        person.join(links[role], NAMES[role])
    live_the_hour(people)
    for person in people.values():
        assert person.page.url.startswith(hub.service_url)
        person.context.close()
