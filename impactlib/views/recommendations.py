"""Recommendations: the team's hypotheses, the advice given on each, and free advice; then what the team does of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from impactlib import ledger
from impactlib.hypotheses import Hypothesis, drafted
from impactlib.session import Note, Session
from impactlib.views import Eye, Fragments, around_the_table, draw, key, place, signed
from impactlib.views.prepare_drafts import first_point
from impactlib.views.wording import definition, reworded


def frame(eye: Eye) -> Markup:
    return draw(eye, "recommendations", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    rows: dict[str, list[Hypothesis]] = {}
    for row in drafted(session):
        rows.setdefault(row.note.id if row.note else "", []).append(row.row)
    repeated = ledger.groups(session)
    cards = {
        key("hypotheses", note): _hypothesis(session, eye, note, rows[note.id], repeated)
        for note in session.notes_of("hypothesis")
    }
    standing = {note.id for kind in ("hypothesis", "metric") for note in session.notes_of(kind)}
    # Advice outlives what it was given on: it then stands with the free ones.
    free = [note for note in ledger.advice(session) if note.about not in standing]
    cards |= {
        key("recommendations", item["note"]): draw(eye, "recommendations", "card", item=item, ended=session.ended)
        for item in grouped(session, free, repeated)
    }
    if eye.writes("recommendation"):
        cards["speakers-recommendation/"] = draw(eye, "note", "speakers", people=around_the_table(session))
    if eye.facilitates and session.step and not session.ended:
        cards["listening/"] = draw(eye, "recommendations", "listening", on=session.listening)
    return cards


def grouped(session: Session, advice: Iterable[Note], repeated: ledger.Groups) -> list[dict[str, Any]]:
    """Recommendations with their signatures, each with those that repeat it."""
    return [{**item, "same": signed(session, repeated.get(item["note"].id, []))} for item in signed(session, advice)]


def _hypothesis(
    session: Session, eye: Eye, hypothesis: Note, rows: list[Hypothesis], repeated: ledger.Groups
) -> Markup:
    [item] = signed(session, [hypothesis])
    defined = [(row.metric, said) for row in rows if (said := definition(row, eye.lang, but=("statement", "metric")))]
    point = next(filter(None, (first_point(row, eye.lang) for row in rows)), None)
    return draw(
        eye,
        "recommendations",
        "hypothesis",
        item=item,
        advice=grouped(session, ledger.advice(session, about=hypothesis.id), repeated),
        metrics=session.notes_of("metric", about=hypothesis.id),
        defined=defined,
        point=point,
        changes=reworded(ledger.changes(session, hypothesis), eye.lang),
        ended=session.ended,
        place=place(session, hypothesis),
    )
