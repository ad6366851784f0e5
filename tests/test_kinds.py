"""The table of the kinds of notes: each row is complete, and one more row is enough for a new kind."""

from __future__ import annotations

import json

import pytest
from babel.messages.pofile import read_po
from jsonschema import Draft202012Validator

from impactlib import export
from impactlib.domain import kinds
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.kinds import KINDS, TEAM, Detail, Form, Kind
from impactlib.domain.spreadsheet import HEADINGS
from impactlib.domain.summary import Outline
from impactlib.domain.timeline import timeline
from impactlib.export import blocks
from impactlib.export.session_json import SCHEMA, state
from impactlib.paths import LOCALE
from impactlib.views import Eye
from impactlib.views.render import Filters, environment
from impactlib.views.wording import done
from tests.conftest import NAMES, Room, few

CLIENT, CONSULTANT, FACILITATOR = Role.CLIENT, Role.CONSULTANT, Role.FACILITATOR
WORRY = Kind(
    "worry",
    TEAM,
    "names a worry",
    details=(
        Detail("size", "Size", choices=("small", "big")),
        Detail("carrier", "Carrier", form=Form.PERSON),
        Detail("settled", "Settled", form=Form.DATE, later=True),
    ),
    about=("metric",),
    at_most=2,
    full="Two worries at most: withdraw one first.",
    title="Worries",
    state="worries",
)
TEXT = "Personne ne relève le délai"


