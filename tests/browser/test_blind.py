"""Nothing of what somebody scores reaches anybody else before it is shown: all that others receive is recorded.

The same workshop is lived twice, and only what Marc gives differs. Whatever the server sends, writes or keeps for
the others must then be the same, before the scores are shown; once they are, it no longer is, so this would be seen.
"""

from __future__ import annotations

import difflib
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Response, expect

from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.gestures import Asking
from impactlib.server.pages.downloads import NAMES
from impactlib.storage.session_store import SessionStore
from tests.browser.conftest import Person
from tests.browser.test_rounds import EASE, METRICS, by_marks, mark, prepared
from tests.harness import Server

pytestmark = [pytest.mark.browser, pytest.mark.long]

Record = dict[str, set[str]]
"""The texts received, by source: a fragment of the stream, an address, a file, the page itself."""

OTHERS = {"facilitator": "Nadia", "client": "Léa", "consultant": "Inès", "observer": "Lou"}
ELSEWHERE = {"facilitator": ("/prepare", "/script", "/links"), "client": ("/prepare",)}
"""The pages that a role may open beside the room."""
SIZED = ("content-length", "date", "etag")
"""Headers that follow from a moment and from how many digits it has."""
AFTER = ("/shared.ipynb", "/summary.md")
EXPORTS = ("--shown", "--share")
CHOICES: tuple[dict[str, dict[str, Any]], ...] = (
    {"metric-000": {"do": "score", "value": 5, "ease": 4}, "metric-001": {"do": "score", "value": 4, "ease": 5}},
    {"metric-000": {"do": "score", "value": 1, "ease": 2}, "metric-001": {"do": "abstain"}},
)
PRESENCE = re.compile(
    # A page that takes long to reload is offline meanwhile.
    r'\s*<span class="soft[^"]*">[^<]*hors ligne</span>|\baway\b|\s*·?\s*hors ligne'
)
DIFFERS = re.compile(
    # Ids of people, gestures and patches, seconds since 1970; the clock; days and hours; keys, the code that is said
    # aloud, and pictures of them.
    r"\b[0-9a-f]{10,}(\.\d+)?\b|\b[0-9a-f]{8}-\d+\b"
    r'|(?<=data-ran=")[\d.e-]+|(?<=<span style="width: )[\d.]+|"(at|begins|ends)": [\d.e-]+'
    r"|\bencore \d+\smin(, dont \d+ \S+)?"
    r"|\b\d\d?:\d\d\b|\b\d\d?\sh\s\d\d\b|\d{4}-\d\d-\d\d(T[\d:.]+)?Z?|\b\d{8}T\d{6}Z?"
    r"|\bkey=[a-z2-7]{24}\b|(?<=-)[a-z2-7]{24}(?=\.ics)"
    r"|(?<=son code est )\w+|(?<=<wbr>)\w+|(?<=/atelier/)\w+|(?<=qrline%27)[^\"]*"
)
"""Texts that always differ between two workshops; no score, mean or rank is among them."""

IN_PASSING = """() => {
    const page = document.documentElement.cloneNode(true);
    page.querySelectorAll("[data-toast] span, [data-saved], [data-banner]").forEach((each) => each.replaceChildren());
    page.querySelectorAll("[data-banner]").forEach((each) => (each.hidden = true));
    page.querySelectorAll("[data-resting]").forEach((each) => each.removeAttribute("data-resting"));
    return page.outerHTML;
}"""
"""The page's HTML without what it said in passing, and whether its line was cut."""


class Recorder:
    """All that a browser receives from now on: on its streams, as answers, as files."""

    def __init__(self, person: Person, session: str) -> None:
        self.person, self._session, self._record = person, session, Record()
        self._answers: list[Response] = []
        devtools = person.context.new_cdp_session(person.page)
        devtools.on("Network.eventSourceMessageReceived", self._heard)
        devtools.send("Network.enable")
        person.page.on("response", lambda answer: self._answers.append(answer))

    def taken(self) -> Record:
        """Take what was received so far out of the recording."""
        record, self._record = self._record, Record()
        return record

    def note(self, where: str, said: str) -> None:
        self._record.setdefault(self._settled(where), set()).add(self._settled(said))

    def page(self) -> None:
        """The page's own HTML, and the answers that it got since it was opened."""
        page = self.person.page
        # What is said in passing comes and goes when it likes, out of the streams and answers that are recorded.
        expect(page.locator("[data-toast]")).to_be_hidden(timeout=20_000)
        self.note("page", page.evaluate(IN_PASSING).replace("&nbsp;", "\u00a0"))
        kept: list[str] = page.evaluate("Object.entries({...localStorage}).map((each) => JSON.stringify(each))")
        # In an order that does not follow from anybody's id.
        self.note("kept by the browser", "\n".join(sorted(map(self._settled, kept))))
        for answer in self._answers:
            if not any(part in answer.url for part in ("/patches", "/assets/", "/api", "/here")):
                headers = sorted(
                    f"{name}: {value}" for name, value in answer.all_headers().items() if name not in SIZED
                )
                self.note(f"{answer.request.method} {answer.url}", f"{answer.status} {headers} {answer.text()}")
        self._answers.clear()

    def fetch(self, *paths: str) -> None:
        room = self.person.page.url.split("?")[0].rstrip("/")
        for path in paths:
            answer = self.person.page.request.get(f"{room}{path}")
            assert answer.status < 500, path
            self.note(path, f"{answer.status} {read(answer.body())}")

    def _heard(self, event: dict[str, Any]) -> None:
        # A pulse says what time it is, when it likes; "written", how many entries there are, to who may keep a copy.
        if event["eventName"] not in ("pulse", "written"):
            for fragment, html in json.loads(event["data"]).items():
                self.note(f"stream: {fragment}", html)

    def _settled(self, said: str) -> str:
        return DIFFERS.sub("…", PRESENCE.sub("", said.replace(self._session, "…").replace("\r\n ", "")))


