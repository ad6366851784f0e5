"""The programme: its fold, its journal on both stores, and its pages asked of the real handlers."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tornado.httpclient import HTTPResponse

from impactlib.cli import main
from impactlib.domain import programme as domain
from impactlib.domain.agenda import Role
from impactlib.domain.events import StartSet, StepStarted, Unknown
from impactlib.domain.programme import FIELDS, KINDS
from impactlib.domain.refusal import Refusal
from impactlib.server import askings, retention
from impactlib.server.askings import FROM_ONE
from impactlib.server.log import scrubbed
from impactlib.storage import doctor, keys
from impactlib.storage.backup import back_up
from impactlib.storage.folder import Folder, journal_path
from impactlib.storage.forgetting import carry_out
from impactlib.storage.programme import ProgrammeStore
from impactlib.storage.session_store import create_session
from impactlib.storage.store import ERASES_FROM, PROGRAMME
from tests.conftest import fewer
from tests.serving import Browser, Served, served

FORM = "application/x-www-form-urlencoded"
START = "2099-03-18T14:00"


def text(answer: HTTPResponse) -> str:
    return answer.body.decode()


def drawn(house: Served, id: str) -> str:
    """What a form carries that was drawn ten seconds ago."""
    said = f"{id}-{int(house.state.programme.now()) - 10}"
    return f"{said}-{keys.drawn_key(house.data, said)}"


async def send(house: Served, id: str, kind: str, /, **typed: str) -> HTTPResponse:
    form = {"kind": kind, "drawn": drawn(house, id), "minutes": "60", **typed}
    return await post(Browser(house, "/dates"), **form)


async def post(browser: Browser, path: str = "", **typed: str) -> HTTPResponse:
    return await browser.post(path, urlencode(typed).encode(), FORM)


class Operator:
    def __init__(self, house: Served) -> None:
        self.house, self.browser = house, house.operator()
        self.browser.path = "/programme"

    async def page(self) -> str:
        return text(await self.browser.get())

    async def does(self, do: str, **typed: str) -> HTTPResponse:
        key = self.house.state.operator_key()
        passing = keys.drawn_key(self.house.data, f"desk {key}")
        return await post(self.browser, do=do, **{"pass": passing, **typed})


async def opened(house: Served, observers: int = 2) -> tuple[Operator, str]:
    """An open programme with one date."""
    operator = Operator(house)
    assert (await operator.does("open", contact="Atelier impact")).code == 303
    assert (await operator.does("date", starts=START, observers=str(observers), teams="yes")).code == 303
    [date] = (await house.state.announced()).dates
    return operator, date


TEAM = {
    "product": "Colis Solidaire",
    "problem": "Nous ne savons pas quoi mesurer.",
    "hope": "Trois mesures.",
    "who": "Camille",
    "address": "camille@colis.example",
}


@served
async def test_nothing_is_announced_until_the_operator_opens_the_programme(house: Served) -> None:
    for path in ("/dates", "/dates.ics", "/programme"):
        assert (await Browser(house, path).get()).code == 404
    operator, _ = await opened(house)
    page = text(await Browser(house, "/dates").get())
    assert "mercredi 18 mars 2099 à 14" in page and "2 places d’observateur" in page
    assert (await Browser(house, "/programme").get()).code == 404
    await operator.does("close")
    assert (await Browser(house, "/dates").get()).code == 404


@served
async def test_nobody_leaves_an_address_where_nobody_answers_for_it(house: Served) -> None:
    operator = Operator(house)
    for contact in ({}, {"contact": " \u200b "}):
        refused = await operator.does("open", **contact)
        assert refused.code == 422 and "Dites qui répond" in text(refused)
    assert (await Browser(house, "/dates").get()).code == 404
    await operator.does("open", contact="Équipe <b>impact</b>")
    for path in ("/dates", "/library", "/privacy"):
        assert "Équipe &lt;b&gt;impact" in text(await Browser(house, path).get()), path
    await operator.does("close")
    assert "Équipe &lt;b&gt;impact" in await operator.page()  # to open again


@served
async def test_a_team_asks_and_one_press_opens_its_workshop(house: Served) -> None:
    operator, date = await opened(house)
    sent = await send(house, "a1b2", "team", date=date, **TEAM)
    assert sent.code == 303
    own = Browser(house, sent.headers["Location"])
    assert "Colis Solidaire" in text(await own.get())
    assert "camille@colis.example" in await operator.page()
    accepted = await operator.does("accept", asked="a1b2", date=date)
    assert accepted.code == 303 and accepted.headers["Location"].endswith("/facilitator/links")
    assert "/client?key=" in text(await own.get())
    assert "BEGIN:VALARM" in text(await own.get(".ics"))
    session = (await house.state.announced()).asked["a1b2"].session
    team = (await house.state.announced()).team(date)
    assert team is not None and team.session == session


async def accepted(house: Served, **typed: str) -> tuple[Operator, Browser, str, str]:
    """A team whose workshop was opened for a date: the operator, the team's page, the date, the session."""
    operator, date = await opened(house)
    own = Browser(house, (await send(house, "a1", "team", date=date, listed="yes", **TEAM)).headers["Location"])
    assert (await operator.does("accept", asked="a1", date=date, **typed)).code == 303
    return operator, own, date, (await house.state.announced()).asked["a1"].session


