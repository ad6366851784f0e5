"""A rehearsal: an invented workshop, by real processes, on a real journal."""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from fractions import Fraction
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from lxml.html import document_fromstring

from impactlib.cli import main
from impactlib.domain import events as e, formats, recommendations
from impactlib.domain.aarri import STEPS, table
from impactlib.domain.agenda import LANGUAGES, MEASURED, Role
from impactlib.domain.agenda_files import load as load_agenda, load_text, names, parse
from impactlib.domain.clock import day_of
from impactlib.domain.committee import Committee
from impactlib.domain.features import effects
from impactlib.domain.fold import history
from impactlib.domain.funnel import funnel
from impactlib.domain.hypotheses import OF_HYPOTHESIS, OF_METRIC
from impactlib.domain.inventory import sources_of
from impactlib.domain.kinds import KINDS
from impactlib.domain.readings import series
from impactlib.domain.review import judged
from impactlib.domain.session import METRICS_KEPT
from impactlib.domain.summary import Outline, missing
from impactlib.export import render
from impactlib.export.session_json import state
from impactlib.export.stats import of_session, site
from impactlib.rehearsal.script import Line, counts, load
from impactlib.rehearsal.stage import Report, rehearse, rehearse_year
from impactlib.server.handler import KEY, PERSON
from impactlib.storage.keys import person_id
from impactlib.storage.session_store import SessionStore, list_sessions, open_store
from impactlib.views import summary
from impactlib.views.render import environment
from tests.conftest import agree, few
from tests.harness import Server, until
from tests.test_committee import ASKED, HEADINGS
from tests.test_views import seen

SPEED = 900.0
"""The hour in four seconds."""
PARTS = [
    *("session", "team", "agenda", "steps", "participants", "preparation", "problem", "expectations", "contract"),
    "questions",
    *("recommendations", "hypotheses", "metrics", "rounds", "scores", "ranking", "learnings", "commitments"),
]


def _everything_said(store: SessionStore, report: Report) -> None:
    written = {entry.id: entry.seq for entry in store.journal.read()}
    assert report.acknowledged.items() <= written.items()
    assert store.session.ended


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    data = tmp_path_factory.mktemp("data")
    return data, rehearse(data, participants=12, speed=SPEED)


@pytest.fixture
def store(played: tuple[Path, Report]) -> Iterator[SessionStore]:
    store = open_store(played[0], played[1].session)
    yield store
    store.journal.close()


@pytest.mark.process
def test_every_gesture_is_granted_and_in_the_journal(played: tuple[Path, Report], store: SessionStore) -> None:
    report = played[1]
    assert not report.refused and not report.crashed
    assert set(report.asked) == set(report.acknowledged) and len(report.asked) == len(report.acknowledged) > 115
    _everything_said(store, report)
    assert report.seconds < 15


@pytest.mark.process
def test_every_part_of_the_session_is_filled(store: SessionStore) -> None:
    parts = state(store.session)
    assert set(PARTS) <= set(parts)
    assert [name for name in PARTS if not parts[name]] == []
    session = store.session
    assert len(session.kept_metrics()) == METRICS_KEPT and len(session.notes_of("action")) == KINDS["action"].at_most
    assert all(note.details["owner"] and note.details["due"] for note in session.notes_of("action"))
    assert all(note.details["quality"] in ("10", "50", "90") for note in session.notes_of("metric"))
    assert any(note.behalf for note in session.notes_of("question"))
    assert [name for name, notes in parts["preparation"].items() if not notes] == []
    recommendations = session.notes_of("recommendation")
    assert any(note.about for note in recommendations) and not all(note.about for note in recommendations)
    # Five people vote, on both axes, on each metric.
    assert len(session.scores) == 5 * len(session.notes_of("metric"))
    assert all(score.complete for score in session.scores.values())


