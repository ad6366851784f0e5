"""Use, and use that is taken for impact.

Usage is a sound figure for what a service is *used* for. Usage is no impact, neither under another concept nor where
the statement says that it is. A proxy that says what it stands for does not claim to be one either.
"""

from __future__ import annotations

import re

from impactlib.domain.check.words import THE, begins, one_of
from impactlib.domain.hypotheses import Hypothesis

_NETWORK = one_of(
    r"social (?:media|networks?) | medias? sociaux | reseaux? socia(?:ux|l)",
    r"facebook | instagram | linkedin | twitter | tiktok | youtube | mastodon | bluesky",
)
# Words that may precede the thing counted: "total number of unique …", "hausse du nombre de …".
_COUNTING = one_of(
    r"nombre | nb | volume | total\w* | totaux | cumul\w* | des? | du | d | la | les? | l | nos | notre | mensuel\w*",
    r"nouveaux | nouvelles | nouveau | moyen\w* | croissance | hausse | augmentation | evolution | plus",
    r"application | creations? | ouvertures? | forum | chat | chatbot",
    r"website | web | sites? | pages? | apps? | mobile",
    r"numbers? | count | of | the | our | all | (?:dai|week|month|quarter|year)ly | annual | unique | active",
    r"registered | new | average | mean | growth | increase | rise | in | more",
    r"platform | portal | newsletter | online | users? | service | video | api | repeat | \d+",
    _NETWORK,
)
_SERVICE = one_of(
    r"site | appli | app\b | service | plate-?forme | platform | outil | tool | page | portail | portal | newsletter",
    rf"lettre | infolettre | web | apis?\b | {_NETWORK}",
)
# Text that may follow a word that is not always about use: "inscrits" alone, or "au service", not "à une formation".
_THEN_NOTHING = r"(?=\W*" + one_of(
    r"$ | cumul | total | mensuel | par\b | chaque | ce mois | depuis | a ce jour | cree | actif | active",
    r"enregistr",
    r"inscrit | connect | en ligne | valide | d'ici | avant\b | qui\b | ayant\b | monthly | per\b | each",
    r"in the | this",
    r"since | to date | unique | registered | logged | online | by\b | before\b | who\b | having\b",
    rf"(?:aux?|a|sur|vers|on|to|of|for|du|de) ?{THE}{_SERVICE}",
)
_THEN_NOTHING += ")"
_OPENED = r"(?:cree|creent|ouvert|ouvrent|created?|opened?) (?:un|leur|an|their) (?:\w+ )?(?:compte|account)"
_USED_IT = r"(?:(?:ont|avoir|se sont|s'etre|have|has|had) )?" + one_of(
    rf"{_OPENED} | signed? up\b(?! for a) | inscri\w*{_THEN_NOTHING} | registered{_THEN_NOTHING}",
    rf"log(?:ged)? in | connect\w* | (?:visit|telecharg|download|utilis|use|consult|ouvr|open)\w* {THE}{_SERVICE}",
)
_MADE = one_of(
    r"envoy | echang | recue?s?\b | post | publi | ouvert | lus\b | entre\b | depos | effectu | realis | lanc",
    r"faite",
    r"termin | sent\b | exchang | receiv | opened | read\b | between | run\b | made\b | complet | started",
)
_ELSEWHERE = one_of(
    "a domicile | a l'hopital | medicale | guidee | au guichet | aux urgences | d' | by | at home | from",
    "de (?:logement|controle|terrain|chantier|prison|musee|suivi)",
    r"(?:to|of|in) (?:the )?(?:\w+ )?(?:ward|desk|hospital|farm|home|doctor|museum|park|counter|office|prison)",
)
_MINUTES_OF = one_of(
    "pass | vues | visionn | echang | (?:d'|de )(?:utilis|usage|connexion|convers|visio|video|communic|appels?)",
    "(?:d'|de )(?:ecoute|lecture|navigation|chat|reunion)",
    "of (?:use|usage|video|calls?|listening|reading|browsing|chat)",
    "of (?:meeting|conversation) | spent | logged | watched | listened | exchang | on (?:the|our)",
)
# Networks that a place is connected to, and that nobody visits.
_PIPES = r"(?:(?:aux?|a|de) ?(?:la |l'|le )?)?" + one_of(
    "internet | fibre | haut | tres | reseaux?(?! socia) | electri | eau | gaz | assainis | egout",
    "tout-a-l'egout | chauffage",
)
_SENT = r"(?:lettres?|newsletters?|infolettres?|e-?mails?|mails?|courriels?|messages?|sms|notifications?|alertes?)\b"
_USE = one_of(
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
    rf"\w+ (?:qui|who|ayant|having) {_USED_IT} | \w+ (?:utilisant|visitant|using|visiting) {THE}{_SERVICE}",
    r"(?:pages?|fiches?|articles?|contenus?|videos?|sheets?) (?:visit|consult|view|vues?\b|lue?s\b|read\b|ouvert|open)",
    rf"\w+ (?:telecharge|downloaded) | \w+ consultee?s (?:sur|dans) {THE}{_SERVICE} | plays\b | \w+ inscrite?s\W*$",
    r"(?<=registered )(?:school|association|organi[sz]ation|town|municipalit|compan|team|agent|people|famil)\w*\W*$",
    r"(?:usage|call|talk|video|meeting|chat) minutes\b | minutes(?: used\b| (?:par|per) (?:us|utilis)|\W*$)",
    rf"(?:temps|duree) de (?:connexion|session|navigation) | time on {THE}{_SERVICE}",
    rf"(?:fois ou|times) {THE}{_SERVICE} | session (?:time|duration|length)",
    rf"(?:conversations?|chats)\b(?: avec| with|{_THEN_NOTHING})",
    rf"\w+ (?:inscri\w*|connectee?s|registered) (?:sur|on|aux?|a|to|with) ?{THE}{_SERVICE}",
    r"(?:utilisations?|uses)\b | frequentation\b(?! (?:scolaire|des (?:cantine|transport|biblio|ecole|parc)))",
    rf"(?:simulations?|recherches?|consultations?|demarches?|transactions?)\b(?: {_MADE}|{_THEN_NOTHING})",
    r"appels? (?:a l')?api | calls?\b(?= to the api)",
    r"(?:apis?|endpoints?) (?:appel|interrog|sollicit|consult|utilis|called|queried|used)",
    rf"taux (?:moyen )?(?:de |d')(?:clics?|connexion(?! {_PIPES})|rebond|visite|telechargement)\b",
    rf"taux (?:moyen )?(?:d'ouverture|de lecture) (?:du|des|de|d') ?{THE}{_SENT}",
    r"(?:click|open|bounce|log-?in|download|visit)[- ](?:through[- ])?rate\b",
)
USE_FIGURE = rf"(?:{_COUNTING}(?:\W+|$))*{_USE}"
_USE_FIRST = re.compile(rf"\W*{USE_FIGURE}")
# Words that name a result of the use: the figure is then more than use.
_AND_THEN = begins(
    rf"(?:qui|who|dont|that|which|ayant|having)\b(?! {_USED_IT})",
    r"suivie?s?\b | aboutiss | menant | debouch | resolu | sans\b | evite | epargn | en moins",
    r"whose | followed | leading | result | solved | without | ended in | avoid | spared | saved | prevent",
)
_AIMING = r"(?:^|\b(?:plus de|more)\b\W+|\b" + one_of(
    r"augment\w* | accroitre | atteindre | atteint | obtenir | depass\w* | avons | avoir | compte | doubler",
    r"tripler",
    r"multiplier | viser | generer | increas\w* | grow\w* | boost\w* | reach\w* | get | have | double | triple",
    r"aim\w* (?:for|at) | generate",
)
_AIMING += r"\b\W+)"
_CLAIM = r"\bimpact\w*\b[^.;]{0,25}?" + one_of(
    r"\best\b | \bsera\b | \bse mesure | \bse voit | \bvient | \bprouve | \bdemontre | \bmesure | = | :",
    r"\bis\b | \bare\b | \bcomes | \bshow | \bmeasured",
)
_PROOF = one_of(
    r"(?:prou?v|demontr|montr|temoign|atteste|illustr|preuve|show|demonstrat|evidence|confirm)\w*[^.;]{0,25}?\bimpact",
    r"(?:as|comme) (?:an? |un |our |notre )?impact",
    rf"(?:mesur|measur)\w* {THE}impact\w* (?:\w+ ){{0,2}}?(?:par|au|aux|avec|by|with|through|in)\b",
)
_CLAIMS_IMPACT = re.compile(rf"{_CLAIM}|\b{_PROOF}")
_CLAIMS_USE_AS_IMPACT = re.compile(
    rf"{_CLAIM}(?:\W+\w+){{0,4}}?\W+{USE_FIGURE}|(?<!\w){USE_FIGURE}(?:\W+\w+){{0,5}}?\W+{_PROOF}"
)
_DENIED = re.compile(r"\b(?:ne|n'|not|no|sans|without|cannot|pas|avant|before)\b|n't\b")
_SPEAKS_OF_USE = begins(r"utilis | used?\b | uses\b | using | usage | adopt | frequent")
_OF_USE = ("usable", "used")
"""The concepts that use itself shows."""


def counts_use(words: str) -> bool:
    """Whether a figure counts use, and does not go on to what comes of it."""
    found = _USE_FIRST.match(words)
    return found is not None and not _AND_THEN.search(words, found.end())


def _claims(claim: re.Pattern[str], words: str) -> bool:
    return any(not _DENIED.search(found[0]) for found in claim.finditer(words))


def usage_as_impact(row: Hypothesis) -> bool:
    if _claims(_CLAIMS_USE_AS_IMPACT, row.statement):
        return True
    if not row.metric:
        return row.concept not in _OF_USE and bool(re.search(_AIMING + USE_FIGURE, row.statement))
    figure = counts_use(row.metric) or (not row.denominator and counts_use(row.numerator))
    if not figure or row.direction == "less":
        return False
    if _claims(_CLAIMS_IMPACT, row.statement):
        return True
    if row.concept in _OF_USE or row.stands_for:
        return False
    return bool(row.concept or row.kind) or not _SPEAKS_OF_USE.search(row.statement)
