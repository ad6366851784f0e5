"""The `impact` command: what a shell gives it, and what it prints."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from impactlib import export
from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.domain.check import check
from impactlib.domain.hypotheses import drafted
from impactlib.domain.session import Session
from impactlib.domain.session_file import read
from impactlib.domain.spreadsheet import read_hypotheses
from impactlib.gestures import Asking
from impactlib.storage.session_store import create_session, open_store
from impactlib.views.render import environment, translation

ROLES = ["facilitator", "client", "consultant", "observer"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and no data folder named."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.delenv("IMPACT_DATA", raising=False)
    return tmp_path / "work"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return json.loads(printed.out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a command that cannot be done prints."""
    assert main(list(arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert re.fullmatch(r"impact: .+\n", printed.err)
    return printed.err


def test_new_prints_the_session_and_one_link_for_each_role(capsys: pytest.CaptureFixture[str]) -> None:
    made = run(capsys, "new", "--team", "Colis Solidaire")
    assert list(made) == ["session", "links"]
    assert list(made["links"]) == ROLES
    for role, url in made["links"].items():
        assert re.fullmatch(rf"http://127\.0\.0\.1:8866/room/{made['session']}/{role}\?key=[a-z2-7]{{24}}", url)


def test_links_lead_to_the_server_that_one_names(capsys: pytest.CaptureFixture[str]) -> None:
    made = run(capsys, "new", "--team", "Colis Solidaire", "--url", "https://atelier.test/base")
    assert all(url.startswith("https://atelier.test/base/room/") for url in made["links"].values())


def test_new_opens_the_agenda_and_the_language_that_one_asks_for(capsys: pytest.CaptureFixture[str]) -> None:
    made = run(capsys, "new", "--team", "  Colis \n Solidaire ", "--agenda", "reformulation", "--lang", "en")
    store = open_store(Path("data"), made["session"])
    assert store.session.agenda
    assert (store.session.team, store.session.agenda.name, store.session.lang) == (
        "Colis Solidaire",
        "reformulation",
        "en",
    )
    store.journal.close()


def test_sessions_lists_what_was_opened_with_its_team_date_and_agenda(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "sessions") == []
    ids = {run(capsys, "new", "--team", team)["session"]: team for team in ("Colis Solidaire", "L’équipe « é »")}
    listed = run(capsys, "sessions")
    assert {row["session"]: row["team"] for row in listed} == ids
    for row in listed:
        assert list(row) == ["session", "team", "date", "agenda", "rehearsal"]
        assert row["agenda"] == "atelier-impact"
        assert abs(datetime.fromisoformat(row["date"]).timestamp() - datetime.now().timestamp()) < 3600


def test_sessions_lists_each_date_in_the_time_zone_of_its_workshop(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "new", "--team", "Colis Solidaire", "--zone", "Pacific/Noumea")
    run(capsys, "new", "--team", "Colis Solidaire", "--zone", "America/Martinique")
    assert [row["date"][-6:] for row in run(capsys, "sessions")] == ["-04:00", "+11:00"]


def test_new_refuses_a_time_zone_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "--team", "Colis Solidaire", "--zone", "Paris"]) == 2
    assert "There is no time zone named Paris." in capsys.readouterr().err
    assert run(capsys, "sessions") == []


def test_links_shows_the_same_links_again(capsys: pytest.CaptureFixture[str]) -> None:
    made = run(capsys, "new", "--team", "Colis Solidaire")
    assert run(capsys, "links", made["session"]) == made


def test_links_renews_one_role_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    made = run(capsys, "new", "--team", "Colis Solidaire")
    renewed = run(capsys, "links", made["session"], "--new", "client")
    assert [role for role in ROLES if renewed["links"][role] != made["links"][role]] == ["client"]
    assert run(capsys, "links", made["session"]) == renewed


def test_the_links_of_those_who_are_invited_open_until_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    made = run(capsys, "new", "--team", "Colis Solidaire")
    for raw, day in (("2027-01-31", "2027-01-31"), ("none", "")):
        assert run(capsys, "links", made["session"], "--until", raw) == made
        store = open_store(Path("data"), made["session"])
        assert store.session.links_end == day
        store.journal.close()
    with pytest.raises(SystemExit):
        main(["links", made["session"], "--until", "31/01/2027"])
    assert "write a day such as 2027-01-31, or none" in capsys.readouterr().err


