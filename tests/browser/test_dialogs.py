"""A dialog that saves: it sends once, waits for its answer, makes room for nothing but its own; and what is said in
passing waits for what one did."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Person
from tests.browser.test_ballot import ROUND, Stage, sent, stage
from tests.browser.test_prepare import answers, card, say_more
from tests.harness import Server

__all__ = ["stage"]

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def marc(server: Server, person: Callable[..., Person]) -> Person:
    """Somebody of the team, who prepares a hypothesis with its metric."""
    marc = person("client").join(server.new("Colis Solidaire")["client"], "Marc")
    answers(marc, "Moins d’attente", "Délai médian")
    card(marc, "Délai médian").wait_for()
    return marc


def save(dialog: Locator) -> None:
    dialog.locator(".btn:not(.quiet)").click()


KEY_HELD = """it => {
  it.focus();
  const press = () => it.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));
  setInterval(() => it.isConnected && press(), 50);
}"""


class Slow:
    """Holds the gestures of a page until it is told to let them go."""

    def __init__(self, page: Page) -> None:
        self._held: list[Route] = []
        self._holds = True
        page.route("**/gestures", lambda route: self._held.append(route) if self._holds else route.continue_())

    def go_on(self) -> None:
        self._holds = False
        for route in self._held:
            route.continue_()


def test_a_persons_own_save_is_not_shown_as_somebody_elses_change(marc: Person) -> None:
    dialog = say_more(marc, "Moins d’attente")
    marc.page.fill("#precise-statement", "Moins d’attente pour tous")
    marc.page.fill("#precise-baseline", "beaucoup")
    save(dialog)
    expect(dialog.locator("[data-told=baseline]")).to_contain_text("pas un nombre")
    marc.page.fill("#precise-statement", "Moins d’attente pour toutes et tous")
    marc.page.fill("#precise-baseline", "21")
    save(dialog)
    expect(dialog).to_have_count(0)
    expect(card(marc, "toutes et tous")).to_contain_text("21")
    # Nor is the name of a metric that the dialog itself has made.
    answers(marc, "Plus de recours")
    dialog = say_more(marc, "Plus de recours")
    marc.page.fill("#precise-metric", "Taux de recours")
    marc.page.fill("#precise-statement", "")
    save(dialog)
    expect(dialog.locator("[data-told=statement], .said").filter(visible=True).first).to_contain_text("rien à envoyer")
    expect(dialog.locator("form")).to_have_attribute("aria-busy", "false")
    marc.page.fill("#precise-metric", "Taux de recours des familles")
    marc.page.fill("#precise-statement", "Plus de recours")
    save(dialog)
    expect(dialog).to_have_count(0)
    expect(card(marc, "Plus de recours").locator(".measure")).to_have_count(1)
    expect(card(marc, "Taux de recours des familles")).to_be_visible()
    assert marc.errors == []


def test_an_open_dialog_stays_while_another_gesture_waits_for_the_network(marc: Person) -> None:
    marc.context.set_offline(True)
    answers(marc, "Plus de recours")
    expect(marc.page.locator("[data-banner]")).to_contain_text("Connexion perdue")
    say_more(marc, "Moins d’attente")
    marc.page.fill("#precise-population", "familles")
    for _ in range(2):  # two tries
        marc.page.wait_for_event("requestfailed", lambda request: request.url.endswith("/gestures"))
    expect(marc.page.locator("#precise-population")).to_have_value("familles")
    expect(marc.page.locator("#precise-population")).to_be_visible()
    # What it sends itself it makes room for, once; what waits can be opened again.
    save(marc.page.locator("dialog[open]"))
    marc.context.set_offline(False)
    expect(card(marc, "familles")).to_be_visible(timeout=30_000)
    expect(card(marc, "Plus de recours")).to_be_visible()


def test_a_second_press_on_a_dialog_that_saves_sends_nothing_more(stage: Stage, person: Callable[..., Person]) -> None:
    marc = person("client").join(stage.links["client"], "Marc")
    marc.more(marc.page.locator(".card.metric").first, "Modifier").click()
    dialog = marc.page.locator("dialog[open]")
    dialog.locator("textarea").fill("Délai médian")
    slow = Slow(marc.page)
    asked: list[str] = []
    marc.page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/gestures") else None)
    save(dialog)
    expect(dialog.locator("form")).to_have_attribute("aria-busy", "true")
    marc.shot("dialog-saving")
    save(dialog)
    slow.go_on()
    expect(dialog).to_have_count(0)
    expect(marc.page.locator(".card.metric", has_text="Délai médian").first).to_be_visible()
    sent(marc.page)
    assert len(asked) == 1 and marc.errors == []


def test_a_renewed_link_ends_the_saving_of_an_open_dialog(marc: Person) -> None:
    dialog = say_more(marc, "Moins d’attente")
    marc.page.fill("#precise-population", "familles")
    marc.page.route(
        "**/gestures",
        lambda route: route.fulfill(status=401, json={"refused": "Ce lien n’ouvre plus rien ici.", "code": "closed"}),
    )
    save(dialog)
    expect(dialog).to_have_count(0)
    expect(marc.page.locator("[data-banner]")).to_contain_text("Ce lien n’ouvre plus rien ici")


def test_somebody_elses_change_is_shown_after_the_answer_to_ones_own_if_it_still_holds(
    stage: Stage, person: Callable[..., Person]
) -> None:
    marc = person("client").join(stage.links["client"], "Marc")
    toast = marc.page.locator("[data-toast] span")

    def done() -> None:
        marc.page.locator("[data-look-moment=advise]").click()
        marc.write("recommendation", "Comptez peu")
        marc.more(marc.page.locator(".advice", has_text="Comptez peu"), "Retirer").click()
        expect(toast).to_have_text("Note retirée.")

    done()
    stage.open(0, 1)
    expect(marc.page.locator(".ballot [data-of]")).to_have_count(2)
    stage.ask("withdraw", note="metric-001")
    expect(marc.page.locator(".ballot [data-of]")).to_have_count(1)
    expect(toast).to_have_text("Note retirée.")
    # Both, one after the other.
    expect(toast).to_have_text("Un tour d’avis est ouvert.")
    expect(toast).to_have_text("Une mesure a été retirée de ce tour.")
    done()
    stage.ask("show_round", round=ROUND)
    expect(marc.page.locator(".places")).to_be_visible()
    stage.open(0, id="another-round")
    expect(marc.page.locator(".ballot")).to_be_visible()
    expect(toast).to_have_text("Note retirée.")
    # That the scores were shown is not news any more.
    expect(toast).not_to_have_text("Note retirée.")
    expect(toast).to_have_text("Un tour d’avis est ouvert.", timeout=500)
    assert marc.errors == []


def test_a_metric_withdrawn_between_two_arrow_keys_breaks_nothing(stage: Stage, person: Callable[..., Person]) -> None:
    marc = person("client").join(stage.links["client"], "Marc")
    stage.open(0, 1)
    expect(marc.page.locator(".ballot")).to_be_visible()
    handle = marc.page.locator(".ballot [role=slider]").first
    marc.page.clock.install()
    handle.evaluate(KEY_HELD)
    expect(handle).to_have_attribute("aria-valuetext", re.compile("valeur 5"))
    stage.ask("withdraw", note="metric-000")
    expect(marc.page.locator(".ballot [role=slider]")).to_have_count(1)
    marc.page.clock.run_for(800)  # longer than an arrow key rests
    assert marc.errors == []


def test_another_mark_asks_for_a_new_reason_and_offers_the_old_one(stage: Stage, person: Callable[..., Person]) -> None:
    marc = person("client").join(stage.links["client"], "Marc")
    marc.write("recommendation", "Comptez peu")
    advice = marc.page.locator(".advice", has_text="Comptez peu")
    marc.more(advice, "Nous l’écartons").click()
    expect(advice.locator(".tag")).to_have_text("écartée par l’équipe")
    marc.more(advice, "Dire pourquoi").click()
    marc.page.fill("#reason-text", "Pas assez de voisins")
    save(marc.page.locator("dialog[open]"))
    expect(advice.locator(".reason")).to_have_text("Pas assez de voisins")
    marc.more(advice, "Nous la gardons").click()
    expect(advice.locator(".tag")).to_have_text("gardée par l’équipe")
    expect(advice.locator(".reason")).to_have_count(0)
    marc.more(advice, "Dire pourquoi").click()
    expect(marc.page.locator("#reason-text")).to_have_value("Pas assez de voisins")
    save(marc.page.locator("dialog[open]"))
    expect(advice.locator(".reason")).to_have_text("Pas assez de voisins")
    # Without a mark the reason stays, and is one's own to change.
    marc.more(advice, "Nous la gardons").click()
    expect(advice.locator(".tag")).to_have_count(0)
    marc.more(advice, "Dire pourquoi").click()
    marc.page.fill("#reason-text", "Assez de voisins")
    save(marc.page.locator("dialog[open]"))
    expect(advice.locator(".reason")).to_have_text("Assez de voisins")
    assert marc.errors == []
