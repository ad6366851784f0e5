"""Complete by keyboard and by screen reader: axe-core on every page, role and step, at 1280, 390 and 320 px."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from impactlib import export
from impactlib.domain.agenda import Role
from impactlib.domain.agenda_files import DEFAULT
from impactlib.gestures import Asking
from impactlib.rehearsal.stage import rehearse
from impactlib.rooms import samples
from impactlib.storage.keys import links as links_of
from impactlib.storage.session_store import open_store
from impactlib.views.render import environment
from tests.browser.conftest import NAMES, People, Person
from tests.harness import Server

pytestmark = pytest.mark.browser

WIDTHS = (1280, 390)
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}


CUT = """() => [...document.querySelectorAll('.btn, .slim .chip')]
  .filter((button) => button.offsetParent && button.scrollWidth > button.clientWidth)
  .map((button) => button.innerText)"""

FILLED = """scope => [...document.querySelectorAll(scope + '.btn:not(.quiet)')]
  .filter((button) => button.checkVisibility() && getComputedStyle(button).backgroundColor !== 'rgba(0, 0, 0, 0)')
  .map((button) => button.innerText)"""


SMALL = """() => [...document.querySelectorAll('button, summary, select, textarea, input, a.btn, a.link')]
  .map((one) => (one.matches('[type=checkbox], [type=radio]') && one.closest('label')) || one)
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.sr'))
  .map((one) => [one, one.getBoundingClientRect(), parseFloat(getComputedStyle(one, '::after').height) || 0])
  .filter(([one, { width, height }, after]) => width > 1 &&
    (Math.max(height, after) < 43.5 || (width < 43.5 && !one.closest('.steps'))))
  .map(([one, { width, height }]) => `${one.className} ${one.innerText || one.name}: ${width} x ${height}`)"""
"""What fingers find too small; a link within a sentence may be, and a step of the track is as wide as its minutes."""


COVERED = """() => [...document.querySelectorAll('.terms > summary')]
  .filter((words) => words.checkVisibility({ visibilityProperty: true }))
  .flatMap((words) => [...document.querySelectorAll('main :is(.btn, .chip, textarea, input, .card, .empty)')]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => {
      // What stays in its place while one scrolls, and a dialog, lie over the page on purpose.
      for (let at = one; at; at = at.parentElement)
        if (at.matches('.sr, dialog') || /fixed|sticky/.test(getComputedStyle(at).position)) return false;
      return true;
    })
    .filter((one) => {
      const [above, below] = [one, words].map((each) => each.getBoundingClientRect());
      const room = 1 + (parseFloat(getComputedStyle(words).paddingTop) || 0);  // a finger's, without a word
      return above.bottom > below.top + room && above.top < below.bottom - room &&
        above.right > below.left && above.left < below.right;
    }).map((one) => `${words.innerText.slice(0, 30)} over ${one.className} ${one.innerText.slice(0, 30)}`))"""
"""Where the line of words of a pane, which is drawn up to the prose above it, lies on something else."""


FINISH = """() => document.getAnimations()
  .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).forEach((one) => one.finish())"""
"""Ends what moves: to wait for it takes forever on a page that draws no frame."""


def agree(page: Page, where: str, widths: tuple[int, ...] = WIDTHS) -> None:
    """No violation of WCAG 2.1 A and AA, nothing wider than the screen and no button cut, at these widths."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        # An animation half-way has half its contrast.
        page.evaluate(FINISH)
        found = Axe().run(page, options=RULES).response["violations"]
        told = [
            (v["id"], [n["html"][:200] + " // " + n.get("failureSummary", "")[:300] for n in v["nodes"]]) for v in found
        ]
        assert not told, f"{where} at {width} px: {told}"
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{where} at {width} px is {wide} px too wide"
        assert page.evaluate(CUT) == [], f"{where} at {width} px: a button's words are cut"
        assert page.evaluate(COVERED) == [], f"{where} at {width} px: the words of a pane cover something"
        scope = "dialog[open] " if page.locator("dialog[open]").count() else ""
        # As people see them: once the hour has ended the styles empty those of forms.
        assert len(page.evaluate(FILLED, scope)) <= 1, f"{where}: more than one filled button"


def everywhere(page: Page, where: str) -> None:
    """The same at 320 px too, where fingers also find all that they press."""
    agree(page, where, (*WIDTHS, 320))
    small = page.evaluate(SMALL)
    assert not small, f"{where} at 320 px: {small}"


