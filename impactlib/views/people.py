"""Who is here, by role, connected or not; and what the team says of itself. The facilitator can correct somebody, show
them out, or say that somebody who came back by another browser is not the same person.

People who prepare have a link to *Prepare*, if the agenda leaves anything to prepare.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

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
    much = len(_much(session)) if eye.facilitates else 0
    return draw(eye, "people", "people", groups=groups, away=away, much=much)


@once
def _much(session: Session) -> dict[str, int]:
    """How many notes stand of those who wrote much more in a short time than anybody does by hand."""
    found = ((id, session.people.get(id), one.standing) for id, one in session.written.items() if one.much)
    return {id: standing for id, person, standing in found if person and not person.out and standing}


CROWD, CROWDS_NOTES = 30, 1_000
"""People of a role from which they can be shown out together, and notes of theirs from which these can be withdrawn
too: a link that went too far lets in many."""


class Crowd(NamedTuple):
    """Who of a role is offline: those who wrote and scored nothing, those who wrote, and how many notes of theirs
    stand; empty for a few."""

    silent: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    notes: int = 0


def _crowd(session: Session, role: Role, present: Collection[str]) -> Crowd:
    away = [person.id for person in session.here(role) if person.id not in present]
    if len(away) < CROWD or role == Role.FACILITATOR:
        return Crowd()
    scored = {person for round in session.rounds for _, person in round.scores}
    silent = tuple(id for id in away if id not in session.written and id not in scored)
    standing = {id: one.standing for id in away if (one := session.written.get(id)) and one.standing}
    flooded = len(standing) >= CROWD and sum(standing.values()) >= CROWDS_NOTES
    writers = tuple(standing) if flooded else ()
    return Crowd(silent if len(silent) >= CROWD else (), writers, sum(standing.values()) if flooded else 0)


SHOWN_OUT = 20
"""People who were shown out of whom a list says the names; the others are counted."""


def _shown_out(session: Session, eye: Eye) -> Markup | None:
    out = [person for person in named(session).values() if person.out and person.id not in session.forgotten]
    if not out or not eye.facilitates:
        return None
    swept = {person.id: known.swept for person in out if (known := session.written.get(person.id))}
    return draw(eye, "people", "shown_out", out=out[-SHOWN_OUT:], others=len(out[:-SHOWN_OUT]), swept=swept)


def _shown_out_reads(scene: Scene) -> Reads:
    session = scene.session
    out = (session.written.get(id) for id, person in session.people.items() if person.out)
    return session.people, session.forgotten, tuple(one.swept if one else 0 for one in out)


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
        crowd = _crowd(session, line[0], eye.present) if eye.facilitates else Crowd()
        return draw(eye, "people", "role_line", role=line[0], number=line[1], crowd=crowd)
    returns = _returns(session, eye, line) if eye.facilitates else []
    name = session.people[line.id].name
    much = _much(session).get(line.id, 0) if eye.facilitates else 0
    return draw(eye, "people", "person_line", person=line, name=name, returns=returns, much=much)


def _line_reads(scene: Scene, line: Line) -> Reads:
    session = scene.session
    if isinstance(line, tuple):
        return (_crowd(session, line[0], scene.present),)
    return session.people[line.id], line.id in scene.present, session.zone, _much(session).get(line.id)


def _roster_reads(scene: Scene) -> Reads:
    session = scene.session
    crowds = [_crowd(session, role, scene.present) for role in Role]
    return session.people, session.zone, scene.present, _much(session), crowds


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
        Part("people", lambda scene: (scene.session.people, scene.present, _much(scene.session)), _people),
        Cards(
            "roster",
            _roster,
            _roster_reads,
            _line_reads,
            _line,
        ),
        Part("shown-out", _shown_out_reads, _shown_out),
        Part("preparation", lambda scene: (scene.session.agenda,), _preparation),
    ),
    "Who is in the room.",
    replayed=True,
)
