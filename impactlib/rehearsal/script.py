"""The script of a rehearsal, read from `templates/rehearsals/*.toml` and cast for a number of participants."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from impactlib.domain.agenda import PANES, Agenda, Role
from impactlib.domain.clock import elapsed
from impactlib.domain.session import Session
from impactlib.paths import TEMPLATES

DEFAULT = "colis-solidaire"
YEAR = f"{DEFAULT}-year"
FEWEST, MOST = 4, 100
"""Participants: one for each role; and what a small machine still starts in some seconds."""
TEAM, ADVISERS = 2, 3
"""Clients and consultants of a full cast; more participants are more observers."""

PREPARED = "prepare"
"""The part that is played before the hour: its lines have no step."""
AFTER = "after"
"""The part that is played once the hour has ended, and the step of its lines."""
_REFERENCES: Mapping[str, tuple[str, ...]] = {"draft": ("about",), "tie": ("metric", "source")}
BETWEEN = "between"
"""The part of what a team does at its link between two sessions."""
DATES = ("due", "baseline_date", "target_date", "delivered_on", "look_on", "value")
"""The fields that count days from the workshop, when they are numbers; an `as_of` counts months from its own."""
ROUND = "open"
"""The line that opens the round of scores; its "metrics" are the ids of their lines, a space between them."""
_CUES = frozenset({"id", "who", "part", "agenda", "not_in", "beside", "minute", "needs", "wait", "day", "fr", "en"})
_ONE_TEAMS = frozenset({"action", "contact"})
"""The kinds of notes that are written where there is one team only."""
_STANDS_ALONE = frozenset({"action", "metric"})
"""The kinds of notes that are written even when there is nothing to attach them to."""


@dataclass(frozen=True)
class Member:
    """Somebody who plays. `id` is unique in the cast: their place in it."""

    id: str
    name: str
    role: Role


@dataclass(frozen=True)
class Line:
    """One gesture to come, and its cue.

    `part` is the pane in which it is done, or what comes before or after the hour; `gesture` is what will be asked,
    where what `references` names are other lines' ids, "behalf" is a member's, and numbers of `DATES` are days.
    `step` is "" before the hour, `AFTER` once it has ended; `share` says when in its step, from 0 to 1; `wait` is in
    seconds after its actor's last gesture; `needs` are lines that come before.
    """

    id: str
    who: str
    part: str
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
    """A rehearsal cast for its participants and laid on an agenda; the facilitator is the first member.

    `between` are the lines that come once the session is over, each on its day from the product's first session.
    """

    cast: tuple[Member, ...]
    lines: tuple[Line, ...] = field(repr=False)
    between: tuple[tuple[int, Line], ...] = field(default=(), repr=False)

    def member(self, id: str) -> Member:
        return next(member for member in self.cast if member.id == id)

    def line(self, id: str) -> Line:
        return next(line for line in self.lines if line.id == id)

    def lines_of(self, member: str) -> list[Line]:
        return [line for line in self.lines if line.who == member]


def references(gesture: Mapping[str, Any]) -> list[str]:
    """The lines that a gesture refers to and cannot be asked without; in a draft a metric is words."""
    names = _REFERENCES.get(gesture["do"], ("about", "note", "metric", "round"))
    grouping = ("value",) if gesture.get("detail") == "same_as" else ()
    return [name for name in (*names, *grouping) if name in gesture]


def team(lang: str) -> str:
    """The invented team's name."""
    return str(_read()["team"][lang])


def incident(name: str, lang: str) -> str:
    """What somebody writes in an incident of a practice."""
    return str(_read()["incidents"][name][lang])


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
    """The script of the kit, in a language, for an agenda and a number of participants (4 at least).

    Only what the agenda's steps show is played, and no line that means nothing without another that is not.
    """
    raw = _read()
    cast = tuple(_cast(raw["cast"], counts(participants)))
    places, said = _Places(agenda, raw["parts"]), _Cast(raw["cast"], cast)
    written = [
        _line(line, lang, places, said)
        for line in _of_agenda(raw["lines"], agenda.name)
        if _is_shown(line, agenda) and said.speaks(line["who"], line["part"])
    ]
    opened = " ".join(line.gesture["metrics"] for line in written if line.id == ROUND).split()
    scores = list(_scores(raw["scores"], opened, places, said))
    lines = _standing([_after_scores(line, scores) for line in [*written, *scores]])
    return Script(cast, tuple(_in_order(lines, agenda)), _between(_read(YEAR)["between"], lang, places, said))


