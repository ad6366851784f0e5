"""Metrics: each person's score on two axes, the data's quality, and the ranking once it is shown.

Until the facilitator shows the ranking nobody's scores are in any fragment: only how many scored.
"""

from __future__ import annotations

from markupsafe import Markup

from impactlib import ledger
from impactlib.scoring import VOTERS, Rank, ranking, votes
from impactlib.session import Note, Session
from impactlib.views import Eye, Fragments, draw, key, place, signed
from impactlib.views.recommendations import grouped


def frame(eye: Eye) -> Markup:
    return draw(eye, "metrics", "frame", votes=eye.role in VOTERS)


def fragments(session: Session, eye: Eye) -> Fragments:
    cards = {key("metrics", note): _card(session, eye, note) for note in session.notes_of("metric")}
    return {"ranking/": _ranking(session, eye), **cards}


def _card(session: Session, eye: Eye, metric: Note) -> Markup:
    [item] = signed(session, [metric])
    about = session.notes.get(metric.about)
    advice = grouped(session, ledger.advice(session, about=metric.id))
    return draw(
        eye,
        "metrics",
        "card",
        item=item,
        hypothesis=about,
        advice=advice,
        votes=eye.role in VOTERS,
        voters=len(votes(session, metric.id)),
        kept=metric.id in session.kept,
        ended=session.ended,
        place=place(session, metric),
    )


def _ranking(session: Session, eye: Eye) -> Markup:
    rows = ranking(session) if session.ranking_shown else []
    expected = sum(len(session.here(role)) for role in VOTERS)
    return draw(
        eye,
        "metrics",
        "ranking",
        shown=session.ranking_shown,
        rows=rows,
        expected=expected,
        metrics=len(session.notes_of("metric")),
        points=points(rows),
    )


def points(rows: list[Rank]) -> list[dict[str, object]]:
    """Where each scored metric stands in the picture, in a square of 200 by 200 (0, 0 is bottom left: 1, 1).

    Metrics with the same medians share a point, and its label says all their places.
    """
    spots: dict[tuple[float, float], list[Rank]] = {}
    for row in rows:
        if row.value is not None and row.ease is not None:
            spots.setdefault((row.ease, row.value), []).append(row)
    return [
        {
            "x": (ease - 1) * 50,
            "y": (value - 1) * 50,
            "rows": here,
            "label": ", ".join(str(number) for number in _numbers(rows, here)),
        }
        for (ease, value), here in spots.items()
    ]


def _numbers(rows: list[Rank], here: list[Rank]) -> list[int]:
    return [rows.index(row) + 1 for row in here]
