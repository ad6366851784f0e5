"""Somebody understands impact in the served page: no kernel, no key, by keyboard; their browser keeps their answers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from impactlib.domain import learning
from tests.browser.conftest import Person
from tests.browser.test_access import everywhere
from tests.harness import Server

pytestmark = pytest.mark.browser

LARGEST = 90_000
"""Bytes that the page and all that it asks for weigh on the line."""
FULL = """() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') } }"""


def read(page: Page, element: str) -> str:
    return " ".join(page.locator(element).inner_text().split())


def test_a_quarter_of_an_hour_by_keyboard_without_a_kernel(server: Server, person: Callable[..., Person]) -> None:
    reader = person("observer")
    page, sent = reader.page, list[Request]()
    page.on("requestfinished", lambda request: sent.append(request))
    page.goto(f"{server.url}understand")
    reader.ready()
    page.wait_for_load_state("networkidle")
    assert sum(request.sizes()["responseBodySize"] for request in sent) < LARGEST
    everywhere(page, "understand")
    for name, trap in learning.traps("fr").items():
        slider = page.locator(f"#value-{name}")
        slider.focus()
        page.keyboard.press("Home")
        for state in trap.states:
            shown = page.locator(f"[data-trap={name}] [data-state]:visible")
            expect(shown).to_have_count(1)
            assert " ".join(state.says.split()) in " ".join(shown.inner_text().split())
            assert [cell.inner_text() for cell in shown.locator(".figure").all()] == [bar.figure for bar in state.bars]
            assert slider.get_attribute("aria-valuetext") == page.locator(f"[data-trap={name}] output").inner_text()
            page.keyboard.press("ArrowRight")
    for exercise in learning.exercises("fr").values():
        form = page.locator(f"#exercise-{exercise.id}")
        form.get_by_role("button").focus()
        page.keyboard.press("Enter")
        expect(form.get_by_role("status")).to_have_text("Choisissez d’abord une réponse.", use_inner_text=True)
        for index, option in sorted(enumerate(exercise.options), key=lambda one: one[1].right):
            form.get_by_role("radio").nth(index).focus()
            page.keyboard.press("Space")
            page.keyboard.press("Enter")
            expect(form.locator("[data-answer]:visible")).to_have_text(re.compile(re.escape(option.says)))
            expect(form).to_have_class(re.compile("done" if option.right else "^(?!.*done)"))
    everywhere(page, "understand, done")
    expect(page.locator("[data-finished]")).to_be_visible()
    reader.shot("understand")
    assert reader.hosts == {server.url.split("/")[2]}


def test_the_browser_keeps_the_answers_and_says_where_one_was(server: Server, person: Callable[..., Person]) -> None:
    reader = person("observer")
    page = reader.page
    page.goto(f"{server.url}understand")
    reader.ready()
    first = page.locator("#exercise-four")
    first.get_by_label("Un résultat").check()
    first.get_by_role("button").click()
    reader.reload()
    expect(first.get_by_label("Un résultat")).to_be_checked()
    expect(page.locator("[data-done]")).to_have_text("Exercices faits : 1 sur 7")
    page.get_by_role("link", name="Reprendre où vous en étiez").click()
    expect(page.locator("#exercise-vanity")).to_be_in_viewport()
    page.get_by_role("button", name="Recommencer les exercices").click()
    expect(page.locator("[data-done]")).to_have_text("Exercices faits : 0 sur 7")
    reader.reload()
    expect(first.get_by_role("radio", checked=True)).to_have_count(0)
    for spoilt in ("null", "3", "{", '["four"]', '{"four": "nothing"}'):
        page.evaluate("kept => localStorage.setItem('impact:/:understand', kept)", spoilt)
        reader.reload()
        expect(page.locator("[data-done]")).to_have_text("Exercices faits : 0 sur 7")


def test_a_browser_that_keeps_nothing_says_so(server: Server, person: Callable[..., Person]) -> None:
    reader = person("observer")
    reader.page.add_init_script(f"({FULL})()")
    reader.page.goto(f"{server.url}understand")
    reader.ready()
    form = reader.page.locator("#exercise-four")
    form.get_by_label("Un impact").check()
    form.get_by_role("button").click()
    expect(form.get_by_text("Non\u00a0:").first).to_be_visible()
    expect(reader.page.locator("[data-unkept]")).to_be_visible()


def test_without_its_script_everything_is_read(server: Server, person: Callable[..., Person]) -> None:
    reader = person("observer", java_script_enabled=False)
    reader.page.goto(f"{server.url}understand")
    for exercise in learning.exercises("fr").values():
        for option in exercise.options:
            expect(reader.page.get_by_text(option.says)).to_be_visible()
    assert learning.traps("fr")["median"].states[-1].says in read(reader.page, "[data-trap=median]").replace(" ,", ",")
