"""Learnings and what comes next: one learning, up to three metrics kept, up to three actions."""

from __future__ import annotations

from markupsafe import Markup

from impactlib.scoring import ranking
from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw, key, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "learnings", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    metrics = [row.metric for row in ranking(session)] if session.ranking_shown else session.notes_of("metric")
    cards = {"kept/": draw(eye, "learnings", "kept", metrics=metrics, kept=session.kept)}
    for item in signed(session, session.notes_of("learning")):
        cards[key("learnings", item["note"])] = draw(eye, "learnings", "card", item=item)
    for item in signed(session, session.notes_of("action")):
        cards[key("actions", item["note"])] = draw(eye, "learnings", "action", item=item)
    return cards
