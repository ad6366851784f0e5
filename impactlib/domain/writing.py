"""How much each person writes, and who writes much more in a short time than anybody does by hand. Pure."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

MANY = 60
"""Notes of one person in a short time from which the facilitator is told: somebody who types hard writes a sixth."""
A_SECOND = 0.1
"""How fast what was written in a short time is worth less again: a note each ten seconds counts as nothing."""
MOST, MOST_OF_ONE = 20_000, 5_000
"""Notes that a workshop takes, and of one person: a hundred times what an hour leaves."""


class Written(Struct, frozen=True):
    """What one person wrote: how many notes in all, how many of these stand, how many were `swept` when they were shown
    out, and how many came `lately`, as of the time `at` (seconds since 1970). `much` stays true once that was `MANY`.

    Notes that a file brought count as standing alone.

    >>> hand, machine = Written(), Written()
    >>> for number in range(100):
    ...     hand, machine = hand.note(number * 12.0), machine.note(number / 5)
    >>> hand.much, machine.much, machine.standing
    (False, True, 100)
    """

    count: int = 0
    standing: int = 0
    swept: int = 0
    lately: float = 0.0
    at: float = 0.0
    much: bool = False

    def note(self, at: float) -> Written:
        """One more note."""
        lately = max(0.0, self.lately - max(0.0, at - self.at) * A_SECOND) + 1
        return Written(self.count + 1, self.standing + 1, self.swept, lately, at, self.much or lately >= MANY)

    def brought(self) -> Written:
        """The last note came from a file."""
        lately = max(0.0, self.lately - 1)
        return replace(self, lately=lately)

    def changed(self, standing: int, swept: int) -> Written:
        """So many more of their notes stand, and were swept, or fewer."""
        return replace(self, standing=self.standing + standing, swept=self.swept + swept)
