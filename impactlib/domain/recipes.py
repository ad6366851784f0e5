"""Recipes: how the figures of a metric are read from what a tool exports. Pure: bytes and tables in, figures out.

A recipe is kept with its metric, as compact JSON: the kind of file, the column or the path of the value, that of the
date, what rows are kept, and the period. Every kind is first cut into rows, each a mapping; then one reader takes their
figures. The shapes are those of the tools' documentation:

- ``matomo``: a report of the Reporting API in JSON, of one date or of several. Those of several are under their date:
  ``2026-10`` for a month, ``2026-10-05,2026-10-11`` for a week, and a date without data is an empty list.
  https://developer.matomo.org/api-reference/reporting-api
- ``metabase``: the results of a question exported as JSON, a list of rows, or as queries answer, with ``data.rows`` and
  ``data.cols``. https://www.metabase.com/docs/latest/api and
  https://www.metabase.com/docs/latest/questions/exporting-results
- ``grist``: the records of a table, each with its ``fields``; a date is in seconds since 1970.
  https://support.getgrist.com/api/#tag/records
- ``table``: CSV or a workbook with headings, which each of the three exports too.
- ``schema``: CSV of the national schema of impact data, 0.5.0. https://schema.data.gouv.fr
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from impactlib.domain import days, figures, readings
from impactlib.domain.cost import PERIODS
from impactlib.domain.hypotheses import day, with_unit
from impactlib.domain.refusal import Refusal, SheetError
from impactlib.domain.sheets.figures_over_time import read_figures
from impactlib.domain.sheets.grid import Given, Grid, Lost, Number, text_of
from impactlib.domain.text import N_, Unreadable, in_short, plain

KINDS = ("table", "schema", "matomo", "metabase", "grist")
LONGEST = 1_000
"""Characters of a recipe as it is kept."""
_DEPTH = 20
"""Steps of a path."""
_SHOWN = 60
_NAMES_SHOWN = 12
"""Characters of a value, and names, that a sentence gives."""
_NEVER_ONES = ("token", "key", "secret", "password", "passwd", "pwd", "auth", "session", "signature", "sig", "jwt")
"""Words in the names of an address's parameters that hold what opens a door."""

WEB_PAGE = N_(
    "This is a web page, not an export: a page to log in, perhaps. Export the figures again, or ask for an address "
    "that opens without an account. Nothing was written."
)
_NOT_JSON = N_("This is no JSON: its kind is “%(kind)s”, whose exports are. Nothing was written.")
_SHAPE = N_("This is not the shape of an export of %(kind)s. Nothing was written.")
_TOOL_SAYS = N_("The tool answers with an error: %(said)s. Nothing was written.")
_NO_COLUMN = N_("There is no column or path “%(name)s” any more. There are: %(known)s. Nothing was written.")
_NO_ROW = N_("No row has %(filter)s. Nothing was written.")
_NO_DATE = N_("Nothing here says of which date the figure is: give it with --on. Nothing was written.")
_NOT_A_NUMBER = N_("“%(value)s”, in “%(name)s” of %(date)s, is not a number. Nothing was written.")
_NOT_A_DATE = N_("“%(value)s”, in “%(name)s”, is not a date. Nothing was written.")
_SEVERAL = N_("Several rows are of %(date)s: say with --where which one is meant. Nothing was written.")
_NOTHING = N_("There is no figure in it. Nothing was written.")

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Recipe:
    """How a metric's figures are read.

    `value` and `date` name a column, or a path with dots in JSON; `date` is "" where the file dates its figures
    itself. `where` are the columns that a row must have, with their values. `over` is one of the periods, "" for a
    stock. `sheet` is that of a workbook, `address` where the export is, "" for a file that somebody saves.
    """

    kind: str
    value: str = ""
    date: str = ""
    where: tuple[tuple[str, str], ...] = ()
    over: str = ""
    sheet: str = ""
    address: str = ""

    @property
    def kept(self) -> str:
        """The recipe as it is kept. Raises Refusal when it is too long."""
        said = {name: value for name, value in asdict(self).items() if value}
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        if len(text) > LONGEST:
            raise Refusal("This recipe is too long (1,000 characters at most). Nothing was written.")
        return text


def checked(recipe: Recipe) -> Recipe:
    """The same recipe, if it can be used. Raises Refusal."""
    if recipe.kind not in KINDS:
        raise Refusal("A recipe is of one of these kinds: %(kinds)s.", kinds=", ".join(KINDS))
    if recipe.over and recipe.over not in PERIODS:
        raise Refusal("The period of a recipe is one of: %(periods)s.", periods=", ".join(PERIODS))
    if not recipe.value and recipe.kind != "schema":
        raise Refusal("Say in which column, or under which path, the value stands.")
    if recipe.kind == "schema" and not recipe.where:
        raise Refusal("Say which indicator of the file is meant, for instance: --where indicateur=…")
    _refuse_keys(recipe.address)
    return recipe


