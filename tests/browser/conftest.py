"""A real server, a real Chromium, and people who each have a browser of their own."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, TimeoutError, expect, sync_playwright

from tests.harness import Server, launch

NAMES = {"facilitator": "Ada", "client": "Marc", "consultant": "Inès", "observer": "Lou"}
BACK = "Oui, c’est moi\u00a0: reprendre ma place"
SHOTS = os.environ.get("IMPACT_SHOTS")
"""A folder for pictures of every state that the tests reach; none are taken without it."""

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


class Person:
    """Somebody with a browser of their own (`context`), on one page."""

    def __init__(self, context: BrowserContext, role: str) -> None:
        self.role, self.context, self.page = role, context, context.new_page()
        self.page.set_default_timeout(30_000)
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "request", lambda request: self.hosts.add(request.url.split("/")[2] if "//" in request.url else "")
        )

    def join(self, link: str, name: str, *, again: bool = False) -> Person:
        """Come in; `again`: as the person of that name and role who is offline."""
        self.page.goto(link)
        self.page.fill("#name", name)
        self.page.click("main [data-enter] .btn")
        if again:
            self.page.get_by_role("button", name=BACK).click()
        return self.ready()

    def ready(self) -> Person:
        self.page.wait_for_selector("body[data-ready]")
        return self

    def download(self, name: str, path: Path) -> Path:
        """Save one of the files that the page links to; of the one to share, once its names were looked at."""
        with self.page.expect_download(timeout=60_000) as download:
            if name == "shared.ipynb":
                self.page.locator("[data-share]").click()
                dialog = self.page.get_by_role("dialog")
                expect(dialog.locator("[data-names]")).to_be_visible(timeout=60_000)
                dialog.get_by_role("button", name="Faire le fichier").click()
            else:
                self.page.locator(f'a[href$="{name}"]').click()
        download.value.save_as(path)
        return path

    def reload(self) -> Person:
        """Open the page anew: after the browser has left the entry of a closed dialog, which would stop it."""
        self.page.wait_for_function("() => document.querySelector('dialog[open]') || !history.state?.dialog")
        self.page.reload()
        return self.ready()

    def rested(self) -> None:
        """Wait until the page takes another press of the filled button."""
        self.page.wait_for_selector("body:not([data-resting])")

    def write(self, kind: str, text: str) -> None:
        """Type into the form of that kind of note and send it."""
        form = self.page.locator(f'form[data-form="{kind}"]')
        field = form.locator("textarea")
        self.unfold(form)
        try:
            field.fill(text, timeout=5_000)
        except TimeoutError:
            # It was folded meanwhile, as it is once somebody has said theirs.
            self.unfold(form)
            field.fill(text)
        form.locator("button.btn").click()

    def unfold(self, inner: Locator) -> None:
        """Open the folds that something is in: the line of its hypothesis, its menu, that of its form."""
        inner.wait_for(state="attached")
        while (closed := inner.locator("xpath=ancestor::details[not(@open)]")).count():
            closed.first.locator("> summary").click()

    def more(self, card: Locator, name: str) -> Locator:
        """Open the menu in which a card has that action: its own, or that of a card in it."""
        named = re.compile(f"^{name}")
        action = card.locator(".choices button", has_text=named).first
        action.wait_for(state="attached")
        own = card.locator(":scope > .menu button, :scope > footer > .menu button", has_text=named)
        action = own.first if own.count() else action
        self.unfold(action)
        return action

    def open(self, card: Locator) -> Locator:
        """Open the line of a hypothesis or a metric."""
        self.unfold(card.locator(".subject .of"))
        return card

    def advise(self, card: Locator, text: str) -> None:
        """Write advice on a hypothesis or a metric, under it."""
        self.open(card)
        self.write("advice", text)

    def forward(self) -> None:
        """The facilitator presses the filled button: the next step, or the end. Not twice within a moment."""
        button = self.page.locator(".at-now .btn:not(.quiet)")
        before = button.inner_text()
        self.rested()
        button.click()
        expect(button).not_to_have_text(before)

    def leave(self) -> None:
        """The facilitator goes to the next step where its button is not the filled one: before a round is opened."""
        self.rested()
        self.page.locator(".at-now").get_by_role("button", name=re.compile("^Étape suivante")).click()

    def stage(self, name: str) -> None:
        """Go to a stage of the path of a preparation."""
        self.page.locator(".path").get_by_role("button", name=name).click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main, header").get_by_text(text).filter(visible=True).first).to_be_visible()

    def roster(self) -> Locator:
        """Unfold who is in the room."""
        roster = self.page.locator("details.roster")
        if roster.get_attribute("open") is None:
            roster.locator("> summary").click()
        return roster

    def shot(self, name: str, *, whole: bool = False) -> None:
        """A picture of what is in sight, or of the `whole` page."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SHOTS}/{name}-{self.role}.png", full_page=whole)


@pytest.fixture
def person(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Make somebody with a browser of their own; they leave with the test."""
    made: list[Person] = []

    def make(role: str, **context: object) -> Person:
        made.append(Person(browser.new_context(**{"locale": "fr-FR", **context}), role))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.context.close()


class People(dict[str, Person]):
    """One person per role, each of whom joins when first spoken of: a role that nobody needs costs nothing."""

    def __init__(self, links: dict[str, str], make: Callable[..., Person]) -> None:
        self._links, self._make = links, make

    def __missing__(self, role: str) -> Person:
        self[role] = self._make(role).join(self._links[role], NAMES[role])
        return self[role]


@pytest.fixture
def four(server: Server, person: Callable[..., Person]) -> People:
    """Up to four people, one per role, in a new workshop."""
    return People(server.new("Colis Solidaire"), person)
