"""The AARRI table: the five stages of one period, then by step what is forecast of a metric for each month, beside what
came."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.aarri import six_months, table
from impactlib.domain.funnel import funnel
from impactlib.domain.session import Session
from impactlib.views import Eye, Pane, Part, Reads, Scene, draw, of_kind


def frame(eye: Eye) -> Markup:
    return draw(eye, "aarri", "frame")


def _asks(session: Session, eye: Eye) -> Markup:
    return draw(eye, "aarri", "asks", steps=table(session)) if eye.writes("forecast") else Markup()


def _funnel(session: Session, eye: Eye) -> Markup:
    found = funnel(session)
    return draw(eye, "aarri", "stages", funnel=found) if found else Markup()


def _table(session: Session, eye: Eye) -> Markup:
    return draw(eye, "aarri", "shown", steps=table(session, six_months(session, eye.now)))


def _steps(session: Session, eye: Eye) -> Markup:
    if not eye.writes("metric"):
        return Markup()
    metrics = session.notes_of("metric")
    begun = any(metric.details.get("aarri") for metric in metrics)
    return draw(eye, "aarri", "choices", metrics=metrics, begun=begun)


def _figures(scene: Scene) -> Reads:
    return *(of_kind(scene.session, kind) for kind in ("metric", "reading")), scene.session.zone


def _reads(scene: Scene) -> Reads:
    return *(of_kind(scene.session, kind) for kind in ("metric", "reading", "forecast")), scene.session.zone


def _months(scene: Scene) -> Reads:
    return *_reads(scene), six_months(scene.session, scene.now)


PANE = Pane(
    "aarri",
    frame,
    (
        Part("aarri-asks", _reads, _asks),
        Part("aarri-stages", _figures, _funnel),
        Part("aarri", _months, _table),
        Part("aarri-steps", lambda scene: (of_kind(scene.session, "metric"),), _steps),
    ),
    "The five stages of one period, and what is forecast for each month beside what came.",
)
