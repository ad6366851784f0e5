"""A patch leaves what somebody reads, holds open and types in its place: an element stays itself wherever it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.test_subjects import CLIENT, CONSULTANT, FACILITATOR, advised, field, line
from tests.harness import Server

pytestmark = pytest.mark.browser

# Longer than what a card shows at once: the rest of it is behind a fold, which has no name of its own.
FIRST, SECOND = ("Comptez d’abord les renoncements. " * 60, "Demandez aux mairies leurs registres. " * 60)

KEEP = """() => {
  const field = document.activeElement;
  const folds = [...document.querySelectorAll('.advice .words details')];
  field.setSelectionRange(7, 10, 'backward');
  Object.assign(globalThis, { field, fold: folds.find((fold) => fold.open), at: field.getBoundingClientRect().top });
}"""
KEPT = """() => ({
  focus: document.activeElement === field,
  selected: [field.selectionStart, field.selectionEnd, field.selectionDirection],
  moved: Math.abs(field.getBoundingClientRect().top - at) > 2,
  same: fold.isConnected && fold.open && fold.textContent.includes('registres'),
  open: [...document.querySelectorAll('.advice .words details')].filter((one) => one.open).length,
})"""


def said(page: Page, text: str) -> None:
    expect(page.locator(".advice", has_text=text)).to_have_count(1)


def test_who_types_with_a_fold_open_keeps_caret_selection_fold_and_place_whatever_comes_around(
    server: Server, person: Callable[..., Person]
) -> None:
    room = advised(server, 3)
    room.write(CONSULTANT, "first", "recommendation", FIRST, "hypothesis-1")
    room.write(CONSULTANT, "second", "recommendation", SECOND, "hypothesis-1")
    room.ask(CONSULTANT, "away", do="withdraw", note="first-of-the-test")
    viewport = {"width": 1280, "height": 640}  # the page scrolls on below it
    reader = person("consultant", viewport=viewport).join(room.links["consultant"], "Inès")
    page = reader.page
    reader.open(line(reader, 2))
    page.locator(".advice", has_text="registres").locator(".words summary").click()
    field(reader).press_sequentially("Suivre une même famille")
    page.evaluate("document.activeElement.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.evaluate(KEEP)
    scrolled = page.evaluate("scrollY")
    assert scrolled > 0

    room.ask(CONSULTANT, "back", do="restore", note="first-of-the-test")  # before the fold that is open
    room.write(CONSULTANT, "third", "recommendation", "Un avis de plus", "hypothesis-1")  # after it
    room.write(CLIENT, "new", "hypothesis", "4. Une hypothèse de plus")
    room.ask(FACILITATOR, "up", do="move", note="hypothesis-2-of-the-test", before="hypothesis-0-of-the-test")
    said(page, "renoncements")
    said(page, "Un avis de plus")
    expect(page.locator("[data-zone=hypotheses] .card.line").first).to_contain_text("3. ")

    kept = {"focus": True, "selected": [7, 10, "backward"], "moved": False, "same": True, "open": 1}
    assert page.evaluate(KEPT) == kept
    page.keyboard.type("la")
    assert field(reader).input_value() == "Suivre la même famille"
    assert reader.errors == []
    room.store.journal.close()


def test_a_button_and_a_fold_keep_the_focus_when_others_come_before_them_and_when_their_card_is_moved(
    server: Server, person: Callable[..., Person]
) -> None:
    room = advised(server, 3)
    reader = person("facilitator").join(room.links["facilitator"], "Ada")
    page = reader.page
    down = reader.more(line(reader, 1), "Descendre")
    down.focus()
    page.evaluate("globalThis.held = document.activeElement")
    room.ask(FACILITATOR, "up", do="move", note="hypothesis-1-of-the-test", before="hypothesis-0-of-the-test")
    expect(line(reader, 1).locator(".choices button", has_text="Monter")).to_have_count(1)
    assert page.evaluate("held === document.activeElement && held.isConnected && held.textContent.startsWith('Desc')")
    assert page.evaluate("held.closest('details.menu').open && held.closest('.card').innerText.startsWith('1. ')")
    assert reader.errors == []
    room.store.journal.close()
