"""Leaving with office files: the summary for word processors, tables for spreadsheets, days for calendars."""

from __future__ import annotations

import re
import zipfile
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import docx as word
import icalendar
import msgspec
import odfdo
import openpyxl
import pytest
from lxml.html import document_fromstring

from impactlib.cli import main
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import DEFAULT, load_text
from impactlib.domain.clock import local, working_day
from impactlib.domain.events import DetailSet, Entry
from impactlib.domain.fold import history
from impactlib.domain.hypotheses import CONCEPTS, DIRECTIONS, FIELDS, KINDS_OF_IMPACT, drafted
from impactlib.domain.session import Session
from impactlib.domain.spreadsheet import read_hypotheses
from impactlib.export import SPREADSHEETS, ExportError, docx, followup, inventory, metrics, odt, render
from impactlib.export.blocks import Bullets, Item, Table, document
from impactlib.export.html import html
from impactlib.export.tables import day, number
from impactlib.storage.session_store import create_session
from impactlib.views.render import environment
from impactlib.workbooks import read_file
from tests.conftest import Room, few, unshown

TITLES = {
    "fr": [
        (1, "Compte rendu de l’atelier impact\u00a0: Colis Solidaire"),
        (2, "La demande en une phrase"),
        (2, "Ce qui a été appris"),
        (2, "Mesures gardées"),
        (2, "Actions"),
        (2, "Valeur et facilité des mesures"),
        (2, "À compléter"),
        (2, "Participants"),
        (2, "Classement"),
        (2, "Le problème"),
        (2, "Pour qui"),
        (2, "Ce que l’équipe attend"),
        (2, "Ce que chaque personne attendait"),
        (2, "Questions et réponses"),
        (2, "Hypothèses et conseils"),
        (2, "Autres recommandations"),
        (2, "Minutes prévues et réelles"),
    ],
    "en": [
        (1, "Summary of the impact workshop: Colis Solidaire"),
        (2, "The request in one sentence"),
        (2, "What was learnt"),
        (2, "Metrics kept"),
        (2, "Actions"),
        (2, "Value and ease of the metrics"),
        (2, "Still to complete"),
        (2, "Participants"),
        (2, "Ranking"),
        (2, "The problem"),
        (2, "For whom"),
        (2, "What the team expects"),
        (2, "What each person expected"),
        (2, "Questions and answers"),
        (2, "Hypotheses and advice"),
        (2, "Other recommendations"),
        (2, "Planned and actual minutes"),
    ],
}
ALTERNATIVE = {
    "fr": "La valeur pour les usagers selon la facilité d’obtenir la donnée\u202f; le classement dit la même chose.",
    "en": "Value for users by ease of obtaining the data; the ranking says the same.",
}
LOCALES = {"fr": "fr-FR", "en": "en-GB"}

DRAFT = {
    "statement": "Le rappel par message réduit les absences",
    "concept": "utile",
    "kind": "social",
    "objective": "Moins de créneaux perdus",
    "stands_for": "Des familles servies à temps",
    "metric": "Part des rendez-vous manqués",
    "unit": "%",
    "numerator": "Rendez-vous manqués",
    "denominator": "Rendez-vous pris",
    "population": "Familles de deux départements",
    "period": "mois",
    "direction": "moins",
    "source": "Agenda des antennes",
    "collection": "Relevé à la main",
    "owner": "Marc",
    "quality": "50",
    "baseline": "1 234,5",
    "baseline_date": "01/09/2026",
    "target": "-3,5",
    "target_date": "31/12/2026",
    "limits": "Les venues sans rendez-vous ne comptent pas",
}
FORMULAS = ("=1+1", "+33 6 00", "-délai", "@SOMME(A1)", '=HYPERLINK("https://exemple.invalid")', "  =2")
NOW = datetime(2033, 6, 1, 8, tzinfo=UTC)


def opened_docx(session: Session, lang: str = "fr") -> Any:
    return word.Document(BytesIO(docx.write(session, environment(lang))))


def opened_odt(session: Session, lang: str = "fr") -> Any:
    return odfdo.Document(BytesIO(odt.write(session, environment(lang))))


def opened_xlsx(content: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(content)).active


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


