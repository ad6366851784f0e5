"""A product's file: its workshops, reviews and figures in order, as a page, for an office, as a table and as data."""

from __future__ import annotations

import json as codec
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from impactlib.domain import formats
from impactlib.domain.clock import day_of
from impactlib.domain.product import Came, Held, Product
from impactlib.domain.session import Note, Session
from impactlib.export import html as pages, sheet
from impactlib.export.tables import Cell, Sheet
from impactlib.export.template import templates
from impactlib.views.render import name

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE = "product.html"
Json = dict[str, Any]


def html(sessions: Sequence[Session], views: Environment) -> bytes:
    """The file as one page; `sessions` are those of the product, the latest first."""
    return pages.html(sessions[0], views, TEMPLATE, product=_of(sessions)).encode()


def odt(sessions: Sequence[Session], views: Environment) -> bytes:
    """The file for LibreOffice."""
    from impactlib.export import odt

    return odt.write(sessions[0], views, TEMPLATE, product=_of(sessions))


def docx(sessions: Sequence[Session], views: Environment) -> bytes:
    """The file for Word."""
    from impactlib.export import docx

    return docx.write(sessions[0], views, TEMPLATE, product=_of(sessions))


def _of(sessions: Sequence[Session]) -> Product:
    return Product(tuple(sessions), day_of(time.time(), sessions[0].zone))


def _table(sessions: Sequence[Session], views: Environment, *, write: Callable[..., bytes]) -> bytes:
    product, lang = _of(sessions), str(views.globals["lang"])
    say: Any = templates(views, escape=False, filters=()).get_template("summary/product.md").module
    rows = tuple(_row(one, say, lang) for one in product.story)
    return write(views, Sheet(str(say.title()), product.latest.held_at, tuple(str(say.headings()).split("|")), rows))


csv, xlsx, ods = (partial(_table, write=write) for write in (sheet.csv, sheet.xlsx, sheet.ods))


def lines(product: Product, views: Environment) -> list[str]:
    """The file as lines of text: a day, and what was held or measured on it."""
    lang = str(views.globals["lang"])
    say: Any = templates(views, escape=False, filters=()).get_template("summary/product.md").module
    told = []
    for one in product.story:
        day = formats.day(one.on, lang)
        if isinstance(one, Held):
            below = str(say.told(one)).splitlines()
            told += [f"{day}  {_agenda(one.session, lang)}", *(f"            {line}" for line in below if line)]
        else:
            told.append(f"{day}  {say.a_line(one)}")
    return told


def _row(one: Held | Came, say: Any, lang: str) -> tuple[Cell, ...]:
    if isinstance(one, Held):
        return one.on, _agenda(one.session, lang), "", "", str(say.told(one)).strip()
    return one.on, str(say.a_figure(one.figure)), name(one.series.metric, lang), one.figure.value, one.series.unit


def _agenda(session: Session, lang: str) -> str:
    return session.agenda.title[lang] if session.agenda else ""


def json(sessions: Sequence[Session], views: Environment) -> bytes:
    """The file as data: the sessions in order, without people and scores, and the metrics with all their figures."""
    product, lang = _of(sessions), str(views.globals["lang"])
    whole = {
        "format": 1,
        "team": product.latest.team,
        "unknown_sessions": product.unknown,
        "sessions": [_session(one, lang) for one in product.held],
        "metrics": [
            {
                "id": series.metric.id,
                "name": name(series.metric, lang),
                "unit": series.unit,
                "target": float(series.target) if series.target is not None else None,
                "figures": [
                    {
                        "date": figure.on.isoformat() if figure.on else None,
                        "over": figure.over or None,
                        "value": float(figure.value),
                        "baseline": figure.baseline,
                    }
                    for figure in series.figures
                ],
            }
            for series in product.followed
        ],
    }
    return codec.dumps(whole, ensure_ascii=False, indent=1).encode()


def _session(held: Held, lang: str) -> Json:
    session, changed = held.session, held.since
    return {
        "id": session.id,
        "on": held.on.isoformat(),
        "agenda": session.agenda.name if session.agenda else None,
        "title": _agenda(session, lang),
        "follows": session.follows.session if session.follows else None,
        "people": held.people,
        "kept": [note.id for note in held.kept],
        "promises": {"done": held.promises[0], "all": held.promises[1]} if held.promises else None,
        "actions": [note.text for note in held.actions],
        "verdicts": [_verdict(note) for note in held.verdicts],
        "learnt": [note.text for note in held.learnt],
        "changed": {
            "added": [note.id for note in changed.added],
            "withdrawn": [note.id for note in changed.withdrawn],
            "changed": [note.id for note, _ in changed.changed],
        }
        if changed
        else None,
    }


def _verdict(note: Note) -> Json:
    return {"metric": note.about, "course": note.details.get("course"), "reason": note.text}
