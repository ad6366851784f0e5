"""Somebody floods a workshop: the facilitator sees who, ends it in one press, and takes that back in one more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from impactlib.domain.writing import MANY
from tests.browser.conftest import Person
from tests.browser.test_life import gather
from tests.harness import Server

pytestmark = pytest.mark.browser

NUMBER = MANY + 5
FLOOD = """async (number) => {
    const base = location.pathname.replace(/[/]$/, '');
    for (let i = 0; i < number; i++)
        await fetch(`${base}/gestures`, { method: 'POST', headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({ id: `flood-${String(i).padStart(4, '0')}`, do: 'write', kind: 'expectation',
                text: `Inutile ${i}` }) });
}"""


def test_whoever_floods_a_workshop_is_shown_out_with_their_notes_in_one_press(
    server: Server, person: Callable[..., Person]
) -> None:
    people = gather(server, person)
    ada, ines, marc = people["facilitator"], people["consultant"], people["client"]
    marc.write("expectation", "Une attente de l’équipe")
    ines.page.evaluate(FLOOD, NUMBER)
    expect(ada.page.locator(".roster > summary")).to_contain_text("1 personne écrit énormément")
    line = ada.roster().locator("li", has_text="Inès")
    expect(line).to_contain_text(f"{NUMBER} notes en peu de temps")
    ada.shot("flood")
    line.get_by_role("button", name=f"Faire sortir et retirer ses {NUMBER} notes").click()
    expect(ines.page.get_by_role("heading", name="Cet atelier vous est fermé")).to_be_visible(timeout=15_000)
    expect(marc.page.get_by_text("Inutile", exact=False)).to_have_count(0)
    marc.sees("Une attente de l’équipe")
    toast = ada.page.locator("[data-toast]")
    expect(toast).to_contain_text(f"{NUMBER} notes retirées")
    ada.shot("flood-ended")
    toast.get_by_role("button", name="Annuler").click()
    expect(marc.page.get_by_text(f"Inutile {NUMBER - 1}").first).to_be_visible()
    expect(ada.page.locator(".roster > summary")).to_contain_text("1 personne écrit énormément")
    ines.reload().sees("Qui est là")
    # Later, from the list of those who are out.
    line.get_by_role("button", name=f"Faire sortir et retirer ses {NUMBER} notes").click()
    back = ada.page.get_by_role("button", name=f"Laisser rentrer et remettre ses {NUMBER} notes")
    expect(back).to_be_visible()
    ada.shot("flood-back")
    back.click()
    expect(marc.page.get_by_text(f"Inutile {NUMBER - 1}").first).to_be_visible()
    assert ada.errors == marc.errors == []
