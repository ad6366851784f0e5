"""A practice: simulated people around a facilitator in person, in the thread that holds the server's sessions.

They follow the steps that the facilitator starts, score the rounds that the facilitator opens, and ask for gestures as
pages do. Nothing of them is in the journal but what they did.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from impactlib.domain.agenda import Role
from impactlib.domain.clock import elapsed
from impactlib.domain.refusal import Refusal
from impactlib.domain.scoring import VOTERS
from impactlib.domain.session import SCORES, Score
from impactlib.gestures import Asking
from impactlib.rehearsal.player import Part, Player
from impactlib.rehearsal.script import PREPARED, Line, Script, in_person, incident, load, passed
from impactlib.storage.session_store import SessionStore

PEOPLE = 12
"""Simulated people, the facilitator not counted."""
GONE = 900.0
"""Seconds after which a practice ends that its facilitator has left."""

Ask = Callable[[Asking, Mapping[str, Any]], Any]
Mark = Callable[[str, int], None]


class Incident(StrEnum):
    """Something that goes wrong in a workshop, to practise with."""

    LOST = "lost"
    """A consultant's connection is lost while everybody scores."""
    NAMED = "named"
    """A consultant's note names a person."""


@dataclass(frozen=True)
class Pace:
    """How quickly people act, in seconds: the `first` in a step or a round, the `gap` between two of them, the `whole`
    of a step at most, the `rest` of one between two gestures, how long one who is lost stays `away`, and the time
    between two `look`s at the session."""

    first: float
    gap: float
    whole: float
    rest: float
    away: float
    look: float


CALM = Pace(first=2.0, gap=4.0, whole=90.0, rest=2.0, away=60.0, look=0.5)
HURRIED = Pace(first=0.2, gap=0.1, whole=1.5, rest=0.1, away=6.0, look=0.1)


class Company:
    """The simulated people of one practice.

    Parameters
    ----------
    ask, mark
        How a gesture is asked and how many pages somebody has open is said: as for people.
    """

    def __init__(
        self, store: SessionStore, ask: Ask, mark: Mark, hurried: bool = False, incidents: Collection[Incident] = ()
    ) -> None:
        agenda, lang = store.session.agenda, store.session.lang
        assert agenda, "a journal begins with its agenda"
        self.store, self.ask, self.mark = store, ask, mark
        self.pace, self._to_come = HURRIED if hurried else CALM, set(incidents)
        script = in_person(load(agenda, lang, PEOPLE + 1))
        part = Part("", store.journal.session, store.journal.session, lang, PEOPLE + 1, "")
        self.players = [Simulated(replace(part, member=member.id), store, script, self) for member in script.cast]
        self.tried: set[str] = set()
        """The lines that were asked for, refused or not."""
        self.refused: dict[str, str] = {}
        self._ranks, self._opinions = _ranks(script), _opinions(script, part)
        self._began = store.journal.now()
        self._last_seen = time.monotonic()
        self._away: dict[Simulated, float] = {}

    def hurry(self) -> None:
        """Act at once from now on."""
        self.pace = HURRIED

    def happen(self, incident: Incident) -> None:
        """Let something go wrong, as soon as its moment comes."""
        self._to_come.add(incident)

    def turn(self) -> bool:
        """Let everybody act whose moment has come; False once the facilitator has been gone for `GONE` seconds."""
        now = self.store.journal.now()
        if self.is_led():
            self._last_seen = time.monotonic()
        elif time.monotonic() - self._last_seen > GONE:
            return False
        self._happen(now)
        for number, player in enumerate(self.players):
            if player in self._away:
                continue
            if not player.inside:
                # Those who prepared are there first; the others come in one by one.
                if player.member.role == Role.CLIENT or now - self._began >= number * self.pace.gap / 4:
                    player.join()
                    self.mark(player.me, 1)
            elif not self.store.session.people[player.me].out:
                player.turn()
        return True

    def is_led(self) -> bool:
        """Whether a facilitator is here."""
        led = {person.id for person in self.store.session.here(Role.FACILITATOR)}
        return not led.isdisjoint(self.store.journal.present())

    def leave(self) -> None:
        """Let everybody go."""
        for player in self.players:
            self.mark(player.me, 0)

    def delay(self, line: Line) -> float:
        """Seconds in its step after which a line is played."""
        rank, number = self._ranks[line.id]
        return self.pace.first + rank * min(self.pace.gap, self.pace.whole / number)

    def opinion(self, member: str, metric: str) -> Mapping[str, str]:
        """What somebody gives to a metric: what the script says, else what their name and the metric draw."""
        drawn = random.Random(f"{member} {self.store.session.notes[metric].text}")
        told = {axis: str(drawn.choice(SCORES)) for axis in ("value", "ease")}
        return {**told, **self._opinions.get((member, metric), {})}

    def _happen(self, now: float) -> None:
        session = self.store.session
        second, third = (player for player in self.players if player.member.id in ("consultant-2", "consultant-3"))
        if Incident.LOST in self._to_come and session.round and second.inside:
            self._to_come.discard(Incident.LOST)
            self._away[second] = now + self.pace.away
            self.mark(second.me, 0)
        for player in [player for player, until in self._away.items() if now >= until]:
            del self._away[player]
            self.mark(player.me, 1)
        shows = set(session.step.shows) if session.step and not session.ended else set()
        asks = "questions" in shows
        ready = elapsed(session.clock, now) >= 2 * self.pace.first and third.inside
        if Incident.NAMED in self._to_come and ready and (asks or "recommendations" in shows):
            self._to_come.discard(Incident.NAMED)
            said = {"do": "write", "kind": "question" if asks else "recommendation"}
            third.ask(Incident.NAMED, {**said, "text": incident(Incident.NAMED, session.lang)})


