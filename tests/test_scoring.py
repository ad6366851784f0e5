"""Choosing well by hand and by property: each formula, ties, disagreement, stability."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies as st

from impactlib.domain.agenda import Role
from impactlib.domain.scoring import (
    RESAMPLES,
    TOP,
    VOTERS,
    Formula,
    Method,
    Row,
    Vote,
    most_worth_talking,
    rank,
    spread,
    stability,
)
from tests.conftest import examples, few

# Formulas by hand -------------------------------------------------------------------------------------

CLIENT, CONSULTANT = Role.CLIENT, Role.CONSULTANT
PRODUCT = Formula()
MEANS = Formula(Method.PRODUCT_OF_MEANS)
PARETO = Formula(Method.PARETO)
FORMULAS = (PRODUCT, MEANS, Formula(Method.WEIGHTED_SUM), Formula(Method.WEIGHTED_SUM, 2, 1), PARETO)

Scores = list[tuple[int, int]]


Cast = dict[str, list[Vote]]
Quality = dict[str, int | None]


def ballots(**scores: Scores) -> dict[str, list[Vote]]:
    """Votes from each metric's scores (value, ease), by turns a client's and a consultant's."""
    return {
        metric: [Vote(f"p{i:02}", VOTERS[i % 2], value, ease) for i, (value, ease) in enumerate(given)]
        for metric, given in scores.items()
    }


def places(rows: list[Row]) -> list[tuple[str, int | None, float | None]]:
    return [(row.metric, row.place, row.figure) for row in rows]


THREE = ballots(
    delay=[(5, 2), (4, 3), (1, 3)],  # medians 4 and 3, means 10/3 and 8/3
    visits=[(1, 5), (2, 5), (1, 4)],  # medians 1 and 5, means 4/3 and 14/3
    errors=[(3, 3), (3, 4), (5, 5)],  # medians 3 and 4, means 11/3 and 4
    calls=[],
)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (PRODUCT, [("delay", 1, 12), ("errors", 1, 12), ("visits", 3, 5), ("calls", None, None)]),
        (MEANS, [("errors", 1, 44 / 3), ("delay", 2, 80 / 9), ("visits", 3, 56 / 9), ("calls", None, None)]),
        (
            Formula(Method.WEIGHTED_SUM),
            [("delay", 1, 7), ("errors", 1, 7), ("visits", 3, 6), ("calls", None, None)],
        ),
        (
            Formula(Method.WEIGHTED_SUM, 2, 1),
            [("delay", 1, 11), ("errors", 2, 10), ("visits", 3, 7), ("calls", None, None)],
        ),
        (
            Formula(Method.WEIGHTED_SUM, 0, 1),
            [("visits", 1, 5), ("errors", 2, 4), ("delay", 3, 3), ("calls", None, None)],
        ),
        (PARETO, [("delay", 1, None), ("visits", 1, None), ("errors", 1, None), ("calls", None, None)]),
    ],
)
def test_each_formula_gives_its_order(formula: Formula, expected: list[tuple[str, int, float]]) -> None:
    rows = rank(THREE, formula, quality={})
    assert [(row.metric, row.place) for row in rows] == [(metric, place) for metric, place, _ in expected]
    assert [row.figure for row in rows] == [figure and pytest.approx(figure) for *_, figure in expected]


def test_means_that_are_equal_on_paper_are_tied() -> None:
    # 4/3 x 5 and 5/3 x 4 are both 20/3, but floats make 6.666666666666666 of one and 6.666666666666667 of the other.
    assert 4 / 3 * 5 != 5 / 3 * 4
    cast = ballots(a=[(1, 5), (1, 5), (2, 5)], b=[(1, 4), (2, 4), (2, 4)], c=[(2, 3)])
    rows = rank(cast, MEANS, quality={})
    assert [(row.metric, row.place, row.tied) for row in rows] == [("a", 1, True), ("b", 1, True), ("c", 3, False)]


