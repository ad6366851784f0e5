"""A session's journal in a file of its own: SQLite.

Rollback journal, ``synchronous=FULL`` and ``BEGIN IMMEDIATE``: what was acknowledged survives a
killed process, and writers wait for each other instead of failing. A `FileJournal` belongs to one
thread; open another for another thread. The file must be on a local disk, never on NFS.

A journal is checked when it is opened, and a row when it is read.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from impactlib.domain.events import Entry, Event
from impactlib.storage import machine_clock
from impactlib.storage.faults import Fault, fault
from impactlib.storage.journal import (
    BUSY,
    COLUMNS,
    FORMAT,
    Journal,
    JournalDamaged,
    JournalError,
    JournalExists,
    JournalMissing,
    Link,
    Whole,
    checksum,
    first_meta,
    values_of,
)

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
_SUMMED = {"meta": "key", "entries": "place", "links": "role"}
"""The tables whose rows carry their checksums, and their keys."""
_SUMS = {"meta": "key, value", "entries": COLUMNS, "links": "role, generation, place"}
"""What the checksums are of."""
_UNWRITTEN = (Fault.READ_ONLY, Fault.FULL, Fault.DISK)
"""The troubles in which a file can be read, and not written."""
_LINK = "insert or replace into links (role, generation, place, sum) values (?, ?, ?, ?)"


class FileJournal(Journal):
    """One session's file."""

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
        self.path, self.name, self._clock, self._wait = path, path.name, clock, wait
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
    ) -> FileJournal:
        """A new file, with its `first` events in it, or with entries that were born elsewhere.

        `newer` is the format of the newer kit that they came from, 0 for this one's, and `rest` what it said besides.
        In a rehearsal its clock runs `speed` times as fast as ours, from the moment `begins`, or from now.
        """
        meta = first_meta(session, clock(), speed, bool(adopted), newer, rest, begins)
        with cls._drafted(path, meta) as draft:
            with closing(cls(draft, clock)) as made, made.writing():
                made.append(f"open-{session}", "", "", first)
                made.adopt(adopted)
            _link(draft, path)
        return cls(path, clock)

    @classmethod
    def put(cls, path: Path, whole: Whole) -> None:
        """A new file, with all that a journal of another store holds. Raises JournalExists."""
        with cls.drafted(path, whole) as draft:
            _link(draft, path)

    @classmethod
    @contextmanager
    def drafted(cls, path: Path, whole: Whole) -> Iterator[Path]:
        """A file beside a journal, to put in its place, with all that is known of it; it is gone afterwards, unless it
        was renamed."""
        with cls._drafted(path, {**whole.meta, "format": str(FORMAT)}) as draft:
            with closing(cls(draft)) as made, made.writing():
                made.adopt(whole.entries)
                for link in whole.links:
                    made._set_link(link)
                for id, digest in whole.granted.items():
                    made.remember(id, digest)
            yield draft

    @staticmethod
    @contextmanager
    def _drafted(path: Path, meta: Mapping[str, str]) -> Iterator[Path]:
        # A machine's other accounts have no business with what is said in the room.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}.new")
        draft.touch(mode=0o600)
        rows = [(key, value, checksum(key, value)) for key, value in meta.items()]
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
            self._begin_with(meta)
        except (sqlite3.DatabaseError, KeyError, ValueError) as error:
            if fault(error) not in (None, Fault.DAMAGED):
                raise
            raise JournalDamaged(self.name, _why(error), "not a journal of this kit, or no longer one") from error

    def _check_whole(self) -> None:
        """Check the structure of the file: its pages, its indexes, and that no entry is missing between two."""
        found = self._db.execute("pragma integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise JournalDamaged(self.name, " ".join(found.split()))
        many, last = self._db.execute("select count(*), coalesce(max(place), 0) from entries").fetchone()
        if many != last:
            raise JournalDamaged(self.name, f"{last - many} entries are missing")

    def _meta(self) -> dict[str, str]:
        """What the file says of itself. A newer kit's is not checked: its checksums may be others."""
        sum = "sum" if "sum" in self._columns("meta") else "null"
        rows = self._db.execute(f"select key, value, {sum} from meta").fetchall()
        meta = {key: value for key, value, _ in rows}
        if (format := int(meta["format"])) > FORMAT:
            raise JournalError(f"{self.name}: written by a newer kit (format {format}). It was left as it is.")
        for *row, sum in rows:
            self._believe(sum, row, f"what it says of its {row[0]}")
        return meta

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

    def read(self, after: int = 0) -> list[Entry]:
        return self._entries("where place > ? order by place", after)

    def _entries(self, which: str, value: int | str) -> list[Entry]:
        sum = "sum" if self._sealed else "null"
        rows = self._db.execute(f"select place, {sum}, {COLUMNS} from entries {which}", (value,))
        try:
            return [self._entry(row[0], row[1], row[2:]) for row in rows]
        except sqlite3.DatabaseError as error:
            if fault(error) != Fault.DAMAGED:
                raise
            raise JournalDamaged(self.name, _why(error)) from error

    def last(self) -> int:
        return int(self._db.execute("select coalesce(max(place), 0) from entries").fetchone()[0])

    def _latest(self) -> float:
        return float(self._db.execute("select coalesce(max(at), 0) from entries").fetchone()[0])

    def written(self, id: str) -> Entry | None:
        return next(iter(self._entries("where id = ?", id)), None)

    @contextmanager
    def writing(self) -> Iterator[None]:
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
        row = self._db.execute("select digest from granted where id = ?", (id,)).fetchone()
        return str(row[0]) if row else ""

    def remember(self, id: str, digest: str) -> None:
        self._db.execute("insert or replace into granted values (?, ?)", (id, digest))

    def overwrite(self, entries: Sequence[Entry]) -> None:
        """Put emptied entries in the place of those that have their ids, inside ``writing``; `compact` then leaves
        nothing of these in the file. What the gestures were that they came of is forgotten too."""
        columns = ", ".join(f"{column} = ?" for column in COLUMNS.split(", "))
        for entry in entries:
            values = values_of(entry)
            self._db.execute(
                f"update entries set {columns}, sum = ? where id = ?", (*values, checksum(*values), entry.id)
            )
            self._db.execute("delete from granted where id = ?", (entry.id.partition(".")[0],))
        self._say("erasures", self.erasures() + 1)

    def _say(self, key: str, number: int) -> None:
        said = key, str(number)
        self._db.execute("insert or replace into meta values (?, ?, ?)", (*said, checksum(*said)))

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

    def _insert(self, entries: Sequence[Entry]) -> None:
        rows = map(values_of, entries)
        self._db.executemany(
            f"insert into entries ({COLUMNS}, sum) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*values, checksum(*values)) for values in rows],
        )

    def _ids(self) -> set[str]:
        return {row[0] for row in self._db.execute("select id from entries")}

    def version(self) -> int:
        return int(self._db.execute("pragma data_version").fetchone()[0])

    def _link(self, role: str) -> tuple[int, int]:
        sum = "sum" if self._sealed else "null"
        row = self._db.execute(f"select generation, place, {sum} from links where role = ?", (role,)).fetchone()
        if row is None:
            return 0, 0
        self._believe(row[2], (role, *row[:2]), f"the link of {role}")
        return int(row[0]), int(row[1])

    def _set_link(self, link: Link) -> None:
        self._db.execute(_LINK, (*link, checksum(*link)))

    def _corrections(self, after: int) -> list[Entry]:
        return self._entries("where name = 'PersonCorrected' and place > ?", after)

    def present(self) -> frozenset[str]:
        return frozenset(row[0] for row in self._db.execute("select person from open_pages where pages > 0"))

    def left(self) -> dict[str, float]:
        last = "select person, max(seen) from open_pages group by person having max(pages) <= 0"
        return dict(self._db.execute(last))

    def mark(self, person: str, pages: int, server: str = "") -> None:
        with self.writing():
            said = server, person, pages, self.now()
            self._db.execute("insert or replace into open_pages values (?, ?, ?, ?)", said)

    def servers(self) -> frozenset[str]:
        return frozenset(row[0] for row in self._db.execute("select server from open_pages where server <> ''"))

    def nobody(self, servers: Iterable[str] = ()) -> None:
        ended = ("", *servers)
        those = f"from open_pages where server in ({', '.join('?' * len(ended))})"
        if not self._db.execute(f"select 1 {those} and (pages > 0 or server <> '')", ended).fetchone():
            return
        last = "select '', person, 0, max(case when pages > 0 then ? else seen end)"
        with self.writing():
            known = self._db.execute(f"{last} {those} group by person", (self.now(), *ended)).fetchall()
            self._db.execute(f"delete {those}", ended)
            self._db.executemany("insert into open_pages values (?, ?, ?, ?)", known)

    def whole(self) -> Whole:
        self._db.execute("begin")
        try:
            roles = [row[0] for row in self._db.execute("select role from links order by role")]
            granted = dict(self._db.execute("select id, digest from granted"))
            return Whole(self._meta(), self.read(), [(role, *self._link(role)) for role in roles], granted)
        finally:
            self._db.execute("rollback")

    @property
    def in_place(self) -> bool:
        return self._file == _identity(self.path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _link(draft: Path, path: Path) -> None:
    """Give a whole journal its name: a listing of the folder shows all of it or none; of two writers that create it,
    the second fails."""
    try:
        path.hardlink_to(draft)
    except FileExistsError as error:
        raise JournalExists(f"{path.name}: there is such a session already. It was left as it is.") from error


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a file that is still a database alone; nobody can write in one that is none."""
    with closing(sqlite3.connect(path, timeout=BUSY, isolation_level=None)) as db:
        try:
            db.execute("begin immediate")
        except sqlite3.DatabaseError as error:
            if fault(error) not in (None, Fault.DAMAGED):
                raise
        yield


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
