"""Checks of a hypothesis of impact: weak points, and the questions that a consultant would ask. Pure.

Words are compared without capitals or accents, in French and in English at once: nobody says which language a
team writes in. Every rule prefers silence to a guess, because an alarm that is wrong costs the trust in the others.

What the rules take for granted:

- A field counts when it says something: "?", "TBD" or "à définir" is no answer, and "everyone" is neither a
  population nor an owner. What stands elsewhere instead ("from 40 % to 60 %" in the statement) does not count: the
  pages that follow a metric read its fields.
- Without a metric there is no unit to ask for, and no denominator. Whose change it is, how much, by when we know and
  who follows it can be asked from the first sentence on.

`findings` has every weakness in words. What one or two fields show by themselves is found here; the rules that read a
team's words are in `units`, `use`, `periods`, `points` and `proxies`, and listen to what `words` makes of a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from impactlib.domain.check.findings import FINDINGS, Finding
from impactlib.domain.check.periods import period_mismatch, vanity
from impactlib.domain.check.points import points_or_percent
from impactlib.domain.check.proxies import coefficient_times_proxy, proxy_unattached
from impactlib.domain.check.units import no_denominator, no_unit
from impactlib.domain.check.use import usage_as_impact
from impactlib.domain.check.words import said
from impactlib.domain.hypotheses import Hypothesis, day

__all__ = ["FINDINGS", "Finding", "check"]


def check(row: Hypothesis) -> list[Finding]:
    """List the weak points of a hypothesis, the most important first.

    Examples
    --------
    >>> row = Hypothesis(metric="Taux de recours", unit="%", population="parents seuls", baseline="40", target="60")
    >>> [finding.code for finding in check(row)]
    ['no-denominator', 'no-source', 'no-owner']
    """
    plain_row = said(row)
    return [finding for finding in FINDINGS if _RULES[finding.code](plain_row)]


def _target_not_better(row: Hypothesis) -> bool:
    if not (row.baseline and row.target):
        return False
    gained = Decimal(row.target) - Decimal(row.baseline)
    return {"more": gained <= 0, "less": gained >= 0}.get(row.direction, gained == 0)


def _date_order(row: Hypothesis) -> bool:
    began, ends = day(row.baseline_date), day(row.target_date)
    return began is not None and ends is not None and ends <= began


_RULES: Mapping[str, Callable[[Hypothesis], bool]] = {
    "no-population": lambda row: not row.population,
    "no-unit": no_unit,
    "no-denominator": no_denominator,
    "no-baseline": lambda row: not row.baseline,
    "no-target": lambda row: not row.target,
    "no-source": lambda row: not row.source,
    "no-owner": lambda row: not row.owner,
    "usage-as-impact": usage_as_impact,
    "vanity": vanity,
    "proxy-unattached": proxy_unattached,
    "period-mismatch": period_mismatch,
    "points-or-percent": points_or_percent,
    "coefficient-times-proxy": coefficient_times_proxy,
    "target-not-better": _target_not_better,
    "date-order": _date_order,
}
