"""The roles that may do what, and how much: the rest of the rights are in the rows of `impactlib.domain.kinds`."""

from __future__ import annotations

from impactlib.domain.agenda import Role

EVERYONE = frozenset(Role)
FACILITATOR = frozenset({Role.FACILITATOR})
LISTENING = frozenset({"score", "abstain"})
"""The only gestures of a client while the consultants speak in a burst: all else rests."""
METRICS_SCORED = 5
"""Metrics of one round: three minutes' worth."""
