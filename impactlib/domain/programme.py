"""The programme of a server: dates that are open to others, and who asks to come. Pure.

It has a journal of its own, beside those of the sessions, with events of its own, as frozen as theirs. Three kinds of
people ask: a team for a workshop, a consultant to help, an observer for a place at a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import reduce, singledispatch
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.json import Decoder, encode
from msgspec.structs import asdict, replace as changed

from impactlib.domain.clock import LATEST, ZONE, day_of
from impactlib.domain.events import Entry, Unknown
from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_, NO_MAIL_HERE, Worded, clean, clean_line, is_blank, names_mail, plain

TEAM, CONSULTANT, OBSERVER = KINDS = ("team", "consultant", "observer")
"""Who may ask."""
STANDING = 1_000
"""How many of those who asked may stand at once: more than anybody reads."""
PLACES = 300
"""Observers at one date, at most: a room holds no more."""
AFTER, WAITED = timedelta(days=30), timedelta(days=180)
"""How long what somebody asked is kept: after its date; without one, after it was asked."""
CLOCKS = ZoneInfo(ZONE)


# Events --------------------------------------------------------------------------------------------


class _Happened(Struct, frozen=True, forbid_unknown_fields=True):
    """An event of the programme; it holds JSON scalars only."""


class ProgrammeSet(_Happened, frozen=True):
    """The programme was opened to the public, or closed; `contact` says who answers for what is asked there, "" where
    that stays as it was."""

    open: bool
    contact: str = ""


class DateSet(_Happened, frozen=True):
    """A date was announced, or changed: `starts_at` in seconds since 1970, `observers` the places for them, `teams`
    whether a team may ask for it."""

    date: str
    starts_at: float
    minutes: int
    observers: int
    teams: bool
    video: str = ""


class DateCancelled(_Happened, frozen=True):
    date: str


class Asked(_Happened, frozen=True):
    """Somebody asks: `kind` is one of `KINDS`, `said` a JSON object of the texts of `FIELDS`, `date` the one that they
    would come to, or ""."""

    asked: str
    kind: str
    said: str
    lang: str = "fr"
    date: str = ""


class Accepted(_Happened, frozen=True):
    """A team's request became the workshop of that session, held at that date."""

    asked: str
    session: str
    date: str


class Withdrawn(_Happened, frozen=True):
    """What somebody asked was erased for good, by them, by whoever runs the server, or on its day; `session` is the
    workshop that a team withdrew from, which no public page tells of any more."""

    asked: str
    session: str = ""


class Remained(_Happened, frozen=True):
    """What a team asked was erased on its day, and this is left: the workshop that was opened of it, at that date, and
    the name of its `product` where it came and agreed to be named, else ""."""

    asked: str
    session: str
    date: str
    lang: str = "fr"
    product: str = ""


Event = ProgrammeSet | DateSet | DateCancelled | Asked | Accepted | Withdrawn | Remained
_DECODERS = {kind.__name__: Decoder(kind) for kind in Event.__args__}


def written(event: Event) -> Unknown:
    """An event as the journal holds it: to a session it is one that nobody knows."""
    return Unknown(type(event).__name__, encode(event).decode())


def read(entry: Entry) -> Event | None:
    """The event of an entry; None for one that was erased, or that a newer kit wrote."""
    decoder = _DECODERS.get(entry.event.name) if isinstance(entry.event, Unknown) else None
    with suppress(ValueError, RecursionError):
        return decoder.decode(entry.event.payload) if decoder and isinstance(entry.event, Unknown) else None
    return None


# What is asked -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """One thing that is asked of somebody: its label, why it is asked, how many characters it takes."""

    name: str
    label: str
    why: str
    longest: int
    needed: bool = True
    lines: int = 1


