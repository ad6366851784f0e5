"""Where the server of a data folder is, while it runs: a small file, locked as long as the server lives.

The system itself lets go of the lock when the process ends, however it ends: a file without a lock is a leftover.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

_NAME = "server"


@contextlib.contextmanager
def announced(data: Path, address: str) -> Iterator[None]:
    """Say at which address the server of that folder is. Of two servers on one folder the first is found."""
    descriptor = os.open(data / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate()
            file.write(address)
            file.flush()
        yield


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
