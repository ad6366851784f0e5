"""Every address answers with the same bounds, whoever asks and however: a new one cannot forget them."""

from __future__ import annotations

import re

import pytest
from tornado.httpclient import HTTPResponse

from impactlib.domain.agenda import Role
from impactlib.domain.programme import ProgrammeSet
from impactlib.server.handler import KEY, POLICY
from impactlib.server.pages.downloads import TO_PRINT
from impactlib.server.routes import BELOW, ROOM, SCREEN, rest, routes
from impactlib.server.sessions import COMMON
from impactlib.storage import keys
from impactlib.storage.store import PROGRAMME
from tests.serving import Browser, Served, served

PARTS = {
    "page": "privacy",
    "session": "{session}",
    "role": "client",
    "code": "4F7K2Q",
    "coach": "abcdefgh",
    "short": "x",
    "asked": "0123456789abcdef",
    "key": "abcdefghijklmnopqrstuvwx",
    "json": ".json",
    "name": "summary.md",
}
POLICIES = (POLICY, TO_PRINT)


def example(pattern: str) -> str:
    """An address that a route's pattern stands for."""
    named = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)\??", lambda found: PARTS[found[1]], pattern.replace(BELOW, ""))
    made = named.replace("assets/[0-9a-f]+/([a-z0-9.-]+)", "assets/0/impact.css").replace(".*", "nowhere")
    return made.replace("replay/summary.md.json", "replay/tidy.json").replace("\\", "")


PATTERNS = [pattern for pattern, _ in (*routes("/"), *rest("/"))]
ADDRESSES = [example(pattern) for pattern in PATTERNS]


def faults(answer: HTTPResponse, method: str, address: str) -> list[str]:
    """What an answer lacks."""
    of, headers = f"{method} {address} ({answer.code})", answer.headers
    missing = [
        *([f"{of}: policy"] if headers.get("Content-Security-Policy") not in POLICIES else []),
        *([f"{of}: nosniff"] if headers.get("X-Content-Type-Options") != "nosniff" else []),
        *([f"{of}: referrer"] if headers.get("Referrer-Policy") != "no-referrer" else []),
        *([f"{of}: names the server"] if "Server" in headers else []),
        *([f"{of}: fault"] if answer.code >= 500 else []),
    ]
    kept = headers.get("Cache-Control", "")
    if kept != "no-store" and not (answer.code == 200 and address.startswith("/assets/")):
        missing.append(f"{of}: kept by caches: {kept!r}")
    for cookie in headers.get_list("Set-Cookie"):
        missing += [
            f"{of}: {cookie.split('=')[0]} lacks {part}" for part in ("HttpOnly", "SameSite=Lax") if part not in cookie
        ]
    return missing


def test_each_pattern_matches_the_address_that_is_asked() -> None:
    for pattern, address in zip(PATTERNS, ADDRESSES, strict=True):
        assert re.fullmatch(pattern, address.format(session="abc")), (pattern, address)
    assert sum(ROOM in pattern for pattern in PATTERNS) > 15 and sum(SCREEN in pattern for pattern in PATTERNS) == 2


BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "not a number": b'{"id": NaN, "do": "write"}',
    "deep": b'{"id":' * 2000 + b"1" + b"}" * 2000,
    "a word for each field": b'{"id": "routes-words", "do": "write", "key": 1, "name": [], "person": {}, "text": null}',
}


WHO = ["joined", "nobody", "another role", "another room", "renewed", "shown out"]


@pytest.mark.process  # some addresses draw a replay or write a file, in a process of its own
@pytest.mark.parametrize("who", WHO)
@served
async def test_every_address_keeps_its_headers_and_nobody_who_may_not_has_an_effect(house: Served, who: str) -> None:
    await house.state.sessions.run(PROGRAMME, house.state.programme.write, lambda known: [ProgrammeSet(True)])
    browser = await _asking(house, who)
    room = await house.state.sessions.run(house.session, house.state.sessions.room, house.session)
    before = room.store.journal.last()
    found: list[str] = []
    for address in (one.format(session=house.session) for one in ADDRESSES):
        if not address.endswith("/patches"):  # it stays open for whoever may
            found += faults(await browser.get(address), "GET", address)
        for body in BODIES.values():
            found += faults(await browser.post(address, body), "POST", address)
        for kind, origin in (("text/plain", ""), ("application/json", "https://autre.test")):
            more = {"Origin": origin, "Sec-Fetch-Site": "cross-site"} if origin else {}
            answer = await browser.post(address, {"id": "from-elsewhere", "do": "rename", "name": "X"}, kind, **more)
            found += faults(answer, "POST", address)
    assert "\n".join(found) == ""
    assert room.store.journal.last() == before


@pytest.mark.process
@pytest.mark.parametrize("who", ["joined", "nobody"])
@served
async def test_ten_megabytes_have_no_effect_at_any_address(house: Served, who: str) -> None:
    browser = await _asking(house, who)
    room = await house.state.sessions.run(house.session, house.state.sessions.room, house.session)
    before, found = room.store.journal.last(), []
    for address in (one.format(session=house.session) for one in ADDRESSES):
        answer = await browser.post(address, b'{"id": "ten-megabytes", "do": "rename", "name": "' + b"x" * 10_000_000)
        if answer.code != CLOSED:
            found += faults(answer, "POST", address)
    assert "\n".join(found) == ""
    assert room.store.journal.last() == before and room.store.session.team == "Colis Solidaire"


CLOSED = 599
"""What tornado's client says of a server that closes the connection before all is sent."""


async def _asking(house: Served, who: str) -> Browser:
    """A browser that asks any address, with the cookies of somebody."""
    browser = Browser(house, "")
    match who:
        case "another role":
            browser.cookies = (await house.joins(Role.OBSERVER)).cookies
        case "another room":
            _, others = await house.state.sessions.run(COMMON, house.state.sessions.open, team="Une autre")
            browser.cookies = (await house.joins(Role.CLIENT)).cookies | {KEY: others[Role.CLIENT]}
        case "renewed" | "shown out" | "joined":
            marc = await house.joins(Role.CLIENT)
            browser.cookies = marc.cookies
            if who == "renewed":
                room = await house.state.sessions.run(house.session, house.state.sessions.room, house.session)
                await house.state.sessions.run(house.session, room.store.journal.renew, Role.CLIENT)
            elif who == "shown out":
                ada = await house.joins(Role.FACILITATOR)
                await ada.do("show_out", person=marc.id)
    return browser


@pytest.mark.process
@served
async def test_no_page_says_a_key(house: Served) -> None:
    marc = await house.joins(Role.CLIENT)
    known = [*house.keys.values(), keys.operator_key(house.data)]
    for address in (one.format(session=house.session) for one in ADDRESSES):
        if not address.endswith("/patches"):
            said = (await Browser(house, "").get(address)).body.decode(errors="replace")
            assert not any(key in said for key in known), address
    assert house.keys[Role.FACILITATOR] not in (await marc.get()).body.decode()
