"""LibreOffice opens the exported office files, and its conversions show their content."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from lxml.html import HtmlElement, document_fromstring

from impactlib.cli import main
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.export import render
from impactlib.rooms.samples import sample
from impactlib.views.render import environment
from tests.conftest import Room

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

WITHIN = 120.0
"""Seconds for one conversion: some five, and a busy machine."""
TITLE = {
    "fr": "Compte rendu de l’atelier impact\u00a0: Colis Solidaire",
    "en": "Summary of the impact workshop: Colis Solidaire",
}
HEADINGS = {
    "fr": [
        "La demande en une phrase",
        "Ce qui a été appris",
        "Mesures gardées",
        "Actions",
        "Valeur et facilité des mesures",
        "À compléter",
        "Participants",
    ],
    "en": [
        "The request in one sentence",
        "What was learnt",
        "Metrics kept",
        "Actions",
        "Value and ease of the metrics",
        "Still to complete",
        "Participants",
    ],
}
ACTIONS = {
    "fr": [["Action", "Responsable", "Pour le"], ["Compter les abandons", "Marc", "07/12/2026"]],
    "en": [["Action", "Owner", "For the"], ["Compter les abandons", "Marc", "2026-12-07"]],
}
ALTERNATIVE = {"fr": "selon la facilité d’obtenir la donnée", "en": "by ease of obtaining the data"}
LOCALES = {"fr": "fr-FR", "en": "en-GB"}

SAID = "=1+1; « deux »"
VALUES = ("1234.5", "2026-12-31")
# What its window proposes for a CSV file of ours: the separator, quotation marks, UTF-8, from the first line on, the
# language of numbers and dates, cells in quotation marks are no text for all that, dates are looked for.
READING = {
    "fr": "--infilter=Text - txt - csv (StarCalc):59,34,76,1,,1036,false,true",
    "en": "--infilter=Text - txt - csv (StarCalc):44,34,76,1,,2057,false,true",
}
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"

Convert = Callable[..., Path]


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """LibreOffice on one file, without a window, with a profile of its own."""
    office = shutil.which("soffice")
    assert office, "soffice: not found; `make tools` installs it"
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def to(file: Path, form: str, *options: str) -> Path:
        folder = file.parent / "converted"
        command = [office, f"-env:UserInstallation={profile}", "--headless", *options, "--convert-to", form]
        command += ["--outdir", str(folder), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN, check=True)
        made = folder / f"{file.stem}.{form}"
        assert made.exists(), done.stderr
        return made

    return to


Export = Callable[[str, str], Path]


@pytest.fixture
def export(lived: Room, tmp_path: Path) -> Export:
    """`impact export` of the lived hour: the file it wrote."""

    def to(name: str, lang: str) -> Path:
        out = tmp_path / name
        assert main(["export", lived.session.id, "--data", str(tmp_path), "--lang", lang, "-o", str(out)]) == 0
        return out

    return to


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().replace("\u00a0", "\ufffc").split()).replace("\ufffc", "\u00a0")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["summary.odt", "summary.docx"])
def test_a_summary_keeps_its_structure(export: Export, convert: Convert, name: str, lang: str) -> None:
    page = document_fromstring(convert(export(name, lang), "html").read_text(encoding="utf-8"))
    assert page.findtext(".//title") == TITLE[lang]
    assert page.find("body").get("lang") == LOCALES[lang]
    assert [words(heading) for heading in page.iter("h1")] == [TITLE[lang]]
    headings = [words(heading) for heading in page.iter("h2")]
    assert headings[: len(HEADINGS[lang])] == HEADINGS[lang]
    assert len(headings) == 16
    tables = list(page.iter("table"))
    assert [len(table.findall("thead/tr")) for table in tables] == [1, 1, 1]
    assert [[words(cell) for cell in row] for row in tables[0].iter("tr")] == ACTIONS[lang]
    assert [len(table.findall("tbody/tr")) for table in tables] == [1, 2, 5]
    assert len(list(page.iter("img"))) == 1
    replies = [words(item) for item in page.findall(".//li//ul//li")]
    assert "Nous ne le savons pas (Marc)" in replies


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["summary.odt", "summary.docx"])
def test_the_picture_of_a_summary_has_its_alternative_text(
    export: Export, convert: Convert, name: str, lang: str
) -> None:
    [frame] = etree.parse(convert(export(name, lang), "fodt")).findall(f".//{DRAW}frame")
    [said] = [element.text for element in frame if element.tag in (f"{SVG}title", f"{SVG}desc")]
    assert ALTERNATIVE[lang] in said


@pytest.mark.parametrize("form", ["odt", "docx"])
def test_the_results_of_an_hour_hold_on_the_first_page_and_the_rest_opens_the_next(
    convert: Convert, tmp_path: Path, form: str
) -> None:
    file = tmp_path / f"summary.{form}"
    file.write_bytes(render(sample("tidy"), "summary", form, environment("fr")))
    pdf = convert(file, "pdf").read_bytes()
    pages: dict[str, list[str]] = {}
    for title, page in re.findall(rb"/Title<(\w+)>\s*/Dest\[(\d+) 0 R", pdf):  # its bookmarks
        pages.setdefault(page.decode(), []).append(bytes.fromhex(title.decode()).decode("utf-16"))
    first, second, *_ = pages.values()
    assert first[1:] == HEADINGS["fr"][:5]  # the last one keeps its picture with it
    assert second[0] not in HEADINGS["fr"][:5]


@pytest.mark.parametrize("name", ["summary.odt", "summary.docx"])
def test_a_summary_converts_to_pdf(export: Export, convert: Convert, name: str) -> None:
    assert convert(export(name, "fr"), "pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", ["csv", "xlsx", "ods"])
def test_a_table_has_numbers_dates_and_nothing_to_compute(
    lived: Room, export: Export, convert: Convert, form: str, lang: str
) -> None:
    lived.ask(Role.CLIENT, do="draft", statement=SAID, metric="-délai", baseline="1234.5", target_date="31/12/2026")
    lived.ask(Role.CLIENT, do="write", kind="source", text=SAID)
    options = [READING[lang]] if form == "csv" else []
    metrics = cells(convert(export(f"metrics.{form}", lang), "fods", *options))
    assert [cell for cell in metrics if cell[1] in VALUES] == [("float", "1234.5"), ("date", "2026-12-31")]
    texts = [text.removeprefix("'") for kind, text in metrics if kind == "string"]
    assert {SAID, "-délai", "Délai médian", "Visites du site"} <= set(texts)
    inventory = cells(convert(export(f"inventory.{form}", lang), "fods", *options))
    assert SAID in [text.removeprefix("'") for kind, text in inventory if kind == "string"]


def cells(file: Path) -> list[tuple[str, str]]:
    """The type and the value of each cell that is not empty; none is computed."""
    found = etree.parse(file).findall(f".//{TABLE}table-cell")
    assert [cell for cell in found if cell.get(f"{TABLE}formula")] == []
    typed = ((cell.get(f"{OFFICE}value-type"), cell) for cell in found)
    return [
        (kind, cell.get(f"{OFFICE}value") or cell.get(f"{OFFICE}date-value") or "".join(cell.itertext()).strip())
        for kind, cell in typed
        if kind
    ]
