"""Leaving with something: the summary as a page and as text, the whole state as JSON, and the command."""

from __future__ import annotations

import base64
import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from markdown_it import MarkdownIt

from impactlib import export
from impactlib.cli import main
from impactlib.domain import events as e
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.clock import AROUND
from impactlib.domain.events import Entry
from impactlib.domain.fold import history
from impactlib.domain.hypotheses import OF_METRIC
from impactlib.domain.scoring import Formula, Row
from impactlib.domain.session import Session
from impactlib.domain.standing import ranking
from impactlib.domain.summary import minute, missing
from impactlib.export.html import html
from impactlib.export.labels import Box, apart
from impactlib.export.markdown import markdown
from impactlib.export.picture import Spot, data_uri, draw, spots
from impactlib.export.session_json import SCHEMA, session_json, state
from impactlib.gestures import Asking
from impactlib.views.render import environment
from tests.conftest import Room, Time, examples, few, live_the_hour, path_of, unshown
from tests.harness import find_browser

IN_FRENCH = """\
# Compte rendu de l’atelier impact\u00a0: Colis Solidaire

Le 18/05/2033. Déroulé\u00a0: Atelier impact, 60\u00a0min.

Confidentiel\u00a0: pour les personnes présentes, sauf si l’équipe en décide autrement.

## La demande en une phrase

> Aidez-nous à mesurer le délai

## Ce qui a été appris

- Le délai dit plus que les inscriptions (Marc)

## Mesures gardées

- Délai médian (données correctes à 50\u00a0%)

## Actions

| Action | Responsable | Pour le |
| --- | --- | --- |
| Compter les abandons | Marc | 07/12/2026 |

## Valeur et facilité des mesures

![La valeur pour les usagers selon la facilité d’obtenir la donnée\u202f; le classement dit la même chose.][matrix]

1. Délai médian
2. Visites du site

À gauche d’un point, un trait dit jusqu’où sa facilité n’est pas sûre\u00a0: moins les données sont correctes, plus il \
est long.

## À compléter

- quelle mesure est la mesure phare
- la décision de chaque mesure gardée\u00a0: seuil, date, qui décide, ce qui se passe s’il n’est pas atteint
- ce que l’équipe fait de chaque recommandation

## Participants

- Animation\u00a0: Ada
- Équipe\u00a0: Marc
- Consultants\u00a0: Inès
- Observateurs\u00a0: Lou

## Classement

Classement\u00a0: valeur médiane pour les usagers × facilité médiane d’obtenir la donnée.

| Rang | Mesure | Valeur | Facilité | Produit | Données correctes à | Votants |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| 1 | Délai médian | 5 | 3 | 15 | 50\u00a0% | 2 |
| 2 | Visites du site | 1 | 5 | 5 | 90\u00a0% | 2 |

## Le problème

- Les familles attendent trois semaines (Marc)

## Pour qui

- Les familles orientées en urgence (Marc)

## Ce que l’équipe attend

- Un chiffre à suivre (Marc)

## Ce que chaque personne attendait

- Comprendre vos usagers (Inès)

## Questions et réponses

- Qui renonce ? (Inès, noté par Ada)
  - Nous ne le savons pas (Marc)

## Hypothèses et conseils

- L’inscription en mairie raccourcit l’attente (Marc)
  - Mesure\u00a0: Délai médian (gardée par l’équipe)
  - Comparez deux départements (Inès, à 30\u00a0min)

## Autres recommandations

- Publiez peu de chiffres (Inès, à 30\u00a0min)

## Minutes prévues et réelles

| Étape | Prévu | Réel |
| --- | ---: | ---: |
| Tour de table | 10\u00a0min | 10\u00a0min |
| Problème | 10\u00a0min | 10\u00a0min |
| Questions | 10\u00a0min | 10\u00a0min |
| Recommandations | 25\u00a0min | 25\u00a0min |
| Apprentissages | 5\u00a0min | 5\u00a0min |

Ces notes seront effacées du serveur le 15/09/2033.

[matrix]: data:image/png;base64,"""

KEYS = [
    "session",
    "team",
    "agenda",
    "steps",
    "participants",
    "rounds",
    "scores",
    "ranking",
    "preparation",
    "problem",
    "expectations",
    "contract",
    "questions",
    "testimonies",
    "recommendations",
    "hypotheses",
    "metrics",
    "forecasts",
    "features",
    "verdicts",
    "endings",
    "learnings",
    "promises",
    "commitments",
    "experience",
    "contact",
]

DRAFT = {
    "statement": "Le rappel par message réduit les absences",
    "concept": "utile",
    "kind": "social",
    "objective": "Moins de créneaux perdus",
    "stands_for": "Des familles servies à temps",
    "metric": "Part des rendez-vous manqués",
    "unit": "%",
    "numerator": "Manqués",
    "denominator": "Pris",
    "population": "Familles de deux départements",
    "period": "mois",
    "direction": "moins",
    "source": "Agenda des antennes",
    "collection": "Relevé à la main",
    "owner": "Marc",
    "quality": "50",
    "baseline": "1 234,5",
    "baseline_date": "01/09/2026",
    "target": "12",
    "target_date": "31/12/2026",
    "limits": "Les venues sans rendez-vous ne comptent pas",
}

