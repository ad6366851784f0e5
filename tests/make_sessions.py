"""Makes the two invented hours that observers watch: ``python -m tests.make_sessions``.

Each is played from its script (`templates/sessions/*.toml`) through the gestures that pages ask for, at
its minutes, into a journal; then written as the session notebook beside the script.
"""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from impactlib.domain.agenda import Role
from impactlib.domain.agenda_files import load_text
from impactlib.domain.events import SessionOpened
from impactlib.domain.session_file import SessionFile, to_metadata
from impactlib.gestures import Asking
from impactlib.paths import TEMPLATES
from impactlib.storage import keys
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.session_store import SessionStore

SESSIONS = TEMPLATES / "sessions"
NAMES = ("messy", "tidy")
BETWEEN = 7
"""Seconds between the two scores of one person for one metric."""
_OURS = frozenset({"at", "id", "who", "fr", "behalf", "due", "about", "note", "metric", "metrics", "round", "person"})


def main() -> None:
    for name in NAMES:
        (SESSIONS / f"{name}.ipynb").write_bytes(notebook(name))


def notebook(name: str) -> bytes:
    """A sample's session notebook: what it is, a cell that replays it, and the session."""
    script = tomllib.loads((SESSIONS / f"{name}.toml").read_text(encoding="utf-8"))
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "source": [f"# {script['team']}\n", "\n", "Un atelier inventé, à rejouer."]},
        {"cell_type": "code", "source": ["from impactlib.widgets import replay\n", "\n", f'replay("{name}")']},
    ]
    cells[1] |= {"execution_count": None, "outputs": []}
    made = {
        "cells": [{**cell, "id": f"c{number:02}", "metadata": {}} for number, cell in enumerate(cells)],
        "metadata": {
            "impact": to_metadata(played(name, script)),
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def played(name: str, script: dict[str, Any]) -> SessionFile:
    """A script's journal. A gesture that is refused stops it: the script is then wrong."""
    clock, begins = Clock(datetime.fromisoformat(script["opened"])), datetime.fromisoformat(script["begins"])
    roles = {person["name"]: Role(person["role"]) for person in script["people"]}
    agenda, _ = load_text(script["agenda"])
    opened = SessionOpened(
        script["team"], agenda, script["lang"], datetime.fromisoformat(script["starts"]).timestamp(), ""
    )
    with tempfile.TemporaryDirectory() as folder:
        journal = FileJournal.create(Path(folder, f"{name}.journal"), name, clock=clock, first=[opened])
        with closing(journal):
            store = SessionStore(journal)
            for number, line in enumerate(sorted(_lines(script), key=lambda line: line["at"])):
                clock.now = begins + timedelta(seconds=line["at"])
                asking = Asking(keys.person_id(name, line["who"]), roles[line["who"]])
                store.ask(asking, _gesture(name, number, line, begins))
            return store.to_file()


class Clock:
    """A journal's clock, that the script sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now.timestamp()


def _lines(script: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The gestures, `at` in seconds of the hour."""
    for person in script["people"]:
        yield {"at": _seconds(person["at"]), "who": person["name"], "do": "join", "name": person["name"]}
    for line in (*script["prepared"], *script["gestures"]):
        yield {**line, "at": _seconds(line["at"])}
    for metric, scores in script["scores"].items():
        for who, (at, value, ease) in scores.items():
            line = {"who": who, "do": "score", "metric": metric}
            yield {**line, "at": _seconds(at), "value": value}
            yield {**line, "at": _seconds(at) + BETWEEN, "ease": ease}


def _gesture(name: str, number: int, line: dict[str, Any], begins: datetime) -> dict[str, Any]:
    gesture = {"do": "write"} | {key: value for key, value in line.items() if key not in _OURS}
    gesture["id"] = f"{name}-{line.get('id') or f'gesture-{number:03}'}".ljust(8, "-")
    for key in ("about", "note", "metric", "metrics", "round"):
        if key in line:
            gesture[key] = " ".join(f"{name}-{id}".ljust(8, "-") for id in line[key].split())
    gesture |= {key: keys.person_id(name, line[key]) for key in ("behalf", "person") if key in line}
    if "fr" in line:
        gesture["text"] = line["fr"]
    if "due" in line:
        gesture["due"] = (begins + timedelta(days=line["due"])).date().isoformat()
    return gesture


def _seconds(at: str) -> int:
    minutes, seconds = at.removeprefix("-").split(":")
    return (-1 if at.startswith("-") else 1) * (60 * int(minutes) + int(seconds))


if __name__ == "__main__":
    main()
