"""Hypotheses and metrics as a list of lines, advice under the one that is open, and the menus of cards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, expect

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.session_store import SessionStore, open_store
from tests.browser.conftest import NAMES, Person
from tests.browser.test_access import agree
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

HYPOTHESES = (
    "L’inscription en mairie des familles orientées en urgence raccourcit l’attente du premier colis, et nous le "
    "saurons par le délai médian",
    "Le rappel la veille réduit les rendez-vous manqués",
    "Un suivi par la même personne fidélise les ménages modestes, qui renoncent souvent à leur deuxième demande faute "
    "de réponse en moins de dix jours",
)
ADVICE = "Comptez aussi celles qui renoncent : elles ne sont dans aucun registre, et attendent le plus"
TWO_SCREENS = 1600  # px, at 1280 by 800
CLIENT, CONSULTANT, FACILITATOR = (
    Asking(f"{role}-away", role) for role in (Role.CLIENT, Role.CONSULTANT, Role.FACILITATOR)
)


@dataclass
class Advised:
    """A workshop in the moment of advice: hypotheses, a metric for each, and twelve pieces of advice."""

    store: SessionStore
    links: dict[str, str]

    def ask(self, who: Asking, id: str, **gesture: str) -> None:
        self.store.ask(who, {"id": f"{id}-of-the-test", **gesture})

    def write(self, who: Asking, id: str, kind: str, text: str, about: str = "") -> None:
        where = {"about": f"{about}-of-the-test"} if about else {}
        self.ask(who, id, do="write", kind=kind, text=text, **where)


def opened_room(server: Server) -> Advised:
    links = server.new("Colis Solidaire")
    return Advised(open_store(server.data, links["observer"].split("/room/")[1].split("/")[0]), links)


def advised(server: Server, many: int) -> Advised:
    room = opened_room(server)
    for who, name in ((CLIENT, "Salomé"), (CONSULTANT, "Yann"), (FACILITATOR, "Nadia")):
        room.ask(who, name[:3], do="join", name=name)
    for number in range(many):
        text = HYPOTHESES[number % len(HYPOTHESES)]
        room.write(CLIENT, f"hypothesis-{number}", "hypothesis", f"{number + 1}. {text}")
        room.write(CLIENT, f"metric-{number}", "metric", f"Mesure numéro {number + 1}", f"hypothesis-{number}")
    for number in range(12):
        room.write(CONSULTANT, f"advice-{number}", "recommendation", ADVICE, f"hypothesis-{number % many}")
    room.ask(FACILITATOR, "step", do="start", step="recommendations")
    return room


@pytest.fixture
def three(server: Server) -> Iterator[Advised]:
    room = advised(server, 3)
    yield room
    room.store.journal.close()


def line(person: Person, number: int) -> Locator:
    return person.page.locator("[data-zone=hypotheses] .card.line", has_text=re.compile(rf"^\s*{number}\. "))


def opened(person: Person) -> Locator:
    return person.page.locator("details.subject[open] > summary .sentence")


def field(person: Person) -> Locator:
    return person.page.locator("#text-advice")


# Cards with more than two actions in sight. To open a line, or what is said of it, is no action; a choice is one.
ACTIONS = """() => [...document.querySelectorAll('.step .card, .advice')].map((card) => {
  const own = (it) => it.closest('.advice, .card') === card && it.checkVisibility({ visibilityProperty: true });
  const seen = [...card.querySelectorAll('button, a, summary')]
    .filter((it) => own(it) && !it.matches('.subject > summary, .of summary') && !it.closest('form'));
  return [card.innerText.slice(0, 60), new Set(seen.map((it) => it.closest('[role=group]') ?? it)).size];
}).filter(([, actions]) => actions > 2)"""


@pytest.mark.parametrize("many", [3, 12])
def test_the_moment_of_advice_is_two_screens_at_most(server: Server, person: Callable[..., Person], many: int) -> None:
    room = advised(server, many)
    for role, name in NAMES.items():
        one = person(role, viewport={"width": 1280, "height": 800}).join(room.links[role], name)
        expect(opened(one)).to_have_count(1)
        assert one.page.evaluate("document.documentElement.scrollHeight") <= TWO_SCREENS
        assert one.page.evaluate(ACTIONS) == []
        # The first screen holds the subject that is open, and where to write about it.
        expect(opened(one)).to_be_in_viewport(ratio=1)
        if role != "observer" and many == 12:
            expect(field(one)).to_be_in_viewport(ratio=1)
        for width in (1280, 390):
            one.page.set_viewport_size({"width": width, "height": 800})
            one.shot(f"subjects-{many}-{width}")
        agree(one.page, f"{many} hypotheses, {role}")
        assert one.errors == []
    room.store.journal.close()


def test_before_any_hypothesis_nothing_lies_on_what_one_presses(server: Server, person: Callable[..., Person]) -> None:
    room = opened_room(server)
    room.ask(FACILITATOR, "Nad", do="join", name="Nadia")
    room.ask(FACILITATOR, "start", do="start", step="recommendations")
    consultant = person("consultant").join(room.links["consultant"], "Inès")
    expect(consultant.page.get_by_role("button", name="Recommander")).to_be_visible()
    agree(consultant.page, "advice without a hypothesis")
    room.store.journal.close()


def test_what_one_types_under_a_subject_outlives_patches_moves_and_a_reload(
    three: Advised, person: Callable[..., Person]
) -> None:
    ines = person("consultant").join(three.links["consultant"], "Inès")
    line(ines, 2).locator("summary").first.click()
    expect(opened(ines)).to_contain_text("2. ")
    field(ines).press_sequentially("Ayez un gro")
    three.write(CONSULTANT, "meanwhile", "recommendation", "Comptez en jours", "hypothesis-1")
    expect(line(ines, 2)).to_contain_text("Comptez en jours")
    expect(field(ines)).to_be_focused()
    # The facilitator puts the hypothesis first: the form goes along, with its focus.
    three.ask(FACILITATOR, "move", do="move", note="hypothesis-1-of-the-test", before="hypothesis-0-of-the-test")
    expect(ines.page.locator("[data-zone=hypotheses] .sentence").first).to_contain_text("2. ")
    expect(field(ines)).to_be_focused()
    ines.page.keyboard.type("upe")
    expect(field(ines)).to_have_value("Ayez un groupe")

    # Each subject has its own draft.
    line(ines, 3).locator("summary").first.click()
    expect(field(ines)).to_have_value("")
    line(ines, 2).locator("summary").first.click()
    expect(field(ines)).to_have_value("Ayez un groupe")
    ines.page.reload()
    ines.ready()
    expect(opened(ines)).to_contain_text("2. ")
    expect(field(ines)).to_have_value("Ayez un groupe")
    field(ines).press_sequentially(" témoin")
    field(ines).press("Control+Enter")
    expect(line(ines, 2).locator(".advice", has_text="Ayez un groupe témoin")).to_be_visible()
    expect(field(ines)).to_have_value("")
    expect(field(ines)).to_be_focused()
    assert ines.errors == []


def test_each_person_opens_one_line_and_keeps_it_through_the_moments(
    three: Advised, person: Callable[..., Person]
) -> None:
    ines = person("consultant").join(three.links["consultant"], "Inès")
    marc = person("client").join(three.links["client"], "Marc")
    line(ines, 3).locator("summary").first.click()
    expect(opened(ines)).to_contain_text("3. ")
    expect(opened(marc)).to_contain_text("1. ")
    three.ask(FACILITATOR, "round", do="open_round", metrics="metric-0-of-the-test")
    expect(ines.page.locator(".ballot")).to_be_visible()
    three.ask(FACILITATOR, "shown", do="show_round", round="round-of-the-test")
    expect(ines.page.locator(".places")).to_be_visible()
    ines.page.locator("[data-look-moment=advise]").click()
    expect(opened(ines)).to_contain_text("3. ")
    expect(field(ines)).to_be_visible()
    # Closed, it stays closed; the form waits with it.
    line(ines, 3).locator("summary").first.click()
    three.write(CONSULTANT, "after", "recommendation", "Comptez en jours", "hypothesis-0")
    expect(line(ines, 1).locator("summary").first).to_contain_text("5 conseils")
    expect(opened(ines)).to_have_count(0)
    expect(field(ines)).to_be_hidden()
    # The team is told to choose: the order comes to everybody, wherever they were looking.
    marc.page.set_viewport_size({"width": 390, "height": 700})
    three.ask(FACILITATOR, "choice", do="open_choice", round="round-of-the-test")
    for one in (ines, marc):
        expect(one.page.locator(".order-part h3")).to_be_in_viewport()
    expect(marc.page.get_by_role("button", name="Garder").first).to_be_in_viewport()
    assert ines.errors == marc.errors == []


def test_advice_on_a_hypothesis_that_is_withdrawn_meanwhile_becomes_free(
    three: Advised, person: Callable[..., Person]
) -> None:
    ines = person("consultant").join(three.links["consultant"], "Inès")
    field(ines).fill("Ayez un groupe témoin")
    three.ask(CLIENT, "withdraw", do="withdraw", note="hypothesis-0-of-the-test")
    expect(ines.page.locator("#text-recommendation")).to_have_value("Ayez un groupe témoin")
    expect(ines.page.locator("#text-recommendation")).to_be_focused()
    expect(opened(ines)).to_contain_text("2. ")
    expect(field(ines)).to_have_value("")
    assert ines.errors == []


def test_a_menu_closes_on_escape_elsewhere_and_after_a_choice_and_the_focus_returns(
    three: Advised, person: Callable[..., Person]
) -> None:
    nadia = person("facilitator").join(three.links["facilitator"], "Nadia B")
    menu = line(nadia, 2).locator("> .menu")
    edit = nadia.more(line(nadia, 2), "Modifier")
    box = edit.bounding_box()
    assert box and box["height"] >= 44
    agree(nadia.page, "an open menu")
    edit.focus()
    nadia.page.keyboard.press("Escape")
    expect(edit).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    # A patch of its card leaves it open.
    nadia.more(line(nadia, 2), "Modifier")
    three.write(CONSULTANT, "meanwhile", "recommendation", "Comptez en jours", "hypothesis-1")
    expect(line(nadia, 2).locator("summary").first).to_contain_text("5 conseils")
    expect(edit).to_be_visible()
    nadia.more(line(nadia, 1), "Modifier")
    expect(edit).to_be_hidden()
    nadia.page.locator(".band p").click()
    expect(nadia.page.locator(".choices:visible")).to_have_count(0)
    nadia.more(line(nadia, 2), "Modifier").click()
    expect(edit).to_be_hidden()
    nadia.page.keyboard.press("Escape")
    expect(nadia.page.locator("dialog[open]")).to_have_count(0)
    expect(menu.locator("summary")).to_be_focused()
    assert nadia.errors == []
