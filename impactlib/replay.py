"""An hour seen again: what the room's observers saw at each moment, as one whole and the patches that follow. Pure.

A replay is drawn from a journal's entries by the views of the workshop itself; its times are the timeline's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from types import ModuleType
from typing import Any

from markupsafe import Markup
from msgspec import structs

from impactlib import agenda, events
from impactlib.agenda import Role
from impactlib.events import Entry, Event, order
from impactlib.fold import evolve, history
from impactlib.portable import LARGEST, TOO_LARGE, Portable
from impactlib.session import Note, Session
from impactlib.sharing import agreed
from impactlib.timeline import STARTED, Line, Moment, moments, note_of, said, start_of
from impactlib.views import (
    Eye,
    contract,
    draw,
    inventory,
    key,
    learnings,
    matrix,
    metrics,
    now,
    opener,
    people,
    problem,
    questions,
    recommendations,
    summary,
    testimonies,
    tour,
    track,
)
from impactlib.views.render import translation
from impactlib.views.wording import done

LEAD = 900.0
"""Seconds before the hour, and after it, that are replayed; what came earlier is in the whole."""
PAUSE = 5.0
"""Seconds of a replay before anything happens in it."""
LONGEST = 6 * 3600.0
"""Seconds after which an hour that nobody ended is not followed any more."""
TICK = 30.0
"""Seconds between two drawings of what depends on the time alone: the minutes that an overrun takes."""

PANES: Mapping[str, ModuleType] = {
    "track": track,
    "now": now,
    "tour": tour,
    "problem": problem,
    "testimonies": testimonies,
    "questions": questions,
    "contract": contract,
    "recommendations": recommendations,
    "inventory": inventory,
    "matrix": matrix,
    "metrics": metrics,
    "learnings": learnings,
    "summary": summary,
    "people": people,
}
"""The workshop's panes, in the order of its page."""

Patch = dict[str, str]
"""Fragments that changed, by their id; "" says that one is gone."""


@dataclass(frozen=True)
class Instant:
    """What changed at one instant, and what was done then."""

    at: float
    step: str
    patch: Patch
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Begun:
    """A step that was entered, at which second. A step that was gone back to is there twice."""

    id: str
    title: str
    at: float


@dataclass(frozen=True)
class Replay:
    """A workshop drawn once and for all. `start` is in seconds since 1970, `whole` what is seen at `begins`."""

    session: str
    team: str
    start: float
    begins: float
    ends: float
    steps: tuple[Begun, ...]
    moments: tuple[Moment, ...]
    whole: Patch
    frames: tuple[Instant, ...]


def build(file: Portable, lang: str) -> Replay:
    """Draw a workshop in one language, from a quarter of an hour before it began to as long after its end."""
    file = agreed(file)
    ordered = sorted(file.entries, key=order)
    final = file.fold()
    start = start_of(file)
    least = max(final.opened_at - start, -LEAD)
    before = [entry for entry in ordered if entry.at - start <= least]
    # The player begins a moment before something happens.
    begins = max([least, *(entry.at - start - PAUSE for entry in ordered[len(before) : len(before) + 1])])
    session = history(before, Session(id=file.session))
    drawing = _Drawing(lang)
    whole = drawing.changes(session, start + begins, PANES)
    after = [entry for entry in ordered[len(before) :] if entry.at - start <= _last(final, start)]
    frames = tuple(_frames(session, after, start, drawing))
    ends = max([begins, *(frame.at for frame in frames)])
    lines = [line for frame in frames for line in frame.lines]
    titles = {step.id: step.title[lang] for step in final.steps}
    return Replay(
        session=final.id,
        team=final.team,
        start=start,
        begins=begins,
        ends=ends,
        steps=tuple(
            Begun(line.step, titles[line.step], line.at) for line in lines if line.event == STARTED and line.step
        ),
        moments=tuple(moments(lines)),
        whole=whole,
        frames=frames,
    )