@served
async def test_a_date_and_its_workshop_move_together(house: Served) -> None:
    operator, own, date, session = await accepted(house)
    await operator.does("date", date=date, starts="2099-03-20T10:00", observers="2", teams="yes")
    page = text(await own.get())
    assert "20 mars 2099 à 10" in page and "20/03/2099 à 10:00" in page and "18 mars" not in page
    at = datetime(2099, 4, 2, 9, 30, tzinfo=domain.CLOCKS).timestamp()
    sessions = house.state.sessions
    await sessions.run(session, lambda: sessions.room(session).store.write("moved", [StartSet(at)]))
    for page in (text(await own.get()), text(await Browser(house, "/dates").get()), await operator.page()):
        assert "2 avril 2099 à 9" in page and "20 mars" not in page
    assert "DTSTART:20990402T073000Z" in text(await Browser(house, "/dates.ics").get())


@served
async def test_a_workshop_that_is_damaged_closes_no_public_page(house: Served) -> None:
    _, _, _, session = await accepted(house)
    sessions = house.state.sessions
    await sessions.run(session, lambda: sessions.room(session).store.journal.close())
    for path in house.data.rglob(f"*{session}*"):
        path.write_bytes(path.read_bytes()[:2000])
    assert session not in house.state.workshops.all() and session in house.state.workshops.unread
    for page in (await Browser(house, "/dates").get(), await Browser(house, "/dates.ics").get()):
        assert page.code == 200 and "2099" in text(page)


@served
async def test_a_team_whose_date_is_taken_back_is_given_another(house: Served) -> None:
    operator, own, date, session = await accepted(house)
    await operator.does("cancel", date=date)
    page = text(await own.get())
    assert "a été retirée" in page and "une autre date à votre atelier" in page and "transmettre" not in page
    assert "Sa date a été retirée" in await operator.page()
    assert (await operator.does("other", asked="a1", date=date)).code == 422
    assert (await operator.does("other", asked="a1", starts="2099-06-02T15:00")).code == 303
    page = text(await own.get())
    assert "2 juin 2099 à 15" in page and "02/06/2099 à 15:00" in page and "retirée" not in page
    starts = datetime(2099, 6, 2, 15, tzinfo=domain.CLOCKS).timestamp()
    sessions = house.state.sessions
    assert await sessions.run(session, lambda: sessions.room(session).store.session.clock.scheduled) == starts
    assert (await operator.does("other", asked="a1", starts="2099-06-02T15:00")).code == 422
    assert "Sa date a été retirée" not in await operator.page()
    assert len((await house.state.announced()).dates) == 2


@served
async def test_a_date_that_was_taken_back_does_not_come_back_by_an_old_page(house: Served) -> None:
    operator, date = await opened(house)
    await operator.does("cancel", date=date)
    assert (await operator.does("date", date=date, starts=START, observers="2", teams="yes")).code == 422
    assert "18 mars 2099" not in text(await Browser(house, "/dates").get())


@served
async def test_the_video_link_typed_where_a_request_is_accepted_is_the_workshops(house: Served) -> None:
    _, own, _, session = await accepted(house, video="https://visio.example/atelier")
    sessions = house.state.sessions
    video = await sessions.run(session, lambda: sessions.room(session).store.session.video)
    assert video == "https://visio.example/atelier"
    assert "https://visio.example/atelier" in text(await own.get())


@served
async def test_a_page_that_is_gone_says_so_to_whoever_withdraws_again(house: Served) -> None:
    _, own, _, _ = await accepted(house)
    assert (await post(own)).code == 200
    again = await post(own)
    assert again.code == 404 and "Il n’y a plus rien ici" in text(again) and "refused" not in text(again)


async def observes(house: Served, id: str, date: str, address: str = "lou@obs.example") -> HTTPResponse:
    return await send(house, id, "observer", date=date, who="Lou", address=address)


def everything(data: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file())


@served
async def test_who_withdraws_is_in_no_file_any_more_and_finds_nothing_at_their_page(house: Served) -> None:
    _, date = await opened(house)
    own = Browser(house, (await observes(house, "a1", date, "zeste.citron@obs.example")).headers["Location"])
    assert b"zeste.citron" in everything(house.data)
    withdrawn = await post(own)
    assert withdrawn.code == 200 and "Vous vous êtes retiré" in text(withdrawn)
    assert b"zeste.citron" not in everything(house.data)
    assert (await own.get()).code == 404 and (await post(own)).code == 404
    assert (await house.state.announced()).places((await house.state.announced()).dates[date]) == 2
    # The form that the browser still has is not taken a second time.
    again = await observes(house, "a1", date, "zeste.citron@obs.example")
    assert again.code == 422 and "retiré et effacé" in text(again)
    assert b"zeste.citron" not in everything(house.data)


