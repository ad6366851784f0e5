"""The shelf: what to read, see or follow, by need (templates/shelf.toml), with what a team or an incubator adds in its
own file. Pure.

Addresses are looked at and never opened: those of the web, and the kit's own pages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_, clean_line
from impactlib.paths import TEMPLATES

KINDS: Mapping[str, str] = {
    "book": N_("book"),
    "film": N_("film"),
    "series": N_("series"),
    "article": N_("article"),
    "training": N_("training"),
    "video": N_("video"),
    "document": N_("document"),
    "page": N_("page of this site"),
}
NAME = "shelf.toml"
"""The file that is added to the kit's, in a data folder."""
LARGEST = 256 * 1024
"""Bytes of a file."""
MOST = 500
"""Items of a file."""
_LONGEST = 300
_PAGES = re.compile(r"(?:understand|glossary|for-you|privacy|replay/)(?:#[a-z_-]{1,60})?")
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_OLD = 365
"""Days after which what was checked is to be looked at again."""

Said = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True)
class Need:
    """What somebody needs, in their words, and the findings of a check that it answers."""

    id: str
    says: Said
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """Something to read, see or follow.

    `minutes` is 0 where its length is not known, `address` "" where it has none that is known; `own` says that it was
    added to the kit's.
    """

    kind: str
    title: Said
    helps: Said
    minutes: int
    days: int
    needs: tuple[str, ...]
    address: str
    checked: date | None
    own: bool = False

    @property
    def outside(self) -> bool:
        """Whether it is on the web, and not one of the kit's own pages."""
        return "://" in self.address


@dataclass(frozen=True)
class Shelf:
    """Needs with their items, in the order of the file."""

    needs: tuple[Need, ...]
    items: tuple[Item, ...]

    def of(self, need: str) -> tuple[Item, ...]:
        """The items for a need, one's own first."""
        return tuple(sorted((item for item in self.items if need in item.needs), key=lambda item: not item.own))

    def need_of(self, finding: str) -> Need | None:
        """The need that a finding of a check is about."""
        return next((need for need in self.needs if finding in need.findings), None)

    def for_finding(self, finding: str) -> Item | None:
        """What to look at first about a finding of a check: one's own, else one that can be opened, else another."""
        need = self.need_of(finding)
        found = self.of(need.id) if need else ()
        return min(found, key=lambda item: (not item.own, not item.address), default=None)

    def old(self, today: date) -> tuple[Item, ...]:
        """Items that were checked more than a year before a day."""
        return tuple(item for item in self.items if item.checked and (today - item.checked).days > _OLD)


@cache
def kits() -> Shelf:
    """The kit's shelf."""
    return read((TEMPLATES / "shelf.toml").read_bytes(), "shelf.toml", Shelf((), ()))


def read(content: bytes, source: str, onto: Shelf | None = None) -> Shelf:
    """Put what a file holds onto a shelf, by default the kit's.

    Parameters
    ----------
    content
        A TOML file in UTF-8, of the form of templates/shelf.toml. A text may be one string for both languages.
    source
        Its name, for what is said of it.
    onto
        The shelf that it adds to; a need of the same id is the same need.

    Raises
    ------
    Refusal
        When something in it cannot be read: names the item and the fault. Nothing is then added.
    """
    shelf, own = (kits(), True) if onto is None else (onto, False)
    raw = _parsed(content, source)
    checked = raw.get("checked")
    needs = {need.id: need for need in shelf.needs}
    for id, row in _table(raw, "need", source).items():
        need = _need(id, row, f"{source}: need.{id}")
        known = needs.get(id)
        needs[id] = replace(known, findings=(*known.findings, *need.findings)) if known else need
    rows = raw.get("item", [])
    if not isinstance(rows, list) or len(rows) > MOST:
        raise Refusal("%(where)s: items are written [[item]], %(most)s at most.", where=source, most=MOST)
    items = [_item(row, checked, needs, own, f"{source}: item {number}") for number, row in enumerate(rows, 1)]
    return Shelf(tuple(needs.values()), (*shelf.items, *items))


