"""What assistive technologies are given, as far as the browser's own accessibility tree says: a role and a name for all
that takes the focus, at each moment and for each role, and states that change with what one does. Nobody listened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NAMES, Person
from tests.browser.test_heights import Lived, arrived
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

MUTE = {"generic", "none", "GenericContainer", "StaticText", "InlineTextBox", ""}
"""Roles that tell nothing of what one can do."""
WHOLE = {"RootWebArea", "main", "status"}
"""What only scripts focus, and what tells by its content: the page, what one goes to, a line that counts."""

Node = dict[str, Any]


def nodes(page: Page) -> list[Node]:
    """The accessibility tree of a page, what is hidden from it left out."""
    session = page.context.new_cdp_session(page)
    try:
        tree: list[Node] = session.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        session.detach()
    return [node for node in tree if not node["ignored"]]


def state(node: Node, name: str) -> Any:
    return next((one["value"].get("value") for one in node.get("properties", ()) if one["name"] == name), None)


def said(node: Node, what: str) -> str:
    return str(node.get(what, {}).get("value", ""))


def the(page: Page, role: str, name: str) -> Node:
    """The only node of that role whose name begins so."""
    [found] = [node for node in nodes(page) if said(node, "role") == role and said(node, "name").startswith(name)]
    return found


def test_all_that_takes_the_focus_has_a_role_and_a_name_at_each_moment(
    server: Server, person: Callable[..., Person]
) -> None:
    lived = Lived(server, 3)
    lived.prepare()
    people = {role: person(role) for role in NAMES}
    for role, one in people.items():
        one.join(lived.links[role], NAMES[role])
        if one.page.url.endswith("/prepare"):
            one.page.goto(one.page.url.replace("/prepare", "?see=workshop"))
            one.ready()
    seen, mute = 0, []
    for moment in lived.moments():
        for role, one in people.items():
            arrived(one.page, moment)
            for node in nodes(one.page):
                if state(node, "focusable") and said(node, "role") not in WHOLE:
                    seen += 1
                    if said(node, "role") in MUTE or not said(node, "name").strip():
                        mute.append((moment, role, said(node, "role"), said(node, "name")))
    print(seen)
    assert mute == [] and seen > 300
    lived.store.journal.close()


def test_what_one_does_changes_the_state_that_is_told(server: Server, person: Callable[..., Person]) -> None:
    lived = Lived(server, 3)
    lived.prepare()
    ines = person("consultant", viewport={"width": 1280, "height": 900}).join(lived.links["consultant"], "Inès")
    page = ines.page
    for moment in lived.moments():
        if moment == "questions":
            arrived(page, moment)
            # A fold, and a button that stays pressed.
            again = "Les questions qui reviennent"
            assert state(the(page, "DisclosureTriangle", again), "expanded") is False
            page.get_by_text(again).click()
            assert state(the(page, "DisclosureTriangle", again), "expanded") is True
            lived.write("Yann", "question", "Et depuis quand ?")
            second = page.locator(".card", has_text="Et depuis quand").locator("[data-do=second]")
            second.click()
            page.wait_for_function("one => one.getAttribute('aria-pressed') === 'true'", arg=second.element_handle())
            [pressed] = [node for node in nodes(page) if said(node, "name").endswith("Et depuis quand ?")
                         and state(node, "pressed") is not None]  # fmt: skip
            assert state(pressed, "pressed") == "true"
        if moment == "score":
            arrived(page, moment)
            break
    # A mark, then the same point in the matrix, by its keys: a slider that says its two values.
    [value, _] = page.locator(".ballot fieldset.card").first.get_by_role("group").all()
    value.get_by_role("radio", name="4").check()
    assert sum(state(node, "checked") == "true" for node in nodes(page) if said(node, "role") == "radio") == 1
    slider = page.locator(".ballot [role=slider]").nth(1)
    named = slider.get_attribute("aria-label") or ""
    assert slider.get_attribute("aria-valuetext") == "pas encore placée"
    slider.focus()
    for told, number in (("valeur 3, facilité 3", 3), ("valeur 4, facilité 3", 4)):
        page.keyboard.press("ArrowUp")
        # Chromium's tree, as it is told here, has the number; both are in the words that a screen reader is given.
        assert (slider.get_attribute("aria-valuetext"), the(page, "slider", named)["value"]["value"]) == (told, number)
    # A menu, and a dialog that says its title.
    page.locator(".roster > summary").click()
    page.get_by_role("button", name="Changer mon nom").click()
    assert state(the(page, "dialog", "Changer mon nom"), "modal") is True
    page.keyboard.press("Escape")
    assert not [node for node in nodes(page) if said(node, "role") == "dialog"]
    assert ines.errors == []
    lived.store.journal.close()
