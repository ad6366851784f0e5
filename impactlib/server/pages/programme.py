"""The programme: dates that are open to others, who asks to come, and what whoever runs the server makes of it.

All of it works without a script. Nothing is at these addresses until whoever runs the server opens the programme.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tornado.web import HTTPError

from impactlib.domain import programme as domain
from impactlib.domain.agenda import Role
from impactlib.domain.clock import ZONE, day_of
from impactlib.domain.events import StartSet
from impactlib.domain.file_names import TYPES
from impactlib.domain.library import published
from impactlib.domain.programme import FIELDS, KINDS, TEAM, Asking, Date, Programme, Unfit
from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_
from impactlib.server import announcements, askings
from impactlib.server.handler import KEY, Handler
from impactlib.server.invitations import invitations
from impactlib.server.pages.forms import OLD_PAGE, UNKNOWN, Form
from impactlib.server.sessions import COMMON
from impactlib.storage import keys
from impactlib.storage.journal import JournalMissing
from impactlib.storage.store import PROGRAMME
from impactlib.views.render import say
from impactlib.views.wording import leaves_library_when

_QUESTION = N_("Answer the question at the end of the form: it keeps robots off. Your text is kept.")


class Dates(Form):
    """GET <base>dates: the dates, and the forms of who asks to come; POST: one of these forms."""

    async def get(self) -> None:
        await self._page(await _open(self))

    async def post(self) -> None:
        typed = dict[str, str]()
        await _open(self)
        try:
            typed = self.read_form()
            self.state.askings.count(self.request.remote_ip or "")
            await self._take(typed)
        except Refusal as refusal:
            self.set_status(429 if refusal.code == "slow" else 422)
            await self._page(await self.state.announced(), typed, refusal)

    async def _take(self, typed: Mapping[str, str]) -> None:
        sessions, store, kind = self.state.sessions, self.state.programme, typed.get("kind", "")
        if kind not in KINDS:
            raise Refusal(UNKNOWN)
        now = await sessions.run(PROGRAMME, store.now)
        id, wait = await sessions.run(PROGRAMME, askings.read_drawn, sessions.data, typed.get("drawn", ""), now)
        domain.fields(kind, typed)
        if not domain.honest(typed.get("minutes", "")):
            raise Unfit("minutes", _QUESTION)
        await asyncio.sleep(wait)
        lang = self.lang()
        await sessions.run(PROGRAMME, store.write, lambda known: domain.ask(known, id, kind, typed, lang, now))
        self.see_other(await own_path(self, id))

    async def _page(
        self, programme: Programme, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
    ) -> None:
        programme = await moved(self, programme)
        sessions, store, lang = self.state.sessions, self.state.programme, self.lang()
        now = await sessions.run(PROGRAMME, store.now)
        typed = typed or {}
        coming = shown(programme, now)
        self.render_page(
            "dates.html",
            dates=[_told(programme, one, lang) for one in coming],
            kinds=KINDS,
            fields=FIELDS,
            drawn={kind: await sessions.run(PROGRAMME, askings.drawn, sessions.data, now) for kind in KINDS},
            typed={kind: typed if typed.get("kind") == kind else {} for kind in KINDS},
            kind=typed.get("kind", ""),
            wrong=refusal.name if isinstance(refusal, Unfit) else "",
            said=say(refusal, lang) if refusal else "",
            seats=[one for one in coming if programme.places(one)],
            waiting=[one for one in coming if programme.waits(one)],
            when={one.id: announcements.when(one, lang) for one in coming},
            contact=await self.state.contact_now(),
            hub=self.state.hub,
            calendar=f"{self.own_address}dates.ics",
        )


class Calendar(Handler):
    """GET <base>dates.ics: the calendar that anybody subscribes to."""

    async def get(self) -> None:
        programme = await moved(self, await _open(self))
        now = await self.state.sessions.run(PROGRAMME, self.state.programme.now)
        # What was announced, and taken back since.
        taken_back = (one for one in programme.dates.values() if one.cancelled and one.starts_at > now)
        cancelled = [one for one in taken_back if one.observers or one.teams]
        body = announcements.public(
            programme, [*shown(programme, now), *cancelled], f"{self.own_address}dates", self.lang()
        )
        self.set_header("Content-Type", TYPES["ics"])
        self.finish(body)


class Private(Form):
    """What belongs to somebody who asked: its address is its key."""

    @property
    def _address(self) -> str:
        return f"{self.request.protocol}://{self.request.host}{self.request.path}"

    async def _mine(self, asked: str, key: str) -> tuple[Programme, Asking]:
        """The programme, and what the owner of that key asked; 404 where there is none: a wrong key, or withdrawn."""
        programme = await self.state.announced()
        good = await self.state.sessions.run(PROGRAMME, keys.asking_key, self.state.sessions.data, asked)
        if asked not in programme.asked or not keys.same(key, good):
            raise HTTPError(404)
        return await moved(self, programme), programme.asked[asked]


class Own(Private):
    """GET <base>dates/<asked>-<key>: the page of somebody who asked; POST: they withdraw, and it is erased."""

    async def get(self, asked: str, key: str) -> None:
        programme, asking = await self._mine(asked, key)
        lang, date = self.lang(asking.lang), programme.dates.get(asking.date)
        now = await self.state.sessions.run(PROGRAMME, self.state.programme.now)
        has_place = bool(asking.session) or asking.kind == domain.OBSERVER
        comes = date is not None and not date.cancelled and has_place and date.starts_at + date.minutes * 60 > now
        self.render_page(
            "dates_own.html",
            lang=lang,
            asking=asking,
            fields=FIELDS[asking.kind],
            date=date,
            when=announcements.when(date, lang) if date else "",
            reminder=announcements.reminder(date, self._address, lang, asking.kind == TEAM) if date and comes else "",
            opened=await _opened(self, programme, asking),
            contact=await self.state.contact_now(),
            address=self._address,
            ends=programme.ends(asking),
            day=lambda at: day_of(at, ZONE).isoformat(),
            public=programme.open,
            hub=self.state.hub,
        )

    async def post(self, asked: str, key: str) -> None:
        self.read_form()
        contact = await self.state.contact_now()
        try:
            _, asking = await self._mine(asked, key)
        except HTTPError:  # pressed twice, or in two tabs
            self.set_status(404)
            return self.render_page("dates_gone.html", asking=None, contact=contact)
        await withdraw(self, asking)
        self.render_page("dates_gone.html", asking=asking, contact=contact)


class OwnCalendar(Private):
    """GET <base>dates/<asked>-<key>.ics: somebody's own date, with its reminders."""

    async def get(self, asked: str, key: str) -> None:
        programme, asking = await self._mine(asked, key)
        if asking.date not in programme.dates:
            raise HTTPError(404)
        self.set_header("Content-Type", TYPES["ics"])
        address = self._address.removesuffix(".ics")
        self.finish(announcements.own(programme, asking, address, self.lang(asking.lang)))


