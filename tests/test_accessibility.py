"""ACCESSIBILITY.md counts as its own table does, and the palette has the contrast that it says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from impactlib.paths import ASSETS

REVIEW = Path(__file__).parent.parent / "ACCESSIBILITY.md"
THEMES = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)
"""How many criteria each theme of RGAA 4.1.2 has."""
VERDICTS = {"met", "not met", "not verified", "n/a"}

TEXT = ("ink", "soft", "accent", "client", "consultant", "observer", "facilitator")
"""What is written, on a page as on a card."""
WRITTEN = [(colour, ground, 4.5) for colour in TEXT for ground in ("paper", "card")]
TOLD = [("ink", "wash", 4.5), ("accent", "wash", 4.5), ("warn", "warn-wash", 4.5), ("late", "card", 4.5)]
DRAWN = [("edge", "card", 3.0), ("edge", "paper", 3.0), ("accent-ink", "accent", 4.5)]


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


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_palette_contrasts_as_wcag_asks(theme: str) -> None:
    style = (ASSETS / "impact.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--([\w-]+):(#\w+)", part))
        for part in re.findall(r"\{(--paper[^}]+|\s+--figures[^}]+)", style)
    )
    palette = light if theme == "light" else light | dark
    for colour, ground, least in (*WRITTEN, *TOLD, *DRAWN):
        found = contrast(palette[colour], palette[ground])
        assert found >= least, f"{colour} on {ground}, {theme}: {found:.2f}"
