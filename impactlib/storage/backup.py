"""A copy of a data folder that is in use: each journal whole, as it was at one moment."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from impactlib.domain.refusal import Refusal
from impactlib.storage.faults import Fault, fault
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.folder import Folder, sessions_folder
from impactlib.storage.journal import BUSY, JournalError
from impactlib.storage.store import PROGRAMME
from impactlib.storage.whole_file import flush
from impactlib.storage.workshops import said_of

TRANSIENT = frozenset({"server", "servers"})
"""What says in a data folder that a server runs."""


@dataclass
class Copied:
    """How many workshops were copied, and what is said of those whose copy is damaged, as they are."""

    workshops: int = 0
    damaged: dict[str, str] = field(default_factory=dict)


def back_up(data: Path, target: Path) -> Copied:
    """Copy a data folder to one that does not exist yet: it is there whole, or not at all.

    Raises
    ------
    Refusal
        When there is no such data folder, or something is where the copy is to be.
    OSError, sqlite3.DatabaseError
        When the machine is in trouble; nothing is then left of the copy.
    """
    if not sessions_folder(data).is_dir():
        raise Refusal("%(folder)s: this is no data folder. Nothing was copied.", folder=data)
    if target.exists():
        raise Refusal("%(folder)s: this is there already. Give the name of a new folder.", folder=target)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        copied = _copied(data, draft)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    flush(target.parent)
    return copied


def _copied(data: Path, draft: Path) -> Copied:
    copied = Copied()
    sessions_folder(draft).mkdir(mode=0o700, parents=True)
    draft.chmod(0o700)
    for path in data.iterdir():
        if path.is_file() and path.name not in TRANSIENT:
            _copy(path, draft / path.name)
    # What is opened meanwhile may be left out; what was there is in.
    for session in Folder(data).journals():
        name = f"{session}.journal"
        source, copy = sessions_folder(data) / name, sessions_folder(draft) / name
        if not source.exists():
            continue  # a rehearsal that was removed meanwhile
        try:
            _copy_journal(source, copy)
            with closing(FileJournal(copy)) as journal:
                journal.read()
            copied.workshops += session != PROGRAMME
        except (JournalError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.DatabaseError) and fault(error) != Fault.DAMAGED:
                raise
            # As it is: a copy of what is damaged is better than none.
            copied.damaged[session] = said_of(session, error)
            _copy(source, copy)
    flush(sessions_folder(draft))
    flush(draft)
    return copied


def _copy_journal(source: Path, copy: Path) -> None:
    """Copy a database that others write in, all of it at one moment."""
    copy.touch(mode=0o600)
    address = f"{source.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=BUSY, isolation_level=None)) as db,
        closing(sqlite3.connect(copy)) as other,
    ):
        # Reading keeps writers waiting: the copy itself then has nobody to wait for.
        db.execute("begin").execute("select count(*) from sqlite_master").fetchone()
        db.backup(other)
    flush(copy)


def _copy(source: Path, copy: Path) -> None:
    copy.touch(mode=0o600)
    shutil.copyfile(source, copy)
    flush(copy)
