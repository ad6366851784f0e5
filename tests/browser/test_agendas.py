"""Other agendas than the hour, lived in a real browser: what they open is there, for each role, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import People, Person
from tests.browser.test_access import agree
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_testimony_is_written_for_its_speaker_and_seen_by_an_observer(
    server: Server, person: Callable[..., Person]
) -> None:
    people = People(server.new("Les services de la région", agenda="testimony"), person)
    facilitator = people["facilitator"]
    facilitator.forward()
    client, consultant, observer = (people[role] for role in ("client", "consultant", "observer"))
    observer.sees("Qui est là")
    facilitator.forward()
    client.sees("Le mur des témoignages")
    consultant.sees("Racontez ce que vous avez vécu")
    form = client.page.locator('form[data-form="testimony"]')
    form.get_by_role("button", name="Inès").click()
    client.write("testimony", "Un an à compter des visites, puis une seule question")
    facilitator.write("testimony", "La mairie n’avait besoin que d’un délai")
    for one in people.values():
        one.sees("Un an à compter des visites")
        one.sees("noté par Marc")
        one.sees("d’un délai")
    assert observer.page.locator("main form").count() == 0

    # The wall stays while speakers follow one another, and during the exchange.
    for title in ("Témoin 2", "Témoin 3", "Échanges"):
        facilitator.forward()
        observer.sees(re.compile(title))
        observer.sees("Un an à compter des visites")
    client.write("question", "Qui a arrêté de compter ?")
    observer.sees("Qui a arrêté de compter ?")
    for one in people.values():
        one.shot("agenda-testimony")
        agree(one.page, f"the exchange, {one.role}")
        one.shot("agenda-testimony-narrow")
        assert one.errors == []


def test_the_indicators_workshop_fills_the_matrix_then_says_what_can_be_computed(
    server: Server, person: Callable[..., Person]
) -> None:
    people = People(server.new("Colis Solidaire", agenda="indicators"), person)
    facilitator = people["facilitator"]
    facilitator.forward()
    facilitator.forward()
    client = people["client"]
    client.sees("La matrice d’impact")
    row = client.page.locator("details[open] tr", has_text="Taux de satisfaction")
    row.get_by_role("button", name=re.compile("^Ajouter une mesure")).click()
    dialog = client.page.locator("dialog[open]")
    dialog.locator("textarea").fill("Familles satisfaites de leur premier colis")
    dialog.get_by_role("button", name="Ajouter la mesure").click()
    facilitator.sees("Familles satisfaites")
    agree(client.page, "the matrix")
    client.shot("agenda-matrix")

    facilitator.forward()
    client.write("source", "Enquête auprès des familles")
    facilitator.sees("Enquête auprès des familles")
    client.page.locator(".chip", has_text="Enquête").click()
    facilitator.sees("Accès aux données à préciser")
    agree(client.page, "the inventory")
    agree(facilitator.page, "the inventory, facilitator")
    client.shot("agenda-inventory")
    assert client.errors == facilitator.errors == []
