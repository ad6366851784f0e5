"""``session.json``: a session's projected state, complete, to go on with it elsewhere.

``session.schema.json``, beside this module, describes it. Everything that stands is there, scores
that were never shown included: it is a file for whoever keeps the data folder, not for the room.
Withdrawn notes are left out, and what was attached to one is attached to nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impactlib.domain import recipes, recommendations
from impactlib.domain.aarri import STEPS, forecast_of, real_of
from impactlib.domain.features import effect
from impactlib.domain.hypotheses import NUMBERS, OF_HYPOTHESIS, OF_METRIC
from impactlib.domain.inventory import sources_of
from impactlib.domain.kinds import KINDS, PLAN, Kind, names, row
from impactlib.domain.readings import Figure, series
from impactlib.domain.refusal import Refusal
from impactlib.domain.session import Note, Scores, Session
from impactlib.domain.standing import ranking
from impactlib.domain.summary import minute, spent

if TYPE_CHECKING:
    from jinja2 import Environment

FORMAT = 1
"""Raised when a reader of the former file could misunderstand the new one."""

SCHEMA = Path(__file__).with_name("session.schema.json")

DEFINITION = tuple(name for name in OF_METRIC if name != "quality")
"""The details of a metric that its definition holds, all of them but the quality of its data."""

Json = dict[str, Any]


def write(session: Session, views: Environment) -> bytes:
    """The file itself, the same in every language."""
    return session_json(session).encode()


def session_json(session: Session) -> str:
    """The state as JSON text, indented, ended by a line end."""
    return json.dumps(state(session), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def state(session: Session) -> Json:
    """The state as JSON values, with the keys of the schema and no other."""
    whole: Json = {
        "session": _session(session),
        "team": session.team,
        "agenda": _agenda(session),
        "steps": _steps(session),
        "participants": _participants(session),
        "rounds": _rounds(session),
        "scores": _scores(session, session.scores),
        "ranking": _ranking(session),
    }
    for kind in KINDS.values():
        _put(whole, session, kind)
    return whole


def _put(whole: Json, session: Session, kind: Kind) -> None:
    """The notes of a kind at the key that its row gives, after those of another kind that has the same."""
    *outer, key = kind.state.split(".")
    for name in outer:
        whole = whole.setdefault(name, {})
    written = [_WRITTEN.get(kind.name, _told)(session, note) for note in session.notes_of(kind.name)]
    if kind.last:
        whole[key] = written[-1] if written else None
    elif key:
        whole.setdefault(key, []).extend(written)


def _session(session: Session) -> Json:
    clock, before = session.clock, session.follows
    return {
        "format": FORMAT,
        "id": session.id,
        "lang": session.lang,
        "video": session.video,
        "opened_at": _when(session.opened_at),
        "zone": session.zone,
        "scheduled_at": _when(clock.scheduled),
        "started_at": _when(clock.started),
        "ended_at": _when(clock.ended),
        "ranking_shown": session.ranking_shown,
        "shared": session.shared,
        "follows": {"session": before.session, "held_at": _when(before.held_at)} if before else None,
    }


def _agenda(session: Session) -> Json | None:
    agenda = session.agenda
    return {"name": agenda.name, "title": agenda.title, "minutes": agenda.seconds / 60} if agenda else None


def _steps(session: Session) -> list[Json]:
    took = spent(session)
    return [
        {
            "id": step.id,
            "title": step.title,
            "shows": list(step.shows),
            "minutes": step.minutes,
            "hidden": step.hidden,
            "actual_minutes": round(took[step.id] / 60, 2) if step.id in took else None,
        }
        for step in session.steps
    ]


def _participants(session: Session) -> list[Json]:
    return [{"id": p.id, "name": p.name, "role": p.role.value, "out": p.out} for p in session.people.values()]


def _question(session: Session, question: Note) -> Json:
    answers = session.notes_of("answer", about=question.id)
    return {**_note(session, question), "answers": [_note(session, answer) for answer in answers]}


def _hypothesis(session: Session, hypothesis: Note) -> Json:
    return {**_note(session, hypothesis), "details": _said(hypothesis, OF_HYPOTHESIS)}


def _metric(session: Session, metric: Note) -> Json:
    return {
        **_note(session, metric),
        "about": _about(session, metric),
        "quality": _number(metric, "quality"),
        "kept": metric.id in session.kept,
        "north_star": bool(metric.details.get("north_star")),
        **_said(metric, (name for name in recommendations.CHOICE if name != "north_star")),
        "aarri": found if (found := metric.details.get("aarri")) in STEPS else None,
        "plan": _said(metric, names(PLAN)),
        "recipe": _recipe(metric),
        "readings": [reading(session, figure) for figure in series(session, metric).readings],
        "corrected": corrected(metric),
        "definition": _said(metric, DEFINITION) | {name: _number(metric, name) for name in NUMBERS},
        "sources": [source.id for source in sources_of(session, metric)],
    }


def _recipe(metric: Note) -> Json | None:
    """How an export gives a metric's figures; None for none, or, in a journal from elsewhere, for what is none."""
    try:
        recipe = recipes.parse(metric.details.get("recipe", ""))
    except Refusal:
        return None
    return asdict(recipe) | {"where": [list(pair) for pair in recipe.where]}


