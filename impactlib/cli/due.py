"""``impact due``: what is late in the workshops of a data folder, and what comes, as text to paste."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from impactlib.cli.command import URL, Commands, command, server
from impactlib.domain import readings
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.clock import day_of
from impactlib.domain.coaching import Followed, coaches, followed, going_on
from impactlib.domain.due import AHEAD, Due
from impactlib.domain.features import unmeasured
from impactlib.domain.hypotheses import day
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Note, Session
from impactlib.domain.text import N_, Unreadable

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
        "--calendars",
        action="store_true",
        help="with the address that each calendar is subscribed to at, the teams' and the coaches'",
    )
    late.add_argument("--url", default="", help=URL)
    late.add_argument("--coach", default="", metavar="NAME", help="only the teams that they facilitated or advised")
    late.add_argument(
        "--new-calendar", action="store_true", help="make the address of that coach's calendar anew, and print it"
    )
    late.add_argument("--messages", action="store_true", help="as messages to paste, one for each team")
    late.add_argument("--ics", type=Path, metavar="FILE", help="write one calendar of all teams, too")
    late.add_argument("--json", action="store_true")


def _due(args: argparse.Namespace) -> int:
    if args.new_calendar and not args.coach:
        raise Refusal(N_("Say whose calendar gets a new address, with --coach."))
    rows, workshops, unread = _rows(args, _asked(args.on))
    for said in unread:
        print(f"impact: {said}", file=sys.stderr)
    if args.new_calendar:
        print("\n".join(_coach_calendars([args.coach], args, renew=True).values()))
        return 1 if unread else 0
    if args.ics:
        _write_calendar(rows, args)
    if args.json:
        every = [state for row in rows for state in _states(row, args.lang)]
        print(json.dumps(every, ensure_ascii=False))
    else:
        told = _message if args.messages else _text
        texts = [text for row in rows if (text := told(row, args))]
        if args.calendars and (names := [args.coach] if args.coach else coaches(workshops)):
            texts.append(_text_of_coaches(names, args))
        print("\n\n".join(texts))
    return 1 if unread else 0


def _asked(on: str) -> date | None:
    try:
        return day(readings.when(on)[0])
    except Unreadable as unreadable:
        raise Refusal(unreadable.message, **unreadable.facts) from None


def _rows(args: argparse.Namespace, on: date | None) -> tuple[list[_Row], list[Followed], list[str]]:
    """The workshops in which something is due, those of rehearsals left out; all that can be read; and what is said of
    those that cannot."""
    from impactlib.storage import keys
    from impactlib.storage.faults import TROUBLE
    from impactlib.storage.journal import JournalError
    from impactlib.storage.session_store import list_sessions, open_store
    from impactlib.storage.workshops import said_of

    found: dict[str, tuple[Session, str, float]] = {}
    workshops, unread = [], []
    for name in list_sessions(args.data):
        try:
            store = open_store(args.data, name)
        except (JournalError, *TROUBLE, OSError) as error:
            unread.append(said_of(name, error))
            continue
        with closing(store.journal) as journal:
            address = keys.calendar_link(server(args), name, keys.calendar_key(args.data, journal))
            if (workshop := followed(store.session)) is not None:
                found[workshop.session] = store.session, address, journal.read()[-1].at
                workshops.append(workshop)
    if args.coach and not any(workshop.led_by(args.coach) for workshop in workshops):
        raise Refusal(N_("Nobody of that name facilitated or advised a workshop here."))
    rows = []
    for workshop in going_on(workshops, args.coach):
        session, address, last = found[workshop.session]
        today = on or day_of(time.time(), session.zone)
        late = [one for one in workshop.due if one.late(today)]
        coming = [one for one in workshop.due if today <= one.on <= today + AHEAD]
        spoke = day_of(last, session.zone)
        quiet = spoke if session.clock.started is not None and today - spoke >= QUIET else None
        row = _Row(session, address, today, late, coming, unmeasured(session, today), quiet)
        if row.said or args.calendars:
            rows.append(row)
    return rows, workshops, unread


def _coach_calendars(names: Sequence[str], args: argparse.Namespace, renew: bool = False) -> dict[str, str]:
    """The address of the calendar of each coach, a new one where it is to be renewed."""
    from impactlib.storage import keys

    addresses = {}
    for name, coach in keys.coach_ids(args.data, names).items():
        if renew:
            keys.renew_coach(args.data, coach)
        addresses[name] = keys.coach_link(server(args), coach, keys.coach_key(args.data, coach))
    return addresses


def _text_of_coaches(names: Sequence[str], args: argparse.Namespace) -> str:
    from impactlib.views.render import translation

    say = translation(args.lang or LANGUAGES[0]).gettext
    lines = [say(N_("One calendar for each coach"))]
    for name, address in _coach_calendars(names, args).items():
        lines.append(f"- {say('%(label)s: %(content)s') % {'label': name, 'content': address}}")
    return "\n".join(lines)


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

    views = environment(args.lang or row.session.lang)
    return message(row.session, views, row.late, row.coming, row.unmeasured, row.quiet_since) if row.said else ""


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
            "agenda": one.title or None,
            "text": title(row.session, views, one),
        }
    shared = {"session": row.session.id, "team": row.session.team, "late": True, "after": None, "agenda": None}
    for note in row.unmeasured:
        yield shared | {"kind": "unmeasured", "on": note.details["delivered_on"], "note": note.id, "text": note.text}
    if row.quiet_since:
        yield shared | {"kind": "quiet", "on": row.quiet_since.isoformat(), "note": None, "text": ""}
