"""A hypothesis of impact with its metric: the fields that they have, and how each is read. Pure.

In a session a hypothesis is a note, and the metric that would show it is another note about it; what is
said of each beyond its text are details. Here the two are one row, as in a team's spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date

from impactlib.domain import days, figures, kinds
from impactlib.domain.session import QUALITIES, Note, Session
from impactlib.domain.text import N_, Unreadable, clean_line, plain

CONCEPTS = kinds.detail("concept").choices
"""The five concepts of the impact matrix."""
KINDS_OF_IMPACT = kinds.detail("kind").choices
DIRECTIONS = kinds.detail("direction").choices
"""Whether more or less of the metric is better."""

OF_HYPOTHESIS, OF_METRIC = kinds.names(kinds.STATEMENT), kinds.names(kinds.MEASURED)
"""The details of a hypothesis and of its metric that a row holds."""

LONGEST = 500
"""Characters in one field."""


@dataclass(frozen=True)
class Hypothesis:
    """One row: every field is text, "" when it is not given, as `read` returns it."""

    statement: str = ""
    concept: str = ""
    kind: str = ""
    objective: str = ""
    stands_for: str = ""
    indicator: str = ""
    metric: str = ""
    unit: str = ""
    numerator: str = ""
    denominator: str = ""
    population: str = ""
    period: str = ""
    direction: str = ""
    source: str = ""
    collection: str = ""
    owner: str = ""
    quality: str = ""
    baseline: str = ""
    baseline_date: str = ""
    target: str = ""
    target_date: str = ""
    limits: str = ""


FIELDS = tuple(field.name for field in fields(Hypothesis))
"""Every field, in the order of a spreadsheet's columns."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "concept": {
        **{code: code for code in CONCEPTS},
        "utilisable": "usable",
        "utilise": "used",
        "utile": "useful",
        "impactant": "impactful",
        "efficient": "efficient",
        "impact sur la politique publique": "impactful",
        "impact on public policy": "impactful",
    },
    "kind": {
        **{code: code for code in KINDS_OF_IMPACT},
        "strategique": "strategic",
        "satisfaction des usagers": "satisfaction",
        "user satisfaction": "satisfaction",
        "satisfaction usager": "satisfaction",
        "ecologique": "ecological",
        "politique": "political",
    },
    "direction": {
        **dict.fromkeys(("more", "up", "higher", "plus", "hausse", "a la hausse", "augmenter", "+"), "more"),
        **dict.fromkeys(("less", "down", "lower", "moins", "baisse", "a la baisse", "diminuer", "-"), "less"),
    },
    "quality": {
        f"{q}{decimals}{sign}": q
        for q in QUALITIES
        for decimals in ("", ".0", ",0", ".00", ",00")
        for sign in ("", "%", " %")
    },
}
CODES = tuple(_WORDS)
"""The fields whose values are codes."""
_MEANS = {
    "concept": N_("The concept is one of: usable, used, useful, impactful, efficient."),
    "kind": N_("The kind of impact is one of: strategic, user satisfaction, ecological, political, social."),
    "direction": N_("The direction is “more” or “less”."),
    "quality": N_("Data are right at 10, 50 or 90 per cent: choose one of the three."),
}
NUMBERS, DATES = kinds.names(kinds.DEFINITION, kinds.Form.NUMBER), kinds.names(kinds.DEFINITION, kinds.Form.DATE)
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?\Z")
_POINTS = re.compile(r"\s*\b(?:points?|pts?)\b\.?(?:\s*(?:de |of )?(?:%|pourcentage|percentage))?\Z", re.I)


def read(field: str, raw: str, unit: str = "") -> str:
    """The value of a field as the kit keeps it: a code, a number such as ``12.5``, a date such as ``2026-12-31``, text.

    Parameters
    ----------
    unit
        That of the metric, for a number: its words may stand beside it.

    Raises
    ------
    Unreadable
        Saying what the field takes.

    Examples
    --------
    >>> read("baseline", "1 234,5 %")
    '1234.5'
    >>> read("target", "12 jours")
    '12'
    >>> read("target_date", "31/12/2026")
    '2026-12-31'
    >>> read("concept", "Utilisé")
    'used'

    What is written after a number is `typed_unit`'s.
    """
    value = clean_line(raw)
    if not value:
        return ""
    if field in CODES:
        return read_code(field, value)
    if field in NUMBERS:
        return read_number(value, unit)
    if field in DATES:
        return read_date(value)
    if len(value) > LONGEST:
        raise Unreadable("This is too long (500 characters at most).")
    return value


def read_number(raw: str, unit: str = "") -> str:
    """A number as the kit keeps it, ``12.5``; `unit`, that of its metric, may stand after it. Raises Unreadable."""
    value = clean_line(raw)
    return figures.plain_number(figures.cut(value, unit).within(unit)) if value else ""


