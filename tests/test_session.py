"""The fold: given what happened, what is known of the workshop."""

from __future__ import annotations

import itertools
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from msgspec import structs

from impactlib.domain import events as e
from impactlib.domain.agenda import Role
from impactlib.domain.agenda_files import load_text
from impactlib.domain.events import Entry, Event, Unknown, pack, unpack
from impactlib.domain.fold import history
from impactlib.domain.session import SCORES, Score, Session
from impactlib.domain.text import fit
from tests.conftest import Room, agree

AGENDA, _ = load_text("atelier-impact")
OPENED = e.SessionOpened("Colis Solidaire", AGENDA)
LATER, OTHER = "0123456789abcdef", "fedcba9876543210"
METRIC = e.NoteWritten("delay", "metric", "Délai médian")


def given_events(*happened: Event | tuple[str, Event] | tuple[str, str, Event]) -> list[Entry]:
    """Entries a second apart: an event, or (by, event), or (by, behalf, event)."""
    entries = []
    for i, what in enumerate(happened, 1):
        *who, event = what if isinstance(what, tuple) else (what,)
        by, behalf = [*who, "", ""][:2]
        entries.append(Entry("home", i, f"entry-{i}", 1000.0 + i, by, behalf, event))
    return entries


def then(*happened: Any) -> Session:
    return history(given_events(OPENED, *happened))


# Opening ------------------------------------------------------------------------------------------


def test_nothing_has_happened_in_an_empty_journal() -> None:
    session = history([])
    assert session == Session()
    assert (session.steps, session.step, session.ended, session.contract) == ((), None, False, None)


def test_a_workshop_opens_with_the_agenda_that_its_journal_carries() -> None:
    session = history(given_events(e.SessionOpened("Colis Solidaire", AGENDA, "en", 5000.0, "https://visio.test/a")))
    assert (session.id, session.team, session.lang, session.video) == (
        "home",
        "Colis Solidaire",
        "en",
        "https://visio.test/a",
    )
    assert [step.id for step in session.steps] == ["tour", "problem", "questions", "recommendations", "learnings"]
    assert (session.opened_at, session.clock.scheduled, session.step) == (1001.0, 5000.0, None)


@pytest.mark.parametrize("name", ["", "Europe", "Paris", "europe/paris", "localtime", "../etc/localtime", "a\0"])
def test_a_session_keeps_its_time_zone_when_the_one_that_is_set_is_unknown(name: str) -> None:
    assert then().zone == "Europe/Paris"
    assert then(e.ZoneSet("America/Martinique")).zone == "America/Martinique"
    assert then(e.ZoneSet("America/Martinique"), e.ZoneSet(name)).zone == "America/Martinique"


# People -------------------------------------------------------------------------------------------


def test_people_join_in_their_order_and_are_found_by_role() -> None:
    session = then(e.PersonJoined("p2", "Marc", "client"), e.PersonJoined("p1", "Inès", "client"))
    assert [p.name for p in session.here(Role.CLIENT)] == ["Marc", "Inès"]
    assert session.here(Role.OBSERVER) == []


def test_a_correction_changes_a_name_and_a_role_and_keeps_the_place() -> None:
    session = then(
        e.PersonJoined("p1", "Mrac", "observer"),
        e.PersonJoined("p2", "Inès", "consultant"),
        e.PersonCorrected("p1", "Marc", "client"),
    )
    assert [(p.id, p.name, p.role) for p in session.people.values()] == [
        ("p1", "Marc", Role.CLIENT),
        ("p2", "Inès", Role.CONSULTANT),
    ]


def test_somebody_shown_out_is_not_here_until_let_in_again_even_when_corrected_meanwhile() -> None:
    out = [e.PersonJoined("p1", "Lou", "observer"), e.PersonShownOut("p1"), e.PersonCorrected("p1", "Lou B.", "client")]
    assert then(*out).here(Role.CLIENT) == []
    assert [p.name for p in then(*out, e.PersonLetIn("p1")).here(Role.CLIENT)] == ["Lou B."]


@pytest.mark.parametrize(
    "event",
    [
        e.PersonCorrected("nobody", "Lou", "client"),
        e.PersonShownOut("nobody"),
        e.PersonLetIn("nobody"),
        e.PersonCameBack("nobody", LATER),
        e.PersonSetApart("nobody", LATER),
        e.PersonJoined("p1", "Lou", "auditor"),
    ],
)
def test_an_event_on_an_unknown_person_or_role_folds_into_nothing(event: Event) -> None:
    assert then(event) == then()


