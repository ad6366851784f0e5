"""The page of statistics and the national table: what a team publishes, and nothing else."""

from __future__ import annotations

import calendar
import io
import json
import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, strategies as st
from lxml.html import document_fromstring

from impactlib.cli import main
from impactlib.domain import national
from impactlib.domain.agenda import Role
from impactlib.domain.events import DetailSet, Event, NoteWritten
from impactlib.domain.national import COLUMNS, Row, TableError
from impactlib.domain.published import UNKNOWN, publication, published
from impactlib.domain.session import Session
from impactlib.domain.session_file import SessionFile, read as read_session
from impactlib.export import render
from impactlib.export.stats import of_session, site
from impactlib.paths import TEMPLATES
from impactlib.views.render import environment, translation
from tests.conftest import Room, examples, path_of
from tests.test_readings import give

CLIENT = Role.CLIENT
TODAY = date(2034, 6, 1)
FILES = [
    *sorted((TEMPLATES / "sessions").glob("*.ipynb")),
    *sorted((Path(__file__).parent / "sessions").glob("*.ipynb")),
]

TEXT, FLAG, DAY = {"type": "string", "minLength": 1}, {"type": "boolean"}, {"type": "string", "format": "date"}
RHYTHMS = ["quotidienne", "hebdomadaire", "mensuelle", "annuelle", "trimestrielle", "semestrielle", "autre"]
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": list(COLUMNS[:10]),
        "properties": {
            "administration_rattachement": TEXT,
            "nom_service_public_numerique": TEXT,
            "indicateur": TEXT,
            "valeur": {"type": "number"},
            "unite_mesure": TEXT,
            "est_cible": FLAG,
            "type_indicateur": {"enum": ["usage", "impact"]},
            "frequence_monitoring": {"enum": RHYTHMS},
            "date": DAY,
            "est_periode": FLAG,
            "date_debut": {"anyOf": [DAY, {"type": "null"}]},
            "est_automatise": FLAG,
            "source_collecte": TEXT,
            "denom_insee": {"enum": ["REG", "DEP", "COM", "ARR", "COMER", "COM_COMER", "COG", "CTCD", "CAN", None]},
            "code_insee": {"type": ["string", "null"]},
            "dataviz_wish": {"enum": ["linechart", "barchart", "map", "scatterplot", "piechart", None]},
            "commentaires": {"type": ["string", "null"]},
        },
    },
}
"""The rules of the national schema 0.5.0, written apart from the kit's own."""


def table(lines: str) -> bytes:
    return f"\ufeff{','.join(COLUMNS)}\n{lines}".replace("\n", "\r\n").encode()


OWN = table(
    "Ministère des Rivières,Berges,Berges nettoyées,12.50,km,false,impact,mensuelle,2034-01-31,true,2034-01-01,true,"
    "relevé,DEP,09,linechart,\n"
    "Ministère des Rivières,Berges,Berges nettoyées,40,km,true,impact,mensuelle,2034-12-31,true,2034-12-01,true,"
    'relevé,,,,"Décidé en comité, à revoir"\n'
)


@pytest.fixture
def followed(room: Room) -> Room:
    """A team of which one metric is followed, with all that can be said of it; another has no figure."""
    hypothesis = room.ask(CLIENT, do="write", kind="hypothesis", text="Les demandes aboutissent plus vite")
    room.ask(CLIENT, do="detail", note=hypothesis, detail="concept", value="impactful")
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai médian", about=hypothesis)
    said = {
        "unit": "jours",
        "numerator": "somme des délais",
        "denominator": "demandes closes",
        "population": "demandes de l’année",
        "direction": "less",
        "source": "table des demandes",
        "limits": "les abandons n’y sont pas",
        "quality": "50",
        "baseline": "21",
        "baseline_date": "2033-03-01",
        "target": "10",
        "target_date": "2034-12-31",
        "threshold": "15 jours",
        "if_missed": "pivot",
    }
    for name, value in said.items():
        room.ask(CLIENT, do="detail", note=id, detail=name, value=value)
    room.ask(CLIENT, do="write", kind="metric", text="Satisfaction")
    give(room, id, "19", "2033-04-01", source="enquête")
    give(room, id, "15", "2033-05-01", quality="90")
    return room


