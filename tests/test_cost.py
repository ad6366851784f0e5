"""Cost per use: by hand, by property, and as a gesture. Figures of different periods are never divided silently."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.cost import (
    ACROSS,
    APART,
    IN_A_YEAR,
    OF_THE_MATRIX,
    PERIODS,
    Figure,
    Undivided,
    cost_per_use,
    decimal,
    said,
)
from tests.conftest import Room

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
VALUES = st.fractions(min_value=0, max_value=10**9)
ABOVE_ZERO = st.fractions(min_value=Fraction(1, 1000), max_value=10**9)
PERIOD = st.sampled_from(PERIODS)


def budget(value: int, period: str) -> Figure:
    return Figure(Fraction(value), "€", period)


def users(value: int, period: str) -> Figure:
    return Figure(Fraction(value), "users", period)


# By hand ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spent", "of", "active", "over", "cost"),
    [
        (10_000, "month", 2_000, "month", Fraction(5)),
        (120_000, "year", 2_000, "month", Fraction(5)),
        (120_000, "year", 2_000, "year", Fraction(60)),
        (10_000, "month", 2_000, "year", Fraction(60)),
        (30_000, "quarter", 2_000, "month", Fraction(5)),
        (365, "year", 1, "day", Fraction(1)),
        (7, "week", 1, "day", Fraction(1)),
        (365, "year", 7, "week", Fraction(1)),
        (0, "month", 3, "month", Fraction(0)),
        (1, "month", 3, "month", Fraction(1, 3)),
    ],
)
def test_a_budget_is_divided_by_the_users_of_the_same_period(
    spent: int, of: str, active: int, over: str, cost: Fraction
) -> None:
    per_use = cost_per_use(budget(spent, of), users(active, over), across="even")
    assert per_use.value == cost
    assert bool(per_use.across) == (of != over)


def test_the_error_that_the_written_formula_invites_is_twelve_times_the_cost() -> None:
    silently = Fraction(120_000) / 2_000
    with pytest.raises(Undivided):
        cost_per_use(budget(120_000, "year"), users(2_000, "month"))
    knowingly = cost_per_use(budget(120_000, "year"), users(2_000, "month"), across="even")
    assert silently == 12 * knowingly.value


@pytest.mark.parametrize("over", PERIODS)
def test_a_refusal_says_to_which_period_and_to_how_much_the_budget_would_be_brought(over: str) -> None:
    other = "year" if over != "year" else "month"
    with pytest.raises(Undivided) as caught:
        cost_per_use(budget(1200, other), users(10, over))
    assert (caught.value.code, caught.value.message) == ("periods", APART[over])
    assert f"one {'half-year' if over == 'semester' else over} " in caught.value.message
    assert caught.value.facts["budget"] == budget(1200, other).over(over)


@pytest.mark.parametrize(("spent", "active"), [(1, 0), (1, -1), (0, 0), (-1, 1), (-1, -1)])
@pytest.mark.parametrize("across", ["", *ACROSS])
def test_no_users_or_a_budget_below_zero_is_refused_whatever_the_periods(spent: int, active: int, across: str) -> None:
    for over in ("month", "year"):
        with pytest.raises(Undivided) as caught:
            cost_per_use(budget(spent, "month"), users(active, over), across)
        assert caught.value.code == "refused"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(5), "5"),
        (Fraction(0), "0"),
        (Fraction(10, 3), "3.33"),
        (Fraction(5, 2), "2.5"),
        (Fraction(1_234_567), "1234567"),
        (Fraction(1, 3000), "0.00033"),
        (Fraction(10**12, 7), "142857142857.14"),
    ],
)
def test_a_cost_is_written_as_a_plain_number(value: Fraction, written: str) -> None:
    assert decimal(value) == written


# By property ------------------------------------------------------------------------------------------


@given(VALUES, ABOVE_ZERO, PERIOD)
def test_with_one_period_cost_times_users_is_the_budget_and_nothing_is_converted(
    spent: Fraction, active: Fraction, period: str
) -> None:
    for across in ("", *ACROSS):
        cost = cost_per_use(Figure(spent, "€", period), Figure(active, "users", period), across)
        assert cost.value * active == spent
        assert not cost.across


@given(VALUES, ABOVE_ZERO, PERIOD, PERIOD)
def test_two_periods_are_divided_only_knowingly_and_then_as_if_the_budget_had_been_given_for_the_users_period(
    spent: Fraction, active: Fraction, of: str, over: str
) -> None:
    asked, found = Figure(spent, "€", of), Figure(active, "users", over)
    if of != over:
        with pytest.raises(Undivided):
            cost_per_use(asked, found)
    assert cost_per_use(asked, found, across="even").value == cost_per_use(asked.over(over), found).value


@given(VALUES, PERIOD, PERIOD)
def test_a_conversion_there_and_back_changes_nothing_and_keeps_the_year(spent: Fraction, of: str, over: str) -> None:
    figure = Figure(spent, "€", of)
    assert figure.over(over).over(of) == figure
    assert figure.over(over).value * IN_A_YEAR[over] == spent * IN_A_YEAR[of]


@given(VALUES, ABOVE_ZERO, PERIOD, PERIOD, st.sampled_from(LANGUAGES), st.text(max_size=40))
def test_the_limits_say_the_conversion_once_or_not_at_all(
    spent: Fraction, active: Fraction, of: str, over: str, lang: str, limits: str
) -> None:
    cost = cost_per_use(Figure(spent, "€", of), Figure(active, "users", over), across="even")
    once = said(cost, lang, limits)
    assert said(cost, lang, once["limits"]) == once
    knowingly = {"fr": "en connaissance de cause", "en": "knowingly"}[lang]
    assert once["limits"].count(knowingly) == bool(cost.across)
    assert all(len(value) <= 500 for value in once.values())


# As a gesture -----------------------------------------------------------------------------------------

ASKED: dict[str, Any] = {
    "do": "cost",
    "budget": "120 000",
    "budget_period": "year",
    "users": "2000",
    "users_period": "month",
    "across": "even",
}


@pytest.fixture
def metric(room: Room) -> str:
    return room.ask(CLIENT, do="write", kind="metric", text="Coût par usage")


def details(room: Room, metric: str) -> dict[str, str]:
    return {name: value for name, value in room.session.notes[metric].details.items() if value}


@pytest.mark.parametrize("role", [CLIENT, FACILITATOR])
def test_the_team_writes_a_cost_as_a_metrics_baseline_with_all_that_it_was_made_of(
    room: Room, metric: str, role: Role
) -> None:
    room.ask(role, metric=metric, **ASKED, baseline_date="2026-11-30")
    assert details(room, metric) == {
        "baseline": "5",
        "baseline_date": "2026-11-30",
        "numerator": "Budget\u00a0: 10\u202f000\u00a0€ par mois (120\u202f000\u00a0€ par an)",
        "denominator": "Utilisateurs actifs\u00a0: 2\u202f000 par mois",
        "period": "mois",
        "unit": "€ par utilisateur actif",
        "limits": "Le budget, donné par an, est compté par mois en connaissance de cause\u00a0: "
        "la dépense est supposée régulière.",
    }


@pytest.mark.parametrize("role", [CONSULTANT, OBSERVER])
def test_nobody_else_does(room: Room, metric: str, role: Role) -> None:
    assert room.refused(role, metric=metric, **ASKED).code == "role"


def test_different_periods_are_refused_until_the_person_asks_to_convert_them(room: Room, metric: str) -> None:
    for unasked in ({}, {"across": ""}):
        refusal = room.refused(CLIENT, metric=metric, **{**ASKED, "across": "", **unasked})
        assert (refusal.code, refusal.facts) == ("periods", {"budget": "10\u202f000\u00a0€"})
        assert "Give the budget of one month (10\u202f000\u00a0€ if spending is even)" in str(refusal)
    without = {name: value for name, value in ASKED.items() if name != "across"}
    assert room.refused(CLIENT, metric=metric, **without).code == "periods"
    room.ask(CLIENT, metric=metric, **ASKED)
    assert details(room, metric)["baseline"] == "5"


def test_the_matrix_divides_the_budget_of_a_year_by_the_users_of_a_month(room: Room, metric: str) -> None:
    room.ask(CLIENT, metric=metric, **{**ASKED, "across": "matrix"})
    written = details(room, metric)
    assert (written["baseline"], written["period"]) == ("60", "année")
    assert written["numerator"] == "Budget\u00a0: 120\u202f000\u00a0€ par an"
    assert written["denominator"] == "Utilisateurs actifs\u00a0: 2\u202f000 par mois"
    assert written["limits"].endswith("comme le dit la matrice d’impact.")
    room.ask(CLIENT, metric=metric, **ASKED)
    assert "la matrice" not in details(room, metric)["limits"]
    for periods in ({"budget_period": "quarter"}, {"users_period": "week"}):
        refusal = room.refused(CLIENT, metric=metric, **{**ASKED, **periods, "across": "matrix"})
        assert (refusal.code, refusal.message) == ("periods", OF_THE_MATRIX)


def test_figures_of_one_period_need_no_conversion_and_none_is_said(room: Room, metric: str) -> None:
    room.ask(CLIENT, metric=metric, **{**ASKED, "budget": "10000", "budget_period": "month", "across": ""})
    written = details(room, metric)
    assert written["numerator"] == "Budget\u00a0: 10\u202f000\u00a0€ par mois"
    assert "limits" not in written


def test_limits_that_somebody_wrote_stay_and_an_earlier_conversion_goes(room: Room, metric: str) -> None:
    room.ask(CLIENT, do="detail", note=metric, detail="limits", value="Sans les salaires.")
    room.ask(CLIENT, metric=metric, **ASKED)
    assert details(room, metric)["limits"].startswith("Sans les salaires. Le budget, donné par an, est compté par mois")
    room.ask(CLIENT, metric=metric, **{**ASKED, "budget_period": "quarter"})
    assert details(room, metric)["limits"].startswith("Sans les salaires. Le budget, donné par trimestre")
    assert details(room, metric)["limits"].count("connaissance") == 1
    room.ask(CLIENT, metric=metric, **{**ASKED, "budget_period": "month"})
    assert details(room, metric)["limits"] == "Sans les salaires."


def test_a_new_figure_does_not_keep_the_date_of_the_last_one(room: Room, metric: str) -> None:
    room.ask(CLIENT, metric=metric, **ASKED, baseline_date="2026-11-30")
    room.ask(CLIENT, metric=metric, **{**ASKED, "budget": "240000"})
    assert "baseline_date" not in details(room, metric)


def test_the_same_calculation_again_writes_nothing(room: Room, metric: str) -> None:
    room.ask(CLIENT, metric=metric, **ASKED)
    before = room.entries
    room.ask(FACILITATOR, metric=metric, **ASKED)
    assert room.entries == before


REFUSED: dict[str, list[Any]] = {
    "users": ["0", "-3", "0,0", "", "beaucoup", "1e3", "9" * 21, None, 3],
    "budget": ["-1", "", "cher", "nan", "9" * 21, None, 3.5, []],
    "budget_period": ["", "decade", "an", None, 1],
    "users_period": ["fortnight"],
    "across": ["yes", "true", 1, None, []],
    "baseline_date": ["hier"],
    "metric": ["unknown"],
}


@pytest.mark.parametrize(("field", "odd"), [(field, odd) for field, values in REFUSED.items() for odd in values])
def test_figures_that_make_no_sense_are_refused(room: Room, metric: str, field: str, odd: Any) -> None:
    room.refused(CLIENT, **{**ASKED, "metric": metric, field: odd})


def test_only_a_metric_that_stands_has_a_cost(room: Room, metric: str) -> None:
    problem = room.ask(CLIENT, do="write", kind="problem", text="Les familles attendent")
    room.refused(CLIENT, metric=problem, **ASKED)
    room.ask(CLIENT, do="withdraw", note=metric)
    room.refused(CLIENT, metric=metric, **ASKED)
