"""Rounds of scores: opened, given or abstained from, shown, and given again; what is refused, in a sentence."""

from __future__ import annotations

import pytest
from msgspec import structs

from impactlib.domain import events as e
from impactlib.domain.agenda import Role
from impactlib.domain.fold import history
from impactlib.domain.moments import chooses, to_choose, to_hear
from impactlib.domain.redaction import shown
from impactlib.domain.scoring import Vote
from impactlib.domain.session import Score
from impactlib.domain.session_file import SessionFile
from impactlib.domain.standing import abstentions, finished, ranking, rescored, votes_cast
from tests.conftest import Room

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role.FACILITATOR, Role.CLIENT, Role.CONSULTANT, Role.OBSERVER


@pytest.fixture
def metrics(room: Room) -> list[str]:
    return [room.ask(CLIENT, do="write", kind="metric", text=f"Mesure {number}") for number in range(6)]


def opened(room: Room, *metrics: str) -> str:
    return room.ask(FACILITATOR, do="open_round", metrics=" ".join(metrics))


def placed(room: Room) -> list[tuple[str, int | None, float | None]]:
    return [(row.metric, row.place, row.figure) for row in ranking(room.session) if row.place]


def test_two_rounds_are_kept_and_each_metric_is_ranked_by_its_last_that_was_shown(
    room: Room, metrics: list[str]
) -> None:
    delay, visits, *_ = metrics
    first = opened(room, delay, visits)
    room.ask(CLIENT, do="score", metric=delay, value=5, ease=1)
    room.ask(CLIENT, do="score", metric=visits, value=2, ease=5)
    assert placed(room) == []
    room.ask(FACILITATOR, do="show_round", round=first)
    assert placed(room) == [(visits, 1, 10), (delay, 2, 5)]
    second = opened(room, delay)
    room.ask(CLIENT, do="score", metric=delay, value=5, ease=4, round=second)
    assert placed(room) == [(visits, 1, 10), (delay, 2, 5)]
    assert rescored(room.session) == {}
    room.ask(FACILITATOR, do="show_round", round=second)
    assert placed(room) == [(delay, 1, 20), (visits, 2, 10)]
    assert list(rescored(room.session)) == [delay]
    assert [(number, row.ease) for number, row in rescored(room.session)[delay]] == [(1, 1), (2, 4)]
    assert [round.scores[delay, "person-client"] for round in room.session.rounds] == [Score(5, 1), Score(5, 4)]


def test_once_the_scores_are_shown_the_next_gesture_is_to_let_the_team_choose_unless_it_has_begun_to(
    room: Room, metrics: list[str]
) -> None:
    room.ask(FACILITATOR, do="start", step="recommendations")
    first = opened(room, *metrics[:2])
    assert "show it first" in str(room.refused(FACILITATOR, do="open_choice", round=first))
    room.ask(FACILITATOR, do="show_round", round=first)
    talked = to_choose(room.session)
    assert talked and talked.id == first and not chooses(room.session)
    room.ask(FACILITATOR, do="open_choice", round=first)
    assert chooses(room.session) and to_choose(room.session) is None
    entries = len(room.entries)
    room.ask(FACILITATOR, do="open_choice", round=first)
    assert len(room.entries) == entries  # pressed twice
    # Another round is talked over, then chosen from, anew; a team that keeps one of its metrics has begun by itself.
    second = opened(room, *metrics[2:4])
    assert not chooses(room.session)
    room.ask(FACILITATOR, do="show_round", round=second)
    assert "another round" in str(room.refused(FACILITATOR, do="open_choice", round=first)).lower()
    room.ask(CLIENT, do="keep", metric=metrics[0], kept="true")
    assert to_choose(room.session)
    room.ask(CLIENT, do="keep", metric=metrics[2], kept="true")
    assert to_choose(room.session) is None


