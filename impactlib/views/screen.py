"""The room's screen: what everybody looks at together, on a projector or in a shared window. It has no control.

Where we are and the time left; one sentence for the whole room; then one thing at a time, the *subject*: the notes of
the step as they come, the note that the room looks at together, a round that fills, what the scores say, what the team
leaves with. It says the same to every role, and no more than an observer reads in the room.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from heapq import nlargest
from operator import attrgetter
from typing import Any

from markupsafe import Markup

from impactlib.domain.agenda import Role
from impactlib.domain.moments import Moment, chooses, moment
from impactlib.domain.once import once
from impactlib.domain.scoring import Vote
from impactlib.domain.session import Note, Session
from impactlib.domain.standing import finished, standing, voters
from impactlib.views import Cards, Eye, Pane, Part, Reads, Scene, draw, of_kind, signatures, signed
from impactlib.views.metrics import points, to_talk_about

KINDS: Mapping[str, tuple[str, ...]] = {
    "tour": ("expectation",),
    "problem": ("problem", "audience", "goal"),
    "testimonies": ("testimony",),
    "questions": ("question", "answer"),
    "contract": ("contract",),
    "recommendations": ("hypothesis", "recommendation"),
    "inventory": ("source",),
    "matrix": ("metric",),
    "metrics": ("metric",),
    "learnings": ("learning", "action"),
}
"""The kinds of notes that the screen shows for each pane that a step opens; how to reach a team is not for a wall."""

SHOWN = 6
"""Notes that are shown, the newest; a page leaves out those that do not fit, and counts them with the others."""
RANKED = 5
"""Metrics of the ranking that are named, the first; as many as a round takes."""

DOT = 10
"""From one vote to the next beside it, in the square of the picture."""


class Subject(StrEnum):
    """What the screen is about."""

    BEFORE = "before"
    NOTES = "notes"
    TOGETHER = "together"
    ROUND = "round"
    REVEAL = "reveal"
    ENDED = "ended"


def subject(session: Session) -> Subject:
    """What the screen is about now."""
    if session.ended:
        return Subject.ENDED
    if session.looked_at:
        return Subject.TOGETHER
    if session.step is None:
        return Subject.BEFORE
    match moment(session):
        case Moment.SCORE:
            return Subject.ROUND
        case Moment.CHOOSE:
            return Subject.REVEAL
    return Subject.NOTES


def joining(session: Session) -> str:
    """How the ways in are shown: "large" before the hour, "small" in its first step, "" from then on."""
    if session.step is None:
        return "" if session.ended else "large"
    return "small" if not session.ended and session.preceding is None else ""


def frame(eye: Eye) -> Markup:
    return draw(eye, "screen", "frame")


# Where we are -----------------------------------------------------------------------------------------


def _place(session: Session, eye: Eye) -> Markup:
    steps = [step for step in session.steps if not step.hidden or step is session.step]
    number = steps.index(session.step) + 1 if session.step else 0
    return draw(eye, "screen", "place", session=session, steps=steps, number=number)


def _place_reads(scene: Scene) -> Reads:
    return scene.session.clock, scene.session.agenda, scene.session.team


def _people(session: Session, eye: Eye) -> Markup | None:
    """Who has arrived, as long as people arrive."""
    if not joining(session):
        return None
    roles = [(role, len(session.here(role))) for role in (Role.CLIENT, Role.CONSULTANT, Role.OBSERVER)]
    return draw(eye, "screen", "people", roles=roles)


# The subject ------------------------------------------------------------------------------------------


def _subject(session: Session, eye: Eye) -> Markup:
    what = subject(session)
    facts = _FACTS[what](session) if what in _FACTS else {}
    return draw(eye, "screen", "subject", session=session, what=what.value, joining=joining(session), facts=facts)


def _notes_facts(session: Session) -> dict[str, Any]:
    return {"total": _count(session), "chosen": session.kept_metrics() if _chooses(session) else []}


def _chooses(session: Session) -> bool:
    """Whether the step is about what the team leaves with, the metrics that it keeps among them."""
    return session.step is not None and "learnings" in session.step.shows


def _together_facts(session: Session) -> dict[str, Any]:
    note = session.looked_at
    return {"item": signed(session, [note])[0] if note else None}


def _round_facts(session: Session) -> dict[str, Any]:
    round = session.round
    if round is None:
        return {}
    asked = [metric for metric in session.notes_of("metric") if round.takes(metric.id)]
    return {"asked": asked, "done": len(finished(session, round)), "all": len(voters(session))}


def _reveal_facts(session: Session) -> dict[str, Any]:
    """The numbers of the sentence, the picture, and the first of the order."""
    scores, talk = standing(session), to_talk_about(session)
    scored = [row for row in scores.rows if row.place]
    return {
        "chooses": chooses(session),
        "agreement": scores.agreement,
        "worth": bool(talk),
        "talk": {topic.metric for topic in talk},
        "kept": session.kept,
        "people": len({vote.person for given in scores.cast.values() for vote in given}),
        "rows": [(row, session.notes[row.metric]) for row in scored[:RANKED]],
        "others": max(0, len(scored) - RANKED),
        "points": points(scores.rows),
        "dots": _dots([vote for given in scores.cast.values() for vote in given]),
    }


def _dots(votes: Sequence[Vote]) -> list[dict[str, object]]:
    """Where each vote stands, in the square of `points`; those of one place stand side by side, three a line."""
    taken: Counter[tuple[int, int]] = Counter()
    dots: list[dict[str, object]] = []
    for vote in votes:
        line, column = divmod(taken[vote.ease, vote.value], 3)
        taken[vote.ease, vote.value] += 1
        x, y = (vote.ease - 1) * 50 + DOT * column, (vote.value - 1) * 50 - DOT * line
        dots.append({"role": vote.role, "x": x, "y": y})
    return dots


def _ended_facts(session: Session) -> dict[str, Any]:
    return {
        "kept": session.kept_metrics(),
        "actions": session.notes_of("action"),
        "learnings": signed(session, session.notes_of("learning")[-SHOWN:]),
    }


_FACTS: Mapping[Subject, Callable[[Session], dict[str, Any]]] = {
    Subject.NOTES: _notes_facts,
    Subject.TOGETHER: _together_facts,
    Subject.ROUND: _round_facts,
    Subject.REVEAL: _reveal_facts,
    Subject.ENDED: _ended_facts,
}


def _subject_reads(scene: Scene) -> Reads:
    session = scene.session
    what = subject(session)
    read: Reads = ()
    match what:
        case Subject.NOTES:
            read = (_count(session), *((of_kind(session, "metric"), session.kept) if _chooses(session) else ()))
        case Subject.TOGETHER:
            read = (session.looked_at, *(signatures(scene, session.looked_at) if session.looked_at else ()))
        case Subject.ROUND | Subject.REVEAL:
            read = (of_kind(session, "metric"), session.rounds, session.people, session.kept)
        case Subject.ENDED:
            kinds = ("metric", "action", "learning")
            read = (*(of_kind(session, kind) for kind in kinds), session.kept, session.people, session.clock.started)
    paused = session.clock.paused is not None
    return (what, session.clock.step, session.agenda, paused, session.listening, joining(session), *read)


# The notes of the step --------------------------------------------------------------------------------


def _kinds(session: Session) -> dict[str, None]:
    if session.step is None or subject(session) != Subject.NOTES:
        return {}
    return dict.fromkeys(kind for pane in session.step.shows for kind in KINDS.get(pane, ()))


@once
def _count(session: Session) -> int:
    """How many notes the step has to show."""
    return sum(len(_said(session, kind)) for kind in _kinds(session))


def _said(session: Session, kind: str) -> Sequence[Note]:
    """The notes of a kind that say something: an answer may have been given aloud."""
    notes = session.notes_of(kind)
    return [note for note in notes if note.text] if kind == "answer" else notes


@once
def _notes(session: Session) -> list[tuple[str, Note]]:
    """The newest notes of the step, the newest first; the key of each keeps that order."""
    latest = [note for kind in _kinds(session) for note in _said(session, kind)[-SHOWN:]]
    return [(f"{10**9 - note.order:09}", note) for note in nlargest(SHOWN, latest, key=attrgetter("order"))]


def _note(session: Session, eye: Eye, note: Note) -> Markup:
    return draw(eye, "screen", "note", item=signed(session, [note])[0], about=_about(session, note))


def _about(session: Session, note: Note) -> Note | None:
    """The note that this one answers, or is advice on."""
    about = session.notes.get(note.about)
    return None if about is None or about.withdrawn else about


def _notes_reads(scene: Scene) -> Reads:
    shown = [note for _, note in _notes(scene.session)]
    return (*shown, *(_about(scene.session, note) for note in shown), *signatures(scene, *shown))


def _note_reads(scene: Scene, note: Note) -> Reads:
    return _about(scene.session, note), *signatures(scene, note)


PANE = Pane(
    "screen",
    frame,
    (
        Part("screen-place", _place_reads, _place),
        Part("screen-subject", _subject_reads, _subject),
        Cards("screen-notes", _notes, _notes_reads, _note_reads, _note),
        Part("screen-people", lambda scene: (scene.session.people, joining(scene.session)), _people),
    ),
    "The room's screen, without a control.",
)
