"""The public registry of digital services: which of them publish statistics, a matrix, a budget, and when. Pure.

A registry is the JSON of its public API, or a copy of an earlier day. What a product says of itself is taken as it
stands; what can be read in two ways is told, with the rule that was followed.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import msgspec

from impactlib.domain.recipes import is_web_page
from impactlib.domain.refusal import SheetError
from impactlib.domain.text import N_, clean_line

LARGEST = 20 * 1024 * 1024
"""Bytes of a registry."""
MAJOR = "2"
"""The version of the API whose records are known; a copy of an earlier day names none."""

PHASES = (
    "investigation",
    "construction",
    "acceleration",
    "consolidation",
    "opere",
    "transfere",
    "abandon",
    "abandon-investigation",
)
"""The phases of the registry, from the first to the last."""
OLDER = ("transfer", "transfert", "success", "alumni", "death", "standby")
"""The phases and states of earlier registries."""
ACTIVE = ("construction", "acceleration", "consolidation", "opere", "transfere")
"""The phases of a product that people can use, or soon can."""

_NOT_A_REGISTRY = N_("This is not a registry: its file is the JSON of the public API. Nothing was read.")
_WEB_PAGE = N_(
    "This is not a registry but a web page: a page to log in, perhaps. Name the address of the JSON itself. "
    "Nothing was read."
)
_OTHER_VERSION = N_("This registry is of version %(version)s; version 2 is known. Nothing was read.")
_TOO_LARGE = N_("This file is larger than 20 MB: it was not read.")


class _Phase(msgspec.Struct):
    name: str
    start: str
    end: str | None = None


class _Attributes(msgspec.Struct):
    name: str = ""
    phases: list[_Phase] = []
    status: str | None = None
    stats: bool | None = None
    stats_url: str | None = None
    impact_url: str | None = None
    budget_url: str | None = None
    link: str | None = None


class _Record(msgspec.Struct):
    id: str
    attributes: _Attributes
    relationships: dict[str, Any] = {}


@dataclass(frozen=True)
class Phase:
    """A phase that begins on a day, and ends on one where that is written."""

    name: str
    start: date
    end: date | None = None


@dataclass(frozen=True)
class Product:
    """A product as its record tells of it; "" where it says nothing. `status` is that of a record without phases."""

    id: str
    name: str
    incubator: str
    phases: tuple[Phase, ...]
    status: str
    flagged: bool
    stats_url: str
    impact_url: str
    budget_url: str
    link: str

    @property
    def has_stats(self) -> bool:
        """Whether it says that it publishes statistics, by a flag or by an address."""
        return self.flagged or is_address(self.stats_url)

    @property
    def has_matrix(self) -> bool:
        """Whether it gives the address of an impact matrix."""
        return is_address(self.impact_url)

    @property
    def has_budget(self) -> bool:
        """Whether it gives the address of a budget."""
        return is_address(self.budget_url)

    @property
    def unaddressed(self) -> bool:
        """Whether it says that it publishes statistics, and gives no address of them."""
        return self.flagged and not is_address(self.stats_url)

    @property
    def not_addresses(self) -> tuple[str, ...]:
        """What it gives as an address and is none: nothing is published there."""
        given = (self.stats_url, self.impact_url, self.budget_url)
        return tuple(text for text in given if text and not is_address(text))

    @property
    def year(self) -> str:
        """The year in which its first phase began; "" when none is written."""
        return str(min(phase.start for phase in self.phases).year) if self.phases else ""

    def phase(self, on: date) -> str:
        """The phase with the latest beginning that is not after a day: of two that begin together, the one that is
        written first. "" when none has begun."""
        begun = [phase for phase in self.phases if phase.start <= on]
        if not begun:
            return "" if self.phases else self.status
        latest = max(phase.start for phase in begun)
        return next(phase.name for phase in begun if phase.start == latest)

    def doubts(self, on: date) -> Iterator[str]:
        """What of its record can be read in two ways, some of `DOUBTS`."""
        begun = [phase for phase in self.phases if phase.start <= on]
        latest = [phase for phase in begun if phase.start == max(one.start for one in begun)]
        found = {
            "ties": len(latest) > 1,
            "future": len(begun) < len(self.phases),
            "ended": bool(latest) and latest[0].end is not None and latest[0].end <= on,
            "unknown phase": self.phase(on) not in ("", *PHASES, *OLDER),
            "no phase": not self.phase(on),
            "no address": self.unaddressed,
            "not an address": bool(self.not_addresses),
            "no flag": is_address(self.stats_url) and not self.flagged,
            "home page": _is_home(self.stats_url, self.link),
            "record": "/startups/" in urlsplit(self.stats_url).path if is_address(self.stats_url) else False,
        }
        return (name for name in DOUBTS if found[name])


DOUBTS: Mapping[str, str] = {
    "ties": N_("two phases begin on the same latest day: the one that is written first is taken"),
    "future": N_("a phase begins after that day: it is not counted yet"),
    "ended": N_("the latest phase has ended and none follows: it is still counted"),
    "no phase": N_("no phase had begun on that day"),
    "unknown phase": N_("the phase is none that is known: it is counted under its own name"),
    "no address": N_("statistics are announced without an address: counted as published"),
    "not an address": N_("what stands as an address is none: not counted as published"),
    "no flag": N_("an address of statistics without the mark that says so: counted as published"),
    "home page": N_("the address of the statistics is that of the home page: counted as published"),
    "record": N_("the address of the statistics leads back to the registry: counted as published"),
}
"""What of a record can be read in two ways, and the rule that is followed."""


@dataclass(frozen=True)
class Problem:
    """A record, or a part of it, that was left out, and why."""

    product: str
    why: str


@dataclass(frozen=True)
class Registry:
    """The products of a registry as it stood on a day, and what was left out of it."""

    on: date
    products: tuple[Product, ...]
    problems: tuple[Problem, ...] = ()

    def of(self, **wanted: str) -> tuple[Product, ...]:
        """The products of a phase, an incubator or a year: some of `BY`."""
        return tuple(one for one in self.products if all(BY[by](one, self.on) == wanted[by] for by in wanted))

    @property
    def doubts(self) -> Mapping[str, tuple[Product, ...]]:
        """The products whose record can be read in two ways, by `DOUBTS`."""
        found: dict[str, list[Product]] = {}
        for product in self.products:
            for doubt in product.doubts(self.on):
                found.setdefault(doubt, []).append(product)
        return {doubt: tuple(found[doubt]) for doubt in DOUBTS if doubt in found}


BY: Mapping[str, Callable[[Product, date], str]] = {
    "phase": lambda product, on: product.phase(on),
    "incubator": lambda product, _: product.incubator,
    "year": lambda product, _: product.year,
}
"""What products are grouped by."""


@dataclass(frozen=True)
class Count:
    """How many products of a group there are, and how many of them publish what."""

    group: str
    products: int
    stats: int
    matrix: int
    both: int
    budget: int


def counted(products: Sequence[Product], group: str = "") -> Count:
    """How many of some products publish what."""
    return Count(
        group,
        len(products),
        sum(one.has_stats for one in products),
        sum(one.has_matrix for one in products),
        sum(one.has_stats and one.has_matrix for one in products),
        sum(one.has_budget for one in products),
    )


def groups(registry: Registry, by: str, products: Sequence[Product] | None = None) -> list[Count]:
    """The counts of each phase in its order, of each incubator by its number of products, or of each year."""
    chosen = registry.products if products is None else products
    found: dict[str, list[Product]] = {}
    for product in chosen:
        found.setdefault(BY[by](product, registry.on), []).append(product)
    if by == "phase":
        return [counted(found[name], name) for name in phases_in_order(found)]
    keys: Mapping[str, Callable[[str], Any]] = {"incubator": lambda name: (-len(found[name]), name), "year": str}
    return [counted(found[name], name) for name in sorted(found, key=keys[by])]


def phases_in_order(names: Iterable[str]) -> list[str]:
    """Phases in their order, those that are not known at the end."""
    order = {name: at for at, name in enumerate((*PHASES, *OLDER))}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def active(registry: Registry) -> tuple[Product, ...]:
    """The products whose phase is one of `ACTIVE`."""
    return tuple(one for one in registry.products if one.phase(registry.on) in ACTIVE)


def read(content: bytes, otherwise: date) -> Registry:
    """Read a registry.

    Parameters
    ----------
    content
        The JSON of the public API, version 2, or of a copy of an earlier day: `data[]` with `id` and `attributes`.
    otherwise
        The day of a registry whose `source` names none.

    Raises
    ------
    SheetError
        If it is none, of another version, or too large.
    """
    if len(content) > LARGEST:
        raise SheetError(_TOO_LARGE)
    content = content.removeprefix(BOM_UTF8)
    if is_web_page(content):
        raise SheetError(_WEB_PAGE)
    try:
        whole = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise SheetError(_NOT_A_REGISTRY) from None
    if not isinstance(whole, dict) or not isinstance(whole.get("data"), list):
        raise SheetError(_NOT_A_REGISTRY)
    version = str(whole.get("version", ""))
    if version[:1].isdigit() and version.split(".", maxsplit=1)[0] != MAJOR:
        raise SheetError(_OTHER_VERSION, version=clean_line(version)[:20])
    day = _day(re.search(r"\d{4}-\d{2}-\d{2}", str(whole.get("source", "")))) or otherwise
    products: dict[str, Product] = {}
    problems: list[Problem] = []
    for at, raw in enumerate(whole["data"], 1):
        try:
            record = msgspec.convert(raw, _Record)
        except msgspec.ValidationError:
            name = raw.get("id") if isinstance(raw, dict) else None
            said = clean_line(name)[:80] if isinstance(name, str) else f"{at}"
            problems.append(Problem(said, N_("its record cannot be read: it is left out")))
            continue
        product, lost = _product(record)
        if product.id in products:
            problems.append(Problem(product.id, N_("a second record of this name: the first one is kept")))
            continue
        products[product.id] = product
        problems += lost
    return Registry(day, tuple(products.values()), tuple(problems))


def _product(record: _Record) -> tuple[Product, list[Problem]]:
    said, id, problems, phases = record.attributes, clean_line(record.id), [], []
    for phase in said.phases:
        start = _day(re.match(r"\d{4}-\d{2}-\d{2}", phase.start))
        if start is None:
            problems.append(Problem(id, N_("a phase without a day: it is left out")))
            continue
        phases.append(Phase(clean_line(phase.name), start, _day(re.match(r"\d{4}-\d{2}-\d{2}", phase.end or ""))))
    product = Product(
        id=id,
        name=clean_line(said.name) or id,
        incubator=_incubator(record.relationships),
        phases=tuple(phases),
        status=clean_line(said.status or ""),
        flagged=said.stats is True,
        stats_url=clean_line(said.stats_url or ""),
        impact_url=clean_line(said.impact_url or ""),
        budget_url=clean_line(said.budget_url or ""),
        link=clean_line(said.link or ""),
    )
    return product, problems


def _incubator(relationships: Mapping[str, Any]) -> str:
    """The id of the incubator among a record's relationships; "" when it names none."""
    found: Any = relationships
    for name in ("incubator", "data", "id"):
        found = found.get(name) if isinstance(found, dict) else None
    return clean_line(found) if isinstance(found, str) else ""


