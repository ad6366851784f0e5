"""What a fresh reader asks of the committee's sheet, the page of statistics and the product's file is answered in them,
or said to be missing."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import docx
import odfdo
import pytest
from lxml.html import HtmlElement, document_fromstring
from msgspec import structs

from impactlib.domain.agenda import COMMITTEE, LANGUAGES, Role
from impactlib.domain.committee import Committee
from impactlib.domain.published import publication, published
from impactlib.domain.session_file import SessionFile, read
from impactlib.export import render
from impactlib.export.stats import NAMES, of_session, site
from impactlib.paths import TEMPLATES
from impactlib.views.render import environment
from tests.conftest import Room, Time
from tests.test_readings import give

CLIENT = Role.CLIENT
MADE = date(2026, 11, 29)
TO_COMPLETE = {"fr": "à compléter", "en": "to complete"}
UNPROVEN = {
    "fr": "L’impact n’est pas prouvé : aucune mesure qui a",
    "en": "The impact is not proven: no measure that has",
}
ALONE = {"fr": "Un seul chiffre : aucune évolution", "en": "One figure alone: no change can be read"}


@pytest.fixture(scope="module")
def tidy() -> SessionFile:
    """An hour of which one metric has one figure."""
    return read((TEMPLATES / "sessions" / "tidy.ipynb").read_bytes())


def words(element: HtmlElement) -> str:
    """The text of an element, without its style, with plain blanks."""
    for style in element.xpath("//style"):
        style.drop_tree()
    return " ".join(element.text_content().split())


def of(file: SessionFile, kind: str, lang: str) -> str:
    return words(document_fromstring(render(file, kind, "html", environment(lang))))


def statistics(file: SessionFile, lang: str) -> str:
    made = site(of_session(file, environment("fr"), MADE).rows, file.fold().team, MADE)
    return words(document_fromstring(made[NAMES[lang]].replace(b"</dt>", b" </dt>")))


def metric(room: Room, text: str = "Délai médian", **said: str) -> str:
    id = room.ask(CLIENT, do="write", kind="metric", text=text)
    for name, value in said.items():
        room.ask(CLIENT, do="detail", note=id, detail=name, value=value)
    return id


# The committee's sheet ------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_has_one_word_for_what_is_missing_and_counts_it(tidy: SessionFile, lang: str) -> None:
    page = document_fromstring(render(tidy, "committee", "html", environment(lang)))
    [top] = page.xpath("//*[@class='todo']")
    [box] = page.xpath("//*[@class='left']")
    told, first = words(box), words(top)
    blanks = [words(one) for one in page.find_class("blank")]
    assert blanks and set(blanks) == {TO_COMPLETE[lang]}
    whole = words(page).replace(told, "").replace(first, "")
    assert whole.count(TO_COMPLETE[lang]) == len(blanks)
    assert re.search(rf": {len(blanks)} ", first) and len(first) < 240, first
    assert sum(map(int, re.findall(r"\((\d+)\)", told))) == len(blanks)
    others = {"fr": ("pas encore de chiffre", "non précisé", "date à fixer"), "en": ("no figure yet",)}
    assert [word for word in others[lang] if word in whole] == []
    assert not [one for one in page.iter("td") if one.text_content().strip() in ("–", "-")]


@pytest.mark.parametrize("form", ["odt", "docx"])
def test_the_sheets_of_both_offices_have_the_blanks_of_the_page(tidy: SessionFile, form: str) -> None:
    page = document_fromstring(render(tidy, "committee", "html", environment("fr")))
    content = io.BytesIO(render(tidy, "committee", form, environment("fr")))
    if form == "odt":
        told = "\n".join(one.inner_text for one in odfdo.Document(content).body.get_elements("//text:h | //text:p"))
    else:
        told = "\n".join(docx.Document(content).element.body.xpath(".//w:t/text()"))
    plain = re.sub(r"\s", " ", told)
    assert plain.count("à compléter") == len(page.find_class("blank")) + 2
    assert UNPROVEN["fr"] in plain and "responsable : Camille" in plain


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_says_who_does_and_who_decides_what_and_what_it_does_not_prove(tidy: SessionFile, lang: str) -> None:
    told = of(tidy, "committee", lang)
    for words_of in (
        {
            "fr": "responsable : Camille · sa date est passée ; personne n’a noté ce qu’elle est devenue",
            "en": "owner: Camille · its day is past; nobody has noted what became of it",
        },
        {
            "fr": "seuil « 300 au plus » · s’il est manqué, pivoter (changer d’approche) · qui décide : Camille",
            "en": "threshold “300 au plus” · if it is missed, pivot (another approach) · who decides: Camille",
        },
        {
            "fr": "(manqué ou atteint, cette règle ne change rien)",
            "en": "(missed or reached, this rule changes nothing)",
        },
        {"fr": "s’il est manqué, ne plus suivre cette", "en": "if it is missed, stop following this measure"},
        {"fr": "3 décisions de l’équipe à venir : 31/01/2027", "en": "3 decisions of the team to come: 2027-01-31"},
        {"fr": "412 aidants (13/10/2026, 47 jours avant", "en": "412 aidants (2026-10-13, 47 days before"},
        {
            "fr": "90 % des données sont correctes ; leur source n’est pas donnée",
            "en": "90% of the data are correct; their source is not given",
        },
        {"fr": "Actions promises : 3 actions, aucune revue", "en": "Promises: 3 actions, none reviewed"},
        {
            "fr": "1 livraison dont la date est passée ; personne n’a noté si elle a eu lieu : La visite",
            "en": "1 delivery whose day is past; nobody has noted whether it happened: La visite",
        },
        {
            "fr": "Cible, dans les mots de l’équipe : « 300 en janvier, 150 en juin ».",
            "en": "Target, in the team’s words: “300 en janvier, 150 en juin”.",
        },
        {"fr": "Cette fiche prépare le prochain comité, date à", "en": "This sheet is for the next committee, date to"},
        {"fr": "ne remplit un indicateur au sens de l’État", "en": "fulfils an indicator in the State’s sense"},
        {"fr": "60 aidants de moins", "en": "lower by 60 aidants"},
        {
            "fr": "ce serait 352 aidants, pour le seuil : « 300",
            "en": "that would be 352 aidants, for a threshold of “300",
        },
        {"fr": "3 actions dont la date est passée", "en": "3 actions whose day is past"},
        {"fr": "pas encore de second chiffre", "en": "no second figure yet"},
        {
            "fr": "seuil « la moitié au moins », décision du 31",
            "en": "threshold “la moitié au moins”, decision of 2027",
        },
        {"fr": "Le mieux possible, en aidants : 0", "en": "The best possible, in aidants: 0"},
        {"fr": "étape AARRI : Activation", "en": "AARRI step: Activation"},
        {"fr": "« Nous comptions ce que nous donnons.", "en": "“Nous comptions ce que nous donnons."},
        {"fr": "Potentiel de déploiement à compléter", "en": "Possible reach to complete"},
        {"fr": "relais, 300 en janvier, 150 en juin", "en": "relais, 300 en janvier, 150 en juin"},
        {"fr": "Pour qui : Les aidants", "en": "For whom: Les aidants"},
        UNPROVEN,
        ALONE,
    ):
        assert words_of[lang] in told, words_of[lang]
    assert "−60" not in told and not re.search(r"\b0 (jour|day)", told)
    # Only one metric has a figure: of the others no quality is told.
    quality = {"fr": "10 % des données", "en": "10% of the data"}
    assert quality[lang] not in told
    assert ("The team’s own words stay in French." in told) == (lang == "en")


def test_an_action_without_owner_date_or_state_says_so_in_the_sheet_and_in_the_file(room: Room) -> None:
    room.ask(CLIENT, do="write", kind="action", text="Appeler les mairies")
    sheet, file = (of(room.store.to_file(), kind, "fr") for kind in ("committee", "product"))
    assert "Date : à compléter · Action · Appeler les mairies (responsable : à compléter · pas encore revue)" in sheet
    assert "pas encore revue : Appeler les mairies (responsable : à compléter · échéance : à compléter)" in file


def test_a_decision_without_its_rule_says_what_is_missing(room: Room) -> None:
    id = metric(room, decide_on="2033-09-01")
    room.ask(CLIENT, do="keep", metric=id, kept=True)
    told = of(room.store.to_file(), "committee", "fr")
    missing = "seuil à compléter · s’il est manqué, à compléter · qui décide : à compléter"
    assert f"Délai médian — {missing}" in told


@pytest.mark.parametrize(
    ("direction", "said", "potential"),
    [
        ("", "0", ""),
        ("less", "5", ""),
        ("less", "12 000 familles par an", "12 000 familles par an"),
        ("more", "900", "900"),
        ("", "20", ""),
    ],
)
def test_a_best_figure_is_no_potential_of_deployment(room: Room, direction: str, said: str, potential: str) -> None:
    id = metric(room, direction=direction, baseline="21", baseline_date="2033-01-01", potential=said, unit="jours")
    room.ask(CLIENT, do="keep", metric=id, kept=True)
    room.ask(CLIENT, do="detail", note=id, detail="north_star", value="yes")
    assert Committee(room.session).potential == potential
    assert ("Le mieux possible" in of(room.store.to_file(), "committee", "fr")) == (not potential)


def test_the_sheet_says_what_the_figures_of_impact_prove(room: Room) -> None:
    assert Committee(room.session).proof == "none"
    id = metric(room, aarri="impact", direction="less", target="10", target_date="2034-01-01")
    assert Committee(room.session).proof == "none"
    told = []
    for figure, month in (("21", "2033-02"), ("15", "2033-03"), ("9", "2033-04")):
        give(room, id, figure, month)
        told.append((Committee(room.session).proof, of(room.store.to_file(), "committee", "fr")))
    assert [proof for proof, _ in told] == ["alone", "open", ""]
    assert ["L’impact n’est pas prouvé" in page for _, page in told] == [True, True, False]
    assert all("à lui seul, l’impact du service" in page for _, page in told[1:])
    room.ask(CLIENT, do="detail", note=id, detail="target", value="3")
    room.ask(CLIENT, do="detail", note=id, detail="target_date", value="2033-04-20")
    assert Committee(room.session).proof == "short"


def test_two_figures_of_unlike_quality_say_so_beside_each(room: Room) -> None:
    id = metric(room, unit="%", direction="less", baseline="34", baseline_date="2033-01-01", quality="50", target="20")
    room.ask(CLIENT, do="detail", note=id, detail="target_date", value="2033-05-01")
    room.ask(CLIENT, do="keep", metric=id, kept=True)
    room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
    reading = give(room, id, "26", "2033-04")
    room.ask(CLIENT, do="detail", note=reading, detail="quality", value="90")
    told = of(room.store.to_file(), "committee", "fr")
    assert "34 % (01/01/2033, données correctes à 50 %), puis 26 % (avril 2033, " in told
    assert "données correctes à 90 %). Données de qualités différentes : une partie de l’écart peut" in told
    assert "Cible du 01/05/2033 : 20 % ; en avril 2033, il s’en fallait encore de 6 points." in told
    assert "On ne sait pas encore si elle est atteinte" in told
    made = site(publication(room.session, "", date(2033, 6, 1)).rows, "", MADE)
    page = words(document_fromstring(made["index.html"]))
    assert "au dernier chiffre ; à d’autres : données correctes à 50 %" in page


def test_a_decision_says_the_figure_that_it_knew_and_those_that_came_since(room: Room, time: Time) -> None:
    id = metric(room, unit="jours", direction="less", threshold="14", decide_on="2033-05-10", if_missed="pivot")
    room.ask(CLIENT, do="keep", metric=id, kept=True)
    give(room, id, "17", "2033-04")
    room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
    room.ask(CLIENT, do="write", kind="verdict", about=id, text="Le seuil est « manqué »", course="pivot")
    time.now += 60 * 86400
    give(room, id, "12", "2033-06")
    told = of(room.store.to_file(), "committee", "fr")
    for words_of in (
        "Chiffre connu ce jour-là : 17 jours (avril 2033) · seuil manqué",
        "à 17 jours (avril 2033) : pivoter (changer d’approche) — « Le seuil est “manqué” »",
        "Depuis : 12 jours (juin 2033) · atteint au dernier chiffre, 12 jours (juin 2033)",
        "à 17 jours (avril 2033), l’équipe a décidé de pivoter (changer d’approche). "
        "Sa raison : « Le seuil est “manqué” » Son seuil : « 14 », seuil manqué · atteint au dernier chiffre, "
        "12 jours (juin 2033).",
    ):
        assert words_of in told, words_of
    assert "Nous pivotons" not in told


def test_a_threshold_that_is_not_compared_says_so_in_short(room: Room) -> None:
    said = {"unit": "%", "direction": "less", "threshold": "moins d’une sur quatre", "decide_on": "2033-05-10"}
    id = metric(room, **said)
    room.ask(CLIENT, do="keep", metric=id, kept=True)
    give(room, id, "30", "2033-04")
    room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
    room.ask(CLIENT, do="write", kind="verdict", about=id, text="Trop tôt", course="continue")
    told = of(room.store.to_file(), "committee", "fr")
    assert "Son seuil : « moins d’une sur quatre », écrit en mots : à comparer par vous." in told


@pytest.mark.parametrize(("delivered", "before"), [("2033-04-20", False), ("2033-05-05", True), ("2033-06-20", False)])
def test_a_verdict_says_what_was_delivered_after_the_figure_that_it_knew(
    room: Room, delivered: str, before: bool
) -> None:
    id = metric(room, unit="jours", direction="less")
    room.ask(CLIENT, do="keep", metric=id, kept=True)
    give(room, id, "19", "2033-04")
    room.ask(CLIENT, do="write", kind="feature", text="La demande en ligne", about=id, delivered_on=delivered)
    room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
    room.ask(CLIENT, do="write", kind="verdict", about=id, text="Deux jours de moins", course="continue")
    known = "à 19 jours (avril 2033, avant la livraison du 05/05/2033)"
    for kind in ("committee", "product"):
        told = of(room.store.to_file(), kind, "fr")
        assert (told.count(known) == 2) == before and ("avant la livraison" in told) == before, kind


def test_a_box_says_what_its_measure_stands_for(room: Room) -> None:
    hypothesis = room.ask(CLIENT, do="write", kind="hypothesis", text="Les demandes aboutissent plus vite")
    for name, value in (("concept", "useful"), ("stands_for", "des repas qui ne sont pas sautés")):
        room.ask(CLIENT, do="detail", note=hypothesis, detail=name, value=value)
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai", about=hypothesis)
    give(room, id, "21", "2033-01")
    told = of(room.store.to_file(), "committee", "fr")
    assert "Délai : 21 (janvier 2033, suivi à la place de : des repas qui ne sont pas sautés)" in told


def test_what_is_late_is_late_on_the_day_of_the_sheet(room: Room) -> None:
    room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
    room.ask(CLIENT, do="write", kind="action", text="Appeler les mairies", due="2033-06-10")
    held = Committee(room.session)
    after = Committee(room.session, made_on=date(2033, 6, 11))
    assert not held.late and [one.note.text for one in after.late] == ["Appeler les mairies"]
    assert Committee(room.session, made_on=date(2030, 1, 1)).today == held.held_on


def test_the_committee_that_was_held_is_the_last_one(room: Room) -> None:
    assert room.session.agenda is not None
    committee = structs.replace(room.session, agenda=replace(room.session.agenda, name=COMMITTEE))
    assert Committee(committee).latest_on is None
    room.ask(Role.FACILITATOR, do="start", step=room.session.steps[0].id)
    committee = structs.replace(room.session, agenda=replace(room.session.agenda, name=COMMITTEE))
    sheet = Committee(committee)
    assert sheet.latest_on == sheet.held_on and sheet.last_on is None


# The page of statistics -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_what_is_not_known_of_it_in_whole_sentences(tidy: SessionFile, lang: str) -> None:
    told = statistics(tidy, lang)
    for words_of in (
        {"fr": "Administration : non renseignée", "en": "Administration: not given"},
        {"fr": "47 jours avant cette page", "en": "47 days before this page"},
        {"fr": "Limites non renseignées", "en": "Limits not given"},
        {"fr": "Formule non renseignée", "en": "Formula not given"},
        {
            "fr": "des données sont correctes ; leur source n’est pas donnée",
            "en": "of the data are correct; their source is not given",
        },
        {"fr": "Étape AARRI Activation", "en": "AARRI step Activation"},
        {
            "fr": "Cible, dans les mots de l’équipe « 300 en janvier",
            "en": "Target, in the team’s words “300 en janvier",
        },
        {"fr": "Cette page donne 1 chiffre pour 1 mesure.", "en": "This page gives 1 figure for 1 measure."},
        {
            "fr": "Le seuil de la décision du 31/01/2027 est : 300 au plus. S’il est manqué, l’équipe prévoit de",
            "en": "The threshold of the decision of 2027-01-31 is: 300 au plus. If it is missed, the team plans to",
        },
        {"fr": "qui n’ont pas encore de chiffre : Part des", "en": "which have no figure yet: Part des"},
        {"fr": "Usage, impact ou coût : l’équipe n’a pas encore dit", "en": "Use, impact or cost: the team has not"},
        UNPROVEN,
        ALONE,
    ):
        assert words_of[lang] in told, words_of[lang]
    assert {"fr": "s’en sert-on", "en": "whether people use it"}[lang] not in told


def test_the_page_names_the_kept_metrics_without_a_figure_and_is_the_same_from_its_file(room: Room) -> None:
    first, second, third = (metric(room, text) for text in ("Délai", "Retours | envois", "Appels"))
    for id in (first, second, third):
        room.ask(CLIENT, do="keep", metric=id, kept=True)
    give(room, first, "21", "2026-01")
    room.ask(CLIENT, do="write", kind="verdict", about=third, text="Trop cher", course="stop")
    made = publication(room.session, "", date(2034, 6, 1))
    assert published(made.rows).waiting == ("Retours / envois",)
    assert [note.text for note in made.left_out] == ["Retours | envois", "Appels"]
    [(name, on)] = published(made.rows).stopped
    told = words(document_fromstring(site(made.rows, "", MADE)["index.html"]))
    assert name == "Appels" and f"Mesure arrêtée le {on:%d/%m/%Y}, sans chiffre daté : Appels" in told
    assert "Trop cher" not in told
    sheet = of(room.store.to_file(), "committee", "fr")
    assert f"Mesure abandonnée le {on:%d/%m/%Y}, sans chiffre daté : Appels" in sheet
    preview = words(document_fromstring(render(room.store.to_file(), "stats", "html", environment("fr"))))
    assert "Serait public le nom seul, faute de chiffre daté : Retours | envois." in preview
    assert re.search(r"Non publi[^:]* : Appels\.", preview)


def test_a_metric_of_a_known_concept_stays_in_its_group_and_one_figure_of_impact_proves_nothing(room: Room) -> None:
    hypothesis = room.ask(CLIENT, do="write", kind="hypothesis", text="Les demandes aboutissent plus vite")
    room.ask(CLIENT, do="detail", note=hypothesis, detail="concept", value="useful")
    id = room.ask(CLIENT, do="write", kind="metric", text="Délai", about=hypothesis)
    proofs = []
    for figure, month in (("21", "2033-01"), ("19", "2033-02")):
        give(room, id, figure, month)
        page = published(publication(room.session, "", date(2034, 6, 1)).rows)
        assert list(page.groups) == ["impact"]
        proofs.append(page.proof)
    assert proofs == ["alone", "unaimed"]
    room.ask(CLIENT, do="detail", note=id, detail="target", value="20")
    assert published(publication(room.session, "", date(2034, 6, 1)).rows).proof == "open"
    room.ask(CLIENT, do="detail", note=id, detail="direction", value="less")
    room.ask(CLIENT, do="detail", note=id, detail="target_date", value="2034-01-01")
    assert published(publication(room.session, "", date(2034, 6, 1)).rows).proof == ""


# The product's file ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_file_says_the_state_of_each_action_the_thresholds_and_what_has_no_figure(
    tidy: SessionFile, lang: str
) -> None:
    told = of(tidy, "product", lang)
    for words_of in (
        {
            "fr": "sa date est passée ; personne n’a noté ce qu’elle est devenue : Poser la question unique à "
            "trente aidants par téléphone (responsable : Camille · c’était pour le 12/11/2026)",
            "en": "its day is past; nobody has noted what became of it: Poser la question unique à "
            "trente aidants par téléphone (owner: Camille · was for 2026-11-12)",
        },
        {
            "fr": "Décision du 31/01/2027 : seuil « 300 au plus » · s’il est manqué, pivoter",
            "en": "Decision of 2027-01-31: threshold “300 au plus” · if it is missed, pivot",
        },
        {
            "fr": "Promises dans la séance du 13/10/2026 : 3 actions, aucune revue.",
            "en": "Promised in the session of 2026-10-13: 3 actions, none reviewed.",
        },
        {
            "fr": "Cible, dans les mots de l’équipe : « 300 en janvier",
            "en": "Target, in the team’s words: “300 en janvier",
        },
        UNPROVEN,
        ALONE,
    ):
        assert words_of[lang] in told, words_of[lang]
    assert told.count({"fr": "Pas encore de chiffre.", "en": "No figure yet."}[lang]) == 2


def test_what_is_published_of_the_sample_names_nobody(tidy: SessionFile) -> None:
    people = {person.name for person in tidy.fold().people.values()}
    for lang in LANGUAGES:
        told = statistics(tidy, lang)
        assert not [who for who in people if re.search(rf"\b{re.escape(who)}\b", told)]
