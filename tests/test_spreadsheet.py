"""Hypotheses from and to spreadsheets: what is understood, what is named as unread, what is refused."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from dataclasses import astuple
from datetime import date
from decimal import Decimal
from itertools import chain, product
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from impactlib.domain import formats
from impactlib.domain.days import YEARS
from impactlib.domain.figures import LONGEST, plain_number
from impactlib.domain.hypotheses import (
    CONCEPTS,
    DATES,
    DIRECTIONS,
    FIELDS,
    KINDS_OF_IMPACT,
    NUMBERS,
    OF_HYPOTHESIS,
    OF_METRIC,
    Hypothesis,
    read,
)
from impactlib.domain.matrices import newest_of, versions
from impactlib.domain.refusal import SheetError
from impactlib.domain.session import QUALITIES
from impactlib.domain.spreadsheet import HEADINGS, SIZE, Problem, Sheet, read_hypotheses, write_csv
from impactlib.domain.text import LIMIT, Unreadable, clean, clean_line, is_blank, plain
from impactlib.views.render import say, translation
from tests.conftest import agree, examples

DOCUMENT = Path(__file__).parent.parent / "docs" / "hypotheses.md"

COLIS = Hypothesis(
    statement="Les familles reçoivent leur colis plus tôt : l’urgence baisse",
    concept="impactful",
    kind="social",
    objective="Que personne n’attende",
    stands_for="La fin de la précarité",
    indicator="impact-generated",
    metric="Délai médian d’accès",
    unit="jours",
    numerator="",
    denominator="",
    population="familles orientées en urgence",
    period="trimestre",
    direction="less",
    source="dossiers, exportés",
    collection="export mensuel",
    owner="Inès",
    quality="50",
    baseline="21.5",
    baseline_date="2026-01-15",
    target="14",
    target_date="2026-12-31",
    limits="deux départements",
)
FRENCH_CELLS = {
    "concept": "Impactant",
    "kind": "Social",
    "direction": "à la baisse",
    "indicator": "Impact généré",
    "quality": "50 %",
    "baseline": "21,5",
    "baseline_date": "15/01/2026",
    "target_date": "31/12/2026",
}


def table(separator: str = ";", lang: str = "fr", end: str = "\r\n", **more: str) -> str:
    """One full row under its headings, as a spreadsheet of that language writes it."""
    cells = {**vars(COLIS), **(FRENCH_CELLS if lang == "fr" else {}), **more}
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=end)
    writer.writerow(HEADINGS[lang].values())
    writer.writerow(cells.values())
    return text.getvalue()


def rows(content: bytes) -> list[Hypothesis]:
    """The hypotheses of a file without problems."""
    sheet = read_hypotheses(content)
    assert sheet.problems == ()
    return [hypothesis for _, hypothesis in sheet.rows]


def problems(text: str) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.value) for problem in read_hypotheses(text.encode()).problems]


def said_of(sheet: Sheet) -> list[str]:
    """What was decided of a file, in English."""
    return [say(decided, "en") for decided in sheet.decided]


def said(content: bytes) -> str:
    with pytest.raises(SheetError) as refused:
        read_hypotheses(content)
    return str(refused.value)


# Form -----------------------------------------------------------------------------------------------


def test_each_encoding_and_each_separator_in_each_language() -> None:
    def agrees(encoding: str, separator: str, lang: str) -> None:
        assert rows(table(separator, lang).encode(encoding)) == [COLIS]

    agree(product(["utf-8", "utf-8-sig", "utf-16", "cp1252"], [",", ";", "\t"], HEADINGS), agrees)


def test_utf_16_is_read_whichever_byte_comes_first() -> None:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        assert rows(mark + table().encode(encoding)) == [COLIS]
        assert rows(table().encode(encoding)) == [COLIS]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_each_line_end(end: str) -> None:
    assert rows(table(end=end).encode()) == [COLIS]


def test_a_cell_in_quotation_marks_holds_separators_marks_and_line_ends() -> None:
    content = b'Statement,Limits\r\n"a, b; ""c""\r\nd","e\r\nf"\r\nnext,\r\n'
    assert rows(content) == [Hypothesis('a, b; "c"\nd', limits="e f"), Hypothesis("next")]


def test_one_column_needs_no_separator() -> None:
    assert rows("Hypothèse\nLes familles, en urgence ; toutes\n".encode()) == [
        Hypothesis("Les familles, en urgence ; toutes")
    ]


def test_a_space_after_a_separator_means_nothing() -> None:
    assert rows(b'statement, target\n"a, b", 3\n') == [Hypothesis("a, b", target="3")]


# Headings -------------------------------------------------------------------------------------------


def test_headings_come_in_any_order_and_any_number() -> None:
    assert rows("Cible;Unité;Hypothèse\n3;jours;Moins d’attente\n".encode()) == [
        Hypothesis("Moins d’attente", unit="jours", target="3")
    ]


def test_the_kits_own_headings_are_read_back() -> None:
    def agrees(lang: str, field: str) -> None:
        assert named(HEADINGS[lang][field], getattr(COLIS, field) or "colis", field)

    agree(product(HEADINGS, FIELDS), agrees)


def named(heading: str, value: str, field: str) -> bool:
    """Whether a value under a heading is read as that field, beside a column that says what the row is."""
    beside = "Metric" if field == "statement" else "Statement"
    # Some headings are taken only beside what tells that the table is one of metrics.
    columns = [(beside, "A"), (heading, value), *([] if field == "numerator" else [("Numerator", "n")])]
    content = "\n".join(";".join(f'"{cell}"' for cell in cells) for cells in zip(*columns, strict=True))
    found = rows(content.encode())
    return [getattr(row, field) for row in found] == [value]


def documented() -> list[tuple[str, str]]:
    """Each field of the document's table of headings, with each name that it gives for it."""
    lines = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    return [(field, name) for field, *names in lines for name in (field, *", ".join(names).split(", "))]


