"""Each role's right to each gesture. A refused gesture writes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st
from msgspec import structs

from impactlib.domain import events as e, recommendations
from impactlib.domain.agenda import Role
from impactlib.domain.clock import Clock
from impactlib.domain.fold import history
from impactlib.domain.kinds import KINDS
from impactlib.domain.refusal import Refusal
from impactlib.gestures import Asking, decide, people_and_clock, wire_fields
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.journal import Journal
from impactlib.storage.session_store import SessionStore
from impactlib.views.render import say
from tests import make_gesture_types
from tests.conftest import Room, Time, agree, copied, examples, few, path_of

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
Stage = Any
"""A room, and the ids of what stands in it."""


@pytest.fixture(scope="session")
def staged(opened: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The journal of a workshop in its first step, where every gesture has something to act upon."""
    rooms = copied(opened, tmp_path_factory.mktemp("staged"), Time())
    room = next(rooms)
    room.ask(FACILITATOR, do="start", step="tour")
    for person, role, name in (("absent", OBSERVER, "Zoé"), ("second", CLIENT, "Paul"), ("gone", CONSULTANT, "Max")):
        room.ask_as(person, role, do="join", name=name)
    room.ask(FACILITATOR, do="show_out", person="gone")
    kinds = ("question", "hypothesis", "metric", "action", "learning")
    withdrawn = {kind: room.ask(CLIENT, do="write", kind=kind, text="Retiré") for kind in kinds}
    for note in withdrawn.values():
        room.ask(CLIENT, do="withdraw", note=note)
    notes = {
        "problem": room.ask(CLIENT, do="write", kind="problem", text="Les familles attendent"),
        "question": room.ask(CONSULTANT, do="write", kind="question", text="Qui renonce ?"),
        "hypothesis": room.ask(CLIENT, do="write", kind="hypothesis", text="Nous pensons que…"),
        "metric": room.ask(CLIENT, do="write", kind="metric", text="Délai médian"),
        "action": room.ask(CLIENT, do="write", kind="action", text="Compter les abandons"),
        "source": room.ask(CLIENT, do="write", kind="source", text="Registre des demandes"),
        "advice": room.ask(CONSULTANT, do="write", kind="recommendation", text="Comparez deux départements"),
        "repeated": room.ask(CONSULTANT, do="write", kind="recommendation", text="Comparez donc"),
        "theirs": room.ask_as("second", CLIENT, do="write", kind="question", text="Depuis quand ?"),
        "colleagues": room.ask_as("second", CLIENT, do="write", kind="hypothesis", text="Nous croyons que…"),
    }
    next(rooms, None)
    return path_of(room.store.journal), {**notes, "withdrawn": withdrawn}


OpenStage = Callable[[], AbstractContextManager[Stage]]
"""Opens one more copy of the stage: a table of gestures takes one for each of its rows."""


@pytest.fixture
def open_stage(staged: tuple[Path, dict[str, Any]], tmp_path: Path, time: Time) -> OpenStage:
    journal, notes = staged
    numbers = itertools.count()

    @contextmanager
    def opens() -> Iterator[Stage]:
        for room in copied(journal, tmp_path / f"{next(numbers)}", time):
            yield SimpleNamespace(room=room, **notes)

    return opens


@pytest.fixture
def stage(open_stage: OpenStage) -> Iterator[Stage]:
    with open_stage() as stage:
        yield stage


# Every gesture by every role ------------------------------------------------------------------------

TEAM = {FACILITATOR, CLIENT}
TABLE = {FACILITATOR, CLIENT, CONSULTANT}
Make = Callable[[Stage], dict[str, Any]]


def write(kind: str, **more: Any) -> Make:
    return lambda s: {"do": "write", "kind": kind, "text": "Quelques mots", **more}


def opened(stage: Stage) -> str:
    """The round of scores on the metric, opened if it is not."""
    open = stage.room.session.round
    return open.id if open else str(stage.room.ask(FACILITATOR, do="open_round", metrics=stage.metric))


def shown(stage: Stage) -> str:
    """A round whose scores are shown."""
    round = opened(stage)
    stage.room.ask(FACILITATOR, do="show_round", round=round)
    return round


def before_the_hour(stage: Stage, **gesture: Any) -> dict[str, Any]:
    """That gesture, as if no step had been entered yet."""
    stage.room.store.session = structs.replace(stage.room.session, clock=Clock())
    return gesture


def in_a_round(stage: Stage, **gesture: Any) -> dict[str, Any]:
    """That gesture, once a round is open; the gesture does not name the round."""
    opened(stage)
    return gesture


def came_back(stage: Stage) -> dict[str, Any]:
    """A member of the team came back by another browser, and is to be set apart."""
    if not stage.room.session.people["second"].returns:
        stage.room.ask_as("second", CLIENT, do="come_back", browser="fedcba9876543210")
    return {"do": "set_apart", "person": "second", "browser": "fedcba9876543210"}


def left_alone(stage: Stage, **gesture: Any) -> dict[str, Any]:
    """That gesture, with the facilitator gone, once Paul has offered to lead."""
    stage.room.unled = True
    if "second" not in stage.room.session.offers:
        stage.room.ask_as("second", CLIENT, do="offer_lead")
    return gesture


