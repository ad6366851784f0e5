"""Recipes: figures from what Matomo, Metabase, Grist and tables export, in the shapes of their documentation."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, strategies as st

from impactlib.domain.recipes import Recipe, checked, finished, parse, period_end, read
from impactlib.domain.refusal import Refusal
from impactlib.workbooks import read_table
from tests.conftest import examples

MONTHS = {
    "2033-08": {"nb_uniq_visitors": 1204, "nb_visits": 1873, "bounce_rate": "41%", "avg_time_on_site": 96},
    "2033-09": {"nb_uniq_visitors": 1377, "nb_visits": 2010, "bounce_rate": "38%", "avg_time_on_site": 101},
    "2033-10": [],
}
QUESTION = [
    {"Mois": "2033-08-01T00:00:00+02:00", "Demandes": 312, "Délai médian": 19.5},
    {"Mois": "2033-09-01T00:00:00+02:00", "Demandes": 340, "Délai médian": 15},
]
ANSWERED = {
    "status": "completed",
    "data": {
        "cols": [{"name": "created_at", "display_name": "Mois"}, {"name": "count", "display_name": "Demandes"}],
        "rows": [["2033-08-01T00:00:00Z", 312], ["2033-09-01T00:00:00Z", 340]],
    },
}
# 1 August and 1 September 2033, in seconds since 1970.
RECORDS = {
    "records": [
        {"id": 1, "fields": {"Mois": 2006467200, "Dossiers": 47, "Territoire": "Finistère"}},
        {"id": 2, "fields": {"Mois": 2009145600, "Dossiers": 52, "Territoire": "Finistère"}},
        {"id": 3, "fields": {"Mois": 2009145600, "Dossiers": 9, "Territoire": "Morbihan"}},
    ]
}
SCHEMA = (
    "administration_rattachement,nom_service_public_numerique,indicateur,valeur,unite_mesure,est_cible,type_indicateur,"
    "frequence_monitoring,date,est_periode,date_debut,est_automatise,source_collecte,denom_insee,code_insee,"
    "dataviz_wish,commentaires\n"
    "DRAAF,Colis,Colis distribués,143,unité,false,usage,annuelle,2031-12-31,true,2031-01-01,true,script,,,barchart,\n"
    "DRAAF,Colis,Colis distribués,500,unité,true,usage,annuelle,2032-12-31,true,2032-01-01,true,script,,,barchart,\n"
    "DRAAF,Colis,Délai médian,12,jours,false,impact,annuelle,2031-12-31,false,,true,script,,,barchart,\n"
)


def told(recipe: Recipe, said: Any, **more: str) -> list[tuple[str, str, str]]:
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    if recipe.kind in ("table", "schema"):
        return [(one.as_of, one.over, one.figure) for one in read(recipe, read_table(content, recipe.sheet), **more)]
    return [(one.as_of, one.over, one.figure) for one in read(recipe, content, **more)]


# The shapes of each tool --------------------------------------------------------------------------------


def test_matomo_gives_a_value_for_each_month_and_none_for_one_without_data() -> None:
    assert told(Recipe("matomo", "nb_uniq_visitors"), MONTHS) == [
        ("2033-08-31", "month", "1204"),
        ("2033-09-30", "month", "1377"),
    ]
    assert told(Recipe("matomo", "bounce_rate"), MONTHS)[1] == ("2033-09-30", "month", "38 %")
    assert told(Recipe("matomo", "bounce_rate"), MONTHS, unit="%")[1] == ("2033-09-30", "month", "38")


def test_matomo_gives_days_weeks_years_and_single_values() -> None:
    assert told(Recipe("matomo", "value"), {"2033-10-05": 61, "2033-10-06": 58}) == [
        ("2033-10-05", "", "61"),
        ("2033-10-06", "", "58"),
    ]
    week = {"2033-10-03,2033-10-09": {"nb_visits": 420}}
    assert told(Recipe("matomo", "nb_visits"), week) == [("2033-10-09", "week", "420")]
    assert told(Recipe("matomo", "nb_visits"), {"2032": {"nb_visits": 20110}}) == [("2032-12-31", "year", "20110")]


def test_matomo_of_one_date_is_dated_by_who_asks() -> None:
    one = {"nb_visits": 1873}
    assert told(Recipe("matomo", "nb_visits", over="month"), one, on="2033-08") == [("2033-08-31", "month", "1873")]
    with pytest.raises(Refusal, match="--on"):
        told(Recipe("matomo", "nb_visits"), one)


def test_matomo_gives_the_row_of_one_event_among_those_of_a_month() -> None:
    events = {
        "2033-08": [{"label": "demande-commencee", "nb_events": 512}, {"label": "demande-envoyee", "nb_events": 312}],
        "2033-09": [{"label": "demande-envoyee", "nb_events": 340}],
    }
    recipe = Recipe("matomo", "nb_events", where=(("label", "demande-envoyee"),))
    assert told(recipe, events) == [("2033-08-31", "month", "312"), ("2033-09-30", "month", "340")]
    with pytest.raises(Refusal, match="Several rows"):
        told(Recipe("matomo", "nb_events"), events)
    with pytest.raises(Refusal, match=r"label = demande-close"):
        told(Recipe("matomo", "nb_events", where=(("label", "demande-close"),)), events)


def test_metabase_gives_the_rows_of_a_question_exported_or_answered() -> None:
    recipe = Recipe("metabase", "Demandes", "Mois", over="month")
    expected = [("2033-08-31", "month", "312"), ("2033-09-30", "month", "340")]
    assert told(recipe, QUESTION) == told(recipe, ANSWERED) == expected
    assert told(Recipe("metabase", "count", "created_at", over="month"), ANSWERED) == expected
    assert told(Recipe("metabase", "Délai médian", "Mois"), QUESTION)[0] == ("2033-08-01", "", "19.5")


def test_metabase_writes_dates_and_numbers_as_people_read_them_too() -> None:
    shown = [{"Mois": "August, 2033", "Demandes": "312"}]
    assert told(Recipe("metabase", "Demandes", "Mois"), shown) == [("2033-08-31", "month", "312")]
    with pytest.raises(Refusal, match="two ways"):
        told(Recipe("metabase", "Demandes", "Mois"), [{"Mois": "August, 2033", "Demandes": "1,312"}])


def test_grist_gives_the_fields_of_records_and_dates_in_seconds() -> None:
    recipe = Recipe("grist", "Dossiers", "Mois", (("Territoire", "finistere"),), "month")
    assert told(recipe, RECORDS) == [("2033-08-31", "month", "47"), ("2033-09-30", "month", "52")]


def test_a_table_is_a_csv_or_a_workbook() -> None:
    recipe = Recipe("table", "Dossiers", "Mois", over="month")
    expected = [("2033-08-31", "month", "1047.5"), ("2033-09-30", "month", "52")]
    assert told(recipe, b"Mois;Dossiers\r\n2033-08-01;1 047,5\r\nsept. 2033;52\r\n") == expected
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet("Notes")
        sheet = book.add_worksheet("Export")
        sheet.write_row(0, 0, ["Mois", "Dossiers"])
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for row, (on, value) in enumerate(((date(2033, 8, 1), 1047.5), (date(2033, 9, 1), 52)), 1):
            sheet.write_datetime(row, 0, on, day)
            sheet.write_number(row, 1, value)
    assert told(Recipe("table", "Dossiers", "Mois", over="month", sheet="Export"), made.getvalue()) == expected


def test_the_national_schema_gives_one_indicator_and_no_target() -> None:
    recipe = Recipe("schema", where=(("indicateur", "Colis distribués"),))
    assert told(recipe, SCHEMA.encode()) == [("2031-12-31", "year", "143")]
    with pytest.raises(Refusal, match="Repas servis"):
        told(Recipe("schema", where=(("indicateur", "Repas servis"),)), SCHEMA.encode())


# What is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recipe", "said", "match"),
    [
        (Recipe("matomo", "nb_usagers"), MONTHS, "“nb_usagers” any more. There are: nb_uniq_visitors, nb_visits"),
        (Recipe("metabase", "Demandes", "Semaine"), QUESTION, "“Semaine” any more. There are: Mois, Demandes"),
        (Recipe("grist", "Dossiers", "Mois", (("Région", "Bretagne"),)), RECORDS, "“Région” any more"),
        (Recipe("table", "Dossiers", "Mois"), b"Mois;Nombre\n2033-08;4\n", "“Dossiers” any more. There are: Mois"),
        (Recipe("schema", where=(("indicator", "x"),)), SCHEMA.encode(), "“indicator” any more"),
        (Recipe("matomo", "v"), b"<!DOCTYPE html>\n<html><body>Connexion</body></html>", "web page"),
        (Recipe("grist", "v"), b"Mois;Dossiers\n2033-08;4\n", "no JSON"),
        (Recipe("matomo", "v"), b"[" * 100_000, "no JSON"),
        (Recipe("matomo", "v"), {"result": "error", "message": "You can't access this resource"}, "can't access"),
        (Recipe("grist", "v"), {"error": "No view access"}, "No view access"),
        (Recipe("grist", "v"), QUESTION, "shape of an export of Grist"),
        (Recipe("metabase", "v"), RECORDS, "shape of an export of Metabase"),
        (Recipe("metabase", "n", "d"), [{"d": "2033-08", "n": "beaucoup"}], "“beaucoup”, in “n” of 2033-08-31"),
        (Recipe("metabase", "n", "d"), [{"d": "2033-08", "n": True}], "not a number"),
        (Recipe("metabase", "n", "d"), [{"d": "hier", "n": 4}], "“hier”, in “d”, is not a date"),
        (Recipe("metabase", "n", "d"), [{"d": ",", "n": 4}], "“,”, in “d”, is not a date"),
        (Recipe("metabase", "n", "d"), [{"d": "\x1b", "n": 4}], "in “d”, is not a date"),
        (Recipe("metabase", "n", "d"), [{"d": "2033-08", "n": None}], "no figure"),
        (Recipe("metabase", "n", "d"), b'[{"d": "2033-08", "n": NaN}]', "no JSON"),
        (Recipe("metabase", "n", "d"), [], "no figure"),
    ],
)
def test_what_is_not_as_the_recipe_says_is_refused_by_its_name(recipe: Recipe, said: Any, match: str) -> None:
    with pytest.raises(Refusal, match=match):
        told(recipe, said)


@pytest.mark.parametrize(
    ("recipe", "match"),
    [
        (Recipe("piwik", "v"), "one of these kinds"),
        (Recipe("matomo", "v", over="fortnight"), "period"),
        (Recipe("matomo"), "Say in which column"),
        (Recipe("schema"), "which indicator"),
        (Recipe("matomo", "v", address="file:///etc/passwd"), "https://"),
        (Recipe("matomo", "v", address="http://[::1"), "https://"),
        (Recipe("matomo", "v", address="https://moi:secret@stats.exemple.fr/"), "key or a password"),
        (Recipe("matomo", "v", address="https://stats.exemple.fr/?token_auth=abc&idSite=4"), r"\(token_auth\)"),
    ],
)
def test_a_recipe_that_cannot_be_used_is_refused(recipe: Recipe, match: str) -> None:
    with pytest.raises(Refusal, match=match):
        checked(recipe)


def test_a_recipe_is_kept_and_read_again() -> None:
    open_to_all = "https://stats.exemple.fr/?module=API&token_auth=anonymous"
    recipe = Recipe("matomo", "nb_events", where=(("label", "envoyée"),), over="month", address=open_to_all)
    assert parse(recipe.kept) == recipe
    for damaged in ("", "[]", "null", '{"kind":1,"x":2}', '{"kind":"matomo","value":"v","where":[1]}', "{" * 5000):
        with pytest.raises(Refusal):
            parse(damaged)


# Periods ------------------------------------------------------------------------------------------------


def test_a_period_that_runs_is_not_taken() -> None:
    found = read(Recipe("matomo", "nb_visits"), json.dumps(MONTHS).encode())
    assert [one.as_of for one in finished(found, date(2033, 9, 29))] == ["2033-08-31"]


@examples(100)
@given(st.dates(date(2001, 1, 1), date(2099, 12, 1)), st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_a_period_ends_once(of: date, over: str) -> None:
    end = period_end(of, over)
    assert of <= end and period_end(end, over) == end


@examples(100)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_bytes_come_they_are_read_or_refused(content: bytes) -> None:
    for kind in ("matomo", "metabase", "grist"):
        try:
            told(Recipe(kind, "value", "date"), content)
        except Refusal:
            continue


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False).map(float)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "date", "data", "2033-08"]), inner)
    ),
    max_leaves=12,
)


@examples(100)
@given(json_values)
def test_whatever_json_comes_it_is_read_or_refused(said: Any) -> None:
    for kind in ("matomo", "metabase", "grist"):
        for date_ in ("", "date"):
            try:
                for one in read(Recipe(kind, "value", date_), json.dumps(said).encode(), on="2033"):
                    assert Decimal(one.figure.split()[0]).is_finite() and date.fromisoformat(one.as_of)
            except Refusal:
                continue
