"""A matrix that leaves comes in again, one made elsewhere comes in as metrics with their indicators, and a table that a
session leaves in comes in whole."""

from __future__ import annotations

import io
import itertools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import odfdo
import openpyxl
import pytest
from hypothesis import given, strategies as st

from impactlib import export
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.figures import plain_number
from impactlib.domain.hypotheses import Hypothesis, drafted
from impactlib.domain.inventory import is_tied
from impactlib.domain.matrices import indicator_named, versions
from impactlib.domain.readings import every_series
from impactlib.domain.session import Session
from impactlib.domain.sheets.again import origin
from impactlib.domain.spreadsheet import Sheet, read_hypotheses, read_pasted
from impactlib.gestures import Asking
from impactlib.gestures.drafting import drafts
from impactlib.rooms.bringing import Bringing, Brought, told
from impactlib.rooms.changes import settling
from impactlib.storage.session_store import SessionStore, create_session
from impactlib.views.render import environment, say
from impactlib.workbooks import read_file
from tests.conftest import Room, examples
from tests.test_spreadsheet import LISTS

CLIENT = Role.CLIENT
EASE, ACTIVE = "ease-of-use", "monthly-active-users"


def said(sheet: Sheet) -> list[str]:
    return [say(one, "en") for one in sheet.decided]


def left(sheet: Sheet) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.value) for problem in sheet.problems]


def fulfilling(sheet: Sheet) -> list[tuple[str, str, str, str, str]]:
    return [(row.indicator, row.metric, row.baseline, row.unit, row.baseline_date) for _, row in sheet.rows]


def bring(room: Room, sheet: Sheet, name: str = "matrice.csv") -> Brought:
    bringing = Bringing(room.session, sheet, origin(name, sheet.chosen), f"person-{CLIENT}")
    for placed in bringing.placed:
        bringing.take(
            room.store, placed, lambda gesture: room.store.ask(room.asking(f"person-{CLIENT}", CLIENT), gesture)
        )
    for lang in LANGUAGES:
        assert told(sheet, bringing.brought, lang)["said"]
    return bringing.brought


# Titles -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", versions(), ids=lambda version: version.name)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_title_of_each_version_names_its_indicator_however_it_is_typed(version: Any, lang: str) -> None:
    for indicator in version.indicators:
        title = indicator.title[lang]
        for typed in (title, title.upper(), title.replace("’", "'"), f"2. {title} (obligatoire)", f"  {title} * "):
            found = indicator_named(typed)
            assert found is not None and found.id == indicator.id, typed


@pytest.mark.parametrize(
    "words", ["", "Taux", "Satisfaction", "Budget", "Utilisable", "Taux de sourire", "Note", "Coût"]
)
def test_what_is_no_title_names_no_indicator(words: str) -> None:
    assert indicator_named(words) is None


# Our own matrix ---------------------------------------------------------------------------------------


@pytest.fixture
def filled(room: Room) -> Room:
    ease = {
        "baseline": "5,8 sur 7",
        "baseline_date": "2026-10-31",
        "quality": "90",
        "source": "Question | posée *après*",
    }
    for text, indicator, details in (
        ("Facilité de la prise de rendez-vous", EASE, ease),
        ("Familles actives", ACTIVE, {"baseline": "1240", "baseline_date": "2026-10-31"}),
        ("Colis remis", "monthly-transactions", {"collection": "à compter dans le registre"}),
        ("Visites", "", {}),
    ):
        note = room.ask(CLIENT, do="write", kind="metric", text=text, indicator=indicator)
        for name, value in details.items():
            room.ask(CLIENT, do="detail", note=note, detail=name, value=value)
    return room


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", ["md", "csv", "xlsx", "ods"])
def test_a_matrix_that_left_comes_in_again_as_its_metrics(filled: Room, form: str, lang: str) -> None:
    content = export.render(filled.store.to_file(), "matrix", form, environment(lang))
    sheet = read_file(content)
    assert fulfilling(sheet) == [
        (EASE, "Facilité de la prise de rendez-vous", "5.8", "sur 7", "2026-10-31"),
        (ACTIVE, "Familles actives", "1240", "", "2026-10-31"),
        ("monthly-transactions", "Colis remis", "", "", ""),
        ("", "Visites", "", "", ""),
    ]
    first, _, counted, _ = [row for _, row in sheet.rows]
    assert (first.quality, first.source) == ("90", "Question | posée *après*")
    assert counted.collection == ("à compter dans le registre" if form == "md" else "")
    assert left(sheet) == []
    if form == "md":
        assert fulfilling(read_pasted(content.decode())) == fulfilling(sheet)