def test_the_document_names_each_field() -> None:
    assert {field for field, _ in documented()} == set(FIELDS)


def test_each_documented_heading_is_read() -> None:
    def agrees(field: str, name: str) -> None:
        assert named(name, getattr(COLIS, field) or "colis", field)

    agree(documented(), agrees)


@pytest.mark.parametrize(
    "heading",
    [
        *("TARGET_DATE", "target date", "Target-Date", "  Target  date ", "target date :"),
        *("Échéance", "ECHEANCE", "échéance (jj/mm/aaaa)", "Date cible*", "DATE CIBLE"),
    ],
)
def test_case_accents_and_signs_do_not_matter_in_a_heading(heading: str) -> None:
    assert rows(f'Mesure;"{heading}"\nA;31/12/2026\n'.encode()) == [Hypothesis(metric="A", target_date="2026-12-31")]


def test_an_apostrophe_of_either_kind_does_in_a_heading() -> None:
    for heading in ("Type d'impact", "Type d’impact"):
        assert rows(f"Énoncé;{heading}\nA;social\n".encode()) == [Hypothesis("A", kind="social")]


def test_an_unknown_heading_is_named_and_its_column_left_out() -> None:
    sheet = read_hypotheses("Hypothèse;Humeur du jour;Cible\nA;bonne;3\n".encode())
    assert sheet.rows == ((2, Hypothesis("A", target="3")),)
    unread = "No such field is known: this column was not read (cells that it fills: %(filled)s)."
    assert sheet.problems == (Problem(1, "Humeur du jour", unread, "Humeur du jour", {"filled": 1}),)


def test_of_two_columns_with_one_meaning_the_first_is_read() -> None:
    sheet = read_hypotheses("Cible;Mesure;Valeur visée;cible\n3;A;4;5\n".encode())
    assert sheet.rows == ((2, Hypothesis(metric="A", target="3")),)
    assert [(problem.row, problem.column) for problem in sheet.problems] == [(1, "Valeur visée"), (1, "cible")]


def test_a_column_without_heading_that_holds_nothing_is_no_problem() -> None:
    assert rows(b"Metric;;Target;\nA;;3;\n") == [Hypothesis(metric="A", target="3")]
    assert rows(b"Metric;;\nA;;\n") == [Hypothesis(metric="A")]


# Rows -----------------------------------------------------------------------------------------------


