"""A session reduced, to be shown to people who were not there. Pure.

The result holds no name, no withdrawn note, no former text, no score
that was not shown, and no event of a newer kit. Ids are made anew, so that nothing ties
the reduced session to the whole one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from msgspec import structs

from impactlib.domain import events, kinds
from impactlib.domain.agenda import Role
from impactlib.domain.events import Entry, Event, order
from impactlib.domain.fold import evolve, is_own, taking
from impactlib.domain.mentions import Choice, Mention, mentions, replaced
from impactlib.domain.older_figures import reading_of
from impactlib.domain.session import Note, Session
from impactlib.domain.session_file import FORMAT, SessionFile, unsealed

Rewrite = Callable[[str, str, str], str]
"""Rewrites what was written: of the note of that id, in the detail of that name, "" for its text."""

_IDS = ("note", "about", "before", "metric", "metrics", "person", "round")
"""The fields of events that name something else of the session."""
_OF_ITS_OWN = (
    events.ZoneSet | events.RehearsalMarked | events.SessionFollows | events.EarlierHeld | events.VisionRecalled
)
_ROUNDS = events.RoundOpened | events.RoundShown | events.ChoiceOpened
_SCORES = events.MetricScored | events.MetricAbstained
_WITHDRAWN = "…"
OWNER = "owner"
"""The key of the label of those whom a detail names and who were not there."""


def redact(
    file: SessionFile, labels: Mapping[str, str], without: Collection[str] = (), choice: Choice | None = None
) -> SessionFile:
    """A session without what concerns only those who were there.

    Parameters
    ----------
    labels
        What people are called, by role, with a number: ``{Role.CLIENT: "Team", ...}`` gives "Team 1", "Team 2".
        `OWNER` is for those who answer for something and were not there.
    without
        Kinds of notes, or ids of notes, to leave out besides; what answers such a note goes with it.
    choice
        Which of `names_in` are replaced: by default those that are sure.

    Raises
    ------
    ValueError
        When `without` names something that is neither.
    """
    session, chosen = file.fold(), choice or Choice()
    notes = _notes_that_stay(session, without)
    names = _names(session, labels)
    ids = {id: f"note-{number}" for number, id in enumerate(notes, 1)}
    people = {id: f"person-{number}" for number, id in enumerate(session.people, 1)}
    opened = dict.fromkeys(e.event.round for e in file.entries if isinstance(e.event, _ROUNDS))
    rounds = {id: f"round-{number}" for number, id in enumerate(opened, 1)}
    called = _called(file, names)
    owners = _owners(notes, called, labels[OWNER], chosen.words)
    hide = _hiding(_mentions(session, notes, called, owners, chosen), chosen)
    new_id = hashlib.sha256(file.session.encode()).hexdigest()[:10]
    openings = sorted((e for e in file.entries if isinstance(e.event, events.SessionOpened)), key=order)
    opening = next((e for e in openings if e.origin == file.session), openings[0])
    entries: list[Entry] = []
    for entry in sorted(shown(file).entries, key=order):
        if isinstance(entry.event, events.SessionOpened) and entry.id != opening.id:
            continue
        # Everything has one origin from here on: what a merged session is would become what this one is.
        if isinstance(entry.event, _OF_ITS_OWN) and not is_own(session, entry):
            continue
        by, behalf = people.get(entry.by, ""), people.get(entry.behalf, "")
        for event in _told_anew(entry, notes) or [entry.event]:
            left = _reduced(event, notes, names, owners, hide)
            if left is not None:
                number, known = len(entries) + 1, _renamed(left, {**ids, **people, **rounds})
                entries.append(Entry(new_id, number, f"entry-{number}", entry.at, by, behalf, known))
    return SessionFile(new_id, tuple(entries), FORMAT, shared=True)


def _told_anew(entry: Entry, notes: Mapping[str, Note]) -> list[Event]:
    """The reading that the fold makes of a baseline of an older kit, as the events of one; [] for other entries."""
    reading = notes.get(reading_of(entry))
    if reading is None:
        return []
    return [
        events.NoteWritten(reading.id, reading.kind, reading.text, reading.about),
        *(events.DetailSet(reading.id, name, value) for name, value in sorted(reading.details.items())),
    ]


def names_in(
    file: SessionFile, labels: Mapping[str, str], without: Collection[str] = (), choice: Choice | None = None
) -> list[Mention]:
    """Where names stand in what `redact` would keep, in the order of the session. Raises ValueError as it does."""
    session, chosen = file.fold(), choice or Choice()
    notes = _notes_that_stay(session, without)
    called = _called(file, _names(session, labels))
    return _mentions(session, notes, called, _owners(notes, called, labels[OWNER], chosen.words), chosen)


def agreed(file: SessionFile) -> SessionFile:
    """The same without the agreements to be contacted that were taken back: what they said leaves nowhere any more."""
    gone = {note.id for note in file.fold().notes.values() if kinds.row(note.kind).never_shared and note.withdrawn}
    return replace(file, entries=tuple(entry for entry in file.entries if getattr(entry.event, "note", "") not in gone))


def played(file: SessionFile) -> SessionFile:
    """A session as a replay plays it: `agreed`, and with no word of a note that was taken back.

    That something was written stays, since others answered it. A hypothesis merged into another was not taken back.
    """
    file = agreed(file)
    joined = {(e.at, e.by) for e in file.entries if isinstance(e.event, events.NoteEdited | events.NoteAttached)}
    merged = {
        e.event.note for e in file.entries if isinstance(e.event, events.NoteWithdrawn) and (e.at, e.by) in joined
    }
    gone = {note.id for note in file.fold().notes.values() if note.withdrawn} - merged
    return replace(file, entries=tuple(made for entry in file.entries for made in _without_words(entry, gone)))


def _without_words(entry: Entry, gone: Collection[str]) -> list[Entry]:
    match entry.event:
        case events.DetailSet(note=note) if note in gone:
            return []
        case events.NoteWritten(note=note) | events.NoteEdited(note=note) if note in gone:
            return [structs.replace(entry, event=structs.replace(entry.event, text=_WITHDRAWN))]
    return [entry]


def shown(file: SessionFile) -> SessionFile:
    """A session as it may leave by a room's page: whole, but for scores that nobody was shown, and for agreements to be
    contacted that were taken back."""
    whole, file = file, agreed(file)
    seen = _seen(file)
    left = (_as_seen(entry, seen.get(entry.id, frozenset())) for entry in file.entries)
    stay = tuple(entry for entry in left if entry)
    return replace(file if len(stay) == len(whole.entries) else unsealed(file), entries=stay)


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
    """The labels of the participants by their names, those that were corrected too."""
    given = [e.event for e in file.entries if isinstance(e.event, events.PersonJoined | events.PersonCorrected)]
    return {event.name: names[event.person] for event in given if event.name and event.person in names}


def _owners(
    notes: Mapping[str, Note], called: Mapping[str, str], label: str, words: Collection[str]
) -> Mapping[str, str]:
    """The labels of those whom details of notes name, and of `words`, by their names in small letters: those of the
    participants, and new ones for those who were not there."""
    known = {name.casefold(): label for name, label in called.items()}
    said = ((name, value) for note in notes.values() for name, value in note.details.items())
    named = {value.casefold() for name, value in said if value and _names_somebody(name)}
    named |= {word.casefold() for word in words}
    return {**{name: f"{label} {number}" for number, name in enumerate(sorted(named - known.keys()), 1)}, **known}


def _names_somebody(detail: str) -> bool:
    return kinds.detail(detail).form == kinds.Form.PERSON


def _mentions(
    session: Session, notes: Mapping[str, Note], called: Mapping[str, str], owners: Mapping[str, str], choice: Choice
) -> list[Mention]:
    texts = {(note.id, ""): note.text for note in notes.values()}
    details = ((note.id, name, value) for note in notes.values() for name, value in note.details.items())
    texts |= {(id, name): value for id, name, value in details if _is_free(name)}
    words = {word.casefold() for word in choice.words}
    strangers = {name: label for name, label in owners.items() if name not in words}
    return mentions(texts, called, session.team, strangers, {word: owners[word] for word in words})


def _is_free(detail: str) -> bool:
    """Whether people write what they want in a detail."""
    known = kinds.detail(detail)
    return known.form == kinds.Form.TEXT and not (known.choices or known.never_shared) and "/" not in detail


def _hiding(found: Collection[Mention], choice: Choice) -> Rewrite:
    """Replace the mentions that are taken."""
    taken: dict[tuple[str, str], list[Mention]] = {}
    for mention in found:
        if choice.takes(mention):
            taken.setdefault((mention.note, mention.detail), []).append(mention)
    return lambda note, detail, text: replaced(text, taken.get((note, detail), ()))


def _reduced(
    event: Event, notes: Mapping[str, Note], names: Mapping[str, str], owners: Mapping[str, str], hide: Rewrite
) -> Event | None:
    """The event reduced, or None if nothing of it stays."""
    match event:
        case events.SessionOpened():
            return structs.replace(event, video="")
        case events.SessionFollows():
            return structs.replace(event, session="")
        case events.PersonJoined() | events.PersonCorrected():
            return structs.replace(event, name=names[event.person]) if event.person in names else None
        case events.NoteWritten():
            about = event.about if event.about in notes else ""
            kept = notes.get(event.note)
            return structs.replace(event, text=hide(event.note, "", kept.text), about=about) if kept else None
        case events.DetailSet():
            tied = event.value if event.detail == "same_as" else event.detail.partition("/")[2]
            gone = event.note not in notes or bool(tied and tied not in notes)
            gone = gone or kinds.detail(event.detail).never_shared
            # Keep only the final value of a detail; earlier values are dropped, like earlier texts.
            gone = gone or notes[event.note].details.get(event.detail) != event.value
            if gone or event.detail == "same_as":
                return None if gone else event
            named = owners.get(event.value.casefold()) if _names_somebody(event.detail) else None
            return structs.replace(event, value=named or hide(event.note, event.detail, event.value))
        case events.NoteMoved():
            gone = event.note not in notes or bool(event.before and event.before not in notes)
            return None if gone else event
        case events.NoteAttached():
            gone = event.note not in notes or bool(event.about and event.about not in notes)
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
        case events.PersonForgotten() | events.ErasureSet():
            return None  # it is emptied already, and says nothing of the copy
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