# Matrices made elsewhere ------------------------------------------------------------------------------

BY_CONCEPT = """
# Notre matrice (brouillon)

Relue en équipe le 3 novembre.

## Utilisable

| Indicateur | Chiffre | Date |
|---|---|---|
| Note de facilité d'usage (**obligatoire**) | 5,8 sur 7 | 31/10/2026 |

## Utilisé

| Indicateur | Chiffre | Date |
|---|---|---|
| Nombre d'utilisateurs actifs / mois | 1 240 | 31/10/2026 |
| Taux de sourire | 60 % | 31/10/2026 |

- à compléter : le coût
"""
FOUND = [
    (EASE, "Note de facilité d'usage", "5.8", "sur 7", "2026-10-31"),
    (ACTIVE, "Nombre d'utilisateurs actifs / mois", "1240", "", "2026-10-31"),
    ("", "Taux de sourire", "60", "%", "2026-10-31"),
]


def test_the_tables_of_a_text_are_one_matrix_and_an_unknown_indicator_is_a_metric_that_is_told() -> None:
    for sheet in (read_hypotheses(BY_CONCEPT.encode()), read_pasted(BY_CONCEPT)):
        assert fulfilling(sheet) == FOUND
        assert [row for row, _, _ in left(sheet)] == [14, 17]
        assert sheet.problems[1].value == "Taux de sourire"
        assert "The tables of this text were read, and not what stands around them." in said(sheet)


def untidy(kind: str) -> bytes:
    rows: list[list[Any]] = [
        ["Matrice d’impact du service « Bacs »"],
        [],
        ["Concept", "INDICATEUR", "Chiffre", "Date", "Évolution sur 1 an", "Avis du comité"],
        ["Utilisable", "Note de facilité d’usage", "5,8 sur 7", "31/10/2026", "+0,2", "bien"],
        ["Utilisé", "Nombre d’utilisateurs actifs / mois", 1240, "31/10/2026", "+12 %", ""],
        ["", "Taux de sourire", 0.6, "31/10/2026", "", ""],
    ]
    content = io.BytesIO()
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.active["C6"].number_format = "0%"
        book.active.merge_cells("A1:F1")
        book.active.merge_cells("A5:A6")
        book.save(content)
    else:
        document, table = odfdo.Document("spreadsheet"), odfdo.Table("Matrice")
        table.set_values([[("60 %" if cell == 0.6 else cell) for cell in row] for row in rows])
        document.body.clear()
        document.body.append(table)
        document.save(content)
    return content.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_workbook_made_by_hand_comes_in_and_what_was_left_is_told_column_by_column(kind: str) -> None:
    sheet = read_file(untidy(kind))
    assert [(one[0], *one[2:]) for one in fulfilling(sheet)] == [(one[0], *one[2:]) for one in FOUND]
    filled_cells = {problem.column: problem.facts.get("filled") for problem in sheet.problems}
    assert filled_cells == {"Évolution sur 1 an": 2, "Avis du comité": 1, "INDICATEUR": None}


def test_a_table_that_was_copied_from_a_document_comes_in() -> None:
    pasted = (
        "Indicator\tOur metric\tFigure\tSource\n"
        "User satisfaction rate\tFamilies who value it\t81 %\tSurvey\n"
        "Cost at use (mandatory)\tCost of a parcel\t3.40 €\tBooks\n"
    )
    assert [one[:4] for one in fulfilling(read_pasted(pasted))] == [
        ("satisfaction", "Families who value it", "81", "%"),
        ("cost-per-use", "Cost of a parcel", "3.4", "€"),
    ]


def test_names_of_metrics_that_are_seldom_titles_stay_names_and_that_is_told() -> None:
    sheet = read_hypotheses("Indicateur;Cible\nDélai;3\nAppels;4\nTaux de rétention;40 %\n".encode())
    assert [one[:2] for one in fulfilling(sheet)] == [("", "Délai"), ("", "Appels"), ("", "Taux de rétention")]
    assert any("Taux de rétention" in sentence for sentence in said(sheet))


