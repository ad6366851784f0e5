"""A session's journal: one SQLite file, appended to, read and followed.

Rollback journal, ``synchronous=FULL`` and ``BEGIN IMMEDIATE``: what was acknowledged survives a
killed process, and writers wait for each other instead of failing. A `Journal` belongs to one
thread; open another for another thread. The file must be on a local disk, never on NFS.

A journal also adopts entries that were born in another one, of the same session or merged into it. Its
entries have a place each, in the order in which they came in; the order in which they are folded is
``events.order``.

Three side tables stand beside the entries and are not history: the generation of each role's link, who is
present, and a digest of each gesture that was granted, so that an id sent again with another body is recognised.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from impactlib.domain.events import Entry, Event, PersonCorrected, pack, unpack

FORMAT = 1
BUSY = 10.0
"""Seconds that a writer waits for another before it gives up."""

_DURABLE = "pragma synchronous = full"
_TABLES = """
create table meta (key text primary key, value text not null);
create table entries (
    place integer primary key,
    origin text not null,
    seq integer not null,
    id text not null unique,
    at real not null,
    by text not null,
    behalf text not null,
    name text not null,
    payload text not null,
    rest text not null
);
create index entries_at on entries (at);
create table links (role text primary key, generation integer not null, place integer not null default 0);
create table presence (person text primary key, pages integer not null, seen real not null);
"""
_ADDED = """
create table if not exists granted (id text primary key, digest text not null);
"""
"""Tables that a journal of an earlier version of the kit lacks."""
_COLUMNS = "origin, seq, id, at, by, behalf, name, payload, rest"


class JournalError(Exception):
    """A journal that cannot be used: says which, why, and what was not done."""


class JournalExists(JournalError):
    """Somebody made this journal first."""


class Journal:
    """One session's file.

    `session` is the session's id, wherever it goes on; `origin` marks the entries born in this file;
    one that a `newer` kit wrote takes none.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        if not path.is_file():
            raise JournalError(f"{path.name}: there is no such session here. Nothing was changed.")
        self.path, self._clock = path, clock
        self._db = _connect(path)
        try:
            self._read_meta()
        except JournalError:
            self._db.close()
            raise

    @classmethod
    def create(
        cls,
        path: Path,
        session: str,
        speed: float = 1.0,
        clock: Callable[[], float] = time.time,
        first: Sequence[Event] = (),
        adopted: Sequence[Entry] = (),
        newer: int = 0,
        rest: str = "",
        begins: float | None = None,
    ) -> Journal:
        """A new file, with its `first` events in it, or with entries that were born elsewhere.

        `newer` is the format of the newer kit that they came from, 0 for this one's, and `rest` what it said besides.
        In a rehearsal its clock runs `speed` times as fast as ours, from the moment `begins`, or from now.
        """
        # A machine's other accounts have no business with what is said in the room.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}.new")
        draft.touch(mode=0o600)
        origin = f"{session}.{secrets.token_hex(4)}" if adopted else session
        meta = {"format": FORMAT, "session": session, "origin": origin, "speed": speed, "started": clock()}
        meta |= {"newer": newer, "rest": rest} | ({} if begins is None else {"begins": begins})
        try:
            with closing(_connect(draft)) as db:
                db.execute(_DURABLE)
                db.executescript(_TABLES)
                db.executemany("insert into meta values (?, ?)", [(k, str(v)) for k, v in meta.items()])
            with closing(cls(draft, clock)) as made, made.writing():
                made.append(f"open-{session}", "", "", first)
                made.adopt(adopted)
            # A listing of the folder shows a whole journal or none; of two writers that create it, the second fails.
            path.hardlink_to(draft)
        except FileExistsError as error:
            raise JournalExists(f"{path.name}: there is such a session already. It was left as it is.") from error
        finally:
            for leftover in path.parent.glob(f"{draft.name}*"):
                leftover.unlink(missing_ok=True)
        return cls(path, clock)

    def _read_meta(self) -> None:
        name = self.path.name
        try:
            self._db.execute(_DURABLE)
            meta = dict(self._db.execute("select key, value from meta"))
            format = int(meta["format"])
        except (sqlite3.DatabaseError, KeyError, ValueError) as error:
            raise JournalError(f"{name}: not a journal of this kit ({error}). It was left as it is.") from error
        if format > FORMAT:
            raise JournalError(f"{name}: written by a newer kit (format {format}). It was left as it is.")
        self._add_what_is_new()
        self.session, self.origin = meta["session"], meta["origin"]
        self.newer, self.rest = int(meta.get("newer", 0)), meta.get("rest", "")
        self.speed = float(meta.get("speed", 1))
        self._started = float(meta.get("started", 0))
        self._begins = float(meta.get("begins", self._started))

    def _add_what_is_new(self) -> None:
        """Bring the side tables of an earlier version up to date; its entries stay as they are."""
        known = {row[0] for row in self._db.execute("select name from sqlite_master where type = 'table'")}
        columns = {row[1] for row in self._db.execute("pragma table_info(links)")}
        if "granted" in known and "place" in columns:
            return
        with self.writing():
            self._db.execute(_ADDED)
            columns = {row[1] for row in self._db.execute("pragma table_info(links)")}
            if "place" not in columns:
                self._db.execute("alter table links add column place integer not null default 0")
                # Nobody knows when a link was renewed: no correction from before today counts as later than that.
                self._db.execute("update links set place = ?", (self.last(),))

    def now(self) -> float:
        """The journal's clock: seconds since 1970, faster than ours in a rehearsal, or at another time."""
        real = self._clock()
        if self.speed == 1 and self._begins == self._started:
            return real
        return self._begins + (real - self._started) * self.speed

    def turn_to(self, at: float) -> None:
        """Set the clock, for who holds this object: somebody of a rehearsal writes on a later day."""
        self._begins += at - self.now()

    def read(self, after: int = 0) -> list[Entry]:
        """The entries after the place `after`, in the order in which they came in."""
        return self._entries("where place > ? order by place", after)

    def _entries(self, which: str, value: int | str) -> list[Entry]:
        rows = self._db.execute(f"select {_COLUMNS} from entries {which}", (value,))
        return [
            Entry(origin, seq, id, at, by, behalf, unpack(name, payload), rest)
            for origin, seq, id, at, by, behalf, name, payload, rest in rows
        ]

    def last(self) -> int:
        """The place of the last entry, 0 in an empty journal."""
        return int(self._db.execute("select coalesce(max(place), 0) from entries").fetchone()[0])

    def written(self, id: str) -> Entry | None:
        """The entry with that id, if it is in."""
        return next(iter(self._entries("where id = ?", id)), None)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the file alone: what is read inside stays true until what is appended is in, or nothing is. Inside
        another, it is a part of it."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("begin immediate")
        try:
            yield
            self._db.execute("commit")
        except BaseException:
            # SQLite has already rolled back by itself after some errors, a full disk for one.
            if self._db.in_transaction:
                self._db.execute("rollback")
            raise

    def digest(self, id: str) -> str:
        """The digest of the gesture that was granted under that id; "" when none was, or before digests were kept."""
        row = self._db.execute("select digest from granted where id = ?", (id,)).fetchone()
        return str(row[0]) if row else ""

    def remember(self, id: str, digest: str) -> None:
        """Keep the digest of a gesture, inside ``writing``."""
        self._db.execute("insert or replace into granted values (?, ?)", (id, digest))

    def append(self, id: str, by: str, behalf: str, events: Sequence[Event]) -> list[Entry]:
        """Add the events of one gesture, inside ``writing``: the first has its id, the others id.1, id.2..."""
        # A place is also the number of an entry born here: no other of this origin can have it.
        seq = self.last()
        latest = self._db.execute("select coalesce(max(at), 0) from entries").fetchone()[0]
        at = max(self.now(), latest)
        entries = [
            Entry(self.origin, seq + 1 + i, id if i == 0 else f"{id}.{i}", at, by, behalf, event)
            for i, event in enumerate(events)
        ]
        self._insert(entries)
        return entries

    def adopt(self, entries: Sequence[Entry]) -> int:
        """Take in entries that were born elsewhere, inside ``writing``, and return how many were new here."""
        known = {row[0] for row in self._db.execute("select id from entries")}
        new = [entry for entry in {entry.id: entry for entry in entries}.values() if entry.id not in known]
        self._insert(new)
        return len(new)

    def _insert(self, entries: Sequence[Entry]) -> None:
        self._db.executemany(
            f"insert into entries ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(e.origin, e.seq, e.id, e.at, e.by, e.behalf, *pack(e.event), e.rest) for e in entries],
        )

    def version(self) -> int:
        """A number that changes when another connection has written; it says nothing of our own writes."""
        return int(self._db.execute("pragma data_version").fetchone()[0])

    def generation(self, role: str) -> int:
        """How many times that role's link was renewed."""
        row = self._db.execute("select generation from links where role = ?", (role,)).fetchone()
        return int(row[0]) if row else 0

    def renew(self, role: str) -> int:
        """Make a role's link worthless and return the new generation."""
        with self.writing():
            generation = self.generation(role) + 1
            row = (role, generation, self.last())
            self._db.execute("insert or replace into links (role, generation, place) values (?, ?, ?)", row)
        return generation

    def given(self, person: str, role: str) -> bool:
        """Whether somebody else gave that person that role here, since the role's link was last renewed.

        Only entries born in this journal count: a file that was merged in opens no door.
        """
        row = self._db.execute("select place from links where role = ?", (role,)).fetchone()
        entries = self._entries("where name = 'PersonCorrected' and place > ?", row[0] if row else 0)
        return any(
            isinstance(entry.event, PersonCorrected)
            and (entry.event.person, entry.event.role) == (person, role)
            and entry.by != person
            and entry.origin == self.origin
            for entry in entries
        )

    def present(self) -> frozenset[str]:
        """Who has a page open."""
        return frozenset(row[0] for row in self._db.execute("select person from presence where pages > 0"))

    def left(self) -> dict[str, float]:
        """When each of those who have none open closed their last one, on the journal's clock."""
        return dict(self._db.execute("select person, seen from presence where pages <= 0"))

    def mark(self, person: str, pages: int) -> None:
        """Say how many pages a person has open."""
        with self.writing():
            self._db.execute("insert or replace into presence values (?, ?, ?)", (person, pages, self.now()))

    def nobody(self) -> None:
        """Forget who was present: after a restart no page is open."""
        with self.writing():
            self._db.execute("update presence set pages = 0, seen = ? where pages > 0", (self.now(),))

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _connect(path: Path) -> sqlite3.Connection:
    # isolation_level=None: transactions begin and end only where this module says so.
    return sqlite3.connect(path, timeout=BUSY, isolation_level=None, check_same_thread=False)
