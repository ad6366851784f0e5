"""The picture of value for users by ease of obtaining the data.

A point bears the numbers that its metrics have in the table, and no name: names are long, and the
table is there for them. Ink on white, so that grey printing loses nothing. Only matplotlib's objects
are used, never pyplot, whose global state outlives a drawing.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from impactlib.scoring import Rank, together
from impactlib.session import SCORES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Form = Literal["svg", "png"]

_MIME: dict[Form, str] = {"svg": "image/svg+xml", "png": "image/png"}
_INK, _LINE, _SOFT = "#1d2230", "#c9c6bd", "#565d6c"

INCHES = (6.3, 5.8)
"""The width of a printed A4 page between its margins; half a score is then wider than a point."""
_DPI = 144
_MARGIN = 0.45
"""Scores beyond 1 and 5 that the picture shows, so that a point in a corner stays whole."""
_MIDDLE = (SCORES[0] + SCORES[-1]) / 2
_PER_LINE = 2
"""Numbers on one line of a shared point: with two, it stays narrower than half a score."""


@dataclass(frozen=True)
class Spot:
    """A place in the picture, and the numbers (from 1, in the table's order) of the metrics that share it."""

    ease: float
    value: float
    numbers: tuple[int, ...]

    @property
    def label(self) -> str:
        """The numbers, a few on each line."""
        lines = [self.numbers[i : i + _PER_LINE] for i in range(0, len(self.numbers), _PER_LINE)]
        return ",\n".join(", ".join(map(str, line)) for line in lines)


def spots(rows: Sequence[Rank]) -> list[Spot]:
    """Where the scored metrics of a ranking stand; those with the same medians share a spot."""
    return [Spot(ease, value, tuple(numbers)) for (ease, value), numbers in together(rows).items()]


def data_uri(rows: Sequence[Rank], *, value: str, ease: str, form: Form = "svg") -> str:
    """The picture as a data: address; "" when nobody has scored anything.

    Parameters
    ----------
    rows
        A ranking, in the order of the table that numbers it.
    value, ease
        The words of the two axes.
    """
    places = spots(rows)
    if not places:
        return ""
    drawn = base64.b64encode(draw(places, value=value, ease=ease, form=form)).decode()
    return f"data:{_MIME[form]};base64,{drawn}"


def draw(places: Sequence[Spot], *, value: str, ease: str, form: Form) -> bytes:
    """The picture as a file: the same spots always give the same bytes."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    # Letters as outlines: the picture is the same where its typeface is missing. The salt fixes the ids.
    with rc_context({"svg.fonttype": "path", "svg.hashsalt": "impact"}):
        figure = Figure(figsize=INCHES, dpi=_DPI, layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        _frame(axes, str(value), str(ease))
        for spot in places:
            _point(axes, spot)
        file = BytesIO()
        figure.savefig(file, format=form, metadata=_UNSIGNED[form])
    return file.getvalue()


_UNSIGNED: dict[Form, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "png": {"Software": None},
}


def _frame(axes: Axes, value: str, ease: str) -> None:
    limits = (SCORES[0] - _MARGIN, SCORES[-1] + _MARGIN)
    axes.set(xlim=limits, ylim=limits, xticks=list(SCORES), yticks=list(SCORES))
    axes.set_xlabel(f"{ease} →", fontsize=12, color=_INK, labelpad=8)
    axes.set_ylabel(f"{value} →", fontsize=12, color=_INK, labelpad=8)
    axes.grid(color=_LINE, linewidth=0.6)
    axes.axhline(_MIDDLE, color=_SOFT, linewidth=1, linestyle=(0, (4, 4)))
    axes.axvline(_MIDDLE, color=_SOFT, linewidth=1, linestyle=(0, (4, 4)))
    axes.tick_params(length=0, labelsize=11, labelcolor=_SOFT)
    axes.spines[:].set_color(_LINE)
    axes.set_axisbelow(True)


def _point(axes: Axes, spot: Spot) -> None:
    alone = len(spot.numbers) == 1
    shape = "circle,pad=0.35" if alone else "round,pad=0.35,rounding_size=0.6"
    axes.text(
        spot.ease,
        spot.value,
        spot.label,
        ha="center",
        va="center",
        color="white",
        fontsize=12 if alone else 9,
        fontweight="bold",
        linespacing=1.15,
        bbox={"boxstyle": shape, "facecolor": _INK, "edgecolor": "white", "linewidth": 1.5},
        zorder=3,
    )
