"""Verdicts: each decision written beforehand beside today's figure, then what the team decides; and post-mortems."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.review import is_stopped, judge, judged
from impactlib.domain.session import Note, Session
from impactlib.views import Eye, Pane, Reads, Scene, cards, draw, of_kind, signatures, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "verdicts", "frame")


def _is_judged(session: Session, metric: Note) -> bool:
    return any(one.metric.id == metric.id for one in judged(session))


def _card(session: Session, eye: Eye, metric: Note) -> Markup:
    found = judge(session, metric)
    stops = bool(found.verdicts) and is_stopped(session, metric) and not session.notes_of("ending", about=metric.id)
    return draw(eye, "verdicts", "card", judged=found, items=signed(session, found.verdicts), stops=stops)


def _ending(session: Session, eye: Eye, note: Note) -> Markup:
    metric = session.notes.get(note.about)
    stands = metric if metric and not metric.withdrawn else None
    return draw(eye, "verdicts", "ending", item=signed(session, [note])[0], metric=stands)


def _reads(scene: Scene) -> Reads:
    session = scene.session
    return session.kept, session.follows, session.held_at, session.zone, session.clock.ended


def _card_reads(scene: Scene, metric: Note) -> Reads:
    kinds = ("reading", "verdict", "ending")
    about = [one for kind in kinds for one in of_kind(scene.session, kind) if one.about == metric.id]
    return (*_reads(scene), *about, *signatures(scene, *about))


def _about(scene: Scene, ending: Note) -> Reads:
    return (scene.session.notes.get(ending.about),)


PANE = Pane(
    "verdicts",
    frame,
    (
        cards(
            "judged",
            "metric",
            _card,
            only=_is_judged,
            with_kinds=["reading", "verdict", "ending"],
            reads=_reads,
            card_reads=_card_reads,
        ),
        cards("endings", "ending", _ending, with_kinds=["metric"], card_reads=_about),
    ),
    "Decisions, figures and verdicts.",
    replayed=True,
)