_PRODUCT = Field("product", N_("The name of your product"), N_("the workshop is opened under it"), 120)
_WHO = Field("who", N_("Your first name"), N_("so that the answer is addressed to somebody"), 80)
_ADDRESS = Field("address", N_("Your e-mail address"), N_("to answer you: only whoever runs this server sees it"), 200)
FIELDS: Mapping[str, tuple[Field, ...]] = {
    TEAM: (
        _PRODUCT,
        Field("problem", N_("What you are stuck on"), N_("to find consultants who have been there"), 2_000, lines=4),
        Field(
            "hope", N_("What you hope of the hour"), N_("to say beforehand whether an hour can give it"), 1_000, lines=3
        ),
        Field("when", N_("When you can"), N_("to propose a date that suits you"), 300, needed=False, lines=2),
        _WHO,
        _ADDRESS,
    ),
    CONSULTANT: (
        Field("knows", N_("What you have measured yourself"), N_("to bring you together with a team"), 1_000, lines=3),
        Field("when", N_("When you can"), N_("to ask you for dates that suit you"), 300, needed=False, lines=2),
        _WHO,
        _ADDRESS,
    ),
    OBSERVER: (_WHO, _ADDRESS),
}
"""What is asked of each kind: no more than an answer needs."""

_ADDRESS_SHAPE = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_LONGEST_CONTACT = 300
_NOBODY_ANSWERS = N_("Say who answers for what is asked here: somebody who leaves their address has to know it.")
_MISSING = N_("Fill in “%(label)s”: without it nobody can answer. The rest of your text is kept.")
_TOO_LONG = N_("“%(label)s” is too long: %(longest)s characters at most, and there are %(there)s. Your text is kept.")
_NO_ADDRESS = N_("This is no e-mail address: one looks like camille@example.org. The rest of your text is kept.")


class Unfit(Refusal):
    """A field that cannot be taken."""

    def __init__(self, name: str, message: str, **facts: object) -> None:
        super().__init__(message, code=f"field {name}", **facts)
        self.name = name


def fields(kind: str, typed: Mapping[str, str]) -> dict[str, str]:
    """The texts of a form, cleaned. Raises Unfit for the first that cannot be taken."""
    found = {}
    for one in FIELDS[kind]:
        text = (clean_line if one.lines == 1 else clean)(typed.get(one.name, ""))
        if one.needed and is_blank(text):
            raise Unfit(one.name, _MISSING, label=Worded(one.label))
        if len(text) > one.longest:
            raise Unfit(one.name, _TOO_LONG, label=Worded(one.label), longest=one.longest, there=len(text))
        if one is _ADDRESS and not _ADDRESS_SHAPE.fullmatch(text):
            raise Unfit(one.name, _NO_ADDRESS)
        if one is _PRODUCT and names_mail(text):
            raise Unfit(one.name, NO_MAIL_HERE)
        if text:
            found[one.name] = text
    return found


def opened(contact: str) -> ProgrammeSet:
    """The programme, opened by whoever answers for it. Raises Unfit where nobody is said to."""
    said = clean_line(contact)[:_LONGEST_CONTACT]
    if is_blank(said):
        raise Unfit("contact", _NOBODY_ANSWERS)
    return ProgrammeSet(True, said)


# The programme -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Date:
    """A date that is open to others."""

    id: str
    starts_at: float
    minutes: int
    observers: int
    teams: bool
    video: str = ""
    moved: int = 0
    """How often it was changed: calendars ask for it."""
    cancelled: bool = False

    @property
    def at(self) -> datetime:
        """When it begins, by the clocks of the kit's zone."""
        return datetime.fromtimestamp(self.starts_at, CLOCKS)


@dataclass(frozen=True)
class Asking:
    """What somebody asked, in seconds since 1970 and in the language of their page; `said` holds the texts of `FIELDS`,
    and of a team whether it is `listed`; `session` is the workshop that was opened for it, and `erased_at` when all but
    that, and the name of the product of a team that is `listed`, was erased."""

    id: str
    kind: str
    at: float
    lang: str
    said: Mapping[str, str]
    date: str = ""
    session: str = ""
    erased_at: float | None = None

    @property
    def listed(self) -> bool:
        """Whether the team agrees to be named on public pages."""
        return self.said.get("listed") == "yes"