def reading(session: Session, figure: Figure) -> Json:
    """A figure of a metric after its baseline; `over` is the period that ends on the date, None for none."""
    note = figure.note
    return {
        **_note(session, note),
        "date": figure.on.isoformat() if figure.on else None,
        "value": _number(note, "figure"),
        "over": note.details.get("over") or None,
        "quality": _number(note, "quality"),
        "source": note.details.get("source") or None,
        "corrected": corrected(note),
    }


def corrected(note: Note) -> list[Json]:
    """What the figure of a note, its date or its period was before it was corrected, the earliest first."""
    named = {"figure": "value", "as_of": "date"}
    return [
        {
            "field": named.get(one.detail, one.detail),
            "before": _number_of(one.before) if one.detail in ("figure", "baseline") else one.before,
        }
        for one in note.corrected
    ]


def _forecast(session: Session, note: Note) -> Json:
    """What was forecast of a metric for a month, and the reading of that month."""
    found, metric = forecast_of(session, note), session.notes.get(_about(session, note) or "")
    real = real_of(series(session, metric), found.month) if found and metric else None
    return {
        **_note(session, note),
        "about": metric.id if metric else None,
        "month": found.month.isoformat() if found else None,
        "value": _plain(found.value if found else None),
        "said_on": found.said_on.isoformat() if found else None,
        "real": _figure(real),
    }


def _feature(session: Session, feature: Note) -> Json:
    """A feature with the readings before and after it; `moved` is in the unit of its metric."""
    found = effect(session, feature)
    moved = found.moved
    return {
        **_told(session, feature),
        "expected": _plain(found.expected),
        "first_expected": _plain(found.first_expected),
        "before": _figure(found.before),
        "after": _figure(found.after),
        "moved": _plain(moved.difference) if moved else None,
    }


def _figure(figure: Figure | None) -> Json | None:
    """The date and the value of a figure, with the id of its note: a reading, or the metric for its baseline."""
    if figure is None or figure.on is None:
        return None
    return {"note": figure.note.id, "date": figure.on.isoformat(), "value": _plain(figure.value)}


def _plain(value: Decimal | None) -> float | int | None:
    return None if value is None else int(value) if value == value.to_integral_value() else float(value)


def _source(session: Session, source: Note) -> Json:
    return {
        **_told(session, source),
        "quality": _number(source, "quality"),
        "personal": {"yes": True, "no": False}.get(source.details.get("personal", "")),
    }


def _said(note: Note, names: Iterable[str]) -> Json:
    """Details as they were typed or chosen, None for what is not given."""
    return {name: note.details.get(name) or None for name in names}


def _number(note: Note, name: str) -> float | int | None:
    """A detail that is a number; None when it is not given, or, in a journal from elsewhere, is none."""
    return _number_of(note.details.get(name, ""))


def _number_of(text: str) -> float | int | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() else value if math.isfinite(value) else None


def _rounds(session: Session) -> list[Json]:
    standing = [metric.id for metric in session.notes_of("metric")]
    return [
        {
            "metrics": [metric for metric in standing if round.takes(metric)],
            "opened_at": _when(round.opened_at),
            "shown_at": _when(round.shown_at),
            "scores": _scores(session, round.scores),
            "abstentions": [
                {"metric": metric, "person": person}
                for (metric, person), score in round.scores.items()
                if score.abstained and metric in standing and person in session.people
            ],
        }
        for round in session.rounds
    ]


def _scores(session: Session, scores: Scores) -> list[Json]:
    standing = {metric.id for metric in session.notes_of("metric")}
    return [
        {
            "metric": metric,
            "person": person,
            "role": session.people[person].role.value,
            "value": score.value,
            "ease": score.ease,
        }
        for (metric, person), score in scores.items()
        if metric in standing and person in session.people and not score.abstained
    ]


def _ranking(session: Session) -> list[Json]:
    return [
        {
            "metric": row.metric,
            "place": row.place,
            "value": row.value,
            "ease": row.ease,
            "product": row.figure,
            "voters": row.voters,
            "tied": row.tied,
        }
        for row in ranking(session)
    ]


def _note(session: Session, note: Note) -> Json:
    """The fields of every note; `by` spoke, `written_by` held the pen, both are ids of participants."""
    return {
        "id": note.id,
        "kind": note.kind,
        "text": note.text,
        "by": note.speaker,
        "written_by": note.by,
        "at": _when(note.at),
        "minute": minute(session, note),
        **({"seconded": len(note.seconded)} if row(note.kind).seconders else {}),
    }


def _told(session: Session, note: Note) -> Json:
    """A note with the one that it is about, if its kind may be about any, and with its details."""
    kind = KINDS[note.kind]
    about = {"about": _about(session, note)} if kind.about else {}
    return {**_note(session, note), **about, **_said(note, names(kind.details))}


def _recommendation(session: Session, advice: Note) -> Json:
    first = recommendations.repeats(session, advice)
    return {**_told(session, advice), "same_as": first.id if first else None}


def _about(session: Session, note: Note) -> str | None:
    about = session.notes.get(note.about)
    return about.id if about and not about.withdrawn else None


_WRITTEN: Mapping[str, Callable[[Session, Note], Json]] = {
    "source": _source,
    "question": _question,
    "recommendation": _recommendation,
    "hypothesis": _hypothesis,
    "metric": _metric,
    "forecast": _forecast,
    "feature": _feature,
}
"""The kinds whose notes say more than `_told`, or say it otherwise."""


def _when(at: float | None) -> str | None:
    """Seconds since 1970 as an ISO 8601 time with its offset, always that of UTC."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
