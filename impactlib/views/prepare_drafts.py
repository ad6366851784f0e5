"""The hypotheses being drafted: three questions first, a card for each, and all the rest under *Say more*.

A card shows what is said and nothing else, then one thing to make more precise: the question that a consultant
would ask first. During the hour it waits to be asked.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup

from impactlib.hypotheses import CONCEPTS, DIRECTIONS, KINDS_OF_IMPACT, Drafted, Hypothesis, drafted
from impactlib.session import QUALITIES, Note, Session
from impactlib.share import TEMPLATES
from impactlib.spreadsheet import HEADINGS
from impactlib.text import spelled
from impactlib.views import Eye, Fragments, draw, key, signed
from impactlib.views.render import environment, translation

GROUPS = {
    "meaning": ("statement", "concept", "kind", "objective", "stands_for"),
    "measure": ("metric", "unit", "numerator", "denominator", "population", "period", "direction"),
    "data": ("source", "collection", "owner", "quality"),
    "figures": ("baseline", "baseline_date", "target", "target_date", "limits"),
}
"""The fields of the dialog, in its folds; those of the first are the hypothesis's, the others its metric's."""
CHOICES = {"concept": CONCEPTS, "kind": KINDS_OF_IMPACT, "direction": DIRECTIONS, "quality": QUALITIES}


@dataclass(frozen=True)
class Point:
    """One thing to make more precise: the question, in the audience's language, and the field that answers it."""

    question: str
    field: str


def frame(eye: Eye) -> Markup:
    aids = _aids()[eye.lang]
    example = definition(Hypothesis(**aids["example"]), eye.lang)
    labels, choices = HEADINGS[eye.lang], {name: _choices(name, eye.lang) for name in CHOICES}
    return draw(
        eye, "prepare_drafts", "frame", aids=aids, example=example, groups=GROUPS, labels=labels, choices=choices
    )


def fragments(session: Session, eye: Eye) -> Fragments:
    cards: dict[str, tuple[Note, list[Drafted]]] = {}
    for row in drafted(session):
        note = row.note or row.metric
        assert note, "a row comes from a note at least"
        cards.setdefault(key("drafts", note), (note, []))[1].append(row)
    return {id: _card(session, eye, note, rows) for id, (note, rows) in cards.items()}


def _card(session: Session, eye: Eye, note: Note, rows: list[Drafted]) -> Markup:
    [item] = signed(session, [note])
    measures = [
        {"row": row, "values": _values(row), "definition": definition(row.row, eye.lang, but=("statement", "metric"))}
        for row in rows
    ]
    asked = next(((row, point) for row in rows if (point := first_point(row.row, eye.lang))), None)
    return draw(eye, "prepare_drafts", "card", session=session, item=item, measures=measures, asked=asked)


def _values(row: Drafted) -> dict[str, Any]:
    """What the dialog is filled with: every field, and the versions of the two texts."""
    versions = {name: note.version for name, note in (("statement", row.note), ("metric", row.metric)) if note}
    return {**asdict(row.row), "versions": versions}


@lru_cache(maxsize=1024)  # a millisecond each, asked again for every hypothesis whenever anybody writes
def first_point(row: Hypothesis, lang: str) -> Point | None:
    """What to make more precise first; None when nothing is weak."""
    from impactlib.check import check  # its patterns take as long to compile as all the rest: not before one is asked

    found = next(iter(check(row)), None)
    return Point(translation(lang).gettext(found.question), found.field) if found else None


def definition(row: Hypothesis, lang: str, but: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The label and the value of each field that is given, as people read them; a figure stands with its date."""
    said = {name: value for name, value in asdict(row).items() if value and name not in but}
    day = environment(lang).filters["day"]
    for name in ("baseline", "target"):
        if name in said and f"{name}_date" in said:
            said[name] = f"{spelled(said[name], lang)} ({day(said.pop(f'{name}_date'))})"
        elif name in said:
            said[name] = spelled(said[name], lang)
        elif f"{name}_date" in said:
            said[f"{name}_date"] = day(said[f"{name}_date"])
    return [(HEADINGS[lang][name], dict(_choices(name, lang)).get(value, value)) for name, value in said.items()]


def _choices(name: str, lang: str) -> list[tuple[str, str]]:
    if name == "quality":
        return [(quality, f"{quality} %" if lang == "fr" else f"{quality}%") for quality in QUALITIES]
    return [(code, _aids()[lang][name][code]) for code in CHOICES.get(name, ())]


@cache
def _aids() -> dict[str, Any]:
    """What helps to draft, by language (templates/prepare.toml)."""
    return tomllib.loads((TEMPLATES / "prepare.toml").read_text(encoding="utf-8"))
