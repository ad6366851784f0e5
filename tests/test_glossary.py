"""The words of impact: all there in both languages, tied to one another, and on a page that needs no key."""

from __future__ import annotations

import json
import re

import pytest
from lxml import html

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.paths import NOTEBOOKS, TEMPLATES
from impactlib.views.glossary import Term, terms, terms_at
from impactlib.views.panes import PANES
from impactlib.views.parts import Eye
from tests.serving import Browser, Served, served

FIELD = (
    "impact stratégique",
    "satisfaction",
    "impact écologique",
    "impact politique",
    "impact social",
    "indicateur",
    "mesure d’impact",
    "résultat",
    "impact",
    "hypothèse",
    "direct",
    "indirect",
    "proxy",
    "départ",
    "cible",
    "coefficient",
    "vanité",
    "Campbell",
    "points",
    "médiane",
    "cohorte",
    "AARRI",
    "North Star",
    "matrice",
    "/stats",
    "inventaire",
    "qualité",
    "facilité",
    "attendu",
    "prouvé",
    "pivoter",
    "comité",
    "bilan",
    "co-développement",
    "client",
    "consultant",
    "observateur",
    "facilitateur",
    "coach",
    "sponsor",
    "témoignage",
    "demande",
    "tableau de bord frugal",
    "tableau de prévisions",
    "état des lieux",
)
"""The terms of the field, as its pages write them."""


def test_each_term_of_the_field_has_an_entry() -> None:
    names = " | ".join(term.name for term in terms("fr"))
    assert [term for term in FIELD if term not in names] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_entry_says_something_of_its_own_and_names_terms_that_are_there(lang: str) -> None:
    found = terms(lang)
    ids = {term.id for term in found}
    assert len({term.name for term in found}) == len({term.says for term in found}) == len(found)
    for term in found:
        assert 30 < len(term.says) < 200 and term.says.endswith(".")
        assert {id for id, _ in term.see} <= ids - {term.id}


PANE = re.compile(r"widgets\.(?:in_steps\(live, \"(\w+)\"\)|(\w+)\(live\))")
SAID = {"pivot": r"pivot\w*"}
"""How a page says a term otherwise than by the first words of its name."""


def page(notebook: str, lang: str, role: Role) -> tuple[str, list[str]]:
    """What a page says by itself, its prose and the frames of its panes, and the terms that it explains in place."""
    said, explained = "", []
    for cell in json.loads((NOTEBOOKS / lang / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            said += source + "\n"
            continue
        for names in PANE.findall(source):
            frame = html.fragment_fromstring(str(PANES["".join(names)].frame(Eye(role, lang))), create_parent="div")
            for words in frame.find_class("terms"):
                explained += [term.text_content() for term in words.iter("dt")]
                words.drop_tree()
            said += frame.text_content() + "\n"
    return said.lower(), explained


def uses(said: str, term: Term) -> bool:
    named = SAID.get(term.id, re.escape(re.split(r" \(|, ", term.name.lower())[0]) + "s?")
    return re.search(rf"\b{named}\b", said) is not None


@pytest.mark.parametrize("notebook", ["workshop", "prepare", "follow"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_term_is_explained_once_on_each_page_that_uses_it(notebook: str, lang: str) -> None:
    for role in Role:
        said, explained = page(notebook, lang, role)
        assert len(explained) == len(set(explained)) > 3
        assert [term.name for term in terms(lang) if uses(said, term) and term.name not in explained] == []


def test_each_term_is_explained_in_a_pane_that_is_there() -> None:
    for lang in LANGUAGES:
        assert [term.id for term in terms(lang) if not term.at or set(term.at) - PANES.keys()] == []
        explained = {
            name for notebook in ("workshop", "prepare", "follow") for name in page(notebook, lang, Role.CLIENT)[1]
        }
        shown = {term.id for term in terms(lang) if term.name in explained}
        assert shown == {term.id for term in terms(lang)}
    assert [term.id for term in terms_at("aarri", "fr")] == ["aarri", "forecast_table"]


def test_each_page_leads_to_the_words() -> None:
    without = set()
    for path in sorted((TEMPLATES / "views").glob("*.html")):
        written = path.read_text(encoding="utf-8")
        foot = re.search(r"{% block (?:language|shortcuts) %}(.*?){% endblock %}", written, re.DOTALL)
        leads = not foot or "super()" in foot.group(1) or "{{ base }}glossary" in foot.group(1)
        if '{% extends "page.html" %}' in written and not leads:
            without.add(path.stem)
    # The first is these words; the second leads home, and the screen has nothing to press.
    assert without == {"glossary", "message", "screen_page"}
    assert "{{ base }}glossary" in (TEMPLATES / "views" / "page.html").read_text(encoding="utf-8")


@served
async def test_the_words_and_whom_it_is_for_are_there_without_a_key(house: Served) -> None:
    for lang in LANGUAGES:
        somebody = Browser(house, "/")
        somebody.cookies = {"impact-lang": lang}
        page = (await somebody.get("glossary")).body.decode()
        assert [term.id for term in terms(lang) if f'id="{term.id}"' not in page] == []
        page = (await somebody.get("for-you")).body.decode()
        assert page.count("<h2>") == 3 and "/glossary" in page
