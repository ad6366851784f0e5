"""Reverse proxies as documents of ours configure them, on a free port, with a certificate of their own making."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.harness import free_port, until

DOCS = Path(__file__).parents[1] / "docs"
SELF_SIGNED = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2")


class Proxy:
    """A proxy that runs. `document` is the name of its configuration, in which what stands on the left of `ours` is
    what stands on the right here. `url` is its address."""

    program: str

    def __init__(self, folder: Path, document: str, ours: Mapping[str, str]) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"https://127.0.0.1:{self.port}/"
        found = shutil.which(self.program, path=f"{os.environ['PATH']}:/usr/sbin")
        if not found:
            pytest.fail(f"{self.program} is not installed: run make tools")
        folder.mkdir(exist_ok=True)
        key, chain = folder / "privkey.pem", folder / "fullchain.pem"
        subprocess.run((*SELF_SIGNED, "-keyout", key, "-out", chain), check=True, capture_output=True)
        (folder / "impact.pem").write_text(chain.read_text() + key.read_text())
        documented = (DOCS / document).read_text()
        for theirs, mine in {**self.here(), "/etc/ssl/impact/": f"{folder}/", **ours}.items():
            assert theirs in documented
            documented = documented.replace(theirs, mine)
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen([found, *self.arguments(documented)], stdout=self._log, stderr=self._log)
        until(self._listens)

    def here(self) -> dict[str, str]:
        """What a test changes in the document."""
        raise NotImplementedError

    def arguments(self, documented: str) -> Sequence[str | Path]:
        """Write its files; the arguments that it starts with."""
        raise NotImplementedError

    def _listens(self) -> bool:
        assert self._process.poll() is None, (self.folder / "log").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def connection(self) -> http.client.HTTPConnection:
        """A connection to it, which believes its certificate."""
        trusted = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        trusted.check_hostname = False
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=trusted)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._log.close()


class Nginx(Proxy):
    program = "nginx"

    def here(self) -> dict[str, str]:
        return {"listen 443 ": f"listen 127.0.0.1:{self.port} "}

    def arguments(self, documented: str) -> Sequence[str | Path]:
        temporary = "".join(
            f"{kind}_temp_path {self.folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        written = self.folder / "nginx.conf"
        written.write_text(
            f"daemon off; pid {self.folder}/pid; error_log {self.folder}/log warn;"
            f"events {{}} http {{ access_log off; {temporary}\n{documented}\n}}"
        )
        return "-c", written, "-e", self.folder / "log"

    def complaints(self) -> list[str]:
        """What it warns of, beside the certificate that nobody signed."""
        return [line for line in (self.folder / "log").read_text().splitlines() if "certificate" not in line]


class HAProxy(Proxy):
    program = "haproxy"

    def here(self) -> dict[str, str]:
        # Started by a test, it changes to no other account.
        return {"bind :443 ": f"bind 127.0.0.1:{self.port} ", "  user  haproxy\n  group haproxy\n": ""}

    def arguments(self, documented: str) -> Sequence[str | Path]:
        written = self.folder / "haproxy.cfg"
        written.write_text(documented)
        return "-db", "-f", written