GESTURES: Mapping[str, tuple[Make, set[Role]]] = {
    "come in again under another name": (lambda s: {"do": "join", "name": "Camille"}, set(Role)),
    "come in again by another browser": (lambda s: {"do": "come_back", "browser": "0123456789abcdef"}, set(Role)),
    "say that who came back is somebody else": (came_back, {FACILITATOR}),
    "change one's own name": (lambda s: {"do": "rename", "name": "Camille B."}, set(Role)),
    "correct a name": (lambda s: {"do": "correct", "person": "second", "name": "Paule"}, {FACILITATOR}),
    "correct a role": (
        lambda s: {"do": "correct", "person": "second", "name": "Paul", "role": "observer"},
        {FACILITATOR},
    ),
    "make oneself facilitator": (
        lambda s: {"do": "correct", "person": "second", "name": "Paul", "role": "facilitator"},
        {FACILITATOR},
    ),
    "show somebody out": (lambda s: {"do": "show_out", "person": "second"}, {FACILITATOR}),
    "let somebody in again": (lambda s: {"do": "let_in", "person": "gone"}, {FACILITATOR}),
    "offer to lead": (lambda s: left_alone(s, do="offer_lead"), {CLIENT, CONSULTANT}),
    "agree that somebody leads": (lambda s: left_alone(s, do="agree_lead", person="second"), {CLIENT, CONSULTANT}),
    "start the next step": (lambda s: {"do": "start", "step": "problem"}, {FACILITATOR}),
    "pause": (lambda s: {"do": "pause"}, {FACILITATOR}),
    "resume": (lambda s: s.room.ask(FACILITATOR, do="pause") and {"do": "resume"}, {FACILITATOR}),
    "add a minute": (lambda s: {"do": "more"}, {FACILITATOR}),
    "keep the planned end": (lambda s: {"do": "keep_end", "kept": "true"}, {FACILITATOR}),
    "end the hour": (lambda s: {"do": "end"}, {FACILITATOR}),
    "ask the room to look at a note": (lambda s: {"do": "focus", "note": s.metric}, {FACILITATOR}),
    "change a step's minutes": (lambda s: {"do": "minutes", "step": "questions", "minutes": "12"}, {FACILITATOR}),
    "hide a step": (lambda s: {"do": "hide", "step": "questions", "hidden": "true"}, {FACILITATOR}),
    "move a hypothesis": (lambda s: {"do": "move", "note": s.colleagues, "before": s.hypothesis}, {FACILITATOR}),
    "split a hypothesis": (
        lambda s: {"do": "split", "note": s.hypothesis, "was": "1", "first": "Une part", "second": "L’autre"},
        {FACILITATOR},
    ),
    "merge two hypotheses": (
        lambda s: (
            {"do": "merge", "note": s.hypothesis, "was": "1", "other": s.colleagues, "other_was": "1"}
            | {"merged": "Les deux"}
        ),
        {FACILITATOR},
    ),
    "write what one expects": (write("expectation"), TABLE),
    "write the problem": (write("problem"), TEAM),
    "write for whom": (write("audience"), TEAM),
    "write a goal of the hour": (write("goal"), TEAM),
    "ask a question": (write("question"), TABLE),
    "ask a question for a consultant": (write("question", behalf="second"), TABLE),
    "answer": (lambda s: write("answer", about=s.question)(s), TABLE),
    "put a testimony on the wall for a speaker": (write("testimony", behalf="second"), TABLE),
    "word the contract": (write("contract"), TEAM),
    "draft a hypothesis": (write("hypothesis"), TEAM),
    "recommend": (write("recommendation"), TABLE),
    "recommend on a hypothesis": (lambda s: write("recommendation", about=s.hypothesis)(s), TABLE),
    "recommend on a metric": (lambda s: write("recommendation", about=s.metric)(s), TABLE),
    "write a metric": (lambda s: write("metric", about=s.hypothesis, quality="50")(s), TEAM),
    "give a figure": (lambda s: write("reading", about=s.metric, figure="19", as_of="2026-10")(s), TEAM),
    "say what the product is": (write("product"), TEAM),
    "write an objective": (write("objective", reach="indirect"), TEAM),
    "write the change sought": (write("change", proxy="Délai médian"), TEAM),
    "write a source of data": (write("source", access="partner", quality="50"), TEAM),
    "draft a hypothesis with its metric": (
        lambda s: {"do": "draft", "statement": "Nous pensons que…", "metric": "Délai médian", "unit": "jours"},
        TEAM,
    ),
    "draft a metric of a hypothesis": (
        lambda s: {"do": "draft", "about": s.hypothesis, "source": "Registre des demandes"},
        TEAM,
    ),
    "bring a metric up to date with a file": (
        lambda s: {"do": "update", "note": s.metric, "file": "mesures", "unit": "jours ouvrés"},
        TEAM,
    ),
    "settle a cell that a file says differently": (
        lambda s: {"do": "settle", "note": s.metric, "detail": "unit", "value": "semaines", "kept": "false"},
        TEAM,
    ),
    "tie a metric to a source": (
        lambda s: {"do": "tie", "metric": s.metric, "source": s.source, "tied": "true"},
        TEAM,
    ),
    "compute a cost per use": (
        lambda s: {
            "do": "cost",
            "metric": s.metric,
            "budget": "120000",
            "budget_period": "year",
            "users": "2000",
            "users_period": "month",
            "across": "even",
        },
        TEAM,
    ),
    "name the indicator that a metric fulfils": (
        lambda s: {"do": "detail", "note": s.metric, "detail": "indicator", "value": "cost-per-use"},
        TEAM,
    ),
    "change what another member drafted": (
        lambda s: {"do": "edit", "note": s.colleagues, "text": "Mieux", "was": "1"},
        TEAM,
    ),
    "mark a recommendation": (
        lambda s: {"do": "detail", "note": s.advice, "detail": "status", "value": "adapted"},
        TEAM,
    ),
    "say why": (lambda s: {"do": "detail", "note": s.advice, "detail": "reason", "value": "Plus tard"}, TEAM),
    "group a recommendation under another": (
        lambda s: {"do": "detail", "note": s.repeated, "detail": "same_as", "value": s.advice},
        TABLE,
    ),
    "let the consultants speak": (lambda s: {"do": "listen", "on": "true"}, {FACILITATOR}),
    "name the North Star": (
        lambda s: (
            s.room.ask(FACILITATOR, do="keep", metric=s.metric, kept="true")
            and {"do": "detail", "note": s.metric, "detail": "north_star", "value": "yes"}
        ),
        TEAM,
    ),
    "say beforehand what is decided": (
        lambda s: {"do": "detail", "note": s.metric, "detail": "if_missed", "value": "pivot"},
        TEAM,
    ),
    "make an action of a recommendation": (lambda s: write("action", about=s.advice)(s), TEAM),
    "agree to be contacted": (write("contact"), TEAM),
    "tell what became of it": (
        write("experience", measured_now="Le délai", had_problem="grows", in_library="yes"),
        TEAM,
    ),
    "recall what was promised": (write("promise", owner="Marc", due="2026-12-07", state="late", word="Relancé"), TEAM),
    "forecast a figure": (
        lambda s: write("forecast", about=s.metric, figure="300", as_of="10/2026")(s),
        TEAM,
    ),
    "say what is delivered": (
        lambda s: write(
            "feature", about=s.metric, expected="−4 jours", delivered_on="2026-11-20", look_on="2026-12-20"
        )(s),
        TEAM,
    ),
    "give a verdict": (
        lambda s: write("verdict", about=s.metric, course="stop", evidence="Deux relevés")(s),
        TEAM,
    ),
    "write a post-mortem": (lambda s: write("ending", about=s.metric, why="Le seuil", advice="Mesurer tôt")(s), TEAM),
    "write a learning": (write("learning"), TABLE),
    "write an action": (write("action", owner="Marc", due="2026-12-07"), TEAM),
    "edit a client's note": (lambda s: {"do": "edit", "note": s.problem, "text": "Mieux", "was": "1"}, TEAM),
    "edit a consultant's note": (
        lambda s: {"do": "edit", "note": s.question, "text": "Mieux", "was": "1"},
        {FACILITATOR, CONSULTANT},
    ),
    "withdraw a client's note": (lambda s: {"do": "withdraw", "note": s.problem}, TEAM),
    "withdraw a consultant's note": (lambda s: {"do": "withdraw", "note": s.question}, {FACILITATOR, CONSULTANT}),
    "put a client's note back": (lambda s: {"do": "restore", "note": s.withdrawn["question"]}, TEAM),
    "set a metric's quality": (
        lambda s: {"do": "detail", "note": s.metric, "detail": "quality", "value": "90"},
        TEAM,
    ),
    "set an action's owner": (lambda s: {"do": "detail", "note": s.action, "detail": "owner", "value": "Marc"}, TEAM),
    "set an action's date": (
        lambda s: {"do": "detail", "note": s.action, "detail": "due", "value": "2026-12-07"},
        TEAM,
    ),
    "say me too of a question": (lambda s: {"do": "second", "note": s.theirs, "on": "true"}, {CLIENT, CONSULTANT}),
    "tie a recommendation": (
        lambda s: {"do": "attach", "note": s.advice, "about": s.metric},
        {FACILITATOR, CLIENT, CONSULTANT},
    ),
    "open a round of scores": (lambda s: {"do": "open_round", "metrics": s.metric}, {FACILITATOR}),
    "score the value": (
        lambda s: in_a_round(s, do="score", metric=s.metric, value=5),
        {CLIENT, CONSULTANT},
    ),
    "score the ease": (
        lambda s: {"do": "score", "metric": s.metric, "ease": "3", "round": opened(s)},
        {CLIENT, CONSULTANT},
    ),
    "abstain": (lambda s: in_a_round(s, do="abstain", metric=s.metric), {CLIENT, CONSULTANT}),
    "show a round": (lambda s: {"do": "show_round", "round": opened(s)}, {FACILITATOR}),
    "let the team choose": (lambda s: {"do": "open_choice", "round": shown(s)}, {FACILITATOR}),
    "keep a metric": (lambda s: {"do": "keep", "metric": s.metric, "kept": "true"}, TEAM),
    "erase somebody's words": (lambda s: {"do": "forget", "person": "second"}, {FACILITATOR}),
    "choose the day of erasure": (lambda s: {"do": "erase_on", "on": "2099-01-31"}, {FACILITATOR}),
    "move the start": (lambda s: before_the_hour(s, do="schedule", starts="2033-05-19T10:00"), {FACILITATOR}),
}
CASES = [(name, role) for name in GESTURES for role in Role]
ALLOWED = [(name, role) for name, role in CASES if role in GESTURES[name][1]]
FORGED = [(name, role) for name, role in CASES if role not in GESTURES[name][1]]


def test_the_table_has_every_gesture_and_every_kind_of_note(stage: Stage) -> None:
    from impactlib.gestures import _RULES

    asked = [make(stage) for make, _ in GESTURES.values()]
    assert {gesture["do"] for gesture in asked} == set(_RULES)
    assert {gesture["kind"] for gesture in asked if gesture["do"] == "write"} == set(KINDS)


def test_a_gesture_has_the_fields_that_its_row_declares(open_stage: OpenStage) -> None:
    with open_stage() as stage:
        for make, _ in GESTURES.values():
            gesture = make(stage)
            assert gesture.keys() - {"do"} <= {field.name for field in wire_fields()[gesture["do"]]}


def test_the_scripts_have_the_types_of_todays_gestures() -> None:
    assert make_gesture_types.FILE.read_text(encoding="utf-8") == make_gesture_types.types(), "make scripts"


def test_a_role_with_the_right_writes_entries_in_its_name(open_stage: OpenStage) -> None:
    def agrees(name: str, role: Role) -> None:
        with open_stage() as stage:
            gesture = GESTURES[name][0](stage)
            before = len(stage.room.entries)
            stage.room.ask(role, **gesture)
            written = stage.room.entries[before:]
            assert written
            assert {entry.by for entry in written} == {f"person-{role}"}

    agree(few(ALLOWED), agrees)


def test_a_role_without_the_right_writes_nothing(open_stage: OpenStage) -> None:
    def agrees(name: str, role: Role) -> None:
        with open_stage() as stage:
            assert stage.room.refused(role, **GESTURES[name][0](stage)).code == "role"

    agree(few(FORGED), agrees)


def test_an_id_sent_again_writes_nothing_and_no_other_gesture_may_use_it(open_stage: OpenStage) -> None:
    def agrees(name: str) -> None:
        with open_stage() as stage:
            _sent_again(stage, name)

    agree(few(list(GESTURES)), agrees)


