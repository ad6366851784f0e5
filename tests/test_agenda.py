"""An agenda is data: what can be loaded, and what an author reads when theirs cannot."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape as html_of
from pathlib import Path
from types import ModuleType

import pytest

from impactlib import cli, widgets
from impactlib.domain import agenda, agenda_files, matrices, session_file
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.agenda_files import AgendaError, admit, doubts, load, load_text, opened, parse
from impactlib.domain.events import Entry, SessionOpened
from impactlib.domain.fold import history
from impactlib.domain.summary import Outline, missing
from impactlib.export.html import html
from impactlib.export.markdown import markdown
from impactlib.paths import TEMPLATES
from impactlib.rooms.drawing import Drawing
from impactlib.rooms.live import Live
from impactlib.storage.file_journal import FileJournal
from impactlib.storage.session_store import SessionStore, create_session, list_sessions
from impactlib.views import Eye, doors, learnings, matrix, metrics, now, people, testimonies
from impactlib.views.panes import PANES
from impactlib.views.parts import Scene
from impactlib.views.render import environment, figures, say
from tests.conftest import EVERYBODY, NAMES, Room, Time, agree, few, path_of
from tests.test_views import OPENED, Tree, filled, fragments, frames, parsed, seen

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
GUIDES = {"en": "agendas.md", "fr": "agendas.fr.md"}

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


def minutes(name: str) -> list[float]:
    return [step.minutes for step in load(name).steps]


def test_the_testimony_event_has_three_speakers_of_seven_minutes_then_thirty_of_exchange() -> None:
    event = load("testimony")
    assert minutes("testimony") == [4, 7, 7, 7, 30, 5] and event.announced == 60
    assert [step.id for step in event.steps if "testimonies" in step.shows] == ["first", "second", "third", "exchange"]


def test_each_other_format_has_its_length_and_opens_what_it_is_about() -> None:
    formats = ("follow-up", "indicators", "vision", "north-star", "aarri", "matrix", "committee-rehearsal")
    assert [sum(minutes(name)) for name in formats] == [30, 60, 45, 90, 60, 60, 60]
    assert load("aarri").step("stages").shows == ("aarri",)
    assert "metrics" in load("north-star").step("candidates").shows
    assert "matrix" in load("indicators").step("concepts").shows
    assert load("vision").step("measures").shows == ("matrix", "metrics")


@pytest.mark.parametrize("version", matrices.names())
def test_the_matrix_has_a_step_for_each_concept_of_every_version(version: str) -> None:
    steps = [step.id for step in load("matrix").steps if "matrix" in step.shows]
    assert steps == [concept.id for concept in matrices.load(version).concepts]


def test_a_rehearsal_lasts_as_long_as_the_committee_and_is_none() -> None:
    rehearsal, committee = load("committee-rehearsal"), load("committee")
    lasts = {step.id: step.minutes for step in committee.steps}
    assert lasts == {"present": 15, "questions": 15, "deliberate": 20}
    assert {step.id: step.minutes for step in rehearsal.steps if step.id in lasts} == lasts
    assert rehearsal.step("present").shows == committee.step("present").shows
    assert "contract" in rehearsal.steps[0].shows
    assert (rehearsal.name, committee.name) == (agenda.COMMITTEE_REHEARSAL, agenda.COMMITTEE)


@pytest.mark.parametrize("name", agenda_files.names())
def test_each_agenda_of_the_kit_has_its_own_name_nothing_to_mend_and_speaks_both_languages(name: str) -> None:
    hour = load(name)
    assert hour.name == name and doubts(load_text(name)[0]) == []
    said = [sentence for step in hour.steps for sentence in step.now.values()]
    for words in [hour.title, *([hour.needs] if hour.needs else []), *(step.title for step in hour.steps), *said]:
        assert words["fr"] != words["en"] or words["fr"] in ("Questions", "Clarification", "Efficient")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_home_page_offers_each_agenda_with_its_length(lang: str) -> None:
    offered = {
        option.attributes["value"]: option.words
        for option in Tree(frames(Eye(FACILITATOR, lang), (doors,))).all("option")
    }
    for name in agenda_files.names():
        assert offered[name] == f"{load(name).title[lang]} ({sum(minutes(name)):g} min)"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_home_page_says_of_each_agenda_what_it_needs(lang: str) -> None:
    options = Tree(frames(Eye(FACILITATOR, lang), (doors,))).all("option")
    told = {option.attributes["value"]: option.attributes.get("data-needs", "") for option in options}
    label = {"fr": "Ce qu’il faut\u00a0: ", "en": "What it needs: "}[lang]
    for name in agenda_files.names():
        needs = load(name).needs
        assert told[name] == (label + needs[lang] if needs else "")
    assert {name for name in told if told[name]} >= {"north-star", "aarri", "matrix", "committee-rehearsal"}
    assert {"fr": "utilité est prouvée", "en": "usefulness is proven"}[lang] in told["aarri"]


def test_every_pane_is_opened_by_some_agenda() -> None:
    opened = {pane for name in agenda_files.names() for step in load(name).steps for pane in step.shows}
    assert opened == set(agenda.PANES)


def test_the_default_agenda_is_named_first() -> None:
    assert agenda_files.names()[0] == agenda_files.DEFAULT == "atelier-impact"


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
    with pytest.raises(AgendaError, match=r"atelier: no such agenda.*atelier-impact, .*vision.*\.toml.*Nothing"):
        load("atelier")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AgendaError, match=r"away\.toml: no such agenda"):
        load(str(tmp_path / "away.toml"))


def test_a_file_in_another_encoding_says_how_to_save_it(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes((HEAD + STEP).encode("latin-1"))
    with pytest.raises(AgendaError, match=r"latin\.toml: not UTF-8 text\. Save it as UTF-8"):
        load(str(tmp_path / "latin.toml"))


def test_a_file_that_begins_with_the_mark_of_utf_8_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(HEAD + STEP, encoding="utf-8-sig")
    assert load(str(tmp_path / "mine.toml")).title["fr"] == "Le nôtre"


def test_a_folder_a_file_of_another_name_and_a_file_too_large_are_each_called_what_they_are(tmp_path: Path) -> None:
    for folder in ("mine", "mine.toml"):
        (tmp_path / folder).mkdir()
        with pytest.raises(AgendaError, match=rf"/{folder}: this is a folder\. Give the path of a \.toml file in it"):
            load(str(tmp_path / folder))
    for name in ("ours", "ours.tml", "ours.toml.txt"):
        (tmp_path / name).write_text(HEAD + STEP, encoding="utf-8")
        with pytest.raises(AgendaError, match=rf"/{name}: the name of an agenda's file ends in \.toml"):
            load(str(tmp_path / name))
    (tmp_path / "large.toml").write_text(HEAD + STEP + "#" * 100_000, encoding="utf-8")
    with pytest.raises(AgendaError, match=r"^large\.toml: more than 100 kB"):
        load(str(tmp_path / "large.toml"))


def test_bad_toml_names_the_file_and_the_line(tmp_path: Path) -> None:
    (tmp_path / "torn.toml").write_text(HEAD + STEP + "minutes = = 5\n", encoding="utf-8")
    with pytest.raises(AgendaError, match=r"torn\.toml: not TOML, at line 8, column 11: .*Mend that line"):
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


def test_a_missing_or_wrong_value_is_named_with_the_fix() -> None:
    def agrees(text: str, key: str) -> None:
        with pytest.raises(AgendaError, match="mine.toml: " + key):
            parse(text, "mine.toml")

    agree(
        [
            ("", r"no \[\[steps\]\]\. Write at least one"),
            (HEAD, r"no \[\[steps\]\]"),
            (HEAD + "steps = 5\n", r"no \[\[steps\]\]"),
            (HEAD + "steps = [5]\n", r"steps\[1\]: not a table\. Write \[\[steps\]\]"),
            (STEP, r"name: this key is missing\. Use ASCII"),
            ('name = "à moi"\n' + STEP, r"name: 'à moi'\. Use ASCII"),
            ('name = "mine"\n' + STEP, r"title: this key is missing\. Write a text"),
            ('name = "mine"\ntitle = "  "\n' + STEP, r"title: '  '\. Write a text"),
            ('name = "mine"\ntitle = { fr = "Le nôtre" }\n' + STEP, r"title: .* has no en\. Write a text, or \{ fr"),
            (
                HEAD + STEP.replace('title = "Tour de table"\n', ""),
                r"steps\[1\]\.title: this key is missing\. Write a text",
            ),
            (HEAD + STEP.replace("minutes = 10\n", ""), r"steps\[1\]\.minutes: this key is missing\. Write a number"),
            (HEAD + STEP.replace('id = "tour"\n', ""), r"steps\[1\]\.id: this key is missing\. Use ASCII letters"),
            (HEAD + STEP.replace('shows = ["tour"]\n', ""), r"steps\[1\]\.shows: this key is missing\. List one"),
            (HEAD + STEP.replace('id = "tour"', 'id = "-"'), r"steps\[1\]\.id: '-'"),
            (HEAD + STEP.replace('id = "tour"', 'id = "a/b"'), r"steps\[1\]\.id: 'a/b'"),
            (
                HEAD + STEP.replace('["tour"]', "[]"),
                r"steps\[1\]\.shows: \[\]\. List one or more of since, tour, problem",
            ),
            (HEAD + STEP.replace('["tour"]', '"tour"'), r"steps\[1\]\.shows: 'tour'\. List"),
            (HEAD + STEP.replace('["tour"]', '["tuor"]'), r"steps\[1\]\.shows: \['tuor'\]\. List"),
            (HEAD + STEP.replace('["tour"]', "[[1]]"), r"steps\[1\]\.shows: \[\[1\]\]\. List"),
            ("minutes = 0\n" + HEAD + STEP, r"minutes: 0 is not a number of minutes above 0"),
            *(
                (
                    f"follow_up = {days}\n" + HEAD + STEP,
                    r"follow_up: .* whole numbers of days from 1 to 1000, each above",
                )
                for days in ("30", "[]", "[0]", "[1001]", "[30.0]", "[true]", "[90, 30]", "[30, 30]", '["30"]', "{}")
            ),
            *(
                (f"recurs = {months}\n" + HEAD + STEP, r"recurs: .* whole number of months from 1 to 24, or 0 for")
                for months in ("-1", "25", "1.0", "true", '"3"', "[3]")
            ),
            ('needs = ""\n' + HEAD + STEP, r"needs: ''\. Write a text"),
            ("needs = 5\n" + HEAD + STEP, r"needs: 5\. Write a text, or \{ fr"),
            ('needs = { en = "Figures." }\n' + HEAD + STEP, r"needs: .* has no fr\. Write a text, or \{ fr"),
            (HEAD + STEP + "now = 5\n", r"steps\[1\]\.now: 5\. Write \[steps\.now\]"),
            (
                HEAD + STEP + 'now.coach = "Là"\n',
                r"steps\[1\]\.now\.coach: no such role\. .* client, consultant, observer",
            ),
            (HEAD + STEP + 'now.client = ""\n', r"steps\[1\]\.now\.client: ''\. Write a text"),
        ],
        agrees,
    )


def test_a_key_of_thousands_of_parts_is_refused_at_once_wherever_it_stands() -> None:
    deep = ".".join(["a"] * 20_000)
    quoted = ".".join(['"\\""'] * 20_000)
    for text in (f"{deep} = 1\n", f"{quoted} = 1\n", f"x = {{ y = 1, {deep} = 1 }}\n", f"[{deep}]\n"):
        with pytest.raises(AgendaError, match=r"mine\.toml: not TOML .* more than 100 parts"):
            parse(text + HEAD + STEP, "mine.toml")
    assert parse(HEAD + STEP + f"now.client = '{'. '.join(['Dites'] * 200)}'\n").name == "mine"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + STEP.replace("10", "9" * 5000), "not TOML that can be read: a number has thousands of digits"),
        (HEAD.replace('"mine"', "9" * 5000) + STEP, "not TOML that can be read: a number has thousands of digits"),
        # Other bases are read whatever their length, and cannot be written again.
        (HEAD + STEP.replace("10", "0x" + "f" * 5000), r"steps\[1\]\.minutes: … is not a number of minutes"),
        (HEAD.replace('"mine"', "0x" + "f" * 5000) + STEP, "name: …. Use ASCII letters"),
        (HEAD.replace('"mine"', f'"{"é" * 5000}"') + STEP, "name: 'é{58}…. Use ASCII letters"),
        (HEAD.replace('"mine"', '"\\u001b[31m"') + STEP, r"name: '\\x1b\[31m'. Use ASCII letters"),
        (HEAD + STEP + f'now.{"c" * 500} = "Là"\n', r"steps\[1\]\.now\.c{39}…: no such role"),
    ],
)
def test_an_error_says_what_was_written_in_short_and_no_more(text: str, said: str) -> None:
    with pytest.raises(AgendaError, match=f"^mine: {said}") as refused:
        parse(text, "mine")
    assert len(str(refused.value)) < 250 and str(refused.value).isprintable()


def test_an_id_that_repeats_names_the_second_step() -> None:
    again = STEP.replace('["tour"]', '["problem"]')
    with pytest.raises(AgendaError, match=r"steps\[2\]\.id: 'tour' stands twice\. Give each step an id of its own"):
        parse(HEAD + STEP + again)


def test_a_pane_that_repeats_within_a_step_names_that_step() -> None:
    with pytest.raises(AgendaError, match=r"steps\[1\]\.shows: 'tour' stands twice\. Keep it once"):
        parse(HEAD + STEP.replace('["tour"]', '["tour", "tour"]'))


def test_several_steps_may_show_the_same_pane() -> None:
    mine = parse(HEAD + STEP + STEP.replace('"tour"\nminutes', '"again"\nminutes'))
    assert [step.shows for step in mine.steps] == [("tour",), ("tour",)]


def test_a_role_may_be_told_something_else_than_the_panes_sentence() -> None:
    [step] = parse(HEAD + STEP + 'now.client = "Dites-nous tout."\n').steps
    assert step.now == {"client": {"fr": "Dites-nous tout.", "en": "Dites-nous tout."}}


# What a new workshop takes --------------------------------------------------------------------------

MANY = "".join(STEP.replace('"tour"\nminutes', f'"tour-{i}"\nminutes') for i in range(31))
LONG = STEP.replace("10", "301") + STEP.replace("10", "300").replace('"tour"\nminutes', '"again"\nminutes')
EXCESS = [
    (HEAD + MANY, "steps: there are 31 of them"),
    (HEAD + LONG, "steps: they take 601 minutes together"),
    (HEAD + STEP.replace("10", "0.4"), r"steps\[1\]\.minutes: 0\.4 is less than half a minute"),
    (HEAD + STEP.replace('id = "tour"', f'id = "{"t" * 41}"'), r"steps\[1\]\.id: 't{41}' is too long"),
    (HEAD.replace("mine", "m" * 41) + STEP, "name: 'm{41}' is too long"),
    (HEAD.replace("Le nôtre", "é" * 121) + STEP, "title: 'é{58}… is too long"),
    (HEAD + STEP.replace("Tour de table", "é" * 121), r"steps\[1\]\.title: 'é{58}… is too long"),
    (
        HEAD + STEP + f'now.client = "{"é" * 301}"\n',
        r"steps\[1\]\.now\.client: 'é{58}… is too long. Write 300 characters",
    ),
    (f'needs = "{"é" * 301}"\n' + HEAD + STEP, "needs: 'é{58}… is too long. Write 300 characters"),
    ('needs = "Des chiffres\\nrécents"\n' + HEAD + STEP, "needs: .* is not on one line"),
    (HEAD + STEP + 'now.client = "Là\\u202e"\n', r"steps\[1\]\.now\.client: .* is not on one line"),
    *(
        (HEAD.replace("Le nôtre", f"Le{mark}nôtre") + STEP, "title: .* is not on one line")
        for mark in (r"\n", r"\r", r"\u001b[31m", r"\u2028", r"\u202e")
    ),
]


@pytest.mark.parametrize(("text", "said"), EXCESS)
def test_an_agenda_that_no_page_can_show_is_refused_but_opens_from_a_journal(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    for door in (load, lambda path: create_session(tmp_path, "Colis Solidaire", agenda=path)):
        with pytest.raises(AgendaError, match=rf"mine\.toml: {said}"):
            door(str(tmp_path / "mine.toml"))
    assert not list_sessions(tmp_path)
    session = history([Entry("home", 1, "e1", 1.0, "", "", SessionOpened("Équipe", text))])
    assert session.agenda == opened(text, "agenda")


def test_an_agenda_within_the_bounds_is_taken() -> None:
    title = HEAD.replace("Le nôtre", "é" * 120).replace("mine", "m" * 40)
    steps = MANY.removesuffix(STEP.replace('"tour"\nminutes', '"tour-30"\nminutes')).replace("10", "0.5", 1)
    assert len(admit(title + steps, "mine").steps) == 30
    assert admit(HEAD + STEP.replace("10", "600"), "mine").seconds == 36_000
    [step] = admit(HEAD + STEP + f'now.client = "{"é" * 300}"\n', "mine").steps
    assert step.now["client"]["fr"] == "é" * 300


# What may not be meant ------------------------------------------------------------------------------

LAST = STEP.replace('"tour"', '"learnings"')


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        (HEAD + STEP + "minute = 5\n" + LAST, "steps[1].minute", "id, title, minutes, shows, now"),
        ("lenght = 20\n" + HEAD + STEP + LAST, "lenght", "name, title, needs, minutes, follow_up, recurs, steps"),
        ("minutes = 60\n" + HEAD + STEP + LAST, "minutes", "60 min are announced and the steps take 20"),
        ("minutes = 15\n" + HEAD + STEP + LAST, "minutes", "15 min are announced and the steps take 20"),
        (HEAD + STEP, "steps", "No step shows learnings"),
        (HEAD + LAST + STEP, "steps[2].shows", "Only the last step is protected"),
    ],
)
def test_a_probable_mistake_is_named_with_its_place(text: str, where: str, said: str) -> None:
    [doubt] = doubts(text)
    assert doubt.where == where and said in say(doubt, "en")


def test_the_minutes_of_a_doubt_are_written_as_the_language_does() -> None:
    [doubt] = doubts("minutes = 12.5\n" + HEAD + LAST)
    assert "12,5 min" in say(doubt, "fr").replace("\u00a0", " ") and "12.5 min" in say(doubt, "en")


def test_an_agenda_without_an_announced_length_takes_what_its_steps_take() -> None:
    assert doubts(HEAD + STEP + LAST) == doubts("minutes = 20\n" + HEAD + STEP + LAST) == []


# The command ----------------------------------------------------------------------------------------

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", agenda_files.names())
def test_the_command_outlines_each_agenda_of_the_kit(capsys: Capture, name: str) -> None:
    assert cli.main(["agenda", "check", name, "--lang", "en"]) == 0
    title, *steps, verdict = capsys.readouterr().out.splitlines()
    hour = load(name)
    if hour.needs:
        assert steps.pop() == f"What it needs: {hour.needs['en']}"
    assert title == f"{hour.title['en']} ({name}): {hour.seconds / 60:g} min"
    begins = 0.0
    for line, step in zip(steps, hour.steps, strict=True):
        said = [f"{begins:g}'", f"{step.minutes:g} min", step.title["en"], ", ".join(step.shows)]
        assert re.split(r"\s{2,}", re.sub(r"(\d')\s+", r"\1  ", line.strip())) == said
        begins += step.minutes
    assert verdict == "Nothing to mend."


def test_the_command_says_in_either_language_what_may_not_be_meant_and_exits_one(
    capsys: Capture, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text("minutes = 30\n" + HEAD + STEP + "minute = 5\n", encoding="utf-8")
    assert cli.main(["agenda", "check", str(mine)]) == 1
    assert cli.main(["agenda", "check", str(mine), "--lang", "en"]) == 1
    said = capsys.readouterr().out
    for words in (
        "mine.toml: minutes: 30 min sont annoncées et les étapes en prennent 10",
        "mine.toml: steps[1].minute: ",
    ):
        assert words in said
    assert "mine.toml: steps: No step shows learnings" in said and "Nothing to mend" not in said


@pytest.mark.parametrize(
    ("text", "lang", "said"),
    [
        (HEAD + STEP + "minutes = = 5\n", "en", "mine.toml: not TOML, at line 8"),
        (HEAD + STEP + "minutes = = 5\n", "fr", "mine.toml: ce n’est pas du TOML, ligne 8"),
        (HEAD + STEP.replace('["tour"]', '["tuor"]'), "en", "mine.toml: steps[1].shows: ['tuor']. List one or more"),
        (HEAD + STEP.replace('["tour"]', '["tuor"]'), "fr", "mine.toml: steps[1].shows: ['tuor']. Nommez un panneau"),
        (STEP, "fr", "mine.toml: name: cette clé manque"),
        (HEAD + MANY, "fr", "mine.toml: steps: il y en a 31"),
    ],
)
def test_the_command_refuses_what_cannot_be_used_with_the_place_and_the_fix_in_either_language(
    capsys: Capture, tmp_path: Path, text: str, lang: str, said: str
) -> None:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    assert cli.main(["agenda", "check", str(tmp_path / "mine.toml"), "--lang", lang]) == 2
    heard = capsys.readouterr()
    assert heard.out == "" and said in heard.err


def test_an_error_of_an_agenda_is_said_in_either_language_with_its_place() -> None:
    error = AgendaError("ours.toml: steps[2].id", "%(value)s stands twice. Keep it once.", value="'tour'")
    assert str(error) == "ours.toml: steps[2].id: 'tour' stands twice. Keep it once."
    assert say(error, "fr") == "'tour' s’y trouve deux fois. Gardez-le une fois."


# The guide ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_guides_example_is_an_agenda_with_nothing_to_mend(capsys: Capture, tmp_path: Path, lang: str) -> None:
    guide = (Path(__file__).parent.parent / "docs" / GUIDES[lang]).read_text(encoding="utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "ours.toml").write_text(example, encoding="utf-8")
    assert cli.main(["agenda", "check", str(tmp_path / "ours.toml"), "--lang", lang]) == 0
    [outline] = re.findall(r"```text\n(.*?)```", guide, re.DOTALL)
    assert capsys.readouterr().out == outline


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_guide_names_every_key_every_pane_every_role_and_every_agenda(lang: str) -> None:
    guide = (Path(__file__).parent.parent / "docs" / GUIDES[lang]).read_text(encoding="utf-8")
    for word in [*agenda_files.KEYS, *agenda_files.STEP_KEYS, *agenda.PANES, *Role, *agenda_files.names()]:
        assert f"`{word}`" in guide


# Each agenda, lived -----------------------------------------------------------------------------------


@pytest.fixture
def open_agenda(tmp_path: Path, time: Time) -> Iterator[Callable[[str], Room]]:
    """Open a workshop with an agenda of the kit; one person per role has come in."""
    stores: list[SessionStore] = []

    def open_with(name: str) -> Room:
        made = create_session(tmp_path, "Colis Solidaire", agenda=name)
        made.journal.close()
        stores.append(SessionStore(FileJournal(path_of(made.journal), clock=time)))
        room = Room(stores[-1])
        for role, first_name in NAMES.items():
            room.ask(role, do="join", name=first_name)
        return room

    yield open_with
    for store in stores:
        store.journal.close()


WRITTEN = {
    "since": ("promise", CLIENT),
    "verdicts": ("ending", CLIENT),
    "tour": ("expectation", CONSULTANT),
    "problem": ("problem", CLIENT),
    "questions": ("question", CONSULTANT),
    "testimonies": ("testimony", FACILITATOR),
    "contract": ("contract", CLIENT),
    "recommendations": ("hypothesis", CLIENT),
    "inventory": ("source", CLIENT),
    "matrix": ("metric", CLIENT),
    "metrics": ("metric", CLIENT),
    "aarri": ("metric", CLIENT),
    "learnings": ("learning", CLIENT),
}
"""The kind of note written in each pane, and its writer's role."""