@served
async def test_a_team_that_withdraws_before_its_hour_takes_its_workshop_along(house: Served) -> None:
    operator, date = await opened(house)
    own = Browser(house, (await send(house, "a1", "team", date=date, listed="yes", **TEAM)).headers["Location"])
    await operator.does("accept", asked="a1", date=date)
    assert "Colis Solidaire" in text(await Browser(house, "/dates").get())
    assert "Colis Solidaire" in text(await Browser(house, "/dates.ics").get())
    session = (await house.state.announced()).asked["a1"].session
    await post(own)
    assert not Folder(house.data).has(session)
    assert "Colis Solidaire" not in text(await Browser(house, "/dates").get())
    assert "Colis Solidaire" not in text(await Browser(house, "/dates.ics").get())
    assert "Nous ne savons pas quoi mesurer" not in await operator.page()


@served
async def test_a_workshop_that_was_held_stays_when_its_team_withdraws(house: Served) -> None:
    operator, date = await opened(house)
    own = Browser(house, (await send(house, "a1", "team", date=date, **TEAM)).headers["Location"])
    await operator.does("accept", asked="a1", date=date)
    house.session = (await house.state.announced()).asked["a1"].session
    house.keys = await house.renewed_keys()
    ada = await house.joins(Role.FACILITATOR, "Ada")
    await ada.do("start", step="tour")
    await post(own)
    assert Folder(house.data).has(house.session)
    assert house.session in (await house.state.announced()).withdrawn


ZESTE = {**TEAM, "product": "Colis Zeste"}


async def came(house: Served, listed: str = "yes") -> tuple[Operator, Browser, Browser]:
    """The page of a team whose hour was held at the date that it asked for, and somebody of it in its workshop."""
    operator, date = await opened(house)
    own = Browser(house, (await send(house, "a1", "team", date=date, listed=listed, **ZESTE)).headers["Location"])
    await operator.does("accept", asked="a1", date=date)
    house.session = (await house.state.announced()).asked["a1"].session
    house.keys = await house.renewed_keys()
    ada, marc = await house.joins(Role.FACILITATOR, "Ada"), await house.joins(Role.CLIENT, "Marc")
    await ada.do("start", step="tour")
    return operator, own, marc


async def months_later(house: Served) -> date:
    """The day on which what a team asked is erased, and is."""
    programme = await house.state.announced()
    day = programme.ends(programme.asked["a1"])
    await house.state.sessions.run(PROGRAMME, house.state.programme.erase, day)
    return day


@served
async def test_a_team_that_came_is_named_after_what_it_asked_was_erased(house: Served) -> None:
    operator, own, _ = await came(house)
    before = text(await own.get())
    assert "restent ensuite parmi les équipes venues" in before and "vient le" in await library(house)
    await months_later(house)
    assert "Colis Zeste" in await library(house)
    kept = everything(house.data)
    assert b"camille@colis" not in kept and b"Camille" not in kept and b"savons pas quoi mesurer" not in kept
    page = text(await own.get())
    assert "Colis Zeste" in page and "camille@" not in page and "a été effacé le" in page
    assert "jusqu’à ce que vous vous retiriez" in page
    desk = await operator.page()
    assert "Colis Zeste" in desk and "camille@" not in desk and own.path in desk
    assert "UID" in text(await own.get(".ics"))
    assert (await send(house, "a1", "team", **ZESTE)).headers["Location"] == own.path
    gone = await post(own)
    assert "hors d’atteinte" in text(gone)
    assert "Colis Zeste" not in await library(house)
    assert "Colis Zeste" not in text(await Browser(house, "/dates.ics").get())
    assert house.session in (await house.state.announced()).withdrawn and (await own.get()).code == 404
    await house.state.sessions.run(house.session, house.state.sessions.erase, house.session)
    assert b"Colis Zeste" not in everything(house.data)


async def library(house: Served) -> str:
    return text(await Browser(house, "/library").get())


@served
async def test_its_page_leads_a_team_to_its_return_of_experience_months_later(house: Served) -> None:
    _, own, marc = await came(house, listed="")
    await months_later(house)
    page = text(await own.get())
    assert "<dd>" not in page and "disparaît avec lui" in page
    link = re.search(rf'href="http://[^/]+(/room/{house.session}/client/experience)[?]key=(\w+)"', page)
    assert link is not None
    # In a browser that never opened the workshop the key is kept, and the address of the page is clean.
    anew = Browser(house, link[1])
    led = await anew.get(f"?key={link[2]}")
    assert led.code == 303 and led.headers["Location"] == link[1] and "impact-key" in led.headers["Set-Cookie"]
    assert (await anew.get("?key=abc")).code in (403, 404)
    form = {"do": "keep", "text": "Un rappel", "in_library": "yes"}
    told = await marc.post("/experience", urlencode(form).encode(), FORM)
    assert told.code == 303 and "Un rappel" in await library(house)
    until = "Ce que vous publiez quitte la bibliothèque quand cet atelier est effacé du serveur"
    for where in (await own.get(), await marc.get("/experience")):
        assert until in text(where)
    assert f"/library#{house.session}" in text(await own.get())
    await post(own)
    assert "Un rappel" not in await library(house)


