"""A session carried in a file: what a session notebook's metadata holds of its journal, and how it is read. Pure.

The entries are lines of text, so that no viewer that saves the notebook again changes a number on the
way; a digest over the lines tells a file that was damaged. Nothing in the notebook's cells is read.

A server signs each entry that was born in it. The signature goes wherever the entry goes, through other servers too:
when it comes back, `vouch` tells what was changed outside from what was written elsewhere. The file says besides, under
a seal, how many of them it had: what was taken out of it as a whole is noticed too.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, NoReturn

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.agenda_files import AgendaError
from impactlib.domain.events import Entry, PersonForgotten, malformed, order, pack, unpack
from impactlib.domain.fold import history
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Session
from impactlib.domain.text import ERASED, N_

FORMAT = 1
LARGEST = 8_000_000
"""Bytes of a session notebook: an hour is some 200 kB, its picture included."""

LATEST = 250_000_000_000.0
"""Seconds since 1970 after which calendars have no day."""
_KEYS = ("format", "session", "shared", "journal", "sha256")
_ID = re.compile(r"\A[A-Za-z0-9_.:/-]{1,160}\Z")
_SESSION = re.compile(r"[a-z0-9]{1,40}\Z")
_HEX = re.compile(r"[0-9a-f]{1,80}\Z")
_WEB = re.compile(r"(https?://\S*)?\Z")

NOT_A_NOTEBOOK = N_("This file is not a notebook, or it was cut off. Nothing was taken from it.")
NO_JOURNAL = N_("This notebook carries no workshop of this kit. Nothing was taken from it.")
DAMAGED = N_("This session notebook was damaged or changed by hand. Nothing was taken from it: use another copy.")
UNREADABLE = N_(
    "Event %(number)s of this session notebook (%(event)s) cannot be read. Nothing was taken from it: use another copy."
)
CHANGED = N_(
    "This session notebook was written by this server and changed outside it: %(number)s of its entries are not as "
    "they were written. Nothing was taken from it: use another copy."
)
MISSING = N_(
    "This session notebook was written by this server and changed outside it: %(number)s of its entries are missing. "
    "Nothing was taken from it: use another copy."
)
AS_WRITTEN = N_("All that is in it is as this server wrote it.")
GROWN = N_("What this server wrote in it is unchanged. The rest was written elsewhere.")
ERASED_SINCE = N_("What this server wrote in it is unchanged, but for what was erased elsewhere.")
TOO_LARGE = N_("This file is too large (8 MB at most). Nothing was taken from it.")


_Id = Annotated[str, Meta(pattern=_ID.pattern)]


class _Line(Struct, frozen=True):
    """An entry as a line says it; `data` is its event as JSON text."""

    origin: _Id
    seq: Annotated[int, Meta(gt=0, lt=2**53)]
    id: _Id
    at: Annotated[float, Meta(ge=0, lt=LATEST)]
    by: str
    behalf: str
    event: str
    data: str


_ENTRY = _Line.__struct_fields__


@dataclass(frozen=True)
class SessionFile:
    """A session read from a file, in the order in which its entries came in.

    `form` is the file's format: a newer kit's can be read, not gone on with, and `rest` is what it said besides,
    as JSON text; `shared` says that the session was reduced. `born` is the origin of the entries that were born in the
    journal that it was read from, and `key` the one that signs these where the file is written, if any. `signed` are
    the ids of the entries that `vouch` found as this server wrote them.
    """

    session: str
    entries: tuple[Entry, ...]
    form: int = FORMAT
    rest: str = ""
    shared: bool = False
    born: str = field(default="", compare=False)
    key: bytes = field(default=b"", repr=False, compare=False)
    signed: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def newer(self) -> bool:
        return self.form > FORMAT

    def fold(self) -> Session:
        """The session's state."""
        return history(sorted(self.entries, key=order), Session(id=self.session, shared=self.shared))


def to_metadata(file: SessionFile) -> dict[str, Any]:
    """The session as a notebook's metadata hold it, under the key ``impact``."""
    lines = [_written(file, entry) for entry in file.entries]
    rest = _sealed(file)
    said = {"format": file.form, "session": file.session, "shared": file.shared}
    return {**said, **rest, "journal": lines, "sha256": _digest(lines)}


