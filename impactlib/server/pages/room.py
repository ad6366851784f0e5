"""A room: its door, the pages that it shows to a role, and what they ask for there.

A link brings a key, which the browser keeps; joining makes a person, whose role decides which page they see.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

from tornado.web import HTTPError

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.names import namesakes, returning
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Person
from impactlib.gestures import AT_THE_DOOR, Asking
from impactlib.rooms.room import Audience, Room
from impactlib.server.handler import KEY, LANG, PERSON, Handler, Page
from impactlib.server.layouts import CannotDraw
from impactlib.server.sessions import Admission, Closed, Door
from impactlib.storage import keys
from impactlib.views import Eye, draw
from impactlib.views.wording import erased_when

T = TypeVar("T")
_PERSON_KEY = re.compile(r"[0-9a-f]{32}")

NOTEBOOKS = {
    "workshop": frozenset(Role),
    "script": frozenset({Role.FACILITATOR}),
    "prepare": frozenset({Role.FACILITATOR, Role.CLIENT}),
    "follow": frozenset({Role.FACILITATOR, Role.CLIENT}),
}
"""The notebooks that a room shows, and to which roles."""


class RoomHandler(Handler):
    """A handler inside a room: `enter` checks the key first, and nothing is said to who has none."""

    async def enter(self, session: str, role: str, work: Callable[[Admission, Room], T]) -> tuple[Admission, T]:
        """Open the door, and work in the room. Raises Closed, and whatever `work` raises."""

        def known(here: Admission, room: Room) -> T:
            # Errors raised from now on are worded in the workshop's language.
            self.session_lang = here.session.lang
            return work(here, room)

        return await self.inside(session, role, known)

    async def keep_key(self, session: str, role: str, key: str) -> None:
        """Have the browser keep the key of a link, once it opened the door. Raises Closed."""
        await self.state.sessions.inside(Door(session, role, key, ""), lambda here, room: None)
        self.keep(KEY, key, self.room_path(session, role))

    def must_be_inside(self, here: Admission) -> None:
        """Raise Closed for who has not joined, was shown out, or has another role."""
        if not here.inside:
            raise Closed

    async def show(self, session: str, role: str, notebook: str, work: Callable[[Admission], None]) -> None:
        """Answer with a notebook's page; `work` may first raise another answer.

        A notebook that has not run yet runs once the door has opened, which then opens again.
        """

        calendar = ""

        def drawn(here: Admission, room: Room) -> tuple[str, str, str] | None:
            nonlocal calendar
            work(here)
            if notebook == "follow":
                calendar = keys.calendar_link(self.given_address, session, self.state.sessions.calendar_key(session))
            lang = self.lang(here.session.lang)
            layout = self.state.layouts.ready(notebook, lang)
            return (lang, *room.page(Audience(notebook, here.door, lang), layout)) if layout else None

        here, page = await self.enter(session, role, drawn)
        if page is None:
            await self.state.layouts.layout(notebook, self.lang(here.session.lang))
            here, page = await self.enter(session, role, drawn)
        if page is None:
            raise CannotDraw(notebook)
        lang, content, event = page
        self.render_page(
            "room.html",
            lang=lang,
            content=content,
            here_now=here,
            role=role,
            room=self.room_path(session, role),
            event=event,
            server=self.state.sessions.store.clock(),
            notebook=notebook,
            calendar=calendar,
            may_go_on=bool(calendar) and here.session.ended and await self.is_operator(),
            vanishes=self.state.hub,
            practised=role == Role.FACILITATOR and self.state.practices.plays(session),
        )

    async def show_to_their_role(
        self, session: str, role: str, notebook: str, first: Callable[[Admission], None] = lambda here: None
    ) -> None:
        """The same to who has come in with this role; others join first, are shown out, or move to their role's.
        `first` may raise another answer to them all."""

        def check(here: Admission) -> None:
            first(here)
            check_role(here)

        try:
            await self.show(session, role, notebook, check)
        except Moved as moved:
            await self._move(session, moved.here)
        except NotIn as not_in:
            self._join(session, role, notebook, not_in.here)

    def _join(self, session: str, role: str, notebook: str, here: Admission) -> None:
        lang = self.lang(here.session.lang)
        # The notebook runs while the person reads the rules.
        self.state.background(self.state.layouts.warm(lang, notebook))
        self.render_page(
            "join.html",
            lang=lang,
            session=here.session,
            role=role,
            room=self.room_path(session, role),
            forgotten=here.forgotten,
            erased=erased_when(here.session, lang),
        )

    async def _move(self, session: str, here: Admission) -> None:
        """The facilitator gave this person another role: their page is that role's from now on."""
        assert here.person
        role = here.person.role

        def key(_: Admission, room: Room) -> str:
            # Known from another role's door, by a key that may have been renewed since: that door decides.
            if not room.store.journal.given(here.id, role):
                raise Page(403, "moved")
            return keys.role_key(self.state.sessions.data, room.store.journal, role)

        path = self.room_path(session, role)
        _, given = await self.enter(session, here.door, key)
        self.keep(KEY, given, path)
        self.keep(PERSON, self.get_cookie(PERSON, "") or "", path)
        self.see_other(path)