def test_the_operators_address_is_shown_and_renewed_and_the_links_stay(capsys: pytest.CaptureFixture[str]) -> None:
    made = run(capsys, "new", "--team", "Colis Solidaire")

    def address(*more: str) -> str:
        assert main(["operator", "--url", "https://ateliers.exemple.test/", *more]) == 0
        return capsys.readouterr().out.strip()

    first = address()
    assert first.startswith("https://ateliers.exemple.test/?key=") and address() == first
    renewed = address("--new")
    assert renewed != first and address() == renewed
    assert run(capsys, "links", made["session"]) == made


def test_without_json_it_prints_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "--team", "Colis Solidaire"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said[1:]] == ROLES
    assert main(["sessions"]) == 0
    assert said[0] in capsys.readouterr().out
    assert main(["links", said[0]]) == 0
    assert capsys.readouterr().out.splitlines() == said


# Where data are -------------------------------------------------------------------------------------


def test_data_are_in_the_folder_named_then_in_the_environments_then_beside(
    capsys: pytest.CaptureFixture[str], elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "new", "--team", "A")
    assert (elsewhere / "data" / "sessions").is_dir()
    monkeypatch.setenv("IMPACT_DATA", str(elsewhere / "by-environment"))
    assert run(capsys, "sessions") == []
    run(capsys, "new", "--team", "B")
    assert [row["team"] for row in run(capsys, "sessions")] == ["B"]
    run(capsys, "new", "--team", "C", "--data", str(elsewhere / "named"))
    assert [row["team"] for row in run(capsys, "sessions", "--data", str(elsewhere / "named"))] == ["C"]
    assert [row["team"] for row in run(capsys, "sessions", "--data", "data")] == ["A"]


