"""A workshop found by the short code that was said aloud, and a limit on those that are tried."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import partial

from impactlib.storage import keys
from impactlib.storage.stores import Data
from impactlib.storage.workshops import ReadOnce

WITHIN = 600.0
"""Seconds during which a wrong code counts."""
FROM_ONE, FROM_ALL = 20, 300
"""Wrong codes that one address may try in that time, and all of them together: addresses can be forged."""


class TooManyTries(Exception):
    """Too many wrong codes: none is looked up for a while."""


class Codes:
    """Make it once per server, and call it in one lane."""

    def __init__(self, data: Data, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # There may be hundreds of workshops.
        self._codes = ReadOnce(data, partial(keys.code, data))
        self._wrong: deque[tuple[float, str]] = deque()

    def find(self, said: str, who: str) -> str:
        """The id of the session whose code somebody at address `who` typed; "" when there is none.

        Raises
        ------
        TooManyTries
            When `who`, or everybody together, typed too many wrong ones.
        """
        self._forget()
        tries = [address for _, address in self._wrong]
        if len(tries) >= FROM_ALL or tries.count(who) >= FROM_ONE:
            raise TooManyTries
        code = keys.read_code(said)
        found = [session for session, known in self._codes.all().items() if known == code]
        # Two workshops of one code are told apart by their links alone.
        if len(found) == 1:
            return found[0]
        self._wrong.append((self._clock(), who))
        return ""

    def _forget(self) -> None:
        while self._wrong and self._clock() - self._wrong[0][0] >= WITHIN:
            self._wrong.popleft()
