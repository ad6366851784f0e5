"""``impact recipe`` and ``impact pull``: how a tool's export gives a metric's figures, kept; and the figures, taken."""

from __future__ import annotations

import argparse
import sys
import uuid
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from impactlib.cli.command import Commands, allowing, command
from impactlib.cli.readings import asking
from impactlib.domain import readings, recipes
from impactlib.domain.clock import day_of
from impactlib.domain.cost import PERIODS
from impactlib.domain.recipes import KINDS, Recipe
from impactlib.domain.refusal import Refusal, SheetError
from impactlib.domain.session import Note
from impactlib.domain.sheets.grid import Given

if TYPE_CHECKING:
    from impactlib.storage.session_store import SessionStore


def add(commands: Commands) -> None:
    keep = command(
        commands, "recipe", _recipe, "say how an export of a tool gives a metric's figures; without --kind, say it"
    )
    keep.add_argument("session")
    keep.add_argument("metric", metavar="METRIC", help="its name, number or id")
    keep.add_argument("--kind", choices=KINDS, help="the shape of the export")
    keep.add_argument("--value", default="", metavar="COLUMN", help="the column of the value, or its path in JSON")
    keep.add_argument("--date", default="", metavar="COLUMN", help="the column of the date, where the export has one")
    keep.add_argument(
        "--where", action="append", default=[], metavar="COLUMN=VALUE", help="take these rows alone; may be repeated"
    )
    keep.add_argument("--over", choices=PERIODS, default="", help="the period that a value counts")
    keep.add_argument("--sheet", default="", help="the sheet of a workbook; by default the first")
    keep.add_argument("--address", default="", metavar="URL", help="where the export is, if it opens without a key")
    keep.add_argument("--forget", action="store_true", help="take the recipe away")

    pull = command(commands, "pull", _pull, "take a metric's figures from an export, by its recipe")
    pull.add_argument("session")
    pull.add_argument("--metric", metavar="METRIC", help="its name, number or id; by default every one with a recipe")
    pull.add_argument(
        "--file", type=Path, metavar="PATH", help="an export that was saved; by default the recipe's address"
    )
    pull.add_argument("--on", default="", metavar="DATE", help="the date of a figure that the export does not date")
    allowing(pull)


def _recipe(args: argparse.Namespace) -> None:
    from impactlib.domain import events
    from impactlib.storage.session_store import open_store

    store = open_store(args.data, args.session)
    with closing(store.journal):
        metric = readings.metric_named(store.session, args.metric)
        known = metric.details.get("recipe", "")
        if args.kind or args.forget:
            kept = "" if args.forget else _asked(args).kept
            if kept != known:
                store.write(f"recipe-{uuid.uuid4().hex}", [events.DetailSet(metric.id, "recipe", kept)])
            known = kept
    print(known or "no recipe")


def _asked(args: argparse.Namespace) -> Recipe:
    pairs = [one.partition("=") for one in args.where]
    if any(not name or not equals for name, equals, _ in pairs):
        raise Refusal("Write --where as COLUMN=VALUE.")
    where = tuple((name.strip(), value.strip()) for name, _, value in pairs)
    return recipes.checked(Recipe(args.kind, args.value, args.date, where, args.over, args.sheet, args.address))


def _pull(args: argparse.Namespace) -> int:
    """Take the figures of each metric that is asked; one that is refused leaves the others as they come."""
    from impactlib.storage.session_store import open_store

    store = open_store(args.data, args.session)
    with closing(store.journal):
        session = store.session
        metrics = [readings.metric_named(session, args.metric)] if args.metric else session.notes_of("metric")
        with_one = [metric for metric in metrics if metric.details.get("recipe")]
        if not with_one:
            raise Refusal("No recipe here: set one with `impact recipe`. Nothing was written.")
        if args.file and len(with_one) > 1:
            raise Refusal("Several metrics have a recipe: say with --metric of which one this file is.")
        refused = 0
        for metric in with_one:
            try:
                told = _taken(store, metric, args)
            except Refusal as refusal:
                refused += 1
                print(f"impact: {metric.text or metric.id}: {refusal}", file=sys.stderr)
            else:
                print(f"{metric.text or metric.id}: {told}")
    return 2 if refused else 0


def _taken(store: SessionStore, metric: Note, args: argparse.Namespace) -> str:
    """What became of the figures of a metric: how many were new, corrected, or left out."""
    from impactlib.fetching import saved
    from impactlib.gestures.figures import details_of_figure
    from impactlib.rooms.changes import unsettled, updated
    from impactlib.rooms.figures_brought import Bringing, columns, said

    recipe = recipes.parse(metric.details["recipe"])
    content = saved(args.file) if args.file else _fetched(recipe, args.allow)
    try:
        found = _read(recipe, content, metric, args.on)
    except SheetError as error:
        raise Refusal(error.message, **error.facts) from None
    over = recipes.finished(found, day_of(store.journal.now(), store.session.zone))
    source = recipe.kind if recipe.kind in ("matomo", "metabase", "grist") else ""
    given = [replace(one, source=one.source or source.capitalize()) for one in over]
    for one in given:  # all of them can be read, or none is written
        details_of_figure(metric, said(metric, one))
    bringing = Bringing(store.session, given, "", "", metric)
    for together in bringing.placed:
        bringing.take(store, together, asking(store))
    brought, lang = bringing.brought, store.session.lang
    for line in (*updated(brought, columns(lang), lang), *unsettled(brought, columns(lang), lang)):
        print(line, file=sys.stderr)
    counts = (
        (len(brought.updated), "corrected"),
        (len(brought.asked), "changed here too, which stay"),
        (len(brought.left), "left out"),
        (len(found) - len(over), "of a period that is not over"),
    )
    return ", ".join([f"{brought.taken} new", *(f"{count} {what}" for count, what in counts if count)])


def _read(recipe: Recipe, content: bytes, metric: Note, on: str) -> list[Given]:
    from impactlib.workbooks import read_table

    unit = metric.details.get("unit", "")
    if recipe.kind not in ("table", "schema"):
        return recipes.read(recipe, content, unit, on)
    if recipes.is_web_page(content):
        raise Refusal(recipes.WEB_PAGE)
    return recipes.read(recipe, read_table(content, recipe.sheet), unit, on)


def _fetched(recipe: Recipe, allowed: list[str]) -> bytes:
    from impactlib.fetching import fetch, known_hosts

    if not recipe.address:
        raise Refusal("This recipe has no address: give a file that was saved, with --file. Nothing was written.")
    return fetch(recipe.address, known_hosts(allowed))
