"""Words erased from the pages: one's own, somebody else's by whoever facilitates, and a whole workshop."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.test_access import agree
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

SECRET = "xylophone violet"


def on_disk(server: Server, word: str) -> bool:
    """Whether a word stands in any file of the data folder."""
    return any(word.encode() in path.read_bytes() for path in server.data.rglob("*") if path.is_file())


def asked(server: Server, person: Callable[..., Person]) -> tuple[dict[str, str], Person, Person]:
    """A workshop's links, its facilitator, and a consultant who has asked something."""
    links = server.new("Colis Solidaire")
    zoe = person("facilitator").join(links["facilitator"], "Zoé")
    ines = person("consultant").join(links["consultant"], "Ysaline")
    for _ in range(3):
        zoe.forward()
    ines.write("question", f"Un {SECRET} ?")
    zoe.sees(re.compile(SECRET))
    return links, zoe, ines


def test_somebody_erases_what_they_wrote_and_the_page_of_the_others_keeps_the_answer(
    server: Server, person: Callable[..., Person]
) -> None:
    _, zoe, ines = asked(server, person)
    assert on_disk(server, SECRET) and on_disk(server, "Ysaline")
    ines.roster().get_by_role("button", name="Effacer ce que j’ai écrit").click()
    dialog = ines.page.get_by_role("dialog")
    expect(dialog).to_contain_text("hors d’atteinte")
    agree(ines.page, "what one wrote is to be erased")
    ines.shot("forget-asked")
    dialog.get_by_role("button", name="Effacer pour de bon").click()
    expect(ines.page.locator("[data-forgotten]")).to_contain_text("a été effacé")
    agree(ines.page, "what one wrote is erased")
    ines.shot("forget-done")
    kept = "Object.entries(localStorage).flat().join(' ')"
    assert SECRET not in ines.page.evaluate(kept)
    expect(zoe.page.locator("main")).to_contain_text("[effacé]")
    expect(zoe.page.locator("main")).not_to_contain_text(SECRET)
    zoe.shot("forget-others")
    assert not on_disk(server, SECRET) and not on_disk(server, "Ysaline")
    # They come in again, as somebody new.
    ines.page.fill("#name", "Ysaline")
    ines.page.click("main [data-enter] .btn")
    ines.ready()
    expect(ines.page.locator("main")).not_to_contain_text(SECRET)
    assert zoe.errors == ines.errors == []


def test_the_facilitator_erases_somebodys_words_and_the_operator_the_workshop(
    server: Server, person: Callable[..., Person]
) -> None:
    links, zoe, ines = asked(server, person)
    line = zoe.roster().locator("li", has_text="Ysaline")
    line.get_by_role("button", name="Effacer les mots").click()
    dialog = zoe.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_contain_text("Ysaline")
    zoe.shot("forget-somebody")
    dialog.get_by_role("button", name="Effacer pour de bon").click()
    expect(ines.page.locator("[data-forgotten]")).to_be_visible()
    expect(zoe.page.locator("main")).not_to_contain_text(SECRET)
    expect(zoe.page.locator("main")).not_to_contain_text("Laisser rentrer")
    # The day, and then the whole.
    zoe.page.goto(server.operator_url)
    zoe.page.goto(links["facilitator"].split("?")[0] + "/links")
    card = zoe.page.locator("section", has=zoe.page.locator("#erasure"))
    expect(card).to_contain_text("Ces notes seront effacées du serveur")
    card.locator("input[name=on]").fill("2020-01-01")
    card.get_by_role("button", name="Choisir cette date").click()
    expect(card.get_by_role("status")).to_contain_text("qui suit l’atelier")
    card.locator("input[name=on]").fill("2099-05-19")
    card.get_by_role("button", name="Choisir cette date").click()
    expect(card).to_contain_text("19/05/2099")
    card.get_by_role("button", name="Ne fixer aucune date").click()
    expect(card).to_contain_text("Aucune date n’est fixée")
    card.locator("summary").click()
    agree(zoe.page, "a workshop is to be erased")
    card.scroll_into_view_if_needed()
    zoe.shot("forget-workshop")
    ines.page.fill("#name", "Ysaline")
    ines.page.click("main [data-enter] .btn")
    ines.ready()
    card.get_by_role("button", name="Effacer l’atelier pour de bon").click()
    expect(zoe.page.locator("#team")).to_be_attached()
    expect(ines.page.get_by_role("heading", name="Cet atelier a été effacé")).to_be_visible()
    agree(ines.page, "a workshop that was erased")
    ines.shot("forget-gone")


def test_the_page_about_data_is_led_to_from_the_entrance_and_from_home(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    somebody = person("consultant")
    somebody.page.goto(links["consultant"])
    expect(somebody.page.locator("main")).to_contain_text("Ces notes seront effacées du serveur")
    somebody.shot("privacy-entrance")
    with somebody.context.expect_page() as opened:
        somebody.page.get_by_role("link", name=re.compile("^Vos données")).click()
    page = opened.value
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vos données")
    agree(page, "the page about data")
    page.goto(server.url)
    expect(page.get_by_role("link", name=re.compile("^Vos données"))).to_be_visible()
