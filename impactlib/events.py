"""What happened: small past-tense events, and the entries that carry them in a journal.

An event holds JSON scalars only. An event that this version does not know is kept as it came
(`Unknown`), so that an older kit loses nothing of a newer journal.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, get_type_hints


@dataclass(frozen=True)
class SessionOpened:
    """A workshop was opened. `agenda` is TOML text, `starts_at` seconds since 1970 or None."""

    team: str
    agenda: str
    lang: str = "fr"
    starts_at: float | None = None
    video: str = ""


@dataclass(frozen=True)
class PersonJoined:
    person: str
    name: str
    role: str


@dataclass(frozen=True)
class PersonCorrected:
    person: str
    name: str
    role: str


@dataclass(frozen=True)
class PersonShownOut:
    person: str


@dataclass(frozen=True)
class PersonLetIn:
    person: str


@dataclass(frozen=True)
class StepStarted:
    step: str


@dataclass(frozen=True)
class ClockPaused:
    pass


@dataclass(frozen=True)
class ClockResumed:
    pass


@dataclass(frozen=True)
class TimeAdded:
    seconds: float


@dataclass(frozen=True)
class EndKept:
    """After a late start: the planned end is kept (steps shrink), or slides."""

    kept: bool


@dataclass(frozen=True)
class SessionEnded:
    pass


@dataclass(frozen=True)
class NoteWritten:
    """`kind` is one of those of `impactlib.kinds`; `about` is the note that it answers or belongs to, or ""."""

    note: str
    kind: str
    text: str
    about: str = ""


@dataclass(frozen=True)
class NoteEdited:
    note: str
    text: str


@dataclass(frozen=True)
class NoteWithdrawn:
    note: str


@dataclass(frozen=True)
class NoteRestored:
    note: str


@dataclass(frozen=True)
class DetailSet:
    """One named detail of a note: a metric's quality, an action's owner and date."""

    note: str
    detail: str
    value: str


@dataclass(frozen=True)
class RoundOpened:
    """A round of blind scores was opened; `metrics` are ids with a space between them."""

    round: str
    metrics: str


@dataclass(frozen=True)
class RoundShown:
    round: str


@dataclass(frozen=True)
class MetricScored:
    """One person's score of a metric in a round that is open, 1 to 5 on each axis; None leaves an axis as it was.

    The first journals do not say the round: it is the one that is open."""

    metric: str
    value: int | None = None
    ease: int | None = None
    round: str = ""


@dataclass(frozen=True)
class MetricAbstained:
    """One person gives no score of a metric in a round that is open."""

    metric: str
    round: str = ""


@dataclass(frozen=True)
class RankingShown:
    """Written before there were rounds: every score was shown, or hidden again."""

    shown: bool


@dataclass(frozen=True)
class MetricKept:
    metric: str
    kept: bool


@dataclass(frozen=True)
class ListeningSet:
    """The consultants recommend in a burst: while `on`, what the team writes rests."""

    on: bool


@dataclass(frozen=True)
class FocusSet:
    """The facilitator asks the room to look at one note together; "" for none."""

    note: str


@dataclass(frozen=True)
class MinutesSet:
    """A step's planned minutes were changed for this hour."""

    step: str
    minutes: float


@dataclass(frozen=True)
class StepHidden:
    """A step is passed over, or not any more."""

    step: str
    hidden: bool


@dataclass(frozen=True)
class NoteMoved:
    """A note stands before another of its kind, or last ("")."""

    note: str
    before: str = ""


@dataclass(frozen=True)
class NoteAttached:
    """A note belongs to another one than before."""

    note: str
    about: str


@dataclass(frozen=True)
class Unknown:
    """An event of a newer kit: kept, passed on, and folded into nothing."""

    name: str
    payload: str


Event = (
    SessionOpened
    | PersonJoined
    | PersonCorrected
    | PersonShownOut
    | PersonLetIn
    | StepStarted
    | ClockPaused
    | ClockResumed
    | TimeAdded
    | EndKept
    | SessionEnded
    | NoteWritten
    | NoteEdited
    | NoteWithdrawn
    | NoteRestored
    | DetailSet
    | RoundOpened
    | RoundShown
    | MetricScored
    | MetricAbstained
    | RankingShown
    | MetricKept
    | ListeningSet
    | FocusSet
    | MinutesSet
    | StepHidden
    | NoteMoved
    | NoteAttached
    | Unknown
)

_KNOWN: dict[str, type[Any]] = {kind.__name__: kind for kind in Event.__args__ if kind is not Unknown}


@dataclass(frozen=True)
class Entry:
    """One line of a journal.

    `origin` is the journal it was born in and `seq` its number there; `id` is made by its author
    and unique, so that sending twice writes once; `at` is the store's clock in seconds since 1970;
    `by` is who wrote, `behalf` for whom, or ""; `rest` is what a newer kit said besides, as JSON text.
    """

    origin: str
    seq: int
    id: str
    at: float
    by: str
    behalf: str
    event: Event
    rest: str = ""


def order(entry: Entry) -> tuple[float, str, int, str]:
    """Entries are folded in this order: whichever journals they came through, the state is the same."""
    return entry.at, entry.origin, entry.seq, entry.id


def pack(event: Event) -> tuple[str, str]:
    """The event's name and its fields as JSON text."""
    if isinstance(event, Unknown):
        return event.name, event.payload
    return type(event).__name__, json.dumps(asdict(event), ensure_ascii=False, allow_nan=False)


def unpack(name: str, payload: str) -> Event:
    """The event that `pack` gave; one of another kit's, or one that was emptied, comes back as Unknown."""
    kind = _KNOWN.get(name)
    if kind is None:
        return Unknown(name, payload)
    try:
        event: Event = kind(**json.loads(payload))
    except (TypeError, ValueError, RecursionError):
        return Unknown(name, payload)
    types = _types(name)
    return event if all(_fits(value, types[field]) for field, value in vars(event).items()) else Unknown(name, payload)


@cache
def _types(name: str) -> dict[str, Any]:
    return get_type_hints(_KNOWN[name])


def _fits(value: object, wanted: Any) -> bool:
    """Whether a value of JSON is of a field's type; a whole number does for one with decimals."""
    if isinstance(value, bool):
        return bool(wanted is bool)
    return isinstance(value, wanted) or (isinstance(value, int) and isinstance(0.0, wanted))
