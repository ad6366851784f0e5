"""The library: what became of workshops, as their teams published it; and the page where a team tells it.

What a team takes out is not there at the next request. All of it works without a script.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping

import msgspec
from tornado.web import HTTPError

from impactlib.domain import library as domain
from impactlib.domain.clock import ZONE, day_of
from impactlib.domain.file_names import TYPES, file_name
from impactlib.domain.kinds import EXPERIENCE, PROBLEMS, TEAM
from impactlib.domain.library import Experience
from impactlib.domain.mentions import MOST_WORDS, Choice
from impactlib.domain.programme import Programme
from impactlib.domain.redaction import names_in, redact
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Note, Session
from impactlib.domain.session_file import SessionFile
from impactlib.domain.shelf import kits
from impactlib.domain.text import NAME_LIMIT, clean
from impactlib.gestures import Asking
from impactlib.rooms.replay import frame
from impactlib.rooms.room import Room
from impactlib.server.exports import SHARED
from impactlib.server.handler import PERSON, Handler
from impactlib.server.pages.forms import UNKNOWN, Form
from impactlib.server.pages.room import NotIn, RoomHandler, check_role
from impactlib.server.replay_drawing import notebook
from impactlib.server.sessions import Admission, Closed
from impactlib.storage.store import PROGRAMME
from impactlib.views.render import environment, say
from impactlib.views.wording import called, leaves_library_when

_ADDRESS = re.compile(r"(?<![^\s@<>(),;:\"])[^\s@<>(),;:\"]+@[^\s@<>(),;:\"]+\.\w+")
"""An e-mail address that somebody wrote into a note. It is tried once at each word, however long that is."""
LIBRARY = " library"
"""Where those who ask for its files wait for each other: no session has such an id."""
_FIELDS = ("text", *(one.name for one in EXPERIENCE))
"""The fields of a return of experience, each beside what it was when the form was drawn (``was_`` before its name)."""


class Library(Handler):
    """GET <base>library?q=&theme=&problem=: what teams published, and the teams that agreed to be named."""

    async def get(self) -> None:
        programme, every = await published(self)
        asked = {name: self._asks(name)[:200] for name in ("q", "theme", "problem")}
        now = await self.state.sessions.run(PROGRAMME, self.state.programme.now)
        workshops = await asyncio.to_thread(self.state.workshops.all)
        held = {session for session, one in workshops.items() if one.held}
        # Whether a team came is known of what is left of it, and until then of its workshop.
        teams = [
            (one.said["product"], date, date.starts_at > now)
            for one, date in programme.named()
            if one.erased_at is not None or date.starts_at > now or one.session in held
        ]
        self.render_page(
            "library.html",
            found=domain.found(every, asked["q"], asked["theme"], asked["problem"]),
            every=every,
            asked=asked,
            themes=domain.themes(every),
            problems={need.id: need.says[self.lang()] for need in kits().needs if need.id in PROBLEMS},
            teams=teams,
            day=lambda at: day_of(at, ZONE).isoformat(),
            contact=await self.state.contact_now(),
            hub=self.state.hub,
        )


class Notebook(Handler):
    """GET <base>library/<session>.ipynb: the session notebook that its team shares, without names and addresses."""

    async def get(self, session: str) -> None:
        await _published(self, session)
        file, seq = await _file(self, session)
        # Whoever asks, rooms wait for one file of the library at most.
        async with self.state.hurrying.of(LIBRARY):
            folded, replaced = await asyncio.to_thread(_replaced, file)
            names = msgspec.json.encode(replaced)
            body = await self.state.exports.file(session, seq, SHARED, folded.lang, names)
        await _published(self, session)  # taken out meanwhile?
        self.set_header("Content-Type", TYPES["ipynb"])
        name = file_name(folded, "shared", "ipynb", folded.lang)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(body)


class Replay(Handler):
    """GET <base>library/<session>/replay, and with .json what it plays: the hour of that notebook."""

    async def get(self, session: str, json: str) -> None:
        team = (await _published(self, session)).team
        if not json:
            return self.render_page(
                "replay_page.html", frame=frame(self.lang()), team=team, source="replay.json", chooser="", room=""
            )
        file, seq = await _file(self, session)
        name = self.state.shared_replay(session)
        async with self.state.hurrying.of(LIBRARY):
            body = await self.state.replays.remembered(name, seq, self.lang(), lambda: _shared(file))
        await _published(self, session)
        self.set_header("Content-Type", "application/json")
        self.finish(body)


class Tell(Form, RoomHandler):
    """GET <room>/experience: where a team tells what became of its workshop; POST: it is kept, or withdrawn. With ?key=
    (from the page of a team that asked to come), it remembers the key and goes to a clean address."""

    async def get(self, session: str, role: str) -> None:
        if key := self.get_query_argument("key", ""):
            await self.keep_key(session, role, key)
            return self.see_other(self.request.path)
        if role not in TEAM:
            await self.enter(session, role, lambda here, room: None)
            raise Closed
        try:
            here, _ = await self.enter(session, role, lambda here, room: check_role(here))
        except NotIn as not_in:
            return self._join(session, role, "workshop", not_in.here)
        await self._page(here, session, role)

    async def post(self, session: str, role: str) -> None:
        typed = dict[str, str]()
        pace = self.state.pace.wait(f"{session}/{self.get_cookie(PERSON) or self.request.remote_ip}")

        def act(here: Admission, room: Room) -> None:
            self.must_be_inside(here)
            if role not in TEAM:
                raise Closed
            typed.update(self.read_form())
            if pace:
                raise Refusal("Too much at once: wait a few seconds.", code="slow")
            self._keep(here, room, typed)

        try:
            here, _ = await self.enter(session, role, act)
        except Refusal as refusal:
            here, _ = await self.enter(session, role, lambda here, room: self.must_be_inside(here))
            self.set_status(422)
            return await self._page(here, session, role, typed, refusal)
        self.see_other(self.request.path)

    def _keep(self, here: Admission, room: Room, typed: Mapping[str, str]) -> None:
        """What was typed, as the gestures of the person who typed it."""
        asking, told = Asking(here.id, here.door), domain.experience_of(here.session)

        def ask(do: str, **fields: object) -> None:
            self.state.sessions.ask(room, asking, {"id": secrets.token_hex(8), "do": do, **fields})

        details = {one.name: typed.get(one.name, "") for one in EXPERIENCE}
        match typed.get("do"), told:
            case "withdraw", None:
                return
            case "withdraw", known if known:
                ask("withdraw", note=known.id)
            case "keep", None:
                ask("write", kind="experience", text=typed.get("text", ""), **details)
            case "keep", known if known:
                # What was left as it was drawn stays what somebody else made of it meanwhile.
                touched = _touched(typed)
                if "text" in touched:
                    ask("edit", note=known.id, text=touched["text"], was=typed.get("was", ""))
                for name in details.keys() & touched:
                    ask("detail", note=known.id, detail=name, value=touched[name], was=typed.get(f"was_{name}", ""))
            case _:
                raise Refusal(UNKNOWN)

    async def _page(
        self,
        here: Admission,
        session: str,
        role: str,
        typed: Mapping[str, str] | None = None,
        refusal: Refusal | None = None,
    ) -> None:
        told, lang = domain.experience_of(here.session), self.lang(here.session.lang)
        changed = refusal is not None and refusal.code == "changed"
        if told is not None and (typed is None or changed):
            # Where somebody wrote meanwhile, both texts are there, and the next press decides.
            typed = _drawn(told, typed or {})
        self.render_page(
            "experience.html",
            lang=lang,
            session=here.session,
            told=told,
            typed=typed or {},
            fields=_FIELDS,
            theirs=str(refusal.facts.get("text", "")) if refusal is not None and changed else "",
            changed=changed,
            wrong=str(refusal.facts.get("field", "")) if refusal is not None else "",
            held=here.session.clock.started is not None,
            public=await self.state.is_open(),
            withdrawn=await self._withdrew(session),
            problems={need.id: need.says[lang] for need in kits().needs if need.id in PROBLEMS},
            said=say(refusal, lang) if refusal else "",
            room=self.room_path(session, role),
            leaves=leaves_library_when(here.session, lang),
        )

    async def _withdrew(self, session: str) -> bool:
        """Whether the team withdrew at its private page: no public page tells of its workshop then."""
        return await self.state.is_open() and session in (await self.state.announced()).withdrawn


def _touched(typed: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form that are not as they were drawn."""
    fields = {name: (clean(typed.get(name, "")), clean(typed.get(f"was_{name}", ""))) for name in _FIELDS}
    return {name: value for name, (value, was) in fields.items() if value != was}


