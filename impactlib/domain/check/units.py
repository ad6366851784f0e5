"""The unit of a figure, and the denominator of a rate.

"Share of families who…" says its denominator, "take-up rate" does not. A count, a delay and a score have none.
"""

from __future__ import annotations

import re

from impactlib.domain.check.use import counts_use
from impactlib.domain.check.words import COUNT, PERIOD, RATE, is_rate, one_of
from impactlib.domain.hypotheses import Hypothesis

# Units ----------------------------------------------------------------------------------------------

_UNIT_OF_TIME = one_of(
    "jour | heure | minute | seconde? | semaine | mois | trimestre | semestre | an | annee",
    "day | hour | week | month | quarter | year",
)
_UNIT_OF_TIME += r"s?\b"
_MATTER = one_of(
    "% | € | euro | dollar | kg | kilo | gramme? | tonne | ton | km | metre | meter | litre | liter | hectare",
    "kwh | mwh | m2 | m3 | point",
)
_ON_A_KNOWN_SCALE = re.compile(r"\b(?:nps|net promoter|sus)\b|(?:\bsur|\bout of|\bof|/) ?\d+\b")
# "Days to decide", "delay in days", "delay (days)", "euros spent"; neither "cost per month" nor "cost per km".
_UNIT_SAID = re.compile(
    rf"^(?:\W|average |mean |median |total )*(?:\w+ )?{_UNIT_OF_TIME}"
    rf"|(?:\ben|\bin|[(,]) ?(?:\w+ )?{_UNIT_OF_TIME}"
    rf"|(?<!par )(?<!per )(?<!/ )(?<![\w/]){_MATTER}\w*"
)


def no_unit(row: Hypothesis) -> bool:
    if not row.metric or row.unit:
        return False
    named = (RATE, COUNT, _ON_A_KNOWN_SCALE, _UNIT_SAID)
    return not (any(pattern.search(row.metric) for pattern in named) or counts_use(row.metric))


# Denominators ---------------------------------------------------------------------------------------

# Nouns that name no group of people or things: "percentage of satisfaction" gives no denominator.
_NO_GROUP = one_of(
    "satisfaction | reussite | completude | abandon | refus | (?:non-)?recours | participation | couverture | usage",
    "utilisation | conformite | absenteisme | reponse | retour | erreur | echec | retard | adhesion | progres",
    "acces",
    "succes | marche | penetration | presence | absence | adoption | conversion | engagement | occupation",
    "retention",
    "success | completion | abandonment | refusal | renewal | attendance | coverage | compliance",
    "absenteeism | vacancy",
    "response | return | error | failure | occupancy | access | take-up | uptake | dropout | churn | growth",
    "improvement",
)
# A state tells of no group either: "percentage of complete files", unlike "of the files sent".
_STATE = one_of(
    "(?:in)?complete?s? | (?:non[- ])?conformes? | (?:in)?valides? | (?:in)?correcte?s? | errone?e?s?",
    "(?:in)?exacte?s?",
)
_ONLY_A_STATE = rf"(?:[\w-]+ {_STATE}|(?:(?:in)?complete|(?:non-?)?compliant|(?:in)?valid|(?:in)?correct) [\w-]+)\W*$"
_OUT_OF = re.compile(
    rf"\b(?!(?:pourcentage|percentage) (?:of |de |d'){_ONLY_A_STATE})"
    r"(?:parts?|proportion|pourcentage|percentage|percent|share|fraction|% )(?: \w+)?"
    rf"(?: of the | of | des | du | de la | de l'| d'| de )(?!{_NO_GROUP}\b)[\w-]+ \w"
    r"|\b(?:parmi|among|amongst|rapporte|divise|divided)|\bout of (?!\d)"
    r"|\bsur (?:l'ensemble|le total|la totalite|le nombre|tou(?:s|tes) les|les (?!\d|reseaux|\w+ derni|derni)\w+s\b)"
    rf"|\bper (?!cent|{PERIOD})\w|\bpour (?:\d|mille)|\w / \w|÷"
)
_OUT_OF_IN_UNIT = re.compile(r"(?:%|cent) (?:des?|du|d'|of)\b|\b(?:par|per|pour) (?!cent|mille$)\w|\w ?/ ?\w")


def no_denominator(row: Hypothesis) -> bool:
    if not row.metric or row.denominator or not is_rate(row):
        return False
    said = _OUT_OF.search(row.metric) or _OUT_OF.search(row.numerator) or _OUT_OF_IN_UNIT.search(row.unit)
    return not said
