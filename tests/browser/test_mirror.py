"""The server vanishes with its folder: the workshop comes back from a page that keeps a copy of it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from impactlib.domain.agenda import Role
from impactlib.domain.events import MetricScored, NoteWritten, RoundOpened
from impactlib.domain.session_file import read
from impactlib.gestures import Asking
from impactlib.storage.session_store import list_sessions, open_store
from tests.browser.conftest import Person
from tests.browser.test_access import agree
from tests.browser.test_life import gather
from tests.browser.test_rounds import by_marks, prepared
from tests.harness import Server, until

pytestmark = pytest.mark.browser

KEPT = """async () => {
  const names = (await indexedDB.databases()).map(({ name }) => name);
  if (!names.includes('impact')) return '[]';
  const base = await new Promise((done) => {
    const asked = indexedDB.open('impact');
    asked.onsuccess = () => done(asked.result);
  });
  const kept = await new Promise((done) => {
    const asked = base.transaction('mirrors').objectStore('mirrors').getAll();
    asked.onsuccess = () => done(asked.result);
  });
  base.close();
  return JSON.stringify(kept);
}"""
"""All the text that the mirrors of a page's origin hold."""
LATE = 20.0
"""Seconds that a copy may be behind: it waits for 2.5 at rest, and for 10 more where an answer failed."""
WITHIN = 60.0
"""Seconds in which a workshop is back, from the moment at which the new server answers."""
TIMES = 20


def kept(page: Page) -> str:
    text: str = page.evaluate(KEPT)
    return text


def holds(page: Page, words: str) -> bool:
    return words in kept(page)


def keep_copy(one: Person) -> None:
    ticked = one.page.get_by_label("Garder cette copie")
    one.unfold(ticked)
    ticked.check()
    expect(one.page.locator("[data-copy-here] summary")).to_contain_text("Une copie est gardée dans ce navigateur")


def vanish(server: Server) -> None:
    """Kill the server, empty its folder, and start it again at its address."""
    server.kill9()
    for path in server.data.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != server.log:
            path.unlink()
    server.restart()


def test_a_workshop_comes_back_from_an_open_page(tmp_path: Path, person: Callable[..., Person]) -> None:
    with Server(tmp_path) as server:
        people = gather(server, person)
        facilitator, client, consultant = (people[role] for role in ("facilitator", "client", "consultant"))
        assert kept(facilitator.page) == "[]"
        keep_copy(facilitator)
        facilitator.shot("mirror-kept")
        for number in range(5):
            client.write("expectation", f"Attente numéro {number}")
            facilitator.sees(f"Attente numéro {number}")
        [session] = list_sessions(server.data)
        store = open_store(server.data, session)
        known = {entry.id for entry in store.journal.read()}
        store.journal.close()
        until(lambda: "Attente numéro 4" in kept(facilitator.page), LATE)

        vanish(server)
        began = time.monotonic()
        gone = facilitator.page.locator("[data-gone]")
        expect(gone).to_contain_text("Ce serveur ne connaît plus cet atelier", timeout=30_000)
        expect(gone).to_contain_text("Colis Solidaire, à jour au")
        facilitator.shot("mirror-gone")
        expect(client.page.locator("[data-gone]")).to_contain_text("est gardé sur cet appareil", timeout=30_000)
        client.write("expectation", "Écrit sans serveur")
        expect(client.page.locator("[data-gone]")).to_contain_text("Écrit sans serveur")
        expect(client.page.locator("[data-saved]")).to_have_text("Gardé sur cet appareil")
        client.shot("mirror-gone")
        # Without the operator's key nothing comes in; the file does not need any.
        gone.get_by_role("button", name="Remettre l’atelier sur ce serveur").click()
        expect(gone.locator(".said")).to_contain_text("il faut l’adresse d’exploitation")
        with facilitator.page.expect_download() as download:
            gone.get_by_role("button", name="Enregistrer le fichier").click()
        file = read(Path(download.value.path()).read_bytes())
        assert {entry.id for entry in file.entries} == known

        door = facilitator.context.new_page()
        door.goto(server.operator_url)
        gone.get_by_role("button", name="Remettre l’atelier sur ce serveur").click()
        expect(facilitator.page.get_by_role("heading", name="Les liens de l’atelier")).to_be_visible()
        expect(facilitator.page.get_by_text("donnez ceux-ci")).to_be_visible()
        facilitator.shot("mirror-restored")
        store = open_store(server.data, session)
        assert {entry.id for entry in store.journal.read()} >= known
        assert time.monotonic() - began < WITHIN
        store.journal.close()
        link = facilitator.page.locator("#url-client").input_value()
        consultant_link = facilitator.page.locator("#url-consultant").input_value()
        facilitator.page.goto(f"{server.url}room/{session}/facilitator")
        facilitator.ready().sees("Attente numéro 4")
        # What was written meanwhile waits for the new link, in the browser of who wrote it.
        expect(client.page.locator("[data-banner]")).to_contain_text("Ce lien n’ouvre plus rien ici", timeout=20_000)
        client.page.goto(link)
        client.ready()
        facilitator.sees("Écrit sans serveur")
        consultant.page.goto(consultant_link)
        consultant.ready().sees("Attente numéro 0")

        store = open_store(server.data, session)
        assert store.merge(file) == 0
        texts = [entry.event.text for entry in store.journal.read() if isinstance(entry.event, NoteWritten)]
        store.journal.close()
        assert texts.count("Écrit sans serveur") == 1
        assert not [error for one in people.values() for error in one.errors]


