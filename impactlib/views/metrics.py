"""Metrics: rounds of blind scores on two axes, then the ranking, where people differ, and how it is calculated.

Until a round is shown nobody's scores are in any fragment: only who has finished. A person's own scores
are kept by their browser, which draws them in the frame's ballot.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from impactlib.domain import recommendations
from impactlib.domain.agenda import Role
from impactlib.domain.moments import to_hear
from impactlib.domain.names import named
from impactlib.domain.once import once
from impactlib.domain.scoring import ENOUGH_VOTERS, VOTERS, Formula, Method, Row, Topic, rank, together
from impactlib.domain.session import Note, Round, Session
from impactlib.domain.standing import finished, standing, voters
from impactlib.gestures import METRICS_SCORED
from impactlib.views import Eye, Pane, Part, Reads, Scene, cards, draw, of_kind, opener, place, signed
from impactlib.views.parts import LATEST
from impactlib.views.recommendations import advice_reads, grouped, to_mark
from impactlib.views.render import name

FORMULAS = (
    Formula(),
    Formula(Method.PRODUCT_OF_MEANS),
    Formula(Method.WEIGHTED_SUM, value_weight=2.0),
    Formula(Method.PARETO),
)
"""The formulas of a ranking, the default first; the sum counts value for users twice."""

TALK = 4
"""The metrics that people are asked to talk about, the first: five minutes hold no more."""


@dataclass(frozen=True)
class Order:
    """A ranking by one formula: each row with its metric, and as it would be if data quality weighed."""

    formula: Formula
    rows: tuple[tuple[Row, Note, Row], ...]


def _order(session: Session, formula: Formula) -> Order:
    scores = standing(session)
    weighed = {row.metric: row for row in rank(scores.cast, formula, quality=scores.quality, weigh_by_quality=True)}
    rows = scores.rows if formula == FORMULAS[0] else rank(scores.cast, formula, quality=scores.quality)
    return Order(formula, tuple((row, session.notes[row.metric], weighed[row.metric]) for row in rows))


@once
def _orders(session: Session) -> list[Order]:
    """The ranking by each formula, computed once for all audiences."""
    return [_order(session, formula) for formula in FORMULAS]


def frame(eye: Eye) -> Markup:
    return draw(eye, "metrics", "frame", votes=eye.role in VOTERS, apart=eye.role == Role.OBSERVER)


def _card(session: Session, eye: Eye, metric: Note) -> Markup:
    [item] = signed(session, [metric])
    return draw(
        eye,
        "metrics",
        "card",
        item=item,
        hypothesis=session.notes.get(metric.about),
        advice=grouped(session, recommendations.advice(session, about=metric.id)),
        left=to_mark(session, metric),
        advised=opener(session, "recommendations") is not None,
        scored_by=len(standing(session).cast[metric.id]),
        kept=metric.id in session.kept,
        ended=session.ended,
        place=place(session, metric),
    )


def _card_reads(scene: Scene, metric: Note) -> Reads:
    session = scene.session
    return (
        session.notes.get(metric.about),
        *advice_reads(scene, metric),
        len(standing(session).cast[metric.id]),
        metric.id in session.kept,
        session.ended,
        place(session, metric),
    )


def _reads(scene: Scene) -> Reads:
    """The values that every card reads beside the notes."""
    session = scene.session
    return _shown(session), session.kept, session.ended, session.agenda


def _shown(session: Session) -> tuple[Round, ...]:
    return tuple(round for round in session.rounds if round.shown)


def _round(session: Session, eye: Eye) -> Markup | None:
    """The open round, how many have finished and, for the facilitator, who is missing; without one, the choice of
    metrics for the next."""
    metrics, round = session.notes_of("metric"), session.round
    if round is None:
        if not (eye.facilitates and metrics):
            return None
        picked = suggested(session)
        # Many metrics are not read one by one: those that are ticked, and the last ones.
        offered = [m for m in metrics[:-LATEST] if m.id in picked] + [*metrics[-LATEST:]]
        # The filled button opens the first round, unless it gives the consultants the floor first.
        apart = bool(session.rounds) or to_hear(session)
        number = len(session.rounds) + 1
        return draw(eye, "metrics", "choice", metrics=offered, picked=picked, number=number, apart=apart)
    asked = [metric for metric in metrics if round.takes(metric.id)]
    before = [earlier.id for earlier in reversed(session.rounds) if earlier.shown]
    ballot = {"id": round.id, "metrics": [{"id": m.id, "name": name(m, eye.lang)} for m in asked], "before": before}
    everybody, done = voters(session), finished(session, round)
    return draw(
        eye,
        "metrics",
        "round",
        ballot=ballot if eye.role != Role.FACILITATOR else None,
        asked=asked,
        done=len(done),
        all=len(everybody),
        missing=[named(session)[person.id].name for person in everybody if person not in done],
        round=round,
        number=session.rounds.index(round) + 1,
    )


def suggested(session: Session) -> list[str]:
    """The metrics that are ticked beforehand: where people differ, else those kept, else the first."""
    differ = [topic.metric for topic in standing(session).topics]
    kept = [note.id for note in session.kept_metrics()]
    return (differ or kept or [metric.id for metric in session.notes_of("metric")])[:METRICS_SCORED]


def _is_ranked(session: Session) -> bool:
    """Whether scores were shown. A follow-up looks at the metrics themselves: how they were ranked last time stands
    in the summary."""
    return session.ranking_shown and not session.scored_before


def _ranking(session: Session, eye: Eye) -> Markup | None:
    """Once scores were shown: how far people agree, in a sentence."""
    if not _is_ranked(session):
        return None
    scores = standing(session)
    talk = [session.notes[topic.metric] for topic in to_talk_about(session)]
    scored = any(row.place for row in scores.rows)
    return draw(eye, "metrics", "ranking", scored=scored, agreement=scores.agreement, talk=talk)


def _picture(session: Session, eye: Eye) -> Markup | None:
    """The same in a picture, as numbers that the page draws: the median of each metric, and everybody's scores."""
    if not _is_ranked(session):
        return None
    scores = standing(session)
    spots = [
        {
            "id": row.metric,
            "name": name(session.notes[row.metric], eye.lang),
            "value": row.value,
            "ease": row.ease,
            "sure": row.sure_ease,
            "votes": [[vote.role, vote.value, vote.ease] for vote in scores.cast[row.metric]],
        }
        for row in scores.rows
        if row.place
    ]
    return draw(eye, "metrics", "picture", spots=spots) if spots else None


