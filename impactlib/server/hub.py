"""Under a JupyterHub, as on Binder: our server takes the place of the notebook server that the hub starts.

The hub passes a notebook server's command line: ``python3 -c SCRIPT --ip=0.0.0.0 --port=N
--NotebookApp.base_url=... --NotebookApp.token=...``, then the same again as ``--ServerApp.*``.
We read the options that we need, and start our server anew: its own command line holds no token,
and its environment none of the hub's keys, which no notebook has a use for.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from impactlib.storage.stores import Data, store_of

TOKEN = "IMPACT_TOKEN"
"""Carries the token to ``impact serve``, which removes it from its environment as it reads it."""

_OPTION = re.compile(r"--(?:\w+\.)?(ip|port|base_url|token)=(.*)", re.S)
_HUBS_OWN = re.compile(r"JUPYTERHUB_|JPY_API_TOKEN$")


class HubError(Exception):
    """A command line that must not be served: says what is missing, and what was not done."""


@dataclass(frozen=True)
class Address:
    """Where a hub wants its server, and the token that opens it."""

    host: str
    port: int
    base_url: str
    token: str


def address(arguments: Sequence[str]) -> Address:
    """Read a hub's command line. Raises HubError.

    Examples
    --------
    >>> address(["python3", "-c", "...", "--port=8888", "--NotebookApp.base_url=/user/x", "--NotebookApp.token=-t"])
    Address(host='127.0.0.1', port=8888, base_url='/user/x/', token='-t')
    """
    said = {found[1]: found[2] for argument in arguments if (found := _OPTION.fullmatch(argument))}
    if not said.get("token"):
        # Without a token, anybody who finds the address would be the operator.
        raise HubError("the hub gave no token (--ServerApp.token=...): nothing is served without one.")
    if not said.get("port", "").isdigit():
        raise HubError(f"the hub gave no port (--port=N), but {said.get('port')!r}: nothing is served.")
    base_url = f"/{said.get('base_url', '').strip('/')}/".replace("//", "/")
    return Address(said.get("ip") or "127.0.0.1", int(said["port"]), base_url, said["token"])


def drop_keys() -> None:
    """Take the hub's own keys out of the environment, as a service that it manages: no kernel inherits them."""
    for name in [name for name in os.environ if _HUBS_OWN.match(name)]:
        del os.environ[name]


def environment(environ: Mapping[str, str], token: str) -> dict[str, str]:
    """The server's environment: everything but the hub's own keys, and the token."""
    kept = {name: value for name, value in environ.items() if not _HUBS_OWN.match(name)}
    return {**kept, TOKEN: token}


def start(arguments: Sequence[str], data: Data) -> None:
    """Become ``impact serve``, where the hub wants it. Raises HubError; else it does not return."""
    at = address(arguments)
    where, found = store_of(data).child()
    command = [sys.executable, "-m", "impactlib.cli", "serve", "--no-browser", *where]
    command += [f"--host={at.host}", f"--port={at.port}", f"--base-url={at.base_url}"]
    os.execve(sys.executable, command, {**environment(os.environ, at.token), **found})


def browser_protocol(headers: Mapping[str, str], default: str) -> str:
    """The protocol of the browser, at the far end of the proxies: each adds its own to the list.

    Examples
    --------
    >>> browser_protocol({"X-Forwarded-Proto": "https,http"}, "http")
    'https'
    """
    first = headers.get("X-Forwarded-Proto", default).split(",")[0].strip().lower()
    return first if first in ("http", "https") else default
