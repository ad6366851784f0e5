"""An agenda as a page edits it: its fields as typed, the TOML that they make, and back. Pure.

What is typed is written as it is: whether it is an agenda is said by `agenda_files.admit`, for a page and a file alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from msgspec import Struct, structs

from impactlib.domain.agenda import FOLLOW_UP, LANGUAGES, PANES, Agenda, Role
from impactlib.domain.agenda_files import parse
from impactlib.domain.refusal import Refusal
from impactlib.domain.text import clean_line, plain

LARGEST = 200_000
"""Bytes of an agenda that a page sends: thirty steps with a sentence for each role in both languages."""
MINUTES = "10"
"""The length of a step that is added."""


class Words(Struct, frozen=True):
    """A text in each language; only one of them is needed."""

    fr: str = ""
    en: str = ""


class DraftStep(Struct, frozen=True):
    """A step as typed: `minutes` may be no number yet, `id` is made of the title where it is empty."""

    id: str = ""
    title: Words = Words()
    minutes: str = ""
    shows: tuple[str, ...] = ()
    now: dict[str, Words] = {}


class Draft(Struct, frozen=True):
    """An agenda as typed; `follow_up` is a list of days with commas between, `recurs` a number of months."""

    name: str = ""
    title: Words = Words()
    minutes: str = ""
    follow_up: str = ""
    recurs: str = ""
    steps: tuple[DraftStep, ...] = ()
    needs: Words = Words()


def received(raw: Any) -> Draft:
    """The draft that a page sends, each text on one line. Raises Refusal when it is none."""
    try:
        draft = msgspec.convert(raw, Draft)
    except msgspec.ValidationError:
        raise Refusal("This page asks for something the kit does not know: reload it.") from None
    steps = tuple(
        DraftStep(
            clean_line(step.id),
            _cleaned(step.title),
            clean_line(step.minutes),
            tuple(pane for pane in dict.fromkeys(step.shows) if pane in PANES),
            {role: _cleaned(step.now[role]) for role in Role if role in step.now},
        )
        for step in draft.steps
    )
    return Draft(
        clean_line(draft.name),
        _cleaned(draft.title),
        clean_line(draft.minutes),
        clean_line(draft.follow_up),
        clean_line(draft.recurs),
        steps,
        _cleaned(draft.needs),
    )


def draft(text: str, source: str) -> Draft:
    """The fields of an agenda's TOML. Raises AgendaError as `agenda_files.parse` does."""
    agenda = parse(text, source)
    steps = tuple(
        DraftStep(
            step.id,
            _words(step.title),
            f"{step.minutes:g}",
            step.shows,
            {role: _words(step.now[role]) for role in Role if role in step.now},
        )
        for step in agenda.steps
    )
    days, months = ", ".join(map(str, agenda.follow_up)), f"{agenda.recurs}" if agenda.recurs else ""
    needs = _words(agenda.needs) if agenda.needs else Words()
    return Draft(agenda.name, _words(agenda.title), _announced(agenda), days, months, steps, needs)


def acted(draft: Draft, act: str, at: int) -> Draft:
    """The draft with a step added before the last one, which closes, or one removed, or moved up or down."""
    steps = list(draft.steps)
    if act == "add":
        steps.insert(max(len(steps) - 1, 0), DraftStep(minutes=MINUTES))
    elif act == "remove" and 0 <= at < len(steps):
        del steps[at]
    elif act in ("up", "down") and 0 <= at < len(steps):
        to = min(max(at + (1 if act == "down" else -1), 0), len(steps) - 1)
        steps.insert(to, steps.pop(at))
    else:
        raise Refusal("This page asks for something the kit does not know: reload it.")
    return structs.replace(draft, steps=tuple(steps))


def toml(draft: Draft) -> str:
    """The TOML of a draft, as one would write it by hand.

    Examples
    --------
    >>> step = DraftStep(title=Words("Le chiffre"), minutes="7,5", shows=("matrix",))
    >>> print(toml(Draft(title=Words("Point du mois", "Monthly check"), steps=(step,))), end="")
    name = "point-du-mois"
    title = { fr = "Point du mois", en = "Monthly check" }
    <BLANKLINE>
    [[steps]]
    id = "le-chiffre"
    title = "Le chiffre"
    minutes = 7.5
    shows = ["matrix"]
    """
    lines = [f"name = {_text(draft.name or _slug(draft.title) or 'agenda')}"]
    lines += [*_line("title", draft.title), *_line("needs", draft.needs)]
    if draft.minutes:
        lines.append(f"minutes = {_number(draft.minutes)}")
    if draft.follow_up and draft.follow_up != ", ".join(map(str, FOLLOW_UP)):
        lines.append(f"follow_up = [{', '.join(_number(day) for day in re.split(r'[,; ]+', draft.follow_up) if day)}]")
    if draft.recurs:
        lines.append(f"recurs = {_number(draft.recurs)}")
    ids = _ids(draft.steps)
    for id, step in zip(ids, draft.steps, strict=True):
        lines += ["", "[[steps]]", f"id = {_text(id)}", *_line("title", step.title)]
        if step.minutes:
            lines.append(f"minutes = {_number(step.minutes)}")
        lines.append(f"shows = [{', '.join(map(_text, step.shows))}]")
        said = [line for role, words in step.now.items() for line in _line(role, words)]
        lines += ["", "[steps.now]", *said] if said else []
    return "\n".join(lines) + "\n"


def _ids(steps: Sequence[DraftStep]) -> list[str]:
    """The id of each step: its own, or one made of its title that no other has."""
    taken = {step.id for step in steps if step.id}
    ids = []
    for at, step in enumerate(steps, 1):
        wanted = step.id or _slug(step.title) or f"step-{at}"
        id, again = wanted, 2
        while not step.id and id in taken:
            id, again = f"{wanted}-{again}", again + 1
        taken.add(id)
        ids.append(id)
    return ids


def _slug(words: Words) -> str:
    """A name made of a text: ASCII letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", plain(words.fr or words.en)).strip("-")[:40].rstrip("-")


def _line(key: str, words: Words) -> list[str]:
    """A key with its text: one text where the languages are alike or one is missing; nothing where both are."""
    texts = [text for text in dict.fromkeys((words.fr, words.en)) if text]
    if len(texts) == len(LANGUAGES):
        return [f"{key} = {{ fr = {_text(words.fr)}, en = {_text(words.en)} }}"]
    return [f"{key} = {_text(text)}" for text in texts]


def _text(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)


def _number(typed: str) -> str:
    """A number as TOML writes it, a comma read as a point; what is none is a text, refused then by its place."""
    try:
        number = Decimal(typed.replace(",", "."))
    except InvalidOperation:
        return _text(typed)
    whole = number.is_finite() and -6 < number.adjusted() < 6
    return f"{number.normalize():f}" if whole else _text(typed)


def _cleaned(words: Words) -> Words:
    return Words(clean_line(words.fr), clean_line(words.en))


def _words(text: Mapping[str, str]) -> Words:
    """A text of an agenda as a page shows it: once, where it is the same in both languages."""
    return Words(text["fr"], "" if text["en"] == text["fr"] else text["en"])


def _announced(agenda: Agenda) -> str:
    return "" if agenda.announced is None else f"{agenda.announced:g}"
