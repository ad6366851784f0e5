"""The sessions of a store, each in a lane of its own: journals block, and neither the event loop nor another
session must."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from impactlib.domain.agenda import Role
from impactlib.domain.clock import day_of
from impactlib.domain.erasure import forgotten
from impactlib.domain.events import RehearsalMarked
from impactlib.domain.fold import is_own
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Person, Session
from impactlib.domain.session_file import SessionFile
from impactlib.gestures import Asking, Gesture
from impactlib.rooms.room import Room
from impactlib.server.attempts import Why
from impactlib.server.lanes import Lanes
from impactlib.server.metrics import Count, Metrics, Time
from impactlib.server.troubles import Troubles, trouble
from impactlib.storage import carried, keys as access_keys, tombstones
from impactlib.storage.carried import TakenIn
from impactlib.storage.faults import TROUBLE, WHAT_TO_DO, Fault
from impactlib.storage.forgetting import forget_carried, forget_session, note_person
from impactlib.storage.journal import Journal, JournalError, JournalMissing
from impactlib.storage.session_store import (
    SessionStore,
    create_session,
    duplicate_session,
    follow_session,
    open_store,
)
from impactlib.storage.stores import Data, store_of

log = logging.getLogger("impact")

T = TypeVar("T")
IDLE = 600.0
"""Seconds without a page after which an audience is dropped; without a question, a workshop that has none."""
STEP = 1.0
"""Seconds by which the machine's clock may be set without being noticed in an hour that runs."""
COMMON = ""
"""The lane of what belongs to no session."""


@dataclass(frozen=True)
class Admission:
    """Somebody at a room's door with a good key: who they are (None before they join), and the session now. `id` is the
    person's, whichever of their browsers this is; before they join, the hash of this browser's key. `forgotten` is
    the id under which it was here before its words were erased."""

    session: Session
    door: Role
    id: str
    person: Person | None
    now: float
    speed: float
    seq: int
    forgotten: str = ""

    @property
    def inside(self) -> bool:
        """Whether they have joined, were not shown out, and have the role of the door."""
        return self.person is not None and not self.person.out and self.person.role == self.door


class Closed(Exception):
    """A door that does not open: a wrong key, one that was renewed, nothing at all. They look alike to people.

    `why` is None where the key is good, and its bearer may not come in; `erased` that the workshop was erased.
    """

    def __init__(self, why: Why | None = None, erased: bool = False) -> None:
        super().__init__(why or "")
        self.why, self.erased = why, erased


class Unknown(Closed):
    """A door of a workshop that is not here, at which a key is shown: who has one knows that there was a workshop, and
    an id says nothing else."""


@dataclass(frozen=True)
class Door:
    """The door at which somebody stands, and the keys that they show."""

    session: str
    role: str
    key: str
    person_key: str


