"""A line that stalls without closing: what is written meanwhile is kept, sent once, in order; it is said in time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from impactlib.domain.events import NoteWritten
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.folder import journal_path
from tests.browser.conftest import Person
from tests.harness import Server
from tests.lines import StallingLine

pytestmark = [pytest.mark.browser]

SAID_WITHIN = 25_000
"""Milliseconds, from the moment at which the line stalls, in which a page says that it is alone."""
STALLED = int(os.environ.get("SOAK_STALL", "600"))
"""Seconds of the long stall. Of 90, all time limits are passed: 15 of a gesture, 22 of a stream, 75 of a connection."""


def stalled(server: Server, person: Callable[..., Person], seconds: int) -> None:
    """Somebody writes while their line is stalled for so many seconds; somebody else reads."""
    with StallingLine(server.port) as line:
        links = server.new("Colis Solidaire")
        ada = person("facilitator").join(links["facilitator"], "Ada")
        marc = person("client").join(links["client"].replace(server.url, line.url), "Marc")
        zoe = person("observer").join(links["observer"].replace(server.url, line.url), "Zoé")
        ada.forward()
        marc.sees("Qui est là")
        zoe.sees("Qui est là")
        line.stall()
        began = time.monotonic()
        for number in range(3):
            marc.write("expectation", f"Attente {number}")
        if 1000 * seconds > SAID_WITHIN:
            banner = marc.page.locator("[data-banner]")
            expect(banner).to_contain_text("Connexion perdue", timeout=SAID_WITHIN)
            for number in range(3):
                expect(banner).to_contain_text(f"Attente {number}")
            expect(marc.page.locator("[data-saved]")).to_have_text("Gardé sur cet appareil")
            # Who writes nothing is told too.
            left = SAID_WITHIN - 1000 * (time.monotonic() - began)
            expect(zoe.page.locator("[data-banner]")).to_contain_text("Connexion perdue", timeout=max(1, left))
            marc.shot("stalled")
        marc.write("expectation", "Attente 3")
        ada.write("expectation", "Écrit ailleurs")
        marc.page.wait_for_timeout(max(0.0, 1000 * (began + seconds - time.monotonic())))
        line.go()
        for number in range(4):
            expect(ada.page.get_by_text(f"Attente {number}", exact=True).first).to_be_visible(timeout=40_000)
        for one in (marc, zoe):
            expect(one.page.get_by_text("Écrit ailleurs").first).to_be_visible(timeout=40_000)
            expect(one.page.locator("[data-banner]")).to_be_hidden(timeout=40_000)
        expect(marc.page.locator("[data-saved]")).to_have_text("Enregistré", timeout=20_000)
        session = ada.page.url.split("/room/")[1].split("/")[0]
        written = notes(server.data, session)
        assert [text for text in written if text.startswith("Attente")] == [f"Attente {number}" for number in range(4)]
        assert marc.errors == zoe.errors == []


def notes(data: Path, session: str) -> list[str]:
    with closing(FileJournal(journal_path(data, session))) as journal:
        return [entry.event.text for entry in journal.read() if isinstance(entry.event, NoteWritten)]


@pytest.mark.long
@pytest.mark.parametrize("seconds", [15, 75])
def test_a_line_that_stalls_loses_nothing_and_is_told(
    server: Server, person: Callable[..., Person], seconds: int
) -> None:
    stalled(server, person, seconds)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_line_that_stalls_for_ten_minutes_loses_nothing(server: Server, person: Callable[..., Person]) -> None:
    stalled(server, person, STALLED)
