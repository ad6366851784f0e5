"""nginx as a document of ours configures it, on a free port, with a certificate of its own making."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.harness import free_port, until

DOCS = Path(__file__).parents[1] / "docs"
SELF_SIGNED = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2")


class Nginx:
    """`document` is the name of its configuration, in which what stands on the left of `ours` is what stands on the
    right here. `url` is its address."""

    def __init__(self, folder: Path, document: str, ours: Mapping[str, str]) -> None:
        self._folder, self.port = folder, free_port()
        self.url = f"https://127.0.0.1:{self.port}/"
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if not nginx:
            pytest.fail("nginx is not installed: run make tools")
        folder.mkdir(exist_ok=True)
        subprocess.run(
            (*SELF_SIGNED, "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"),
            check=True,
            capture_output=True,
        )
        documented = (DOCS / document).read_text()
        here = {"listen 443 ": f"listen 127.0.0.1:{self.port} ", "/etc/ssl/impact/": f"{folder}/"}
        for theirs, mine in {**here, **ours}.items():
            assert theirs in documented
            documented = documented.replace(theirs, mine)
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log warn;"
            f"events {{}} http {{ access_log off; {temporary}\n{documented}\n}}"
        )
        self._process = subprocess.Popen([nginx, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
        until(self._listens)

    def _listens(self) -> bool:
        assert self._process.poll() is None, (self._folder / "error.log").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def connection(self) -> http.client.HTTPConnection:
        """A connection to it, which believes its certificate."""
        trusted = ssl.create_default_context(cafile=str(self._folder / "fullchain.pem"))
        trusted.check_hostname = False
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=trusted)

    def complaints(self) -> list[str]:
        """What nginx warns of, beside the certificate that nobody signed."""
        return [line for line in (self._folder / "error.log").read_text().splitlines() if "certificate" not in line]

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
