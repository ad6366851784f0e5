"""Hypotheses from a team's spreadsheet, and rows to one: CSV as spreadsheets write it, and as they open it.

Reading is lenient about form (encoding, separator, order and language of the headings) and strict about
meaning: a cell that cannot be read is left empty and listed with its row and column, and the rest comes in.
`docs/hypotheses.md` lists what is understood.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from impactlib.domain.hypotheses import FIELDS, NUMBERS, Hypothesis, Unreadable, read, settled
from impactlib.domain.text import LIMIT, N_, NAME_LIMIT, Worded, clean, clean_line, is_blank, plain

SIZE = 2 * 1024 * 1024
"""Bytes in a file: a hundred times what a team's hypotheses take."""
ROWS = 2_000
COLUMNS = 200
"""Rows that are not blank, and columns, in a file."""

HEADINGS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "statement": "Statement",
        "concept": "Concept",
        "kind": "Kind of impact",
        "objective": "Objective",
        "stands_for": "Stands for",
        "metric": "Metric",
        "unit": "Unit",
        "numerator": "Numerator",
        "denominator": "Denominator",
        "population": "Population",
        "period": "Period",
        "direction": "Direction",
        "source": "Source",
        "collection": "Collection",
        "owner": "Owner",
        "quality": "Quality",
        "baseline": "Baseline",
        "baseline_date": "Baseline date",
        "target": "Target",
        "target_date": "Target date",
        "limits": "Limits",
    },
    "fr": {
        "statement": "Hypothèse",
        "concept": "Concept",
        "kind": "Type d’impact",
        "objective": "Objectif",
        "stands_for": "Indicateur indirect de",
        "metric": "Mesure",
        "unit": "Unité",
        "numerator": "Numérateur",
        "denominator": "Dénominateur",
        "population": "Population",
        "period": "Période",
        "direction": "Sens",
        "source": "Source",
        "collection": "Méthode de collecte",
        "owner": "Responsable",
        "quality": "Qualité",
        "baseline": "Valeur de départ",
        "baseline_date": "Date de départ",
        "target": "Cible",
        "target_date": "Date cible",
        "limits": "Limites",
    },
}
"""How the kit heads each field's column, by language."""

ADDED: Mapping[str, Mapping[str, str]] = {
    "en": {"value": "Value for users", "ease": "Ease of obtaining the data", "place": "Place", "kept": "Kept"},
    "fr": {
        "value": "Valeur pour les usagers",
        "ease": "Facilité d’obtenir la donnée",
        "place": "Rang",
        "kept": "Gardée",
    },
}
"""How the kit heads the columns that the hour adds to those: they leave, and are passed over when they come back."""

_ALSO: Mapping[str, Sequence[str]] = {
    "statement": ("énoncé", "hypothèse d'impact", "hypothesis", "impact hypothesis"),
    "concept": ("concept de la matrice", "matrix concept"),
    "kind": ("type", "nature de l'impact", "impact kind", "type of impact", "impact type"),
    "objective": ("objectif stratégique", "goal"),
    "stands_for": ("tient lieu de", "proxy de", "proxy for", "proxy of"),
    "metric": ("indicateur", "mesure d'impact", "nom de la mesure", "nom de l'indicateur", "indicator", "metric name"),
    "unit": ("unité de mesure", "unit of measure"),
    "population": ("public", "public visé", "population visée", "pour qui", "audience"),
    "period": ("périodicité", "période de mesure"),
    "direction": ("sens souhaité", "sens d'évolution"),
    "source": ("source de données", "source des données", "source de la donnée", "data source"),
    "collection": ("collecte", "méthode", "mode de collecte", "collection method", "method"),
    "owner": ("porteur", "qui"),
    "quality": ("qualité des données", "qualité de la donnée", "data quality"),
    "baseline": ("valeur actuelle", "valeur initiale", "valeur de référence", "baseline value", "current value"),
    "baseline_date": (
        "date de la valeur de départ",
        "date de la valeur actuelle",
        "date de la valeur initiale",
        "date de référence",
        "date initiale",
        "date of baseline",
    ),
    "target": ("valeur visée", "valeur cible", "target value"),
    "target_date": ("échéance", "date de la cible", "date de la valeur visée", "date visée", "deadline", "due date"),
    "limits": ("limites connues", "limite", "known limits", "limitations"),
}
"""Other names that teams give to the columns."""

SEPARATORS: Mapping[str, str] = {"fr": ";", "en": ","}
"""The separator that a spreadsheet of each language expects when it opens a CSV by a double press."""

