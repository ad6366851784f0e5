"""Figures over time that a team brings in a file: each becomes a reading of the metric that it names, once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from impactlib.domain import readings, units
from impactlib.domain.hypotheses import day
from impactlib.domain.matrices import indicator_named
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Note, Session
from impactlib.domain.sheets.figures_over_time import Figures, Given
from impactlib.domain.sheets.grid import Problem, SheetError
from impactlib.domain.spreadsheet import read_pasted_figures
from impactlib.domain.text import N_, in_short, plain
from impactlib.gestures import Gesture
from impactlib.storage.session_store import SessionStore
from impactlib.views.render import say, translation
from impactlib.workbooks import read_figures

_UNKNOWN = N_("No metric here has this name (%(name)s): it was not read.")
_SEVERAL = N_("Several metrics here have this name (%(name)s): it was not read.")
_WITHDRAWN = N_("This was withdrawn here since it was brought: it was not brought again.")
_NAMED = 80
"""Characters of a name that a sentence gives."""

Ask = Callable[[Gesture], object]


def read_table(content: bytes, sheet: str = "", pasted: bool = False) -> Figures:
    """A team's file, or a table that it pasted. Raises Refusal."""
    try:
        return read_pasted_figures(content.decode(errors="replace")) if pasted else read_figures(content, sheet)
    except SheetError as error:
        raise Refusal(error.message, code="file", **error.facts) from None


@dataclass
class Brought:
    """How many figures of a table came in, how many were here already, and what was left out besides what could not be
    read."""

    taken: int = 0
    here: int = 0
    left: list[Problem] = field(default_factory=list)


def bring(store: SessionStore, figures: Iterable[Given], ask: Ask, brought: Brought) -> None:
    """Write what a session lacks of some figures: `ask` asks for each reading, and may refuse it; `brought` counts."""
    for given in figures:
        try:
            metric = matched(store.session, given.metric)
            gesture = {
                "id": reading_id(store.session, metric, given),
                "do": "write",
                "kind": "reading",
                **said(metric, given),
            }
            known = store.session.notes.get(gesture["id"])
            if known is not None and known.withdrawn:
                raise Refusal(_WITHDRAWN)
            if known is not None or stands(store.session, metric, given):
                brought.here += 1
                continue
            ask(gesture)
            brought.taken += 1
        except Refusal as refusal:
            facts = {name: value for name, value in refusal.facts.items() if name != "field"}
            brought.left.append(Problem(given.row, given.column, refusal.message, given.there, facts))


def matched(session: Session, name: str) -> Note:
    """The metric that a file names, by its own name or by that of the indicator that it fulfils. Raises Refusal."""
    key = plain(name)
    metrics = session.notes_of("metric")
    found = [metric for metric in metrics if plain(metric.text) == key]
    if not found:
        wanted = indicator_named(name)
        found = [metric for metric in metrics if wanted and metric.details.get("indicator", "") == wanted.id]
    if len(found) != 1:
        raise Refusal(_SEVERAL if found else _UNKNOWN, name=in_short(name, _NAMED))
    return found[0]


def said(metric: Note, given: Given) -> dict[str, str]:
    """The fields of the reading that a figure of a file becomes; a unit that says nothing beside the metric's is left
    out."""
    own = metric.details.get("unit", "")
    unit = "" if not units.is_known(given.unit, units.words_of(own)) and not own else given.unit
    typed = len(given.figure.split()) > 1
    alike = plain(unit) == plain(own)
    return {
        "about": metric.id,
        "text": given.word,
        "figure": given.figure if typed or alike or not unit else f"{given.figure} {unit}",
        "as_of": given.as_of,
        "over": given.over,
        "quality": given.quality,
        "source": given.source,
    }


def stands(session: Session, metric: Note, given: Given) -> bool:
    """Whether a metric has that figure at that date, from wherever it came."""
    value = Decimal(given.figure.split()[0])
    series = readings.series(session, metric)
    return any(
        one.value == value and one.on == day(given.as_of) and (not given.over or one.over in ("", given.over))
        for one in series.figures
    )


def reading_id(session: Session, metric: Note, given: Given) -> str:
    """The id of what says so much: two who bring one file write one note."""
    content = json.dumps([session.id, said(metric, given)], sort_keys=True)
    return f"reading-{hashlib.sha256(content.encode()).hexdigest()[:32]}"


def told(figures: Figures, brought: Brought, lang: str) -> dict[str, Any]:
    """What is told: as `impactlib.rooms.bringing.told`, of figures."""
    problems = sorted([*figures.problems, *brought.left], key=lambda problem: problem.row)
    sheets = {"sheet": figures.sheet, "sheets": figures.sheets} if len(figures.sheets) > 1 else {}
    return {
        "taken": brought.taken,
        "said": sentence(brought, lang),
        "decided": [say(one, lang) for one in figures.decided],
        "problems": [
            {"line": one.row, "column": one.column, "why": say(one, lang), "there": in_short(one.value, _NAMED)}
            for one in problems
        ],
        "updated": [],
        "asked": [],
        **sheets,
    }


def sentence(brought: Brought, lang: str) -> str:
    """What became of a table."""
    catalog = translation(lang)
    taken, here = brought.taken, brought.here
    told = (
        (taken, catalog.ngettext("%(num)s figure came in.", "%(num)s figures came in.", taken)),
        (here, catalog.ngettext("%(num)s was here already.", "%(num)s were here already.", here)),
    )
    parts = [words % {"num": count} for count, words in told if count]
    return " ".join(parts) or catalog.gettext("No figure of this file came in: see the list.")
