"""Learnings and what comes next: one learning, up to three metrics kept, up to three actions.

Where no step of the agenda shows metrics there are none to keep, unless some came in; where people of many teams
are gathered there are learnings alone: three actions are one team's.

In the hour that is all. The rest (which metric is the North Star, what is decided of each, beforehand) waits
folded until the hour has ended, then stands plainly at the team's link.
"""

from __future__ import annotations

from markupsafe import Markup

from impactlib.ranking import ranking
from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw, key, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "learnings", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    metrics = session.notes_of("metric")
    if session.ranking_shown:
        metrics = [session.notes[row.metric] for row in ranking(session)]
    choices = [{"metric": metric, "kept": metric.id in session.kept} for metric in metrics]
    agenda, cards = session.agenda, dict[str, Markup]()
    if choices or agenda is None or agenda.shows("matrix", "metrics"):
        cards["kept/"] = draw(eye, "learnings", "kept", choices=choices, ended=session.ended)
    if agenda is not None and agenda.gathers and not session.notes_of("action") and not session.notes_of("contact"):
        cards["gathered/"] = draw(eye, "learnings", "gathered")
    for item in signed(session, session.notes_of("learning")):
        cards[key("learnings", item["note"])] = draw(eye, "learnings", "card", item=item)
    for item in signed(session, session.notes_of("action")):
        comes_from = session.notes.get(item["note"].about)
        cards[key("actions", item["note"])] = draw(eye, "learnings", "action", item=item, comes_from=comes_from)
    for item in signed(session, session.notes_of("contact")):
        cards[key("contact", item["note"])] = draw(eye, "learnings", "card", item=item)
    return cards
