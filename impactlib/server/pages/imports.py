"""Session notebooks that come in: opened again at the home page, or merged into a workshop by its facilitator.

A notebook is read as data: none of its cells is looked at, and nothing in it is executed.
"""

from __future__ import annotations

import asyncio

from impactlib.domain import session_file
from impactlib.domain.agenda import Role
from impactlib.domain.refusal import Refusal
from impactlib.rooms.room import Room
from impactlib.server.handler import KEY, Handler
from impactlib.server.pages.home import NOT_THE_OPERATOR
from impactlib.server.pages.links import BROUGHT, TOLD_AS
from impactlib.server.pages.room import RoomHandler
from impactlib.server.sessions import Admission, Closed


class Import(Handler):
    """POST <base>import, a session notebook: the workshop goes on here; the operator only."""

    async def post(self) -> None:
        content = self.read_file(session_file.LARGEST, session_file.TOO_LARGE)
        if not await self.is_operator():
            raise Refusal(NOT_THE_OPERATOR)
        file = await asyncio.to_thread(session_file.read, content)
        sessions = self.state.sessions
        taken = await sessions.run(file.session, sessions.take_in, file)
        keys = await sessions.run(file.session, sessions.keys, file.session)
        path = self.room_path(file.session, Role.FACILITATOR)
        self.keep(KEY, keys[Role.FACILITATOR], path)
        go = f"{path}/links?{BROUGHT}={TOLD_AS.get(taken.told, '1')}"
        self.answer(200, team=file.fold().team, added=taken.added, room=path, go=go)


class Merge(RoomHandler):
    """POST room/<session>/facilitator/import, a session notebook: the entries that are new here are taken in."""

    async def post(self, session: str, role: str) -> None:
        def check(here: Admission, room: Room) -> None:
            if here.door != Role.FACILITATOR or not here.inside:
                raise Closed

        await self.enter(session, role, check)
        file = await asyncio.to_thread(session_file.read, self.read_file(session_file.LARGEST, session_file.TOO_LARGE))
        sessions = self.state.sessions
        taken = await sessions.run(session, sessions.take_in, file, session)
        texts = [{"stands": text.stands, "gave_way": text.gave_way} for text in taken.texts]
        self.answer(200, added=taken.added, said=self.words(taken.told) if taken.told else "", texts=texts)
