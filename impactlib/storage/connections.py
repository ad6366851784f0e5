"""Connections to PostgreSQL: few, bounded, opened when they are asked for; and what their errors tell.

Nothing that is said here holds a password, nor a word of a workshop: of PostgreSQL's errors only the code is believed,
since their texts quote rows.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from impactlib.storage.faults import WHAT_TO_DO, Fault, StoreError
from impactlib.storage.journal import BUSY

Connection = psycopg.Connection[tuple[Any, ...]]

MOST = 8
"""Connections that one process has open at once, beside the one that listens."""
IDLE = 30.0
"""Seconds after which a connection that nobody asked for is closed."""
AGAIN = 1.0
"""Seconds for which a database that could not be reached is not asked again."""
SCHEMA = "impact"
"""The schema in which all tables are."""
_DEFAULTS = {
    "connect_timeout": "5",
    "application_name": "impact",
    # Of several hosts, the one that takes writes.
    "target_session_attrs": "read-write",
    # A cut network is noticed, whoever waits.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "15000",
}
"""What an address may say otherwise, of libpq's parameters."""
_SETTINGS = {
    "search_path": SCHEMA,
    "client_encoding": "UTF8",
    "lock_timeout": f"{BUSY:.0f}s",
    "statement_timeout": "60s",
    # A server that was cut off in the middle of a gesture holds its workshop no longer than that.
    "idle_in_transaction_session_timeout": "15s",
    "default_transaction_isolation": "read committed",
}
_SET = "select " + ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _SETTINGS.items())
_DURABLE = (
    "select set_config('synchronous_commit', 'on', false) "
    "where current_setting('synchronous_commit') not in ('on', 'remote_apply')"
)

_OF_CODE = {
    "53100": Fault.FULL,
    "25006": Fault.READ_ONLY,
    "42501": Fault.READ_ONLY,
    "55P03": Fault.BUSY,
    "57014": Fault.BUSY,
    "40P01": Fault.BUSY,
    "42P01": Fault.DAMAGED,
    "42703": Fault.DAMAGED,
    "3F000": Fault.DAMAGED,
}
_OF_CLASS = {"XX": Fault.DAMAGED, "58": Fault.DISK, "53": Fault.AWAY, "57": Fault.AWAY, "08": Fault.AWAY}
"""The troubles of PostgreSQL's codes, then of the classes of those that are not named."""
_SAID = {
    Fault.FULL: "the disk of the database is full. Free some space: what people write waits in their browsers",
    Fault.READ_ONLY: "this account may not write in the database. Grant it the tables of the schema impact, or check "
    "that this is no replica: what people write waits in their browsers",
    Fault.BUSY: "another program holds what is asked for. End it: what people write waits in their browsers",
    Fault.DAMAGED: "its tables are not those that the kit made. `impact store check` says what is left",
    Fault.DISK: "the disk of the database fails to read or to write: what people write waits in their browsers",
    Fault.MOVED: "this workshop was removed from the database",
    Fault.AWAY: WHAT_TO_DO[Fault.AWAY],
}


def fault_of(error: psycopg.Error) -> Fault | None:
    """The trouble that an error of PostgreSQL tells of; None for an error of ours."""
    code = error.sqlstate
    if code is None:
        return Fault.AWAY if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) else None
    return _OF_CODE.get(code) or _OF_CLASS.get(code[:2])


def trouble(where: str, fault: Fault) -> StoreError:
    """A trouble, in the words for whoever runs the server."""
    return StoreError(where, _SAID[fault], fault)


