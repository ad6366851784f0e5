"""The stage: starts one process for each participant, hears what they report, and ends them all."""

from __future__ import annotations

import json
import queue
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from impactlib.domain.agenda_files import DEFAULT, load as load_agenda
from impactlib.domain.session_file import SessionFile
from impactlib.gestures import Asking
from impactlib.rehearsal.player import Part, Speaker
from impactlib.rehearsal.script import Member, Script, team, year
from impactlib.storage.session_store import SessionStore, create_session, follow_session, open_store

READY_WITHIN = 60.0
"""Seconds for every process to have started; a second or two on an idle machine."""


class RehearsalError(OSError):
    """A rehearsal that could not begin: says why."""


@dataclass
class Report:
    """The report of the actors. `asked` and `acknowledged` hold gestures' ids, the latter with its number in
    the journal; `refused` the reason of each; `crashed` who ended badly, and how; `seconds` are real ones;
    `played` how many lines of each part of the script were granted, in its order."""

    session: str
    asked: list[str] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    crashed: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    played: dict[str, int] = field(default_factory=dict)

    def hear(self, said: dict[str, Any]) -> None:
        """Take in one line that an actor reported."""
        if "asked" in said:
            self.asked.append(said["asked"])
        elif "granted" in said:
            self.acknowledged[said["granted"]] = said["seq"]
        elif "refused" in said:
            self.refused[said["refused"]] = said["why"]


def rehearse(
    data: Path,
    *,
    participants: int = 12,
    speed: float = 60.0,
    lang: str = "fr",
    agenda: str = DEFAULT,
    team_name: str = "",
    announce: Callable[[SessionStore], None] | None = None,
) -> Report:
    """Play a whole invented workshop and return what was reported; `announce` is given it before the play.

    Raises
    ------
    AgendaError, Refusal
        As ``new_session`` does: nothing was started.
    RehearsalError
        When the processes cannot be started.
    """
    part = Part(str(data.resolve()), "", secrets.token_hex(8), lang, participants, "")

    def opened() -> SessionStore:
        return create_session(data, team_name or team(lang), agenda=agenda, lang=lang, speed=speed, rehearsal=True)

    return _play(part, part.script(load_agenda(agenda)), opened, announce)


def rehearse_year(
    data: Path,
    *,
    participants: int = 12,
    speed: float = 60.0,
    lang: str = "fr",
    team_name: str = "",
    announce: Callable[[SessionStore], None] | None = None,
) -> list[Report]:
    """Play a whole invented workshop as if it had been held some months ago, then all that follows it until now: the
    figures that the team gives, each review, the committee. Return what was reported of each session.

    Raises
    ------
    Refusal, RehearsalError
        As `rehearse` does.
    """
    sessions, reports = year(), []
    begins = time.time() - timedelta(days=sessions[-1].day, weeks=1).total_seconds()
    part = Part(str(data.resolve()), "", secrets.token_hex(8), lang, participants, "")
    script = part.script(load_agenda(DEFAULT))

    def first() -> SessionStore:
        name = team_name or team(lang)
        return create_session(data, name, lang=lang, speed=speed, rehearsal=True, begins=begins)

    reports.append(_play(part, script, first, announce))
    for one in sessions:
        file = _between(replace(part, session=reports[-1].session), script, begins)
        at = begins + timedelta(days=one.day).total_seconds()
        follow = partial(follow_session, data, file, agenda=one.agenda, speed=speed, begins=at)
        part = replace(part, following=one.name)
        script = part.script(load_agenda(one.agenda))
        reports.append(_play(part, script, follow))
    return reports


def _between(part: Part, script: Script, begins: float) -> SessionFile:
    """Let the team do what it does after a session, each line on its day; return the session."""
    store = open_store(Path(part.data), part.session)
    with closing(store.journal) as journal:
        for day, line in script.between:
            journal.turn_to(begins + timedelta(days=day).total_seconds())
            writer = _Writer(replace(part, member=line.who), store, script)
            writer.ask(line.id, writer.worded(line))
        return store.to_file()


