"""The facilitator steers the hour, and the room follows: what only real pages can show."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Person
from tests.browser.test_access import agree
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

HYPOTHESES = ("L’accueil rassure les familles", "Le rappel réduit les abandons", "Le suivi fidélise")


@pytest.fixture
def two(server: Server, person: Callable[..., Person]) -> tuple[Person, Person]:
    """The facilitator and a member of the team, in the first step, with three hypotheses and a metric."""
    links = server.new("Colis Solidaire")
    facilitator = person("facilitator").join(links["facilitator"], "Ada")
    client = person("client").join(links["client"], "Marc")
    facilitator.forward()
    # The team's page goes to the hour by itself.
    expect(client.page.locator(".steps [aria-current]")).to_be_visible(timeout=30_000)
    client.ready()
    client.page.locator(".steps button", has_text="Recommandations").click()
    for text in HYPOTHESES:
        client.write("hypothesis", text)
        client.sees(text)
    client.more(card(client, HYPOTHESES[1]), "Ajouter une mesure").click()
    client.write("metric", "Taux d’abandon")
    client.sees("Taux d’abandon")
    return facilitator, client


def card(person: Person, text: str) -> Locator:
    return person.page.locator("[data-zone=hypotheses] .card", has_text=text)


def order(person: Person) -> Locator:
    return person.page.locator("[data-zone=hypotheses] .card .sentence")


def adjust(facilitator: Person) -> Locator:
    """Open "Adjust" by keyboard."""
    facilitator.page.locator("details.adjust summary").press("Enter")
    return facilitator.page.locator("details.adjust")


def step(facilitator: Person, title: str) -> Locator:
    return facilitator.page.locator("details.adjust li", has_text=title)


def save(facilitator: Person) -> None:
    facilitator.page.locator("dialog[open] .send .btn:not(.quiet)").press("Enter")
    expect(facilitator.page.locator("dialog[open]")).to_have_count(0)


def test_a_skipped_step_and_changed_minutes_leave_the_end_in_place(two: tuple[Person, Person]) -> None:
    facilitator, client = two
    expect(facilitator.page.locator("details.adjust li").first).to_be_hidden()
    panel = adjust(facilitator)
    step(facilitator, "Questions").get_by_role("button", name=re.compile("^Sauter")).press("Enter")
    expect(panel).to_contain_text("50\u00a0min prévues en tout")
    expect(panel).to_contain_text("10\u00a0min sont libres")
    expect(client.page.locator(".steps .passed-over")).to_contain_text("sautée")

    step(facilitator, "Problème").get_by_role("button", name=re.compile("^Changer les minutes")).press("Enter")
    dialog = facilitator.page.locator("dialog[open]")
    expect(dialog.locator("[name=minutes]")).to_have_value("10")
    dialog.locator("[name=minutes]").fill("0")
    dialog.locator("[name=minutes]").press("Enter")
    expect(dialog).to_contain_text("Donnez des minutes entières")
    agree(facilitator.page, "minutes refused")
    dialog.locator("[name=minutes]").fill("25")
    save(facilitator)
    expect(panel).to_contain_text("5\u00a0min manquent")
    for width in (1280, 390):
        facilitator.page.set_viewport_size({"width": width, "height": 844})
        facilitator.shot(f"steer-minutes-{width}")
    agree(facilitator.page, "adjust, a step passed over")
    agree(client.page, "a step passed over")
    facilitator.page.set_viewport_size({"width": 1280, "height": 844})

    facilitator.forward()
    expect(facilitator.page.locator(".at-now .btn:not(.quiet)")).to_contain_text("Recommandations")
    # The press on another button has closed it.
    expect(facilitator.page.locator("details.adjust li").first).to_be_hidden()
    facilitator.shot("steer-closed")
    assert facilitator.errors == client.errors == []


def test_hypotheses_are_reordered_split_and_merged_and_the_room_sees_it(two: tuple[Person, Person]) -> None:
    facilitator, client = two
    first, second, third = HYPOTHESES
    facilitator.page.locator(".steps button", has_text="Recommandations").click()
    expect(card(facilitator, first).get_by_role("button", name=re.compile("^Scinder"))).to_be_hidden()

    # By keyboard, the note takes the focus along.
    facilitator.more(card(facilitator, third), "Monter").press("Enter")
    expect(order(client)).to_have_text([first, third, second])
    expect(card(facilitator, third).locator("> .menu > summary")).to_be_focused()
    facilitator.more(card(facilitator, third), "Monter").press("Enter")
    for person in two:
        expect(order(person)).to_have_text([third, first, second])

    facilitator.more(card(facilitator, first), "Scinder").press("Enter")
    dialog = facilitator.page.locator("dialog[open]")
    expect(dialog.locator("[name=first]")).to_have_value(first)
    dialog.locator("[name=first]").fill("L’accueil rassure")
    dialog.locator("[name=second]").fill("Les familles reviennent")
    agree(facilitator.page, "split")
    facilitator.shot("steer-split")
    save(facilitator)
    for person in two:
        expect(order(person)).to_have_text([third, "L’accueil rassure", "Les familles reviennent", second])

    facilitator.more(card(facilitator, second), "Fusionner").press("Enter")
    expect(dialog.locator("[name=merged]")).to_have_value(f"Les familles reviennent\n{second}")
    dialog.locator("[name=merged]").fill("Rappelées, les familles reviennent")
    agree(facilitator.page, "merge")
    facilitator.shot("steer-merge")
    save(facilitator)
    expect(order(client)).to_have_text([third, "L’accueil rassure", "Rappelées, les familles reviennent"])
    expect(card(client, "Rappelées").locator(".tag")).to_have_text("Taux d’abandon")
    for width in (1280, 390):
        facilitator.page.set_viewport_size({"width": width, "height": 844})
        facilitator.shot(f"steer-cards-{width}")
    agree(facilitator.page, "cards that can be adjusted")
    assert facilitator.errors == client.errors == []


def test_the_room_looks_at_one_note_and_a_person_who_types_stays(two: tuple[Person, Person]) -> None:
    facilitator, client = two
    facilitator.page.locator(".steps button", has_text="Recommandations").click()
    client.page.locator("#text-hypothesis").fill("Nous pensons que")
    at = client.page.evaluate("scrollY")
    facilitator.more(card(facilitator, HYPOTHESES[0]), "Regarder ensemble").press("Enter")
    band = client.page.locator(".band.together")
    expect(band).to_contain_text(HYPOTHESES[0])
    expect(client.page.locator("#text-hypothesis")).to_be_focused()
    expect(client.page.locator("#text-hypothesis")).to_have_value("Nous pensons que")
    assert client.page.evaluate("scrollY") >= at
    expect(client.page.locator("[data-toast]")).to_contain_text(HYPOTHESES[0])
    expect(card(client, HYPOTHESES[0])).to_have_class(re.compile("looked-at"))
    for width in (1280, 390):
        for one in two:
            one.page.set_viewport_size({"width": width, "height": 844})
            one.shot(f"steer-together-{width}")
    agree(client.page, "looking together")
    agree(facilitator.page, "looking together, facilitator")

    client.page.locator(".steps button", has_text="Problème").click()
    band.get_by_role("button", name="Y aller").press("Enter")
    expect(card(client, HYPOTHESES[0])).to_be_in_viewport()
    facilitator.page.get_by_role("button", name="Ne plus regarder ensemble").press("Enter")
    expect(band).to_have_count(0)
    expect(client.page.locator(".looked-at")).to_have_count(0)
    assert facilitator.errors == client.errors == []
