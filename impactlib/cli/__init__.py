"""The ``impact`` command: serve, hub, new, sessions, links, operator, export, import, backup, doctor, store, readings,
recipe, pull, due, product, stats, portfolio, gallery, check, draft, shelf, agenda, replay, rehearse.

Each command takes ``--data DIR`` (by default ``./data``, or ``$IMPACT_DATA``) or ``--store ADDRESS``
(``$IMPACT_STORE``). A module for each subject declares its commands beside what they do; here they are put together,
and what goes wrong is said.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from functools import cache

from impactlib import export
from impactlib.cli import (
    agendas,
    due,
    files,
    hypotheses,
    keeping,
    portfolio,
    product,
    pulling,
    readings,
    rehearsal,
    replay,
    serving,
    shelf,
    stats,
    stores,
    workshops,
)
from impactlib.cli.command import data
from impactlib.domain.agenda_files import AgendaError
from impactlib.domain.refusal import Refusal, SheetError
from impactlib.storage.faults import WHAT_TO_DO, StoreError, fault
from impactlib.storage.journal import JournalError
from impactlib.storage.stores import store_of

SUBJECTS = (
    serving,
    workshops,
    files,
    keeping,
    stores,
    readings,
    pulling,
    due,
    product,
    stats,
    portfolio,
    hypotheses,
    shelf,
    agendas,
    replay,
    rehearsal,
)
"""The modules that declare commands, in the order of ``impact --help``."""
_SAID: Mapping[type[OSError], str] = {
    FileNotFoundError: "there is no such file. Check its name and its folder.",
    IsADirectoryError: "this is a folder: give the name of a file in it.",
    NotADirectoryError: "one of its folders is a file. Check the path.",
    PermissionError: "this account may not do that. Check who owns it.",
}
"""How a person can mend each error of a file."""


def main(argv: list[str] | None = None) -> int:
    """Run a command; an error that a person can mend is one line on standard error, and exit 2."""
    args = _parser().parse_args(argv)
    try:
        args.data = data(args)
        with closing(store_of(args.data)):
            code: int | None = args.run(args)
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader closed the pipe: write nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except OSError as error:
        said = _SAID.get(type(error), error.strerror or str(error))
        print(f"impact: {error.filename or ''}{': ' if error.filename else ''}{said}", file=sys.stderr)
        return 2
    except sqlite3.DatabaseError as error:
        trouble = fault(error)
        if trouble is None:
            raise
        print(f"impact: {args.data}: {WHAT_TO_DO[trouble]}.", file=sys.stderr)
        return 2
    except (AgendaError, Refusal, JournalError, StoreError, SheetError, export.ExportError) as error:
        print(f"impact: {error}", file=sys.stderr)
        return 2
    return code or 0


@cache  # who calls commands one after another, a notebook or a test, declares them once
def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="impact", description="The Atelier impact kit.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for subject in SUBJECTS:
        subject.add(commands)
    return parser
