"""The pages that other teams publish: out of a registry, with what coaches say, as pages without a script."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml.html import document_fromstring

from impactlib.cli import main
from impactlib.domain.examples import LONGEST, examples, said
from impactlib.domain.refusal import SheetError
from impactlib.export.examples import html
from tests.test_registry import INVENTED, product, registry
from tests.test_text import PAYLOADS

LOOK = '[colis-solidaire]\nthemes = ["solidarité"]\nlook = "Chaque chiffre a sa formule."\n'


def test_products_stand_by_phase_and_those_that_a_coach_tells_of_come_first() -> None:
    found = examples(
        registry(
            product("quai", "acceleration 2025-01-01", stats_url="https://quai.example/stats"),
            product("abri", "acceleration 2025-01-01", impact_url="https://abri.example/matrice"),
            product("bac", "construction 2025-01-01", budget_url="https://bac.example/budget"),
            product("muet", "construction 2025-01-01", stats=True),
        ),
        said(b'[quai]\nlook = "Clair."\n[zut]\nlook = "?"'),
    )
    assert [(phase, [one.product.id for one in group]) for phase, group in found.phases] == [
        ("construction", ["bac"]),
        ("acceleration", ["quai", "abri"]),
    ]
    assert (len(found), found.unknown) == (3, ["zut"])
    assert [(one.id, phase) for one, phase in found.unaddressed] == [("muet", "construction")]


def test_whoever_says_that_it_publishes_and_gives_no_address_is_counted_and_named() -> None:
    whole = registry(
        product("muet", "construction 2025-01-01", name="<b>Muet</b>", stats=True),
        product("demi", "acceleration 2025-01-01", stats=True, impact_url="https://demi.example/matrice"),
        product("dit", "acceleration 2025-01-01", stats=True, stats_url="https://dit.example/stats"),
        product("rien", "acceleration 2025-01-01"),
        {"id": 7},
    )
    pages = {lang: document_fromstring(html(whole, examples(whole, {}), lang)) for lang in ("fr", "en")}
    told = {lang: page.xpath("//section[@aria-labelledby='unaddressed']//li") for lang, page in pages.items()}
    assert [one.text_content().strip() for one in told["fr"]] == ["<b>Muet</b> (construction)", "demi (accélération)"]
    assert "2 products say that they publish statistics, and give no address." in pages["en"].text_content()
    assert "2 produits disent publier des statistiques, sans en donner l’adresse." in pages["fr"].text_content()
    assert "5 (" in pages["en"].xpath("//section[@aria-labelledby='left-out']")[0].text_content()


@pytest.mark.parametrize(
    ("said_of_it", "words"),
    [
        ({"stats_url": "https://quai.example/", "link": "https://quai.example"}, "is that of its home page"),
        ({"stats_url": "https://registre.example/startups/quai"}, "leads back to the registry"),
        ({"stats_url": "https://quai.example/stats"}, ""),
    ],
)
def test_an_address_of_statistics_that_leads_elsewhere_says_so_on_its_card(
    said_of_it: dict[str, str], words: str
) -> None:
    whole = registry(product("quai", "acceleration 2025-01-01", **said_of_it))
    [card] = document_fromstring(html(whole, examples(whole, {}), "en")).xpath("//main//li")
    told = [one.text_content() for one in card.xpath("p[@class='soft']")][1:]
    assert (words in told[0]) if words else told == []


@pytest.mark.parametrize(
    "address",
    ["bientôt", "javascript:alert(1)", "https://", "https://a.example/<b>", "data:text/html,x", "//a.example"],
)
def test_an_address_that_is_none_is_told_and_linked_nowhere(address: str) -> None:
    whole = registry(product("quai", "acceleration 2025-01-01", stats_url=address))
    found = examples(whole, {})
    assert not len(found) and [(one.id, text) for one, text in found.silent] == [("quai", address)]
    page = document_fromstring(html(whole, found, "fr"))
    assert page.xpath("//main//a") == [] and page.get_element_by_id("silent") is not None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff", "no TOML"),
        (b"look = ", "no TOML"),
        (b'[quai]\nlok = "x"', "lok"),
        (b"quai = 3", "quai"),
        (b'[quai]\nthemes = "a"', "array"),
        (f'[quai]\nlook = "{"x" * (LONGEST + 1)}"'.encode(), "longer"),
    ],
)
def test_what_coaches_say_is_read_whole_or_refused_by_its_place(content: bytes, why: str) -> None:
    with pytest.raises(SheetError, match=why):
        said(content)


@pytest.mark.parametrize(
    ("look", "credited"),
    [
        (b"", False),
        (b'[autre]\nlook = "Clair."', False),
        (b'[quai]\nthemes = ["eau"]', False),
        (b'[quai]\nlook = "Clair."', True),
    ],
)
def test_coaches_are_credited_only_where_their_words_are_shown(look: bytes, credited: bool) -> None:
    whole = registry(product("quai", "acceleration 2025-01-01", stats_url="https://quai.example/stats"))
    pages = {lang: html(whole, examples(whole, said(look)), lang) for lang in ("fr", "en")}
    assert ("a été écrit par des coachs." in pages["fr"]) == ("was written by coaches." in pages["en"]) == credited


def test_words_of_a_registry_and_of_a_coach_are_only_words() -> None:
    rows = [
        product(f"p{n}", "acceleration 2025-01-01", name=text, stats_url="https://a.example")
        for n, text in enumerate(PAYLOADS)
    ]
    look = {"p0": said(json.dumps(PAYLOADS[1]).join(["[p0]\nlook = ", ""]).encode())["p0"]}
    page = document_fromstring(html(registry(*rows), examples(registry(*rows), look), "en"))
    assert {one.get("href").split("#")[0] for one in page.xpath("//main//a")} == {"", "https://a.example"}
    assert not page.xpath("//script | //iframe | //img | //*[@onerror or @onload]")


def test_the_command_writes_a_page_in_each_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "registry.json").write_bytes(INVENTED)
    (tmp_path / "look.toml").write_text(LOOK)
    command = ["gallery", str(tmp_path / "registry.json"), "--look", str(tmp_path / "look.toml")]
    assert main([*command, "--on", "2026-10-13", "-o", str(tmp_path / "site")]) == 0
    for name, title in (("index.html", "Ce que d’autres équipes publient"), ("en.html", "What other teams publish")):
        page = document_fromstring((tmp_path / "site" / name).read_text())
        assert page.findtext(".//h1") == title
        assert "Chaque chiffre a sa formule." in page.text_content() and "solidarité" in page.text_content()
        assert {one.get("rel") for one in page.xpath("//main//li//a")} == {"noreferrer"}
    (tmp_path / "look.toml").write_text(LOOK + "[personne]\n")
    capsys.readouterr()
    assert main([*command, "-o", str(tmp_path / "site")]) == 1
    told = capsys.readouterr().err
    assert "personne: no product" in told and "1 say that they publish statistics" in told and "Cantine Claire" in told
    (tmp_path / "registry.json").write_text("<!doctype html>")
    assert main([*command, "-o", str(tmp_path / "site")]) == 2
