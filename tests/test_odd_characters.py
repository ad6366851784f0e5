"""What was written elsewhere, with characters that no gesture lets in, breaks no file and no page."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from msgspec import structs

from impactlib import export
from impactlib.domain import events, text
from impactlib.domain.agenda_files import FOLLOWING, opened, parse
from impactlib.domain.events import Entry, pack, unpack
from impactlib.domain.session_file import SessionFile, read, to_metadata
from impactlib.paths import TEMPLATES
from impactlib.rooms import samples
from impactlib.storage.file_journal import FileJournal
from impactlib.views.render import environment
from tests.conftest import few

ODD = "\x00\x08\x0b\x0c\x1b\x7f\x9f\ufdd0\ufffe\uffff\u202e\u2066"
WORDS = ("text", "team", "name", "said", "source")
PROSE = ("definition", "source", "limits", "owner", "numerator")


def odd(entry: Entry) -> Entry:
    """An entry with odd characters in the middle of its words."""
    event = entry.event
    fields = [field for field in WORDS if isinstance(getattr(event, field, None), str)]
    if isinstance(event, events.DetailSet) and event.detail in PROSE:
        fields.append("value")
    said = {field: f"{getattr(event, field)} a{ODD}b" for field in fields}
    return structs.replace(entry, event=structs.replace(event, **said)) if said else entry


@cache
def written(name: str = "tidy") -> SessionFile:
    file = samples.sample(name)
    return replace(file, entries=tuple(map(odd, file.entries)))


@cache
def taken_in() -> SessionFile:
    """The session as it comes in from a notebook."""
    metadata = {"impact": to_metadata(written())}
    return read(json.dumps({"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode())


def test_a_session_notebook_comes_in_without_them_and_whole_otherwise() -> None:
    session, clean = taken_in().fold(), samples.sample("tidy").fold()
    assert session.team == f"{clean.team} ab"
    assert [note.text for note in session.notes.values()] == [f"{note.text} ab" for note in clean.notes.values()]


def test_a_journal_that_holds_them_is_read_without_them(tmp_path: Path) -> None:
    path = tmp_path / "one.journal"
    with_them = events.NoteWritten("n", "problem", f"On{ODD} attend")
    journal = FileJournal.create(path, "one")
    journal.append("first", "", "", [with_them])
    assert [entry.event for entry in journal.read()] == [events.NoteWritten("n", "problem", "On attend")]
    journal.close()


FORMS = [form for form in (*export.FILES, *export.CARRIERS, *export.HISTORIES) if not form[0].startswith("stats")]


def level(form: tuple[str, str]) -> tuple[pytest.MarkDecorator, ...]:
    """A PDF is drawn by a browser, in a process of its own."""
    return (pytest.mark.process,) if form[1] == "pdf" else ()


@pytest.mark.parametrize("form", [pytest.param(one, marks=level(one), id="-".join(one)) for one in few(FORMS)])
def test_every_file_of_it_is_whole(form: tuple[str, str]) -> None:
    made = export.render(taken_in(), *form, environment("fr"))
    if made.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            for part in archive.namelist():
                if part.endswith(".xml") and (content := archive.read(part)):
                    etree.fromstring(content)
    elif form[1] not in ("pdf", "png", "svg"):
        said = made.decode("utf-8-sig")
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]", said)


def test_an_agenda_that_was_let_in_with_them_says_them_nowhere() -> None:
    plain = (TEMPLATES / "agendas" / f"{FOLLOWING}.toml").read_text(encoding="utf-8")
    agenda = parse(plain)
    for said in (agenda.title["fr"], agenda.steps[0].title["fr"], agenda.steps[0].now["client"]["fr"]):
        plain = plain.replace(said, said + "\\u0000\\u001B\\uFFFE")
    assert parse(plain) != agenda
    assert opened(plain, "agenda") == agenda


@pytest.mark.parametrize("payload", ['{"note":"n","text":"\\\\u0000 et \\\\b"}', '{"note":"n","text":"é\\n\\t🙂"}'])
def test_words_that_only_name_such_characters_stay(payload: str) -> None:
    event = unpack("NoteEdited", payload)
    assert isinstance(event, events.NoteEdited)
    assert unpack(*pack(event)) == event
    assert event.text == json.loads(payload)["text"]


def test_an_event_of_a_newer_kit_is_kept_as_it_came() -> None:
    payload = '{"said":"a\\u0000b"}'
    assert unpack("SaidSince", payload) == events.Unknown("SaidSince", payload)


@pytest.mark.parametrize("value", [1, None, True, 1.5, "a\x00b", ["a\x1b"], {"k\x00": ["\ufffe", {"x": "y\x00"}]}])
def test_only_texts_change(value: Any) -> None:
    made = text.fit(value)
    assert type(made) is type(value)
    assert not text.unfit(json.dumps(made, ensure_ascii=False))
