"""Every pane, by its one name: what notebooks call, what the server draws, what a replay shows."""

from __future__ import annotations

from collections.abc import Mapping

from impactlib.views import (
    aarri,
    contract,
    controls,
    doors,
    drafts,
    features,
    follow_foot,
    ground,
    inventory,
    learnings,
    matrix,
    metrics,
    now,
    people,
    points,
    prepare,
    prepare_foot,
    problem,
    questions,
    readings,
    recommendations,
    screen,
    since,
    summary,
    testimonies,
    tour,
    track,
    unwritten,
    verdicts,
)
from impactlib.views.parts import Pane

_MODULES = (
    track,
    now,
    since,
    tour,
    problem,
    testimonies,
    questions,
    contract,
    verdicts,
    recommendations,
    inventory,
    matrix,
    metrics,
    aarri,
    learnings,
    summary,
    people,
    controls,
    unwritten,
    prepare,
    drafts,
    points,
    ground,
    prepare_foot,
    readings,
    features,
    follow_foot,
    doors,
    screen,
)

PANES: Mapping[str, Pane] = {module.PANE.name: module.PANE for module in _MODULES}
"""In the order of the workshop's page, then of the other pages."""
