"""Keeps robots and floods off the pages where anybody may ask: a limit per address, a form that was drawn here and not
a moment ago, a question for who reads the page. No other host is asked."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable

from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_
from impactlib.storage import keys
from impactlib.storage.stores import Data

WITHIN = 600.0
"""Seconds during which what was sent counts."""
FROM_ONE, FROM_ALL = 60, 600
"""What one address may send in that time, and all of them together: an office has one address, and addresses can be
forged."""
SOONEST, LATEST = 3.0, 2 * 86400.0
"""Seconds from the drawing of a form to its sending: before, the answer waits; after, it is asked for anew."""
_SLOWER = N_("Too much was sent from here in a short time: wait ten minutes, then send again. Your text is kept.")
_ANEW = N_("This page was drawn long ago, or not here: send it again as it stands now. Your text is kept.")


class Askings:
    """Make it once per server. In the event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent: deque[tuple[float, str]] = deque()

    def count(self, who: str) -> None:
        """Count something that the address `who` sends. Raises Refusal where that is too much."""
        while self._sent and self._clock() - self._sent[0][0] >= WITHIN:
            self._sent.popleft()
        sent = [address for _, address in self._sent]
        if len(sent) >= FROM_ALL or sent.count(who) >= FROM_ONE:
            raise Refusal(_SLOWER, code="slow")
        self._sent.append((self._clock(), who))


def drawn(data: Data, now: float) -> str:
    """What a form carries of when it was drawn: an id of its own, the second, and what proves both."""
    said = f"{secrets.token_hex(8)}-{int(now)}"
    return f"{said}-{keys.drawn_key(data, said)}"


def read_drawn(data: Data, carried: str, now: float) -> tuple[str, float]:
    """The id of a form, and how many seconds its answer is to wait. Raises Refusal for one that is not ours, or old."""
    said, _, proof = carried.rpartition("-")
    id, _, second = said.partition("-")
    if not keys.same(proof, keys.drawn_key(data, said)):
        raise Refusal(_ANEW)
    age = now - int(second)
    if age > LATEST:
        raise Refusal(_ANEW)
    return id, max(0.0, min(SOONEST, SOONEST - age))