def test_a_voter_has_finished_once_each_metric_that_stands_has_two_scores_or_an_abstention(
    room: Room, metrics: list[str]
) -> None:
    opened(room, *metrics[:3])

    def done() -> list[str]:
        assert room.session.round
        return [person.name for person in finished(room.session, room.session.round)]

    room.ask(CLIENT, do="score", metric=metrics[0], value=5)
    room.ask(CLIENT, do="abstain", metric=metrics[1])
    assert done() == []
    room.ask(CLIENT, do="score", metric=metrics[0], ease=5)
    assert done() == []
    room.ask(CLIENT, do="withdraw", note=metrics[2])
    assert done() == ["Marc"]
    # A mind changed: a score takes the abstention away, and is half given then.
    room.ask(CLIENT, do="score", metric=metrics[1], value=3)
    assert done() == []


def test_all_abstain_and_nobody_is_ranked(room: Room, metrics: list[str]) -> None:
    round = opened(room, metrics[0])
    for role in (CLIENT, CONSULTANT):
        room.ask(role, do="score", metric=metrics[0], value=4, ease=4)
        room.ask(role, do="abstain", metric=metrics[0])
    room.ask(FACILITATOR, do="show_round", round=round)
    assert placed(room) == []


def test_a_round_that_cannot_open_is_refused_in_a_sentence(room: Room, metrics: list[str]) -> None:
    assert "Choose" in str(room.refused(FACILITATOR, do="open_round", metrics=" "))
    assert "Five" in str(room.refused(FACILITATOR, do="open_round", metrics=" ".join(metrics)))
    room.refused(FACILITATOR, do="open_round", metrics=f"{metrics[0]} nowhere")
    opened(room, metrics[0])
    assert "is open" in str(room.refused(FACILITATOR, do="open_round", metrics=metrics[1]))
    assert "not there" in str(room.refused(FACILITATOR, do="show_round", round="another"))


def test_a_score_that_cannot_count_is_refused_in_a_sentence_and_moves_nothing(room: Room, metrics: list[str]) -> None:
    here, elsewhere, gone, *_ = metrics
    score = {"do": "score", "value": 5, "ease": 5}
    assert "not open" in str(room.refused(CLIENT, **score, metric=here))
    first = opened(room, here, gone)
    room.ask(CLIENT, do="withdraw", note=gone)
    room.ask(CLIENT, do="score", metric=here, value=2, ease=2)
    assert "not about" in str(room.refused(CLIENT, **score, metric=elsewhere))
    assert (
        str(room.refused(CLIENT, **score, metric=gone))
        == "“Mesure 2” was withdrawn meanwhile: your score was not counted."
    )
    assert "from 1 to 5" in str(room.refused(CLIENT, do="score", metric=here, value=6))
    assert room.refused(OBSERVER, **score, metric=here).code == "role"
    assert room.refused(OBSERVER, do="abstain", metric=here).code == "role"
    before = room.entries
    assert room.refused(CLIENT, do="score", metric=here, value=2, ease=2).code == "twice"
    room.ask(CONSULTANT, do="abstain", metric=here)
    assert room.refused(CONSULTANT, do="abstain", metric=here).code == "twice"
    assert len(room.entries) == len(before) + 1
    room.ask(FACILITATOR, do="show_round", round=first)
    assert "not open" in str(room.refused(CLIENT, **score, metric=here))
    second = opened(room, here)
    assert "not open" in str(room.refused(CLIENT, **score, metric=here, round=first))
    assert room.session.rounds[1].id == second and placed(room) == [(here, 1, 4)]


def test_a_press_that_opens_or_shows_twice_does_so_once(room: Room, metrics: list[str]) -> None:
    def pressed_again(**gesture: str) -> None:
        before = room.entries
        room.ask(FACILITATOR, **gesture)
        assert room.entries == before

    first = opened(room, *metrics[:2])
    # On the page of another facilitator they may stand in another order.
    pressed_again(do="open_round", metrics=f"{metrics[1]} {metrics[0]}")
    room.ask(FACILITATOR, do="show_round", round=first)
    pressed_again(do="show_round", round=first)
    second = opened(room, metrics[0])
    # The late press shows the first, never the one that has been opened since.
    pressed_again(do="show_round", round=first)
    assert room.session.round and room.session.round.id == second
    assert "is open" in str(room.refused(FACILITATOR, do="open_round", metrics=" ".join(metrics[:2])))


