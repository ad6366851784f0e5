"""People write, edit and withdraw notes, and the facilitator changes people, during the hour."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

import pytest
from playwright.sync_api import Locator, expect

from impactlib.domain.clock import working_day
from tests.browser.conftest import NAMES, Person
from tests.browser.test_access import everywhere
from tests.harness import Server

pytestmark = pytest.mark.browser

LONG = 20_000


def start(four: dict[str, Person], steps: int) -> None:
    for _ in range(steps):
        four["facilitator"].forward()


def card(person: Person, text: str) -> Locator:
    return person.page.locator(".card:visible", has_text=text).last


def test_a_person_looks_at_another_step_and_comes_back_to_the_group(four: dict[str, Person]) -> None:
    start(four, 1)
    client = four["client"]
    client.page.get_by_role("button", name="Recommandations").click()
    client.sees("Hypothèses et conseils")
    start(four, 1)
    client.sees("Hypothèses et conseils")
    client.page.get_by_role("button", name="Revenir au groupe").click()
    client.sees("Quel est le problème")
    expect(client.page.locator("[data-looking]")).to_be_hidden()


def test_a_person_who_types_when_the_group_moves_on_stays_and_loses_nothing(four: dict[str, Person]) -> None:
    start(four, 2)
    client = four["client"]
    client.page.locator("#text-problem").press_sequentially("Les familles att")
    start(four, 1)
    expect(client.page.locator("[data-looking]")).to_be_visible()
    client.page.locator("#text-problem").press_sequentially("endent")
    expect(client.page.locator("#text-problem")).to_have_value("Les familles attendent")


def test_an_author_edits_withdraws_and_puts_back_a_note(four: dict[str, Person]) -> None:
    start(four, 2)
    client, consultant, facilitator = four["client"], four["consultant"], four["facilitator"]
    client.write("problem", "Les familes attendent")
    consultant.sees("Les familes attendent")
    expect(card(consultant, "Les familes").get_by_role("button", name=re.compile("^Modifier"))).to_be_hidden()
    client.more(card(client, "Les familes"), "Modifier").click()
    client.page.locator("#edit-text").fill("Les familles attendent")
    client.page.locator("dialog[open]").get_by_role("button", name="Enregistrer").click()
    expect(client.page.locator("dialog[open]")).to_have_count(0)
    consultant.sees("Les familles attendent")
    client.more(card(client, "Les familles"), "Retirer").click()
    expect(consultant.page.get_by_text("Les familles attendent")).to_have_count(0)
    client.page.locator("[data-toast]").get_by_role("button", name="Annuler").click()
    consultant.sees("Les familles attendent")
    facilitator.more(card(facilitator, "Les familles"), "Retirer").click()
    expect(client.page.get_by_text("Les familles attendent")).to_have_count(0)
    facilitator.page.get_by_text("1 note retirée").click()
    facilitator.page.get_by_role("button", name="Remettre").click()
    client.sees("Les familles attendent")


def test_a_question_is_seconded_by_one_press_and_is_marked_until_it_is_answered(four: dict[str, Person]) -> None:
    start(four, 3)
    consultant, client, facilitator = four["consultant"], four["client"], four["facilitator"]
    consultant.write("question", "Qui renonce en chemin ?")
    asked = {role: four[role].page.locator("article", has_text="Qui renonce") for role in NAMES}
    too = asked["client"].get_by_role("button", name="Moi aussi")
    expect(asked["facilitator"]).to_contain_text("sans réponse")
    # Nobody seconds oneself; the others do once, and may take it back.
    expect(asked["consultant"].get_by_role("button", name="Moi aussi")).to_have_count(0)
    expect(asked["consultant"].locator(".menu summary")).to_be_visible()
    too.click()
    expect(too).to_have_attribute("aria-pressed", "true")
    expect(asked["facilitator"]).to_contain_text("1 personne le dit aussi")
    expect(asked["observer"]).to_contain_text("1 personne le dit aussi")
    consultant.shot("seconded")
    client.shot("seconded")
    too.click()
    expect(asked["observer"]).not_to_contain_text("aussi")
    asked["facilitator"].get_by_role("button", name="Répondre").click()
    facilitator.write("answer", "Nous ne le savons pas")
    expect(asked["observer"]).not_to_contain_text("sans réponse")


def test_two_people_who_edit_one_note_see_both_texts_and_choose(four: dict[str, Person]) -> None:
    start(four, 2)
    client, facilitator = four["client"], four["facilitator"]
    client.write("problem", "Version une")
    for person in (client, facilitator):
        person.more(card(person, "Version une"), "Modifier").click()
    facilitator.page.locator("#edit-text").fill("Version de l’animation")
    facilitator.page.locator("dialog[open] .btn:not(.quiet)").click()
    client.sees("Version de l’animation")
    client.page.locator("#edit-text").fill("Version de l’équipe")
    client.page.locator("dialog[open] .btn:not(.quiet)").click()
    expect(client.page.locator("[data-theirs]")).to_have_text("Version de l’animation")
    expect(client.page.locator("#edit-text")).to_have_value("Version de l’équipe")
    client.shot("conflict")
    client.page.locator("dialog[open] .btn:not(.quiet)").last.click()
    facilitator.sees("Version de l’équipe")


def test_a_refused_note_says_why_and_keeps_its_text(four: dict[str, Person]) -> None:
    start(four, 2)
    client = four["client"]
    form = client.page.locator('form[data-form="problem"]')
    form.locator("button.btn").click()
    expect(form.locator(".said")).to_contain_text("rien à envoyer")
    client.write("problem", "x" * LONG)
    expect(form.locator(".said")).to_contain_text("trop long")
    assert len(form.locator("textarea").input_value()) == LONG
    client.shot("refused")


@pytest.mark.long
def test_a_fourth_action_is_refused_by_the_server_and_its_text_comes_back(four: dict[str, Person]) -> None:
    start(four, 5)
    client = four["client"]
    form = client.page.locator('form[data-form="action"]')
    due = working_day(datetime.now().date() + timedelta(days=15))
    assert form.locator("[name=due]").input_value() == due.isoformat()
    for i in range(1, 4):
        client.write("action", f"Action {i}")
        client.sees(f"Action {i}")
    client.write("action", "Action de trop")
    expect(form.locator(".said")).to_contain_text("Trois actions au plus")
    expect(form.locator("textarea")).to_have_value("Action de trop")


def test_a_name_and_a_role_are_corrected_and_the_page_follows(four: dict[str, Person]) -> None:
    start(four, 1)
    facilitator, consultant = four["facilitator"], four["consultant"]
    consultant.page.locator("#text-expectation").fill("Un brouillon")
    facilitator.roster().get_by_role("button", name="Corriger : Inès").click()
    facilitator.page.locator("#person-name").fill("Inès B.")
    facilitator.page.locator("#person-role").select_option("client")
    facilitator.page.locator("dialog[open] .btn:not(.quiet)").click()
    # Said before the page is another.
    expect(consultant.page.locator("[data-banner]")).to_contain_text("Ce que vous pouvez faire ici a changé")
    consultant.page.wait_for_url("**/client")
    consultant.ready()
    expect(consultant.page.locator("#text-expectation")).to_have_value("Un brouillon")
    start(four, 1)
    consultant.write("problem", "Je viens de l’équipe")
    four["observer"].sees("Inès B. · équipe")


def test_somebody_shown_out_sees_nothing_more_until_let_in(four: dict[str, Person]) -> None:
    start(four, 1)
    facilitator, observer = four["facilitator"], four["observer"]
    facilitator.roster().get_by_role("button", name="Corriger : Lou").click()
    facilitator.page.get_by_role("button", name="Faire sortir de l’atelier").click()
    expect(observer.page.get_by_role("heading", name="Cet atelier vous est fermé")).to_be_visible(timeout=15_000)
    observer.shot("out")
    facilitator.page.get_by_role("button", name="Laisser rentrer").click()
    expect(facilitator.page.get_by_text("Sorti : Lou".replace(" :", "\u00a0:"))).to_have_count(0)
    observer.reload().sees("Qui est là")


def test_a_renewed_link_closes_the_pages_of_that_role(server: Server, four: dict[str, Person]) -> None:
    facilitator, observer = four["facilitator"], four["observer"]
    facilitator.page.goto(facilitator.page.url + "/links")
    facilitator.page.locator("section", has=facilitator.page.locator("#role-observer")).get_by_text(
        "Renouveler ce lien"
    ).click()
    facilitator.page.locator("[data-renew=observer]").click()
    expect(observer.page.get_by_role("heading", name="Ce lien n’ouvre rien ici")).to_be_visible(timeout=15_000)
    new = facilitator.page.locator("#url-observer").input_value()
    observer.page.goto(new)
    observer.ready().sees("Qui est là")


def test_observers_notes_stay_in_their_browser_and_are_theirs_to_download(four: dict[str, Person]) -> None:
    observer = four["observer"]
    sent: list[str] = []
    observer.page.on("request", lambda request: sent.append(request.post_data or ""))
    observer.page.locator("#own-notes").fill("Bonne question sur le renoncement")
    observer.reload()
    expect(observer.page.locator("#own-notes")).to_have_value("Bonne question sur le renoncement")
    with observer.page.expect_download() as download:
        observer.page.get_by_role("button", name="Télécharger mes notes").click()
    assert download.value.path().read_text(encoding="utf-8") == "Bonne question sur le renoncement"
    assert not any("renoncement" in body for body in sent)


def test_a_late_start_keeps_or_slides_the_end(server: Server, person: Callable[..., Person]) -> None:
    facilitator = person("facilitator")
    page = facilitator.page
    page.goto(server.operator_url)
    facilitator.ready()
    page.fill("#team", "Colis Solidaire")
    page.locator("summary", has_text="Heure de début").click()
    scheduled = datetime.now() - timedelta(minutes=10)
    page.fill("#starts", scheduled.strftime("%Y-%m-%dT%H:%M"))
    page.locator("form[data-open-workshop] .btn").click()
    page.locator("header .btn").click()
    page.fill("#name", "Ada")
    page.locator("main [data-enter] .btn").click()
    facilitator.ready()
    page.locator(".at-now .btn").click()
    facilitator.sees("min de retard")
    slid = page.locator(".time .hour").inner_text()
    page.get_by_role("button", name="Garder la fin prévue").click()
    facilitator.sees("La fin prévue est gardée")
    end = scheduled + timedelta(hours=1)
    hour = f"{end.hour}\u00a0h" + (f"\u00a0{end.minute:02}" if end.minute else "")
    expect(page.locator(".time .hour")).to_contain_text(f"jusqu’à {hour}")
    assert page.locator(".time .hour").inner_text() != slid
    facilitator.shot("late-start")


@pytest.mark.long
def test_the_private_page_says_who_has_not_written_and_the_projected_one_does_not(four: dict[str, Person]) -> None:
    client = four["client"]
    start(four, 1)
    facilitator = four["facilitator"]
    with facilitator.context.expect_page() as opened:
        facilitator.page.get_by_role("link", name="Mon fil, à part").click()
    script = opened.value
    script.wait_for_selector("body[data-ready]")
    script.get_by_text("Qui manque").click()
    expect(script.locator("[data-zone=unwritten]")).to_contain_text("Marc")
    expect(facilitator.page.get_by_text("Qui n’a pas encore écrit")).to_have_count(0)
    client.write("expectation", "Deux mesures")
    expect(script.locator("[data-zone=unwritten]")).not_to_contain_text("Marc")


@pytest.mark.long
def test_the_script_on_a_phone_is_a_remote_control_and_prints_whole(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    nadia = person("facilitator", **phone).join(links["facilitator"], "Nadia")
    person("client").join(links["client"], "Marc")
    page = nadia.page
    page.goto(f"{page.url}/script")
    nadia.ready()
    # The day before: every part of this agenda, with its minutes, and no part of another.
    titles = page.locator("section.step h2").filter(visible=True)
    expect(titles).to_have_count(5)
    assert [title.get_attribute("data-minutes") for title in titles.all()] == [
        f"{m}\xa0min" for m in (10, 10, 10, 25, 5)
    ]
    # In the hour: the part of the step, and the next gesture under the thumb.
    button = page.locator(".at-thumb .btn:not(.quiet)")
    button.tap()
    expect(titles).to_contain_text(["Tour de table"])
    expect(button).to_contain_text("Étape suivante")
    expect(button).to_be_in_viewport(ratio=1)
    assert button.evaluate("button => button.getBoundingClientRect().top") > 844 / 2
    for name in ("+ 1 min", "Pause"):
        page.get_by_role("button", name=name).tap()
    expect(page.locator(".bar")).to_have_attribute("data-state", "paused")
    page.locator(".at-thumb").get_by_role("button", name="Reprendre").tap()
    page.get_by_text("Qui manque").tap()
    expect(page.locator("[data-zone=unwritten]")).to_contain_text("Marc")
    nadia.shot("remote")
    page.get_by_role("button", name="Tout le fil").tap()
    expect(titles).to_have_count(5)
    # The way back is the same button: nothing lies over the next gesture.
    expect(page.locator("[data-looking]")).to_be_hidden()
    page.go_back()
    expect(titles).to_have_count(1)
    # The script is there at each step, those of moments too.
    for step in ("Le problème", "Questions et réponses", "Recommandations"):
        page.wait_for_selector("body:not([data-resting])")
        page.locator(".at-thumb").get_by_role("button", name="Étape suivante").tap()
        expect(titles).to_contain_text([step])
    prose = page.locator("section.step .prose").filter(has_text="Conseils").bounding_box()
    assert prose and prose["height"] > 100
    page.emulate_media(media="print")
    expect(titles).to_have_count(5)
    expect(button).to_be_hidden()


def test_an_edit_sent_without_a_connection_that_came_too_late_opens_again(four: dict[str, Person]) -> None:
    start(four, 2)
    client, facilitator = four["client"], four["facilitator"]
    client.write("problem", "Version une")
    facilitator.sees("Version une")
    client.context.set_offline(True)
    client.more(card(client, "Version une"), "Modifier").click()
    client.page.locator("#edit-text").fill("Version de l’équipe")
    client.page.locator("dialog[open] .btn:not(.quiet)").click()
    facilitator.more(card(facilitator, "Version une"), "Modifier").click()
    facilitator.page.locator("#edit-text").fill("Version de l’animation")
    facilitator.page.locator("dialog[open] .btn:not(.quiet)").click()
    facilitator.sees("Version de l’animation")
    expect(client.page.locator("dialog[open]")).to_have_count(0)
    client.context.set_offline(False)
    expect(client.page.locator("dialog[open] [data-theirs]")).to_have_text("Version de l’animation", timeout=30_000)
    expect(client.page.locator("#edit-text")).to_have_value("Version de l’équipe")


def test_a_session_in_english_is_english_to_its_refusals(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Shared Parcels", lang="en")
    client = person("client").join(links["client"], "Marc")
    client.page.get_by_role("link", name="See the workshop's room").click()
    client.ready().page.get_by_role("button", name="Learnings").click()
    for i in range(1, 5):
        client.write("action", f"Action {i}")
    expect(client.page.locator('form[data-form="action"] .said')).to_contain_text("Three actions at most")


@pytest.mark.long
def test_a_rehearsal_is_watched_live(server: Server, person: Callable[..., Person]) -> None:
    command = [sys.executable, "-m", "impactlib.cli", "rehearse", "--participants", "12", "--speed", "120"]
    command += ["--data", str(server.data), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as rehearsal:
        assert rehearsal.stderr and rehearsal.stdout
        link = rehearsal.stderr.readline().rsplit(" ", 1)[-1].strip()
        facilitator = person("facilitator").join(link, "Ada")
        expect(facilitator.page.locator(".steps [aria-current]")).to_have_count(1, timeout=30_000)
        assert rehearsal.wait(120) == 0
        facilitator.sees("C’est fini")
        told = json.loads(rehearsal.stdout.read())
    assert told["gestures"] == told["acknowledged"] > 100


def test_a_double_press_moves_one_step(four: dict[str, Person]) -> None:
    four["facilitator"].page.locator(".at-now .btn").dblclick(delay=10)
    four["client"].sees("Qui est là")
    four["facilitator"].rested()
    expect(four["client"].page.locator(".bar")).to_have_attribute("data-step", "tour")
    four["facilitator"].forward()
    expect(four["facilitator"].page.locator(".bar")).to_have_attribute("data-step", "problem")


def test_two_tabs_of_one_person_lose_no_draft(four: dict[str, Person]) -> None:
    start(four, 1)
    client, facilitator = four["client"], four["facilitator"]
    other = client.context.new_page()
    other.goto(client.page.url)
    other.wait_for_selector("body[data-ready]")
    client.context.set_offline(True)
    client.write("expectation", "Du premier onglet")
    other.locator("#text-expectation").fill("Du second onglet")
    other.locator('form[data-form="expectation"] button.btn').click()
    expect(other.locator("[data-saved]")).to_have_text("Gardé sur cet appareil")
    client.page.close()
    client.context.set_offline(False)
    facilitator.sees("Du second onglet")
    other.reload()
    facilitator.sees("Du premier onglet")


@pytest.mark.long
def test_a_note_that_comes_while_a_button_is_pressed_does_not_slide_it_away(four: dict[str, Person]) -> None:
    facilitator, client, consultant = four["facilitator"], four["client"], four["consultant"]
    facilitator.forward()
    consultant.sees("Qui est là")
    form = consultant.page.locator('form[data-form="expectation"]')
    form.locator("textarea").fill("Comprendre vos usagers")
    form.locator("button.btn").hover()
    heard: list[str] = []
    stream = consultant.context.new_cdp_session(consultant.page)
    stream.on("Network.eventSourceMessageReceived", lambda message: heard.append(message["data"]))
    stream.send("Network.enable")
    consultant.page.mouse.down()
    client.write("expectation", "Repartir avec deux mesures")
    facilitator.sees("Repartir avec deux mesures")
    while not any("Repartir avec deux mesures" in patch for patch in heard):
        consultant.page.evaluate("() => new Promise(requestAnimationFrame)")
    consultant.page.mouse.up()
    facilitator.sees("Comprendre vos usagers")
    consultant.sees("Repartir avec deux mesures")


@pytest.mark.long
def test_the_form_in_which_somebody_types_stays_where_it_is(four: dict[str, Person]) -> None:
    facilitator, client, consultant = four["facilitator"], four["client"], four["consultant"]
    facilitator.forward()
    for i in range(6):
        client.write("expectation", f"Attente {i}\n\nen trois lignes")
        facilitator.sees(f"Attente {i}")
    consultant.sees("Attente 5")
    field = consultant.page.locator("#text-expectation")
    field.press_sequentially("Je ")
    before = field.bounding_box()
    client.write("expectation", "Une de plus\n\nen trois lignes")
    consultant.sees("Une de plus")
    after = field.bounding_box()
    assert before and after
    assert abs(after["y"] - before["y"]) < 2


FRAME = "() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))"
STORED = "() => Object.entries(localStorage).reduce((sum, [key, value]) => sum + key.length + value.length, 0)"


def test_a_pasted_megabyte_is_refused_at_once_stays_in_the_form_and_blocks_nobody(four: dict[str, Person]) -> None:
    start(four, 2)
    client = four["client"]
    forms = {kind: client.page.locator(f'form[data-form="{kind}"]') for kind in ("problem", "audience")}
    book = "Les familles attendent trois semaines. " * 26_000
    assert len(book) > 1_000_000
    field = forms["problem"].locator("textarea")
    field.press_sequentially("Mon début")
    field.press("Control+Home")
    client.page.keyboard.insert_text(book)
    expect(forms["problem"].locator(".said")).to_contain_text("trop long")
    expect(client.page.locator("[data-saved]")).to_have_text("")
    sent: list[str] = []
    client.page.on("request", lambda request: sent.append(request.url))
    forms["problem"].locator("button.btn").click()
    assert field.input_value() == book + "Mon début"

    # The page still answers: what is typed is drawn, kept, and sent.
    began = monotonic()
    field.press("a")
    client.page.evaluate(FRAME)
    assert monotonic() - began < 2
    assert client.page.evaluate(STORED) < 500_000
    client.write("audience", "Les familles en urgence")
    four["facilitator"].sees("Les familles en urgence")
    assert sum(url.endswith("/gestures") for url in sent) == 1
    forms["audience"].locator("textarea").fill("Un brouillon")
    client.reload()
    expect(forms["audience"].locator("textarea")).to_have_value("Un brouillon")
    expect(field).to_have_value("Mon début")
    assert client.errors == []


def test_on_a_phone_an_observers_own_notes_are_one_press_away(server: Server, person: Callable[..., Person]) -> None:
    phone = {"width": 390, "height": 844}
    observer = person("observer", viewport=phone).join(server.new("Colis Solidaire")["observer"], "Lou")
    observer.page.locator(".steps button").first.click()
    notes, button = (
        observer.page.locator("#own-notes"),
        observer.page.locator(".foot").get_by_role("button", name="Mes notes"),
    )
    expect(notes).not_to_be_in_viewport(ratio=1)
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(notes).to_be_focused()
    expect(notes).to_be_in_viewport(ratio=1)
    foot, field = observer.page.locator(".at-foot").bounding_box(), notes.bounding_box()
    assert foot and field
    assert field["y"] + field["height"] <= foot["y"]
    # What is said is read above them meanwhile, to its end.
    notes.fill("Demander qui renonce")
    assert field["y"] > phone["height"] / 2
    last = observer.page.locator(".lang-switch")
    last.scroll_into_view_if_needed()
    expect(notes).to_be_in_viewport(ratio=1)
    observer.shot("own-notes-up")
    box, sheet = last.bounding_box(), observer.page.locator(".own-notes").bounding_box()
    assert box and sheet and box["y"] + box["height"] <= sheet["y"]
    everywhere(observer.page, "an observer's own notes")
    observer.page.set_viewport_size({"width": 390, "height": 844})
    button.click()
    expect(notes).not_to_be_in_viewport(ratio=1)
    expect(notes).to_have_value("Demander qui renonce")
    assert observer.errors == []


def test_who_has_said_what_they_expect_finds_the_form_folded(four: dict[str, Person]) -> None:
    four["facilitator"].forward()
    client, consultant = four["client"], four["consultant"]
    fold = client.page.locator(".tour-pane > details.fold")
    field = client.page.locator("#text-expectation")
    expect(field).to_be_visible()
    consultant.write("expectation", "Comprendre vos usagers")
    client.sees("Comprendre vos usagers")
    expect(field).to_be_visible()
    client.write("expectation", "Repartir avec deux mesures")
    client.sees("Repartir avec deux mesures")
    expect(field).to_be_hidden()
    expect(fold.locator("> summary")).to_be_focused()
    fold.locator("> summary").click()
    field.fill("Et une date")
    client.reload()
    expect(field).to_have_value("Et une date")
    expect(field).to_be_visible()
    assert client.errors == []


MOVES = """() => {
  globalThis.moved = [];
  addEventListener('animationstart', ({ animationName }) => moved.push(animationName));
}"""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_note_that_comes_moves_unless_a_person_asks_for_no_motion(
    server: Server, person: Callable[..., Person], motion: str
) -> None:
    links = server.new("Colis Solidaire")
    ada = person("facilitator").join(links["facilitator"], "Ada")
    ines = person("consultant", reduced_motion=motion).join(links["consultant"], "Inès")
    with ada.context.expect_page() as opened:
        ada.page.get_by_role("link", name="Écran de la salle").click()
    wall = opened.value
    wall.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    wall.wait_for_selector("body[data-ready]")
    for _ in range(3):
        ada.forward()
    expect(wall.locator(".waiting")).to_be_visible()
    for page in (ines.page, wall):
        page.evaluate(MOVES)
    ada.write("question", "Qui renonce ?")
    ines.sees("Qui renonce ?")
    expect(wall.locator("[data-zone=screen-notes] > *").first).to_contain_text("Qui renonce ?")
    for page, name in ((ines.page, "arrive"), (wall, "comes")):
        if motion == "reduce":
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            assert page.evaluate("moved") == []
        else:
            page.wait_for_function("name => moved.includes(name)", arg=name)
    assert ines.errors == []
