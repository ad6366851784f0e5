"""A line in trouble, as a Wi-Fi or a network is: a TCP proxy between two programs."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Self


class StallingLine:
    """Everything that is sent either way passes, in order, or waits while the line is stalled; connections stay open,
    and new ones are taken. `url` is its address.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._flows = threading.Event()
        self._flows.set()
        self._cut = False
        self._late: tuple[bytes, float] | None = None
        self._listens = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._listens.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._flows.set()
        self._end(self._listens, *self._open)

    def stall(self) -> None:
        """Let nothing pass any more."""
        self._flows.clear()

    def cut(self) -> None:
        """End all connections, and each new one at once."""
        self._cut = True
        self._end(*self._open)
        self._open.clear()

    def delay(self, words: bytes, seconds: float) -> None:
        """Let what holds these words wait."""
        self._late = words, seconds

    def go(self) -> None:
        """Let what waited pass, and all that comes."""
        self._cut, self._late = False, None
        self._flows.set()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listens.accept()
                if self._cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._to))
                self._open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := one.recv(65536):
                if self._late and self._late[0] in content:
                    time.sleep(self._late[1])
                self._flows.wait()
                other.sendall(content)
            self._flows.wait()
            other.shutdown(socket.SHUT_WR)

    def _end(self, *sockets: socket.socket) -> None:
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
