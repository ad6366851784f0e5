"""The templates' environment, one per language: autoescaped, with translations and our few filters."""

from __future__ import annotations

import gettext
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, nodes, pass_environment
from jinja2.filters import do_truncate
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from impactlib.domain import formats, hypotheses, kinds, matrices, text
from impactlib.domain.aarri import STEPS
from impactlib.domain.agenda_files import Doubt
from impactlib.domain.clock import day_of
from impactlib.domain.cost import decimal
from impactlib.domain.hypotheses import with_unit
from impactlib.domain.readings import Change
from impactlib.domain.recommendations import CHOICE, DECISION, IF_MISSED, STATUSES
from impactlib.domain.review import COURSES, STATES
from impactlib.domain.session import QUALITIES, Note
from impactlib.domain.sheets.headings import HEADINGS, Field
from impactlib.domain.text import N_, Worded
from impactlib.paths import LOCALE, TEMPLATES
from impactlib.views.glossary import terms, terms_at
from impactlib.views.survey import questions

if TYPE_CHECKING:
    from impactlib.domain.sheets.grid import Decided, Problem


@cache
def translation(lang: str) -> gettext.NullTranslations:
    """The catalog of a language; English is what the code is written in."""
    if lang == "en":
        return gettext.NullTranslations()
    return gettext.translation("impact", LOCALE, languages=[lang])


def say(worded: Worded | Doubt | Decided | Problem, lang: str) -> str:
    """An error, a doubt, or what was said of a file, in the words of a language."""
    said = translation(lang).gettext(worded.message)
    facts = {name: _fact(fact, lang) for name, fact in worded.facts.items()}
    return said % facts if facts else said


class _Translated(Environment):
    """An environment of one language: a sentence that a template says is translated when the template is compiled."""

    said: gettext.NullTranslations

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return _Sentences(self.said, Markup if self.autoescape else str).visit(super()._parse(source, name, filename))  # type: ignore[no-any-return]


class _Sentences(NodeTransformer):
    """Puts the translation in the place of each call of ``_`` with a sentence, its values formatted into it."""

    def __init__(self, said: gettext.NullTranslations, form: type[str]) -> None:
        self._said, self._form = said, form

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        name, sentence = node.node, node.args[0] if node.args else None
        if not (isinstance(name, nodes.Name) and name.name == "_" and isinstance(sentence, nodes.Const)):
            return node
        said = self._form(self._said.gettext(sentence.value))
        if not node.kwargs:
            return nodes.Const(said % {}, lineno=node.lineno)
        values = [nodes.Pair(nodes.Const(one.key), one.value) for one in node.kwargs]
        return nodes.Mod(nodes.Const(said), nodes.Dict(values), lineno=node.lineno)


def _fact(fact: Any, lang: str) -> Any:
    match fact:
        case float():
            return formats.rounded(fact, lang)
        case Decimal():
            return formats.spelled(f"{fact:f}", lang)
        case date():
            return formats.day_in_words(fact, lang)
        case Field():
            return HEADINGS[lang][fact]
        case Worded():
            return say(fact, lang)
    return fact


