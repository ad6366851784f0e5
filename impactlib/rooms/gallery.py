"""A gallery of the panes in the states that are designed: empty, a first note, long words, forty notes, late, paused…

The states are moments of an invented session that comes with the kit; what scripts add in a browser is not in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import chain, takewhile

from msgspec.structs import replace

from impactlib.domain import events
from impactlib.domain.agenda import Role
from impactlib.domain.events import Entry
from impactlib.domain.fold import evolve
from impactlib.domain.session import Session
from impactlib.domain.session_file import read
from impactlib.paths import ASSETS, TEMPLATES
from impactlib.rooms.fragments import place
from impactlib.views.panes import PANES
from impactlib.views.parts import Eye, Scene

LONG = "Anticonstitutionnellement, l’accompagnement pluridisciplinaire des demandeuses et demandeurs d’hébergement "
COPIES = 10
"""How often a note is written in the state of forty notes: the session has some four of a kind."""


@dataclass(frozen=True)
class State:
    """A state of a session: what it shows, the session at that moment, and the time, in seconds since 1970."""

    name: str
    about: str
    session: Session
    now: float


@cache
def states() -> Mapping[str, State]:
    """Every state, by its name."""
    entries = read((TEMPLATES / "sessions" / "tidy.ipynb").read_bytes()).entries
    before, scored = _before(entries, events.RoundOpened), _before(entries, events.RoundShown)
    empty, written = _before(entries, events.PersonJoined), len(_before(entries, events.NoteWritten))
    made = (
        _at("empty", "the workshop is open, nobody has written", empty),
        _at("first", "somebody has written a first note", entries[: written + 1]),
        _at("running", "in mid-hour", before),
        _at("long", "long French words everywhere", map(_longer, before)),
        _at("forty", "forty notes of a kind", chain.from_iterable(map(_many, before))),
        _at("late", "the step has run over by far", before, after=3_600.0),
        _at("paused", "the clock stands still", [*before, _next(before, events.ClockPaused())]),
        _at("scoring", "a round of scores fills", scored),
        _at("revealed", "the scores are shown", entries[: len(scored) + 1]),
        _at("ended", "the hour is over", entries),
    )
    return {state.name: state for state in made}


def draw(pane: str, state: str, role: Role = Role.CLIENT, lang: str = "fr") -> str:
    """The HTML of a pane in a state, as that role sees it. Raises KeyError for an unknown pane or state."""
    moment = states()[state]
    scene = Scene(moment.session, moment.now, present=frozenset(moment.session.people))
    eye = scene.seen_by(Eye(role, lang))
    drawn = {id: str(html) for id, html in PANES[pane].fragments(moment.session, eye).items()}
    return place(str(PANES[pane].frame(eye)), drawn)


def sheet(panes: Iterable[str], state: str, role: Role = Role.CLIENT, lang: str = "fr") -> str:
    """Several panes in one state, each under its name, as HTML that stands alone in a notebook."""
    parts = "".join(
        f'<section class="step on" aria-label="{pane}, {state}, {role}"><h2>{pane}</h2>'
        f'<div class="pane at-gallery">{draw(pane, state, role, lang)}</div></section>'
        for pane in panes
    )
    about = states()[state].about
    return f'<div class="impact gallery" lang="{lang}"><h1>{state}: {about} ({role})</h1>{parts}</div>'


def style() -> str:
    """The styles of the pages, for a notebook."""
    return f"<style>{(ASSETS / 'impact.css').read_text(encoding='utf-8')}</style>"


def _at(name: str, about: str, entries: Iterable[Entry], after: float = 60.0) -> State:
    folded = list(entries)
    return State(name, about, reduce(evolve, folded, Session()), folded[-1].at + after)


def _before(entries: Sequence[Entry], *kinds: type) -> list[Entry]:
    """The entries before the first of those kinds."""
    return list(takewhile(lambda entry: not isinstance(entry.event, kinds), entries))


def _next(entries: Sequence[Entry], event: events.Event) -> Entry:
    last = entries[-1]
    return replace(last, seq=last.seq + 1, id=f"{last.id}-next", event=event)


def _longer(entry: Entry) -> Entry:
    event = entry.event
    if isinstance(event, events.NoteWritten):
        return replace(entry, event=replace(event, text=LONG + event.text))
    if isinstance(event, events.PersonJoined):
        return replace(entry, event=replace(event, name=f"{event.name}-Emmanuelle-Guillemette de l’Accompagnement"))
    return entry


def _many(entry: Entry) -> Iterable[Entry]:
    yield entry
    event = entry.event
    if isinstance(event, events.NoteWritten) and event.kind in ("question", "recommendation", "hypothesis"):
        for n in range(1, COPIES):
            yield replace(entry, id=f"{entry.id}-{n}", event=replace(event, note=f"{event.note}-{n}"))
