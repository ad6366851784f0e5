"""A store in a folder: a SQLite file for each session, and small files beside them."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from impactlib.domain.events import Entry, Event
from impactlib.storage import running, tombstones
from impactlib.storage.file_journal import FileJournal, alone
from impactlib.storage.journal import JournalError, Whole
from impactlib.storage.store import PROGRAMME, SECRET, Sign, Store
from impactlib.storage.whole_file import flush, replace_file

STEP = 20
"""Milliseconds between two looks at what the system has reported."""


def sessions_folder(data: Path) -> Path:
    """The folder of the journals, in a data folder."""
    return data / "sessions"


def journal_path(data: Path, session: str) -> Path:
    """The journal of a session, in a data folder."""
    return sessions_folder(data) / f"{session}.journal"


def session_of(path: Path) -> str:
    """The id of the session whose journal is at a path, or "" for another file.

    >>> session_of(Path("sessions/abc.journal"))
    'abc'
    """
    return path.stem if path.name == journal_path(Path(), path.stem).name else ""


class Folder(Store):
    """The data folder at a path, which is made when something is first put in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def states(self) -> dict[str, tuple[int, ...]]:
        found = {}
        for path in sessions_folder(self.path).glob("*.journal"):
            if path.stem == PROGRAMME:
                continue
            with contextlib.suppress(OSError):  # it was removed meanwhile
                found[path.stem] = path.stat()
        newest = sorted(found, key=lambda session: found[session].st_ctime, reverse=True)
        # Somebody wrote in it, put another in its place, or damaged it.
        return {session: ((now := found[session]).st_ino, now.st_size, now.st_mtime_ns) for session in newest}

    def open(self, session: str, clock: Callable[[], float] | None = None, wait: float | None = None) -> FileJournal:
        return FileJournal(journal_path(self.path, session), clock or self.clock, wait)

    def create(
        self,
        session: str,
        speed: float = 1.0,
        clock: Callable[[], float] | None = None,
        first: Sequence[Event] = (),
        adopted: Sequence[Entry] = (),
        newer: int = 0,
        rest: str = "",
        begins: float | None = None,
    ) -> FileJournal:
        path = journal_path(self.path, session)
        return FileJournal.create(path, session, speed, clock or self.clock, first, adopted, newer, rest, begins)

    def put(self, session: str, whole: Whole) -> None:
        FileJournal.put(journal_path(self.path, session), whole)

    def has(self, session: str) -> bool:
        return bool(self._beside(session))

    def _beside(self, session: str) -> list[Path]:
        """The journal of a session, its drafts and its damaged copies."""
        found = sessions_folder(self.path).glob(f"{session}.*")
        return [path for path in found if path.name.startswith(f"{session}.")]

    def remove(self, session: str) -> None:
        path = journal_path(self.path, session)
        if path.exists():
            # Nobody is in the middle of a gesture; whoever opened the file finds it gone at the next one.
            with alone(path):
                path.unlink()
        for leftover in self._beside(session):
            leftover.unlink(missing_ok=True)
        flush(path.parent)

    def remove_copies(self, session: str) -> None:
        path = journal_path(self.path, session)
        for copy in path.parent.glob(f"{path.name}.damaged-*"):
            copy.unlink(missing_ok=True)

    def secret(self) -> bytes:
        """The folder's secret, readable by its owner alone.

        Raises
        ------
        JournalError
            When the file was emptied or cut: keys that derive from it could be computed by anybody.
        """
        path = self.path / "secret"
        found = path.read_bytes() if path.exists() else self.keep_secret(secrets.token_bytes(SECRET))
        if len(found) != SECRET:
            raise JournalError(
                f"{path} is damaged: it holds {len(found)} bytes of {SECRET}. All links are made from it. "
                "Put it back from a backup; or remove it, and every workshop gets new links at the next start."
            )
        return found

    def keep_secret(self, secret: bytes) -> bytes:
        path = self.path / "secret"
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.path / f"secret.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
        # Two processes may be first at once: a link is made once, and the other is dropped.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        return path.read_bytes()

    def said(self, name: str) -> str:
        try:
            return (self.path / name).read_text(encoding="utf-8").strip() or "(empty)"
        except FileNotFoundError:
            return ""

    def say(self, name: str, value: str) -> None:
        replace_file(self.path / name, value.encode(), mode=0o600)

    def tombstones(self) -> Mapping[str, Mapping[str, str]]:
        return tombstones.read(self.path)

    def bury(self, session: str, person: str, day: str) -> None:
        tombstones.put(self.path, session, person, day)

    def lift(self, session: str) -> None:
        tombstones.lift(self.path, session)

    def sign(self) -> Sign:
        return running.Sign(self.path)

    def ended(self, names: Iterable[str]) -> list[str]:
        return running.ended(self.path, names)

    @contextlib.contextmanager
    def announced(self, address: str) -> Iterator[str]:
        with running.announced(self.path, address) as another:
            yield another

    def address(self) -> str:
        return running.address(self.path)

    def follow(self, tell: Callable[[Collection[str]], None], stop: threading.Event) -> None:
        from watchfiles import watch

        folder = sessions_folder(self.path)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        journals = watch(
            folder,
            step=STEP,
            debounce=2 * STEP,
            recursive=False,
            watch_filter=lambda change, path: bool(session_of(Path(path))),
            stop_event=stop,
        )
        for changes in journals:
            tell({session_of(Path(path)) for _, path in changes})

    def close(self) -> None:
        """Nothing is held."""

    def child(self) -> tuple[list[str], dict[str, str]]:
        return ["--data", str(self.path)], {}
