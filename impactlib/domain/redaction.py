"""A session reduced, to be shown to people who were not there. Pure.

The result holds no name, no withdrawn note, no former text, no score
that was not shown, and no event of a newer kit. Ids are made anew, so that nothing ties
the reduced session to the whole one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from msgspec import structs

from impactlib.domain import events, kinds
from impactlib.domain.agenda import Role
from impactlib.domain.events import Entry, Event, order
from impactlib.domain.fold import evolve, is_own, taking
from impactlib.domain.session import Note, Session
from impactlib.domain.session_file import FORMAT, SessionFile

Rewrite = Callable[[str], str]

_IDS = ("note", "about", "before", "metric", "metrics", "person", "round")
"""The fields of events that name something else of the session."""
_ROUNDS = events.RoundOpened | events.RoundShown
_SCORES = events.MetricScored | events.MetricAbstained
OWNER = "owner"
"""The key of the label of those whom a detail names and who were not there."""


def redact(file: SessionFile, labels: Mapping[str, str], without: Collection[str] = ()) -> SessionFile:
    """A session without what concerns only those who were there.

    Parameters
    ----------
    labels
        What people are called, by role, with a number: ``{Role.CLIENT: "Team", ...}`` gives "Team 1", "Team 2".
        `OWNER` is for those who answer for something and were not there.
    without
        Kinds of notes, or ids of notes, to leave out besides; what answers such a note goes with it.

    Raises
    ------
    ValueError
        When `without` names something that is neither.
    """
    session = file.fold()
    notes = _notes_that_stay(session, without)
    names = _names(session, labels)
    ids = {id: f"note-{number}" for number, id in enumerate(notes, 1)}
    people = {id: f"person-{number}" for number, id in enumerate(session.people, 1)}
    opened = dict.fromkeys(e.event.round for e in file.entries if isinstance(e.event, _ROUNDS))
    rounds = {id: f"round-{number}" for number, id in enumerate(opened, 1)}
    called = _called(file, names)
    hide = _without(called)
    owners = {**_strangers(notes, called, labels[OWNER]), **called}
    new_id = hashlib.sha256(file.session.encode()).hexdigest()[:10]
    openings = sorted((e for e in file.entries if isinstance(e.event, events.SessionOpened)), key=order)
    opening = next((e for e in openings if e.origin == file.session), openings[0])
    entries: list[Entry] = []
    for entry in sorted(shown(file).entries, key=order):
        event = _reduced(entry.event, notes, names, owners, hide)
        if event is None or (isinstance(event, events.SessionOpened) and entry.id != opening.id):
            continue
        # Everything has one origin from here on: what a merged session is would become what this one is.
        if isinstance(event, events.ZoneSet | events.RehearsalMarked) and not is_own(session, entry):
            continue
        number = len(entries) + 1
        by, behalf = people.get(entry.by, ""), people.get(entry.behalf, "")
        entries.append(
            Entry(new_id, number, f"entry-{number}", entry.at, by, behalf, _renamed(event, {**ids, **people, **rounds}))
        )
    return SessionFile(new_id, tuple(entries), FORMAT, shared=True)


def agreed(file: SessionFile) -> SessionFile:
    """The same without the agreements to be contacted that were taken back: what they said leaves nowhere any more."""
    gone = {note.id for note in file.fold().notes.values() if kinds.row(note.kind).never_shared and note.withdrawn}
    return replace(file, entries=tuple(entry for entry in file.entries if getattr(entry.event, "note", "") not in gone))


def shown(file: SessionFile) -> SessionFile:
    """A session as it may leave by a room's page: whole, but for scores that nobody was shown, and for agreements to be
    contacted that were taken back."""
    file = agreed(file)
    seen = _seen(file)
    left = (_as_seen(entry, seen.get(entry.id, frozenset())) for entry in file.entries)
    return replace(file, entries=tuple(entry for entry in left if entry))


def _seen(file: SessionFile) -> dict[str, set[str]]:
    """The part of each score that stood when its round was shown, by entry: the axes that it gave, or its abstention.

    A score that was given again before the reveal was seen by nobody.
    """
    session = Session(id=file.session)
    standing: dict[str, dict[tuple[str, str], dict[str, str]]] = {}  # by round, metric and person
    seen: dict[str, set[str]] = {}
    for entry in sorted(file.entries, key=order):
        if isinstance(entry.event, _SCORES) and (round := taking(session, entry.event)):
            given = standing.setdefault(round.id, {}).setdefault((entry.event.metric, entry.by), {})
            _give(given, entry.event, entry.id)
        session = evolve(session, entry)
        if isinstance(entry.event, _ROUNDS | _SCORES | events.RankingShown):
            shown = [given for round in session.rounds if round.shown for given in standing.get(round.id, {}).values()]
            for what, giver in (one for given in shown for one in given.items()):
                seen.setdefault(giver, set()).add(what)
    return seen


def _give(given: dict[str, str], event: events.MetricScored | events.MetricAbstained, entry: str) -> None:
    if isinstance(event, events.MetricAbstained):
        given.clear()
        given["abstained"] = entry
    else:
        given.pop("abstained", None)
        given.update((axis, entry) for axis in ("value", "ease") if getattr(event, axis) is not None)


def _as_seen(entry: Entry, seen: Collection[str]) -> Entry | None:
    """The entry without what it scored and nobody saw, or None."""
    event = entry.event
    if isinstance(event, _SCORES) and not seen:
        return None
    if not isinstance(event, events.MetricScored):
        return entry
    value, ease = (event.value if "value" in seen else None), (event.ease if "ease" in seen else None)
    return structs.replace(entry, event=structs.replace(event, value=value, ease=ease))


def _notes_that_stay(session: Session, without: Collection[str]) -> dict[str, Note]:
    present = {note.kind for note in session.notes.values()}
    unknown = [name for name in without if name not in present and name not in session.notes]
    if unknown:
        raise ValueError(f"{unknown[0]}: neither a kind of note nor the id of one in this session")
    stay: dict[str, Note] = {}
    for note in session.notes.values():
        kind = kinds.row(note.kind)
        answers_nothing = kind.alone and note.about in session.notes and note.about not in stay
        left_out = kind.never_shared or note.kind in without or note.id in without
        if not (note.withdrawn or left_out or answers_nothing):
            stay[note.id] = note
    return stay


def _names(session: Session, labels: Mapping[str, str]) -> dict[str, str]:
    counts: dict[Role, int] = {}
    names = {}
    for person in session.people.values():
        counts[person.role] = counts.get(person.role, 0) + 1
        names[person.id] = f"{labels[person.role]} {counts[person.role]}"
    return names


def _called(file: SessionFile, names: Mapping[str, str]) -> dict[str, str]:
    """The labels of the participants by their names in small letters, those that were corrected too."""
    given = [e.event for e in file.entries if isinstance(e.event, events.PersonJoined | events.PersonCorrected)]
    return {event.name.casefold(): names[event.person] for event in given if event.name and event.person in names}


def _strangers(notes: Mapping[str, Note], called: Collection[str], label: str) -> dict[str, str]:
    """The labels of those whom details of notes name and who were not there, by their names in small letters."""
    said = ((name, value) for note in notes.values() for name, value in note.details.items())
    named = {value.casefold() for name, value in said if value and _names_somebody(name)}
    return {name: f"{label} {number}" for number, name in enumerate(sorted(named.difference(called)), 1)}


def _names_somebody(detail: str) -> bool:
    return kinds.detail(detail).form == kinds.Form.PERSON


def _without(called: Mapping[str, str]) -> Rewrite:
    """Replace the participants' names in a text, the longest first."""
    if not called:
        return str
    longest_first = sorted(called, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, longest_first)) + r")(?!\w)", re.I)
    return lambda text: pattern.sub(lambda found: called[found[0].casefold()], text)