def _day(found: re.Match[str] | None) -> date | None:
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def is_address(text: str) -> bool:
    """Whether a text is an address of the web that a page may link to."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>\"]", text)
    except ValueError:
        return False


def _is_home(address: str, link: str) -> bool:
    """Whether an address of statistics is only that of the home page."""
    if not is_address(address):
        return False
    parts = urlsplit(address)
    return address.rstrip("/") == link.rstrip("/") or not (parts.path.strip("/") or parts.query or parts.fragment)


@dataclass(frozen=True)
class Quoted:
    """A share, in percent, that was quoted: that number, or one `below` it."""

    percent: int
    below: bool = False


QUOTED: Mapping[date, Quoted] = {date(2019, 6, 1): Quoted(20, below=True), date(2020, 6, 1): Quoted(75)}
"""What the community's page of June 2020 quoted from memory, by the first day of the month that it is about."""


@dataclass(frozen=True)
class Past:
    """A day in the past, and what is known of its products in acceleration.

    Parameters
    ----------
    on
        The day of a copy; of a month that was quoted and of which no copy was given, its first day.
    then
        Counted in the copy of that day, None without one.
    back
        Counted out of the phases that the newest registry writes, None without a copy and for the newest itself.
    quoted
        What was quoted from memory of that month.
    """

    on: date
    then: Count | None
    back: Count | None
    quoted: Quoted | None

    @property
    def agrees(self) -> bool | None:
        """Whether the copy gives what was quoted; None when one of them is not there."""
        if not self.quoted or not self.then or not self.then.products:
            return None
        share = 100 * self.then.stats / self.then.products
        return share < self.quoted.percent if self.quoted.below else round(share) == self.quoted.percent


def past(registries: Sequence[Registry]) -> list[Past]:
    """The copies in order of their days, each beside what was quoted of its month, and the months that were quoted and
    of which there is no copy: a past state is read in a copy of that day, or it is not known."""
    told = [Past(on, then, back, QUOTED.get(on.replace(day=1))) for on, then, back in together(registries)]
    known = {one.on.replace(day=1) for one in told}
    told += [Past(month, None, None, quoted) for month, quoted in QUOTED.items() if month not in known]
    return sorted(told, key=lambda one: one.on)


def together(registries: Sequence[Registry]) -> list[tuple[date, Count, Count | None]]:
    """Of each registry in order of its day, the products in acceleration: as it stood on that day, and out of the
    phases that the newest one writes today, None for that one itself.

    The two differ: records are written anew, and products that end leave. The first is what was, the second is not.
    """
    ordered = sorted(registries, key=lambda one: one.on)
    told: list[tuple[date, Count, Count | None]] = []
    for one in ordered:
        newest = ordered[-1]
        back = None
        if one is not newest:
            back = counted([product for product in newest.products if product.phase(one.on) == "acceleration"])
        told.append((one.on, counted(one.of(phase="acceleration")), back))
    return told
