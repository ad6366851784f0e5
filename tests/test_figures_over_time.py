"""A team's table of figures over time: months across, or a row each, from any spreadsheet, once."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import odfdo
import openpyxl
import pytest
from hypothesis import given, strategies as st

from impactlib.cli import main
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.hypotheses import statement_of
from impactlib.domain.readings import every_series
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Session
from impactlib.domain.sheets.again import origin
from impactlib.domain.sheets.figures_over_time import Figures
from impactlib.domain.sheets.grid import Sheet
from impactlib.domain.spreadsheet import read_pasted_figures
from impactlib.export import render
from impactlib.rooms.bringing import Bringing as MetricsBringing, Brought as MetricsBrought
from impactlib.rooms.changes import Change
from impactlib.rooms.figures_brought import Bringing, Brought, read_table, told
from impactlib.views.render import environment, say
from impactlib.workbooks import read_figures, read_file
from tests.conftest import Room, Time, copied, examples, path_of

SCHEMA = """\
administration_rattachement,nom_service_public_numerique,indicateur,valeur,unite_mesure,est_cible,type_indicateur,\
frequence_monitoring,date,est_periode,date_debut,est_automatise,source_collecte,denom_insee,code_insee,dataviz_wish,\
commentaires
Ministère,Colis Solidaire,Familles servies,143,unité,false,usage,annuelle,2030-12-31,true,2030-01-01,true,script,,,,
Ministère,Colis Solidaire,Familles servies,172,unité,false,usage,annuelle,2031-12-31,true,2031-01-01,true,script,,,,
Ministère,Colis Solidaire,Familles servies,200,unité,true,usage,annuelle,2032-12-31,true,2032-01-01,true,script,,,,
Ministère,Colis Solidaire,Délai médian,24,jours,false,impact,mensuelle,2031-01-31,false,,true,script,,,,
Ministère,Colis Solidaire,Délai médian,22,jours,false,impact,mensuelle,2031-02-28,false,,true,script,DEP,38,,
Ministère,Colis Solidaire,Délai médian,21,jours,false,impact,semestrielle,2031-06-30,true,2031-01-01,true,script,,,,
Ministère,Colis Solidaire,Taux de recours,64,%,false,impact,mensuelle,2031-02-28,false,,true,script,,,,
"""


def text(rows: str) -> Figures:
    return read_figures(rows.encode())


def found(figures: Figures) -> list[tuple[str, str, str, str]]:
    return [(one.metric, one.figure, one.as_of, one.over) for one in figures.given]


def left(figures: Figures) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.value) for one in figures.problems]


def workbook(*rows: Sequence[Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


# Months across ---------------------------------------------------------------------------------------


def test_each_column_of_a_month_gives_its_figures() -> None:
    table = text("Métrique;Unité;janv. 2026;févr. 2026;2026-03;04/2026;May 2026\nDélai;jours;21;19,5;–;;15 jours\n")
    assert found(table) == [
        ("Délai", "21", "2026-01-31", "month"),
        ("Délai", "19.5", "2026-02-28", "month"),
        ("Délai", "15 jours", "2026-05-31", "month"),
    ]
    assert not table.problems


def test_quarters_years_and_days_head_columns_too() -> None:
    table = text("Indicateur;T1 2026;2025;31/12/2024\nDélai;1;2;3\n")
    assert found(table) == [
        ("Délai", "1", "2026-03-31", "quarter"),
        ("Délai", "2", "2025-12-31", "year"),
        ("Délai", "3", "2024-12-31", ""),
    ]


def test_how_numbers_are_written_is_decided_by_their_column() -> None:
    table = text("Mesure;janv. 2026;févr. 2026\nVisites;1.234;12.500\nVues;2.345.678;13.000\n")
    assert [one.figure for one in table.given] == ["1234", "12500", "2345678", "13000"]
    assert [one.facts["column"] for one in table.decided] == ["janv. 2026", "févr. 2026"]


def test_what_cannot_be_read_is_listed_by_row_column_and_reason() -> None:
    table = text("Mesure;Couleur;janv. 2026;févr. 2026\nDélai;bleu;beaucoup;19\n;vert;3;\nRecours;;;+15 %\n")
    assert found(table) == [("Délai", "19", "2026-02-28", "month")]
    assert left(table) == [
        (1, "Couleur", "Couleur"),
        (2, "janv. 2026", "beaucoup"),
        (3, "janv. 2026", "3"),
        (4, "févr. 2026", "+15 %"),
    ]


def test_a_workbook_heads_its_columns_with_dates_and_holds_percentages() -> None:
    rows: list[list[Any]] = [
        ["Suivi"],
        ["Indicateur", "Unité", date(2026, 1, 1), date(2026, 2, 1)],
        ["Recours", "%", 12, 12.5],
    ]
    table = read_figures(workbook(*rows))
    assert found(table) == [
        ("Recours", "12", "2026-01-31", "month"),
        ("Recours", "12.5", "2026-02-28", "month"),
    ]
    assert len(table.decided) == 1


def test_an_ods_is_read_alike() -> None:
    file = odfdo.Document("spreadsheet")
    file.body.clear()
    table = odfdo.Table("Suivi")
    lines: list[list[Any]] = [["Mesure", "2026-01", "2026-02"], ["Délai", 21, 19]]
    for at, values in enumerate(lines):
        row = odfdo.Row()
        row.set_values(values)
        table.set_row(at, row)
    file.body.append(table)
    content = io.BytesIO()
    file.save(content)
    assert [one.figure for one in read_figures(content.getvalue()).given] == ["21", "19"]


# A row each ------------------------------------------------------------------------------------------


def test_each_row_is_a_figure_with_its_date_its_quality_and_its_source() -> None:
    table = text(
        "metric,date,value,quality,source,comment\nDélai,2026-01,21,50,Registre,Panne\nDélai,31/02/2026,3,,,\n"
    )
    [one] = table.given
    assert (one.figure, one.as_of, one.over, one.quality) == ("21", "2026-01-31", "month", "50")
    assert (one.source, one.word) == ("Registre", "Panne")
    assert left(table) == [(3, "date", "31/02/2026")]


def test_the_order_of_day_and_month_is_decided_by_the_column() -> None:
    table = text("metric,date,value\nDelay,04/05/2026,1\nDelay,05/31/2026,2\n")
    assert [one.as_of for one in table.given] == ["2026-04-05", "2026-05-31"]


def test_a_file_of_the_national_schema_gives_what_was_measured() -> None:
    table = text(SCHEMA)
    assert found(table) == [
        ("Familles servies", "143", "2030-12-31", "year"),
        ("Familles servies", "172", "2031-12-31", "year"),
        ("Délai médian", "24", "2031-01-31", ""),
        ("Délai médian", "21", "2031-06-30", "semester"),
        ("Taux de recours", "64", "2031-02-28", ""),
    ]
    # A target, and a territory's figure.
    assert [(row, value) for row, _, value in left(table)] == [(4, "200"), (6, "22")]


@pytest.mark.parametrize(
    "rows", ["", "Couleur;Taille\nbleu;3\n", "Mesure;Cible\nDélai;3\n", "Date;Valeur\n2026-01;3\n", "\x00\x01"]
)
def test_a_file_without_figures_over_time_is_refused_in_a_sentence(rows: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_table(rows.encode())
    assert str(refused.value)


def test_a_table_is_pasted() -> None:
    assert [one.figure for one in read_pasted_figures("Mesure\t2026-01\nDélai\t21\n").given] == ["21"]
    assert [one.figure for one in read_table(b"| Mesure | 2026-01 |\n|--|--|\n| Delai | 21 |", pasted=True).given] == [
        "21"
    ]


# Variants, written before the reader had met them ----------------------------------------------------

VARIANTS: dict[str, tuple[str, list[tuple[str, str, str, str]], list[tuple[int, str, str]]]] = {
    "months across, en": (
        "Metric,Unit,Jan 2026,Feb 2026,Mar 2026\nDelay,days,21,19.5,-\n",
        [("Delay", "21", "2026-01-31", "month"), ("Delay", "19.5", "2026-02-28", "month")],
        [],
    ),
    "figures in doubt, en": (
        "KPI;Q1 2026;Q2 2026\nLoans;1,250;1,400\n",
        [],
        [(2, "Q1 2026", "1,250"), (2, "Q2 2026", "1,400")],
    ),
    "a row a month, en": (
        "Indicator,Month,Value,Source\nOpen files,March 2026,143,Register\nOpen files,2026-04,150,\n",
        [("Open files", "143", "2026-03-31", "month"), ("Open files", "150", "2026-04-30", "month")],
        [],
    ),
    "a figure with its unit, en": (
        "Metric,As of,Reading,Quality\nDelay,31/10/2026,15 days,90%\n",
        [("Delay", "15 days", "2026-10-31", "")],
        [],
    ),
    "a period from day to day, en": (
        'metric,start,end,value,unit\nVisits,2026-01-01,2026-03-31,"12,500",visits\n',
        [("Visits", "12500", "2026-03-31", "quarter")],
        [],
    ),
    "years across under a title, en": (
        "Our figures\n\nMetric,2024,2025\nFamilies served,143,172\n",
        [("Families served", "143", "2024-12-31", "year"), ("Families served", "172", "2025-12-31", "year")],
        [],
    ),
    "a row a quarter, fr": (
        "Indicateur;Trimestre;Valeur\nDélai;T1 2026;21\nDélai;2026-T2;19\n",
        [("Délai", "21", "2026-03-31", "quarter"), ("Délai", "19", "2026-06-30", "quarter")],
        [],
    ),
    "days across, fr": (
        "Mesure;31 janvier 2026;28 février 2026\nDélai;21;19\n",
        [("Délai", "21", "2026-01-31", ""), ("Délai", "19", "2026-02-28", "")],
        [],
    ),
    "a month in short, fr": (
        "Mesure;Mois;Chiffre;Commentaire\nDélai;janv-26;21;Grève\n",
        [("Délai", "21", "2026-01-31", "month")],
        [],
    ),
    "a target beside months, fr": (
        "Suivi 2026\nMesure;Unité;Cible;janvier 2026;février 2026\nDélai;jours;10;21;19\n",
        [("Délai", "21", "2026-01-31", "month"), ("Délai", "19", "2026-02-28", "month")],
        [(2, "Cible", "Cible")],
    ),
    "half-years across, fr": (
        "Indicateur;S1 2026;2026-S2\nDélai;21;19\n",
        [("Délai", "21", "2026-06-30", "semester"), ("Délai", "19", "2026-12-31", "semester")],
        [],
    ),
    "half-years down, en": (
        "Metric,As of,Over,Value\nDelay,30/06/2026,half-year,21\nDelay,H2 2026,,19\nDelay,H3 2026,,18\n",
        [("Delay", "21", "2026-06-30", "semester"), ("Delay", "19", "2026-12-31", "semester")],
        [(4, "As of", "H3 2026")],
    ),
    "a period from day to day, fr": (
        "Mesure;Date de début;Date de fin;Valeur\n"
        "Visites;01/03/2026;31/03/2026;12 500\nVisites;01/01/2026;31/12/2026;9\n",
        [("Visites", "12500", "2026-03-31", "month"), ("Visites", "9", "2026-12-31", "year")],
        [],
    ),
}


@pytest.mark.parametrize(("rows", "expected", "problems"), VARIANTS.values(), ids=VARIANTS)
def test_a_table_in_another_shape_is_read_right(
    rows: str, expected: list[tuple[str, str, str, str]], problems: list[tuple[int, str, str]]
) -> None:
    table = text(rows)
    assert (found(table), left(table)) == (expected, problems)


# Into a session --------------------------------------------------------------------------------------


@pytest.fixture
def metrics(room: Room) -> list[str]:
    ids = [room.ask(Role.CLIENT, do="write", kind="metric", text=name) for name in ("Délai médian", "Familles servies")]
    room.ask(Role.CLIENT, do="detail", note=ids[0], detail="unit", value="jours")
    room.ask(Role.CLIENT, do="detail", note=ids[1], detail="indicator", value="retention")
    return ids


def take(room: Room, rows: str, name: str = "suivi.csv", role: Role = Role.CLIENT) -> Brought:
    table = text(rows)
    asking = room.asking(f"person-{role}", role)
    bringing = Bringing(room.session, table.given, origin(name), f"person-{role}")
    for together in bringing.placed:
        bringing.take(room.store, together, lambda gesture: room.store.ask(asking, gesture))
    for lang in LANGUAGES:
        assert told(table, bringing.brought, lang)["said"]
    return bringing.brought


def cells(changes: list[Change]) -> list[tuple[int, str, str, str]]:
    return [(one.row, one.cell.field, one.cell.ours, one.cell.theirs) for one in changes]


def written(room: Room) -> list[list[tuple[str, float, str]]]:
    return [
        [(str(one.on), float(one.value), one.over) for one in series.readings] for series in every_series(room.session)
    ]


def test_the_same_file_again_brings_nothing_new(room: Room, metrics: list[str]) -> None:
    first, again = take(room, SCHEMA), take(room, SCHEMA)
    assert (first.taken, first.here, len(first.left)) == (4, 0, 1)
    assert (again.taken, again.here, len(again.left)) == (0, 4, 1)
    assert written(room) == [
        [("2031-01-31", 24, ""), ("2031-06-30", 21, "semester")],
        [("2030-12-31", 143, "year"), ("2031-12-31", 172, "year")],
    ]
    [unknown] = first.left
    assert unknown.facts == {"name": "Taux de recours"} and unknown.row == 8


def test_a_metric_is_found_by_its_name_or_by_its_indicators(room: Room, metrics: list[str]) -> None:
    assert take(room, "Mesure;2026-01\nDELAI MEDIAN;21\n").taken == 1
    taken = take(room, "Mesure;2026-01\nTaux de rétention;40\nDélai;3\n")
    assert (taken.taken, len(taken.left)) == (1, 1)


def test_two_metrics_of_one_name_are_told(room: Room, metrics: list[str]) -> None:
    room.ask(Role.CLIENT, do="write", kind="metric", text="Délai médian")
    rows = "Mesure;2026-01\nDélai médian;21\n"
    [problem] = told(text(rows), take(room, rows), "fr")["problems"]
    assert "Plusieurs mesures" in problem["why"]


def test_a_figure_of_another_unit_is_left_out(room: Room, metrics: list[str]) -> None:
    brought = take(room, "Mesure;Unité;2026-01;2026-02\nDélai médian;%;21;\nDélai médian;;;19 jours\n")
    assert (brought.taken, len(brought.left)) == (1, 1)


def test_what_was_withdrawn_is_not_brought_again(room: Room, metrics: list[str]) -> None:
    take(room, "Mesure;2026-01\nDélai médian;21\n")
    [note] = room.session.notes_of("reading")
    room.ask(Role.CLIENT, do="withdraw", note=note.id)
    brought = take(room, "Mesure;2026-01\nDélai médian;21\n")
    assert (brought.taken, brought.here, len(brought.left)) == (0, 0, 1)


FIRST = "Mesure;Date;Valeur;Qualité;Commentaire\nDélai médian;2026-01;21;50;\nDélai médian;2026-02;19;;Panne\n"
CORRECTED = FIRST.replace(";21;50;", ";20;90;")


def values(room: Room) -> list[str]:
    return [one.text for one in every_series(room.session)[0].readings]


def test_a_corrected_file_updates_what_it_had_brought(room: Room, metrics: list[str]) -> None:
    take(room, FIRST)
    again = take(room, CORRECTED, "suivi (1) corrigé.csv", Role.FACILITATOR)
    assert (again.taken, again.here, again.asked, again.left) == (0, 1, [], [])
    assert cells(again.updated) == [(2, "figure", "21", "20"), (2, "quality", "50", "90")]
    assert values(room) == ["20", "19"]
    before = room.entries
    same = take(room, CORRECTED)
    assert (same.taken, same.here, same.updated, len(room.entries)) == (0, 2, [], len(before))
    assert take(room, FIRST).updated and values(room) == ["21", "19"]
    [sentence, _] = told(text(CORRECTED), again, "fr")["updated"]
    assert sentence == "ligne 2, «\u00a0Valeur\u00a0»\u00a0: 20\u00a0jours au lieu de 21\u00a0jours"


def test_what_somebody_changed_since_is_asked_about_until_it_is_settled(room: Room, metrics: list[str]) -> None:
    take(room, FIRST)
    [one, _] = room.session.notes_of("reading")
    room.ask(Role.CLIENT, do="detail", note=one.id, detail="figure", value="22")
    assert (take(room, FIRST).asked, values(room)) == ([], ["22", "19"])  # the file says what it said
    for _ in range(2):
        again = take(room, CORRECTED)
        assert cells(again.asked) == [(2, "figure", "22", "20")] and values(room) == ["22", "19"]
    [question] = told(text(CORRECTED), again, "en")["asked"]
    assert (question["of"], question["ours"], question["theirs"]) == ("Délai médian", "22\u00a0jours", "20\u00a0jours")
    fields = {name: question[name] for name in ("note", "detail", "value", "was")}
    room.ask(Role.CLIENT, do="settle", kept="false", **fields)
    assert (take(room, CORRECTED).asked, values(room)) == ([], ["20", "19"])
    room.ask(Role.CLIENT, do="detail", note=one.id, detail="figure", value="23")
    further = take(room, CORRECTED.replace(";20;", ";18;"))
    further.overwrite(lambda gesture: room.ask(Role.CLIENT, **gesture))
    assert (further.asked, values(room)) == ([], ["18", "19"])


def test_what_somebody_typed_and_the_file_says_otherwise_is_asked_about(room: Room, metrics: list[str]) -> None:
    typed = {"do": "write", "kind": "reading", "text": "", "about": metrics[0], "as_of": "2026-01", "figure": "22"}
    room.ask(Role.CLIENT, **typed)
    again = take(room, FIRST)
    # The quality that the file gives is that of its own figure: it waits with it.
    assert (again.taken, cells(again.asked)) == (1, [(2, "figure", "22", "21"), (2, "quality", "", "50")])
    assert values(room) == ["22", "19"] and again.updated == []


def test_the_baseline_of_the_same_date_is_asked_about(room: Room, metrics: list[str]) -> None:
    for detail, value in (("baseline", "21"), ("baseline_date", "31/01/2026"), ("period", "par mois")):
        room.ask(Role.CLIENT, do="detail", note=metrics[0], detail=detail, value=value)
    assert (take(room, FIRST).here, values(room)) == (1, ["19"])
    assert cells(take(room, CORRECTED).asked) == [(2, "baseline", "21", "20")]
    # Over another period it is another figure.
    assert take(room, "Mesure;Date;Sur;Valeur\nDélai médian;31/01/2026;année;24\n").taken == 1


def test_figures_that_a_file_has_twice_for_one_date_are_two(room: Room, metrics: list[str]) -> None:
    rows = "Mesure;2026-01\nDélai médian;21\nDélai médian;20\nDélai médian;21\n"
    first, again = take(room, rows), take(room, rows)
    assert (first.taken, first.here, again.taken, again.here, again.updated) == (2, 1, 0, 3, [])
    corrected = take(room, rows.replace(";20\n", ";18\n"))
    assert cells(corrected.updated) == [(3, "figure", "20", "18")] and sorted(values(room)) == ["18", "21"]


def test_what_was_withdrawn_is_not_corrected_either(room: Room, metrics: list[str]) -> None:
    take(room, FIRST)
    [one, _] = room.session.notes_of("reading")
    room.ask(Role.CLIENT, do="withdraw", note=one.id)
    again = take(room, CORRECTED)
    assert ([left.row for left in again.left], again.taken, values(room)) == ([2], 0, ["19"])


def test_a_file_in_any_order_gives_the_same_series(room: Room, metrics: list[str]) -> None:
    months = [f"2026-{month:02}" for month in range(1, 10)]
    shuffled = random.Random(7).sample(months, len(months))
    take(room, "Mesure;" + ";".join(shuffled) + "\nDélai médian;" + ";".join(str(int(m[-2:])) for m in shuffled) + "\n")
    assert [value for _, value, _ in written(room)[0]] == list(range(1, 10))


# Beside the metrics, in the kit's own workbook ---------------------------------------------------------

SAID = st.fixed_dictionaries(
    {
        "as_of": st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(date.isoformat),
        "figure": st.decimals(-(10**6), 10**6, places=2).map(str),
        "over": st.sampled_from(["", "day", "week", "month", "quarter", "semester", "year"]),
        "quality": st.sampled_from(["", "10", "50", "90"]),
        "source": st.sampled_from(["", "Registre", "=1+1", "Système d’information"]),
        "text": st.sampled_from(["", "Panne", "12", "-", "Deux mots\net une ligne"]),
    }
)
METRIC = st.tuples(
    st.sampled_from(["", "jours", "%", "k€"]),
    st.sampled_from(["", "21"]),
    st.lists(SAID, max_size=4, unique_by=lambda one: (one["as_of"], one["over"], float(one["figure"]))),
)
METRICS = st.dictionaries(
    st.tuples(
        st.sampled_from(["", "Moins d’attente", "Plus de droits"]), st.sampled_from(["Délai", "Part", ""])
    ).filter(any),
    METRIC,
    min_size=1,
    max_size=4,
)


def filled_in(room: Room, metrics: dict[tuple[str, str], Any]) -> None:
    statements: dict[str, str] = {"": ""}
    for (statement, name), (unit, baseline, said) in metrics.items():
        if statement not in statements:
            statements[statement] = room.ask(Role.CLIENT, do="write", kind="hypothesis", text=statement)
        given = {"metric": name, "unit": unit or "dossiers", "baseline": baseline, "baseline_date": "2025-12-31"}
        id = room.ask(Role.CLIENT, do="draft", about=statements[statement], **given)
        metric = id if statement else f"{id}-m"
        for one in said:
            room.ask(Role.CLIENT, do="write", kind="reading", about=metric, **one)


def followed(session: Session) -> dict[tuple[str, str], list[Any]]:
    return {
        (statement_of(session, series.metric), series.metric.text): [
            (one.on, one.value, one.over, one.note.text, *map(one.note.details.get, ("quality", "source")))
            for one in sorted(series.readings, key=lambda one: (one.on, one.over, one.value))
        ]
        for series in every_series(session)
        if series.readings
    }


@examples(30)
@given(METRICS, st.sampled_from(["xlsx", "ods"]), st.sampled_from(LANGUAGES))
def test_metrics_and_their_figures_leave_and_come_in_together(
    opened: Path, metrics: dict[tuple[str, str], Any], form: str, lang: str
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        for room in copied(opened, Path(one), Time()):
            filled_in(room, metrics)
            content = render(room.store.to_file(), "metrics", form, environment(lang))
            expected = followed(room.session)
        for room in copied(opened, Path(other), Time()):
            sheet = read_file(content)
            for _ in range(2):
                bringing = bringing_metrics(room, sheet)
                assert (followed(room.session), bringing.left, bringing.asked) == (expected, [], [])
            assert (bringing.taken, bringing.readings, bringing.updated) == (0, 0, [])
            assert not sheet.problems


def bringing_metrics(room: Room, sheet: Sheet) -> MetricsBrought:
    person = f"person-{Role.CLIENT}"
    bringing = MetricsBringing(room.session, sheet, origin("colis.xlsx", sheet.chosen), person)
    for placed in bringing.placed:
        bringing.take(room.store, placed, lambda gesture: room.store.ask(room.asking(person, Role.CLIENT), gesture))
    return bringing.brought


def test_a_sheet_of_figures_that_is_not_the_kits_is_left_where_it_is() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(["Mesure", "Cible", "Unité"], ["Délai", 3, "jours"])))
    beside = book.create_sheet("Relevés")
    for row in (["Mesure", "Date", "Chiffre"], ["Délai", "2026-01", 21]):
        beside.append(row)
    content = io.BytesIO()
    book.save(content)
    assert read_file(content.getvalue()).figures == ()


def test_what_cannot_be_read_beside_the_metrics_is_told_with_its_sheet(room: Room, metrics: list[str]) -> None:
    room.ask(Role.CLIENT, do="write", kind="reading", about=metrics[0], text="", as_of="2026-01", figure="21")
    book = openpyxl.load_workbook(io.BytesIO(render(room.store.to_file(), "metrics", "xlsx", environment("fr"))))
    book["Relevés"]["D2"] = "beaucoup"
    content = io.BytesIO()
    book.save(content)
    sheet = read_file(content.getvalue())
    assert [(one.row, one.column) for one in sheet.problems] == [(2, "Relevés · Chiffre")]
    assert "Les chiffres dans le temps de la feuille «\u00a0Relevés\u00a0» ont été lus aussi." in [
        say(one, "fr") for one in sheet.decided
    ]


def test_a_file_is_brought_from_a_shell(
    room: Room, metrics: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, id = str(path_of(room.store.journal).parent.parent), room.session.id
    file = tmp_path / "suivi.xlsx"
    file.write_bytes(workbook(["Mesure", "2026-01", "2026-02"], ["Délai médian", 21, "beaucoup"], ["Autre", 1, ""]))
    for taken in ("1 chiffre est entré.", "1 était déjà là."):
        assert main(["readings", id, "--data", data, "--from", str(file)]) == 0
        said = capsys.readouterr()
        assert taken in said.err and "ligne 2" in said.err and "Aucune mesure ne porte ici ce nom (Autre)" in said.err
        assert "31/01/2026  21 jours" in said.out
    file.write_bytes(workbook(["Mesure", "2026-01", "2026-02"], ["Délai médian", 20, "beaucoup"]))
    assert main(["readings", id, "--data", data, "--from", str(file)]) == 0
    said = capsys.readouterr()
    assert "20\u00a0jours au lieu de 21\u00a0jours" in said.err and "31/01/2026  20 jours" in said.out
    assert "1 case a été mise à jour." in said.err
    (tmp_path / "vide.csv").write_text("rien")
    assert main(["readings", id, "--data", data, "--from", str(tmp_path / "vide.csv")]) == 2
    assert "No figures over time" in capsys.readouterr().err