MOST_PRESSES = 14
"""Presses of the filled button that lead through an agenda, a round of scores included."""


@pytest.mark.parametrize("name", few(agenda_files.names()))
def test_an_agenda_is_lived_from_its_first_step_to_its_summary_by_the_filled_button_alone(
    open_agenda: Callable[[str], Room], time: Time, name: str
) -> None:
    room, said, presses = open_agenda(name), [], 0
    while not room.session.ended:
        [button] = filled(frames(Eye(FACILITATOR)) + seen(room.session, FACILITATOR))
        names = ("do", "step", "was", "metrics", "round", "on")
        asked = {name: value for name in names if (value := button.attributes.get(f"data-{name}"))}
        presses += 1
        room.ask(FACILITATOR, **asked)
        if asked["do"] != "start":
            continue  # within a step the consultants are given the floor, a round of scores is opened, then shown
        step = room.session.step
        assert step
        for pane in step.shows:
            kind, role = WRITTEN[pane]
            said.append(f"Dit dans {step.id}, {pane}")
            room.ask(role, do="write", kind=kind, text=said[-1])
            for eye in (Eye(*one) for one in EVERYBODY):
                page = fragments(room.session, eye, OPENED)
                assert any(said[-1] in fragment for fragment in page.values())
                for fragment in page.values():
                    parsed(fragment)
        time.advance(step.seconds)
    assert presses <= MOST_PRESSES
    assert room.session.clock.spent == {step.id: step.seconds for step in room.session.steps}
    assert [note.text for note in room.session.notes.values()] == said
    [download] = filled(frames(Eye(FACILITATOR)) + seen(room.session, FACILITATOR))
    assert download.attributes["href"] == "facilitator/summary.docx"