def _refuse_keys(address: str) -> None:
    """Refuse an address that opens by itself what others have an account for: whoever has the journal reads it."""
    if not address:
        return
    try:
        parts = urlsplit(address)
        named = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        named = False
    if not named:
        raise Refusal("An address begins with https:// or http://, and names a host.")
    held = [name for name, value in parse_qsl(parts.query) if value != "anonymous" and _holds_a_key(name)]
    if parts.username is not None or parts.password is not None or held:
        raise Refusal(
            "This address holds a key or a password (%(names)s), which would be kept in the workshop’s journal: "
            "save the export in a file, and read that one. Nothing was written.",
            names=", ".join(held) or "…@",
        )


def _holds_a_key(name: str) -> bool:
    return any(word in plain(name) for word in _NEVER_ONES)


def parse(kept: str) -> Recipe:
    """A recipe as it was kept. Raises Refusal.

    >>> parse('{"kind":"matomo","value":"nb_visits","over":"month"}').over
    'month'
    """
    try:
        said = json.loads(kept)
        where = tuple((str(name), str(value)) for name, value in said.pop("where", ()))
        recipe = Recipe(**{name: str(value) for name, value in said.items()}, where=where)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Refusal("This recipe cannot be read: set it again with `impact recipe`.") from None
    return checked(recipe)


def read(recipe: Recipe, content: bytes | Grid, unit: str = "", on: str = "") -> list[Given]:
    """The figures of an export: a table for the kinds that are one, else its bytes.

    Parameters
    ----------
    unit
        That of the metric, which may stand beside a number.
    on
        The date, or the period, of a figure that the file does not date.

    Raises
    ------
    Refusal
        Naming the column, the path or the value that is not as the recipe says. All is read, or nothing.
    """
    if isinstance(content, bytes) and recipe.kind not in ("table", "schema"):
        rows = _CUT[recipe.kind](_json(content, recipe.kind))
    elif isinstance(content, Grid) and recipe.kind == "schema":
        return _schema(recipe, content)
    elif isinstance(content, Grid) and recipe.kind == "table":
        rows = _of_grid(content)
    else:
        raise Refusal(_SHAPE, kind=recipe.kind)
    return _figures(recipe, rows, unit, on)


