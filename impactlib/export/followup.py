"""The team's next dates, for its calendar: each action and each decision on its date, and the days at which
the metrics are looked at again: after 30 and 90 days, unless the agenda says others.

Days rather than hours, events rather than to-dos, which few calendars take in. An event keeps its
identifier from one export to the next: importing the file again changes what is there, and adds nothing twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from icalendar import Calendar, Event

from impactlib.domain import formats
from impactlib.domain.clock import day_of
from impactlib.domain.due import KINDS, Due, due
from impactlib.domain.features import effect
from impactlib.domain.session import Note, Session
from impactlib.domain.summary import Outline
from impactlib.domain.text import plain
from impactlib.export import ExportError
from impactlib.export.template import words
from impactlib.views.render import environment

if TYPE_CHECKING:
    from jinja2 import Environment

TOLD_AFTER = 60
"""Days after the hour from which a review asks for the return of experience."""
FOLLOWED = ("action", "decision", "review", "again")
"""What the file of the next dates holds; the calendar that is subscribed to holds all that falls due."""


def write(session: Session, views: Environment) -> bytes:
    """The file itself, in the language of the views. Raises ExportError as `calendar` does."""
    content: bytes = calendar(session, views, datetime.now(UTC)).to_ical()
    return content


def subscribed(session: Session, views: Environment) -> bytes:
    """The calendar that is subscribed to, in the language of the views: all that falls due, and nothing before that."""
    made = _calendar(session, views, datetime.now(UTC), KINDS)
    made.add("x-wr-calname", words(views).named(session.team))
    made.add("x-published-ttl", "P1D")
    content: bytes = made.to_ical()
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
    return _calendar(session, views, now, FOLLOWED)


def _calendar(session: Session, views: Environment, now: datetime, kinds: Collection[str]) -> Calendar:
    made, every = _empty(str(views.globals["lang"])), due(session)
    _add(made, session, views, [one for kind in kinds for one in every if one.kind == kind], now)
    return made


def _empty(lang: str) -> Calendar:
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", f"-//Atelier impact//impact export//{lang}")
    return made


def _add(made: Calendar, session: Session, views: Environment, every: Iterable[Due], now: datetime) -> None:
    for one in every:
        event = _event(session, views, one)
        event["uid"] += f"@{session.id}.atelier-impact"
        event.add("dtstamp", now)
        made.add_component(event)


def calendar_of_many(rows: Iterable[tuple[Session, Sequence[Due]]], lang: str, now: datetime) -> Calendar:
    """One calendar of what falls due in several workshops, each event with the identifier that it has in the
    calendar of its own."""
    made = _empty(lang)
    for session, every in rows:
        _add(made, session, environment(lang), every, now)
    return made


def message(
    session: Session,
    views: Environment,
    late: Sequence[Due],
    coming: Sequence[Due],
    unmeasured: Sequence[Note] = (),
    quiet_since: date | None = None,
) -> str:
    """What one writes to a team about what is late and what comes, each apart, what it delivered without a measure, and
    a silence: short, kind, and without a reproach."""
    lang = str(views.globals["lang"])
    said: str = words(views).message(
        session.team,
        *([(formats.day(one.on, lang), title(session, views, one)) for one in dues] for dues in (late, coming)),
        [" ".join(one.text.split()) for one in unmeasured],
        formats.day(quiet_since, lang) if quiet_since else "",
    )
    return re.sub(r"\n{3,}", "\n\n", said.strip())


def title(session: Session, views: Environment, one: Due) -> str:
    """What falls due, in a line."""
    said: str = words(views).falls(one, session.team)
    return " ".join(said.splitlines())


def _event(session: Session, views: Environment, one: Due) -> Event:
    """A day of the calendar; its identifier stays when its day moves."""
    event = Event()
    event.add("uid", _name(one))
    event.add("dtstart", one.on)
    event.add("dtend", one.on + timedelta(1))
    event.add("summary", title(session, views, one))
    event.add("description", _description(session, views, one).strip())
    event.add("transp", "TRANSPARENT")
    return event


def _name(one: Due) -> str:
    """The name of what falls due, unique in the session."""
    if one.note is None:
        of = re.sub(r"[^a-z0-9]+", "-", plain(one.title)).strip("-")
        return f"point-{one.after}" if one.kind == "review" else f"{one.kind}-{of}".rstrip("-")
    return one.note.id if one.kind == "action" else f"{one.kind}-{one.note.id}"


def _description(session: Session, views: Environment, one: Due) -> str:
    say: Any = words(views)
    if one.kind == "action" and one.note:
        decided = ""
        if session.clock.started is not None:
            held = formats.day(day_of(session.clock.started, session.zone), str(views.globals["lang"]))
            decided = say.decided(session.team, held)
        return f"{decided}\n{say.origin(Outline(session).comes_from(one.note))}"
    if one.kind == "decision":
        return str(say.foreseen(one.note))
    if one.kind == "feature" and one.note:
        return str(say.aimed(effect(session, one.note)))
    if one.kind == "review":
        # The return of experience is told once the figures had time to move.
        told = session.notes_of("experience") or one.after < TOLD_AFTER
        return str(say.agenda(Outline(session))) + ("" if told else f"\n{say.tell()}")
    return ""
