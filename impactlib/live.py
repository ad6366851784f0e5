"""One per kernel: follows a session's journal and patches the panes that the notebook shows.

In a room the server starts the kernel with ``IMPACT_ROOM`` in its environment, and gestures reach the
server alone. Without it (JupyterLab, nbval, a script) ``open_session()`` opens a temporary rehearsal
in which you facilitate, and gestures come through the widgets' comm.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from impactlib.agenda import LANGUAGES, Role
from impactlib.gestures import Asking, Refusal
from impactlib.views import Eye, Fragments, opener
from impactlib.views.render import say
from impactlib.workshop import Workshop, new_session, open_workshop

log = logging.getLogger("impact")

ROOM = "IMPACT_ROOM"
POLL = 0.05
"""Seconds between two looks at the journal: 0.3 % of a core, 25 ms of delay on average."""
AGAIN = 1.0
"""Seconds before another attempt, after one that failed."""
TICK = 5.0
"""Seconds between two drawings of what depends on the time alone."""

Patch = dict[str, str]
"""Fragments that changed; "" says that one is gone."""


class Drawing(Protocol):
    """Something that shows fragments and takes their patches: a pane."""

    def patch(self, changes: Patch) -> None: ...


class Live:
    """A session followed for one audience. Make it with ``open_session()``."""

    def __init__(self, workshop: Workshop | None, eye: Eye, me: str = "") -> None:
        self._workshop, self._eye, self._me = workshop, eye, me
        self._shown: list[tuple[Drawing, Callable[..., Fragments], Patch]] = []
        self._lock = threading.RLock()
        self._version: int | None = None
        self._ticked = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def eye(self) -> Eye:
        """Who looks, now."""
        if self._workshop is None:
            return self._eye
        journal = self._workshop.journal
        return replace(self._eye, now=journal.now(), speed=journal.speed, present=journal.present())

    def opens(self, pane: str) -> bool:
        """Whether a step shows that pane. Steps may be hidden or resized during the hour: what they show stays."""
        return self._workshop is not None and opener(self._workshop.session, pane) is not None

    def show(self, drawing: Drawing, fragments: Callable[..., Fragments]) -> None:
        """Keep a drawing up to date with what `fragments(session, eye)` says."""
        with self._lock:
            self._shown.append((drawing, fragments, {}))
            self._draw(self._shown[-1])
        # A plain script has no loop to follow in: it sees the session as it is.
        with contextlib.suppress(RuntimeError):
            if self._task is None and self._workshop is not None:
                self._task = asyncio.get_running_loop().create_task(self._follow())

    def fragments(self, drawing: Drawing) -> Patch:
        """All that a drawing shows at present."""
        return next((dict(current) for shown, _, current in self._shown if shown is drawing), {})

    def ask(self, gesture: dict[str, Any]) -> dict[str, Any]:
        """Grant or refuse a gesture that came through a widget; only outside a room."""
        try:
            if self._workshop is None or not self._me:
                raise Refusal("This page asks for something the kit does not know: reload it.")
            with self._lock:
                self._workshop.ask(Asking(self._me, self._eye.role), gesture)
                self._redraw()
                seq = self._workshop.seq
            return {"id": gesture.get("id"), "seq": seq}
        except Refusal as refusal:
            said = say(refusal, self._eye.lang)
            return {"id": gesture.get("id"), "refused": said, "code": refusal.code, **refusal.facts}

    async def _follow(self) -> None:
        assert self._workshop is not None
        while True:
            try:
                with self._lock:
                    self._look(self._workshop)
            except Exception:
                # What cannot be drawn now may be a moment later; a task that ends would freeze the room in silence.
                log.exception("%s was not drawn; trying again", self._workshop.journal.session)
                self._version = None
                await asyncio.sleep(AGAIN)
            await asyncio.sleep(POLL)

    def _look(self, workshop: Workshop) -> None:
        version, now = workshop.journal.version(), workshop.journal.now()
        if version != self._version or now - self._ticked >= TICK * workshop.journal.speed:
            self._version, self._ticked = version, now
            workshop.catch_up()
            self._redraw()

    def _redraw(self) -> None:
        for shown in self._shown:
            self._draw(shown)

    def _draw(self, shown: tuple[Drawing, Callable[..., Fragments], Patch]) -> None:
        drawing, fragments, current = shown
        session = self._workshop.session if self._workshop else None
        wanted = {id: str(html) for id, html in fragments(session, self.eye).items()}
        changes = {id: html for id, html in wanted.items() if current.get(id) != html}
        changes |= dict.fromkeys(current.keys() - wanted.keys(), "")
        if changes:
            current.clear()
            current.update(wanted)
            drawing.patch(changes)


def open_session() -> Live:
    """The session of this notebook's room, or a temporary rehearsal where you facilitate."""
    room = os.environ.get(ROOM)
    return _in_room(json.loads(room)) if room else _rehearsal()


def _in_room(room: dict[str, str]) -> Live:
    eye = Eye(Role(room["role"]), room["lang"])
    if not room["session"]:
        return Live(None, eye)
    return Live(open_workshop(Path(room["data"]), room["session"]), eye)


def _rehearsal() -> Live:
    # A notebook's kernel starts in its folder, and our folders are named after languages.
    lang = Path.cwd().name if Path.cwd().name in LANGUAGES else LANGUAGES[0]
    folder = Path(tempfile.mkdtemp(prefix="impact-"))
    team = {"fr": "Service d’essai", "en": "Trial service"}[lang]
    workshop = new_session(folder, team, lang=lang)
    name = {"fr": "Vous", "en": "You"}[lang]
    workshop.ask(Asking("you", Role.FACILITATOR), {"id": "join-rehearsal", "do": "join", "name": name})
    workshop.journal.mark("you", 1)
    live = Live(workshop, Eye(Role.FACILITATOR, lang), me="you")
    weakref.finalize(live, shutil.rmtree, folder, ignore_errors=True)
    return live
