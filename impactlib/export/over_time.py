"""The curve of a metric over time as a picture, from the same numbers as the one that pages draw.

Places are those of `impactlib.domain.curve`, from 0 to 1, in the axes as in a page: what a test reads of both is equal.
"""

from __future__ import annotations

from datetime import date
from math import nan
from typing import TYPE_CHECKING

from impactlib.domain.curve import Curve
from impactlib.export.picture import INK, LINE, SOFT, Form, address, saved
from impactlib.views.render import Filters

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES = (5.0, 2.2)
"""Its size, in a document too."""
_DPI, ON_SCREEN = 200, 110
"""Its grain in a document; on a screen that shows it as large as it is, where it weighs half as much."""
_ACCENT = "#0b5d62"
_BEYOND = 0.04
"""How much of the picture there is beyond the first and the last day, and beyond the heights."""
_ROW = 0.09
"""How much higher than another one a sign stands that would lie on it."""
_MANY = 24
"""Figures above which their points are smaller."""
_SIGNS = {"workshop": "D", "decision": "^", "feature": "s"}


def data_uri(curve: Curve, *, lang: str, dpi: int = _DPI) -> str:
    """The picture as a PNG in a data: address."""
    return address(draw(curve, lang=lang, form="png", dpi=dpi), "png")


def draw(curve: Curve, *, lang: str, form: Form, dpi: int = _DPI) -> bytes:
    """The picture as a file: the same curve always gives the same bytes."""
    from matplotlib import rc_context

    with rc_context({"svg.fonttype": "path", "svg.hashsalt": "impact"}):
        return saved(figure(curve, lang, dpi), form)


def figure(curve: Curve, lang: str, dpi: int = _DPI) -> Figure:
    """The drawing itself."""
    from matplotlib.figure import Figure

    made = Figure(figsize=INCHES, dpi=dpi, layout="constrained", facecolor="white")
    axes = made.add_subplot()
    _frame(axes, curve, lang)
    for (x, mark), row in zip(curve.marks, curve.rows, strict=True):
        axes.axvline(x, color=SOFT, linewidth=0.8, linestyle=":", zorder=1, gid=f"mark-{mark.kind}")
        axes.plot([x], [1 + _BEYOND + _ROW * row], color=SOFT, marker=_SIGNS[mark.kind], markersize=5, clip_on=False)
    if curve.target is not None:
        axes.axhline(curve.target, color=_ACCENT, linewidth=1.4, linestyle="--", zorder=1.5, gid="target")
    # All of a kind at once: of sixty months, a line for each would take most of the time.
    for sure, style in ((True, "-"), (False, ":")):
        ends = [(one.start, one.end) for one in curve.stretches if one.sure == sure]
        across = [x for start, end in ends for x in (start.x, end.x, nan)]
        up = [y for start, end in ends for y in (start.y, end.y, nan)]
        axes.plot(across, up, color=INK, linewidth=1.6, linestyle=style, zorder=2, gid="sure" if sure else "unsure")
    size = 3 if len(curve.spots) > _MANY else 5
    for baseline, face in ((False, INK), (True, "white")):
        spots = [spot for spot in curve.spots if spot.figure.baseline == baseline]
        axes.plot(
            [spot.x for spot in spots],
            [spot.y for spot in spots],
            color=INK,
            linestyle="",
            marker="o",
            markersize=size,
            markerfacecolor=face,
            zorder=3,
            gid="baseline" if baseline else "spots",
        )
    return made


def _frame(axes: Axes, curve: Curve, lang: str) -> None:
    say, series = Filters(lang), curve.series
    limits = (-_BEYOND, 1 + _BEYOND)
    axes.set(xlim=limits, ylim=limits)
    axes.set_yticks([y for y, _ in curve.heights], [say.measured(f"{it}", series.unit) for _, it in curve.heights])
    axes.set_xticks([x for x, _ in curve.days], [_tick(on, curve.grain, say) for _, on in curve.days])
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.tick_params(length=0, labelsize=8, labelcolor=SOFT)
    axes.spines[:].set_visible(False)
    axes.set_axisbelow(True)


def _tick(on: date, grain: str, say: Filters) -> str:
    iso = on.isoformat()
    return say.month(iso) if grain == "month" else iso[:4] if grain == "year" else say.day(iso)