def test_the_pareto_front_and_the_layers_below_it() -> None:
    #   ease    1 2 3 4 5
    # value 5     a
    # value 4         b     (and same)
    # value 3       c   d
    # value 2           e
    # value 1     f
    cast = ballots(a=[(5, 2)], b=[(4, 4)], c=[(3, 3)], d=[(3, 5)], e=[(2, 5)], f=[(1, 2)], same=[(4, 4)])
    assert {row.metric: (row.layer, row.place, row.beaten_by) for row in rank(cast, PARETO, quality={})} == {
        "a": (1, 1, ()),
        "b": (1, 1, ()),
        "d": (1, 1, ()),
        "same": (1, 1, ()),
        "c": (2, 5, ("b", "d", "same")),
        "e": (2, 5, ("d",)),
        "f": (3, 7, ("a", "b", "c", "d", "e", "same")),
    }


@pytest.mark.parametrize("weights", [(-1, 2), (0, 0), (1, -0.1), (float("nan"), 1), (1, float("inf"))])
def test_weights_that_would_reward_a_worse_score_are_refused(weights: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="give two from 0 up"):
        Formula(Method.WEIGHTED_SUM, *weights)


@pytest.mark.parametrize(
    ("quality", "sure", "low"),
    [(90, 3.7, 18.5), (50, 2.5, 12.5), (10, 1.3, 6.5), (None, 1.3, 6.5)],
)
def test_of_the_ease_above_one_only_the_share_of_right_data_is_sure(
    quality: int | None, sure: float, low: float
) -> None:
    [row] = rank(ballots(delay=[(5, 4)]), PRODUCT, quality={"delay": quality})
    assert row.sure_ease == pytest.approx(sure)
    assert (row.low, row.high, row.quality) == (low, 20.0, quality)
    assert (row.figure, row.ease) == (20.0, 4.0)


def test_only_when_it_weighs_does_quality_move_a_metric() -> None:
    cast, quality = ballots(delay=[(4, 5)], visits=[(4, 4)]), {"delay": 10, "visits": 90}
    assert places(rank(cast, PRODUCT, quality=quality)) == [("delay", 1, 20), ("visits", 2, 16)]
    # 4 x (1 + 3 x 0.9) and 4 x (1 + 4 x 0.1)
    weighed = rank(cast, PRODUCT, quality=quality, weigh_by_quality=True)
    assert places(weighed) == [("visits", 1, 14.8), ("delay", 2, 5.6)]
    assert [row.beaten_by for row in rank(cast, PARETO, quality=quality)] == [(), ("delay",)]
    assert [row.beaten_by for row in rank(cast, PARETO, quality=quality, weigh_by_quality=True)] == [(), ("visits",)]


@pytest.mark.parametrize("formula", FORMULAS)
def test_nothing_scored_has_no_place_and_nothing_at_all_is_no_row(formula: Formula) -> None:
    assert rank({}, formula, quality={}) == []
    rows = rank(ballots(visits=[], delay=[]), formula, quality={"delay": 50}, weigh_by_quality=True)
    assert [(row.metric, row.place, row.figure, row.tied, row.voters) for row in rows] == [
        ("visits", None, None, False, 0),
        ("delay", None, None, False, 0),
    ]


@pytest.mark.parametrize("formula", FORMULAS)
def test_when_all_are_tied_all_are_first_and_it_is_said(formula: Formula) -> None:
    rows = rank(ballots(a=[(3, 3)], b=[(3, 3), (3, 3)], c=[(3, 3)]), formula, quality={})
    assert [(row.metric, row.place, row.tied) for row in rows] == [("a", 1, True), ("b", 1, True), ("c", 1, True)]


# The way of a number ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "weighed", "facts"),
    [
        (PRODUCT, False, {"figure": 12.0}),
        (PRODUCT, True, {"figure": 8.0, "quality": 50, "counted_ease": 2.0}),
        (Formula(Method.WEIGHTED_SUM, 2, 1), False, {"figure": 11.0}),
        (PARETO, False, {"layer": 1, "beaten_by": ()}),
    ],
)
def test_a_rows_number_can_be_followed_from_the_scores(
    formula: Formula, weighed: bool, facts: dict[str, object]
) -> None:
    rows = rank(THREE, formula, quality={"delay": 50}, weigh_by_quality=weighed)
    [delay] = [row for row in rows if row.metric == "delay"]
    scores = {"values": (1, 4, 5), "eases": (2, 3, 3), "value": 4.0, "ease": 3.0}
    assert {name: getattr(delay, name) for name in (*scores, *facts)} == {**scores, **facts}


