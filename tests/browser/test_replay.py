"""An hour watched again: the samples, a file of one's own, learning mode, a link to a moment, and one page alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from playwright.sync_api import Browser, Page, expect

from impactlib.domain.agenda import Role
from impactlib.domain.events import NoteWritten
from impactlib.domain.session_file import SessionFile
from impactlib.export import render
from impactlib.rooms import samples
from impactlib.server.replay_drawing import notebook
from impactlib.views.render import environment
from tests.browser.conftest import Person
from tests.browser.test_access import agree
from tests.harness import Server

pytestmark = pytest.mark.browser

ATTACK = "</script><img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"


def attacked(text: str) -> SessionFile:
    """The tidy hour, where each note says something that would run if a page believed it."""
    file = samples.sample("tidy")
    entries = (
        structs.replace(entry, event=structs.replace(entry.event, text=text))
        if isinstance(entry.event, NoteWritten)
        else entry
        for entry in file.entries
    )
    return replace(file, entries=tuple(entries))


def watch(one: Person, address: str) -> Page:
    one.page.goto(address)
    one.ready()
    return one.page


def kept_by(server: Server) -> set[Path]:
    """The server's files, but for those that SQLite makes beside a journal while it is open."""
    files = {path for path in server.data.rglob("*") if path.is_file()}
    return {path for path in files if not path.name.endswith(("-wal", "-shm"))}


def time_of(page: Page) -> str:
    return page.locator("[data-time]").inner_text().replace("\u00a0", " ")


def test_a_sample_opens_on_its_moments_then_plays_steps_and_goes_back(
    server: Server, person: Callable[..., Person]
) -> None:
    one = person("observer")
    page = watch(one, f"{server.url}replay/")
    one.shot("replay-1-choice")
    page.get_by_role("link", name="Revoir cet atelier : Répit Voisin").click()
    one.ready()
    expect(page.locator(".moment")).to_have_count(12)
    expect(page.locator("[data-stage]")).to_be_hidden()
    one.shot("replay-2-moments")
    page.locator(".moment", has_text="Qui est votre usager").click()
    expect(page.locator("[data-play]")).to_be_focused()
    one.sees("Qui est votre usager")
    assert page.get_by_text("L’aidant. Si lui tient").count() == 0
    one.shot("replay-3-question")
    # The sentence of the moment stands right below the track, and who is here beside what is said.
    track, band, aside = (
        page.locator(f".stage > {part}").bounding_box() for part in (".at-track", ".at-now", ".at-aside")
    )
    assert track and band and aside
    assert band["y"] < track["y"] + track["height"] + 60 and aside["y"] >= band["y"] + band["height"]

    # The clock is that of the minute: 10 minutes for the questions, of which one and a half are gone.
    expect(page.locator(".time .left")).to_have_text("9:30")
    page.get_by_role("button", name="Geste suivant").click()
    one.sees("L’aidant. Si lui tient")
    expect(page.locator("[data-caption]")).to_contain_text("Camille répond")
    assert time_of(page) == "21 min 05 s"
    page.get_by_role("button", name="Geste précédent").click()
    expect(page.get_by_text("L’aidant. Si lui tient")).to_have_count(0)
    assert time_of(page) == "20 min 25 s"

    page.clock.install()
    page.locator("[data-speed]").select_option("60")
    page.get_by_role("button", name="Lire").click()
    expect(page.locator("[data-caption]")).to_contain_text("Étienne pose une question")
    page.get_by_role("button", name="Pause").click()
    stopped = time_of(page)
    page.clock.run_for(400)
    assert time_of(page) == stopped

    # The whole hour, to its summary.
    page.locator("[data-range]").fill("3605")
    one.sees("Aidez-nous à voir à temps les aidants qui renoncent")
    expect(page.locator('[data-section="summary"]')).to_be_visible()
    one.shot("replay-4-summary")
    assert one.errors == []
    assert len(one.hosts - {""}) == 1