@dataclass(frozen=True)
class Programme:
    """All that is known of it; `contact` is who answers for it, `withdrawn` are the sessions of teams that withdrew."""

    open: bool = False
    contact: str = ""
    dates: Mapping[str, Date] = field(default_factory=dict)
    asked: Mapping[str, Asking] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    """The ids of what was withdrawn."""

    def coming(self, now: float) -> list[Date]:
        """The dates that are not over, the next one first."""
        left = (one for one in self.dates.values() if not one.cancelled and one.starts_at + one.minutes * 60 > now)
        return sorted(left, key=lambda one: (one.starts_at, one.id))

    def of_kind(self, kind: str) -> list[Asking]:
        """What that kind asked, in order."""
        return [one for one in self.asked.values() if one.kind == kind]

    def at_date(self, date: str) -> list[Asking]:
        """The observers of a date."""
        return [one for one in self.of_kind(OBSERVER) if one.date == date]

    def places(self, date: Date) -> int:
        """The places for observers that are left."""
        return max(0, date.observers - len(self.at_date(date.id)))

    def team(self, date: str) -> Asking | None:
        """The team whose workshop is held at a date."""
        return next((one for one in self.of_kind(TEAM) if one.session and one.date == date), None)

    def named(self) -> list[tuple[Asking, Date]]:
        """The teams that come or came, and agreed to be named, each with its date; the latest first."""
        teams = ((one, self.dates.get(one.date)) for one in self.of_kind(TEAM) if one.session and one.listed)
        found = [(one, date) for one, date in teams if date is not None and not date.cancelled]
        return sorted(found, key=lambda pair: pair[1].starts_at, reverse=True)

    def unnamed(self) -> list[Asking]:
        """The teams of which nothing is left but the way to their workshop, with which it goes."""
        return [one for one in self.of_kind(TEAM) if one.erased_at is not None and not one.listed]

    def waits(self, date: Date) -> bool:
        """Whether a team may ask for a date."""
        return date.teams and self.team(date.id) is None

    def ends(self, asking: Asking) -> date:
        """The day on which what somebody asked is erased; `Remained` says what is left of a team then."""
        held = self.dates.get(asking.date)
        if held is not None and (asking.kind == OBSERVER or asking.session):
            return day_of(held.starts_at, ZONE) + AFTER
        return day_of(asking.at, ZONE) + WAITED


def history(entries: Iterable[Entry], programme: Programme | None = None) -> Programme:
    """Fold entries, in their order."""
    return reduce(_evolved, entries, programme or Programme())


def _evolved(programme: Programme, entry: Entry) -> Programme:
    event = read(entry)
    return _after(event, programme, entry) if event is not None else programme


@singledispatch
def _after(event: object, programme: Programme, entry: Entry) -> Programme:
    return programme


@_after.register
def _programme_set(event: ProgrammeSet, programme: Programme, entry: Entry) -> Programme:
    return replace(programme, open=event.open, contact=event.contact or programme.contact)


@_after.register
def _date_set(event: DateSet, programme: Programme, entry: Entry) -> Programme:
    named, known = asdict(event), programme.dates.get(event.date)
    made = Date(named.pop("date"), **named, moved=known.moved + 1 if known else 0)
    return replace(programme, dates={**programme.dates, made.id: made})


@_after.register
def _date_cancelled(event: DateCancelled, programme: Programme, entry: Entry) -> Programme:
    known = programme.dates.get(event.date)
    if known is None:
        return programme
    cancelled = replace(known, cancelled=True, moved=known.moved + 1)
    return replace(programme, dates={**programme.dates, known.id: cancelled})


@_after.register
def _asked(event: Asked, programme: Programme, entry: Entry) -> Programme:
    try:
        said = Decoder(dict[str, str]).decode(event.said)
    except (ValueError, RecursionError):
        return programme
    one = Asking(event.asked, event.kind, entry.at, event.lang, said, event.date)
    return replace(programme, asked={**programme.asked, one.id: one})


@_after.register
def _accepted(event: Accepted, programme: Programme, entry: Entry) -> Programme:
    known = programme.asked.get(event.asked)
    if known is None:
        return programme  # erased since
    after = replace(known, session=event.session, date=event.date)
    return replace(programme, asked={**programme.asked, known.id: after})


@_after.register
def _withdrawn(event: Withdrawn, programme: Programme, entry: Entry) -> Programme:
    left = {id: one for id, one in programme.asked.items() if id != event.asked}
    sessions = {event.session} if event.session else set[str]()
    gone, withdrawn = programme.gone | {event.asked}, programme.withdrawn | sessions
    return replace(programme, asked=left, gone=gone, withdrawn=withdrawn)


@_after.register
def _remained(event: Remained, programme: Programme, entry: Entry) -> Programme:
    said = {"product": event.product, "listed": "yes"} if event.product else dict[str, str]()
    one = Asking(event.asked, TEAM, entry.at, event.lang, said, event.date, event.session, erased_at=entry.at)
    return replace(programme, asked={**programme.asked, one.id: one})


