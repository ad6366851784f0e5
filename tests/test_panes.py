"""Panes compose: they have a value that follows the session, and stand in boxes with other widgets."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from ipywidgets import VBox
from traitlets import TraitError

from impactlib import widgets
from impactlib.domain.clock import day_of
from impactlib.paths import TEMPLATES
from impactlib.rooms.layout import LAYOUT
from impactlib.widgets.files import give
from impactlib.widgets.opening import Opened, open_session
from tests.loops import awaited


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(LAYOUT, raising=False)
    return open_session("colis.ipynb")


def ask(live: Opened, id: str, **gesture: Any) -> None:
    assert "refused" not in live.ask({"id": f"gesture-{id}", **gesture})


def test_the_examples_of_the_page_run_one_after_the_other(live: Opened) -> None:
    page = (TEMPLATES.parent / "docs" / "notebooks.md").read_text(encoding="utf-8")
    code = re.sub(r"^    ", "", "\n\n".join(re.findall(r"(?:^    .*\n|^\n(?=    ))+", page, re.M)), flags=re.M)
    ask(live, "metric", do="write", kind="metric", text="Délai médian")
    Path("data").mkdir()
    shutil.copy(TEMPLATES / "sessions" / "tidy.ipynb", "data")
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["names"] == ["Délai médian"]
    assert [len(box.children) for box in names["page"].children] == [2, 2]
    ask(names["live"], "question", do="write", kind="question", text="Qui renonce ?")
    assert names["count"].value == "1 without an answer"
    hour, order, first_three = names["looked_into"].children
    assert hour.session.team == "Répit Voisin" and order.basis.places and "Les trois premières" in first_three.html


def test_a_value_follows_what_anybody_writes_and_nobody_sets_it(live: Opened) -> None:
    other, heard = open_session("colis.ipynb"), []

    async def scenario() -> None:
        pane = widgets.questions(live)
        box = VBox([pane])
        pane.observe(lambda change: heard.append(change["new"]["questions"]), "value")
        ask(other, "from-elsewhere", do="write", kind="question", text="Qui renonce ?")
        async with asyncio.timeout(5):
            while not heard:
                await asyncio.sleep(0.02)
        assert [one["text"] for one in box.children[0].value["questions"]] == ["Qui renonce ?"]
        with pytest.raises(TraitError):
            pane.value = {}

    awaited(scenario())


def test_scores_that_were_not_shown_are_in_no_value(live: Opened) -> None:
    ask(live, "metric", do="write", kind="metric", text="Délai médian")
    ask(live, "round-1", do="open_round", metrics="gesture-metric")
    assert live.to_file().fold().round is not None
    assert widgets.metrics(live).value["rounds"] == widgets.metrics(live).value["ranking"] == []
    ask(live, "shown-1", do="show_round", round=live.to_file().fold().rounds[0].id)
    assert len(widgets.metrics(live).value["rounds"]) == 1
    assert widgets.controls(live).value == {}


class Page:
    """What a widget sends to its page."""

    def __init__(self) -> None:
        self.sent: list[tuple[dict[str, Any], int]] = []

    def send(self, content: Any, buffers: list[bytes] | None = None) -> None:
        self.sent.append((content, sum(map(len, buffers or ()))))


def test_a_widget_gives_the_files_of_a_room_and_refuses_what_is_none(live: Opened) -> None:
    page = Page()
    ask(live, "metric", do="write", kind="metric", text="Délai médian")
    for name in ("metrics.csv", "session.ipynb", "shared.ipynb"):
        give(page, live, name)
    day = day_of(live.session.held_at, live.session.zone)
    assert [said["file"] for said, _ in page.sent] == [
        f"colis-mesures-{day}.csv",
        f"colis-seance-{day}.ipynb",
        f"colis-partage-{day}.ipynb",
    ]
    assert all(size > 100 for _, size in page.sent)
    for name in ("picture.png", "../secret.txt", "nothing", "summary.exe"):
        page.sent.clear()
        give(page, live, name)
        assert [set(said) for said, _ in page.sent] == [{"refused"}], name
