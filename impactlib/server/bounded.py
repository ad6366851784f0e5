"""A server that everybody may reach and nobody can fill: connections and bodies are bounded before one is read."""

from __future__ import annotations

import logging
import resource
import time
from collections.abc import Awaitable
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream

from impactlib.server.walls import WALLS

LARGEST_BODY = 16 * 1024 * 1024
"""Bytes of a body: what is too large for us still comes in, to be refused in a sentence."""
BODIES = 128 * 1024 * 1024
"""Bytes of all bodies that are being received at once; the next one is asked to come again."""
CONNECTIONS = 8192
"""Connections at once, where the system allows as many: thirty times a room of 300, whose browsers hold one or two."""
RESERVED = 256
"""Files that journals, logs and processes need beside the connections."""
METHODS = frozenset({"GET", "HEAD", "POST"})
"""What may be asked of an address: handlers that we did not write fail, and log it, at others."""
IDLE, RECEIVED = 75.0, 120.0
"""Seconds that a connection may say nothing between two requests, and that a body may take to come in."""
SAID_EVERY = 60.0
"""Seconds between two lines of the log about the same bound."""

log = logging.getLogger("impact")


class BoundedServer(HTTPServer):
    """Make it as tornado's server; its bounds are those of this module."""

    def initialize(self, *args: Any, **named: Any) -> None:
        bounds = {"max_body_size": LARGEST_BODY, "idle_connection_timeout": IDLE, "body_timeout": RECEIVED}
        super().initialize(*args, **{**bounds, **named})
        self._most = min(CONNECTIONS, _files_allowed() - RESERVED)
        self._open = self._receiving = 0
        self._said: dict[str, float] = {}

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Serve a connection, or close it at once where there are too many."""
        if self._open >= self._most:
            self._say("connections", "%s connections are open: others are closed until some end", self._most)
            return stream.close()
        self._open += 1
        super().handle_stream(stream, address)

    def on_close(self, server_conn: object) -> None:
        self._open -= 1
        super().on_close(server_conn)

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        return _Received(self, request_conn, super().start_request(server_conn, request_conn))

    def receive(self, length: int) -> bool:
        """Whether a body of that many bytes may come in now; then `received` is called once."""
        if self._receiving + length > BODIES:
            self._say("bodies", "%s bytes are being received: other files are asked to come again", self._receiving)
            return False
        self._receiving += length
        return True

    def received(self, length: int) -> None:
        self._receiving -= length

    def _say(self, bound: str, said: str, count: int) -> None:
        now = time.monotonic()
        if now - self._said.get(bound, -SAID_EVERY) >= SAID_EVERY:
            self._said[bound] = now
            log.error(said, count)


class _Received(HTTPMessageDelegate):
    """One request: its body counts from its headers on until it is there, or the connection ends."""

    def __init__(self, server: BoundedServer, connection: HTTPConnection, inner: HTTPMessageDelegate) -> None:
        self._server, self._connection, self._inner = server, connection, inner
        self._counted = 0

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        if start_line[0] not in METHODS:
            self._refuse(405)
            return None
        length = _length(headers)
        if length > LARGEST_BODY or not self._server.receive(length):
            self._refuse(413 if length > LARGEST_BODY else 503)
            return None
        self._counted = length
        return self._inner.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._inner.data_received(chunk)

    def finish(self) -> None:
        self._release()
        self._inner.finish()

    def on_connection_close(self) -> None:
        self._release()
        self._inner.on_connection_close()

    def _release(self) -> None:
        self._server.received(self._counted)
        self._counted = 0

    def _refuse(self, status: int) -> None:
        """Answer before the body comes: tornado then reads it without keeping it."""
        headers = HTTPHeaders({**WALLS, "Content-Length": "0", "Connection": "close", "Retry-After": "5"})
        self._connection.write_headers(ResponseStartLine("HTTP/1.1", status, "Refused"), headers, b"")
        self._connection.finish()


def _length(headers: HTTPHeaders) -> int:
    """The bytes of a body: those that its headers promise, or the most that may come where they promise none."""
    if "Transfer-Encoding" in headers:
        return LARGEST_BODY
    said = headers.get("Content-Length", "0")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0


def _files_allowed() -> int:
    """Files that this process may have open, after asking the system for as many as it gives."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + RESERVED if hard == resource.RLIM_INFINITY else min(hard, CONNECTIONS + RESERVED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return wanted if soft == resource.RLIM_INFINITY else soft
