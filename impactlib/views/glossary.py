"""The words of impact, each with what it says and the terms to see beside it (templates/glossary.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from impactlib.paths import TEMPLATES


@dataclass(frozen=True)
class Term:
    """A term in one language; `see` are the ids of others, with their names, `at` the panes that explain it."""

    id: str
    name: str
    says: str
    see: tuple[tuple[str, str], ...]
    at: tuple[str, ...]


@cache
def terms(lang: str) -> tuple[Term, ...]:
    """All terms in that language, in the order of a reading."""
    rows = tomllib.loads((TEMPLATES / "glossary.toml").read_text(encoding="utf-8"))
    names = {id: row[lang]["name"] for id, row in rows.items()}
    return tuple(
        Term(id, **row[lang], see=tuple((other, names[other]) for other in row.get("see", ())), at=tuple(row["at"]))
        for id, row in rows.items()
    )


@cache
def terms_at(pane: str, lang: str) -> tuple[Term, ...]:
    """The terms that a pane explains in place."""
    return tuple(term for term in terms(lang) if pane in term.at)
