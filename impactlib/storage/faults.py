"""What is the matter with the disk, a file on it, or the database, told from the error that it raised."""

from __future__ import annotations

import errno
import sqlite3
from enum import StrEnum


class Fault(StrEnum):
    """A trouble of the machine, which no gesture mends; the work goes on once its cause is gone."""

    DAMAGED = "damaged"
    """A journal that cannot be believed."""
    FULL = "full"
    READ_ONLY = "read-only"
    BUSY = "busy"
    """Another process holds the file for longer than a writer waits."""
    DISK = "disk"
    """The system failed to read or to write, and says no more."""
    MOVED = "moved"
    """The file was deleted or replaced while it was open."""
    AWAY = "away"
    """The database does not answer."""


_OF_SQLITE = {
    sqlite3.SQLITE_CORRUPT: Fault.DAMAGED,
    sqlite3.SQLITE_NOTADB: Fault.DAMAGED,
    sqlite3.SQLITE_FULL: Fault.FULL,
    sqlite3.SQLITE_READONLY: Fault.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: Fault.READ_ONLY,
    sqlite3.SQLITE_PERM: Fault.READ_ONLY,
    sqlite3.SQLITE_BUSY: Fault.BUSY,
    sqlite3.SQLITE_LOCKED: Fault.BUSY,
    sqlite3.SQLITE_IOERR: Fault.DISK,
}
_OF_SYSTEM = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), Fault.FULL),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), Fault.READ_ONLY),
    errno.EIO: Fault.DISK,
}

WHAT_TO_DO = {
    Fault.DAMAGED: "its file is damaged. `impact doctor` says what is wrong and what can be repaired",
    Fault.FULL: "the disk, or a quota, is full. Free some space: what people write waits in their browsers",
    Fault.READ_ONLY: "its folder or file may not be written to. Check who owns it and how the disk is mounted: what "
    "people write waits in their browsers",
    Fault.BUSY: "another program holds its file. End that program: what people write waits in their browsers",
    Fault.DISK: "the disk fails to read or to write. Check it, its space and the quota of this account: what people "
    "write waits in their browsers",
    Fault.MOVED: "its file was deleted or replaced. Put it back, or restore a copy: `impact doctor` checks it",
    Fault.AWAY: "the database does not answer. Start it, or check its address and the network: what people write waits "
    "in their browsers, and leaves by itself afterwards",
}
"""For the log of the server: what is wrong, and what whoever runs it does about it."""


class StoreError(Exception):
    """What a database could not do: says where and why, without a password and without a word of a workshop."""

    def __init__(self, where: str, why: str, fault: Fault | None = None) -> None:
        super().__init__(f"{where}: {why}.")
        self.fault = fault


TROUBLE = (sqlite3.DatabaseError, StoreError)
"""What a journal or a store raises when the machine, or the database, is in trouble: `fault` says which."""


def fault(error: BaseException | None) -> Fault | None:
    """The trouble that an error tells of; None for an error that tells of none.

    >>> fault(OSError(errno.ENOSPC, "No space left on device"))
    <Fault.FULL: 'full'>
    """
    match error:
        case StoreError():
            return error.fault
        case sqlite3.DatabaseError():
            return _of_sqlite(error)
        case OSError():
            return _OF_SYSTEM.get(error.errno or 0)
        case _:
            return None


def _of_sqlite(error: sqlite3.DatabaseError) -> Fault | None:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Python itself cannot read a text: it is not UTF-8 any more.
        return Fault.DAMAGED if isinstance(error, sqlite3.OperationalError) else None
    if code == sqlite3.SQLITE_ERROR and str(error).startswith("no such "):
        return Fault.DAMAGED  # emptied under our eyes: what we ask for is always there
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return Fault.MOVED
    return _OF_SQLITE.get(code & 0xFF)