@served
async def test_the_page_of_a_team_that_is_not_named_goes_with_its_workshop(house: Served) -> None:
    operator, own, _ = await came(house, listed="")
    day = await months_later(house)
    assert (await own.get()).code == 200 and "Une équipe qui n’est pas nommée" in await operator.page()
    await house.state.sessions.run(house.session, house.state.sessions.erase, house.session)
    await house.state.sessions.run(PROGRAMME, house.state.programme.erase, day)
    assert (await own.get()).code == 404 and not (await house.state.announced()).asked


@served
async def test_a_named_team_still_withdraws_once_its_workshop_is_erased(house: Served) -> None:
    _, own, _ = await came(house)
    day = await months_later(house)
    await house.state.sessions.run(house.session, house.state.sessions.erase, house.session)
    await house.state.sessions.run(PROGRAMME, house.state.programme.erase, day)
    assert "n’est plus sur ce serveur" in text(await own.get()) and "Colis Zeste" in await library(house)
    await post(own)
    assert "Colis Zeste" not in await library(house) and b"Colis Zeste" not in everything(house.data)


@served
async def test_a_team_whose_hour_was_not_held_is_not_named_among_those_that_came(house: Served) -> None:
    operator, date = await opened(house)
    own = Browser(house, (await send(house, "a1", "team", date=date, listed="yes", **ZESTE)).headers["Location"])
    await operator.does("accept", asked="a1", date=date)
    await months_later(house)
    assert (await own.get()).code == 200 and "Colis Zeste" not in await library(house)


@served
async def test_only_a_team_whose_hour_was_held_is_told_to_have_come(house: Served) -> None:
    operator, date = await opened(house)
    await send(house, "a1", "team", date=date, listed="yes", **ZESTE)
    await operator.does("accept", asked="a1", date=date)
    assert "vient le" in await library(house)
    past = domain.DateSet(date, house.state.programme.now() - 7200, 60, 2, True)
    await house.state.sessions.run(PROGRAMME, house.state.programme.write, lambda known: [past])
    assert "Colis Zeste" not in await library(house)
    house.session = (await house.state.announced()).asked["a1"].session
    house.keys = await house.renewed_keys()
    await (await house.joins(Role.FACILITATOR, "Ada")).do("start", step="tour")
    page = await library(house)
    assert "Colis Zeste" in page and "venue le" in page


@served
async def test_a_team_whose_date_was_taken_back_is_not_named(house: Served) -> None:
    operator, _, _ = await came(house)
    assert "Colis Zeste" in await library(house)
    [date] = (await house.state.announced()).dates
    await operator.does("cancel", date=date)
    assert "Colis Zeste" not in await library(house)
    await months_later(house)
    assert (await house.state.announced()).asked["a1"].said == {}


@served
async def test_the_form_says_how_long_a_team_is_named(house: Served) -> None:
    await opened(house)
    page = text(await Browser(house, "/dates").get())
    assert "jusqu’à ce que vous vous retiriez" in page and "30 jours après la date" in page
    assert "le nom du produit et la date" in text(await Browser(house, "/privacy").get())


@served
async def test_the_server_erases_what_was_asked_before_the_workshops_that_say_who_came(house: Served) -> None:
    await came(house)
    programme = await house.state.announced()
    day = programme.ends(programme.asked["a1"])
    nina = await house.joins(Role.FACILITATOR, "Nina")
    assert (await nina.do("erase_on", on=day.isoformat())).code == 200
    (house.data / ERASES_FROM).write_text(day.isoformat())
    work = asyncio.ensure_future(retention.daily(house.state.sessions, house.state.programme, lambda: day))
    while Folder(house.data).has(house.session):
        await asyncio.sleep(0.05)
    work.cancel()
    assert "Colis Zeste" in await library(house)


@served
async def test_the_last_place_goes_to_one_and_a_form_sent_twice_is_taken_once(house: Served) -> None:
    _, date = await opened(house, observers=1)
    first = await observes(house, "a1", date)
    assert first.headers["Location"] == (await observes(house, "a1", date)).headers["Location"]
    full = await observes(house, "a2", date, "nina@obs.example")
    assert full.code == 422 and "aucune place" in text(full) and "nina@obs.example" in text(full)


