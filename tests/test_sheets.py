"""Tables in the shapes that teams bring: what is read, what is told as left out, what is refused."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from impactlib.domain.hypotheses import DATES, NUMBERS
from impactlib.domain.refusal import SheetError
from impactlib.domain.spreadsheet import read_hypotheses, read_pasted
from impactlib.views.render import say
from tests.conftest import agree

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
        {"row": number, **{name: getattr(row, name) for name in {*expected, *NUMBERS, *DATES} - {"row", "readings"}}}
        for (number, row), expected in zip(read.rows, sheet["rows"], strict=True)
    ]
    nothing = dict.fromkeys((*NUMBERS, *DATES), "")
    assert found == [
        {**nothing, **{name: long(value) if isinstance(value, str) else value for name, value in row.items()}}
        for row in ({name: value for name, value in row.items() if name != "readings"} for row in sheet["rows"])
    ]
    dated = [[[reading.as_of, reading.figure] for reading in readings] for readings in read.readings]
    assert dated == [row.get("readings", []) for row in sheet["rows"]]
    assert [f"{problem.row} {problem.column}" for problem in read.problems] == sheet["left"]
    if "groups" in sheet:
        assert [len(group) for group in read.hypotheses] == sheet["groups"]


def test_a_table_in_a_shape_that_teams_bring_is_read_right_or_not_at_all() -> None:
    agree(SHEETS, agrees)


ODD = ["a", " ", "1.", "a%", "|", "-", "(a)", " au ", "*", "«"]
"""What a cell or a line may be full of."""


@pytest.mark.timeout(
    60
)  # where time grew with the square of a cell, one took half a minute, and the server stood still
@pytest.mark.parametrize("many", ODD)
def test_reading_takes_time_of_the_length_of_a_cell_and_not_of_its_square(many: str) -> None:
    long = many * (60_000 // len(many))
    for table in (
        f"| a | b |\n{long}\n| c | d |",
        f"Hypothèse\tMesure\tCible\tValeur de départ\nA\tB\t{long}\t{long}",
        f"{long}\tMesure\tCible\nA\tB\t3",
    ):
        with suppress(SheetError):
            read_pasted(table)


# Pasted tables -------------------------------------------------------------------------------------

PASTED = {
    "from a spreadsheet": "Hypothèse\tMesure\tCible\r\nLes quais sont sûrs\tChutes\t3\r\n\tBlessés\t1\r\n",
    "with cells in quotation marks": 'Hypothèse\tMesure\tCible\n"Les quais sont sûrs"\tChutes\t3\n\t"Blessés"\t1',
    "Markdown": (
        "| Hypothèse | **Mesure** | Cible |\n|:--|---|--:|\n| Les quais sont sûrs | Chutes | 3 |\n| | Blessés | 1 |"
    ),
    "Markdown without its outer bars": (
        "Hypothèse | Mesure | Cible\n--- | --- | ---\nLes quais sont sûrs | Chutes | 3\n | Blessés | 1\n"
    ),
    "semicolons": "Hypothèse;Mesure;Cible\nLes quais sont sûrs;Chutes;3\n;Blessés;1\n",
}


@pytest.mark.parametrize("text", PASTED.values(), ids=PASTED)
def test_a_table_that_is_pasted_is_read(text: str) -> None:
    sheet = read_pasted(text)
    found = [(number, row.statement, row.metric, row.target) for number, row in sheet.rows]
    first = 3 if "---" in text else 2  # the line of its table under the headings counts
    assert found == [
        (first, "Les quais sont sûrs", "Chutes", "3"),
        (first + 1, "Les quais sont sûrs", "Blessés", "1"),
    ]
    assert sheet.problems == ()


def test_a_quotation_mark_in_a_pasted_cell_is_a_letter() -> None:
    [(_, row)] = read_pasted('Mesure\tCible\nPrêts du bac "Aval"\t3\n').rows
    assert row.metric == 'Prêts du bac "Aval"'
    assert [row.metric for _, row in read_pasted('Mesure\tCible\n12" et plus\t3\n').rows] == ['12" et plus']


@pytest.mark.parametrize(
    ("text", "why"), [("", "Nothing was pasted"), (" \n\t", "Nothing was pasted"), ("x" * 2**21 + "y", "2 MB")]
)
def test_what_is_no_table_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(SheetError, match=why):
        read_pasted(text)


# What is said --------------------------------------------------------------------------------------


def test_what_was_decided_of_each_column_is_said_in_both_languages() -> None:
    text = "Suivi\n\nMesure;Valeur 2025;Objectif 2027;Échéance\nQuais;1.250.000;12.000;05/06/2027\n;3.5;;\n"
    sheet = read_hypotheses(text.encode("cp850"))
    assert [say(one, "en") for one in sheet.decided] == [
        "The letters are read as MS-DOS (850).",
        "The headings are in row 3: what stands above them was not read.",
        "“Valeur 2025” is read as Baseline; a year is not a day: 2025 was not kept as a date.",
        "“Objectif 2027” is read as Target; a year is not a day: 2027 was not kept as a date.",
        "“Valeur 2025”: points separate thousands.",
        "“Objectif 2027”: points separate thousands.",
        "“Échéance”: the day comes before the month.",
    ]
    assert all(say(one, "fr") != say(one, "en") for one in sheet.decided)


@pytest.mark.parametrize(
    ("text", "lang", "said"),
    [
        (
            "Mesure;Valeur de départ;Cible (k€)\nCoût;1 250;900\n",
            "fr",
            "«\u00a0Valeur de départ\u00a0»\u00a0: les chiffres sans unité sont en k€, comme sous "
            "«\u00a0Cible (k€)\u00a0».",
        ),
        (
            "Metric,Current value,Target (%)\nLate boats,12,5\n",
            "en",
            "“Current value”: figures without a unit are in %, as under “Target (%)”.",
        ),
        ("Mesure;Valeur de départ (k€);Cible (k€)\nCoût;1 250;900\n", "fr", ""),
        ("Metric,Unit,Current value,Target (%)\nLate boats,%,12,5\n", "en", ""),
        ("Mesure;Valeur de départ;Cible (k€)\nCoût;1,25 M€;900\n", "fr", ""),
        ("Metric;Baseline\nBoats;5\n", "en", ""),
    ],
)
def test_a_unit_that_stands_over_another_column_is_said(text: str, lang: str, said: str) -> None:
    sentences = [say(one, lang) for one in read_hypotheses(text.encode()).decided]
    assert [one for one in sentences if "sans unité" in one or "without a unit" in one] == ([said] if said else [])


@pytest.mark.parametrize(
    ("heading", "cell", "unit"),
    [
        ("Valeur actuelle (%)", "12 jours", "%"),
        ("Cible (%)", "3,2 Mds€", "%"),
        ("Cible (k€)", "60 %", "k€"),
        ("Target (days)", "15%", "days"),
        ("Baseline (£)", "12 days", "£"),
        ("Target, in euros", "4 hours", "euros"),
    ],
)
def test_a_figure_of_another_unit_is_told_with_the_unit_that_was_expected(heading: str, cell: str, unit: str) -> None:
    [problem] = read_hypotheses(f"Hypothèse;Mesure;{heading}\nMoins d’attente;Délai;{cell}\n".encode()).problems
    for lang in ("fr", "en"):
        assert f" {unit} " in say(problem, lang).replace("“", " ").replace("”", " ").replace("\u00a0", " ")


def test_both_readings_are_named_as_each_language_writes_them() -> None:
    [problem] = read_hypotheses(b"Mesure;Cible\nLits;12.000\n").problems
    assert "12,000 ou 12\u202f000" in say(problem, "fr")
    assert "12.000 or 12,000" in say(problem, "en")
    [problem] = read_hypotheses(b"Metric\tTarget date\nBeds\t05/06/2027\n").problems
    assert "5 juin 2027 ou 6 mai 2027" in say(problem, "fr")
    assert "5 June 2027 or 6 May 2027" in say(problem, "en")
    [problem] = read_hypotheses(b"Mesure;Cible\nLits;3 billions\n").problems
    assert "1\u202f000\u202f000\u202f000 en anglais" in say(problem, "fr")
