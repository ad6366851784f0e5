"""Doors as a browser meets them, without one: languages, and who comes in. A real server, plain requests."""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.domain.agenda_files import names
from impactlib.domain.events import Entry, PersonCorrected
from impactlib.domain.session_file import LARGEST
from impactlib.gestures import Asking
from impactlib.paths import TEMPLATES
from impactlib.server.handler import KEY, LANG, PERSON
from impactlib.storage.keys import person_id, role_key
from impactlib.storage.session_store import open_store
from tests.harness import Server

pytestmark = pytest.mark.process


class Answer:
    def __init__(self, said: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.text = said.status, said.headers, said.read().decode()


class Hand:
    """A client that asks for pages as a browser would, with cookies given by hand."""

    def __init__(self, server: Server, path: str = "/") -> None:
        self.server, self.path = server, path
        self.cookies: dict[str, str] = {}

    def get(self, path: str = "", **cookies: str) -> Answer:
        return self._ask("GET", path, None, {}, cookies)

    def post(self, path: str, body: bytes, **headers: str) -> Answer:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._ask("POST", path, body, said, {})

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], cookies: Mapping[str, str]
    ) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)) as line:
            carried = "; ".join(f"{name}={value}" for name, value in {**self.cookies, **cookies}.items())
            line.request(method, self.path + path, body, {"Cookie": carried, **headers})
            return Answer(line.getresponse())


class Member(Hand):
    """Somebody who has come in by a role's link."""

    def __init__(self, server: Server, link: str, name: str) -> None:
        path, _, key = link.removeprefix(server.url.rstrip("/")).partition("?key=")
        super().__init__(server, path)
        self.session, self.role = path.split("/")[-2], Role(path.split("/")[-1])
        own = secrets.token_hex(16)
        self.id = person_id(self.session, own)
        self.cookies = {KEY: key, PERSON: own}
        self.do(do="join", name=name)

    def do(self, **gesture: str) -> None:
        store = open_store(self.server.data, self.session)
        with closing(store.journal):
            store.ask(Asking(self.id, self.role), {"id": secrets.token_hex(8), **gesture})


@pytest.fixture
def ada(server: Server) -> Member:
    return Member(server, server.new("Colis Solidaire")["facilitator"], "Ada")


PAGES = ["/", "/replay/", "/replay/tidy"]
ROOMS = ["", "/prepare", "/links", "/script", "/replay"]
SWITCH = 'href="?lang=en"'


@pytest.mark.parametrize("path", [*PAGES, *(f"room{page}" for page in ROOMS)])
def test_each_page_that_shows_the_switch_keeps_the_language_that_it_asks_for(ada: Member, path: str) -> None:
    hand, path = (ada, path.removeprefix("room")) if path.startswith("room") else (Hand(ada.server, ""), path)
    switched = hand.get(f"{path}?lang=en")
    assert switched.status == 303
    assert switched.headers["Location"] == hand.path + path
    assert switched.headers["Set-Cookie"].startswith(f"{LANG}=en;")


def test_the_script_is_then_drawn_in_that_language(ada: Member) -> None:
    assert SWITCH in ada.get("/script").text
    assert '<html lang="en">' in ada.get("/script", **{LANG: "en"}).text


@pytest.mark.parametrize("lang", ["", "de", "en%0d%0aSet-Cookie:%20a=b"])
def test_a_language_that_the_kit_does_not_speak_changes_nothing(ada: Member, lang: str) -> None:
    page = ada.get(f"/links?lang={lang}")
    assert page.status == 200
    assert page.headers["Set-Cookie"] is None


def test_a_key_is_taken_before_the_language_and_neither_stays_in_the_address(ada: Member) -> None:
    opened = ada.get(f"?lang=en&key={ada.cookies[KEY]}")
    assert (opened.status, opened.headers["Location"]) == (303, ada.path)
    kept = " ".join(opened.headers.get_all("Set-Cookie") or ())
    assert f"{LANG}=en" in kept and f"{KEY}={ada.cookies[KEY]}" in kept


