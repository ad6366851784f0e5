"""The units and the scale words that may stand beside a figure: a list of what is known, in both languages. Pure.

What is not in the list is refused with the figure that it stands beside, unless the metric's own unit says it too.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from impactlib.domain.text import N_, plain

_ALIKE = (
    "€ eur euro",
    "$ usd dollar",
    "£ gbp pound livre",
    "chf franc",
    "% pourcent pourcentage percent percentage",
    "‰",
    "point pt pp",
    "jour j day d jr",
    "heure h hour hr",
    "minute min",
    "seconde second sec s",
    "semaine week wk sem",
    "moi month",  # words are compared without their last s
    "trimestre quarter",
    "semestre",
    "an annee year yr",
    "kilogramme kilogram kilo kg",
    "gramme gram g",
    "tonne t ton",
    "kilometre kilometer km",
    "metre meter",
    "litre liter l",
    "hectare ha",
    "m2",
    "m3",
    "kwh",
    "mwh",
    "gwh",
    "°c",
    "co2 co2e",
    "tco2 tco2e",
    "kgco2 kgco2e",
    "octet byte",
    "ko kb",
    "mo mb",
    "go gb",
    "personne person people",
    "usager utilisateur utilisatrice user",
    "foyer menage household",
    "famille family familie",
    "habitant resident inhabitant",
    "dossier file",
    "demande request application",
    "visite visit",
    "appel call",
    "courriel mail e-mail email mel",
    "agent",
    "commune mairie municipality town",
    "entreprise company companie business businesse",
    "etp fte",
)
"""Units in small letters, without accents and without their last s; those of one line are one unit."""

_UNITS = """
abonne abonnement absence abus accident acte acteur action adherent adhesion aidant aide allocataire alternant
amende antenne apprenti apprentissage arbre arret association atelier attestation audience avis beneficiaire
besoin bourse boursier bureau campagne candidat candidature carte cas centime cent certificat chambre chantier
chauffeur chercheur citoyen classe client clic clique code colis collectivite commande compte conducteur conflit
connexion conseiller contact contrat contribution controle conversation conversion convention cours courrier
creation creneau decision declaration delegation demandeur demarche departement deplacement depot dispositif
document donnee droit ecole ecran eleve emission employe employeur enfant enquete enseignant entretien
envoi epargne equipe equipement erreur essai etablissement etape etoile etudiant evaluation evenement examen
exemplaire exploitant fait ferme feuille fiche formation formulaire forum fraude gestion guichet handicap
heberge heure-agent homme-jour hopital impression incident indicateur infraction inscription inscrit intervention
invite jardin jeune jour-agent jour-homme justificatif lettre lieu licence ligne lit litige livraison logement
locataire maison medecin medicament membre message mesure note notification notifie nuit offre operation ordinateur
organisation organisme outil page paiement panne parcour parent partenaire participant partie passage patient
permanence permi piece place plainte plan poste prelevement presence prestation pret prevention prise procedure
producteur produit professionnel projet proprietaire question questionnaire rang rappel recherche reclamation
recommandation recour recrutement refus reponse repa reservation reseau retard retour reunion route ruche salarie
score seance session service signalement site situation solution sortie stage stagiaire structure suivi tache
telechargement temoignage territoire test ticket titre traitement trajet transaction transport travailleur uniqu
usage utilisation vehicule versement victime ville vol voyage voyageur zone
absence account appointment applicant beneficiary bed bill branch bus car case child charity citizen claim claimant
class click clinic complaint connection contract council counter course customer decision delivery desk document
download driver employee employer error event farm farmer form grant guest home hospital household-day incident job
journey learner letter library licence line member message nurse office offer owner page parcel parent participant
patient payment permit pupil question refund refusal reminder reply report response school score seat session
shift signup site sign-up staff step student survey task teacher tenant ticket trainee transaction trip vehicle
visitor volunteer vote worker answer night
unite unit nombre number mark star
"""
"""Other units, likewise."""

_QUALIFIERS = """
ouvre ouvrable calendaire franc ht ttc net nette brut brute moyen moyenne median mediane actif active unique
mensuel mensuelle annuel annuelle complet complete nouveau nouvelle ferme publie traite depose envoye recu rempli
accompagne aide concerne eligible equivalent constant courant working business calendar average mean full-time
equivalent new monthly yearly annual complete active boursier malade precaire agricole scolaire social sociale public
publique urbain rural numerique papier
"""
"""Words that may come after a unit."""

_CONNECTORS = "en par per / de du des d' of the la le les l' a an pour sur each chaque"
"""Words that tie one unit to another: "jours par dossier", "% des foyers"."""

SCALES: Mapping[str, int] = {
    **dict.fromkeys(("k", "mille", "millier", "milliers", "thousand", "thousands"), 3),
    **dict.fromkeys(("mio", "mln", "million", "millions", "mns"), 6),
    **dict.fromkeys(("md", "mds", "mrd", "mrds", "mia", "milliard", "milliards", "bn", "bln"), 9),
}
"""Scale words in small letters: the power of ten that each stands for. A capital M is one more: see `LETTERS`."""
LETTERS: Mapping[str, int] = {"k": 3, "K": 3, "M": 6}
"""Scale letters, whose case counts."""
IN_TWO_WAYS: Mapping[str, tuple[str, str]] = {
    "billion": ("1000000000", "1000000000000"),
    "billions": ("1000000000", "1000000000000"),
    "trillion": ("1000000000000", "1000000000000000000"),
    "trillions": ("1000000000000", "1000000000000000000"),
}
"""Scale words of both languages that do not mean the same number in each: in English, in French."""
SEVERAL: Mapping[str, tuple[str, str]] = {
    "m": ("metre", N_("“m” can be millions or metres: write the number in full.")),
    "mn": ("minute", N_("“mn” can be millions or minutes: write the number in full.")),
}
"""What stands for a million or for a unit: that unit, and what to say where nothing proves one."""
CURRENCIES = frozenset({"€", "$", "£", "chf"})
_MONEY_WORDS = ("euros", "euro", "eur", "€", "usd", "dollars", "dollar", "$", "gbp", "pounds", "pound", "£", "chf")

_MONEY_FIRST = re.compile(r"(?P<money>[€$£]|(?:eur|usd|gbp)\b|euros?\b) ?(?P<scale>[^\W\d_]+)", re.I)
"""A currency before its scale: "€k", "£ million"."""
_TOKEN = re.compile(r"[ld]['’](?=\w)|°c\b|[^\W_]+(?:-[^\W_]+)*|[%‰€$£/]")
MARKS = range(2, 101)
"""The highest marks that scales have."""
_SCALE = re.compile(r"(?:(?<![^\W_])(?:sur|out of) +|/ ?)([0-9]{1,3})\Z", re.I)
_PER_CENT = re.compile(r"\b(?:pour|per) ?cents?\b")


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 2 and word[-1] in "sx" and word not in ("ans",) else word.removesuffix("s") or word


_SAME = {_singular(word): line.split()[0] for line in _ALIKE for word in line.split()}
_MEASURES = frozenset(line.split()[0] for line in _ALIKE[: _ALIKE.index("personne person people")])
_HEADS = frozenset(_SAME.values()) | {_singular(word) for word in _UNITS.split()}
_BESIDE = frozenset({_singular(word) for word in _QUALIFIERS.split()} | {"co2"})
_TIES = frozenset({_singular(word) for word in _CONNECTORS.split()} | {"d'", "l'"})


@lru_cache(4096)
def words_of(unit: str) -> tuple[str, ...]:
    """The words of a unit as they are compared: in the singular, and one for all those that mean the same.

    >>> words_of("jours ouvrés"), words_of("Euros"), words_of("pour cent")
    (('jour', 'ouvre'), ('€',), ('%',))
    """
    bare = _PER_CENT.sub("%", plain(unit))
    if any(character not in " .()" for character in _TOKEN.sub("", bare)):
        return ()
    found = (_singular(word.replace("’", "'")) for word in _TOKEN.findall(bare))
    return tuple(_SAME.get(word, word) for word in found)


def scale_of(unit: str) -> int:
    """The highest mark of a unit that is one of a scale, or that ends in it; 0 for another unit.

    >>> scale_of("sur 7"), scale_of("/ 10"), scale_of("mark out of 5"), scale_of("jours / 7 jours"), scale_of("sur 1")
    (7, 10, 5, 0, 0)
    """
    found = _SCALE.search(plain(unit).strip(" ()"))
    scale = int(found[1]) if found else 0
    return scale if scale in MARKS else 0


def bare(unit: str) -> str:
    """A unit without the scale that ends it.

    >>> bare("note sur 5"), bare("sur 5"), bare("jours")
    ('note', '', 'jours')
    """
    return _SCALE.sub("", unit).strip() if scale_of(unit) else unit


def is_measure(unit: str) -> bool:
    """Whether a unit counts a quantity, and not what is counted: %, money, time, weight, marks; with its scale or not.

    >>> is_measure("k€"), is_measure("%"), is_measure("jours ouvrés"), is_measure("familles"), is_measure("")
    (True, True, True, False, False)
    """
    power, rest = scaled(unit)
    words = words_of(rest)
    return bool(power and not rest) or bool(scale_of(unit)) or (is_known(rest) and words[0] in _MEASURES)


def is_known(unit: str, own: Iterable[str] = ()) -> bool:
    """Whether a unit is one that may stand beside a figure; `own` are words of the metric's unit, known too.

    >>> is_known("jours ouvrés"), is_known("€/mois"), is_known("(2024)"), is_known("kilos euros")
    (True, True, False, False)
    """
    words, own = words_of(unit), tuple(own)
    if scale_of(unit) and (not bare(unit) or is_known(bare(unit), own)):
        return True
    if not words or not (words[0] in _HEADS or words[0] in own):
        return False
    # One unit does not follow another without a word that ties them: "kilos euros" are neither.
    return all(
        after in own or after in _TIES or after in _BESIDE or (after in _HEADS and before in _TIES)
        for before, after in itertools.pairwise(words)
    )


def scaled(unit: str) -> tuple[int, str]:
    """The power of ten of the scale that begins a unit, and the rest of it: 0 where none does.

    >>> scaled("k€"), scaled("MEUR"), scaled("milliers d’euros"), scaled("km"), scaled("Mds€"), scaled("M")
    ((3, '€'), (6, 'EUR'), (3, 'euros'), (0, 'km'), (9, '€'), (6, ''))
    >>> scaled("€k"), scaled("£ million"), scaled("€ HT")
    ((3, '€'), (6, '£'), (0, '€ HT'))
    """
    unit = unit.strip()
    if is_known(unit) and not _MONEY_FIRST.fullmatch(unit):
        return 0, unit
    if after := _MONEY_FIRST.fullmatch(unit):
        word = after["scale"]
        power = 6 if word in SEVERAL else _power(word)
        if power:
            return power, after["money"]
    whole = re.match(r"([^\W\d_]+)\.?(?=$|[\W\d_])", unit)
    if whole and (power := _power(whole[1])):
        return power, _tied(unit[whole.end() :])
    for length in range(min(len(unit), 4), 0, -1):
        word, rest = unit[:length], unit[length:]
        if (power := 6 if word in SEVERAL else _power(word)) and _is_money(rest):
            return power, rest.strip()
    return 0, unit


def _power(word: str) -> int:
    return LETTERS.get(word, 0) if len(word) == 1 else SCALES.get(plain(word), 0)


def _is_money(rest: str) -> bool:
    return any(plain(rest) == word or plain(rest).startswith((f"{word} ", f"{word}/")) for word in _MONEY_WORDS)


def _tied(rest: str) -> str:
    """What follows a scale word, without the word that ties it: "d’euros", "de foyers", "of users"."""
    return re.sub(r"^\s*(?:d['’]\s*|de\s+|of\s+)?", "", rest).strip()
