"""``impact product``: a product's file, its workshops, reviews and figures in order."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing

from impactlib.cli.command import Commands, command
from impactlib.cli.files import before, read
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.session import Session
from impactlib.domain.session_file import SessionFile
from impactlib.storage.stores import Data

FORMS = ("html", "odt", "docx", "json", "csv", "xlsx", "ods")


def add(commands: Commands) -> None:
    product = command(commands, "product", _product, "list a product's workshops, reviews and figures in order")
    product.add_argument("session", metavar="ID|FILE", help="any session of it: those before and after are found")
    product.add_argument("-o", "--output", metavar="PATH", default="", help=f"a file: .{', .'.join(FORMS)}")
    product.add_argument("--lang", choices=LANGUAGES, help="by default the session's")
    product.add_argument("--json", action="store_true")


def _product(args: argparse.Namespace) -> None:
    from impactlib import export
    from impactlib.domain.product import Product
    from impactlib.export import product
    from impactlib.views.render import environment

    file = _newest(args.data, read(args.data, args.session))
    files = [file, *before(args.data, file)]
    sessions = [one.fold() for one in files]
    views = environment(args.lang or sessions[0].lang)
    if args.output:
        _, form = export.choose(args.output, "product", None)
        export.save(args.output, export.render(file, "product", form, views, files[1:]))
    elif args.json:
        print(product.json(sessions, views).decode())
    else:
        print("\n".join(product.lines(Product(tuple(sessions)), views)))


def _newest(data: Data, file: SessionFile) -> SessionFile:
    """The latest session of the store that goes on from a session, or from one that does; the session itself without
    any."""
    known = {one.follows.session: one for one in sorted(_sessions(data), key=lambda one: one.opened_at) if one.follows}
    session, seen = file.fold().id, set[str]()
    while session in known and session not in seen:
        seen.add(session)
        session = known[session].id
    return read(data, session) if seen else file


def _sessions(data: Data) -> Iterator[Session]:
    from impactlib.storage.faults import TROUBLE
    from impactlib.storage.journal import JournalError
    from impactlib.storage.session_store import list_sessions, open_store

    for name in list_sessions(data):
        try:
            store = open_store(data, name)
        except (JournalError, *TROUBLE, OSError):
            continue
        with closing(store.journal):
            yield store.session
