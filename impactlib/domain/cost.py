"""Cost per use: a budget divided by the active users of the same period. Pure: it reads only its words.

The indicator is usually written with a yearly budget and monthly users, and published month by month.
Figures of different periods are therefore refused, unless somebody asks to convert the budget knowingly;
what is written of the metric then says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from itertools import permutations
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
    """A cost per use: `value` in the budget's unit for each user of `users`' period."""

    value: Fraction
    budget: Figure
    users: Figure

    @property
    def converted(self) -> bool:
        """Whether the budget was given for another period than the users."""
        return self.budget.period != self.users.period


class Undivided(Worded):
    """Figures that cannot be divided; its facts are figures too."""


def cost_per_use(budget: Figure, users: Figure, convert: bool = False) -> Cost:
    """The budget divided by the users, over the users' period.

    Parameters
    ----------
    convert
        Convert, knowingly, a budget of another period: spending is then supposed to be even.

    Raises
    ------
    Undivided
        No user, a budget below zero, or two periods that nobody asked to convert (code ``periods``).

    Examples
    --------
    >>> year, month = Figure(Fraction(120_000), "€", "year"), Figure(Fraction(2_000), "users", "month")
    >>> cost_per_use(year, month, convert=True).value
    Fraction(5, 1)
    """
    if users.value <= 0:
        raise Undivided(NOBODY)
    if budget.value < 0:
        raise Undivided(NEGATIVE)
    counted = budget.over(users.period)
    if budget.period != users.period and not convert:
        raise Undivided(APART[users.period], code="periods", budget=counted)
    return Cost(counted.value / users.value, budget, users)


def said(cost: Cost, lang: str, limits: str = "") -> dict[str, str]:
    """The details of a metric whose baseline is this cost, by name.

    Parameters
    ----------
    lang
        The workshop's language; its words are in ``templates/cost.toml``.
    limits
        The metric's limits so far: they stay, except for the sentence that an earlier calculation added.
    """
    words, periods = _words()[lang], (cost.budget.period, cost.users.period)
    figures = {
        "budget": shown(cost.budget, lang),
        "counted": shown(cost.budget.over(cost.users.period), lang),
        "users": spelled(decimal(cost.users.value), lang),
        "per_budget": words["per"][cost.budget.period],
        "per_users": words["per"][cost.users.period],
    }
    kept = [line for line in [_without_conversion(limits, lang)] if line]
    return {
        "baseline": decimal(cost.value),
        "numerator": words["converted" if cost.converted else "numerator"].format(**figures),
        "denominator": words["denominator"].format(**figures),
        "period": words["period"][cost.users.period],
        "unit": words["unit"].format(unit=cost.budget.unit),
        "limits": " ".join([*kept, _conversion(periods, lang)] if cost.converted else kept),
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


def _conversion(periods: tuple[str, str], lang: str) -> str:
    words = _words()[lang]
    budget, users = (words["per"][period] for period in periods)
    sentence: str = words["limits"].format(per_budget=budget, per_users=users)
    return sentence


def _without_conversion(limits: str, lang: str) -> str:
    for periods in permutations(PERIODS, 2):
        limits = limits.replace(_conversion(periods, lang), "")
    return " ".join(limits.split())


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((TEMPLATES / "cost.toml").read_text(encoding="utf-8"))
