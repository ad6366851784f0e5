"""The fields of gestures, as pages send them: a rule reads those that its row declares, and no other.

`python -m tests.make_gesture_types` writes the same for the scripts, in `assets/wire.d.ts`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from impactlib.domain.kinds import Detail


class Value(StrEnum):
    """What the value of a field is in JSON."""

    TEXT = "text"
    KIND = "kind"
    """A kind of note."""
    ROLE = "role"
    FLAG = "flag"
    """A yes or a no; a button's attribute says it in a word."""
    POINT = "point"
    """A score."""
    VERSION = "version"
    """How many times a text was changed, as the page that asks saw it."""


@dataclass(frozen=True)
class Field:
    """A field of a gesture; one that is not `needed` may be left out."""

    name: str
    value: Value = Value.TEXT
    needed: bool = True


def fields(words: str) -> tuple[Field, ...]:
    """Fields in short: each is a name, with "?" when it may be left out, then ":" and its value when it is no text.

    >>> fields("metric")
    (Field(name='metric', value=<Value.TEXT: 'text'>, needed=True),)
    >>> fields("ease?:point")
    (Field(name='ease', value=<Value.POINT: 'point'>, needed=False),)
    """
    split = (word.partition(":") for word in words.split())
    return tuple(Field(name.removesuffix("?"), Value(value or "text"), name[-1] != "?") for name, _, value in split)


def details(rows: Iterable[Detail]) -> tuple[Field, ...]:
    """A field for each of some details; a gesture may leave any out."""
    return tuple(Field(name, needed=False) for name in dict.fromkeys(row.name for row in rows))