def _sent_again(stage: Stage, name: str) -> None:
    make, roles = GESTURES[name]
    role = min(roles)
    gesture = {"id": "sent-again-1", **make(stage)}
    store, asking = stage.room.store, stage.room.asking(f"person-{role}", role)
    assert store.ask(asking, gesture)
    before = stage.room.entries
    assert store.ask(asking, dict(reversed(gesture.items()))) == ()
    others: list[tuple[str, dict[str, Any]]] = [
        (asking.person, {**gesture, "more": "x"}),
        (asking.person, {"id": gesture["id"], "do": "correct", "person": asking.person, "role": "facilitator"}),
        (asking.person, {"id": gesture["id"], "do": "show_out", "person": "person-observer"}),
        ("second", gesture),
        ("stranger", gesture),
    ]
    for person, body in others:
        with pytest.raises(Refusal, match="no valid id"):
            store.ask(stage.room.asking(person, role), body)
    assert stage.room.entries == before


def test_a_person_shown_out_or_not_joined_may_ask_for_nothing(open_stage: OpenStage) -> None:
    def agrees(name: str) -> None:
        with open_stage() as stage:
            gesture = GESTURES[name][0](stage)
            before = stage.room.entries
            for person, code in (("gone", "out"), ("stranger", "join"), ("", "join")):
                with pytest.raises(Refusal) as caught:
                    stage.room.ask_as(person, FACILITATOR, **gesture)
                assert caught.value.code == code
            assert stage.room.entries == before

    agree([name for name in GESTURES if name != "come in again under another name"], agrees)


def test_both_the_role_in_the_session_and_the_door_one_came_through_must_allow_it(stage: Stage) -> None:
    before = stage.room.entries
    with pytest.raises(Refusal):
        stage.room.ask_as("person-observer", FACILITATOR, do="end")
    assert stage.room.entries == before
    stage.room.ask(FACILITATOR, do="correct", person="person-observer", name="Lou", role="consultant")
    assert stage.room.refused(OBSERVER, do="write", kind="question", text="Puis-je ?").code == "door"
    stage.room.ask_as("person-observer", CONSULTANT, do="write", kind="question", text="Puis-je maintenant ?")
    stage.room.ask(FACILITATOR, do="correct", person="person-consultant", name="Inès", role="observer")
    assert stage.room.refused(CONSULTANT, do="score", metric=stage.metric, value=5).code == "door"


def test_nobody_shown_out_comes_in_by_joining_again(stage: Stage) -> None:
    before = stage.room.entries
    with pytest.raises(Refusal):
        stage.room.ask_as("gone", CONSULTANT, do="join", name="Max")
    assert stage.room.entries == before


# Bad input ------------------------------------------------------------------------------------------

NOT_TEXT = [None, True, False, 0, 10**400, 2.5, float("nan"), [], ["x"], {}, {"a": 1}]
ODD = [*NOT_TEXT, "", "   ", "away", "\ud800", "\x00", "x" * 70_000]


def test_an_empty_note_is_refused(stage: Stage) -> None:
    for text in ("", "   ", "\n\t", "\x00", "\u202e", "\ud800"):
        stage.room.refused(CLIENT, do="write", kind="problem", text=text)
    stage.room.refused(CLIENT, do="write", kind="problem")


def test_only_an_answer_may_be_empty_for_people_speak(stage: Stage) -> None:
    answer = stage.room.ask(CLIENT, do="write", kind="answer", about=stage.question, text="")
    assert stage.room.session.notes[answer].text == ""


def test_a_text_of_20_000_characters_is_refused_with_its_length_and_one_less_is_taken(stage: Stage) -> None:
    refusal = stage.room.refused(CLIENT, do="write", kind="problem", text="é" * 20_000)
    assert refusal.facts == {"length": 20_000}
    assert "20000 characters" in str(refusal)
    note = stage.room.ask(CLIENT, do="write", kind="problem", text="é" * 19_999)
    assert len(stage.room.session.notes[note].text) == 19_999


def test_characters_that_break_files_are_dropped(stage: Stage) -> None:
    note = stage.room.ask(CLIENT, do="write", kind="problem", text="un\x00\ud800\x1b\ufffe\u202edeux")
    assert stage.room.session.notes[note].text == "undeux"


@pytest.mark.parametrize("field", ["do", "kind", "text", "about", "behalf"])
def test_a_note_with_a_field_that_is_not_text_is_refused(stage: Stage, field: str) -> None:
    for odd in NOT_TEXT:
        stage.room.refused(CLIENT, **{"do": "write", "kind": "question", "text": "Qui ?", field: odd})


@pytest.mark.parametrize(
    "odd", ["x", "", "é" * 20, "a b c d e f", "x" * 65, "x" * 9 + "\n", "../../etc", *NOT_TEXT, "\ud800" * 9]
)
def test_a_gesture_without_a_proper_id_is_refused(stage: Stage, odd: Any) -> None:
    before = stage.room.entries
    with pytest.raises(Refusal, match="no valid id"):
        stage.room.store.ask(
            Asking("person-client", CLIENT), {"id": odd, "do": "write", "kind": "problem", "text": "a"}
        )
    assert stage.room.entries == before


@pytest.mark.parametrize("axis", ["value", "ease"])
def test_a_score_is_one_of_five_whole_numbers(stage: Stage, axis: str) -> None:
    opened(stage)
    for odd in (0, 6, -1, 3.0, "x", "0", "6", "2.5", "05", "1e0", "３", "²", "9" * 5000, *ODD):
        assert "from 1 to 5" in str(stage.room.refused(CLIENT, do="score", metric=stage.metric, **{axis: odd}))


def test_a_score_with_one_bad_axis_writes_neither(stage: Stage) -> None:
    opened(stage)
    stage.room.refused(CLIENT, do="score", metric=stage.metric, value=5, ease=9)
    stage.room.refused(CLIENT, do="score", metric=stage.metric)


@pytest.mark.parametrize(
    "gesture",
    [
        {"do": "write", "kind": "answer", "text": "oui", "about": ...},
        {"do": "edit", "text": "autre", "was": "1", "note": ...},
        {"do": "withdraw", "note": ...},
        {"do": "restore", "note": ...},
        {"do": "detail", "detail": "quality", "value": "10", "note": ...},
        {"do": "score", "value": 3, "metric": ...},
        {"do": "keep", "kept": "true", "metric": ...},
    ],
    ids=lambda gesture: gesture["do"],
)
def test_an_unknown_note_is_refused(stage: Stage, gesture: dict[str, Any]) -> None:
    for odd in ODD:
        stage.room.refused(CLIENT, **{name: odd if value is ... else value for name, value in gesture.items()})


@pytest.mark.parametrize(
    "gesture",
    [
        {"do": "correct", "name": "Paul", "person": ...},
        {"do": "correct", "person": "second", "name": "Paul", "role": ...},
        {"do": "show_out", "person": ...},
        {"do": "let_in", "person": ...},
        {"do": "come_back", "browser": ...},
        {"do": "set_apart", "person": ..., "browser": "fedcba9876543210"},
        {"do": "set_apart", "person": "second", "browser": ...},
        {"do": "forget", "person": ...},
        {"do": "start", "step": ...},
    ],
    ids=lambda gesture: "-".join(gesture),
)
def test_an_unknown_person_role_or_step_is_refused(stage: Stage, gesture: dict[str, Any]) -> None:
    for odd in ODD:
        stage.room.refused(FACILITATOR, **{name: odd if value is ... else value for name, value in gesture.items()})


@pytest.mark.parametrize(("do", "choice"), [("keep_end", "kept"), ("keep", "kept")])
def test_a_choice_is_yes_or_no_and_nothing_else_is_taken_for_a_no(stage: Stage, do: str, choice: str) -> None:
    for odd in (odd for odd in [*ODD, 1, "yes", "0"] if not isinstance(odd, bool)):
        stage.room.refused(FACILITATOR, do=do, metric=stage.metric, **{choice: odd})
    stage.room.refused(FACILITATOR, do=do, metric=stage.metric)


@pytest.mark.parametrize("name", ["", "  ", "\u202e", "x" * 81, None, 5, [], {}])
def test_a_name_is_given_and_short(stage: Stage, name: Any) -> None:
    stage.room.refused(OBSERVER, do="join", name=name)
    stage.room.refused(OBSERVER, do="rename", name=name)
    stage.room.refused(FACILITATOR, do="correct", person="second", name=name)


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("answer", "problem"),
        ("answer", "metric"),
        ("answer", ""),
        ("recommendation", "question"),
        ("recommendation", "action"),
        ("metric", "question"),
        ("metric", "metric"),
        ("question", "question"),
        ("problem", "hypothesis"),
        ("learning", "metric"),
        ("action", "metric"),
    ],
)
def test_a_note_is_about_a_note_of_the_right_kind(stage: Stage, kind: str, target: str) -> None:
    about = getattr(stage, target) if target else ""
    stage.room.refused(CLIENT, do="write", kind=kind, text="Quelques mots", about=about)


