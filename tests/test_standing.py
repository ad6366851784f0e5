"""Choosing well in a session: whose scores count, the ranking that they make, through the fold."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, strategies as st

from impactlib.domain import events as e
from impactlib.domain.agenda import Role
from impactlib.domain.events import Entry, Event
from impactlib.domain.fold import history
from impactlib.domain.scoring import Formula, Vote, most_worth_talking, rank, stability
from impactlib.domain.session import Session
from impactlib.domain.standing import qualities, ranking, votes_cast
from tests.test_scoring import FORMULA, METRICS, RANDOM, SCORE

Given = tuple[str, str, int | None, int | None]
PEOPLE = {"marc": "client", "paul": "client", "inès": "consultant", "rené": "consultant", "ada": "facilitator"}
MORE = {f"k{number}": "consultant" for number in range(5)}
"""With them enough people vote for the stability to be told."""


def told(happened: list[tuple[str, Event]]) -> Session:
    return history([Entry("home", i, f"e{i}", float(i), by, "", event) for i, (by, event) in enumerate(happened, 1)])


def scored(*given_votes: Given, metrics: tuple[str, ...] = ("delay", "visits"), after: Sequence[Event] = ()) -> Session:
    """A session with those people and metrics, and one round of votes (who, metric, value, ease), then shown;
    a vote of nothing is an abstention."""
    people = [("", e.PersonJoined(id, id, role)) for id, role in {**PEOPLE, **MORE, "lou": "observer"}.items()]
    notes = [("marc", e.NoteWritten(metric, "metric", metric)) for metric in metrics]
    cast: list[tuple[str, Event]] = [
        (
            who,
            e.MetricAbstained(metric, "round")
            if value is ease is None
            else e.MetricScored(metric, value, ease, "round"),
        )
        for who, metric, value, ease in given_votes
    ]
    end = [("ada", event) for event in [*after, e.RoundShown("round")]]
    return told([*people, *notes, ("ada", e.RoundOpened("round", " ".join(metrics))), *cast, *end])


def table(session: Session) -> list[tuple[str, int | None, float | None, float | None, int]]:
    return [(row.metric, row.place, row.value, row.ease, row.voters) for row in ranking(session)]


def test_the_rank_is_the_product_of_the_medians() -> None:
    # delay: values 5, 4, 1 -> 4; eases 2, 3, 3 -> 3; 12. visits: 1, 2, 1 -> 1; 5, 5, 4 -> 5; 5.
    session = scored(
        ("marc", "visits", 1, 5),
        ("inès", "visits", 2, 5),
        ("rené", "visits", 1, 4),
        ("marc", "delay", 5, 2),
        ("inès", "delay", 4, 3),
        ("rené", "delay", 1, 3),
    )
    assert table(session) == [("delay", 1, 4.0, 3.0, 3), ("visits", 2, 1.0, 5.0, 3)]
    assert [row.figure for row in ranking(session)] == [12.0, 5.0]


def test_between_two_people_the_median_is_the_middle() -> None:
    session = scored(("marc", "delay", 5, 2), ("inès", "delay", 4, 3), metrics=("delay",))
    assert table(session) == [("delay", 1, 4.5, 2.5, 2)]


def test_one_voter_is_enough() -> None:
    assert table(scored(("inès", "delay", 3, 3)))[0] == ("delay", 1, 3.0, 3.0, 1)


def test_a_metric_that_nobody_scored_has_no_place_and_comes_last() -> None:
    session = scored(("marc", "visits", 1, 1))
    assert table(session) == [("visits", 1, 1.0, 1.0, 1), ("delay", None, None, None, 0)]
    assert ranking(session)[1].figure is None


def test_when_nobody_scored_anything_metrics_stand_in_their_order() -> None:
    assert table(scored()) == [("delay", None, None, None, 0), ("visits", None, None, None, 0)]
    assert not any(row.tied for row in ranking(scored()))


def test_equals_share_a_place_and_the_next_one_leaves_it_free() -> None:
    session = scored(
        ("marc", "a", 4, 3), ("marc", "b", 3, 4), ("marc", "c", 5, 5), ("marc", "d", 1, 1), metrics=("a", "b", "c", "d")
    )
    assert [(row.metric, row.place, row.tied) for row in ranking(session)] == [
        ("c", 1, False),
        ("a", 2, True),
        ("b", 2, True),
        ("d", 4, False),
    ]


def test_a_partial_score_waits_for_its_other_axis() -> None:
    session = scored(("marc", "delay", 5, None), ("inès", "delay", 2, 2))
    assert table(session)[0] == ("delay", 1, 2.0, 2.0, 1)


def test_observers_and_the_facilitator_never_count() -> None:
    session = scored(("lou", "delay", 5, 5), ("ada", "delay", 5, 5), ("marc", "delay", 1, 1))
    assert table(session)[0] == ("delay", 1, 1.0, 1.0, 1)


def test_a_score_by_somebody_who_never_came_in_does_not_count() -> None:
    assert votes_cast(scored(("nobody", "delay", 5, 5)))["delay"] == []


def test_a_score_follows_the_role_that_its_author_has_now() -> None:
    cast = ("marc", "delay", 5, 5)
    assert votes_cast(scored(cast, after=[e.PersonCorrected("marc", "Marc", "observer")]))["delay"] == []
    back = [e.PersonCorrected("marc", "Marc", "observer"), e.PersonCorrected("marc", "Marc", "consultant")]
    assert len(votes_cast(scored(cast, after=back))["delay"]) == 1


def test_a_score_counts_no_more_once_its_author_was_shown_out_and_again_once_let_in() -> None:
    cast = ("marc", "delay", 5, 5)
    assert votes_cast(scored(cast, after=[e.PersonShownOut("marc")]))["delay"] == []
    assert len(votes_cast(scored(cast, after=[e.PersonShownOut("marc"), e.PersonLetIn("marc")]))["delay"]) == 1


def test_a_withdrawn_metric_is_in_no_ranking_and_frees_its_place() -> None:
    session = scored(("marc", "delay", 5, 5), ("marc", "visits", 1, 1), after=[e.NoteWithdrawn("delay")])
    assert table(session) == [("visits", 1, 1.0, 1.0, 1)]


def test_data_quality_stands_beside_the_rank_and_never_changes_it() -> None:
    cast = [("marc", "delay", 2, 2), ("marc", "visits", 3, 3)]
    worse = scored(*cast, after=[e.DetailSet("delay", "quality", "90"), e.DetailSet("visits", "quality", "10")])
    assert table(worse) == table(scored(*cast))


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        ("10", 10),
        ("50", 50),
        ("90", 90),
        *((odd, None) for odd in ("", "9", "75", "100", "-50", " 50", "50 %", "well")),
    ],
)
def test_a_quality_is_one_of_three_whatever_a_file_from_elsewhere_says(said: str, percent: int | None) -> None:
    session = scored(after=[e.DetailSet("delay", "quality", said)])
    assert qualities(session) == {"delay": percent, "visits": None}


@given(st.integers(1, 5), st.integers(1, 5), st.integers(2, 4))
def test_people_who_agree_give_their_own_score(value: int, ease: int, voters: int) -> None:
    who = [id for id, role in PEOPLE.items() if role in (Role.CLIENT, Role.CONSULTANT)][:voters]
    session = scored(*((id, "delay", value, ease) for id in who))
    assert table(session)[0] == ("delay", 1, value, ease, voters)


def test_the_votes_cast_are_those_that_count_with_their_authors_role() -> None:
    session = scored(
        ("marc", "delay", 5, 2), ("inès", "delay", 4, None), ("rené", "visits", 1, 3), ("lou", "visits", 5, 5)
    )
    assert votes_cast(session) == {
        "delay": [Vote("marc", Role.CLIENT, 5, 2)],
        "visits": [Vote("rené", Role.CONSULTANT, 1, 3)],
    }


# By property ------------------------------------------------------------------------------------------

EVERYBODY = [*PEOPLE, *MORE, "lou"]
ANYBODY = st.sampled_from(EVERYBODY)


def some_votes(random: Random) -> list[Given]:
    """Scores that some people, or nearly all, give to metrics."""
    asked, often = ((who, metric) for who in EVERYBODY for metric in METRICS), random.choice((0.1, 0.8))
    return [(*of, random.randint(1, 5), random.randint(1, 5)) for of in asked if random.random() < often]


HALF = st.tuples(st.none(), SCORE) | st.tuples(SCORE, st.none())
NO_VOTE = HALF.map(lambda half: [half]) | st.lists(HALF | st.tuples(SCORE, SCORE)).map(lambda all: [*all, (None, None)])
"""One number of two, or an abstention, whatever came before it."""
WELL = [e.DetailSet("delay", "quality", "90"), e.DetailSet("visits", "quality", "10")]


def all_read(formula: Formula, weigh: bool, *votes: Given) -> list[object]:
    """All that is read of those votes once they are shown."""
    session = scored(*votes, metrics=METRICS, after=WELL)
    cast, quality = votes_cast(session), qualities(session)
    by_person = {metric: sorted(given, key=lambda vote: vote.person) for metric, given in cast.items()}
    return [
        by_person,
        *(
            work(cast, formula, quality=quality, weigh_by_quality=weigh)
            for work in (rank, most_worth_talking, stability)
        ),
    ]


@given(FORMULA, st.booleans(), RANDOM)
def test_the_order_of_the_voters_never_matters(formula: Formula, weigh: bool, random: Random) -> None:
    votes = some_votes(random)
    shuffled = random.sample(votes, len(votes))
    assert all_read(formula, weigh, *votes) == all_read(formula, weigh, *shuffled)


@given(FORMULA, st.booleans(), RANDOM, ANYBODY, st.sampled_from(METRICS), NO_VOTE)
def test_an_abstention_or_one_axis_alone_is_no_vote(
    formula: Formula, weigh: bool, random: Random, who: str, metric: str, given_up: list[tuple[int | None, int | None]]
) -> None:
    others = [vote for vote in some_votes(random) if vote[:2] != (who, metric)]
    more = [(who, metric, *axes) for axes in given_up]
    assert all_read(formula, weigh, *others, *more) == all_read(formula, weigh, *others)