CAME_BACK = [e.PersonJoined("p1", "Lou", "client"), e.PersonCameBack("p1", LATER)]


def bearers(session: Session) -> list[str | None]:
    """For whom each of three browsers stands."""
    found = (session.bearer(browser, "home") for browser in ("p1", LATER, OTHER))
    return [person.id if person else None for person in found]


def test_somebody_who_came_back_is_one_person_with_two_browsers_until_they_are_set_apart() -> None:
    back = then(*CAME_BACK)
    assert [(one.browser, one.at) for one in back.people["p1"].back] == [(LATER, 1003.0)]
    assert [*back.people] == ["p1"] and bearers(back) == ["p1", "p1", None]
    apart = then(*CAME_BACK, e.PersonSetApart("p1", LATER))
    assert apart.people["p1"].back == () and bearers(apart) == ["p1", None, None]
    again = then(*CAME_BACK, e.PersonSetApart("p1", LATER), e.PersonCameBack("p1", OTHER))
    assert bearers(again) == ["p1", None, "p1"]


def test_a_correction_and_a_door_that_closes_leave_the_browsers_of_a_person() -> None:
    changed = [e.PersonCorrected("p1", "Lou B.", "observer"), e.PersonShownOut("p1"), e.PersonLetIn("p1")]
    session = then(*CAME_BACK, *changed)
    assert (session.people["p1"].name, session.people["p1"].role) == ("Lou B.", Role.OBSERVER)
    assert bearers(session) == ["p1", "p1", None]


def test_a_browser_that_a_person_joined_by_stands_for_them_whatever_else_is_said() -> None:
    session = then(*CAME_BACK, e.PersonJoined(LATER, "Zoé", "client"), e.PersonCameBack("p1", LATER))
    assert bearers(session) == ["p1", LATER, None]
    assert then(*CAME_BACK, e.PersonSetApart("p1", OTHER)) == then(*CAME_BACK)


def test_a_return_that_was_born_in_another_journal_opens_no_door() -> None:
    assert then(*CAME_BACK).bearer(LATER, "elsewhere") is None


# Notes --------------------------------------------------------------------------------------------


def test_a_note_says_who_wrote_who_spoke_when_and_in_which_order() -> None:
    session = then(
        ("ada", "inès", e.NoteWritten("q1", "question", "Qui renonce ?")), ("marc", e.NoteWritten("p1", "problem", "…"))
    )
    question, problem = session.notes["q1"], session.notes["p1"]
    assert (question.by, question.behalf, question.speaker) == ("ada", "inès", "inès")
    assert (problem.by, problem.behalf, problem.speaker) == ("marc", "", "marc")
    assert (question.at, question.order, problem.order) == (1002.0, 1, 2)


def test_notes_of_a_kind_stand_in_the_order_in_which_they_came_whatever_was_edited_since() -> None:
    session = then(
        e.NoteWritten("a", "learning", "un"),
        e.NoteWritten("b", "question", "deux"),
        e.NoteWritten("c", "learning", "trois"),
        e.NoteEdited("a", "un, mieux"),
    )
    assert [note.text for note in session.notes_of("learning")] == ["un, mieux", "trois"]


def test_each_edit_counts_a_version() -> None:
    session = then(METRIC, e.NoteEdited("delay", "Délai"), e.NoteEdited("delay", "Délai médian, en jours"))
    assert (session.notes["delay"].text, session.notes["delay"].version) == ("Délai médian, en jours", 3)


def test_a_withdrawn_note_stands_no_more_and_comes_back_whole_and_in_its_place() -> None:
    story = [e.NoteWritten("a", "learning", "un"), e.NoteWritten("b", "learning", "deux"), e.NoteWithdrawn("a")]
    assert [n.id for n in then(*story).notes_of("learning")] == ["b"]
    assert [n.id for n in then(*story, e.NoteRestored("a")).notes_of("learning")] == ["a", "b"]


def test_answers_are_found_by_their_question() -> None:
    session = then(
        e.NoteWritten("q1", "question", "?"),
        e.NoteWritten("q2", "question", "?"),
        e.NoteWritten("a1", "answer", "oui", "q1"),
        e.NoteWritten("a2", "answer", "non", "q2"),
    )
    assert [n.text for n in session.notes_of("answer", about="q2")] == ["non"]


