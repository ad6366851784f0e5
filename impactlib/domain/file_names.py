"""The names of the files that people keep, in their language: letters that every disk and every mail takes. Pure.

A name says the team, what the file is, and the day of the hour.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from impactlib.domain.clock import day_of
from impactlib.domain.session import Session

_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "summary": "compte-rendu",
        "metrics": "mesures",
        "inventory": "inventaire",
        "readings": "chiffres",
        "review": "revue",
        "forecasts": "previsions",
        "followup": "suivi",
        "calendar": "calendrier",
        "session": "seance",
        "shared": "partage",
        "replay": "rediffusion",
        "invitation": "invitation",
        "picture": "image",
        "matrix": "matrice",
        "names": "noms",
        "stats": "statistiques",
        "stats-with-reasons": "statistiques-et-raisons",
        "committee": "comite",
        "product": "produit",
        "facilitator": "animation",
        "client": "equipe",
        "consultant": "consultants",
        "observer": "observateurs",
    },
    "en": {
        "readings": "figures",
        "followup": "follow-up",
        "facilitator": "facilitation",
        "client": "team",
        "consultant": "consultants",
        "observer": "observers",
    },
}
"""What a file holds, and for whom it is."""
TYPES: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "png": "image/png",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "ipynb": "application/x-ipynb+json",
    "zip": "application/zip",
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media type of each format that a page or a widget gives."""
_UNNAMED: Mapping[str, str] = {"fr": "atelier", "en": "workshop"}
"""Stands for a team whose name has no letter that is kept."""
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})
_OTHERS = re.compile(r"[^a-z0-9]+")
_DAY = re.compile(r"-\d{4}-\d{2}-\d{2}\Z")
_LONGEST = 40
"""Characters of a team's name."""


def file_name(session: Session, what: str, form: str, lang: str, whom: str = "") -> str:
    """The name of a file of a workshop.

    Parameters
    ----------
    what
        The kind of file: ``summary``, ``metrics``, ``session``, ``invitation``…
    form
        Its extension.
    whom
        The role that it is for, of a file that each role has.

    Examples
    --------
    >>> file_name(Session(id="s", team="Mon espace Rénov’ — l'équipe"), "summary", "docx", "fr")
    'mon-espace-renov-l-equipe-compte-rendu-1970-01-01.docx'
    >>> file_name(Session(id="s", team="Fare pūhaeretini"), "invitation", "ics", "fr", "consultant")
    'fare-puhaeretini-invitation-consultants-1970-01-01.ics'
    >>> file_name(Session(id="s", team="東京"), "followup", "ics", "en")
    'workshop-follow-up-1970-01-01.ics'
    """
    words = _WORDS[lang]
    day = day_of(session.held_at, session.zone).isoformat()
    parts = (folded(session.team) or _UNNAMED[lang], words.get(what, what), words.get(whom, whom), day)
    return f"{'-'.join(filter(None, parts))}.{form}"


def kind_of(stem: str) -> str:
    """The kind of file that a name says, without its extension, in any language; "" when it says none.

    >>> kind_of("coeur-de-ville-inventaire-2026-11-28"), kind_of("inventory"), kind_of("mardi")
    ('inventory', 'inventory', '')
    """
    names = {word: what for words in _WORDS.values() for what, word in words.items()}
    names |= {what: what for what in _WORDS["fr"]}
    said = _DAY.sub("", stem.lower())
    return next((what for name, what in names.items() if said == name or said.endswith(f"-{name}")), "")


def folded(team: str) -> str:
    """A name in small plain letters and figures, a hyphen between words; one long word alone is cut."""
    bare = unicodedata.normalize("NFKD", team.casefold().translate(_LETTERS))
    name = _OTHERS.sub("-", "".join(c for c in bare if not unicodedata.combining(c))).strip("-")
    if len(name) <= _LONGEST:
        return name
    return name[: _LONGEST + 1].rpartition("-")[0] or name[:_LONGEST]
