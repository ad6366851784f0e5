"""The impact matrix is versioned data, filled by the metrics that a team names."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from impactlib.domain import impact_matrix, matrices
from impactlib.domain.agenda import Role
from impactlib.domain.hypotheses import CONCEPTS
from impactlib.domain.impact_matrix import Filled, filled
from impactlib.domain.matrices import MatrixError, load, parse
from tests.conftest import Room

CLIENT = Role.CLIENT
INDICATOR = '{ id = "ease", mandatory = true, title = { fr = "Facilité", en = "Ease" }, '
INDICATOR += 'definition = { fr = "une note", en = "a mark" } }'
CONCEPT = '[[concepts]]\nid = "usable"\ntitle = { fr = "Utilisable", en = "Usable" }\n'
CONCEPT += 'means = { fr = "sans peine", en = "with ease" }\n'
HEAD = 'name = "2026-08"\ndate = 2026-08-04\ntitle = { fr = "Août 2026", en = "August 2026" }\n'
WHOLE = f"{HEAD}{CONCEPT}indicators = [{INDICATOR}]\n"


# The versions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", matrices.names())
def test_each_version_of_the_kit_is_whole(name: str) -> None:
    version = load(name)
    assert version.name == name
    assert tuple(concept.id for concept in version.concepts) == CONCEPTS
    assert f"{version.date:%Y-%m}" == name
    assert all(indicator.definition for indicator in version.indicators)


def test_the_newest_version_comes_first() -> None:
    assert matrices.names() == ["2026-08", "2026-03", "2025-12"]


VERSIONS = """
ease-of-use           Note de facilité d’usage                      | listed | M      | M
support-contacts      Taux de contact du support                    | listed | listed | listed
completion            Taux d’abandon                                | listed | listed | listed
monthly-active-users  Nombre d’utilisateurs actifs / mois           | listed | M year | M year
monthly-transactions  Nombre de transactions/conversions / mois     | listed | listed | M
penetration           Taux de pénétration sur le marché prioritaire | -      | M year | M year
market-share          Part de marché                                | listed | listed | -
retention             Taux de rétention                             | listed | listed | listed
satisfaction          Taux de satisfaction usager                   | -      | -      | M
satisfaction-mark     Note de satisfaction du service rendu         | listed | listed | -
value-generated       Valeur générée                                | listed | M      | listed
impact-generated      Impact mesuré                                 | listed | listed | M
diffuse-impact        Impact diffus                                 | listed | listed | listed
risks-avoided         Risques évités                                | listed | listed | listed
budget                Budget sur l’année                            | listed | M      | -
cost-per-use          Coût à l’utilisation                          | listed | M year | M year
cost-per-problem      Coût à l’utilité                              | listed | listed | listed
cost-per-impact       Coût à l’impact                               | listed | listed | -
"""
RENAMED = {
    ("2026-03", "budget"): "Budget sur l’année (AE)",
    ("2026-08", "completion"): "Taux d’abandon/complétion",
    ("2026-08", "impact-generated"): "Impact généré",
}


def as_published(indicator: matrices.Indicator) -> str:
    return " ".join(["M" if indicator.mandatory else "listed"] + ["year"] * indicator.over_a_year)


@pytest.mark.parametrize(("column", "name"), list(enumerate(reversed(matrices.names()), 1)))
def test_each_version_has_the_indicators_that_were_published(column: int, name: str) -> None:
    published = {}
    for line in VERSIONS.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        id, title = cells[0].split(maxsplit=1)
        if cells[column] != "-":
            published[id] = (RENAMED.get((name, id), title), cells[column])
    assert {one.id: (one.title["fr"], as_published(one)) for one in load(name).indicators} == published


def test_only_march_names_a_scale() -> None:
    assert [(name, one.id) for name in matrices.names() for one in load(name).indicators if one.scale] == [
        ("2026-03", "ease-of-use")
    ]


def test_the_gestures_take_every_id_of_every_version(room: Room) -> None:
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    for name in matrices.names():
        for concept in load(name).concepts:
            for indicator in concept.indicators:
                room.ask(CLIENT, do="detail", note=metric, detail="indicator", value=indicator.id)
                assert room.session.notes[metric].details["indicator"] == indicator.id


@pytest.mark.parametrize("odd", ["Ease", "ease of use", "x" * 41, "facilité", "a/b", "../x", "<b>", "a_b"])
def test_an_indicator_is_named_by_a_plain_id(room: Room, odd: str) -> None:
    metric = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    room.refused(CLIENT, do="detail", note=metric, detail="indicator", value=odd)
    room.refused(CLIENT, do="write", kind="metric", text="Une autre", indicator=odd)


# What an author reads ---------------------------------------------------------------------------------


def test_a_whole_version_is_read() -> None:
    [concept] = parse(WHOLE).concepts
    [indicator] = concept.indicators
    assert (concept.id, concept.title["en"], indicator.id, indicator.mandatory) == ("usable", "Usable", "ease", True)


@pytest.mark.parametrize(
    ("written", "instead", "named"),
    [
        (WHOLE, "", ("concepts: none",)),
        ("[[concepts]]", "[[concepts]", ("not TOML", "line 4")),
        ('name = "2026-08"', 'name = "août"', ("name: 'août'", "2026-08")),
        ('name = "2026-08"', "name = 2026", ("name: 2026", "2026-08")),
        ('en = "August 2026"', 'en = " "', ("title:", "en =")),
        ("date = 2026-08-04", 'date = "2026-08-04"', ("date: '2026-08-04'", "without quotes")),
        ("date = 2026-08-04", "date = 2026-09-04", ("date: datetime.date(2026, 9, 4)",)),
        (', definition = { fr = "une note", en = "a mark" }', "", ("concepts[1].indicators[1].definition:",)),
        ("mandatory = true", "mandatory = true, over_a_year = 1", ("over_a_year: 1", "true or false")),
        ('id = "usable"', 'id = "pretty"', ("concepts[1].id: 'pretty'", "usable, used")),
        ('id = "usable"', 'id = ["usable"]', ("concepts[1].id: ['usable']", "usable, used")),
        (', en = "with ease"', "", ("concepts[1].means:", "en =")),
        (f"[{INDICATOR}]", "[]", ("concepts[1].indicators: none",)),
        (f"[{INDICATOR}]", "[3]", ("concepts[1].indicators[1]: not a table",)),
        ('id = "ease"', 'id = "Ease of use"', ("concepts[1].indicators[1].id: 'Ease of use'", "small letters")),
        ("mandatory = true", 'mandatory = "yes"', ("concepts[1].indicators[1].mandatory: 'yes'", "true or false")),
        ("mandatory = true, ", "", ("concepts[1].indicators[1].mandatory: None",)),
        ('en = "Ease"', "en = 4", ("concepts[1].indicators[1].title:",)),
        (f"[{INDICATOR}]", f"[{INDICATOR}, {INDICATOR}]", ("indicators: 'ease' stands twice",)),
        (WHOLE, f"{WHOLE}{CONCEPT}indicators = [{INDICATOR}]\n", ("concepts: 'usable' stands twice",)),
        (HEAD + CONCEPT + f"indicators = [{INDICATOR}]\n", 'concepts = "five"\n', ("concepts: none", "[[concepts]]")),
        (WHOLE, "a = " + "[" * 5000, ("not TOML", "too deep")),
    ],
)
def test_an_error_names_the_file_the_key_and_what_to_write(written: str, instead: str, named: tuple[str, ...]) -> None:
    assert written in WHOLE
    with pytest.raises(MatrixError) as caught:
        parse(WHOLE.replace(written, instead), "mine.toml")
    assert str(caught.value).startswith("mine.toml: ")
    assert all(words in str(caught.value) for words in named)


def test_a_version_that_the_kit_does_not_have_is_refused_with_those_it_has() -> None:
    for name in ("2019-01", "../agendas/atelier-impact", ""):
        with pytest.raises(MatrixError, match="2026-08, 2026-03"):
            load(name)


# Filled by a session ----------------------------------------------------------------------------------


def drafted(room: Room, metric: str, concept: str = "", **details: str) -> str:
    id = room.ask(CLIENT, do="draft", statement=f"Nous pensons… {metric}", concept=concept, metric=metric, **details)
    return f"{id}-m"


def placed(session_filled: Filled) -> dict[str, tuple[str, list[str]]]:
    rows = [row for part in session_filled.parts for row in part.rows if row.metrics]
    return {row.indicator.id: (row.state, [metric.text for metric in row.metrics]) for row in rows}


def others(session_filled: Filled) -> dict[str, list[str]]:
    return {part.concept.id: [need.metric.text for need in part.others] for part in session_filled.parts if part.others}


def test_an_empty_session_has_nothing_for_any_mandatory_indicator(room: Room) -> None:
    empty = filled(room.session, load("2026-08"))
    assert [empty.mandatory(state) for state in impact_matrix.STATES] == [0, 0, 7]
    assert (placed(empty), others(empty), empty.unplaced) == ({}, {}, ())


def test_the_matrix_fills_from_a_concept_to_an_indicator_to_a_figure(room: Room) -> None:
    metric = drafted(room, "Note de facilité", "usable")
    beside = filled(room.session, load("2026-08"))
    assert (others(beside), placed(beside)) == ({"usable": ["Note de facilité"]}, {})
    room.ask(CLIENT, do="detail", note=metric, detail="indicator", value="ease-of-use")
    named = filled(room.session, load("2026-08"))
    assert (others(named), placed(named)) == ({}, {"ease-of-use": ("metric", ["Note de facilité"])})
    assert [named.mandatory(state) for state in impact_matrix.STATES] == [0, 1, 6]
    room.ask(CLIENT, do="detail", note=metric, detail="baseline", value="72")
    measured = filled(room.session, load("2026-08"))
    assert placed(measured)["ease-of-use"][0] == "figure"
    assert [measured.mandatory(state) for state in impact_matrix.STATES] == [1, 0, 6]
    room.ask(CLIENT, do="withdraw", note=metric)
    assert placed(filled(room.session, load("2026-08"))) == {}


def test_the_latest_reading_is_the_figure_and_its_change_over_one_year_is_told(room: Room) -> None:
    metric = drafted(room, "Familles actives", "used", baseline="200", baseline_date="2031-10-31")
    room.ask(CLIENT, do="detail", note=metric, detail="indicator", value="monthly-active-users")
    for figure, month in (("400", "2031-12"), ("500", "2032-12")):
        room.ask(CLIENT, do="write", kind="reading", about=metric, text="", figure=figure, as_of=month, quality="90")
    now = filled(room.session, load("2026-08"))
    [line] = next(row.lines for part in now.parts for row in part.rows if row.lines)
    assert line.figures.latest and line.figures.latest.value == 500 and line.quality == "90"
    assert line.figures.over_a_year and line.figures.over_a_year.ratio == Decimal("0.25")


def test_a_target_is_no_figure_yet(room: Room) -> None:
    drafted(room, "Satisfaction", "useful", target="80")
    metric = drafted(room, "Satisfaction à chaud", target="80")
    room.ask(CLIENT, do="detail", note=metric, detail="indicator", value="satisfaction")
    assert placed(filled(room.session, load("2026-08")))["satisfaction"][0] == "metric"


def test_one_figure_among_several_metrics_is_a_figure(room: Room) -> None:
    for text, baseline in (("Comptes actifs", ""), ("Foyers actifs", "120")):
        metric = drafted(room, text, "used", baseline=baseline)
        room.ask(CLIENT, do="detail", note=metric, detail="indicator", value="monthly-active-users")
    assert placed(filled(room.session, load("2026-08"))) == {
        "monthly-active-users": ("figure", ["Comptes actifs", "Foyers actifs"])
    }


def test_the_indicator_that_a_metric_names_goes_before_its_hypothesiss_concept(room: Room) -> None:
    metric = drafted(room, "Valeur", "impactful")
    room.ask(CLIENT, do="detail", note=metric, detail="indicator", value="value-generated")
    for version, state in (("2026-08", 0), ("2026-03", 1)):
        now = filled(room.session, load(version))
        assert (placed(now), others(now)) == ({"value-generated": ("metric", ["Valeur"])}, {})
        assert now.mandatory("metric") == state


def test_an_indicator_that_this_version_does_not_have_is_no_place(room: Room) -> None:
    metric = drafted(room, "Sobriété", "efficient")
    room.ask(CLIENT, do="detail", note=metric, detail="indicator", value="carbon-per-use")
    assert others(filled(room.session, load("2026-08"))) == {"efficient": ["Sobriété"]}


def test_a_metric_without_concept_or_of_a_withdrawn_hypothesis_is_not_placed(room: Room) -> None:
    first = drafted(room, "Délai médian", "useful")
    room.ask(CLIENT, do="write", kind="metric", text="Visites")
    drafted(room, "Abandons")
    room.ask(CLIENT, do="withdraw", note=first.removesuffix("-m"))
    now = filled(room.session, load("2026-08"))
    assert [need.metric.text for need in now.unplaced] == ["Délai médian", "Visites", "Abandons"]


def test_a_version_may_leave_a_concept_out_and_its_metrics_are_then_not_placed(room: Room) -> None:
    drafted(room, "Coût par usage", "efficient")
    assert [need.metric.text for need in filled(room.session, parse(WHOLE)).unplaced] == ["Coût par usage"]


def test_every_metric_stands_just_once_in_every_version(room: Room) -> None:
    for n, concept in enumerate(("", *CONCEPTS)):
        metric = drafted(room, f"Mesure {n}", concept)
        room.ask(CLIENT, do="detail", note=metric, detail="indicator", value="satisfaction" if n % 2 else "")
    everything = sorted(note.text for note in room.session.notes_of("metric"))
    for name in matrices.names():
        now = filled(room.session, load(name))
        found = [metric.text for part in now.parts for row in part.rows for metric in row.metrics]
        found += [need.metric.text for part in now.parts for need in part.others]
        assert sorted(found + [need.metric.text for need in now.unplaced]) == everything


def test_the_versions_are_files_that_a_package_carries() -> None:
    assert {Path(matrices.FOLDER / f"{name}.toml").is_file() for name in matrices.names()} == {True}
