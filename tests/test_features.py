"""A feature and what it should move: the readings before and after, what else changed, and when we look at it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.domain.committee import Committee
from impactlib.domain.curve import marks
from impactlib.domain.due import due
from impactlib.domain.events import DetailSet, Entry, NoteWritten
from impactlib.domain.features import Effect, effects
from impactlib.domain.fold import history
from impactlib.domain.hypotheses import read_change
from impactlib.domain.readings import Figure, series
from impactlib.domain.redaction import redact
from impactlib.domain.session import Session
from impactlib.domain.text import Unreadable
from impactlib.export import render, to_frames
from impactlib.export.session_json import state
from impactlib.storage.session_store import follow_session
from impactlib.views import Eye
from impactlib.views.features import PANE
from impactlib.views.render import environment
from impactlib.views.since import PANE as SINCE
from impactlib.views.summary import PANE as SUMMARY
from impactlib.views.wording import called
from tests.conftest import Room, Time, examples, path_of
from tests.test_follow import words
from tests.test_readings import written

CLIENT, CONSULTANT, FACILITATOR = Role.CLIENT, Role.CONSULTANT, Role.FACILITATOR
DAY = 86_400
FORM = "Le formulaire en ligne"


@pytest.fixture
def metric(room: Room, time: Time) -> str:
    """A metric of 21 days on 1 March 2033, seven months later."""
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    for name, value in (("unit", "jours"), ("baseline", "21"), ("baseline_date", "2033-03-01"), ("direction", "less")):
        room.ask(CLIENT, do="detail", note=id, detail=name, value=value)
    time.advance(150 * DAY)
    return id


def give(room: Room, metric: str, figure: str, as_of: str, **more: str) -> str:
    return room.ask(CLIENT, do="write", kind="reading", about=metric, text="", figure=figure, as_of=as_of, **more)


def deliver(room: Room, metric: str = "", **said: str) -> str:
    about = {"about": metric} if metric else {}
    return room.ask(CLIENT, do="write", kind="feature", text=FORM, **about, **said)


def only(room: Room) -> Effect:
    [found] = effects(room.session)
    return found


def read(room: Room) -> tuple[str, str, str]:
    """The figure before, the figure after, and from one to the other."""
    found = only(room)
    sides = [f"{one.value} {one.on}" if one else "" for one in (found.before, found.after)]
    return sides[0], sides[1], f"{found.moved.difference}" if found.moved else ""


def drawn(room: Room, role: Role = CLIENT, lang: str = "fr", pane: Any = PANE) -> str:
    page = "".join(str(html) for html in pane.fragments(room.session, Eye(role, lang)).values())
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<[^>]+>", " ", re.sub("</?bdi[^>]*>", "", page)))


# What is expected -------------------------------------------------------------------------------------


def test_what_is_expected_is_said_with_its_sign_in_the_unit_of_the_metric(room: Room, metric: str) -> None:
    deliver(room, metric, expected="− 4,5 jours", delivered_on="10/06/2033", look_on="2033-07-31")
    found = only(room)
    assert found.series is not None and found.series.metric.id == metric
    assert (f"{found.expected}", f"{found.delivered_on}", f"{found.look_on}") == ("-4.5", "2033-06-10", "2033-07-31")


@pytest.mark.parametrize(
    ("said", "unit", "kept"),
    [
        ("+5", "%", "+5"),
        ("+5 points", "% des familles", "+5"),
        ("-2,5 pts", "%", "-2.5"),
        ("−4 jours", "jours", "-4"),
        ("+1 200", "", "+1200"),
        ("", "jours", ""),
    ],
)
def test_a_change_is_read(said: str, unit: str, kept: str) -> None:
    assert read_change(said, unit) == kept


@pytest.mark.parametrize(
    ("said", "unit", "why"),
    [
        ("4", "jours", "up or down"),
        ("+-4", "jours", "up or down"),
        ("+5 %", "%", "points"),
        ("-20 %", "jours", "not in per cent"),
        ("-4 €", "jours", "another unit"),
        ("+beaucoup", "jours", "not a number"),
        ("+", "jours", "up or down"),
        ("-4 à 6", "jours", "several values"),
    ],
)
def test_what_is_no_change_is_refused_in_words(room: Room, metric: str, said: str, unit: str, why: str) -> None:
    room.ask(CLIENT, do="detail", note=metric, detail="unit", value=unit)
    with pytest.raises(Unreadable, match=why):
        read_change(said, unit)
    refusal = room.refused(CLIENT, do="write", kind="feature", text=FORM, about=metric, expected=said)
    assert refusal.facts["field"] == "expected"


def test_a_change_is_of_a_metric(room: Room, metric: str) -> None:
    refused = room.refused(CLIENT, do="write", kind="feature", text=FORM, expected="-4")
    assert "which metric" in str(refused)
    note = deliver(room)
    assert "which metric" in str(room.refused(CLIENT, do="detail", note=note, detail="expected", value="-4"))
    room.ask(CLIENT, do="attach", note=note, about=metric)
    room.ask(CLIENT, do="detail", note=note, detail="expected", value="-4")
    assert f"{only(room).expected}" == "-4"


def test_what_it_should_move_is_not_changed_afterwards(room: Room, metric: str) -> None:
    other = room.ask(CLIENT, do="write", kind="metric", text="Visites")
    note = deliver(room, metric, expected="-4")
    assert "already" in str(room.refused(CLIENT, do="attach", note=note, about=other))
    room.ask(CLIENT, do="withdraw", note=metric)
    assert only(room).series is None and only(room).expected is None
    room.ask(CLIENT, do="attach", note=note, about=other)
    assert only(room).expected is None  # it was in days


def test_what_was_expected_at_first_is_still_told_once_it_is_changed(room: Room, metric: str) -> None:
    room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
    note = deliver(room, metric, expected="-4")
    for value in ("-2", "-1", ""):
        room.ask(CLIENT, do="detail", note=note, detail="expected", value=value)
        assert f"{only(room).first_expected}" == "-4" and "d’abord −4 jours" in drawn(room)
    assert state(room.session)["features"][0]["first_expected"] == -4
    for form in ("md", "html"):
        said = render(room.store.to_file(), "summary", form, environment("fr")).decode()
        assert re.search(r"d’abord (<bdi>)?−4\sjours", said)
    assert "stays" in str(room.refused(CLIENT, do="detail", note=note, detail="first_expected", value="-1"))
    room.ask(CLIENT, do="detail", note=note, detail="expected", value="-4")
    assert "d’abord" not in drawn(room)


def test_nobody_else_ties_a_feature(room: Room, metric: str) -> None:
    note = deliver(room)
    assert room.refused(CONSULTANT, do="attach", note=note, about=metric).code == "role"


@pytest.mark.parametrize("name", ["look_on", "delivered_on"])
def test_we_look_once_it_is_delivered(room: Room, metric: str, name: str) -> None:
    days = {"delivered_on": "2033-06-10", "look_on": "2033-06-01"}
    refused = room.refused(CLIENT, do="write", kind="feature", text=FORM, about=metric, **days)
    assert "once it is delivered" in str(refused)
    note = deliver(room, metric, **{other: day for other, day in days.items() if other != name})
    refused = room.refused(CLIENT, do="detail", note=note, detail=name, value=days[name])
    assert "once it is delivered" in str(refused)


# What the figures say ---------------------------------------------------------------------------------


def test_the_readings_before_and_after_are_found_by_their_dates(room: Room, metric: str) -> None:
    deliver(room, metric, expected="-4", delivered_on="2033-06-10", look_on="2033-07-31")
    assert read(room) == ("21 2033-03-01", "", "")
    give(room, metric, "19", "2033-06-10")
    give(room, metric, "18", "2033-06-20")
    assert read(room) == ("19 2033-06-10", "18 2033-06-20", "-1") and only(room).early
    give(room, metric, "15", "2033-08-02")
    give(room, metric, "14", "2033-09-02")
    assert read(room) == ("19 2033-06-10", "15 2033-08-02", "-4") and not only(room).early
    then = only(room)
    assert then.by_look and then.by_look.text == "18" and then.moved_by_look and then.moved_by_look.difference == -1
    assert "Dernière période finie au 31/07/2033 18 jours (20/06/2033), chiffre donné plus tard, −1 jour" in drawn(room)
    sheet = words(render(room.store.to_file(), "committee", "html", environment("fr")), "html")
    sheet = " ".join(re.sub(r"</?bdi[^>]*>", "", sheet).split())
    known = r"Dernière période finie au 31/07/2033 : 18 jours \(20/06/2033\), chiffre donné plus tard, "
    known += r"1 jours? de moins, moins que prévu · Plus tard : 15 jours"
    assert re.search(known, sheet) and "De l’un à l’autre" not in sheet
    # It went that far later: on the day on which one looks it had not.
    assert then.fell_short
    room.ask(CLIENT, do="detail", note=then.feature.id, detail="expected", value="-1")
    assert not only(room).fell_short


def test_without_a_day_we_look_thirty_days_after_the_delivery(room: Room, metric: str) -> None:
    deliver(room, metric, delivered_on="2033-06-10")
    assert f"{only(room).look_on}" == "2033-07-10"


def test_a_figure_over_a_period_of_both_sides_stands_on_none(room: Room, metric: str) -> None:
    give(room, metric, "20", "2033-05", over="month")
    give(room, metric, "18", "2033-06", over="month")
    deliver(room, metric, delivered_on="2033-06-10")
    assert read(room) == ("20 2033-05-31", "", "")
    give(room, metric, "16", "2033-07", over="month")
    assert read(room) == ("20 2033-05-31", "16 2033-07-31", "-4")
    assert only(room).by_look is None  # June is of both sides


def test_the_month_that_begins_with_the_delivery_is_after_it(room: Room, metric: str) -> None:
    deliver(room, metric, delivered_on="2033-06-01")
    give(room, metric, "18", "2033-06", over="month")
    assert read(room)[1] == "18 2033-06-30"


def test_figures_of_two_periods_are_not_compared(room: Room, metric: str) -> None:
    deliver(room, metric, delivered_on="2033-06-01")
    give(room, metric, "40", "2033-08", over="quarter")
    assert read(room) == ("21 2033-03-01", "40 2033-08-31", "")
    # The baseline says no period: what to do is said.
    assert "période de l’un des deux n’est pas dite" in drawn(room)
    room.ask(CLIENT, do="detail", note=metric, detail="period", value="par mois")
    assert "non comparés" in drawn(room)


def test_a_figure_of_a_day_to_come_proves_nothing(room: Room, metric: str) -> None:
    deliver(room, metric, delivered_on="2033-06-01")
    give(room, metric, "9", "2034-06-01")
    assert read(room)[1] == ""


def test_a_percentage_moves_by_points(room: Room, time: Time) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Satisfaction")
    time.advance(90 * DAY)
    give(room, id, "20 %", "2033-05-01")
    give(room, id, "22", "2033-08-01")
    deliver(room, id, expected="+5 points", delivered_on="2033-05-20")
    said = drawn(room)
    assert "Attendu +5 points (Satisfaction)" in said and "De l’un à l’autre +2 points" in said


def found_on(figure: Figure | None) -> list[date]:
    return [figure.on] if figure and figure.on else []


READINGS = st.dictionaries(st.dates(date(2033, 1, 1), date(2033, 12, 1)), st.integers(0, 99), max_size=8)


@examples(100)
@given(readings=READINGS, delivered=st.dates(date(2033, 2, 1), date(2033, 9, 1)), chance=st.randoms())
def test_whatever_the_order_of_entries_the_figures_are_of_their_sides(
    readings: dict[date, int], delivered: date, chance: Any
) -> None:
    at = 2_100_000_000.0  # after all of these days

    def read(given: list[tuple[date, int]]) -> Effect:
        said = [
            NoteWritten("m", "metric", "Délai"),
            *(event for n, (on, value) in enumerate(given) for event in written(f"r{n}", on, value, "")),
            NoteWritten("f", "feature", FORM, "m"),
            DetailSet("f", "delivered_on", delivered.isoformat()),
        ]
        entries = [Entry("s", n, f"e{n}", at + n, "p", "", event) for n, event in enumerate(said)]
        return effects(history(entries, Session(id="s")))[0]

    one, other = read([*readings.items()]), read(chance.sample([*readings.items()], len(readings)))
    for mine, theirs in ((one.before, other.before), (one.after, other.after)):
        assert (mine and (mine.on, mine.value)) == (theirs and (theirs.on, theirs.value))
    assert all(on <= delivered for on in found_on(one.before)) and all(on > delivered for on in found_on(one.after))
    assert (one.before is None) == all(on > delivered for on in readings)
    assert (one.after is None) == all(on <= delivered for on in readings)


# Where it is told -------------------------------------------------------------------------------------


@pytest.fixture
def delivered(room: Room, metric: str) -> str:
    """A feature that was delivered, between 19 and 15 days; another that says nothing."""
    give(room, metric, "19", "2033-06-10")
    give(room, metric, "15", "2033-08-02")
    said = {"expected": "-6", "delivered_on": "2033-06-12", "look_on": "2033-07-31"}
    note = deliver(room, metric, **said, meanwhile="Deux agents de plus")
    room.ask(CLIENT, do="write", kind="feature", text="La page d’accueil refaite")
    return note


TOLD = (FORM, "−6 jours", "19 jours (10/06/2033)", "15 jours (02/08/2033)", "−4 jours", "Deux agents de plus")
BLAME = re.compile(r"grâce|permis|thanks to|because of it|caused", re.I)


def test_the_page_says_what_was_expected_and_the_figures_and_never_why(room: Room, delivered: str) -> None:
    said = drawn(room)
    for words_of in TOLD:
        assert words_of in said
    assert "ne disent pas pourquoi" in said and "sans effet attendu" in said and not BLAME.search(said)


@pytest.mark.parametrize("form", ["md", "html", "odt", "docx"])
def test_the_summary_says_the_same_in_every_form(room: Room, delivered: str, form: str) -> None:
    said = re.sub(
        r"[\s\u00a0\u202f]+", " ", words(render(room.store.to_file(), "summary", form, environment("fr")), form)
    )
    said = re.sub(r"\\(.)", r"\1", re.sub(r" ?<[^>]+> ?", " ", said)) if form in ("html", "md") else said
    for words_of in (*TOLD, "La page d’accueil refaite", "aucune mesure n’est dite"):
        assert words_of in said, words_of


def test_the_summary_of_the_page_and_the_review_say_it(room: Room, delivered: str) -> None:
    for pane in (SUMMARY, SINCE):
        said = drawn(room, pane=pane)
        for words_of in TOLD:
            assert words_of in said, words_of


def test_session_json_and_the_frames_hold_it(room: Room, metric: str, delivered: str) -> None:
    first, second = state(room.session)["features"]
    assert (first["about"], first["expected"], first["moved"]) == (metric, -6, -4)
    assert (first["before"]["date"], first["before"]["value"]) == ("2033-06-10", 19)
    assert (first["after"]["date"], first["after"]["value"]) == ("2033-08-02", 15)
    assert (second["about"], second["expected"], second["before"], second["moved"]) == (None, None, None, None)
    frame = to_frames(room.store.to_file())["features"]
    assert [*frame["moved"].fillna(0)] == [-4, 0] and str(frame["after_date"][0])[:10] == "2033-08-02"


def test_the_sheet_of_a_committee_tells_what_was_delivered_and_what_is_ahead(
    room: Room, metric: str, delivered: str
) -> None:
    room.ask(CLIENT, do="write", kind="feature", text="Le rappel par message", about=metric, expected="-2")
    found = Committee(room.session)
    assert [one.feature.text for one in found.delivered] == [FORM]
    assert [one.feature.text for one in found.ahead] == ["Le rappel par message"]
    said = words(render(room.store.to_file(), "committee", "html", environment("fr")), "html")
    done, ahead = said.split("Ce qui a été fait")[1], said.split("Trois priorités au plus")[1]
    for told, days in ((done, 4), (ahead, 2)):
        assert re.search(rf"{days}\sjours(</bdi>)? de moins", told)
    assert "Le rappel par message" in ahead and not re.search(r"−\d", said)


def test_its_delivery_is_a_mark_on_the_curve(room: Room, metric: str, delivered: str) -> None:
    found = marks(room.session, series(room.session, room.session.notes[metric]))
    assert [(str(one.on), one.label) for one in found if one.kind == "feature"] == [("2033-06-12", FORM)]


def test_a_session_that_follows_takes_it_along(
    room: Room, metric: str, delivered: str, tmp_path: Path, time: Time
) -> None:
    room.ask(FACILITATOR, do="start", step=room.session.steps[0].id)
    room.ask(FACILITATOR, do="end")
    store = follow_session(tmp_path / "next", room.store.to_file(), clock=time)
    store.journal.close()
    first, _ = effects(store.session)
    assert (first.feature.text, f"{first.expected}") == (FORM, "-6")
    assert state(store.session)["features"][0]["moved"] == -4


def test_it_is_shared_with_its_figures_and_without_names(room: Room, metric: str, delivered: str) -> None:
    room.ask(CLIENT, do="detail", note=delivered, detail="meanwhile", value="Inès est arrivée")
    shared = redact(room.store.to_file(), called(environment("fr"))).fold()
    [first, _] = state(shared)["features"]
    assert first["moved"] == -4 and "Inès" not in json.dumps(first, ensure_ascii=False)


def test_people_of_other_roles_see_it_and_have_no_form(room: Room, delivered: str) -> None:
    frame = str(PANE.frame(Eye(CONSULTANT, "fr")))
    assert "<form" not in frame and "Compléter" not in drawn(room, CONSULTANT)
    assert FORM in drawn(room, CONSULTANT)


def test_words_that_people_wrote_run_nothing(room: Room, metric: str) -> None:
    evil = "<img src=x onerror=alert(1)>"
    room.ask(CLIENT, do="write", kind="feature", text=evil, about=metric, meanwhile=evil)
    room.ask(CLIENT, do="edit", note=metric, text=evil, was=1)
    pages = ["".join(map(str, pane.fragments(room.session, Eye(CLIENT)).values())) for pane in (PANE, SUMMARY, SINCE)]
    pages.append(render(room.store.to_file(), "summary", "html", environment("fr")).decode())
    assert all("<img src=x" not in page for page in pages)


# When it falls due ------------------------------------------------------------------------------------


def when(room: Room) -> list[str]:
    return [one.on.isoformat() for one in due(room.session) if one.kind == "feature"]


def test_it_falls_due_on_the_day_we_look_until_we_have_looked(room: Room, metric: str) -> None:
    note = deliver(room, metric, expected="-4", look_on="2033-07-31")
    assert when(room) == ["2033-07-31"]
    room.ask(CLIENT, do="detail", note=note, detail="look_on", value="")
    assert when(room) == []
    room.ask(CLIENT, do="detail", note=note, detail="delivered_on", value="2033-06-12")
    assert when(room) == ["2033-07-12"]
    room.ask(CLIENT, do="detail", note=note, detail="meanwhile", value="Rien d’autre")
    assert when(room) == ["2033-07-12"]
    give(room, metric, "15", "2033-08-02")
    assert when(room) == []


def test_one_without_an_expectation_is_looked_at_too(room: Room) -> None:
    note = deliver(room, delivered_on="2033-06-12")
    assert when(room) == ["2033-07-12"]
    room.ask(CLIENT, do="detail", note=note, detail="meanwhile", value="Rien d’autre")
    assert when(room) == []


def test_impact_due_and_the_calendar_remind_of_it(room: Room, metric: str, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(room, metric, expected="-4", look_on="2033-07-31")
    data = path_of(room.store.journal).parent.parent
    assert main(["due", "--data", str(data), "--on", "2033-08-01", "--lang", "fr"]) == 0
    assert f"31/07/2033\u00a0: Regarder ce qui a bougé depuis\u00a0: {FORM}" in capsys.readouterr().out
    calendar = render(room.store.to_file(), "calendar", "ics", environment("fr")).decode()
    assert FORM in calendar and "20330731" in calendar
    assert "Attendu\u00a0: −4\u00a0jours (Délai médian)" in calendar.replace("\r\n ", "")