class Connections:
    """The connections of this process to one database. Any thread may ask for one."""

    def __init__(self, address: str) -> None:
        """Raises StoreError where the address cannot be read; nothing is connected yet."""
        try:
            said = {key: str(value) for key, value in conninfo_to_dict(address).items() if value is not None}
        except psycopg.ProgrammingError:
            raise StoreError("--store", "this is no address: give postgresql://USER@HOST/DATABASE") from None
        environ = os.environ.get("PGPASSWORD")
        self._password = said.get("password") or environ
        password = {"password": self._password} if self._password else {}
        self.info = make_conninfo("", **{**_DEFAULTS, **said, **password})
        self.environment = {"IMPACT_STORE": address, **({"PGPASSWORD": environ} if environ else {})}
        """With it a command of the kit, in a process of its own, finds this database."""
        self.where = _shown(said)
        self._slots = threading.BoundedSemaphore(MOST)
        self._free: list[tuple[Connection, float]] = []
        self._lock = threading.Lock()
        self._away: tuple[float, str, Fault] | None = None

    def connect(self) -> Connection:
        """A connection of one's own. Raises StoreError, at once where the last attempt has just failed."""
        away = self._away
        if away and time.monotonic() - away[0] < AGAIN:
            raise StoreError(self.where, *away[1:])
        try:
            connection: Connection = psycopg.connect(self.info, autocommit=True)
            try:
                connection.execute(_SET)
                connection.execute(_DURABLE)
            except BaseException:
                connection.close()
                raise
        except psycopg.Error as error:
            why, fault = self._unreached(error)
            self._away = time.monotonic(), why, fault
            raise StoreError(self.where, why, fault) from None
        self._away = None
        return connection

    def _unreached(self, error: psycopg.Error) -> tuple[str, Fault]:
        """Why the database could not be reached, in libpq's own words: they quote no row."""
        fault = fault_of(error) or Fault.AWAY
        lines = " ".join(str(error).split())
        said = lines.replace(self._password, "…") if self._password else lines
        return f"{_SAID[fault]} ({said[:300]})", fault

    @contextlib.contextmanager
    def lent(self) -> Iterator[Connection]:
        """A connection, for as long as it is needed. Raises StoreError for all that PostgreSQL raises meanwhile."""
        if not self._slots.acquire(timeout=BUSY):
            raise trouble(self.where, Fault.BUSY)
        try:
            connection = self._taken() or self.connect()
            try:
                with self.told():
                    yield connection
            finally:
                self._give_back(connection)
        finally:
            self._slots.release()

    def vacuum(self, tables: str) -> None:
        """Clear some tables of the rows that were deleted or overwritten, however long it takes."""
        with self.lent() as connection:
            connection.execute("set statement_timeout = 0")
            try:
                connection.execute(f"vacuum {tables}")
            finally:
                connection.execute(_SET)

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Tell what PostgreSQL raises in our words."""
        try:
            yield
        except psycopg.Error as error:
            fault = fault_of(error)
            why = _SAID[fault] if fault else f"the database refused ({error.sqlstate}, {type(error).__name__})"
            raise StoreError(self.where, why, fault) from None

    def _taken(self) -> Connection | None:
        while True:
            with self._lock:
                if not self._free:
                    return None
                connection, _ = self._free.pop()
            if not _was_ended(connection):
                return connection
            connection.close()

    def _give_back(self, connection: Connection) -> None:
        now, old = time.monotonic(), []
        with self._lock:
            if not connection.closed and connection.info.transaction_status == TransactionStatus.IDLE:
                self._free.append((connection, now))
            else:
                old.append(connection)
            while self._free and now - self._free[0][1] > IDLE:
                old.append(self._free.pop(0)[0])
        for one in old:
            one.close()

    def close(self) -> None:
        """Close those that nobody has."""
        with self._lock:
            free, self._free = self._free, []
        for connection, _ in free:
            connection.close()


def _was_ended(connection: Connection) -> bool:
    """Whether the database ended a connection that nobody used: something then waits to be read on it."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _shown(said: dict[str, str]) -> str:
    """An address for people, without a password.

    >>> _shown({"user": "impact", "password": "secret", "host": "db", "dbname": "workshops"})
    'postgresql://impact@db/workshops'
    """
    user = f"{said['user']}@" if said.get("user") else ""
    port = f":{said['port']}" if said.get("port") else ""
    return f"postgresql://{user}{said.get('host') or ''}{port}/{said.get('dbname') or ''}"
