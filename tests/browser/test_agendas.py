"""Other agendas than the hour, lived in a real browser: what they open is there, for each role, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.agenda_files import load, names
from impactlib.paths import TEMPLATES
from tests.browser.conftest import People, Person
from tests.browser.test_access import agree
from tests.browser.test_follow import give
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
    assert observer.page.locator("main form[data-do]:not([data-do=rename], [data-do=forget])").count() == 0

    # The wall stays while speakers follow one another, and during the exchange.
    for title in ("Témoin 2", "Témoin 3", "Échanges"):
        facilitator.forward()
        observer.sees(re.compile(title))
        observer.sees("Un an à compter des visites")
    client.write("question", "Qui a arrêté de compter ?")
    observer.sees("Qui a arrêté de compter ?")
    assert client.page.url.endswith("/client") and client.page.get_by_role("link", name="Préparer").count() == 0
    for one in people.values():
        one.shot("agenda-testimony")
        agree(one.page, f"the exchange, {one.role}")
        one.shot("agenda-testimony-narrow")
        assert one.errors == []

    # Each team says what it takes away: there is no fourth action to be refused.
    facilitator.forward()
    client.sees("Écrivez une chose que vous retenez")
    for number in range(4):
        client.write("learning", f"L’équipe {number} comptera les manqués")
    observer.sees("L’équipe 3 comptera les manqués")
    for one in people.values():
        assert one.page.locator(".one-team").filter(visible=True).count() == 0
        assert one.page.get_by_text("Les mesures que l’équipe garde").count() == 0
        agree(one.page, f"the closing, {one.role}")


def test_a_follow_up_imports_the_hours_notebook_and_takes_its_figures(
    server: Server, person: Callable[..., Person]
) -> None:
    people = People(server.new("Les aidants", agenda="follow-up"), person)
    facilitator = people["facilitator"]
    with facilitator.context.expect_page() as opened:
        facilitator.page.get_by_role("link", name="Inviter").click()
    links = opened.value
    links.locator("summary", has_text="Verser un notebook de séance").click()
    links.locator("input[type=file]").set_input_files(TEMPLATES / "sessions" / "tidy.ipynb")
    links.get_by_role("button", name="Verser", exact=True).click()
    expect(links.locator("[data-added]")).not_to_be_empty()
    facilitator.sees("Commencer")
    facilitator.forward()
    client = people["client"]
    client.sees("Appeler les aidants inscrits depuis plus de six semaines")
    done = client.page.locator("article", has_text="Appeler les aidants inscrits")
    client.more(done, "Retirer").click()
    client.write("action", "Rappeler ceux qui attendent toujours")
    facilitator.sees("Rappeler ceux qui attendent toujours")
    client.shot("agenda-follow-up-since")
    agree(client.page, "the actions of last time")

    facilitator.forward()
    client.sees("Donnez les chiffres du mois par le lien au-dessus des mesures")
    client.page.get_by_role("link", name="Donner les chiffres du mois").click()
    give(client.ready().page, "2026-11-02", Part_des_aidants_relayés_au_moins_deux_fois="48,5")
    expect(client.page.locator("form[data-form=readings] .send .said")).to_have_text("1 chiffre est gardé.")
    client.page.go_back()
    client.ready()
    for one in (client, facilitator):
        judged = one.page.locator('[data-zone="judged"] article', has_text="48,5")
        expect(judged).to_contain_text("02/11/2026")
        agree(one.page, f"the figures, {one.role}")
        one.shot("agenda-follow-up-figures")
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


BEYOND = """() => {
  const [page, width] = [document.documentElement, document.documentElement.clientWidth];
  const read = [...document.querySelectorAll('.steps .title')].filter((title) => title.parentElement.offsetWidth > 1);
  const whole = (title, { left, right }) => left >= 0 && right <= width && title.scrollWidth <= title.clientWidth;
  return {
    read: read.map((title) => title.innerText),
    out: read.filter((title) => !whole(title, title.getBoundingClientRect())).map((title) => title.innerText),
    wide: page.scrollWidth - width,
  };
}"""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("agenda", names())
def test_a_phone_shows_the_whole_title_of_each_step_of_each_agenda(
    server: Server, person: Callable[..., Person], agenda: str, lang: str
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    links = server.new("Colis Solidaire", agenda=agenda, lang=lang)
    ada = person("facilitator", **phone).join(links["facilitator"], "Ada")
    titles = [step.title[lang] for step in load(agenda).steps]
    for here, title in enumerate(titles):
        ada.forward()
        expect(ada.page.locator(".steps [aria-current] .title")).to_have_text(title)
        assert ada.page.evaluate(BEYOND) == {"read": [title], "out": [], "wide": 0}
        ada.shot(f"track-{agenda}-{lang}-{here}")
    # Whoever looks at another step reads its title, and not that of the group's step over it.
    for i, title in enumerate(titles[:-1]):
        ada.page.locator(".steps button").nth(i).click()
        assert ada.page.evaluate(BEYOND) == {"read": [title], "out": [], "wide": 0}
    assert ada.errors == []
