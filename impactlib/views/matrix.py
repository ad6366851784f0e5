"""The impact matrix: which indicators have a metric, a figure, nothing. One fragment a version, the newest first."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.cost import PERIODS
from impactlib.domain.impact_matrix import filled
from impactlib.domain.matrices import Concept, Indicator, Matrix, newest, versions
from impactlib.domain.session import Session
from impactlib.views import Cards, Eye, Pane, Reads, Scene, draw, of_kind

COST = "cost-per-use"
"""The indicator that the kit helps to compute."""


def frame(eye: Eye) -> Markup:
    return draw(eye, "matrix", "frame", choices=choices(), periods=PERIODS)


def _version(session: Session, eye: Eye, version: Matrix) -> Markup:
    return draw(eye, "matrix", "version", filled=filled(session, version), newest=version == newest(), cost=COST)


def choices() -> list[tuple[Concept, list[Indicator]]]:
    """Every indicator that some version has, under its concept: what a metric can fulfil."""
    concepts: dict[str, tuple[Concept, list[Indicator]]] = {}
    for version in versions():
        for concept in version.concepts:
            _, known = concepts.setdefault(concept.id, (concept, []))
            known += [indicator for indicator in concept.indicators if indicator.id not in [one.id for one in known]]
    return list(concepts.values())


def _reads(scene: Scene) -> Reads:
    return tuple(of_kind(scene.session, kind) for kind in ("metric", "hypothesis", "source", "reading"))


PANE = Pane(
    "matrix",
    frame,
    (
        Cards(
            "matrices",
            lambda session: [(str(number), version) for number, version in enumerate(versions())],
            _reads,
            lambda scene, version: _reads(scene),
            _version,
        ),
    ),
    "The impact matrix, and what fills it.",
    replayed=True,
)
