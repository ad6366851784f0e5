"""Pages that other teams publish, out of a registry, with what coaches find good to look at. Pure.

The addresses and phases are the registry's; themes and words are a file of the coaches' own. No address is opened.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from impactlib.domain.refusal import SheetError
from impactlib.domain.registry import Product, Registry, is_address, phases_in_order
from impactlib.domain.text import N_, clean_line

KINDS = ("stats", "matrix", "budget")
"""What a product may publish, in the order of the page."""
ELSEWHERE: Mapping[str, str] = {
    "home page": N_("the address of its statistics is that of its home page"),
    "record": N_("the address of its statistics leads back to the registry"),
}
"""Where the address of statistics leads that are not there, by some of `registry.DOUBTS`."""
LONGEST = 400
"""Characters that a coach may write about one page."""

_NOT_TOML = N_(
    "This file of what is good to look at is no TOML: line by line, see docs/measuring.md. Nothing was read."
)
_WRONG = N_("What is said of %(product)s cannot be read: %(why)s. Nothing was read.")
_TOO_LONG = N_("What is said of %(product)s is longer than %(most)d characters. Nothing was read.")


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    themes: list[str] = []
    look: str = ""


@dataclass(frozen=True)
class Example:
    """A product with the pages that it publishes, by `KINDS`; `look` is what a coach finds good to look at, and `leads`
    where the address of its statistics leads instead, one of `ELSEWHERE`, "" when nothing says so."""

    product: Product
    phase: str
    pages: Mapping[str, str]
    themes: tuple[str, ...] = ()
    look: str = ""
    leads: str = ""


@dataclass(frozen=True)
class Examples:
    """The products that publish something, each phase in order.

    Parameters
    ----------
    silent
        Addresses that are none, each with its product.
    unaddressed
        Products that say that they publish statistics and give no address, each with its phase.
    unknown
        Products that a coach tells of and the registry does not know.
    """

    phases: Sequence[tuple[str, Sequence[Example]]]
    silent: Sequence[tuple[Product, str]]
    unaddressed: Sequence[tuple[Product, str]]
    unknown: Sequence[str]

    @property
    def themes(self) -> list[str]:
        """The themes that coaches gave, in alphabetical order."""
        return sorted({theme for _, found in self.phases for one in found for theme in one.themes}, key=str.casefold)

    @property
    def told(self) -> bool:
        """Whether a coach says of one of them what is good to look at."""
        return any(one.look for _, found in self.phases for one in found)

    def __len__(self) -> int:
        return sum(len(found) for _, found in self.phases)


def said(content: bytes) -> dict[str, _Said]:
    """Read what coaches say of products: a TOML table for each, named by its id in the registry.

    Raises
    ------
    SheetError
        If it is no TOML, or says anything but `themes`, a list, and `look`, a text of `LONGEST` characters at most.

    Examples
    --------
    >>> said(b'[colis-solidaire]\\nthemes = ["solidarit\\xc3\\xa9"]\\nlook = "Each figure has its formula."')
    {'colis-solidaire': _Said(themes=['solidarité'], look='Each figure has its formula.')}
    """
    try:
        raw: dict[str, Any] = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise SheetError(_NOT_TOML) from None
    found = {}
    for product, one in raw.items():
        name = clean_line(product)[:80]
        try:
            told = msgspec.convert(one, _Said)
        except msgspec.ValidationError as error:
            raise SheetError(_WRONG, product=name, why=clean_line(str(error))) from None
        if len(told.look) > LONGEST:
            raise SheetError(_TOO_LONG, product=name, most=LONGEST)
        found[product] = _Said([clean_line(theme) for theme in told.themes], clean_line(told.look))
    return found


def examples(registry: Registry, told: Mapping[str, _Said]) -> Examples:
    """The products of a registry that publish a page with an address, those that a coach tells of first."""
    phases: dict[str, list[Example]] = {}
    silent: list[tuple[Product, str]] = []
    for product in registry.products:
        addresses = dict(zip(KINDS, (product.stats_url, product.impact_url, product.budget_url), strict=True))
        silent += [(product, text) for text in product.not_addresses]
        pages = {kind: address for kind, address in addresses.items() if is_address(address)}
        if pages:
            phase, one = product.phase(registry.on), told.get(product.id, _Said())
            doubts = [doubt for doubt in product.doubts(registry.on) if doubt in ELSEWHERE]
            leads = doubts[0] if doubts and "stats" in pages else ""
            phases.setdefault(phase, []).append(Example(product, phase, pages, tuple(one.themes), one.look, leads))
    ordered = [
        (phase, sorted(phases[phase], key=lambda one: (not one.look, -len(one.pages), one.product.name.casefold())))
        for phase in phases_in_order(phases)
    ]
    known = {product.id for product in registry.products}
    unaddressed = [(one, one.phase(registry.on)) for one in registry.products if one.unaddressed]
    return Examples(ordered, silent, unaddressed, [id for id in told if id not in known])