def test_excels_line_about_the_separator_is_understood() -> None:
    for first in ("sep=;\r\n", "SEP=;\n", '"sep=;"\n', "sep=;;\n"):
        sheet = read_hypotheses(f"{first}Mesure;Cible\nDélai, médian;3\n".encode())
        assert [row.target for _, row in sheet.rows] == ["3"]


def test_a_title_may_stand_above_the_headings() -> None:
    text = "Nos mesures d’impact;;\nColis Solidaire;2026;\n\nMesure;Cible;Source\nDélai;3;x\n"
    sheet = read_hypotheses(text.encode())
    assert [(number, row.metric, row.target) for number, row in sheet.rows] == [(5, "Délai", "3")]
    assert sheet.problems == ()
    assert "The headings are in row 4: what stands above them was not read." in said_of(sheet)


def test_of_a_very_long_cell_the_beginning_is_kept_and_the_rest_comes_in() -> None:
    sheet = read_hypotheses(f"Mesure;Limites\nDélai;{'x' * 200_000}\nTaux;n\n".encode())
    assert [(row.metric, len(row.limits)) for _, row in sheet.rows] == [("Délai", 500), ("Taux", 1)]
    assert [(problem.row, problem.column) for problem in sheet.problems] == [(2, "Limites")]


@pytest.mark.parametrize(
    "text", ['Metric,Hypothesis\nm,"a, b\nx,y\n', 'Metric;Hypothesis\nm;"d" e\n', 'Metric\tTarget\n"m\t3\n']
)
def test_a_quotation_mark_that_is_not_closed_is_named_with_its_line(text: str) -> None:
    with pytest.raises(SheetError, match=r"Line \d cannot be read: a quotation mark"):
        read_hypotheses(text.encode())


def test_a_thousands_comma_is_not_taken_for_a_decimal_one() -> None:
    english = 'Metric,Baseline,Target\nm,"1,200","12,000 days"\nn,"1,2","0,125"\n'
    sheet = read_hypotheses(english.encode())
    assert [(row.metric, row.baseline, row.target) for _, row in sheet.rows] == [("m", "", ""), ("n", "1.2", "0.125")]
    assert [(problem.row, problem.column) for problem in sheet.problems] == [(2, "Baseline"), (2, "Target")]
    french = read_hypotheses(b"Mesure;Cible\nm;1,200\n")
    assert [row.target for _, row in french.rows] == ["1.2"]


def test_a_row_is_counted_as_the_spreadsheet_counts_it() -> None:
    sheet = read_hypotheses("\nNos mesures;;\n\nMesure;Cible;Humeur\nDélai;beaucoup\n".encode())
    assert [problem.row for problem in sheet.problems] == [4, 5]
    sheet = read_hypotheses('sep=;\nMesure;Cible\n"Délai\nmédian";3\nTaux;beaucoup\n'.encode())
    assert [problem.row for problem in sheet.problems] == [3]


def test_blank_rows_are_counted_and_are_no_hypotheses() -> None:
    sheet = read_hypotheses(b"Statement;Target\n\nA;\n;\n \t;\nB;\n\n")
    assert sheet.rows == ((3, Hypothesis("A")), (6, Hypothesis("B")))
    assert sheet.problems == ()


def test_lines_above_the_headings_that_hold_nothing_are_not_told() -> None:
    sheet = read_hypotheses(b"\n;;\nStatement;Target\nA;3\n")
    assert (sheet.rows, sheet.decided) == (((4, Hypothesis("A", target="3")),), ())


def test_a_short_row_is_filled_with_nothing() -> None:
    assert rows(b"Statement;Metric;Target\nA\n") == [Hypothesis("A")]


def test_a_row_that_says_nothing_the_kit_reads_is_no_hypothesis() -> None:
    sheet = read_hypotheses(b"Statement;Mood;Target\n;good;\n;;lots\n")
    assert sheet.rows == ()
    assert [(problem.row, problem.column) for problem in sheet.problems] == [(1, "Mood"), (3, "Target")]


def test_headings_alone_hold_no_hypothesis() -> None:
    assert rows(b"Statement;Target\n") == []


