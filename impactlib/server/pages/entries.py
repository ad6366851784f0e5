"""The entries of a room, for the copy of it that a browser keeps: what the session notebook would hold, as it grows."""

from __future__ import annotations

import asyncio
from typing import Any

from impactlib.domain.file_names import file_name
from impactlib.domain.kinds import TEAM
from impactlib.domain.redaction import shown
from impactlib.domain.session_file import SessionFile, since
from impactlib.rooms.room import Room
from impactlib.server.pages.room import RoomHandler
from impactlib.server.sessions import Admission, Closed
from impactlib.storage.carried import signing


class Entries(RoomHandler):
    """GET ?after=&sum=: what a copy lacks that holds so many lines, of that digest; to who may take the whole away."""

    async def get(self, session: str, role: str) -> None:
        def read(here: Admission, room: Room) -> SessionFile:
            self.must_be_inside(here)
            if here.door not in TEAM:
                raise Closed
            return signing(self.state.sessions.data, room.store.to_file())

        here, file = await self.enter(session, role, read)
        after, known = self._asks("after"), self._asks("sum")

        def lacking() -> dict[str, Any]:
            return since(shown(file), int(after) if after.isdecimal() and len(after) < 10 else 0, known)

        given = await asyncio.to_thread(lacking)
        name = file_name(here.session, "session", "ipynb", self.lang(here.session.lang))
        self.answer(200, seq=len(file.entries), team=here.session.team, name=name, **given)
