"""Choosing well in a session: whose scores count, who has finished, the ranking that they make.

`impactlib.domain.scoring` counts votes, whatever their source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from impactlib.domain.once import once
from impactlib.domain.scoring import VOTERS, Formula, Row, Topic, Vote, most_worth_talking, rank, stability
from impactlib.domain.session import QUALITIES, Person, Round, Score, Scores, Session, last_scores


def votes_cast(session: Session, scores: Scores | None = None) -> dict[str, list[Vote]]:
    """The votes that count, for every metric that stands, in the metrics' order: none of somebody who was shown out.

    Each person's last scores are taken: from rounds that were shown, or from `scores`. A person who is away from a
    later round, or changes nothing in it, keeps their earlier scores.
    """
    cast: dict[str, list[Vote]] = {metric.id: [] for metric in session.notes_of("metric")}
    for (metric, id), score in (session.shown_scores if scores is None else scores).items():
        if metric in cast and _counts(session, id) and score.value is not None and score.ease is not None:
            cast[metric].append(Vote(id, session.people[id].role, score.value, score.ease))
    return cast


def abstentions(session: Session) -> dict[str, int]:
    """How many of those who count abstained on each metric that stands, in rounds that were shown."""
    abstained = Counter(
        metric for (metric, id), score in session.shown_scores.items() if score.abstained and _counts(session, id)
    )
    return {metric.id: abstained[metric.id] for metric in session.notes_of("metric")}


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


@dataclass(frozen=True)
class Standing:
    """All that the scores of a session amount to, for views, summary and exports; each part is computed once.

    `cast` are the votes that count, by metric; `quality` at how many per cent each metric's data are right;
    `abstained` how many people abstained on each metric.
    """

    session: Session
    cast: Mapping[str, list[Vote]]
    quality: Mapping[str, int | None]
    abstained: Mapping[str, int]

    @cached_property
    def rows(self) -> list[Row]:
        """Every metric that stands, by the product of medians, those nobody scored last; equals share a place."""
        return rank(self.cast, Formula(), quality=self.quality)

    @cached_property
    def topics(self) -> list[Topic]:
        """The metrics most worth talking about first."""
        return most_worth_talking(self.cast, Formula(), quality=self.quality)

    @property
    def agreement(self) -> tuple[int, int]:
        """On how many scored metrics people agree, to a mark, and on how many they are split."""
        scored = sum(row.place is not None for row in self.rows)
        split = sum(topic.spread.apart for topic in self.topics)
        return scored - split, split

    @cached_property
    def rescored(self) -> dict[str, list[tuple[int, Row]]]:
        """The metrics that were scored in several shown rounds, as `rescored` gives them."""
        return rescored(self.session)

    @cached_property
    def stable(self) -> dict[str, float] | None:
        """How often each metric would be among the first three, had other such people voted."""
        return stability(self.cast, Formula(), quality={})


@once
def standing(session: Session) -> Standing:
    """The scores of a session, read once."""
    return Standing(session, votes_cast(session), qualities(session), abstentions(session))


def ranking(session: Session) -> list[Row]:
    """The rows of the ranking."""
    return standing(session).rows


def rescored(session: Session) -> dict[str, list[tuple[int, Row]]]:
    """The metrics of which people said something in more than one round that was shown: after each such round, its
    number from 1, and how the metric stood then (without a place if all abstained)."""
    given: dict[str, list[tuple[int, Row]]] = {metric.id: [] for metric in session.notes_of("metric")}
    shown = [(number, round) for number, round in enumerate(session.rounds, 1) if round.shown]
    for many, (number, round) in enumerate(shown, 1):
        anew = {metric for (metric, id), score in round.scores.items() if score.settled and _counts(session, id)}
        votes = votes_cast(session, last_scores(round for _, round in shown[:many]))
        for row in rank({metric: votes[metric] for metric in anew & votes.keys()}, Formula(), quality={}):
            given[row.metric].append((number, row))
    return {metric: rounds for metric, rounds in given.items() if len(rounds) > 1}


def _counts(session: Session, id: str) -> bool:
    person = session.people.get(id)
    return person is not None and not person.out and person.role in VOTERS
