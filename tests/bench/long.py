"""Long sessions: as many notes as a measure needs, in the mix of a real hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count, islice, product

from impactlib.domain.agenda_files import DEFAULT, load_text
from impactlib.domain.events import (
    DetailSet,
    Entry,
    Event,
    NoteEdited,
    NoteWritten,
    PersonJoined,
    SessionOpened,
    StepStarted,
)
from impactlib.domain.session_file import SessionFile

STARTED = 1_780_000_000.0
"""When the hour begins, in seconds since 1970."""
GAP = 0.36
"""Seconds between two gestures."""
CAST = ("facilitator", "client", "client", *("consultant",) * 3, *("observer",) * 6)
"""The roles of twelve people."""
PEOPLE = tuple((f"person-{number:02}", role) for number, role in enumerate(CAST))
"""The people, as ids and roles; the first six write."""
STEP = "questions"

Told = tuple[str, str, tuple[Event, ...]]
"""The author, the id of the first entry, the events."""


def of_notes(
    notes: int, session: str = "longhour", people: Sequence[tuple[str, str]] = PEOPLE, started: float = STARTED
) -> SessionFile:
    """A session of that many notes, whose hour began at `started`."""
    told = chain(_beginning(people), islice(written(people), notes))
    return SessionFile(session, tuple(entries(told, session, started)))


def of_entries(number: int) -> SessionFile:
    """A session of that many entries."""
    told = entries(chain(_beginning(PEOPLE), written(PEOPLE)), "longhour", STARTED)
    return SessionFile("longhour", tuple(islice(told, number)))


def entries(told: Iterator[Told], session: str, started: float) -> Iterator[Entry]:
    """The entries of what was told, which fill an hour when there are 10,000 of them."""
    places = count(1)
    for turn, (by, id, events) in enumerate(told):
        for number, event in enumerate(events):
            name = f"{id}.{number}" if number else id
            yield Entry(session, next(places), name, started + turn * GAP, by, "", event)


def _beginning(people: Sequence[tuple[str, str]]) -> Iterator[Told]:
    text, _ = load_text(DEFAULT)
    yield "", "open-session", (SessionOpened("Colis Solidaire", text),)
    for number, (person, role) in enumerate(people):
        yield person, f"join-{person}", (PersonJoined(person, f"{role} {number}", role),)
    yield people[0][0], "start-the-hour", (StepStarted(STEP),)


def written(people: Sequence[tuple[str, str]]) -> Iterator[Told]:
    """Notes without end; one in forty is corrected at once."""
    for turn in count():
        for number, (by, kind, text, about, details) in enumerate(_ROUND):
            id = f"note-{turn:05}-{number:02}"
            said = NoteWritten(id, kind, text.format(turn), f"note-{turn:05}-{about:02}" if about >= 0 else "")
            more: list[Event] = [DetailSet(id, name, value) for name, value in details]
            if number == 0 and turn % 2:
                more.append(NoteEdited(f"note-{turn:05}-00", f"{text.format(turn)} (précisé)"))
            yield people[by][0], id, (said, *more)


def _round() -> Iterator[tuple[int, str, str, int, Sequence[tuple[str, str]]]]:
    """Twenty notes: who writes, the kind, the text, the note of this round that it is about (-1: none), details."""
    for asked, by in enumerate((3, 4, 5, 3, 4)):
        yield by, "question", f"Qui renonce aujourd’hui, et à quel moment du parcours {{}} ? ({asked})", -1, ()
        yield 1 + asked % 2, "answer", "Surtout des personnes qui n’ont pas d’imprimante ; dossier {}.", 2 * asked, ()
    statement = (("concept", "useful"), ("objective", "Moins de renoncements"))
    yield 1, "hypothesis", "Si l’avis de passage {} est clair, **moins de gens** se déplacent pour rien.", -1, statement
    figures = (("unit", "%"), ("quality", "90"), ("baseline", "35"), ("baseline_date", "2026-01-15"), ("target", "20"))
    yield 2, "metric", "Part des colis {} remis au premier passage", 10, figures
    for by, about in product((3, 4), (10, 11)):
        yield by, "recommendation", "Commencez par compter les retours du canal {}, chaque semaine.", about, ()
    yield 0, "expectation", "Comprendre ce qui compte pour vos usagers, point {}.", -1, ()
    yield 5, "expectation", "Repartir avec une mesure qui tient, point {}.", -1, ()
    yield 1, "learning", "Nous mesurions l’usage {} ; c’est le renoncement qui compte.", -1, ()
    yield 4, "learning", "Un délai médian {} se suit mieux qu’une moyenne.", -1, ()


_ROUND = tuple(_round())