@pytest.fixture
def worry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kit with one kind of note more: this row is all that it is told of it."""
    monkeypatch.setitem(KINDS, "worry", WORRY)


@pytest.fixture
def worried(worry: None, lived: Room) -> Room:
    """An hour in which a worry was written about a metric."""
    metric = next(note.id for note in lived.session.notes_of("metric"))
    lived.ask(CLIENT, do="write", kind="worry", about=metric, text=TEXT, size="big", carrier=NAMES[CLIENT])
    return lived


def only(room: Room) -> str:
    [note] = room.session.notes_of("worry")
    return note.id


# A kind that is added ------------------------------------------------------------------------------


@pytest.mark.usefixtures("worry")
def test_only_the_writers_of_a_kind_write_it(room: Room) -> None:
    for role in Role:
        if role in TEAM:
            note = room.ask(role, do="write", kind="worry", text=TEXT)
            assert room.session.notes[note].kind == "worry"
        else:
            assert room.refused(role, do="write", kind="worry", text=TEXT).code == "role"
        assert Eye(role).writes("worry") == (role in TEAM)
    assert "Two worries" in str(room.refused(CLIENT, do="write", kind="worry", text=TEXT))


def test_a_kit_without_the_row_refuses_it(room: Room) -> None:
    assert room.refused(FACILITATOR, do="write", kind="worry", text=TEXT).code == "role"


def test_the_team_changes_it_together(worried: Room) -> None:
    note = only(worried)
    worried.ask(FACILITATOR, do="edit", note=note, was="1", text="Autre chose")
    assert worried.refused(CONSULTANT, do="edit", note=note, was="2", text="Non").code == "role"
    assert Eye(CLIENT).may_change(worried.session.notes[note])
    assert not Eye(CONSULTANT).may_change(worried.session.notes[note])


def test_the_details_of_a_kind_are_checked(worried: Room) -> None:
    note = only(worried)
    assert worried.session.notes[note].details == {"size": "big", "carrier": NAMES[CLIENT]}
    worried.ask(CLIENT, do="detail", note=note, detail="settled", value="07/12/2026")
    assert worried.session.notes[note].details["settled"] == "2026-12-07"
    for name, value in (("size", "huge"), ("carrier", "x" * 100), ("settled", "soon"), ("owner", "Marc")):
        worried.refused(CLIENT, do="detail", note=note, detail=name, value=value)
    worried.refused(CONSULTANT, do="detail", note=note, detail="size", value="small")
    new = worried.ask(CLIENT, do="write", kind="worry", text="Une autre", settled="2026-12-07")
    assert worried.session.notes[new].details == {}


def test_a_new_kind_is_about_its_kinds_alone_and_is_not_spoken(worried: Room) -> None:
    action = next(note.id for note in worried.session.notes_of("action"))
    worried.refused(CLIENT, do="write", kind="worry", text=TEXT, about=action)
    worried.refused(CLIENT, do="write", kind="worry", text=TEXT, behalf="person-consultant")


def test_the_timeline_words_it(worried: Room) -> None:
    written, *details = timeline(worried.store.to_file())[-3:]
    assert (written.who, written.what, written.text) == (NAMES[CLIENT], "names a worry", TEXT)
    assert {done(line, "en") for line in details} == {"completes a note: size", "completes a note: carrier"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_summary_has_its_part(worried: Room, lang: str) -> None:
    file, views = worried.store.to_file(), environment(lang)
    [part] = [part for part in Outline(worried.session).told("last") if part.title == "Worries"]
    assert [note.text for note in part.notes] == [TEXT]
    assert f"## Worries\n\n- {TEXT} ({NAMES[CLIENT]})\n" in export.render(file, "summary", "md", views).decode()
    assert "<h2>Worries</h2>" in export.render(file, "summary", "html", views).decode()
    document = blocks.document(worried.session, views)
    at = document.blocks.index(blocks.Heading(2, "Worries"))
    assert document.blocks[at + 1] == blocks.Bullets((blocks.Item((f"{TEXT} ({NAMES[CLIENT]})",), ()),))


def test_session_json_has_its_key_and_the_schema_takes_it(worried: Room) -> None:
    whole = state(worried.session)
    [told] = whole["worries"]
    said = {"text": TEXT, "kind": "worry", "size": "big", "carrier": NAMES[CLIENT], "settled": None}
    assert said.items() <= told.items() and told["about"] == whole["metrics"][0]["id"]
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(whole)


@pytest.mark.parametrize("stays", [True, False])
def test_a_new_kind_is_shared_as_its_row_says(worried: Room, monkeypatch: pytest.MonkeyPatch, stays: bool) -> None:
    monkeypatch.setitem(KINDS, "worry", Kind("worry", TEAM, details=WORRY.details, never_shared=not stays))
    shared = export.shared(worried.store.to_file(), environment("fr"), ()).fold()
    notes = shared.notes_of("worry")
    assert [(note.text, note.details["carrier"]) for note in notes] == ([(TEXT, "Équipe 1")] if stays else [])


# Every row -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", few(list(KINDS)))
def test_every_sentence_of_a_row_has_its_french(name: str) -> None:
    with (LOCALE / "fr" / "LC_MESSAGES" / "impact.po").open("rb") as file:
        catalog = read_po(file, locale="fr")
    assert [words for words in KINDS[name].sentences if words not in catalog or not catalog[words].string] == []


@pytest.mark.parametrize("name", KINDS)
def test_a_row_is_whole(name: str) -> None:
    kind = KINDS[name]
    assert kind.name == name and kind.writers and kind.says != Kind("").says
    assert bool(kind.at_most) == bool(kind.full)
    assert set(kind.about) <= set(KINDS)
    assert all(bool(detail.label) != bool(detail.told) for detail in kind.details)


def test_a_detail_of_several_kinds_is_the_same_in_each() -> None:
    found = [detail for kind in KINDS.values() for detail in kind.details]
    assert all(detail == kinds.detail(detail.name) for detail in found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_detail_is_called_as_the_spreadsheet_heads_its_column(lang: str) -> None:
    names = kinds.names((*kinds.STATEMENT, *kinds.DEFINITION))
    assert {name: Filters(lang).label(name) for name in names} == {name: HEADINGS[lang][name] for name in names}


def test_a_kind_of_a_newer_kit_is_written_by_nobody() -> None:
    assert kinds.row("song") == Kind("song") and not kinds.writers("song")
