"""A team takes stock of its data and fills the matrix: what only a real page can show."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Person
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def two(server: Server, person: Callable[..., Person]) -> tuple[Person, Person]:
    """A member of the team and the facilitator, who prepare together."""
    links = server.new("Colis Solidaire")
    client, facilitator = person("client"), person("facilitator")
    client.join(links["client"], "Marc")
    facilitator.join(links["facilitator"], "Ada")
    for one in (client, facilitator):
        one.page.goto(one.page.url.removesuffix("/prepare") + "/prepare")
        one.ready().stage("Matrice")
    return client, facilitator


def row(person: Person, indicator: str) -> Locator:
    return person.page.locator(".version[open] tr", has=titled(person, indicator))


def titled(person: Person, indicator: str) -> Locator:
    """The heading of a row, which begins with the name of its indicator."""
    return person.page.locator("th", has_text=re.compile(rf"^\s*{re.escape(indicator)}"))


def save(person: Person) -> None:
    person.page.locator("dialog[open] .send .btn:not(.quiet)").click()


def test_a_source_is_listed_tied_to_a_metric_and_detailed(two: tuple[Person, Person]) -> None:
    client, facilitator = two
    row(client, "Taux de rétention").get_by_role("button").click()
    client.page.fill("#fulfil-text", "Foyers revenus")
    save(client)
    # The form behind a dialog takes nothing before the dialog has closed.
    expect(client.page.locator("dialog[open]")).to_have_count(0)
    client.stage("Les données")
    facilitator.stage("Les données")
    client.page.locator("form[data-form=source] [name=where]").fill("Un tableur")
    client.write("source", "Registre des demandes")
    needs = client.page.locator("[data-zone=needs]")
    needs.get_by_role("button", name="Registre des demandes").click()
    expect(needs).to_contain_text("Accès aux données à préciser")
    client.page.locator("[data-zone=sources]").get_by_role("button", name="Préciser").click()
    expect(client.page.locator("dialog[open] [name=where]")).to_have_value("Un tableur")
    client.page.select_option("dialog[open] [name=access]", "ours")
    client.page.select_option("dialog[open] [name=personal]", "yes")
    save(client)
    expect(client.page.locator("dialog[open]")).to_have_count(0)
    expect(facilitator.page.locator("[data-zone=needs]")).to_contain_text("Calculable maintenant")
    facilitator.sees("Données personnelles")
    assert client.errors == facilitator.errors == []


def test_a_cost_per_use_of_two_periods_is_converted_only_on_request(two: tuple[Person, Person]) -> None:
    client, _ = two
    row(client, "Coût à l’utilisation").get_by_role("button", name="Ajouter une mesure").click()
    save(client)
    cost = row(client, "Coût à l’utilisation")
    cost.get_by_role("button", name="Calculer le coût par usage").click()
    dialog = client.page.locator("dialog[open]")
    dialog.locator("[name=budget]").fill("120 000")
    dialog.locator("[name=budget_period]").select_option("year")
    dialog.locator("[name=users]").fill("2000")
    expect(dialog.locator(".convert")).to_be_hidden()
    save(client)
    expect(dialog).to_contain_text("Donnez le budget d’un mois (10\u202f000\u00a0€ si la dépense est régulière)")
    expect(dialog.locator("[name=budget]")).to_have_value("120 000")
    client.shot("cost-refused")
    dialog.get_by_label("comme si la dépense était régulière").check()
    save(client)
    expect(dialog).to_have_count(0)
    for one in two:
        expect(row(one, "Coût à l’utilisation")).to_contain_text("5 € par utilisateur actif · mois")
        expect(row(one, "Coût à l’utilisation")).to_contain_text("en connaissance de cause")
    # The definition of the matrix: the year's budget, by the users of a month.
    cost.get_by_role("button", name="Calculer le coût par usage").click()
    for name, value in (("budget", "120 000"), ("users", "2000")):
        dialog.locator(f"[name={name}]").fill(value)
    dialog.locator("[name=budget_period]").select_option("year")
    save(client)
    dialog.get_by_label("Comme la matrice d’impact le définit").check()
    client.shot("cost-across")
    save(client)
    for one in two:
        expect(row(one, "Coût à l’utilisation")).to_contain_text("60 € par utilisateur actif · année")
    # Opened anew, it offers no conversion before it has refused one.
    cost.get_by_role("button", name="Calculer le coût par usage").click()
    expect(dialog.locator(".convert")).to_be_hidden()


def test_a_metric_changes_its_indicator_and_an_older_version_of_the_matrix_is_opened(
    two: tuple[Person, Person],
) -> None:
    client, facilitator = two
    row(client, "Valeur générée").get_by_role("button", name="Ajouter une mesure").click()
    save(client)
    facilitator.page.get_by_text("La matrice d’impact, version du 5 mars 2026").click()
    march = facilitator.page.locator(".version", has_text="version du 5 mars 2026")
    expect(march.locator("tr", has=titled(facilitator, "Valeur générée"))).to_contain_text("obligatoire")
    row(client, "Valeur générée").get_by_role("button", name="Choisir son indicateur").click()
    choice = client.page.locator("#indicator-choice")
    expect(choice).to_have_value("value-generated")
    choice.select_option("impact-generated")
    save(client)
    expect(march.locator("tr", has=titled(facilitator, "Impact mesuré"))).to_contain_text("une mesure, sans chiffre")
    expect(march).to_have_attribute("open", "")
