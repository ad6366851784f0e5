"""Writers killed in mid-append, many times: what was acknowledged is in the journal, and the journal opens.

``SOAK_KILLS`` says how many times (1,000 by default); ``make soak`` prints the figures.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.folder import journal_path
from impactlib.storage.session_store import SessionStore, create_session

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

KILLS = int(os.environ.get("SOAK_KILLS", "1000"))
AT_ONCE = 4
"""Writers that compete for the file; each round kills them all."""
LIVES = 0.05
"""Seconds, at most, between two kills of a round; a writer starved by the others says nothing before its own."""
PER_SESSION = 3
"""Rounds on one journal: a new one keeps the fold, and so each writer's start, short."""

WRITER = """
import sys
from pathlib import Path
from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.session_store import open_store

data, session, name = sys.argv[1:]
store = open_store(Path(data), session)
client = Asking("marc", Role.CLIENT)
number = 0
print("ready", flush=True)
while True:
    id = f"{name}-{number:08}"
    store.ask(client, {"id": id, "do": "write", "kind": "problem", "text": "mot " * 50})
    # The acknowledgement leaves after the commit, as the server's answer does.
    print(id, flush=True)
    number += 1
"""


def test_no_acknowledged_row_is_lost_to_a_killed_writer(tmp_path: Path) -> None:
    chance = random.Random(2)
    kills = acknowledged = unacknowledged = 0
    began = time.monotonic()
    store = _store(tmp_path)
    while kills < KILLS:
        if kills % (AT_ONCE * PER_SESSION) == 0:
            store.journal.close()
            store = _store(tmp_path)
        said = _round(tmp_path, store.journal.session, kills, chance)
        written = _ids(tmp_path, store.journal.session)
        lost = said - written
        assert not lost, f"after {kills} kills: {sorted(lost)[:5]} were acknowledged and are gone"
        kills += AT_ONCE
        acknowledged += len(said)
        unacknowledged += len({id for id in written if id.startswith(f"w{kills - AT_ONCE}-")} - said)
    store.journal.close()
    print(
        f"\n{kills} kills -9, {acknowledged} rows acknowledged, 0 lost, "
        f"{unacknowledged} written and not yet acknowledged, {time.monotonic() - began:.0f} s"
    )
    assert acknowledged > kills


def _store(data: Path) -> SessionStore:
    store = create_session(data, "Colis Solidaire")
    store.ask(Asking("marc", Role.CLIENT), {"id": "join-marc", "do": "join", "name": "Marc"})
    return store


def _round(data: Path, session: str, kills: int, chance: random.Random) -> set[str]:
    """Start the writers, kill each at a moment of its own; return what they were told is written."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(data), session, f"w{kills}-{n}"], stdout=subprocess.PIPE, text=True
        )
        for n in range(AT_ONCE)
    ]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    said: set[str] = set()
    for writer in writers:
        time.sleep(chance.uniform(0, LIVES))
        writer.send_signal(signal.SIGKILL)
    for writer in writers:
        # A line cut short by the kill was not said.
        said |= {line.rstrip("\n") for line in writer.communicate()[0].splitlines(True) if line.endswith("\n")}
    return said


def _ids(data: Path, session: str) -> set[str]:
    """The ids in the journal, opened as after a crash."""
    journal = FileJournal(journal_path(data, session))
    try:
        assert journal._db.execute("pragma integrity_check").fetchone()[0] == "ok"
        return {entry.id for entry in journal.read()}
    finally:
        journal.close()
