"""A newcomer practises: from the home page through a whole hour, by the filled button alone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from impactlib.domain.agenda import Role
from impactlib.storage import keys
from impactlib.storage.session_store import list_sessions, open_store
from tests.browser.conftest import Person
from tests.browser.test_access import agree
from tests.browser.test_plain_path import FILLED, the_filled_button
from tests.harness import START_WITHIN, Server, until

pytestmark = [pytest.mark.browser, pytest.mark.long]

WITHIN = 60.0
"""Seconds in which people who are hurried are led through the hour."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path) as server:
        yield server.settle()


def practises(server: Server, newcomer: Person, *choices: str) -> None:
    """From the operator's address to the room."""
    page = newcomer.page
    page.goto(server.operator_url)
    newcomer.ready()
    if choices:
        page.get_by_text("Rythme et incidents").click()
        for choice in choices:
            page.get_by_label(choice).check()
    newcomer.shot("home-practice")
    page.get_by_role("button", name="S’entraîner").click()
    page.fill("#name", "Ada")
    page.click("main [data-enter] .btn")
    newcomer.ready()


def test_a_newcomer_leads_a_hurried_hour_to_its_summary(house: Server, person: Callable[..., Person]) -> None:
    newcomer, client = person("facilitator"), person("client")
    began = time.monotonic()
    practises(house, newcomer, "Pressé", "Un consultant perd sa connexion", "La note d’un consultant")
    page = newcomer.page
    session = list_sessions(house.data)[0]
    with closing(open_store(house.data, session).journal) as journal:
        link = keys.links(house.data, journal, house.url)[Role.CLIENT]
    client.join(link, "Marie")
    store = open_store(house.data, session)

    def so(what: Callable[[], object]) -> None:
        def now() -> object:
            store.catch_up()
            return what()

        until(now, 20)

    def press(words: str) -> None:
        newcomer.rested()
        assert re.match(words, the_filled_button(page)), the_filled_button(page)
        page.locator(FILLED).click()

    with closing(store.journal):
        so(lambda: len(store.session.people) == 14)
        press("Commencer")
        newcomer.sees("Repartir avec peu de mesures")
        press("Étape suivante")
        newcomer.sees("Une famille orientée en urgence")
        newcomer.shot("practice-problem")
        press("Étape suivante")
        newcomer.sees("Mme Tavernier")
        so(lambda: store.session.contract)
        press("Étape suivante")
        so(lambda: len(store.session.notes_of("metric")) == 5 and store.session.notes_of("recommendation"))
        press("Ouvrir le tour")
        # The newcomer at the client's page does not score: nobody waits for them, nor for who is away.
        so(lambda: store.session.round and len(store.session.round.scores) == 25)
        newcomer.shot("practice-scores")
        press("Montrer les avis")
        so(lambda: len(store.session.kept_metrics()) == 3)
        press("Étape suivante")
        so(lambda: store.session.notes_of("action"))
        press("Terminer")
        expect(page.locator(FILLED)).to_contain_text("Télécharger")
        so(lambda: store.session.ended)
    newcomer.sees("Délai médian entre la demande et la remise du premier colis")
    newcomer.shot("practice-summary")
    assert time.monotonic() - began < WITHIN
    for one in (newcomer, client):
        expect(one.page.locator(".bar .rehearsal")).to_have_text("Répétition")
        assert one.errors == []
    agree(page, "room of a practice")
    page.get_by_text("Douze personnes simulées").click()
    newcomer.shot("practice-steering")
    agree(page, "steering of a practice")
    page.get_by_role("button", name="Terminer et supprimer cette répétition").click()
    page.get_by_text("Rythme et incidents").click()
    agree(page, "home with practice")
    assert session not in list_sessions(house.data)


def test_after_a_restart_the_page_says_that_nobody_plays_and_offers_a_new_rehearsal(
    house: Server, person: Callable[..., Person]
) -> None:
    newcomer = person("facilitator")
    practises(house, newcomer)
    room = newcomer.page.url
    expect(newcomer.page.get_by_text("Plus personne ne joue les autres")).to_have_count(0)
    house.kill9()
    house.restart()
    # The page comes back by itself once the server answers.
    expect(newcomer.page.get_by_text("Plus personne ne joue les autres")).to_be_visible(timeout=1000 * START_WITHIN)
    expect(newcomer.page.get_by_text("Douze personnes simulées vous suivent")).to_be_hidden()
    newcomer.shot("practice-deserted")
    newcomer.page.get_by_role("button", name="Commencer une nouvelle répétition").click()
    newcomer.page.wait_for_url(lambda url: url != room)
    expect(newcomer.page.locator("#name")).to_be_visible()
