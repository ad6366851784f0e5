"""Cost per use: a budget divided by the active users of the same period. Pure: it reads only its words.

The indicator is usually written with a yearly budget and monthly users, and published month by month.
Figures of different periods are therefore refused, unless somebody knowingly chooses how they go together
(`ACROSS`); what is written of the metric then says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from itertools import permutations, product
from typing import Any

from impactlib.domain.formats import spelled
from impactlib.domain.text import N_, Worded
from impactlib.paths import TEMPLATES

IN_A_YEAR: Mapping[str, Fraction] = {
    "day": Fraction(365),
    "week": Fraction(365, 7),
    "month": Fraction(12),
    "quarter": Fraction(4),
    "semester": Fraction(2),
    "year": Fraction(1),
}
"""How many of each period a year counts."""
PERIODS = tuple(IN_A_YEAR)

ACROSS = ("even", "matrix")
"""How figures of two periods go together: the budget is brought to the users' period as if spending were even; or
the budget of a year is divided by the active users of a month, as the impact matrix defines the cost at use."""

NOBODY = N_("A cost per use needs active users: their number is above zero.")
NEGATIVE = N_("A budget is zero or more.")
APART: Mapping[str, str] = {
    "day": N_(
        "The budget and the users are not of the same period. Give the budget of one day "
        "(%(budget)s if spending is even), or ask to convert it knowingly."
    ),
    "week": N_(
        "The budget and the users are not of the same period. Give the budget of one week "
        "(%(budget)s if spending is even), or ask to convert it knowingly."
    ),
    "month": N_(
        "The budget and the users are not of the same period. Give the budget of one month "
        "(%(budget)s if spending is even), or ask to convert it knowingly."
    ),
    "quarter": N_(
        "The budget and the users are not of the same period. Give the budget of one quarter "
        "(%(budget)s if spending is even), or ask to convert it knowingly."
    ),
    "semester": N_(
        "The budget and the users are not of the same period. Give the budget of one half-year "
        "(%(budget)s if spending is even), or ask to convert it knowingly."
    ),
    "year": N_(
        "The budget and the users are not of the same period. Give the budget of one year "
        "(%(budget)s if spending is even), or ask to convert it knowingly."
    ),
}
"""By the users' period: what to convert, and to what."""
OF_THE_MATRIX = N_("The matrix divides the budget of a year by the active users of a month: give those two.")


@dataclass(frozen=True)
class Figure:
    """A value with its unit, counted over a period: one of `PERIODS`."""

    value: Fraction
    unit: str
    period: str

    def over(self, period: str) -> Figure:
        """The same pace over another period.

        >>> Figure(Fraction(120_000), "€", "year").over("month").value
        Fraction(10000, 1)
        """
        return replace(self, value=self.value * IN_A_YEAR[self.period] / IN_A_YEAR[period], period=period)


@dataclass(frozen=True)
class Cost:
    """A cost per use: `value` in the budget's unit for each user of `users`' period.

    `across` says how two periods went together (one of `ACROSS`), and is empty where they are the same.
    """

    value: Fraction
    budget: Figure
    users: Figure
    across: str = ""


class Undivided(Worded):
    """Figures that cannot be divided; its facts are figures too."""


def cost_per_use(budget: Figure, users: Figure, across: str = "") -> Cost:
    """The budget divided by the users.

    Parameters
    ----------
    across
        How figures of two periods go together, knowingly: one of `ACROSS`. It changes nothing where they are the same.

    Raises
    ------
    Undivided
        No user, a budget below zero, or two periods of which nobody said how they go together (code ``periods``).

    Examples
    --------
    >>> year, month = Figure(Fraction(120_000), "€", "year"), Figure(Fraction(2_000), "users", "month")
    >>> [cost_per_use(year, month, across).value for across in ACROSS]
    [Fraction(5, 1), Fraction(60, 1)]
    """
    if users.value <= 0:
        raise Undivided(NOBODY)
    if budget.value < 0:
        raise Undivided(NEGATIVE)
    if budget.period == users.period:
        return Cost(budget.value / users.value, budget, users)
    counted = budget.over(users.period)
    match across:
        case "even":
            return Cost(counted.value / users.value, budget, users, across)
        case "matrix" if (budget.period, users.period) == ("year", "month"):
            return Cost(budget.value / users.value, budget, users, across)
        case "matrix":
            raise Undivided(OF_THE_MATRIX, code="periods")
    raise Undivided(APART[users.period], code="periods", budget=counted)


def said(cost: Cost, lang: str, limits: str = "") -> dict[str, str]:
    """The details of a metric whose baseline is this cost, by name.

    Parameters
    ----------
    lang
        The workshop's language; its words are in ``templates/cost.toml``.
    limits
        The metric's limits so far: they stay, except for the sentence that an earlier calculation added.
    """
    words = _words()[lang]
    figures = {
        "budget": shown(cost.budget, lang),
        "counted": shown(cost.budget.over(cost.users.period), lang),
        "users": spelled(decimal(cost.users.value), lang),
        "per_budget": words["per"][cost.budget.period],
        "per_users": words["per"][cost.users.period],
    }
    across = _conversion(cost.across, cost.budget.period, cost.users.period, lang)
    return {
        "baseline": decimal(cost.value),
        "numerator": words["converted" if cost.across == "even" else "numerator"].format(**figures),
        "denominator": words["denominator"].format(**figures),
        "period": words["period"][cost.budget.period if cost.across == "matrix" else cost.users.period],
        "unit": words["unit"].format(unit=cost.budget.unit),
        "limits": " ".join(filter(None, [_without_conversion(limits, lang), across])),
    }


def shown(figure: Figure, lang: str) -> str:
    """A figure's value and unit as a language writes them, such as « 10 000 € »."""
    return f"{spelled(decimal(figure.value), lang)}\u00a0{figure.unit}"


def decimal(value: Fraction) -> str:
    """A value with two decimals, or two figures that count when it is very small.

    >>> [decimal(Fraction(*ratio)) for ratio in ((5, 1), (10, 3), (1, 3000))]
    ['5', '3.33', '0.00033']
    """
    with localcontext(prec=50):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        places = 2 if not exact else max(2, 1 - exact.adjusted())
        return f"{exact:.{places}f}".rstrip("0").rstrip(".")


def _conversion(across: str, budget: str, users: str, lang: str) -> str:
    """The sentence that says how two periods went together; none where they are the same."""
    words = _words()[lang]
    sentence: str = words["across"][across] if across else ""
    return sentence.format(per_budget=words["per"][budget], per_users=words["per"][users])


def _without_conversion(limits: str, lang: str) -> str:
    for across, periods in product(ACROSS, permutations(PERIODS, 2)):
        limits = limits.replace(_conversion(across, *periods, lang), "")
    return " ".join(limits.split())


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((TEMPLATES / "cost.toml").read_text(encoding="utf-8"))
