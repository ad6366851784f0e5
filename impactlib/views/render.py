"""The templates' environment, one per language: autoescaped, with translations and our few filters."""

from __future__ import annotations

import gettext
import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, partial

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, pass_environment
from jinja2.filters import do_truncate
from markupsafe import Markup

from impactlib import matrix, text
from impactlib.agendas import Doubt
from impactlib.ledger import CHOICE, DECISION, IF_MISSED, STATUSES
from impactlib.session import QUALITIES, Note
from impactlib.share import LOCALE, TEMPLATES
from impactlib.text import N_, Worded


@cache
def translation(lang: str) -> gettext.NullTranslations:
    """The catalog of a language; English is what the code is written in."""
    if lang == "en":
        return gettext.NullTranslations()
    return gettext.translation("impact", LOCALE, languages=[lang])


def say(worded: Worded | Doubt, lang: str) -> str:
    """An error, or a doubt, in the words of a language."""
    said = translation(lang).gettext(worded.message)
    return said % worded.facts if worded.facts else said


@cache
def environment(lang: str) -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES / "views"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_compiled(lang),
    )
    env.install_gettext_translations(translation(lang), newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(block=text.block, inline=text.inline, number=_number(lang), day=_day(lang), minutes=minutes)
    env.filters["truncate"] = pass_environment(partial(do_truncate, end="…"))
    env.filters["of"] = _of(lang)
    env.filters["name"] = partial(name, lang=lang)
    env.filters["json"] = partial(json.dumps, ensure_ascii=False)
    env.filters["figure"] = _figure(lang)
    env.filters["indicator"] = _indicator(lang)
    env.filters["figures"] = figures
    env.globals.update(lang=lang, qualities=QUALITIES)
    env.globals.update(statuses=STATUSES, outcomes=IF_MISSED, decision_names=DECISION, choice_names=CHOICE)
    return env


def name(note: Note, lang: str) -> str:
    """What a note is called: its text, or in a language that a metric was given none yet."""
    nameless = note.kind == "metric" and not note.text
    return translation(lang).gettext(N_("(metric without a name)")) if nameless else note.text


def _of(lang: str):  # type: ignore[no-untyped-def]
    colon = translation(lang).gettext("%(label)s: %(content)s") % {"label": "", "content": ""}

    @pass_environment
    def of(env: Environment, text: str) -> Markup:
        """What a button is about, for whoever hears it and does not see what it stands beside."""
        return Markup('<span class="sr">{}{}</span>').format(colon, do_truncate(env, text, 40, end="…"))

    return of


def _compiled(lang: str) -> FileSystemBytecodeCache | None:
    """Where compiled templates are kept, by language: compiling is a third of what a kernel takes to start."""
    try:
        return FileSystemBytecodeCache(pattern=f"impact-{lang}-%s.cache")
    except (OSError, RuntimeError):
        return None  # no folder that is this account's alone: each process compiles its own


def minutes(seconds: float) -> int:
    """Whole minutes, rounded to the nearest."""
    return round(seconds / 60)


def figures(metric: Note) -> dict[str, str]:
    """What the dialogs of a metric are filled with: wherever it stands they are the same ones."""
    names = ("indicator", "quality", "baseline", "baseline_date", *CHOICE)
    return {name: metric.details.get(name, "") for name in names if name != "north_star"}


_HUNDREDTH = Decimal("0.01")


def _number(lang: str):  # type: ignore[no-untyped-def]
    def number(value: float | None) -> str:
        if value is None:
            return "–"
        shown = f"{Decimal(str(value)).quantize(_HUNDREDTH, ROUND_HALF_UP).normalize():f}"
        return shown.replace(".", ",") if lang == "fr" else shown

    return number


def _figure(lang: str):  # type: ignore[no-untyped-def]
    def figure(number: str) -> str:
        try:
            return text.spelled(number, lang)
        except ValueError:
            return number

    return figure


def _indicator(lang: str):  # type: ignore[no-untyped-def]
    def indicator(id: str) -> str:
        """An indicator's title, in whichever version of the matrix has it, the newest first; else the id itself."""
        return next((found.title[lang] for found in _indicators() if found.id == id), id)

    return indicator


@cache
def _indicators() -> tuple[matrix.Indicator, ...]:
    concepts = (concept for name in matrix.names() for concept in matrix.load(name).concepts)
    return tuple(indicator for concept in concepts for indicator in concept.indicators)


def _day(lang: str):  # type: ignore[no-untyped-def]
    def day(iso: str) -> str:
        try:
            when = date.fromisoformat(iso)
        except ValueError:
            return iso
        return when.strftime("%d/%m/%Y") if lang == "fr" else when.strftime("%Y-%m-%d")

    return day