# The summary for word processors


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_headings_are_headings_in_both(lived: Room, lang: str) -> None:
    written = [p for p in opened_docx(lived.session, lang).paragraphs if p.style.name.startswith("Heading")]
    assert [(int(p.style.name[-1]), p.text) for p in written] == TITLES[lang]
    headers = opened_odt(lived.session, lang).body.headers
    assert [(int(h.level), h.inner_text) for h in headers] == TITLES[lang]


def test_what_follows_the_results_opens_a_page_in_both(lived: Room) -> None:
    written = [p for p in opened_docx(lived.session).paragraphs if p.paragraph_format.page_break_before]
    file = opened_odt(lived.session)
    [style] = file.styles.get_elements("//style:style[style:paragraph-properties/@fo:break-before='page']")
    opening = [header for header in file.body.headers if header.style == style.name]
    assert [p.text for p in written] == [header.inner_text for header in opening] == ["À compléter"]


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_their_properties_say_title_language_and_day(lived: Room, lang: str) -> None:
    written, text = opened_docx(lived.session, lang), opened_odt(lived.session, lang)
    about = written.core_properties
    assert about.title == text.meta.title == TITLES[lang][0][1]
    assert about.language == text.meta.language == text.get_language() == LOCALES[lang]
    assert written.styles.element.xpath("string(w:docDefaults//w:lang/@w:val)") == LOCALES[lang]
    assert about.created.date() == text.meta.creation_date.date() == date(2033, 5, 18)
    assert (about.author, about.comments) == ("", "")


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_both_say_every_word_of_the_page_and_no_other(lived: Room, lang: str) -> None:
    lived.ask(Role.CLIENT, do="write", kind="problem", text="Une ligne\nUne autre\n\nUn paragraphe   plus loin")
    said = words_of(" ".join(document_fromstring(html(lived.session, environment(lang))).find("body").itertext()))
    body = opened_docx(lived.session, lang).element.body
    assert words_of(" ".join(body.xpath(".//w:t/text()"))) == said
    paragraphs = opened_odt(lived.session, lang).body.get_elements("//text:h | //text:p[not(draw:frame)]")
    assert [word for paragraph in paragraphs for word in words_of(paragraph.inner_text)] == said


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_a_table_says_which_row_is_its_heading(lived: Room, lang: str) -> None:
    written, text = opened_docx(lived.session, lang).tables, opened_odt(lived.session, lang).body.tables
    assert len(written) == len(text) == 3
    for table, other in zip(written, text, strict=True):
        assert [bool(row._tr.xpath("w:trPr/w:tblHeader")) for row in table.rows] == [True] + [False] * (
            len(table.rows) - 1
        )
        [heading] = other.get_elements("table:table-header-rows")
        rows = [heading.get_elements("table:table-row")[0], *other.get_elements("table:table-row")]
        assert [[p.inner_text for p in row.get_elements("table:table-cell/text:p")] for row in rows] == [
            [cell.text for cell in row.cells] for row in table.rows
        ]
    assert [cell.text for cell in written[0].rows[1].cells][:2] == ["Compter les abandons", "Marc"]


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_the_picture_has_its_alternative(lived: Room, lang: str) -> None:
    [inline] = opened_docx(lived.session, lang).inline_shapes
    assert inline._inline.docPr.get("descr") == ALTERNATIVE[lang]
    [frame] = opened_odt(lived.session, lang).body.get_elements("//draw:frame")
    assert frame.get_element("svg:title").inner_text == ALTERNATIVE[lang]


def test_lists_are_lists_and_replies_stand_under_questions(lived: Room) -> None:
    said, reply = "Qui renonce ? (Inès, noté par Ada)", "Nous ne le savons pas (Marc)"
    levels = {p.text: p._p.xpath("string(w:pPr/w:numPr/w:ilvl/@w:val)") for p in opened_docx(lived.session).paragraphs}
    assert (levels[said], levels[reply]) == ("0", "1")
    [inner] = opened_odt(lived.session).body.get_elements(f"//text:list[text:list-item/text:p='{reply}']")
    assert inner.parent.get_element("text:p").inner_text == said


