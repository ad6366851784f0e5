"""The files of spreadsheets, .xlsx and .ods, opened into tables: values as they are stored, and nothing computed.

No macro is run, no link followed, no formula worked out. An archive that would grow without bounds is refused before it
does. One module per format; `archive` holds what bounds them.

Libraries were tried in their place on 28 November 2026, behind the bounds of `archive` on the sizes of parts, with 3 GB
of memory to spare. None can be bounded from outside: what grows is made of a few cells.

- python-calamine 0.9.1 is the fastest, and holds a sheet as a dense array: two cells far apart, in 5 kB of .xlsx, end
  the process (SIGABRT, which nothing catches). It gives 0.3 for 30 %, nothing of « € », and no merged cells of an .ods.
- openpyxl 3.1.5 needs 10.7 s and 376 MB for a million empty cells (12 kB); its mode that reads in pieces, the only one
  that is bounded, gives no merged cells.
- odfdo 3.27.3 needs 13 s and 3 GB for two cells far apart, and more than 40 s for one row repeated a million times.

This reader refuses each of these within half a second and 24 MB, and says why a cell has no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from impactlib.domain.refusal import SheetError
from impactlib.domain.sheets import figures_over_time, headings
from impactlib.domain.sheets.cutting import ABOVE, of_csv
from impactlib.domain.sheets.figures_over_time import Figures
from impactlib.domain.sheets.grid import SIZE, Decided, Grid, Sheet
from impactlib.domain.sheets.rows import read_grid
from impactlib.domain.spreadsheet import read_hypotheses
from impactlib.domain.text import N_, in_short, plain
from impactlib.workbooks import archive, ods, xlsx

_SHOWN = 8
"""Names of sheets that one sentence gives."""


def read_file(content: bytes, sheet: str = "") -> Sheet:
    """The hypotheses of a team's file: a workbook, or CSV.

    Parameters
    ----------
    sheet
        The name of the sheet to read in a workbook; by default, the one whose headings are known best.

    Raises
    ------
    SheetError
        When nothing can be read.
    """
    if not content.startswith(b"PK\x03\x04"):
        return read_hypotheses(content)
    tables = _opened(content)
    name = _named(sheet, tuple(tables)) if sheet else _likeliest(tables)
    read = read_grid(tables[name](None))
    read = replace(read, decided=(*_chosen(name, tables), *read.decided), sheet=name, sheets=tuple(tables))
    beside = _figures_beside(name, tables) if name == _likeliest(tables) else ""
    return _with_figures(read, beside, tables[beside](None)) if beside else read


def _with_figures(read: Sheet, beside: str, grid: Grid) -> Sheet:
    """The same sheet with the figures of the one beside it, whose columns are told with its name."""
    figures = figures_over_time.read_figures(grid)
    said = Decided(N_("The figures over time of the sheet “%(sheet)s” were read too."), {"sheet": beside})
    return replace(
        read,
        decided=(*read.decided, said),
        problems=(*read.problems, *(replace(one, column=f"{beside} · {one.column}") for one in figures.problems)),
        figures=tuple(replace(one, column=f"{beside} · {one.column}") for one in figures.given),
    )


def _figures_beside(name: str, tables: Mapping[str, Callable[[int | None], Grid]]) -> str:
    """The name of the sheet of figures over time that the kit wrote beside another one; "" where there is none."""
    return next((other for other in tables if other != name and _known_figures(tables[other], ours=True)), "")


def read_figures(content: bytes, sheet: str = "") -> Figures:
    """The figures over time of a team's file: a workbook, or CSV. As `read_file`, of another kind of table."""
    if not content.startswith(b"PK\x03\x04"):
        return figures_over_time.read_figures(of_csv(content))
    tables = _opened(content)
    name = _named(sheet, tuple(tables)) if sheet else max(tables, key=lambda name: _known_figures(tables[name]))
    read = figures_over_time.read_figures(tables[name](None))
    return replace(read, decided=(*_chosen(name, tables), *read.decided), sheet=name, sheets=tuple(tables))


def read_table(content: bytes, sheet: str = "") -> Grid:
    """A table as it stands: the sheet of that name in a workbook, by default its first one, or CSV. Raises
    SheetError."""
    if not content.startswith(b"PK\x03\x04"):
        return of_csv(content)
    tables = _opened(content)
    return tables[_named(sheet, tuple(tables)) if sheet else next(iter(tables))](None)


def _opened(content: bytes) -> Mapping[str, Callable[[int | None], Grid]]:
    """The tables of a workbook by their names, each read when it is asked. Raises SheetError."""
    if len(content) > SIZE:
        raise SheetError(N_("This file is larger than 2 MB: it was not read. Keep the hypotheses alone in it."))
    parts = archive.Parts(content)
    tables = xlsx.tables(parts) if xlsx.is_one(parts) else ods.tables(parts)
    if not tables:
        raise SheetError(N_("This file is no table: bring a spreadsheet (.xlsx, .ods) or CSV."))
    return tables


def _chosen(name: str, tables: Mapping[str, object]) -> tuple[Decided, ...]:
    said = Decided(N_("The sheet “%(sheet)s” was read, one of %(names)s."), {"sheet": name, "names": _names(tables)})
    return (said,) if len(tables) > 1 else ()


def _known_figures(table: Callable[[int | None], Grid], *, ours: bool = False) -> int:
    try:
        return figures_over_time.known(table(ABOVE).rows, ours=ours)
    except SheetError:
        return 0  # one that is too large, beside the one that is wanted


def _likeliest(tables: Mapping[str, Callable[[int | None], Grid]]) -> str:
    """The sheet that has most known headings in one row; the first of those that have as many."""
    return next(iter(tables)) if len(tables) == 1 else max(tables, key=lambda name: _known(tables[name]))


def _known(table: Callable[[int | None], Grid]) -> int:
    try:
        return max((headings.known(row.cells) for row in table(ABOVE).rows), default=0)
    except SheetError:
        return 0  # one that is too large, beside the one that is wanted


def _named(sheet: str, names: Sequence[str]) -> str:
    found = next((name for name in names if plain(name) == plain(sheet)), None)
    if found is None:
        raise SheetError(N_("There is no such sheet: this file has %(names)s."), names=_names(names))
    return found


def _names(names: Sequence[str] | Mapping[str, object]) -> str:
    given = [in_short(name, 40) for name in names]
    return ", ".join(given[:_SHOWN]) + ("…" if len(given) > _SHOWN else "")
