"""The room's screen, opened from the facilitator's page: several people live, and it follows without a control."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.session_store import SessionStore, open_store
from tests.browser.conftest import Person
from tests.browser.test_access import FINISH, agree
from tests.harness import Server

pytestmark = pytest.mark.browser

SIZES = ((1280, 720), (1920, 1080), (3840, 2160), (1280, 600))
LONG = "Si chaque famille reçoit un premier colis dans les dix jours, alors moins de familles renonceront. " * 5
NAME = "Bartholomée-Alexandrine de la Direction interministérielle du numérique"[:69]
CONTROLS = "button, a, input, select, textarea, summary, [tabindex]"

# What is cut, by the window or by a box that hides what is left over.
CUT = """() => ['html', '.place', '.subject', '.newest'].filter((name) => {
  const box = document.querySelector(name);
  return box && (box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1);
})"""


DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Others:
    """People who write from elsewhere: their gestures go into the journal, as another server's would."""

    def __init__(self, store: SessionStore) -> None:
        self._store, self._number = store, 0

    def ask(self, who: str, role: Role, **gesture: str | int) -> str:
        self._number += 1
        id = f"from-elsewhere-{self._number}"
        self._store.ask(Asking(who, role), {"id": id, **gesture})
        return id


def fits(wall: Page, where: str) -> None:
    """Nothing to press, nothing cut, nothing to scroll to, at every size."""
    assert wall.locator("body").locator(CONTROLS).count() == 0, where
    for width, height in SIZES:
        wall.set_viewport_size({"width": width, "height": height})
        wall.evaluate(FINISH)
        wall.wait_for_function(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
        )
        assert wall.evaluate(CUT) == [], f"{where} at {width} × {height}"
    wall.set_viewport_size({"width": 1280, "height": 720})


