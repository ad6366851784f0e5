"""An agenda is data: steps with their minutes and the panes that each of them opens.

Agendas are TOML files (`templates/agendas/`). A session keeps the text of its own agenda
in its journal, so that it opens again where that file is unknown.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from impactlib.share import TEMPLATES

DEFAULT = "atelier-impact"
PANES = ("tour", "problem", "questions", "contract", "recommendations", "metrics", "learnings")
"""What a step can show: one pane of the workshop notebook each."""
LANGUAGES = ("fr", "en")


class Role(StrEnum):
    """Who somebody is in the hour; the French names are the interface's."""

    FACILITATOR = "facilitator"
    CLIENT = "client"
    CONSULTANT = "consultant"
    OBSERVER = "observer"


class AgendaError(ValueError):
    """An agenda that cannot be used: names the file, the line or key, and the fix."""


@dataclass(frozen=True)
class Step:
    """One step of the hour. `minutes` is its planned length."""

    id: str
    title: dict[str, str]
    minutes: float
    shows: tuple[str, ...]

    @property
    def seconds(self) -> float:
        return self.minutes * 60


@dataclass(frozen=True)
class Agenda:
    """The steps in their order; the last one closes the hour and is protected."""

    name: str
    title: dict[str, str]
    steps: tuple[Step, ...]

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)

    def step(self, id: str) -> Step:
        """The step of that id; KeyError if the agenda has none."""
        return self.steps[self.index(id)]

    def index(self, id: str) -> int:
        for i, step in enumerate(self.steps):
            if step.id == id:
                return i
        raise KeyError(id)


def parse(text: str, source: str = "agenda") -> Agenda:
    """Read an agenda from its TOML text.

    Raises
    ------
    AgendaError
        Naming `source`, the line or the key at fault, and what to write instead.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AgendaError(f"{source}: not TOML: {error}. Mend that line and try again.") from error
    except RecursionError as error:
        raise AgendaError(f"{source}: not TOML that can be read: brackets too deep. Write it flat.") from error
    steps = raw.get("steps")
    if not isinstance(steps, list) or not steps:
        raise AgendaError(f"{source}: no [[steps]]. Write at least one, with id, minutes, shows and title.")
    read = tuple(_step(raw_step, f"{source}: steps[{i}]") for i, raw_step in enumerate(steps, 1))
    _refuse_repeats(read, source)
    return Agenda(
        name=_name(raw.get("name"), f"{source}: name"),
        title=_title(raw.get("title"), f"{source}: title"),
        steps=read,
    )


def load_text(name: str) -> tuple[str, str]:
    """The TOML text and the source's name of an agenda of the kit, or of a file of one's own."""
    path = Path(name) if name.endswith(".toml") else TEMPLATES / "agendas" / f"{name}.toml"
    if not path.is_file():
        raise AgendaError(
            f"{name}: no such agenda. Those of the kit are {', '.join(names())}; "
            "or give the path of a .toml file. Nothing was opened."
        )
    try:
        return path.read_text(encoding="utf-8"), path.name
    except UnicodeDecodeError as error:
        raise AgendaError(f"{path.name}: not UTF-8 text. Save it as UTF-8 and try again.") from error


def load(name: str) -> Agenda:
    """The agenda called `name`, or the one in the file at that path."""
    return parse(*load_text(name))


def names() -> list[str]:
    """The agendas that come with the kit, the default first."""
    found = sorted(path.stem for path in (TEMPLATES / "agendas").glob("*.toml"))
    return sorted(found, key=lambda name: name != DEFAULT)


def _step(raw: Any, where: str) -> Step:
    if not isinstance(raw, dict):
        raise AgendaError(f"{where}: not a table. Write [[steps]] and its keys below.")
    minutes = raw.get("minutes")
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= 600:
        raise AgendaError(f"{where}.minutes: {minutes!r} is not a number of minutes above 0 (600 at most).")
    shows = raw.get("shows")
    if not isinstance(shows, list) or not shows or any(pane not in PANES for pane in shows):
        raise AgendaError(f"{where}.shows: {shows!r}. List one or more of {', '.join(PANES)}.")
    return Step(
        id=_name(raw.get("id"), f"{where}.id"),
        title=_title(raw.get("title"), f"{where}.title"),
        minutes=float(minutes),
        shows=tuple(shows),
    )


def _name(raw: Any, where: str) -> str:
    if not isinstance(raw, str) or not raw.replace("-", "").isalnum() or not raw.isascii():
        raise AgendaError(f"{where}: {raw!r}. Use ASCII letters, digits and hyphens.")
    return raw


def _title(raw: Any, where: str) -> dict[str, str]:
    if isinstance(raw, str) and raw.strip():
        return dict.fromkeys(LANGUAGES, raw.strip())
    if isinstance(raw, dict) and all(isinstance(raw.get(lang), str) and raw[lang].strip() for lang in LANGUAGES):
        return {lang: raw[lang].strip() for lang in LANGUAGES}
    raise AgendaError(f'{where}: {raw!r}. Write a text, or {{ fr = "...", en = "..." }}.')


def _refuse_repeats(steps: tuple[Step, ...], source: str) -> None:
    seen: set[str] = set()
    panes: set[str] = set()
    for i, step in enumerate(steps, 1):
        if step.id in seen:
            raise AgendaError(f"{source}: steps[{i}].id: {step.id!r} stands twice. Give each step an id of its own.")
        seen.add(step.id)
        for pane in step.shows:
            if pane in panes:
                raise AgendaError(f"{source}: steps[{i}].shows: {pane!r} stands twice. Keep it in one step.")
            panes.add(pane)
