"""What was erased in a data folder, each by its id and its day: so that a file, or a copy that is put back, does not
bring it in again.

One file of its own, to put back with a copy that is older than it. No name and no word is in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from impactlib.storage.whole_file import replace_file

WHOLE = ""
"""In the place of a person's id: the whole workshop."""
_NAME = "forgotten"


def read(data: Path) -> Mapping[str, Mapping[str, str]]:
    """The days (ISO) on which people, or `WHOLE`, were erased, by session and person."""
    try:
        lines = (data / _NAME).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        session, person, day = _parts(line)
        if session:
            found.setdefault(session, {})[person] = day
    return found


def _parts(line: str) -> tuple[str, str, str]:
    """The session, the person and the day of a line; one that is cut says nothing."""
    try:
        session, person, day = json.loads(line)
    except (ValueError, TypeError):
        return "", "", ""
    return str(session), str(person), str(day)


def put(data: Path, session: str, person: str, day: str) -> None:
    """Say that somebody, or `WHOLE`, was erased from a session, on the disk once this returns."""
    if person in read(data).get(session, {}):
        return
    descriptor = os.open(data / _NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps([session, person, day]) + "\n")
        file.flush()
        os.fsync(file.fileno())


def lift(data: Path, session: str) -> None:
    """Let a session that was erased be there again; the people who were forgotten in it stay so."""
    if WHOLE not in read(data).get(session, {}):
        return
    lines = (data / _NAME).read_text(encoding="utf-8").splitlines(keepends=True)
    replace_file(data / _NAME, "".join(line for line in lines if _parts(line)[:2] != (session, WHOLE)).encode())
