"""The impact matrix leaves as a document, as Markdown and as a spreadsheet, and stands in every summary."""

from __future__ import annotations

from io import BytesIO

import docx as word
import odfdo
import openpyxl
import pytest

from impactlib import export
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.impact_matrix import filled
from impactlib.domain.matrices import load, newest
from impactlib.export import docx, html, markdown, odt
from impactlib.views.render import environment
from tests.conftest import Room, Time, few

FORMS = ("md", "html", "odt", "docx", "xlsx")
MEASURED = {
    "baseline": "5,8",
    "baseline_date": "2026-10-31",
    "quality": "90",
    "source": "Question posée après le premier colis",
}


def metric(room: Room, text: str, indicator: str, **details: str) -> str:
    id = room.ask(Role.CLIENT, do="write", kind="metric", text=text, indicator=indicator)
    for name, value in details.items():
        room.ask(Role.CLIENT, do="detail", note=id, detail=name, value=value)
    return id


@pytest.fixture
def begun(room: Room) -> Room:
    metric(room, "Facilité de la prise de rendez-vous", "ease-of-use", **MEASURED)
    metric(room, "Colis | remis", "monthly-transactions", collection="à compter dans le registre")
    metric(room, "Familles servies", "penetration", baseline="18", unit="%")
    metric(room, "Familles actives", "monthly-active-users", **{**MEASURED, "baseline": "1240"})
    room.ask(Role.CLIENT, do="draft", statement="Nous pensons…", concept="useful", metric="Délai médian")
    room.ask(Role.CLIENT, do="write", kind="metric", text="Visites")
    return room


def made(room: Room, form: str, lang: str = "fr", kind: str = "matrix") -> bytes:
    return export.render(room.store.to_file(), kind, form, environment(lang))


# Levels -----------------------------------------------------------------------------------------------


def test_a_session_without_indicators_has_no_matrix_yet(room: Room) -> None:
    room.ask(Role.CLIENT, do="write", kind="metric", text="Visites")
    assert filled(room.session, newest()).level == "none"


def test_what_is_missing_is_told_by_what_lacks(begun: Room) -> None:
    now = filled(begun.session, newest())
    lacking = {gap: [row.indicator.id for row in rows] for gap, rows in now.lacking.items()}
    assert now.level == "missing"
    assert lacking == {
        "metric": ["satisfaction", "impact-generated", "cost-per-use"],
        "figure": ["monthly-transactions"],
        "date": ["penetration"],
    }


@pytest.mark.parametrize("missing", ["", *MEASURED])
def test_a_matrix_is_ready_once_each_figure_has_its_date_its_source_and_its_quality(room: Room, missing: str) -> None:
    asked = [indicator for indicator in newest().indicators if indicator.mandatory]
    for number, indicator in enumerate(asked):
        said = {name: value for name, value in MEASURED.items() if number or name != missing}
        metric(room, indicator.title["fr"], indicator.id, **said)
    now = filled(room.session, newest())
    assert now.level == ("missing" if missing else "ready")
    assert list(now.lacking) == [{"baseline": "figure", "baseline_date": "date"}.get(missing, missing)] * bool(missing)


@pytest.mark.parametrize(("lang", "words"), [("fr", "+25\u00a0%"), ("en", "+25%")])
@pytest.mark.parametrize("form", FORMS)
def test_each_file_says_the_change_over_one_year(room: Room, form: str, lang: str, words: str) -> None:
    id = metric(room, "Familles actives", "monthly-active-users", **MEASURED)
    for figure, month in (("400", "2031-12"), ("500", "2032-12")):
        room.ask(Role.CLIENT, do="write", kind="reading", about=id, text="", figure=figure, as_of=month)
    assert words in texts(form, made(room, form, lang))


@pytest.mark.parametrize(
    ("details", "reading", "lang", "words"),
    [
        ({}, {}, "fr", "non connue\u00a0: pas de chiffre d’il y a un an"),
        ({}, {}, "en", "not known: no figure of one year before"),
        ({"baseline_date": ""}, {}, "fr", "non connue\u00a0: pas de chiffre daté"),
        ({"baseline_date": ""}, {}, "en", "not known: no dated figure"),
        ({"baseline_date": "2032-12-31"}, {"as_of": "2033-12"}, "fr", "porte sur une autre période"),
        ({"baseline_date": "2032-12-31"}, {"as_of": "2033-12"}, "en", "is of another period"),
    ],
)
@pytest.mark.parametrize("form", few(["md", "html", "odt", "docx", "xlsx"]))
def test_a_change_that_is_asked_for_and_not_known_says_why(
    room: Room, time: Time, form: str, details: dict[str, str], reading: dict[str, str], lang: str, words: str
) -> None:
    id = metric(room, "Familles actives", "monthly-active-users", **{**MEASURED, **details})
    if reading:
        time.advance(365 * 86_400)
        room.ask(Role.CLIENT, do="write", kind="reading", about=id, text="", figure="500", **reading)
    if form == "xlsx":  # it says it among what is missing; without a date, that alone
        words = words.replace("non connue", "évolution sur un an non connue")
        words = words.replace("not known", "change over one year not known")
        words = {"fr": "sans date", "en": "no date"}[lang] if "dat" in words else words
    assert words in texts(form, made(room, form, lang))


