"""The pages that other teams publish, as one page in each language: no script, no other file, no request."""

from __future__ import annotations

from impactlib.domain.examples import ELSEWHERE, KINDS, Examples
from impactlib.domain.registry import Registry
from impactlib.export.portfolio import named, other_page, pages
from impactlib.export.template import templates
from impactlib.views.render import environment


def site(registry: Registry, found: Examples, first: str = "fr") -> dict[str, bytes]:
    """The files by their names: a page in each language; what opens by itself is in the `first` one."""
    return {name: html(registry, found, lang, first).encode() for lang, name in pages(first).items()}


def html(registry: Registry, found: Examples, lang: str, first: str = "fr") -> str:
    """The page in one language."""
    made = (
        templates(environment(lang), escape=True, filters=())
        .get_template("portfolio/examples.html")
        .render(
            registry=registry,
            other=other_page(lang, first),
            found=found,
            kinds=KINDS,
            elsewhere=ELSEWHERE,
            named=lambda phase: named(phase, lang),
            fonts=str,
        )
    )
    return made.strip() + "\n"