# Ranking by property ----------------------------------------------------------------------------------

SCORE = st.integers(1, 5)
METRICS = ("delay", "visits", "errors", "calls", "refunds")
FORMULA = st.sampled_from(FORMULAS)
QUALITY = st.dictionaries(st.sampled_from(METRICS), st.sampled_from([None, 10, 50, 90]))
BALLOTS = st.fixed_dictionaries({metric: st.lists(st.tuples(SCORE, SCORE), max_size=5) for metric in METRICS}).map(
    lambda scores: ballots(**scores)
)
RANDOM = st.randoms(use_true_random=False)


@given(BALLOTS, FORMULA, QUALITY, st.booleans(), RANDOM)
def test_the_order_of_the_votes_matters_to_no_formula(
    cast: Cast, formula: Formula, quality: Quality, weigh: bool, random: Random
) -> None:
    shuffled = {metric: random.sample(votes, len(votes)) for metric, votes in cast.items()}
    for work in (rank, most_worth_talking):
        assert work(shuffled, formula, quality=quality, weigh_by_quality=weigh) == work(
            cast, formula, quality=quality, weigh_by_quality=weigh
        )
    assert [spread(votes) for votes in shuffled.values()] == [spread(votes) for votes in cast.values()]


@given(BALLOTS, FORMULA, st.sampled_from(METRICS), st.sampled_from([Role.OBSERVER, Role.FACILITATOR]), SCORE, SCORE)
def test_votes_of_those_who_do_not_vote_change_nothing(
    cast: Cast, formula: Formula, metric: str, role: Role, value: int, ease: int
) -> None:
    more = {**cast, metric: [*cast[metric], Vote("lou", role, value, ease)]}
    assert rank(more, formula, quality={}) == rank(cast, formula, quality={})
    assert most_worth_talking(more, formula, quality={}) == most_worth_talking(cast, formula, quality={})
    assert spread(more[metric]) == spread(cast[metric])


@pytest.mark.parametrize("weigh", [False, True])
@pytest.mark.parametrize("formula", FORMULAS)
@given(BALLOTS, QUALITY, RANDOM)
def test_raising_every_score_of_a_metric_never_lowers_its_place(
    formula: Formula, weigh: bool, cast: Cast, quality: Quality, random: Random
) -> None:
    def place(cast: dict[str, list[Vote]], metric: str) -> float:
        rows = rank(cast, formula, quality=quality, weigh_by_quality=weigh)
        return next(row.place or 0 for row in rows if row.metric == metric)

    def raised(votes: list[Vote]) -> list[Vote]:
        higher = [(random.randint(vote.value, 5), random.randint(vote.ease, 5)) for vote in votes]
        return [replace(vote, value=value, ease=ease) for vote, (value, ease) in zip(votes, higher, strict=True)]

    for metric, votes in cast.items():
        assert place({**cast, metric: raised(votes)}, metric) <= place(cast, metric)


@given(BALLOTS, FORMULA, QUALITY, st.booleans())
def test_a_place_counts_those_strictly_better_and_a_tie_is_said_by_all_its_sides(
    cast: Cast, formula: Formula, quality: Quality, weigh: bool
) -> None:
    rows = rank(cast, formula, quality=quality, weigh_by_quality=weigh)
    assert sorted(row.metric for row in rows) == sorted(cast)
    scored_rows: list[Any] = [row for row in rows if row.voters]
    assert rows[: len(scored_rows)] == scored_rows
    for row in scored_rows:
        sharing = sum(other.place == row.place for other in scored_rows)
        assert row.tied == (sharing > 1)
        assert row.place == 1 + sum(other.place < row.place for other in scored_rows)
    for above, below in pairwise(scored_rows):
        if formula is not PARETO:
            assert (above.place == below.place) == (above.figure == below.figure)
            assert above.figure >= below.figure