def read_change(raw: str, unit: str = "") -> str:
    """By how much a figure goes up or down, with its sign, as the kit keeps it; that of a percentage is in points.

    Raises
    ------
    Unreadable
        Saying how a change is written: one in per cent of the figure is none in its unit.

    Examples
    --------
    >>> read_change("+5 points", "%"), read_change("− 4,5 jours", "jours"), read_change("+12", "")
    ('+5', '-4.5', '+12')
    """
    value = clean_line(raw).replace("−", "-").replace("–", "-")
    if not value:
        return ""
    sign, number = value[0], value[1:].strip()
    if sign not in "+-" or number[:1] in ("", "+", "-"):
        raise Unreadable("Say whether it goes up or down: write +4 or −4.")
    if unit.startswith("%"):
        points = _POINTS.sub("", number)
        if "%" in points:
            raise Unreadable("A percentage goes up or down by points: write “+5 points”.")
        return sign + read_number(points, unit)
    if "%" in number:
        raise Unreadable("Write this change in the unit of the metric, not in per cent: +4 or −4.")
    return sign + read_number(number, unit)


def read_code(field: str, raw: str) -> str:
    """The code of a word, in either language. Raises Unreadable."""
    code = _WORDS[field].get(plain(clean_line(raw)))
    if code is None:
        raise Unreadable(_MEANS[field])
    return code


def read_date(raw: str) -> str:
    """A date of 2000 to 2100 as the kit keeps it, ``2026-12-31``; "" for nothing. The day comes before the month.

    Raises
    ------
    Unreadable
        Saying how a date is written.
    """
    value = clean_line(raw)
    return days.cut(value).value().isoformat() if value else ""


def is_number(value: str) -> bool:
    """Whether a value that was read is a plain number."""
    return bool(_NUMBER.match(value))


def typed_unit(raw: str, own: str = "") -> str:
    """The unit that stands after a number, "" for a number alone: it has a field of its own. Raises Unreadable.

    >>> typed_unit("64 %"), typed_unit("12 jours ouvrés"), typed_unit("64"), typed_unit("3 M€"), typed_unit("5,8 sur 7")
    ('%', 'jours ouvrés', '', '€', 'sur 7')
    """
    value = clean_line(raw)
    return figures.cut(value, own).unit if value else ""


def with_unit(number: str, unit: str) -> str:
    """A number with its unit, where it can be read again; else the number.

    >>> with_unit("64", "%"), with_unit("64", ""), with_unit("64", "€ en 2026"), with_unit("12.345", "%")
    ('64 %', '64', '64 € en 2026', '12.345')
    """
    whole = f"{number} {unit}"
    with suppress(Unreadable):
        if number and unit and read(NUMBERS[0], whole, unit) == number:
            return whole
    return number


def settled(unit: str, figure: str) -> str:
    """The unit of a metric once a figure of it is given as it was typed: the unit after it, where the metric has none.

    Raises
    ------
    Unreadable
        When the figure is typed in a unit that is not the metric's.

    Examples
    --------
    >>> settled("", "64 %"), settled("jour", "12 jours"), settled("% des familles", "64 %"), settled("jours", "64")
    ('%', 'jour', '% des familles', 'jours')
    """
    if not clean_line(figure):
        return unit
    found = figures.cut(figure, unit)
    found.within(unit)
    return figures.unit_of(unit, found)


def day(value: str) -> date | None:
    """A date that was read, or None."""
    return date.fromisoformat(value) if value else None


def kept_day(value: str) -> date | None:
    """A date that a note holds, or None: a journal of a former kit, or from elsewhere, may hold one of no calendar."""
    try:
        return day(read_date(value))
    except Unreadable:
        return None


@dataclass(frozen=True)
class Drafted:
    """A hypothesis of a session with one of its metrics; either note may be missing."""

    row: Hypothesis
    note: Note | None
    metric: Note | None


def drafted(session: Session) -> list[Drafted]:
    """A session's hypotheses in order, once for each metric that they have; metrics of no hypothesis come last."""
    return [row for note in drafts(session) for row in rows_of(session, note)]


def drafts(session: Session) -> list[Note]:
    """The notes that have rows: the hypotheses in order, then the metrics of none that stands."""
    hypotheses = session.notes_of("hypothesis")
    standing = {note.id for note in hypotheses}
    return [*hypotheses, *(metric for metric in session.notes_of("metric") if metric.about not in standing)]


def rows_of(session: Session, note: Note) -> list[Drafted]:
    """The rows of one hypothesis; of a metric without a hypothesis that stands, its own."""
    if note.kind == "metric":
        return [_drafted(None, note)]
    metrics: list[Note | None] = [*session.notes_of("metric", about=note.id)]
    return [_drafted(note, metric) for metric in metrics or [None]]


def statement_of(session: Session, metric: Note) -> str:
    """The statement of a metric's hypothesis, "" where none stands."""
    hypothesis = session.notes.get(metric.about)
    return hypothesis.text if hypothesis and not hypothesis.withdrawn else ""


def _drafted(note: Note | None, metric: Note | None) -> Drafted:
    said, measured = _given(note, OF_HYPOTHESIS), _given(metric, OF_METRIC)
    row = Hypothesis(statement=note.text if note else "", metric=metric.text if metric else "", **said, **measured)
    return Drafted(row, note, metric)


def _given(note: Note | None, names: tuple[str, ...]) -> dict[str, str]:
    given = {}
    for name in names:
        # A session that came in a file may hold what no gesture would have written: it is not given.
        with suppress(Unreadable):
            given[name] = _kept(name, note.details.get(name, "")) if note else ""
    return given


def _kept(name: str, value: str) -> str:
    """A value of a session; a number that was kept is one, however many decimals it has."""
    return value if name in NUMBERS and is_number(value) else read(name, value)
