"""Looking into a session: each control draws the picture and the table anew, in people's own, escaped words."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from impactlib import export
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.paths import NOTEBOOKS
from impactlib.rooms import samples
from impactlib.views.render import environment
from impactlib.widgets import analysis
from impactlib.widgets.opening import NotOpened
from tests.conftest import Room, Time, few
from tests.test_text import PAYLOADS


@pytest.fixture(params=few(LANGUAGES))
def choice(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> analysis.Choice:
    monkeypatch.chdir(NOTEBOOKS / request.param)
    return analysis.choose()


def controls(view: analysis.View) -> list[Any]:
    """The controls of a view that are shown."""
    return [one for one in view.children[0].children if one.layout.display != "none"]


def rows(view: analysis.View) -> list[list[str]]:
    """The cells of the table's rows, their blanks made one."""
    page = html.fromstring(view.html)
    return [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//tbody/tr")]


def picture(view: analysis.View) -> str:
    """The picture, which has an alternative."""
    [image] = html.fromstring(view.html).xpath("//img")
    assert image.get("alt")
    source = image.get("src")
    assert isinstance(source, str)
    return source


def test_the_session_is_a_sample_or_one_that_is_brought(choice: analysis.Choice) -> None:
    which = controls_of(choice)[0]
    assert list(which.options) == ["Répit Voisin", "Cantine Claire"]
    seen = analysis.minutes(choice)
    before = rows(seen)
    which.value = "Cantine Claire"
    assert choice.session.team == "Cantine Claire" and rows(seen) != before
    upload = controls_of(choice)[1]
    upload.value = (brought("mine.ipynb", samples.content("tidy")),)
    assert (which.value, choice.session.team) == ("mine.ipynb", "Répit Voisin") and rows(seen) == before
    upload.value = (brought("bad.ipynb", b"no"),)
    assert 'role="alert"' in choice.children[-1].value and choice.session.team == "Répit Voisin"


def brought(name: str, content: bytes) -> dict[str, Any]:
    """A file as the button gives it."""
    held = memoryview(content)
    return {"name": name, "type": "", "size": len(held), "content": held, "last_modified": datetime.now(UTC)}


def controls_of(choice: analysis.Choice) -> list[Any]:
    return list(choice.children[1].children)


def test_a_session_notebook_beside_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "colis.ipynb").write_bytes(samples.content("messy"))
    (tmp_path / "other.ipynb").write_text("{}", encoding="utf-8")
    choice = analysis.choose()
    assert list(controls_of(choice)[0].options) == ["Répit Voisin", "Cantine Claire", "colis.ipynb"]


def test_a_file_that_is_named_is_looked_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "colis.ipynb").write_bytes(samples.content("messy"))
    (tmp_path / "notes.ipynb").write_bytes((NOTEBOOKS / "fr" / "home.ipynb").read_bytes())
    choice = analysis.choose("colis.ipynb")
    assert list(controls_of(choice)[0].options) == ["colis.ipynb", "Répit Voisin", "Cantine Claire"]
    assert choice.session.team == "Cantine Claire"
    for name, why in (("notes.ipynb", "carries no workshop"), ("absent.ipynb", "No such file")):
        with pytest.raises(NotOpened, match=why):
            analysis.choose(name)


def test_who_said_what_is_read_by_minute_and_by_role(choice: analysis.Choice) -> None:
    view = analysis.voices(choice)
    span, who = controls(view)
    everything, whole = rows(view), picture(view)
    span.value = (10, 20)
    assert 0 < len(rows(view)) < len(everything) and picture(view) != whole
    assert all(10 <= int(row[0]) <= 20 for row in rows(view))
    span.value = (span.min, span.max)
    who.value = Role.CONSULTANT
    consultants = rows(view)
    assert 0 < len(consultants) < len(everything)
    assert len({row[1].split()[-1] for row in consultants}) == 1 and picture(view) != whole


def test_minutes_are_those_of_the_agenda_and_of_the_clock(choice: analysis.Choice) -> None:
    view = analysis.minutes(choice)
    [until] = controls(view)
    steps = export.to_frames(choice.file)["steps"]
    assert [float(row[3].replace(",", ".")) for row in rows(view)] == pytest.approx(steps["actual_minutes"], abs=0.06)
    whole = picture(view)
    until.value = 12
    taken = [float(row[3].replace(",", ".")) for row in rows(view)]
    assert sum(taken) == pytest.approx(12, abs=0.2) and taken[2:] == [0, 0, 0] and picture(view) != whole


