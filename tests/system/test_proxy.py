"""The hour behind nginx as docs/nginx.conf configures it: HTTPS, HTTP/2, and streams that are not held back."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.harness import Server, free_port, join, launch, until

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(180)]

DOCUMENTED = Path(__file__).parents[2] / "docs" / "nginx.conf"
TABS = 8
AT_ONCE = 3_000
"""Milliseconds: an event that a proxy holds back comes with the next ones, ten seconds later."""
SELF_SIGNED = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2")
PROTOCOLS = "name => performance.getEntriesByType(name).map(entry => entry.nextHopProtocol)"


class Proxy:
    """nginx in front of a server, with a certificate of its own making. `url` is its address."""

    def __init__(self, folder: Path, server: Server) -> None:
        self._folder, self._port = folder, free_port()
        self.url = f"https://127.0.0.1:{self._port}/"
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if not nginx:
            pytest.fail("nginx is not installed: run make tools")
        subprocess.run(
            (*SELF_SIGNED, "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"),
            check=True,
            capture_output=True,
        )
        ours = {
            "listen 443 ": f"listen 127.0.0.1:{self._port} ",
            "/etc/ssl/impact/": f"{folder}/",
            "127.0.0.1:8866": f"127.0.0.1:{server.port}",
        }
        documented = DOCUMENTED.read_text()
        for theirs, mine in ours.items():
            assert theirs in documented
            documented = documented.replace(theirs, mine)
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log warn;"
            f"events {{}} http {{ access_log off; {temporary}\n{documented}\n}}"
        )
        self._process = subprocess.Popen([nginx, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
        until(self._listens)

    def _listens(self) -> bool:
        assert self._process.poll() is None, (self._folder / "error.log").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port)):
            return True
        return False

    def complaints(self) -> list[str]:
        """What nginx warns of, beside the certificate that nobody signed."""
        return [line for line in (self._folder / "error.log").read_text().splitlines() if "certificate" not in line]

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[Server, Proxy]]:
    (tmp_path / "nginx").mkdir()
    with Server(tmp_path) as server:
        proxy = Proxy(tmp_path / "nginx", server)
        yield server, proxy
        proxy.stop()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield launch(playwright)


def test_eight_pages_of_one_browser_share_one_connection_and_are_shown_notes_at_once(
    proxy: tuple[Server, Proxy], browser: Browser
) -> None:
    server, nginx = proxy
    links = {role: link.replace(server.url, nginx.url) for role, link in server.new("Colis Solidaire").items()}
    one, other = (browser.new_context(ignore_https_errors=True) for _ in range(2))
    nadia = join(other, links["facilitator"], "Nadia")
    pages = [join(one, links["consultant"], "Inès"), *(opened(one, links["consultant"]) for _ in range(TABS - 1))]

    nadia.locator(".at-now .btn:not(.quiet)").click()
    for page in pages:
        expect(page.locator(".bar")).to_have_attribute("data-step", "tour", timeout=30_000)
    for page in pages:
        assert set(page.evaluate(PROTOCOLS, "navigation") + page.evaluate(PROTOCOLS, "resource")) == {"h2"}

    form = pages[0].locator('form[data-form="expectation"]')
    form.locator("textarea").fill("Un chiffre à suivre")
    form.locator("button.btn").click()
    expect(nadia.locator("main")).to_contain_text("Un chiffre à suivre", timeout=AT_ONCE)

    # The links that it gives have the address that people use.
    with other.expect_page() as invitations:
        nadia.get_by_role("link", name="Inviter").click()
    expect(invitations.value.locator("main")).to_contain_text(nginx.url)
    assert server.url not in invitations.value.content()
    assert all(cookie["secure"] for cookie in one.cookies() + other.cookies())
    assert nginx.complaints() == []


def opened(context: BrowserContext, link: str) -> Page:
    page = context.new_page()
    page.goto(link)
    page.wait_for_selector("body[data-ready]")
    return page
