"""The ledger of recommendations and the choice, in a real page: by mouse, by keyboard alone, by finger on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

import pytest
from playwright.sync_api import Page, expect

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from tests.browser.conftest import People, Person
from tests.browser.test_access import agree, tab_to
from tests.browser.test_rounds import METRICS, PHONE, prepared
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

GAPS = (
    "quelle mesure est la mesure phare",
    "la décision de chaque mesure gardée",
    "ce que l’équipe fait de chaque recommandation",
)
"""The missing parts that only the ledger and the choice complete, as the summary names them."""


def draft(client: Person, text: str) -> None:
    """Before the hour the team's link leads to where it prepares."""
    client.page.fill("#draft-statement", text)
    client.page.locator("form[data-form=draft] .btn").click()
    client.sees(text)


def to_step(facilitator: Person, steps: int) -> None:
    for _ in range(steps):
        facilitator.forward()


def press(person: Person, name: str) -> None:
    """By keyboard alone: Tab until the focus is on what has that name, then Enter."""
    tab_to(person.page, name)
    person.page.keyboard.press("Enter")


def save(person: Person) -> None:
    """The form behind a dialog takes nothing before the dialog has closed."""
    person.page.locator("dialog[open] .send .btn:not(.quiet)").click()
    expect(person.page.locator("dialog[open]")).to_have_count(0)


def shots(person: Person, name: str, at: str = "main") -> None:
    for width in (1280, 390):
        person.page.set_viewport_size({"width": width, "height": 844})
        person.page.locator(at).first.evaluate("it => it.scrollIntoView({block: 'center'})")
        person.shot(f"{name}-{width}")


def test_consultants_speak_while_the_team_listens_then_duplicates_are_grouped(four: People) -> None:
    facilitator, client, consultant = four["facilitator"], four["client"], four["consultant"]
    draft(client, "L’attente passe de trois semaines à dix jours")
    to_step(facilitator, 4)
    field = client.page.locator("#text-hypothesis")
    client.unfold(field)
    field.fill("Et aussi que")
    facilitator.page.get_by_role("button", name="Donner la parole aux consultants").click()
    client.sees("Écoutez : les consultants parlent")
    expect(field).not_to_be_editable()
    expect(field).to_have_value("Et aussi que")
    expect(client.page.locator("form[data-form=hypothesis] .btn")).to_be_disabled()
    for text in ("Comparez deux départements", "Ayez un groupe témoin"):
        consultant.write("recommendation", text)
        client.sees(text)
    agree(client.page, "listening, client")
    shots(client, "ledger-listening")
    # All that the team does rests, what was tied or asked included; nobody is shut in a dialog.
    hypothesis = client.page.locator("[data-zone=hypotheses] .card", has_text="dix jours")
    for name in ("Ajouter une mesure", "Modifier"):
        expect(client.more(hypothesis, name)).to_be_disabled()
    client.page.keyboard.press("Escape")
    facilitator.page.get_by_role("button", name="L’équipe reprend la parole").click()
    expect(field).to_be_editable()
    client.more(hypothesis, "Modifier").click()
    facilitator.page.get_by_role("button", name="Les consultants parlent, l’équipe écoute").click()
    dialog = client.page.locator("dialog[open]")
    expect(dialog.locator(".said")).to_contain_text("Écoutez")
    expect(dialog.locator("textarea")).not_to_be_editable()
    dialog.get_by_role("button", name="Annuler").click()
    expect(dialog).to_have_count(0)
    facilitator.page.get_by_role("button", name="L’équipe reprend la parole").click()
    expect(field).to_be_editable()
    expect(field).to_have_value("Et aussi que")

    card = facilitator.page.locator(".advice", has_text="groupe témoin")
    facilitator.more(card, "La regrouper avec une semblable").click()
    first = facilitator.page.locator(".advice", has_text="deux départements")
    expect(card.locator("[data-act=gather-here]")).to_be_hidden()
    first.get_by_role("button", name="Regrouper ici").click()
    for one in (facilitator, client, consultant):
        expect(one.page.locator(".same")).to_contain_text("Ayez un groupe témoin")
    shots(facilitator, "ledger-grouped")
    agree(facilitator.page, "grouped, facilitator")
    facilitator.more(facilitator.page.locator(".same li"), "La sortir du groupe").click()
    expect(consultant.page.locator(".same")).to_have_count(0)
    assert facilitator.errors == client.errors == consultant.errors == []