@pytest.mark.parametrize(("name", "opens"), [("atelier-impact", False), ("indicators", True)])
def test_a_pane_that_no_step_opens_weighs_nothing(open_agenda: Callable[[str], Room], name: str, opens: bool) -> None:
    live = Live(open_agenda(name).store, Eye(FACILITATOR))
    for pane in map(partial(widgets.in_steps, live), ("inventory", "matrix")):
        assert bool(pane.frame) == opens
    assert bool(live.fragments(widgets.in_steps(live, "matrix"))) == opens


@pytest.mark.parametrize("name", agenda_files.names())
def test_only_parts_that_the_agenda_asks_for_are_missing(open_agenda: Callable[[str], Room], name: str) -> None:
    room = open_agenda(name)
    asked = {pane for step in room.session.steps for pane in step.shows}
    gaps = {"contract": "contract", "learning": "learnings", "kept": "metrics", "action": "learnings"}
    if name == "testimony":
        del gaps["action"]  # there is no one team to plan it
    assert missing(room.session) == [gap for gap, pane in gaps.items() if pane in asked]


# What an agenda leaves out ---------------------------------------------------------------------------


def test_only_the_testimony_event_gathers_many_teams_and_has_nothing_to_prepare() -> None:
    assert [name for name in agenda_files.names() if load(name).gathers] == ["testimony"]
    assert [name for name in agenda_files.names() if not load(name).prepares] == ["testimony"]
    own = HEAD + STEP.replace('"tour"]', '"testimonies", "problem"]')
    assert not parse(own).gathers and not parse(own).prepares
    for pane in agenda.MEASURED:
        assert parse(HEAD + STEP.replace('"tour"]', f'"testimonies", "{pane}"]')).prepares


