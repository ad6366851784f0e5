"""The registry of products: which publish what, counted by rules that the page tells; and the teams beside it."""

from __future__ import annotations

import io
import json
import zipfile
from codecs import BOM_UTF8
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from impactlib.cli import main
from impactlib.domain import session_file
from impactlib.domain.examples import examples, said as told_by_coaches
from impactlib.domain.portfolio import teams
from impactlib.domain.refusal import Refusal, SheetError
from impactlib.domain.registry import LARGEST, Count, Registry, active, counted, groups, past, read, together
from impactlib.export.portfolio import disagree, past_said, pictured, site
from impactlib.paths import TEMPLATES
from impactlib.storage.registries import named
from impactlib.storage.session_store import import_session, list_sessions, open_store
from impactlib.widgets import portfolio
from impactlib.widgets.opening import NotOpened

INVENTED = (TEMPLATES / "registries" / "invented.json").read_bytes()
TODAY = date(2026, 10, 13)
WHEN = datetime(2026, 10, 13, tzinfo=UTC)


def product(id: str = "quai-calme", *phases: str, incubator: str = "nord", **said: Any) -> dict[str, Any]:
    """A record whose phases are each written "name day"."""
    begun = [dict(zip(("name", "start"), phase.split(), strict=True)) for phase in phases]
    return {
        "id": id,
        "attributes": {"name": id, "phases": begun, **said},
        "relationships": {"incubator": {"data": {"type": "incubator", "id": incubator}}},
    }


def registry(*records: Any, on: date = TODAY, **said: Any) -> Registry:
    return read(json.dumps({"version": "2.7", "data": records, **said}).encode(), on)


@pytest.mark.parametrize(
    ("record", "phase", "doubts"),
    [
        (product("a", "construction 2024-01-01", "acceleration 2025-01-01"), "acceleration", []),
        (product("a", "acceleration 2025-01-01", "construction 2024-01-01"), "acceleration", []),
        (product("a", "acceleration 2025-01-01", "consolidation 2025-01-01"), "acceleration", ["ties"]),
        (product("a", "construction 2024-01-01", "acceleration 2027-01-01"), "construction", ["future"]),
        (product("a", "investigation 2027-01-01"), "", ["future", "no phase"]),
        (product("a", status="death"), "death", []),
        (product("a"), "", ["no phase"]),
        (product("a", "pause 2025-01-01"), "pause", ["unknown phase"]),
        (product("a", "construction 2024-01-01", stats=True), "construction", ["no address"]),
        (product("a", "construction 2024-01-01", stats_url="https://a.example/x"), "construction", ["no flag"]),
        (
            product("a", "construction 2024-01-01", stats=True, stats_url="https://a.example"),
            "construction",
            ["home page"],
        ),
        (
            product(
                "a", "construction 2024-01-01", stats=True, stats_url="https://a.example/x/", link="https://a.example/x"
            ),
            "construction",
            ["home page"],
        ),
        (
            product("a", "construction 2024-01-01", stats=True, stats_url="https://r.example/startups/a"),
            "construction",
            ["record"],
        ),
    ],
)
def test_a_phase_is_the_latest_that_has_begun_and_what_can_be_read_twice_is_told(
    record: dict[str, Any], phase: str, doubts: list[str]
) -> None:
    [one] = registry(record).products
    assert (one.phase(TODAY), list(one.doubts(TODAY))) == (phase, doubts)


