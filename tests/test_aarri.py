"""The AARRI table: what was hoped stays beside what came, and neither ever changes the other."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, strategies as st

from impactlib.domain.aarri import STEPS, six_months, table
from impactlib.domain.agenda import Role
from impactlib.domain.events import DetailSet, Entry, Event, NoteWritten, order
from impactlib.domain.fold import history
from impactlib.domain.readings import every_series
from impactlib.domain.redaction import redact
from impactlib.domain.session import Session
from impactlib.export import render, to_frames
from impactlib.export.session_json import state
from impactlib.storage.session_store import follow_session, import_session
from impactlib.views import Eye
from impactlib.views.aarri import PANE
from impactlib.views.controls import PANE as CONTROLS
from impactlib.views.render import environment
from impactlib.views.summary import PANE as SUMMARY
from impactlib.views.wording import called
from tests.conftest import Room, Time, examples
from tests.test_features import drawn as drawn_in
from tests.test_follow import words
from tests.test_readings import written

CLIENT, CONSULTANT, FACILITATOR = Role.CLIENT, Role.CONSULTANT, Role.FACILITATOR
DAY = 86_400


@pytest.fixture
def metric(room: Room) -> str:
    """A metric of the first step, on 18 May 2033."""
    id = room.ask(CLIENT, do="write", kind="metric", text="Visites utiles")
    room.ask(CLIENT, do="detail", note=id, detail="aarri", value="acquisition")
    return id


def hope(room: Room, metric: str, figure: str, month: str) -> str:
    return room.ask(CLIENT, do="write", kind="forecast", about=metric, text="", figure=figure, as_of=month)


def give(room: Room, metric: str, figure: str, as_of: str, **more: str) -> str:
    return room.ask(CLIENT, do="write", kind="reading", about=metric, text="", figure=figure, as_of=as_of, **more)


def told(session: Session) -> list[tuple[str, list[str], str]]:
    """Each month of the table: its last day, what was hoped of it, what came."""
    return [
        (str(month.on), [f"{one.value}" for one in month.forecasts], f"{month.real.value}" if month.real else "")
        for step in table(session)
        for row in step.rows
        for month in row.months
    ]


def drawn(room: Room, role: Role = CLIENT, pane: Any = PANE) -> str:
    return drawn_in(room, role, pane=pane)


# What is forecast, and what came ----------------------------------------------------------------------


def test_the_five_steps_are_there_whatever_is_known(room: Room) -> None:
    assert [(step.name, step.rows) for step in table(room.session)] == [(name, ()) for name in STEPS]
    assert len(STEPS) == 5
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai médian", unit="jours")
    assert "pas encore de mesure" in drawn(room) and "Délai médian" in drawn(room)
    room.ask(CLIENT, do="detail", note=metric, detail="aarri", value="impact")
    assert "Pas encore de prévision" in drawn(room) and drawn(room).count("Prévoir") == 6


def test_the_forecast_stands_beside_the_reading_of_its_month(room: Room, metric: str, time: Time) -> None:
    for month, figure in (("juin 2033", "300"), ("07/2033", "320"), ("2033-08", "340")):
        hope(room, metric, figure, month)
    assert told(room.session) == [("2033-06-30", ["300"], ""), ("2033-07-31", ["320"], ""), ("2033-08-31", ["340"], "")]
    time.advance(100 * DAY)
    give(room, metric, "280", "2033-06")
    give(room, metric, "310", "2033-07-12")
    assert [real for _, _, real in told(room.session)] == ["280", "310", ""]
    assert "pas encore connu" in drawn(room)


def test_a_corrected_forecast_keeps_the_first_and_both_are_told(room: Room, metric: str, time: Time) -> None:
    hope(room, metric, "300", "2033-06")
    time.advance(5 * DAY)
    hope(room, metric, "250", "2033-06")
    assert told(room.session) == [("2033-06-30", ["300", "250"], "")]
    assert "prévu le 18/05/2033 : 300, corrigé le 23/05/2033 : 250" in drawn(room)
    time.advance(90 * DAY)
    hope(room, metric, "240", "2033-06")
    assert "corrigé le 21/08/2033 : 240 (une fois le mois passé)" in drawn(room)


def test_a_forecast_is_never_rewritten(room: Room, metric: str) -> None:
    note = hope(room, metric, "300", "2033-06")
    for name, value in (("figure", "250"), ("as_of", "2033-07-31"), ("said_on", "2033-01-01")):
        assert "stays as it was" in str(room.refused(CLIENT, do="detail", note=note, detail=name, value=value))
    room.ask(CLIENT, do="withdraw", note=note)
    assert told(room.session) == []
    assert "Visites utiles · 300 · 30/06/2033" in drawn(room, FACILITATOR, CONTROLS)
    room.ask(CLIENT, do="restore", note=note)
    assert told(room.session) == [("2033-06-30", ["300"], "")]


@pytest.mark.parametrize(
    ("figure", "month", "field", "why"),
    [
        ("", "2033-06", "figure", "figure"),
        ("beaucoup", "2033-06", "figure", "not a number"),
        ("300", "", "as_of", "month"),
        ("300", "30/06/2033", "as_of", "for a month"),
        ("300", "2033", "as_of", "for a month"),
        ("300", "un jour", "as_of", "cannot be read"),
    ],
)
def test_bad_input_gets_a_sentence(room: Room, metric: str, figure: str, month: str, field: str, why: str) -> None:
    said = {"do": "write", "kind": "forecast", "about": metric, "text": "", "figure": figure, "as_of": month}
    refusal = room.refused(CLIENT, **said)
    assert refusal.facts["field"] == field and why in str(refusal)


def test_a_forecast_has_the_unit_of_its_metric(room: Room, metric: str) -> None:
    room.ask(CLIENT, do="detail", note=metric, detail="unit", value="%")
    hope(room, metric, "30 %", "2033-06")
    said = {"about": metric, "text": "", "figure": "3 jours", "as_of": "2033-06"}
    assert "unit" in str(room.refused(CLIENT, do="write", kind="forecast", **said))
    assert "30 %" in drawn(room)


@pytest.mark.parametrize("role", [CONSULTANT, Role.OBSERVER])
def test_only_the_team_forecasts(room: Room, metric: str, role: Role) -> None:
    room.refused(role, do="write", kind="forecast", about=metric, text="", figure="3", as_of="2033-06")
    assert "<form" not in str(PANE.frame(Eye(role, "fr")))
    assert "data-do" not in str(PANE.fragments(room.session, Eye(role)))


def test_a_figure_of_another_period_or_of_a_day_to_come_is_not_of_the_month(
    room: Room, metric: str, time: Time
) -> None:
    hope(room, metric, "300", "2033-06")
    give(room, metric, "290", "2033-06-30")  # still to come
    time.advance(60 * DAY)
    give(room, metric, "900", "2033-06-30", over="quarter")
    assert told(room.session)[0][2] == ""
    give(room, metric, "280", "2033-06-29")
    give(room, metric, "70", "2033-06-30", over="week")
    assert told(room.session)[0][2] == "280"
    give(room, metric, "285", "2033-06", over="month")
    give(room, metric, "281", "2033-06-20")
    assert told(room.session)[0][2] == "285"


def test_what_is_of_no_step_any_more_is_still_told(room: Room, metric: str) -> None:
    hope(room, metric, "300", "2033-06")
    room.ask(CLIENT, do="detail", note=metric, detail="aarri", value="")
    assert [step.name for step in table(room.session)] == [*STEPS, ""]
    assert "Hors étape" in drawn(room) and "300" in drawn(room)


def test_the_six_months_that_come_are_there_to_forecast_whatever_was(room: Room, metric: str, time: Time) -> None:
    """The page shows them beside the months that have a forecast; a press brings any of them into the form."""
    room.ask(FACILITATOR, do="start", step=room.session.steps[0].id)
    page = drawn(room)
    for month in ("juin 2033", "juil. 2033", "août 2033", "sept. 2033", "oct. 2033", "nov. 2033"):
        assert month in page
    assert page.count("Prévoir : ") == 6
    hope(room, metric, "300", "2033-08")
    page = drawn(room)
    assert (page.count("Prévoir : "), page.count("Corriger : ")) == (5, 1) and "300" in page
    assert str(PANE.fragments(room.session, Eye(CLIENT, "fr"))).count('data-month="août 2033"') == 1
    assert told(room.session) == [("2033-08-31", ["300"], "")]


def test_the_six_months_follow_the_day_and_keep_what_was_forecast_before(room: Room, metric: str, time: Time) -> None:
    hope(room, metric, "300", "2033-06")
    give(room, metric, "120", "2033-05")
    room.ask(FACILITATOR, do="start", step=room.session.steps[0].id)
    late = room.session.held_at + 200 * DAY
    assert [on.isoformat() for on in six_months(room.session, late)][::5] == ["2034-01-31", "2034-06-30"]
    [row] = [row for step in table(room.session, six_months(room.session, late)) for row in step.rows]
    assert [bool(month.forecasts) for month in row.months] == [True, *[False] * 6]
    assert row.last is not None and row.last.on == date(2033, 6, 30)


# Neither changes the other ----------------------------------------------------------------------------

MONTHS = st.sampled_from([date(2033, 6, 30), date(2033, 7, 31), date(2033, 8, 31)])
GIVEN = st.lists(st.tuples(st.booleans(), MONTHS, st.integers(0, 99)), max_size=10)


def _said(id: str, is_forecast: bool, on: date, value: int) -> list[Event]:
    if not is_forecast:
        return written(id, on, value, "month")
    said = {"figure": str(value), "as_of": on.isoformat()}
    return [NoteWritten(id, "forecast", "", "m"), *(DetailSet(id, name, value) for name, value in said.items())]


def _entries(given: list[Any], kept: bool | None = None) -> list[Entry]:
    first: list[Event] = [NoteWritten("m", "metric", "Visites"), DetailSet("m", "aarri", "impact")]
    some = [(n, one) for n, one in enumerate(given) if kept is None or one[0] == kept]
    return [
        *(Entry("s", n, f"e{n}", 1.0, "p", "", event) for n, event in enumerate(first)),
        *(
            Entry("s", 10 * n + place + 10, f"e{n}-{place}", 2_100_000_000.0 + n, "p", "", event)
            for n, one in some
            for place, event in enumerate(_said(f"n{n}", *one))
        ),
    ]


def _folded(entries: list[Entry]) -> Session:
    return history(sorted(entries, key=order), Session(id="s"))


def _readings(session: Session) -> list[tuple[date | None, str]]:
    return [(one.on, one.text) for series in every_series(session) for one in series.figures]


@examples(100)
@given(said=GIVEN)
def test_a_forecast_never_changes_a_reading_nor_a_reading_a_forecast(said: list[Any]) -> None:
    both = _folded(_entries(said))
    readings_alone, forecasts_alone = _folded(_entries(said, kept=False)), _folded(_entries(said, kept=True))
    assert _readings(both) == _readings(readings_alone)
    hoped = [(on, values) for on, values, _ in told(both)]
    assert hoped == [(on, values) for on, values, _ in told(forecasts_alone)]


def test_what_is_forecast_apart_is_the_same_whoever_takes_in_the_other(
    room: Room, metric: str, tmp_path: Path, time: Time
) -> None:
    kept = room.store.to_file()
    rooms = [Room(import_session(tmp_path / name, kept, clock=time)[0]) for name in ("one", "other")]
    for at, one in enumerate(rooms):
        said = {"about": metric, "as_of": "2033-06", "text": ""}
        for kind in ("forecast", "reading"):
            time.advance(1)
            gesture = {"id": f"{kind}-apart-{at}", "do": "write", "kind": kind, "figure": f"{30 + at}", **said}
            one.store.ask(one.asking(f"person-{CLIENT}", CLIENT), gesture)
    files = [one.store.to_file() for one in rooms]
    rooms[0].store.merge(files[1])
    rooms[1].store.merge(files[0])
    found = [told(one.session) for one in rooms]
    for one in rooms:
        one.store.journal.close()
    assert found[0] == found[1] and found[0][0][1] == ["30", "31"]


# Where it is told -------------------------------------------------------------------------------------


@pytest.fixture
def forecast(room: Room, metric: str, time: Time) -> str:
    """Three months of which one has come, the forecast of another corrected, at the end of July."""
    for month, figure in (("2033-06", "300"), ("2033-07", "320"), ("2033-08", "340")):
        hope(room, metric, figure, month)
    time.advance(70 * DAY)
    give(room, metric, "280", "2033-06")
    hope(room, metric, "250", "2033-08")
    return metric


TOLD = ("300", "280", "320", "pas encore connu", "prévu le 18/05/2033 : 340, corrigé le 27/07/2033 : 250", "Rétention")


@pytest.mark.parametrize(
    ("kind", "form"), [*(("summary", form) for form in ("md", "html", "odt", "docx")), ("committee", "html")]
)
def test_every_file_that_is_read_says_it(room: Room, forecast: str, kind: str, form: str) -> None:
    said = words(render(room.store.to_file(), kind, form, environment("fr")), form)
    said = re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r" ?<[^>]+> ?", " ", said) if form == "html" else said)
    for one in TOLD:
        assert one in said, one


def test_the_summary_of_the_page_says_it(room: Room, forecast: str) -> None:
    for pane in (PANE, SUMMARY):
        assert [one for one in TOLD if one not in drawn(room, pane=pane)] == []


def test_a_session_without_a_forecast_has_no_such_part(room: Room, metric: str) -> None:
    assert "Prévu et réel" not in drawn(room, pane=SUMMARY)
    assert "Prévu et réel" not in render(room.store.to_file(), "summary", "md", environment("fr")).decode()


def test_session_json_and_the_frames_hold_it(room: Room, forecast: str) -> None:
    said = state(room.session)
    assert [one["aarri"] for one in said["metrics"]] == ["acquisition"]
    assert [(one["month"], one["value"], (one["real"] or {}).get("value")) for one in said["forecasts"]] == [
        ("2033-06-30", 300, 280),
        ("2033-07-31", 320, None),
        ("2033-08-31", 340, None),
        ("2033-08-31", 250, None),
    ]
    frame = to_frames(room.store.to_file())["forecasts"]
    assert [*frame["aarri"]] == ["acquisition"] * 4 and [*frame["real"].fillna(0)] == [280, 0, 0, 0]


def test_a_sheet_has_a_row_for_each_forecast(room: Room, forecast: str) -> None:
    views = environment("fr")
    book = openpyxl.load_workbook(io.BytesIO(render(room.store.to_file(), "forecasts", "xlsx", views)))
    rows = [*book.worksheets[0].iter_rows(values_only=True)]
    assert rows[0] == ("Étape", "Mesure", "Unité", "Mois", "Prévu", "Prévu le", "Réel")
    assert [(row[0], row[4], row[6]) for row in rows[1:]] == [
        ("Acquisition", 300, 280),
        ("Acquisition", 320, None),
        ("Acquisition", 340, None),
        ("Acquisition", 250, None),
    ]
    metrics = openpyxl.load_workbook(io.BytesIO(render(room.store.to_file(), "metrics", "xlsx", views)))
    assert metrics.sheetnames[-1] == "Prévisions"
    assert "31/08/2033" in render(room.store.to_file(), "forecasts", "csv", views).decode("utf-8-sig")


def test_a_session_that_follows_keeps_the_day_on_which_it_was_said(
    room: Room, forecast: str, tmp_path: Path, time: Time
) -> None:
    room.ask(FACILITATOR, do="start", step=room.session.steps[0].id)
    room.ask(FACILITATOR, do="end")
    time.advance(30 * DAY)
    before = [one["said_on"] for one in state(room.session)["forecasts"]]
    store = follow_session(tmp_path / "next", room.store.to_file(), clock=time)
    store.journal.close()
    assert [one["said_on"] for one in state(store.session)["forecasts"]] == before
    assert told(store.session) == told(room.session)


def test_it_is_shared_whole_and_without_names(room: Room, forecast: str) -> None:
    shared = redact(room.store.to_file(), called(environment("fr"))).fold()
    assert told(shared) == told(room.session)
    assert "Salomé" not in json.dumps(state(shared)["forecasts"], ensure_ascii=False)


def test_words_that_people_wrote_run_nothing(room: Room, metric: str) -> None:
    hope(room, metric, "3", "2033-06")
    room.ask(CLIENT, do="edit", note=metric, text="<img src=x onerror=alert(1)>", was=1)
    pages = ["".join(map(str, pane.fragments(room.session, Eye(CLIENT)).values())) for pane in (PANE, SUMMARY)]
    pages.append(render(room.store.to_file(), "committee", "html", environment("fr")).decode())
    assert all("<img src=x" not in page for page in pages)
