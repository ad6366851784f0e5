"""What a session takes along from the one before, as the events of its journal. Pure.

The notes of the product keep their ids and are written by nobody of the new session. Its people, its attendance, its
scores, its questions and what was learnt stay in the hour before, which is left as it is. Its actions come as promises.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from impactlib.domain import events, kinds
from impactlib.domain.agenda import VISION
from impactlib.domain.clock import day_of
from impactlib.domain.corrections import formers, setting
from impactlib.domain.events import Event
from impactlib.domain.inventory import TIE
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Brought, Earlier, Note, Session, Vision
from impactlib.domain.session_file import SessionFile

SETTLED = ("done", "dropped")
"""The states of a promise that nobody asks about again."""
PROMISE = "-promise"
"""What follows the id of an action in that of the promise that it becomes."""
_DATED = ("forecast", "reading", "verdict")
"""The kinds whose day goes along: a note that is taken along is written when the session opens."""


def opening(file: SessionFile, agenda: str, starts_at: float | None = None) -> list[Event]:
    """The first events of the session that follows that of a file, on an agenda (TOML text).

    Raises
    ------
    Refusal
        When the session of the file was not held, or when a newer kit wrote it.
    """
    if file.newer:
        raise Refusal("This workshop was written by a newer version of the kit: update the kit to go on after it.")
    now = file.fold()
    if now.clock.started is None:
        raise Refusal("This workshop has not been held yet: there is nothing to go on with after it.")
    first_at = now.follows.first_at if now.follows else now.held_at
    ended = _as_it_ended(file, now)
    vision = _last_vision(now, ended)
    then = Session(notes=vision.notes, zone=now.zone) if vision else Session()
    return [
        events.SessionOpened(now.team, agenda, now.lang, starts_at, now.video),
        *([events.RehearsalMarked()] if now.rehearsal else []),
        events.ZoneSet(now.zone),
        *([events.StatsMade(now.stats_on)] if now.stats_on else []),
        *(events.EarlierHeld(one.held_at, one.title, one.recurs) for one in _held(now)),
        *(_toward(Session(), then)),
        *([events.VisionRecalled(vision.held_at)] if vision else []),
        *_toward(then, ended),
        events.SessionFollows(now.id, now.held_at, first_at),
        *_toward(ended, now, _going_on(then)),
        *(events.NoteBrought(id, json.dumps(dict(one.said)), one.source) for id, one in _brought(now)),
        *_promises(now),
    ]


def _as_it_ended(file: SessionFile, now: Session) -> Session:
    """The session when its hour ended; as it is, while the hour goes on."""
    ended = now.clock.ended
    if ended is None:
        return now
    return replace(file, entries=tuple(entry for entry in file.entries if entry.at <= ended)).fold()


def _held(now: Session) -> Iterator[Earlier]:
    """The sessions of the product, that of a file the last."""
    yield from now.earlier
    agenda = now.agenda
    yield Earlier(now.held_at, agenda.title[now.lang], agenda.recurs) if agenda else Earlier(now.held_at, "")


def _last_vision(now: Session, ended: Session) -> Vision | None:
    """The last workshop on the vision: the session before, if it was one, else the one that it knew of."""
    was_one = now.agenda is not None and now.agenda.name == VISION
    return Vision(now.held_at, ended.notes) if was_one else now.vision


def _going_on(session: Session) -> dict[str, Note]:
    """The notes of the product that stand, by their ids, those that others are about first."""
    rows = (kind.name for kind in kinds.KINDS.values() if kind.goes_on)
    return {note.id: note for name in rows for note in session.notes_of(name)}


def _toward(was: Session, now: Session, earlier: Mapping[str, Note] = MappingProxyType({})) -> Iterator[Event]:
    """The events that make the product of one session that of another; `earlier` are notes that are in the journal
    already, and may have been withdrawn since."""
    before, after = _going_on(was), _going_on(now)
    yield from (events.NoteWithdrawn(id) for id in before if id not in after)
    for id, note in after.items():
        known = before.get(id)
        about = note.about if note.about in after else ""
        if known is None and id in earlier:
            known = earlier[id]
            yield events.NoteRestored(id)
        if known is None:
            yield events.NoteWritten(id, note.kind, note.text, about)
        else:
            if known.text != note.text:
                yield events.NoteEdited(id, note.text)
            if about and known.about != note.about:
                yield events.NoteAttached(id, about)
        yield from _details(known, note, after)
        if known is None and note.kind in _DATED and not note.details.get("said_on"):
            yield events.DetailSet(id, "said_on", day_of(note.at, now.zone).isoformat())
    yield from _moved([*before], after)
    yield from (events.MetricKept(id, False) for id in was.kept if id not in now.kept and id in before)
    yield from (events.MetricKept(id, True) for id in now.kept if id not in was.kept and id in after)


def _moved(before: Sequence[str], after: Mapping[str, Note]) -> Iterator[Event]:
    """The events that put notes into their order, where they were moved among those of their kind."""
    for kind in dict.fromkeys(note.kind for note in after.values()):
        alike = [id for id, note in after.items() if note.kind == kind]
        come = [*(id for id in before if id in alike), *(id for id in alike if id not in before)]
        if alike != come:
            yield from (events.NoteMoved(id) for id in alike)


def _details(was: Note | None, note: Note, after: Mapping[str, Note]) -> Iterator[Event]:
    """The details of a note that changed, those of a figure with what each was before it was corrected; a metric is not
    tied to a source that was withdrawn."""
    for name, value in sorted(note.details.items()):
        if name.startswith(TIE) and name.removeprefix(TIE) not in after:
            continue
        stood = was.details.get(name, "") if was else ""
        told = len(formers(was, name)) if was else 0
        for given in (*formers(note, name)[told:], value):
            if given != stood:
                yield setting(note, name, given, stood)
                stood = given


def _brought(session: Session) -> list[tuple[str, Brought]]:
    after = _going_on(session)
    return [(id, one) for id, one in session.brought.items() if id in after]


def promised(action: Note) -> str:
    """The id of the promise that an action is in the sessions that follow; a promise keeps its own."""
    return action.id if action.kind == "promise" else f"{action.id}{PROMISE}"


def _promises(session: Session) -> Iterator[Event]:
    """The actions of the session before, and the promises of the one before it that still run."""
    running = [note for note in session.notes_of("promise") if note.details.get("state") not in SETTLED]
    for note in (*running, *session.notes_of("action")):
        id = promised(note)
        yield events.NoteWritten(id, "promise", note.text)
        said = ((name, note.details.get(name, "")) for name in ("due", "owner"))
        yield from (events.DetailSet(id, name, value) for name, value in said if value)