NO_ADDRESSES = ("javascript:alert(1)", 'https://a"onmouseover=alert(1)', "mailto:w@x.example", "bientôt", "http://[::1")


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_is_published_nowhere_in_the_portfolio_as_in_the_gallery(text: str) -> None:
    given = {"stats_url": text, "impact_url": text, "budget_url": text}
    whole = registry(
        product("dit", "acceleration 2025-01-01", **given),
        product("su", "acceleration 2025-01-01", stats=True, **given),
    )
    told = counted(whole.products)
    assert (told.products, told.stats, told.matrix, told.both, told.budget) == (2, 1, 0, 0, 0)
    assert {doubt: [one.id for one in found] for doubt, found in whole.doubts.items()} == {
        "no address": ["su"],
        "not an address": ["dit", "su"],
    }
    found = examples(whole, {})
    assert len(found) == 0 and {address for _, address in found.silent} == {text}
    assert [one.id for one, _ in found.unaddressed] == ["su"]
    pages = site([whole], [], TODAY)
    assert "ce qui tient lieu d’adresse n’en est pas une" in pages["index.html"].decode()


def test_a_phase_that_has_ended_without_another_still_counts_and_is_told() -> None:
    record = product("a")
    record["attributes"]["phases"] = [{"name": "construction", "start": "2024-01-01", "end": "2025-01-01"}]
    [one] = registry(record).products
    assert (one.phase(TODAY), list(one.doubts(TODAY))) == ("construction", ["ended"])


def test_products_are_counted_by_phase_incubator_and_year() -> None:
    read_in = read(INVENTED, TODAY)
    assert counted(read_in.products).products == 10
    assert [(one.group, one.products, one.stats, one.matrix, one.both) for one in groups(read_in, "phase")] == [
        ("construction", 3, 1, 0, 0),
        ("acceleration", 3, 3, 2, 2),
        ("consolidation", 1, 1, 1, 1),
        ("transfere", 1, 1, 0, 0),
        ("abandon", 1, 1, 0, 0),
        ("abandon-investigation", 1, 0, 0, 0),
    ]
    assert [(one.group, one.products) for one in groups(read_in, "incubator")][:2] == [("nord", 3), ("sud", 3)]
    assert [one.group for one in groups(read_in, "year")] == sorted({one.year for one in read_in.products})
    assert counted(active(read_in)).products == 8
    assert {doubt: len(found) for doubt, found in read_in.doubts.items()} == {
        "ties": 1,
        "future": 1,
        "no address": 1,
        "no flag": 2,
        "home page": 1,
        "record": 1,
    }


def test_a_past_state_is_that_of_its_copy_beside_what_todays_phases_say_of_that_day() -> None:
    then = registry(
        product("gone", "acceleration 2019-01-01", stats=True),
        product("kept", "acceleration 2019-01-01"),
        source="a copy of 2020-06-15",
    )
    now = registry(product("kept", "construction 2019-01-01", "acceleration 2021-01-01", stats=True))
    (first, was, back), (last, today, nothing) = together([now, then])
    assert (first, was.products, was.stats) == (date(2020, 6, 15), 2, 1)
    assert back is not None and (back.products, back.stats) == (0, 0)
    assert (last, today.products, nothing) == (TODAY, 1, None)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<!doctype html><title>Sign in</title>", "not a registry"),
        (b"", "not a registry"),
        (b"\xff\xfe", "not a registry"),
        (b"[" * 100_000, "not a registry"),
        (b"[]", "not a registry"),
        (b'{"data": {}}', "not a registry"),
        (b'{"version": "3.0", "data": []}', "version 3.0"),
        (b" " * (LARGEST + 1), "20 MB"),
    ],
    ids=["HTML", "empty", "no text", "deep", "list", "no records", "another version", "too large"],
)
def test_what_is_no_registry_is_refused_in_words(content: bytes, why: str) -> None:
    with pytest.raises(SheetError, match=why):
        read(content, TODAY)


def test_a_registry_and_words_of_coaches_saved_with_a_mark_of_their_encoding_are_read() -> None:
    assert read(BOM_UTF8 + INVENTED, TODAY) == read(INVENTED, TODAY)
    assert list(told_by_coaches(BOM_UTF8 + b'[quai]\nlook = "Clair."')) == ["quai"]
    with pytest.raises(SheetError, match="web page"):
        read(BOM_UTF8 + b"<!doctype html><html></html>", TODAY)


