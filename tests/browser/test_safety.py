"""Typed scripts run in no page; a forbidden gesture changes nothing; no page asks another host."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Error, expect

from impactlib.server.pages.stream import PULSE
from impactlib.storage.folder import journal_path
from impactlib.storage.session_store import open_store
from tests.browser.conftest import NAMES, Person
from tests.conftest import agree
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


@pytest.mark.long
def test_ten_payloads_run_in_no_page_and_in_no_summary(server: Server, person: Callable[..., Person]) -> None:
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
    client.more(client.page.locator("[data-zone=hypotheses] .card").first, "Modifier").click()
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
    {"do": "open_round", "metrics": "x"},
    {"do": "show_round", "round": "x"},
    {"do": "abstain", "metric": "x"},
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
    before = open_store(server.data, session).seq
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
    assert open_store(server.data, session).seq == before


CLOSED = (
    "room/{s}/client?key=wrong",
    "room/{s}/client",
    "room/{s}/nobody?key=x",
    "room/unknown1/client?key=x",
    "room/{s}/client/patches",
    "room/{s}/client/links",
    "room/{s}/client/summary.md",
)


def test_a_closed_door_tells_nothing_of_the_room(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Équipe Secrète")
    session = links["client"].split("/room/")[1].split("/")[0]
    stranger = person("observer")

    def agrees(path: str) -> None:
        stranger.context.clear_cookies()
        response = stranger.page.request.get(server.url + path.format(s=session))
        assert response.status == 403
        assert "Secrète" not in response.text()
        # A browser that comes without a key or a cookie may be one that refuses them.
        heading = "Ce lien n’ouvre rien ici" if "key=" in path else "Ce navigateur n’a rien gardé"
        # Whoever brings a key learns whether a workshop of that id is here, and nothing of it.
        heading = "Ce serveur ne connaît pas cet atelier" if "unknown1" in path else heading
        assert heading in response.text()

    agree(CLOSED, agrees)


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


def test_another_door_does_not_give_a_renewed_link_back(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    thief = person("facilitator").join(links["facilitator"], "Ada")
    session = links["facilitator"].split("/room/")[1].split("/")[0]
    store = open_store(server.data, session)
    store.journal.renew("facilitator")
    before = store.seq
    # Known as a facilitator, by the observers' door.
    cookies = thief.context.cookies()
    known = next(cookie for cookie in cookies if cookie["name"] == "impact-person")
    by_another_door: Any = {**known, "path": known["path"].replace("/facilitator", "/observer")}
    thief.context.add_cookies([by_another_door])
    answer = thief.page.goto(links["observer"])
    assert answer and answer.status == 403
    assert "Vous avez un autre rôle" in thief.page.content()
    sent = thief.page.request.post(
        f"{server.url}room/{session}/observer/gestures",
        data='{"id":"stolen-0001","do":"start","step":"problem"}',
        headers={"Content-Type": "application/json"},
    )
    assert sent.status == 422
    assert open_store(server.data, session).seq == before


def test_a_payload_in_a_name_runs_nowhere(server: Server, person: Callable[..., Person]) -> None:
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


def test_a_gesture_that_weighs_too_much_is_refused_in_words(server: Server, person: Callable[..., Person]) -> None:
    links = server.new("Colis Solidaire")
    client = person("client").join(links["client"], "Marc")
    session = links["client"].split("/room/")[1].split("/")[0]
    before = open_store(server.data, session).seq

    def send(text: str) -> APIResponse:
        return client.page.request.post(
            f"{links['client'].split('?')[0]}/gestures",
            data=json.dumps({"id": f"heavy-{len(text):08}", "do": "write", "kind": "problem", "text": text}),
            headers={"Content-Type": "application/json"},
        )

    for size in (20_000, 300_000, 1_000_000, 5_000_000):
        answer = send("x" * size)
        assert answer.status == 422 and "trop long" in answer.json()["refused"]
    assert open_store(server.data, session).seq == before
    assert send("Les familles attendent").ok


WRITE = """
import itertools, sys, time
from pathlib import Path
from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.session_store import SessionStore

