"""An executed notebook is read without the kit: each pane has a plain form, with nothing in it that could run."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from impactlib.domain.agenda import Role
from impactlib.domain.session_file import SessionFile
from impactlib.gestures import Asking
from impactlib.paths import TEMPLATES
from impactlib.rooms import samples
from impactlib.rooms.layout import LAYOUT
from impactlib.views.panes import PANES
from impactlib.views.parts import Scene
from impactlib.widgets.opening import open_session
from impactlib.widgets.plain import KEPT, plain
from tests.test_text import PAYLOADS

HOUR = ("tour", "problem", "questions", "recommendations", "metrics", "learnings", "summary")


def said(file: SessionFile, pane: str, lang: str = "fr") -> str:
    session = file.fold()
    return plain(PANES[pane], Scene(session, session.opened_at + 9000), lang, file)


@pytest.mark.parametrize("pane", HOUR)
def test_a_pane_is_read_with_no_attribute_and_nothing_that_runs(pane: str) -> None:
    html = said(samples.sample("tidy"), pane)
    image = r'<img alt="Valeur et facilité des mesures" width="480" src="data:image/png;base64,[\w+/=]+">'
    assert (re.match(image, html) is not None) == (pane in ("metrics", "summary"))
    tags = set(re.findall(r"<(/?[^>]*)>", re.sub(image, "", html)))
    assert {tag.lstrip("/") for tag in tags} <= KEPT | {"section"}


def test_it_holds_what_was_written_and_the_ranking_as_a_table() -> None:
    file = samples.sample("tidy")
    assert "L’aidant. Si lui tient, son proche reste chez eux" in said(file, "questions")
    metrics = said(file, "metrics")
    assert "<table>" in metrics and "Délai" in metrics
    # What a style sets apart stays apart, and who was connected is not said.
    assert "Camille pour le" in re.sub("<[^>]*>", "", said(file, "learnings")) and "hors ligne" not in said(
        file, "tour"
    )


def test_an_empty_pane_has_none() -> None:
    assert said(samples.sample("tidy"), "testimonies") == ""


@pytest.mark.parametrize("payload", PAYLOADS)
def test_peoples_words_are_only_words(payload: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(LAYOUT, raising=False)
    live = open_session("colis.ipynb")
    live.ask({"id": "the-payload", "do": "write", "kind": "question", "text": f"a {payload} z"})
    html = plain(PANES["questions"], live.scene(), "fr", live.to_file())
    assert set(re.findall(r"<(/?[^>]*)>", html)) <= {f"{slash}{tag}" for tag in KEPT for slash in ("", "/")}


def test_a_file_that_is_only_read_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(LAYOUT, raising=False)
    shutil.copy(TEMPLATES / "sessions" / "tidy.ipynb", "session.ipynb")
    before = Path("session.ipynb").read_bytes()
    live = open_session()
    assert live.session.team == "Répit Voisin" and len(live.frames()["metrics"]) == 5
    assert Path("session.ipynb").read_bytes() == before
    live.ask({"id": "question-1", "do": "write", "kind": "question", "text": "Et depuis ?"})
    [person] = [one for one in live.to_file().fold().people.values() if one.id == live.me]
    assert person.role == Role.FACILITATOR and Path("session.ipynb").read_bytes() != before


def test_a_session_opened_again_is_the_same_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(LAYOUT, raising=False)
    first = open_session("colis.ipynb")
    assert first.kept and first.session.team == "Colis"
    assert first.ask({"id": "question-1", "do": "write", "kind": "question", "text": "Qui ?"})["kept"] is True
    again = open_session("colis.ipynb")
    assert again.me == first.me and len(again.to_file().entries) == 3
    assert Asking(again.me, Role.FACILITATOR).person in again.to_file().fold().people
    # A rehearsal is kept by one press, where no session was; then it is found by itself.
    rehearsal = open_session()
    assert rehearsal.kept is None
    rehearsal.ask({"id": "question-2", "do": "write", "kind": "question", "text": "Combien ?"})
    rehearsal.keep(tmp_path / "session.ipynb", lambda file: [])
    found = open_session()
    assert found.kept and [note.text for note in found.to_file().fold().notes_of("question")] == ["Combien ?"]
