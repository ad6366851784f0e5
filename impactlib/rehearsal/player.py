"""A player: a member of a rehearsal's cast, who says each of their lines when its moment has come.

The same people play in processes of their own (`actor`) and in a server, around somebody who practises (`practice`):
both say what time is, and how a gesture is asked.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from impactlib.domain.clock import day_of
from impactlib.domain.session import Session
from impactlib.rehearsal.script import DATES, Line, Script, references
from impactlib.storage import keys
from impactlib.storage.journal import Journal
from impactlib.storage.session_store import SessionStore


@dataclass(frozen=True)
class Part:
    """The part of a player: its journal, the cast, and its name. `nonce` makes the ids of each play unique."""

    data: str
    session: str
    nonce: str
    lang: str
    participants: int
    member: str

    def pack(self) -> str:
        return json.dumps(asdict(self))

    def person(self, member: str) -> str:
        """Who a member of the cast is in the journal."""
        return keys.person_id(self.session, f"{self.nonce}-{member}")

    def gesture(self, line: str) -> str:
        """The id of a line's gesture, which is also its note's: players know each other's without a word."""
        return f"{self.nonce}-{line}"


class Player(ABC):
    """A participant who joins, and plays its lines. `is_due`, `cleared` and `ask` are each company's own."""

    def __init__(self, part: Part, store: SessionStore, script: Script) -> None:
        self.part, self.store, self.script = part, store, script
        self.member = script.member(part.member)
        self.me = part.person(part.member)
        self._to_play = script.lines_of(part.member)

    @property
    def session(self) -> Session:
        return self.store.session

    @property
    def journal(self) -> Journal:
        return self.store.journal

    def join(self) -> None:
        """Come in."""
        self.ask(f"join-{self.member.id}", {"do": "join", "name": self.member.name})

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
        begun = day_of(self.session.clock.started or self.session.opened_at, self.session.zone)
        for name in DATES:
            if isinstance(gesture.get(name), int):
                gesture[name] = (begun + timedelta(days=gesture[name])).isoformat()
        return gesture
