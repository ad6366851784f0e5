"""Recommendations: the team's hypotheses, the advice given on each, and free advice."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.hypotheses import drafted
from impactlib.session import Note, Session
from impactlib.views import Eye, Fragments, around_the_table, draw, key, signed
from impactlib.views.prepare_drafts import definition, first_point


def frame(eye: Eye) -> Markup:
    return draw(eye, "recommendations", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    cards = {key("hypotheses", note): _hypothesis(session, eye, note) for note in session.notes_of("hypothesis")}
    standing = {note.id for kind in ("hypothesis", "metric") for note in session.notes_of(kind)}
    # Advice outlives what it was given on: it then stands with the free ones.
    free = [note for note in session.notes_of("recommendation") if note.about not in standing]
    cards |= {
        key("recommendations", item["note"]): draw(eye, "recommendations", "card", item=item)
        for item in signed(session, free)
    }
    if eye.writes("recommendation"):
        cards["speakers-recommendation/"] = draw(eye, "note", "speakers", people=around_the_table(session))
    return cards


def _hypothesis(session: Session, eye: Eye, hypothesis: Note) -> Markup:
    [item] = signed(session, [hypothesis])
    advice = signed(session, session.notes_of("recommendation", about=hypothesis.id))
    rows = [row.row for row in drafted(session) if row.note is hypothesis]
    defined = [(row.metric, said) for row in rows if (said := definition(row, eye.lang, but=("statement", "metric")))]
    point = next(filter(None, (first_point(row, eye.lang) for row in rows)), None)
    return draw(
        eye,
        "recommendations",
        "hypothesis",
        item=item,
        advice=advice,
        metrics=session.notes_of("metric", about=hypothesis.id),
        defined=defined,
        point=point,
    )
