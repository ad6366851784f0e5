"""A team follows its figures: three months on a phone, by keyboard alone, two people at once, a file, a correction."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.session_store import SessionStore, open_store
from tests.browser.conftest import Person
from tests.browser.test_access import agree, everywhere, tab_to
from tests.harness import Server

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}
METRICS = (
    ("Délai médian", {"unit": "jours", "baseline": "21", "baseline_date": "2026-03-01", "target": "10"}),
    ("Familles servies", {"period": "par mois"}),
)
SAVE = "Enregistrer ces chiffres"


def ask(store: SessionStore, id: str, **gesture: str) -> str:
    store.ask(Asking("somebody-else", Role.CLIENT), {"id": f"gesture-{id}", **gesture})
    return f"gesture-{id}"


@pytest.fixture
def links(server: Server) -> dict[str, str]:
    """The links of a workshop with two metrics, of which the first has a baseline."""
    links = server.new("Colis Solidaire")
    store = open_store(server.data, links["client"].split("/room/")[1].split("/")[0])
    ask(store, "join", do="join", name="Marc")
    for at, (name, said) in enumerate(METRICS):
        metric = ask(store, f"metric-{at}", do="write", kind="metric", text=name)
        for detail, value in said.items():
            ask(store, f"{at}-{detail}", do="detail", note=metric, detail=detail, value=value)
    store.journal.close()
    return links


def follow(one: Person, links: dict[str, str], name: str) -> Page:
    """Come in by a role's link, and go to the figures."""
    one.join(links[one.role], name)
    one.page.goto(links[one.role].split("?")[0] + "/follow")
    return one.ready().page


def row(page: Page, metric: str) -> Locator:
    return page.locator("form[data-form=readings] [data-figures] > li", has_text=metric)


def card(page: Page, metric: str) -> Locator:
    return page.locator("article.followed", has=page.get_by_role("heading", name=metric))


def give(page: Page, when: str, **figures: str) -> None:
    page.get_by_label("Mois, ou jour").fill(when)
    for metric, figure in figures.items():
        row(page, metric.replace("_", " ")).locator("input").fill(figure)
    page.get_by_role("button", name=SAVE).click()


def test_a_team_gives_three_months_on_a_phone(links: dict[str, str], person: Callable[..., Person]) -> None:
    salome = person("client", **PHONE)
    page = follow(salome, links, "Salomé")
    salome.shot("follow-empty")
    expect(page.get_by_label("Mois, ou jour")).to_have_value(re.compile(r"^[a-zéû]+ 20\d\d$"))
    said = page.locator("form[data-form=readings] .send .said")
    page.get_by_role("button", name=SAVE).click()
    expect(said).to_have_text("Écrivez au moins un chiffre.")
    for month, delay, served in (
        ("avril 2026", "19", "120"),
        ("05/2026", "15 jours", "150"),
        ("2026-06", "14,5", "170"),
    ):
        give(page, month, Délai_médian=delay, Familles_servies=served)
        expect(said).to_have_text("2 chiffres sont gardés.")
    expect(row(page, "Délai médian")).to_contain_text("Dernier chiffre : 14,5 jours, juin 2026.")
    expect(row(page, "Délai médian").locator("input")).to_have_value("")
    expect(card(page, "Délai médian").locator(".curve circle")).to_have_count(4)
    card(page, "Délai médian").locator("summary").click()
    expect(card(page, "Délai médian").locator("tbody tr")).to_have_count(4)
    salome.shot("follow-full")
    agree(page, "the figures of the month", (390, 1280))
    everywhere(page, "the figures of the month")
    assert salome.errors == []


def test_what_is_refused_comes_back_to_its_row_with_a_sentence(
    links: dict[str, str], person: Callable[..., Person]
) -> None:
    salome = person("client", **PHONE)
    page = follow(salome, links, "Salomé")
    give(page, "avril 2026", Délai_médian="19 %", Familles_servies="120")
    delay = row(page, "Délai médian")
    expect(delay.locator("[data-why]")).to_contain_text("unité")
    expect(delay.locator("input")).to_have_value("19 %")
    expect(delay.locator("input")).to_be_focused()
    expect(row(page, "Familles servies").locator("input")).to_have_value("")
    salome.shot("follow-error")
    salome.reload()  # what was refused is kept
    expect(delay.locator("input")).to_have_value("19 %")
    give(page, "un de ces jours", Délai_médian="19")
    expect(page.locator("#readings-told")).to_contain_text("Cette date ne se lit pas")
    expect(page.get_by_label("Mois, ou jour")).to_be_focused()
    give(page, "01/01/2099", Délai_médian="19")
    expect(delay).to_contain_text("encore à venir")
    agree(page, "refused figures", (390,))