def test_a_record_that_cannot_be_read_is_left_out_and_told_and_the_others_stay() -> None:
    odd = product("odd")
    odd["attributes"]["phases"] = [
        {"name": "construction", "start": "soon"},
        {"name": "acceleration", "start": "2025-01-01"},
    ]
    found = registry(product("a", "construction 2024-01-01"), {"id": 7}, 12, product("a"), odd, {"id": "b"})
    assert [one.id for one in found.products] == ["a", "odd"]
    assert [one.product for one in found.problems] == ["2", "3", "a", "odd", "b"]
    assert found.products[1].phase(TODAY) == "acceleration"


# At an address ----------------------------------------------------------------------------------------


def test_a_registry_and_its_past_copies_are_read_at_addresses_that_the_operator_allows(
    tool: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMPACT_PULL_HOSTS", raising=False)
    now, then = f"http://{tool}/registry/now.json", f"http://{tool}/undated/registry-2020-06-15.json?key=secret"
    assert main(["portfolio", now, then, "--json"]) == 2
    said = capsys.readouterr()
    assert f"{now}: {tool} is not a host that may be asked" in said.err and not said.out
    assert main(["portfolio", now, then, "--allow", tool, "--json"]) == 0
    told = [(one["on"], one["all"]["products"]) for one in json.loads(capsys.readouterr().out)["registries"]]
    assert told == [("2020-06-15", 0), ("2026-10-13", 10)]
    monkeypatch.setenv("IMPACT_PULL_HOSTS", tool)
    assert main(["gallery", now, "-o", str(tmp_path / "site")]) == 0
    assert "Colis Solidaire" in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert main(["gallery", then.replace("undated", "login"), "-o", str(tmp_path / "site")]) == 2
    said = capsys.readouterr()
    assert "/login/registry-2020-06-15.json: This is not a registry but a web page" in said.err
    assert "secret" not in said.err


@pytest.mark.parametrize(
    ("mood", "why"),
    [
        ("login", "web page: a page to log in, perhaps"),
        ("good", "This is not a registry"),
        ("large", "larger than 20 MB"),
        ("moved", "This is not a registry"),
        ("loop", "without end"),
        ("away", "another host, ailleurs.exemple.fr"),
        ("broken", "another host, …"),
        ("missing", "answers 404 instead of the file"),
        ("short", "does not answer"),
    ],
)
@pytest.mark.parametrize("command", [["portfolio"], ["gallery", "-o", "never"]], ids=["portfolio", "gallery"])
def test_an_address_that_gives_no_registry_is_told_and_nothing_is_written(
    tool: str,
    command: list[str],
    mood: str,
    why: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*command, f"http://{tool}/{mood}", "--allow", tool]) == 2
    said = capsys.readouterr()
    assert f"http://{tool}/{mood}: " in said.err and why in said.err
    assert said.out == "" and list(tmp_path.iterdir()) == []


def test_a_registry_may_weigh_more_than_an_export_and_a_file_is_not_read_beyond_that(
    tool: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["portfolio", f"http://{tool}/wide", "--allow", tool]) == 0
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(50_000_000)
    assert main(["portfolio", str(large)]) == 2
    assert f"{large}: This file is larger than 20 MB" in capsys.readouterr().err
    assert named("http://[::1/registry-2020-06-15.json", b'{"data": []}', TODAY).on == TODAY
    assert main(["portfolio", "file:///etc/hosts", "--allow", "localhost"]) == 2
    said = capsys.readouterr().err
    assert "file:///etc/hosts: Only addresses that begin with https://" in said and "--allow" not in said


def test_a_copy_that_names_no_day_is_of_the_day_in_its_name_and_two_of_a_day_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = json.dumps({"version": "2.7", "data": [product("a", "acceleration 2019-01-01")]})
    for name in ("copie-2020-06-15.json", "copie-2020-99-15.json", "b.json"):
        (tmp_path / name).write_text(bare)
    sources = [str(path) for path in sorted(tmp_path.iterdir())]
    assert main(["portfolio", *sources, "--on", "2026-11-01", "--json"]) == 0
    said = capsys.readouterr()
    assert [one["on"] for one in json.loads(said.out)["registries"]] == ["2020-06-15", "2026-11-01", "2026-11-01"]
    assert "two registries are of 2026-11-01" in said.err


