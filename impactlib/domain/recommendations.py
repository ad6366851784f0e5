"""The ledger of recommendations, and what the team decides of it. Pure.

A recommendation that repeats another is grouped under it by hand (its detail `same_as`), and says nothing
of its own any more. Afterwards the team marks each that is left as kept, adapted or set aside. Of each
metric kept it says beforehand what will be decided, when and by whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from impactlib.domain import kinds
from impactlib.domain.clock import day_of
from impactlib.domain.hypotheses import OF_HYPOTHESIS, OF_METRIC
from impactlib.domain.session import Note, Session

STATUSES = kinds.detail("status").choices
"""The team's marks on a recommendation; `aside` is set aside."""
IF_MISSED = kinds.detail("if_missed").choices
"""The courses taken when a metric misses its threshold."""
DECISION = kinds.names(kinds.DECISION)
"""The details of a metric that make its decision, written before the figure is known."""
WAY = ("brings", "key_step")
"""The details that say how one came to a North Star: the value that the service brings, then the step at which people
meet it."""
FIGURES = ("baseline", "potential", "milestones")
"""The details that a North Star has besides: where it is, how far it can go, by which steps."""
CHOICE = kinds.names(kinds.CHOICE)
"""The details of a metric that the team keeps; its current value is its baseline."""

Groups = Mapping[str, list[Note]]

_FIELDS = {"hypothesis": ("statement", OF_HYPOTHESIS), "metric": ("metric", OF_METRIC)}
"""The fields of a note that are compared: its text, and its details."""


@dataclass(frozen=True)
class Change:
    """A field of a hypothesis, or of its metric, when the hour began and now; "" is not given."""

    note: Note
    field: str
    before: str
    after: str


def repeats(session: Session, note: Note) -> Note | None:
    """The recommendation under which this one is grouped; None when that one was withdrawn, or is grouped itself."""
    same_as = note.details.get("same_as")
    first = session.notes.get(same_as) if same_as else None
    alone = first is not None and first.kind == "recommendation" and not first.details.get("same_as")
    return first if first and alone and not first.withdrawn else None


def advice(session: Session, about: str | None = None) -> list[Note]:
    """The recommendations that repeat no other, in their order; with `about`, those given on that note."""
    return [note for note in session.notes_of("recommendation", about) if repeats(session, note) is None]


def groups(session: Session) -> Groups:
    """The recommendations that are grouped under another, in their order, by the id of that one."""
    found: dict[str, list[Note]] = {}
    for note in session.notes_of("recommendation"):
        if note.details and (first := repeats(session, note)):
            found.setdefault(first.id, []).append(note)
    return found


def north_star(session: Session) -> Note | None:
    """The one indicator among the metrics kept, once the team has named it."""
    return next((metric for metric in session.kept_metrics() if metric.details.get("north_star")), None)


def decided(metric: Note) -> bool:
    """Whether all that a decision needs was written."""
    return all(metric.details.get(name) for name in DECISION)


def measured(metric: Note) -> bool:
    """Whether it is said of a North Star where it is, how far it can go, and by which steps."""
    return all(metric.details.get(name) for name in FIGURES)


def explained(metric: Note) -> bool:
    """Whether it is said of a North Star which value it counts, and at which step people meet it."""
    return all(metric.details.get(name) for name in WAY)


def decided_before(session: Session, metric: Note) -> bool:
    """Whether its decision is dated before the day of the hour: then it is not one that is written beforehand."""
    started, on = session.clock.started, metric.details.get("decide_on", "")
    return bool(on) and started is not None and on < day_of(started, session.zone).isoformat()


def changes(session: Session, hypothesis: Note) -> list[Change]:
    """The changes of the hour in a hypothesis, and in those of its metrics that stood when it began.

    A note that was written during the hour has no change.
    """
    notes = [hypothesis, *session.notes_of("metric", about=hypothesis.id)]
    return list(chain.from_iterable(changed(session, note) for note in notes))


def changed(session: Session, note: Note) -> list[Change]:
    """The same of one note, a hypothesis or a metric."""
    was = session.before.get(note.id)
    return differences(was, note) if was else []


def differences(was: Note, note: Note) -> list[Change]:
    """The fields of a note that are not as they were; of another kind than those two, its text alone."""
    text, details = _FIELDS.get(note.kind, ("statement", ()))
    fields = [(text, was.text, note.text)]
    fields += [(name, was.details.get(name, ""), note.details.get(name, "")) for name in details]
    return [Change(note, name, before, after) for name, before, after in fields if before != after]