class Sessions:
    """Every open session with its room. The event loop calls `inside`, `at_screen`, `at_calendar`, `run`, `submit`,
    `look` and `tick` alone; all else is called in the lane of the session that it is about."""

    def __init__(self, data: Data, troubles: Troubles | None = None) -> None:
        self.data, self.store, self.metrics = data, store_of(data), Metrics()
        self.troubles = troubles or Troubles(count=lambda found: self.metrics.count(Count.TROUBLES, found))
        self._lanes = Lanes("sessions")
        self._rooms: dict[str, Room] = {}
        self._soon: set[tuple[str, str]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told_of_clock = False
        self.forgets: list[Callable[[str], None]] = []
        """Called with a session of which something was erased: what was made of it is not to be given any more."""
        self._sign = self.store.sign()
        self._here: set[tuple[str, str]] = set()
        self._unsaid: set[tuple[str, str]] = set()
        """Those of whom it could not be written whether they are here."""

    async def run(self, session: str, call: Callable[..., T], *values: Any, **named: Any) -> T:
        """Call something in the lane of a session, or in `COMMON`."""
        self._loop = asyncio.get_running_loop()
        return await asyncio.wrap_future(self._lanes.submit(session, lambda: call(*values, **named)))

    def submit(self, session: str, call: Callable[..., Any], *values: Any) -> None:
        """Call something in the lane of a session, from any thread; nobody waits for it."""
        self._lanes.submit(session, lambda: self._guarded(session, call, *values))

    def _guarded(self, session: str, call: Callable[..., Any], *values: Any) -> None:
        try:
            call(*values)
        except Exception as error:
            self._doubt(session, error)
            # Nobody reads this answer: whatever could not be drawn is drawn again with the next change, or tick.
            if not self.troubles.tell(session, error):
                log.exception("session %s was not brought up to date", session)

    def _call_soon(self, session: str, what: Callable[..., Any], *values: Any, after: float = 0.0) -> None:
        """Call something about a session once what waits in its lane is done, `after` some seconds; once, however often
        it is asked for meanwhile."""
        asked = session, what.__name__

        def call() -> None:
            self._soon.discard(asked)
            what(session, *values)

        if asked not in self._soon:
            self._soon.add(asked)
            if after and self._loop is not None:
                self._loop.call_soon_threadsafe(self._loop.call_later, after, self.submit, session, call)
            else:
                self.submit(session, call)

    def close(self) -> None:
        """Wait for what is being done, and do nothing more."""
        self._lanes.close()
        self._sign.close()

    async def inside(self, door: Door, work: Callable[[Admission, Room], T]) -> tuple[Admission, T]:
        """Open a room's door and work in it, in one visit to its lane.

        Raises
        ------
        Closed
            When the key opens nothing; `work` was then not called. And whatever `work` raises.
        """
        return await self.run(door.session, self._inside, door, work)

    def _inside(self, door: Door, work: Callable[[Admission, Room], T]) -> tuple[Admission, T]:
        try:
            here, room = self._admit(door)
            return here, work(here, room)
        except Exception as error:
            self._doubt(door.session, error)
            raise

    async def at_screen(self, session: str, key: str, work: Callable[[Room], T]) -> T:
        """Work for a room's screen, where nobody stands: its key lets no gesture in. Raises as `inside` does."""
        return await self.run(session, lambda: work(self._opened(session, key, access_keys.screen_key)))

    async def at_calendar(self, session: str, key: str, work: Callable[[Room], T]) -> T:
        """Read the dates of a room by the key of its calendar. Raises as `inside` does."""
        return await self.run(session, lambda: work(self._opened(session, key, access_keys.calendar_key)))

    def calendar_key(self, session: str) -> str:
        """The key of the calendar of a session."""
        return access_keys.calendar_key(self.data, self._room(session).store.journal)

    def _admit(self, door: Door) -> tuple[Admission, Room]:
        try:
            role = Role(door.role)
        except ValueError:
            raise Closed from None
        room = self._opened(door.session, door.key, lambda data, journal: access_keys.role_key(data, journal, role))
        journal, session = room.store.journal, room.store.session
        today = day_of(journal.now(), session.zone).isoformat()
        if role != Role.FACILITATOR and session.links_end and today > session.links_end:
            raise Closed(Why.ENDED)
        browser = access_keys.person_id(door.session, door.person_key) if door.person_key else ""
        person = session.bearer(browser, journal.origin)
        if person and person.id in session.forgotten:
            # Who was forgotten comes in anew, by another key.
            return Admission(session, role, "", None, journal.now(), journal.speed, room.store.seq, person.id), room
        id = person.id if person else browser
        return Admission(session, role, id, person, journal.now(), journal.speed, room.store.seq), room

    def _opened(self, session: str, key: str, right: Callable[[Data, Journal], str]) -> Room:
        """The room that a key opens, with all that other processes wrote. Raises Closed; to who brings a key, whatever
        keeps the journal from being read."""
        try:
            room = self._room(session)
        except JournalMissing:
            raise (Unknown if key else Closed)(Why.UNKNOWN, erased=bool(self.erased_on(session))) from None
        except Exception as error:
            if key:
                raise
            raise Closed(Why.NO_KEY) from error
        if not key:
            raise Closed(Why.NO_KEY)
        journal = room.store.journal
        if not access_keys.same(key, right(self.data, journal)):
            raise Closed(Why.RENEWED if access_keys.renewed(self.data, journal, key) else Why.WRONG)
        if room.catch_up():
            self.draw_soon(session)
        return room

    # The methods below run in the lane of their session.

    def ask(self, room: Room, asking: Asking, gesture: Gesture) -> int:
        """Grant a gesture, and return how many entries are then in; the room is drawn after the answer has left.

        Raises
        ------
        Refusal
            In words for the person; nothing was written.
        """
        # What is whose is known before the erasure: workshops that follow took it along in nobody's name.
        before = room.store.journal.read() if gesture.get("do") == "forget" else []
        result = "trouble"
        try:
            with self.metrics.timed(Time.APPEND):
                written = room.store.ask(asking, gesture)
            result = "granted"
        except Refusal:
            result = "refused"
            raise
        finally:
            self.metrics.count(Count.GESTURES, result)
        if people := forgotten(written):
            for person in people:
                note_person(self.data, room.store.session.id, person)
            self.submit(COMMON, forget_carried, self.data, room.store.session.id, people, before)
        if written:
            room.follow()
            self.draw_soon(room.store.session.id)
        return room.store.seq

    def draw_soon(self, session: str) -> None:
        """Draw a room once what waits in its lane now is done: gestures that come together are drawn together."""
        room = self._rooms.get(session)
        self._call_soon(session, self._draw, after=room.rests() if room else 0.0)

    def _draw(self, session: str) -> None:
        if session in self._rooms:
            with self.metrics.timed(Time.DRAW):
                self._rooms[session].draw()

    def open(self, **asked: Any) -> tuple[str, dict[str, str]]:
        """Open a workshop, in the common lane: its session's id, and its keys by role."""
        return self._opened_now(create_session(self.data, **asked))

    def duplicate(self, session: str, starts_at: float | None) -> tuple[str, dict[str, str]]:
        """Open a workshop as another was opened, as `open` does. Raises JournalMissing where there is no such one."""
        if not session.isalnum():
            raise JournalMissing("There is no such session here.")
        return self._opened_now(duplicate_session(self.data, session, starts_at))

    def follow(self, session: str, agenda: str, starts_at: float | None) -> tuple[str, dict[str, str]]:
        """Open the workshop that follows another, as `open` does. Raises JournalMissing where there is no such one."""
        if not session.isalnum():
            raise JournalMissing("There is no such session here.")
        store = open_store(self.data, session)
        with closing(store.journal):
            file = store.to_file()
        return self._opened_now(follow_session(self.data, file, agenda=agenda, starts_at=starts_at))

    def _opened_now(self, store: SessionStore) -> tuple[str, dict[str, str]]:
        self._rooms[store.session.id] = self._made(store)
        return store.session.id, self._keys(store.journal)

    def take_in(self, file: SessionFile, into: str = "") -> TakenIn:
        """Go on with the session of a file, or merge it into one that is here. Raises Refusal as `carried` does."""
        id = into or file.session
        if id in self._rooms:
            room = self._rooms[id]
            taken = carried.merge(self.data, room.store, file)
            room.follow()
        else:
            store, taken = carried.take_in(self.data, file, into)
            self._rooms[id] = self._made(store)
        self.draw_soon(id)
        return taken

    def keys(self, session: str) -> dict[str, str]:
        """The keys of a session's links, by role."""
        return self._keys(self._room(session).store.journal)

    def _keys(self, journal: Journal) -> dict[str, str]:
        return {role.value: access_keys.role_key(self.data, journal, role) for role in Role}

    def guests(self, session: str) -> tuple[Session, dict[Role, str]]:
        """A session, and the keys of the roles among which its code lets people choose."""
        keys = self.keys(session)
        return self._room(session).store.session, {role: keys[role] for role in access_keys.GUESTS}

    def code(self, session: str) -> str:
        """The short code of a session."""
        return access_keys.code(self.data, self._room(session).store.journal)

    def mark(self, session: str, person: str, pages: int) -> None:
        """Say how many pages a person has open. The last of them may close once their rehearsal was removed."""
        (self._here.add if pages else self._here.discard)((session, person))
        room = self._rooms.get(session)
        if room is None:
            return
        try:
            room.store.journal.mark(person, pages, self._sign.name)
        except TROUBLE:
            self._unsaid.add((session, person))
            raise
        self.draw_soon(session)

    def _mark_again(self, session: str, person: str) -> None:
        self.mark(session, person, int((session, person) in self._here))

    def remove(self, session: str) -> None:
        """Remove a rehearsal from the store, and send its pages away. Raises Refusal for any other workshop."""
        room = self._room(session)
        store = room.store
        entries = store.journal.read()
        # It is marked by its second entry: a mark that came in later, with a file, lets nobody delete a workshop.
        marked = any(isinstance(entry.event, RehearsalMarked) for entry in entries[1:2])
        if not marked or any(not is_own(store.session, entry) for entry in entries):
            raise Refusal("Only a rehearsal can be removed, and one that took nothing in from elsewhere.")
        room.send_away()
        del self._rooms[session]
        store.journal.close()
        self.store.remove(session)

    def erase(self, session: str) -> None:
        """Erase a workshop for good, and send its pages away. Raises JournalMissing."""
        room = self._rooms.pop(session, None)
        if room is not None:
            room.send_away()
            room.store.journal.close()
        forget_session(self.data, session)
        self._forget(session)

    def erased_on(self, session: str) -> str:
        """The day (ISO) on which a workshop was erased here, "" for one that was not; in any lane."""
        return self.store.tombstones().get(session, {}).get(tombstones.WHOLE, "")

    def room(self, session: str) -> Room:
        """The room of a session. Raises JournalMissing where there is none."""
        return self._room(session)

    def reachable(self) -> bool:
        """Whether the store answers, in the common lane."""
        try:
            self.operator_key()
        except (JournalError, OSError, *TROUBLE):
            return False
        return True

    def now(self) -> dict[str, tuple[str, float]]:
        """How much this server holds at this moment, by the names under which it is told; from any thread."""
        rooms = list(self._rooms.values())
        watched = sum(room.watched for room in rooms)
        pages = [len(shown.streams) for room in rooms for shown in list(room.audiences.values())]
        return {
            "impact_workshops_held": ("Workshops in the memory of this server.", len(rooms)),
            "impact_workshops_watched": ("Workshops of which a page is open here.", watched),
            "impact_pages": ("Pages that are connected to this server.", sum(pages)),
        }

    def operator_key(self) -> str:
        """The key of the store, which opens workshops."""
        return access_keys.operator_key(self.data)

    def look(self, sessions: Iterable[str]) -> None:
        """Take in what other processes wrote in the journals of these sessions; from any thread."""
        for session in sessions:
            if session in self._rooms:
                self._call_soon(session, self._look)

    def _look(self, session: str) -> None:
        room = self._rooms.get(session)
        # One that nobody looks at learns too that something was erased.
        if room is not None and self._caught_up(session, room) and room.audiences:
            self.draw_soon(session)

    def tick(self, now: float) -> None:
        """Draw whatever depends on the time alone, and drop audiences without a page; from any thread. A journal that
        cannot be followed is looked at as well."""
        self._call_soon(COMMON, self._go_on)
        for session in dict(self._rooms):
            self._call_soon(session, self._tick, now)

    def _go_on(self, _: str) -> None:
        """Go on being alive, for the other servers of the store, and look at the clock."""
        alive = self._sign.renew()
        unsaid, self._unsaid = self._unsaid, set()
        # They took this server for ended: who has a page open here is said again.
        for session, person in unsaid if alive else unsaid | self._here:
            self.submit(session, self._mark_again, session, person)
        self._look_at_clock()

    def _look_at_clock(self) -> None:
        """Take the time of the store's own clock once it was set, unless an hour runs before somebody's eyes."""
        clock = self.store.clock
        watched = any(room.store.session.clock.running and room.watched for room in list(self._rooms.values()))
        if abs(clock.off) > STEP and watched:
            if not self._told_of_clock:
                log.error("this machine's clock was set by %+.0f s: the hours that run go on as before.", clock.off)
            self._told_of_clock = True
            return
        self._told_of_clock = False
        clock.set_right()

    def _tick(self, session: str, now: float) -> None:
        room = self._rooms.get(session)
        if room is None:
            return
        room.forget_idle(now, IDLE)
        if not room.audiences:
            self._let_go(session, room, now)
        else:
            self._caught_up(session, room)
            if session in self._rooms:
                self._forget_ended(session, room.store.journal)
            self.draw_soon(session)

    def _let_go(self, session: str, room: Room, now: float) -> None:
        """Let go of a workshop that nobody has asked anything of for a while: the next visit opens it anew. One that is
        held is followed whenever another server writes in it, and stays in memory."""
        if now - room.asked > IDLE and not any(where == session for where, _ in list(self._here)):
            del self._rooms[session]
            room.store.journal.close()

    def _forget_ended(self, session: str, journal: Journal, opened: bool = False) -> None:
        """No page is open on a server that has ended, whatever the file says; one that cannot be written is read."""
        try:
            gone = self.store.ended(journal.servers() - {self._sign.name})
            if gone or opened:
                journal.nobody(gone)
        except TROUBLE as error:
            if not self.troubles.tell(session, error):
                raise

    def _caught_up(self, session: str, room: Room) -> bool:
        """Whether anything new was taken in. A journal that cannot be read is drawn as it was known; it is logged."""
        if not room.store.journal.in_place:
            self._leave(session, room)
            return False
        try:
            return room.catch_up()
        except Exception as error:
            if not self.troubles.tell(session, error):
                log.exception("the journal of session %s could not be read", session)
            self._doubt(session, error)
            return False

    def _doubt(self, session: str, error: Exception) -> None:
        """Leave a room whose journal turns out to be damaged while it is open: the next visit opens and checks it."""
        room = self._rooms.get(session)
        if room is not None and trouble(error) == Fault.DAMAGED:
            self._leave(session, room)

    def _leave(self, session: str, room: Room) -> None:
        """Leave a room: what its journal no longer holds is not served from memory."""
        if self.erased_on(session):
            log.info("workshop %s: it was erased.", session)
        elif not room.store.journal.in_place:
            log.error("workshop %s: %s.", session, WHAT_TO_DO[Fault.MOVED])
        room.send_away()
        del self._rooms[session]
        room.store.journal.close()
        self._forget(session)

    def _room(self, session: str) -> Room:
        assert self._lanes.here == session, f"session {session} in the lane {self._lanes.here}"
        room = self._rooms.get(session)
        if room is not None and not room.store.journal.in_place:
            self._leave(session, room)
            room = None
        if room is None:
            if not session.isalnum():
                raise JournalMissing("There is no such session here.")
            store: SessionStore = open_store(self.data, session)
            self._forget_ended(session, store.journal, opened=True)
            room = self._rooms[session] = self._made(store)
        room.asked = time.monotonic()
        return room

    def _made(self, store: SessionStore) -> Room:
        return Room(store, partial(self._forget, store.session.id))

    def _forget(self, session: str) -> None:
        for forget in self.forgets:
            forget(session)
