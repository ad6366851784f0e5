"""A session as pandas frames: the values of session.json, in documented columns, beside those of other sessions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import impactlib
from impactlib.domain.agenda import Role
from impactlib.domain.session_file import SessionFile
from impactlib.export.frames import COLUMNS, frames
from impactlib.export.session_json import state
from impactlib.paths import TEMPLATES
from impactlib.rooms import samples
from impactlib.widgets.opening import NotOpened
from tests.conftest import Room
from tests.test_next_session import held
from tests.test_review import only, review, verdict

__all__ = ["held", "review"]

FLAT: dict[str, Any] = {
    "hypotheses": lambda said: [{**one, **one["details"]} for one in said["hypotheses"]],
    "metrics": lambda said: [{**one, **one["definition"]} for one in said["metrics"]],
    "ranking": lambda said: said["ranking"],
    "people": lambda said: said["participants"],
    "steps": lambda said: said["steps"],
    "actions": lambda said: said["commitments"],
}


def same(cell: Any, value: Any) -> bool:
    if value is None:
        return bool(pd.isna(cell))
    if isinstance(cell, pd.Timestamp):
        return bool(cell == pd.Timestamp(value))
    return bool(cell == value)


@pytest.mark.parametrize("sample", ["tidy", "messy"])
def test_frames_agree_with_the_json_cell_by_cell(sample: str) -> None:
    file = samples.sample(sample)
    said, made = state(file.fold()), frames(file)
    for name, read in FLAT.items():
        rows = read(said)
        assert len(made[name]) == len(rows)
        for (_, frame_row), row in zip(made[name].iterrows(), rows, strict=True):
            for column in COLUMNS[name].keys() - {"session", "team"}:
                assert same(frame_row[column], row[column]), (name, column)
    told = {note.id: note.text for note in file.fold().notes.values() if not note.withdrawn}
    assert dict(zip(made["notes"]["id"], made["notes"]["text"], strict=True)) == told


def test_each_column_has_its_type_and_is_documented() -> None:
    page = (TEMPLATES.parent / "docs" / "frames.md").read_text(encoding="utf-8")
    documented = {
        part.split()[0]: dict(re.findall(r"^\| (\w+) \| `([^`]+)` \| .+ \|$", part, re.M))
        for part in page.split("\n## ")[1:]
    }
    assert documented == {name: dict(columns) for name, columns in COLUMNS.items()}
    for file in (samples.sample("tidy"), SessionFile("empty", samples.sample("tidy").entries[:1])):
        for name, frame in frames(file).items():
            assert {column: str(form) for column, form in frame.dtypes.items()} == COLUMNS[name]


def test_eight_sessions_go_together() -> None:
    several = [frames(samples.sample(name)) for name in ("tidy", "messy")] * 4
    for name in COLUMNS:
        together = pd.concat([one[name] for one in several], ignore_index=True)
        assert len(together) == sum(len(one[name]) for one in several)
        assert {column: str(form) for column, form in together.dtypes.items()} == COLUMNS[name]
    teams = pd.concat([one["metrics"] for one in several]).groupby("team")["kept"].sum()
    assert len(teams) == 2


def test_scores_that_were_not_shown_are_in_no_frame(room: Room) -> None:
    room.ask(Role.FACILITATOR, do="start", step="recommendations")
    metric = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai médian")
    number = room.ask(Role.FACILITATOR, do="open_round", metrics=metric)
    room.ask(Role.CLIENT, do="score", metric=metric, value=5, ease=4)
    hidden = frames(room.store.to_file())
    assert hidden["scores"].empty and hidden["ranking"].empty
    assert not any("value" in frame.columns and (frame["value"] == 5).any() for frame in hidden.values())
    room.ask(Role.FACILITATOR, do="show_round", round=number)
    [score] = frames(room.store.to_file())["scores"].itertuples()
    assert (score.round, score.value, score.ease, score.role) == (1, 5, 4, "client")


def test_a_review_has_frames_of_its_own(review: Room) -> None:
    first, *_ = review.session.notes_of("promise")
    review.ask(Role.CLIENT, do="detail", note=first.id, detail="state", value="done")
    given = verdict(review, "stop", "Le seuil est manqué", evidence="Un relevé")
    ending = {"text": "Le délai ne dépend pas de nous", "why": "Le partenaire part", "about": only(review).id}
    review.ask(Role.CLIENT, do="write", kind="ending", **ending)
    said, made = state(review.session), frames(review.store.to_file())
    for name in ("promises", "verdicts", "endings"):
        for (_, frame_row), row in zip(made[name].iterrows(), said[name], strict=True):
            row = {**row, "metric": row.get("about")}
            for column in COLUMNS[name].keys() - {"session", "team"}:
                assert same(frame_row[column], row[column]), (name, column)
    assert list(made["promises"]["state"].dropna()) == ["done"] and len(made["promises"]) == 3
    assert (made["verdicts"]["id"][0], made["verdicts"]["course"][0]) == (given, "stop")
    assert made["endings"]["why"][0] == "Le partenaire part"


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    tidy = TEMPLATES / "sessions" / "tidy.ipynb"
    assert len(impactlib.read(tidy)["metrics"]) == 5
    for name, content in (("none.ipynb", None), ("other.ipynb", "{}")):
        if content:
            (tmp_path / name).write_text(content)
        with pytest.raises(NotOpened, match=name):
            impactlib.read(tmp_path / name)