# The tab comes first: headings of one column tell none of them from another, and no statement holds a tab.
_SEPARATORS_READ = ("\t", ";", ",")
_SEPARATOR_SAID = re.compile(r"\s*\"?sep=([\t;,])\"?[ \t;,]*(\r\n?|\n|\Z)", re.I)
"""The first line by which Excel is told how cells are separated."""
_ABOVE = 10
"""Lines that are not blank in which the headings are looked for: a title may stand above them."""
_BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of spreadsheets begin: .xlsx and .ods are zips, .xls is older."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# Text that a spreadsheet would compute rather than show; a leading apostrophe prevents that.
_FORMULA = re.compile(r"'*(\s*[=+\-@＝＋－＠]|[\t\r\n])")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\Z")
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(,\d{3})+(?![\d,])")
_ASIDE = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W_]+")


class SheetError(Worded):
    """A file of which nothing can be read."""


@dataclass(frozen=True)
class Problem:
    """A cell that could not be read and was left out.

    `row` is a position from 1, or 0 for the headings; `column` is its heading as the person wrote it, or its
    number from 1 where it has none; `message` is English, for pages to translate; `value` is what stood there.
    """

    row: int
    column: str
    message: str
    value: str


@dataclass(frozen=True)
class Sheet:
    """The hypotheses of a file, each with its row, the problems in the order of the file, and how many lines stand
    above the headings.

    A row is a position from 1 below the headings. Blank rows count, so that row N is line N + 1 of a spreadsheet
    that begins with its headings; they are no hypotheses, though, and are not among `rows`.
    """

    rows: tuple[tuple[int, Hypothesis], ...]
    problems: tuple[Problem, ...]
    above: int = 0


def read_hypotheses(content: bytes) -> Sheet:
    """The hypotheses of a CSV file.

    Parameters
    ----------
    content
        UTF-8, UTF-16 with its mark, or Windows-1252; cells are separated by commas, semicolons or tabs.

    Raises
    ------
    SheetError
        When nothing can be read: no CSV, no known heading, too large.

    Examples
    --------
    >>> sheet = read_hypotheses("Cible;Hypothèse\\n12,5;Moins d’attente\\nbeaucoup;Plus de visites\\n".encode())
    >>> [(row, hypothesis.statement, hypothesis.target) for row, hypothesis in sheet.rows]
    [(1, 'Moins d’attente', '12.5'), (2, 'Plus de visites', '')]
    >>> [(problem.row, problem.column, problem.value) for problem in sheet.problems]
    [(2, 'Cible', 'beaucoup')]
    """
    text, separator = _separator(_decode(content))
    above = _above(text, separator)
    records = itertools.islice(_cut(text, separator), above, None)
    headings = next(records, [])
    columns, problems = _columns(headings)
    rows = []
    filled = ((number, cells) for number, cells in enumerate(records, 1) if not is_blank("".join(cells)))
    for count, (number, cells) in enumerate(filled, 1):
        if count > ROWS:
            raise SheetError(N_("This file has more than 2,000 rows: it was not read. Split it."))
        hypothesis, unread = _row(number, cells, headings, columns, commas=separator == ",")
        problems += unread
        if hypothesis != Hypothesis():
            rows.append((number, hypothesis))
    return Sheet(tuple(rows), tuple(problems), above)


def _decode(content: bytes) -> str:
    if len(content) > SIZE:
        raise SheetError(N_("This file is larger than 2 MB: it was not read. Keep the hypotheses alone in it."))
    if content.startswith(_BOOKS):
        raise SheetError(N_("This is a spreadsheet's own file, not CSV: save it as CSV, then try again."))
    try:
        text = content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        text = _decode_windows(content)
    if "\0" in text:
        raise SheetError(N_("This is not a text file: save the table as CSV, then try again."))
    if is_blank(text):
        raise SheetError(N_("This file is empty: nothing was read."))
    return text


