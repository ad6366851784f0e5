"""A product's file: its workshops, its reviews and the figures of its metrics, in order of date. Pure.

Each session keeps its own people and scores: the file has none of them, but who answers for an action or decides. The
figures are those that the latest session holds, for it took those before along.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from impactlib.domain.clock import day_of
from impactlib.domain.committee import Action, Committee
from impactlib.domain.curve import Curve, curve, marks
from impactlib.domain.next_session import SETTLED, promised
from impactlib.domain.readings import Figure, Series, every_series, said_on
from impactlib.domain.review import Since, is_stopped, kept_promises, last_verdict, reviews, since
from impactlib.domain.session import Note, Session


@dataclass(frozen=True)
class Held:
    """A session of the product, with what was written in it: `promises` says how many were kept of how many, None for
    one that asks for none; `verdicts`, `learnt` and `actions` are its own, and not what it took along."""

    on: date
    session: Session
    promises: tuple[int, int] | None
    verdicts: tuple[Note, ...]
    learnt: tuple[Note, ...]
    actions: tuple[Note, ...]
    since: Since | None

    @property
    def people(self) -> int:
        """How many came."""
        return len(self.session.people)

    @property
    def reviewed(self) -> bool:
        """Whether what became of one of its promises was said."""
        return any(note.details.get("state") for note in self.session.notes_of("promise"))

    @property
    def since_on(self) -> date | None:
        """The day of the session from which it tells its changes."""
        return day_of(self.since.held_at, self.session.zone) if self.since else None

    @property
    def kept(self) -> tuple[Note, ...]:
        """The metrics that the team keeps as it stands."""
        return tuple(self.session.kept_metrics())


@dataclass(frozen=True)
class Came:
    """A figure of a metric, on its day."""

    on: date
    series: Series
    figure: Figure


@dataclass(frozen=True)
class Product:
    """The sessions of a product, the latest first; `made_on` is the day on which its file is made."""

    sessions: tuple[Session, ...]
    made_on: date | None = None

    @cached_property
    def _sheet(self) -> Committee:
        """What a committee is told of it, so that both files count alike."""
        return Committee(self.latest, self.sessions[1:], self.made_on)

    @property
    def today(self) -> date:
        """The day of the file, from which it tells what is late: that of the latest session where it is not said."""
        return self._sheet.today

    @property
    def promises(self) -> tuple[int, int]:
        """How many of the actions that were promised before the latest session were carried out, each counted once."""
        return sum(one.state == "done" for one in self._asked), len(self._asked)

    @property
    def reviewed(self) -> bool:
        """Whether what became of one of these actions was said."""
        return any(one.state for one in self._asked)

    @cached_property
    def _asked(self) -> tuple[Action, ...]:
        new = {note.id for note in self.latest.notes_of("action")}
        return tuple(one for one in self.actions if one.note.kind == "promise" or one.note.id not in new)

    @property
    def proof(self) -> str:
        """What the goals that tell of impact show, one of `PROOFS` of `impactlib.domain.readings`."""
        return self._sheet.proof

    def series_of(self, verdict: Note) -> Series | None:
        """The figures of the metric that a verdict is about."""
        return self._sheet.by_metric.get(verdict.about)

    def verdict_figure(self, verdict: Note) -> Figure | None:
        """The figure that a verdict knew; None where none that has a date was known."""
        return self._sheet.verdict_figure(verdict)

    def delivered_between(self, verdict: Note) -> tuple[str, ...]:
        """The days (ISO) on which what should move a metric was delivered after that figure, until the verdict."""
        return self._sheet.delivered_between(verdict)

    @property
    def latest(self) -> Session:
        """The session that holds all that is known now."""
        return self.sessions[0]

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """The sessions, the first one first."""
        return tuple(_held(one) for one in reversed(self.sessions))

    @cached_property
    def followed(self) -> tuple[Series, ...]:
        """The metrics that have a figure."""
        return tuple(series for series in every_series(self.latest) if series.figures)

    @cached_property
    def measures(self) -> tuple[Series, ...]:
        """The metrics that have a figure, and those that the team keeps."""
        return tuple(one for one in every_series(self.latest) if one.figures or one.metric.id in self.latest.kept)

    def verdict(self, metric: Note) -> Note | None:
        """The verdict on a metric that was given last."""
        return last_verdict(self.latest, metric)

    def verdict_on(self, verdict: Note) -> str:
        """The day (ISO) on which a verdict was given."""
        return said_on(verdict, self.latest.zone).isoformat()

    def waits(self, metric: Note) -> bool:
        """Whether a metric that has no figure yet is still to have one."""
        return not is_stopped(self.latest, metric)

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """What the team promised, each action once with what was said of it last: those that are settled come last."""
        every: dict[str, Action] = {}
        for session in self.sessions:
            for note in (*session.notes_of("promise"), *session.notes_of("action")):
                known, state = every.get(promised(note)), note.details.get("state", "")
                # What an earlier session said stands, where none said more since.
                if known is None or (not known.state and state):
                    on = day_of(session.held_at, session.zone) if state else None
                    every[promised(note)] = Action(note, state, on, self._sheet.is_late(note, state))
        return tuple(sorted(every.values(), key=lambda one: (one.state in SETTLED, one.note.details.get("due", "9"))))

    @cached_property
    def story(self) -> tuple[Held | Came, ...]:
        """All of it that has a date, in order; of one day the session comes last, for it knew the figures."""
        came = sorted(self._came(), key=lambda one: (one.on, one.figure.rank))
        return tuple(sorted((*came, *self.held), key=lambda one: (one.on, isinstance(one, Held))))

    def _came(self) -> Iterator[Came]:
        for series in self.followed:
            yield from (Came(one.on, series, one) for one in series.figures if one.on)

    @property
    def unknown(self) -> int:
        """How many earlier sessions the latest one tells of, which are not here."""
        return max(len(self.latest.earlier) + 1 - len(self.sessions), 0)

    def curve(self, series: Series) -> Curve | None:
        """The curve of a metric, with all sessions of the product."""
        return curve(series, marks(self.latest, series, (one.on for one in self.held)))


def _held(session: Session) -> Held:
    taken = session.follows.notes if session.follows else {}

    def own(kind: str) -> tuple[Note, ...]:
        return tuple(note for note in session.notes_of(kind) if note.id not in taken)

    return Held(
        day_of(session.held_at, session.zone),
        session,
        kept_promises(session) if reviews(session) and session.notes_of("promise") else None,
        own("verdict"),
        (*own("learning"), *own("ending")),
        own("action"),
        since(session),
    )
