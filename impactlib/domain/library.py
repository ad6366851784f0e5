"""The library: what teams that came published of what became of it, and how one finds it. Pure.

A team publishes its return of experience in its own session, and takes it out there: nothing is kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from impactlib.domain.clock import day_of
from impactlib.domain.readings import Series, every_series
from impactlib.domain.session import Note, Session
from impactlib.domain.text import clean_line, plain, without_mail


@dataclass(frozen=True)
class Experience:
    """A team's return of experience: `changed`, `measured` and `advice` are its answers, `problem` one of
    `kinds.PROBLEMS` or "", `metrics` what it kept with its figures; `seq` is how many entries its session then had."""

    session: str
    team: str
    held: date
    lang: str
    theme: str
    problem: str
    changed: str
    measured: str
    advice: str
    metrics: tuple[Series, ...]
    seq: int = 0

    @property
    def _words(self) -> str:
        texts = (self.team, self.theme, self.changed, self.measured, self.advice)
        return plain(" ".join([*texts, *(one.metric.text for one in self.metrics)]))

    def holds(self, words: str) -> bool:
        """Whether each of these words is in it, whatever its accents and capitals."""
        return all(word in self._words for word in plain(words).split())


def experience_of(session: Session) -> Note | None:
    """What a team told of what became of its workshop."""
    return next(iter(session.notes_of("experience")), None)


def published(session: Session, seq: int = 0) -> Experience | None:
    """What a session publishes; None where its team did not agree, or where it is a rehearsal."""
    told = experience_of(session)
    if told is None or told.details.get("in_library") != "yes" or session.rehearsal or session.clock.started is None:
        return None
    said = told.details
    kept = {note.id for note in session.kept_metrics()}
    return Experience(
        session.id,
        without_mail(session.team),
        day_of(session.held_at, session.zone),
        session.lang,
        clean_line(without_mail(said.get("theme", ""))),
        said.get("had_problem", ""),
        without_mail(told.text),
        without_mail(said.get("measured_now", "")),
        without_mail(said.get("next_team", "")),
        tuple(one for one in every_series(session) if one.metric.id in kept),
        seq,
    )


def found(every: Iterable[Experience], words: str = "", theme: str = "", problem: str = "") -> list[Experience]:
    """Those that hold these words, of that theme and that kind of problem, the latest first."""
    kept = (
        one for one in every if one.holds(words) and theme in ("", plain(one.theme)) and problem in ("", one.problem)
    )
    return sorted(kept, key=lambda one: (one.held, one.session), reverse=True)


def themes(every: Iterable[Experience]) -> dict[str, str]:
    """The themes, by how they are compared, in the order of their letters."""
    return dict(sorted({plain(one.theme): one.theme for one in every if one.theme}.items()))
