"""The national table of impact statistics: one row for a value of one indicator at a date. Pure.

The schema is ``impact-service-public-numerique``, version 0.5.0 (Licence Ouverte 2.0). A file of a team is read by its
rules, and a file of the kit is written by them, as CSV or as JSON: the same rows.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from impactlib.domain.refusal import SheetError
from impactlib.domain.text import clean

VERSION = "0.5.0"
USAGE, IMPACT = KINDS = ("usage", "impact")
FREQUENCIES: Mapping[str, str] = {
    "day": "quotidienne",
    "week": "hebdomadaire",
    "month": "mensuelle",
    "quarter": "trimestrielle",
    "semester": "semestrielle",
    "year": "annuelle",
    "": "autre",
}
"""The schema's word for each period; "" for one that is not known."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "type_indicateur": KINDS,
    "frequence_monitoring": tuple(FREQUENCIES.values()),
    "denom_insee": ("REG", "DEP", "COM", "ARR", "COMER", "COM_COMER", "COG", "CTCD", "CAN"),
    "dataviz_wish": ("linechart", "barchart", "map", "scatterplot", "piechart"),
}
Date = date
"""The type, for a row has a column of that name."""
MOST_ROWS, MOST_BYTES = 20_000, 5_000_000
_YES, _NO = "true", "false"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)\Z")
_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Row:
    """A row of the table; the names are the schema's. Text that is not given is "", `date_debut` None."""

    administration_rattachement: str
    nom_service_public_numerique: str
    indicateur: str
    valeur: Decimal
    unite_mesure: str
    est_cible: bool
    type_indicateur: str
    frequence_monitoring: str
    date: Date
    est_periode: bool
    date_debut: Date | None
    est_automatise: bool
    source_collecte: str
    denom_insee: str = ""
    code_insee: str = ""
    dataviz_wish: str = ""
    commentaires: str = ""


COLUMNS = tuple(field.name for field in fields(Row))
OF_A_FIGURE: Mapping[str, str] = {
    "indicateur": "metric",
    "valeur": "figure",
    "unite_mesure": "unit",
    "est_cible": "target",
    "date": "date",
    "est_periode": "flow",
    "date_debut": "start",
    "source_collecte": "source",
    "code_insee": "place",
    "commentaires": "word",
}
"""The columns that say something of one figure over time, with what they say (`impactlib.domain.sheets`)."""
_FLAGS = {"est_cible", "est_periode", "est_automatise"}
_DATES = {"date", "date_debut"}
_OPTIONAL = {"date_debut", "denom_insee", "code_insee", "dataviz_wish", "commentaires"}


class TableError(SheetError):
    """A file that is not the table: says the row, counted as a spreadsheet does, the column, and what it takes."""


def read(content: bytes) -> tuple[Row, ...]:
    """The rows of a CSV or JSON file of the table.

    Raises
    ------
    TableError
        For the first row that is not by the schema's rules: nothing is taken from such a file.
    """
    if len(content) > MOST_BYTES:
        raise TableError("This file is larger than 5 MB. Nothing was read.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError("This file is not in UTF-8, as the table's schema asks. Nothing was read.") from error
    raw = _of_json(text) if text.lstrip()[:1] in ("[", "{") else _of_csv(text)
    if len(raw) > MOST_ROWS:
        raise TableError("This file has more than 20,000 rows. Nothing was read.")
    rows = tuple(_row(number, cells) for number, cells in raw)
    if not rows:
        raise TableError("This file has no row. Nothing was read.")
    return rows


def write_csv(rows: Iterable[Row]) -> bytes:
    """The rows as a CSV file: UTF-8 with its mark, commas, as the schema's own example."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in astuple(row)] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def write_json(rows: Iterable[Row]) -> bytes:
    """The same rows as a JSON list of objects, whose values have the schema's types; what is not given is null."""
    listed = [dict(zip(COLUMNS, map(_plain, astuple(row)), strict=True)) for row in rows]
    return (json.dumps(listed, ensure_ascii=False, indent=1) + "\n").encode()


def file_name(slug: str, form: str) -> str:
    """The name that the schema gives to such a file."""
    return f"statistiques_impact_{slug}.{form}"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return _YES if value else _NO
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral() and value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else value


def _of_csv(text: str) -> list[tuple[int, dict[str, str]]]:
    heading = text.partition("\n")[0]
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=heading.count), strict=True)
        names = [name.strip() for name in next(lines, [])]
        _check_columns(names)
        found: list[tuple[int, dict[str, str]]] = []
        for number, cells in enumerate(lines, 2):
            if any(cells):
                found.append((number, dict(zip(names, cells, strict=False))))
            if len(found) > MOST_ROWS:
                break
    except csv.Error as error:
        raise TableError("This file is not a CSV that can be read. Nothing was read.") from error
    return found


def _of_json(text: str) -> list[tuple[int, dict[str, str]]]:
    try:
        listed = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError) as error:
        raise TableError("This file is not a JSON that can be read. Nothing was read.") from error
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise TableError("This JSON is not a list of rows. Nothing was read.")
    for one in listed:
        _check_columns(list(one))
    return [(number, {name: _text(value) for name, value in one.items()}) for number, one in enumerate(listed, 1)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _cell(value)


def _check_columns(names: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in names and name not in _OPTIONAL]
    if missing:
        raise TableError(
            "This is not the national table of impact statistics (schema %(version)s): no column %(missing)s. "
            "Nothing was read.",
            version=VERSION,
            missing=", ".join(missing),
        )
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise TableError(
            "The national table of impact statistics (schema %(version)s) has no column %(unknown)s. Nothing was read.",
            version=VERSION,
            unknown=", ".join(unknown),
        )


def _row(number: int, cells: Mapping[str, str]) -> Row:
    read = {name: _value(number, name, clean(cells.get(name) or "")) for name in COLUMNS}
    row = Row(**read)
    if row.est_periode and row.date_debut is None:
        raise _refusal(number, "date_debut", "")
    if row.date_debut is not None and row.date_debut > row.date:
        raise _refusal(number, "date_debut", row.date_debut.isoformat())
    return row


def _value(number: int, name: str, said: str) -> Any:
    if not said:
        if name not in _OPTIONAL:
            raise _refusal(number, name, "")
        return None if name in _DATES else ""
    try:
        if name == "valeur":
            return _number(said)
        if name in _DATES:
            return _day(said)
    except (ValueError, InvalidOperation) as error:
        raise _refusal(number, name, said) from error
    if name in _FLAGS:
        flag = {_YES: True, "1": True, _NO: False, "0": False}.get(said.lower())
        if flag is None:
            raise _refusal(number, name, said)
        return flag
    if name in CHOICES and said not in CHOICES[name]:
        raise _refusal(number, name, said)
    return said


def _number(said: str) -> Decimal:
    if not _NUMBER.match(said) or len(said) > 40:
        raise ValueError(said)
    return Decimal(said)


def _day(said: str) -> date:
    if not _DAY.match(said):
        raise ValueError(said)
    return date.fromisoformat(said)


def _refusal(number: int, name: str, said: str) -> TableError:
    return TableError(
        "Row %(row)s, column %(column)s: “%(said)s” is not what the schema %(version)s takes. Nothing was read.",
        row=number,
        column=name,
        said=said[:80],
        version=VERSION,
    )
