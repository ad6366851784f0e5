"""Names that are long, borne by two people, or one's own: what only real pages can show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from impactlib.domain.agenda import Role
from impactlib.storage.session_store import open_store
from tests.browser.conftest import Person
from tests.browser.test_access import agree
from tests.conftest import Room, Time, live_the_hour
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
WORD = "Interministérialisation-des-formulaires-de-demande-daide-à-la-rénovat"
WORDS = "Camille, direction de la dématérialisation des aides à la rénovation."
OWN = (WORD[:-1] + "e", WORDS[:-1] + " B", WORD[:-1] + "o", WORDS[:-1] + " C")
WIDTHS = (1280, 390, 320)
UNBROKEN = "Anticonstitutionnellement" * 3


def too_wide(page: Page) -> list[str]:
    """What goes beyond the window, all that can be opened being open, or nothing."""
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    found = page.evaluate(
        """() => document.scrollingElement.scrollWidth <= innerWidth ? []
        : [...document.querySelectorAll('body :not(.chip *)')]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 40)}`).slice(0, 8)"""
    )
    return [str(line) for line in found]


class Looks(Time):
    """Between two steps of the hour: look at every page, at every width."""

    def __init__(self, room: Room, people: list[Person]) -> None:
        super().__init__()
        self._room, self._people = room, people
        self.wide: list[str] = []

    def advance(self, seconds: float) -> None:
        step = self._room.session.clock.step
        if step == "recommendations":
            metrics = " ".join(note.id for note in self._room.session.notes_of("metric"))
            round = self._room.ask(FACILITATOR, do="open_round", metrics=metrics)
            self._room.ask(CLIENT, do="score", metric=metrics.split()[0], value=5, ease=3)
            self.look(f"{step}-round")
            self._room.ask(FACILITATOR, do="show_round", round=round)
        self.look(str(step))

    def look(self, moment: str) -> None:
        step, number = self._room.session.clock.step, len(self._room.session.rounds)
        for one in self._people:
            expect(one.page.locator(f'.bar[data-step="{step}"]')).to_be_attached()
            if moment.endswith("round"):
                expect(one.page.locator(".round.open h3")).to_contain_text(str(number))
            for width in WIDTHS:
                one.page.set_viewport_size({"width": width, "height": 844})
                self.wide += [f"{one.role} {moment} {width}: {what}" for what in too_wide(one.page)]
                one.shot(f"names-{moment}-{width}")


@pytest.fixture
def full(server: Server) -> Iterator[tuple[Room, dict[str, str]]]:
    """A workshop of a long name, with twelve people: two of one name, others of long names."""
    links = server.new(UNBROKEN)
    store = open_store(server.data, links["client"].split("/room/")[1].split("/")[0])
    room = Room(store)
    for role, name in ((FACILITATOR, WORDS), (CLIENT, WORD), (CONSULTANT, WORDS), (OBSERVER, WORD)):
        room.ask(role, do="join", name=name)
    for number, name in enumerate(("Camille", "Léa", "camille", "Yanis", WORD)):
        room.ask_as(f"other-{number}", (CLIENT, CONSULTANT)[number % 2], do="join", name=name)
    yield room, links
    store.journal.close()


@pytest.mark.timeout(400)
def test_no_page_is_wider_than_its_window_whatever_the_names(
    server: Server, full: tuple[Room, dict[str, str]], person: Callable[..., Person]
) -> None:
    room, links = full
    people = [person(role).join(links[role], name) for role, name in zip(links, OWN, strict=True)]
    looks = Looks(room, people)
    ada, marc = people[:2]

    def at(person: Person, path: str) -> None:
        page = person.context.new_page()
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            looks.wide += [f"{path.rsplit('/', maxsplit=1)[-1]} {width}: {what}" for what in too_wide(page)]
        page.close()

    room.ask(CLIENT, do="write", kind="product", text=UNBROKEN)
    for one, path in ((ada, "links"), (ada, "script"), (ada, "prepare"), (marc, "prepare")):
        at(one, f"{links[one.role].split('?')[0]}/{path}")
    at(person("observer"), links["observer"])
    live_the_hour(room, looks)
    looks.look("end")
    assert looks.wide == []


def test_two_people_of_one_name_are_told_apart_from_the_entrance_on(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    ada = person("facilitator").join(links["facilitator"], "Ada")
    first = person("client").join(links["client"], "Camille")
    first.page.goto(f"{links['client'].split('?')[0]}?see=workshop")
    first.ready()

    second = person("consultant")
    second.page.goto(links["consultant"])
    second.page.fill("#name", "camille")
    second.page.keyboard.press("Enter")
    said = second.page.locator("#said")
    expect(said).to_contain_text("Camille (équipe)")
    expect(second.page.get_by_role("button", name="Entrer sous ce nom")).to_be_enabled()
    agree(second.page, "a name that somebody bears")
    second.shot("names-entrance")
    second.page.keyboard.press("Enter")
    second.ready()

    ada.roster()
    expect(ada.page.locator(".roster")).to_contain_text("Camille\u00a01")
    expect(ada.page.locator(".roster")).to_contain_text("camille\u00a02")
    # One's own is marked, and its name is one's to change.
    roster = second.roster()
    expect(roster.get_by_text("(vous)")).to_have_count(3)
    own = roster.locator("li", has=second.page.get_by_text("(vous)").filter(visible=True))
    expect(own).to_contain_text("camille\u00a02")
    own.get_by_role("button", name="Changer mon nom").click()
    field = second.page.locator("dialog[open] [name=name]")
    expect(field).to_have_value("camille")
    field.fill("Camille B.")
    agree(second.page, "one's own name")
    field.press("Enter")
    expect(second.page.locator("dialog[open]")).to_have_count(0)
    expect(ada.page.locator(".roster")).to_contain_text("Camille B.")
    expect(ada.page.locator(".roster")).not_to_contain_text("Camille\u00a01")
    assert roster.get_by_role("button", name=re.compile("^Corriger")).count() == 0

    # The facilitator reads whom they correct, and finds the links whatever is open.
    ada.page.get_by_role("button", name="Corriger : Camille B.").click()
    expect(ada.page.locator("dialog[open] h2")).to_have_text("Corriger Camille B.")
    ada.page.keyboard.press("Escape")
    with ada.context.expect_page() as opened:
        ada.page.get_by_role("link", name="Inviter").click()
    expect(opened.value.get_by_role("heading", name="Les liens de l’atelier")).to_be_visible()


def test_a_browser_that_is_in_says_so_at_the_door_of_another_role(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    camille = person("client").join(links["client"], "Camille")
    camille.page.goto(links["consultant"])
    told = camille.page.locator("[data-entered=client]")
    expect(told).to_contain_text("Camille · équipe")
    expect(camille.page.locator("[data-entered]").filter(visible=True)).to_have_count(1)
    agree(camille.page, "the door of another role")
    camille.shot("names-another-door")
    told.get_by_role("link").click()
    camille.ready()
    assert camille.page.locator("#name").count() == 0


def test_nobody_reads_that_they_are_offline_themselves(server: Server, person: Callable[..., Person]) -> None:
    """Also where the room has not heard of them yet: here no stream of theirs is ever opened."""
    links = server.new("Colis Solidaire")
    ines, lou = person("consultant"), person("observer").join(links["observer"], "Lou")
    ines.context.route(re.compile(r"/patches\b"), lambda route: route.abort())
    ines.join(links["consultant"], "Inès")
    for one, away in ((lou, True), (ines, False)):
        one.page.locator(".steps button").first.click()
        card = one.page.locator(".tour-pane .person", has_text="Inès")
        expect(card.get_by_text("hors ligne")).to_be_visible(visible=away)
        expect(one.roster().locator("li", has_text="Inès").get_by_text("hors ligne")).to_be_visible(visible=away)
