"""The impact matrix: which indicators have a metric, a figure, nothing. One fragment a version, the newest first."""

from __future__ import annotations

from functools import cache

from markupsafe import Markup

from impactlib.domain.cost import PERIODS
from impactlib.domain.impact_matrix import Concept, Indicator, Matrix, filled, load, names
from impactlib.domain.session import Session
from impactlib.views import Cards, Eye, Pane, Reads, Scene, draw, of_kind

COST = "cost-per-use"
"""The indicator that the kit helps to compute."""


def frame(eye: Eye) -> Markup:
    return draw(eye, "matrix", "frame", choices=choices(), periods=PERIODS)


def _version(session: Session, eye: Eye, version: Matrix) -> Markup:
    newest = version.name == _versions()[0].name
    return draw(eye, "matrix", "version", filled=filled(session, version), newest=newest, cost=COST)


def choices() -> list[tuple[Concept, list[Indicator]]]:
    """Every indicator that some version has, under its concept: what a metric can fulfil."""
    concepts: dict[str, tuple[Concept, list[Indicator]]] = {}
    for version in _versions():
        for concept in version.concepts:
            _, known = concepts.setdefault(concept.id, (concept, []))
            known += [indicator for indicator in concept.indicators if indicator.id not in [one.id for one in known]]
    return list(concepts.values())


@cache
def _versions() -> list[Matrix]:
    return [load(name) for name in names()]


def _reads(scene: Scene) -> Reads:
    return of_kind(scene.session, "metric"), of_kind(scene.session, "hypothesis")


PANE = Pane(
    "matrix",
    frame,
    (
        Cards(
            "matrices",
            lambda session: [(str(number), version) for number, version in enumerate(_versions())],
            _reads,
            lambda scene, version: _reads(scene),
            _version,
        ),
    ),
    "The impact matrix, and what fills it.",
    replayed=True,
)
