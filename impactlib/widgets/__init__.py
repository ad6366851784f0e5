"""What a notebook shows: one pane per line::

    widgets.track(live)
    widgets.now(live)

Every pane is the same widget: it draws the fragments of one view and sends gestures.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from impactlib.live import Live
from impactlib.views import (
    contract as _contract,
    controls as _controls,
    home as _home,
    inventory as _inventory,
    learnings as _learnings,
    matrix as _matrix,
    metrics as _metrics,
    now as _now,
    people as _people,
    prepare as _prepare,
    prepare_drafts as _prepare_drafts,
    prepare_foot as _prepare_foot,
    prepare_ground as _prepare_ground,
    problem as _problem,
    questions as _questions,
    recommendations as _recommendations,
    script as _script,
    summary as _summary,
    testimonies as _testimonies,
    tour as _tour,
    track as _track,
)
from impactlib.widgets.pane import Pane
from impactlib.widgets.played import Played, found


def track(live: Live) -> Pane:
    """The step track and the time left."""
    return _pane(live, _track)


def now(live: Live) -> Pane:
    """What my role does now."""
    return _pane(live, _now)


def tour(live: Live) -> Pane:
    """Tour de table: who is here and what each expects."""
    return _pane(live, _tour)


def problem(live: Live) -> Pane:
    """Problem statement: the problem, for whom, expectations."""
    return _pane(live, _problem)


def questions(live: Live) -> Pane:
    """Questions and answers."""
    return _pane(live, _questions)


def testimonies(live: Live) -> Pane:
    """The wall of testimonies."""
    return _pane(live, _testimonies)


def contract(live: Live) -> Pane:
    """The request in one sentence."""
    return _pane(live, _contract)


def recommendations(live: Live) -> Pane:
    """Hypotheses of impact, and advice."""
    return _pane(live, _recommendations)


def metrics(live: Live) -> Pane:
    """Metrics, their scores and their ranking."""
    return _pane(live, _metrics)


def learnings(live: Live) -> Pane:
    """Learnings, metrics kept, actions."""
    return _pane(live, _learnings)


def prepare(live: Live) -> Pane:
    """Where the team is before the hour, and the way to the workshop."""
    return _pane(live, _prepare)


def drafts(live: Live) -> Pane:
    """Three questions, and the hypotheses being drafted."""
    return _pane(live, _prepare_drafts)


def ground(live: Live) -> Pane:
    """The product, its users, the objectives, the change sought."""
    return _pane(live, _prepare_ground)


def prepare_foot(live: Live) -> Pane:
    """The foot of a page where a team prepares: what was saved."""
    return _pane(live, _prepare_foot)


def inventory(live: Live) -> Pane:
    """The sources of data, and what each metric can be computed from."""
    return _pane(live, _inventory)


def matrix(live: Live) -> Pane:
    """The impact matrix, and what fills it."""
    return _pane(live, _matrix)


def in_steps(live: Live, pane: str) -> Pane:
    """A pane that only some agendas open, "inventory" or "matrix": empty where no step shows it."""
    view = {"inventory": _inventory, "matrix": _matrix}[pane]
    return _pane(live, view) if live.opens(pane) else Pane(live, frame="")


def summary(live: Live) -> Pane:
    """The summary as it stands."""
    return _pane(live, _summary)


def people(live: Live) -> Pane:
    """Who is in the room."""
    return _pane(live, _people)


def controls(live: Live) -> Pane:
    """The foot of the page: what was saved, the facilitator's clock, the dialogs."""
    return _pane(live, _controls)


def unwritten(live: Live) -> Pane:
    """On request: who has not written yet."""
    return _pane(live, _script)


def doors(live: Live) -> Pane:
    """The home page: facilitate, prepare, replay."""
    return _pane(live, _home)


def replay(session: str = "") -> Played:
    """An hour played again, from a notebook in this folder that carries that session; without one, from a choice."""
    return Played(found(session, Path.cwd()) if session else None)


def _pane(live: Live, view: ModuleType) -> Pane:
    pane = Pane(live, frame=str(view.frame(live.eye)))
    live.show(pane, view.fragments)
    return pane
