"""Layouts: each notebook of panes is run once for its content.

A notebook that was changed is run again when its next page is asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from impactlib.rooms.layout import Layout, Slot
from impactlib.views.panes import PANES

log = logging.getLogger("impact")

WITHIN = 60.0
"""Seconds that a notebook may take."""
_SLOT = re.compile(r"<!--pane ([a-z_]+)( in-steps)?-->")
_CELLS = re.compile(r"<!--cells (\d+) of (\d+)-->")

Run = Callable[[str, str], Awaitable[str]]
"""Runs a notebook, named without its folder and ending, in a language, and gives the HTML of its cells."""


class CannotDraw(Exception):
    """A notebook that gave no layout: the log says why."""


class Layouts:
    """Make it once per server. `folder` holds a folder of notebooks for each language."""

    def __init__(self, run: Run, folder: Path) -> None:
        self._run, self._folder = run, folder
        self._known: dict[tuple[str, str], tuple[str, asyncio.Future[Layout]]] = {}
        self._one = asyncio.Lock()

    def ready(self, notebook: str, lang: str) -> Layout | None:
        """The layout of a notebook as its file is now, if it has run already; from any thread."""
        known = self._known.get((lang, notebook))
        if known is None or known[0] != self._digest(notebook, lang) or not known[1].done() or known[1].exception():
            return None
        return known[1].result()

    async def layout(self, notebook: str, lang: str) -> Layout:
        """The layout of a notebook as its file is now. Raises CannotDraw; the next page then tries again."""
        digest, known = self._digest(notebook, lang), self._known.get((lang, notebook))
        if known is None or known[0] != digest or (known[1].done() and known[1].exception()):
            known = self._known[lang, notebook] = digest, asyncio.ensure_future(self._made(notebook, lang))
        return await asyncio.shield(known[1])

    def _digest(self, notebook: str, lang: str) -> str:
        try:
            return hashlib.sha256((self._folder / lang / f"{notebook}.ipynb").read_bytes()).hexdigest()
        except OSError as error:
            log.error("%s/%s.ipynb: %s", lang, notebook, error.strerror)
            raise CannotDraw(notebook) from error

    async def warm(self, lang: str, *notebooks: str) -> None:
        """Run notebooks before anybody waits. A failure is in the log; the page that follows tries again."""
        for notebook in notebooks:
            with contextlib.suppress(CannotDraw):
                await self.layout(notebook, lang)

    async def _made(self, notebook: str, lang: str) -> Layout:
        # One kernel at a time: two at once take no less time, and twice the memory.
        async with self._one:
            try:
                return parse(await asyncio.wait_for(self._run(notebook, lang), WITHIN), notebook)
            except CannotDraw as error:
                log.error("%s/%s.ipynb was not drawn: %s", lang, notebook, error)
                raise
            except Exception as error:
                log.error("%s/%s.ipynb was not drawn: %r", lang, notebook, error)
                raise CannotDraw(str(error)) from error


def parse(html: str, notebook: str) -> Layout:
    """The layout in a notebook's HTML. Raises CannotDraw when a cell failed, or shows something else than panes.

    >>> parse("<p>Hi</p><!--pane track--><!--cells 2 of 2-->", "workshop").parts
    ('<p>Hi</p>', Slot(pane='track', in_steps=False), '')
    """
    cells = _CELLS.search(html)
    if cells is None or cells[1] != cells[2] or "<!--other output-->" in html:
        raise CannotDraw(f"{notebook}: a cell failed, or shows something else than panes")
    parts: list[str | Slot] = []
    at = 0
    for slot in _SLOT.finditer(html):
        if slot[1] not in PANES:
            raise CannotDraw(f"{notebook}: there is no pane {slot[1]!r}")
        parts += [html[at : slot.start()], Slot(slot[1], bool(slot[2]))]
        at = slot.end()
    return Layout((*parts, _CELLS.sub("", html[at:])))