def test_several_people_are_followed_on_the_wall(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    ada = person("facilitator").join(links["facilitator"], "Ada")
    with ada.context.expect_page() as opened:
        ada.page.get_by_role("link", name="Écran de la salle").click()
    wall, errors = opened.value, []
    wall.on("pageerror", lambda error: errors.append(str(error)))
    wall.wait_for_selector("body[data-ready]")
    assert wall.url.endswith("/screen")
    said = wall.locator(".sentence")

    # People arrive.
    expect(said).to_contain_text("Entrez avec votre téléphone")
    expect(wall.locator(".way img")).to_have_count(3)
    fits(wall, "before")
    ines = person("consultant").join(links["consultant"], "Inès")
    expect(wall.locator(".arrived")).to_contain_text("1 consultant")
    store = open_store(server.data, links["client"].split("/room/")[1].split("/")[0])
    others = Others(store)
    for who, role, name in (("marc", Role.CLIENT, NAME), ("sami", Role.CONSULTANT, "Sami")):
        others.ask(who, role, do="join", name=name)
    expect(wall.locator(".arrived")).to_contain_text("2 consultants")
    ada.forward()
    expect(said).to_contain_text("en une phrase")
    expect(wall.locator(".ways")).to_be_visible()
    fits(wall, "tour")

    # Notes arrive, the newest first; those that do not fit are counted.
    for _ in range(2):
        ada.forward()
    expect(wall.locator(".waiting")).to_be_visible()
    expect(wall.locator(".ways")).to_be_hidden()
    # Who comes late types a short address.
    expect(wall.locator(".typed strong")).to_have_text(re.compile(r"/atelier/\w{6}$"))
    ines.write("question", "Qui renonce ?")
    note = wall.locator("[data-zone=screen-notes] > *")
    expect(note.first).to_contain_text("Qui renonce ?")
    expect(note.first).to_have_class("fragment new")
    for number in range(9):
        others.ask(
            "sami", Role.CONSULTANT, do="write", kind="question", text=f"Et la question {number}, la plus courte ?"
        )
    others.ask("marc", Role.CLIENT, do="write", kind="question", text=LONG)
    expect(note.first).to_contain_text(NAME)
    expect(wall.locator(".others")).to_have_text(f"et {11 - note.filter(visible=True).count()} autres")
    fits(wall, "questions")
    agree(wall, "the screen")
    wall.set_viewport_size({"width": 1280, "height": 720})

    # One note, looked at together.
    hypothesis = others.ask("marc", Role.CLIENT, do="write", kind="hypothesis", text=LONG)
    others.ask("ada-too", Role.FACILITATOR, do="join", name="Ada")
    others.ask("ada-too", Role.FACILITATOR, do="focus", note=hypothesis)
    expect(wall.locator(".alone")).to_contain_text(LONG.strip())
    expect(note).to_have_count(0)
    fits(wall, "together")
    others.ask("ada-too", Role.FACILITATOR, do="focus", note="")

    # A round fills, and says nothing before it is shown.
    ada.forward()
    metrics = [
        others.ask("marc", Role.CLIENT, do="write", kind="metric", text=f"{n} · {LONG[:150]}") for n in range(1, 5)
    ]
    round = others.ask("ada-too", Role.FACILITATOR, do="open_round", metrics=" ".join(metrics))
    expect(wall.locator(".count")).to_have_text("0 sur 3 ont fini")
    for number, who in enumerate(("marc", "sami"), 1):
        role = Role.CLIENT if who == "marc" else Role.CONSULTANT
        for at, metric in enumerate(metrics):
            others.ask(who, role, do="score", metric=metric, value=5 if at or number == 1 else 1, ease=1 + at)
        expect(wall.locator(".count")).to_have_text(f"{number} sur 3 ont fini")
        expect(wall.locator(".seats .on")).to_have_count(number)
    expect(wall.locator(".chart, .ranked")).to_have_count(0)
    fits(wall, "round")

    # What the scores say: a sentence, a picture, an order.
    others.ask("ada-too", Role.FACILITATOR, do="show_round", round=round)
    expect(said).to_contain_text("D’accord sur 3, partagés sur 1.")
    expect(wall.locator(".chart .n")).to_have_count(4)
    expect(wall.locator(".ranked li")).to_have_count(4)
    fits(wall, "reveal")
    agree(wall, "the reveal")
    wall.set_viewport_size({"width": 1280, "height": 720})

    # A pause, a loss, the end.
    others.ask("ada-too", Role.FACILITATOR, do="pause")
    expect(wall.locator(".countdown")).to_contain_text("En pause")
    ada.context.set_offline(True)
    expect(wall.locator(".lost")).to_contain_text("La connexion est perdue")
    others.ask("marc", Role.CLIENT, do="keep", metric=metrics[0], kept="true")
    ada.context.set_offline(False)
    expect(wall.locator(".lost")).to_be_hidden()
    others.ask("marc", Role.CLIENT, do="write", kind="action", text=LONG[:250], owner=NAME, due="2026-12-14")
    for _ in range(3):  # the clock goes on, the last step, the end
        ada.forward()
    expect(said).to_contain_text("Merci")
    expect(wall.locator(".kept li")).to_have_count(1)
    fits(wall, "the end")
    assert errors == []
    store.journal.close()


def test_the_wall_is_closed_and_opened_again_with_its_link(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    ada = person("facilitator").join(links["facilitator"], "Ada")
    with ada.context.expect_page() as opened:
        ada.page.get_by_role("link", name="Écran de la salle").click()
    wall = opened.value
    wall.wait_for_selector("body[data-ready]")
    code = wall.locator(".way img").first
    before = code.get_attribute("src")

    def renew(role: str) -> None:
        script = """([url, role]) => fetch(url, { method: 'POST', body: JSON.stringify({ role }),
          headers: { 'Content-Type': 'application/json' } }).then((answer) => answer.status)"""
        address = f"{ada.page.url.split('?')[0]}/links"
        assert ada.page.evaluate(script, [address, role]) == 200

    renew("client")
    expect(code).not_to_have_attribute("src", str(before))
    renew("observer")
    expect(wall.locator(".lost")).to_contain_text("Cet écran est fermé")


def test_the_wall_says_that_the_server_does_not_know_the_workshop_and_comes_back_with_it(
    tmp_path: Path, person: Callable[..., Person]
) -> None:
    with Server(tmp_path) as server:
        links = server.new("Colis Solidaire")
        ada = person("facilitator").join(links["facilitator"], "Ada")
        with ada.context.expect_page() as opened:
            ada.page.get_by_role("link", name="Écran de la salle").click()
        wall = opened.value
        wall.wait_for_selector("body[data-ready]")
        [journal] = (tmp_path / "sessions").glob("*.journal")
        aside = journal.rename(tmp_path / "aside")
        expect(wall.locator(".lost")).to_contain_text("Ce serveur ne connaît plus cet atelier", timeout=40_000)
        aside.rename(journal)
        wall.wait_for_selector("body[data-ready]")
        expect(wall.locator(".lost")).to_be_hidden(timeout=40_000)
        expect(wall.locator(".team")).to_contain_text("Colis Solidaire")
