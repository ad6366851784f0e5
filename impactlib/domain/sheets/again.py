"""A table that is brought once more: which notes of a session its rows are, and what becomes of each of its cells.

A row is known by what it says, as the file said it last or as the session says it now; one whose words were corrected,
by the file that it came from. A cell is taken where nobody changed what the file had brought, kept where the file says
what it said before, and asked about where both changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from impactlib.domain import kinds
from impactlib.domain.hypotheses import OF_HYPOTHESIS, OF_METRIC, Hypothesis
from impactlib.domain.session import Brought, Note, Session
from impactlib.domain.sheets.grid import Line
from impactlib.domain.text import plain

FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    "hypothesis": ("statement", *OF_HYPOTHESIS),
    "metric": ("metric", *OF_METRIC),
    "reading": ("remark", "figure", "quality", "source"),
    "source": ("data", *kinds.names(kinds.row("source").details)),
}
"""The fields that a note of each kind holds: its text, then its details."""

_ALIKE = 0.6
"""How alike two texts are, from 0 to 1, when one may be the other corrected."""
_COMPARED, _AT_ALL = 2_000, 400_000
"""Pairs of texts that are compared letter by letter, then word by word; beyond, only equal ones are the same."""
_EDITIONS = re.compile(
    r"v?\d+[a-z]?|copie|copy|de|of|corrig\w*|correct\w*|version|ver|final\w*|def|definiti\w*|new|nouveau|maj|relu\w*"
    r"|rev\w*|first|last|draft|brouillon|ok"
)
"""Words of a file's name that tell one edition of it from another: « mesures_v2 (1) - Copie »."""


def origin(name: str, sheet: str = "") -> str:
    """Where rows come from, as a digest: a file's name without what tells its editions apart, and its sheet.

    Names of files may hold people's: only their digest is kept. "" for a table that was pasted.

    >>> origin("mesures_v2 (1).csv") == origin("Mesures - corrigé.xlsx") != origin("Idées.csv")
    True
    >>> origin("")
    ''
    """
    stem = re.sub(r"\.[a-z]{3,4}$", "", plain(name))
    words = re.findall(r"[^\W_]+", stem)
    kept = [word for word in words if not _EDITIONS.fullmatch(word)] or words
    return hashlib.sha256("\n".join([*kept, "", plain(sheet)]).encode()).hexdigest()[:16] if kept else ""


