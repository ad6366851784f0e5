"""``impact portfolio`` and ``impact gallery``: the state of all products of a registry, and the pages they publish."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from impactlib.cli.command import Commands, allowing, command
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.clock import ZONE, day_of
from impactlib.domain.examples import examples, said as told_by_coaches
from impactlib.domain.portfolio import teams
from impactlib.domain.refusal import Refusal, SheetError
from impactlib.domain.registry import BY, Registry, active, counted, groups, past
from impactlib.fetching import is_remote, known_hosts
from impactlib.storage.registries import registry_at, shown
from impactlib.storage.workshops import sessions_in

_LANG = "of index.html, the workbook and the pictures; the other language has its own page"
_OF_A_SOURCE = "%(source)s: %(why)s"


def add(commands: Commands) -> None:
    whole = command(commands, "portfolio", _portfolio, "tell which products publish what, and where one's teams stand")
    whole.add_argument(
        "sources",
        metavar="REGISTRY|FOLDER",
        nargs="+",
        help="registries as JSON, files or addresses, and folders of sessions",
    )
    allowing(whole)
    whole.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="as it is on that day (default today)")
    whole.add_argument("-o", "--output", metavar="FOLDER", type=Path, help="write a page, a workbook and pictures")
    whole.add_argument("--lang", choices=LANGUAGES, default="fr", help=_LANG)
    whole.add_argument("--json", action="store_true")
    gallery = command(commands, "gallery", _gallery, "make a page of what the products of a registry publish")
    gallery.add_argument("registry", metavar="REGISTRY", help="a registry as JSON, a file or an address")
    allowing(gallery)
    gallery.add_argument("--look", type=Path, metavar="FILE", help="what coaches find good to look at, as TOML")
    gallery.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="as it is on that day (default today)")
    gallery.add_argument("--lang", choices=LANGUAGES, default="fr", help="of index.html; the other has its own page")
    gallery.add_argument("-o", "--output", metavar="FOLDER", type=Path, required=True)


def _portfolio(args: argparse.Namespace) -> int:
    today = args.on or day_of(time.time(), ZONE)
    folders = [Path(source) for source in args.sources if not is_remote(source) and Path(source).is_dir()]
    named = [source for source in args.sources if is_remote(source) or Path(source) not in folders]
    hosts = known_hosts(args.allow)
    registries = sorted((_read(source, today, hosts) for source in named), key=lambda one: one.on)
    for one, after in pairwise(registries):
        if one.on == after.on:
            print(f"impact: two registries are of {one.on}: the one named last counts as the newest", file=sys.stderr)
    unread: list[str] = []
    found = teams((one for folder in folders for one in sessions_in(folder, unread)), today)
    left_out = [f"{problem.product}: {problem.why}" for one in registries for problem in one.problems]
    for said in (*left_out, *unread):
        print(f"impact: {said}", file=sys.stderr)
    if args.output:
        from impactlib.export.portfolio import site

        _save(args.output, site(registries, found, today, args.lang))
    elif args.json:
        told = {
            "registries": [_state(one) for one in registries],
            "past": [asdict(one) for one in past(registries)] if registries else [],
            "teams": [{**asdict(one), "days_old": one.days_old(today)} for one in found],
        }
        print(json.dumps(told, default=str, ensure_ascii=False))
    else:
        for one in registries:
            print(one.on)
            for count in (*groups(one, "phase"), counted(active(one), "active"), counted(one.products, "all")):
                print(f"  {count.group or '–':22}{count.products:6}, stats {count.stats}, matrix {count.matrix}")
        for team in found:
            owed = f"{team.decided} verdicts, {team.coming} due within 30 days, {team.late} overdue"
            kept = f"{team.kept} kept, {team.followed} with a figure, {team.proven} proven"
            print(f"{team.name or team.session}: {kept}, {owed}")
    return 1 if unread else 0


def _read(source: str, today: date, hosts: Collection[str]) -> Registry:
    """The registry of a source; what is wrong is told with the source, for there may be several."""
    try:
        return registry_at(source, today, hosts)
    except (Refusal, SheetError) as error:
        raise Refusal(_OF_A_SOURCE, source=shown(source), why=str(error)) from None


def _save(folder: Path, files: Mapping[str, bytes]) -> None:
    from impactlib import export

    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        export.save(str(folder / name), content)
        print(folder / name)


def _gallery(args: argparse.Namespace) -> int:
    from impactlib.export.examples import site

    registry = _read(args.registry, args.on or day_of(time.time(), ZONE), known_hosts(args.allow))
    found = examples(registry, told_by_coaches(args.look.read_bytes()) if args.look else {})
    for problem in registry.problems:
        print(f"impact: {problem.product}: {problem.why}", file=sys.stderr)
    if found.unaddressed:
        names = ", ".join(one.name for one, _ in found.unaddressed)
        print(
            f"{len(found.unaddressed)} say that they publish statistics, and give no address: {names}", file=sys.stderr
        )
    for id in found.unknown:
        print(f"impact: {id}: no product of this name is in the registry", file=sys.stderr)
    _save(args.output, site(registry, found, args.lang))
    return 1 if found.unknown else 0


def _state(one: Registry) -> dict[str, Any]:
    grouped = {by: [asdict(count) for count in groups(one, by)] for by in BY}
    doubts = {doubt: [product.id for product in found] for doubt, found in one.doubts.items()}
    return {
        "on": one.on,
        "all": asdict(counted(one.products)),
        "active": asdict(counted(active(one))),
        "doubts": doubts,
    } | grouped
