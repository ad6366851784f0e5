"""ACCESSIBILITY.md counts as its own table does, and what it cites is there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

REVIEW = Path(__file__).parent.parent / "ACCESSIBILITY.md"
THEMES = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)
"""How many criteria each theme of RGAA 4.1.2 has."""
VERDICTS = {"met", "not met", "not verified", "n/a"}


def rows() -> list[list[str]]:
    lines = REVIEW.read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if re.match(r"\| \d+\.\d+ ", line)
    ]


def test_the_review_has_a_verdict_for_each_of_the_106_criteria() -> None:
    wanted = [f"{theme}.{n}" for theme, many in enumerate(THEMES, 1) for n in range(1, many + 1)]
    assert len(wanted) == 106
    assert [row[0] for row in rows()] == wanted
    assert all(len(row) == 4 and row[2] in VERDICTS and row[3] for row in rows())


def test_the_rate_that_the_review_says_is_that_of_its_table() -> None:
    said = REVIEW.read_text(encoding="utf-8")
    count = Counter(row[2] for row in rows())
    applicable = count.total() - count["n/a"]
    assert f"**{100 * count['met'] / applicable:.1f} %**" in said
    assert f"{count['met']} of {applicable}; {count['not met']} are not met, {count['not verified']} were not" in said
    assert f"{count['n/a']} do not apply" in said


def test_what_verified_a_criterion_is_there() -> None:
    root = REVIEW.parent
    tests = "".join(path.read_text(encoding="utf-8") for path in root.glob("tests/**/*.py"))
    for row in rows():
        for named in re.findall(r"`(tests/\S+?\.py|test_\w+)`", row[3]):
            assert (root / named).exists() if "/" in named else f"def {named}(" in tests, named
