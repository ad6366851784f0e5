"""The words of impact: all there in both languages, tied to one another, and on a page that needs no key."""

from __future__ import annotations

import pytest

from impactlib.domain.agenda import LANGUAGES
from impactlib.views.glossary import terms
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
    "demande",
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


@served
async def test_the_words_and_whom_it_is_for_are_there_without_a_key(house: Served) -> None:
    for lang in LANGUAGES:
        somebody = Browser(house, "/")
        somebody.cookies = {"impact-lang": lang}
        page = (await somebody.get("glossary")).body.decode()
        assert [term.id for term in terms(lang) if f'id="{term.id}"' not in page] == []
        page = (await somebody.get("for-you")).body.decode()
        assert page.count("<h2>") == 3 and "/glossary" in page