def test_a_score_given_again_beside_a_new_one_is_not_written_twice(room: Room, metrics: list[str]) -> None:
    opened(room, metrics[0])
    for value, ease in ((4, 2), (4, 5), (1, 5)):
        room.ask(CLIENT, do="score", metric=metrics[0], value=value, ease=ease)
        assert room.session.scores[metrics[0], "person-client"] == Score(value, ease)
    for again in ({"value": 1}, {"ease": 5}, {"value": 1, "ease": 5}):
        assert room.refused(CLIENT, do="score", metric=metrics[0], **again).code == "twice"


def test_a_session_notebook_holds_the_scores_of_shown_rounds_alone(room: Room, metrics: list[str]) -> None:
    first = opened(room, metrics[0])
    room.ask(CLIENT, do="score", metric=metrics[0], value=5, ease=1)
    room.ask(CONSULTANT, do="abstain", metric=metrics[0])
    blind = shown(room.store.to_file())
    assert not any(isinstance(entry.event, e.MetricScored | e.MetricAbstained) for entry in blind.entries)
    room.ask(FACILITATOR, do="show_round", round=first)
    opened(room, metrics[0])
    room.ask(CLIENT, do="score", metric=metrics[0], value=1, ease=1)
    left: SessionFile = shown(room.store.to_file())
    assert [dict(round.scores) for round in left.fold().rounds] == [dict(room.session.rounds[0].scores), {}]


def test_a_journal_from_before_there_were_rounds_says_what_it_said(room: Room, metrics: list[str]) -> None:
    delay = metrics[0]

    def then(*happened: e.Event) -> list[tuple[str, int | None, float | None]]:
        last = room.entries[-1]
        entries = [
            structs.replace(last, id=f"old-{n}", seq=last.seq + n, at=last.at + n, by="person-client", event=event)
            for n, event in enumerate(happened, 1)
        ]
        return [(r.metric, r.place, r.figure) for r in ranking(history(entries, room.session)) if r.place]

    scored, again = e.MetricScored(delay, 5, 2), e.MetricScored(delay, 1)
    assert then(scored) == []
    assert then(scored, e.RankingShown(True)) == [(delay, 1, 10)]
    assert then(scored, e.RankingShown(True), again) == [(delay, 1, 2)]
    assert then(scored, e.RankingShown(True), e.RankingShown(False)) == []


def test_another_round_in_which_nobody_says_anything_changes_nothing(room: Room, metrics: list[str]) -> None:
    first = opened(room, *metrics[:2])
    for role, value in ((CLIENT, 5), (CONSULTANT, 3)):
        room.ask(role, do="score", metric=metrics[0], value=value, ease=2)
        room.ask(role, do="score", metric=metrics[1], value=1, ease=value)
    room.ask(FACILITATOR, do="show_round", round=first)
    before = ranking(room.session)
    second = opened(room, *metrics[:2])
    assert ranking(room.session) == before
    room.ask(FACILITATOR, do="show_round", round=second)
    assert ranking(room.session) == before and rescored(room.session) == {}


def test_a_person_who_changes_nothing_in_another_round_keeps_their_scores(room: Room, metrics: list[str]) -> None:
    delay, visits, *_ = metrics
    first = opened(room, delay, visits)
    for role, value in ((CLIENT, 5), (CONSULTANT, 2)):
        room.ask(role, do="score", metric=delay, value=value, ease=2)
        room.ask(role, do="score", metric=visits, value=4, ease=4)
    room.ask(FACILITATOR, do="show_round", round=first)
    second = opened(room, delay, visits)
    # One number of two: the other stays as it was.
    room.ask(CLIENT, do="score", metric=delay, ease=5)
    room.ask(CLIENT, do="abstain", metric=visits)
    room.ask(FACILITATOR, do="show_round", round=second)
    assert votes_cast(room.session)[delay] == [
        Vote("person-client", CLIENT, 5, 5),
        Vote("person-consultant", CONSULTANT, 2, 2),
    ]
    assert [vote.person for vote in votes_cast(room.session)[visits]] == ["person-consultant"]
    # After each round all who count are: two people then as before, although one said something new.
    assert [(number, row.value, row.ease, row.voters) for number, row in rescored(room.session)[delay]] == [
        (1, 3.5, 2.0, 2),
        (2, 3.5, 3.5, 2),
    ]


