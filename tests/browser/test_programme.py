"""A programme lived by page: ten requests, three dates, thirty observers, two withdrawals; and one team's whole way, on
a phone, from « Est-ce pour vous ? » to its return of experience ninety days later."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, ViewportSize, expect

from impactlib.domain.events import Entry
from impactlib.domain.programme import DateSet, read, written
from impactlib.server.pages.downloads import FOLLOW_UP, NAMES, PICTURE
from impactlib.server.routes import routes
from impactlib.storage.folder import Folder
from impactlib.storage.programme import ProgrammeStore
from impactlib.storage.session_store import open_store
from impactlib.storage.store import ERASES_FROM, PROGRAMME
from impactlib.storage.stores import store_of
from tests.browser.conftest import Person
from tests.browser.test_access import everywhere
from tests.harness import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.long]

PHONE: ViewportSize = {"width": 390, "height": 844}
DATES = ("2099-03-18T14:00", "2099-04-02T10:00", "2099-05-14T09:30")
PLACES = 10
DAY = 86400.0


def fill(page: Page, kind: str, **typed: str) -> None:
    """Fill in one of the forms of the page of dates, and send it."""
    form = page.locator(f"#{kind}-form")
    if not form.is_visible():
        page.locator(f"#{kind} > summary").click()
    for name, value in {"minutes": "60", **typed}.items():
        field = form.locator(f"[name={name}]")
        if name == "date":
            field.select_option(value)
        elif name == "listed":
            field.check()
        else:
            field.fill(value)
    form.get_by_role("button").click()


def public(server: Server, *paths: str) -> bytes:
    """All that somebody without a key is given at these addresses."""
    found = b""
    for path in paths:
        with urllib.request.urlopen(f"{server.url}{path}") as answer:
            found += answer.read()
    return found


def everything_public(server: Server) -> bytes:
    """All that somebody without a key is given at each address that takes no name; what is refused says so."""
    found, given = b"", 0
    for pattern, _ in routes("/"):
        if "(" in pattern:
            continue
        try:
            found += public(server, re.sub(r"\\(.)", r"\1", pattern).removeprefix("/"))
            given += 1
        except urllib.error.HTTPError as refused:
            found += refused.read()
    assert given >= 10
    return found


def unpacked(content: bytes) -> bytes:
    """The bytes of a file; of one that is packed, those of what is in it too."""
    if not zipfile.is_zipfile(BytesIO(content)):
        return content
    with zipfile.ZipFile(BytesIO(content)) as packed:
        return content + b"".join(unpacked(packed.read(name)) for name in packed.namelist())


def days_later(server: Server, session: str, days: int) -> None:
    """Let a workshop that began today be that many days older, and the programme with its date, while no server runs on
    them; whatever is due by then is erased."""
    store = store_of(server.store)
    [date] = [one.date for one in ProgrammeStore(store).programme().asked.values() if one.session == session]

    def older(entry: Entry) -> Entry:
        event, aged = read(entry), replace(entry, at=entry.at - days * DAY)
        if isinstance(event, DateSet) and event.date == date:
            return replace(aged, event=written(replace(event, starts_at=store.clock() - days * DAY)))
        return aged

    for name in (session, PROGRAMME):
        with closing(store.open(name)) as journal, journal.writing():
            journal.overwrite([older(entry) for entry in journal.read()])
    store.say(ERASES_FROM, "2020-01-01")


def begun(server: Server, session: str) -> bool:
    """Whether the hour of a workshop has begun."""
    store = open_store(server.store, session)
    with closing(store.journal):
        return store.session.clock.started is not None


def opens(server: Server, operator: Person) -> Page:
    """The operator opens the programme and announces the dates."""
    page = operator.page
    page.goto(server.operator_url)
    page.get_by_role("link", name="Le programme").click()
    if page.locator("#contact").count():  # a server that was started with --contact has said it already
        page.fill("#contact", "Atelier impact, impact@quartier.example")
    page.get_by_role("button", name="Ouvrir le programme").click()
    for date in DATES:
        page.fill("#starts", date)
        page.fill("#observers", str(PLACES))
        page.get_by_role("button", name="Annoncer").click()
    expect(page.get_by_text("mercredi 18 mars 2099")).to_be_visible()
    return page


@pytest.mark.timeout(300)
def test_ten_requests_three_dates_thirty_observers_two_withdrawals(
    tmp_path: Path, person: Callable[..., Person]
) -> None:
    addresses = [f"equipe{n}@colis.example" for n in range(10)] + [f"lou{n}@obs.example" for n in range(30)]
    with Server(tmp_path, "--contact", "Atelier impact") as server:
        operator = person("facilitator", viewport={"width": 1280, "height": 900})
        desk = opens(server, operator)
        dates = [one.id for one in ProgrammeStore(tmp_path).programme().coming(0.0)]
        # Nobody of them has a script. A page is drawn for each of eight before the first of them sends their form:
        # what is sent at once waits.
        people = [person("observer", java_script_enabled=False, viewport=PHONE) for _ in range(8)]
        own: dict[str, str] = {}
        for first in range(0, len(addresses), len(people)):
            for one in people:
                one.page.goto(f"{server.url}dates")
            for n, (one, address) in enumerate(zip(people, addresses[first:], strict=False), first):
                if n < 10:
                    said = {"product": f"Produit {n}", "problem": f"Ce qui nous bloque, {n}", "hope": "Trois mesures"}
                    fill(one.page, "team", **said, who=f"Équipe {n}", address=address)
                else:
                    fill(one.page, "observer", who=f"Lou {n}", address=address, date=dates[(n - 10) // PLACES])
                expect(one.page.get_by_role("heading", level=1)).to_have_text("Votre demande")
                own[address] = one.page.url
        page = people[0].page
        page.goto(f"{server.url}dates")
        expect(page.locator("#observer")).to_have_count(0)
        people[0].shot("dates-full")
        for address in (addresses[3], addresses[15]):
            page.goto(own[address])
            page.get_by_role("button", name="Me retirer").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Vous vous êtes retiré")
        desk.reload()
        assert desk.locator("section[aria-labelledby=requests-title] article").count() == 9
        text = desk.content()
        assert [one for one in addresses if one not in text] == [addresses[3], addresses[15]]
        page.goto(f"{server.url}dates")
        expect(page.locator("#observer")).to_have_count(1)
        request = desk.locator("section[aria-labelledby=requests-title] article").first
        request.locator("select").select_option(dates[0])
        request.get_by_role("button", name="Accepter").click()
        desk.wait_for_url("**/facilitator/links")
        for where in ("dates", "programme"):
            desk.goto(f"{server.url}{where}")
            for fold in desk.locator("main details").all():
                fold.evaluate("fold => { fold.open = true }")
            everywhere(desk, where)
        told = everything_public(server)
        [session] = Folder(tmp_path).sessions()
        operator.join(f"{server.url}room/{session}/facilitator", "Ada")
        exported = b""
        for name in NAMES:
            answer = desk.request.get(f"{server.url}room/{session}/facilitator/{name}")
            assert answer.status == (404 if name in (PICTURE, FOLLOW_UP) else 200), name
            exported += unpacked(answer.body())
        assert b"Produit 0" in exported
        log = server.log.read_bytes()
    for address in addresses:
        assert address.encode() not in told + exported + log
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert addresses[4].encode() in kept
    assert addresses[3].encode() not in kept and addresses[15].encode() not in kept


@pytest.mark.timeout(300)
def test_a_teams_way_from_whom_it_is_for_to_its_return_of_experience(
    tmp_path: Path, person: Callable[..., Person]
) -> None:
    with Server(tmp_path) as server:
        operator = person("facilitator", viewport={"width": 1280, "height": 900})
        desk = opens(server, operator)
        camille = person("client", viewport=PHONE)
        page = camille.page
        page.goto(f"{server.url}for-you")
        page.get_by_role("link", name="Demander à venir").click()
        camille.shot("dates")
        team = {
            "product": "Colis du quartier",
            "problem": "Nos inscrits montent, et rien d’autre.",
            "hope": "Une mesure",
        }
        [date, *_] = [one.id for one in ProgrammeStore(tmp_path).programme().coming(0.0)]
        fill(page, "team", **team, who="Camille", address="camille@quartier.example", date=date, listed="yes")
        expect(page.get_by_text("Elle attend une réponse")).to_be_visible()
        mine = page.url
        camille.shot("own")
        desk.reload()
        desk.get_by_role("button", name="Accepter").click()
        desk.wait_for_url("**/facilitator/links")
        [session] = Folder(tmp_path).sessions()
        page.reload()
        invited = page.locator("pre").first.inner_text()
        link = next(line for line in invited.splitlines() if "/client?key=" in line)
        camille.join(link, "Camille")
        room = f"{server.url}room/{session}"
        operator.join(f"{room}/facilitator", "Ada")
        desk.locator("[data-do=start]").first.click()
        until(lambda: begun(server, session))
        server.stop()
        days_later(server, session, 90)
        server.start()
        # What she asked is erased, and her team is still named; her page leads on, in any browser.
        until(lambda: all(one.erased_at for one in ProgrammeStore(tmp_path).programme().asked.values()))
        kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert b"camille@quartier.example" not in kept and "et rien d’autre".encode() not in kept
        assert b"Colis du quartier" in public(server, "library")
        page.goto(mine)
        expect(page.get_by_text("a été effacé le")).to_be_visible()
        everywhere(page, "own")
        page.set_viewport_size(PHONE)
        camille.shot("own-later", whole=True)
        elsewhere = person("client", viewport=PHONE)
        elsewhere.page.goto(mine)
        elsewhere.page.get_by_role("link", name="Dire ce qu’il en est advenu").click()
        expect(elsewhere.page.locator("#name")).to_be_visible()
        page.get_by_role("link", name="Dire ce qu’il en est advenu").click()
        expect(page.get_by_text("Ce que vous publiez quitte la bibliothèque")).to_be_visible()
        everywhere(page, "experience")
        page.set_viewport_size(PHONE)
        page.get_by_label("Qu’avez-vous changé").fill("Un rappel par message, la veille.")
        page.get_by_label("Que mesurez-vous").fill("Le délai du premier colis.")
        page.get_by_label("Que diriez-vous").fill("Comptez les familles, pas les colis.")
        page.get_by_label("Le thème").fill("Aide alimentaire")
        page.get_by_label("Ce qui vous bloquait").select_option("grows")
        page.get_by_label("Nous acceptons").check()
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_text("Il est dans la bibliothèque")).to_be_visible()
        camille.shot("experience")
        reader = person("observer", viewport=PHONE)
        reader.page.goto(f"{server.url}library")
        reader.page.get_by_label("Genre de problème").select_option("grows")
        reader.page.get_by_role("button", name="Chercher").click()
        expect(reader.page.get_by_text("Comptez les familles, pas les colis.")).to_be_visible()
        everywhere(reader.page, "library")
        reader.page.set_viewport_size(PHONE)
        reader.shot("library")
        reader.page.get_by_role("link", name="Revoir son heure").click()
        reader.ready()
        told = public(
            server, "library", "dates", "dates.ics", f"library/{session}.ipynb", f"library/{session}/replay.json"
        )
        assert b"camille@quartier.example" not in told + server.log.read_bytes() and b"Camille" not in told
        # She withdraws at her own page: the dates, the calendar and the library have her no more.
        page.goto(mine)
        expect(page.get_by_role("link", name="Il est dans la bibliothèque")).to_be_visible()
        page.get_by_role("button", name="Me retirer").click()
        expect(page.get_by_text("hors d’atteinte")).to_be_visible()
        told = public(server, "library", "dates", "dates.ics")
        assert b"Colis du quartier" not in told and b"Comptez" not in told
        page.goto(f"{room}/client/experience")
        expect(page.get_by_text("aucune page publique ne parle plus")).to_be_visible()
