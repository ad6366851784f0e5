"""``impact backup``, ``impact doctor`` and ``impact forget``: a data folder copied while it is in use, looked over and
repaired; workshops, and what people wrote in them, erased for good."""

from __future__ import annotations

import argparse
import contextlib
import secrets
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from impactlib.cli.command import Commands, command, folder
from impactlib.domain.erasure import erased_on
from impactlib.domain.events import ErasureSet
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import NEVER
from impactlib.storage.journal import JournalError

if TYPE_CHECKING:
    from impactlib.domain.session_file import SessionFile
    from impactlib.storage.doctor import Examined, Repaired


def add(commands: Commands) -> None:
    backup = command(commands, "backup", _backup, "copy the data folder, which may be in use, to a new folder")
    backup.add_argument("target", type=Path, metavar="DIR", help="the new folder; it is there whole, or not at all")

    doctor = command(commands, "doctor", _doctor, "say what is wrong with each file of the data folder")
    doctor.add_argument(
        "--repair", action="store_true", help="write damaged journals anew of what can be read; the old ones are kept"
    )
    doctor.add_argument(
        "--from", dest="file", type=Path, metavar="FILE", help="a session notebook that has what a damaged one lacks"
    )

    forget = command(commands, "forget", _forget, "erase for good a workshop, or what somebody wrote in it")
    forget.add_argument("session", nargs="?", metavar="ID")
    forget.add_argument("--person", metavar="P", help="erase the words and the name of one person: a name or an id")
    forget.add_argument("--on", metavar="DATE", help="erase it on that day instead (ISO), “never”, or “default”")
    forget.add_argument("--due", action="store_true", help="those whose day has come, and what a copy brought back")
    forget.add_argument("--yes", action="store_true", help="do it: without this, only what would be erased is said")


def _backup(args: argparse.Namespace) -> int:
    from impactlib.storage.backup import back_up

    copied = back_up(folder(args), args.target)
    print(f"{args.target}: {copied.workshops} workshops were copied, with the secret that their links derive from.")
    for said in copied.damaged.values():
        print(f"impact: {said} It was copied as it is.", file=sys.stderr)
    return 1 if copied.damaged else 0


def _doctor(args: argparse.Namespace) -> int:
    from impactlib.domain import session_file
    from impactlib.storage import doctor
    from impactlib.storage.carried import vouched

    wrong = doctor.folder(args.data) if isinstance(args.data, Path) else []
    file = session_file.read(args.file.read_bytes()) if args.file else None
    with contextlib.suppress(JournalError):  # the secret is damaged: it has been said
        file = vouched(args.data, file)[0] if file else None
    for said in wrong:
        print(said)
    every = [*doctor.examine(args.data)]
    if file and all(one.session != file.session or not one.wrong for one in every):
        raise Refusal(
            "%(session)s: there is no damaged journal of this workshop here. `impact import` takes a notebook in.",
            session=file.session,
        )
    left = [one for one in every if not _well(args, one, file)]
    return 1 if wrong or left else 0


def _well(args: argparse.Namespace, one: Examined, file: SessionFile | None) -> bool:
    """Say how a journal is, repair it where that is asked for, and whether it is well then."""
    from impactlib.storage import doctor

    if not one.wrong:
        print(f"{one.session}  sound, {one.entries} entries")
        return True
    if one.found is None:
        print(f"{one.session}  cannot be read: {one.wrong}")
        return False
    print(f"{one.session}  damaged: {one.wrong}. {one.entries} entries can be read.")
    if not args.repair:
        print("  `impact doctor --repair` writes a new journal of them, and keeps this one.")
        return False
    try:
        done = doctor.repair(folder(args), one.session, file if file and file.session == one.session else None)
    except Refusal as refusal:
        print(f"  {refusal}")
        return False
    print("\n".join(f"  {line}" for line in _told(done)))
    return True


def _told(done: Repaired) -> list[str]:
    lines = [f"Repaired: {done.entries} entries, {done.brought} of them from the notebook."]
    if done.missing:
        lines.append(f"{done.missing} more are known to be missing: a session notebook (--from) may have them.")
    if done.renewed:
        lines.append("All its links are new, since nobody knows which were renewed before: `impact links` shows them.")
    return [*lines, f"The damaged file is kept as {done.kept.name}."]


