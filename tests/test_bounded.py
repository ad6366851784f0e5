"""Whoever opens connections and sends no end of a body keeps nobody else waiting, and takes no memory."""

from __future__ import annotations

import contextlib
import re
import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tornado.httputil import HTTPHeaders

from impactlib.server import bounded
from impactlib.server.bounded import BODIES, LARGEST_BODY
from impactlib.server.handler import FILE
from tests.harness import Server, answers, until

IDLE, UNFINISHED = 1_500, 120


@pytest.mark.parametrize(
    ("headers", "length"),
    [
        ({}, 0),
        ({"Content-Length": "12"}, 12),
        ({"Content-Length": "-12"}, 0),
        ({"Content-Length": "٣"}, 0),
        ({"Content-Length": "9" * 400}, 0),
        ({"Transfer-Encoding": "chunked"}, LARGEST_BODY),
        ({"Transfer-Encoding": "chunked", "Content-Length": "1"}, LARGEST_BODY),
    ],
)
def test_a_body_counts_as_long_as_its_headers_promise(headers: dict[str, str], length: int) -> None:
    assert bounded._length(HTTPHeaders(headers)) == length


@pytest.fixture
def many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard)) if soft < hard else None


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("bounded")) as server:
        yield server.settle()


def megabytes(server: Server) -> float:
    """The memory of a server's process."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def request(server: Server, body: int, kind: str) -> socket.socket:
    """A connection on which a request was begun whose body is promised."""
    wire = socket.create_connection(("127.0.0.1", server.port), 10)
    head = f"POST /replay/file HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: {kind}\r\n"
    wire.sendall(f"{head}Content-Length: {body}\r\n\r\n".encode())
    return wire


@pytest.mark.process
@pytest.mark.usefixtures("many_files")
def test_connections_that_say_nothing_keep_nobody_waiting(alone: Server) -> None:
    before = megabytes(alone)
    with contextlib.ExitStack() as stack:
        for _ in range(IDLE):
            stack.enter_context(socket.create_connection(("127.0.0.1", alone.port), 10))
        assert answers(f"{alone.url}api")
        assert megabytes(alone) - before < 60
    assert alone.log.stat().st_size < 20_000, "it logs each of them"


@pytest.mark.process
def test_bodies_that_never_end_are_held_within_a_bound_and_the_next_is_asked_to_come_again(alone: Server) -> None:
    before, said = megabytes(alone), []
    with contextlib.ExitStack() as stack:
        for _ in range(UNFINISHED):
            wire = stack.enter_context(request(alone, LARGEST_BODY, FILE))
            with contextlib.suppress(OSError):
                wire.sendall(b"x" * (1024 * 1024))
            said.append(wire)
        until(lambda: "are being received" in alone.log.read_text(encoding="utf-8"))
        assert said[-1].recv(100).startswith(b"HTTP/1.1 503")
        assert answers(f"{alone.url}api")
        assert megabytes(alone) - before < 2 * BODIES / 2**20

    def taken() -> bool:
        with request(alone, 3, FILE) as wire:
            wire.sendall(b"{}x")
            return wire.recv(100).startswith(b"HTTP/1.1 200")

    until(taken)  # those that have ended leave their place


@pytest.mark.process
def test_a_body_that_is_too_large_is_refused_before_it_comes(alone: Server) -> None:
    for length, status in ((LARGEST_BODY + 1, b"413"), (LARGEST_BODY, b"")):
        with request(alone, length, "application/json") as wire:
            wire.settimeout(0.5)
            try:
                said = wire.recv(100)
            except TimeoutError:
                said = b""  # it waits for the body
            assert said.startswith(b"HTTP/1.1 " + status) if status else said == b""