def test_a_matrix_comes_in_once_and_its_indicators_fill_the_matrix(room: Room) -> None:
    sheet = read_file(untidy("xlsx"))
    first = bring(room, sheet, "m.xlsx")
    assert (first.taken, first.alone) == (3, 3)
    assert told(sheet, first, "fr")["said"] == "3 mesures sont entrées."
    before = room.entries
    assert bring(room, sheet, "m.xlsx").taken == 0
    assert len(room.entries) == len(before)
    assert {note.details.get("indicator", "") for note in room.session.notes_of("metric")} == {EASE, ACTIVE, ""}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", ["md", "csv", "xlsx", "ods"])
def test_a_matrix_that_comes_back_into_its_own_session_changes_nothing(room: Room, form: str, lang: str) -> None:
    statement = "Les familles prennent rendez-vous seules"
    bring(
        room,
        read_hypotheses(
            "Hypothèse;Concept;Indicateur de la matrice;Mesure;Unité;Valeur de départ;Date de départ;Qualité;Source\n"
            f"{statement};utilisable;Note de facilité d’usage;Facilité;sur 7;5,8;31/10/2025;90;Question posée\n"
            f"{statement};utilisable;;Appels;appels;1 240;31/10/2025;;Standard\n"
            "Moins d’attente;utile;;Délai;jours;12;;50;Registre\n"
            "Moins de papier;;;Appels;pages;900;31/12/2025;;\n"
            ";;;Visites;;;;;\n".encode()
        ),
        "mesures.csv",
    )
    ease = room.session.notes_of("metric")[0]
    source = room.ask(CLIENT, do="write", kind="source", text="Registre des pages")
    room.ask(CLIENT, do="tie", metric=room.session.notes_of("metric")[3].id, source=source, tied="true")
    reading = {"as_of": "2026-10-31", "figure": "6.1", "quality": "50", "source": "Enquête"}
    room.ask(CLIENT, do="write", kind="reading", text="", about=ease.id, **reading)
    sheet = read_file(export.render(room.store.to_file(), "matrix", form, environment(lang)))
    before, points = drafted(room.session), every_series(room.session)[0].points
    brought = bring(room, sheet, f"matrice.{form}")
    assert (brought.taken, brought.alone, brought.updated, brought.asked) == (0, 0, [], [])
    assert drafted(room.session) == before
    assert every_series(room.session)[0].points == points


def test_a_table_without_hypotheses_corrects_the_metrics_of_those_that_are_there(room: Room) -> None:
    bring(room, read_hypotheses("Hypothèse;Mesure;Cible\nMoins d’attente;Délai;8\nMoins d’appels;Appels;30\n".encode()))
    brought = bring(room, read_hypotheses(b"Mesure;Cible\nAppels;20\nDossiers;4\n"), "matrice.csv")
    assert (brought.taken, brought.alone) == (1, 1)
    assert [(one.named, one.cell.theirs) for one in brought.updated] == [("Appels", "20")]
    assert [(each.row.statement, each.row.metric, each.row.target) for each in drafted(room.session)] == [
        ("Moins d’attente", "Délai", "8"),
        ("Moins d’appels", "Appels", "20"),
        ("", "Dossiers", "4"),
    ]


# Figures by year --------------------------------------------------------------------------------------

YEARS = "Indicateur;Unité;Réalisé 2023;2024;2025;Cible 2027\nBacs à l’heure;%;55;61;68;85\n"


def series(room: Room) -> list[tuple[str, str]]:
    [one] = every_series(room.session)
    return [(str(figure.on), figure.text) for figure in one.points]


def test_the_figures_of_each_year_are_kept_once_and_corrected_once(room: Room) -> None:
    sheet = read_hypotheses(YEARS.encode())
    brought = bring(room, sheet)
    assert (brought.taken, brought.readings) == (1, 2)
    assert series(room) == [("2023-12-31", "55"), ("2024-12-31", "61"), ("2025-12-31", "68")]
    again = bring(room, sheet)
    assert (again.taken, again.readings, again.updated, again.left) == (0, 0, [], [])
    corrected = bring(room, read_hypotheses(YEARS.replace("61", "62").encode()))
    assert [(one.column, one.cell.ours, one.cell.theirs) for one in corrected.updated] == [("2024", "61", "62")]
    assert series(room)[1] == ("2024-12-31", "62")
    # The next year: the file's latest figure moves, and the one before is not lost.
    longer = YEARS.replace("2025;", "2025;2026;").replace("68;", "68;70;")
    bring(room, read_hypotheses(longer.encode()))
    assert [value for _, value in series(room)] == ["55", "61", "68", "70"]
    assert bring(room, read_hypotheses(longer.encode())).updated == []


