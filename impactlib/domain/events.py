"""Events, small and in the past tense, and the entries that carry them in a journal.

An event holds JSON scalars only. An event that this version does not know is kept as it came
(`Unknown`), so that an older kit loses nothing of a newer journal.
"""

from __future__ import annotations

from contextlib import suppress
from math import isfinite
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder, Encoder, decode, encode
from msgspec.structs import astuple

from impactlib.domain.text import fit, unfit


class _Happened(Struct, frozen=True, forbid_unknown_fields=True):
    """An event of this kit: fields of a newer one make it another event."""


class SessionOpened(_Happened, frozen=True):
    """A workshop was opened. `agenda` is TOML text, `starts_at` seconds since 1970 or None."""

    team: str
    agenda: str
    lang: str = "fr"
    starts_at: float | None = None
    video: str = ""


class ZoneSet(_Happened, frozen=True):
    """The session's time zone was set; `zone` is an IANA name such as ``America/Martinique``."""

    zone: str


class RehearsalMarked(_Happened, frozen=True):
    """The workshop is a rehearsal: invented people play it, and it counts among no real ones."""


class StatsMade(_Happened, frozen=True):
    """The team's page of statistics was made, `on` a day (ISO), to be published."""

    on: str


class LinksEnd(_Happened, frozen=True):
    """The links of the people who are invited open nothing after the day `on` (ISO), or with "" for ever."""

    on: str


class StartSet(_Happened, frozen=True):
    """The workshop is to begin at another time than it was opened for; `starts_at` in seconds since 1970."""

    starts_at: float


class SessionFollows(_Happened, frozen=True):
    """The workshop goes on with a product after another one: the notes before this entry are as that one ended,
    those after it came meanwhile.

    `session` is the id of the one before, `held_at` when it was held and `first_at` when the first of them all was, in
    seconds since 1970."""

    session: str
    held_at: float
    first_at: float


class EarlierHeld(_Happened, frozen=True):
    """An earlier session of the product: when it was held, in seconds since 1970, what its agenda is called, in the
    language of the session, and after how many months that comes again, 0 for never."""

    held_at: float
    title: str
    recurs: int = 0


class VisionRecalled(_Happened, frozen=True):
    """The last workshop on the vision of the product: the notes before this entry are as that one ended. `held_at` is
    when it was held, in seconds since 1970."""

    held_at: float


class PersonJoined(_Happened, frozen=True):
    person: str
    name: str
    role: str


class PersonCorrected(_Happened, frozen=True):
    person: str
    name: str
    role: str


class PersonShownOut(_Happened, frozen=True):
    person: str


class PersonLetIn(_Happened, frozen=True):
    person: str


class PersonCameBack(_Happened, frozen=True):
    """Somebody took their place again by another browser: `browser` is the hash of its key, as a person's id is that
    of the first one's."""

    person: str
    browser: str


class PersonSetApart(_Happened, frozen=True):
    """It was not the same person: what the later browser wrote stays, and it stands for nobody any more."""

    person: str
    browser: str


class PersonForgotten(_Happened, frozen=True):
    """What a person wrote, and their name, were erased for good: what comes in of it later comes in emptied."""

    person: str


class ErasureSet(_Happened, frozen=True):
    """The day on which the workshop is to be erased (ISO), "never", or "" for the day that follows from its dates."""

    on: str


class StepStarted(_Happened, frozen=True):
    step: str


class ClockPaused(_Happened, frozen=True):
    pass


class ClockResumed(_Happened, frozen=True):
    pass


class TimeAdded(_Happened, frozen=True):
    seconds: float


class EndKept(_Happened, frozen=True):
    """After a late start: the planned end is kept (steps shrink), or slides."""

    kept: bool


class SessionEnded(_Happened, frozen=True):
    pass


class NoteWritten(_Happened, frozen=True):
    """`kind` is one of those of `impactlib.domain.kinds`; `about` is the note that it answers or belongs to, or ""."""

    note: str
    kind: str
    text: str
    about: str = ""


class NoteEdited(_Happened, frozen=True):
    note: str
    text: str


class NoteWithdrawn(_Happened, frozen=True):
    note: str


class NoteRestored(_Happened, frozen=True):
    note: str


class DetailSet(_Happened, frozen=True):
    """One named detail of a note: a metric's quality, an action's owner and date."""

    note: str
    detail: str
    value: str


class FigureCorrected(DetailSet, frozen=True):
    """A baseline or a reading, its date or its period, was wrong: the figure itself did not move."""


class RoundOpened(_Happened, frozen=True):
    """A round of blind scores was opened; `metrics` are ids with a space between them."""

    round: str
    metrics: str


