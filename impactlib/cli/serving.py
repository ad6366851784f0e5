"""``impact serve`` and ``impact hub``: the workshops of a data folder, served until one stops it."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from pathlib import Path

from impactlib.cli.command import Commands, command
from impactlib.cli.shelf import own_shelf
from impactlib.domain.agenda import LANGUAGES


def add(commands: Commands) -> None:
    serve = command(commands, "serve", _serve, "serve the workshops of a data folder")
    serve.add_argument("--port", type=_port, default=8866)
    serve.add_argument("--host", default="127.0.0.1", help="0.0.0.0 opens it to this computer's network")
    serve.add_argument("--base-url", default="/")
    serve.add_argument("--lang", choices=LANGUAGES, default="fr")
    serve.add_argument("--no-browser", action="store_true", help="print the operator's address, open nothing")
    serve.add_argument(
        "--log", choices=("text", "json"), default="text", help="json: one object a line, and no key on the screen"
    )
    serve.add_argument(
        "--contact",
        default="",
        help="who answers for personal data here, and how to reach them, for the page /privacy ($IMPACT_CONTACT)",
    )
    serve.add_argument("--notebooks", type=Path, default=None, help="serve these notebooks instead of the kit's")
    serve.add_argument(
        "--shelf", type=Path, metavar="FILE", help="what to read, beside the kit's (default: DATA/shelf.toml)"
    )

    hub = command(commands, "hub", _hub, "serve under a JupyterHub (Binder): see binder/start")
    hub.add_argument("arguments", nargs="*", metavar="-- ARGUMENT", help="the hub's command line")


def _port(raw: str) -> int:
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 5 and 1 <= int(raw) <= 65535):
        raise argparse.ArgumentTypeError(f"{raw}: give a port from 1 to 65535, such as 8866")
    return int(raw)


def _serve(args: argparse.Namespace) -> None:
    from impactlib.paths import NOTEBOOKS
    from impactlib.server import hub
    from impactlib.server.app import serve

    if args.shelf:
        own_shelf(args, args.shelf)
    # The store has it: no kernel inherits it.
    os.environ.pop("PGPASSWORD", None)
    hub.drop_keys()
    try:
        serve(
            args.data,
            port=args.port,
            host=args.host,
            base_url=args.base_url,
            lang=args.lang,
            contact=args.contact or os.environ.get("IMPACT_CONTACT", ""),
            browser=not args.no_browser,
            notebooks=args.notebooks or NOTEBOOKS,
            json_log=args.log == "json",
            shelf=args.shelf,
            # Out of the environment as it is read: no kernel inherits it.
            token=os.environ.pop(hub.TOKEN, ""),
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        said = f"port {args.port} is taken by another program. Stop that one, or give another port with --port."
        raise OSError(error.errno, said) from error


def _hub(args: argparse.Namespace) -> int:
    from impactlib.server import hub

    try:
        hub.start(args.arguments, args.data)
    except hub.HubError as error:
        print(f"impact: {error}", file=sys.stderr)
    return 2  # start returns only when it refuses
