"""A player: a member of a rehearsal's cast, who says each of their lines when its moment has come.

The same people play in processes of their own (`actor`) and in a server, around somebody who practises (`practice`):
both say what time is, and how a gesture is asked.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from impactlib.domain.agenda import Agenda
from impactlib.domain.clock import day_of
from impactlib.domain.session import Session
from impactlib.rehearsal.script import DATES, Line, Script, load, load_following, references
from impactlib.storage import keys
from impactlib.storage.journal import Journal
from impactlib.storage.session_store import SessionStore


@dataclass(frozen=True)
class Part:
    """The part of a player: its journal, the cast, and its name. `nonce` makes the ids of each play unique; `following`
    names the session of the year that is played, "" for the first one."""

    data: str
    session: str
    nonce: str
    lang: str
    participants: int
    member: str
    following: str = ""

    def pack(self) -> str:
        return json.dumps(asdict(self))

    def person(self, member: str) -> str:
        """Who a member of the cast is in the journal."""
        return keys.person_id(self.session, f"{self.nonce}-{member}")

    def script(self, agenda: Agenda) -> Script:
        """The script that is played, on an agenda."""
        if self.following:
            return load_following(self.following, agenda, self.lang)
        return load(agenda, self.lang, self.participants)

    def gesture(self, line: str) -> str:
        """The id of a line's gesture, which is also its note's: players know each other's without a word."""
        return f"{self.nonce}-{line}"


class Speaker(ABC):
    """A member of the cast at work in a session. How a gesture is asked is each company's own."""

    def __init__(self, part: Part, store: SessionStore, script: Script) -> None:
        self.part, self.store, self.script = part, store, script
        self.member = script.member(part.member)
        self.me = part.person(part.member)

    @property
    def session(self) -> Session:
        return self.store.session

    @property
    def journal(self) -> Journal:
        return self.store.journal

    def join(self) -> None:
        """Come in."""
        self.ask(f"join-{self.member.id}", {"do": "join", "name": self.member.name})

    def has(self, line: str) -> bool:
        """Whether a line was granted, whoever plays it."""
        return self.journal.written(self.part.gesture(line)) is not None

    @abstractmethod
    def ask(self, line: str, gesture: Mapping[str, Any]) -> None:
        """Ask for a line's gesture, as a page does."""

    def worded(self, line: Line) -> dict[str, Any]:
        """The gesture of a line, with the journal's ids in place of the script's."""
        gesture = dict(line.gesture)
        for name in references(gesture):
            gesture[name] = self.part.gesture(gesture[name])
        if "metrics" in gesture:
            # Without one whose author has left before writing it.
            gesture["metrics"] = " ".join(self.part.gesture(m) for m in gesture["metrics"].split() if self.has(m))
        if "behalf" in gesture:
            gesture["behalf"] = self.part.person(gesture["behalf"])
        return gesture | dict(_dated(gesture, self.session))


class Player(Speaker):
    """A participant who joins, and plays its lines. `is_due` and `cleared` are each company's own too."""

    def __init__(self, part: Part, store: SessionStore, script: Script) -> None:
        super().__init__(part, store, script)
        self._to_play = script.lines_of(part.member)

    def turn(self) -> None:
        """Play whatever can be played now."""
        for line in list(self._to_play):
            if self.is_due(line) and self.cleared(line):
                self._to_play.remove(line)
                self.ask(line.id, self.worded(line))

    @abstractmethod
    def is_due(self, line: Line) -> bool:
        """Whether the moment of a line has come."""

    @abstractmethod
    def cleared(self, line: Line) -> bool:
        """Whether what a line waits for was played, or never will be."""


def _dated(gesture: Mapping[str, Any], session: Session) -> Iterator[tuple[str, str]]:
    """The days and the months that a gesture counts from the workshop, those months from the product's first one."""
    begun = day_of(session.clock.started or session.opened_at, session.zone)
    for name in DATES:
        if isinstance(gesture.get(name), int):
            yield name, (begun + timedelta(days=gesture[name])).isoformat()
    if isinstance(gesture.get("as_of"), int):
        first = day_of(session.follows.first_at, session.zone) if session.follows else begun
        year, month = divmod(first.year * 12 + first.month - 1 + gesture["as_of"], 12)
        yield "as_of", f"{year}-{month + 1:02}"
