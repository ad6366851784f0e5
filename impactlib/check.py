"""What is weak in a hypothesis of impact, and what a consultant would ask about it. Pure.

Words are compared without capitals or accents, in French and in English at once: nobody says which language a
team writes in. Every rule prefers silence to a guess, because an alarm that is wrong costs the trust in the others.

What the rules take for granted:

- A field counts when it says something: "?", "TBD" or "à définir" is no answer, and "everyone" is neither a
  population nor an owner. What stands elsewhere instead ("from 40 % to 60 %" in the statement) does not count: the
  pages that follow a metric read its fields.
- Without a metric there is no unit to ask for, and no denominator. Whose change it is, how much, by when we know and
  who follows it can be asked from the first sentence on.
- "Share of families who…" says its denominator, "take-up rate" does not. A count, a delay and a score have none.
- Usage is a sound figure for what a service is *used* for. It is no impact: neither under another concept, nor where
  the statement says that it is. A proxy that says what it stands for does not claim to be one either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from impactlib.hypotheses import FIELDS, LONGEST, Hypothesis, day, plain
from impactlib.text import N_


@dataclass(frozen=True)
class Finding:
    """A weakness: its code, the field that answers it, why it matters, how to mend it, and the question to ask.

    English; pages translate it."""

    code: str
    field: str
    why: str
    mend: str
    question: str


def check(row: Hypothesis) -> list[Finding]:
    """What is weak in a hypothesis, most worth asking first; empty when nothing is.

    Examples
    --------
    >>> row = Hypothesis(metric="Taux de recours", unit="%", population="parents seuls", baseline="40", target="60")
    >>> [finding.code for finding in check(row)]
    ['no-denominator', 'no-source', 'no-owner']
    """
    said = _said(row)
    return [finding for finding in FINDINGS if _RULES[finding.code](said)]


FINDINGS = (
    Finding(
        "no-population",
        "population",
        N_("It is not said whose situation should change."),
        N_("Name the people, places or files that are counted, so that two of you would count the same ones."),
        N_("Which population are we talking about?"),
    ),
    Finding(
        "no-unit",
        "unit",
        N_("The figure has no unit."),
        N_("Give the unit: days, euros, people, a score out of 5…"),
        N_("In what unit would you read this figure?"),
    ),
    Finding(
        "no-denominator",
        "denominator",
        N_("This rate does not say out of how many."),
        N_("Say what it is divided by, for instance the people entitled or the requests begun."),
        N_("A rate of whom, or of what: what would you divide by?"),
    ),
    Finding(
        "no-baseline",
        "baseline",
        N_("The value today is not known: a change could not be seen."),
        N_("Measure the value once now, even roughly, and note its date."),
        N_("What is the value today, even roughly?"),
    ),
    Finding(
        "no-target",
        "target",
        N_("No value is aimed at: nobody could say that it worked."),
        N_("Choose a value and a date, even modest; you may correct them later."),
        N_("What value would make you say that it worked, and by when?"),
    ),
    Finding(
        "no-source",
        "source",
        N_("It is not said where the figure comes from."),
        N_("Name the register, the survey or the log from which somebody can draw it."),
        N_("Where would you find this figure?"),
    ),
    Finding(
        "no-owner",
        "owner",
        N_("Nobody is named to follow this figure."),
        N_("Choose one person who will look at it and bring it back to the team."),
        N_("Who among you would follow this figure?"),
    ),
    Finding(
        "usage-as-impact",
        "metric",
        N_("This counts use. Use shows that people come, not what changes for them."),
        N_("Keep it as a measure of use, and add what changes for those people once they have used the service."),
        N_("When somebody has used the service, what is different for them?"),
    ),
    Finding(
        "vanity",
        "metric",
        N_("This total can only grow: it will look good whatever you do."),
        N_("Count over a period (each month), or turn it into a rate."),
        N_("If this figure went on growing, what would you decide differently?"),
    ),
    Finding(
        "proxy-unattached",
        "stands_for",
        N_("This proxy does not say what it stands for."),
        N_("Name the change that you cannot measure yet, and why this figure should move with it."),
        N_("What change does this figure stand for?"),
    ),
    Finding(
        "period-mismatch",
        "period",
        N_("What is divided and what it is divided by do not cover the same period."),
        N_("Bring both to the same period, for instance a month’s budget over a month’s users."),
        N_("Over what period do you count each of the two figures?"),
    ),
    Finding(
        "points-or-percent",
        "unit",
        N_("A change of a rate can be read in two ways: in points or in per cent."),
        N_("Write “from 20 to 22 per cent”, or “2 points more”."),
        N_("Do you mean points, or per cent of the rate of today?"),
    ),
    Finding(
        "coefficient-times-proxy",
        "limits",
        N_("This is use times a constant: it grows with use, whether the effect is there or not."),
        N_("In the limits, say where the constant comes from and for whom it holds; better, compare two groups."),
        N_("Where does this constant come from, and for whom does it hold?"),
    ),
    Finding(
        "target-not-better",
        "target",
        N_("The value aimed at is no better than the value of today."),
        N_("Check the two values, and whether more or less is better."),
        N_("In which direction should this figure move, and how far?"),
    ),
    Finding(
        "date-order",
        "target_date",
        N_("The date of the target is not after that of the baseline."),
        N_("Check the two dates: the target lies ahead."),
        N_("By when do you hope to reach this target?"),
    ),
)
"""Every weakness that is looked for, most worth asking first."""


# What is said ---------------------------------------------------------------------------------------

_READ = 2 * LONGEST
"""Characters of a field that are read: a note may be as long as a chapter, and its author waits for the answer."""


def _one_of(*words: str) -> str:
    """A group of alternatives, from lists such as ``"day | week | month"``; each may be a pattern."""
    return "(?:" + "|".join(word for line in words for word in re.split(r"\s+\|\s+", line.strip(" |\n"))) + ")"


def _begins(*words: str) -> re.Pattern[str]:
    """What finds a word that begins with one of these."""
    return re.compile(r"(?<!\w)" + _one_of(*words))


_NO_ANSWER = re.compile(
    r"[?!.…_/*–—\s-]*|"
    + _one_of(
        "tbd | tbc | todo | n/?a | none | nil | unknown | not (?:yet )?(?:known|defined|decided) | not yet.*",
        "don't know",
        "to be (?:defined|decided|confirmed|determined|done) | aucune? | neant | inconnue? | sans objet",
        "pas encore.*",
        "(?:reste )?a (?:definir|preciser|determiner|completer|voir|venir|trouver) | (?:je|on) ne sais? pas",
    )
    + r"[\W_]*"
)
_NOBODY = re.compile(
    _one_of(
        "everyone | everybody | anyone | anybody | nobody | all | people",
        "tous | toutes | tout le monde | tout un chacun | chacun | les gens | n'importe qui | personne | on",
    )
    + r"[\W_]*"
)


def _said(row: Hypothesis) -> Hypothesis:
    """The row in plain words, with what is no answer taken away."""
    words = {name: plain(getattr(row, name)[:_READ]) for name in FIELDS}
    words = {name: "" if _NO_ANSWER.fullmatch(value) else value for name, value in words.items()}
    return Hypothesis(**words | {name: "" for name in ("population", "owner") if _NOBODY.fullmatch(words[name])})


# Words that several rules need ----------------------------------------------------------------------

_RATE = _begins(
    r"taux\b | parts? (?:\w+ )?(?:des?|du|d') | proportion | pourcentage | fraction (?:of|des?|du|d') | ratio\b",
    r"rate\b | (?:market )?share (?:of|among) | market share | percentage",
)
_PER_CENT = re.compile(
    r"%|‰|\b(?:pour ?cents?\b|per ?cent\b|pour mille|pourcentage|percentage|ratio|proportion|taux|rate)"
)
_POINTS = re.compile(r"\b(?:points?|pts?|pp)\b")
_COUNT = _begins(r"nombre | nb\b | numbers? of | count of | how many | combien")
_SCORE = re.compile(
    r"\b(?:scores?|notes?|ratings?|notation|indice|index|nps|net promoter|csat|sus|bareme|echelle|scale)\b"
    r"|(?:\bsur|\bout of|/) ?(?:[457]|10|20|100)\b(?! ?\w)"
)
_CHANGE = _begins(
    r"(?:evolution|variation|croissance|progression|hausse|baisse|augmentation|diminution|reduction|recul)s?\b",
    r"(?:change|growth|increase|decrease|rise|drop|gain)s?\b",
)
_UNIT_OF_TIME = _one_of(
    "jour | heure | minute | seconde? | semaine | mois | trimestre | semestre | an | annee",
    "day | hour | week | month | quarter | year",
)
_UNIT_OF_TIME += r"s?\b"
_PERIOD = r"(?:(?:jour|semaine|mois|trimestre|semestre|annee|an|day|week|month|quarter|year|annum)\b)"
_MONTH = _one_of(
    "janvier | fevrier | mars | avril | mai | juin | juillet | aout | septembre | octobre | novembre | decembre",
    "january | february | march | april | may | june | july | august | september | october | november | december",
)
_THE = "(?>(?:the |our |its |le |la |les |l'|notre |nos |son |sa |leur )?)"
_START = _one_of(
    "lancement | ouverture | creation | debut | origine | demarrage | deploiement",
    "mise en (?:ligne|service|place|oeuvre|œuvre)",
)
_START_EN = "(?:was |were )?(?:launch|inception|opening|opened|start|beginning|creation|began)"
_SINCE_THE_START = _one_of(
    rf"depuis toujours | depuis que | depuis {_THE}{_START}",
    rf"since (?:the |its |our |we )?(?:\w+ )?{_START_EN} | since day one | since going live | since go-live",
    rf"(?:depuis|since) (?:en |le )?(?:1er )?(?:{_MONTH} )?20\d\d",
)


def _is_rate(row: Hypothesis) -> bool:
    if _SCORE.search(row.metric) or _SCORE.search(row.unit):
        return False
    named = bool(_RATE.search(row.metric)) and not _COUNT.match(row.metric)
    if _POINTS.search(row.unit):
        return named
    if _PER_CENT.search(row.unit):
        return named or not _CHANGE.search(row.metric)
    return named and not row.unit


# Units ----------------------------------------------------------------------------------------------

_MATTER = _one_of(
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


def _no_unit(row: Hypothesis) -> bool:
    if not row.metric or row.unit:
        return False
    named = (_RATE, _COUNT, _ON_A_KNOWN_SCALE, _UNIT_SAID)
    return not (any(pattern.search(row.metric) for pattern in named) or _counts_use(row.metric))


# Denominators ---------------------------------------------------------------------------------------

# What is no group of people or things: "percentage of satisfaction" does not say out of whom.
_NO_GROUP = _one_of(
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
_STATE = _one_of(
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
    rf"|\bper (?!cent|{_PERIOD})\w|\bpour (?:\d|mille)|\w / \w|÷"
)
_OUT_OF_IN_UNIT = re.compile(r"(?:%|cent) (?:des?|du|d'|of)\b|\b(?:par|per|pour) (?!cent|mille$)\w|\w ?/ ?\w")


def _no_denominator(row: Hypothesis) -> bool:
    if not row.metric or row.denominator or not _is_rate(row):
        return False
    said = _OUT_OF.search(row.metric) or _OUT_OF.search(row.numerator) or _OUT_OF_IN_UNIT.search(row.unit)
    return not said


# Use ------------------------------------------------------------------------------------------------

_NETWORK = _one_of(
    r"social (?:media|networks?) | medias? sociaux | reseaux? socia(?:ux|l)",
    r"facebook | instagram | linkedin | twitter | tiktok | youtube | mastodon | bluesky",
)
# What may stand before the thing counted: "total number of unique …", "hausse du nombre de …".
_COUNTING = _one_of(
    r"nombre | nb | volume | total\w* | totaux | cumul\w* | des? | du | d | la | les? | l | nos | notre | mensuel\w*",
    r"nouveaux | nouvelles | nouveau | moyen\w* | croissance | hausse | augmentation | evolution | plus",
    r"application | creations? | ouvertures? | forum | chat | chatbot",
    r"website | web | sites? | pages? | apps? | mobile",
    r"numbers? | count | of | the | our | all | (?:dai|week|month|quarter|year)ly | annual | unique | active",
    r"registered | new | average | mean | growth | increase | rise | in | more",
    r"platform | portal | newsletter | online | users? | service | video | api | repeat | \d+",
    _NETWORK,
)
_SERVICE = _one_of(
    r"site | appli | app\b | service | plate-?forme | platform | outil | tool | page | portail | portal | newsletter",
    rf"lettre | infolettre | web | apis?\b | {_NETWORK}",
)
# What may follow a word that is not always about use: "inscrits" alone, or "au service", not "à une formation".
_THEN_NOTHING = r"(?=\W*" + _one_of(
    r"$ | cumul | total | mensuel | par\b | chaque | ce mois | depuis | a ce jour | cree | actif | active",
    r"enregistr",
    r"inscrit | connect | en ligne | valide | d'ici | avant\b | qui\b | ayant\b | monthly | per\b | each",
    r"in the | this",
    r"since | to date | unique | registered | logged | online | by\b | before\b | who\b | having\b",
    rf"(?:aux?|a|sur|vers|on|to|of|for|du|de) ?{_THE}{_SERVICE}",
)
_THEN_NOTHING += ")"
_OPENED = r"(?:cree|creent|ouvert|ouvrent|created?|opened?) (?:un|leur|an|their) (?:\w+ )?(?:compte|account)"
_USED_IT = r"(?:(?:ont|avoir|se sont|s'etre|have|has|had) )?" + _one_of(
    rf"{_OPENED} | signed? up\b(?! for a) | inscri\w*{_THEN_NOTHING} | registered{_THEN_NOTHING}",
    rf"log(?:ged)? in | connect\w* | (?:visit|telecharg|download|utilis|use|consult|ouvr|open)\w* {_THE}{_SERVICE}",
)
_MADE = _one_of(
    r"envoy | echang | recue?s?\b | post | publi | ouvert | lus\b | entre\b | depos | effectu | realis | lanc",
    r"faite",
    r"termin | sent\b | exchang | receiv | opened | read\b | between | run\b | made\b | complet | started",
)
_ELSEWHERE = _one_of(
    "a domicile | a l'hopital | medicale | guidee | au guichet | aux urgences | d' | by | at home | from",
    "de (?:logement|controle|terrain|chantier|prison|musee|suivi)",
    r"(?:to|of|in) (?:the )?(?:\w+ )?(?:ward|desk|hospital|farm|home|doctor|museum|park|counter|office|prison)",
)
_MINUTES_OF = _one_of(
    "pass | vues | visionn | echang | (?:d'|de )(?:utilis|usage|connexion|convers|visio|video|communic|appels?)",
    "(?:d'|de )(?:ecoute|lecture|navigation|chat|reunion)",
    "of (?:use|usage|video|calls?|listening|reading|browsing|chat)",
    "of (?:meeting|conversation) | spent | logged | watched | listened | exchang | on (?:the|our)",
)
# What a place is connected to, which nobody visits.
_PIPES = r"(?:(?:aux?|a|de) ?(?:la |l'|le )?)?" + _one_of(
    "internet | fibre | haut | tres | reseaux?(?! socia) | electri | eau | gaz | assainis | egout",
    "tout-a-l'egout | chauffage",
)
_SENT = r"(?:lettres?|newsletters?|infolettres?|e-?mails?|mails?|courriels?|messages?|sms|notifications?|alertes?)\b"
_USE = _one_of(
    r"comptes?\b(?! (?:rendu|bancaire|annuel|administratif|courant|epargne|public|a jour|d'exploitation|en banque))",
    r"(?:(?:citizen|business|customer|professional|personal|company|family|student|client|member|individual) )?"
    r"account(?:s| creations?| openings?)\b(?! (?:closed|receivable|payable|of|for)\b)",
    rf"(?:inscri(?:ptions?|ts?|tes?)|abonne(?:s|es|ments?)?|enrolments?|members|membres)\b{_THEN_NOTHING}",
    r"sign-?ups?\b(?! for a) | registrations?\b(?! of) | subscri(?:bers?|ptions?)\b",
    rf"visit(?:es?|eurs?|euses?|s|ors?)\b(?! {_ELSEWHERE}) | pages? vues?\b | page ?views?\b | vues?\b | views?\b",
    rf"(?:sessions?|partages|connections|usages?|requetes?|requests|audience)\b{_THEN_NOTHING}",
    r"(?:impressions|likes|followers|retweets|searches|log-?ins?|sign-?ins?|m[ad]us?|waus?)\b",
    r"(?:trafic|traffic)\b(?! (?:routier|aerien|ferroviaire|maritime|poids|accident|jam|fine|de ))",
    rf"connexions?\b(?! {_PIPES})",
    rf"(?:clics?|clicks?|telechargements?|downloads?)\b | messages?\b(?: {_MADE}|{_THEN_NOTHING})",
    rf"(?:e-?mails?|mails?|courriels?|sms|notifications?|newsletters?|alertes?|alerts?) {_MADE}",
    rf"(?:minutes?|heures?|hours?) {_MINUTES_OF}",
    rf"(?:temps|duree|time|duration)(?: \w+)? (?:passee?|spent) (?:sur|dans|on|in|with) (?:\w+ |l')?{_SERVICE}",
    rf"(?:users|usagers|utilisateurs?)\b(?: mensuel| quotidien| hebdo|{_THEN_NOTHING}) | (?:\w+ )?utilisatrices?\b",
    rf"\w+ (?:qui|who|ayant|having) {_USED_IT} | \w+ (?:utilisant|visitant|using|visiting) {_THE}{_SERVICE}",
    r"(?:pages?|fiches?|articles?|contenus?|videos?|sheets?) (?:visit|consult|view|vues?\b|lue?s\b|read\b|ouvert|open)",
    rf"\w+ (?:telecharge|downloaded) | \w+ consultee?s (?:sur|dans) {_THE}{_SERVICE} | plays\b | \w+ inscrite?s\W*$",
    r"(?<=registered )(?:school|association|organi[sz]ation|town|municipalit|compan|team|agent|people|famil)\w*\W*$",
    r"(?:usage|call|talk|video|meeting|chat) minutes\b | minutes(?: used\b| (?:par|per) (?:us|utilis)|\W*$)",
    rf"(?:temps|duree) de (?:connexion|session|navigation) | time on {_THE}{_SERVICE}",
    rf"(?:fois ou|times) {_THE}{_SERVICE} | session (?:time|duration|length)",
    rf"(?:conversations?|chats)\b(?: avec| with|{_THEN_NOTHING})",
    rf"\w+ (?:inscri\w*|connectee?s|registered) (?:sur|on|aux?|a|to|with) ?{_THE}{_SERVICE}",
    r"(?:utilisations?|uses)\b | frequentation\b(?! (?:scolaire|des (?:cantine|transport|biblio|ecole|parc)))",
    rf"(?:simulations?|recherches?|consultations?|demarches?|transactions?)\b(?: {_MADE}|{_THEN_NOTHING})",
    r"appels? (?:a l')?api | calls?\b(?= to the api)",
    r"(?:apis?|endpoints?) (?:appel|interrog|sollicit|consult|utilis|called|queried|used)",
    rf"taux (?:moyen )?(?:de |d')(?:clics?|connexion(?! {_PIPES})|rebond|visite|telechargement)\b",
    rf"taux (?:moyen )?(?:d'ouverture|de lecture) (?:du|des|de|d') ?{_THE}{_SENT}",
    r"(?:click|open|bounce|log-?in|download|visit)[- ](?:through[- ])?rate\b",
)
_USE_FIGURE = rf"(?:{_COUNTING}(?:\W+|$))*{_USE}"
_USE_FIRST = re.compile(rf"\W*{_USE_FIGURE}")
# What comes of the use: then the figure is no longer mere use.
_AND_THEN = _begins(
    rf"(?:qui|who|dont|that|which|ayant|having)\b(?! {_USED_IT})",
    r"suivie?s?\b | aboutiss | menant | debouch | resolu | sans\b | evite | epargn | en moins",
    r"whose | followed | leading | result | solved | without | ended in | avoid | spared | saved | prevent",
)
_AIMING = r"(?:^|\b(?:plus de|more)\b\W+|\b" + _one_of(
    r"augment\w* | accroitre | atteindre | atteint | obtenir | depass\w* | avons | avoir | compte | doubler",
    r"tripler",
    r"multiplier | viser | generer | increas\w* | grow\w* | boost\w* | reach\w* | get | have | double | triple",
    r"aim\w* (?:for|at) | generate",
)
_AIMING += r"\b\W+)"
_CLAIM = r"\bimpact\w*\b[^.;]{0,25}?" + _one_of(
    r"\best\b | \bsera\b | \bse mesure | \bse voit | \bvient | \bprouve | \bdemontre | \bmesure | = | :",
    r"\bis\b | \bare\b | \bcomes | \bshow | \bmeasured",
)
_PROOF = _one_of(
    r"(?:prou?v|demontr|montr|temoign|atteste|illustr|preuve|show|demonstrat|evidence|confirm)\w*[^.;]{0,25}?\bimpact",
    r"(?:as|comme) (?:an? |un |our |notre )?impact",
    rf"(?:mesur|measur)\w* {_THE}impact\w* (?:\w+ ){{0,2}}?(?:par|au|aux|avec|by|with|through|in)\b",
)
_CLAIMS_IMPACT = re.compile(rf"{_CLAIM}|\b{_PROOF}")
_CLAIMS_USE_AS_IMPACT = re.compile(
    rf"{_CLAIM}(?:\W+\w+){{0,4}}?\W+{_USE_FIGURE}|(?<!\w){_USE_FIGURE}(?:\W+\w+){{0,5}}?\W+{_PROOF}"
)
_DENIED = re.compile(r"\b(?:ne|n'|not|no|sans|without|cannot|pas|avant|before)\b|n't\b")
_SPEAKS_OF_USE = _begins(r"utilis | used?\b | uses\b | using | usage | adopt | frequent")
_OF_USE = ("usable", "used")
"""The concepts that use itself shows."""


def _counts_use(words: str) -> bool:
    found = _USE_FIRST.match(words)
    return found is not None and not _AND_THEN.search(words, found.end())


def _claims(claim: re.Pattern[str], words: str) -> bool:
    return any(not _DENIED.search(found[0]) for found in claim.finditer(words))


def _usage_as_impact(row: Hypothesis) -> bool:
    if _claims(_CLAIMS_USE_AS_IMPACT, row.statement):
        return True
    if not row.metric:
        return row.concept not in _OF_USE and bool(re.search(_AIMING + _USE_FIGURE, row.statement))
    figure = _counts_use(row.metric) or (not row.denominator and _counts_use(row.numerator))
    if not figure or row.direction == "less":
        return False
    if _claims(_CLAIMS_IMPACT, row.statement):
        return True
    if row.concept in _OF_USE or row.stands_for:
        return False
    return bool(row.concept or row.kind) or not _SPEAKS_OF_USE.search(row.statement)


# Totals that only grow ------------------------------------------------------------------------------

_GROWS = _begins(
    rf"cumul | {_SINCE_THE_START} | a ce jour | jusqu'a (?:present|aujourd'hui|ce jour|maintenant) | au total",
    "all[- ]time | running total | to date | so far | until now | in total",
)
_TOTAL = re.compile(r"\b(?:nombre total|nb total|total number|total count)\b|^total ")
# What piles up, even when it is read every month.
_STOCK = _begins(r"compte | inscri | abonne | account | sign-?up | regist | subscri | member")
_WINDOW = _begins(
    r"glissant | par (?!les? |la |l'|des |nos |notre |un |une )\w | chaque | mensuel | hebdo | annuel | trimestr",
    r"sur (?:\d|un an|une annee|l'annee|l'an|le mois|les \w+ derni|douze) | derniers mois",
    r"rolling | per \w | each | monthly | weekly | annual | yearly | quarter | last \d",
    r"over (?:the )?(?:last|past|year|month|\d) | (?:dans|de|of|in) (?:l'|the )(?:annee|year|month)\b",
)
_OF_ONE = _begins("moyen | median | average | mean | delai | delay | evolution | variation")


def _vanity(row: Hypothesis) -> bool:
    if row.denominator or _is_rate(row) or _SCORE.search(row.metric) or _OF_ONE.search(row.metric):
        return False
    if not row.metric:
        return bool(re.search(_USE_FIGURE, row.statement)) and _only_grows(row.statement)
    if any(_only_grows(words) for words in (row.metric, row.numerator, row.unit, row.period)):
        return True
    if not _TOTAL.search(row.metric) or _QUANTITY.search(row.metric.replace("nombre", "").replace("number", "")):
        return row.period.startswith("total")
    bounded = _WINDOW.search(row.metric) or (row.period and not _STOCK.search(row.metric))
    return not bounded and row.direction != "less"


def _only_grows(words: str) -> bool:
    return bool(_GROWS.search(words)) and not _WINDOW.search(words)


# Proxies --------------------------------------------------------------------------------------------

_INDIRECT = _one_of(
    r"prox(?:y|ies)\b(?! server) | (?:mesure|estime)\w* indirectement | faute de mieux | a defaut de mieux",
    r"(?:indicateur|mesure|metrique|signal|signaux|critere|chiffre)s? (?:\w+ )?(?:indirect|approch)\w*",
    r"(?:indicateur|mesure|metrique|critere)s? de (?:substitution|remplacement)",
    r"(?:indirect|substitute|surrogate|stand-in|proxy) (?:measure|indicator|metric|sign|figure)s?",
    r"(?:measured|estimated) indirectly | for (?:want|lack) of (?:anything |something )?(?:a )?better",
)
# "A proxy for now", "of success": no change is named.
_NO_CHANGE = "(?:real |vrai |true )?" + _one_of(
    r"impact | effet | effect | success | succes | now\b | time\b | lack | better | instant | moment | heure | mieux"
)
_PROXY = re.compile(
    r"(?P<denied>\b(?:not|no|pas|sans|without|aucun|never|jamais)\W+(?:(?:an?|une?|de|d|simple|mere)\W+)*)?"
    rf"\b{_INDIRECT}(?P<stands_for>\W{{1,3}}(?:of|for|pour|du|des?|d)\W+{_THE}(?!{_NO_CHANGE})\w)?"
)


# "Until we can measure it, we count…".
_INSTEAD = re.compile(
    r"\b(?:en attendant de (?:pouvoir |savoir )?(?:le |la |les |l')?"
    r"|until we (?:can|are able to|learn to|know how to) )"
    r"(?:mesur|suivre|connaitre|observ|evalu|measur|follow|track|know|assess)"
    r"[^.;]{0,100}?\b(?:nous|on|we) (?:compt|regard|suiv|observ|mesur|relev|count|look|track|follow|watch|measur|use\b)"
)


def _proxy_unattached(row: Hypothesis) -> bool:
    if row.stands_for:
        return False
    places = (row.metric, row.numerator, row.statement, row.objective, row.limits)
    if any(_INSTEAD.search(words) for words in places):
        return True
    return any(not (found["denied"] or found["stands_for"]) for words in places for found in _PROXY.finditer(words))


# Periods --------------------------------------------------------------------------------------------

_EVERY = _one_of(
    "par | chaque | ce | cette | du | de l' | de la | (?:dans|sur) (?:le|la|l') | au cours (?:du|de l'|de la)",
    "per | each | every | this | (?:in|of|over|during|for) the | (?:the )?last | (?:sur|over) (?:une?|an?|one|1)",
)
_WHICH = _one_of(
    "premiere? | derniere? | seconde? | deuxieme | meme | civile? | scolaire",
    "first | second | last | same | whole | school | calendar | fiscal",
)


def _period(adjectives: str, nouns: str) -> re.Pattern[str]:
    """What finds "monthly", "in the last month" and "users (month)", not "after a month"."""
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
_PER_PERIOD = re.compile(rf"\b(?:par|per) (?={_PERIOD})")
_DIVIDES = re.compile(
    r" / |÷|\bdivise\w* par\b|\bdivided by\b|\brapporte\w* a(?:ux?)?\b|\bpar\b|\bper\b|\bover\b(?! the)"
)


def _period_mismatch(row: Hypothesis) -> bool:
    # "per month" is a period, not a division.
    left, *right = _DIVIDES.split(_PER_PERIOD.sub("chaque ", row.metric), maxsplit=1)
    above = row.numerator or (left if right or row.denominator else "")
    below = row.denominator or "".join(right)
    if _BROUGHT_TO_ONE.search(above) or _BROUGHT_TO_ONE.search(below):
        return False
    periods = [{name for name, pattern in _PERIODS.items() if pattern.search(half)} for half in (above, below)]
    return all(periods) and periods[0].isdisjoint(periods[1])


# Points or per cent ---------------------------------------------------------------------------------

_SO_MUCH = r"(?<!\d)(?:\d{1,4}(?:[.,]\d+)?|cinq|dix|quinze|vingt|trente|five|ten|fifteen|twenty|thirty)"
_ABOUT = "(?:environ |au moins |pres de |plus de |about |at least |around |some |more than |over )?"
_SO_MANY_PER_CENT = rf"{_ABOUT}{_SO_MUCH} ?(?:%|pour ?cents?\b|per ?cent\b)"
_MOVES = r"\b" + _one_of(
    "augment | accroi | hauss | baiss | abaiss | diminu | redui | reduc | gagn | gain | progress | amelior",
    "croi | mont",
    "remont | recul | chut | perd | perte | elev | relev | boost | dop | bond | increas | rais | lift | push",
    "expand",
    "improv | cut | lower | drop | shrink | halv | slash | gr[eo]w | ris[ei] | rose | decreas | declin | fall | fell",
    "climb | jump | los[et]",
)
_MOVES += r"\w*"
_MOVED = _one_of(
    r"plus\b | moins\b | mieux\b | supplementaire | en plus | en moins | hausse | baisse | augmentation",
    r"increase | rise",
    r"drop | fall\b | improvement | reduction | decrease | gain | growth | cut\b | higher | lower | better",
    r"more\b | less\b",
    "fewer",
)
_AMONG = " (?:des|de nos|d'entre|of) "
_MOVES_BY = re.compile(
    rf"{_MOVES} (?:de |d'|by |of )?{_SO_MANY_PER_CENT}(?! (?:a|to) \d)"
    rf"|{_MOVES}(?:\W+[^\W\d]+){{1,9}}?\W+(?:de |d'|by ){_SO_MANY_PER_CENT}(?! (?:a|to) \d|{_AMONG})"
    rf"|{_MOVES} (?:[\w'-]+ ){{1,6}}?(?:rates?|taux|percentages?) {_SO_MANY_PER_CENT}(?! (?:a|to) \d)"
    rf"|\b(?:up|down) (?:by )?{_SO_MANY_PER_CENT}"
    rf"|(?:^|[\s(:,])[+−–-] ?{_SO_MANY_PER_CENT}"
    rf"|{_SO_MANY_PER_CENT} (?:de |d')?{_MOVED}"
    rf"|{_SO_MANY_PER_CENT}(?: \w+){{1,5}}? (?:en plus|en moins|supplementaire)",
)
_SETTLED = re.compile(
    rf"{_POINTS.pattern}|\brelati|valeur absolue|absolute"
    r"|\b(?:de|from) \d+(?:[.,]\d+)? ?(?:%|per ?cent|pour ?cent)? ?(?:a|to) \d"
)
# What a change in per cent says plainly.
_QUANTITY = _begins(
    "delai | temps | duree | attente | cout | nombre | volume | quantite | montant | facture | depense",
    "budget | prix",
    "revenu | salaire | emission | consommation | energ | dechet | tonne | kilo | heure | jours | minute",
    "euro | effectif",
    r"distance | poids | surface | trafic | times?\b | delay | wait | cost | number | amount | bill | spend | price",
    "income | wage | consumption | waste | hour | days | weight | area | traffic",
)
_CHANGE_OF_A_RATE = re.compile(
    rf"{_CHANGE.pattern}(?: \w+)? (?:of|in|de|du|des|d') ?{_THE}(?:[\w-]+ ){{0,3}}?{_RATE.pattern}"
    r"|\brate (?:change|increase|decrease|growth|variation)"
)


def _points_or_percent(row: Hypothesis) -> bool:
    if _CHANGE_OF_A_RATE.search(row.metric) and (not row.unit or _PER_CENT.search(row.unit)):
        return not _SETTLED.search(f"{row.metric} {row.unit}")
    texts = (words for words in (row.statement, row.metric, row.objective) if not _SETTLED.search(words))
    sentences = (sentence for words in texts for sentence in re.split(r"[.;:!?](?!\d)", words))
    return any(
        _of_a_rate(sentence, found.end(), row) for sentence in sentences for found in _MOVES_BY.finditer(sentence)
    )


_CLAUSE = re.compile(r", |\b(?:mais|but|tandis que|alors que|while|whereas)\b")


def _of_a_rate(sentence: str, moved: int, row: Hypothesis) -> bool:
    """Whether what moves by so much, as said up to `moved`, is a rate."""
    bounds = [0, *(found.start() for found in _CLAUSE.finditer(sentence)), len(sentence)]
    # "The delay falls by 10 %, and the take-up rate is stable" is plain.
    clause = sentence[max(at for at in bounds if at < moved) : min(at for at in bounds if at >= moved)]
    if _RATE.search(clause):
        return True
    if _QUANTITY.search(clause):
        return False
    return bool(_RATE.search(sentence)) or (bool(row.metric) and _is_rate(row) and not _QUANTITY.search(sentence))


# Use times a constant -------------------------------------------------------------------------------

_NUMBER = r"(?<!\d)\d{1,12}(?:[.,]\d{1,9})?"
_UNIT = _one_of(
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
    rf"{_QUANTUM}(?: (?!par|per)\w+){{0,3}} ?(?:par |per |/ ?|a chaque |for each |pour chaque )(?!{_PERIOD})[a-z]"
)
_SPARES = r"(?:evit|economis|epargn|gagn|sav|avoid|spar|gain)\w*"
_EACH_SPARES = re.compile(
    r"\b(?:chaque|each|every|one|an?|une?) (?:\w+ ){1,3}?(?:fait |permet d'|permet de )?"
    rf"{_SPARES} (?:\w+ )?{_QUANTUM}"
    rf"|{_QUANTUM} (?:\w+ ){{0,3}}?{_SPARES} (?:par|per|a chaque|for each|each) (?!{_PERIOD})\w"
)
_PER_ONE = re.compile(rf"\b(?:par|per) (?!{_PERIOD})\w|\bmoyen|\bmedian|\baverage|\bmean\b")
# Where a constant comes from, or for whom it holds.
_ORIGIN = _begins(
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


def _coefficient_times_proxy(row: Hypothesis) -> bool:
    if _ORIGIN.search(row.limits) and not _ORIGIN_UNKNOWN.search(row.limits):
        return False
    formula = (row.metric, row.numerator, row.collection)
    if any(_USE_TIMES_CONSTANT.search(words) for words in (*formula, row.statement)):
        return True
    if _is_rate(row):
        return False
    fixed = any(_AT_SO_MUCH_EACH.search(words) for words in formula)
    return fixed or bool(_EACH_SPARES.search(row.statement) and not _PER_ONE.search(row.metric))


# Values and dates -----------------------------------------------------------------------------------


def _target_not_better(row: Hypothesis) -> bool:
    if not (row.baseline and row.target):
        return False
    gained = Decimal(row.target) - Decimal(row.baseline)
    return {"more": gained <= 0, "less": gained >= 0}.get(row.direction, gained == 0)


def _date_order(row: Hypothesis) -> bool:
    began, ends = day(row.baseline_date), day(row.target_date)
    return began is not None and ends is not None and ends <= began


_RULES: Mapping[str, Callable[[Hypothesis], bool]] = {
    "no-population": lambda row: not row.population,
    "no-unit": _no_unit,
    "no-denominator": _no_denominator,
    "no-baseline": lambda row: not row.baseline,
    "no-target": lambda row: not row.target,
    "no-source": lambda row: not row.source,
    "no-owner": lambda row: not row.owner,
    "usage-as-impact": _usage_as_impact,
    "vanity": _vanity,
    "proxy-unattached": _proxy_unattached,
    "period-mismatch": _period_mismatch,
    "points-or-percent": _points_or_percent,
    "coefficient-times-proxy": _coefficient_times_proxy,
    "target-not-better": _target_not_better,
    "date-order": _date_order,
}