PREPARED_IN_FRENCH = """\
# Préparation de l’atelier impact\u00a0: Colis Solidaire

Le JJ/MM/AAAA. Déroulé\u00a0: Atelier impact, 60\u00a0min.

Confidentiel\u00a0: pour les personnes présentes, sauf si l’équipe en décide autrement.

## Participants

- Animation\u00a0: Ada
- Équipe\u00a0: Marc
- Consultants\u00a0: Inès
- Observateurs\u00a0: Lou

## Préparation

- Le produit
  - Un colis près de chez soi (Marc)
- Objectifs atteints directement
  - Un colis en deux semaines (Marc)
- Objectifs atteints indirectement
  - Moins d’appels (Marc)
- Objectifs
  - Durer (Marc)
- Le changement recherché
  - Personne ne manque de repas (Marc)
    - En attendant, nous suivons\u00a0: Le délai médian

## Hypothèses et conseils

- Le rappel par message réduit les absences (Marc)
  - concept\u00a0: utile · type d’impact\u00a0: social · objectif\u00a0: Moins de créneaux perdus \
· tient lieu de\u00a0: Des familles servies à temps
  - Mesure\u00a0: Part des rendez-vous manqués (données correctes à 50\u00a0%)
    - Définition — unité\u00a0: % · formule\u00a0: Manqués / Pris · population\u00a0: Familles de deux départements \
· période\u00a0: mois · moins, c’est mieux
    - Les données — source\u00a0: Agenda des antennes · dans l’inventaire\u00a0: Registre \\| antennes \
· collecte\u00a0: Relevé à la main · responsable\u00a0: Marc
    - Où on en est — valeur de départ\u00a0: 1\u202f234,5\u00a0% (01/09/2026) → cible\u00a0: 12\u00a0% (31/12/2026)
    - Limites — Les venues sans rendez-vous ne comptent pas
- (sans énoncé) (Marc)
  - Mesure\u00a0: (mesure sans nom)
    - Définition — unité\u00a0: jours · plus, c’est mieux
    - Où on en est — cible\u00a0: \u22121\u202f234,5\u00a0jours

## Autres mesures

- Note de facilité (qualité des données non dite)
  - Définition — indicateur de la matrice d’impact\u00a0: Note de facilité d’usage

## Matrice d’impact

Il manque des chiffres. Pas encore de mesure\u00a0: Nombre d’utilisateurs actifs / mois, \
Nombre de transactions/conversions / mois, Taux de pénétration sur le marché prioritaire, \
Taux de satisfaction usager, Impact généré, Coût à l’utilisation. \
Pas encore de chiffre\u00a0: Note de facilité d’usage.

| Indicateur | Mesure | Chiffre | Sur un an | Données correctes à | Source |
| --- | --- | --- | --- | ---: | --- |
| **Utilisable – on s’en sert sans peine** | | | | | |
| Note de facilité d’usage (obligatoire) | Note de facilité | pas encore de chiffre | – | – | – |

## Inventaire des données

| Donnée | Où elle se trouve | Responsable | Mise à jour | Données correctes à | Accès | Données personnelles |
| --- | --- | --- | --- | ---: | --- | --- |
| Registre \\| antennes | Tableur | – | – | 90\u00a0% | – | oui |

Ces notes seront effacées du serveur 30 jours après la dernière date de l’atelier\u00a0: le 17/06/2033 à ce jour.
"""

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</style></title><script>alert(1)</script>",
    "[ici](javascript:alert(1))",
    "![x](https://exemple.invalid/x.png)",
    "<a href='javascript:alert(1)'>ici</a>",
    "<!--><script>alert(1)</script>-->",
    "{{ 7 * 7 }}{% raw %}",
    "<https://exemple.invalid>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '<iframe srcdoc="<script>alert(1)</script>">',
)

TYPED = (
    "1. Y a-t-il une liste ?",
    "2026) une liste aussi",
    "- une liste - non",
    "+ 3 points",
    "# 1 de nos soucis",
    "> 20 % des familles",
    "--- coupé ---",
    "===",
    "Un *délai*, un __taux__, un `code`, un ~~reste~~",
    "a | b \\| c \\",
    "R&D, &copy; &#65;",
    "[matrix]",
    "Coût : 3 $ et 4 $",
)


class Page(HTMLParser):
    """An HTML page as a browser takes it: its elements with their attributes, and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._words: list[str] = []
        self._inside: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._inside.append("/" + tag)

    def handle_data(self, data: str) -> None:
        if not self._inside or self._inside[-1] != "style":
            self._words.append(data)

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    @property
    def text(self) -> str:
        return " ".join("".join(self._words).split(" ")).replace("\n", " ")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


def rendered(text: str) -> Page:
    """Markdown as a reader sees it, by a renderer that lets HTML through."""
    return Page(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))


Both = Callable[..., tuple[str, str]]
"""Both renderings of a session's summary, in a language."""
Command = Callable[..., tuple[int, str]]
"""`impact export`, which gives its exit code and what was said on standard error."""


@pytest.fixture
def summaries() -> Both:
    """Both renderings of a session's summary, in a language."""

    def both(session: Session, lang: str = "fr") -> tuple[str, str]:
        return markdown(session, environment(lang)), html(session, environment(lang))

    return both


@pytest.fixture
def prepared(room: Room) -> Room:
    """A workshop that a team has prepared, before its hour."""
    room.ask(Role.CLIENT, do="write", kind="product", text="Un colis près de chez soi")
    for reach, text in (("direct", "Un colis en deux semaines"), ("indirect", "Moins d’appels"), ("", "Durer")):
        room.ask(Role.CLIENT, do="write", kind="objective", text=text, reach=reach)
    room.ask(Role.CLIENT, do="write", kind="change", text="Personne ne manque de repas", proxy="Le délai médian")
    room.ask(Role.CLIENT, do="draft", **DRAFT)
    room.ask(Role.CLIENT, do="draft", unit="jours", target="-1234.5", direction="plus")
    room.ask(Role.CLIENT, do="write", kind="metric", text="Note de facilité", indicator="ease-of-use")
    source = room.ask(Role.CLIENT, do="write", kind="source", text="Registre | antennes", where="Tableur", quality="90")
    room.ask(Role.CLIENT, do="detail", note=source, detail="personal", value="yes")
    [metric] = [note for note in room.session.notes_of("metric") if note.text == DRAFT["metric"]]
    room.ask(Role.CLIENT, do="tie", metric=metric.id, source=source, tied="true")
    return room