def test_the_contract_is_the_last_one_worded_that_stands() -> None:
    story = [e.NoteWritten("c1", "contract", "un"), e.NoteWritten("c2", "contract", "deux")]
    withdrawn = (), [e.NoteWithdrawn("c2")], [e.NoteWithdrawn("c2"), e.NoteWithdrawn("c1")]
    contracts = [then(*story, *gone).contract for gone in withdrawn]
    assert [contract and contract.text for contract in contracts] == ["deux", "un", None]


def test_a_note_written_twice_is_the_first_one() -> None:
    assert then(METRIC, e.NoteWritten("delay", "metric", "autre")).notes["delay"].text == "Délai médian"


def test_details_replace_each_other_by_name() -> None:
    session = then(METRIC, e.DetailSet("delay", "quality", "10"), e.DetailSet("delay", "quality", "90"))
    assert session.notes["delay"].details == {"quality": "90"}


@pytest.mark.parametrize(
    "event",
    [
        e.NoteEdited("away", "texte"),
        e.NoteWithdrawn("away"),
        e.NoteRestored("away"),
        e.DetailSet("away", "quality", "10"),
        e.MetricScored("away", 5, 5),
        e.MetricKept("away", True),
        e.MetricKept("away", False),
        e.StepStarted("away"),
        e.TimeAdded(60.0),
        e.ClockPaused(),
        e.ClockResumed(),
        e.EndKept(False),
    ],
)
def test_an_event_on_a_missing_note_or_step_folds_into_nothing(event: Event) -> None:
    assert then(event) == then()


def test_an_event_before_the_workshop_was_opened_does_no_harm() -> None:
    for event in (e.StepStarted("tour"), e.TimeAdded(60.0), e.EndKept(True), e.ClockPaused()):
        assert history(given_events(event)).clock == Session().clock


# Metrics ------------------------------------------------------------------------------------------


def test_scores_are_partial_then_complete_and_each_person_has_their_own() -> None:
    story = [METRIC, ("marc", e.MetricScored("delay", value=5))]
    assert then(*story).scores == {("delay", "marc"): Score(5, None)}
    assert not then(*story).scores["delay", "marc"].complete
    session = then(*story, ("inès", e.MetricScored("delay", 1, 1)), ("marc", e.MetricScored("delay", ease=3)))
    assert session.scores == {("delay", "marc"): Score(5, 3), ("delay", "inès"): Score(1, 1)}
    assert session.scores["delay", "marc"].complete


def test_a_score_given_again_replaces_that_axis_only() -> None:
    session = then(METRIC, ("marc", e.MetricScored("delay", 5, 3)), ("marc", e.MetricScored("delay", value=2)))
    assert session.scores["delay", "marc"] == Score(2, 3)


def test_the_ranking_is_shown_and_hidden() -> None:
    assert not then().ranking_shown
    assert then(e.RankingShown(True)).ranking_shown
    assert not then(e.RankingShown(True), e.RankingShown(False)).ranking_shown
    # A round from before there were rounds has no id to be shown by.
    assert not then(METRIC, ("marc", e.MetricScored("delay", 5, 3)), e.RoundShown("")).ranking_shown


ROUND = [METRIC, e.NoteWritten("visits", "metric", "Visites"), e.RoundOpened("r1", "delay")]
SHOWN, AGAIN = e.RoundShown("r1"), e.RoundOpened("r2", "delay visits")


def scored(value: int | None, ease: int | None, round: str = "", metric: str = "delay") -> tuple[str, Event]:
    return "marc", e.MetricScored(metric, value, ease, round)