# Values ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *(("12,5", "12.5"), ("90 %", "90"), ("90\u202f%", "90"), ("1\u202f234,5", "1234.5"), ("-3,5", "-3.5")),
        *(("−2", "-2"), ("4,0", "4"), ("'-3,5", "-3.5"), ("  7 ", "7")),
    ],
)
def test_a_number_as_it_is_written_in_french(written: str, read: str) -> None:
    assert rows(f"Cible;Mesure\n{written};A\n".encode()) == [
        Hypothesis(metric="A", target=read, unit="%" if "%" in written else "")
    ]


@pytest.mark.parametrize("field", NUMBERS)
def test_a_number_of_thousands_of_digits_is_refused(field: str) -> None:
    assert read(field, "9" * LONGEST) == "9" * LONGEST
    for digits in (LONGEST + 1, 5000):
        with pytest.raises(Unreadable, match="This is not a number"):
            read(field, "9" * digits)


@pytest.mark.parametrize("written", ["31/12/2026", "2026-12-31"])
def test_a_date_as_it_is_written_in_french_and_everywhere(written: str) -> None:
    assert rows(f"Échéance;Mesure\n{written};A\n".encode()) == [Hypothesis(metric="A", target_date="2026-12-31")]


@pytest.mark.parametrize("formula", ["=1+1", "+33 1", "-A1", "@SUM(A1)", "='x'!A1", "\t=1", "＝1"])
def test_an_apostrophe_that_protects_from_a_formula_is_taken_off(formula: str) -> None:
    assert rows(f'Statement\n"\'{formula}"\n'.encode()) == [Hypothesis(formula.strip())]


def test_any_other_apostrophe_stays() -> None:
    assert rows(b"Statement\n't was so\n") == [Hypothesis("'t was so")]


def test_a_statement_keeps_its_lines_and_a_metric_is_one() -> None:
    assert rows(b'Statement;Metric\n"a\nb\x07";"c\nd"\n') == [Hypothesis("a\nb", metric="c d")]


# Problems -------------------------------------------------------------------------------------------


def test_a_cell_that_cannot_be_read_is_named_and_the_rest_comes_in() -> None:
    text = (
        "Hypothèse;Concept;Cible;Échéance;Qualité;Sens\n"
        "A;utile;3;31/12/2026;90 %;plus\n"
        "B;beau;trois;hier;70 %;de travers\n"
        "C;;4;;;\n"
    )
    assert problems(text) == [
        (3, "Concept", "beau"),
        (3, "Cible", "trois"),
        (3, "Échéance", "hier"),
        (3, "Qualité", "70 %"),
        (3, "Sens", "de travers"),
    ]
    found = dict(read_hypotheses(text.encode()).rows)
    assert found[2] == Hypothesis(
        "A", concept="useful", target="3", target_date="2026-12-31", quality="90", direction="more"
    )
    assert (found[3], found[4]) == (Hypothesis("B"), Hypothesis("C", target="4"))


@pytest.mark.parametrize(
    ("heading", "longest"), [("Statement", LIMIT - 1), ("Metric", LIMIT - 1), ("Population", 500), ("Owner", 80)]
)
def test_a_text_that_is_too_long_is_a_problem(heading: str, longest: int) -> None:
    beside = "Metric" if heading == "Statement" else "Statement"
    assert problems(f"{beside};{heading};Target\nA;{'x' * longest};3\n") == []
    assert problems(f"{beside};{heading};Target\nA;{'x' * (longest + 1)};3\n") == [(2, heading, "x" * (longest + 1))]


def test_a_row_with_more_cells_than_headings_is_a_problem_named_by_the_columns_number() -> None:
    text = "statement,target\nshorter waits, for families,3\nB,4,,\n"
    assert problems(text) == [(2, "target", "for families"), (2, "3", "3")]
    assert dict(read_hypotheses(text.encode()).rows) == {2: Hypothesis("shorter waits"), 3: Hypothesis("B", target="4")}


def test_each_problems_message_has_its_french() -> None:
    headings = "Mesure;Responsable;Population;Cible;Échéance;Concept;Type d’impact;Sens;Qualité;Humeur;cible"
    wrong = f"{'x' * LIMIT};{'x' * 81};{'x' * 501};trois;hier;beau;grand;de travers;70"
    longer = "Délai;;;3;;;;;;;;de trop"
    messages = {problem.message for problem in read_hypotheses(f"{headings}\n{wrong}\n{longer}\n".encode()).problems}
    assert len(messages) == 11
    assert [message for message in messages if translation("fr").gettext(message) == message] == []


