"""The home page, the workshops that are opened from it, and every address that is none of ours."""

from __future__ import annotations

import asyncio

from tornado.web import HTTPError

from impactlib.domain import formats
from impactlib.domain.agenda import Role
from impactlib.domain.agenda_files import DEFAULT, FOLLOWING, SAME, load, names
from impactlib.domain.clock import LATEST
from impactlib.domain.programme import TEAM
from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_
from impactlib.server.attempts import Why
from impactlib.server.handler import KEY, OPERATOR, Handler
from impactlib.server.metrics import KIND
from impactlib.server.sessions import COMMON, Closed
from impactlib.storage import keys
from impactlib.storage.journal import JournalMissing
from impactlib.storage.workshops import Workshop, in_order
from impactlib.views import doors

NOT_THE_OPERATOR = N_("To open a workshop you need the operator's address: whoever started this server has it.")
HUBS_PAGES = frozenset({"lab", "tree", "notebooks", "doc", "voila"})
"""Where a hub's links lead in a notebook server, and below them."""


class Missing(Handler):
    """Everything else: a plain 404; a hub's usual addresses go home, with what they carry."""

    def get(self, *_: str, **__: str) -> None:
        rest = self.request.path.removeprefix(self.base)
        if rest.split("/")[0] in HUBS_PAGES or self.request.path == self.base.rstrip("/"):
            query = f"?{self.request.query}" if self.request.query else ""
            return self.see_other(self.base + query)
        raise HTTPError(404)

    post = get


class Api(Handler):
    """GET <base>api: the version; a hub asks for it to know that the server is up."""

    def get(self) -> None:
        from impactlib import __version__

        self.answer(200, version=__version__)


class Health(Handler):
    """GET <base>health: that the server answers, whether its store does (503 while it does not), and how many doors did
    not open since it began, by the reason."""

    async def get(self) -> None:
        there = await self.state.sessions.run(COMMON, self.state.sessions.reachable)
        self.answer(200 if there else 503, live=True, store=there, closed=self.state.attempts.counted)


class Figures(Handler):
    """GET <base>metrics, for Prometheus: from this computer without a proxy between, or with the operator's key
    (``Authorization: Bearer KEY``). To anybody else it is not there."""

    async def get(self) -> None:
        said = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
        proxied = "X-Forwarded-For" in self.request.headers or "X-Real-Ip" in self.request.headers
        own = not proxied and self.request.remote_ip in ("127.0.0.1", "::1")
        key = "" if own else await self.state.sessions.run(COMMON, self.state.operator_key)
        if not own and not keys.same(said, key):
            raise HTTPError(404)
        now = self.state.sessions.now()
        self.finish_compressed(self.state.sessions.metrics.text(now, self.state.attempts.counted), KIND)


class Home(Handler):
    """GET <base>: the three doors, and all workshops for the operator. With ?key= (or a hub's ?token=) it remembers the
    operator."""

    async def get(self) -> None:
        key = self.get_query_argument("key", "") or self.get_query_argument("token", "")
        if key:
            if not keys.same(key, await self.state.sessions.run(COMMON, self.state.operator_key)):
                raise Closed(Why.WRONG)
            self.keep(OPERATOR, key, self.base)
            return self.see_other(self.base)
        operator = await self.is_operator()
        role = Role.FACILITATOR if operator else Role.OBSERVER
        layout = await self.state.layouts.layout("home", self.lang())
        # In no room's lane: it must not wait for hundreds of journals to be read.
        listed = await asyncio.to_thread(in_order, self.state.workshops) if operator else []
        unread = self.state.workshops.unread if operator else {}
        for session, error in unread.items():
            self.state.troubles.tell(session, error)
        content = layout.page(None, role, self.lang(), {})

        def lines(rehearsals: bool) -> list[dict[str, str]]:
            return [self._line(each) for each in listed if each.rehearsal == rehearsals]

        picture = doors.picture(self.lang())
        announced = await self.state.is_open()
        waiting = (await self.state.announced()).of_kind(TEAM) if announced and operator else ()
        titles = {name: load(name).title[self.lang()] for name in names()} if operator else {}
        self.render_page(
            "home_page.html",
            content=content,
            picture=picture,
            workshops=lines(False),
            rehearsals=lines(True),
            unread=sorted(unread),
            announced=announced,
            asks=sum(not one.session for one in waiting) if operator else None,
            following=sorted(titles.items(), key=lambda one: one[0] != FOLLOWING),
        )

    def _line(self, workshop: Workshop) -> dict[str, str]:
        lang = self.lang()
        return {
            "session": workshop.session,
            "team": workshop.team,
            "link": keys.link(self.base, workshop.session, Role.FACILITATOR, workshop.key),
            "on": formats.day(workshop.at.date(), lang),
            "agenda": workshop.agenda.title[lang] if workshop.agenda else "",
            "ended": "yes" if workshop.ended else "",
            "recurs": "yes" if workshop.agenda and workshop.agenda.recurs else "",
        }


