"""A ballot shows the scores that the server counts, also when others act meanwhile, and says what to do next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from impactlib.domain.agenda import Role
from impactlib.domain.session import Score
from impactlib.gestures import Asking
from impactlib.storage.session_store import SessionStore
from tests.browser.conftest import Person
from tests.browser.test_access import agree
from tests.browser.test_rounds import EASE, METRICS, PHONE, VALUE, by_marks, by_mouse, mark, prepared, row, slider, spot
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

FACILITATOR = Asking("preparing", Role.FACILITATOR)
ROUND = "round-of-the-test"
LONG = "anticonstitutionnellement" * 4
"""A name without a break, wider than a phone."""


class Stage:
    """A workshop in the step of the scores, what its facilitator does, and what it counts."""

    def __init__(self, server: Server, names: tuple[str, ...]) -> None:
        self.links = server.new("Colis Solidaire")
        self.store: SessionStore = prepared(server, self.links, names)
        self._gestures = 0

    def ask(self, do: str, id: str = "", **gesture: str) -> None:
        self._gestures += 1
        self.store.ask(FACILITATOR, {"id": id or f"facilitating-{self._gestures}", "do": do, **gesture})

    def open(self, *metrics: int, id: str = ROUND) -> None:
        self.ask("open_round", id=id, metrics=" ".join(f"metric-{n:03}" for n in metrics))

    def counted(self, name: str, metric: int = 0) -> Score | None:
        self.store.catch_up()
        session = self.store.session
        [person] = [person.id for person in session.people.values() if person.name == name]
        return session.rounds[-1].scores.get((f"metric-{metric:03}", person))


@pytest.fixture
def stage(server: Server) -> Iterator[Stage]:
    made = Stage(server, METRICS[:3])
    yield made
    made.store.journal.close()


def sent(page: Page) -> None:
    """Nothing is left to send."""
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.includes('outbox:'))")


def test_a_ballot_explains_the_round_and_counts_the_scores_given(stage: Stage, person: Callable[..., Person]) -> None:
    phone = person("consultant", **PHONE).join(stage.links["consultant"], "Inès")
    lou = person("observer").join(stage.links["observer"], "Lou")
    stage.open(0, 1)
    phone.sees("Un tour d’avis est ouvert : placez chaque mesure")
    lou.sees("Vous pouvez noter à part")
    expect(phone.page.locator("[data-toast] span")).to_have_text("Un tour d’avis est ouvert.")
    expect(mark(phone.page, METRICS[0], 1)).to_be_in_viewport(ratio=1)
    progress = phone.page.locator("[data-progress]")
    expect(progress).to_have_text("0 sur 2 placées · environ 1 min")
    mark(phone.page, METRICS[0], 4).tap()
    expect(progress).to_have_text("0 sur 2 placées · 1 à compléter · environ 1 min")
    lacks = [row(phone.page, name).get_by_text("Il manque un des deux nombres.") for name in METRICS[:2]]
    expect(lacks[0]).to_be_visible()
    expect(lacks[1]).to_be_hidden()
    mark(phone.page, METRICS[0], 2, EASE).tap()
    expect(progress).to_have_text("1 sur 2 placées · environ 1 min")
    expect(lacks[0]).to_be_hidden()
    phone.page.get_by_role("button", name=re.compile(f"abstiens.*{METRICS[1]}")).click()
    expect(progress).to_have_text(re.compile("Tout est placé"))
    expect(slider(phone.page, METRICS[1])).to_have_attribute("aria-valuetext", "abstention")
    phone.shot("ballot-placed")
    stage.ask("show_round", round=ROUND)
    phone.sees("Les avis sont montrés")
    # What the scores say comes first, on everybody's page.
    expect(phone.page.locator("#main")).to_be_focused()
    expect(phone.page.locator(".verdict")).to_be_in_viewport()
    expect(lou.page.locator(".verdict")).to_be_in_viewport()
    # Beside the group's, one's own, which no other page has.
    expect(phone.page.locator(".places [data-mine]").first).to_have_text(
        re.compile("De votre part.: valeur 4, facilité 2")
    )
    expect(lou.page.locator(".places [data-mine]").first).to_be_hidden()
    assert phone.errors == lou.errors == []


RESTS = """(it) => {
  const { x, y, width, height } = it.getBoundingClientRect();
  const spot = [x + width / 2, y + height / 2];
  it.still = String(it.spot) === String(spot) ? it.still + 1 : 0;
  it.spot = spot;
  return it.still > 5 && document.elementFromPoint(...spot) === it && [...spot, Math.min(width, height)];
}"""
"""Where a mark rests under a finger, and its size, once it is in sight and the page has stopped moving."""


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_phone_scores_five_metrics_by_ten_taps_and_nothing_else(
    server: Server, person: Callable[..., Person], motion: str
) -> None:
    stage = Stage(server, (*METRICS[:4], LONG))
    ines = person("consultant", reduced_motion=motion, **PHONE).join(stage.links["consultant"], "Inès")
    # She is writing in another step when the round opens.
    ines.page.locator(".steps button").first.tap()
    ines.page.locator('form[data-form="expectation"] textarea').press_sequentially("Comprendre vos us")
    stage.open(0, 1, 2, 3, 4)
    for n, metric in enumerate((*METRICS[:4], LONG)):
        for axis, score in ((VALUE, 1 + n), (EASE, 5 - n)):
            given = mark(ines.page, metric, score, axis)
            rests = ines.page.wait_for_function(RESTS, arg=given.element_handle()).json_value()
            assert rests[2] >= 44
            ines.page.touchscreen.tap(*rests[:2])
            expect(given).to_be_checked()
        ines.shot(f"ten-taps-{n}")
    expect(ines.page.locator("[data-progress]")).to_have_text(re.compile("Tout est placé"))
    sent(ines.page)
    assert [stage.counted("Inès", n) for n in range(5)] == [Score(1 + n, 5 - n) for n in range(5)]
    agree(ines.page, "ten taps")
    ines.page.locator(".steps button").first.tap()
    expect(ines.page.locator('form[data-form="expectation"] textarea')).to_have_value("Comprendre vos us")
    assert ines.errors == []
    stage.store.journal.close()


def test_marks_are_given_by_keyboard_and_the_page_stays_where_it_is(
    stage: Stage, person: Callable[..., Person]
) -> None:
    marc = person("client", viewport={"width": 1280, "height": 600}).join(stage.links["client"], "Marc")
    stage.open(0, 1, 2)
    mark(marc.page, METRICS[0], 1, EASE).scroll_into_view_if_needed()
    mark(marc.page, METRICS[0], 1).focus()
    marc.page.keyboard.press("ArrowLeft")  # round to the last
    marc.page.keyboard.press("Tab")
    before = marc.page.evaluate("scrollY")
    marc.page.keyboard.press("Space")
    marc.page.keyboard.press("ArrowRight")
    expect(mark(marc.page, METRICS[0], 5)).to_be_checked()
    last = mark(marc.page, METRICS[0], 2, EASE)
    expect(last).to_be_checked()
    expect(last).to_be_focused()
    sent(marc.page)
    assert marc.page.evaluate("scrollY") == before
    assert stage.counted("Marc") == Score(5, 2)


def test_a_score_that_changes_nothing_is_not_sent(stage: Stage, person: Callable[..., Person]) -> None:
    marc = person("client").join(stage.links["client"], "Marc")
    asked: list[str] = []
    marc.page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/gestures") else None)
    stage.open(0, 1)
    expect(marc.page.locator(".ballot")).to_be_visible()
    by_mouse(marc.page, METRICS[0], 5, 4)
    sent(marc.page)
    before = len(asked)
    x, y = spot(marc.page, 5, 4)
    for _ in range(2):  # a finger never rests quite still
        marc.page.mouse.move(x, y)
        marc.page.mouse.down()
        marc.page.mouse.move(x + 2, y + 2)
        marc.page.mouse.up()
    slider(marc.page, METRICS[0]).press("ArrowUp")
    mark(marc.page, METRICS[0], 5).focus()  # what the arrow key chose leaves when the focus goes on
    mark(marc.page, METRICS[0], 5).click()
    sent(marc.page)
    by_marks(marc.page, METRICS[1], 2, 2)
    sent(marc.page)
    assert len(asked) == before + 2
    assert stage.counted("Marc") == Score(5, 4)


KEYS_PRESSED = """(it, [keys, leaves]) => {
  const waiting = () => Object.keys(localStorage).some((key) => key.includes('outbox:'));
  it.focus();
  for (const key of keys) it.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  const before = waiting();
  if (leaves) it.blur();
  return [before, waiting()];
}"""
"""Presses keys on a point within one moment; says if a gesture waits before, and after, the focus leaves."""


def test_arrow_keys_send_their_score_once_when_they_rest_or_the_focus_leaves(
    stage: Stage, person: Callable[..., Person]
) -> None:
    marc = person("client").join(stage.links["client"], "Marc")
    asked: list[tuple[str, int, int]] = []

    def asks(request: Request) -> None:
        if request.url.endswith("/gestures"):
            gesture: dict[str, Any] = request.post_data_json or {}
            asked.append((gesture["metric"], int(gesture["value"]), int(gesture["ease"])))

    marc.page.on("request", asks)
    stage.open(0, 1)
    first, second = slider(marc.page, METRICS[0]), slider(marc.page, METRICS[1])
    # The first key brings a point to the middle.
    with marc.page.expect_request("**/gestures"):
        assert first.evaluate(KEYS_PRESSED, [["ArrowUp", "ArrowUp", "ArrowUp", "ArrowRight"], False]) == [False, False]
    sent(marc.page)
    assert first.evaluate(KEYS_PRESSED, [["ArrowDown", "ArrowDown"], True]) == [False, True]
    # The keys on the second point rest later than those on the first, which are not sent again then.
    with marc.page.expect_request(lambda request: "metric-001" in (request.post_data or "")):
        second.evaluate(KEYS_PRESSED, [["Home", "ArrowLeft"], False])
    sent(marc.page)
    assert asked == [("metric-000", 5, 4), ("metric-000", 3, 4), ("metric-001", 3, 2)]
    assert (stage.counted("Marc"), stage.counted("Marc", 1)) == (Score(3, 4), Score(3, 2))


def test_two_tabs_of_one_person_show_the_same_scores(stage: Stage, person: Callable[..., Person]) -> None:
    marc = person("client").join(stage.links["client"], "Marc")
    other = marc.context.new_page()
    other.goto(marc.page.url)
    stage.open(0)
    for page in (marc.page, other):
        expect(page.locator(".ballot")).to_be_visible()
    by_marks(marc.page, METRICS[0], 3, 3)
    expect(mark(other, METRICS[0], 3)).to_be_checked()
    mark(other, METRICS[0], 4).click()
    expect(mark(marc.page, METRICS[0], 4)).to_be_checked()
    sent(other)
    assert stage.counted("Marc") == Score(4, 3)
    marc.reload()
    expect(slider(marc.page, METRICS[0])).to_have_attribute("aria-valuetext", "valeur 4, facilité 3")


def test_a_refused_score_is_replaced_by_the_one_that_counts(stage: Stage, person: Callable[..., Person]) -> None:
    marc = person("client").join(stage.links["client"], "Marc")
    stage.open(0, 1)
    expect(marc.page.locator(".ballot")).to_be_visible()
    by_marks(marc.page, METRICS[0], 3, 3)
    sent(marc.page)
    marc.context.set_offline(True)
    by_marks(marc.page, METRICS[0], 5, 5)
    stage.ask("withdraw", note="metric-000")
    marc.context.set_offline(False)
    expect(marc.page.locator("[data-toast] span")).to_have_text(
        re.compile(f"{METRICS[0][:40]}.* a été retirée entre-temps.: votre avis n’a pas été compté")
    )
    sent(marc.page)
    stage.ask("restore", note="metric-000")
    expect(mark(marc.page, METRICS[0], 3)).to_be_checked()
    assert stage.counted("Marc") == Score(3, 3)
    # The toast has said why: the foot does not say that something is lost.
    expect(marc.page.locator("[data-saved]")).to_have_text("")


def test_a_metric_renamed_or_withdrawn_leaves_the_marks_and_the_focus_alone(
    stage: Stage, person: Callable[..., Person]
) -> None:
    marc = person("client").join(stage.links["client"], "Marc")
    stage.open(0, 1, 2)
    expect(marc.page.locator(".ballot")).to_be_visible()
    mark(marc.page, METRICS[1], 4).click()
    stage.ask("edit", note="metric-001", text="Part des familles servies", was="1")
    stage.ask("withdraw", note="metric-002")
    expect(marc.page.locator("[data-toast] span")).to_have_text("Une mesure a été retirée de ce tour.")
    renamed = mark(marc.page, "Part des familles servies", 4)
    expect(renamed).to_be_focused()
    expect(renamed).to_be_checked()
    expect(marc.page.locator(".ballot [data-of]")).to_have_count(2)


def test_an_observer_who_becomes_a_consultant_starts_with_an_empty_ballot(
    stage: Stage, person: Callable[..., Person]
) -> None:
    lou = person("observer").join(stage.links["observer"], "Lou")
    stage.open(0)
    expect(lou.page.locator(".ballot")).to_be_visible()
    by_marks(lou.page, METRICS[0], 5, 5)
    nadia = person("facilitator").join(stage.links["facilitator"], "Nadia")
    nadia.roster().get_by_role("button", name="Corriger : Lou").click()
    nadia.page.locator("dialog[open] select").select_option("consultant")
    nadia.page.locator("dialog[open] .btn:not(.quiet)").click()
    lou.page.wait_for_url(re.compile("/consultant"))
    lou.ready()
    expect(lou.page.locator("[data-progress]")).to_have_text(re.compile("0 sur 1 placées"))
    expect(lou.page.locator(".ballot :checked")).to_have_count(0)
    by_marks(lou.page, METRICS[0], 2, 2)
    sent(lou.page)
    assert stage.counted("Lou") == Score(2, 2)


def test_another_round_begins_with_the_scores_of_the_last(stage: Stage, person: Callable[..., Person]) -> None:
    marc = person("client").join(stage.links["client"], "Marc")
    stage.open(0, 1)
    expect(marc.page.locator(".ballot")).to_be_visible()
    by_marks(marc.page, METRICS[0], 5, 2)
    by_marks(marc.page, METRICS[1], 1, 4)
    sent(marc.page)
    stage.ask("show_round", round=ROUND)
    marc.sees("valeur 5, facilité 2")
    stage.open(0, 1, id="another-round")
    expect(slider(marc.page, METRICS[0])).to_have_attribute("aria-valuetext", "valeur 5, facilité 2")
    # What was given is told beside the marks, and given again by nobody but Marc.
    expect(row(marc.page, METRICS[0]).locator("[data-before]")).to_have_text([re.compile("avant.: 5"), re.compile("2")])
    expect(marc.page.locator(".ballot :checked")).to_have_count(0)
    marc.sees(re.compile("À revoir.: 2. Ce que vous ne changez pas reste"))
    expect(marc.page.locator("[data-progress]")).to_have_text(re.compile("0 sur 2 placées"))
    marc.shot("another-round")
    mark(marc.page, METRICS[0], 4, EASE).click()
    sent(marc.page)
    stage.ask("show_round", round="another-round")
    marc.sees("valeur 5, facilité 4")
    marc.sees("valeur 1, facilité 4")
    expect(marc.page.locator(".places [data-mine]").first).to_have_text(
        re.compile("De votre part.: valeur 5, facilité 4")
    )
    marc.sees("D’un tour à l’autre")


def test_a_voter_keeps_all_scores_of_the_last_round_by_one_press(server: Server, person: Callable[..., Person]) -> None:
    stage = Stage(server, METRICS[:4])
    marc = person("client").join(stage.links["client"], "Marc")
    nadia = person("facilitator").join(stage.links["facilitator"], "Nadia")
    keep = marc.page.get_by_role("button", name="Garder ce que j’avais donné")
    progress = marc.page.locator("[data-progress]")
    stage.open(0, 1, 2)
    expect(marc.page.locator(".ballot")).to_be_visible()
    by_marks(marc.page, METRICS[0], 5, 2)
    by_marks(marc.page, METRICS[1], 1, 4)
    abstain = marc.page.get_by_role("button", name=re.compile(f"abstiens.*{METRICS[2]}"))
    abstain.click()
    expect(keep).to_be_hidden()
    sent(marc.page)
    stage.ask("show_round", round=ROUND)
    stage.open(0, 1, 2, 3, id="another-round")
    keep.scroll_into_view_if_needed()
    # What was abstained from is kept too; what was never asked is still to place.
    marc.sees(re.compile("À revoir.: 3"))
    expect(progress).to_have_text(re.compile("0 sur 4 placées"))
    expect(abstain).to_have_attribute("aria-pressed", "true")
    marc.shot("another-round-to-keep")
    mark(marc.page, METRICS[0], 3, EASE).click()
    keep.press("Enter")
    expect(keep).to_be_hidden()
    expect(mark(marc.page, METRICS[3], 1)).to_be_focused()
    expect(progress).to_have_text(re.compile("3 sur 4 placées"))
    by_marks(marc.page, METRICS[3], 2, 2)
    expect(progress).to_have_text(re.compile("Tout est placé"))
    nadia.sees("1 sur 1")
    assert [stage.counted("Marc", n) for n in range(4)] == [
        Score(5, 3),
        Score(1, 4),
        Score(abstained=True),
        Score(2, 2),
    ]
    # Whoever comes back on an abstention by one number keeps the other: the page and the server count the same.
    marc.page.get_by_role("button", name=re.compile(f"abstiens.*{METRICS[0]}")).click()
    mark(marc.page, METRICS[0], 4).click()
    expect(slider(marc.page, METRICS[0])).to_have_attribute("aria-valuetext", "valeur 4, facilité 2")
    sent(marc.page)
    assert stage.counted("Marc") == Score(4, 2)
    assert marc.errors == nadia.errors == []
    stage.store.journal.close()


def test_a_metric_name_without_spaces_widens_no_page_of_a_phone(server: Server, person: Callable[..., Person]) -> None:
    stage = Stage(server, (LONG, LONG.upper(), METRICS[2]))
    ines = person("consultant", **PHONE).join(stage.links["consultant"], "Inès")
    stage.open(0, 1, 2)
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth && visualViewport.width >= 389"
    expect(ines.page.locator(".ballot")).to_be_visible()
    assert ines.page.evaluate(fits)
    for name, score in ((LONG, 5), (LONG.upper(), 2)):
        by_marks(ines.page, name, score, 3)
    sent(ines.page)
    stage.ask("show_round", round=ROUND)
    ines.sees("Où vous différez")
    ines.page.get_by_text("Comment c’est calculé").click()
    for method in ("Produit des moyennes", "Somme pondérée", "Front de Pareto"):
        ines.page.get_by_role("button", name=method).click()
        assert ines.page.evaluate(fits), method
    ines.shot("long-names")
    stage.store.journal.close()


def test_the_facilitator_is_told_of_a_round_left_open(stage: Stage, person: Callable[..., Person]) -> None:
    nadia = person("facilitator").join(stage.links["facilitator"], "Nadia")
    marc = person("client").join(stage.links["client"], "Marc")
    stage.open(0)
    expect(marc.page.locator(".ballot")).to_be_visible()
    slider(marc.page, METRICS[0]).focus()
    nadia.leave()
    nadia.sees("Un tour d’avis est encore ouvert")
    # Whoever is scoring is not torn away.
    expect(marc.page.locator(".ballot")).to_be_visible()
    nadia.page.locator(".band").get_by_role("button", name="Montrer les avis").click()
    expect(nadia.page.get_by_text("Un tour d’avis est encore ouvert")).to_have_count(0)
    stage.store.catch_up()
    assert stage.store.session.rounds[0].shown


def test_a_phone_on_its_side_keeps_the_matrix_beside_the_marks(server: Server, person: Callable[..., Person]) -> None:
    stage = Stage(server, METRICS[:5])
    ines = person("consultant", **PHONE | {"viewport": {"width": 844, "height": 390}}).join(
        stage.links["consultant"], "Inès"
    )
    stage.open(0, 1, 2, 3, 4)
    # The first screen holds something to score.
    expect(mark(ines.page, METRICS[0], 1)).to_be_in_viewport(ratio=1)
    for n, metric in enumerate(METRICS[:5]):
        mark(ines.page, metric, 4).tap()
        mark(ines.page, metric, 2, EASE).tap()
        expect(ines.page.locator(".matrix .placing .grid")).to_be_in_viewport(ratio=0.9)
        ines.shot(f"on-its-side-{n}")
    assert ines.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    stage.store.journal.close()