def read(content: bytes) -> str:
    """A file's words; of one that is packed, those of each of its parts."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {name: packed.read(name) for name in sorted(packed.namelist())}
    return repr({name: part if name.endswith(".png") else part.decode() for name, part in parts.items()})


def exported(server: Server, store: SessionStore, folder: Path, *options: str) -> str:
    """The session notebook that a shell makes."""
    path = folder / "session.ipynb"
    path.unlink(missing_ok=True)  # one that holds more is not written over
    assert main(["export", store.session.id, "--data", str(server.data), "-o", str(path), *options]) == 0
    return path.read_text()


def lived(
    server: Server, person: Callable[..., Person], folder: Path, choices: dict[str, dict[str, Any]]
) -> tuple[dict[str, Record], dict[str, Record], str]:
    """By role, what others received until the scores were shown, and from then on; the session whole, before."""
    store = prepared(server, links := server.new("Colis Solidaire"), METRICS[:2])
    facilitator, marc = Asking("preparing", Role.FACILITATOR), Asking("marc", Role.CLIENT)
    store.ask(marc, {"id": "marc-came", "do": "join", "name": "Marc"})
    there = {role: person(role).join(links[role], name) for role, name in OTHERS.items()}
    for one in there.values():
        for name in OTHERS.values():
            expect(one.page.locator("body")).to_contain_text(name)
    recorders = {role: Recorder(one, store.session.id) for role, one in there.items()}

    store.ask(facilitator, {"id": "round-to-score", "do": "open_round", "metrics": "metric-000 metric-001"})
    ines = there["consultant"].page
    expect(ines.locator(".ballot")).to_be_visible()
    by_marks(ines, METRICS[0], 3, 2)
    ines.wait_for_function("() => !Object.keys(localStorage).some((key) => key.includes('outbox:'))")
    for metric, said in choices.items():
        store.ask(marc, {"id": f"marc-on-{metric}", "round": "round-to-score", "metric": metric, **said})
    for one in there.values():
        one.sees("1 sur 3 ont fini")
    for recorder in recorders.values():
        recorder.page()
        recorder.fetch(*(f"/{name}" for name in NAMES), "/replay.json", *ELSEWHERE.get(recorder.person.role, ()))
        recorder.page()  # what it got meanwhile: a page that is left takes its answers along
        recorder.person.reload()
        recorder.person.sees("1 sur 3 ont fini")
        recorder.page()
    # Her own come back, from her own browser.
    expect(mark(ines, METRICS[0], 3)).to_be_checked()
    expect(mark(ines, METRICS[0], 2, EASE)).to_be_checked()
    for option in EXPORTS:
        recorders["facilitator"].note(f"impact export {option}", exported(server, store, folder, option))
    whole = exported(server, store, folder)
    blind = {role: recorder.taken() for role, recorder in recorders.items()}

    store.ask(facilitator, {"id": "shown-at-last", "do": "show_round", "round": "round-to-score"})
    for recorder in recorders.values():
        recorder.person.sees("Où vous différez")
        recorder.page()
        recorder.fetch(*AFTER)
    store.journal.close()
    return blind, {role: recorder.taken() for role, recorder in recorders.items()}, whole


@pytest.mark.timeout(900)
def test_no_page_receives_another_persons_scores_before_they_are_shown(
    server: Server, person: Callable[..., Person], tmp_path: Path
) -> None:
    (blind, shown, whole), (other_blind, other_shown, other_whole) = (
        lived(server, person, tmp_path, choices) for choices in CHOICES
    )
    for role in OTHERS:
        assert {"stream: round/", "page"} <= blind[role].keys()
        assert differences(blind[role], other_blind[role]) == {}, role
        # Such a recording would tell: once the scores are shown, it does.
        told = differences(shown[role], other_shown[role])
        assert {"stream: ranking/", "page", *AFTER} <= told.keys(), role
    assert whole != other_whole


def differences(one: Record, other: Record) -> dict[str, list[str]]:
    """The lines that one recording has and the other has not, by source."""
    found = {where: (lines(one.get(where)), lines(other.get(where))) for where in {*one, *other}}
    changed = {
        where: [
            line for line in difflib.unified_diff(*both, n=0, lineterm="") if not line.startswith(("---", "+++", "@@"))
        ]
        for where, both in found.items()
    }
    return {where: said for where, said in changed.items() if said}


def lines(texts: set[str] | None) -> list[str]:
    return [line for text in sorted(texts or ()) for line in text.replace("><", ">\n<").splitlines()]
