"""What a rehearsal says: read from `templates/rehearsals/*.toml`, cast for a number of participants."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from impactlib.agenda import PANES, Agenda, Role
from impactlib.clock import elapsed
from impactlib.session import Session
from impactlib.share import TEMPLATES

DEFAULT = "colis-solidaire"
FEWEST, MOST = 4, 100
"""Participants: one for each role; and what a small machine still starts in some seconds."""
TEAM, ADVISERS = 2, 3
"""Clients and consultants of a full cast; more participants are more observers."""

PREPARED = "prepare"
"""The part that is played before the hour: its lines have no step."""
AFTER = "after"
"""The part that is played once the hour has ended, and the step of its lines."""
_REFERENCES: Mapping[str, tuple[str, ...]] = {"draft": ("about",), "tie": ("metric", "source")}
DATES = ("due", "baseline_date", "target_date", "value")
"""What a gesture says in days from the workshop, when it is a number."""
ROUND = "open"
"""The line that opens the round of scores; its "metrics" are the ids of their lines, a space between them."""
_CUES = frozenset({"id", "who", "part", "minute", "needs", "wait", "fr", "en"})


@dataclass(frozen=True)
class Member:
    """Somebody who plays. `id` is unique in the cast: their place in it."""

    id: str
    name: str
    role: Role


@dataclass(frozen=True)
class Line:
    """One gesture to come, and its cue.

    `gesture` is what will be asked, where what `references` names are other lines' ids, "behalf" is a
    member's, and numbers of `DATES` are days. `step` is "" before the hour, `AFTER` once it has ended;
    `share` says when in its step, from 0 to 1; `wait` is in seconds after its actor's last gesture; `needs`
    are lines that come before.
    """

    id: str
    who: str
    step: str
    share: float
    gesture: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    wait: float = 0.0

    def refers_to(self, lines: Iterable[str]) -> bool:
        """Whether the gesture means nothing without one of those lines."""
        return not {self.gesture[name] for name in references(self.gesture)}.isdisjoint(lines)


@dataclass(frozen=True)
class Script:
    """A rehearsal cast for its participants and laid on an agenda; the facilitator is the first member."""

    cast: tuple[Member, ...]
    lines: tuple[Line, ...] = field(repr=False)

    def member(self, id: str) -> Member:
        return next(member for member in self.cast if member.id == id)

    def line(self, id: str) -> Line:
        return next(line for line in self.lines if line.id == id)

    def lines_of(self, member: str) -> list[Line]:
        return [line for line in self.lines if line.who == member]


def references(gesture: Mapping[str, Any]) -> list[str]:
    """What names another line in a gesture, which cannot be asked for without it; in a draft a metric is words."""
    names = _REFERENCES.get(gesture["do"], ("about", "note", "metric", "round"))
    grouping = ("value",) if gesture.get("detail") == "same_as" else ()
    return [name for name in (*names, *grouping) if name in gesture]


def team(lang: str) -> str:
    """The invented team's name."""
    return str(_read()["team"][lang])


