"""A workshop's four links: shown to its facilitator, ready to give, and renewed one by one."""

from __future__ import annotations

from impactlib.domain.agenda import Role
from impactlib.domain.refusal import Refusal
from impactlib.rooms.room import Room
from impactlib.server.handler import KEY
from impactlib.server.invitations import invitations
from impactlib.server.pages.room import RoomHandler
from impactlib.server.sessions import Admission, Closed


class Links(RoomHandler):
    """GET: the four links with QR codes and invitations; POST {role}: make that role's link worthless."""

    async def get(self, session: str, role: str) -> None:
        def keys(here: Admission, room: Room) -> dict[str, str]:
            self._check(here)
            return self.state.sessions.keys(session)

        here, given = await self.enter(session, role, keys)
        base = f"{self.request.protocol}://{self.request.host}{self.base}"
        lang = self.lang(here.session.lang)
        self.render_page(
            "links.html",
            lang=lang,
            session=here.session,
            room=self.room_path(session, role),
            invitations=invitations(here.session, given, base, lang),
            joined=here.person is not None,
        )

    async def post(self, session: str, role: str) -> None:
        def renew(here: Admission, room: Room) -> tuple[Role, str]:
            self._check(here)
            try:
                renewed = Role(str(self.read_json().get("role")))
            except ValueError:
                raise Refusal("There is no such role.") from None
            room.renew(renewed)
            return renewed, self.state.sessions.keys(session)[renewed]

        _, (renewed, key) = await self.enter(session, role, renew)
        if renewed == Role.FACILITATOR:
            self.keep(KEY, key, self.room_path(session, role))
        self.answer(200, renewed=renewed)

    def _check(self, here: Admission) -> None:
        # Links are made before anybody joins: the key is then enough.
        if here.door != Role.FACILITATOR or (here.person and not here.inside):
            raise Closed
