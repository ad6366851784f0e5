"""Hypotheses, and what is weak in them: a table of invented ones, then the edges of each rule."""

from __future__ import annotations

import gettext
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from impactlib.domain.check import FINDINGS, check
from impactlib.domain.hypotheses import FIELDS, Hypothesis
from impactlib.paths import LOCALE
from tests.conftest import agree

CODES = [finding.code for finding in FINDINGS]
SOUND = Hypothesis(
    statement="Les foyers en attente sont relogés plus tôt.",
    concept="impactful",
    metric="Délai médian de relogement",
    unit="jours",
    population="foyers en attente",
    direction="less",
    source="registre des demandes",
    owner="Inès",
    quality="50",
    baseline="90",
    baseline_date="2026-01-31",
    target="60",
    target_date="2027-01-31",
)


def table() -> list[tuple[Hypothesis, list[str], dict[str, Any]]]:
    """Every row of `hypotheses.toml` with the codes that it expects, and as it is written."""
    told = tomllib.loads((Path(__file__).parent / "hypotheses.toml").read_text(encoding="utf-8"))
    return [(_row(said, told["rest"][said["lang"]]), said["expects"], said) for said in told["row"]]


def _row(said: dict[str, Any], rest: dict[str, str]) -> Hypothesis:
    own = {name: value for name, value in said.items() if name in FIELDS}
    return Hypothesis(**own if said.get("bare") else rest | own)


def wordings() -> list[tuple[Hypothesis, list[str]]]:
    """Every wording of `wordings.toml` with the codes that it expects."""
    told = tomllib.loads((Path(__file__).parent / "wordings.toml").read_text(encoding="utf-8"))
    return [(_row(said, told["rest"]), said["expects"]) for said in told["wordings"]]


def codes(**changed: str) -> list[str]:
    """The findings in a sound hypothesis once these fields are changed."""
    return [finding.code for finding in check(Hypothesis(**{**vars(SOUND), **changed}))]


def test_a_row_of_the_table_gives_the_codes_that_it_expects() -> None:
    def agrees(row: Hypothesis, expects: list[str]) -> None:
        assert [finding.code for finding in check(row)] == expects

    agree([row[:2] for row in table()], agrees)


def test_a_way_to_say_it_is_heard_or_left_alone() -> None:
    def agrees(row: Hypothesis, expects: list[str]) -> None:
        assert {finding.code for finding in check(row)} == set(expects)

    agree(wordings(), agrees)


def test_the_table_has_each_code_three_times_in_each_language_and_a_third_of_sound_rows() -> None:
    rows = table()
    assert len(rows) >= 140
    for lang in ("fr", "en"):
        expected = [code for _, expects, said in rows if said["lang"] == lang for code in expects]
        assert {code for code in CODES if expected.count(code) < 3} == set()
    assert 0.3 < sum(not expects for _, expects, _ in rows) / len(rows) < 0.45
    assert sum(said.get("held_out", False) for _, _, said in rows) >= 20


def test_a_sound_hypothesis_has_no_finding() -> None:
    assert check(SOUND) == []


def test_findings_come_most_worth_asking_first() -> None:
    assert len(set(CODES)) == len(CODES) == 15
    found = codes(population="", source="", owner="", target="90", target_date="2025-01-31")
    assert found == ["no-population", "no-source", "no-owner", "target-not-better", "date-order"]
    assert [code for code in CODES if code in found] == found


def test_an_empty_row_is_asked_what_can_be_asked_without_a_metric() -> None:
    found = [finding.code for finding in check(Hypothesis())]
    assert found == ["no-population", "no-baseline", "no-target", "no-source", "no-owner"]


@pytest.mark.parametrize("answer", ["?", "…", "-", "TBD", "n/a", "à définir", "À préciser", "inconnu", "to be decided"])
def test_a_non_answer_counts_as_nothing(answer: str) -> None:
    assert codes(source=answer, owner=answer, population=answer) == ["no-population", "no-source", "no-owner"]


@pytest.mark.parametrize("sign", ["%", "€", "°C"])
def test_a_unit_may_be_a_sign(sign: str) -> None:
    assert "no-unit" not in codes(unit=sign)


@pytest.mark.parametrize("answer", ["Tout le monde", "everyone", "les gens", "All"])
def test_everyone_is_no_population_and_no_owner(answer: str) -> None:
    assert codes(population=answer, owner=answer) == ["no-population", "no-owner"]
    assert codes(source=answer) == []


def test_capitals_accents_and_apostrophes_change_nothing() -> None:
    for metric in ("Comptes créés", "COMPTES CREES", "Nombre d’inscrits", "nombre d'inscrits"):
        assert codes(metric=metric, unit="comptes", direction="more", baseline="1") == ["usage-as-impact"]


