"""An agenda is data: what can be loaded, and what an author reads when theirs cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from impactlib import agenda
from impactlib.agenda import AgendaError, load, parse

STEP = '[[steps]]\nid = "tour"\nminutes = 10\nshows = ["tour"]\ntitle = "Tour de table"\n'
HEAD = 'name = "mine"\ntitle = "Le nôtre"\n'


def test_the_kits_hour_has_five_steps_and_sixty_minutes() -> None:
    hour = load("atelier-impact")
    assert [(step.id, step.minutes) for step in hour.steps] == [
        ("tour", 10),
        ("problem", 10),
        ("questions", 10),
        ("recommendations", 25),
        ("learnings", 5),
    ]
    assert hour.seconds == 60 * 60


def test_the_variant_of_2021_rewords_the_request_before_any_advice_and_sums_to_fifty_five() -> None:
    hour = load("reformulation")
    assert hour.seconds == 55 * 60
    panes = [pane for step in hour.steps for pane in step.shows]
    assert panes.index("contract") < panes.index("recommendations")


@pytest.mark.parametrize("name", agenda.names())
def test_each_agenda_of_the_kit_has_its_own_name_shows_every_pane_and_speaks_both_languages(name: str) -> None:
    hour = load(name)
    assert hour.name == name
    assert sorted(pane for step in hour.steps for pane in step.shows) == sorted(agenda.PANES)
    for title in [hour.title, *(step.title for step in hour.steps)]:
        assert title["fr"] and title["en"]


def test_the_default_agenda_is_named_first() -> None:
    assert agenda.names()[0] == agenda.DEFAULT == "atelier-impact"


def test_a_team_loads_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(HEAD + STEP, encoding="utf-8")
    mine = load(str(tmp_path / "mine.toml"))
    assert (mine.name, mine.title, mine.seconds) == ("mine", {"fr": "Le nôtre", "en": "Le nôtre"}, 600)


def test_a_step_is_found_by_its_id_or_not_at_all() -> None:
    hour = load("atelier-impact")
    assert hour.step("questions").minutes == 10
    with pytest.raises(KeyError, match="clarifcation"):
        hour.step("clarifcation")


def test_an_unknown_agenda_names_those_there_are_and_says_that_nothing_was_opened() -> None:
    with pytest.raises(AgendaError, match=r"atelier: no such agenda.*atelier-impact, reformulation.*\.toml.*Nothing"):
        load("atelier")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AgendaError, match=r"away\.toml: no such agenda"):
        load(str(tmp_path / "away.toml"))


def test_a_file_in_another_encoding_says_how_to_save_it(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes((HEAD + STEP).encode("latin-1"))
    with pytest.raises(AgendaError, match=r"latin\.toml: not UTF-8 text\. Save it as UTF-8"):
        load(str(tmp_path / "latin.toml"))


def test_bad_toml_names_the_file_and_the_line(tmp_path: Path) -> None:
    (tmp_path / "torn.toml").write_text(HEAD + STEP + "minutes = = 5\n", encoding="utf-8")
    with pytest.raises(AgendaError, match=r"torn\.toml: not TOML: .*line 8.*Mend that line"):
        load(str(tmp_path / "torn.toml"))


def test_toml_nested_too_deep_is_refused_in_words() -> None:
    with pytest.raises(AgendaError, match=r"mine: not TOML .* too deep"):
        parse("steps = " + "[" * 5000 + "]" * 5000, "mine")


@pytest.mark.parametrize("minutes", ["0", "-5", "0.0", "601", "nan", "inf", "-inf", "true", '"10"', "[10]", "{}"])
def test_minutes_that_are_not_a_positive_number_are_refused_with_their_key_and_value(minutes: str) -> None:
    with pytest.raises(AgendaError, match=r"mine\.toml: steps\[1\]\.minutes: .* is not a number of minutes above 0"):
        parse(HEAD + STEP.replace("10", minutes), "mine.toml")


def test_minutes_may_have_decimals() -> None:
    assert parse(HEAD + STEP.replace("10", "7.5")).seconds == 450


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", r"no \[\[steps\]\]\. Write at least one"),
        (HEAD, r"no \[\[steps\]\]"),
        (HEAD + "steps = 5\n", r"no \[\[steps\]\]"),
        (HEAD + "steps = [5]\n", r"steps\[1\]: not a table\. Write \[\[steps\]\]"),
        (STEP, r"name: None\. Use ASCII"),
        ('name = "à moi"\n' + STEP, r"name: 'à moi'\. Use ASCII"),
        ('name = "mine"\n' + STEP, r"title: None\. Write a text"),
        ('name = "mine"\ntitle = "  "\n' + STEP, r"title: '  '\. Write a text"),
        ('name = "mine"\ntitle = { fr = "Le nôtre" }\n' + STEP, r"title: .*Write a text, or \{ fr"),
        (HEAD + STEP.replace('title = "Tour de table"\n', ""), r"steps\[1\]\.title: None\. Write a text"),
        (HEAD + STEP.replace("minutes = 10\n", ""), r"steps\[1\]\.minutes: None is not"),
        (HEAD + STEP.replace('id = "tour"\n', ""), r"steps\[1\]\.id: None\. Use ASCII letters"),
        (HEAD + STEP.replace('id = "tour"', 'id = "-"'), r"steps\[1\]\.id: '-'"),
        (HEAD + STEP.replace('id = "tour"', 'id = "a/b"'), r"steps\[1\]\.id: 'a/b'"),
        (HEAD + STEP.replace('["tour"]', "[]"), r"steps\[1\]\.shows: \[\]\. List one or more of tour, problem"),
        (HEAD + STEP.replace('["tour"]', '"tour"'), r"steps\[1\]\.shows: 'tour'\. List"),
        (HEAD + STEP.replace('["tour"]', '["tuor"]'), r"steps\[1\]\.shows: \['tuor'\]\. List"),
        (HEAD + STEP.replace('["tour"]', "[[1]]"), r"steps\[1\]\.shows: \[\[1\]\]\. List"),
    ],
)
def test_what_misses_or_is_wrong_is_named_with_the_fix(text: str, key: str) -> None:
    with pytest.raises(AgendaError, match="mine.toml: " + key):
        parse(text, "mine.toml")


def test_an_id_that_repeats_names_the_second_step() -> None:
    again = STEP.replace('["tour"]', '["problem"]')
    with pytest.raises(AgendaError, match=r"steps\[2\]\.id: 'tour' stands twice\. Give each step an id of its own"):
        parse(HEAD + STEP + again)


@pytest.mark.parametrize("second", [STEP.replace('"tour"\nminutes', '"again"\nminutes'), None])
def test_a_pane_that_repeats_names_the_step_that_must_drop_it(second: str | None) -> None:
    text = HEAD + STEP + second if second else HEAD + STEP.replace('["tour"]', '["tour", "tour"]')
    with pytest.raises(AgendaError, match=r"steps\[[12]\]\.shows: 'tour' stands twice\. Keep it in one step"):
        parse(text)
