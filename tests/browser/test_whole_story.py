"""From the first draft to the replay: one file carried between three servers that know nothing of each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

import impactlib
from impactlib.widgets import analysis
from tests.browser.conftest import Person
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

FIRST = "Les familles orientées en urgence reçoivent leur premier colis plus tôt"
SECOND = "Les travailleuses sociales n’ont plus à rappeler"


def draft(person: Person, statement: str, metric: str) -> None:
    """Answer two of the three questions that come first."""
    person.page.fill("#draft-statement", statement)
    person.page.fill("#draft-metric", metric)
    person.page.locator('form[data-form="draft"] button.btn').click()
    person.sees(metric)


def test_two_prepare_a_facilitator_imports_the_hour_is_lived_and_an_observer_watches_it_elsewhere(
    person: Callable[..., Person], tmp_path: Path
) -> None:
    with Server(tmp_path / "before") as server:
        links = server.new("Colis Solidaire")
        marc = person("client").join(links["client"], "Marc")
        lina = person("client").join(links["client"], "Lina")
        draft(marc, FIRST, "Délai médian avant le premier colis")
        draft(lina, SECOND, "Appels reçus par demande")
        marc.sees(SECOND)
        lina.sees(FIRST)
        marc.page.get_by_text("Emporter cette préparation ailleurs").click()
        prepared = marc.download("session.ipynb", tmp_path / "prepared.ipynb")

    with Server(tmp_path / "during") as server:
        ada = person("facilitator")
        ada.page.goto(server.operator_url)
        ada.ready()
        ada.page.get_by_text("Continuer à partir d’un notebook").click()
        ada.page.set_input_files("#file-import", prepared)
        ada.page.get_by_role("button", name="Ouvrir cette séance").click()
        ada.page.wait_for_url("**/links?brought=1")
        client_link = ada.page.locator("#url-client").input_value()
        ada.page.get_by_role("link", name="Entrer dans l’atelier").click()
        ada.page.fill("#name", "Ada")
        ada.page.click("main [data-enter] .btn")
        ada.ready()
        # The team comes in again, on this server, and finds what it drafted on the other.
        marc = person("client").join(client_link, "Marc", again=True)
        marc.sees(FIRST)
        # As himself: what he drafted there is his, and there is one Marc.
        expect(ada.roster().locator("li", has_text="Marc")).to_have_count(1)
        for _ in range(4):
            ada.forward()
        marc.sees(SECOND)
        metric = marc.page.locator(".card.metric", has_text="Appels reçus par demande")
        marc.unfold(metric)
        expect(metric).to_be_visible()
        ada.write("recommendation", "Suivez les demandes une à une")
        marc.sees("Suivez les demandes une à une")
        ada.leave()
        marc.write("learning", "Le délai se mesure dès aujourd’hui")
        ada.sees("Le délai se mesure dès aujourd’hui")
        ada.forward()
        marc.sees("C’est fini")
        ada.page.get_by_text("Autres fichiers").click()
        shared = ada.download("shared.ipynb", tmp_path / "shared.ipynb")
        lived = ada.download("session.ipynb", tmp_path / "lived.ipynb")
        assert marc.errors == ada.errors == []

    with Server(tmp_path / "after") as server:
        lou = person("observer")
        lou.page.goto(f"{server.url}replay/")
        lou.ready()
        lou.page.set_input_files("#file", shared)
        lou.page.locator("form button").filter(visible=True).first.click()
        lou.page.get_by_role("button", name="Revoir l’heure depuis le début").click()
        lou.page.locator("[type=range]").press("End")
        lou.sees("Le délai se mesure dès aujourd’hui")
        lou.page.locator("summary", has_text="Hypothèses et conseils").filter(visible=True).click()
        lou.sees(FIRST)
        assert "Marc" not in lou.page.content()
        lou.shot("replayed-elsewhere")
        assert lou.errors == []

    # Brought back into a notebook: the hour is looked into, and counted.
    hour = analysis.choose(str(lived))
    assert "Le délai se mesure dès aujourd’hui" in analysis.voices(hour).html
    frames = impactlib.read(lived)
    assert {FIRST, SECOND} <= set(frames["hypotheses"]["text"])
    assert frames["steps"]["actual_minutes"].notna().all()