def test_the_language_leads_to_no_other_host(server: Server) -> None:
    assert Hand(server, "").get("//example.org/x?lang=en").headers["Location"] == "/example.org/x"


@pytest.mark.parametrize("agenda", names())
def test_before_the_hour_the_teams_link_opens_prepare_where_there_is_anything_to_prepare(
    server: Server, agenda: str
) -> None:
    marc = Member(server, server.new("Colis Solidaire", agenda=agenda)["client"], "Marc")
    opened = marc.get()
    if agenda == "testimony":
        assert opened.status == 200 and "/prepare" not in opened.text
    else:
        assert (opened.status, opened.headers["Location"]) == (303, f"{marc.path}/prepare")
        assert "client/prepare" in marc.get("?see=workshop").text
    ada = Member(server, server.new("Colis Solidaire", agenda=agenda)["facilitator"], "Ada")
    assert ("le préparer" in ada.get("/links").text) == (agenda != "testimony")


# Who is inside ------------------------------------------------------------------------------------


NOT_THEIRS = ["/script", "/links", "/summary.md", "/session.ipynb", "/invitation.ics", "/replay", "/patches"]


@pytest.mark.parametrize("out", [{"do": "correct", "name": "Ada", "role": "observer"}, {"do": "show_out"}])
def test_a_former_facilitator_gets_nothing_at_the_old_door(server: Server, out: dict[str, str]) -> None:
    link = server.new("Colis Solidaire")["facilitator"]
    ada, zoe = Member(server, link, "Ada"), Member(server, link, "Zoé")
    assert ada.get("/invitation.ics").status == 200
    zoe.do(**out, person=ada.id)
    assert {path: ada.get(path).status for path in NOT_THEIRS} == dict.fromkeys(NOT_THEIRS, 403)
    file = {"Content_Type": "application/octet-stream"}
    for path in ("/import", "/hypotheses"):
        assert ada.post(path, "Hypothèse\nMoins d’attente\n".encode(), **file).status == 401
    assert zoe.get("/links").status == 200


def test_before_they_join_people_have_the_invitation_and_the_links_and_nothing_else(server: Server) -> None:
    ada = Member(server, server.new("Colis Solidaire")["facilitator"], "Ada")
    del ada.cookies[PERSON]
    opened = {path: ada.get(path).status for path in NOT_THEIRS}
    assert {path for path, status in opened.items() if status == 200} == {"/links", "/invitation.ics"}
    assert set(opened.values()) == {200, 403}


def test_the_replays_page_without_its_slash_leads_to_it_with_what_was_asked(tmp_path: Path) -> None:
    with Server(tmp_path, base_url="/user/ada/") as server:
        hand = Hand(server, "")
        bare, asked = hand.get("/user/ada/replay"), hand.get("/user/ada/replay?from=a%20link")
        assert (bare.status, bare.headers["Location"]) == (303, "/user/ada/replay/")
        assert asked.headers["Location"] == "/user/ada/replay/?from=a%20link"
        assert hand.get("/user/ada/replay/").status == 200


# A link that was renewed ----------------------------------------------------------------------------


class Left(Member):
    """A facilitator whose link was renewed, and who comes by the client's link with their old browser."""

    def __init__(self, server: Server) -> None:
        links = server.new("Colis Solidaire")
        super().__init__(server, links["facilitator"], "Ex")
        self.ada = Member(server, links["facilitator"], "Ada")
        store = open_store(server.data, self.session)
        with closing(store.journal):
            store.journal.renew(Role.FACILITATOR)
            self.ada.cookies[KEY] = role_key(server.data, store.journal, Role.FACILITATOR)
            self.old = next(entry.id for entry in store.journal.read() if entry.by == self.id)
        self.path = self.path.replace("facilitator", "client")
        self.cookies[KEY] = links["client"].partition("?key=")[2]

    def asks(self, **gesture: str) -> int:
        return self.post("/gestures", json.dumps(gesture).encode(), Content_Type="application/json").status


