"""A figure as people write it: its digits, its scale, its unit. Pure; the only place that reads one.

A figure is taken only if all of it is understood. One that can be read in two ways keeps both readings: a column
(`impactlib.domain.sheets.columns`) or the language may prove one, else it is refused with both named.

>>> plain_number(cut("1 234,5 %").value())
'1234.5'
>>> cut("3,2 Mds€").value() == 3_200_000_000, cut("3,2 Mds€").unit
(True, '€')
>>> [plain_number(reading) for reading in cut("12.000").readings]
['12', '12000']
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from enum import StrEnum
from math import gcd

from impactlib.domain import units
from impactlib.domain.text import N_, Unreadable, clean_line, plain

LONGEST = 30
"""Characters of a number: Python reads no integer of thousands of digits, and neither does anybody."""

_NOT_ONE = N_("This is not a number: write it as 12.5, without words.")
_SHOWN = 40
"""Characters of what stands beside a number that are shown."""
_PRECISE = 120
"""Digits that a product of a figure and a scale may have: more than `LONGEST` and any scale."""


class Role(StrEnum):
    """What a point or a comma does in a number."""

    DECIMAL = "decimal"
    THOUSANDS = "thousands"
    SCALE = "scale"
    """Of a stroke with a number, such as "/5": it ends a mark, and is no fraction."""


@dataclass(frozen=True)
class Proof:
    """What one number proves of a mark; `three` when it has three decimals, as long as a group of thousands."""

    mark: str
    role: Role
    three: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure that was cut.

    `readings` are its values before its scale: one, or two when `mark` is a decimal sign in the first and separates
    thousands in the second. `fraction` is another reading of what may be a mark on a scale. `power` is the power of ten
    of its scale, `unit` what stands beside it, as it was written.
    """

    readings: tuple[Decimal, ...]
    mark: str = ""
    proofs: frozenset[Proof] = frozenset()
    power: int = 0
    unit: str = ""
    fraction: Decimal | None = None

    def value(self, roles: Mapping[str, Role] | None = None) -> Decimal:
        """Its value, with its scale; `roles` are those of the marks, where something proves them.

        Raises
        ------
        Unreadable
            When it can be read in two ways: the message names both.
        """
        if self.fraction is not None and (roles or {}).get(self.unit) != Role.SCALE:
            raise Unreadable(
                "This can be read in two ways, %(one)s out of %(scale)s or %(other)s: "
                "write “%(one)s out of %(scale)s” in full, or %(other)s.",
                one=self.readings[0],
                scale=units.scale_of(self.unit),
                other=self.fraction,
            )
        if len(self.readings) == 1:
            return self._at_scale(self.readings[0])
        role = (roles or {}).get(self.mark)
        decimal, thousands = map(self._at_scale, self.readings)
        if role is None:
            raise Unreadable(
                "This number can be read in two ways, %(one)s or %(other)s: "
                "write the first with one more decimal, or the second without a sign for thousands.",
                one=decimal,
                other=thousands,
            )
        return decimal if role == Role.DECIMAL else thousands

    def _at_scale(self, reading: Decimal) -> Decimal:
        with localcontext(prec=_PRECISE):
            return reading.scaleb(self.power)

    def within(self, own: str, roles: Mapping[str, Role] | None = None) -> Decimal:
        """Its value in the unit of its metric.

        Raises
        ------
        Unreadable
            When it has another unit.

        Examples
        --------
        >>> cut("3 M€").within("k€") == 3000, cut("12").within("k€") == 12, cut("12 k€").within("euros") == 12000
        (True, True, True)
        """
        power, rest = units.scaled(own)
        mine, theirs = units.words_of(self.unit), units.words_of(rest)
        scale = units.scale_of(self.unit)
        if scale:
            # "4 sur 5" of a "note sur 5" says the end of the unit; of a "note", it says more.
            alike = scale == units.scale_of(rest) or is_mark(rest)
            roles = {**(roles or {}), **({self.unit: Role.SCALE} if alike and rest else {})}
        else:
            alike = plain(self.unit) == plain(rest) or mine[:1] == theirs[:1]
        if self.unit and rest and not alike:
            raise Unreadable(_ANOTHER_UNIT, unit=own)
        value = self.value(roles)
        if not (self.unit or self.power):
            return value
        with localcontext(prec=_PRECISE):
            return value.scaleb(-power)

    def given_in(self, unit: str) -> Figure:
        """The same figure, said to be in that unit, with its scale."""
        power, rest = units.scaled(unit)
        return replace(self, power=self.power + power, unit=rest)