def told(replay: Replay, lang: str) -> dict[str, Any]:
    """A replay as JSON values, its words in the language that it was drawn in."""
    say = translation(lang).gettext
    values = asdict(replay)
    titles = {step.id: step.title for step in replay.steps}
    for frame_values, made in zip(values["frames"], replay.frames, strict=True):
        for said_values, line in zip(frame_values["lines"], made.lines, strict=True):
            if line.event == STARTED:
                said_values["text"] = titles.get(line.step, "")
            said_values["what"] = done(line, lang)
    for moment in values["moments"]:
        moment["label"] = say(moment["label"])
    return values


def frame(lang: str) -> Markup:
    """The replay's page but for the replay: its moments, its player, and the workshop's panes, empty."""
    eye = Eye(Role.OBSERVER, lang)
    return draw(eye, "replay", "frame", panes={name: pane.frame(eye) for name, pane in PANES.items()})


def chooser(lang: str, samples: list[dict[str, str]]) -> Markup:
    """What to watch: the samples, as ``samples.choices`` says them, or a session notebook of one's own."""
    return draw(Eye(Role.OBSERVER, lang), "replay", "choose", samples=samples, largest=LARGEST, too_large=TOO_LARGE)


def drawn(session: Session, at: float, lang: str, panes: Iterable[str] = PANES) -> dict[str, Patch]:
    """What observers see of some panes, `at` on the journal's clock. Who had a page open is in no journal:
    everybody who came in is taken to be there. What no step opens is not seen, nor the summary before the end."""
    eye = Eye(Role.OBSERVER, lang, at, present=frozenset(session.people))
    return {
        pane: {id: str(html) for id, html in PANES[pane].fragments(session, eye).items() if html}
        if _is_seen(pane, session)
        else {}
        for pane in panes
    }


def _is_seen(pane: str, session: Session) -> bool:
    if pane == "summary":
        return session.ended
    return pane not in agenda.PANES or opener(session, pane) is not None


