"""Doors, gestures and pages, asked of the real handlers in this process."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import openpyxl
import pytest
from msgspec import structs
from tornado.httpclient import HTTPResponse

from impactlib.domain.agenda import Role
from impactlib.domain.events import Entry, Event, LinksEnd, NoteWritten, PersonCameBack, SessionEnded, StepStarted
from impactlib.domain.session_file import read
from impactlib.gestures import Asking
from impactlib.paths import TEMPLATES
from impactlib.server.codes import FROM_ONE
from impactlib.server.handler import AT, BODY, FILE, KEY, NETWORK, OPERATOR, PERSON
from impactlib.server.log import keep_keys_out
from impactlib.server.pace import AT_ONCE
from impactlib.storage import keys
from impactlib.storage.folder import journal_path
from impactlib.storage.session_store import create_session, open_store
from impactlib.views.parts import LATEST
from tests.serving import Browser, Served, served

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role


def said(answer: HTTPResponse) -> dict[str, object]:
    found: dict[str, object] = json.loads(answer.body)
    return found


def text(answer: HTTPResponse) -> str:
    return answer.body.decode()


# Doors ------------------------------------------------------------------------------------------------


@served
async def test_a_link_is_kept_by_the_browser_and_leaves_the_address(house: Served) -> None:
    door = Browser(house, f"/room/{house.session}/observer")
    opened = await door.get(f"?key={house.keys['observer']}")
    assert (opened.code, opened.headers["Location"]) == (303, door.path)
    assert f"{KEY}={house.keys['observer']}" in opened.headers["Set-Cookie"]
    assert (await house.at(OBSERVER).get()).code == 200
    prepares = await house.at(CLIENT).get()
    assert (prepares.code, prepares.headers["Location"]) == (303, f"{house.at(CLIENT).path}/prepare")


@served
async def test_a_browser_that_refuses_cookies_is_told_so_not_that_the_link_is_bad(house: Served) -> None:
    refuses = Browser(house, f"/room/{house.session}/observer")
    assert (await refuses.get(f"?key={house.keys['observer']}")).code == 303
    page = (await refuses.get()).body.decode()
    assert "refuse les cookies" in page and "remplacé" not in page
    assert "refuse les cookies" in (await Browser(house, "/").get()).body.decode()


@served
async def test_doors_that_do_not_open_look_alike(house: Served) -> None:
    unknown = Browser(house, "/room/abc/client")
    wrong, other, none = house.at(CLIENT), house.at(CLIENT), house.at(CLIENT)
    wrong.cookies[KEY], other.cookies[KEY] = "wrong", house.keys["observer"]
    del none.cookies[KEY]
    pages = [await browser.get() for browser in (wrong, other)]
    assert {page.code for page in [*pages, await none.get("?key=wrong")]} == {403}
    assert len({text(page) for page in pages}) == 1
    # A browser that comes with nothing at all is told so, at every door alike.
    assert text(await none.get()) == text(await unknown.get()).replace(unknown.path, none.path)
    posted = await wrong.do("start", step="tour")
    assert posted.code == 401 and said(posted)["code"] == "closed"


@served
async def test_who_brings_the_key_of_a_workshop_that_is_not_here_is_told_so(house: Served) -> None:
    unknown = Browser(house, "/room/abc/client")
    unknown.cookies[KEY] = house.keys["client"]
    page, posted = await unknown.get(), await unknown.do("start", step="tour")
    assert page.code == 403 and "data-gone" in text(page) and "Ce serveur ne connaît pas cet atelier" in text(page)
    assert posted.code == 401 and said(posted)["code"] == "unknown"
    assert (await unknown.get("/patches")).code == 403


@served
async def test_a_copy_is_given_what_it_lacks_and_grows_into_the_session_notebook(house: Served) -> None:
    marc, ines = await house.joins(CLIENT, "Marc"), await house.joins(CONSULTANT, "Inès")
    await ines.asks("Qui renonce ?")
    whole: Any = said(await marc.get("/entries"))
    assert whole["after"] == 0 and whole["team"] == "Colis Solidaire" and whole["seq"] == len(whole["lines"])
    await ines.asks("Depuis quand ?")
    known = {"after": len(whole["lines"]), "sum": whole["head"]["sha256"]}
    more: Any = said(await marc.get(f"/entries?{urlencode(known)}"))
    assert more["after"] == len(whole["lines"]) and len(more["lines"]) == 1
    made = {**more["head"], "journal": [*whole["lines"], *more["lines"]]}
    file = read(json.dumps({"cells": [], "metadata": {"impact": made}}).encode())
    assert all("signed" in entry.rest for entry in file.entries)
    assert [structs.replace(entry, rest="") for entry in file.entries] == house.elsewhere().journal.read()
    # Whatever a copy says that it holds, it is given all that it cannot be known to hold.
    for after, known_sum in (("9", "x"), ("2", "x"), ("-1", ""), ("a", ""), ("9" * 30, ""), ("٣", "")):
        again = said(await marc.get(f"/entries?{urlencode({'after': after, 'sum': known_sum})}"))
        assert again["after"] == 0 and again["lines"] == made["journal"]


@served
async def test_nobody_else_is_given_the_entries(house: Served) -> None:
    ines, facilitator = await house.joins(CONSULTANT, "Inès"), await house.joins(FACILITATOR, "Ada")
    lou = await house.joins(OBSERVER, "Lou")
    asking = (ines, lou, house.at(CLIENT), facilitator)
    assert [(await one.get("/entries")).code for one in asking] == [403, 403, 403, 200]


@served
async def test_a_person_who_has_not_joined_sees_the_form_and_no_words_of_the_room(house: Served) -> None:
    ines = await house.joins(CONSULTANT, "Inès")
    await ines.asks("Qui renonce ?")
    page = await house.at(OBSERVER).get()
    assert page.code == 200 and "data-join" in text(page) and "Qui renonce" not in text(page)
    for path in ("/patches", "/older?zone=questions", "/summary.md", "/replay", "/script"):
        assert (await house.at(OBSERVER).get(path)).code == 403, path
    assert said(await house.at(CONSULTANT).asks("Qui ?"))["code"] == "join"
    assert "Qui renonce" in text(await ines.get())


@served
async def test_there_is_no_picture_before_scores_are_shown(house: Served) -> None:
    ines = await house.joins(CONSULTANT, "Inès")
    assert (await ines.get("/picture.png")).code == 404


@served
async def test_a_person_shown_out_stays_out_until_let_in(house: Served) -> None:
    ada, lou = await house.joins(FACILITATOR), await house.joins(OBSERVER)
    await ada.do("show_out", person=lou.id)
    assert (await lou.get()).code == 403
    assert (await lou.get("/patches")).code == 403
    await ada.do("let_in", person=lou.id)
    assert (await lou.get()).code == 200


@served
async def test_another_role_moves_the_browser_to_that_role(house: Served) -> None:
    ada, lou = await house.joins(FACILITATOR), await house.joins(OBSERVER)
    given = await ada.do("correct", person=lou.id, name="Lou", role="consultant")
    assert given.code == 200, given.body
    moved = await lou.get()
    kept = " ".join(moved.headers.get_list("Set-Cookie"))
    assert moved.code == 303 and moved.headers["Location"].endswith("/consultant")
    assert house.keys["consultant"] in kept and f"{PERSON}={lou.own}" in kept
    assert said(await lou.asks("Qui ?"))["code"] == "door"


@served
async def test_a_renewed_link_opens_nothing_and_its_facilitator_keeps_the_new_key(house: Served) -> None:
    ada, marc = await house.joins(FACILITATOR), await house.joins(CLIENT)
    assert (await ada.post("/links", {"role": "client"})).code == 200
    assert (await marc.get()).code == 403
    own = await ada.post("/links", {"role": "facilitator"})
    assert (await house.renewed_keys())["facilitator"] in own.headers["Set-Cookie"]
    assert (await ada.get()).code == 403
    assert (await marc.post("/links", {"role": "observer"})).code == 401


@served
async def test_links_are_the_facilitators_to_see_and_to_renew(house: Served) -> None:
    ada, marc = await house.joins(FACILITATOR), await house.joins(CLIENT)
    page = text(await ada.get("/links"))
    assert all(key in page for key in house.keys.values())
    assert (await house.at(FACILITATOR).get("/links")).code == 200
    assert (await marc.get("/links")).code == 403
    assert (await marc.post("/links", {"role": "client"})).code == 401
    assert (await ada.post("/links", {"role": "nobody"})).code == 422


@served
async def test_somebody_is_told_of_their_namesakes_before_they_come_in_as_one(house: Served) -> None:
    await house.joins(CLIENT, "Camille")
    browser = house.at(CONSULTANT)
    body = {"id": "join-consultant", "name": "camille", "key": browser.own, "alone": True}
    told = said(await browser.post("/join", body))
    assert "Camille</bdi> (équipe)" in str(told["namesakes"]) and "person" not in told
    assert "person" in said(await browser.post("/join", {**body, "name": "Camille B."}))
    # Their own name sent twice is no namesake.
    assert "person" in said(await browser.post("/join", {**body, "name": "Camille B."}))
    other = house.at(OBSERVER)
    assert "person" in said(
        await other.post("/join", {**body, "id": "join-observer", "key": other.own, "alone": False})
    )


# Who comes back -----------------------------------------------------------------------------------------


def coming_in(browser: Browser, name: str, **more: object) -> dict[str, object]:
    return {"id": f"join-{browser.own[:8]}", "name": name, "key": browser.own, **more}


async def comes_back(house: Served, name: str = "Ines") -> Browser:
    """A consultant who is offline, or somebody who says so, takes that place by another browser."""
    browser = house.at(CONSULTANT)
    answer = await browser.post("/join", coming_in(browser, name, alone=True, back=True))
    assert "person" in said(answer), answer.body
    browser.cookies[PERSON] = browser.own
    return browser


def history_of(house: Served) -> list[Event]:
    store = house.elsewhere()
    with closing(store.journal):
        return [entry.event for entry in store.journal.read()]


@served
async def test_the_one_of_that_name_and_role_who_is_offline_comes_back_as_one_person(house: Served) -> None:
    ines = await house.joins(CONSULTANT, "Inès")
    note = "ines-question"
    await ines.asks("Qui renonce ?", note)
    later = house.at(CONSULTANT)
    body = coming_in(later, "ines", alone=True)
    asked = said(await later.post("/join", body))
    assert "Inès</bdi> (consultant)" in str(asked["offline"]) and "person" not in asked
    answers = [said(await later.post("/join", {**body, "back": True})) for _ in range(2)]
    # An answer that was lost: whatever is sent by that browser from then on, it is in.
    answers.append(said(await later.post("/join", {**body, "id": "another-id", "alone": False})))
    assert answers == [{"person": ines.id}] * 3
    assert history_of(house)[-1] == PersonCameBack(ines.id, later.id)
    later.cookies[PERSON] = later.own
    for browser, was, words in ((later, "1", "Qui renonce, et quand ?"), (ines, "2", "Qui, et pourquoi ?")):
        assert (await browser.do("edit", note=note, text=words, was=was)).code == 200
        page = text(await browser.get())
        assert f'data-me="{ines.id}"' in page and page.count("(vous)") == 1


@served
async def test_who_scores_on_two_browsers_is_one_vote(house: Served) -> None:
    ada, ines = await house.joins(FACILITATOR), await house.joins(CONSULTANT, "Inès")
    await ada.do("write", "metric-delay", kind="metric", text="Délai médian")
    await ada.do("open_round", "first-round", metrics="metric-delay")
    later = await comes_back(house)
    for browser, value in ((ines, "2"), (later, "5")):
        assert (await browser.do("score", metric="metric-delay", value=value, ease="3")).code == 200
    session = house.elsewhere().session
    assert {of: score.value for of, score in session.scores.items()} == {("metric-delay", ines.id): 5}


@served
async def test_nobody_comes_back_as_somebody_who_is_there_or_of_another_role_or_one_of_several(house: Served) -> None:
    ines, there = await house.joins(CONSULTANT, "Inès"), house.at(CONSULTANT)
    await house.joins(OBSERVER, "Inès")
    await ines.listens()
    assert "namesakes" in said(await there.post("/join", coming_in(there, "Inès", alone=True)))
    # They came meanwhile: the question is another one.
    assert "namesakes" in said(await there.post("/join", coming_in(there, "Inès", alone=True, back=True)))
    other = house.at(CLIENT)
    assert "namesakes" in said(await other.post("/join", coming_in(other, "Inès", alone=True, back=True)))
    for _ in range(2):
        await house.joins(CLIENT, "Marc")
    assert "namesakes" in said(await other.post("/join", coming_in(other, "Marc", alone=True, back=True)))
    assert not any(isinstance(event, PersonCameBack) for event in history_of(house))


@served
async def test_a_facilitator_comes_back_too_and_nobody_by_the_rooms_own_gestures(house: Served) -> None:
    ada, later = await house.joins(FACILITATOR, "Ada"), house.at(FACILITATOR)
    assert said(await later.post("/join", coming_in(later, "Ada", alone=True, back=True))) == {"person": ada.id}
    assert (await ada.do("come_back", browser="0123456789abcdef")).code == 422


@served
async def test_a_browser_that_is_set_apart_opens_the_entrance_and_the_first_still_opens_the_room(house: Served) -> None:
    ada, ines = await house.joins(FACILITATOR), await house.joins(CONSULTANT, "Inès")
    later = await comes_back(house)
    await later.asks("Qui renonce ?")
    listening = await later.listens()
    back = "par un autre navigateur"
    assert back in text(await ada.get()) and back not in text(await ines.get())
    gesture = {"person": ines.id, "browser": later.id}
    assert (await ines.do("set_apart", **gesture)).code == 422
    assert (await ada.do("set_apart", **gesture)).code == 200
    await listening.ends()
    page = text(await later.get())
    assert "data-join" in page and said(await later.asks("Encore ?"))["code"] == "join"
    assert "Qui renonce" in text(await ines.get())
    assert back not in text(await ada.get())
    # It is not asked again whether it is her: it comes in as somebody else.
    new = house.at(CONSULTANT)
    new.cookies[PERSON] = later.own
    body = coming_in(new, "Inès", alone=True, back=True)
    assert "namesakes" in said(await new.post("/join", body))
    assert said(await new.post("/join", {**body, "alone": False})) == {"person": new.id}


@served
async def test_who_came_back_by_another_browser_follows_their_role_by_both(house: Served) -> None:
    ada, ines = await house.joins(FACILITATOR), await house.joins(CONSULTANT, "Inès")
    later = await comes_back(house)
    await ada.do("correct", person=ines.id, name="Inès", role="observer")
    for browser in (ines, later):
        moved = await browser.get()
        assert moved.code == 303 and moved.headers["Location"].endswith("/observer")
    await ada.do("show_out", person=ines.id)
    assert [(await browser.get()).code for browser in (ines, later)] == [403, 403]


@served
async def test_a_return_that_a_file_brings_opens_no_door(house: Served) -> None:
    ines, later = await house.joins(CONSULTANT, "Inès"), house.at(CONSULTANT)
    later.cookies[PERSON] = later.own
    store = house.elsewhere()
    file = store.to_file()
    event = PersonCameBack(ines.id, later.id)
    brought = Entry(f"{house.session}.elsewhere", 99, "brought-1", store.journal.now(), ines.id, "", event)
    with closing(store.journal):
        assert store.merge(replace(file, entries=(*file.entries, brought))) == 1
    assert "data-join" in text(await later.get())


@served
async def test_pages_apart_are_for_some_roles(house: Served) -> None:
    ada, marc, lou = await house.joins(FACILITATOR), await house.joins(CLIENT), await house.joins(OBSERVER)
    codes = {
        path: [(await browser.get(path)).code for browser in (ada, marc, lou)]
        for path in ("/script", "/prepare", "/follow")
    }
    assert codes == {"/script": [200, 403, 403], "/prepare": [200, 200, 403], "/follow": [200, 200, 403]}
    assert (await lou.get("/older?notebook=script&zone=x")).code == 404


# Gestures ---------------------------------------------------------------------------------------------


@served
async def test_a_gesture_is_granted_once_and_refused_in_words(house: Served) -> None:
    ines, lou = await house.joins(CONSULTANT), await house.joins(OBSERVER)
    first = await ines.asks("Qui renonce ?", id="one-question")
    again = await ines.asks("Qui renonce ?", id="one-question")
    assert (first.code, said(first)) == (200, said(again))
    body = await ines.asks("Autre ?", id="one-question")
    other = await (await house.joins(CONSULTANT)).asks("Qui renonce ?", id="one-question")
    role = await lou.asks("Qui ?")
    assert [answer.code for answer in (body, other, role)] == [422, 422, 422]
    assert said(role)["code"] == "role" and said(role)["refused"]


@served
async def test_a_request_that_no_page_of_ours_sends_is_refused(house: Served) -> None:
    ines = await house.joins(CONSULTANT)
    gesture = {"id": "from-elsewhere", "do": "write", "kind": "question", "text": "Qui ?"}
    answers = [
        await ines.post("/gestures", gesture, Origin="https://example.org"),
        await ines.post("/gestures", gesture, kind="text/plain"),
        await ines.post("/gestures", {**gesture, "text": "a" * BODY}),
        await ines.post("/gestures", b"{"),
        await ines.post("/gestures", b"[" * 100_000),
        await ines.post("/gestures", [gesture]),
        await ines.post("/gestures", {**gesture, "do": "join", "name": "Ex"}),
        await ines.post("/gestures", {**gesture, "do": ["write"]}),
        await house.at(CLIENT).post("/join", {"id": "join-client", "name": "Ex", "key": "short"}),
    ]
    assert [answer.code for answer in answers] == [422] * len(answers)
    ours = await ines.post("/gestures", gesture, Origin=f"http://127.0.0.1:{house.port}")
    assert ours.code == 200


@served
async def test_older_cards_come_on_demand(house: Served) -> None:
    ines = await house.joins(CONSULTANT)
    store = house.elsewhere()
    questions = [NoteWritten(f"n{number}", "question", f"Question {number} ?") for number in range(LATEST + 2)]
    with closing(store.journal) as journal, journal.writing():
        journal.append("many", ines.id, "", questions)
    page = text(await ines.get())
    before = page.partition('data-before="')[2].partition('"')[0]
    patch = said(await ines.get(f"/older?zone=questions&before={before}"))["patch"]
    assert "Question 0 ?" not in page and "Question 2 ?" in page
    assert isinstance(patch, dict) and "Question 0 ?" in str(patch) and len(patch) == 3


@served
async def test_an_open_page_says_that_it_is_here(house: Served) -> None:
    lou = await house.joins(OBSERVER)
    assert said(await lou.post("/here", b""))["now"]
    assert (await lou.post("/here", b"", Origin="https://ailleurs.test")).code == 422


# Files ------------------------------------------------------------------------------------------------


@served
async def test_an_invitation_is_for_who_holds_that_link(house: Served) -> None:
    made = await house.at(CLIENT).get("/invitation.ics")
    assert made.headers["Content-Type"].startswith("text/calendar")
    assert house.keys["client"] in text(made).replace("\r\n ", "")
    assert "colis-solidaire-invitation-equipe-" in made.headers["Content-Disposition"]
    assert (await house.at(CLIENT).get("/invitation.ics?role=observer")).code == 404
    observers = await house.at(FACILITATOR).get("/invitation.ics?role=observer")
    assert house.keys["observer"] in text(observers).replace("\r\n ", "")
    assert "colis-solidaire-invitation-observateurs-" in observers.headers["Content-Disposition"]


@pytest.mark.process
@served
async def test_the_notebook_to_share_follows_what_was_decided_of_its_names(house: Served) -> None:
    claire = await house.joins(CLIENT, "Claire")
    await claire.do("write", kind="problem", text="Claire propose, M. Oyono attend")
    [name] = json.loads((await claire.get("/names.json")).body)["names"]
    assert (name["words"], name["sure"], name["after"]) == ("Claire", True, " propose, M. Oyono attend")
    made = await claire.post("/shared.ipynb", {"back": [name["key"]], "more": [], "words": ["M. Oyono"]})
    [problem] = read(made.body).fold().notes_of("problem")
    assert problem.text == "Claire propose, Responsable 1 attend"
    assert (await claire.post("/shared.ipynb", {"back": "all"})).code == 422
    assert (await claire.post("/summary.docx", {})).code == 405
    assert (await house.at(CLIENT).post("/shared.ipynb", {})).code == 401  # who has not joined
    elsewhere = await claire.post("/shared.ipynb", {}, Origin="https://elsewhere.example")
    assert elsewhere.code == 422


# Links ------------------------------------------------------------------------------------------------

NOBODY_ELSE, NETWORK_ONLY = "Personne d’autre ne peut encore ouvrir ces liens", "Ces liens ne s’ouvrent que sur votre"


@served
async def test_the_links_page_says_who_reaches_its_address(house: Served) -> None:
    ada = house.at(FACILITATOR)
    for host, said in (("127.0.0.1:8866", NOBODY_ELSE), ("192.168.1.20", NETWORK_ONLY), ("atelier.example.org", "")):
        page = text(await ada.get("/links", Host=host))
        assert {words for words in (NOBODY_ELSE, NETWORK_ONLY) if words in page} == {said} - {""}
        assert ("HOST=0.0.0.0" in page) == (said == NOBODY_ELSE)
        assert page.count(f"http://{host}/room/{house.session}/") >= len(Role)
    for forwarded in ({"X-Forwarded-Proto": "https"}, {"X-Scheme": "https"}):
        page = text(await ada.get("/links", Host="atelier.example.org", **forwarded))
        assert f"https://atelier.example.org/room/{house.session}/client" in page


@served
async def test_links_invitations_and_calendar_take_the_address_that_was_chosen(house: Served) -> None:
    ada, own = house.at(FACILITATOR), f"http://127.0.0.1:{house.port}/"
    house.network = "http://192.168.1.20:8866/"
    before = text(await ada.get("/links"))
    assert NOBODY_ELSE in before and house.network in before and f"{house.network}room" not in before
    chosen = await ada.get("/links?at=network")
    assert (chosen.code, chosen.headers["Location"]) == (303, f"{ada.path}/links")
    assert f"{AT}={NETWORK};" in chosen.headers["Set-Cookie"]
    ada.cookies[AT] = NETWORK
    after, ics = text(await ada.get("/links")), text(await ada.get("/invitation.ics?role=client"))
    assert NETWORK_ONLY in after and f"{own}room" not in after and after.count(f"{house.network}room") >= len(Role)
    assert f"{house.network}atelier/" in after
    assert f"{house.network}room/{house.session}/client" in ics.replace("\r\n ", "")
    # The choice holds on this computer alone: elsewhere a page says where it was opened.
    assert "https://atelier.example.org" not in after
    public = text(await ada.get("/links", Host="atelier.example.org"))
    assert "http://atelier.example.org/room" in public and house.network not in public
    ada.cookies[AT] = ""
    assert f"{own}room" in text(await ada.get("/links"))
    # A laptop that left its network answers on itself alone.
    house.network, ada.cookies[AT] = "", NETWORK
    assert NOBODY_ELSE in text(await ada.get("/links"))


@served
async def test_behind_a_hub_nothing_is_said_of_an_address(house: Served) -> None:
    house.app.settings["impact"] = replace(house.state, hub=True)
    for host in ("127.0.0.1:8000", "hub"):
        page = text(await house.at(FACILITATOR).get("/links", Host=host))
        assert f"http://{host}/room/" in page and NOBODY_ELSE not in page and NETWORK_ONLY not in page


@served
async def test_a_code_opens_the_choice_of_a_guests_role_and_no_other(house: Served) -> None:
    code = await house.state.sessions.run(house.session, house.state.sessions.code, house.session)
    anybody = Browser(house, "/")
    asked = await anybody.get(f"atelier?code={code[:3].lower()}-{code[3:]}")
    assert (asked.code, asked.headers["Location"]) == (303, f"/atelier/{code}")
    page = text(await anybody.get(f"atelier/{code}"))
    offered = set(re.findall(r'href="(/room/[^"]+)"', page))
    assert offered == {f"/room/{house.session}/{role}?key={house.keys[role]}" for role in keys.GUESTS}
    assert house.keys[FACILITATOR] not in page and "Colis Solidaire" in page
    for link in offered:
        assert (await anybody.get(link.removeprefix("/"))).code == 303
    assert (await anybody.get("atelier")).code == 200
    wrong = await anybody.get("atelier/ABCDEF")
    assert wrong.code == 404 and "Aucun atelier" in text(wrong)


@served
async def test_codes_that_are_tried_are_limited(house: Served) -> None:
    code = await house.state.sessions.run(house.session, house.state.sessions.code, house.session)
    anybody = Browser(house, "/")
    for _ in range(FROM_ONE):
        assert (await anybody.get("atelier/ABCDEF")).code == 404
    assert (await anybody.get(f"atelier/{code}")).code == 429


@served
async def test_hypotheses_come_in_once_from_a_file(house: Served) -> None:
    marc, lou = await house.joins(CLIENT), await house.joins(OBSERVER)
    content = "Énoncé\nLa saisie en mairie raccourcit l’attente\n".encode()
    first = await marc.post("/hypotheses", content, kind=FILE)
    again = await marc.post("/hypotheses", content, kind=FILE)
    assert (first.code, said(first)["taken"], said(again)["taken"]) == (200, 1, 0)
    assert (await lou.post("/hypotheses", content, kind=FILE)).code == 401
    assert (await marc.post("/hypotheses", content)).code == 422
    assert said(await marc.post("/hypotheses", b"\xff\x00", kind=FILE))["code"] == "file"


@served
async def test_the_metrics_of_one_hypothesis_come_in_under_it_from_a_sheet_or_a_pasted_table(house: Served) -> None:
    marc = await house.joins(CLIENT)
    pasted = "Hypothèse\tMesure\tCible\nMoins d’attente\tDélai\t12.345\n\tAppels\t3 M\n\tVisites\tbeaucoup\n".encode()
    first: dict[str, Any] = said(await marc.post("/hypotheses?pasted=1", pasted, kind=FILE))
    assert (first["taken"], [problem["line"] for problem in first["problems"]]) == (1, [2, 4])
    assert first["decided"] == ["Les lignes sans hypothèse sont des mesures de celle du dessus\u00a0: 3, 4."]
    assert said(await marc.post("/hypotheses?pasted=1", pasted, kind=FILE))["taken"] == 0
    session = await house.state.sessions.run(
        house.session, lambda: house.state.sessions.room(house.session).store.session
    )
    [hypothesis] = session.notes_of("hypothesis")
    metrics = session.notes_of("metric", about=hypothesis.id)
    assert [(metric.text, metric.details.get("target")) for metric in metrics] == [
        ("Délai", None),
        ("Appels", "3000000"),
        ("Visites", None),
    ]


@served
async def test_a_file_brought_again_is_asked_about_where_somebody_changed_what_it_brought(
    house: Served,
) -> None:
    marc, ada = await house.joins(CLIENT), await house.joins(FACILITATOR)
    table = "Hypothèse;Mesure;Unité;Cible\nMoins d’attente;Délai;jours;8\nPlus de droits;Part;%;soixante\n"

    async def brings(text: str, name: str) -> dict[str, Any]:
        return said(await marc.post(f"/hypotheses?name={quote(name)}", text.encode(), kind=FILE))

    assert (await brings(table, "mesures.csv"))["taken"] == 2
    session = await house.state.sessions.run(
        house.session, lambda: house.state.sessions.room(house.session).store.session
    )
    [delay] = [note.id for note in session.notes_of("metric") if note.text == "Délai"]
    await ada.do("detail", note=delay, detail="target", value="9,5")
    again = await brings(table.replace(";8", ";7").replace("soixante", "60"), "mesures (1).csv")
    assert (again["taken"], again["updated"]) == (
        0,
        ["ligne 3, «\u00a0Cible\u00a0»\u00a0: 60\u00a0% au lieu de (rien)"],
    )
    [asked] = again["asked"]
    assert (asked["line"], asked["column"], asked["of"]) == (2, "Cible", "Délai")
    assert (asked["ours"], asked["theirs"]) == ("9,5\u00a0jours", "7\u00a0jours")
    settled = {name: asked[name] for name in ("note", "detail", "value", "was")}
    assert (await marc.do("settle", **settled, kept="false")).code == 200
    last = await brings(table.replace(";8", ";7").replace("soixante", "60"), "mesures.csv")
    assert (last["taken"], last["updated"], last["asked"]) == (0, [], [])


@served
async def test_figures_brought_again_are_asked_about_where_somebody_changed_them(house: Served) -> None:
    marc, ada = await house.joins(CLIENT), await house.joins(FACILITATOR)
    assert (await marc.do("draft", metric="Délai", unit="jours")).code == 200
    table = "Mesure;2026-01;2026-02\nDélai;21;19\n"

    async def brings(text: str, name: str) -> dict[str, Any]:
        return said(await marc.post(f"/figures?name={quote(name)}", text.encode(), kind=FILE))

    assert (await brings(table, "suivi.csv"))["taken"] == 2
    session = await house.state.sessions.run(
        house.session, lambda: house.state.sessions.room(house.session).store.session
    )
    [january, _] = session.notes_of("reading")
    await ada.do("detail", note=january.id, detail="figure", value="22")
    again = await brings(table.replace(";21", ";20").replace(";19", ";18"), "suivi (1).csv")
    assert (again["taken"], again["updated"]) == (
        0,
        ["ligne 2, «\u00a02026-02\u00a0»\u00a0: 18\u00a0jours au lieu de 19\u00a0jours"],
    )
    [asked] = again["asked"]
    assert (asked["line"], asked["column"], asked["of"]) == (2, "2026-01", "Délai")
    settled = {name: asked[name] for name in ("note", "detail", "value", "was")}
    assert (await marc.do("settle", **settled, kept="false")).code == 200
    last = await brings(table.replace(";21", ";20").replace(";19", ";18"), "suivi.csv")
    assert (last["taken"], last["updated"], last["asked"]) == (0, [], [])


@served
async def test_two_who_bring_one_file_at_the_same_moment_bring_it_once(house: Served) -> None:
    both = [await house.joins(CLIENT), await house.joins(FACILITATOR)]
    table = "Hypothèse;Mesure;Cible\nMoins d’attente;Délai;8\n;Appels;30\nPlus de droits;Part;60\n".encode()
    answers = await asyncio.gather(*(one.post("/hypotheses?name=a.csv", table, kind=FILE) for one in both))
    assert {answer.code for answer in answers} == {200}
    session = await house.state.sessions.run(
        house.session, lambda: house.state.sessions.room(house.session).store.session
    )
    assert (len(session.notes_of("hypothesis")), len(session.notes_of("metric"))) == (2, 3)


@served
async def test_a_figure_that_is_typed_is_refused_with_both_of_its_readings(house: Served) -> None:
    marc = await house.joins(CLIENT)
    refused = await marc.do("draft", metric="Délai", target="12.000")
    assert (refused.code, said(refused)["field"]) == (422, "target")
    assert "12,000 ou 12\u202f000" in str(said(refused)["refused"])
    assert (await marc.do("draft", metric="Coût", target="12 k€")).code == 200


@served
async def test_another_sheet_of_a_workbook_is_asked_for_by_its_name(house: Served) -> None:
    book = openpyxl.Workbook()
    for name in ("Mesures", "Été"):
        page = book.create_sheet(name)
        page.append(["Mesure", "Cible"])
        page.append([name, 3])
    del book["Sheet"]
    content = io.BytesIO()
    book.save(content)
    marc = await house.joins(CLIENT)
    first = said(await marc.post("/hypotheses", content.getvalue(), kind=FILE))
    other = said(await marc.post(f"/hypotheses?sheet={quote('Été')}", content.getvalue(), kind=FILE))
    assert (first["sheet"], first["sheets"], first["taken"]) == ("Mesures", ["Mesures", "Été"], 1)
    assert (other["sheet"], other["taken"]) == ("Été", 1)
    assert said(await marc.post("/hypotheses?sheet=x", content.getvalue(), kind=FILE))["code"] == "file"


@served
async def test_a_session_notebook_comes_in_for_the_operator_and_merges_for_the_facilitator(house: Served) -> None:
    tidy = (TEMPLATES / "sessions" / "tidy.ipynb").read_bytes()
    ada, marc, operator = await house.joins(FACILITATOR), await house.joins(CLIENT), house.operator()
    assert (await Browser(house, "/").post("import", tidy, kind=FILE)).code == 422
    assert said(await operator.post("import", b"{}", kind=FILE))["refused"]
    taken = await operator.post("import", tidy, kind=FILE)
    assert (taken.code, said(taken)["added"]) == (200, 188)
    assert KEY in taken.headers["Set-Cookie"]
    assert (await marc.post("/import", tidy, kind=FILE)).code == 401
    assert (await ada.post("/import", b"{}", kind=FILE)).code == 422
    assert (await ada.post("/import", tidy, kind=FILE, Origin="https://example.org")).code == 422


# Home, languages, other addresses ---------------------------------------------------------------------


@served
async def test_the_operator_opens_workshops(house: Served) -> None:
    stranger, operator = Browser(house, "/"), house.operator()
    assert (await stranger.get()).code == 200
    assert (await stranger.get("?key=wrong")).code == 403
    for name in ("key", "token"):
        known = await stranger.get(f"?{name}={house.state.operator_key()}")
        assert (known.code, known.headers["Location"]) == (303, "/") and OPERATOR in known.headers["Set-Cookie"]
    assert (await stranger.post("workshops", {"team": "Colis"})).code == 422
    opened = await operator.post("workshops", {"team": "Colis", "starts": 1_900_000_000})
    assert opened.code == 200 and KEY in opened.headers["Set-Cookie"]
    for asked in ({"team": " "}, {"team": "C", "agenda": "no"}, {"team": "C", "starts": True}, {"video": "ftp://x"}):
        assert (await operator.post("workshops", asked)).code == 422


@served
async def test_a_renewed_key_of_the_operator_counts_at_once(house: Served) -> None:
    before, client = house.operator(), await house.joins(CLIENT)
    keys.renew_operator(house.data)
    assert (await before.post("workshops", {"team": "Colis"})).code == 422
    assert (await house.operator().post("workshops", {"team": "Colis"})).code == 200
    assert (await client.asks("Qui ?")).code == 200


@served
async def test_the_operator_alone_sees_all_workshops_and_enters_them(house: Served) -> None:
    opened = said(await house.operator().post("workshops", {"team": "Ma <b>Cantine</b>", "starts": 1_900_000_000}))
    page = text(await house.operator().get())
    lines = page.partition("data-workshops")[2].partition("</ul>")[0]
    # A name in its link, and in what its button says.
    wanted = {"<li>": 2, "Colis Solidaire": 2, "Ma &lt;b&gt;Cantine": 2, "17/03/2030": 1}
    assert {words: lines.count(words) for words in wanted} == wanted
    links = set(re.findall(r'href="([^"]+)"', lines))
    assert f"/room/{house.session}/facilitator?key={house.keys[FACILITATOR]}" in links
    for link in links:
        assert (await Browser(house, link).get()).code == 303
    assert {link.split("?")[0] for link in links} == {f"/room/{house.session}/facilitator", opened["room"]}
    anybody = text(await Browser(house, "/").get())
    assert "Colis Solidaire" not in anybody and house.keys[FACILITATOR] not in anybody
    # A renewed link, a workshop that another process opens: the list follows.
    await house.state.sessions.run(house.session, house.elsewhere().journal.renew, FACILITATOR)
    create_session(house.data, "Rendez-vous Préfecture").journal.close()
    page = text(await house.operator().get())
    assert "Rendez-vous Préfecture" in page and house.keys[FACILITATOR] not in page
    assert (await house.renewed_keys())[FACILITATOR] in page


@served
async def test_the_operator_opens_the_session_that_follows_one_that_was_held(house: Served) -> None:
    asked = {"after": house.session, "starts": None}
    assert (await house.operator().post("workshops", asked)).code == 422  # not held yet
    with closing(open_store(house.data, house.session).journal) as journal, journal.writing():
        journal.append("held", "", "", [StepStarted("tour"), SessionEnded()])
    for agenda in ("", "vision"):
        opened = said(await house.operator().post("workshops", {**asked, "agenda": agenda}))
        store = open_store(house.data, str(opened["session"]))
        store.journal.close()
        assert store.session.follows is not None and store.session.follows.session == house.session
        assert store.session.agenda is not None and store.session.agenda.name == (agenda or "follow-up")
    assert (await house.operator().post("workshops", {**asked, "agenda": "none"})).code == 422
    assert (await house.operator().post("workshops", {"after": "unknown"})).code == 422


@served
async def test_a_workshop_is_opened_again_without_what_was_done_in_it(house: Served) -> None:
    video = "https://visio.example/1"
    store = create_session(house.data, "Ma Cantine", agenda="reformulation", lang="en", zone="Asia/Tokyo", video=video)
    with closing(store.journal):
        ada = Asking("ada-browser", FACILITATOR)
        store.ask(ada, {"id": "ada-comes-in", "do": "join", "name": "Ada"})
        store.ask(ada, {"id": "ada-asks-one", "do": "write", "kind": "question", "text": "Who?"})
    asked = {"again": store.session.id, "starts": 1_900_000_000}
    assert (await Browser(house, "/").post("workshops", asked)).code == 422
    opened = await house.operator().post("workshops", asked)
    assert opened.code == 200 and KEY in opened.headers["Set-Cookie"]
    new = open_store(house.data, str(said(opened)["session"]))
    with closing(new.journal):
        session, past = new.session, store.session
        assert session.id != past.id and session.clock.scheduled == 1_900_000_000
        for name in ("team", "lang", "zone", "video", "agenda", "rehearsal"):
            assert getattr(session, name) == getattr(past, name), name
        assert not session.people and not session.notes
    assert (await house.operator().post("workshops", {"again": house.session, "starts": None})).code == 200
    for unknown in ("nothinghere", "../secret"):
        assert (await house.operator().post("workshops", {"again": unknown})).code == 422


@served
async def test_a_language_is_kept_and_spoken(house: Served) -> None:
    lou = await house.joins(OBSERVER)
    switched = await lou.get("?lang=en")
    assert (switched.code, switched.headers["Location"]) == (303, lou.path)
    lou.cookies["impact-lang"] = "en"
    assert '<html lang="en"' in text(await lou.get())
    assert "role cannot" in str(said(await lou.asks("Who?"))["refused"])


@served
async def test_other_addresses_are_missing_and_a_hubs_lead_home(house: Served) -> None:
    anybody = Browser(house, "/")
    assert (await anybody.get("nowhere")).code == 404
    assert (await anybody.get("assets/0123/nothing.js")).code == 404
    assert (await anybody.get("api")).code == 200
    for path in ("lab", "tree", "notebooks/x.ipynb", "voila/render/fr/home.ipynb"):
        gone = await anybody.get(f"{path}?token=t")
        assert (gone.code, gone.headers["Location"]) == (303, "/?token=t"), path


@served
async def test_doors_that_do_not_open_are_counted_by_the_reason_and_wrong_keys_are_logged(
    house: Served, caplog: pytest.LogCaptureFixture
) -> None:
    once = house.at(CLIENT)
    room = await house.state.sessions.run(house.session, house.state.sessions.room, house.session)
    await house.state.sessions.run(house.session, room.store.journal.renew, CLIENT)
    wrong, none = house.at(OBSERVER), house.at(CONSULTANT)
    wrong.cookies[KEY], none.cookies = "x" * 24, {}
    elsewhere = Browser(house, "/room/nowhere/client")
    elsewhere.cookies[KEY] = "x" * 24
    with caplog.at_level(logging.ERROR):
        for browser in (once, none, elsewhere, *[wrong] * 12):
            assert (await browser.get()).code == 403
    assert said(await Browser(house, "/").get("health")) == {
        "live": True,
        "store": True,
        "closed": {"unknown": 1, "no key": 1, "renewed": 1, "ended": 0, "wrong": 12},
    }
    logged = [record.getMessage() for record in caplog.records if "wrong key" in record.getMessage()]
    assert logged == [f"wrong key number {n} from 127.0.0.1, at workshop {house.session}" for n in (1, 10)]


@served
async def test_prometheus_reads_figures_here_or_with_the_operators_key(house: Served) -> None:
    lou = await house.joins(OBSERVER)
    assert (await lou.do("rename", name="Louise")).code == 200
    assert (await lou.do("start", step="tour")).code == 422
    await lou.listens()
    anybody = Browser(house, "/")
    read = (await anybody.get("metrics")).body.decode()
    for line in (
        'impact_gestures_total{result="granted"} 2',
        'impact_gestures_total{result="refused"} 1',
        "impact_append_seconds_count 2",
        'impact_append_seconds_bucket{le="+Inf"} 2',
        "impact_pages 1",
        "impact_workshops_watched 1",
    ):
        assert line in read.splitlines()
    assert not any(secret in read for secret in (house.session, "Louise", lou.own, *house.keys.values()))
    assert (await anybody.get("metrics", **{"X-Forwarded-For": "127.0.0.1"})).code == 404
    assert (await anybody.get("metrics", **{"X-Forwarded-For": "192.0.2.7", "Authorization": "Bearer no"})).code == 404
    key = f"Bearer {house.state.operator_key()}"
    assert (await anybody.get("metrics", **{"X-Forwarded-For": "192.0.2.7", "Authorization": key})).code == 200


@served
async def test_links_that_end_open_nothing_on_the_next_day_but_for_the_facilitator(house: Served) -> None:
    lou, ada = await house.joins(OBSERVER), await house.joins(FACILITATOR)
    room = await house.state.sessions.run(house.session, house.state.sessions.room, house.session)
    days = [date.today() + timedelta(days) for days in (1, -2)]
    for number, (day, code) in enumerate(zip(days, (200, 401), strict=True)):
        ends = [LinksEnd(day.isoformat())]
        await house.state.sessions.run(house.session, room.store.write, f"links-end-{number}", ends)
        assert (await lou.do("rename", name=f"Lou {number}")).code == code
        assert (await ada.do("rename", name=f"Ada {number}")).code == 200
    await house.state.sessions.run(house.session, room.store.write, "links-end-none", [LinksEnd("")])
    assert (await lou.do("rename", name="Louise")).code == 200


@served
async def test_a_browser_that_asks_without_end_is_asked_to_wait_and_the_others_are_not(house: Served) -> None:
    lou, marc = await house.joins(OBSERVER), await house.joins(CLIENT)
    now = [0.0]
    house.state.pace._clock = lambda: now[0]
    taken = [await lou.do("rename", name=f"Lou {i}") for i in range(AT_ONCE)]
    assert {answer.code for answer in taken} == {200}
    slow = await lou.do("rename", "once-more", name="Louise")
    wait = said(slow)["wait"]
    assert (slow.code, said(slow)["code"], slow.headers["Retry-After"]) == (429, "slow", "1")
    assert (await marc.do("rename", name="Marcel")).code == 200
    assert isinstance(wait, float)
    now[0] += wait
    assert (await lou.do("rename", "once-more", name="Louise")).code == 200
    assert (await lou.do("rename", name="Lou")).code == 429


@served
async def test_a_failure_is_answered_and_logged_without_the_key(
    house: Served, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lou = await house.joins(OBSERVER)

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(logging, "_logRecordFactory", logging.getLogRecordFactory())
    keep_keys_out()
    monkeypatch.setattr(house.state.sessions, "_admit", fails)
    with caplog.at_level(logging.ERROR):
        page, posted = await lou.get("?key=a-secret-key"), await lou.asks("Qui ?")
    assert (page.code, posted.code) == (500, 500)
    assert said(posted)["refused"] and "Traceback" not in text(page)
    assert "ZeroDivisionError" in caplog.text and "a-secret-key" not in caplog.text


# Notebooks --------------------------------------------------------------------------------------------


@served
async def test_a_notebook_that_fails_gives_a_clear_page_and_a_line_in_the_log(
    house: Served, caplog: pytest.LogCaptureFixture
) -> None:
    lou = await house.joins(OBSERVER)
    for broken in ("<p>one</p><!--cells 1 of 2-->", "<!--pane nothing--><!--cells 1 of 1-->", ""):
        house.write_notebook("workshop", broken)
        caplog.clear()
        with caplog.at_level(logging.ERROR, "impact"):
            page = await lou.get()
        assert page.code == 503 and "fr/workshop.ipynb was not drawn" in caplog.text
        assert "/again.js" in text(page)
    house.write_notebook("workshop", "<!--pane people--><!--cells 1 of 1-->")
    assert (await lou.get()).code == 200


@served
async def test_a_notebook_runs_once_until_it_is_edited(house: Served) -> None:
    lou, marc = await house.joins(OBSERVER), await house.joins(CLIENT)
    for browser in (lou, marc, lou):
        assert "Bienvenue" in text(await browser.get("?see=workshop"))
    assert house.runs == 1
    house.write_notebook("workshop", "<p>Bonjour</p><!--pane people--><!--cells 1 of 1-->")
    page = text(await lou.get())
    assert "Bonjour" in page and "Bienvenue" not in page and 'data-zone="questions"' not in page
    assert house.runs == 2


# What goes wrong elsewhere ----------------------------------------------------------------------------


@served
async def test_a_damaged_journal_keeps_no_other_room_waiting(house: Served, caplog: pytest.LogCaptureFixture) -> None:
    sessions, first = house.state.sessions, house.session
    await (await house.joins(CONSULTANT)).get()
    await house.opens()
    lou = await house.joins(OBSERVER)
    await lou.get()
    with journal_path(house.data, first).open("r+b") as damaged:
        damaged.truncate(100)
    store = house.elsewhere()
    with closing(store.journal) as journal, journal.writing():
        journal.append("later", "", "", [NoteWritten("later", "question", "Et ensuite ?")])
    for _ in range(2):
        sessions.tick(0.0)
        for session in (first, house.session):
            await sessions.run(session, lambda: None)
    assert "Et ensuite ?" in text(await lou.get())
    assert sum(first in record.getMessage() for record in caplog.records) == 1


@served
async def test_an_address_that_leads_nowhere_is_an_answer_and_no_fault(
    house: Served, caplog: pytest.LogCaptureFixture
) -> None:
    ines = await house.joins(CONSULTANT)
    assert (await ines.get("/older?notebook=script&zone=x")).code == 404
    assert [record for record in caplog.records if record.exc_info] == []
