"""A team's file that is brought once more: what it corrects, what stays, and what is asked cell by cell."""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, strategies as st

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.hypotheses import Hypothesis, drafted
from impactlib.domain.redaction import redact
from impactlib.domain.session import Note
from impactlib.domain.sheets.again import origin
from impactlib.domain.spreadsheet import Sheet, read_hypotheses
from impactlib.gestures.drafting import drafts
from impactlib.rooms.bringing import Bringing, Brought, told
from impactlib.workbooks import read_file
from tests.conftest import Room, Time, copied, examples

CLIENT, FACILITATOR = Role.CLIENT, Role.FACILITATOR
FIRST = """Hypothèse;Mesure;Unité;Valeur de départ;Cible;Échéance
Les familles attendent moins au guichet;Délai médian;jours;12;8;31/12/2026
Plus de familles ouvrent leurs droits;Part des familles éligibles;%;40;sixante;31/12/2026
"""
CORRECTED = FIRST.replace(";8;", ";7;").replace("sixante", "60")


def bring(room: Room, text: str, name: str = "mesures.csv", role: Role = CLIENT, overwrite: bool = False) -> Brought:
    return take(room, read_hypotheses(text.encode()), name, role, overwrite)


def take(room: Room, sheet: Sheet, name: str, role: Role = CLIENT, overwrite: bool = False) -> Brought:
    person = f"person-{role}"
    bringing = Bringing(room.session, sheet, origin(name, sheet.chosen), person)

    def ask(gesture: Any) -> None:
        room.store.ask(room.asking(person, role), gesture)

    for placed in bringing.placed:
        bringing.take(room.store, placed, ask)
    if overwrite:
        bringing.brought.overwrite(ask)
    for lang in LANGUAGES:
        assert told(sheet, bringing.brought, lang)["said"]
    return bringing.brought


def rows(room: Room) -> list[Hypothesis]:
    return [each.row for each in drafted(room.session)]


def targets(room: Room) -> list[str]:
    return [row.target for row in rows(room)]


def metric(room: Room, text: str) -> Note:
    return next(note for note in room.session.notes_of("metric") if note.text == text)


def put(room: Room, text: str, detail: str, value: str, role: Role = FACILITATOR) -> None:
    room.ask(role, do="detail", note=metric(room, text).id, detail=detail, value=value)


def cells(changes: list[Any]) -> list[tuple[int, str, str, str]]:
    return [(one.row, one.cell.field, one.cell.ours, one.cell.theirs) for one in changes]


def test_a_corrected_file_updates_what_it_had_brought(room: Room) -> None:
    assert bring(room, FIRST, "mesures.csv").taken == 2
    again = bring(room, CORRECTED, "mesures (1) corrigé.csv")
    assert (again.taken, again.asked) == (0, [])
    assert cells(again.updated) == [(2, "target", "8", "7"), (3, "target", "", "60")]
    assert targets(room) == ["7", "60"]
    assert len(room.session.notes_of("hypothesis")) == len(room.session.notes_of("metric")) == 2


def test_the_same_file_twice_writes_nothing(room: Room) -> None:
    for text in (FIRST, CORRECTED, CORRECTED):
        bring(room, text)
    before = room.entries
    for role, name in ((CLIENT, "mesures.csv"), (FACILITATOR, ""), (CLIENT, "autre.csv")):
        again = bring(room, CORRECTED, name, role)
        assert (again.taken, again.updated, again.asked, again.gone, again.left) == (0, [], [], [], [])
    assert targets(room) == ["7", "60"]
    assert [
        entry for entry in room.entries if entry not in before and entry.event.__class__.__name__ != "NoteBrought"
    ] == []


def test_a_file_goes_back_to_what_it_said_before(room: Room) -> None:
    for text, expected in ((FIRST, "8"), (CORRECTED, "7"), (FIRST, "8"), (CORRECTED, "7")):
        bring(room, text)
        assert targets(room)[0] == expected


