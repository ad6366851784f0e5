"""Readers of a gesture's fields: each returns a valid value, or refuses the gesture in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from impactlib.domain import hypotheses, kinds, matrices
from impactlib.domain.clock import LATEST, is_zone
from impactlib.domain.kinds import Detail, Form, Kind
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Note, Session
from impactlib.domain.text import (
    LIMIT,
    N_,
    NAME_LIMIT,
    NO_MAIL_HERE,
    Unreadable,
    clean,
    clean_line,
    is_blank,
    names_mail,
)

NO_VALID_ID = N_("This request has no valid id: reload the page.")

Gesture = Mapping[str, Any]
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")


def gesture_id(gesture: Gesture) -> str:
    """The id that the page gave to its gesture, which makes sending twice harmless. Raises Refusal."""
    id = gesture.get("id")
    if not isinstance(id, str) or not _ID.match(id):
        raise Refusal(NO_VALID_ID)
    return id


def field(gesture: Gesture, name: str, default: str = "") -> str:
    """Some text as it was sent; what is no text comes from no page of ours."""
    value = gesture.get(name, default)
    if not isinstance(value, str):
        raise Refusal("This page asks for something the kit does not know: reload it.")
    return value


def text_of(gesture: Gesture, *, line: bool = False, may_be_empty: bool = False) -> str:
    """The words of a note, cleaned."""
    raw = field(gesture, "text")
    if len(raw) >= LIMIT:
        raise Refusal(
            "This text is too long (%(length)s characters; fewer than 20,000 are taken): shorten it.", length=len(raw)
        )
    text = clean_line(raw) if line else clean(raw)
    if is_blank(text) and not may_be_empty:
        raise Refusal("There is nothing to send yet: write a few words.")
    return text


def name_of(gesture: Gesture) -> str:
    """The name of somebody, cleaned."""
    name = clean_line(field(gesture, "name"))
    if is_blank(name):
        raise Refusal("Give a first name, or a label such as “Team A”.")
    if len(name) > NAME_LIMIT:
        raise Refusal("This name is too long (80 characters at most).")
    return name


def flag(gesture: Gesture, name: str) -> bool:
    """A yes or a no, as JSON or as a button's attribute says it."""
    value = gesture.get(name)
    if not isinstance(value, bool) and value not in ("true", "false"):
        raise Refusal("This page asks for something the kit does not know: reload it.")
    return value in (True, "true")


def instant(gesture: Gesture, name: str, zone: str) -> float:
    """The instant of a day and time that somebody gave by the clocks of their time zone (`zone`, else that one)."""
    theirs = field(gesture, "zone", zone)
    try:
        given = datetime.fromisoformat(field(gesture, name).strip())
        at = given.replace(tzinfo=ZoneInfo(theirs if is_zone(theirs) else zone)).timestamp()
    except (ValueError, OverflowError):
        at = 0.0
    if not 0 < at < LATEST:
        raise Refusal("Give a day and a time.", field=name)
    return at


def _word(detail: Detail, raw: str, unit: str) -> str:
    return hypotheses.read(detail.name, raw, unit)


_READ: Mapping[Form, Callable[[Detail, str, str], str]] = {
    Form.DATE: lambda detail, raw, unit: hypotheses.read_date(raw),
    Form.NUMBER: lambda detail, raw, unit: hypotheses.read_number(raw, unit),
    Form.CHANGE: lambda detail, raw, unit: hypotheses.read_change(raw, unit),
}
"""How the values of a form are read, from what was typed and the unit of the metric; else as words or codes."""


def value_of(gesture: Gesture, detail: Detail, unit: str = "") -> str:
    """The value that a gesture gives to a detail, in the field of that name; `unit` is that of its metric."""
    name, raw = detail.name, field(gesture, detail.name)
    try:
        value = _READ.get(detail.form, _word)(detail, raw, unit)
    except Unreadable as unreadable:
        raise Refusal(unreadable.message, **{**unreadable.facts, "field": name}) from None
    if value and detail.choices and value not in detail.choices:
        raise Refusal("This page asks for something the kit does not know: reload it.")
    if value and detail.form == Form.INDICATOR and not matrices.ID.match(value):
        raise Refusal("This page asks for something the kit does not know: reload it.")
    if detail.form == Form.PERSON and len(value) > NAME_LIMIT:
        raise Refusal("This name is too long (80 characters at most).", field=name)
    return value


def details_of(gesture: Gesture, details: Sequence[Detail]) -> dict[str, str]:
    """The values that a gesture gives to details, by name; a figure that is typed with its unit gives the unit too,
    where the gesture's own field of it is empty."""
    figures = [detail for detail in details if detail.form == Form.NUMBER]
    in_a_unit = any(detail.form in (Form.NUMBER, Form.CHANGE) for detail in details)
    unit = value_of(gesture, kinds.detail("unit")) if in_a_unit else ""
    values = {detail.name: value_of(gesture, detail, unit) for detail in details}
    for detail in figures:
        try:
            unit = hypotheses.settled(unit, field(gesture, detail.name))
        except Unreadable as unreadable:
            raise Refusal(unreadable.message, **{**unreadable.facts, "field": detail.name}) from None
    return values | {"unit": unit} if unit and figures else values


def refuse_unsaid(details: Iterable[Detail], given: Mapping[str, str]) -> None:
    """Refuse a note that does not say what it needs; only the details that are `given`, empty or not, are looked at."""
    for detail in details:
        if detail.needed and not given.get(detail.name, detail.needed):
            raise Refusal(detail.needed, field=detail.name)


def refuse_mail(kind: Kind, said: Mapping[str, str]) -> None:
    """Refuse words of a kind that may be published in which an e-mail address stands; "text" is a note's own."""
    for name, words in said.items():
        if kind.published and names_mail(words):
            raise Refusal(NO_MAIL_HERE, field=name)


def note_of(session: Session, gesture: Gesture, key: str = "note") -> Note:
    """The note that is meant, withdrawn or not."""
    note = session.notes.get(field(gesture, key))
    if note is None:
        raise Refusal("That note is not there any more: reload the page.")
    return note


def standing(note: Note) -> Note:
    """The same note, if it was not withdrawn."""
    if note.withdrawn:
        raise Refusal("This note was withdrawn meanwhile.")
    return note


def metric_of(session: Session, gesture: Gesture) -> Note:
    """The metric that is meant, which must stand."""
    metric = note_of(session, gesture, "metric")
    if metric.kind != "metric" or metric.withdrawn:
        raise Refusal("That metric was withdrawn.")
    return metric
