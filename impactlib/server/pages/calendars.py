"""What calendars subscribe to: a workshop's dates, those of all the teams of a coach. An address is its own key, and
nothing else is asked."""

from __future__ import annotations

import asyncio

from tornado.web import HTTPError

from impactlib.domain.coaching import Followed, coaches as named
from impactlib.domain.file_names import TYPES
from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_
from impactlib.server.coaches import calendar
from impactlib.server.handler import Handler
from impactlib.server.pages.forms import OLD_PAGE, Form
from impactlib.server.sessions import COMMON, Closed
from impactlib.server.state import State
from impactlib.storage import keys
from impactlib.storage.coaching import teams_of
from impactlib.views.render import say

COACHES = " coaches"
"""Where those who ask for a coach's calendar wait for each other: no session has such an id."""
_NO_COACH = N_("There is no such coach here.")


class Subscribed(Handler):
    """GET: all that falls due, in the workshop's language. A key that was renewed finds nothing."""

    async def get(self, session: str, key: str) -> None:
        sessions = self.state.sessions
        try:
            seq, lang = await sessions.at_calendar(session, key, lambda room: (room.store.seq, room.store.session.lang))
        except Closed:
            raise HTTPError(404) from None
        body = await self.state.exports.file(session, seq, "calendar.ics", lang)
        self.set_header("Content-Type", TYPES["ics"])
        self.finish(body)


class OfCoach(Handler):
    """GET: what falls due for all the teams that a coach facilitated or advised, in the language of the latest one. A
    key that was renewed finds nothing, nor does one of somebody who is in no workshop any more; a workshop that cannot
    be read is left out."""

    async def get(self, coach: str, key: str) -> None:
        state, data = self.state, self.state.sessions.data
        if not keys.same(key, await state.sessions.run(COMMON, keys.coach_key, data, coach)):
            raise HTTPError(404)
        # In no room's lane, which must not wait for hundreds of journals; and one at a time.
        async with state.hurrying.of(COACHES):
            body = await asyncio.to_thread(self._made, coach)
            _tell_unread(self.state)
        if not body:
            raise HTTPError(404)
        self.set_header("Content-Type", TYPES["ics"])
        self.finish(body)

    def _made(self, coach: str) -> bytes:
        teams = teams_of(self.state.sessions.data, _workshops(self.state), coach)
        return calendar(teams, teams[0].lang) if teams else b""


class Coaches(Form):
    """GET <base>coaches: the address of the calendar of each coach, for whoever runs the server; POST {coach}: make
    another, and the present one worthless."""

    async def get(self) -> None:
        await self._page()

    async def post(self) -> None:
        coaches = await self._coaches()
        try:
            typed = self.read_form()
            if not keys.same(typed.get("pass", ""), await self._pass()):
                raise Refusal(OLD_PAGE)
            if (coach := typed.get("coach", "")) not in coaches.values():
                raise Refusal(_NO_COACH)
            await self.state.sessions.run(COMMON, keys.renew_coach, self.state.sessions.data, coach)
        except Refusal as refusal:
            self.set_status(422)
            return await self._page(refusal)
        self.see_other(f"{self.base}coaches#{coach}")

    async def _coaches(self) -> dict[str, str]:
        """The names of the coaches, each with what stands for them. Raises 404 for anybody but the operator."""
        if not await self.is_operator():
            raise HTTPError(404)
        async with self.state.hurrying.of(COACHES):
            names = await asyncio.to_thread(lambda: named(_workshops(self.state)))
            _tell_unread(self.state)
        return await self.state.sessions.run(COMMON, keys.coach_ids, self.state.sessions.data, names)

    async def _pass(self) -> str:
        """What a form of this page carries, which no other site can know."""
        sessions = self.state.sessions
        key = await sessions.run(COMMON, self.state.operator_key)
        return await sessions.run(COMMON, keys.drawn_key, sessions.data, f"coaches {key}")

    async def _page(self, refusal: Refusal | None = None) -> None:
        coaches, sessions = await self._coaches(), self.state.sessions

        def addresses() -> list[dict[str, str]]:
            found = []
            for name, coach in coaches.items():
                address = keys.coach_link(self.given_address, coach, keys.coach_key(sessions.data, coach))
                found.append({"id": coach, "name": name, "address": address})
            return found

        self.render_page(
            "coaches.html",
            coaches=await sessions.run(COMMON, addresses),
            passing=await self._pass(),
            said=say(refusal, self.lang()) if refusal else "",
        )


def _workshops(state: State) -> list[Followed]:
    """All that can be read. Never in the event loop."""
    return [one for one in state.coached.all().values() if one is not None]


def _tell_unread(state: State) -> None:
    for session, error in state.coached.unread.items():
        state.troubles.tell(session, error)
