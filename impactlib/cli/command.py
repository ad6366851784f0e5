"""Options that the commands share: the store, the address of the server, the hosts that may be asked."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from impactlib.domain.refusal import Refusal
from impactlib.storage.folder import Folder
from impactlib.storage.store import Store
from impactlib.storage.stores import NO_ADDRESS, Data, at, store_of

Commands = Any  # what add_subparsers returns has no public name

BASE = "http://127.0.0.1:8866/"
URL = f"where the server is (default: the one that runs on the data folder, else {BASE})"
STORE = "IMPACT_STORE"
"""Names the store where no option does, and may hold a password: it is out of the environment once it is read."""


def server(args: argparse.Namespace) -> str:
    """The address of the server: the one that ``--url`` names, the one that runs on the data folder, else `BASE`."""
    return args.url or store_of(args.data).address() or BASE


def command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int | None], help: str, stores: bool = True
) -> argparse.ArgumentParser:
    """A command; unless it opens no `stores` so, it takes ``--data`` or ``--store``."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    if stores:
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--data", type=Path, metavar="DIR", help="the data folder (default: $IMPACT_DATA, or data)")
        where.add_argument("--store", metavar="ADDRESS", help="or a database: postgresql://USER@HOST/DATABASE")
    parser.set_defaults(run=run)
    return parser


def allowing(parser: argparse.ArgumentParser) -> None:
    """Let a command name the hosts that it may ask."""
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="HOST",
        help="fetch from this host (also $IMPACT_PULL_HOSTS); may be repeated",
    )


def print_links(args: argparse.Namespace, session: str, links: dict[str, str]) -> None:
    """Print a workshop's links, with its id."""
    if args.json:
        print(json.dumps({"session": session, "links": links}))
        return
    print(session)
    for role, url in links.items():
        print(f"  {role:12} {url}")


def data(args: argparse.Namespace) -> Data:
    """Where the workshops of a command are. Raises Refusal, StoreError, JournalError."""
    known = os.environ.pop(STORE, "")
    folder: Path | None = getattr(args, "data", None)
    found: Store | None = None
    if address := getattr(args, "store", None):
        found = opened(address)
    elif folder is None and known and hasattr(args, "store"):
        found = at(known)
    if isinstance(found, Folder):
        return found.path
    return found or folder or Path(os.environ.get("IMPACT_DATA", "data"))


def opened(address: str) -> Store:
    """The store at an address that was given on the command line. Raises Refusal, StoreError, JournalError."""
    try:
        said = urlsplit(address)
    except ValueError:
        raise Refusal(NO_ADDRESS) from None
    if said.password or "password" in parse_qs(said.query):
        raise Refusal(
            "Every account of this computer can see what a command was given: leave the password out of the address, "
            "and put it in ~/.pgpass, in $PGPASSWORD or in $IMPACT_STORE. Nothing was done."
        )
    return at(address)


def folder(args: argparse.Namespace) -> Path:
    """The data folder of a command that works on nothing else. Raises Refusal."""
    if isinstance(args.data, Path):
        return args.data
    raise Refusal("This command works on a data folder: give one with --data. Nothing was changed.")