@pytest.mark.parametrize(
    ("kind", "target"),
    [("answer", "question"), ("recommendation", "hypothesis"), ("recommendation", "metric"), ("metric", "hypothesis")],
)
def test_a_note_is_not_about_one_that_was_withdrawn(stage: Stage, kind: str, target: str) -> None:
    refusal = stage.room.refused(CLIENT, do="write", kind=kind, text="Quelques mots", about=stage.withdrawn[target])
    assert "Your text is kept" in str(refusal)


def test_a_withdrawn_note_is_neither_edited_detailed_scored_nor_kept(stage: Stage) -> None:
    metric, action, learning = (stage.withdrawn[kind] for kind in ("metric", "action", "learning"))
    stage.room.refused(CLIENT, do="edit", note=learning, text="Mieux", was="1")
    stage.room.refused(CLIENT, do="detail", note=metric, detail="quality", value="90")
    stage.room.refused(CLIENT, do="detail", note=action, detail="owner", value="Marc")
    stage.room.refused(CLIENT, do="score", metric=metric, value=5)
    stage.room.refused(CLIENT, do="keep", metric=metric, kept="true")


def test_only_metrics_are_scored_and_kept(stage: Stage) -> None:
    stage.room.refused(CLIENT, do="score", metric=stage.problem, value=5)
    stage.room.refused(CLIENT, do="keep", metric=stage.hypothesis, kept="true")


@pytest.mark.parametrize(
    ("note", "detail", "value"),
    [
        ("metric", "quality", "51"),
        ("metric", "quality", "100"),
        ("metric", "baseline", "beaucoup"),
        ("metric", "baseline", "12.000"),
        ("metric", "target", "+15 %"),
        ("metric", "target", "12 zorglubs"),
        ("metric", "target_date", "fin 2026"),
        ("metric", "target_date", "demain"),
        ("metric", "direction", "tout droit"),
        ("metric", "unit", "x" * 501),
        ("hypothesis", "concept", "utilisateur"),
        ("source", "access", "peut-être"),
        ("metric", "by", "person-client"),
        ("action", "quality", "10"),
        ("action", "due", "demain"),
        ("action", "due", "2026-02-30"),
        ("action", "owner", "x" * 81),
        ("action", "owner", 5),
        ("action", "text", "autre"),
        ("action", ["owner"], "x"),
        ("problem", "owner", "Marc"),
    ],
)
def test_a_note_has_only_its_kinds_details_with_values_that_make_sense(
    stage: Stage, note: str, detail: Any, value: Any
) -> None:
    stage.room.refused(CLIENT, do="detail", note=getattr(stage, note), detail=detail, value=value)


@pytest.mark.parametrize("detail", [{"quality": "51"}, {"quality": ["50"]}])
def test_a_metric_with_a_bad_detail_is_not_written_at_all(stage: Stage, detail: dict[str, Any]) -> None:
    stage.room.refused(CLIENT, do="write", kind="metric", text="Délai", **detail)


def test_a_detail_can_be_emptied_again(stage: Stage) -> None:
    for value in ("2026-12-07", ""):
        stage.room.ask(CLIENT, do="detail", note=stage.action, detail="due", value=value)
    assert stage.room.session.notes[stage.action].details == {"due": ""}


# On behalf of -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["question", "answer", "recommendation"])
@pytest.mark.parametrize("writer", [FACILITATOR, CLIENT, CONSULTANT])
def test_a_note_taker_writes_for_somebody_around_the_table(stage: Stage, kind: str, writer: Role) -> None:
    about = stage.question if kind == "answer" else ""
    note = stage.room.ask(writer, do="write", kind=kind, text="Dit tout haut", about=about, behalf="second")
    written = stage.room.session.notes[note]
    assert (written.by, written.behalf, written.speaker) == (f"person-{writer}", "second", "second")


@pytest.mark.parametrize("behalf", ["person-observer", "absent", "gone", "stranger", "x" * 500])
def test_nobody_writes_for_an_observer_or_an_absent_person(stage: Stage, behalf: str) -> None:
    refusal = stage.room.refused(FACILITATOR, do="write", kind="question", text="Qui ?", behalf=behalf)
    assert "your text is kept" in str(refusal)


def test_only_what_is_spoken_is_written_for_somebody_else(stage: Stage) -> None:
    for kind in (kind.name for kind in KINDS.values() if not kind.spoken):
        stage.room.refused(FACILITATOR, do="write", kind=kind, text="Quelques mots", behalf="second")
    stage.room.refused(CLIENT, do="score", metric=stage.metric, value=5, behalf="second")


def test_writing_for_oneself_is_writing(stage: Stage) -> None:
    note = stage.room.ask(CLIENT, do="write", kind="question", text="Qui ?", behalf="person-client")
    assert stage.room.session.notes[note].behalf == ""


def test_a_quoted_person_may_mend_their_quote(stage: Stage) -> None:
    note = stage.room.ask(CONSULTANT, do="write", kind="question", text="Qui ?", behalf="person-client")
    stage.room.ask(CLIENT, do="edit", note=note, text="Qui donc ?", was="1")
    assert stage.room.session.notes[note].text == "Qui donc ?"


# Limits -----------------------------------------------------------------------------------------------


def test_a_fourth_action_is_refused_until_one_is_withdrawn_and_does_not_come_back_beside_three(stage: Stage) -> None:
    second = stage.room.ask(CLIENT, do="write", kind="action", text="Deux")
    stage.room.ask(CLIENT, do="write", kind="action", text="Trois")
    assert "Three actions at most" in str(stage.room.refused(CLIENT, do="write", kind="action", text="Quatre"))
    stage.room.ask(CLIENT, do="withdraw", note=second)
    stage.room.ask(CLIENT, do="write", kind="action", text="Quatre")
    stage.room.refused(CLIENT, do="restore", note=second)
    assert [n.text for n in stage.room.session.notes_of("action")] == ["Compter les abandons", "Trois", "Quatre"]


def test_putting_back_what_stands_changes_nothing_even_among_three_actions(stage: Stage) -> None:
    for text in ("Deux", "Trois"):
        stage.room.ask(CLIENT, do="write", kind="action", text=text)
    before = stage.room.entries
    stage.room.ask(CLIENT, do="restore", note=stage.action)
    assert stage.room.entries == before


def test_a_fourth_metric_is_not_kept_until_one_is_taken_off(stage: Stage) -> None:
    room = stage.room
    metrics = [room.ask(CLIENT, do="write", kind="metric", text=f"Mesure {n}") for n in range(4)]
    for metric in metrics[:3]:
        room.ask(CLIENT, do="keep", metric=metric, kept="true")
    assert "3 metrics at most" in str(room.refused(CLIENT, do="keep", metric=metrics[3], kept="true"))
    room.ask(CLIENT, do="keep", metric=metrics[0], kept="false")
    room.ask(CLIENT, do="keep", metric=metrics[3], kept="true")
    assert [note.id for note in room.session.kept_metrics()] == metrics[1:]


def test_after_the_hour_a_fourth_metric_is_kept_and_no_fifth(stage: Stage) -> None:
    room = stage.room
    metrics = [room.ask(CLIENT, do="write", kind="metric", text=f"Mesure {n}") for n in range(5)]
    room.ask(FACILITATOR, do="start", step="learnings")
    room.ask(FACILITATOR, do="end")
    for metric in metrics[:4]:
        room.ask(CLIENT, do="keep", metric=metric, kept="true")
    refusal = room.refused(CLIENT, do="keep", metric=metrics[4], kept="true")
    assert str(refusal) == "4 metrics at most: take one off first."
    assert [note.id for note in room.session.kept_metrics()] == metrics[:4]


def test_a_kept_metric_that_comes_back_when_three_others_are_kept_is_not_a_fourth(stage: Stage) -> None:
    room = stage.room
    metrics = [room.ask(CLIENT, do="write", kind="metric", text=f"Mesure {n}") for n in range(4)]
    for metric in metrics[:3]:
        room.ask(CLIENT, do="keep", metric=metric, kept="true")
    room.ask(CLIENT, do="withdraw", note=metrics[0])
    room.ask(CLIENT, do="keep", metric=metrics[3], kept="true")
    room.ask(CLIENT, do="restore", note=metrics[0])
    assert [note.id for note in room.session.kept_metrics()] == metrics[1:]
    assert not room.session.notes[metrics[0]].withdrawn


def test_a_north_star_that_comes_back_without_its_place_is_no_star_when_it_is_kept_again(stage: Stage) -> None:
    room = stage.room
    metrics = [room.ask(CLIENT, do="write", kind="metric", text=f"Mesure {n}") for n in range(4)]
    for metric in metrics[:3]:
        room.ask(CLIENT, do="keep", metric=metric, kept="true")
    room.ask(CLIENT, do="detail", note=metrics[0], detail="north_star", value="yes")
    room.ask(CLIENT, do="withdraw", note=metrics[0])
    room.ask(CLIENT, do="restore", note=metrics[0])
    assert recommendations.north_star(room.session) is room.session.notes[metrics[0]]  # its place was still free
    room.ask(CLIENT, do="withdraw", note=metrics[0])
    room.ask(CLIENT, do="keep", metric=metrics[3], kept="true")
    room.ask(CLIENT, do="restore", note=metrics[0])
    room.ask(CLIENT, do="keep", metric=metrics[3], kept="false")
    room.ask(CLIENT, do="keep", metric=metrics[0], kept="true")
    assert recommendations.north_star(room.session) is None


