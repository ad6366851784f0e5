"""An audience: one kernel that draws a notebook for everybody of a role and a language.

The server remembers the audience's last fragments, so that a page opens without asking the kernel, and
fans patches out to the pages' streams. A kernel that dies or hangs is replaced: the pages see a pause.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import re
import secrets
import uuid
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async
from voila.notebook_renderer import NotebookRenderer

from impactlib.live import ROOM, Patch

if TYPE_CHECKING:
    from impactlib.server.app import Rooms

log = logging.getLogger("impact")

QUEUE = 200
"""Patches that a slow page may be behind; it is then sent away, and asks for the whole."""
MEMORY = 500
"""Patches remembered for pages that come back."""
ALIVE_EVERY, HUNG_AFTER = 5.0, 30.0
START_WITHIN = 60.0
IDLE = 600.0
"""Seconds without a page after which an audience's kernel is ended."""

_PANE = re.compile(r"<!--pane ([0-9a-f]+)-->")
_ZONE = re.compile(r"<!--zone ([a-z-]+)-->")
_CELLS = re.compile(r"<!--cells (\d+) of (\d+)-->")
_PRIVATE = re.compile(r"TOKEN|SECRET|PASSWORD|^JUPYTERHUB_|^IMPACT_", re.I)


@dataclass(frozen=True)
class Key:
    """Which audience: session is "" for the home page."""

    session: str
    notebook: str
    role: str
    lang: str


class CannotDraw(Exception):
    """A notebook that gave no page: the log says why."""


