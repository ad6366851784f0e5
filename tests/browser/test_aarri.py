"""A team forecasts its AARRI table on a phone and by keyboard, then gives what came."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Person
from tests.browser.test_access import agree, everywhere, tab_to
from tests.browser.test_follow import PHONE, follow, give, links

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