def test_figures_are_given_by_keyboard_alone(links: dict[str, str], person: Callable[..., Person]) -> None:
    page = follow(person("client"), links, "Salomé")
    keys = page.keyboard
    page.get_by_label("Mois, ou jour").focus()
    for month in ("avril 2026", "mai 2026", "juin 2026"):
        keys.press("ControlOrMeta+a")
        keys.type(month)
        keys.press("Tab")
        keys.type("19")
        keys.press("Tab")
        keys.type("150")
        keys.press("Enter")
        expect(page.locator("form[data-form=readings] .send .said")).to_have_text("2 chiffres sont gardés.")
        keys.press("Shift+Tab")
        keys.press("Shift+Tab")
    expect(card(page, "Délai médian").locator(".curve circle")).to_have_count(4)
    tab_to(page, "4 chiffres")
    keys.press("Enter")
    tab_to(page, "Corriger")  # the table, which scrolls
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("dialog[open] [name=figure]")).to_be_focused()
    keys.press("ControlOrMeta+a")
    keys.type("18")
    keys.press("Enter")
    expect(card(page, "Délai médian").locator("tbody tr").nth(1)).to_contain_text("18")


def test_two_people_give_the_same_month_and_one_is_withdrawn(
    links: dict[str, str], person: Callable[..., Person]
) -> None:
    salome, ada = person("client"), person("facilitator")
    hers, other = follow(salome, links, "Salomé"), follow(ada, links, "Ada")
    row(other, "Délai médian").locator("input").press_sequentially("1")
    give(hers, "avril 2026", Délai_médian="19")
    expect(row(other, "Délai médian")).to_contain_text("Dernier chiffre : 19 jours")
    expect(row(other, "Délai médian").locator("input")).to_have_value("1")  # nothing of hers moves what one types
    give(other, "avril 2026", Délai_médian="18")
    expect(row(hers, "Délai médian")).to_contain_text("les deux sont gardés")
    card(hers, "Délai médian").locator("summary").click()
    expect(card(hers, "Délai médian").locator("tbody tr")).to_have_count(3)
    card(hers, "Délai médian").locator("tr", has_text="19").get_by_role("button", name="Retirer").click()
    expect(card(hers, "Délai médian").locator("tbody tr")).to_have_count(2)
    card(other, "Délai médian").locator("summary").click()
    expect(card(other, "Délai médian")).to_contain_text("Retiré : 19 jours, 30/04/2026.")
    other.get_by_role("button", name="Remettre").click()
    expect(card(hers, "Délai médian").locator("tbody tr")).to_have_count(3)
    assert salome.errors == ada.errors == []


def test_a_file_of_figures_comes_in_by_the_page_once(links: dict[str, str], person: Callable[..., Person]) -> None:
    page = follow(person("client"), links, "Salomé")
    page.get_by_text("Apporter des chiffres d’un tableur").click()
    file = {"name": "suivi.csv", "mimeType": "text/csv"}
    rows = "Mesure;janv. 2026;févr. 2026\nDélai médian;20;beaucoup\nRecours;3;\n".encode()
    for taken in ("1 chiffre est entré.", "1 était déjà là."):
        page.locator("[data-sheet]").set_input_files({**file, "buffer": rows})  # type: ignore[arg-type]
        expect(page.locator("[data-sheet-said] .said")).to_have_text(taken)
    expect(page.locator("[data-sheet-said] tbody tr")).to_have_count(2)
    expect(page.locator("[data-sheet-said] tbody")).to_contain_text("Aucune mesure ne porte ici ce nom (Recours)")
    expect(card(page, "Délai médian").locator(".curve circle")).to_have_count(2)


