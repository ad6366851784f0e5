"""Counts the doors that did not open, and tells attempts from mistakes, such as a link that was renewed since."""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from enum import StrEnum

log = logging.getLogger("impact")

REMEMBERED = 1_000
"""Addresses whose wrong keys are counted; the one that tried longest ago is forgotten first."""


class Why(StrEnum):
    """Why a door does not open. People are told the same of all."""

    UNKNOWN = "unknown"
    """There is no such workshop here."""
    NO_KEY = "no key"
    """The browser has none, as one that refuses cookies."""
    RENEWED = "renewed"
    """The key opened that door once."""
    ENDED = "ended"
    """The links of those who are invited opened until a day that is over."""
    WRONG = "wrong"
    """No link ever had that key."""


class Attempts:
    """Make it once per server.

    Examples
    --------
    >>> attempts = Attempts()
    >>> attempts.count(Why.RENEWED, "192.0.2.7", "abc")
    >>> attempts.counted
    {'unknown': 0, 'no key': 0, 'renewed': 1, 'ended': 0, 'wrong': 0}
    """

    def __init__(self) -> None:
        self._counts: Counter[Why] = Counter()
        self._wrong: OrderedDict[str, int] = OrderedDict()

    @property
    def counted(self) -> dict[str, int]:
        """How many doors did not open since the server began, by the reason."""
        return {why.value: self._counts[why] for why in Why}

    def count(self, why: Why, who: str, session: str) -> None:
        """Count a door that did not open to the address `who`; wrong keys of one address are logged at 1, 10, 100…"""
        self._counts[why] += 1
        if why != Why.WRONG:
            return
        tries = self._wrong[who] = self._wrong.pop(who, 0) + 1
        while len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)
        if str(tries).strip("0") == "1":
            log.error("wrong key number %s from %s, at workshop %s", tries, who, session)
