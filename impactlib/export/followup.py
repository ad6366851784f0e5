"""The team's next dates, for its calendar: each action and each decision on its date, and the days at which
the metrics are looked at again: after 30 and 90 days, unless the agenda says others.

Days rather than hours, events rather than to-dos, which few calendars take in. An event keeps its
identifier from one export to the next: importing the file again changes what is there, and adds nothing twice.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from impactlib.domain import formats
from impactlib.domain.agenda import FOLLOW_UP
from impactlib.domain.clock import day_of, working_day
from impactlib.domain.hypotheses import day, read_date
from impactlib.domain.recommendations import decided_before
from impactlib.domain.session import Session
from impactlib.domain.summary import Outline
from impactlib.domain.text import Unreadable
from impactlib.export import ExportError
from impactlib.export.template import words

if TYPE_CHECKING:
    from jinja2 import Environment


def write(session: Session, views: Environment) -> bytes:
    """The file itself, in the language of the views. Raises ExportError as `calendar` does."""
    content: bytes = calendar(session, views, datetime.now(UTC)).to_ical()
    return content


def calendar(session: Session, views: Environment, now: datetime) -> Calendar:
    """The events, each on a whole day that leaves people free. An action without a date has none.

    Raises
    ------
    ExportError
        When the hour has not begun: there is no day to count from.
    """
    if session.clock.started is None:
        raise ExportError(
            f"{session.id}: this workshop has not been held, so that its follow-up has no dates. Nothing was written. "
            "Export it again once the hour has begun."
        )
    days_after = session.agenda.follow_up if session.agenda else FOLLOW_UP
    say, made, held = words(views), Outline(session), day_of(session.clock.started, session.zone)
    decided = say.decided(session.team, formats.day(held, str(views.globals["lang"])))
    dated = ((note, due) for note in made.actions if (due := _day(note.details.get("due", ""))))
    # A decision dated before the hour is one to date again, as the summary says: it is on no day to come.
    ahead = (note for note in made.kept if not decided_before(session, note))
    decisions = ((note, on) for note in ahead if (on := _day(note.details.get("decide_on", ""))))
    events = [
        *(
            _event(note.id, due, say.action(note), f"{decided}\n{say.origin(made.comes_from(note))}")
            for note, due in dated
        ),
        *(_event(f"decision-{note.id}", on, say.decision(note), say.foreseen(note)) for note, on in decisions),
        *(
            _event(
                f"point-{days}", working_day(held + timedelta(days)), say.point(session.team, days), say.agenda(made)
            )
            for days in days_after
        ),
    ]
    made_of = Calendar()
    made_of.add("version", "2.0")
    made_of.add("prodid", f"-//Atelier impact//impact export//{views.globals['lang']}")
    for event in events:
        event["uid"] += f"@{session.id}.atelier-impact"
        event.add("dtstamp", now)
        made_of.add_component(event)
    return made_of


def _event(name: str, on: date, summary: str, description: str) -> Event:
    """A day of the calendar; `name` is unique in the session."""
    event = Event()
    event.add("uid", name)
    event.add("dtstart", on)
    event.add("dtend", on + timedelta(1))
    event.add("summary", " ".join(summary.splitlines()))
    event.add("description", description.strip())
    event.add("transp", "TRANSPARENT")
    return event


def _day(text: str) -> date | None:
    # A journal of a former kit, or from elsewhere, may hold a day that no calendar has.
    try:
        return day(read_date(text))
    except Unreadable:
        return None