@given(BALLOTS, QUALITY, st.booleans())
def test_the_pareto_front_is_one(cast: Cast, quality: Quality, weigh: bool) -> None:
    rows: list[Any] = [row for row in rank(cast, PARETO, quality=quality, weigh_by_quality=weigh) if row.voters]
    points = {row.metric: (row.value, row.sure_ease if weigh else row.ease) for row in rows}
    for row in rows:
        value, ease = points[row.metric]
        better = {
            other.metric: other.layer
            for other in rows
            if points[other.metric] != (value, ease)
            and points[other.metric][0] >= value
            and points[other.metric][1] >= ease
        }
        assert set(row.beaten_by) == set(better)
        assert (row.layer == 1) == (not better)
        assert row.layer == 1 + max(better.values(), default=0)
        assert row.place == 1 + sum(other.layer < row.layer for other in rows)


@given(BALLOTS, FORMULA, QUALITY)
def test_the_worse_the_data_the_wider_the_uncertainty_and_never_above_the_vote(
    cast: Cast, formula: Formula, quality: Quality
) -> None:
    worse = {metric: 50 if of == 90 else 10 for metric, of in quality.items()}
    before: dict[str, Any] = {row.metric: row for row in rank(cast, formula, quality=quality) if row.voters}
    after: dict[str, Any] = {row.metric: row for row in rank(cast, formula, quality=worse) if row.voters}
    for metric, row in before.items():
        assert 1 <= after[metric].sure_ease <= row.sure_ease <= row.ease
        if formula is not PARETO:
            assert after[metric].low <= row.low <= row.high == row.figure


# Disagreement -----------------------------------------------------------------------------------------


def opinions(scores: list[int], consultants: list[int]) -> tuple[float, float, float | None, float | None]:
    """Low, high, client and consultants of those values; the ease is everybody's 3."""
    cast = [Vote(f"c{i}", CLIENT, score, 3) for i, score in enumerate(scores)]
    cast += [Vote(f"k{i}", CONSULTANT, score, 3) for i, score in enumerate(consultants)]
    seen = spread(cast)
    assert seen is not None
    assert (seen.ease.low, seen.ease.high, seen.ease.width) == (3, 3, 0)
    assert seen.value.width == seen.value.high - seen.value.low
    return seen.value.low, seen.value.high, seen.value.client, seen.value.consultants


@pytest.mark.parametrize(
    ("client", "consultants", "expected"),
    [
        ([4], [], (4, 4, 4, None)),
        ([], [2], (2, 2, None, 2)),
        ([5], [2], (2, 5, 5, 2)),
        ([1], [4, 5], (2.5, 4.5, 1, 4.5)),
        ([1, 2], [4, 5], (1.5, 4.5, 1.5, 4.5)),
        ([1, 1, 5], [2, 3], (1, 3, 1, 2.5)),
        ([1], [4] * 8, (4, 4, 1, 4)),
    ],
)
def test_the_middle_half_and_each_camps_median(
    client: list[int], consultants: list[int], expected: tuple[float | None, ...]
) -> None:
    assert opinions(client, consultants) == expected


def test_a_metric_that_nobody_scored_has_no_spread() -> None:
    assert spread([]) is None
    assert spread([Vote("lou", Role.OBSERVER, 1, 5)]) is None


def talk(cast: dict[str, list[Vote]], formula: Formula = PRODUCT) -> list[tuple[str, int, int, float]]:
    topics = most_worth_talking(cast, formula, quality={})
    return [(topic.metric, topic.best, topic.worst, topic.spread.total) for topic in topics]


DISPUTED = ballots(
    agreed=[(4, 4), (4, 4)],  # 16, and nobody sees it otherwise
    delay=[(5, 3), (1, 3)],  # 9; 15 if all say 5, 3 if all say 1
    visits=[(3, 3), (3, 3)],  # 9
    errors=[(2, 1), (1, 2)],  # 2.25; 4 or 1
    calls=[(1, 1), (1, 1)],  # 1
    refunds=[],
)


def test_the_most_disputed_topic_comes_first_and_an_agreed_one_is_left_out() -> None:
    # delay at 15 is second, at 3 third; errors at 4 is fourth, at 1 shares the fourth place with calls.
    assert talk(DISPUTED) == [("delay", 2, 3, 4), ("errors", 4, 4, 2)]