@cache
def environment(lang: str) -> Environment:
    env = _Translated(
        loader=FileSystemLoader(TEMPLATES / "views"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=compiled(lang, "page"),
        auto_reload=False,  # else each card that is drawn asks the disk for its template's date
    )
    env.said = translation(lang)
    env.install_gettext_translations(translation(lang), newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(Filters(lang).named())
    env.globals.update(lang=lang, qualities=QUALITIES)
    env.globals.update(states=STATES, courses=COURSES)
    env.globals.update(statuses=STATUSES, outcomes=IF_MISSED, decision_names=DECISION, choice_names=CHOICE)
    env.globals.update(aarri_steps=STEPS)
    env.globals.update(
        plan_names=kinds.names(kinds.PLAN), survey=partial(questions, lang), terms=terms, terms_at=terms_at
    )
    return env


def name(note: Note, lang: str) -> str:
    """The name of a note: its text, or words that say that a metric has no name yet."""
    nameless = note.kind == "metric" and not note.text
    return translation(lang).gettext(N_("(metric without a name)")) if nameless else note.text


def compiled(lang: str, form: str) -> FileSystemBytecodeCache | None:
    """Where compiled templates are kept: compiling takes a third of a process's start.

    Parameters
    ----------
    lang
        Their language; what its catalog says is a part of their names.
    form
        What they are compiled for: a template of a page is escaped, the same one in Markdown is not.
    """
    path = gettext.find("impact", LOCALE, languages=[lang])
    catalog = zlib.crc32(Path(path).read_bytes()) if path else 0
    try:
        return FileSystemBytecodeCache(pattern=f"impact-{lang}-{form}-{catalog:x}-%s.cache")
    except (OSError, RuntimeError):
        return None  # no folder that is this account's alone: each process compiles its own


def minutes(seconds: float) -> int:
    """Whole minutes, rounded to the nearest."""
    return round(seconds / 60)


def figures(metric: Note) -> dict[str, str]:
    """The values of a metric's dialogs, the same wherever the metric is shown: its figure with its unit."""
    names = ("indicator", "quality", "baseline", "baseline_date", "source", *CHOICE)
    values = {name: metric.details.get(name, "") for name in names if name != "north_star"}
    return values | {"baseline": with_unit(values["baseline"], metric.details.get("unit", ""))}


def plan(metric: Note) -> dict[str, str]:
    """The values of the dialog that says how a metric is measured."""
    return {name: metric.details.get(name, "") for name in kinds.names(kinds.PLAN)}


@dataclass(frozen=True)
class Filters:
    """The filters of the templates that depend on a language."""

    lang: str

    def named(self) -> dict[str, Callable[..., Any]]:
        """All filters of the kit, by the names that templates call them, those of every language included."""
        return {
            "block": text.block,
            "inline": text.inline,
            "minutes": minutes,
            "figures": figures,
            "plan": plan,
            "json": lambda value: msgspec.json.encode(value).decode(),
            "truncate": pass_environment(partial(do_truncate, end="…")),
            "of": self.of,
            "name": self.name,
            "label": self.label,
            "number": self.number,
            "percent": self.percent,
            "share": self.share,
            "figure": self.figure,
            "measured": self.measured,
            "change": self.change,
            "shift": self.shift,
            "indicator": self.indicator,
            "day": self.day,
            "day_at": self.day_at,
            "month": self.month,
            "month_in_words": self.month_in_words,
        }

    @pass_environment
    def of(self, env: Environment, text: str) -> Markup:
        """Screen-reader suffix that names the note a button acts on."""
        colon = translation(self.lang).gettext("%(label)s: %(content)s") % {"label": "", "content": ""}
        return _SPOKEN + escape(colon + do_truncate(env, text, 40, end="…")) + _SPOKEN_END

    def name(self, note: Note) -> str:
        """The name of a note."""
        return name(note, self.lang)

    def label(self, detail: str) -> str:
        """The name of a detail in the table of kinds; "" for one that only a newer kit knows."""
        name = kinds.detail(detail).label
        return translation(self.lang).gettext(name) if name else ""

    def number(self, value: float | None) -> str:
        """A number with two decimals at most; a dash for none."""
        return "–" if value is None else formats.rounded(value, self.lang)

    def percent(self, value: float | str) -> str:
        """A percentage, such as the quality of data, or the text that is none."""
        try:
            return formats.percent(str(value), self.lang)
        except ValueError:
            return str(value)

    def share(self, part: Fraction) -> str:
        """A part of a whole as a percentage; one that is not nothing is never told as nothing.

        >>> [Filters("en").share(Fraction(part, 700_000)) for part in (300_000, 1, 1_400_000, 0)]
        ['42.86%', '<\xa00.01%', '200%', '0%']
        """
        least = Fraction(1, 10_000)
        told = formats.percent(decimal(max(part, least) * 100 if part else part), self.lang)
        return f"<{_NO_BREAK}{told}" if 0 < part < least else told

    def figure(self, number: str) -> str:
        """A number that was typed and read, or the text that is none."""
        try:
            return formats.spelled(number, self.lang)
        except ValueError:
            return number

    def measured(self, figure: str, unit: str | None) -> str:
        """A figure with its unit; a text that is no number holds its own.

        >>> Filters("fr").measured("1234.5", "%") == "1\u202f234,5\u00a0%", Filters("fr").measured("90 % en juin", "%")
        (True, '90 % en juin')
        >>> Filters("en").measured("4.2", "/5")
        '4.2/5'
        """
        spelled = self.figure(figure)
        if not unit or not hypotheses.is_number(figure):
            return spelled
        close = unit.startswith("/") or (unit.startswith("%") and self.lang == "en")
        return f"{spelled}{unit}" if close else f"{spelled}{_NO_BREAK}{unit}"

    def change(self, change: Change) -> str:
        """A change over one year: in points of a percentage, else in per cent; a dash from zero."""
        if change.points:
            return self.shift(change.difference, "%")
        part = change.ratio
        return "–" if part is None else _sign(part) + formats.percent(f"{round(part * 100, 1)}", self.lang)

    def shift(self, by: Decimal, unit: str) -> str:
        """By how much a figure goes up or down, in its unit: in points where that is a percentage.

        >>> Filters("en").shift(Decimal("4.5"), ""), Filters("en").shift(Decimal(5), "%")
        ('+4.5', '+5 points')
        """
        if not unit.startswith("%"):
            return _sign(by) + self.measured(f"{by:f}", unit)
        words = translation(self.lang).ngettext("%(num)s point", "%(num)s points", ceil(abs(by)))
        return words % {"num": _sign(by) + formats.rounded(float(by), self.lang)}

    def indicator(self, id: str) -> str:
        """An indicator's title, in whichever version of the matrix has it, the newest first; else the id itself."""
        found = matrices.newest_of(id)
        return found.title[self.lang] if found else id

    def day(self, iso: str) -> str:
        """A day of the calendar, or the text that is none."""
        try:
            return formats.day(date.fromisoformat(iso), self.lang)
        except ValueError:
            return iso

    def day_at(self, at: float, zone: str) -> str:
        """The day of an instant (seconds since 1970) in a time zone."""
        return formats.day(day_of(at, zone), self.lang)

    def month(self, iso: str) -> str:
        """The month of a day of the calendar."""
        return formats.month(date.fromisoformat(iso), self.lang)

    def month_in_words(self, iso: str) -> str:
        """The same, in full."""
        return formats.month_in_words(date.fromisoformat(iso), self.lang)


def _sign(by: Decimal) -> str:
    return "+" if by > 0 else ""


_NO_BREAK = "\u00a0"
_SPOKEN, _SPOKEN_END = Markup('<span class="sr">'), Markup("</span>")
