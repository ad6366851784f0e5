"""What the column under a heading is: the names of the fields in both languages, and those that teams and lists of the
State give to them.

Case, accents, plurals, numbering, footnote marks, what stands in brackets and years do not matter; a unit or an order
of dates that a heading says is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

from impactlib.domain import days, periods, units
from impactlib.domain.days import Order
from impactlib.domain.hypotheses import NUMBERS
from impactlib.domain.text import Unreadable, plain

HEADINGS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "statement": "Statement",
        "concept": "Concept",
        "kind": "Kind of impact",
        "objective": "Objective",
        "stands_for": "Stands for",
        "indicator": "Matrix indicator",
        "metric": "Metric",
        "unit": "Unit",
        "numerator": "Numerator",
        "denominator": "Denominator",
        "population": "Population",
        "period": "Period",
        "direction": "Direction",
        "source": "Source",
        "collection": "Collection",
        "owner": "Owner",
        "quality": "Quality",
        "baseline": "Baseline",
        "baseline_date": "Baseline date",
        "target": "Target",
        "target_date": "Target date",
        "limits": "Limits",
    },
    "fr": {
        "statement": "Hypothèse",
        "concept": "Concept",
        "kind": "Type d’impact",
        "objective": "Objectif",
        "stands_for": "Indicateur indirect de",
        "indicator": "Indicateur de la matrice",
        "metric": "Mesure",
        "unit": "Unité",
        "numerator": "Numérateur",
        "denominator": "Dénominateur",
        "population": "Population",
        "period": "Période",
        "direction": "Sens",
        "source": "Source",
        "collection": "Méthode de collecte",
        "owner": "Responsable",
        "quality": "Qualité",
        "baseline": "Valeur de départ",
        "baseline_date": "Date de départ",
        "target": "Cible",
        "target_date": "Date cible",
        "limits": "Limites",
    },
}
"""How the kit heads each field's column, by language."""

ADDED: Mapping[str, Mapping[str, str]] = {
    "en": {
        "value": "Value for users",
        "ease": "Ease of obtaining the data",
        "place": "Place",
        "kept": "Kept",
        "readings": "Figures since",
    },
    "fr": {
        "value": "Valeur pour les usagers",
        "ease": "Facilité d’obtenir la donnée",
        "place": "Rang",
        "kept": "Gardée",
        "readings": "Chiffres depuis",
    },
}
"""How the kit heads the columns that the hour adds to those: they leave, and are passed over when they come back."""

OF_MATRIX = ("Obligatoire", "Ce qui manque", "Mandatory", "Missing")
"""What the kit's own matrix says besides: it is worked out anew, and passed over."""

