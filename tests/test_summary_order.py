"""A workshop that is all about one thing tells it among its results; in the others it stays with the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.domain.agenda_files import load, names
from impactlib.export import render
from impactlib.views.render import environment
from impactlib.views.summary import PANE as SUMMARY
from tests.conftest import Room, Time
from tests.test_aarri import drawn, give, hope
from tests.test_follow import words
from tests.test_review import begun

CLIENT = Role.CLIENT
FORMS = ("page", "md", "html", "odt", "docx")
STAGES, MATRIX, FORECASTS = "Les cinq étapes : mars 2033", "Matrice d’impact", "Prévu et réel"
LEARNT, KEPT, ACTIONS, SERIES = "Un seul écran suffit", "Mesures gardées", "Actions", "Les chiffres dans le temps"


@pytest.fixture
def held(room: Room, tmp_path: Path, time: Time) -> Iterator[Callable[[str], Room]]:
    """A workshop on an agenda, of a team with two stages, an indicator of the matrix, figures of February and March."""
    with ExitStack() as stack:

        def hold(agenda: str) -> Room:
            for step, figure in (("acquisition", "240"), ("activation", "84")):
                metric = room.ask(CLIENT, do="write", kind="metric", text=f"Mesure de {step}", unit="personnes")
                for name, value in {"aarri": step, "indicator": "monthly-active-users", "period": "par mois"}.items():
                    room.ask(CLIENT, do="detail", note=metric, detail=name, value=value)
                give(room, metric, figure, "2033-02")
                give(room, metric, figure, "2033-03")
                room.ask(CLIENT, do="keep", metric=metric, kept=True)
            room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
            new = begun(room, tmp_path, time, 1, agenda=agenda)
            stack.callback(new.store.journal.close)
            new.ask(CLIENT, do="write", kind="learning", text=LEARNT)
            new.ask(CLIENT, do="write", kind="action", text="Appeler les CCAS", owner="Marc", due="2033-09-15")
            return new

        yield hold


def told(room: Room, form: str) -> str:
    if form == "page":
        return drawn(room, pane=SUMMARY)
    said = words(render(room.store.to_file(), "summary", form, environment("fr")), form)
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", said, flags=re.DOTALL))


def places(said: str, *parts: str) -> list[int]:
    """Where each part stands, counted from what was learnt."""
    return [said.index(part, said.index(LEARNT)) for part in parts]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("agenda", "centre", "other"), [("aarri", STAGES, MATRIX), ("matrix", MATRIX, STAGES)])
def test_what_the_workshop_is_about_comes_right_after_what_was_learnt_and_kept(
    held: Callable[[str], Room], agenda: str, centre: str, other: str, form: str
) -> None:
    said = told(held(agenda), form)
    found = places(said, LEARNT, KEPT, centre, ACTIONS, SERIES, other)
    assert found == sorted(found)
    assert said.count(centre, said.index(LEARNT)) == 1 and FORECASTS not in said


@pytest.mark.parametrize("form", FORMS)
def test_another_workshop_keeps_them_with_the_rest(held: Callable[[str], Room], form: str) -> None:
    said = told(held("committee-rehearsal"), form)
    found = places(said, LEARNT, KEPT, ACTIONS, SERIES, STAGES, MATRIX)
    assert found == sorted(found)


def test_the_agendas_that_are_all_about_one_thing() -> None:
    centres = {name: load(name).centre for name in names()}
    assert {name: centre for name, centre in centres.items() if centre} == {"aarri": "aarri", "matrix": "matrix"}


@pytest.mark.parametrize("form", FORMS)
def test_the_forecasts_are_those_of_metrics_that_stand(room: Room, form: str) -> None:
    metric = room.ask(CLIENT, do="write", kind="metric", text="Visites", unit="personnes")
    room.ask(CLIENT, do="detail", note=metric, detail="aarri", value="impact")
    hope(room, metric, "300", "2033-06")
    room.ask(CLIENT, do="write", kind="learning", text=LEARNT)
    said = told(room, form)
    # The stages that have no metric are one line, and no row each.
    assert "Acquisition, Activation, Rétention, Recommandation : pas encore de mesure" in said
    assert FORECASTS in said and said.count("pas encore de mesure") == 1
    room.ask(CLIENT, do="withdraw", note=metric)
    assert FORECASTS not in told(room, form)