# Meanwhile ----------------------------------------------------------------------------------------------


def test_an_edit_of_a_text_that_changed_meanwhile_is_refused_with_the_other_text(stage: Stage) -> None:
    stage.room.ask(FACILITATOR, do="edit", note=stage.problem, text="Le texte de l’autre", was="1")
    refusal = stage.room.refused(CLIENT, do="edit", note=stage.problem, text="Le mien", was="1")
    assert (refusal.code, refusal.facts) == ("changed", {"text": "Le texte de l’autre", "version": 2})
    stage.room.ask(CLIENT, do="edit", note=stage.problem, text="Le mien", was="2")
    assert stage.room.session.notes[stage.problem].text == "Le mien"


@pytest.mark.parametrize("was", [None, "", "0", "2", " 1", [], {}, pytest.param(10**4000, id="huge"), -1])
def test_an_edit_that_does_not_say_which_text_it_saw_is_refused(stage: Stage, was: Any) -> None:
    assert stage.room.refused(CLIENT, do="edit", note=stage.problem, text="Mieux", was=was).code == "changed"


@pytest.mark.parametrize(
    "gesture",
    [
        lambda s: {"do": "start", "step": "tour"},
        lambda s: {"do": "resume"},
        lambda s: {"do": "keep_end", "kept": "false"},
        lambda s: {"do": "keep", "metric": s.metric, "kept": "false"},
        lambda s: {"do": "edit", "note": s.problem, "text": "Les familles attendent", "was": "1"},
        lambda s: {"do": "withdraw", "note": s.withdrawn["learning"]},
        lambda s: {"do": "restore", "note": s.problem},
        lambda s: {"do": "detail", "note": s.action, "detail": "owner", "value": ""},
        lambda s: {"do": "join", "name": "Ada"},
        lambda s: {"do": "correct", "person": "second", "name": "Paul", "role": "client"},
        lambda s: {"do": "show_out", "person": "gone"},
        lambda s: {"do": "let_in", "person": "second"},
        lambda s: {"do": "focus", "note": ""},
        lambda s: {"do": "minutes", "step": "questions", "minutes": "10"},
        lambda s: {"do": "hide", "step": "questions", "hidden": "false"},
        lambda s: {"do": "move", "note": s.hypothesis, "before": s.colleagues},
        lambda s: {"do": "move", "note": s.colleagues, "before": ""},
    ],
)
def test_asking_for_what_is_already_so_writes_nothing(stage: Stage, gesture: Make) -> None:
    before = stage.room.entries
    stage.room.ask(FACILITATOR, **gesture(stage))
    assert stage.room.entries == before


def test_one_says_me_too_once_and_may_take_it_back(stage: Stage) -> None:
    note = {"do": "second", "note": stage.advice}
    before = len(stage.room.entries)
    for on in ("true", "true", "false", "false", "true"):
        stage.room.ask(CLIENT, **note, on=on)
    assert [entry.event for entry in stage.room.entries[before:]] == [
        e.NoteSeconded(stage.advice, on) for on in (True, False, True)
    ]
    stage.room.ask_as("second", CLIENT, **note, on="true")
    assert stage.room.session.notes[stage.advice].seconded == ("person-client", "second")


@pytest.mark.parametrize("note", ["question", "advice"])
def test_nobody_says_me_too_of_their_own_words(stage: Stage, note: str) -> None:
    stage.room.refused(CONSULTANT, do="second", note=getattr(stage, note), on="true")
    said = stage.room.ask(FACILITATOR, do="write", kind="question", text="Et les autres ?", behalf="person-client")
    stage.room.refused(CLIENT, do="second", note=said, on="true")


def test_me_too_is_for_questions_and_advice_that_stand(stage: Stage) -> None:
    for note in (stage.hypothesis, stage.problem):
        stage.room.refused(CONSULTANT, do="second", note=note, on="true")
    stage.room.refused(CONSULTANT, do="second", note=stage.withdrawn["question"], on="true")


def test_a_browser_comes_back_once_and_is_set_apart_once_and_no_page_of_another_takes_it(stage: Stage) -> None:
    apart = came_back(stage)
    browser = apart["browser"]
    back = {"do": "come_back", "browser": browser}
    assert stage.room.entries[-1].event == e.PersonCameBack("second", browser)
    assert stage.room.entries[-1].by == "second"
    before = stage.room.entries
    stage.room.ask_as("second", CLIENT, **back)
    assert stage.room.entries == before
    for _ in range(2):
        stage.room.ask(FACILITATOR, **apart)
    assert [entry.event for entry in stage.room.entries[len(before) :]] == [e.PersonSetApart("second", browser)]
    # A browser by which somebody joined is theirs.
    stage.room.ask_as(browser, CLIENT, do="join", name="Paul")
    with pytest.raises(Refusal):
        stage.room.ask_as("second", CLIENT, **back)


def test_the_events_of_one_gesture_are_written_together_or_not_at_all(stage: Stage) -> None:
    note = stage.room.ask(CLIENT, do="write", kind="action", text="Appeler", owner="Marc", due="2026-12-07")
    written = stage.room.entries[-3:]
    assert [entry.id for entry in written] == [note, f"{note}.1", f"{note}.2"]
    assert [entry.event for entry in written] == [
        e.NoteWritten(note, "action", "Appeler"),
        e.DetailSet(note, "due", "2026-12-07"),
        e.DetailSet(note, "owner", "Marc"),
    ]
    stage.room.refused(CLIENT, do="write", kind="action", text="Appeler", owner="Marc", due="hier")


# The facilitator is gone -----------------------------------------------------------------------------


def test_who_offers_to_lead_does_once_somebody_agrees(stage: Stage) -> None:
    agreed = left_alone(stage, do="agree_lead", person="second")
    stage.room.ask(CONSULTANT, **agreed)
    assert stage.room.session.people["second"].role == FACILITATOR
    assert stage.room.session.offers == ()
    assert stage.room.store.journal.given("second", FACILITATOR)
    stage.room.ask_as("second", FACILITATOR, do="start", step="problem")


def test_nobody_leads_while_the_facilitator_is_here_nor_by_their_own_word(stage: Stage) -> None:
    agreed = left_alone(stage, do="agree_lead", person="second")
    with pytest.raises(Refusal):
        stage.room.ask_as("second", CLIENT, **agreed)
    stage.room.refused(CLIENT, do="agree_lead", person="person-consultant")
    stage.room.unled = False
    stage.room.refused(CLIENT, **agreed)
    stage.room.refused(CLIENT, do="offer_lead")


def test_two_consultants_do_not_take_the_lead_without_the_team(stage: Stage) -> None:
    stage.room.ask_as("guest", CONSULTANT, do="join", name="Yann")
    stage.room.unled = True
    stage.room.ask_as("guest", CONSULTANT, do="offer_lead")
    stage.room.refused(CONSULTANT, do="agree_lead", person="guest")
    stage.room.ask(CLIENT, do="agree_lead", person="guest")
    assert stage.room.session.people["guest"].role == FACILITATOR


def test_an_offer_ends_with_the_step(stage: Stage) -> None:
    agreed = left_alone(stage, do="agree_lead", person="second")
    stage.room.ask(FACILITATOR, do="start", step="problem")
    stage.room.refused(CLIENT, **agreed)


# Somebody facilitates -----------------------------------------------------------------------------------


def test_the_last_facilitator_can_neither_leave_nor_take_another_role(stage: Stage) -> None:
    for gesture in (
        {"do": "show_out", "person": "person-facilitator"},
        {"do": "correct", "person": "person-facilitator", "name": "Ada", "role": "client"},
    ):
        assert "Somebody must facilitate" in str(stage.room.refused(FACILITATOR, **gesture))


def test_one_of_two_facilitators_can_leave_and_the_other_cannot_follow(stage: Stage) -> None:
    room = stage.room
    room.ask(FACILITATOR, do="correct", person="second", name="Paul", role="facilitator")
    room.ask(FACILITATOR, do="correct", person="person-facilitator", name="Ada", role="observer")
    before = room.entries
    with pytest.raises(Refusal, match="Somebody must facilitate"):
        room.ask_as("second", FACILITATOR, do="show_out", person="second")
    assert room.entries == before


def test_somebody_is_shown_out_with_what_they_wrote_and_each_note_can_be_put_back(stage: Stage) -> None:
    room = stage.room
    written = [room.ask(CONSULTANT, do="write", kind="question", text=f"Question {i}") for i in range(3)]
    other = room.ask(CLIENT, do="write", kind="problem", text="La nôtre")
    room.ask(FACILITATOR, do="show_out", person="person-consultant", words="true")
    notes = room.session.notes
    assert room.session.people["person-consultant"].out
    assert [notes[note].withdrawn for note in (*written, other)] == [True, True, True, False]
    room.ask(FACILITATOR, do="restore", note=written[0])
    assert not room.session.notes[written[0]].withdrawn
    # Shown out before: what they wrote is withdrawn all the same.
    room.ask(FACILITATOR, do="show_out", person="person-consultant", words=True)
    assert room.session.notes[written[0]].withdrawn