ALSO: Mapping[str, Mapping[str, Sequence[str]]] = {
    "fr": {
        "statement": (
            "Énoncé",
            "Hypothèse d’impact",
            "Énoncé de l’hypothèse",
            "Résultat attendu",
            "Effet attendu",
            "Changement attendu",
            "Changement visé",
            "Impact attendu",
            "Impact recherché",
            "Logique d’intervention",
            "Chaîne de résultats",
        ),
        "concept": ("Concept de la matrice", "Axe de la matrice"),
        "kind": ("Type", "Nature de l’impact", "Nature d’impact"),
        "objective": ("Objectif stratégique", "Objectif de politique publique"),
        "stands_for": ("Tient lieu de", "Proxy de"),
        "indicator": (
            "Indicateur officiel",
            "Indicateur de la matrice d’impact",
            "Indicateur matrice",
            "Indicateur beta.gouv",
            "Indicateur de l’État",
        ),
        "metric": (
            "Indicateur",
            "Notre mesure",
            "Votre mesure",
            "Mesure choisie",
            "Mesure d’impact",
            "Nom de la mesure",
            "Nom de l’indicateur",
            "Intitulé de l’indicateur",
            "Libellé de l’indicateur",
            "Titre de l’indicateur",
            "Indicateur d’impact",
            "Métrique",
            "Indicateur de résultat",
            "Indicateur clé",
            "Indicateur objectivement vérifiable",
            "IOV",
        ),
        "unit": ("Unité de mesure", "Unité mesure", "Unité de l’indicateur"),
        "numerator": (),
        "denominator": (),
        "population": ("Public", "Public visé", "Population visée", "Pour qui", "Population cible", "Public cible"),
        "period": (
            "Périodicité",
            "Période de mesure",
            "Fréquence",
            "Fréquence de mesure",
            "Fréquence de monitoring",
            "Périodicité de mise à jour",
        ),
        "direction": (
            "Sens souhaité",
            "Sens d’évolution",
            "Évolution attendue",
            "Évolution souhaitée",
            "Tendance visée",
        ),
        "source": (
            "Source de données",
            "Source des données",
            "Source de la donnée",
            "Source de vérification",
            "Moyen de vérification",
            "Source d’information",
            "Origine de la donnée",
            "Source de collecte",
        ),
        "collection": (
            "Collecte",
            "Méthode",
            "Mode de collecte",
            "Mode de calcul",
            "Méthode de calcul",
            "Formule de calcul",
            "Formule",
            "Calcul",
            "Modalité de collecte",
        ),
        "owner": (
            "Porteur",
            "Qui",
            "Qui suit",
            "Suivi par",
            "Suivie par",
            "Pilote",
            "Référent",
            "Référente",
            "Personne responsable",
            "Porteur de l’indicateur",
            "Responsable de la mesure",
        ),
        "quality": ("Qualité des données", "Qualité de la donnée", "Données correctes à"),
        "baseline": (
            "Valeur actuelle",
            "Valeur initiale",
            "Valeur de référence",
            "Valeur de base",
            "Situation de départ",
            "Situation initiale",
            "Situation de référence",
            "Situation actuelle",
            "Niveau de référence",
            "Point de départ",
            "Où en sommes-nous",
            "Où nous en sommes",
            "Départ",
            "Référence",
        ),
        "baseline_date": (
            "Date de la valeur de départ",
            "Date de la valeur actuelle",
            "Date de la valeur initiale",
            "Date de référence",
            "Date initiale",
            "Date de la valeur de référence",
            "Date de mesure",
        ),
        "target": (
            "Valeur visée",
            "Valeur cible",
            "Cible visée",
            "Objectif chiffré",
            "Objectif cible",
            "Objectif quantifié",
            "Où voulons-nous aller",
            "Où nous allons",
        ),
        "target_date": (
            "Échéance",
            "Date de la cible",
            "Date de la valeur visée",
            "Date de la valeur cible",
            "Date visée",
            "Date d’échéance",
            "Date limite",
            "Échéance de la cible",
        ),
        "limits": (
            "Limites connues",
            "Limite",
            "Limites et biais",
            "Biais",
            "Hypothèses et risques",
            "Risques et hypothèses",
            "Risques",
            "Hypothèses critiques",
            "Conditions critiques",
        ),
    },
    "en": {
        "statement": (
            "Hierarchy of objectives",
            "Hypothesis",
            "Impact hypothesis",
            "Impact hypotheses",
            "Outcome",
            "Expected result",
            "Expected outcome",
            "Expected change",
            "Intended outcome",
            "Narrative summary",
            "Intervention logic",
            "Result statement",
            "Outcome statement",
            "Results chain",
        ),
        "concept": ("Matrix concept",),
        "kind": ("Impact kind", "Type of impact", "Impact type"),
        "objective": ("Goal", "Strategic objective"),
        "stands_for": ("Proxy for", "Proxy of"),
        "indicator": ("Official indicator", "Impact matrix indicator", "Indicator of the matrix"),
        "metric": (
            "Indicator",
            "Metric name",
            "Name of indicator",
            "Indicator name",
            "Measure",
            "KPI",
            "Performance indicator",
            "Key performance indicator",
            "Objectively verifiable indicator",
            "OVI",
        ),
        "unit": ("Unit of measure", "Unit of measurement", "Measurement unit"),
        "numerator": (),
        "denominator": (),
        "population": ("Audience", "Target group", "Target population", "For whom"),
        "period": ("Frequency", "Periodicity", "Reporting frequency", "Frequency of collection"),
        "direction": ("Desired direction",),
        "source": ("Data source", "Means of verification", "Source of verification", "Source of data", "MOV"),
        "collection": (
            "Collection method",
            "Method",
            "Data collection method",
            "Calculation method",
            "Method of calculation",
            "Calculation",
            "Formula",
            "How it is calculated",
        ),
        "owner": (
            "Followed by",
            "Lead",
            "Responsible",
            "Person responsible",
            "Responsible person",
            "Who",
            "Responsibility",
        ),
        "quality": ("Data quality", "Data right at"),
        "baseline": (
            "Baseline value",
            "Current value",
            "Initial value",
            "Starting value",
            "Starting point",
            "Reference value",
            "Where we stand",
            "Where we are",
        ),
        "baseline_date": ("Date of baseline", "Baseline as of", "Measured on", "Date measured"),
        "target": ("Target value", "Desired value", "Where we go", "Where we want to be"),
        "target_date": ("Deadline", "Due date", "Date of target", "Due", "Target deadline"),
        "limits": (
            "Important assumptions",
            "Critical assumptions",
            "Known limits",
            "Limitations",
            "Caveats",
            "Assumptions and risks",
            "Risks and assumptions",
            "Risks",
        ),
    },
}
"""Other names that teams give to the columns."""

