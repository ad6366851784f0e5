"""A notebook keeps its session in a file: in Voilà's own page and in JupyterLab, whatever becomes of the kernel."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from impactlib.domain.session_file import read
from impactlib.paths import NOTEBOOKS
from impactlib.storage.session_store import import_session
from tests.browser.conftest import SHOTS
from tests.harness import answers, free_port, until

pytestmark = [pytest.mark.browser, pytest.mark.long]


@contextmanager
def served(folder: Path, *command: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Jupyter server of its own in a folder: its address and its process."""
    own = {name: str(folder / ".jupyter") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    port = free_port()
    with (folder / ".log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, "--no-browser", f"--port={port}"],
            cwd=folder,
            env=os.environ | own,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(f"{address}/api") or answers(f"{address}/voila/static/voila.js"))
        yield address, process
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    """A team's own copy of the notebooks, in French."""
    shutil.copytree(NOTEBOOKS / "fr", tmp_path / "fr")
    return tmp_path / "fr"


def kill_kernels(server: subprocess.Popen[bytes]) -> None:
    for kernel in psutil.Process(server.pid).children():
        kernel.send_signal(signal.SIGKILL)


def drafts(page: Page, *metrics: str) -> None:
    for number, metric in enumerate(metrics, 1):
        page.get_by_label("Quel chiffre le montrerait").fill(metric)
        page.get_by_role("button", name="Garder cette hypothèse").click()
        expect(page.locator("[data-zone=drafts] > .fragment")).to_have_count(number)


def test_a_team_prepares_in_voila_and_finds_it_again_once_its_kernel_was_killed(
    browser: Browser, notebooks: Path, tmp_path: Path
) -> None:
    with served(notebooks, "voila", "prepare.ipynb") as (address, server):
        page = opened(browser, address)
        line = page.locator(".first-line")
        expect(line).to_contain_text("Une répétition : rien ne garde", timeout=60_000)
        # A page that nothing keeps says so nowhere else either.
        expect(page.get_by_text("Tout est gardé au fur et à mesure")).to_be_hidden()
        drafts(page, "Un")
        expect(page.locator("[data-saved]").first).to_have_text("Répétition : rien ne garde ceci")
        line.get_by_role("button", name="La garder dans un fichier").click()
        expect(line).to_contain_text("Gardé dans session.ipynb")
        expect(page.get_by_text("Tout est gardé au fur et à mesure")).to_be_visible()
        for metric in ("Deux", "Trois"):
            page.get_by_label("Quel chiffre le montrerait").fill(metric)
            page.get_by_role("button", name="Garder cette hypothèse").click()
            expect(page.locator("[data-saved]").first).to_have_text("Enregistré")
        # A team's table comes in, pasted from its spreadsheet.
        page.locator("details:has([data-sheet]) > summary").click()
        page.locator("[data-pasted]").fill("Hypothèse\tMesure\tCible\nMoins d’attente\tQuatre\t8")
        page.locator("[data-paste]").click()
        expect(page.locator("[data-sheet-said] .said")).to_contain_text("1 hypothèse est entrée")
        # Corrected, it is brought again, and what was changed here too is asked about.
        page.locator("[data-pasted]").fill("Hypothèse\tMesure\tCible\nMoins d’attente\tQuatre\t9")
        page.locator("[data-paste]").click()
        expect(page.locator("[data-sheet-said] .said")).to_contain_text("1 case a été mise à jour")
        card = page.locator(".card.draft", has_text="Quatre")
        card.get_by_role("button", name=re.compile("^Préciser")).click()
        dialog = page.locator("dialog[open]")
        dialog.evaluate("dialog => dialog.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        page.fill("#precise-target", "10")
        dialog.get_by_role("button", name="Enregistrer").click()
        expect(dialog).to_be_hidden()
        expect(card).to_contain_text(re.compile(r"Cible\s*10"))
        page.locator("[data-pasted]").fill("Hypothèse\tMesure\tCible\nMoins d’attente\tQuatre\t11")
        page.locator("[data-paste]").click()
        page.locator("[data-asked]").get_by_role("button", name="Prendre celui du fichier").click()
        expect(page.locator("[data-asked]")).to_be_hidden()
        expect(card).to_contain_text("11")
        with page.expect_download() as file:
            line.get_by_role("link", name="Télécharger le notebook de séance").click()
        assert len(read(Path(file.value.path()).read_bytes()).fold().notes_of("metric")) == 4
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/kept-voila.png")
        # What people read of the file is written once nobody has touched it for a moment.
        until(lambda: "Quatre" in json.dumps(json.loads((notebooks / "session.ipynb").read_text())["cells"]))
        kill_kernels(server)
        page.context.close()
        page = opened(browser, address)
        expect(page.locator(".first-line")).to_contain_text("Gardé dans session.ipynb", timeout=60_000)
        expect(page.locator("[data-zone=drafts] > .fragment")).to_have_count(4)
        page.context.close()
    # A server goes on with that very file.
    store, _ = import_session(tmp_path / "data", read((notebooks / "session.ipynb").read_bytes()))
    assert {note.text for note in store.session.notes_of("metric")} == {"Un", "Deux", "Trois", "Quatre"}


KEPT = re.compile(r"Enregistré|Tout est gardé|[Gg]ardé dans|All is kept|[Kk]ept in|\bSaved\b")


def test_no_page_of_a_rehearsal_says_that_it_is_kept(browser: Browser, tmp_path: Path) -> None:
    """Each notebook of each language, in Voilà's own page, before a gesture and after it."""
    written = []
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks")
    with served(tmp_path / "notebooks", "voila") as (address, _):
        for notebook in sorted((tmp_path / "notebooks").glob("*/*.ipynb")):
            name = f"{notebook.parent.name}/{notebook.name}"
            if "open_session" not in notebook.read_text(encoding="utf-8"):
                continue
            page = opened(browser, f"{address}/voila/render/{name}")
            line = page.locator(".first-line")
            expect(line).to_contain_text(re.compile("rien ne garde|nothing keeps"), timeout=60_000)
            expect(page.locator(".in-notebook").last).to_be_visible()
            if page.locator(".steps").count():
                # All is there at first; then one step alone.
                page.locator("body[data-in-moment]").wait_for()
            assert not KEPT.search(page.locator("body").inner_text()), name
            field = page.locator("form[data-form]:visible textarea:visible").first
            if page.locator("form[data-form]:visible textarea:visible").count():
                field.fill("Essai")
                field.locator("xpath=ancestor::form").locator("button.btn").first.click()
                expect(field).to_have_value("")
                written.append(name)
                said = page.locator("[data-saved]")
                if said.count():
                    expect(said.first).to_have_text(re.compile("rien ne garde ceci|nothing keeps this"))
                assert not KEPT.search(page.locator("body").inner_text()), name
            page.context.close()
    assert {"fr/prepare.ipynb", "en/prepare.ipynb"} <= set(written)


def test_voila_shows_one_step_and_says_that_one_is_alone(browser: Browser, notebooks: Path) -> None:
    with served(notebooks, "voila", "workshop.ipynb") as (address, _):
        page = opened(browser, address)
        expect(page.locator(".first-line")).to_contain_text("une salle en direct s’ouvre", timeout=60_000)
        tour, problem = page.get_by_text("Chacun dit qui il est, avec"), page.get_by_text("L’équipe raconte ce qui la")
        expect(problem).to_be_hidden()
        expect(tour).to_be_visible()
        expect(page.locator(".tour-pane")).to_be_visible()
        page.locator(".steps button", has_text="Problème").click()
        expect(problem).to_be_visible()
        expect(page.locator(".problem-pane")).to_be_visible()
        expect(tour).to_be_hidden()
        expect(page.locator(".tour-pane")).to_be_hidden()
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/step-voila.png")
        page.context.close()


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR").new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    return page


@pytest.fixture
def lab(browser: Browser, notebooks: Path) -> Iterator[Callable[[str], Page]]:
    """Opens a notebook in JupyterLab and runs all its cells."""
    options = ("--allow-root", "--ServerApp.token=", "--ServerApp.password=")
    with served(notebooks, "jupyterlab", *options) as (address, _):

        def run(name: str) -> Page:
            page = opened(browser, f"{address}/lab/tree/{name}")
            page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
            page.get_by_text("Run", exact=True).first.click()
            page.get_by_text("Run All Cells", exact=True).first.click()
            return page

        yield run


def test_an_hour_in_jupyterlab_is_kept_in_the_file_that_is_named_and_its_files_are_downloaded(
    lab: Callable[[str], Page], notebooks: Path
) -> None:
    workshop = notebooks / "workshop.ipynb"
    source = workshop.read_text(encoding="utf-8").replace("open_session()", "open_session('colis.ipynb')")
    workshop.write_text(source, encoding="utf-8")
    page = lab("workshop.ipynb")
    expect(page.locator(".first-line")).to_contain_text("Gardé dans colis.ipynb", timeout=60_000)
    band = page.locator(".in-notebook .band").first
    band.get_by_role("button", name="Commencer").click()
    expect(band).to_contain_text("en une phrase")
    assert read((notebooks / "colis.ipynb").read_bytes()).fold().step
    # The summary is folded until one looks at it; what is folded opens by itself too.
    word = page.get_by_role("link", name="Télécharger pour Word (.docx)").first
    expect(word).to_be_hidden()
    page.locator(".in-notebook button[data-look=summary]").first.click()
    expect(page.locator(".tour-pane")).to_be_hidden()
    page.locator(".in-notebook", has=page.locator(".tour-pane")).get_by_role("button", name="ouvrir quand même").click()
    expect(page.locator(".tour-pane")).to_be_visible()
    word.scroll_into_view_if_needed()
    with page.expect_download() as file:
        word.click()
    assert file.value.suggested_filename.startswith("colis-compte-rendu-20")
    assert Path(file.value.path()).read_bytes().startswith(b"PK")
    page.context.close()
    # Its kernel is killed: whoever opens the notebook again is in the step that was reached.
    kernels = [one for one in psutil.Process().children(recursive=True) if _is_kernel(one)]
    assert kernels
    for kernel in kernels:
        kernel.send_signal(signal.SIGKILL)
        kernel.wait(30)
    page = lab("workshop.ipynb")
    expect(page.locator(".first-line")).to_contain_text("Gardé dans colis.ipynb", timeout=60_000)
    expect(page.locator(".in-notebook .band").first).to_contain_text("en une phrase", timeout=60_000)
    page.context.close()


def _is_kernel(process: psutil.Process) -> bool:
    """Whether a process runs a kernel; one that ends as it is looked at does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE and "ipykernel_launcher" in process.cmdline()
    except psutil.NoSuchProcess:
        return False
