"""The sound at the end of a step: only for whoever asked for it, and once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

SPEED = 60.0
"""The ten minutes of the first step last ten seconds."""

SPY = """
window.rung = 0;
window.ticks = 0;
const every = window.setInterval;
window.setInterval = (act, ...rest) => every(() => { act(); window.ticks += 1; }, ...rest);
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.rung += 1; return start.apply(this, when); };
"""


def listener(person: Callable[..., Person], link: str, name: str) -> Person:
    """A facilitator whose page counts the sounds that it makes since it was loaded."""
    one = person("facilitator")
    one.context.add_init_script(SPY)
    return one.join(link, name)


def rung(one: Person) -> int:
    """How many sounds, once the page has looked at the clock a few times more."""
    one.page.wait_for_function("ticks => window.ticks > ticks", arg=one.page.evaluate("() => window.ticks") + 3)
    return int(one.page.evaluate("() => window.rung"))


def over(one: Person) -> None:
    expect(one.page.locator(".time.over")).to_have_count(1, timeout=30_000)


def test_the_sound_rings_once_for_each_person_who_ticked_the_box_and_never_for_a_finished_step(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire", speed=SPEED)
    asked, silent = (listener(person, links["facilitator"], name) for name in ("Ada", "Zoé"))
    assert not silent.page.locator("[data-sound]").is_checked()
    asked.page.get_by_text("Ajuster").click()
    asked.page.locator("[data-sound]").check()
    asked.forward()
    over(asked)
    over(silent)
    assert (rung(asked), rung(silent)) == (1, 0)

    asked.reload()
    assert asked.page.locator("[data-sound]").is_checked()
    over(asked)
    assert rung(asked) == 0

    # The box still holds for the step that comes; the one before, when one comes back to it, is over since long.
    asked.forward()
    over(asked)
    assert rung(asked) == 1
    asked.page.locator(".foot").get_by_role("button", name="Reculer").click()
    expect(asked.page.locator(".bar")).to_have_attribute("data-step", "tour")
    over(asked)
    assert rung(asked) == 1
