"""The hypotheses and their metrics as a spreadsheet, with what the hour added: it can be imported again."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from impactlib.domain import formats
from impactlib.domain.hypotheses import DATES, FIELDS, NUMBERS, Drafted, drafted
from impactlib.domain.matrices import newest_of
from impactlib.domain.session import Note, Session
from impactlib.domain.sheets.headings import ADDED, HEADINGS
from impactlib.domain.summary import Outline
from impactlib.export import forecasts, readings, tables
from impactlib.export.tables import Cell, Sheet
from impactlib.export.template import words
from impactlib.views.render import Filters

if TYPE_CHECKING:
    from jinja2 import Environment

_CODES = ("concept", "kind", "direction")


def sheets(session: Session, views: Environment) -> tuple[Sheet, ...]:
    """The hypotheses and their metrics, then the figures over time and the forecasts, if there are any."""
    followed, forecast = session.notes_of("reading"), session.notes_of("forecast")
    return (
        metrics(session, views),
        *([readings.figures(session, views)] if followed else []),
        *([forecasts.forecasts(session, views)] if forecast else []),
    )


def metrics(session: Session, views: Environment) -> Sheet:
    """One row for each hypothesis and metric, in the order in which they were written."""
    say, made = words(views), Outline(session)
    lang = str(views.globals["lang"])
    known = HEADINGS[lang]
    return Sheet(
        name=known["metric"],
        at=session.held_at,
        headings=(*(known[field] for field in FIELDS), *ADDED[lang].values()),
        rows=tuple((*_said(row, say, lang), *_added(row, made, say, lang)) for row in drafted(session)),
    )


def _said(row: Drafted, say: Any, lang: str) -> list[Cell]:
    return [_cell(field, getattr(row.row, field), say, lang) for field in FIELDS]


def _cell(field: str, value: str, say: Any, lang: str) -> Cell:
    if field in (*NUMBERS, "quality"):
        return tables.number(value)
    if field in DATES:
        return tables.day(value)
    if field == "indicator":
        found = newest_of(value)
        return found.title[lang] if found else value
    return str(say.said(value)) if field in _CODES else value


def _added(row: Drafted, made: Outline, say: Any, lang: str) -> list[Cell]:
    """Two medians from 1 to 5 and a place, once the ranking is shown; whether the metric is kept; its figures since."""
    if row.metric is None:
        return ["", "", "", "", ""]
    rank = next((rank for rank in made.ranking if rank.metric == row.metric.id), None)
    given = (rank.value, rank.ease, rank.place) if rank else (None, None, None)
    kept = say.said("yes" if row.metric in made.kept else "no")
    since = _since(made, row.metric, lang)
    return [*("" if figure is None else Decimal(f"{figure:g}") for figure in given), str(kept), since]


def _since(made: Outline, metric: Note, lang: str) -> str:
    """The figures after the baseline, each with its date."""
    found = next((one for one in made.followed if one.metric is metric), None)
    dated = Filters(lang)
    said = ((one, dated.figure(one.text)) for one in (found.readings if found else ()))
    return "\n".join(f"{figure} ({formats.day(one.on, lang)})" if one.on else figure for one, figure in said)
