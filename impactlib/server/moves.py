"""Who may pass from one role's door to another's: those whose role the facilitator has just corrected.

Being known in a session as a facilitator is not enough to be given the facilitator's key: the link by which one
became known may have been renewed since.
"""

from __future__ import annotations

import time

LASTS = 600.0
"""Seconds during which a corrected person's page may ask for its new role's key: it comes back within one."""


class Moves:
    """The corrections of the last minutes; a server started again forgets them, and the person is given a link."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, str, str], float] = {}

    def allow(self, session: str, person: str, role: str) -> None:
        self._until[session, person, role] = time.monotonic() + LASTS

    def may(self, session: str, person: str, role: str) -> bool:
        return self._until.get((session, person, role), 0.0) > time.monotonic()

    def forget(self, session: str) -> None:
        """A link was renewed: nobody passes on an older correction."""
        self._until = {key: until for key, until in self._until.items() if key[0] != session}
