"""A workshop at work: its journal and the session folded from it, kept together; opened anew, or from a file.

This is what the server, a kernel, a rehearsal and the command line all hold.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress

from msgspec.structs import replace

from impactlib.domain import events
from impactlib.domain.agenda_files import DEFAULT, FOLLOWING, SAME, AgendaError, admit, load_text
from impactlib.domain.clock import ZONE, is_zone
from impactlib.domain.erasure import emptied, emptied_after, forgotten
from impactlib.domain.events import Entry, order
from impactlib.domain.fold import history, is_own
from impactlib.domain.next_session import opening
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Session
from impactlib.domain.session_file import DAMAGED, FORMAT, SessionFile, check
from impactlib.domain.text import N_, clean_line, is_blank
from impactlib.gestures import Asking, Gesture, decide, gesture_id
from impactlib.gestures.reading import NO_VALID_ID
from impactlib.storage.journal import Journal, JournalExists
from impactlib.storage.stores import Data, store_of
from impactlib.storage.tombstones import WHOLE

AHEAD = 2 * 86400.0
"""Seconds that a file's clock may be ahead of ours; a rehearsal's is by an hour."""
WAS_ERASED = N_(
    "This workshop was erased here on %(day)s, and does not come back by itself. Nothing was taken from this file."
)
NEWER = N_("This workshop was written by a newer version of the kit: here it can be read, not changed.")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class SessionStore:
    """A journal and its fold. Belongs to one thread, like the journal. `seq` is how many entries are in."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.session = Session(id=journal.session)
        self.seq = 0
        self._latest: Entry | None = None
        self._together = False
        self.erasures = 0
        self.catch_up()

    def catch_up(self) -> list[Entry]:
        """Fold what others have written since, and return it: all there is, once something was erased."""
        if self.erasures != (erasures := self.journal.erasures()):
            self.session, self.seq, self._latest = Session(id=self.journal.session), 0, None
            self.erasures = erasures
        entries = self.journal.read(self.seq)
        self._fold(entries)
        return entries

    def ask(self, asking: Asking, gesture: Gesture) -> tuple[Entry, ...]:
        """Grant a gesture: write its events and return the entries that were written now.

        A gesture sent twice is written once: the second time returns no entry. An id that was used for another gesture,
        or by another person, is refused. Callers act on these entries, never on the gesture.

        Raises
        ------
        Refusal
            In words for the person; nothing was then written.
        """
        id, digest = gesture_id(gesture), _digest(gesture)
        if self.journal.newer:
            raise Refusal(NEWER)
        with self.journal.writing():
            self.catch_up()
            known = self.journal.written(id)
            if known is not None:
                self._refuse_another(known, asking, digest)
                return ()
            happened, behalf = decide(self.session, asking, gesture)
            entries = self.journal.append(id, asking.person, behalf, happened)
            erased = self._erase(entries)
            if entries:
                self.journal.remember(id, digest)
                self._appended()
        return self._written(entries, erased)

    def write(self, id: str, happened: Sequence[events.Event]) -> tuple[Entry, ...]:
        """Write what nobody of the room asked for, but a shell or a cell; what has that id already is written once.

        Raises
        ------
        Refusal
            When the workshop was written by a newer kit.
        """
        if self.journal.newer:
            raise Refusal(NEWER)
        with self.journal.writing():
            self.catch_up()
            entries = [] if self.journal.written(id) else self.journal.append(id, "", "", list(happened))
            erased = self._erase(entries)
            if entries:
                self._appended()
        return self._written(entries, erased)

    def _erase(self, new: Sequence[Entry]) -> bool:
        """Empty the entries of those whom `new` ones forget, and say whether any were, inside ``writing``."""
        people = forgotten(new)
        return bool(people) and self._overwrite(self.journal.read(), people)

    def _overwrite(self, own: Sequence[Entry], people: Collection[str], besides: Sequence[Entry] = ()) -> bool:
        after = emptied(own, people, self.session.lang, besides)
        changed = [entry for entry, was in zip(after, own, strict=True) if entry is not was]
        if changed:
            self.journal.overwrite(changed)
        return bool(changed)

    def forget_carried(self, people: Collection[str], before: Sequence[Entry]) -> bool:
        """Empty what this workshop took along of people who were forgotten in the one before, whose entries are given;
        whether there was anything."""
        if self.journal.newer:
            return False
        with self.journal.writing():
            self.catch_up()
            own = self.journal.read()
            after = emptied_after(own, people, self.session.lang, before)
            changed = [entry for entry, was in zip(after, own, strict=True) if entry is not was]
            if changed:
                self.journal.overwrite(changed)
        if changed:
            self.journal.compact()
            self.catch_up()
        return bool(changed)

    def _written(self, entries: Sequence[Entry], erased: bool) -> tuple[Entry, ...]:
        """Fold what was written; of what was erased, leave nothing in the file."""
        if erased:
            if not self._together:
                self.journal.compact()
            self.catch_up()
        else:
            self._fold([*entries])
        return tuple(entries)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write all that is asked for inside at once, or nothing of it.

        Raises
        ------
        Refusal
            When one of the gestures is refused, or what they wrote cannot be kept.
        """
        known = self.session, self.seq, self._latest
        try:
            with self.journal.writing():
                self.catch_up()
                before, self._together = self.seq, True
                yield
                self._together = False
                if self.seq > before:
                    self.appended()
        except BaseException:
            self.session, self.seq, self._latest = known
            raise
        finally:
            self._together = False

    def _appended(self) -> None:
        if not self._together:
            self.appended()

    def appended(self) -> None:
        """Called before what was appended is committed: a refusal raised here undoes it."""

    def follow(self) -> bool:
        """Take in what others wrote since; return whether there was anything."""
        return bool(self.catch_up())

    def _refuse_another(self, known: Entry, asking: Asking, digest: str) -> None:
        """Refuse an id that is in use, unless the same person sends the same gesture again."""
        # A journal of an earlier version of the kit has no digest: its repeats write nothing either.
        if known.by != asking.person or self.journal.digest(known.id) not in ("", digest):
            raise Refusal(NO_VALID_ID)

    def to_file(self) -> SessionFile:
        """The whole session, to carry away in a file."""
        journal = self.journal
        return SessionFile(
            journal.session, tuple(journal.read()), journal.newer or FORMAT, journal.rest, born=journal.origin
        )

    def merge(self, file: SessionFile) -> int:
        """Take in what a file's session knows and this one does not; return how many entries that was.

        Raises Refusal, and then nothing was written.
        """
        known = {entry.id for entry in self.journal.read()}
        if (self.journal.newer or file.newer) and {entry.id for entry in file.entries} - known:
            raise Refusal(
                "One of the two was written by a newer version of the kit: they cannot be merged here.", code="file"
            )
        _refuse_the_future(file, self.journal.now())
        with self.journal.writing():
            self.catch_up()
            own = self.journal.read()
            # A file from before somebody was forgotten does not bring their words back; one from after takes them away.
            people = forgotten([*own, *file.entries])
            brought = emptied(_not_born_here(file, self.journal.origin), people, self.session.lang, own)
            without = {entry.id: entry for entry in emptied(own, people, self.session.lang, file.entries)}
            merged = {**{entry.id: entry for entry in brought}, **without}
            try:
                check(history(sorted(merged.values(), key=order), Session(id=self.journal.session)))
            except (AgendaError, ArithmeticError, ValueError, KeyError, TypeError) as error:
                raise Refusal(DAMAGED, code="file") from error
            erased = self._overwrite(own, people, file.entries)
            added = self.journal.adopt(brought)
        if erased:
            self.journal.compact()
        self.catch_up()
        return added

    def _fold(self, entries: list[Entry]) -> None:
        if not entries:
            return
        self.seq += len(entries)
        ordered = sorted(entries, key=order)
        if self._latest is not None and order(ordered[0]) < order(self._latest):
            # Somebody else's past came in: what was folded since is folded again, after it.
            ordered = sorted(self.journal.read()[: self.seq], key=order)
            self.session = Session(id=self.journal.session)
        self.session = history(ordered, self.session)
        self._latest = ordered[-1]


def _not_born_here(file: SessionFile, origin: str) -> list[Entry]:
    """The entries of a file. Those that claim to be born in this journal, without the signature of this server, are of
    another origin: they stay in the session, and open no door in it."""
    return [
        replace(entry, origin=f"{origin}.unsigned") if entry.origin == origin and entry.id not in file.signed else entry
        for entry in file.entries
    ]


def _digest(gesture: Gesture) -> str:
    """A short digest of a gesture's content, whatever the order of its fields."""
    text = json.dumps(gesture, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def open_store(data: Data, session: str) -> SessionStore:
    """The workshop of that id. Raises JournalError if there is none."""
    return SessionStore(store_of(data).open(session))


def list_sessions(data: Data) -> list[str]:
    """The ids of the sessions, the newest first."""
    return store_of(data).sessions()


def create_session(
    data: Data,
    team: str,
    *,
    agenda: str = DEFAULT,
    toml: str = "",
    lang: str = "fr",
    starts_at: float | None = None,
    video: str = "",
    speed: float = 1.0,
    zone: str = ZONE,
    rehearsal: bool = False,
    begins: float | None = None,
) -> SessionStore:
    """Open a workshop: make its journal and write its first entry.

    `toml` is the text of an agenda of one's own, in the place of one of the kit or of a file.

    A `zone` that is not the default is written as an entry of its own, and so is that it is a `rehearsal`, whose clock
    `speed` and `begins` set, as `first_meta` says.

    Raises
    ------
    Refusal
        When the team has no name, or a too long one; when there is no such time zone.
    AgendaError
        When the agenda is unknown or cannot be used.
    """
    team = clean_line(team)
    if is_blank(team):
        raise Refusal("Give the team's name: it is the only thing needed.")
    if len(team) > 120:
        raise Refusal("The team's name is too long (120 characters at most).")
    if not is_zone(zone):
        raise Refusal(
            "There is no time zone named %(zone)s. Give a name such as Europe/Paris or America/Martinique.", zone=zone
        )
    text, source = (toml, "agenda") if toml else load_text(agenda)
    admit(text, source)
    opened = events.SessionOpened(team, text, lang, starts_at, clean_line(video))
    return _created(data, opened, zone, rehearsal, speed, begins)


def duplicate_session(data: Data, session: str, starts_at: float | None = None) -> SessionStore:
    """Open a workshop as another one was opened: the same team, agenda, language, time zone and video link, and nothing
    of what was done in it. Raises JournalError if there is no such workshop."""
    store = open_store(data, session)
    with closing(store.journal) as journal:
        own = [entry.event for entry in journal.read() if is_own(store.session, entry)]
        opened = next(event for event in own if isinstance(event, events.SessionOpened))
        return _created(data, replace(opened, starts_at=starts_at), store.session.zone, store.session.rehearsal)


def follow_session(
    data: Data,
    file: SessionFile,
    *,
    agenda: str = FOLLOWING,
    starts_at: float | None = None,
    clock: Callable[[], float] | None = None,
    speed: float = 1.0,
    begins: float | None = None,
) -> SessionStore:
    """Open the workshop that follows that of a file: it takes the product along, and leaves the hour before as it is.
    It is on an agenda of the kit, on one's own, or with `SAME` on that of the hour before. `speed` and `begins` set the
    clock of a rehearsal.

    Raises
    ------
    Refusal
        When the workshop of the file was not held, or was written by a newer kit.
    AgendaError
        When the agenda is unknown or cannot be used.
    """
    text, source = (_agenda_of(file), "agenda") if agenda == SAME else load_text(agenda)
    admit(text, source)
    return _made(data, opening(file, text, starts_at), speed, clock, begins)


def _agenda_of(file: SessionFile) -> str:
    """The agenda's text that a session was opened on."""
    return next(entry.event.agenda for entry in file.entries if isinstance(entry.event, events.SessionOpened))


def _created(
    data: Data,
    opened: events.SessionOpened,
    zone: str,
    rehearsal: bool,
    speed: float = 1.0,
    begins: float | None = None,
) -> SessionStore:
    first: list[events.Event] = [opened]
    if rehearsal:
        first.append(events.RehearsalMarked())
    if zone != ZONE:
        first.append(events.ZoneSet(zone))
    return _made(data, first, speed, begins=begins)


def _made(
    data: Data,
    first: Sequence[events.Event],
    speed: float = 1.0,
    clock: Callable[[], float] | None = None,
    begins: float | None = None,
) -> SessionStore:
    id = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return SessionStore(store_of(data).create(id, speed, clock, first=first, begins=begins))


def import_session(
    data: Data, file: SessionFile, into: str = "", clock: Callable[[], float] | None = None, again: bool = False
) -> tuple[SessionStore, int]:
    """Go on with a session that came in a file: the workshop, and how many entries were new to it.

    The session keeps its own id; `into` names another workshop that it is merged into. An entry that is known
    already is not written again, and a file that cannot be taken whole is not taken at all.

    Raises
    ------
    Refusal
        When the file and the workshop do not fit together, or when its times cannot be.
    JournalError
        When there is no workshop `into`, or its journal cannot be used.
    """
    here = store_of(data)
    if not into and not here.has(file.session):
        tombs = here.tombstones().get(file.session, {})
        if WHOLE in tombs and not again:
            raise Refusal(WAS_ERASED, code="file", day=tombs[WHOLE])
        _refuse_the_future(file, (clock or here.clock)())
        newer = file.form if file.newer else 0
        # Another may import the same file at the same moment: the second then finds all of it known.
        with suppress(JournalExists):
            entries = emptied(file.entries, {*forgotten(file.entries), *tombs} - {WHOLE}, file.fold().lang)
            journal = here.create(file.session, clock=clock, adopted=entries, newer=newer, rest=file.rest)
            here.lift(file.session)
            store = SessionStore(journal)
            for person in {*tombs} - {WHOLE, *store.session.forgotten}:
                store.write(f"forget-{person}", [events.PersonForgotten(person)])
            return store, len(file.entries)
    store = SessionStore(here.open(into or file.session, clock))
    try:
        return store, store.merge(file)
    except BaseException:
        store.journal.close()
        raise


def _refuse_the_future(file: SessionFile, now: float) -> None:
    # Times never go back: after an entry of next year the clock of this workshop would stand still until then.
    if max(entry.at for entry in file.entries) > now + AHEAD:
        raise Refusal("This file says that it was written in the future: check the date of this computer.", code="file")