def counts(participants: int) -> dict[Role, int]:
    """How many of each role.

    >>> {role.value: n for role, n in counts(12).items()}
    {'facilitator': 1, 'client': 2, 'consultant': 3, 'observer': 6}
    """
    clients = TEAM if participants >= 2 * FEWEST else 1
    consultants = min(ADVISERS, participants // 3)
    observers = participants - 1 - clients - consultants
    return {Role.FACILITATOR: 1, Role.CLIENT: clients, Role.CONSULTANT: consultants, Role.OBSERVER: observers}


def load(agenda: Agenda, lang: str, participants: int) -> Script:
    """The script of the kit, in a language, for an agenda and a number of participants (4 at least)."""
    raw = _read()
    cast = tuple(_cast(raw["cast"], counts(participants)))
    places, said = _Places(agenda, raw["parts"]), _Cast(raw["cast"], cast)
    written = [_line(line, lang, places, said) for line in raw["lines"] if said.speaks(line["who"], line["part"])]
    scores = list(_scores(raw["scores"], places, said))
    return Script(cast, tuple(_after_scores(line, scores) for line in [*written, *scores]))


def due(session: Session, line: Line, now: float) -> bool:
    """Whether a line's minute has come, `now` on the journal's clock: late lines are due at once."""
    clock, agenda = session.clock, session.agenda
    if session.ended or not line.step:
        return True
    if line.step == AFTER:
        return False
    if agenda is None or session.step is None:
        return False
    here, there = agenda.index(session.step.id), agenda.index(line.step)
    if here != there:
        return here > there
    # A step that was shortened hurries its lines; an added minute leaves them where they were.
    return elapsed(clock, now) >= line.share * min(clock.granted, session.step.seconds)


def _read() -> dict[str, Any]:
    with (TEMPLATES / "rehearsals" / f"{DEFAULT}.toml").open("rb") as file:
        return tomllib.load(file)


def _cast(names: Mapping[str, list[str]], wanted: Mapping[Role, int]) -> Iterator[Member]:
    for role, number in wanted.items():
        known = names[role]
        for i in range(number):
            again = i // len(known)
            name = known[i % len(known)]
            yield Member(f"{role}-{i + 1}", f"{name} {again + 1}" if again else name, role)


class _Cast:
    """Who says the words written for a name of the script: that person, or another of the same role."""

    def __init__(self, names: Mapping[str, list[str]], cast: tuple[Member, ...]) -> None:
        self._stands_in: dict[str, Member] = {}
        self._here = {member.name for member in cast}
        for role, known in names.items():
            players = [member for member in cast if member.role == role]
            self._stands_in |= {name: players[i % len(players)] for i, name in enumerate(known) if players}

    def __getitem__(self, name: str) -> Member:
        return self._stands_in[name]

    def speaks(self, name: str, part: str) -> bool:
        """What one says of oneself (what one expects, one's scores) is said by no other."""
        return name in self._here or part not in ("tour", "scores")


class _Places:
    """Where each part is on an agenda: a step's panes share its time as their planned minutes do."""

    def __init__(self, agenda: Agenda, parts: Mapping[str, float]) -> None:
        self._minutes = parts
        self._place: dict[str, tuple[str, float, float]] = {}
        for step in agenda.steps:
            shown = [pane for pane in PANES if pane in step.shows and pane in parts and pane not in self._place]
            whole, begun = sum(parts[pane] for pane in shown), 0.0
            for pane in shown:
                self._place[pane] = (step.id, begun / whole, parts[pane] / whole)
                begun += parts[pane]
        # An agenda without a pane: its words are said at the end of the step of the pane before it.
        last = agenda.steps[0].id
        for pane in PANES:
            last = self._place.setdefault(pane, (last, 1.0, 0.0))[0]

    def __call__(self, part: str, minute: float) -> tuple[str, float]:
        """The step, and when in it, from 0 to 1; no step of the agenda before and after the hour."""
        if part in (PREPARED, AFTER):
            return ("" if part == PREPARED else AFTER), 0.0
        step, begins, length = self._place[part]
        return step, begins + length * min(1.0, minute / self._minutes[part])


def _line(raw: Mapping[str, Any], lang: str, places: _Places, said: _Cast) -> Line:
    step, share = places(raw["part"], raw.get("minute", 0.0))
    gesture = {"do": "write"} | {key: value for key, value in raw.items() if key not in _CUES}
    if lang in raw:
        gesture |= raw[lang] if isinstance(raw[lang], dict) else {"text": raw[lang]}
    if "behalf" in gesture:
        gesture["behalf"] = said[gesture["behalf"]].id
    if "owner" in gesture:
        gesture["owner"] = said[gesture["owner"]].name
    needs = [*raw.get("needs", ()), *(gesture[name] for name in references(gesture))]
    needs += gesture.get("metrics", "").split()
    return Line(raw["id"], said[raw["who"]].id, step, share, gesture, tuple(needs), 60.0 * raw.get("wait", 0.0))


def _scores(raw: Mapping[str, Any], places: _Places, said: _Cast) -> Iterator[Line]:
    """A line for each press of a person: value for users, then ease, metric after metric."""
    metrics = {name: scores for name, scores in raw.items() if name != "minute"}
    for i, (metric, scores) in enumerate(metrics.items()):
        for j, (name, points) in enumerate(scores.items()):
            if not said.speaks(name, "scores"):
                continue
            # Some seconds apart, as people press: the last comes about three minutes after the first.
            step, share = places("metrics", raw["minute"] + 0.6 * i + 0.1 * j)
            for axis, point in zip(("value", "ease"), points, strict=True):
                gesture = {"do": "score", "metric": metric, axis: str(point)}
                yield Line(f"{axis}-{metric}-{said[name].id}", said[name].id, step, share, gesture, (metric, ROUND))


def _after_scores(line: Line, scores: list[Line]) -> Line:
    if "scores" not in line.needs:
        return line
    needs = (*(score.id for score in scores), *(need for need in line.needs if need != "scores"))
    return Line(line.id, line.who, line.step, line.share, line.gesture, needs, line.wait)
