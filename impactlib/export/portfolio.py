"""The state of all products: a page with its pictures and tables, and a workbook, from a registry and own sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from impactlib.domain import formats
from impactlib.domain.agenda import LANGUAGES
from impactlib.domain.portfolio import Team
from impactlib.domain.registry import (
    ACTIVE,
    BY,
    DOUBTS,
    Count,
    Past,
    Product,
    Quoted,
    Registry,
    active,
    counted,
    groups,
    past,
)
from impactlib.domain.text import N_
from impactlib.export import sheet
from impactlib.export.picture import INK, LINE, Form, address, saved
from impactlib.export.tables import Cell, Sheet, link
from impactlib.export.template import templates
from impactlib.views.render import environment, translation

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
CALLED = {"fr": "Français", "en": "English"}
"""Each language by the name that it gives itself."""
LEVELS = {"none": N_("no matrix"), "missing": N_("figures missing"), "ready": N_("ready for a reading")}
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
    N_("its age in days"),
)
"""The headings of the table of teams, as those of products below."""
_OF_A_PRODUCT = (N_("Name"), N_("Phase"), N_("Incubator"), N_("Statistics"), N_("Matrix"), N_("Budget"), N_("Doubts"))
_OF_A_PAST = (
    N_("Day"),
    N_("quoted from memory in June 2020"),
    N_("in acceleration, in the registry of that day"),
    N_("with statistics, in the registry of that day"),
    N_("in acceleration, out of the phases that the newest registry writes"),
    N_("with statistics, out of the phases that the newest registry writes"),
)
_NAME = 40
"""Characters of a name in a picture."""
MOST = 15
"""Groups that a picture draws; its table has them all."""


def site(registries: Sequence[Registry], teams: Sequence[Team], today: date, first: str = "fr") -> dict[str, bytes]:
    """The files by their names: a page in each language; and, in the `first` one, a workbook and the pictures."""
    ordered = sorted(registries, key=lambda one: one.on)
    files = {name: html(ordered, teams, today, lang, first).encode() for lang, name in pages(first).items()}
    files["portfolio.xlsx"] = workbook(ordered, teams, today, first)
    for by in BY if ordered else ():
        files[f"{by}.png"] = pictured(tuple(groups(ordered[-1], by)), first, "png")
    if teams:
        files["teams.png"] = pictured_teams(tuple(teams), first, "png")
    return files


def pages(first: str) -> dict[str, str]:
    """The names of the pages by their language: what opens by itself is in the `first` one."""
    return {lang: "index.html" if lang == first else f"{lang}.html" for lang in LANGUAGES}


def other_page(lang: str, first: str) -> dict[str, str]:
    """The page in the other language, as the head of a page leads to it."""
    [other] = (one for one in LANGUAGES if one != lang)
    return {"href": pages(first)[other], "lang": other, "name": CALLED[other]}


def html(registries: Sequence[Registry], teams: Sequence[Team], today: date, lang: str, first: str = "fr") -> str:
    """The page in one language; the newest of the registries is the one that is told, the others are past states."""
    newest = registries[-1] if registries else None
    views = environment(lang)
    made = (
        templates(views, escape=True, filters=())
        .get_template("portfolio/page.html")
        .render(
            newest=newest,
            other=other_page(lang, first),
            total=counted(newest.products) if newest else None,
            active=counted(active(newest)) if newest else None,
            phases=[named(phase, lang) for phase in ACTIVE],
            named={by: [(named(one.group, lang), one) for one in groups(newest, by)] for by in BY} if newest else {},
            titles=team_titles(lang)[:-1],
            levels=LEVELS,
            groups={by: groups(newest, by) for by in BY} if newest else {},
            past=past_said(registries, lang),
            copies=len(registries),
            disagree=disagree(registries),
            doubts=newest.doubts if newest else {},
            rules=DOUBTS,
            teams=tuple(teams),
            today=today,
            pictured=lambda counts: address(pictured(tuple(counts), lang, "svg"), "svg"),
            pictured_teams=lambda teams: address(pictured_teams(teams, lang, "svg"), "svg"),
            most=MOST,
            fonts=str,
        )
    )
    return made.strip() + "\n"


@dataclass(frozen=True)
class PastSaid:
    """A row of the past states, in words: the day or the month, what was quoted, and the two ways to read it."""

    when: str
    quoted: str
    then: str
    back: str


def past_said(registries: Sequence[Registry], lang: str) -> list[PastSaid]:
    """The past states beside what was quoted of them in 2020."""
    return [_past_in_words(one, lang) for one in past(registries)] if registries else []


def disagree(registries: Sequence[Registry]) -> bool:
    """Whether there are copies of what was quoted, and none of them gives it."""
    found = [one.agrees for one in past(registries) if one.agrees is not None]
    return bool(found) and not any(found)


def _past_in_words(one: Past, lang: str) -> PastSaid:
    say = translation(lang).gettext
    when = formats.day(one.on, lang) if one.then else formats.month_in_words(one.on, lang)
    then = _share(one.then, lang) if one.then else say(N_("no copy of that month"))
    return PastSaid(when, _quoted(one.quoted, lang), then, _share(one.back, lang) if one.back else "–")


def _quoted(quoted: Quoted | None, lang: str) -> str:
    if not quoted:
        return "–"
    share = formats.percent(str(quoted.percent), lang)
    return translation(lang).gettext(N_("less than %(share)s")) % {"share": share} if quoted.below else share


def _share(count: Count, lang: str) -> str:
    """How many of a group publish statistics, out of how many."""
    if not count.products:
        return "–"
    part = formats.percent(str(round(100 * count.stats / count.products)), lang)
    return f"{count.stats}/{count.products} ({part})"


@lru_cache(maxsize=32)
def pictured(counts: tuple[Count, ...], lang: str, form: Form) -> bytes:
    """The products of each group, and those that publish statistics and a matrix, the first group at the top."""
    bars = [(named(one.group, lang), one.products, one.stats, one.matrix) for one in counts[:MOST]]
    return _bars(bars, [translation(lang).gettext(word) for word in _COLUMNS[:3]], form)


@lru_cache(maxsize=32)
def pictured_teams(teams: tuple[Team, ...], lang: str, form: Form) -> bytes:
    """The measures that each team keeps, those with a figure and those that are proven, the first team at the top."""
    say = translation(lang).gettext
    bars = [(team_name(one, lang), one.kept, one.followed, one.proven) for one in teams[:MOST]]
    return _bars(bars, [say(word) for word in _OF_A_TEAM[2:5]], form)


def _bars(rows: Sequence[tuple[str, int, int, int]], legend: Sequence[str], form: Form) -> bytes:
    """A wide bar for each row, and two narrow ones in it."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure: Figure = Figure((7.2, 0.9 + 0.44 * max(len(rows), 1)), dpi=_DPI, layout="constrained")
    axes = figure.subplots()
    at = range(1, len(rows) + 1)
    upper, lower = [row - 0.18 for row in at], [row + 0.18 for row in at]
    axes.barh(at, [whole for _, whole, _, _ in rows], height=0.78, color=_BEFORE, label=legend[0])
    axes.barh(upper, [first for _, _, first, _ in rows], height=0.3, color=_STATS, label=legend[1])
    seconds = [second for *_, second in rows]
    axes.barh(lower, seconds, height=0.3, color=_MATRIX, hatch="///", edgecolor="white", label=legend[2])
    axes.set(yticks=list(at), ylim=(len(rows) + 0.6, 0.4))
    # Names are people's words: a $ in one is no formula.
    axes.set_yticklabels([_shorten(name) for name, *_ in rows], parse_math=False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(length=0, labelsize=10, labelcolor=INK)
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[:].set_color(LINE)
    figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=10, labelcolor=INK)
    return saved(figure, form)


