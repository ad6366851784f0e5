"""A session's journal: one SQLite file, appended to, read and followed.

Rollback journal, ``synchronous=FULL`` and ``BEGIN IMMEDIATE``: what was acknowledged survives a
killed process, and writers wait for each other instead of failing. A `Journal` belongs to one
thread; open another for another thread. The file must be on a local disk, never on NFS.

A journal also adopts entries that were born in another one, of the same session or merged into it. Its
entries have a place each, in the order in which they came in; the order in which they are folded is
``events.order``.

Each row of the entries, of the links and of what the file says of itself carries its checksum. A journal is checked
when it is opened, and a row when it is read: what cannot be believed is never given.

Three side tables stand beside the entries and are not history: the generation of each role's link, who is
present, and a digest of each gesture that was granted, so that an id sent again with another body is recognised.
"""

from __future__ import annotations

import secrets
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from impactlib.domain.clock import ahead
from impactlib.domain.events import Entry, Event, PersonCorrected, malformed, pack, unpack
from impactlib.storage import machine_clock
from impactlib.storage.faults import Fault, fault

FORMAT = 1
BUSY = 10.0
"""Seconds that a writer waits for another before it gives up."""

_DURABLE = "pragma synchronous = full"
_NOTHING_LEFT = "pragma secure_delete = on"
"""What is deleted or overwritten is overwritten with zeros."""
_TABLES = """
create table meta (key text primary key, value text not null, sum integer);
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
    rest text not null,
    sum integer
);
create index entries_at on entries (at);
create table links (role text primary key, generation integer not null, place integer not null default 0,
    sum integer);
create table presence (person text primary key, pages integer not null, seen real not null);
"""
_ADDED = (
    "create table if not exists granted (id text primary key, digest text not null)",
    "create table if not exists open_pages (server text not null, person text not null, pages integer not null, "
    "seen real not null, primary key (server, person))",
)
"""Tables that a journal of an earlier version of the kit lacks; that one keeps who is present in `presence`."""
_NEW_TABLES = {"granted", "open_pages"}
_COLUMNS = "origin, seq, id, at, by, behalf, name, payload, rest"
_SUMMED = {"meta": "key", "entries": "place", "links": "role"}
"""The tables whose rows carry their checksums, and their keys."""
_SUMS = {"meta": "key, value", "entries": _COLUMNS, "links": "role, generation, place"}
"""What the checksums are of."""
_UNWRITTEN = (Fault.READ_ONLY, Fault.FULL, Fault.DISK)
"""The troubles in which a file can be read, and not written."""
_LINK = "insert or replace into links (role, generation, place, sum) values (?, ?, ?, ?)"


class JournalError(Exception):
    """A journal that cannot be used: says which, why, and what was not done."""


class JournalExists(JournalError):
    """Somebody made this journal first."""


class JournalMissing(JournalError):
    """There is no such journal, or it is no longer where it was."""


class JournalDamaged(JournalError):
    """A journal that cannot be believed: says where, and what can be done."""

    def __init__(self, name: str, why: str, what: str = "this journal is damaged") -> None:
        super().__init__(f"{name}: {what} ({why}). It was left as it is: `impact doctor` says what can be repaired.")
        self.why = why


def checksum(*values: object) -> int:
    """The checksum of a row, from its values in order; it tells damage, not forgery.

    >>> checksum("facilitator", 1) == checksum("facilitator", 2)
    False
    """
    # Twice as fast as joining them: each row that is read is checked.
    return zlib.crc32(("%s\n" * len(values) % values).encode("utf-8", "surrogatepass"))