class Told(Handler):
    """GET <base>privacy, <base>glossary, <base>for-you: what is kept and for how long, the words, whom it is for; for
    everybody."""

    async def get(self, page: str) -> None:
        announced = await self.state.is_open()
        self.render_page(f"{page}.html", contact=await self.state.contact_now(), announced=announced)


class Workshops(Handler):
    """POST <base>workshops {team, agenda or toml, starts, video}: open a workshop; {again, starts}: one as another was
    opened; {after, agenda, starts}: the one that follows another, on its own agenda again if that is "same". The
    operator only."""

    async def post(self) -> None:
        asked = self.read_json()
        if not await self.is_operator():
            raise Refusal(NOT_THE_OPERATOR)
        opens = self._after if asked.get("after") else self._again if asked.get("again") else self._new
        session, keys = await opens(asked)
        # This browser facilitates: it gets that key as a link would give it.
        path = self.room_path(session, Role.FACILITATOR)
        self.keep(KEY, keys[Role.FACILITATOR], path)
        self.answer(200, session=session, room=path, go=f"{path}/links")

    async def _new(self, asked: dict[str, object]) -> tuple[str, dict[str, str]]:
        return await self.state.sessions.run(
            COMMON,
            self.state.sessions.open,
            team=str(asked.get("team", "")),
            agenda=_agenda(asked, DEFAULT),
            toml=str(asked.get("toml") or ""),
            lang=self.lang(),
            starts_at=_starts(asked),
            video=_video(asked),
        )

    async def _again(self, asked: dict[str, object]) -> tuple[str, dict[str, str]]:
        sessions = self.state.sessions
        try:
            again = str(asked["again"])
            return await sessions.run(again, sessions.duplicate, again, _starts(asked))
        except JournalMissing:
            raise Refusal("There is no such workshop here.") from None

    async def _after(self, asked: dict[str, object]) -> tuple[str, dict[str, str]]:
        sessions, agenda = self.state.sessions, _agenda(asked, FOLLOWING)
        try:
            after = str(asked["after"])
            return await sessions.run(after, sessions.follow, after, agenda, _starts(asked))
        except JournalMissing:
            raise Refusal("There is no such workshop here.") from None


def _agenda(asked: dict[str, object], default: str) -> str:
    agenda = str(asked.get("agenda") or default)
    if agenda not in names() and not (agenda == SAME and asked.get("after")):
        raise Refusal("There is no such agenda here.")
    return agenda


def _starts(asked: dict[str, object]) -> float | None:
    """`starts` is seconds since 1970: the page turns the local time into it."""
    raw = asked.get("starts")
    if raw in (None, ""):
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 < raw < LATEST:
        raise Refusal("This start time cannot be read.")
    return float(raw)


def _video(asked: dict[str, object]) -> str:
    video = str(asked.get("video") or "").strip()
    if video and not video.startswith(("https://", "http://")):
        raise Refusal("A video link begins with https://")
    if len(video) > 500:
        raise Refusal("This link is too long (500 characters at most).")
    return video
