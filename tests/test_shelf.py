"""The shelf: what is read at each need, what a team adds, and every fault of its file in a sentence."""

from __future__ import annotations

import json
import socket
from datetime import date
from pathlib import Path

import pytest
from lxml import html

from impactlib.cli import main
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.check import FINDINGS
from impactlib.domain.learning import PACE, traps
from impactlib.domain.refusal import Refusal
from impactlib.domain.shelf import KINDS, LARGEST, kits, read, well_formed
from impactlib.views.glossary import terms
from impactlib.views.render import say
from tests.serving import Browser, Served, served

OWN = """
checked = 2026-11-02

[need.board]
fr = "Je présente mes chiffres"
findings = ["vanity"]

[[item]]
kind = "training"
title = "Mesurer à plusieurs"
helps = { fr = "Une petite équipe", en = "A small team" }
minutes = 75
needs = ["board", "grows"]
address = "https://intranet.example.org/mesurer?a=1&b=2#ici"
"""
GOOD = (
    *("https://example.org", "http://exemple.fr:8080/a/b?c=d#e", "https://élan.example/é"),
    *("understand", "understand#trap-points", "replay/", "glossary#impact", "glossary#north_star"),
)
BAD = (
    *("example.org", "//example.org/a", "javascript:alert(1)", "data:text/html,a", "ftp://example.org", "https://"),
    *(
        "https://localhost/",
        "https://a b.fr",
        'https://a.fr/"onclick="',
        "https://moi:secret@a.fr",
        "https://a.fr:99999999/",
    ),
    *(
        "https://[",
        "nowhere",
        "understand/../room",
        "room/abc/client",
        "https://a.fr\\b",
        "https://.",
        "https://a.fr/\n",
    ),
)


def test_each_finding_of_a_check_points_to_something() -> None:
    shelf = kits()
    assert [finding.code for finding in FINDINGS if not shelf.for_finding(finding.code)] == []
    named = {code for need in shelf.needs for code in need.findings}
    assert named == {finding.code for finding in FINDINGS}
    assert [need.id for need in shelf.needs if not shelf.of(need.id)] == []
    vanity = shelf.for_finding("vanity")
    assert vanity and vanity.address == "understand#trap-vanity"


def test_the_kits_own_pages_and_their_places_are_there() -> None:
    for item in kits().items:
        assert item.kind in KINDS and item.checked and set(item.title) == set(item.helps) == set(LANGUAGES)
        _page, _, place = item.address.partition("#")
        assert not place or place.removeprefix("trap-") in traps("fr")
        assert not item.outside


@pytest.mark.parametrize("address", GOOD)
def test_an_address_of_the_web_or_of_a_page_of_the_kit_is_well_formed(address: str) -> None:
    assert well_formed(address)


@pytest.mark.parametrize("address", BAD)
def test_another_is_not(address: str) -> None:
    assert not well_formed(address)


def test_a_team_adds_its_own_which_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("an address was looked up"))
    shelf = read(OWN.encode(), "ours.toml")
    assert [item.own for item in shelf.of("grows")] == [True, False]
    found = shelf.for_finding("vanity")
    assert found and found.own and found.title == {"fr": "Mesurer à plusieurs", "en": "Mesurer à plusieurs"}
    assert len(shelf.items) == len(kits().items) + 1 and kits() == kits()
    assert shelf.old(date(2027, 11, 1)) == kits().items and len(shelf.old(date(2027, 12, 1))) == len(shelf.items)
    assert read(b"", "empty.toml").items == kits().items


ITEM = "[[item]]\nkind = 'book'\ntitle = 'A'\nhelps = 'B'\nneeds = ['grows']\n"
FAULTS = {
    "not TOML": b"a = ",
    "not UTF-8": b"a = '\xe9'",
    "too large": b"#" * (LARGEST + 1),
    "no table of needs": b"need = 3",
    "a need of text": b"need.a = 'b'",
    "a need without words": b"[need.a]\nfindings = []",
    "a need's name": "[need.É]\nfr = 'a'".encode(),
    "an item alone": b"[item]\nkind = 'book'",
    "an item of text": b"item = ['a']",
    "too many": ITEM.encode() * 501,
    "an unknown kind": ITEM.replace("book", "livre").encode(),
    "a kind of no text": ITEM.replace("'book'", "3").encode(),
    "no title": ITEM.replace("title", "titre").encode(),
    "an empty title": ITEM.replace("'A'", "' '").encode(),
    "a title of another language": ITEM.replace("'A'", "{ de = 'A' }").encode(),
    "a long title": ITEM.replace("'A'", f"'{'A' * 301}'").encode(),
    "no need": ITEM.replace("['grows']", "[]").encode(),
    "an unknown need": ITEM.replace("grows", "growing").encode(),
    "needs of text": ITEM.replace("['grows']", "'grows'").encode(),
    "an address": f"{ITEM}address = 'javascript:alert(1)'".encode(),
    "a length": f"{ITEM}minutes = -1".encode(),
    "a length of text": f"{ITEM}minutes = '5 min'".encode(),
    "a day of text": f"{ITEM}checked = '2026-01-01'".encode(),
    "a moment": f"{ITEM}checked = 2026-01-01T10:00:00".encode(),
}


