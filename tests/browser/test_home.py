"""The home page: the operator finds a workshop among all those of the server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.test_access import agree
from tests.harness import Server

pytestmark = pytest.mark.browser


def test_the_operator_finds_a_workshop_by_its_words(tmp_path: Path, person: Callable[..., Person]) -> None:
    with Server(tmp_path) as server:
        for team in ("Mon espace Rénov’", "Colis Solidaire", "Rendez-vous Préfecture"):
            server.new(team)
        operator, anybody = person("facilitator"), person("observer")
        operator.page.goto(server.operator_url)
        operator.ready()
        agree(operator.page, "home with workshops")
        lines = operator.page.locator("[data-workshops] li").filter(visible=True)
        expect(lines).to_have_count(3)
        find = operator.page.get_by_label("Chercher une équipe, une date, un déroulé")
        find.fill("renov")
        expect(lines).to_have_count(1)
        find.fill("impact prefecture")
        expect(lines).to_contain_text("Rendez-vous Préfecture")
        find.fill("cantine")
        expect(lines).to_have_count(0)
        operator.sees("Aucun atelier n’a ces mots.")
        find.fill("COLIS")
        operator.shot("home-workshops")
        lines.get_by_role("button", name="Dupliquer").click()
        agree(operator.page, "home with a workshop to open again")
        operator.shot("home-again")
        dialog = operator.page.get_by_role("dialog")
        expect(dialog).to_contain_text("reprend le nom de l’équipe, le déroulé")
        dialog.get_by_label("Nouvelle date").fill("2030-03-17T10:00")
        dialog.get_by_role("button", name="Ouvrir le nouvel atelier").click()
        expect(operator.page.get_by_role("heading", name="Les liens de l’atelier")).to_be_visible()
        operator.page.goto(server.url)
        operator.ready()
        find.fill("COLIS 2030")
        expect(lines).to_have_count(1)
        lines.get_by_role("link").click()
        expect(operator.page.get_by_role("heading", name="Atelier impact · Colis Solidaire")).to_be_visible()
        anybody.page.goto(server.url)
        anybody.ready()
        expect(anybody.page.get_by_text("Colis Solidaire")).to_have_count(0)
        assert operator.errors + anybody.errors == []


def test_who_opens_a_workshop_reads_what_its_agenda_needs(tmp_path: Path, person: Callable[..., Person]) -> None:
    with Server(tmp_path) as server:
        operator = person("facilitator")
        page = operator.page
        page.goto(server.operator_url)
        operator.ready()
        page.get_by_text("Heure de début, visio, déroulé").click()
        agendas = page.get_by_label("Déroulé", exact=True)
        expect(agendas).to_have_accessible_description("")
        agendas.select_option("aarri")
        expect(agendas).to_have_accessible_description(re.compile("^Ce qu’il faut.*utilité est prouvée"))
        operator.shot("home-agenda-needs")
        agendas.select_option("atelier-impact")
        expect(agendas).to_have_accessible_description("")
        assert operator.errors == []
