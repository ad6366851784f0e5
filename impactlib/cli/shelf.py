"""``impact shelf``: what to read, see or follow, by need, with a file of one's own, which is looked at and never opened
further: no address in it is asked for anything."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from impactlib.cli.command import Commands, command
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.clock import ZONE, day_of
from impactlib.domain.refusal import Refusal
from impactlib.domain.shelf import KINDS, LARGEST, NAME, Item, Shelf, kits, read

OWN = "what to read, beside the kit's (default: shelf.toml in the data folder)"


def add(commands: Commands) -> None:
    shelf = command(
        commands, "shelf", _shelf, "list what to read, by need: 1 if something was not looked at for a year"
    )
    shelf.add_argument("file", nargs="?", type=Path, help=OWN)
    shelf.add_argument("--lang", choices=LANGUAGES, default="fr")
    shelf.add_argument("--json", action="store_true")


def own_shelf(args: argparse.Namespace, given: Path | None) -> Shelf:
    """The kit's shelf with one's own file: the one that is given, else that of the data folder, where there is one.

    Raises Refusal, in the language of the command, when it cannot be read; OSError.
    """
    beside = args.data / NAME if isinstance(args.data, Path) else None
    path = given or (beside if beside and beside.is_file() else None)
    if path is None:
        return kits()
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    try:
        return read(content, path.name)
    except Refusal as refusal:
        from impactlib.views.render import say

        raise Refusal(say(refusal, args.lang)) from None


def pointed(item: Item, lang: str) -> str:
    """One item on one line: its title, its length, its address."""
    said = item.title[lang]
    if item.minutes:
        said += f" ({item.minutes} min)"
    if item.address:
        said += f" <{item.address}>" if item.outside else f" (/{item.address})"
    return said


def _shelf(args: argparse.Namespace) -> int:
    from impactlib.domain.formats import day
    from impactlib.views.render import translation

    _ = translation(args.lang).gettext
    shelf = own_shelf(args, args.file)
    old = shelf.old(day_of(time.time(), ZONE))
    if args.json:
        print(json.dumps([_plain(item, args.lang) for item in shelf.items], ensure_ascii=False))
        return 1 if old else 0
    for need in shelf.needs:
        print(need.says[args.lang])
        for item in shelf.of(need.id):
            print(f"   - {_(KINDS[item.kind])}: {pointed(item, args.lang)}")
    for item in old:
        said = _("Looked at on %(day)s: its address may have changed.")
        print(f"{item.title[args.lang]}: {said % {'day': day(item.checked, args.lang) if item.checked else ''}}")
    return 1 if old else 0


def _plain(item: Item, lang: str) -> dict[str, object]:
    return {
        "kind": item.kind,
        "title": item.title[lang],
        "helps": item.helps[lang],
        "minutes": item.minutes or None,
        "days": item.days or None,
        "needs": list(item.needs),
        "address": item.address,
        "checked": item.checked.isoformat() if item.checked else None,
        "own": item.own,
    }
