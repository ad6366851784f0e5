"""axe-core on the whole: each role at each moment of the hour, in both languages and themes, with nothing written and
with an hour's notes, at 1280, 390 and 320 px; the room's screen too. ``make soak`` prints how many pages it looked at;
elsewhere one language and an hour's notes are enough."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from impactlib.domain.agenda import LANGUAGES
from tests.browser.conftest import NAMES, Person
from tests.browser.test_access import FINISH, RULES
from tests.browser.test_heights import Lived, arrived
from tests.harness import Server

pytestmark = [pytest.mark.soak, pytest.mark.browser]

SIZES = ((1280, 800), (390, 844), (320, 640))
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
THEMES = ("light", "dark")
WHOLE = os.environ.get("ACCESS_WHOLE")
STEPS = ("tour", "problem", "questions", "recommendations", "learnings")


class Counted:
    """What was looked at, and what was found."""

    def __init__(self) -> None:
        self.pages, self.found = 0, list[str]()

    def look(self, page: Page, where: str) -> None:
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                page.evaluate(FINISH)
                self.pages += 1
                for one in Axe().run(page, options=RULES).response["violations"]:
                    self.found.append(f"{where}, {theme}, {width}: {one['id']} {one['nodes'][0]['html'][:120]}")
                wide = page.evaluate(
                    "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                if wide > 0:
                    self.found.append(f"{where}, {theme}, {width}: {wide} px too wide")


def bare(lived: Lived) -> Iterator[str]:
    """The same hour, of which nobody writes anything."""
    yield "lobby"
    for step in STEPS:
        lived.ask("Sophie", do="start", step=step)
        yield "advise" if step == "recommendations" else step


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("lang", "full"), [*product(LANGUAGES, (False, True))] if WHOLE else [("en", True)])
def test_nothing_is_found_on_any_page_of_the_hour(
    tmp_path: Path, person: Callable[..., Person], lang: str, full: bool
) -> None:
    counted = Counted()
    with Server(tmp_path, "--lang", lang) as server:
        lived = Lived(server, 3, lang)
        if full:
            lived.prepare()
        people = {role: person(role, locale=lang) for role in NAMES}
        for role, one in people.items():
            one.page.goto(lived.links[role])
            counted.look(one.page, f"entrance, {role}")
            one.join(lived.links[role], NAMES[role])
            if one.page.url.endswith("/prepare"):
                counted.look(one.page, f"preparation, {role}")
                one.page.goto(one.page.url.replace("/prepare", "?see=workshop"))
                one.ready()
        ada = people["facilitator"]
        with ada.context.expect_page() as opened:
            ada.page.locator(".foot a[href$=screen]").click()
        wall = opened.value
        wall.wait_for_selector("body[data-ready]")
        for moment in lived.moments() if full else bare(lived):
            for role, one in people.items():
                arrived(one.page, moment)
                counted.look(one.page, f"{moment}, {role}")
            counted.look(wall, f"{moment}, screen")
        lived.ask("Sophie", do="pause")
        for role, one in people.items():
            one.page.locator(".band .paused").wait_for()
            counted.look(one.page, f"paused, {role}")
        lived.ask("Sophie", do="end")
        for role, one in people.items():
            one.page.locator('.bar[data-state="ended"]').wait_for()
            counted.look(one.page, f"ended, {role}")
        counted.look(wall, "ended, screen")
        lived.store.journal.close()
    print(f"{lang}, {'full' if full else 'empty'}: {counted.pages} pages looked at, {len(counted.found)} found")
    assert counted.found == []
