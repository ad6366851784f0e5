"""A session's journal in PostgreSQL.

A writer holds the row of its session until it has committed: what is written has its place then, and a reader sees no
place before all those below it. A journal holds a connection only while it is asked for something.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import psycopg

from impactlib.domain.events import Entry, Event
from impactlib.domain.refusal import Refusal
from impactlib.domain.session_file import DAMAGED
from impactlib.storage.connections import Connection, Connections, trouble
from impactlib.storage.faults import Fault
from impactlib.storage.journal import (
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
    values_of,
)

CHANNEL = "impact"
"""Where the sessions that were written are told."""
_INSERT = f"insert into entries (session, place, {COLUMNS}, sum) values ({', '.join(['%s'] * 12)})"
_META = (
    "insert into meta (session, key, value, sum) values (%s, %s, %s, %s) "
    "on conflict (session, key) do update set value = excluded.value, sum = excluded.sum"
)
_LINK = (
    "insert into links (session, role, generation, place, sum) values (%s, %s, %s, %s, %s) on conflict (session, role) "
    "do update set generation = excluded.generation, place = excluded.place, sum = excluded.sum"
)
_MARK = (
    "insert into open_pages (session, server, person, pages, seen) values (%s, %s, %s, %s, %s) "
    "on conflict (session, server, person) do update set pages = excluded.pages, seen = excluded.seen"
)
_GRANTED = (
    "insert into granted (session, id, digest) values (%s, %s, %s) "
    "on conflict (session, id) do update set digest = excluded.digest"
)


class PostgresJournal(Journal):
    """One session's rows."""

    def __init__(
        self, connections: Connections, session: str, clock: Callable[[], float], held: Connection | None = None
    ) -> None:
        """Open a session's journal and check it; `held` is a connection on which it was just made."""
        self.name, self._session, self._clock = session, session, clock
        self._connections, self._held = connections, held
        self._changed, self._own = False, 0
        found = self._row("select number from sessions where id = %s", session)
        if found is None:
            raise JournalMissing(f"{session}: there is no such session here. Nothing was changed.")
        self._number = int(found[0])
        many, last = self._one("select count(*), coalesce(max(place), 0) from entries where session = %s", session)
        if many != last:
            raise JournalDamaged(session, f"{last - many} entries are missing")
        try:
            self._begin_with(self._meta())
        except (KeyError, ValueError) as error:
            raise JournalDamaged(session, str(error), "not a journal of this kit, or no longer one") from error

    @classmethod
    def create(
        cls,
        connections: Connections,
        session: str,
        clock: Callable[[], float],
        whole: Whole,
        first: Sequence[Event] = (),
    ) -> PostgresJournal:
        """A new journal, with all of `whole`, and with its `first` events. Raises JournalExists."""
        with connections.lent() as held:
            held.execute("begin")
            try:
                made = "insert into sessions (id) values (%s) on conflict do nothing returning number"
                if held.execute(made, (session,)).fetchone() is None:
                    raise JournalExists(f"{session}: there is such a session already. It was left as it is.")
                said = [(session, key, value, checksum(key, value)) for key, value in whole.meta.items()]
                held.cursor().executemany(_META, said)
                journal = cls(connections, session, clock, held)
                journal.append(f"open-{session}", "", "", first)
                journal.adopt(whole.entries)
                for link in whole.links:
                    journal._set_link(link)
                for id, digest in whole.granted.items():
                    journal.remember(id, digest)
                held.execute("commit")
            except BaseException:
                _roll_back(held)
                raise
        journal._held, journal._changed = None, False
        return journal

    # Asking --------------------------------------------------------------------

    @contextlib.contextmanager
    def _asked(self) -> Iterator[Connection]:
        """The connection on which a gesture is being written, or one for a moment."""
        if self._held is not None:
            with self._connections.told():
                yield self._held
        else:
            with self._connections.lent() as connection:
                yield connection

    def _rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._asked() as connection:
            return connection.execute(question, values).fetchall()

    def _row(self, question: str, *values: Any) -> tuple[Any, ...] | None:
        return next(iter(self._rows(question, *values)), None)

    def _one(self, question: str, *values: Any) -> tuple[Any, ...]:
        return self._rows(question, *values)[0]

    def _do(self, statement: str, *values: Any) -> None:
        """Change something, inside ``writing``: whoever follows the session is told once it is committed."""
        assert self._held is not None, "nothing is written outside a transaction"
        with self._connections.told():
            self._held.execute(statement, values)
        self._changed = True

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        if self._held is not None:
            yield
            return
        with self._connections.lent() as held:
            held.execute("begin")
            self._held, self._changed = held, False
            try:
                lock = "select number from sessions where id = %s for update"
                found = held.execute(lock, (self._session,)).fetchone()
                if found is None or found[0] != self._number:
                    raise trouble(self._connections.where, Fault.MOVED)
                yield
                if self._changed:
                    tell = "update sessions set version = version + 1 where id = %s returning pg_notify(%s, id)"
                    held.execute(tell, (self._session, CHANNEL))
                held.execute("commit")
                self._own += self._changed
            except BaseException:
                _roll_back(held)
                raise
            finally:
                self._held = None

    # Entries -------------------------------------------------------------------

    def read(self, after: int = 0) -> list[Entry]:
        return self._entries("and place > %s order by place", after)

    def _entries(self, which: str, value: int | str) -> list[Entry]:
        question = f"select place, sum, {COLUMNS} from entries where session = %s {which}"
        return [self._entry(row[0], row[1], row[2:]) for row in self._rows(question, self._session, value)]

    def _meta(self) -> dict[str, str]:
        rows = self._rows("select key, value, sum from meta where session = %s", self._session)
        meta = {key: value for key, value, _ in rows}
        if (format := int(meta["format"])) > FORMAT:
            raise JournalError(f"{self.name}: written by a newer kit (format {format}). It was left as it is.")
        for *said, sum in rows:
            self._believe(sum, said, f"what it says of its {said[0]}")
        return meta

    def last(self) -> int:
        return int(self._one("select coalesce(max(place), 0) from entries where session = %s", self._session)[0])

    def _latest(self) -> float:
        return float(self._one("select coalesce(max(at), 0) from entries where session = %s", self._session)[0])

    def written(self, id: str) -> Entry | None:
        return next(iter(self._entries("and id = %s", id)), None)

    def _insert(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        assert self._held is not None, "nothing is written outside a transaction"
        rows = [
            (self._session, place, *values, checksum(*values))
            for place, values in enumerate(map(values_of, entries), self.last() + 1)
        ]
        # The kit itself writes none: PostgreSQL keeps all but this one character.
        if any("\0" in value for row in rows for value in row if isinstance(value, str)):
            raise Refusal(DAMAGED, code="file")
        with self._connections.told():
            self._held.cursor().executemany(_INSERT, rows)
        self._changed = True

    def _ids(self) -> set[str]:
        return {row[0] for row in self._rows("select id from entries where session = %s", self._session)}

    def digest(self, id: str) -> str:
        row = self._row("select digest from granted where session = %s and id = %s", self._session, id)
        return str(row[0]) if row else ""

    def remember(self, id: str, digest: str) -> None:
        self._do(_GRANTED, self._session, id, digest)

    # Erasure -------------------------------------------------------------------

    def overwrite(self, entries: Sequence[Entry]) -> None:
        columns = ", ".join(f"{column} = %s" for column in COLUMNS.split(", "))
        for entry in entries:
            values = values_of(entry)
            change = f"update entries set {columns}, sum = %s where session = %s and id = %s"
            self._do(change, *values, checksum(*values), self._session, entry.id)
            gesture = entry.id.partition(".")[0]
            self._do("delete from granted where session = %s and id = %s", self._session, gesture)
        self._say("erasures", self.erasures() + 1)

    def compact(self) -> None:
        """Have the tables cleared of the rows that were overwritten. What PostgreSQL keeps besides (its log, archives
        of it, copies) goes as it goes there."""
        erasures = self.erasures()
        self._connections.vacuum("entries, granted")
        with self.writing():
            self._say("compacted", erasures)

    def _say(self, key: str, number: int) -> None:
        self._do(_META, self._session, key, str(number), checksum(key, str(number)))

    def _said(self, key: str) -> int:
        row = self._row("select value from meta where session = %s and key = %s", self._session, key)
        return int(row[0]) if row else 0

    # Beside the history --------------------------------------------------------

    def version(self) -> int:
        row = self._row("select version from sessions where id = %s", self._session)
        return int(row[0]) - self._own if row else -1

    def _link(self, role: str) -> tuple[int, int]:
        row = self._row(
            "select generation, place, sum from links where session = %s and role = %s", self._session, role
        )
        if row is None:
            return 0, 0
        self._believe(row[2], (role, *row[:2]), f"the link of {role}")
        return int(row[0]), int(row[1])

    def _set_link(self, link: Link) -> None:
        self._do(_LINK, self._session, *link, checksum(*link))

    def _corrections(self, after: int) -> list[Entry]:
        return self._entries("and name = 'PersonCorrected' and place > %s order by place", after)

    def present(self) -> frozenset[str]:
        here = "select person from open_pages where session = %s and pages > 0"
        return frozenset(row[0] for row in self._rows(here, self._session))

    def left(self) -> dict[str, float]:
        last = "select person, max(seen) from open_pages where session = %s group by person having max(pages) <= 0"
        return {row[0]: row[1] for row in self._rows(last, self._session)}

    def mark(self, person: str, pages: int, server: str = "") -> None:
        with self.writing():
            self._do(_MARK, self._session, server, person, pages, self.now())

    def servers(self) -> frozenset[str]:
        known = "select distinct server from open_pages where session = %s and server <> ''"
        return frozenset(row[0] for row in self._rows(known, self._session))

    def nobody(self, servers: Iterable[str] = ()) -> None:
        ended = ["", *servers]
        those = "from open_pages where session = %s and server = any(%s)"
        if not self._rows(f"select 1 {those} and (pages > 0 or server <> '') limit 1", self._session, ended):
            return
        last = f"select person, max(case when pages > 0 then %s else seen end) {those} group by person"
        with self.writing():
            known = self._rows(last, self.now(), self._session, ended)
            self._do(f"delete {those}", self._session, ended)
            for person, seen in known:
                self._do(_MARK, self._session, "", person, 0, seen)

    def whole(self) -> Whole:
        with self._connections.lent() as held:
            held.execute("begin isolation level repeatable read read only")
            self._held = held
            try:
                roles = [row[0] for row in self._rows("select role from links where session = %s", self._session)]
                granted = self._rows("select id, digest from granted where session = %s", self._session)
                links = [(role, *self._link(role)) for role in sorted(roles)]
                return Whole(self._meta(), self.read(), links, dict(granted))
            finally:
                self._held = None
                _roll_back(held)

    @property
    def in_place(self) -> bool:
        return self._row("select number from sessions where id = %s", self._session) == (self._number,)

    def close(self) -> None:
        """Nothing is held."""


def _roll_back(held: Connection) -> None:
    with contextlib.suppress(psycopg.Error):
        held.execute("rollback")