def test_advice_is_tied_to_a_metric_at_once_or_later(four: People) -> None:
    facilitator, client, consultant = four["facilitator"], four["client"], four["consultant"]
    to_step(facilitator, 4)
    client.write("metric", "Délai médian")
    metric = consultant.page.locator(".card.metric", has_text="Délai médian")
    consultant.unfold(metric)
    consultant.advise(metric, "Comptez en jours ouvrés")
    expect(metric.locator(".advice")).to_contain_text("Comptez en jours ouvrés")
    consultant.write("recommendation", "Prenez la médiane")
    free = consultant.page.locator("[data-zone=recommendations] .advice", has_text="Prenez la médiane")
    consultant.more(free, "La rattacher").click()
    consultant.sees("Choisissez maintenant sur quoi elle porte")
    metric.get_by_role("button", name=re.compile("^Rattacher ici")).click()
    expect(metric.locator(".advice")).to_have_count(2)
    expect(consultant.page.locator("[data-zone=recommendations] .advice")).to_have_count(0)
    expect(client.page.locator(".card.metric .advice")).to_have_count(2)
    agree(consultant.page, "tied, consultant")
    assert client.errors == consultant.errors == []


def test_the_team_marks_chooses_decides_and_agrees_after_the_hour(four: People) -> None:
    facilitator, client = four["facilitator"], four["client"]
    draft(client, "L’attente passe de trois semaines à dix jours")
    to_step(facilitator, 4)
    client.more(client.page.locator(".card.line", has_text="dix jours"), "Modifier").click()
    client.page.fill("#edit-text", "L’attente passe de trois semaines à huit jours")
    save(client)
    client.write("metric", "Délai médian")
    client.write("recommendation", "Comparez deux départements")
    expect(client.page.locator(".advice")).to_contain_text("Comparez deux départements")
    facilitator.leave()
    client.page.locator(".slim", has_text="Délai médian").get_by_role("button").click()
    expect(client.page.locator(".later summary:visible")).to_have_text("À compléter ensuite")
    expect(client.page.get_by_role("button", name="C’est notre mesure phare")).to_be_hidden()
    shots(client, "ledger-learnings", ".keep")
    facilitator.forward()

    todo = client.page.locator(".todo")
    for gap in GAPS:
        expect(todo).to_contain_text(gap)
    client.page.get_by_role("button", name="Marquer les recommandations").click()
    client.open(client.page.locator(".card.line", has_text="huit jours"))
    client.page.get_by_text("Ce qui y a changé depuis le début").click()
    expect(client.page.locator("details.changed ins")).to_contain_text("huit")
    expect(client.page.locator("details.changed del")).to_contain_text("dix")
    expect(client.page.locator(".paper")).to_contain_text("à [retiré\u00a0: dix] [ajouté\u00a0: huit] jours")
    client.page.get_by_role("button", name="Nous l’adaptons").click()
    client.more(client.page.locator(".advice"), "Dire pourquoi").click()
    client.page.fill("#reason-text", "Un seul département est prêt")
    save(client)
    client.sees("adaptée par l’équipe")
    client.sees("Un seul département est prêt")
    expect(client.page.locator("[data-looking]")).to_be_hidden()
    agree(client.page, "marked, client")
    shots(client, "ledger-marked", ".advice")
    client.more(client.page.locator(".advice"), "En faire une action").click()
    expect(client.page.locator("#text-action")).to_be_focused()
    client.write("action", "Choisir le département")
    client.sees("de la recommandation :")

    # The rest by keyboard alone.
    page = client.page
    press(client, "C’est notre mesure phare")
    expect(page.locator(".keep .tag.on")).to_have_text("Mesure phare")
    press(client, "Ses chiffres et sa décision")
    page.keyboard.type("21,5")  # a North Star's dialog opens on its figure
    for name, typed in (
        ("choice-potential", "12 000 familles"),
        ("choice-milestones", "18 jours en mars, puis 14"),
        ("choice-threshold", "14 jours ou moins"),
        # Whichever comes first in this browser, the day or the month.
        ("choice-decide_on", "12122026"),
        ("choice-decider", "Salomé"),
        # A choice is named by its words.
        ("nous pivotons", "nous p"),
    ):
        tab_to(page, name)
        page.keyboard.type(typed)
    agree(page, "decision, client")
    shots(client, "ledger-decision")
    press(client, "Enregistrer")
    for words in ("21,5", "12 000 familles", "14 jours ou moins", "12/12/2026", "Salomé", "nous pivotons"):
        expect(page.locator(".keep")).to_contain_text(words)
    press(client, "Accepter d’être contacté")
    tab_to(page, "text-contact")
    page.keyboard.type("colis@exemple.fr")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-zone=contact]")).to_contain_text("colis@exemple.fr")
    expect(page.locator("#text-contact")).to_be_hidden()
    # The first press counts: nothing moves from under it.
    client.more(page.locator("[data-zone=contact]"), "Retirer").click()
    expect(page.locator("[data-zone=contact] .card")).to_have_count(0)
    page.locator("[data-toast]").get_by_role("button", name="Annuler").click()
    expect(page.locator("[data-zone=contact]")).to_contain_text("colis@exemple.fr")
    agree(page, "chosen, client")
    shots(client, "ledger-chosen", ".keep")
    for words in ("Mesure phare", "14 jours ou moins", "adaptée par l’équipe", "colis@exemple.fr"):
        expect(facilitator.page.locator(".paper")).to_contain_text(words)
    for gap in GAPS:
        expect(facilitator.page.locator(".todo")).not_to_contain_text(gap)
    shots(facilitator, "ledger-summary")
    assert facilitator.errors == client.errors == []


