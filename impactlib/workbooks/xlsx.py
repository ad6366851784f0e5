"""Workbooks of Excel (.xlsx), and of what writes as it does."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from impactlib.domain import days
from impactlib.domain.sheets.grid import Cell, Grid, Lost, Number
from impactlib.domain.text import Unreadable, clean_line
from impactlib.workbooks.archive import AN_HOUR, FAULT, NO_VALUE, SHEETS, Attributes, Parts, Rows, decimal

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
_DAYS = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
_HOURS = frozenset({18, 19, 20, 21, 45, 46, 47})
_PER_CENT = frozenset({9, 10})
_SHOWN = re.compile(r"\"[^\"]*\"|\\.|_.|\*.|\[(?!\$|h|m|s)[^\]]*\]", re.I)
"""What a format shows as it stands, or says of colours: no sign of what the number is."""
_CARRIAGE_RETURN = "_x000D_"
"""How one is written in a text: the line end after it is enough."""
_CURRENCIES = ("€", "£", "$")


def is_one(parts: Parts) -> bool:
    """Whether an archive is such a workbook."""
    return "[Content_Types].xml" in parts


def tables(parts: Parts) -> Mapping[str, Callable[[int | None], Grid]]:
    """Each sheet by its name: a function that reads it, whole or its first rows. Hidden sheets come last."""
    path = next(iter(_related(parts, "", "officeDocument").values()), "xl/workbook.xml")
    shown: dict[str, str] = {}
    hidden: dict[str, str] = {}
    since = [date(1899, 12, 30)]

    def start(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            (shown if attributes.get("state", "visible") == "visible" else hidden)[
                clean_line(attributes.get("name", ""))
            ] = attributes.get("id", "")
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            since[0] = date(1904, 1, 1)

    parts.read(path, start, _nothing, _nothing)
    sheets = _related(parts, path, "worksheet")
    book = _Book(parts, path, since[0])
    found = [(name, sheets[id]) for name, id in (*shown.items(), *hidden.items()) if id in sheets]
    return {name: partial(book.table, part) for name, part in found[:SHEETS]}


def _nothing(_: str) -> None:
    """What a part says elsewhere."""


def _related(parts: Parts, path: str, kind: str) -> dict[str, str]:
    """The parts that one refers to, by their ids: those of one kind, inside the archive."""
    folder, name = posixpath.split(path)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        wanted = name == "Relationship" and attributes.get("Type", "").endswith(f"/{kind}")
        if wanted and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            inside = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found[attributes.get("Id", "")] = posixpath.normpath(inside)

    if relations in parts:
        parts.read(relations, start, _nothing, _nothing)
    return found


class _Book:
    """What the sheets of a workbook share: its texts, the formats of its cells, and the day that it counts from."""

    def __init__(self, parts: Parts, path: str, since: date) -> None:
        self._parts, self._path, self._since = parts, path, since
        self._texts: list[str] | None = None
        self._formats: list[str] | None = None

    def table(self, part: str, most: int | None) -> Grid:
        """A sheet, or its first `most` rows that are not blank."""
        rows = Rows(most)
        reader = _Sheet(rows, self)
        self._parts.read(part, reader.start, reader.end, reader.text)
        return rows.grid()

    def shared(self, index: str) -> str:
        """A text by its number."""
        if self._texts is None:
            self._texts = self._read_texts()
        place = int(index) if index.isdigit() and len(index) < 8 else -1
        return self._texts[place] if 0 <= place < len(self._texts) else ""

    def _read_texts(self) -> list[str]:
        texts: list[str] = []
        words: list[str] = []
        inside = {"t": False, "rPh": False}

        def start(name: str, attributes: Attributes) -> None:
            if name == "si":
                words.clear()
            elif name in inside:
                inside[name] = True

        def end(name: str) -> None:
            if name == "si":
                texts.append("".join(words).replace(_CARRIAGE_RETURN, ""))
            elif name in inside:
                inside[name] = False

        def text(data: str) -> None:
            if inside["t"] and not inside["rPh"]:
                words.append(data)

        for part in _related(self._parts, self._path, "sharedStrings").values():
            self._parts.read(part, start, end, text)
        return texts

    def format(self, style: str) -> str:
        """What a cell's format makes of its number: "day", "hour", a unit, or nothing."""
        if self._formats is None:
            self._formats = self._read_formats()
        place = int(style) if style.isdigit() and len(style) < 6 else -1
        return self._formats[place] if 0 <= place < len(self._formats) else ""

    def _read_formats(self) -> list[str]:
        own: dict[str, str] = {}
        formats: list[str] = []
        inside = [False]

        def start(name: str, attributes: Attributes) -> None:
            if name == "numFmt":
                own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                inside[0] = True
            elif name == "xf" and inside[0]:
                id = attributes.get("numFmtId", "0")
                formats.append(_meaning(int(id) if id.isdigit() else 0, own.get(id, "")))

        def end(name: str) -> None:
            inside[0] = inside[0] and name != "cellXfs"

        for part in _related(self._parts, self._path, "styles").values():
            self._parts.read(part, start, end, _nothing)
        return formats

    def value(self, kind: str, style: str, raw: str) -> Cell:
        """The value of a cell as it is stored."""
        match kind:
            case "s":
                return self.shared(raw)
            case "str" | "inlineStr":
                return raw
            case "e":
                return Lost(FAULT, raw)
            case "b":
                return {"1": "TRUE", "0": "FALSE"}.get(raw, raw)
            case "d":
                return raw[:10]
        return self._number(style, raw) if raw else ""

    def _number(self, style: str, raw: str) -> Cell:
        value = decimal(raw)
        if value is None:
            return Lost(FAULT, raw)
        match self.format(style):
            case "day":
                try:
                    return days.of_serial(int(value), self._since)
                except (Unreadable, OverflowError) as error:
                    return Lost(getattr(error, "message", FAULT), raw)
            case "hour":
                return Lost(AN_HOUR, raw)
            case "%":
                return Number(value * 100, "%")
            case unit:
                return Number(value, unit)


