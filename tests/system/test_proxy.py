"""The hour behind nginx as docs/nginx.conf configures it: HTTPS, HTTP/2, and streams that are not held back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.harness import Server, join, launch
from tests.proxies import Nginx

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(180)]

TABS = 8
AT_ONCE = 3_000
"""Milliseconds: an event that a proxy holds back comes with the next ones, ten seconds later."""
PROTOCOLS = "name => performance.getEntriesByType(name).map(entry => entry.nextHopProtocol)"


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[Server, Nginx]]:
    with Server(tmp_path) as server:
        proxy = Nginx(tmp_path / "nginx", "nginx.conf", {"127.0.0.1:8866": f"127.0.0.1:{server.port}"})
        yield server, proxy
        proxy.stop()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield launch(playwright)


def test_eight_pages_of_one_browser_share_one_connection_and_are_shown_notes_at_once(
    proxy: tuple[Server, Nginx], browser: Browser
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