BY_DEFAULT: Mapping[str, Mapping[str, Sequence[str]]] = {
    "fr": {
        "metric": ("Nom", "Intitulé", "Libellé", "Titre"),
        "numerator": ("Description", "Définition", "Description de l’indicateur", "Définition de l’indicateur"),
        "baseline": (
            *("Valeur", "Réalisé", "Résultat", "Constaté", "Réel", "Dernière valeur", "Dernière valeur connue"),
            *("Chiffre", "Dernier chiffre", "Chiffre connu", "Chiffre actuel", "Valeur mesurée"),
        ),
        "baseline_date": ("Date", "Au", "Date du chiffre", "Date de la valeur", "Mesuré le", "Relevé le"),
        "limits": ("Commentaire", "Remarque", "Observation"),
    },
    "en": {
        "metric": ("Name", "Title", "Label"),
        "numerator": ("Description", "Definition", "Indicator definition", "Indicator description"),
        "baseline": ("Value", "Actual", "Current", "Latest value", "Figure", "Latest figure", "Current figure"),
        "baseline_date": ("Date", "As of", "Figure date", "Date of figure", "Value date", "Date of value"),
        "limits": ("Comment", "Remark"),
    },
}
"""Names that a column bears in the lists of the State, and elsewhere in other tables: they are taken where no column is
surer, and only beside columns that say something of a metric."""

