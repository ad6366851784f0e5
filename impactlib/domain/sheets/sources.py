"""The inventory of a team's data as a table: a row for each source, as the kit writes it or as a team keeps it.

A table is one where it says where data are, how often they are renewed, or who has them; what it says of hypotheses is
read by `impactlib.domain.sheets.rows`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from impactlib.domain import kinds
from impactlib.domain.hypotheses import LONGEST, read_code
from impactlib.domain.sheets import headings
from impactlib.domain.sheets.cutting import ABOVE
from impactlib.domain.sheets.grid import DASHES, Decided, Grid, Problem, Row, Sheet, Source, text_of
from impactlib.domain.text import LIMIT, N_, NAME_LIMIT, Unreadable, clean_line, plain

DETAILS = kinds.names(kinds.row("source").details)
_HEADINGS: Mapping[str, Sequence[str]] = {
    "text": ("Donnée", "Données", "Source de données", "Jeu de données", "Data", "Data source", "Dataset"),
    "where": ("Où elle se trouve", "Où elles se trouvent", "Où", "Emplacement", "Where they are", "Where", "Location"),
    "owner": ("Responsable", "Propriétaire", "Owner", "Responsible"),
    "every": ("Mise à jour", "Renouvelée", "Fréquence de mise à jour", "Fréquence", "Renewed", "Updated", "Frequency"),
    "quality": ("Données correctes à", "Qualité", "Data right at", "Quality"),
    "personal": ("Données personnelles", "Personnelles", "Personal data"),
    "access": ("Accès", "Access"),
    "metrics": ("Mesures", "Indicateurs", "Mesure", "Metrics", "Indicators", "Metric"),
}
_OF_SOURCES = frozenset({"where", "every", "personal", "access"})
"""The columns that tables of hypotheses do not have: two of them, beside names of data, make an inventory."""
_OF_HYPOTHESES = frozenset({"statement", "indicator", "unit", "baseline", "target"})
"""The columns that an inventory does not have."""
_WORDS: Mapping[str, Mapping[str, str]] = {
    "personal": {
        **dict.fromkeys(("oui", "yes", "x", "vrai", "true"), "yes"),
        **dict.fromkeys(("non", "no", "faux", "false"), "no"),
    },
    "access": {
        **dict.fromkeys(("ours", "nous l'avons", "nous les avons", "we have them", "oui", "yes"), "ours"),
        **dict.fromkeys(("missing", "il manque un champ", "a field is missing"), "missing"),
        **dict.fromkeys(
            ("partner", "un partenaire l'a", "un partenaire les a", "a partner has them", "partenaire"), "partner"
        ),
    },
}
_INVENTORY = N_("This table is an inventory of data: each row is a source of data.")
_NO_WORD = N_("This is none of the words that are known here: it was not read.")
_NAMELESS = N_("This row names no data: it was not read.")
_CUT = N_("This text is too long: only its first %(longest)s characters were kept.")
_UNKNOWN = N_("No such field is known: this column was not read (cells that it fills: %(filled)s).")


def read(grid: Grid) -> Sheet | None:
    """The sources of a table that is an inventory of data; None for another table."""
    found = next(((at, fields) for at, row in enumerate(grid.rows[:ABOVE]) if (fields := _fields(row))), None)
    if found is None:
        return None
    at, fields = found
    head, below = grid.rows[at], grid.rows[at + 1 :]
    problems: list[Problem] = []
    for place in head.filled:
        filled = sum(place in row.filled for row in below)
        if place not in fields and filled:
            name = clean_line(text_of(head.cells[place]))
            problems.append(Problem(head.number, name, _UNKNOWN, name, {"filled": filled}))
    columns = {field: clean_line(text_of(head.cells[place])) for place, field in fields.items()}
    sources = [source for row in below if (source := _source(row, fields, columns, problems)) is not None]
    problems.sort(key=lambda problem: problem.row)
    return Sheet((), tuple(problems), (*grid.decided, Decided(_INVENTORY)), columns=columns, sources=tuple(sources))


def _fields(row: Row) -> dict[int, str]:
    """What each column is, by place, where a row heads an inventory of data."""
    texts = {place: text_of(row.cells[place]) for place in row.filled}
    if any(headings.read(text).field in _OF_HYPOTHESES for text in texts.values()):
        return {}
    fields: dict[int, str] = {}
    for place, text in texts.items():
        field = _known().get(plain(text).strip(" :*"))
        if field and field not in fields.values():
            fields[place] = field
    in_order = list(fields.values())
    # What a table of hypotheses says of a metric comes after it, and what an inventory says of data before.
    is_one = "text" in in_order[: (*in_order, "metrics").index("metrics")]
    return fields if is_one and len(_OF_SOURCES.intersection(in_order)) > 1 else {}


@cache
def _known() -> Mapping[str, str]:
    return {plain(name): field for field, names in _HEADINGS.items() for name in names}


def _source(row: Row, fields: Mapping[int, str], columns: Mapping[str, str], problems: list[Problem]) -> Source | None:
    said: dict[str, str] = {}
    metrics: tuple[str, ...] = ()
    for place, field in fields.items():
        text = text_of(row.cells[place]) if place in row.filled else ""
        if not text or text.strip() in DASHES:
            continue
        try:
            if field == "metrics":
                metrics = tuple(filter(None, map(clean_line, text.split("\n"))))
            else:
                said[field] = _value(field, text)
        except Unreadable as unreadable:
            problems.append(Problem(row.number, columns[field], unreadable.message, text, unreadable.facts))
        longest = _longest(field)
        if len(said.get(field, "")) > longest:
            said[field] = said[field][:longest].strip()
            problems.append(Problem(row.number, columns[field], _CUT, text, {"longest": longest}))
    if not said.get("text"):
        if row.filled:
            problems.append(Problem(row.number, columns["text"], _NAMELESS, text_of(row.cells[row.filled[0]])))
        return None
    return Source(row.number, said.pop("text"), said, metrics)


def _longest(field: str) -> int:
    return {"text": LIMIT - 1, "owner": NAME_LIMIT}.get(field, LONGEST)


def _value(field: str, text: str) -> str:
    if field == "quality":
        return read_code("quality", text)
    if words := _WORDS.get(field):
        code = words.get(plain(clean_line(text)))
        if code is None:
            raise Unreadable(_NO_WORD)
        return code
    return clean_line(text) if field != "text" else text.strip()