@pytest.mark.parametrize("content", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_said_with_its_place(content: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read(content, "ours.toml")
    for lang in LANGUAGES:
        said = say(caught.value, lang)
        assert said.startswith("ours.toml") and 25 < len(said) < 400 and "%(" not in said


def test_a_check_ends_with_what_to_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, own = tmp_path / "h.csv", tmp_path / "ours.toml"
    table.write_text(
        "Hypothèse;Mesure\nLes familles gagnent du temps;Nombre total d’inscrits cumulés\n", encoding="utf-8"
    )
    own.write_text(OWN, encoding="utf-8")
    data = ["--data", str(tmp_path / "data")]
    assert main(["check", str(table), "--json", *data]) == 1
    found = {one["code"]: one["see"] for one in json.loads(capsys.readouterr().out)}
    assert found["vanity"] == "Le piège du compteur qui monte toujours (2 min) (/understand#trap-vanity)"
    assert main(["check", str(table), "--shelf", str(own), *data]) == 1
    said = capsys.readouterr().out
    assert "À lire" in said and said.count("Mesurer à plusieurs (75 min) <https://intranet") == 1
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "shelf.toml").write_text(OWN, encoding="utf-8")
    assert main(["check", str(table), *data]) == 1
    assert "Mesurer à plusieurs" in capsys.readouterr().out


def test_a_file_is_looked_at_from_a_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own, data = tmp_path / "ours.toml", ["--data", str(tmp_path)]
    own.write_text(OWN, encoding="utf-8")
    assert main(["shelf", str(own), "--json", "--lang", "en", *data]) in (0, 1)
    added = json.loads(capsys.readouterr().out)[-1]
    assert (added["own"], added["helps"], added["checked"]) == (True, "A small team", "2026-11-02")
    assert main(["shelf", *data]) in (0, 1)
    assert "Ma mesure ne fait que monter" in capsys.readouterr().out
    own.write_text(OWN.replace("checked = 2026-11-02", "checked = 2020-01-01"), encoding="utf-8")
    assert main(["shelf", str(own), *data]) == 1
    assert "01/01/2020" in capsys.readouterr().out
    own.write_text("[[item]]", encoding="utf-8")
    assert main(["shelf", str(own), *data]) == main(["serve", "--shelf", str(own), *data]) == 2
    assert capsys.readouterr().err.count("ours.toml") == 2
    assert main(["shelf", str(tmp_path / "absent.toml"), *data]) == 2


@served
async def test_the_page_is_for_everybody_and_shows_what_was_added(house: Served) -> None:
    somebody = Browser(house, "/")
    page = (await somebody.get("shelf")).body.decode()
    assert page.count("<section") == len(kits().needs) and "https://" not in page
    own = house.state.shelf
    assert own is not None
    own.write_text(OWN.replace("Mesurer", "<b>Mesurer</b>"), encoding="utf-8")
    page = (await somebody.get("shelf")).body.decode()
    [link, *_] = html.fromstring(page).xpath("//section[@id='grows']//a")
    assert link.text_content() == "<b>Mesurer</b> à plusieurs" and link.get("rel") == "noopener noreferrer external"
    assert link.get("href") == "https://intranet.example.org/mesurer?a=1&b=2#ici" and "1\u00a0h\u00a015" in page
    own.write_text("[[item]]", encoding="utf-8")
    page = (await somebody.get("shelf")).body.decode()
    assert "ne peut pas être lu" in page and "Ma mesure ne fait que monter" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_of_impact_take_the_minutes_that_the_shelf_says(lang: str) -> None:
    words = sum(len(f"{term.name} {term.says}".split()) for term in terms(lang))
    item = next(item for item in kits().items if item.address == "glossary")
    assert item.minutes - 1 < words / PACE <= item.minutes
