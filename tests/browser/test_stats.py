"""The published page of statistics in a browser: readable by everybody, at every width, in both themes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from playwright.sync_api import Page

from impactlib.domain import national
from impactlib.domain.session_file import read as read_session
from impactlib.export import render
from impactlib.export.stats import of_session, site
from impactlib.rehearsal.stage import rehearse_year
from impactlib.storage.session_store import open_store
from impactlib.views.render import environment
from tests.browser.conftest import Person
from tests.browser.test_access import agree
from tests.test_stats import FILES, OWN, SCHEMA, TODAY, notes_in, table

pytestmark = pytest.mark.browser

SIZES = (1280, 390)
"""The widths at which a page is looked at."""

DECIDED = f"\nDécidé le : 2033-12-01\nDécision : pivoter\nRaison : {'le-seuil-est-manqué-' * 8}"
LONG = table(
    "".join(
        f"M,Berges,{'Délai médian de la demande à la réponse tous canaux ' * 3}{metric},{month}.5,"
        f"jours par demande,{'true' if month == 12 else 'false'},{'impact' if metric else 'usage'},mensuelle,"
        f"2033-{month:02}-28,false,,false,{'relevé-sans-espace-' * 8},,,,"
        f'"Concept : {"utile" if metric else "utilisé"}{DECIDED if month == 11 else ""}"\n'
        for metric in range(3)
        for month in range(1, 13)
    )
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("content", [OWN, LONG, b""], ids=["short", "long", "empty"])
def test_a_page_of_statistics_is_accessible_at_every_width(
    person: Callable[..., Person], tmp_path: Path, theme: str, content: bytes
) -> None:
    rows = national.read(content) if content else ()
    for name, made in site(rows, "Berges", TODAY).items():
        (tmp_path / name).write_bytes(made)
    reader = person("reader", color_scheme=theme)
    looked_at = {OWN: "short", LONG: "long"}.get(content, "empty")
    for name in ("index.html", "en.html"):
        reader.page.goto((tmp_path / name).as_uri())
        shots(reader, f"stats-{looked_at}-{theme}-{name.removesuffix('.html')}")
        for fold in reader.page.locator("details").all():
            fold.evaluate("fold => fold.open = true")
        agree(reader.page, name, (1280, 390, 320))
    assert reader.errors == []


def test_what_sessions_publish_is_valid_accessible_and_names_nobody(
    person: Callable[..., Person], tmp_path: Path
) -> None:
    reports = rehearse_year(tmp_path / "data", participants=6, speed=3600)
    files = [read_session(path.read_bytes()) for path in FILES]
    for report in reports:
        store = open_store(tmp_path / "data", report.session)
        with closing(store.journal):
            files.append(store.to_file())
    assert len(files) >= 8
    reader, told = person("reader"), 0
    for at, file in enumerate(files):
        session, folder = file.fold(), tmp_path / f"{at}"
        folder.mkdir()
        names = {one.name for one in session.people.values() if len(one.name) > 2}
        rows = of_session(file, environment("fr"), date.today()).rows
        for name, made in site(rows, session.team, date.today()).items():
            (folder / name).write_bytes(made)
            text = made.decode("utf-8-sig")
            assert not [who for who in names if re.search(rf"\b{re.escape(who)}\b", text)], name
            assert notes_in(text, session) == [], name
            if name.endswith(".json"):
                jsonschema.validate(json.loads(made), SCHEMA, format_checker=jsonschema.FormatChecker())
                told += 1
        reader.page.goto((folder / "index.html").as_uri())
        shots(reader, f"stats-{at}")
        reader.page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        agree(reader.page, f"the statistics of {session.team}, {at}", (1280, 390, 320))
    assert told >= 5 and reader.errors == []
    committee, *earlier = reversed(files[-len(reports) :])
    sheet = render(committee, "committee", "html", environment("fr"), earlier).decode()
    reader.page.set_content(sheet)
    shots(reader, "committee")
    agree(reader.page, "the sheet of a committee", (1280, 390, 320))
    assert _sheets(reader.page, sheet, "annexes") <= 2 and _sheets(reader.page, sheet) <= 5


def shots(one: Person, name: str) -> None:
    """The whole page at both widths, as one opens it."""
    for width in SIZES:
        one.page.set_viewport_size({"width": width, "height": 844})
        one.shot(f"{name}-{width}", whole=True)


def _sheets(page: Page, content: str, without: str = "") -> int:
    """How many A4 a file takes on paper, without the sections of a class."""
    page.set_content(content)
    if without:
        page.locator(f"section.{without}").evaluate("one => one.remove()")
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def test_the_pages_lead_to_each_other_and_to_the_files(person: Callable[..., Person], tmp_path: Path) -> None:
    for name, made in site(national.read(OWN), "", TODAY).items():
        (tmp_path / name).write_bytes(made)
    reader = person("")
    reader.page.goto((tmp_path / "index.html").as_uri())
    reader.page.get_by_role("link", name="English").click()
    reader.page.get_by_role("heading", name="Berges", exact=True).wait_for()
    assert reader.page.url.endswith("en.html")
    for link in reader.page.get_by_role("link").all():
        assert (tmp_path / str(link.get_attribute("href"))).exists()