# What may be done ----------------------------------------------------------------------------------

_NO_DATE = N_("This date is not open any more: choose another one. Your text is kept.")
_FULL = N_("No place is left at this date: choose another one. Your text is kept.")
_CLOSED = N_("Nothing is announced here for the moment. Nothing was sent.")
_GONE = N_("This was withdrawn and erased: open the page anew to ask again.")
_TOO_MANY = N_("Too many are waiting for an answer already: come back in a few days. Your text is kept.")
_NO_REQUEST = N_("This request is not here any more: it was withdrawn, or accepted meanwhile.")
_NO_TIME = N_("Give a day and a time to come, such as 2027-03-18T14:00.")
_NO_SINCE = N_("Say what, and from which day and time on: nothing was erased.")
_NO_PLACES = N_("Give a number of places from 0 to %(most)s.")
_NO_MINUTES = N_("Give a number of minutes from 5 to 480.")
_NO_LINK = N_("A video link begins with https://")


def ask(programme: Programme, id: str, kind: str, typed: Mapping[str, str], lang: str, now: float) -> list[Event]:
    """The event of a form, [] where it was sent before. Raises Refusal."""
    if not programme.open:
        raise Refusal(_CLOSED)
    if id in programme.gone:
        raise Refusal(_GONE)
    if id in programme.asked:
        return []
    said, chosen = fields(kind, typed), typed.get("date", "")
    if sum(one.erased_at is None for one in programme.asked.values()) >= STANDING:
        raise Refusal(_TOO_MANY)
    date = next((one for one in programme.coming(now) if one.id == chosen), None)
    if kind == OBSERVER and (date is None or not date.observers):
        raise Unfit("date", _NO_DATE)
    if kind == OBSERVER and date and not programme.places(date):
        raise Unfit("date", _FULL)
    if kind == TEAM and chosen and (date is None or not programme.waits(date)):
        raise Unfit("date", _NO_DATE)
    if kind == TEAM and typed.get("listed"):
        said["listed"] = "yes"
    return [Asked(id, kind, encode(said).decode(), lang, chosen if kind != CONSULTANT else "")]


def withdraw(programme: Programme, id: str) -> list[Event]:
    """Erase what somebody asked, who does not want it any more; [] where it is gone already."""
    known = programme.asked.get(id)
    return [Withdrawn(id, known.session)] if known else []


def expire(programme: Programme, gone: Iterable[str], held: Mapping[str, bool]) -> list[Event]:
    """Erase what some asked, whose day has come. Of a team whose workshop is there, the way to it is left, and its name
    where it came and is named: `held` says of each session that is there whether its hour was held."""
    named = {one.id: one.said["product"] for one, _ in programme.named()}

    def erased(one: Asking) -> Event:
        if one.erased_at is not None or one.session not in held:
            return Withdrawn(one.id)
        name = named.get(one.id, "") if held[one.session] else ""
        return Remained(one.id, one.session, one.date, one.lang, name)

    return [erased(programme.asked[id]) for id in sorted(gone) if id in programme.asked]


def sweep(programme: Programme, kind: str, since: str) -> list[Event]:
    """Erase what one kind asked since a day and a time, after a flood; what was accepted stays. Raises Refusal."""
    start = _moment(since)
    if start is None or kind not in KINDS:
        raise Refusal(_NO_SINCE)
    return [Withdrawn(one.id) for one in programme.of_kind(kind) if one.at >= start and not one.session]


def accept(programme: Programme, id: str, session: str, date: str) -> list[Event]:
    """A request becomes a workshop. Raises Refusal as `acceptable` does."""
    acceptable(programme, id, date)
    return [Accepted(id, session, date)]


def acceptable(programme: Programme, id: str, date: str) -> tuple[Asking, Date | None]:
    """The request that is accepted, and its date. Raises Refusal where it is gone or accepted, or the date is taken."""
    known, held = programme.asked.get(id), programme.dates.get(date)
    if known is None or known.kind != TEAM or known.session:
        raise Refusal(_NO_REQUEST)
    if date and (held is None or held.cancelled or programme.team(date)):
        raise Refusal(_NO_DATE)
    return known, held


