"""How many answers to a question are enough. Pure."""

from __future__ import annotations

from decimal import Decimal
from math import ceil

SURE = Decimal("1.96")
"""Standard deviations on each side that hold 95 % of a normal distribution."""


def answers_needed(margin: Decimal, low: Decimal, high: Decimal, population: int = 0) -> int:
    """The answers after which a mean is known within a margin, in 95 cases out of 100.

    It supposes that those who answer are drawn at random, and answers as far apart as a scale allows, half of them at
    each end: the spread is then half of the scale. A share is a mean on a scale from 0 to 1.

    Parameters
    ----------
    margin
        On each side, in the units of the scale.
    low, high
        The ends of the scale.
    population
        How many people could be asked, 0 for very many.

    Examples
    --------
    >>> share = Decimal(0), Decimal(1)
    >>> [answers_needed(Decimal(margin), *share) for margin in ("0.1", "0.05")]
    [97, 385]
    >>> answers_needed(Decimal("0.05"), *share, population=1000), answers_needed(Decimal("0.5"), Decimal(1), Decimal(7))
    (278, 139)
    """
    if margin <= 0 or high <= low or population < 0:
        raise ValueError("a margin and a scale have a length")
    of_many = (SURE * (high - low) / 2 / margin) ** 2
    needed = of_many / (1 + (of_many - 1) / population) if population else of_many
    return min(max(1, ceil(needed)), population or ceil(needed))
