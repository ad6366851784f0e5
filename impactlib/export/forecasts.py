"""The AARRI table as a spreadsheet: a row for each forecast, corrected or not, beside the figure that came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impactlib.domain.aarri import Forecast, Month, Row, Step, table
from impactlib.domain.session import Session
from impactlib.domain.sheets.headings import HEADINGS
from impactlib.export.tables import Cell, Sheet
from impactlib.export.template import words
from impactlib.views.render import name

if TYPE_CHECKING:
    from jinja2 import Environment


def forecasts(session: Session, views: Environment) -> Sheet:
    """One row for each forecast, step by step in order of month; those of one month in the order in which they came."""
    lang, say = str(views.globals["lang"]), words(views)
    known, steps = HEADINGS[lang], views.get_template("aarri.html").module
    return Sheet(
        name=str(say.heading("forecasts")),
        at=session.held_at,
        headings=(
            str(say.heading("step")),
            *(known["metric"], known["unit"]),
            *(str(say.heading(name)) for name in ("month", "forecast", "said_on", "real")),
        ),
        rows=tuple(
            _row(step, row, month, one, steps, lang)
            for step in table(session)
            for row in step.rows
            for month in row.months
            for one in month.forecasts
        ),
    )


def _row(step: Step, row: Row, month: Month, one: Forecast, say: Any, lang: str) -> tuple[Cell, ...]:
    real: Cell = month.real.value if month.real else ""
    named = name(row.series.metric, lang)
    return str(say.step_name(step.name)), named, row.series.unit, month.on, one.value, one.said_on, real
