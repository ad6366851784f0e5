"""The review: prepared from an hour that was held, lived to its end by its facilitator, the team, a consultant and an
observer; the facilitator and the team by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from impactlib.domain import session_file
from impactlib.paths import TEMPLATES
from impactlib.storage.session_store import import_session
from tests.browser.conftest import NAMES, Person
from tests.browser.test_access import agree, tab_to
from tests.harness import Server

pytestmark = pytest.mark.browser

PROMISED = ("Faite", "En cours", "Abandonnée")
"""What the team says of the three actions of the hour, by the buttons of their cards."""
VERDICTS = (
    ("Nous pivotons", 2, "Le chiffre ne bouge plus", "Deux relevés"),
    ("Nous continuons", 1, "Les relais reviennent", ""),
    ("Nous arrêtons", 3, "Personne ne peut le compter", "Trois mois sans un chiffre"),
)
"""One for each metric that was kept: what it says, how far down its list, its reason and its evidence."""
LEARNT = "Ce qu’on ne sait pas compter ne se décide pas"
WHY = "Le partenaire n’a plus les dossiers"
ADVICE = "Demandez d’abord qui tient les données"
RESULTS = ("Ce qui était promis", "Ce qui est, et ce qu’on décide", "Bilan d’arrêt", "Ce qui a été appris")


def press(one: Person, name: str) -> None:
    """By keyboard alone: Tab until the focus is on what has that name, then Enter."""
    tab_to(one.page, name)
    one.page.keyboard.press("Enter")


def come(one: Person, link: str, name: str) -> None:
    """By keyboard alone: the field has the focus already."""
    one.page.goto(link)
    expect(one.page.locator("#name")).to_be_focused()
    one.page.keyboard.type(name)
    one.page.keyboard.press("Enter")
    one.ready()


def go_on(lead: Person, name: str, step: str) -> None:
    """By keyboard alone, to the next step, or to the end."""
    expect(lead.page.locator(".at-now")).to_contain_text(name)
    lead.rested()
    press(lead, name)
    expect(lead.page.locator(".bar")).to_have_attribute("data-state" if step == "ended" else "data-step", step)


def shots(one: Person, name: str, at: Locator | None = None) -> None:
    """At both widths, from the top of the page or of what is looked at."""
    size = one.page.viewport_size
    assert size
    for width in (1280, 390):
        one.page.set_viewport_size({"width": width, "height": 844})
        if at:
            at.evaluate("it => it.scrollIntoView({ block: 'start', behavior: 'instant' })")
        else:
            one.page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
        one.shot(f"{name}-{width}")
    one.page.set_viewport_size(size)


def judge(client: Person, card: Locator, metric: str, verdict: tuple[str, int, str, str]) -> None:
    """By keyboard alone: the reason, the verdict by the arrows, the evidence."""
    said, down, reason, evidence = verdict
    press(client, f"Donner un verdict : {metric[:20]}")
    expect(client.page.locator("#text-verdict")).to_be_focused()
    if not client.page.locator("#text-verdict").input_value():
        client.page.keyboard.type(reason)
    client.page.keyboard.press("Tab")
    expect(client.page.locator("form[data-form=verdict] select")).to_be_focused()
    for _ in range(down):
        client.page.keyboard.press("ArrowDown")
    client.page.keyboard.press("Tab")
    client.page.keyboard.type(evidence)
    client.page.keyboard.press("Enter")
    expect(card).to_contain_text(said)
    expect(card).to_contain_text(reason)


def prepared(lead: Person, server: Server, hour: str) -> dict[str, str]:
    """By keyboard alone, from the home page: the links of the review that goes on after an hour, by role."""
    lead.page.goto(server.operator_url)
    lead.ready()
    # As the link under a team's figures does.
    lead.page.goto(f"{server.url}?after={hour}")
    lead.ready()
    expect(lead.page.get_by_role("dialog")).to_be_visible()
    lead.page.keyboard.press("Escape")
    press(lead, "Préparer le point de suivi")
    expect(lead.page.get_by_role("dialog")).to_be_visible()
    lead.shot("home-after")
    agree(lead.page, "home with a workshop to go on after", (390, 1280))
    press(lead, "Ouvrir la suite")
    expect(lead.page.get_by_role("heading", name="Les liens de l’atelier")).to_be_visible()
    roles = ("facilitator", "client", "consultant", "observer")
    return {role: lead.page.locator(f"#url-{role}").input_value() for role in roles}


@pytest.mark.timeout(420)
def test_a_review_is_lived_to_its_end_by_four_people_and_two_keyboards(
    tmp_path: Path, person: Callable[..., Person]
) -> None:
    with Server(tmp_path) as server:
        hour = session_file.read((TEMPLATES / "sessions" / "tidy.ipynb").read_bytes())
        store, _ = import_session(tmp_path, hour)
        with closing(store.journal):
            actions = [note.text for note in store.session.notes_of("action")]
            kept = store.session.kept_metrics()
            metrics = [metric.text for metric in kept]
        wide, phone = {"width": 1280, "height": 844}, {"width": 390, "height": 844}
        lead, client = person("facilitator", viewport=wide), person("client", viewport=phone)
        links = prepared(lead, server, store.session.id)
        come(lead, links["facilitator"], "Nadia")
        come(client, links["client"], "Lucas")
        assert client.page.url.endswith("/prepare")
        consultant, observer = (person(role).join(links[role], NAMES[role]) for role in ("consultant", "observer"))
        everybody = (lead, client, consultant, observer)
        keys = client.page.keyboard

        # What was promised. The page where the team prepares goes to the room by itself.
        go_on(lead, "Commencer", "since")
        client.page.wait_for_url(re.compile(r"/client$"))
        client.ready()
        for text in actions:
            client.sees(text)
        for at, (action, state) in enumerate(zip(actions, PROMISED, strict=True)):
            press(client, f"{state} : {action[:20]}")
            card = client.page.locator('[data-zone="promises"] article').nth(at)
            expect(card.get_by_role("button", name=state)).to_have_attribute("aria-pressed", "true")
        expect(lead.page.get_by_text(f"1 action sur {len(actions)} faite")).to_be_visible()
        press(client, f"Un mot : {actions[0][:20]}")
        expect(client.page.get_by_label("Un mot")).to_be_focused()
        keys.type("Mise en ligne mardi")
        shots(client, "review-word")
        keys.press("Enter")
        for one in everybody:
            expect(one.page.locator('[data-zone="promises"] article').first).to_contain_text("Mise en ligne mardi")
            shots(one, "review-since")
        agree(client.page, "what was promised, at the team's link", (1280, 390))

        # What is: the figure of the month, given on its own page.
        go_on(lead, "suivante : Ce que disent", "figures")
        cards = client.page.locator('[data-zone="judged"] article')
        expect(cards).to_have_count(len(metrics))
        press(client, "Donner les chiffres du mois")
        client.page.wait_for_url(re.compile(r"/client/follow$"))
        client.ready()
        tab_to(client.page, f"reading-{kept[0].id}")
        keys.type("380")
        keys.press("Enter")
        expect(client.page.locator("form[data-form=readings] .send .said")).to_have_text("1 chiffre est gardé.")
        press(client, "Voir la salle de l’atelier")
        client.page.wait_for_url(re.compile(r"/client$"))
        client.ready()
        for one in everybody:
            expect(one.page.locator('[data-zone="judged"] article').first).to_contain_text("380 aidants")
            shots(one, "review-figures")

        # What is decided: the form stands right below its card, and each metric keeps what was begun on it.
        go_on(lead, "suivante : Continuer", "decide")
        expect(cards.first).to_be_visible()
        shots(client, "review-verdicts")
        press(client, f"Donner un verdict : {metrics[0][:20]}")
        expect(client.page.locator("#text-verdict")).to_be_focused()
        keys.type(VERDICTS[0][2])
        below = client.page.locator('[data-zone="judged"] > .fragment', has_text=metrics[0]).locator(
            "xpath=following-sibling::*[1]"
        )
        expect(below.locator("#text-verdict")).to_be_visible()
        shots(client, "review-verdict-form", below)
        agree(client.page, "a verdict being written", (1280, 320, 390))
        press(client, f"Donner un verdict : {metrics[1][:20]}")
        expect(client.page.locator("#text-verdict")).to_have_value("")
        for metric, verdict in zip(metrics, VERDICTS, strict=True):
            judge(client, cards.filter(has_text=metric), metric, verdict)
        for one in everybody:
            for said, _, reason, _ in VERDICTS:
                expect(one.page.locator('[data-zone="judged"]')).to_contain_text(said)
                expect(one.page.locator('[data-zone="judged"]')).to_contain_text(reason)
            shots(one, "review-verdicts-given", one.page.locator('[data-zone="judged"] article').last)
        agree(client.page, "verdicts, at the team's link", (1280, 390))

        # At a stop its card leads to the post-mortem, one line of which comes later, in its dialog.
        press(client, f"Écrire le bilan d’arrêt : {metrics[-1][:20]}")
        expect(client.page.locator("#text-ending")).to_be_focused()
        keys.type(LEARNT)
        keys.press("Tab")
        form = client.page.locator("form[data-form=ending]")
        expect(form.get_by_label("Pourquoi nous arrêtons")).to_be_focused()
        keys.type(WHY)
        shots(client, "review-ending-form", form)
        agree(client.page, "a post-mortem being written", (1280, 320, 390))
        keys.press("Enter")
        ending = client.page.locator('[data-zone="endings"] article')
        expect(ending).to_contain_text(LEARNT)
        expect(ending).to_contain_text(f"au sujet de la mesure : {metrics[-1]}")
        press(client, f"Compléter : {LEARNT[:20]}")
        expect(client.page.locator("#ending-why")).to_be_focused()
        expect(client.page.locator("#ending-why")).to_have_value(WHY)
        keys.press("Tab")
        keys.type(ADVICE)
        shots(client, "review-ending-dialog")
        agree(client.page, "a post-mortem being completed", (1280, 320, 390))
        keys.press("Enter")
        expect(client.page.get_by_role("dialog")).to_have_count(0)
        for one in everybody:
            for words in (LEARNT, WHY, ADVICE):
                expect(one.page.locator('[data-zone="endings"]')).to_contain_text(words)
            shots(one, "review-ending", one.page.locator('[data-zone="endings"]'))
        agree(client.page, "a post-mortem, at the team's link", (1280, 390))
        agree(lead.page, "a post-mortem, for whoever facilitates", (390, 1280))

        # What comes next, and the end.
        go_on(lead, "suivante : D’ici au prochain point", "next")
        consultant.write("learning", "Un chiffre se prépare avec qui tient les dossiers")
        tab_to(client.page, "text-action")
        keys.type("Demander les dossiers au nouveau partenaire")
        keys.press("Control+Enter")
        for one in everybody:
            one.sees("Un chiffre se prépare avec qui tient les dossiers")
            one.sees("Demander les dossiers au nouveau partenaire")
            shots(one, "review-next")
        go_on(lead, "Terminer", "ended")

        # The four pages end on the same summary.
        for one in everybody:
            one.sees("C’est fini")
            paper = one.page.locator(".paper")
            for title in RESULTS:
                expect(paper.get_by_role("heading", name=title, exact=True)).to_be_visible()
            promised, judged, stopped = (
                paper.locator("section", has=one.page.get_by_role("heading", name=title, exact=True))
                for title in RESULTS[:3]
            )
            expect(promised).to_contain_text(f"1 action sur {len(actions)} faite")
            for action, state in zip(actions, PROMISED, strict=True):
                expect(promised.locator("li", has_text=action)).to_contain_text(state.lower())
            expect(promised).to_contain_text("Mise en ligne mardi")
            expect(judged.locator("li").first).to_contain_text("380 aidants")
            for metric, (said, _, reason, evidence) in zip(metrics, VERDICTS, strict=True):
                for words in (said, reason, evidence):
                    expect(judged.locator("li", has_text=metric)).to_contain_text(words)
            for words in (LEARNT, WHY, ADVICE, metrics[-1], "Lucas"):
                expect(stopped).to_contain_text(words)
            expect(paper).to_contain_text("Demander les dossiers au nouveau partenaire")
            shots(one, "review-ended")
            for title, section in zip(("promised", "decided", "post-mortem"), (promised, judged, stopped), strict=True):
                shots(one, f"review-summary-{title}", section)
            agree(one.page, f"the summary of a review, {one.role}", (1280, 390))
            assert one.errors == []