def test_an_event_leaves_what_each_takes_away_and_neither_metrics_nor_three_actions(
    open_agenda: Callable[[str], Room],
) -> None:
    room = open_agenda("testimony")
    room.ask(FACILITATOR, do="start", step="closing")
    for number in range(4):
        room.ask(CLIENT, do="write", kind="learning", text=f"Ce que l’équipe {number} retient")
    for role in Role:
        page = seen(room.session, role, learnings)
        assert page.count("retient") >= 4
        # The page then hides the parts of one team (see impact.css).
        assert "data-gathered" in page and "Les mesures que l’équipe garde" not in page
    assert "action" not in " ".join(step.now.get(CLIENT, {}).get("en", "") for step in room.session.steps)


def test_metrics_are_kept_where_a_step_shows_them_or_some_came_in(
    tmp_path: Path, open_agenda: Callable[[str], Room]
) -> None:
    for name in agenda_files.names():
        kept = any(set(step.shows) & {"metrics", "matrix"} for step in load(name).steps)
        assert ("data-gathered" in seen(open_agenda(name).session, CLIENT, learnings)) == (name == "testimony")
        assert ("Les mesures que l’équipe garde" in seen(open_agenda(name).session, CLIENT, learnings)) == kept
    room = open_agenda("testimony")
    room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    room.ask(CLIENT, do="write", kind="action", text="Compter les renoncements")
    page = seen(room.session, CLIENT, learnings)
    assert "Les mesures que l’équipe garde" in page and "Compter les renoncements" in page
    assert "data-gathered" not in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_before_it_begins_a_team_is_told_to_prepare_only_what_the_agenda_opens(
    open_agenda: Callable[[str], Room], lang: str
) -> None:
    told = {name: seen(open_agenda(name).session, CLIENT, now, lang=lang) for name in agenda_files.names()}
    draft, problem = {"fr": ("hypothèses", "problème"), "en": ("hypotheses", "problem")}[lang]
    assert [name for name, said in told.items() if draft in said] == [
        n for n in agenda_files.names() if load(n).prepares
    ]
    assert [name for name, said in told.items() if problem in said] == [
        name for name in agenda_files.names() if load(name).shows("problem") and load(name).prepares
    ]
    prepare = {name: seen(open_agenda(name).session, CLIENT, people, lang=lang) for name in agenda_files.names()}
    assert [name for name, said in prepare.items() if "client/prepare" in said] == [
        name for name in agenda_files.names() if load(name).prepares
    ]


