"""A notebook's own session: a temporary rehearsal in which you facilitate, followed by the panes that it shows.

JupyterLab, nbval, scripts and Voilà's own pages use this: gestures come through the widgets' comm. Where the
server runs a notebook to lay it out, there is no session, and panes show as slots.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import Any, Protocol

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.refusal import Refusal
from impactlib.gestures import Asking
from impactlib.rooms.drawing import Drawing
from impactlib.rooms.fragments import Patch
from impactlib.rooms.layout import LAYOUT
from impactlib.storage.session_store import SessionStore, create_session
from impactlib.views.panes import PANES
from impactlib.views.parts import Eye, Pane, Scene
from impactlib.views.render import say

log = logging.getLogger("impact")

POLL = 0.05
"""Seconds between two looks at the journal, which another process may write."""
AGAIN = 1.0
"""Seconds before another attempt, after one that failed."""
TICK = 5.0
"""Seconds between two drawings of what depends on the time alone."""


class Screen(Protocol):
    """Something that shows fragments and takes their patches: a pane's widget."""

    def patch(self, changes: Patch) -> None: ...


class Live:
    """A session followed for one audience. Make it with ``open_session()``."""

    def __init__(self, store: SessionStore | None, eye: Eye, me: str = "") -> None:
        self._store, self._eye, self._me = store, eye, me
        self._shown: list[tuple[Screen, Drawing]] = []
        self._lock = threading.RLock()
        self._version: int | None = None
        self._ticked = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def lays_out(self) -> bool:
        """Whether the server runs this notebook to lay it out: there is no session."""
        return self._store is None

    @property
    def eye(self) -> Eye:
        """Who looks, now."""
        if self._store is None:
            return self._eye
        return self._scene().seen_by(self._eye)

    def opens(self, pane: str) -> bool:
        """Whether a step shows that pane. Steps may be hidden or resized during the hour: what they show stays."""
        return self._store is not None and PANES[pane].opened(self._store.session)

    def show(self, screen: Screen, pane: Pane) -> None:
        """Keep a screen up to date with what a pane shows."""
        with self._lock:
            drawing = Drawing([pane], self._eye, whole=True, demanded="itself")
            self._shown.append((screen, drawing))
            self._draw(screen, drawing)
        # A plain script has no loop to follow in: it sees the session as it is.
        with contextlib.suppress(RuntimeError):
            if self._task is None and self._store is not None:
                self._task = asyncio.get_running_loop().create_task(self._follow())

    def fragments(self, screen: Screen) -> Patch:
        """All that a screen shows at present."""
        return next((dict(drawing.fragments) for shown, drawing in self._shown if shown is screen), {})

    def ask(self, gesture: dict[str, Any]) -> dict[str, Any]:
        """Grant or refuse a gesture that came through a widget."""
        try:
            if self._store is None or not self._me:
                raise Refusal("This page asks for something the kit does not know: reload it.")
            with self._lock:
                self._store.ask(Asking(self._me, self._eye.role), gesture)
                self._redraw()
                seq = self._store.seq
            return {"id": gesture.get("id"), "seq": seq}
        except Refusal as refusal:
            said = say(refusal, self._eye.lang)
            return {"id": gesture.get("id"), "refused": said, "code": refusal.code, **refusal.facts}

    async def _follow(self) -> None:
        assert self._store is not None
        while True:
            try:
                with self._lock:
                    self._look(self._store)
            except Exception:
                # A drawing that fails now may succeed later; a task that ends would freeze the page in silence.
                log.exception("%s was not drawn; trying again", self._store.journal.session)
                self._version = None
                await asyncio.sleep(AGAIN)
            await asyncio.sleep(POLL)

    def _look(self, store: SessionStore) -> None:
        version, now = store.journal.version(), store.journal.now()
        if version != self._version or now - self._ticked >= TICK * store.journal.speed:
            self._version, self._ticked = version, now
            store.catch_up()
            self._redraw()

    def _redraw(self) -> None:
        for screen, drawing in self._shown:
            self._draw(screen, drawing)

    def _draw(self, screen: Screen, drawing: Drawing) -> None:
        if self._store is None:
            return
        changes = drawing.update(self._scene())
        if changes:
            screen.patch(changes)

    def _scene(self) -> Scene:
        assert self._store is not None
        journal = self._store.journal
        return Scene(self._store.session, journal.now(), journal.speed, journal.present())


def open_session() -> Live:
    """A temporary rehearsal where you facilitate; where the server lays the notebook out, no session."""
    lang = os.environ.get(LAYOUT)
    return Live(None, Eye(Role.OBSERVER, lang)) if lang else _rehearsal()


def _rehearsal() -> Live:
    # A notebook's kernel starts in its folder, and our folders are named after languages.
    lang = Path.cwd().name if Path.cwd().name in LANGUAGES else LANGUAGES[0]
    folder = Path(tempfile.mkdtemp(prefix="impact-"))
    team = {"fr": "Service d’essai", "en": "Trial service"}[lang]
    workshop = create_session(folder, team, lang=lang)
    name = {"fr": "Vous", "en": "You"}[lang]
    workshop.ask(Asking("you", Role.FACILITATOR), {"id": "join-rehearsal", "do": "join", "name": name})
    workshop.journal.mark("you", 1)
    live = Live(workshop, Eye(Role.FACILITATOR, lang), me="you")
    weakref.finalize(live, shutil.rmtree, folder, ignore_errors=True)
    return live
