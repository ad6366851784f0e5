"""The plain path: pressing only the filled button, a facilitator alone runs a whole workshop."""

from __future__ import annotations

from collections.abc import Callable
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.test_heights import Lived
from tests.harness import Server

pytestmark = pytest.mark.browser

FILLED = ".btn:not(.quiet):visible"
PRESSES = 12
MOST = 14
"""Presses of a whole hour, scores included."""


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


def test_with_people_in_the_room_the_filled_button_goes_through_the_scores_too(
    server: Server, person: Callable[..., Person]
) -> None:
    """Of whoever presses nothing else: the floor to the consultants, the round, the scores, the choice."""
    lived = Lived(server, 3)
    lived.prepare()
    page = person("facilitator").join(lived.links["facilitator"], "Ada").page
    pressed: list[str] = []

    def press(wanted: str) -> None:
        expect(page.locator(FILLED)).to_have_count(1)
        expect(page.locator(FILLED)).to_contain_text(wanted)
        page.wait_for_selector("body:not([data-resting])")
        pressed.append(the_filled_button(page))
        page.locator(FILLED).click()

    press("Commencer")
    for step in ("Problème", "Questions", "Recommandations"):
        press(f"Étape suivante : {step}".replace(" :", "\u00a0:"))
    # Nobody has advised: to open a round is offered, beside its metrics, and is not what comes next.
    expect(page.locator(".round").get_by_role("button", name="Ouvrir le tour")).to_be_visible()
    press("Donner la parole aux consultants")
    expect(page.locator(".listening")).to_be_visible()
    expect(page.locator(FILLED)).to_contain_text("Ouvrir le tour")
    lived.write(
        "Yann", "recommendation", "Comparez deux départements", lived.store.session.notes_of("hypothesis")[0].id
    )
    press("Ouvrir le tour")
    expect(page.locator(".listening")).to_have_count(0)
    asked = lived.metrics()[:5]
    for name in ("Karim", "Nadia"):
        for metric in asked:
            lived.ask(name, do="score", metric=metric, value="4", ease="3")
    press("Montrer les avis (2 sur")
    press("Choisir")
    expect(page.locator(".at-now .band")).to_contain_text("L’équipe choisit ce qu’elle garde")
    press("Étape suivante")
    press("Terminer")
    expect(page.locator(FILLED)).to_contain_text("Télécharger")
    # With the home page, the links and the entrance, which one passes before it, and the download.
    assert len(pressed) + 4 <= MOST, pressed
    lived.store.journal.close()


def test_advice_that_is_there_already_leads_to_the_round(server: Server, person: Callable[..., Person]) -> None:
    lived = Lived(server, 3)
    lived.prepare()
    lived.write("Yann", "recommendation", "Comparez deux départements")
    page = person("facilitator").join(lived.links["facilitator"], "Ada").page
    lived.ask("Sophie", do="start", step="recommendations")
    expect(page.locator(FILLED)).to_contain_text("Ouvrir le tour")
    lived.store.journal.close()
