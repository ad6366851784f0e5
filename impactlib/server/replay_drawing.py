"""Replays drawn by a process that ends, a few at a time; those of samples and rooms are remembered."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections import Counter, OrderedDict
from collections.abc import Callable

from impactlib.domain.session_file import SessionFile, to_metadata

WITHIN = 30.0
"""Seconds that one replay may take; an hour takes about one."""
WAITING = 4
"""Files of one's own that may wait to be drawn: anybody may send one, without a key."""
KEPT = 8
"""Replays remembered of samples and rooms, of some 150 kB each."""


log = logging.getLogger("impact")


class TooManyFiles(Exception):
    """Too many files of one's own wait to be drawn."""


class Replays:
    """Make it once per server: it draws one file of one's own at a time, and beside it one sample or room."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[str, int, str], bytes] = OrderedDict()
        self._own, self._one = asyncio.Lock(), asyncio.Lock()
        self._waiting = 0
        self._erasures: Counter[str] = Counter()

    async def of_a_file(self, content: bytes, lang: str) -> bytes:
        """The replay of a file of one's own, as `drawn` gives it. Raises TooManyFiles, and what that raises."""
        if self._waiting >= WAITING:
            raise TooManyFiles
        self._waiting += 1
        try:
            async with self._own:
                return await self.drawn(content, lang)
        finally:
            self._waiting -= 1

    async def drawn(self, content: bytes, lang: str) -> bytes:
        """The JSON that a page plays, or that says why not. Raises TimeoutError or RuntimeError."""
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
                erasures = self._erasures[name]
                made = await self.drawn(await asyncio.to_thread(content), lang)
                if erasures != self._erasures[name]:
                    raise RuntimeError("something was erased meanwhile")
                self._made[wanted] = made
                while len(self._made) > KEPT:
                    self._made.popitem(last=False)
            return self._made[wanted]

    def forget(self, name: str) -> None:
        """Give no replay any more that was drawn of a room before something was erased in it; from any thread."""
        self._erasures[name] += 1
        for wanted in [wanted for wanted in list(self._made) if wanted[0] == name]:
            self._made.pop(wanted, None)


def notebook(file: SessionFile) -> bytes:
    """A session as the least notebook that carries it."""
    return json.dumps({"cells": [], "metadata": {"impact": to_metadata(file)}}).encode()
