"""A workshop's four links: shown to its facilitator, ready to give, and renewed one by one."""

from __future__ import annotations

from impactlib.agenda import Role
from impactlib.gestures import Refusal
from impactlib.server.desk import Admission
from impactlib.server.door import KEY
from impactlib.server.invitations import invitations
from impactlib.server.room import RoomDoor


class Links(RoomDoor):
    """GET: the four links with QR codes and invitations; POST {role}: make that role's link worthless."""

    async def get(self, session: str, role: str) -> None:
        here = await self._facilitator(session, role)
        if here is None:
            return
        keys = await self.room_app.desk.run(self.room_app.desk.keys, session)
        base = f"{self.request.protocol}://{self.request.host}{self.base}"
        lang = self.lang(here.session.lang)
        self.render_page(
            "links.html",
            lang=lang,
            session=here.session,
            room=self.room_path(session, role),
            invitations=invitations(here.session, keys, base, lang),
            joined=here.person is not None,
        )

    async def post(self, session: str, role: str) -> None:
        here = await self._facilitator(session, role)
        if here is None:
            return None
        try:
            renewed = Role(str(self.read_json().get("role")))
        except ValueError:
            return self.refuse(Refusal("There is no such role."))
        except Refusal as refusal:
            return self.refuse(refusal)
        await self.room_app.desk.run(self.room_app.desk.renew, session, renewed)
        if renewed == Role.FACILITATOR:
            keys = await self.room_app.desk.run(self.room_app.desk.keys, session)
            self.keep(KEY, keys[renewed], self.room_path(session, role))
        for audience in self.room_app.audiences_of(session):
            if audience.key.role == renewed:
                audience.send_away()
        self.answer(200, renewed=renewed)

    async def _facilitator(self, session: str, role: str) -> Admission | None:
        here = await self.enter(session, role)
        if here is None:
            return None
        # Links are made before anybody joins: the key is then enough.
        if role != Role.FACILITATOR or (here.person and not here.inside):
            self.closed()
            return None
        return here