def is_web_page(content: bytes) -> bool:
    """Whether some bytes are those of a page of the web."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or (
        start.startswith(b"<") and b"<html" in content[:4096].lower()
    )


# Cutting into rows ---------------------------------------------------------------------------------


def _json(content: bytes, kind: str) -> Any:
    if is_web_page(content):
        raise Refusal(WEB_PAGE)
    try:
        return json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal(_NOT_JSON, kind=kind) from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


_DATED = "\x00date"
"""The column of a row that holds the date under which the export puts it: no column of a file has that name."""


def _of_matomo(said: Any) -> Rows:
    """The rows of a report: those of a date are under it; a single value is under ``value``, as Matomo puts it."""
    if isinstance(said, Mapping) and said.get("result") == "error":
        raise Refusal(_TOOL_SAYS, said=in_short(str(said.get("message", "")), 200))
    if isinstance(said, Mapping) and said and all(_is_dated(name) for name in said):
        return [{**row, _DATED: name} for name, inner in said.items() for row in _matomo_rows(inner)]
    return _matomo_rows(said)


def _matomo_rows(said: Any) -> Rows:
    if isinstance(said, Mapping):
        return [said]
    if isinstance(said, list) and all(isinstance(one, Mapping) for one in said):
        return said
    if isinstance(said, str | int | Decimal):
        return [{"value": said}]
    raise Refusal(_SHAPE, kind="Matomo")


def _is_dated(name: str) -> bool:
    try:
        return bool(_when(name, name))
    except Refusal:
        return False


def _of_metabase(said: Any) -> Rows:
    """The rows of a question: as it is exported, or as a query answers."""
    if isinstance(said, Mapping) and said.get("error"):
        raise Refusal(_TOOL_SAYS, said=in_short(str(said["error"]), 200))
    if isinstance(said, list) and all(isinstance(one, Mapping) for one in said):
        return said
    data = said.get("data") if isinstance(said, Mapping) else None
    if isinstance(data, Mapping):
        cols, rows = data.get("cols"), data.get("rows")
        if (
            isinstance(cols, list)
            and isinstance(rows, list)
            and all(isinstance(col, Mapping) and "name" in col for col in cols)
            and all(isinstance(row, list) and len(row) == len(cols) for row in rows)
        ):
            shown = [str(col.get("display_name", col["name"])) for col in cols]
            names = [str(col["name"]) for col in cols]
            return [{**dict(zip(shown, row, strict=True)), **dict(zip(names, row, strict=True))} for row in rows]
    raise Refusal(_SHAPE, kind="Metabase")


def _of_grist(said: Any) -> Rows:
    """The fields of each record; dates are in seconds since 1970."""
    if isinstance(said, Mapping) and "error" in said:
        raise Refusal(_TOOL_SAYS, said=in_short(str(said["error"]), 200))
    records = said.get("records") if isinstance(said, Mapping) else None
    if isinstance(records, list) and all(
        isinstance(one, Mapping) and isinstance(one.get("fields"), Mapping) for one in records
    ):
        return [one["fields"] for one in records]
    raise Refusal(_SHAPE, kind="Grist")


_CUT: Mapping[str, Callable[[Any], Rows]] = {
    "matomo": _of_matomo,
    "metabase": _of_metabase,
    "grist": _of_grist,
}


def _of_grid(grid: Grid) -> Rows:
    """The rows of a table under its headings, its first row."""
    if not grid.rows:
        raise Refusal(_NOTHING)
    names = [text_of(cell).strip() for cell in grid.rows[0].cells]
    return [
        dict(zip(names, [*row.cells, *[""] * (len(names) - len(row.cells))], strict=False)) for row in grid.rows[1:]
    ]


def _schema(recipe: Recipe, grid: Grid) -> list[Given]:
    """The figures of one indicator; its targets and the figures of one territory are none of them."""
    rows = _of_grid(grid)
    for name, _ in recipe.where:
        if not any(name in row for row in rows):
            _refuse_missing(name, rows)
    numbers = {row.number: told for row, told in zip(grid.rows[1:], rows, strict=True)}
    try:
        found = read_figures(grid)
    except SheetError as error:
        raise Refusal(error.message, **error.facts) from None
    of = [one for one in found.given if _is_meant(recipe, numbers[one.row])]
    if not of:
        bad = [one for one in found.problems if one.row in numbers and _is_meant(recipe, numbers[one.row])]
        if bad:
            raise Refusal(bad[0].message, **bad[0].facts)
        raise Refusal(_NO_ROW, filter=_told(recipe))
    return of


# Taking figures ------------------------------------------------------------------------------------


def _figures(recipe: Recipe, rows: Rows, unit: str, on: str) -> list[Given]:
    if not rows:
        raise Refusal(_NOTHING)
    for name in filter(None, (recipe.value, recipe.date, *(name for name, _ in recipe.where))):
        if all(_at(row, name) is _ABSENT for row in rows):
            _refuse_missing(name, rows)
    meant = [(number, row) for number, row in enumerate(rows, 2) if _is_meant(recipe, row)]
    if not meant:
        raise Refusal(_NO_ROW, filter=_told(recipe))
    found: dict[tuple[str, str], Given] = {}
    for number, row in meant:
        raw = _at(row, recipe.value)
        if raw is _ABSENT or raw is None or raw == "":
            continue
        as_of, over = _dated(recipe, row, on)
        figure = _number(raw, recipe.value, as_of, unit)
        if (as_of, over) in found:
            raise Refusal(_SEVERAL, date=as_of)
        found[as_of, over] = Given(number, recipe.value, _shown(raw), "", figure, as_of, over)
    if not found:
        raise Refusal(_NOTHING)
    return sorted(found.values(), key=lambda one: one.as_of)


class _Absent:
    """What a row does not have."""


_ABSENT = _Absent()


def _at(row: Any, path: str) -> Any:
    """What stands in a row under a name, else under a path of names between dots; `_ABSENT` where there is none."""
    if isinstance(row, Mapping) and path in row:
        return row[path]
    for name in path.split(".")[:_DEPTH]:
        if isinstance(row, Mapping) and name in row:
            row = row[name]
        elif isinstance(row, list) and name.isdecimal() and int(name) < len(row):
            row = row[int(name)]
        else:
            return _ABSENT
    return row


def _refuse_missing(name: str, rows: Rows) -> None:
    known = list(dict.fromkeys(one for row in rows for one in row if one and one != _DATED))
    shown = ", ".join(in_short(one, _SHOWN) for one in known[:_NAMES_SHOWN]) + (
        "…" if len(known) > _NAMES_SHOWN else ""
    )
    raise Refusal(_NO_COLUMN, name=name, known=shown or "–")


def _is_meant(recipe: Recipe, row: Mapping[str, Any]) -> bool:
    return all(plain(_shown(_at(row, name))) == plain(value) for name, value in recipe.where)


def _told(recipe: Recipe) -> str:
    return ", ".join(f"{name} = {value}" for name, value in recipe.where) or "…"


def _shown(raw: Any) -> str:
    if raw is _ABSENT or raw is None:
        return ""
    if isinstance(raw, Number | date | Lost):
        return text_of(raw)
    return str(raw).lower() if isinstance(raw, bool) else str(raw)


def _number(raw: Any, name: str, as_of: str, unit: str) -> str:
    """A figure as the kit keeps it, with its unit where that was written beside it."""
    refused = Refusal(_NOT_A_NUMBER, value=in_short(_shown(raw), _SHOWN), name=name, date=as_of)
    if isinstance(raw, Number):
        cut = figures.Figure((raw.value,), unit=raw.unit)
    elif isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        cut = figures.Figure((Decimal(raw),))
    elif isinstance(raw, str):
        try:
            cut = figures.cut(raw, unit)
        except Unreadable:
            raise refused from None
    else:
        raise refused
    try:
        value = figures.in_one_way(figures.plain_number(cut.within(unit)))
    except Unreadable as unreadable:
        raise Refusal(unreadable.message, **unreadable.facts) from None
    except ArithmeticError:
        raise refused from None
    return value if unit else with_unit(value, cut.unit)


def _dated(recipe: Recipe, row: Mapping[str, Any], on: str) -> tuple[str, str]:
    """The date of a row's figure, and the period that ends on it."""
    if recipe.date:
        name, raw = recipe.date, _at(row, recipe.date)
    elif _DATED in row:
        name, raw = recipe.kind, row[_DATED]
    else:
        name, raw = "--on", on
    if raw is _ABSENT or raw is None or raw == "":
        raise Refusal(_NO_DATE)
    as_of, over = _when(raw, name, epoch=recipe.kind == "grist")
    found = recipe.over or over
    return (period_end(as_of, found).isoformat() if found else as_of.isoformat()), found


