"""A product's file: workshops, reviews and figures in order over the sessions that go on from one another."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import openpyxl
import pytest
from lxml.html import document_fromstring

from impactlib.cli import main
from impactlib.domain.agenda import Role
from impactlib.domain.clock import day_of
from impactlib.domain.curve import marks
from impactlib.domain.product import Came, Product
from impactlib.domain.readings import series
from impactlib.domain.redaction import redact
from impactlib.export import render
from impactlib.storage.session_store import follow_session
from impactlib.views.render import environment
from impactlib.views.wording import called
from tests.conftest import Room, Time, path_of
from tests.test_next_session import DAY, held
from tests.test_review import LATER, TEAM, begun, over, reading, today, verdict

__all__ = ["held"]
CLIENT = Role.CLIENT
FORMS = ("html", "odt", "docx", "json", "csv", "xlsx", "ods")


@pytest.fixture
def chain(held: Room, time: Time) -> list[Room]:
    """An hour, a month of figures, a review, another, then a committee: in the data folder of the hour, last first."""
    data = path_of(held.store.journal).parents[1]
    time.now += 20 * DAY
    reading(held, "19", today(time))
    first = begun(held, data, time, 30)
    verdict(first, "continue", "Le délai baisse")
    over(first, time)
    time.now += 20 * DAY
    reading(first, "15", today(time))
    second = begun(first, data, time, 61, LATER)
    verdict(second, "pivot", "Par les mairies")
    over(second, time)
    third = begun(second, data, time, 91, agenda="committee")
    return [third, second, first, held]


def text(content: bytes) -> str:
    return " ".join(document_fromstring(content.decode()).text_content().split())


def of(chain: list[Room]) -> Product:
    return Product(tuple(room.session for room in chain))


def test_workshops_reviews_and_figures_are_in_order(chain: list[Room]) -> None:
    story = of(chain).story
    told = [one.figure.text if isinstance(one, Came) else one.session.steps[0].id for one in story]
    assert told == ["21", "tour", "19", "since", "15", "since", "present"]
    assert [one.on for one in story] == sorted(one.on for one in story)


def test_each_session_tells_its_own_and_not_what_it_took_along(chain: list[Room]) -> None:
    hour, first, second, committee = of(chain).held
    assert [len(one.actions) for one in (hour, first, second, committee)] == [3, 0, 0, 0]
    assert hour.promises is None and first.promises == (0, 3)
    assert [note.details["course"] for note in first.verdicts] == ["continue"]
    assert [note.details["course"] for note in second.verdicts] == ["pivot"] and committee.verdicts == ()
    assert [one.people for one in (first, second, committee)] == [2, 2, 2]


def test_a_session_knows_the_days_of_all_those_before_it_and_its_curve_marks_them(chain: list[Room]) -> None:
    now = chain[0].session
    days = [day_of(room.session.held_at, now.zone) for room in reversed(chain)]
    assert [day_of(one.held_at, now.zone) for one in now.earlier] == days[:-1]
    assert [one.title for one in now.earlier] == ["Atelier impact", "Point de suivi", "Point de suivi"]
    [metric] = now.notes_of("metric")
    assert [mark.on for mark in marks(now, series(now, metric)) if mark.kind == "workshop"] == days
    drawn = of(chain).curve(series(now, metric))
    assert drawn and [spot.figure.text for spot in drawn.spots] == ["21", "19", "15"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_all_figures_and_no_person_but_who_answers_for_an_action(chain: list[Room], form: str) -> None:
    files = [room.store.to_file() for room in chain]
    made = render(files[0], "product", form, environment("fr"), files[1:])
    if form == "xlsx":
        rows = [*openpyxl.load_workbook(io.BytesIO(made)).worksheets[0].iter_rows(values_only=True)]
        assert [row[3] for row in rows[1:] if row[2]] == [21, 19, 15]
    if form == "json":
        whole = json.loads(made)
        assert [one["agenda"] for one in whole["sessions"]][::3] == ["atelier-impact", "committee"]
        assert [one["value"] for one in whole["metrics"][0]["figures"]] == [21, 19, 15]
    if form in ("html", "json", "csv"):
        text = made.decode("utf-8-sig")
        assert not [name for name in (*TEAM.values(), *LATER.values()) if name in text]
        assert ("Salomé" in text) == (form == "html")


def test_a_shell_finds_the_sessions_before_and_after(
    chain: list[Room], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(path_of(chain[-1].store.journal).parents[1])
    told = []
    for room in (chain[-1], chain[1], chain[0]):
        assert main(["product", room.session.id, "--data", data]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] == told[2] and told[0].count("Point de suivi") == 2
    assert told[0].count("3 actions, aucune revue") == 3 and "15 jours" in told[0].replace("\u00a0", " ")
    assert main(["product", chain[0].session.id, "--data", data, "-o", str(tmp_path / "produit.html")]) == 0
    assert "Le dossier du produit" in (tmp_path / "produit.html").read_text(encoding="utf-8")
    assert main(["product", chain[0].session.id, "--data", data, "-o", str(tmp_path / "produit.pdf")]) == 2
    assert "Nothing was written" in capsys.readouterr().err


def test_a_session_alone_says_how_many_earlier_ones_are_known_by_their_dates(chain: list[Room]) -> None:
    page = render(chain[0].store.to_file(), "product", "html", environment("fr")).decode()
    assert "3 séances précédentes ne sont connues que par leurs dates" in page
    shared = redact(chain[0].store.to_file(), called(environment("fr"))).fold()
    assert len(shared.earlier) == 3


def test_what_nobody_reviewed_is_no_count_of_what_was_done(chain: list[Room]) -> None:
    files = [room.store.to_file() for room in chain]
    told = text(render(files[0], "product", "html", environment("fr"), files[1:]))
    assert told.count("Alors en attente : 3 actions ; aucune n’a été revue ce jour-là") == 3
    assert "faites, selon l’équipe : 0" not in told and "chacune comptée une fois : 3 actions, aucune revue." in told
    [note, *_] = chain[0].session.notes_of("promise")
    chain[0].ask(CLIENT, do="detail", note=note.id, detail="state", value="done")
    told = text(render(chain[0].store.to_file(), "product", "html", environment("fr"), files[1:]))
    assert told.count("aucune n’a été revue ce jour-là") == 2
    assert "Alors en attente : 3 actions ; faites, selon l’équipe : 1" in told
    sheet = text(render(chain[0].store.to_file(), "committee", "html", environment("fr"), files[1:]))
    for page in (told, sheet):
        assert re.search(r"faite, selon l’équipe : Relever le délai \([^)]*son résultat n’est pas noté", page)


def test_the_file_says_what_its_figures_prove_and_how_they_are_placed(chain: list[Room]) -> None:
    files = [room.store.to_file() for room in chain]
    told = text(render(files[0], "product", "html", environment("fr"), files[1:]))
    assert "L’impact n’est pas prouvé :" in told.split("Les chiffres", 1)[1].split("Dans l’ordre")[0]
    assert told.count("l’équipe a pu le connaître plus tard") == 2  # under the curve, and over what is in order
    assert "Délai médian, à 19 jours (" in told.split("Dans l’ordre")[1]


def test_the_sheet_says_which_committee_it_serves_and_that_a_decision_is_not_noted(
    chain: list[Room], time: Time
) -> None:
    data = path_of(chain[-1].store.journal).parents[1]
    days = [f"{day_of(room.session.held_at, room.session.zone):%d/%m/%Y}" for room in chain]
    for rooms in (chain, [begun(chain[0], data, time, 30), *chain]):
        files = [room.store.to_file() for room in rooms]
        told = text(render(files[0], "committee", "html", environment("fr"), files[1:]))
        served = f"Cette fiche est celle du comité du {days[0]}."
        before = f"date à compléter. Décision du comité du {days[0]} : à compléter."
        assert (served in told, f"Cette fiche prépare le prochain comité, {before}" in told) == (
            rooms is chain,
            rooms is not chain,
        )


def test_a_first_hour_has_a_file_too(held: Room, tmp_path: Path) -> None:
    assert held.session.earlier == () and len(of([held]).held) == 1
    store = follow_session(tmp_path, held.store.to_file())
    store.journal.close()
    assert [one.held_at for one in store.session.earlier] == [held.session.held_at]