def _forget(args: argparse.Namespace) -> int:
    if args.due == bool(args.session):
        raise Refusal("Give the id of a workshop, or --due. Nothing was changed.")
    if args.due:
        return _forget_due(args)
    if args.on is not None:
        return _choose_day(args)
    return _forget_person(args) if args.person else _forget_session(args)


def _forget_session(args: argparse.Namespace) -> int:
    from impactlib.storage import forgetting

    if not args.yes:
        print(f"{args.session}: all of this workshop would be erased for good. {OUT_OF_REACH} Add --yes to do it.")
        return 1
    forgetting.forget_session(args.data, args.session)
    print(f"{args.session}: this workshop was erased. {OUT_OF_REACH}")
    return _told_of_followers(args)


def _forget_person(args: argparse.Namespace) -> int:
    from impactlib.storage import forgetting
    from impactlib.storage.session_store import open_store

    if not args.yes:
        store = open_store(args.data, args.session)
        person = forgetting.person_named(store.session, args.person)
        number = sum(note.speaker == person.id for note in store.session.notes.values())
        print(f"{args.session}: {number} notes of {person.name} would be erased for good, and their name. Add --yes.")
        return 1
    person = forgetting.forget_person(args.data, args.session, args.person)
    print(f"{args.session}: what {person.name} wrote was erased, and their name. {OUT_OF_REACH}")
    return _told_of_followers(args)


def _told_of_followers(args: argparse.Namespace) -> int:
    from impactlib.storage import forgetting

    for session in forgetting.followers(args.data, args.session):
        said = "what it took along of these words was erased there too" if args.person else "look at it too"
        print(f"{session} follows it, and took its product along in nobody's name: {said}.")
    return 0


def _forget_due(args: argparse.Namespace) -> int:
    from impactlib.storage import forgetting

    today = date.today()
    found = [*forgetting.due(args.data, today)]
    # What is asked of the programme goes first: whether a team came is read in its workshop.
    asked, well = _forget_asked(args, today)
    if args.yes:
        for session in forgetting.carry_out(args.data):
            print(f"{session}: erased once more, after a copy or a file brought it back.")
    for one in found:
        if args.yes:
            forgetting.forget_session(args.data, one.session)
        print(f"{one.session}  {one.team}  {'erased' if args.yes else 'to erase'}, due on {one.on.isoformat()}")
    return 1 if ((found or asked) and not args.yes) or not well else 0


def _forget_asked(args: argparse.Namespace, today: date) -> tuple[int, bool]:
    """What people asked at the programme, whose day has come: how much, and whether that could be told."""
    from impactlib.storage.faults import TROUBLE
    from impactlib.storage.programme import ProgrammeStore
    from impactlib.storage.store import PROGRAMME
    from impactlib.storage.workshops import said_of

    try:
        with contextlib.closing(ProgrammeStore(args.data)) as programme:
            asked = programme.erase(today) if args.yes else len(programme.due(today))
    except (JournalError, *TROUBLE) as error:
        print(f"impact: {said_of(PROGRAMME, error)}", file=sys.stderr)
        return 0, False
    if asked:
        print(f"{PROGRAMME}  requests whose day has come: {asked} {'erased' if args.yes else 'to erase'}")
    return asked, True


def _choose_day(args: argparse.Namespace) -> int:
    from impactlib.storage.session_store import open_store

    store = open_store(args.data, args.session)
    on = day_to_keep(args.on)
    store.write(f"erasure-{secrets.token_hex(6)}", [ErasureSet(on)])
    day = erased_on(store.session)
    print(f"{args.session}: {f'it is erased on {day.isoformat()}' if day else 'it is kept until somebody erases it'}.")
    return 0


def day_to_keep(said: str) -> str:
    """A day as `ErasureSet` keeps it: ISO, "never", or "" for the one that follows from a workshop's dates. Raises
    Refusal."""
    if said in ("default", NEVER):
        return "" if said == "default" else NEVER
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        raise Refusal("%(day)s is no day: give it as 2027-01-31, or never, or default.", day=said) from None


OUT_OF_REACH = "What was downloaded or copied elsewhere is out of reach: copies and backups keep it."
