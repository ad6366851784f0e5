"""A review: what was promised, what is, what is decided; and what changed since the session before. Pure.

A threshold is what somebody wrote. It is compared with a figure only where all of it reads as a number in the unit of
the metric, where more or less is known to be better, and where the figure came since the session before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from impactlib.domain import figures, kinds
from impactlib.domain.agenda import FOLLOW_UP, VISION
from impactlib.domain.clock import day_of, months_later, working_day
from impactlib.domain.next_session import SETTLED
from impactlib.domain.readings import Figure, Series, series
from impactlib.domain.recommendations import DECISION, Change, differences
from impactlib.domain.session import Follows, Note, Session, Vision
from impactlib.domain.text import Unreadable, plain

CAUTIONS = ("none", "undated", "future", "ahead", "before", "period", "stale", "rough", "early", "unread")
"""What a figure cannot say yet: there is none, it has no date, it was given before its day, another one, of a day to
come, is left aside, its date is before the baseline's, its period is another than the others', none came since the
session before, its data are right at 10 %, the decision is for a later day; the threshold is no number in its unit, or
nobody said whether more or less is better."""
_SILENT = frozenset(CAUTIONS) - {"ahead", "rough", "early", "unread"}
"""The cautions that leave a threshold uncompared."""
_AT_LEAST = re.compile(r"(?:>=?|≥|au moins|au minimum|plus de|minimum|at least|more than|over|above)\s*(.*)\Z")
_AT_MOST = re.compile(
    r"(?:<=?|≤|au plus|au maximum|moins de|maximum|at most|less than|fewer than|under|below)\s*(.*)\Z"
)
_MOST_AFTER = re.compile(r"(.*\S)\s+(?:au plus|au maximum|maximum|at most|or less|or fewer)\Z")
_LEAST_AFTER = re.compile(r"(.*\S)\s+(?:au moins|au minimum|minimum|at least|or more)\Z")
_STRICT = re.compile(r"(?:[<>](?!=)|plus de|moins de|more than|less than|fewer than|over|above|under|below)")
_VISION = ("product", "problem", "audience", "objective", "change", "hypothesis", "metric")
"""The kinds whose changes since an earlier session are told."""
_SOON = timedelta(days=14)
"""A review that is this near to a day it was planned for was held in its place."""
_QUARTER = timedelta(days=91)


@dataclass(frozen=True)
class Judged:
    """A decision written beforehand beside today's figure: `met` is None where the two are not compared; `age` is the
    days from the figure to the review; `verdicts` are those of this review, `former` the last one before it."""

    metric: Note
    series: Series
    met: bool | None
    cautions: tuple[str, ...]
    age: int | None
    verdicts: tuple[Note, ...]
    former: Note | None

    @property
    def latest(self) -> Figure | None:
        return self.series.latest

    @property
    def asked(self) -> bool:
        """Whether a verdict is waited for: none was given, and the last review did not stop."""
        return not self.verdicts and not (self.former and self.former.details.get("course") == "stop")


@dataclass(frozen=True)
class Since:
    """What changed since an earlier session, held at `held_at` (seconds since 1970): notes added and withdrawn, notes
    with their changes, and the figures that came, each with its metric."""

    held_at: float
    added: tuple[Note, ...]
    withdrawn: tuple[Note, ...]
    changed: tuple[tuple[Note, tuple[Change, ...]], ...]
    figures: tuple[tuple[Note, Figure], ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.withdrawn or self.changed or self.figures)


def kept_promises(session: Session) -> tuple[int, int]:
    """How many promises were kept, of how many."""
    promises = session.notes_of("promise")
    return sum(note.details.get("state") == "done" for note in promises), len(promises)


def is_past(session: Session, action: Note) -> bool:
    """Whether the day of an action had come when the session was held, and nobody had settled it."""
    due = action.details.get("due", "")
    return "" < due < day_of(session.held_at, session.zone).isoformat() and action.details.get("state") not in SETTLED


def reviews(session: Session) -> bool:
    """Whether it is a review: it follows another session, or its agenda asks for verdicts."""
    return session.follows is not None or (session.agenda is not None and session.agenda.shows("verdicts"))


def judged(session: Session) -> list[Judged]:
    """The metrics on which a verdict can be given: those kept, those with a decision, those with a verdict."""
    return [
        judge(session, metric)
        for metric in session.notes_of("metric")
        if metric.id in session.kept
        or any(metric.details.get(name) for name in DECISION)
        or session.notes_of("verdict", about=metric.id)
    ]


def last_verdict(session: Session, metric: Note) -> Note | None:
    """The verdict on a metric that was given last, in whichever session."""
    given = session.notes_of("verdict", about=metric.id)
    return given[-1] if given else None


def is_stopped(session: Session, metric: Note) -> bool:
    """Whether the last verdict on a metric stopped it."""
    verdict = last_verdict(session, metric)
    return verdict is not None and verdict.details.get("course") == "stop"


def judge(session: Session, metric: Note) -> Judged:
    """One metric with its decision, its figure and its verdicts."""
    today = day_of(session.held_at, session.zone)
    found = _known(session, metric, today)
    cautions = tuple(name for name in CAUTIONS if name in set(_cautions(session, found, today)))
    met = None if _SILENT.intersection(cautions) else compared(found)
    on = found.latest.on if found.latest else None
    before = session.follows.notes if session.follows else {}
    verdicts = session.notes_of("verdict", about=metric.id)
    former = [note for note in verdicts if note.id in before]
    return Judged(
        metric,
        found,
        met,
        cautions,
        (today - on).days if on and on <= today else None,
        tuple(note for note in verdicts if note.id not in before),
        former[-1] if former else None,
    )


def _known(session: Session, metric: Note, today: date) -> Series:
    """The figures that the review knew: those that are given once it has ended are for the next one."""
    found = series(session, metric, until=today)
    return replace(found, readings=tuple(figure for figure in found.readings if _is_of(session, figure)))


def _is_of(session: Session, figure: Figure) -> bool:
    """Whether a figure was given before the review ended."""
    return session.clock.ended is None or figure.note.at <= session.clock.ended


def _cautions(session: Session, found: Series, today: date) -> Iterator[str]:
    latest = found.latest
    if any(map(found.is_ahead, found.figures)):
        yield "ahead"
    if latest is None:
        yield "none"
    else:
        yield from (doubt for doubt in found.doubts(latest) if doubt in CAUTIONS)
        since = session.follows
        if since and latest.on and latest.on <= day_of(since.held_at, session.zone):
            yield "stale"
        if found.said("quality") == "10":
            yield "rough"
        if is_unread(found):
            yield "unread"
    if found.metric.details.get("decide_on", "") > today.isoformat():
        yield "early"


def compared(found: Series) -> bool | None:
    """Whether the latest figure meets the threshold of its metric; None where that cannot be read for sure."""
    bound, latest, less = threshold(found), found.latest, _less(found)
    if bound is None or latest is None or less is None:
        return None
    value, strict = bound
    if latest.value == value:
        return not strict
    return latest.value < value if less else latest.value > value


def is_unread(found: Series) -> bool:
    """Whether there are a threshold and a figure, and the two cannot be compared: who reads them does."""
    return bool(found.latest and found.metric.details.get("threshold")) and compared(found) is None


def threshold(found: Series) -> tuple[Decimal, bool] | None:
    """The threshold of a metric as a number, and whether the number itself is out; None where it is not all read."""
    said, less = plain(found.metric.details.get("threshold", "")).strip(), _less(found)
    for pattern, downwards in ((_AT_LEAST, False), (_AT_MOST, True), (_LEAST_AFTER, False), (_MOST_AFTER, True)):
        if bounded := pattern.match(said):
            # "Fewer than 30" of what should grow is an alarm, not a threshold: who knows.
            return None if less is not downwards else _number(bounded[1], found.unit, bool(_STRICT.match(said)))
    return _number(said, found.unit, strict=False)


def _number(text: str, unit: str, strict: bool) -> tuple[Decimal, bool] | None:
    try:
        return figures.cut(text, own=unit).within(unit), strict
    except Unreadable:
        return None


def _less(found: Series) -> bool | None:
    """Whether less is better: as the metric says, else as its baseline and its target do."""
    said = found.metric.details.get("direction", "")
    if said in ("less", "more"):
        return said == "less"
    if found.baseline is None or found.target is None or found.baseline.value == found.target:
        return None
    return found.baseline.value > found.target


def is_vision(session: Session) -> bool:
    """Whether it is a workshop on the vision."""
    return session.agenda is not None and session.agenda.name == VISION


def recurs(session: Session) -> int:
    """How many months after it the next session on its agenda is held; 0 where it does not come again."""
    return session.agenda.recurs if session.agenda else 0


def recurring(session: Session) -> dict[str, date]:
    """The working day of the next session on each agenda that recurs, by its title: counted from the last one held,
    which is this session or one before it."""
    last = {one.title: (one.held_at, one.recurs) for one in session.earlier}
    if session.agenda:
        last[session.agenda.title[session.lang]] = session.held_at, recurs(session)
    return {
        title: working_day(months_later(day_of(at, session.zone), months))
        for title, (at, months) in last.items()
        if months
    }


def compared_with(session: Session) -> Follows | Vision | None:
    """The earlier session that a session tells its changes from: the one before; for a workshop on the vision the last
    such workshop, if there was one."""
    return session.vision if is_vision(session) and session.vision else session.follows


def since(session: Session) -> Since | None:
    """What changed since the session that it is compared with; None for a first one. In one that is shared former texts
    are not known."""
    before = compared_with(session)
    if before is None:
        return None
    now = [note for kind in _VISION for note in session.notes_of(kind)]
    known = [(before.notes[note.id], note) for note in now if note.id in before.notes]
    changed = [] if session.shared else [(note, tuple(differences(was, note))) for was, note in known]
    return Since(
        before.held_at,
        tuple(note for note in now if note.id not in before.notes),
        tuple(_withdrawn(session, before)),
        tuple((note, changes) for note, changes in changed if changes),
        tuple(_figures(session, before)),
    )


def _withdrawn(session: Session, before: Follows | Vision) -> Iterator[Note]:
    for kind in _VISION:
        for note in session.notes.of_kind(kind):
            was = before.notes.get(note.id)
            if note.withdrawn and was and not was.withdrawn:
                yield note


def _figures(session: Session, before: Follows | Vision) -> Iterator[tuple[Note, Figure]]:
    for metric in session.notes_of("metric"):
        came = (one for one in series(session, metric).readings if one.note.id not in before.notes)
        yield from ((metric, figure) for figure in came if _is_of(session, figure))


def next_on(session: Session) -> date:
    """The working day that a next session is proposed for: 30 and 90 days after the first, then each three months; on
    an agenda that recurs, as many months after this one as it says."""
    return next_session(session)[0]


def next_session(session: Session) -> tuple[date, int]:
    """That day, and how many days after the first session it was planned for; 0 where it comes after these days."""
    if session.agenda and recurs(session):
        return recurring(session)[session.agenda.title[session.lang]], 0
    first_at = session.follows.first_at if session.follows else session.held_at
    first, held = (day_of(at, session.zone) for at in (first_at, session.held_at))
    days = session.agenda.follow_up if session.agenda else FOLLOW_UP
    planned = ((first + timedelta(days=after), after) for after in days)
    on, after = next(((on, after) for on, after in planned if on > held + _SOON), (held + _QUARTER, 0))
    return working_day(on), after


STATES = kinds.detail("state").choices
"""What became of a promise."""
COURSES = kinds.detail("course").choices
"""The courses of a verdict."""
