"""Journals that other processes write (the shell, a rehearsal, another server), noticed as they are written."""

from __future__ import annotations

import asyncio
import logging
import threading
import time

from impactlib.server.sessions import Sessions

log = logging.getLogger("impact")

TICK = 5.0
"""Seconds between two drawings of whatever depends on the time alone."""


def follow(sessions: Sessions) -> threading.Event:
    """Tell the sessions whose journals were written, in a thread of its own, until the returned event is set."""
    stop = threading.Event()
    # A daemon: a watch must never keep the process alive.
    threading.Thread(target=sessions.store.follow, args=(sessions.look, stop), name="watch", daemon=True).start()
    return stop


async def tick(sessions: Sessions) -> None:
    """Let the time pass in every room; never ends."""
    while True:
        await asyncio.sleep(TICK)
        try:
            sessions.tick(time.monotonic())
        except Exception:
            # A task that ends would freeze every clock in silence.
            log.exception("rooms were not brought up to date; trying again")
