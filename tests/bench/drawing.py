"""How long it takes to fold a session, to draw it, and to make its replay: in this process, without a server.

``draw_ms``
    One gesture drawn for the four roles of a room, the workshop's whole page, at 100, 1,000 and 10,000 notes.
``fold_ms``
    The session of 10,000 entries, from its entries.
``replay_build_s``
    An hour of 500 gestures drawn as a replay, from its entries to the JSON that a page plays; n is the number of times.
``replay_5000_s``, ``replay_5000_mb``, ``replay_5000_file_mb``
    The file `replay.html` of 5,000 notes: the time, the peak memory of the process that writes it, its size.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from msgspec import structs

from impactlib.domain.agenda import Role
from impactlib.domain.events import NoteWritten
from impactlib.domain.fold import history
from impactlib.domain.session import Session
from impactlib.export import replay_html
from impactlib.gestures import Asking, Gesture
from impactlib.paths import NOTEBOOKS
from impactlib.rooms import samples
from impactlib.rooms.layout import Layout, Slot
from impactlib.rooms.replay import build, told
from impactlib.rooms.room import Audience, Room
from impactlib.storage.session_store import import_session
from impactlib.views.render import environment
from tests.bench import long
from tests.bench.rows import Row, row

SIZES = (100, 1_000, 10_000)
GESTURES = 60
FOLDED, FOLDS = 10_000, 10
REPLAYED, REPLAYS = 500, 10
LARGE, TIMES = 5_000, 3
CONSULTANT, CLIENT = Asking(long.PEOPLE[3][0], Role.CONSULTANT), Asking(long.PEOPLE[1][0], Role.CLIENT)


def draws() -> list[Row]:
    """A gesture of each kind in turn, drawn for every role."""
    return [row(f"draw_ms_{size}", "ms", list(_draws(size))) for size in SIZES]


def _draws(size: int) -> Iterator[float]:
    with tempfile.TemporaryDirectory(prefix="impact-bench-") as folder:
        room = opened_room(Path(folder), size)
        for asking, gesture in gestures(GESTURES):
            room.store.ask(asking, gesture)
            began = time.perf_counter()
            room.draw()
            yield 1000 * (time.perf_counter() - began)
        room.store.journal.close()


def opened_room(folder: Path, size: int) -> Room:
    """A room that each role has opened, of a session of that many notes."""
    store, _ = import_session(folder, long.of_notes(size))
    room, layout = Room(store), workshop_layout()
    for role in Role:
        room.shown(Audience("workshop", role, "fr"), layout)
    return room


def workshop_layout() -> Layout:
    """The panes of the workshop's notebook, in their order."""
    source = (NOTEBOOKS / "fr" / "workshop.ipynb").read_text(encoding="utf-8")
    calls = re.findall(r'widgets\.(?:in_steps\(live, \\"([a-z_]+)\\"|([a-z_]+)\(live)', source)
    return Layout(tuple(Slot(in_steps or always, bool(in_steps)) for in_steps, always in calls))


def gestures(number: int) -> Iterator[tuple[Asking, Gesture]]:
    """The gestures of an hour, one of each kind in turn; each is about one of the last notes."""
    for turn in range(number):
        id = f"gesture-{turn:04}"
        text = f"Et si l’on comptait plutôt les renoncements ? {turn}"
        asking, about, kind = (
            (CONSULTANT, "", "question"),
            (CLIENT, f"gesture-{turn - 1:04}", "answer"),
            (CLIENT, "", "hypothesis"),
            (CLIENT, f"gesture-{turn - 1:04}", "metric"),
            (CONSULTANT, f"gesture-{turn - 2:04}", "recommendation"),
            (CONSULTANT, "", "learning"),
        )[turn % 6]
        yield asking, {"id": id, "do": "write", "kind": kind, "text": text, "about": about}


def folds() -> list[Row]:
    """The whole session, folded again."""
    file = long.of_entries(FOLDED)
    times = []
    for _ in range(FOLDS):
        began = time.perf_counter()
        history(file.entries, Session(id=file.session))
        times.append(1000 * (time.perf_counter() - began))
    return [row("fold_ms", "ms", times)]


def replays() -> list[Row]:
    """The tidy sample, with what was written in it said again until the hour holds enough gestures."""
    file = samples.sample("tidy")
    written = [(entry, entry.event) for entry in file.entries if isinstance(entry.event, NoteWritten)]
    again = [
        structs.replace(e, id=f"{e.id}-{i}", at=e.at + 0.1 + i, event=structs.replace(said, note=f"{said.note}-{i}"))
        for i, (e, said) in enumerate(islice(cycle(written), REPLAYED - len(file.entries)))
    ]
    hour = replace(file, entries=(*file.entries, *again))
    seconds = []
    for _ in range(REPLAYS):
        began = time.monotonic()
        json.dumps(told(build(hour, "fr"), "fr"))
        seconds.append(time.monotonic() - began)
    return [row("replay_build_s", "s", seconds)]


def large_replays() -> list[Row]:
    """The replay of a large session as a file, each time in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.drawing", str(LARGE)]
    made = [
        json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=120).stdout)
        for _ in range(TIMES)
    ]
    return [
        row("replay_5000_s", "s", [one["s"] for one in made]),
        row("replay_5000_mb", "MiB", [one["mb"] for one in made]),
        row("replay_5000_file_mb", "MB", [one["file_mb"] for one in made]),
    ]


def write_replay(notes: int) -> dict[str, float]:
    """The seconds that a replay takes, the peak memory of this process, the file's size."""
    file = long.of_notes(notes)
    began = time.monotonic()
    content = replay_html.write(file, environment("fr"))
    taken = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"s": taken, "mb": peak, "file_mb": len(content) / 1e6}


if __name__ == "__main__":
    print(json.dumps(write_replay(int(sys.argv[1]))))
