"""A file replaced whole: a reader finds what was there before, or all of what comes after."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from pathlib import Path

PART = ".part"
"""The ending of a file that is being written; one is left where a process was killed meanwhile."""


def replace_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Put a file in the place of another, on the disk, with its mode; or raise OSError and leave that one as it was.

    `mode` is that of a file where there was none, without the bits that the umask takes.
    """
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Bring a file, or what a folder lists, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def left_behind(path: Path) -> list[Path]:
    """What killed processes left of that file."""
    return list(path.parent.glob(f".{path.name}.*{PART}"))
