"""The panes that a notebook shows, one per line::

    widgets.track(live)
    widgets.now(live)

Every pane is the same widget: it draws the fragments of one view and sends gestures. Their names are those of
`impactlib.views.panes`. Where the server runs a notebook to lay it out, a pane shows as a slot.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactlib.domain.agenda import PANES as IN_STEPS
from impactlib.rooms.live import Live
from impactlib.views.panes import PANES

if TYPE_CHECKING:
    from impactlib.widgets.played import Played

SECTIONS = frozenset({*IN_STEPS, "summary", "drafts", "ground", "points"})
"""The panes that are open while one looks at their step, or at their stage of a preparation."""


def __getattr__(name: str) -> Callable[[Live], Any]:
    if name not in PANES:
        raise AttributeError(f"module 'impactlib.widgets' has no pane {name!r}")
    pane = partial(_pane, name)
    pane.__doc__ = PANES[name].about
    return pane


def __dir__() -> list[str]:
    return [*PANES, "in_steps", "replay"]


def in_steps(live: Live, pane: str) -> Any:
    """A pane that is left empty where no step of the agenda shows it."""
    return _pane(pane, live, in_steps=True)


def replay(session: str = "") -> Played:
    """An hour played again, from a notebook in this folder that carries that session; without one, from a choice."""
    from impactlib.widgets.played import Played, found

    return Played(found(session, Path.cwd()) if session else None)


def _pane(name: str, live: Live, in_steps: bool = False) -> Any:
    if live.lays_out:
        from impactlib.widgets.slot import SlotDisplay

        return SlotDisplay(name, in_steps)
    from impactlib.widgets.pane import Pane

    if in_steps and not live.opens(name):
        return Pane(live, frame="", section=name)
    pane = PANES[name]
    widget = Pane(live, frame=str(pane.frame(live.eye)), shown=pane, section=name if name in SECTIONS else "")
    live.show(widget, pane)
    return widget