# Which note a row is -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """The rows of one hypothesis, each with the note of its metric; `note` is the hypothesis's. None where there is no
    such note yet."""

    note: Note | None
    rows: tuple[tuple[Line, Note | None], ...]


Group = Sequence[Line]


def placed(
    session: Session, groups: Sequence[Group], source: str, states: bool = True
) -> tuple[list[Placed], list[Note]]:
    """Each hypothesis of a table with its notes; and the notes that the same file had brought and does not hold now.

    `states` is whether a column of the table says hypotheses. A matrix has none: each of its rows is the metric of that
    name, whatever hypothesis it is of.
    """
    known = [note for note in session.notes.of_kind("hypothesis") if _may_be(session, note)]
    stated = [group for group in groups if group[0].row.statement]
    of_none = [group for group in groups if not group[0].row.statement]

    def measured(metrics: Note | Group) -> frozenset[str]:
        """The names of its metrics: one that both have makes a statement the same, whatever its words became."""
        if isinstance(metrics, Note):
            texts = (text for metric in session.notes.about(metrics.id) for text in _texts(session, metric))
        else:
            texts = (plain(line.row.metric) for line in metrics)
        return frozenset(texts) - {""}

    metrics = session.notes.of_kind("metric")
    alone = [one for one in metrics if (not states or _is_of_none(session, one)) and _may_be(session, one)]
    of_rows = _paired(session, of_none, alone, lambda group: group[0].row.metric, source)
    # The nothing said of these metrics' hypothesis is these rows': no statement of the same table takes its place.
    theirs = {metric.about for metric in of_rows if metric is not None}
    free = [note for note in known if note.id not in theirs]
    found = iter(_paired(session, stated, free, lambda group: group[0].row.statement, source, measured))
    lonely = iter(of_rows)
    result = []
    for group in groups:
        if group[0].row.statement:
            note = next(found)
            result.append(Placed(note, tuple(_with_metrics(session, group, note, source))))
        else:
            metric = next(lonely)
            note = session.notes.get(metric.about) if metric and _stands(session, metric.about) else None
            result.append(Placed(note, ((group[0], metric),)))
    here = {note.id for one in result for note in (one.note, *(metric for _, metric in one.rows)) if note is not None}
    gone = [
        note
        for id, brought in session.brought.items()
        if source and brought.source == source and id not in here and (note := session.notes.get(id)) is not None
        if not note.withdrawn
    ]
    return result, gone


def _is_of_none(session: Session, metric: Note) -> bool:
    """Whether a metric came in without a hypothesis: it has none, or one of which nothing was said."""
    note = session.notes.get(metric.about)
    return note is None or note.withdrawn or "" in _texts(session, note)


def _stands(session: Session, id: str) -> bool:
    note = session.notes.get(id)
    return note is not None and not note.withdrawn


def _may_be(session: Session, note: Note) -> bool:
    """What was withdrawn is known again where a file had brought it: it does not come back by itself."""
    return not note.withdrawn or note.id in session.brought


def _with_metrics(session: Session, group: Group, note: Note | None, source: str) -> Iterator[tuple[Line, Note | None]]:
    metrics = [one for one in session.notes.about(note.id) if one.kind == "metric"] if note else []
    known = [metric for metric in metrics if _may_be(session, metric)]
    found = _paired(session, [[line] for line in group], known, lambda lines: lines[0].row.metric, source)
    return zip(group, found, strict=True)


def _paired(
    session: Session,
    groups: Sequence[Group],
    notes: Sequence[Note],
    text: Callable[[Group], str],
    source: str,
    measured: Callable[[Note | Group], frozenset[str]] = lambda _: frozenset(),
) -> list[Note | None]:
    """The note of each group: one of equal words, else one that the file corrects; None for a new one."""
    by_text: dict[str, list[Note]] = {}
    for note in notes:
        for words in _texts(session, note):
            by_text.setdefault(words, []).append(note)
    taken: set[str] = set()
    found: list[Note | None] = []
    for group in groups:
        free = [note for note in by_text.get(plain(text(group)), ()) if note.id not in taken]
        best = max(
            free,
            key=lambda note: (
                not note.withdrawn,
                len(measured(group) & measured(note)),
                _agreeing(session, note, group[0]),
            ),
            default=None,
        )
        found.append(best)
        taken |= {best.id} if best else set()
    left = [at for at, note in enumerate(found) if note is None]
    vanished = [
        note
        for note in notes
        if note.id not in taken and source and note.id in session.brought and session.brought[note.id].source == source
    ]
    if len(left) * len(vanished) > _AT_ALL:
        return found
    alike = _by_letters if len(left) * len(vanished) <= _COMPARED else _by_words
    theirs = [(at, plain(text(groups[at])), measured(groups[at])) for at in left]
    ours = [(note, _texts(session, note), measured(note)) for note in vanished]
    pairs = [
        (likeness, -at, note)
        for at, words, metrics in theirs
        for note, texts, named in ours
        if (likeness := (not metrics.isdisjoint(named)) + alike(words, texts)) >= _ALIKE
    ]
    for _, before, note in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        if found[-before] is None and note.id not in taken:
            found[-before] = note
            taken.add(note.id)
    return found


def _texts(session: Session, note: Note) -> set[str]:
    """The words of a note as they stand, and as a file said them last."""
    known = session.brought.get(note.id)
    said = known.said.get(FIELDS_OF[note.kind][0]) if known else None
    return {plain(text) for text in (note.text, said) if text is not None}


def _agreeing(session: Session, note: Note, line: Line) -> int:
    """How many cells of a row say what the note says, or what a file said of it last; a blank one says something too:
    of two metrics of one name, a row without a baseline is the one that has none."""
    known = session.brought.get(note.id)
    return sum(
        value in {current(note, field), known.said.get(field, "") if known else ""}
        for field, value in said_of(note.kind, line.row, line.blank).items()
    )


def _by_letters(text: str, others: Iterable[str]) -> float:
    return max((SequenceMatcher(None, one, text).ratio() for one in others if one and text), default=0.0)


def _by_words(text: str, others: Iterable[str]) -> float:
    words = _words(text)
    return max((2 * len(words & mine) / (len(words) + len(mine) or 1) for mine in map(_words, others)), default=0.0)


@lru_cache(4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What becomes of a cell ----------------------------------------------------------------------------


class Fate(StrEnum):
    """What becomes of a cell."""

    SAME = "same"
    """The session says so already."""
    KEPT = "kept"
    """The file says what it said before: what somebody changed since stays."""
    TAKEN = "taken"
    ASKED = "asked"


@dataclass(frozen=True)
class Cell:
    """A cell of a table beside what the session says in its place."""

    field: str
    ours: str
    theirs: str
    fate: Fate


def current(note: Note, field: str) -> str:
    """What a note says in a field."""
    return note.text if field == FIELDS_OF[note.kind][0] else note.details.get(field, "")


def cells(session: Session, note: Note, said: Mapping[str, str], source: str, person: str) -> list[Cell]:
    """What becomes of each cell that a table gives to a note; `said` has "" for one that it leaves blank.

    A file corrects what it had brought, and so does who had brought it; what another one brought is asked about. What
    another file says of a figure that does not become the note's, such as its source, waits with it.
    """
    known = session.brought.get(note.id)
    sure = known is not None and is_of(known, source, person)
    found = [
        Cell(field, ours, theirs, _fate(known.said.get(field) if known else None, ours, theirs, sure))
        for field, theirs in said.items()
        for ours in (current(note, field),)
    ]
    if sure or not any(one.field == "figure" and one.fate == Fate.ASKED for one in found):
        return found
    return [replace(one, fate=Fate.ASKED) if one.fate == Fate.TAKEN else one for one in found]


def is_of(known: Brought, source: str, person: str) -> bool:
    """Whether a note was brought by that file, or by that person."""
    return known.by == person or (source != "" and known.source == source)


def _fate(base: str | None, ours: str, theirs: str, sure: bool) -> Fate:
    if ours == theirs:
        return Fate.SAME
    if theirs == (base or ""):
        return Fate.KEPT
    if ours == (base or ""):
        return Fate.TAKEN if sure or not ours else Fate.ASKED
    return Fate.ASKED


def said_of(kind: str, row: Hypothesis, blank: Iterable[str] = ()) -> dict[str, str]:
    """What a row says of the note of one kind: the fields that it gives, and those that it leaves `blank`."""
    blank = frozenset(blank)
    return {name: value for name in FIELDS_OF[kind] if (value := getattr(row, name)) or name in blank}
