"""A workshop at work: its journal and the session folded from it, kept together.

This is what the server, a kernel, a rehearsal and the command line all hold.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

from impactlib import events
from impactlib.agenda import DEFAULT, load_text, parse
from impactlib.events import Entry, order
from impactlib.gestures import Asking, Gesture, Refusal, decide, gesture_id
from impactlib.journal import Journal
from impactlib.session import Session, history
from impactlib.text import clean_line, is_blank

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class Workshop:
    """A journal and its fold. Belongs to one thread, like the journal. `seq` is how many entries are in."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.session = Session()
        self.seq = 0
        self._latest: Entry | None = None
        self.catch_up()

    def catch_up(self) -> list[Entry]:
        """Fold what others have written since, and return it."""
        entries = self.journal.read(self.seq)
        self._fold(entries)
        return entries

    def ask(self, asking: Asking, gesture: Gesture) -> int:
        """Grant a gesture: write its events and return how many entries are then in.

        A gesture sent twice is written once. Raises Refusal, and then nothing was written.
        """
        id = gesture_id(gesture)
        if self.journal.read_only:
            raise Refusal("This workshop was written by a newer version of the kit: here it can be read, not changed.")
        with self.journal.writing():
            self.catch_up()
            known = self.journal.written(id)
            if known is not None and known.by != asking.person:
                raise Refusal("This request has no valid id: reload the page.")
            if known is not None:
                return self.seq
            happened, behalf = decide(self.session, asking, gesture)
            entries = self.journal.append(id, asking.person, behalf, happened)
        self._fold(entries)
        return self.seq

    def _fold(self, entries: list[Entry]) -> None:
        if not entries:
            return
        self.seq += len(entries)
        ordered = sorted(entries, key=order)
        if self._latest is not None and order(ordered[0]) < order(self._latest):
            # Somebody else's past came in: what was folded since is folded again, after it.
            ordered, self.session = sorted(self.journal.read()[: self.seq], key=order), Session()
        # Whatever was merged into it, a workshop keeps the id of the file that it lives in.
        self.session = replace(history(ordered, self.session), id=self.journal.session)
        self._latest = ordered[-1]


def sessions_folder(data: Path) -> Path:
    return data / "sessions"


def journal_path(data: Path, session: str) -> Path:
    return sessions_folder(data) / f"{session}.journal"


def open_workshop(data: Path, session: str) -> Workshop:
    """The workshop of that id. Raises JournalError if there is none."""
    return Workshop(Journal(journal_path(data, session)))


def list_sessions(data: Path) -> list[str]:
    """The ids of the sessions in a data folder, the newest first."""
    paths = sorted(sessions_folder(data).glob("*.journal"), key=lambda p: p.stat().st_ctime, reverse=True)
    return [path.stem for path in paths]


def new_session(
    data: Path,
    team: str,
    *,
    agenda: str = DEFAULT,
    lang: str = "fr",
    starts_at: float | None = None,
    video: str = "",
    speed: float = 1.0,
) -> Workshop:
    """Open a workshop: make its journal and write its first entry.

    Raises
    ------
    Refusal
        When the team has no name, or a too long one.
    AgendaError
        When the agenda is unknown or cannot be used.
    """
    team = clean_line(team)
    if is_blank(team):
        raise Refusal("Give the team's name: it is the only thing needed.")
    if len(team) > 120:
        raise Refusal("The team's name is too long (120 characters at most).")
    text, source = load_text(agenda)
    parse(text, source)
    id = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    opened = events.SessionOpened(team, text, lang, starts_at, clean_line(video))
    return Workshop(Journal.create(journal_path(data, id), id, speed, first=[opened]))
