"""The state of all products: choices that redraw a picture and the table beside it. `notebooks/*/etat-des-lieux.ipynb`
shows them::

    products = portfolio.choose()
    products.frame()
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Dropdown, FileUpload, Layout, VBox
from markupsafe import Markup

from impactlib.domain import formats
from impactlib.domain.agenda import Role
from impactlib.domain.clock import ZONE, day_of
from impactlib.domain.refusal import SheetError
from impactlib.domain.registry import BY, DOUBTS, Registry, counted, groups, read
from impactlib.domain.text import N_
from impactlib.export.picture import address
from impactlib.export.portfolio import named, pictured
from impactlib.paths import TEMPLATES
from impactlib.views import draw
from impactlib.views.parts import Eye
from impactlib.views.render import say, translation
from impactlib.widgets.choices import control, row_of, with_words
from impactlib.widgets.language import here
from impactlib.widgets.style import style_sheet

if TYPE_CHECKING:
    from pandas import DataFrame

INVENTED = TEMPLATES / "registries" / "invented.json"
_GROUPED = {"phase": N_("Phase"), "incubator": N_("Incubator"), "year": N_("Year of the first phase")}


class Products(VBox):
    """The products of a registry, counted by phase, incubator or year; those of one phase, incubator or year alone.

    `registry` is what was read, `chosen` what the choices leave of it, `html` what is drawn.
    """

    def __init__(self, content: bytes, today: float) -> None:
        self.lang = here()
        self._today = day_of(today, ZONE)
        words = translation(self.lang).gettext
        self._own = FileUpload(accept=".json", description=words(N_("Your registry")), layout=Layout(width="auto"))
        by = [(words(title), name) for name, title in _GROUPED.items()]
        self._by = control(Dropdown, words(N_("Count by")), options=by, value="phase")
        self._only = {name: control(Dropdown, words(title), options=[("", "")]) for name, title in _GROUPED.items()}
        self._said, self._page = HTML(), HTML()
        style = HTML(f"<style>{style_sheet()}</style>", layout=Layout(height="0", margin="0"))
        super().__init__([style, row_of(self._own, self._by), row_of(*self._only.values()), self._said, self._page])
        self._take(content)
        self._own.observe(self._brought, "value")
        for one in (self._by, *self._only.values()):
            one.observe(self._draw, "value")

    @property
    def html(self) -> str:
        """What is drawn now."""
        return str(self._page.value)

    @property
    def chosen(self) -> Registry:
        """The registry, with the products of the choices alone."""
        wanted = {name: one.value for name, one in self._only.items() if one.value}
        return replace(self.registry, products=self.registry.of(**wanted))

    def frame(self) -> DataFrame:
        """The chosen products as a pandas frame, a row each; `doubts` are what of a record can be read in two ways."""
        import pandas

        on, words = self.registry.on, translation(self.lang).gettext
        rows = [
            {
                "id": one.id,
                "name": one.name,
                "incubator": one.incubator,
                "phase": one.phase(on),
                "year": one.year,
                "stats": one.has_stats,
                "matrix": bool(one.impact_url),
                "budget": bool(one.budget_url),
                "doubts": "; ".join(words(DOUBTS[doubt]) for doubt in one.doubts(on)),
            }
            for one in self.chosen.products
        ]
        columns = ["id", "name", "incubator", "phase", "year", "stats", "matrix", "budget", "doubts"]
        return pandas.DataFrame(rows, columns=columns)

    def _take(self, content: bytes) -> None:
        self.registry = read(content, self._today)
        everything = translation(self.lang).gettext(N_("all"))
        for name, one in self._only.items():
            known = [count.group for count in groups(self.registry, name) if count.group]
            one.options = [(everything, ""), *((named(group, self.lang), group) for group in known)]
            one.value = ""
        self._draw()

    def _brought(self, _: Any) -> None:
        for brought in self._own.value:
            try:
                self._take(bytes(brought["content"]))
                self._said.value = ""
            except SheetError as error:
                self._said.value = str(Markup('<p role="alert">{}</p>').format(say(error, self.lang)))

    def _draw(self, _: Any = None) -> None:
        registry, words = self.chosen, translation(self.lang).gettext
        counts = groups(registry, self._by.value) if self._by.value in BY else []
        self._page.value = str(
            draw(
                Eye(Role.OBSERVER, self.lang),
                "analysis",
                "products",
                picture=address(pictured(tuple(counts), self.lang, "png"), "png") if counts else "",
                counts=[(named(one.group, self.lang), one) for one in counts],
                total=counted(registry.products),
                title=words(_GROUPED[self._by.value]),
                on=formats.day(registry.on, self.lang),
                doubts=[
                    (translation(self.lang).gettext(DOUBTS[doubt]), found) for doubt, found in registry.doubts.items()
                ],
            )
        )

    def _repr_mimebundle_(self, **named: Any) -> dict[str, Any]:
        return with_words(super()._repr_mimebundle_(**named), self.html, type(self).__name__)


def choose(file: str = "") -> Products:
    """The products of a registry.

    Parameters
    ----------
    file
        The JSON of the public API, or of a copy of an earlier day; without one, ten invented products.

    Raises
    ------
    SheetError
        When it is no registry, or one of another version.
    """
    return Products((Path(file) if file else INVENTED).read_bytes(), time.time())
