"""The words of the scripts: each key that a script says has its words, in both languages, and no other is kept."""

from __future__ import annotations

import json
import re

import pytest

from impactlib.domain.agenda import LANGUAGES
from impactlib.paths import ASSETS, SCRIPTS, TEMPLATES
from impactlib.views.catalogue import Words, catalogue, words_element, words_of

SCRIPT_NAMES = sorted(path.stem for path in SCRIPTS.glob("*.js"))
_SAID = re.compile(r"\b(?:words|saved)\((.*?)[,)]|(?:^|[^\w.]): '([a-z]+\.[a-z_]+)'")
_KEY = re.compile(r"'([a-z]+\.[a-z_]+)'")
_ATTRIBUTES = re.compile(r"\bdata-w-[a-z]")
_PLURALS = {"one", "other"}


def facts(words: Words) -> list[set[str]]:
    return [set(re.findall(r"\{(\w+)\}", form)) for form in ([words] if isinstance(words, str) else words.values())]


def test_each_key_that_a_script_says_has_its_words_and_no_words_are_left_over() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in ASSETS.glob("*.js"))
    said = {key for arguments, _ in _SAID.findall(sources) for key in _KEY.findall(arguments)}
    assert len(said) > 50
    for lang in LANGUAGES:
        known = catalogue(lang).keys()
        assert said <= known
        assert known == set().union(*(words_of(lang, name) for name in SCRIPT_NAMES))


def test_both_languages_say_the_same_facts_and_count_alike() -> None:
    french, english = map(catalogue, ("fr", "en"))
    assert french.keys() == english.keys()
    for key, words in english.items():
        assert all(found == facts(words)[0] for found in [*facts(words), *facts(french[key])]), key
        assert type(words) is type(french[key])
        if not isinstance(words, str):
            assert words.keys() == set(french[key]) == _PLURALS
        assert "%(" not in str(french[key])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_carries_what_its_script_says_and_no_more(lang: str) -> None:
    room, join = words_of(lang, "room"), words_of(lang, "join")
    assert room.keys() > {"clock.soon", "ballot.undo", "saved.draft"} and "learn.yours" not in room
    assert join.keys() == {"join.anyway", "join.retry"}
    element = str(words_element(lang, "room"))
    assert json.loads(element.partition(">")[2].removesuffix("</script>")) == room
    assert element.count("<") == 2


def test_no_template_gives_words_to_a_script() -> None:
    written = {path.name for path in TEMPLATES.rglob("*.html") if _ATTRIBUTES.search(path.read_text(encoding="utf-8"))}
    assert written == set()