def test_listing_makes_no_folder(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    run(capsys, "sessions")
    assert list(elsewhere.iterdir()) == []


# Hypotheses -----------------------------------------------------------------------------------------

DRAFTS = """\
Hypothèse;Mesure;Cible;Échéance;Humeur
Les familles reçoivent leur colis plus tôt;Délai médian d’accès;14,5;31/12/2026;bonne
;;;;
Les visites augmentent;;beaucoup;hier;
"""


@pytest.fixture
def drafts(elsewhere: Path) -> Path:
    """A team's spreadsheet, in which two cells and a heading cannot be read."""
    path = elsewhere / "colis.csv"
    path.write_text(DRAFTS, encoding="utf-8")
    return path


def unread(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The beginning of each line that says what could not be read, which come after those that say what was decided."""
    lines = [line.split("\u00a0:")[0].split(": ")[0] for line in capsys.readouterr().err.splitlines()]
    return [line for line in lines if line.startswith(("ligne", "row"))]


IN_FRENCH = [
    "ligne 1, colonne «\u00a0Humeur\u00a0»",
    "ligne 4, colonne «\u00a0Cible\u00a0»",
    "ligne 4, colonne «\u00a0Échéance\u00a0»",
]


GOOD = """\
Hypothèse;Concept;Mesure;Unité;Population;Source;Responsable;Valeur de départ;Cible;Sens;Date de départ;Échéance
Les familles reçoivent leur colis plus tôt;impactant;Délai médian entre la demande et le colis;jours;\
familles orientées en urgence;registre des demandes;Inès;21,5;14;moins;15/01/2026;31/12/2026
"""


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_check_says_what_is_weak_in_each_row_as_json(
    capsys: pytest.CaptureFixture[str], drafts: Path, lang: str
) -> None:
    assert main(["check", "colis.csv", "--json", "--lang", lang]) == 1
    words = translation(lang).gettext
    found = json.loads(capsys.readouterr().out)
    assert all(one.pop("see") for one in found)
    assert found == [
        {"row": row, "hypothesis": each.statement, "code": f.code, "why": words(f.why), "mend": words(f.mend)}
        for row, each in read_hypotheses(DRAFTS.encode()).rows
        for f in check(each)
    ]


def test_check_names_what_it_could_not_read_and_goes_on(capsys: pytest.CaptureFixture[str], drafts: Path) -> None:
    assert main(["check", "colis.csv"]) == 1
    assert unread(capsys) == IN_FRENCH


def test_check_prints_for_people_what_is_weak_under_each_hypothesis(
    capsys: pytest.CaptureFixture[str], drafts: Path
) -> None:
    assert main(["check", "colis.csv"]) == 1
    out, _, read = capsys.readouterr().out.partition("À lire\u00a0:\n")
    said = out.splitlines()
    assert "Le tableau de bord frugal" in read and len(read.splitlines()) == len(set(read.splitlines()))
    assert [line for line in said if not line.startswith("   - ")] == [
        "2. Les familles reçoivent leur colis plus tôt",
        "4. Les visites augmentent",
    ]
    codes = [re.findall(r"\[([a-z-]+)\]$", line)[0] for line in said if line.startswith("   - ")]
    assert codes == [f.code for _, row in read_hypotheses(DRAFTS.encode()).rows for f in check(row)]
    assert "no-target" in codes


def test_check_shortens_a_long_statement_and_gives_the_metric_where_there_is_none(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    (elsewhere / "a.csv").write_text(f"Hypothèse;Mesure\n{'long ' * 40};\n\n;Visites\n", encoding="utf-8")
    assert main(["check", "a.csv"]) == 1
    out = capsys.readouterr().out.partition("À lire")[0]
    named = [line for line in out.splitlines() if not line.startswith("   - ")]
    assert named == [f"2. {('long ' * 40)[:99]}…", "4. Visites"]


def test_check_says_when_a_hypothesis_of_a_notebook_has_no_words(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    store = create_session(elsewhere / "data", "Colis", lang="fr")
    team = Asking("marc-1234", Role.CLIENT)
    store.ask(team, {"id": "joined-1", "do": "join", "name": "Marc"})
    store.ask(team, {"id": "drafted-1", "do": "draft", "unit": "jours"})
    export.save("prep.ipynb", export.render(store.to_file(), "session", "ipynb", environment("fr")))
    store.journal.close()
    assert main(["check", "prep.ipynb"]) == 1
    assert capsys.readouterr().out.startswith("1. (sans énoncé)\n")


def test_check_is_content_with_a_hypothesis_that_says_all(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    (elsewhere / "good.csv").write_text(GOOD, encoding="utf-8")
    assert run(capsys, "check", "good.csv") == []
    assert main(["check", "good.csv"]) == 0
    assert capsys.readouterr().out == "Rien à corriger.\n"


def test_problems_of_reading_are_no_findings(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    first, second = GOOD.splitlines()
    (elsewhere / "good.csv").write_text(f"{first};Humeur\n{second};bonne\n", encoding="utf-8")
    assert main(["check", "good.csv", "--json"]) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("[]\n", 1)


def test_check_reads_a_session_notebook_and_finds_the_same(capsys: pytest.CaptureFixture[str], drafts: Path) -> None:
    assert main(["draft", "colis.csv", "-o", "prep.ipynb"]) == 0
    assert main(["check", "colis.csv", "--json"]) == 1
    of_table = json.loads(capsys.readouterr().out)
    assert main(["check", "prep.ipynb", "--json"]) == 1
    places = {2: 1, 4: 2}  # the blank row is no hypothesis of the session
    assert json.loads(capsys.readouterr().out) == [{**found, "row": places[found["row"]]} for found in of_table]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "vide"),
        ("a.csv", b"Humeur;Temps\nbonne;beau\n", "Aucune colonne"),
        ("a.csv", b'Mesure;Cible\n"A;3\n', "La ligne 2 ne peut pas être lue"),
        ("a.ipynb", b"{}", "notebook"),
        ("a.ipynb", DRAFTS.encode(), "notebook"),
    ],
)
def test_check_refuses_what_it_cannot_read(
    capsys: pytest.CaptureFixture[str], elsewhere: Path, name: str, content: bytes, said: str
) -> None:
    (elsewhere / name).write_bytes(content)
    line = refused(capsys, "check", name)
    assert line.startswith(f"impact: {name}: ")
    assert said in line
    assert refused(capsys, "check", name, "--lang", "en") != line


def test_check_of_a_file_that_is_not_there_exits_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert "away.csv" in refused(capsys, "check", "away.csv", "--json")


def test_check_reads_a_sheet_of_a_workbook_and_says_how(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    book = openpyxl.Workbook()
    for name, target in (("Hiver", "+5 %"), ("Été", "3 M")):
        page = book.create_sheet(name)
        page.append(["Mesure", "Cible 2027"])
        page.append(["Passagers", target])
    del book["Sheet"]
    book.save(elsewhere / "bacs.xlsx")
    assert main(["check", "bacs.xlsx", "--lang", "en"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "The sheet “Hiver” was read, one of Hiver, Été.",
        "“Cible 2027” is read as Target; a year is not a day: 2027 was not kept as a date.",
        "row 2, column “Cible 2027”: This is a change, not a value: write the value itself. (+5 %)",
    ]
    assert main(["draft", "bacs.xlsx", "--sheet", "Été", "-o", "prep.ipynb"]) == 0
    assert [each.row.target for each in drafted(session_in(elsewhere / "prep.ipynb"))] == ["3000000"]
    capsys.readouterr()
    assert "Hiver, Été" in refused(capsys, "check", "bacs.xlsx", "--sheet", "Automne")


def test_drafts_keep_the_metrics_of_one_hypothesis_together(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    content = "Hypothèse;Mesure;Cible\nLes bacs partent;Retard;5\n;Annulations;2\nLes bacs sont pleins;Passagers;9\n"
    (elsewhere / "bacs.csv").write_text(content, encoding="utf-8")
    assert main(["draft", "bacs.csv", "-o", "prep.ipynb"]) == 0
    session = session_in(elsewhere / "prep.ipynb")
    metrics = [
        [one.text for one in session.notes_of("metric", about=note.id)] for note in session.notes_of("hypothesis")
    ]
    assert metrics == [["Retard", "Annulations"], ["Passagers"]]


def session_in(notebook: Path) -> Session:
    return read(notebook.read_bytes()).fold()


def test_drafts_become_a_session_notebook_and_what_was_not_read_is_named(
    capsys: pytest.CaptureFixture[str], drafts: Path, elsewhere: Path
) -> None:
    assert main(["draft", "colis.csv", "-o", "prep.ipynb", "--team", "Colis Solidaire"]) == 0
    assert unread(capsys) == IN_FRENCH
    session = session_in(elsewhere / "prep.ipynb")
    assert (session.team, session.lang, session.clock.started) == ("Colis Solidaire", "fr", None)
    assert [each.row for each in drafted(session)] == [row for _, row in read_hypotheses(DRAFTS.encode()).rows]
    assert drafted(session)[0].row.target == "14.5"
    assert sorted(path.name for path in elsewhere.iterdir()) == ["colis.csv", "prep.ipynb"]


def test_a_corrected_file_brings_a_session_notebook_up_to_date(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    first = "Hypothèse;Mesure;Cible\nLes bacs partent à l’heure;Retard;12\nMoins de pannes;Pannes;beaucoup\n"
    (elsewhere / "bacs.csv").write_text(first)
    assert main(["draft", "bacs.csv", "-o", "prep.ipynb"]) == 0
    (elsewhere / "bacs.csv").write_text(first.replace("12", "10").replace("beaucoup", "3"))
    capsys.readouterr()
    assert main(["draft", "bacs.csv", "--into", "prep.ipynb"]) == 0
    printed = capsys.readouterr()
    assert printed.out == "2 cases ont été mises à jour.\n"
    assert printed.err.splitlines()[-1] == "ligne 3, «\u00a0Cible\u00a0»\u00a0: 3 au lieu de (rien)"
    assert [each.row.target for each in drafted(session_in(elsewhere / "prep.ipynb"))] == ["10", "3"]
    assert main(["draft", "bacs.csv", "--into", "prep.ipynb"]) == 0
    assert "Rien de nouveau" in capsys.readouterr().out


def test_what_somebody_changed_in_a_workshop_is_listed_and_stays_unless_the_file_overwrites_it(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    id = run(capsys, "new", "--team", "Bacs")["session"]
    (elsewhere / "bacs.csv").write_text("Mesure;Cible\nRetard;12\n")
    assert main(["draft", "bacs.csv", "--into", id]) == 0
    store = open_store(Path("data"), id)
    [retard] = store.session.notes_of("metric")
    team = Asking("person-ada", Role.FACILITATOR)
    store.ask(team, {"id": "join-ada", "do": "join", "name": "Ada"})
    store.ask(team, {"id": "change-1", "do": "detail", "note": retard.id, "detail": "target", "value": "9"})
    (elsewhere / "bacs.csv").write_text("Mesure;Cible\nRetard;10\n")
    capsys.readouterr()
    assert main(["draft", "bacs.csv", "--into", id, "--lang", "en"]) == 0
    printed = capsys.readouterr()
    assert "row 2, “Cible”: the file says 10, the workshop 9, which stays (Retard)" in printed.err
    store.catch_up()
    assert store.session.notes[retard.id].details["target"] == "9"
    assert main(["draft", "bacs.csv", "--into", id, "--overwrite"]) == 0
    store.catch_up()
    assert store.session.notes[retard.id].details["target"] == "10"
    store.journal.close()
    capsys.readouterr()
    assert "--into" in refused(capsys, "draft", "bacs.csv")
    assert "--into" in refused(capsys, "draft", "bacs.csv", "--into", id, "-o", "a.ipynb")


def test_drafts_take_the_files_name_for_a_team_and_the_language_that_one_asks_for(
    capsys: pytest.CaptureFixture[str], drafts: Path, elsewhere: Path
) -> None:
    assert main(["draft", "colis.csv", "-o", "prep.ipynb", "--lang", "en"]) == 0
    assert unread(capsys)[1] == "row 4, column “Cible”"
    session = session_in(elsewhere / "prep.ipynb")
    assert (session.team, session.lang) == ("colis", "en")


def test_two_notebooks_of_the_same_drafts_are_two_sessions(drafts: Path, elsewhere: Path) -> None:
    for name in ("one.ipynb", "two.ipynb"):
        assert main(["draft", "colis.csv", "-o", name]) == 0
    one, two = (session_in(elsewhere / name) for name in ("one.ipynb", "two.ipynb"))
    assert not one.notes.keys() & two.notes.keys()


def test_a_session_notebook_is_not_replaced_by_one_that_lacks_what_it_holds(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    (elsewhere / "colis.csv").write_text(GOOD, encoding="utf-8")
    assert main(["draft", "colis.csv", "-o", "prep.ipynb"]) == 0
    kept = (elsewhere / "prep.ipynb").read_bytes()
    assert "--into" in refused(capsys, "draft", "colis.csv", "-o", "prep.ipynb")
    assert main(["export", "prep.ipynb", "--kind", "names", "-o", "n.json"]) == 0
    assert "would be lost" in refused(
        capsys, "export", "prep.ipynb", "--share", "--names", "n.json", "-o", "prep.ipynb"
    )
    assert (elsewhere / "prep.ipynb").read_bytes() == kept
    # Of the same session, whatever holds all that was there may take its place; so may a reduced one of a reduced one.
    assert main(["import", "prep.ipynb", "--json"]) == 0
    id = json.loads(capsys.readouterr().out)["session"]
    (elsewhere / "colis.csv").write_text(GOOD + "Un colis de plus;;Colis;;\n", encoding="utf-8")
    assert main(["draft", "colis.csv", "--into", id]) == 0
    assert main(["export", id, "-o", "prep.ipynb"]) == 0
    for _ in range(2):
        assert main(["export", id, "--share", "-o", "shared.ipynb"]) == 0
    assert len(session_in(elsewhere / "prep.ipynb").notes_of("hypothesis")) == 2


def test_drafted_hypotheses_go_on_in_a_workshop(capsys: pytest.CaptureFixture[str], drafts: Path) -> None:
    assert main(["draft", "colis.csv", "-o", "prep.ipynb"]) == 0
    assert main(["import", "prep.ipynb", "--json"]) == 0
    id = json.loads(capsys.readouterr().out)["session"]
    store = open_store(Path("data"), id)
    assert [note.text for note in store.session.notes_of("hypothesis")] == [
        "Les familles reçoivent leur colis plus tôt",
        "Les visites augmentent",
    ]
    store.journal.close()


def test_no_notebook_is_made_of_nothing(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    (elsewhere / "a.csv").write_text("Hypothèse;Cible\n;;\n", encoding="utf-8")
    assert "Aucune hypothèse" in refused(capsys, "draft", "a.csv", "-o", "prep.ipynb")
    (elsewhere / "a.csv").write_bytes(b"PK\x03\x04")
    assert "classeur" in refused(capsys, "draft", "a.csv", "-o", "prep.ipynb")
    assert "no such file" in refused(capsys, "draft", "b.csv", "-o", "prep.ipynb")
    assert [path.name for path in elsewhere.iterdir()] == ["a.csv"]


def test_drafts_are_written_as_a_notebook_or_not_at_all(
    capsys: pytest.CaptureFixture[str], drafts: Path, elsewhere: Path
) -> None:
    assert "--format says ipynb" in refused(capsys, "draft", "colis.csv", "-o", "prep.md")
    assert not (elsewhere / "prep.md").exists()


# Errors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("team", "said"), [("", "Give the team's name"), ("  ", "Give"), ("x" * 121, "too long")])
def test_a_team_without_a_proper_name_opens_nothing(
    capsys: pytest.CaptureFixture[str], elsewhere: Path, team: str, said: str
) -> None:
    assert said in refused(capsys, "new", "--team", team)
    assert list(elsewhere.iterdir()) == []


def test_an_unknown_agenda_names_those_there_are_and_opens_nothing(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    said = refused(capsys, "new", "--team", "A", "--agenda", "atelier")
    assert "atelier-impact, aarri, committee, committee-rehearsal, follow-up, indicators, matrix, north-star, r" in said
    assert list(elsewhere.iterdir()) == []


def test_an_agenda_of_ones_own_that_is_wrong_names_the_file_and_the_key(
    capsys: pytest.CaptureFixture[str], elsewhere: Path
) -> None:
    (elsewhere / "mine.toml").write_text(
        'name = "mine"\ntitle = "A"\n[[steps]]\nid = "a"\nminutes = 0\nshows = ["tour"]\ntitle = "A"\n'
    )
    assert "mine.toml: steps[1].minutes: 0" in refused(capsys, "new", "--team", "A", "--agenda", "mine.toml")
    assert not (elsewhere / "data").exists()


@pytest.mark.parametrize("session", ["away", "", "../secret", "a/b", "é", "x" * 300])
def test_an_unknown_session_is_refused(capsys: pytest.CaptureFixture[str], session: str) -> None:
    run(capsys, "new", "--team", "A")
    refused(capsys, "links", session)


def test_a_journal_of_a_newer_kit_is_named(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    import sqlite3
    from contextlib import closing

    made = run(capsys, "new", "--team", "A")
    path = elsewhere / "data" / "sessions" / f"{made['session']}.journal"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("update meta set value = '99' where key = 'format'")
    assert f"{made['session']}.journal: written by a newer kit (format 99)" in refused(capsys, "links", made["session"])


def test_a_data_folder_that_is_a_file_is_refused(capsys: pytest.CaptureFixture[str], elsewhere: Path) -> None:
    (elsewhere / "data").write_text("")
    refused(capsys, "new", "--team", "A")


@pytest.mark.parametrize("arguments", [[], ["open"], ["new"], ["links"], ["new", "--team", "A", "--lang", "de"]])
def test_a_command_that_is_not_one_exits_two(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2
    assert "usage: impact" in capsys.readouterr().err


@pytest.mark.parametrize("role", ["admin", ""])
def test_no_link_is_renewed_for_a_role_that_there_is_not(capsys: pytest.CaptureFixture[str], role: str) -> None:
    made = run(capsys, "new", "--team", "A")
    with pytest.raises(SystemExit):
        main(["links", made["session"], "--new", role])
    capsys.readouterr()
    assert run(capsys, "links", made["session"]) == made


@pytest.mark.process
def test_the_installed_command_does_the_same_in_a_process_of_its_own(elsewhere: Path) -> None:
    impact = Path(sys.executable).parent / "impact"
    made = subprocess.run(
        [impact, "new", "--team", "Équipe", "--json"], capture_output=True, text=True, cwd=elsewhere, env=os.environ
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert list(json.loads(made.stdout)["links"]) == ROLES
    wrong = subprocess.run([impact, "links", "away"], capture_output=True, text=True, cwd=elsewhere, env=os.environ)
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("port", ["0", "-1", "65536", "99999", "9" * 5000, "eighty", "８０"])
def test_a_port_that_there_is_not_is_refused_in_a_sentence(capsys: pytest.CaptureFixture[str], port: str) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["serve", f"--port={port}"])
    assert exit.value.code == 2
    assert "give a port from 1 to 65535, such as 8866" in capsys.readouterr().err


@pytest.mark.process
def test_a_port_that_is_taken_is_named_with_what_to_do(elsewhere: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        impact = Path(sys.executable).parent / "impact"
        command = [str(impact), "serve", "--no-browser", "--port", str(port)]
        said = subprocess.run(command, capture_output=True, text=True, cwd=elsewhere, env=os.environ, timeout=60)
    assert said.returncode == 2
    assert said.stderr.endswith(
        f"impact: port {port} is taken by another program. Stop that one, or give another port with --port.\n"
    )