def _drawn(told: Note, typed: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form over what stands: what was typed, and elsewhere what stands now."""
    now = {**{name: told.details.get(name, "") for name in _FIELDS}, "text": told.text}
    was = {f"was_{name}": value for name, value in now.items()}
    return {**now, **_touched(typed), **was, "was": str(told.version)}


async def published(handler: Handler) -> tuple[Programme, list[Experience]]:
    """The programme, and what teams published; 404 where the programme is closed."""
    programme = await handler.state.announced()
    if not programme.open:
        raise HTTPError(404)
    every = await asyncio.to_thread(handler.state.library.all)
    return programme, [one for one in every.values() if one is not None and one.session not in programme.withdrawn]


async def _published(handler: Handler, session: str) -> Experience:
    """What a session publishes now. Raises 404 where that is nothing."""
    _, every = await published(handler)
    one = next((one for one in every if one.session == session), None)
    if one is None:
        raise HTTPError(404)
    return one


async def _file(handler: Handler, session: str) -> tuple[SessionFile, int]:
    sessions = handler.state.sessions

    def carried() -> tuple[SessionFile, int]:
        store = sessions.room(session).store
        return store.to_file(), store.seq

    return await sessions.run(session, carried)


def _shared(file: SessionFile) -> bytes:
    """A session that nobody looks over, without names and addresses, as the least notebook."""
    folded, replaced = _replaced(file)
    return notebook(redact(file, called(environment(folded.lang)), (), Choice.of(replaced)))


def _replaced(file: SessionFile) -> tuple[Session, dict[str, list[str]]]:
    """A session, and what is replaced in a notebook of it that nobody looks over: every word that may be a name, and
    e-mail addresses. It takes as long as the session is large."""
    folded = file.fold()
    labels = called(environment(folded.lang))
    texts = (text for note in folded.notes.values() for text in (note.text, *note.details.values()))
    addresses = dict.fromkeys(found for text in texts for found in _ADDRESS.findall(text))
    return folded, {
        "back": [],
        "more": [one.key for one in names_in(file, labels) if not one.sure],
        "words": [one for one in addresses if len(one) <= NAME_LIMIT][:MOST_WORDS],
    }