def test_what_somebody_changed_stays_where_the_file_says_what_it_said(room: Room) -> None:
    bring(room, FIRST)
    put(room, "Délai médian", "baseline", "14")
    again = bring(room, CORRECTED)
    assert again.asked == [] and rows(room)[0].baseline == "14" and rows(room)[0].target == "7"


def test_what_both_changed_is_asked_until_somebody_settles_it(room: Room) -> None:
    bring(room, FIRST)
    put(room, "Délai médian", "target", "9")
    for _ in range(2):
        again = bring(room, CORRECTED)
        assert cells(again.asked) == [(2, "target", "9", "7")]
        assert targets(room) == ["9", "60"]
    settled = {"do": "settle", "note": metric(room, "Délai médian").id, "detail": "target", "value": "7", "was": "9"}
    room.ask(CLIENT, **settled, kept="true")
    assert bring(room, CORRECTED).asked == [] and targets(room) == ["9", "60"]
    further = bring(room, CORRECTED.replace(";7;", ";6;"))
    assert cells(further.asked) == [(2, "target", "9", "6")]
    room.ask(CLIENT, **{**settled, "value": "6"}, kept="false")
    assert bring(room, CORRECTED.replace(";7;", ";6;")).asked == [] and targets(room) == ["6", "60"]


def test_a_cell_that_changed_while_it_was_asked_about_is_not_settled(room: Room) -> None:
    bring(room, FIRST)
    put(room, "Délai médian", "target", "10")
    note = metric(room, "Délai médian").id
    refusal = room.refused(CLIENT, do="settle", note=note, detail="target", value="7", was="9", kept="false")
    assert refusal.code == "changed"
    for more in ({"detail": "owner_of"}, {"note": room.ask(CLIENT, do="write", kind="product", text="Colis")}):
        room.refused(CLIENT, **{"do": "settle", "note": note, "detail": "target", "value": "7", "kept": "true"} | more)


def test_the_file_may_overwrite_what_somebody_changed(room: Room) -> None:
    bring(room, FIRST)
    put(room, "Délai médian", "target", "9")
    again = bring(room, CORRECTED, overwrite=True)
    assert again.asked == [] and len(again.updated) == 2 and targets(room) == ["7", "60"]
    assert bring(room, CORRECTED).updated == []


def test_what_another_file_of_somebody_else_says_is_asked_about(room: Room) -> None:
    bring(room, FIRST)
    other = bring(room, CORRECTED, "idees.csv", FACILITATOR)
    assert cells(other.asked) == [(2, "target", "8", "7")]
    # A blank that nobody filled is filled.
    assert targets(room) == ["8", "60"]
    # Who brought the first file corrects it from any other.
    assert bring(room, CORRECTED.replace(";7;", ";6;"), "idees.csv").asked == []


def test_words_that_the_same_file_corrects_are_those_of_the_same_note(room: Room) -> None:
    bring(room, FIRST)
    before = room.session.notes_of("hypothesis")
    text = CORRECTED.replace("Les familles attendent moins", "Les familles en urgence attendent moins")
    again = bring(room, text.replace("Délai médian", "Délai médian d’accès"))
    assert {one.cell.field for one in again.updated} == {"statement", "metric", "target"}
    assert [note.id for note in room.session.notes_of("hypothesis")] == [note.id for note in before]
    assert rows(room)[0].statement == "Les familles en urgence attendent moins au guichet"
    # From elsewhere they are another hypothesis.
    bring(room, text.replace("Les familles en urgence", "Les familles logées"), "")
    assert len(room.session.notes_of("hypothesis")) == 3


def test_a_word_that_the_same_file_changes_in_all_its_rows_makes_no_new_hypothesis(room: Room) -> None:
    text = "\n".join(["Hypothèse;Mesure", *(f"Le guichet {at} du service répond;Délai {at}" for at in range(60))])
    bring(room, text)
    again = bring(room, text.replace("service", "service public"))
    assert (again.taken, len(again.updated), len(again.gone)) == (0, 60, 0)
    assert {note.text for note in room.session.notes_of("hypothesis")} == {
        f"Le guichet {at} du service public répond" for at in range(60)
    }