# The summary as text


def test_the_hour_in_markdown_word_for_word(lived: Room) -> None:
    text, picture = markdown(lived.session, environment("fr")).split("base64,")
    assert text + "base64," == IN_FRENCH
    assert base64.b64decode(picture.strip()).startswith(b"\x89PNG")


def test_a_preparation_in_markdown_word_for_word(prepared: Room) -> None:
    text = markdown(prepared.session, environment("fr"))
    assert re.sub(r"^Le \S+\.", "Le JJ/MM/AAAA.", text, flags=re.MULTILINE) == PREPARED_IN_FRENCH


def test_a_preparation_in_english(prepared: Room, summaries: Both) -> None:
    text, page = summaries(prepared.session, "en")
    assert text.startswith("# Preparation of the impact workshop: Colis Solidaire\n")
    assert "- Where we stand — baseline: 1,234.5% (2026-09-01) → target: 12% (2026-12-31)" in text
    assert "| Registre \\| antennes | Tableur | – | – | 90% | – | yes |" in text
    assert "Objectives reached indirectly" in Page(page).text
    assert "Until then, we follow: Le délai médian" in Page(page).text


def test_a_preparation_says_the_same_on_the_page(prepared: Room, summaries: Both) -> None:
    text, page = summaries(prepared.session)
    title = text.splitlines()[0]
    assert _letters(Page(page).text) == _letters(title) + _letters(rendered(text).text)


def _letters(text: str) -> str:
    return "".join(re.findall(r"\w", text))


def test_a_prepared_hour_keeps_its_definitions_where_they_are_decided(
    prepared: Room, summaries: Both, time: Time
) -> None:
    live_the_hour(prepared, time)
    [metric] = [note for note in prepared.session.notes_of("metric") if note.text == DRAFT["metric"]]
    prepared.ask(Role.CLIENT, do="keep", metric=metric.id, kept="true")
    text = summaries(prepared.session)[0]
    kept, later = text.split("## Mesures gardées")[1].split("## Actions")
    assert "- Part des rendez-vous manqués (données correctes à 50\u00a0%)\n" in kept
    assert "50\u00a0%)\n  - Valeur de départ\u00a0: 1\u202f234,5\u00a0%" in kept
    assert "  - Définition — unité\u00a0: %" in later
    assert "  - Mesure\u00a0: Part des rendez-vous manqués (gardée par l’équipe)\n- (sans énoncé)" in later
    assert text.count("Relevé à la main") == 1
    assert "| (mesure sans nom) |" in later
    assert later.index("## Préparation") < later.index("## Le problème")


def test_the_hour_in_english(lived: Room, summaries: Both) -> None:
    text, page = summaries(lived.session, "en")
    assert (
        "# Summary of the impact workshop: Colis Solidaire\n\nOn 2033-05-18. Agenda: Impact workshop, 60 min." in text
    )
    assert "- Qui renonce ? (Inès, written by Ada)\n  - Nous ne le savons pas (Marc)" in text
    assert "| Compter les abandons | Marc | 2026-12-07 |" in text
    assert Page(page).all("html") == [{"lang": "en"}]
    assert "Planned and actual minutes" in Page(page).text


def test_markdown_shows_the_words_as_typed(room: Room) -> None:
    for words in TYPED:
        room.ask(Role.CLIENT, do="write", kind="learning", text=words)
        metric = room.ask(Role.CLIENT, do="write", kind="metric", text=words)
        room.ask(Role.CLIENT, do="write", kind="contract", text=words)
        round = room.ask(Role.FACILITATOR, do="open_round", metrics=metric)
        room.ask(Role.FACILITATOR, do="show_round", round=round)
        seen = rendered(markdown(room.session, environment("fr")))
        assert seen.text.count(words) == 3, words
    assert seen.tags <= {"h1", "h2", "p", "ul", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "hr"}


def test_no_break_spaces_stay(room: Room) -> None:
    typed = "Qui renonce\u202f? Le «\u00a0délai\u00a0»"
    room.store.ask(
        Asking("person-client", Role.CLIENT), {"id": "spaces-01", "do": "write", "kind": "problem", "text": typed}
    )
    assert typed in markdown(room.session, environment("fr"))


# The summary as a page


def test_the_page_says_the_same_as_the_text(lived: Room, summaries: Both) -> None:
    text, page = (rendered(summaries(lived.session)[0]).text, Page(summaries(lived.session)[1]).text)
    for note in lived.session.notes.values():
        assert note.text in text
        assert note.text in page
    assert "Compte rendu de l’atelier impact\u00a0: Colis Solidaire" in page
    assert "Inès, noté par Ada" in page
    assert "ce que l’équipe fait de chaque recommandation" in page


def test_the_page_stands_alone(lived: Room) -> None:
    source = html(lived.session, environment("fr"))
    page = Page(source)
    policy = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"]
    assert not page.tags & {"script", "link", "iframe", "object", "a", "form", "base"}
    assert not re.search(r"https?:|//\w|@import|url\((?!data:)", source.split("base64,")[0])
    addresses = [attrs[name] for _, attrs in page.elements for name in ("src", "href", "srcset") if name in attrs]
    assert [address.split(",")[0] for address in addresses if address] == ["data:image/svg+xml;base64"]