def fill(people: dict[str, Person], step: str) -> None:
    """Leave something in each step, so that what is checked is not empty."""
    client, consultant = people["client"], people["consultant"]
    if step == "tour":
        consultant.write("expectation", "Comprendre vos usagers")
    elif step == "problem":
        client.write("problem", "Les familles attendent trois semaines")
    elif step == "questions":
        consultant.write("question", "Qui renonce ?")
        client.page.locator(".card:visible", has_text="Qui renonce").get_by_role(
            "button", name=re.compile("^Répondre")
        ).click()
        client.write("answer", "Nous ne le savons pas")
        client.write("contract", "Aidez-nous à mesurer le délai")
    elif step == "recommendations":
        client.write("hypothesis", "L’inscription en mairie raccourcit l’attente")
        client.write("metric", "Délai médian avant le premier colis")
        consultant.write("recommendation", "Comparez deux départements")
        facilitator = people["facilitator"]
        facilitator.sees("Délai médian avant le premier colis")
        facilitator.page.get_by_role("button", name="Ouvrir le tour").click()
        for axis, score in (("Valeur pour les usagers", "5"), ("Facilité d’obtenir la donnée", "2")):
            consultant.page.locator(".ballot").get_by_role("group", name=axis).get_by_role("radio", name=score).click()
        facilitator.sees("1 sur 2")
        facilitator.page.get_by_role("button", name="Montrer les avis").click()
        consultant.sees("L’ordre, et ce que l’équipe garde")
        facilitator.forward()
        consultant.sees("L’équipe choisit ce qu’elle garde")
    elif step == "learnings":
        client.write("learning", "Le délai dit plus que les inscriptions")
        client.write("action", "Compter les abandons")
        consultant.sees("Compter les abandons")


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_page_is_accessible_and_fits_both_widths_for_each_role_and_step(
    server: Server, person: Callable[..., Person]
) -> None:
    operator = person("facilitator")
    operator.page.goto(server.operator_url)
    operator.ready()
    everywhere(operator.page, "home")
    operator.page.fill("#team", "Colis Solidaire")
    operator.page.locator("form[data-open-workshop] .btn").click()
    operator.page.wait_for_selector(".invitations")
    for summary in operator.page.locator("summary").all():
        summary.click()
    everywhere(operator.page, "links")
    links = {role: operator.page.locator(f"#url-{role}").input_value() for role in NAMES}
    people = {role: person(role) for role in NAMES}
    for role, one in people.items():
        one.page.goto(links[role])
        everywhere(one.page, f"join, {role}")
        one.page.fill("#name", NAMES[role])
        one.page.locator("main [data-enter] .btn").click()
        one.ready()
        everywhere(one.page, f"before the hour, {role}")
        one.shot("0-lobby")
    for step in ("tour", "problem", "questions", "recommendations", "learnings", "ended"):
        people["facilitator"].forward()
        for one in people.values():
            one.page.set_viewport_size({"width": 1280, "height": 844})
        fill(people, step)
        for role, one in people.items():
            everywhere(one.page, f"{step}, {role}")
    with people["facilitator"].context.expect_page() as opened:
        people["facilitator"].page.get_by_role("link", name="Mon fil, à part").click()
    opened.value.wait_for_selector("body[data-ready]")
    everywhere(opened.value, "script")
    people["facilitator"].roster().get_by_role("button", name="Corriger : Lou").click()
    everywhere(people["facilitator"].page, "dialog")
    lost = person("observer")
    lost.page.goto(f"{server.url}room/unknown/client")
    everywhere(lost.page, "closed")
    lost.page.goto(f"{server.url}nothing-here")
    everywhere(lost.page, "missing")


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("agenda", "lang", "roles"),
    [(DEFAULT, "en", ("facilitator", "client")), ("reformulation", "fr", ("consultant", "observer"))],
)
def test_every_step_of_a_played_hour_is_accessible(
    server: Server, person: Callable[..., Person], agenda: str, lang: str, roles: tuple[str, ...]
) -> None:
    store = open_store(server.data, rehearse(server.data, participants=4, speed=3600, agenda=agenda, lang=lang).session)
    [played] = store.session.here(Role.FACILITATOR)
    last = store.session.steps[-1].id
    store.ask(Asking(played.id, Role.FACILITATOR), {"id": "open-again", "do": "start", "step": last})
    links = links_of(server.data, store.journal, server.url)
    for role in roles:
        one = person(role)
        one.page.goto(links[role])
        assert one.page.locator("html").get_attribute("lang") == lang
        everywhere(one.page, f"join, {role}, {lang}")
        one.page.fill("#name", f"{NAMES[role]} B")
        one.page.locator("main [data-enter] .btn").click()
        one.ready()
        for step in store.session.steps:
            one.page.set_viewport_size({"width": 1280, "height": 844})
            one.page.locator(".steps").get_by_role("button", name=step.title[lang]).click()
            everywhere(one.page, f"{step.id}, {role}, {lang}")
        one.page.locator(".foot [data-look=summary]").click()
        everywhere(one.page, f"summary, {role}, {lang}")
        one.shot(f"{agenda}-{lang}")


