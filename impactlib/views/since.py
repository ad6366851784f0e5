"""Since last time: what was promised and what became of it, and what changed since the session before."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.clock import day_of
from impactlib.domain.features import effects
from impactlib.domain.formats import day
from impactlib.domain.review import is_vision, kept_promises, next_on, recurs, since
from impactlib.domain.session import Note, Session
from impactlib.views import Eye, Pane, Part, Reads, Scene, cards, draw, of_kind, signed
from impactlib.views.wording import reworded


def frame(eye: Eye) -> Markup:
    return draw(eye, "since", "frame")


def _count(session: Session, eye: Eye) -> Markup:
    done, every = kept_promises(session)
    return draw(eye, "since", "count", done=done, all=every)


def _card(session: Session, eye: Eye, note: Note) -> Markup:
    return draw(eye, "since", "card", item=signed(session, [note])[0])


def _delivered(session: Session, eye: Eye) -> Markup | None:
    found = effects(session)
    return draw(eye, "features", "delivered", effects=found) if found else None


def _changes(session: Session, eye: Eye) -> Markup | None:
    found, comes_again = since(session), recurs(session) > 0
    if found is None and not comes_again:
        return None
    told = [(note, reworded(changes, eye.lang)) for note, changes in found.changed] if found else []
    return draw(
        eye,
        "since",
        "changes",
        since=found,
        changed=[one for one in told if one[1]],
        day=day(day_of(found.held_at, session.zone), eye.lang) if found else "",
        again=is_vision(session) and session.vision is not None,
        next_on=next_on(session).isoformat() if comes_again else "",
    )


def _reads(scene: Scene) -> Reads:
    session = scene.session
    earlier = session.follows, session.vision
    return session.notes, *earlier, session.zone, session.shared, session.held_at, session.agenda


def _delivered_reads(scene: Scene) -> Reads:
    session = scene.session
    return *(of_kind(session, kind) for kind in ("feature", "metric", "reading")), session.zone


PANE = Pane(
    "since",
    frame,
    (
        Part("kept-promises", lambda scene: (of_kind(scene.session, "promise"),), _count),
        cards("promises", "promise", _card),
        Part("delivered", _delivered_reads, _delivered),
        Part("changes-since", _reads, _changes),
    ),
    "What was promised, and what changed since the session before.",
    replayed=True,
)