def since(whole: Mapping[str, Any], after: int, known: str) -> dict[str, Any]:
    """What a copy lacks that holds the first `after` lines, of which `known` is the digest: ``{head, after, lines}``.

    `whole` is `to_metadata` of the session, and `head` the same without its lines. A copy whose lines are not those of
    the session any more, as when scores were shown since, lacks all of them: `after` is then 0.
    """
    head = dict(whole)
    lines: list[str] = head.pop("journal")
    alike = 0 < after <= len(lines) and _digest(lines[:after]) == known
    start = after if alike else 0
    return {"head": head, "after": start, "lines": lines[start:]}


def read(content: bytes) -> SessionFile:
    """The session that a session notebook carries.

    Raises
    ------
    Refusal
        In words for the person, when the file is too large, no notebook, carries no session or is damaged.
    """
    if len(content) > LARGEST:
        raise Refusal(TOO_LARGE, code="file")
    impact = _metadata(content)
    form, session, shared, lines, digest = (impact.pop(key, None) for key in _KEYS)
    if type(form) is not int or form < 1 or not isinstance(session, str) or not _SESSION.match(session):
        raise Refusal(NO_JOURNAL, code="file")
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise Refusal(DAMAGED, code="file")
    if _digest(lines) != digest:
        raise Refusal(DAMAGED, code="file")
    rest = json.dumps(impact, ensure_ascii=False) if impact else ""
    try:
        portable = SessionFile(session, tuple(map(_entry, lines)), form, rest, shared is True)
        _refuse_malformed(portable)
        check(portable.fold())
    except (AgendaError, ArithmeticError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refusal(DAMAGED, code="file") from error
    return portable


def _refuse_malformed(file: SessionFile) -> None:
    """Refuse an event whose fields are not those of its name: only a newer kit's are kept as they came."""
    for number, entry in enumerate(file.entries, 1):
        if not file.newer and malformed(entry.event):
            raise Refusal(UNREADABLE, code="file", number=number, event=pack(entry.event)[0])


def check(session: Session) -> None:
    """Raise ValueError when a fold of a file's entries is no session that a room can show."""
    if session.agenda is None or session.lang not in LANGUAGES or not _WEB.match(session.video):
        raise ValueError("no session")
    if not 0 <= (session.clock.scheduled or 0) < LATEST:
        raise ValueError("when the hour is")
    if not all(_ID.match(id) for note in session.notes.values() for id in (note.id, note.about or note.id)):
        raise ValueError("a note's id")
    if not all(_ID.match(round.id) for round in session.rounds if round.id):
        raise ValueError("a round's id")


def _metadata(content: bytes) -> dict[str, Any]:
    try:
        notebook = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal(NOT_A_NOTEBOOK, code="file") from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise Refusal(NOT_A_NOTEBOOK, code="file")
    metadata = notebook.get("metadata")
    impact = metadata.get("impact") if isinstance(metadata, dict) else None
    if not isinstance(impact, dict):
        raise Refusal(NO_JOURNAL, code="file")
    return impact


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Vouched:
    """What a server finds of its own in a file: the ids of the entries that are `signed` and unchanged, how many were
    `changed` outside, how many are `missing`, and how many were written elsewhere (`grown`); words may have been
    `erased` there."""

    signed: frozenset[str]
    changed: int
    missing: int
    grown: int
    erased: bool

    @property
    def told(self) -> str:
        """What is told of the file, "" where it carries no signature of this server."""
        if not self.signed:
            return ""
        return ERASED_SINCE if self.erased else GROWN if self.grown else AS_WRITTEN


def vouch(file: SessionFile, key: bytes) -> Vouched:
    """What the server of that key has to say of a file that came in.

    An entry that bears no signature and claims to be born where others bear one was changed; unless somebody was
    forgotten elsewhere, and it was emptied.
    """
    server = _server(key)
    signed, ours, unsigned, changed = set[str](), set[str](), list[Entry](), 0
    for entry in file.entries:
        signatures, bare = _apart(entry)
        mac = signatures.get(server)
        if mac is None:
            unsigned.append(entry)
            continue
        ours.add(entry.origin)
        if hmac.compare_digest(mac.encode(), _mac(_line(bare), key).encode()):
            signed.add(entry.id)
        else:
            changed += 1
    claimed = [entry for entry in unsigned if entry.origin in ours]
    forgotten = any(isinstance(entry.event, PersonForgotten) for entry in unsigned)
    emptied = [entry for entry in unsigned if forgotten and _is_emptied(entry)]
    erased = [entry for entry in emptied if entry.origin in ours]
    changed += len(claimed) - len(erased)
    # A copy that went on elsewhere may have taken in more of ours since it was sealed; it never has fewer.
    number, seal = _seals(file).get(server, (0, ""))
    known = seal if hmac.compare_digest(seal.encode(), _seal(file.session, number, key).encode()) else ""
    missing = max(0, number - len(signed) - changed - len(emptied)) if known else 0
    return Vouched(frozenset(signed), changed, missing, len(unsigned) - len(claimed), bool(erased))


def _is_emptied(entry: Entry) -> bool:
    payload = pack(entry.event)[1]
    return not payload or any(said in payload for said in ERASED.values())


SIGNED, SEALED = "signed", "sealed"
"""The field of a line that has its signatures, by the servers that made them; that of the file which says how many
lines each of them had signed, with a signature of that number."""


@cache
def _server(key: bytes) -> str:
    """The name of the server of a key, which says nothing of the key."""
    return hmac.digest(key, b"server", "sha256").hex()[:8]


def _seal(session: str, number: int, key: bytes) -> str:
    return _mac(f"{session} {number}", key)


def unsealed(file: SessionFile) -> SessionFile:
    """The same without seals: what was left out of it is no theft."""
    rest = json.loads(file.rest) if file.rest else {}
    return dataclasses.replace(file, rest=_rest({name: said for name, said in rest.items() if name != SEALED}))


def _seals(file: SessionFile) -> dict[str, tuple[int, str]]:
    """How many entries each server had signed in a file, and its signature of that number."""
    said = json.loads(file.rest).get(SEALED) if file.rest else None
    found = said.items() if isinstance(said, dict) else ()
    pairs = ((server, pair) for server, pair in found if isinstance(pair, list) and len(pair) == 2)
    return {
        server: (number, seal)
        for server, (number, seal) in pairs
        if type(number) is int and 0 < number < 2**31 and isinstance(seal, str) and _HEX.match(server + seal)
    }


def _sealed(file: SessionFile) -> dict[str, Any]:
    """What a file says besides, with the seal of the server that writes it."""
    rest = json.loads(file.rest) if file.rest else {}
    rest.pop(SEALED, None)
    if file.shared:
        return dict(rest)
    seals = _seals(file)
    if file.key:
        server = _server(file.key)
        number = sum(entry.origin == file.born or server in _apart(entry)[0] for entry in file.entries)
        seals[server] = number, _seal(file.session, number, file.key)
    return {**rest, SEALED: {server: list(pair) for server, pair in seals.items()}} if seals else rest


def _mac(line: str, key: bytes) -> str:
    return hmac.digest(key, line.encode("utf-8", "surrogatepass"), "sha256").hex()[:24]


def _apart(entry: Entry) -> tuple[dict[str, str], Entry]:
    """The signatures of an entry, and the entry without them."""
    if not entry.rest:
        return {}, entry
    rest = _said(entry)
    signatures = rest.pop(SIGNED, None)
    signatures = signatures if isinstance(signatures, dict) else {}
    known = {str(server): str(mac) for server, mac in signatures.items()}
    return {server: mac for server, mac in known.items() if _HEX.match(server + mac)}, replace(entry, rest=_rest(rest))


def _said(entry: Entry) -> dict[str, Any]:
    """What an entry says besides."""
    return dict(json.loads(entry.rest)) if entry.rest else {}


def _rest(said: Mapping[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False) if said else ""


def _written(file: SessionFile, entry: Entry) -> str:
    """The line of an entry in a file; of a session that was reduced, nobody vouches for anything."""
    own = bool(file.key) and entry.origin == file.born
    if not own and not (file.shared and entry.rest):
        return _line(entry)
    signatures, without = _apart(entry)
    bare = _line(without)
    if file.shared:
        return bare
    signatures[_server(file.key)] = _mac(bare, file.key)
    said = ", ".join(f'"{server}": "{mac}"' for server, mac in signatures.items())
    return f'{bare[:-1]}, "{SIGNED}": {{{said}}}}}'


def _line(entry: Entry) -> str:
    name, payload = pack(entry.event)
    values = (entry.origin, entry.seq, entry.id, entry.at, entry.by, entry.behalf, name, payload)
    return json.dumps({**dict(zip(_ENTRY, values, strict=True)), **_said(entry)}, ensure_ascii=False, allow_nan=False)


def _entry(line: str) -> Entry:
    # Neither a number that is none nor half of a character is read: a journal could not keep them.
    said = msgspec.json.decode(line, type=dict[str, Any])
    known = msgspec.convert({key: said.pop(key) for key in _ENTRY}, _Line)
    rest = _rest(said)
    event = unpack(known.event, known.data)
    return Entry(known.origin, known.seq, known.id, known.at, known.by, known.behalf, event, rest)
