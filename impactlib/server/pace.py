"""How often one browser may ask: many gestures at once, as after an hour without a network, then a few a second.
Who asks much more than people do by hand lets the others go first, long before that."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

AT_ONCE = 300
"""Gestures of one browser in a workshop that are taken at once: what waits in an outbox comes in one go."""
A_SECOND = 5.0
"""Gestures that are taken a second after that: more than anybody writes by hand."""
BY_HAND, BY_HAND_A_SECOND = 20, 0.2
"""Gestures that are asked together by hand, as the scores of a round, and how fast more may follow."""
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
        self._left: OrderedDict[str, tuple[float, float, float]] = OrderedDict()

    def wait(self, who: str) -> float:
        """Count something that somebody asks, and return 0; or the seconds after which it may be asked again."""
        now = self._clock()
        left, lately, since = self._left.pop(who, (float(AT_ONCE), 0.0, now))
        left = min(float(AT_ONCE), left + (now - since) * A_SECOND)
        lately = min(2.0 * BY_HAND, max(0.0, lately - (now - since) * BY_HAND_A_SECOND) + 1)
        self._left[who] = (left - 1 if left >= 1 else left, lately, now)
        while len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return 0.0 if left >= 1 else (1 - left) / A_SECOND

    def hurries(self, who: str) -> bool:
        """Whether somebody asks more than people do by hand."""
        return self._left[who][1] > BY_HAND if who in self._left else False