# The follow-up ---------------------------------------------------------------------------------------


def test_a_follow_up_shows_the_actions_and_the_metrics_of_last_time_where_it_speaks_of_them(
    open_agenda: Callable[[str], Room],
) -> None:
    room = open_agenda("follow-up")
    hour = session_file.read((TEMPLATES / "sessions" / "tidy.ipynb").read_bytes())
    room.store.merge(hour)
    decided = hour.fold()
    room.ask(FACILITATOR, do="start", step="since")
    assert room.session.step and room.session.step.shows == ("since", "learnings")
    page = seen(room.session, CLIENT, learnings)
    for note in [*decided.notes_of("action"), *decided.kept_metrics()]:
        assert note.text in html_of(page)
    done = room.session.notes_of("action")[0]
    room.ask(FACILITATOR, do="withdraw", note=done.id)
    room.ask(CLIENT, do="write", kind="action", text="Une autre prend sa place")

    room.ask(FACILITATOR, do="start", step="figures")
    # The scores were shown last time: nobody is told to talk about them now, nor has to pass by them.
    assert "Donnez les chiffres du mois" in seen(room.session, CLIENT, now)
    assert "Classement" not in seen(room.session, CLIENT, metrics) and Outline(room.session).ranking
    assert "Un autre tour" in seen(room.session, FACILITATOR, metrics)
    for note in decided.kept_metrics():
        room.ask(
            CLIENT, do="detail", note=note.id, detail="baseline", value="1234,5", was=note.details.get("baseline", "")
        )
        room.ask(
            CLIENT,
            do="detail",
            note=note.id,
            detail="baseline_date",
            value="2026-11-02",
            was=note.details.get("baseline_date", ""),
        )
    for role, buttons in ((CLIENT, True), (FACILITATOR, True), (CONSULTANT, False), (OBSERVER, False)):
        page = seen(room.session, role, metrics)
        assert "1\u202f234,5" in page and "02/11/2026" in page
        assert ('data-into="figure"' in page) == buttons


