"""``impact store copy`` and ``impact store check``: workshops brought from one store to another, and looked over."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from impactlib.cli.command import Commands, command, opened


def add(commands: Commands) -> None:
    help = "copy the workshops of a store to another one, or look them over"
    what = commands.add_parser("store", help=help, description=help).add_subparsers(required=True, metavar="WHAT")

    copy = command(
        what, "copy", _copy, "copy all workshops, their links too, while both stores are in use", stores=False
    )
    copy.add_argument("source", metavar="FROM", help="a data folder, or postgresql://USER@HOST/DATABASE")
    copy.add_argument("target", metavar="TO", help="the same; once more brings it up to date")

    command(what, "check", _check, "read every workshop of a store, and say what is wrong where")


def _copy(args: argparse.Namespace) -> int:
    from impactlib.storage.moving import copy
    from impactlib.storage.store import PROGRAMME

    with closing(opened(args.source)) as source, closing(opened(args.target)) as target:
        moved = [*copy(source, target)]
    wrong = [one for one in moved if one.wrong]
    for one in wrong:
        print(f"impact: {one.wrong}", file=sys.stderr)
    well = [one for one in moved if not one.wrong and one.session != PROGRAMME]
    entries, new = sum(one.entries for one in well), sum(one.new for one in well)
    print(f"{target}: {len(well)} workshops, {entries} entries, counted there; {new} are new.")
    return 1 if wrong else 0


def _check(args: argparse.Namespace) -> int:
    from impactlib.storage.doctor import examine
    from impactlib.storage.stores import store_of

    every = [*examine(args.data)]
    wrong = [one for one in every if one.wrong]
    for one in wrong:
        print(f"{one.session}: {one.wrong}")
    entries = sum(one.entries for one in every if not one.wrong)
    sound = len(every) - len(wrong)
    print(f"{store_of(args.data)}: {sound} workshops are sound, {entries} entries; {len(wrong)} are not.")
    return 1 if wrong else 0