ASSUMPTIONS = ("Hypothèse", "Assumption", "Hypothesis")
"""In a logical framework these are the conditions outside the project, not what should change: `limits`."""
_OF_A_FRAME = (
    "Résultat attendu",
    "Logique d’intervention",
    "Moyen de vérification",
    "Source de vérification",
    "Indicateur objectivement vérifiable",
    "IOV",
    "Expected result",
    "Narrative summary",
    "Intervention logic",
    "Means of verification",
    "Source of verification",
    "Objectively verifiable indicator",
    "OVI",
    "MOV",
    "Niveau",
    "Level",
    "Results chain",
    "Chaîne de résultats",
    "Hierarchy of objectives",
)
FIGURE, AIM = "figure", "aim"
"""In a table whose columns are years: the figure of one of them, measured or aimed at. Neither is a field of a
hypothesis."""
DATED: Mapping[str, str] = {FIGURE: "baseline", AIM: "target"}
"""The field that one of these is, once the figures of its row are compared."""
MEASURED = (*NUMBERS, *DATED)
"""The columns that hold figures."""
TARGET_OR_NOT, FIGURE_DATE, PLACE = "is_target", "baseline_date", "place"
"""In a list of figures: whether a row's figure is a target, the day of it, and the territory that it is of. The first
and the last are no field of a hypothesis."""
OF_A_FIGURE: Mapping[str, Sequence[str]] = {
    TARGET_OR_NOT: (
        *("est_cible", "is_target", "Est une cible", "Cible ou réalisé", "Réalisé ou cible", "Cible / réalisé"),
        *("Type de valeur", "Nature de la valeur", "Statut de la valeur", "Type valeur", "Value type", "Type of value"),
        *("Target or actual", "Actual or target", "Kind of value", "Is a target", "Réalisé / cible"),
    ),
    "baseline": ("Valeur", "Value", "Figure", "Chiffre", "Montant", "Valeur de l’indicateur"),
    FIGURE_DATE: (
        *("Date", "Date de la valeur", "Date de fin", "Fin de période", "Date de mesure", "Value date", "Period end"),
        *("Date of value", "End date", "Au", "Année", "Year", "As of"),
    ),
    PLACE: ("code_insee", "Code INSEE", "Territoire", "Territory", "Code géographique", "Région", "Département"),
}
"""How the columns of a list of figures are headed: one row is one figure of an indicator, measured or aimed at."""
_FLAGS = {
    **dict.fromkeys(("true", "vrai", "oui", "yes", "1", "x", "cible", "objectif", "target", "goal", "vise"), True),
    **dict.fromkeys(("false", "faux", "non", "no", "0", "", "-", "realise", "realisee", "mesure", "mesuree"), False),
    **dict.fromkeys(("actual", "measured", "constate", "constatee", "reel", "observe", "observed", "resultat"), False),
}
VALUES = frozenset(
    ("valeur", "value", "montant", "amount", "chiffre", "figure", "niveau", "level", "nombre", "number", "resultat")
)
"""How a figure is headed under the heading of its group."""
_WHEN = frozenset(
    (
        "date",
        "echeance",
        "deadline",
        "quand",
        "when",
        "au",
        "date mesure",
        "date valeur",
        "on",
        "by",
        "as",
        "jour",
        "due",
        "annee",
        "year",
    )
)
_NAMED = frozenset(
    ("nom", "intitule", "libelle", "titre", "enonce", "name", "title", "label", "texte", "text", "wording")
)
_OF_A_METRIC = frozenset({"unit", "collection", "period", "baseline", "target", "numerator", "denominator"})
BY_NUMBERS: Mapping[str, str] = {"objective": "target", "metric": "baseline"}
"""What a column of texts is, where all that it holds is numbers: « Objectif 2026 » over figures is a target."""


class Field(str):
    """A field of a hypothesis as a fact of a sentence: it is shown as the kit heads it, in the reader's language."""


@dataclass(frozen=True)
class Heading:
    """A heading that was read.

    `field` is "" for a column that is not read, and `known` is then whether the kit passes over it on purpose;
    `lang` is the language that its words are of, "" when they are of both. `unit` and `order` are what stands in it
    beside its name, `day` or `years` what it says of when.
    """

    written: str
    field: str = ""
    lang: str = ""
    by_default: bool = False
    passed_over: bool = False
    unit: str = ""
    order: Order | None = None
    years: str = ""
    day: date | None = None
    ordinal: str = ""