def test_a_corrected_file_asks_about_what_somebody_changed(
    links: dict[str, str], person: Callable[..., Person]
) -> None:
    salome = person("client", **PHONE)
    page = follow(salome, links, "Salomé")
    page.get_by_text("Apporter des chiffres d’un tableur").click()

    def bring(rows: str) -> None:
        file = {"name": "suivi.csv", "mimeType": "text/csv", "buffer": rows.encode()}
        page.locator("[data-sheet]").set_input_files(file)  # type: ignore[arg-type]

    said, rows = page.locator("[data-sheet-said] .said"), "Mesure;janv. 2026;févr. 2026\nDélai médian;20;19\n"
    bring(rows)
    expect(said).to_have_text("2 chiffres sont entrés.")
    of = card(page, "Délai médian")
    of.locator("summary").click()
    of.locator("tr", has_text="31/01/2026").get_by_role("button", name="Corriger").click()
    page.get_by_role("dialog").get_by_label("Chiffre", exact=True).fill("22")
    page.get_by_role("dialog").get_by_role("button", name="Enregistrer").click()
    expect(of.locator("tr", has_text="31/01/2026")).to_contain_text("22 jours")
    bring(rows.replace(";20;19", ";18;17"))
    expect(said).to_have_text("1 case a été mise à jour. 1 case a aussi été changée ici : voyez la liste.")
    expect(of.locator("tr", has_text="28/02/2026")).to_contain_text("17 jours")
    asked = page.locator("[data-asked] li")
    expect(asked).to_contain_text("22 jours")
    salome.shot("follow-file-asked")
    asked.get_by_role("button", name="Prendre").click()
    expect(of.locator("tr", has_text="31/01/2026")).to_contain_text("18 jours")
    expect(page.locator("[data-asked]")).to_be_hidden()
    assert salome.errors == []


def test_the_page_is_reached_from_the_workshop_once_it_is_over(
    server: Server, links: dict[str, str], person: Callable[..., Person]
) -> None:
    ada, marc = person("facilitator").join(links["facilitator"], "Ada"), person("client")
    while ada.page.locator(".bar[data-state=ended]").count() == 0:
        ada.forward()
    marc.join(links["client"], "Salomé")
    for one in (ada, marc):
        one.page.locator(".at-now").get_by_role("link", name="Suivre vos chiffres").click()
        one.ready()
        assert one.page.url.endswith(f"/{one.role}/follow")
        # The calendar that reminds, and the session that follows, stand under the figures.
        expect(one.page.get_by_label("S’abonner au calendrier")).to_have_value(re.compile(r"/calendar/.*\.ics$"))
        expect(one.page.get_by_role("heading", name="La suite")).to_be_visible()
        one.page.get_by_role("heading", name="La suite").scroll_into_view_if_needed()
        one.shot("follow-ahead")
        one.page.get_by_role("link", name="Lire le compte rendu").click()
        one.ready()
        # One way back, on the first screen.
        expect(one.page.get_by_role("link", name="Suivre vos chiffres")).to_have_count(1)


def test_a_team_plans_how_a_figure_is_measured(links: dict[str, str], person: Callable[..., Person]) -> None:
    salome = person("client", **PHONE)
    page = follow(salome, links, "Salomé")
    of = card(page, "Familles servies")
    expect(of).to_contain_text("Comment on le mesure — pas encore dit.")
    of.get_by_role("button", name="Prévoir sa mesure").click()
    dialog = page.locator("dialog[data-dialog=plan]")
    expect(dialog.locator("[data-named]")).to_have_text("Familles servies")
    expect(dialog.get_by_label("Ce qui est enregistré ou demandé")).to_be_focused()
    dialog.get_by_label("Ce qui est enregistré ou demandé").fill("événement demande-envoyee")
    dialog.get_by_label("Avec quel outil").fill("Matomo")
    dialog.get_by_label("Première mesure le").fill("2026-09-01")
    salome.shot("follow-plan-dialog")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog).to_be_hidden()
    expect(of).to_contain_text("événement demande-envoyee")
    expect(of).to_contain_text("Avec quel outil : Matomo")
    expect(of).to_contain_text("01/09/2026")
    page.get_by_text("Deux questions prêtes à poser").click()
    expect(page.get_by_text("385 réponses la donnent à 5 points près, 278 parmi 1 000 usagers.")).to_be_visible()
    salome.shot("follow-plan")
    agree(page, "the plan of a metric", (390, 1280))
    everywhere(page, "the plan of a metric")
    assert salome.errors == []
