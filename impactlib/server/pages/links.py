"""A workshop's links: shown to its facilitator, ready to give, and renewed one by one."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import urlsplit

from impactlib.domain.agenda import Role
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import NEVER
from impactlib.domain.session_file import AS_WRITTEN, ERASED_SINCE, GROWN
from impactlib.domain.text import N_
from impactlib.rooms.room import Room
from impactlib.server.addresses import PORT, Reach, reach
from impactlib.server.handler import AT, KEY, NETWORK
from impactlib.server.invitations import entrance, invitations
from impactlib.server.pages.room import RoomHandler
from impactlib.server.sessions import Admission, Closed
from impactlib.storage.keys import CALENDAR, calendar_link
from impactlib.views.wording import erased_when

DATA = "data"
"""The folder in which ``make run`` keeps its data, unless it is given another."""
TOLD = ("hypothesis", "metric", "recommendation", "learning", "action")
"""The kinds of notes that are counted of a workshop that a file has brought."""
BROUGHT = "brought"
"""In the address of the links, once a file has brought the workshop: the page says what is in it."""
TOLD_AS = {AS_WRITTEN: "as-written", GROWN: "grown", ERASED_SINCE: "erased-since"}
"""What is told of the signatures of that file, as the address says it."""

NOT_THE_OPERATORS = N_("Only whoever runs this server can erase a workshop at once: nothing was changed.")


class Links(RoomHandler):
    """GET: the links with QR codes and invitations, at the address chosen with ?at=; POST {role}: make that role's
    link, or the calendar's, worthless; {erase}: erase the workshop, the operator only."""

    async def get(self, session: str, role: str) -> None:
        def keys(here: Admission, room: Room) -> tuple[dict[str, str], str, str]:
            self._check(here)
            sessions = self.state.sessions
            return sessions.keys(session), sessions.code(session), sessions.calendar_key(session)

        here, (given, code, calendar) = await self.enter(session, role, keys)
        if at := self._asks("at"):
            self.keep(AT, at if at == NETWORK else "", self.base)
            return self.see_other(self.request.path)
        base, lang = self.given_address, self.lang(here.session.lang)
        network = self.state.network()
        self.render_page(
            "links.html",
            lang=lang,
            session=here.session,
            room=self.room_path(session, role),
            invitations=invitations(here.session, given, base, lang),
            entrance=entrance(here.session, code, base, lang),
            joined=here.person is not None,
            brought=self._asks(BROUGHT) and {kind: len(here.session.notes_of(kind)) for kind in TOLD},
            vouched=next((told for told, name in TOLD_AS.items() if name == self._asks(BROUGHT)), ""),
            reach=Reach.ANYWHERE if self.state.hub else reach(base),
            address=base,
            own=self.own_address,
            options=self._options(),
            calendar=calendar_link(base, session, calendar),
            erased=erased_when(here.session, lang),
            chosen="" if here.session.erasure == NEVER else here.session.erasure,
            operator=await self.is_operator(),
            trial=entrance(here.session, code, network, lang) if network else None,
        )

    def _options(self) -> dict[str, str]:
        """With what this server was started, to start it again the same way."""
        port, data = urlsplit(self.own_address).port, self.state.sessions.data
        elsewhere = isinstance(data, Path) and data.name != DATA
        given = {"port": str(port) if port not in (None, PORT) else "", "data": str(data) if elsewhere else ""}
        return {name: shlex.quote(value) for name, value in given.items() if value}

    async def post(self, session: str, role: str) -> None:
        if "erase" in self.read_json():
            return await self._erase(session, role)

        def renew(here: Admission, room: Room) -> tuple[str, str]:
            self._check(here)
            asked = str(self.read_json().get("role"))
            if asked == CALENDAR:
                room.store.journal.renew(CALENDAR)
                return CALENDAR, ""
            try:
                renewed = Role(asked)
            except ValueError:
                raise Refusal("There is no such role.") from None
            room.renew(renewed)
            return renewed, self.state.sessions.keys(session)[renewed]

        _, (renewed, key) = await self.enter(session, role, renew)
        if renewed == Role.FACILITATOR:
            self.keep(KEY, key, self.room_path(session, role))
        self.answer(200, renewed=renewed)

    async def _erase(self, session: str, role: str) -> None:
        operator = await self.is_operator()

        def erase(here: Admission, room: Room) -> None:
            self._check(here)
            if not operator:
                raise Refusal(NOT_THE_OPERATORS)
            self.state.sessions.erase(session)

        await self.enter(session, role, erase)
        self.answer(200, erased=session)

    def _check(self, here: Admission) -> None:
        # Links are made before anybody joins: the key is then enough.
        if here.door != Role.FACILITATOR or (here.person and not here.inside):
            raise Closed
