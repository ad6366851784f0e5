"""What somebody typed to do harm is words: in every page, for every role, in every file, nothing runs or calls out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from contextlib import closing

import openpyxl
import pytest
from msgspec import structs
from odfdo import Document
from playwright.sync_api import Browser, Dialog

from impactlib import export
from impactlib.domain.events import Entry
from impactlib.domain.session_file import SessionFile
from impactlib.storage import keys
from impactlib.storage.session_store import import_session
from impactlib.views.render import environment
from tests.browser.conftest import NAMES, Person
from tests.harness import Server
from tests.test_text import PAYLOADS
from tests.test_views import typed_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.long]

MORE = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(1;1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://autre.test/";"ici")',
    '=WEBSERVICE("http://autre.test/")',
    "\t=1+1",
    '"=1+1"',
    '";=1+1;"',
    "＝1+1",
    "BEGIN:VEVENT\nSUMMARY:faux\nEND:VEVENT",
    "a\r\nATTACH:http://autre.test/x\r\nb",
    "SUMMARY;X=\\n:faux",
    "# Titre\n\n- [ ] tâche",
    "```\n<script>alert(1)</script>\n```",
    "| a | b |\n|---|---|\n| c | d |",
    "[a]: http://autre.test 'b'",
    "<http://autre.test/>",
    "---\nlayout: faux\n---",
    "\u202ecod.exe\u202c",
    "\u200bInès\u200d\ufeff",
    "І\u0301nès",
    "раypal",
    "e\u0301" * 30,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "<text:p>faux</text:p>",
    "<w:r><w:t>faux</w:t></w:r>",
    "$(touch /tmp/faux)`id`;'\"\\",
]
CORPUS = [*PAYLOADS, *MORE]
EVERY = [form for form in (*export.FILES, *export.CARRIERS, *export.HISTORIES) if form[1] not in ("pdf", "png", "svg")]
AT_ONCE = 9
_NUMBER = re.compile(r"[-+]?[\d\s.,]+")
PAGES = {
    "facilitator": ("", "/script", "/links", "/prepare", "/follow"),
    "client": ("", "/prepare", "/follow", "/replay"),
}


def formulas(name: str, content: bytes) -> list[str]:
    """The cells of a table that a spreadsheet would read as a formula."""
    match name.rsplit(".", 1)[1]:
        case "csv":
            rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";" if b";" in content[:200] else ",")
            cells = [cell for row in rows for cell in row]
            return [cell for cell in cells if cell[:1] in tuple("=+-@\t\r") and not _NUMBER.fullmatch(cell)]
        case "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(content))
            return [
                str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
            ]
        case "ods":
            tables = Document(io.BytesIO(content)).body.tables
            return [
                cell.formula for table in tables for row in table.traverse() for cell in row.traverse() if cell.formula
            ]
    return []


def typed(payloads: list[str], session: str) -> SessionFile:
    """A session in which each of these words was typed wherever something can be typed."""
    entries: list[Entry] = []
    for n, payload in enumerate(payloads):
        for entry in typed_everywhere(payload, session, ended=False):
            event, ids = entry.event, ("note", "about", "metric")
            if n and not any(hasattr(event, id) for id in ids):
                continue  # people come in once
            named = {id: f"{getattr(event, id)}-{n}" for id in ids if getattr(event, id, "")}
            seq = len(entries) + 1
            made = structs.replace(event, **named)
            entries.append(structs.replace(entry, id=f"{session}-{seq}", seq=seq, at=1000.0 + seq, event=made))
    return SessionFile(session, tuple(entries))


@pytest.mark.parametrize("first", range(0, len(CORPUS), AT_ONCE))
def test_nothing_runs_anywhere_and_no_file_holds_a_formula_or_an_event_that_nobody_made(
    server: Server, person: Callable[..., Person], browser: Browser, first: int
) -> None:
    asked: list[str] = []
    payloads = CORPUS[first : first + AT_ONCE]
    file = typed(payloads, f"payloads{first}")
    store, _ = import_session(server.data, file)
    with closing(store.journal):
        links = keys.links(server.data, store.journal, server.url)
    for role, name in NAMES.items():
        somebody = person(role)
        somebody.page.on("dialog", lambda dialog: said(asked, dialog))
        somebody.join(links[role], name)
        for page in PAGES.get(role, ("",)):
            somebody.page.goto(links[role].split("?")[0] + page)
            somebody.page.wait_for_selector("main")
            assert somebody.page.locator("main :is(script, iframe, object, embed, base, link, meta)").count() == 0
        assert not {host for host in somebody.hosts if "autre" in host or "evil" in host}
        assert somebody.errors == []
    for kind, form in EVERY:
        try:
            content = export.render(file, kind, form, environment("fr"))
        except export.ExportError:
            continue  # nothing of that kind was written
        harmless(f"{kind}.{form}", content, asked, browser)
    assert asked == []


def said(asked: list[str], dialog: Dialog) -> None:
    """Keep what a dialog says that nothing of ours opens."""
    asked.append(dialog.message)
    dialog.dismiss()


def harmless(name: str, content: bytes, asked: list[str], browser: Browser) -> None:
    """Fail where a file holds a formula, or an event of a calendar that nobody made; open it where a browser would."""
    assert formulas(name, content) == [], name
    if name.endswith(".ics"):
        lines = content.decode().split("\r\n")
        assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == content.count(b"UID:")
        assert not [line for line in lines if line.startswith(("ATTACH", "SUMMARY:faux"))]
    if name.endswith(".html"):
        page = browser.new_page()
        page.on("dialog", lambda dialog: said(asked, dialog))
        page.on("request", lambda request: asked.append(request.url) if "autre" in request.url else None)
        page.set_content(content.decode())
        assert not [frame.url for frame in page.frames if "evil" in frame.url]
        page.close()
