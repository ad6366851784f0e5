"""A session kept in a file: a session notebook that holds each gesture before it is answered.

This is for who works alone, in a notebook or a script, without a server. The file is the one that the server exports
and takes in. Several processes may write it: each one holds it alone while it takes in what the others wrote and adds
what it was asked for. A file is replaced whole: a killed process leaves the one from before the gesture, or the one
after.

The journal beside it, in a temporary folder, is this process's own copy.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import sqlite3
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from impactlib.domain.events import Entry
from impactlib.domain.refusal import Refusal
from impactlib.domain.session_file import LARGEST, SessionFile, read, to_metadata
from impactlib.domain.text import N_
from impactlib.gestures import Asking, Gesture
from impactlib.storage.journal import Journal
from impactlib.storage.session_store import SessionStore, import_session
from impactlib.storage.whole_file import left_behind, replace_file

Cells = list[dict[str, Any]]
Compose = Callable[[SessionFile], Cells]
"""The cells of a session's notebook, each with an id that begins with `OURS`."""
OURS = "impact-"
"""How the ids of the cells that the kit writes begin: the others are somebody's own, and stay."""
WAIT = 10.0
"""Seconds that a writer waits for another before it gives up."""
_EMPTY = {
    "cells": [],
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}

READ_ONLY = N_("This could not be kept: %(file)s, or its folder, may not be written to. Nothing was changed.")
FULL = N_("This could not be kept: the disk is full. Nothing was changed.")
NOT_KEPT = N_("This could not be kept in %(file)s (%(why)s). Nothing was changed.")
HELD = N_("This could not be kept: another program holds %(file)s. Nothing was changed. Try again.")


class KeptStore(SessionStore):
    """A session at work in a file. What is granted is in the file; what the file cannot take is refused, and nothing
    is changed."""

    def __init__(self, path: Path, journal: Journal, compose: Compose) -> None:
        self.path, self.compose = path, compose
        self._cells: Cells = []
        self._drawn = 0
        self._stamp: tuple[int, ...] | None = None
        super().__init__(journal)

    @classmethod
    def open(cls, path: Path, compose: Compose, made: Callable[[Path], SessionStore] | None = None) -> KeptStore:
        """The session of a file; where there is none, the one that is `made` in a folder, put in that file.

        Raises
        ------
        Refusal
            When the file is no session notebook, is damaged, or cannot be written where there is none yet.
        FileNotFoundError
            When there is no file, and nothing to make one of.
        """
        path = path.resolve()  # a link keeps pointing where it did: what it points to is replaced
        folder = Path(tempfile.mkdtemp(prefix="impact-"))
        try:
            with _alone(path):
                for part in left_behind(path):
                    part.unlink(missing_ok=True)
                found = _load(path)
                if found is None and made is None:
                    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
                store = import_session(folder, found)[0] if found else made(folder)  # type: ignore[misc]
                kept = cls(path, store.journal, compose)
                kept._stamp = _stamp(path)
                if found is None:
                    kept._save()
            if found is None:
                kept.draw()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        weakref.finalize(kept, shutil.rmtree, folder, ignore_errors=True)
        return kept

    @property
    def writable(self) -> bool:
        """Whether the file may be replaced, as far as the system says beforehand."""
        there = self.path.exists()
        return os.access(self.path.parent, os.W_OK) and (not there or os.access(self.path, os.W_OK))

    @property
    def behind(self) -> bool:
        """Whether the cells that people read are older than the session."""
        return self._drawn != self.seq

    def ask(self, asking: Asking, gesture: Gesture) -> tuple[Entry, ...]:
        if self._together:
            return super().ask(asking, gesture)
        erasures = self.erasures
        with self._held():
            written = super().ask(asking, gesture)
        if erasures != self.erasures:
            self.draw()  # the cells say still what was erased
        return written

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._held(), super().together():
            yield

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Hold the file, with all that others wrote in it."""
        try:
            with _alone(self.path):
                self._take_in()
                yield
        except sqlite3.Error as error:  # the temporary folder is full
            raise Refusal(NOT_KEPT, code="file", file=self.path.name, why=error) from error

    def appended(self) -> None:
        self._save()

    def follow(self) -> bool:
        """Take in what another process wrote in the file since; return whether there was anything."""
        before = self.seq
        if _stamp(self.path) != self._stamp:
            with _alone(self.path):
                self._take_in()
        self.catch_up()
        return self.seq != before

    def merge(self, file: SessionFile) -> int:
        with _alone(self.path):
            self._take_in()
            added = super().merge(file)
            self._save()
        return added

    def draw(self) -> None:
        """Bring the cells that people read up to date. It may take a second: a picture is among them."""
        self.put(self.compose(self.to_file()), self.seq)

    def put(self, cells: Cells, seq: int) -> None:
        """Write cells that were made of the session when it had `seq` entries."""
        with _alone(self.path):
            self._take_in()
            self._cells = cells
            self._save()
        self._drawn = seq

    def _take_in(self) -> None:
        """Merge what the file holds, if another wrote it; one that lacks entries is written again."""
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            return
        found = _load(self.path)
        if found is not None:
            super().merge(found)
        self._stamp = stamp
        if found is None or len(found.entries) < self.seq or self._says_more(found):
            self._save()

    def _says_more(self, found: SessionFile) -> bool:
        """Whether a file, an older copy, has the words of somebody who was forgotten."""
        return bool(self.session.forgotten) and not set(found.entries) <= set(self.journal.read())

    def _save(self) -> None:
        content = json.dumps(self._notebook(), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
        try:
            replace_file(self.path, content.encode())
        except OSError as error:
            raise _refusal(error, self.path.name) from error
        self._stamp = _stamp(self.path)

    def _notebook(self) -> dict[str, Any]:
        """The notebook as it is in the file, with our cells and the session put in their places."""
        try:
            notebook: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            notebook = json.loads(json.dumps(_EMPTY))
        there = notebook["cells"]
        ours = [str(cell.get("id", "")).startswith(OURS) for cell in there]
        if self._cells:
            at = ours.index(True) if True in ours else len(there)
            others = [(place, cell) for place, (cell, mine) in enumerate(zip(there, ours, strict=True)) if not mine]
            before = [cell for place, cell in others if place < at]
            notebook["cells"] = [*before, *self._cells, *(cell for place, cell in others if place >= at)]
        notebook["metadata"]["impact"] = to_metadata(self.to_file())
        return notebook


def _load(path: Path) -> SessionFile | None:
    """The session of a file; None when there is no file."""
    try:
        with path.open("rb") as file:
            return read(file.read(LARGEST + 1))
    except FileNotFoundError:
        return None


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when a file is replaced or written; () for none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a file among the processes that use this module: its folder is locked, for the file itself is replaced."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        _lock(folder, path)
        yield
    finally:
        os.close(folder)


def _lock(folder: int, path: Path) -> None:
    deadline = time.monotonic() + WAIT
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Refusal(HELD, code="file", file=path.name) from None
            time.sleep(0.02)
        else:
            return


def _refusal(error: OSError, file: str) -> Refusal:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refusal(FULL, code="file")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Refusal(READ_ONLY, code="file", file=file)
    return Refusal(NOT_KEPT, code="file", file=file, why=error.strerror or error)