def test_one_axis_given_after_an_abstention_keeps_the_other_axis(room: Room, metrics: list[str]) -> None:
    delay = metrics[0]
    first = opened(room, delay)
    room.ask(CLIENT, do="score", metric=delay, value=5, ease=2)
    room.ask(FACILITATOR, do="show_round", round=first)
    second = opened(room, delay)
    room.ask(CLIENT, do="abstain", metric=delay)
    room.ask(CLIENT, do="score", metric=delay, value=3)
    assert [person.id for person in finished(room.session, room.session.rounds[1])] == ["person-client"]
    room.ask(FACILITATOR, do="show_round", round=second)
    assert votes_cast(room.session)[delay] == [Vote("person-client", CLIENT, 3, 2)]
    assert votes_cast(shown(room.store.to_file()).fold()) == votes_cast(room.session)


def test_abstentions_are_counted_and_change_a_ranking_from_one_round_to_the_next(
    room: Room, metrics: list[str]
) -> None:
    delay, visits, *_ = metrics
    first = opened(room, delay, visits)
    for role in (CLIENT, CONSULTANT):
        room.ask(role, do="score", metric=delay, value=4, ease=4)
        room.ask(role, do="abstain", metric=visits)
    assert not any(abstentions(room.session).values())
    room.ask(FACILITATOR, do="show_round", round=first)
    assert abstentions(room.session) == {metric: 2 * (metric == visits) for metric in metrics}
    second = opened(room, delay)
    room.ask(CLIENT, do="abstain", metric=delay)
    room.ask(FACILITATOR, do="show_round", round=second)
    assert [(number, row.voters) for number, row in rescored(room.session)[delay]] == [(1, 2), (2, 1)]
    third = opened(room, delay)
    room.ask(CONSULTANT, do="abstain", metric=delay)
    room.ask(FACILITATOR, do="show_round", round=third)
    assert [(number, row.voters, row.place) for number, row in rescored(room.session)[delay]][-1] == (3, 0, None)
    assert list(rescored(room.session)) == [delay]
    # Somebody who is shown out counts no more, in what they abstained from neither.
    room.ask(FACILITATOR, do="show_out", person="person-consultant")
    assert abstentions(room.session)[visits] == 1


def test_a_score_that_comes_too_late_says_what_still_counts(room: Room, metrics: list[str]) -> None:
    first = opened(room, *metrics[:2])
    room.ask(CLIENT, do="score", metric=metrics[0], value=5, ease=2)
    room.ask(FACILITATOR, do="show_round", round=first)
    late, never = (room.refused(CLIENT, do="score", metric=metric, value=4, round=first) for metric in metrics[:2])
    assert "what you said before still counts" in str(late) and "your score was not counted" in str(never)


def test_nobody_has_finished_a_round_of_which_every_metric_was_withdrawn(room: Room, metrics: list[str]) -> None:
    opened(room, metrics[0])
    room.ask(CLIENT, do="withdraw", note=metrics[0])
    assert room.session.round and finished(room.session, room.session.round) == []


def test_the_consultants_are_given_the_floor_before_a_round_is_opened(room: Room, metrics: list[str]) -> None:
    """The room's next gesture, until they have it or somebody has advised; nowhere else."""
    assert not to_hear(room.session)
    room.ask(FACILITATOR, do="start", step="recommendations")
    assert to_hear(room.session)
    room.ask(FACILITATOR, do="listen", on=True)
    assert not to_hear(room.session)
    room.ask(FACILITATOR, do="listen", on=False)
    room.ask(CONSULTANT, do="write", kind="recommendation", text="Comparez deux départements")
    assert not to_hear(room.session)


def test_without_consultants_nobody_is_given_the_floor(room: Room, metrics: list[str]) -> None:
    room.ask(FACILITATOR, do="start", step="recommendations")
    room.ask(FACILITATOR, do="show_out", person="person-consultant")
    assert not to_hear(room.session)


def test_who_scores_listens_no_more(room: Room, metrics: list[str]) -> None:
    room.ask(FACILITATOR, do="start", step="recommendations")
    room.ask(FACILITATOR, do="listen", on=True)
    opened(room, *metrics[:2])
    assert not room.session.listening
    room.ask(CLIENT, do="write", kind="metric", text="Une mesure de plus")