@pytest.mark.parametrize("pane", [metrics, matrix, learnings])
def test_wherever_a_metric_stands_its_dialogs_are_filled_alike(
    open_agenda: Callable[[str], Room], pane: ModuleType
) -> None:
    room = open_agenda("vision")
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    room.ask(CLIENT, do="keep", metric=metric, kept="true")
    room.ask(CLIENT, do="detail", note=metric, detail="baseline", value="21")
    filled_with = [
        json.loads(one.attributes["data-values"])
        for one in Tree(seen(room.session, CLIENT, pane)).elements
        if one.attributes.get("data-note") == metric and "data-values" in one.attributes
    ]
    assert filled_with and all(one == figures(room.session.notes[metric]) for one in filled_with)
    assert filled_with[0]["baseline"] == "21" and {"baseline_date", "quality", "threshold"} <= filled_with[0].keys()


@pytest.mark.parametrize("name", agenda_files.names())
def test_a_drawing_draws_again_every_pane_that_a_note_changes(open_agenda: Callable[[str], Room], name: str) -> None:
    room = open_agenda(name)
    drawing = Drawing([pane for pane in PANES.values() if pane.opened(room.session)], Eye(CLIENT))
    for step in room.session.steps:
        room.ask(FACILITATOR, do="start", step=step.id)
        for pane in step.shows:
            kind, role = WRITTEN[pane]
            drawing.update(Scene(room.session))
            room.ask(role, do="write", kind=kind, text="Quelques mots")
            zones = {part.zone for part in PANES[pane].parts}
            assert {id.partition("/")[0] for id in drawing.update(Scene(room.session))} & zones


