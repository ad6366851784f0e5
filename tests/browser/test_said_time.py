"""The time as people read it: before the hour, while it runs, in a pause, and once it is over."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from playwright.sync_api import Page, expect

from impactlib.domain.clock import ends_at, remaining, slack, whole_minutes
from impactlib.storage.session_store import open_store
from tests.browser.conftest import Person
from tests.browser.test_access import agree
from tests.harness import Server

pytestmark = pytest.mark.browser

PARIS = {"timezone_id": "Europe/Paris"}
WIDTHS = (1280, 390)


def shots(person: Person, name: str) -> None:
    for width in reversed(WIDTHS):
        person.page.set_viewport_size({"width": width, "height": 800})
        person.shot(f"{name}-{width}")


def spoken(page: Page) -> str:
    """All that the clock says, with plain spaces."""
    return re.sub(r"\s+", " ", page.locator(".time").inner_text())


def move(facilitator: Person, starts: datetime) -> None:
    facilitator.page.get_by_role("button", name=re.compile("^(Fixer|Changer) le début")).click()
    dialog = facilitator.page.locator("dialog[open]")
    dialog.get_by_label("Jour et heure").fill(starts.strftime("%Y-%m-%dT%H:%M"))
    agree(facilitator.page, "the start")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(facilitator.page.locator("dialog[open]")).to_have_count(0)


def test_the_start_moves_to_another_day_and_everybody_reads_it_by_their_clocks(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    facilitator = person("facilitator", **PARIS).join(links["facilitator"], "Ada")
    consultant = person("consultant", **PARIS).join(links["consultant"], "Inès")
    far = person("observer", timezone_id="Indian/Reunion").join(links["observer"], "Lou")
    expect(consultant.page.locator(".time .left")).to_have_text("pas commencé")

    # On a phone too, before the hour each step says its minutes.
    consultant.page.set_viewport_size({"width": 320, "height": 700})
    consultant.page.evaluate("scrollTo(0, 0)")  # a page that gets narrower keeps its place, and the bar scrolls away
    for title, minutes in (("Tour de table", 10), ("Recommandations", 25), ("Apprentissages", 5)):
        named = consultant.page.locator(".steps .named", has_text=title)
        expect(named.get_by_text(f"{minutes}\u00a0min")).to_be_in_viewport(ratio=1)

    ten = datetime.now(ZoneInfo("Europe/Paris")).replace(hour=10, minute=0, second=0, microsecond=0)
    move(facilitator, ten + timedelta(days=1))
    expect(consultant.page.locator(".time .hour")).to_have_text("début demain à 10\u00a0h")
    assert re.match(r"dans \d+ (h|min)", spoken(consultant.page))
    shots(consultant, "start-tomorrow")

    later = ten + timedelta(days=6)
    move(facilitator, later)
    day = format_date(later, "EEEE d MMMM", locale="fr").replace(" 1 ", " 1er ")
    expect(consultant.page.locator(".time .hour")).to_have_text(f"début le {day} à 10\u00a0h")
    there = later.astimezone(ZoneInfo("Indian/Reunion"))
    expect(far.page.locator(".time .hour")).to_contain_text(f"à {there.hour}\u00a0h")
    shots(facilitator, "start-later")

    move(facilitator, datetime.now(ZoneInfo("Europe/Paris")) - timedelta(minutes=90))
    expect(consultant.page.locator(".time .left")).to_contain_text("retard de 1\u00a0h\u00a03")
    facilitator.forward()
    expect(facilitator.page.locator(".late-start")).to_contain_text("Les étapes gardent leurs minutes")
    expect(facilitator.page.get_by_role("button", name="Garder la fin prévue")).to_have_count(0)
    shots(facilitator, "start-late")
    assert facilitator.errors == consultant.errors == far.errors == []


def test_the_step_and_the_hour_are_said_of_one_instant_and_a_pause_is_seen(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    facilitator = person("facilitator", **PARIS).join(links["facilitator"], "Ada")
    consultant = person("consultant", color_scheme="dark", **PARIS).join(links["consultant"], "Inès")
    wide = consultant.page.locator(".steps").bounding_box()
    facilitator.forward()
    facilitator.forward()
    facilitator.forward()
    expect(consultant.page.locator(".steps [aria-current]")).to_contain_text("Questions")
    facilitator.page.get_by_role("button", name="Pause").click()
    clock = consultant.page.locator(".time")
    expect(clock.locator("strong")).to_have_text("En pause")
    expect(consultant.page.locator(".steps [aria-current]")).to_contain_text("en pause")
    consultant.sees("L’atelier est en pause")

    # While the clock stands, what the page says is what the domain counts.
    store = open_store(server.data, links["facilitator"].split("/room/")[1].split("/")[0])
    session, now = store.session, time.time()
    store.journal.close()
    assert session.agenda
    left, rest = remaining(session.clock, now), ends_at(session.clock, now) - now
    free = whole_minutes(slack(session.clock, session.agenda, now))
    assert free > 0
    said = spoken(consultant.page)
    assert f"{int(-(-left // 1)) // 60}:{int(-(-left // 1)) % 60:02}" in said
    assert f"heure : encore {-(-round(rest) // 60)} min, dont {free} d’avance · jusqu’à" in said

    facilitator.page.locator("summary", has_text="Ajuster").click()
    expect(facilitator.page.locator(".balance")).to_contain_text(f"{free}\u00a0min sont libres avant la fin")
    agree(consultant.page, "a pause")
    shots(consultant, "paused")
    shots(facilitator, "paused")

    # The clock's text changes, the track stays as wide as it was.
    assert consultant.page.locator(".steps").bounding_box() == wide
    filled = facilitator.page.locator(".at-now .btn:not(.quiet)")
    expect(filled).to_have_text("Reprendre")
    filled.click()
    expect(clock.locator("strong")).to_be_hidden()
    expect(filled).to_contain_text("Étape suivante")
    assert facilitator.errors == consultant.errors == []


def test_no_press_is_lost_without_a_word_and_the_end_is_undone_in_one(
    server: Server, person: Callable[..., Person]
) -> None:
    facilitator = person("facilitator").join(server.new("Colis Solidaire")["facilitator"], "Ada")
    page = facilitator.page
    facilitator.forward()
    facilitator.rested()
    page.locator(".at-now .btn:not(.quiet)").dblclick()
    expect(page.locator("[data-toast]")).to_contain_text("Cette étape vient à peine de commencer")
    expect(page.locator(".steps [aria-current]")).to_contain_text("Problème")

    # The next step's button is in one place at a time.
    following = page.locator(".foot").get_by_role("button", name=re.compile("^Étape suivante"))
    expect(following).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 320})
    page.locator(".at-aside").evaluate("aside => scrollTo(0, document.body.scrollHeight)")
    expect(following).to_be_visible()
    expect(following).to_contain_text("Questions")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("scrollTo(0, 0)")

    for _ in range(4):
        facilitator.forward()
    toast = page.locator("[data-toast]")
    expect(toast).to_contain_text("L’atelier est terminé pour tout le monde.")
    expect(page.locator(".time .left")).to_have_text("C’est fini")
    facilitator.shot("end-undo")
    toast.get_by_role("button", name="Annuler").click()
    expect(page.locator(".steps [aria-current]")).to_contain_text("Apprentissages")
    expect(page.locator(".at-now .btn:not(.quiet)")).to_have_text("Terminer")
    assert facilitator.errors == []
