"""Figures that stand for a change instead of measuring it.

A proxy says of what it is one, or the figure leads nowhere. Use times a constant is the proxy that looks most like a
measure: it says where the constant comes from, or for whom it holds.
"""

from __future__ import annotations

import re

from impactlib.domain.check.words import PERIOD, THE, begins, is_rate, one_of
from impactlib.domain.hypotheses import Hypothesis

# Proxies --------------------------------------------------------------------------------------------

_INDIRECT = one_of(
    r"prox(?:y|ies)\b(?! server) | (?:mesure|estime)\w* indirectement | faute de mieux | a defaut de mieux",
    r"(?:indicateur|mesure|metrique|signal|signaux|critere|chiffre)s? (?:\w+ )?(?:indirect|approch)\w*",
    r"(?:indicateur|mesure|metrique|critere)s? de (?:substitution|remplacement)",
    r"(?:indirect|substitute|surrogate|stand-in|proxy) (?:measure|indicator|metric|sign|figure)s?",
    r"(?:measured|estimated) indirectly | for (?:want|lack) of (?:anything |something )?(?:a )?better",
)
# "A proxy for now", "of success": no change is named.
_NO_CHANGE = "(?:real |vrai |true )?" + one_of(
    r"impact | effet | effect | success | succes | now\b | time\b | lack | better | instant | moment | heure | mieux"
)
_PROXY = re.compile(
    r"(?P<denied>\b(?:not|no|pas|sans|without|aucun|never|jamais)\W+(?:(?:an?|une?|de|d|simple|mere)\W+)*)?"
    rf"\b{_INDIRECT}(?P<stands_for>\W{{1,3}}(?:of|for|pour|du|des?|d)\W+{THE}(?!{_NO_CHANGE})\w)?"
)


# "Until we can measure it, we count…".
_INSTEAD = re.compile(
    r"\b(?:en attendant de (?:pouvoir |savoir )?(?:le |la |les |l')?"
    r"|until we (?:can|are able to|learn to|know how to) )"
    r"(?:mesur|suivre|connaitre|observ|evalu|measur|follow|track|know|assess)"
    r"[^.;]{0,100}?\b(?:nous|on|we) (?:compt|regard|suiv|observ|mesur|relev|count|look|track|follow|watch|measur|use\b)"
)


def proxy_unattached(row: Hypothesis) -> bool:
    if row.stands_for:
        return False
    places = (row.metric, row.numerator, row.statement, row.objective, row.limits)
    if any(_INSTEAD.search(words) for words in places):
        return True
    return any(not (found["denied"] or found["stands_for"]) for words in places for found in _PROXY.finditer(words))


# Use times a constant -------------------------------------------------------------------------------

_NUMBER = r"(?<!\d)\d{1,12}(?:[.,]\d{1,9})?"
_UNIT = one_of(
    r"k?g | mg | grammes? | grams? | kilos? | kilogram\w* | tonnes? | t | € | euros? | eur | £ | \$ | litres?",
    r"liters? | l",
    r"h | heures? | hours? | min | mn | minutes? | secondes? | seconds? | jours? | days? | km | kilomet\w*",
    r"k?wh | mwh | m2 | m3 | points? | k?gco2\w*",
)
_UNIT += r"(?!\w)"
_QUANTUM = rf"(?:{_NUMBER} ?{_UNIT}|[€£$] ?{_NUMBER})"
_CONSTANT = r"(?:coefficient|facteur|factor|constante?\b|forfait|moyenne|average|valeur|ratio\b|gain)"
_A = "(?:the |an? |une? |le |la |l'|son |its |d'un |d'une )?"
# Not "× 100", which makes a percentage.
_FACTOR = rf"(?!(?:100|1 ?000)(?! ?{_UNIT})\b)\d"
_USE_TIMES_CONSTANT = re.compile(
    rf"[a-z0-9)] ?[×*✕] ?{_FACTOR}|[a-z)] x ?{_FACTOR}"
    rf"|(?:{_QUANTUM}|\d[.,]\d+)(?: [a-z]\w*){{0,4}} ?[x×*✕] (?=[a-z])"
    rf"|[x×*✕] {_A}(?:\w+ )?{_CONSTANT}|{_CONSTANT}(?: \w+){{0,3}} [x×*✕] "
    rf"|\b(?:multipl\w*(?:\W+\w+){{0,5}}? (?:par|by)|times|fois) {_A}(?:{_QUANTUM}|\d+[.,]\d+|(?:\w+ )?{_CONSTANT})"
    r"|\b(?:coefficient|facteur) (?:d'impact|d'emission|de conversion|fixe|moyen|constant)"
    r"|\b(?:emission|impact|conversion) (?:factor|coefficient)|\bcoefficient of impact"
    r"|\b(?:valeur|gain|economie) forfaitaire"
)
# "4 € per meal" as a constant, not as a threshold.
_AT_SO_MUCH_EACH = re.compile(
    r"(?<!moins de )(?<!plus de )(?<!under )(?<!than )(?<!sous )(?<!jusqu'a )"
    rf"{_QUANTUM}(?: (?!par|per)\w+){{0,3}} ?(?:par |per |/ ?|a chaque |for each |pour chaque )(?!{PERIOD})[a-z]"
)
_SPARES = r"(?:evit|economis|epargn|gagn|sav|avoid|spar|gain)\w*"
_EACH_SPARES = re.compile(
    r"\b(?:chaque|each|every|one|an?|une?) (?:\w+ ){1,3}?(?:fait |permet d'|permet de )?"
    rf"{_SPARES} (?:\w+ )?{_QUANTUM}"
    rf"|{_QUANTUM} (?:\w+ ){{0,3}}?{_SPARES} (?:par|per|a chaque|for each|each) (?!{PERIOD})\w"
)
_PER_ONE = re.compile(rf"\b(?:par|per) (?!{PERIOD})\w|\bmoyen|\bmedian|\baverage|\bmean\b")
# Where a constant comes from, or for whom it holds.
_ORIGIN = begins(
    r"sourc | origin | etude | enquete | base\b | cohort | compar | mesuree?s?\b | vien | provien",
    r"issue?s?\b | tiree?s?\b",
    r"d'apres | selon | valable | vaut\b | valent\b | seulement | uniquement | appl | echantillon | moyenne",
    r"publi | etabli",
    r"calcul | observ | pese | essai | test | limite | restrict | transpos | hors\b | sauf | reference | rapport",
    r"stud(?:y|ies)\b | survey | measured | comes?\b | came\b | from\b | according | valid\b | holds?\b",
    r"only\b | sample",
    r"average | derived | weighed | based | trial | limited | not for | except | report",
)
_ORIGIN_UNKNOWN = re.compile(
    r"inconnu|ne sa(?:it|vons) pas|\bsans (?:source|etude|preuve)|au doigt mouille"
    r"|\ba (?:verifier|preciser|definir|confirmer|sourcer|revoir)"
    r"|unknown|not known|unclear|not sure|\bguess|\b(?:no|without) (?:source|study|proof)"
    r"|to be (?:checked|confirmed|defined)"
)


def coefficient_times_proxy(row: Hypothesis) -> bool:
    if _ORIGIN.search(row.limits) and not _ORIGIN_UNKNOWN.search(row.limits):
        return False
    formula = (row.metric, row.numerator, row.collection)
    if any(_USE_TIMES_CONSTANT.search(words) for words in (*formula, row.statement)):
        return True
    if is_rate(row):
        return False
    fixed = any(_AT_SO_MUCH_EACH.search(words) for words in formula)
    return fixed or bool(_EACH_SPARES.search(row.statement) and not _PER_ONE.search(row.metric))