def test_the_page_can_be_read_by_everybody(lived: Room) -> None:
    page = Page(html(lived.session, environment("fr")))
    assert page.all("html") == [{"lang": "fr"}]
    assert len(page.all("h1")) == 1
    assert all(cell.get("scope") in ("col", "row") for cell in page.all("th"))
    [picture] = page.all("img")
    assert picture["alt"] and picture["alt"].startswith("La valeur pour les usagers")


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_payloads_never_come_out_as_markup(lived: Room, summaries: Both, lang: str) -> None:
    plain_text, plain_page = (rendered(summaries(lived.session, lang)[0]), Page(summaries(lived.session, lang)[1]))
    for i, payload in enumerate(PAYLOADS):
        person = Asking(f"stranger-{i:02}", Role.CLIENT)
        _say(lived, person, "join", name=payload)
        for kind in ("problem", "audience", "goal", "expectation", "contract", "question", "hypothesis", "learning"):
            _say(lived, person, "write", kind=kind, text=payload)
        note = _say(lived, person, "write", kind="metric", text=payload)
        _say(lived, person, "write", kind="recommendation", text=payload, about=note)
        source = _say(lived, person, "write", kind="source", text=payload, where=payload, every=payload)
        _say(lived, person, "tie", metric=note, source=source, tied="true")
        texts = dict.fromkeys(("objective", "stands_for", "unit", "numerator", "denominator", "population"), payload)
        texts |= dict.fromkeys(("period", "source", "collection", "owner", "limits"), payload)
        _say(lived, person, "draft", statement=payload, metric=payload, baseline="1", **texts)
        for kind in ("product", "objective"):
            _say(lived, person, "write", kind=kind, text=payload)
        _say(lived, person, "write", kind="change", text=payload, proxy=payload)
    for role in (Role.CLIENT, Role.CLIENT):
        lived.ask(role, do="write", kind="action", text=PAYLOADS[0], owner=PAYLOADS[1])
    text, page = summaries(lived.session, lang)
    for source, seen, plain in ((text, rendered(text), plain_text), (page, Page(page), plain_page)):
        assert seen.tags <= plain.tags, source
        assert not seen.tags & {"a", "script", "iframe", "svg"}
        assert not [name for _, attrs in seen.elements for name in attrs if name.startswith("on") or name == "srcdoc"]
        assert len(seen.all("img")) == 1
        for payload in PAYLOADS:
            assert seen.text.count(payload) > 20, payload


def _say(room: Room, asking: Asking, do: str, **gesture: str) -> str:
    id = f"said-{room.store.seq:05}"
    room.store.ask(asking, {"id": id, "do": do, **gesture})
    return id


# What is missing, what is not shown


@pytest.mark.parametrize("lang", few(LANGUAGES))
def test_an_hour_that_has_begun_says_what_is_to_complete(room: Room, summaries: Both, lang: str) -> None:
    room.ask(Role.FACILITATOR, do="start", step="tour")
    text, page = summaries(room.session, lang)
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == {"fr": ["À compléter", "Participants"], "en": ["Still to complete", "Participants"]}[lang]
    assert text.count("\n- ") == 4 + len(missing(room.session))
    assert Page(page).text.count({"fr": "la demande en une phrase", "en": "the request in one sentence"}[lang]) == 1
    assert "img" not in Page(page).tags


def test_a_session_that_nobody_opened_is_written_all_the_same(summaries: Both) -> None:
    text, page = summaries(Session())
    assert text.startswith("# Préparation de l’atelier impact")
    assert "Préparation de l’atelier impact" in page
    Draft202012Validator(_schema()).validate(state(Session()))


def test_an_unshown_ranking_stays_in_the_journal(lived: Room, summaries: Both) -> None:
    blind = unshown(lived.session)
    for source in summaries(blind):
        assert "Classement" not in source
        assert "data:image" not in source
        assert "Votants" not in source
    assert "## Autres mesures\n\n- Visites du site (données correctes à 90\u00a0%)\n" in summaries(blind)[0]
    assert state(blind)["session"]["ranking_shown"] is False


def test_a_withdrawn_note_is_in_no_file(lived: Room, summaries: Both) -> None:
    for note in list(lived.session.notes.values()):
        lived.ask(Role.FACILITATOR, do="withdraw", note=note.id)
    files = (*summaries(lived.session), session_json(lived.session))
    assert not [note.text for note in lived.session.notes.values() for file in files if note.text in file]


def test_an_answer_given_aloud_and_an_action_without_owner(room: Room, summaries: Both) -> None:
    question = room.ask(Role.CONSULTANT, do="write", kind="question", text="Qui renonce ?")
    room.ask(Role.CLIENT, do="write", kind="answer", about=question, text="")
    room.ask(Role.CLIENT, do="write", kind="action", text="Compter les abandons")
    text, page = summaries(room.session)
    assert "  - Répondu de vive voix, sans note. (Marc)" in text
    assert "| Compter les abandons | responsable à nommer | date à fixer |" in text
    assert "Répondu de vive voix" in page


def test_advice_on_a_metric_says_which(room: Room, summaries: Both) -> None:
    metric = room.ask(Role.CLIENT, do="write", kind="metric", text="Délai médian")
    room.ask(Role.CONSULTANT, do="write", kind="recommendation", about=metric, text="Comptez en jours ouvrés")
    text, page = summaries(room.session)
    assert "- Comptez en jours ouvrés (Inès) — au sujet de la mesure\u00a0: Délai médian" in text
    assert "au sujet de la mesure\u00a0: Délai médian" in Page(page).text


# What the hour changed, and when advice came


@pytest.fixture
def changed(room: Room, time: Time) -> Room:
    """An hour that changed what the team had drafted, and a metric that stood alone."""
    note = room.ask(
        Role.CLIENT, do="draft", statement="L’attente passe à dix jours", metric="Délai moyen", owner="Marc"
    )
    alone = room.ask(Role.CLIENT, do="write", kind="metric", text="Note de facilité")
    room.ask(Role.CLIENT, do="detail", note=f"{note}-m", detail="baseline", value="21,5")
    live_the_hour(room, time)
    room.ask(Role.CLIENT, do="edit", note=note, text="L’attente passe à huit jours, au plus", was="1")
    room.ask(Role.CLIENT, do="edit", note=f"{note}-m", text="Délai médian", was="1")
    for detail, value in (("baseline", "19"), ("owner", ""), ("direction", "less")):
        room.ask(Role.CLIENT, do="detail", note=f"{note}-m", detail=detail, value=value)
    room.ask(Role.CLIENT, do="keep", metric=f"{note}-m", kept="true")
    room.ask(Role.CLIENT, do="detail", note=alone, detail="target_date", value="2034-01-01")
    return room


