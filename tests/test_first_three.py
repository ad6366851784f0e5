"""What would change the first three: each change that is told does, and nothing smaller of its kind does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from impactlib.domain.agenda import Role
from impactlib.domain.first_three import (
    AXES,
    WEIGHTS,
    Basis,
    FormulaChanged,
    Move,
    QualityChanged,
    Turn,
    VoteChanged,
    WeighingChanged,
    WeightChanged,
    moves,
    turns,
)
from impactlib.domain.scoring import QUALITY_NOT_GIVEN, TOP, VOTERS, Formula, Method, Vote
from impactlib.domain.session import SCORES
from tests.conftest import examples

FORMULAS = (
    Formula(),
    Formula(Method.PRODUCT_OF_MEANS),
    Formula(Method.WEIGHTED_SUM, value_weight=2.0),
    Formula(Method.PARETO),
)
PERCENTS = (10, 50, 90)

scores = st.sampled_from(list(SCORES))
votes = st.lists(
    st.builds(Vote, st.just(""), st.sampled_from([*VOTERS, Role.OBSERVER]), scores, scores), min_size=0, max_size=4
)
bases = st.builds(
    Basis,
    st.dictionaries(st.sampled_from("abcde"), votes, min_size=1),
    st.sampled_from(FORMULAS),
    st.dictionaries(st.sampled_from("abcde"), st.sampled_from([None, *PERCENTS])),
    st.booleans(),
)


def first(basis: Basis) -> dict[str, int]:
    return {metric: place for metric, place in basis.places.items() if place <= TOP}


def of(found: list[Turn], kind: type[Any]) -> list[Any]:
    return [turn.change for turn in found if isinstance(turn.change, kind)]


def votes_moved(basis: Basis, metric: str, axis: str, by: int) -> list[Basis]:
    """The session with each one vote of a metric moved by so many points on an axis."""
    cast, moved = basis.votes[metric], []
    for at, vote in enumerate(cast):
        score = getattr(vote, axis) + by
        if vote.role in VOTERS and score in SCORES:
            other: dict[str, Any] = {axis: score}
            changed = [*cast[:at], replace(vote, **other), *cast[at + 1 :]]
            moved.append(replace(basis, votes={**basis.votes, metric: changed}))
    return moved


@given(bases)
@examples(60)
def test_each_change_makes_the_first_three_others_and_says_how(basis: Basis) -> None:
    for turn in turns(basis, FORMULAS):
        after = turn.change.applied(basis)
        assert after != basis and first(after) != first(basis)
        assert turn.moves == moves(basis, after)
        moved = {move.metric for move in turn.moves}
        for move in turn.moves:
            assert (basis.places[move.metric], after.places[move.metric]) == (move.before, move.after)
        assert all(first(basis).get(m) == first(after).get(m) for m in basis.places if m not in moved)


@given(bases)
@examples(60)
def test_no_smaller_change_of_a_vote_does_and_none_is_forgotten(basis: Basis) -> None:
    told = {(one.metric, one.axis, one.score > one.given): one for one in of(turns(basis, FORMULAS), VoteChanged)}
    for metric in basis.votes:
        for axis in AXES:
            for up in (True, False):
                enough = next(
                    (
                        far
                        for far in range(1, len(SCORES))
                        if any(first(o) != first(basis) for o in votes_moved(basis, metric, axis, far if up else -far))
                    ),
                    None,
                )
                one = told.get((metric, axis, up))
                assert (abs(one.score - one.given) if one else None) == enough
                if one:
                    mine = [v for v in basis.votes[metric] if v.role in VOTERS and getattr(v, axis) == one.given]
                    assert len(mine) == one.people > 0


@given(bases)
@examples(60)
def test_no_nearer_weight_and_no_nearer_quality_does(basis: Basis) -> None:
    found = turns(basis, FORMULAS)
    weights = of(found, WeightChanged)
    now = basis.formula.value_weight
    assert not weights or basis.formula.method is Method.WEIGHTED_SUM
    assert len({one.weight > now for one in weights}) == len(weights)
    if basis.formula.method is Method.WEIGHTED_SUM:
        for way in (True, False):
            beyond = [weight for weight in WEIGHTS if weight != now and (weight > now) == way]
            turning = [w for w in beyond if first(WeightChanged(w).applied(basis)) != first(basis)]
            told = [one.weight for one in weights if (one.weight > now) == way]
            assert told == sorted(turning, key=lambda weight: abs(weight - now))[:1]
    qualities = of(found, QualityChanged)
    assert not qualities or basis.weighed
    for metric in basis.places if basis.weighed else ():
        given = basis.quality.get(metric)
        counted = QUALITY_NOT_GIVEN if given is None else given
        turning = [p for p in PERCENTS if first(QualityChanged(metric, given, p).applied(basis)) != first(basis)]
        least = [*[p for p in turning if p < counted][-1:], *[p for p in turning if p > counted][:1]]
        assert [one.percent for one in qualities if one.metric == metric] == least


@given(bases)
@examples(60)
def test_every_formula_and_the_weighing_are_told_if_and_only_if_they_do(basis: Basis) -> None:
    found = turns(basis, FORMULAS)
    others = [f for f in FORMULAS if f != basis.formula and first(replace(basis, formula=f)) != first(basis)]
    assert [one.formula for one in of(found, FormulaChanged)] == others
    turned = first(replace(basis, weighed=not basis.weighed)) != first(basis)
    assert [one.weighed for one in of(found, WeighingChanged)] == ([not basis.weighed] if turned else [])


def cast(**given: list[tuple[int, int]]) -> dict[str, list[Vote]]:
    return {m: [Vote(f"p{i}", Role.CLIENT, *one) for i, one in enumerate(points)] for m, points in given.items()}


def test_a_hand_made_order_says_which_score_makes_a_metric_enter() -> None:
    basis = Basis(cast(a=[(5, 5)], b=[(5, 4)], c=[(4, 4)], d=[(3, 5)]))  # 25, 20, 16, 15
    found = {turn.change: turn.moves for turn in turns(basis, FORMULAS[:1])}
    assert found[VoteChanged("d", "value", 3, 4)] == (Move("d", 4, 2), Move("c", 3, 4))
    assert found[VoteChanged("c", "ease", 4, 3)] == (Move("d", 4, 3), Move("c", 3, 4))
    assert not [
        change for change in found if isinstance(change, VoteChanged) and change.metric == "d" and change.score < 3
    ]


@pytest.mark.parametrize("formula", FORMULAS)
def test_where_nothing_was_scored_nothing_changes(formula: Formula) -> None:
    assert turns(Basis({}, formula), FORMULAS) == turns(Basis({"a": []}, formula), FORMULAS) == []