class Elsewhere(Exception):
    """Somebody whose page is another one: who has not joined yet, or has another role than the door's."""

    def __init__(self, here: Admission) -> None:
        super().__init__()
        self.here = here


class NotIn(Elsewhere):
    """Somebody who has not joined yet."""


class Moved(Elsewhere):
    """Somebody who has another role than the door's."""


def check_role(here: Admission) -> None:
    """Raise for all but those who have come in with the role of the door."""
    if here.person is None:
        raise NotIn(here)
    if here.person.out:
        raise Page(403, "out")
    if here.person.role != here.door:
        raise Moved(here)


class RolePage(RoomHandler):
    """GET: a role's page. With ?key= (a link), it remembers the key and goes to a clean address."""

    async def get(self, session: str, role: str) -> None:
        path = self.room_path(session, role)
        key = self.get_query_argument("key", "")
        if key:
            await self.keep_key(session, role, key)
            if self.get_query_argument("lang", "") in LANGUAGES:
                self.keep(LANG, self.get_query_argument("lang"), self.base)
            return self.see_other(path)
        try:
            await self.show_to_their_role(session, role, "workshop", self._before_the_hour)
        except PreparesFirst:
            self.see_other(f"{path}/prepare")

    def _before_the_hour(self, here: Admission) -> None:
        prepares = here.session.agenda is not None and here.session.agenda.prepares
        if here.door == Role.CLIENT and prepares and here.session.step is None and not self.sees_workshop:
            raise PreparesFirst


class PreparesFirst(Exception):
    """Before the hour the team's link opens *Prepare*, which leads to the room."""


class TeamPage(RoomHandler):
    """GET: a page of the team and the facilitator beside the room's."""

    notebook = ""

    async def get(self, session: str, role: str) -> None:
        if role not in NOTEBOOKS[self.notebook]:
            await self.enter(session, role, lambda here, room: None)
            raise Closed
        await self.show_to_their_role(session, role, self.notebook)


class Prepare(TeamPage):
    """Where the team drafts its hypotheses, before the hour or beside it."""

    notebook = "prepare"


class Follow(TeamPage):
    """Where the team gives the figures of the month, and sees what they become."""

    notebook = "follow"


class Script(RoomHandler):
    """GET: the facilitator's private aids, on a page apart from the one that is projected."""

    async def get(self, session: str, role: str) -> None:
        def check(here: Admission) -> None:
            self.must_be_inside(here)
            if role != Role.FACILITATOR:
                raise Closed

        await self.show(session, role, "script", check)


@dataclass(frozen=True)
class Asked:
    """What somebody at the entrance is asked before they come in: whether they are that person who is `offline`, else
    whether they want the name that others bear."""

    offline: Person | None
    namesakes: list[Person]


