"""The figures of a metric over time: its baseline and its target stay, readings come."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from impactlib.cli import main
from impactlib.domain import events
from impactlib.domain.agenda import Role
from impactlib.domain.curve import curve
from impactlib.domain.events import DetailSet, Entry, FigureCorrected, NoteWritten
from impactlib.domain.fold import history
from impactlib.domain.impact_matrix import begun
from impactlib.domain.readings import Figure, Series, every_series, series, when
from impactlib.domain.redaction import redact
from impactlib.domain.session import Note, Session
from impactlib.domain.session_file import SessionFile
from impactlib.domain.text import Unreadable
from impactlib.domain.timeline import timeline
from impactlib.export import render
from impactlib.export.session_json import state
from impactlib.views.parts import Eye
from impactlib.views.readings import PANE
from impactlib.views.render import environment
from impactlib.views.wording import about, called, done
from tests.conftest import Room, Time, examples, path_of

CLIENT = Role.CLIENT
DAY = 86_400


@pytest.fixture
def metric(room: Room) -> str:
    """A metric with its baseline, 21 days on 1 September 2033, and its target."""
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    for name, value in (("unit", "jours"), ("baseline", "21"), ("baseline_date", "2033-03-01"), ("target", "10")):
        room.ask(CLIENT, do="detail", note=id, detail=name, value=value)
    return id


def give(room: Room, metric: str, figure: str, as_of: str, **more: str) -> str:
    return room.ask(CLIENT, do="write", kind="reading", about=metric, text="", figure=figure, as_of=as_of, **more)


def told(room: Room, metric: str) -> list[tuple[str, float]]:
    return told_of(series(room.session, room.session.notes[metric]))


def told_of(found: Series) -> list[tuple[str, float]]:
    figures = [*([found.baseline] if found.baseline else []), *found.readings]
    return [(str(one.on), float(one.value)) for one in figures]


def corrections(file: SessionFile) -> list[tuple[str, str, str, str]]:
    return [(line.what, line.text, line.before, line.value) for line in timeline(file) if line.before]


# Readings come, and the baseline stays ----------------------------------------------------------------


def test_twenty_one_then_nineteen_then_fifteen(room: Room, metric: str) -> None:
    give(room, metric, "15", "2033-05-01")
    give(room, metric, "19 jours", "2033-04-01")
    assert told(room, metric) == [("2033-03-01", 21), ("2033-04-01", 19), ("2033-05-01", 15)]
    [said] = state(room.session)["metrics"]
    assert (said["definition"]["baseline"], said["definition"]["target"]) == (21, 10)
    assert [(one["date"], one["value"]) for one in said["readings"]] == [("2033-04-01", 19), ("2033-05-01", 15)]


def test_a_baseline_that_was_wrong_is_corrected_and_told_as_such(room: Room, metric: str, time: Time) -> None:
    time.advance(3 * DAY)
    room.ask(CLIENT, do="detail", note=metric, detail="baseline", value="22")
    assert told(room, metric) == [("2033-03-01", 22)]
    assert isinstance(room.entries[-1].event, FigureCorrected)
    assert corrections(room.store.to_file()) == [("corrects a figure", "Délai médian", "21", "22")]


def test_a_reading_is_corrected_withdrawn_and_put_back_and_the_others_stay(room: Room, metric: str) -> None:
    first, second = give(room, metric, "19", "2033-04-01"), give(room, metric, "15", "2033-05-01")
    room.ask(CLIENT, do="detail", note=first, detail="figure", value="18 jours")
    assert isinstance(room.entries[-1].event, FigureCorrected)
    room.ask(CLIENT, do="withdraw", note=second)
    assert told(room, metric) == [("2033-03-01", 21), ("2033-04-01", 18)]
    room.ask(CLIENT, do="restore", note=second)
    assert told(room, metric)[-1] == ("2033-05-01", 15)


def test_a_correction_of_a_figure_its_date_or_its_period_says_what_it_was(room: Room, metric: str) -> None:
    reading = give(room, metric, "19", "2033-04-30", over="month")
    assert corrections(room.store.to_file()) == []
    for detail, value in (("figure", "18"), ("figure", "17.5"), ("as_of", "2033-05-31"), ("over", "quarter")):
        room.ask(CLIENT, do="detail", note=reading, detail=detail, value=value)
    room.ask(CLIENT, do="detail", note=metric, detail="baseline_date", value="2033-03-02")
    for detail, value in (("source", "Registre"), ("quality", "90"), ("quality", "50")):
        room.ask(CLIENT, do="detail", note=reading, detail=detail, value=value)
    assert corrections(room.store.to_file()) == [
        ("corrects a figure", "Délai médian", "19", "18"),
        ("corrects a figure", "Délai médian", "18", "17.5"),
        ("corrects the date of a figure", "Délai médian", "2033-04-30", "2033-05-31"),
        ("corrects the period of a figure", "Délai médian", "month", "quarter"),
        ("corrects the date of a figure", "Délai médian", "2033-03-01", "2033-03-02"),
    ]
    lines = [line for line in timeline(room.store.to_file()) if line.before]
    assert [about(line, "fr").removeprefix("Délai médian · ") for line in lines] == [
        "19 → 18",
        "18 → 17,5",
        "30/04/2033 → 31/05/2033",
        "un mois → un trimestre",
        "01/03/2033 → 02/03/2033",
    ]
    assert about(lines[1], "en") == "Délai médian · 18 → 17.5" and done(lines[1], "fr") == "corrige un chiffre"


def test_a_baseline_that_is_emptied_and_given_again_is_told_with_what_it_was(room: Room, metric: str) -> None:
    for value in ("", "20"):
        room.ask(CLIENT, do="detail", note=metric, detail="baseline", value=value)
    [line] = [line for line in timeline(room.store.to_file()) if line.before]
    assert about(line, "fr") == "Délai médian · 21 → –"
    assert [one.before for one in room.session.notes[metric].corrected] == ["21"]


def test_a_shared_session_has_what_a_figure_is_and_not_what_it_was(room: Room, metric: str) -> None:
    reading = give(room, metric, "19", "2033-04-01")
    room.ask(CLIENT, do="detail", note=reading, detail="figure", value="1818")
    room.ask(CLIENT, do="detail", note=metric, detail="baseline", value="2222")
    shared = redact(room.store.to_file(), called(environment("fr")))
    [found] = every_series(shared.fold())
    assert told_of(found) == [("2033-03-01", 2222), ("2033-04-01", 1818)]
    assert not [one for note in shared.fold().notes.values() for one in note.corrected]
    assert not {"19", "21"} & {getattr(entry.event, "value", "") for entry in shared.entries}
    assert "corrects a figure" in [line.what for line in timeline(shared)]


def test_a_metric_that_is_withdrawn_keeps_its_readings_and_comes_back_with_them(room: Room, metric: str) -> None:
    give(room, metric, "19", "2033-03")
    room.ask(CLIENT, do="withdraw", note=metric)
    asked = {"do": "write", "kind": "reading", "about": metric, "text": "", "figure": "18", "as_of": "2033-04"}
    assert "not there any more" in str(room.refused(CLIENT, **asked))
    assert every_series(room.session) == [] and len(room.session.notes_of("reading")) == 1
    for form in ("md", "html"):
        assert render(room.store.to_file(), "summary", form, environment("fr"))
    room.ask(CLIENT, do="restore", note=metric)
    assert told(room, metric) == [("2033-03-01", 21), ("2033-03-31", 19)]


def test_a_unit_that_is_typed_after_the_figure_is_the_metrics(room: Room) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Satisfaction")
    give(room, id, "64 %", "2033-04-01")
    assert room.session.notes[id].details["unit"] == "%" and told(room, id) == [("2033-04-01", 64)]
    assert room.session.notes_of("reading")[0].details.keys() == {"figure", "as_of"}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"figure": "", "as_of": "2033-04-01"}, "figure"),
        ({"figure": "19", "as_of": ""}, "as_of"),
        ({"figure": "beaucoup", "as_of": "2033-04-01"}, "figure"),
        ({"figure": "19 %", "as_of": "2033-04-01"}, "figure"),
        ({"figure": "19", "as_of": "hier"}, "as_of"),
        ({"figure": "19", "as_of": "2033-13"}, "as_of"),
        ({"figure": "19", "as_of": "1999"}, "as_of"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_field(room: Room, metric: str, said: dict[str, str], field: str) -> None:
    refusal = room.refused(CLIENT, do="write", kind="reading", about=metric, text="", **said)
    assert refusal.facts["field"] == field and not room.session.notes_of("reading")


def test_a_reading_is_of_a_metric_that_stands(room: Room, metric: str) -> None:
    room.refused(CLIENT, do="write", kind="reading", text="", figure="19", as_of="2033-04-01")
    give(room, metric, "19", "2033-04-01")
    room.ask(CLIENT, do="withdraw", note=metric)
    room.refused(CLIENT, do="write", kind="reading", about=metric, text="", figure="15", as_of="2033-05-01")
    room.ask(Role.FACILITATOR, do="restore", note=metric)
    assert told(room, metric)[-1] == ("2033-04-01", 19)  # its readings came back with it


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.OBSERVER])
def test_only_the_team_gives_figures(room: Room, metric: str, role: Role) -> None:
    room.refused(role, do="write", kind="reading", about=metric, text="", figure="19", as_of="2033-04-01")


@pytest.mark.parametrize("raw", ["2026-00", "2026-13", "1999-12", "2101", "2026-T5", "demain", "31/02/2026"])
def test_a_date_that_is_none_is_refused(raw: str) -> None:
    with pytest.raises(Unreadable):
        when(raw)


# What is odd ------------------------------------------------------------------------------------------


def doubts(room: Room, metric: str) -> dict[str, list[str]]:
    found = series(room.session, room.session.notes[metric])
    return {str(one.on): found.doubts(one) for one in found.readings if found.doubts(one)}


def test_odd_readings_are_kept_and_told(room: Room, metric: str) -> None:
    for figure, as_of in (("30", "2033-01-01"), ("9", "2034-01-01"), ("19", "2033-04-01"), ("18", "2033-04-01")):
        give(room, metric, figure, as_of)
    assert doubts(room, metric) == {"2033-01-01": ["before"], "2034-01-01": ["future"], "2033-04-01": ["twice"]}
    assert len(told(room, metric)) == 5
    points = series(room.session, room.session.notes[metric]).points
    assert [float(one.value) for one in points if str(one.on) == "2033-04-01"] == [18]  # the last written


def test_a_figure_without_a_period_beside_those_of_months_is_told_with_what_to_do(room: Room, metric: str) -> None:
    for figure, as_of in (("19", "2033-03"), ("18", "2033-04"), ("17", "2033-05-12")):
        give(room, metric, figure, as_of)
    assert doubts(room, metric) == {"2033-05-12": ["unsaid"]}
    page = str(PANE.fragments(room.session, Eye(CLIENT, "fr")))
    assert "Dites si c’est celui d’un mois" in page and "Dites la période de la mesure" in page
    [reading] = [note for note in room.session.notes_of("reading") if note.details["as_of"] == "2033-05-12"]
    room.ask(CLIENT, do="detail", note=reading.id, detail="over", value="month")
    assert doubts(room, metric) == {}


def test_a_figure_of_a_day_to_come_is_never_the_latest_one(room: Room, metric: str, time: Time) -> None:
    give(room, metric, "15", "2033-05-01")
    give(room, metric, "9", "2034-01-01")
    found = series(room.session, room.session.notes[metric])
    assert found.latest and found.latest.text == "15" and not found.reached and found.over_a_year is None
    drawn = curve(found)
    assert drawn and [one.text for one in drawn.ahead] == ["9"] and drawn.spots[-1].figure.text == "15"
    # Once its day has come it is the latest; it was a guess when it was given, and has reached nothing.
    after = series(room.session, room.session.notes[metric], until=date(2034, 1, 1))
    assert after.latest and after.latest.text == "9" and not after.reached
    # On the day that is asked, what came later is not known.
    before = series(room.session, room.session.notes[metric], until=date(2033, 4, 30))
    assert before.latest and before.latest.baseline


def test_a_figure_of_a_period_that_runs_is_known_and_told(room: Room, metric: str) -> None:
    give(room, metric, "9", "2033-05")
    found = series(room.session, room.session.notes[metric])
    assert found.latest and found.latest.text == "9" and not found.reached
    assert doubts(room, metric) == {"2033-05-31": ["future"]}
    give(room, metric, "8", "2033-06")
    found = series(room.session, room.session.notes[metric])
    assert found.latest and found.latest.text == "9"


def test_a_figure_of_a_day_to_come_fills_no_matrix_and_reaches_no_target(room: Room) -> None:
    id = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai")
    for detail, value in (("target", "10"), ("direction", "less"), ("indicator", "retention")):
        room.ask(Role.CLIENT, do="detail", note=id, detail=detail, value=value)
    give(room, id, "9", "2034-01-01")
    [found] = every_series(room.session)
    assert found.latest is None and not found.reached and not found.overdue
    made = begun(room.session)
    [row] = [row for part in made.parts for row in part.rows if row.lines] if made else []
    assert row.gap == "figure"


def test_figures_of_two_periods_are_never_compared(room: Room, metric: str) -> None:
    give(room, metric, "400", "2032-04", over="month")
    give(room, metric, "5000", "2033-04-30", over="year")
    found = series(room.session, room.session.notes[metric])
    assert found.over_a_year is None
    assert doubts(room, metric)["2033-04-30"] == ["period"]


# A change over one year -------------------------------------------------------------------------------


def note(kind: str, id: str, order: int, **details: str) -> Note:
    return Note(id=id, kind=kind, text="", about="", by="", behalf="", at=float(order), order=order, details=details)


def of(*points: tuple[date, float, str], unit: str = "") -> Series:
    notes = [note("reading", f"n{i}", i) for i in range(len(points))]
    figures = [Figure(one, Decimal(str(v)), on, over) for one, (on, v, over) in zip(notes, points, strict=True)]
    of_one = note("metric", "m", 0, unit=unit)
    return Series(of_one, None, tuple(sorted(figures, key=lambda one: one.rank)))


def test_the_change_over_one_year_is_a_ratio_or_points() -> None:
    change = of((date(2025, 10, 31), 200, "month"), (date(2026, 10, 31), 250, "month")).over_a_year
    assert change and change.ratio == Decimal("0.25") and not change.points
    share = of((date(2025, 10, 31), 64, ""), (date(2026, 10, 31), 70, ""), unit="%").over_a_year
    assert share and share.points and share.difference == 6
    assert of((date(2025, 8, 1), 64, ""), (date(2026, 10, 31), 70, "")).over_a_year is None
    zero = of((date(2025, 10, 31), 0, ""), (date(2026, 10, 31), 7, "")).over_a_year
    assert zero and zero.ratio is None


DAYS = st.dates(date(2001, 1, 1), date(2090, 1, 1))
POINTS = st.lists(st.tuples(DAYS, st.integers(-1000, 1000), st.sampled_from(["", "month", "year"])), max_size=12)


@examples(100)
@given(points=POINTS, days=st.integers(-300, 3000))
def test_the_change_over_a_year_does_not_depend_on_when_the_series_is(points: list[Any], days: int) -> None:
    shifted = [(on + timedelta(days), value, over) for on, value, over in points]
    one, other = of(*points).over_a_year, of(*shifted).over_a_year
    assert (one and (one.before.note.id, one.difference)) == (other and (other.before.note.id, other.difference))


def written(id: str, on: date, value: int, over: str) -> list[events.Event]:
    said = {"figure": str(value), "as_of": on.isoformat(), "over": over}
    return [NoteWritten(id, "reading", "", "m"), *(DetailSet(id, name, value) for name, value in said.items())]


ON_DAYS_OF_THEIR_OWN = st.lists(
    st.tuples(DAYS, st.integers(-1000, 1000), st.sampled_from(["", "month", "year"])),
    max_size=12,
    unique_by=lambda point: point[0],
)


@examples(100)
@given(points=ON_DAYS_OF_THEIR_OWN, chance=st.randoms())
def test_readings_given_in_any_order_give_the_same_series(points: list[Any], chance: Any) -> None:
    def folded(some: list[Any]) -> list[tuple[date | None, Decimal, str]]:
        given = [event for i, one in enumerate(some) for event in written(f"r{i}", *one)]
        every = [NoteWritten("m", "metric", "Délai"), *given]
        # After all of these days: the first is given a second before the next.
        entries = [Entry("s", n, f"e{n}", 4_200_000_000.0 + n, "p", "", event) for n, event in enumerate(every)]
        [found] = every_series(history(entries, Session(id="s")))
        return [(one.on, one.value, one.over) for one in found.points]

    assert folded(points) == folded(chance.sample(points, len(points)))


# Journals of older kits -------------------------------------------------------------------------------


def older(room: Room, metric: str, *steps: tuple[int, str, str]) -> SessionFile:
    """The session once an older kit's pages set details of the metric, each so many days after the last entry."""
    file = room.store.to_file()
    at, entries = file.entries[-1].at, list(file.entries)
    for later, (days, detail, value) in enumerate(steps):
        at += days * DAY + 1
        event = DetailSet(metric, detail, value)
        entries.append(Entry(file.session, 1000 + later, f"old-{later}", at, "person-client", "", event))
    return SessionFile(file.session, tuple(entries), file.form)