def _decode_windows(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise SheetError(N_("This is not a text file: save the table as CSV, then try again.")) from None


def _separator(text: str) -> tuple[str, str]:
    """The text below Excel's line about it, and what separates cells: what it says, else what makes most sense."""
    said = _SEPARATOR_SAID.match(text)
    if said:
        return text[said.end() :], said[1]
    return text, max(_SEPARATORS_READ, key=lambda separator: _fit(text, separator))


def _fit(text: str, separator: str) -> tuple[int, int]:
    """How many headings a separator makes known, then how many it cuts: the more, the likelier it is."""
    lines = _cut(text, separator, strict=False)
    headings = next(itertools.islice(lines, _above(text, separator), None), [])[: COLUMNS + 1]
    return _known(headings), len(headings)


def _above(text: str, separator: str) -> int:
    """How many lines stand above the headings, which are the line with most known ones of the first that are filled."""
    lines = enumerate(_cut(text, separator, strict=False))
    filled = itertools.islice(((n, cells) for n, cells in lines if not is_blank("".join(cells))), _ABOVE)
    found = [(_known(cells), -number) for number, cells in filled]
    return -max(found, default=(0, 0))[1]


def _known(cells: Sequence[str]) -> int:
    return len({_field(cell) for cell in cells[: COLUMNS + 1]} - {None})


def _cut(text: str, separator: str, *, strict: bool = True) -> Iterator[list[str]]:
    csv.field_size_limit(SIZE)  # the process's own: a long cell is left out by its row, not the file by its cell
    # A quotation mark that is never closed would swallow the rows below it without a word: strict says so.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict, skipinitialspace=True)
    try:
        yield from lines
    except csv.Error:
        raise SheetError(
            N_("Line %(line)s cannot be read: a quotation mark is not closed, or stands in the middle of a cell."),
            line=lines.line_num,
        ) from None


def _columns(headings: Sequence[str]) -> tuple[dict[int, str], list[Problem]]:
    """The field of each column that has one, and what is wrong with the others."""
    if len(headings) > COLUMNS:
        raise SheetError(N_("This file has more than 200 columns: it was not read."))
    columns: dict[int, str] = {}
    problems = []
    for place, heading in enumerate(headings):
        field = _field(heading)
        if field is None and not is_blank(heading) and _name(heading) not in _PASSED_OVER:
            unknown = N_("No such field is known: this column was not read.")
            problems.append(Problem(0, clean_line(heading), unknown, heading))
        elif field in columns.values():
            twice = N_("Another column before it has the same meaning: this one was not read.")
            problems.append(Problem(0, clean_line(heading), twice, heading))
        elif field:
            columns[place] = field
    if not columns:
        raise SheetError(
            N_("No column of this file is known: its first line must hold headings such as Hypothesis, Metric, Target.")
        )
    return columns, problems


def _field(heading: str) -> str | None:
    return _FIELDS.get(_name(heading))


def _name(heading: str) -> str:
    """A heading as it is compared: words in small letters without accents, without what stands in brackets."""
    return " ".join(_WORD.findall(plain(_ASIDE.sub(" ", heading))))


_FIELDS: Mapping[str, str] = {
    _name(heading): field
    for field in FIELDS
    for heading in (field, HEADINGS["en"][field], HEADINGS["fr"][field], *_ALSO.get(field, ()))
}


_PASSED_OVER = frozenset(_name(heading) for headings in ADDED.values() for heading in headings.values())


def _row(
    number: int, cells: Sequence[str], headings: Sequence[str], columns: Mapping[int, str], *, commas: bool
) -> tuple[Hypothesis, list[Problem]]:
    values, problems = {}, []
    for place, field in columns.items():
        cell = cells[place] if place < len(cells) else ""
        try:
            values[field] = _value(field, _unguarded(cell), commas)
        except Unreadable as unreadable:
            problems.append(Problem(number, clean_line(headings[place]), str(unreadable), cell))
    for place, field in columns.items():
        if field in NUMBERS and values.get(field):
            try:
                values["unit"] = settled(values.get("unit", ""), cells[place])
            except Unreadable as unreadable:
                values[field] = ""
                problems.append(Problem(number, clean_line(headings[place]), str(unreadable), cells[place]))
    named = {place for place, heading in enumerate(headings) if not is_blank(heading)}
    astray = next((place for place, cell in enumerate(cells) if place not in named and not is_blank(cell)), None)
    if astray is not None:
        alone = N_("A cell of this row stands under no heading: it was not read.")
        problems.append(Problem(number, str(astray + 1), alone, cells[astray]))
    return Hypothesis(**values), problems


def _value(field: str, raw: str, commas: bool) -> str:
    """As `hypotheses.read`, with the limits that a session sets to texts and names.

    Where `commas` separate cells, that of 1,200 may be one of thousands.
    """
    if is_blank(raw):
        return ""
    if commas and field in NUMBERS and _THOUSANDS.search(raw):
        raise Unreadable(N_("This number can be read in two ways: write it without the comma, or with a point."))
    if field in ("statement", "metric"):
        if len(raw) >= LIMIT:
            raise Unreadable(N_("This text is too long: fewer than 20,000 characters are taken."))
        return clean(raw) if field == "statement" else clean_line(raw)
    value = read(field, raw)
    if field == "owner" and len(value) > NAME_LIMIT:
        raise Unreadable(N_("This name is too long (80 characters at most)."))
    return value


def write_csv(headings: Iterable[str], rows: Iterable[Iterable[str]], lang: str = "fr") -> bytes:
    """A CSV file that a spreadsheet of that language opens by a double press, and that `read_hypotheses` reads.

    UTF-8 with its mark, without which Excel takes it for Windows-1252; cells in quotation marks, separated by
    semicolons in French, by commas in English. A cell that a spreadsheet would compute is text: it begins
    with an apostrophe. Numbers are left as the caller wrote them, with the decimal sign of the language.

    Examples
    --------
    >>> write_csv(["Mesure", "Cible"], [["=1+1", "-3,5"]]).decode("utf-8-sig").splitlines()
    ['"Mesure";"Cible"', '"\\'=1+1";"-3,5"']
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=SEPARATORS[lang], quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([_guarded(cell) for cell in cells] for cells in (headings, *rows))
    return text.getvalue().encode("utf-8-sig")


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
