"""What the log is told of a machine in trouble: one line, with what to do, as long as it lasts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from impactlib.storage.faults import WHAT_TO_DO, Fault, StoreError, fault
from impactlib.storage.journal import JournalError, JournalMissing

log = logging.getLogger("impact")

AGAIN = 60.0
"""Seconds before the same trouble of a workshop is logged again."""


def trouble(error: BaseException | None) -> Fault | None:
    """The trouble of the machine that an error tells of; None for any other error."""
    if isinstance(error, JournalMissing):
        return None
    return Fault.DAMAGED if isinstance(error, JournalError) else fault(error)


class Troubles:
    """Make it once per server."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, count: Callable[[Fault], None] = lambda found: None
    ) -> None:
        """`count` is called with each trouble, whether it is logged or not."""
        self._clock, self._count = clock, count
        self._told: dict[tuple[str, Fault], float] = {}

    def tell(self, session: str, error: BaseException | None) -> bool:
        """Log a trouble, unless the same one was logged a moment ago; whether the error was one."""
        found = trouble(error)
        if found is None:
            return False
        self._count(found)
        now, before = self._clock(), self._told.get((session, found))
        if before is None or now - before >= AGAIN:
            self._told[session, found] = now
            # A damaged journal says where, a newer kit's that it is one, a database where it is.
            said = str(error) if isinstance(error, JournalError | StoreError) else f"{WHAT_TO_DO[found]}."
            log.error("workshop %s: %s", session or "(none)", said)
        return True
