"""The figures of the metrics over time as a spreadsheet, a row each: the kit takes it in again, and nothing is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impactlib.domain.hypotheses import statement_of
from impactlib.domain.readings import Figure, Series, every_series
from impactlib.domain.session import Session
from impactlib.domain.sheets.figures_over_time import FORMER, HEADINGS as OVER_TIME
from impactlib.domain.sheets.headings import HEADINGS
from impactlib.export import tables
from impactlib.export.tables import Cell, Sheet
from impactlib.export.template import words

if TYPE_CHECKING:
    from jinja2 import Environment


def figures(session: Session, views: Environment) -> Sheet:
    """One row for each figure, metric by metric in order of date, baselines among them."""
    lang = str(views.globals["lang"])
    known, ours = HEADINGS[lang], OVER_TIME[lang]
    say: Any = views.get_template("curve.html").module
    return Sheet(
        name=str(words(views).heading("readings")),
        at=session.held_at,
        headings=(
            *(known["metric"], known["unit"]),
            *(ours[name] for name in ("date", "figure", "over", "what")),
            *(known["quality"], known["source"], ours["word"], known["statement"], FORMER[lang]),
        ),
        rows=tuple(_row(session, series, one, say) for series in every_series(session) for one in series.figures),
    )


def _row(session: Session, series: Series, figure: Figure, say: Any) -> tuple[Cell, ...]:
    note, said = figure.note, figure.note.details
    return (
        series.metric.text,
        series.unit,
        figure.on or "",
        figure.value,
        str(say.over_name(figure.over)),
        str(say.baseline()) if figure.baseline else "",
        tables.number(said.get("quality", "")),
        said.get("source", ""),
        "" if figure.baseline else note.text,
        statement_of(session, series.metric),
        " · ".join(str(say.was(one.detail, one.before)) for one in note.corrected),
    )