_ORDINALS: Mapping[str, str] = {
    **dict.fromkeys(
        ("1", "a", "premier", "premiere", "1er", "1re", "1ere", "first", "1st", "principal", "principale"), "1"
    ),
    **dict.fromkeys(("primary", "main"), "1"),
    **dict.fromkeys(("2", "b", "deuxieme", "second", "seconde", "2e", "2nd", "secondaire", "secondary", "2eme"), "2"),
    **dict.fromkeys(("3", "c", "troisieme", "third", "3e", "3rd", "3eme", "tertiary"), "3"),
    **dict.fromkeys(("4", "d", "quatrieme", "fourth", "4e", "4th", "4eme"), "4"),
    **{str(number): str(number) for number in range(5, 10)},
}
"""What tells one of several metrics that stand side by side: « Mesure 1 », « Indicateur secondaire »."""
_ORDINAL = re.compile(
    r"(?P<last>(?:[ _-]+|(?<=[a-z])(?=\d))(?:n[°o.] ?|# ?)?"
    r"(?P<after>[1-9]|[abcd]|principale?|secondaire|primary|secondary)[ :]*$)"
    r"|^(?P<first>(?P<before>1ere?|1er|1re|[234]e(?:me)?|1st|2nd|3rd|4th|premiere?|deuxieme|seconde?|troisieme|quatrieme"
    r"|first|third|fourth|primary|secondary|main) )"
)


_ASIDE = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_YEARS = re.compile(r"\b(?:fy ?|a\.?y\.? ?)?(?:19|20)\d\d(?: ?[-/–] ?(?:19|20)?\d\d)?\b")
_OF_TIME = re.compile(
    r"(?:\b(?:a|au|en|fin|d'ici|pour|horizon|l'horizon|debut|mi|annee|de|du|by|in|for|end|of|the|year|[tqs][1-4]"
    r"|decembre|juin|december|june|n|n ?[+-] ?\d)\b[\s.'-]*)+$"
)
_NUMBERING = re.compile(r"^\s*(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]+|\d{1,2} ?[-–—]|n[°o]\s*\d+)\s*")
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 200
"""Characters of a heading."""
_HEADS = frozenset(("hypothese", "hypothesis", "indicateur", "indicator", "metrique", "metric", "kpi"))
_VERIFIED = {"moyen verification": "fr", "source verification": "fr", "mean verification": "en"}
_CUT = re.compile(r"[:;,|\t]")
_LITTLE = frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "nos", "notre", "of", "the", "our"))
_DAY = re.compile(r"\b(?:[0-9]{1,2}([/.-])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})|[12][0-9]{3}-[0-9]{2}-[0-9]{2})\b")
_IN = re.compile(r"\b(?:en|in) ([^()]{1,20})$")
_ORDERS = {
    **dict.fromkeys(("jj mm aaaa", "jj mm aa", "dd mm yyyy", "dd mm yy", "jour mois annee", "j m a"), Order.DAY),
    **dict.fromkeys(("mm jj aaaa", "mm dd yyyy", "mm dd yy", "mois jour annee"), Order.MONTH),
}


def known(cells: Iterable[object]) -> int:
    """How many different fields the cells of a row name."""
    return len({heading.field for cell in cells if isinstance(cell, str) and (heading := read(cell)).field})


@lru_cache(4096)
def read(written: str) -> Heading:
    """What a heading says by itself: one that is known without what tells it from others of its kind is one of them."""
    heading = _read(written)
    bare = plain(written).strip(" :*")
    found = None if len(written) > _LONGEST else _ORDINAL.search(bare)
    if found is None:
        return heading
    if not heading.field or heading.by_default:
        rest = bare[: found.start()] if found["last"] else bare[found.end() :]
        without = _read(rest)
        heading = replace(without, written=written) if without.field else heading
    return replace(heading, ordinal=_ORDINALS[found["after"] or found["before"]]) if heading.field else heading


