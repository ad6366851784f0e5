"""The entries of a room, for the copy of it that a browser keeps: what the session notebook would hold, as it grows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from impactlib.domain.file_names import file_name
from impactlib.domain.kinds import TEAM
from impactlib.domain.redaction import shown
from impactlib.domain.session_file import SessionFile, since, to_metadata
from impactlib.rooms.room import Room
from impactlib.server.pages.room import RoomHandler
from impactlib.server.sessions import Admission, Closed
from impactlib.storage.carried import signing

State = tuple[int, int]
"""How many entries a journal has, and how many times some were erased."""


class Entries(RoomHandler):
    """GET ?after=&sum=: what a copy lacks that holds so many lines, of that digest; to who may take the whole away.

    The whole is made once for each state of a room, one at a time: who asks again and again is given the same.
    """

    async def get(self, session: str, role: str) -> None:
        def state(here: Admission, room: Room) -> tuple[Room, State]:
            self.must_be_inside(here)
            if here.door not in TEAM:
                raise Closed
            return room, (room.store.seq, room.store.erasures)

        here, (room, now) = await self.enter(session, role, state)
        whole = await self._whole(session, role, room, now)
        after, known = self._asks("after"), self._asks("sum")
        lines = int(after) if after.isdecimal() and len(after) < 10 else 0
        given = await asyncio.to_thread(since, whole, lines, known)
        name = file_name(here.session, "session", "ipynb", self.lang(here.session.lang))
        self.answer(200, seq=now[0], team=here.session.team, name=name, **given)

    async def _whole(self, session: str, role: str, room: Room, now: State) -> Mapping[str, Any]:
        async with self.state.copying:
            if room.copy is None or room.copy[0] != now:

                def read(here: Admission, room: Room) -> tuple[SessionFile, State]:
                    return room.store.to_file(), (room.store.seq, room.store.erasures)

                _, (file, then) = await self.enter(session, role, read)
                file = signing(self.state.sessions.data, file)
                room.copy = then, await asyncio.to_thread(lambda: to_metadata(shown(file)))
            return room.copy[1]
