"""Layouts: each notebook of panes is run by Voilà once for its content, in a kernel that then ends.

A notebook that was changed is run again when its next page is asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import re
import uuid
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from voila.notebook_renderer import NotebookRenderer

from impactlib.rooms.layout import LAYOUT, Layout, Slot
from impactlib.views.panes import PANES

log = logging.getLogger("impact")

WITHIN = 60.0
"""Seconds that a notebook may take."""
_SLOT = re.compile(r"<!--pane ([a-z_]+)( in-steps)?-->")
_CELLS = re.compile(r"<!--cells (\d+) of (\d+)-->")
_PRIVATE = re.compile(r"TOKEN|SECRET|PASSWORD|^JUPYTERHUB_|^IMPACT_", re.I)


class CannotDraw(Exception):
    """A notebook that gave no layout: the log says why."""


class Layouts:
    """Make it once per server. `voila` is the application that runs notebooks."""

    def __init__(self, voila: Any, folder: Path) -> None:
        self._voila, self._folder = voila, folder
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
            known = self._known[lang, notebook] = digest, asyncio.ensure_future(self._run(notebook, lang))
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

    async def _run(self, notebook: str, lang: str) -> Layout:
        # One kernel at a time: two at once take no less time, and twice the memory.
        async with self._one:
            kernel = str(uuid.uuid4())
            try:
                html = await asyncio.wait_for(self._generate(notebook, lang, kernel), WITHIN)
                return parse(html, notebook)
            except asyncio.CancelledError:
                raise
            except CannotDraw as error:
                log.error("%s/%s.ipynb was not drawn: %s", lang, notebook, error)
                raise
            except Exception as error:
                log.error("%s/%s.ipynb was not drawn: %r", lang, notebook, error)
                raise CannotDraw(str(error)) from error
            finally:
                await self._end(kernel)

    async def _generate(self, notebook: str, lang: str, kernel: str) -> str:
        voila, kernels = self._voila, self._voila.layout_kernels
        environment = {name: value for name, value in os.environ.items() if not _PRIVATE.search(name)} | {LAYOUT: lang}
        await ensure_async(kernels.start_kernel(kernel_id=kernel, kernel_name="python3", path=lang, env=environment))
        renderer = NotebookRenderer(
            voila_configuration=voila.voila_configuration,
            traitlet_config=voila.config,
            notebook_path=f"{lang}/{notebook}.ipynb",
            template_paths=voila.room_template_paths,
            config_manager=voila.config_manager,
            contents_manager=voila.contents_manager,
            kernel_spec_manager=voila.kernel_spec_manager,
            base_url=voila.base_url,
            page_config={},
        )
        await renderer.initialize()
        html: str = await renderer.generate_content_str(kernel, kernels.get_kernel(kernel))
        return html

    async def _end(self, kernel: str) -> None:
        if kernel in self._voila.layout_kernels:
            with contextlib.suppress(Exception):
                await ensure_async(self._voila.layout_kernels.shutdown_kernel(kernel, now=True))


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