@served
async def test_nobodys_address_is_on_a_public_page(house: Served) -> None:
    operator, date = await opened(house)
    await send(house, "a1", "team", date=date, listed="yes", **TEAM)
    await observes(house, "a2", date)
    await send(house, "a3", "consultant", knows="Une aide au logement", who="Inès", address="ines@conseil.example")
    addresses = ("camille@colis.example", "lou@obs.example", "ines@conseil.example")
    page = await operator.page()
    assert all(address in page for address in addresses)
    for path in ("/", "/dates", "/dates.ics", "/privacy", "/for-you", "/glossary", "/metrics", "/health"):
        body = text(await Browser(house, path).get())
        assert not any(address in body for address in addresses), path
    # The page of one says nothing of another.
    own = text(await Browser(house, (await observes(house, "a4", date, "max@obs.example")).headers["Location"]).get())
    assert "max@obs.example" in own and not any(address in own for address in addresses)


@pytest.mark.parametrize("kind", KINDS)
@served
async def test_a_form_full_of_script_is_shown_as_it_was_typed(house: Served, kind: str) -> None:
    operator, date = await opened(house)
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}\x00\u202e"
    typed = {one.name: bad[: one.longest] for one in FIELDS[kind]} | {"date": date}
    wrong = await send(house, "a1", kind, **typed)
    assert wrong.code == 422 and "<script>alert" not in text(wrong) and "&lt;script&gt;alert" in text(wrong)
    sent = await send(house, "a1", kind, **{**typed, "address": "a@b.example"})
    own = text(await Browser(house, sent.headers["Location"]).get())
    for page in (own, await operator.page()):
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page and "onerror=alert(1)&gt;" in page


@served
async def test_a_form_of_a_megabyte_is_refused_in_a_sentence_and_given_back(house: Served) -> None:
    await opened(house)
    long = "mot " * 250_000
    wrong = await send(house, "a1", "team", **{**TEAM, "problem": long})
    assert wrong.code == 422 and "caractères au plus" in text(wrong) and long in text(wrong)
    beyond = await send(house, "a1", "team", **{**TEAM, "problem": long * 3})
    assert beyond.code == 422 and "revenez en arrière" in text(beyond)
    assert not (await house.state.announced()).asked


@served
async def test_a_flood_from_one_address_is_stopped_and_others_still_ask(house: Served) -> None:
    operator, _ = await opened(house)
    flood = {"X-Forwarded-For": "192.0.2.7"}
    codes, asked = [], FROM_ONE + fewer(450)
    for n in range(asked):
        typed = {"kind": "consultant", "drawn": drawn(house, f"f{n}"), "minutes": "60", "who": "R", "knows": f"n {n}"}
        body = urlencode({**typed, "address": "r@flood.example"}).encode()
        codes.append((await Browser(house, "/dates").post("", body, FORM, **flood)).code)
    assert codes == [303] * FROM_ONE + [429] * (asked - FROM_ONE)
    assert len((await house.state.announced()).asked) == FROM_ONE
    assert (await send(house, "a1", "team", **TEAM)).code == 303
    assert "Nous ne savons pas quoi mesurer" in await operator.page()


@served
async def test_what_a_flood_left_is_erased_in_one_press_and_what_was_accepted_stays(house: Served) -> None:
    operator, date = await opened(house)
    for n in range(5):
        await send(house, f"c{n}", "consultant", knows=f"n {n}", who="R", address="robot@flood.example")
    await send(house, "a1", "team", date=date, **TEAM)
    await operator.does("accept", asked="a1", date=date)
    await send(house, "a2", "team", **{**TEAM, "product": "Autre"})
    refused = await operator.does("sweep", kind="consultant", since="hier")
    assert refused.code == 422 and len((await house.state.announced()).asked) == 7
    await operator.does("sweep", kind="consultant", since="2099-01-01T00:00")
    assert len((await house.state.announced()).asked) == 7
    await operator.does("sweep", kind="consultant", since="2020-01-01T00:00")
    await operator.does("sweep", kind="team", since="2020-01-01T00:00")
    assert set((await house.state.announced()).asked) == {"a1"}
    assert b"robot@flood" not in everything(house.data)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"minutes": "trente"}, "Répondez à la question"),
        ({"minutes": ""}, "Répondez à la question"),
        ({"drawn": "a1-1-abc"}, "renvoyez-la"),
        ({"drawn": ""}, "renvoyez-la"),
        ({"kind": "robot"}, "rechargez-la"),
        ({"address": "camille"}, "Ce n’est pas une adresse"),
        ({"address": "a@b.example, c@d.example"}, "Ce n’est pas une adresse"),
        ({"product": "Colis, camille@quartier.example"}, "Une adresse électronique"),
        ({"problem": " \u200b "}, "«\u00a0Ce qui vous bloque\u00a0»\u00a0: sans cela"),
        ({"date": "nowhere"}, "n’est plus ouverte"),
    ],
)
@served
async def test_what_cannot_be_taken_is_said_and_the_text_is_given_back(
    house: Served, change: dict[str, str], says: str
) -> None:
    await opened(house)
    answer = await send(house, "a1", "team", **{**TEAM, **change})
    assert answer.code == 422 and says in text(answer)
    assert "Trois mesures." in text(answer) or "kind" in change
    assert not (await house.state.announced()).asked


