"""Hypotheses from a team's spreadsheet, and rows to one: CSV as spreadsheets write it, and as they open it.

Reading looks at the whole file first and decides once for each column; it is lenient about form and strict about
meaning: a cell of which not all is understood is left out and listed with its row and column, and the rest comes in.
`docs/hypotheses.md` lists what is understood.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

from impactlib.domain.refusal import SheetError
from impactlib.domain.sheets.cutting import FORMULA, of_csv, of_pasted
from impactlib.domain.sheets.figures_over_time import Figures, read_figures
from impactlib.domain.sheets.grid import SIZE, Problem, Sheet
from impactlib.domain.sheets.headings import HEADINGS
from impactlib.domain.sheets.rows import read_grid

__all__ = [
    "HEADINGS",
    "SEPARATORS",
    "SIZE",
    "Problem",
    "Sheet",
    "SheetError",
    "read_hypotheses",
    "read_pasted",
    "read_pasted_figures",
    "write_csv",
]

SEPARATORS: Mapping[str, str] = {"fr": ";", "en": ","}
"""The separator that a spreadsheet of each language expects when it opens a CSV by a double press."""

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\Z")


def read_hypotheses(content: bytes) -> Sheet:
    """The hypotheses of a CSV file.

    Parameters
    ----------
    content
        UTF-8, UTF-16, Windows-1252, or an older encoding that its accents prove; cells are separated by commas,
        semicolons, tabs or bars.

    Raises
    ------
    SheetError
        When nothing can be read: no CSV, no known heading, no column that says what a row is, too large.

    Examples
    --------
    >>> sheet = read_hypotheses("Cible;Hypothèse\\n12,5;Moins d’attente\\nbeaucoup;Plus de visites\\n".encode())
    >>> [(row, hypothesis.statement, hypothesis.target) for row, hypothesis in sheet.rows]
    [(2, 'Moins d’attente', '12.5'), (3, 'Plus de visites', '')]
    >>> [(problem.row, problem.column, problem.value) for problem in sheet.problems]
    [(3, 'Cible', 'beaucoup')]
    """
    return read_grid(of_csv(content))


def read_pasted(text: str) -> Sheet:
    """The hypotheses of a table that somebody pasted. Raises SheetError."""
    return read_grid(of_pasted(text))


def read_pasted_figures(text: str) -> Figures:
    """The figures over time of a table that somebody pasted. Raises SheetError."""
    return read_figures(of_pasted(text))


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
    return f"'{cell}" if FORMULA.match(cell) and not _NUMBER.match(cell) else cell
