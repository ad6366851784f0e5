"""The shelf: what to read, see or follow, by need; for everybody."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from impactlib.domain.clock import ZONE, day_of
from impactlib.domain.refusal import Refusal
from impactlib.domain.shelf import KINDS, LARGEST, Shelf, kits, read
from impactlib.server.handler import Handler


class TheShelf(Handler):
    """GET <base>shelf: the kit's, with what the operator's file adds. One that cannot be read is left out, and the log
    says why."""

    async def get(self) -> None:
        shelf, unread = await asyncio.to_thread(self._shelf)
        today = day_of(time.time(), ZONE)
        days = [item.checked.isoformat() for item in kits().items if item.checked]
        self.render_page(
            "shelf.html",
            needs=[(need, items) for need in shelf.needs if (items := shelf.of(need.id))],
            kinds=KINDS,
            old=shelf.old(today),
            checked=min(days, default=""),
            unread=unread,
        )

    def _shelf(self) -> tuple[Shelf, bool]:
        own = self.state.shelf
        if own is None or not own.is_file():
            return kits(), False
        try:
            return read(_content(own), own.name), False
        except (Refusal, OSError) as error:
            self.state.log.error("%s", error)
            return kits(), True


def _content(path: Path) -> bytes:
    """What a file holds, or as much as is known to be too large."""
    with path.open("rb") as file:
        return file.read(LARGEST + 1)