@dataclass(frozen=True)
class Following:
    """A session of the year that follows the hour: its agenda, and its `day` from that of the hour."""

    name: str
    agenda: str
    day: int


def year() -> tuple[Following, ...]:
    """The sessions that follow the hour, in their order."""
    return tuple(Following(raw["name"], raw["agenda"], raw["day"]) for raw in _read(YEAR)["sessions"])


def load_following(name: str, agenda: Agenda, lang: str) -> Script:
    """The script of a session of the year. Its lines name those of the sessions before, whose notes it takes along."""
    raw = next(one for one in _read(YEAR)["sessions"] if one["name"] == name)
    cast = tuple(_cast(raw["cast"], {Role(role): len(names) for role, names in raw["cast"].items()}))
    places, said = _Places(agenda, _read()["parts"]), _Cast(raw["cast"], cast)
    written = [_line(line, lang, places, said) for line in raw["lines"]]
    own = {line.id for line in written}
    lines = [replace(line, needs=tuple(need for need in line.needs if need in own)) for line in written]
    return Script(cast, tuple(_in_order(lines, agenda)), _between(raw.get("between", ()), lang, places, said))


def in_person(script: Script) -> Script:
    """The same script for a facilitator in person: without the lines of its own, nor those that mean nothing without
    one of them."""
    led = {line.id for line in script.lines_of(script.cast[0].id)}
    others = [line for line in script.lines if line.id not in led]
    kept = [replace(line, needs=tuple(n for n in line.needs if n not in led or line.refers_to([n]))) for line in others]
    return Script(script.cast[1:], tuple(_standing(kept)))


def passed(session: Session, line: Line) -> bool | None:
    """Whether the step of a line was left behind; None as long as it is the step that the room is in."""
    agenda = session.agenda
    if session.ended or not line.step:
        return True
    if line.step == AFTER or agenda is None or session.step is None:
        return False
    here, there = agenda.index(session.step.id), agenda.index(line.step)
    return None if here == there else here > there


def due(session: Session, line: Line, now: float) -> bool:
    """Whether a line's minute has come, `now` on the journal's clock: late lines are due at once."""
    clock, past = session.clock, passed(session, line)
    if past is not None or session.step is None:
        return bool(past)
    # A step that was shortened hurries its lines; an added minute leaves them where they were.
    return elapsed(clock, now) >= line.share * min(clock.granted, session.step.seconds)


