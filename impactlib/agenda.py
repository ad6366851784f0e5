"""An agenda is data: steps with their minutes and the panes that each of them opens.

Agendas are TOML files (`templates/agendas/`). A session keeps the text of its own agenda
in its journal, so that it opens again where that file is unknown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from impactlib.share import TEMPLATES
from impactlib.text import N_

DEFAULT = "atelier-impact"
PANES = (
    "tour",
    "problem",
    "testimonies",
    "questions",
    "contract",
    "recommendations",
    "inventory",
    "matrix",
    "metrics",
    "learnings",
)
"""What a step can show: one pane of the workshop notebook each, in the order of its page."""
LANGUAGES = ("fr", "en")


class Role(StrEnum):
    """Who somebody is in the hour; the French names are the interface's."""

    FACILITATOR = "facilitator"
    CLIENT = "client"
    CONSULTANT = "consultant"
    OBSERVER = "observer"


class AgendaError(ValueError):
    """An agenda that cannot be used: names the file, the line or key, and the fix."""


KEYS = ("name", "title", "minutes", "follow_up", "steps")
STEP_KEYS = ("id", "title", "minutes", "shows", "now")
"""What is read of a file, and of each of its steps."""
FOLLOW_UP = (30, 90)
"""Days after the hour at which its metrics are looked at again, where an agenda does not say others."""


@dataclass(frozen=True)
class Step:
    """One step of the hour. `minutes` is its planned length; `now` what a role does in it, by language, where
    the sentence of its first pane does not say it; `hidden` whether the group passes over it."""

    id: str
    title: dict[str, str]
    minutes: float
    shows: tuple[str, ...]
    now: Mapping[str, dict[str, str]] = field(default_factory=dict)
    hidden: bool = False

    @property
    def seconds(self) -> float:
        return self.minutes * 60


@dataclass(frozen=True)
class Agenda:
    """The steps in their order; the last one closes the hour and is protected. `announced` is the length in
    minutes that people are told, None when that is what the steps take; `follow_up` days after it are the points at
    which its metrics are looked at again."""

    name: str
    title: dict[str, str]
    steps: tuple[Step, ...]
    announced: float | None = None
    follow_up: tuple[int, ...] = FOLLOW_UP

    @property
    def seconds(self) -> float:
        """Seconds of all the steps but the hidden ones."""
        return sum(step.seconds for step in self.steps if not step.hidden)

    def step(self, id: str) -> Step:
        """The step of that id; KeyError if the agenda has none."""
        return self.steps[self.index(id)]

    def index(self, id: str) -> int:
        for i, step in enumerate(self.steps):
            if step.id == id:
                return i
        raise KeyError(id)

    def ahead(self, id: str) -> tuple[Step, ...]:
        """That step, and those after it that are not hidden."""
        step, *after = self.steps[self.index(id) :]
        return (step, *(later for later in after if not later.hidden))

    def before(self, id: str) -> Step | None:
        """The step that comes before that one, hidden ones left out."""
        return next((step for step in reversed(self.steps[: self.index(id)]) if not step.hidden), None)

    def changed(self, id: str, *, minutes: float | None = None, hidden: bool | None = None) -> Agenda:
        """The agenda with that step longer, shorter, hidden or shown again; None leaves it as it is."""
        step = self.step(id)
        new = replace(
            step,
            minutes=step.minutes if minutes is None else minutes,
            hidden=step.hidden if hidden is None else hidden,
        )
        return replace(self, steps=tuple(new if known is step else known for known in self.steps))


@dataclass(frozen=True)
class Doubt:
    """What can be used and may not be meant: where in the file, in words to translate, with their facts."""

    where: str
    message: str
    facts: Mapping[str, str] = field(default_factory=dict)


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
        announced=_minutes(raw["minutes"], f"{source}: minutes") if "minutes" in raw else None,
        follow_up=_days(raw.get("follow_up", list(FOLLOW_UP)), f"{source}: follow_up"),
    )


def doubts(text: str) -> list[Doubt]:
    """What an author may not have meant in an agenda that can be used, in the order of the file.

    Raises
    ------
    AgendaError
        As ``parse`` does, when it cannot be used.
    """
    agenda, raw = parse(text), tomllib.loads(text)
    found = [*_unread(raw, "", KEYS), *_length(agenda)]
    for i, step in enumerate(raw["steps"], 1):
        found += _unread(step, f"steps[{i}].", STEP_KEYS)
    return [*found, *_closing(agenda)]


def _unread(raw: Mapping[str, Any], where: str, keys: tuple[str, ...]) -> Iterator[Doubt]:
    for key in raw:
        if key not in keys:
            yield Doubt(
                f"{where}{key}",
                N_("There is no such key: nothing reads it. Keys here are %(keys)s."),
                {"keys": ", ".join(keys)},
            )


def _length(agenda: Agenda) -> Iterator[Doubt]:
    takes = agenda.seconds / 60
    if agenda.announced is not None and agenda.announced != takes:
        facts = {"announced": f"{agenda.announced:g}", "takes": f"{takes:g}"}
        yield Doubt(
            "minutes",
            N_("%(announced)s min are announced and the steps take %(takes)s: change one or the other."),
            facts,
        )


def _closing(agenda: Agenda) -> Iterator[Doubt]:
    if all("learnings" not in step.shows for step in agenda.steps):
        yield Doubt(
            "steps", N_("No step shows learnings: what is decided will be written nowhere. Show them in the last one.")
        )
    elif "learnings" not in agenda.steps[-1].shows:
        where = f"steps[{len(agenda.steps)}].shows"
        yield Doubt(
            where,
            N_("Only the last step is protected when time runs over: show learnings in it."),
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
    shows = raw.get("shows")
    if not isinstance(shows, list) or not shows or any(pane not in PANES for pane in shows):
        raise AgendaError(f"{where}.shows: {shows!r}. List one or more of {', '.join(PANES)}.")
    return Step(
        id=_name(raw.get("id"), f"{where}.id"),
        title=_title(raw.get("title"), f"{where}.title"),
        minutes=_minutes(raw.get("minutes"), f"{where}.minutes"),
        shows=tuple(shows),
        now=_now(raw.get("now", {}), f"{where}.now"),
    )


def _minutes(raw: Any, where: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 < raw <= 600:
        raise AgendaError(f"{where}: {raw!r} is not a number of minutes above 0 (600 at most).")
    return float(raw)


def _days(raw: Any, where: str) -> tuple[int, ...]:
    whole = isinstance(raw, list) and all(type(day) is int and 0 < day <= 1000 for day in raw)
    if not whole or not raw or sorted(set(raw)) != raw:
        raise AgendaError(
            f"{where}: {raw!r}. List one or more whole numbers of days from 1 to 1000, each above the one before."
        )
    return tuple(raw)


def _now(raw: Any, where: str) -> dict[str, dict[str, str]]:
    if not isinstance(raw, dict):
        raise AgendaError(f"{where}: {raw!r}. Write [steps.now] and a sentence for each role below.")
    for role in raw:
        if role not in list(Role):
            raise AgendaError(f"{where}.{role}: no such role. Those there are: {', '.join(Role)}.")
    return {role: _title(sentence, f"{where}.{role}") for role, sentence in raw.items()}


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
    for i, step in enumerate(steps, 1):
        if step.id in seen:
            raise AgendaError(f"{source}: steps[{i}].id: {step.id!r} stands twice. Give each step an id of its own.")
        seen.add(step.id)
        for pane in step.shows:
            if step.shows.count(pane) > 1:
                raise AgendaError(f"{source}: steps[{i}].shows: {pane!r} stands twice. Keep it once.")