class Desk(Form):
    """GET <base>programme: who asked, and the dates, for whoever runs the server; POST: what they do about it."""

    async def get(self) -> None:
        await self._check()
        await self._page()

    async def post(self) -> None:
        await self._check()
        typed = dict[str, str]()
        try:
            typed = self.read_form()
            if not keys.same(typed.get("pass", ""), await self._pass()):
                raise Refusal(OLD_PAGE)
            await self._do(typed.get("do", ""), typed)
        except Refusal as refusal:
            self.set_status(422)
            return await self._page(typed, refusal)
        if not self._finished:
            self.see_other(f"{self.base}programme")

    async def _do(self, do: str, typed: Mapping[str, str]) -> None:
        match do:
            case "open":
                opened = domain.opened(self.state.contact or typed.get("contact", ""))
                await self._write(lambda known: [opened])
            case "close":
                await self._write(lambda known: [domain.ProgrammeSet(False)])
            case "date":
                await self._date(typed)
            case "cancel":
                await self._write(lambda known: domain.cancel(known, typed.get("date", "")))
            case "accept":
                await self._accept(typed)
            case "other":
                await self._give_another(typed)
            case "erase":
                if (asking := (await self.state.announced()).asked.get(typed.get("asked", ""))) is not None:
                    await withdraw(self, asking)
            case "sweep":
                await self._write(lambda known: domain.sweep(known, typed.get("kind", ""), typed.get("since", "")))
            case _:
                raise Refusal(UNKNOWN)

    async def _check(self) -> None:
        if not await self.is_operator():
            raise HTTPError(404)

    async def _pass(self) -> str:
        """What a form of this page carries, which no other site can know."""
        key = await self.state.sessions.run(COMMON, self.state.operator_key)
        return await self.state.sessions.run(COMMON, keys.drawn_key, self.state.sessions.data, f"desk {key}")

    async def _write(self, decide: Callable[[Programme], list[domain.Event]]) -> None:
        await self.state.sessions.run(PROGRAMME, self.state.programme.write, decide)

    async def _date(self, typed: Mapping[str, str]) -> str:
        now = await self.state.sessions.run(PROGRAMME, self.state.programme.now)
        known = (await self.state.announced()).dates.get(typed.get("date", ""))
        id = known.id if known else secrets.token_hex(5)
        made = domain.announce(id, typed, now, known)
        await self._write(lambda known: made)
        await self._begins_then(id)
        return id

    async def _begins_then(self, date: str) -> None:
        """A workshop that was opened for a date, and not held yet, begins as the date says."""
        programme = await self.state.announced()
        if (team := programme.team(date)) is not None:
            await self.state.sessions.run(team.session, _set_start, self, team.session, programme.dates[date].starts_at)

    async def _chosen(self, typed: Mapping[str, str]) -> str:
        """The date that was chosen for a request; a day that was typed goes before it, and is a date of its own."""
        chosen = "" if typed.get("starts") else typed.get("date", "")
        return chosen or await self._date({**typed, "date": "", "observers": "0", "teams": ""})

    async def _give_another(self, typed: Mapping[str, str]) -> None:
        """Another date, and its start, for a workshop whose date was taken back."""
        asked = typed.get("asked", "")
        domain.other_date(await self.state.announced(), asked, "")
        date = await self._chosen(typed)
        await self._write(lambda known: domain.other_date(known, asked, date))
        await self._begins_then(date)

    async def _accept(self, typed: Mapping[str, str]) -> None:
        """Open the workshop of a request, with its date, and lead to its links and invitations."""
        sessions, asked = self.state.sessions, typed.get("asked", "")
        programme = await self.state.announced()
        asking, _ = domain.acceptable(programme, asked, "")
        video = domain.video_link(typed)
        date = await self._chosen(typed)
        _, held = domain.acceptable(await self.state.announced(), asked, date)
        assert held is not None
        session, given = await sessions.run(
            COMMON,
            sessions.open,
            team=asking.said["product"],
            lang=asking.lang,
            starts_at=held.starts_at,
            video=video or held.video,
        )
        try:
            await self._write(lambda known: domain.accept(known, asked, session, date))
        except BaseException:
            await sessions.run(session, sessions.erase, session)
            raise
        path = self.room_path(session, Role.FACILITATOR)
        self.keep(KEY, given[Role.FACILITATOR], path)
        self.see_other(f"{path}/links")

    async def _page(self, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None) -> None:
        programme, lang = await moved(self, await self.state.announced()), self.lang()
        now = await self.state.sessions.run(PROGRAMME, self.state.programme.now)
        coming = programme.coming(now)
        requests = programme.of_kind(TEAM)
        self.render_page(
            "programme.html",
            programme=programme,
            dates=[_told(programme, one, lang) for one in coming],
            waiting=[one for one in requests if not one.session],
            accepted=[(one, await _facilitator_link(self, one)) for one in requests if one.session],
            offers=programme.of_kind(domain.CONSULTANT),
            fields=FIELDS,
            free=[one for one in coming if programme.team(one.id) is None],
            when={one.id: announcements.when(one, lang) for one in programme.dates.values()},
            reminders={one.id: announcements.reminder(one, "", lang) for one in coming},
            opened={one.id: await _opened(self, programme, one) for one in requests if one.session},
            own={one.id: await own_path(self, one.id) for one in programme.asked.values()},
            day=lambda at: day_of(at, ZONE),
            typed=typed or {},
            said=say(refusal, lang) if refusal else "",
            passing=await self._pass(),
            contact=await self.state.contact_now(),
            contact_given=bool(self.state.contact),
            hub=self.state.hub,
            most=domain.PLACES,
        )


