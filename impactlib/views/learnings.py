"""Learnings and what comes next: one learning, up to three metrics kept, up to three actions.

Where no step of the agenda shows metrics there are none to keep, unless some came in; where people of many teams
are gathered there are learnings alone: three actions are one team's.

In the hour that is all. The rest (which metric is the North Star, what is decided of each, beforehand) waits
folded until the hour has ended, then stands plainly at the team's link.
"""

from __future__ import annotations

from markupsafe import Markup

from impactlib.domain.agenda import Role
from impactlib.domain.names import here
from impactlib.domain.session import Note, Session
from impactlib.domain.standing import standing
from impactlib.views import Eye, Pane, Part, Reads, Scene, cards, draw, of_kind, signed
from impactlib.views.parts import LATEST


def frame(eye: Eye) -> Markup:
    return draw(eye, "learnings", "frame")


def _kept(session: Session, eye: Eye) -> Markup | None:
    agenda, metrics = session.agenda, session.notes_of("metric")
    if not metrics and agenda is not None and not agenda.shows("matrix", "metrics"):
        return None
    if session.ranking_shown:
        metrics = tuple(session.notes[row.metric] for row in standing(session).rows)
    # Many metrics are not read one by one: those kept, and the first others.
    others = [metric for metric in metrics if metric.id not in session.kept][:LATEST]
    shown = {metric.id for metric in [*session.kept_metrics(), *others]}
    rows = {row.metric: row for row in standing(session).rows} if session.ranking_shown else {}
    choices = [
        {"metric": metric, "kept": metric.id in session.kept, "row": rows.get(metric.id)}
        for metric in metrics
        if metric.id in shown
    ]
    return draw(eye, "learnings", "kept", choices=choices, ended=session.ended)


def _owners(session: Session, eye: Eye) -> Markup | None:
    if not eye.writes("action"):
        return None
    return draw(eye, "learnings", "owners", people=here(session, Role.CLIENT))


def _gathered(session: Session, eye: Eye) -> Markup | None:
    gathers = session.agenda is not None and session.agenda.gathers
    if not gathers or session.notes_of("action") or session.notes_of("contact"):
        return None
    return draw(eye, "learnings", "gathered")


def _card(session: Session, eye: Eye, note: Note) -> Markup:
    return draw(eye, "learnings", "card", item=signed(session, [note])[0])


def _action(session: Session, eye: Eye, note: Note) -> Markup:
    comes_from = session.notes.get(note.about)
    return draw(eye, "learnings", "action", item=signed(session, [note])[0], comes_from=comes_from)


def _kept_reads(scene: Scene) -> Reads:
    session = scene.session
    shown = tuple(round for round in session.rounds if round.shown)
    return of_kind(session, "metric"), session.kept, shown, session.people, session.ended, session.agenda


def _gathered_reads(scene: Scene) -> Reads:
    return scene.session.agenda, bool(scene.session.notes_of("action")), bool(scene.session.notes_of("contact"))


PANE = Pane(
    "learnings",
    frame,
    (
        cards("learnings", "learning", _card),
        Part("kept", _kept_reads, _kept),
        Part("gathered", _gathered_reads, _gathered),
        cards(
            "actions",
            "action",
            _action,
            with_kinds=["recommendation"],
            card_reads=lambda scene, note: (scene.session.notes.get(note.about),),
        ),
        cards("contact", "contact", _card),
        Part("owners", lambda scene: (scene.session.people,), _owners),
    ),
    "Learnings, metrics kept, actions.",
    replayed=True,
)
