"""The stream of a room's page: an audience's patches as they come, and a sign of life when none does.

The door is looked at again with each sign of life: a link that was renewed, or a person shown out, ends the stream.
"""

from __future__ import annotations

import asyncio
import json
import time

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError

from impactlib.server.audience import CannotDraw, Stream
from impactlib.server.desk import Closed
from impactlib.server.room import NOTEBOOKS, RoomDoor

PULSE = 10.0
"""Seconds between two signs of life on a stream; a page that hears none for longer says so."""


class Patches(RoomDoor):
    """GET, as server-sent events: what changed since Last-Event-ID (or ?after=), and from then on."""

    _stream: Stream | None = None

    async def get(self, session: str, role: str) -> None:
        here = await self.enter(session, role)
        if here is None:
            return None
        if not here.inside:
            return self.closed()
        notebook = self.get_query_argument("notebook", "workshop")
        if role not in NOTEBOOKS.get(notebook, ()):
            raise HTTPError(404)
        try:
            audience = await self.room_app.audience(self.key_of(session, role, notebook, here)).ready()
        except CannotDraw:
            raise HTTPError(503) from None
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("X-Accel-Buffering", "no")
        last = self.request.headers.get("Last-Event-ID") or self.get_query_argument("after", "")
        self._stream = stream = audience.listen(here.id, last)
        try:
            await self.room_app.presence.arrived(session, here.id)
            await self._send(stream, audience.epoch, session, role)
        except StreamClosedError:
            pass
        finally:
            audience.leave(stream)
            self.room_app.background(self.room_app.presence.left(session, here.id))

    async def _send(self, stream: Stream, epoch: str, session: str, role: str) -> None:
        self.write("retry: 1000\n\n")
        await self.flush()
        loop = asyncio.get_running_loop()
        due = loop.time() + PULSE
        while True:
            try:
                # However busy the room, the pulse is due: it is also when the door is looked at again.
                item = await asyncio.wait_for(stream.queue.get(), max(0.0, due - loop.time()))
            except TimeoutError:
                due = loop.time() + PULSE
                if not await self._still_admitted(session, role):
                    return
                # An event, not a comment: the page must see it, to know that we are alive.
                self.write(f"event: pulse\ndata: {time.time()}\n\n")
                await self.flush()
                continue
            if item is None:
                return
            number, patch = item
            self.write(f"id: {epoch}-{number}\ndata: {json.dumps(patch, ensure_ascii=False)}\n\n")
            await self.flush()

    async def _still_admitted(self, session: str, role: str) -> bool:
        """The link may have been renewed, or the person shown out, by somebody else than our pages."""
        try:
            return (await self.admit(session, role)).inside
        except Closed:
            return False

    def on_connection_close(self) -> None:
        if self._stream:
            self._stream.put(None)