def _read(written: str) -> Heading:
    """What a heading says by itself.

    >>> read("Cible 2026 (k€)").field, read("Cible 2026 (k€)").unit, read("ÉCHÉANCES (jj/mm/aaaa)").order
    ('target', 'k€', <Order.DAY: 'day'>)
    """
    if len(written) > _LONGEST:
        return Heading(written)
    asides = [aside.strip() for aside in _ASIDE.findall(written)]
    unit = next((bare for aside in asides if _is_unit(bare := re.sub(r"(?i)^(?:en|in) ", "", aside).strip())), "")
    order = next((found for aside in asides if (found := _ORDERS.get(" ".join(_WORD.findall(plain(aside)))))), None)
    bare = _NUMBERING.sub("", plain(_DAY.sub("", _ASIDE.sub(" ", written))))
    day = _day(written)
    years = "" if day else " ".join(_YEARS.findall(plain(written)))
    for words in _ways(bare):
        if words in _names():
            field, lang, by_default = _names()[words]
            return Heading(written, field, lang, by_default, unit=unit, order=order, years=years, day=day)
        if words in _passed_over():
            return Heading(written, passed_over=True)
    if (by_its_head := _by_its_head(bare)) is not None:
        return Heading(written, *by_its_head, by_default=True, unit=unit)
    said = _IN.search(bare)
    if said and _is_unit(said[1]) and (name := _key(bare[: said.start()])) in _names():
        field, lang, by_default = _names()[name]
        at = plain(written).rfind(said[1])
        return Heading(written, field, lang, by_default, unit=written[at : at + len(said[1])].strip(), years=years)
    return Heading(written, unit=unit)


def _keys(written: str) -> list[str]:
    return _ways(_NUMBERING.sub("", plain(_DAY.sub("", _ASIDE.sub(" ", written)))))


def _ways(bare: str) -> list[str]:
    """A heading whole, without its years, and each side of the stroke of one that is in two languages."""
    timeless = _OF_TIME.sub("", _YEARS.sub("", bare).strip(" -–—:,.*"))
    unnumbered = re.sub(r" ?(?:n[°o] ?)?[0-9]{1,2}$", "", bare.strip(" :*"))
    sides = [side for side in re.split(r"[/|\n]", bare) if side.strip()]
    return [key for way in (bare, timeless, unnumbered, *(sides if len(sides) > 1 else ())) if (key := _key(way))]


def _by_its_head(bare: str) -> tuple[str, str] | None:
    """The field and the language of a heading that only says more than a name: « Indicateur de suivi retenu »."""
    words = _key(bare).split()
    if 1 < len(words) <= 4 and words[0] in _HEADS and not _CUT.search(bare):
        field, lang, _ = _names()[words[0]]
        return field, lang
    return next((("source", lang) for said, lang in _VERIFIED.items() if said in " ".join(words)), None)


def _day(written: str) -> date | None:
    """The day that a heading says, where it can be read in one way, or in French."""
    found = _DAY.search(written)
    with suppress(Unreadable):
        return days.cut(found[0]).value() if found else None
    return None


def _is_unit(words: str) -> bool:
    power, rest = units.scaled(words)
    return bool(words) and (units.is_known(rest) or (power > 0 and not rest))


def _key(heading: str) -> str:
    """A heading as it is compared: words in small letters without accents, in the singular, and no article."""
    words = (word for word in _WORD.findall(plain(heading)) if word not in _LITTLE)
    return " ".join(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in words)


@cache
def _names() -> Mapping[str, tuple[str, str, bool]]:
    """Each name as it is compared, with its field, its language ("" for both) and whether it is one by default."""
    found: dict[str, tuple[str, str, bool]] = {}
    for by_default, tables in ((True, BY_DEFAULT), (False, ALSO)):
        for lang, table in tables.items():
            first = {} if by_default else HEADINGS[lang]
            for field in (*first, *(name for name in table if name not in first)):
                for name in (*([first[field]] if field in first else ()), *table.get(field, ())):
                    key = _key(name)
                    other = found.get(key)
                    both = other is not None and other[0] == field and other[1] != lang
                    found[key] = (field, "" if both else lang, by_default)
    for field in HEADINGS["en"]:
        found.setdefault(_key(field), (field, "", False))
    return found