# Refusals -------------------------------------------------------------------------------------------


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


REFUSED = {
    "empty": (b"", "empty"),
    "a mark and nothing else": (codecs.BOM_UTF8, "empty"),
    "spaces": (b" \r\n\t\r\n", "empty"),
    "xlsx": (zipped(), "save it as .xlsx"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504, "save it as .xlsx"),
    "a NUL": (b"Statement;Target\nA\0;3\n", "not a text file"),
    "UTF-16 cut off": (table().encode("utf-16")[:-1], "not a text file"),
    "no encoding": (b"Statement\n\x81\x8d\n", "make sense in no known encoding"),
    "nothing that names a row": (b"Unit;Target\ndays;3\n", "No column of this file says what a row is"),
    "no known heading": (b"Mood;Weather\ngood;fine\n", "No column of this file is known"),
    "separators alone": (b";;\n;;\n", "No column of this file is known"),
    "a page": (b"<html><body>Statement</body></html>", "a web page"),
    "a mark that is not closed": (b'Statement;Target\nA;3\n"B;4\nC;5\n', "Line 4 cannot be read"),
    "a mark in mid-cell": (b'Statement;Target\nA;3\n"B" or not;4\nC;5\n', "Line 3 cannot be read"),
    "too large": (b"Statement\n" + b"A\n" * (SIZE // 2), "larger than 2 MB"),
    "too many rows": (b"Statement\n" + b"".join(b"A%d\n" % n for n in range(2_001)), "more than 2,000 rows"),
    "too many columns": (b"Statement" + b";x" * 200 + b"\nA\n", "more than 200 columns"),
}


def test_a_file_of_which_nothing_can_be_read_is_refused_in_words() -> None:
    def agrees(file: str) -> None:
        content, why = REFUSED[file]
        assert why in said(content)

    agree(REFUSED, agrees)


def test_each_refusal_has_its_french() -> None:
    def agrees(file: str) -> None:
        with pytest.raises(SheetError) as refused:
            read_hypotheses(REFUSED[file][0])
        assert translation("fr").gettext(refused.value.message) != refused.value.message

    agree(REFUSED, agrees)


def test_two_thousand_rows_are_read() -> None:
    assert len(rows(b"Statement\n" + b"".join(b"A%d\n" % n for n in range(2_000)))) == 2_000


@examples(400)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=300).map(lambda content: b"Statement;Target\n" + content),
        st.text(max_size=200).map(lambda text: ("Cible,Hypothèse\n" + text).encode("utf-8", "surrogatepass")),
        st.text(max_size=200).map(lambda text: ("Échéance\tSens\n" + text).encode("utf-16", "surrogatepass")),
    )
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        sheet = read_hypotheses(content)
    except SheetError:
        return
    assert all(row >= 1 and any(astuple(hypothesis)) for row, hypothesis in sheet.rows)
    assert all(problem.row >= 0 and problem.column and problem.message for problem in sheet.problems)


# Writing --------------------------------------------------------------------------------------------


def seen(text: str) -> str:
    """The text, or nothing if all its characters are invisible."""
    return "" if is_blank(text) else text


def whole(text: str) -> bool:
    """Whether no letter of it was lost or garbled before: such a cell is told or put right."""
    return "\ufffd" not in text and "Ã" not in text and "â€" not in text


