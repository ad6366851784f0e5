"""A machine in trouble, as people see it: what becomes of their notes is said, and they leave by themselves."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.test_life import gather
from tests.harness import Server

pytestmark = pytest.mark.browser

LONG = "Les bénévoles attendent la réponse, et rappellent. " * 60


def test_on_a_full_disk_the_page_says_so_and_the_note_leaves_once_there_is_room(
    tmp_path: Path, person: Callable[..., Person]
) -> None:
    with Server(tmp_path) as server:
        people = gather(server, person)
        client, consultant = people["client"], people["consultant"]
        [journal] = (tmp_path / "sessions").glob("*.journal")
        # No file of the server may grow any more: what a quota does.
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (journal.stat().st_size, resource.RLIM_INFINITY))
        client.write("expectation", f"Tout est plein. {LONG}")
        banner = client.page.locator("[data-banner]")
        expect(banner).to_contain_text("Le disque du serveur ne répond pas comme il faut.")
        expect(banner).to_contain_text("part de lui-même dès que c’est réglé")
        expect(banner).to_contain_text("Tout est plein.")
        expect(client.page.locator("[data-saved]")).to_have_text("Gardé sur cet appareil")
        client.shot("full-disk")
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        consultant.sees("Tout est plein.")
        expect(banner).to_be_hidden()
        assert "impact doctor" not in server.log.read_text() and "its space" in server.log.read_text()


def test_on_a_slow_disk_the_page_says_that_a_note_waits_and_nothing_more(
    tmp_path: Path, person: Callable[..., Person]
) -> None:
    with Server(tmp_path) as server:
        people = gather(server, person)
        client, consultant = people["client"], people["consultant"]
        [journal] = (tmp_path / "sessions").glob("*.journal")
        saved, banner = client.page.locator("[data-saved]"), client.page.locator("[data-banner]")
        with closing(sqlite3.connect(journal, isolation_level=None)) as slow:
            slow.execute("begin exclusive")
            client.write("expectation", "Le disque prend son temps")
            expect(banner).to_contain_text("Le serveur met longtemps à garder ce qui s’écrit.", timeout=40_000)
            expect(banner).to_contain_text("Le disque prend son temps")
            expect(saved).to_have_text("Gardé sur cet appareil")
            client.shot("slow-disk")
            slow.execute("rollback")
        consultant.sees("Le disque prend son temps")
        expect(banner).to_be_hidden()


def test_a_damaged_journal_is_said_and_what_is_on_the_screen_stays(
    tmp_path: Path, person: Callable[..., Person]
) -> None:
    with Server(tmp_path) as server:
        people = gather(server, person)
        client, consultant = people["client"], people["consultant"]
        client.write("expectation", "Avant le dommage")
        consultant.sees("Avant le dommage")
        server.kill9()
        [journal] = (tmp_path / "sessions").glob("*.journal")
        content = journal.read_bytes()
        journal.write_bytes(content.replace(b"Avant le dommage", b"Apres le dommage", 1))
        server.restart()
        banner = client.page.locator("[data-banner]")
        expect(banner).to_contain_text("le fichier de cet atelier est abîmé", timeout=40_000)
        client.write("expectation", "Malgré tout")
        expect(client.page.locator("[data-saved]")).to_have_text("Gardé sur cet appareil")
        expect(banner).to_contain_text("Malgré tout")
        client.sees("Avant le dommage")
        client.shot("damaged-open")
        consultant.page.reload()
        expect(consultant.page.get_by_role("heading", level=1)).to_have_text(
            "Cet atelier ne peut pas s’ouvrir pour le moment"
        )
        consultant.shot("damaged-page")
        journal.write_bytes(content)
        expect(banner).to_be_hidden(timeout=40_000)
        # A page that was opened meanwhile comes back too: nobody reloads it.
        consultant.ready().sees("Malgré tout")
        assert "impact doctor" in server.log.read_text()
