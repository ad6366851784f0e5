"""Two pictures of an hour: where its minutes went, and who spoke when.

They bear the numbers of the steps and the names of the roles; the tables beside them say the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from impactlib.domain.agenda import Role
from impactlib.export.picture import INK, LINE, SOFT, saved

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ACCENT, _LATE, _PALE = "#0b5d62", "#a3282f", "#e4e1d8"
_SIGNS: Mapping[Role, tuple[str, str]] = {
    Role.CLIENT: ("s", "#7a3e9d"),
    Role.CONSULTANT: ("o", _ACCENT),
    Role.OBSERVER: ("o", "#5f636a"),
    Role.FACILITATOR: ("D", "#9a4a00"),
}
"""The shape and the colour of each role, as in pages."""
_WIDE, _DPI = 5.6, 160


@lru_cache(maxsize=16)
def minutes(steps: tuple[tuple[float, float], ...], *, planned: str, taken: str, axis: str) -> bytes:
    """The minutes planned and taken by each step, from the first at the top; what is over the plan has another colour.

    Parameters
    ----------
    steps
        Of each step, the minutes planned and those taken.
    planned, taken, axis
        The words of the legend and of the axis.
    """
    figure, axes = _drawing(0.9 + 0.42 * max(len(steps), 1))
    rows = range(1, len(steps) + 1)
    axes.barh(rows, [plan for plan, _ in steps], height=0.72, color=_PALE, label=planned)
    axes.barh(rows, [min(one) for one in steps], height=0.34, color=_ACCENT, label=taken)
    over = [max(0.0, took - plan) for plan, took in steps]
    axes.barh(rows, over, left=[plan for plan, _ in steps], height=0.34, color=_LATE, hatch="///", edgecolor="white")
    axes.set(yticks=list(rows), ylim=(len(steps) + 0.6, 0.4))
    axes.set_xlabel(axis, fontsize=10, color=INK)
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    figure.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=10, labelcolor=INK)
    return saved(figure, "png")


@lru_cache(maxsize=16)
def voices(
    said: tuple[tuple[float, Role], ...],
    starts: tuple[float, ...],
    span: tuple[float, float],
    *,
    roles: tuple[tuple[Role, str], ...],
    axis: str,
) -> bytes:
    """A sign for each note, at its minute, in the row of its role.

    Parameters
    ----------
    said
        The minute and the role of each note.
    starts
        The minute at which each step began; a number stands there.
    span
        The first and the last minute of the picture.
    roles
        The roles that have a row, each with its name.
    axis
        The words of the axis.
    """
    figure, axes = _drawing(1.0 + 0.42 * max(len(roles), 1))
    for row, (role, _) in enumerate(roles, 1):
        shape, colour = _SIGNS[role]
        inside, edge = ("white", colour) if role == Role.OBSERVER else (colour, "white")
        at = [minute for minute, who in said if who == role]
        axes.plot(at, [row] * len(at), shape, color=inside, markersize=9, markeredgecolor=edge)
    for number, start in enumerate(starts, 1):
        if span[0] <= start <= span[1]:
            axes.axvline(start, color=SOFT, linewidth=0.8, zorder=0)
            axes.text(start, 0.3, f" {number}", fontsize=10, color=SOFT)
    axes.set(xlim=_wider(*span), yticks=range(1, len(roles) + 1), ylim=(len(roles) + 0.6, 0.4))
    axes.set_yticklabels([name for _, name in roles])
    axes.set_xlabel(axis, fontsize=10, color=INK)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    return saved(figure, "png")


def _wider(first: float, last: float) -> tuple[float, float]:
    """Room for a sign at both ends."""
    room = max(0.02 * (last - first), 0.5)
    return first - room, last + room


def _drawing(high: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDE, high), dpi=_DPI, layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    axes.tick_params(length=0, labelsize=10, labelcolor=INK)
    axes.spines[:].set_visible(False)
    axes.set_axisbelow(True)
    return figure, axes