@pytest.mark.process
def test_a_teams_preparation_comes_before_the_hour_and_says_everything(store: SessionStore) -> None:
    session = store.session
    started = session.clock.started
    assert started
    prepared = [note for note in session.notes.values() if note.at < started]
    kinds = Counter(note.kind for note in prepared)
    assert kinds == {"product": 1, "objective": 2, "change": 1, "source": 2, "hypothesis": 2, "metric": 2}
    assert {note.details["reach"] for note in prepared if note.kind == "objective"} == {"direct", "indirect"}
    for note in prepared:
        if note.kind == "hypothesis":
            assert all(note.details[name] for name in OF_HYPOTHESIS)
            assert [metric.at < started for metric in session.notes_of("metric", about=note.id)] == [True]
        if note.kind == "metric":
            # A delay has no formula; an indicator is named in the matrix.
            wanted = (
                set(OF_METRIC)
                - {"indicator"}
                - ({"numerator", "denominator"} if note.details["unit"] == "jours" else set())
            )
            assert {name for name in OF_METRIC if note.details.get(name)} == wanted
            assert sources_of(session, note)
            assert note.details["baseline_date"] < note.details["target_date"]


@pytest.mark.process
def test_after_the_hour_the_team_finishes_its_ledger_and_its_choice(store: SessionStore) -> None:
    session = store.session
    ended = session.clock.ended
    assert ended and missing(session) == []
    entries = [entry for entry in store.journal.read() if entry.at >= ended]
    later = {entry.event.detail for entry in entries if isinstance(entry.event, e.DetailSet)}
    assert {"status", "reason", *recommendations.CHOICE} <= later
    advice = recommendations.advice(session)
    assert {note.details["status"] for note in advice} == set(recommendations.STATUSES)
    assert all(note.details["reason"] for note in advice)
    assert [len(same) for same in recommendations.groups(session).values()] == [1]
    kept = session.kept_metrics()
    assert all(recommendations.decided(metric) and metric.details["baseline"] for metric in kept)
    assert {metric.details["if_missed"] for metric in kept} == set(recommendations.IF_MISSED)
    assert any(note.about for note in session.notes_of("action"))
    assert len(session.notes_of("contact")) == 1


@pytest.mark.process
def test_the_cast_has_its_roles_and_nobody_is_present_afterwards(store: SessionStore) -> None:
    assert {role: len(store.session.here(role)) for role in Role} == counts(12)
    assert not store.journal.present()


@pytest.mark.process
def test_the_hour_lasts_its_minutes_of_session_time(store: SessionStore) -> None:
    entries = store.journal.read()
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    clock, agenda = store.session.clock, store.session.agenda
    assert agenda and clock.started and clock.ended
    # A pause of a minute and a half; then whatever a busy machine adds, fifteen minutes a second.
    assert agenda.seconds <= clock.ended - clock.started < 1.75 * agenda.seconds
    assert entries[-1].at - entries[0].at < 2 * agenda.seconds
    assert list(clock.spent) == [step.id for step in agenda.steps]


@pytest.mark.process
def test_a_killed_actor_loses_nothing_acknowledged(tmp_path: Path) -> None:
    reports: list[Report] = []
    play = threading.Thread(target=lambda: reports.append(rehearse(tmp_path, participants=12, speed=SPEED)))
    play.start()
    until(lambda: list_sessions(tmp_path))
    watched = open_store(tmp_path, list_sessions(tmp_path)[0])

    # Mid-way: when the consultants have begun to recommend.
    def recommended() -> bool:
        watched.catch_up()
        return bool(watched.session.notes_of("recommendation"))

    until(recommended)
    os.kill(_actor("consultant-2"), signal.SIGKILL)
    play.join()
    watched.catch_up()
    report = reports[0]
    assert report.crashed == {"Théo": "was killed by signal 9"}
    _everything_said(watched, report)
    # The others went on to the end, without waiting for scores that would not come.
    session = watched.session
    assert session.ranking_shown and session.kept_metrics() and session.notes_of("action")
    watched.journal.close()


