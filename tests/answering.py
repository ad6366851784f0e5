"""A tool, or a registry, that answers at an address of this computer, with its moods."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType

from impactlib.paths import TEMPLATES

MONTHS = {"2024-08": {"nb_visits": 1873}, "2024-09": {"nb_visits": 2010}, "2099-01": {"nb_visits": 4}}
HTML = b"<!doctype html><html><body><form>Connexion</form></body></html>"


class Answers(BaseHTTPRequestHandler):
    """The first part of a path is the mood in which it is answered."""

    def do_GET(self) -> None:
        mood = self.path.partition("?")[0].strip("/").partition("/")[0]
        with suppress(OSError):
            getattr(self, f"_{mood}")()

    def _send(self, body: bytes, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _good(self) -> None:
        self._send(json.dumps(MONTHS).encode())

    def _login(self) -> None:
        self._send(HTML)

    def _registry(self) -> None:
        self._send((TEMPLATES / "registries" / "invented.json").read_bytes())

    def _undated(self) -> None:
        self._send(b'{"version": "2.7", "data": []}')

    def _wide(self) -> None:
        """A registry of 6 MB: more than an export may weigh, less than a registry may."""
        self._send(json.dumps({"version": "2.7", "data": [], "more": " " * 6_000_000}).encode())

    def _moved(self) -> None:
        self._send(b"", 302, {"Location": "/good"})

    def _loop(self) -> None:
        self._send(b"", 302, {"Location": "/loop"})

    def _away(self) -> None:
        self._send(b"", 302, {"Location": "http://ailleurs.exemple.fr/good"})

    def _broken(self) -> None:
        self._send(b"", 302, {"Location": "http://[::1"})

    def _missing(self) -> None:
        self._send(b"", 404)

    def _short(self) -> None:
        self._send(b"{}", headers={"Content-Length": "400"})
        self.close_connection = True

    def _large(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(50_000_000))
        self.end_headers()
        for _ in range(500):
            self.wfile.write(b" " * 100_000)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(600):
            self.wfile.write(b" ")
            time.sleep(0.1)

    def log_message(self, *said: object) -> None:
        pass


@contextmanager
def answering() -> Iterator[str]:
    """The host of a server that answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()