class Join(RoomHandler):
    """POST {id, name, key, alone, back}: come in. The browser makes the key; we keep a hash of it.

    With `alone`, somebody whose name others bear is told so, and has not come in; if one of them has the same role and
    is offline, they are asked whether they are that person. With `back` they are: they have that person's place.
    """

    async def post(self, session: str, role: str) -> None:
        def join(here: Admission, room: Room) -> tuple[str, str] | Asked:
            asked = self.read_json()
            key, name = asked.get("key"), str(asked.get("name", ""))
            if not isinstance(key, str) or not _PERSON_KEY.fullmatch(key):
                raise Refusal("This page asks for something the kit does not know: reload it.")
            browser, journal = keys.person_id(session, key), room.store.journal
            bearer = here.session.bearer(browser, journal.origin)
            if bearer and bearer.id != browser:
                return bearer.id, key  # their answer was lost: they are back already
            alike = namesakes(here.session, name, but=browser)
            offline = None if bearer else returning(here.session, name, here.door, journal.present(), here.id)
            if offline and asked.get("back") is True:
                person, gesture = offline.id, {"do": "come_back", "browser": browser}
            elif alike and asked.get("alone") is True:
                return Asked(offline, alike)
            else:
                person, gesture = browser, {"do": "join", "name": asked.get("name", "")}
            self.state.sessions.ask(room, Asking(person, here.door), {"id": asked.get("id"), **gesture})
            return person, key

        async with self.state.arriving.of(session):
            here, joined = await self.enter(session, role, join)
        if isinstance(joined, Asked):
            eye = Eye(here.door, self.lang(here.session.lang))
            if joined.offline:
                return self.answer(200, offline=draw(eye, "people", "offline", person=joined.offline))
            return self.answer(200, namesakes=draw(eye, "people", "namesakes", people=joined.namesakes))
        person, key = joined
        self.keep(PERSON, key, self.room_path(session, role))
        self.answer(200, person=person)


class Gestures(RoomHandler):
    """POST {id, do, ...}: asked, checked, written, and answered to its sender alone."""

    async def post(self, session: str, role: str) -> None:
        def ask(here: Admission, room: Room) -> int:
            gesture = self.read_json()
            if gesture.get("do") in AT_THE_DOOR:
                raise Refusal("This page asks for something the kit does not know: reload it.")
            return self.state.sessions.ask(room, Asking(here.id, here.door, room.scene().unled), gesture)

        who, pace = f"{session}/{self.get_cookie(PERSON) or self.request.remote_ip}", self.state.pace
        if wait := pace.wait(who):
            # It stays in the page's outbox, which sends it again: nobody is told that it went.
            self.set_header("Retry-After", str(ceil(wait)))
            return self.answer(429, code="slow", wait=wait)
        async with self.state.hurrying.of(session) if pace.hurries(who) else nullcontext():
            _, seq = await self.enter(session, role, ask)
        self.answer(200, seq=seq)


class Older(RoomHandler):
    """GET ?notebook=&zone=&before=: older cards of a zone, or all those that are drawn on demand, as a patch."""

    async def get(self, session: str, role: str) -> None:
        notebook = self.get_query_argument("notebook", "workshop")
        if role not in NOTEBOOKS.get(notebook, ()):
            raise HTTPError(404)
        zone, before = self.get_query_argument("zone", ""), self.get_query_argument("before", "")

        def older(here: Admission, room: Room) -> dict[str, str]:
            self.must_be_inside(here)
            lang = self.lang(here.session.lang)
            layout = self.state.layouts.ready(notebook, lang)
            return room.older(Audience(notebook, here.door, lang), layout, zone, before) if layout else {}

        _, patch = await self.enter(session, role, older)
        self.answer(200, patch=patch)


class Here(RoomHandler):
    """POST each minute from an open page: a hub then knows that its server is in use."""

    async def post(self, session: str, role: str) -> None:
        self.refuse_other_sites()
        await self.enter(session, role, lambda here, room: None)
        self.answer(200, now=self.state.sessions.store.clock())
