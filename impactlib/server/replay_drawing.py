"""Replays drawn by a process that ends, a few at a time; those of samples and rooms are remembered."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections import OrderedDict
from collections.abc import Callable

from impactlib.domain.session_file import SessionFile, to_metadata

WITHIN = 30.0
"""Seconds that one replay may take; an hour takes about one."""
AT_ONCE = 2
KEPT = 8
"""Replays remembered of samples and rooms, of some 150 kB each."""


log = logging.getLogger("impact")


class Replays:
    """Make it once per server: it draws a few replays at a time."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, int, str], bytes] = OrderedDict()
        self._some, self._one = asyncio.Semaphore(AT_ONCE), asyncio.Lock()

    async def drawn(self, content: bytes, lang: str) -> bytes:
        """The JSON that a page plays, or that says why not. Raises TimeoutError or RuntimeError."""
        async with self._some:
            command = [sys.executable, "-m", "impactlib.server.replay_process", lang]
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
            try:
                out, error = await asyncio.wait_for(process.communicate(content), WITHIN)
            except BaseException:
                process.kill()
                await process.communicate()
                raise
        if process.returncode:
            raise RuntimeError(f"the replay could not be drawn: {error.decode(errors='replace')}")
        if error:
            log.warning("a replay was refused: %s", error.decode(errors="replace"))
        return out

    async def remembered(self, name: str, seq: int, lang: str, content: Callable[[], bytes]) -> bytes:
        """The same, drawn once for a sample (`seq` 0), or for a room at its entry `seq`."""
        wanted = (name, seq, lang)
        # A whole room presses when the hour ends: the others are given what the first one waited for.
        async with self._one:
            if wanted not in self._made:
                self._made[wanted] = await self.drawn(content(), lang)
                while len(self._made) > KEPT:
                    self._made.popitem(last=False)
            return self._made[wanted]


def notebook(file: SessionFile) -> bytes:
    """A session as the least notebook that carries it."""
    return json.dumps({"cells": [], "metadata": {"impact": to_metadata(file)}}).encode()