def _actor(member: str) -> int:
    """The process of a member of the cast, among our own children."""
    ours = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = [int(pid) for listing in ours for pid in listing.read_text().split()]
    return next(pid for pid in pids if member in Path(f"/proc/{pid}/cmdline").read_text().split("\0"))


@pytest.mark.process
def test_the_command_prints_its_counts_and_the_facilitators_link(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = ["rehearse", "--participants", "4", "--speed", "1800", "--lang", "en", "--agenda", "reformulation"]
    assert main([*asked, "--team", "Quiet Night", "--data", str(tmp_path), "--json"]) == 0
    out, err = capfd.readouterr()
    printed = json.loads(out)
    assert set(printed) == {"session", "gestures", "acknowledged", "seconds", "played"}
    assert {"prepare", "tour", "problem", "contract", "recommendations", "metrics", "after"} <= set(printed["played"])
    assert f"http://127.0.0.1:8866/room/{printed['session']}/facilitator?key=" in err
    store = open_store(tmp_path, printed["session"])
    parts = state(store.session)
    store.journal.close()
    assert parts["team"] and store.session.team == "Quiet Night"
    assert [name for name in PARTS if not parts[name]] == []


@pytest.mark.parametrize("option", [["--participants", "3"], ["--speed", "0"], ["--speed", "nan"]])
def test_numbers_that_cannot_be_played_are_refused(tmp_path: Path, option: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(["rehearse", "--data", str(tmp_path), *option])
    assert not list_sessions(tmp_path)


# A product over its year ---------------------------------------------------------------------------


@pytest.mark.process
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_year_is_played_from_the_hour_to_the_committee(tmp_path: Path, lang: str) -> None:
    reports = rehearse_year(tmp_path, participants=6, speed=3600, lang=lang)
    for report in reports:
        assert not report.refused and not report.crashed and set(report.asked) == set(report.acknowledged)
    stores = [open_store(tmp_path, report.session) for report in reports]
    hour, month, quarter, committee = (store.session for store in stores)
    views, files = environment(lang), [store.to_file() for store in stores]

    def summary(at: int) -> str:
        return render(files[at], "summary", "md", views).decode()

    # Each session has its own people, and names nobody else but who owes an action.
    met = [{person.name for person in session.people.values()} for session in (hour, month, quarter, committee)]
    assert met[1] != met[2]
    owners = {note.details.get("owner") for note in quarter.notes_of("promise")}
    for at, absent in ((1, met[0] | met[2]), (2, (met[0] | met[1]) - owners)):
        told = summary(at)
        assert all(name in told for name in met[at])
        assert not [name for name in absent - met[at] if re.search(rf"\b{re.escape(name)}\b", told)]
    assert {"fr": "2 actions sur 3 faites", "en": "2 actions of 3 done"}[lang] in summary(1)
    # A threshold is missed: the verdict is asked for before it is given.
    wait = next(one for one in judged(quarter) if one.metric.details.get("threshold", "").endswith(("jours", "days")))
    assert wait.met is False and not wait.asked and [note.details["course"] for note in wait.verdicts] == ["pivot"]
    before = [
        entry
        for entry in files[2].entries
        if not isinstance(entry.event, e.NoteWritten) or entry.event.kind not in ("verdict", "ending")
    ]
    asked = next(one for one in judged(history(before)) if one.metric.id == wait.metric.id)
    assert asked.met is False and asked.asked
    # Nothing of the hour is lost, and each figure is where it was given.
    assert hour.ended and len(hour.notes_of("action")) == 3 and missing(hour) == []
    figures = series(committee, committee.notes[wait.metric.id])
    assert [figure.text for figure in figures.figures] == ["21", "19", "17", "16", "14", "12"]
    assert (
        not [doubt for figure in figures.readings for doubt in figures.doubts(figure)] and figures.over_a_year is None
    )
    [interview, saturday] = effects(committee)
    # Which months lie before and after depends on the day on which this runs.
    assert interview.moved and interview.moved.difference < 0 and interview.looked_at
    assert saturday.expected == -4 and saturday.after is None
    [impact] = [step for step in table(committee) if step.rows and step.name == "impact"]
    assert [
        (f"{month.forecasts[-1].value}", f"{month.real.value}" if month.real else "") for month in impact.rows[0].months
    ] == [("18", "17"), ("14", "16")]
    sheet = document_fromstring(render(files[3], "committee", "html", views, files[2::-1])).text_content()
    if lang == "fr":
        assert all(heading in sheet for heading in (*HEADINGS, *ASKED))
        # The sheet and the page of statistics tell of the figure that the verdict knew, on the day it was given.
        assert re.search(r"Chiffre connu ce jour-là\s: 17\sjours", sheet) and "l’équipe a décidé de pivoter" in sheet
        made = site(of_session(files[3], views, date.today()).rows, committee.team, date.today())
        on = formats.day(day_of(quarter.held_at, quarter.zone), "fr")
        page = document_fromstring(made["index.html"]).text_content()
        assert (
            re.search(rf"le {on}, à 17\sjours \([^)]*\)\s: pivoter", page) and "oriente une famille en urgence" in page
        )
    # The sheet names nobody but who answers for an action or decides.
    named = {note.details.get(name) for note in committee.notes.values() for name in ("owner", "decider")}
    others = {name for names in met for name in names} - named
    assert not [name for name in others if re.search(rf"\b{re.escape(name)}\b", sheet)]
    for store in stores:
        store.journal.close()


@pytest.mark.process
def test_the_command_plays_the_year_and_counts_each_session(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["rehearse", "--year", "--participants", "4", "--speed", "3600", "--data", str(tmp_path), "--json"]
    assert main([*asked, "--agenda", "vision"]) == 2 and not list_sessions(tmp_path)
    capsys.readouterr()
    assert main(asked) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["after"]) == 3 and all(one["acknowledged"] == one["gestures"] for one in (told, *told["after"]))


# Per agenda -----------------------------------------------------------------------------------------

OPENED_BY = {
    "expectation": ("tour",),
    "problem": ("problem",),
    "audience": ("problem",),
    "goal": ("problem",),
    "testimony": ("testimonies",),
    "questions": ("questions",),
    "contract": ("contract",),
    "prepared": MEASURED,
    "hypotheses": MEASURED,
    "sources": MEASURED,
    "metrics": MEASURED,
    "advice": ("recommendations",),
    "ranking": ("metrics",),
    "kept": ("metrics", "matrix"),
    "learning": ("learnings",),
}
"""The fields of an outline and the kinds of its parts, and the panes of which one at least fills them; what is prepared
has its own page."""


@pytest.mark.process
@pytest.mark.parametrize("agenda", names())
def test_a_rehearsal_plays_something_in_each_pane_that_its_agenda_shows_and_nothing_else(
    tmp_path: Path, agenda: str
) -> None:
    report = rehearse(tmp_path, participants=4, speed=3600, agenda=agenda)
    assert not report.refused and not report.crashed and set(report.asked) == set(report.acknowledged)
    shown = {pane for step in load_agenda(agenda).steps for pane in step.shows}
    around = {"prepare", "after"} if load_agenda(agenda).prepares else set()
    assert set(report.played) == shown | around
    with closing(open_store(tmp_path, report.session).journal) as journal:
        session = history(journal.read())
    # Nobody waited for words that could not come.
    assert session.clock.ended and report.seconds < 20
    told = Outline(session)
    listed = {note.kind for part in told.parts for note in part.notes}
    filled = {name for name in OPENED_BY if name in listed or getattr(told, name, None)}
    assert filled == {name for name, panes in OPENED_BY.items() if load_agenda(agenda).shows(*panes)}
    one_team = not load_agenda(agenda).gathers
    assert (bool(told.actions), "contact" in listed) == (one_team, one_team)
    assert missing(session) == []


@pytest.mark.process
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_summary_of_the_matrix_has_every_concept_and_each_is_filled_in_its_step(tmp_path: Path, lang: str) -> None:
    report = rehearse(tmp_path, participants=6, speed=3600, agenda="matrix", lang=lang)
    store = open_store(tmp_path, report.session)
    with closing(store.journal):
        matrix = Outline(store.session).matrix
        file = store.to_file()
    assert matrix and all(part.fulfilled for part in matrix.parts)
    when = {line.gesture.get("indicator", line.gesture.get("value")): line.step for line in _of_matrix(lang)}
    indicators = {one.id: part.concept.id for part in matrix.parts for one in part.concept.indicators}
    assert set(when.values()) == set(indicators.values())
    assert all(indicators[indicator] == step for indicator, step in when.items())
    for kind in ("md", "html"):
        told = unescape(render(file, "summary", kind, environment(lang)).decode())
        assert {"fr": "Matrice d’impact", "en": "Impact matrix"}[lang] in told
        assert all(part.concept.title[lang] in told for part in matrix.parts)


def _of_matrix(lang: str) -> list[Line]:
    return [line for line in load(load_agenda("matrix"), lang, 6).lines if line.part == "matrix"]


@pytest.mark.process
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_summary_of_a_committees_rehearsal_says_what_it_is_asked_and_what_it_would_say(
    tmp_path: Path, lang: str
) -> None:
    report = rehearse(tmp_path, participants=6, speed=3600, agenda="committee-rehearsal", lang=lang)
    store = open_store(tmp_path, report.session)
    with closing(store.journal):
        session, file = store.session, store.to_file()
    asked, would = {
        "fr": ("Ce qui sera demandé au comité", "Ce que dirait le comité"),
        "en": ("What the committee will be asked", "What the committee would say"),
    }[lang]
    request = {"fr": "à budget égal", "en": "at the same budget"}[lang]
    decision = {"fr": "je continuerais avec moins", "en": "I would go on with less"}[lang]
    assert session.contract and request in session.contract.text
    played = {line.id: line.step for line in load(load_agenda("committee-rehearsal"), lang, 6).lines}
    assert (played["contract"], played["advice-decision"]) == ("request", "deliberate")
    page = seen(session, Role.CLIENT, summary, lang=lang)
    for told in (page, *(render(file, "summary", kind, environment(lang)).decode() for kind in ("md", "html"))):
        said = unescape(told)
        assert said.index(asked) < said.index(request) < said.index(would) < said.index(decision)
    # The sheet of a committee takes the rehearsal for none.
    sheet = Committee(session)
    assert sheet.serves is None and sheet.latest_on is None


@pytest.mark.process
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_summary_of_the_north_star_tells_it_with_its_way_and_its_figures(tmp_path: Path, lang: str) -> None:
    report = rehearse(tmp_path, participants=6, speed=3600, agenda="north-star", lang=lang)
    store = open_store(tmp_path, report.session)
    with closing(store.journal):
        session, file = store.session, store.to_file()
    played = {line.id: line for line in load(load_agenda("north-star"), lang, 6).lines}
    steps = {id: line.step for id, line in played.items()}
    assert (steps["hypothesis-key"], steps["metric-week"], steps["open"]) == ("key", "candidates", "candidates")
    chosen = ("keep-week", "star-week", "brings-week", "key-step-week", "baseline-week", "potential-week")
    assert {steps[id] for id in (*chosen, "milestones-week")} == {"choice"}
    # One alone is kept, the first of the candidates that were scored blind.
    [star] = session.kept_metrics()
    assert star is recommendations.north_star(session) and session.round is None
    scored = [row.metric for row in Outline(session).scored]
    assert scored.index(star.id) == 0 and len(scored) == 5
    way = {
        "fr": ("Valeur apportée", "une famille en urgence mange", "Étape clé", "le premier colis remis dans les sept"),
        "en": ("Value brought", "a family in an emergency eats", "Key step", "the first parcel handed over within"),
    }[lang]
    figures = {
        "fr": ("310 familles", "1 000 familles par mois", "450 à trois mois, 700 à six mois"),
        "en": ("310 families", "1,000 families a month", "450 in three months, 700 in six"),
    }[lang]
    page = seen(session, Role.CLIENT, summary, lang=lang)
    for told in (page, *(render(file, "summary", kind, environment(lang)).decode() for kind in ("md", "html"))):
        said = re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"</?(?:strong|span)\b[^>]*>", "", unescape(told)))
        card = said[said.index(star.text) :]
        places = [card.index(words) for words in (*way, *figures)]
        assert places == sorted(places) and " → " in card[places[1] : places[2]]
    without = [
        entry
        for entry in file.entries
        if not isinstance(entry.event, e.DetailSet) or entry.event.detail not in recommendations.WAY
    ]
    assert missing(history(without)) == ["way"]


