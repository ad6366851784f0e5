"""How often one browser may ask: many gestures at once, as after an hour without a network, then a few a second."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

AT_ONCE = 300
"""Gestures of one browser in a workshop that are taken at once: what waits in an outbox comes in one go."""
A_SECOND = 5.0
"""Gestures that are taken a second after that: more than anybody writes by hand."""
REMEMBERED = 10_000
"""Browsers of which it is known how often they asked; the one that asked longest ago is forgotten first."""


class Pace:
    """Make it once per server.

    Examples
    --------
    >>> pace = Pace(clock=lambda: 0.0)
    >>> waits = [pace.wait("somebody") for _ in range(AT_ONCE + 1)]
    >>> max(waits[:-1]), waits[-1]
    (0.0, 0.2)
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str) -> float:
        """Count something that somebody asks, and return 0; or the seconds after which it may be asked again."""
        now = self._clock()
        left, since = self._left.pop(who, (float(AT_ONCE), now))
        left = min(float(AT_ONCE), left + (now - since) * A_SECOND)
        self._left[who] = (left - 1 if left >= 1 else left, now)
        while len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return 0.0 if left >= 1 else (1 - left) / A_SECOND
