"""Numbers and days as a language writes them, by Babel's patterns. Pure.

Views format the same few values at each drawing: locales, patterns and results are kept.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, parse_pattern

_KEPT = 4096
"""Results that each function keeps."""
_DAYS = {"fr": "dd/MM/yyyy", "en": "yyyy-MM-dd"}
_HOURS = {"fr": "H'\u00a0h\u00a0'mm", "en": "H:mm"}
_FULL_HOURS = _HOURS | {"fr": "H'\u00a0h'"}
_PLAIN = re.compile(r"[+-]?\d+(\.\d*)?")
_MINUS = "\u2212"
_WIDEST = 400
"""Digits: more than any float has before its decimals."""


@lru_cache(_KEPT)
def spelled(number: str, lang: str) -> str:
    """A plain number such as ``1234.5`` as a language writes it, with all its decimals.

    Raises
    ------
    ValueError
        When it is no plain number.

    Examples
    --------
    >>> spelled("1234567.50", "en")
    '1,234,567.50'
    >>> spelled("-1234.5", "fr") == "\u2212\u0031\u202f234,5"
    True
    """
    if not _PLAIN.fullmatch(number):
        raise ValueError(f"{number!r} is no plain number")
    return _applied(Decimal(number), f"#,##{_pattern_of(number)}", lang)


@lru_cache(_KEPT)
def rounded(value: float, lang: str) -> str:
    """A number with two decimals at most, a half rounded up.

    >>> rounded(12.345, "fr"), rounded(3.0, "en")
    ('12,35', '3')
    """
    return _applied(Decimal(str(value)), "#,##0.##", lang)


@lru_cache(_KEPT)
def percent(number: str, lang: str) -> str:
    """A plain number as a percentage, with two decimals at most. Raises ValueError when it is no plain number.

    >>> percent("12.5", "fr") == "12,5\u00a0%", percent("90", "en")
    (True, '90%')
    """
    if not _PLAIN.fullmatch(number):
        raise ValueError(f"{number!r} is no plain number")
    pattern = _locale(lang).percent_formats[None].pattern
    return _applied(Decimal(number) / 100, pattern.replace("#,##0", "#,##0.##"), lang)


def cell(number: Decimal, lang: str) -> str:
    """A number as a spreadsheet in that language reads it: its decimal sign, and nothing between its thousands.

    >>> cell(Decimal("-1234.50"), "fr")
    '-1234,50'
    """
    return _applied(number, _pattern_of(f"{number:f}"), lang, negative="-")


@lru_cache(_KEPT)
def day(on: date, lang: str) -> str:
    """A day in figures.

    >>> day(date(2026, 11, 2), "fr"), day(date(2026, 11, 2), "en")
    ('02/11/2026', '2026-11-02')
    """
    return format_date(on, _DAYS[lang], _locale(lang))


@lru_cache(_KEPT)
def month(on: date, lang: str) -> str:
    """The month of a day, in short.

    >>> month(date(2026, 4, 1), "fr"), month(date(2026, 4, 1), "en")
    ('avr. 2026', 'Apr 2026')
    """
    return format_date(on, "MMM y", _locale(lang))


@lru_cache(_KEPT)
def month_in_words(on: date, lang: str) -> str:
    """The month of a day, in full.

    >>> month_in_words(date(2026, 4, 1), "fr"), month_in_words(date(2026, 4, 1), "en")
    ('avril 2026', 'April 2026')
    """
    return format_date(on, "MMMM y", _locale(lang))


@lru_cache(_KEPT)
def day_in_words(on: date, lang: str) -> str:
    """A day whose month is a word, which no order of figures makes another day.

    >>> day_in_words(date(2026, 11, 2), "fr"), day_in_words(date(2026, 11, 2), "en")
    ('2 novembre 2026', '2 November 2026')
    """
    return format_date(on, "d MMMM y", _locale(lang))


@lru_cache(_KEPT)
def full_day(on: date, lang: str) -> str:
    """A day with its name in the week.

    >>> full_day(date(2026, 11, 2), "fr"), full_day(date(2026, 11, 2), "en")
    ('lundi 2 novembre 2026', 'Monday 2 November 2026')
    """
    return format_date(on, "EEEE d MMMM y", _locale(lang))


def hour(at: datetime, lang: str) -> str:
    """The time of a day, within a sentence, as `hourOf` in assets/time.js writes it.

    >>> hour(datetime(2026, 11, 2, 14, 5), "fr") == "14\u00a0h\u00a005", hour(datetime(2026, 11, 2, 14, 5), "en")
    (True, '14:05')
    >>> hour(datetime(2026, 11, 2, 9), "fr") == "9\u00a0h", hour(datetime(2026, 11, 2, 9), "en")
    (True, '9:00')
    """
    return format_time(at, (_HOURS if at.minute else _FULL_HOURS)[lang], locale=_locale(lang))


def _applied(number: Decimal, pattern: str, lang: str, negative: str = _MINUS) -> str:
    # A zero has no sign: results are kept by value, and -0 equals 0.
    number = number or Decimal(0)
    digits = len(number.as_tuple().digits) + abs(number.adjusted())
    with localcontext(prec=max(_WIDEST, digits), rounding=ROUND_HALF_UP):
        return str(_pattern(f"{pattern};{negative}{pattern}").apply(number, _locale(lang)))


def _pattern_of(number: str) -> str:
    """The pattern that has as many decimals as a plain number."""
    decimals = "0" * len(number.partition(".")[2])
    return f"0.{decimals}" if decimals else "0"


@lru_cache(64)
def _pattern(written: str) -> NumberPattern:
    return parse_pattern(written)


@cache
def _locale(lang: str) -> Locale:
    return Locale.parse(lang)