def other_date(programme: Programme, id: str, date: str) -> list[Event]:
    """Another date for a team whose own was taken back after its workshop was opened; [] where none is named yet.
    Raises Refusal."""
    known, held = programme.asked.get(id), programme.dates.get(date)
    former = programme.dates.get(known.date) if known else None
    if known is None or not known.session or known.erased_at is not None or former is None or not former.cancelled:
        raise Refusal(_NO_REQUEST)
    if not date:
        return []
    if held is None or held.cancelled or programme.team(date):
        raise Refusal(_NO_DATE)
    return [Accepted(id, known.session, date)]


def followed(programme: Programme, starts: Mapping[str, float]) -> list[Event]:
    """The dates that move with their workshops: `starts` are the seconds since 1970 at which those are to begin, by the
    ids of their dates. Once a workshop is opened, its own start is the one that counts."""
    moved = (programme.dates[id] for id, at in starts.items() if id in programme.dates)
    return [
        DateSet(one.id, starts[one.id], one.minutes, one.observers, one.teams, one.video)
        for one in moved
        if not one.cancelled and abs(one.starts_at - starts[one.id]) >= 1
    ]


def announce(id: str, typed: Mapping[str, str], now: float, known: Date | None = None) -> list[Event]:
    """The event of the form of a date, or of a change of one that is `known`: `starts` is a day and a time by the
    clocks of the kit's zone. Raises Refusal."""
    if known is not None and known.cancelled:
        raise Refusal(_NO_DATE)
    starts_at = _moment(typed.get("starts", ""))
    if starts_at is None or not now < starts_at < LATEST:
        raise Refusal(_NO_TIME)
    minutes = _number(typed.get("minutes") or "60", 5, 480, Refusal(_NO_MINUTES))
    observers = _number(typed.get("observers") or "0", 0, PLACES, Refusal(_NO_PLACES, most=PLACES))
    return [DateSet(id, starts_at, minutes, observers, bool(typed.get("teams")), video_link(typed))]


def video_link(typed: Mapping[str, str]) -> str:
    """The video link of a form, "" where none was given. Raises Refusal."""
    video = clean_line(typed.get("video", ""))
    if video and (not video.startswith(("https://", "http://")) or len(video) > 500):
        raise Refusal(_NO_LINK)
    return video


def cancel(programme: Programme, date: str) -> list[Event]:
    """Take a date back; [] where it is not there."""
    known = programme.dates.get(date)
    return [DateCancelled(date)] if known and not known.cancelled else []


def _moment(typed: str) -> float | None:
    """A day and a time by the clocks of the kit's zone, in seconds since 1970; None where it is none."""
    try:
        return datetime.fromisoformat(typed.strip()).replace(tzinfo=CLOCKS).timestamp()
    except (ValueError, OverflowError):
        return None


def _number(typed: str, least: int, most: int, refusal: Refusal) -> int:
    said = typed.strip()
    if not (said.isascii() and said.isdigit() and len(said) < 6 and least <= int(said) <= most):
        raise refusal
    return int(said)


def over(programme: Programme, today: date) -> Iterator[str]:
    """The ids of what is to be erased on a day."""
    every = programme.asked.values()
    return (one.id for one in every if one.erased_at is None and programme.ends(one) <= today)


def without(entries: Iterable[Entry], happened: Iterable[Event]) -> list[Entry]:
    """The entries that hold words which these events erase, emptied; only these."""
    erased = [event for event in happened if isinstance(event, Withdrawn | Remained)]
    ids, gone = {one.asked for one in erased}, {one.asked for one in erased if isinstance(one, Withdrawn)}

    def theirs(event: Event | None) -> bool:
        of = gone if isinstance(event, Remained) else ids
        return isinstance(event, Asked | Remained) and event.asked in of

    held = ((entry, read(entry)) for entry in entries)
    return [changed(entry, event=Unknown(type(event).__name__, "")) for entry, event in held if theirs(event)]


HONEST = ("60", "soixante", "sixty", "1 h", "1h", "une heure", "one hour", "60 min", "60 minutes", "soixante minutes")
"""The answers to the question that a reader of the page can answer: how many minutes the hour lasts."""


def honest(answer: str) -> bool:
    """Whether the question that keeps robots off was answered.

    >>> honest(" 60 minutes "), honest("Une  heure"), honest("12")
    (True, True, False)
    """
    return plain(clean_line(answer)[:40]) in HONEST
