"""A layout: the result of running a notebook of panes: prose, and panes in their places. A layout knows no session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from impactlib.domain.agenda import Role
from impactlib.domain.session import Session
from impactlib.rooms.fragments import Patch, place
from impactlib.views.panes import PANES
from impactlib.views.parts import Eye, Pane

LAYOUT = "IMPACT_LAYOUT"
"""In the environment of a kernel that gives a layout: its language."""


@dataclass(frozen=True)
class Slot:
    """Where a pane stands. `in_steps`: it is left empty where no step of the agenda shows it."""

    pane: str
    in_steps: bool = False


@dataclass(frozen=True)
class Layout:
    """The HTML of a notebook's cells, with a slot for each pane."""

    parts: tuple[str | Slot, ...]

    def panes(self, session: Session | None) -> list[Pane]:
        """The panes that a session shows; without a session, all."""
        return [PANES[slot.pane] for slot in self._slots(session)]

    def page(self, session: Session | None, role: Role, lang: str, fragments: Patch) -> str:
        """The cells with their panes' frames, every zone filled."""
        shown = set(self._slots(session))
        return "".join(
            part if isinstance(part, str) else place(_frame(part.pane, role, lang), fragments) if part in shown else ""
            for part in self.parts
        )

    def _slots(self, session: Session | None) -> Iterator[Slot]:
        slots = (part for part in self.parts if isinstance(part, Slot))
        return (s for s in slots if session is None or not s.in_steps or PANES[s.pane].opened(session))


@cache
def _frame(pane: str, role: Role, lang: str) -> str:
    return str(PANES[pane].frame(Eye(role, lang)))
