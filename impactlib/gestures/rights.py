"""Who may write what, and what stands on what: the tables that the gestures are checked against."""

from __future__ import annotations

from collections.abc import Mapping

from impactlib import hypotheses, ledger
from impactlib.agenda import Role

EVERYONE = frozenset(Role)
AROUND_THE_TABLE = frozenset({Role.FACILITATOR, Role.CLIENT, Role.CONSULTANT})
TEAM = frozenset({Role.FACILITATOR, Role.CLIENT})
FACILITATOR = frozenset({Role.FACILITATOR})

WRITERS: Mapping[str, frozenset[Role]] = {
    "expectation": AROUND_THE_TABLE,
    "problem": TEAM,
    "audience": TEAM,
    "goal": TEAM,
    "question": AROUND_THE_TABLE,
    "answer": AROUND_THE_TABLE,
    "testimony": AROUND_THE_TABLE,
    "contract": TEAM,
    "hypothesis": TEAM,
    "recommendation": AROUND_THE_TABLE,
    "metric": TEAM,
    "learning": AROUND_THE_TABLE,
    "action": TEAM,
    "product": TEAM,
    "objective": TEAM,
    "change": TEAM,
    "source": TEAM,
    "contact": TEAM,
}
"""Who writes what. The facilitator writes everywhere: on a shared screen one note-taker is enough."""
SPOKEN = frozenset({"question", "answer", "testimony", "recommendation"})
"""What is said aloud, and can be written down by somebody else than who says it."""
DETAILS: Mapping[str, frozenset[str]] = {
    "hypothesis": frozenset(hypotheses.OF_HYPOTHESIS),
    "metric": frozenset({*hypotheses.OF_METRIC, "indicator", *ledger.CHOICE}),
    "recommendation": frozenset({"status", "reason", "same_as"}),
    "action": frozenset({"owner", "due"}),
    "objective": frozenset({"reach"}),
    "change": frozenset({"proxy"}),
    "source": frozenset({"where", "owner", "every", "quality", "personal", "access"}),
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "reach": ("direct", "indirect"),
    "personal": ("yes", "no"),
    "access": ("ours", "missing", "partner"),
    "status": ledger.STATUSES,
    "north_star": ("yes",),
    "if_missed": ledger.IF_MISSED,
}
"""Details that are one of a few words. `access`: we have the data, a field is missing, a partner has them."""
TEAMS_OWN = frozenset({"status", "reason"})
"""What only the team says of what others wrote."""
LATER = frozenset({"kind", "status", "reason", "same_as", "north_star"})
"""Details that a note is not born with: they are checked against what stands. A hypothesis's kind of impact comes by
`draft` or `detail`: in `write` the kind is the note's own."""
LISTENING = frozenset({"score", "abstain"})
"""What alone a client does while the consultants speak in a burst: all else rests."""
TOGETHER = frozenset(kind for kind, roles in WRITERS.items() if roles == TEAM)
"""What a team writes together: each member may change and withdraw what another wrote, on whatever device."""
ABOUT: Mapping[str, tuple[str, ...]] = {
    "answer": ("question",),
    "recommendation": ("hypothesis", "metric"),
    "metric": ("hypothesis",),
    "action": ("recommendation",),
}
MOVED = ("hypothesis", "metric")
"""What the facilitator puts in another order."""
METRICS_SCORED = 5
"""Metrics of one round: three minutes' worth."""
ACTIONS = 3
"""Actions that stand at once: what a team holds to."""
