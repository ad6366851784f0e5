"""No key reaches a log, however wrongly somebody asks with it."""

from __future__ import annotations

import json
import logging
import re
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from impactlib.server.log import LINES, keep_keys_out, scrubbed
from impactlib.storage.keys import operator_key
from tests.harness import Server, until

KEY = "js5hf4a657hbxnpj45xd44r2"


@pytest.mark.parametrize(
    "line",
    [
        f"404 GET /room/kvkjtc2439/client?key={KEY}",
        f"404 GET /room/kvkjtc2439/client?key={KEY}%ff",
        f"403 GET /voila/files/{KEY} (127.0.0.1)",
        f"405 FOO /{KEY.upper()}",
        f"HTTPServerRequest(uri='/?token={KEY}', version='HTTP/1.1')",
        f"Malformed HTTP message from 127.0.0.1: Key {KEY}",
    ],
)
def test_a_line_is_kept_without_the_key(line: str) -> None:
    assert KEY not in scrubbed(line).lower()
    assert "…" in scrubbed(line)


@pytest.mark.process
def test_requests_without_end_fill_no_log(tmp_path: Path) -> None:
    with Server(tmp_path) as server:
        before = len(server.log.read_text().splitlines())
        for number in range(3 * LINES):
            with socket.create_connection(("127.0.0.1", server.port), 5) as wire:
                wire.sendall(f"GET /voila/files/{number} HTTP/1.0\r\n\r\n".encode())
                assert b"403" in wire.recv(100)
        written = server.log.read_text().splitlines()[before:]
    assert LINES <= len(written) <= 2 * LINES + 1  # a minute may end meanwhile


@pytest.mark.parametrize(
    "line",
    [
        "the journal of session kvkjtc2439 could not be read",
        "test_a_link_that_was_renewed_opens_nothing_any_more in tests/test_doors.py",
    ],
)
def test_a_line_without_a_key_is_kept_whole(line: str) -> None:
    assert scrubbed(line) == line


def test_a_traceback_is_logged_without_the_key(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "_logRecordFactory", logging.getLogRecordFactory())
    keep_keys_out()
    try:
        raise ValueError(f"no {KEY} here")
    except ValueError:
        logging.getLogger("anybody").error("asked with %s", KEY, exc_info=sys.exc_info())
    assert KEY not in caplog.text
    assert "ValueError: no … here" in caplog.text and "asked with …" in caplog.text


def test_a_message_that_does_not_fit_its_facts_is_logged_and_raises_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "_logRecordFactory", logging.getLogRecordFactory())
    keep_keys_out()
    two = "two %s %s"
    logging.getLogger("anybody").error(two, KEY)
    assert two in caplog.text and KEY not in caplog.text


# The address, then what else may hold a key in a request: each is sent as it stands.
WRONG = [
    "{room}?key={key}%ff",
    "{room}?key={key}&key=x",
    "{room};key={key}",
    "{room}/{key}",
    "{room}/gestures?key={key}",
    "{room}/summary.docx?key={key}",
    "{room}?KEY={key}",
    "{room}?key={key}" + "x" * 70_000,
    "/{key}",
    "/?key={key}%ff",
    "/?token={key}%ff",
    "/atelier/{key}",
    "/static/{key}",
    "/calendar/x-{key}.ics",
    "/voila/files/{key}",
    "/voila/templates/../{key}",
    "/voila/render/fr/workshop.ipynb?key={key}",
    "/api/kernels/x/channels?token={key}",
    "http://x/{key}",
]
HEADS = [
    "",
    "Key {key}\r\n",
    "Content-Length: {key}\r\n",
    "Cookie: impact={key}\xff\r\n",
    "X: " + "a" * 70_000 + "{key}\r\n",
]


@pytest.mark.process
def test_keys_that_are_asked_with_wrongly_reach_no_log(server: Server) -> None:
    link = server.new("Colis")["client"]
    room, key = re.match(r"http://[^/]+(/room/\w+/client)\?key=(\w+)", link).groups()  # type: ignore[union-attr]
    operator = operator_key(server.data)
    said = [f"{method} {address}" for address in WRONG for method in ("GET", "POST", "FOO")]
    for one in (key, operator):
        for request, head in [*((line, HEADS[0]) for line in said), *((f"GET {WRONG[0]}", head) for head in HEADS)]:
            asked = f"{request} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n{head}"
            # A length that is promised and not kept: the request ends half-way.
            body = "Content-Length: 9\r\n\r\n{" if request.startswith("POST") and not head else "\r\n"
            with socket.create_connection(("127.0.0.1", server.port), 5) as wire:
                wire.sendall((asked.format(room=room, key=one) + body).encode("latin-1"))
                wire.shutdown(socket.SHUT_WR)
                while wire.recv(65536):
                    pass
    until(lambda: "/voila/files/…" in server.log.read_text(errors="replace"))
    written = server.log.read_text(errors="replace")
    assert key not in written
    assert [line for line in written.splitlines() if operator in line and "Atelier impact" not in line] == []


@pytest.mark.process
def test_the_log_is_json_on_request_one_object_a_line_and_nothing_else(tmp_path: Path) -> None:
    with Server(tmp_path, "--log", "json") as server:
        link = server.new("Colis")["client"]
        session = link.split("/")[4]
        (tmp_path / "sessions" / f"{session}.journal").write_bytes(b"x" * 4096)
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        for asked in (link, f"{server.url}voila/files/{KEY}"):
            with pytest.raises(urllib.error.HTTPError):
                browser.open(asked, timeout=10)
        operator = operator_key(server.data)
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    assert "served at" in lines[0]["message"]
    assert any(f"workshop {session}: " in line["message"] for line in lines)
    assert operator not in server.log.read_text() and KEY not in server.log.read_text()
