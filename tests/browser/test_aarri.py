"""A team forecasts its AARRI table on a phone and by keyboard, then gives what came."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.session_store import open_store
from tests.browser.conftest import Person
from tests.browser.test_access import agree, everywhere, tab_to
from tests.browser.test_follow import PHONE, ask, follow, give, links
from tests.harness import Server

__all__ = ["links"]
pytestmark = pytest.mark.browser

SAVE = "Enregistrer ces prévisions"


def form(page: Page) -> Locator:
    return page.locator("form[data-form=forecasts]")


def steps(page: Page, metric: str) -> Locator:
    return page.locator('[data-zone="aarri-steps"] li', has_text=metric)


def table(page: Page) -> Locator:
    return page.locator('[data-zone="aarri"] table')


def hope(page: Page, month: str, **figures: str) -> None:
    page.get_by_label("Prévision pour le mois").fill(month)
    for metric, figure in figures.items():
        form(page).locator("[data-figures] > li", has_text=metric.replace("_", " ")).locator("input").fill(figure)
    page.get_by_role("button", name=SAVE).click()


def test_a_team_forecasts_three_months_on_a_phone(links: dict[str, str], person: Callable[..., Person]) -> None:
    salome = person("client", **PHONE)
    page = follow(salome, links, "Salomé")
    expect(form(page)).to_be_hidden()
    steps(page, "Familles servies").scroll_into_view_if_needed()
    salome.shot("aarri-empty")
    steps(page, "Familles servies").get_by_role("button", name="Acquisition").click()
    steps(page, "Délai médian").get_by_role("button", name="Impact").click()
    expect(form(page)).to_be_visible()
    said = form(page).locator(".send .said")
    for month, served, delay in (("avril 2026", "100", "20"), ("05/2026", "120", "19"), ("2026-06", "140", "18")):
        hope(page, month, Familles_servies=served, Délai_médian=delay)
        expect(said).to_have_text("2 chiffres sont gardés.")
    hope(page, "juin 2026", Familles_servies="130")
    expect(said).to_have_text("1 chiffre est gardé.")
    hope(page, "30/06/2026", Familles_servies="135")
    expect(form(page).locator("[data-told-when]")).to_contain_text("Une prévision est pour un mois")
    salome.shot("aarri-refused")
    page.get_by_label("Prévision pour le mois").fill("juin 2026")
    give(page, "avril 2026", Familles_servies="95")
    expect(table(page)).to_contain_text("95")
    row = table(page).locator("tr", has_text="juin 2026").first
    expect(row).to_contain_text("130")
    expect(row).to_contain_text("pas encore connu")
    expect(row).to_contain_text("corrigé le")
    table(page).scroll_into_view_if_needed()
    salome.shot("aarri-full")
    agree(page, "the AARRI table", (390, 1280))
    everywhere(page, "the AARRI table")
    page.set_viewport_size({"width": 1280, "height": 900})
    table(page).scroll_into_view_if_needed()
    salome.shot("aarri-wide")
    assert salome.errors == []


@pytest.mark.parametrize("look", [PHONE, {}], ids=["phone", "wide"])
def test_each_of_six_months_is_there_to_forecast(
    links: dict[str, str], person: Callable[..., Person], look: dict[str, object]
) -> None:
    salome = person("client", **look)
    page = follow(salome, links, "Salomé")
    steps(page, "Délai médian").get_by_role("button", name="Acquisition").click()
    buttons = table(page).get_by_role("button", name="Prévoir")
    expect(buttons).to_have_count(6)
    table(page).scroll_into_view_if_needed()
    at = "phone" if look else "wide"
    salome.shot(f"aarri-six-months-{at}")
    for left in (5, 4, 3, 2, 1, 0):
        buttons.last.press("Enter")
        expect(form(page).locator("[data-figures] > li input")).to_be_focused()
        page.keyboard.type(f"{20 - left}")
        page.keyboard.press("Enter")
        expect(buttons).to_have_count(left)
    expect(table(page).locator("tbody tr", has_text="pas encore connu")).to_have_count(6)
    table(page).scroll_into_view_if_needed()
    salome.shot(f"aarri-six-months-full-{at}")
    agree(page, "six months of forecasts", (390, 1280))
    assert salome.errors == []


def test_a_forecast_is_given_by_keyboard_alone(links: dict[str, str], person: Callable[..., Person]) -> None:
    salome = person("client")
    page = follow(salome, links, "Salomé")
    keys = page.keyboard
    steps(page, "Délai médian").get_by_role("button", name="Acquisition").focus()
    tab_to(page, "Impact")
    keys.press("Enter")
    expect(form(page)).to_be_visible()
    page.get_by_label("Prévision pour le mois").focus()
    for month, figure in (("avril 2026", "20"), ("mai 2026", "19")):
        keys.press("ControlOrMeta+a")
        keys.type(month)
        keys.press("Tab")
        keys.type(figure)
        keys.press("Enter")
        expect(form(page).locator(".send .said")).to_have_text("1 chiffre est gardé.")
        keys.press("Shift+Tab")
    expect(table(page)).to_contain_text("19")
    assert salome.errors == []


@pytest.mark.parametrize("look", [PHONE, {}], ids=["phone", "wide"])
def test_the_stages_of_a_month_are_given_in_the_workshop_and_the_weakest_is_told(
    server: Server, person: Callable[..., Person], look: dict[str, object]
) -> None:
    links = server.new("Colis Solidaire", agenda="aarri")
    store = open_store(server.data, links["client"].split("/room/")[1].split("/")[0])
    ask(store, "join", do="join", name="Marc")
    stages = (("Premières venues", "acquisition"), ("Premières demandes", "activation"), ("Deuxièmes", "retention"))
    for name, stage in stages:
        metric = ask(store, f"metric-{stage}", do="write", kind="metric", text=name, unit="personnes")
        ask(store, f"stage-{stage}", do="detail", note=metric, detail="aarri", value=stage)
    leads = Asking("ada", Role.FACILITATOR)
    store.ask(leads, {"id": "gesture-come-in", "do": "join", "name": "Ada"})
    store.ask(leads, {"id": "gesture-to-stages", "do": "start", "step": "stages"})
    store.journal.close()
    salome = person("client", **look).join(links["client"], "Salomé")
    page, told = salome.page, salome.page.locator('[data-zone="aarri-stages"]')
    of = page.locator("form[data-form=stages]")
    of.scroll_into_view_if_needed()
    expect(told).to_contain_text("Aucune paire d’étapes")
    of.get_by_label("Mois ou jour de ces étapes").fill("avril 2026")
    for name, figure in (("Premières venues", "240"), ("Premières demandes", "84")):
        of.locator("[data-figures] > li", has_text=name).locator("input").fill(figure)
    of.get_by_role("button", name="Enregistrer ces chiffres").click()
    expect(of.locator(".send .said")).to_have_text("2 chiffres sont gardés.")
    expect(told).to_contain_text("Les cinq étapes\u00a0: avril 2026")
    expect(told).to_contain_text("35\u00a0%")
    expect(told).to_contain_text("il faut connaître deux passages")
    expect(told).to_contain_text("pas encore de chiffre")
    of.locator("[data-figures] > li", has_text="Deuxièmes").locator("input").fill("63")
    of.get_by_role("button", name="Enregistrer ces chiffres").press("Enter")
    expect(told).to_contain_text(
        "Le passage le plus faible\u00a0: entre Acquisition et Activation, il en reste 35\u00a0%"
    )
    told.scroll_into_view_if_needed()
    salome.shot(f"aarri-stages-{'phone' if look else 'wide'}")
    agree(page, "the five stages", (390, 1280))
    # Beside the form of all figures that of the stages would ask the same twice.
    page.goto(links["client"].split("?")[0] + "/follow")
    salome.ready()
    expect(page.locator("form[data-form=readings]")).to_be_visible()
    expect(of).to_be_hidden()
    expect(told).to_contain_text("il en reste 35\u00a0%")
    assert salome.errors == []