def is_mark(unit: str) -> bool:
    """Whether a unit is that of a mark whose scale is not said."""
    return not units.scale_of(unit) and units.words_of(unit)[:1] in _MARKS


def unit_of(own: str, figure: Figure) -> str:
    """The unit of a metric once a figure of it is read: its own, the figure's where it has none, or a mark's with its
    scale.

    >>> unit_of("", cut("4 sur 5")), unit_of("note", cut("4 sur 5")), unit_of("jours", cut("4 jours"))
    ('sur 5', 'note sur 5', 'jours')
    """
    if own and is_mark(own) and units.scale_of(figure.unit):
        return f"{own} {figure.unit}"
    return own or figure.unit


_MARKS = (("note",), ("mark",), ("score",), ("point",))
_OUT_OF = re.compile(r"(?P<words>(?:sur|out of) +)?(?(words)|/ ?)(?P<scale>[0-9]{1,3})\Z", re.I)
_BODY = re.compile(r"([^0-9]*?)([0-9](?:[0-9.,'’ ]*[0-9])?|[.,][0-9]+)(.*)", re.S)
_GROUPED = re.compile(r"([0-9]{1,3})([ '’.,])([0-9]{3}(?:\2[0-9]{3})*)(?:([.,])([0-9]+))?")
_PLAIN = re.compile(r"([0-9]*)(?:([.,])([0-9]+))?")
_ASIDE = re.compile(r"\((?:en |in )?([^()0-9]+)\)\Z", re.I)

_ABOUT = N_("This is about a value, not the value itself: write one number.")
_BOUND = N_("This is a limit, not a value: write the value itself.")
_RANGE = N_("These are several values, not one: write one number.")
CHANGE = N_("This is a change, not a value: write the value itself.")
"""Why a signed figure with a unit is no value: "+15 %", "-3 pts"."""
_REASONS = (
    (r"(?<![a-z])x ?[0-9]|[×*+] ?[0-9]|[0-9] ?(?:x\b|->|→|=>|⇒|fois plus|fois moins|times)", CHANGE),
    (r"\b(?:hausse|baisse|doubl\w+|tripl\w+|divise\w*|multiplie\w*|gain|perte|increase|decrease|twice)\b", CHANGE),
    (r"\b(?:de|d'ici|from) [0-9].*\b(?:a|vers|to)\b ?[0-9]", CHANGE),
    (r"[0-9]\D* (?:de|en) (?:plus|moins)\b|\b(?:more|fewer|less)\Z", CHANGE),
    (r"[~≈±]|\b(?:environ|env|approx\w*|about|around|circa|ca|pres de|presque|autour|roughly|nearly|almost)\b", _ABOUT),
    (r"[<>≤≥]|\b(?:moins|plus|more|less|fewer|greater) (?:de|d'|than|que)|\bau (?:moins|plus|maximum|minimum)", _BOUND),
    (
        r"\b(?:jusqu'a|maxi?(?:mum)?|mini(?:mum)?|at (?:least|most)|under|over|below|above|up to|sous|inferieur\w*)",
        _BOUND,
    ),
    (r"\bsuperieur", _BOUND),
    (r"[0-9]\D{0,3}(?:[-–—]|\b(?:a|to|et|and|ou|or)\b)\D{0,3}[0-9]|\b(?:entre|between)\b|;", _RANGE),
)
"""Patterns in plain words of what is written around digits but makes no value, each with what it is."""
_FAULT = re.compile(r"#(?:ref|n/?a|n/d|div/0|val\w*|nom\w*|name|num\w*|null|nul)|\berr:[0-9]", re.I)
_ANOTHER_UNIT = N_(
    "Its metric, or the heading of its column, says “%(unit)s”, and this figure has another unit: write the number "
    "alone, or change the unit."
)
_ABOVE = N_("This is above the highest mark of its scale, %(scale)s: it was not read.")
_SHORTENED = re.compile(r"[0-9][.,]?[0-9]*e[+-]?[0-9]+", re.I)


