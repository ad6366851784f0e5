"""One participant of a rehearsal, in a process of its own: ``python -m impactlib.rehearsal.actor NAME``.

The process says ``{"ready": true}`` on its standard output, reads its part as one line of JSON from its
standard input, then opens the journal, joins, and plays: it follows what the others write and asks
for each of its lines when its minute has come and what it answers to is there. Each gesture is
reported as a line of JSON: ``{"asked": id}``, then ``{"granted": id, "seq": n}`` once it is in the
journal, or ``{"refused": id, "why": words}``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impactlib.domain.clock import remaining
from impactlib.domain.refusal import Refusal
from impactlib.gestures import Asking
from impactlib.rehearsal.player import Part, Player
from impactlib.rehearsal.script import Line, Member, Script, due
from impactlib.storage.session_store import SessionStore, open_store

PATIENCE = 5.0
"""Seconds of real time that an actor waits for what may never come: somebody else's words, a late process."""
QUICKEST, SLOWEST, LOOK = 0.02, 0.25, 10.0
"""Between two looks at the journal: `LOOK` seconds of the session, within two bounds of real time."""
PRESENT = 1.0
"""Seconds of real time between two looks at the list of who is present: a server that starts clears it."""


class Actor(Player):
    """A player in a process of its own, who waits for the others' lines as long as they are there."""

    def __init__(self, part: Part, store: SessionStore, script: Script) -> None:
        super().__init__(part, store, script)
        self._acted = 0.0
        self._moved = time.monotonic()
        self._marked = float("-inf")
        self._blocked: dict[str, float] = {}

    def play(self) -> None:
        """Until the hour has ended and nothing is left to say, or to wait for."""
        self.stay_present()
        self.join()
        pause = min(SLOWEST, max(QUICKEST, LOOK / self.journal.speed))
        parent = os.getppid()
        # An orphan stops: nobody would hear it, nor end it.
        while not self.finished() and os.getppid() == parent:
            time.sleep(pause)
            self.stay_present()
            if self.store.catch_up():
                self._moved = time.monotonic()
            self.turn()

    def finished(self) -> bool:
        # Once the hour has ended, what somebody who left never wrote will not come.
        return self.session.ended and (not self._to_play or self.waited() > PATIENCE)

    def waited(self) -> float:
        """Seconds of real time since anything happened."""
        return time.monotonic() - self._moved

    def is_due(self, line: Line) -> bool:
        now = self.journal.now()
        return due(self.session, line, now) and now >= self._acted + line.wait

    def cleared(self, line: Line) -> bool:
        missing = [need for need in line.needs if not self.has(need)]
        if not missing:
            return True
        blocked = self._blocked.setdefault(line.id, time.monotonic())
        if line.refers_to(missing) or time.monotonic() - blocked < 2 * PRESENT:
            return False
        here = self.journal.present()
        return not any(self.part.person(self.script.line(need).who) in here for need in missing)

    def ask(self, line: str, gesture: Mapping[str, Any]) -> None:
        """Ask as a page does, and report the answer."""
        id = self.part.gesture(line)
        report(asked=id)
        try:
            self.store.ask(Asking(self.me, self.member.role), {"id": id, **gesture})
        except Refusal as refusal:
            report(refused=id, why=str(refusal))
        else:
            # A gesture that changes nothing (somebody watching pressed first) is granted, and writes nothing.
            entry = self.journal.written(id)
            report(**({"granted": id, "seq": entry.seq} if entry else {"refused": id, "why": "It was done already."}))
        self._acted, self._moved = self.journal.now(), time.monotonic()

    def stay_present(self) -> None:
        if time.monotonic() - self._marked > PRESENT:
            self._marked = time.monotonic()
            if self.me not in self.journal.present():
                self.journal.mark(self.me, 1)


class Facilitator(Actor):
    """Who also starts the steps, each when the one before has had its time and what was to be said is said."""

    def __init__(self, part: Part, store: SessionStore, script: Script) -> None:
        super().__init__(part, store, script)
        self._pressed, self._over = 0, 0.0

    def turn(self) -> None:
        super().turn()
        following = self._next()
        if following is None:
            return
        self._pressed, self._over = self._pressed + 1, 0.0
        if following:
            self.ask(f"press-{self._pressed}", {"do": "start", "step": following})
        else:
            self.ask(f"press-{self._pressed}", {"do": "end"})

    def _next(self) -> str | None:
        """The step to start now, "" to end the hour, None to go on."""
        session, clock = self.session, self.session.clock
        if session.ended or (clock.step is not None and remaining(clock, self.journal.now()) > 0):
            return None
        self._over = self._over or time.monotonic()
        if not self._all_done() and time.monotonic() - self._over < PATIENCE:
            return None
        ids = [step.id for step in session.steps]
        ahead = ids if clock.step is None else ids[ids.index(clock.step) + 1 :]
        return ahead[0] if ahead else ""

    def _all_done(self) -> bool:
        """Whether those who are here have said what was theirs to say in this step; before the first, all came in."""
        session, here = self.session, self.journal.present()
        if session.step is None and any(self.part.person(one.id) not in session.people for one in self.script.cast):
            return False
        step = session.step.id if session.step else ""
        lines = [line for line in self.script.lines if line.step == step]
        return all(self.has(line.id) for line in lines if self.part.person(line.who) in here)


def report(**said: object) -> None:
    """A line to whoever started us."""
    print(json.dumps(said), flush=True)


def actor(part: Part) -> Actor:
    """The actor of a part, its journal open."""
    store = open_store(Path(part.data), part.session)
    agenda = store.session.agenda
    assert agenda, "a journal begins with its agenda"
    script = part.script(agenda)
    member: Member = script.member(part.member)
    return (Facilitator if member == script.cast[0] else Actor)(part, store, script)


def main() -> None:
    # The parent process may end at any time: there is then nobody to play for.
    with contextlib.suppress(BrokenPipeError):
        report(ready=True)
        told = sys.stdin.readline()
        if told:
            actor(Part(**json.loads(told))).play()


if __name__ == "__main__":
    main()
