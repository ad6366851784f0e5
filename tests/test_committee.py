"""The sheet of an investment committee: every heading is there, filled from what is known, else to complete."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import odfdo
import pytest
from lxml import html
from msgspec import structs

from impactlib import export
from impactlib.domain.agenda import COMMITTEE, Role
from impactlib.domain.clock import day_of
from impactlib.domain.committee import Committee
from impactlib.storage.session_store import follow_session
from impactlib.views.render import environment
from tests.conftest import Room, Time
from tests.test_readings import give

CLIENT = Role.CLIENT
HEADINGS = (
    "En bref",
    "Le service en une phrase",
    "Sa raison d’être, pour l’équipe et le sponsor",
    "Rappel\u00a0: problème, solution, principaux indicateurs",
    "01 · Les six mois passés",
    "02 · Les six mois à venir",
    "03 · Les besoins",
    "La grille du sponsor",
    "Annexes",
)
ASKED = (
    "Objectifs d’alors et d’aujourd’hui",
    "La mesure phare (North Star) sur six mois",
    "Ce qui a été fait",
    "Ce qui a été appris",
    "L’impact, en cinq cases",
    "Vision à cinq ans",
    "Potentiel de déploiement",
    "Trois priorités au plus, avec leurs résultats attendus",
    "Feuille de route",
    "Standards\u00a0: il y a six mois, aujourd’hui, dans six mois",
    "Budget demandé",
    "Coût à l’impact",
    "Problème",
    "Solution",
    "Principaux indicateurs",
    "Équipe",
    "Décision\u00a0: continuer à budget égal ou supérieur, continuer avec moins, ou arrêt, pivot ou maintenance",
)


def page(room: Room) -> html.HtmlElement:
    return html.document_fromstring(export.render(room.store.to_file(), "committee", "html", environment("fr")))


def below(found: html.HtmlElement, heading: str) -> str:
    """The text between a heading and the next one."""
    [start] = [one for one in found.iter("h2", "h3") if one.text_content() == heading]
    said = []
    for after in start.itersiblings():
        if after.tag in ("h2", "h3"):
            break
        said.append(after.text_content())
    return " ".join(" ".join(said).split())


def test_an_empty_session_has_every_heading_and_invents_nothing(room: Room) -> None:
    found = page(room)
    assert tuple(one.text_content() for one in found.iter("h2")) == HEADINGS
    told = [one.text_content() for one in found.iter("h3")]
    assert [heading for heading in ASKED if heading not in told] == []
    for heading in ("Problème", "Objectifs d’alors et d’aujourd’hui", "Budget demandé", "Vision à cinq ans"):
        assert below(found, heading) == "à compléter"


def test_the_grid_of_the_sponsor_is_blank_and_has_ten_questions(room: Room) -> None:
    marks = page(room).xpath("//table[caption]/tbody//td")
    assert [mark.text_content() for mark in marks] == ["… / 5"] * 10


def test_goals_are_told_then_and_now(room: Room) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    said = {"unit": "jours", "baseline": "21", "baseline_date": "2033-01-01", "target": "10", "direction": "less"}
    for name, value in said.items():
        room.ask(CLIENT, do="detail", note=id, detail=name, value=value)
    give(room, id, "9", "2033-05-01")
    goals = below(page(room), "Objectifs d’alors et d’aujourd’hui")
    for told in ("21\u00a0jours", "9\u00a0jours", "10\u00a0jours", "cible atteinte"):
        assert " ".join(told.split()) in goals, goals
    assert [series.metric.id for series in Committee(room.session).goals] == [id]


def test_a_decision_whose_day_has_come_stands_beside_the_figure_of_that_day(room: Room) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    said = {
        "unit": "jours",
        "baseline": "21",
        "baseline_date": "2026-01-01",
        "threshold": "12 jours",
        "direction": "less",
    }
    for name, value in {**said, "decide_on": "2026-03-15", "if_missed": "pivot"}.items():
        room.ask(CLIENT, do="detail", note=id, detail=name, value=value)
    for figure, month in (("14", "2026-02"), ("11", "2026-03")):
        give(room, id, figure, month)
    [decision] = Committee(room.session).decisions
    assert (decision.then and decision.then.text, decision.met, decision.verdict) == ("14", False, None)
    told = below(page(room), "Décisions écrites d’avance, dont la date est passée")
    assert all(words in told for words in ("14 jours", "seuil manqué", "pivoter", "Aucun verdict n’est consigné"))


def test_a_goal_says_how_far_it_is_how_old_and_how_right_its_figure_is(room: Room) -> None:
    room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    said = {"unit": "jours", "baseline": "21", "baseline_date": "2033-01-01", "target": "7", "direction": "less"}
    said |= {"target_date": "2033-05-10", "quality": "50", "limits": "La date manque une fois sur deux."}
    for name, value in said.items():
        room.ask(CLIENT, do="detail", note=id, detail=name, value=value)
    give(room, id, "12", "2033-04")
    found = page(room)
    goals, short = below(found, "Objectifs d’alors et d’aujourd’hui"), below(found, "En bref")
    assert (
        "pas encore de chiffre à la date de la cible" in goals and "On ne sait pas encore si elle est atteinte" in short
    )
    for told in ("il s’en fallait encore de 5 jours", "avril 2033, 18 jours avant cette fiche"):
        assert told in goals and told in short, (goals, short)
    quality = "50 % des données sont correctes ; leur source n’est pas donnée"
    for told in ("Source : à compléter", quality, "La date manque une fois sur deux."):
        assert told in goals, goals
    assert "Cibles à venir : à compléter" in below(found, ASKED[7])
    room.ask(CLIENT, do="detail", note=id, detail="target_date", value="2034-01-01")
    assert "Cibles à venir : Délai médian, 7 jours (01/01/2034)" in below(page(room), ASKED[7])


def test_the_figure_that_the_committee_before_knew_is_what_goals_start_from(room: Room, time: Time) -> None:
    room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    for name, value in {"unit": "jours", "baseline": "21", "baseline_date": "2033-01-01"}.items():
        room.ask(CLIENT, do="detail", note=id, detail=name, value=value)
    give(room, id, "15", "2033-04")
    assert room.session.agenda is not None
    before = structs.replace(room.session, agenda=replace(room.session.agenda, name=COMMITTEE))
    time.now += 40 * 86400
    give(room, id, "12", "2033-05")
    sheet = Committee(room.session, (before,))
    [series] = sheet.goals
    then = [one.then(series) for one in (sheet, Committee(room.session))]
    assert [one.text for one in then if one] == ["15", "21"] and sheet.last_on == Committee(before).today


def test_the_curve_is_of_six_months_and_marks_each_workshop_of_the_product(room: Room) -> None:
    room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    for figure, month in (("30", "2031-04"), ("21", "2032-04"), ("15", "2033-01"), ("12", "2033-04")):
        give(room, id, figure, month)
    room.ask(CLIENT, do="detail", note=id, detail="baseline", value="40")
    room.ask(CLIENT, do="detail", note=id, detail="baseline_date", value="2030-01-01")
    held = datetime(2033, 2, 10, tzinfo=UTC).timestamp()
    sheet = Committee(room.session, (structs.replace(room.session, clock=replace(room.session.clock, started=held)),))
    [series] = sheet.goals
    drawn = sheet.curve(series)
    assert drawn and [spot.figure.text for spot in drawn.spots] == ["21", "15", "12"]
    workshops = [mark.on for _, mark in drawn.marks if mark.kind == "workshop"]
    assert workshops == [date(2033, 2, 10), sheet.today]


def test_words_are_dated_by_the_session_that_put_them_as_they_stand(room: Room, time: Time, tmp_path: Path) -> None:
    room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
    old, edited = (room.ask(CLIENT, do="write", kind="problem", text=text) for text in ("Trois semaines", "Peu"))
    room.ask(Role.FACILITATOR, do="end")
    time.now += 40 * 86400
    after = Room(follow_session(tmp_path / "next", room.store.to_file(), clock=time))
    after.ask(CLIENT, do="join", name="Lucas")
    after.ask(CLIENT, do="edit", note=edited, text="Peu de dates", was=1)
    notes = [after.session.notes[id] for id in (old, edited)]
    sheet, alone = Committee(after.session, (room.session,)), Committee(after.session)
    hour, now = (day_of(one.held_at, one.zone).isoformat() for one in (room.session, after.session))
    assert [sheet.put_on(note) for note in notes] == [hour, now] and hour != now
    assert [alone.put_on(note) for note in notes] == ["", now]
    after.store.journal.close()


def test_what_is_dated_fills_the_roadmap_and_is_not_told_as_done(room: Room) -> None:
    for text, due in (("Équiper les mairies", "2033-08-01"), ("Écrire aux préfectures", "")):
        room.ask(CLIENT, do="write", kind="action", text=text, due=due)
    room.ask(CLIENT, do="write", kind="feature", text="Le rappel par message", delivered_on="2033-07-01")
    found = page(room)
    road = below(found, "Feuille de route")
    at = [road.index(one) for one in ("01/07/2033 : Livraison", "01/08/2033 : Action", "Date : à compléter · Action")]
    assert at == sorted(at) and below(found, "Ce qui a été fait") == "à compléter"


def test_a_cost_at_use_is_told_with_its_day_and_its_period(room: Room) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Coût à l’utilisation")
    said = {"indicator": "cost-per-use", "unit": "€", "period": "mois", "baseline": "4", "baseline_date": "2026-01-31"}
    for name, value in {**said, "quality": "90"}.items():
        room.ask(CLIENT, do="detail", note=id, detail=name, value=value)
    found = page(room)
    for heading in ("En bref", "Coût à l’impact"):
        told = below(found, heading)
        assert "Coût à l’utilisation : 4 € (janvier 2026, " in told, told
        assert "période : un mois). L’équipe estime que 90 % des données" in told and "à compléter" in told, told


def test_standards_say_what_is_known_now_and_leave_then_and_next_to_complete(room: Room) -> None:
    told = below(page(room), ASKED[9])
    assert told.count("à compléter") == 11 and "étapes qui ont une mesure : 0 sur 5" in told


@pytest.mark.parametrize("form", ["odt", "docx"])
def test_the_sheet_leaves_for_both_offices(room: Room, form: str) -> None:
    content = io.BytesIO(export.render(room.store.to_file(), "committee", form, environment("fr")))
    if form == "odt":
        told = "\n".join(one.inner_text for one in odfdo.Document(content).body.get_elements("//text:h | //text:p"))
    else:
        told = "\n".join(docx.Document(content).element.body.xpath(".//w:t/text()"))
    for heading in (*HEADINGS, *ASKED):
        assert heading in told
    assert told.count("… / 5") == 10
