"""What is wrong with each journal of a store, and what can be read of a damaged file."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import AgendaError
from impactlib.domain.erasure import emptied, forgotten
from impactlib.domain.events import Entry, SessionOpened, Unknown, malformed, order, unpack
from impactlib.domain.fold import history
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Session
from impactlib.domain.session_file import SessionFile, check
from impactlib.domain.text import N_
from impactlib.storage import tombstones
from impactlib.storage.carving import Value, rows
from impactlib.storage.faults import TROUBLE, WHAT_TO_DO, fault
from impactlib.storage.file_journal import FileJournal, alone
from impactlib.storage.folder import Folder, journal_path, sessions_folder
from impactlib.storage.journal import BUSY, JournalDamaged, JournalError, Whole, checksum
from impactlib.storage.keys import CALENDAR, coach_generations
from impactlib.storage.session_store import SessionStore
from impactlib.storage.store import OPERATOR, PROGRAMME, SECRET, Store
from impactlib.storage.stores import Data, store_of

_META = ("session", "origin", "speed", "started", "newer", "rest", "lost")
MOST = 10_000_000
"""Entries of which a place is believed."""
_ID = re.compile(r"[\w.-]+")
WRITTEN = N_("%(session)s: somebody wrote in it meanwhile. Nothing was changed: try again.")
_UNUSABLE = (AgendaError, ArithmeticError, ValueError, KeyError, TypeError)
"""What a fold raises where no session that can be shown comes out."""


@dataclass(frozen=True)
class Examined:
    """One journal: how many entries can be read of it, and what is wrong, "" where nothing is."""

    session: str
    entries: int
    wrong: str = ""
    found: Found | None = None


@dataclass(frozen=True)
class Found:
    """What was read out of a damaged journal: its entries by place, what it says of itself, and the generation and the
    place of each link; None where nobody knows which links were renewed."""

    entries: Mapping[int, Entry]
    meta: Mapping[str, str]
    links: Sequence[tuple[str, int, int]] | None

    @property
    def opening(self) -> bool:
        """Whether the entry that opened the workshop is there: without it there is none."""
        return any(isinstance(entry.event, SessionOpened) for entry in self.entries.values())


@dataclass(frozen=True)
class Repaired:
    """A journal that was written anew: how many entries it has, how many of them came from the session notebook, how
    many are known to be missing; where the damaged file is; whether all links were renewed."""

    session: str
    entries: int
    brought: int
    missing: int
    kept: Path
    renewed: bool


def examine(data: Data) -> Iterator[Examined]:
    """Each journal of a store; nothing is changed, but that one of an earlier version gets its checksums."""
    store = store_of(data)
    for session in sorted(store.journals()):
        yield _examined(store, session)


def _examined(store: Store, session: str) -> Examined:
    try:
        with closing(store.open(session)) as journal:
            opened = SessionStore(journal)
            if not journal.newer and session != PROGRAMME:
                check(opened.session)
            return Examined(session, opened.seq)
    except JournalDamaged as error:
        wrong = error.why
    except JournalError as error:
        return Examined(session, 0, str(error))
    except (*TROUBLE, OSError) as error:
        trouble = fault(error)
        return Examined(session, 0, WHAT_TO_DO[trouble] if trouble else str(error))
    except _UNUSABLE as error:
        wrong = f"its entries make no workshop: {error}"
    if not isinstance(store, Folder):
        return Examined(session, 0, wrong)
    found = carve(journal_path(store.path, session))
    return Examined(session, len(found.entries), wrong, found)


def carve(path: Path) -> Found:
    """All of a journal that can be read and believed. Raises OSError."""
    entries: dict[str, tuple[int, Entry]] = {}
    meta: dict[str, str] = {}
    for number, values in rows(path.read_bytes()):
        entry = _entry(values)
        if entry is not None:
            entries.setdefault(entry.id, (number, entry))
        elif (said := _said(values)) is not None:
            meta.setdefault(*said)
    return Found(_by_place(list(entries.values())), meta, _links(path))


def _by_place(found: Sequence[tuple[int, Entry]]) -> dict[int, Entry]:
    """The entries by place. A row's number is in no checksum: one that its entry's own number confirms goes first."""
    placed: dict[int, Entry] = {}
    for number, entry in sorted(found, key=lambda one: (one[0] != one[1].seq, one[0])):
        likely = (place for place in (number, entry.seq) if 0 < place <= MOST and place not in placed)
        placed[next(likely, max(placed, default=0) + 1)] = entry
    return dict(sorted(placed.items()))


def _entry(values: tuple[Value, ...]) -> Entry | None:
    """The entry that a row is: its place is the row's number, and stands in no column."""
    if len(values) not in (10, 11) or values[0] is not None:
        return None
    origin, seq, id, at, by, behalf, name, payload, rest = values[1:10]
    if not isinstance(seq, int) or not isinstance(at, int | float):
        return None
    texts = [text for text in (origin, id, by, behalf, name, payload, rest) if isinstance(text, str)]
    sum = values[10] if len(values) == 11 else None
    if len(texts) < 7 or sum not in (None, checksum(origin, seq, id, float(at), by, behalf, name, payload, rest)):
        return None
    origin, id, by, behalf, name, payload, rest = texts
    event = unpack(name, payload)
    entry = Entry(origin, seq, id, float(at), by, behalf, event, rest)
    return None if sum is None and not _likely(entry, name, payload) else entry