def to_talk_about(session: Session) -> list[Topic]:
    """What a talk could change, the most worth it first."""
    return [topic for topic in standing(session).topics if topic.worth][:TALK]


def _order_cards(session: Session, eye: Eye) -> Markup | None:
    """The metrics in their order, where the team chooses those that it keeps."""
    if not _is_ranked(session):
        return None
    return draw(
        eye,
        "metrics",
        "order_cards",
        notes=session.notes,
        rows=standing(session).rows,
        abstained=standing(session).abstained,
        kept=session.kept,
        shown=[round.id for round in reversed(session.rounds) if round.shown],
    )


def _solidity(session: Session, eye: Eye) -> Markup | None:
    """Where people differ, and how the order is calculated."""
    if not _is_ranked(session):
        return None
    scores = standing(session)
    if not points(scores.rows):
        return Markup()
    return draw(
        eye,
        "metrics",
        "solidity",
        notes=session.notes,
        rows=scores.rows,
        topics=scores.topics,
        talk=to_talk_about(session),
        orders=_orders(session),
        stable=scores.stable,
        again=scores.rescored,
        enough=ENOUGH_VOTERS,
        people=len({vote.person for given in scores.cast.values() for vote in given}),
    )


def points(rows: list[Row]) -> list[dict[str, object]]:
    """Where each scored metric stands in the picture, in a square of 200 by 200 (0, 0 is bottom left: 1, 1).

    Metrics with the same medians share a point, and its label says all their places.
    """
    return [
        {"x": (ease - 1) * 50, "y": (value - 1) * 50, "label": ", ".join(map(str, numbers))}
        for (value, ease), numbers in together(rows).items()
    ]


def _round_reads(scene: Scene) -> Reads:
    session = scene.session
    return of_kind(session, "metric"), session.rounds, session.people, session.kept, to_hear(session)


def _ranking_reads(scene: Scene) -> Reads:
    session = scene.session
    return of_kind(session, "metric"), _shown(session), session.people, session.clock.started


PANE = Pane(
    "metrics",
    frame,
    (
        Part("round", _round_reads, _round),
        Part("ranking", _ranking_reads, _ranking),
        Part("picture", _ranking_reads, _picture),
        Part("order", lambda scene: (*_ranking_reads(scene), scene.session.kept), _order_cards),
        Part("solidity", _ranking_reads, _solidity),
        cards(
            "metrics",
            "metric",
            _card,
            with_kinds=["hypothesis", "recommendation"],
            reads=_reads,
            card_reads=_card_reads,
        ),
    ),
    "Metrics, their scores and their ranking.",
    replayed=True,
)