class RoundShown(_Happened, frozen=True):
    round: str


class ChoiceOpened(_Happened, frozen=True):
    """What the scores of a round say was talked over: the team chooses now."""

    round: str


class MetricScored(_Happened, frozen=True):
    """One person's score of a metric in a round that is open, 1 to 5 on each axis; None leaves an axis as it was.

    The first journals do not say the round: it is the one that is open."""

    metric: str
    value: int | None = None
    ease: int | None = None
    round: str = ""


class MetricAbstained(_Happened, frozen=True):
    """One person gives no score of a metric in a round that is open."""

    metric: str
    round: str = ""


class RankingShown(_Happened, frozen=True):
    """Written before there were rounds: every score was shown, or hidden again."""

    shown: bool


class MetricKept(_Happened, frozen=True):
    metric: str
    kept: bool


class ListeningSet(_Happened, frozen=True):
    """The consultants recommend in a burst: while `on`, what the team writes rests."""

    on: bool


class FocusSet(_Happened, frozen=True):
    """The facilitator asks the room to look at one note together; "" for none."""

    note: str


class MinutesSet(_Happened, frozen=True):
    """A step's planned minutes were changed for this hour."""

    step: str
    minutes: float


class StepHidden(_Happened, frozen=True):
    """A step is passed over, or not any more."""

    step: str
    hidden: bool


class NoteMoved(_Happened, frozen=True):
    """A note stands before another of its kind, or last ("")."""

    note: str
    before: str = ""


class NoteAttached(_Happened, frozen=True):
    """A note belongs to another one than before."""

    note: str
    about: str


class NoteSeconded(_Happened, frozen=True):
    """Somebody says "me too" of a question or of an advice, or, with `on` false, takes it back."""

    note: str
    on: bool


class LeadOffered(_Happened, frozen=True):
    """With the facilitator gone, somebody offers to lead."""


class NoteBrought(_Happened, frozen=True):
    """What a team's file says of a note: `said` is a JSON object of its fields, those of `domain.hypotheses`.

    `source` tells one file from another (a digest), "" for a pasted table, or for a cell that somebody settled."""

    note: str
    said: str
    source: str = ""


class Unknown(Struct, frozen=True):
    """An event of a newer kit: kept, passed on, and folded into nothing."""

    name: str
    payload: str


Event = (
    SessionOpened
    | ZoneSet
    | RehearsalMarked
    | StatsMade
    | LinksEnd
    | StartSet
    | SessionFollows
    | EarlierHeld
    | VisionRecalled
    | PersonJoined
    | PersonCorrected
    | PersonShownOut
    | PersonLetIn
    | PersonCameBack
    | PersonSetApart
    | PersonForgotten
    | ErasureSet
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
    | FigureCorrected
    | RoundOpened
    | RoundShown
    | ChoiceOpened
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
    | NoteSeconded
    | LeadOffered
    | NoteBrought
    | Unknown
)

_DECODERS: dict[str, Decoder[Any]] = {kind.__name__: Decoder(kind) for kind in Event.__args__ if kind is not Unknown}
_ENCODER = Encoder()


class Entry(Struct, frozen=True):
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
    """The event's name and its fields as JSON text. Raises ValueError on a number that is none."""
    if isinstance(event, Unknown):
        return event.name, event.payload
    if not all(isfinite(value) for value in astuple(event) if isinstance(value, float)):
        raise ValueError(f"{event}: JSON has no such number")
    return type(event).__name__, _ENCODER.encode(event).decode()


def unpack(name: str, payload: str) -> Event:
    """The event that `pack` gave; one of another kit's, or one that was emptied, comes back as Unknown.

    A file that was made elsewhere may say what no gesture lets in: characters that break a format are left out.
    """
    decoder = _DECODERS.get(name)
    if decoder and unfit(payload):
        with suppress(ValueError, RecursionError):
            payload = encode(fit(decode(payload))).decode()
    try:
        event: Event = decoder.decode(payload) if decoder else Unknown(name, payload)
    except (ValueError, RecursionError):
        return Unknown(name, payload)
    return event


def malformed(event: Event) -> bool:
    """Whether an event has a name of this kit and no field of a newer one, and cannot be read nevertheless.

    One that was emptied is not: a journal keeps it so.
    """
    if not isinstance(event, Unknown) or event.name not in _DECODERS or event.payload in ("", "{}"):
        return False
    try:
        fields = decode(event.payload, type=dict[str, Any])
    except (ValueError, RecursionError):
        return True
    return fields.keys() <= set(_DECODERS[event.name].type.__struct_fields__)
