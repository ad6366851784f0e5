"""How well what is weak in the invented hypotheses of `hypotheses.toml` is found.

``check_precision``, ``check_recall``
    Of the weaknesses that are found, the share that is there; of those that are there, the share that is found.
    n is the number that each is divided by.
"""

from __future__ import annotations

from impactlib.domain.check import check
from tests.bench.rows import Row, row
from tests.test_check import table


def checks() -> list[Row]:
    """The invented hypotheses, checked."""
    pairs = [({finding.code for finding in check(one)}, set(expects)) for one, expects, _ in table()]
    right = sum(len(found & there) for found, there in pairs)
    found, there = sum(len(found) for found, _ in pairs), sum(len(there) for _, there in pairs)
    return [
        row("check_precision", "ratio", [right / found], found),
        row("check_recall", "ratio", [right / there], there),
    ]
