"""The gallery: the notebook of every pane in every state, run, photographed in every appearance, and checked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbclient import NotebookClient
from playwright.sync_api import Browser, Page

from impactlib.paths import ASSETS
from tests.browser.test_access import RULES

pytestmark = [pytest.mark.browser, pytest.mark.long]

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "gallery.ipynb"
SHOTS = os.environ.get("IMPACT_SHOTS")
APPEARANCES: tuple[dict[str, Any], ...] = (
    {"width": 390, "color_scheme": "light"},
    {"width": 390, "color_scheme": "dark"},
    {"width": 1280, "color_scheme": "light"},
    {"width": 1280, "color_scheme": "dark"},
    {"width": 1280, "forced_colors": "active"},
    {"width": 1920, "color_scheme": "light"},
)
CHECKED = (APPEARANCES[0], APPEARANCES[2], APPEARANCES[3])
"""Where axe looks too: a phone, and both themes."""
TALLEST = 8_000
"""Pixels of a photograph: forty notes make a page that no picture holds."""
STILL = "<style>*{animation:none!important;transition:none!important}</style>"
LOST = """() => [
  ...[...document.querySelectorAll('.btn')].filter((one) => getComputedStyle(one).borderTopStyle === 'none'),
  ...[...document.querySelectorAll('.by[class*=" "]:not(.observer)')].filter((one) => {
    const shape = getComputedStyle(one, '::before').backgroundColor;
    return one.className.trim() !== 'by' && shape === getComputedStyle(document.body).backgroundColor;
  }),
  ...[...document.querySelectorAll('.steps .fill')].filter((one) => getComputedStyle(one).borderTopStyle === 'none'),
].filter((one) => one.checkVisibility()).map((one) => one.className + ' ' + one.innerText.slice(0, 40))"""
"""What forced colours leave without a shape: a button, a role, a step of the hour."""
NAMED = "() => document.querySelector('h1').innerText"
PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Galerie</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="{css}">{still}</head>
<body class="impact"><main>{sheet}</main></body></html>"""


@pytest.fixture(scope="module")
def sheets() -> list[str]:
    """What the cells of the notebook show."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output["data"]["text/html"] for output in outputs if 'class="impact gallery"' in str(output.get("data"))]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR")
    yield context.new_page()
    context.close()


def name(look: dict[str, Any]) -> str:
    return f"{look['width']}-{look.get('color_scheme', 'forced')}"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("look", APPEARANCES, ids=name)
def test_every_state_fits_and_reads_in_every_appearance(
    sheets: list[str], page: Page, tmp_path: Path, look: dict[str, Any]
) -> None:
    width, media = look["width"], {kind: value for kind, value in look.items() if kind != "width"}
    page.emulate_media(**media)
    page.set_viewport_size({"width": width, "height": 844})
    assert len(sheets) == 17
    found = []
    for number, sheet in enumerate(sheets):
        path = tmp_path / f"{number}.html"
        path.write_text(PAGE.format(css=(ASSETS / "impact.css").as_uri(), still=STILL, sheet=sheet), encoding="utf-8")
        page.goto(path.as_uri())
        where = page.evaluate(NAMED)
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{where}: {wide} px too wide")
        if "forced_colors" in look:
            found += [f"{where}: {one} is lost" for one in page.evaluate(LOST)]
        # The panes stand on pages of their own in the kit: names of forms are there once.
        for one in Axe().run(page, options=RULES).response["violations"] if look in CHECKED else ():
            if one["id"] != "duplicate-id-aria":
                found.append(f"{where}: {one['id']} {[node['html'][:150] for node in one['nodes']][:3]}")
        if SHOTS:
            tall = min(page.evaluate("() => document.documentElement.scrollHeight"), TALLEST)
            page.set_viewport_size({"width": width, "height": tall})
            page.screenshot(path=f"{SHOTS}/gallery-{number:02}-{name(look)}.png")
            page.set_viewport_size({"width": width, "height": 844})
    assert not found, "\n".join(found)