def test_an_old_id_with_another_body_gives_no_key_back(server: Server) -> None:
    left = Left(server)
    for body in ({"do": "correct", "name": "Ex", "role": "facilitator"}, {"do": "show_out"}):
        assert left.asks(id=left.old, person=left.id, **body) == 422
    assert left.get("?see=workshop").status == 403


def test_a_name_that_one_changes_oneself_gives_no_role_back(server: Server) -> None:
    left = Left(server)
    body = {"id": "another-name-1", "name": "Ex bis", "key": left.cookies[PERSON]}
    assert left.post("/join", json.dumps(body).encode(), Content_Type="application/json").status == 422
    assert left.get("?see=workshop").status == 403


def test_a_role_given_after_the_renewal_opens_its_door(server: Server) -> None:
    left = Left(server)
    left.ada.do(do="correct", person=left.id, name="Ex", role="observer")
    moved = left.get("?see=workshop")
    assert (moved.status, moved.headers["Location"]) == (303, left.ada.path.replace("facilitator", "observer"))
    left.ada.do(do="correct", person=left.id, name="Ex", role="facilitator")
    assert left.get("?see=workshop").headers["Location"] == left.ada.path
    with closing(open_store(server.data, left.session).journal) as journal:
        journal.renew(Role.FACILITATOR)
    assert left.get("?see=workshop").status == 403


def test_a_role_that_a_merged_file_gives_opens_no_door(server: Server) -> None:
    left = Left(server)
    store = open_store(server.data, left.session)
    with closing(store.journal) as journal:
        forged = Entry(
            "elsewhere", 1, "forged-1", journal.now(), left.ada.id, "", PersonCorrected(left.id, "Ex", "facilitator")
        )
        with journal.writing():
            journal.adopt([forged])
        assert not journal.given(left.id, Role.FACILITATOR)
    assert left.get("?see=workshop").status == 403


# A file of one's own ------------------------------------------------------------------------------


def test_a_replay_is_drawn_of_what_our_page_sends_and_no_other_site(server: Server) -> None:
    hand, sample = Hand(server, ""), (TEMPLATES / "sessions" / "tidy.ipynb").read_bytes()
    ours = {"Content_Type": "application/octet-stream"}
    assert '"frames"' in hand.post("/replay/file", sample, **ours).text
    assert hand.post("/replay/file", sample, Content_Type="text/plain").status == 422
    assert hand.post("/replay/file", sample, **ours, Origin="https://example.org").status == 422
    refused = hand.post("/replay/file", b" " * (LARGEST + 1), **ours)
    assert refused.status == 422 and '"code": "file"' in refused.text


def test_a_file_that_the_server_fails_on_is_not_called_a_text(server: Server) -> None:
    # No folder of ours is there to be posted to.
    failed = Hand(server, "").post("/replay/tidy", b"", Content_Type="application/octet-stream")
    assert failed.status == 405
    assert "ce fichier" in failed.text and "texte" not in failed.text
    assert "Votre texte est gardé" in Hand(server, "").post("/replay/tidy", b"", Content_Type="text/plain").text


THEIRS = [
    "voila/files/x",
    "voila/static/x.js",
    "voila/render/fr/workshop.ipynb",
    "voila/templates/x",
    "static/x",
    "api/shutdown/x",
    "%ff",
]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]


def test_whoever_serves_an_address_and_however_it_is_asked_the_answer_has_its_walls(
    server: Server, ada: Member
) -> None:
    said = len(server.log.read_text(errors="replace"))
    for path in ["", "privacy", "import", ada.path[1:], f"{ada.path[1:]}/gestures", *THEIRS]:
        for method in METHODS:
            answer = Hand(server)._ask(method, path, None, {}, {})
            assert answer.status < 500, (method, path)
            for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
                assert answer.headers.get(name), (method, path, name)
            assert "Server" not in answer.headers, (method, path)
    assert "Traceback" not in server.log.read_text(errors="replace")[said:]
