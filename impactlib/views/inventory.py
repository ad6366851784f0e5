"""The inventory of data: the team's sources, and what each metric can be computed from."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain import kinds
from impactlib.domain.inventory import Need, sources_of
from impactlib.domain.session import Note, Session
from impactlib.views import Eye, Pane, cards, draw, of_kind, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "inventory", "frame")


def _source(session: Session, eye: Eye, note: Note) -> Markup:
    [item] = signed(session, [note])
    values = {name: note.details.get(name, "") for name in sorted(kinds.names(kinds.row("source").details))}
    return draw(eye, "inventory", "source", item=item, values=values)


def _need(session: Session, eye: Eye, metric: Note) -> Markup:
    need = Need(metric, sources_of(session, metric))
    return draw(eye, "inventory", "need", need=need, sources=session.notes_of("source"))


PANE = Pane(
    "inventory",
    frame,
    (
        cards("sources", "source", _source),
        cards("needs", "metric", _need, with_kinds=["source"], card_reads=lambda s, _: (of_kind(s.session, "source"),)),
    ),
    "The sources of data, and what each metric can be computed from.",
    replayed=True,
)
