"""The panes of a team that prepares: three questions, its hypotheses, what could be made more precise."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from impactlib.domain import events as e
from impactlib.domain.agenda import LANGUAGES, Role
from impactlib.domain.check import FINDINGS, check
from impactlib.domain.events import Entry
from impactlib.domain.fold import history
from impactlib.domain.hypotheses import FIELDS, OF_METRIC, Hypothesis, drafted
from impactlib.domain.session import Session
from impactlib.gestures.drafting import drafts as asked
from impactlib.rooms.changes import gesture_of
from impactlib.storage.session_store import create_session
from impactlib.views import (
    Eye,
    drafts as drafts_view,
    ground as ground_view,
    inventory,
    matrix,
    points,
    prepare,
    prepare_foot,
    recommendations,
    wording,
)
from tests.conftest import Room, agree, few
from tests.test_text import PAYLOADS
from tests.test_views import CONTROLS, Tree, everywhere, fragments, frames, seen

FACILITATOR, CLIENT, CONSULTANT, OBSERVER = Role
PAGE = (prepare, drafts_view, points, ground_view, inventory, matrix, prepare_foot)
OURS = (prepare, drafts_view, points, ground_view, prepare_foot)
TEAM = [Eye(role, lang, now=2_000_000_000.0) for role in (CLIENT, FACILITATOR) for lang in LANGUAGES]

team = pytest.mark.parametrize("eye", TEAM, ids=lambda eye: f"{eye.role}-{eye.lang}")


@pytest.fixture
def drafting(room: Room) -> Room:
    """A team at work: a hypothesis well on its way, one with nothing but a metric, one with but a sentence."""
    room.ask(
        CLIENT,
        do="draft",
        statement="Les familles attendent moins",
        metric="Délai médian",
        concept="impactful",
        population="familles en urgence",
        baseline="21,5",
        baseline_date="15/01/2026",
        target="14",
    )
    room.ask(FACILITATOR, do="draft", metric="Taux de recours")
    room.ask(CLIENT, do="draft", statement="Moins d’appels")
    room.ask(CLIENT, do="write", kind="product", text="Colis Solidaire trouve un colis")
    room.ask(CLIENT, do="write", kind="objective", text="Deux semaines au plus", reach="direct")
    room.ask(CLIENT, do="write", kind="change", text="Plus personne sans repas", proxy="le délai médian")
    return room


def drafts(room: Room, role: Role = CLIENT, lang: str = "fr") -> list[str]:
    return list(fragments(room.session, Eye(role, lang), (drafts_view,)).values())


def words(html: str) -> str:
    """The words of an element, with plain spaces."""
    return " ".join(Tree(f"<div>{html}</div>").elements[0].words.split())


# The page as a whole --------------------------------------------------------------------------------


@team
def test_the_whole_page_is_balanced_each_id_and_zone_is_one_of_a_kind_and_each_control_labelled(eye: Eye) -> None:
    tree = Tree(frames(eye, PAGE))
    ids = [element.attributes["id"] for element in tree.elements if "id" in element.attributes]
    assert len(set(ids)) == len(ids)
    zones = [element.attributes["data-zone"] for element in tree.elements if "data-zone" in element.attributes]
    assert len(set(zones)) == len(zones)
    pointed = {label.attributes.get("for") for label in tree.all("label")}
    for control in tree.all(*CONTROLS):
        assert control.attributes.get("id") in pointed or control.within("label"), control.attributes
    for element in tree.elements:
        assert set(element.attributes.get("aria-describedby", "").split()) <= set(ids)
        assert element.attributes.get("list") in (None, *ids)


@team
def test_inputs_are_in_frames_only_and_each_fragment_has_its_zone(drafting: Room, eye: Eye) -> None:
    for view in OURS:
        zones = re.findall(r'data-zone="([a-z-]+)"', str(view.frame(eye)))
        drawn = fragments(drafting.session, eye, (view,))
        assert {id.split("/")[0] for id in drawn} <= set(zones)
        assert Tree("".join(drawn.values())).all(*CONTROLS, "form", "label") == []


@team
def test_every_button_and_link_has_a_name(drafting: Room, eye: Eye) -> None:
    for html in (frames(eye, OURS), *fragments(drafting.session, eye, OURS).values()):
        for element in Tree(html).all("button", "a", "summary"):
            assert element.words.strip().strip(":").strip(), element.attributes


def test_a_payload_in_every_field_comes_out_as_words() -> None:
    def agrees(payload: str) -> None:
        def said(words: str) -> Session:
            happened: list[e.Event] = [e.NoteWritten(kind, kind, words) for kind in ("product", "objective", "change")]
            happened += [
                e.DetailSet("hypothesis", name, words) for name in ("concept", "kind", "objective", "stands_for")
            ]
            happened += [e.DetailSet("metric", name, words) for name in OF_METRIC]
            happened += [e.DetailSet("change", "proxy", words), e.DetailSet("objective", "reach", words)]
            entries = [
                Entry("home", 500 + n, f"p{n}", 5000.0, "pclient", "", event) for n, event in enumerate(happened)
            ]
            return history(entries, everywhere(words))

        eye = Eye(CLIENT, "fr", now=2000.0)
        shapes = [
            {id: Tree(html).shape() for id, html in fragments(said(text), eye, (*OURS, recommendations)).items()}
            for text in ("mot", payload)
        ]
        # Whether something is weak in them depends on the words: what is asked is ours, not theirs.
        tags = [{tag for shape in page.values() for tag, _ in shape} for page in shapes]
        assert tags[1] <= tags[0]
        assert shapes[0].keys() == shapes[1].keys()

    agree(few(PAYLOADS), agrees)


# Three questions, and all the rest ---------------------------------------------------------------------


@team
def test_three_questions_come_first_and_the_one_filled_button_keeps_their_answers(eye: Eye) -> None:
    tree = Tree(frames(eye, OURS))
    [form] = [form for form in tree.all("form") if form.attributes["data-do"] == "draft"]
    assert [c.attributes["name"] for c in tree.all(*CONTROLS) if form in c.inside] == ["statement", "metric", "source"]
    assert form is tree.all("form")[0]
    filled = [b for b in tree.all("button") if b.attributes.get("class") == "btn" and not b.within("dialog")]
    # One on each stage of the path.
    [asked] = [form for form in tree.all("form") if form.attributes["data-do"] == "point"]
    assert [next(one for one in (form, asked) if one in button.inside) for button in filled] == [form, asked]


@team
def test_the_dialog_has_every_field_once_with_its_help_and_nothing_is_required(eye: Eye) -> None:
    tree = Tree(str(drafts_view.frame(eye)))
    [dialog] = tree.all("dialog")
    controls = [control for control in tree.all(*CONTROLS) if dialog in control.inside]
    fields = set(FIELDS) - {"indicator"}  # which the matrix asks for, with its list
    assert sorted(control.attributes["name"] for control in controls) == sorted(fields)
    assert all("required" not in control.attributes for control in controls)
    said = {element.attributes.get("id"): element.words.strip() for element in tree.elements}
    assert all(said[control.attributes["aria-describedby"]] for control in controls)
    metrics = {c.attributes["name"] for c in controls if c.attributes.get("data-of") == "metric"}
    assert metrics == fields - set(drafts_view.GROUPS["meaning"])


def test_every_weakness_is_answered_in_a_field_of_the_dialog() -> None:
    assert {finding.field for finding in FINDINGS} <= set(FIELDS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_choice_has_its_word_and_the_good_example_is_good(lang: str) -> None:
    for name, codes in wording.CHOICES.items():
        assert [code for code, word in wording.choices(name, lang) if word] == list(codes)
    example = Hypothesis(**wording.aids()[lang]["example"])
    assert check(example) == []
    page = words(str(drafts_view.frame(Eye(CLIENT, lang))))
    assert " ".join(example.statement.split()) in page


# Cards -----------------------------------------------------------------------------------------------


def test_a_card_shows_what_is_said_and_nothing_else(drafting: Room) -> None:
    first, second, third = map(words, drafts(drafting))
    assert "Valeur de départ21,5 (15/01/2026)" in first and "ConceptImpactant" in first and "Cible14" in first
    assert not any(label in first for label in ("Unité", "Source", "Limites", "Responsable"))
    assert "Ce qui doit changer est encore à dire" in second and "Taux de recours" in second
    assert "Moins d’appels" in third and "encore à trouver" in third


def test_a_question_is_asked_once_for_all_the_metrics_that_it_concerns(drafting: Room) -> None:
    open = points.asked(drafting.session)
    assert len({one.point.question for one in open}) == len(open)
    assert [one.point.rank for one in open] == sorted(one.point.rank for one in open)
    [owner] = [one for one in open if one.point.field == "owner"]
    assert [row.row.metric for row in owner.rows] == ["Délai médian", "Taux de recours"]
    # A hypothesis without a figure is asked for that by its card, and for nothing else.
    assert all(row.metric for one in open for row in one.rows)


def test_what_the_words_say_already_is_not_asked(room: Room) -> None:
    for statement in ("Les ménages modestes renoncent moins", "We believe that carers wait less", "Tout va plus vite"):
        room.ask(CLIENT, do="draft", statement=statement, metric="Délai")
    [population] = [one for one in points.asked(room.session) if one.point.field == "population"]
    assert [row.row.statement for row in population.rows] == ["Tout va plus vite"]


def test_an_answer_that_is_a_detail_is_typed_in_its_place_and_a_text_opens_its_dialog(drafting: Room) -> None:
    drafting.ask(CLIENT, do="draft", statement="Augmenter de 10 % le taux de recours", metric="Nombre de visites")
    for one in points.asked(drafting.session):
        assert one.inline == (one.point.field not in ("metric", "statement", "target_date"))
        assert not one.inline or all(one.note(row) for row in one.rows)


def test_an_answer_brings_the_next_question_and_the_last_one_none() -> None:
    row = Hypothesis(**wording.aids()["fr"]["example"])
    assert drafts_view.first_point(row) is None
    for missing in ("unit", "owner"):
        point = drafts_view.first_point(replace(row, **{missing: ""}))
        assert point and point.field == missing and point.question.endswith("?")


def test_the_path_says_what_is_enough_and_what_is_still_needed(room: Room) -> None:
    def told() -> str:
        return words("".join(fragments(room.session, Eye(CLIENT), (prepare,)).values()))

    assert "une hypothèse, et le chiffre" in told()
    room.ask(CLIENT, do="draft", statement="Les familles attendent moins", metric="Délai médian")
    assert "ce qu’est le produit" in told()
    room.ask(CLIENT, do="write", kind="product", text="Colis Solidaire trouve un colis")
    assert "C’est assez pour l’atelier." in told()


def test_the_band_says_what_the_workshop_needs_until_it_begins(tmp_path: Path) -> None:
    def told(room: Room) -> str:
        return words("".join(fragments(room.session, Eye(CLIENT), (prepare,)).values()))

    for agenda, needs in (("aarri", "Ce qu’il faut : un service dont l’utilité est prouvée"), ("atelier-impact", "")):
        store = create_session(tmp_path, "Colis Solidaire", agenda=agenda)
        with closing(store.journal):
            room = Room(store)
            room.ask(FACILITATOR, do="join", name="Ada")
            assert (needs in told(room)) if needs else ("Ce qu’il faut" not in told(room))
            room.ask(FACILITATOR, do="start", step="tour")
            assert "Ce qu’il faut" not in told(room)


def test_a_hypothesis_with_two_metrics_is_one_card_and_a_metric_of_none_has_its_own(drafting: Room) -> None:
    [hypothesis, *_] = drafting.session.notes_of("hypothesis")
    drafting.ask(CLIENT, do="draft", about=hypothesis.id, metric="Part qui renonce")
    first, *others = drafts(drafting)
    assert "Délai médian" in first and "Part qui renonce" in first
    drafting.ask(CLIENT, do="withdraw", note=hypothesis.id)
    cards = [words(card) for card in drafts(drafting)]
    assert len(cards) == len(others) + 2
    assert all("Les familles attendent moins" not in card for card in cards)


@team
def test_the_whole_team_may_change_and_withdraw_what_one_wrote(drafting: Room, eye: Eye) -> None:
    for html in drafts(drafting, eye.role, eye.lang):
        done = [button.attributes.get("data-do") for button in Tree(html).all("button")]
        assert "withdraw" in done
    ground = seen(drafting.session, eye.role, ground_view, lang=eye.lang)
    assert 'data-into="change"' in ground and 'data-into="objective"' in ground


def test_the_ground_says_how_an_objective_is_reached_and_what_is_followed_meanwhile(drafting: Room) -> None:
    page = words(seen(drafting.session, CLIENT, ground_view))
    assert "atteint directement" in page
    assert "En attendant, nous suivons le délai médian" in page


def test_the_band_leads_to_the_room_and_only_the_teams_page_goes_there_by_itself(room: Room) -> None:
    def band(role: Role) -> tuple[str, str, bool]:
        page = Tree(seen(room.session, role, prepare))
        [hour] = [element for element in page.elements if "data-hour" in element.attributes]
        return hour.attributes["data-hour"], page.all("a")[0].attributes["href"], "data-go" in hour.attributes

    assert band(CLIENT) == ("before", "../client?see=workshop", True)
    assert band(FACILITATOR) == ("before", "../facilitator?see=workshop", False)
    room.ask(FACILITATOR, do="start", step="tour")
    assert band(CLIENT) == ("running", "../client", True)
    room.ask(FACILITATOR, do="end")
    assert band(CLIENT) == ("ended", "../client", True)


def test_people_who_prepare_now_are_named_once_they_are_two(room: Room) -> None:
    assert "Ada" not in seen(room.session, CLIENT, prepare, present=frozenset({"person-client"}))
    page = seen(room.session, CLIENT, prepare, present=frozenset(f"person-{role}" for role in Role))
    assert "Marc" in page and "Ada" in page and "Lou" not in page and "Inès" not in page


# In the workshop ---------------------------------------------------------------------------------------


def test_the_workshops_card_folds_the_definition_and_what_could_be_more_precise(drafting: Room) -> None:
    for role, folds in ((CLIENT, 2), (CONSULTANT, 2), (OBSERVER, 1)):
        first, *_ = fragments(drafting.session, Eye(role), (recommendations,)).values()
        tree = Tree(first)
        folded = [fold for fold in tree.all("details") if fold.attributes.get("class") not in ("menu", "subject")]
        assert len(folded) == folds
        assert all("open" not in fold.attributes for fold in tree.all("details"))
        assert "familles en urgence" in folded[0].words
        outside = [element for element in tree.all("dd", "dt") if folded[0] not in element.inside]
        assert outside == []


# A spreadsheet ---------------------------------------------------------------------------------------


def test_a_row_is_known_by_what_it_says_and_by_nothing_else() -> None:
    def gesture(row: Hypothesis) -> dict[str, str]:
        [only] = asked([row], gesture_of)
        return only

    row = Hypothesis(statement="Moins d’attente", target="14")
    assert gesture(row) == gesture(Hypothesis(target="14", statement="Moins d’attente"))
    ids = {gesture(other)["id"] for other in (row, replace(row, target="15"), replace(row, metric="Délai"))}
    assert len(ids) == 3
    assert gesture(row).keys() == {"id", "do", "statement", "target"}


def test_the_other_metrics_of_a_hypothesis_come_in_under_it(room: Room) -> None:
    rows = [
        Hypothesis("Moins d’attente", concept="useful", metric="Délai", baseline="12.345"),
        Hypothesis("Moins d’attente", concept="useful", metric="Appels", target="3"),
    ]
    for gesture in asked(rows, gesture_of):
        room.ask(CLIENT, **gesture)
    assert [each.row for each in drafted(room.session)] == rows
    assert len(room.session.notes_of("hypothesis")) == 1