@pytest.fixture
def grouped(lived: Room) -> Room:
    """The lived hour, with advice on a hypothesis that was given twice: a list of three levels."""
    first = lived.session.notes_of("recommendation")[0].id
    again = lived.ask(Role.CONSULTANT, do="write", kind="recommendation", text="Ayez un témoin\n\nDès maintenant")
    lived.ask(Role.CONSULTANT, do="detail", note=again, detail="same_as", value=first)
    return lived


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_the_changes_of_the_hour_are_legible_without_strikethrough(room: Room, lang: str) -> None:
    note = room.ask(Role.CLIENT, do="draft", statement="L’attente passe à dix jours")
    room.ask(Role.FACILITATOR, do="start", step="tour")
    room.ask(Role.CLIENT, do="edit", note=note, text="L’attente passe à huit jours", was="1")
    said = {
        "fr": "Depuis le début de l’heure — Hypothèse\u00a0: "
        "L’attente passe à [retiré\u00a0: dix] [ajouté\u00a0: huit] jours",
        "en": "Since the hour began — Statement: L’attente passe à [taken out: dix] [put in: huit] jours",
    }[lang]
    assert said in [p.text for p in opened_docx(room.session, lang).paragraphs]
    assert said in [p.inner_text for p in opened_odt(room.session, lang).body.get_elements("//text:p")]


def test_a_repeat_stands_under_the_advice_on_a_hypothesis(grouped: Room) -> None:
    written = opened_docx(grouped.session)
    levels = {p.text: (p.style.name, p._p.xpath("string(w:pPr/w:numPr/w:ilvl/@w:val)")) for p in written.paragraphs}
    assert levels["Dite aussi\u00a0:"] == ("List Bullet 3", "2")
    assert levels["Ayez un témoin"] == ("List Continue 3", "")
    numbered = written.part.numbering_part.element.xpath("w:abstractNum[@w:abstractNumId='90']/w:lvl/@w:ilvl")
    assert numbered == ["0", "1", "2"]
    file = opened_odt(grouped.session)
    [paragraph] = [p for p in file.body.get_elements("//text:p") if p.inner_text == "Ayez un témoin"]
    lists = paragraph.xpath("ancestor::text:list")
    assert len(lists) == 3 and {found.get_attribute("text:style-name") for found in lists} == {"Bullets"}
    [style] = file.styles.get_elements("//text:list-style[@style:name='Bullets']")
    indents = style.get_elements(".//style:list-level-label-alignment")
    assert [indent.get_attribute("fo:margin-left") for indent in indents] == ["0.6cm", "1.2cm", "1.8cm"]


