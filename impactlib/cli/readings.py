"""``impact readings``: the figures of a workshop's metrics over time, listed, and given from a shell."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactlib.cli.command import Commands, command
from impactlib.cli.files import read
from impactlib.domain import formats, readings
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.readings import Figure, Series
from impactlib.domain.refusal import Refusal, SheetError
from impactlib.domain.session import Person, Session
from impactlib.domain.text import in_short

if TYPE_CHECKING:
    from impactlib.rooms.changes import Ask
    from impactlib.storage.session_store import SessionStore


def add(commands: Commands) -> None:
    figures = command(
        commands,
        "readings",
        _readings,
        "list the figures of a workshop's metrics, or give some, or bring a file of them",
    )
    figures.add_argument("session", metavar="ID|FILE", help="a session of the data folder, a .journal or a notebook")
    figures.add_argument(
        "--set",
        dest="given",
        nargs=3,
        action="append",
        metavar=("METRIC", "DATE", "VALUE"),
        help="give a figure: the metric's name, number or id; a day, or a period such as 2026-10; may be repeated",
    )
    figures.add_argument(
        "--from",
        dest="file",
        type=Path,
        metavar="TABLE",
        help="bring figures from a spreadsheet or CSV: a column a month, a row a figure, or the national schema",
    )
    figures.add_argument("--sheet", metavar="NAME", default="", help="the sheet to read in a workbook")
    figures.add_argument(
        "--overwrite", action="store_true", help="with --from: what somebody changed there gives way to the file"
    )
    figures.add_argument("--lang", choices=LANGUAGES, help="by default the session's")
    figures.add_argument("--json", action="store_true")


def _readings(args: argparse.Namespace) -> None:
    if args.given:
        _give(args)
    if args.file:
        _bring(args)
    session = read(args.data, args.session).fold()
    every = readings.every_series(session)
    if args.json:
        print(json.dumps([_state(session, series) for series in every], ensure_ascii=False, indent=2))
        return
    for number, series in enumerate(every, 1):
        print("\n".join(_lines(number, series, args.lang or session.lang)))


def _give(args: argparse.Namespace) -> None:
    """Write the figures: all of them, or none when one cannot be read. The same command twice gives them once."""
    from impactlib.gestures.figures import read_figure
    from impactlib.storage.session_store import open_store

    store = open_store(args.data, args.session)
    with closing(store.journal):
        asked = [
            {"id": _id(metric.id, when, value), "kind": "reading", "as_of": when, "figure": value, "about": metric.id}
            for name, when, value in args.given
            for metric in [readings.metric_named(store.session, name)]
        ]
        happened = [read_figure(store.session.notes[one["about"]], one, "") for one in asked]
        for one, written in zip(asked, happened, strict=True):
            store.write(one["id"], written)


def _bring(args: argparse.Namespace) -> None:
    """Bring the figures of a file; what became of it is on standard error."""
    from impactlib.domain.sheets.again import origin
    from impactlib.rooms.changes import unsettled
    from impactlib.rooms.figures_brought import Bringing, columns, read_table, told
    from impactlib.storage.session_store import open_store
    from impactlib.views.render import say, translation

    try:
        table = read_table(args.file.read_bytes(), args.sheet)
    except Refusal as refusal:
        raise SheetError(f"{args.file}: {say(refusal, args.lang or 'en')}") from refusal
    store = open_store(args.data, args.session)
    with closing(store.journal):
        lang, ask = args.lang or store.session.lang, asking(store)
        bringing = Bringing(store.session, table.given, origin(args.file.name, table.chosen), "")
        for together in bringing.placed:
            bringing.take(store, together, ask)
        if args.overwrite:
            bringing.brought.overwrite(ask)
    said = told(table, bringing.brought, lang)
    message = translation(lang).gettext("row %(row)s, column “%(column)s”: %(why)s (%(value)s)")
    for line in said["decided"]:
        print(line, file=sys.stderr)
    for one in said["problems"]:
        facts = {"row": one["line"], "column": in_short(one["column"], 60), "why": one["why"], "value": one["there"]}
        print(message % facts, file=sys.stderr)
    for line in (*said["updated"], *unsettled(bringing.brought, columns(lang), lang)):
        print(line, file=sys.stderr)
    print(said["said"], file=sys.stderr)


def asking(store: SessionStore) -> Ask:
    """What writes the gestures of a file that is brought from a shell, on behalf of nobody."""
    from impactlib.gestures import drafting, notes

    nobody = Person("", "", Role.CLIENT)
    rules = {"write": notes.write, "update": drafting.update, "settle": drafting.settle}
    return lambda gesture: store.write(gesture["id"], rules[gesture["do"]](store.session, nobody, gesture))


def _id(*said: str) -> str:
    return f"reading-{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]}"


def _lines(number: int, series: Series, lang: str) -> Iterator[str]:
    """A metric with its figures: their periods, what is odd in each, and what the latest is beside the target."""
    from impactlib.export.template import templates
    from impactlib.views.render import environment

    say: Any = templates(environment(lang), escape=False, filters=()).get_template("curve.html").module
    yield f"{number}. {series.metric.text or '–'}"
    for figure in [*([series.baseline] if series.baseline else []), *series.readings]:
        over = f" ({say.over_name(figure.over)})" if figure.over else ""
        yield f"   {_line(figure, series.unit, lang)}{over}"
        yield from (f"      {say.former(say.was(one.detail, one.before))}" for one in figure.note.corrected)
        yield from (f"      {say.doubt(name)}" for name in ([] if figure.baseline else series.doubts(figure)))
    if fact := str(say.stands(series)).strip():
        yield f"   {fact}"


def _line(figure: Figure, unit: str, lang: str) -> str:
    day = formats.day(figure.on, lang) if figure.on else "–"
    return f"{day}  {formats.spelled(str(figure.value), lang)} {unit}".rstrip()


def _state(session: Session, series: Series) -> dict[str, Any]:
    from impactlib.export.session_json import corrected, reading

    start = series.baseline
    return {
        "metric": series.metric.id,
        "name": series.metric.text,
        "unit": series.unit or None,
        "baseline": _plain(start.value) if start else None,
        "baseline_date": start.on.isoformat() if start and start.on else None,
        "target": None if series.target is None else _plain(series.target),
        "readings": [reading(session, figure) for figure in series.readings],
        "corrected": corrected(series.metric),
    }


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral() else float(value)
