"""A browser opens six connections to a host: its pages share the streams, however many they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.harness import Server

pytestmark = pytest.mark.browser

TABS = 8
SOON = 30_000
"""Milliseconds within which every page has had its turn."""


def test_eight_tabs_of_one_browser_all_work(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    ines = person("consultant").join(links["consultant"], "Inès")
    tabs = [ines.page]
    for _ in range(TABS - 1):
        page = ines.context.new_page()
        page.goto(links["consultant"])
        page.wait_for_selector("body[data-ready]")
        tabs.append(page)
    nadia = person("facilitator").join(links["facilitator"], "Nadia")

    # Each of them follows the group,
    nadia.forward()
    for page in tabs:
        expect(page.locator(".bar")).to_have_attribute("data-step", "tour", timeout=SOON)
    # sends what is written in it, and shows it at once,
    for number, page in enumerate(tabs):
        form = page.locator('form[data-form="expectation"]')
        # Who has said theirs finds the form folded.
        fold = page.locator("details.fold", has=form)
        if number:
            page.bring_to_front()
            expect(page.locator("main")).to_contain_text(f"Attente {number - 1}", timeout=SOON)
            expect(fold).not_to_have_attribute("open", "")
            fold.locator("summary").click()
        form.locator("textarea").fill(f"Attente {number}")
        form.locator("button.btn").click()
        expect(page.locator("main")).to_contain_text(f"Attente {number}")
        nadia.sees(f"Attente {number}")
    # and is shown what the others wrote; nobody is said to be offline.
    for page in tabs:
        expect(page.locator("main")).to_contain_text(f"Attente {TABS - 1}", timeout=SOON)
        expect(page.locator("[data-banner]")).to_be_hidden()
    assert ines.errors == []


def test_pages_of_several_workshops_share_the_streams_of_one_browser(
    server: Server, person: Callable[..., Person]
) -> None:
    first = person("facilitator").join(server.new("Colis Solidaire")["facilitator"], "Nadia")
    pages = [first.page]
    for number in range(TABS - 1):
        page = first.context.new_page()
        page.goto(server.new(f"Équipe {number}")["facilitator"])
        page.fill("#name", "Nadia")
        page.click("main [data-enter] .btn")
        page.wait_for_selector("body[data-ready]")
        pages.append(page)
    for page in pages:
        page.locator(".at-now .btn:not(.quiet)").click()
        expect(page.locator(".bar")).to_have_attribute("data-step", "tour")
    assert first.errors == []