SINCE = "Depuis le début de l’heure — "


def test_the_changes_of_the_hour_are_in_the_text_word_by_word(changed: Room, summaries: Both) -> None:
    text, _ = summaries(changed.session)
    lines = [line.strip().removeprefix("- ") for line in text.splitlines() if SINCE in line]
    assert lines == [
        f"{SINCE}Mesure\u00a0: Délai ~~moyen~~ **médian** · Sens\u00a0: **Moins, c’est mieux** · "
        "Responsable\u00a0: ~~Marc~~ · Valeur de départ\u00a0: ~~21,5~~ **19**",
        f"{SINCE}Hypothèse\u00a0: L’attente passe à ~~dix~~ **huit** jours **, au plus**",
        f"{SINCE}Date cible\u00a0: **01/01/2034**",
    ]
    page = rendered(text)
    assert len(page.all("s")) == 4 and len(page.all("strong")) == 6
    assert "Depuis le début" not in text.split("## Mesures gardées")[0]
    english = summaries(changed.session, "en")[0]
    assert "Since the hour began — Statement: L’attente passe à ~~dix~~ **huit** jours **, au plus**" in english


def test_the_changes_of_the_hour_are_on_the_page_with_words_for_screen_readers(changed: Room, summaries: Both) -> None:
    text, source = summaries(changed.session)
    page = Page(source)
    assert len(page.all("del")) == len(rendered(text).all("s"))
    assert len(page.all("ins")) == len(rendered(text).all("strong"))
    said = "L’attente passe à [retiré\u00a0: dix] [ajouté\u00a0: huit] jours [ajouté\u00a0: , au plus]"
    assert said in page.text
    assert "Valeur de départ\u00a0: [retiré\u00a0: 21,5] [ajouté\u00a0: 19]" in page.text


def test_markup_in_what_changed_shows_as_typed(room: Room, summaries: Both) -> None:
    typed = [*PAYLOADS, *TYPED]
    notes = [room.ask(Role.CLIENT, do="draft", statement=f"avant{words}", unit=words) for words in typed]
    room.ask(Role.FACILITATOR, do="start", step="tour")
    for note, words in zip(notes, typed, strict=True):
        room.ask(Role.CLIENT, do="edit", note=note, text=f"{words} après", was="1")
        room.ask(Role.CLIENT, do="detail", note=f"{note}-m", detail="unit", value=f"{words} {words}")
    text, page = summaries(room.session)
    for source, seen in ((text, rendered(text)), (page, Page(page))):
        assert not seen.tags & {"a", "script", "iframe", "svg", "img", "em", "code", "b"}, source
        assert not [name for _, attrs in seen.elements for name in attrs if name.startswith("on") or name == "srcdoc"]
        for words in typed:
            assert seen.text.count(words) > 1, words


def test_a_recommendation_says_at_which_minute_it_came_within_the_hour(
    lived: Room, summaries: Both, time: Time
) -> None:
    time.advance(60)
    lived.ask(Role.CONSULTANT, do="write", kind="recommendation", text="Un mot encore")
    text, page = summaries(lived.session, "en")
    assert "- Publiez peu de chiffres (Inès, at 30 min)\n" in text and "Inès, at 30 min" in Page(page).text
    assert "- Un mot encore (Inès)\n" in text


def test_what_is_written_after_the_end_is_of_no_minute(lived: Room, time: Time) -> None:
    time.advance(AROUND + 90)
    lived.ask(Role.CLIENT, do="write", kind="action", text="Écrire aux antennes", owner="Lou")
    [*_, action] = lived.session.notes_of("action")
    assert minute(lived.session, action) is None
    said = state(lived.session)
    assert {one["text"]: one["minute"] for one in said["commitments"]}["Écrire aux antennes"] is None
    assert [one["minute"] for one in said["recommendations"]] == [30] * len(said["recommendations"])


# The picture


def _row(value: float | None, ease: float | None) -> Row:
    return Row("délai", Formula(), value=value, ease=ease)


def test_metrics_with_the_same_medians_share_a_spot() -> None:
    rows = [_row(5, 3), _row(2, 2.5), _row(5, 3), _row(5, 3), _row(None, None)]
    assert spots(rows) == [Spot(3, 5, (1, 3, 4)), Spot(2.5, 2, (2,))]
    assert [spot.label for spot in spots(rows)] == ["1, 3,\n4", "2"]


def test_the_same_ranking_gives_the_same_picture_which_names_nobody(lived: Room) -> None:
    def drawn() -> bytes:
        draw.cache_clear()
        return draw(tuple(spots(ranking(lived.session))), value="valeur", ease="facilité", form="svg")

    assert drawn() == drawn()
    assert b"<script" not in drawn()
    assert "Délai".encode() not in drawn()


def test_a_number_stands_right_for_its_ease_and_high_for_its_value() -> None:
    drawn = draw((Spot(1, 5, (1,)), Spot(5, 2, (2, 3))), value="valeur", ease="facilité", form="svg").decode()
    # matplotlib says in a comment what the outlines that follow it spell.
    spelt = r'<!-- (.+?) -->\s*<g style="fill: #\w+" transform="translate\(([\d.]+) ([\d.]+)\)(.*?) scale'
    texts = [(text, float(x), float(y), turned.strip()) for text, x, y, turned in re.findall(spelt, drawn)]
    eases, across, values, up, (alone, pair) = texts[:5], texts[5], texts[6:11], texts[11], texts[12:]
    assert [text for text, *_ in texts] == [*"12345", "facilité →", *"12345", "valeur →", "1", "2, 3"]
    assert (across[3], up[3]) == ("", "rotate(-90)") and values[4][2] < values[0][2]
    half_a_score = (eases[1][1] - eases[0][1]) / 2
    for (_, x, y, _), right, high in ((alone, eases[0], values[4]), (pair, eases[4], values[1])):
        assert abs(x - right[1]) < half_a_score and abs(y - high[2]) < half_a_score


