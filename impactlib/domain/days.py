"""A day as people write it, in either language. Pure; the only place that reads one.

A day is taken only if it says its year, its month and its day. One whose day and month may change places keeps both
readings: a column or the language may prove one (`impactlib.domain.sheets.columns`), else it is refused.

>>> cut("31/12/2026").readings
(datetime.date(2026, 12, 31),)
>>> [day.isoformat() for day in cut("05/06/2026").readings]
['2026-06-05', '2026-05-06']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from impactlib.domain.text import N_, Unreadable, clean_line, plain

YEARS = range(2000, 2101)
"""The years of a date: others are slips of the pen, and calendars fail on some."""


class Order(StrEnum):
    """Which of two figures is the day."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True)
class Day:
    """A day that was cut: its reading, or two when the day may come first or the month; `proof` is what it proves."""

    readings: tuple[date, ...]
    proof: Order | None = None

    def value(self, order: Order | None = Order.DAY) -> date:
        """The day; `order` is that of its column, where something proves it.

        Raises
        ------
        Unreadable
            When it can be read in two ways: the message names both.
        """
        if len(self.readings) == 1:
            return self.readings[0]
        if order is None:
            one, other = self.readings
            raise Unreadable(
                "This date can be read in two ways, %(one)s or %(other)s: write its month in letters.",
                one=one,
                other=other,
            )
        return self.readings[order == Order.MONTH]


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev february feb",
            "mars mar march",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil jul july",
            "aout august aug",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        1,
    )
    for name in names.split()
}
_WEEKDAY = re.compile(
    r"^(?:le |on )?(?:(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day)?\.?,? *"
)
_HOUR = re.compile(r"[t ,]+(?:a )?\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]m)?(?: ?z|[+-]\d{2}:?\d{2})?\Z")
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\Z", re.A)
_FIGURES = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})\Z", re.A)
_DAY_FIRST = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)?[-/. ]+(?:of )?([a-z]+)\.?,?[-/. ]*(\d{4}|\d{2})\Z", re.A)
_MONTH_FIRST = re.compile(r"([a-z]+)\.?[-/. ]+(\d{1,2})(?:st|nd|rd|th)?(?:,[ ]*|[-/. ]+)(\d{4}|\d{2})\Z", re.A)
_YEAR_FIRST = re.compile(r"([12]\d{3})[-/. ]+([a-z]+)\.?[-/. ]+(\d{1,2})\Z", re.A)
_YEAR_MONTH = re.compile(r"(\d{4})[-/. ](\d{1,2})\Z", re.A)
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/. ](\d{4})\Z", re.A)
_NAMED_MONTH = re.compile(r"([a-z]+)\.?[-/. ]*(\d{4}|\d{2})\Z", re.A)
_NO_DAY = re.compile(
    r"(?:(?:d'ici|avant|apres|vers|fin|mi|debut|courant|horizon|a|en|end|by|in|early|mid|late|before|spring"
    r"|summer|autumn|winter|printemps|ete|automne|hiver|[tqs] ?[1-4]|[1-4] ?[tqs]|[1-4](?:er?|eme|e|nd|st|rd|th)"
    r"|trimestre|semestre|quarter|half|annee|year|fy|de|du|la|le|the|of|l')[\s'’-]*)*"
    rf"(?:(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?[-/ ]*)?"
    r"(?:\d{1,2}[-/.])?(?:[12]\d{3}(?: ?[-/] ?[12]?\d{1,3})?|\d{2})?(?:[ -]?[tqsw] ?\d{1,2})?\Z",
    re.A,
)

_UNREAD = N_("This date cannot be read: write it as 31/12/2026.")
OUT_OF_YEARS = N_("This date is not between 2000 and 2100: write it as 31/12/2026.")


def cut(raw: str) -> Day:
    """A day cut out of a text.

    Raises
    ------
    Unreadable
        Saying why it is no day.

    Examples
    --------
    >>> [cut(text).value().isoformat() for text in ("1er janvier 2027", "Dec 31st, 2026", "31-déc.-26", "2026-12-31")]
    ['2027-01-01', '2026-12-31', '2026-12-31', '2026-12-31']
    """
    text = plain(clean_line(raw))
    bare = _HOUR.sub("", _WEEKDAY.sub("", text)) or text
    found = [reading for reading in _readings(bare) if reading[1] is not None]
    days = tuple(dict.fromkeys(day for _, day in found if day and day.year in YEARS))
    if days:
        proof = found[0][0] if len(days) == 1 and len(found) == 1 else None
        return Day(days, proof)
    if found:
        raise Unreadable(OUT_OF_YEARS)
    if _NO_DAY.match(text) and re.search(r"[0-9]", text):
        raise Unreadable("This is not a day: write one, such as 31/12/2026.")
    raise Unreadable(_UNREAD)


def month(raw: str) -> date | None:
    """The first day of the month that a text says with its year; None where it says no month, or says a day too.

    Raises
    ------
    Unreadable
        When the year is no year of a date.

    Examples
    --------
    >>> [month(text).isoformat()[:7] for text in ("2026-10", "10/2026", "oct. 2026", "janv-26", "Jan 2026")]
    ['2026-10', '2026-10', '2026-10', '2026-01', '2026-01']
    >>> month("31/10/2026"), month("octobre"), month("10/26")
    (None, None, None)
    """
    text = plain(clean_line(raw))
    if found := _YEAR_MONTH.match(text):
        year, number = found[1], int(found[2])
    elif found := _MONTH_YEAR.match(text):
        year, number = found[2], int(found[1])
    elif found := _NAMED_MONTH.match(text):
        year, number = found[2], MONTHS.get(found[1], 0)
    else:
        return None
    if not 1 <= number <= 12:
        return None
    full = int(year) + (2000 if len(year) == 2 else 0)
    if full not in YEARS:
        raise Unreadable(OUT_OF_YEARS)
    return date(full, number, 1)


def of_serial(serial: int, since: date = date(1899, 12, 30)) -> date:
    """The day of a spreadsheet's serial number.

    Raises
    ------
    Unreadable
        When it is of no year that a date has; a small number may be a year alone.

    Examples
    --------
    >>> of_serial(46387)
    datetime.date(2026, 12, 31)
    """
    if serial in YEARS:
        raise Unreadable("This is not a day: write one, such as 31/12/2026.")
    try:
        day = since + timedelta(serial)
    except OverflowError:
        raise Unreadable(_UNREAD) from None
    if day.year not in YEARS:
        raise Unreadable(_UNREAD)
    return day


def _readings(text: str) -> Iterator[tuple[Order | None, date | None]]:
    """The days that a text can be, each with the order that it supposes; None where there is no such day."""
    if found := _ISO.match(text):
        yield None, _day(found[1], found[3], found[4])
    elif found := _FIGURES.match(text):
        yield Order.DAY, _day(found[4], found[3], found[1])
        yield Order.MONTH, _day(found[4], found[1], found[3])
    elif found := _DAY_FIRST.match(text):
        yield None, _day(found[3], found[2], found[1])
    elif found := _MONTH_FIRST.match(text):
        yield None, _day(found[3], found[1], found[2])
    elif found := _YEAR_FIRST.match(text):
        yield None, _day(found[1], found[2], found[3])


def _day(year: str, month: str, day: str) -> date | None:
    full = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(full, int(month) if month.isdigit() else MONTHS.get(month, 0), int(day))
    except ValueError:
        return None