class Stream:
    """One page that listens: a bounded queue of numbered patches; None ends it."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.queue: asyncio.Queue[tuple[int, Patch] | None] = asyncio.Queue(QUEUE)

    def put(self, item: tuple[int, Patch] | None) -> bool:
        """False when the page is too slow and was told to come back."""
        if item is not None and not self.queue.full():
            self.queue.put_nowait(item)
            return True
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)
        return False


class Audience:
    """Made by ``Rooms.audience``; ``ready`` starts it once, however many pages come first together."""

    def __init__(self, app: Rooms, key: Key) -> None:
        self.app, self.key = app, key
        self.epoch = secrets.token_hex(4)
        self.number = 0
        self.fragments: Patch = {}
        self.streams: set[Stream] = set()
        self._patches: deque[tuple[int, Patch]] = deque(maxlen=MEMORY)
        self._parts: list[str] = []
        self._starting: asyncio.Future[None] | None = None
        self._drawing: _Drawing | None = None
        self._watch: asyncio.Task[None] | None = None
        self._left = 0.0

    async def ready(self) -> Audience:
        """Wait until the notebook is drawn. Raises CannotDraw; the next page then tries again."""
        if self._starting is None or (self._starting.done() and self._starting.exception()):
            self._starting = asyncio.ensure_future(self._start())
        await asyncio.shield(self._starting)
        self._left = 0.0
        return self

    async def warm(self) -> None:
        """Start before anybody waits. A failure is in the log; the page that follows tries again, and says so."""
        with contextlib.suppress(CannotDraw):
            await self.ready()

    def page(self) -> str:
        """The audience's part of a page: the notebook's cells, the panes filled."""
        zones: dict[str, list[str]] = {}
        for id in sorted(self.fragments):
            zones.setdefault(id.split("/")[0], []).append(id)

        def fill(match: re.Match[str]) -> str:
            return "".join(_element(id, self.fragments[id], match.string) for id in zones.get(match[1], ()))

        return _ZONE.sub(fill, "".join(self._parts))

    def listen(self, person: str, last: str) -> Stream:
        """A new stream, with what its page has missed since the event id `last` already in it."""
        stream = Stream(person)
        epoch, _, number = last.partition("-")
        seen = int(number) if number.isdigit() else -1
        if epoch == self.epoch and seen <= self.number and (seen == self.number or self._remembers(seen)):
            missed = [patch for n, patch in self._patches if n > seen]
            if missed:
                stream.put((self.number, {id: html for patch in missed for id, html in patch.items()}))
        else:
            stream.put((self.number, {"*": "", **self.fragments}))
        self.streams.add(stream)
        return stream

    def leave(self, stream: Stream) -> None:
        self.streams.discard(stream)

    def send_away(self, person: str | None = None) -> None:
        """End the streams of a person, or all: their pages come back and are checked at the door."""
        for stream in list(self.streams):
            if person in (None, stream.person):
                stream.put(None)
                self.streams.discard(stream)

    async def end(self) -> None:
        if self._watch:
            self._watch.cancel()
        if self._drawing:
            await self._drawing.end()

    def _remembers(self, seen: int) -> bool:
        return bool(self._patches) and self._patches[0][0] <= seen + 1

    def _take(self, patch: Patch) -> None:
        changes = {id: html for id, html in patch.items() if self.fragments.get(id, "") != html}
        if not changes:
            return
        for id, html in changes.items():
            if html:
                self.fragments[id] = html
            else:
                self.fragments.pop(id, None)
        self.number += 1
        self._patches.append((self.number, changes))
        for stream in list(self.streams):
            if not stream.put((self.number, changes)):
                self.streams.discard(stream)

    async def _start(self) -> None:
        await self._draw()
        if not self.key.session:
            # Nothing to follow: the kernel was needed to draw, not to stay.
            assert self._drawing
            await self._drawing.end()
        elif self._watch is None:
            self._watch = asyncio.ensure_future(self._stay())

    async def _draw(self) -> None:
        drawing = _Drawing(self.app, self.key, self._take)
        try:
            parts = await asyncio.wait_for(drawing.start(), START_WITHIN)
        except asyncio.CancelledError:
            await drawing.end()
            raise
        except Exception as error:
            await drawing.end()
            log.error("%s was not drawn: %r", self.key, error)
            raise CannotDraw(str(error)) from error
        self._drawing, self._parts = drawing, parts
        # Only now: what was said whole a moment ago may have been patched since.
        whole = drawing.whole()
        self._take({**dict.fromkeys(self.fragments.keys() - whole.keys(), ""), **whole})

    async def _stay(self) -> None:
        """Replace the kernel when it dies or hangs; end it when nobody has been looking for a while."""
        while not self._deserted():
            await asyncio.sleep(ALIVE_EVERY)
            try:
                if not await self._alive() and self.streams:
                    log.warning("%s: its kernel is gone or hangs; drawing again", self.key)
                    await self._draw()
            except Exception:
                # A page waits for this task: whatever went wrong, look again in five seconds.
                log.exception("%s: its kernel could not be looked after", self.key)
        self.app.forget(self)
        if self._drawing:
            await self._drawing.end()

    async def _alive(self) -> bool:
        if self._drawing and await self._drawing.alive():
            return True
        if self._drawing:
            await self._drawing.end()
        self._drawing = None
        return False

    def _deserted(self) -> bool:
        """Nobody looks, and the kernel is gone or has been idle for long."""
        now = asyncio.get_running_loop().time()
        self._left = 0.0 if self.streams else self._left or now
        return not self.streams and (self._drawing is None or now - self._left > IDLE)


def _element(id: str, html: str, page: str) -> str:
    # A list's zone holds list items; see `put` in fragments.js, which does the same.
    tag = "li" if f'<ul class="zone {id.split("/", maxsplit=1)[0]}"' in page else "div"
    return f'<{tag} class="fragment" id="{id}">{html}</{tag}>'


class _Drawing:
    """One kernel at work for an audience, from its start to its end."""

    def __init__(self, app: Rooms, key: Key, take: Any) -> None:
        self.app, self.key, self._take = app, key, take
        self._kernel = ""
        self._client: Any = None
        self._listening: asyncio.Task[None] | None = None
        self._whole: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._heard = 0.0

    async def start(self) -> list[str]:
        """Run the notebook until each pane has said what it shows; return its parts: panes framed, zones empty."""
        kernels = self.app.room_kernels
        # Named before it starts: whatever stops us half-way, `end` finds it.
        self._kernel = str(uuid.uuid4())
        await ensure_async(
            kernels.start_kernel(
                kernel_id=self._kernel, kernel_name="python3", path=self.key.lang, env=self._environment()
            )
        )
        manager = kernels.get_kernel(self._kernel)
        renderer = NotebookRenderer(
            voila_configuration=self.app.voila_configuration,
            traitlet_config=self.app.config,
            notebook_path=f"{self.key.lang}/{self.key.notebook}.ipynb",
            template_paths=self.app.room_template_paths,
            config_manager=self.app.config_manager,
            contents_manager=self.app.contents_manager,
            kernel_spec_manager=self.app.kernel_spec_manager,
            base_url=self.app.base_url,
            page_config={},
        )
        await renderer.initialize()
        html = await renderer.generate_content_str(self._kernel, manager)
        self._refuse_unless_panes(html)
        parts = _PANE.split(html)
        await self._subscribe(manager, parts[1::2])
        parts[1::2] = [self._whole[pane].result()["frame"] for pane in parts[1::2]]
        return parts

    def whole(self) -> Patch:
        """All that the panes show, patches included."""
        said = [answer.result()["whole"] for answer in self._whole.values()]
        return {id: html for fragments in said for id, html in fragments.items() if html}

    async def alive(self) -> bool:
        """Whether the kernel lives, and its loop answered in the last half minute."""
        if not await ensure_async(self.app.room_kernels.is_alive(self._kernel)):
            return False
        now = asyncio.get_running_loop().time()
        shell = self._client.shell_channel
        while await shell.msg_ready():
            await shell.get_msg()  # the answers before; what they were worth is in `_heard`
        self._client.kernel_info()
        return now - self._heard < HUNG_AFTER

    async def end(self) -> None:
        if self._listening:
            self._listening.cancel()
        if self._client:
            self._client.stop_channels()
        if self._kernel in self.app.room_kernels:
            with contextlib.suppress(Exception):
                await ensure_async(self.app.room_kernels.shutdown_kernel(self._kernel, now=True))

    def _environment(self) -> dict[str, str]:
        room = {
            "data": str(self.app.desk.data),
            "session": self.key.session,
            "role": self.key.role,
            "lang": self.key.lang,
        }
        kept = {name: value for name, value in os.environ.items() if not _PRIVATE.search(name)}
        return {**kept, ROOM: json.dumps(room)}

    def _refuse_unless_panes(self, html: str) -> None:
        cells = _CELLS.search(html)
        if cells is None or cells[1] != cells[2] or "<!--other output-->" in html:
            raise CannotDraw(f"{self.key.notebook}: a cell failed, or shows something else than panes")

    async def _subscribe(self, manager: Any, panes: list[str]) -> None:
        self._client = manager.client()
        self._client.start_channels(shell=True, iopub=True, stdin=False, hb=False, control=False)
        loop = asyncio.get_running_loop()
        self._heard = loop.time()
        self._whole = {pane: loop.create_future() for pane in panes}
        self._listening = asyncio.ensure_future(self._listen())
        # The subscription takes effect some time after it is made: ask until each pane has answered.
        while not all(answer.done() for answer in self._whole.values()):
            for pane, answer in self._whole.items():
                if not answer.done():
                    self._ask(pane)
            await asyncio.wait(self._whole.values(), timeout=0.2)

    def _ask(self, pane: str) -> None:
        content = {"comm_id": pane, "data": {"method": "custom", "content": {"ask": "whole"}}}
        self._client.shell_channel.send(self._client.session.msg("comm_msg", content))

    async def _listen(self) -> None:
        while True:
            message = await self._client.get_iopub_msg(timeout=None)
            self._heard = asyncio.get_running_loop().time()
            if message["msg_type"] != "comm_msg":
                continue
            content = message["content"]["data"].get("content", {})
            answer = self._whole.get(message["content"]["comm_id"])
            if answer is None:
                continue
            if "whole" in content and not answer.done():
                answer.set_result(content)
            elif "patch" in content:
                if answer.done():
                    # Until the audience takes it, what a pane said whole grows old.
                    answer.result()["whole"].update(content["patch"])
                self._take(content["patch"])