def test_a_hypothesis_that_takes_back_the_words_of_one_that_was_reworded_is_another_one(room: Room) -> None:
    head = "Hypothèse;Mesure\n"
    bring(room, f"{head}Moins d’attente au guichet;Délai\n")
    bring(room, f"{head}Moins d’attente aux guichets;Délai\n")
    assert bring(room, f"{head}Moins d’attente aux guichets;Délai\nMoins d’attente au guichet;Délai\n").taken == 1
    assert [row.statement for row in rows(room)] == ["Moins d’attente aux guichets", "Moins d’attente au guichet"]


def test_what_was_withdrawn_does_not_come_back_and_is_told(room: Room) -> None:
    bring(room, FIRST)
    [first, _] = room.session.notes_of("hypothesis")
    room.ask(CLIENT, do="withdraw", note=first.id)
    room.ask(CLIENT, do="withdraw", note=metric(room, "Part des familles éligibles").id)
    again = bring(room, CORRECTED)
    assert (again.taken, again.updated) == (0, [])
    assert [(one.row, one.column) for one in again.left] == [(2, "Hypothèse"), (3, "Hypothèse")]
    assert rows(room)[0].statement == "Plus de familles ouvrent leurs droits"


def test_what_left_the_file_stays_and_is_told(room: Room) -> None:
    bring(room, FIRST)
    shorter = "\n".join(FIRST.splitlines()[:2]).replace("Les familles attendent moins", "Personne n’attend")
    again = bring(room, FIRST.splitlines()[0] + "\n" + FIRST.splitlines()[1] + "\n")
    assert {note.text for note in again.gone} == {
        "Plus de familles ouvrent leurs droits",
        "Part des familles éligibles",
    }
    assert len(room.session.notes_of("hypothesis")) == 2
    assert bring(room, shorter, "").gone == []


def test_a_new_metric_comes_in_under_its_hypothesis(room: Room) -> None:
    bring(room, FIRST)
    again = bring(room, FIRST + "Les familles attendent moins au guichet;Part qui renonce;%;30;10;\n")
    assert again.taken == 0
    [first, _] = room.session.notes_of("hypothesis")
    assert [note.text for note in room.session.notes_of("metric", about=first.id)] == [
        "Délai médian",
        "Part qui renonce",
    ]


def test_a_cell_that_the_file_empties_is_emptied_and_one_that_cannot_be_read_is_not(room: Room) -> None:
    bring(room, CORRECTED)
    again = bring(room, CORRECTED.replace(";7;", ";;").replace(";60;", ";soixante;"))
    assert cells(again.updated) == [(2, "target", "7", "")]
    assert targets(room) == ["", "60"]
    bring(room, "Hypothèse;Mesure\nLes familles attendent moins au guichet;Délai médian\n")
    assert rows(room)[0].baseline == "12"


def test_a_hypothesis_that_was_typed_is_completed_and_where_both_say_something_it_is_asked(room: Room) -> None:
    room.ask(CLIENT, do="draft", statement="Les familles attendent moins au guichet", metric="Délai médian", target="9")
    again = bring(room, FIRST)
    assert again.taken == 1 and cells(again.asked) == [(2, "target", "9", "8")]
    assert (rows(room)[0].baseline, rows(room)[0].target) == ("12", "9")


def test_hypotheses_that_an_older_kit_brought_are_known_again(room: Room) -> None:
    for group in read_hypotheses(FIRST.encode()).hypotheses:
        for gesture in drafts(group, lambda said: said["statement"]):
            room.ask(CLIENT, **{name: value for name, value in gesture.items() if name != "id"})
    again = bring(room, CORRECTED)
    assert again.taken == 0 and cells(again.asked) == [(2, "target", "8", "7")]
    assert targets(room) == ["8", "60"]