# The teams that were here ----------------------------------------------------------------------------


def test_the_teams_stand_with_what_they_keep_follow_and_owe(tmp_path: Path) -> None:
    for name in ("tidy", "messy"):
        store, _ = import_session(tmp_path, session_file.read((TEMPLATES / "sessions" / f"{name}.ipynb").read_bytes()))
        store.journal.close()
    sessions = []
    for name in list_sessions(tmp_path):
        store = open_store(tmp_path, name)
        with closing(store.journal):
            sessions.append(store.session)
    found = {team.name: team for team in teams(sessions, date(2027, 6, 1))}
    tidy = found["Répit Voisin"]
    assert len(found) == 2 and (tidy.kept, tidy.decided, tidy.level) == (3, 0, "none")
    assert tidy.followed >= 1 and tidy.late > 0 and tidy.newest == date(2026, 10, 13)
    assert tidy.days_old(date(2026, 10, 23)) == 10
    early = {team.name: team for team in teams(sessions, date(2026, 10, 14))}["Répit Voisin"]
    assert early.late < tidy.late and early.coming > 0


# The page, the workbook, the command -----------------------------------------------------------------


def test_the_page_tells_counts_rules_and_the_quotation_and_escapes_what_records_say() -> None:
    hostile = product("x", "construction 2024-01-01", name="<script>alert(1)</script>", incubator="<b>")
    files = site([registry(hostile, {"id": 7})], [], TODAY)
    page = files["index.html"].decode()
    assert "1 produit dans le registre du 13/10/2026" in page and "C’est une citation, pas une donnée" in page
    assert "<script" not in page and "<b>" not in page and "sa fiche est illisible" in page
    assert "1 product in the registry" in files["en.html"].decode()
    assert {"portfolio.xlsx", "phase.png", "incubator.png", "year.png"} < files.keys()


def test_the_command_writes_page_workbook_and_pictures_and_counts_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import openpyxl

    source, data, out = tmp_path / "registry.json", tmp_path / "data", tmp_path / "out"
    source.write_bytes(INVENTED)
    data.mkdir()
    (data / "tidy.ipynb").write_bytes((TEMPLATES / "sessions" / "tidy.ipynb").read_bytes())
    (data / "broken.ipynb").write_text("{}")
    asked = ["portfolio", str(source), str(data), "--on", "2026-11-01"]
    assert main([*asked, "--json"]) == 1
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["registries"][0]["all"]["products"] == 10 and told["registries"][0]["on"] == "2026-10-13"
    assert [team["name"] for team in told["teams"]] == ["Répit Voisin"] and "broken.ipynb" in said.err
    assert [(one["on"], one["then"] is None) for one in told["past"]][:2] == [
        ("2019-06-01", True),
        ("2020-06-01", True),
    ]
    assert told["teams"][0]["days_old"] == 19
    assert main(asked) == 1
    assert "Répit Voisin: 3 kept, 1 with a figure, 0 proven, 0 verdicts" in capsys.readouterr().out
    assert main([*asked, "-o", str(out)]) == 1
    book = openpyxl.load_workbook(io.BytesIO((out / "portfolio.xlsx").read_bytes()))
    years = "Année de la première phase"
    assert book.sheetnames == ["Phase", "Incubateur", years, "Produits", "États passés", "Équipes"]
    assert [cell.value for cell in book["Phase"][3]] == ["accélération", 3, 3, 2, 2, 1]
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "Répit Voisin" in page and "Mesures gardées" in page and "Measures" not in page
    source.write_text("<html>")
    capsys.readouterr()
    assert main(["portfolio", str(source)]) == 2
    assert "not a registry" in capsys.readouterr().err