@served
async def test_forms_of_another_site_and_of_nobody_do_nothing(house: Served) -> None:
    operator, date = await opened(house)
    body = urlencode({"kind": "observer", "drawn": drawn(house, "a1"), "minutes": "60", "date": date}).encode()
    assert (await Browser(house, "/dates").post("", body, FORM, Origin="https://autre.test")).code == 422
    key = house.state.operator_key()
    closing = urlencode({"do": "close", "pass": keys.drawn_key(house.data, f"desk {key}")}).encode()
    assert (await Browser(house, "/programme").post("", closing, FORM)).code == 404
    without = await post(operator.browser, do="close")
    assert without.code == 422 and (await house.state.announced()).open


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"starts": "2020-01-01T10:00"}, "à venir"),
        ({"starts": "demain"}, "à venir"),
        ({"starts": "99999-01-01T10:00"}, "à venir"),
        ({"observers": "-1"}, "nombre de places"),
        ({"observers": "9999"}, "nombre de places"),
        ({"minutes": "0"}, "nombre de minutes"),
        ({"video": "javascript:alert(1)"}, "https://"),
    ],
)
@served
async def test_a_date_that_cannot_be_is_refused(house: Served, typed: dict[str, str], says: str) -> None:
    operator, _ = await opened(house)
    answer = await operator.does("date", **{"starts": START, "observers": "3", **typed})
    assert answer.code == 422 and says in text(answer)
    assert len((await house.state.announced()).dates) == 1


@served
async def test_a_date_that_is_taken_back_says_so_to_calendars_and_to_who_has_a_place(house: Served) -> None:
    operator, date = await opened(house)
    own = Browser(house, (await observes(house, "a1", date)).headers["Location"])
    assert "BEGIN:VALARM" in text(await own.get(".ics"))
    await operator.does("cancel", date=date)
    assert "STATUS:CANCELLED" in text(await Browser(house, "/dates.ics").get())
    assert "Cette date a été retirée" in text(await own.get())
    assert "mercredi 18 mars 2099" not in text(await Browser(house, "/dates").get())


@served
async def test_a_date_is_moved_and_calendars_and_pages_follow(house: Served) -> None:
    operator, date = await opened(house)
    own = Browser(house, (await observes(house, "a1", date)).headers["Location"])
    assert (await operator.does("date", date=date, starts="2099-03-19T15:00", observers="4", teams="yes")).code == 303
    assert len((await house.state.announced()).dates) == 1
    assert "jeudi 19 mars 2099 à 15" in text(await own.get())
    assert "SEQUENCE:1" in text(await Browser(house, "/dates.ics").get())


@served
async def test_an_observer_finds_the_link_at_their_page_once_a_team_has_the_date(house: Served) -> None:
    operator, date = await opened(house)
    own = Browser(house, (await observes(house, "a1", date)).headers["Location"])
    assert "dès qu’une équipe a cette date" in text(await own.get())
    await send(house, "a2", "team", date=date, **TEAM)
    await operator.does("accept", asked="a2", date=date)
    page = text(await own.get())
    assert "/observer?key=" in page and "/client?key=" not in page and "camille@" not in page


@served
async def test_a_team_whose_date_is_taken_back_still_waits(house: Served) -> None:
    operator, date = await opened(house)
    own = Browser(house, (await send(house, "a1", "team", date=date, **TEAM)).headers["Location"])
    await operator.does("cancel", date=date)
    page = text(await own.get())
    assert "Cette date a été retirée" in page and "Elle attend une réponse" in page


def test_the_address_of_a_private_page_is_in_no_log() -> None:
    assert scrubbed("404 GET /dates/0123456789abcdef-abcdef2") == "404 GET /dates/…"


@served
async def test_two_presses_open_one_workshop(house: Served) -> None:
    operator, date = await opened(house)
    await send(house, "a1", "team", date=date, **TEAM)
    before = len(Folder(house.data).sessions())
    assert (await operator.does("accept", asked="a1", date=date)).code == 303
    again = await operator.does("accept", asked="a1", date=date)
    assert again.code == 422 and "n’est plus là" in text(again)
    assert len(Folder(house.data).sessions()) == before + 1


@served
async def test_a_request_is_accepted_for_another_day(house: Served) -> None:
    operator, _ = await opened(house)
    await send(house, "a1", "team", **TEAM)
    assert (await operator.does("accept", asked="a1", date="", starts="2099-04-02T10:00")).code == 303
    programme = await house.state.announced()
    held = programme.dates[programme.asked["a1"].date]
    assert held.at.isoformat() == "2099-04-02T10:00:00+02:00"
    assert "2 avril 2099" not in text(await Browser(house, "/dates").get())


@served
async def test_a_trial_says_that_it_will_not_last(house: Served) -> None:
    await opened(house)
    house.app.settings["impact"] = replace(house.state, hub=True)
    for path in ("/dates", "/library"):
        assert "ne durera pas" in text(await Browser(house, path).get())


