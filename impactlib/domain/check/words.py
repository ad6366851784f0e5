"""The text of a hypothesis in comparable form, and the words that several rules look for.

A word that one rule alone needs stands beside that rule.
"""

from __future__ import annotations

import re

from impactlib.domain.hypotheses import FIELDS, LONGEST, Hypothesis
from impactlib.domain.text import plain

# Text ----------------------------------------------------------------------------------------------

_READ = 2 * LONGEST
"""Characters of a field that are read: a note may be as long as a chapter, and its author waits for the answer."""


def one_of(*words: str) -> str:
    """A group of alternatives, from lists such as ``"day | week | month"``; each may be a pattern."""
    return "(?:" + "|".join(word for line in words for word in re.split(r"\s+\|\s+", line.strip(" |\n"))) + ")"


def begins(*words: str) -> re.Pattern[str]:
    """A pattern that finds a word that begins with one of these."""
    return re.compile(r"(?<!\w)" + one_of(*words))


_NO_ANSWER = re.compile(
    r"[?!.…_/*–—\s-]*|"
    + one_of(
        "tbd | tbc | todo | n/?a | none | nil | unknown | not (?:yet )?(?:known|defined|decided) | not yet.*",
        "don't know",
        "to be (?:defined|decided|confirmed|determined|done) | aucune? | neant | inconnue? | sans objet",
        "pas encore.*",
        "(?:reste )?a (?:definir|preciser|determiner|completer|voir|venir|trouver) | (?:je|on) ne sais? pas",
    )
    + r"[\W_]*"
)
_NOBODY = re.compile(
    one_of(
        "everyone | everybody | anyone | anybody | nobody | all | people",
        "tous | toutes | tout le monde | tout un chacun | chacun | les gens | n'importe qui | personne | on",
    )
    + r"[\W_]*"
)


def said(row: Hypothesis) -> Hypothesis:
    """The row in plain words, with what is no answer taken away."""
    words = {name: plain(getattr(row, name)[:_READ]) for name in FIELDS}
    words = {name: "" if _NO_ANSWER.fullmatch(value) else value for name, value in words.items()}
    return Hypothesis(**words | {name: "" for name in ("population", "owner") if _NOBODY.fullmatch(words[name])})


_PEOPLE = begins(
    r"usag|utilisat|benefici|famille|foyer|menage|parent|enfant|jeune|eleve|etudiant|demandeu|allocataire|aidant|patient",
    r"locataire|proprietaire|salarie|agent|conseill|entreprise|association|commune|collectivite|habitant|citoyen",
    r"conducteu|candidat|apprenti|retraite|senior|personnes? \w+|voyageu|enseignant|employeu|independant|agricult",
    r"user|household|famil|child|pupil|student|applicant|claimant|carer|tenant|owner|worker|employee|employer",
    r"compan|busines|charit|town|council|resident|citizen|driver|candidate|apprentice|retire|teacher|farmer|people \w+",
)


def says_whose(row: Hypothesis) -> bool:
    """Whether the statement or the metric names the people, places or organisations whose situation should change."""
    return any(_PEOPLE.search(plain(words[:_READ])) for words in (row.statement, row.metric))


# Words that several rules need ----------------------------------------------------------------------

RATE = begins(
    r"taux\b | parts? (?:\w+ )?(?:des?|du|d') | proportion | pourcentage | fraction (?:of|des?|du|d') | ratio\b",
    r"rate\b | (?:market )?share (?:of|among) | market share | percentage",
)
PER_CENT = re.compile(
    r"%|‰|\b(?:pour ?cents?\b|per ?cent\b|pour mille|pourcentage|percentage|ratio|proportion|taux|rate)"
)
POINTS = re.compile(r"\b(?:points?|pts?|pp)\b")
COUNT = begins(r"nombre | nb\b | numbers? of | count of | how many | combien")
SCORE = re.compile(
    r"\b(?:scores?|notes?|ratings?|notation|indice|index|nps|net promoter|csat|sus|bareme|echelle|scale)\b"
    r"|(?:\bsur|\bout of|/) ?(?:[457]|10|20|100)\b(?! ?\w)"
)
CHANGE = begins(
    r"(?:evolution|variation|croissance|progression|hausse|baisse|augmentation|diminution|reduction|recul)s?\b",
    r"(?:change|growth|increase|decrease|rise|drop|gain)s?\b",
)
PERIOD = r"(?:(?:jour|semaine|mois|trimestre|semestre|annee|an|day|week|month|quarter|year|annum)\b)"
THE = "(?>(?:the |our |its |le |la |les |l'|notre |nos |son |sa |leur )?)"
# Quantities whose change in per cent is clear.
QUANTITY = begins(
    "delai | temps | duree | attente | cout | nombre | volume | quantite | montant | facture | depense",
    "budget | prix",
    "revenu | salaire | emission | consommation | energ | dechet | tonne | kilo | heure | jours | minute",
    "euro | effectif",
    r"distance | poids | surface | trafic | times?\b | delay | wait | cost | number | amount | bill | spend | price",
    "income | wage | consumption | waste | hour | days | weight | area | traffic",
)


def is_rate(row: Hypothesis) -> bool:
    """Whether the metric is a part of a whole, as its name or its unit says; a score out of 10 is none."""
    if SCORE.search(row.metric) or SCORE.search(row.unit):
        return False
    named = bool(RATE.search(row.metric)) and not COUNT.match(row.metric)
    if POINTS.search(row.unit):
        return named
    if PER_CENT.search(row.unit):
        return named or not CHANGE.search(row.metric)
    return named and not row.unit
