"""A table out of text: CSV as spreadsheets write it, or a table that somebody copied and pasted."""

from __future__ import annotations

import csv
import html
import io
import itertools
import re
from collections.abc import Iterator, Sequence

from impactlib.domain.refusal import SheetError
from impactlib.domain.sheets import headings
from impactlib.domain.sheets.encodings import decode
from impactlib.domain.sheets.grid import COLUMNS, ROWS, SIZE, Decided, Grid, Row
from impactlib.domain.text import N_, is_blank

ABOVE = 30
"""Rows that are not blank in which the headings are looked for: a title may stand above them."""

LOWEST = 50_000
"""The number of the last row that may be there, empty or not."""
LOW = N_("This sheet has more rows than are read, most of them empty: copy the table alone into a new file.")

_LOOKED_AT = 1_000
"""Lines, blank ones included, in which the separator is looked for."""

# The tab comes first: headings of one column tell none of them from another, and no statement holds a tab.
SEPARATORS = ("\t", ";", ",", "|")
"""What may separate the cells of a text."""
_SEPARATOR_SAID = re.compile(r"\s*\"?sep=([\t;,|])\"?[ \t;,|]*(\r\n?|\n|\Z)", re.I)
"""The first line by which Excel is told how cells are separated."""
_RULE = re.compile(r":?-{2,}:?\Z")
"""A cell of the line under the headings of a Markdown table."""
_BAR = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BOLD = re.compile(r"(?<!\\)(\*{2,3}|_{2,3})(?=\S)(.+?)(?<=[^\s\\])\1", re.S)
_AROUND = N_("The tables of this text were read, and not what stands around them.")


def of_csv(content: bytes) -> Grid:
    """The table of a CSV file. Raises SheetError."""
    text, encoding = decode(content)
    grid = of_text(text)
    if not encoding:
        return grid
    said = Decided(N_("The letters are read as %(encoding)s."), {"encoding": encoding})
    return Grid(grid.rows, grid.separator, (said, *grid.decided))


def of_text(text: str) -> Grid:
    """The table of a CSV text, whatever separates its cells.

    Raises
    ------
    SheetError
        When it has too many rows or columns, or a quotation mark that is not closed.

    Examples
    --------
    >>> [(row.number, row.cells) for row in of_text("Mesure;Cible\\n\\n\\"Délai\\nmédian\\";3\\n").rows]
    [(1, ('Mesure', 'Cible')), (3, ('Délai\\nmédian', '3'))]
    """
    if "|" in text and (grid := _of_markdown(text.splitlines())) is not None:
        return grid
    # The empty rows that a spreadsheet saves below a table are no part of it.
    text, separator = _separator(text.rstrip("\r\n\t;,| "))
    return Grid(_rows(_cut(text, separator)), separator)


def of_pasted(text: str) -> Grid:
    """The table that somebody pasted: cells between tabs, as spreadsheets copy them, between bars (Markdown), or CSV.

    >>> [row.cells for row in of_pasted("| Mesure | Cible |\\n|---|---:|\\n| Délai | 3 |").rows]
    [('Mesure', 'Cible'), ('Délai', '3')]
    """
    if len(text.encode("utf-8", "surrogatepass")) > SIZE:
        raise SheetError(N_("This table is larger than 2 MB: it was not read. Keep the hypotheses alone in it."))
    if is_blank(text):
        raise SheetError(N_("Nothing was pasted: copy the table with its headings, then paste it here."))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if (grid := _of_markdown(lines)) is not None:
        return grid
    if "\t" in text and '"' in text:
        try:
            return Grid(_rows(_cut(text, "\t")), "\t")
        except SheetError:
            pass  # a quotation mark in mid-cell, as it was copied: no cell is quoted then
    if "\t" in text:
        return Grid(_rows(line.split("\t") for line in lines), "\t")
    return of_text(text)


def _of_markdown(lines: Sequence[str]) -> Grid | None:
    """The tables of a Markdown text, one below the other; what stands around them is told. None where it has none."""
    of: dict[int, bool] = {}
    above = (at for at, line in enumerate(lines[: min(LOWEST, len(lines) - 1)]) if "|" in line and _BAR.search(line))
    rules = [at + 1 for at in above if _is_rule(lines[at + 1])]
    for at in rules:
        outer = lines[at - 1].lstrip().startswith("|")
        below = itertools.takewhile(lambda row: _BAR.search(lines[row]), range(at + 1, len(lines)))
        of |= dict.fromkeys((at - 1, *below), outer)
    if not rules:
        return None
    around = [line for at, line in enumerate(lines) if at not in of and at not in rules and line.strip()]
    rows = _rows(_bars(line, of[at]) if at in of else [] for at, line in enumerate(lines))
    return Grid(rows, "|", (Decided(_AROUND),) if around else ())


def _is_rule(line: str) -> bool:
    """Whether a line is the one under the headings of a Markdown table. A long one is looked at once."""
    cells = line.strip().removeprefix("|").removesuffix("|").split("|")
    return all(_RULE.match(cell.strip()) for cell in cells)


def _bars(line: str, outer: bool) -> list[str]:
    """The cells of a line of Markdown; `outer` when a bar stands at both of its ends."""
    bare = re.sub(r"^\s*\||(?<!\\)\|\s*$", "", line) if outer else line
    return [_unmarked(re.sub(r"<br ?/?>", "\n", cell).strip()) for cell in _BAR.split(bare)]


def _unmarked(cell: str) -> str:
    """The words of a cell of Markdown: without what makes them bold, and without the strokes that protect its signs."""
    return html.unescape(_ESCAPED.sub(r"\1", _BOLD.sub(r"\2", cell)))


def _rows(lines: Iterator[list[str]] | Iterator[Sequence[str]]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for number, cells in enumerate(lines, 1):
        if number > LOWEST:
            raise SheetError(LOW)
        if not any(cells) or is_blank("".join(cells)):
            continue
        if len(rows) > ROWS + ABOVE:
            raise SheetError(N_("This file has more than 2,000 rows: it was not read. Split it."))
        wide = next(place for place in range(len(cells), 0, -1) if not is_blank(cells[place - 1]))
        if wide > COLUMNS:
            raise SheetError(N_("This file has more than 200 columns: it was not read."))
        rows.append(Row(number, tuple(map(unguarded, cells[:COLUMNS]))))
    return tuple(rows)


def _separator(text: str) -> tuple[str, str]:
    """The text below Excel's line about it, and what separates cells: what it says, else what makes most sense."""
    said = _SEPARATOR_SAID.match(text)
    if said:
        return text[said.end() :], said[1]
    return text, max(SEPARATORS, key=lambda separator: _fit(text, separator))


def _fit(text: str, separator: str) -> tuple[int, int]:
    """How many headings a separator makes known in one line, then how many cells it cuts: the more, the likelier."""
    first = itertools.islice(_cut(text, separator, strict=False), _LOOKED_AT)
    filled = itertools.islice((cells for cells in first if not is_blank("".join(cells))), ABOVE)
    return max(((headings.known(cells[: COLUMNS + 1]), len(cells[: COLUMNS + 1])) for cells in filled), default=(0, 0))


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


# Text that a spreadsheet would compute rather than show; a leading apostrophe prevents that.
FORMULA = re.compile(r"'*(\s*[=+\-@＝＋－＠]|[\t\r\n])")


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that protects it."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell, 1) else cell
