"""How a metric is measured: planned by the team, told in the files, with two questions ready to ask."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator

from impactlib.domain import kinds
from impactlib.domain.agenda import Role
from impactlib.domain.sample import answers_needed
from impactlib.export import render
from impactlib.export.session_json import SCHEMA, state
from impactlib.views import Eye, readings
from impactlib.views.render import environment
from impactlib.views.survey import questions
from impactlib.views.wording import called
from tests.conftest import Room, examples

CLIENT = Role.CLIENT
SAID = {
    "logged": "Ce service vous a-t-il été utile ?",
    "scale": "1 à 7",
    "sample": "97 réponses",
    "tool": "Une enquête",
    "measurer": "Nadia",
    "first_on": "2033-05-02",
}
RECIPE = '{"kind":"matomo","value":"nb_visits","over":"month","address":"https://stats.exemple.fr/x"}'


@pytest.fixture
def metric(room: Room) -> str:
    id = room.ask(CLIENT, do="write", kind="metric", text="Satisfaction")
    for name, value in SAID.items():
        room.ask(CLIENT, do="detail", note=id, detail=name, value=value)
    return id


def card(room: Room, role: Role) -> str:
    return " ".join(map(str, readings.PANE.fragments(room.session, Eye(role, "fr")).values()))


def test_the_team_plans_a_measure_and_every_file_tells_it(room: Room, metric: str) -> None:
    assert SAID.keys() == set(kinds.names(kinds.PLAN))
    for form in ("md", "html"):
        said = render(room.store.to_file(), "summary", form, environment("fr")).decode()
        for value in ("Comment on le mesure", "97 réponses", "Une enquête", "Nadia", "02/05/2033"):
            assert value in said, (form, value)
    whole = state(room.session)
    assert whole["metrics"][0]["plan"] == SAID and whole["metrics"][0]["recipe"] is None
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(whole)


def test_the_card_says_the_plan_and_only_the_team_changes_it(room: Room, metric: str) -> None:
    assert "97 réponses" in card(room, CLIENT) and 'data-into="plan"' in card(room, CLIENT)
    assert "97 réponses" in card(room, Role.OBSERVER) and 'data-into="plan"' not in card(room, Role.OBSERVER)
    room.refused(Role.CONSULTANT, do="detail", note=metric, detail="tool", value="Matomo")
    refusal = room.refused(CLIENT, do="detail", note=metric, detail="first_on", value="bientôt")
    assert refusal.facts["field"] == "first_on"


def test_a_recipe_is_told_and_one_that_cannot_be_used_is_refused(room: Room, metric: str) -> None:
    room.refused(CLIENT, do="detail", note=metric, detail="recipe", value='{"kind":"x"}')
    room.ask(CLIENT, do="detail", note=metric, detail="recipe", value=RECIPE)
    assert "impact pull" in card(room, CLIENT) and "stats.exemple.fr" not in card(room, CLIENT)
    whole = state(room.session)
    recipe = whole["metrics"][0]["recipe"]
    assert (recipe["kind"], recipe["value"], recipe["over"], recipe["where"]) == ("matomo", "nb_visits", "month", [])
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(whole)


def test_who_measures_is_replaced_in_what_is_shared(room: Room, metric: str) -> None:
    from impactlib.domain.redaction import redact

    shared = redact(room.store.to_file(), called(environment("fr"))).fold()
    [found] = shared.notes_of("metric")
    assert found.details["tool"] == "Une enquête" and "Nadia" not in str(shared.notes_of("metric"))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_two_questions_are_ready_with_how_many_answers_are_enough(room: Room, lang: str) -> None:
    ease, usefulness = questions(lang)
    assert [(one.margin, one.answers, one.of_a_thousand) for one in ease.enough] == [(1, 35, 34), (0.5, 139, 122)]
    assert [(one.margin, one.answers, one.of_a_thousand) for one in usefulness.enough] == [(10, 97, 88), (5, 385, 278)]
    page = str(readings.frame(Eye(CLIENT, lang)))
    assert ease.question in page and usefulness.question in page and "385" in page


@examples(100)
@given(st.integers(1, 10**6), st.decimals("0.01", "0.5", places=2))
def test_fewer_people_never_need_more_answers_than_they_are(population: int, margin: Decimal) -> None:
    share = Decimal(0), Decimal(1)
    needed = answers_needed(margin, *share, population)
    assert 1 <= needed <= min(population, answers_needed(margin, *share))
