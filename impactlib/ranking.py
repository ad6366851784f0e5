"""Choosing well in a session: whose scores count, who has finished, the ranking that they make.

What votes amount to, whatever they come from, is `impactlib.scoring`.
"""

from __future__ import annotations

from impactlib.scoring import VOTERS, Formula, Row, Vote, rank
from impactlib.session import QUALITIES, Person, Round, Score, Scores, Session, last_scores


def votes_cast(session: Session, scores: Scores | None = None) -> dict[str, list[Vote]]:
    """The votes that count, for every metric that stands, in the metrics' order.

    Each person's last are taken: those of a round that was shown, or `scores`. Whoever is away from another round, or
    changes nothing in it, keeps what they gave.
    """
    cast: dict[str, list[Vote]] = {metric.id: [] for metric in session.notes_of("metric")}
    for (metric, id), score in (session.shown_scores if scores is None else scores).items():
        person = session.people.get(id)
        if metric in cast and person and _counts(person) and score.value is not None and score.ease is not None:
            cast[metric].append(Vote(id, person.role, score.value, score.ease))
    return cast


def voters(session: Session) -> list[Person]:
    """Who is here and is counted."""
    return [person for role in VOTERS for person in session.here(role)]


def finished(session: Session, round: Round) -> list[Person]:
    """Who has scored every metric of a round that stands, on both axes, or has abstained."""
    standing = [id for id in round.metrics if not session.notes[id].withdrawn]
    return [
        p for p in voters(session) if standing and all(round.scores.get((id, p.id), Score()).settled for id in standing)
    ]


def qualities(session: Session) -> dict[str, int | None]:
    """At how many per cent each metric's data are right; None where nobody said."""
    said = {note.id: note.details.get("quality") for note in session.notes_of("metric")}
    return {id: int(quality) if quality and quality in QUALITIES else None for id, quality in said.items()}


def ranking(session: Session) -> list[Row]:
    """Every metric that stands, by the product of medians, those nobody scored last; equals share a place."""
    return rank(votes_cast(session), Formula(), quality=qualities(session))


def rescored(session: Session) -> dict[str, list[tuple[int, Row]]]:
    """The metrics that people scored in more than one round that was shown: after each such round, its number from 1,
    and how the metric stood then."""
    given: dict[str, list[tuple[int, Row]]] = {metric.id: [] for metric in session.notes_of("metric")}
    shown = [(number, round) for number, round in enumerate(session.rounds, 1) if round.shown]
    for many, (number, round) in enumerate(shown, 1):
        anew = {metric for metric, votes in votes_cast(session, round.scores).items() if votes}
        votes = votes_cast(session, last_scores(round for _, round in shown[:many]))
        for row in rank({metric: votes[metric] for metric in anew}, Formula(), quality={}):
            if row.place is not None:
                given[row.metric].append((number, row))
    return {metric: rounds for metric, rounds in given.items() if len(rounds) > 1}


def _counts(person: Person) -> bool:
    return not person.out and person.role in VOTERS
