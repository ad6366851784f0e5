"""The design's page says what the style sheet has, and its colours keep the contrast that it promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from impactlib.paths import ASSETS

PAGE = (Path(__file__).parents[1] / "docs" / "design.md").read_text(encoding="utf-8")
STYLE = (ASSETS / "impact.css").read_text(encoding="utf-8")
THEMES = ("light", "dark")
_TOKEN = re.compile(r"(--[a-z0-9-]+):([^;}]+)")
_ROW = re.compile(r"^\| `(--[a-z-]+)` \| `(#\w+)` \| `(#\w+)` \|", re.M)

PAGES, WASHES = ("--paper", "--card"), ("--wash", "--warn-wash")
ROLES = ("--client", "--consultant", "--observer", "--facilitator")
TEXT = [(ink, on) for ink in ("--soft", "--accent", "--warn", "--late", *ROLES) for on in PAGES]
TEXT += [("--accent-ink", "--accent"), ("--accent", "--wash"), ("--warn", "--warn-wash")]


def tokens() -> dict[str, dict[str, str]]:
    """The colours of the style sheet, by theme and name."""
    light = dict(_TOKEN.findall(STYLE[STYLE.index(".impact{") : STYLE.index("color-scheme:light dark")]))
    dark = STYLE[STYLE.index("@media (prefers-color-scheme:dark){.impact") :]
    return {"light": light, "dark": light | dict(_TOKEN.findall(dark[: dark.index("}}")]))}


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.1 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_page_has_every_colour_of_the_style_sheet_and_no_other() -> None:
    told = {name: {"light": light, "dark": dark} for name, light, dark in _ROW.findall(PAGE)}
    found = tokens()
    colours = {name for name, value in found["light"].items() if value.startswith("#")}
    assert told == {name: {theme: found[theme][name] for theme in THEMES} for name in colours}


def test_the_page_has_every_size_and_space() -> None:
    light = tokens()["light"]
    for name in ("--t0", "--t1", "--t2", "--t3", "--t4", "--t5"):
        assert f"| `{name}` | {light[name]} |" in PAGE
    spaces = " ".join(light[f"--s{number}"].removesuffix("px") for number in range(1, 8))
    assert f"{spaces} px" in PAGE
    assert f"`--r` {light['--r'].removesuffix('px')} px" in PAGE


@pytest.mark.parametrize("theme", THEMES)
def test_words_and_edges_have_the_contrast_that_the_page_promises(theme: str) -> None:
    colour = tokens()[theme]
    measured = {
        **{(ink, on): (contrast(colour[ink], colour[on]), 4.5) for ink, on in TEXT},
        **{("--ink", on): (contrast(colour["--ink"], colour[on]), 7.0) for on in (*PAGES, *WASHES)},
        **{("--edge", on): (contrast(colour["--edge"], colour[on]), 3.0) for on in PAGES},
    }
    assert {pair: found for pair, found in measured.items() if found[0] < found[1]} == {}
