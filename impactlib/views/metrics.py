"""Metrics: rounds of blind scores on two axes, then the ranking, where people differ, and how it is calculated.

Until a round is shown nobody's scores are in any fragment: only who has finished. What a person places
is kept by their own browser, which draws it in the frame's ballot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from markupsafe import Markup

from impactlib import ledger
from impactlib.agenda import Role
from impactlib.gestures import METRICS_SCORED
from impactlib.ranking import abstentions, finished, qualities, rescored, voters, votes_cast
from impactlib.scoring import (
    ENOUGH_VOTERS,
    VOTERS,
    Formula,
    Method,
    Row,
    Topic,
    Vote,
    most_worth_talking,
    rank,
    stability,
    together,
)
from impactlib.session import Note, Session
from impactlib.views import Eye, Fragments, draw, key, opener, place, signed
from impactlib.views.recommendations import grouped
from impactlib.views.render import name

FORMULAS = (
    Formula(),
    Formula(Method.PRODUCT_OF_MEANS),
    Formula(Method.WEIGHTED_SUM, value_weight=2.0),
    Formula(Method.PARETO),
)
"""Those that a ranking can be read by, the default first; the sum counts value for users twice."""


@dataclass(frozen=True)
class Order:
    """A ranking by one formula: each row with its metric, and as it would be if data quality weighed."""

    formula: Formula
    rows: tuple[tuple[Row, Note, Row], ...]


@dataclass(frozen=True)
class _Votes:
    """What counts, read once for a whole drawing: the votes, and at how many per cent each metric's data are right."""

    cast: Mapping[str, list[Vote]]
    quality: Mapping[str, int | None]

    @cached_property
    def rows(self) -> list[Row]:
        return rank(self.cast, FORMULAS[0], quality=self.quality)

    @cached_property
    def topics(self) -> list[Topic]:
        return most_worth_talking(self.cast, FORMULAS[0], quality=self.quality)

    def order(self, notes: Mapping[str, Note], formula: Formula) -> Order:
        weighed = {row.metric: row for row in rank(self.cast, formula, quality=self.quality, weigh_by_quality=True)}
        rows = self.rows if formula == FORMULAS[0] else rank(self.cast, formula, quality=self.quality)
        return Order(formula, tuple((row, notes[row.metric], weighed[row.metric]) for row in rows))


def frame(eye: Eye) -> Markup:
    return draw(eye, "metrics", "frame", votes=eye.role in VOTERS, apart=eye.role == Role.OBSERVER)


def fragments(session: Session, eye: Eye) -> Fragments:
    votes = _Votes(votes_cast(session), qualities(session))
    repeated = ledger.groups(session)
    cards = {
        key("metrics", note): _card(session, eye, note, len(votes.cast[note.id]), repeated)
        for note in session.notes_of("metric")
    }
    return {"round/": _round(session, eye, votes), **_ranking(session, eye, votes), **cards}


def _card(session: Session, eye: Eye, metric: Note, scored_by: int, repeated: ledger.Groups) -> Markup:
    [item] = signed(session, [metric])
    about = session.notes.get(metric.about)
    advice = grouped(session, ledger.advice(session, about=metric.id), repeated)
    return draw(
        eye,
        "metrics",
        "card",
        item=item,
        hypothesis=about,
        advice=advice,
        advised=opener(session, "recommendations") is not None,
        scored_by=scored_by,
        kept=metric.id in session.kept,
        ended=session.ended,
        place=place(session, metric),
    )


def _round(session: Session, eye: Eye, votes: _Votes) -> Markup:
    """The open round and who has finished; without one, the facilitator's choice of metrics for the next."""
    metrics, round = session.notes_of("metric"), session.round
    if round is None:
        picked = _suggested(session, metrics, votes)
        return draw(eye, "metrics", "choice", metrics=metrics, picked=picked, number=len(session.rounds) + 1)
    asked = [metric for metric in metrics if round.takes(metric.id)]
    before = [earlier.id for earlier in reversed(session.rounds) if earlier.shown]
    ballot = {"id": round.id, "metrics": [{"id": m.id, "name": name(m, eye.lang)} for m in asked], "before": before}
    done = finished(session, round)
    return draw(
        eye,
        "metrics",
        "round",
        ballot=ballot if eye.role != Role.FACILITATOR else None,
        asked=asked,
        done=done,
        everybody=voters(session),
        round=round,
        number=session.rounds.index(round) + 1,
    )


def _suggested(session: Session, metrics: list[Note], votes: _Votes) -> list[str]:
    """The metrics that are ticked beforehand: where people differ, else those kept, else the first."""
    differ = [topic.metric for topic in votes.topics]
    kept = [note.id for note in session.kept_metrics()]
    return (differ or kept or [metric.id for metric in metrics])[:METRICS_SCORED]


def _ranking(session: Session, eye: Eye, votes: _Votes) -> Fragments:
    """Once scores were shown: the order, then where people differ and how the order is calculated. A follow-up looks
    at the metrics themselves: how they were ranked last time stands in the summary."""
    if not session.ranking_shown or session.scored_before:
        return {}
    rows = votes.rows
    places = points(rows)
    spots = [
        {
            "id": row.metric,
            "name": name(session.notes[row.metric], eye.lang),
            "value": row.value,
            "ease": row.ease,
            "sure": row.sure_ease,
        }
        for row in rows
        if row.place
    ]
    shown = [round.id for round in reversed(session.rounds) if round.shown]
    order = draw(
        eye,
        "metrics",
        "ranking",
        notes=session.notes,
        rows=rows,
        abstained=abstentions(session),
        points=places,
        spots=spots,
        shown=shown,
    )
    return {"ranking/": order, "solidity/": _solidity(session, eye, votes, rows) if places else Markup()}


def _solidity(session: Session, eye: Eye, votes: _Votes, rows: list[Row]) -> Markup:
    return draw(
        eye,
        "metrics",
        "solidity",
        notes=session.notes,
        rows=rows,
        topics=votes.topics,
        orders=[votes.order(session.notes, formula) for formula in FORMULAS],
        stable=_stable(tuple((metric, tuple(given)) for metric, given in votes.cast.items())),
        again=rescored(session),
        enough=ENOUGH_VOTERS,
        people=len({vote.person for given in votes.cast.values() for vote in given}),
    )


@lru_cache(maxsize=32)  # a tenth of a second of draws, asked again at whatever is written of a metric
def _stable(cast: tuple[tuple[str, tuple[Vote, ...]], ...]) -> dict[str, float] | None:
    return stability(dict(cast), FORMULAS[0], quality={})


def points(rows: list[Row]) -> list[dict[str, object]]:
    """Where each scored metric stands in the picture, in a square of 200 by 200 (0, 0 is bottom left: 1, 1).

    Metrics with the same medians share a point, and its label says all their places.
    """
    return [
        {"x": (ease - 1) * 50, "y": (value - 1) * 50, "label": ", ".join(map(str, numbers))}
        for (value, ease), numbers in together(rows).items()
    ]