def test_a_replay_taken_out_of_its_page_stands_still_and_goes_on_once_put_back(
    server: Server, person: Callable[..., Person]
) -> None:
    """JupyterLab takes a cell that is scrolled out of sight out of its page."""
    one = person("observer")
    one.page.clock.install()
    page = watch(one, f"{server.url}replay/tidy")
    page.locator(".moment", has_text="Qui est votre usager").click()
    page.get_by_role("button", name="Lire").click()
    page.clock.run_for(1000)
    assert time_of(page) > "20 min 25 s"
    page.evaluate("held = document.querySelector('impact-replay'); held.remove()")
    left = page.evaluate("held.querySelector('[data-time]').textContent + held.querySelector('.left').textContent")
    page.clock.run_for(5000)
    said = "held.querySelector('[data-time]').textContent + held.querySelector('.left').textContent"
    assert page.evaluate(said) == left
    page.evaluate("document.querySelector('main').append(held)")
    expect(page.get_by_role("button", name="Lire")).to_be_visible()
    page.get_by_role("button", name="Geste suivant").click()
    one.sees("L’aidant. Si lui tient")
    assert one.errors == []


def test_what_the_scores_said_is_shown_as_the_room_saw_it(server: Server, person: Callable[..., Person]) -> None:
    one = person("observer")
    page = watch(one, f"{server.url}replay/tidy")
    page.locator(".moment[data-kind=scores]").click()
    picture = page.locator("impact-plot.map")
    expect(picture.get_by_text("à faire d’abord")).to_be_visible()
    for role in ("client", "consultant"):
        assert picture.locator(f".given .{role}").count()
    one.shot("replay-5-scores")
    # What is drawn in it outlives a patch of its data, and one to the step beside it.
    page.evaluate("held = document.querySelector('impact-plot.map svg')")
    page.get_by_role("button", name="Geste suivant").click()
    assert page.evaluate("held.isConnected")
    assert one.errors == []


def test_the_whole_hour_is_played_by_keyboard(server: Server, person: Callable[..., Person]) -> None:
    one = person("observer")
    page = watch(one, f"{server.url}replay/messy")
    for _ in range(4):  # past the way to the content, home, and the other hours
        page.keyboard.press("Tab")
    expect(page.locator("[data-whole]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-play]")).to_be_focused()
    expect(page.locator("[data-play]")).to_have_text("Pause")
    page.keyboard.press("Space")
    expect(page.locator("[data-play]")).to_have_text("Lire")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("[data-range]")).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("[data-range]")).to_have_attribute(
        "aria-valuetext", "1\u00a0h\u00a006\u00a0min\u00a015\u00a0s, Apprentissages"
    )
    one.sees("C’est fini")
    page.keyboard.press("Home")
    expect(page.locator("[data-range]")).to_have_attribute("aria-valuetext", "−11\u00a0min\u00a035\u00a0s")
    assert one.errors == []


def test_a_link_leads_to_its_moment(server: Server, person: Callable[..., Person]) -> None:
    one = person("observer")
    page = watch(one, f"{server.url}replay/tidy#t=00:24:10")
    one.sees("Ceux qui n’appellent plus")
    assert time_of(page) == "24 min 10 s"
    page.get_by_role("button", name="Geste suivant").click()
    page.get_by_role("button", name="Lien vers ce moment").click()
    link = page.locator("[data-address] input").input_value()
    assert link == f"{server.url}replay/tidy#t=00:24:35"
    page.goto(f"{server.url}replay/")
    watch(one, link)
    one.sees("Comment un aidant apprend-il que vous existez")


