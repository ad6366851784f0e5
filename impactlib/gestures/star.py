"""The North Star: one at most, among the metrics that the team keeps."""

from __future__ import annotations

from impactlib import events
from impactlib.events import Event
from impactlib.gestures.reading import Refusal
from impactlib.session import Note, Session


def one_star(session: Session, note: Note, value: str) -> list[Event]:
    """Naming another takes the name from the first."""
    if value and note not in session.kept_metrics():
        raise Refusal("The North Star is one of the metrics that the team keeps: keep this one first.")
    named = [other for other in session.notes.of_kind("metric") if value and other.details.get("north_star")]
    return [events.DetailSet(other.id, "north_star", "") for other in named if other is not note]


def without_star(metric: Note) -> list[Event]:
    """The name of North Star goes with the place among those kept: it must not come back by itself."""
    return [events.DetailSet(metric.id, "north_star", "")] if metric.details.get("north_star") else []
