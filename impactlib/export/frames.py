"""A session as pandas frames, to count and to compare; `docs/frames.md` lists their columns.

They are made from ``session.json``'s own values, so that both say the same. Scores that were not shown are in none: an
analysis is looked at by others than whoever keeps the data folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from impactlib.domain.impact_matrix import filled
from impactlib.domain.matrices import load, names
from impactlib.domain.session_file import SessionFile
from impactlib.domain.timeline import timeline
from impactlib.export.session_json import state

TEXT, WHOLE, NUMBER, TRUTH = "string", "Int64", "Float64", "boolean"
INSTANT, DAY = "datetime64[ms, UTC]", "datetime64[s]"
"""The types of columns: all of them hold `NA` (or `NaT`) where nothing is known."""

Columns = Mapping[str, str]
_WHERE: Columns = {"session": TEXT, "team": TEXT}
_NOTE: Columns = {"id": TEXT, "text": TEXT, "by": TEXT, "written_by": TEXT, "at": INSTANT, "minute": WHOLE}

COLUMNS: Mapping[str, Columns] = {
    "notes": {**_WHERE, "kind": TEXT, **_NOTE, "about": TEXT, "seconded": WHOLE},
    "hypotheses": {**_WHERE, **_NOTE, "concept": TEXT, "kind": TEXT, "objective": TEXT, "stands_for": TEXT},
    "metrics": {
        **_WHERE,
        **_NOTE,
        "about": TEXT,
        "kept": TRUTH,
        "north_star": TRUTH,
        "quality": WHOLE,
        "indicator": TEXT,
        "unit": TEXT,
        "numerator": TEXT,
        "denominator": TEXT,
        "population": TEXT,
        "period": TEXT,
        "direction": TEXT,
        "source": TEXT,
        "collection": TEXT,
        "owner": TEXT,
        "baseline": NUMBER,
        "baseline_date": DAY,
        "target": NUMBER,
        "target_date": DAY,
        "limits": TEXT,
        "brings": TEXT,
        "key_step": TEXT,
        "potential": TEXT,
        "milestones": TEXT,
        "threshold": TEXT,
        "decide_on": DAY,
        "decider": TEXT,
        "if_missed": TEXT,
    },
    "readings": {
        **_WHERE,
        **_NOTE,
        "metric": TEXT,
        "date": DAY,
        "value": NUMBER,
        "over": TEXT,
        "quality": WHOLE,
        "source": TEXT,
    },
    "corrections": {**_WHERE, "metric": TEXT, "note": TEXT, "field": TEXT, "before": TEXT},
    "forecasts": {
        **_WHERE,
        **_NOTE,
        "about": TEXT,
        "aarri": TEXT,
        "month": DAY,
        "value": NUMBER,
        "said_on": DAY,
        "real": NUMBER,
        "real_date": DAY,
    },
    "features": {
        **_WHERE,
        **_NOTE,
        "about": TEXT,
        "expected": NUMBER,
        "first_expected": NUMBER,
        "delivered_on": DAY,
        "look_on": DAY,
        "before": NUMBER,
        "before_date": DAY,
        "after": NUMBER,
        "after_date": DAY,
        "moved": NUMBER,
        "meanwhile": TEXT,
    },
    "scores": {**_WHERE, "round": WHOLE, "metric": TEXT, "person": TEXT, "role": TEXT, "value": WHOLE, "ease": WHOLE},
    "ranking": {
        **_WHERE,
        "metric": TEXT,
        "place": WHOLE,
        "value": NUMBER,
        "ease": NUMBER,
        "product": NUMBER,
        "voters": WHOLE,
        "tied": TRUTH,
    },
    "people": {**_WHERE, "id": TEXT, "name": TEXT, "role": TEXT, "out": TRUTH},
    "timeline": {
        **_WHERE,
        "second": NUMBER,
        "step": TEXT,
        "who": TEXT,
        "event": TEXT,
        "kind": TEXT,
        "text": TEXT,
        "about": TEXT,
        "detail": TEXT,
    },
    "steps": {**_WHERE, "id": TEXT, "minutes": NUMBER, "actual_minutes": NUMBER, "hidden": TRUTH},
    "actions": {**_WHERE, **_NOTE, "about": TEXT, "owner": TEXT, "due": DAY},
    "promises": {**_WHERE, **_NOTE, "owner": TEXT, "due": DAY, "state": TEXT, "word": TEXT},
    "verdicts": {**_WHERE, **_NOTE, "metric": TEXT, "course": TEXT, "evidence": TEXT},
    "endings": {**_WHERE, **_NOTE, "metric": TEXT, "why": TEXT, "advice": TEXT},
    "sources": {**_WHERE, **_NOTE, "quality": WHOLE, "personal": TRUTH},
    "matrix": {**_WHERE, "matrix": TEXT, "concept": TEXT, "indicator": TEXT, "mandatory": TRUTH, "metric": TEXT},
}
"""The columns of each frame, with their types, in their order."""

Rows = Iterable[Mapping[str, Any]]


def frames(file: SessionFile) -> dict[str, pd.DataFrame]:
    """A frame for each name of `COLUMNS`; pd.concat puts those of several sessions together."""
    session = file.fold()
    said = state(session)
    rows: dict[str, Rows] = {name: read(said) for name, read in _READ.items()}
    rows["timeline"] = ({"second": line.at, **vars(line)} for line in timeline(file))
    rows["matrix"] = _matrix(file)
    where = {"session": session.id, "team": session.team}
    return {name: _frame(COLUMNS[name], [{**row, **where} for row in rows[name]]) for name in COLUMNS}


def _frame(columns: Columns, rows: list[Mapping[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame({name: _column([row.get(name) for row in rows], form) for name, form in columns.items()})


def _column(values: list[Any], form: str) -> pd.Series[Any]:
    if form in (INSTANT, DAY):
        return pd.Series(
            pd.to_datetime(pd.Series(values, dtype="object"), utc=form == INSTANT, errors="coerce"), dtype=form
        )
    return pd.Series(values, dtype=form)


def _notes(said: Mapping[str, Any]) -> Rows:
    """Every note, wherever ``session.json`` has it, answers after their question."""
    for value in said.values():
        if isinstance(value, Mapping):
            yield from _notes({"only": [value]} if "kind" in value and "by" in value else value)
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, Mapping) and "kind" in one and "by" in one:
                    yield one
                    yield from _notes({"answers": one.get("answers", [])})


def _corrections(said: Mapping[str, Any]) -> Rows:
    """What the baseline and the readings of each metric were before they were corrected, as text."""
    for metric in said["metrics"]:
        for note in (metric, *metric["readings"]):
            for one in note["corrected"]:
                before = None if one["before"] is None else str(one["before"])
                yield {"metric": metric["id"], "note": note["id"], "field": one["field"], "before": before}


def _forecasts(said: Mapping[str, Any]) -> Rows:
    """The forecasts, each with the step of its metric, and with the value and the date of the reading of its month."""
    steps = {metric["id"]: metric["aarri"] for metric in said["metrics"]}
    for one in said["forecasts"]:
        real = one["real"] or {}
        known = {"real": real.get("value"), "real_date": real.get("date")}
        yield {**one, "aarri": steps.get(one["about"]), **known}


def _features(said: Mapping[str, Any]) -> Rows:
    """The features, with the value and the date of the readings before and after each."""
    for one in said["features"]:
        sides = {side: one[side] or {} for side in ("before", "after")}
        values = {side: figure.get("value") for side, figure in sides.items()}
        yield {**one, **values, **{f"{side}_date": figure.get("date") for side, figure in sides.items()}}


def _scores(said: Mapping[str, Any]) -> Rows:
    """The scores of the rounds that were shown, which are numbered from 1."""
    for number, round in enumerate(said["rounds"], 1):
        if round["shown_at"]:
            for score in round["scores"]:
                yield {"round": number, **score}


def _matrix(file: SessionFile) -> Rows:
    """Each indicator of each version of the matrix, with each metric that fulfils it, or with none."""
    session = file.fold()
    for name in names():
        for part in filled(session, load(name)).parts:
            for row in part.rows:
                known = {"matrix": name, "concept": part.concept.id, "indicator": row.indicator.id}
                for metric in row.metrics or (None,):
                    yield {**known, "mandatory": row.indicator.mandatory, "metric": metric.id if metric else None}


_READ: Mapping[str, Callable[[Mapping[str, Any]], Rows]] = {
    "notes": _notes,
    "hypotheses": lambda said: [{**one, **one["details"]} for one in said["hypotheses"]],
    "metrics": lambda said: [{**one, **one["definition"]} for one in said["metrics"]],
    "readings": lambda said: [
        {**one, "metric": metric["id"]} for metric in said["metrics"] for one in metric["readings"]
    ],
    "corrections": _corrections,
    "forecasts": _forecasts,
    "features": _features,
    "scores": _scores,
    "ranking": lambda said: said["ranking"] if said["session"]["ranking_shown"] else [],
    "people": lambda said: said["participants"],
    "steps": lambda said: said["steps"],
    "actions": lambda said: said["commitments"],
    "promises": lambda said: said["promises"],
    "verdicts": lambda said: [{**one, "metric": one["about"]} for one in said["verdicts"]],
    "endings": lambda said: [{**one, "metric": one["about"]} for one in said["endings"]],
    "sources": lambda said: said["preparation"]["sources"],
}