FOLLOWED = (
    (30, "baseline", "19"),
    (0, "baseline_date", "2033-06-10"),
    (30, "baseline", "15"),
    (0, "baseline_date", "2033-07-12"),
)


def test_a_baseline_that_an_older_kit_replaced_becomes_a_baseline_and_a_reading(room: Room, metric: str) -> None:
    session = older(room, metric, *FOLLOWED).fold()
    found = series(session, session.notes[metric])
    assert told_of(found)[0] == ("2033-03-01", 21)
    assert told_of(found)[1:] == [("2033-06-10", 19), ("2033-07-12", 15)]
    assert [one.note.by for one in found.readings] == ["person-client"] * 2


def test_a_slip_that_an_older_kit_mended_on_the_same_day_is_no_reading(room: Room, metric: str) -> None:
    session = older(room, metric, (0, "baseline", "12"), (0, "baseline_date", "2033-03-02")).fold()
    found = series(session, session.notes[metric])
    assert told_of(found) == [("2033-03-02", 12)]


def test_a_reading_of_an_older_kit_that_was_mended_on_the_same_day_is_one(room: Room, metric: str) -> None:
    file = older(room, metric, (30, "baseline", "91"), (0, "baseline", "19"))
    session = file.fold()
    [one] = series(session, session.notes[metric]).readings
    assert one.value == 19
    assert corrections(file) == [("corrects a figure", "Délai médian", "91", "19")]


