"""What one tries in `comprendre`: traps whose numbers follow from their rule, exercises that refuse what is wrong and
say why, the same in a notebook and in the page that is served without a kernel, in a quarter of an hour."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lxml import html

from impactlib.domain import learning
from impactlib.domain.agenda import LANGUAGES
from impactlib.paths import NOTEBOOKS
from impactlib.rooms.layout import LAYOUT
from impactlib.views import learning as views
from impactlib.views.glossary import terms
from impactlib.widgets import learning as widgets
from tests.serving import Browser, Served, served

languages = pytest.mark.parametrize("lang", LANGUAGES)
CALL = re.compile(r"learning\.(trap|exercise)\(\"(\w+)\"\)")
KINDS = ("strategic_impact", "satisfaction", "ecological_impact", "political_impact", "social_impact")
WORDS = (
    *("indicator", "measure", "result", "impact", "vanity", "proxy", "campbell", "points", "cohort", "coefficient"),
    *("median", "matrix", "aarri", "north_star", "stats"),
)


def cells(lang: str, kind: str) -> list[str]:
    notebook = json.loads((NOTEBOOKS / lang / "comprendre.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def called(lang: str) -> list[tuple[str, str]]:
    return CALL.findall("\n".join(cells(lang, "code")))


def test_a_total_goes_up_whatever_the_months_do() -> None:
    for fewer in range(0, 60, 5):
        facts = learning.vanity(fewer)
        assert facts["total"] >= 400 >= facts["last"] >= 0
    assert learning.vanity(0) == {"total": 4800, "last": 400}


def test_two_points_are_more_per_cent_of_less() -> None:
    assert learning.points(20)["percent"] == 10 and learning.points(2)["percent"] == 100


def test_one_long_wait_pulls_the_mean_and_not_the_median() -> None:
    assert learning.waits(7) == {"mean": 5.2, "median": 5} and learning.waits(205) == {"mean": 25, "median": 5}


def test_an_impact_is_what_would_not_have_happened_otherwise() -> None:
    assert learning.coefficient(35)["impact"] == 200 and learning.coefficient(45)["impact"] == 0
    assert learning.proxy(0) == {"claimed": 20, "real": 0}


def test_a_target_that_is_cheated_on_looks_better_and_spoils_what_stands_beside_it() -> None:
    before, after = learning.campbell(0), learning.campbell(40)
    assert before["delay"] == 12 and after["delay"] < 8 and after["again"] > before["again"]


def test_more_visitors_leave_the_share_of_those_who_are_helped() -> None:
    shares = [learning.aarri(improved)["share"] for improved in range(4)]
    assert shares[1] == shares[0] < shares[3] < shares[2]


@languages
def test_each_trap_says_something_else_at_each_value(lang: str) -> None:
    for trap in learning.traps(lang).values():
        said = [(state.value, state.says, state.bars) for state in trap.states]
        assert len(said) == len(set(said)) >= 4 and 0 <= trap.start < len(said)
        assert all(0 <= bar.part <= 1 and bar.label and bar.figure for state in trap.states for bar in state.bars)


@languages
def test_each_exercise_refuses_wrong_answers_and_explains(lang: str) -> None:
    found = learning.exercises(lang)
    assert 6 <= len(found) <= 10
    for exercise in found.values():
        assert [option.right for option in exercise.options].count(True) == 1 and len(exercise.options) >= 3
        assert len({option.says for option in exercise.options}) == len(exercise.options)
        asked = widgets.AskedExercise(exercise, lang)
        assert asked.html == ""
        for index, option in enumerate(exercise.options):
            asked.control.index = index
            assert option.says in html.fromstring(asked.html).text_content() and exercise.answered(option.id) is option
            assert ('class="answer right"' in asked.html) == option.right and len(option.says) > 30
    with pytest.raises(KeyError):
        found["four"].answered("nothing")


def test_the_right_answer_is_not_always_in_the_same_place() -> None:
    places = [[option.right for option in one.options].index(True) for one in learning.exercises("fr").values()]
    assert set(places) == {0, 1, 2}


def test_both_languages_ask_the_same() -> None:
    french, english = (learning.exercises(lang) for lang in LANGUAGES)
    for id, exercise in french.items():
        assert [(one.id, one.right) for one in exercise.options] == [(one.id, one.right) for one in english[id].options]
    for id, trap in learning.traps("fr").items():
        assert [[bar.part for bar in state.bars] for state in trap.states] == [
            [bar.part for bar in state.bars] for state in learning.traps("en")[id].states
        ]


@languages
def test_the_notebook_shows_each_trap_and_each_exercise_once_in_order(lang: str) -> None:
    names = called(lang)
    assert [name for kind, name in names if kind == "exercise"] == list(learning.exercises(lang))
    assert sorted(name for kind, name in names if kind == "trap") == sorted(learning.traps(lang))


@languages
def test_the_notebook_has_the_words_of_the_glossary(lang: str) -> None:
    prose = " ".join(cells(lang, "markdown")).lower()
    known = {term.id: term.name.lower() for term in terms(lang)}
    words = [re.split(r" \(|, | et | and ", known[id])[0] for id in WORDS]
    assert [word for word in words if word not in prose] == []
    kinds = [known[id].replace("impact", "").replace("des usagers", "").replace("user", "").strip() for id in KINDS]
    assert [kind for kind in kinds if kind not in prose] == []


def _tried(exercise: learning.Exercise) -> list[learning.Option]:
    """The answers that somebody gives who is wrong once at each exercise, by the option that says most."""
    wrong = [option for option in exercise.options if not option.right]
    return [max(wrong, key=lambda option: len(option.says)), *(option for option in exercise.options if option.right)]


@languages
def test_it_is_read_in_a_quarter_of_an_hour(lang: str) -> None:
    traps, exercises = learning.traps(lang).values(), learning.exercises(lang).values()
    read = [
        *cells(lang, "markdown"),
        *(f"{one.title} {one.control} {one.states[one.start].says}" for one in traps),
        *(bar.label for one in traps for bar in one.states[0].bars),
        *(one.question for one in exercises),
        *(option.text for one in exercises for option in one.options),
        *(option.says for one in exercises for option in _tried(one)),
    ]
    words = sum(len(re.findall(r"\w[\w’'-]*", text)) for text in read)
    taken = learning.minutes(words, len(traps) + len(exercises))
    print(f"{lang}: {words} words, {taken:.1f} minutes")
    assert 8 < taken <= 15


@languages
def test_a_widget_shows_what_the_page_shows(lang: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / lang
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name, trap in learning.traps(lang).items():
        widget = widgets.trap(name)
        page = html.fromstring(str(views.trap(trap, lang)))
        drawn = page.xpath(".//div[@data-state]")
        assert [one.get("data-state") for one in drawn] == [state.value for state in trap.states]
        assert [one.get("hidden") is None for one in drawn].index(True) == trap.start == widget.control.index
        for index, one in enumerate(drawn):
            widget.control.index = index
            assert words_of(one) == words_of(html.fragment_fromstring(widget.html, create_parent="div"))
        told = widget._repr_mimebundle_()["text/html"]
        assert all(state.value in told for state in trap.states)
    assert "<details>" in widgets.exercise("four")._repr_mimebundle_()["text/html"]
    monkeypatch.setenv(LAYOUT, lang)
    assert widgets.trap("vanity").html == views.trap(learning.traps(lang)["vanity"], lang)
    assert widgets.exercise("four").html == views.exercise(learning.exercises(lang)["four"], lang)


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@served
async def test_the_page_needs_no_key_no_kernel_and_no_other_host(house: Served) -> None:
    for lang in LANGUAGES:
        drawn = "".join(str(views.exercise(one, lang)) for one in learning.exercises(lang).values())
        house.write_notebook("comprendre", f"<h1>Impact</h1>{drawn}<!--cells 1 of 1-->", lang)
        somebody = Browser(house, "/")
        somebody.cookies = {"impact-lang": lang}
        page = (await somebody.get("understand")).body.decode()
        assert page.count("<form") == len(learning.exercises(lang)) and "understand.js" in page
        assert "http://" not in page and "https://" not in page
        assert "/understand" in (await somebody.get("for-you")).body.decode()
        assert "/understand" in (await somebody.get("")).body.decode()
