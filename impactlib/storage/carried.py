"""Session notebooks that leave a data folder, signed by its key, and those that come back to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from impactlib.domain.merging import Text, two_texts
from impactlib.domain.refusal import Refusal
from impactlib.domain.session_file import CHANGED, MISSING, SessionFile, vouch
from impactlib.storage import machine_clock
from impactlib.storage.forgetting import forget_carried, forget_carried_in
from impactlib.storage.keys import file_key
from impactlib.storage.session_store import SessionStore, import_session, open_store
from impactlib.storage.stores import Data, store_of


@dataclass(frozen=True)
class TakenIn:
    """What came in with a file: how many entries were new, what is `told` of its signatures ("" for nothing), and the
    texts of which each copy had its own."""

    added: int
    told: str = ""
    texts: tuple[Text, ...] = ()


def signing(data: Data, file: SessionFile) -> SessionFile:
    """A session of this data folder, to be written to a file that its key signs."""
    return replace(file, key=file_key(data))


def take_in(
    data: Data,
    file: SessionFile,
    into: str = "",
    again: bool = False,
    anyway: bool = False,
    clock: Callable[[], float] = machine_clock.now,
) -> tuple[SessionStore, TakenIn]:
    """Go on with the session of a file, as `import_session` does.

    Raises
    ------
    Refusal
        As there; and when the file was changed outside this server, unless it is taken `anyway`.
    """
    if store_of(data).has(into or file.session):
        store = open_store(data, into or file.session)
        try:
            return store, merge(data, store, file, anyway)
        except BaseException:
            store.journal.close()
            raise
    file, told = vouched(data, file, anyway)
    store, added = import_session(data, file, into, clock, again)
    forget_carried_in(data, store)
    return store, TakenIn(added, told)


def merge(data: Data, store: SessionStore, file: SessionFile, anyway: bool = False) -> TakenIn:
    """Take in what a file's session knows and a workshop of this data folder does not. Raises Refusal as `take_in`."""
    file, told = vouched(data, file, anyway)
    store.catch_up()
    before, seq, own = store.session, store.seq, store.journal.read()
    added = store.merge(file)
    # Who was forgotten elsewhere is, in what went on from here too.
    if people := store.session.forgotten - before.forgotten:
        forget_carried(data, store.session.id, people, own)
    return TakenIn(added, told, tuple(two_texts(before, store.journal.read(seq), store.session)))


def vouched(data: Data, file: SessionFile, anyway: bool = False) -> tuple[SessionFile, str]:
    """A file that came in, and what the signatures of this data folder tell of it. Raises Refusal as `take_in`."""
    found = vouch(file, file_key(data))
    if found.changed and not anyway:
        raise Refusal(CHANGED, code="file", number=found.changed)
    if found.missing and not anyway:
        raise Refusal(MISSING, code="file", number=found.missing)
    return replace(file, signed=found.signed), "" if found.changed or found.missing else found.told