def test_a_workshop_is_full_at_some_number_and_has_room_again_once_somebody_is_shown_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = stage.room
    monkeypatch.setattr(people_and_clock, "MOST_PEOPLE", sum(not one.out for one in room.session.people.values()))
    with pytest.raises(Refusal, match="This workshop is full"):
        room.ask_as("late", OBSERVER, do="join", name="Ida")
    room.ask_as("person-observer", OBSERVER, do="join", name="Lou")  # who is in comes in again
    room.ask(FACILITATOR, do="show_out", person="second")
    room.ask_as("late", OBSERVER, do="join", name="Ida")
    assert room.session.people["late"].name == "Ida"


def test_a_facilitator_who_was_shown_out_does_not_count_as_one(stage: Stage) -> None:
    room = stage.room
    room.ask(FACILITATOR, do="correct", person="second", name="Paul", role="facilitator")
    room.ask(FACILITATOR, do="show_out", person="second")
    room.refused(FACILITATOR, do="show_out", person="person-facilitator")


# The clock ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gesture", ["pause", "resume", "more", "keep_end"])
def test_the_clock_is_neither_paused_nor_extended_outside_the_hour(room: Room, gesture: str) -> None:
    room.refused(FACILITATOR, do=gesture, kept="true")
    room.ask(FACILITATOR, do="start", step="tour")
    room.ask(FACILITATOR, do="end")
    room.refused(FACILITATOR, do=gesture, kept="true")


def test_the_rest_is_completed_after_the_hour(lived: Room) -> None:
    lived.ask(CLIENT, do="write", kind="learning", text="Ajouté le soir")
    lived.ask(CLIENT, do="write", kind="contract", text="Reformulée")
    assert lived.session.ended
    assert lived.session.contract and lived.session.contract.text == "Reformulée"


def test_two_facilitators_who_press_next_at_once_start_the_step_once(stage: Stage, time: Time) -> None:
    stage.room.ask(FACILITATOR, do="correct", person="second", name="Paul", role="facilitator")
    before = len(stage.room.entries)
    stage.room.ask(FACILITATOR, do="start", step="problem")
    time.advance(1)
    stage.room.ask_as("second", FACILITATOR, do="start", step="problem")
    assert len(stage.room.entries) == before + 1


@pytest.mark.parametrize(
    ("zone", "hour"), [("", 8), ("Europe/Paris", 8), ("Indian/Reunion", 6), ("no zone", 8), (None, 8)]
)
def test_the_start_moves_to_a_time_by_the_clocks_of_who_moves_it(room: Room, zone: str | None, hour: int) -> None:
    given = {} if zone is None else {"zone": zone}
    room.ask(FACILITATOR, do="schedule", starts="2033-05-19T10:00", **given)
    assert datetime.fromtimestamp(room.session.clock.scheduled or 0.0, UTC) == datetime(2033, 5, 19, hour, tzinfo=UTC)
    before = room.entries
    room.ask(FACILITATOR, do="schedule", starts="2033-05-19T10:00", **given)
    assert room.entries == before


@pytest.mark.parametrize("starts", ["", "demain", "2033-05-19T25:00", "0001-01-01T00:00", "9999-12-31T23:59", None, 12])
def test_a_start_that_is_no_day_and_time_is_refused(room: Room, starts: Any) -> None:
    room.refused(FACILITATOR, do="schedule", starts=starts)


def test_the_start_does_not_move_once_the_hour_has_begun(room: Room) -> None:
    room.ask(FACILITATOR, do="start", step="tour")
    assert "a commencé" in say(room.refused(FACILITATOR, do="schedule", starts="2033-05-19T10:00"), "fr")


def test_an_end_that_would_leave_steps_without_a_minute_is_not_kept(room: Room, time: Time) -> None:
    room.ask(FACILITATOR, do="schedule", starts="2033-05-18T05:33")  # what `time` begins at
    time.advance(55 * 60)
    room.ask(FACILITATOR, do="start", step="tour")
    assert room.session.clock.late == pytest.approx(55 * 60, abs=60)
    room.refused(FACILITATOR, do="keep_end", kept="true")


# The facilitator steers the hour ---------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", ["0", "-5", "241", "12.5", "", "x", "٣", None, 12])
def test_minutes_are_whole_and_from_1_to_240(stage: Stage, minutes: Any) -> None:
    stage.room.refused(FACILITATOR, do="minutes", step="questions", minutes=minutes)


def test_only_steps_that_are_not_over_change_and_the_current_and_the_last_are_never_hidden(stage: Stage) -> None:
    room = stage.room
    room.ask(FACILITATOR, do="start", step="problem")
    for step in ("tour", "nowhere"):
        room.refused(FACILITATOR, do="minutes", step=step, minutes="5")
        room.refused(FACILITATOR, do="hide", step=step, hidden="true")
    for step in ("problem", "learnings"):
        room.refused(FACILITATOR, do="hide", step=step, hidden="true")
        room.ask(FACILITATOR, do="minutes", step=step, minutes="6")
    room.ask(FACILITATOR, do="end")
    room.refused(FACILITATOR, do="minutes", step="learnings", minutes="5")


def test_a_split_keeps_what_was_attached_and_puts_the_second_right_after(stage: Stage) -> None:
    room = stage.room
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai", about=stage.hypothesis)
    second = room.ask(FACILITATOR, do="split", note=stage.hypothesis, was="1", first="Une", second="Deux")
    hypotheses = room.session.notes_of("hypothesis")
    assert [note.id for note in hypotheses] == [stage.hypothesis, second, stage.colleagues]
    assert [note.text for note in hypotheses] == ["Une", "Deux", "Nous croyons que…"]
    assert room.session.notes[metric].about == stage.hypothesis
    for first, last in (("", "Deux"), ("Une", " ")):
        room.refused(FACILITATOR, do="split", note=second, was="1", first=first, second=last)


def test_a_merge_takes_metrics_and_advice_along_and_putting_the_second_back_brings_it_alone(stage: Stage) -> None:
    room, first, second = stage.room, stage.hypothesis, stage.colleagues
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai", about=second)
    advice = room.ask(CONSULTANT, do="write", kind="recommendation", text="Comptez", about=second)
    room.ask(FACILITATOR, do="merge", note=first, was="1", other=second, other_was="1", merged="Les deux")
    assert [(note.id, note.text) for note in room.session.notes_of("hypothesis")] == [(first, "Les deux")]
    assert {room.session.notes[one].about for one in (metric, advice)} == {first}
    room.ask(FACILITATOR, do="restore", note=second)
    assert room.session.notes[second].text == "Nous croyons que…"
    assert {room.session.notes[one].about for one in (metric, advice)} == {first}


def test_only_a_hypothesis_that_stands_unchanged_is_split_or_merged(stage: Stage) -> None:
    room = stage.room
    split = {"do": "split", "first": "Une", "second": "Deux", "was": "1"}
    merge = {"do": "merge", "note": stage.hypothesis, "was": "1", "other_was": "1", "merged": "Les deux"}
    for note in (stage.metric, stage.withdrawn["hypothesis"]):
        room.refused(FACILITATOR, **split, note=note)
        room.refused(FACILITATOR, **merge, other=note)
    room.refused(FACILITATOR, **merge, other=stage.hypothesis)
    room.ask(CLIENT, do="edit", note=stage.colleagues, text="Autrement", was="1")
    room.refused(FACILITATOR, **split, note=stage.colleagues)
    room.refused(FACILITATOR, **merge, other=stage.colleagues)


def test_only_hypotheses_and_metrics_that_stand_are_moved_among_their_own(stage: Stage) -> None:
    room = stage.room
    room.refused(FACILITATOR, do="move", note=stage.problem, before="")
    room.refused(FACILITATOR, do="move", note=stage.hypothesis, before=stage.metric)
    room.refused(FACILITATOR, do="move", note=stage.withdrawn["hypothesis"], before="")
    room.refused(FACILITATOR, do="focus", note=stage.withdrawn["metric"])