def test_the_quotation_of_2020_stands_beside_copies_of_those_months_or_says_that_there_is_none() -> None:
    then = registry(
        product("gone", "acceleration 2019-01-01", stats=True),
        product("kept", "acceleration 2019-01-01"),
        source="a copy of 2020-06-15",
    )
    now = registry(product("kept", "construction 2019-01-01", "acceleration 2021-01-01", stats=True))
    rows = [(one.when, one.quoted, one.then, one.back) for one in past_said([then, now], "en")]
    assert rows == [
        ("June 2019", "less than 20%", "no copy of that month", "–"),
        ("2020-06-15", "75%", "1/2 (50%)", "–"),
        ("2026-10-13", "–", "1/1 (100%)", "–"),
    ]
    assert disagree([then, now]) and not disagree([now])
    alone, both = (site(copies, [], TODAY)["en.html"].decode() for copies in ([now], [then, now]))
    assert "One registry alone cannot tell" in alone and "do not give what was quoted" not in alone
    assert "no copy of that month" in alone and "The copies of those days do not give what was quoted." in both


@pytest.mark.parametrize(
    ("accelerating", "publishing", "month", "agrees"),
    [(4, 3, "2020-06", True), (4, 2, "2020-06", False), (6, 1, "2019-06", True), (5, 1, "2019-06", False)],
)
def test_a_copy_agrees_with_what_was_quoted_of_its_month_or_does_not(
    accelerating: int, publishing: int, month: str, agrees: bool
) -> None:
    records = [product(f"p{n}", "acceleration 2019-01-01", stats=n < publishing) for n in range(accelerating)]
    [one] = [one for one in past([registry(*records, source=f"{month}-15")]) if one.then]
    assert one.agrees is agrees


def test_another_language_is_that_of_the_page_the_workbook_and_the_pictures(tmp_path: Path) -> None:
    import openpyxl

    (tmp_path / "registry.json").write_bytes(INVENTED)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tidy.ipynb").write_bytes((TEMPLATES / "sessions" / "tidy.ipynb").read_bytes())
    made = {}
    for lang in ("fr", "en"):
        out = tmp_path / lang
        asked = [str(tmp_path / "registry.json"), str(tmp_path / "data"), "--on", "2026-11-01", "--lang", lang]
        assert main(["portfolio", *asked, "-o", str(out)]) == 0
        made[lang] = {path.name: path.read_bytes() for path in out.iterdir()}
    assert made["en"].keys() - made["fr"].keys() == {"fr.html"}
    page = made["en"]["index.html"].decode()
    assert (
        '<html lang="en">' in page
        and 'href="fr.html"' in page
        and 'href="en.html"' in made["fr"]["index.html"].decode()
    )
    pictures = ("phase.png", "incubator.png", "year.png", "teams.png")
    assert all(made["en"][name] != made["fr"][name] for name in pictures)
    book = openpyxl.load_workbook(io.BytesIO(made["en"]["portfolio.xlsx"]))
    years = "Year of the first phase"
    assert book.sheetnames == ["Phase", "Incubator", years, "Products", "Past states", "Teams"]
    said = {str(cell.value) for page in book for row in page.iter_rows() for cell in row}
    known = {"handed over", "announced", "no matrix", "June 2020", "no copy of that month", "less than 20%"}
    assert known <= said and not {"accélération", "cédé", "annoncées"} & said


HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "javascript:alert(1)", "file:///etc/passwd")


