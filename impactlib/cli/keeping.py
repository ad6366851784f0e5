"""``impact backup`` and ``impact doctor``: a data folder copied while it is in use, looked over, and repaired."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from impactlib.cli.command import Commands, command
from impactlib.domain.refusal import Refusal

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


def _backup(args: argparse.Namespace) -> int:
    from impactlib.storage.backup import back_up

    copied = back_up(args.data, args.target)
    print(f"{args.target}: {copied.workshops} workshops were copied, with the secret that their links derive from.")
    for said in copied.damaged.values():
        print(f"impact: {said} It was copied as it is.", file=sys.stderr)
    return 1 if copied.damaged else 0


def _doctor(args: argparse.Namespace) -> int:
    from impactlib.domain import session_file
    from impactlib.storage import doctor

    file = session_file.read(args.file.read_bytes()) if args.file else None
    wrong = doctor.folder(args.data)
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
        done = doctor.repair(args.data, one.session, file if file and file.session == one.session else None)
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