@pytest.mark.process
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_summary_of_aarri_has_five_stages_of_one_period_and_an_activation_that_is_defined(
    tmp_path: Path, lang: str
) -> None:
    report = rehearse(tmp_path, participants=6, speed=3600, agenda="aarri", lang=lang)
    store = open_store(tmp_path, report.session)
    with closing(store.journal):
        session, file = store.session, store.to_file()
    stages = table(session)
    assert [step.name for step in stages] == list(STEPS) and all(len(step.rows) == 1 for step in stages)
    figures = [step.rows[0].series.readings[-1] for step in stages]
    assert len({(figure.on, figure.over) for figure in figures}) == 1 and figures[0].of_a_month
    activation = stages[1].rows[0].series.metric
    assert activation.details["numerator"] and activation.id in session.kept
    weakest = {line.id: line.step for line in load(load_agenda("aarri"), lang, 6).lines}
    assert (weakest["stage-activated"], weakest["hypothesis-message"]) == ("stages", "weakest")
    found = funnel(session)
    assert found and [stage.share for stage in found.stages] == [None, *map(Fraction, ("7/20", "3/4", "3/7")), None]
    assert [stage.name for stage in found.weakest] == ["activation"] and found.stages[-1].why == "unit"
    weakest_said = {
        "fr": "Le passage le plus faible : entre Acquisition et Activation, il en reste 35 %",
        "en": "The weakest passage: from Acquisition to Activation, 35% stay",
    }[lang]
    hypothesis = {"fr": "L’étape la plus faible est l’activation.", "en": "The weakest stage is activation."}[lang]
    for kind in ("md", "html"):
        told = unescape(render(file, "summary", kind, environment(lang)).decode())
        assert hypothesis in told and activation.details["numerator"] in told
        assert weakest_said in re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"</?bdi[^>]*>", "", told))
        assert all(step.rows[0].series.metric.text in told for step in stages)