def test_a_metric_of_no_hypothesis_and_one_without_a_name_are_known_again(room: Room) -> None:
    text = "Hypothèse;Mesure;Unité;Cible\n;Délai;jours;8\nMoins d’appels;;appels;30\n"
    assert bring(room, text).taken == 2
    again = bring(room, text.replace(";8", ";7").replace(";30", ";20"))
    assert again.taken == 0 and sorted(targets(room)) == ["20", "7"]


def test_a_session_that_is_shared_says_nothing_of_files(room: Room) -> None:
    bring(room, FIRST)
    labels = dict.fromkeys((*Role, "owner"), "Somebody")
    assert redact(room.store.to_file(), labels).fold().brought == {}


@pytest.mark.parametrize("name", ["mesures.csv", "Mesures (2).xlsx", "mesures-v3 - Copie.ods", "MESURES_final.csv"])
def test_the_editions_of_a_file_come_from_one_place(name: str) -> None:
    assert origin(name) == origin("mesures.csv") != origin("idees.csv")
    assert origin(name, "Été") not in (origin(name), origin(name, "Hiver"))


def test_a_file_whose_name_is_but_an_edition_comes_from_somewhere() -> None:
    assert origin("v2.csv") != origin("2026.csv") and "" not in (origin("v2.csv"), origin("2026.csv"))


# Variants, written before the code had met them ------------------------------------------------------


def said(room: Room) -> list[tuple[str, str, str, str]]:
    return [(row.statement, row.metric, row.baseline, row.target) for row in rows(room)]


def test_rows_in_another_order_are_known_again(room: Room) -> None:
    head = "Hypothèse;Mesure;Cible\n"
    bring(room, f"{head}A va mieux;Délai de réponse;5\n;Appels reçus;30\nB va mieux;Pannes relevés;3\n")
    again = bring(room, f"{head}B va mieux;Pannes relevées;2\nA va mieux;Appels reçus;30\n;Délai de réponse;4\n")
    assert again.taken == 0 and not again.gone
    assert said(room) == [
        ("A va mieux", "Délai de réponse", "", "4"),
        ("A va mieux", "Appels reçus", "", "30"),
        ("B va mieux", "Pannes relevées", "", "2"),
    ]


def test_hypotheses_that_share_the_name_of_a_metric_are_told_apart(room: Room) -> None:
    head = "Outcome,Indicator,Target\n"
    bring(room, f"{head}Desk queues shrink,Waiting time,12\nPhone queues shrink,Waiting time,8\n")
    again = bring(room, f"{head}Phone queues shrink a lot,Waiting time,6\nDesk queues shrink,Waiting time,11\n")
    assert (again.taken, again.gone, again.asked) == (0, [], [])
    assert said(room) == [
        ("Desk queues shrink", "Waiting time", "", "11"),
        ("Phone queues shrink a lot", "Waiting time", "", "6"),
    ]


def test_metrics_side_by_side_are_known_again(room: Room) -> None:
    text = "Hypothèse;Mesure 1;Cible 1;Mesure 2;Cible 2\nLes files baissent;Attente;12;Abandons;5\n"
    bring(room, text)
    assert bring(room, text.replace(";5", ";4")).taken == 0 and targets(room) == ["12", "4"]
    assert bring(room, text.replace(";5", ";4")).updated == []


def test_a_later_figure_of_a_list_takes_the_place_of_the_last(room: Room) -> None:
    text = "indicateur;valeur;unite_mesure;est_cible;date\nVélos loués;40;vélos;false;2024-12-31\n"
    bring(room, f"{text}Vélos loués;90;vélos;true;2026-12-31\n")
    again = bring(room, f"{text}Vélos loués;90;vélos;true;2026-12-31\nVélos loués;55;vélos;false;2025-12-31\n")
    [one] = rows(room)
    assert (again.taken, one.baseline, one.baseline_date, one.target) == (0, "55", "2025-12-31", "90")


