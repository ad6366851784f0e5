"""The ledger and the choice in what leaves the workshop: summary, calendar, state, notebook to share, replay."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from icalendar import Event
from jsonschema import Draft202012Validator
from msgspec import structs

from impactlib import views
from impactlib.domain.agenda import Role
from impactlib.domain.redaction import OWNER, redact, shown
from impactlib.domain.session_file import FORMAT, SessionFile
from impactlib.domain.summary import Outline, missing
from impactlib.export.followup import calendar
from impactlib.export.session_json import SCHEMA, state
from impactlib.rooms import replay
from impactlib.views.render import environment
from tests.conftest import Room
from tests.test_views import seen

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
DECISION = {"threshold": "14 jours", "decide_on": "2033-12-31", "decider": "Marc", "if_missed": "stop"}
FIGURES = {"baseline": "21", "potential": "7", "milestones": "14 en juin, 10 en décembre"}


@pytest.fixture
def finished(lived: Room) -> Room:
    """An hour that the team has finished at its link: all is marked, named and decided."""
    first, second = lived.session.notes_of("recommendation")
    again = lived.ask(CONSULTANT, do="write", kind="recommendation", text="Ayez un témoin")
    for note, detail, value in (
        (again, "same_as", first.id),
        (first.id, "status", "adapted"),
        (first.id, "reason", "Marc n’a qu’un département"),
        (second.id, "status", "aside"),
        (lived.session.kept[0], "north_star", "yes"),
        (second.id, "reason", "Il en faut au contraire"),
        *((lived.session.kept[0], name, value) for name, value in {**FIGURES, **DECISION}.items()),
    ):
        lived.ask(FACILITATOR, do="detail", note=note, detail=detail, value=value)
    lived.ask(CLIENT, do="write", kind="action", text="Choisir", about=first.id)
    lived.ask(CLIENT, do="write", kind="contact", text="colis@exemple.fr")
    return lived


def test_a_missing_part_goes_once_it_is_completed(lived: Room, finished: Room) -> None:
    assert missing(finished.session) == ["owner", "due"]
    lived.ask(CLIENT, do="detail", note=finished.session.kept[0], detail="decider", value="")
    lived.ask(CONSULTANT, do="write", kind="recommendation", text="Et encore ceci")
    assert {"decision", "status"} < set(missing(lived.session))


@pytest.mark.parametrize("figure", FIGURES)
def test_a_north_star_without_one_of_its_figures_is_to_complete_and_another_metric_is_not(
    finished: Room, figure: str
) -> None:
    star, other = finished.session.notes_of("metric")
    finished.ask(CLIENT, do="detail", note=star.id, detail=figure, value="")
    assert missing(finished.session) == ["figures", "owner", "due"]
    finished.ask(CLIENT, do="detail", note=star.id, detail=figure, value=FIGURES[figure])
    finished.ask(CLIENT, do="keep", metric=other.id, kept="true")
    for name, value in DECISION.items():
        finished.ask(CLIENT, do="detail", note=other.id, detail=name, value=value)
    assert missing(finished.session) == ["owner", "due"]


def test_a_mark_without_a_reason_is_to_complete_and_no_mark_is_another_gap(finished: Room) -> None:
    second = finished.session.notes_of("recommendation")[1]
    finished.ask(CLIENT, do="detail", note=second.id, detail="reason", value="")
    assert missing(finished.session) == ["owner", "due", "reason"]
    finished.ask(CLIENT, do="detail", note=second.id, detail="status", value="")
    assert missing(finished.session) == ["owner", "due", "status"]


@pytest.mark.parametrize("machine", ["Europe/Paris", "America/Martinique", "Asia/Tokyo"])
@pytest.mark.parametrize(
    ("zone", "on", "gaps"),
    [
        ("Europe/Paris", "2033-05-17", ["passed"]),
        ("Europe/Paris", "2033-05-18", []),
        ("Europe/Paris", "2033-05-19", []),
        # It is still the evening before.
        ("America/Martinique", "2033-05-17", []),
        ("America/Martinique", "2033-05-16", ["passed"]),
    ],
)
def test_a_decision_dated_before_the_day_of_the_hour_is_taken_and_said(
    finished: Room, monkeypatch: pytest.MonkeyPatch, machine: str, zone: str, on: str, gaps: list[str]
) -> None:
    finished.ask(CLIENT, do="detail", note=finished.session.kept[0], detail="decide_on", value=on)
    session = structs.replace(finished.session, zone=zone)
    monkeypatch.setenv("TZ", machine)
    time.tzset()
    try:
        assert missing(session) == [*gaps, "owner", "due"]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_another_mark_asks_why_anew_and_the_same_or_none_does_not(finished: Room) -> None:
    second = finished.session.notes_of("recommendation")[1]

    def marked(status: str) -> str:
        finished.ask(CLIENT, do="detail", note=second.id, detail="status", value=status)
        return finished.session.notes[second.id].details["reason"]

    assert marked("aside") == marked("") == marked("aside") == "Il en faut au contraire"
    assert marked("kept") == "" and missing(finished.session) == ["owner", "due", "reason"]


def test_a_decision_dated_before_the_hour_is_no_day_of_the_calendar(finished: Room) -> None:
    finished.ask(CLIENT, do="detail", note=finished.session.kept[0], detail="decide_on", value="2020-01-01")
    assert [day["uid"] for day in days(finished) if str(day["uid"]).startswith("decision-")] == []


def test_the_page_leads_from_a_reason_left_to_say_to_the_recommendations(finished: Room) -> None:
    second = finished.session.notes_of("recommendation")[1]
    assert "Marquer les recommandations" not in seen(finished.session, CLIENT, views.summary)
    finished.ask(CLIENT, do="detail", note=second.id, detail="reason", value="")
    page = seen(finished.session, CLIENT, views.summary)
    assert "Marquer les recommandations" in page and "pourquoi l’équipe garde, adapte ou écarte" in page
    assert "Marquer les recommandations" not in seen(finished.session, OBSERVER, views.summary)


def test_a_summary_tells_a_group_once_and_where_an_action_comes_from(finished: Room) -> None:
    made = Outline(finished.session)
    [exchange] = made.hypotheses
    [first] = exchange.replies
    assert [note.text for note in made.repeated(first)] == ["Ayez un témoin"]
    assert [note.text for note in made.advice] == ["Publiez peu de chiffres"]
    assert made.comes_from(made.actions[-1]) is first


def days(room: Room) -> list[Event]:
    return list(calendar(room.session, environment("fr"), datetime(2026, 11, 1, tzinfo=UTC)).walk("VEVENT"))


def test_a_decision_is_a_day_of_the_calendar_while_its_metric_is_kept(finished: Room) -> None:
    delay, visits = finished.session.notes_of("metric")
    finished.ask(CLIENT, do="detail", note=visits.id, detail="decide_on", value="2034-01-15")
    [day] = [day for day in days(finished) if str(day["uid"]).startswith("decision-")]
    assert str(day["dtstart"].dt) == "2033-12-31"
    assert [word for word in ("14 jours", "Marc", "nous arrêtons") if word not in str(day["description"])] == []
    finished.ask(CLIENT, do="keep", metric=delay.id, kept="false")
    assert not any(str(day["uid"]).startswith("decision-") for day in days(finished))


def test_no_day_of_the_calendar_takes_anybodys_time(finished: Room) -> None:
    kinds = {str(day["uid"]).partition("-")[0]: str(day["transp"]) for day in days(finished)}
    assert set(kinds.values()) == {"TRANSPARENT"} and {"decision", "point"} < kinds.keys()


def test_the_state_says_it_all_and_fits_its_schema(finished: Room) -> None:
    whole = state(finished.session)
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(whole)
    first, second, again = whole["recommendations"]
    assert (first["status"], second["status"], again["status"]) == ("adapted", "aside", None)
    assert again["same_as"] == first["id"] == whole["commitments"][-1]["about"]
    assert [metric["north_star"] for metric in whole["metrics"]] == [True, False]
    assert whole["metrics"][0]["if_missed"] == "stop"
    assert [note["text"] for note in whole["contact"]] == ["colis@exemple.fr"]


def test_a_notebook_to_share_keeps_groups_and_decisions_without_names_nor_how_to_reach_the_team(finished: Room) -> None:
    labels: dict[str, str] = {**{role: role.value for role in Role}, OWNER: "owner"}
    shared = redact(SessionFile(finished.session.id, tuple(finished.entries), FORMAT), labels).fold()
    first, again = shared.notes_of("recommendation")[0], shared.notes_of("recommendation")[2]
    assert again.details["same_as"] == first.id
    assert first.details["reason"] == "client 1 n’a qu’un département"
    assert next(iter(shared.kept_metrics())).details["decider"] == "client 1"
    assert not shared.notes_of("contact")


def test_an_agreement_that_was_taken_back_leaves_in_no_file_of_a_page(finished: Room) -> None:
    for told in finished.session.notes_of("contact"):
        finished.ask(CLIENT, do="withdraw", note=told.id)
    note = finished.ask(CLIENT, do="write", kind="contact", text="colis@exemple.fr")
    finished.ask(CLIENT, do="edit", note=note, text="familles@exemple.fr", was="1")
    file = finished.store.to_file()
    assert "exemple.fr" in str(shown(file)) and "exemple.fr" in str(replay.build(file, "fr"))
    finished.ask(CLIENT, do="withdraw", note=note)
    file = finished.store.to_file()
    assert "exemple.fr" not in str(shown(file)) and "exemple.fr" not in str(replay.build(file, "fr"))