OF_ONE = {
    "matrix": {"metric-cost", "metric-active"},
    "committee-rehearsal": {"advice-decision", "question-cost"},
    "north-star": {"hypothesis-key", "advice-key"},
    "aarri": {"metric-activated", "forecast-activated-1"},
}
"""Lines that are written for one agenda."""


@pytest.mark.parametrize("agenda", names())
def test_what_is_written_for_one_agenda_is_played_in_no_other(agenda: str) -> None:
    lines = {line.id: line for line in load(load_agenda(agenda), "en", 12).lines}
    for name, of_one in OF_ONE.items():
        assert of_one & set(lines) == (of_one if name == agenda else set())
    if "contract" in lines and agenda != "committee-rehearsal":
        assert lines["contract"].gesture["text"] == "Help us to measure whether families wait less."


@pytest.mark.parametrize("agenda", names())
def test_each_metric_of_the_round_is_scored_and_no_other(agenda: str) -> None:
    lines = {line.id: line for line in load(load_agenda(agenda), "en", 12).lines}
    scored = {line.gesture["metric"] for line in lines.values() if line.gesture["do"] == "score"}
    assert scored == set(lines["open"].gesture["metrics"].split() if "open" in lines else ())


def test_each_speaker_tells_in_their_own_step_and_the_others_in_the_exchange() -> None:
    script = load(load_agenda("testimony"), "fr", 12)
    told = [(line.step, script.member(line.who).name) for line in script.lines if line.part == "testimonies"]
    assert told == [
        *[("first", "Inès")] * 2,
        *[("second", "Théo")] * 2,
        *[("third", "Bérénice")] * 2,
        ("exchange", "Salomé"),
        ("exchange", "Nadia"),
    ]


