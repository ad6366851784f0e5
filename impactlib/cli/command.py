"""Options that the commands share: the data folder, and the address of the server."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from impactlib.storage import running

Commands = Any  # what add_subparsers returns has no public name

BASE = "http://127.0.0.1:8866/"
URL = f"where the server is (default: the one that runs on the data folder, else {BASE})"


def server(args: argparse.Namespace) -> str:
    """The address of the server: the one that ``--url`` names, the one that runs on the data folder, else `BASE`."""
    return args.url or running.address(args.data) or BASE


def command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int | None], help: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("IMPACT_DATA", "data")))
    parser.set_defaults(run=run)
    return parser


def print_links(args: argparse.Namespace, session: str, links: dict[str, str]) -> None:
    """Print a workshop's links, with its id."""
    if args.json:
        print(json.dumps({"session": session, "links": links}))
        return
    print(session)
    for role, url in links.items():
        print(f"  {role:12} {url}")