def cut(raw: str, own: str = "", lang: str = "") -> Figure:
    """A figure cut into digits, scale and unit.

    Parameters
    ----------
    own
        The unit of its metric: its words are known beside those of `impactlib.domain.units`.
    lang
        The language that it is written in, where that is known: "billion" is not one number in both.

    Raises
    ------
    Unreadable
        Saying why it is no value.
    """
    text = clean_line(raw).replace("−", "-").lstrip("'")
    found = _BODY.fullmatch(text)
    if found is None:
        raise Unreadable(_no_value(text))
    before, body, after = found[1].strip(), found[2], found[3].strip()
    negative, prefix = _before(text, before)
    readings, mark, proofs = _digits(text, body)
    if not prefix and (scaled := _mark(text, after, readings, own)) is not None:
        unit, fraction, more = scaled
        if negative:
            raise Unreadable(CHANGE)
        return Figure(readings, mark, proofs | more, 0, unit, fraction)
    power, unit = _after(text, after, own, lang, money=bool(prefix))
    if prefix:
        if unit and units.words_of(unit)[:1] != units.words_of(prefix)[:1]:
            raise _beside(text, f"{before} {after}")
        unit = prefix
    if negative and (unit or power) and units.words_of(unit)[:1] != ("°c",):
        raise Unreadable(CHANGE)
    signed = tuple(-reading if negative else reading for reading in readings)
    return Figure(signed, mark, proofs, power, unit)


def plain_number(value: Decimal) -> str:
    """A number as the kit keeps it: its digits, and a point before its decimals.

    Raises
    ------
    Unreadable
        When it is longer than anybody reads.

    Examples
    --------
    >>> plain_number(Decimal("1234.50")), plain_number(Decimal("3.2E+9")), plain_number(Decimal("-0.0"))
    ('1234.5', '3200000000', '0')
    """
    if value.adjusted() > LONGEST or int(value.as_tuple().exponent) < -LONGEST:
        raise Unreadable(_NOT_ONE)
    number = f"{value:f}"
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    if len(number) > LONGEST:
        raise Unreadable(_NOT_ONE)
    return "0" if number in ("-0", "") else number


def in_one_way(number: str) -> str:
    """A number that was read, written so that `cut` reads it in one way: three decimals look like thousands.

    >>> in_one_way("12.345"), in_one_way("12.5")
    ('12.3450', '12.5')
    """
    return f"{number}0" if len(number.partition(".")[2]) == 3 else number


def _before(text: str, before: str) -> tuple[bool, str]:
    """Whether a minus sign stands before the digits, and the currency that does."""
    if before in ("", "-", "–"):
        return before != "", ""
    bare = before.strip("- ")
    words = units.words_of(bare)
    if len(words) == 1 and words[0] in units.CURRENCIES and before.count("-") <= 1:
        return "-" in before, bare
    raise Unreadable(_no_value(text))


def _digits(text: str, body: str) -> tuple[tuple[Decimal, ...], str, frozenset[Proof]]:
    if len(body) > 2 * LONGEST:
        raise Unreadable(_NOT_ONE)
    grouped = _GROUPED.fullmatch(body)
    if grouped and grouped[4] != grouped[2] and grouped[1][0] != "0":
        first, separator, groups, mark, decimals = grouped.groups()
        whole = first + "".join(character for character in groups if character.isdigit())
        if mark:
            proofs = {Proof(mark, Role.DECIMAL, len(decimals) == 3)}
            if separator in ".,":
                proofs.add(Proof(separator, Role.THOUSANDS))
            return (Decimal(f"{whole}.{decimals}"),), "", frozenset(proofs)
        if separator not in ".,":
            return (Decimal(whole),), "", frozenset()
        if len(groups) > 3:
            return (Decimal(whole),), "", frozenset({Proof(separator, Role.THOUSANDS)})
        return (Decimal(f"{first}.{groups}"), Decimal(whole)), separator, frozenset()
    alone = _PLAIN.fullmatch(body)
    if alone is None:
        raise Unreadable(_no_value(text))
    whole, mark, decimals = alone.groups()
    if mark is None:
        return (Decimal(whole),), "", frozenset()
    if len(whole) in (2, 3) and whole[0] == "0":
        raise Unreadable(_NOT_ONE)
    proof = Proof(mark, Role.DECIMAL, len(decimals) == 3)
    return (Decimal(f"{whole or 0}.{decimals}"),), "", frozenset({proof})