@pytest.mark.long
@pytest.mark.timeout(900)
def test_twenty_times_all_that_was_taken_in_comes_back(tmp_path: Path, person: Callable[..., Person]) -> None:
    longest = 0.0
    with Server(tmp_path) as server:
        facilitator = person("facilitator").join(server.new("Colis Solidaire")["facilitator"], "Ada")
        keep_copy(facilitator)
        facilitator.page.locator(".at-now .btn").click()
        [session] = list_sessions(server.data)
        for number in range(TIMES):
            store = open_store(server.data, session)
            asking = Asking(next(iter(store.session.people)), Role.FACILITATOR)
            for part in range(3):
                text = f"Question {number}/{part}"
                store.ask(asking, {"id": f"told-{number:03}-{part}", "do": "write", "kind": "question", "text": text})
            known = [entry.id for entry in store.journal.read()]
            store.journal.close()
            until(partial(holds, facilitator.page, known[-1]), LATE)
            vanish(server)
            began = time.monotonic()
            door = facilitator.context.new_page()
            door.goto(server.operator_url)
            door.close()
            restore = facilitator.page.locator("[data-gone]").get_by_role("button", name="Remettre l’atelier")
            restore.click(timeout=60_000)
            expect(facilitator.page.get_by_role("heading", name="Les liens de l’atelier")).to_be_visible()
            longest = max(longest, time.monotonic() - began)
            store = open_store(server.data, session)
            assert [entry.id for entry in store.journal.read()] == known
            store.journal.close()
            facilitator.page.goto(f"{server.url}room/{session}/facilitator")
            facilitator.ready()
    print(f"{TIMES} times: all entries back, {longest:.1f} s at most")
    assert longest < WITHIN


def test_a_page_that_is_opened_anew_offers_its_copy(tmp_path: Path, person: Callable[..., Person]) -> None:
    with Server(tmp_path) as server:
        client = person("client").join(server.new("Colis Solidaire")["client"], "Marc")
        keep_copy(client)
        vanish(server)
        client.page.goto(client.page.url)
        expect(client.page.get_by_role("heading", level=1)).to_have_text("Ce serveur ne connaît pas cet atelier")
        expect(client.page.get_by_role("heading", level=2)).to_have_text("Voici ce que ce navigateur en garde")
        client.shot("mirror-page")
        client.page.goto(server.url)
        client.page.get_by_text("Les ateliers dont ce navigateur garde une copie").click()
        client.shot("mirror-home")
        client.page.get_by_role("button", name="Effacer cette copie").click()
        expect(client.page.locator("[data-copies]")).to_be_hidden()
        assert kept(client.page) == "[]"


def test_a_copy_holds_no_score_that_was_not_shown_and_is_erased_at_once(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    store, asking = prepared(server, links, ("Délai médian",)), Asking("preparing", Role.FACILITATOR)
    facilitator = person("facilitator").join(links["facilitator"], "Zoé")
    consultant = person("consultant").join(links["consultant"], "Inès")
    expect(consultant.page.locator("[data-copy-here]")).to_have_count(0)
    keep_copy(facilitator)
    [opened] = store.ask(asking, {"id": "first-round", "do": "open_round", "metrics": "metric-000"})
    assert isinstance(opened.event, RoundOpened)
    by_marks(consultant.page, "Délai médian", 2, 3)
    until(lambda: store.catch_up() or store.session.scores)
    store.ask(asking, {"id": "after-it", "do": "write", "kind": "question", "text": "Après le score"})
    until(lambda: "Après le score" in kept(facilitator.page), LATE)
    assert MetricScored.__name__ not in kept(facilitator.page)
    store.ask(asking, {"id": "showing-it", "do": "show_round", "round": opened.event.round})
    until(lambda: MetricScored.__name__ in kept(facilitator.page), LATE)
    facilitator.page.get_by_role("button", name="Effacer cette copie").click()
    expect(facilitator.page.get_by_label("Garder cette copie")).not_to_be_checked()
    assert kept(facilitator.page) == "[]"
    facilitator.page.reload()
    facilitator.ready()
    assert kept(facilitator.page) == "[]"


def test_where_the_server_may_stop_the_session_notebook_is_downloaded_by_itself(
    tmp_path: Path, person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPACT_TOKEN", "given-by-a-hub")
    with Server(tmp_path) as server:
        links = server.new("Colis Solidaire")
        client = person("client").join(links["client"], "Marc")
        facilitator = person("facilitator").join(links["facilitator"], "Ada")
        expect(client.page.locator("[data-save-alone]")).to_have_count(0)
        ticked = facilitator.page.get_by_label("Télécharger aussi le carnet de séance tout seul")
        expect(ticked).not_to_be_checked()
        facilitator.shot("mirror-alone")
        with facilitator.page.expect_download(timeout=60_000) as first:
            ticked.check()
        assert read(Path(first.value.path()).read_bytes()).fold().step is None
        with facilitator.page.expect_download(timeout=60_000) as second:
            facilitator.page.locator(".at-now .btn").click()
        assert read(Path(second.value.path()).read_bytes()).fold().step is not None
        # What was asked for stays so: the page is loaded anew, and says it.
        facilitator.reload()
        expect(ticked).to_be_checked()


def test_without_a_hub_nothing_is_downloaded_by_itself(server: Server, person: Callable[..., Person]) -> None:
    facilitator = person("facilitator", viewport={"width": 390, "height": 844})
    facilitator.join(server.new("Colis Solidaire")["facilitator"], "Ada")
    offered = facilitator.page.get_by_label("Garder cette copie")
    facilitator.unfold(offered)
    expect(offered).not_to_be_checked()
    expect(facilitator.page.locator("[data-save-alone]")).to_be_hidden()
    offered.scroll_into_view_if_needed()
    agree(facilitator.page, "a copy is offered")
    facilitator.shot("mirror-offered")
