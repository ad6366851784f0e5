"""What a pane shows, as plain data: parts of ``session.json``, without the scores that were not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impactlib.domain.session import Session
from impactlib.export.session_json import state

HELD: Mapping[str, tuple[str, ...]] = {
    "track": ("session", "agenda", "steps"),
    "tour": ("participants", "expectations"),
    "problem": ("problem", "expectations"),
    "testimonies": ("testimonies",),
    "questions": ("questions",),
    "contract": ("contract",),
    "recommendations": ("hypotheses", "recommendations"),
    "drafts": ("hypotheses", "metrics"),
    "ground": ("preparation",),
    "inventory": ("preparation", "metrics"),
    "matrix": ("metrics",),
    "metrics": ("metrics", "rounds", "ranking"),
    "learnings": ("learnings", "metrics", "commitments"),
    "people": ("participants",),
    "readings": ("metrics",),
    "features": ("features", "metrics"),
    "aarri": ("forecasts", "metrics"),
}
"""The keys of ``session.json`` that a pane shows; of a pane that is not there, none."""


def value(pane: str, session: Session) -> dict[str, Any]:
    """The values that a pane shows, by their keys in ``session.json``."""
    held = HELD.get(pane, ())
    if not held:
        return {}
    said = state(session)
    said["rounds"] = [round for round in said["rounds"] if round["shown_at"]]
    said["ranking"] = said["ranking"] if session.ranking_shown else []
    return {key: said[key] for key in held}