async def _open(handler: Handler) -> Programme:
    """The programme; 404 where it is closed: nothing is announced then."""
    programme = await handler.state.announced()
    if not programme.open:
        raise HTTPError(404)
    return programme


async def moved(handler: Handler, programme: Programme) -> Programme:
    """The programme, its dates where their workshops were moved to; one that cannot be read moves none."""
    teams = {date.id: team.session for date in programme.dates.values() if (team := programme.team(date.id))}
    if not teams:
        return programme
    workshops = await asyncio.to_thread(handler.state.workshops.all)
    every = {date: workshops.get(session) for date, session in teams.items()}
    starts = {date: one.at.timestamp() for date, one in every.items() if one and not one.held}
    if not domain.followed(programme, starts):
        return programme
    store = handler.state.programme
    await handler.state.sessions.run(PROGRAMME, store.write, lambda known: domain.followed(known, starts))
    return await handler.state.announced()


def _set_start(handler: Handler, session: str, at: float) -> None:
    """Let a workshop that was not held yet begin then."""
    try:
        store = handler.state.sessions.room(session).store
    except JournalMissing:
        return
    if store.session.clock.started is None and store.session.clock.scheduled != at:
        store.write(f"start-{secrets.token_hex(8)}", [StartSet(at)])


async def own_path(handler: Handler, asked: str) -> str:
    """The address of the page of somebody who asked."""
    sessions = handler.state.sessions
    return f"{handler.base}dates/{asked}-{await sessions.run(PROGRAMME, keys.asking_key, sessions.data, asked)}"


