"""Features: what the team delivers, the figure that each should move, and the readings before and after it."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.features import effect
from impactlib.domain.session import Note, Session
from impactlib.views import Eye, Pane, Part, Reads, Scene, cards, draw, of_kind, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "features", "frame")


def _aims(session: Session, eye: Eye) -> Markup:
    return draw(eye, "features", "aims", metrics=session.notes_of("metric"))


def _card(session: Session, eye: Eye, note: Note) -> Markup:
    found = effect(session, note)
    metrics = () if found.series else session.notes_of("metric")
    return draw(eye, "features", "card", item=signed(session, [note])[0], effect=found, metrics=metrics)


def _card_reads(scene: Scene, note: Note) -> Reads:
    session = scene.session
    known = effect(session, note).series is not None
    metrics = [one for one in of_kind(session, "metric") if not known or one.id == note.about]
    return session.zone, *metrics, *(one for one in of_kind(session, "reading") if one.about == note.about)


PANE = Pane(
    "features",
    frame,
    (
        Part("aims", lambda scene: (of_kind(scene.session, "metric"),), _aims),
        cards(
            "features",
            "feature",
            _card,
            with_kinds=["metric", "reading"],
            reads=lambda scene: (scene.session.zone,),
            card_reads=_card_reads,
        ),
    ),
    "What the team delivers, and what the figures say before and after.",
)