def test_what_an_older_kit_corrected_is_told_as_such_too(room: Room, metric: str) -> None:
    reading = give(room, metric, "19", "2033-04-01")
    file = older(room, reading, (1, "figure", "18"))
    [one] = series(file.fold(), file.fold().notes[metric]).readings
    assert one.value == 18 and [it.before for it in one.note.corrected] == ["19"]
    assert corrections(file) == [("corrects a figure", "Délai médian", "19", "18")]
    assert not corrections(older(room, metric, *FOLLOWED))  # a figure of a later day is a reading


def test_a_session_of_an_older_kit_is_shared_with_its_readings(room: Room, metric: str) -> None:
    file = older(room, metric, *FOLLOWED)
    session, shared = file.fold(), redact(file, called(environment("fr"))).fold()
    [one], [other] = every_series(session), every_series(shared)
    assert [(p.on, p.value) for p in one.points] == [(p.on, p.value) for p in other.points]
    assert other.baseline and other.baseline.value == 21


# From a shell and from a cell -------------------------------------------------------------------------


def test_figures_are_given_and_listed_from_a_shell(room: Room, metric: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, id = str(path_of(room.store.journal).parent.parent), room.session.id
    give_two = ["--set", "délai", "2033-04", "19", "--set", "1", "01/05/2033", "15 jours"]
    for _ in range(2):  # the same command twice gives them once
        assert main(["readings", id, "--data", data, *give_two, "--json"]) == 0
        [said] = json.loads(capsys.readouterr().out)
    assert (said["baseline"], said["target"], said["unit"]) == (21, 10, "jours")
    assert [(one["date"], one["value"], one["over"]) for one in said["readings"]] == [
        ("2033-04-30", 19, "month"),
        ("2033-05-01", 15, None),
    ]
    assert main(["readings", id, "--data", data]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1. Délai médian",
        "   01/03/2033  21 jours",
        "   30/04/2033  19 jours (un mois)",
        "   01/05/2033  15 jours",
        "      Sa période n’est pas dite, celle d’autres l’est\u00a0: on ne les compare pas. "
        "Dites si c’est celui d’un mois, d’une année…",
    ]


@pytest.mark.parametrize(
    ("when", "value", "told"),
    [
        ("2099-05-01", "18", "était encore à venir"),
        ("2033-01-01", "18", "avant celle de la valeur de départ"),
        ("2033-04-01", "18", "Un autre chiffre porte la même date"),
        ("T1 2033", "18", "d’une autre période que les autres"),
        ("2033-05-01", "9", "La cible de 10 jours est atteinte"),
    ],
)
def test_a_shell_keeps_an_odd_figure_and_says_what_is_odd(
    room: Room, capsys: pytest.CaptureFixture[str], when: str, value: str, told: str
) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    said = {"unit": "jours", "baseline": "21", "baseline_date": "2033-03-01", "target": "10", "direction": "less"}
    for name, detail in said.items():
        room.ask(CLIENT, do="detail", note=id, detail=name, value=detail)
    for figure, as_of in (("19", "2033-04-01"), ("17", "2033-04")):
        give(room, id, figure, as_of)
    data, session = str(path_of(room.store.journal).parents[1]), room.session.id
    assert main(["readings", session, "--data", data, "--set", "1", when, value]) == 0
    out = capsys.readouterr().out.replace("\u00a0", " ").replace("\u202f", " ")
    assert told in out and all(f"{figure} jours" in out for figure in ("21", "19", "17", value))
    assert "(un mois)" in out


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        (["nothing", "2033-04", "19"], "names no metric"),
        (["1", "demain", "19"], "date"),
        (["1", "2033-04", "19 %"], "unit"),
    ],
)
def test_nothing_is_written_when_one_figure_of_a_command_cannot_be_read(
    room: Room, metric: str, given_: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data, id = str(path_of(room.store.journal).parent.parent), room.session.id
    assert main(["readings", id, "--data", data, "--set", "1", "2033-04", "19", "--set", *given_]) == 2
    assert why in capsys.readouterr().err
    room.store.follow()
    assert told(room, metric) == [("2033-03-01", 21)]


def test_a_figure_is_given_from_a_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from impactlib.widgets.opening import NotOpened, open_session

    monkeypatch.chdir(tmp_path)
    live = open_session("colis.ipynb", team="Colis")
    live.ask({"id": "metric-12345", "do": "write", "kind": "metric", "text": "Délai"})
    live.reading("délai", "2026-10", 19, source="Registre")
    live.reading("délai", "2026-10", 19, source="Registre")
    with pytest.raises(NotOpened, match="names no metric"):
        live.reading("autre", "2026-10", 19)
    [one] = every_series(open_session("colis.ipynb").session)[0].readings
    said = (float(one.value), str(one.on), one.over, one.note.details["source"])
    assert said == (19, "2026-10-31", "month", "Registre")
