"""The review: prepared from an hour that was held, lived by its facilitator, the team, a consultant and an observer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from impactlib.domain import session_file
from impactlib.paths import TEMPLATES
from impactlib.storage.session_store import import_session
from tests.browser.conftest import Person
from tests.browser.test_access import agree
from tests.harness import Server

pytestmark = pytest.mark.browser


def test_a_review_is_prepared_and_answered_by_keyboard_alone(tmp_path: Path, person: Callable[..., Person]) -> None:
    with Server(tmp_path) as server:
        hour = session_file.read((TEMPLATES / "sessions" / "tidy.ipynb").read_bytes())
        store, _ = import_session(tmp_path, hour)
        with closing(store.journal):
            actions = [note.text for note in store.session.notes_of("action")]
            metric = store.session.kept_metrics()[0].text
        lead, client = (
            person("facilitator", viewport={"width": 1280, "height": 900}),
            person("client", viewport={"width": 390, "height": 844}),
        )
        lead.page.goto(server.operator_url)
        lead.ready()
        # As the link under a team's figures does.
        lead.page.goto(f"{server.url}?after={store.session.id}")
        lead.ready()
        expect(lead.page.get_by_role("dialog")).to_be_visible()
        lead.page.keyboard.press("Escape")
        lead.page.get_by_role("button", name="Préparer le point de suivi").click()
        lead.shot("home-after")
        agree(lead.page, "home with a workshop to go on after")
        dialog = lead.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Ouvrir la suite").click()
        expect(lead.page.get_by_role("heading", name="Les liens de l’atelier")).to_be_visible()
        links = {role: lead.page.locator(f"#url-{role}").input_value() for role in ("facilitator", "client")}
        others = {role: lead.page.locator(f"#url-{role}").input_value() for role in ("consultant", "observer")}
        lead.join(links["facilitator"], "Nadia")
        client.join(f"{links['client']}", "Lucas")
        if client.page.url.endswith("/prepare"):
            client.page.goto(client.page.url.removesuffix("/prepare") + "?room")
            client.ready()
        quiet = [person(role).join(link, role) for role, link in others.items()]
        lead.forward()
        for text in actions:
            client.sees(text)
        first = client.page.locator('[data-zone="promises"] article').first
        first.get_by_role("button", name="Faite").focus()
        client.page.keyboard.press("Enter")
        expect(lead.page.get_by_text(f"1 action sur {len(actions)} faite")).to_be_visible()
        first.get_by_role("button", name="Un mot").focus()
        client.page.keyboard.press("Enter")
        expect(client.page.get_by_label("Un mot")).to_be_focused()
        client.page.keyboard.type("Mise en ligne mardi")
        client.page.keyboard.press("Enter")
        expect(lead.page.locator('[data-zone="promises"] article').first).to_contain_text("Mise en ligne mardi")
        for one in (lead, client):
            one.shot("review-since")
        agree(client.page, "what was promised, at the team's link")
        lead.forward()
        lead.forward()
        card = client.page.locator('[data-zone="judged"] article', has_text=metric).first
        expect(card).to_be_visible()
        client.shot("review-verdicts")
        card.get_by_role("button", name="Donner un verdict").focus()
        client.page.keyboard.press("Enter")
        expect(client.page.locator("#text-verdict")).to_be_focused()
        client.page.keyboard.type("Le chiffre ne bouge plus")
        # The form stands right below its card, and each metric keeps what was begun on it.
        below = client.page.locator('[data-zone="judged"] > .fragment', has_text=metric).locator(
            "xpath=following-sibling::*[1]"
        )
        expect(below.locator("#text-verdict")).to_be_visible()
        client.shot("review-verdict-form")
        agree(client.page, "a verdict being written", (390, 320))
        other = client.page.locator('[data-zone="judged"] article').nth(1)
        other.get_by_role("button", name="Donner un verdict").click()
        expect(client.page.locator("#text-verdict")).to_have_value("")
        card.get_by_role("button", name="Donner un verdict").focus()
        client.page.keyboard.press("Enter")
        expect(client.page.locator("#text-verdict")).to_have_value("Le chiffre ne bouge plus")
        client.page.keyboard.press("Tab")
        client.page.keyboard.press("ArrowDown")
        client.page.keyboard.press("ArrowDown")
        client.page.keyboard.press("Tab")
        client.page.keyboard.type("Deux relevés")
        client.page.keyboard.press("Enter")
        expect(card).to_contain_text("Nous pivotons")
        for one in (lead, *quiet):
            expect(one.page.locator('[data-zone="judged"]')).to_contain_text("Le chiffre ne bouge plus")
            one.shot("review-verdict-given")
        client.shot("review-verdict-given")
        agree(client.page, "verdicts, at the team's link")
        assert lead.errors + client.errors == []
