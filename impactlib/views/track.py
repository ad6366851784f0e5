"""Where we are: the step track, each step as wide as its minutes, and the time left."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from impactlib.domain import clock
from impactlib.domain.agenda import Agenda, Role, Step
from impactlib.domain.session import Session
from impactlib.views import Eye, Pane, Part, Reads, Scene, draw
from impactlib.views.render import minutes


@dataclass(frozen=True)
class Counted:
    """The whole minutes that a step counts on and those that were `planned`, where it is said: `again` of a step that
    has used up some of them and is still to come, once more."""

    minutes: int
    planned: int
    again: bool = False


@dataclass(frozen=True)
class Overrun:
    """From which steps the present overrun is being taken, and whether it still fits into time that is free."""

    steps: tuple[Step, ...] = ()
    free: bool = False


def frame(eye: Eye) -> Markup:
    return draw(eye, "track", "frame")


def _track(session: Session, eye: Eye) -> Markup:
    asked = clock.asked(session.clock, session.agenda) if session.agenda else 0.0
    counted, over = _counted(session, eye.now), _overrun(session, eye.now)
    return draw(eye, "track", "track", session=session, counted=counted, over=over, asked=asked)


def _counted(session: Session, now: float) -> dict[str, Counted]:
    """The minutes of each step that is not passed over."""
    if session.agenda is None:
        return {}
    ahead = clock.forecast(session.clock, session.agenda, now)
    return {step.id: _minutes(session, step, ahead) for step in session.steps if not step.hidden}


def _minutes(session: Session, step: Step, ahead: dict[str, float]) -> Counted:
    had = session.clock
    planned = minutes(60 * (step.minutes if step.foreseen is None else step.foreseen))
    if step.id in ahead:
        return Counted(minutes(ahead[step.id]), planned, again=had.spent.get(step.id, 0.0) > 0)
    if step.id == had.step and not session.ended:
        return Counted(minutes(had.granted + had.spent.get(step.id, 0.0)), planned)
    return Counted(minutes(step.seconds + had.added.get(step.id, 0.0)), planned)


def _overrun(session: Session, now: float) -> Overrun:
    agenda: Agenda | None = session.agenda
    if agenda is None or session.clock.step is None or clock.remaining(session.clock, now) >= 0:
        return Overrun()
    over = -clock.remaining(session.clock, now)
    on_time = replace(session.clock, ends=session.clock.ends + over)
    before, after = (clock.forecast(known, agenda, now) for known in (on_time, session.clock))
    taken = tuple(step for step in session.steps if after.get(step.id, 0) < before.get(step.id, 0) - 1)
    return Overrun(taken, free=not taken and clock.slack(session.clock, agenda, now) >= 0)


def _deserted(session: Session, eye: Eye) -> Markup | None:
    """Of a rehearsal, what its facilitator does once nobody plays the others."""
    alone = session.rehearsal and eye.facilitates and _is_deserted(session, eye.present)
    return draw(eye, "track", "deserted") if alone else None


def _is_deserted(session: Session, present: frozenset[str]) -> bool:
    """Whether all those who had come to play have left."""
    others = [person.id for person in session.people.values() if person.role != Role.FACILITATOR]
    return bool(others) and present.isdisjoint(others)


def _newer(session: Session, eye: Eye) -> Markup | None:
    """What a newer kit wrote, which servers of the kit before cannot show while they are replaced one by one."""
    return draw(eye, "track", "newer", count=session.unknown) if session.unknown else None


def _reads(scene: Scene) -> Reads:
    session = scene.session
    counted, over = _counted(session, scene.now), _overrun(session, scene.now)
    return session.clock, session.agenda, session.team, session.rehearsal, counted, over


def _deserted_reads(scene: Scene) -> Reads:
    return scene.session.rehearsal, scene.session.rehearsal and _is_deserted(scene.session, scene.present)


PANE = Pane(
    "track",
    frame,
    (
        Part("track", _reads, _track),
        Part("deserted", _deserted_reads, _deserted),
        Part("newer", lambda scene: (scene.session.unknown,), _newer),
    ),
    "The step track and the time left.",
    replayed=True,
)
