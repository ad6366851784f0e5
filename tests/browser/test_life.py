"""Bad luck in mid-hour: a lost connection, a killed kernel, a killed server. Nobody loses a word."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from impactlib.domain.events import NoteWritten
from impactlib.server.pace import AT_ONCE
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.folder import journal_path
from tests.browser.conftest import NAMES, Person
from tests.harness import Server

pytestmark = pytest.mark.browser

SECONDS_LEFT = (
    "() => { const [m, s] = document.querySelector('.time .left').textContent.split(':'); return +m * 60 + +s }"
)


def gather(server: Server, person: Callable[..., Person]) -> dict[str, Person]:
    links = server.new("Colis Solidaire")
    people = {role: person(role).join(links[role], name) for role, name in NAMES.items()}
    people["facilitator"].page.locator(".at-now .btn").click()
    people["client"].sees("Qui est là")
    return people


def test_a_note_sent_offline_leaves_by_itself_when_the_connection_is_back(
    server: Server, person: Callable[..., Person]
) -> None:
    people = gather(server, person)
    client, facilitator = people["client"], people["facilitator"]
    client.context.set_offline(True)
    client.write("expectation", "Écrit dans un tunnel")
    expect(client.page.locator("[data-banner]")).to_contain_text("Connexion perdue")
    expect(client.page.locator("[data-saved]")).to_have_text("Gardé sur cet appareil")
    client.page.locator("#text-expectation").fill("et un brouillon")
    client.shot("offline")
    client.context.set_offline(False)
    facilitator.sees("Écrit dans un tunnel")
    expect(client.page.locator("[data-banner]")).to_be_hidden()
    expect(client.page.locator("#text-expectation")).to_have_value("et un brouillon")


def test_a_room_has_no_kernel(server: Server, person: Callable[..., Person]) -> None:
    people = gather(server, person)
    people["client"].write("expectation", "Sans noyau")
    people["consultant"].sees("Sans noyau")
    server.settle()
    assert server.kernels() == []
    people["client"].write("expectation", "Toujours sans noyau")
    people["consultant"].sees("Toujours sans noyau")


def test_a_killed_server_loses_no_words(tmp_path: Path, person: Callable[..., Person]) -> None:
    with Server(tmp_path) as server:
        people = gather(server, person)
        client, consultant = people["client"], people["consultant"]
        client.write("expectation", "Avant la coupure")
        consultant.sees("Avant la coupure")
        consultant.page.locator("#text-expectation").fill("Mon brouillon")
        left = people["facilitator"].page.evaluate(SECONDS_LEFT)
        server.kill9()
        client.write("expectation", "Pendant la coupure")
        expect(client.page.locator("[data-saved]")).to_have_text("Gardé sur cet appareil")
        server.restart()
        expect(people["observer"].page.get_by_text("Pendant la coupure").first).to_be_visible(timeout=40_000)
        for one in people.values():
            one.sees("Avant la coupure")
            expect(one.page.locator("[data-banner]")).to_be_hidden(timeout=20_000)
        expect(consultant.page.locator("#text-expectation")).to_have_value("Mon brouillon")
        consultant.reload()
        expect(consultant.page.locator("#text-expectation")).to_have_value("Mon brouillon")
        assert people["facilitator"].page.evaluate(SECONDS_LEFT) < left


def test_the_countdown_survives_a_reload_and_a_clock_an_hour_off(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    facilitator = person("facilitator").join(links["facilitator"], "Ada")
    facilitator.page.locator(".at-now .btn").click()
    facilitator.sees("Qui est là")
    observer = person("observer")
    observer.page.clock.install(time=time.time() + 3600)
    observer.join(links["observer"], "Zoé").sees("Qui est là")
    left = facilitator.page.evaluate(SECONDS_LEFT)
    assert abs(left - observer.page.evaluate(SECONDS_LEFT)) <= 2
    facilitator.reload()
    assert 0 <= left - facilitator.page.evaluate(SECONDS_LEFT) <= 15


HEARD = """() => { const heard = (window.heard = new Set());
  setInterval(() => {
    const time = document.querySelector('.time');
    heard.add(time.className + ': ' + time.querySelector('.of').textContent);
  }, 50) }"""


@pytest.mark.long
def test_the_countdown_says_in_words_what_its_colour_says(server: Server, person: Callable[..., Person]) -> None:
    # Forty times faster: the ten minutes of the first step last fifteen seconds.
    links = server.new("Colis Solidaire", speed=40)
    facilitator = person("facilitator").join(links["facilitator"], "Ada")
    facilitator.page.evaluate(HEARD)
    facilitator.page.locator(".at-now .btn").click()
    expect(facilitator.page.locator(".time.over .of")).to_contain_text("pris sur", timeout=60_000)
    expect(facilitator.page.locator(".time .left")).to_have_text(re.compile(r"^\+"))
    facilitator.shot("time-taken")
    heard = facilitator.page.evaluate("() => [...window.heard]")
    for mood, words in (
        ("soon", "l’étape finit bientôt"),
        ("last", "il est temps de conclure"),
        ("over", "temps dépassé"),
    ):
        assert any(said.startswith(f"time {mood}: étape\u00a0: {words}") for said in heard), mood


def test_a_room_whose_facilitator_is_gone_goes_on_by_its_own_agreement(
    server: Server, person: Callable[..., Person]
) -> None:
    # Two minutes last three seconds in this workshop.
    links = server.new("Colis Solidaire", speed=40)
    people = {role: person(role).join(links[role], name) for role, name in NAMES.items()}
    people["facilitator"].forward()
    client, consultant, observer = people["client"], people["consultant"], people["observer"]
    people["facilitator"].page.close()
    for one in (client, consultant, observer):
        expect(one.page.locator(".unled")).to_contain_text("hors ligne depuis deux minutes", timeout=30_000)
    client.shot("unled")
    consultant.shot("unled")
    expect(observer.page.get_by_role("button", name="Je peux animer")).to_have_count(0)

    client.page.get_by_role("button", name="Je peux animer").click()
    consultant.sees("Marc se propose pour animer.")
    expect(client.page.get_by_role("button", name="D’accord")).to_have_count(0)
    consultant.shot("offered")
    consultant.page.get_by_role("button", name="D’accord").click()
    client.page.wait_for_url("**/facilitator")
    client.ready().forward()
    expect(consultant.page.locator(".bar")).to_have_attribute("data-step", "problem")
    expect(consultant.page.locator(".unled")).to_have_count(0)


SAID = """() => {
    const line = document.querySelector('[data-saved]');
    globalThis.said = [];
    const watch = new MutationObserver(() => globalThis.said.push(line.textContent));
    watch.observe(line, { childList: true, subtree: true });
}"""


def test_no_page_says_saved_before_the_server_has_what_was_written(
    server: Server, person: Callable[..., Person]
) -> None:
    """Every page that takes notes, in a room and before the hour, while the server cannot be reached."""
    people = gather(server, person)
    drafting = person("client").join(server.new("Répit Voisin")["client"], "Salomé")
    written = []
    for one in (*people.values(), drafting):
        forms = one.page.locator("form[data-form='draft'], .tour-pane form[data-form]:has(textarea)")
        if not forms.count():
            continue
        written.append((one.role, forms.first.get_attribute("data-form")))
        one.unfold(forms.first)
        one.page.evaluate(SAID)
        one.context.set_offline(True)
        forms.first.locator("textarea").first.fill(f"Écrit par {one.role}")
        forms.first.locator("button.btn").first.click()
        expect(one.page.locator("[data-saved]")).to_have_text("Gardé sur cet appareil")
        assert "Enregistré" not in one.page.evaluate("said")
        one.context.set_offline(False)
        expect(one.page.locator("[data-saved]")).to_have_text("Enregistré")
    assert {("client", "expectation"), ("client", "draft"), ("facilitator", "expectation")} <= set(written)


FULL = """() => {
    let piece = 'x'.repeat(1 << 20);
    for (let i = 0; piece; i++) {
        try { localStorage.setItem(`full-${i}`, piece) } catch { piece = piece.slice(0, piece.length >> 1) }
    }
}"""


def test_a_browser_without_room_says_that_the_page_alone_keeps_a_note_and_asks_before_it_closes(
    server: Server, person: Callable[..., Person]
) -> None:
    people = gather(server, person)
    client, page = people["client"], people["client"].page
    page.evaluate(FULL)
    client.context.set_offline(True)
    client.write("expectation", "Écrit sans place")
    expect(page.locator("[data-saved]")).to_have_text("Gardé par cette page seule")
    expect(page.locator("[data-banner]")).to_contain_text("laissez cette page ouverte")
    expect(page.locator("[data-banner]")).not_to_contain_text("gardé sur cet appareil")
    client.shot("offline-full")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    asked.value.dismiss()
    client.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_text("Enregistré")
    people["facilitator"].sees("Écrit sans place")


def test_what_cannot_be_read_of_what_a_browser_kept_holds_nothing_else_back(
    server: Server, person: Callable[..., Person]
) -> None:
    people = gather(server, person)
    client, page = people["client"], people["client"].page
    page.route("**/gestures", lambda route: route.abort())
    client.write("expectation", "Écrit avant la coupure")
    expect(page.locator("[data-saved]")).to_have_text("Gardé sur cet appareil")
    page.evaluate(
        """() => {
            const key = Object.keys(localStorage).find((key) => key.includes('outbox:'));
            localStorage.setItem(`${key}0`, localStorage.getItem(key).slice(0, 20));
        }"""
    )
    page.unroute("**/gestures")
    page.on("dialog", lambda dialog: dialog.accept())
    client.reload()
    people["facilitator"].sees("Écrit avant la coupure")
    assert client.errors == []


@pytest.mark.long
def test_what_a_page_wrote_while_away_all_arrives_however_much_it_is(
    server: Server, person: Callable[..., Person]
) -> None:
    client = gather(server, person)["client"]
    client.context.set_offline(True)
    client.page.evaluate(
        """(count) => {
            const field = document.getElementById('text-expectation');
            for (let i = 0; i < count; i++) {
                field.value = `Attente ${i}`;
                field.form.requestSubmit();
            }
        }""",
        AT_ONCE + 12,
    )
    client.context.set_offline(False)
    client.page.wait_for_function(
        "() => !Object.keys(localStorage).some((key) => key.includes('outbox:'))", timeout=90_000
    )
    path = journal_path(server.data, client.page.url.split("/room/")[1].split("/")[0])
    with closing(FileJournal(path)) as journal:
        written = [entry.event.text for entry in journal.read() if isinstance(entry.event, NoteWritten)]
    assert written == [f"Attente {i}" for i in range(AT_ONCE + 12)]
    assert client.errors == []
