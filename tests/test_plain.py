"""An executed notebook is read without the kit: each pane has a plain form, with nothing in it that could run."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from lxml.html import fragment_fromstring

from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.session_file import SessionFile
from impactlib.gestures import Asking
from impactlib.paths import TEMPLATES
from impactlib.rooms import samples
from impactlib.rooms.layout import LAYOUT
from impactlib.views.panes import PANES
from impactlib.views.parts import Scene
from impactlib.widgets.opening import open_session
from impactlib.widgets.plain import KEPT, plain
from tests.conftest import few
from tests.test_text import PAYLOADS

HOUR = ("tour", "problem", "questions", "recommendations", "metrics", "learnings", "summary")


def said(file: SessionFile, pane: str, lang: str = "fr") -> str:
    session = file.fold()
    return plain(PANES[pane], Scene(session, session.opened_at + 9000), lang, file)


@pytest.mark.parametrize("pane", HOUR)
def test_a_pane_is_read_with_nothing_that_runs(pane: str) -> None:
    html = said(samples.sample("tidy"), pane)
    image = r'<img alt="Valeur et facilité des mesures" width="480" src="data:image/png;base64,[\w+/=]+">'
    assert len(re.findall(image, html)) == (pane in ("metrics", "summary"))
    tags = set(re.findall(r"<(/?[^>]*)>", re.sub(image, "", html)))
    assert {tag.lstrip("/") for tag in tags} <= KEPT | {"section", "details open"}


@pytest.mark.parametrize("sample", ["tidy", "messy"])
@pytest.mark.parametrize("pane", [*HOUR, "people", "track", "contract"])
def test_no_heading_stands_alone_and_no_fold_is_empty(pane: str, sample: str) -> None:
    page = fragment_fromstring(said(samples.sample(sample), pane) or "<p>")
    for title in page.xpath(".//section/*[self::h2 or self::h3]"):
        after = [one for one in title.itersiblings() if one.text_content().strip() or one.find(".//img") is not None]
        assert after, title.text_content()
    for fold in page.iter("details"):
        assert len(fold) > 1 and fold[0].tag == "summary" and fold[0].text_content().strip()


def test_what_was_said_is_read_without_a_press() -> None:
    page = fragment_fromstring(said(samples.sample("tidy"), "recommendations"))
    [advice] = [one for one in page.iter("p") if one.text_content().startswith("Comptez des personnes")]
    assert all(fold.get("open") is not None for fold in advice.iterancestors("details"))
    words = " ".join(page.text_content().split())
    assert "gardée par l’équipe · Trois associations d’abord." in words


def test_a_help_for_whoever_writes_is_not_read_as_what_somebody_wrote() -> None:
    html = said(samples.sample("tidy"), "drafts")
    assert "Un bon exemple" not in html
    assert "reviennent sans cesse" not in said(samples.sample("tidy"), "questions")


@pytest.mark.parametrize("sample", ["tidy", "messy"])
@pytest.mark.parametrize("pane", HOUR)
def test_no_line_begins_with_a_sign_between_words(pane: str, sample: str) -> None:
    html = said(samples.sample(sample), pane)
    assert not re.search(r"(?:</(?:p|ul|ol|blockquote|details|table)>|<(?:p|li)>)\s*·", html)


@pytest.mark.parametrize("lang", few(LANGUAGES))
@pytest.mark.parametrize("pane", PANES)
def test_an_executed_notebook_never_says_that_what_one_writes_is_kept(pane: str, lang: str) -> None:
    """A rehearsal's page hides it; a viewer has no style that would."""
    html = said(samples.sample("tidy"), pane, lang)
    assert not re.search(r"Tout est gardé|All is kept|Enregistré|\bSaved\b", html)


def test_the_picture_stands_under_its_title() -> None:
    html = said(samples.sample("tidy"), "summary")
    before = re.findall(r"<h3>([^<]*)</h3>", html[: html.index("<img")])
    assert before[-1] == "Valeur et facilité des mesures"
    assert "— Mesure phare" in " ".join(fragment_fromstring(html).text_content().split())


def test_only_the_metrics_that_are_kept_are_under_their_title_with_what_is_decided_of_them() -> None:
    words = " ".join(fragment_fromstring(said(samples.sample("tidy"), "learnings")).text_content().split())
    kept = words[words.index("Les mesures que l’équipe garde") : words.index("Ce que l’équipe met en place")]
    assert re.search(r"sans aucun relais rang 1 · [\d,]+ sur 25 · Gardée", kept) and "Seuil : 300 au plus" in kept
    assert "Heures de relais financées" not in kept


def test_it_holds_what_was_written_and_the_ranking_as_a_table() -> None:
    file = samples.sample("tidy")
    assert "L’aidant. Si lui tient, son proche reste chez eux" in said(file, "questions")
    metrics = said(file, "metrics")
    assert "<table>" in metrics and "Délai" in metrics
    # What a style sets apart stays apart; who was connected, and what was to be done then, is not said.
    assert "Camille · pour le" in re.sub("<[^>]*>", "", said(file, "learnings"))
    assert "hors ligne" not in said(file, "tour") and said(file, "now") == ""


def test_an_empty_pane_has_none() -> None:
    assert said(samples.sample("tidy"), "testimonies") == ""


@pytest.mark.parametrize("payload", few(PAYLOADS))
def test_peoples_words_are_only_words(payload: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(LAYOUT, raising=False)
    live = open_session("colis.ipynb")
    live.ask({"id": "the-payload", "do": "write", "kind": "question", "text": f"a {payload} z"})
    html = plain(PANES["questions"], live.scene(), "fr", live.to_file())
    assert set(re.findall(r"<(/?[^>]*)>", html)) <= {f"{slash}{tag}" for tag in KEPT for slash in ("", "/")} | {
        "details open"
    }


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