def test_the_english_pages_that_no_step_shows_are_accessible(server: Server, person: Callable[..., Person]) -> None:
    operator = person("facilitator")
    for address in (server.operator_url, f"{server.url}?lang=en"):
        operator.page.goto(address)
    operator.ready()
    operator.page.fill("#team", "Shared Parcels")
    everywhere(operator.page, "home, en")
    stranger = person("observer")
    for name in ("glossary", "for-you", "shelf", "compose"):
        stranger.page.goto(f"{server.url}{name}")
        everywhere(stranger.page, name)
        stranger.shot(name)
    operator.page.locator("form[data-open-workshop] .btn").click()
    operator.page.wait_for_selector(".invitations")
    for summary in operator.page.locator("summary").all():
        summary.click()
    everywhere(operator.page, "links, en")
    operator.page.locator("header .btn").click()
    operator.page.fill("#name", "Ada")
    operator.page.locator("main [data-enter] .btn").click()
    operator.ready()
    operator.page.goto(f"{operator.page.url}/script")
    operator.ready()
    everywhere(operator.page, "script, en")
    assert operator.page.locator("html").get_attribute("lang") == "en"
    operator.page.goto(f"{server.url}nothing-here")
    everywhere(operator.page, "missing, en")


def test_the_dark_theme_keeps_its_contrast(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    consultant = person("consultant", color_scheme="dark").join(links["consultant"], "Inès")
    for step in ("Tour de table", "Questions", "Recommandations", "Apprentissages"):
        consultant.page.get_by_role("button", name=step).click()
        everywhere(consultant.page, f"dark, {step}")
    consultant.shot("dark")


OFFERS = "name => document.querySelector('.at-now .btn').innerText.replace(/\\s+/g, ' ').includes(name)"


FOCUSED = """() => { const it = document.activeElement;
  return it === document.body ? '' : (it.innerText || it.id || '').replace(/\\s+/g, ' ') }"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on the control of that name."""
    met = []
    for _ in range(80):
        page.keyboard.press("Tab")
        met.append(page.evaluate(FOCUSED))
        if name in met[-1]:
            return
    raise AssertionError(f"Tab never reached {name}, it met {met}")


def test_a_person_goes_through_a_whole_step_by_keyboard_alone(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    facilitator, client = person("facilitator"), person("client")
    for one, name in ((facilitator, "Ada"), (client, "Marc")):
        one.page.goto(links[one.role])
        one.page.keyboard.type(name)  # the field has the focus already
        one.page.keyboard.press("Enter")
        one.ready()
    for button in ("Commencer", "suivante : Problème", "suivante : Questions"):
        facilitator.page.wait_for_function(OFFERS, arg=button)
        facilitator.rested()
        tab_to(facilitator.page, button)
        facilitator.page.keyboard.press("Enter")
    client.sees("Questions et réponses")
    tab_to(facilitator.page, "text-question")
    facilitator.page.keyboard.type("Qui renonce ?")
    tab_to(facilitator.page, "Marc")
    facilitator.page.keyboard.press("Space")
    tab_to(facilitator.page, "Poser")
    facilitator.page.keyboard.press("Enter")
    client.sees("Qui renonce ?")
    client.sees("noté par Ada")
    tab_to(client.page, "Répondre")
    client.page.keyboard.press("Enter")
    client.page.keyboard.type("Nous ne le savons pas")
    client.page.keyboard.press("Control+Enter")
    facilitator.sees("Nous ne le savons pas")
    tab_to(client.page, "text-contract")
    client.page.keyboard.type("Aidez-nous à mesurer le délai")
    client.page.keyboard.press("Control+Enter")
    facilitator.sees("Aidez-nous à mesurer le délai")
    tab_to(facilitator.page, "Étape suivante")
    facilitator.page.keyboard.press("Enter")
    client.sees("Hypothèses et conseils")


SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }"""
"""As a reader may space text: RGAA 10.12."""

LOST = """() => [...document.querySelectorAll('body *')]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.innerText?.trim()
    && !one.closest('[aria-hidden=true], details:not([open]) > summary') && getComputedStyle(one).clipPath === 'none')
  .filter((one) => {
    const { overflowX, overflowY } = getComputedStyle(one);
    const cuts = (how) => how === 'hidden' || how === 'clip';
    return (cuts(overflowX) && one.scrollWidth > one.clientWidth + 1)
      || (cuts(overflowY) && one.scrollHeight > one.clientHeight + 1);
  })
  .map((one) => `${one.className}: ${one.innerText.slice(0, 80)}`)"""
"""The texts of which something is cut; a line of a list that is closed shows a beginning, and all once it is open."""


def keeps_what_is_spaced(page: Page, where: str) -> None:
    page.add_style_tag(content=SPACED)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(LOST) == [], f"{where} at {width} px"
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{where} at {width} px is {wide} px too wide"


def test_text_that_is_spaced_out_is_not_cut(server: Server, person: Callable[..., Person]) -> None:
    store = open_store(server.data, rehearse(server.data, participants=4, speed=3600).session)
    [played] = store.session.here(Role.FACILITATOR)
    store.ask(
        Asking(played.id, Role.FACILITATOR), {"id": "open-again", "do": "start", "step": store.session.steps[-1].id}
    )
    links = links_of(server.data, store.journal, server.url)
    one = person("client", bypass_csp=True)  # a reader's own style sheet
    one.page.goto(server.operator_url)
    one.ready()
    keeps_what_is_spaced(one.page, "home")
    one.join(links["client"], "Marc B")
    keeps_what_is_spaced(one.page, "room")
    for step in store.session.steps:
        one.page.locator(".steps").get_by_role("button", name=step.title["fr"]).click()
        keeps_what_is_spaced(one.page, step.id)
    one.page.locator(".foot [data-look=summary]").click()
    keeps_what_is_spaced(one.page, "summary")
    one.shot("spaced")
    one.page.goto(f"{one.page.url.partition('?')[0]}/prepare")
    one.ready()
    for stage in one.page.locator(".path button").all():
        stage.click()
        keeps_what_is_spaced(one.page, f"preparation, {stage.inner_text()}")
    one.page.goto(f"{server.url}replay/?sample=tidy")
    one.ready()
    keeps_what_is_spaced(one.page, "moments of a replay")
    store.journal.close()


def test_a_form_says_what_it_requires_and_what_it_refused(four: People) -> None:
    client = four["client"]
    client.page.goto(client.page.url.replace("/prepare", "?see=workshop"))
    client.ready()
    client.page.locator(".steps").get_by_role("button", name="Apprentissages").click()
    form = client.page.locator('form[data-form="action"]')
    field = form.get_by_label("Une action")
    expect(field).to_have_attribute("aria-required", "true")
    expect(form.get_by_role("group", name="Facultatif").get_by_label("Responsable")).to_be_visible()
    form.get_by_role("button", name="Ajouter l’action").click()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("Il n’y a encore rien à envoyer\u202f: écrivez quelques mots.")
    expect(field).to_be_focused()
    field.press_sequentially("Compter")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    client.page.goto(f"{client.page.url.partition('?')[0]}/prepare")
    client.ready()
    draft = client.page.locator('form[data-form="draft"]')
    draft.get_by_role("button", name="Garder cette hypothèse").click()
    first = draft.get_by_label("Qu’est-ce qui doit changer")
    expect(first).to_have_attribute("aria-invalid", "true")
    expect(first).to_have_accessible_description("Il n’y a encore rien à envoyer\u202f: écrivez quelques mots.")


def test_the_head_of_a_room_is_outside_its_main_content(four: People) -> None:
    page = four["observer"].page
    for landmark in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    expect(page.get_by_role("banner").get_by_role("navigation", name="Étapes")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("navigation", name="Étapes")).to_have_count(0)


def test_a_page_enlarged_twice_keeps_all(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    client = person("client", viewport={"width": 640, "height": 360}).join(links["client"], "Marc")
    for step in client.page.locator(".steps button").all():
        step.click()
        agree(client.page, step.inner_text(), (640,))
    client.shot("enlarged")


@pytest.mark.long
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_files_in_html_are_accessible(person: Callable[..., Person], tmp_path: Path, lang: str) -> None:
    """They are the accessible versions of the office documents: an hour that went well, one that went badly."""
    page = person("client").page
    for name, kind in product(("tidy", "messy"), ("summary", "matrix", "committee")):
        path = tmp_path / f"{name}-{kind}-{lang}.html"
        path.write_bytes(export.render(samples.sample(name), kind, "html", environment(lang)))
        page.goto(path.as_uri())
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            agree(page, f"{path.name}, {theme}")
