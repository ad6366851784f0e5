"""The fold: a session out of its journal's entries. Pure.

``evolve`` says what each event does to a session, ``history`` folds a whole journal. Nothing here
reads a clock, a file or a language; the time that an entry carries is the only time there is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace as replaced
from datetime import date
from functools import reduce, singledispatch

import msgspec
from msgspec.structs import replace

from impactlib.domain import clock, events, older_figures
from impactlib.domain.agenda import Agenda, Role
from impactlib.domain.agenda_files import opened
from impactlib.domain.clock import Clock
from impactlib.domain.corrections import with_detail
from impactlib.domain.events import Entry
from impactlib.domain.ordered import Ordered
from impactlib.domain.session import (
    LONGEST_STEP,
    SCORES,
    Brought,
    Earlier,
    Follows,
    Note,
    Person,
    Return,
    Round,
    Score,
    Session,
    Vision,
)
from impactlib.domain.writing import Written


def history(entries: Iterable[Entry], session: Session | None = None) -> Session:
    """Fold entries, which come in ``events.order``, onto a session (a new one by default).

    A session that has an id is opened by the entry that was born in it, whatever was merged into it; one that
    has none by the first. Raises AgendaError as ``evolve`` does.
    """
    return reduce(evolve, entries, session or Session())


def evolve(session: Session, entry: Entry) -> Session:
    """The session after one more entry. Raises AgendaError when it opens one on an agenda that cannot be used."""
    return _after(entry.event, session, entry)


@singledispatch
def _after(event: object, session: Session, entry: Entry) -> Session:
    return session


@_after.register
def _(event: events.Unknown, session: Session, entry: Entry) -> Session:
    # One that was emptied is a tombstone.
    return replace(session, unknown=session.unknown + 1) if event.payload not in ("", "{}") else session


@_after.register
def _session_opened(event: events.SessionOpened, session: Session, entry: Entry) -> Session:
    if session.agenda is not None and entry.origin != session.id:
        # Two who prepared apart were merged: a workshop stays the one that it was opened as.
        return session
    agenda = opened(event.agenda, f"agenda of session {entry.origin}")
    return replace(
        session,
        id=session.id or entry.origin,
        team=event.team,
        lang=event.lang,
        video=event.video,
        agenda=agenda,
        opened_at=entry.at,
        clock=replaced(_taken_over(session.clock, agenda), scheduled=event.starts_at, moved=0),
    )


def _taken_over(past: Clock, agenda: Agenda) -> Clock:
    """The clock of a workshop that opens on another's past: an hour that was over is not this one's, which takes up
    what was said in it (a follow-up does); nor is one in a step that this agenda does not have."""
    known = past.step is None or any(step.id == past.step for step in agenda.steps)
    return past if known and past.ended is None else Clock()


def is_own(session: Session, entry: Entry) -> bool:
    """Whether an entry was born in this session, wherever it went on, and not in one that was merged into it."""
    return entry.origin.partition(".")[0] == session.id


@_after.register
def _(event: events.ZoneSet, session: Session, entry: Entry) -> Session:
    # As its team and its agenda do, a workshop's time zone stays its own when another one is merged into it.
    return replace(session, zone=event.zone) if is_own(session, entry) and clock.is_zone(event.zone) else session


@_after.register
def _(event: events.RehearsalMarked, session: Session, entry: Entry) -> Session:
    # A rehearsal that is merged into a real workshop makes no rehearsal of it.
    return replace(session, rehearsal=True) if is_own(session, entry) else session


@_after.register
def _(event: events.LinksEnd, session: Session, entry: Entry) -> Session:
    try:
        on = date.fromisoformat(event.on).isoformat() if event.on else ""
    except ValueError:
        return session
    # A workshop that is merged into another closes no door of it.
    return replace(session, links_end=on) if is_own(session, entry) else session


@_after.register
def _(event: events.StatsMade, session: Session, entry: Entry) -> Session:
    try:
        on = date.fromisoformat(event.on).isoformat()
    except ValueError:  # a journal from elsewhere may hold anything
        return session
    return replace(session, stats_on=max(session.stats_on, on))


@_after.register
def _start_set(event: events.StartSet, session: Session, entry: Entry) -> Session:
    # So does its start, which moves until the hour has begun.
    if not is_own(session, entry) or not 0 < event.starts_at < clock.LATEST:
        return session
    return _clock(session, clock.schedule(session.clock, event.starts_at))


@_after.register
def _session_follows(event: events.SessionFollows, session: Session, entry: Entry) -> Session:
    times = (event.held_at, event.first_at)
    if not is_own(session, entry) or not all(0 <= at < clock.LATEST for at in times):
        return session
    return replace(session, follows=Follows(event.session, event.held_at, event.first_at, session.notes))


@_after.register
def _earlier_held(event: events.EarlierHeld, session: Session, entry: Entry) -> Session:
    if not is_own(session, entry) or not 0 <= event.held_at < clock.LATEST:
        return session
    return replace(session, earlier=(*session.earlier, Earlier(event.held_at, event.title, event.recurs)))


@_after.register
def _vision_recalled(event: events.VisionRecalled, session: Session, entry: Entry) -> Session:
    if not is_own(session, entry) or not 0 <= event.held_at < clock.LATEST:
        return session
    return replace(session, vision=Vision(event.held_at, session.notes))


@_after.register
def _person_named(event: events.PersonJoined | events.PersonCorrected, session: Session, entry: Entry) -> Session:
    known = session.people.get(event.person)
    # A role of a newer kit, or somebody who never came in: there is nobody to show.
    if event.role not in list(Role) or (known is None and isinstance(event, events.PersonCorrected)):
        return session
    person = replace(known or Person(event.person, "", Role(event.role)), name=event.name, role=Role(event.role))
    if person.id in session.forgotten:
        return _person(session, replace(person, out=True))
    # Somebody who facilitates is what the others waited for.
    offers = () if person.role == Role.FACILITATOR else session.offers
    return _person(replace(session, offers=offers), person)


@_after.register
def _lead_offered(event: events.LeadOffered, session: Session, entry: Entry) -> Session:
    known = entry.by in session.people and entry.by not in session.offers
    return replace(session, offers=(*session.offers, entry.by)) if known else session


@_after.register
def _person_out(event: events.PersonShownOut | events.PersonLetIn, session: Session, entry: Entry) -> Session:
    person = session.people.get(event.person)
    if person is None or person.id in session.forgotten:
        return session
    out = isinstance(event, events.PersonShownOut)
    return _person(session, replace(person, out=out, out_by=_gesture(entry) if out else person.out_by))


def _gesture(entry: Entry) -> str:
    """The id of the gesture that an entry came of."""
    return entry.id.partition(".")[0]


@_after.register
def _person_forgotten(event: events.PersonForgotten, session: Session, entry: Entry) -> Session:
    session = replace(
        session,
        forgotten=session.forgotten | {event.person},
        offers=tuple(id for id in session.offers if id != event.person),
    )
    person = session.people.get(event.person)
    return _person(session, replace(person, out=True, returns=())) if person else session


@_after.register
def _erasure_set(event: events.ErasureSet, session: Session, entry: Entry) -> Session:
    # A workshop that is merged into another one says nothing of when that one is erased.
    return replace(session, erasure=event.on) if is_own(session, entry) else session


@_after.register
def _person_back(event: events.PersonCameBack | events.PersonSetApart, session: Session, entry: Entry) -> Session:
    person = session.people.get(event.person)
    if person is None or event.browser in session.people or person.id in session.forgotten:
        return session
    others = tuple(back for back in person.returns if back.browser != event.browser)
    known = next((back for back in person.returns if back.browser == event.browser), None)
    if isinstance(event, events.PersonCameBack):
        known = Return(event.browser, entry.at, entry.origin)
    elif known is not None:
        known = replace(known, undone=True)
    return _person(session, replace(person, returns=(*others, known) if known else others))


def _person(session: Session, person: Person) -> Session:
    return replace(session, people=Ordered.of(session.people).put(person.id, person))


def _clock(session: Session, now: Clock) -> Session:
    return replace(session, clock=now)


@_after.register
def _step_started(event: events.StepStarted, session: Session, entry: Entry) -> Session:
    if session.agenda is None or all(step.id != event.step for step in session.steps):
        return session
    # A step that is entered is not hidden any more; what the room looked at belonged to the last one.
    agenda = session.agenda.changed(event.step, hidden=False)
    entered = clock.enter(session.clock, agenda, event.step, entry.at)
    before = session.notes if session.clock.started is None else session.before
    # To listen belongs to a step: the group that goes on speaks again.
    listening = session.listening and session.clock.step == event.step
    return replace(session, agenda=agenda, clock=entered, before=before, listening=listening, focus="", offers=())


@_after.register
def _minutes_set(event: events.MinutesSet, session: Session, entry: Entry) -> Session:
    agenda = session.agenda
    if agenda is None or all(step.id != event.step for step in agenda.steps) or not 0 < event.minutes <= LONGEST_STEP:
        return session
    changed = agenda.changed(event.step, minutes=float(event.minutes))
    return replace(session, agenda=changed, clock=clock.replan(session.clock, agenda, changed, entry.at))


@_after.register
def _step_hidden(event: events.StepHidden, session: Session, entry: Entry) -> Session:
    agenda = session.agenda
    if agenda is None or event.step not in [step.id for step in agenda.steps[:-1] if step.id != session.clock.step]:
        return session
    return replace(session, agenda=agenda.changed(event.step, hidden=event.hidden))


@_after.register
def _clock_paused(event: events.ClockPaused, session: Session, entry: Entry) -> Session:
    return _clock(session, clock.pause(session.clock, entry.at))


@_after.register
def _clock_resumed(event: events.ClockResumed, session: Session, entry: Entry) -> Session:
    return _clock(session, clock.resume(session.clock, entry.at))


@_after.register
def _time_added(event: events.TimeAdded, session: Session, entry: Entry) -> Session:
    if session.agenda is None:
        return session
    return _clock(session, clock.add(session.clock, session.agenda, event.seconds))


@_after.register
def _end_kept(event: events.EndKept, session: Session, entry: Entry) -> Session:
    if session.agenda is None:
        return session
    return _clock(session, clock.keep_end(session.clock, session.agenda, event.kept, entry.at))


@_after.register
def _session_ended(event: events.SessionEnded, session: Session, entry: Entry) -> Session:
    # A workshop that was opened before another's hour ended, and took it in, has not had its own yet.
    if session.clock.step is None and not is_own(session, entry):
        return session
    return replace(session, clock=clock.end(session.clock, entry.at), listening=False)


@_after.register
def _listening_set(event: events.ListeningSet, session: Session, entry: Entry) -> Session:
    return replace(session, listening=event.on)


def _note(session: Session, note: Note) -> Session:
    return replace(session, notes=session.notes.put(note.id, note))


@_after.register
def _note_written(event: events.NoteWritten, session: Session, entry: Entry) -> Session:
    if event.note in session.notes:
        return session
    note = Note(
        id=event.note,
        kind=event.kind,
        text=event.text,
        about=event.about,
        by=entry.by,
        behalf=entry.behalf,
        at=entry.at,
        order=len(session.notes) + 1,
    )
    known = session.written.get(entry.by) or Written()
    return _note(replace(session, written=session.written.set(entry.by, known.note(entry.at))), note)


@_after.register
def _note_edited(event: events.NoteEdited, session: Session, entry: Entry) -> Session:
    note = session.notes.get(event.note)
    return _note(session, replace(note, text=event.text, version=note.version + 1)) if note else session


@_after.register
def _note_withdrawn(event: events.NoteWithdrawn | events.NoteRestored, session: Session, entry: Entry) -> Session:
    note = session.notes.get(event.note)
    withdrawn = isinstance(event, events.NoteWithdrawn)
    if note is None:
        return session
    author = session.people.get(note.by)
    swept = withdrawn and author is not None and author.out_by == _gesture(entry)
    if known := session.written.get(note.by):
        after = known.changed(note.withdrawn - withdrawn, swept - note.swept)
        session = replace(session, written=session.written.set(note.by, after))
    return _note(session, replace(note, withdrawn=withdrawn, withdrawn_by=entry.by, swept=swept))


@_after.register
def _detail_set(event: events.DetailSet, session: Session, entry: Entry) -> Session:
    note = session.notes.get(event.note)
    if note is None:
        return session
    if older_figures.may_be(event, note):
        return older_figures.moved(event, session, entry, note)
    return _note(session, with_detail(note, event.detail, event.value, entry))


@_after.register
def _round_opened(event: events.RoundOpened, session: Session, entry: Entry) -> Session:
    metrics = tuple(id for id in dict.fromkeys(event.metrics.split()) if id in session.notes)
    # Of two who facilitated apart and were merged, each keeps their round.
    if not metrics or not event.round or any(round.id == event.round for round in session.rounds):
        return session
    return replace(session, rounds=(*session.rounds, Round(event.round, metrics, entry.at)))


@_after.register
def _round_shown(event: events.RoundShown, session: Session, entry: Entry) -> Session:
    shown = next((round for round in session.rounds if round.id == event.round and not round.shown), None)
    return _round(session, replace(shown, shown_at=entry.at)) if shown and shown.id else session


@_after.register
def _choice_opened(event: events.ChoiceOpened, session: Session, entry: Entry) -> Session:
    talked = next((round for round in session.rounds if round.id == event.round and round.choice_at is None), None)
    return _round(session, replace(talked, choice_at=entry.at)) if talked and talked.id and talked.shown else session


@_after.register
def _metric_scored(event: events.MetricScored | events.MetricAbstained, session: Session, entry: Entry) -> Session:
    round = taking(session, event)
    if event.metric not in session.notes or round is None:
        return session
    of = (event.metric, entry.by)
    if isinstance(event, events.MetricAbstained):
        score = Score(abstained=True)
    elif any(point is not None and point not in SCORES for point in (event.value, event.ease)):
        return session
    else:
        # A partial score keeps the other axis from this round, else from the last shown round.
        given = round.scores.get(of, Score())
        shown = session.shown_score(*of) if given == Score() or given.abstained else given
        before = shown or Score()
        score = Score(event.value or before.value, event.ease or before.ease)
    return _round(session, replace(round, scores=Ordered.of(round.scores).put(of, score)))


@_after.register
def _ranking_shown(event: events.RankingShown, session: Session, entry: Entry) -> Session:
    last = session.rounds[-1] if session.rounds else Round()
    return session if last.id else _round(session, replace(last, shown_at=entry.at if event.shown else None))


def taking(session: Session, event: events.MetricScored | events.MetricAbstained) -> Round | None:
    """The round that a score goes to: it is open, and about that metric."""
    last = session.rounds[-1] if session.rounds else Round()
    if event.round:
        round = next((known for known in session.rounds if known.id == event.round and not known.shown), None)
    else:
        round = session.round if last.id else last
    return round if round and round.takes(event.metric) else None


def _round(session: Session, round: Round) -> Session:
    """The session with that round in the place of the one that has its id, or last."""
    ids = [known.id for known in session.rounds]
    at = ids.index(round.id) if round.id in ids else len(ids)
    return replace(session, rounds=(*session.rounds[:at], round, *session.rounds[at + 1 :]))


@_after.register
def _metric_kept(event: events.MetricKept, session: Session, entry: Entry) -> Session:
    kept = tuple(id for id in session.kept if id != event.metric)
    if event.kept and event.metric in session.notes:
        kept = (*kept, event.metric)
    return replace(session, kept=kept)


@_after.register
def _focus_set(event: events.FocusSet, session: Session, entry: Entry) -> Session:
    return replace(session, focus=event.note if event.note in session.notes else "")


@_after.register
def _note_seconded(event: events.NoteSeconded, session: Session, entry: Entry) -> Session:
    note = session.notes.get(event.note)
    if note is None or entry.by not in session.people:
        return session
    others = tuple(id for id in note.seconded if id != entry.by)
    return _note(session, replace(note, seconded=(*others, entry.by) if event.on else others))


@_after.register
def _note_moved(event: events.NoteMoved, session: Session, entry: Entry) -> Session:
    note = session.notes.get(event.note)
    if note is None or event.before == event.note:
        return session
    alike = session.notes.of_kind(note.kind)
    others = [one for one in alike if one is not note]
    place = next((i for i, one in enumerate(others) if one.id == event.before), len(others))
    moved = [*others[:place], note, *others[place:]]
    # They share the places that they had, so that no two notes ever have the same.
    placed = (replace(one, order=had.order) for one, had in zip(moved, alike, strict=True) if one is not had)
    return replace(session, notes=reduce(lambda notes, one: notes.put(one.id, one), placed, session.notes))


@_after.register
def _note_attached(event: events.NoteAttached, session: Session, entry: Entry) -> Session:
    note = session.notes.get(event.note)
    if note is None or event.about not in session.notes or event.about == event.note:
        return session
    return _note(session, replace(note, about=event.about))


@_after.register
def _note_brought(event: events.NoteBrought, session: Session, entry: Entry) -> Session:
    said = _fields(event.said)
    if event.note not in session.notes or said is None:
        return session
    before = session.brought.get(event.note)
    if before is None:
        after = Brought(said, event.source, entry.by)
        if known := session.written.get(entry.by):
            session = replace(session, written=session.written.set(entry.by, known.brought()))
    else:
        # A cell that is settled says nothing of where the others come from.
        settled = not event.source and before.source
        source, by = (before.source, before.by) if settled else (event.source, entry.by)
        after = Brought({**before.said, **said}, source, by)
    return replace(session, brought=Ordered.of(session.brought).put(event.note, after))


def _fields(said: str) -> dict[str, str] | None:
    """The fields of a JSON object of texts; None for anything else."""
    try:
        return msgspec.json.decode(said, type=dict[str, str])
    except (ValueError, RecursionError):
        return None
