"""A notebook that shows other widgets than panes: Voilà's own page, with our template, for the operator alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from impactlib.paths import NOTEBOOKS
from tests.browser.conftest import SHOTS
from tests.harness import Server, join, until

pytestmark = [pytest.mark.browser, pytest.mark.long]

CELLS = (
    "from ipywidgets import IntSlider, Label, VBox\nfrom impactlib import open_session, widgets",
    "slider, double = IntSlider(description='Cases'), Label('nothing yet')\n"
    "slider.observe(lambda change: setattr(double, 'value', f'twice is {2 * change.new}'), 'value')\n"
    "VBox([slider, double])",
    "live = open_session()",
    "widgets.track(live)",
    "widgets.now(live)",
    "widgets.controls(live)",
)
KERNELS_END_WITHIN = 20.0


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit's notebooks, and a team's own."""
    import nbformat

    folder = tmp_path_factory.mktemp("notebooks") / "notebooks"
    shutil.copytree(NOTEBOOKS, folder)
    made = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    made.cells = [nbformat.v4.new_markdown_cell("# Une page d’équipe"), *map(nbformat.v4.new_code_cell, CELLS)]
    nbformat.write(made, folder / "fr" / "team.ipynb")
    return folder


@pytest.fixture(scope="module", params=["/", "/user/tree/"])
def server(
    request: pytest.FixtureRequest, notebooks: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    options = ("--notebooks", str(notebooks))
    with Server(tmp_path_factory.mktemp("data"), *options, base_url=request.param) as server:
        # The tests count kernels: those of the layouts have ended.
        yield server.settle()


@pytest.fixture
def operator(server: Server, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="fr-FR")
    context.request.get(server.operator_url)
    yield context
    context.close()


def _asked(page: Page) -> tuple[set[str], list[str]]:
    """The hosts that a page asks from now on, and its errors; a refusal of the policy is one."""
    hosts: set[str] = set()
    errors: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).netloc))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    return hosts, errors


def test_sliders_and_panes_work_on_one_page(server: Server, operator: BrowserContext) -> None:
    page = operator.new_page()
    hosts, errors = _asked(page)
    answer = page.goto(f"{server.url}voila/render/fr/team.ipynb")
    assert answer
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert page.locator("html").get_attribute("lang") == "fr"

    expect(page.get_by_text("nothing yet")).to_be_visible(timeout=60_000)
    handle = page.locator(".noUi-handle")
    handle.focus()
    handle.press("ArrowRight")
    expect(page.get_by_text("twice is 2")).to_be_visible(timeout=10_000)

    # The pane draws its session, and its gesture comes back through the kernel.
    expect(page.locator(".impact .steps").first).to_be_visible(timeout=10_000)
    page.locator(".impact .btn:not(.quiet)", has_text="Commencer").first.click()
    expect(page.locator(".steps [aria-current]")).to_contain_text("Tour de table", timeout=10_000)

    assert hosts - {""} == {urlsplit(server.url).netloc}
    assert errors == []


def test_the_kernel_ends_when_the_page_closes(server: Server, operator: BrowserContext) -> None:
    before = set(server.kernels())
    page = operator.new_page()
    page.goto(f"{server.url}voila/render/fr/team.ipynb")
    expect(page.locator(".impact .steps").first).to_be_visible(timeout=60_000)
    started = set(server.kernels()) - before
    assert started
    page.close(run_before_unload=True)
    until(lambda: not started & set(server.kernels()), KERNELS_END_WITHIN)


def test_an_hour_is_looked_into_from_the_home_page(server: Server, operator: BrowserContext) -> None:
    page = operator.new_page()
    hosts, errors = _asked(page)
    page.goto(server.operator_url)
    page.get_by_role("link", name="Analyser une heure").click()
    order = page.locator(".analysis", has_text="Au compte rendu")
    expect(order.get_by_role("row")).to_have_count(6, timeout=60_000)
    expect(page.get_by_role("img")).to_have_count(3)
    said = page.locator(".analysis", has_text="Les trois premières")
    expect(said).to_contain_text("Somme pondérée")
    if SHOTS:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 4000 if width > 1000 else 7000})
            page.screenshot(path=f"{SHOTS}/analyse-voila-{width}.png")
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    # On a phone nothing is wider than the page.
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.querySelector('#rendered_cells').scrollWidth") <= 390

    minutes = page.locator(".analysis", has_text="prévues pour l’heure")
    picture, table = minutes.locator("img").get_attribute("src"), minutes.locator("table").inner_text()
    handle = page.locator(".widget-slider .noUi-handle").nth(2)
    handle.focus()
    handle.press("PageDown")
    expect(minutes.locator("img")).not_to_have_attribute("src", picture or "")
    expect(minutes.locator("table")).not_to_have_text(table)

    picture = order.locator("img").get_attribute("src")
    page.get_by_label("Formule").select_option("Somme pondérée")
    expect(order.locator("table")).to_contain_text("14")
    expect(order.locator("img")).not_to_have_attribute("src", picture or "")
    page.get_by_label("Séance").select_option("Cantine Claire")
    expect(said).to_contain_text("Visites depuis le lancement")
    assert hosts - {""} == {urlsplit(server.url).netloc}
    assert errors == []


def test_a_browser_without_the_operators_cookie_is_led_home(server: Server, browser: Browser) -> None:
    context = browser.new_context()
    before = server.kernels()
    answer = context.request.get(f"{server.url}voila/render/fr/team.ipynb", max_redirects=0)
    assert answer.status == 302
    assert answer.headers["location"].split("?")[0] == urlsplit(server.url).path
    assert server.kernels() == before
    context.close()


@pytest.mark.parametrize("path", ["voila/tree", "voila/tree/fr", "voila/api/contents/fr"])
def test_notebooks_are_not_listed(server: Server, operator: BrowserContext, path: str) -> None:
    answer = operator.request.get(f"{server.url}{path}")
    assert "team.ipynb" not in answer.text()


def test_a_notebook_that_is_not_there_gets_our_page(server: Server, operator: BrowserContext) -> None:
    page = operator.new_page()
    hosts, _ = _asked(page)
    answer = page.goto(f"{server.url}voila/render/fr/nothing.ipynb")
    assert answer
    assert answer.status >= 400
    expect(page.locator("h1")).to_be_visible()
    assert "nothing.ipynb" not in page.locator("body").inner_text()
    assert hosts - {""} == {urlsplit(server.url).netloc}


def test_a_room_starts_no_kernel_and_kernels_have_no_address(server: Server, operator: BrowserContext) -> None:
    before = server.kernels()
    join(operator, server.new("Colis Solidaire")["facilitator"], "Ada")
    assert server.kernels() == before
    assert operator.request.get(f"{server.url}api/kernels").status == 404
