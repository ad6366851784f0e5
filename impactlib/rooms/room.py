"""A room: one session followed, and drawn for its audiences. Belongs to the session's thread.

An audience is everybody who sees one notebook in one role and one language. The room remembers the audience's last
patches, so that a page that comes back is sent only those that it missed.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from impactlib.domain.agenda import Role
from impactlib.domain.events import PersonCorrected, PersonSetApart, PersonShownOut
from impactlib.domain.kinds import TEAM
from impactlib.rooms.drawing import Drawing
from impactlib.rooms.fragments import WHOLE, Patch, merge
from impactlib.rooms.layout import Layout
from impactlib.storage.session_store import SessionStore
from impactlib.views.parts import Eye, Scene

REST, CROWD = 0.0004, 50
"""Seconds for each page between two drawings of a room that has so many pages: 500 of them are sent five patches a
second at most, and gestures are answered in between."""
MEMORY = 200
"""Patches remembered for pages that come back."""

SCREEN = "screen"
"""The name under which a room's screen is an audience, which no notebook has: it shows the links of all roles."""

Message = bytes | None
"""A server-sent event, ready to write; None ends the stream."""


@dataclass(frozen=True)
class Audience:
    """Everybody who sees one notebook in one role and one language."""

    notebook: str
    role: Role
    lang: str


@dataclass(eq=False)
class Stream:
    """One page that listens. `send` may be called from the session's thread."""

    person: str
    send: Callable[[Message], None]


@dataclass(eq=False)
class Shown:
    """The fragments that an audience sees, the patches that led there, and the pages that listen."""

    layout: Layout
    drawing: Drawing
    epoch: str = field(default_factory=lambda: secrets.token_hex(4))
    number: int = 0
    patches: deque[tuple[int, Patch]] = field(default_factory=lambda: deque(maxlen=MEMORY))
    streams: set[Stream] = field(default_factory=set)
    left: float = 0.0
    _whole: tuple[int, bytes] | None = None

    @property
    def event(self) -> str:
        """The id of the last event: where a page that is drawn now goes on."""
        return f"{self.epoch}-{self.number}"

    def update(self, scene: Scene) -> None:
        """Draw the parts whose reads have changed, and send the patch to the pages that listen."""
        try:
            patch = self.drawing.update(scene)
        except Exception:
            # The fragments drawn before it failed are in no patch: every page is given the whole.
            self._add({WHOLE: "", **self.drawing.fragments})
            raise
        if patch:
            self._add(patch)

    def _add(self, patch: Patch) -> None:
        self.number += 1
        self.patches.append((self.number, patch))
        self._send(self.streams, patch)

    def listen(self, stream: Stream, last: str) -> None:
        """Send a page what it has missed since the event id `last`, then all that comes."""
        seen = self._seen(last)
        if seen is None:
            stream.send(self._everything())
        elif missed := merge(patch for number, patch in self.patches if number > seen):
            self._send([stream], missed)
        self.streams.add(stream)

    def say(self, event: str, data: str) -> None:
        """Send all its pages an event that is no patch."""
        for stream in list(self.streams):
            stream.send(f"event: {event}\ndata: {data}\n\n".encode())

    def send_away(self, person: str | None = None) -> None:
        """End the streams of a person, or of everybody."""
        for stream in list(self.streams):
            if person in (None, stream.person):
                self.streams.discard(stream)
                stream.send(None)

    def _seen(self, last: str) -> int | None:
        """The number of the patch that a page has heard last; None when those that it missed are not remembered."""
        epoch, _, number = last.partition("-")
        seen = int(number) if re.fullmatch("[0-9]{1,15}", number) else -1
        oldest = self.patches[0][0] if self.patches else self.number + 1
        return seen if epoch == self.epoch and oldest - 1 <= seen <= self.number else None

    def _everything(self) -> bytes:
        """The event that brings the whole. Made once for all who come back together, as after a restart."""
        if self._whole is None or self._whole[0] != self.number:
            self._whole = self.number, self._written({WHOLE: "", **self.drawing.fragments})
        return self._whole[1]

    def _written(self, patch: Patch) -> bytes:
        return f"id: {self.event}\ndata: {json.dumps(patch, ensure_ascii=False)}\n\n".encode()

    def _send(self, streams: Iterable[Stream], patch: Patch) -> None:
        data = self._written(patch)
        for stream in list(streams):
            stream.send(data)