# Whatever is asked ------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
DOES = [
    "join", "come_back", "correct", "show_out", "let_in", "set_apart", "forget", "erase_on",
    "start", "pause", "resume", "more", "keep_end", "end", "write", "edit",
    "withdraw", "restore", "detail", "draft", "tie", "cost", "score", "abstain", "open_round", "show_round",
    "open_choice", "keep",
    "focus", "minutes", "hide", "move", "attach", "split", "merge", "schedule",
]  # fmt: skip
NAMES = ["@problem", "@question", "@hypothesis", "@metric", "@action", "second", "gone", "person-facilitator", "tour"]
NAMES += ["person-observer", "problem", "quality", "owner", "due", "true", "1", "5", "90", "client", "2026-12-07"]
NAMES += ["questions", "learnings", "@colleagues"]
NAMES += ["@source", "month", "year", "2000", "12,5", "false", "used", "indicator"]
VALUES = st.one_of(st.sampled_from(NAMES), st.sampled_from(sorted(KINDS)), JSON)
FIELDS = ["kind", "text", "name", "person", "role", "step", "note", "about", "behalf", "detail", "value", "ease"]
FIELDS += [
    "metric",
    "metrics",
    "round",
    "kept",
    "was",
    "quality",
    "owner",
    "due",
    "statement",
    "source",
    "tied",
    "unit",
]
FIELDS += [
    "browser",
    "starts",
    "zone",
    "minutes",
    "hidden",
    "before",
    "first",
    "second",
    "other",
    "other_was",
    "merged",
]
FIELDS += ["budget", "budget_period", "users", "users_period", "across", "baseline", "baseline_date", "concept"]
GESTURE = st.builds(
    lambda do, fields, rest: {**rest, **fields, "id": "fuzzed-gesture", "do": do},
    st.sampled_from(DOES),
    st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8),
    st.dictionaries(st.text(max_size=5), JSON, max_size=2),
)


@examples(150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GESTURE, st.sampled_from(list(Role)))
@example({"id": "fuzzed-gesture", "do": "score", "metric": "@metric", "value": 10**5000}, CLIENT)
@example({"id": "fuzzed-gesture", "do": "write", "kind": "problem", "text": "\ud800x"}, CLIENT)
@example(
    {"id": "fuzzed-gesture", "do": "cost", "metric": "@metric", "budget": "1", "budget_period": "day", "users": "3"}
    | {"users_period": "week", "across": True},
    CLIENT,
)
def test_any_gesture_gives_events_that_can_be_stored_and_folded_or_is_refused(
    stage: Stage, gesture: dict[str, Any], role: Role
) -> None:
    journal: Journal = stage.room.store.journal
    notes = {f"@{name}": id for name, id in vars(stage).items() if isinstance(id, str)}
    gesture = {field: notes.get(value, value) if isinstance(value, str) else value for field, value in gesture.items()}
    try:
        happened, behalf = decide(stage.room.session, Asking(f"person-{role}", role), gesture)
    except Refusal:
        return
    kept = journal.last()
    with pytest.raises(KeyboardInterrupt), journal.writing():
        journal.append("fuzzed-gesture", f"person-{role}", behalf, happened)
        written = journal.read(kept)
        assert [entry.event for entry in written] == happened
        after = history(written, stage.room.session)
        assert (after != stage.room.session) == bool(happened)
        # So that each example finds the same stage.
        raise KeyboardInterrupt
    assert journal.last() == kept


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(max_size=8), JSON, max_size=6))
@example({"id": "\ud800" * 9})
@example({"id": ["x" * 9], "do": "end"})
@example({"id": "proper-id", "do": ["end"]})
@example({"id": "proper-id", "do": "\ud800"})
def test_any_object_at_all_is_refused_and_writes_nothing(stage: Stage, gesture: dict[str, Any]) -> None:
    before = stage.room.store.journal.last()
    with pytest.raises(Refusal):
        stage.room.store.ask(Asking("person-facilitator", FACILITATOR), gesture)
    assert stage.room.store.journal.last() == before


def test_another_process_that_opens_the_file_reads_a_granted_gesture(lived: Room, tmp_path: Path) -> None:
    other = SessionStore(FileJournal(path_of(lived.store.journal)))
    assert other.session == lived.session
    other.journal.close()


def test_an_id_that_somebody_else_used_is_not_acknowledged(room: Room) -> None:
    taken = room.ask(CLIENT, do="write", kind="problem", text="Les familles attendent")
    with pytest.raises(Refusal, match="no valid id"):
        room.store.ask(
            Asking("person-consultant", CONSULTANT), {"id": taken, "do": "write", "kind": "learning", "text": "Perdu ?"}
        )
    assert len(room.session.notes) == 1


def test_a_press_that_was_late_on_its_way_does_not_move_the_group_back(room: Room) -> None:
    room.ask(FACILITATOR, do="start", step="tour", was="")
    room.ask(FACILITATOR, do="start", step="problem", was="tour")
    room.ask(FACILITATOR, do="start", step="questions", was="problem")
    assert room.refused(FACILITATOR, do="start", step="problem", was="tour").code == "changed"
    room.ask(FACILITATOR, do="start", step="problem", was="questions")
    assert room.session.clock.step == "problem"


def test_only_the_facilitator_puts_back_a_note_they_withdrew(room: Room) -> None:
    note = room.ask(CLIENT, do="write", kind="problem", text="À revoir")
    room.ask(FACILITATOR, do="withdraw", note=note)
    assert room.refused(CLIENT, do="restore", note=note).code == "role"
    room.ask(FACILITATOR, do="restore", note=note)
    room.ask(CLIENT, do="withdraw", note=note)
    room.ask(CLIENT, do="restore", note=note)
    assert not room.session.notes[note].withdrawn


@pytest.mark.parametrize("name", ["\u200b", " \u2060 ", "\u00ad\u0301"])
def test_a_name_that_nobody_can_see_is_no_name(room: Room, name: str) -> None:
    assert "first name" in str(room.refused(CLIENT, do="join", name=name))


# A team drafts ----------------------------------------------------------------------------------------


def test_a_draft_is_a_hypothesis_and_its_metric_with_what_is_said_of_each(stage: Stage) -> None:
    id = stage.room.ask(
        CLIENT,
        do="draft",
        statement="Nous pensons que l’accueil en mairie raccourcit l’attente",
        concept="utile",
        metric="Délai médian",
        baseline="12,5",
        target_date="31/12/2026",
    )
    session = stage.room.session
    assert session.notes[id].details == {"concept": "useful"}
    [metric] = session.notes_of("metric", about=id)
    assert (metric.text, metric.details) == ("Délai médian", {"baseline": "12.5", "target_date": "2026-12-31"})


def test_half_a_draft_is_saved_as_it_is_and_an_empty_one_is_not(stage: Stage) -> None:
    only_figure = stage.room.ask(CLIENT, do="draft", metric="Délai médian")
    only_source = stage.room.ask(CLIENT, do="draft", source="Registre")
    only_words = stage.room.ask(CLIENT, do="draft", statement="Moins d’attente")
    session = stage.room.session
    assert [session.notes[id].text for id in (only_figure, only_source, only_words)] == ["", "", "Moins d’attente"]
    assert not session.notes_of("metric", about=only_words)
    assert session.notes_of("metric", about=only_source)[0].details == {"source": "Registre"}
    stage.room.refused(CLIENT, do="draft", statement="  ", metric="")


def test_a_field_that_changed_meanwhile_shows_both_values(stage: Stage) -> None:
    stage.room.ask(CLIENT, do="detail", note=stage.metric, detail="unit", value="jours", was="")
    refusal = stage.room.refused(CLIENT, do="detail", note=stage.metric, detail="unit", value="heures", was="")
    assert (refusal.code, refusal.facts["text"]) == ("changed", "jours")
    stage.room.ask(CLIENT, do="detail", note=stage.metric, detail="unit", value="heures", was="jours")
    assert stage.room.session.notes[stage.metric].details["unit"] == "heures"


def test_a_metric_is_tied_to_a_source_and_untied(stage: Stage) -> None:
    for tied, details in (("true", "yes"), ("false", "")):
        stage.room.ask(CLIENT, do="tie", metric=stage.metric, source=stage.source, tied=tied)
        assert stage.room.session.notes[stage.metric].details[f"source/{stage.source}"] == details
    stage.room.refused(CLIENT, do="tie", metric=stage.metric, source=stage.problem, tied="true")


# The ledger of recommendations ----------------------------------------------------------------------


def group(stage: Stage, note: str, first: str) -> None:
    stage.room.ask(CONSULTANT, do="detail", note=note, detail="same_as", value=first)


def test_while_the_consultants_speak_all_that_the_team_does_rests_but_its_scores(stage: Stage) -> None:
    stage.room.ask(FACILITATOR, do="listen", on="true")
    for gesture in (
        {"do": "write", "kind": "problem", "text": "Encore un mot"},
        {"do": "edit", "note": stage.problem, "text": "Mieux", "was": "1"},
        {"do": "draft", "statement": "Nous pensons que…"},
        {"do": "withdraw", "note": stage.problem},
        {"do": "detail", "note": stage.metric, "detail": "quality", "value": "90"},
        {"do": "keep", "metric": stage.metric, "kept": "true"},
        {"do": "attach", "note": stage.advice, "about": stage.metric},
    ):
        assert stage.room.refused(CLIENT, **gesture).code == "listening"
    stage.room.ask(FACILITATOR, do="open_round", metrics=stage.metric)
    stage.room.ask(CLIENT, do="score", metric=stage.metric, value=5)
    stage.room.ask(CONSULTANT, do="write", kind="recommendation", text="Publiez peu de chiffres")
    stage.room.ask(FACILITATOR, do="write", kind="problem", text="Noté par l’animation")
    stage.room.ask(FACILITATOR, do="listen", on="false")
    stage.room.ask(CLIENT, do="write", kind="problem", text="Encore un mot")