def test_wide_disagreement_that_changes_no_place_comes_after_a_narrow_one_that_does() -> None:
    cast = ballots(far=[(5, 5), (5, 3)], a=[(2, 3), (2, 2)], b=[(2, 2), (2, 3)], c=[(2, 2), (2, 2)])
    # far at 25 or at 15 is first. a at 6 is second, at 4 third, below b's 5; so is b.
    assert talk(cast) == [("a", 2, 3, 1), ("b", 2, 3, 1), ("far", 1, 1, 2)]


def test_between_equal_swings_the_wider_disagreement_comes_first() -> None:
    assert talk(ballots(narrow=[(5, 5), (5, 4)], wide=[(1, 1), (3, 4)])) == [("wide", 2, 2, 5), ("narrow", 1, 1, 1)]


def test_a_camp_alone_against_many_is_worth_talking_although_the_middle_half_agrees() -> None:
    delay = [Vote("c", CLIENT, 1, 4), *(Vote(f"k{i}", CONSULTANT, 4, 4) for i in range(8))]
    # 4 if all came round to the client, 16 else; visits has 9.
    assert talk({"delay": delay, "visits": [Vote("c", CLIENT, 3, 3)]}) == [("delay", 1, 2, 3)]


def test_the_pareto_front_and_weighing_have_their_own_talk() -> None:
    cast = ballots(delay=[(5, 1), (3, 1)], visits=[(4, 1)])
    assert talk(cast, PARETO) == [("delay", 1, 2, 2)]
    # 20 or 16 against 12; weighed, 4 x (1 + 4 x 0.5) = 12 or 4 x (1 + 3 x 0.5) = 10 against 3 x (1 + 3 x 0.9) = 11.1.
    cast, quality = ballots(delay=[(4, 5), (4, 4)], visits=[(3, 4)]), {"delay": 50, "visits": 90}
    for weigh, worst in ((False, 1), (True, 2)):
        [topic] = most_worth_talking(cast, PRODUCT, quality=quality, weigh_by_quality=weigh)
        assert (topic.metric, topic.best, topic.worst) == ("delay", 1, worst)


@pytest.mark.parametrize("cast", [{}, ballots(delay=[]), ballots(delay=[(5, 1)]), ballots(a=[(3, 3)] * 4, b=[(3, 3)])])
def test_with_one_voter_or_when_all_agree_or_abstain_there_is_nothing_to_talk_about(cast: Cast) -> None:
    assert most_worth_talking(cast, PRODUCT, quality={}) == []


@given(BALLOTS, FORMULA, QUALITY, st.booleans())
def test_talk_never_makes_the_best_worse_than_the_worst(
    cast: Cast, formula: Formula, quality: Quality, weigh: bool
) -> None:
    topics = most_worth_talking(cast, formula, quality=quality, weigh_by_quality=weigh)
    assert all(topic.swing >= 0 and topic.spread.total > 0 for topic in topics)
    assert [topic.swing for topic in topics] == sorted((topic.swing for topic in topics), reverse=True)


# Stability --------------------------------------------------------------------------------------------

CLEAR = {"a": (5, 5), "b": (5, 4), "c": (4, 4), "d": (1, 1), "e": (1, 2)}


def unanimous(voters: int) -> dict[str, list[Vote]]:
    return ballots(**{metric: [scores] * voters for metric, scores in CLEAR.items()})


@pytest.mark.parametrize("formula", FORMULAS[:-1])
def test_people_who_agree_give_a_ranking_that_nothing_shakes(formula: Formula) -> None:
    assert stability(unanimous(8), formula, quality={}) == {"a": 1, "b": 1, "c": 1, "d": 0, "e": 0}


def test_with_seven_voters_stability_is_not_said_even_if_observers_make_them_eight() -> None:
    cast = unanimous(7)
    assert stability(cast, PRODUCT, quality={}) is None
    cast["a"].append(Vote("lou", Role.OBSERVER, 5, 5))
    assert stability(cast, PRODUCT, quality={}) is None
    cast["a"].append(Vote("marc", CLIENT, 5, 5))
    assert stability(cast, PRODUCT, quality={}) is not None


