"""What people type runs in nobody's page; what a role may not do changes nothing; no other host is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Error, expect

from impactlib.workshop import open_workshop
from tests.browser.conftest import NAMES, Person
from tests.harness import Server

pytestmark = pytest.mark.browser

PAYLOADS = [
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg onload=window.ran=1>",
    '"><script>window.ran=1</script>',
    "' autofocus onfocus=window.ran=1 x='",
    "<a href=javascript:window.ran=1>ici</a>",
    "[ici](javascript:window.ran=1)",
    "{{ 7*7 }}{% print(1) %}",
    "</textarea></script><script>window.ran=1</script>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
]


def test_ten_payloads_run_in_nobodys_page_nor_in_the_summary(server: Server, person: Callable[..., Person]) -> None:
    links = server.new(PAYLOADS[3])
    people = {role: person(role).join(links[role], PAYLOADS[i]) for i, role in enumerate(NAMES)}
    facilitator, client, consultant = people["facilitator"], people["client"], people["consultant"]
    for step in range(1, 5):
        facilitator.forward()
        if step == 3:
            for payload in PAYLOADS:
                consultant.write("question", payload)
        if step == 4:
            for payload in PAYLOADS:
                client.write("hypothesis", payload)
                client.write("metric", payload)
    for one in people.values():
        expect(one.page.locator("[data-zone=hypotheses] .card")).to_have_count(len(PAYLOADS))
        expect(one.page.locator("[data-zone=questions] .card")).to_have_count(len(PAYLOADS))
    client.page.locator("[data-zone=hypotheses] .card").first.get_by_role(
        "button", name=re.compile("^Modifier")
    ).click()
    expect(client.page.locator("#edit-text")).to_have_value(PAYLOADS[0])
    for one in people.values():
        assert one.page.evaluate("() => window.ran") is None
        assert one.page.locator("main :is(script, iframe, img)").count() == 0
        assert "49" not in one.page.locator("[data-zone=hypotheses]").inner_text()
        assert one.errors == []
    facilitator.page.goto(facilitator.page.url + "/links")
    assert facilitator.page.evaluate("() => window.ran") is None
    saved = facilitator.page.request.get(
        f"{server.url}{facilitator.page.url.split('/', 3)[3].removesuffix('/links')}/summary.html"
    )
    reader = person("observer")
    reader.page.set_content(saved.text())
    assert reader.page.evaluate("() => window.ran") is None
    assert reader.page.locator("script, iframe").count() == 0


def test_no_request_leaves_for_another_host_and_the_policy_is_strict(
    server: Server, person: Callable[..., Person]
) -> None:
    links = server.new("Colis Solidaire")
    facilitator = person("facilitator").join(links["facilitator"], "Ada")
    for path in ("", "/links", "/script"):
        response = facilitator.page.goto(links["facilitator"].split("?")[0] + path)
        assert response
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
    facilitator.page.goto(server.operator_url)
    facilitator.ready()
    assert facilitator.hosts - {""} == {server.url.split("/")[2]}


FORGED = [
    {"do": "start", "step": "problem"},
    {"do": "pause"},
    {"do": "more"},
    {"do": "end"},
    {"do": "show_ranking", "shown": "true"},
    {"do": "write", "kind": "problem", "text": "forgé"},
    {"do": "write", "kind": "question", "text": "forgé"},
    {"do": "write", "kind": "contract", "text": "forgé"},
    {"do": "keep", "metric": "x", "kept": "true"},
    {"do": "show_out", "person": "x"},
    {"do": "correct", "person": "x", "name": "forgé", "role": "facilitator"},
]


def test_an_observers_forged_gestures_leave_no_event(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    observer = person("observer").join(links["observer"], "Lou")
    session = links["observer"].split("/room/")[1].split("/")[0]
    before = open_workshop(server.data, session).seq
    for i, gesture in enumerate(FORGED):
        answer = observer.page.request.post(
            f"{observer.page.url}/gestures",
            data=json.dumps({"id": f"forged-{i:04}", **gesture}),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status == 422
        assert answer.json()["refused"]
    # With its own key, at another role's door; and from another site.
    other = observer.page.url.replace("/observer", "/facilitator")
    answer = observer.page.request.post(
        f"{other}/gestures", data='{"id":"forged-9999","do":"end"}', headers={"Content-Type": "application/json"}
    )
    assert answer.status == 401
    answer = observer.page.request.post(
        f"{observer.page.url}/gestures",
        data='{"id":"forged-9998","do":"end"}',
        headers={"Content-Type": "application/json", "Origin": "http://evil.example"},
    )
    assert answer.status == 422
    assert open_workshop(server.data, session).seq == before


@pytest.mark.parametrize(
    "path",
    [
        "room/{s}/client?key=wrong",
        "room/{s}/client",
        "room/{s}/nobody?key=x",
        "room/unknown1/client?key=x",
        "room/{s}/client/patches",
        "room/{s}/client/links",
        "room/{s}/client/summary.md",
    ],
)
def test_a_door_that_does_not_open_says_nothing_of_what_is_behind(
    server: Server, person: Callable[..., Person], path: str
) -> None:
    links = server.new("Équipe Secrète")
    session = links["client"].split("/room/")[1].split("/")[0]
    stranger = person("observer")
    response = stranger.page.request.get(server.url + path.format(s=session))
    assert response.status == 403
    assert "Secrète" not in response.text()
    assert "Ce lien n’ouvre rien ici" in response.text()


def test_room_kernels_cannot_be_reached(server: Server, person: Callable[..., Person]) -> None:
    operator = person("facilitator")
    operator.page.goto(server.operator_url)
    operator.ready()
    for path in ("api/kernels", "api/contents"):
        assert operator.page.request.get(server.url + path).status == 404
    with pytest.raises(Error):
        stranger = person("observer")
        stranger.page.goto(server.url)
        stranger.page.evaluate(
            "url => new Promise((_, no) => { new WebSocket(url).onerror = () => no(new Error('refused')) })",
            f"ws://{server.url.split('/')[2]}/api/kernels/00000000-0000-0000-0000-000000000000/channels",
        )


def test_a_renewed_link_is_not_had_back_by_another_door(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    thief = person("facilitator").join(links["facilitator"], "Ada")
    session = links["facilitator"].split("/room/")[1].split("/")[0]
    workshop = open_workshop(server.data, session)
    workshop.journal.renew("facilitator")
    before = workshop.seq
    # Known as a facilitator, by the observers' door.
    cookies = thief.context.cookies()
    known = next(cookie for cookie in cookies if cookie["name"] == "impact-person")
    thief.context.add_cookies([{**known, "path": known["path"].replace("/facilitator", "/observer")}])
    answer = thief.page.goto(links["observer"])
    assert answer and answer.status == 403
    assert "Vous avez un autre rôle" in thief.page.content()
    sent = thief.page.request.post(
        f"{server.url}room/{session}/observer/gestures",
        data='{"id":"stolen-0001","do":"start","step":"problem"}',
        headers={"Content-Type": "application/json"},
    )
    assert sent.status == 422
    assert open_workshop(server.data, session).seq == before


def test_names_too_are_only_words(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    facilitator = person("facilitator").join(links["facilitator"], "Ada")
    visitor = person("observer")
    visitor.page.goto(links["observer"])
    for i, payload in enumerate(PAYLOADS):
        answer = visitor.page.request.post(
            f"{visitor.page.url}/join",
            data=json.dumps({"id": f"join-{i:06}", "key": f"{i:032x}", "name": payload}),
            headers={"Content-Type": "application/json"},
        )
        assert answer.ok
    expect(facilitator.page.locator("[data-zone=tour] .card")).to_have_count(len(PAYLOADS) + 1)
    assert facilitator.page.evaluate("() => window.ran") is None
    assert facilitator.page.locator("main :is(script, iframe, img)").count() == 0
