"""What a workbook is: an archive of XML parts, read in pieces and within bounds.

A small archive may hold gigabytes, or a million empty rows: its parts are counted as they are read, in bytes and in
elements, and it is refused as soon as there are more than any team's table has.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from xml.parsers import expat

from impactlib.domain.refusal import SheetError
from impactlib.domain.sheets.cutting import ABOVE, LOW, LOWEST, unguarded
from impactlib.domain.sheets.grid import COLUMNS, ROWS, Cell, Grid, Row, is_filled
from impactlib.domain.text import N_

BYTES = 24 * 1024 * 1024
"""Bytes that may be read out of one archive."""
ELEMENTS = 150_000
"""XML elements: three for each cell of two thousand rows of twenty columns, and more."""
_DIRECTORY = 256 * 1024
"""Bytes of an archive's list of parts."""
_PIECE = 64 * 1024
LONGEST = 40
"""Characters of a number."""
SHEETS = 40
"""Sheets of a workbook that are looked at."""

_FAULTS = (
    *(KeyError, ValueError, OSError, EOFError, RuntimeError, NotImplementedError),
    *(expat.ExpatError, zipfile.BadZipFile, zlib.error),
)
"""What is raised of an archive that is damaged, protected, or none."""

_DAMAGED = N_("This spreadsheet's file is damaged or protected: open it, save it again without a password, then retry.")
_VAST = N_("This spreadsheet's file holds far more than a table of hypotheses: copy the table alone into a new file.")

NO_VALUE = N_("This formula holds no value: open the file in a spreadsheet, save it, then bring it again.")
FAULT = N_("The spreadsheet shows an error here: there is no value to read.")
AN_HOUR = N_("The spreadsheet holds an hour or a duration here, not a number: write it in one unit.")
"""What a cell holds instead of a value."""

Attributes = Mapping[str, str]
Start = Callable[[str, Attributes], None]


def decimal(raw: str) -> Decimal | None:
    """A number as an archive writes it; None for what is none.

    Fifteen digits are all that a spreadsheet keeps: 0.1 + 0.2 is 0.3 to who reads it.
    """
    try:
        value = Decimal(format(float(raw), ".15g")) if len(raw) < LONGEST else Decimal("NaN")
    except (ValueError, InvalidOperation):
        return None
    return value if value.is_finite() else None


class Enough(Exception):
    """Raised by a reader that needs no more of its part."""


class Parts:
    """The parts of an archive, by name, and how much may still be read of them."""

    def __init__(self, content: bytes) -> None:
        end = content.rfind(b"PK\x05\x06")
        if end < 0 or len(content) < end + 22:
            raise SheetError(_DAMAGED)
        (directory,) = struct.unpack_from("<I", content, end + 12)
        if directory > _DIRECTORY:
            raise SheetError(_VAST)
        try:
            self._file = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError):
            raise SheetError(_DAMAGED) from None
        self._names = frozenset(self._file.namelist())
        self._bytes, self._elements = BYTES, ELEMENTS

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def read(self, name: str, start: Start, end: Callable[[str], None], text: Callable[[str], None]) -> None:
        """Read a part by its elements, whose names and attributes come without their namespaces.

        Raises
        ------
        SheetError
            When it is no XML, or there is too much of it.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_document_type
        local = _Local()

        def begin(element: str, attributes: dict[str, str]) -> None:
            self._elements -= 1
            if self._elements < 0:
                raise SheetError(_VAST)
            start(
                local[element], {local[key]: value for key, value in attributes.items()} if attributes else attributes
            )

        parser.StartElementHandler = begin
        parser.EndElementHandler = lambda element: end(local[element])
        parser.CharacterDataHandler = text
        try:
            # The other ways to compress may ask for any memory; no spreadsheet uses them.
            if self._file.getinfo(name).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise SheetError(_DAMAGED)
            with self._file.open(name) as part:
                while piece := part.read(_PIECE):
                    self._bytes -= len(piece)
                    if self._bytes < 0:
                        raise SheetError(_VAST)
                    parser.Parse(piece, False)
                parser.Parse(b"", True)
        except Enough:
            return
        except _FAULTS:
            raise SheetError(_DAMAGED) from None


class _Local(dict[str, str]):
    """Names without the prefixes of their namespaces, which are few: each is cut once."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(":")[2]
        return self[name]


def _refuse_document_type(*_: object) -> None:
    """A spreadsheet's parts declare none; entities that grow are declared there."""
    raise SheetError(_DAMAGED)


class Rows:
    """The rows of a sheet as they come: blank ones are counted, the others kept, within the bounds of a table.

    Enough is raised once there are `most` of them.
    """

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._kept: dict[int, dict[int, Cell]] = {}
        self._across: set[int] = set()

    def add(self, number: int, cells: Mapping[int, Cell]) -> None:
        """A row with its cells by place, from 0."""
        filled = {
            place: unguarded(cell) if isinstance(cell, str) else cell
            for place, cell in cells.items()
            if is_filled(cell)
        }
        if not filled:
            return
        if max(filled) >= COLUMNS:
            raise SheetError(N_("This file has more than 200 columns: it was not read."))
        if len(self._kept) > ROWS + ABOVE:
            raise SheetError(N_("This file has more than 2,000 rows: it was not read. Split it."))
        self._kept[number] = filled
        if self._most is not None and len(self._kept) >= self._most:
            raise Enough

    @staticmethod
    def refuse_below(number: int) -> None:
        """A row is written as an element of its own even where it is empty: so many are no table."""
        if number > LOWEST:
            raise SheetError(LOW)

    def merge(self, first: int, last: int, left: int, right: int) -> None:
        """Cells merged into one: what it holds is said of each of its rows, in its first column."""
        value = self._kept.get(first, {}).get(left)
        if value is None:
            return
        if right > left and last == first and len(self._kept[first]) == 1:
            self._across.add(first)
        for number in range(first + 1, min(last, first + ROWS) + 1):
            # A blank row stays one: nothing but the merged cell would stand in it.
            if number in self._kept:
                self._kept[number].setdefault(left, value)

    def grid(self) -> Grid:
        """The table."""
        rows = (
            Row(number, tuple(cells.get(place, "") for place in range(max(cells) + 1)), number in self._across)
            for number, cells in sorted(self._kept.items())
        )
        return Grid(tuple(rows))
