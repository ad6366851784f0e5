"""Numbers and days in words: nothing that was typed is lost, whatever the language."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.formats import cell, rounded, spelled
from impactlib.views.render import Filters

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,35})(\.[0-9]{1,8})?", fullmatch=True)
SIGNS = {"fr": ("\u202f", ","), "en": (",", ".")}


@given(NUMBERS, st.sampled_from(LANGUAGES))
def test_a_number_in_words_keeps_its_digits(number: str, lang: str) -> None:
    group, point = SIGNS[lang]
    plain = spelled(number, lang).replace(group, "").replace(point, ".").replace("\u2212", "-")
    assert plain == (number if Decimal(number) else number.lstrip("-"))


@given(NUMBERS, st.sampled_from(LANGUAGES))
def test_a_cell_is_the_number_with_the_decimal_sign_of_the_language(number: str, lang: str) -> None:
    assert cell(Decimal(number), lang) == (number if Decimal(number) else number.lstrip("-")).replace(
        ".", SIGNS[lang][1]
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.125, "0,13"),
        (-2.5, "\u22122,5"),
        (-0.0, "0"),
        (0.0, "0"),
        (1234.0, "1\u202f234"),
        (1e20, "100\u202f000\u202f000\u202f000\u202f000\u202f000\u202f000"),
    ],
)
def test_a_number_is_rounded_to_two_decimals_a_half_up(value: float, said: str) -> None:
    assert rounded(value, "fr") == said


@pytest.mark.parametrize("typed", ["", "5 jours", "1e9", "NaN", "1_000", ".5", "--5"])
def test_a_figure_that_is_no_number_is_shown_as_it_was_typed(typed: str) -> None:
    assert Filters("fr").figure(typed) == typed
