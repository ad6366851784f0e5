"""A team says what it delivers and what that should move, on a phone and by keyboard; the review tells it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Person
from tests.browser.test_access import agree, everywhere, tab_to
from tests.browser.test_follow import PHONE, follow, give, links
from tests.harness import Server

__all__ = ["links"]
pytestmark = pytest.mark.browser

FORM = "Le formulaire en ligne"


def form(page: Page) -> Locator:
    return page.locator("form[data-form=feature]")


def card(page: Page, text: str = FORM) -> Locator:
    return page.locator('[data-zone="features"] article', has_text=text)


def test_a_team_says_on_a_phone_what_a_feature_should_move(
    server: Server, links: dict[str, str], person: Callable[..., Person]
) -> None:
    salome = person("client", **PHONE)
    page = follow(salome, links, "Salomé")
    give(page, "mars 2026", Délai_médian="19")
    of = form(page)
    of.scroll_into_view_if_needed()
    salome.shot("features-empty")
    page.get_by_label("Nous livrons…").fill(FORM)
    of.get_by_label("De combien").fill("4")
    of.get_by_role("button", name="Délai médian").click()
    expect(of.locator(".about")).to_contain_text("Délai médian")
    of.get_by_label("Livrée le").fill("2026-04-10")
    of.get_by_label("On regarde le").fill("2026-06-30")
    of.get_by_role("button", name="L’ajouter").click()
    expect(of.locator(".said")).to_have_text("Dites si cela monte ou descend\u00a0: écrivez +4 ou −4.")
    expect(page.get_by_label("Nous livrons…")).to_have_value(FORM)
    salome.shot("features-refused")
    of.get_by_label("De combien").fill("−4")
    of.get_by_role("button", name="L’ajouter").click()
    mine = card(page)
    expect(mine).to_contain_text("−4 jours (Délai médian)")
    expect(mine).to_contain_text("pas encore de chiffre")
    give(page, "mai 2026", Délai_médian="17")
    give(page, "juin 2026", Délai_médian="16")
    for label, said in (
        ("Avant", "19 jours (mars 2026)"),
        ("Après", "16 jours (juin 2026)"),
        ("De l’un à l’autre", "−3 jours"),
    ):
        expect(mine.locator("dl > div", has=page.get_by_text(label, exact=True)).locator("dd")).to_have_text(said)
    mine.get_by_role("button", name="Compléter").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label("Ce qui a changé d’autre entre-temps")).to_be_focused()
    dialog.get_by_label("Ce qui a changé d’autre entre-temps").fill("Deux agents de plus")
    salome.shot("features-dialog")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(mine).to_contain_text("Deux agents de plus")
    page.get_by_label("Nous livrons…").fill("La page d’accueil refaite")
    of.get_by_role("button", name="L’ajouter").click()
    expect(card(page, "La page d’accueil refaite")).to_contain_text("sans effet attendu")
    mine.scroll_into_view_if_needed()
    salome.shot("features-full")
    agree(page, "what is delivered", (390, 1280))
    everywhere(page, "what is delivered")
    page.set_viewport_size({"width": 1280, "height": 900})
    mine.scroll_into_view_if_needed()
    salome.shot("features-wide")
    assert salome.errors == []


def test_a_feature_is_written_by_keyboard_alone(links: dict[str, str], person: Callable[..., Person]) -> None:
    salome = person("client")
    page = follow(salome, links, "Salomé")
    keys = page.keyboard
    page.get_by_label("Nous livrons…").focus()
    keys.type(FORM)
    tab_to(page, "Délai médian")
    keys.press("Enter")
    expect(page.get_by_label("Nous livrons…")).to_be_focused()
    for _ in range(10):
        keys.press("Tab")
        if page.evaluate("document.activeElement.name") == "expected":
            break
    keys.type("-4 jours")
    keys.press("Enter")
    expect(card(page)).to_contain_text("−4 jours (Délai médian)")
    assert salome.errors == []
