"""The links page: what is copied and said, and how one comes in by the link for all."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NAMES, Person
from tests.browser.test_access import agree
from tests.browser.test_rounds import PHONE
from tests.harness import Server

pytestmark = pytest.mark.browser


def at_the_links(server: Server, ada: Person) -> dict[str, str]:
    """Bring the facilitator to the links page of a new workshop."""
    links = server.new("Mon espace Rénov’, équipe produit de la rénovation énergétique")
    ada.join(links["facilitator"], "Ada").page.goto(links["facilitator"].split("?")[0] + "/links")
    ada.ready()
    return links


@pytest.mark.parametrize("clipboard", [True, False])
def test_what_was_copied_is_said_and_nothing_opens(
    server: Server, person: Callable[..., Person], clipboard: bool
) -> None:
    ada = person("facilitator", permissions=["clipboard-read", "clipboard-write"])
    if not clipboard:
        # As over plain http on a network: the browser has no such interface.
        ada.context.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    links = at_the_links(server, ada)
    consultants = ada.page.locator(".invitation", has=ada.page.get_by_role("heading", name="Consultants"))
    copy = consultants.get_by_role("button", name=re.compile("Copier l’invitation"))
    copy.focus()
    ada.page.keyboard.press("Enter")
    expect(consultants.get_by_role("status")).to_have_text("Invitation des consultants copiée")
    expect(copy).to_be_focused()
    assert ada.page.locator("main details[open]").count() == 0
    team = ada.page.locator(".invitation", has=ada.page.get_by_role("heading", name="Équipe"))
    team.get_by_role("button", name=re.compile("Copier le lien")).click()
    expect(team.get_by_role("status")).to_have_text("Lien de l’équipe copié")
    expect(consultants.get_by_role("status")).to_be_empty()
    ada.page.locator("h1").evaluate("(h1) => { h1.contentEditable = true; h1.textContent = ''; h1.focus(); }")
    ada.page.keyboard.press("Control+V")
    expect(ada.page.locator("h1")).to_have_text(links["client"])


def test_one_comes_in_by_the_link_for_all_from_a_phone(server: Server, person: Callable[..., Person]) -> None:
    ada, ines = person("facilitator"), person("consultant", **PHONE)
    at_the_links(server, ada)
    ada.sees("Personne d’autre ne peut encore ouvrir ces liens")
    url = ada.page.locator("#url-all").input_value()
    ines.page.goto(f"{server.url}atelier")
    ines.page.get_by_label("Le code de l’atelier").fill(url[-6:].lower())
    ines.page.keyboard.press("Enter")
    expect(ines.page).to_have_url(url)
    choices = ines.page.get_by_role("listitem").get_by_role("link")
    expect(choices).to_have_count(3)
    for choice in choices.all():  # without scrolling, on the phone
        expect(choice).to_be_in_viewport(ratio=1)
    assert all(box and box["height"] >= 44 for box in (choice.bounding_box() for choice in choices.all()))
    assert ines.page.evaluate("document.documentElement.scrollWidth") == 390
    choices.filter(has_text="Consultants").click()
    ines.page.fill("#name", NAMES["consultant"])
    ines.page.click("main [data-enter] .btn")
    ines.ready().sees("Bienvenue")
    assert ines.page.url.endswith("/consultant")
    ada.page.goto(ada.page.url.removesuffix("/links"))
    ada.sees(NAMES["consultant"])


def test_the_links_and_the_choice_are_accessible_and_fit_a_phone(server: Server, person: Callable[..., Person]) -> None:
    ada, lou = person("facilitator"), person("observer")
    at_the_links(server, ada)
    url = ada.page.locator("#url-all").input_value()
    for one, address in ((ada, ada.page.url), (lou, url), (lou, f"{url}0"), (lou, f"{server.url}atelier")):
        one.page.goto(address)
        agree(one.page, address)


def test_the_calendar_has_an_address_that_is_copied_and_renewed(server: Server, person: Callable[..., Person]) -> None:
    ada = person("facilitator", **PHONE)
    at_the_links(server, ada)
    section = ada.page.locator("section", has=ada.page.get_by_role("heading", name="S’abonner au calendrier"))
    address = section.get_by_label("Adresse du calendrier", exact=True)
    first = address.input_value()
    assert re.search(r"/calendar/[a-z0-9]+-[a-z0-9]+\.ics$", first)
    assert section.get_by_role("link", name="Ouvrir dans mon calendrier").get_attribute("href") == re.sub(
        r"^\w+", "webcal", first
    )
    section.scroll_into_view_if_needed()
    ada.shot("links-calendar")
    section.get_by_text("Renouveler cette adresse").click()
    section.get_by_role("button", name="Créer une nouvelle adresse").click()
    expect(address).not_to_have_value(first)
    agree(ada.page, "the links", (390, 1280))
    assert ada.errors == []