def test_a_list_that_is_deeper_than_the_styles_stays_at_the_last(lived: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    item = Item(("cinq",), ())
    for text in ("quatre", "trois", "deux", "un"):
        item = Item((text,), (item,))
    made = replace(document(lived.session, environment("fr")), blocks=(Bullets((item,)),))
    monkeypatch.setattr(docx, "document", lambda *_: made)
    styles = [p.style.name for p in opened_docx(lived.session).paragraphs]
    assert styles == ["List Bullet", "List Bullet 2", "List Bullet 3", "List Bullet 3", "List Bullet 3"]


def test_a_text_in_paragraphs_stays_in_paragraphs(lived: Room) -> None:
    lived.ask(Role.CLIENT, do="write", kind="learning", text="Une ligne\nUne autre\n\nUn  paragraphe")
    item = Item(("Une ligne\nUne autre", "Un paragraphe (Marc)"), ())
    [found] = [
        block.items[1]
        for block in document(lived.session, environment("fr")).blocks
        if isinstance(block, Bullets) and item in block.items
    ]
    assert found == item
    styles = {p.text: p.style.name for p in opened_docx(lived.session).paragraphs}
    assert (styles["Une ligne\nUne autre"], styles["Un paragraphe (Marc)"]) == ("List Bullet", "List Continue")


def test_no_document_has_a_picture_of_another_one(lived: Room) -> None:
    for write in (docx.write, odt.write):
        with zipfile.ZipFile(BytesIO(write(lived.session, environment("fr")))) as file:
            assert [name for name in file.namelist() if "thumbnail" in name.casefold()] == []
            links = b"".join(file.read(name) for name in file.namelist() if name.endswith((".rels", "manifest.xml")))
            assert links and b"thumbnail" not in links.lower()


def test_no_paragraph_is_empty(lived: Room) -> None:
    lived.ask(Role.CLIENT, do="draft", metric="Une mesure sans hypothèse")
    written = opened_docx(lived.session).paragraphs
    assert [p for p in written if not p.text and not p._p.xpath(".//w:drawing")] == []
    paragraphs = opened_odt(lived.session).body.get_elements("//text:p")
    assert [p for p in paragraphs if not p.inner_text and not p.get_elements("draw:frame")] == []


def test_a_score_that_was_never_shown_is_in_no_document(lived: Room) -> None:
    blind = unshown(lived.session)
    assert len(opened_docx(blind).tables) == len(opened_odt(blind).body.tables) == 2
    assert not opened_docx(blind).inline_shapes
    assert not opened_odt(blind).body.get_elements("//draw:frame")


def test_markup_that_somebody_typed_shows_as_typed(lived: Room) -> None:
    typed = "<b>gras</b> & <script>alert(1)</script> ]]> {{ 7 }}"
    lived.ask(Role.CLIENT, do="write", kind="learning", text=typed)
    assert f"{typed} (Marc)" in [p.text for p in opened_docx(lived.session).paragraphs]
    assert f"{typed} (Marc)" in [p.inner_text for p in opened_odt(lived.session).body.get_elements("//text:p")]


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_a_preparation_is_in_both_word_for_word(prepared: Room, lang: str) -> None:
    prepared.ask(Role.CLIENT, do="write", kind="product", text="Un colis près de chez soi")
    prepared.ask(Role.CLIENT, do="write", kind="change", text="Personne n’a faim", proxy="Le délai")
    said = words_of(" ".join(document_fromstring(html(prepared.session, environment(lang))).find("body").itertext()))
    written, text = opened_docx(prepared.session, lang), opened_odt(prepared.session, lang)
    assert words_of(" ".join(written.element.body.xpath(".//w:t/text()"))) == said
    paragraphs = text.body.get_elements("//text:h | //text:p[not(draw:frame)]")
    assert [word for paragraph in paragraphs for word in words_of(paragraph.inner_text)] == said
    levels = {p.text.split(":")[0].strip(): p.style.name for p in written.paragraphs}
    metric, definition = {"fr": ("Mesure", "Définition — unité"), "en": ("Metric", "Definition — unit")}[lang]
    assert (levels[metric], levels[definition]) == ("List Bullet 2", "List Continue 2")
    assert [cell.text for cell in written.tables[-2].rows[1].cells][:2] == ["Agenda des antennes", "Antennes"]


# Tables for spreadsheets


@pytest.fixture
def prepared(lived: Room) -> Room:
    """The lived hour, with a hypothesis that says everything, and a source that its metric is computed from."""
    hypothesis = lived.ask(Role.CLIENT, do="draft", **DRAFT)
    source = lived.ask(Role.CLIENT, do="write", kind="source", text="Agenda des antennes")
    details = {"where": "Antennes", "owner": "Lou", "every": "chaque semaine", "quality": "90"}
    for name, value in {**details, "personal": "yes", "access": "missing"}.items():
        lived.ask(Role.CLIENT, do="detail", note=source, detail=name, value=value)
    lived.ask(Role.CLIENT, do="tie", metric=f"{hypothesis}-m", source=source, tied="true")
    return lived


@pytest.mark.parametrize("lang", few(LANGUAGES))
@pytest.mark.parametrize("form", SPREADSHEETS)
def test_metrics_that_left_come_in_again(prepared: Room, lang: str, form: str) -> None:
    whole = next(each.metric.id for each in drafted(prepared.session) if each.metric and each.row.limits)
    prepared.ask(Role.CLIENT, do="detail", note=whole, detail="indicator", value="value-generated")
    sheet = read_file(render(prepared.store.to_file(), "metrics", form, environment(lang)))
    assert [row for _, row in sheet.rows] == [row.row for row in drafted(prepared.session)]
    assert sheet.problems == ()  # the columns that the hour added are passed over
    assert all(asdict(sheet.rows[1][1]).values())


@pytest.mark.parametrize("lang", few(LANGUAGES))
@pytest.mark.parametrize(
    ("field", "codes"), [("concept", CONCEPTS), ("kind", KINDS_OF_IMPACT), ("direction", DIRECTIONS)]
)
def test_every_word_of_a_code_is_read_again(room: Room, lang: str, field: str, codes: tuple[str, ...]) -> None:
    for code in codes:
        room.ask(Role.CLIENT, do="draft", statement=code, metric=code, **{field: code})
    sheet = read_hypotheses(render(room.store.to_file(), "metrics", "csv", environment(lang)))
    assert [(row.statement, getattr(row, field)) for _, row in sheet.rows] == [(code, code) for code in codes]


def test_the_hour_adds_medians_place_kept_and_the_figures_since(prepared: Room) -> None:
    rows = metrics.metrics(prepared.session, environment("fr"))
    more = ("Rang", "Gardée", "Chiffres depuis")
    assert rows.headings[len(FIELDS) :] == ("Valeur pour les usagers", "Facilité d’obtenir la donnée", *more)
    added = {row[FIELDS.index("metric")]: row[len(FIELDS) :] for row in rows.rows}
    assert added == {
        "Délai médian": (5, 3, 1, "oui", ""),
        "Part des rendez-vous manqués": ("", "", "", "non", ""),
        "Visites du site": (1, 5, 2, "non", ""),
    }
    hidden = metrics.metrics(unshown(prepared.session), environment("fr"))
    assert [row[len(FIELDS) :] for row in hidden.rows] == [
        ("", "", "", "oui", ""),
        ("", "", "", "non", ""),
        ("", "", "", "non", ""),
    ]


def test_a_hypothesis_without_metric_is_a_row_of_its_own(room: Room) -> None:
    room.ask(Role.CLIENT, do="draft", statement="Le rappel réduit les absences")
    [row] = metrics.metrics(room.session, environment("fr")).rows
    assert (row[0], set(row[1:])) == ("Le rappel réduit les absences", {""})


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_numbers_are_numbers_and_dates_are_dates(prepared: Room, lang: str) -> None:
    page = opened_xlsx(render(prepared.store.to_file(), "metrics", "xlsx", environment(lang)))
    row = dict(zip(FIELDS, page["3"], strict=False))
    assert [row[name].value for name in ("baseline", "target", "quality")] == [1234.5, -3.5, 50]
    assert [row[name].value for name in ("baseline_date", "target_date")] == [
        datetime(2026, 9, 1),
        datetime(2026, 12, 31),
    ]
    assert {row[name].data_type for name in ("baseline", "target", "quality")} == {"n"}
    assert row["target_date"].number_format == {"fr": "dd/mm/yyyy", "en": "yyyy-mm-dd"}[lang]
    assert (page.freeze_panes, page.print_title_rows) == ("A2", "$1:$1")
    text = render(prepared.store.to_file(), "metrics", "csv", environment(lang)).decode("utf-8-sig")
    shown = {"fr": ('"1234,5"', '"-3,5"', '"31/12/2026"'), "en": ('"1234.5"', '"-3.5"', '"2026-12-31"')}
    assert all(cell in text for cell in shown[lang])


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_computed(room: Room, formula: str) -> None:
    room.ask(Role.CLIENT, do="draft", statement=formula, metric=formula, unit=formula, owner=formula)
    room.ask(Role.CLIENT, do="write", kind="source", text=formula)
    views, stored = environment("fr"), formula.strip()
    pages = [opened_xlsx(render(room.store.to_file(), kind, "xlsx", views)) for kind in ("metrics", "inventory")]
    cells = [cell for page in pages for cell in page["2"] if cell.value not in (None, "non")]
    assert [cell.value for cell in cells] == [stored] * 5
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    for kind in ("metrics", "inventory"):
        lines = render(room.store.to_file(), kind, "csv", views).decode("utf-8-sig").splitlines()
        assert not re.search(r'(^|;)"?[=+\-@]', lines[1])
        assert "'" + stored.replace('"', '""') in lines[1]


def test_a_text_where_a_number_is_expected_stays_a_text() -> None:
    assert [number(text) for text in ("12.5", "-3", "beaucoup", "NaN", "Infinity", "")] == [
        Decimal("12.5"),
        Decimal(-3),
        "beaucoup",
        "NaN",
        "Infinity",
        "",
    ]
    assert [day(text) for text in ("2026-12-31", "demain", "")] == [date(2026, 12, 31), "demain", ""]


def test_the_inventory_says_what_each_source_serves(prepared: Room) -> None:
    table = inventory.inventory(prepared.session, environment("fr"))
    assert dict(zip(table.headings, table.rows[0], strict=True)) == {
        "Donnée": "Agenda des antennes",
        "Où elle se trouve": "Antennes",
        "Responsable": "Lou",
        "Mise à jour": "chaque semaine",
        "Données correctes à": 90,
        "Données personnelles": "oui",
        "Accès": "il manque un champ",
        "Mesures": "Part des rendez-vous manqués",
    }
    english = inventory.inventory(prepared.session, environment("en")).rows[0]
    assert english[5:7] == ("yes", "a field is missing")
    page = opened_xlsx(render(prepared.store.to_file(), "inventory", "xlsx", environment("fr")))
    assert (page.title, page["A1"].value, page["E2"].value) == ("Inventaire", "Donnée", 90)


def test_a_withdrawn_note_is_in_no_table(prepared: Room) -> None:
    for note in list(prepared.session.notes.values()):
        prepared.ask(Role.FACILITATOR, do="withdraw", note=note.id)
    assert metrics.metrics(prepared.session, environment("fr")).rows == ()
    assert inventory.inventory(prepared.session, environment("fr")).rows == ()
    assert opened_xlsx(render(prepared.store.to_file(), "inventory", "xlsx", environment("fr"))).max_row == 1


# Days for calendars


def events(session: Session, lang: str = "fr", now: datetime = NOW) -> list[dict[str, Any]]:
    made = icalendar.Calendar.from_ical(followup.calendar(session, environment(lang), now).to_ical())
    return [{name.lower(): event[name] for name in event} for event in made.walk("VEVENT")]


def test_the_last_point_asks_for_the_return_of_experience_until_it_is_told(lived: Room) -> None:
    asked = "ce que vous diriez à l’équipe suivante"
    assert [asked in one["description"] for one in events(lived.session)[1:]] == [False, True]
    lived.ask(Role.CLIENT, do="write", kind="experience", text="Un rappel par message")
    assert [asked in one["description"] for one in events(lived.session)[1:]] == [False, False]


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_actions_and_two_points_are_days_of_the_calendar(lived: Room, lang: str) -> None:
    action, *points = events(lived.session, lang)
    colon = {"fr": "\u00a0: ", "en": ": "}[lang]
    assert (action["summary"], action["dtstart"].dt) == (f"Marc{colon}Compter les abandons", date(2026, 12, 7))
    assert [event["dtstart"].dt for event in points] == [date(2033, 6, 17), date(2033, 8, 16)]
    assert [event["dtend"].dt for event in points] == [date(2033, 6, 18), date(2033, 8, 17)]
    assert [event["summary"] for event in points] == {
        "fr": [f"Suivi de l’atelier impact, J+{days}\u00a0: Colis Solidaire" for days in (30, 90)],
        "en": [f"Follow-up of the impact workshop, day {days}: Colis Solidaire" for days in (30, 90)],
    }[lang]
    assert (
        str(points[0]["description"]).split("\n")
        == {
            "fr": [
                "Mesures gardées",
                "- Délai médian (données correctes à 50\u00a0%)",
                "",
                "Actions",
                "- Marc\u00a0: Compter les abandons, 07/12/2026",
            ],
            "en": [
                "Metrics kept",
                "- Délai médian (data right at 50%)",
                "",
                "Actions",
                "- Marc: Compter les abandons, 2026-12-07",
            ],
        }[lang]
    )


def test_the_changes_between_two_rounds_are_a_table_of_whole_rows(lived: Room) -> None:
    delay = lived.session.kept_metrics()[0]
    round = lived.ask(Role.FACILITATOR, do="open_round", metrics=delay.id)
    lived.ask(Role.CLIENT, do="score", metric=delay.id, value=2, ease=5)
    lived.ask(Role.FACILITATOR, do="show_round", round=round)
    summary = document(lived.session, environment("fr"))
    [moved] = [block for block in summary.blocks if isinstance(block, Table) and "Tour" in block.headings]
    assert moved.headings == ("Mesure", "Tour", "Valeur", "Facilité", "Votants")
    assert [row[:2] for row in moved.rows] == [("Délai médian", "1"), ("Délai médian", "2")]
    for write in (docx.write, odt.write):
        assert write(lived.session, environment("fr")).startswith(b"PK")


def test_an_agenda_says_when_the_metrics_are_looked_at_again(tmp_path: Path) -> None:
    agenda = tmp_path / "ours.toml"
    agenda.write_text(f"follow_up = [14]\n{load_text(DEFAULT)[0]}")
    store = create_session(tmp_path, "Colis Solidaire", agenda=str(agenda))
    room = Room(store)
    room.ask(Role.FACILITATOR, do="join", name="Ada")
    room.ask(Role.FACILITATOR, do="start", step="tour")
    [point] = events(room.session)
    held = local(room.session.clock.started or 0, "Europe/Paris").date()
    assert (point["summary"], point["dtstart"].dt) == (
        "Suivi de l’atelier impact, J+14\u00a0: Colis Solidaire",
        working_day(held + timedelta(14)),
    )
    store.journal.close()


@pytest.mark.parametrize("weekday", range(7))
def test_no_follow_up_is_on_a_weekend(lived: Room, weekday: int) -> None:
    session, held = lived.session, date(2026, 11, 23) + timedelta(weekday)
    clock = replace(session.clock, started=datetime(held.year, held.month, held.day, 9, tzinfo=UTC).timestamp())
    made = events(msgspec.structs.replace(session, clock=clock))
    points = [event["dtstart"].dt for event in made if str(event["uid"]).startswith("point")]
    assert points == [working_day(held + timedelta(days)) for days in (30, 90)]
    assert all(point.isoweekday() <= 5 for point in points)


def test_imported_twice_an_event_is_the_same_one(lived: Room) -> None:
    before = [event["uid"] for event in events(lived.session)]
    [action] = lived.session.notes_of("action")
    lived.ask(Role.CLIENT, do="detail", note=action.id, detail="due", value="2027-01-15")
    later = NOW.replace(day=2)
    after = events(lived.session, "en", later)
    assert [event["uid"] for event in after] == before
    assert len(set(before)) == 3
    assert all(uid.endswith(f"@{lived.session.id}.atelier-impact") for uid in before)
    assert after[0]["dtstart"].dt == date(2027, 1, 15)
    assert {event["dtstamp"].dt for event in after} == {later}


def test_an_action_without_a_date_is_only_in_the_points(lived: Room) -> None:
    lived.ask(Role.CLIENT, do="write", kind="action", text="Appeler les antennes")
    assert len(events(lived.session)) == 3
    assert "- responsable à nommer\u00a0: Appeler les antennes, date à fixer" in events(lived.session)[1]["description"]


def test_an_action_says_in_the_calendar_which_recommendation_it_comes_from(lived: Room) -> None:
    first = lived.session.notes_of("recommendation")[0]
    lived.ask(Role.CLIENT, do="write", kind="action", text="Choisir", about=first.id, due="2033-07-01")
    plain, choose = events(lived.session)[:2]
    assert plain["description"] == "Décidé à l’atelier impact de Colis Solidaire, le 18/05/2033."
    assert choose["description"].splitlines() == [
        plain["description"],
        "de la recommandation\u00a0: Comparez deux départements",
    ]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "2101-01-01"])
