"""The impact matrix as far as a team fills it: a document to send, Markdown to paste, a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impactlib.domain.impact_matrix import GAPS, Line, filled, lacks
from impactlib.domain.matrices import Concept, Indicator, newest
from impactlib.domain.session import Session
from impactlib.export import html as pages, markdown as texts, tables
from impactlib.export.tables import Cell, Sheet
from impactlib.export.template import words
from impactlib.views.render import Filters, name

if TYPE_CHECKING:
    from jinja2 import Environment

COLUMNS = (
    "concept",
    "indicator",
    "mandatory",
    "metric",
    "baseline",
    "unit",
    "baseline_date",
    "change",
    "quality",
    "source",
    "gap",
)
"""A row for each indicator and metric; `gap` says what a reader would miss."""


def md(session: Session, views: Environment) -> bytes:
    """The matrix as Markdown."""
    return texts.markdown(session, views, "matrix.md").encode()


def html(session: Session, views: Environment) -> bytes:
    """The matrix as one page that prints on A4."""
    return pages.html(session, views, "matrix.html").encode()


def odt(session: Session, views: Environment) -> bytes:
    """The matrix for LibreOffice."""
    from impactlib.export import odt

    return odt.write(session, views, "matrix.html")


def docx(session: Session, views: Environment) -> bytes:
    """The matrix for Word."""
    from impactlib.export import docx

    return docx.write(session, views, "matrix.html")


def table(session: Session, views: Environment) -> Sheet:
    """One row for each indicator and metric, in the order of the matrix; then the metrics that fulfil none."""
    say, lang = words(views), str(views.globals["lang"])
    made = filled(session, newest())
    rows = [
        _row(part.concept, row.indicator, line, say, lang)
        for part in made.parts
        for row in part.rows
        for line in row.lines or (None,)
    ]
    rows += [_row(part.concept, None, line, say, lang) for part in made.parts for line in part.others]
    rows += [_row(None, None, line, say, lang) for line in made.unplaced]
    return Sheet(str(say.heading("matrix")), session.held_at, tuple(str(say.heading(c)) for c in COLUMNS), tuple(rows))


def _row(
    concept: Concept | None, indicator: Indicator | None, line: Line | None, say: Any, lang: str
) -> tuple[Cell, ...]:
    told = (
        concept.title[lang] if concept else "",
        indicator.title[lang] if indicator else "",
        str(say.said("yes" if indicator.mandatory else "no")) if indicator else "",
    )
    if line is None:
        nothing = str(say.lacking(GAPS[0])) if indicator and indicator.mandatory else ""
        return (*told, *[""] * (len(COLUMNS) - len(told) - 1), nothing)
    latest, change, gap = line.figures.latest, line.figures.over_a_year, lacks(line)
    unchanged = line.figures.no_change if indicator and indicator.over_a_year else ""
    missing = [str(say.lacking(gap))] if gap else []
    missing += [str(say.unchanged(unchanged))] if unchanged in ("before", "period") else []
    return (
        *told,
        name(line.metric, lang),
        latest.value if latest else "",
        line.figures.unit,
        latest.on if latest and latest.on else "",
        Filters(lang).change(change) if change else "",
        tables.number(line.quality),
        line.source or ", ".join(source.text for source in line.sources),
        "; ".join(missing),
    )