store, asking = SessionStore(FileJournal(Path(sys.argv[1]))), Asking("person-consultant", Role.CONSULTANT)
store.ask(asking, {"id": "join-0001", "do": "join", "name": "Inès"})
for i in itertools.count():
    store.ask(asking, {"id": f"question-{i:04}", "do": "write", "kind": "question", "text": f"Question {i} ?"})
    time.sleep(0.2)
"""
EAR = """
const Heard = EventSource;
window.EventSource = class extends Heard {
  constructor(...address) { super(...address); this.addEventListener('message', ({ data }) => window.heard(data)); }
};
"""
CLOSING = 9.0
"""Seconds that a page takes to ask why its stream was refused, to say that it changes, and to change."""


@dataclass
class Busy:
    """`heard` are the patches that the client's streams brought."""

    session: str
    facilitator: Person
    client: Person
    heard: list[str]

    def nothing_more_is_heard(self) -> None:
        """While the others' pages go on being written to."""
        before = len(self.heard)
        self.others_hear(8)
        assert len(self.heard) == before

    def others_hear(self, notes: int) -> None:
        """Wait until the facilitator's page shows that many notes more."""
        count = self.facilitator.page.locator("[data-zone=questions] .card").count()
        self.facilitator.page.wait_for_function(
            "least => document.querySelectorAll('[data-zone=questions] .card').length >= least", arg=count + notes
        )
        # What its page was told has come to `heard`; a page that is closed to somebody loads itself again meanwhile.
        self.client.page.wait_for_function("() => true")


@pytest.fixture
def busy(server: Server, person: Callable[..., Person]) -> Iterator[Busy]:
    """A room at its questions, where a consultant's process writes five notes a second; the client hears them all."""
    links = server.new("Colis Solidaire")
    facilitator = person("facilitator").join(links["facilitator"], "Ada")
    for _ in range(3):
        facilitator.forward()
    client = person("client")
    heard: list[str] = []
    client.context.expose_function("heard", lambda patch: heard.append(patch))
    client.context.add_init_script(EAR)
    client.join(links["client"], "Marc")
    session = links["client"].split("/room/")[1].split("/")[0]
    with subprocess.Popen([sys.executable, "-c", WRITE, str(journal_path(server.data, session))]) as writer:
        try:
            client.page.wait_for_function("() => document.querySelectorAll('[data-zone=questions] .card').length > 3")
            yield Busy(session, facilitator, client, heard)
        finally:
            writer.kill()


@pytest.mark.long
def test_a_link_renewed_from_a_shell_ends_the_streams_of_a_busy_room(server: Server, busy: Busy) -> None:
    # `impact links ID --new client`: no page of the server is told.
    command = [sys.executable, "-m", "impactlib.cli", "links", busy.session, "--new", "client"]
    before = len(busy.heard)
    busy.others_hear(3)
    assert len(busy.heard) > before
    subprocess.run([*command, "--data", str(server.data)], check=True, stdout=subprocess.DEVNULL)
    began = monotonic()
    closed = busy.client.page.get_by_role("heading", name="Ce lien n’ouvre rien ici")
    expect(closed).to_be_visible(timeout=2 * PULSE * 1000)
    assert monotonic() - began < PULSE + CLOSING
    busy.nothing_more_is_heard()


def test_a_person_shown_out_of_a_busy_room_receives_nothing_more(busy: Busy) -> None:
    busy.facilitator.roster().get_by_role("button", name="Corriger : Marc").click()
    with busy.facilitator.page.expect_response("**/gestures") as answer:
        busy.facilitator.page.get_by_role("button", name="Faire sortir de l’atelier").click()
    assert answer.value.ok
    began = monotonic()
    busy.others_hear(3)
    busy.nothing_more_is_heard()
    expect(busy.client.page.get_by_role("heading", name="Cet atelier vous est fermé")).to_be_visible()
    assert monotonic() - began < CLOSING < PULSE