@pytest.mark.parametrize("agenda", names())
def test_no_line_comes_before_those_that_it_needs(agenda: str) -> None:
    script = load(load_agenda(agenda), "fr", 12)
    steps = ["", *(step.id for step in load_agenda(agenda).steps), "after"]
    when = {line.id: (steps.index(line.step), line.share) for line in script.lines}
    assert all(when[need] <= when[line.id] for line in script.lines for need in line.needs)


def test_an_agenda_of_ones_own_is_played_as_far_as_it_shows() -> None:
    shows = '"questions", "learnings"'
    own = f'name = "own"\ntitle = "Nôtre"\n[[steps]]\nid = "all"\nminutes = 5\nshows = [{shows}]\ntitle = "Tout"\n'
    script = load(parse(own), "fr", 4)
    assert {line.part for line in script.lines} == {"learnings", "after"}
    assert [line.id for line in script.lines if line.part == "after"] == ["contact"]
    # An action stands without the advice that it comes from.
    actions = [line.gesture for line in script.lines if line.gesture.get("kind") == "action"]
    assert len(actions) == 3 and not any("about" in action for action in actions)


def test_an_unknown_agenda_starts_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "--data", str(tmp_path), "--agenda", "none-such"]) == 2
    assert "none-such" in capsys.readouterr().err
    assert not list_sessions(tmp_path)


