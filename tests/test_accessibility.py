"""ACCESSIBILITY.md counts as its own table does, what it cites is there, and what can be told from the code is so."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from lxml.html import document_fromstring

from impactlib import export
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.paths import ASSETS, NOTEBOOKS, TEMPLATES
from impactlib.views.aarri import PANE as FORECASTS
from impactlib.views.matrix import PANE as MATRIX
from impactlib.views.panes import PANES
from impactlib.views.parts import Eye
from impactlib.views.render import environment
from impactlib.views.summary import PANE as SUMMARY
from tests.conftest import Room

REVIEW = Path(__file__).parent.parent / "ACCESSIBILITY.md"
THEMES = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)
"""How many criteria each theme of RGAA 4.1.2 has."""
VERDICTS = {"met", "not met", "not verified", "n/a"}


def rows() -> list[list[str]]:
    lines = REVIEW.read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if re.match(r"\| \d+\.\d+ ", line)
    ]


def test_the_review_has_a_verdict_for_each_of_the_106_criteria() -> None:
    wanted = [f"{theme}.{n}" for theme, many in enumerate(THEMES, 1) for n in range(1, many + 1)]
    assert len(wanted) == 106
    assert [row[0] for row in rows()] == wanted
    assert all(len(row) == 4 and row[2] in VERDICTS and row[3] for row in rows())


def test_the_rate_that_the_review_says_is_that_of_its_table() -> None:
    said = REVIEW.read_text(encoding="utf-8")
    count = Counter(row[2] for row in rows())
    applicable = count.total() - count["n/a"]
    assert f"**{100 * count['met'] / applicable:.1f} %**" in said
    assert f"{count['met']} of {applicable}; {count['not met']} are not met, {count['not verified']} were not" in said
    assert f"{count['n/a']} do not apply" in said


def test_what_verified_a_criterion_is_there() -> None:
    root = REVIEW.parent
    tests = "".join(path.read_text(encoding="utf-8") for path in root.glob("tests/**/*.py"))
    for row in rows():
        for named in re.findall(r"`(tests/\S+?\.py|test_\w+)`", row[3]):
            assert (root / named).exists() if "/" in named else f"def {named}(" in tests, named


@pytest.fixture
def measured(lived: Room) -> Room:
    """An hour that has ended, with all that a table of the kit may hold: the impact matrix and forecasts."""
    for indicator in ("ease-of-use", "penetration", ""):
        id = lived.ask(Role.CLIENT, do="write", kind="metric", text=f"Mesure {indicator}")
        lived.ask(Role.CLIENT, do="detail", note=id, detail="indicator", value=indicator)
        lived.ask(Role.CLIENT, do="detail", note=id, detail="aarri", value="acquisition")
        lived.ask(Role.CLIENT, do="write", kind="forecast", about=id, text="", figure="12", as_of="2033-09")
    return lived


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_cell_is_tied_to_its_headers(measured: Room, lang: str) -> None:
    """A header of a whole row or column has its scope; under one of a group each cell names all of its headers."""
    panes = (
        part
        for pane in (MATRIX, FORECASTS, SUMMARY)
        for part in pane.fragments(measured.session, Eye(Role.CLIENT, lang)).values()
    )
    files = (
        export.render(measured.store.to_file(), kind, "html", environment(lang)).decode()
        for kind in ("summary", "matrix", "committee")
    )
    grouped = 0
    for page in map(document_fromstring, ("".join(map(str, panes)), *files)):
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))
        for table in page.xpath("//table"):
            assert set(table.xpath(".//th/@scope")) <= {"row", "col"}
            assert all(id in table.xpath(".//th/@id") for id in " ".join(table.xpath(".//@headers")).split())
            groups = table.xpath(".//tbody[tr/th[not(@scope)]]")
            grouped += len(groups)
            for group in groups:
                [head] = group.xpath(".//th[not(@scope)]")
                under = group.xpath(".//tr[position() > 1]/*")
                assert all(head.get("id") in (cell.get("headers") or "").split() for cell in under)
    assert grouped > 10


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_an_office_document_holds_is_in_html_too(measured: Room, lang: str) -> None:
    """The accessible version of a text is the HTML file of its kind; of a table, the pages and files that show it."""
    written = {**export.FILES, **export.HISTORIES}
    texts = {kind for kind, form in written if form in ("docx", "odt")}
    assert texts == {"summary", "matrix", "committee", "product"} == {kind for kind, form in written if form == "html"}
    eye, file = Eye(Role.CLIENT, lang), measured.store.to_file()
    shown = [str(part) for pane in PANES.values() for part in pane.fragments(measured.session, eye).values()]
    shown += [export.render(file, kind, "html", environment(lang)).decode() for kind in ("summary", "matrix")]
    said = plain(" ".join(document_fromstring(f"<div>{page}</div>").text_content() for page in shown))
    cells = 0
    for kind in export.TABLES:
        table = export.render(file, kind, "csv", environment(lang)).decode("utf-8-sig")
        heads, *rows = csv.reader(io.StringIO(table), delimiter=";" if lang == "fr" else ",")
        for row in rows:
            # A month is a day in a table, where spreadsheets reckon; a yes is told by what its column is about.
            told = [
                plain(head if cell in ("oui", "yes") else cell)
                for head, cell in zip(heads, row, strict=True)
                if cell and not DAY.match(cell)
            ]
            cells += len(told)
            assert [cell for cell in told if cell not in said] == [], kind
    assert cells > 80


DAY = re.compile(r"\d\d/\d\d/\d{4}$|\d{4}-\d\d-\d\d$")


def plain(text: str) -> str:
    return " ".join(text.lower().split())


PRESENTATION = re.compile(r"<(?:b|i|u|s|em|big|tt|font|center|strike)[ >]")


def test_no_tag_serves_for_looks_alone() -> None:
    """What is emphasised is `strong`; what is only drawn is a `span`. A planned time that no longer holds is an `s`."""
    sources = [
        *TEMPLATES.rglob("*.html"),
        *TEMPLATES.rglob("*.j2"),
        *NOTEBOOKS.rglob("*.ipynb"),
        *(path for path in ASSETS.glob("*.js")),
    ]
    found = {
        f"{path.name}: {tag}" for path in sources for tag in PRESENTATION.findall(path.read_text(encoding="utf-8"))
    }
    assert found == {"track.html: <s "}
