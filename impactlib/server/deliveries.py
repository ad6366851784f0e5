"""Events on their way to the pages: in order, some at a time, so that requests are answered in between."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
AT_ONCE = 25
"""Events that are written before the loop looks at what else has come: two milliseconds."""


class Deliveries(Generic[T]):
    """Make it once per server."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Callable[[T], None], T]] = deque()
        self._begun = False

    def put(self, loop: asyncio.AbstractEventLoop, send: Callable[[T], None], event: T) -> None:
        """Have `send` called with an event in the loop; from any thread."""
        self._waiting.append((send, event))
        if not self._begun:
            self._begun = True
            loop.call_soon_threadsafe(self._deliver, loop)

    def _deliver(self, loop: asyncio.AbstractEventLoop) -> None:
        # Whoever puts an event from now on has us called again: none is forgotten.
        self._begun = False
        for _ in range(min(AT_ONCE, len(self._waiting))):
            send, event = self._waiting.popleft()
            send(event)
        if self._waiting and not self._begun:
            self._begun = True
            loop.call_soon(self._deliver, loop)
