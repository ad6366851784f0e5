"""What older kits did with a metric's figures: a new one was written over the baseline, and replaced it. Pure.

A figure that was given on a later day than the one before it is a reading; on the same day it corrects it. Newer kits
write their figures as readings, and a corrected baseline as an event of its own.
"""

from __future__ import annotations

from msgspec.structs import replace

from impactlib.domain import clock, events
from impactlib.domain.corrections import with_detail
from impactlib.domain.events import Entry
from impactlib.domain.ordered import Ordered
from impactlib.domain.session import Note, Session

_MOVED = {"baseline": "figure", "baseline_date": "as_of"}
"""The details of a metric that older kits replaced by each new figure, and those of the reading that it was."""


def may_be(event: events.DetailSet, note: Note) -> bool:
    """Whether an event may hold such a figure, or its date."""
    return note.kind == "metric" and event.detail in _MOVED and type(event) is events.DetailSet


def reading_of(entry: Entry) -> str:
    """The id of the reading that an entry of an older kit would be."""
    return f"{entry.id}-reading"


def moved(event: events.DetailSet, session: Session, entry: Entry, metric: Note) -> Session:
    """The session once that event has given its figure to the metric, or to a reading of it."""
    today = clock.day_of(entry.at, session.zone)
    last, at = session.measured_at.get(metric.id, ("", entry.at))
    later = clock.day_of(at, session.zone) < today
    reading = session.notes.get(last)
    if event.detail == "baseline" and metric.details.get("baseline") and event.value and later:
        reading = Note(
            id=reading_of(entry),
            kind="reading",
            text="",
            about=metric.id,
            by=entry.by,
            behalf=entry.behalf,
            at=entry.at,
            order=len(session.notes) + 1,
            details={"as_of": today.isoformat()},
        )
        last = reading.id
    elif later:
        reading = None
    owner, detail = (reading, _MOVED[event.detail]) if reading else (metric, event.detail)
    if owner is reading and event.detail == "baseline_date":
        # Its day was that of the entry until now: nobody had said one.
        written = replace(owner, details={**owner.details, detail: event.value})
    else:
        written = with_detail(owner, detail, event.value, entry)
    session = replace(session, notes=session.notes.put(written.id, written))
    return replace(session, measured_at=Ordered.of(session.measured_at).put(metric.id, (last, entry.at)))
