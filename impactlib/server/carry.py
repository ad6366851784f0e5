"""Session notebooks that come in: opened again at the home page, or merged into a workshop by its facilitator.

A notebook is read as data: none of its cells is looked at, and nothing in it is executed.
"""

from __future__ import annotations

import asyncio

from impactlib import portable
from impactlib.agenda import Role
from impactlib.gestures import Refusal
from impactlib.journal import JournalError
from impactlib.server.door import KEY, Door
from impactlib.server.room import RoomDoor


class Import(Door):
    """POST <base>import, a session notebook: the workshop goes on here; the operator only."""

    async def post(self) -> None:
        try:
            content = self.read_file(portable.LARGEST, portable.TOO_LARGE)
            if not await self.is_operator():
                raise Refusal("To open a workshop you need the operator's address: whoever started this server has it.")
            file = await asyncio.to_thread(portable.read, content)
            desk = self.room_app.desk
            added = await desk.run(desk.take_in, file)
            keys = await desk.run(desk.keys, file.session)
        except Refusal as refusal:
            return self.refuse(refusal)
        except JournalError as error:
            self.room_app.log.error("a session notebook was not imported: %s", error)
            return self.refuse(Refusal(portable.DAMAGED, code="file"))
        path = self.room_path(file.session, Role.FACILITATOR)
        self.keep(KEY, keys[Role.FACILITATOR], path)
        self.answer(200, team=file.fold().team, added=added, room=path, go=f"{path}/links")


class Merge(RoomDoor):
    """POST room/<session>/facilitator/import, a session notebook: what it knows more comes in here."""

    async def post(self, session: str, role: str) -> None:
        here = await self.enter(session, role)
        if here is None:
            return None
        if role != Role.FACILITATOR or not here.inside:
            return self.closed()
        try:
            content = self.read_file(portable.LARGEST, portable.TOO_LARGE)
            file = await asyncio.to_thread(portable.read, content)
            desk = self.room_app.desk
            added = await desk.run(desk.take_in, file, session)
        except Refusal as refusal:
            return self.refuse(refusal)
        self.answer(200, added=added)
