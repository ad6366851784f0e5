"""A team's table of figures over time: months across, or a row each, from any spreadsheet, once."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import odfdo
import openpyxl
import pytest

from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.domain.readings import every_series
from impactlib.domain.refusal import Refusal
from impactlib.domain.sheets.figures_over_time import Figures
from impactlib.domain.spreadsheet import read_pasted_figures
from impactlib.rooms.figures_brought import Brought, bring, read_table, told
from impactlib.workbooks import read_figures
from tests.conftest import Room, Time

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
        ("Taux de recours", "64", "2031-02-28", ""),
    ]
    # A target, a territory's figure, and a period that the kit knows not.
    assert [(row, value) for row, _, value in left(table)] == [(4, "200"), (6, "22"), (7, "2031-06-30")]


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


# Into a session --------------------------------------------------------------------------------------


@pytest.fixture
def metrics(room: Room) -> list[str]:
    ids = [room.ask(Role.CLIENT, do="write", kind="metric", text=name) for name in ("Délai médian", "Familles servies")]
    room.ask(Role.CLIENT, do="detail", note=ids[0], detail="unit", value="jours")
    room.ask(Role.CLIENT, do="detail", note=ids[1], detail="indicator", value="retention")
    return ids


def take(room: Room, rows: str) -> Brought:
    brought = Brought()
    asking = room.asking(f"person-{Role.CLIENT}", Role.CLIENT)
    bring(room.store, text(rows).given, lambda gesture: room.store.ask(asking, gesture), brought)
    return brought


def written(room: Room) -> list[list[tuple[str, float, str]]]:
    return [
        [(str(one.on), float(one.value), one.over) for one in series.readings] for series in every_series(room.session)
    ]


def test_the_same_file_again_brings_nothing_new(room: Room, metrics: list[str]) -> None:
    first, again = take(room, SCHEMA), take(room, SCHEMA)
    assert (first.taken, first.here, len(first.left)) == (3, 0, 1)
    assert (again.taken, again.here, len(again.left)) == (0, 3, 1)
    assert written(room) == [[("2031-01-31", 24, "")], [("2030-12-31", 143, "year"), ("2031-12-31", 172, "year")]]
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


def test_a_corrected_file_keeps_both_figures(room: Room, metrics: list[str], time: Time) -> None:
    take(room, "Mesure;2026-01\nDélai médian;21\n")
    time.advance(60)
    take(room, "Mesure;2026-01\nDélai médian;20\n")
    assert written(room)[0] == [("2026-01-31", 21, "month"), ("2026-01-31", 20, "month")]


def test_a_file_in_any_order_gives_the_same_series(room: Room, metrics: list[str]) -> None:
    months = [f"2026-{month:02}" for month in range(1, 10)]
    shuffled = random.Random(7).sample(months, len(months))
    take(room, "Mesure;" + ";".join(shuffled) + "\nDélai médian;" + ";".join(str(int(m[-2:])) for m in shuffled) + "\n")
    assert [value for _, value, _ in written(room)[0]] == list(range(1, 10))


def test_a_file_is_brought_from_a_shell(
    room: Room, metrics: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, id = str(room.store.journal.path.parent.parent), room.session.id
    file = tmp_path / "suivi.xlsx"
    file.write_bytes(workbook(["Mesure", "2026-01", "2026-02"], ["Délai médian", 21, "beaucoup"], ["Autre", 1, ""]))
    for taken in ("1 chiffre est entré.", "1 était déjà là."):
        assert main(["readings", id, "--data", data, "--from", str(file)]) == 0
        said = capsys.readouterr()
        assert taken in said.err and "ligne 2" in said.err and "Aucune mesure ne porte ici ce nom (Autre)" in said.err
        assert "31/01/2026  21 jours" in said.out
    (tmp_path / "vide.csv").write_text("rien")
    assert main(["readings", id, "--data", data, "--from", str(tmp_path / "vide.csv")]) == 2
    assert "No figures over time" in capsys.readouterr().err