class _Writer(Speaker):
    """Somebody of the team who writes between two sessions."""

    def ask(self, line: str, gesture: Mapping[str, Any]) -> None:
        self.store.ask(Asking(self.me, self.member.role), {"id": self.part.gesture(line), **gesture})


def _play(
    part: Part,
    script: Script,
    opened: Callable[[], SessionStore],
    announce: Callable[[SessionStore], None] | None = None,
) -> Report:
    """Play one session, which is opened once everybody is ready."""
    cast = script.cast
    with ExitStack() as ending:
        actors = [ending.enter_context(_Process(member)) for member in cast]
        heard: queue.Queue[tuple[_Process, dict[str, Any] | None]] = queue.Queue()
        for actor in actors:
            actor.listen(heard)
        _all_ready(actors, heard)
        # The journal's clock runs from its first entry: only now, or starting would take session time.
        store = opened()
        ending.callback(store.journal.close)
        if announce:
            announce(store)
        part = replace(part, session=store.journal.session)
        ending.callback(_all_left, store, part, cast)
        for actor in actors:
            actor.tell(replace(part, member=actor.member.id))
        report = _follow(actors, heard, store, part)
    granted = (line.part for line in script.lines if part.gesture(line.id) in report.acknowledged)
    report.played = dict(Counter(granted))
    return report


def _all_ready(actors: list[_Process], heard: queue.Queue[tuple[_Process, dict[str, Any] | None]]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    for _ in actors:
        try:
            actor, said = heard.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise RehearsalError("the participants' processes did not start in time: nothing was played.") from None
        if said is None:
            raise RehearsalError(f"the process of {actor.member.name} {actor.ending()}: nothing was played.")


def _follow(
    actors: list[_Process],
    heard: queue.Queue[tuple[_Process, dict[str, Any] | None]],
    store: SessionStore,
    part: Part,
) -> Report:
    report, began, playing = Report(store.journal.session), time.monotonic(), set(actors)
    while playing:
        actor, said = heard.get()
        if said is not None:
            report.hear(said)
            continue
        playing.discard(actor)
        if actor.wait() != 0:
            report.crashed[actor.member.name] = actor.ending()
            # The others then do not wait for somebody who will not speak.
            store.journal.mark(part.person(actor.member.id), 0)
            if actor is actors[0]:
                break  # without a facilitator no step begins
    report.seconds = round(time.monotonic() - began, 2)
    return report


def _all_left(store: SessionStore, part: Part, cast: Iterable[Member]) -> None:
    here = store.journal.present()
    for person in (part.person(member.id) for member in cast):
        if person in here:
            store.journal.mark(person, 0)


class _Process:
    """An actor's process, as a context: it is ended with it, whatever happened."""

    def __init__(self, member: Member) -> None:
        self.member = member
        # A session of its own: Ctrl-C reaches the stage alone, which then ends everybody in order.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "impactlib.rehearsal.actor", member.id],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self._ear: threading.Thread | None = None

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        if self._ear:
            self._ear.join()
        self._process.__exit__(None, None, None)

    def listen(self, heard: queue.Queue[tuple[_Process, dict[str, Any] | None]]) -> None:
        """Put what it reports into a queue, and None when it has ended."""
        self._ear = threading.Thread(target=self._listen, args=(heard,), daemon=True)
        self._ear.start()

    def _listen(self, heard: queue.Queue[tuple[_Process, dict[str, Any] | None]]) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            # A line cut short by the death of its author was never an acknowledgement.
            if line.endswith("\n"):
                heard.put((self, json.loads(line)))
        heard.put((self, None))

    def tell(self, part: Part) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(part.pack() + "\n")
            self._process.stdin.close()
        except BrokenPipeError:
            pass  # it has died meanwhile: its end is heard and reported

    def wait(self) -> int:
        return self._process.wait()

    def ending(self) -> str:
        """How it ended, in words."""
        code = self.wait()
        return f"was killed by signal {-code}" if code < 0 else f"failed with code {code}"
