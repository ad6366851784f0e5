"""Agendas are TOML files (`templates/agendas/`, or one's own): read, held within bounds, doubted.

A session keeps the text of its own agenda in its journal, so that it opens again where that file is unknown.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from impactlib.domain.agenda import FOLLOW_UP, LANGUAGES, PANES, VISION, Agenda, Role, Step
from impactlib.domain.text import N_, Worded, fit, in_short, repeated
from impactlib.paths import TEMPLATES

DEFAULT = "atelier-impact"
FOLLOWING = "follow-up"
"""The agenda of a session that follows another one, where nobody asks for another."""
SAME = "same"
"""In place of an agenda's name: the one of the session that another follows."""
KEYS = ("name", "title", "needs", "minutes", "follow_up", "recurs", "steps")
STEP_KEYS = ("id", "title", "minutes", "shows", "now")
"""The keys that are read in a file, and in each of its steps."""

LARGEST = 100_000
"""Bytes of a file: the longest agenda of the kit has five thousand."""
DEEPEST = 100
"""Parts of a dotted key: reading one takes the square of them."""
MOST_STEPS, MOST_MINUTES, FEWEST_MINUTES, MOST_MONTHS = 30, 600, 0.5, 24
LONGEST_TITLE, LONGEST_NAME, LONGEST_NOW = 120, 40, 300
"""Bounds for a new workshop. An agenda in a journal may exceed them: it is parsed, not checked against them."""

_QUARTER = 3
_TOO_LONG = N_("%(value)s is too long. Write %(most)s characters at most.")
_PART = r"""(?:[\w-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_TOO_DEEP = re.compile(rf"(?:^|[\[{{,])[ \t]*{_PART}(?:[ \t]*\.[ \t]*{_PART}){{{DEEPEST}}}", re.MULTILINE)
_AT = re.compile(r" \(at line (\d+), column (\d+)\)$")
# Characters that break a line, or hide or reorder the text beside them: titles are shown in pages, files and shells.
_NOT_ON_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class AgendaError(Worded):
    """An agenda that cannot be used: `where` is the file and the key, the message says the fault and the fix.

    >>> str(AgendaError("ours.toml: steps[2].id", "%(id)s stands twice.", id="'tour'"))
    "ours.toml: steps[2].id: 'tour' stands twice."
    """

    def __init__(self, where: str, message: str, **facts: str) -> None:
        super().__init__(message, "agenda", **facts)
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {super().__str__()}"


@dataclass(frozen=True)
class Doubt:
    """A doubt about an agenda that is valid: its place in the file, a message to translate, its facts.

    A number among them is written as the reader's language does.
    """

    where: str
    message: str
    facts: Mapping[str, str | float] = field(default_factory=dict)


@lru_cache(maxsize=64)  # every session opened on one agenda is folded anew from its text
def parse(text: str, source: str = "agenda") -> Agenda:
    """Read an agenda from its TOML text.

    Raises
    ------
    AgendaError
        Naming `source`, the line or the key at fault, and what to write instead.
    """
    raw = _toml(text, source)
    steps = raw.get("steps")
    if not isinstance(steps, list) or not steps:
        raise AgendaError(source, "no [[steps]]. Write at least one, with id, minutes, shows and title.")
    read = tuple(_step(raw_step, f"{source}: steps[{i}]") for i, raw_step in enumerate(steps, 1))
    if (again := repeated([step.id for step in read])) is not None:
        raise AgendaError(
            f"{source}: steps[{again + 1}].id",
            "%(value)s stands twice. Give each step an id of its own.",
            value=_shown(read[again].id),
        )
    name = _name(raw.get("name"), f"{source}: name")
    return Agenda(
        name=name,
        title=_title(raw.get("title"), f"{source}: title"),
        steps=read,
        announced=_minutes(raw["minutes"], f"{source}: minutes") if "minutes" in raw else None,
        follow_up=_days(raw.get("follow_up", list(FOLLOW_UP)), f"{source}: follow_up"),
        # Written before agendas said so, the workshop on the vision came again as it does now.
        recurs=_months(raw.get("recurs", _QUARTER if name == VISION else 0), f"{source}: recurs"),
        needs=_title(raw["needs"], f"{source}: needs") if "needs" in raw else {},
    )


@lru_cache(maxsize=64)
def opened(text: str, source: str) -> Agenda:
    """The agenda of a session that was opened, as `parse` reads it, without the characters that break a format.

    An older kit, or another program, did not refuse them.
    """
    agenda = parse(text, source)
    steps = (replace(step, title=fit(step.title), now=fit(step.now)) for step in agenda.steps)
    return replace(agenda, title=fit(agenda.title), needs=fit(agenda.needs), steps=tuple(steps))


def _toml(text: str, source: str) -> dict[str, Any]:
    if _TOO_DEEP.search(text):
        raise AgendaError(source, "not TOML that can be read: a key has more than 100 parts. Write it flat.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at, said = _AT.search(str(error)), in_short(_AT.sub("", str(error)), 120)
        if at is None:
            raise AgendaError(source, "not TOML: %(error)s. Mend it and try again.", error=said) from error
        raise AgendaError(
            source,
            "not TOML, at line %(line)s, column %(column)s: %(error)s. Mend that line and try again.",
            line=at[1],
            column=at[2],
            error=said,
        ) from error
    except ValueError as error:
        # Python reads no number of more than 4,300 digits.
        raise AgendaError(
            source, "not TOML that can be read: a number has thousands of digits. Write it shorter."
        ) from error
    except RecursionError as error:
        raise AgendaError(source, "not TOML that can be read: brackets too deep. Write it flat.") from error


def admit(text: str, source: str) -> Agenda:
    """Read the agenda of a workshop to come: as ``parse`` does, and within bounds that a page can show.

    Raises
    ------
    AgendaError
        As ``parse`` does, and when there is too much of anything.
    """
    agenda = parse(text, source)
    if len(agenda.steps) > MOST_STEPS:
        raise AgendaError(
            f"{source}: steps",
            "there are %(number)s of them, and a workshop takes 30 at most. Join some.",
            number=str(len(agenda.steps)),
        )
    _refuse_long_name(agenda.name, f"{source}: name")
    _refuse_long_line(agenda.title, f"{source}: title")
    _refuse_long_line(agenda.needs, f"{source}: needs", LONGEST_NOW)
    for i, step in enumerate(agenda.steps, 1):
        where = f"{source}: steps[{i}]"
        _refuse_long_name(step.id, f"{where}.id")
        _refuse_long_line(step.title, f"{where}.title")
        for role, sentence in step.now.items():
            _refuse_long_line(sentence, f"{where}.now.{role}", LONGEST_NOW)
        if step.minutes < FEWEST_MINUTES:
            raise AgendaError(
                f"{where}.minutes",
                "%(value)s is less than half a minute, which nobody can follow. Write 0.5 or more.",
                value=f"{step.minutes:g}",
            )
    if agenda.seconds > MOST_MINUTES * 60:
        raise AgendaError(
            f"{source}: steps",
            "they take %(minutes)s minutes together, and a workshop takes 600 at most. Make two of it.",
            minutes=f"{agenda.seconds / 60:g}",
        )
    return agenda


def _refuse_long_name(name: str, where: str) -> None:
    if len(name) > LONGEST_NAME:
        raise AgendaError(where, _TOO_LONG, value=_shown(name), most=str(LONGEST_NAME))


def _refuse_long_line(lines: Mapping[str, str], where: str, most: int = LONGEST_TITLE) -> None:
    for line in lines.values():
        if _NOT_ON_A_LINE.search(line):
            raise AgendaError(where, "%(value)s is not on one line. Write it on one.", value=_shown(line))
        if len(line) > most:
            raise AgendaError(where, _TOO_LONG, value=_shown(line), most=str(most))


def _shown(raw: Any) -> str:
    """The author's value, shortened to fit in an error message."""
    try:
        said = repr(raw)
    except (ValueError, RecursionError):
        return "…"  # thousands of digits, or as many brackets
    return said if len(said) <= 60 else f"{said[:59]}…"


