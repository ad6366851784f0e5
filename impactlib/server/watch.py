"""Journals that other processes write (the shell, a rehearsal, another server), noticed as they are written."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from pathlib import Path

from watchfiles import Change, watch

from impactlib.server.sessions import Sessions, session_of
from impactlib.storage.session_store import sessions_folder

log = logging.getLogger("impact")

STEP = 20
"""Milliseconds between two looks at what the system has reported."""
TICK = 5.0
"""Seconds between two drawings of whatever depends on the time alone."""


def follow(sessions: Sessions) -> threading.Event:
    """Tell the sessions whose journals were written, in a thread of its own, until the returned event is set."""
    folder = sessions_folder(sessions.data)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stop = threading.Event()
    # A daemon: a watch must never keep the process alive.
    threading.Thread(target=_watch, args=(sessions, folder, stop), name="watch", daemon=True).start()
    return stop


def _watch(sessions: Sessions, folder: Path, stop: threading.Event) -> None:
    for changes in watch(
        folder, step=STEP, debounce=2 * STEP, recursive=False, watch_filter=_is_journal, stop_event=stop
    ):
        sessions.look({session_of(Path(path)) for _, path in changes})


def _is_journal(change: Change, path: str) -> bool:
    return path.endswith(".journal")


async def tick(sessions: Sessions) -> None:
    """Let the time pass in every room; never ends."""
    while True:
        await asyncio.sleep(TICK)
        try:
            sessions.tick(time.monotonic())
        except Exception:
            # A task that ends would freeze every clock in silence.
            log.exception("rooms were not brought up to date; trying again")
