"""The inventory of data: the team's sources, and what each metric can be computed from."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from impactlib.gestures import DETAILS
from impactlib.inventory import needs
from impactlib.session import Session
from impactlib.views import Eye, Fragments, draw, key, signed


def frame(eye: Eye) -> Markup:
    return draw(eye, "inventory", "frame")


def fragments(session: Session, eye: Eye) -> Fragments:
    sources = session.notes_of("source")
    cards = {key("sources", item["note"]): _card(eye, item) for item in signed(session, sources)}
    metrics = {
        key("needs", need.metric): draw(eye, "inventory", "need", need=need, sources=sources) for need in needs(session)
    }
    return {**cards, **metrics}


def _card(eye: Eye, item: dict[str, Any]) -> Markup:
    said = item["note"].details
    values = {name: said.get(name, "") for name in sorted(DETAILS["source"])}
    return draw(eye, "inventory", "source", item=item, values=values)
