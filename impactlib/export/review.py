"""A review as a spreadsheet: promises and what became of them, verdicts beside their figures, post-mortems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impactlib.domain import review
from impactlib.domain.session import Note, Session
from impactlib.export import tables
from impactlib.export.tables import Cell, Sheet
from impactlib.export.template import words
from impactlib.views.render import name

if TYPE_CHECKING:
    from jinja2 import Environment

KINDS = ("promise", "verdict", "ending")
COLUMNS = (
    *("what", "said", "metric", "outcome", "threshold", "baseline", "unit", "baseline_date"),
    *("owner", "due", "word", "evidence", "why", "advice"),
)
"""`said` is the action, the reason or what was learnt; `baseline` and `baseline_date` are the latest figure's."""


def table(session: Session, views: Environment) -> Sheet:
    """One row for each promise, each verdict and each post-mortem, in the order in which they were written."""
    say = words(views)
    notes = [note for kind in KINDS for note in session.notes_of(kind)]
    return Sheet(
        name=str(say.heading("review")),
        at=session.held_at,
        headings=tuple(str(say.heading(column)) for column in COLUMNS),
        rows=tuple(_row(session, note, say, str(views.globals["lang"])) for note in notes),
    )


def _row(session: Session, note: Note, say: Any, lang: str) -> tuple[Cell, ...]:
    metric, said = session.notes.get(note.about), note.details
    given: dict[str, Cell] = {
        "what": str(say.of_review(note.kind)),
        "said": note.text,
        "outcome": str(say.outcome(note)),
        "due": tables.day(said.get("due", "")),
        **{column: said.get(column, "") for column in ("owner", "word", "evidence", "why", "advice")},
    }
    if metric is not None:
        latest = review.judge(session, metric).latest if note.kind == "verdict" else None
        given |= {"metric": name(metric, lang)}
        given |= {column: metric.details.get(column, "") for column in ("threshold", "unit") if latest}
        given |= {"baseline": latest.value, "baseline_date": latest.on or ""} if latest else {}
    return tuple(given.get(column, "") for column in COLUMNS)
