"""Workshops copied from one store to another, while both are in use: again and again, until the servers are moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from impactlib.domain.refusal import Refusal
from impactlib.storage import keys
from impactlib.storage.faults import TROUBLE
from impactlib.storage.journal import JournalError, JournalExists, JournalMissing
from impactlib.storage.store import ERASES_FROM, OPERATOR, Store
from impactlib.storage.tombstones import WHOLE
from impactlib.storage.workshops import said_of


@dataclass(frozen=True)
class Moved:
    """One workshop: how many entries it has in both stores, how many of them were new to the second; what keeps it from
    being there, "" for nothing."""

    session: str
    entries: int = 0
    new: int = 0
    wrong: str = ""


def copy(source: Store, target: Store) -> Iterator[Moved]:
    """Bring each workshop of a store to another, with its links; what was brought before is brought up to date.

    Raises
    ------
    Refusal
        When there is nothing to copy; when the other store has a secret of its own: no link that was given would open
        anything there.
    """
    if not source.sessions():
        raise Refusal("%(source)s holds no workshop. Nothing was copied.", source=source)
    secret = source.secret()
    if target.keep_secret(secret) != secret:
        raise Refusal(
            "%(target)s has links of its own: those of %(source)s would open nothing there. Copy to a new store. "
            "Nothing was copied.",
            target=target,
            source=source,
        )
    if len(said := source.said(OPERATOR)) and int(said) > int(target.said(OPERATOR) or 0):
        target.say(OPERATOR, said)
    there, here = keys.coach_generations(target), keys.coach_generations(source)
    if newer := {coach: number for coach, number in here.items() if number > there.get(coach, 0)}:
        keys.say_coach_generations(target, there | newer)
    if (said := source.said(ERASES_FROM)) and not target.said(ERASES_FROM):
        target.say(ERASES_FROM, said)
    _bury(source, target)
    # The oldest first: in a database they stay in that order.
    for session in reversed(source.journals()):
        try:
            yield _copied(source, target, session)
        except JournalMissing:
            continue  # erased, or a rehearsal that was removed meanwhile
        except (JournalError, *TROUBLE) as error:
            yield Moved(session, wrong=said_of(session, error))
    _bury(source, target)


def _bury(source: Store, target: Store) -> None:
    """What was erased in a store is not in its copy either, nor comes back there."""
    for session, people in source.tombstones().items():
        for person, day in people.items():
            target.bury(session, person, day)
        if WHOLE in people and target.has(session) and not source.has(session):
            target.remove(session)


def _copied(source: Store, target: Store, session: str) -> Moved:
    with closing(source.open(session)) as journal:
        whole = journal.whole()
    try:
        target.put(session, whole)
        new = len(whole.entries)
    except JournalExists:
        with closing(target.open(session)) as journal:
            new = journal.follow(whole)
    if new < 0:
        return Moved(session, wrong=f"{session}: it went on in both stores, each in its own way. It was not copied.")
    # Counted in the store itself, not in what was sent to it.
    with closing(target.open(session)) as journal:
        there = journal.last()
    if there < len(whole.entries):
        return Moved(session, wrong=f"{session}: {len(whole.entries)} entries were sent, and {there} are there.")
    return Moved(session, there, new)