def well_formed(address: str) -> bool:
    """Whether an address is one of the web, or of a page of the kit.

    >>> [well_formed(one) for one in ("https://ex.fr/a?b", "understand#trap-points", "ex.fr", "javascript:alert(1)")]
    [True, True, False, False]
    """
    if _PAGES.fullmatch(address):
        return True
    try:
        parts = urlsplit(address)
        port_is_read = parts.port is None or parts.port > 0
    except ValueError:
        return False
    named = parts.hostname is not None and "." in parts.hostname.strip(".") and "@" not in parts.netloc
    return parts.scheme in ("https", "http") and named and port_is_read and not re.search(r"[\s<>\"\\]", address)


def _parsed(content: bytes, source: str) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise Refusal("%(where)s: this file is too large (%(most)s kB at most).", where=source, most=LARGEST // 1024)
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refusal("%(where)s: this is not TOML in UTF-8 (%(why)s).", where=source, why=str(error)[:200]) from None


def _table(raw: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    found = raw.get(name, {})
    if not isinstance(found, dict):
        raise Refusal("%(where)s: needs are written [need.NAME].", where=where)
    return found


def _need(id: str, row: Any, where: str) -> Need:
    if not _ID.fullmatch(id) or not isinstance(row, dict):
        raise Refusal("%(where)s: a need is a table, its name small letters, figures and hyphens.", where=where)
    return Need(
        id, _said({lang: row[lang] for lang in LANGUAGES if lang in row}, where), _names(row, "findings", where)
    )


def _item(row: Any, checked: Any, needs: Mapping[str, Need], own: bool, where: str) -> Item:
    if not isinstance(row, dict):
        raise Refusal("%(where)s: it is no table.", where=where)
    kind, on, address = row.get("kind"), row.get("checked", checked), row.get("address", "")
    if kind not in KINDS:
        raise Refusal("%(where)s: its kind is one of %(kinds)s.", where=where, kinds=", ".join(KINDS))
    if on is not None and (not isinstance(on, date) or isinstance(on, datetime)):
        raise Refusal("%(where)s: a day is written 2026-08-21, without quotation marks.", where=where)
    if not isinstance(address, str) or len(address) > _LONGEST or (address and not well_formed(address)):
        raise Refusal("%(where)s: this address is not well formed; one begins with https://", where=where)
    wanted = _names(row, "needs", where)
    if unknown := [one for one in wanted if one not in needs]:
        raise Refusal("%(where)s: there is no need named %(need)s.", where=where, need=unknown[0][:60])
    if not wanted:
        raise Refusal("%(where)s: say in `needs` whom it helps: %(needs)s.", where=where, needs=", ".join(needs))
    title, helps = _said(row.get("title"), f"{where}, title"), _said(row.get("helps"), f"{where}, helps")
    minutes, days = _length(row, "minutes", where), _length(row, "days", where)
    return Item(str(kind), title, helps, minutes, days, wanted, address, on, own)


def _said(given: Any, where: str) -> Said:
    """A text in both languages; one of them alone, or one string, is both."""
    texts = dict.fromkeys(LANGUAGES, given) if isinstance(given, str) else given
    if not isinstance(texts, dict) or not texts or any(not isinstance(text, str) for text in texts.values()):
        raise Refusal("%(where)s: give a text, or one in each language: { fr = …, en = … }.", where=where)
    cleaned = {lang: clean_line(text) for lang, text in texts.items() if lang in LANGUAGES}
    first = next((text for text in cleaned.values() if text), "")
    if not first or any(len(text) > _LONGEST for text in cleaned.values()):
        raise Refusal("%(where)s: a text has from 1 to %(most)s characters.", where=where, most=_LONGEST)
    return {lang: cleaned.get(lang) or first for lang in LANGUAGES}


def _names(row: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    found = row.get(name, [])
    if not isinstance(found, list) or any(not isinstance(one, str) for one in found):
        raise Refusal("%(where)s: `%(name)s` is a list of names.", where=where, name=name)
    return tuple(found)


def _length(row: Mapping[str, Any], name: str, where: str) -> int:
    found = row.get(name, 0)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= 10_000:
        raise Refusal("%(where)s: `%(name)s` is a whole number.", where=where, name=name)
    return found
