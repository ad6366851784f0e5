"""The stream of a room's page: an audience's patches as they come, and a sign of life when none does.

A stream ends when its link was renewed, or its person shown out or given another role, whoever wrote that.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import Callable

from tornado.ioloop import PeriodicCallback
from tornado.web import HTTPError

from impactlib.domain.agenda import Role
from impactlib.rooms.room import Audience, Message, Room, Shown, Stream
from impactlib.server.layouts import CannotDraw
from impactlib.server.pages.room import NOTEBOOKS, RoomHandler
from impactlib.server.sessions import Admission

PULSE = 10
"""Seconds between two signs of life on a stream; a page that hears none for longer says so."""
CUT = 20
"""Seconds without a sign that what was sent has arrived, after which a line is cut: its person is not here any more."""
BEHIND = 256 * 1024
"""Bytes that a slow page may be behind; it is then sent away, and asks for what it missed."""
MOST, MOST_OF_ONE = 1_200, 24
"""Streams of a room but for the facilitator's, and of one person: pages of one browser share a few."""


class Streaming(RoomHandler):
    """A handler that answers with server-sent events, as long as its page is open."""

    def ready(self) -> tuple[Callable[[Message], None], str]:
        """How to send it an event, from any thread, and the id of the last one that its page has heard."""
        loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("X-Accel-Buffering", "no")
        # Nothing is written before the headers are: what comes meanwhile waits on the loop.

        def send(message: Message) -> None:
            self.state.deliveries.put(loop, self._send, message)

        return send, self.request.headers.get("Last-Event-ID") or self.get_query_argument("after", "")

    @staticmethod
    def bound(room: Room, person: str, leads: bool = False) -> None:
        """Raise HTTPError where a person, or the room, has as many streams as may be; the page asks again."""
        if room.streams(person) >= MOST_OF_ONE or (not leads and room.streams() >= MOST):
            raise HTTPError(429)

    async def stay(self, session: str, shown: Shown, stream: Stream, first: str = "") -> None:
        """Send what comes until the page is left, or sent away; its person, if it has one, is present meanwhile."""
        self._watch_line()
        self._send(f"retry: 1000\n\n{first}".encode())
        pulses.add(self)
        try:
            if stream.person:
                await self.state.presence.arrived(session, stream.person)
            await self._ended.wait()
        finally:
            pulses.discard(self)
            shown.streams.discard(stream)
            if stream.person:
                self.state.background(self.state.presence.left(session, stream.person))

    def _watch_line(self) -> None:
        """Have the system end a line on which nothing arrives any more; else it waits for many minutes."""
        stream = getattr(self.request.connection, "stream", None)
        option = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux
        if stream is not None and option is not None:
            with contextlib.suppress(OSError):
                stream.socket.setsockopt(socket.IPPROTO_TCP, option, CUT * 1000)

    def _send(self, message: Message) -> None:
        """Write an event; a page that is gone, or too slow, is left. In the event loop."""
        if self._ended.is_set():
            return
        connection = self.request.connection
        waiting = connection.stream._write_buffer if connection and connection.stream else None  # type: ignore[attr-defined]
        if message is None or waiting is None or len(waiting) > BEHIND:
            self._ended.set()
            return
        self.write(message)
        self.flush()

    def pulse(self) -> None:
        """A sign of life: an event, not a comment, since the page must see it; it carries the server's time."""
        self._send(f"event: pulse\ndata: {self.state.sessions.store.clock()}\n\n".encode())

    def on_connection_close(self) -> None:
        if hasattr(self, "_ended"):
            self._ended.set()


class Patches(Streaming):
    """GET, as server-sent events: what changed since Last-Event-ID (or ?after=), and from then on."""

    async def get(self, session: str, role: str) -> None:
        notebook = self.get_query_argument("notebook", "workshop")
        send, last = self.ready()

        def listen(here: Admission, room: Room) -> tuple[Shown, Stream] | None:
            self.must_be_inside(here)
            if role not in NOTEBOOKS.get(notebook, ()):
                raise HTTPError(404)
            self.bound(room, here.id, here.door == Role.FACILITATOR)
            lang = self.lang(here.session.lang)
            layout = self.state.layouts.ready(notebook, lang)
            if layout is None:
                return None
            shown, stream = room.heard(Audience(notebook, here.door, lang), layout), Stream(here.id, send)
            shown.listen(stream, last)
            return shown, stream

        async with self.state.arriving.of(session):
            here, heard = await self.enter(session, role, listen)
        if heard is None:
            await self.state.layouts.layout(notebook, self.lang(here.session.lang))
            here, heard = await self.enter(session, role, listen)
        if heard is None:
            raise CannotDraw(notebook)
        await self.stay(session, *heard)


class Pulses:
    """The signs of life of all streams: each second, those of one in `PULSE`."""

    def __init__(self) -> None:
        self._turns: list[set[Streaming]] = [set() for _ in range(PULSE)]
        self._next = itertools.cycle(range(PULSE))
        self._given = itertools.cycle(range(PULSE))

    def add(self, stream: Streaming) -> None:
        """Give a stream a second of the cycle."""
        self._turns[next(self._given)].add(stream)

    def discard(self, stream: Streaming) -> None:
        """Forget a stream."""
        for turn in self._turns:
            turn.discard(stream)

    def start(self) -> None:
        """Give signs of life from now on."""
        PeriodicCallback(self._pulse, 1000).start()

    def _pulse(self) -> None:
        for stream in list(self._turns[next(self._next)]):
            stream.pulse()


pulses = Pulses()