@pytest.mark.process
def test_a_rehearsal_finds_the_server_of_its_folder_and_begins_once_somebody_watches(server: Server) -> None:
    command = [sys.executable, "-m", "impactlib.cli", "rehearse", "--participants", "4", "--speed", "3600"]
    command += ["--data", str(server.data), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as played:
        assert played.stderr and played.stdout
        link = played.stderr.readline().split()[-1]
        assert link.startswith(f"{server.url}room/") and server.port != 8866
        assert played.stderr.readline().startswith("It begins once you have come in there")
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as line:
            path, _, key = link.removeprefix(server.url.rstrip("/")).partition("?key=")
            own = secrets.token_hex(16)
            cookies = {"Cookie": f"{KEY}={key}; {PERSON}={own}"}
            body = json.dumps({"id": secrets.token_hex(8), "name": "Ada", "key": own})
            line.request("POST", f"{path}/join", body, {"Content-Type": "application/json", **cookies})
            assert line.getresponse().read()
            line.request("GET", f"{path}/patches", headers=cookies)
            watching = line.getresponse()
            assert watching.status == 200
            assert played.stderr.readline() == "It begins.\n"
            assert played.wait(60) == 0
        told = json.loads(played.stdout.read())
    store = open_store(server.data, told["session"])
    with closing(store.journal):
        joined = [entry.by for entry in store.journal.read() if isinstance(entry.event, e.PersonJoined)]
        assert joined[0] == person_id(told["session"], own) and len(joined) == 5
        assert store.session.ended


@pytest.mark.process
def test_a_rehearsal_that_does_not_wait_begins_at_once(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    asked = ["rehearse", "--participants", "4", "--speed", "3600", "--no-wait", "--json", "--data", str(server.data)]
    assert main(asked) == 0
    assert f"Watch it as its facilitator: {server.url}room/" in capfd.readouterr().err


@pytest.mark.process
def test_links_of_a_shell_lead_to_the_server_that_runs(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "--team", "Colis Solidaire", "--json", "--data", str(server.data)]) == 0
    opened = json.loads(capfd.readouterr().out)
    assert main(["links", opened["session"], "--json", "--data", str(server.data)]) == 0
    assert json.loads(capfd.readouterr().out) == opened
    assert all(link.startswith(f"{server.url}room/") for link in opened["links"].values())


@pytest.mark.process
def test_ctrl_c_ends_every_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "impactlib.cli", "rehearse", "--participants", "4", "--data", str(tmp_path)]
    # A shell's job in the background ignores Ctrl-C, and its children with it: ours must not.
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    with process:
        assert process.stderr and "No server runs on" in process.stderr.readline()
        assert "facilitator" in process.stderr.readline()
        children = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130, process.stderr.read()
    assert len(children) == 4
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]


