"""``impact new``, ``sessions``, ``links`` and ``operator``: workshops opened and listed, and the links to them."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from datetime import date

from impactlib.cli.command import URL, Commands, command, print_links, server
from impactlib.cli.keeping import day_to_keep
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import DEFAULT, FOLLOWING, SAME
from impactlib.domain.clock import ZONE
from impactlib.domain.events import ErasureSet


def add(commands: Commands) -> None:
    new = command(commands, "new", _new, "open a workshop and print its links")
    whose = new.add_mutually_exclusive_group(required=True)
    whose.add_argument("--team")
    whose.add_argument(
        "--from",
        dest="before",
        metavar="ID|FILE",
        help="go on with the product of a workshop that was held: a session of the data folder, a .journal or a "
        "notebook, which is left as it is; team, language and time zone are its own",
    )
    new.add_argument(
        "--agenda",
        help=f"an agenda of the kit, or a .toml file (default {DEFAULT}; with --from {FOLLOWING}, or {SAME})",
    )
    new.add_argument("--lang", choices=LANGUAGES, default="fr")
    new.add_argument("--zone", default=ZONE, help=f"the time zone that its days are counted in (default {ZONE})")
    new.add_argument(
        "--keep-until",
        metavar="DATE",
        help="the day on which it is erased (ISO), or “never” (default: 30 days after the last of its dates)",
    )
    new.add_argument("--url", default="", help=URL)
    new.add_argument("--json", action="store_true")

    sessions = command(commands, "sessions", _sessions, "list the workshops")
    sessions.add_argument("--json", action="store_true")

    links = command(commands, "links", _links, "show a workshop's links, or renew one")
    links.add_argument("session")
    links.add_argument(
        "--new",
        choices=[*(role.value for role in Role), "calendar"],
        metavar="ROLE",
        help="make that role's link worthless, or the address of the calendar",
    )
    links.add_argument(
        "--until",
        metavar="DAY",
        type=_day,
        help="the last day (2027-01-31) on which the links open, but for the facilitator's; none: for ever",
    )
    links.add_argument("--url", default="", help=URL)
    links.add_argument("--json", action="store_true")

    operator = command(commands, "operator", _operator, "show the operator's address, or renew its key")
    operator.add_argument("--new", action="store_true", help="make the key worthless; the workshops' links stay")
    operator.add_argument("--url", default="", help=URL)


def _day(raw: str) -> str:
    """A day as ISO writes it, "" for none."""
    try:
        return "" if raw == "none" else date.fromisoformat(raw).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{raw}: write a day such as 2027-01-31, or none") from None


def _new(args: argparse.Namespace) -> None:
    from impactlib.cli.files import read
    from impactlib.storage import keys
    from impactlib.storage.session_store import create_session, follow_session

    keep = None if args.keep_until is None else day_to_keep(args.keep_until)
    if args.before:
        store = follow_session(args.data, read(args.data, args.before), agenda=args.agenda or FOLLOWING)
    else:
        store = create_session(args.data, args.team, agenda=args.agenda or DEFAULT, lang=args.lang, zone=args.zone)
    if keep is not None:
        store.write(f"erasure-{store.session.id}", [ErasureSet(keep)])
    journal = store.journal
    print_links(args, journal.session, keys.links(args.data, journal, server(args)))


def _sessions(args: argparse.Namespace) -> int:
    from impactlib.storage.workshops import in_order, said_of, workshops

    read = workshops(args.data)
    rows: list[dict[str, str | bool]] = [
        {
            "session": workshop.session,
            "team": workshop.team,
            "date": workshop.at.isoformat(timespec="minutes"),
            "agenda": workshop.agenda.name if workshop.agenda else "",
            "rehearsal": workshop.rehearsal,
        }
        for workshop in in_order(read)
    ]
    if args.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for row in rows:
            print("  ".join(name if value is True else str(value) for name, value in row.items() if value is not False))
    for session, error in read.unread.items():
        print(f"impact: {said_of(session, error)}", file=sys.stderr)
    return 1 if read.unread else 0


def _links(args: argparse.Namespace) -> None:
    from impactlib.domain.events import LinksEnd
    from impactlib.storage import keys
    from impactlib.storage.session_store import open_store

    store = open_store(args.data, args.session)
    journal = store.journal
    if args.new:
        journal.renew(args.new)
    if args.until is not None:
        store.write(f"links-end-{secrets.token_hex(4)}", [LinksEnd(args.until)])
    print_links(args, journal.session, keys.links(args.data, journal, server(args)))


def _operator(args: argparse.Namespace) -> None:
    from impactlib.storage import keys

    if args.new:
        keys.renew_operator(args.data)
    print(f"{server(args).rstrip('/')}/?key={keys.operator_key(args.data)}")
