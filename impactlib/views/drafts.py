"""The hypotheses being drafted: three questions first, a card for each, and all the rest under *Say more*.

A card shows what is said and nothing else; what could be made more precise is asked in `points`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from impactlib.domain.hypotheses import Drafted, Hypothesis, drafts, rows_of
from impactlib.domain.once import once
from impactlib.domain.session import Note, Session
from impactlib.domain.sheets.headings import HEADINGS
from impactlib.views import Cards, Eye, Pane, Reads, Scene, draw, of_kind, signatures, signed
from impactlib.views.parts import place_key, signing
from impactlib.views.wording import CHOICES, aids, choices, definition

GROUPS = {
    "meaning": ("statement", "concept", "kind", "objective", "stands_for"),
    "measure": ("metric", "unit", "numerator", "denominator", "population", "period", "direction"),
    "data": ("source", "collection", "owner", "quality"),
    "figures": ("baseline", "baseline_date", "target", "target_date", "limits"),
}
"""The fields of the dialog, in its folds; those of the first are the hypothesis's, the others its metric's."""


@dataclass(frozen=True)
class Point:
    """One thing to make more precise: the question, to translate, the field that answers it, its importance, and the
    finding that asks it."""

    question: str
    field: str
    rank: int
    code: str


def frame(eye: Eye) -> Markup:
    helps = aids()[eye.lang]
    return draw(
        eye,
        "drafts",
        "frame",
        aids=helps,
        example=definition(Hypothesis(**helps["example"]), eye.lang),
        groups=GROUPS,
        labels=HEADINGS[eye.lang],
        choices={name: choices(name, eye.lang) for name in CHOICES},
    )


def _card(session: Session, eye: Eye, note: Note) -> Markup:
    [item] = signed(session, [note])
    rows = rows_of(session, note)
    measures = [
        {"row": row, "values": values_of(row), "definition": definition(row.row, eye.lang, but=("statement", "metric"))}
        for row in rows
    ]
    return draw(eye, "drafts", "card", item=item, measures=measures)


@once
def _items(session: Session) -> list[tuple[str, Note]]:
    return sorted((place_key(note), note) for note in drafts(session))


def _reads(scene: Scene) -> Reads:
    session = scene.session
    return of_kind(session, "hypothesis"), of_kind(session, "metric"), *signing(scene)


def _card_reads(scene: Scene, note: Note) -> Reads:
    return (*scene.session.notes_of("metric", about=note.id), *signatures(scene, note))


def values_of(row: Drafted) -> dict[str, Any]:
    """The values of the dialog: every field, and the versions of the two texts."""
    versions = {name: note.version for name, note in (("statement", row.note), ("metric", row.metric)) if note}
    return {**vars(row.row), "versions": versions}


@lru_cache(maxsize=1024)  # a millisecond each, asked again for every hypothesis whenever anybody writes
def points_of(row: Hypothesis) -> tuple[Point, ...]:
    """The weak points of a hypothesis, the most important first, but for those that its own words make up for."""
    from impactlib.domain.check import (
        FINDINGS,
        check,  # its patterns take as long to compile as all the rest: not before one is asked
    )
    from impactlib.domain.check.words import says_whose

    found = [one for one in check(row) if one.code != "no-population" or not says_whose(row)]
    return tuple(Point(one.question, one.field, FINDINGS.index(one), one.code) for one in found)


def first_point(row: Hypothesis) -> Point | None:
    """The first weak point of a hypothesis; None when there is none."""
    return next(iter(points_of(row)), None)


PANE = Pane(
    "drafts",
    frame,
    (Cards("drafts", _items, _reads, _card_reads, _card, ("hypothesis", "metric")),),
    "Three questions, and the hypotheses being drafted.",
)
