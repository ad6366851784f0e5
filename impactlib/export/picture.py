"""The picture of value for users by ease of obtaining the data.

A point bears the numbers that its metrics have in the table, and no name: names are long, and the
table is there for them. Where the numbers of neighbours would cover one another they stand beside their
points, each tied to its own by a line. A dashed line leads from a point as far as its ease is not sure.
Ink on white, so that grey printing loses nothing. Only matplotlib's objects are used, never pyplot,
whose global state outlives a drawing.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, Literal

from impactlib.domain.scoring import Row, together
from impactlib.domain.session import SCORES, Session
from impactlib.domain.standing import ranking
from impactlib.export import ExportError
from impactlib.export.labels import DOT, Box, apart

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Form = Literal["svg", "png"]

_MIME: dict[Form, str] = {"svg": "image/svg+xml", "png": "image/png"}
INK, LINE, SOFT = "#1d2230", "#c9c6bd", "#565d6c"
"""The ink of every picture, the lines of its grid, and what is less important."""

_INCHES = (4.2, 3.9)
"""Half a score is then wider than a point."""
_DPI = 216
PLACED = (2.37, 2.2)
"""Its size in inches in a document: it holds with the results on one page, and its words are still read."""
_MARGIN = 0.6
"""Scores beyond 1 and 5 that the picture shows, so that a point in a corner stays whole."""
_MIDDLE = (SCORES[0] + SCORES[-1]) / 2
_FEW = 4
"""Numbers that stand two by two, narrower than half a score; more of them make a square."""
_BETWEEN = 4
"""Points of type between the doubts of neighbours at one height."""
_INCH = 72
"""Points of type."""


@dataclass(frozen=True)
class Spot:
    """A place in the picture, and the numbers (from 1, in the table's order) of the metrics that share it; `sure` are
    the eases that are sure, of those whose data leave their ease in doubt."""

    ease: float
    value: float
    numbers: tuple[int, ...]
    sure: tuple[float, ...] = ()

    @property
    def label(self) -> str:
        """The numbers, a few on each line."""
        many = len(self.numbers)
        wide = 2 if many <= _FEW else ceil(sqrt(many))
        lines = [self.numbers[i : i + wide] for i in range(0, many, wide)]
        return ",\n".join(", ".join(map(str, line)) for line in lines)


def spots(rows: Sequence[Row]) -> list[Spot]:
    """Where the scored metrics of a ranking stand; those with the same medians share a spot."""
    return [
        Spot(ease, value, tuple(numbers), _sure([rows[number - 1] for number in numbers]))
        for (value, ease), numbers in together(rows).items()
    ]


def _sure(rows: Sequence[Row]) -> tuple[float, ...]:
    return tuple(sorted({row.sure_ease for row in rows if row.sure_ease is not None and row.unsure}))


def data_uri(rows: Sequence[Row], *, value: str, ease: str, form: Form = "svg") -> str:
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
    return address(draw(tuple(places), value=str(value), ease=str(ease), form=form), form)


def address(drawn: bytes, form: Form) -> str:
    """A picture as a data: address."""
    return f"data:{_MIME[form]};base64,{base64.b64encode(drawn).decode()}"


def write(session: Session, views: Environment) -> bytes:
    """The picture alone, as a PNG, to paste in a message. Raises ExportError when no scores were shown."""
    say: Any = views.get_template("metrics.html").module
    places = spots(ranking(session)) if session.ranking_shown else []
    if not places:
        raise ExportError(
            f"{session.id}: no scores were shown, so that there is no picture of the metrics. Nothing was written."
        )
    return draw(tuple(places), value=str(say.value_axis()), ease=str(say.ease_axis()), form="png")


@lru_cache(maxsize=16)  # the files of one session show the same picture, and drawing it is most of their work
def draw(places: tuple[Spot, ...], *, value: str, ease: str, form: Form) -> bytes:
    """The picture as a file: the same spots always give the same bytes."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    # Letters as outlines: the picture is the same where its typeface is missing. The salt fixes the ids.
    with rc_context({"svg.fonttype": "path", "svg.hashsalt": "impact"}):
        figure = Figure(figsize=_INCHES, dpi=_DPI, layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        _frame(axes, value, ease)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # measured positions must not move afterwards
        for spot, below in _rows(places):
            _doubt(figure, axes, spot, below)
        _points(figure, axes, places)
        return saved(figure, form)


def saved(figure: Figure, form: Form) -> bytes:
    """A drawing as a file that says neither when nor by what it was made."""
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
    axes.set_xlabel(f"{ease} →", fontsize=12, color=INK, labelpad=8)
    axes.set_ylabel(f"{value} →", fontsize=12, color=INK, labelpad=8)
    axes.grid(color=LINE, linewidth=0.6)
    axes.axhline(_MIDDLE, color=SOFT, linewidth=1, zorder=1)
    axes.axvline(_MIDDLE, color=SOFT, linewidth=1, zorder=1)
    axes.tick_params(length=0, labelsize=11, labelcolor=SOFT)
    axes.spines[:].set_color(LINE)
    axes.set_axisbelow(True)


def _rows(places: Sequence[Spot]) -> Iterator[tuple[Spot, int]]:
    """The spots whose ease is in doubt, each with how many of its neighbours at the same height are easier."""
    unsure = [spot for spot in places if spot.sure]
    for spot in unsure:
        yield spot, sum(other.value == spot.value and other.ease > spot.ease for other in unsure)


def _doubt(figure: Figure, axes: Axes, spot: Spot, below: int) -> None:
    """A dashed line from what is sure of the ease, marked, to the spot; lower than those of easier neighbours."""
    from matplotlib.transforms import offset_copy

    at: Any = offset_copy(axes.transData, figure, y=-_BETWEEN * below, units="points")
    span, height = (spot.sure[0], spot.ease), (spot.value, spot.value)
    axes.plot(span, height, color="white", linewidth=3.5, transform=at, zorder=1.4)
    axes.plot(span, height, color=INK, linewidth=1.2, linestyle=(0, (2.5, 2)), transform=at, zorder=1.5)
    ends = [spot.value] * len(spot.sure)
    axes.plot(spot.sure, ends, color=INK, linestyle="", marker="|", markersize=8, transform=at, zorder=1.5)


def _points(figure: Figure, axes: Axes, places: Sequence[Spot]) -> None:
    """The numbers of each spot, on it or beside it."""
    texts = [_numbers(axes, spot) for spot in places]
    figure.draw_without_rendering()  # their boxes have no size before
    unit = figure.dpi / _INCH

    def measured(extent: Any) -> Box:
        x, y = (extent.p0 + extent.p1) / 2 / unit
        return Box(x, y, extent.width / unit, extent.height / unit)

    middles = axes.transData.transform([(spot.ease, spot.value) for spot in places]) / unit
    sizes = [measured(text.get_bbox_patch().get_window_extent()) for text in texts]
    boxes = [size.at(x, y) for size, (x, y) in zip(sizes, middles, strict=True)]
    for text, box, stands in zip(texts, boxes, apart(boxes, measured(axes.get_window_extent())), strict=True):
        if stands == box:
            continue
        (x, y), (to_x, to_y) = (axes.transData.inverted().transform((at.x * unit, at.y * unit)) for at in (box, stands))
        text.set_position((to_x, to_y))
        axes.plot((x, to_x), (y, to_y), color=INK, linewidth=0.9, zorder=2)
        axes.plot(x, y, color=INK, marker="o", markersize=2 * DOT, markeredgecolor="white", zorder=3)


def _numbers(axes: Axes, spot: Spot) -> Any:
    alone = len(spot.numbers) == 1
    shape = "circle,pad=0.35" if alone else "round,pad=0.35,rounding_size=0.6"
    return axes.text(
        spot.ease,
        spot.value,
        spot.label,
        ha="center",
        va="center",
        color="white",
        fontsize=12 if alone else 9,
        fontweight="bold",
        linespacing=1.15,
        bbox={"boxstyle": shape, "facecolor": INK, "edgecolor": "white", "linewidth": 1.5},
        zorder=4,
    )
