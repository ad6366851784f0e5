"""The pages and what they ask for: home, a room, its patches and gestures, links."""

from __future__ import annotations

import asyncio
import json
import re
import time

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError

from impactlib import people
from impactlib.agenda import DEFAULT, LANGUAGES, AgendaError, Role, names
from impactlib.gestures import Asking, Refusal
from impactlib.server.audience import CannotDraw, Key, Stream
from impactlib.server.desk import Admission, Closed
from impactlib.server.door import KEY, LANG, OPERATOR, PERSON, Door
from impactlib.server.invitations import invitations

_PERSON_KEY = re.compile(r"[0-9a-f]{32}")

PULSE = 10.0
"""Seconds between two signs of life on a stream; a page that hears none for longer says so."""

NOTEBOOKS = {
    "workshop": frozenset(Role),
    "script": frozenset({Role.FACILITATOR}),
    "prepare": frozenset({Role.FACILITATOR, Role.CLIENT}),
}
"""The notebooks that a room shows, and to which roles."""

HUBS_PAGES = frozenset({"lab", "tree", "notebooks", "doc", "voila"})
"""Where a hub's links lead in a notebook server, and below them."""


class Missing(Door):
    """Everything else: a plain 404; a hub's usual addresses go home, with what they carry."""

    def get(self, *_: str, **__: str) -> None:
        rest = self.request.path.removeprefix(self.base)
        if rest.split("/")[0] in HUBS_PAGES or self.request.path == self.base.rstrip("/"):
            query = f"?{self.request.query}" if self.request.query else ""
            return self.see_other(self.base + query)
        raise HTTPError(404)

    post = get


class Api(Door):
    """What a hub asks to know that we are up."""

    def get(self) -> None:
        from impactlib import __version__

        self.answer(200, version=__version__)


class Home(Door):
    """GET <base>: the three doors. With ?key= (or a hub's ?token=) it remembers the operator."""

    async def get(self) -> None:
        key = self.get_query_argument("key", "") or self.get_query_argument("token", "")
        if key:
            if people.same(key, await self.room_app.desk.run(self.room_app.operator_key)):
                self.keep(OPERATOR, key, self.base)
                return self.see_other(self.base)
            return self.closed()
        role = Role.FACILITATOR if await self.is_operator() else Role.OBSERVER
        lang = self.lang()
        audience = await _drawn(self, Key("", "home", role, lang))
        if audience:
            self.render_page("home_page.html", content=audience)


class Workshops(Door):
    """POST <base>workshops {team, agenda, starts, video}: open a workshop; the operator only."""

    async def post(self) -> None:
        try:
            asked = self.read_json()
            if not await self.is_operator():
                raise Refusal("To open a workshop you need the operator's address: whoever started this server has it.")
            agenda = str(asked.get("agenda") or DEFAULT)
            if agenda not in names():
                raise Refusal("There is no such agenda here.")
            session, keys = await self.room_app.desk.run(
                self.room_app.desk.open,
                team=str(asked.get("team", "")),
                agenda=agenda,
                lang=self.lang(),
                starts_at=_starts(asked),
                video=_video(asked),
            )
        except Refusal as refusal:
            return self.refuse(refusal)
        except AgendaError as error:
            return self.answer(422, refused=str(error), code="agenda")
        # This browser facilitates: it gets that key as a link would give it.
        path = self.room_path(session, Role.FACILITATOR)
        self.keep(KEY, keys[Role.FACILITATOR], path)
        self.answer(200, session=session, room=path, go=f"{path}/links")


def _starts(asked: dict[str, object]) -> float | None:
    """`starts` is seconds since 1970: the page turns the local time into it."""
    raw = asked.get("starts")
    if raw in (None, ""):
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 < raw < 1e11:
        raise Refusal("This start time cannot be read.")
    return float(raw)


def _video(asked: dict[str, object]) -> str:
    video = str(asked.get("video") or "").strip()
    if video and not video.startswith(("https://", "http://")):
        raise Refusal("A video link begins with https://")
    if len(video) > 500:
        raise Refusal("This link is too long (500 characters at most).")
    return video


