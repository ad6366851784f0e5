"""The names of the files that people keep, in their language: letters that every disk and every mail takes. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "summary": "compte-rendu",
        "metrics": "mesures",
        "inventory": "inventaire",
        "followup": "suivi",
        "session": "seance",
        "shared": "partage",
        "replay": "rediffusion",
        "invitation": "invitation",
        "picture": "image",
        "facilitator": "animation",
        "client": "equipe",
        "consultant": "consultants",
        "observer": "observateurs",
    },
    "en": {
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
    "md": "text/markdown; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "ipynb": "application/x-ipynb+json",
    "odt": "application/vnd.oasis.opendocument.text",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media type of each format that a page or a widget gives."""
_UNNAMED: Mapping[str, str] = {"fr": "atelier", "en": "workshop"}
"""Stands for a team whose name has no letter that is kept."""
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})
_OTHERS = re.compile(r"[^a-z0-9]+")
_LONGEST = 40
"""Characters of a team's name."""


def file_name(team: str, what: str, form: str, lang: str, whom: str = "") -> str:
    """The name of a file of a team's workshop.

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
    >>> file_name("Mon espace Rénov’ — l'équipe", "summary", "docx", "fr")
    'mon-espace-renov-l-equipe-compte-rendu.docx'
    >>> file_name("Cœur de ville", "invitation", "ics", "fr", "consultant")
    'coeur-de-ville-invitation-consultants.ics'
    >>> file_name("東京", "followup", "ics", "en")
    'workshop-follow-up.ics'
    """
    words = _WORDS[lang]
    parts = (_folded(team) or _UNNAMED[lang], words.get(what, what), words.get(whom, whom))
    return f"{'-'.join(filter(None, parts))}.{form}"


def kind_of(stem: str) -> str:
    """The kind of file that a name says, without its extension, in any language; "" when it says none.

    >>> kind_of("coeur-de-ville-inventaire"), kind_of("inventory"), kind_of("mardi")
    ('inventory', 'inventory', '')
    """
    names = {word: what for words in _WORDS.values() for what, word in words.items()}
    names |= {what: what for what in _WORDS["fr"]}
    said = stem.lower()
    return next((what for name, what in names.items() if said == name or said.endswith(f"-{name}")), "")


def _folded(team: str) -> str:
    """Small plain letters and figures, with a hyphen between words, never cut within a word unless it stands alone."""
    bare = unicodedata.normalize("NFKD", team.casefold().translate(_LETTERS))
    name = _OTHERS.sub("-", "".join(c for c in bare if not unicodedata.combining(c))).strip("-")
    if len(name) <= _LONGEST:
        return name
    return name[: _LONGEST + 1].rpartition("-")[0] or name[:_LONGEST]
