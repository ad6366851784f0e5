"""``impact rehearse``: an invented workshop played into the data folder, and what became of its gestures."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from impactlib.cli.command import URL, Commands, command, folder, server
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import DEFAULT
from impactlib.domain.refusal import Refusal

if TYPE_CHECKING:
    from impactlib.rehearsal.stage import Report

FASTEST = 3600.0
LOOK = 0.1
"""Seconds between two looks at who is present, while nobody watches."""


def add(commands: Commands) -> None:
    rehearse = command(commands, "rehearse", _rehearse, "play an invented workshop, by as many processes as people")
    rehearse.add_argument("--participants", type=_participants, default=12, metavar="N", help="4 or more (default 12)")
    rehearse.add_argument("--speed", type=_speed, default=60.0, help="minutes of the workshop per minute (default 60)")
    rehearse.add_argument("--team", default="", help="the team's name, instead of the invented one")
    rehearse.add_argument("--agenda", default=DEFAULT, help="an agenda of the kit, or a .toml file")
    rehearse.add_argument("--year", action="store_true", help="also play what follows: figures, reviews, the committee")
    rehearse.add_argument("--lang", choices=LANGUAGES, default="fr")
    rehearse.add_argument("--url", default="", help=URL)
    rehearse.add_argument("--no-wait", action="store_true", help="begin at once, whether anybody watches or not")
    rehearse.add_argument("--json", action="store_true")


def _participants(raw: str) -> int:
    from impactlib.rehearsal.script import FEWEST, MOST

    if not raw.isascii() or not raw.isdigit() or not FEWEST <= int(raw) <= MOST:
        raise argparse.ArgumentTypeError(f"{raw}: give a whole number from {FEWEST} (one for each role) to {MOST}")
    return int(raw)


def _speed(raw: str) -> float:
    try:
        speed = float(raw)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= FASTEST:
        raise argparse.ArgumentTypeError(f"{raw}: give a number above 0, and {FASTEST:g} at most (an hour in a second)")
    return speed


def _rehearse(args: argparse.Namespace) -> int:
    from impactlib.rehearsal.stage import rehearse, rehearse_year
    from impactlib.storage import keys, running
    from impactlib.storage.session_store import SessionStore

    if args.year and args.agenda != DEFAULT:
        raise Refusal("The year plays the kit's own hour and what follows it: leave out --agenda.")
    found = args.url or running.address(folder(args))

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def announce(store: SessionStore) -> None:
        link = keys.links(args.data, store.journal, server(args))[Role.FACILITATOR]
        if not found:
            say(f"No server runs on {args.data}: this is played with nobody to watch it. Once one does (impact serve),")
            return say(f"its end is at {link}")
        say(f"Watch it as its facilitator: {link}")
        if not args.no_wait:
            say("It begins once you have come in there (Ctrl+C to stop; --no-wait begins at once).")
            while not store.journal.present():
                time.sleep(LOOK)
            say("It begins.")

    how = {"participants": args.participants, "speed": args.speed, "lang": args.lang, "team_name": args.team}
    try:
        if args.year:
            reports = rehearse_year(folder(args), **how, announce=announce)
        else:
            reports = [rehearse(folder(args), **how, agenda=args.agenda, announce=announce)]
    except KeyboardInterrupt:
        print("impact: the rehearsal was stopped; what was written stays in its journal.", file=sys.stderr)
        return 130
    for report in reports:
        for id, why in report.refused.items():
            print(f"impact: {id} was refused: {why}", file=sys.stderr)
        for name, ended in report.crashed.items():
            print(f"impact: the process of {name} {ended}; what it was granted stays in the journal.", file=sys.stderr)
    if args.json:
        first, *after = map(_row, reports)
        print(json.dumps({**first, "after": after} if args.year else first))
    else:
        print("\n".join(map(_told, reports)))
    return 1 if any(report.crashed for report in reports) else 0


def _row(report: Report) -> dict[str, Any]:
    return {
        "session": report.session,
        "gestures": len(report.asked),
        "acknowledged": len(report.acknowledged),
        "seconds": report.seconds,
        "played": report.played,
    }


def _told(report: Report) -> str:
    asked, acknowledged = len(report.asked), len(report.acknowledged)
    played = ", ".join(f"{part} {lines}" for part, lines in report.played.items())
    counts = f"{asked} gestures asked, {acknowledged} acknowledged, in {report.seconds:g} s"
    return f"{report.session}: {counts}\nPlayed: {played}"
