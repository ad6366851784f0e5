"""``impact due``: what is late in the workshops of a data folder, and what comes, as text to paste."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from impactlib.cli.command import URL, Commands, command, server
from impactlib.domain import readings
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.clock import day_of
from impactlib.domain.due import AHEAD, Due, due
from impactlib.domain.features import unmeasured
from impactlib.domain.hypotheses import day
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Note, Session
from impactlib.domain.text import N_, Unreadable, plain

QUIET = timedelta(days=90)
"""How long after the last word of a team one says that it has not been heard of."""


@dataclass(frozen=True)
class _Row:
    """What falls due in one workshop: what is late on a day, and what comes within `AHEAD` of it; the features that
    were delivered without a measure; and the day of the last word, where that is long ago."""

    session: Session
    calendar: str
    today: date
    late: Sequence[Due]
    coming: Sequence[Due]
    unmeasured: Sequence[Note]
    quiet_since: date | None

    @property
    def said(self) -> bool:
        return bool(self.late or self.coming or self.unmeasured or self.quiet_since)


def add(commands: Commands) -> None:
    late = command(commands, "due", _due, "list what is late in all workshops, and what comes within 30 days")
    late.add_argument("--on", default="", metavar="DATE", help="as it is on that day (default today)")
    late.add_argument("--lang", choices=LANGUAGES, help="by default each session's")
    late.add_argument(
        "--calendars", action="store_true", help="with the address that each calendar is subscribed to at"
    )
    late.add_argument("--url", default="", help=URL)
    late.add_argument("--coach", default="", metavar="NAME", help="only the teams that they facilitated or advised")
    late.add_argument("--messages", action="store_true", help="as messages to paste, one for each team")
    late.add_argument("--ics", type=Path, metavar="FILE", help="write one calendar of all teams, too")
    late.add_argument("--json", action="store_true")


def _due(args: argparse.Namespace) -> int:
    rows, unread = _rows(args, _asked(args.on))
    for said in unread:
        print(f"impact: {said}", file=sys.stderr)
    if args.ics:
        _write_calendar(rows, args)
    if args.json:
        every = [state for row in rows for state in _states(row, args.lang)]
        print(json.dumps(every, ensure_ascii=False))
    else:
        told = _message if args.messages else _text
        print("\n\n".join(text for row in rows if (text := told(row, args))))
    return 1 if unread else 0


def _asked(on: str) -> date | None:
    try:
        return day(readings.when(on)[0])
    except Unreadable as unreadable:
        raise Refusal(unreadable.message, **unreadable.facts) from None


def _rows(args: argparse.Namespace, on: date | None) -> tuple[list[_Row], list[str]]:
    """The workshops in which something is due, those of rehearsals left out; and what is said of those that cannot be
    read."""
    from impactlib.storage import keys
    from impactlib.storage.faults import TROUBLE
    from impactlib.storage.journal import JournalError
    from impactlib.storage.session_store import list_sessions, open_store
    from impactlib.storage.workshops import said_of

    found: list[tuple[Session, str, float]] = []
    unread = []
    for name in list_sessions(args.data):
        try:
            store = open_store(args.data, name)
        except (JournalError, *TROUBLE, OSError) as error:
            unread.append(said_of(name, error))
            continue
        with closing(store.journal) as journal:
            address = keys.calendar_link(server(args), name, keys.calendar_key(args.data, journal))
            if not store.session.rehearsal:
                found.append((store.session, address, journal.read()[-1].at))
    sessions = [session for session, *_ in found]
    held = _held(sessions)
    # The session that begins from one before has its figures, its decisions and its promises.
    followed = {session.follows.session for session in sessions if session.follows and session.clock.started}
    coached = {plain(session.team) for session in sessions if _was_led_by(session, args.coach)}
    if args.coach and not coached:
        raise Refusal(N_("Nobody of that name facilitated or advised a workshop here."))
    rows = []
    for session, address, last in found:
        if session.id in followed or (args.coach and plain(session.team) not in coached):
            continue
        today = on or day_of(time.time(), session.zone)
        others = [when for id, when in held.get(plain(session.team), ()) if id != session.id]
        every = due(session, others)
        late = [one for one in every if one.late(today)]
        coming = [one for one in every if today <= one.on <= today + AHEAD]
        spoke = day_of(last, session.zone)
        quiet = spoke if session.clock.started is not None and today - spoke >= QUIET else None
        row = _Row(session, address, today, late, coming, unmeasured(session, today), quiet)
        if row.said or args.calendars:
            rows.append(row)
    return rows, unread


def _was_led_by(session: Session, name: str) -> bool:
    """Whether somebody of that name facilitated or advised a workshop."""
    leading = (Role.FACILITATOR, Role.CONSULTANT)
    return any(person.role in leading and plain(person.name) == plain(name) for person in session.people.values())


def _held(sessions: Sequence[Session]) -> Mapping[str, list[tuple[str, date]]]:
    """The day on which each workshop was held, by team."""
    held: dict[str, list[tuple[str, date]]] = {}
    for session in sessions:
        if session.clock.started is not None:
            on = day_of(session.clock.started, session.zone)
            held.setdefault(plain(session.team), []).append((session.id, on))
    return held


def _text(row: _Row, args: argparse.Namespace) -> str:
    from impactlib.domain import formats
    from impactlib.export.followup import title
    from impactlib.views.render import environment, translation

    session, lang = row.session, args.lang or row.session.lang
    say, views = translation(lang).gettext, environment(lang)
    lines = [f"{session.team} ({session.id}), {formats.day(row.today, lang)}"]
    for heading, found in ((N_("Late"), row.late), (N_("Within 30 days"), row.coming)):
        if found:
            lines.append(say(heading))
            told = ({"label": formats.day(one.on, lang), "content": title(session, views, one)} for one in found)
            lines += [f"- {say('%(label)s: %(content)s') % one}" for one in told]
    if row.unmeasured:
        lines += [
            say(N_("Delivered without a measure")),
            *(f"- {' '.join(one.text.split())}" for one in row.unmeasured),
        ]
    if row.quiet_since:
        lines.append(say(N_("Nothing was written since %(day)s.")) % {"day": formats.day(row.quiet_since, lang)})
    if args.calendars:
        lines.append(row.calendar)
    return "\n".join(lines)


def _message(row: _Row, args: argparse.Namespace) -> str:
    from impactlib.export.followup import message
    from impactlib.views.render import environment

    every = [*row.late, *row.coming]
    return message(row.session, environment(args.lang or row.session.lang), every) if every else ""


def _write_calendar(rows: Sequence[_Row], args: argparse.Namespace) -> None:
    from impactlib.export.followup import calendar_of_many

    every = ((row.session, [*row.late, *row.coming]) for row in rows)
    lang = args.lang or next((row.session.lang for row in rows), LANGUAGES[0])
    args.ics.write_bytes(calendar_of_many(every, lang, datetime.now(UTC)).to_ical())


def _states(row: _Row, lang: str | None) -> Iterator[dict[str, Any]]:
    from impactlib.export.followup import title
    from impactlib.views.render import environment

    views = environment(lang or row.session.lang)
    for one in (*row.late, *row.coming):
        yield {
            "session": row.session.id,
            "team": row.session.team,
            "kind": one.kind,
            "on": one.on.isoformat(),
            "late": one.late(row.today),
            "note": one.note.id if one.note else None,
            "after": one.after or None,
            "text": title(row.session, views, one),
        }
    shared = {"session": row.session.id, "team": row.session.team, "late": True, "after": None}
    for note in row.unmeasured:
        yield shared | {"kind": "unmeasured", "on": note.details["delivered_on"], "note": note.id, "text": note.text}
    if row.quiet_since:
        yield shared | {"kind": "quiet", "on": row.quiet_since.isoformat(), "note": None, "text": ""}
