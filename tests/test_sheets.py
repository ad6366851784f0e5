"""Tables in the shapes that teams bring: what is read, what is told as left out, what is refused."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from impactlib.domain.hypotheses import DATES, NUMBERS
from impactlib.domain.spreadsheet import SheetError, read_hypotheses

SHEETS = tomllib.loads((Path(__file__).parent / "sheets.toml").read_text(encoding="utf-8"))["sheet"]


def long(text: str) -> str:
    """A text whose marks stand for many letters."""
    return re.sub(r"(?:LONG|KEPT)(\d+)", lambda mark: "é" * int(mark[1]), text)


def content(sheet: dict[str, Any]) -> bytes:
    text, encoding = long(sheet["text"]).lstrip("\n"), sheet.get("encoding", "utf-8")
    if encoding == "twice":
        return text.encode().decode("cp1252").encode()
    return text.encode(encoding)


def agrees(sheet: dict[str, Any]) -> None:
    if "refused" in sheet:
        with pytest.raises(SheetError, match=sheet["refused"]):
            read_hypotheses(content(sheet))
        return
    read = read_hypotheses(content(sheet))
    found = [
        {"row": number, **{name: getattr(row, name) for name in {*expected, *NUMBERS, *DATES} - {"row"}}}
        for (number, row), expected in zip(read.rows, sheet["rows"], strict=True)
    ]
    nothing = dict.fromkeys((*NUMBERS, *DATES), "")
    assert found == [
        {**nothing, **{name: long(value) if name != "row" else value for name, value in row.items()}}
        for row in sheet["rows"]
    ]
    assert [f"{problem.row} {problem.column}" for problem in read.problems] == sheet["left"]
    if "groups" in sheet:
        assert [len(group) for group in read.hypotheses] == sheet["groups"]


@pytest.mark.parametrize("sheet", SHEETS, ids=[f"{sheet['kind']}-{at}" for at, sheet in enumerate(SHEETS)])
def test_a_table_in_a_shape_that_teams_bring_is_read_right_or_not_at_all(sheet: dict[str, Any]) -> None:
    agrees(sheet)
