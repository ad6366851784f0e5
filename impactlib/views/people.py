"""Who is here, by role, connected or not; and what the team says of itself. The facilitator can correct somebody, show
them out, or say that somebody who came back by another browser is not the same person.

People who prepare have a link to *Prepare*, if the agenda leaves anything to prepare.
"""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.agenda import Role
from impactlib.domain.clock import local
from impactlib.domain.formats import hour
from impactlib.domain.names import here, named
from impactlib.domain.session import Session
from impactlib.views import Eye, Pane, Part, draw


def frame(eye: Eye) -> Markup:
    return draw(eye, "people", "frame")


def _people(session: Session, eye: Eye) -> Markup:
    groups = [(role, members) for role in Role if (members := here(session, role))]
    everybody = named(session).values()
    out = [person for person in everybody if person.out] if eye.facilitates else []
    away = sum(person.id not in eye.present for person in everybody if not person.out)
    returns = _returns(session, eye) if eye.facilitates else {}
    return draw(eye, "people", "people", groups=groups, out=out, away=away, given=session.people, returns=returns)


def _returns(session: Session, eye: Eye) -> dict[str, list[tuple[str, str]]]:
    """The browsers by which people came back, each with the time at which it did."""

    def at(time: float) -> str:
        return hour(local(time, session.zone), eye.lang)

    return {id: [(back.browser, at(back.at)) for back in person.back] for id, person in session.people.items()}


def _preparation(session: Session, eye: Eye) -> Markup | None:
    if not eye.writes("hypothesis") or session.agenda is None or not session.agenda.prepares:
        return None
    return draw(eye, "people", "preparation")


BRIEF = ("product", "audience", "objective", "change", "hypothesis")
"""What tells of a team to those who do not know it, in that order."""
BRIEFED = frozenset({"problem", "questions"})
"""The panes beside which it is read."""


def _brief(session: Session, eye: Eye) -> Markup | None:
    said = [(kind, notes) for kind in BRIEF if (notes := session.notes_of(kind))]
    if not said:
        return None
    # Read by those who help, while people arrive, while the problem is told, and while questions are asked of it.
    shows = session.step.shows if session.step else BRIEFED
    wanted = eye.role in (Role.CONSULTANT, Role.OBSERVER) and not BRIEFED.isdisjoint(shows)
    return draw(eye, "people", "brief", said=said, wanted=wanted)


PANE = Pane(
    "people",
    frame,
    (
        Part("brief", lambda scene: (*map(scene.session.notes_of, BRIEF), scene.session.step), _brief),
        Part("people", lambda scene: (scene.session.people, scene.session.zone, scene.present), _people),
        Part("preparation", lambda scene: (scene.session.agenda,), _preparation),
    ),
    "Who is in the room.",
    replayed=True,
)