def _read(name: str = DEFAULT) -> dict[str, Any]:
    with (TEMPLATES / "rehearsals" / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def _between(raw: Iterable[Mapping[str, Any]], lang: str, places: _Places, said: _Cast) -> tuple[tuple[int, Line], ...]:
    return tuple((line["day"], _line({**line, "part": BETWEEN}, lang, places, said)) for line in raw)


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
        """Whether a member plays a part: nobody else says their expectation or gives their scores."""
        return name in self._here or part not in ("tour", "scores")


@dataclass(frozen=True)
class _Slot:
    """The time of a pane in a step: from which share of it, for which share, and in minutes."""

    step: str
    begins: float
    length: float
    minutes: float


class _Places:
    """Where each part is on an agenda: a step's panes share its time as their planned minutes do, and a pane that
    several steps show goes on from one to the next."""

    def __init__(self, agenda: Agenda, parts: Mapping[str, float]) -> None:
        self._minutes = parts
        self._slots: dict[str, list[_Slot]] = {}
        for step in agenda.steps:
            shown = [pane for pane in PANES if pane in step.shows and pane in parts]
            whole, begun = sum(parts[pane] for pane in shown), 0.0
            for pane in shown:
                length = parts[pane] / whole
                self._slots.setdefault(pane, []).append(_Slot(step.id, begun / whole, length, step.minutes * length))
                begun += parts[pane]

    def __call__(self, part: str, minute: float) -> tuple[str, float]:
        """The step, and when in it, from 0 to 1; no step of the agenda before and after the hour."""
        if part in (PREPARED, AFTER, BETWEEN):
            return ("" if part == PREPARED else AFTER), 0.0
        slots = self._slots[part]
        left = sum(slot.minutes for slot in slots) * min(1.0, minute / self._minutes[part])
        for slot in slots:
            if left <= slot.minutes or slot is slots[-1]:
                break
            left -= slot.minutes
        return slot.step, slot.begins + slot.length * min(1.0, left / slot.minutes)


def _of_agenda(lines: Iterable[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    """The lines of every agenda but those that leave this one out, and those of that one, which stand in place of the
    others of their id."""
    ours = [line for line in lines if line.get("agenda", name) == name and name not in line.get("not_in", ())]
    own = {line["id"] for line in ours if "agenda" in line}
    return [line for line in ours if "agenda" in line or line["id"] not in own]


def _is_shown(raw: Mapping[str, Any], agenda: Agenda) -> bool:
    """Whether the agenda opens the pane of a line, and one of those that its words speak of."""
    if agenda.gathers and raw.get("kind") in _ONE_TEAMS:
        return False
    part, beside = raw["part"], raw.get("beside", ())
    opened = agenda.prepares if part == PREPARED else part == AFTER or agenda.shows(part)
    return opened and (not beside or agenda.shows(*beside))


def _standing(lines: list[Line]) -> list[Line]:
    """The lines but those that depend on one that is not played."""
    while True:
        ids = {line.id for line in lines}
        stand = [line for line in (_alone(line, ids) for line in lines) if ids.issuperset(line.needs)]
        if len(stand) == len(lines):
            return stand
        lines = stand


def _alone(line: Line, ids: set[str]) -> Line:
    about = line.gesture.get("about", "")
    if line.gesture["do"] != "write" or line.gesture.get("kind") not in _STANDS_ALONE or not about or about in ids:
        return line
    gesture = {key: value for key, value in line.gesture.items() if key != "about"}
    return replace(line, gesture=gesture, needs=tuple(need for need in line.needs if need != about))


def _in_order(lines: list[Line], agenda: Agenda) -> Iterator[Line]:
    """No line before those that it needs: the first step that shows its pane may come before theirs."""
    steps = ["", *(step.id for step in agenda.steps), AFTER]
    known = {line.id: line for line in lines}
    when: dict[str, tuple[int, float]] = {}

    def place(id: str) -> tuple[int, float]:
        if id not in when:
            line = known[id]
            when[id] = max([(steps.index(line.step), line.share), *map(place, line.needs)])
        return when[id]

    for line in lines:
        step, share = place(line.id)
        yield replace(line, step=steps[step], share=share)


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
    who, wait = said[raw["who"]].id, 60.0 * raw.get("wait", 0.0)
    return Line(raw["id"], who, raw["part"], step, share, gesture, tuple(needs), wait)


def _scores(raw: Mapping[str, Any], opened: list[str], places: _Places, said: _Cast) -> Iterator[Line]:
    """A line for each press of a person: value for users, then ease, metric after metric of the round."""
    metrics = {name: scores for name, scores in raw.items() if name in opened}
    for i, (metric, scores) in enumerate(metrics.items()):
        for j, (name, points) in enumerate(scores.items()):
            if not said.speaks(name, "scores"):
                continue
            # Some seconds apart, as people press: the last comes about three minutes after the first.
            step, share = places("metrics", raw["minute"] + 0.6 * i + 0.1 * j)
            for axis, point in zip(("value", "ease"), points, strict=True):
                gesture = {"do": "score", "metric": metric, axis: str(point)}
                id, who = f"{axis}-{metric}-{said[name].id}", said[name].id
                yield Line(id, who, "metrics", step, share, gesture, (metric, ROUND))


def _after_scores(line: Line, scores: list[Line]) -> Line:
    if "scores" not in line.needs:
        return line
    needs = (*(score.id for score in scores), *(need for need in line.needs if need != "scores"))
    return replace(line, needs=needs)
