"""A team follows its figures between workshops: the pane, its sentences, and every file that one leaves with."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator

from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.domain.readings import every_series
from impactlib.domain.session_file import read
from impactlib.export import render
from impactlib.export.frames import frames
from impactlib.export.session_json import SCHEMA
from impactlib.rooms.figures_brought import Bringing, read_table
from impactlib.rooms.replay import build, told as replayed
from impactlib.storage.session_store import import_session
from impactlib.views import Eye
from impactlib.views.controls import PANE as CONTROLS
from impactlib.views.readings import PANE
from impactlib.views.render import environment
from impactlib.views.summary import PANE as SUMMARY
from tests.conftest import Room, Time

CLIENT, FACILITATOR = Role.CLIENT, Role.FACILITATOR
DAY = 86_400


@pytest.fixture
def metric(lived: Room, time: Time) -> str:
    """A metric of an hour that is over: 21 days at first, then 19 and 15, aimed at 10."""
    [kept] = lived.session.kept_metrics()
    said = {"unit": "jours", "baseline": "21", "baseline_date": "2033-03-01", "target": "10", "direction": "less"}
    for name, value in said.items():
        lived.ask(CLIENT, do="detail", note=kept.id, detail=name, value=value)
    time.advance(90 * DAY)
    for figure, as_of in (("19", "2033-06-10"), ("15", "2033-07-12")):
        give(lived, kept.id, figure, as_of, source="Registre")
    return kept.id


def give(room: Room, metric: str, figure: str, as_of: str, **more: str) -> str:
    return room.ask(
        CLIENT, do="write", kind="reading", about=metric, figure=figure, as_of=as_of, **{"text": "", **more}
    )


def drawn(room: Room, role: Role = CLIENT, lang: str = "fr", pane: Any = PANE) -> str:
    return "".join(str(html) for html in pane.fragments(room.session, Eye(role, lang)).values())


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()


# Every file ------------------------------------------------------------------------------------------

FRENCH = (("21", "01/03/2033"), ("19", "10/06/2033"), ("15", "12/07/2033"))


def words(content: bytes, form: str) -> str:
    """The words of a file."""
    if form in ("docx", "odt"):
        inside = zipfile.ZipFile(io.BytesIO(content))
        return plain(inside.read({"docx": "word/document.xml", "odt": "content.xml"}[form]).decode())
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
        return " ".join(f"{cell:%d/%m/%Y}" if hasattr(cell, "year") else str(cell) for cell in cells)
    return content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        *(("summary", form) for form in ("md", "html", "odt", "docx")),
        *((kind, form) for kind in ("metrics", "readings") for form in ("csv", "xlsx")),
        ("session", "ipynb"),
    ],
)
def test_the_figures_and_their_dates_are_in_every_file(lived: Room, metric: str, kind: str, form: str) -> None:
    content = words(render(lived.store.to_file(), kind, form, environment("fr")), form)
    for figure, on in FRENCH:
        assert re.search(rf"\b{figure}\b", content) and on in content, (figure, on)


def corrected(room: Room, metric: str) -> str:
    """The reading of 19 days is 18 days now, and the baseline, which was 21, is 22."""
    [first, _] = room.session.notes_of("reading")
    for note, detail, value in ((first.id, "figure", "18"), (metric, "baseline", "22")):
        room.ask(CLIENT, do="detail", note=note, detail=detail, value=value)
    return first.id


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("form", ["md", "html", "odt", "docx"])
def test_a_corrected_figure_is_summed_up_with_what_it_was(lived: Room, metric: str, form: str, lang: str) -> None:
    said = {"fr": "corrigé, avant : ", "en": "corrected, before: "}[lang]
    assert said not in plain(words(render(lived.store.to_file(), "summary", form, environment(lang)), form))
    corrected(lived, metric)
    content = plain(words(render(lived.store.to_file(), "summary", form, environment(lang)), form))
    for figure in ("19", "21"):
        assert re.search(rf"{said}{figure}\b", content), figure


def test_a_corrected_baseline_without_a_reading_is_summed_up_with_what_it_was(lived: Room) -> None:
    [kept] = lived.session.kept_metrics()
    for value in ("21", "22"):
        lived.ask(CLIENT, do="detail", note=kept.id, detail="baseline", value=value)
    for form in ("md", "html"):
        content = plain(words(render(lived.store.to_file(), "summary", form, environment("fr")), form))
        assert re.search(r"valeur de départ : 22 ?, corrigé, avant : 21\b", content)
    assert re.search(r"corrigé, avant : 21\b", plain(drawn(lived, pane=SUMMARY)))


def test_the_page_says_what_a_corrected_figure_was(lived: Room, metric: str) -> None:
    assert "corrigé" not in drawn(lived)
    corrected(lived, metric)
    page = plain(drawn(lived))
    assert re.search(r"Registre · donné par [^·]*· corrigé, avant : 19 Corriger", page)
    assert re.search(r"valeur de départ · données correctes à 50 % · corrigé, avant : 21 ", page)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(("lang", "heading"), [("fr", "Avant correction"), ("en", "Before correction")])
def test_a_table_of_figures_says_what_they_were_and_comes_back(
    lived: Room, metric: str, form: str, lang: str, heading: str
) -> None:
    corrected(lived, metric)
    content = render(lived.store.to_file(), "readings", form, environment(lang))
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        first, *rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    else:
        first, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";" if lang == "fr" else ",")
    assert first[-1] == heading and [str(row[-1]) for row in rows] == ["21", "19", ""]
    table = read_table(content)
    assert not table.problems and [one.figure for one in table.given] == ["22", "18", "15"]


def test_session_json_says_what_a_corrected_figure_was(lived: Room, metric: str) -> None:
    reading = corrected(lived, metric)
    lived.ask(CLIENT, do="detail", note=reading, detail="as_of", value="2033-06-11")
    state = json.loads(render(lived.store.to_file(), "session", "json", environment("fr")))
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(state)
    [kept, other] = sorted(state["metrics"], key=lambda one: one["id"] != metric)
    assert (kept["definition"]["baseline"], kept["corrected"]) == (22, [{"field": "baseline", "before": 21}])
    assert [one["corrected"] for one in kept["readings"]] == [
        [{"field": "value", "before": 19}, {"field": "date", "before": "2033-06-10"}],
        [],
    ]
    assert other["corrected"] == []
    rows = frames(lived.store.to_file())["corrections"]
    assert rows[["metric", "note", "field", "before"]].to_numpy().tolist() == [
        [metric, metric, "baseline", "21"],
        [metric, reading, "value", "19"],
        [metric, reading, "date", "2033-06-10"],
    ]


def test_the_replay_tells_a_correction_that_came_after_the_hour(lived: Room, time: Time) -> None:
    [kept] = lived.session.kept_metrics()
    lived.ask(CLIENT, do="detail", note=kept.id, detail="baseline", value="21")
    time.advance(90 * DAY)
    lived.ask(CLIENT, do="detail", note=kept.id, detail="baseline", value="22")
    made = build(lived.store.to_file(), "fr")
    lines = [line for frame in replayed(made, "fr")["frames"] for line in frame["lines"]]
    assert (lines[-1]["what"], lines[-1]["text"]) == ("corrige un chiffre", f"{kept.text} · 21 → 22")


def test_a_shell_tells_what_a_corrected_figure_was(
    lived: Room, metric: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corrected(lived, metric)
    path = tmp_path / "colis.ipynb"
    path.write_bytes(render(lived.store.to_file(), "session", "ipynb", environment("fr")))
    main(["readings", str(path)])
    assert [line.strip() for line in capsys.readouterr().out.splitlines() if "corrigé" in line] == [
        "corrigé, avant\u00a0: 21",
        "corrigé, avant\u00a0: 19",
    ]
    main(["replay", str(path)])
    said = [line for line in capsys.readouterr().out.splitlines() if "corrige un chiffre" in line]
    assert ["19 → 18" in said[0], "21 → 22" in said[1], len(said)] == [True, True, 2]


def test_session_json_and_the_notebook_carry_them(lived: Room, metric: str) -> None:
    state = json.loads(render(lived.store.to_file(), "session", "json", environment("fr")))
    [kept] = [one for one in state["metrics"] if one["id"] == metric]
    assert (kept["definition"]["baseline"], kept["definition"]["baseline_date"]) == (21, "2033-03-01")
    assert [(one["date"], one["value"]) for one in kept["readings"]] == [("2033-06-10", 19), ("2033-07-12", 15)]
    carried = read(render(lived.store.to_file(), "session", "ipynb", environment("fr"))).fold()
    assert [len(one.readings) for one in every_series(carried) if one.metric.id == metric] == [2]


def test_the_replay_shows_them(lived: Room, metric: str) -> None:
    page = render(lived.store.to_file(), "replay", "html", environment("fr")).decode()
    for figure, on in FRENCH:
        assert f"{figure}\u00a0jours" in page and on in page


def test_the_summary_has_a_small_curve_in_a_page_and_a_picture_in_a_document(lived: Room, metric: str) -> None:
    page = render(lived.store.to_file(), "summary", "html", environment("fr")).decode()
    assert 'class="curve"' in page and "<script" not in page
    assert 'class="curve small"' in drawn(lived, pane=SUMMARY)
    for form, folder in (("docx", "word/media/"), ("odt", "Pictures/")):
        content = render(lived.store.to_file(), "summary", form, environment("fr"))
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        assert len([name for name in names if name.startswith(folder)]) == 2  # the metrics, and the curve


def test_the_file_of_figures_comes_back_without_anything_new(lived: Room, metric: str) -> None:
    for lang in ("fr", "en"):
        for form in ("csv", "xlsx"):
            table = read_table(render(lived.store.to_file(), "readings", form, environment(lang)))
            assert not table.problems and len(table.given) == 3
            bringing = Bringing(lived.session, table.given, "", "somebody")
            for together in bringing.placed:
                bringing.take(lived.store, together, lambda gesture: pytest.fail(str(gesture)))
            brought = bringing.brought
            assert (brought.taken, brought.here, brought.left, brought.asked) == (0, 3, [], [])


# The pane --------------------------------------------------------------------------------------------


def test_the_form_asks_for_each_metric_and_says_its_last_figure(lived: Room, metric: str) -> None:
    page = drawn(lived)
    assert f'data-asks="{metric}"' in page and "Dernier chiffre : 15 jours, 12/07/2033." in plain(page).replace(
        "\u00a0", " "
    )
    assert "Pas encore de chiffre." in page  # of the other metric


@pytest.mark.parametrize(
    ("figure", "as_of", "sentence"),
    [
        ("9", "2034-01-01", "encore à venir"),
        ("30", "2033-01-01", "avant celle de la valeur de départ"),
        ("16", "2033-07-12", "les deux sont gardés"),
    ],
)
def test_an_odd_figure_is_kept_and_told(lived: Room, metric: str, figure: str, as_of: str, sentence: str) -> None:
    give(lived, metric, figure, as_of)
    assert sentence in drawn(lived)
    assert len(next(one for one in every_series(lived.session) if one.metric.id == metric).readings) == 3


def test_two_people_who_give_the_same_month_are_both_kept(lived: Room, metric: str) -> None:
    give(lived, metric, "14", "2033-08")
    lived.ask(FACILITATOR, do="write", kind="reading", about=metric, text="", figure="13", as_of="2033-08")
    [found] = [one for one in every_series(lived.session) if one.metric.id == metric]
    assert [float(one.value) for one in found.readings][-2:] == [14, 13] and drawn(lived).count(
        "les deux sont gardés"
    ) >= 2


def test_a_target_that_is_reached_or_was_missed_is_said_as_a_fact(lived: Room, metric: str) -> None:
    lived.ask(CLIENT, do="detail", note=metric, detail="target_date", value="2033-07-01")
    fact = "Cible manquée : 15 jours au 12/07/2033, pour une cible de 10 jours au 01/07/2033."
    assert fact in plain(drawn(lived)).replace("\u00a0", " ")
    give(lived, metric, "9,5", "2033-08-01")
    assert "La cible de 10 jours est atteinte : 9,5 jours au 01/08/2033." in plain(drawn(lived)).replace("\u00a0", " ")


def test_a_figure_that_is_still_to_come_reaches_nothing(lived: Room, metric: str) -> None:
    give(lived, metric, "5", "2035-01-01")
    assert "atteinte" not in drawn(lived)


@pytest.mark.parametrize("name", ["figure", "as_of"])
def test_a_figure_and_its_date_are_corrected_and_never_emptied(lived: Room, metric: str, name: str) -> None:
    [first, _] = lived.session.notes_of("reading")
    refusal = lived.refused(CLIENT, do="detail", note=first.id, detail=name, value="")
    assert refusal.facts["field"] == name
    lived.ask(CLIENT, do="detail", note=first.id, detail="figure", value="18")
    assert "18\u00a0jours" in drawn(lived)


def test_a_withdrawn_figure_has_words_and_is_put_back_by_who_may(lived: Room, metric: str) -> None:
    [_, last] = lived.session.notes_of("reading")
    lived.ask(CLIENT, do="withdraw", note=last.id)
    of_client = drawn(lived)
    assert "Retiré : 15 jours, 12/07/2033." in plain(of_client).replace("\u00a0", " ")
    assert f'data-by="person-{CLIENT}" hidden' in of_client and "data-any" in drawn(lived, FACILITATOR)
    told = plain(drawn(lived, FACILITATOR, pane=CONTROLS)).replace("\u00a0", " ")
    assert "Délai médian · 15 jours · 12/07/2033" in told
    lived.ask(CLIENT, do="restore", note=last.id)
    assert "Retiré" not in drawn(lived)


def test_others_see_the_figures_and_no_form(lived: Room, metric: str) -> None:
    frame = str(PANE.frame(Eye(Role.CONSULTANT, "fr")))
    assert "<form" not in frame and "Corriger" not in drawn(lived, Role.CONSULTANT)
    assert "19\u00a0jours" in drawn(lived, Role.CONSULTANT)


def test_words_that_people_wrote_run_nothing(lived: Room, metric: str) -> None:
    evil = "<img src=x onerror=alert(1)>"
    give(lived, metric, "12", "2033-08-01", text=evil, source=evil)
    lived.ask(CLIENT, do="edit", note=metric, text=evil, was=1)
    pages = [drawn(lived), drawn(lived, pane=SUMMARY)]
    pages.append(render(lived.store.to_file(), "summary", "html", environment("fr")).decode())
    assert all("<img src=x" not in page for page in pages)


def test_figures_given_apart_are_the_same_series_whoever_takes_in_the_other(
    lived: Room, metric: str, tmp_path: Path, time: Time
) -> None:
    kept = lived.store.to_file()
    folders = [tmp_path / name for name in ("one", "other")]
    rooms = [Room(import_session(folder, kept, clock=time)[0]) for folder in folders]
    for at, room in enumerate(rooms):
        for month in (8, 9, 10):
            said = {"about": metric, "figure": f"{month}{at}", "as_of": f"2033-{month:02}", "text": ""}
            asking = room.asking(f"person-{CLIENT}", CLIENT)
            room.store.ask(asking, {"id": f"reading-{at}-{month}", "do": "write", "kind": "reading", **said})
    one, other = (room.store.to_file() for room in rooms)
    rooms[0].store.merge(other)
    rooms[1].store.merge(one)
    found = [
        [(str(figure.on), figure.value) for figure in series.readings]
        for room in rooms
        for series in every_series(room.session)
        if series.metric.id == metric
    ]
    for room in rooms:
        room.store.journal.close()
    assert found[0] == found[1] and len(found[0]) == 8


# A cell, a widget, a shell ---------------------------------------------------------------------------


def test_a_widget_takes_a_file_of_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from impactlib import widgets
    from impactlib.widgets.opening import open_session

    monkeypatch.chdir(tmp_path)
    live = open_session("colis.ipynb", team="Colis")
    live.ask({"id": "metric-12345", "do": "write", "kind": "metric", "text": "Délai"})
    pane = widgets.readings(live)
    for taken, here in ((2, 0), (0, 2)):
        told = pane._brought({"name": "suivi.csv"}, b"Mesure;2026-01;2026-02\nD\xc3\xa9lai;21;19\n")
        assert told["taken"] == taken and (f"{here} étaient déjà là" in told["said"]) == bool(here)
    assert [one["value"] for one in pane.value["metrics"][0]["readings"]] == [21, 19]
    assert "refused" in pane._brought({}, b"rien")


def test_the_form_asks_first_for_what_the_team_follows(lived: Room) -> None:
    asked = [note.text for note in lived.session.notes_of("metric")]
    [kept] = [note for note in lived.session.notes_of("metric") if note.id in lived.session.kept]
    other = lived.ask(CLIENT, do="write", kind="metric", text="Prêts rendus")
    give(lived, other, "12", "2033-06-01")
    names = re.findall('data-asks="[^"]*" data-kind="reading" data-name="([^"]*)"', drawn(lived))
    assert names == [kept.text, "Prêts rendus", *(text for text in asked if text != kept.text)]
    lived.ask(CLIENT, do="write", kind="verdict", text="Rien ne bouge", about=kept.id, course="stop")
    names = re.findall('data-asks="[^"]*" data-kind="reading" data-name="([^"]*)"', drawn(lived))
    assert names[0] == "Prêts rendus"
