"""A notebook's own session, followed by the panes that it shows: kept in a file, or a rehearsal that nothing keeps.

JupyterLab, nbval, scripts and Voilà's own pages use this: you facilitate, and gestures come through the widgets' comm.
Where the server runs a notebook to lay it out, there is no session, and panes show as slots.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from pathlib import Path
from typing import Any, Protocol

from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Session
from impactlib.domain.session_file import SessionFile
from impactlib.domain.sheets.figures_over_time import Figures
from impactlib.domain.sheets.grid import Sheet
from impactlib.gestures import Asking
from impactlib.rooms import figures_brought
from impactlib.rooms.bringing import Bringing, Brought
from impactlib.rooms.drawing import Drawing
from impactlib.rooms.fragments import Patch
from impactlib.storage.kept_file import Compose, KeptStore
from impactlib.storage.session_store import SessionStore, import_session
from impactlib.views.panes import PANES
from impactlib.views.parts import Eye, Pane, Scene
from impactlib.views.render import say

log = logging.getLogger("impact")

POLL = 0.05
"""Seconds between two looks at the journal, which another process may write."""
AGAIN = 1.0
"""Seconds before another attempt, after one that failed."""
CALM = 2.0
"""Seconds without a gesture after which what people read in the file is brought up to date."""
TICK = 5.0
"""Seconds between two drawings of what depends on the time alone."""


class Screen(Protocol):
    """Something that shows fragments and takes their patches: a pane's widget."""

    def patch(self, changes: Patch) -> None: ...


class Live:
    """A session followed for one audience. Make it with ``open_session()``."""

    def __init__(self, store: SessionStore | None, eye: Eye, me: str = "", name: str = "") -> None:
        self._store, self._eye, self.me, self._name = store, eye, me, name
        self._shown: list[tuple[Screen, Drawing]] = []
        self._lock = threading.RLock()
        self._version: int | None = None
        self._ticked = self._written = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def lays_out(self) -> bool:
        """Whether the server runs this notebook to lay it out: there is no session."""
        return self._store is None

    @property
    def kept(self) -> KeptStore | None:
        """The file that keeps the session; None for a rehearsal, which ends with this process."""
        return self._store if isinstance(self._store, KeptStore) else None

    def keep(self, path: Path, compose: Compose) -> None:
        """Go on in a file, which must not be there yet. Raises Refusal."""
        with self._lock:
            assert self._store is not None
            carried = self._store.to_file()
            self._store = KeptStore.open(path, compose, lambda folder: import_session(folder, carried)[0])
            self._store.journal.mark(self.me, 1)
            self._version = None
            for screen, _ in self._shown:
                screen.patch({})
            self._redraw()

    def bring(self, file: SessionFile) -> int:
        """Take in a session notebook of the same session; return how many entries were new. Raises Refusal."""
        with self._lock:
            assert self._store is not None
            added = self._store.merge(file)
            self._redraw()
        return added

    def draft(self, sheet: Sheet, source: str = "") -> Brought:
        """Take in a table of hypotheses, that of the file `source`: what is new of it, and what it corrects."""
        assert self._store is not None
        store, asking = self._store, Asking(self.me, self._eye.role)
        with self._lock:
            self._join(store)
            with store.together():
                bringing = Bringing(store.session, sheet, source, self.me)
                for placed in bringing.placed:
                    bringing.take(store, placed, lambda gesture: store.ask(asking, gesture))
            self._written = time.monotonic()
            self._redraw()
        return bringing.brought

    def bring_figures(self, table: Figures, source: str = "") -> figures_brought.Brought:
        """Take in a table of figures over time, that of the file `source`: those that are new, and those that it
        corrects."""
        assert self._store is not None
        store, asking = self._store, Asking(self.me, self._eye.role)
        with self._lock:
            self._join(store)
            bringing = figures_brought.Bringing(store.session, table.given, source, self.me)
            for together in bringing.placed:
                bringing.take(store, together, lambda gesture: store.ask(asking, gesture))
            self._written = time.monotonic()
            self._redraw()
        return bringing.brought

    @property
    def session(self) -> Session:
        """The session as it stands; an empty one in a layout."""
        return self._store.session if self._store else Session(id="")

    def to_file(self) -> SessionFile:
        """The whole session, to be written as one of the kit's files."""
        assert self._store is not None
        with self._lock:
            return self._store.to_file()

    @property
    def eye(self) -> Eye:
        """Who looks, now."""
        if self._store is None:
            return self._eye
        return self.scene().seen_by(self._eye)

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
            if self._store is None or not self.me:
                raise Refusal("This page asks for something the kit does not know: reload it.")
            with self._lock:
                self._join(self._store)
                self._store.ask(Asking(self.me, self._eye.role), gesture)
                self._written = time.monotonic()
                self._redraw()
                seq = self._store.seq
            return {"id": gesture.get("id"), "seq": seq, "kept": self.kept is not None}
        except Refusal as refusal:
            said = say(refusal, self._eye.lang)
            return {"id": gesture.get("id"), "refused": said, "code": refusal.code, **refusal.facts}

    def _join(self, store: SessionStore) -> None:
        """Come in, before the first gesture."""
        if self._name and self.me not in store.session.people:
            store.ask(Asking(self.me, self._eye.role), {"id": f"join-{self.me}", "do": "join", "name": self._name})

    async def _follow(self) -> None:
        assert self._store is not None
        while True:
            try:
                with self._lock:
                    self._look(self._store)
                await self._write_cells()
            except Exception:
                # A drawing that fails now may succeed later; a task that ends would freeze the page in silence.
                log.exception("%s was not drawn; trying again", self._store.journal.session)
                self._version = None
                await asyncio.sleep(AGAIN)
            await asyncio.sleep(POLL)

    def _look(self, store: SessionStore) -> None:
        version, now = store.journal.version(), store.journal.now()
        if store.follow() or version != self._version or now - self._ticked >= TICK * store.journal.speed:
            self._version, self._ticked = version, now
            self._redraw()

    async def _write_cells(self) -> None:
        """Bring what people read in the file up to date, once nobody has written for a moment."""
        store = self.kept
        if store is None or not store.behind or time.monotonic() - self._written < CALM:
            return
        with self._lock:
            seq, file = store.seq, store.to_file()
        cells = await asyncio.to_thread(store.compose, file)
        with self._lock:
            store.put(cells, seq)

    def _redraw(self) -> None:
        for screen, drawing in self._shown:
            self._draw(screen, drawing)

    def _draw(self, screen: Screen, drawing: Drawing) -> None:
        if self._store is None:
            return
        changes = drawing.update(self.scene())
        if changes:
            screen.patch(changes)

    def scene(self) -> Scene:
        """The session at this moment."""
        assert self._store is not None
        journal = self._store.journal
        return Scene(self._store.session, journal.now(), journal.speed, journal.present())
