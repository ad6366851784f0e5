"""The summary as it stands, with what is still to complete: the parts of the files to download, but who was there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from impactlib.domain import kinds
from impactlib.domain.kinds import Place
from impactlib.domain.once import once
from impactlib.domain.session import Note, Session
from impactlib.domain.summary import Outline
from impactlib.views import Cards, Eye, Pane, Reads, Scene, draw, of_kind, opener, signing
from impactlib.views.metrics import points
from impactlib.views.parts import LATEST
from impactlib.views.wording import Reworded, erased_when, reworded


def frame(eye: Eye) -> Markup:
    return draw(eye, "summary", "frame")


def _notes(*names: str) -> Callable[[Scene], Reads]:
    """Notes of those kinds, with all that a section says of one: who wrote it, and what has changed in it since."""

    def reads(scene: Scene) -> Reads:
        session = scene.session
        notes = (of_kind(session, name) for name in names)
        return *notes, *signing(scene), session.clock.ended, session.before, session.kept

    return reads


def _at(place: Place) -> Callable[[Scene], Reads]:
    def reads(scene: Scene) -> Reads:
        return _notes(*(kind.name for kind in kinds.KINDS.values() if kind.title and kind.place == place))(scene)

    return reads


def _missing(scene: Scene) -> Reads:
    session = scene.session
    return session.notes, session.kept, session.rounds, session.clock, session.agenda, session.zone


def _ranked(scene: Scene) -> Reads:
    return of_kind(scene.session, "metric"), scene.session.rounds, scene.session.people


def _lasted(scene: Scene) -> Reads:
    return scene.session.clock, scene.session.agenda


def _judged(scene: Scene) -> Reads:
    session = scene.session
    return (
        *_notes("metric", "reading", "verdict")(scene),
        session.follows,
        session.held_at,
        session.zone,
        session.agenda,
    )


def _since(scene: Scene) -> Reads:
    session = scene.session
    return session.notes, session.follows, session.vision, session.zone, session.clock, session.agenda


def _until(scene: Scene) -> Reads:
    session = scene.session
    return session.notes, session.clock, session.agenda, session.kept, session.zone, session.erasure


def _of_the_stages(scene: Scene) -> Reads:
    return *_notes("metric", "reading")(scene), scene.session.zone, scene.session.agenda


def _of_the_matrix(scene: Scene) -> Reads:
    return *_notes("metric", "hypothesis", "source", "reading")(scene), scene.session.agenda


SECTIONS: dict[str, Callable[[Scene], Reads]] = {
    "contract": _notes("contract"),
    "promised": _notes("promise"),
    "judged": _judged,
    "endings": _notes("ending", "metric"),
    Place.FIRST: _at(Place.FIRST),
    "kept": _notes("metric", "source"),
    "centre": lambda scene: (*_of_the_stages(scene), *_of_the_matrix(scene)),
    "actions": _notes("action", "recommendation"),
    "picture": _ranked,
    "missing": _missing,
    "since": _since,
    "figures": _notes("metric", "reading", "feature"),
    "forecasts": lambda scene: (*_of_the_stages(scene), *_notes("forecast")(scene)),
    "features": _notes("feature", "metric", "reading"),
    "ranking": _ranked,
    "definitions": _notes("metric", "source"),
    "prepared": _notes("product", "objective", "change"),
    Place.GROUND: _at(Place.GROUND),
    "questions": _notes("question", "answer"),
    Place.VOICES: _at(Place.VOICES),
    "hypotheses": _notes("hypothesis", "metric", "recommendation", "source"),
    "others": lambda scene: (*_notes("metric", "hypothesis", "source")(scene), scene.session.rounds),
    "advice": _notes("recommendation", "hypothesis", "metric"),
    Place.LAST: _at(Place.LAST),
    "matrix": _of_the_matrix,
    "sources": _notes("source"),
    "minutes": _lasted,
    "until": _until,
}
"""The sections in their order, each with what it reads; those that are named after a place hold what stands there.
The results come first, on one page; what is still to complete comes after them, then the whole."""

RESULTS = tuple(SECTIONS)[: list(SECTIONS).index("missing")]
"""The sections that are copied for a mail."""

_KEYS = [(f"{number:02}", name) for number, name in enumerate(SECTIONS)]


def _items(session: Session) -> Sequence[tuple[str, str]]:
    return _KEYS


@once
def _outline(session: Session) -> Outline:
    return Outline(session, LATEST)


def _section(session: Session, eye: Eye, section: str) -> Markup:
    outline = _outline(session)
    if section in list(Place):
        return draw(eye, "summary", "parts_section", outline=outline, place=section, result=section in RESULTS)

    def changes(note: Note) -> list[Reworded]:
        return reworded(outline.changes(note), eye.lang)

    if section == "since":
        told = [(note, reworded(found, eye.lang)) for note, found in (outline.since.changed if outline.since else ())]
        return draw(eye, "summary", "since_section", outline=outline, changed=[one for one in told if one[1]])
    if section == "until":
        return draw(eye, "summary", "until_section", erased=erased_when(session, eye.lang))
    if section == "picture":
        return draw(eye, "summary", "picture_section", outline=outline, points=points(list(outline.scored)))
    steps = {"step": opener(session, "learnings"), "ledger": opener(session, "recommendations")}
    return draw(eye, "summary", f"{section}_section", outline=outline, changes=changes, **steps)


def _reads(scene: Scene) -> Reads:
    session = scene.session
    told = session.notes, session.before, session.rounds, session.kept, session.people
    return *told, session.clock, session.agenda, session.zone, session.erasure


def _before_the_end(session: Session) -> bool:
    return not session.ended


PANE = Pane(
    "summary",
    frame,
    (
        Cards(
            "summary",
            _items,
            _reads,
            lambda scene, section: SECTIONS[section](scene),
            _section,
            on_demand=_before_the_end,
        ),
    ),
    "The summary as it stands.",
    replayed=True,
)
