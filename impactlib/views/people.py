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
from impactlib.domain.once import once
from impactlib.domain.session import Person, Session
from impactlib.views import Eye, Pane, Part, draw
from impactlib.views.parts import Cards, Reads, Scene


def frame(eye: Eye) -> Markup:
    return draw(eye, "people", "frame")


def _people(session: Session, eye: Eye) -> Markup:
    groups = [(role, len(members)) for role in Role if (members := here(session, role))]
    away = sum(person.id not in eye.present for person in here(session, *Role))
    return draw(eye, "people", "people", groups=groups, away=away)


def _shown_out(session: Session, eye: Eye) -> Markup | None:
    out = [person for person in named(session).values() if person.out and person.id not in session.forgotten]
    return draw(eye, "people", "shown_out", out=out) if out and eye.facilitates else None


Line = tuple[Role, int] | Person
"""A line of the roster: a role with how many have it, or one person."""


@once
def _roster(session: Session) -> list[tuple[str, Line]]:
    """The lines of the roster: each role that somebody has, then those who have it, in the order in which they came."""
    everybody = [(f"{place:05}", person) for place, person in enumerate(named(session).values()) if not person.out]
    lines: list[tuple[str, Line]] = []
    for number, role in enumerate(Role):
        members = [(f"{number}.{place}", person) for place, person in everybody if person.role == role]
        if members:
            lines += [(f"{number}", (role, len(members))), *members]
    return lines


def _line(session: Session, eye: Eye, line: Line) -> Markup:
    if isinstance(line, tuple):
        return draw(eye, "people", "role_line", role=line[0], number=line[1])
    returns = _returns(session, eye, line) if eye.facilitates else []
    name = session.people[line.id].name
    return draw(eye, "people", "person_line", person=line, name=name, returns=returns)


def _line_reads(scene: Scene, line: Line) -> Reads:
    if isinstance(line, tuple):
        return ()
    return scene.session.people[line.id], line.id in scene.present, scene.session.zone


def _returns(session: Session, eye: Eye, person: Person) -> list[tuple[str, str]]:
    """The browsers by which somebody came back, each with the time at which they did."""
    return [(back.browser, hour(local(back.at, session.zone), eye.lang)) for back in person.back]


def _preparation(session: Session, eye: Eye) -> Markup | None:
    if not eye.writes("hypothesis") or session.agenda is None or not session.agenda.prepares:
        return None
    return draw(eye, "people", "preparation")


BRIEF = ("product", "audience", "objective", "change", "hypothesis")
"""What tells of a team to those who do not know it, in that order."""
FIRST = 4
"""Notes of one kind that the brief says at once; it says the next ones, folded."""
SAID = 12
"""Notes of one kind that the brief says at most; the others are counted."""
BRIEFED = frozenset({"problem", "questions"})
"""The panes beside which it is read."""


def _brief(session: Session, eye: Eye) -> Markup | None:
    if session.ended:  # the summary says it
        return None
    told = ((kind, notes) for kind in BRIEF if (notes := session.notes_of(kind)))
    said = [(kind, notes[:FIRST], notes[FIRST:SAID], len(notes[SAID:])) for kind, notes in told]
    if not said:
        return None
    # Read by those who help, while people arrive, while the problem is told, and while questions are asked of it.
    shows = session.step.shows if session.step else BRIEFED
    wanted = eye.role in (Role.CONSULTANT, Role.OBSERVER) and not BRIEFED.isdisjoint(shows)
    return draw(eye, "people", "brief", said=said, wanted=wanted)


def _brief_reads(scene: Scene) -> Reads:
    session = scene.session
    return *map(session.notes_of, BRIEF), session.step, session.ended


PANE = Pane(
    "people",
    frame,
    (
        Part("brief", _brief_reads, _brief),
        Part("people", lambda scene: (scene.session.people, scene.present), _people),
        Cards(
            "roster",
            _roster,
            lambda scene: (scene.session.people, scene.session.zone, scene.present),
            _line_reads,
            _line,
        ),
        Part("shown-out", lambda scene: (scene.session.people, scene.session.forgotten), _shown_out),
        Part("preparation", lambda scene: (scene.session.agenda,), _preparation),
    ),
    "Who is in the room.",
    replayed=True,
)
