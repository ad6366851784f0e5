"""Rounds of blind scores, and the metrics that the team keeps."""

from __future__ import annotations

from typing import Any

from impactlib.domain import events
from impactlib.domain.events import Event
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import SCORES, Note, Person, Round, Score, Session
from impactlib.domain.text import in_short
from impactlib.gestures.reading import Gesture, field, flag, metric_of, note_of
from impactlib.gestures.rights import METRICS_SCORED


def open_round(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Open a round of blind scores of some metrics; one round is open at a time."""
    metrics = list(dict.fromkeys(field(gesture, "metrics").split()))
    if session.round and set(session.round.metrics) == set(metrics):
        return []  # pressed twice
    if session.round:
        raise Refusal("A round of scores is open: show it before you open another.")
    if not metrics:
        raise Refusal("Choose the metrics of this round first.")
    if len(metrics) > METRICS_SCORED:
        raise Refusal("Five metrics at most in a round: take some off. Another round can follow.")
    for id in metrics:
        metric_of(session, {"metric": id})
    opened = events.RoundOpened(gesture["id"], " ".join(metrics))
    # Who scores listens no more.
    return [events.ListeningSet(False), opened] if session.listening else [opened]


def show_round(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Show the scores of a round."""
    wanted = field(gesture, "round")
    known = next((round for round in session.rounds if round.id and round.id == wanted), None)
    if known is None:
        raise Refusal("That round of scores is not there: reload the page.")
    return [] if known.shown else [events.RoundShown(wanted)]


def open_choice(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Let the team choose, once what the scores of the last round say was talked over."""
    last = session.rounds[-1] if session.rounds else Round()
    if last.id != field(gesture, "round") or not last.shown:
        raise Refusal("Another round of scores was opened meanwhile: show it first.")
    return [] if last.choice_at is not None else [events.ChoiceOpened(last.id)]


def score(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Score a metric of the open round on one axis, or on both."""
    round, metric = _scored_now(session, person, gesture)
    axes = {axis: _point(gesture.get(axis)) for axis in ("value", "ease") if axis in gesture}
    if not axes:
        raise Refusal("A score goes from 1 to 5.")
    before = round.scores.get((metric.id, person.id), Score())
    if all(getattr(before, axis) == point for axis, point in axes.items()):
        raise Refusal("You gave this score already: it counts once.", code="twice")
    return [events.MetricScored(metric.id, **axes, round=round.id)]


def abstain(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Abstain on a metric of the open round."""
    round, metric = _scored_now(session, person, gesture)
    score = round.scores.get((metric.id, person.id))
    if score and score.abstained:
        raise Refusal("You abstained already: it was noted once.", code="twice")
    return [events.MetricAbstained(metric.id, round.id)]


def _scored_now(session: Session, person: Person, gesture: Gesture) -> tuple[Round, Note]:
    """The open round and a metric of it."""
    metric = note_of(session, gesture, "metric")
    if session.round is None or field(gesture, "round", session.round.id) != session.round.id:
        if session.shown_score(metric.id, person.id):
            raise Refusal("This round of scores is not open any more: what you said before still counts.")
        raise Refusal("This round of scores is not open any more: your score was not counted.")
    if metric.withdrawn:
        raise Refusal(
            "“%(metric)s” was withdrawn meanwhile: your score was not counted.", metric=in_short(metric.text, 60)
        )
    if not session.round.takes(metric.id):
        raise Refusal("This round is not about that metric: your score was not counted.")
    return session.round, metric


def _point(raw: Any) -> int:
    if isinstance(raw, str):
        raw = {str(score): score for score in SCORES}.get(raw)
    if isinstance(raw, bool) or not isinstance(raw, int) or raw not in SCORES:
        raise Refusal("A score goes from 1 to 5.")
    return raw


def keep(session: Session, person: Person, gesture: Gesture) -> list[Event]:
    """Keep a metric, or keep it no more; the session has a limit."""
    metric, kept = metric_of(session, gesture), flag(gesture, "kept")
    if (metric.id in session.kept) == kept:
        return []
    if kept and len(session.kept_metrics()) >= session.keeps_at_most:
        raise Refusal("%(number)s metrics at most: take one off first.", number=session.keeps_at_most)
    star = [] if kept else without_star(metric)
    return [events.MetricKept(metric.id, kept), *star]


def one_star(session: Session, note: Note, value: str) -> list[Event]:
    """Take the name of North Star from the metric that had it, before another gets it."""
    if value and note not in session.kept_metrics():
        raise Refusal("The North Star is one of the metrics that the team keeps: keep this one first.")
    named = [other for other in session.notes.of_kind("metric") if value and other.details.get("north_star")]
    return [events.DetailSet(other.id, "north_star", "") for other in named if other is not note]


def without_star(metric: Note) -> list[Event]:
    """Take the name of North Star from a metric that is kept no more: it must not come back by itself."""
    return [events.DetailSet(metric.id, "north_star", "")] if metric.details.get("north_star") else []
