"""Readings: the figures of the metrics over time, a small form that takes those of a month, and the curve of each."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain import kinds
from impactlib.domain.clock import day_of
from impactlib.domain.curve import curve, marks
from impactlib.domain.due import AHEAD, due
from impactlib.domain.names import named
from impactlib.domain.readings import Figure, Series, every_series, figure_of, series
from impactlib.domain.review import is_stopped
from impactlib.domain.session import Note, Session
from impactlib.views import Eye, Pane, Part, Reads, Scene, cards, draw, of_kind, signatures


def frame(eye: Eye) -> Markup:
    return draw(eye, "readings", "frame")


def _following(session: Session, eye: Eye) -> Markup:
    return draw(eye, "readings", "following", session=session)


def _coming(session: Session, eye: Eye) -> Markup:
    today = day_of(eye.now, session.zone)
    every = due(session)
    late = [one for one in every if one.late(today)]
    coming = [one for one in every if today <= one.on <= today + AHEAD]
    return draw(eye, "readings", "due", late=late, next=coming, team=session.team)


def _asks(session: Session, eye: Eye) -> Markup:
    """What the team keeps or follows comes first; what it has neither kept nor measured, or has stopped, last."""
    if not eye.writes("reading"):
        return Markup()

    def last(series: Series) -> bool:
        followed = series.metric.id in session.kept or bool(series.readings)
        return not followed or is_stopped(session, series.metric)

    return draw(eye, "readings", "asks", every=sorted(every_series(session), key=last))


def _card(session: Session, eye: Eye, metric: Note) -> Markup:
    found = series(session, metric)
    gone = [note for note in of_kind(session, "reading") if note.withdrawn and note.about == metric.id]
    return draw(
        eye,
        "readings",
        "card",
        series=found,
        drawn=curve(found, marks(session, found)),
        rows=[_row(session, figure) for figure in found.figures],
        withdrawn=[{"figure": one, "by": one.note.withdrawn_by} for note in gone if (one := figure_of(note, metric))],
    )


def _row(session: Session, figure: Figure) -> dict[str, object]:
    note, people = figure.note, named(session)
    values = {name: note.details.get(name, "") for name in kinds.names(kinds.READING)}
    who = people.get(note.speaker)
    return {
        "figure": figure,
        "values": {**values, "text": note.text, "versions": {"text": note.version}},
        "who": who.name if who else "",
    }


def _card_reads(scene: Scene, metric: Note) -> Reads:
    figures = [one for one in of_kind(scene.session, "reading") if one.about == metric.id]
    marked = [one for one in of_kind(scene.session, "feature") if one.about == metric.id]
    return scene.session.zone, scene.session.clock.started, *figures, *marked, *signatures(scene, *figures)


def _all(scene: Scene) -> Reads:
    kinds = (of_kind(scene.session, kind) for kind in ("metric", "reading", "verdict"))
    return *kinds, scene.session.kept, scene.session.zone


def _due(scene: Scene) -> Reads:
    session = scene.session
    clock = session.clock
    return (
        *(session.notes, session.kept, session.follows, session.rounds, session.stats_on, session.agenda),
        *(session.team, session.zone, clock.started, clock.scheduled, day_of(scene.now, session.zone)),
    )


PANE = Pane(
    "readings",
    frame,
    (
        Part("following", lambda scene: (scene.session.team, scene.session.ended), _following),
        Part("coming", _due, _coming),
        Part("asks", _all, _asks),
        cards(
            "readings",
            "metric",
            _card,
            with_kinds=["reading", "feature"],
            reads=lambda scene: (scene.session.zone,),
            card_reads=_card_reads,
        ),
    ),
    "The figures of the metrics over time, and those of the month.",
)