def test_no_cell_of_the_workbook_is_a_formula_and_only_addresses_of_the_web_lead_anywhere() -> None:
    import openpyxl

    good = "https://quai.example/stats#matrice"
    records = [
        product(f"p{n}", "acceleration 2024-01-01", name=text, incubator=text, stats_url=text, impact_url=good)
        for n, text in enumerate((*HOSTILE, "https://quai.example/" + "x" * 2100))
    ]
    content = site([registry(*records, product("last", budget_url="http://a.example/b", stats=True))], [], TODAY)
    book = openpyxl.load_workbook(io.BytesIO(content["portfolio.xlsx"]))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    leads = {(cell.value, cell.hyperlink.target, cell.hyperlink.location) for cell in cells if cell.hyperlink}
    assert leads == {
        (good, "https://quai.example/stats", "matrice"),
        ("http://a.example/b", "http://a.example/b", None),
    }
    assert set(HOSTILE) <= {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(content["portfolio.xlsx"])) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]


def test_a_name_with_the_signs_of_a_formula_and_one_without_end_are_drawn() -> None:
    drawn = pictured(groups_of("$\\frac{$", "A$B$", "long " * 400), "fr", "svg")
    assert drawn.startswith(b"<?xml")


def groups_of(*incubators: str) -> tuple[Count, ...]:
    whole = registry(*(product(f"p{n}", incubator=name) for n, name in enumerate(incubators)))
    return tuple(groups(whole, "incubator"))


# In a notebook ---------------------------------------------------------------------------------------


def brought(upload: Any, **files: bytes) -> None:
    """Bring files as a browser does; a name is written with _ for what Python allows in none."""
    upload.value = tuple(
        {"name": name.replace("_", "-") + ".json", "type": "", "size": len(content), "content": content} | STAMP
        for name, content in files.items()
    )


STAMP = {"last_modified": WHEN}


def test_the_choices_of_the_notebook_redraw_its_counts_and_its_frame_agrees() -> None:
    products = portfolio.choose()
    assert products.frame().groupby("phase")["stats"].sum().to_dict() == {
        one.group: one.stats for one in groups(products.registry, "phase")
    }
    before = products.html
    [only] = [one for one in products.children[2].children if one.description == "Incubateur"]
    only.value = "nord"
    assert products.html != before and set(products.frame()["incubator"]) == {"nord"}


def test_a_file_that_is_no_registry_is_refused_there_and_loses_nothing() -> None:
    products = portfolio.choose()
    before = products.html
    upload, said = products.children[1].children[0], products.children[3]
    brought(upload, page=b"<html>")
    assert "page.json\u00a0: Ce n’est pas un registre" in said.value and products.html == before
    brought(upload, own=INVENTED)
    assert said.value == "" and products.html == before and len(products.registries) == 1
    brought(upload, **{"<b>": b"[]"})
    assert "&lt;b&gt;.json" in said.value and "<b>" not in said.value


def test_copies_are_added_each_of_its_day_and_any_of_them_can_be_looked_at() -> None:
    products = portfolio.choose()
    assert [one.on for one in products.registries] == [date(2025, 10, 13), date(2026, 10, 13)]
    then = json.dumps({"data": [product("a", "acceleration 2019-01-01", incubator="vent", stats=True)]}).encode()
    upload, copies, _ = products.children[1].children
    brought(upload, copie_2019_06_15=then, now=INVENTED)
    brought(upload, copie_2020_06_15=then)
    assert [one.on for one in products.registries] == [date(2019, 6, 15), date(2020, 6, 15), date(2026, 10, 13)]
    assert products.registry.on == date(2026, 10, 13) and "10 produits" in products.html
    [only] = [one for one in products.children[2].children if one.description == "Incubateur"]
    only.value = "nord"
    copies.value = 0
    assert "1 produit dans le registre du 15/06/2019" in products.html and only.value == ""
    assert list(products.frame()["incubator"]) == ["vent"]