def test_the_statement_without_a_metric_is_read_for_use_and_points() -> None:
    bare = {"metric": "", "unit": ""}
    assert codes(**bare, statement="Reach 20,000 downloads.") == ["usage-as-impact"]
    assert codes(**bare, statement="Reach 20,000 downloads.", concept="used") == []
    assert codes(**bare, statement="Augmenter de 10 % le taux de recours.") == ["points-or-percent"]
    assert codes(**bare, statement="Grâce aux messages envoyés, on vient au rendez-vous.") == []


def test_use_is_sound_for_what_is_used_unless_it_is_called_impact() -> None:
    counted = {"metric": "Nombre de visites", "unit": "visites", "direction": "more", "baseline": "1", "period": "mois"}
    assert codes(**counted, concept="used") == []
    assert codes(**counted, concept="used", statement="Notre impact : 900 visites.") == ["usage-as-impact"]
    assert codes(**counted, concept="used", statement="Des visites ne sont pas un impact.") == []
    assert codes(**counted, concept="", statement="La page est plus utilisée.") == []
    assert codes(**counted, concept="", statement="Les foyers sont relogés.") == ["usage-as-impact"]
    assert codes(**counted, stands_for="le recours aux droits") == []
    assert codes(**{**counted, "direction": "less", "target": "0"}) == []


def test_a_result_of_use_is_no_longer_use() -> None:
    rest = {"unit": "personnes", "direction": "more", "baseline": "1", "period": "mois"}
    assert codes(metric="Visiteurs qui trouvent un emploi", **rest) == []
    assert codes(metric="Users who signed up", **rest) == ["usage-as-impact"]
    assert codes(metric="Visites évitées", **rest) == []


def test_a_rate_in_per_cent_needs_a_denominator_but_for_scores_and_changes() -> None:
    assert codes(metric="Recours", unit="%") == ["no-denominator"]
    assert codes(metric="Score de confort", unit="%") == []
    assert codes(metric="Baisse des émissions", unit="%") == []
    assert codes(metric="Taux horaire", unit="euros") == []
    assert codes(metric="Rendez-vous ratés", unit="rendez-vous") == []


def test_periods_that_meet_are_not_a_mismatch() -> None:
    cost = {"metric": "Coût par usage", "unit": "euros"}
    assert codes(**cost, numerator="budget annuel", denominator="usagers mensuels") == ["period-mismatch"]
    assert codes(**cost, numerator="budget annuel / 12", denominator="usagers mensuels") == []
    assert codes(**cost, numerator="budget annuel", denominator="usagers") == []
    assert codes(**cost, numerator="usagers revenus après un mois", denominator="usagers de l’année") == []


def test_a_constant_needs_limits_that_speak_of_it() -> None:
    formula = {"metric": "CO₂ évité = trajets × 193 g", "unit": "kg", "direction": "more", "baseline": "1"}
    for limits in ("", "Provisoire.", "Origine inconnue.", "Constante à vérifier."):
        assert codes(**formula, limits=limits) == ["coefficient-times-proxy"]
    assert codes(**formula, limits="Constante tirée d’une étude ; vaut en ville.") == []


@pytest.mark.parametrize(
    ("direction", "target", "better"),
    [
        ("more", "90.1", True),
        ("more", "90", False),
        ("more", "-1", False),
        ("less", "89.9", True),
        ("less", "90", False),
    ],
)
def test_a_target_is_better_on_its_own_side_of_the_baseline(direction: str, target: str, better: bool) -> None:
    assert codes(direction=direction, target=target) == ([] if better else ["target-not-better"])


def test_without_a_direction_only_an_equal_target_is_no_better() -> None:
    assert codes(direction="", target="91") == codes(direction="", target="89") == []
    assert codes(direction="", target="90.0") == ["target-not-better"]


def test_a_missing_date_is_not_out_of_order() -> None:
    assert codes(baseline_date="") == codes(target_date="") == []


@pytest.mark.parametrize("piece", ["1 ", "1", "nombre de ", "10 % ", "a x ", "proxy de la ", "augmenter la part "])
def test_a_very_long_text_is_read_in_no_time(piece: str) -> None:
    long = (piece * 20_000)[:20_000]
    began = time.process_time()
    check(Hypothesis(statement=long, metric=long, numerator=long, limits=long))
    assert time.process_time() - began < 2


def test_each_finding_has_its_french() -> None:
    french = gettext.translation("impact", LOCALE, ["fr"]).gettext
    for finding in FINDINGS:
        for words in (finding.why, finding.mend, finding.question):
            assert french(words) not in ("", words)
        assert french(finding.question).endswith("\u202f?") and finding.question.endswith("?")
