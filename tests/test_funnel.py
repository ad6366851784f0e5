"""The five stages of AARRI over one period: what is divided, what is not and why, and which passage is the weakest."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from impactlib.domain.aarri import STEPS
from impactlib.domain.agenda import Role
from impactlib.domain.events import DetailSet, Entry, Event, NoteWritten
from impactlib.domain.fold import history
from impactlib.domain.funnel import FEWEST, NONE, WHY, Funnel, Stage, funnel
from impactlib.domain.session import Session
from impactlib.domain.units import words_of
from impactlib.export import render
from impactlib.views import Eye
from impactlib.views.aarri import PANE
from impactlib.views.render import environment
from impactlib.views.summary import PANE as SUMMARY
from tests.conftest import Room, Time, examples
from tests.test_aarri import DAY, drawn, give
from tests.test_follow import words

CLIENT = Role.CLIENT
Figures = dict[str, tuple[str, str]]
"""The figure of each month, by its last day: the value, and the period that it is over."""


def one(step: str, unit: str, figures: Figures, **details: str) -> tuple[str, str, Figures, dict[str, str]]:
    """A metric of a stage, with its readings."""
    return step, unit, figures, details


def told(*metrics: tuple[str, str, Figures, dict[str, str]]) -> Funnel | None:
    """The funnel of a session that has these metrics, told long after."""
    at, happened = count(1), list[Entry]()

    def add(event: Event) -> None:
        n = next(at)
        happened.append(Entry("s", n, f"e{n}", 2_100_000_000.0 + n, "p", "", event))

    for n, (step, unit, figures, details) in enumerate(metrics):
        add(NoteWritten(f"m{n}", "metric", f"Mesure {n}"))
        for name, value in {"aarri": step, "unit": unit, **details}.items():
            add(DetailSet(f"m{n}", name, value))
        for k, (on, (value, over)) in enumerate(figures.items()):
            add(NoteWritten(f"m{n}r{k}", "reading", "", f"m{n}"))
            for name, said in (("figure", value), ("as_of", on), ("over", over)):
                add(DetailSet(f"m{n}r{k}", name, said))
    return funnel(history(happened, Session(id="s")))


def month(*values: str, on: str = "2026-10-31", unit: str = "personnes") -> Funnel:
    """The funnel of one month, a stage for each value from the first on; "" for a stage without a figure."""
    found = told(
        *(one(step, unit, {on: (value, "month")} if value else {}) for step, value in zip(STEPS, values, strict=False))
    )
    assert found
    return found


def shares(found: Funnel) -> list[Any]:
    """Of each stage its share, or why there is none."""
    return [stage.why or stage.share for stage in found.stages]


def test_each_stage_is_a_share_of_the_one_before_over_one_month() -> None:
    found = month("240", "84", "63", "27", "9")
    assert found.period and (str(found.period.on), found.period.over) == ("2026-10-31", "month")
    assert shares(found) == ["first", Fraction(7, 20), Fraction(3, 4), Fraction(3, 7), Fraction(1, 3)]
    assert [stage.name for stage in found.weakest] == ["impact"] and found.no_weakest == ""


@pytest.mark.parametrize(
    ("values", "expected", "weakest", "no_weakest"),
    [
        # What is missing is said of the stage itself, and of the one after it, which nothing else is divided by.
        (("240", "84", "", "27", "9"), ["first", Fraction(7, 20), "figure", "before", Fraction(1, 3)], ["impact"], ""),
        (("240", "84", "63"), ["first", Fraction(7, 20), Fraction(3, 4), "metric", "metric"], ["activation"], ""),
        (("240", "", "", "27", ""), ["first", "figure", "figure", "before", "figure"], [], "few"),
        (("240", "84"), ["first", Fraction(7, 20), "metric", "metric", "metric"], [], "few"),
        # Nobody at the stage before: nothing to divide by; nobody at this one: all were lost.
        (("0", "84", "63"), ["first", "zero", Fraction(3, 4), "metric", "metric"], [], "few"),
        (("0", "0", "0", "0", "0"), ["first", "zero", "zero", "zero", "zero"], [], "few"),
        (
            ("9", "0", "5", "5", "0"),
            ["first", Fraction(0), "zero", Fraction(1), Fraction(0)],
            ["activation", "impact"],
            "",
        ),
        # Alike as they are: both, or all.
        (("8", "4", "2", "2"), ["first", Fraction(1, 2), Fraction(1, 2), Fraction(1), "metric"], [*STEPS[1:3]], ""),
        (("16", "8", "4", "2", "1"), ["first", *[Fraction(1, 2)] * 4], [*STEPS[1:]], ""),
        # More than before is told, and loses nobody.
        (("10", "25", "5"), ["first", Fraction(5, 2), Fraction(1, 5), "metric", "metric"], ["retention"], ""),
        (("10", "25", "25", "30"), ["first", Fraction(5, 2), Fraction(1), Fraction(6, 5), "metric"], [], "grows"),
        (("240", "-84", "63"), ["first", "below", "uncounted", "metric", "metric"], [], "few"),
        (("0.5", "0.25", "0.1"), ["first", Fraction(1, 2), Fraction(2, 5), "metric", "metric"], ["retention"], ""),
    ],
)
def test_what_is_missing_or_odd_is_told_and_nothing_is_made_up(
    values: tuple[str, ...], expected: list[Any], weakest: list[str], no_weakest: str
) -> None:
    found = month(*values)
    assert shares(found) == expected
    assert ([stage.name for stage in found.weakest], found.no_weakest) == (weakest, no_weakest)


def test_the_period_is_the_last_of_which_two_stages_have_a_figure() -> None:
    found = told(
        one("acquisition", "personnes", {"2026-09-30": ("200", "month"), "2026-10-31": ("240", "month")}),
        one("activation", "personnes", {"2026-09-30": ("100", "month"), "2026-10-31": ("84", "month")}),
        one("retention", "personnes", {"2026-09-30": ("20", "month"), "2026-11-30": ("63", "month")}),
    )
    assert found and found.period and str(found.period.on) == "2026-10-31"
    assert shares(found) == ["first", Fraction(7, 20), "figure", "metric", "metric"]


def test_figures_of_unlike_periods_are_never_divided() -> None:
    apart = told(
        one("acquisition", "personnes", {"2026-12-31": ("1200", "year")}),
        one("activation", "personnes", {"2026-12-31": ("84", "month")}),
        one("retention", "personnes", {"2026-12-31": ("63", "")}),
        one("impact", "personnes", {"2026-12-30": ("9", "month")}),
    )
    assert apart and apart.period is None
    assert shares(apart) == ["figure", "figure", "figure", "metric", "figure"] and apart.no_weakest == "few"
    # Of two that end on one day that of most stages is taken.
    year = {"2026-12-31": ("84", "year")}
    both = told(
        one("acquisition", "personnes", {"2026-12-31": ("1200", "year")}),
        one("activation", "personnes", year),
        one("retention", "personnes", year),
        one("recommendation", "personnes", {"2026-12-31": ("5", "month")}),
        one("impact", "personnes", {"2026-12-31": ("9", "month")}),
    )
    assert both and both.period and both.period.over == "year"


@pytest.mark.parametrize(
    ("units", "why"),
    [
        (("personnes", "%"), ("measure", "uncounted")),
        (("personnes", "% des inscrits"), ("measure", "uncounted")),
        (("personnes", "jours"), ("measure", "uncounted")),
        (("personnes", "€"), ("measure", "uncounted")),
        (("personnes", "sur 5"), ("measure", "uncounted")),
        (("personnes", "familles"), ("unit", "unit")),
        (("personnes", ""), ("unsaid", "unsaid")),
        (("", ""), ("unsaid", "unsaid")),
    ],
)
def test_only_counts_in_one_unit_are_divided(units: tuple[str, str], why: tuple[str, str]) -> None:
    first, second = units
    of = {"2026-10-31": ("50", "month")}
    found = told(one("acquisition", first, of), one("activation", second, of), one("retention", first, of))
    assert found and shares(found)[1:3] == list(why)
    assert found.stages[1].figure and found.stages[1].figure.text == "50"


def test_a_metric_that_is_a_part_of_something_is_no_count_whatever_its_unit() -> None:
    of = {"2026-10-31": ("50", "month")}
    found = told(
        one("acquisition", "personnes", of),
        one("activation", "personnes", of, numerator="actives", denominator="inscrites"),
    )
    assert found and shares(found)[:2] == ["first", "measure"]


def test_units_are_compared_as_they_are_meant() -> None:
    of = {"2026-10-31": ("2", "month")}
    found = told(
        one("acquisition", "milliers de personnes", of),
        one("activation", "People", {"2026-10-31": ("500", "month")}),
        one("retention", "personne", {"2026-10-31": ("250", "month")}),
    )
    assert found and shares(found)[:3] == ["first", Fraction(1, 4), Fraction(1, 2)]


def test_populations_that_are_worded_differently_leave_a_doubt() -> None:
    of = {"2026-10-31": ("50", "month")}
    agents = {"population": "agents des mairies"}
    found = told(
        one("acquisition", "personnes", of, population="Agents des mairies"),
        one("activation", "personnes", of, **agents),
        one("retention", "personnes", of, population="familles"),
        one("impact", "personnes", of),
    )
    assert found and [stage.reworded for stage in found.stages] == [False, False, True, False, False]


def test_of_several_metrics_the_one_that_can_be_divided_tells_the_stage() -> None:
    of = {"2026-10-31": ("50", "month")}
    found = told(
        one("acquisition", "visites", of),
        one("acquisition", "personnes", of),
        one("activation", "%", of),
        one("activation", "personnes", {"2026-10-31": ("20", "month")}),
        one("retention", "personnes", {}),
        one("retention", "%", of),
        one("impact", "personnes", of),
    )
    assert found and [stage.others for stage in found.stages] == [1, 1, 1, 0, 0]
    assert shares(found) == ["first", Fraction(2, 5), "measure", "metric", "before"]


def test_one_stage_alone_is_no_funnel_and_a_figure_still_to_come_is_not_known(room: Room, time: Time) -> None:
    assert told() is None and told(one("impact", "personnes", {"2026-10-31": ("50", "month")})) is None
    assert told(one("", "personnes", {}), one("impact", "personnes", {})) is None
    for step in ("acquisition", "activation"):
        metric = room.ask(CLIENT, do="write", kind="metric", text=step, unit="personnes")
        room.ask(CLIENT, do="detail", note=metric, detail="aarri", value=step)
        give(room, metric, "12", "2033-06")  # on 18 May
    found = funnel(room.session)
    assert found and found.period is None


# Whatever is typed --------------------------------------------------------------------------------------

VALUES = st.sampled_from(["", "0", "1", "2", "4", "-3", "0.5", "1e3", "999999999999"])
UNITS = st.sampled_from(["personnes", "personne", "familles", "%", "", "k personnes", "jours"])
PERIODS = st.sampled_from(
    [("2026-10-31", "month"), ("2026-10-31", ""), ("2026-12-31", "year"), ("2026-12-31", "month")]
)
METRICS = st.lists(
    st.tuples(st.sampled_from(["", *STEPS]), UNITS, st.dictionaries(PERIODS, VALUES, max_size=3)), max_size=8
)


@examples(200)
@given(given_=METRICS)
def test_what_is_divided_is_two_counts_of_one_unit_and_one_period(given_: list[Any]) -> None:
    metrics = [
        one(step, unit, {on: (value, over) for (on, over), value in of.items() if value}) for step, unit, of in given_
    ]
    found = told(*metrics)
    assert (found is None) == (len({step for step, *_ in metrics if step}) < 2)
    if found is None:
        return
    assert [stage.name for stage in found.stages] == list(STEPS) and found.stages[0].share is None
    for before, stage in pairwise(found.stages):
        assert (stage.share is None) == (stage.why in WHY)
        if stage.share is not None:
            assert stage.share >= 0
            figures = [before.figure, stage.figure]
            assert len({(one.on, one.over) for one in figures if one}) == 1 and all(figures)
            assert all("%" not in words_of(one.series.unit) for one in (before, stage) if one.series)
    least = [stage.share for stage in found.known if stage.share is not None]
    assert bool(found.weakest) == (len(least) >= FEWEST and min(least) < 1)
    assert {stage.share for stage in found.weakest} == ({min(least)} if found.weakest else set())
    assert (found.no_weakest in NONE) != bool(found.weakest)


@examples(50)
@given(st.lists(st.integers(1, 10**6), min_size=3, max_size=5))
def test_the_shares_of_a_whole_funnel_multiply_to_what_is_left(values: list[int]) -> None:
    found, product = month(*map(str, values)), Fraction(1)
    for stage in found.known:
        assert stage.share is not None
        product *= stage.share
    assert product == Fraction(values[-1], values[0])


# Where it is told ---------------------------------------------------------------------------------------


@pytest.fixture
def stages(room: Room, time: Time) -> Room:
    """Four stages of May 2033, of which one is a percentage and one has a figure of April alone, looked at in July."""
    time.advance(60 * DAY)
    given = (
        ("acquisition", "personnes", "240", "2033-05"),
        ("activation", "personnes", "84", "2033-05"),
        ("retention", "personnes", "63", "2033-05"),
        ("recommendation", "personnes", "27", "2033-04"),
        ("impact", "%", "31", "2033-05"),
    )
    for step, unit, figure, on in given:
        metric = room.ask(CLIENT, do="write", kind="metric", text=f"Mesure de {step}", unit=unit)
        room.ask(CLIENT, do="detail", note=metric, detail="aarri", value=step)
        give(room, metric, figure, on)
    return room


TOLD = (
    "Les cinq étapes : mai 2033",
    "Le passage le plus faible : entre Acquisition et Activation, il en reste 35 % (84 personnes sur 240 personnes)",
    "Passages connus : 2 sur 4.",
    "75 %",
    "pas de chiffre pour mai 2033 ; le dernier est 27 personnes (avril 2033)",
    "31 %",
    "donné tel quel",
)


def plainly(said: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", said)


@pytest.mark.parametrize(
    ("kind", "form"), [*(("summary", form) for form in ("md", "html", "odt", "docx")), ("committee", "html")]
)
def test_every_file_that_is_read_tells_the_stages(stages: Room, kind: str, form: str) -> None:
    said = words(render(stages.store.to_file(), kind, form, environment("fr")), form)
    said = plainly(re.sub(r"<[^>]+>", "", said) if form == "html" else said)
    assert [one for one in TOLD if one not in said] == []


def test_the_pane_and_the_summary_of_the_page_tell_the_stages(stages: Room) -> None:
    for pane in (PANE, SUMMARY):
        said = plainly(drawn(stages, pane=pane))
        assert [one for one in TOLD if one not in said] == []


def test_a_figure_of_the_month_that_runs_is_said_not_to_count(room: Room, time: Time) -> None:
    for step, figure in (("acquisition", "200"), ("activation", "150")):
        metric = room.ask(CLIENT, do="write", kind="metric", text=f"Mesure de {step}", unit="personnes")
        room.ask(CLIENT, do="detail", note=metric, detail="aarri", value=step)
        give(room, metric, figure, "2033-05")  # on 18 May
    said = plainly(drawn(room))
    why = (
        "Mai 2033 : le chiffre a été donné avant le dernier jour, le 31/05/2033 ; il n’est donc pas compté. "
        "Donnez le dernier mois terminé, et celui-ci à nouveau à partir de ce jour."
    )
    assert said.count(why) == 2
    assert "200 personnes (mai 2033 – le chiffre a été donné avant son jour)" in said
    frame = plainly(str(PANE.frame(Eye(CLIENT, "fr"))))
    assert "Un mois compte une fois terminé : donnez le dernier qui l’est." in frame
    # Once it is over it is given again, and counts.
    time.advance(20 * DAY)
    for note, figure in zip(room.session.notes_of("metric"), ("240", "84"), strict=True):
        give(room, note.id, figure, "2033-05")
    said = plainly(drawn(room))
    assert "avant le dernier jour" not in said and "Les cinq étapes : mai 2033" in said and "35 %" in said


def test_a_stage_without_a_unit_says_how_to_give_it_and_it_is_taken_so(room: Room, time: Time) -> None:
    time.advance(20 * DAY)
    metrics = []
    for step, figure in (("acquisition", "200"), ("activation", "150")):
        metrics.append(room.ask(CLIENT, do="write", kind="metric", text=f"Mesure de {step}"))
        room.ask(CLIENT, do="detail", note=metrics[-1], detail="aarri", value=step)
        give(room, metrics[-1], figure, "2033-05")
    hint = "écrivez-la après le chiffre, par exemple « 200 personnes », ou dans la définition de la mesure."
    said = plainly(drawn(room))
    assert said.count(hint) == 2 and "l’unité des deux étapes" in said
    for metric, figure in zip(metrics, ("200 personnes", "150 personnes"), strict=True):
        give(room, metric, figure, "2033-05")
    said = plainly(drawn(room))
    assert hint not in said and "75 %" in said


def test_nothing_of_stages_is_told_where_one_alone_has_a_metric(room: Room) -> None:
    metric = room.ask(CLIENT, do="write", kind="metric", text="Visites", unit="personnes")
    room.ask(CLIENT, do="detail", note=metric, detail="aarri", value="impact")
    for pane in (PANE, SUMMARY):
        assert "Les cinq étapes" not in drawn(room, pane=pane)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("why", [*WHY, *NONE, "above", "reworded"])
def test_every_reason_has_its_words(lang: str, why: str) -> None:
    of = {"2026-10-31": ("50", "month")}
    cases: dict[str, list[Any]] = {
        "metric": [one("acquisition", "personnes", of), one("impact", "personnes", of)],
        "figure": [one("acquisition", "personnes", {}), one("activation", "personnes", {})],
        "measure": [one("acquisition", "%", of), one("activation", "%", of)],
        "below": [one("acquisition", "personnes", {"2026-10-31": ("-1", "month")}), one("activation", "personnes", of)],
        "first": [one("acquisition", "personnes", of), one("activation", "personnes", of)],
        "before": [one("activation", "personnes", of), one("impact", "personnes", of)],
        "uncounted": [one("acquisition", "%", of), one("activation", "personnes", of)],
        "unsaid": [one("acquisition", "", of), one("activation", "", of)],
        "unit": [one("acquisition", "<b>", of), one("activation", "personnes", of)],
        "zero": [one("acquisition", "personnes", {"2026-10-31": ("0", "month")}), one("activation", "personnes", of)],
        "few": [one("acquisition", "personnes", of), one("activation", "personnes", of)],
        "grows": [one(step, "personnes", of) for step in STEPS],
        "above": [one("acquisition", "personnes", of), one("activation", "personnes", {"2026-10-31": ("60", "month")})],
        "reworded": [one(step, "personnes", of, population=step) for step in STEPS],
    }
    found = told(*cases[why])
    assert found
    if why in WHY:
        assert why in {stage.why for stage in found.stages}
    say = environment(lang).get_template("aarri.html").module
    table, sentence = plainly(str(say.stages_of(found))), plainly(str(say.weakest(found)))  # type: ignore[attr-defined]
    assert "<b>" not in table
    table = re.sub(r"</?bdi[^>]*>", "", table)
    asked: dict[str, tuple[str, str]] = {
        "metric": ("pas encore de mesure", "no metric yet"),
        "figure": ("pas encore de chiffre", "no figure yet"),
        "measure": ("donné tel quel", "told as it is"),
        "below": ("négatif", "below zero"),
        "first": ("le point de départ", "where it begins"),
        "before": ("n’a pas de chiffre de cette période", "has no figure of this period"),
        "uncounted": ("n’est pas un nombre que l’on compte", "is told by no count"),
        "unsaid": ("l’unité des deux étapes", "the unit of both stages"),
        "unit": ("compté en personnes", "counted in personnes"),
        "zero": ("à zéro", "at zero"),
        "few": ("il faut connaître deux passages", "two passages must be known"),
        "grows": ("ne perd personne", "loses anybody"),
        "above": ("120 %", "120%"),
        "reworded": ("écrites autrement", "worded differently"),
    }
    assert asked[why][0 if lang == "fr" else 1] in (sentence if why in NONE else table)


def test_stages_that_tie_are_both_named(room: Room) -> None:
    found = month("8", "4", "2", "2")
    say = environment("fr").get_template("aarri.html").module
    sentence = plainly(str(say.weakest(found)))  # type: ignore[attr-defined]
    assert "Les passages les plus faibles, à égalité" in sentence
    assert "entre Acquisition et Activation" in sentence and "entre Activation et Rétention" in sentence


def test_a_funnel_names_the_stage_before() -> None:
    found = month("8", "4", "2")
    first, second, *_ = found.stages
    assert found.before(first) is None and found.before(second) == first and isinstance(second, Stage)