def rows_of(room: Room, today: date = TODAY) -> tuple[Row, ...]:
    return publication(room.session, "Ministère des Rivières", today).rows


# The table ----------------------------------------------------------------------------------------------


def test_a_table_of_a_team_comes_out_as_it_came_in() -> None:
    assert national.write_csv(national.read(OWN)) == OWN
    assert national.read(national.write_json(national.read(OWN))) == national.read(OWN)
    made = site(national.read(OWN), "", TODAY)
    assert [content for name, content in made.items() if name.endswith(".csv")] == [OWN]


def test_metrics_stand_in_the_order_of_the_matrix_whatever_the_order_of_their_writing(room: Room) -> None:
    for concept in ("", "efficient", "impactful", "useful", "used", "usable"):
        about = room.ask(CLIENT, do="write", kind="hypothesis", text=f"Hypothèse {concept}")
        if concept:
            room.ask(CLIENT, do="detail", note=about, detail="concept", value=concept)
        id = room.ask(CLIENT, do="write", kind="metric", text=f"Mesure {concept or 'sans concept'}", about=about)
        give(room, id, "19", "2033-04-01")
    page = document_fromstring(site(rows_of(room), "", TODAY)["index.html"])
    told = [" ".join(one.text_content().split()) for one in page.iter("h2", "h3")]
    assert [one for one in told if one.startswith(("Mesure ", "Usage : ", "Utilité", "Efficience"))] == [
        "Usage : s’en sert-on, et sans peine",
        "Mesure usable",
        "Mesure used",
        "Utilité et impact : ce que l’équipe veut changer",
        "Mesure useful",
        "Mesure impactful",
        "Efficience : à quel coût",
        "Mesure efficient",
        "Mesure sans concept",
    ]