def doubts(text: str) -> list[Doubt]:
    """List the probable mistakes in a valid agenda, in the order of the file.

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
                f"{where}{in_short(key, LONGEST_NAME)}",
                N_("There is no such key: nothing reads it. Keys here are %(keys)s."),
                {"keys": ", ".join(keys)},
            )


def _length(agenda: Agenda) -> Iterator[Doubt]:
    takes = agenda.seconds / 60
    if agenda.announced is not None and agenda.announced != takes:
        facts = {"announced": agenda.announced, "takes": takes}
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
    """The TOML text and the source's name of an agenda of the kit, or of a file of one's own.

    Raises
    ------
    AgendaError
        There is no such agenda, it is no .toml file, it is too large, or it is not UTF-8.
    OSError
        The file cannot be read.
    """
    path = _path(name)
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise AgendaError(path.name, "more than 100 kB: no agenda is as long. Is it another file?")
    try:
        # Some editors begin a file with a mark that says that it is UTF-8.
        return content.decode("utf-8-sig"), path.name
    except UnicodeDecodeError as error:
        raise AgendaError(path.name, "not UTF-8 text. Save it as UTF-8 and try again.") from error


def _path(name: str) -> Path:
    if name in names():
        return TEMPLATES / "agendas" / f"{name}.toml"
    path = Path(name)
    if path.is_dir():
        raise AgendaError(in_short(name, LONGEST_TITLE), "this is a folder. Give the path of a .toml file in it.")
    if not path.is_file():
        raise AgendaError(
            in_short(name, LONGEST_TITLE),
            "no such agenda. Those of the kit are %(names)s; or give the path of a .toml file. Nothing was opened.",
            names=", ".join(names()),
        )
    if not name.endswith(".toml"):
        raise AgendaError(
            in_short(name, LONGEST_TITLE), "the name of an agenda's file ends in .toml. Rename it so, and try again."
        )
    return path


def load(name: str) -> Agenda:
    """The agenda called `name`, or the one in the file at that path, for a workshop to come.

    Raises
    ------
    AgendaError, OSError
        As ``load_text`` and ``admit`` do.
    """
    return admit(*load_text(name))


def names() -> list[str]:
    """The agendas that come with the kit, the default first."""
    found = sorted(path.stem for path in (TEMPLATES / "agendas").glob("*.toml"))
    return sorted(found, key=lambda name: name != DEFAULT)


def _step(raw: Any, where: str) -> Step:
    if not isinstance(raw, dict):
        raise AgendaError(where, "not a table. Write [[steps]] and its keys below.")
    return Step(
        id=_name(raw.get("id"), f"{where}.id"),
        title=_title(raw.get("title"), f"{where}.title"),
        minutes=_minutes(raw.get("minutes"), f"{where}.minutes"),
        shows=_shows(raw.get("shows"), f"{where}.shows"),
        now=_now(raw.get("now", {}), f"{where}.now"),
    )


def _shows(raw: Any, where: str) -> tuple[str, ...]:
    panes = ", ".join(PANES)
    if raw is None:
        raise AgendaError(where, "this key is missing. List one or more of %(panes)s.", panes=panes)
    if not isinstance(raw, list) or not raw or any(pane not in PANES for pane in raw):
        raise AgendaError(where, "%(value)s. List one or more of %(panes)s.", value=_shown(raw), panes=panes)
    if (again := repeated(raw)) is not None:
        raise AgendaError(where, "%(value)s stands twice. Keep it once.", value=_shown(raw[again]))
    return tuple(raw)


def _minutes(raw: Any, where: str) -> float:
    if raw is None:
        raise AgendaError(where, "this key is missing. Write a number of minutes above 0 (600 at most).")
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 < raw <= 600:
        raise AgendaError(where, "%(value)s is not a number of minutes above 0 (600 at most).", value=_shown(raw))
    return float(raw)


def _days(raw: Any, where: str) -> tuple[int, ...]:
    whole = isinstance(raw, list) and all(type(day) is int and 0 < day <= 1000 for day in raw)
    if not whole or not raw or sorted(set(raw)) != raw:
        raise AgendaError(
            where,
            "%(value)s. List one or more whole numbers of days from 1 to 1000, each above the one before.",
            value=_shown(raw),
        )
    return tuple(raw)


def _months(raw: Any, where: str) -> int:
    if type(raw) is not int or not 0 <= raw <= MOST_MONTHS:
        raise AgendaError(
            where,
            "%(value)s. Write a whole number of months from 1 to 24, or 0 for a session that does not come again.",
            value=_shown(raw),
        )
    return raw


def _now(raw: Any, where: str) -> dict[str, dict[str, str]]:
    if not isinstance(raw, dict):
        raise AgendaError(where, "%(value)s. Write [steps.now] and a sentence for each role below.", value=_shown(raw))
    for role in raw:
        if role not in list(Role):
            raise AgendaError(
                f"{where}.{in_short(role, LONGEST_NAME)}",
                "no such role. Those there are: %(roles)s.",
                roles=", ".join(Role),
            )
    return {role: _title(sentence, f"{where}.{role}") for role, sentence in raw.items()}


def _name(raw: Any, where: str) -> str:
    if raw is None:
        raise AgendaError(where, "this key is missing. Use ASCII letters, digits and hyphens.")
    if not isinstance(raw, str) or not raw.replace("-", "").isalnum() or not raw.isascii():
        raise AgendaError(where, "%(value)s. Use ASCII letters, digits and hyphens.", value=_shown(raw))
    return raw


def _title(raw: Any, where: str) -> dict[str, str]:
    if isinstance(raw, str) and raw.strip():
        return dict.fromkeys(LANGUAGES, raw.strip())
    said = raw if isinstance(raw, dict) else {}
    lines = {lang: said[lang].strip() for lang in LANGUAGES if isinstance(said.get(lang), str) and said[lang].strip()}
    if len(lines) == len(LANGUAGES):
        return lines
    example = '{ fr = "…", en = "…" }'
    if lines:
        missing = next(lang for lang in LANGUAGES if lang not in lines)
        raise AgendaError(
            where,
            "%(value)s has no %(lang)s. Write a text, or %(example)s.",
            value=_shown(raw),
            lang=missing,
            example=example,
        )
    if raw is None:
        raise AgendaError(where, "this key is missing. Write a text, or %(example)s.", example=example)
    raise AgendaError(where, "%(value)s. Write a text, or %(example)s.", value=_shown(raw), example=example)
