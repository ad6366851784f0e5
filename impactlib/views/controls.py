"""The foot of the page: what was saved, the facilitator's clock, and the dialogs that every pane uses."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.clock import forecast, slack, whole_minutes
from impactlib.domain.kinds import KINDS
from impactlib.domain.once import once
from impactlib.domain.session import Note, Session
from impactlib.views import Eye, Pane, Part, Reads, Scene, draw, of_kind, signed
from impactlib.views.parts import LATEST
from impactlib.views.render import minutes


def frame(eye: Eye) -> Markup:
    return draw(eye, "controls", "frame")


def _clock(session: Session, eye: Eye) -> Markup | None:
    if not eye.facilitates:
        return None
    before, following = session.preceding, session.following
    return draw(eye, "controls", "clock", session=session, before=before, following=following)


def _adjust(session: Session, eye: Eye) -> Markup | None:
    """The current step and those to come, with what each can count on, and what is free or missing."""
    agenda, clock = session.agenda, session.clock
    if not eye.facilitates:
        return None
    if agenda is None or session.ended:
        return Markup()
    position = agenda.index(clock.step) if clock.step else 0
    return draw(
        eye,
        "controls",
        "adjust",
        session=session,
        steps=agenda.steps[position:],
        counted=forecast(clock, agenda, eye.now),
        free=whole_minutes(slack(clock, agenda, eye.now)),
    )


def _withdrawn(session: Session, eye: Eye) -> Markup | None:
    if not eye.facilitates:
        return None
    notes = withdrawn(session)
    items = [
        {**item, "of": session.notes.get(item["note"].about) if item["note"].kind in ("reading", "forecast") else None}
        for item in signed(session, notes[-LATEST:])
    ]
    return draw(eye, "controls", "withdrawn", items=items, number=len(notes))


@once
def withdrawn(session: Session) -> list[Note]:
    """The notes that were withdrawn, in the order in which they came."""
    found = (note for kind in KINDS for note in _withdrawn_of(of_kind(session, kind)))
    return sorted(found, key=lambda note: note.order)


_REMEMBERED = 512
"""Rows of notes whose withdrawn ones are remembered."""
_known: dict[int, tuple[tuple[Note, ...], list[Note]]] = {}


def _withdrawn_of(notes: tuple[Note, ...]) -> list[Note]:
    known = _known.get(id(notes))
    if known is None or known[0] is not notes:
        if len(_known) > _REMEMBERED:
            _known.clear()
        known = _known[id(notes)] = notes, [note for note in notes if note.withdrawn]
    return known[1]


def _adjust_reads(scene: Scene) -> Reads:
    agenda, clock = scene.session.agenda, scene.session.clock
    counted = forecast(clock, agenda, scene.now) if agenda else {}
    free = slack(clock, agenda, scene.now) if agenda else 0.0
    return agenda, clock, {id: minutes(seconds) for id, seconds in counted.items()}, whole_minutes(free)


def _withdrawn_reads(scene: Scene) -> Reads:
    return withdrawn(scene.session), scene.session.people, scene.session.clock.started


PANE = Pane(
    "controls",
    frame,
    (
        Part("clock", lambda scene: (scene.session.clock, scene.session.agenda), _clock),
        Part("adjust", _adjust_reads, _adjust),
        Part("withdrawn", _withdrawn_reads, _withdrawn),
    ),
    "The foot of the page: what was saved, the facilitator's clock, the dialogs.",
)
