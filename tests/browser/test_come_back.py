"""Somebody who comes back by another browser: one person again, unless the facilitator says otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from tests.browser.conftest import BACK, Person
from tests.browser.test_access import agree
from tests.browser.test_rounds import by_marks, prepared
from tests.harness import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.long]

METRIC = "Délai médian"


def test_who_comes_back_by_another_browser_has_one_vote_until_the_facilitator_sets_them_apart(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    store = prepared(server, links, (METRIC,))
    opening = {"id": "first-round", "do": "open_round", "metrics": "metric-000"}
    store.ask(Asking("preparing", Role.FACILITATOR), opening)
    zoe = person("facilitator").join(links["facilitator"], "Zoé")
    ines = person("consultant").join(links["consultant"], "Inès")

    def line() -> Locator:
        return zoe.roster().locator("li", has_text="Inès")

    def scores() -> list[tuple[int | None, int | None]]:
        store.catch_up()
        return [(score.value, score.ease) for score in store.session.scores.values()]

    by_marks(ines.page, METRIC, 2, 3)
    until(lambda: scores() == [(2, 3)])
    ines.page.goto("about:blank")
    expect(line()).to_contain_text("hors ligne")

    later = person("consultant", viewport={"width": 390, "height": 844})
    later.page.goto(links["consultant"])
    later.page.fill("#name", "ines")
    later.page.keyboard.press("Enter")
    expect(later.page.get_by_role("heading", name="Est-ce vous\u202f?")).to_be_visible()
    expect(later.page.locator("[data-offline]")).to_contain_text("Inès (consultant)")
    expect(later.page.locator("main .btn:not(.quiet)").filter(visible=True)).to_have_count(1)
    agree(later.page, "somebody of that name who is offline")
    later.shot("come-back-asked")
    # Another name is another question.
    later.page.fill("#name", "Inès B.")
    expect(later.page.locator("[data-offline]")).to_be_hidden()
    later.page.fill("#name", "ines")
    later.page.keyboard.press("Enter")
    later.page.get_by_role("button", name=BACK).click()
    later.ready()
    expect(line()).to_have_count(1)
    expect(line()).to_contain_text("de retour par un autre navigateur")
    expect(line()).not_to_contain_text("hors ligne")
    by_marks(later.page, METRIC, 5, 4)
    until(lambda: scores() == [(5, 4)])

    apart = line().get_by_role("button", name="Ce n’est pas la même personne")
    agree(zoe.page, "somebody who came back")
    apart.scroll_into_view_if_needed()
    zoe.shot("come-back-told")
    assert later.roster().get_by_role("button", name="Ce n’est pas").count() == 0
    apart.click()
    # The later browser is at the entrance again, as somebody else; the first one is in.
    later.page.wait_for_selector("[data-join]")
    expect(apart).to_have_count(0)
    later.page.fill("#name", "Inès")
    later.page.keyboard.press("Enter")
    later.page.get_by_role("button", name="Entrer sous ce nom").click()
    later.ready()
    expect(line()).to_have_count(2)
    ines.page.goto(links["consultant"].split("?")[0])
    ines.ready()
    assert scores() == [(5, 4)]
    assert zoe.errors == later.errors == ines.errors == []
    store.journal.close()