def _when(raw: Any, name: str, *, epoch: bool = False) -> tuple[date, str]:
    """A day, and the period that the text names, "" for a day alone. A first day with a last one is their period."""
    refused = Refusal(_NOT_A_DATE, value=in_short(_shown(raw), _SHOWN), name=name)
    try:
        if isinstance(raw, Number):
            raw = int(raw.value)
        if isinstance(raw, date):
            return raw, ""
        if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
            if epoch and int(raw) not in days.YEARS:
                return datetime.fromtimestamp(int(raw), UTC).date(), ""
            raw = str(raw) if int(raw) in days.YEARS else days.of_serial(int(raw)).isoformat()
        if not isinstance(raw, str) or not raw.strip():
            raise refused
        first, _, last = raw.partition(",")
        with suppress(ValueError):
            return date.fromisoformat(last.strip()), _between(date.fromisoformat(first.strip()), last)
        as_of, over = readings.when(raw.replace(",", " "))
    except (Unreadable, ValueError, OverflowError, OSError):
        raise refused from None
    # Nothing but commas, or characters that nobody sees, names no day.
    if (found := day(as_of)) is None:
        raise refused
    return found, over


def _between(first: date, last: str) -> str:
    """The period from one day to another, of those that the kit knows; "" for another."""
    length = (date.fromisoformat(last.strip()) - first).days + 1
    spans = {
        "day": (1, 1),
        "week": (7, 7),
        "month": (28, 31),
        "quarter": (90, 92),
        "semester": (181, 184),
        "year": (365, 366),
    }
    return next((over for over, (least, most) in spans.items() if least <= length <= most), "")


def period_end(of: date, over: str) -> date:
    """The last day of the period in which a day lies; weeks end on Sunday.

    >>> [period_end(date(2026, 10, 5), over).isoformat() for over in PERIODS]
    ['2026-10-05', '2026-10-11', '2026-10-31', '2026-12-31', '2026-12-31', '2026-12-31']
    """
    if over == "week":
        return of + timedelta(7 - of.isoweekday())
    months = readings.MONTHS_OF.get(over)
    month = None if months is None else -(-of.month // months) * months
    return of if month is None else date(of.year, month, calendar.monthrange(of.year, month)[1])


def finished(found: Iterable[Given], today: date) -> list[Given]:
    """The figures of days and periods that are over: those of one that runs would be others tomorrow."""
    return [one for one in found if (on := day(one.as_of)) and on <= today]