def test_the_past_is_that_of_the_copies_that_are_chosen_beside_the_quotation() -> None:
    products = portfolio.choose()
    past = portfolio.past(products)
    assert "Ces produits sont inventés" in past.html and past.html.count("aucune copie de ce mois") == 2
    then = json.dumps({"data": [product("a", "acceleration 2019-01-01"), product("b", "acceleration 2019-01-01")]})
    brought(products.children[1].children[0], copie_2020_06_15=then.encode(), now=INVENTED)
    assert "Ces produits sont inventés" not in past.html and past.html.count("aucune copie de ce mois") == 1
    assert "0/2 (0\u00a0%)" in past.html and "ne donnent pas ce qui a été cité" in past.html
    frame = past.frame()
    assert frame["quoted"].tolist()[:2] == [20, 75] and frame["below"].tolist() == [True, False, False]
    assert frame["products"].tolist()[1:] == [2, 3] and frame["stats_out_of_the_newest"].notna().tolist()[1:] == [
        True,
        False,
    ]
    [copies] = past.children[1].children
    copies.value = (1,)
    assert past.html.count("aucune copie de ce mois") == 2 and "Un registre seul ne peut rien dire" in past.html
    copies.value = ()
    assert [one.on for one in past.chosen] == [date(2026, 10, 13)]


def test_the_teams_of_a_folder_are_counted_on_a_day_and_chosen(tmp_path: Path) -> None:
    (tmp_path / "tidy.ipynb").write_bytes((TEMPLATES / "sessions" / "tidy.ipynb").read_bytes())
    (tmp_path / "broken.ipynb").write_text("{}")
    shown = portfolio.teams(str(tmp_path), on="2027-06-01")
    [row] = shown.frame().to_dict("records")
    assert (row["name"], row["kept"], row["proven"], row["decided"], row["days_old"]) == ("Répit Voisin", 3, 0, 0, 231)
    assert row["late"] > 0 and "Répit Voisin" in shown.html and "broken.ipynb" in shown.children[3].value
    (_, on), (which, level) = (row.children for row in shown.children[1:3])
    on.value = date(2026, 10, 14)
    assert shown.frame()["late"].tolist()[0] < row["late"] and "Au 14/10/2026" in shown.html
    for choice, left in (("late", 0), ("coming", 1), ("unfollowed", 1), ("unproven", 1), ("all", 1)):
        which.value = choice
        assert len(shown.chosen) == left
    level.value = "ready"
    assert shown.chosen == [] and "<img" not in shown.html and "0 équipe" in shown.html
    on.value = None
    assert shown.on >= TODAY


def test_invented_teams_come_first_and_give_way_to_session_notebooks_that_are_brought() -> None:
    shown = portfolio.teams()
    assert [one.name for one in shown.chosen] == [
        "Cantine Claire",
        "Répit Voisin",
    ] and "Ces ateliers sont inventés" in shown.html
    which, _ = shown.children[2].children
    which.value = "late"
    assert [one.name for one in shown.chosen] == ["Répit Voisin"]
    which.value = "all"
    before, upload = shown.html, shown.children[1].children[0]
    brought(upload, page=b"<html>")
    assert "page.json\u00a0:" in shown.children[3].value and shown.html == before
    brought(upload, mine=(TEMPLATES / "sessions" / "messy.ipynb").read_bytes())
    assert [one.name for one in shown.chosen] == ["Cantine Claire"] and "inventés" not in shown.html
    brought(upload, other=(TEMPLATES / "sessions" / "tidy.ipynb").read_bytes())
    assert len(shown.chosen) == 2 and shown.children[3].value == ""
    with pytest.raises(NotOpened):
        portfolio.teams("nowhere.ipynb")


def test_a_notebook_names_files_and_addresses_that_it_allows(tool: str, tmp_path: Path) -> None:
    then = tmp_path / "registry-2020-06-15.json"
    then.write_text(json.dumps({"version": "2.7", "data": [product("a", "acceleration 2019-01-01")]}))
    address = f"http://{tool}/registry"
    with pytest.raises(Refusal, match="not a host that may be asked"):
        portfolio.choose(address, str(then))
    products = portfolio.choose(address, str(then), allow=[tool])
    assert [(one.on, len(one.products)) for one in products.registries] == [
        (date(2020, 6, 15), 1),
        (date(2026, 10, 13), 10),
    ]
    assert not products.invented