def is_named(written: str, field: str) -> bool:
    """Whether a heading is a name of that field as it stands, wherever it is."""
    return _names().get(_key(written), ("", "", True)) in ((field, lang, False) for lang in ("", *HEADINGS))


@cache
def _passed_over() -> frozenset[str]:
    of_hour = (heading for headings in ADDED.values() for heading in headings.values())
    return frozenset(map(_key, (*of_hour, *OF_MATRIX)))


@cache
def _frame() -> frozenset[str]:
    return frozenset(map(_key, _OF_A_FRAME))


def in_their_table(found: Sequence[Heading]) -> list[Heading]:
    """The headings of a table, each beside the others: what some mean depends on what else there is."""
    found = list(found)
    keys = {key for one in found for key in _keys(one.written)}
    if _frame().intersection(keys):
        metric = next((place for place, one in enumerate(found) if one.field == "metric"), len(found))
        found = [
            Heading(one.written, "limits", one.lang) if place > metric and _is_assumption(one) else one
            for place, one in enumerate(found)
        ]
    if not keys.isdisjoint(_of_a_figure()[TARGET_OR_NOT]):
        found = [_in_a_list_of_figures(one) for one in found]
    sure = {one.field for one in found if not one.by_default}
    of_a_metric = bool(sure & {*_OF_A_METRIC, "metric", "indicator"})
    return [
        one if not one.by_default or (one.field not in sure and of_a_metric) else Heading(one.written) for one in found
    ]


def of_figures(found: Sequence[Heading], flags: int) -> list[Heading]:
    """The headings of a list of figures, whose column `flags` says which of them are targets."""
    others = [_in_a_list_of_figures(one) for one in found]
    return [Heading(one.written, TARGET_OR_NOT) if at == flags else one for at, one in enumerate(others)]


def _in_a_list_of_figures(heading: Heading) -> Heading:
    keys = _keys(heading.written)
    field = next((name for name, known in _of_a_figure().items() if not known.isdisjoint(keys)), "")
    return Heading(heading.written, field, heading.lang) if field else heading


@cache
def _of_a_figure() -> Mapping[str, frozenset[str]]:
    return {field: frozenset(map(_key, names)) for field, names in OF_A_FIGURE.items()}


def is_change(written: str) -> bool:
    """Whether a heading is that of changes: « Évolution depuis 1 an », "Over one year", « Variation 2023-2024 ».

    >>> is_change("Évolution depuis 1 an"), is_change("Over one year"), is_change("Sens d’évolution")
    (True, True, False)
    """
    return bool(_CHANGE.match(_NUMBERING.sub("", plain(written))))


_CHANGE = re.compile(
    r"(?:taux d'|% d'|% de )?(?:evolution|variation|progression|croissance|ecart|difference|tendance|delta|change|trend"
    r"|growth)s?\b|(?:sur|depuis) (?:un|1) an\b|(?:over|since) (?:one|1|a) year\b"
)


def is_target(written: str) -> bool | None:
    """Whether the figure of a row is a target, as its cell says; None where the cell says neither.

    >>> is_target("VRAI"), is_target("Réalisé"), is_target("peut-être")
    (True, False, None)
    """
    return _FLAGS.get(plain(written))


def across(found: Sequence[Heading], figures: Collection[int]) -> list[Heading]:
    """The headings of a table that tells its figures apart by their dates: « Réalisé 2023 », « 2024 », « Cible 2026 ».

    Parameters
    ----------
    figures
        The places of the columns that hold figures: a year alone heads one of them.
    """
    dated = {at: one for at, written in enumerate(found) if (one := _dated(written, at in figures)) is not None}
    if any(at in figures for at in dated):  # a year that has no figure yet is one of those that have
        dated |= {at: one for at, written in enumerate(found) if (one := _dated(written, True)) and at not in dated}
    fields = [one.field for one in dated.values()]
    others = {one.field for at, one in enumerate(found) if at not in dated}
    if max(fields.count(FIGURE) + ("baseline" in others), fields.count(AIM) + ("target" in others), 0) < 2:
        return list(found)
    return [dated.get(at, one) for at, one in enumerate(found)]