def _shorten(name: str) -> str:
    """A name that leaves room for its bar: the table has it whole."""
    return name if len(name) <= _NAME else f"{name[: _NAME - 1].rstrip()}…"


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
        rows = tuple(_past_cells(one, lang) for one in past(registries))
        sheets.append(Sheet(say(N_("Past states")), at, tuple(map(say, _OF_A_PAST)), rows))
    if teams:
        sheets.append(
            Sheet(say(N_("Teams")), at, team_titles(lang), tuple(team_row(one, today, lang) for one in teams))
        )
    return sheet.xlsx(environment(lang), *sheets)


def _numbers(count: Count) -> tuple[Cell, ...]:
    return tuple(Decimal(n) for n in (count.products, count.stats, count.matrix, count.both, count.budget))


def _product(one: Product, on: date, lang: str) -> tuple[Cell, ...]:
    say = translation(lang).gettext
    stats = link(one.stats_url) if one.stats_url else say(N_("announced")) if one.flagged else ""
    doubts = "; ".join(say(DOUBTS[doubt]) for doubt in one.doubts(on))
    phase = named(one.phase(on), lang)
    return one.name, phase, one.incubator, stats, link(one.impact_url), link(one.budget_url), doubts


def _past_cells(one: Past, lang: str) -> tuple[Cell, ...]:
    """A row of the past states: counts are numbers, so that a share can be computed anew."""
    if not one.then:
        said = _past_in_words(one, lang)
        return said.when, said.quoted, said.then, "", "", ""
    back: tuple[Cell, ...] = ("", "")
    if one.back:
        back = Decimal(one.back.products), Decimal(one.back.stats)
    quoted = _quoted(one.quoted, lang) if one.quoted else ""
    return one.on, quoted, Decimal(one.then.products), Decimal(one.then.stats), *back


def team_titles(lang: str) -> tuple[str, ...]:
    return tuple(map(translation(lang).gettext, _OF_A_TEAM))


def team_name(team: Team, lang: str) -> str:
    """The name of a team, or words that say that nobody wrote it."""
    return team.name or translation(lang).gettext("not said")


def team_row(team: Team, today: date, lang: str) -> tuple[Cell, ...]:
    """A row of the table of teams, under the titles of `_OF_A_TEAM`."""
    say = translation(lang).gettext
    numbers = (team.kept, team.followed, team.proven, team.decided, team.coming, team.late)
    age = team.days_old(today)
    newest = (team.newest or "", "" if age is None else Decimal(age))
    return team_name(team, lang), team.on, *(Decimal(n) for n in numbers), say(LEVELS[team.level]), *newest
