"""In JupyterLab the workshop's notebook is a rehearsal of one's own: the same panes, through the widgets' comm."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from impactlib.domain import learning
from impactlib.paths import NOTEBOOKS
from impactlib.widgets.opening import open_session
from tests.browser.conftest import SHOTS
from tests.harness import answers, free_port, until

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab that shows a copy of the notebooks, and opens no tab of another's.

    It keeps its workspace, the tabs to open again, where it keeps its settings: both are its own here.
    """
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks")
    own = {"JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    port = free_port()
    options = ["--no-browser", "--allow-root", f"--port={port}", "--ServerApp.token=", "--ServerApp.password="]
    with (tmp_path / "lab.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=tmp_path / "notebooks",
            env=os.environ | own,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    until(lambda: answers(f"{address}/api"))
    yield address
    process.terminate()
    process.wait(30)


@pytest.fixture
def run(lab: str, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens a French notebook in JupyterLab and runs all its cells; no page may have failed by the end."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    errors: list[str] = []

    def opened(notebook: str) -> Page:
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{lab}/lab/tree/fr/{notebook}.ipynb")
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.get_by_text("Run", exact=True).first.click()
        page.get_by_text("Run All Cells", exact=True).first.click()
        return page

    yield opened
    assert errors == []
    context.close()


def test_the_workshop_is_lived_in_jupyterlab(run: Callable[[str], Page]) -> None:
    page = run("workshop")
    band = page.locator(".in-notebook .band").first
    expect(band.get_by_role("button")).to_contain_text("Commencer", timeout=60_000)
    band.get_by_role("button").click()
    # The gesture left by one pane's comm; another pane, with the countdown, follows.
    expect(band).to_contain_text("en une phrase")
    expect(page.locator(".in-notebook .time .left").first).to_contain_text("9:5", timeout=20_000)


def test_figures_are_followed_in_jupyterlab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[[str], Page]
) -> None:
    monkeypatch.chdir(tmp_path / "notebooks" / "fr")
    metric = {"id": "metric-12345", "do": "write", "kind": "metric", "text": "Délai médian"}
    assert "refused" not in open_session("session.ipynb", team="Colis").ask(metric)
    page = run("follow")
    form = page.locator(".in-notebook form[data-form=readings]")
    for month, figure in (("avril 2026", "19 jours"), ("mai 2026", "beaucoup")):
        form.get_by_label("Mois, ou jour").fill(month, timeout=60_000)
        form.get_by_label("Délai médian").fill(figure)
        form.get_by_role("button", name="Enregistrer ces chiffres").click()
        expect(form.locator("[data-last]")).to_contain_text("Dernier chiffre : 19 jours, avril 2026.")
    expect(form.locator("[data-why]")).to_contain_text("pas un nombre")
    rows = "Mesure;2026-05\nDélai médian;15\n".encode()
    page.get_by_text("Apporter des chiffres d’un tableur").click()
    page.locator("[data-sheet]").set_input_files({"name": "suivi.csv", "mimeType": "text/csv", "buffer": rows})
    expect(page.locator("[data-sheet-said] .said")).to_have_text("1 chiffre est entré.")
    expect(page.locator(".in-notebook .curve circle")).to_have_count(2)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/follow-lab.png")


def test_an_hour_is_replayed_in_jupyterlab(run: Callable[[str], Page]) -> None:
    page = run("replay")
    page.get_by_role("link", name="Revoir cet atelier : Répit Voisin").click()
    page.locator(".moment", has_text="Qui est votre usager").click()
    expect(page.locator(".in-notebook .card", has_text="Qui est votre usager").first).to_be_visible()
    page.get_by_role("button", name="Geste suivant").click()
    expect(page.locator("[data-caption]")).to_contain_text("Camille répond")
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/replay-lab.png")


def test_an_hour_is_looked_into_in_jupyterlab(run: Callable[[str], Page]) -> None:
    page = run("analyse")
    minutes = page.locator(".widget-html .analysis", has_text="prévues pour l’heure")
    picture, table = minutes.locator("img").get_attribute("src"), minutes.locator("table").inner_text()
    handle = page.locator(".widget-slider .noUi-handle").nth(2)
    handle.focus()
    handle.press("PageDown")
    expect(minutes.locator("img")).not_to_have_attribute("src", picture or "")
    expect(minutes.locator("table")).not_to_have_text(table)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/analyse-lab.png")


def test_traps_and_exercises_answer_in_jupyterlab(run: Callable[[str], Page]) -> None:
    page = run("comprendre")
    handle = page.locator(".widget-slider .noUi-handle").first
    handle.focus()
    vanity = learning.traps("fr")["vanity"]
    before, after = vanity.states[vanity.start : vanity.start + 2]
    trap = page.locator(".widget-vbox", has_text="Le compteur qui monte toujours").first
    expect(trap).to_contain_text(before.says)
    handle.press("ArrowRight")
    expect(trap).to_contain_text(after.says)
    [wrong, right, _] = learning.exercises("fr")["four"].options
    exercise = page.locator(".widget-vbox", has_text="Nous avons traité").first
    for option, said in ((wrong, "Non\u00a0:"), (right, "Oui.")):
        exercise.get_by_text(option.text, exact=True).click()
        expect(exercise).to_contain_text(f"{said} {option.says}")
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/comprendre-lab.png")
