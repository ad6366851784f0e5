"""Somebody's words taken out of a journal's entries for good; and the day on which a whole workshop is. Pure.

An entry keeps its id, so that what comes in again under that id is known already; and what the others' entries need to
stand on: a note of somebody who was forgotten stays in its place, and says that it was erased.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from impactlib.domain import events, kinds
from impactlib.domain.clock import day_of
from impactlib.domain.due import due
from impactlib.domain.events import Entry, Event, PersonForgotten, Unknown, order, pack
from impactlib.domain.hypotheses import kept_day
from impactlib.domain.mentions import mentions, replaced
from impactlib.domain.next_session import PROMISE
from impactlib.domain.once import once
from impactlib.domain.session import NEVER, Session
from impactlib.domain.text import ERASED, plain

KEPT = timedelta(days=30)
"""How long a workshop is kept after the last of its dates."""
_OPINIONS = (events.MetricScored, events.MetricAbstained, events.NoteSeconded)
_BETWEEN = ("same_as", "north_star")
"""Details that say how notes stand to each other, in no words; so do those that tie two of them, with a slash."""


def forgotten(entries: Iterable[Entry]) -> frozenset[str]:
    """The ids of the people whose words were erased."""
    return frozenset(entry.event.person for entry in entries if isinstance(entry.event, PersonForgotten))


def emptied(
    entries: Sequence[Entry], people: Collection[str], lang: str, besides: Collection[Entry] = ()
) -> list[Entry]:
    """The entries without what is of these people: the same ones, where nothing is.

    `besides` are other entries that tell of these: whole ones, of which some here were emptied already.
    """
    if not people:
        return [*entries]
    without = _Without([*sorted(entries, key=order), *sorted(besides, key=order)], people, ERASED[lang])
    return [without.entry(entry) for entry in entries]


def emptied_after(
    entries: Sequence[Entry], people: Collection[str], lang: str, before: Collection[Entry]
) -> list[Entry]:
    """The entries of a session that follows another, without what it took along of these people; those of its own hour
    are the same ones.

    `before` are the entries of the session before, which say who wrote what: as they were, or emptied already. Of these
    people's notes, every detail in words goes then: nobody can tell any more who worded it.
    """
    if not people:
        return [*entries]
    told = [*sorted(before, key=order), *sorted(entries, key=order)]
    without = _Without(told, people, ERASED[lang], carried=True)
    return [without.entry(entry) if not entry.by else entry for entry in entries]


class _Without:
    """Entries, and what is known of the people who are to be forgotten in them."""

    def __init__(self, entries: Sequence[Entry], people: Collection[str], said: str, carried: bool = False) -> None:
        self._people, self._said, self._carried = people, said, carried
        self._names = _names(entries, people, said)
        self._notes: set[str] = set()
        self._theirs: set[str] = set()
        self._edited: set[str] = set()
        self._withdrawn: set[str] = set()
        self._worded: set[tuple[str, str]] = set()
        for entry in entries:
            self._look(entry)

    def _look(self, entry: Entry) -> None:
        """Learn what is theirs: the notes that they wrote or said, or that were split off these; the gestures in which
        such a note was edited (a split writes the rest) or withdrawn (a merge puts it into another); their details."""
        match entry.event:
            case events.NoteWritten(note=note, kind=kind) if note not in self._notes:
                self._notes.add(note)
                split = kind == "hypothesis" and _gesture(entry) in self._edited
                promise = self._carried and note.removesuffix(PROMISE) in self._theirs
                if split or promise or (entry.behalf or entry.by) in self._people:
                    self._theirs.add(note)
            case events.NoteEdited(note=note) if note in self._theirs:
                self._edited.add(_gesture(entry))
            case events.NoteWithdrawn(note=note) if note in self._theirs:
                self._withdrawn.add(_gesture(entry))
            case events.DetailSet(note=note, detail=detail) if note in self._theirs and entry.by in self._people:
                self._worded.add((note, detail))

    def entry(self, entry: Entry) -> Entry:
        """An entry without what is theirs: the same one, if nothing is."""
        event = self._event(entry)
        return entry if event == entry.event else replace(entry, event=event, rest="")

    def _event(self, entry: Entry) -> Event:
        event, own = entry.event, entry.by in self._people
        match event:
            case Unknown():
                return Unknown(event.name, "") if own else event
            case events.PersonJoined() | events.PersonCorrected():
                return replace(event, name=self._said) if event.person in self._people else event
            case events.PersonCameBack() | events.PersonSetApart():
                return _nothing(event) if event.person in self._people else event
            case events.NoteWritten():
                theirs = event.note in self._theirs
                return replace(event, text=event.text and self._said) if theirs else self._unnamed(event, "text")
            case events.NoteEdited():
                if event.note in self._theirs:
                    return replace(event, text=event.text and self._said)
                gone = own or _gesture(entry) in self._withdrawn
                return _nothing(event) if gone else self._unnamed(event, "text")
            case events.DetailSet():
                return self._detail(event, own)
            case events.NoteBrought():
                return _nothing(event) if own or event.note in self._theirs else event
        return _nothing(event) if own and isinstance(event, _OPINIONS) else event

    def _detail(self, event: events.DetailSet, own: bool) -> Event:
        between = "/" in event.detail or event.detail in _BETWEEN
        if between and (event.value in ("", "yes") or event.value in self._notes):
            return event
        known = kinds.detail(event.detail)
        free = known.form == kinds.Form.TEXT and not known.choices
        worded = (event.note, event.detail) in self._worded or (self._carried and event.note in self._theirs)
        if own or (free and worded):
            return _nothing(event)  # theirs, or theirs that somebody corrected
        if known.form == kinds.Form.PERSON:
            theirs = plain(event.value) in {plain(name) for name in self._names}
            return replace(event, value=self._said) if theirs else event
        return self._unnamed(event, "value")

    def _unnamed(self, event: Event, field: str) -> Event:
        """An event of somebody else, in whose words the names are replaced where they stand as names."""
        text: str = getattr(event, field)
        found = mentions({("", ""): text}, self._names)
        after = replaced(text, [one for one in found if one.sure])
        return event if after == text else replace(event, **{field: after})


def _gesture(entry: Entry) -> str:
    """The id of the gesture that an entry came of."""
    return entry.id.partition(".")[0]


def _nothing(event: Event) -> Unknown:
    return Unknown(pack(event)[0], "")


def _names(entries: Iterable[Entry], people: Collection[str], said: str) -> Mapping[str, str]:
    """What stands for the names of these people; a name that somebody else bears as well stays."""
    given = [e.event for e in entries if isinstance(e.event, events.PersonJoined | events.PersonCorrected)]
    others = {_first(event.name) for event in given if event.person not in people}
    names = {event.name for event in given if event.person in people and event.name not in ERASED.values()}
    return {name: said for name in names if name and _first(name) not in others}


def _first(name: str) -> str:
    return (plain(name).split() or [""])[0]


@once
def erased_on(session: Session) -> date | None:
    """The day on which a workshop is to be erased: the one that was chosen, else 30 days after the last of its dates;
    None when it is kept, or is a rehearsal, whose people are invented."""
    if session.rehearsal or session.erasure == NEVER or session.agenda is None:
        return None
    return kept_day(session.erasure) or max([last_day(session), *(one.on for one in due(session))]) + KEPT


def last_day(session: Session) -> date:
    """The last day of a workshop so far: of its hour, or of what was written last in it."""
    latest = max((note.at for note in session.notes.values()), default=0.0)
    return day_of(max(session.opened_at, session.held_at, session.clock.ended or 0.0, latest), session.zone)
