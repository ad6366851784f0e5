"""The timeline of an hour: a line per action, its author, and the words that it keeps secret."""

from __future__ import annotations

from itertools import product
from typing import Any

from msgspec.structs import fields

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.events import DetailSet, Entry, Event, NoteWritten, Unknown
from impactlib.domain.kinds import KINDS
from impactlib.domain.session import Session
from impactlib.domain.timeline import moments, said, timeline
from impactlib.rooms import samples
from impactlib.views.wording import done
from tests.conftest import Room, agree

DETAILS = sorted({"source/note-1", *(detail.name for kind in KINDS.values() for detail in kind.details)})
EVENTS = [kind for kind in Event.__args__ if kind is not Unknown]


def line_of(event: Event) -> Any:
    return next(said(Session(), Entry("here", 1, "a", 0.0, "", "", event), 0.0), None)


def test_every_event_has_words() -> None:
    def agrees(kind: type[Any]) -> None:
        blank = kind(**{field.name: field.type() for field in fields(kind) if field.required})
        assert line_of(blank).what

    agree(EVENTS, agrees)


def test_every_detail_says_what_a_note_was_completed_with() -> None:
    def agrees(lang: str, detail: str) -> None:
        blank, given = (line_of(DetailSet("a", detail, value)) for value in ("", "kept"))
        if detail in ("status", "same_as", "north_star", "source/note-1"):
            assert (given.detail, blank.detail) == ("", "") and len({given.what, blank.what, "completes a note"}) == 3
            assert done(given, lang) != done(blank, lang)
        else:
            assert given.what == "completes a note" and given.detail == detail
            what, name = done(given, lang).split({"fr": "\u00a0: ", "en": ": "}[lang])
            assert what == {"fr": "complète une note", "en": "completes a note"}[lang] and name

    agree(product(LANGUAGES, DETAILS), agrees)


def test_a_detail_of_a_newer_kit_has_no_name() -> None:
    assert done(line_of(DetailSet("a", "mood", "good")), "fr") == "complète une note"


def test_an_event_of_a_newer_kit_has_no_line() -> None:
    assert line_of(Unknown("Sung", "{}")) is None


def test_every_kind_of_note_has_words_of_its_own() -> None:
    assert len({line_of(NoteWritten("a", kind, "")).what for kind in KINDS}) == len(KINDS)
    assert line_of(NoteWritten("a", "song", "")).what == "writes a note"


def test_a_line_says_who_spoke_what_they_did_and_about_what() -> None:
    said = next(line for line in timeline(samples.sample("tidy")) if line.at == 31 * 60 + 30)
    assert (said.who, said.what, said.kind, said.step) == ("Awa", "recommends", "recommendation", "recommendations")
    assert said.about.startswith("Nous croyons que visiter l’aidant")
    behalf = next(line for line in timeline(samples.sample("tidy")) if line.at == 24 * 60 + 35)
    assert (behalf.who, behalf.what) == ("Awa", "asks a question")


def test_nobody_learns_who_scored() -> None:
    lines = [line for line in timeline(samples.sample("tidy")) if line.event == "MetricScored"]
    assert len(lines) == 50
    assert {(line.who, line.what) for line in lines} == {("", "Somebody scores a metric")}


def test_nobody_learns_who_abstained(room: Room) -> None:
    metric = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai médian")
    room.ask(Role.FACILITATOR, do="open_round", metrics=metric)
    room.ask(Role.CLIENT, do="abstain", metric=metric)
    room.ask(Role.CONSULTANT, do="score", metric=metric, value=5)
    abstained, scored = timeline(room.store.to_file())[-2:]
    assert (abstained.who, abstained.what, abstained.event) == (scored.who, scored.what, scored.event)


def test_the_choice_is_the_first_metric_kept(lived: Room) -> None:
    lines = timeline(lived.store.to_file())
    [kept] = [line for line in lines if line.event == "MetricKept"]
    assert [(each.at, each.text) for each in moments(lines) if each.kind == "choice"] == [(kept.at, "Délai médian")]
