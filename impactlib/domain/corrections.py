"""Figures that were wrong: of a baseline or a reading, its value, its date or its period. Pure.

A correction is told as such, and what stood before stays beside what stands now. An older kit wrote a corrected reading
as it wrote any other detail: what its journal says of it is known alike.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from impactlib.domain import events
from impactlib.domain.events import DetailSet, Entry
from impactlib.domain.notes import Correction, Note

OF_A_FIGURE: Mapping[str, tuple[str, ...]] = {
    "metric": ("baseline", "baseline_date"),
    "reading": ("figure", "as_of", "over"),
}
"""The details that are a figure, its date or its period, by the kind of note that holds them."""


def setting(note: Note, detail: str, value: str, before: str) -> DetailSet:
    """The event that gives a detail its value: a correction, where it is of a figure that had another one `before`."""
    return (events.FigureCorrected if _corrects(note, detail, before) else DetailSet)(note.id, detail, value)


def with_detail(note: Note, detail: str, value: str, entry: Entry) -> Note:
    """The note once that entry has given a detail its value; what a figure was before stays known."""
    before = note.details.get(detail, "")
    if value != before and _corrects(note, detail, before):
        note = replace(note, corrected=(*note.corrected, Correction(detail, before, entry.id)))
    return replace(note, details={**note.details, detail: value})


def formers(note: Note, detail: str) -> list[str]:
    """What a detail was before it was corrected, the earliest first."""
    return [one.before for one in note.corrected if one.detail == detail]


def _corrects(note: Note, detail: str, before: str) -> bool:
    return bool(before) and detail in OF_A_FIGURE.get(note.kind, ())