def _likely(entry: Entry, name: str, payload: str) -> bool:
    """Whether a row without a checksum is an entry: bytes from elsewhere in the file may look like one."""
    whole = isinstance(entry.event, Unknown) and payload[:1] + payload[-1:] in ("", "{}")
    known = not isinstance(entry.event, Unknown) or (whole and not malformed(entry.event))
    return known and name.isidentifier() and bool(_ID.fullmatch(entry.id) and _ID.fullmatch(entry.origin))


def _said(values: tuple[Value, ...]) -> tuple[str, str] | None:
    """What a row says of the file itself."""
    if len(values) not in (2, 3) or values[0] not in _META or not isinstance(values[1], str):
        return None
    sum = values[2] if len(values) == 3 else None
    return (str(values[0]), values[1]) if sum in (None, checksum(*values[:2])) else None


def _links(path: Path) -> list[tuple[str, int, int]] | None:
    """The links as SQLite reads them: a row that is not found may never have been there, or be lost."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY)) as db:
            if db.execute("pragma integrity_check('links')").fetchone()[0] != "ok":
                return None
            found = db.execute("select role, generation, place, sum from links").fetchall()
    except sqlite3.DatabaseError:
        return None
    return [row[:3] for row in found] if all(row[3] in (None, checksum(*row[:3])) for row in found) else None


def repair(data: Path, session: str, file: SessionFile | None = None, now: datetime | None = None) -> Repaired:
    """Write a damaged journal anew, of what can be read of it and what a session notebook has besides.

    The damaged file stays beside it, under another name.

    Raises
    ------
    Refusal
        When no workshop can be made of what was read; the damaged file was left as it is.
    """
    path = journal_path(data, session)
    read = path.stat()
    found = carve(path)
    entries, brought = _together(found, file)
    # A notebook from before somebody was forgotten has their words.
    people = {*forgotten(entries), *tombstones.read(data).get(session, {})} - {tombstones.WHOLE}
    entries = emptied(entries, people, _lang_of(entries))
    _must_be_a_workshop(session, entries)
    meta = {"session": session, "origin": session, "speed": "1.0", "started": "0.0", "newer": "0", "rest": ""}
    meta |= dict(found.meta)
    most = max((entry.seq for entry in entries if entry.origin == meta["origin"]), default=0)
    missing = max(0, most - len(entries))
    meta["lost"] = str(missing)
    kept = path.with_name(f"{path.name}.damaged-{now or datetime.now():%Y%m%dT%H%M%S}")
    with FileJournal.drafted(path, Whole(meta, entries, _placed(found, entries))) as draft:
        with closing(FileJournal(draft)) as journal:
            SessionStore(journal)
        # From here on the file is not opened: the system lets go of SQLite's locks whenever any part of this program
        # closes the file that they are on.
        with alone(path):
            if (path.stat().st_mtime_ns, path.stat().st_size) != (read.st_mtime_ns, read.st_size):
                raise Refusal(WRITTEN, session=session)
            kept.hardlink_to(path)
            _set_aside(path, kept)
            draft.replace(path)
    return Repaired(session, len(entries), brought, missing, kept, found.links is None)


def _together(found: Found, file: SessionFile | None) -> tuple[list[Entry], int]:
    """All entries in the order in which they came in, as far as it is known; and how many are the file's."""
    placed = {entry.id: (place, entry) for place, entry in found.entries.items()}
    more = [entry for entry in (file.entries if file else ()) if entry.id not in placed]
    last = max(found.entries, default=0)
    free = set(range(1, last + 1)) - found.entries.keys()
    for after, entry in enumerate(sorted(more, key=order), 1):
        # Where it was born its number was its place.
        place = entry.seq if entry.seq in free and not _elsewhere(entry, found) else last + after
        free.discard(place)
        placed[entry.id] = place, entry
    return [entry for _, entry in sorted(placed.values(), key=lambda one: one[0])], len(more)


