"""``impact due``: what is late in the workshops of a data folder, and what comes, as text to paste."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

from impactlib.cli.command import URL, Commands, command, server
from impactlib.domain import readings
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.clock import day_of
from impactlib.domain.due import AHEAD, Due, due
from impactlib.domain.hypotheses import day
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Session
from impactlib.domain.text import N_, Unreadable, plain


@dataclass(frozen=True)
class _Row:
    """What falls due in one workshop: what is late on a day, and what comes within `AHEAD` of it."""

    session: Session
    calendar: str
    today: date
    late: Sequence[Due]
    coming: Sequence[Due]


def add(commands: Commands) -> None:
    late = command(commands, "due", _due, "list what is late in all workshops, and what comes within 30 days")
    late.add_argument("--on", default="", metavar="DATE", help="as it is on that day (default today)")
    late.add_argument("--lang", choices=LANGUAGES, help="by default each session's")
    late.add_argument(
        "--calendars", action="store_true", help="with the address that each calendar is subscribed to at"
    )
    late.add_argument("--url", default="", help=URL)
    late.add_argument("--json", action="store_true")


def _due(args: argparse.Namespace) -> int:
    rows, unread = _rows(args, _asked(args.on))
    for said in unread:
        print(f"impact: {said}", file=sys.stderr)
    if args.json:
        every = [_state(row, one, args.lang) for row in rows for one in (*row.late, *row.coming)]
        print(json.dumps(every, ensure_ascii=False))
    else:
        print("\n\n".join(text for row in rows if (text := _text(row, args))))
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

    found: list[tuple[Session, str]] = []
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
                found.append((store.session, address))
    held = _held([session for session, _ in found])
    # The session that begins from one before has its figures, its decisions and its promises.
    followed = {session.follows.session for session, _ in found if session.follows and session.clock.started}
    rows = []
    for session, address in found:
        if session.id in followed:
            continue
        today = on or day_of(time.time(), session.zone)
        others = [when for id, when in held.get(plain(session.team), ()) if id != session.id]
        every = due(session, others)
        late = [one for one in every if one.late(today)]
        coming = [one for one in every if today <= one.on <= today + AHEAD]
        if late or coming or args.calendars:
            rows.append(_Row(session, address, today, late, coming))
    return rows, unread


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
    if args.calendars:
        lines.append(row.calendar)
    return "\n".join(lines)


def _state(row: _Row, one: Due, lang: str | None) -> dict[str, Any]:
    from impactlib.export.followup import title
    from impactlib.views.render import environment

    return {
        "session": row.session.id,
        "team": row.session.team,
        "kind": one.kind,
        "on": one.on.isoformat(),
        "late": one.late(row.today),
        "note": one.note.id if one.note else None,
        "after": one.after or None,
        "text": title(row.session, environment(lang or row.session.lang), one),
    }
