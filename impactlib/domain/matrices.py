"""The versions of the impact matrix: five concepts with their indicators, of which some are mandatory. Pure.

The matrix changes, so each version is a dated TOML file (`templates/matrices/`). An indicator is known by its id, or by
the title that any version gives to it: titles change, ids stay.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from typing import Any

from impactlib.domain import kinds
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.text import fit, plain, repeated
from impactlib.paths import TEMPLATES

FOLDER = TEMPLATES / "matrices"
_VERSION = re.compile(r"\d{4}-\d{2}\Z")
ID = re.compile(r"[a-z0-9.-]{1,40}\Z")
"""What the id of an indicator is made of."""
_CONCEPTS = kinds.detail("concept").choices
_WORD = re.compile(r"[^\W_]+")
_ASIDE = re.compile(r"[(\[][^()\[\]]*[)\]]")
_PERIOD = re.compile(r" ?/ ?(?:mois|month)$")
"""What a title says of its period, and people leave out."""
_NUMBERING = re.compile(r"^\s*(?:[-–—•*]|\d{1,2}(?:\.\d{1,2})*[.)])\s*")
_LIKE = 0.7
"""How alike a text and a title are, from 0 to 1, when one may stand for the other."""
_LITTLE = frozenset(["a", "an", "d", "de", "des", "du", "l", "la", "le", "les", "of", "the", "par", "per"])
"""Words that tell no title from another."""


class MatrixError(ValueError):
    """A matrix that cannot be used: names the file, the line or key, and the fix."""


@dataclass(frozen=True)
class Indicator:
    """One indicator: `title` is the State's own in French, `definition` the kit's words.

    Parameters
    ----------
    over_a_year
        Whether it is published with its change over one year.
    scale
        On what scale it is asked, where the version names one.
    """

    id: str
    title: dict[str, str]
    definition: dict[str, str]
    mandatory: bool
    over_a_year: bool = False
    scale: dict[str, str] | None = None


@dataclass(frozen=True)
class Concept:
    """`means` says in a few words what the concept asks of a service."""

    id: str
    title: dict[str, str]
    means: dict[str, str]
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Matrix:
    """One version: `name` is its year and month, such as ``2026-08``, `date` the day since which it stands."""

    name: str
    date: date
    title: dict[str, str]
    concepts: tuple[Concept, ...]

    @property
    def indicators(self) -> Iterator[Indicator]:
        """All of them, concept by concept."""
        return (indicator for concept in self.concepts for indicator in concept.indicators)


def names() -> list[str]:
    """The versions that come with the kit, the newest first."""
    return sorted((path.stem for path in FOLDER.glob("*.toml")), reverse=True)


@cache
def versions() -> tuple[Matrix, ...]:
    """The versions that come with the kit, read, the newest first."""
    return tuple(map(load, names()))


def newest() -> Matrix:
    """The version that stands today."""
    return versions()[0]


def load(name: str) -> Matrix:
    """The version called `name`. Raises MatrixError, as `parse` does."""
    if name not in names():
        raise MatrixError(f"{name}: no such version of the matrix. Those of the kit are {', '.join(names())}.")
    return parse((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml")


def parse(text: str, source: str = "matrix") -> Matrix:
    """Read a matrix from its TOML text.

    Raises
    ------
    MatrixError
        Naming `source`, the line or the key at fault, and what to write instead.
    """
    try:
        raw = fit(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MatrixError(f"{source}: not TOML: {error}. Mend that line and try again.") from error
    except RecursionError as error:
        raise MatrixError(f"{source}: not TOML that can be read: brackets too deep. Write it flat.") from error
    concepts = raw.get("concepts")
    if not isinstance(concepts, list) or not concepts:
        raise MatrixError(f"{source}: concepts: none. Write at least one [[concepts]], with its indicators.")
    name = raw.get("name")
    if not isinstance(name, str) or not _VERSION.match(name):
        raise MatrixError(f"{source}: name: {name!r}. Write the version's year and month, such as 2026-08.")
    since = raw.get("date")
    if not isinstance(since, date) or isinstance(since, datetime) or f"{since:%Y-%m}" != name:
        raise MatrixError(f"{source}: date: {since!r}. Write the version's day without quotes, such as {name}-04.")
    matrix = Matrix(
        name,
        since,
        _words(raw, "title", f"{source}: "),
        tuple(_concept(concept, f"{source}: concepts[{i}]") for i, concept in enumerate(concepts, 1)),
    )
    ids = [concept.id for concept in matrix.concepts]
    of_indicators = [indicator.id for indicator in matrix.indicators]
    for key, named in (("concepts", ids), ("indicators", of_indicators)):
        if (again := repeated(named)) is not None:
            raise MatrixError(f"{source}: {key}: {named[again]!r} stands twice. Keep one.")
    return matrix


def _concept(raw: Any, where: str) -> Concept:
    table = _table(raw, where)
    id, indicators = table.get("id"), table.get("indicators")
    if id not in _CONCEPTS:
        raise MatrixError(f"{where}.id: {id!r}. Write one of {', '.join(_CONCEPTS)}.")
    if not isinstance(indicators, list) or not indicators:
        raise MatrixError(f"{where}.indicators: none. List at least one, with id, title, definition and mandatory.")
    read = tuple(_indicator(one, f"{where}.indicators[{i}]") for i, one in enumerate(indicators, 1))
    return Concept(id, _words(table, "title", f"{where}."), _words(table, "means", f"{where}."), read)


def _indicator(raw: Any, where: str) -> Indicator:
    table = _table(raw, where)
    id, mandatory = table.get("id"), table.get("mandatory")
    if not isinstance(id, str) or not ID.match(id):
        raise MatrixError(f"{where}.id: {id!r}. Write small letters, digits, dots and hyphens (40 at most).")
    over_a_year = table.get("over_a_year", False)
    for key, value in (("mandatory", mandatory), ("over_a_year", over_a_year)):
        if not isinstance(value, bool):
            raise MatrixError(f"{where}.{key}: {value!r}. Write true or false.")
    title, definition = (_words(table, key, f"{where}.") for key in ("title", "definition"))
    scale = _words(table, "scale", f"{where}.") if "scale" in table else None
    return Indicator(id, title, definition, bool(mandatory), bool(over_a_year), scale)


def _table(raw: Any, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise MatrixError(f"{where}: not a table. Write its keys below [[concepts]], or between braces.")
    return raw


def _words(table: dict[str, Any], key: str, where: str) -> dict[str, str]:
    raw = table.get(key)
    if isinstance(raw, dict) and all(isinstance(raw.get(lang), str) and raw[lang].strip() for lang in LANGUAGES):
        return {lang: raw[lang].strip() for lang in LANGUAGES}
    raise MatrixError(f'{where}{key}: {raw!r}. Write {{ fr = "...", en = "..." }}.')


# By their names ------------------------------------------------------------------------------------


@cache
def _newest() -> Mapping[str, Indicator]:
    return {one.id: one for version in reversed(versions()) for one in version.indicators}


def newest_of(id: str) -> Indicator | None:
    """The indicator of that id, as the newest version that has it words it."""
    return _newest().get(id)


def concept_of(id: str) -> str:
    """The concept of an indicator, in the newest version that has it; "" of one that none has."""
    of = ((one.id, concept.id) for version in versions() for concept in version.concepts for one in concept.indicators)
    return next((concept for indicator, concept in of if indicator == id), "")


def indicator_named(words: str) -> Indicator | None:
    """The indicator that a team names by its id, or by its title in any version and language.

    Case, accents, apostrophes, plurals, what stands in brackets and small words do not matter; where a title has two
    words around a stroke, either will do.

    >>> [indicator_named(words).id for words in ("TAUX D'ABANDON", "Impact mesuré (obligatoire)", "Cost at use")]
    ['completion', 'impact-generated', 'cost-per-use']
    >>> indicator_named("Taux de sourire") is None
    True
    """
    found = next((id for key in _ways(words) if (id := _titles().get(key))), words.strip())
    return newest_of(found)


def nearest(words: str, lang: str) -> str:
    """The title of the newest versions that a text is most like, "" when it is like none.

    >>> nearest("Taux de pénétration", "fr"), nearest("Météo", "fr")
    ('Taux de pénétration sur le marché prioritaire', '')
    """
    said = _ways(words)[-1]
    keys = [key for key in _titles() if said and key.startswith(f"{said} ")] or get_close_matches(
        said, _titles(), 1, _LIKE
    )
    found = newest_of(_titles()[keys[0]]) if keys else None
    return found.title[lang] if found else ""


def concept_named(words: str) -> str:
    """The id of the concept that a team names as any version does, or "": what follows a dash does not matter.

    >>> concept_named("Utilisé – ceux qu’il vise s’en servent"), concept_named("IMPACT ON PUBLIC POLICY")
    ('used', 'impactful')
    """
    return _concepts().get(_key(re.split(r" [-–—:] ?|:", words)[0]), "")


def _ways(words: str) -> tuple[str, ...]:
    bare = _NUMBERING.sub("", words)
    return _key(bare), _key(_ASIDE.sub(" ", bare))


def _key(words: str) -> str:
    found = (word for word in _WORD.findall(plain(words)) if word not in _LITTLE)
    return " ".join(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in found)


@cache
def _titles() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for version in versions():
        for one in version.indicators:
            for title in one.title.values():
                for way in (title, *_either(title)):
                    for key in (*_ways(way), *_ways(_PERIOD.sub("", way))):
                        found.setdefault(key, one.id)
    return found


def _either(title: str) -> list[str]:
    """A title of two words around a stroke, with each of them alone."""
    stroke = re.search(r"(\w+)/(\w+)", title)
    return [title.replace(stroke[0], word) for word in stroke.groups()] if stroke else []


@cache
def _concepts() -> Mapping[str, str]:
    every = [concept for version in versions() for concept in version.concepts]
    return {_key(name): concept.id for concept in every for name in (concept.id, *concept.title.values())}