async def _drawn(door: Door, key: Key) -> str | None:
    """The audience's page, or an answer that asks to try again."""
    try:
        return (await door.room_app.audience(key).ready()).page()
    except CannotDraw:
        door.set_status(503)
        door.render_page("message.html", status=503, kind="error")
        return None


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
        if not self.room_app.moves.may(session, here.id, here.person.role):
            # Known from another role's door, by a key that may have been renewed since: that door decides.
            self.set_status(403)
            return self.render_page("message.html", lang=self.lang(), status=403, kind="moved")
        path = self.room_path(session, here.person.role)
        keys = await self.room_app.desk.run(self.room_app.desk.keys, session)
        self.keep(KEY, keys[here.person.role], path)
        self.keep(PERSON, self.get_cookie(PERSON, ""), path)
        self.see_other(path)

    async def draw(self, session: str, role: str, notebook: str, here: Admission) -> None:
        """The page of a room's notebook, its panes filled."""
        key = self.key_of(session, role, notebook, here)
        content = await _drawn(self, key)
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
        if role == Role.CLIENT and here.session.step is None and not self.sees_workshop:
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
            seq = await desk.run(desk.ask, session, Asking(here.id, here.door), gesture)
        except Refusal as refusal:
            return self.refuse(refusal)
        if gesture.get("do") in ("show_out", "correct"):
            self.room_app.moves.allow(session, str(gesture.get("person")), str(gesture.get("role", "")))
            for audience in self.room_app.audiences_of(session):
                audience.send_away(str(gesture.get("person")))
        self.answer(200, seq=seq)


class Patches(RoomDoor):
    """GET, as server-sent events: what changed since Last-Event-ID (or ?after=), and from then on."""

    _stream: Stream | None = None

    async def get(self, session: str, role: str) -> None:
        here = await self.enter(session, role)
        if here is None:
            return None
        if not here.inside:
            return self.closed()
        notebook = self.get_query_argument("notebook", "workshop")
        if role not in NOTEBOOKS.get(notebook, ()):
            raise HTTPError(404)
        try:
            audience = await self.room_app.audience(self.key_of(session, role, notebook, here)).ready()
        except CannotDraw:
            raise HTTPError(503) from None
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("X-Accel-Buffering", "no")
        last = self.request.headers.get("Last-Event-ID") or self.get_query_argument("after", "")
        self._stream = stream = audience.listen(here.id, last)
        try:
            await self.room_app.presence.arrived(session, here.id)
            await self._send(stream, audience.epoch, session, role)
        except StreamClosedError:
            pass
        finally:
            audience.leave(stream)
            self.room_app.background(self.room_app.presence.left(session, here.id))

    async def _send(self, stream: Stream, epoch: str, session: str, role: str) -> None:
        self.write("retry: 1000\n\n")
        await self.flush()
        loop = asyncio.get_running_loop()
        due = loop.time() + PULSE
        while True:
            try:
                # However busy the room, the pulse is due: it is also when the door is looked at again.
                item = await asyncio.wait_for(stream.queue.get(), max(0.0, due - loop.time()))
            except TimeoutError:
                due = loop.time() + PULSE
                if not await self._still_admitted(session, role):
                    return
                # An event, not a comment: the page must see it, to know that we are alive.
                self.write(f"event: pulse\ndata: {time.time()}\n\n")
                await self.flush()
                continue
            if item is None:
                return
            number, patch = item
            self.write(f"id: {epoch}-{number}\ndata: {json.dumps(patch, ensure_ascii=False)}\n\n")
            await self.flush()

    async def _still_admitted(self, session: str, role: str) -> bool:
        """The link may have been renewed, or the person shown out, by somebody else than our pages."""
        try:
            return (await self.admit(session, role)).inside
        except Closed:
            return False

    def on_connection_close(self) -> None:
        if self._stream:
            self._stream.put(None)


class Here(RoomDoor):
    """POST each minute from an open page: a hub then knows that its server is in use."""

    async def post(self, session: str, role: str) -> None:
        if await self.enter(session, role):
            self.answer(200, now=time.time())


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
        self.room_app.moves.forget(session)
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