# ---- the same, all of it by keyboard alone, then by finger ------------------------------------


class Keyboard:
    """Nothing but Tab, Enter and letters."""

    context: ClassVar[dict[str, Any]] = {}

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, name: str) -> None:
        tab_to(self.page, name)
        self.page.keyboard.press("Enter")

    def write(self, field: str, text: str) -> None:
        tab_to(self.page, field)
        self.page.keyboard.type(text)

    def decide(self) -> None:
        self.write("choice-decide_on", "12122026")
        self.write("nous pivotons", "nous p")


class Finger:
    """A finger at 390 px; letters, the calendar and the list of choices are the phone's own."""

    context: ClassVar[dict[str, Any]] = PHONE

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, name: str) -> None:
        self.page.locator("button, summary").filter(has_text=name, visible=True).first.tap()

    def write(self, field: str, text: str) -> None:
        # While the page still moves a first tap only stops it: a finger then taps again.
        for _ in range(3):
            self.page.locator(f"#{field}").tap()
            with suppress(AssertionError):
                expect(self.page.locator(f"#{field}")).to_be_focused(timeout=1000)
                break
        expect(self.page.locator(f"#{field}")).to_be_focused()
        # A phone's keyboard gives words, not keys: single ones are lost while the field comes into view.
        self.page.locator(f"#{field}").fill(text)

    def decide(self) -> None:
        self.page.fill("#choice-decide_on", "2026-12-12")
        self.page.select_option("#choice-if_missed", "pivot")


ADVICE = {
    "Comparez deux départements": ("Nous la gardons", "kept", ""),
    "Ayez un groupe témoin": ("Nous l’adaptons", "adapted", "Un seul département est prêt"),
    "Comptez aussi les refus": ("Nous l’écartons", "aside", "Nous ne les connaissons pas"),
}
"""The team's decision on each recommendation: the button, the status, the reason."""


@pytest.mark.parametrize("way", [Keyboard, Finger])
def test_the_ledger_and_the_choice_work_by_keyboard_alone_and_by_finger(
    server: Server, person: Callable[..., Person], way: type[Keyboard | Finger]
) -> None:
    store = prepared(server, links := server.new("Colis Solidaire"), METRICS[:2])
    ines = Asking("ines", Role.CONSULTANT)
    store.ask(ines, {"id": "ines-came", "do": "join", "name": "Inès"})
    for number, text in enumerate(ADVICE):
        note = {"do": "write", "kind": "recommendation", "text": text, "about": "metric-000"}
        store.ask(ines, {"id": f"advice-{number}", **note})
    store.ask(Asking("preparing", Role.FACILITATOR), {"id": "hour-over", "do": "end"})
    client = person("client", **way.context).join(links["client"], "Marc")
    page, hand = client.page, way(client.page)

    hand.press("Marquer les recommandations")
    for text, (button, _, reason) in ADVICE.items():
        card = page.locator(".advice", has_text=text)
        hand.press(f"{button} : {text}")
        expect(card.locator(".tag")).to_be_visible()
        if reason:
            hand.press(f"Plus : {text}")
            hand.press(f"Dire pourquoi : {text}")
            hand.write("reason-text", reason)
            hand.press("Enregistrer")
            expect(card.locator(".reason")).to_have_text(reason)
            expect(page.locator(":focus")).to_have_text(f"⋯Plus : {text}")  # where the dialog was opened from
    client.shot(f"marked-{way.__name__}")

    hand.press("Apprentissages")
    hand.press(f"Garder : {METRICS[1][:20]}")
    hand.press("C’est notre mesure phare")
    expect(page.locator(".keep .tag.on")).to_have_text("Mesure phare")
    hand.press("Ses chiffres et sa décision")
    hand.write("choice-threshold", "14 jours ou moins")
    hand.write("choice-decider", "Salomé")
    hand.decide()
    client.shot(f"decided-{way.__name__}")
    hand.press("Enregistrer")
    expect(page.locator(".keep").first).to_contain_text("nous pivotons")

    store.catch_up()
    session = store.session
    for advice in session.notes_of("recommendation"):
        _, status, reason = ADVICE[advice.text]
        assert (advice.details["status"], advice.details.get("reason", "")) == (status, reason)
    [kept] = session.kept_metrics()
    decided = {"north_star": "yes", "threshold": "14 jours ou moins", "decider": "Salomé"}
    assert kept.text == METRICS[1]
    assert decided.items() <= kept.details.items()
    assert (kept.details["decide_on"], kept.details["if_missed"]) == ("2026-12-12", "pivot")
    assert client.errors == []
    store.journal.close()