class Room:
    """One session's store, and what its audiences see."""

    def __init__(self, store: SessionStore, erased: Callable[[], None] = lambda: None) -> None:
        """`erased` is called once something was erased: whatever was made of the session is to be forgotten."""
        self.store, self._erased = store, erased
        self._erasures = store.erasures
        self.audiences: dict[Audience, Shown] = {}
        self.copy: tuple[tuple[int, int], Mapping[str, Any]] | None = None
        """What browsers keep a copy of, as it was made last, and of which state of the journal."""
        self._version: int | None = None
        self._followed = self._told = store.seq
        self._drawn = 0.0
        self.asked = time.monotonic()
        """When somebody last asked anything of it."""
        self._generations = self._read_generations()

    @property
    def watched(self) -> bool:
        """Whether anybody has a page of it open."""
        return any(shown.streams for shown in list(self.audiences.values()))

    def streams(self, person: str | None = None) -> int:
        """How many streams listen, of all notebooks; of one person, or of the screens ("")."""
        every = (stream for shown in self.audiences.values() for stream in shown.streams)
        return sum(person in (None, stream.person) for stream in every)

    def scene(self) -> Scene:
        """The session now."""
        journal = self.store.journal
        return Scene(self.store.session, journal.now(), journal.speed, journal.present(), journal.left())

    def rests(self) -> float:
        """The seconds after which it should be drawn again; 0 unless a crowd looks at it."""
        pages = self.streams()
        return max(0.0, self._drawn + pages * REST - time.monotonic()) if pages >= CROWD else 0.0

    def heard(self, audience: Audience, layout: Layout) -> Shown:
        """The fragments of an audience for a page that listens: what was written just now comes with the next patch."""
        known = self.audiences.get(audience)
        return known if known and known.layout is layout and self.rests() else self.shown(audience, layout)

    def shown(self, audience: Audience, layout: Layout) -> Shown:
        """The fragments of an audience, drawn on first demand; drawn anew when its notebook has another layout."""
        known = self.audiences.get(audience)
        if known is None or known.layout is not layout:
            drawing = Drawing(layout.panes(self.store.session), Eye(audience.role, audience.lang))
            streams = known.streams if known else set[Stream]()
            shown = self.audiences[audience] = Shown(layout, drawing, streams=streams)
            drawing.update(self.scene())
            for stream in list(streams):
                shown.listen(stream, "")
            return shown
        known.update(self.scene())
        return known

    def page(self, audience: Audience, layout: Layout) -> tuple[str, str]:
        """The cells of an audience's page, their panes filled, and the event id at which its stream goes on."""
        shown = self.shown(audience, layout)
        page = layout.page(self.store.session, audience.role, audience.lang, shown.drawing.fragments)
        return page, shown.event

    def older(self, audience: Audience, layout: Layout, zone: str, before: str) -> Patch:
        """Cards of a zone that come before a key, or all those that are drawn on demand."""
        return self.shown(audience, layout).drawing.older(self.scene(), zone, before)

    def draw(self) -> None:
        """Bring every audience up to date."""
        scene = self.scene()
        for shown in self.audiences.values():
            shown.update(scene)
        self._tell_written()
        self._drawn = time.monotonic()

    def _tell_written(self) -> None:
        """Tell the pages that may keep a copy of the session that entries were written, whatever they see of them."""
        if self._told == self.store.seq:
            return
        self._told = self.store.seq
        for audience, shown in self.audiences.items():
            if audience.role in TEAM:
                shown.say("written", str(self._told))

    def catch_up(self) -> bool:
        """Take in what other processes have written, renewed links and presence included; say whether anything was."""
        version = self.store.journal.version()
        if version == self._version:
            return False
        self._version = version
        self.store.catch_up()
        self.follow()
        self._end_renewed()
        return True

    def follow(self) -> None:
        """End the streams of the people whom new entries show out, give another role, or set a browser apart from,
        whoever wrote them. Once something was erased, of everybody: their pages come back, and are given the whole."""
        if self._erasures != self.store.erasures:
            self._erasures, self.copy = self.store.erasures, None
            self.send_away()
            self._erased()
        entries, self._followed = self.store.journal.read(self._followed), self.store.seq
        for entry in entries:
            if isinstance(entry.event, PersonShownOut | PersonCorrected | PersonSetApart):
                for shown in self.audiences.values():
                    shown.send_away(entry.event.person)

    def send_away(self) -> None:
        """End all streams, and keep nothing of what was drawn."""
        for shown in self.audiences.values():
            shown.send_away()
        self.audiences.clear()

    def renew(self, role: Role) -> None:
        """Make a role's link worthless, and end its streams."""
        self.store.journal.renew(role)
        self._end_renewed()

    def _end_renewed(self) -> None:
        generations = self._read_generations()
        renewed = {role for role in Role if generations[role] != self._generations[role]}
        for audience, shown in self.audiences.items():
            if renewed and (audience.role in renewed or audience.notebook == SCREEN):
                shown.send_away()
        self._generations = generations

    def _read_generations(self) -> dict[Role, int]:
        return {role: self.store.journal.generation(role) for role in Role}

    def forget_idle(self, now: float, after: float) -> None:
        """Drop the audiences that no page has listened to for `after` seconds."""
        for audience, shown in list(self.audiences.items()):
            shown.left = 0.0 if shown.streams else shown.left or now
            if shown.left and now - shown.left > after:
                del self.audiences[audience]