def test_a_round_takes_what_it_asks_for_while_it_is_open_and_nothing_else() -> None:
    def agrees(happened: list[Any], rounds: dict[str, str]) -> None:
        session = then(*ROUND, *happened)
        assert [round.id for round in session.rounds] == list(rounds)
        for round in session.rounds:
            given = [f" {score.value} {score.ease}" for score in round.scores.values()]
            assert ("shown" if round.shown else "open") + "".join(given) == rounds[round.id]

    agree(
        [
            ([e.RoundShown("r9")], {"r1": "open"}),
            ([e.RoundShown("")], {"r1": "open"}),
            ([SHOWN, SHOWN], {"r1": "shown"}),
            ([AGAIN], {"r1": "open", "r2": "open"}),
            ([e.RoundOpened("r1", "visits"), scored(5, 5, metric="visits")], {"r1": "open"}),
            ([e.RoundOpened("r2", "nowhere")], {"r1": "open"}),
            ([e.RoundOpened("", "visits")], {"r1": "open"}),
            ([e.RankingShown(True)], {"r1": "open"}),
            ([scored(5, 2)], {"r1": "open 5 2"}),
            ([scored(5, 2, "r1")], {"r1": "open 5 2"}),
            ([scored(5, 2, metric="visits")], {"r1": "open"}),
            ([scored(5, 2, "r9")], {"r1": "open"}),
            ([scored(0, 3)], {"r1": "open"}),
            ([scored(3, 6)], {"r1": "open"}),
            ([scored(10**400, 3)], {"r1": "open"}),
            ([scored(3, -1)], {"r1": "open"}),
            ([scored(4, 4), scored(6, 1)], {"r1": "open 4 4"}),
            ([scored(4, 4), SHOWN, scored(1, 1)], {"r1": "shown 4 4"}),
            ([scored(4, 4), SHOWN, scored(1, 1, "r1")], {"r1": "shown 4 4"}),
            ([scored(4, 4), SHOWN, ("marc", e.MetricAbstained("delay"))], {"r1": "shown 4 4"}),
            ([SHOWN, AGAIN, scored(1, 1, "r1")], {"r1": "shown", "r2": "open"}),
            ([SHOWN, AGAIN, scored(1, 1)], {"r1": "shown", "r2": "open 1 1"}),
            ([AGAIN, scored(1, 1)], {"r1": "open", "r2": "open 1 1"}),
            ([AGAIN, scored(1, 1, "r1")], {"r1": "open 1 1", "r2": "open"}),
            ([AGAIN, scored(3, 3, "r1"), SHOWN, scored(1, 1, "r2")], {"r1": "shown 3 3", "r2": "open 1 1"}),
            ([AGAIN, e.RoundShown("r2"), scored(2, 2)], {"r1": "open 2 2", "r2": "shown"}),
        ],
        agrees,
    )


def test_kept_metrics_stand_in_the_order_in_which_they_were_kept_without_withdrawn_ones() -> None:
    story = [METRIC, e.NoteWritten("visits", "metric", "Visites"), e.MetricKept("visits", True)]
    story += [e.MetricKept("delay", True), e.MetricKept("visits", True)]
    assert [n.id for n in then(*story).kept_metrics()] == ["delay", "visits"]
    assert [n.id for n in then(*story, e.NoteWithdrawn("delay")).kept_metrics()] == ["visits"]
    assert [n.id for n in then(*story, e.MetricKept("visits", False)).kept_metrics()] == ["delay"]


# The hour -----------------------------------------------------------------------------------------


def test_the_group_is_in_the_step_that_was_started_last() -> None:
    step = then(e.StepStarted("tour"), e.StepStarted("problem")).step
    assert step and step.id == "problem"


def test_a_step_started_after_the_end_opens_the_hour_again() -> None:
    ended = [e.StepStarted("learnings"), e.SessionEnded()]
    assert then(*ended).ended
    again = then(*ended, e.StepStarted("learnings"))
    assert (again.ended, again.step and again.step.id, again.clock.spent) == (False, "learnings", {"learnings": 1.0})


def test_the_lived_hour_leaves_what_was_said(lived: Room) -> None:
    session = lived.session
    assert session.ended
    assert session.contract and session.contract.text == "Aidez-nous à mesurer le délai"
    assert [n.text for n in session.kept_metrics()] == ["Délai médian"]
    assert session.notes_of("action")[0].details == {"owner": "Marc", "due": "2026-12-07"}
    assert len(session.scores) == 4


# Events that this kit does not know ---------------------------------------------------------------


