"""An agenda composed by page: by keyboard, on a phone; kept in the browser, saved as a file, opened as a workshop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from impactlib.domain.agenda_files import parse
from tests.browser.conftest import Person
from tests.harness import Server

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 390])
def test_an_agenda_is_composed_saved_opened_again_and_held(
    server: Server, person: Callable[..., Person], tmp_path: Path, width: int
) -> None:
    operator = person("facilitator")
    page = operator.page
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(server.operator_url)
    page.get_by_role("link", name="Composer un déroulé").click()
    operator.ready()
    checked = page.locator("[data-checked]")
    expect(checked).to_contain_text("5 étapes, 60 min.")

    page.fill("#agenda-title-fr", "Le chiffre du mois")
    page.fill("#agenda-title-en", "")
    for _ in range(3):
        before = page.locator("[data-of=step]").count()
        page.locator("[data-act=remove]").nth(1).press("Enter")
        expect(page.locator("[data-of=step]")).to_have_count(before - 1)
    page.get_by_role("button", name="Ajouter une étape").press("Enter")
    expect(page.locator("#step-2-heading")).to_be_focused()
    page.fill("#step-2-fr", "Les doutes")
    expect(checked).to_contain_text("Étape 2 · Ce que montre la page")
    page.locator("#step-2-heading ~ fieldset [data-pane=questions]").press("Space")
    page.fill("#step-2-minutes", "zéro")
    expect(checked).to_contain_text("Étape 2 · Minutes")
    expect(page.locator("[data-save]")).to_be_disabled()
    page.fill("#step-2-minutes", "7,5")
    expect(checked).to_contain_text("3 étapes")
    page.locator("#step-2-heading ~ details summary").click()
    page.fill("#step-2-client-fr", "Dites ce qui vous fait hésiter.")
    expect(checked).to_contain_text("Dites ce qui vous fait hésiter.")
    page.fill("#agenda-needs-fr", "Un chiffre du mois dernier.")
    expect(checked).to_contain_text("Ce qu’il faut\u00a0: Un chiffre du mois dernier.")
    page.locator("[data-act=up]").nth(1).press("Enter")
    expect(page.locator("#step-1-heading")).to_be_focused()
    expect(page.locator("#step-1-fr")).to_have_value("Les doutes")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    operator.shot(f"compose-{width}")

    with page.expect_download() as download:
        page.locator("[data-save]").click()
    download.value.save_as(tmp_path / "ours.toml")
    agenda = parse((tmp_path / "ours.toml").read_text())
    assert agenda.needs["fr"] == "Un chiffre du mois dernier."
    assert [(step.title["fr"], step.minutes, step.shows) for step in agenda.steps] == [
        ("Les doutes", 7.5, ("questions",)),
        ("Tour de table", 10, ("tour",)),
        ("Apprentissages", 5, ("learnings",)),
    ]

    page.reload()
    operator.ready()
    page.select_option("[data-from]", label=agenda.name)
    expect(page.locator("#step-1-fr")).to_have_value("Les doutes")
    page.set_input_files("[data-file]", {"name": "x.toml", "mimeType": "", "buffer": b"<!doctype html>"})
    expect(page.locator("[data-said]")).not_to_be_empty()
    expect(page.locator("#step-1-fr")).to_have_value("Les doutes")
    page.set_input_files("[data-file]", tmp_path / "ours.toml")
    expect(page.locator("[data-said]")).to_be_empty()

    page.fill("#team", "Colis Solidaire")
    page.get_by_role("button", name="Ouvrir un atelier avec ce déroulé").click()
    page.wait_for_selector(".invitations")
    page.locator("header .btn").click()
    page.fill("#name", "Ada")
    page.locator("main [data-enter] .btn").click()
    operator.ready()
    expect(page.locator("[data-do=start]").first).to_contain_text("Les doutes")
    page.goto(server.url)
    operator.ready()
    expect(page.locator("#agenda option").last).to_have_text(agenda.name)
    assert operator.errors == []
