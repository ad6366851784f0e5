"""French first, English whole: every sentence has both, and French is typeset as French."""

from __future__ import annotations

import ast
import io
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from impactlib.domain.cost import Undivided
from impactlib.domain.refusal import Refusal, SheetError
from impactlib.domain.text import Worded
from impactlib.paths import LOCALE, NOTEBOOKS, TEMPLATES
from impactlib.views.render import say

ROOT = Path(__file__).parent.parent
FRENCH = LOCALE / "fr" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)\w|%%")
NAMES = sorted(path.stem for path in (NOTEBOOKS / "fr").glob("*.ipynb"))

TYPOGRAPHY = {
    "a plain space before « : ; ! ? » »": re.compile(r"[ \t][:;!?»]"),
    "no space at all before « ; ! ? »": re.compile(r"[\w)»…][;!?](?!\w)"),
    "no space at all before a colon": re.compile(r"[^\W\d][:](?=\s|$)"),
    "another space than a narrow one before « ; ! ? »": re.compile(r"\u00a0[;!?]"),
    "a narrow space before a colon": re.compile(r"\u202f:"),
    "a plain space, or none, after «": re.compile(r"«(?!\u00a0)"),
    "no no-break space before »": re.compile(r"(?<!\u00a0)»"),
    "an ASCII apostrophe": re.compile(r"'"),
    "straight quotation marks": re.compile(r'"'),
    "three dots for an ellipsis": re.compile(r"\.\.\."),
    "a point médian": re.compile(r"\w[·⋅‧•]\w"),
    "a plain space in thousands": re.compile(r"\d \d{3}\b"),
    "a plain space before a percent sign": re.compile(r"\d %"),
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    with (FRENCH / "impact.po").open("rb") as file:
        return read_po(file, locale="fr")


def extracted() -> set[Any]:
    """Every message of the code and of the templates, as `make messages` finds them."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    ours = re.findall(r"-k (\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(ours)}
    return {message for _, _, message, _, _ in extract_from_dir(ROOT, methods, options, keywords)}


def test_every_message_has_its_french_and_none_is_left_over_or_waits_for_a_check(catalog: Catalog) -> None:
    found = extracted()
    assert len(found) > 150
    missing = [message for message in found if message not in catalog or not _strings(catalog[message].string)]
    assert missing == []
    messages = {message if isinstance(message, str) else message[0] for message in found}
    known = {message.id if isinstance(message.id, str) else message.id[0]: message for message in catalog if message.id}
    assert known.keys() - messages == set()
    assert [id for id, message in known.items() if message.fuzzy] == []


def test_a_translation_has_the_same_placeholders(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            wanted = sorted(PLACEHOLDER.findall(message.id if isinstance(message.id, str) else message.id[1]))
            for string in _strings(message.string):
                assert sorted(PLACEHOLDER.findall(string)) == wanted, message.id


def test_the_compiled_catalog_is_the_written_one(catalog: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    assert (FRENCH / "impact.mo").read_bytes() == compiled.getvalue()


# Typography -----------------------------------------------------------------------------------------


def _strings(string: Any) -> list[str]:
    return [one for one in ([string] if isinstance(string, str) else string) if one]


def _french_of(value: Any, french: bool = False) -> Iterator[str]:
    """The French texts of a TOML file: what stands under a key `fr`."""
    if isinstance(value, str) and french:
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _french_of(inner, french)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _french_of(inner, french or key == "fr")


@pytest.fixture(scope="module")
def french_texts(catalog: Catalog) -> list[tuple[str, str]]:
    """Every French sentence of the kit, with where it stands."""
    return list(_french_texts(catalog))


def _french_texts(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for message in catalog:
        if message.id:
            yield from (("impact.po", string) for string in _strings(message.string))
    for name in NAMES:
        for cell in _cells("fr", name):
            if cell["cell_type"] == "markdown":
                yield f"fr/{name}.ipynb", "".join(cell["source"])
    for path in sorted(TEMPLATES.rglob("*.toml")):
        yield from ((path.name, text) for text in _french_of(tomllib.loads(path.read_text(encoding="utf-8"))))


def test_french_is_found_where_it_is_written(french_texts: list[tuple[str, str]]) -> None:
    places = {place for place, _ in french_texts}
    assert {"impact.po", "fr/workshop.ipynb", "fr/home.ipynb", "atelier-impact.toml", "questions.toml"} <= places


@pytest.mark.parametrize("fault", TYPOGRAPHY)
def test_french_is_typeset_without(fault: str, french_texts: list[tuple[str, str]]) -> None:
    pattern = TYPOGRAPHY[fault]
    plain = ((place, re.sub(r"https?://\S*", "", PLACEHOLDER.sub("x", text))) for place, text in french_texts)
    assert [f"{place}: {text}" for place, text in plain if pattern.search(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        *("Qui ?", "Qui?", "Ici:", "Oui\u00a0!", "Ici\u202f: non", "« oui\u00a0»", "«\u00a0oui »"),
        *("l'heure", 'le "mot"', "et...", "consultant·es", "20 000", "50 %"),
    ],
)
def test_a_fault_of_typography_is_seen(text: str) -> None:
    assert any(pattern.search(text) for pattern in TYPOGRAPHY.values())


# Notebooks ------------------------------------------------------------------------------------------


def _notebook(lang: str, name: str) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads((NOTEBOOKS / lang / f"{name}.ipynb").read_text(encoding="utf-8"))
    return notebook


def _cells(lang: str, name: str) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = _notebook(lang, name)["cells"]
    return cells


def test_each_notebook_is_in_both_languages() -> None:
    assert sorted(path.stem for path in (NOTEBOOKS / "en").glob("*.ipynb")) == NAMES
    assert {"home", "prepare", "script", "workshop"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_cells_but_for_the_prose(name: str) -> None:
    def bones(lang: str) -> list[Any]:
        return [
            (
                cell["cell_type"],
                cell["id"],
                cell["metadata"],
                cell["source"] if cell["cell_type"] == "code" else "prose",
            )
            for cell in _cells(lang, name)
        ]

    assert bones("fr") == bones("en")
    assert _notebook("fr", name)["metadata"] == _notebook("en", name)["metadata"]


@pytest.mark.parametrize("name", NAMES)
def test_the_prose_of_each_language_is_its_own(name: str) -> None:
    for french, english in zip(_cells("fr", name), _cells("en", name), strict=True):
        if french["cell_type"] == "markdown":
            assert "".join(french["source"]).strip() and "".join(english["source"]).strip()
            assert french["source"] != english["source"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_notebook_keeps_no_output_unless_it_says_so_and_its_cells_are_thin(lang: str, name: str) -> None:
    keeps = _notebook(lang, name)["metadata"].get("keep_output", False)
    assert keeps == (name in ("analyse", "comprendre", "etat-des-lieux"))
    for cell in _cells(lang, name):
        if cell["cell_type"] != "code":
            continue
        assert cell["execution_count"] is None and bool(cell["outputs"]) == keeps
        # Of a widget, what is read without a kernel.
        assert all(set(output["data"]) == {"text/html", "text/plain"} for output in cell["outputs"])
        source = "".join(cell["source"])
        assert len(source.splitlines()) <= 4
        for statement in ast.parse(source).body:
            assert isinstance(statement, ast.Import | ast.ImportFrom | ast.Assign | ast.Expr), source


# Errors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Refusal, SheetError, Undivided])
def test_an_error_is_said_in_a_language_with_its_facts(kind: type[Worded]) -> None:
    message = "Line %(line)s cannot be read: a quotation mark is not closed, or stands in the middle of a cell."
    assert str(kind(message, line=4)).startswith("Line 4 cannot be read")
    assert say(kind(message, line=4), "fr").startswith("La ligne 4 ne peut pas être lue")
    assert say(kind("There is no such role."), "fr") == "Ce rôle n’existe pas."
