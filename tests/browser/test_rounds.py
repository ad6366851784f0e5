"""Rounds of scores in real browsers: placed by mouse, by keyboard, by finger; legible at 40."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.session_store import SessionStore, open_store
from tests.browser.conftest import Person
from tests.browser.test_access import agree, tab_to
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

METRICS = (
    "Délai médian entre la demande d’une famille et la remise du premier colis, en jours ouvrés",
    "Part des familles orientées en urgence qui renoncent avant d’avoir reçu quoi que ce soit",
    "Appels reçus par semaine pour savoir où en est une demande",
    "Part des colis qui correspondent à ce que la famille avait demandé",
    "Comptes créés depuis l’ouverture du service",
)
VALUE, EASE = "Valeur pour les usagers", "Facilité d’obtenir la donnée"
"""The axes, as they are named beside their marks."""
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# Where a value and an ease are on the screen, read from the picture's own grid.
SPOT = """([value, ease]) => {
  const svg = document.querySelector('.ballot svg.placing');
  const at = (n, anchor) => [...svg.querySelectorAll('.grid text')].find(
    (text) => text.textContent === String(n) && text.getAttribute('text-anchor') === anchor);
  const spot = new DOMPoint(at(ease, 'middle').getAttribute('x'), at(value, 'end').getAttribute('y') - 5);
  const { x, y } = spot.matrixTransform(svg.getScreenCTM());
  return [x, y];
}"""
CENTRED = "document.querySelector('.ballot svg').scrollIntoView({ block: 'center', behavior: 'instant' })"

# Names that overlap one another, a point or an axis's words, or leave the picture; what is said of each is its words.
CLASHES = """(scope) => {
  const svg = document.querySelector(`${scope} svg.placing`);
  const box = (element) => element.getBoundingClientRect();
  const cross = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5;
  const outside = (a, b) => a.left < b.left - 0.5 || a.right > b.right + 0.5
    || a.top < b.top - 0.5 || a.bottom > b.bottom + 0.5;
  const names = [...svg.querySelectorAll('.labels text')];
  const numbers = [...svg.querySelectorAll('.point text')].map((number) => number.textContent).sort((a, b) => a - b);
  const dots = [...svg.querySelectorAll('.point circle:not(.touch)')];
  const axes = [...svg.querySelectorAll('.grid text')];
  const said = [];
  names.forEach((name, i) => {
    if (outside(box(name), box(svg))) said.push(`outside: ${name.textContent}`);
    names.slice(i + 1).filter((other) => cross(box(name), box(other)))
      .forEach((other) => said.push(`${name.textContent} / ${other.textContent}`));
    dots.forEach((dot) => { if (cross(box(name), box(dot))) said.push(`a point under ${name.textContent}`); });
    axes.filter((axis) => cross(box(name), box(axis)))
      .forEach((axis) => said.push(`${axis.textContent} under ${name.textContent}`));
  });
  return { names: names.map((name) => name.textContent).sort(), said, numbers };
}"""


def prepared(server: Server, links: dict[str, str], names: tuple[str, ...] = METRICS) -> SessionStore:
    """A workshop in the step of the scores, with metrics."""
    store = open_store(server.data, links["observer"].split("/room/")[1].split("/")[0])
    asking = Asking("preparing", Role.FACILITATOR)
    store.ask(asking, {"id": "preparing", "do": "join", "name": "Ada"})
    for number, name in enumerate(names):
        store.ask(asking, {"id": f"metric-{number:03}", "do": "write", "kind": "metric", "text": name})
    store.ask(asking, {"id": "to-the-step", "do": "start", "step": "recommendations"})
    return store


def unfold_matrix(page: Page) -> None:
    """On a phone the matrix waits, folded, below the marks."""
    folded = page.locator(".ballot .matrix:not([open]) > summary")
    if folded.is_visible():
        folded.click()
        # A chart that comes in sight is measured, then drawn in the next frame.
        page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
        )


def slider(page: Page, name: str) -> Locator:
    unfold_matrix(page)
    return page.get_by_role("slider", name=name)


def spot(page: Page, value: int, ease: int) -> tuple[float, float]:
    x, y = page.evaluate(SPOT, [value, ease])
    return x, y


def middle(point: Locator) -> tuple[float, float]:
    box = point.locator(".touch").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def by_mouse(page: Page, name: str, value: int, ease: int) -> None:
    page.evaluate(CENTRED)
    page.mouse.move(*middle(slider(page, name)))
    page.mouse.down()
    page.mouse.move(*spot(page, value, ease), steps=5)
    page.mouse.up()


def by_keyboard(page: Page, name: str, value: int, ease: int) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == name:
            break
    # A point that waits comes to the middle first; then to the corner, from wherever it is.
    for key, times in (("PageDown", 2), ("Home", 1), ("ArrowUp", value - 1), ("ArrowRight", ease - 1)):
        for _ in range(times):
            page.keyboard.press(key)


def by_finger(page: Page, name: str, value: int, ease: int) -> None:
    unfold_matrix(page)
    page.evaluate(CENTRED)
    (x, y), (to_x, to_y) = middle(slider(page, name)), spot(page, value, ease)
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in (0.3, 0.7, 1.0):
        at = {"x": x + part * (to_x - x), "y": y + part * (to_y - y)}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    touch.detach()


def row(page: Page, name: str) -> Locator:
    """A metric of the ballot, with its marks."""
    return page.locator(".ballot [data-of]", has_text=re.compile(re.escape(name)))


def mark(page: Page, name: str, score: int, axis: str = VALUE) -> Locator:
    return row(page, name).get_by_role("group", name=axis).get_by_role("radio", name=str(score))


def by_marks(page: Page, name: str, value: int, ease: int) -> None:
    mark(page, name, value).click()
    mark(page, name, ease, EASE).click()


def press(person: Person, button: str) -> None:
    """By keyboard alone."""
    tab_to(person.page, button)
    person.page.keyboard.press("Enter")


def test_five_people_score_two_rounds_by_mouse_keyboard_and_finger(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    store = prepared(server, links)
    facilitator = person("facilitator").join(links["facilitator"], "Nadia")
    marc = person("client").join(links["client"], "Marc")
    lea = person("client", **PHONE).join(links["client"], "Léa")
    ines = person("consultant").join(links["consultant"], "Inès")
    sami = person("consultant").join(links["consultant"], "Sami")
    everybody = {"Nadia": facilitator, "Marc": marc, "Léa": lea, "Inès": ines, "Sami": sami}

    facilitator.sees("Un tour d’avis prend environ trois minutes")
    press(facilitator, "Ouvrir le tour")
    ways: dict[str, Callable[..., None]] = {"Marc": by_mouse, "Inès": by_keyboard, "Léa": by_finger}
    given = {}
    for i, (name, placing) in enumerate(ways.items()):
        page = everybody[name].page
        expect(page.locator(".ballot")).to_be_visible()
        for j, metric in enumerate(METRICS):
            value, ease = 1 + (i + 2 * j) % 5, 1 + (i + 3 * j) % 5
            given[name, metric] = (value, ease)
            placing(page, metric, value, ease)
            expect(slider(page, metric)).to_have_attribute("aria-valuetext", f"valeur {value}, facilité {ease}")
        everybody[name].shot(f"round-1-{placing.__name__}")
    # Sami is late: it is said, and nobody waits.
    facilitator.sees("3 sur 4 ont fini")
    store.catch_up()
    [round] = store.session.rounds
    told = {
        (store.session.people[person].name, store.session.notes[metric].text): (score.value, score.ease)
        for (metric, person), score in round.scores.items()
    }
    assert told == given

    lea.reload()
    for metric in METRICS:
        value, ease = given["Léa", metric]
        expect(slider(lea.page, metric)).to_have_attribute("aria-valuetext", f"valeur {value}, facilité {ease}")

    press(facilitator, "Montrer les avis")
    for one in everybody.values():
        one.sees("Où vous différez")
        expect(one.page.locator(".ballot")).to_be_hidden()
        expect(one.page.locator(".map svg")).to_be_visible()
        one.shot("round-1-shown")

    # Scored again after the talk: by the keyboard and the marks; two say nothing.
    press(facilitator, "Un autre tour, seulement si quelqu’un le demande")
    press(facilitator, "Ouvrir un autre tour")
    expect(marc.page.locator(".ballot")).to_be_visible()
    by_keyboard(marc.page, METRICS[0], 5, 5)
    expect(sami.page.locator(".ballot")).to_be_visible()
    by_marks(sami.page, METRICS[0], 5, 5)
    row(ines.page, METRICS[0]).get_by_role("button", name="Je m’abstiens").click()
    marc.page.evaluate("() => document.activeElement.blur()")  # what the arrow keys chose leaves at once
    for one in (marc, sami, ines):
        one.page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.includes('outbox:'))")
    press(facilitator, "Montrer les avis")
    for one in everybody.values():
        one.sees("valeur 5, facilité 5")
        one.page.get_by_text("Comment c’est calculé").click()
        one.page.get_by_role("button", name="Front de Pareto").click()
        one.sees("D’abord les mesures qu’aucune autre ne bat")
        assert one.errors == []
    store.catch_up()
    first, second = store.session.rounds
    assert len(first.scores) == 15 and first.shown and second.shown
    store.journal.close()


# ---- names and points -----------------------------------------------------------------------

PLACES = ("Nord", "Sud", "Est", "Ouest", "centre", "littoral", "plaine", "montagne")


@pytest.mark.parametrize("many", [2, 12, 40])
def test_names_are_legible_and_pages_accessible(server: Server, person: Callable[..., Person], many: int) -> None:
    names = tuple(f"{name} ({place})" for place in PLACES for name in METRICS)[:many]
    store = prepared(server, links := server.new("Colis Solidaire"), names)
    facilitator, marc = Asking("preparing", Role.FACILITATOR), Asking("marc", Role.CLIENT)
    store.ask(marc, {"id": "marc-came", "do": "join", "name": "Marc"})
    ines = person("consultant").join(links["consultant"], "Inès")
    for start in range(0, many, 5):
        asked = range(start, min(many, start + 5))
        metrics = " ".join(f"metric-{number:03}" for number in asked)
        store.ask(facilitator, {"id": f"round-from-{start}", "do": "open_round", "metrics": metrics})
        for n in asked:
            score = {"do": "score", "metric": f"metric-{n:03}", "value": 1 + n % 5, "ease": 1 + (n // 2 + n) % 5}
            store.ask(marc, {"id": f"score-of-{n}", **score})
        if start + 5 >= many:
            # What the last round said has come in by then, and is not half-way through its arrival unseen.
            expect(row(ines.page, names[start])).to_be_visible()
            looked_at(ines, ".ballot", len(asked))
            by_marks(ines.page, names[start], 4, 2)
            looked_at(ines, ".ballot", len(asked))
        store.ask(facilitator, {"id": f"shown-from-{start}", "do": "show_round", "round": f"round-from-{start}"})
    expect(ines.page.locator(".map svg")).to_be_visible()
    expect(ines.page.locator(".places li")).to_have_count(many)
    ines.page.get_by_text("Comment c’est calculé").click()
    looked_at(ines, ".map", many)
    assert ines.errors == []
    store.journal.close()


def looked_at(one: Person, scope: str, many: int) -> None:
    """Points that move have letters, none over another or over a point, none outside; points that stay have the numbers
    of the order."""
    agree(one.page, scope)
    for width in (1280, 390):
        one.page.set_viewport_size({"width": width, "height": 844})
        one.page.wait_for_function("(scope) => document.querySelector(scope).clientWidth <= innerWidth", arg=scope)
        unfold_matrix(one.page)
        one.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found = one.page.evaluate(CLASHES, scope)
        moved = scope == ".ballot"
        names, numbers = list("ABCDE"[:many]) if moved else [], [] if moved else [str(n + 1) for n in range(many)]
        assert found == {"names": names, "said": [], "numbers": numbers}, f"{scope} at {width} px"
        one.page.locator(f"{scope} svg.placing").scroll_into_view_if_needed()
        one.shot(f"{scope[1:]}-{many}-{width}")
    one.page.set_viewport_size({"width": 1280, "height": 844})