async def withdraw(handler: Handler, asking: Asking) -> None:
    """Erase what somebody asked for good; with it the workshop of a team that has not had its hour yet."""
    sessions, store = handler.state.sessions, handler.state.programme
    await sessions.run(PROGRAMME, store.write, lambda known: domain.withdraw(known, asking.id))
    if asking.session:
        await sessions.run(asking.session, _erase_unheld, handler, asking.session)


def _erase_unheld(handler: Handler, session: str) -> None:
    sessions = handler.state.sessions
    try:
        if sessions.room(session).store.session.clock.started is None:
            sessions.erase(session)
    except JournalMissing:
        return  # erased before


def shown(programme: Programme, now: float) -> list[Date]:
    """The dates that the public page tells of: observers or a team may come, or its team agreed to be named."""
    coming = programme.coming(now)
    return [one for one in coming if one.observers or programme.waits(one) or _named(programme, one)]


def _named(programme: Programme, date: Date) -> str:
    team = programme.team(date.id)
    return team.said["product"] if team and team.listed else ""


def _told(programme: Programme, date: Date, lang: str) -> dict[str, Any]:
    return {
        "id": date.id,
        "date": date,
        "when": announcements.when(date, lang),
        "team": _named(programme, date),
        "places": programme.places(date),
        "waits": programme.waits(date),
        "observers": programme.at_date(date.id),
    }


@dataclass(frozen=True)
class _Opened:
    """What somebody who asked is told of the workshop that was opened: their invitation, with its link. To its team,
    once the hour was held: where it tells what became of it, whether the library has that, and until when."""

    invited: str
    link: str
    experience: str = ""
    in_library: bool = False
    leaves: str = ""


async def _opened(handler: Handler, programme: Programme, asking: Asking) -> _Opened | None:
    """That of a team whose request was accepted, or of an observer at a date that has its team; None before that, and
    where the workshop is gone."""
    team = programme.team(asking.date) if asking.kind == domain.OBSERVER else asking
    if team is None or not team.session:
        return None
    sessions, base, session = handler.state.sessions, handler.given_address, team.session
    role = Role.OBSERVER if asking.kind == domain.OBSERVER else Role.CLIENT

    def made() -> _Opened:
        told, lang = sessions.room(session).store.session, handler.lang(asking.lang)
        invitation = next(one for one in invitations(told, sessions.keys(session), base, lang) if one.role == role)
        if role != Role.CLIENT or told.clock.started is None:
            return _Opened(invitation.text, invitation.url)
        experience = invitation.url.replace("?key=", "/experience?key=")
        return _Opened(
            invitation.text, invitation.url, experience, published(told) is not None, leaves_library_when(told, lang)
        )

    try:
        return await sessions.run(session, made)
    except JournalMissing:
        return None


async def _facilitator_link(handler: Handler, asking: Asking) -> str:
    sessions = handler.state.sessions
    try:
        given = await sessions.run(asking.session, sessions.keys, asking.session)
    except JournalMissing:
        return ""
    return keys.link(handler.base, asking.session, Role.FACILITATOR, given[Role.FACILITATOR])