FAULTS = {
    "no file": (b"", "no column"),
    "another file": (b"a,b\n1,2\n", "no column"),
    "a column more": (OWN.replace(b",commentaires", b",commentaires,humeur"), "humeur"),
    "no number": (OWN.replace(b"12.50", b"beaucoup"), "Row 2, column valeur"),
    "not a number": (OWN.replace(b"12.50", b"nan"), "Row 2, column valeur"),
    "no day": (OWN.replace(b"2034-01-31", b"31/01/2034"), "Row 2, column date"),
    "a period that ends before it begins": (OWN.replace(b"2034-12-01", b"2035-12-01"), "Row 3, column date_debut"),
    "a period without its beginning": (OWN.replace(b"2034-12-01", b""), "Row 3, column date_debut"),
    "another type": (OWN.replace(b"impact,mens", b"bonheur,mens"), "Row 2, column type_indicateur"),
    "another rhythm": (OWN.replace(b"mensuelle", b"parfois"), "Row 2, column frequence_monitoring"),
    "neither true nor false": (OWN.replace(b"false,impact", b"non,impact"), "Row 2, column est_cible"),
    "a name that is missing": (OWN.replace(b"Berges nettoy\xc3\xa9es", b""), "Row 2, column indicateur"),
    "Windows-1252": (OWN.decode().encode("cp1252", "ignore"), "UTF-8"),
    "broken JSON": (b"[{", "JSON"),
    "JSON of something else": (b'{"a": 1}', "list of rows"),
    "deep JSON": (b"[" * 100_000, "JSON"),
    "a large file": (b"a" * 5_000_001, "5 MB"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_table_that_breaks_a_rule_is_refused_by_row_and_column(fault: str) -> None:
    content, said = FAULTS[fault]
    with pytest.raises(TableError, match=re.escape(said)) as refused:
        national.read(content)
    assert translation("fr").gettext(refused.value.message) != refused.value.message


def test_a_table_of_several_services_asks_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = tmp_path / "deux.csv"
    both.write_bytes(OWN + OWN.partition(b"\r\n")[2].replace(b",Berges,", b",Canaux,"))
    assert main(["stats", str(both), "-o", str(tmp_path / "site")]) == 2
    assert "Berges, Canaux" in capsys.readouterr().err and not (tmp_path / "site").exists()
    assert main(["stats", str(both), "-o", str(tmp_path / "site"), "--service", "canaux"]) == 0
    assert {
        row.nom_service_public_numerique for row in national.read(next(tmp_path.glob("site/*.csv")).read_bytes())
    } == {"Canaux"}


# From a session to the table ----------------------------------------------------------------------------


def test_each_figure_is_a_row_with_what_is_known_of_it(followed: Room) -> None:
    told = [(str(row.date), row.valeur, row.est_cible, row.source_collecte) for row in rows_of(followed)]
    assert told == [
        ("2033-03-01", Decimal(21), False, "table des demandes"),
        ("2033-04-01", Decimal(19), False, "enquête"),
        ("2033-05-01", Decimal(15), False, "table des demandes"),
        ("2034-12-31", Decimal(10), True, "table des demandes"),
    ]
    assert {row.type_indicateur for row in rows_of(followed)} == {"impact"}
    assert "Numérateur : somme des délais\n" in rows_of(followed)[0].commentaires
    assert rows_of(followed)[2].commentaires == "Qualité : 90 %"


def test_a_metric_without_a_dated_figure_is_left_out_and_named(room: Room) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Satisfaction")
    room.ask(CLIENT, do="detail", note=id, detail="baseline", value="4")
    made = publication(room.session, "", TODAY)
    assert made.rows == () and [note.text for note in made.left_out] == ["Satisfaction"]


def test_a_figure_of_a_day_to_come_is_not_published(followed: Room) -> None:
    assert [str(row.date) for row in rows_of(followed, date(2033, 4, 15)) if not row.est_cible] == [
        "2033-03-01",
        "2033-04-01",
    ]


def test_a_period_begins_with_its_first_day(room: Room) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Visites")
    for as_of, over in (
        ("2032-02-29", "month"),
        ("2033-02-15", "month"),
        ("2032-12-31", "year"),
        ("2032-09-30", "quarter"),
    ):
        give(room, id, "3", as_of, over=over)
    give(room, id, "3", "2032-10-10", over="week")
    assert {(str(row.date), str(row.date_debut)) for row in rows_of(room)} == {
        ("2032-02-29", "2032-02-01"),
        ("2033-02-15", "2033-01-16"),
        ("2032-12-31", "2032-01-01"),
        ("2032-09-30", "2032-07-01"),
        ("2032-10-10", "2032-10-04"),
    }


def test_two_metrics_of_one_name_stay_two(room: Room) -> None:
    for figure in ("1", "2"):
        id = room.ask(CLIENT, do="write", kind="metric", text="Visites")
        give(room, id, figure, "2033-01-01")
    assert [told.series.metric.text for told in published(rows_of(room)).told] == ["Visites", "Visites (2)"]


# From the table to the page -----------------------------------------------------------------------------


def test_the_page_made_again_from_either_file_is_the_same(followed: Room) -> None:
    first = site(rows_of(followed), "", TODAY)
    csv, js = (content for name, content in first.items() if not name.endswith(".html"))
    assert site(national.read(csv), "", date(2040, 1, 1)) == first
    assert site(national.read(js), "", date(2040, 1, 1)) == first


def test_the_page_says_what_each_figure_is(followed: Room) -> None:
    page = site(rows_of(followed), "", date(2033, 6, 1))["index.html"].decode()
    for words in (
        "15\u00a0jours",
        "<bdi>somme des délais</bdi> / <bdi>demandes closes</bdi>",
        "demandes de l’année",
        "moins, c’est mieux",
        "table des demandes",
        "90\u00a0% des données sont correctes",
        "les abandons n’y sont pas",
        "10\u00a0jours",
        "Le seuil de la décision est\u00a0: <bdi>15 jours</bdi>",
        "pivoter",
        "Utilité et impact\u00a0: ce que l’équipe veut changer",
        "Coût à l’utilisation",
    ):
        assert words in page, words
    assert page.count("<svg class=") == 1 and "<script" not in page
    text = document_fromstring(page).text_content()
    assert re.search(r"Chiffre précédent\s: 19\sjours", text)
    assert re.search(r"il s’en fallait encore de 5\sjours", text)


def test_what_was_decided_because_of_a_figure_is_published_without_a_name(followed: Room) -> None:
    [metric, _] = followed.session.notes_of("metric")
    followed.ask(CLIENT, do="rename", name="Camille")
    said = {"course": "pivot", "text": "Le seuil est manqué, dit Camille: on change", "evidence": "Un relevé"}
    followed.ask(CLIENT, do="write", kind="verdict", about=metric.id, **said)
    made = of_session(followed.store.to_file(), environment("fr"), TODAY, reasons=True)
    [row] = [row for row in made.rows if "Raison" in row.commentaires]
    assert str(row.date) == "2033-05-01" and "Décidé le : 2033-05-18\nDécision : pivoter\n" in row.commentaires
    first = site(made.rows, "", TODAY)
    page = first["index.html"].decode()
    assert re.search(r"le 18/05/2033, à 15\u00a0jours \([^)]*2033\)\u00a0: +pivoter", page)
    assert "Le seuil est manqué" in page and "Camille" not in page and "Un relevé" not in page
    csv = next(content for name, content in first.items() if name.endswith(".csv"))
    assert site(national.read(csv), "", date(2040, 1, 1)) == first
    assert "seuil" not in page[page.index("pivoter") :].split("</dd>")[0]
    # Once the day of the decision has come, its figure is beside the threshold.
    followed.ask(CLIENT, do="detail", note=metric.id, detail="decide_on", value="2033-05-18")
    for bound, word in (("15 jours", "seuil atteint"), ("14 jours", "seuil manqué")):
        followed.ask(CLIENT, do="detail", note=metric.id, detail="threshold", value=bound)
        judged = site(of_session(followed.store.to_file(), environment("fr"), TODAY).rows, "", TODAY)
        assert re.search(rf"pivoter \(changer d’approche\), {word}", judged["index.html"].decode())
    # On a page of an earlier day nothing was decided yet.
    assert all("Décidé" not in row.commentaires for row in rows_of(followed, date(2033, 5, 17)))


def test_the_words_of_a_reason_are_public_only_where_the_team_chose_so(
    followed: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [metric, _] = followed.session.notes_of("metric")
    reason = "Le directeur trouve la baisse trop lente"
    verdict = followed.ask(CLIENT, do="write", kind="verdict", about=metric.id, text=reason, course="pivot")
    followed.ask(CLIENT, do="detail", note=metric.id, detail="baseline_date", value="2026-03-01")
    followed.store.write("earlier", [DetailSet(verdict, "said_on", "2026-05-18")])
    file, views = followed.store.to_file(), environment("fr")
    both = {kind: _every_file(file, kind) for kind in ("stats", "stats-with-reasons")}
    assert not [name for name, text in both["stats"].items() if reason in text]
    assert [name for name, text in both["stats-with-reasons"].items() if reason not in text] == []
    assert "pivoter" in both["stats"]["index.html"] and "18/05/2026" in both["stats"]["index.html"]
    preview = render(file, "stats", "html", views).decode()
    assert "restent ici" in preview and 'href="stats-with-reasons.html?print"' in preview
    chosen = render(file, "stats-with-reasons", "html", views).decode()
    assert 'href="stats.html?print"' in chosen and 'href="stats-with-reasons.zip"' in chosen and reason in chosen
    journal = str(path_of(followed.store.journal))
    for options, public in (([], False), (["--reasons"], True)):
        out = tmp_path / f"site-{public}"
        assert main(["stats", journal, "-o", str(out), *options]) == 0
        assert any(reason in path.read_text(encoding="utf-8") for path in out.iterdir()) == public
    assert "--reasons publishes them" in capsys.readouterr().err


def _every_file(file: SessionFile, kind: str) -> dict[str, str]:
    """The text of all that a room gives of a kind: the table, and the site in its archive."""
    made = {form: render(file, kind, form, environment("fr")) for form in ("csv", "json", "zip")}
    with zipfile.ZipFile(io.BytesIO(made.pop("zip"))) as site_of:
        made |= {name: site_of.read(name) for name in site_of.namelist()}
    return {name: content.decode("utf-8-sig") for name, content in made.items()}


def test_the_administration_is_written_beside_the_product(followed: Room) -> None:
    product = followed.ask(CLIENT, do="write", kind="product", text="Berges", administration="Ministère des Rivières")
    assert publication(followed.session, "", TODAY).rows[0].administration_rattachement == "Ministère des Rivières"
    assert "where you prepare" not in render(followed.store.to_file(), "stats", "html", environment("en")).decode()
    followed.ask(CLIENT, do="detail", note=product, detail="administration", value="")
    assert publication(followed.session, "", TODAY).rows[0].administration_rattachement == UNKNOWN
    page = site(publication(followed.session, "", TODAY).rows, "", TODAY)["en.html"].decode()
    assert "Administration: not given" in page
    assert publication(followed.session, "Agence", TODAY).rows[0].administration_rattachement == "Agence"


def test_a_target_is_no_figure(followed: Room) -> None:
    assert publication(followed.session, "", TODAY).figures == 3 and len(rows_of(followed)) == 4


def test_a_figure_is_told_as_old_after_two_of_its_periods(room: Room) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Visites")
    give(room, id, "3", "2033-01-31", over="month")
    (told,) = published(rows_of(room)).told
    assert not told.old(date(2033, 3, 30)) and told.old(date(2033, 4, 5))


def test_a_rhythm_is_what_was_planned_and_the_periods_without_a_figure_are_named(room: Room) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Visites")
    for month in ("2033-01", "2033-02", "2033-04"):
        give(room, id, "3", month)
    (told,) = published(rows_of(room)).told
    assert [str(on) for on in told.absent(date(2033, 6, 1))] == ["2033-03-31", "2033-05-31"]
    assert told.absent(date(2033, 4, 30)) == (date(2033, 3, 31),)
    rows = {made: rows_of(room, made) for made in (date(2033, 6, 1), date(2034, 6, 1))}
    few, many = (
        " ".join(document_fromstring(site(found, "", on)["index.html"].decode()).text_content().split())
        for on, found in rows.items()
    )
    assert "rythme prévu : chaque mois ; sans chiffre : mars 2033, mai 2033" in few
    assert "rythme prévu : chaque mois ; périodes sans chiffre : 14" in many


def test_periods_of_three_months_that_do_not_begin_alike_are_not_told_as_missing(room: Room) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Visites")
    for last in ("2033-03-31", "2033-09-30"):
        give(room, id, "3", last, over="quarter")
    (told,) = published(rows_of(room)).told
    assert told.absent(date(2033, 12, 1)) == (date(2033, 6, 30),)
    give(room, id, "3", "2033-11-15", over="quarter")
    (told,) = published(rows_of(room)).told
    assert told.absent(date(2034, 6, 1)) == ()


def test_a_page_of_usage_alone_says_that_it_tells_no_impact(room: Room) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Visites")
    give(room, id, "3", "2033-01-31")
    assert (
        "The impact is not proven: no measure that has a figure" in site(rows_of(room), "", TODAY)["en.html"].decode()
    )


def test_a_session_without_figures_gives_a_page_without_any_number(room: Room) -> None:
    room.ask(CLIENT, do="write", kind="metric", text="Satisfaction")
    made = site(rows_of(room), "Berges", TODAY)
    assert list(made) == ["index.html", "en.html"]
    for page in made.values():
        body = page.decode().partition("<body>")[2]
        assert not re.search(r"\d", re.sub(r"<[^>]*>", "", body)) and "Berges" in body


def notes_in(text: str, session: Session) -> list[str]:
    """The notes of a session, but its metrics and the sentence that presents its service, that stand in a text as they
    were written, or of which a detail in words that is no part of a definition does."""
    public = {note.text for kind in ("metric", "product") for note in session.notes_of(kind)}
    public |= {value for note in session.notes_of("metric") for value in note.details.values()}
    public |= {note.details.get("source", "") for note in session.notes_of("reading")}
    public |= {note.details.get("stands_for", "") for note in session.notes_of("hypothesis")}
    written = {note.text for note in session.notes.values()}
    written |= {
        note.details.get(name, "") for note in session.notes.values() for name in ("evidence", "word", "why", "advice")
    }
    return [words for words in written - public if len(words) > 12 and words in text]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_published_of_a_session_is_valid_small_and_names_nobody(path: Path) -> None:
    file = read_session(path.read_bytes())
    session = file.fold()
    made = site(of_session(file, environment("fr"), TODAY).rows, session.team, TODAY)
    people = {person.name for person in session.people.values() if len(person.name) > 2}
    owners = {note.details.get(name, "") for note in session.notes.values() for name in ("owner", "decider")}
    for name, content in made.items():
        text = content.decode("utf-8-sig")
        assert notes_in(text, session) == [], name
        assert not [who for who in people | owners - {""} if re.search(rf"\b{re.escape(who)}\b", text)], name
        assert len(content) < 100_000
        if name.endswith(".json"):
            jsonschema.validate(json.loads(text), SCHEMA, format_checker=jsonschema.FormatChecker())


def test_ten_metrics_of_sixty_months_stay_light(room: Room) -> None:
    """As a team has them after five years: figures of whole months with their definitions, a target, a decision."""
    for metric in range(10):
        id = room.ask(CLIENT, do="write", kind="metric", text=f"Délai médian de la demande à la réponse {metric}")
        said = {
            "unit": "jours",
            "numerator": "somme des délais des demandes closes dans le mois",
            "denominator": "demandes closes dans le mois",
            "population": "demandes de l’année, tous départements",
            "source": "table des demandes",
            "collection": "relevé à la main chaque premier lundi",
            "limits": "Les abandons n’y sont pas, et la date manque une fois sur deux.",
            "quality": "50",
            "target": "7",
            "target_date": "2033-12-31",
            "indicator": "active-users",
        }
        events: list[Event] = [DetailSet(id, name, value) for name, value in said.items()]
        for month in range(60):
            one = f"{id}-{month}"
            on = f"{2028 + month // 12}-{month % 12 + 1:02}"
            last = f"{on}-{calendar.monthrange(*map(int, on.split('-')))[1]}"
            given = {"figure": f"{21 - month % 7}", "as_of": last, "over": "month", "said_on": last}
            events += [NoteWritten(one, "reading", "", id), *(DetailSet(one, *each) for each in given.items())]
        room.store.write(f"five-years-{metric}", events)
        room.ask(CLIENT, do="write", kind="verdict", about=id, text="Trop lent", course="continue")
    made = site(rows_of(room), "", TODAY)
    assert rows_of(room)[0].est_periode and len(rows_of(room)) == 610
    assert all(len(content) < 100_000 for name, content in made.items() if ".html" in name)
    table = document_fromstring(made["index.html"]).xpath("//table")[0]
    assert [len(row) for row in table.xpath(".//tr")] == [3] * 62
    assert table.xpath(".//tbody/tr[1]/th")[0].text_content() == "janvier 2028"


def test_peoples_words_are_only_words() -> None:
    payload = "<script>alert(1)</script>\n\"'><img src=x onerror=alert(1)>"
    row = national.read(OWN)[0]
    hostile = dict.fromkeys(
        ("administration_rattachement", "nom_service_public_numerique", "indicateur", "unite_mesure"), payload
    )
    text: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS} | hostile | {"commentaires": payload}
    for name, page in site((Row(**text),), "", TODAY).items():
        if name.endswith(".html"):
            assert b"<script" not in page and b"<img" not in page


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"]), min_size=1, max_size=20).filter(
    lambda words: words.strip() == words and words.isprintable()
)


@examples(60)
@given(
    st.lists(
        st.builds(
            Row,
            administration_rattachement=st.just(UNKNOWN),
            nom_service_public_numerique=st.just("Berges"),
            indicateur=WORDS,
            valeur=st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-9_999, max_value=9_999),
            unite_mesure=WORDS,
            est_cible=st.booleans(),
            type_indicateur=st.sampled_from(national.KINDS),
            frequence_monitoring=st.sampled_from(RHYTHMS),
            date=st.dates(date(2001, 1, 1), date(2099, 1, 1)),
            est_periode=st.just(False),
            date_debut=st.none(),
            est_automatise=st.booleans(),
            source_collecte=WORDS,
            commentaires=st.just("") | WORDS,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_rows_are_read_again_as_they_were_written(rows: list[Row]) -> None:
    from impactlib.domain.text import clean

    tidy = [row for row in rows if all(clean(value) == value for value in vars(row).values() if isinstance(value, str))]
    if tidy:
        assert list(national.read(national.write_csv(tidy))) == tidy
        told = published(tidy).told
        assert sum(len(one.rows) for one in told) == len(tidy)


# The command --------------------------------------------------------------------------------------------


def test_the_command_writes_a_site_and_says_what_is_public(
    room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai médian")
    for month in ("2026-01", "2026-02"):
        give(room, id, "21", month)
    site_at, session = tmp_path / "a" / "site", str(path_of(room.store.journal))
    assert main(["stats", session, "-o", str(site_at), "--administration", "Ministère des Rivières", "--preview"]) == 0
    assert not site_at.exists()
    said = capsys.readouterr()
    assert "Délai médian: 2" in said.out
    assert main(["stats", session, "-o", str(site_at), "--administration", "Ministère des Rivières"]) == 0
    assert {path.suffix for path in site_at.iterdir()} == {".html", ".csv", ".json"}
    assert "Ministère des Rivières" in (site_at / "index.html").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, taken = tmp_path / "t.csv", tmp_path / "site"
    source.write_bytes(OWN)
    taken.write_text("un fichier")
    assert main(["stats", str(source), "-o", str(taken)]) == 2
    assert "Nothing was written" in capsys.readouterr().err and taken.read_text() == "un fichier"


def test_a_room_gives_a_preview_the_table_and_the_whole_site(room: Room) -> None:
    for metric in ("Délai médian", "Satisfaction"):
        id = room.ask(CLIENT, do="write", kind="metric", text=metric)
    give(room, id, "21", "2026-01-31")
    file = room.store.to_file()
    made = {form: render(file, "stats", form, environment("fr")) for form in ("html", "csv", "json", "zip")}
    page = made["html"].decode()
    assert "1 chiffre de cette page serait public" in page and 'href="stats.zip"' in page
    assert "<li><bdi>Satisfaction</bdi> (1 chiffre)</li>" in page and "Délai médian" not in page
    assert "<bdi></bdi>" not in page and "et pour qui\u00a0: non renseigné" in page
    assert national.read(made["csv"]) == national.read(made["json"])
    with zipfile.ZipFile(io.BytesIO(made["zip"])) as site:
        assert len(site.namelist()) == 4 and site.read("index.html").startswith(b"<!doctype html>")