def test_the_figures_of_earlier_years_are_not_odd_beside_their_baseline(room: Room) -> None:
    bring(room, read_hypotheses(YEARS.encode()))
    [found] = every_series(room.session)
    assert [found.doubts(one) for one in found.readings] == [[], []]
    given = {"kind": "reading", "text": "", "about": found.metric.id, "as_of": "2022-12-31", "figure": "50"}
    room.ask(CLIENT, do="write", **given)
    [found] = every_series(room.session)
    assert found.doubts(found.readings[0]) == ["before"]


def test_a_figure_that_somebody_changed_is_asked_about(room: Room) -> None:
    bring(room, read_hypotheses(YEARS.encode()))
    reading = next(note for note in room.session.notes_of("reading") if note.details["figure"] == "61")
    room.ask(CLIENT, do="detail", note=reading.id, detail="figure", value="60")
    again = bring(room, read_hypotheses(YEARS.replace("61", "62").encode()))
    [asked] = again.asked
    assert (asked.row, asked.column, asked.named, asked.cell.ours) == (2, "2024", "Bacs à l’heure", "60")
    assert series(room)[1] == ("2024-12-31", "60")
    room.ask(CLIENT, **settling(asked, kept=False))
    assert series(room)[1] == ("2024-12-31", "62")
    assert bring(room, read_hypotheses(YEARS.replace("61", "62").encode())).asked == []


def test_a_figure_that_was_withdrawn_does_not_come_back_and_is_told(room: Room) -> None:
    bring(room, read_hypotheses(YEARS.encode()))
    room.ask(CLIENT, do="withdraw", note=room.session.notes_of("reading")[0].id)
    again = bring(room, read_hypotheses(YEARS.encode()))
    assert [(one.row, one.column) for one in again.left] == [(2, "Réalisé 2023")]
    assert len(room.session.notes_of("reading")) == 1


# Round trips ------------------------------------------------------------------------------------------


@contextmanager
def a_store(groups: Iterable[Sequence[Hypothesis]]) -> Iterator[SessionStore]:
    """A session that holds hypotheses, each given as its rows."""
    with tempfile.TemporaryDirectory() as folder, closing(create_session(Path(folder), "Équipe").journal) as journal:
        store, asking, number = SessionStore(journal), Asking("person-marc", CLIENT), itertools.count()
        store.ask(asking, {"id": "join-person-marc", "do": "join", "name": "Marc"})
        for group in groups:
            for gesture in drafts(group, lambda _: f"gesture-of-marc-{next(number)}"):
                store.ask(asking, gesture)
        yield store


@examples(24)
@given(LISTS, st.sampled_from(LANGUAGES), st.sampled_from(["csv", "xlsx", "ods"]))
def test_a_session_that_left_as_a_table_comes_in_as_the_same_session(
    lists: list[tuple[dict[str, str], list[dict[str, str]]]], lang: str, form: str
) -> None:
    groups = []
    for hypothesis, metrics in lists:
        rows = [Hypothesis(**hypothesis, **metric) for metric in metrics if hypothesis["statement"] or metric["metric"]]
        groups += ([rows] if hypothesis["statement"] else [[row] for row in rows]) if rows else []
    with a_store(groups) as first:
        before = [each.row for each in drafted(first.session)]
        content = export.render(first.to_file(), "metrics", form, environment(lang))
    if not before:
        return
    sheet = read_file(content)
    assert sheet.problems == ()
    with a_store(sheet.hypotheses) as second:
        assert [each.row for each in drafted(second.session)] == before