def _meaning(id: int, code: str) -> str:
    if id in _DAYS:
        return "day"
    if id in _HOURS:
        return "hour"
    if id in _PER_CENT:
        return "%"
    currency = next((sign for sign in _CURRENCIES if sign in code), "")
    bare = _SHOWN.sub("", code.split(";", maxsplit=1)[0])
    bare = re.sub(r"\[\$[^\]]*\]", "", bare).lower()
    if re.search(r"[yd]", bare) or ("m" in bare and not re.search(r"[hs]", bare)):
        return "day"
    if re.search(r"[hs]", bare):
        return "hour"
    return "%" if "%" in bare else currency


class _Sheet:
    """A sheet as its elements come."""

    def __init__(self, rows: Rows, book: _Book) -> None:
        self._rows, self._book = rows, book
        self._number, self._place = 0, -1
        self._cells: dict[int, Cell] = {}
        self._kind = self._style = ""
        self._words: list[str] = []
        self._taken = False
        self._computed = self._valued = False

    def start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "row":
                given = attributes.get("r", "")
                self._number = int(given) if given.isdigit() and len(given) < 8 else self._number + 1
                self._rows.refuse_below(self._number)
                self._cells, self._place = {}, -1
            case "c":
                at = _PLACE.match(attributes.get("r", ""))
                self._place = _column(at[1]) if at else self._place + 1
                self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
                self._words = []
                self._computed = self._valued = False
            case "v" | "t":
                self._taken = self._valued = True
            case "f":
                self._computed = True
            case "rPh":
                self._taken = False
            case "mergeCell":
                first, _, last = attributes.get("ref", "").partition(":")
                start, end = _PLACE.match(first), _PLACE.match(last)
                if start and end:
                    self._rows.merge(int(start[2]), int(end[2]), _column(start[1]), _column(end[1]))

    def end(self, name: str) -> None:
        match name:
            case "v" | "t":
                self._taken = False
            case "c":
                raw = "".join(self._words)
                if self._computed and not raw and not (self._valued and self._kind == "str"):
                    self._cells[self._place] = Lost(NO_VALUE)
                elif raw:
                    self._cells[self._place] = self._book.value(self._kind, self._style, raw)
            case "row":
                self._rows.add(self._number, self._cells)

    def text(self, data: str) -> None:
        if self._taken:
            self._words.append(data)


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
