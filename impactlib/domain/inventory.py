"""The inventory of data: which sources each metric is tied to, and whether it can be computed. Pure.

A source is a note; a metric is tied to it by a detail (`tie`). A metric can be computed as well
as the worst of its sources lets it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from impactlib.domain.session import Note, Session

TIE = "source/"
"""How the details that tie a metric to a source begin."""
UNTIED, UNSAID = "untied", "unsaid"
_BEST_FIRST = ("ours", "missing", UNSAID, "partner")
"""An access that nobody said may be as bad as any: only a partner's is known to be no better."""


@dataclass(frozen=True)
class Need:
    """A metric, and the sources that it is computed from."""

    metric: Note
    sources: tuple[Note, ...]

    @property
    def state(self) -> str:
        """``ours`` (computable now), ``missing`` (a field is), ``partner``, ``unsaid``, or ``untied``: no source."""
        return worst(source.details.get("access", "") for source in self.sources)

    @property
    def personal(self) -> bool:
        """Whether it is computed from personal data."""
        return any(source.details.get("personal") == "yes" for source in self.sources)


def tie(source: Note) -> str:
    """The detail of a metric that says "yes" when it is computed from that source."""
    return f"{TIE}{source.id}"


def is_tied(metric: Note, source: Note) -> bool:
    return metric.details.get(tie(source)) == "yes"


def sources_of(session: Session, metric: Note) -> tuple[Note, ...]:
    """The sources that a metric is computed from, those withdrawn left out."""
    return _tied(metric, session.notes_of("source"))


def _tied(metric: Note, sources: Iterable[Note]) -> tuple[Note, ...]:
    return tuple(source for source in sources if is_tied(metric, source))


def needs(session: Session) -> list[Need]:
    """Every metric that stands, with the sources that stand of those it is tied to."""
    sources = session.notes_of("source")
    return [Need(metric, _tied(metric, sources)) for metric in session.notes_of("metric")]


def worst(accesses: Iterable[str]) -> str:
    """The state of a metric whose sources have these accesses; "", or what a newer kit wrote, is not said.

    >>> worst(["ours", "missing"])
    'missing'
    >>> worst(["ours", ""])
    'unsaid'
    >>> worst([])
    'untied'
    """
    known = (access if access in _BEST_FIRST else UNSAID for access in accesses)
    return max(known, key=_BEST_FIRST.index, default=UNTIED)