def _reduced(
    event: Event, notes: Mapping[str, Note], names: Mapping[str, str], owners: Mapping[str, str], hide: Rewrite
) -> Event | None:
    """The event reduced, or None if nothing of it stays."""
    match event:
        case events.SessionOpened():
            return structs.replace(event, video="")
        case events.PersonJoined() | events.PersonCorrected():
            return structs.replace(event, name=names[event.person]) if event.person in names else None
        case events.NoteWritten():
            about = event.about if event.about in notes else ""
            kept = notes.get(event.note)
            return structs.replace(event, text=hide(kept.text), about=about) if kept else None
        case events.DetailSet():
            tied = event.value if event.detail == "same_as" else event.detail.partition("/")[2]
            gone = event.note not in notes or (tied and tied not in notes)
            # Keep only the final value of a detail; earlier values are dropped, like earlier texts.
            gone = gone or notes[event.note].details.get(event.detail) != event.value
            if gone or event.detail == "same_as":
                return None if gone else event
            named = owners.get(event.value.casefold()) if _names_somebody(event.detail) else None
            return structs.replace(event, value=named or hide(event.value))
        case events.NoteMoved():
            gone = event.note not in notes or (event.before and event.before not in notes)
            return None if gone else event
        case events.NoteAttached():
            gone = event.note not in notes or (event.about and event.about not in notes)
            return None if gone else event
        case events.NoteSeconded():
            return event if event.note in notes else None
        case events.FocusSet():
            return event if not event.note or event.note in notes else None
        case events.RoundOpened():
            return structs.replace(event, metrics=" ".join(id for id in event.metrics.split() if id in notes))
        case events.MetricScored() | events.MetricAbstained() | events.MetricKept():
            return event if event.metric in notes else None
        case events.NoteEdited() | events.NoteWithdrawn() | events.NoteRestored() | events.Unknown():
            return None
        case events.NoteBrought():
            return None  # what a file said is what the notes say, or was changed since
        case events.PersonCameBack() | events.PersonSetApart():
            return None  # by which browser somebody came concerns only those who were there
    return event


def _renamed(event: Event, ids: Mapping[str, str]) -> Event:
    """The event with its ids made anew."""
    known = {
        name: " ".join(ids.get(id, id) for id in value.split())
        for name, value in structs.asdict(event).items()
        if name in _IDS and isinstance(value, str)
    }
    if isinstance(event, events.DetailSet) and event.detail == "same_as" and event.value:
        known["value"] = ids[event.value]
    if isinstance(event, events.DetailSet) and "/" in event.detail:
        kind, _, id = event.detail.partition("/")
        known["detail"] = f"{kind}/{ids[id]}"
    return structs.replace(event, **known)