def test_a_day_that_calendars_fail_on_makes_no_event(lived: Room, day: str) -> None:
    """A journal of a former kit may hold one; no gesture writes it any more."""
    [action] = lived.session.notes_of("action")
    refusal = lived.refused(Role.CLIENT, do="detail", note=action.id, detail="due", value=day)
    assert str(refusal) == "This date is not between 2000 and 2100: write it as 31/12/2026."
    metric = lived.session.kept[0]
    held = [DetailSet(action.id, "due", day), DetailSet(metric, "decide_on", day)]
    entries = [Entry("here", 900 + n, f"held-{n}", 1.0, "", "", event) for n, event in enumerate(held)]
    assert len(events(history(entries, lived.session))) == 2


def test_a_workshop_that_was_not_held_has_no_follow_up(room: Room) -> None:
    with pytest.raises(ExportError, match=r"has not been held, .* Nothing was written\. Export it again once"):
        followup.write(room.session, environment("fr"))


# The command


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("compte-rendu.odt", b"PK"),
        ("summary.docx", b"PK"),
        ("metrics.csv", '\ufeff"Hypothèse";'.encode()),
        ("mardi.csv", '\ufeff"Hypothèse";'.encode()),
        ("metrics.xlsx", b"PK"),
        ("inventory.csv", '\ufeff"Donnée";'.encode()),
        ("inventory.xlsx", b"PK"),
        ("revue.csv", '\ufeff"Nature";'.encode()),
        ("points.ics", b"BEGIN:VCALENDAR\r\n"),
    ],
)
def test_the_name_says_what_to_write(lived: Room, tmp_path: Path, name: str, begins: bytes) -> None:
    assert main(["export", lived.session.id, "--data", str(tmp_path), "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_without_an_hour_no_calendar_is_written(room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "followup.ics"
    assert main(["export", room.session.id, "--data", str(tmp_path), "-o", str(out)]) == 2
    assert capsys.readouterr().err.startswith(f"impact: {room.session.id}: this workshop has not been held")
    assert not out.exists()