def test_a_spot_knows_from_where_the_ease_of_its_metrics_is_in_doubt() -> None:
    given = [(3.0, 2.0), (3.0, 1.2), (3.0, 3.0), (3.0, 2.0), (1.0, 1.0)]
    rows = [replace(_row(5, ease), sure_ease=sure) for ease, sure in given]
    assert spots(rows) == [Spot(3, 5, (1, 2, 3, 4), (1.2, 2.0)), Spot(1, 5, (5,))]
    certain, doubtful = (
        draw(found, value="v", ease="e", form="svg") for found in ((Spot(3, 5, (1,)),), tuple(spots(rows)[:1]))
    )
    assert certain.count(b"stroke-dasharray") < doubtful.count(b"stroke-dasharray")


def test_the_caption_tells_of_doubts_only_where_there_are_some(lived: Room, summaries: Both) -> None:
    said = "moins les données sont correctes, plus il est long."
    assert all(said in Page(source).text for source in summaries(lived.session))
    for metric in [metric.id for metric in lived.session.notes_of("metric")]:
        round = lived.ask(Role.FACILITATOR, do="open_round", metrics=metric)
        for role in (Role.CLIENT, Role.CONSULTANT):
            lived.ask(role, do="score", metric=metric, value=3, ease=1)
        lived.ask(Role.FACILITATOR, do="show_round", round=round)
    for source in summaries(lived.session):
        assert said not in source


HALVES = [x / 2 for x in range(2, 11)]


@given(
    st.lists(st.tuples(st.sampled_from(HALVES), st.sampled_from(HALVES), st.integers(1, 10)), min_size=1, max_size=8)
)
@examples(60)
def test_no_box_covers_another_box_or_its_point(places: list[tuple[float, float, int]]) -> None:
    """Up to eight points anywhere on the scale, with as many numbers as forty metrics can give."""
    page, score = Box(0, 0, 378, 340), 68
    points = [Box((x - 3) * score, (y - 3) * score, 14 + 5 * n, 14 + 3 * n) for x, y, n in dict.fromkeys(places)]
    points = list({box.middle: box for box in points}.values())
    placed = apart(points, page)
    assert apart(points, page) == placed
    for one, other in combinations(placed, 2):
        assert not one.covers(other)
    for i, box in enumerate(placed):
        assert all(not box.covers(Box(*point.middle, 2, 2)) for j, point in enumerate(points) if j != i)


def test_forty_metrics_on_four_neighbouring_points_are_each_read() -> None:
    corners = [(3.0, 4.0), (3.5, 4.0), (3.0, 4.5), (3.5, 4.5)]
    rows = [_row(corners[n % 4][1], corners[n % 4][0]) for n in range(1, 41)]
    assert [len(spot.numbers) for spot in spots(rows)] == [10] * 4
    assert spots(rows)[0].label == "1, 5, 9, 13,\n17, 21, 25, 29,\n33, 37"
    for form in few(("svg", "png")):
        drawn = draw(tuple(spots(rows)), value="v", ease="e", form=form)
        draw.cache_clear()
        assert drawn == draw(tuple(spots(rows)), value="v", ease="e", form=form)


def test_no_scores_no_picture() -> None:
    assert data_uri([_row(None, None)], value="valeur", ease="facilité") == ""


@pytest.mark.process
def test_matplotlib_and_pandas_are_loaded_by_nobody_else() -> None:
    code = (
        "import sys, impactlib.cli, impactlib.server.app, impactlib.rooms.live, impactlib.widgets, impactlib.export\n"
    )
    code += "print([name for name in ('matplotlib', 'pandas') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# The state


def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return schema


