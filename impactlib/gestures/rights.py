"""The roles that may do what, and how much: the rest of the rights are in the rows of `impactlib.domain.kinds`."""

from __future__ import annotations

from impactlib.domain.agenda import Role

EVERYONE = frozenset(Role)
FACILITATOR = frozenset({Role.FACILITATOR})
AT_THE_DOOR = ("join", "come_back")
"""Gestures of people who are coming in: the server asks them, once it knows whose browser it is; no page does."""
UNLED = frozenset({"offer_lead", "agree_lead"})
"""Gestures that are for a room without a facilitator."""
LISTENING = frozenset({"score", "abstain", "come_back", "forget", *UNLED})
"""The only gestures of a client while the consultants speak in a burst: all else rests."""
METRICS_SCORED = 5
"""Metrics of one round: three minutes' worth."""