def _after(text: str, after: str, own: str, lang: str, money: bool) -> tuple[int, str]:
    """The power of ten and the unit that follow the digits; `money` when a currency stands before them."""
    if not after:
        return 0, ""
    aside = _ASIDE.fullmatch(after)
    unit = (aside[1] if aside else after).strip()
    words = units.words_of(own)
    if plain(unit) == plain(own):
        return units.scaled(unit)
    if unit in units.SEVERAL:
        return _million_or_unit(unit, own, money or bool(units.CURRENCIES.intersection(words[:1])))
    first, _, rest = unit.partition(" ")
    if plain(first) in units.IN_TWO_WAYS:
        return _billions(plain(first), rest, own, lang)
    power, rest = units.scaled(unit)
    if units.is_known(rest, words) or (power and not rest):
        return power, rest
    raise _beside(text, after)


def _mark(
    text: str, after: str, readings: tuple[Decimal, ...], own: str
) -> tuple[str, Decimal | None, frozenset[Proof]] | None:
    """What stands after a mark on a scale: its unit, the fraction that it may be, and what it proves of the stroke."""
    found = _OUT_OF.fullmatch(after.strip("() "))
    if found is None or int(found["scale"]) not in units.MARKS:
        return None
    value, scale = readings[0], int(found["scale"])
    if value > scale:
        raise Unreadable(_ABOVE, scale=scale)
    words, stroke = found["words"], f"/{scale}"
    unit = f"{words.strip()} {scale}" if words else stroke
    proves = frozenset({Proof(stroke, Role.SCALE)})
    if words or scale == units.scale_of(own):
        return unit, None, proves
    # 3/4 is a mark, or three quarters; nobody writes 4/4, 2/4 or 3.5/4 for a fraction.
    if value != int(value) or gcd(int(value), scale) > 1:
        return unit, None, proves
    with localcontext(prec=4):
        return unit, value / scale, frozenset()


def _million_or_unit(word: str, own: str, money: bool) -> tuple[int, str]:
    unit, in_two_ways = units.SEVERAL[word]
    if money:
        return 6, ""
    if units.words_of(own)[:1] == (unit,):
        return 0, own
    raise Unreadable(in_two_ways)


def _billions(word: str, rest: str, own: str, lang: str) -> tuple[int, str]:
    english, french = units.IN_TWO_WAYS[word]
    if lang != "en":
        raise Unreadable(
            "“%(word)s” is %(one)s in English and %(other)s in French: write the number in full.",
            word=word,
            one=Decimal(english),
            other=Decimal(french),
        )
    rest = re.sub(r"^\s*(?:d['’]\s*|de\s+|of\s+)?", "", rest).strip()
    if rest and not units.is_known(rest, units.words_of(own)):
        raise Unreadable(_NOT_ONE)
    return len(english) - 1, rest


def _no_value(text: str) -> str:
    """Why a text is no value at all."""
    bare = plain(text)
    if _FAULT.search(bare):
        return N_("The spreadsheet shows an error here: there is no value to read.")
    if _SHORTENED.search(bare):
        return N_("The spreadsheet shortened this number: widen its column, then save again.")
    return next((why for pattern, why in _REASONS if re.search(pattern, bare) and re.search("[0-9]", bare)), _NOT_ONE)


def _beside(text: str, rest: str) -> Unreadable:
    """Why a number with something beside it is no value."""
    why = _no_value(text)
    if why != _NOT_ONE:
        return Unreadable(why)
    if units.words_of(rest) and not re.search(r"[0-9(]", rest):
        return Unreadable(
            "“%(unit)s” is no unit that is known here: write the number alone, and its unit in the unit’s column.",
            unit=rest[:_SHOWN],
        )
    return Unreadable("Something else stands beside this number (%(rest)s): write it alone.", rest=rest[:_SHOWN])
