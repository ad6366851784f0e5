"""The inventory of a team's data as a spreadsheet: where each is, how right it is, what it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from impactlib.domain.inventory import is_tied
from impactlib.domain.session import Note, Session
from impactlib.export import tables
from impactlib.export.tables import Cell, Sheet
from impactlib.export.template import words
from impactlib.views.render import name

if TYPE_CHECKING:
    from jinja2 import Environment

COLUMNS = ("text", "where", "owner", "every", "quality", "personal", "access", "metrics")
"""`every` says how often it is renewed, `quality` how right it is in per cent, `metrics` what is computed from it."""


def inventory(session: Session, views: Environment) -> Sheet:
    """One row for each source, in the order in which they were written."""
    say, lang = words(views), str(views.globals["lang"])
    return Sheet(
        name=str(say.heading("inventory")),
        at=session.held_at,
        headings=tuple(map(str, map(say.heading, COLUMNS))),
        rows=tuple(_row(session, source, say, lang) for source in session.notes_of("source")),
    )


def _row(session: Session, source: Note, say: Any, lang: str) -> tuple[Cell, ...]:
    tied = [name(metric, lang) for metric in session.notes_of("metric") if is_tied(metric, source)]
    said = source.details
    return (
        source.text,
        said.get("where", ""),
        said.get("owner", ""),
        said.get("every", ""),
        tables.number(said.get("quality", "")),
        str(say.said(said.get("personal", ""))),
        str(say.said(said.get("access", ""))),
        "\n".join(tied),
    )