class Simulated(Player):
    """A simulated person: plays their lines at the company's pace, and scores each round that is opened."""

    def __init__(self, part: Part, store: SessionStore, script: Script, company: Company) -> None:
        super().__init__(part, store, script)
        self._company, self._acted, self._scored = company, 0.0, 0
        # What is given to a metric is given in the round that the facilitator opens.
        self._to_play = [line for line in self._to_play if line.gesture["do"] != "score"]

    @property
    def inside(self) -> bool:
        return self.me in self.session.people

    def turn(self) -> None:
        super().turn()
        round, now = self.session.round, self.journal.now()
        if round is None or self.member.role not in VOTERS or not self._rested(now):
            return
        ready = (round.opened_at or 0.0) + self._company.pace.first
        unscored = [id for id in round.metrics if not round.scores.get((id, self.me), Score()).settled]
        standing = [id for id in unscored if not self.session.notes[id].withdrawn]
        if standing and now >= ready:
            self._scored += 1
            given = self._company.opinion(self.member.id, standing[0])
            self.ask(f"score-{self.member.id}-{self._scored}", {"do": "score", "metric": standing[0], **given})

    def is_due(self, line: Line) -> bool:
        session, now, past = self.session, self.journal.now(), passed(self.session, line)
        if line.part == PREPARED:
            return True
        if past is False or not self._rested(now) or (session.listening and self.member.role == Role.CLIENT):
            return False
        if line.gesture["do"] == "keep":
            shown = [round.shown_at for round in session.rounds if round.shown_at is not None]
            return bool(shown and now >= max(shown) + self._company.pace.first) or session.ended
        return bool(past) or elapsed(session.clock, now) >= self._company.delay(line)

    def _rested(self, now: float) -> bool:
        return now >= self._acted + self._company.pace.rest

    def cleared(self, line: Line) -> bool:
        return self._company.tried.issuperset(line.needs)

    def has(self, line: str) -> bool:
        return line in self._company.tried

    def ask(self, line: str, gesture: Mapping[str, Any]) -> None:
        self._company.tried.add(line)
        self._acted = self.journal.now()
        person = self.session.people.get(self.me)
        asking = Asking(self.me, person.role if person else self.member.role)
        try:
            self._company.ask(asking, {"id": self.part.gesture(line), **gesture})
        except Refusal as refusal:
            # Somebody in person may have withdrawn what it is about.
            self._company.refused[line] = str(refusal)


def _ranks(script: Script) -> dict[str, tuple[int, int]]:
    """The place of each line among those of its step, and how many they are."""
    ranks: dict[str, tuple[int, int]] = {}
    played = [line for line in script.lines if line.gesture["do"] != "score"]
    for step in {line.step for line in played}:
        lines = sorted((line for line in played if line.step == step), key=lambda line: line.share)
        ranks |= {line.id: (rank, len(lines)) for rank, line in enumerate(lines)}
    return ranks


def _opinions(script: Script, part: Part) -> dict[tuple[str, str], dict[str, str]]:
    """What the script has each person give to each of its metrics."""
    opinions: dict[tuple[str, str], dict[str, str]] = {}
    for line in script.lines:
        if line.gesture["do"] == "score":
            given = {axis: str(line.gesture[axis]) for axis in ("value", "ease") if axis in line.gesture}
            opinions.setdefault((line.who, part.gesture(line.gesture["metric"])), {}).update(given)
    return opinions
