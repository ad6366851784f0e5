"""Practising: a rehearsal is opened from the home page, and steered by whoever facilitates it."""

from __future__ import annotations

from impactlib.domain.agenda import Role
from impactlib.domain.refusal import Refusal
from impactlib.rehearsal.practice import Incident
from impactlib.rooms.room import Room
from impactlib.server.handler import KEY, Handler
from impactlib.server.pages.home import NOT_THE_OPERATOR
from impactlib.server.pages.room import RoomHandler
from impactlib.server.sessions import Admission, Closed


class Practise(Handler):
    """POST <base>practice {hurried, incidents}: open a rehearsal among simulated people; the operator only."""

    async def post(self) -> None:
        asked = self.read_json()
        if not await self.is_operator():
            raise Refusal(NOT_THE_OPERATOR)
        practices = self.state.practices
        incidents = [name for name in Incident if name in str(asked.get("incidents", "")).split()]
        session, keys = await practices.open(self.lang(), asked.get("hurried") is True, incidents)
        self.state.background(practices.play(session))
        path = self.room_path(session, Role.FACILITATOR)
        self.keep(KEY, keys[Role.FACILITATOR], path)
        self.answer(200, session=session, go=path)


class During(RoomHandler):
    """POST {do}: hurry the simulated people, let an incident happen, or remove the rehearsal; its facilitator only."""

    async def post(self, session: str, role: str) -> None:
        practices = self.state.practices

        def steer(here: Admission, room: Room) -> None:
            self.must_be_inside(here)
            if here.door != Role.FACILITATOR:
                raise Closed
            match self.read_json().get("do"):
                case "remove":
                    practices.remove(session)
                case "hurry":
                    practices.find(session).hurry()
                case str(name) if name in list(Incident):
                    practices.find(session).happen(Incident(name))
                case _:
                    raise Refusal("This page asks for something the kit does not know: reload it.")

        await self.enter(session, role, steer)
        self.answer(200)