def _validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(_schema())
    return Draft202012Validator(_schema(), format_checker=FormatChecker())


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every object inside a JSON value."""
    if isinstance(value, dict):
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from _places(inner, (*path, key))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def test_the_state_is_what_the_schema_describes(lived: Room) -> None:
    lived.ask(
        Role.CLIENT, do="write", kind="testimony", text="Nous comptions les inscriptions", behalf="person-consultant"
    )
    lived.ask(Role.CLIENT, do="write", kind="contact", text="Écrivez à l’adresse de l’équipe")
    [metric, *_] = lived.session.notes_of("metric")
    lived.ask(Role.CLIENT, do="write", kind="verdict", text="Le délai baisse", about=metric.id, course="continue")
    said = {"about": metric.id, "figure": "30", "as_of": "2033-06"}
    lived.ask(Role.CLIENT, do="write", kind="forecast", text="", **said)
    lived.ask(Role.CLIENT, do="write", kind="feature", text="Le formulaire en ligne", about=metric.id, expected="-4")
    lived.ask(Role.CLIENT, do="write", kind="ending", text="Les visites ne disent rien")
    lived.ask(Role.CLIENT, do="write", kind="promise", text="Relever le délai", state="done")
    lived.ask(Role.CLIENT, do="write", kind="experience", text="Un rappel par message", had_problem="grows")
    whole = json.loads(session_json(lived.session))
    assert list(whole) == KEYS
    assert all(whole.values())
    _validator().validate(whole)


def test_a_key_more_or_less_is_not_what_the_schema_describes(lived: Room) -> None:
    lived.ask(Role.CLIENT, do="write", kind="testimony", text="Nous comptions les inscriptions")
    whole, validator = state(lived.session), _validator()
    for path in few([*_places(whole)]):
        more = copy.deepcopy(whole)
        _at(more, path)["surplus"] = None
        assert not validator.is_valid(more), path
        for key in _at(whole, path):
            less = copy.deepcopy(whole)
            del _at(less, path)[key]
            assert not validator.is_valid(less), (*path, key)


def test_the_state_of_the_hour(lived: Room) -> None:
    whole = state(lived.session)
    [question] = whole["questions"]
    assert question["text"] == "Qui renonce ?"
    assert (question["by"], question["written_by"]) == ("person-consultant", "person-facilitator")
    assert (question["at"], question["minute"]) == ("2033-05-18T03:53:20.000+00:00", 20)
    assert [answer["text"] for answer in question["answers"]] == ["Nous ne le savons pas"]
    assert [(note["kind"], note["text"]) for note in whole["expectations"]] == [
        ("goal", "Un chiffre à suivre"),
        ("expectation", "Comprendre vos usagers"),
    ]
    assert [(m["text"], m["quality"], m["kept"]) for m in whole["metrics"]] == [
        ("Délai médian", 50, True),
        ("Visites du site", 90, False),
    ]
    assert whole["metrics"][0]["about"] == whole["hypotheses"][0]["id"]
    assert [(row["place"], row["product"]) for row in whole["ranking"]] == [(1, 15.0), (2, 5.0)]
    assert len(whole["scores"]) == 4
    assert whole["scores"][0] == {
        "metric": whole["metrics"][0]["id"],
        "person": "person-client",
        "role": "client",
        "value": 5,
        "ease": 3,
    }
    [action] = whole["commitments"]
    assert (action["text"], action["owner"], action["due"]) == ("Compter les abandons", "Marc", "2026-12-07")
    assert [step["actual_minutes"] for step in whole["steps"]] == [10, 10, 10, 25, 5]


def test_the_state_holds_a_round_that_is_open_too_and_an_abstention_is_no_score(lived: Room) -> None:
    delay, visits = (note.id for note in lived.session.notes_of("metric"))
    lived.ask(Role.FACILITATOR, do="open_round", metrics=delay)
    lived.ask(Role.CLIENT, do="abstain", metric=delay)
    lived.ask(Role.CONSULTANT, do="score", metric=delay, value=2)
    whole = state(lived.session)
    _validator().validate(whole)

    def given(scores: list[dict[str, Any]]) -> set[tuple[str, str, int, int]]:
        return {(score["metric"], score["role"], score["value"], score["ease"]) for score in scores}

    first = {
        (delay, "client", 5, 3),
        (delay, "consultant", 5, 3),
        (visits, "client", 1, 5),
        (visits, "consultant", 1, 5),
    }
    shown, unshown = whole["rounds"]
    assert (shown["metrics"], given(shown["scores"]), shown["abstentions"]) == ([delay, visits], first, [])
    assert (unshown["metrics"], given(unshown["scores"])) == ([delay], {(delay, "consultant", 2, 3)})
    assert unshown["abstentions"] == [{"metric": delay, "person": "person-client"}]
    assert (shown["shown_at"] is None, unshown["shown_at"] is None) == (False, True)
    # What each gave last, shown or not; the ranking is of what was shown.
    assert given(whole["scores"]) == {row for row in first if row[0] == visits} | {(delay, "consultant", 2, 3)}
    assert [(row["metric"], row["product"], row["voters"]) for row in whole["ranking"]] == [
        (delay, 15, 2),
        (visits, 5, 2),
    ]


def test_the_state_of_a_preparation(prepared: Room) -> None:
    whole = state(prepared.session)
    _validator().validate(whole)
    parts = whole["preparation"]
    assert [note["text"] for note in parts["product"]] == ["Un colis près de chez soi"]
    assert [note["reach"] for note in parts["objectives"]] == ["direct", "indirect", None]
    assert [note["proxy"] for note in parts["change"]] == ["Le délai médian"]
    [source] = parts["sources"]
    details = ("where", "owner", "every", "access", "quality", "personal")
    assert [source[name] for name in details] == ["Tableur", None, None, None, 90, True]
    assert whole["hypotheses"][0]["kind"] == "hypothesis"
    assert whole["hypotheses"][0]["details"] == {
        "concept": "useful",
        "kind": "social",
        "objective": "Moins de créneaux perdus",
        "stands_for": "Des familles servies à temps",
    }
    drafted, unnamed, alone = whole["metrics"]
    assert drafted["sources"] == [source["id"]]
    assert drafted["quality"] == 50
    assert drafted["definition"] == {
        **{name: DRAFT[name] for name in OF_METRIC if name not in ("quality", "indicator")},
        **{"indicator": None, "direction": "less", "baseline": 1234.5, "target": 12},
        **{"baseline_date": "2026-09-01", "target_date": "2026-12-31"},
    }
    assert type(drafted["definition"]["target"]) is int
    assert {name: value for name, value in unnamed["definition"].items() if value is not None} == {
        "unit": "jours",
        "direction": "more",
        "target": -1234.5,
    }
    assert (alone["definition"]["indicator"], alone["sources"]) == ("ease-of-use", [])


@pytest.mark.parametrize("value", ["beaucoup", "NaN", "Infinity", "9" * 400 + ".5"])
def test_a_value_that_is_no_number_in_a_foreign_journal_is_none(prepared: Room, value: str) -> None:
    metric = prepared.session.notes_of("metric")[0]
    said = e.DetailSet(metric.id, "baseline", value)
    session = history([Entry("elsewhere", 1, "e1", 1.0, "", "", said)], prepared.session)
    whole = json.loads(session_json(session))
    assert whole["metrics"][0]["definition"]["baseline"] is None


def test_a_note_about_a_withdrawn_note_is_about_nothing(lived: Room) -> None:
    [hypothesis] = lived.session.notes_of("hypothesis")
    lived.ask(Role.FACILITATOR, do="withdraw", note=hypothesis.id)
    whole = state(lived.session)
    assert whole["hypotheses"] == []
    assert [note["about"] for note in whole["recommendations"]] == [None, None]
    assert whole["metrics"][0]["about"] is None
    _validator().validate(whole)


# The command


@pytest.fixture
def run(lived: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """`impact export` of the lived hour: gives the exit code and what was said on standard error."""

    def command(*args: str, of: str = lived.session.id) -> tuple[int, str]:
        code = main(["export", of, "--data", str(tmp_path), *args])
        return code, capsys.readouterr().err

    return command


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("summary.md", "# Compte rendu"),
        ("mardi.html", "<!doctype html>"),
        ("session.json", '{\n  "session": {'),
        ("mardi.json", '{\n  "session": {'),
    ],
)
def test_the_name_says_what_to_write(run: Command, tmp_path: Path, name: str, begins: str) -> None:
    assert run("-o", str(tmp_path / name)) == (0, "")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_journal_alone_is_enough(run: Command, lived: Room, tmp_path: Path) -> None:
    out = tmp_path / "ailleurs.md"
    assert run("-o", str(out), "--lang", "en", of=str(path_of(lived.store.journal))) == (0, "")
    assert out.read_text(encoding="utf-8").startswith("# Summary of the impact workshop: Colis Solidaire")


@pytest.mark.parametrize(("form", "begins"), [("md", b"# Compte"), ("html", b"<!doctype"), ("json", b"{")])
def test_standard_output_is_the_file_and_nothing_else(
    lived: Room, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], form: str, begins: bytes
) -> None:
    assert main(["export", lived.session.id, "--data", str(tmp_path), "--format", form, "-o", "-"]) == 0
    out, err = capfdbinary.readouterr()
    assert out.startswith(begins)
    assert err == b""


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["-o", "inventory.ics"], "inventory.ics: this version does not write inventory as .ics. Nothing was written."),
        (["-o", "page.html", "--kind", "metrics"], "this version does not write metrics as .html."),
        (["-o", "summary.json"], "this version does not write summary as .json."),
        (["-o", "notes.txt"], ".txt is no format of the kit. Nothing was written."),
        (["-o", "notes"], "nothing says in which format. Nothing was written."),
        (["-o", "-"], "nothing says in which format. Nothing was written."),
        (["-o", "page.html", "--format", "md"], "the name says .html and --format says md. Nothing was written."),
        (["-o", "nulle-part/page.html"], "nulle-part/page.html: could not be written"),
        (["-o", "dossier.md"], "dossier.md: not a file that can be replaced. Nothing was written."),
    ],
)
def test_a_file_that_cannot_be_written_gives_one_line(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], said: str
) -> None:
    here = tmp_path / "here"
    (here / "dossier.md").mkdir(parents=True)
    monkeypatch.chdir(here)
    code, err = run(*args)
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith("impact: ")
    assert said in err
    assert [path.name for path in here.rglob("*")] == ["dossier.md"]


@pytest.mark.parametrize("of", ["inconnu", "nulle/part.journal", "notes.ipynb", "../secret", "."])
def test_a_session_that_is_not_there(run: Command, tmp_path: Path, of: str) -> None:
    code, err = run("-o", str(tmp_path / "summary.md"), of=of)
    assert (code, err.count("\n")) == (2, 1)
    assert not (tmp_path / "summary.md").exists()


def test_a_file_that_is_no_journal(run: Command, tmp_path: Path) -> None:
    (tmp_path / "faux.journal").write_text("ceci n’est pas un journal", encoding="utf-8")
    code, err = run("-o", str(tmp_path / "summary.md"), of=str(tmp_path / "faux.journal"))
    assert (code, err.count("\n")) == (2, 1)
    assert "faux.journal: not a journal" in err


def test_a_failed_export_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "summary.md"
    out.write_text("hier", encoding="utf-8")

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(export.ExportError, match=r"\(No space left on device\)\. What was there is unchanged"):
        export.save(str(out), b"aujourd'hui")
    assert [path.name for path in tmp_path.iterdir()] == ["summary.md"]
    assert out.read_text(encoding="utf-8") == "hier"


def test_a_link_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    (tmp_path / "vrai.md").write_text("hier", encoding="utf-8")
    (tmp_path / "summary.md").symlink_to(tmp_path / "vrai.md")
    export.save(str(tmp_path / "summary.md"), b"neuf")
    assert (tmp_path / "summary.md").is_symlink()
    assert (tmp_path / "vrai.md").read_bytes() == b"neuf"


@pytest.mark.parametrize("name", ["Inventory.csv", "INVENTORY.CSV", "inventory.csv"])
def test_a_files_name_tells_its_content_in_any_case(name: str) -> None:
    assert export.choose(name) == ("inventory", "csv") != export.choose("anything.csv")


def test_a_file_is_named_by_the_kit_when_nobody_names_it(
    lived: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for options in (["--format", "md"], ["--format", "csv", "--kind", "inventory", "--lang", "en"]):
        assert main(["export", lived.session.id, "--data", str(tmp_path), *options]) == 0
    assert capsys.readouterr().out.split() == [
        "colis-solidaire-compte-rendu-2033-05-18.md",
        "colis-solidaire-inventory-2033-05-18.csv",
    ]
    assert export.choose("colis-solidaire-inventaire-2033-05-18.csv") == ("inventory", "csv")


def test_without_a_program_that_prints_a_pdf_is_refused_and_says_how_to_have_one(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, err = run("-o", str(tmp_path / "compte-rendu.pdf"))
    assert (code, err.count("\n")) == (2, 1)
    assert "Install Chromium or LibreOffice" in err and not (tmp_path / "compte-rendu.pdf").exists()


@pytest.mark.browser
def test_a_chromium_prints_the_summary(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "chromium").symlink_to(find_browser())
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    assert run("-o", str(tmp_path / "compte-rendu.pdf")) == (0, "")
    made = (tmp_path / "compte-rendu.pdf").read_bytes()
    assert made.startswith(b"%PDF") and len(re.findall(rb"/Type /Page\b", made)) >= 2
