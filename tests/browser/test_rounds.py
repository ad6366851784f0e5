"""Rounds of scores in real browsers: blind until shown, placed by mouse, by keyboard, by finger; legible at 2 to 40."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from impactlib.agenda import Role
from impactlib.gestures import Asking
from impactlib.workshop import Workshop, open_workshop
from tests.browser.conftest import Person
from tests.harness import Server

pytestmark = pytest.mark.browser

METRICS = (
    "Délai médian entre la demande d’une famille et la remise du premier colis, en jours ouvrés",
    "Part des familles orientées en urgence qui renoncent avant d’avoir reçu quoi que ce soit",
    "Appels reçus par semaine pour savoir où en est une demande",
    "Part des colis qui correspondent à ce que la famille avait demandé",
    "Comptes créés depuis l’ouverture du service",
)
HEARD = """
globalThis.heard = [];
const Stream = globalThis.EventSource;
globalThis.EventSource = class extends Stream {
  constructor(...all) { super(...all); this.addEventListener('message', ({ data }) => heard.push(data)); }
};
"""


def session_of(links: dict[str, str]) -> str:
    return links["observer"].split("/room/")[1].split("/")[0]


def prepared(server: Server, links: dict[str, str], names: tuple[str, ...] = METRICS) -> Workshop:
    """A workshop in the step of the scores, with metrics."""
    workshop = open_workshop(server.data, session_of(links))
    asking = Asking("preparing", Role.FACILITATOR)
    workshop.ask(asking, {"id": "preparing", "do": "join", "name": "Ada"})
    for number, name in enumerate(names):
        workshop.ask(asking, {"id": f"metric-{number:03}", "do": "write", "kind": "metric", "text": name})
    workshop.ask(asking, {"id": "to-the-step", "do": "start", "step": "recommendations"})
    return workshop


def open_round(page: Page, button: str = "Ouvrir le tour") -> None:
    page.get_by_role("button", name=button).press("Enter")


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name)


def spot(page: Page, value: int, ease: int) -> tuple[float, float]:
    """Where a value and an ease are on the screen: read from the picture's own grid."""
    return tuple(
        page.evaluate(
            """([value, ease]) => {
                const svg = document.querySelector('.ballot svg.placing');
                const box = svg.getBoundingClientRect();
                const ticks = [...svg.querySelectorAll('.grid text')];
                const tick = (n, anchor) => ticks.find(
                    (t) => t.textContent === String(n) && t.getAttribute('text-anchor') === anchor);
                const [x, y] = [tick(ease, 'middle'), tick(value, 'end')];
                const scale = box.width / svg.viewBox.baseVal.width;
                return [box.left + x.getAttribute('x') * scale, box.top + (y.getAttribute('y') - 5) * scale];
            }""",
            [value, ease],
        )
    )


def middle(point: Locator) -> tuple[float, float]:
    box = point.locator(".touch").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def by_mouse(page: Page, name: str, value: int, ease: int) -> None:
    slider(page, name).scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.ballot svg').scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.mouse.move(*middle(slider(page, name)))
    page.mouse.down()
    page.mouse.move(*spot(page, value, ease), steps=5)
    page.mouse.up()


def by_keyboard(page: Page, name: str, value: int, ease: int) -> None:
    slider(page, name).focus()
    page.keyboard.press("ArrowUp")  # a point that waits comes to the middle
    for key, times in (
        ("ArrowUp", value - 3),
        ("ArrowDown", 3 - value),
        ("ArrowRight", ease - 3),
        ("ArrowLeft", 3 - ease),
    ):
        for _ in range(times):
            page.keyboard.press(key)


def by_finger(page: Page, name: str, value: int, ease: int) -> None:
    page.evaluate("document.querySelector('.ballot svg').scrollIntoView({ block: 'center', behavior: 'instant' })")
    (x, y), (to_x, to_y) = middle(slider(page, name)), spot(page, value, ease)
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in (0.3, 0.7, 1.0):
        at = {"x": x + part * (to_x - x), "y": y + part * (to_y - y)}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def by_table(page: Page, name: str, value: int, ease: int) -> None:
    row = page.locator(".ballot tr", has_text=name)
    row.get_by_label("Valeur pour les usagers").fill(str(value))
    row.get_by_label("Facilité d’obtenir la donnée").fill(str(ease))