def test_a_learner_words_an_answer_first_then_sees_the_rooms_and_keeps_both(
    server: Server, person: Callable[..., Person]
) -> None:
    one = person("observer")
    page = watch(one, f"{server.url}replay/tidy#t=00:20:00")
    page.get_by_label("Mode apprentissage").check()
    page.locator("[data-speed]").select_option("60")
    page.get_by_role("button", name="Lire").click()
    expect(page.get_by_role("heading", name="Que demanderiez-vous")).to_be_visible()
    assert page.get_by_text("Qui est votre usager").filter(visible=True).count() == 0
    one.shot("replay-5-ask")
    page.get_by_label("Avec vos mots").fill("À qui manque-t-il du temps ?")
    page.get_by_role("button", name="Voir celle de la salle").click()
    expect(page.locator("[data-compared]")).to_contain_text("Celle de la salle (Awa)")
    expect(page.locator("[data-compared]")).to_contain_text("Qui est votre usager")
    agree(page, "learning mode")
    one.shot("replay-6-compared")
    page.get_by_role("button", name="Continuer").click()
    # It goes on playing, to the next question.
    expect(page.get_by_role("heading", name="Que demanderiez-vous")).to_be_visible()
    page.get_by_role("button", name="Passer").click()
    page.get_by_role("button", name="Pause").or_(page.locator("[data-skip]:visible")).first.click()

    # Who goes to a moment is asked first too, and what was said until then is read beside.
    page.get_by_role("button", name="Moments").click()
    page.locator(".moment", has_text="Comment un aidant apprend-il").click()
    expect(page.get_by_role("heading", name="Que demanderiez-vous")).to_be_visible()
    assert page.get_by_text("Comment un aidant apprend-il que").filter(visible=True).count() == 0
    one.shot("replay-7-moment-asked")
    page.keyboard.press("Escape")
    one.sees("Comment un aidant apprend-il que vous existez")

    # Stepping over a recommendation asks too, and says what it is about.
    page.goto(f"{server.url}replay/tidy#t=00:31:00")
    one.reload()
    page.get_by_role("button", name="Geste suivant").click()
    expect(page.get_by_role("heading", name="Que recommanderiez-vous")).to_be_visible()
    expect(page.locator("[data-ask-about]")).to_contain_text("visiter l’aidant chez lui sous dix jours")
    page.keyboard.press("Escape")
    one.sees("Mesurez l’attente de ceux qui attendent encore")

    notes = page.locator("#own-notes").input_value()
    assert notes.startswith(
        "20\u00a0min\u00a025\u00a0s · Que demanderiez-vous\u202f?\nLa vôtre — À qui manque-t-il du temps ?"
    )
    assert "Celle de la salle (Awa) — Qui est votre usager" in notes
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger mes notes").click()
    assert download.value.path().read_text(encoding="utf-8") == notes
    assert one.errors == []


def test_notes_of_an_observer_leave_the_browser_in_no_request(server: Server, person: Callable[..., Person]) -> None:
    one = person("observer")
    said: list[str] = []
    one.page.on("request", lambda request: said.append(f"{request.method} {request.url}"))
    page = watch(one, f"{server.url}replay/tidy#t=00:20:00")
    page.get_by_label("Mode apprentissage").check()
    before = len(said)
    page.get_by_role("button", name="Geste suivant").click()
    page.get_by_label("Avec vos mots").fill("Un secret")
    page.get_by_role("button", name="Voir celle de la salle").click()
    page.get_by_role("button", name="Continuer").click()
    # A request that the test makes comes after all that the page made: it is the first and the last.
    with page.expect_request("**/api"):
        page.evaluate("url => { fetch(url) }", f"{server.url}api")
    assert said[before:] == [f"GET {server.url}api"]


def test_a_server_replays_a_file_it_never_saw_and_keeps_nothing(
    server: Server, person: Callable[..., Person], tmp_path: Path
) -> None:
    one = person("observer")
    one.page.on("dialog", lambda dialog: dialog.dismiss())
    before = kept_by(server)
    file = tmp_path / "ours.ipynb"
    file.write_bytes(notebook(replace(attacked(ATTACK), session="ours")))
    page = watch(one, f"{server.url}replay/#t=00:31:30")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Ouvrir le fichier").click()
    one.sees(ATTACK)
    expect(page.locator(".doors")).to_be_hidden()
    # Nobody else would find it at any address.
    expect(page.get_by_role("button", name="Moments")).to_be_visible()
    expect(page.locator("[data-link]")).to_be_hidden()
    assert page.title() != "run"
    assert page.locator("main img").count() == 0
    assert kept_by(server) <= before | {server.data / "secret"}
    assert one.errors == []


BAD_FILES = (
    (b"not a notebook", "n’est pas un notebook"),
    (json.dumps({"cells": [], "metadata": {}}).encode(), "ne porte aucun atelier"),
    (samples.content("tidy").replace(b"Mireille, 71", b"Mireille, 17"), "abîmé"),
    (b" " * 8_000_001, "trop lourd"),
)