def test_an_hour_that_goes_on_is_read_up_to_what_was_done_last(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(NOTEBOOKS / "fr")
    room.ask(Role.FACILITATOR, do="start", step="tour")
    room.ask(Role.CLIENT, do="write", kind="expectation", text="Choisir")
    choice = analysis.choose()
    voices, minutes = analysis.voices(choice), analysis.minutes(choice)
    choice.file = room.store.to_file()
    assert [float(row[3].replace(",", ".")) <= 1 for row in rows(minutes)] == [True] * 5
    assert [row[2].split()[-1] for row in rows(voices)] == ["Choisir"]
    choice.file = samples.sample("messy")
    assert rows(minutes)[0][3] == "13,3"


def test_what_was_written_far_from_the_hour_leaves_it_its_width(
    lived: Room, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(NOTEBOOKS / "fr")
    choice = analysis.choose()
    voices = analysis.voices(choice)
    choice.file = lived.store.to_file()
    before, [span, _] = rows(voices), controls(voices)
    assert "plus loin de l’heure" not in voices.html
    time.advance(30 * 86_400)
    lived.ask(Role.CLIENT, do="write", kind="action", text="Écrire aux antennes", owner="Lou")
    choice.file = lived.store.to_file()
    assert rows(voices) == before and span.max - span.min <= 60 + 4 * analysis.AROUND
    assert "1 autre a été écrite plus loin de l’heure" in voices.html


def test_a_workshop_that_has_not_begun_has_no_minutes(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(NOTEBOOKS / "fr")
    choice = analysis.choose()
    views = analysis.voices(choice), analysis.minutes(choice)
    room.ask(Role.CLIENT, do="write", kind="metric", text="Délai")
    choice.file = room.store.to_file()
    assert ["n’a pas commencé" in view.html for view in views] == [True, True]
    choice.file = samples.sample("messy")
    assert ["n’a pas commencé" in view.html for view in views] == [False, False]


def test_the_order_follows_formula_weight_quality_and_round(choice: analysis.Choice) -> None:
    view = analysis.order(choice)
    first_three = analysis.first_three(view)
    formula, weighed = controls(view)
    usual, said = rows(view), first_three.html
    # The picture is the summary's own.
    assert picture(view).endswith(base64_of(choice))
    formula.value = "weighted_sum"
    formula, weight, weighed = controls(view)
    by_sum = rows(view)
    assert by_sum != usual and first_three.html != said
    weight.value = 0.3
    assert rows(view) != by_sum and view.basis is not None and view.basis.formula.value_weight == 0.3
    weighed.value = True
    assert view.basis.weighed
    formula.value, weighed.value = "product_of_medians", False
    assert rows(view) == usual and first_three.html == said
    controls_of(choice)[0].value = "Cantine Claire"
    *_, scores = controls(view)
    assert scores.value == 2 and [row[0] for row in rows(view)] == ["1", "2", "3", "4", "5"]
    scores.value = 1
    assert [row[0] for row in rows(view)] == ["1", "2", "3", "4", "–"]
    assert rows(view)[-1][2] == "–"


def base64_of(choice: analysis.Choice) -> str:
    drawn = export.render(choice.file, "picture", "png", environment(choice.lang))
    return base64.b64encode(drawn).decode()


def test_a_frame_is_shown_with_its_first_rows(choice: analysis.Choice) -> None:
    view = analysis.frames(choice)
    [name] = controls(view)
    name.value = "timeline"
    assert len(rows(view)) == 20 and len(choice.frames()["timeline"]) > 20


def test_before_scores_are_shown_there_is_no_order(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(NOTEBOOKS / "fr")
    choice = analysis.choose()
    room.ask(Role.CLIENT, do="write", kind="metric", text="Délai médian")
    order = analysis.order(choice)
    views = [order, analysis.first_three(order), analysis.voices(choice), analysis.minutes(choice)]
    choice.file = room.store.to_file()
    assert ["Aucun avis n’a été montré" in view.html for view in views] == [True, True, False, False]


def test_peoples_words_are_only_words(lived: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(NOTEBOOKS / "fr")
    for payload in PAYLOADS:
        lived.ask(Role.CLIENT, do="write", kind="metric", text=f"a {payload} z")
        lived.ask(Role.CLIENT, do="write", kind="learning", text=f"a {payload} z")
    choice = analysis.choose()
    order = analysis.order(choice)
    views = [order, analysis.first_three(order), analysis.voices(choice), analysis.minutes(choice)]
    plain = [set(re.findall(r"<(/?\w+)", view.html)) | {"q"} for view in views]
    choice.file = lived.store.to_file()
    for view, known in zip(views, plain, strict=True):
        assert set(re.findall(r"<(/?\w+)", view.html)) <= known


def test_a_viewer_without_the_kit_reads_what_a_view_shows(choice: analysis.Choice) -> None:
    order = analysis.order(choice)
    for view in (order, analysis.first_three(order), analysis.voices(choice), analysis.frames(choice)):
        bundle: Any = view._repr_mimebundle_()
        assert bundle["text/html"] == view.html and "application/vnd.jupyter.widget-view+json" in bundle