SOME_LINES = st.text(max_size=60).map(clean_line).map(seen).filter(whole) | st.sampled_from(
    ["=1+1", "'=1", "''@x", "-", "-3.5", "a;b,c", '"']
)
SOME_NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9).map(
    plain_number
)
SOME_DAYS = st.dates(date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)).map(str)
CODES = {
    "concept": st.sampled_from(("", *CONCEPTS)),
    "kind": st.sampled_from(("", *KINDS_OF_IMPACT)),
    "direction": st.sampled_from(("", *DIRECTIONS)),
    "quality": st.sampled_from(("", *QUALITIES)),
}
CODES["indicator"] = st.sampled_from(("", *(one.id for version in versions() for one in version.indicators), "to-come"))
FIGURES = {"baseline": SOME_NUMBERS, "target": SOME_NUMBERS, "baseline_date": SOME_DAYS, "target_date": SOME_DAYS}
STATEMENTS = st.fixed_dictionaries(
    {
        "statement": st.text(max_size=60).map(clean).map(seen).filter(whole),
        **{name: CODES.get(name, SOME_LINES) for name in OF_HYPOTHESIS},
    }
)
METRICS = st.fixed_dictionaries(
    {"metric": SOME_LINES, **{name: FIGURES.get(name, CODES.get(name, SOME_LINES)) for name in OF_METRIC}}
)
LISTS = st.lists(
    st.tuples(STATEMENTS, st.lists(METRICS, min_size=1, max_size=3, unique_by=repr)),
    max_size=4,
    unique_by=lambda one: plain(one[0]["statement"]),
)


@examples(100)
@given(LISTS, st.sampled_from(["fr", "en"]))
def test_a_sheet_that_the_kit_wrote_is_read_again_with_the_metrics_of_each_hypothesis(
    drafted: list[tuple[dict[str, str], list[dict[str, str]]]], lang: str
) -> None:
    written = [
        [Hypothesis(**said, **metric) for metric in metrics if said["statement"] or metric["metric"]]
        for said, metrics in drafted
    ]
    cells = [[exported(field, value, lang) for field, value in vars(row).items()] for row in chain(*written)]
    sheet = read_hypotheses(write_csv(HEADINGS[lang].values(), cells, lang))
    assert sheet.problems == ()
    assert [row for _, row in sheet.rows] == list(chain(*written))
    # A metric of no hypothesis is one by itself.
    assert [len(group) for group in sheet.hypotheses] == list(
        chain(*([len(group)] if group[0].statement else [1] * len(group) for group in written if group))
    )


def exported(field: str, value: str, lang: str) -> str:
    """A value as `impactlib.export` writes it."""
    if field in NUMBERS and value:
        return formats.cell(Decimal(value), lang)
    if field == "indicator" and (found := newest_of(value)):
        return found.title[lang]
    return formats.day(date.fromisoformat(value), lang) if field in DATES and value else value


def cells(content: bytes, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator, strict=True))


@given(st.lists(st.text(max_size=20) | st.text("=+-@\t\r\n '\"a1,.", max_size=6), min_size=1))
def test_no_cell_that_was_written_is_computed(texts: list[str]) -> None:
    written = cells(write_csv(["Statement"], [[text] for text in texts], "en"), ",")
    assert len(written) == len(texts) + 1
    for text, (cell,) in zip(texts, written[1:], strict=True):
        assert cell in (text, "'" + text)
        is_number = re.fullmatch(r"[+-]?\d+([.,]\d+)?", cell)
        assert is_number or not re.match(r"\s*[=+\-@]|[\t\r]", cell)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        *(("=1+1", "'=1+1"), ("+33 1", "'+33 1"), ("@a", "'@a"), ("- oui", "'- oui"), (" =1", "' =1")),
        *(("\ta", "'\ta"), ("\ra", "'\ra"), ("-3.5", "-3.5"), ("-3,5", "-3,5"), ("+4", "+4"), ("-3+1", "'-3+1")),
        *(("'=1", "''=1"), ("'t", "'t"), ("a=b", "a=b"), ("", "")),
    ],
)
def test_an_apostrophe_protects_a_cell_unless_it_is_a_number(cell: str, written: str) -> None:
    assert cells(write_csv(["A"], [[cell]]), ";") == [["A"], [written]]


@pytest.mark.parametrize(("lang", "separator"), [("fr", ";"), ("en", ",")])
def test_a_file_is_one_that_the_languages_spreadsheet_opens(lang: str, separator: str) -> None:
    content = write_csv(["Énoncé", "Cible"], [["« L’urgence »; a, b", "3,5"]], lang)
    text = f'"Énoncé"{separator}"Cible"\r\n"« L’urgence »; a, b"{separator}"3,5"\r\n'
    assert content == codecs.BOM_UTF8 + text.encode()
