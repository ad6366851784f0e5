"""A line that stalls without closing, as a Wi-Fi does: a TCP proxy between a browser and a server."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class StallingLine:
    """Everything that is sent either way passes, in order, or waits while the line is stalled; connections stay open,
    and new ones are taken. `url` is its address.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._flows = threading.Event()
        self._flows.set()
        self._listens = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listens.getsockname()[1]}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._flows.set()
        for one in (self._listens, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def stall(self) -> None:
        """Let nothing pass any more."""
        self._flows.clear()

    def go(self) -> None:
        """Let what waited pass, and all that comes."""
        self._flows.set()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listens.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                self._open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := one.recv(65536):
                self._flows.wait()
                other.sendall(content)
            self._flows.wait()
            other.shutdown(socket.SHUT_WR)