def test_an_unknown_event_is_counted_and_kept_as_it_came() -> None:
    newer = Unknown("VideoStarted", '{"at": 5, "by": "élan"}')
    assert then(newer) == structs.replace(then(), unknown=1)
    assert unpack(*pack(newer)) == newer


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("StepStarted", '{"step": "tour", "room": "b"}'),
        ("StepStarted", "{}"),
        ("StepStarted", ""),
        ("StepStarted", "[]"),
        ("StepStarted", "null"),
        ("StepStarted", '"tour"'),
        ("StepStarted", '{"step": 5}'),
        ("StepStarted", '{"step": null}'),
        ("StepStarted", '{"step": ["tour"]}'),
        ("TimeAdded", '{"seconds": "60"}'),
        ("TimeAdded", '{"seconds": true}'),
        ("RankingShown", '{"shown": 1}'),
        ("MetricScored", '{"metric": "m", "value": 2.5}'),
        ("MetricScored", '{"metric": "m", "value": true}'),
        ("ClockPaused", '{"by": "x"}'),
        ("StepStarted", "[" * 100_000),
    ],
)
def test_a_known_name_with_other_fields_or_none_at_all_is_kept_as_unknown(name: str, payload: str) -> None:
    event = unpack(name, payload)
    assert event == Unknown(name, payload)
    assert pack(event) == (name, payload)
    # One that was emptied is a tombstone, of which nothing is told.
    assert then(event) == structs.replace(then(), unknown=int(payload not in ("", "{}")))


def test_a_whole_number_does_where_decimals_may_be() -> None:
    assert unpack("TimeAdded", '{"seconds": 60}') == e.TimeAdded(60)
    assert unpack("SessionOpened", '{"team": "a", "agenda": "b", "starts_at": 5}') == e.SessionOpened("a", "b", "fr", 5)


# What holds for every journal -----------------------------------------------------------------------

IDS = st.sampled_from(["n1", "n2", "n3", "p1", "p2", "tour", "problem", "away"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(fit)
EVENTS = st.one_of(
    st.builds(e.ZoneSet, st.sampled_from(["Asia/Tokyo", "localtime"]) | TEXTS),
    st.just(e.RehearsalMarked()),
    st.builds(e.LinksEnd, st.sampled_from(["", "2026-06-01"]) | TEXTS),
    st.builds(e.StatsMade, st.just("2026-06-01") | TEXTS),
    st.builds(e.PersonJoined, IDS, TEXTS, st.sampled_from(list(Role))),
    st.builds(e.PersonCorrected, IDS, TEXTS, st.sampled_from([*Role, "auditor"])),
    st.builds(e.PersonShownOut, IDS),
    st.builds(e.PersonLetIn, IDS),
    st.builds(e.PersonCameBack, IDS, IDS),
    st.builds(e.PersonSetApart, IDS, IDS),
    st.builds(e.StepStarted, IDS),
    st.just(e.ClockPaused()),
    st.just(e.ClockResumed()),
    st.just(e.TimeAdded(60.0)),
    st.builds(e.EndKept, st.booleans()),
    st.just(e.SessionEnded()),
    st.just(e.LeadOffered()),
    st.builds(e.NoteWritten, IDS, st.sampled_from(["question", "answer", "metric", "poem"]), TEXTS, IDS),
    st.builds(e.NoteEdited, IDS, TEXTS),
    st.builds(e.FocusSet, IDS),
    st.builds(e.MinutesSet, IDS, st.floats()),
    st.builds(e.StepHidden, IDS, st.booleans()),
    st.builds(e.NoteMoved, IDS, IDS),
    st.builds(e.NoteAttached, IDS, IDS),
    st.builds(e.NoteBrought, IDS, st.sampled_from(['{"unit": "jours"}', "{}", "[1]", "nothing"]), IDS),
    st.builds(e.NoteSeconded, IDS, st.booleans()),
    st.builds(e.NoteWithdrawn, IDS),
    st.builds(e.NoteRestored, IDS),
    st.builds(e.DetailSet, IDS, TEXTS, TEXTS),
    st.builds(e.RoundOpened, IDS, st.lists(IDS, max_size=3).map(" ".join)),
    st.builds(e.RoundShown, IDS),
    st.builds(e.ChoiceOpened, IDS),
    st.builds(e.MetricScored, IDS, *[st.none() | st.integers(0, 6)] * 2, st.just("") | IDS),
    st.builds(e.MetricAbstained, IDS, st.just("") | IDS),
    st.builds(e.RankingShown, st.booleans()),
    st.builds(e.ListeningSet, st.booleans()),
    st.builds(e.MetricKept, IDS, st.booleans()),
    st.builds(Unknown, TEXTS, TEXTS),
)


@given(EVENTS.filter(lambda event: isfinite(getattr(event, "minutes", 0.0))))  # a journal takes no other
def test_every_event_comes_back_as_it_was_packed(event: Event) -> None:
    assert unpack(*pack(event)) == event


@given(st.lists(EVENTS, max_size=30), st.data())
def test_folding_in_pieces_is_folding_at_once(happened: list[Event], data: st.DataObject) -> None:
    entries = given_events(OPENED, *happened)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(entries)), max_size=4)))
    pieces = [entries[a:b] for a, b in itertools.pairwise([0, *cuts, len(entries)])]
    session = Session()
    for piece in pieces:
        session = history(piece, session)
    assert session == history(entries)