def test_the_rule_of_listening_needs_an_hour_that_runs_and_goes_with_its_step(stage: Stage) -> None:
    stage.room.ask(FACILITATOR, do="listen", on="true")
    stage.room.ask(FACILITATOR, do="start", step="problem")
    assert not stage.room.session.listening
    stage.room.ask(FACILITATOR, do="listen", on="true")
    stage.room.ask(FACILITATOR, do="end")
    assert not stage.room.session.listening
    stage.room.refused(FACILITATOR, do="listen", on="true")
    stage.room.ask(CLIENT, do="write", kind="learning", text="Après l’heure")


def test_everybody_who_sees_a_recommendation_may_tie_it_to_a_note(stage: Stage) -> None:
    room = stage.room
    room.ask(CLIENT, do="attach", note=stage.advice, about=stage.metric)
    assert room.session.notes[stage.advice].about == stage.metric
    room.ask(CONSULTANT, do="attach", note=stage.advice, about=stage.hypothesis)
    assert room.session.notes[stage.advice].about == stage.hypothesis
    before = room.entries
    room.ask(CONSULTANT, do="attach", note=stage.advice, about=stage.hypothesis)
    assert room.entries == before
    for note, about in (
        (stage.advice, stage.question),
        (stage.advice, stage.withdrawn["metric"]),
        (stage.advice, "nowhere"),
        (stage.advice, ""),
        (stage.question, stage.hypothesis),
        (stage.withdrawn["question"], stage.hypothesis),
    ):
        room.refused(CONSULTANT, do="attach", note=note, about=about)


def test_the_team_finishes_its_notes_together(stage: Stage) -> None:
    """A colleague who opens the client's link afterwards, on any device, continues the team's notes."""
    room = stage.room
    for kind in ("contract", "action", "contact", "goal", "audience"):
        note = room.ask_as("second", CLIENT, do="write", kind=kind, text="De Paul")
        room.ask(CLIENT, do="edit", note=note, text="De nous deux", was="1")
        room.ask(CLIENT, do="withdraw", note=note)
        assert room.session.notes[note].text == "De nous deux" and room.session.notes[note].withdrawn
    learnt = room.ask_as("second", CLIENT, do="write", kind="learning", text="Ce que j’ai appris")
    assert "Only its author" in str(room.refused(CLIENT, do="edit", note=learnt, text="Autre chose", was="1"))


def test_a_group_has_one_first_whatever_is_grouped_next(stage: Stage) -> None:
    third = stage.room.ask(CONSULTANT, do="write", kind="recommendation", text="Comparez, vraiment")
    group(stage, stage.repeated, stage.advice)
    stage.room.refused(CONSULTANT, do="detail", note=third, detail="same_as", value=stage.repeated)
    stage.room.refused(CONSULTANT, do="detail", note=stage.advice, detail="same_as", value=stage.repeated)
    for odd in (stage.advice, stage.hypothesis, "nothing", stage.withdrawn["hypothesis"]):
        stage.room.refused(CONSULTANT, do="detail", note=stage.advice, detail="same_as", value=odd)
    group(stage, stage.advice, third)
    notes = stage.room.session.notes
    assert [notes[id].details.get("same_as", "") for id in (third, stage.advice, stage.repeated)] == ["", third, third]


def test_a_repeat_of_a_withdrawn_recommendation_stands_alone_and_can_be_first(stage: Stage) -> None:
    third = stage.room.ask(CONSULTANT, do="write", kind="recommendation", text="Comparez, vraiment")
    group(stage, stage.repeated, stage.advice)
    stage.room.ask(CONSULTANT, do="withdraw", note=stage.advice)
    group(stage, third, stage.repeated)
    stage.room.ask(CONSULTANT, do="restore", note=stage.advice)
    session = stage.room.session
    assert recommendations.repeats(session, session.notes[third]) is session.notes[stage.repeated]
    assert [note.id for note in recommendations.advice(session)] == [stage.advice, stage.repeated]


def test_a_recommendation_is_born_unmarked(stage: Stage) -> None:
    note = stage.room.ask(
        CONSULTANT, do="write", kind="recommendation", text="Gardez-moi", status="kept", same_as=stage.advice
    )
    assert stage.room.session.notes[note].details == {}


def test_no_metric_is_born_the_north_star(stage: Stage) -> None:
    note = stage.room.ask(CLIENT, do="write", kind="metric", text="Part des abandons", north_star="yes")
    assert stage.room.session.notes[note].details == {}


def test_exactly_one_kept_metric_is_the_north_star(stage: Stage) -> None:
    other = stage.room.ask(CLIENT, do="write", kind="metric", text="Part des abandons")
    star = {"do": "detail", "detail": "north_star", "value": "yes"}
    stage.room.refused(CLIENT, **star, note=stage.metric)
    for metric in (stage.metric, other):
        stage.room.ask(CLIENT, do="keep", metric=metric, kept="true")
        stage.room.ask(CLIENT, **star, note=metric)
        assert recommendations.north_star(stage.room.session) is stage.room.session.notes[metric]
    assert not stage.room.session.notes[stage.metric].details["north_star"]
    stage.room.ask(CLIENT, do="keep", metric=other, kept="false")
    stage.room.ask(CLIENT, do="keep", metric=other, kept="true")
    assert recommendations.north_star(stage.room.session) is None


@pytest.mark.parametrize(
    ("detail", "odd"),
    [
        ("if_missed", "perhaps"),
        ("decide_on", "soon"),
        ("decider", "x" * 81),
        ("north_star", "no"),
        ("threshold", "x" * 501),
    ],
)
def test_a_decision_that_cannot_be_read_is_refused(stage: Stage, detail: str, odd: str) -> None:
    stage.room.refused(CLIENT, do="detail", note=stage.metric, detail=detail, value=odd)


def test_the_day_of_a_decision_is_kept_as_dates_are(stage: Stage) -> None:
    stage.room.ask(CLIENT, do="detail", note=stage.metric, detail="decide_on", value="31/12/2026")
    assert stage.room.session.notes[stage.metric].details["decide_on"] == "2026-12-31"


def test_the_team_agrees_to_be_contacted_once_and_may_take_it_back(stage: Stage) -> None:
    first = stage.room.ask(CLIENT, do="write", kind="contact", text="salome@colis.example")
    stage.room.refused(FACILITATOR, do="write", kind="contact", text="marc@colis.example")
    stage.room.ask(CLIENT, do="withdraw", note=first)
    stage.room.ask(CLIENT, do="write", kind="contact", text="marc@colis.example")
    stage.room.refused(CLIENT, do="restore", note=first)


@pytest.mark.parametrize("figure", ["baseline", "target"])
def test_a_figure_typed_with_its_unit_keeps_it(room: Room, figure: str) -> None:
    metric = room.ask(CLIENT, do="write", kind="metric", text="Dossiers complets")
    room.ask(CLIENT, do="detail", note=metric, detail=figure, value="64 %")
    assert room.session.notes[metric].details == {figure: "64", "unit": "%"}
    # The page gives back what it showed, and somebody who writes the same again changes nothing.
    room.ask(CLIENT, do="detail", note=metric, detail=figure, value="65 %", was="64 %")
    before = room.store.seq
    room.ask(CLIENT, do="detail", note=metric, detail=figure, value="65", was="64")
    assert room.session.notes[metric].details == {figure: "65", "unit": "%"} and room.store.seq == before


def test_a_figure_of_a_new_metric_keeps_its_unit_and_a_unit_given_apart_stays_as_it_is_worded(room: Room) -> None:
    drafted = room.ask(CLIENT, do="draft", statement="Moins d’attente", metric="Délai", baseline="12 jours")
    worded = room.ask(CLIENT, do="write", kind="metric", text="Taux", unit="% des familles", target="64 %")
    said = {note.text: note.details for note in room.session.notes_of("metric")}
    assert said == {
        "Délai": {"baseline": "12", "unit": "jours"},
        "Taux": {"unit": "% des familles", "target": "64"},
    }
    assert not room.session.notes[drafted].details and room.session.notes[worded].kind == "metric"


def test_a_figure_in_another_unit_than_its_metric_is_refused_in_words(room: Room) -> None:
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai", unit="jours")
    refused = room.refused(CLIENT, do="detail", note=metric, detail="target", value="3 semaines")
    assert "another unit" in str(refused) and refused.facts == {"field": "target", "unit": "jours"}


def test_a_new_note_never_takes_the_id_of_another(room: Room) -> None:
    drafted = room.ask(Role.CLIENT, do="draft", statement="Le délai baisse", metric="Délai médian")
    metric = f"{drafted}-m"
    with pytest.raises(Refusal):
        room.store.ask(
            Asking("person-client", Role.CLIENT),
            {"id": metric, "do": "write", "kind": "metric", "text": "Autre", "quality": "90"},
        )
    assert room.session.notes[metric].details == {}
