"""Prepare: where the team is before the hour and on its path, who prepares just now, and the way to the workshop."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from impactlib.domain.agenda import Role
from impactlib.domain.hypotheses import drafts
from impactlib.domain.names import here
from impactlib.domain.session import Session
from impactlib.views import Eye, Pane, Part, Reads, Scene, draw, of_kind
from impactlib.views.points import asked


def frame(eye: Eye) -> Markup:
    return draw(eye, "prepare", "frame")


def _hour(session: Session, eye: Eye) -> Markup:
    return draw(eye, "prepare", "hour", session=session)


def _hour_reads(scene: Scene) -> Reads:
    session = scene.session
    return session.ended, session.step, session.team, session.agenda.needs if session.agenda else None


def _preparing(session: Session, eye: Eye) -> Markup:
    team = here(session, Role.CLIENT, Role.FACILITATOR)
    return draw(eye, "prepare", "preparing", people=[person for person in team if person.id in eye.present])


@dataclass(frozen=True)
class Stage:
    """A stage of the path: the sections that it shows, what is there already, and whether it is enough."""

    name: str
    shows: str
    said: str
    done: bool


def _path(session: Session, eye: Eye) -> Markup:
    hypotheses, metrics = session.notes_of("hypothesis"), session.notes_of("metric")
    sources, open = session.notes_of("source"), len(asked(session))
    product = bool(session.notes_of("product"))
    measured = any(metric.text for metric in metrics)
    stages = (
        Stage("drafts", "drafts", _number(len(drafts(session))), measured),
        Stage("ground", "ground", "", product),
        Stage("points", "points", _number(open), bool(hypotheses or metrics) and not open),
        Stage("inventory", "inventory", _number(len(sources)), bool(sources)),
        Stage("matrix", "matrix whose", "", False),
    )
    missing = "" if measured and product else "product" if measured else "hypothesis"
    return draw(eye, "prepare", "path", stages=stages, enough=not missing, missing=missing)


def _number(of: int) -> str:
    return str(of) if of else ""


def _path_reads(scene: Scene) -> Reads:
    return tuple(of_kind(scene.session, kind) for kind in ("hypothesis", "metric", "source", "product"))


PANE = Pane(
    "prepare",
    frame,
    (
        Part("hour", _hour_reads, _hour),
        Part("path", _path_reads, _path),
        Part("preparing", lambda scene: (scene.session.people, scene.present), _preparing),
    ),
    "Where the team is before the hour, and the way to the workshop.",
)