class Journal:
    """One session's file.

    `session` is the session's id, wherever it goes on; `origin` marks the entries born in this file;
    one that a `newer` kit wrote takes none.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = machine_clock.now, wait: float | None = None) -> None:
        """Open a file and check it; `wait` is how many seconds to wait for others who hold it, `BUSY` by default.

        Raises
        ------
        JournalMissing, JournalDamaged, JournalError
            When there is none, when it cannot be believed, when it is a newer kit's.
        sqlite3.Error
            When the machine is in trouble (see `faults`): the file may be sound.
        """
        if not path.is_file():
            raise JournalMissing(f"{path.name}: there is no such session here. Nothing was changed.")
        self.path, self._clock, self._wait = path, clock, wait
        self._anew = False
        self._file = _identity(path)
        self._db = _connect(path, wait)
        try:
            self._open()
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def create(
        cls,
        path: Path,
        session: str,
        speed: float = 1.0,
        clock: Callable[[], float] = machine_clock.now,
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
        origin = f"{session}.{secrets.token_hex(4)}" if adopted else session
        meta = {"format": FORMAT, "session": session, "origin": origin, "speed": speed, "started": clock()}
        said = {"newer": newer, "rest": rest} | ({} if begins is None else {"begins": begins})
        with cls._drafted(path, meta | said) as draft:
            with closing(cls(draft, clock)) as made, made.writing():
                made.append(f"open-{session}", "", "", first)
                made.adopt(adopted)
            # A listing of the folder shows a whole journal or none; of two writers that create it, the second fails.
            try:
                path.hardlink_to(draft)
            except FileExistsError as error:
                raise JournalExists(f"{path.name}: there is such a session already. It was left as it is.") from error
        return cls(path, clock)

    @classmethod
    @contextmanager
    def drafted(
        cls, path: Path, meta: Mapping[str, object], entries: Sequence[Entry], links: Sequence[tuple[str, int, int]]
    ) -> Iterator[Path]:
        """A file beside a journal, to put in its place, with all that is known of it; it is gone afterwards, unless it
        was renamed.

        `meta` is what the journal says of itself; of each link `links` has the role, the generation and the place.
        """
        with cls._drafted(path, {**meta, "format": FORMAT}) as draft:
            with closing(cls(draft)) as made, made.writing():
                made.adopt(entries)
                made._db.executemany(_LINK, [(*link, checksum(*link)) for link in links])
            yield draft

    @staticmethod
    @contextmanager
    def _drafted(path: Path, meta: Mapping[str, object]) -> Iterator[Path]:
        # A machine's other accounts have no business with what is said in the room.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}.new")
        draft.touch(mode=0o600)
        rows = [(key, str(value), checksum(key, str(value))) for key, value in meta.items()]
        try:
            with closing(_connect(draft)) as db:
                db.execute(_DURABLE)
                db.executescript(_TABLES)
                db.executemany("insert into meta values (?, ?, ?)", rows)
            yield draft
        finally:
            for leftover in path.parent.glob(f"{draft.name}*"):
                leftover.unlink(missing_ok=True)

    def _open(self) -> None:
        try:
            self._db.execute(_DURABLE)
            self._check_whole()
            meta = self._meta()
            try:
                self._add_what_is_new()
            except sqlite3.DatabaseError as error:
                if fault(error) not in _UNWRITTEN:
                    raise
            self.session, self.origin = meta["session"], meta["origin"]
            self.newer, self.rest = int(meta.get("newer", 0)), meta.get("rest", "")
            self.speed = float(meta.get("speed", 1))
            self._started = float(meta.get("started", 0))
            self._begins = float(meta.get("begins", self._started))
            self._lost = int(meta.get("lost", 0))
            self._ahead = ahead(0.0, self._now(), self._latest())
        except (sqlite3.DatabaseError, KeyError, ValueError) as error:
            if fault(error) not in (None, Fault.DAMAGED):
                raise
            raise JournalDamaged(self.path.name, _why(error), "not a journal of this kit, or no longer one") from error

    def _check_whole(self) -> None:
        """Check the structure of the file: its pages, its indexes, and that no entry is missing between two."""
        found = self._db.execute("pragma integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise JournalDamaged(self.path.name, " ".join(found.split()))
        many, last = self._db.execute("select count(*), coalesce(max(place), 0) from entries").fetchone()
        if many != last:
            raise JournalDamaged(self.path.name, f"{last - many} entries are missing")

    def _meta(self) -> dict[str, str]:
        """What the file says of itself. A newer kit's is not checked: its checksums may be others."""
        sum = "sum" if "sum" in self._columns("meta") else "null"
        rows = self._db.execute(f"select key, value, {sum} from meta").fetchall()
        meta = {key: value for key, value, _ in rows}
        if (format := int(meta["format"])) > FORMAT:
            raise JournalError(f"{self.path.name}: written by a newer kit (format {format}). It was left as it is.")
        for *row, sum in rows:
            self._believe(sum, row, f"what it says of its {row[0]}")
        return meta

    def _believe(self, sum: int | None, values: Sequence[object], what: str) -> None:
        """Raise JournalDamaged for a row that its checksum contradicts; one of an earlier version may have none."""
        if sum is not None and sum != checksum(*values):
            raise JournalDamaged(self.path.name, f"{what} has changed")

    def _columns(self, table: str) -> set[str]:
        return {row[1] for row in self._db.execute(f"pragma table_info({table})")}

    def _add_what_is_new(self) -> None:
        """Bring a file of an earlier version up to date: its entries stay, and are given checksums. One that cannot be
        written is read as it is until it can. Raises sqlite3.DatabaseError then."""
        self._sealed = "sum" in self._columns("entries")
        known = {row[0] for row in self._db.execute("select name from sqlite_master where type = 'table'")}
        if known >= _NEW_TABLES and self._sealed:
            return
        try:
            with self.writing():
                for statement in _ADDED:
                    self._db.execute(statement)
                if "place" not in self._columns("links"):
                    self._db.execute("alter table links add column place integer not null default 0")
                    # Nobody knows when a link was renewed: no correction from before today counts as later than that.
                    self._db.execute("update links set place = ?", (self.last(),))
                self._seal()
        except sqlite3.DatabaseError as error:
            if fault(error) in _UNWRITTEN:
                self._stand_in()
            raise

    def _stand_in(self) -> None:
        """Have what a file of an earlier version lacks in memory, empty, while it cannot be written."""
        self._anew = True
        self._db.execute("pragma temp_store = memory")
        for statement in _ADDED:
            self._db.execute(statement.replace("create table", "create temp table"))
        if "place" not in self._columns("links"):
            self._db.execute("create temp table links as select role, generation, 0 as place from main.links")

    def _seal(self) -> None:
        """Give their checksums to the rows of a file that has none, inside ``writing``; entries are read first."""
        for table, key in _SUMMED.items():
            if "sum" in self._columns(table):
                continue
            if table == "entries":
                self.read()
            self._db.execute(f"alter table {table} add column sum integer")
            columns = _SUMS[table]
            rows = self._db.execute(f"select {key}, {columns} from {table}").fetchall()
            self._db.executemany(
                f"update {table} set sum = ? where {key} = ?", [(checksum(*row[1:]), row[0]) for row in rows]
            )
        self._sealed = True

    def now(self) -> float:
        """The journal's clock, in seconds since 1970: in a rehearsal faster than ours or at another time, and ahead of
        ours where an entry is."""
        return self._now() + self._ahead

    def _now(self) -> float:
        real = self._clock()
        if self.speed == 1 and self._begins == self._started:
            return real
        return self._begins + (real - self._started) * self.speed

    def turn_to(self, at: float) -> None:
        """Set the clock, for who holds this object: somebody of a rehearsal writes on a later day."""
        self._begins += at - self.now()

    def read(self, after: int = 0) -> list[Entry]:
        """The entries after the place `after`, in the order in which they came in. Raises JournalDamaged."""
        return self._entries("where place > ? order by place", after)

    def _entries(self, which: str, value: int | str) -> list[Entry]:
        sum = "sum" if self._sealed else "null"
        rows = self._db.execute(f"select place, {sum}, {_COLUMNS} from entries {which}", (value,))
        try:
            return [self._entry(row[0], row[1], row[2:]) for row in rows]
        except sqlite3.DatabaseError as error:
            if fault(error) != Fault.DAMAGED:
                raise
            raise JournalDamaged(self.path.name, _why(error)) from error

    def _entry(self, place: int, sum: int | None, values: tuple[Any, ...]) -> Entry:
        origin, seq, id, at, by, behalf, name, payload, rest = values
        event = unpack(name, payload)
        # Of an earlier version, a row may have no checksum.
        if sum is None and (malformed(event) or not isinstance(at, float)):
            raise JournalDamaged(self.path.name, f"entry {place} cannot be read")
        if sum is not None and sum != checksum(*values):
            raise JournalDamaged(self.path.name, f"entry {place} has changed")
        return Entry(origin, seq, id, at, by, behalf, event, rest)

    def last(self) -> int:
        """The place of the last entry, 0 in an empty journal."""
        return int(self._db.execute("select coalesce(max(place), 0) from entries").fetchone()[0])

    def _latest(self) -> float:
        return float(self._db.execute("select coalesce(max(at), 0) from entries").fetchone()[0])

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
        self._begin()
        try:
            yield
            self._db.execute("commit")
        except BaseException as error:
            self._anew = fault(error) == Fault.READ_ONLY
            # SQLite has already rolled back by itself after some errors, a full disk for one.
            if self._db.in_transaction:
                self._db.execute("rollback")
            raise

    def _begin(self) -> None:
        if self._anew:
            # SQLite opened a file that might only be read for reading: it is opened again.
            self._db.close()
            self._db = _connect(self.path, self._wait)
            self._db.execute(_DURABLE)
            self._anew = False
            self._add_what_is_new()
        self._db.execute("begin immediate")

    def digest(self, id: str) -> str:
        """The digest of the gesture that was granted under that id; "" when none was, or before digests were kept."""
        row = self._db.execute("select digest from granted where id = ?", (id,)).fetchone()
        return str(row[0]) if row else ""

    def remember(self, id: str, digest: str) -> None:
        """Keep the digest of a gesture, inside ``writing``."""
        self._db.execute("insert or replace into granted values (?, ?)", (id, digest))

    def append(self, id: str, by: str, behalf: str, events: Sequence[Event]) -> list[Entry]:
        """Add the events of one gesture, inside ``writing``: the first has its id, the others id.1, id.2..."""
        # The number of an entry born here: no other of this origin can have it, nor had one that was lost to damage.
        seq = self.last() + self._lost
        latest = self._latest()
        self._ahead = ahead(self._ahead, self._now(), latest)
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

    def overwrite(self, entries: Sequence[Entry]) -> None:
        """Put emptied entries in the place of those that have their ids, inside ``writing``; `compact` then leaves
        nothing of these in the file. What the gestures were that they came of is forgotten too."""
        columns = ", ".join(f"{column} = ?" for column in _COLUMNS.split(", "))
        for entry in entries:
            row = _row(entry)
            self._db.execute(f"update entries set {columns}, sum = ? where id = ?", (*row, checksum(*row), entry.id))
            self._db.execute("delete from granted where id = ?", (entry.id.partition(".")[0],))
        self._say("erasures", self.erasures() + 1)

    def _say(self, key: str, number: int) -> None:
        said = key, str(number)
        self._db.execute("insert or replace into meta values (?, ?, ?)", (*said, checksum(*said)))

    def erasures(self) -> int:
        """How many times entries were emptied: what was read before is not to be believed after."""
        return self._said("erasures")

    def _said(self, key: str) -> int:
        row = self._db.execute("select value from meta where key = ?", (key,)).fetchone()
        return int(row[0]) if row else 0

    def compact(self) -> None:
        """Write the file anew without what was deleted or overwritten in it, and without a temporary file."""
        self._db.execute("pragma temp_store = memory")
        erasures = self.erasures()
        self._db.execute("vacuum")
        with self.writing():
            self._say("compacted", erasures)

    @property
    def compacted(self) -> bool:
        """Whether `compact` came to its end after the last erasure."""
        return self._said("compacted") == self.erasures()

    def _insert(self, entries: Sequence[Entry]) -> None:
        rows = map(_row, entries)
        self._db.executemany(
            f"insert into entries ({_COLUMNS}, sum) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*row, checksum(*row)) for row in rows],
        )

    def version(self) -> int:
        """A number that changes when another connection has written; it says nothing of our own writes."""
        return int(self._db.execute("pragma data_version").fetchone()[0])

    def generation(self, role: str) -> int:
        """How many times that role's link was renewed."""
        return self._link(role)[0]

    def _link(self, role: str) -> tuple[int, int]:
        """The generation of a role's link, and the place of the last entry before it was renewed."""
        sum = "sum" if self._sealed else "null"
        row = self._db.execute(f"select generation, place, {sum} from links where role = ?", (role,)).fetchone()
        if row is None:
            return 0, 0
        self._believe(row[2], (role, *row[:2]), f"the link of {role}")
        return int(row[0]), int(row[1])

    def renew(self, role: str) -> int:
        """Make a role's link worthless and return the new generation."""
        with self.writing():
            generation = self.generation(role) + 1
            row = (role, generation, self.last())
            self._db.execute(
                "insert or replace into links (role, generation, place, sum) values (?, ?, ?, ?)",
                (*row, checksum(*row)),
            )
        return generation

    def given(self, person: str, role: str) -> bool:
        """Whether somebody else gave that person that role here, since the role's link was last renewed.

        Only entries born in this journal count: a file that was merged in opens no door.
        """
        entries = self._entries("where name = 'PersonCorrected' and place > ?", self._link(role)[1])
        return any(
            isinstance(entry.event, PersonCorrected)
            and (entry.event.person, entry.event.role) == (person, role)
            and entry.by != person
            and entry.origin == self.origin
            for entry in entries
        )

    def present(self) -> frozenset[str]:
        """Who has a page open, on any server."""
        return frozenset(row[0] for row in self._db.execute("select person from open_pages where pages > 0"))

    def left(self) -> dict[str, float]:
        """When each of those who have none open closed their last one, on the journal's clock."""
        last = "select person, max(seen) from open_pages group by person having max(pages) <= 0"
        return dict(self._db.execute(last))

    def mark(self, person: str, pages: int, server: str = "") -> None:
        """Say how many pages a person has open on a server; "" stands for a notebook, or a rehearsal's process."""
        with self.writing():
            row = server, person, pages, self.now()
            self._db.execute("insert or replace into open_pages values (?, ?, ?, ?)", row)

    def servers(self) -> frozenset[str]:
        """The servers that people had pages open on, of which some may have ended."""
        return frozenset(row[0] for row in self._db.execute("select server from open_pages where server <> ''"))

    def nobody(self, servers: Iterable[str] = ()) -> None:
        """Forget who was present on servers that have ended, and on none: after a restart no page is open."""
        ended = ("", *servers)
        those = f"from open_pages where server in ({', '.join('?' * len(ended))})"
        if not self._db.execute(f"select 1 {those} and (pages > 0 or server <> '')", ended).fetchone():
            return
        last = "select '', person, 0, max(case when pages > 0 then ? else seen end)"
        with self.writing():
            known = self._db.execute(f"{last} {those} group by person", (self.now(), *ended)).fetchall()
            self._db.execute(f"delete {those}", ended)
            self._db.executemany("insert into open_pages values (?, ?, ?, ?)", known)

    @property
    def in_place(self) -> bool:
        """Whether the file is still the one that was opened: nobody deleted or replaced it."""
        return self._file == _identity(self.path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _row(entry: Entry) -> tuple[Any, ...]:
    """The values of an entry's columns."""
    e = entry
    return e.origin, e.seq, e.id, float(e.at), e.by, e.behalf, *pack(e.event), e.rest


def _why(error: Exception) -> str:
    """What an error says, without the words of the room that it may quote."""
    return str(error).partition(" with text")[0]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        known = path.stat()
    except OSError:
        return None
    return known.st_dev, known.st_ino


def _connect(path: Path, wait: float | None = None) -> sqlite3.Connection:
    # isolation_level=None: transactions begin and end only where this module says so.
    wait = BUSY if wait is None else wait
    db = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
    db.execute(_NOTHING_LEFT)
    return db