@pytest.mark.parametrize("form", ["xlsx", "ods"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_figures_over_time_leave_in_a_sheet_of_their_own(room: Room, form: str, lang: str) -> None:
    bring(room, read_hypotheses(YEARS.encode()))
    content = export.render(room.store.to_file(), "metrics", form, environment(lang))
    name = {"fr": "Relevés", "en": "Readings"}[lang]
    if form == "xlsx":
        rows = list(openpyxl.load_workbook(io.BytesIO(content))[name].iter_rows(values_only=True))
    else:
        tables = {table.name: table for table in odfdo.Document(io.BytesIO(content)).body.tables}
        rows = list(tables[name].get_values())
    since = [row for row in rows[1:] if not row[5]]
    assert [(row[0], int(row[3])) for row in since] == [("Bacs à l’heure", 55), ("Bacs à l’heure", 61)]
    assert [str(row[2])[:10] for row in since] == ["2023-12-31", "2024-12-31"]
    sheet = read_file(content)
    assert [row.metric for _, row in sheet.rows] == ["Bacs à l’heure"] and sheet.problems == ()


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_metrics_with_indicators_and_figures_that_come_back_change_nothing(room: Room, form: str, lang: str) -> None:
    bring(
        room,
        read_hypotheses(
            "Hypothèse;Indicateur de la matrice;Mesure;Unité;Valeur de départ;Date de départ\n"
            "Accès;Note de facilité d’usage;Facilité;sur 7;5,8;31/10/2025\nAccès;;Appels;appels;1 240;\n".encode()
        ),
    )
    for metric, figure in zip(room.session.notes_of("metric"), ("6.1", "900"), strict=True):
        said = {"as_of": "2026-10-31", "figure": figure, "quality": "50", "source": "Enquête"}
        room.ask(CLIENT, do="write", kind="reading", text="", about=metric.id, **said)
    sheet = read_file(export.render(room.store.to_file(), "metrics", form, environment(lang)))
    assert sheet.problems == ()
    before = len(room.entries)
    brought = bring(room, sheet, f"mesures.{form}")
    assert (brought.taken, brought.readings, brought.updated, brought.asked, brought.left) == (0, 0, [], [], [])
    assert [len(one.figures) for one in every_series(room.session)] == [2, 2]
    assert {type(one.event).__name__ for one in room.entries[before:]} <= {"NoteBrought"}


FIGURES = st.lists(
    st.tuples(
        st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(str),
        st.decimals(0, 10**6, places=2, allow_nan=False).map(plain_number),
        st.sampled_from(("", "10", "50", "90")),
        st.sampled_from(("", "Registre", "Enquête d’été")),
    ),
    max_size=3,
    unique_by=lambda one: one[0],
)
SERIES = st.lists(
    st.fixed_dictionaries(
        {
            "statement": st.sampled_from(("", "Moins d’attente", "Plus de droits ouverts")),
            "metric": st.sampled_from(("Délai", "Appels au guichet", "Part des droits", "Coût")),
            "indicator": st.sampled_from(("", EASE, ACTIVE)),
            "unit": st.sampled_from(("jours", "%", "€", "")),
            "baseline": st.sampled_from(("", "12", "3.5", "1250000")),
            "baseline_date": st.sampled_from(("", "2025-12-31")),
            "figures": FIGURES,
        }
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one["metric"],
)


def told_series(session: Session) -> list[Any]:
    """The figures of each metric, with what is said of each."""
    return [
        (
            one.metric.text,
            [
                (figure.text, figure.on, [figure.note.details.get(name, "") for name in ("quality", "source")])
                for figure in one.readings
            ],
        )
        for one in every_series(session)
    ]


@examples(24)
@given(SERIES, st.sampled_from(LANGUAGES), st.sampled_from(["xlsx", "ods"]))
def test_hypotheses_indicators_and_figures_that_left_are_those_that_come_in(
    metrics: list[dict[str, Any]], lang: str, form: str
) -> None:
    by_statement = itertools.groupby(
        sorted(metrics, key=lambda one: str(one["statement"])), lambda one: one["statement"]
    )
    groups: list[list[Hypothesis]] = []
    for statement, some in by_statement:
        rows = [Hypothesis(**{name: one[name] for name in one if name != "figures"}) for one in some]
        groups += [rows] if statement else [[row] for row in rows]
    asking, said = Asking("person-marc", CLIENT), itertools.count()
    with a_store(groups) as first, a_store([]) as second:
        for one in metrics:
            [metric] = [note for note in first.session.notes_of("metric") if note.text == one["metric"]]
            for on, figure, quality, source in one["figures"]:
                reading = {"as_of": on, "figure": figure, "quality": quality, "source": source}
                gesture = {"do": "write", "kind": "reading", "text": "", "about": metric.id, **reading}
                first.ask(asking, {"id": f"reading-of-marc-{next(said)}", **gesture})
        before = [each.row for each in drafted(first.session)], told_series(first.session)
        content = export.render(first.to_file(), "metrics", form, environment(lang))
        for store in (first, second):
            sheet = read_file(content)
            assert sheet.problems == ()
            bringing = Bringing(store.session, sheet, "file", "person-marc")
            for placed in bringing.placed:
                bringing.take(store, placed, partial(store.ask, asking))
            assert (bringing.brought.updated, bringing.brought.asked, bringing.brought.left) == ([], [], [])
            assert ([each.row for each in drafted(store.session)], told_series(store.session)) == before


@examples(24)
@given(SERIES, st.sampled_from(LANGUAGES), st.sampled_from(["md", "csv", "xlsx", "ods"]))
def test_any_matrix_that_comes_back_into_its_own_session_changes_nothing(
    metrics: list[dict[str, Any]], lang: str, form: str
) -> None:
    rows = [Hypothesis(**{name: one[name] for name in one if name != "figures"}) for one in metrics]
    with a_store([[row] for row in rows]) as store:
        before = [each.row for each in drafted(store.session)], len(store.session.notes)
        sheet = read_file(export.render(store.to_file(), "matrix", form, environment(lang)))
        bringing = Bringing(store.session, sheet, "file", "person-marc")
        for placed in bringing.placed:
            bringing.take(store, placed, lambda gesture: store.ask(Asking("person-marc", CLIENT), gesture))
        assert ([each.row for each in drafted(store.session)], len(store.session.notes)) == before


# The inventory of data --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_inventory_that_left_comes_in_again_with_its_metrics(room: Room, form: str, lang: str) -> None:
    details = {"where": "Antennes", "owner": "Lou", "every": "chaque semaine", "quality": "90"}
    for access, personal in (("ours", "yes"), ("missing", "no"), ("partner", "")):
        said = {**details, "access": access, "personal": personal}
        source = room.ask(CLIENT, do="write", kind="source", text=f"Agenda, {access}", **said)
        metric = room.ask(CLIENT, do="write", kind="metric", text=f"Visites, {access}")
        room.ask(CLIENT, do="tie", metric=metric, source=source, tied="true")
    content = export.render(room.store.to_file(), "inventory", form, environment(lang))
    sheet = read_file(content)
    assert (sheet.problems, sheet.rows) == ((), ())
    same = bring(room, sheet, "inventaire.csv")
    assert (same.sources, same.updated, same.asked, same.left) == (0, [], [], [])
    with a_store([[Hypothesis(metric=f"Visites, {access}")] for access in ("ours", "missing")]) as other:
        brought = Bringing(other.session, sheet, "file", "person-marc")
        for placed in brought.placed:
            brought.take(other, placed, lambda gesture: other.ask(Asking("person-marc", CLIENT), gesture))
        assert [one.value for one in brought.brought.left] == ["Visites, partner"]
        sources = other.session.notes_of("source")
        kept = [(note.text, dict(note.details)) for note in room.session.notes_of("source")]
        assert [(note.text, dict(note.details)) for note in sources] == kept
        assert [is_tied(*pair) for pair in zip(other.session.notes_of("metric"), sources, strict=False)] == [True, True]


def test_an_inventory_is_corrected_and_what_it_does_not_know_is_told(room: Room) -> None:
    text = "Donnée;Où;Mise à jour;Accès;Météo\nRegistre;Antennes;chaque mois;nous les avons;beau\nAgenda;;;peut-être;\n"
    sheet = read_hypotheses(text.encode())
    assert [(problem.row, problem.column) for problem in sheet.problems] == [(1, "Météo"), (3, "Accès")]
    assert bring(room, sheet, "inventaire.csv").sources == 2
    again = bring(room, read_hypotheses(text.replace("mois", "semaine").encode()), "inventaire.csv")
    assert [(one.row, one.cell.theirs) for one in again.updated] == [(2, "chaque semaine")]
    assert told(sheet, again, "fr")["updated"]
    assert {note.details.get("every", "") for note in room.session.notes_of("source")} == {"chaque semaine", ""}
