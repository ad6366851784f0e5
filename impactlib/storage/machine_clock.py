"""The time of this machine, which nobody's setting of its clock moves.

A clock that goes an hour forward, then back, would end an hour that runs, or stop it. The time therefore goes on at the
pace of a clock that counts since the machine was started, sleep included, and takes the date of the machine's own clock
only when it is `set_right`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

_SINCE_START = getattr(
    time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC
)  # elsewhere than on Linux that one counts sleep too


def _pace() -> float:
    return time.clock_gettime(_SINCE_START)


class MachineClock:
    """Called, it says the time, in seconds since 1970."""

    def __init__(self, wall: Callable[[], float] = time.time, pace: Callable[[], float] = _pace) -> None:
        self._wall, self._pace = wall, pace
        self.set_right()

    def __call__(self) -> float:
        return self._at_zero + self._pace()

    def set_right(self) -> None:
        """Take the time of the machine's own clock."""
        self._at_zero = self._wall() - self._pace()

    @property
    def off(self) -> float:
        """Seconds by which the machine's own clock was set forward since, or back (negative)."""
        return self._wall() - self()


now = MachineClock()
"""The clock of this process."""
