"""A replay: the observers' page at each moment of an hour, as one whole and the patches that follow. Pure.

A replay is drawn from a journal's entries by the views of the workshop itself; its times are the timeline's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import reduce
from itertools import groupby
from typing import Any

from markupsafe import Markup

from impactlib.domain.agenda import Role
from impactlib.domain.clock import AROUND
from impactlib.domain.events import Entry, FigureCorrected, order
from impactlib.domain.fold import evolve, history
from impactlib.domain.kinds import DEFINITION, names
from impactlib.domain.redaction import played
from impactlib.domain.session import Session
from impactlib.domain.session_file import LARGEST, TOO_LARGE, SessionFile
from impactlib.domain.timeline import STARTED, Line, Moment, moments, said, start_of
from impactlib.rooms.drawing import Drawing
from impactlib.rooms.fragments import Patch
from impactlib.views import draw
from impactlib.views.panes import PANES as ALL_PANES
from impactlib.views.parts import Eye, Scene
from impactlib.views.render import translation
from impactlib.views.wording import about, done

PAUSE = 5.0
"""Seconds of a replay before anything happens in it."""
LONGEST = 6 * 3600.0
"""Seconds after which an hour that nobody ended is not followed any more."""
_FOLLOWED = ("reading", "feature")
"""The kinds of notes that a team writes after the hour, which a replay ends on."""
TICK = 30.0
"""Seconds between two drawings of what depends on the time alone: the minutes that an overrun takes."""

PANES = {name: pane for name, pane in ALL_PANES.items() if pane.replayed}
"""The workshop's panes, in the order of its page."""


@dataclass(frozen=True)
class Instant:
    """The patch of one instant, and the lines of the timeline at that instant."""

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


def build(file: SessionFile, lang: str) -> Replay:
    """Draw a workshop in one language, from a quarter of an hour before it began to as long after its end; then, at one
    instant more, the figures that came since."""
    file = played(file)
    ordered = sorted(file.entries, key=order)
    final = file.fold()
    start = start_of(file)
    least = max(final.opened_at - start, -AROUND)
    before = [entry for entry in ordered if entry.at - start <= least]
    # The player begins a moment before something happens.
    begins = max([least, *(entry.at - start - PAUSE for entry in ordered[len(before) : len(before) + 1])])
    session = history(before, Session(id=file.session))
    shown = [pane for pane in PANES.values() if pane.opened(final)]
    drawing = Drawing(shown, Eye(Role.OBSERVER, lang), whole=True, demanded="nothing", compared=1)
    whole = drawing.update(_scene(session, start + begins))
    after = [entry for entry in ordered[len(before) :] if entry.at - start <= _last(final, start)]
    frames = tuple(_frames(session, after, start, drawing))
    since, seen = _figures(ordered[len(before) + len(after) :], final), reduce(evolve, after, session)
    frames += tuple(_since(seen, since, start + (frames[-1].at if frames else begins), start, drawing))
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
            said_values["text"] = titles.get(line.step, "") if line.event == STARTED else about(line, lang)
            said_values["what"] = done(line, lang)
    for moment in values["moments"]:
        moment["label"] = say(moment["label"])
    return values


def frame(lang: str) -> Markup:
    """The replay's page but for the replay: its moments, its player, and the workshop's panes, empty."""
    eye = Eye(Role.OBSERVER, lang)
    return draw(eye, "replay", "frame", panes={name: pane.frame(eye) for name, pane in PANES.items()})


def chooser(lang: str, samples: list[dict[str, str]]) -> Markup:
    """The form that chooses a replay: a sample, as ``samples.choices`` gives them, or a session notebook."""
    return draw(Eye(Role.OBSERVER, lang), "replay", "choose", samples=samples, largest=LARGEST, too_large=TOO_LARGE)


def _scene(session: Session, at: float) -> Scene:
    """The scene at a moment. No journal holds presence: everybody who came in is taken to be present."""
    return Scene(session, at, present=frozenset(session.people))


def _frames(session: Session, entries: Sequence[Entry], start: float, drawing: Drawing) -> Iterator[Instant]:
    instants = {at: list(group) for at, group in groupby(entries, lambda entry: entry.at)}
    for at in sorted({*instants, *_ticks(entries, start)}):
        lines: list[Line] = []
        for entry in instants.get(at, ()):
            session = evolve(session, entry)
            lines += said(session, entry, at - start)
        patch = drawing.update(_scene(session, at))
        if patch or lines:
            yield Instant(at - start, session.clock.step or "", patch, tuple(lines))


def _figures(entries: Sequence[Entry], final: Session) -> list[Entry]:
    """Of some entries, those that give the figures of metrics, and say what these are and what should move them."""
    readings = {note.id for kind in _FOLLOWED for note in final.notes.of_kind(kind)}
    metrics = {note.id for note in final.notes.of_kind("metric")}
    defined = names(DEFINITION)

    def gives(event: Any) -> bool:
        note = getattr(event, "note", "")
        return note in readings or (note in metrics and getattr(event, "detail", "") in defined)

    def follows(event: Any) -> bool:
        return isinstance(event, FigureCorrected) or getattr(event, "note", "") in readings

    found = [entry for entry in entries if gives(entry.event)]
    return found if any(follows(entry.event) for entry in found) else []


def _since(session: Session, entries: Sequence[Entry], at: float, start: float, drawing: Drawing) -> Iterator[Instant]:
    """The instant at which all of these entries are seen, a moment after the last one."""
    if not entries:
        return
    at += PAUSE
    lines: list[Line] = []
    for entry in entries:
        session = evolve(session, entry)
        told = (line for line in said(session, entry, at - start) if line.kind in _FOLLOWED or line.before)
        lines += [replace(line, at=at - start) for line in told]
    yield Instant(at - start, session.clock.step or "", drawing.update(_scene(session, at)), tuple(lines))


def _ticks(entries: Sequence[Entry], start: float) -> Iterator[float]:
    last = entries[-1].at if entries else start
    return (start + TICK * n for n in range(1, int((last - start) / TICK) + 1))


def _last(session: Session, start: float) -> float:
    ended = session.clock.ended
    return LONGEST if ended is None else min(LONGEST, ended - start + AROUND)
