"""A room: its door, the pages that it shows to a role, and what they ask for there.

A link brings a key, which the browser keeps; joining makes a person, whose role decides which page they see.
"""

from __future__ import annotations

import re
import time

from impactlib import people
from impactlib.agenda import LANGUAGES, Role
from impactlib.events import PersonCorrected, PersonShownOut
from impactlib.gestures import Asking, Refusal
from impactlib.server.audience import Key
from impactlib.server.desk import Admission, Closed
from impactlib.server.door import KEY, LANG, PERSON, Door

_PERSON_KEY = re.compile(r"[0-9a-f]{32}")

NOTEBOOKS = {
    "workshop": frozenset(Role),
    "script": frozenset({Role.FACILITATOR}),
    "prepare": frozenset({Role.FACILITATOR, Role.CLIENT}),
}
"""The notebooks that a room shows, and to which roles."""


class RoomDoor(Door):
    """A handler inside a room: `enter` checks the key first, and nothing is said to who has none."""

    async def enter(self, session: str, role: str) -> Admission | None:
        try:
            here = await self.admit(session, role)
        except Closed:
            self.closed()
            return None
        self.session_lang = here.session.lang
        return here

    async def show(self, session: str, role: str, notebook: str, here: Admission) -> None:
        """A notebook's page to whoever has come in; others join first, are shown out, or move to their role's."""
        lang = self.lang(here.session.lang)
        audience = self.room_app.audience(self.key_of(session, role, notebook, here))
        if here.person is None:
            # The kernel starts while the person reads the rules.
            self.room_app.background(audience.warm())
            return self.render_page(
                "join.html", lang=lang, session=here.session, role=role, room=self.room_path(session, role)
            )
        if here.person.out:
            self.set_status(403)
            return self.render_page("message.html", lang=lang, status=403, kind="out")
        if here.person.role != role:
            return await self._move(session, here)
        await self.draw(session, role, notebook, here)

    async def _move(self, session: str, here: Admission) -> None:
        """The facilitator gave this person another role: their page is that role's from now on."""
        assert here.person
        desk = self.room_app.desk
        if not await desk.run(desk.given, session, here.id, here.person.role):
            # Known from another role's door, by a key that may have been renewed since: that door decides.
            self.set_status(403)
            return self.render_page("message.html", lang=self.lang(), status=403, kind="moved")
        path = self.room_path(session, here.person.role)
        keys = await desk.run(desk.keys, session)
        self.keep(KEY, keys[here.person.role], path)
        self.keep(PERSON, self.get_cookie(PERSON, ""), path)
        self.see_other(path)

    async def draw(self, session: str, role: str, notebook: str, here: Admission) -> None:
        """The page of a room's notebook, its panes filled."""
        key = self.key_of(session, role, notebook, here)
        content = await self.drawn(key)
        if content is None:
            return
        audience = self.room_app.audience(key)
        self.render_page(
            "room.html",
            lang=key.lang,
            content=content,
            here_now=here,
            role=role,
            room=self.room_path(session, role),
            event=f"{audience.epoch}-{audience.number}",
            server=time.time(),
            notebook=notebook,
        )

    def key_of(self, session: str, role: str, notebook: str, admission: Admission) -> Key:
        return Key(session, notebook, role, self.lang(admission.session.lang))


class Room(RoomDoor):
    """GET: a role's page. With ?key= (a link), it remembers the key and goes to a clean address."""

    async def get(self, session: str, role: str) -> None:
        path = self.room_path(session, role)
        key = self.get_query_argument("key", "")
        if key:
            try:
                await self.room_app.desk.run(self.room_app.desk.admit, session, role, key, "")
            except Closed:
                return self.closed()
            self.keep(KEY, key, path)
            if self.get_query_argument("lang", "") in LANGUAGES:
                self.keep(LANG, self.get_query_argument("lang"), self.base)
            return self.see_other(path)
        here = await self.enter(session, role)
        if here is None:
            return None
        # Before the hour the team's link opens Prepare, which leads to the room.
        prepares = here.session.agenda is not None and here.session.agenda.prepares
        if role == Role.CLIENT and prepares and here.session.step is None and not self.sees_workshop:
            return self.see_other(f"{path}/prepare")
        await self.show(session, role, "workshop", here)


class Prepare(RoomDoor):
    """GET: where the team drafts its hypotheses, before the hour or beside it."""

    async def get(self, session: str, role: str) -> None:
        here = await self.enter(session, role)
        if here is None:
            return None
        if role not in NOTEBOOKS["prepare"]:
            return self.closed()
        await self.show(session, role, "prepare", here)


class Script(RoomDoor):
    """GET: the facilitator's private aids, on a page apart from the one that is projected."""

    async def get(self, session: str, role: str) -> None:
        here = await self.enter(session, role)
        if here is None:
            return None
        if role != Role.FACILITATOR or not here.inside:
            return self.closed()
        await self.draw(session, role, "script", here)


class Join(RoomDoor):
    """POST {id, name, key}: come in. The browser makes the key; we keep a hash of it."""

    async def post(self, session: str, role: str) -> None:
        here = await self.enter(session, role)
        if here is None:
            return None
        try:
            asked = self.read_json()
            key = asked.get("key")
            if not isinstance(key, str) or not _PERSON_KEY.fullmatch(key):
                raise Refusal("This page asks for something the kit does not know: reload it.")
            person = people.person_id(session, key)
            desk = self.room_app.desk
            gesture = {"id": asked.get("id"), "do": "join", "name": asked.get("name", "")}
            await desk.run(desk.ask, session, Asking(person, here.door), gesture)
        except Refusal as refusal:
            return self.refuse(refusal)
        self.keep(PERSON, key, self.room_path(session, role))
        self.answer(200, person=person)


class Gestures(RoomDoor):
    """POST {id, do, ...}: asked, checked, written, and answered to its sender alone."""

    async def post(self, session: str, role: str) -> None:
        here = await self.enter(session, role)
        if here is None:
            return None
        try:
            gesture = self.read_json()
            if gesture.get("do") == "join":
                raise Refusal("This page asks for something the kit does not know: reload it.")
            desk = self.room_app.desk
            seq, written = await desk.run(desk.ask, session, Asking(here.id, here.door), gesture)
        except Refusal as refusal:
            return self.refuse(refusal)
        for entry in written:
            if isinstance(entry.event, PersonShownOut | PersonCorrected):
                for audience in self.room_app.audiences_of(session):
                    audience.send_away(entry.event.person)
        self.answer(200, seq=seq)


class Here(RoomDoor):
    """POST each minute from an open page: a hub then knows that its server is in use."""

    async def post(self, session: str, role: str) -> None:
        if await self.enter(session, role):
            self.answer(200, now=time.time())
