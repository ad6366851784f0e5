"""An agenda that a page composes: its TOML is that of a file, whatever is typed; and what is said of it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as some
from lxml.html import fragments_fromstring

from impactlib.domain import agenda_files, composing
from impactlib.domain.agenda import PANES, Role
from impactlib.domain.agenda_files import AgendaError, admit, load_text, parse
from impactlib.domain.composing import Draft, DraftStep, Words
from impactlib.domain.refusal import Refusal
from impactlib.server.pace import AT_ONCE
from impactlib.storage.journal import Journal
from tests.conftest import agree
from tests.serving import Served, served
from tests.test_text import PAYLOADS

BY_HAND = """
name = "chiffre-du-mois"
title = { fr = "Le chiffre du mois", en = "The figure of the month" }
minutes = 20
follow_up = [15, 45]
recurs = 1
needs = { fr = "Un chiffre daté.", en = "A dated figure." }

[[steps]]
id = "figure"
minutes = 7.5
shows = ["matrix"]
title = { fr = "Le chiffre", en = "The figure" }
now = { client = "Dites le chiffre." }

[[steps]]
id = "la-decision"
minutes = 12.5
shows = ["learnings", "questions"]
title = "La décision"
"""
SAID = {"client": Words("Dites le chiffre.")}
TYPED = Draft(
    "chiffre-du-mois",
    Words("Le chiffre du mois", "The figure of the month"),
    "20",
    "15, 45",
    "1",
    (
        DraftStep(
            "figure", Words("Le chiffre", "The figure"), "7,5", ("matrix",), {"client": Words("Dites le chiffre.")}
        ),
        DraftStep("", Words("La décision"), "12.5", ("learnings", "questions")),
    ),
    Words("Un chiffre daté.", "A dated figure."),
)

LINES = some.text(max_size=40)
WORDS = some.builds(Words, LINES, LINES)
STEPS = some.builds(
    DraftStep,
    some.just("") | LINES,
    WORDS,
    some.sampled_from(["10", "7,5", "0", "", "abc", "1e999", "nan", "-3", "٣"]) | LINES,
    some.lists(some.sampled_from(PANES), max_size=3).map(tuple),
    some.dictionaries(some.sampled_from(list(Role)), WORDS, max_size=2),
)
DRAFTS = some.builds(Draft, LINES, WORDS, LINES, LINES, LINES, some.lists(STEPS, max_size=4).map(tuple), WORDS)


def test_an_agenda_that_is_typed_equals_the_one_written_by_hand() -> None:
    assert parse(composing.toml(TYPED)) == parse(BY_HAND)


def test_every_agenda_of_the_kit_comes_out_as_it_went_in() -> None:
    def agrees(name: str) -> None:
        text, source = load_text(name)
        assert parse(composing.toml(composing.draft(text, source))) == parse(text)

    agree(agenda_files.names(), agrees)


@given(DRAFTS)
def test_whatever_is_typed_is_toml_and_what_is_admitted_comes_back_the_same(draft: Draft) -> None:
    draft = composing.received(msgspec.to_builtins(draft))
    text = composing.toml(draft)
    try:
        agenda = admit(text, "agenda")
    except AgendaError as error:
        assert "TOML" not in str(error)
        return
    assert parse(composing.toml(composing.draft(text, "agenda"))) == agenda


@pytest.mark.parametrize(
    ("act", "at", "titles"),
    [
        ("add", -1, ["a", "b", "", "c"]),
        ("remove", 0, ["b", "c"]),
        ("up", 1, ["b", "a", "c"]),
        ("up", 0, ["a", "b", "c"]),
        ("down", 0, ["b", "a", "c"]),
        ("down", 2, ["a", "b", "c"]),
    ],
)
def test_a_step_is_added_before_the_one_that_closes_removed_and_moved(act: str, at: int, titles: list[str]) -> None:
    steps = tuple(DraftStep(title=Words(title)) for title in "abc")
    assert [step.title.fr for step in composing.acted(Draft(steps=steps), act, at).steps] == titles


@pytest.mark.parametrize(("act", "at"), [("fold", 0), ("remove", 3), ("up", -1), ("", 0)])
def test_an_act_that_is_none_is_refused(act: str, at: int) -> None:
    with pytest.raises(Refusal):
        composing.acted(Draft(steps=(DraftStep(),) * 3), act, at)


def test_two_steps_of_one_title_have_an_id_of_their_own() -> None:
    text = composing.toml(Draft(steps=(DraftStep(title=Words("Récit")),) * 2 + (DraftStep("recit-2", Words("Récit")),)))
    assert [line for line in text.splitlines() if line.startswith("id")] == [
        'id = "recit"',
        'id = "recit-3"',
        'id = "recit-2"',
    ]


# The page -----------------------------------------------------------------------------------------------


async def ask(house: Served, **asked: Any) -> Any:
    return await house.client.fetch(
        f"http://127.0.0.1:{house.port}/compose/check",
        method="POST",
        body=json.dumps(asked),
        headers={"Content-Type": "application/json"},
        raise_error=False,
    )


@served
async def test_what_is_wrong_is_said_by_its_step_and_the_fields_stay_as_they_are(house: Served) -> None:
    for steps, words in (
        ([{"title": {"fr": "Un"}, "minutes": "0", "shows": ["tour"]}], "Étape 1 · Minutes"),
        ([{"title": {"fr": "Un"}, "minutes": "10", "shows": []}], "Étape 1 · Ce que montre la page"),
        ([{"title": {"fr": f"{n}"}, "minutes": "1", "shows": ["tour"]} for n in range(31)], "31"),
        ([], "Étapes"),
        ([{"title": {"fr": "Un"}, "minutes": "1", "shows": ["tour"]}], "Ce qu’une équipe devrait avoir"),
    ):
        needs = {"fr": "é" * 301 if words.startswith("Ce qu’une") else ""}
        answer = await ask(house, draft={"title": {"fr": "Le nôtre"}, "steps": steps, "needs": needs})
        said = json.loads(answer.body)
        assert (answer.code, said["valid"], said["fields"]) == (200, False, None)
        assert words in said["checked"], said["checked"]


@served
async def test_a_file_opens_in_the_page_and_one_that_is_none_is_refused_and_loses_nothing(house: Served) -> None:
    said = json.loads((await ask(house, text=BY_HAND, source="ours.toml")).body)
    assert said["valid"] and parse(said["toml"]) == parse(BY_HAND) and 'value="Le chiffre"' in said["fields"]
    assert "Dites le chiffre." in said["checked"] and "Ce qu’il faut\u00a0: <bdi>Un chiffre daté." in said["checked"]
    assert 'data-words="needs" data-lang="en" value="A dated figure."' in said["fields"]
    for text in ("<!doctype html>", "steps = 3", "x" * 200_000, "[[steps]]\nid = 1"):
        answer = await ask(house, text=text, source="ours.toml")
        assert answer.code == 422 and json.loads(answer.body)["refused"]
    for odd in ({"draft": 3}, {"draft": {"steps": "x"}}, {"draft": {}, "act": "fold"}, {}):
        assert (await ask(house, **odd)).code == 422


@served
async def test_words_in_an_agenda_are_only_words(house: Served) -> None:
    for payload in PAYLOADS:
        step = {"title": {"fr": payload}, "minutes": payload, "shows": ["tour"], "now": {"client": {"fr": payload}}}
        titled = {"title": {"fr": payload}, "needs": {"fr": payload}}
        said = json.loads((await ask(house, draft={**titled, "steps": [step]}, act="add")).body)
        for html in (said["fields"], said["checked"]):
            for one in fragments_fromstring(html):
                assert not one.xpath("//script | //img | //iframe | //*[@onerror or @onload]"), payload


@served
async def test_the_operator_opens_a_workshop_with_it_and_nobody_else_does(house: Served) -> None:
    text = composing.toml(TYPED)
    assert (await house.at("client").post("/../../../workshops", {"team": "Colis", "toml": text})).code != 200
    operator = house.operator()
    operator.path = ""
    answer = await operator.post("/workshops", {"team": "Colis", "toml": text})
    assert answer.code == 200
    journal: Journal = house.state.sessions._rooms[json.loads(answer.body)["session"]].store.journal
    assert parse(journal.read()[0].event.agenda) == parse(BY_HAND)  # type: ignore[union-attr]
    refused = await operator.post("/workshops", {"team": "Colis", "toml": "steps = 3"})
    assert refused.code == 422


@served
async def test_who_asks_without_end_is_asked_to_wait(house: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("impactlib.server.pace.A_SECOND", 0.001)
    codes = [(await ask(house, draft={})).code for _ in range(AT_ONCE + 1)]
    assert set(codes[:-1]) == {200} and codes[-1] == 429