def test_a_file_that_cannot_be_read_gets_a_sentence_and_another_try(
    server: Server, person: Callable[..., Person], tmp_path: Path
) -> None:
    page = watch(person("observer"), f"{server.url}replay/")
    page.get_by_role("button", name="Ouvrir le fichier").click()
    expect(page.locator("#file-said")).to_have_text("Choisissez d’abord un fichier.")
    for content, why in BAD_FILES:
        (tmp_path / "bad.ipynb").write_bytes(content)
        page.set_input_files("#file", tmp_path / "bad.ipynb")
        page.get_by_role("button", name="Ouvrir le fichier").click()
        expect(page.locator("#file-said")).to_contain_text(why)
    page.set_input_files("#file", {"name": "good.ipynb", "mimeType": "", "buffer": samples.content("tidy")})
    page.get_by_role("button", name="Ouvrir le fichier").click()
    expect(page.locator(".moment")).to_have_count(12)


@pytest.mark.long
def test_participants_replay_their_room_once_its_hour_is_over(
    server: Server, four: dict[str, Person], person: Callable[..., Person]
) -> None:
    facilitator, observer = four["facilitator"], four["observer"]
    room = observer.page.url
    observer.page.goto(f"{room}/replay")
    expect(observer.page.get_by_role("heading", level=1)).to_have_text("L’atelier se revoit une fois l’heure finie")
    observer.page.goto(room)
    for _ in range(3):
        facilitator.forward()
    facilitator.write("question", "Qui renonce ?")
    facilitator.sees("Qui renonce ?")
    for _ in range(3):
        facilitator.forward()
    observer.sees("C’est fini")
    observer.page.get_by_role("link", name="Revoir cet atelier").click()
    observer.ready()
    observer.page.locator(".moment", has_text="Qui renonce").click()
    observer.sees("Qui renonce ?")
    stranger = person("observer")
    assert stranger.page.goto(f"{room}/replay.json").status == 403  # type: ignore[union-attr]
    assert stranger.page.goto(f"{room}/replay").status == 403  # type: ignore[union-attr]


@pytest.mark.long
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_pages_are_accessible_in_both_languages(server: Server, person: Callable[..., Person], lang: str) -> None:
    one = person("observer")
    page = watch(one, f"{server.url}replay/?lang={lang}")
    agree(page, f"choice, {lang}")
    for name, at in (("tidy", "00:51:40"), ("messy", "01:06:15")):
        watch(one, f"{server.url}replay/{name}")
        agree(page, f"moments of {name}, {lang}")
        watch(one, f"{server.url}replay/{name}#t={at}")
        one.reload()
        agree(page, f"{name} at {at}, {lang}")
    assert one.errors == []


# One page alone -----------------------------------------------------------------------------------------


@pytest.fixture
def alone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.mark.parametrize("lang", ["fr", pytest.param("en", marks=pytest.mark.long)])
def test_a_replay_in_one_file_plays_from_the_disk_and_asks_nobody(alone: Page, tmp_path: Path, lang: str) -> None:
    path = tmp_path / "replay.html"
    path.write_bytes(render(attacked(ATTACK), "replay", "html", environment(lang)))
    asked: list[str] = []
    errors: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("pageerror", lambda error: errors.append(str(error)))
    alone.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    alone.goto(path.as_uri())
    alone.wait_for_selector("body[data-ready]")
    alone.locator(".moment").nth(1).click()
    expect(alone.locator(".card .words").filter(visible=True).first).to_contain_text("</script><img src=x onerror=")
    alone.locator("[data-speed]").select_option("60")
    alone.locator("[data-play]").click()
    expect(alone.locator("[data-time]")).to_contain_text("22 min")
    alone.locator("[data-play]").click()
    agree(alone, f"replay.html, {lang}")
    alone.locator("[data-range]").fill("3605")
    expect(alone.locator('[data-section="summary"] .paper')).to_be_visible()
    assert alone.locator("img").count() == 0
    assert not alone.title().startswith("run")
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    assert errors == []


def test_only_the_scripts_own_digest_may_run(alone: Page, tmp_path: Path) -> None:
    path = tmp_path / "replay.html"
    page = render(samples.sample("tidy"), "replay", "html", environment("fr")).decode()
    path.write_text(page.replace("</main>", "<script>document.title='run'</script></main>"), encoding="utf-8")
    alone.goto(path.as_uri())
    alone.wait_for_selector("body[data-ready]")
    assert alone.title() != "run"
    assert Role.OBSERVER not in alone.evaluate("() => document.cookie")
