"""Steps, moments and dialogs are entries of the browser’s history: Back returns or closes, and leaves the room last."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People, Person
from tests.harness import Server

pytestmark = pytest.mark.browser


def looked_at(page: Page) -> str:
    """The steps or the summary that the page says it looks at."""
    return " ".join(page.locator("[data-look][aria-pressed=true]").evaluate_all("all => all.map(a => a.dataset.look)"))


def test_back_returns_through_every_view_and_leaves_the_room_last(four: People) -> None:
    ines = four["consultant"]
    page, room = ines.page, ines.page.url
    visited = ["tour"]
    for step in ("problem", "questions", "recommendations", "learnings", "summary"):
        page.locator(f'[data-look="{step}"]:visible').first.click()
        expect(page).to_have_url(re.compile(f"#{step}$"))
        visited.append(step)
    for step in reversed(visited[:-1]):
        page.go_back()
        expect(page.locator(f'.steps [data-look="{step}"]')).to_have_attribute("aria-pressed", "true")
        assert looked_at(page) == step
    assert page.url == room
    page.go_forward()
    expect(page.locator('.steps [data-look="problem"]')).to_have_attribute("aria-pressed", "true")
    # A reload keeps the view, and its address is a link to it.
    ines.reload()
    assert looked_at(page) == "problem"
    linked = ines.context.new_page()
    linked.goto(f"{room}#learnings")
    linked.wait_for_selector("body[data-ready]")
    assert looked_at(linked) == "learnings"
    linked.goto(f"{room}#summary")
    linked.reload()
    linked.wait_for_selector("body[data-ready]")
    expect(linked.locator(".paper")).to_be_visible()
    # An address that names nothing, or that cannot be read, opens the group's view.
    for odd in ("#%E0%A4%A", "#nowhere", '#"]', "#main"):
        linked.goto("about:blank")
        linked.goto(room + odd)
        linked.wait_for_selector("body[data-ready]")
        assert looked_at(linked) == "tour"
    assert ines.errors == []


def test_back_closes_a_dialog_and_keeps_what_was_typed(four: People) -> None:
    facilitator, client = four["facilitator"], four["client"]
    facilitator.forward()
    client.write("expectation", "Choisir deux mesures")
    page = client.page
    card = page.locator(".card:visible", has_text="Choisir deux mesures").last
    dialog = page.locator("dialog[open]")
    client.more(card, "Modifier").click()
    page.fill("#edit-text", "Choisir trois mesures")
    page.go_back()
    expect(dialog).to_have_count(0)
    client.sees("Choisir deux mesures")
    # Closed by its own button, it leaves no entry behind.
    client.more(card, "Modifier").click()
    expect(page.locator("#edit-text")).to_have_value("Choisir trois mesures")
    dialog.locator(".send .btn:not(.quiet)").click()
    expect(dialog).to_have_count(0)
    client.sees("Choisir trois mesures")
    page.locator('.steps [data-look="questions"]').click()
    page.go_back()
    expect(page.locator('.steps [data-look="tour"]')).to_have_attribute("aria-pressed", "true")
    assert client.errors == facilitator.errors == []


def test_the_group_that_moves_on_makes_no_entry(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    nadia = person("facilitator").join(links["facilitator"], "Nadia")
    ines = person("consultant").join(links["consultant"], "Inès")
    entries = ines.page.evaluate("history.length")
    for _ in range(3):
        nadia.forward()
    expect(ines.page.locator(".bar")).to_have_attribute("data-step", "questions")
    assert ines.page.evaluate("history.length") == entries