# The wall of testimonies ----------------------------------------------------------------------------


def test_a_testimony_is_signed_by_who_told_it_and_by_who_wrote_it(open_agenda: Callable[[str], Room]) -> None:
    room = open_agenda("testimony")
    room.ask(FACILITATOR, do="start", step="first")
    room.ask(CLIENT, do="write", kind="testimony", text="Un an à compter des visites", behalf="person-consultant")
    [card] = Tree(seen(room.session, OBSERVER, testimonies)).all("article")
    assert all(words in card.words for words in ("Un an à compter des visites", "Inès", "noté par Marc"))
    assert "Lou" not in seen(room.session, CLIENT, testimonies)
    kinds = {
        role: [form.attributes["data-kind"] for form in Tree(frames(Eye(role), (testimonies,))).all("form")]
        for role in Role
    }
    assert kinds == {FACILITATOR: ["testimony"], CLIENT: ["testimony"], CONSULTANT: ["testimony"], OBSERVER: []}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_testimonies_go_into_every_summary(open_agenda: Callable[[str], Room], lang: str) -> None:
    room = open_agenda("testimony")
    room.ask(CONSULTANT, do="write", kind="testimony", text="Un an à compter des visites")
    [told] = Outline(room.session).told("voices")
    assert [note.text for note in told.notes] == ["Un an à compter des visites"]
    for written in (html(room.session, environment(lang)), markdown(room.session, environment(lang))):
        assert {"fr": "Témoignages", "en": "Testimonies"}[lang] in written and "Un an à compter des visites" in written