def test_five_people_two_rounds_by_mouse_keyboard_and_finger(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    workshop = prepared(server, links)
    facilitator = person("facilitator").join(links["facilitator"], "Nadia")
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    marc = person("client").join(links["client"], "Marc")
    lea = person("client", **phone).join(links["client"], "Léa")
    ines = person("consultant").join(links["consultant"], "Inès")
    lou = person("observer").join(links["observer"], "Lou")
    everybody = [facilitator, marc, lea, ines, lou]

    facilitator.sees("Un tour de notes prend environ trois minutes")
    open_round(facilitator.page)
    ways: list[tuple[Person, Callable[..., None]]] = [
        (marc, by_mouse),
        (ines, by_keyboard),
        (lea, by_finger),
        (lou, by_table),
    ]
    given = {}
    for i, (who, place) in enumerate(ways):
        expect(who.page.locator(".ballot")).to_be_visible()
        for j, name in enumerate(METRICS):
            value, ease = 1 + (i + 2 * j) % 5, 1 + (i + 3 * j) % 5
            given[who, name] = (value, ease)
            place(who.page, name, value, ease)
            expect(slider(who.page, name)).to_have_attribute("aria-valuetext", f"valeur {value}, facilité {ease}")
        who.shot(f"round-1-{place.__name__}")
    facilitator.sees("3 sur 3 ont fini")
    workshop.catch_up()
    scores = workshop.session.scores
    names = {p.id: p.name for p in workshop.session.people.values()}
    assert {(names[p], workshop.session.notes[m].text): (s.value, s.ease) for (m, p), s in scores.items()} == {
        (who.page.evaluate("document.body.dataset.me") and {marc: "Marc", lea: "Léa", ines: "Inès"}[who], name): point
        for (who, name), point in given.items()
        if who is not lou
    }

    # A reload finds one's own scores again, and an observer's.
    for who in (lea, lou):
        who.page.reload()
        who.ready()
        value, ease = given[who, METRICS[0]]
        expect(slider(who.page, METRICS[0])).to_have_attribute("aria-valuetext", f"valeur {value}, facilité {ease}")

    facilitator.page.get_by_role("button", name="Montrer les notes").click()
    for who in everybody:
        who.sees("Où vous différez")
        expect(who.page.locator(".ballot")).to_be_hidden()
        expect(who.page.locator(".map svg")).to_be_visible()
        who.shot("round-1-shown")

    # What they talked about is scored again; one abstains, one has gone: nobody is waited for.
    open_round(facilitator.page, "Ouvrir un autre tour")
    by_keyboard(marc.page, METRICS[0], 5, 5)
    ines.page.locator(".ballot tr", has_text=METRICS[0]).get_by_role("button", name="Je m’abstiens").click()
    facilitator.page.wait_for_timeout(1000)
    facilitator.page.get_by_role("button", name="Montrer les notes").click()
    for who in everybody:
        who.sees("valeur 5 × facilité 5 = 25")
        who.page.get_by_text("Comment c’est calculé").click()
        who.page.get_by_role("button", name="Front de Pareto").click()
        who.sees("D’abord les mesures qu’aucune autre ne bat")
        who.shot("round-2-shown")
        assert who.errors == []
    workshop.catch_up()
    first, second = workshop.session.rounds
    assert len(first.scores) == 15 and first.shown and second.shown
    workshop.journal.close()


def test_nothing_of_anothers_scores_reaches_a_browser_before_they_are_shown(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    workshop = prepared(server, links, METRICS[:2])
    facilitator = person("facilitator").join(links["facilitator"], "Nadia")
    marc = person("client").join(links["client"], "Marc")
    ines = person("consultant")
    ines.page.add_init_script(HEARD)
    bodies: list[str] = []
    ines.page.on("response", lambda answer: "/patches" not in answer.url and answer.ok and bodies.append(answer.text()))
    ines.join(links["consultant"], "Inès")

    def received(*points: int, button: str) -> list[dict[str, str]]:
        """All that Inès's page hears while Marc scores, then what each address of hers answers."""
        open_round(facilitator.page, button)
        expect(ines.page.locator(".ballot")).to_be_visible()
        before = len(ines.page.evaluate("heard"))
        value, ease, again, more = points
        by_table(marc.page, METRICS[0], value, ease)
        by_table(marc.page, METRICS[1], again, more)
        ines.sees("1 sur 2 ont fini : Marc")
        heard = [json.loads(message) for message in ines.page.evaluate("heard")[before:]]
        room = ines.page.evaluate("document.body.dataset.room")
        for path in ("", "/consultant/shared.ipynb", "/consultant/session.ipynb", "/consultant/summary.md"):
            answer = ines.page.request.get(f"{server.url}{room}{path}")
            assert "MetricScored" not in answer.text() or not points
        for notebook in ("shared", "session"):
            carried = marc.page.request.get(marc.page.url.split("?")[0].rstrip("/") + f"/{notebook}.ipynb").text()
            assert "RoundOpened" in carried or "metadata" not in carried
            assert carried.count("MetricScored") == shown_before
        return [{key: settled(html) for key, html in message.items()} for message in heard if set(message) - {"track/"}]

    def settled(html: str) -> str:
        return re.sub(r"[0-9a-f]{32}|Tour \d", "", html)

    shown_before = 0
    low = received(1, 2, 2, 1, button="Ouvrir le tour")
    assert low and all(set(message) == {"round/"} for message in low)
    page = ines.page.content()
    assert 'pressed="true"' not in page.split("ballot")[1].split("ranking")[0]
    facilitator.page.get_by_role("button", name="Montrer les notes").click()
    ines.sees("valeur 1 × facilité 2 = 2")
    shown_before = 4
    high = received(5, 4, 4, 5, button="Ouvrir un autre tour")
    # Whatever Marc gives, what reaches Inès is the same to the letter.
    assert high == low
    assert not any("MetricScored" in body or "MetricAbstained" in body for body in bodies)
    assert ines.page.evaluate("Object.values(localStorage).join()").count("value") == 0
    workshop.journal.close()
