"""The ledger of recommendations in a real page: the team listens, duplicates are grouped."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People, Person
from tests.browser.test_access import agree

pytestmark = pytest.mark.browser


def draft(client: Person, text: str) -> None:
    """Before the hour the team's link leads to where it prepares."""
    client.page.fill("#draft-statement", text)
    client.page.locator("form[data-form=draft] .btn").click()
    client.sees(text)


def to_step(facilitator: Person, steps: int) -> None:
    for _ in range(steps):
        facilitator.forward()


def shots(person: Person, name: str) -> None:
    for width in (1280, 390):
        person.page.set_viewport_size({"width": width, "height": 844})
        person.shot(f"{name}-{width}")


def test_consultants_speak_while_the_team_listens_then_duplicates_are_grouped(four: People) -> None:
    facilitator, client, consultant = four["facilitator"], four["client"], four["consultant"]
    draft(client, "L’attente passe de trois semaines à dix jours")
    to_step(facilitator, 4)
    field = client.page.locator("#text-hypothesis")
    field.fill("Et aussi que")
    facilitator.page.get_by_role("button", name="Les consultants parlent, l’équipe écoute").click()
    client.sees("Écoutez : les consultants parlent")
    expect(field).not_to_be_editable()
    expect(field).to_have_value("Et aussi que")
    expect(client.page.locator("form[data-form=hypothesis] .btn")).to_be_disabled()
    for text in ("Comparez deux départements", "Ayez un groupe témoin"):
        consultant.write("recommendation", text)
        client.sees(text)
    agree(client.page, "listening, client")
    shots(client, "ledger-listening")
    facilitator.page.get_by_role("button", name="L’équipe reprend la parole").click()
    expect(field).to_be_editable()
    expect(field).to_have_value("Et aussi que")

    card = facilitator.page.locator(".advice", has_text="groupe témoin")
    card.get_by_role("button", name="Déjà dite ailleurs").click()
    first = facilitator.page.locator(".advice", has_text="deux départements")
    expect(card.locator("[data-here]")).to_be_hidden()
    first.get_by_role("button", name="Elle répète celle-ci").click()
    for one in (facilitator, client, consultant):
        expect(one.page.locator(".same")).to_contain_text("Ayez un groupe témoin")
    shots(facilitator, "ledger-grouped")
    agree(facilitator.page, "grouped, facilitator")
    facilitator.page.get_by_role("button", name="La sortir du groupe").click()
    expect(consultant.page.locator(".same")).to_have_count(0)
    assert facilitator.errors == client.errors == consultant.errors == []
