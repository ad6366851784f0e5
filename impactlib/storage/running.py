"""Where the server of a data folder is, while it runs: a small file, locked as long as the server lives; and which of
several are alive, each with a file of its own.

The system itself lets go of the lock when the process ends, however it ends: a file without a lock is a leftover.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

_NAME = "server"
_SIGNS = "servers"


@contextlib.contextmanager
def announced(data: Path, address: str) -> Iterator[str]:
    """Say at which address the server of that folder is, and give the address of another that runs on it, "" without
    one. Of two servers on one folder the first is found; in one that may only be read, none is."""
    try:
        descriptor = os.open(data / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield ""
        return
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield file.read() or "(unknown)"
            return
        file.truncate()
        file.write(address)
        file.flush()
        yield ""


def address(data: Path) -> str:
    """The address, on this computer, of the server that runs on that folder; "" when none does."""
    try:
        file = (data / _NAME).open(encoding="utf-8")
    except OSError:
        return ""
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read()
        return ""


class Sign:
    """That a server is alive: a file under a name of its own, locked until the process ends."""

    def __init__(self, data: Path) -> None:
        self.name = secrets.token_hex(4)
        self._path = data / _SIGNS / self.name
        self._descriptor: int | None = None
        # A folder that may only be read shows no sign, nor who is present.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def renew(self) -> bool:
        """The system holds the lock: nothing is to be done."""
        return True

    def close(self) -> None:
        """Take the sign away."""
        if self._descriptor is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None


def ended(data: Path, names: Iterable[str]) -> list[str]:
    """Those of some servers that run no more; what they left is removed."""
    return [name for name in names if not _is_alive(data / _SIGNS / name)]


def _is_alive(sign: Path) -> bool:
    try:
        file = sign.open()
    except OSError:
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    with contextlib.suppress(OSError):
        sign.unlink(missing_ok=True)
    return False
