"""Gestures on the figures of a metric: its sources, and a cost per use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from impactlib.domain import corrections, cost, events, hypotheses, inventory, kinds, readings
from impactlib.domain.events import Event
from impactlib.domain.kinds import Detail
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Note, Person, Session
from impactlib.domain.text import Unreadable
from impactlib.gestures.reading import Gesture, details_of, field, flag, metric_of, note_of, refuse_unsaid, value_of

NUMBER_LIMIT = 20
"""Characters of a number that is calculated with."""


def set_detail(note: Note, detail: str, value: str) -> Event:
    """Set a detail of a note; a figure that was given before is corrected, and told as such."""
    return corrections.setting(note, detail, value, note.details.get(detail, ""))


def tie(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Say that a metric is computed from a source of the inventory, or not."""
    metric, source = metric_of(session, gesture), note_of(session, gesture, "source")
    if source.kind != "source" or source.withdrawn:
        raise Refusal("What this is attached to is not there any more. Your text is kept.")
    tied = "yes" if flag(gesture, "tied") else ""
    detail = inventory.tie(source)
    return [] if metric.details.get(detail, "") == tied else [events.DetailSet(metric.id, detail, tied)]


def cost_per_use(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Divide a budget by active users: the result is the metric's baseline, and its other details say of what."""
    metric = metric_of(session, gesture)
    budget, users = _figure(gesture, "budget", "€"), _figure(gesture, "users", "")
    try:
        per_use = cost.cost_per_use(budget, users, _across(gesture))
    except cost.Undivided as undivided:
        facts = {name: cost.shown(figure, session.lang) for name, figure in undivided.facts.items()}
        raise Refusal(undivided.message, undivided.code, **facts) from None
    said = cost.said(per_use, session.lang, metric.details.get("limits", ""))
    # A figure without the date of this one would keep that of another.
    said["baseline_date"] = value_of(gesture, kinds.detail("baseline_date"))
    return [
        events.DetailSet(metric.id, name, value)
        for name, value in said.items()
        if value != metric.details.get(name, "")
    ]


def details_of_figure(metric: Note, gesture: Gesture) -> dict[str, str]:
    """The details of a reading of a metric, with the unit of its figure; a date that is a period says it.

    A unit that is typed after the figure is the metric's, where that has none.
    """
    said = {name: field(gesture, name) for name in kinds.names(kinds.READING)}
    said["as_of"], over = _when(said["as_of"])
    return _details(metric, kinds.READING, {**said, "over": said["over"] or over})


def read_figure(metric: Note, gesture: Gesture, text: str) -> list[Event]:
    """A reading of a metric: its figure at a date, with its period, its quality, its source and a word."""
    return _of_metric(metric, gesture["id"], "reading", text, details_of_figure(metric, gesture))


def forecast(metric: Note, gesture: Gesture, text: str) -> list[Event]:
    """A forecast of a metric: its figure for a month."""
    as_of, over = _when(field(gesture, "as_of"))
    if as_of and over != "month":
        raise Refusal("A forecast is for a month: write October 2026, or 10/2026.", field="as_of")
    said = {"figure": field(gesture, "figure"), "as_of": as_of}
    given = _details(metric, [one for one in kinds.FORECAST if not one.later], said)
    return _of_metric(metric, gesture["id"], "forecast", text, given)


def _when(raw: str) -> tuple[str, str]:
    try:
        return readings.when(raw)
    except Unreadable as unreadable:
        raise Refusal(unreadable.message, **{**unreadable.facts, "field": "as_of"}) from None


def _details(metric: Note, details: Sequence[Detail], said: Mapping[str, str]) -> dict[str, str]:
    """The details of a figure of a metric, in its unit."""
    given = details_of({"unit": metric.details.get("unit", ""), **said}, details)
    refuse_unsaid(details, given)
    return given


def _of_metric(metric: Note, id: str, kind: str, text: str, given: dict[str, str]) -> list[Event]:
    """A note that holds a figure of a metric; the metric takes a unit that was typed, where it has none."""
    unit, settled = metric.details.get("unit", ""), given.pop("unit", "")
    return [
        events.NoteWritten(id, kind, text, metric.id),
        *(events.DetailSet(id, name, value) for name, value in sorted(given.items()) if value),
        *([events.DetailSet(metric.id, "unit", settled)] if settled != unit else []),
    ]


def deliver(metric: Note | None, gesture: Gesture, text: str) -> list[Event]:
    """A feature, and by how much it should move its metric, if it names one."""
    unit = metric.details.get("unit", "") if metric else ""
    given = details_of({**gesture, "unit": unit}, [one for one in kinds.FEATURE if not one.later])
    refuse_aimless(metric, given["expected"])
    refuse_backwards(given["delivered_on"], given["look_on"])
    return [
        events.NoteWritten(gesture["id"], "feature", text, metric.id if metric else ""),
        *(events.DetailSet(gesture["id"], name, value) for name, value in sorted(given.items()) if value),
    ]


def refuse_aimless(metric: Note | None, expected: str) -> None:
    """Refuse an expected change that is of no metric."""
    if expected and metric is None:
        raise Refusal("Say first which metric this should move: press its button. Your text is kept.", field="expected")


def refuse_backwards(delivered_on: str, look_on: str) -> None:
    """Refuse a day on which one looks at what has not been delivered yet."""
    if delivered_on and look_on and look_on < delivered_on:
        raise Refusal("We look at a feature once it is delivered: give a later day.", field="look_on")


def _across(gesture: Gesture) -> str:
    """How the periods of a cost go together: one of `cost.ACROSS`, or nothing."""
    across = field(gesture, "across")
    if across and across not in cost.ACROSS:
        raise Refusal("This page asks for something the kit does not know: reload it.")
    return across


def _figure(gesture: Gesture, name: str, unit: str) -> cost.Figure:
    period = field(gesture, f"{name}_period")
    if period not in cost.PERIODS:
        raise Refusal(
            "Say of which period this figure is: day, week, month, quarter, half-year or year.", field=f"{name}_period"
        )
    raw = field(gesture, name)
    try:
        value = hypotheses.read("baseline", raw) if len(raw) <= NUMBER_LIMIT else ""
    except Unreadable as unreadable:
        raise Refusal(unreadable.message, **{**unreadable.facts, "field": name}) from None
    if not value:
        raise Refusal("This is not a number: write it as 12.5, without words.", field=name)
    return cost.Figure(Fraction(value), unit, period)
