"""The state of all products, and of the teams that were here: choices that redraw pictures and the tables beside them.
`notebooks/*/etat-des-lieux.ipynb` shows them::

    products = portfolio.choose("registry.json", "registry-2020-06-15.json")
    portfolio.past(products)
    portfolio.teams("data")
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets
from ipywidgets import HTML, DatePicker, Dropdown, FileUpload, Layout, SelectMultiple, VBox
from markupsafe import Markup

from impactlib.domain import formats
from impactlib.domain.agenda import Role
from impactlib.domain.clock import ZONE, day_of
from impactlib.domain.portfolio import Team, teams as teams_of
from impactlib.domain.refusal import Refusal, SheetError
from impactlib.domain.registry import BY, DOUBTS, Registry, counted, groups, past as past_of, read
from impactlib.domain.session import Session
from impactlib.domain.session_file import read as read_session
from impactlib.domain.text import N_, Worded
from impactlib.export.picture import address
from impactlib.export.portfolio import LEVELS, disagree, named, past_said, pictured, pictured_teams, team_titles
from impactlib.fetching import known_hosts
from impactlib.paths import TEMPLATES
from impactlib.rooms import samples
from impactlib.storage import registries
from impactlib.storage.workshops import sessions_in
from impactlib.views import draw
from impactlib.views.parts import Eye
from impactlib.views.render import say, translation
from impactlib.widgets.choices import control, row_of, with_words
from impactlib.widgets.language import here
from impactlib.widgets.opening import file_at
from impactlib.widgets.style import style_sheet

if TYPE_CHECKING:
    from pandas import DataFrame

INVENTED = TEMPLATES / "registries"
"""Ten invented products, and an invented copy of a year before."""
INVENTED_DAY = date(2026, 12, 1)
"""When the teams of the invented workshops are looked at: one owes what is late, the other what comes."""
_GROUPED = {"phase": N_("Phase"), "incubator": N_("Incubator"), "year": N_("Year of the first phase")}
_TEAMS: Mapping[str, tuple[str, Callable[[Team], bool]]] = {
    "all": (N_("all teams"), lambda team: True),
    "late": (N_("something is overdue"), lambda team: team.late > 0),
    "coming": (N_("something falls due within 30 days"), lambda team: team.coming > 0),
    "unfollowed": (N_("a measure kept has no figure"), lambda team: team.followed < team.kept),
    "unproven": (N_("no measure is proven"), lambda team: not team.proven),
}
"""What teams can be chosen by."""


class Shown(VBox):
    """Controls above what they draw: `html` is what is drawn now."""

    def __init__(self, *rows: Any) -> None:
        self._said, self._page = HTML(), HTML()
        style = HTML(f"<style>{style_sheet()}</style>", layout=Layout(height="0", margin="0"))
        super().__init__([style, *rows, self._said, self._page])

    @property
    def html(self) -> str:
        """What is drawn now."""
        return str(self._page.value)

    def show(self, macro: str, **values: Any) -> None:
        """Draw a macro of ``templates/views/analysis.html``."""
        self._page.value = str(draw(Eye(Role.OBSERVER, here()), "analysis", macro, **values))

    def tell(self, lines: Iterable[str]) -> None:
        """Tell what could not be read, each on a line of its own; nothing takes the lines away."""
        said = Markup("<br>").join(lines)
        self._said.value = str(Markup('<p role="alert">{}</p>').format(said)) if said else ""

    def _repr_mimebundle_(self, **named: Any) -> dict[str, Any]:
        return with_words(super()._repr_mimebundle_(**named), self.html, type(self).__name__)


class Products(Shown):
    """The products of a registry, counted by phase, incubator or year; those of one phase, incubator or year alone.

    `registries` are all the copies, the oldest first, of which `registry` is the one that is looked at; `chosen` is
    what the choices leave of it, `html` what is drawn.
    """

    registries = traitlets.Tuple()

    def __init__(self, copies: Iterable[Registry], today: date, invented: bool = False) -> None:
        self.lang, self._today, self.invented = here(), today, invented
        words = translation(self.lang).gettext
        own = words(N_("Your registry, and copies of past days"))
        self._own = FileUpload(accept=".json", multiple=True, description=own, layout=Layout(width="auto"))
        by = [(words(title), name) for name, title in _GROUPED.items()]
        self._by = control(Dropdown, words(N_("Count by")), options=by, value="phase")
        self._copy = control(Dropdown, words(N_("Copy of")), options=[("", 0)])
        self._only = {name: control(Dropdown, words(title), options=[("", "")]) for name, title in _GROUPED.items()}
        super().__init__(row_of(self._own, self._copy, self._by), row_of(*self._only.values()))
        self._take(copies)
        self._own.observe(self._brought, "value")
        self._copy.observe(self._fit, "value")
        for one in (self._by, *self._only.values()):
            one.observe(self._draw, "value")

    @property
    def registry(self) -> Registry:
        """The copy that is looked at."""
        copies: Sequence[Registry] = self.registries
        return copies[self._copy.value or 0]

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
                "matrix": one.has_matrix,
                "budget": one.has_budget,
                "doubts": "; ".join(words(DOUBTS[doubt]) for doubt in one.doubts(on)),
            }
            for one in self.chosen.products
        ]
        columns = ["id", "name", "incubator", "phase", "year", "stats", "matrix", "budget", "doubts"]
        return pandas.DataFrame(rows, columns=columns)

    def _take(self, copies: Iterable[Registry]) -> None:
        """Look at these copies, the newest of them first; of two of one day, at the last."""
        self.registries = tuple(sorted({one.on: one for one in copies}.values(), key=lambda one: one.on))
        days = [(formats.day(one.on, self.lang), at) for at, one in enumerate(self.registries)]
        self._copy.options, self._copy.value = days[::-1], len(days) - 1
        self._copy.layout.display = None if len(days) > 1 else "none"
        self._fit()

    def _fit(self, _: Any = None) -> None:
        """Set the choices to the copy that is looked at: a choice that it does not know is taken away."""
        everything = translation(self.lang).gettext(N_("all"))
        for name, one in self._only.items():
            known, was = [count.group for count in groups(self.registry, name) if count.group], one.value
            one.options = [(everything, ""), *((named(group, self.lang), group) for group in known)]
            one.value = was if was in known else ""
        self._draw()

    def _brought(self, _: Any) -> None:
        """Add the files that were brought; the invented products give way to them."""
        found, wrong = [], []
        for brought in self._own.value:
            try:
                found.append(registries.named(brought["name"], bytes(brought["content"]), self._today))
            except SheetError as error:
                wrong.append(_wrong(brought["name"], error, self.lang))
        if found:
            before = () if self.invented else self.registries
            self.invented = False
            self._take([*before, *found])
        self.tell(wrong)

    def _draw(self, _: Any = None) -> None:
        registry, words = self.chosen, translation(self.lang).gettext
        counts = groups(registry, self._by.value) if self._by.value in BY else []
        self.show(
            "products",
            picture=address(pictured(tuple(counts), self.lang, "png"), "png") if counts else "",
            counts=[(named(one.group, self.lang), one) for one in counts],
            total=counted(registry.products),
            title=words(_GROUPED[self._by.value]),
            on=formats.day(registry.on, self.lang),
            doubts=[(words(DOUBTS[doubt]), found) for doubt, found in registry.doubts.items()],
        )


class Past(Shown):
    """The products in acceleration of each copy that is chosen, beside what was quoted of 2019 and 2020."""

    def __init__(self, products: Products) -> None:
        self._products = products
        title = translation(products.lang).gettext(N_("Copies"))
        self._copies = control(SelectMultiple, title, options=[])
        super().__init__(row_of(self._copies))
        products.observe(self._fit, "registries")
        self._copies.observe(self._draw, "value")
        self._fit()

    @property
    def chosen(self) -> list[Registry]:
        """The copies that are compared, the oldest first; without a choice the newest alone."""
        copies: Sequence[Registry] = self._products.registries
        return [one for at, one in enumerate(copies) if at in self._copies.value] or [copies[-1]]

    def frame(self) -> DataFrame:
        """The copies as a pandas frame, a row each; `quoted` is a share in percent, `below` says that it was less, and
        a month that was quoted without a copy has no counts."""
        import pandas

        rows = [
            {
                "on": one.on,
                "quoted": one.quoted.percent if one.quoted else None,
                "below": bool(one.quoted and one.quoted.below),
                "products": one.then.products if one.then else None,
                "stats": one.then.stats if one.then else None,
                "products_out_of_the_newest": one.back.products if one.back else None,
                "stats_out_of_the_newest": one.back.stats if one.back else None,
            }
            for one in past_of(self.chosen)
        ]
        return pandas.DataFrame(rows).convert_dtypes()

    def _fit(self, _: Any = None) -> None:
        copies, lang = self._products.registries, self._products.lang
        self._copies.options = [(formats.day(one.on, lang), at) for at, one in enumerate(copies)]
        self._copies.rows = min(max(len(copies), 2), 8)
        self._copies.layout.display = None if len(copies) > 1 else "none"
        self._copies.value = tuple(range(len(copies)))
        self._draw()

    def _draw(self, _: Any = None) -> None:
        copies = self.chosen
        self.show(
            "past",
            rows=past_said(copies, self._products.lang),
            copies=len(copies),
            disagree=disagree(copies),
            invented=self._products.invented,
        )


class Teams(Shown):
    """What the teams that were here keep, follow, prove and owe, as it is on a day; those of a choice alone.

    `chosen` are the teams that the choices leave, `html` what is drawn.
    """

    def __init__(
        self, sessions: Iterable[Session], on: date, unread: Sequence[str] = (), invented: bool = False
    ) -> None:
        self.lang, self.invented = here(), invented
        self._sessions = {one.id: one for one in sessions}
        words = translation(self.lang).gettext
        own = words(N_("Your session notebooks"))
        self._own = FileUpload(accept=".ipynb", multiple=True, description=own, layout=Layout(width="auto"))
        self._on = control(DatePicker, words(N_("As it is on")), value=on)
        which = [(words(title), name) for name, (title, _) in _TEAMS.items()]
        self._which = control(Dropdown, words(N_("Teams")), options=which, value="all")
        levels = [(words(N_("all")), ""), *((words(title), name) for name, title in LEVELS.items())]
        self._level = control(Dropdown, words(N_("Matrix")), options=levels, value="")
        super().__init__(row_of(self._own, self._on), row_of(self._which, self._level))
        self.tell(unread)
        self._own.observe(self._brought, "value")
        for one in (self._on, self._which, self._level):
            one.observe(self._draw, "value")
        self._draw()

    @property
    def on(self) -> date:
        """The day on which it is looked at: today when none is chosen."""
        chosen: date | None = self._on.value
        return chosen or day_of(time.time(), ZONE)

    @property
    def chosen(self) -> list[Team]:
        """The teams that the choices leave."""
        _, wanted = _TEAMS[self._which.value]
        found = [one for one in teams_of(self._sessions.values(), self.on) if wanted(one)]
        return [one for one in found if self._level.value in ("", one.level)]

    def frame(self) -> DataFrame:
        """The chosen teams as a pandas frame, a row each; `days_old` is the age of the latest figure."""
        import pandas

        rows = [{**asdict(one), "days_old": one.days_old(self.on)} for one in self.chosen]
        return pandas.DataFrame(rows, columns=[*Team.__dataclass_fields__, "days_old"])

    def _brought(self, _: Any) -> None:
        """Add the session notebooks that were brought; the invented workshops give way to them."""
        found, wrong = [], []
        for brought in self._own.value:
            try:
                found.append(read_session(bytes(brought["content"])).fold())
            except Refusal as refusal:
                wrong.append(_wrong(brought["name"], refusal, self.lang))
        if found:
            before = {} if self.invented else self._sessions
            self.invented = False
            self._sessions = {**before, **{one.id: one for one in found}}
            self._draw()
        self.tell(wrong)

    def _draw(self, _: Any = None) -> None:
        found = self.chosen
        self.show(
            "teams",
            picture=address(pictured_teams(tuple(found), self.lang, "png"), "png") if found else "",
            titles=team_titles(self.lang)[:-1],
            teams=found,
            levels=LEVELS,
            today=self.on,
            invented=self.invented,
        )


past = Past


def _wrong(name: str, error: Worded, lang: str) -> str:
    """What is wrong with a file that was brought."""
    return translation(lang).gettext("%(label)s: %(content)s") % {"label": name, "content": say(error, lang)}


def choose(*sources: str, allow: Collection[str] = ()) -> Products:
    """The products of a registry, and of copies of past days.

    Parameters
    ----------
    sources
        Files or addresses: the JSON of the public API, or of a copy of an earlier day, whose day its `source` or its
        name tells. Without one, ten invented products.
    allow
        The hosts that may be asked, with those of $IMPACT_PULL_HOSTS.

    Raises
    ------
    Refusal, SheetError
        When one is no registry, one of another version, or at an address that is not allowed.
    """
    today = day_of(time.time(), ZONE)
    if not sources:
        return Products((read(path.read_bytes(), today) for path in INVENTED.glob("*.json")), today, invented=True)
    hosts = known_hosts(allow)
    return Products([registries.registry_at(one, today, hosts) for one in sources], today)


def teams(*sources: str, on: str = "") -> Teams:
    """What the teams that were here keep, follow, prove and owe.

    Parameters
    ----------
    sources
        Folders of sessions (a data folder, session notebooks), or session notebooks. Without one, the workshops that
        come with the kit.
    on
        The day on which it is looked at, as 2026-12-01; by default today, and for the kit's workshops `INVENTED_DAY`.

    Raises
    ------
    NotOpened
        When a file cannot be read, or is no session notebook.
    """
    if not sources:
        kept = [samples.sample(name).fold() for name in samples.ABOUT]
        return Teams(kept, date.fromisoformat(on) if on else INVENTED_DAY, invented=True)
    unread: list[str] = []
    found: list[Session] = []
    for source in map(Path, sources):
        found += sessions_in(source, unread) if source.is_dir() else [file_at(str(source)).fold()]
    return Teams(found, date.fromisoformat(on) if on else day_of(time.time(), ZONE), unread)