class _Drawing:
    """What was seen last, and what has changed since."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._seen: dict[str, Patch] = {pane: {} for pane in PANES}

    def changes(self, session: Session, at: float, panes: Iterable[str]) -> Patch:
        patch: Patch = {}
        for pane, wanted in drawn(session, at, self._lang, panes).items():
            seen = self._seen[pane]
            patch |= {id: html for id, html in wanted.items() if seen.get(id) != html}
            patch |= dict.fromkeys(seen.keys() - wanted.keys(), "")
            self._seen[pane] = wanted
        return patch

    def changes_around(self, session: Session, at: float, panes: Iterable[str], notes: Iterable[str]) -> Patch:
        """The same for panes of cards, when only what is around some notes can have changed: that alone is drawn."""
        around = structs.replace(session, notes=_around(session, notes))
        places = {key("", note) for note in around.notes.values()}
        patch: Patch = {}
        for pane, wanted in drawn(around, at, self._lang, panes).items():
            seen = self._seen[pane]
            patch |= {id: html for id, html in wanted.items() if seen.get(id) != html}
            gone = {id for id in seen.keys() - wanted.keys() if id[id.index("/") :] in places}
            patch |= dict.fromkeys(gone, "")
            self._seen[pane] = {id: html for id, html in {**seen, **wanted}.items() if id not in gone}
        return patch


def _around(session: Session, notes: Iterable[str]) -> dict[str, Note]:
    """Those notes with all that they are about or say again, all that is about these or says them again, and so on."""
    beside: dict[str, set[str]] = {id: set() for id in session.notes}
    for id, note in session.notes.items():
        for other in {note.about, note.details.get("same_as", "")} & beside.keys():
            beside[id].add(other)
            beside[other].add(id)
    near, ahead = set[str](), [id for id in notes if id in beside]
    while ahead:
        if (id := ahead.pop()) not in near:
            near.add(id)
            ahead += beside[id]
    return {id: note for id, note in session.notes.items() if id in near}


def _frames(session: Session, entries: Sequence[Entry], start: float, drawing: _Drawing) -> Iterator[Instant]:
    instants = {at: list(group) for at, group in groupby(entries, lambda entry: entry.at)}
    for at in sorted({*instants, *_ticks(entries, start)}):
        touched, cards, notes, lines = {"track"}, set[str](), set[str](), list[Line]()
        for entry in instants.get(at, ()):
            session = evolve(session, entry)
            lines += said(session, entry, at - start)
            note = note_of(entry.event)
            notes.add(note)
            near = _CARDS if note and not session.rounds and not _parts(entry.event) else frozenset()
            cards |= touches(session, entry.event) & near
            touched |= touches(session, entry.event) - near
        patch = drawing.changes(session, at, [pane for pane in PANES if pane in touched])
        patch |= drawing.changes_around(session, at, cards - touched, notes)
        if patch or lines:
            yield Instant(at - start, session.clock.step or "", patch, tuple(lines))


def _parts(event: Event) -> bool:
    """Whether it takes a note away from those that it stood with: these are drawn anew too."""
    moved = isinstance(event, events.NoteMoved | events.NoteAttached)
    return moved or (isinstance(event, events.DetailSet) and event.detail == "same_as")


def _ticks(entries: Sequence[Entry], start: float) -> Iterator[float]:
    last = entries[-1].at if entries else start
    return (start + TICK * n for n in range(1, int((last - start) / TICK) + 1))


def _last(session: Session, start: float) -> float:
    ended = session.clock.ended
    return LONGEST if ended is None else min(LONGEST, ended - start + LEAD)


# Which panes an event can change -----------------------------------------------------------------

_EVERY = frozenset(PANES)
_VOTES = frozenset({"metrics", "learnings"})
_CLOCK = frozenset({"track", "now"})
_CARDS = frozenset({"questions", "recommendations", "metrics"})
"""Panes that are cards alone, each of one note and of those around it: in a full hour they hold most of what is
said. A round of scores, or a ranking, is no such card."""
_OF_NOTES: Mapping[str, frozenset[str]] = {
    "expectation": frozenset({"tour"}),
    "problem": frozenset({"problem"}),
    "audience": frozenset({"problem"}),
    "goal": frozenset({"problem"}),
    "question": frozenset({"questions"}),
    "answer": frozenset({"questions"}),
    "testimony": frozenset({"testimonies"}),
    "contract": frozenset({"contract"}),
    "hypothesis": frozenset({"recommendations", "matrix", "metrics"}),
    "recommendation": frozenset({"recommendations", "metrics", "learnings"}),
    "source": frozenset({"inventory"}),
    "metric": frozenset({"now", "recommendations", "inventory", "matrix", "metrics", "learnings"}),
    "learning": frozenset({"learnings"}),
    "action": frozenset({"learnings"}),
    "contact": frozenset({"learnings"}),
}


def touches(session: Session, event: Event) -> frozenset[str]:
    """The panes that an event can have changed, `session` being the state after it."""
    match event:
        case (
            events.ClockPaused()
            | events.ClockResumed()
            | events.TimeAdded()
            | events.EndKept()
            | events.MinutesSet()
            | events.StepHidden()
            | events.FocusSet()
        ):
            panes = _CLOCK
        case events.ListeningSet():
            panes = frozenset({"now"})
        case events.RoundOpened() | events.RoundShown() | events.RankingShown():
            panes = _VOTES | {"now"}
        case events.MetricScored() | events.MetricAbstained() | events.MetricKept():
            panes = _VOTES
        case (
            events.NoteWritten()
            | events.NoteEdited()
            | events.NoteWithdrawn()
            | events.NoteRestored()
            | events.DetailSet()
        ):
            note = session.notes.get(event.note)
            panes = _OF_NOTES.get(note.kind, frozenset()) if note else frozenset()
        case events.NoteMoved(note=id) | events.NoteAttached(note=id):
            panes = _OF_NOTES.get(session.notes[id].kind, frozenset()) if id in session.notes else frozenset()
        case events.Unknown():
            panes = frozenset()
        case _:
            panes = _EVERY
    # What the room looks at together can be any note.
    panes |= _CLOCK if session.focus else frozenset()
    return panes | {"summary"} if session.ended else panes
