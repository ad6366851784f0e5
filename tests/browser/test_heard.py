"""What a screen reader is told and where the focus goes, as far as a browser can say; and the list of shortcuts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import People, Person
from tests.browser.test_access import agree
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

LISTEN = """() => {
  const live = '[aria-live]:not([aria-live=off]), [role=status], [role=alert]';
  const plain = (line) => line.textContent.trim().replace(/\\s+/g, ' ');
  globalThis.heard = [];
  globalThis.listening?.disconnect();
  globalThis.listening = new MutationObserver((changes) => {
    const lines = new Set(changes.map(({ target }) => (target.closest ? target : target.parentElement)?.closest(live)));
    for (const line of lines) if (line?.checkVisibility() && plain(line)) globalThis.heard.push(plain(line));
  });
  globalThis.listening.observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
"""Keep all that live regions say from now on: what is written into one is announced, were it the same words again."""

SENTENCE = "() => document.querySelector('.at-now .band > p').lastChild.textContent.trim().replace(/\\s+/g, ' ')"
AT = "selector => document.activeElement?.matches(selector)"


def heard(page: Page) -> list[str]:
    said: list[str] = page.evaluate("() => globalThis.heard")
    return said


def test_a_draft_is_announced_once_and_not_at_each_key(four: People) -> None:
    consultant = four["consultant"]
    consultant.page.locator(".steps button").first.click()
    field = consultant.page.locator('form[data-form="expectation"] textarea')
    field.focus()
    consultant.page.evaluate(LISTEN)
    field.press_sequentially("Comprendre vos usages")
    expect(consultant.page.locator("[data-saved]")).to_have_text("Brouillon gardé sur cet appareil")
    assert heard(consultant.page) == ["Brouillon gardé sur cet appareil"]


def test_a_step_its_sentence_and_the_end_are_each_announced_once(four: People) -> None:
    facilitator, observer = four["facilitator"], four["observer"]
    steps = facilitator.page.locator(".steps .title").all_inner_texts()
    for title in (*steps, ""):
        observer.page.evaluate(LISTEN)
        before = observer.page.evaluate(SENTENCE)
        facilitator.forward()
        observer.page.wait_for_function(f"before => ({SENTENCE})() !== before", arg=before)
        observer.page.wait_for_function("() => document.querySelector('[data-aloud]').textContent")
        sentence = observer.page.evaluate(SENTENCE)
        told = [said for said in heard(observer.page) if sentence in said]
        assert len(told) == 1, heard(observer.page)
        assert title in told[0]
    assert observer.page.locator("[data-aloud]").get_attribute("aria-live") == "polite"


def test_the_focus_stays_or_goes_to_the_content_and_is_never_lost(four: People) -> None:
    facilitator, client, consultant = four["facilitator"], four["client"], four["consultant"]
    facilitator.forward()
    # An empty field goes from sight with its step.
    consultant.page.locator('form[data-form="expectation"] textarea').focus()
    facilitator.forward()
    consultant.page.wait_for_function(AT, arg="main")
    assert facilitator.page.evaluate(AT, ".at-now .btn")
    facilitator.forward()
    facilitator.forward()
    client.write("metric", "Délai médian avant le premier colis")
    facilitator.sees("Délai médian avant le premier colis")
    for name in ("Ouvrir le tour", "Montrer les avis"):
        consultant.page.locator(".foot [data-look=summary]").focus()
        facilitator.page.get_by_role("button", name=name).first.click()
        consultant.page.wait_for_function(AT, arg="main")
        facilitator.page.wait_for_function("() => document.activeElement !== document.body")


def test_a_question_mark_lists_what_the_keyboard_does(server: Server, person: Callable[..., Person]) -> None:
    one = person("consultant").join(server.new("Colis Solidaire")["consultant"], "Inès")
    page, listed = one.page, one.page.locator("dialog[data-keys]")
    page.locator(".steps button").first.click()
    field = page.locator('form[data-form="expectation"] textarea')
    field.press_sequentially("Pourquoi ?")
    expect(field).to_have_value("Pourquoi ?")
    expect(listed).to_be_hidden()
    opener = page.get_by_role("button", name="Raccourcis clavier")
    opener.focus()
    page.keyboard.press("?")
    expect(listed).to_be_visible()
    agree(page, "shortcuts")
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    assert page.evaluate(AT, "[data-shortcuts]")
    opener.click()
    listed.get_by_label(re.compile("La touche")).uncheck()
    listed.get_by_role("button", name="Fermer").click()
    expect(listed).to_be_hidden()
    page.keyboard.press("?")
    one.reload()
    page.get_by_role("button", name="Raccourcis clavier").focus()
    page.keyboard.press("?")
    expect(listed).to_be_hidden()
    assert one.errors == []


def test_the_replay_lists_its_own_keys(server: Server, person: Callable[..., Person]) -> None:
    one = person("observer")
    one.page.goto(f"{server.url}replay/tidy")
    one.ready()
    one.page.keyboard.press("?")
    expect(one.page.locator("dialog[data-keys]")).to_contain_text("Sur la ligne du temps")
    agree(one.page, "shortcuts of the replay")
    assert one.errors == []


def test_no_heading_skips_a_level(server: Server, person: Callable[..., Person]) -> None:
    rules = {"runOnly": {"type": "rule", "values": ["heading-order", "landmark-one-main", "page-has-heading-one"]}}
    one = person("consultant").join(server.new("Colis Solidaire")["consultant"], "Inès")
    for button in one.page.locator(".steps button").all():
        button.click()
        found = Axe().run(one.page, options=rules).response["violations"]
        assert not found, [(v["id"], [n["html"][:200] for n in v["nodes"]]) for v in found]