def _dated(heading: Heading, holds_figures: bool) -> Heading | None:
    if heading.field not in ("", "baseline", "target", "objective", "metric") or heading.passed_over:
        return None
    bare = plain(heading.written)
    day, left = heading.day, _DAY.sub("", bare)
    if day is None:
        found = periods.named(bare)
        if found is None:
            return None
        day, left = found
    left = " ".join(_WORD.findall(_ASIDE.sub(" ", left)))
    field = read(left).field or heading.field
    if field in BY_NUMBERS and holds_figures:
        field = BY_NUMBERS[field]
    if not field and holds_figures and (not _key(left) or _key(left) in VALUES or set(left.split()) <= _OF_A_YEAR):
        field = "baseline"
    if field not in ("baseline", "target"):
        return None
    return replace(heading, field=FIGURE if field == "baseline" else AIM, day=day, years="", by_default=False)


_OF_A_YEAR = frozenset(
    ("annee", "year", "an", "fin", "end", "au", "en", "in", "of", "de", "the", "mesure", "measured", "valeur", "value")
)
"""Words beside a year that say no more than it does."""


def under(group: str, own: str) -> Heading:
    """The heading of a column that stands under that of its group: « Cible » over « Valeur » and « Date ».

    >>> under("Cible", "Date").field, under("Indicateur", "Nom").field, under("Suivi", "Source").field
    ('target_date', 'metric', 'source')
    """
    if not group or not own or plain(group) == plain(own):
        return read(own or group)
    written, of, mine = f"{group} – {own}", read(group), read(own)
    ordinal = of.ordinal or mine.ordinal
    both = read(f"{own} {group}")
    keys = frozenset(_keys(own))
    if of.field in ("baseline", "target"):
        if keys & _WHEN or mine.order or mine.field.endswith("_date"):
            return Heading(written, f"{of.field}_date", mine.lang or of.lang, order=mine.order, ordinal=ordinal)
        if keys & VALUES or mine.field == of.field or (not mine.field and (_is_unit(own) or not keys)):
            unit = own if _is_unit(own) else mine.unit or of.unit
            years, day = of.years or mine.years, of.day or mine.day
            return Heading(written, of.field, of.lang, unit=unit, years=years, day=day, ordinal=ordinal)
    if of.field in ("metric", "statement") and keys & _NAMED:
        return Heading(written, of.field, of.lang, ordinal=ordinal)
    if not mine.field and both.field:
        return replace(both, written=written, ordinal=ordinal)
    years = mine.years or ("" if mine.day else of.years if not of.field else "")
    return replace(mine, written=written, years=years, ordinal=ordinal if mine.field else "")


def is_under(own: str) -> bool:
    """Whether a heading is one that stands under another: it says what a column is, and no row of data says that."""
    of_a_figure = not (VALUES | _WHEN | _NAMED).isdisjoint(_keys(own)) or periods.named(plain(own)) is not None
    return of_a_figure or bool(read(own).field) or _is_unit(own)


def _is_assumption(heading: Heading) -> bool:
    return not {_key(name) for name in ASSUMPTIONS}.isdisjoint(_keys(heading.written))


def language(found: Iterable[Heading]) -> str:
    """The language of headings: that of most of those that are of one alone, "" where neither has more.

    >>> language(map(read, ["Hypothèse", "Cible", "Source"])), language(map(read, ["Concept", "Source"]))
    ('fr', '')
    """
    of = [one.lang for one in found]
    french, english = of.count("fr"), of.count("en")
    return "" if french == english else "fr" if french > english else "en"