@served
async def test_a_damaged_programme_closes_no_other_page(house: Served) -> None:
    operator, _ = await opened(house)
    await house.state.sessions.run(PROGRAMME, house.state.programme.close)
    path = journal_path(house.data, PROGRAMME)
    path.write_bytes(path.read_bytes()[:2000] + b"\x00" * 4000)
    for address in ("/", "/privacy", "/for-you", "/glossary"):
        assert (await Browser(house, address).get()).code == 200, address
    assert (await Browser(house, "/dates").get()).code == 503
    assert (await operator.browser.get()).code == 503


# The store --------------------------------------------------------------------------------------------


def asked(store: ProgrammeStore, id: str, **more: str) -> None:
    typed = {**TEAM, **more}
    store.write(lambda known: domain.ask(known, id, "team", typed, "fr", store.now()))


@pytest.fixture
def programme(tmp_path: Path) -> ProgrammeStore:
    store = ProgrammeStore(tmp_path)
    store.write(lambda known: [domain.ProgrammeSet(True)])
    return store


def test_the_programme_is_no_workshop(programme: ProgrammeStore, tmp_path: Path) -> None:
    assert Folder(tmp_path).sessions() == [] and Folder(tmp_path).journals() == [PROGRAMME]
    assert ProgrammeStore(tmp_path).programme().open


def test_what_a_copy_brings_back_is_erased_again(programme: ProgrammeStore, tmp_path: Path) -> None:
    asked(programme, "a1")
    copy = tmp_path.parent / f"{tmp_path.name}-copy"
    back_up(tmp_path, copy)
    assert ProgrammeStore(copy).programme().asked["a1"].said["product"] == "Colis Solidaire"
    programme.write(lambda known: domain.withdraw(known, "a1"))
    (copy / "forgotten").write_bytes((tmp_path / "forgotten").read_bytes())
    assert carry_out(copy) == [] and b"Colis Solidaire" in everything(copy)
    assert ProgrammeStore(copy).erase(date.today()) == 1
    assert b"Colis Solidaire" not in everything(copy)


def test_what_was_asked_is_erased_on_its_day(programme: ProgrammeStore, tmp_path: Path) -> None:
    asked(programme, "a1", address="attend@colis.example")
    until = programme.programme().ends(programme.programme().asked["a1"])
    assert until - date.today() >= domain.WAITED - timedelta(1)
    assert programme.erase(until - timedelta(1)) == 0
    assert programme.erase(until) == 1
    assert b"attend@colis" not in everything(tmp_path) and not programme.programme().withdrawn


def held(store: ProgrammeStore, data: Path, id: str, **more: str) -> str:
    """A team that asked came: the session of its workshop."""
    asked(store, id, **more)
    store.write(lambda known: domain.announce("d1", {"starts": START, "observers": "0"}, store.now()))
    made = create_session(data, "Atelier")
    with closing(made.journal):
        made.write("start", [StepStarted("tour")])
    store.write(lambda known: domain.accept(known, id, made.session.id, "d1"))
    return made.session.id


