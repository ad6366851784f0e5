"""What an address answers, within bounds: hosts that the operator allows, time in all, size, redirections."""

from __future__ import annotations

import http.client
import os
import socket
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urljoin, urlsplit, urlunsplit

from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_

WITHIN = 20.0
"""Seconds that all of it may take."""
MEGABYTE = 1024 * 1024
LARGEST = 5 * MEGABYTE
"""Bytes of an answer."""
REDIRECTIONS = 5
HOSTS = "IMPACT_PULL_HOSTS"
"""The variable that lists the hosts that the operator allows, between spaces or commas."""
_PORTS = {"http": 80, "https": 443}

_NOT_ALLOWED = N_(
    "%(host)s is not a host that may be asked: allow it with --allow %(host)s, or in $IMPACT_PULL_HOSTS. "
    "Nothing was fetched."
)
_NOT_OF_THE_WEB = N_(
    "Only addresses that begin with https:// or http:// and name a host are read, and files, by their path. "
    "Nothing was fetched."
)
_ELSEWHERE = N_("The address leads to another host, %(host)s: it was not followed. Nothing was written.")
_LOOP = N_("The address leads from one to another without end. Nothing was written.")
TOO_LARGE = N_("This file is larger than %(most)s MB: it was not read. Ask for less. Nothing was written.")
_TOO_SLOW = N_("The file had not come whole after %(seconds)s s. Nothing was written.")
_NO_ANSWER = N_("%(host)s does not answer (%(why)s). Nothing was written.")
_STATUS = N_("%(host)s answers %(status)s instead of the file. Nothing was written.")


def is_remote(source: str) -> bool:
    """Whether what a person named is an address, and no file."""
    return "://" in source


def without_key(address: str) -> str:
    """An address as a message says it: neither an account nor what follows its path, which may be a key."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "…"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def saved(path: Path, largest: int = LARGEST) -> bytes:
    """What a file holds: no more of it is read than a fetch would bring. Raises Refusal, OSError."""
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise Refusal(TOO_LARGE, most=largest // MEGABYTE)
    return content


def known_hosts(named: Iterable[str]) -> list[str]:
    """The hosts that may be asked: those that are named, and those that the operator's variable lists."""
    return [*named, *os.environ.get(HOSTS, "").replace(",", " ").split()]


def fetch(address: str, allowed: Collection[str], within: float = WITHIN, largest: int = LARGEST) -> bytes:
    """What a GET of an address answers, and nothing else is asked.

    Parameters
    ----------
    allowed
        Hosts, each with its port where that is not the usual one.
    within
        Seconds that all of it may take, redirections included.
    largest
        Bytes that the answer may have.

    Raises
    ------
    Refusal
        Saying why there is no answer to read.
    """
    host, until = _host(address), time.monotonic() + within
    if not host:
        raise Refusal(_NOT_OF_THE_WEB)
    if host not in {one.strip().lower() for one in allowed}:
        raise Refusal(_NOT_ALLOWED, host=host)
    for _ in range(REDIRECTIONS + 1):
        left = until - time.monotonic()
        try:
            status, location, body = _asked(address, left, largest)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if time.monotonic() >= until:
                raise Refusal(_TOO_SLOW, seconds=round(within)) from None
            raise Refusal(_NO_ANSWER, host=host, why=str(error) or type(error).__name__) from None
        if time.monotonic() >= until:
            raise Refusal(_TOO_SLOW, seconds=round(within))
        if status not in (301, 302, 303, 307, 308):
            break
        former, address = address, _led(address, location)
        downgraded = former.startswith("https:") and not address.startswith("https:")
        if _host(address) != host or downgraded:
            raise Refusal(_ELSEWHERE, host=_host(address) or "…")
    else:
        raise Refusal(_LOOP)
    if status != 200:
        raise Refusal(_STATUS, host=host, status=status)
    return body


def _asked(address: str, left: float, largest: int) -> tuple[int, str, bytes]:
    """One answer: its status, where it leads, its body. Raises OSError, HTTPException; Refusal when it is too large."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    left = max(left, 0.001)
    connection = kind(parts.hostname, parts.port, timeout=left)
    with closing(connection), _ended_after(left) as watched:
        connection.connect()
        # The connection lets go of it once an answer that ends with it has begun.
        watched.append(connection.sock)
        target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        connection.request("GET", target, headers={"Accept": "*/*", "User-Agent": "impact", "Connection": "close"})
        answer = connection.getresponse()
        body = answer.read(largest + 1) if answer.status == 200 else b""
        if len(body) > largest:
            raise Refusal(TOO_LARGE, most=largest // MEGABYTE)
        # One that was cut short says less than its length.
        if answer.status == 200 and answer.length:
            raise http.client.IncompleteRead(body, answer.length)
        return answer.status, answer.getheader("Location", ""), body


@contextmanager
def _ended_after(seconds: float) -> Iterator[list[socket.socket]]:
    """Cut the sockets that last longer: their own time limit begins anew with each byte."""
    done = threading.Event()
    watched: list[socket.socket] = []

    def cut() -> None:
        wait = seconds
        while not done.wait(wait):
            wait = 0.1
            for one in watched:
                with suppress(OSError):
                    # An encrypted socket's own method would wait for the other side.
                    socket.socket.shutdown(one, socket.SHUT_RDWR)

    watch = threading.Thread(target=cut, daemon=True)
    watch.start()
    try:
        yield watched
    finally:
        done.set()
        watch.join()


def _led(address: str, location: str) -> str:
    """Where a redirection leads; "" when that is no address."""
    try:
        return urljoin(address, location)
    except ValueError:
        return ""


def _host(address: str) -> str:
    """The host of an address, with its port where that is not the usual one; "" for what is none of ours."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return shown if port in (None, _PORTS[parts.scheme]) else f"{shown}:{port}"