@given(st.lists(EVENTS, max_size=30))
def test_any_order_of_known_events_folds_and_what_stands_is_consistent(happened: list[Event]) -> None:
    session = then(*happened)
    assert {note.id for note in session.kept_metrics()} <= set(session.notes)
    assert {metric for metric, _ in session.scores} <= set(session.notes)
    for round in session.rounds:
        assert all(round.takes(metric) for metric, _ in round.scores)
        assert {point for score in round.scores.values() for point in (score.value, score.ease)} <= {None, *SCORES}
    assert [note.order for note in session.notes.values()] == list(range(1, len(session.notes) + 1))


def test_the_fold_changes_no_session_in_place(lived: Room, tmp_path: Path) -> None:
    entries = lived.entries
    before = history(entries[:10])
    copy = history(entries[:10])
    history(entries[10:], before)
    assert before == copy


# The facilitator steers ----------------------------------------------------------------------------


def test_a_changed_step_has_its_minutes_and_a_hidden_one_is_passed_over_until_it_is_entered() -> None:
    steered = [e.StepStarted("tour"), e.MinutesSet("questions", 15.0), e.StepHidden("problem", True)]
    session = then(*steered)
    assert session.agenda is not None
    assert (session.agenda.step("questions").minutes, session.agenda.seconds) == (15, 55 * 60)
    assert session.following == session.agenda.step("questions")
    assert then(*steered, e.StepStarted("questions")).preceding == session.agenda.step("tour")
    entered = then(*steered, e.StepStarted("problem"))
    assert entered.step is not None
    assert not entered.step.hidden


@pytest.mark.parametrize(
    "event",
    [
        e.MinutesSet("nowhere", 5.0),
        e.MinutesSet("tour", 0.0),
        e.MinutesSet("tour", float("nan")),
        e.MinutesSet("tour", 241.0),
        e.StepHidden("nowhere", True),
        e.StepHidden("tour", True),
        e.StepHidden("learnings", True),
        e.FocusSet("nothing"),
        e.NoteMoved("nothing", ""),
        e.NoteMoved("delay", "delay"),
        e.NoteAttached("delay", "nothing"),
        e.NoteAttached("delay", "delay"),
        e.NoteAttached("nothing", "delay"),
        e.NoteSeconded("nothing", True),
    ],
)
def test_steering_what_is_not_there_changes_nothing(event: Event) -> None:
    before = [e.StepStarted("tour"), METRIC]
    assert then(*before, event) == then(*before)


def test_the_focus_lasts_until_the_next_step_and_while_the_note_stands() -> None:
    looking = [e.StepStarted("tour"), METRIC, e.FocusSet("delay")]
    session = then(*looking)
    assert session.looked_at == session.notes["delay"]
    assert then(*looking, e.NoteWithdrawn("delay")).looked_at is None
    assert then(*looking, e.FocusSet("")).looked_at is None
    assert then(*looking, e.StepStarted("problem")).looked_at is None


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["", *"abcdx"])), max_size=6))
def test_moved_notes_stand_where_they_were_put_and_no_two_share_a_place(moves: list[tuple[str, str]]) -> None:
    written = [e.NoteWritten(id, "hypothesis", id) for id in "ab"]
    written += [METRIC, *(e.NoteWritten(id, "hypothesis", id) for id in "cd")]
    session = then(*written, *(e.NoteMoved(*move) for move in moves))
    order = list("abcd")
    for note, before in moves:
        if note != before:
            order.remove(note)
            order.insert(order.index(before) if before in order else len(order), note)
    assert [note.id for note in session.notes_of("hypothesis")] == order
    assert sorted(note.order for note in session.notes.values()) == [1, 2, 3, 4, 5]
    assert session.notes["delay"].order == 3