def test_stability_is_not_told_of_three_metrics_or_fewer() -> None:
    cast = unanimous(9)
    three = {metric: cast[metric] if metric in "abc" else [] for metric in cast}
    assert stability(three, PRODUCT, quality={}) is None
    assert stability({}, PRODUCT, quality={}) is None


def test_a_tie_of_all_is_always_in_the_top_and_an_unscored_metric_is_not_told() -> None:
    cast = ballots(**{metric: [(3, 3)] * 8 for metric in "abcd"}, unscored=[])
    assert stability(cast, PRODUCT, quality={}) == dict.fromkeys("abcd", 1.0)


def test_a_metric_that_one_in_nine_scored_is_there_as_often_as_that_person_is_drawn() -> None:
    cast = {**unanimous(9), "lone": [Vote("p00", CLIENT, 5, 5)]}
    told = stability(cast, PRODUCT, quality={})
    assert told is not None
    drawn = 1 - (8 / 9) ** 9
    assert told["lone"] == pytest.approx(drawn, abs=0.05)
    assert told["c"] == pytest.approx(1 - told["lone"])


def test_weighing_by_quality_counts_in_stability_too() -> None:
    told = stability(
        unanimous(8), PRODUCT, quality={"d": 90, "e": 90, "a": 10, "b": 10, "c": 10}, weigh_by_quality=True
    )
    assert told == {"a": 1, "b": 1, "c": 1, "d": 0, "e": 0}
    cast = ballots(**{metric: [(4, 4)] * 8 for metric in "abcd"})
    quality = {"a": 90, "b": 90, "c": 90, "d": 10}
    assert stability(cast, PRODUCT, quality=quality, weigh_by_quality=True) == {"a": 1, "b": 1, "c": 1, "d": 0}
    assert stability(cast, PRODUCT, quality=quality) == {"a": 1, "b": 1, "c": 1, "d": 1}


def drawn_plainly(cast: dict[str, list[Vote]], formula: Formula, quality: Quality, weigh: bool) -> dict[str, float]:
    """Stability the slow way: each draw is ranked as a round of its own."""
    people = sorted({vote.person for given in cast.values() for vote in given})
    random, times = Random(0), dict.fromkeys(cast, 0)
    for _ in range(RESAMPLES):
        drawn = random.choices(people, k=len(people))
        again = {m: [vote for who in drawn for vote in given if vote.person == who] for m, given in cast.items()}
        for row in rank(again, formula, quality=quality, weigh_by_quality=weigh):
            times[row.metric] += row.place is not None and row.place <= TOP
    return {metric: n / RESAMPLES for metric, n in times.items()}


@pytest.mark.parametrize(("formula", "weigh"), few([*product(FORMULAS, [False, True])]))
def test_stability_equals_ranking_each_draw(formula: Formula, weigh: bool) -> None:
    random = Random(7)
    cast = {
        metric: [
            Vote(f"p{i}", VOTERS[i % 2], random.randint(1, 5), random.randint(1, 5))
            for i in range(9)
            if random.random() < 0.8
        ]
        for metric in METRICS
    }
    quality: Quality = {"delay": 90, "visits": 10, "errors": 50}
    told = stability(cast, formula, quality=quality, weigh_by_quality=weigh)
    assert told == drawn_plainly(cast, formula, quality, weigh)
    assert any(0 < often < 1 for often in told.values())


@examples(15)
@given(st.lists(st.tuples(*[st.tuples(SCORE, SCORE)] * 4), min_size=8, max_size=12), FORMULA, RANDOM)
def test_neither_the_order_of_the_votes_nor_of_the_metrics_changes_the_stability(
    people: list[tuple[tuple[int, int], ...]], formula: Formula, random: Random
) -> None:
    cast = ballots(**dict(zip(METRICS, map(list, zip(*people, strict=True)), strict=False)))
    shuffled = {metric: random.sample(cast[metric], len(people)) for metric in random.sample(list(cast), len(cast))}
    assert stability(shuffled, formula, quality={}) == stability(cast, formula, quality={})
