"""A period as a heading names it: a year, a half, a quarter, a month. Pure; its last day stands for it.

>>> named("realise 2023"), named("t3 2025"), named("mars 2026")
((datetime.date(2023, 12, 31), 'realise '), (datetime.date(2025, 9, 30), ''), (datetime.date(2026, 3, 31), ''))
"""

from __future__ import annotations

import calendar
import re
from datetime import date

from impactlib.domain import days

_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_MONTHS = "|".join(sorted(days.MONTHS, key=len, reverse=True))
_FORMS = (
    rf"\b[tq] ?(?P<quarter>[1-4])[ /-]*{_YEAR}\b",
    rf"\b(?P<quarter>[1-4])(?:er?|eme|st|nd|rd|th) ?(?:trim\w*|quarter)[ /-]*(?:de |of )?{_YEAR}\b",
    rf"\b{_YEAR}[ /-]*[tq] ?(?P<quarter>[1-4])\b",
    rf"\b(?:s|h) ?(?P<half>[12])[ /-]*{_YEAR}\b",
    rf"\b{_YEAR}[ /-]*(?:s|h) ?(?P<half>[12])\b",
    rf"\b(?P<month>{_MONTHS})\.?[ /-]*{_YEAR}\b",
    rf"(?<![0-9/.-])(?P<number>0?[1-9]|1[0-2])[/.-]{_YEAR}\b",
    rf"\b{_YEAR}-(?P<number>0[1-9]|1[0-2])\b(?!-)",
    rf"(?<![0-9/.-])(?:fy ?)?{_YEAR}\b(?! ?[-/–] ?[0-9])",
)
_PATTERNS = tuple(map(re.compile, _FORMS))


def named(words: str) -> tuple[date, str] | None:
    """The last day of the one period that plain words name, and the words without it; None where they name none, or
    more than one."""
    for pattern in _PATTERNS:
        if found := pattern.search(words):
            rest = words[: found.start()] + words[found.end() :]
            if re.search(r"(?:19|20)[0-9]{2}", rest) or int(found["year"]) not in days.YEARS:
                return None
            return _last(found.groupdict()), rest
    return None


def _last(said: dict[str, str | None]) -> date:
    year = int(said["year"] or 0)
    if quarter := said.get("quarter"):
        month = 3 * int(quarter)
    elif half := said.get("half"):
        month = 6 * int(half)
    else:
        month = int(said.get("number") or days.MONTHS.get(said.get("month") or "", 12))
    return date(year, month, calendar.monthrange(year, month)[1])
