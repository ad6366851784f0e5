"""The plain path: pressing only the filled button, a facilitator alone runs a whole workshop."""

from __future__ import annotations

from collections.abc import Callable
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Person
from tests.harness import Server

pytestmark = pytest.mark.browser

FILLED = ".btn:not(.quiet):visible"
PRESSES = 12


def the_filled_button(page: Page) -> str:
    """There is one and only one on the screen."""
    page.wait_for_selector(FILLED)
    assert page.locator(FILLED).count() == 1
    return page.locator(FILLED).inner_text()


def test_a_facilitator_alone_runs_a_workshop_in_at_most_twelve_presses(
    server: Server, person: Callable[..., Person]
) -> None:
    facilitator = person("facilitator")
    page = facilitator.page
    page.goto(server.operator_url)
    facilitator.ready()
    page.fill("#team", "Colis Solidaire")
    pressed: list[str] = []
    while not pressed or not pressed[-1].startswith("Télécharger"):
        assert len(pressed) < PRESSES
        if page.locator("#name").count():
            page.fill("#name", "Ada")
        before = the_filled_button(page)
        facilitator.rested()  # two presses within a moment count as one
        if before.startswith("Télécharger"):
            with page.expect_download() as download:
                page.locator(FILLED).click()
            with ZipFile(download.value.path()) as document:
                assert "Colis Solidaire" in document.read("word/document.xml").decode()
        else:
            page.locator(FILLED).click()
            page.wait_for_function(
                "before => [...document.querySelectorAll('.btn:not(.quiet)')].every(b => b.innerText !== before)",
                arg=before,
            )
        pressed.append(before)
    assert pressed[0] == "Ouvrir l’atelier"
    assert facilitator.errors == []
