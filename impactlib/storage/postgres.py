"""A store in PostgreSQL, which several servers may share: its tables, what workshops share, and which servers live."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg

from impactlib.domain.events import Entry, Event
from impactlib.storage.connections import SCHEMA, Connection, Connections
from impactlib.storage.faults import StoreError
from impactlib.storage.journal import JournalError, Whole, first_meta
from impactlib.storage.machine_clock import MachineClock
from impactlib.storage.postgres_journal import CHANNEL, PostgresJournal
from impactlib.storage.store import PROGRAMME, SECRET, Store
from impactlib.storage.tombstones import WHOLE

FORMAT = 1
"""The version of the tables."""
LEASE = 20
"""Seconds for which a server counts as alive after it last said so."""
LOOK = 0.5
"""Seconds between two looks at whether to stop following."""
AGAIN = 1.0
"""Seconds before the database is followed again, once it went away."""
_TABLES = """
create table kit (key text primary key, value text not null);
create table sessions (
    id text primary key,
    number bigint generated always as identity unique,
    version bigint not null default 0
);
create table meta (
    session text not null references sessions on delete cascade,
    key text not null,
    value text not null,
    sum bigint not null,
    primary key (session, key)
);
create table entries (
    session text not null references sessions on delete cascade,
    place integer not null,
    origin text not null,
    seq bigint not null,
    id text not null,
    at double precision not null,
    by text not null,
    behalf text not null,
    name text not null,
    payload text not null,
    rest text not null,
    sum bigint not null,
    primary key (session, place),
    unique (session, id)
);
create index entries_at on entries (session, at);
create table links (
    session text not null references sessions on delete cascade,
    role text not null,
    generation integer not null,
    place integer not null,
    sum bigint not null,
    primary key (session, role)
);
create table granted (
    session text not null references sessions on delete cascade,
    id text not null,
    digest text not null,
    primary key (session, id)
);
create table open_pages (
    session text not null references sessions on delete cascade,
    server text not null,
    person text not null,
    pages integer not null,
    seen double precision not null,
    primary key (session, server, person)
);
create table servers (name text primary key, until timestamptz not null);
create table tombstones (session text, person text, day text not null, primary key (session, person));
"""
_SHAPE = """
select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text
from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = to_regnamespace('impact') and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
union all
select c.relname || ' ' || k.contype::text || ' ' || array_to_string(k.conkey, ',')
from pg_constraint k join pg_class c on c.oid = k.conrelid
where c.relnamespace = to_regnamespace('impact') and k.contype in ('p', 'u', 'f')
order by 1
"""
"""The columns of all tables, and what keeps their rows apart and together."""
_ALIVE = f"(until > now() or pg_postmaster_start_time() > now() - interval '{LEASE} s')"
"""Whether a server is alive; for a while after PostgreSQL was started anew, none of them could have said so."""


class Postgres(Store):
    """The workshops of one database."""

    def __init__(self, address: str) -> None:
        """Connect, and make the tables where there are none.

        Raises
        ------
        StoreError, JournalError
            When the database cannot be reached or used; when it is a newer kit's, or not as the kit made it.
        """
        self._connections = Connections(address)
        try:
            with self._connections.lent() as connection:
                self._check_settings(connection)
                connection.execute("begin")
                # Of two that come first at once, one makes the tables.
                connection.execute("select pg_advisory_xact_lock(hashtext('impact tables'))")
                if connection.execute("select to_regclass('impact.kit')").fetchone() == (None,):
                    self._make_tables(connection)
                connection.execute("commit")
                self._check_tables(connection)
            self.clock = MachineClock(wall=self._their_time)
        except BaseException:
            self.close()
            raise

    def __str__(self) -> str:
        return self._connections.where

    def _check_settings(self, connection: Connection) -> None:
        settings = (
            "select current_setting('server_encoding'), current_setting('fsync'), current_setting('server_version_num')"
        )
        [(encoding, fsync, version)] = connection.execute(settings).fetchall()
        if int(version) < 130000:
            raise StoreError(str(self), "PostgreSQL 13 or later is needed. Nothing was changed")
        if encoding != "UTF8":
            why = f"its texts are {encoding}: make a database in UTF8 (createdb --encoding=UTF8 --template=template0)"
            raise StoreError(str(self), f"{why}. Nothing was changed")
        if fsync != "on":
            raise StoreError(str(self), "fsync is off there: what is answered could be lost. Nothing was changed")

    def _make_tables(self, connection: Connection) -> None:
        if connection.execute(f"select to_regnamespace('{SCHEMA}')").fetchone() == (None,):
            connection.execute(f"create schema {SCHEMA}")
        for statement in _TABLES.split(";")[:-1]:
            connection.execute(statement)
        said = [("format", str(FORMAT)), ("shape", self._shape(connection))]
        connection.cursor().executemany("insert into kit values (%s, %s)", said)

    def _check_tables(self, connection: Connection) -> None:
        said: dict[str, str] = dict(connection.execute("select key, value from kit").fetchall())
        format = int(said.get("format", "0"))
        if format > FORMAT:
            raise JournalError(f"{self}: these tables are of a newer kit (format {format}). Nothing was changed.")
        there, made = self._shape(connection).splitlines(), said.get("shape", "").splitlines()
        if changed := sorted({line.split(" ")[0] for line in {*there} ^ {*made}}):
            raise JournalError(
                f"{self}: somebody changed the tables that the kit made ({', '.join(changed[:5])}). Put them back, or "
                "restore a copy of the database. Nothing was changed."
            )

    def _shape(self, connection: Connection) -> str:
        return "\n".join(row[0] for row in connection.execute(_SHAPE))

    def _their_time(self) -> float:
        before = time.monotonic()
        [(now,)] = self._rows("select extract(epoch from clock_timestamp())::double precision")
        return float(now) + (time.monotonic() - before) / 2

    def _rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        with self._connections.lent() as connection:
            return connection.execute(question, values).fetchall()

    def _do(self, statement: str, *values: object) -> int:
        """Change something; return how many rows were."""
        with self._connections.lent() as connection:
            return connection.execute(statement, values).rowcount

    # Journals ------------------------------------------------------------------

    def states(self) -> dict[str, tuple[int, int]]:
        rows = self._rows("select id, number, version from sessions where id <> %s order by number desc", PROGRAMME)
        return {id: (number, version) for id, number, version in rows}

    def open(
        self,
        session: str,
        clock: Callable[[], float] | None = None,
        wait: float | None = None,  # noqa: ARG002
    ) -> PostgresJournal:
        # Who reads waits for nobody.
        return PostgresJournal(self._connections, session, clock or self.clock)

    def create(
        self,
        session: str,
        speed: float = 1.0,
        clock: Callable[[], float] | None = None,
        first: Sequence[Event] = (),
        adopted: Sequence[Entry] = (),
        newer: int = 0,
        rest: str = "",
        begins: float | None = None,
    ) -> PostgresJournal:
        clock = clock or self.clock
        meta = first_meta(session, clock(), speed, bool(adopted), newer, rest, begins)
        return PostgresJournal.create(self._connections, session, clock, Whole(meta, adopted), first)

    def put(self, session: str, whole: Whole) -> None:
        PostgresJournal.create(self._connections, session, self.clock, whole).close()

    def has(self, session: str) -> bool:
        return bool(self._rows("select 1 from sessions where id = %s", session))

    def remove_copies(self, session: str) -> None:
        """There are none."""

    def remove(self, session: str) -> None:
        with self._connections.lent() as connection:
            connection.execute("begin")
            try:
                connection.execute("delete from sessions where id = %s", (session,))
                connection.execute("select pg_notify(%s, %s)", (CHANNEL, session))
                connection.execute("commit")
            except BaseException:
                with contextlib.suppress(psycopg.Error):
                    connection.execute("rollback")
                raise
        self._connections.vacuum("entries, granted, meta")

    # What workshops share ------------------------------------------------------

    def secret(self) -> bytes:
        found = self._kit("secret")
        held = bytes.fromhex(found) if found else self.keep_secret(secrets.token_bytes(SECRET))
        if len(held) != SECRET:
            raise JournalError(f"{self}: the secret is damaged: {len(held)} bytes of {SECRET}. Restore a copy.")
        return held

    def keep_secret(self, secret: bytes) -> bytes:
        self._do("insert into kit values ('secret', %s) on conflict do nothing", secret.hex())
        return bytes.fromhex(self._kit("secret"))

    def _kit(self, key: str) -> str:
        return "".join(str(row[0]) for row in self._rows("select value from kit where key = %s", key))

    def said(self, name: str) -> str:
        return self._kit(f"said {name}")

    def say(self, name: str, value: str) -> None:
        said = "insert into kit values (%s, %s) on conflict (key) do update set value = excluded.value"
        self._do(said, f"said {name}", value)

    def tombstones(self) -> Mapping[str, Mapping[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for session, person, day in self._rows("select session, person, day from tombstones"):
            found.setdefault(session, {})[person] = day
        return found

    def bury(self, session: str, person: str, day: str) -> None:
        self._do("insert into tombstones values (%s, %s, %s) on conflict do nothing", session, person, day)

    def lift(self, session: str) -> None:
        self._do("delete from tombstones where session = %s and person = %s", session, WHOLE)

    # Servers -------------------------------------------------------------------

    def sign(self) -> Lease:
        return Lease(self)

    def ended(self, names: Iterable[str]) -> list[str]:
        asked = [*names]
        if not asked:
            return []
        alive = {row[0] for row in self._rows(f"select name from servers where name = any(%s) and {_ALIVE}", asked)}
        return [name for name in asked if name not in alive]

    @contextlib.contextmanager
    def announced(self, address: str) -> Iterator[str]:  # noqa: ARG002
        # Several servers are what this store is for; where a proxy answers for them, none of them knows.
        yield ""

    def address(self) -> str:
        return ""

    def follow(self, tell: Callable[[Collection[str]], None], stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                # What was missed meanwhile is found by the look that rooms take every few seconds.
                with self._connections.connect() as connection:
                    connection.execute(f"listen {CHANNEL}")
                    while not stop.is_set():
                        told = {heard.payload for heard in connection.notifies(timeout=LOOK, stop_after=1)}
                        if told:
                            tell(told)
            except (psycopg.Error, StoreError):
                stop.wait(AGAIN)

    def close(self) -> None:
        self._connections.close()

    def child(self) -> tuple[list[str], dict[str, str]]:
        return [], self._connections.environment


class Lease:
    """That a server is alive, for `LEASE` seconds from each time that it says so."""

    def __init__(self, store: Postgres) -> None:
        self._store, self.name = store, secrets.token_hex(4)
        self.renew()

    def renew(self) -> bool:
        until = f"now() + interval '{LEASE} s'"
        if self._store._do(f"update servers set until = {until} where name = %s and {_ALIVE}", self.name):
            return True
        again = f"insert into servers values (%s, {until}) on conflict (name) do update set until = excluded.until"
        self._store._do(again, self.name)
        self._store._do("delete from servers where until < now() - interval '1 day'")
        return False

    def close(self) -> None:
        with contextlib.suppress(StoreError):
            self._store._do("delete from servers where name = %s", self.name)
