"""The hypotheses being drafted: three questions first, a card for each, and all the rest under *Say more*.

A card shows what is said and nothing else, then one thing to make more precise: the question that a consultant
would ask first. During the hour it waits to be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from impactlib.domain.hypotheses import Drafted, Hypothesis, drafts, rows_of
from impactlib.domain.once import once
from impactlib.domain.session import Note, Session
from impactlib.domain.spreadsheet import HEADINGS
from impactlib.views import Cards, Eye, Pane, Reads, Scene, draw, of_kind, signatures, signed
from impactlib.views.parts import place_key, signing
from impactlib.views.render import translation
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
    """One thing to make more precise: the question, in the audience's language, and the field that answers it."""

    question: str
    field: str


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
        {"row": row, "values": _values(row), "definition": definition(row.row, eye.lang, but=("statement", "metric"))}
        for row in rows
    ]
    asked = next(((row, point) for row in rows if (point := first_point(row.row, eye.lang))), None)
    return draw(eye, "drafts", "card", session=session, item=item, measures=measures, asked=asked)


@once
def _items(session: Session) -> list[tuple[str, Note]]:
    return sorted((place_key(note), note) for note in drafts(session))


def _reads(scene: Scene) -> Reads:
    session = scene.session
    during = session.step is not None and not session.ended
    return of_kind(session, "hypothesis"), of_kind(session, "metric"), during, *signing(scene)


def _card_reads(scene: Scene, note: Note) -> Reads:
    session = scene.session
    during = session.step is not None and not session.ended
    return (*session.notes_of("metric", about=note.id), during, *signatures(scene, note))


def _values(row: Drafted) -> dict[str, Any]:
    """The values of the dialog: every field, and the versions of the two texts."""
    versions = {name: note.version for name, note in (("statement", row.note), ("metric", row.metric)) if note}
    return {**vars(row.row), "versions": versions}


@lru_cache(maxsize=1024)  # a millisecond each, asked again for every hypothesis whenever anybody writes
def first_point(row: Hypothesis, lang: str) -> Point | None:
    """The first weak point of a hypothesis; None when there is none."""
    from impactlib.domain.check import (
        check,  # its patterns take as long to compile as all the rest: not before one is asked
    )

    found = next(iter(check(row)), None)
    return Point(translation(lang).gettext(found.question), found.field) if found else None


PANE = Pane(
    "drafts",
    frame,
    (Cards("drafts", _items, _reads, _card_reads, _card, ("hypothesis", "metric")),),
    "Three questions, and the hypotheses being drafted.",
)