def _elsewhere(entry: Entry, found: Found) -> bool:
    """Whether an entry was born in another journal than that which was found."""
    return found.meta.get("origin", entry.origin) != entry.origin


def _lang_of(entries: Sequence[Entry]) -> str:
    """The language in which a workshop was opened."""
    opened = (entry.event for entry in entries if isinstance(entry.event, SessionOpened))
    return next((event.lang for event in opened if event.lang in LANGUAGES), LANGUAGES[0])


def _must_be_a_workshop(session: str, entries: Sequence[Entry]) -> None:
    if session == PROGRAMME:
        return
    try:
        check(history(sorted(entries, key=order), Session(id=session)))
    except _UNUSABLE as error:
        raise Refusal(
            "%(session)s: the %(number)s entries that can be read make no workshop: the one that opened it is lost. "
            "Give a session notebook of this workshop with --from. Nothing was changed.",
            session=session,
            number=len(entries),
        ) from error


def _placed(found: Found, entries: Sequence[Entry]) -> list[tuple[str, int, int]]:
    """The links of the new file, each renewed after the same entry; all of them anew where nobody knows which were."""
    if found.links is None:
        generation = 1000 + secrets.randbelow(1_000_000)
        return [(role, generation, len(entries)) for role in (*(str(role.value) for role in Role), CALENDAR)]
    before = {entry.id: place for place, entry in found.entries.items()}
    return [
        (role, generation, sum(before.get(entry.id, place + 1) <= place for entry in entries))
        for role, generation, place in found.links
    ]


def _set_aside(path: Path, kept: Path) -> None:
    """SQLite would apply to the new file what a killed writer was about to undo in the damaged one."""
    undone = path.with_name(f"{path.name}-journal")
    if undone.exists():
        undone.rename(kept.with_name(f"{kept.name}-journal"))


def folder(data: Path) -> list[str]:
    """What is wrong with a data folder, beside its journals: a sentence each.

    Raises
    ------
    Refusal
        When it is none.
    """
    if not sessions_folder(data).is_dir():
        raise Refusal("%(folder)s: this is no data folder.", folder=data)
    wrong = []
    secret = data / "secret"
    if not secret.exists():
        wrong.append("secret: it is missing. The next start makes another, and no link that was given opens anything.")
    elif secret.stat().st_size != SECRET:
        wrong.append("secret: it is damaged. Put the one of a backup back, or delete it: all links are then new.")
    counter = data / OPERATOR
    if counter.exists() and not counter.read_bytes().strip().isdigit():
        wrong.append(f"{OPERATOR}: it is damaged. Write a number higher than the renewals of that key into it.")
    try:
        coach_generations(data)
    except JournalError as error:
        wrong.append(str(error))
    for path in (data, secret, *sorted(sessions_folder(data).glob("*.journal"))):
        if path.exists() and path.stat().st_mode & 0o077:
            wrong.append(f"{path.name}: other accounts of this computer may read it. `chmod go= {path}` ends that.")
    return wrong
