"""The state of all products: a page with its pictures and tables, and a workbook, from a registry and own sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from impactlib.domain.portfolio import Team
from impactlib.domain.registry import ACTIVE, BY, DOUBTS, Count, Product, Registry, active, counted, groups, together
from impactlib.domain.text import N_
from impactlib.export import sheet
from impactlib.export.picture import INK, LINE, Form, address, saved
from impactlib.export.tables import Cell, Sheet
from impactlib.export.template import templates
from impactlib.views.render import environment, translation

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = {"fr": "index.html", "en": "en.html"}
"""The pages by their language; French comes first."""
_BEFORE, _STATS, _MATRIX = "#e4e1d8", "#0b5d62", "#9a4a00"
_DPI = 160
_COLUMNS = (
    N_("Products"),
    N_("with statistics"),
    N_("with an impact matrix"),
    N_("with both"),
    N_("with a budget"),
)
_NAMED = {
    "investigation": N_("investigation"),
    "construction": N_("construction"),
    "acceleration": N_("acceleration"),
    "consolidation": N_("consolidation"),
    "opere": N_("operated"),
    "transfere": N_("handed over"),
    "abandon": N_("stopped"),
    "abandon-investigation": N_("stopped after its investigation"),
}
_LEVELS = {"none": N_("no matrix"), "missing": N_("figures missing"), "ready": N_("ready for a reading")}
_OF_A_TEAM = (
    N_("Team"),
    N_("Last session"),
    N_("Measures kept"),
    N_("with a figure"),
    N_("proven"),
    N_("Verdicts"),
    N_("Due within 30 days"),
    N_("Overdue"),
    N_("Matrix"),
    N_("Latest figure"),
)
"""The headings of the table of teams, as those of products below."""
_OF_A_PRODUCT = (N_("Name"), N_("Phase"), N_("Incubator"), N_("Statistics"), N_("Matrix"), N_("Budget"), N_("Doubts"))
MOST = 15
"""Groups that a picture draws; its table has them all."""


def site(registries: Sequence[Registry], teams: Sequence[Team], today: date) -> dict[str, bytes]:
    """The files by their names: a page in each language, a workbook, and the picture of each grouping."""
    ordered = sorted(registries, key=lambda one: one.on)
    files = {name: html(ordered, teams, today, lang).encode() for lang, name in NAMES.items()}
    files["portfolio.xlsx"] = workbook(ordered, teams, today, "fr")
    for by in BY if ordered else ():
        files[f"{by}.png"] = pictured(tuple(groups(ordered[-1], by)), "fr", "png")
    return files


def html(registries: Sequence[Registry], teams: Sequence[Team], today: date, lang: str) -> str:
    """The page in one language; the newest of the registries is the one that is told, the others are past states."""
    newest = registries[-1] if registries else None
    views = environment(lang)
    made = (
        templates(views, escape=True, filters=())
        .get_template("portfolio/page.html")
        .render(
            newest=newest,
            total=counted(newest.products) if newest else None,
            active=counted(active(newest)) if newest else None,
            phases=[named(phase, lang) for phase in ACTIVE],
            named={by: [(named(one.group, lang), one) for one in groups(newest, by)] for by in BY} if newest else {},
            titles=_team_titles(lang),
            levels=_LEVELS,
            groups={by: groups(newest, by) for by in BY} if newest else {},
            past=together(registries) if newest else [],
            doubts=newest.doubts if newest else {},
            rules=DOUBTS,
            teams=teams,
            today=today,
            pictured=lambda counts: address(pictured(tuple(counts), lang, "svg"), "svg"),
            most=MOST,
            fonts=str,
        )
    )
    return made.strip() + "\n"


@lru_cache(maxsize=32)
def pictured(counts: tuple[Count, ...], lang: str, form: Form) -> bytes:
    """The products of each group, and those that publish statistics and a matrix, the first group at the top."""
    from matplotlib.figure import Figure

    say = translation(lang).gettext
    shown = counts[:MOST]
    rows = range(1, len(shown) + 1)
    figure: Figure = Figure((7.2, 0.9 + 0.44 * max(len(shown), 1)), dpi=_DPI, layout="constrained")
    axes = figure.subplots()
    axes.barh(rows, [one.products for one in shown], height=0.78, color=_BEFORE, label=say("Products"))
    upper, lower = [row - 0.18 for row in rows], [row + 0.18 for row in rows]
    axes.barh(upper, [one.stats for one in shown], height=0.3, color=_STATS, label=say("with statistics"))
    matrices, matrix = [one.matrix for one in shown], say("with an impact matrix")
    axes.barh(lower, matrices, height=0.3, color=_MATRIX, hatch="///", edgecolor="white", label=matrix)
    axes.set(yticks=list(rows), yticklabels=[named(one.group, lang) for one in shown], ylim=(len(shown) + 0.6, 0.4))
    axes.tick_params(length=0, labelsize=10, labelcolor=INK)
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[:].set_color(LINE)
    figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=10, labelcolor=INK)
    return saved(figure, form)


def named(group: str, lang: str) -> str:
    """The name of a group on a page: a phase's in words, the others as they are written."""
    return translation(lang).gettext(_NAMED.get(group, group)) if group else translation(lang).gettext("not said")


def workbook(registries: Sequence[Registry], teams: Sequence[Team], today: date, lang: str) -> bytes:
    """A workbook: the counts of each grouping, every product with its doubts, the past states, the teams."""
    say = translation(lang).gettext
    at = datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp()
    newest = registries[-1] if registries else None
    columns = tuple(map(say, _COLUMNS))
    titles = {"phase": say("Phase"), "incubator": say("Incubator"), "year": say(N_("Year of the first phase"))}
    sheets = []
    if newest:
        for by, title in titles.items():
            rows = tuple((named(one.group, lang), *_numbers(one)) for one in groups(newest, by))
            sheets.append(Sheet(title, at, (title, *columns), rows))
        sheets.append(
            Sheet(
                say("Products"),
                at,
                tuple(map(say, _OF_A_PRODUCT)),
                tuple(_product(one, newest.on, lang) for one in newest.products),
            )
        )
    if teams:
        sheets.append(Sheet(say(N_("Teams")), at, _team_titles(lang), tuple(_team_cells(one, lang) for one in teams)))
    return sheet.xlsx(environment(lang), *sheets)


def _numbers(count: Count) -> tuple[Cell, ...]:
    return tuple(Decimal(n) for n in (count.products, count.stats, count.matrix, count.both, count.budget))


def _product(one: Product, on: date, lang: str) -> tuple[Cell, ...]:
    say = translation(lang).gettext
    stats = one.stats_url or (say(N_("announced")) if one.flagged else "")
    doubts = "; ".join(say(DOUBTS[doubt]) for doubt in one.doubts(on))
    return one.name, one.phase(on), one.incubator, stats, one.impact_url, one.budget_url, doubts


def _team_titles(lang: str) -> tuple[str, ...]:
    return tuple(map(translation(lang).gettext, _OF_A_TEAM))


def _team_cells(team: Team, lang: str) -> tuple[Cell, ...]:
    """A row of the table of teams."""
    say = translation(lang).gettext
    numbers = (team.kept, team.followed, team.proven, team.decided, team.coming, team.late)
    return team.name, team.on, *(Decimal(n) for n in numbers), say(_LEVELS[team.level]), team.newest or ""
