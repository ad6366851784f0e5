"""Over what period a figure counts.

A total that has none can only grow, whatever is done. Two figures of two periods cannot be divided one by the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from impactlib.domain.check.use import USE_FIGURE
from impactlib.domain.check.words import PERIOD, QUANTITY, SCORE, THE, begins, is_rate, one_of
from impactlib.domain.hypotheses import Hypothesis

_MONTH = one_of(
    "janvier | fevrier | mars | avril | mai | juin | juillet | aout | septembre | octobre | novembre | decembre",
    "january | february | march | april | may | june | july | august | september | october | november | december",
)
_START = one_of(
    "lancement | ouverture | creation | debut | origine | demarrage | deploiement",
    "mise en (?:ligne|service|place|oeuvre|œuvre)",
)
_START_EN = "(?:was |were )?(?:launch|inception|opening|opened|start|beginning|creation|began)"
_SINCE_THE_START = one_of(
    rf"depuis toujours | depuis que | depuis {THE}{_START}",
    rf"since (?:the |its |our |we )?(?:\w+ )?{_START_EN} | since day one | since going live | since go-live",
    rf"(?:depuis|since) (?:en |le )?(?:1er )?(?:{_MONTH} )?20\d\d",
)


# Totals that only grow ------------------------------------------------------------------------------

_GROWS = begins(
    rf"cumul | {_SINCE_THE_START} | a ce jour | jusqu'a (?:present|aujourd'hui|ce jour|maintenant) | au total",
    "all[- ]time | running total | to date | so far | until now | in total",
)
_TOTAL = re.compile(r"\b(?:nombre total|nb total|total number|total count)\b|^total ")
# Cumulative figures, even when they are read every month.
_STOCK = begins(r"compte | inscri | abonne | account | sign-?up | regist | subscri | member")
_WINDOW = begins(
    r"glissant | par (?!les? |la |l'|des |nos |notre |un |une )\w | chaque | mensuel | hebdo | annuel | trimestr",
    r"sur (?:\d|un an|une annee|l'annee|l'an|le mois|les \w+ derni|douze) | derniers mois",
    r"rolling | per \w | each | monthly | weekly | annual | yearly | quarter | last \d",
    r"over (?:the )?(?:last|past|year|month|\d) | (?:dans|de|of|in) (?:l'|the )(?:annee|year|month)\b",
)
_OF_ONE = begins("moyen | median | average | mean | delai | delay | evolution | variation")


def vanity(row: Hypothesis) -> bool:
    if row.denominator or is_rate(row) or SCORE.search(row.metric) or _OF_ONE.search(row.metric):
        return False
    if not row.metric:
        return bool(re.search(USE_FIGURE, row.statement)) and _only_grows(row.statement)
    if any(_only_grows(words) for words in (row.metric, row.numerator, row.unit, row.period)):
        return True
    if not _TOTAL.search(row.metric) or QUANTITY.search(row.metric.replace("nombre", "").replace("number", "")):
        return row.period.startswith("total")
    bounded = _WINDOW.search(row.metric) or (row.period and not _STOCK.search(row.metric))
    return not bounded and row.direction != "less"


def _only_grows(words: str) -> bool:
    return bool(_GROWS.search(words)) and not _WINDOW.search(words)


# Two periods in one figure --------------------------------------------------------------------------

_EVERY = one_of(
    "par | chaque | ce | cette | du | de l' | de la | (?:dans|sur) (?:le|la|l') | au cours (?:du|de l'|de la)",
    "per | each | every | this | (?:in|of|over|during|for) the | (?:the )?last | (?:sur|over) (?:une?|an?|one|1)",
)
_WHICH = one_of(
    "premiere? | derniere? | seconde? | deuxieme | meme | civile? | scolaire",
    "first | second | last | same | whole | school | calendar | fiscal",
)


def _period(adjectives: str, nouns: str) -> re.Pattern[str]:
    """A pattern that finds "monthly", "in the last month" and "users (month)", not "after a month"."""
    return re.compile(rf"\b(?:{adjectives})|\b{_EVERY} ?(?:{_WHICH} )?(?:{nouns})\b|[(,] ?(?:{nouns})\b\)?$")


_PERIODS: Mapping[str, re.Pattern[str]] = {
    "ever": re.compile(rf"\b(?:cumul|all[- ]time|{_SINCE_THE_START})"),
    "year": _period(
        r"annuel|annual|yearly|(?:sur|des|les|over|last|past)(?: \w+)? (?:12|douze|twelve)"
        r" (?:derniers )?(?:mois|months)\b|(?:budget|en|in|of|de) 20\d\d\b",
        "an|annee|year|annum",
    ),
    "half": _period("semestriel|half-year|six-monthly", "semestre|semester|half-year"),
    "quarter": _period("trimestriel|quarterly", "trimestre|quarter"),
    "month": _period(
        r"mensuel|monthly|maus?\b|(?:30|trente) derniers jours|(?:last|past) (?:30|thirty) days", "mois|month"
    ),
    "week": _period(r"hebdo|weekly|waus?\b|(?:7|sept) derniers jours|(?:last|past) (?:7|seven) days", "semaine|week"),
    "day": _period(r"quotidien|journalier|daily|daus?\b", "jour|journee|day"),
}
_BROUGHT_TO_ONE = re.compile(
    r"(?:/|÷|\bdivise\w* (?:par|en)|\bdivided (?:by|into)) ?(?:4|12|52|365|quatre|douze|four|twelve)\b"
    r"|douzieme|twelfth|\bpro ?rata|\bramene\w* (?:au|a un|a l'|a une)|\bbrought to"
    r"|\bmoyenne (?:mensuelle|annuelle)|\b(?:monthly|yearly|annual) average"
)
_PER_PERIOD = re.compile(rf"\b(?:par|per) (?={PERIOD})")
_DIVIDES = re.compile(
    r" / |÷|\bdivise\w* par\b|\bdivided by\b|\brapporte\w* a(?:ux?)?\b|\bpar\b|\bper\b|\bover\b(?! the)"
)


def period_mismatch(row: Hypothesis) -> bool:
    # "per month" is a period, not a division.
    left, *right = _DIVIDES.split(_PER_PERIOD.sub("chaque ", row.metric), maxsplit=1)
    above = row.numerator or (left if right or row.denominator else "")
    below = row.denominator or "".join(right)
    if _BROUGHT_TO_ONE.search(above) or _BROUGHT_TO_ONE.search(below):
        return False
    periods = [{name for name, pattern in _PERIODS.items() if pattern.search(half)} for half in (above, below)]
    return all(periods) and periods[0].isdisjoint(periods[1])