def test_a_source_of_the_inventory_is_a_source(room: Room) -> None:
    id = metric(room, "Facilité", "ease-of-use", **{**MEASURED, "source": ""})
    assert "source" in filled(room.session, newest()).lacking
    source = room.ask(Role.CLIENT, do="write", kind="source", text="Registre des antennes")
    room.ask(Role.CLIENT, do="tie", metric=id, source=source, tied="true")
    assert "source" not in filled(room.session, newest()).lacking
    assert "Registre des antennes" in made(room, "md").decode()


def test_the_most_complete_of_several_metrics_counts(begun: Room) -> None:
    metric(begun, "Une autre", "ease-of-use")
    assert "ease-of-use" not in [row.indicator.id for row in filled(begun.session, newest()).lacking.get("figure", [])]


def test_where_nothing_is_mandatory_a_matrix_is_judged_by_what_it_has(room: Room) -> None:
    metric(room, "Facilité", "ease-of-use", **MEASURED)
    assert filled(room.session, load("2025-12")).level == "ready"


# Files ------------------------------------------------------------------------------------------------


def texts(form: str, content: bytes) -> str:
    match form:
        case "docx":
            file = word.Document(BytesIO(content))
            cells = (cell.text for table in file.tables for row in table.rows for cell in row.cells)
            return "\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])
        case "odt":
            return odfdo.Document(BytesIO(content)).get_formatted_text()
        case "xlsx":
            rows = openpyxl.load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
            return "\n".join(str(cell) for row in rows for cell in row)
    return content.decode().replace("\\.", ".")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_file_says_the_figures_the_gaps_and_what_is_mandatory(begun: Room, form: str, lang: str) -> None:
    said = texts(form, made(begun, form, lang))
    gap = {"fr": "pas encore de chiffre", "en": "no figure yet"}[lang]
    titles = [row.indicator.title[lang] for part in filled(begun.session, newest()).parts for row in part.told]
    for words in ("5,8" if lang == "fr" and form != "xlsx" else "5.8", MEASURED["source"], gap, "Visites", *titles):
        assert words in said, words


def test_the_markdown_is_a_table_whose_rows_have_as_many_cells(begun: Room) -> None:
    lines = made(begun, "md").decode().splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert {line.replace(r"\|", "").count("|") for line in rows} == {7}
    assert sum(line.startswith("| **") for line in rows) == 6  # five concepts, and what is not placed
    assert (
        r"| Nombre de transactions/conversions / mois (obligatoire) | Colis \| remis | pas encore de chiffre"
        in "\n".join(rows)
    )


def test_a_concept_is_one_cell_across_the_table_of_a_document(begun: Room) -> None:
    [table] = word.Document(BytesIO(made(begun, "docx"))).tables
    spanned = [row.cells[0].text for row in table.rows if row.cells[0]._tc is row.cells[-1]._tc]
    concepts = [concept.title["fr"] for concept in newest().concepts]
    assert [text.split(" – ")[0] for text in spanned] == [*concepts, "Pas encore placées"]
    body = odfdo.Document(BytesIO(made(begun, "odt"))).body
    cells = body.get_elements("//table:table-cell[@table:number-columns-spanned='6']")
    assert [cell.inner_text.split(" – ")[0].strip() for cell in cells] == [*concepts, "Pas encore placées"]


def test_the_workbook_holds_every_indicator_with_numbers_and_dates_as_such(begun: Room) -> None:
    heads, *rows = openpyxl.load_workbook(BytesIO(made(begun, "xlsx"))).active.iter_rows(values_only=True)
    by_indicator = {row[1]: dict(zip(heads, row, strict=True)) for row in rows}
    assert {indicator.title["fr"] for indicator in newest().indicators} <= by_indicator.keys()
    ease = by_indicator["Note de facilité d’usage"]
    assert (ease["Chiffre"], ease["Données correctes à"]) == (5.8, 90)
    assert ease["Date du chiffre"].isoformat().startswith("2026-10-31")
    missing = {title: row["Ce qui manque"] for title, row in by_indicator.items()}
    assert (missing["Note de facilité d’usage"], missing["Coût à l’utilisation"]) == (None, "pas encore de mesure")
    assert missing["Taux de rétention"] is None  # another example: nobody asks for it


def test_every_summary_has_the_matrix_where_a_metric_has_an_indicator(begun: Room, room: Room) -> None:
    views = environment("fr")
    title, level = "Matrice d’impact", "Il manque des chiffres."
    for form, content in {
        "md": markdown.write(begun.session, views),
        "html": html.write(begun.session, views),
        "docx": docx.write(begun.session, views),
        "odt": odt.write(begun.session, views),
    }.items():
        said = texts(form, content)
        assert title in said and level in said and "5,8" in said, form


def test_a_summary_without_indicators_has_no_matrix(room: Room) -> None:
    room.ask(Role.CLIENT, do="write", kind="metric", text="Visites")
    assert "Matrice d’impact" not in markdown.markdown(room.session, environment("fr"))
