"""``impact stats``: a page of statistics from a workshop's figures, or from the national table alone."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import closing
from pathlib import Path

from impactlib.cli.command import Commands, command
from impactlib.cli.files import read
from impactlib.domain import national
from impactlib.domain.clock import ZONE, day_of

TABLES = (".csv", ".json")


def add(commands: Commands) -> None:
    stats = command(commands, "stats", _stats, "write a page of statistics and the table that it is made from")
    stats.add_argument("source", metavar="ID|FILE", help="a session, a .journal, a notebook, or a .csv or .json table")
    stats.add_argument("-o", "--output", metavar="FOLDER", type=Path, required=True, help="where the page is written")
    stats.add_argument("--administration", default="", metavar="NAME", help="the one that the service belongs to")
    stats.add_argument("--service", default="", metavar="NAME", help="of a table of several services, the one to tell")
    stats.add_argument(
        "--reasons",
        action="store_true",
        help="publish the words of the reasons of decisions too, not only the decisions",
    )
    stats.add_argument("--preview", action="store_true", help="tell what would be public, and write nothing")


def _stats(args: argparse.Namespace) -> None:
    from impactlib import export
    from impactlib.domain.events import StatsMade
    from impactlib.domain.published import published
    from impactlib.export import stats
    from impactlib.storage.session_store import list_sessions, open_store

    source = Path(args.source)
    if source.suffix.lower() in TABLES:
        rows, left_out, service = national.read(source.read_bytes()), [], args.service
        today = day_of(time.time(), ZONE)
    else:
        from impactlib.views.render import environment

        file = read(args.data, args.source)
        session = file.fold()
        today = day_of(time.time(), session.zone)
        made = stats.of_session(file, environment(session.lang), today, args.administration, args.reasons)
        if made.reasons and not args.reasons:
            print(f"{made.reasons}: the words of these reasons stay out; --reasons publishes them", file=sys.stderr)
        rows, service = made.rows, session.team
        left_out = [(note.text, note in made.waiting) for note in made.left_out]
    files = stats.site(rows, service, today)
    for told in published(rows, service).told:
        print(f"{told.series.metric.text}: {sum(not row.est_cible for row in told.rows)}")
    for name, named in left_out:
        said = "named without a figure" if named else "not published"
        print(f"{name or '–'}: {said}, no dated figure", file=sys.stderr)
    if args.preview:
        return
    try:
        args.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise export.ExportError(f"{args.output}: {error.strerror or error}. Nothing was written.") from error
    for name, content in files.items():
        export.save(str(args.output / name), content)
        print(args.output / name)
    if args.source in list_sessions(args.data):
        store = open_store(args.data, args.source)
        with closing(store.journal):
            store.write(f"stats-{today}", [StatsMade(today.isoformat())])