def test_every_line_is_worded_and_names_lines_that_are_played() -> None:
    def agrees(lang: str, agenda: str, participants: int) -> None:
        script = load(parse(*load_text(agenda)), lang, participants)
        assert len(script.cast) == len({member.name for member in script.cast}) == participants
        assert script.cast[0].role == Role.FACILITATOR
        ids = {line.id for line in script.lines}
        assert len(ids) == len(script.lines)
        for line in script.lines:
            assert set(line.needs) <= ids and 0 <= line.share <= 1
            worded = line.gesture.get("text") or "figure" in line.gesture
            assert worded or line.gesture["do"] not in ("write", "edit")
            assert line.gesture["do"] != "draft" or line.gesture.get("statement") or line.gesture.get("metric")

    agree(few([*product(LANGUAGES, names(), [4, 5, 8, 12, 30])]), agrees)


def test_the_cast_of_other_numbers() -> None:
    for participants in range(4, 101):
        wanted = counts(participants)
        assert sum(wanted.values()) == participants and min(wanted.values()) >= 1


def _objects(part: object) -> list[dict[str, Any]]:
    """Every object of a JSON value, however deep."""
    if isinstance(part, dict):
        return [part, *(found for value in part.values() for found in _objects(value))]
    return [found for value in part for found in _objects(value)] if isinstance(part, list) else []


def _told(note: dict[str, Any], detail: str) -> str:
    """A note's detail as the journal has it, wherever its JSON says it."""
    if detail.startswith("source/"):
        return "yes" if detail.removeprefix("source/") in note["sources"] else ""
    if note["kind"] == "forecast":
        detail = {"as_of": "month", "figure": "value"}[detail]
    within = note.get("details" if note["kind"] == "hypothesis" else "definition", {})
    value = within[detail] if detail in within else note[detail]
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


@pytest.mark.process
def test_every_acknowledged_gesture_is_in_session_json(played: tuple[Path, Report], store: SessionStore) -> None:
    parts = state(store.session)
    found = {str(it["id"]): it for it in _objects(parts) if "id" in it}
    scores = {(score["metric"], score["person"]): score for score in _objects(parts["scores"])}
    acknowledged = [entry for entry in store.journal.read() if entry.id.split(".")[0] in played[1].acknowledged]
    # What was said last stands: a text that was edited, a detail that was set again.
    events = [entry.event for entry in acknowledged]
    texts = {it.note: it.text for it in events if isinstance(it, e.NoteWritten | e.NoteEdited)}
    details = {(it.note, it.detail): it.value for it in events if isinstance(it, e.DetailSet)}
    kept_last = {it.metric: it.kept for it in events if isinstance(it, e.MetricKept)}
    looked = 0
    for entry in acknowledged:
        match entry.event:
            case e.NoteWritten(note):
                assert found[note]["text"] == texts[note]
            case e.PersonJoined(person, name):
                assert found[person]["name"] == name
            case e.DetailSet(note, detail):
                assert _told(found[note], detail) == details[note, detail]
            case e.MetricKept(metric):
                assert found[metric]["kept"] == kept_last[metric]
            case e.MetricScored(metric, value, ease):
                score = scores[metric, entry.by]
                assert value in (None, score["value"]) and ease in (None, score["ease"])
            case e.StepStarted(step):
                assert found[step]["actual_minutes"] is not None
            case e.RoundShown():
                assert _objects(parts["session"])[0]["ranking_shown"]
            case _:
                continue
        looked += 1
    assert looked > 100