def test_a_workbook_saved_as_csv_is_the_same_file(room: Room) -> None:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in (["Hypothèse", "Mesure", "Cible"], ["Les quais", "Retard", 12]):
        book.active.append(row)
    book.save(content)
    assert take(room, read_file(content.getvalue()), "mesures.xlsx").taken == 1
    # The name of the only sheet is no part of where rows come from.
    assert bring(room, "Hypothèse;Mesure;Cible\nLes quais du port;Retard;10\n", "mesures.csv").taken == 0
    assert targets(room) == ["10"]


def test_a_metric_that_gets_a_hypothesis_of_its_own_comes_in_under_it(room: Room) -> None:
    head = "Hypothèse;Mesure;Cible\nLes bacs partent;Retard;5\n"
    bring(room, f"{head};Pannes;3\n")
    again = bring(room, f"{head}Les moteurs tiennent;Pannes;3\n")
    assert again.taken == 1 and [note.text for note in again.gone] == ["Pannes"]


def test_a_unit_is_corrected_with_its_figures(room: Room) -> None:
    head = "Metric,Unit,Baseline,Target\n"
    bring(room, f"{head}Time to answer,days,14,7\n")
    assert bring(room, f"{head}Time to answer,weeks,2,1\n").asked == []
    assert [(row.unit, row.baseline, row.target) for row in rows(room)] == [("weeks", "2", "1")]


def test_a_unit_that_somebody_changed_stays_beside_a_corrected_figure(room: Room) -> None:
    head = "Metric,Unit,Target\n"
    bring(room, f"{head}Time to answer,days,7\n")
    put(room, "Time to answer", "unit", "working days")
    assert bring(room, f"{head}Time to answer,days,6\n").asked == []
    assert [(row.unit, row.target) for row in rows(room)] == [("working days", "6")]


def test_a_table_that_is_pasted_again_is_corrected_by_who_pasted_it(room: Room) -> None:
    bring(room, "Mesure;Cible\nPrêts;5\n", "")
    assert bring(room, "Mesure;Cible\nPrêts;6\n", "").asked == [] and targets(room) == ["6"]


STATEMENTS = st.sampled_from(["Moins d’attente", "Moins d’attente ici", "Plus de droits", ""])
METRICS = st.sampled_from(["Délai", "Délai médian", "Part", ""])
FIGURES = st.sampled_from(["", "3", "12", "beaucoup"])
TABLES = st.lists(st.tuples(STATEMENTS, METRICS, FIGURES, FIGURES), min_size=1, max_size=5)


@examples(40)
@example(tables=[([("", "Délai", "", "")], "a.csv"), ([("", "Délai", "", ""), ("Moins", "Délai", "", "")], "a.csv")])
@example(
    tables=[
        ([("Moins", "Délai", "", ""), ("Moins", "Délai", "", "3")], "a.csv"),
        ([("Moins", "Délai", "", "3"), ("Moins", "Délai", "3", "3")], "a.csv"),
    ]
)
@example(
    tables=[
        ([("Moins d’attente", "Délai", "3", "3")], "a.csv"),
        ([("Moins d’attente ici", "Délai", "beaucoup", ""), ("Moins d’attente ici", "Délai", "", "3")], "a.csv"),
    ]
)
@given(tables=st.lists(st.tuples(TABLES, st.sampled_from(["a.csv", "b.csv", ""])), min_size=1, max_size=4))
def test_whatever_was_brought_before_a_file_brought_twice_changes_nothing(
    opened: Path, tables: list[tuple[list[tuple[str, ...]], str]]
) -> None:
    with TemporaryDirectory() as folder:
        for room in copied(opened, Path(folder), Time()):
            for table, name in tables:
                text = "\n".join(map(";".join, [("Hypothèse", "Mesure", "Valeur de départ", "Cible"), *table]))
                bring(room, text, name)
                before = rows(room)
                again = bring(room, text, name)
                assert (again.taken, again.updated) == (0, [])
                assert rows(room) == before