def test_what_is_left_of_a_team_counts_for_nobody_who_waits(
    programme: ProgrammeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(programme, tmp_path, "a1", listed="yes")
    monkeypatch.setattr(domain, "STANDING", 1)
    with pytest.raises(Refusal):
        asked(programme, "a2")
    day = programme.programme().ends(programme.programme().asked["a1"])
    assert programme.due(day) == ["a1"] and programme.erase(day) == 1
    assert programme.due(day + timedelta(4000)) == [] and programme.erase(day + timedelta(4000)) == 0
    asked(programme, "a2")


def test_a_copy_brings_back_what_was_erased_on_its_day_and_nobody_who_withdrew(
    programme: ProgrammeStore, tmp_path: Path
) -> None:
    session = held(programme, tmp_path, "a1", listed="yes")
    asked(programme, "a2")
    day = programme.programme().ends(programme.programme().asked["a1"])
    copies = [tmp_path.parent / f"{tmp_path.name}-{n}" for n in range(3)]
    back_up(tmp_path, copies[0])
    programme.erase(day)
    back_up(tmp_path, copies[1])
    # Erased on its day: the copy from before does it again, and the team stays named.
    shutil.copytree(copies[0], copies[2])
    (copies[2] / "forgotten").write_bytes((tmp_path / "forgotten").read_bytes())
    assert ProgrammeStore(copies[2]).erase(day) == 2
    assert [one.said["product"] for one, _ in ProgrammeStore(copies[2]).programme().named()] == ["Colis Solidaire"]
    # Withdrawn: no copy names it any more, nor has the library what it published.
    programme.write(lambda known: domain.withdraw(known, "a1"))
    for copy in copies:
        (copy / "forgotten").write_bytes((tmp_path / "forgotten").read_bytes())
        ProgrammeStore(copy).erase(day)
        assert ProgrammeStore(copy).programme().withdrawn == {session}
        assert b"Colis Solidaire" not in everything(copy) and b"camille@" not in everything(copy)


def test_what_is_left_of_a_team_is_believed_where_its_workshop_cannot_be_read(
    programme: ProgrammeStore, tmp_path: Path
) -> None:
    session = held(programme, tmp_path, "a1", listed="yes")
    journal_path(tmp_path, session).write_bytes(b"SQLite format 3\x00" + b"\x01" * 4000)
    programme.erase(programme.programme().ends(programme.programme().asked["a1"]))
    assert b"camille@" not in everything(tmp_path) and len(programme.programme().named()) == 1


def test_what_is_due_is_erased_from_a_shell_before_the_workshops(
    programme: ProgrammeStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held(programme, tmp_path, "a1", listed="yes")
    past = domain.DateSet("d1", 1_600_000_000.0, 60, 0, False)
    programme.write(lambda known: [past])
    due = ["forget", "--due", "--data", str(tmp_path)]
    assert main(due) == 1 and "1 to erase" in capsys.readouterr().out
    assert b"camille@" in everything(tmp_path)
    assert main([*due, "--yes"]) == 0 and "1 erased" in capsys.readouterr().out
    assert b"camille@" not in everything(tmp_path) and len(programme.programme().named()) == 1
    assert main(due) == 0
    programme.close()
    journal_path(tmp_path, PROGRAMME).write_bytes(b"SQLite format 3\x00" + b"\x01" * 4000)
    assert main([*due, "--yes"]) == 1 and "_programme" in capsys.readouterr().err


def test_a_damaged_programme_is_repaired_but_for_what_is_lost(programme: ProgrammeStore, tmp_path: Path) -> None:
    for id in ("a1", "a2"):
        asked(programme, id)
    programme.close()
    with closing(sqlite3.connect(journal_path(tmp_path, PROGRAMME))) as db, db:
        db.execute("""update entries set payload = replace(payload, 'Colis', 'Colas') where payload like '%"a1"%'""")
    [examined] = doctor.examine(tmp_path)
    assert examined.session == PROGRAMME and examined.wrong
    assert doctor.repair(tmp_path, PROGRAMME).missing == 1
    assert programme.programme().open and set(programme.programme().asked) == {"a2"}
    assert [one.wrong for one in doctor.examine(tmp_path)] == [""]


def test_what_a_killed_process_left_of_an_erasure_is_finished(programme: ProgrammeStore, tmp_path: Path) -> None:
    asked(programme, "a1")
    # It said so, emptied the entry, and was killed before the file was cleared.
    Folder(tmp_path).bury(PROGRAMME, "a1", date.today().isoformat())
    with closing(Folder(tmp_path).open(PROGRAMME)) as journal, journal.writing():
        journal.append("withdrawn", "", "", [domain.written(domain.Withdrawn("a1"))])
        journal.overwrite(domain.without(journal.read(), [domain.Withdrawn("a1")]))
        assert not journal.compacted
    assert programme.erase(date.today()) == 0
    with closing(Folder(tmp_path).open(PROGRAMME)) as journal:
        assert journal.compacted
    assert b"Colis Solidaire" not in everything(tmp_path)


def test_another_process_sees_what_was_written_and_what_was_erased(programme: ProgrammeStore, tmp_path: Path) -> None:
    other = ProgrammeStore(tmp_path)
    asked(programme, "a1")
    assert "a1" in other.programme().asked
    other.write(lambda known: domain.withdraw(known, "a1"))
    assert programme.programme().asked == {} and programme.programme().gone == {"a1"}
    with pytest.raises(Refusal):
        asked(programme, "a1")


def test_an_event_of_a_newer_kit_is_left(programme: ProgrammeStore, tmp_path: Path) -> None:
    with closing(Folder(tmp_path).open(PROGRAMME)) as journal, journal.writing():
        journal.append("newer", "", "", [Unknown("SeatGiven", "{}"), Unknown("Asked", '{"asked": 3}')])
    assert programme.programme().open


def test_a_form_that_is_sent_at_once_waits_and_an_old_one_is_drawn_anew(tmp_path: Path) -> None:
    form = askings.drawn(tmp_path, 1000.0)
    id, wait = askings.read_drawn(tmp_path, form, 1000.0)
    assert form.startswith(f"{id}-1000-") and wait == askings.SOONEST
    assert [askings.read_drawn(tmp_path, form, 1000.0 + age)[1] for age in (1, 2, 3, 9)] == [2.0, 1.0, 0.0, 0.0]
    # A clock that was set back since makes nobody wait longer.
    assert askings.read_drawn(tmp_path, form, 900.0)[1] == askings.SOONEST
    for bad in (form[:-1], form.replace("-1000-", "-2000-"), "", "é-1-x", "--"):
        with pytest.raises(Refusal):
            askings.read_drawn(tmp_path, bad, 1000.0)
    with pytest.raises(Refusal):
        askings.read_drawn(tmp_path, form, 1001.0 + askings.LATEST)


def test_each_field_says_why_it_is_asked() -> None:
    assert all(one.label and re.match("to |so |the ", one.why) for kind in KINDS for one in FIELDS[kind])
