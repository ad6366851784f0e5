"""Session notebooks in the page: downloaded, opened elsewhere, brought into a workshop."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from impactlib.domain.session_file import read
from impactlib.export import render
from impactlib.rooms.samples import sample
from impactlib.views.render import environment
from tests.browser.conftest import BACK, People, Person
from tests.harness import Server, answers, free_port, until

pytestmark = pytest.mark.browser


def taken(person: Person, name: str, folder: Path) -> Path:
    """Download one of the room's files from the summary."""
    person.page.goto(person.page.url.split("#")[0])
    person.ready()
    person.page.locator('[data-look="summary"]').first.click()
    person.page.get_by_text("Autres fichiers").click()
    return person.download(name, folder / f"{person.role}-{person.page.url.split(':')[2][:5]}-{name}")


@pytest.mark.long
def test_a_session_goes_on_on_another_server_with_its_notes(
    server: Server, four: People, person: Callable[..., Person], tmp_path: Path
) -> None:
    facilitator, client, consultant = four["facilitator"], four["client"], four["consultant"]
    facilitator.forward()
    client.write("expectation", "Repartir avec deux mesures")
    facilitator.sees("Repartir avec deux mesures")
    whole, shared = taken(client, "session.ipynb", tmp_path), taken(consultant, "shared.ipynb", tmp_path)
    assert "Marc" in whole.read_text(encoding="utf-8")
    assert "Marc" not in shared.read_text(encoding="utf-8")
    assert consultant.page.locator('a[href$="/session.ipynb"]').count() == 0
    refused = consultant.context.request.get(consultant.page.url.split("#")[0] + "/session.ipynb")
    assert refused.status == 403

    with Server(tmp_path / "elsewhere") as elsewhere:
        there = person("facilitator")
        there.page.goto(elsewhere.operator_url)
        there.ready()
        there.page.get_by_text("Continuer à partir d’un notebook").click()
        there.page.get_by_role("button", name="Ouvrir cette séance").click()
        there.sees("Choisissez d’abord un fichier")
        broken = tmp_path / "broken.ipynb"
        broken.write_bytes(whole.read_bytes()[:5000])
        there.page.set_input_files("#file-import", broken)
        there.page.get_by_role("button", name="Ouvrir cette séance").click()
        there.sees("n’est pas un notebook, ou il a été coupé")
        there.shot("carry-refused")
        there.page.set_input_files("#file-import", whole)
        there.page.get_by_role("button", name="Ouvrir cette séance").click()
        there.page.wait_for_url("**/links?brought=1")
        there.page.get_by_role("link", name="Entrer dans l’atelier").click()
        there.page.fill("#name", "Ada")
        there.page.click("main [data-enter] .btn")
        there.page.get_by_role("button", name=BACK).click()
        there.ready()
        there.sees("Repartir avec deux mesures")
        form = there.page.locator('form[data-form="expectation"]')
        there.page.locator("details.fold", has=form).locator("summary").click()
        there.write("expectation", "Continuer ici")
        there.sees("Continuer ici")
        grown = taken(there, "session.ipynb", tmp_path)
        assert there.errors == []

    # Back where it began, what was said elsewhere comes in, once.
    facilitator.page.goto(re.split("[?#]", facilitator.page.url)[0] + "/links")
    facilitator.ready()
    facilitator.page.get_by_text("Verser un notebook").click()
    facilitator.page.set_input_files("#file-merge", grown)
    facilitator.page.get_by_role("button", name="Verser").click()
    expect(facilitator.page.locator("[data-added]")).to_contain_text("2")
    facilitator.shot("carry-merged")
    facilitator.page.get_by_role("button", name="Verser").click()
    expect(facilitator.page.locator("[data-added]")).to_contain_text("Rien de nouveau")
    client.page.get_by_role("button", name="Suivre le groupe").or_(
        client.page.locator("[data-look='tour']")
    ).first.click()
    client.sees("Continuer ici")
    assert len(read(grown.read_bytes()).entries) > len(read(whole.read_bytes()).entries)


def test_a_file_of_ten_megabytes_is_refused_in_a_sentence_by_the_page_and_by_the_server(
    server: Server, person: Callable[..., Person], tmp_path: Path
) -> None:
    operator = person("facilitator")
    operator.page.goto(server.operator_url)
    operator.ready()
    large = tmp_path / "large.ipynb"
    large.write_bytes(b"{" + b" " * 10_000_000)
    operator.page.get_by_text("Continuer à partir d’un notebook").click()
    operator.page.set_input_files("#file-import", large)
    operator.page.get_by_role("button", name="Ouvrir cette séance").click()
    operator.sees("trop lourd")
    answer = operator.context.request.post(
        f"{server.url}import", data=large.read_bytes(), headers={"Content-Type": "application/octet-stream"}
    )
    assert answer.status == 422 and "trop lourd" in answer.json()["refused"]
    stranger = person("observer")
    sent = stranger.context.request.post(
        f"{server.url}import", data=b"{}", headers={"Content-Type": "application/octet-stream"}
    )
    assert sent.status == 422


@pytest.mark.long
def test_a_session_notebook_renders_under_plain_voila(server: Server, browser: Browser, tmp_path: Path) -> None:
    """The owner of the file runs it with plain Voilà where the kit is installed, without a server of ours."""
    path = tmp_path / "mardi.ipynb"
    path.write_bytes(render(sample("tidy"), "session", "ipynb", environment("fr")))
    port = free_port()
    command = [sys.executable, "-m", "voila", str(path), "--no-browser", f"--port={port}", "--show_tracebacks=True"]
    voila = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    page = browser.new_page(locale="fr-FR")
    try:
        address = f"http://127.0.0.1:{port}/"
        until(lambda: answers(address))
        page.goto(address, timeout=60_000)
        expect(page.get_by_role("heading", name="Compte rendu de l’atelier impact").first).to_be_visible(timeout=30_000)
        page.get_by_role("button", name="Revoir l’heure depuis le début").click()
        expect(page.locator("[type=range]")).to_be_visible()
        expect(page.locator(".fragment").filter(visible=True).first).to_be_visible()
        assert "Traceback" not in page.content()
    finally:
        page.close()
        voila.kill()
        voila.wait()
